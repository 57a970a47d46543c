//! The optional `algorithm` member of assertions and attestation data.
//!
//! It names a hash, never the key type: the key decides that. Documented are SHA256, SHA512 and RSA-SHA256;
//! RSA-SHA512 is taken as well. Absent means SHA-256 for EC and RSA keys, whatever the curve.

use crate::crypto::Hash;
use crate::crypto::rsa::Padding;
use crate::error::{Code, Error, Result, quote};
use crate::key::Algorithm;

/// The hash that signatures of this key use under this member; none for EdDSA, which hashes by itself.
///
/// # Errors
/// `algorithm.unknown` for a value outside the four, `algorithm.mismatch` for one that the key cannot serve, and
/// for an ML-DSA key, which no key credential has.
pub fn hash_for(member: Option<&str>, key: Algorithm) -> Result<Option<Hash>> {
    if key.ml_dsa().is_some() {
        let message = format!("a key of type {} is no key of a credential", key.name());
        return Err(Error::new(Code::AlgorithmMismatch, message));
    }
    let Some(name) = member else { return Ok((!key.is_eddsa()).then_some(Hash::Sha256)) };
    let (hash, rsa_only) = parse(name)?;
    if key.is_eddsa() || (rsa_only && key != Algorithm::Rs256) {
        let message = format!("a key of type {} cannot sign with {name}", key.name());
        return Err(Error::new(Code::AlgorithmMismatch, message).in_field("algorithm"));
    }
    Ok(Some(hash))
}

/// Refuses a padding that this key has no choice of.
///
/// # Errors
/// `algorithm.mismatch` for a padding and a key that is no RSA key.
pub fn check_padding(padding: Option<Padding>, key: Algorithm) -> Result<()> {
    if padding.is_none() || key == Algorithm::Rs256 {
        return Ok(());
    }
    let message = format!("a padding cannot be chosen for a key of type {}", key.name());
    Err(Error::new(Code::AlgorithmMismatch, message).in_field("padding"))
}

/// Refuses a name that no key and no producer of client data has a use for.
///
/// # Errors
/// `algorithm.unknown`.
pub fn check_name(name: &str) -> Result<()> {
    if Hash::from_name(name).is_some() { Ok(()) } else { parse(name).map(drop) }
}

/// The hash a value names, and whether it is for RSA keys only.
///
/// # Errors
/// `algorithm.unknown`.
pub fn parse(name: &str) -> Result<(Hash, bool)> {
    match name {
        "SHA256" => Ok((Hash::Sha256, false)),
        "SHA512" => Ok((Hash::Sha512, false)),
        "RSA-SHA256" => Ok((Hash::Sha256, true)),
        "RSA-SHA512" => Ok((Hash::Sha512, true)),
        _ => {
            let message = format!("{} is not SHA256, SHA512, RSA-SHA256 or RSA-SHA512", quote(name));
            Err(Error::new(Code::AlgorithmUnknown, message).in_field("algorithm"))
        }
    }
}

/// The same for what Go's SDK v1 sends: the hash name of its library, even for Ed25519.
///
/// # Errors
/// Those of [`hash_for`].
pub fn hash_for_go_v1(member: Option<&str>, key: Algorithm) -> Result<Option<Hash>> {
    match member.and_then(Hash::from_name) {
        Some(_) if key.is_eddsa() => Ok(None),
        Some(hash) if key.ml_dsa().is_none() => Ok(Some(hash)),
        _ => hash_for(member, key),
    }
}
