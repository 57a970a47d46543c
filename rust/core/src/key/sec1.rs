//! `ECPrivateKey` (RFC 5915 section 3, which is SEC 1 appendix C.4), alone or inside PKCS#8. Layer: key.

use super::algorithm::{curve_oid, named_curve};
use crate::crypto::Curve;
use crate::crypto::ec::{EcPrivateKey, EcPublicKey};
use crate::error::{Code, Error, Result};
use crate::format::der::{self, Element, Part, Reader, saturating, tag};
use crate::secret::Secret;

/// A well-formed `ECPrivateKey`.
pub(super) struct EcFields<'a> {
    scalar: &'a [u8],
    parameters: Option<Element<'a>>,
    public: Option<&'a [u8]>,
    sequence: Element<'a>,
}

/// Reads a whole `EC PRIVATE KEY`, whose curve must be named inside.
pub(super) fn parse(input: &[u8]) -> Result<EcPrivateKey> {
    let fields = der::read(input, EcFields::read)?;
    let unnamed = || fields.sequence.wrong("an EC private key without the name of its curve");
    let curve = fields.parameters.as_ref().ok_or_else(unnamed).and_then(named_curve)?;
    fields.key(curve)
}

impl<'a> EcFields<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let sequence = reader.element(tag::SEQUENCE)?;
        sequence.inside(|inner| {
            let version = inner.element(tag::INTEGER)?;
            if saturating(version.unsigned()?) != 1 {
                return Err(version.wrong("the version of an EC private key is 1"));
            }
            let scalar = inner.octet_string()?.content;
            let parameters = inner.optional(tag::CONTEXT_0)?;
            let parameters = parameters.map(|outer| outer.inside(Reader::any)).transpose()?;
            let public = inner.optional(tag::CONTEXT_1)?;
            let public = public.map(|outer| outer.inside(Reader::bit_string)).transpose()?;
            Ok(Self { scalar, parameters, public: public.map(|bits| bits.content), sequence })
        })
    }

    /// The key, where PKCS#8 has named the curve already.
    pub(super) fn key_in(self, outer: Curve) -> Result<EcPrivateKey> {
        if let Some(parameters) = &self.parameters {
            // Compared before it is looked up: another curve is a contradiction, known or not.
            if parameters.tag == tag::OID && parameters.oid()? != curve_oid(outer) {
                return Err(mismatch("the curve inside the EC private key is not the one outside"));
            }
            named_curve(parameters)?;
        }
        self.key(outer)
    }

    fn key(self, curve: Curve) -> Result<EcPrivateKey> {
        let length = curve.field_length();
        let Some(missing) = length.checked_sub(self.scalar.len()) else {
            let message = format!("the EC private key has more than {length} bytes");
            return Err(Error::new(Code::KeyScalar, message));
        };
        // RFC 5915 fixes the length. Writers that drop leading zeros exist, and no other key has that scalar.
        let mut scalar = Secret::zeroed(length);
        let digits = scalar.expose_mut().iter_mut().skip(missing);
        digits.zip(self.scalar).for_each(|(place, byte)| *place = *byte);
        let key = EcPrivateKey::from_scalar(curve, scalar.expose())?;
        if let Some(point) = self.public {
            check_public(&key, point)?;
        }
        Ok(key)
    }
}

/// A stored public key must be the one of the scalar: signing with another gives the scalar away
/// (RUSTSEC-2022-0093), and registering another locks its owner out.
pub(super) fn check_public(key: &EcPrivateKey, point: &[u8]) -> Result<()> {
    let derived = key.public().point();
    if point == derived || EcPublicKey::from_point(key.public().curve(), point)?.point() == derived {
        return Ok(());
    }
    Err(mismatch("the public key inside the EC private key is not its own"))
}

