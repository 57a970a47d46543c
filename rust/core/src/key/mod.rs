//! Keys and every encoding of them.

pub mod algorithm;
pub mod cose;
pub mod export;
pub mod jwk;
pub mod pbes2;
pub mod pkcs1;
pub mod pkcs8;
pub mod private_key;
pub mod public_key;
pub mod sec1;
pub mod signing;
pub mod spki;
#[cfg(test)]
pub(crate) mod test_keys;

pub use algorithm::Algorithm;
pub use private_key::PrivateKey;
pub use public_key::PublicKey;
