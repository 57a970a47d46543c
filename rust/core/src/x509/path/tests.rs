//! Rows of the catalogue of bad inputs about paths: XC01 to XC03, XC05 to XC18, XC29 to XC31, XC36, XC38, XC40 to
//! XC43.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use std::sync::LazyLock;

use super::{Path, PathPolicy, validate};
use crate::crypto::Hash;
use crate::crypto::rsa::Padding;
use crate::error::{Code, Error};
use crate::format::tolerance::Tolerated;
use crate::key::PublicKey;
use crate::key::signing::Scheme;
use crate::key::test_keys::{ED448, ED25519, P256, P384, P521, RSA_2048, SECP256K1, TestKey};
use crate::x509::findings::Findings;
use crate::x509::test_certificates::{ECDSA_SHA256, Made, identifier, name, sequence, tlv};
use crate::x509::{Anchors, Certificate};

/// The first second of 2025.
const AT: i64 = 1_735_689_600;

static FINDINGS: LazyLock<Findings> = LazyLock::new(Findings::default);

const SHA256: Scheme = Scheme { hash: Some(Hash::Sha256), padding: None };

fn anchors(anchors: &[&Made]) -> Anchors {
    let mut set = Anchors::new();
    anchors.iter().for_each(|anchor| set.add_certificate(&anchor.der()).unwrap());
    set
}

fn search(certificates: &[&Made], anchors: &Anchors, at: i64, policy: PathPolicy<'_>) -> Result<Path, Error> {
    let encoded: Vec<_> = certificates.iter().map(|made| made.der()).collect();
    let mut tolerated = Tolerated::default();
    let read = encoded.iter().map(|der| Certificate::parse(der, &mut tolerated, "certificate").unwrap());
    let read: Vec<_> = read.collect();
    let alone = validate(&read, anchors, at, policy);
    // What any of these tests found out before changes nothing.
    let known = Some(&*FINDINGS);
    for _ in 0..2 {
        assert_eq!(validate(&read, anchors, at, PathPolicy { known, ..policy }), alone);
    }
    alone
}

fn found(certificates: &[&Made], trust: &[&Made]) -> Result<Vec<usize>, Code> {
    let result = search(certificates, &anchors(trust), AT, PathPolicy::default());
    result.map(|path| path.chain).map_err(|error| error.code())
}

fn refusal(certificates: &[&Made], trust: &[&Made]) -> Option<Code> {
    found(certificates, trust).err()
}

/// The root has P-256, the intermediate P-384, the leaf P-521.
fn root() -> Made {
    Made::root("root")
}

fn intermediate() -> Made {
    Made::authority("intermediate", "root").of(&P384)
}

fn leaf() -> Made {
    below("leaf", "intermediate").of(&P521)
}

/// A certificate signed with P-384.
fn below(subject: &str, issuer: &str) -> Made {
    Made::new(subject, issuer).signed_by(P384, SHA256, &identifier(ECDSA_SHA256, &[]))
}

#[test]
fn a_leaf_leads_to_its_anchor_whatever_the_order() {
    let (root, intermediate, leaf) = (root(), intermediate(), leaf());
    assert_eq!(found(&[&leaf, &intermediate], &[&root]), Ok(vec![0, 1]));
    assert_eq!(found(&[&leaf, &root, &intermediate], &[&root]), Ok(vec![0, 2, 1]));
    assert_eq!(found(&[&leaf], &[&intermediate]), Ok(vec![0]));
    assert_eq!(found(&[&leaf, &intermediate], &[&intermediate]), Ok(vec![0, 1]));
    let path = search(&[&leaf, &intermediate], &anchors(&[&leaf_like(), &root]), AT, PathPolicy::default());
    assert_eq!(path.unwrap(), Path { chain: vec![0, 1], anchor: 1, signature_checks: 2 });
    assert_eq!(refusal(&[&leaf, &root], &[&root]), Some(Code::TrustNoPath));
    assert_eq!(refusal(&[&leaf, &intermediate], &[]), Some(Code::TrustNoPath));
    let mut key = Anchors::new();
    key.add_key(&name("root"), PublicKey::from_pem(P256.public.as_bytes()).unwrap()).unwrap();
    let path = search(&[&leaf, &intermediate], &key, AT, PathPolicy::default());
    assert_eq!(path.unwrap().chain, [0, 1]);
}

