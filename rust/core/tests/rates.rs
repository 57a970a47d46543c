#![allow(missing_docs, clippy::unwrap_used)]
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{self, KeyPair};
use countermark_core::key::{Algorithm, PrivateKey};
use std::time::{Duration, Instant};

fn rate(seconds: f64, mut work: impl FnMut()) -> f64 {
    for _ in 0..20 {
        work();
    }
    let start = Instant::now();
    let mut n = 0u64;
    while start.elapsed() < Duration::from_secs_f64(seconds) {
        for _ in 0..10 {
            work();
        }
        n += 10;
    }
    n as f64 / start.elapsed().as_secs_f64()
}

#[test]
fn rates() {
    let Ok(what) = std::env::var("RATE") else { return };
    let seconds: f64 = std::env::var("RATE_SECONDS").ok().and_then(|s| s.parse().ok()).unwrap_or(1.0);
    let message = vec![b'm'; 64];
    let rng = SystemRandom::new();
    let found = match what.as_str() {
        "ES256" | "ES256.verify" => {
            let key = signature::EcdsaKeyPair::generate(&signature::ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
            if what == "ES256" {
                rate(seconds, || {
                    std::hint::black_box(key.sign(&rng, &message).unwrap());
                })
            } else {
                let s = key.sign(&rng, &message).unwrap();
                let p = signature::ParsedPublicKey::new(
                    &signature::ECDSA_P256_SHA256_ASN1,
                    key.public_key().as_ref(),
                )
                .unwrap();
                rate(seconds, || p.verify_sig(&message, s.as_ref()).unwrap())
            }
        }
        "Ed25519" | "Ed25519.verify" => {
            let key = signature::Ed25519KeyPair::generate().unwrap();
            if what == "Ed25519" {
                rate(seconds, || {
                    std::hint::black_box(key.sign(&message));
                })
            } else {
                let s = key.sign(&message);
                let p =
                    signature::ParsedPublicKey::new(&signature::ED25519, key.public_key().as_ref()).unwrap();
                rate(seconds, || p.verify_sig(&message, s.as_ref()).unwrap())
            }
        }
        "ES256K" | "ES256K.verify" => {
            let ctx = secp256k1::Secp256k1::signing_only();
            let sk = secp256k1::SecretKey::from_byte_array([7; 32]).unwrap();
            let digest = |m: &[u8]| {
                let d = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, m);
                let mut a = [0u8; 32];
                a.copy_from_slice(d.as_ref());
                secp256k1::Message::from_digest(a)
            };
            if what == "ES256K" {
                rate(seconds, || {
                    std::hint::black_box(ctx.sign_ecdsa(digest(&message), &sk).serialize_der());
                })
            } else {
                let s = ctx.sign_ecdsa(digest(&message), &sk);
                let pk = sk.public_key(&ctx);
                let v = secp256k1::Secp256k1::verification_only();
                rate(seconds, || v.verify_ecdsa(digest(&message), &s, &pk).unwrap())
            }
        }
        _ => {
            let key = PrivateKey::generate(Algorithm::Rs256, 2048).unwrap();
            let der = key.to_der(countermark_core::key::private_key::PrivateFormat::Pkcs8, None).unwrap();
            let pair = signature::RsaKeyPair::from_pkcs8(der.expose()).unwrap();
            let mut out = vec![0; 256];
            if what == "RS256" {
                rate(seconds, || pair.sign(&signature::RSA_PKCS1_SHA256, &rng, &message, &mut out).unwrap())
            } else {
                pair.sign(&signature::RSA_PKCS1_SHA256, &rng, &message, &mut out).unwrap();
                let p = signature::ParsedPublicKey::new(
                    &signature::RSA_PKCS1_2048_8192_SHA256,
                    pair.public_key().as_ref(),
                )
                .unwrap();
                rate(seconds, || p.verify_sig(&message, &out).unwrap())
            }
        }
    };
    println!("RATE {found}");
}
