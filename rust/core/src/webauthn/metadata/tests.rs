#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use super::{BlobPolicy, Metadata, MetadataEntry};
use crate::crypto::{Curve, ecdsa_signature};
use crate::error::{Code, Error, Result};
use crate::format::{base64, base64url};
use crate::key::signing::Scheme;
use crate::key::test_keys::{P256, RSA_2048, TestKey};
use crate::x509::anchors::Anchors;
use crate::x509::test_certificates::{Made, load};

const AT: i64 = 1_700_000_000;
const AAGUID: &str = "0132d110-bf4e-4208-a403-ab4f5f12efe5";
const IDENTIFIER: &str = "00112233445566778899aabbccddeeff00112233";

/// A BLOB with these parts, signed by ES256 or RS256 as the key has it.
fn signed(algorithm: &str, certificates: &[Made], key: &TestKey, payload: &[u8]) -> String {
    let chain: Vec<_> =
        certificates.iter().map(|made| format!("\"{}\"", base64::encode(&made.der()))).collect();
    let header = format!(r#"{{"alg":"{algorithm}","typ":"JWT","x5c":[{}]}}"#, chain.join(","));
    let input = format!("{}.{}", base64url::encode(header.as_bytes()), base64url::encode(payload));
    let signature = load(key).sign(input.as_bytes(), Scheme::default()).unwrap();
    let signature = match algorithm {
        "ES256" => ecdsa_signature::der_to_raw(&signature, Curve::P256).unwrap_or(signature),
        _ => signature,
    };
    format!("{input}.{}", base64url::encode(&signature))
}

fn blob(payload: &str) -> String {
    signed("ES256", &[Made::new("signer", "root")], &P256, payload.as_bytes())
}

fn payload(entries: &str) -> String {
    format!(r#"{{"legalHeader":"law","no":15,"nextUpdate":"2023-11-14","entries":[{entries}]}}"#)
}

fn entry(members: &str) -> String {
    format!(
        r#"{{"statusReports":[{{"status":"FIDO_CERTIFIED"}}],"timeOfLastStatusChange":"2020-01-01"{members}}}"#
    )
}

fn read_with(blob: &str, change: impl FnOnce(&mut BlobPolicy<'_>)) -> Result<Metadata> {
    let mut anchors = Anchors::new();
    anchors.add_certificate(&Made::root("root").der()).unwrap();
    let mut policy = BlobPolicy {
        anchors: &anchors,
        at: AT,
        previous_number: None,
        allow_expired: false,
        allow_sha1: false,
    };
    change(&mut policy);
    Metadata::from_blob(blob.as_bytes(), &policy)
}

fn code(blob: &str) -> Option<Code> {
    read_with(blob, |_| ()).err().map(|error| error.code())
}

fn one(members: &str) -> Result<MetadataEntry> {
    Metadata::parse_unverified(blob(&payload(&entry(members))).as_bytes())
        .map(|read| read.entries()[0].clone())
}

#[test]
fn a_blob_is_read_once_and_asked_by_model() {
    let der = Made::root("maker").der();
    let root = base64::encode(&der);
    let members = format!(
        r#","aaguid":"{AAGUID}","metadataStatement":{{"description":"d","protocolFamily":"fido2","x":{{"y":1}},"attestationRootCertificates":["{root}"]}}"#
    );
    let u2f = format!(r#","attestationCertificateKeyIdentifiers":["{IDENTIFIER}"]"#);
    let text =
        blob(&payload(&format!("{},{},{}", entry(&members), entry(&u2f), entry(r#","aaid":"1234#5678""#))));
    let (first, rest) = text.split_at(80);
    for text in [text.clone(), format!("{first}\n{rest}\r\n")] {
        let read = read_with(&text, |_| ()).unwrap();
        assert_eq!((read.number(), read.next_update(), read.legal_header()), (15, "2023-11-14", Some("law")));
        assert_eq!(read.entries().len(), 3);
        assert_eq!(read.entries()[2].aaid(), Some("1234#5678"));
        let aaguid = hex::decode(AAGUID.replace('-', "")).unwrap().try_into().unwrap();
        let model = read.find(&aaguid).unwrap();
        assert_eq!((model.description(), model.protocol_family()), (Some("d"), Some("fido2")));
        assert!(model.statement_json().unwrap().contains(r#""x":{"y":1},"#));
        assert_eq!(model.attestation_roots().unwrap(), [der.as_slice()]);
        assert_eq!(model.anchors().unwrap().len(), 1);
        assert!(read.find(&[0; 16]).is_none());
        let u2f = read.find_by_key_identifier(&hex::decode(IDENTIFIER).unwrap()).unwrap();
        assert_eq!(u2f.status_reports()[0].status, "FIDO_CERTIFIED");
        assert!(u2f.statement_json().is_none() && u2f.anchors().unwrap().is_empty());
        assert!(read.find_by_key_identifier(&[0; 20]).is_none());
    }
}

#[test]
fn nothing_is_read_before_signature_and_path_hold() {
    let signer = || Made::new("signer", "root");
    let rsa = || signer().of(&RSA_2048);
    let good = payload("");
    let signed =
        |algorithm, certificates: &[Made], key| signed(algorithm, certificates, key, good.as_bytes());
    assert_eq!(code(&signed("ES256", &[signer()], &P256)), None);
    assert_eq!(code(&signed("RS256", &[rsa()], &RSA_2048)), None);
    assert_eq!(
        code(&signed("ES256", &[Made::new("signer", "ca"), Made::authority("ca", "root")], &P256)),
        None
    );
    for algorithm in ["none", "HS256", "EdDSA", "ES256K", "PS384"] {
        assert_eq!(code(&signed(algorithm, &[signer()], &P256)), Some(Code::JwsAlgorithmMismatch));
    }
    assert_eq!(code(&signed("RS256", &[signer()], &RSA_2048)), Some(Code::JwsAlgorithmMismatch));
    assert_eq!(code(&signed("ES384", &[signer()], &P256)), Some(Code::JwsAlgorithmMismatch));
    assert_eq!(code(&signed("RS384", &[rsa()], &RSA_2048)), Some(Code::SignatureInvalid));
    assert_eq!(code(&signed("ES256", &[Made::new("signer", "other")], &P256)), Some(Code::TrustName));
    assert_eq!(code(&signed("ES256", &[signer().years(10, 20)], &P256)), Some(Code::TrustValidity));
    let other = signed("ES256", &[signer()], &P256);
    let (head, signature) = other.rsplit_once('.').unwrap();
    let (header, _) = head.split_once('.').unwrap();
    for (payload, untrusted) in [("{}", false), ("x", false), ("x", true)] {
        let changed = format!("{header}.{}.{signature}", base64url::encode(payload.as_bytes()));
        let mut anchors = Anchors::new();
        if !untrusted {
            anchors.add_certificate(&Made::root("root").der()).unwrap();
        }
        let policy = BlobPolicy {
            anchors: &anchors,
            at: AT,
            previous_number: None,
            allow_expired: false,
            allow_sha1: false,
        };
        let expected = if untrusted { Code::TrustNoPath } else { Code::SignatureInvalid };
        assert_eq!(Metadata::from_blob(changed.as_bytes(), &policy).unwrap_err().code(), expected);
    }
}

#[test]
fn older_and_overdue_metadata_are_refused() {
    let text = blob(&payload(""));
    for (previous, expected) in [(0, None), (15, None), (16, Some(Code::MetadataRollback))] {
        let read = read_with(&text, |policy| policy.previous_number = Some(previous));
        assert_eq!(read.err().map(|error| error.code()), expected);
    }
    let end = 1_700_006_400;
    for (at, allow, expected) in
        [(end - 1, false, None), (end, false, Some(Code::MetadataExpired)), (end, true, None)]
    {
        let read = read_with(&text, |policy| (policy.at, policy.allow_expired) = (at, allow));
        assert_eq!(read.err().map(|error| error.code()), expected, "{at}");
    }
}

#[test]
fn each_fault_of_the_payload_has_its_code() {
    let value = |text: &str| text.replace('~', "\"");
    for (payload, code, field) in [
        ("[]", Code::JsonShape, None),
        ("{~no~:1,~no~:1}", Code::JsonDuplicate, None),
        ("{~nextUpdate~:~2023-11-14~,~entries~:[]}", Code::MetadataMissing, Some("no")),
        ("{~no~:1,~entries~:[]}", Code::MetadataMissing, Some("nextUpdate")),
        ("{~no~:1,~nextUpdate~:~2023-11-14~}", Code::MetadataMissing, Some("entries")),
        ("{~no~:~1~,~nextUpdate~:~2023-11-14~,~entries~:[]}", Code::MetadataType, Some("no")),
        ("{~no~:-1,~nextUpdate~:~2023-11-14~,~entries~:[]}", Code::MetadataValue, Some("no")),
        ("{~no~:1.0,~nextUpdate~:~2023-11-14~,~entries~:[]}", Code::MetadataValue, Some("no")),
        (
            "{~no~:18446744073709551616,~nextUpdate~:~2023-11-14~,~entries~:[]}",
            Code::MetadataValue,
            Some("no"),
        ),
        ("{~no~:1,~nextUpdate~:20231114,~entries~:[]}", Code::MetadataType, Some("nextUpdate")),
        ("{~no~:1,~nextUpdate~:~2023-11-31~,~entries~:[]}", Code::MetadataValue, Some("nextUpdate")),
        ("{~no~:1,~nextUpdate~:~2023-11-14~,~entries~:{}}", Code::MetadataType, Some("entries")),
        ("{~no~:1,~nextUpdate~:~2023-11-14~,~entries~:[1]}", Code::MetadataType, Some("entries")),
        (
            "{~no~:1,~legalHeader~:1,~nextUpdate~:~2023-11-14~,~entries~:[]}",
            Code::MetadataType,
            Some("legalHeader"),
        ),
    ] {
        let error = Metadata::parse_unverified(blob(&value(payload)).as_bytes()).unwrap_err();
        assert_eq!((error.code(), error.field()), (code, field), "{payload}");
    }
    let fault = |error: Error| (error.code(), error.field());
    for (members, code, field) in [
        (",~aaguid~:1", Code::MetadataType, "aaguid"),
        (",~aaguid~:~0132d110~", Code::MetadataValue, "aaguid"),
        (",~aaid~:[]", Code::MetadataType, "aaid"),
        (
            ",~attestationCertificateKeyIdentifiers~:~00~",
            Code::MetadataType,
            "attestationCertificateKeyIdentifiers",
        ),
        (
            ",~attestationCertificateKeyIdentifiers~:[1]",
            Code::MetadataType,
            "attestationCertificateKeyIdentifiers",
        ),
        (
            ",~attestationCertificateKeyIdentifiers~:[~00~]",
            Code::MetadataValue,
            "attestationCertificateKeyIdentifiers",
        ),
        (",~metadataStatement~:[]", Code::MetadataType, "metadataStatement"),
        (",~metadataStatement~:{~description~:1}", Code::MetadataType, "description"),
        (
            ",~metadataStatement~:{~attestationRootCertificates~:[1]}",
            Code::MetadataType,
            "attestationRootCertificates",
        ),
    ] {
        assert_eq!(fault(one(&value(members)).unwrap_err()), (code, field.into()), "{members}");
    }
    for (entry, code, field) in [
        ("{~timeOfLastStatusChange~:~t~}", Code::MetadataMissing, "statusReports"),
        ("{~statusReports~:[]}", Code::MetadataMissing, "timeOfLastStatusChange"),
        ("{~statusReports~:[{}],~timeOfLastStatusChange~:~t~}", Code::MetadataMissing, "status"),
        ("{~statusReports~:[~x~],~timeOfLastStatusChange~:~t~}", Code::MetadataType, "statusReports"),
        ("{~statusReports~:[{~status~:1}],~timeOfLastStatusChange~:~t~}", Code::MetadataType, "status"),
        (
            "{~statusReports~:[{~status~:~s~,~certificate~:~*~}],~timeOfLastStatusChange~:~t~}",
            Code::MetadataValue,
            "certificate",
        ),
    ] {
        let read = Metadata::parse_unverified(blob(&payload(&value(entry))).as_bytes());
        assert_eq!(fault(read.unwrap_err()), (code, field.into()), "{entry}");
    }
}

#[test]
fn what_is_new_or_null_is_taken() {
    let read = one(r#","aaguid":null,"metadataStatement":null,"new":{}"#).unwrap();
    assert!(read.aaguid().is_none() && read.description().is_none());
    let report = r#"{"status":"NEW_STATUS","effectiveDate":"2024-01-01","certificate":"MAA=","url":"u","certificateNumber":null}"#;
    let text = blob(&payload(&format!(r#"{{"statusReports":[{report}],"timeOfLastStatusChange":""}}"#)));
    let read = Metadata::parse_unverified(text.as_bytes()).unwrap();
    let [report] = read.entries()[0].status_reports() else { panic!() };
    assert_eq!((report.status.as_str(), report.url.as_deref()), ("NEW_STATUS", Some("u")));
    assert_eq!(
        (report.certificate.as_deref(), report.certificate_number.as_deref()),
        (Some(&[0x30, 0][..]), None)
    );
}

#[test]
fn a_certificate_that_does_not_read_spoils_its_entry_only() {
    let roots = |text: &str| {
        one(&format!(r#","metadataStatement":{{"attestationRootCertificates":["{text}"]}}"#)).unwrap()
    };
    let lines = base64::encode(&Made::root("maker").der()).replace('M', r"M\r\n ");
    assert_eq!(roots(&lines).anchors().unwrap().len(), 1);
    let broken = roots("%%");
    assert_eq!(broken.attestation_roots().unwrap_err().code(), Code::MetadataValue);
    assert_eq!(broken.anchors().unwrap_err().code(), Code::MetadataValue);
    let other = roots("MAA=");
    assert_eq!(other.attestation_roots().unwrap(), [[0x30, 0]]);
    assert_eq!(other.anchors().unwrap_err().code(), Code::DerTruncated);
}

#[test]
fn entries_are_counted() {
    let many = |count: usize| payload(&vec![entry(""); count].join(","));
    assert_eq!(code(&blob(&many(20_001))), Some(Code::LimitCount));
    assert_eq!(read_with(&blob(&many(20_000)), |_| ()).unwrap().entries().len(), 20_000);
    let reports = vec![r#"{"status":"s"}"#; 1025].join(",");
    let text = payload(&format!(r#"{{"statusReports":[{reports}],"timeOfLastStatusChange":""}}"#));
    assert_eq!(code(&blob(&text)), Some(Code::LimitCount));
}
