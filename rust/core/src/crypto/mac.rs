//! HMAC (RFC 2104, FIPS 198-1), whole or cut.

use aws_lc_rs::hmac as backend;
use subtle::ConstantTimeEq;

use crate::error::{Code, Error, Result};
use crate::secret::Secret;

/// The hash inside HMAC.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hmac {
    /// HMAC with SHA-1, which is not broken as a MAC; for what is old
    Sha1,
    /// HMAC with SHA-224
    Sha224,
    /// HMAC with SHA-256
    Sha256,
    /// HMAC with SHA-384
    Sha384,
    /// HMAC with SHA-512
    Sha512,
}

impl Hmac {
    /// The one with the hash of that name.
    ///
    /// # Errors
    /// `argument.value`.
    pub fn from_hash_name(name: &str) -> Result<Self> {
        match name {
            "SHA-1" => Ok(Self::Sha1),
            "SHA-224" => Ok(Self::Sha224),
            "SHA-256" => Ok(Self::Sha256),
            "SHA-384" => Ok(Self::Sha384),
            "SHA-512" => Ok(Self::Sha512),
            _ => Err(Error::new(Code::ArgumentValue, "there is no HMAC with this hash").in_field("hash")),
        }
    }

    fn backend(self) -> backend::Algorithm {
        match self {
            Self::Sha1 => backend::HMAC_SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha224 => backend::HMAC_SHA224,
            Self::Sha256 => backend::HMAC_SHA256,
            Self::Sha384 => backend::HMAC_SHA384,
            Self::Sha512 => backend::HMAC_SHA512,
        }
    }

    /// The tag of a message.
    #[must_use]
    pub fn tag(self, key: &[u8], message: &[u8]) -> Secret {
        Secret::copy_of(backend::sign(&backend::Key::new(self.backend(), key), message).as_ref())
    }

    /// Compares a tag with the first `length` bytes of the right one (RFC 2104 section 5), in a time that does
    /// not depend on where they differ.
    ///
    /// # Errors
    /// `argument.value` where the hash gives fewer bytes or none are asked for; `signature.invalid` for any
    /// other tag, also one of another length.
    pub fn verify(self, key: &[u8], message: &[u8], tag: &[u8], length: usize) -> Result<()> {
        let right = self.tag(key, message);
        let cut = right.expose().get(..length).filter(|cut| !cut.is_empty()).ok_or_else(|| {
            let message = "a tag is from 1 byte to as long as a digest of its hash";
            Error::new(Code::ArgumentValue, message).in_field("length")
        })?;
        if bool::from(cut.ct_eq(tag)) { Ok(()) } else { Err(Error::invalid_signature()) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::Hmac;
    use crate::error::Code;

    /// RFC 4231 section 4.3 (test case 2), RFC 2202 section 3 for SHA-1.
    #[test]
    fn the_examples_of_the_rfcs_hold() {
        for (name, start) in [
            ("SHA-1", "effcdf6ae5eb2fa2"),
            ("SHA-224", "a30e01098bc6dbbf"),
            ("SHA-256", "5bdcc146bf60754e"),
            ("SHA-384", "af45d2e376484031"),
            ("SHA-512", "164b7a7bfcf819e2"),
        ] {
            let hmac = Hmac::from_hash_name(name).unwrap();
            let message = b"what do ya want for nothing?";
            let tag = hmac.tag(b"Jefe", message);
            assert!(hex::encode(tag.expose()).starts_with(start), "{name}");
            let length = tag.expose().len();
            hmac.verify(b"Jefe", message, tag.expose(), length).unwrap();
            hmac.verify(b"Jefe", message, tag.expose().get(..8).unwrap(), 8).unwrap();
        }
    }

    #[test]
    fn a_tag_of_another_length_or_content_is_refused() {
        let right = Hmac::Sha256.tag(b"key", b"message");
        let right = right.expose();
        let code =
            |tag: &[u8], length| Hmac::Sha256.verify(b"key", b"message", tag, length).unwrap_err().code();
        let mut wrong = right.to_vec();
        *wrong.last_mut().unwrap() ^= 1;
        assert_eq!(code(&wrong, 32), Code::SignatureInvalid);
        assert_eq!(code(right.get(..31).unwrap(), 32), Code::SignatureInvalid);
        assert_eq!(code(right, 31), Code::SignatureInvalid);
        assert_eq!(code(&[], 32), Code::SignatureInvalid);
        assert_eq!(code(&[], 0), Code::ArgumentValue);
        assert_eq!(code(right, 33), Code::ArgumentValue);
        assert_eq!(Hmac::from_hash_name("MD5").unwrap_err().code(), Code::ArgumentValue);
    }
}
