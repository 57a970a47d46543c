//! The operations whose instructions are held to a baseline (see `benches/gate.py`): nothing random is in them, so
//! the same program does the same instructions at every run.

use std::hint::black_box;
use std::sync::Arc;

use countermark_core::batch::Batch;
use countermark_core::crypto::Curve;
use countermark_core::dfns::assertion::{self, AssertionExpectation};
use countermark_core::dfns::client_data;
use countermark_core::dfns::expectation::Expectation;
use countermark_core::dfns::fingerprint::fingerprint;
use countermark_core::dfns::profile::{Profile, Use};
use countermark_core::format::base64url::{self, Padding};
use countermark_core::format::record::Record;
use countermark_core::format::tolerance::{Strictness, Tolerated};
use countermark_core::key::public_key::PublicFormat;
use countermark_core::key::signing::Scheme;
use countermark_core::webauthn::attestation_object::AttestationObject;

use crate::case::{Case, OURS};
use crate::keys::{self, MESSAGE};

const CHALLENGE: &str = "Y2gtNzloaHQtbXJlb2stOGFwOHFtMmVpZWZ0amxhZw";
const ORIGIN: &str = "https://app.dfns.io";
/// A signature of the P-256 key over the message, since new ones differ from run to run.
const SIGNATURE: &str =
    "MEYCIQDxiXoksl0xnflVPglDj0aCev_q79pdtaoLtN9q67dhiwIhAMkucH7U4Xl76PH0mMhwla2nUAdcAYEFw1LoO4vXc51a";
/// The attestation object of the Dfns documentation, among the values it holds.
const DOCUMENTED: &str = include_str!("../../vectors/dfns-docs/attestation-object.json");

/// All of them.
pub(crate) fn cases() -> Vec<Case> {
    vec![
        Case::new("fixed sign Ed25519 with client data", OURS, || {
            let (key, profile) = (keys::ed25519(), Profile::parse("python").expect("a profile"));
            move || {
                let text = client_data::encode(profile, Use::Get, black_box(CHALLENGE), Some(ORIGIN), None)
                    .expect("client data");
                let signature = key.sign(text.as_bytes(), Scheme::default()).expect("a signature");
                (profile.to_base64url(text.as_bytes()), base64url::encode(&signature))
            }
        }),
        Case::new("fixed fingerprint", OURS, || {
            let pem = keys::ec(Curve::P256).public_key().to_pem(PublicFormat::Spki).expect("PEM");
            move || fingerprint(black_box(MESSAGE), &pem).expect("a fingerprint")
        }),
        Case::new("fixed parse attestation object", OURS, || {
            let object = documented_object();
            move || {
                let mut tolerated = Tolerated::new(Strictness::Interoperable);
                let object = AttestationObject::read(black_box(&object), &mut tolerated).expect("an object");
                let data =
                    object.parse_authenticator_data(false, &mut tolerated).expect("authenticator data");
                data.sign_count
            }
        }),
        Case::new("fixed verify assertion ES256", OURS, || {
            let key = keys::ec(Curve::P256).public_key();
            let text = assertion_text();
            move || {
                let expected = AssertionExpectation {
                    common: Expectation {
                        challenge: CHALLENGE,
                        credential_id: Some("cr-1"),
                        kind: None,
                        profile: None,
                        origin: Some(ORIGIN),
                        cross_origin: None,
                        padding: None,
                        low_s: false,
                        padded_base64url: Padding::Forbidden,
                    },
                    public_key: &key,
                    algorithm: None,
                };
                assertion::verify(Record::from_json(black_box(text.as_bytes())), &expected)
                    .expect("a valid assertion")
            }
        }),
        Case::new("fixed verify signature ES256", OURS, || {
            let key = keys::ec(Curve::P256).public_key();
            let signature = base64url::decode(SIGNATURE.as_bytes(), Padding::Forbidden).expect("base64url");
            move || {
                key.verify(black_box(MESSAGE), &signature, Scheme::default(), false)
                    .expect("a valid signature")
            }
        }),
        Case::new("fixed batch of 1000", OURS, || {
            let key = Arc::new(keys::ed25519());
            move || {
                let key = Arc::clone(&key);
                let mut batch =
                    Batch::new(None, 1000, move |()| key.sign(black_box(MESSAGE), Scheme::default()));
                (0..1000).for_each(|_| batch.push(()));
                batch.work();
                batch.results().filter(|(_, signature)| signature.is_ok()).count()
            }
        }),
    ]
}

fn documented_object() -> Vec<u8> {
    let text = DOCUMENTED.split("\"bytes\": \"").nth(1).and_then(|rest| rest.split('"').next());
    hex::decode(text.expect("the object")).expect("hexadecimal")
}

fn assertion_text() -> String {
    let client_data = base64url::encode(MESSAGE);
    format!(
        r#"{{"kind":"Key","credentialAssertion":{{"credId":"cr-1","clientData":"{client_data}","signature":"{SIGNATURE}"}}}}"#
    )
}
