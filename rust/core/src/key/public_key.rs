//! A public key of any kind, and the ways in and out. Layer: key.

use core::fmt;
use core::hash::{Hash, Hasher};

use super::jwk::{self, Jwk};
use super::private_key::Container;
use super::{Algorithm, pkcs1, spki};
use crate::crypto::digest;
use crate::crypto::ec::EcPublicKey;
use crate::crypto::ed448::Ed448PublicKey;
use crate::crypto::ed25519::Ed25519PublicKey;
use crate::crypto::ml_dsa::MlDsaPublicKey;
use crate::crypto::rsa::RsaPublicKey;
use crate::error::{Code, Error, Result};
use crate::format::pem::{self, Label};

/// A public key that was checked when it was read.
#[derive(Clone)]
#[allow(missing_docs, reason = "the names of the algorithms")]
pub enum PublicKey {
    Ec(EcPublicKey),
    Ed25519(Ed25519PublicKey),
    Ed448(Ed448PublicKey),
    Rsa(RsaPublicKey),
    MlDsa(MlDsaPublicKey),
}

/// The encodings of a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicFormat {
    /// `SubjectPublicKeyInfo`
    Spki,
    /// `RSAPublicKey`, for RSA only
    Pkcs1,
}

impl PublicKey {
    /// Reads PEM: `PUBLIC KEY` or `RSA PUBLIC KEY`.
    ///
    /// # Errors
    /// Those of [`pem::decode`], `key.not_public`, and those of the container.
    pub fn from_pem(text: &[u8]) -> Result<Self> {
        let document = pem::decode(text)?;
        match document.label {
            Label::PublicKey => spki::parse(document.der.expose()),
            Label::RsaPublicKey => pkcs1::parse_public(document.der.expose()).map(Self::Rsa),
            _ => Err(not_public()),
        }
    }

    /// Reads DER: SPKI or PKCS#1, told apart by their first two elements.
    ///
    /// # Errors
    /// `key.not_public`, `der.tag` where it is no key, and those of the container.
    pub fn from_der(input: &[u8]) -> Result<Self> {
        match Container::recognise(input)? {
            Container::Spki => spki::parse(input),
            Container::Pkcs1Public => pkcs1::parse_public(input).map(Self::Rsa),
            Container::Unknown(offset) => Err(Container::unknown(offset)),
            _ => Err(not_public()),
        }
    }

    /// Reads a `SubjectPublicKeyInfo`, such as a certificate holds.
    ///
    /// # Errors
    /// `der.*`, `key.*`, `algorithm.*`, `limit.key_size`.
    pub fn from_spki(input: &[u8]) -> Result<Self> {
        spki::parse(input)
    }

    /// Reads a JWK.
    ///
    /// # Errors
    /// `jwk.*`, `base64url.*`, `key.*`, `algorithm.*`, `limit.key_size`.
    pub fn from_jwk(jwk: &Jwk<'_>) -> Result<Self> {
        jwk::public_key(jwk)
    }

    /// The kind of key.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self {
            Self::Ec(key) => key.curve().into(),
            Self::Ed25519(_) => Algorithm::Ed25519,
            Self::Ed448(_) => Algorithm::Ed448,
            Self::Rsa(_) => Algorithm::Rs256,
            Self::MlDsa(key) => Algorithm::MlDsa(key.parameters()),
        }
    }

    /// The name of the curve; none for RSA and ML-DSA.
    #[must_use]
    pub fn curve(&self) -> Option<&'static str> {
        self.algorithm().curve_name()
    }

    /// The nominal size: bits of the field or of the modulus, 256 for Ed25519, 448 for Ed448, and for ML-DSA
    /// those of the encoded key.
    #[must_use]
    pub fn bits(&self) -> usize {
        match self {
            Self::Ec(key) => key.curve().bits(),
            Self::Ed25519(_) => 256,
            Self::Ed448(_) => 448,
            Self::Rsa(key) => key.bits(),
            Self::MlDsa(key) => key.bytes().len() * 8,
        }
    }

    /// Writes DER.
    ///
    /// # Errors
    /// `algorithm.mismatch` where the format does not take this kind of key.
    pub fn to_der(&self, format: PublicFormat) -> Result<Vec<u8>> {
        match (format, self) {
            (PublicFormat::Spki, _) => Ok(spki::encode(self)),
            (PublicFormat::Pkcs1, Self::Rsa(key)) => Ok(pkcs1::encode_public(key)),
            (PublicFormat::Pkcs1, _) => {
                let message = format!("PKCS#1 holds RSA keys only, not {}", self.algorithm().name());
                Err(Error::new(Code::AlgorithmMismatch, message).in_field("format"))
            }
        }
    }

    /// Writes PEM with lines of 64 characters.
    ///
    /// # Errors
    /// As [`Self::to_der`].
    pub fn to_pem(&self, format: PublicFormat) -> Result<String> {
        let label = match format {
            PublicFormat::Spki => Label::PublicKey,
            PublicFormat::Pkcs1 => Label::RsaPublicKey,
        };
        pem::encode(label, &self.to_der(format)?)
    }

    /// The members of the JWK.
    #[must_use]
    pub fn to_jwk(&self) -> Vec<(&'static str, String)> {
        jwk::members(self)
    }

    /// SHA-256 of the JWK by RFC 7638.
    #[must_use]
    pub fn thumbprint(&self) -> [u8; 32] {
        jwk::thumbprint(self)
    }

    /// SHA-256 of the SPKI in DER.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 32] {
        digest::sha256(&spki::encode(self))
    }

    /// What makes a key this key; points are normalised, so one key has one value.
    fn identity(&self) -> (Algorithm, &[u8], &[u8]) {
        let (first, second): (&[u8], &[u8]) = match self {
            Self::Ec(key) => (key.point(), &[]),
            Self::Ed25519(key) => (key.bytes(), &[]),
            Self::Ed448(key) => (key.bytes(), &[]),
            Self::Rsa(key) => (key.n(), key.e()),
            Self::MlDsa(key) => (key.bytes(), &[]),
        };
        (self.algorithm(), first, second)
    }
}

