//! What a key is for: its JOSE and COSE name, its curve, its `AlgorithmIdentifier`. Layer: key.
//!
//! The key decides the algorithm, never the message; so there is one value for each kind of key, and the hash
//! and padding of a signature are no part of it.

use crate::crypto::{Curve, MlDsa};
use crate::error::{Code, Error, Result, quote};
use crate::format::der::{self, Element, Part, Reader, tag};

/// The kind of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Algorithm {
    /// ECDSA on P-256
    Es256,
    /// ECDSA on P-384
    Es384,
    /// ECDSA on P-521
    Es512,
    /// ECDSA on secp256k1
    Es256k,
    /// Ed25519
    Ed25519,
    /// Ed448
    Ed448,
    /// RSA, with any hash and padding
    Rs256,
    /// ML-DSA, for verification only
    MlDsa(MlDsa),
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::Es256k,
        Self::Ed25519,
        Self::Ed448,
        Self::Rs256,
        Self::MlDsa(MlDsa::MlDsa44),
        Self::MlDsa(MlDsa::MlDsa65),
        Self::MlDsa(MlDsa::MlDsa87),
    ];

    /// The name in JOSE and COSE (RFC 7518, RFC 8812, RFC 9864, RFC 9964).
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::Es256k => "ES256K",
            Self::Ed25519 => "Ed25519",
            Self::Ed448 => "Ed448",
            Self::Rs256 => "RS256",
            Self::MlDsa(parameters) => parameters.name(),
        }
    }

    /// The algorithm of that name; the name of a curve, or `RSA`, will do as well.
    ///
    /// # Errors
    /// `algorithm.unknown`.
    pub fn from_name(name: &str) -> Result<Self> {
        let alias = match name {
            "RSA" => Some(Self::Rs256),
            _ => Curve::from_name(name).map(Self::from),
        };
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name).or(alias).ok_or_else(|| {
            let names = Self::ALL.map(Self::name).join(", ");
            Error::new(Code::AlgorithmUnknown, format!("{} is none of {names}", quote(name)))
        })
    }

    /// The curve of ECDSA.
    #[must_use]
    pub fn curve(self) -> Option<Curve> {
        Curve::ALL.into_iter().find(|curve| Self::from(*curve) == self)
    }

    /// The name of the curve in a JWK (RFC 7518 section 6.2.1.1, RFC 8037 section 2); none for RSA and
    /// ML-DSA.
    #[must_use]
    pub fn curve_name(self) -> Option<&'static str> {
        match self {
            Self::Ed25519 | Self::Ed448 => Some(self.name()),
            _ => self.curve().map(Curve::name),
        }
    }

    /// Whether it is Ed25519 or Ed448.
    #[must_use]
    pub fn is_eddsa(self) -> bool {
        matches!(self, Self::Ed25519 | Self::Ed448)
    }

    /// The parameter set of ML-DSA.
    #[must_use]
    pub fn ml_dsa(self) -> Option<MlDsa> {
        match self {
            Self::MlDsa(parameters) => Some(parameters),
            _ => None,
        }
    }

    /// Whether the algorithm hashes by itself.
    #[must_use]
    pub fn hashes_itself(self) -> bool {
        self.is_eddsa() || self.ml_dsa().is_some()
    }

    /// Whether this package makes, loads and signs with private keys of this kind.
    #[must_use]
    pub fn signs(self) -> bool {
        self.ml_dsa().is_none()
    }

    /// The `AlgorithmIdentifier` of PKCS#8 and SPKI.
    pub(super) fn identifier(self) -> Vec<u8> {
        let oid = |oid| Part::Primitive(tag::OID, oid);
        let parts = match self {
            Self::Ed25519 => vec![oid(ED25519)],
            Self::Ed448 => vec![oid(ED448)],
            Self::Rs256 => vec![oid(RSA_ENCRYPTION), Part::Primitive(tag::NULL, &[])],
            Self::MlDsa(parameters) => vec![oid(ml_dsa_oid(parameters))],
            _ => vec![oid(EC_PUBLIC_KEY), oid(self.curve().map_or(&[], curve_oid))],
        };
        der::encode(&Part::Constructed(tag::SEQUENCE, &parts))
    }
}

impl From<Curve> for Algorithm {
    fn from(curve: Curve) -> Self {
        match curve {
            Curve::P256 => Self::Es256,
            Curve::P384 => Self::Es384,
            Curve::P521 => Self::Es512,
            Curve::Secp256k1 => Self::Es256k,
        }
    }
}

