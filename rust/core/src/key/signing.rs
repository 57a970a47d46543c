//! Signing and verifying with a key: the key's type decides the scheme, the caller at most the hash and, for
//! RSA, the padding.

use super::{Algorithm, PrivateKey, PublicKey};
use crate::crypto::digest::Digest;
use crate::crypto::rsa::Padding;
use crate::crypto::{AnyHash, Hash, MlDsa, RareHash, ecdsa_signature};
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
        if self.hash.is_some() && key.hashes_itself() {
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

/// What a signature made elsewhere is said to be made with, in a certificate or under a COSE number. Unlike a
/// [`Scheme`] it names the kind of key, may name SHA-1, and cannot sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the names of the algorithms")]
pub enum Verification {
    Ecdsa(AnyHash),
    RsaPkcs1(AnyHash),
    RsaPss(Hash),
    Ed25519,
    Ed448,
    MlDsa(MlDsa),
}

impl Verification {
    /// Whether a key of this kind can have made such a signature.
    #[must_use]
    pub fn fits(self, key: Algorithm) -> bool {
        match self {
            Self::Ecdsa(_) => key.curve().is_some(),
            Self::RsaPkcs1(_) | Self::RsaPss(_) => key == Algorithm::Rs256,
            Self::Ed25519 => key == Algorithm::Ed25519,
            Self::Ed448 => key == Algorithm::Ed448,
            Self::MlDsa(parameters) => key == Algorithm::MlDsa(parameters),
        }
    }

    /// Whether the message was hashed with SHA-1.
    #[must_use]
    pub fn is_sha1(self) -> bool {
        matches!(self, Self::Ecdsa(AnyHash::Sha1) | Self::RsaPkcs1(AnyHash::Sha1))
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
    Digest::import(hash, digest).ok_or_else(|| wrong_length(hash.name(), hash.length(), digest))
}

fn wrong_length(hash: &str, length: usize, digest: &[u8]) -> Error {
    let message = format!("a {hash} digest has {length} bytes, not {}", digest.len());
    Error::new(Code::ArgumentValue, message).in_field("digest")
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
            Self::MlDsa(key) => key.verify(message, signature),
            Self::Ec(_) | Self::Rsa(_) => {
                self.verify_digest(&Digest::of(scheme.hash(), message), signature, scheme, low_s)
            }
        }
    }

    /// Verifies a signature over a digest; the hash is the digest's own.
    ///
    /// # Errors
    /// Those of [`PublicKey::verify`]; `algorithm.mismatch` for EdDSA and ML-DSA keys.
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
            Self::Ed25519(_) | Self::Ed448(_) | Self::MlDsa(_) => Err(no_digest(self.algorithm())),
        }
    }

    /// Verifies a signature over a digest of a hash that nothing here signs with. No padding means PKCS#1 v1.5.
    ///
    /// # Errors
    /// Those of [`PublicKey::verify_digest`]; `argument.value` where the digest has not the length of the hash.
    pub fn verify_rare_digest(
        &self,
        (hash, padding): (RareHash, Option<Padding>),
        digest: &[u8],
        signature: &[u8],
        low_s: bool,
    ) -> Result<()> {
        // Which hash it is makes no difference to whether the key takes one.
        let scheme = Scheme { hash: Some(Hash::Sha256), padding };
        scheme.check(self.algorithm())?;
        if digest.len() != hash.length() {
            return Err(wrong_length(hash.name(), hash.length(), digest));
        }
        match self {
            Self::Ec(key) => key.verify_hash(digest, signature, low_s),
            Self::Rsa(key) => key.verify_rare(hash, scheme.padding(), digest, signature),
            Self::Ed25519(_) | Self::Ed448(_) | Self::MlDsa(_) => Err(no_digest(self.algorithm())),
        }
    }

    /// Verifies a signature over a message as the algorithm that came with it says. Whether SHA-1 is good enough
    /// is for the caller to say first.
    ///
    /// # Errors
    /// `signature.invalid` whatever is wrong with the signature; `algorithm.mismatch` for an algorithm of
    /// another kind of key.
    pub fn verify_as(&self, algorithm: Verification, message: &[u8], signature: &[u8]) -> Result<()> {
        match (algorithm, self) {
            (Verification::Ecdsa(AnyHash::Sha1), Self::Ec(key)) => key.verify_sha1(message, signature),
            (Verification::Ecdsa(AnyHash::Sound(hash)), Self::Ec(key)) => {
                key.verify(&Digest::of(hash, message), signature, false)
            }
            (Verification::RsaPkcs1(AnyHash::Sha1), Self::Rsa(key)) => key.verify_sha1(message, signature),
            (Verification::RsaPkcs1(AnyHash::Sound(hash)), Self::Rsa(key)) => {
                key.verify(&Digest::of(hash, message), Padding::Pkcs1v15, signature)
            }
            (Verification::RsaPss(hash), Self::Rsa(key)) => {
                key.verify(&Digest::of(hash, message), Padding::Pss, signature)
            }
            (Verification::Ed25519, Self::Ed25519(key)) => key.verify(message, signature),
            (Verification::Ed448, Self::Ed448(key)) => key.verify(message, signature),
            (Verification::MlDsa(set), Self::MlDsa(key)) if set == key.parameters() => {
                key.verify(message, signature)
            }
            _ => {
                let message =
                    format!("a signature of another kind than keys of type {}", self.algorithm().name());
                Err(Error::new(Code::AlgorithmMismatch, message))
            }
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{Scheme, Verification};
    use crate::crypto::rsa::Padding;
    use crate::crypto::{AnyHash, Hash, MlDsa};
    use crate::error::Code;
    use crate::key::test_keys::{ALL, code};
    use crate::key::{Algorithm, PrivateKey, PublicKey};

    /// Every algorithm that something made elsewhere may name.
    fn all() -> Vec<Verification> {
        let sound = [Hash::Sha256, Hash::Sha384, Hash::Sha512];
        let any = || sound.map(AnyHash::Sound).into_iter().chain([AnyHash::Sha1]);
        let own = [Verification::Ed25519, Verification::Ed448, Verification::MlDsa(MlDsa::MlDsa44)];
        let rsa = any().map(Verification::RsaPkcs1).chain(sound.map(Verification::RsaPss));
        any().map(Verification::Ecdsa).chain(rsa).chain(own).collect()
    }

    #[test]
    fn a_signature_verifies_as_what_it_is_and_as_nothing_else() {
        for test_key in ALL {
            let key = PrivateKey::from_pem(test_key.private.as_bytes(), None).unwrap();
            let (hash, padding, own) = match key.algorithm() {
                Algorithm::Ed25519 => (None, None, Verification::Ed25519),
                Algorithm::Ed448 => (None, None, Verification::Ed448),
                Algorithm::Rs256 => {
                    (Some(Hash::Sha384), Some(Padding::Pss), Verification::RsaPss(Hash::Sha384))
                }
                _ => (Some(Hash::Sha512), None, Verification::Ecdsa(AnyHash::Sound(Hash::Sha512))),
            };
            let signature = key.sign(b"message", Scheme { hash, padding }).unwrap();
            let public = key.public_key();
            for algorithm in all() {
                let found = code(public.verify_as(algorithm, b"message", &signature));
                let expected = match algorithm {
                    _ if algorithm == own => None,
                    _ if algorithm.fits(key.algorithm()) => Some(Code::SignatureInvalid),
                    _ => Some(Code::AlgorithmMismatch),
                };
                assert_eq!(found, expected, "{algorithm:?} with {}", test_key.name);
            }
        }
    }

    /// Made with OpenSSL by the keys of the tests: `printf message | openssl dgst -sha1 -sign`.
    #[test]
    fn sha1_signatures_verify_where_they_are_named() {
        for (name, signature) in [
            (
                "ES256",
                "3045022100a74cdaa02317213b5047165e279365d872901d7477b6fa3139eb7608ba29e47002204d98045720\
                 cea9942c8603171ea22d44faddeedf6b9dd8bcea6bad8f54f6ad28",
            ),
            (
                "ES512",
                "30818802420180028182e1e647f4afa180f9b8cbd5b49791ab8c1d815be87085e17eb1a5e3c5042f2d061eea\
                 bb1db53bf3e6af2ba6be663980c2aee021010863dc0d00d15d61a40242011450fc259779e10a66bbfd92707e\
                 30e4f4d1a796cbd27cb328efef81ddf332496cd719eb50612fe119d5103eaaf125ce665e64fd6d363b9fa75a\
                 92551e3b4070dd",
            ),
            (
                "ES256K",
                "3046022100ec201a1a343981eb5bfb67596b36d1172de3f59b8fa56a2d7d06febb6907a2c6022100cbcbc477\
                 34e321b6a39e80da4766fde67d1b7a59a2e27b0855212a9537413492",
            ),
            (
                "RS256",
                "42455e6cac49f0c9f453599d77d650ca4c04c14b6124e398a6d34e4d67dcb694bc193705f3ce9211bd63ab0a\
                 4a7dc1e52c42c55976e6dd7017a95ee8e7cbbdae378db763419d4d2de1ed7134ec7dfae677bfeca3a2a56935\
                 3b48a8ddbc113dd1e5bb56f008e80da9726070e455fa18bf84a83ecec6d6281114f50742058488ece4a22c81\
                 36eff64b5955d269dd55f3e63cf365b3c9e3ffb97e785d275574fc5a1824e58f1c6f222a37f21bbbe5a47c45\
                 d17c0a1de7964751a1c714417a64c7123dbca8d6a9a1e1e9c7ab51db5752423dd7e6fbce66000ceebd1c26f6\
                 0761a9e4236456d94e0c16d7bdcd70c719339c7758417f90ffceff0ce0088b5e26059dad",
            ),
        ] {
            let test_key = ALL.into_iter().find(|key| key.name == name).unwrap();
            let key = PublicKey::from_pem(test_key.public.as_bytes()).unwrap();
            let signature = hex::decode(signature).unwrap();
            let own = match key {
                PublicKey::Rsa(_) => Verification::RsaPkcs1(AnyHash::Sha1),
                _ => Verification::Ecdsa(AnyHash::Sha1),
            };
            assert!(own.is_sha1());
            assert_eq!(code(key.verify_as(own, b"message", &signature)), None, "{name}");
            assert_eq!(code(key.verify_as(own, b"massage", &signature)), Some(Code::SignatureInvalid));
            let scheme = Scheme::parse(Some("SHA-1"), None, key.algorithm());
            assert_eq!(code(scheme), Some(Code::ArgumentValue));
        }
    }

    #[test]
    fn ml_dsa_keys_have_neither_hash_nor_padding() {
        let key = Algorithm::MlDsa(MlDsa::MlDsa65);
        for (hash, padding) in [(Some("SHA-256"), None), (None, Some("pss"))] {
            assert_eq!(code(Scheme::parse(hash, padding, key)), Some(Code::AlgorithmMismatch));
        }
        assert_eq!(code(Scheme::parse(None, None, key)), None);
    }
}
