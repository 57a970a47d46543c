//! The two forms of an ECDSA signature: raw r‖s (IEEE P1363) and DER (RFC 3279 section 2.2.3).
//!
//! Both directions are strict: r and s in 1..n−1, minimal DER integers, no byte left over. Every fault is
//! the one outcome `signature.invalid`, so that a verifier has a single failure path.

use super::Curve;
use crate::error::{Error, Result};

/// r‖s, each of the curve's field length, to DER.
///
/// # Errors
/// `signature.invalid` where the length is not twice the field length or r or s is not in 1..n−1.
pub fn raw_to_der(raw: &[u8], curve: Curve) -> Result<Vec<u8>> {
    let length = curve.field_length();
    let (r, s) = raw.split_at_checked(length).ok_or_else(Error::invalid_signature)?;
    if s.len() != length || !in_range(r, curve) || !in_range(s, curve) {
        return Err(Error::invalid_signature());
    }
    let mut body = Vec::with_capacity(2 * length + 6);
    for value in [r, s] {
        let value = without_leading_zeros(value);
        let padded = value.first().is_some_and(|byte| byte & 0x80 != 0);
        body.push(0x02);
        push_length(&mut body, value.len() + usize::from(padded));
        body.extend(padded.then_some(0));
        body.extend_from_slice(value);
    }
    let mut out = Vec::with_capacity(body.len() + 3);
    out.push(0x30);
    push_length(&mut out, body.len());
    out.extend_from_slice(&body);
    Ok(out)
}

/// DER to r‖s, each of the curve's field length.
///
/// # Errors
/// `signature.invalid` where the text is not strict DER of two integers in 1..n−1.
pub fn der_to_raw(der: &[u8], curve: Curve) -> Result<Vec<u8>> {
    parse(der, curve).ok_or_else(Error::invalid_signature)
}

/// Whether s is in the lower half of the group, s ≤ (n−1)/2, in a raw signature that [`der_to_raw`] gave.
#[must_use]
pub fn is_low_s(raw: &[u8], curve: Curve) -> bool {
    let Some((_, s)) = raw.split_at_checked(curve.field_length()) else { return false };
    // 2s < n decides it, since n is odd. The doubled value is compared digit by digit from the top.
    let mut doubled = Vec::with_capacity(s.len());
    let mut carry = 0;
    for byte in s.iter().rev() {
        doubled.push((byte << 1) | carry);
        carry = byte >> 7;
    }
    doubled.reverse();
    carry == 0 && doubled.as_slice() < curve.order()
}

fn parse(der: &[u8], curve: Curve) -> Option<Vec<u8>> {
    let (body, rest) = element(der, 0x30)?;
    let (r, body) = element(body, 0x02)?;
    let (s, body) = element(body, 0x02)?;
    if !rest.is_empty() || !body.is_empty() {
        return None;
    }
    let length = curve.field_length();
    let mut raw = vec![0; 2 * length];
    let (high, low) = raw.split_at_mut_checked(length)?;
    for (integer, place) in [(r, high), (s, low)] {
        let value = positive(integer)?;
        let start = length.checked_sub(value.len())?;
        place.get_mut(start..)?.copy_from_slice(value);
        if !in_range(place, curve) {
            return None;
        }
    }
    Some(raw)
}

/// Content and rest of the element with this tag; lengths definite and minimal, at most one length byte
/// (the longest signature has 139 bytes).
fn element(bytes: &[u8], tag: u8) -> Option<(&[u8], &[u8])> {
    let (length, rest) = match bytes {
        [first, 0x81, length @ 0x80..=0xff, rest @ ..] if *first == tag => (*length, rest),
        [first, length @ 0..=0x7f, rest @ ..] if *first == tag => (*length, rest),
        _ => return None,
    };
    rest.split_at_checked(usize::from(length))
}

/// The digits of a minimal, positive DER integer.
fn positive(integer: &[u8]) -> Option<&[u8]> {
    match integer {
        [] | [0] | [0x80..=0xff, ..] | [0, 0..=0x7f, ..] => None,
        [0, value @ ..] => Some(value),
        value => Some(value),
    }
}

fn in_range(value: &[u8], curve: Curve) -> bool {
    value.iter().any(|byte| *byte != 0) && value < curve.order()
}

