//! ECDSA (FIPS 186-5 section 6): P-256, P-384 and P-521 by AWS-LC with hedged nonces, secp256k1 by
//! libsecp256k1 with RFC 6979 nonces and low s.
//!
//! Any hash serves any curve. FIPS 186-5 turns the leftmost bits of the digest into an integer, so a digest
//! shorter than the one the backend pairs with the curve is given zeros in front and a longer one is cut:
//! the integer, and with it the signature, is the same.

use aws_lc_rs::digest as backend_digest;
use aws_lc_rs::encoding::{AsBigEndian, AsDer};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1,
    ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1, ECDSA_P521_SHA512_ASN1_SIGNING, EcdsaKeyPair,
    EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, KeyPair, ParsedPublicKey,
};
use secp256k1::ecdsa as libsecp;
use zeroize::Zeroizing;

use super::digest::{AnyHash, Digest};
use super::{Curve, ecdsa_signature, gate, rng};
use crate::error::{Code, Error, Result};
use crate::secret::Secret;

/// A public key: a point of the curve other than infinity.
#[derive(Clone, Debug)]
pub struct EcPublicKey {
    curve: Curve,
    point: Vec<u8>,
    verifier: Verifier,
}

#[derive(Clone, Debug)]
enum Verifier {
    Nist(ParsedPublicKey),
    Secp256k1(secp256k1::PublicKey),
}

impl EcPublicKey {
    /// Takes an encoded point (SEC 1 section 2.3.4): uncompressed or compressed, not hybrid.
    ///
    /// # Errors
    /// `key.point` for any other encoding, a wrong length, or a point that is not on the curve.
    pub fn from_point(curve: Curve, point: &[u8]) -> Result<Self> {
        let refused = || Error::new(Code::KeyPoint, format!("not a point of {}", curve.name()));
        let length = curve.field_length();
        match point {
            [0x04, rest @ ..] if rest.len() == 2 * length => {}
            [0x02 | 0x03, rest @ ..] if rest.len() == length => {}
            _ => return Err(refused()),
        }
        let _pass = gate::enter();
        let (verifier, point) = match nist(curve) {
            None => {
                let key = secp256k1::PublicKey::from_slice(point).map_err(|_| refused())?;
                (Verifier::Secp256k1(key), key.serialize_uncompressed().to_vec())
            }
            Some(nist) => {
                let key = ParsedPublicKey::new(nist.verifying, point).map_err(|_| refused())?;
                let uncompressed = match point {
                    [0x04, ..] => point.to_vec(),
                    _ => decompressed(&key, 2 * length + 1).ok_or_else(refused)?,
                };
                (Verifier::Nist(key), uncompressed)
            }
        };
        Ok(Self { curve, point, verifier })
    }

    /// The curve.
    #[must_use]
    pub fn curve(&self) -> Curve {
        self.curve
    }

    /// The point, uncompressed: 04 ‖ x ‖ y.
    #[must_use]
    pub fn point(&self) -> &[u8] {
        &self.point
    }

    /// Verifies a DER signature over a digest. With `low_s`, an s in the upper half is refused.
    ///
    /// # Errors
    /// `signature.invalid`, whatever the reason.
    pub fn verify(&self, digest: &Digest, signature: &[u8], low_s: bool) -> Result<()> {
        self.verify_hash(digest.bytes(), signature, low_s)
    }

    /// The same over what a hash of another kind gave.
    ///
    /// # Errors
    /// `signature.invalid`, whatever the reason.
    pub fn verify_hash(&self, digest: &[u8], signature: &[u8], low_s: bool) -> Result<()> {
        if low_s {
            let raw = ecdsa_signature::der_to_raw(signature, self.curve)?;
            if !ecdsa_signature::is_low_s(&raw, self.curve) {
                return Err(Error::invalid_signature());
            }
        }
        self.verify_either_s(digest, signature)
    }

    /// Verifies a DER signature over the SHA-1 of a message.
    ///
    /// # Errors
    /// `signature.invalid`, whatever the reason.
    pub fn verify_sha1(&self, message: &[u8], signature: &[u8]) -> Result<()> {
        self.verify_either_s(&AnyHash::Sha1.digest(message), signature)
    }

