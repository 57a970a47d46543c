//! A private key of any kind, and the ways in and out. Layer: key.

use core::fmt;

use super::jwk::{self, Jwk};
use super::{Algorithm, PublicKey, pbes2, pkcs1, pkcs8, sec1};
use crate::crypto::ec::EcPrivateKey;
use crate::crypto::ed448::Ed448PrivateKey;
use crate::crypto::ed25519::Ed25519PrivateKey;
use crate::crypto::rsa::RsaPrivateKey;
use crate::error::{Code, Error, Result};
use crate::format::der::{self, Reader, tag};
use crate::format::pem::{self, Label};
use crate::secret::Secret;

/// A private key that was checked when it was read. Its public half is inside, so that no signature can be
/// made with another one.
#[allow(missing_docs, reason = "the names of the algorithms")]
pub enum PrivateKey {
    Ec(EcPrivateKey),
    Ed25519(Ed25519PrivateKey),
    Ed448(Ed448PrivateKey),
    Rsa(RsaPrivateKey),
}

/// The encodings of a private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrivateFormat {
    /// PKCS#8, for all keys
    Pkcs8,
    /// `ECPrivateKey`, for EC only
    Sec1,
    /// `RSAPrivateKey`, for RSA only
    Pkcs1,
}

impl PrivateKey {
    /// Makes a new key. `bits` is looked at for RSA only.
    ///
    /// # Errors
    /// `argument.value` for RSA sizes that are not made, `algorithm.unknown` for a kind of key that only
    /// verifies, `internal.error` if the random generator fails.
    pub fn generate(algorithm: Algorithm, bits: usize) -> Result<Self> {
        if !algorithm.signs() {
            let message =
                format!("private keys of type {} are not made, only verified with", algorithm.name());
            return Err(Error::new(Code::AlgorithmUnknown, message));
        }
        match (algorithm, algorithm.curve()) {
            (_, Some(curve)) => EcPrivateKey::generate(curve).map(Self::Ec),
            (Algorithm::Ed25519, _) => Ed25519PrivateKey::generate().map(Self::Ed25519),
            (Algorithm::Ed448, _) => Ed448PrivateKey::generate().map(Self::Ed448),
            _ => pkcs8::parse(RsaPrivateKey::generate_pkcs8(bits)?.expose()),
        }
    }

    /// Reads PEM. The label alone decides what the block is read as.
    ///
    /// # Errors
    /// Those of [`pem::decode`], `key.not_private`, `key.not_encrypted`, `key.password_required`, and those of
    /// the container.
    pub fn from_pem(text: &[u8], password: Option<&[u8]>) -> Result<Self> {
        password.map_or(Ok(()), pbes2::check_password)?;
        let document = pem::decode(text)?;
        let container = match document.label {
            Label::PrivateKey => Container::Pkcs8,
            Label::EncryptedPrivateKey => Container::EncryptedPkcs8,
            Label::EcPrivateKey => Container::Sec1,
            Label::RsaPrivateKey => Container::Pkcs1Private,
            Label::PublicKey => Container::Spki,
            Label::RsaPublicKey => Container::Pkcs1Public,
        };
        let key = Self::from_container(container, document.der.expose(), password)?;
        if let (Self::Ec(key), Some(parameters)) = (&key, &document.parameters) {
            sec1::check_parameters(key, parameters.expose())?;
        }
        Ok(key)
    }

    /// Reads DER: PKCS#8, encrypted or not, SEC 1 or PKCS#1, told apart by their first two elements.
    ///
    /// # Errors
    /// As [`Self::from_pem`], and `der.tag` where it is no key.
    pub fn from_der(input: &[u8], password: Option<&[u8]>) -> Result<Self> {
        password.map_or(Ok(()), pbes2::check_password)?;
        Self::from_container(Container::recognise(input)?, input, password)
    }

