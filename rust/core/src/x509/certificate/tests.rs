//! Rows of the catalogue of bad inputs about certificates: XC07, XC11, XC17 to XC28, XC32 to XC35, XC37, XC39.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::unreachable, reason = "tests")]

use crate::error::{Class, Code, Result};
use crate::format::der;
use crate::format::tolerance::{Strictness, Tolerated};
use crate::key::test_keys::{P256, RSA_2048, SECP256K1, damaged};
use crate::limits;
use crate::x509::Certificate;
use crate::x509::extensions::GeneralName;
use crate::x509::test_certificates::{Made, identifier, name, sequence, tlv};

fn parse<T>(der: &[u8], read: impl FnOnce(&Certificate<'_>) -> T) -> Result<T, Code> {
    let strict = Certificate::parse(der, &mut Tolerated::new(Strictness::Strict), "certificate[0]");
    strict.map(|certificate| read(&certificate)).map_err(|error| error.code())
}

fn refusal(made: &Made) -> Option<Code> {
    parse(&made.der(), |_| ()).err()
}

/// What strict reading refuses with, and what lenient reading takes note of.
fn tolerance(der: &[u8]) -> (Option<Code>, Result<Vec<Code>, Code>) {
    let mut tolerated = Tolerated::new(Strictness::Interoperable);
    let lenient = Certificate::parse(der, &mut tolerated, "certificate[0]").map(|_| ()).map_err(|e| e.code());
    let notes = tolerated.notes().iter().map(|note| {
        assert_eq!(note.place, "certificate[0]");
        note.code
    });
    (parse(der, |_| ()).err(), lenient.map(|()| notes.collect()))
}

fn leaf() -> Made {
    let mut made = Made::new("leaf", "root");
    made.signature = Some(vec![1, 2, 3]);
    made
}

/// A tolerance of this one code.
fn only(code: Code) -> (Option<Code>, Result<Vec<Code>, Code>) {
    (Some(code), Ok(vec![code]))
}

#[test]
fn a_certificate_says_what_it_holds() {
    let made = leaf()
        .with(0x13, true, &[0x30, 0])
        .with(0x0f, true, &[3, 2, 7, 0x80])
        .with(0x25, false, &sequence(&[&[6, 3, 0x67, 0x81, 0x05]]))
        .with(0x0e, false, &[4, 1, 7])
        .with(0x23, false, &sequence(&[&[0x80, 1, 8]]))
        .with(0x63, true, b"opaque");
    let der = made.der();
    parse(&der, |read| {
        assert_eq!((read.raw(), read.tbs()), (&der[..], &made.tbs()[..]));
        assert_eq!((read.version(), read.serial(), read.signature()), (3, &[1][..], &[1, 2, 3][..]));
        assert_eq!((read.issuer().der(), read.subject().text()), (&name("root")[..], "CN=leaf".to_owned()));
        assert_eq!((read.not_before(), read.not_after()), (1_577_836_800, 2_208_988_800));
        assert_eq!((read.spki(), read.public_key_bits()), (&P256.public_der()[..], &P256.public_bits()[..]));
        assert_eq!(read.public_key().unwrap().algorithm().name(), "ES256");
        let algorithm = read.signature_algorithm();
        assert_eq!(der::dotted(algorithm.oid).unwrap(), "1.2.840.10045.4.3.2");
        assert_eq!((algorithm.der, algorithm.parameters.is_none()), (&made.algorithms[0][..], true));
        assert_eq!(
            read.basic_constraints().map(|found| (found.is_ca, found.path_length)),
            Some((false, None))
        );
        assert_eq!(read.key_usage().map(|usage| (usage.digital_signature(), usage.bits())), Some((true, 1)));
        assert_eq!(read.extended_key_usage(), Some(&[&[0x67, 0x81, 0x05][..]][..]));
        assert_eq!(read.subject_key_identifier(), Some(&[7][..]));
        assert_eq!(read.authority_key_identifier(), Some(&[8][..]));
        assert!(read.subject_alternative_name().is_none() && !read.has_name_constraints());
        let unknown = read.extension(&[0x55, 0x1d, 0x63]).unwrap();
        assert_eq!((unknown.critical, unknown.value, read.extensions().len()), (true, &b"opaque"[..], 6));
        assert!(!read.is_self_issued());
        assert_eq!(format!("{read:?}"), "Certificate(CN=leaf)");
    })
    .unwrap();
}

#[test]
fn damage_is_refused_or_shows() {
    let der = leaf().with(0x13, true, &[0x30, 3, 1, 1, 0xff]).der();
    for input in damaged(&der) {
        match parse(&input, |read| read.raw().to_vec()) {
            Ok(raw) => assert_eq!(raw, input),
            Err(code) => assert_ne!(code.class(), Class::InternalError),
        }
    }
}

#[test]
fn xc07_path_lengths_are_not_negative_and_bounded() {
    let with = |integer: &[u8]| {
        let content = [&[1, 1, 0xff][..], &tlv(2, integer)].concat();
        parse(&leaf().basic_constraints(&content).der(), |read| read.basic_constraints().unwrap().path_length)
    };
    assert_eq!(with(&[5]), Ok(Some(5)));
    assert_eq!(with(&[0, 0xff, 0xff, 0xff, 0xff]), Ok(Some(u32::MAX)));
    for refused in [&[0xff][..], &[0x80, 0], &[1, 0, 0, 0, 0], &[1; 20]] {
        assert_eq!(with(refused), Err(Code::CertificateExtension), "{refused:02x?}");
    }
    assert_eq!(with(&[0, 5]), Err(Code::CertificateExtension));
    let length_only = leaf().basic_constraints(&[2, 1, 0]).der();
    let read = parse(&length_only, |read| read.basic_constraints().unwrap());
    assert_eq!(read.map(|found| (found.is_ca, found.path_length)), Ok((false, Some(0))));
}

#[test]
fn xc11_both_algorithms_are_the_same_bytes() {
    let rsa = |last, parameters: &[u8]| {
        identifier(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, last], parameters)
    };
    for outer in [rsa(12, &[5, 0]), rsa(11, &[])] {
        let mut made = leaf();
        made.algorithms = [rsa(11, &[5, 0]), outer];
        assert_eq!(refusal(&made), Some(Code::CertificateAlgorithmMismatch));
    }
}