/// id-ecPublicKey 1.2.840.10045.2.1 (RFC 5480 section 2.1.1)
const EC_PUBLIC_KEY: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// rsaEncryption 1.2.840.113549.1.1.1 (RFC 8017 appendix A.1)
const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// 1.3.101.112 (RFC 8410 section 3)
const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
/// 1.3.101.113 (RFC 8410 section 3)
const ED448: &[u8] = &[0x2b, 0x65, 0x71];

/// id-ml-dsa-44, -65 and -87, 2.16.840.1.101.3.4.3.17 to 19 (RFC 9881 section 2)
fn ml_dsa_oid(parameters: MlDsa) -> &'static [u8] {
    match parameters {
        MlDsa::MlDsa44 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x11],
        MlDsa::MlDsa65 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x12],
        MlDsa::MlDsa87 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x03, 0x13],
    }
}

/// The object identifier of a named curve (RFC 5480 section 2.1.1.1, SEC 2 appendix A.2.1).
pub(super) fn curve_oid(curve: Curve) -> &'static [u8] {
    match curve {
        Curve::P256 => &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
        Curve::P384 => &[0x2b, 0x81, 0x04, 0x00, 0x22],
        Curve::P521 => &[0x2b, 0x81, 0x04, 0x00, 0x23],
        Curve::Secp256k1 => &[0x2b, 0x81, 0x04, 0x00, 0x0a],
    }
}

/// An `AlgorithmIdentifier` (RFC 5280 section 4.1.1.2) that is well formed and not yet understood.
pub(super) struct Identifier<'a> {
    pub(super) oid: &'a [u8],
    pub(super) parameters: Option<Element<'a>>,
    sequence: Element<'a>,
}

impl<'a> Identifier<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let sequence = reader.element(tag::SEQUENCE)?;
        sequence.inside(|inner| {
            let oid = inner.oid()?;
            let parameters = if inner.is_empty() { None } else { Some(inner.any()?) };
            Ok(Self { oid, parameters, sequence })
        })
    }

    /// The kind of key this stands for.
    pub(super) fn algorithm(&self) -> Result<Algorithm> {
        match self.oid {
            EC_PUBLIC_KEY => {
                let absent = || self.sequence.wrong("an EC key without the name of its curve");
                self.parameters.as_ref().ok_or_else(absent).and_then(named_curve).map(Algorithm::from)
            }
            RSA_ENCRYPTION => self.null_parameters().map(|()| Algorithm::Rs256),
            ED25519 => self.no_parameters().map(|()| Algorithm::Ed25519),
            ED448 => self.no_parameters().map(|()| Algorithm::Ed448),
            other => match MlDsa::ALL.into_iter().find(|parameters| ml_dsa_oid(*parameters) == other) {
                Some(parameters) => self.no_parameters().map(|()| Algorithm::MlDsa(parameters)),
                None => {
                    let message = format!("keys of type {} are not supported", dotted(other));
                    Err(Error::new(Code::AlgorithmKeyType, message).at(self.sequence.offset))
                }
            },
        }
    }

    /// The kind of private key this stands for.
    pub(super) fn private_algorithm(&self) -> Result<Algorithm> {
        let algorithm = self.algorithm()?;
        if algorithm.signs() {
            return Ok(algorithm);
        }
        let message = format!("private keys of type {} are not supported", algorithm.name());
        Err(Error::new(Code::AlgorithmKeyType, message).at(self.sequence.offset))
    }

    /// The parameters are NULL: RSA (RFC 8017 appendix A.1) and the functions of PBKDF2.
    pub(super) fn null_parameters(&self) -> Result<()> {
        match self.parameters {
            Some(Element { tag: tag::NULL, content: [], .. }) => Ok(()),
            _ => Err(self.sequence.wrong("algorithm parameters must be NULL here")),
        }
    }

    /// The parameters are absent: RFC 8410 section 3, RFC 9881 section 2.
    fn no_parameters(&self) -> Result<()> {
        match self.parameters {
            None => Ok(()),
            Some(parameters) => Err(parameters.wrong("algorithm parameters must be absent here")),
        }
    }
}