    fn from_container(container: Container, input: &[u8], password: Option<&[u8]>) -> Result<Self> {
        let plain = match (container, password) {
            (Container::EncryptedPkcs8, Some(password)) => return pbes2::parse(input, password),
            (Container::EncryptedPkcs8, None) => {
                let message = "the private key is encrypted and needs a password";
                return Err(Error::new(Code::KeyPasswordRequired, message));
            }
            (Container::Spki | Container::Pkcs1Public, _) => {
                return Err(Error::new(Code::KeyNotPrivate, "a public key where a private one is due"));
            }
            (Container::Unknown(offset) | Container::UnknownPrivate(offset), _) => {
                return Err(Container::unknown(offset));
            }
            (plain, None) => plain,
            (_, Some(_)) => {
                let message = "a password for a private key that is not encrypted";
                return Err(Error::new(Code::KeyNotEncrypted, message));
            }
        };
        match plain {
            Container::Sec1 => sec1::parse(input).map(Self::Ec),
            Container::Pkcs1Private => pkcs1::parse_private(input).map(Self::Rsa),
            _ => pkcs8::parse(input),
        }
    }

    /// Reads a JWK.
    ///
    /// # Errors
    /// `jwk.*`, `base64url.*`, `key.*`, `algorithm.*`, `limit.key_size`.
    pub fn from_jwk(jwk: &Jwk<'_>) -> Result<Self> {
        jwk::private_key(jwk)
    }

    /// The kind of key.
    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        match self {
            Self::Ec(key) => key.public().curve().into(),
            Self::Ed25519(_) => Algorithm::Ed25519,
            Self::Ed448(_) => Algorithm::Ed448,
            Self::Rsa(_) => Algorithm::Rs256,
        }
    }

    /// The public half.
    #[must_use]
    pub fn public_key(&self) -> PublicKey {
        match self {
            Self::Ec(key) => PublicKey::Ec(key.public().clone()),
            Self::Ed25519(key) => PublicKey::Ed25519(key.public().clone()),
            Self::Ed448(key) => PublicKey::Ed448(key.public().clone()),
            Self::Rsa(key) => PublicKey::Rsa(key.public().clone()),
        }
    }

    /// Writes DER, encrypted where a password is given.
    ///
    /// # Errors
    /// `algorithm.mismatch` where the format does not take this kind of key; `argument.value` for a password
    /// with a format that cannot be encrypted; `limit.size` for its length.
    pub fn to_der(&self, format: PrivateFormat, password: Option<&[u8]>) -> Result<Secret> {
        if password.is_some() && format != PrivateFormat::Pkcs8 {
            let message = "only PKCS#8 keys can be encrypted";
            return Err(Error::new(Code::ArgumentValue, message).in_field("password"));
        }
        if password.is_some_and(<[u8]>::is_empty) {
            let message = "an empty password protects nothing";
            return Err(Error::new(Code::ArgumentValue, message).in_field("password"));
        }
        let der = match (format, self) {
            (PrivateFormat::Pkcs8, _) => pkcs8::encode(self),
            (PrivateFormat::Sec1, Self::Ec(key)) => sec1::encode(key, true),
            (PrivateFormat::Pkcs1, Self::Rsa(key)) => pkcs1::encode_private(key),
            (PrivateFormat::Sec1, _) => return Err(self.wrong_format("SEC 1 holds EC keys only")),
            (PrivateFormat::Pkcs1, _) => return Err(self.wrong_format("PKCS#1 holds RSA keys only")),
        };
        match password {
            Some(password) => pbes2::encrypt(&der, password).map(Secret::new),
            None => Ok(der),
        }
    }

    /// Writes PEM with lines of 64 characters, encrypted where a password is given.
    ///
    /// # Errors
    /// As [`Self::to_der`].
    pub fn to_pem(&self, format: PrivateFormat, password: Option<&[u8]>) -> Result<Secret> {
        let label = match (format, password) {
            (PrivateFormat::Pkcs8, None) => Label::PrivateKey,
            (PrivateFormat::Pkcs8, Some(_)) => Label::EncryptedPrivateKey,
            (PrivateFormat::Sec1, _) => Label::EcPrivateKey,
            (PrivateFormat::Pkcs1, _) => Label::RsaPrivateKey,
        };
        pem::encode_secret(label, self.to_der(format, password)?.expose())
    }

    /// Writes a JWK as JSON text.
    ///
    /// # Errors
    /// `internal.error` only.
    pub fn to_jwk(&self) -> Result<Secret> {
        jwk::encode(self)
    }

    fn wrong_format(&self, message: &str) -> Error {
        Error::new(Code::AlgorithmMismatch, format!("{message}, not {}", self.algorithm().name()))
            .in_field("format")
    }
}

impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PrivateKey({}, ..)", self.algorithm().name())
    }
}

/// What a DER structure holds, told by its first elements only; the parser of the container checks the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    Pkcs8,
    EncryptedPkcs8,
    Sec1,
    Pkcs1Private,
    Spki,
    Pkcs1Public,
    /// It begins like a private key, with a version, and is none.
    UnknownPrivate(usize),
    /// It is no key.
    Unknown(usize),
}

impl Container {
    pub(super) fn recognise(input: &[u8]) -> Result<Self> {
        der::read(input, |reader| {
            let outer = reader.element(tag::SEQUENCE)?;
            // What follows the elements looked at is left to the parser, and so is what follows the structure.
            reader.skip_rest();
            outer.inside(|inner| {
                let recognised = Self::from_elements(inner, outer.offset);
                inner.skip_rest();
                recognised
            })
        })
    }

    fn from_elements(inner: &mut Reader<'_>, offset: usize) -> Result<Self> {
        let first = inner.any()?.tag;
        let second = inner.any()?.tag;
        Ok(match (first, second) {
            (tag::INTEGER, tag::SEQUENCE) => Self::Pkcs8,
            (tag::INTEGER, tag::OCTET_STRING) => Self::Sec1,
            (tag::INTEGER, tag::INTEGER) if inner.is_empty() => Self::Pkcs1Public,
            (tag::INTEGER, tag::INTEGER) => match inner.any()?.tag {
                tag::INTEGER => Self::Pkcs1Private,
                _ => Self::UnknownPrivate(offset),
            },
            (tag::INTEGER, _) => Self::UnknownPrivate(offset),
            (tag::SEQUENCE, tag::OCTET_STRING) => Self::EncryptedPkcs8,
            (tag::SEQUENCE, tag::BIT_STRING) => Self::Spki,
            _ => Self::Unknown(offset),
        })
    }

