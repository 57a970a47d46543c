//! The only home of private bytes: wiped on drop, not cloneable, silent in `Debug`, compared in constant time.

use core::fmt;

use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// Private bytes.
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// Takes over a buffer; the caller's vector becomes the secret, nothing is copied.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Copies bytes whose other home is wiped elsewhere.
    #[must_use]
    pub fn copy_of(bytes: &[u8]) -> Self {
        Self::new(bytes.to_vec())
    }

    /// `length` zero bytes, to be filled in place.
    #[must_use]
    pub fn zeroed(length: usize) -> Self {
        Self::new(vec![0; length])
    }

    /// The bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, to be filled or overwritten in place.
    #[must_use]
    pub fn expose_mut(&mut self) -> &mut [u8] {
        &mut self.0
    }

    /// Shortens the secret; what is cut off is wiped.
    pub fn truncate(&mut self, length: usize) {
        if let Some(tail) = self.0.get_mut(length..) {
            tail.zeroize();
        }
        self.0.truncate(length);
    }
}

/// Overwrites the part of the stack that calls made before this one used. Libraries that pass secrets by
/// value leave copies in frames that are gone; call it after loading or making a key.
#[inline(never)]
pub fn scrub_stack() {
    let mut frame = [0_u8; 24 * 1024];
    frame.fill(0xa5);
    frame.zeroize();
    core::hint::black_box(&frame);
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl Eq for Secret {}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", Secret::copy_of(b"hunter2")), "Secret(..)");
    }

    #[test]
    fn equal_means_same_bytes() {
        assert_eq!(Secret::copy_of(b"a"), Secret::copy_of(b"a"));
        assert_ne!(Secret::copy_of(b"a"), Secret::copy_of(b"b"));
        assert_ne!(Secret::copy_of(b"a"), Secret::copy_of(b"ab"));
    }

    #[test]
    fn truncate_keeps_the_front() {
        let mut secret = Secret::copy_of(b"front-tail");
        secret.truncate(5);
        assert_eq!(secret.expose(), b"front");
    }
}
