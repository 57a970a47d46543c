//! Client data, base64url, the fingerprint, and the two forms of an ECDSA signature.

use std::hint::black_box;

use aws_lc_rs::digest;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countermark_core::crypto::{Curve, ecdsa_signature};
use countermark_core::dfns::client_data::{self, ClientData};
use countermark_core::dfns::fingerprint::fingerprint;
use countermark_core::dfns::profile::{Profile, Use};
use countermark_core::format::base64url;
use countermark_core::key::public_key::PublicFormat;
use countermark_core::key::signing::Scheme;

use crate::case::{BARE, Case, OURS};
use crate::keys::{self, MESSAGE};

const CHALLENGE: &str = "Y2gtNzloaHQtbXJlb2stOGFwOHFtMmVpZWZ0amxhZw";

/// All of them.
pub(crate) fn cases() -> Vec<Case> {
    let pem = || keys::ec(Curve::P256).public_key().to_pem(PublicFormat::Spki).expect("PEM");
    vec![
        Case::new("wire client data", OURS, || {
            let profile = Profile::parse("python").expect("a profile");
            move || write(profile)
        }),
        Case::new("wire client data to base64url", BARE, || || URL_SAFE_NO_PAD.encode(black_box(MESSAGE))),
        Case::new("wire client data to base64url", OURS, || {
            let profile = Profile::parse("python").expect("a profile");
            move || profile.to_base64url(write(profile).as_bytes())
        }),
        Case::new("wire client data from base64url", BARE, || {
            let text = URL_SAFE_NO_PAD.encode(MESSAGE);
            move || URL_SAFE_NO_PAD.decode(&text).expect("base64url")
        }),
        Case::new("wire client data from base64url", OURS, || {
            let text = base64url::encode(MESSAGE);
            move || {
                let data = base64url::decode(text.as_bytes(), base64url::Padding::Forbidden);
                ClientData::decode(&data.expect("base64url")).expect("client data")
            }
        }),
        Case::new("wire fingerprint from parts", BARE, || {
            || digest::digest(&digest::SHA256, black_box(MESSAGE))
        }),
        Case::new("wire fingerprint from parts", OURS, move || {
            let pem = pem();
            move || fingerprint(black_box(MESSAGE), &pem).expect("a fingerprint")
        }),
        Case::new("wire ECDSA P-256 DER to raw", OURS, || {
            let der = keys::ec(Curve::P256).sign(MESSAGE, Scheme::default()).expect("a signature");
            move || ecdsa_signature::der_to_raw(&der, Curve::P256).expect("raw")
        }),
        Case::new("wire ECDSA P-256 raw to DER", OURS, || {
            let der = keys::ec(Curve::P256).sign(MESSAGE, Scheme::default()).expect("a signature");
            let raw = ecdsa_signature::der_to_raw(&der, Curve::P256).expect("raw");
            move || ecdsa_signature::raw_to_der(&raw, Curve::P256).expect("DER")
        }),
    ]
}

fn write(profile: &Profile) -> String {
    client_data::encode(profile, Use::Get, black_box(CHALLENGE), Some("https://app.dfns.io"), None)
        .expect("client data")
}
