//! Ed25519 (RFC 8032 section 5.1), verified by the strict rule: s < L, canonical and full-order encodings of
//! A and R, no cofactor. Two verifiers that follow it never disagree.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, ParsedPublicKey};

use super::{ed25519_point, gate, rng};
use crate::error::{Code, Error, Result};
use crate::secret::Secret;

/// A public key: a canonical encoding of a point outside the small subgroup.
#[derive(Clone, Debug)]
pub struct Ed25519PublicKey {
    bytes: [u8; 32],
    verifier: ParsedPublicKey,
}

/// The encodings of the eight points of order 1, 2, 4 and 8: the canonical ones, then those with y = p or
/// p + 1 or with a sign for x = 0. A signature by such a key verifies for messages nobody signed, so neither
/// A nor R may be one of them.
const SMALL_ORDER: [[u8; 32]; 14] = [
    encoding(0x01, [0; 30], 0x00),
    encoding(0xec, [0xff; 30], 0x7f),
    encoding(0x00, [0; 30], 0x00),
    encoding(0x00, [0; 30], 0x80),
    encoding(0xc7, ORDER_EIGHT_A, 0x7a),
    encoding(0xc7, ORDER_EIGHT_A, 0xfa),
    encoding(0x26, ORDER_EIGHT_B, 0x05),
    encoding(0x26, ORDER_EIGHT_B, 0x85),
    encoding(0xed, [0xff; 30], 0x7f),
    encoding(0xed, [0xff; 30], 0xff),
    encoding(0xee, [0xff; 30], 0x7f),
    encoding(0xee, [0xff; 30], 0xff),
    encoding(0x01, [0; 30], 0x80),
    encoding(0xec, [0xff; 30], 0xff),
];
const ORDER_EIGHT_A: [u8; 30] = [
    0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
    0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03,
];
const ORDER_EIGHT_B: [u8; 30] = [
    0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
    0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc,
];

const fn encoding(first: u8, middle: [u8; 30], last: u8) -> [u8; 32] {
    let mut out = [0; 32];
    let (head, tail) = out.split_at_mut(1);
    let (body, end) = tail.split_at_mut(30);
    head.copy_from_slice(&[first]);
    body.copy_from_slice(&middle);
    end.copy_from_slice(&[last]);
    out
}

impl Ed25519PublicKey {
    /// Takes the 32 bytes of RFC 8032 section 5.1.2.
    ///
    /// # Errors
    /// `key.length`; `key.small_order` for the eight points of the small subgroup; `key.point`
    /// where the bytes are not the canonical encoding of a point.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let bytes = <[u8; 32]>::try_from(bytes)
            .map_err(|_| Error::new(Code::KeyLength, "an Ed25519 public key has 32 bytes"))?;
        if SMALL_ORDER.contains(&bytes) {
            return Err(Error::new(Code::KeySmallOrder, "the Ed25519 public key is a point of small order"));
        }
        // The backend takes any 32 bytes as a key and meets a bad one only when it verifies. A caller who
        // stores the key should learn it now.
        if !is_canonical(&bytes) || !ed25519_point::is_on_curve(&bytes) {
            return Err(Error::new(Code::KeyPoint, "not a canonical Ed25519 public key"));
        }
        Self::of_point(bytes)
    }

    /// Takes the encoding of a point that is known to be one.
    fn of_point(bytes: [u8; 32]) -> Result<Self> {
        let _pass = gate::enter();
        let verifier = ParsedPublicKey::new(&ED25519, bytes)
            .map_err(|_| Error::new(Code::Internal, "the backend refused an Ed25519 public key"))?;
        Ok(Self { bytes, verifier })
    }

    /// The 32 bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.bytes
    }

    /// Verifies a signature over a message.
    ///
    /// # Errors
    /// `signature.invalid`, whatever the reason.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<()> {
        let small_order = signature
            .split_at_checked(32)
            .is_none_or(|(r, _)| SMALL_ORDER.iter().any(|point| point.as_slice() == r));
        if small_order {
            return Err(Error::invalid_signature());
        }
        // The backend recomputes R and compares encodings, which also refuses a non-canonical R.
        let _pass = gate::enter();
        self.verifier.verify_sig(message, signature).map_err(|_| Error::invalid_signature())
    }
}

