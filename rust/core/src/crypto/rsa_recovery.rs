//! RSA verification (RFC 8017) with the hashes that the backend has no parameters for: the public operation
//! (section 5.2.2), and the encodings of section 9 held against what it gives. Nothing here is secret.

use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{Odd, U64, U2048, U3072, U4096, U6144, U8192, Uint};

use super::RareHash;
use crate::format::der::{self, Part, tag};

/// The encoded message EM, as long as the modulus; None where the signature has another length or is not below
/// the modulus (sections 8.1.2 and 8.2.2, steps 1 and 2; section 5.2.2 step 1).
pub(super) fn recover(n: &[u8], e: &[u8], signature: &[u8]) -> Option<Vec<u8>> {
    if signature.len() != n.len() || signature >= n {
        return None;
    }
    let exponent = U64::from_u64(e.iter().fold(0, |value, byte| (value << 8) | u64::from(*byte)));
    match n.len() {
        0..=256 => power::<{ U2048::LIMBS }>(n, &exponent, signature),
        257..=384 => power::<{ U3072::LIMBS }>(n, &exponent, signature),
        385..=512 => power::<{ U4096::LIMBS }>(n, &exponent, signature),
        513..=768 => power::<{ U6144::LIMBS }>(n, &exponent, signature),
        769..=1024 => power::<{ U8192::LIMBS }>(n, &exponent, signature),
        _ => None,
    }
}

// A frame of its own for each size, as the numbers live on the stack.
#[inline(never)]
fn power<const LIMBS: usize>(n: &[u8], e: &U64, base: &[u8]) -> Option<Vec<u8>> {
    let modulus = Option::<Odd<_>>::from(Odd::new(number::<LIMBS>(n)))?;
    let parameters = FixedMontyParams::new_vartime(modulus);
    let power = FixedMontyForm::new(&number(base), &parameters).pow_vartime(e).retrieve();
    // The limbs start at the low end, as do the bytes of each.
    let mut bytes: Vec<u8> = power.as_words().iter().flat_map(|word| word.to_le_bytes()).collect();
    bytes.truncate(n.len());
    bytes.reverse();
    Some(bytes)
}

fn number<const LIMBS: usize>(bytes: &[u8]) -> Uint<LIMBS> {
    bytes.iter().fold(Uint::ZERO, |number, byte| number.wrapping_shl(8).bitor(&Uint::from_u8(*byte)))
}

/// EMSA-PKCS1-v1_5 (section 9.2): the encoding is made again and compared, so that there is nothing to parse.
pub(super) fn is_pkcs1v15(encoded: &[u8], hash: RareHash, digest: &[u8]) -> bool {
    let algorithm = [Part::Primitive(tag::OID, oid(hash)), Part::Primitive(tag::NULL, &[])];
    let info = [Part::Constructed(tag::SEQUENCE, &algorithm), Part::Primitive(tag::OCTET_STRING, digest)];
    let info = der::encode(&Part::Constructed(tag::SEQUENCE, &info));
    let Some(padding) = encoded.len().checked_sub(info.len() + 3).filter(|padding| *padding >= 8) else {
        return false;
    };
    [&[0, 1], &vec![0xff; padding][..], &[0], &info].concat() == encoded
}

/// EMSA-PSS (section 9.1.2) with one hash throughout and a salt as long as its digest.
pub(super) fn is_pss(encoded: &[u8], modulus_bits: usize, hash: RareHash, digest: &[u8]) -> bool {
    // Section 8.1.2 step 2c: EM is emLen = ⌈(modBits − 1) / 8⌉ bytes, which leaves a zero in front of it where
    // modBits − 1 is a multiple of 8.
    let bits = modulus_bits.saturating_sub(1);
    let Some((front, em)) =
        encoded.len().checked_sub(bits.div_ceil(8)).and_then(|at| encoded.split_at_checked(at))
    else {
        return false;
    };
    check_pss(em, bits, hash, digest).is_some_and(|right| right) && front.iter().all(|byte| *byte == 0)
}

fn check_pss(em: &[u8], bits: usize, hash: RareHash, digest: &[u8]) -> Option<bool> {
    let length = hash.length();
    // Steps 3 and 4: the end is H ‖ 0xbc.
    let (masked, rest) = em.split_at_checked(em.len().checked_sub(length + 1)?)?;
    let (h, trailer) = rest.split_at_checked(length)?;
    let zeros = masked.len().checked_sub(length + 1)?;
    // Step 6: the bits of the first byte that are beyond the number.
    let unused = em.len() * 8 - bits;
    let kept = 0xff_u8.checked_shr(u32::try_from(unused).ok()?)?;
    if trailer != [0xbc] || masked.first()? & !kept != 0 {
        return Some(false);
    }
    // Steps 7 to 9.
    let mut block: Vec<u8> =
        masked.iter().zip(mgf1(hash, h, masked.len())).map(|(byte, mask)| byte ^ mask).collect();
    *block.first_mut()? &= kept;
    // Step 10: zeros, a one, the salt.
    let (padding, salt) = block.split_at_checked(zeros + 1)?;
    let (one, padding) = padding.split_last()?;
    if *one != 1 || padding.iter().any(|byte| *byte != 0) {
        return Some(false);
    }
    // Steps 12 to 14.
    Some(hash.digest(&[&[0; 8], digest, salt].concat()) == h)
}

/// MGF1 (appendix B.2.1), at least `length` bytes of it.
fn mgf1(hash: RareHash, seed: &[u8], length: usize) -> Vec<u8> {
    let blocks = length.div_ceil(hash.length());
    (0_u32..).take(blocks).flat_map(|counter| hash.digest(&[seed, &counter.to_be_bytes()].concat())).collect()
}

/// `OAEP-PSSDigestAlgorithms` and their successors, under 2.16.840.1.101.3.4.2 (RFC 8017 appendix B.1, RFC 8702
/// and the NIST register of objects).
fn oid(hash: RareHash) -> &'static [u8] {
    match hash {
        RareHash::Sha224 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04],
        RareHash::Sha512Truncated256 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x06],
        RareHash::Sha3Of256 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x08],
        RareHash::Sha3Of384 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x09],
        RareHash::Sha3Of512 => &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x0a],
    }
}
