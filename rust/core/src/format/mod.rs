//! Bytes to structure and back, strict and bounded. Knows no cryptography.

pub mod base64url;
pub mod der;
pub mod hex;
pub mod json;
pub mod pem;