    pub(super) fn unknown(offset: usize) -> Error {
        Error::new(Code::DerTag, "the DER structure is none of the key formats").at(offset)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::PrivateFormat::{Pkcs1, Pkcs8, Sec1};
    use super::PrivateKey;
    use crate::error::Code;
    use crate::format::der::{self, Part, tag};
    use crate::key::jwk::Jwk;
    use crate::key::test_keys::{
        self, ALL, ED25519, P256, RSA_2048, RSA_2048_PUBLIC_PKCS1, TestKey, code, octets, sequence,
    };
    use crate::key::{Algorithm, PublicKey};
    use crate::limits;

    fn load(key: &TestKey) -> PrivateKey {
        PrivateKey::from_pem(key.private.as_bytes(), None).unwrap()
    }

    fn pem_code(text: &str) -> Option<Code> {
        code(PrivateKey::from_pem(text.as_bytes(), None))
    }

    #[test]
    fn every_export_reads_as_the_same_key() {
        for test_key in ALL {
            let key = load(&test_key);
            let public = PublicKey::from_pem(test_key.public.as_bytes()).unwrap();
            let own = match key {
                PrivateKey::Ec(_) => Some(Sec1),
                PrivateKey::Rsa(_) => Some(Pkcs1),
                _ => None,
            };
            for format in [Some(Pkcs8), own].into_iter().flatten() {
                let text = key.to_pem(format, None).unwrap();
                assert_eq!(PrivateKey::from_pem(text.expose(), None).unwrap().public_key(), public);
                let der = key.to_der(format, None).unwrap();
                assert_eq!(PrivateKey::from_der(der.expose(), None).unwrap().public_key(), public);
            }
            assert_eq!(key.to_pem(Pkcs8, None).unwrap().expose(), test_key.private.as_bytes());
            assert_eq!(format!("{key:?}"), format!("PrivateKey({}, ..)", test_key.name));
        }
        assert_eq!(load(&P256).to_pem(Sec1, None).unwrap().expose(), test_keys::P256_SEC1.as_bytes());
        assert_eq!(code(load(&ED25519).to_der(Sec1, None)), Some(Code::AlgorithmMismatch));
        assert_eq!(code(load(&RSA_2048).to_der(Sec1, None)), Some(Code::AlgorithmMismatch));
        assert_eq!(code(load(&P256).to_pem(Pkcs1, None)), Some(Code::AlgorithmMismatch));
    }

    #[test]
    fn ml_dsa_keys_are_neither_made_nor_loaded() {
        for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| !algorithm.signs()) {
            assert_eq!(code(PrivateKey::generate(algorithm, 0)), Some(Code::AlgorithmUnknown));
            let (identifier, seed) = (algorithm.identifier(), [7; 32]);
            let parts = [Part::Unsigned(&[]), Part::Encoded(&identifier), octets(&seed)];
            assert_eq!(code(PrivateKey::from_der(&sequence(&parts), None)), Some(Code::AlgorithmKeyType));
            let jwk = format!(r#"{{"kty":"AKP","alg":"{}","pub":"AA","priv":"AA"}}"#, algorithm.name());
            let jwk = Jwk::from_json(jwk.as_bytes()).unwrap();
            assert_eq!(code(PrivateKey::from_jwk(&jwk)), Some(Code::AlgorithmKeyType));
            assert_eq!(code(PublicKey::from_jwk(&jwk)), Some(Code::KeyNotPublic));
        }
    }

    #[test]
    fn exports_under_a_password() {
        let key = load(&P256);
        let text = key.to_pem(Pkcs8, Some(b"x")).unwrap();
        assert!(text.expose().starts_with(b"-----BEGIN ENCRYPTED PRIVATE KEY-----"));
        assert_eq!(PrivateKey::from_pem(text.expose(), Some(b"x")).unwrap().public_key(), key.public_key());
        let der = key.to_der(Pkcs8, Some(b"x")).unwrap();
        assert_eq!(PrivateKey::from_der(der.expose(), Some(b"x")).unwrap().public_key(), key.public_key());
        assert_eq!(code(key.to_pem(Sec1, Some(b"x"))), Some(Code::ArgumentValue));
        assert_eq!(code(load(&RSA_2048).to_der(Pkcs1, Some(b"x"))), Some(Code::ArgumentValue));
    }

    #[test]
    fn ky01_ky04_passwords_and_containers_must_fit() {
        let encrypted = test_keys::ENCRYPTED[0].1;
        assert_eq!(code(PrivateKey::from_pem(encrypted.as_bytes(), Some(b"hunter2"))), None);
        assert_eq!(pem_code(encrypted), Some(Code::KeyPasswordRequired));
        // Before the container is parsed: a damaged one is refused for the same reason.
        let damaged = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n-----END ENCRYPTED PRIVATE KEY-----\n";
        assert_eq!(pem_code(damaged), Some(Code::KeyPasswordRequired));
        let plain = damaged.replace("ENCRYPTED ", "");
        for text in [ED25519.private, test_keys::P256_SEC1, &plain] {
            let refused = PrivateKey::from_pem(text.as_bytes(), Some(b""));
            assert_eq!(code(refused), Some(Code::KeyNotEncrypted), "{text}");
        }
        let der = ED25519.private_der();
        assert_eq!(code(PrivateKey::from_der(&der, Some(b"x"))), Some(Code::KeyNotEncrypted));
        let longer = vec![b'x'; limits::PASSWORD + 1];
        assert_eq!(code(PrivateKey::from_der(&der, Some(&longer))), Some(Code::LimitSize));
        assert_eq!(code(PrivateKey::from_pem(encrypted.as_bytes(), Some(&longer))), Some(Code::LimitSize));
    }

    #[test]
    fn ky15_ky16_labels() {
        assert_eq!(pem_code(P256.public), Some(Code::KeyNotPrivate));
        assert_eq!(pem_code(RSA_2048_PUBLIC_PKCS1), Some(Code::KeyNotPrivate));
        let relabel = |text: &str, from, to| pem_code(&text.replace(from, to));
        assert_eq!(relabel(test_keys::P256_SEC1, "EC PRIVATE", "PRIVATE"), Some(Code::DerTag));
        assert_eq!(relabel(P256.private, "PRIVATE", "EC PRIVATE"), Some(Code::DerValue));
        assert_eq!(relabel(RSA_2048.private, "PRIVATE", "RSA PRIVATE"), Some(Code::DerTag));
        assert_eq!(relabel(P256.public, "PUBLIC", "PRIVATE"), Some(Code::DerTag));
        assert_eq!(relabel(P256.private, "PRIVATE KEY", "CERTIFICATE"), Some(Code::AlgorithmFormat));
    }

    #[test]
    fn openssl_ecparam_output_reads_and_its_curve_must_agree() {
        let text = test_keys::P256_WITH_PARAMETERS;
        assert_eq!(pem_code(text), None);
        // secp384r1
        assert_eq!(pem_code(&text.replace("BggqhkjOPQMBBw==", "BgUrgQQAIg==")), Some(Code::KeyMismatch));
        let other = "MIGkAgEBBDB0";
        assert_eq!(pem_code(&text.replace("BggqhkjOPQMBBw==", other)), Some(Code::KeyMismatch));
    }

    #[test]
    fn der_containers_are_told_by_their_first_elements() {
        let integer = || Part::Unsigned(&[1]);
        let empty = || Part::Constructed(tag::SEQUENCE, &[]);
        let bits = || Part::Bits(&[1]);
        for (parts, private, public) in [
            (vec![integer(), empty()], Code::DerTruncated, Code::KeyNotPublic),
            (vec![integer(), octets(&[1])], Code::DerValue, Code::KeyNotPublic),
            (vec![integer(), integer(), integer()], Code::AlgorithmMultiPrime, Code::KeyNotPublic),
            (vec![integer(), integer(), empty()], Code::DerTag, Code::KeyNotPublic),
            (vec![integer(), integer()], Code::KeyNotPrivate, Code::KeyTooSmall),
            (vec![integer(), bits()], Code::DerTag, Code::KeyNotPublic),
            (vec![empty(), octets(&[1])], Code::KeyPasswordRequired, Code::KeyNotPublic),
            (vec![empty(), bits()], Code::KeyNotPrivate, Code::DerTruncated),
            (vec![empty(), empty(), bits()], Code::DerTag, Code::DerTag),
            (vec![octets(&[1]), octets(&[1])], Code::DerTag, Code::DerTag),
            (vec![integer(), integer(), Part::Encoded(&[2, 1])], Code::DerTruncated, Code::DerTruncated),
            (vec![integer()], Code::DerTruncated, Code::DerTruncated),
            (vec![], Code::DerTruncated, Code::DerTruncated),
        ] {
            let input = sequence(&parts);
            assert_eq!(code(PrivateKey::from_der(&input, None)), Some(private), "{input:02x?}");
            assert_eq!(code(PublicKey::from_der(&input)), Some(public), "{input:02x?}");
        }
        let long = der::encode(&octets(&vec![0; limits::DER]));
        assert_eq!(code(PrivateKey::from_der(&long, None)), Some(Code::LimitSize));
        assert_eq!(code(PublicKey::from_der(&long)), Some(Code::LimitSize));
        let after = [&ED25519.private_der()[..], &[0]].concat();
        assert_eq!(code(PrivateKey::from_der(&after, None)), Some(Code::DerTrailing));
    }

    #[test]
    fn ky30_ky38_other_keys() {
        let x25519 = "MC4CAQAwBQYDK2VuBCIEIO6FcOACgdPcb9DGC7IgWba9Zs6yIIMUL9iNcTmW4g0Y";
        let text = format!("-----BEGIN PRIVATE KEY-----\n{x25519}\n-----END PRIVATE KEY-----\n");
        assert_eq!(pem_code(&text), Some(Code::AlgorithmKeyType));
    }

    #[test]
    fn new_keys_are_of_the_kind_asked_for_and_read_back() {
        for algorithm in Algorithm::ALL.into_iter().filter(|algorithm| algorithm.signs()) {
            let key = PrivateKey::generate(algorithm, 2048).unwrap();
            assert_eq!(key.algorithm(), algorithm);
            let der = key.to_der(Pkcs8, None).unwrap();
            assert_eq!(PrivateKey::from_der(der.expose(), None).unwrap().public_key(), key.public_key());
            let other = PrivateKey::generate(algorithm, 2048).unwrap();
            assert_ne!(other.public_key(), key.public_key());
        }
        assert_eq!(PrivateKey::generate(Algorithm::Rs256, 2048).unwrap().public_key().bits(), 2048);
        for bits in [0, 1024, 2047, 2049, 16384] {
            assert_eq!(code(PrivateKey::generate(Algorithm::Rs256, bits)), Some(Code::ArgumentValue));
        }
    }
}
