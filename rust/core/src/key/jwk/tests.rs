//! Rows KY39 to KY41 of the catalogue of bad inputs, and what is written reads back.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::{Jwk, JwkValue, encode, write};
use crate::error::Code;
use crate::format::base64url;
use crate::key::test_keys::{ALL, ED448, ED25519, P256, P521, RSA_2048, TestKey, code};
use crate::key::{PrivateKey, PublicKey, pkcs8};

type Members = Vec<(String, String)>;

fn private_text(key: &TestKey) -> String {
    let key = PrivateKey::from_pem(key.private.as_bytes(), None).unwrap();
    String::from_utf8(encode(&key).unwrap().expose().to_vec()).unwrap()
}

fn members(key: &TestKey) -> Members {
    let text = private_text(key);
    let read = Jwk::from_json(text.as_bytes()).unwrap();
    let value = |value: &JwkValue<'_>| match value {
        JwkValue::Text(text) => format!("\"{text}\""),
        _ => String::new(),
    };
    read.members.iter().map(|(name, text)| (name.to_string(), value(text))).collect()
}

/// The JWK of a key with members changed, added (raw JSON) or, where the value is empty, taken out.
fn changed(key: &TestKey, changes: &[(&str, &str)]) -> String {
    let mut all = members(key);
    for (name, value) in changes {
        all.retain(|(found, _)| found != name);
        if !value.is_empty() {
            all.push(((*name).to_owned(), (*value).to_owned()));
        }
    }
    let all: Vec<_> = all.iter().map(|(name, value)| format!("\"{name}\": {value}")).collect();
    format!("{{{}}}", all.join(", "))
}

fn private(text: &str) -> Result<PrivateKey, crate::error::Error> {
    Jwk::from_json(text.as_bytes()).and_then(|jwk| PrivateKey::from_jwk(&jwk))
}

fn public(text: &str) -> Result<PublicKey, crate::error::Error> {
    Jwk::from_json(text.as_bytes()).and_then(|jwk| PublicKey::from_jwk(&jwk))
}

fn with(key: &TestKey, changes: &[(&str, &str)]) -> Option<Code> {
    code(private(&changed(key, changes)))
}

fn public_with(key: &TestKey, changes: &[(&str, &str)]) -> Option<Code> {
    code(public(&changed(key, &[&[("d", "")], changes].concat())))
}

fn text(bytes: &[u8]) -> String {
    format!("\"{}\"", base64url::encode(bytes))
}

#[test]
fn every_kind_reads_and_is_written_again() {
    for key in ALL {
        let written = private_text(&key);
        let read = private(&written).unwrap();
        assert_eq!(pkcs8::encode(&read).expose(), key.private_der(), "{}", key.name);
        assert_eq!(encode(&read).unwrap().expose(), written.as_bytes());
        let buffer = write(&read).unwrap();
        assert_eq!(buffer.capacity(), buffer.len());
        let all = read.public_key().to_jwk();
        let all: Vec<_> = all.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect();
        assert_eq!(public(&format!("{{{}}}", all.join(","))).unwrap(), read.public_key());
    }
    let ed25519 = private_text(&ED25519);
    assert!(ed25519.starts_with("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\""), "{ed25519}");
    let rsa = private_text(&RSA_2048);
    let names: Vec<_> = members(&RSA_2048).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["kty", "n", "e", "d", "p", "q", "dp", "dq", "qi"], "{rsa}");
}

#[test]
fn key_types_and_curves() {
    for (changes, expected) in [
        (&[("kty", "")][..], Code::JwkMissing),
        (&[("kty", "1")], Code::JwkType),
        (&[("kty", "null")], Code::JwkType),
        (&[("kty", "\"oct\"")], Code::AlgorithmKeyType),
        (&[("kty", "\"ec\"")], Code::AlgorithmKeyType),
        (&[("crv", "")], Code::JwkMissing),
        (&[("crv", "[]")], Code::JwkType),
        (&[("crv", "\"P-192\"")], Code::AlgorithmCurve),
        (&[("crv", "\"Ed25519\"")], Code::AlgorithmCurve),
        (&[("kty", "\"OKP\"")], Code::AlgorithmCurve),
        (&[("kty", "\"OKP\""), ("crv", "\"X25519\"")], Code::AlgorithmCurve),
        (&[("crv", "\"secp256k1\"")], Code::KeyPoint),
        (&[("crv", "\"P-384\"")], Code::KeyLength),
    ] {
        assert_eq!(with(&P256, changes), Some(expected), "{changes:?}");
        assert_eq!(public_with(&P256, changes), Some(expected), "{changes:?}");
    }
}