#[test]
fn xc17_xc33_general_names_are_read_by_their_kind() {
    let names = sequence(&[
        &tlv(0xa0, &[&[6, 1, 0x2a][..], &tlv(0xa0, &[0x0c, 1, b'x'])].concat()),
        &tlv(0x81, b"a@example.org"),
        &tlv(0x82, b"example.org"),
        &tlv(0xa3, &[0x30, 0]),
        &tlv(0xa4, &name("directory")),
        &tlv(0xa5, &[0xa1, 0]),
        &tlv(0x86, b"file:///etc/passwd"),
        &tlv(0x87, &[127, 0, 0, 1]),
        &tlv(0x88, &[0x2a, 3]),
    ]);
    let mut made = leaf().with(0x11, true, &names);
    made.subject = vec![0x30, 0];
    parse(&made.der(), |read| {
        assert!(read.subject().is_empty());
        let names = read.subject_alternative_name().unwrap();
        let [other, email, dns, x400, directory, edi, uri, ip, registered] = names else { unreachable!() };
        assert!(matches!(other, GeneralName::Other { oid: [0x2a], value: [0x0c, 1, b'x'] }));
        assert!(matches!(email, GeneralName::Email("a@example.org")));
        assert!(matches!(dns, GeneralName::Dns("example.org")));
        assert!(matches!(x400, GeneralName::X400([0x30, 0])));
        assert!(matches!(directory, GeneralName::Directory(name) if name.text() == "CN=directory"));
        assert!(matches!(edi, GeneralName::EdiParty([0xa1, 0])));
        assert!(matches!(uri, GeneralName::Uri("file:///etc/passwd")));
        assert!(matches!(ip, GeneralName::Ip([127, 0, 0, 1])));
        assert!(matches!(registered, GeneralName::RegisteredId([0x2a, 3])));
    })
    .unwrap();
    for (wrong, expected) in [
        (tlv(0x82, &[0xff]), Code::CertificateExtension),
        (tlv(0x87, &[1, 2, 3, 4, 5]), Code::CertificateExtension),
        (tlv(0xa0, b"x"), Code::CertificateExtension),
        (tlv(0x80, &[6, 1, 0x2a]), Code::CertificateExtension),
        (tlv(0xa2, b"example.org"), Code::CertificateExtension),
        (tlv(0x0c, b"example.org"), Code::CertificateExtension),
        (tlv(0x88, &[0x80, 1]), Code::CertificateExtension),
        (Vec::new(), Code::CertificateExtension),
    ] {
        assert_eq!(refusal(&leaf().with(0x11, false, &sequence(&[&wrong]))), Some(expected), "{wrong:02x?}");
    }
}

