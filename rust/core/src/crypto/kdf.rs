//! Key derivation from passwords: PBKDF2 (RFC 8018 section 5.2) and scrypt (RFC 7914).

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2 as backend;

use crate::error::{Code, Error, Result};
use crate::secret::Secret;

/// The pseudo-random function of PBKDF2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prf {
    /// HMAC with SHA-1: the default of RFC 8018, kept for reading old files only.
    HmacSha1,
    /// HMAC with SHA-256
    HmacSha256,
    /// HMAC with SHA-384
    HmacSha384,
    /// HMAC with SHA-512
    HmacSha512,
}

impl Prf {
    /// HMAC with the hash of that name.
    ///
    /// # Errors
    /// `argument.value`.
    pub fn from_hash_name(name: &str) -> Result<Self> {
        match name {
            "SHA-1" => Ok(Self::HmacSha1),
            "SHA-256" => Ok(Self::HmacSha256),
            "SHA-384" => Ok(Self::HmacSha384),
            "SHA-512" => Ok(Self::HmacSha512),
            _ => Err(Error::new(Code::ArgumentValue, "there is no PBKDF2 with this hash").in_field("hash")),
        }
    }
}

/// Derives `length` bytes with PBKDF2. Costs are bounded by the caller.
#[must_use]
pub fn pbkdf2(prf: Prf, password: &[u8], salt: &[u8], iterations: NonZeroU32, length: usize) -> Secret {
    let algorithm = match prf {
        Prf::HmacSha1 => backend::PBKDF2_HMAC_SHA1,
        Prf::HmacSha256 => backend::PBKDF2_HMAC_SHA256,
        Prf::HmacSha384 => backend::PBKDF2_HMAC_SHA384,
        Prf::HmacSha512 => backend::PBKDF2_HMAC_SHA512,
    };
    let mut out = Secret::zeroed(length);
    backend::derive(algorithm, iterations, salt, password, out.expose_mut());
    out
}

/// Derives `length` bytes with scrypt. `n` is the cost parameter N, a power of two. Costs are bounded by
/// the caller.
///
/// # Errors
/// `internal.error` if the parameters are outside what the algorithm defines.
pub fn scrypt(password: &[u8], salt: &[u8], n: u64, r: u32, p: u32, length: usize) -> Result<Secret> {
    let fault = |_| Error::new(Code::Internal, "scrypt refused its parameters");
    let log_n = n.checked_ilog2().and_then(|log| u8::try_from(log).ok());
    let log_n = log_n.ok_or_else(|| Error::new(Code::Internal, "scrypt cost out of range"))?;
    let parameters = scrypt::Params::new(log_n, r, p).map_err(fault)?;
    let mut out = Secret::zeroed(length);
    scrypt::scrypt(password, salt, &parameters, out.expose_mut())
        .map_err(|_| Error::new(Code::Internal, "scrypt refused its output length"))?;
    Ok(out)
}
