//! `SubjectPublicKeyInfo` (RFC 5280 section 4.1.2.7) of each kind of key: EC (RFC 5480), Ed25519 and Ed448
//! (RFC 8410), RSA (RFC 3279 section 2.3.1), ML-DSA (RFC 9881). Layer: key.

use super::algorithm::{Algorithm, Identifier};
use super::{PublicKey, pkcs1};
use crate::crypto::ec::EcPublicKey;
use crate::crypto::ed448::Ed448PublicKey;
use crate::crypto::ed25519::Ed25519PublicKey;
use crate::crypto::ml_dsa::MlDsaPublicKey;
use crate::crypto::rsa::{LegacyRsaPublicKey, RsaPublicKey};
use crate::error::Result;
use crate::format::der::{self, Part, tag};

/// Reads a whole `PUBLIC KEY`.
pub(super) fn parse(input: &[u8]) -> Result<PublicKey> {
    let (identifier, key) = der::read(input, |reader| {
        reader.sequence(|inner| Ok((Identifier::read(inner)?, inner.bit_string()?)))
    })?;
    let algorithm = identifier.algorithm()?;
    Ok(match (algorithm, algorithm.curve()) {
        (_, Some(curve)) => PublicKey::Ec(EcPublicKey::from_point(curve, key.content)?),
        (Algorithm::Ed25519, _) => PublicKey::Ed25519(Ed25519PublicKey::from_bytes(key.content)?),
        (Algorithm::Ed448, _) => PublicKey::Ed448(Ed448PublicKey::from_bytes(key.content)?),
        (Algorithm::MlDsa(parameters), _) => {
            PublicKey::MlDsa(MlDsaPublicKey::from_bytes(parameters, key.content)?)
        }
        _ => {
            let (n, e) = key.inside(pkcs1::read_public)?;
            PublicKey::Rsa(RsaPublicKey::from_components(n, e)?)
        }
    })
}

/// Reads an RSA key of 1024 to 2047 bits, for the certificate of an old trust anchor and nothing else. None
/// where the key is of another kind.
///
/// # Errors
/// `der.*`, `key.rsa_modulus`, `key.rsa_exponent`, `key.too_small`, `limit.key_size`.
pub fn legacy_rsa(input: &[u8]) -> Result<Option<LegacyRsaPublicKey>> {
    let (identifier, key) = der::read(input, |reader| {
        reader.sequence(|inner| Ok((Identifier::read(inner)?, inner.bit_string()?)))
    })?;
    if !matches!(identifier.algorithm(), Ok(Algorithm::Rs256)) {
        return Ok(None);
    }
    let (n, e) = key.inside(pkcs1::read_public)?;
    LegacyRsaPublicKey::from_components(n, e).map(Some)
}