#[test]
fn xc18_policies_are_read_for_their_structure() {
    let policy =
        |qualifiers: &[u8]| leaf().with(0x20, true, &sequence(&[&sequence(&[&[6, 1, 0x2a], qualifiers])]));
    let qualifier = |more: &[u8]| sequence(&[&sequence(&[&[6, 1, 0x2a], &[0x16, 1, b'x'], more])]);
    assert_eq!(refusal(&policy(&[])), None);
    assert_eq!(refusal(&policy(&qualifier(&[]))), None);
    assert_eq!(tolerance(&policy(&qualifier(&[0x16, 1, b'y'])).der()), only(Code::CertificateExtension));
    assert_eq!(refusal(&policy(&[0x30, 0])), Some(Code::CertificateExtension));
    assert_eq!(refusal(&leaf().with(0x20, true, &[0x30, 0])), Some(Code::CertificateExtension));
    assert_eq!(refusal(&leaf().with(0x20, true, &sequence(&[&[5, 0]]))), Some(Code::CertificateExtension));
}

#[test]
fn xc19_extensions_are_of_different_kinds() {
    for last in [0x13, 0x63] {
        let twice = leaf().with(last, false, &[0x30, 0]).with(last, false, &[0x30, 0]);
        assert_eq!(refusal(&twice), Some(Code::CertificateDuplicateExtension));
    }
}

#[test]
fn xc20_serial_numbers() {
    let with = |serial: &[u8]| {
        let mut made = leaf();
        made.serial = serial.to_vec();
        tolerance(&made.der())
    };
    for odd in [&[0][..], &[0xff], &[0x80, 1], &[1; 21], &[&[0, 0xff][..], &[0; 19]].concat()] {
        assert_eq!(with(odd), only(Code::CertificateSerial), "{odd:02x?}");
    }
    for good in [&[1][..], &[0x7f; 20], &[0, 0x80]] {
        assert_eq!(with(good), (None, Ok(vec![])));
    }
    for wrong in [&[][..], &[0, 1], &[0xff, 0x80]] {
        assert_eq!(with(wrong), (Some(Code::DerValue), Err(Code::DerValue)), "{wrong:02x?}");
    }
}

#[test]
fn xc21_versions_and_their_fields() {
    let with = |version: Option<&[u8]>, change: fn(&mut Made)| {
        let mut made = leaf();
        made.version = version.map(<[u8]>::to_vec);
        change(&mut made);
        parse(&made.der(), |read| read.version())
    };
    let nothing = |_: &mut Made| ();
    let identifiers = |made: &mut Made| made.after_key = [tlv(0x81, &[0, 1]), tlv(0x82, &[0, 2])].concat();
    let extensions = |made: &mut Made| made.extensions = vec![(vec![0x2a, 3], false, vec![])];
    assert_eq!(with(None, nothing), Ok(1));
    assert_eq!(with(Some(&[1]), nothing), Ok(2));
    assert_eq!(with(Some(&[1]), identifiers), Ok(2));
    assert_eq!(with(Some(&[2]), identifiers), Ok(3));
    assert_eq!(with(Some(&[2]), extensions), Ok(3));
    assert_eq!(with(None, identifiers), Err(Code::CertificateVersion));
    assert_eq!(with(None, extensions), Err(Code::CertificateVersion));
    assert_eq!(with(Some(&[1]), extensions), Err(Code::CertificateVersion));
    for other in [&[3][..], &[0xff], &[1, 0], &[0, 0x80]] {
        assert_eq!(with(Some(other), nothing), Err(Code::CertificateVersion));
    }
    assert_eq!(with(Some(&[0]), nothing), Err(Code::DerValue));
}

