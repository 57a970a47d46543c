//! WebAuthn Level 3: what authenticators send, and the ceremonies that judge it.

pub mod attestation;
pub mod attestation_object;
pub mod authentication;
pub mod authenticator_data;
pub mod client_data;
pub mod extensions;
pub mod metadata;
pub mod policy;
pub mod registration;
pub mod response;
pub mod statement;
