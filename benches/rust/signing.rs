//! Signing and verifying, hash included, with each type of key.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1,
    ECDSA_P384_SHA384_ASN1_SIGNING, ECDSA_P521_SHA512_ASN1, ECDSA_P521_SHA512_ASN1_SIGNING, ED25519,
    EcdsaKeyPair, EcdsaSigningAlgorithm, EcdsaVerificationAlgorithm, Ed25519KeyPair, KeyPair,
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, VerificationAlgorithm,
};
use countermark_core::crypto::Curve;
use countermark_core::crypto::digest::sha256;
use countermark_core::key::PrivateKey;
use countermark_core::key::signing::Scheme;
use ed448_goldilocks::{EdwardsScalarBytes, SigningKey};

use crate::case::{BARE, Case, OURS};
use crate::keys::{self, MESSAGE};

/// How many signatures are verified in turn: a processor foresees the branches of one that comes again and again, which
/// nobody verifies, and is 6 % faster with it on P-256. Algorithms without randomness have one signature a message.
const DIFFERENT: usize = 500;

/// A NIST curve under the hash the backend pairs with it. The core signs SHA-256 on every curve.
#[derive(Clone, Copy)]
struct Nist {
    curve: Curve,
    signing: &'static EcdsaSigningAlgorithm,
    verifying: &'static EcdsaVerificationAlgorithm,
}

const NIST: [Nist; 3] = [
    Nist { curve: Curve::P256, signing: &ECDSA_P256_SHA256_ASN1_SIGNING, verifying: &ECDSA_P256_SHA256_ASN1 },
    Nist { curve: Curve::P384, signing: &ECDSA_P384_SHA384_ASN1_SIGNING, verifying: &ECDSA_P384_SHA384_ASN1 },
    Nist { curve: Curve::P521, signing: &ECDSA_P521_SHA512_ASN1_SIGNING, verifying: &ECDSA_P521_SHA512_ASN1 },
];
const RSA_BITS: [usize; 2] = [2048, 3072];

/// Signing.
pub(crate) fn sign() -> Vec<Case> {
    let mut cases = Vec::new();
    for nist in NIST {
        let name = format!("sign {}", nist.curve.name());
        cases.push(Case::new(&name, BARE, move || {
            let pair = nist_pair(&nist);
            move || pair.sign(&SystemRandom::new(), MESSAGE).expect("a signature")
        }));
        cases.push(sign_ours(&name, move || keys::ec(nist.curve)));
    }
    cases.push(Case::new("sign secp256k1", BARE, || {
        let key = secp256k1_key();
        let context = secp256k1::Secp256k1::signing_only();
        move || {
            let message = secp256k1::Message::from_digest(sha256(MESSAGE));
            context.sign_ecdsa(message, &key).serialize_der()
        }
    }));
    cases.push(sign_ours("sign secp256k1", || keys::ec(Curve::Secp256k1)));
    cases.push(Case::new("sign Ed25519", BARE, || {
        let pair = ed25519_pair();
        move || pair.sign(MESSAGE)
    }));
    cases.push(sign_ours("sign Ed25519", keys::ed25519));
    cases.push(Case::new("sign Ed448", BARE, || {
        let key = ed448_key();
        move || key.sign_raw(MESSAGE)
    }));
    cases.push(sign_ours("sign Ed448", keys::ed448));
    for bits in RSA_BITS {
        let name = format!("sign RSA-{bits}");
        cases.push(Case::new(&name, BARE, move || {
            let pair = RsaKeyPair::from_pkcs8(&keys::pkcs8(&keys::rsa(bits))).expect("a key");
            let mut signature = vec![0; bits / 8];
            move || pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), MESSAGE, &mut signature)
        }));
        cases.push(sign_ours(&name, move || keys::rsa(bits)));
    }
    cases
}