/// The content of an `EC PARAMETERS` block must name the curve of the key it stands before.
pub(super) fn check_parameters(key: &EcPrivateKey, parameters: &[u8]) -> Result<()> {
    let expected = der::encode(&Part::Primitive(tag::OID, curve_oid(key.public().curve())));
    if parameters == expected {
        return Ok(());
    }
    Err(mismatch("the EC PARAMETERS block does not name the curve of the key"))
}

fn mismatch(message: &'static str) -> Error {
    Error::new(Code::KeyMismatch, message)
}

/// Writes the key with its public point, and with its curve unless PKCS#8 names it around this.
pub(super) fn encode(key: &EcPrivateKey, with_curve: bool) -> Secret {
    let oid = [Part::Primitive(tag::OID, curve_oid(key.public().curve()))];
    let point = [Part::Bits(key.public().point())];
    let mut parts = vec![Part::Unsigned(&[1]), Part::Primitive(tag::OCTET_STRING, key.scalar().expose())];
    parts.extend(with_curve.then_some(Part::Constructed(tag::CONTEXT_0, &oid)));
    parts.push(Part::Constructed(tag::CONTEXT_1, &point));
    der::encode_secret(&Part::Constructed(tag::SEQUENCE, &parts))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::{EcFields, check_parameters, encode, parse};
    use crate::crypto::Curve;
    use crate::error::Code;
    use crate::format::der::{self, Part, tag};
    use crate::format::pem;
    use crate::key::algorithm::curve_oid;
    use crate::key::test_keys::{self, P256, P384, SECP256K1, code, octets, sequence};

    const SCALAR: [u8; 32] = [0x11; 32];

    /// An `ECPrivateKey` of P-256 unless changed.
    struct Fields<'a> {
        version: &'a [u8],
        scalar: &'a [u8],
        parameters: Option<Part<'a>>,
        point: Option<&'a [u8]>,
        more: &'a [u8],
    }

    impl Default for Fields<'_> {
        fn default() -> Self {
            let parameters = Some(Part::Primitive(tag::OID, curve_oid(Curve::P256)));
            Self { version: &[1], scalar: &SCALAR, parameters, point: None, more: &[] }
        }
    }

    impl Fields<'_> {
        fn write(self) -> Vec<u8> {
            let (parameters, point): (Vec<_>, Vec<_>) =
                (self.parameters.into_iter().collect(), self.point.map(Part::Bits).into_iter().collect());
            let mut parts = vec![Part::Unsigned(self.version), octets(self.scalar)];
            if !parameters.is_empty() {
                parts.push(Part::Constructed(tag::CONTEXT_0, &parameters));
            }
            if !point.is_empty() {
                parts.push(Part::Constructed(tag::CONTEXT_1, &point));
            }
            parts.push(Part::Encoded(self.more));
            sequence(&parts)
        }

        fn bare(self) -> Option<Code> {
            code(parse(&self.write()))
        }

        fn inside(self, outer: Curve) -> Option<Code> {
            code(der::read(&self.write(), EcFields::read).and_then(|fields| fields.key_in(outer)))
        }
    }

    fn with_scalar(scalar: &[u8]) -> Option<Code> {
        Fields { scalar, ..Fields::default() }.bare()
    }

    #[test]
    fn openssl_output_reads_and_is_written_again() {
        let document = pem::decode(test_keys::P256_SEC1.as_bytes()).unwrap();
        let key = parse(document.der.expose()).unwrap();
        assert_eq!(encode(&key, true), document.der);
        assert_eq!(encode(&key, false).expose(), P256.identifier_and_inner().1);
    }

    #[test]
    fn ky27_scalars() {
        let order = Curve::P256.order();
        let mut above = order.to_vec();
        above[31] += 1;
        let mut below = order.to_vec();
        below[31] -= 1;
        assert_eq!(with_scalar(&below), None);
        for bad in [&[0; 32][..], order, &above, &[0xff; 32], &[], &[0], &[&[0][..], &SCALAR].concat()] {
            assert_eq!(with_scalar(bad), Some(Code::KeyScalar), "{bad:02x?}");
        }
        // A scalar that lost its leading zeros is the same key.
        let mut full = [0; 32];
        full[30..].copy_from_slice(&[0x12, 0x34]);
        let long = parse(&Fields { scalar: &full, ..Fields::default() }.write()).unwrap();
        let short = parse(&Fields { scalar: &[0x12, 0x34], ..Fields::default() }.write()).unwrap();
        assert_eq!(long.scalar(), short.scalar());
    }

    #[test]
    fn versions_other_than_1_and_what_follows_are_refused() {
        for version in [&[0][..], &[2], &[1, 0]] {
            assert_eq!(Fields { version, ..Fields::default() }.bare(), Some(Code::DerValue));
        }
        assert_eq!(Fields { more: &[5, 0], ..Fields::default() }.bare(), Some(Code::DerTrailing));
    }

    #[test]
    fn ky28_ky29_parameters() {
        let with = |parameters| Fields { parameters, ..Fields::default() };
        let named = |oid| Some(Part::Primitive(tag::OID, oid));
        let explicit = || Some(Part::Constructed(tag::SEQUENCE, &[]));
        let p192 = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 1];
        assert_eq!(with(None).bare(), Some(Code::DerValue));
        assert_eq!(with(explicit()).bare(), Some(Code::KeyExplicitParameters));
        assert_eq!(with(named(p192)).bare(), Some(Code::AlgorithmCurve));
        assert_eq!(with(Some(Part::Primitive(tag::NULL, &[]))).bare(), Some(Code::DerValue));
        assert_eq!(with(None).inside(Curve::P256), None);
        assert_eq!(with(named(curve_oid(Curve::P256))).inside(Curve::P256), None);
        assert_eq!(with(named(curve_oid(Curve::P256))).inside(Curve::Secp256k1), Some(Code::KeyMismatch));
        assert_eq!(with(named(p192)).inside(Curve::P256), Some(Code::KeyMismatch));
        assert_eq!(with(explicit()).inside(Curve::P256), Some(Code::KeyExplicitParameters));
        assert_eq!(with(Some(Part::Primitive(tag::NULL, &[]))).inside(Curve::P256), Some(Code::DerValue));
    }

    #[test]
    fn ky31_ky22_public_points() {
        let key = parse(&Fields::default().write()).unwrap();
        let point = key.public().point();
        let with = |point: &[u8]| Fields { point: Some(point), ..Fields::default() }.bare();
        let parity = point[64] & 1;
        let compressed = [&[2 + parity][..], &point[1..33]].concat();
        assert_eq!(with(point), None);
        assert_eq!(with(&compressed), None);
        let mut off_curve = point.to_vec();
        off_curve[64] ^= 1;
        let hybrid = [&[6 + parity][..], &point[1..]].concat();
        for bad in [&off_curve[..], &hybrid, &[0], &[], &point[..64], &P384.public_bits()] {
            assert_eq!(with(bad), Some(Code::KeyPoint), "{bad:02x?}");
        }
        let negated = [&[3 - parity][..], &point[1..33]].concat();
        for other in [&negated, &P256.public_bits()] {
            assert_eq!(with(other), Some(Code::KeyMismatch), "{other:02x?}");
        }
        assert_eq!(with(&SECP256K1.public_bits()), Some(Code::KeyPoint));
    }

    #[test]
    fn the_parameters_block_names_the_curve() {
        let key = parse(&Fields::default().write()).unwrap();
        let written = |curve| der::encode(&Part::Primitive(tag::OID, curve_oid(curve)));
        assert_eq!(code(check_parameters(&key, &written(Curve::P256))), None);
        let with_more = [&written(Curve::P256)[..], &[0]].concat();
        for other in [&written(Curve::P384)[..], &with_more, &[0x30, 0], &[]] {
            assert_eq!(code(check_parameters(&key, other)), Some(Code::KeyMismatch));
        }
    }
}