fn leaf_like() -> Made {
    Made::root("somebody else")
}

#[test]
fn xc01_xc02_xc05_every_certificate_below_the_anchor_is_valid_at_that_time() {
    for (from, to, expected) in [
        (20, 40, None),
        (25, 25, None),
        (20, 24, Some(Code::TrustValidity)),
        (26, 40, Some(Code::TrustValidity)),
        (30, 20, Some(Code::TrustValidity)),
    ] {
        assert_eq!(refusal(&[&leaf().years(from, to), &intermediate()], &[&root()]), expected);
        assert_eq!(refusal(&[&leaf(), &intermediate().years(from, to)], &[&root()]), expected);
    }
}

#[test]
fn xc03_xc12_xc16_an_anchor_is_trusted_whatever_it_says() {
    let md5 = identifier(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x04], &[5, 0]);
    let mut odd =
        root().years(1, 2).basic_constraints(&[]).with(0x63, true, &[]).with(0x0f, true, &[3, 2, 7, 0x80]);
    odd.algorithms = [md5.clone(), md5];
    assert_eq!(found(&[&leaf(), &intermediate()], &[&odd]), Ok(vec![0, 1]));
}

#[test]
fn xc06_path_lengths_count_the_intermediates_below() {
    let lower = below("lower", "intermediate").of(&P384).basic_constraints(&[1, 1, 0xff]);
    let leaf = below("leaf", "lower").of(&P521);
    let limited = |most: u8| intermediate().basic_constraints(&[1, 1, 0xff, 2, 1, most]);
    assert_eq!(refusal(&[&leaf, &lower, &limited(1)], &[&root()]), None);
    assert_eq!(refusal(&[&leaf, &lower, &limited(0)], &[&root()]), Some(Code::TrustPathLength));
    assert_eq!(refusal(&[&self::leaf(), &limited(0)], &[&root()]), None);
    // One that issues to itself is not counted (RFC 5280 section 4.2.1.9).
    let again = below("intermediate", "intermediate").of(&P384).basic_constraints(&[1, 1, 0xff]);
    assert_eq!(refusal(&[&self::leaf(), &again, &limited(0)], &[&root()]), None);
}

#[test]
fn xc07_xc08_an_issuer_is_an_authority_of_version_3() {
    for constraints in [&[][..], &[2, 1, 5]] {
        let not_ca = intermediate().basic_constraints(constraints);
        assert_eq!(refusal(&[&leaf(), &not_ca], &[&root()]), Some(Code::TrustNotCa));
    }
    let mut silent = intermediate();
    silent.extensions.clear();
    assert_eq!(refusal(&[&leaf(), &silent], &[&root()]), Some(Code::TrustNotCa));
    silent.version = None;
    assert_eq!(refusal(&[&leaf(), &silent], &[&root()]), Some(Code::TrustNotCa));
    assert_eq!(refusal(&[&silent], &[&root()]), None);
}

#[test]
fn xc09_an_issuer_may_sign_certificates() {
    let with = |usage: &[u8]| refusal(&[&leaf(), &intermediate().with(0x0f, true, usage)], &[&root()]);
    assert_eq!(with(&[3, 2, 2, 0x04]), None);
    assert_eq!(with(&[3, 2, 1, 0x86]), None);
    assert_eq!(with(&[3, 2, 1, 0x82]), Some(Code::TrustKeyUsage));
}

#[test]
fn xc10_names_must_meet() {
    let renamed = Made::authority("another", "root").of(&P384);
    assert_eq!(refusal(&[&leaf(), &renamed], &[&root()]), Some(Code::TrustName));
    assert_eq!(refusal(&[&leaf(), &intermediate()], &[&Made::root("another")]), Some(Code::TrustName));
    let stranger = Made::root("another").of(&P521);
    assert_eq!(refusal(&[&leaf(), &intermediate()], &[&stranger]), Some(Code::TrustNoPath));
}

