//! countermark-core: the bytes by which a credential is registered and a request is authorised.
//!
//! Layers, each of which knows only those before it: [`mod@format`] turns bytes into structure and back,
//! [`crypto`] is the only user of the cryptographic backends, [`key`] holds keys and all their
//! encodings, [`x509`] reads certificates and follows their chains, [`webauthn`] is the ceremonies of passkeys,
//! [`dfns`] is the wire protocol, of which passkeys are one kind of credential. [`batch`] spreads any of it over
//! threads. No I/O, no clock, no Python. The one piece of global state is the fork gate ([`crypto::gate`]),
//! because a fork concerns the whole process.
#![forbid(unsafe_code)]

pub mod batch;
pub mod crypto;
pub mod dfns;
pub mod error;
pub mod format;
pub mod key;
pub mod limits;
pub mod report;
pub mod secret;
pub mod webauthn;
pub mod x509;