/// y < 2^255 − 19, with the sign bit left out (RFC 8032 section 5.1.3 step 1).
fn is_canonical(bytes: &[u8; 32]) -> bool {
    let [first, middle @ .., last] = bytes;
    last & 0x7f != 0x7f || middle.iter().any(|byte| *byte != 0xff) || *first < 0xed
}

/// A private key: the 32-byte seed, with its public key inside.
#[derive(Debug)]
pub struct Ed25519PrivateKey {
    seed: Secret,
    pair: Ed25519KeyPair,
    public: Ed25519PublicKey,
}

impl Ed25519PrivateKey {
    /// Takes the 32-byte seed of RFC 8032 section 5.1.5.
    ///
    /// # Errors
    /// `key.length`.
    pub fn from_seed(seed: &[u8]) -> Result<Self> {
        let refused = || Error::new(Code::KeyLength, "an Ed25519 private key has 32 bytes");
        if seed.len() != 32 {
            return Err(refused());
        }
        let pair = {
            let _pass = gate::enter();
            Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| refused())?
        };
        let derived = <[u8; 32]>::try_from(pair.public_key().as_ref()).map_err(|_| refused())?;
        let public = Ed25519PublicKey::of_point(derived)?;
        Ok(Self { seed: Secret::copy_of(seed), pair, public })
    }

    /// Makes a new key.
    ///
    /// # Errors
    /// `internal.error` if the random generator fails.
    pub fn generate() -> Result<Self> {
        let mut seed = Secret::zeroed(32);
        rng::fill(seed.expose_mut())?;
        Self::from_seed(seed.expose())
    }

    /// The seed.
    #[must_use]
    pub fn seed(&self) -> &Secret {
        &self.seed
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &Ed25519PublicKey {
        &self.public
    }

    /// Signs a message: 64 bytes, R ‖ s.
    ///
    /// # Errors
    /// `internal.error` if the backend fails.
    pub fn sign(&self, message: &[u8]) -> Result<Vec<u8>> {
        let _pass = gate::enter();
        let signature = self.pair.try_sign(message);
        let signature = signature.map_err(|_| Error::new(Code::Internal, "Ed25519 signing failed"))?;
        Ok(signature.as_ref().to_vec())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::{Ed25519PrivateKey, Ed25519PublicKey, SMALL_ORDER};
    use crate::error::Code;

    fn code_of(bytes: &[u8]) -> Code {
        Ed25519PublicKey::from_bytes(bytes).unwrap_err().code()
    }

    #[test]
    fn rfc_8032_test_1_is_reproduced() {
        let seed = hex::decode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60").unwrap();
        let key = Ed25519PrivateKey::from_seed(&seed).unwrap();
        let expected = "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b";
        let signature = key.sign(b"").unwrap();
        assert_eq!(hex::encode(&signature), expected);
        key.public().verify(b"", &signature).unwrap();
        assert!(key.public().verify(b"x", &signature).is_err());
    }

    #[test]
    fn keys_of_small_order_are_refused_as_such() {
        for point in SMALL_ORDER {
            assert_eq!(code_of(&point), Code::KeySmallOrder);
        }
    }

    #[test]
    fn non_canonical_keys_and_keys_off_the_curve_are_refused() {
        // y = p + 3, another spelling of 3.
        let mut three = [0xff; 32];
        three[0] = 0xf0;
        three[31] = 0x7f;
        assert_eq!(code_of(&three), Code::KeyPoint);
        // y = 2 has no square root for x.
        let mut two = [0; 32];
        two[0] = 2;
        assert_eq!(code_of(&two), Code::KeyPoint);
        assert_eq!(code_of(&[0; 31]), Code::KeyLength);
        assert_eq!(code_of(&[0; 33]), Code::KeyLength);
    }

    #[test]
    fn signatures_of_another_length_are_refused() {
        let key = Ed25519PrivateKey::generate().unwrap();
        let signature = key.sign(b"m").unwrap();
        for length in [0, 32, 63] {
            assert!(key.public().verify(b"m", &signature[..length]).is_err());
        }
        assert!(key.public().verify(b"m", &[&signature[..], &[0]].concat()).is_err());
    }
}
