//! `OneAsymmetricKey` (RFC 5958 section 2), which is PKCS#8 with an optional public key. Layer: key.

use super::algorithm::{Algorithm, Identifier};
use super::sec1::{self, EcFields};
use super::{PrivateKey, pkcs1};
use crate::crypto::ed448::Ed448PrivateKey;
use crate::crypto::ed25519::Ed25519PrivateKey;
use crate::crypto::rsa::RsaPrivateKey;
use crate::error::{Code, Error, Result};
use crate::format::der::{self, Element, Part, Reader, saturating, tag};
use crate::secret::Secret;

/// A well-formed `OneAsymmetricKey`, with the key inside not yet read.
pub(super) struct PrivateKeyInfo<'a> {
    identifier: Identifier<'a>,
    key: Element<'a>,
    public: Option<Element<'a>>,
}

/// Reads a whole `PRIVATE KEY`.
pub(super) fn parse(input: &[u8]) -> Result<PrivateKey> {
    PrivateKeyInfo::read(input)?.key()
}

impl<'a> PrivateKeyInfo<'a> {
    pub(super) fn read(input: &'a [u8]) -> Result<Self> {
        der::read(input, |reader| reader.sequence(Self::read_fields))
    }

    fn read_fields(reader: &mut Reader<'a>) -> Result<Self> {
        let version = reader.element(tag::INTEGER)?;
        let number = saturating(version.unsigned()?);
        if number > 1 {
            return Err(version.wrong("the version of a PKCS#8 key is 0 or 1"));
        }
        let identifier = Identifier::read(reader)?;
        let key = reader.octet_string()?;
        // Attributes say nothing about the key.
        reader.optional(tag::CONTEXT_0)?;
        let public = reader.optional(tag::CONTEXT_1_PRIMITIVE)?;
        match public {
            Some(_) if number == 0 => Err(version.wrong("a PKCS#8 key of version 0 holds no public key")),
            _ => Ok(Self { identifier, key, public: public.map(|bits| bits.bits()).transpose()? }),
        }
    }

    /// Reads the key inside and compares the public key with it.
    pub(super) fn key(self) -> Result<PrivateKey> {
        let algorithm = self.identifier.private_algorithm()?;
        let public = self.public.map(|bits| bits.content);
        let must_be = |derived: &[u8]| match public {
            Some(stored) if stored != derived => {
                let message = "the public key inside the PKCS#8 key is not its own";
                Err(Error::new(Code::KeyMismatch, message))
            }
            _ => Ok(()),
        };
        Ok(match (algorithm, algorithm.curve()) {
            (_, Some(curve)) => {
                let key = self.key.inside(EcFields::read)?.key_in(curve)?;
                public.map_or(Ok(()), |point| sec1::check_public(&key, point))?;
                PrivateKey::Ec(key)
            }
            // RFC 8410 section 7: CurvePrivateKey is an OCTET STRING of its own.
            (Algorithm::Ed25519, _) => {
                let seed = self.key.inside(Reader::octet_string)?.content;
                let key = Ed25519PrivateKey::from_seed(seed)?;
                must_be(key.public().bytes())?;
                PrivateKey::Ed25519(key)
            }
            (Algorithm::Ed448, _) => {
                let seed = self.key.inside(Reader::octet_string)?.content;
                let key = Ed448PrivateKey::from_seed(seed)?;
                must_be(key.public().bytes())?;
                PrivateKey::Ed448(key)
            }
            _ => {
                let key = RsaPrivateKey::from_components(&self.key.inside(pkcs1::read_private)?)?;
                must_be(&pkcs1::encode_public(key.public()))?;
                PrivateKey::Rsa(key)
            }
        })
    }
}