#[test]
fn ky16_private_where_public_is_wanted_and_the_reverse() {
    for key in ALL {
        assert_eq!(code(public(&private_text(&key))), Some(Code::KeyNotPublic));
        assert_eq!(with(&key, &[("d", "")]), Some(Code::KeyNotPrivate));
        assert_eq!(public_with(&key, &[]), None);
    }
    assert_eq!(code(public(&changed(&P256, &[("d", "null")]))), Some(Code::KeyNotPublic));
}

#[test]
fn ky39_ky41_members() {
    for (key, name) in [(P256, "x"), (P256, "y"), (P256, "d"), (ED25519, "x"), (ED448, "d"), (RSA_2048, "n")]
    {
        if name != "d" {
            assert_eq!(with(&key, &[(name, "")]), Some(Code::JwkMissing), "{name}");
        }
        assert_eq!(with(&key, &[(name, "12")]), Some(Code::JwkType), "{name}");
        assert_eq!(with(&key, &[(name, "\"AA==\"")]), Some(Code::Base64UrlPadding), "{name}");
        assert_eq!(with(&key, &[(name, "\"A+A\"")]), Some(Code::Base64UrlAlphabet), "{name}");
        assert_eq!(with(&key, &[(name, "\"A\"")]), Some(Code::Base64UrlLength), "{name}");
        assert_eq!(with(&key, &[(name, "\"AB\"")]), Some(Code::Base64UrlTrailingBits), "{name}");
    }
    let error = private(&changed(&P256, &[("y", "\"A+A\"")])).unwrap_err();
    assert_eq!((error.field(), error.offset()), (Some("y"), Some(1)));
    for name in ["n", "e", "d", "p", "q", "dp", "dq", "qi"] {
        let expected = if name == "d" { Code::KeyNotPrivate } else { Code::JwkMissing };
        assert_eq!(with(&RSA_2048, &[(name, "")]), Some(expected), "{name}");
        assert_eq!(with(&RSA_2048, &[(name, "true")]), Some(Code::JwkType), "{name}");
    }
}

#[test]
fn numbers_have_their_exact_length() {
    for (key, length) in [(P256, 32), (P521, 66)] {
        for name in ["x", "y", "d"] {
            for wrong in [0, length - 1, length + 1] {
                let value = text(&vec![1; wrong]);
                assert_eq!(with(&key, &[(name, &value)]), Some(Code::KeyLength), "{name} {wrong}");
            }
        }
    }
    for (key, length) in [(ED25519, 32), (ED448, 57)] {
        for name in ["x", "d"] {
            for wrong in [0, length - 1, length + 1] {
                let value = text(&vec![1; wrong]);
                assert_eq!(with(&key, &[(name, &value)]), Some(Code::KeyLength), "{name} {wrong}");
            }
        }
    }
}

#[test]
fn ky22_halves_must_agree() {
    assert_eq!(with(&P256, &[("d", &text(&[1; 32]))]), Some(Code::KeyMismatch));
    assert_eq!(with(&P256, &[("d", &text(&[0; 32]))]), Some(Code::KeyScalar));
    assert_eq!(with(&P256, &[("d", &text(&[0xff; 32]))]), Some(Code::KeyScalar));
    assert_eq!(with(&P256, &[("y", &text(&[1; 32]))]), Some(Code::KeyPoint));
    assert_eq!(with(&ED25519, &[("d", &text(&[1; 32]))]), Some(Code::KeyMismatch));
    assert_eq!(with(&ED448, &[("d", &text(&[1; 57]))]), Some(Code::KeyMismatch));
    let small_order = text(&[&[1][..], &[0; 31]].concat());
    assert_eq!(with(&ED25519, &[("x", &small_order)]), Some(Code::KeySmallOrder));
}

#[test]
fn rsa_numbers() {
    assert_eq!(with(&RSA_2048, &[("oth", "[]")]), Some(Code::AlgorithmMultiPrime));
    assert_eq!(public_with(&RSA_2048, &[("oth", "[]")]), Some(Code::AlgorithmMultiPrime));
    assert_eq!(with(&RSA_2048, &[("e", "\"AAEAAQ\"")]), Some(Code::JwkValue));
    assert_eq!(with(&RSA_2048, &[("n", "\"AA\"")]), Some(Code::JwkValue));
    assert_eq!(with(&RSA_2048, &[("n", "\"\"")]), Some(Code::KeyRsaModulus));
    assert_eq!(with(&RSA_2048, &[("e", "\"Aw\"")]), Some(Code::KeyRsaPrivate));
    assert_eq!(with(&RSA_2048, &[("d", "\"\"")]), Some(Code::KeyRsaPrivate));
    let all = members(&RSA_2048);
    let value = |name| all.iter().find(|(found, _)| found == name).unwrap().1.trim_matches('"').to_owned();
    let decoded = base64url::decode(value("dp").as_bytes(), base64url::Padding::Forbidden).unwrap();
    assert_eq!(with(&RSA_2048, &[("dp", &text(&[&[0, 0][..], &decoded].concat()))]), None);
}

