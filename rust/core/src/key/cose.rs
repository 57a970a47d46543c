//! COSE keys (RFC 9052 section 7, RFC 9053, RFC 8230, RFC 9864, RFC 9964) as WebAuthn sends them (sections 5.8.5
//! and 6.5.1.1): the algorithm, the type, the curve and the numbers are checked against one another when a key
//! is read, so that a key that was read verifies by one algorithm only. Layer: key.

use core::fmt;

use super::{Algorithm, PublicKey};
use crate::crypto::ec::EcPublicKey;
use crate::crypto::ed448::Ed448PublicKey;
use crate::crypto::ed25519::Ed25519PublicKey;
use crate::crypto::ml_dsa::{MlDsa, MlDsaPublicKey};
use crate::crypto::rsa::RsaPublicKey;
use crate::crypto::{AnyHash, Curve, Hash};
use crate::error::{Code, Error, Result};
use crate::format::cbor::{self, Key, Value};
use crate::format::tolerance::Tolerated;
use crate::key::signing::Verification;

/// The algorithms of the COSE registry that WebAuthn uses for signatures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the names of the registry")]
pub enum CoseAlgorithm {
    Es256,
    EdDsa,
    Esp256,
    Ed25519,
    Es384,
    Es512,
    Ps256,
    Ps384,
    Ps512,
    Es256k,
    MlDsa44,
    MlDsa65,
    MlDsa87,
    Esp384,
    Esp512,
    Ed448,
    Rs256,
    Rs384,
    Rs512,
    Rs1,
}

/// The kinds of key: what each algorithm needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Octet key pair: kty 1
    Okp(Algorithm),
    /// Two coordinates: kty 2
    Ec(Curve),
    /// kty 3
    Rsa,
    /// Algorithm key pair: kty 7
    Akp(MlDsa),
}

impl CoseAlgorithm {
    /// All of them, in the order in which a relying party offers them.
    pub const ALL: [Self; 20] = [
        Self::Es256,
        Self::EdDsa,
        Self::Esp256,
        Self::Ed25519,
        Self::Es384,
        Self::Es512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Es256k,
        Self::MlDsa44,
        Self::MlDsa65,
        Self::MlDsa87,
        Self::Esp384,
        Self::Esp512,
        Self::Ed448,
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Rs1,
    ];