fn rsa(last: u8, parameters: &[u8]) -> Vec<u8> {
    identifier(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, last], parameters)
}

fn rsa_root() -> Made {
    root().of(&RSA_2048)
}

#[test]
fn xc12_broken_hashes() {
    let leaf = Made::new("leaf", "root");
    for last in [2, 3, 4, 5] {
        let mut weak = leaf.clone();
        weak.algorithms = [rsa(last, &[5, 0]), rsa(last, &[5, 0])];
        assert_eq!(refusal(&[&weak], &[&rsa_root()]), Some(Code::TrustWeakHash));
        let allowed = PathPolicy { allow_sha1: true, critical: &[], known: None };
        let error = search(&[&weak], &anchors(&[&rsa_root()]), AT, allowed).unwrap_err();
        assert_eq!(error.code(), if last == 5 { Code::TrustSignature } else { Code::TrustWeakHash });
    }
    let ecdsa = identifier(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01], &[]);
    let mut weak = leaf;
    weak.algorithms = [ecdsa.clone(), ecdsa];
    assert_eq!(refusal(&[&weak], &[&root()]), Some(Code::TrustWeakHash));
}

/// A certificate signed with SHA-1, which this crate does not do: made with OpenSSL by the keys of the tests.
const SHA1_LEAF: &str = "\
    308201cb3081b4a003020102020101300d06092a864886f70d0101050500300f310d300b06035504030c04726f6f74301e17\
    0d3230303130313030303030305a170d3430303130313030303030305a300f310d300b06035504030c046c65616630593013\
    06072a8648ce3d020106082a8648ce3d030107034200048ff2eed154924f52e19ced7bcbaf97813aef19cde8a4110d67acae\
    d0f89e3c09b60091fc8d2ab14ff083e461f5305220c371d1313da7ba6aebc8ef0261bce0ac300d06092a864886f70d010105\
    05000382010100643d3e387cf6bab619efeec42ea9e420e69877003ec1e8067a004761742472d8de1273cc14212b0d38ee5e\
    37d43068d927a3c5aef7d983d6aed42bff27c5e7dffb0b03635acf10d5af60cd30b2bbe10974a43a428f4163806c1c6fde55\
    ba134904a8af2f231846406bb6b2646409387ca8e368cce3f61cc71ffc44ee7779dd7aa6f7f9860541d79ca170d70a09cd4f\
    30a88962e5e2a6a34907cb6aaf55e76d4ff8613fedf352befccd839795a9cff544ea86597e1b360ddc4c8550d52921d870a5\
    4f43d488b3d5e80875b2caff21452d214b3e88b93d895582d3128e85dfe47790720d27cafdaf9221cefe159d7c6097c32fcd\
    2166240d4006daf2746c6f77e0";

#[test]
fn xc12_sha1_is_for_callers_who_ask_for_it() {
    let der = hex::decode(SHA1_LEAF).unwrap();
    let read = [Certificate::parse(&der, &mut Tolerated::default(), "certificate").unwrap()];
    let trust = anchors(&[&rsa_root()]);
    let with =
        |allow_sha1| validate(&read, &trust, AT, PathPolicy { allow_sha1, critical: &[], known: None });
    assert_eq!(with(false).unwrap_err().code(), Code::TrustWeakHash);
    assert_eq!(with(true).unwrap().chain, [0]);
}