#[test]
fn ky39_what_the_key_is_for() {
    let algorithms =
        "ES256 ES384 ES512 ES256K EdDSA Ed25519 Ed448 RS256 RS384 RS512 PS256 PS384 PS512 RSA-OAEP HS256";
    for (key, fitting) in [
        (P256, "ES256"),
        (P521, "ES512"),
        (ED25519, "EdDSA Ed25519"),
        (ED448, "EdDSA Ed448"),
        (RSA_2048, "RS256 RS384 RS512 PS256 PS384 PS512"),
    ] {
        for alg in algorithms.split(' ') {
            let expected = fitting.split(' ').all(|fit| fit != alg).then_some(Code::KeyMismatch);
            let value = format!("\"{alg}\"");
            assert_eq!(with(&key, &[("alg", &value)]), expected, "{alg} for {}", key.name);
            assert_eq!(public_with(&key, &[("alg", &value)]), expected, "{alg} for {}", key.name);
        }
    }
    for (name, value, private, public) in [
        ("alg", "1", Some(Code::JwkType), Some(Code::JwkType)),
        ("use", "\"sig\"", None, None),
        ("use", "\"enc\"", Some(Code::JwkValue), Some(Code::JwkValue)),
        ("use", "null", Some(Code::JwkType), Some(Code::JwkType)),
        ("key_ops", "[\"sign\"]", None, Some(Code::JwkValue)),
        ("key_ops", "[\"verify\"]", Some(Code::JwkValue), None),
        ("key_ops", "[\"verify\", \"sign\"]", None, None),
        ("key_ops", "[]", Some(Code::JwkValue), Some(Code::JwkValue)),
        ("key_ops", "\"sign\"", Some(Code::JwkType), Some(Code::JwkType)),
        ("key_ops", "[\"sign\", 1]", Some(Code::JwkType), Some(Code::JwkType)),
        ("key_ops", "null", Some(Code::JwkType), Some(Code::JwkType)),
        ("kid", "5", None, None),
    ] {
        assert_eq!(with(&P256, &[(name, value)]), private, "{name} {value}");
        assert_eq!(public_with(&P256, &[(name, value)]), public, "{name} {value}");
    }
}

#[test]
fn json_text_is_read_strictly() {
    let twice = private_text(&P256).replace("{\"kty\"", "{\"kty\":\"EC\",\"k\\u0074y\"");
    assert_eq!(code(private(&twice)), Some(Code::JsonDuplicate));
    assert_eq!(code(private("[]")), Some(Code::JsonShape));
    let escaped = private_text(&ED25519).replace("\"Ed25519\"", "\"\\u0045d25519\"");
    assert_eq!(code(private(&escaped)), None);
}

#[test]
fn ml_dsa_keys_name_their_parameters_and_read_back() {
    for (name, length) in [("ML-DSA-44", 1312), ("ML-DSA-65", 1952), ("ML-DSA-87", 2592)] {
        let with = |changes: &[(&str, &str)]| {
            let bytes = text(&vec![3; length]);
            let alg = format!("\"{name}\"");
            let mut all = vec![("kty", "\"AKP\""), ("alg", alg.as_str()), ("pub", bytes.as_str())];
            all.retain(|(found, _)| changes.iter().all(|(name, _)| name != found));
            all.extend(changes.iter().filter(|(_, value)| !value.is_empty()));
            let all: Vec<_> = all.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
            public(&format!("{{{}}}", all.join(",")))
        };
        let key = with(&[]).unwrap();
        assert_eq!((key.algorithm().name(), key.curve(), key.bits()), (name, None, length * 8));
        let names: Vec<_> = key.to_jwk().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["kty", "alg", "pub"]);
        let der = key.to_der(crate::key::public_key::PublicFormat::Spki).unwrap();
        assert_eq!(PublicKey::from_der(&der).unwrap(), key);
        for (changes, expected) in [
            (&[("alg", "")][..], Code::JwkMissing),
            (&[("alg", "1")], Code::JwkType),
            (&[("alg", "\"ML-DSA-128\"")], Code::AlgorithmUnknown),
            (&[("pub", "")], Code::JwkMissing),
            (&[("pub", "\"AA\"")], Code::KeyLength),
            (&[("priv", "\"AA\"")], Code::KeyNotPublic),
            (&[("use", "\"enc\"")], Code::JwkValue),
            (&[("key_ops", "[\"sign\"]")], Code::JwkValue),
        ] {
            assert_eq!(code(with(changes)), Some(expected), "{changes:?}");
        }
    }
}