    /// The number in the registry.
    #[must_use]
    pub fn number(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::EdDsa => -8,
            Self::Esp256 => -9,
            Self::Ed25519 => -19,
            Self::Es384 => -35,
            Self::Es512 => -36,
            Self::Ps256 => -37,
            Self::Ps384 => -38,
            Self::Ps512 => -39,
            Self::Es256k => -47,
            Self::MlDsa44 => -48,
            Self::MlDsa65 => -49,
            Self::MlDsa87 => -50,
            Self::Esp384 => -51,
            Self::Esp512 => -52,
            Self::Ed448 => -53,
            Self::Rs256 => -257,
            Self::Rs384 => -258,
            Self::Rs512 => -259,
            Self::Rs1 => -65535,
        }
    }

    /// The algorithm of that number.
    ///
    /// # Errors
    /// `algorithm.unknown`; `algorithm.legacy_hash` for RS1 unless it is allowed.
    pub fn from_number(number: i128, allow_sha1: bool) -> Result<Self> {
        let found = Self::ALL.into_iter().find(|algorithm| i128::from(algorithm.number()) == number);
        match found {
            Some(Self::Rs1) if !allow_sha1 => {
                let message = "RS1 signs with SHA-1, which has to be allowed by name";
                Err(Error::new(Code::AlgorithmLegacyHash, message))
            }
            Some(algorithm) => Ok(algorithm),
            None => {
                let message = format!("the COSE algorithm {number} is not supported");
                Err(Error::new(Code::AlgorithmUnknown, message))
            }
        }
    }

    fn kind(self) -> Kind {
        match self {
            Self::Es256 | Self::Esp256 => Kind::Ec(Curve::P256),
            Self::Es384 | Self::Esp384 => Kind::Ec(Curve::P384),
            Self::Es512 | Self::Esp512 => Kind::Ec(Curve::P521),
            Self::Es256k => Kind::Ec(Curve::Secp256k1),
            Self::EdDsa | Self::Ed25519 => Kind::Okp(Algorithm::Ed25519),
            Self::Ed448 => Kind::Okp(Algorithm::Ed448),
            Self::MlDsa44 => Kind::Akp(MlDsa::MlDsa44),
            Self::MlDsa65 => Kind::Akp(MlDsa::MlDsa65),
            Self::MlDsa87 => Kind::Akp(MlDsa::MlDsa87),
            _ => Kind::Rsa,
        }
    }

    /// The kind of key that this algorithm needs.
    #[must_use]
    pub fn key_algorithm(self) -> Algorithm {
        match self.kind() {
            Kind::Ec(curve) => curve.into(),
            Kind::Okp(algorithm) => algorithm,
            Kind::Akp(parameters) => Algorithm::MlDsa(parameters),
            Kind::Rsa => Algorithm::Rs256,
        }
    }

    /// How a signature by this algorithm is verified.
    #[must_use]
    pub fn verification(self) -> Verification {
        let sound = AnyHash::Sound;
        match self {
            Self::Es256 | Self::Esp256 | Self::Es256k => Verification::Ecdsa(sound(Hash::Sha256)),
            Self::Es384 | Self::Esp384 => Verification::Ecdsa(sound(Hash::Sha384)),
            Self::Es512 | Self::Esp512 => Verification::Ecdsa(sound(Hash::Sha512)),
            Self::EdDsa | Self::Ed25519 => Verification::Ed25519,
            Self::Ed448 => Verification::Ed448,
            Self::Ps256 => Verification::RsaPss(Hash::Sha256),
            Self::Ps384 => Verification::RsaPss(Hash::Sha384),
            Self::Ps512 => Verification::RsaPss(Hash::Sha512),
            Self::Rs256 => Verification::RsaPkcs1(sound(Hash::Sha256)),
            Self::Rs384 => Verification::RsaPkcs1(sound(Hash::Sha384)),
            Self::Rs512 => Verification::RsaPkcs1(sound(Hash::Sha512)),
            Self::Rs1 => Verification::RsaPkcs1(AnyHash::Sha1),
            Self::MlDsa44 => Verification::MlDsa(MlDsa::MlDsa44),
            Self::MlDsa65 => Verification::MlDsa(MlDsa::MlDsa65),
            Self::MlDsa87 => Verification::MlDsa(MlDsa::MlDsa87),
        }
    }

    /// The hash that the algorithm names; none where it takes the message whole.
    #[must_use]
    pub fn hash(self) -> Option<AnyHash> {
        match self.verification() {
            Verification::Ecdsa(hash) | Verification::RsaPkcs1(hash) => Some(hash),
            Verification::RsaPss(hash) => Some(AnyHash::Sound(hash)),
            Verification::Ed25519 | Verification::Ed448 | Verification::MlDsa(_) => None,
        }
    }

    /// Verifies a signature by this algorithm with a key that need not have come as a COSE key.
    ///
    /// # Errors
    /// `algorithm.mismatch` where the key is of another kind, `signature.invalid`.
    pub fn verify(self, key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<()> {
        if key.algorithm() != self.key_algorithm() {
            let message = format!("a key of type {} does not serve {self}", key.algorithm().name());
            return Err(Error::new(Code::AlgorithmMismatch, message));
        }
        key.verify_as(self.verification(), message, signature)
    }

    /// The algorithm that a key of this kind has where nothing else is said.
    #[must_use]
    pub fn usual_for(key: Algorithm) -> Self {
        match key {
            Algorithm::Es256 => Self::Es256,
            Algorithm::Es384 => Self::Es384,
            Algorithm::Es512 => Self::Es512,
            Algorithm::Es256k => Self::Es256k,
            Algorithm::Ed25519 => Self::EdDsa,
            Algorithm::Ed448 => Self::Ed448,
            Algorithm::MlDsa(MlDsa::MlDsa44) => Self::MlDsa44,
            Algorithm::MlDsa(MlDsa::MlDsa65) => Self::MlDsa65,
            Algorithm::MlDsa(MlDsa::MlDsa87) => Self::MlDsa87,
            Algorithm::Rs256 => Self::Rs256,
        }
    }
}