/// Verifying.
pub(crate) fn verify() -> Vec<Case> {
    let mut cases = Vec::new();
    for nist in NIST {
        let name = format!("verify {}", nist.curve.name());
        cases.push(Case::new(&name, BARE, move || {
            let pair = nist_pair(&nist);
            let sign = || pair.sign(&SystemRandom::new(), MESSAGE).expect("a signature");
            let signatures = (0..DIFFERENT).map(|_| sign().as_ref().to_vec()).collect();
            verify_bare(nist.verifying, pair.public_key().as_ref(), signatures)
        }));
        cases.push(verify_ours(&name, move || keys::ec(nist.curve)));
    }
    cases.push(Case::new("verify secp256k1", BARE, || {
        let key = secp256k1_key();
        let context = secp256k1::Secp256k1::new();
        let public = key.public_key(&context);
        let message = secp256k1::Message::from_digest(sha256(MESSAGE));
        let signature = context.sign_ecdsa(message, &key).serialize_der().to_vec();
        move || {
            let signature = secp256k1::ecdsa::Signature::from_der(&signature).expect("DER");
            let message = secp256k1::Message::from_digest(sha256(MESSAGE));
            context.verify_ecdsa(message, &signature, &public).expect("a valid signature");
        }
    }));
    cases.push(verify_ours("verify secp256k1", || keys::ec(Curve::Secp256k1)));
    cases.push(Case::new("verify Ed25519", BARE, || {
        let pair = ed25519_pair();
        verify_bare(&ED25519, pair.public_key().as_ref(), vec![pair.sign(MESSAGE).as_ref().to_vec()])
    }));
    cases.push(verify_ours("verify Ed25519", keys::ed25519));
    cases.push(Case::new("verify Ed448", BARE, || {
        let key = ed448_key();
        let (public, signature) = (key.verifying_key(), key.sign_raw(MESSAGE));
        move || public.verify_raw(&signature, MESSAGE).expect("a valid signature")
    }));
    cases.push(verify_ours("verify Ed448", keys::ed448));
    for bits in RSA_BITS {
        let name = format!("verify RSA-{bits}");
        cases.push(Case::new(&name, BARE, move || {
            let pair = RsaKeyPair::from_pkcs8(&keys::pkcs8(&keys::rsa(bits))).expect("a key");
            let mut signature = vec![0; bits / 8];
            pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), MESSAGE, &mut signature).expect("a signature");
            verify_bare(&RSA_PKCS1_2048_8192_SHA256, pair.public_key().as_ref(), vec![signature])
        }));
        cases.push(verify_ours(&name, move || keys::rsa(bits)));
    }
    cases
}

fn sign_ours(name: &str, key: impl Fn() -> PrivateKey + 'static) -> Case {
    Case::new(name, OURS, move || {
        let key = key();
        move || key.sign(MESSAGE, Scheme::default()).expect("a signature")
    })
}

fn verify_ours(name: &str, key: impl Fn() -> PrivateKey + 'static) -> Case {
    Case::new(name, OURS, move || {
        let key = key();
        let sign = |_| key.sign(MESSAGE, Scheme::default()).expect("a signature");
        let signatures = (0..DIFFERENT).map(sign).collect();
        let public = key.public_key();
        one_after_the_other(signatures, move |signature| {
            public.verify(MESSAGE, signature, Scheme::default(), false).expect("a valid signature");
        })
    })
}

fn verify_bare(
    algorithm: &'static dyn VerificationAlgorithm,
    public: &[u8],
    signatures: Vec<Vec<u8>>,
) -> impl FnMut() + use<> {
    let public = ParsedPublicKey::new(algorithm, public).expect("a public key");
    one_after_the_other(signatures, move |signature| {
        public.verify_sig(MESSAGE, signature).expect("a valid signature");
    })
}

fn one_after_the_other(signatures: Vec<Vec<u8>>, verify: impl Fn(&[u8])) -> impl FnMut() {
    let mut turn = 0;
    move || {
        verify(&signatures[turn]);
        turn = (turn + 1) % signatures.len();
    }
}

fn nist_pair(nist: &Nist) -> EcdsaKeyPair {
    EcdsaKeyPair::from_pkcs8(nist.signing, &keys::pkcs8(&keys::ec(nist.curve))).expect("a key")
}

fn secp256k1_key() -> secp256k1::SecretKey {
    let secret = keys::SECRET[..32].try_into().expect("32 bytes");
    secp256k1::SecretKey::from_byte_array(secret).expect("a key")
}

fn ed25519_pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&keys::SECRET[..32]).expect("a key")
}

fn ed448_key() -> SigningKey {
    SigningKey::from(&EdwardsScalarBytes::try_from(&keys::SECRET[..57]).expect("57 bytes"))
}