#[test]
fn xc13_xc26_algorithms_and_their_parameters() {
    let under = |key: TestKey, scheme: Scheme, algorithm: &[u8]| {
        let leaf = Made::new("leaf", "root").signed_by(key, scheme, algorithm);
        refusal(&[&leaf], &[&root().of(&key)])
    };
    let hash = |hash| Scheme { hash: Some(hash), padding: None };
    let ecdsa =
        |last, parameters: &[u8]| identifier(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, last], parameters);
    let refused = Some(Code::TrustSignature);
    for key in [P256, P384, P521] {
        for (last, made) in [(2, Hash::Sha256), (3, Hash::Sha384), (4, Hash::Sha512)] {
            assert_eq!(under(key, hash(made), &ecdsa(last, &[])), None);
            assert_eq!(under(key, hash(made), &ecdsa(last, &[5, 0])), refused);
        }
        assert_eq!(under(key, SHA256, &ecdsa(1, &[])), refused);
        assert_eq!(under(key, SHA256, &ecdsa(3, &[])), refused);
    }
    assert_eq!(under(SECP256K1, SHA256, &ecdsa(2, &[])), refused);
    for (last, made) in [(11, Hash::Sha256), (12, Hash::Sha384), (13, Hash::Sha512)] {
        assert_eq!(under(RSA_2048, hash(made), &rsa(last, &[5, 0])), None);
        assert_eq!(under(RSA_2048, hash(made), &rsa(last, &[])), None);
        assert_eq!(under(RSA_2048, hash(made), &rsa(last, &[4, 0])), refused);
    }
    assert_eq!(under(RSA_2048, SHA256, &rsa(14, &[5, 0])), refused);
    assert_eq!(under(RSA_2048, SHA256, &ecdsa(2, &[])), refused);
    for (key, last) in [(ED25519, 0x70), (ED448, 0x71)] {
        assert_eq!(under(key, Scheme::default(), &identifier(&[0x2b, 0x65, last], &[])), None);
        assert_eq!(under(key, Scheme::default(), &identifier(&[0x2b, 0x65, last], &[5, 0])), refused);
        assert_eq!(under(key, Scheme::default(), &identifier(&[0x2b, 0x65, last ^ 1], &[])), refused);
    }
    assert_eq!(under(P256, SHA256, &identifier(&[0x2a, 3], &[])), refused);
}

#[test]
fn xc26_parameters_of_pss() {
    let sha2 = |last: u8| identifier(&[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, last], &[5, 0]);
    let parameters = |hash: u8, mask: u8, salt: u8| {
        let mgf1 = identifier(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08], &sha2(mask));
        sequence(&[&tlv(0xa0, &sha2(hash)), &tlv(0xa1, &mgf1), &tlv(0xa2, &[2, 1, salt])])
    };
    let under = |made: Hash, parameters: &[u8]| {
        let scheme = Scheme { hash: Some(made), padding: Some(Padding::Pss) };
        let leaf = Made::new("leaf", "root").signed_by(RSA_2048, scheme, &rsa(10, parameters));
        refusal(&[&leaf], &[&rsa_root()])
    };
    for (made, last, salt) in [(Hash::Sha256, 1, 32), (Hash::Sha384, 2, 48), (Hash::Sha512, 3, 64)] {
        assert_eq!(under(made, &parameters(last, last, salt)), None);
        for wrong in
            [parameters(last, 4 - last, salt - 1), parameters(last, last, 20), parameters(last, 9, salt)]
        {
            assert_eq!(under(made, &wrong), Some(Code::TrustSignature));
        }
    }
    assert_eq!(under(Hash::Sha256, &sequence(&[])), Some(Code::TrustWeakHash));
    assert_eq!(under(Hash::Sha256, &[]), Some(Code::TrustSignature));
    let trailer = [parameters(1, 1, 32), tlv(0xa3, &[2, 1, 1])];
    let trailer = sequence(&[&trailer[0][2..], &trailer[1]]);
    assert_eq!(under(Hash::Sha256, &trailer), Some(Code::TrustSignature));
}

#[test]
fn xc14_name_constraints_are_refused() {
    for critical in [true, false] {
        let constrained = intermediate().with(0x1e, critical, &[0x30, 0]);
        assert_eq!(refusal(&[&leaf(), &constrained], &[&root()]), Some(Code::TrustNameConstraints));
    }
}

