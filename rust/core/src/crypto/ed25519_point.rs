//! Whether 32 bytes encode a point of edwards25519 (RFC 8032 section 5.1.3). For public data only.

use crypto_bigint::{
    Odd, U256,
    modular::{FixedMontyForm, FixedMontyParams},
};

/// Whether x² = (y² − 1) / (d·y² + 1) has a root, for a y that is already known to be canonical.
pub(super) fn is_on_curve(encoded: &[u8; 32]) -> bool {
    let mut y = *encoded;
    if let Some(last) = y.last_mut() {
        *last &= 0x7f;
    }
    let Some(prime) = Option::<Odd<U256>>::from(Odd::new(PRIME)) else { return false };
    let parameters = FixedMontyParams::new(prime);
    let field = |value: &U256| FixedMontyForm::new(value, &parameters);
    let one = field(&U256::ONE);
    let y = field(&U256::from_le_slice(&y));
    let square = y * y;
    let numerator = square - one;
    let denominator = field(&D) * square + one;
    // u/v is a square if and only if u·v is. Euler: a^((p−1)/2) is 1 for squares, 0 for 0, −1 otherwise.
    let euler = (numerator * denominator).pow(&PRIME.wrapping_sub(&U256::ONE).wrapping_shr(1)).retrieve();
    euler == U256::ONE || euler == U256::ZERO
}

const PRIME: U256 = U256::from_be_hex("7fffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffed");
const D: U256 = U256::from_be_hex("52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3");