/// Writes the key, an EC point uncompressed, so that one key has one encoding and one fingerprint.
pub(super) fn encode(key: &PublicKey) -> Vec<u8> {
    let rsa;
    let bytes = match key {
        PublicKey::Ec(key) => key.point(),
        PublicKey::Ed25519(key) => key.bytes().as_slice(),
        PublicKey::Ed448(key) => key.bytes().as_slice(),
        PublicKey::MlDsa(key) => key.bytes(),
        PublicKey::Rsa(key) => {
            rsa = pkcs1::encode_public(key);
            &rsa
        }
    };
    let identifier = key.algorithm().identifier();
    der::encode(&Part::Constructed(tag::SEQUENCE, &[Part::Encoded(&identifier), Part::Bits(bytes)]))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::{encode, parse};
    use crate::error::{Class, Code};
    use crate::format::der::{Part, tag};
    use crate::key::Algorithm;
    use crate::key::test_keys::{ALL, ED448, ED25519, P256, P384, RSA_2048, code, damaged, sequence};

    fn with(algorithm: Algorithm, bits: &[u8]) -> Option<Code> {
        code(parse(&sequence(&[Part::Encoded(&algorithm.identifier()), Part::Bits(bits)])))
    }

    #[test]
    fn every_kind_reads_and_is_written_again() {
        for key in ALL {
            let read = parse(&key.public_der()).unwrap();
            assert_eq!(read.algorithm().name(), key.name);
            assert_eq!(encode(&read), key.public_der(), "{}", key.name);
        }
    }

    #[test]
    fn ky20_damage_is_refused_or_is_another_key() {
        for key in [ED25519, P256] {
            let good = parse(&key.public_der()).unwrap();
            for input in damaged(&key.public_der()) {
                match parse(&input) {
                    Ok(other) => assert!(other != good && encode(&other) == input),
                    Err(error) => assert_ne!(error.code().class(), Class::InternalError),
                }
            }
        }
    }

    #[test]
    fn ky31_points() {
        let point = P256.public_bits();
        let parity = point[64] & 1;
        let compressed = [&[2 + parity][..], &point[1..33]].concat();
        let input = sequence(&[Part::Encoded(&Algorithm::Es256.identifier()), Part::Bits(&compressed)]);
        assert_eq!(encode(&parse(&input).unwrap()), P256.public_der());
        let mut no_root = compressed.clone();
        // The next x with no point on P-256; half of all x have none.
        let found = (0..=255).any(|last| {
            no_root[32] = last;
            with(Algorithm::Es256, &no_root) == Some(Code::KeyPoint)
        });
        assert!(found);
        let mut off_curve = point.clone();
        off_curve[64] ^= 1;
        let hybrid = [&[6 + parity][..], &point[1..]].concat();
        let over_p = [&[4][..], &[0xff; 64]].concat();
        for bad in [&[0][..], &[], &off_curve, &hybrid, &over_p, &point[..64], &P384.public_bits()] {
            assert_eq!(with(Algorithm::Es256, bad), Some(Code::KeyPoint), "{bad:02x?}");
        }
        assert_eq!(with(Algorithm::Es256k, &point), Some(Code::KeyPoint));
    }

    #[test]
    fn co17_to_co19_edwards_points() {
        for length in [0, 31, 33, 57, 64] {
            assert_eq!(with(Algorithm::Ed25519, &vec![9; length]), Some(Code::KeyLength));
        }
        for length in [0, 32, 56, 58] {
            assert_eq!(with(Algorithm::Ed448, &vec![9; length]), Some(Code::KeyLength));
        }
        let y = |length, value| {
            let mut bytes = vec![0; length];
            bytes[0] = value;
            bytes
        };
        for value in [0, 1] {
            assert_eq!(with(Algorithm::Ed25519, &y(32, value)), Some(Code::KeySmallOrder));
            assert_eq!(with(Algorithm::Ed448, &y(57, value)), Some(Code::KeySmallOrder));
        }
        assert_eq!(with(Algorithm::Ed25519, &y(32, 2)), Some(Code::KeyPoint));
        assert_eq!(with(Algorithm::Ed448, &[0xff; 57]), Some(Code::KeyPoint));
    }

    #[test]
    fn rsa_is_read_to_its_end() {
        let bits = RSA_2048.public_bits();
        assert_eq!(with(Algorithm::Rs256, &bits), None);
        assert_eq!(with(Algorithm::Rs256, &[&bits[..], &[0]].concat()), Some(Code::DerTrailing));
        assert_eq!(with(Algorithm::Rs256, &[]), Some(Code::DerTruncated));
        let small = sequence(&[Part::Unsigned(&[0xff; 128]), Part::Unsigned(&[3])]);
        assert_eq!(with(Algorithm::Rs256, &small), Some(Code::KeyTooSmall));
    }

    #[test]
    fn the_structure_is_exact() {
        let identifier = Algorithm::Ed25519.identifier();
        let bits = ED25519.public_bits();
        let parts = || [Part::Encoded(&identifier), Part::Bits(&bits)];
        let [identifier_part, bits_part] = parts();
        let more = sequence(&[identifier_part, bits_part, Part::Primitive(tag::NULL, &[])]);
        assert_eq!(code(parse(&more)), Some(Code::DerTrailing));
        assert_eq!(code(parse(&[&sequence(&parts())[..], &[0]].concat())), Some(Code::DerTrailing));
        let unused = [&[1][..], &bits].concat();
        let unused = sequence(&[Part::Encoded(&identifier), Part::Primitive(tag::BIT_STRING, &unused)]);
        assert_eq!(code(parse(&unused)), Some(Code::DerValue));
        assert_eq!(code(parse(&ED448.private_der())), Some(Code::DerTag));
    }
}