#[test]
fn xc15_xc17_xc18_critical_extensions_are_understood() {
    let refused = Some(Code::TrustCriticalExtension);
    // policyConstraints, inhibitAnyPolicy, one unknown, nameConstraints in a leaf
    for last in [0x24, 0x36, 0x63] {
        assert_eq!(refusal(&[&leaf().with(last, true, &[]), &intermediate()], &[&root()]), refused);
        assert_eq!(refusal(&[&leaf(), &intermediate().with(last, true, &[])], &[&root()]), refused);
        assert_eq!(refusal(&[&leaf().with(last, false, &[]), &intermediate()], &[&root()]), None);
    }
    assert_eq!(refusal(&[&leaf().with(0x1e, true, &[]), &intermediate()], &[&root()]), refused);
    let mut tpm = leaf().with(0x11, true, &sequence(&[&tlv(0xa4, &name("tpm"))]));
    tpm = tpm.with(0x20, true, &sequence(&[&sequence(&[&[6, 1, 0x2a]])]));
    tpm = tpm.with(0x25, true, &sequence(&[&[6, 5, 0x67, 0x81, 0x05, 0x08, 0x03]]));
    tpm.subject = vec![0x30, 0];
    assert_eq!(refusal(&[&tpm, &intermediate()], &[&root()]), None);
    let policy = PathPolicy { allow_sha1: false, critical: &[&[0x55, 0x1d, 0x63]], known: None };
    let asked = |certificates: &[&Made]| search(certificates, &anchors(&[&root()]), AT, policy);
    assert!(asked(&[&leaf().with(0x63, true, &[]), &intermediate()]).is_ok());
    let error = asked(&[&leaf(), &intermediate().with(0x63, true, &[])]).unwrap_err();
    assert_eq!(error.code(), Code::TrustCriticalExtension);
    assert!(error.message().contains("2.5.29.99"));
}

#[test]
fn xc29_circles_and_crossings_end() {
    let a = below("a", "b").of(&P384).basic_constraints(&[1, 1, 0xff]);
    let b = below("b", "a").of(&P384).basic_constraints(&[1, 1, 0xff]);
    let leaf = below("leaf", "a");
    // A signature of P-384 is another every time, so that these are two certificates of one name.
    assert_eq!(refusal(&[&leaf, &a, &b, &a], &[&root()]), Some(Code::TrustNoPath));
    let crossed: Vec<_> = (0..7)
        .map(|serial| {
            let mut made = below("a", "a").of(&P384).basic_constraints(&[1, 1, 0xff]);
            made.serial = vec![serial + 1];
            made
        })
        .collect();
    let all: Vec<_> = [&leaf].into_iter().chain(&crossed).collect();
    assert_eq!(refusal(&all, &[&root()]), Some(Code::TrustBudget));
    let many: Vec<_> = (0..40)
        .map(|serial| {
            let mut made = Made::root("a");
            made.serial = vec![serial + 1];
            made
        })
        .collect();
    assert_eq!(refusal(&[&leaf], &many.iter().collect::<Vec<_>>()), Some(Code::TrustBudget));
}

#[test]
fn xc30_xc31_a_leaf_is_an_anchor_by_its_bytes_not_by_its_name_or_key() {
    let mut own = Made::new("self", "self").years(1, 2).with(0x63, true, &[]);
    // A signature is another every time; here the same bytes are wanted twice.
    own.signature = Some(vec![1, 2, 3]);
    let path = search(&[&own], &anchors(&[&own]), AT, PathPolicy::default()).unwrap();
    assert_eq!(path, Path { chain: vec![0], anchor: 0, signature_checks: 0 });
    let mut renewed = own.clone();
    renewed.serial = vec![9];
    assert_eq!(refusal(&[&renewed], &[&own]), Some(Code::TrustValidity));
    let impostor = below("self", "self").of(&P384);
    assert_eq!(refusal(&[&impostor], &[&own]), Some(Code::TrustSignature));
}

#[test]
fn xc36_what_is_trusted_are_names_and_keys() {
    let mut resigned = root();
    resigned.signature = Some(vec![1, 2, 3]);
    assert_eq!(found(&[&leaf(), &intermediate()], &[&resigned]), Ok(vec![0, 1]));
    let mut tampered = leaf();
    tampered.signature = Some(tampered.der()[..70].to_vec());
    assert_eq!(refusal(&[&tampered, &intermediate()], &[&root()]), Some(Code::TrustSignature));
}