fn not_public() -> Error {
    Error::new(Code::KeyNotPublic, "a private key where a public one is due")
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.identity() == other.identity()
    }
}

impl Eq for PublicKey {}

impl Hash for PublicKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.identity().hash(state);
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({})", self.algorithm().name())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use std::collections::HashSet;

    use super::PublicFormat::{Pkcs1, Spki};
    use super::PublicKey;
    use crate::crypto::ec::EcPublicKey;
    use crate::crypto::{Curve, digest};
    use crate::error::Code;
    use crate::format::base64url;
    use crate::key::jwk::Jwk;
    use crate::key::test_keys::{
        self, ALL, ED448, ED25519, P256, P384, P521, RSA_2048, SECP256K1, TestKey, code,
    };

    fn load(key: &TestKey) -> PublicKey {
        PublicKey::from_pem(key.public.as_bytes()).unwrap()
    }

    #[test]
    fn every_encoding_reads_as_the_same_key() {
        for test_key in ALL {
            let key = load(&test_key);
            assert_eq!(key.to_pem(Spki).unwrap(), test_key.public);
            assert_eq!(PublicKey::from_der(&key.to_der(Spki).unwrap()).unwrap(), key);
            assert_eq!(key.fingerprint(), digest::sha256(&test_key.public_der()));
            assert_eq!(format!("{key:?}"), format!("PublicKey({})", test_key.name));
        }
        let rsa = load(&RSA_2048);
        assert_eq!(rsa.to_pem(Pkcs1).unwrap(), test_keys::RSA_2048_PUBLIC_PKCS1);
        assert_eq!(PublicKey::from_pem(test_keys::RSA_2048_PUBLIC_PKCS1.as_bytes()).unwrap(), rsa);
        assert_eq!(PublicKey::from_der(&rsa.to_der(Pkcs1).unwrap()).unwrap(), rsa);
        assert_eq!(code(load(&P256).to_pem(Pkcs1)), Some(Code::AlgorithmMismatch));
    }

    #[test]
    fn ky16_private_keys_are_refused() {
        for text in
            [P256.private, test_keys::P256_SEC1, test_keys::ENCRYPTED[0].1, test_keys::P256_WITH_PARAMETERS]
        {
            assert_eq!(code(PublicKey::from_pem(text.as_bytes())), Some(Code::KeyNotPublic), "{text}");
        }
        for key in ALL {
            assert_eq!(code(PublicKey::from_der(&key.private_der())), Some(Code::KeyNotPublic));
        }
        let relabelled = RSA_2048.public.replace("PUBLIC", "RSA PUBLIC");
        assert_eq!(code(PublicKey::from_pem(relabelled.as_bytes())), Some(Code::DerTag));
    }

    #[test]
    fn thumbprints_of_the_rfcs() {
        // RFC 7638 section 3.1
        let rsa = r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#;
        let thumbprint = PublicKey::from_jwk(&Jwk::from_json(rsa.as_bytes()).unwrap()).unwrap().thumbprint();
        assert_eq!(base64url::encode(&thumbprint), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
        // RFC 8037 appendix A.3
        let ed25519 = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        let thumbprint =
            PublicKey::from_jwk(&Jwk::from_json(ed25519.as_bytes()).unwrap()).unwrap().thumbprint();
        assert_eq!(base64url::encode(&thumbprint), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }

    #[test]
    fn sizes_and_curves_are_told() {
        for (key, bits, curve) in [
            (P256, 256, Some("P-256")),
            (P384, 384, Some("P-384")),
            (P521, 521, Some("P-521")),
            (SECP256K1, 256, Some("secp256k1")),
            (ED25519, 256, Some("Ed25519")),
            (ED448, 448, Some("Ed448")),
            (RSA_2048, 2048, None),
        ] {
            assert_eq!((load(&key).bits(), load(&key).curve()), (bits, curve));
        }
    }

    #[test]
    fn b613_b614_one_key_is_one_value_in_every_form() {
        let all: HashSet<_> = ALL.iter().chain(&ALL).map(load).collect();
        assert_eq!(all.len(), ALL.len());
        let point = P256.public_bits();
        let compressed = [&[2 + (point[64] & 1)][..], &point[1..33]].concat();
        let key = PublicKey::Ec(EcPublicKey::from_point(Curve::P256, &compressed).unwrap());
        assert_eq!(key, load(&P256));
        assert_eq!(key.fingerprint(), load(&P256).fingerprint());
        assert_eq!(key.thumbprint(), load(&P256).thumbprint());
    }
}
