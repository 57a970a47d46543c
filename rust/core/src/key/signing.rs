//! Signing and verifying with a key: the key's type decides the scheme, the caller at most the hash and, for
//! RSA, the padding.

use super::{Algorithm, PrivateKey, PublicKey};
use crate::crypto::digest::Digest;
use crate::crypto::rsa::Padding;
use crate::crypto::{Hash, ecdsa_signature};
use crate::error::{Code, Error, Result, quote};

/// What may be chosen about a signature; the default suits every key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scheme {
    /// The hash, for EC and RSA keys. None means SHA-256.
    pub hash: Option<Hash>,
    /// The padding, for RSA keys. None means PKCS#1 v1.5.
    pub padding: Option<Padding>,
}

impl Scheme {
    /// Reads the names a caller gave, and checks that this key can serve them.
    ///
    /// # Errors
    /// `argument.value` for an unknown name, `algorithm.mismatch` for a choice this key does not have.
    pub fn parse(hash: Option<&str>, padding: Option<&str>, key: Algorithm) -> Result<Self> {
        let hash = hash.map(parse_hash).transpose()?;
        let padding = Self::parse_padding(padding)?;
        let scheme = Self { hash, padding };
        scheme.check(key)?;
        Ok(scheme)
    }

    /// The padding a caller named.
    ///
    /// # Errors
    /// `argument.value`.
    pub fn parse_padding(name: Option<&str>) -> Result<Option<Padding>> {
        name.map(parse_padding).transpose()
    }

    fn check(&self, key: Algorithm) -> Result<()> {
        let refused = |what: &str| {
            let message = format!("{what} cannot be chosen for a key of type {}", key.name());
            Err(Error::new(Code::AlgorithmMismatch, message))
        };
        if self.hash.is_some() && key.is_eddsa() {
            return refused("a hash").map_err(|error| error.in_field("hash"));
        }
        if self.padding.is_some() && key != Algorithm::Rs256 {
            return refused("a padding").map_err(|error| error.in_field("padding"));
        }
        Ok(())
    }

    fn hash(&self) -> Hash {
        self.hash.unwrap_or(Hash::Sha256)
    }

    fn padding(&self) -> Padding {
        self.padding.unwrap_or(Padding::Pkcs1v15)
    }
}

/// The hash a caller named.
///
/// # Errors
/// `argument.value`.
pub fn parse_hash(name: &str) -> Result<Hash> {
    Hash::from_name(name).ok_or_else(|| {
        let message = format!("{} is not a hash: SHA-256, SHA-384 or SHA-512", quote(name));
        Error::new(Code::ArgumentValue, message).in_field("hash")
    })
}

fn parse_padding(name: &str) -> Result<Padding> {
    match name {
        "pkcs1v15" => Ok(Padding::Pkcs1v15),
        "pss" => Ok(Padding::Pss),
        _ => {
            let message = format!("{} is not a padding: pkcs1v15 or pss", quote(name));
            Err(Error::new(Code::ArgumentValue, message).in_field("padding"))
        }
    }
}

/// A digest computed elsewhere.
///
/// # Errors
/// `argument.value` where its length is not the hash's.
pub fn import_digest(hash: Hash, digest: &[u8]) -> Result<Digest> {
    Digest::import(hash, digest).ok_or_else(|| {
        let message = format!("a {} digest has {} bytes, not {}", hash.name(), hash.length(), digest.len());
        Error::new(Code::ArgumentValue, message).in_field("digest")
    })
}

impl PrivateKey {
    /// Signs a message. ECDSA gives DER, EdDSA R ‖ s, RSA as many bytes as the modulus.
    ///
    /// # Errors
    /// `algorithm.mismatch`, `internal.error`.
    pub fn sign(&self, message: &[u8], scheme: Scheme) -> Result<Vec<u8>> {
        scheme.check(self.algorithm())?;
        match self {
            Self::Ed25519(key) => key.sign(message),
            Self::Ed448(key) => Ok(key.sign(message)),
            Self::Ec(_) | Self::Rsa(_) => self.sign_digest(&Digest::of(scheme.hash(), message), scheme),
        }
    }

    /// Signs a digest; the hash is the digest's own.
    ///
    /// # Errors
    /// `algorithm.mismatch` for EdDSA keys, which sign whole messages; `internal.error`.
    pub fn sign_digest(&self, digest: &Digest, scheme: Scheme) -> Result<Vec<u8>> {
        scheme.check(self.algorithm())?;
        match self {
            Self::Ec(key) => key.sign(digest),
            Self::Rsa(key) => key.sign(digest, scheme.padding()),
            Self::Ed25519(_) | Self::Ed448(_) => Err(no_digest(self.algorithm())),
        }
    }
}

impl PublicKey {
    /// Verifies a signature over a message. With `low_s`, an ECDSA s in the upper half is refused.
    ///
    /// # Errors
    /// `signature.invalid` whatever is wrong with the signature; `algorithm.mismatch`.
    pub fn verify(&self, message: &[u8], signature: &[u8], scheme: Scheme, low_s: bool) -> Result<()> {
        scheme.check(self.algorithm())?;
        match self {
            Self::Ed25519(key) => key.verify(message, signature),
            Self::Ed448(key) => key.verify(message, signature),
            Self::Ec(_) | Self::Rsa(_) => {
                self.verify_digest(&Digest::of(scheme.hash(), message), signature, scheme, low_s)
            }
        }
    }

    /// Verifies a signature over a digest; the hash is the digest's own.
    ///
    /// # Errors
    /// Those of [`PublicKey::verify`]; `algorithm.mismatch` for EdDSA keys.
    pub fn verify_digest(
        &self,
        digest: &Digest,
        signature: &[u8],
        scheme: Scheme,
        low_s: bool,
    ) -> Result<()> {
        scheme.check(self.algorithm())?;
        match self {
            Self::Ec(key) => key.verify(digest, signature, low_s),
            Self::Rsa(key) => key.verify(digest, scheme.padding(), signature),
            Self::Ed25519(_) | Self::Ed448(_) => Err(no_digest(self.algorithm())),
        }
    }

    /// Brings the signature of a signer outside this package into the form the protocol sends: ECDSA as DER,
    /// everything else as it is. `raw` says that the signer gives r ‖ s.
    ///
    /// # Errors
    /// `signature.invalid` for an ECDSA signature that is not of that form.
    pub fn wire_signature(&self, signature: &[u8], raw: bool) -> Result<Vec<u8>> {
        match self {
            Self::Ec(key) if raw => ecdsa_signature::raw_to_der(signature, key.curve()),
            _ => Ok(signature.to_vec()),
        }
    }
}

fn no_digest(key: Algorithm) -> Error {
    let message = format!("a key of type {} signs messages, not digests", key.name());
    Error::new(Code::AlgorithmMismatch, message)
}