fn small_rsa(bits: usize) -> Vec<u8> {
    let mut n = vec![0xff; bits / 8];
    n[0] = 0x80;
    let numbers = sequence(&[&crate::format::der::unsigned_integer(&n), &[2, 3, 1, 0, 1]]);
    sequence(&[&rsa(1, &[5, 0]), &tlv(3, &[&[0][..], &numbers].concat())])
}

#[test]
fn xc38_small_rsa_keys_are_weak_and_other_bad_keys_are_named() {
    let mut small = intermediate();
    small.spki = small_rsa(1024);
    let leaf = Made::new("leaf", "intermediate").signed_by_rsa();
    assert_eq!(refusal(&[&leaf, &small], &[&root()]), Some(Code::TrustWeakKey));
    let allowed = PathPolicy { allow_sha1: true, critical: &[], known: None };
    let with = |certificates: &[&Made], trust: &[&Made]| {
        search(certificates, &anchors(trust), AT, allowed).unwrap_err().code()
    };
    assert_eq!(with(&[&leaf, &small], &[&root()]), Code::TrustWeakKey);
    assert_eq!(refusal(&[&leaf], &[&small]), Some(Code::TrustWeakKey));
    assert_eq!(with(&[&leaf], &[&small]), Code::TrustSignature);
    small.spki = small_rsa(512);
    assert_eq!(with(&[&leaf], &[&small]), Code::TrustWeakKey);
    let mut bad = intermediate();
    bad.spki = sequence(&[&identifier(&[0x2b, 0x65, 0x70], &[]), &tlv(3, &[&[0, 1][..], &[0; 31]].concat())]);
    assert_eq!(refusal(&[&self::leaf(), &bad], &[&root()]), Some(Code::KeySmallOrder));
    let explicit = identifier(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01], &[0x30, 0]);
    bad.spki = sequence(&[&explicit, &tlv(3, &[0, 4])]);
    assert_eq!(refusal(&[&self::leaf(), &bad], &[&root()]), Some(Code::KeyExplicitParameters));
}

#[test]
fn xc38_a_small_rsa_anchor_verifies_where_it_is_allowed() {
    let hex = |text: &str| hex::decode(text).unwrap();
    let mut trust = Anchors::new();
    trust.add_certificate(&hex(SMALL_ROOT)).unwrap();
    let der = hex(SMALL_LEAF);
    let read = [Certificate::parse(&der, &mut Tolerated::default(), "certificate").unwrap()];
    let with =
        |allow_sha1| validate(&read, &trust, AT, PathPolicy { allow_sha1, critical: &[], known: None });
    assert_eq!(with(false).unwrap_err().code(), Code::TrustWeakKey);
    assert_eq!(with(true).unwrap().signature_checks, 1);
}

/// A root with RSA-1024 and a leaf under it, made with OpenSSL.
const SMALL_ROOT: &str = "\
    308201913081fba003020102020101300d06092a864886f70d01010b0500300f310d300b06035504030c04726f6f74301e17\
    0d3230303130313030303030305a170d3430303130313030303030305a300f310d300b06035504030c04726f6f7430819f30\
    0d06092a864886f70d010101050003818d0030818902818100b1665e46d5db80370ffd7abe82de4cd65ab64c6f37aae53fbd\
    21c41245b873ee68f926ade344c96ba70ad74cababc6cbd0a69a370b0dc43d9aaaee78060b09964ac9c9bafb8e2a223e63a7\
    7c9eb08cf248bbdd3669a38ea1e22d6883814cb1e13a75bd174609bb46887d3c6a669b0cb5c8cef881e225ca7a3c959e5dbc\
    72e9830203010001300d06092a864886f70d01010b0500038181003b1636985eacb6680baa7e49a83c77d061bd1616fce34e\
    710cd57dd7006946d448ebf5bfd224b38019a96091db63a96755cbf4088a9fa4d5348cc5b40eebd23dedd4ccaaa41f0adfab\
    4e1f113a18267910fb1855f1fcbd76d1837a3bdf891feec77ca5f1e798ddc3542980a6fbc7dc738d576c241ad0c98ff9eb3d\
    ba8c38c613";