#[test]
fn xc22_there_is_one_encoding() {
    // Indefinite and long lengths, and a BOOLEAN of 1.
    let good = leaf().with(0x63, true, &[]).der();
    let outer = [&[0x30, 0x80][..], &good[4..], &[0, 0]].concat();
    assert_eq!(parse(&outer, |_| ()), Err(Code::DerLength));
    let place = good.windows(3).position(|part| part == [1, 1, 0xff]).unwrap();
    let mut boolean = good.clone();
    boolean[place + 2] = 1;
    assert_eq!(parse(&boolean, |_| ()), Err(Code::DerValue));
    // DEFAULT FALSE that is written, for critical and for cA.
    boolean[place + 2] = 0;
    assert_eq!(tolerance(&boolean), only(Code::CertificateExtension));
    assert_eq!(tolerance(&leaf().basic_constraints(&[1, 1, 0]).der()), only(Code::CertificateExtension));
}

#[test]
fn xc22_key_usage_is_a_list_of_named_bits() {
    let with = |value: &[u8]| tolerance(&leaf().with(0x0f, false, value).der());
    assert_eq!(with(&[3, 3, 7, 0, 0x80]), (None, Ok(vec![])));
    assert_eq!(with(&[3, 2, 0, 0x80]), only(Code::CertificateExtension));
    for none in [&[3, 1, 0][..], &[3, 2, 0, 0], &[3, 4, 0, 1, 1, 1]] {
        let refused = Code::CertificateExtension;
        assert_eq!(with(none), (Some(refused), Err(refused)), "{none:02x?}");
    }
    assert_eq!(with(&[3, 2, 7, 0xff]).1, Err(Code::CertificateExtension));
    assert_eq!(with(&[4, 1, 1]).1, Err(Code::CertificateExtension));
}

#[test]
fn xc23_nothing_follows() {
    assert_eq!(parse(&[&leaf().der()[..], &[0]].concat(), |_| ()), Err(Code::DerTrailing));
    let wholes: [(u8, &[u8]); 5] = [
        (0x13, &[0x30, 0, 0]),
        (0x0f, &[3, 2, 7, 0x80, 0]),
        (0x25, &[0x30, 3, 6, 1, 0x2a, 0]),
        (0x11, &[0x30, 2, 0x82, 0, 0]),
        (0x20, &[0x30, 5, 0x30, 3, 6, 1, 0x2a, 0]),
    ];
    for (last, value) in wholes {
        assert_eq!(refusal(&leaf().with(last, false, value)), Some(Code::CertificateExtension), "{last:02x}");
    }
    let mut after = leaf();
    after.after_key = vec![5, 0];
    assert_eq!(refusal(&after), Some(Code::DerTrailing));
}

#[test]
fn xc24_sizes_and_counts_are_bounded() {
    let many = |count: u8| {
        let mut made = leaf();
        made.extensions = (0..count).map(|arc| (vec![0x2a, arc], false, vec![])).collect();
        refusal(&made)
    };
    assert_eq!(many(64), None);
    assert_eq!(many(65), Some(Code::LimitCount));
    let filled = |extra: usize| leaf().with(0x63, false, &vec![0; extra]).der();
    let room = limits::CERTIFICATE - filled(16_000).len() + 16_000;
    assert_eq!(parse(&filled(room), |_| ()), Ok(()));
    assert_eq!(parse(&filled(room + 1), |_| ()), Err(Code::LimitSize));
    assert_eq!(parse(&vec![0x30; 1 << 20], |_| ()), Err(Code::LimitSize));
}

#[test]
fn xc25_object_identifiers() {
    let over = [&[0x69, 0x84][..], &[0x80; 17], &[0x00]].concat();
    for oid in [&over[..], &[0x80, 1], &[0x2a, 0x86], &[], &[1; 5000]] {
        let mut made = leaf();
        made.extensions = vec![(oid.to_vec(), false, vec![])];
        assert_eq!(refusal(&made), Some(Code::DerValue));
        let mut made = leaf();
        made.algorithms = [identifier(oid, &[]), identifier(oid, &[])];
        assert_eq!(refusal(&made), Some(Code::DerValue));
        let wrong = Some(Code::CertificateExtension);
        assert_eq!(refusal(&leaf().with(0x25, false, &sequence(&[&tlv(6, oid)]))), wrong);
    }
}