fn without_leading_zeros(value: &[u8]) -> &[u8] {
    let zeros = value.iter().take_while(|byte| **byte == 0).count();
    value.get(zeros..).unwrap_or_default()
}

fn push_length(out: &mut Vec<u8>, length: usize) {
    // At most 2·(66+3) = 138 bytes ever stand in one element here, so one length byte always does.
    let length = u8::try_from(length).unwrap_or(u8::MAX);
    out.extend((length >= 0x80).then_some(0x81));
    out.push(length);
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::{der_to_raw, is_low_s, raw_to_der};
    use crate::crypto::Curve;

    #[test]
    fn both_directions_agree_on_every_curve_with_every_number_of_leading_zeros() {
        for curve in Curve::ALL {
            let length = curve.field_length();
            for zeros in 0..length {
                let mut raw = vec![0; 2 * length];
                for (place, byte) in raw.iter_mut().enumerate() {
                    if place % length >= zeros.max(1) {
                        *byte = 0xfe;
                    }
                }
                raw[length - 1] |= 1;
                raw[2 * length - 1] |= 1;
                let der = raw_to_der(&raw, curve).unwrap();
                assert_eq!(der_to_raw(&der, curve).unwrap(), raw, "{curve:?} {zeros}");
            }
        }
    }

    #[test]
    fn p521_takes_the_long_form_of_the_sequence_length() {
        let mut raw = vec![0x01; 132];
        raw[0] = 1;
        raw[66] = 1;
        let der = raw_to_der(&raw, Curve::P521).unwrap();
        assert_eq!(der[..3], [0x30, 0x81, 0x88]);
    }

    #[test]
    fn zero_order_and_wrong_lengths_are_refused() {
        for curve in Curve::ALL {
            let length = curve.field_length();
            let one: Vec<u8> = (0..length).map(|i| u8::from(i == length - 1)).collect();
            assert!(raw_to_der(&[one.clone(), one.clone()].concat(), curve).is_ok());
            for bad in [vec![0; length], curve.order().to_vec()] {
                assert!(raw_to_der(&[one.clone(), bad.clone()].concat(), curve).is_err());
                assert!(raw_to_der(&[bad, one.clone()].concat(), curve).is_err());
            }
            assert!(raw_to_der(&vec![1; 2 * length - 1], curve).is_err());
            assert!(raw_to_der(&vec![1; 2 * length + 1], curve).is_err());
            assert!(raw_to_der(&[], curve).is_err());
        }
    }

    #[test]
    fn ber_spellings_are_refused() {
        let good = [0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01];
        assert!(der_to_raw(&good, Curve::P256).is_ok());
        let bad: [&[u8]; 11] = [
            &[0x30, 0x81, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01],
            &[0x30, 0x80, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01, 0x00, 0x00],
            &[0x30, 0x07, 0x02, 0x02, 0x00, 0x01, 0x02, 0x01, 0x01],
            &[0x30, 0x06, 0x02, 0x01, 0x81, 0x02, 0x01, 0x01],
            &[0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x01],
            &[0x30, 0x06, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01, 0x00],
            &[0x30, 0x09, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01, 0x02, 0x01, 0x01],
            &[0x30, 0x05, 0x02, 0x00, 0x02, 0x01, 0x01],
            &[0x30, 0x05, 0x05, 0x00, 0x02, 0x01, 0x01],
            &[0x30, 0x84, 0x7f, 0xff, 0xff, 0xff, 0x02],
            &[],
        ];
        for der in bad {
            assert!(der_to_raw(der, Curve::P256).is_err(), "{der:02x?}");
        }
    }

    #[test]
    fn low_s_is_the_lower_half_of_the_group() {
        let mut order = Curve::Secp256k1.order().to_vec();
        // (n − 1) / 2: shift right by one.
        let mut carry = 0;
        for byte in &mut order {
            let next = *byte & 1;
            *byte = (*byte >> 1) | (carry << 7);
            carry = next;
        }
        let r = [1; 32];
        assert!(is_low_s(&[&r[..], &order].concat(), Curve::Secp256k1));
        order[31] += 1;
        assert!(!is_low_s(&[&r[..], &order].concat(), Curve::Secp256k1));
    }
}