const SMALL_LEAF: &str = "\
    3082014a3081b4a003020102020101300d06092a864886f70d01010b0500300f310d300b06035504030c04726f6f74301e17\
    0d3230303130313030303030305a170d3430303130313030303030305a300f310d300b06035504030c046c65616630593013\
    06072a8648ce3d020106082a8648ce3d030107034200048ff2eed154924f52e19ced7bcbaf97813aef19cde8a4110d67acae\
    d0f89e3c09b60091fc8d2ab14ff083e461f5305220c371d1313da7ba6aebc8ef0261bce0ac300d06092a864886f70d01010b\
    050003818100959d88802e28ae83f235c100714dbe434aeaf848730eef674aff0fd7154856aa0f228467dd56b06fea9e6220\
    ce78e25c6c24f94d4e8fb3b0a33bd09015067564d15959b3f889378876e2ca909bd20071030d2c5b02075e3addf66ed97e34\
    1032181d6db3484f61ad70afd4ffc9dde867b450b3af06393f5afad2b290b14667e3";

#[test]
fn xc40_xc41_key_identifiers_hint_and_the_use_of_an_issuer_is_its_own_affair() {
    let other = sequence(&[&tlv(0x80, &[9; 20])]);
    let leaf = leaf().with(0x23, false, &other);
    let issuer =
        intermediate().with(0x0e, false, &tlv(4, &[8; 20])).with(0x25, true, &sequence(&[&[6, 1, 0x2a]]));
    assert_eq!(refusal(&[&leaf, &issuer], &[&root()]), None);
}

#[test]
fn xc42_times_are_those_a_certificate_can_name() {
    for at in [-1, i64::MIN, 253_402_300_800, i64::MAX] {
        let error = search(&[&leaf()], &anchors(&[&root()]), at, PathPolicy::default()).unwrap_err();
        assert_eq!((error.code(), error.field()), (Code::ArgumentValue, Some("at")));
    }
    for at in [0, 253_402_300_799] {
        let error = search(&[&leaf()], &anchors(&[&root()]), at, PathPolicy::default()).unwrap_err();
        assert_eq!(error.code(), Code::TrustValidity);
    }
}

#[test]
fn xc43_certificates_and_levels_are_counted() {
    let chain: Vec<_> = (0..8)
        .map(|level| {
            let made = below(&level.to_string(), &(level + 1).to_string()).of(&P384);
            made.basic_constraints(&[1, 1, 0xff])
        })
        .collect();
    let top = |level: usize| Made::root(&level.to_string()).of(&P384);
    let refs: Vec<_> = chain.iter().collect();
    assert_eq!(found(&refs[..6], &[&top(6)]), Ok(vec![0, 1, 2, 3, 4, 5]));
    assert_eq!(refusal(&refs[..7], &[&top(7)]), Some(Code::TrustDepth));
    assert_eq!(refusal(&refs, &[&top(8)]), Some(Code::TrustDepth));
    assert_eq!(refusal(&[&refs[..], &refs[..1]].concat(), &[&top(8)]), Some(Code::LimitCount));
    assert_eq!(refusal(&[], &[&top(8)]), Some(Code::ArgumentValue));
}

#[test]
fn the_deepest_failure_is_told() {
    let wrong_key = intermediate().of(&P256);
    assert_eq!(refusal(&[&leaf(), &wrong_key], &[&root()]), Some(Code::TrustSignature));
    // The same with the right one beside it is found.
    assert_eq!(found(&[&leaf(), &wrong_key, &intermediate()], &[&root()]), Ok(vec![0, 2]));
    let mut expired = intermediate().years(1, 2);
    expired.serial = vec![7];
    assert_eq!(refusal(&[&leaf(), &wrong_key, &expired], &[&root()]), Some(Code::TrustValidity));
}