impl fmt::Display for CoseAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Es256 => "ES256",
            Self::EdDsa => "EdDSA",
            Self::Esp256 => "ESP256",
            Self::Ed25519 => "Ed25519",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Es256k => "ES256K",
            Self::MlDsa44 => "ML-DSA-44",
            Self::MlDsa65 => "ML-DSA-65",
            Self::MlDsa87 => "ML-DSA-87",
            Self::Esp384 => "ESP384",
            Self::Esp512 => "ESP512",
            Self::Ed448 => "Ed448",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
            Self::Rs1 => "RS1",
        })
    }
}

/// A key with the one algorithm it verifies by.
#[derive(Clone)]
pub struct CoseKey {
    algorithm: CoseAlgorithm,
    key: PublicKey,
    encoded: Vec<u8>,
}

impl fmt::Debug for CoseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CoseKey({})", self.algorithm)
    }
}

/// Labels of a COSE key (RFC 9052 section 7.1) and of its parameters (RFC 9053 section 7, RFC 8230 section 4).
mod label {
    pub(super) const KTY: i128 = 1;
    pub(super) const ALG: i128 = 3;
    pub(super) const KEY_OPS: i128 = 4;
    /// The curve; for RSA the modulus, for AKP the public key.
    pub(super) const FIRST: i128 = -1;
    /// x; for RSA the exponent.
    pub(super) const SECOND: i128 = -2;
    /// y
    pub(super) const THIRD: i128 = -3;
}

impl CoseKey {
    /// Reads a key that is the whole input.
    ///
    /// # Errors
    /// `cbor.*`, `cose.*`, `key.*`, `algorithm.*`, `limit.*`.
    pub fn read(data: &[u8], allow_sha1: bool, tolerated: &mut Tolerated) -> Result<Self> {
        let pairs = cbor::read_with(data, "credential_public_key", tolerated, |reader| {
            let start = reader.offset();
            match reader.value()? {
                Value::Map(pairs) => Ok(pairs),
                _ => Err(Error::new(Code::CborShape, "a COSE key is a map").at(start)),
            }
        })?;
        let parameters = Parameters(&pairs);
        let algorithm = parameters.algorithm(allow_sha1)?;
        let key = parameters.key(algorithm, tolerated)?;
        Ok(Self { algorithm, key, encoded: data.to_vec() })
    }

    /// Takes a key for an algorithm, or for the usual one of its kind, and writes it in canonical form.
    ///
    /// # Errors
    /// `key.mismatch` where the algorithm needs another kind of key.
    pub fn from_public_key(key: PublicKey, algorithm: Option<CoseAlgorithm>) -> Result<Self> {
        let algorithm = algorithm.unwrap_or_else(|| CoseAlgorithm::usual_for(key.algorithm()));
        if algorithm.key_algorithm() != key.algorithm() {
            return Err(mismatch(algorithm, "key"));
        }
        let encoded = canonical(algorithm, &key)?;
        Ok(Self { algorithm, key, encoded })
    }

    /// The algorithm.
    #[must_use]
    pub fn algorithm(&self) -> CoseAlgorithm {
        self.algorithm
    }

    /// The key.
    #[must_use]
    pub fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The bytes it was read from, or its canonical form.
    #[must_use]
    pub fn encoded(&self) -> &[u8] {
        &self.encoded
    }

    /// Verifies a signature by the key's algorithm.
    ///
    /// # Errors
    /// `signature.invalid`.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<()> {
        self.algorithm.verify(&self.key, message, signature)
    }
}

impl PartialEq for CoseKey {
    fn eq(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm && self.key == other.key
    }
}

impl Eq for CoseKey {}

fn mismatch(algorithm: CoseAlgorithm, what: &'static str) -> Error {
    Error::new(Code::KeyMismatch, format!("the {what} of the COSE key is not that of {algorithm}"))
}

