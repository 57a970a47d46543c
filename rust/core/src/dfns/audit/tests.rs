#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::{AuditExpectation, AuditKind, VerifiedAudit, explain, verify};
use crate::crypto::{Hash, digest};
use crate::dfns::kind::CredentialKind;
use crate::error::{Code, Result};
use crate::format::base64url::{self, Padding};
use crate::format::record::Record;
use crate::key::signing::Scheme;
use crate::key::test_keys::{ED25519, P256, P384, RSA_2048, TestKey};
use crate::key::{PrivateKey, PublicKey};
use crate::report::Outcome;

const CHALLENGE: &str = "Y2hhbGxlbmdl";
const ORIGIN: &str = "https://app.example";

const ANY: AuditExpectation<'static> = AuditExpectation {
    public_key: None,
    challenge: None,
    origin: None,
    rp_id: None,
    credential_id: None,
    require_user_verification: false,
    algorithm: None,
    padding: None,
    low_s: false,
    padded_base64url: Padding::Forbidden,
    known: None,
};

const PINNED: AuditExpectation<'static> = AuditExpectation {
    challenge: Some(CHALLENGE),
    origin: Some(ORIGIN),
    rp_id: Some("app.example"),
    credential_id: Some("cr-1"),
    ..ANY
};

fn client_data(kind: &str, challenge: &str) -> String {
    format!(r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{ORIGIN}","crossOrigin":false}}"#)
}

fn authenticator_data(flags: u8) -> Vec<u8> {
    [&digest::sha256(b"app.example")[..], &[flags, 0, 0, 0, 7]].concat()
}

fn sign(key: &TestKey, message: &[u8], hash: Option<Hash>) -> Vec<u8> {
    let key = PrivateKey::from_pem(key.private.as_bytes(), None).unwrap();
    key.sign(message, Scheme { hash, padding: None }).unwrap()
}

fn entry(kind: &str, key: &TestKey, data: &str, authenticator: Option<&[u8]>, signature: &[u8]) -> String {
    let authenticator = authenticator
        .map(|bytes| format!(r#","authenticatorData":"{}""#, base64url::encode(bytes)))
        .unwrap_or_default();
    format!(
        r#"{{"id":"cr-1","kind":"{kind}","publicKey":"{}","assertion":{{"clientData":"{}","signature":"{}"{authenticator}}},"more":[1]}}"#,
        key.public.replace('\n', "\\n"),
        base64url::encode(data.as_bytes()),
        base64url::encode(signature),
    )
}

fn by_key(kind: &str, key: &TestKey) -> String {
    let data = client_data("key.get", CHALLENGE);
    entry(kind, key, &data, None, &sign(key, data.as_bytes(), None))
}

fn by_passkey(key: &TestKey, hash: Option<Hash>, flags: u8, challenge: &str) -> String {
    let data = client_data("webauthn.get", challenge);
    let authenticator = authenticator_data(flags);
    let signed = [&authenticator[..], &digest::sha256(data.as_bytes())].concat();
    entry("Fido2", key, &data, Some(&authenticator), &sign(key, &signed, hash))
}

fn judged(text: &str, expected: &AuditExpectation<'_>) -> Result<VerifiedAudit> {
    verify(Record::from_json(text.as_bytes()), expected)
}

fn code(text: &str, expected: &AuditExpectation<'_>) -> Option<Code> {
    judged(text, expected).err().map(|error| error.code())
}

#[test]
fn software_keys_sign_the_client_data() {
    for kind in ["Key", "PasswordProtectedKey", "RecoveryKey"] {
        for key in [P256, P384, ED25519, RSA_2048] {
            let text = by_key(kind, &key);
            for text in [
                text.clone(),
                format!(r#"{{"id":"log","firstFactorCredential":{text},"userActionToken":"t"}}"#),
            ] {
                let read = judged(&text, &PINNED).unwrap();
                assert_eq!(read.kind, AuditKind::Key(CredentialKind::from_name(kind).unwrap()));
                assert_eq!((read.credential_id.as_str(), read.authenticator_data), ("cr-1", None));
                assert_eq!(read.hash, if key.name == "Ed25519" { None } else { Some(Hash::Sha256) });
            }
        }
    }
    let ignored = by_key("Key", &P256).replace(r#""signature""#, r#""authenticatorData":null,"signature""#);
    assert_eq!(code(&ignored, &PINNED), None);
    let data = client_data("key.get", CHALLENGE);
    let sha512 = entry("Key", &P256, &data, None, &sign(&P256, data.as_bytes(), Some(Hash::Sha512)));
    assert_eq!(code(&sha512, &PINNED), Some(Code::SignatureInvalid));
    let named = AuditExpectation { algorithm: Some("SHA512"), ..PINNED };
    assert_eq!(judged(&sha512, &named).unwrap().hash, Some(Hash::Sha512));
}

#[test]
fn passkeys_sign_authenticator_data_and_the_hash_of_the_client_data() {
    for (key, hash) in [
        (P256, Some(Hash::Sha256)),
        (P384, Some(Hash::Sha384)),
        (ED25519, None),
        (RSA_2048, Some(Hash::Sha256)),
    ] {
        for challenge in [CHALLENGE.to_owned(), base64url::encode(CHALLENGE.as_bytes())] {
            let read = judged(&by_passkey(&key, hash, 5, &challenge), &PINNED).unwrap();
            assert_eq!((read.kind, read.hash), (AuditKind::Fido2, hash));
            assert_eq!(read.authenticator_data, Some(authenticator_data(5)));
        }
    }
    let verified = AuditExpectation { require_user_verification: true, ..PINNED };
    let passkey = |flags| by_passkey(&P256, None, flags, CHALLENGE);
    assert_eq!(code(&passkey(1), &PINNED), None);
    assert_eq!(code(&passkey(1), &verified), Some(Code::AuthenticatorDataUserVerification));
    assert_eq!(code(&passkey(4), &PINNED), Some(Code::AuthenticatorDataUserPresence));
    assert_eq!(code(&passkey(0x15), &PINNED), Some(Code::AuthenticatorDataBackupState));
    assert_eq!(code(&passkey(0x1d), &PINNED), None);
    let elsewhere = AuditExpectation { rp_id: Some("example"), ..PINNED };
    assert_eq!(code(&passkey(5), &elsewhere), Some(Code::AuthenticatorDataRpIdMismatch));
    assert_eq!(code(&by_key("Key", &P256), &AuditExpectation { rp_id: Some("example"), ..verified }), None);
}

#[test]
fn each_thing_that_is_not_as_expected_has_its_code() {
    let text = by_key("Key", &P256);
    let other = PublicKey::from_pem(P384.public.as_bytes()).unwrap();
    for (expected, code_due) in [
        (AuditExpectation { public_key: Some(&other), ..ANY }, Code::AttestationPublicKeyMismatch),
        (AuditExpectation { challenge: Some("other"), ..ANY }, Code::ClientDataChallengeMismatch),
        (AuditExpectation { origin: Some("https://other"), ..ANY }, Code::ClientDataOriginMismatch),
        (AuditExpectation { credential_id: Some("cr-2"), ..ANY }, Code::AssertionIdMismatch),
        (AuditExpectation { algorithm: Some("RSA-SHA256"), ..ANY }, Code::AlgorithmMismatch),
        (AuditExpectation { algorithm: Some("MD5"), ..ANY }, Code::AlgorithmUnknown),
        (AuditExpectation { challenge: Some(""), ..ANY }, Code::ArgumentValue),
        (AuditExpectation { origin: Some(""), ..ANY }, Code::ClientDataOriginMismatch),
        (AuditExpectation { rp_id: Some(""), ..ANY }, Code::ArgumentValue),
        (AuditExpectation { credential_id: Some(""), ..ANY }, Code::ArgumentValue),
    ] {
        assert_eq!(code(&text, &expected), Some(code_due));
    }
    let own = PublicKey::from_pem(P256.public.as_bytes()).unwrap();
    assert_eq!(code(&text, &AuditExpectation { public_key: Some(&own), ..PINNED }), None);
    let encoded = client_data("key.get", &base64url::encode(CHALLENGE.as_bytes()));
    let twice = entry("Key", &P256, &encoded, None, &sign(&P256, encoded.as_bytes(), None));
    assert_eq!(code(&twice, &PINNED), Some(Code::ClientDataChallengeMismatch));
    for (kind, wrong) in [("Key", "webauthn.get"), ("Key", "key.create"), ("Key", "key.get ")] {
        let data = client_data(wrong, CHALLENGE);
        let text = entry(kind, &P256, &data, None, &sign(&P256, data.as_bytes(), None));
        assert_eq!(code(&text, &PINNED), Some(Code::ClientDataTypeMismatch));
    }
}

#[test]
fn the_kinds_are_not_taken_for_one_another() {
    let passkey = by_passkey(&P256, None, 5, CHALLENGE);
    assert_eq!(code(&passkey.replace("Fido2", "Key"), &ANY), Some(Code::ClientDataTypeMismatch));
    assert_eq!(
        code(&by_key("Key", &P256).replace("\"Key\"", "\"Fido2\""), &ANY),
        Some(Code::AssertionMissing)
    );
    let data = client_data("key.get", CHALLENGE);
    let authenticator = authenticator_data(5);
    let mixed = entry("Fido2", &P256, &data, Some(&authenticator), &sign(&P256, data.as_bytes(), None));
    assert_eq!(code(&mixed, &ANY), Some(Code::ClientDataTypeMismatch));
    for kind in ["Totp", "fido2", "key"] {
        assert_eq!(code(&by_key(kind, &P256), &ANY), Some(Code::AssertionKindMismatch), "{kind}");
    }
}

#[test]
fn members_are_there_and_of_their_type() {
    let text = by_key("Key", &P256);
    for (from, to, due) in [
        ("\"id\"", "\"i\"", Code::AssertionMissing),
        ("\"kind\"", "\"k\"", Code::AssertionMissing),
        ("\"publicKey\"", "\"p\"", Code::AssertionMissing),
        ("\"assertion\"", "\"a\"", Code::AssertionMissing),
        ("\"clientData\"", "\"c\"", Code::AssertionMissing),
        ("\"signature\"", "\"s\"", Code::AssertionMissing),
        ("\"cr-1\"", "1", Code::AssertionType),
        ("\"cr-1\"", "\"\"", Code::AssertionValue),
        ("\"Key\"", "null", Code::AssertionType),
        ("\"more\":[1]", "\"id\":\"cr-1\"", Code::JsonDuplicate),
        ("-----BEGIN", "-----BEGI", Code::PemMissing),
        ("\"signature\":\"", "\"signature\":\"*", Code::Base64UrlAlphabet),
    ] {
        assert_eq!(code(&text.replacen(from, to, 1), &ANY), Some(due), "{from} {to}");
    }
    let long = text.replace("cr-1", &"x".repeat(1025));
    assert_eq!(code(&long, &ANY), Some(Code::LimitSize));
    assert_eq!(code(r#"{"firstFactorCredential":[]}"#, &ANY), Some(Code::AssertionType));
    assert_eq!(code("[]", &ANY), Some(Code::JsonShape));
    let passkey = by_passkey(&P256, None, 5, CHALLENGE);
    let cut = passkey.replace(&base64url::encode(&authenticator_data(5)), "AAAA");
    assert_eq!(code(&cut, &ANY), Some(Code::AuthenticatorDataTruncated));
}

#[test]
fn a_report_has_every_step_and_goes_on() {
    let text = by_passkey(&P256, None, 4, "other").replace("cr-1", "cr-2");
    let (report, verified) = explain(Record::from_json(text.as_bytes()), &PINNED).unwrap();
    let steps: Vec<_> =
        report.checks.iter().map(|check| (check.step, check.outcome == Outcome::Passed)).collect();
    assert_eq!(
        steps,
        [
            ("shape", true),
            ("kind", true),
            ("credential_id", false),
            ("public_key", true),
            ("client_data", true),
            ("type", true),
            ("challenge", false),
            ("origin", true),
            ("authenticator_data", true),
            ("rp_id", true),
            ("user_presence", false),
            ("user_verification", true),
            ("backup_flags", true),
            ("signature", true),
        ]
    );
    assert!(verified.is_none());
}
