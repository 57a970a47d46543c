//! Private keys from PKCS#8, as DER beside the backend's own parser and as PEM.

use aws_lc_rs::rsa::KeyPair as RsaKeyPair;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair};
use countermark_core::crypto::Curve;
use countermark_core::key::PrivateKey;

use crate::case::{BARE, Case, OURS};
use crate::keys;

/// All of them.
pub(crate) fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    cases.push(Case::new("load P-256", BARE, || {
        let der = keys::pkcs8(&keys::ec(Curve::P256));
        move || EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &der).expect("a key")
    }));
    cases.extend(ours("load P-256", || keys::ec(Curve::P256)));
    cases.push(Case::new("load Ed25519", BARE, || {
        let der = keys::pkcs8(&keys::ed25519());
        move || Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).expect("a key")
    }));
    cases.extend(ours("load Ed25519", keys::ed25519));
    cases.push(Case::new("load RSA-2048", BARE, || {
        let der = keys::pkcs8(&keys::rsa(2048));
        move || RsaKeyPair::from_pkcs8(&der).expect("a key")
    }));
    cases.extend(ours("load RSA-2048", || keys::rsa(2048)));
    cases
}

fn ours(name: &str, key: fn() -> PrivateKey) -> [Case; 2] {
    [
        Case::new(name, OURS, move || {
            let der = keys::pkcs8(&key());
            move || PrivateKey::from_der(&der, None).expect("a key")
        }),
        Case::new(&format!("{name} from PEM"), OURS, move || {
            let pem = keys::pem(&key());
            move || PrivateKey::from_pem(&pem, None).expect("a key")
        }),
    ]
}
