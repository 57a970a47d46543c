//! `RSAPrivateKey` and `RSAPublicKey` (RFC 8017 appendix A.1), alone or inside PKCS#8 and SPKI. Layer: key.

use crate::crypto::rsa::{RsaComponents, RsaPrivateKey, RsaPublicKey};
use crate::error::{Code, Error, Result};
use crate::format::der::{self, Part, Reader, saturating, tag};
use crate::secret::Secret;

/// Reads a whole `RSA PRIVATE KEY`.
pub(super) fn parse_private(input: &[u8]) -> Result<RsaPrivateKey> {
    RsaPrivateKey::from_components(&der::read(input, read_private)?)
}

/// Reads a whole `RSA PUBLIC KEY`.
pub(super) fn parse_public(input: &[u8]) -> Result<RsaPublicKey> {
    let (n, e) = der::read(input, read_public)?;
    RsaPublicKey::from_components(n, e)
}

/// RFC 8017 appendix A.1.2.
pub(super) fn read_private<'a>(reader: &mut Reader<'a>) -> Result<RsaComponents<'a>> {
    reader.sequence(|inner| {
        let version = inner.element(tag::INTEGER)?;
        match saturating(version.unsigned()?) {
            0 => {}
            1 => {
                let message = "RSA keys of more than two primes are not supported";
                return Err(Error::new(Code::AlgorithmMultiPrime, message).at(version.offset));
            }
            _ => return Err(version.wrong("the version of an RSA private key is 0")),
        }
        Ok(RsaComponents {
            n: inner.integer_unsigned()?,
            e: inner.integer_unsigned()?,
            d: inner.integer_unsigned()?,
            p: inner.integer_unsigned()?,
            q: inner.integer_unsigned()?,
            dp: inner.integer_unsigned()?,
            dq: inner.integer_unsigned()?,
            qi: inner.integer_unsigned()?,
        })
    })
}

/// RFC 8017 appendix A.1.1: modulus and exponent.
pub(super) fn read_public<'a>(reader: &mut Reader<'a>) -> Result<(&'a [u8], &'a [u8])> {
    reader.sequence(|inner| Ok((inner.integer_unsigned()?, inner.integer_unsigned()?)))
}

pub(super) fn encode_private(key: &RsaPrivateKey) -> Secret {
    let RsaComponents { n, e, d, p, q, dp, dq, qi } = key.components();
    let numbers = [&[][..], n, e, d, p, q, dp, dq, qi].map(Part::Unsigned);
    der::encode_secret(&Part::Constructed(tag::SEQUENCE, &numbers))
}

pub(super) fn encode_public(key: &RsaPublicKey) -> Vec<u8> {
    der::encode(&Part::Constructed(tag::SEQUENCE, &[Part::Unsigned(key.n()), Part::Unsigned(key.e())]))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::{encode_private, encode_public, parse_private, parse_public};
    use crate::error::Code;
    use crate::format::der::{self, Part, Reader};
    use crate::format::pem;
    use crate::key::test_keys::{self, RSA_2048, code, sequence};

    /// version, n, e, d, p, q, dP, dQ, qInv
    type Numbers = Vec<Vec<u8>>;
    const N: usize = 1;
    const E: usize = 2;
    const P: usize = 4;
    const Q: usize = 5;

    fn numbers() -> Numbers {
        let inner = RSA_2048.identifier_and_inner().1;
        let read_all = |reader: &mut Reader<'_>| {
            reader.sequence(|inner| (0..9).map(|_| inner.integer_unsigned().map(<[u8]>::to_vec)).collect())
        };
        der::read(&inner, read_all).unwrap()
    }

    fn write(numbers: &[Vec<u8>]) -> Vec<u8> {
        sequence(&numbers.iter().map(|number| Part::Unsigned(number)).collect::<Vec<_>>())
    }

    /// What the key is refused with, once one number is another.
    fn with(place: usize, number: &[u8]) -> Option<Code> {
        let mut numbers = numbers();
        numbers[place] = number.to_vec();
        code(parse_private(&write(&numbers)))
    }

    fn plus(number: &[u8], step: u8) -> Vec<u8> {
        let mut sum = number.to_vec();
        *sum.last_mut().unwrap() = sum.last().unwrap().wrapping_add(step);
        sum
    }

    #[test]
    fn openssl_output_reads_and_is_written_again() {
        let inner = RSA_2048.identifier_and_inner().1;
        let key = parse_private(&inner).unwrap();
        assert_eq!(encode_private(&key).expose(), inner);
        let document = pem::decode(test_keys::RSA_2048_PUBLIC_PKCS1.as_bytes()).unwrap();
        let public = parse_public(document.der.expose()).unwrap();
        assert_eq!(encode_public(&public), document.der.expose());
        assert_eq!(public.n(), key.public().n());
    }

    #[test]
    fn ky35_versions() {
        assert_eq!(with(0, &[1]), Some(Code::AlgorithmMultiPrime));
        for version in [&[2][..], &[0xff], &[1, 0]] {
            assert_eq!(with(0, version), Some(Code::DerValue));
        }
        let mut too_many = numbers();
        too_many.push(vec![1]);
        assert_eq!(code(parse_private(&write(&too_many))), Some(Code::DerTrailing));
        assert_eq!(code(parse_private(&write(&numbers()[..8]))), Some(Code::DerTruncated));
        let negative = [0x30, 3, 2, 1, 0xff];
        assert_eq!(code(parse_private(&negative)), Some(Code::DerValue));
    }

    #[test]
    fn ky32_ky33_ky34_numbers_that_do_not_agree() {
        let good = numbers();
        for (place, right) in good.iter().enumerate().skip(3) {
            for wrong in [vec![], vec![1], vec![2], vec![0xff; 300], plus(right, 1), plus(right, 2)] {
                assert_eq!(with(place, &wrong), Some(Code::KeyRsaPrivate), "number {place}");
            }
        }
        assert_eq!(with(P, &good[Q]), Some(Code::KeyRsaPrivate));
        assert_eq!(with(3, &good[N]), Some(Code::KeyRsaPrivate));
    }

    #[test]
    fn ky36_sizes_and_co21_to_co25_public_numbers() {
        let good = numbers();
        assert_eq!(with(N, &plus(&good[N], 1)), Some(Code::KeyRsaModulus));
        assert_eq!(with(N, &[]), Some(Code::KeyRsaModulus));
        for (bytes, top, expected) in [
            (64, 0xff, Code::KeyTooSmall),
            (128, 0xff, Code::KeyTooSmall),
            (256, 0x7f, Code::KeyTooSmall),
            (1025, 0x01, Code::LimitKeySize),
            (2049, 0x01, Code::LimitKeySize),
        ] {
            let mut modulus = vec![0xff; bytes];
            modulus[0] = top;
            assert_eq!(with(N, &modulus), Some(expected), "{bytes} bytes");
        }
        for exponent in [&[][..], &[1], &[2], &[1, 0, 0], &[2, 0, 0, 0, 1], &[1, 0, 0, 0, 0, 0, 0, 0, 1]] {
            assert_eq!(with(E, exponent), Some(Code::KeyRsaExponent), "{exponent:02x?}");
        }
        assert_eq!(with(E, &[3]), Some(Code::KeyRsaPrivate));
    }
}