struct Parameters<'v, 'a>(&'v [(Key<'a>, Value<'a>)]);

impl<'v, 'a> Parameters<'v, 'a> {
    fn get(&self, label: i128) -> Option<&'v Value<'a>> {
        self.0.iter().find(|(key, _)| *key == Key::Integer(label)).map(|(_, value)| value)
    }

    fn integer(&self, label: i128, name: &'static str) -> Result<i128> {
        match self.get(label) {
            Some(Value::Integer(number)) => Ok(*number),
            Some(_) => Err(wrong_type(name, "an integer")),
            None => Err(missing(name)),
        }
    }

    fn bytes(&self, label: i128, name: &'static str) -> Result<&'v [u8]> {
        match self.get(label) {
            Some(Value::Bytes(bytes)) => Ok(bytes),
            Some(Value::Bool(_)) if name == "y" => {
                Err(Error::new(Code::KeyCompressed, "a compressed point, which WebAuthn forbids"))
            }
            Some(_) => Err(wrong_type(name, "a byte string")),
            None => Err(missing(name)),
        }
    }

    fn algorithm(&self, allow_sha1: bool) -> Result<CoseAlgorithm> {
        let kty = self.integer(label::KTY, "kty")?;
        let number = match self.get(label::ALG) {
            None => return Err(Error::new(Code::KeyAlgorithmMissing, "a COSE key that names no algorithm")),
            Some(Value::Integer(number)) => *number,
            Some(_) => return Err(wrong_type("alg", "an integer")),
        };
        let private = match kty {
            1 | 2 => -4..=-4,
            3 => -12..=-3,
            7 => -2..=-2,
            _ => {
                let message = format!("COSE keys of type {kty} are not supported");
                return Err(Error::new(Code::AlgorithmKeyType, message));
            }
        };
        if self.0.iter().any(|(key, _)| matches!(key, Key::Integer(label) if private.contains(label))) {
            return Err(Error::new(Code::KeyNotPublic, "a private key where a public one is due"));
        }
        let algorithm = CoseAlgorithm::from_number(number, allow_sha1)?;
        let due = match algorithm.kind() {
            Kind::Okp(_) => 1,
            Kind::Ec(_) => 2,
            Kind::Rsa => 3,
            Kind::Akp(_) => 7,
        };
        if kty == due { Ok(algorithm) } else { Err(mismatch(algorithm, "kty")) }
    }

    fn key(&self, algorithm: CoseAlgorithm, tolerated: &mut Tolerated) -> Result<PublicKey> {
        match algorithm.kind() {
            Kind::Ec(curve) => {
                let number = match curve {
                    Curve::P256 => 1,
                    Curve::P384 => 2,
                    Curve::P521 => 3,
                    Curve::Secp256k1 => 8,
                };
                let found = self.integer(label::FIRST, "crv")?;
                let x = self.bytes(label::SECOND, "x")?;
                let y = self.bytes(label::THIRD, "y")?;
                self.check_rest(algorithm, found == number, &[-1, -2, -3])?;
                let length = curve.field_length();
                if x.len() != length || y.len() != length {
                    let message = format!("a coordinate of {} has {length} bytes", curve.name());
                    return Err(Error::new(Code::KeyLength, message));
                }
                let point = [&[4], x, y].concat();
                EcPublicKey::from_point(curve, &point).map(PublicKey::Ec)
            }
            Kind::Okp(curve) => {
                let found = self.integer(label::FIRST, "crv")?;
                let x = self.bytes(label::SECOND, "x")?;
                let is_ed448 = curve == Algorithm::Ed448;
                self.check_rest(algorithm, found == if is_ed448 { 7 } else { 6 }, &[-1, -2])?;
                if is_ed448 {
                    Ed448PublicKey::from_bytes(x).map(PublicKey::Ed448)
                } else {
                    Ed25519PublicKey::from_bytes(x).map(PublicKey::Ed25519)
                }
            }
            Kind::Rsa => {
                let n = self.bytes(label::FIRST, "n")?;
                let e = self.bytes(label::SECOND, "e")?;
                self.check_rest(algorithm, true, &[-1, -2])?;
                if e.is_empty() {
                    return Err(Error::new(Code::KeyEncoding, "an RSA exponent of no bytes"));
                }
                RsaPublicKey::from_components(minimal(n, tolerated)?, minimal(e, tolerated)?)
                    .map(PublicKey::Rsa)
            }
            Kind::Akp(kind) => {
                let public = self.bytes(label::FIRST, "pub")?;
                self.check_rest(algorithm, true, &[-1])?;
                MlDsaPublicKey::from_bytes(kind, public).map(PublicKey::MlDsa)
            }
        }
    }

    /// The curve, the key operations, and that nothing else is there (WebAuthn section 6.5.1.1: the key holds
    /// the required parameters and no others).
    fn check_rest(&self, algorithm: CoseAlgorithm, is_curve: bool, own: &[i128]) -> Result<()> {
        if !is_curve {
            return Err(mismatch(algorithm, "crv"));
        }
        let verify = |value: &Value<'_>| match value {
            Value::Integer(number) => *number == 2,
            Value::Text(text) => text == "verify",
            _ => false,
        };
        match self.get(label::KEY_OPS) {
            None => {}
            Some(Value::Array(operations)) if operations.iter().any(verify) => {}
            Some(_) => {
                let message = "the COSE key is not for verifying signatures";
                return Err(Error::new(Code::KeyOperations, message));
            }
        }
        let known = |key: &Key<'_>| match key {
            Key::Integer(label) => {
                [label::KTY, label::ALG, label::KEY_OPS].contains(label) || own.contains(label)
            }
            Key::Text(_) => false,
        };
        match self.0.iter().find(|(key, _)| !known(key)) {
            None => Ok(()),
            Some((key, _)) => {
                let message = format!("the COSE key has a further parameter {}", key.shown());
                Err(Error::new(Code::CoseUnknown, message))
            }
        }
    }
}

