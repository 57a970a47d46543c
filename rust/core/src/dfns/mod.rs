//! The wire protocol of Dfns-style APIs: what is signed, and how it is sent and checked.

pub mod assertion;
pub mod audit;
pub mod challenge;
pub mod client_data;
pub mod credential;
pub mod expectation;
pub mod fingerprint;
pub mod kind;
pub mod profile;
pub mod signature_algorithm;

pub use kind::CredentialKind;
pub use profile::Profile;