#[test]
fn xc27_xc28_the_key_is_read_when_it_is_asked_for() {
    let ec = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    let p256 = [6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
    let off_curve = [&[0, 4][..], &[7; 64]].concat();
    let no_root = [&[0, 2][..], &[0xff; 32]].concat();
    for (spki, expected) in [
        (sequence(&[&identifier(ec, &[0x30, 0]), &tlv(3, &off_curve)]), Code::KeyExplicitParameters),
        (sequence(&[&identifier(ec, &p256), &tlv(3, &off_curve)]), Code::KeyPoint),
        (sequence(&[&identifier(ec, &p256), &tlv(3, &no_root)]), Code::KeyPoint),
        (sequence(&[&identifier(&[0x2a, 3], &[]), &tlv(3, &[0])]), Code::AlgorithmKeyType),
    ] {
        let mut made = leaf();
        made.spki = spki.clone();
        let der = made.der();
        let (code, offset) = parse(&der, |read| {
            let error = read.public_key().unwrap_err();
            (error.code(), error.offset())
        })
        .unwrap();
        assert_eq!(code, expected);
        let start = der.windows(spki.len()).position(|part| part == spki).unwrap();
        assert!(offset.is_none_or(|offset| offset > start && offset < start + spki.len()));
    }
    for key in [RSA_2048, SECP256K1] {
        let der = leaf().of(&key).der();
        assert_eq!(parse(&der, |read| read.public_key().unwrap().algorithm().name()), Ok(key.name));
    }
}

#[test]
fn xc32_a_nul_in_a_name_is_part_of_it() {
    let made = leaf().with(0x11, false, &sequence(&[&tlv(0x82, b"good.example\0.bad.example")]));
    let dns = |read: &Certificate<'_>| match read.subject_alternative_name().unwrap() {
        [GeneralName::Dns(dns)] => (*dns).to_owned(),
        _ => String::new(),
    };
    assert_eq!(parse(&made.der(), dns).unwrap(), "good.example\0.bad.example");
}

#[test]
fn xc37_unused_bits() {
    let signature = |unused: u8| {
        let der = leaf().der();
        let mut der = der;
        let place = der.len() - 4;
        der[place] = unused;
        tolerance(&der)
    };
    assert_eq!(signature(0), (None, Ok(vec![])));
    for unused in [1, 7] {
        assert_eq!(signature(unused), only(Code::DerValue));
    }
    assert_eq!(signature(8), (Some(Code::DerValue), Err(Code::DerValue)));
    let mut key = leaf();
    key.spki = sequence(&[&identifier(&[0x2a, 3], &[]), &tlv(3, &[1, 2])]);
    assert_eq!(tolerance(&key.der()).1, Err(Code::DerValue));
    let mut unique = leaf();
    unique.after_key = tlv(0x81, &[3, 0xf8]);
    assert_eq!(refusal(&unique), None);
    unique.after_key = tlv(0x81, &[3, 0xff]);
    assert_eq!(tolerance(&unique.der()).1, Err(Code::DerValue));
}

#[test]
fn xc39_where_revocation_lists_are_said_to_be_is_not_looked_at() {
    let uri = tlv(0x86, b"file:///dev/zero");
    let points = sequence(&[&sequence(&[&tlv(0xa0, &tlv(0xa0, &uri))])]);
    assert_eq!(refusal(&leaf().with(0x1f, false, &points)), None);
    assert_eq!(refusal(&leaf().with(0x1f, true, b"not even DER")), None);
}

#[test]
fn xc40_malformed_key_identifiers_are_as_good_as_none() {
    let malformed: [(u8, &[u8]); 5] = [
        (0x23, &[0x30, 4, 0xa0, 2, 0x51, 0x7f]),
        (0x23, &[0x30, 3, 0xa1, 1, 0x51]),
        (0x23, &[4, 0]),
        (0x0e, &[5, 0]),
        (0x0e, &[]),
    ];
    for (last, value) in malformed {
        let found = tolerance(&leaf().with(last, false, value).der());
        let read = value.get(2) == Some(&0xa1);
        let expected = if read { (None, Ok(vec![])) } else { only(Code::CertificateExtension) };
        assert_eq!(found, expected, "{value:02x?}");
    }
}
