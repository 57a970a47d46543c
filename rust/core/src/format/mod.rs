//! Bytes to structure and back, strict and bounded. Knows no cryptography.

pub mod base64;
pub mod base64url;
pub mod cbor;
pub mod der;
pub mod hex;
pub mod json;
pub mod jws;
pub mod pem;
pub mod record;
pub mod tolerance;