    fn verify_either_s(&self, digest: &[u8], signature: &[u8]) -> Result<()> {
        let invalid = |_| Error::invalid_signature();
        match (&self.verifier, nist(self.curve)) {
            (Verifier::Nist(key), Some(nist)) => {
                let digest = nist.fit(digest).ok_or_else(Error::invalid_signature)?;
                let _pass = gate::enter();
                key.verify_digest_sig(&digest, signature).map_err(|_| Error::invalid_signature())
            }
            (Verifier::Secp256k1(key), _) => {
                let raw = ecdsa_signature::der_to_raw(signature, Curve::Secp256k1)?;
                let mut parsed = libsecp::Signature::from_compact(&raw).map_err(invalid)?;
                // libsecp256k1 verifies low s only; the protocol has no such rule (see `low_s`).
                parsed.normalize_s();
                let verify = |context: &secp256k1::Secp256k1<secp256k1::VerifyOnly>| {
                    context.verify_ecdsa(secp_message(digest), &parsed, key)
                };
                // The thread may be ending, and its context be gone before what calls here.
                VERIFIER
                    .try_with(verify)
                    .unwrap_or_else(|_| verify(&secp256k1::Secp256k1::verification_only()))
                    .map_err(invalid)
            }
            (Verifier::Nist(_), None) => Err(Error::invalid_signature()),
        }
    }
}

/// A private key: a scalar in 1..n−1, with its public point inside, so that a mismatched pair cannot sign.
#[derive(Debug)]
pub struct EcPrivateKey {
    scalar: Secret,
    public: EcPublicKey,
    signer: Signer,
}

enum Signer {
    Nist(EcdsaKeyPair),
    // Boxed, so that moving the key about leaves no copies of the scalar behind.
    Secp256k1(Box<Secp256k1Signer>),
}

impl core::fmt::Debug for Signer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Signer(..)")
    }
}

/// A scalar, which the library's own type does not wipe, and the context that multiplies by it, blinded once
/// with random bytes (the library's advice against power analysis).
struct Secp256k1Signer {
    scalar: secp256k1::SecretKey,
    context: secp256k1::Secp256k1<secp256k1::SignOnly>,
}

impl Secp256k1Signer {
    fn new(scalar: secp256k1::SecretKey) -> Result<Box<Self>> {
        let mut signer = Box::new(Self { scalar, context: secp256k1::Secp256k1::signing_only() });
        let mut seed = Zeroizing::new([0; 32]);
        rng::fill(seed.as_mut_slice())?;
        signer.context.seeded_randomize(&seed);
        Ok(signer)
    }
}

impl Drop for Secp256k1Signer {
    fn drop(&mut self) {
        self.scalar.non_secure_erase();
    }
}

thread_local! {
    /// Verifying needs a context by the library's interface, but nothing in it is secret or changes.
    static VERIFIER: secp256k1::Secp256k1<secp256k1::VerifyOnly> = secp256k1::Secp256k1::verification_only();
}

impl EcPrivateKey {
    /// Takes a scalar of exactly the field length, big-endian.
    ///
    /// # Errors
    /// `key.scalar` where it is zero, not below the group order, or of another length.
    pub fn from_scalar(curve: Curve, scalar: &[u8]) -> Result<Self> {
        let refused = || Error::new(Code::KeyScalar, format!("not a private scalar of {}", curve.name()));
        if scalar.len() != curve.field_length()
            || scalar.iter().all(|byte| *byte == 0)
            || !below(scalar, curve.order())
        {
            return Err(refused());
        }
        let (signer, point) = match nist(curve) {
            None => {
                let bytes = Zeroizing::new(<[u8; 32]>::try_from(scalar).map_err(|_| refused())?);
                let scalar = secp256k1::SecretKey::from_byte_array(*bytes).map_err(|_| refused())?;
                let signer = Secp256k1Signer::new(scalar)?;
                let point = signer.scalar.public_key(&signer.context).serialize_uncompressed().to_vec();
                (Signer::Secp256k1(signer), point)
            }
            Some(nist) => {
                let der = sec1_without_public_key(scalar, nist.oid);
                let _pass = gate::enter();
                let pair =
                    EcdsaKeyPair::from_private_key_der(nist.signing, der.expose()).map_err(|_| refused())?;
                let point = pair.public_key().as_ref().to_vec();
                (Signer::Nist(pair), point)
            }
        };
        Ok(Self { scalar: Secret::copy_of(scalar), public: EcPublicKey::from_point(curve, &point)?, signer })
    }

    /// Makes a new key.
    ///
    /// # Errors
    /// `internal.error` if the random generator fails.
    pub fn generate(curve: Curve) -> Result<Self> {
        let fault = |_| Error::new(Code::Internal, "key generation failed");
        let Some(nist) = nist(curve) else {
            let mut scalar = Secret::zeroed(curve.field_length());
            // A random string is out of range once in 2^127 tries.
            loop {
                rng::fill(scalar.expose_mut())?;
                match Self::from_scalar(curve, scalar.expose()) {
                    Err(error) if error.code() == Code::KeyScalar => {}
                    made => return made,
                }
            }
        };
        let scalar = {
            let _pass = gate::enter();
            let pair = EcdsaKeyPair::generate(nist.signing).map_err(fault)?;
            Secret::copy_of(pair.private_key().as_be_bytes().map_err(fault)?.as_ref())
        };
        Self::from_scalar(curve, scalar.expose())
    }

