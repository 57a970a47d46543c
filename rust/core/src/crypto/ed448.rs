//! Ed448 (RFC 8032 section 5.2). AWS-LC does not have it; this is RustCrypto's, a pre-release without audit.

use ed448_goldilocks::{EdwardsScalarBytes, Signature, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use super::rng;
use crate::error::{Code, Error, Result};
use crate::secret::Secret;

const LENGTH: usize = 57;

/// A public key: a canonical encoding of a point of the prime-order subgroup, other than its identity.
#[derive(Clone, Debug)]
pub struct Ed448PublicKey {
    bytes: [u8; LENGTH],
    verifier: Box<VerifyingKey>,
}

impl Ed448PublicKey {
    /// Takes the 57 bytes of RFC 8032 section 5.2.2.
    ///
    /// # Errors
    /// `key.length`, `key.small_order`, or `key.point` where the bytes are not a canonical encoding of a point
    /// of the prime-order subgroup, which every honestly made key is in and the backend insists on.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let bytes = <[u8; LENGTH]>::try_from(bytes)
            .map_err(|_| Error::new(Code::KeyLength, "an Ed448 public key has 57 bytes"))?;
        if SMALL_ORDER.contains(&bytes) {
            return Err(Error::new(Code::KeySmallOrder, "the Ed448 public key is a point of small order"));
        }
        let refused = || Error::new(Code::KeyPoint, "not a canonical Ed448 public key");
        let verifier = VerifyingKey::from_bytes(&bytes).map_err(|_| refused())?;
        if verifier.to_edwards().to_affine().compress().as_bytes().as_slice() != bytes.as_slice() {
            return Err(refused());
        }
        Ok(Self { bytes, verifier: Box::new(verifier) })
    }

    /// The 57 bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; LENGTH] {
        &self.bytes
    }

    /// Verifies a signature over a message.
    ///
    /// # Errors
    /// `signature.invalid`, whatever the reason.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<()> {
        // RFC 8032 section 5.2.2: of the last byte of R only the sign may be set. The backend looks at no other
        // bit of it, so that one signature would have 128 spellings.
        if signature.get(LENGTH - 1).is_none_or(|last| last & 0x7f != 0) {
            return Err(Error::invalid_signature());
        }
        let signature = Signature::from_slice(signature).map_err(|_| Error::invalid_signature())?;
        self.verifier.verify_raw(&signature, message).map_err(|_| Error::invalid_signature())
    }
}

/// The encodings of the four points of order 1, 2 and 4: the canonical ones, then those with y = p or p + 1 or
/// with a sign for x = 0.
const SMALL_ORDER: [[u8; LENGTH]; 10] = [
    small_order(0x01, 0x00, 0x00, 0x00),
    small_order(0xfe, 0xff, 0xfe, 0x00),
    small_order(0x00, 0x00, 0x00, 0x00),
    small_order(0x00, 0x00, 0x00, 0x80),
    small_order(0xff, 0xff, 0xfe, 0x00),
    small_order(0xff, 0xff, 0xfe, 0x80),
    P_PLUS_ONE,
    P_PLUS_ONE_SIGNED,
    small_order(0x01, 0x00, 0x00, 0x80),
    small_order(0xfe, 0xff, 0xfe, 0x80),
];
/// 2^448 − 2^224: 28 zero bytes, then 28 of ones.
const P_PLUS_ONE: [u8; LENGTH] = p_plus_one(0x00);
const P_PLUS_ONE_SIGNED: [u8; LENGTH] = p_plus_one(0x80);

const fn p_plus_one(last: u8) -> [u8; LENGTH] {
    let mut out = [0; LENGTH];
    let (low, high) = out.split_at_mut(28);
    low.copy_from_slice(&[0x00; 28]);
    let (ones, end) = high.split_at_mut(28);
    ones.copy_from_slice(&[0xff; 28]);
    end.copy_from_slice(&[last]);
    out
}