/// Writes version 0 without the optional public key, which every reader understands. That of an EC key stands
/// inside its `ECPrivateKey`.
pub(super) fn encode(key: &PrivateKey) -> Secret {
    let seed_in = |seed: &Secret| der::encode_secret(&Part::Primitive(tag::OCTET_STRING, seed.expose()));
    let inner = match key {
        PrivateKey::Ec(key) => sec1::encode(key, false),
        PrivateKey::Ed25519(key) => seed_in(key.seed()),
        PrivateKey::Ed448(key) => seed_in(key.seed()),
        PrivateKey::Rsa(key) => pkcs1::encode_private(key),
    };
    let identifier = key.algorithm().identifier();
    let parts =
        [Part::Unsigned(&[]), Part::Encoded(&identifier), Part::Primitive(tag::OCTET_STRING, inner.expose())];
    der::encode_secret(&Part::Constructed(tag::SEQUENCE, &parts))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::{encode, parse};
    use crate::error::{Class, Code};
    use crate::format::der::{Part, tag};
    use crate::key::Algorithm;
    use crate::key::test_keys::{
        ALL, ED448, ED25519, P256, P384, RSA_2048, SECP256K1, TestKey, code, damaged, octets, sequence,
    };

    /// The test key with another version, and with a public key, an attribute or an element more.
    fn with(key: &TestKey, version: u8, public: Option<&[u8]>, more: &[u8]) -> Option<Code> {
        let (identifier, inner) = key.identifier_and_inner();
        let bits = public.map(|public| [&[0], public].concat());
        let version = [version];
        let mut parts = vec![Part::Unsigned(&version), Part::Encoded(&identifier), octets(&inner)];
        parts.push(Part::Encoded(more));
        if let Some(bits) = &bits {
            parts.push(Part::Primitive(tag::CONTEXT_1_PRIMITIVE, bits));
        }
        code(parse(&sequence(&parts)))
    }

    fn with_inner(algorithm: Algorithm, inner: &[u8]) -> Option<Code> {
        let identifier = algorithm.identifier();
        code(parse(&sequence(&[Part::Unsigned(&[]), Part::Encoded(&identifier), octets(inner)])))
    }

    fn seed(length: usize) -> Vec<u8> {
        crate::format::der::encode(&octets(&vec![7; length]))
    }

    #[test]
    fn every_kind_reads_has_its_public_key_and_is_written_again() {
        for key in ALL {
            let read = parse(&key.private_der()).unwrap();
            assert_eq!(read.algorithm().name(), key.name);
            assert_eq!(encode(&read).expose(), key.private_der(), "{}", key.name);
            let public = crate::key::spki::encode(&read.public_key());
            assert_eq!(public, key.public_der(), "{}", key.name);
        }
    }

    #[test]
    fn ky21_versions() {
        for key in ALL {
            let public = key.public_bits();
            assert_eq!(with(&key, 1, Some(&public), &[]), None, "{}", key.name);
            assert_eq!(with(&key, 1, None, &[]), None, "{}", key.name);
            assert_eq!(with(&key, 0, Some(&public), &[]), Some(Code::DerValue), "{}", key.name);
            assert_eq!(with(&key, 2, None, &[]), Some(Code::DerValue), "{}", key.name);
            assert_eq!(with(&key, 0x80, None, &[]), Some(Code::DerValue), "{}", key.name);
        }
    }

    #[test]
    fn ky22_a_public_key_that_is_not_its_own() {
        for key in ALL {
            let mut other = key.public_bits();
            let last = other.len() - 1;
            other[last] ^= 2;
            let expected = if key.name.starts_with("ES") { Code::KeyPoint } else { Code::KeyMismatch };
            assert_eq!(with(&key, 1, Some(&other), &[]), Some(expected), "{}", key.name);
        }
        let (seed, other) = (parse(&ED25519.private_der()).unwrap(), [0x55; 32]);
        drop(seed);
        assert_eq!(with(&ED25519, 1, Some(&other), &[]), Some(Code::KeyMismatch));
        assert_eq!(with(&ED25519, 1, Some(&[]), &[]), Some(Code::KeyMismatch));
        assert_eq!(with(&SECP256K1, 1, Some(&P256.public_bits()), &[]), Some(Code::KeyPoint));
        assert_eq!(with(&P384, 1, Some(&[]), &[]), Some(Code::KeyPoint));
    }

    #[test]
    fn ky24_ky25_seeds() {
        assert_eq!(with_inner(Algorithm::Ed25519, &seed(32)), None);
        assert_eq!(with_inner(Algorithm::Ed448, &seed(57)), None);
        for length in [0, 31, 33, 57, 64] {
            assert_eq!(with_inner(Algorithm::Ed25519, &seed(length)), Some(Code::KeyLength));
        }
        for length in [0, 32, 56, 58, 114] {
            assert_eq!(with_inner(Algorithm::Ed448, &seed(length)), Some(Code::KeyLength));
        }
        assert_eq!(with_inner(Algorithm::Ed25519, &[7; 32]), Some(Code::DerTag));
        assert_eq!(with_inner(Algorithm::Ed25519, &[4; 32]), Some(Code::DerTrailing));
    }

    #[test]
    fn ky26_attributes_are_ignored() {
        let attributes = [0xa0, 4, 0x30, 2, 5, 0];
        for key in [ED25519, ED448, P256] {
            assert_eq!(with(&key, 0, None, &attributes), None);
            assert_eq!(with(&key, 1, Some(&key.public_bits()), &attributes), None);
        }
    }

    #[test]
    fn ky19_bytes_left_over() {
        for key in ALL {
            assert_eq!(with(&key, 0, None, &[5, 0]), Some(Code::DerTrailing));
            let after = [&key.private_der()[..], &[0]].concat();
            assert_eq!(code(parse(&after)), Some(Code::DerTrailing));
            let (identifier, inner) = key.identifier_and_inner();
            let inner = [&inner[..], &[0]].concat();
            let input = sequence(&[Part::Unsigned(&[]), Part::Encoded(&identifier), octets(&inner)]);
            assert_eq!(code(parse(&input)), Some(Code::DerTrailing), "{}", key.name);
        }
        let bits = [1, 0xaa];
        let (identifier, inner) = ED25519.identifier_and_inner();
        let unused = Part::Primitive(tag::CONTEXT_1_PRIMITIVE, &bits);
        let input = sequence(&[Part::Unsigned(&[1]), Part::Encoded(&identifier), octets(&inner), unused]);
        assert_eq!(code(parse(&input)), Some(Code::DerValue));
    }

    #[test]
    fn ky20_damage_is_refused_or_is_another_key() {
        for key in [ED25519, P256] {
            for input in damaged(&key.private_der()) {
                match parse(&input) {
                    // Version 1 is as good.
                    Ok(_) if input.get(4) == Some(&1) => {}
                    Ok(other) => assert_ne!(crate::key::spki::encode(&other.public_key()), key.public_der()),
                    Err(error) => assert_ne!(error.code().class(), Class::InternalError),
                }
            }
        }
        let whole = RSA_2048.private_der();
        for length in 0..whole.len() {
            assert_eq!(code(parse(&whole[..length])), Some(Code::DerTruncated));
        }
    }

    #[test]
    fn ky15_ky38_the_identifier_decides_what_is_inside() {
        let inner = |key: &TestKey| key.identifier_and_inner().1;
        assert_eq!(with_inner(Algorithm::Es256, &inner(&RSA_2048)), Some(Code::DerValue));
        assert_eq!(with_inner(Algorithm::Rs256, &inner(&P256)), Some(Code::AlgorithmMultiPrime));
        assert_eq!(with_inner(Algorithm::Ed25519, &inner(&P256)), Some(Code::DerTag));
        assert_eq!(with_inner(Algorithm::Ed448, &inner(&ED25519)), Some(Code::KeyLength));
        assert_eq!(code(parse(&inner(&P256))), Some(Code::DerTag));
        assert_eq!(code(parse(&inner(&RSA_2048))), Some(Code::DerTag));
    }
}