/// `ECParameters` (RFC 5480 section 2.1.1): a name. A curve that is spelled out is refused even where it equals
/// a named one, since nobody compares all of it: CVE-2020-0601.
pub(super) fn named_curve(parameters: &Element<'_>) -> Result<Curve> {
    match parameters.tag {
        tag::OID => {
            let oid = parameters.oid()?;
            Curve::ALL.into_iter().find(|curve| curve_oid(*curve) == oid).ok_or_else(|| {
                let message = format!("the curve {} is not supported", dotted(oid));
                Error::new(Code::AlgorithmCurve, message).at(parameters.offset)
            })
        }
        tag::SEQUENCE => {
            let message = "an EC key with explicit curve parameters; only named curves are read";
            Err(Error::new(Code::KeyExplicitParameters, message).at(parameters.offset))
        }
        _ => Err(parameters.wrong("the parameters of an EC key must name a curve")),
    }
}

/// An object identifier for messages (X.690 section 8.19).
pub(super) fn dotted(oid: &[u8]) -> String {
    if oid.len() > 16 {
        return "with a long object identifier".to_owned();
    }
    let mut arcs: Vec<u64> = Vec::new();
    let mut arc = 0_u64;
    for byte in oid {
        arc = arc.saturating_mul(128).saturating_add(u64::from(byte & 0x7f));
        if *byte < 0x80 {
            // The first number holds two arcs.
            if arcs.is_empty() {
                let top = (arc / 40).min(2);
                arcs.push(top);
                arc -= top * 40;
            }
            arcs.push(arc);
            arc = 0;
        }
    }
    arcs.iter().map(u64::to_string).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{Algorithm, Identifier, dotted};
    use crate::crypto::Curve;
    use crate::error::Code;
    use crate::format::der;

    #[test]
    fn names_and_aliases() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::from_name(algorithm.name()).unwrap(), algorithm);
            if let Some(name) = algorithm.curve_name() {
                assert_eq!(Algorithm::from_name(name).unwrap(), algorithm);
            }
        }
        assert_eq!(Algorithm::from_name("RSA").unwrap(), Algorithm::Rs256);
        assert_eq!(Algorithm::from_name("secp256k1").unwrap().curve(), Some(Curve::Secp256k1));
        assert_eq!(Algorithm::Ed448.curve(), None);
        for name in ["", "es256", "P256", "EdDSA", "PS256", "X25519"] {
            assert_eq!(Algorithm::from_name(name).unwrap_err().code(), Code::AlgorithmUnknown);
        }
    }

    fn read(hexadecimal: &str) -> Result<Algorithm, Code> {
        let input = hex::decode(hexadecimal).unwrap();
        let identifier = der::read(&input, Identifier::read).map_err(|error| error.code())?;
        identifier.algorithm().map_err(|error| error.code())
    }

    #[test]
    fn identifiers_read_back() {
        for algorithm in Algorithm::ALL {
            assert_eq!(read(&hex::encode(algorithm.identifier())), Ok(algorithm));
        }
    }

    #[test]
    fn parameters_are_what_each_algorithm_has() {
        for (input, code) in [
            ("300906072a8648ce3d0201", Code::DerValue),
            ("300b06072a8648ce3d02010500", Code::DerValue),
            ("300d06072a8648ce3d020130020500", Code::KeyExplicitParameters),
            ("301306072a8648ce3d020106082a8648ce3d030101", Code::AlgorithmCurve),
            ("300b06072a8648ce3d02010600", Code::DerValue),
            ("300b06092a864886f70d010101", Code::DerValue),
            ("300e06092a864886f70d010101050100", Code::DerValue),
            ("300d06092a864886f70d0101010400", Code::DerValue),
            ("300706032b65700500", Code::DerValue),
            ("300706032b65710500", Code::DerValue),
            ("300706032b65703000", Code::DerValue),
            ("300d060960864801650304031105 00", Code::DerValue),
            ("300b0609608648016503040314", Code::AlgorithmKeyType),
            ("300906032b657005000500", Code::DerTrailing),
            ("3002 0500", Code::DerTag),
            ("3000", Code::DerTruncated),
            ("300506032b656e", Code::AlgorithmKeyType),
            ("300506032b656f", Code::AlgorithmKeyType),
            ("300b06092a864886f70d01010a", Code::AlgorithmKeyType),
            ("300906072a8648ce380401", Code::AlgorithmKeyType),
        ] {
            assert_eq!(read(&input.replace(' ', "")), Err(code), "{input}");
        }
    }

    #[test]
    fn object_identifiers_are_shown_with_dots() {
        assert_eq!(dotted(super::EC_PUBLIC_KEY), "1.2.840.10045.2.1");
        assert_eq!(dotted(super::ED448), "1.3.101.113");
        assert_eq!(dotted(&[0x88, 0x37]), "2.999");
        assert_eq!(dotted(&[0xff; 16]), "");
        assert_eq!(dotted(&[1; 17]), "with a long object identifier");
    }
}
