//! The only users of the cryptographic backends: aws-lc-rs, libsecp256k1, and RustCrypto for Ed448 and scrypt.

pub mod cipher;
pub mod curve;
pub mod digest;
pub mod ec;
pub mod ecdsa_signature;
pub mod ed25519;
mod ed25519_point;
pub mod ed448;
pub mod gate;
pub mod kdf;
pub mod mac;
pub mod ml_dsa;
mod primality;
pub mod rng;
pub mod rsa;
mod rsa_recovery;

pub use curve::Curve;
pub use digest::{AnyHash, Hash, RareHash};
pub use ml_dsa::MlDsa;