    /// The scalar, big-endian, of the field length.
    #[must_use]
    pub fn scalar(&self) -> &Secret {
        &self.scalar
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &EcPublicKey {
        &self.public
    }

    /// Signs a digest; the signature is DER.
    ///
    /// # Errors
    /// `internal.error` if the backend fails.
    pub fn sign(&self, digest: &Digest) -> Result<Vec<u8>> {
        let fault = || Error::new(Code::Internal, "ECDSA signing failed");
        match (&self.signer, nist(self.public.curve)) {
            (Signer::Nist(pair), Some(nist)) => {
                let digest = nist.fit(digest.bytes()).ok_or_else(fault)?;
                let _pass = gate::enter();
                Ok(pair.sign_digest(&digest).map_err(|_| fault())?.as_ref().to_vec())
            }
            (Signer::Secp256k1(signer), _) => {
                let signature = signer.context.sign_ecdsa(secp_message(digest.bytes()), &signer.scalar);
                Ok(signature.serialize_der().to_vec())
            }
            (Signer::Nist(_), None) => Err(fault()),
        }
    }
}

/// The point of a key that came compressed. The backend writes it uncompressed, at the end of the SPKI.
fn decompressed(key: &ParsedPublicKey, length: usize) -> Option<Vec<u8>> {
    let spki = key.as_der().ok()?;
    let spki: &[u8] = spki.as_ref();
    let point = spki.get(spki.len().checked_sub(length)?..)?;
    (point.first() == Some(&0x04)).then(|| point.to_vec())
}

/// How the backend serves a NIST curve.
struct Nist {
    signing: &'static EcdsaSigningAlgorithm,
    verifying: &'static EcdsaVerificationAlgorithm,
    digest: &'static backend_digest::Algorithm,
    oid: &'static [u8],
}

impl Nist {
    /// The digest under the backend's hash for this curve, standing for the same integer.
    fn fit(&self, source: &[u8]) -> Option<backend_digest::Digest> {
        let length = self.digest.output_len();
        let mut fitted = [0; 64];
        let fitted = fitted.get_mut(..length)?;
        let kept = source.len().min(length);
        fitted.get_mut(length - kept..)?.copy_from_slice(source.get(..kept)?);
        backend_digest::Digest::import_less_safe(fitted, self.digest).ok()
    }
}

fn nist(curve: Curve) -> Option<Nist> {
    let (signing, verifying, digest, oid): (_, _, _, &'static [u8]) = match curve {
        Curve::P256 => (
            &ECDSA_P256_SHA256_ASN1_SIGNING,
            &ECDSA_P256_SHA256_ASN1,
            &backend_digest::SHA256,
            &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
        ),
        Curve::P384 => (
            &ECDSA_P384_SHA384_ASN1_SIGNING,
            &ECDSA_P384_SHA384_ASN1,
            &backend_digest::SHA384,
            &[0x2b, 0x81, 0x04, 0x00, 0x22],
        ),
        Curve::P521 => (
            &ECDSA_P521_SHA512_ASN1_SIGNING,
            &ECDSA_P521_SHA512_ASN1,
            &backend_digest::SHA512,
            &[0x2b, 0x81, 0x04, 0x00, 0x23],
        ),
        Curve::Secp256k1 => return None,
    };
    Some(Nist { signing, verifying, digest, oid })
}

/// The leftmost 256 bits of the digest, as the curve's order has 256 (FIPS 186-5 section 6.4.1).
fn secp_message(digest: &[u8]) -> secp256k1::Message {
    let mut message = [0; 32];
    let zeros = message.len().saturating_sub(digest.len());
    for (place, byte) in message.iter_mut().skip(zeros).zip(digest) {
        *place = *byte;
    }
    secp256k1::Message::from_digest(message)
}

/// `ECPrivateKey` (RFC 5915) with the curve and without the public key, which the backend then derives.
fn sec1_without_public_key(scalar: &[u8], oid: &[u8]) -> Secret {
    let byte = |length: usize| u8::try_from(length).unwrap_or(u8::MAX);
    let mut der = Vec::with_capacity(128);
    let body = 3 + 2 + scalar.len() + 4 + oid.len();
    der.extend([0x30, byte(body), 0x02, 0x01, 0x01, 0x04, byte(scalar.len())]);
    der.extend_from_slice(scalar);
    der.extend([0xa0, byte(oid.len() + 2), 0x06, byte(oid.len())]);
    der.extend_from_slice(oid);
    Secret::new(der)
}

/// a < b for equally long big-endian numbers, in time that does not depend on them.
pub(super) fn below(a: &[u8], b: &[u8]) -> bool {
    let mut borrow = 0;
    for (a, b) in a.iter().rev().zip(b.iter().rev()) {
        borrow = (u16::from(*a).wrapping_sub(u16::from(*b)).wrapping_sub(borrow) >> 8) & 1;
    }
    borrow == 1
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::{EcPrivateKey, EcPublicKey};
    use crate::crypto::digest::Digest;
    use crate::crypto::{Curve, Hash};
    use crate::error::Code;
    use std::cell::RefCell;
    use std::sync::mpsc;

    #[test]
    fn every_curve_signs_and_verifies_with_every_hash() {
        for curve in Curve::ALL {
            let key = EcPrivateKey::generate(curve).unwrap();
            for hash in [Hash::Sha256, Hash::Sha384, Hash::Sha512] {
                let digest = Digest::of(hash, b"message");
                let signature = key.sign(&digest).unwrap();
                key.public().verify(&digest, &signature, false).unwrap();
                let other = Digest::of(hash, b"massage");
                assert!(key.public().verify(&other, &signature, false).is_err(), "{curve:?}");
            }
        }
    }

    #[test]
    fn scalars_outside_the_group_are_refused() {
        for curve in Curve::ALL {
            let length = curve.field_length();
            for bad in [vec![0; length], curve.order().to_vec(), vec![0xff; length], vec![1; length - 1]] {
                let error = EcPrivateKey::from_scalar(curve, &bad).unwrap_err();
                assert_eq!(error.code(), Code::KeyScalar);
            }
            let mut largest = curve.order().to_vec();
            largest[length - 1] -= 1;
            EcPrivateKey::from_scalar(curve, &largest).unwrap();
        }
    }

    #[test]
    fn compressed_points_become_the_same_uncompressed_key_and_hybrid_ones_are_refused() {
        for curve in Curve::ALL {
            let length = curve.field_length();
            let key = EcPrivateKey::generate(curve).unwrap();
            let point = key.public().point();
            let odd = point[2 * length] & 1;
            let compressed = [&[2 + odd][..], &point[1..=length]].concat();
            assert_eq!(EcPublicKey::from_point(curve, &compressed).unwrap().point(), point);
            let hybrid = [&[6 + odd][..], &point[1..]].concat();
            for bad in [hybrid, vec![0], vec![], point[..length].to_vec()] {
                assert_eq!(EcPublicKey::from_point(curve, &bad).unwrap_err().code(), Code::KeyPoint);
            }
            let mut off_curve = point.to_vec();
            off_curve[2 * length] ^= 1;
            assert_eq!(EcPublicKey::from_point(curve, &off_curve).unwrap_err().code(), Code::KeyPoint);
        }
    }

    #[test]
    fn secp256k1_is_deterministic_and_low_s() {
        let key = EcPrivateKey::from_scalar(Curve::Secp256k1, &[0x11; 32]).unwrap();
        let digest = Digest::of(Hash::Sha256, b"message");
        let signature = key.sign(&digest).unwrap();
        assert_eq!(signature, key.sign(&digest).unwrap());
        key.public().verify(&digest, &signature, true).unwrap();
    }

    #[test]
    fn a_thread_that_ends_verifies_in_its_destructors() {
        struct AtTheEnd(mpsc::Sender<bool>, EcPrivateKey);
        impl AtTheEnd {
            fn verifies(&self) -> bool {
                let digest = Digest::of(Hash::Sha256, b"message");
                let signature = self.1.sign(&digest).unwrap();
                self.1.public().verify(&digest, &signature, true).is_ok()
            }
        }
        impl Drop for AtTheEnd {
            fn drop(&mut self) {
                let verifies = self.verifies();
                self.0.send(verifies).unwrap();
            }
        }
        // One destructor before that of the context and one after it, whichever order they run in.
        thread_local! {
            static EARLY: RefCell<Option<AtTheEnd>> = const { RefCell::new(None) };
            static LATE: RefCell<Option<AtTheEnd>> = const { RefCell::new(None) };
        }
        let (tell, told) = mpsc::channel();
        let made =
            || AtTheEnd(tell.clone(), EcPrivateKey::from_scalar(Curve::Secp256k1, &[0x11; 32]).unwrap());
        let (early, late) = (made(), made());
        drop(tell);
        let thread = std::thread::spawn(move || {
            EARLY.set(Some(early));
            assert!(late.verifies());
            LATE.set(Some(late));
        });
        thread.join().unwrap();
        assert_eq!(told.iter().collect::<Vec<_>>(), [true, true]);
    }

    #[test]
    fn nist_signatures_are_hedged() {
        let key = EcPrivateKey::generate(Curve::P256).unwrap();
        let digest = Digest::of(Hash::Sha256, b"message");
        assert_ne!(key.sign(&digest).unwrap(), key.sign(&digest).unwrap());
    }
}