/// First byte, the bytes up to the sign, byte 28 (where 2^448 − 2^224 − 1 has its gap), and the sign byte.
const fn small_order(first: u8, filler: u8, middle: u8, last: u8) -> [u8; LENGTH] {
    let mut out = [filler; LENGTH];
    let (head, tail) = out.split_at_mut(28);
    head.split_at_mut(1).0.copy_from_slice(&[first]);
    let (gap, end) = tail.split_at_mut(28);
    gap.split_at_mut(1).0.copy_from_slice(&[middle]);
    end.copy_from_slice(&[last]);
    out
}

/// A private key: the 57-byte seed, with its public key inside.
pub struct Ed448PrivateKey {
    seed: Secret,
    signer: Box<SigningKey>,
    public: Ed448PublicKey,
}

impl core::fmt::Debug for Ed448PrivateKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Ed448PrivateKey").field("public", &self.public).finish_non_exhaustive()
    }
}

impl Ed448PrivateKey {
    /// Takes the 57-byte seed of RFC 8032 section 5.2.5.
    ///
    /// # Errors
    /// `key.length`.
    pub fn from_seed(seed: &[u8]) -> Result<Self> {
        let bytes = EdwardsScalarBytes::try_from(seed)
            .map_err(|_| Error::new(Code::KeyLength, "an Ed448 private key has 57 bytes"))?;
        let bytes = Zeroizing::new(bytes);
        let signer = Box::new(SigningKey::from(&*bytes));
        let public = Ed448PublicKey::from_bytes(signer.verifying_key().as_bytes().as_slice())?;
        Ok(Self { seed: Secret::copy_of(seed), signer, public })
    }

    /// Makes a new key.
    ///
    /// # Errors
    /// `internal.error` if the random generator fails.
    pub fn generate() -> Result<Self> {
        let mut seed = Secret::zeroed(LENGTH);
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
    pub fn public(&self) -> &Ed448PublicKey {
        &self.public
    }

    /// Signs a message with the empty context: 114 bytes, R ‖ s.
    #[must_use]
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.signer.sign_raw(message).to_bytes().to_vec()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::{Ed448PrivateKey, Ed448PublicKey, SMALL_ORDER};
    use crate::error::Code;

    #[test]
    fn rfc_8032_blank_is_reproduced() {
        let seed = "6c82a562cb808d10d632be89c8513ebf6c929f34ddfa8c9f63c9960ef6e348a3528c8a3fcc2f044e39a3fc5b94492f8f032e7549a20098f95b";
        let key = Ed448PrivateKey::from_seed(&hex::decode(seed).unwrap()).unwrap();
        assert_eq!(
            hex::encode(key.public().bytes()),
            "5fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75d80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180"
        );
        let signature = key.sign(b"");
        assert!(
            hex::encode(&signature)
                .starts_with("533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f")
        );
        key.public().verify(b"", &signature).unwrap();
        assert!(key.public().verify(b"x", &signature).is_err());
        assert!(key.public().verify(b"", &signature[..113]).is_err());
    }

    #[test]
    fn keys_of_small_order_off_the_curve_or_not_canonical_are_refused() {
        for point in SMALL_ORDER {
            assert_eq!(Ed448PublicKey::from_bytes(&point).unwrap_err().code(), Code::KeySmallOrder);
        }
        assert_eq!(Ed448PublicKey::from_bytes(&[1; 56]).unwrap_err().code(), Code::KeyLength);
        assert_eq!(Ed448PublicKey::from_bytes(&[0xff; 57]).unwrap_err().code(), Code::KeyPoint);
        // y = p + 3, another spelling of 3.
        let mut three = super::P_PLUS_ONE;
        three[0] = 2;
        assert_eq!(Ed448PublicKey::from_bytes(&three).unwrap_err().code(), Code::KeyPoint);
    }
}