/// RFC 8230 section 4: no leading zeros. Some authenticators write the sign byte that DER and Java have.
fn minimal<'a>(number: &'a [u8], tolerated: &mut Tolerated) -> Result<&'a [u8]> {
    let refused = || Error::new(Code::KeyEncoding, "a number of the RSA key begins with a zero byte");
    match number {
        [0, rest @ ..] if rest.first().is_some_and(|first| *first >= 0x80) => {
            tolerated.allow("credential_public_key", refused).map(|()| rest)
        }
        [0, ..] => Err(refused()),
        _ => Ok(number),
    }
}

fn missing(name: &'static str) -> Error {
    Error::new(Code::CoseMissing, format!("the COSE key has no {name}")).in_field(name)
}

fn wrong_type(name: &'static str, wanted: &str) -> Error {
    Error::new(Code::CoseType, format!("{name} of the COSE key is not {wanted}")).in_field(name)
}

fn canonical(algorithm: CoseAlgorithm, key: &PublicKey) -> Result<Vec<u8>> {
    let integer = |label, number: i64| (Key::Integer(label), Value::Integer(number.into()));
    let bytes = |label, bytes: &[u8]| (Key::Integer(label), Value::Bytes(bytes.to_vec().into()));
    let mut pairs = vec![integer(label::ALG, algorithm.number())];
    match key {
        PublicKey::Ec(key) => {
            let curve = match key.curve() {
                Curve::P256 => 1,
                Curve::P384 => 2,
                Curve::P521 => 3,
                Curve::Secp256k1 => 8,
            };
            let coordinates = key.point().get(1..).unwrap_or_default();
            let (x, y) = coordinates.split_at_checked(key.curve().field_length()).unwrap_or_default();
            pairs.extend([integer(label::KTY, 2), integer(label::FIRST, curve)]);
            pairs.extend([bytes(label::SECOND, x), bytes(label::THIRD, y)]);
        }
        PublicKey::Ed25519(key) => {
            pairs.extend([
                integer(label::KTY, 1),
                integer(label::FIRST, 6),
                bytes(label::SECOND, key.bytes()),
            ]);
        }
        PublicKey::Ed448(key) => {
            pairs.extend([
                integer(label::KTY, 1),
                integer(label::FIRST, 7),
                bytes(label::SECOND, key.bytes()),
            ]);
        }
        PublicKey::Rsa(key) => {
            pairs.extend([
                integer(label::KTY, 3),
                bytes(label::FIRST, key.n()),
                bytes(label::SECOND, key.e()),
            ]);
        }
        PublicKey::MlDsa(key) => pairs.extend([integer(label::KTY, 7), bytes(label::FIRST, key.bytes())]),
    }
    cbor::encode(&Value::Map(pairs))
}
