//! TPM attestation (WebAuthn section 8.3): a TPM certifies the credential's key by a key of its own, for which an
//! attestation authority gave a certificate.

use std::borrow::Cow;

use super::tpm_structures::{ATTEST_CERTIFY, Attest, GENERATED, NameHash, Public, TpmKey};
use super::{AttestationType, Context, Members, Verified, leaf, other_key};
use crate::crypto::{AnyHash, Curve, Hash};
use crate::error::{Code, Error, Result, quote};
use crate::format::cbor::Value;
use crate::format::tolerance::Tolerated;
use crate::key::PublicKey;
use crate::key::cose::CoseAlgorithm;
use crate::x509::certificate::Certificate;
use crate::x509::extensions::{self, GeneralName};
use crate::x509::name::Name;

/// The version of the TPM specification that WebAuthn names.
const VERSION: &str = "2.0";
/// tcg-kp-AIKCertificate 2.23.133.8.3, as content octets
const AIK_USAGE: &[u8] = &[0x67, 0x81, 0x05, 0x08, 0x03];
/// tcg-at-tpmManufacturer, -Model and -Version, 2.23.133.2.1 to .3, as content octets
const MANUFACTURER: &[u8] = &[0x67, 0x81, 0x05, 0x02, 0x01];
const MODEL: &[u8] = &[0x67, 0x81, 0x05, 0x02, 0x02];
const FIRMWARE: &[u8] = &[0x67, 0x81, 0x05, 0x02, 0x03];

/// Verifies a statement.
///
/// # Errors
/// `statement.*`, `tpm.*`, `leaf.*`, `algorithm.*`, `signature.invalid`, those of certificates and of their keys.
pub(super) fn verify<'a>(
    statement: &'a Value<'a>,
    context: &Context<'_>,
    tolerated: &mut Tolerated,
) -> Result<Verified<'a>> {
    // Section 8.3, step 1: the syntax.
    let members = Members::new(statement, &["ver", "alg", "x5c", "sig", "certInfo", "pubArea"], tolerated)?;
    let version = members.text("ver")?;
    if version != VERSION {
        let message = format!("the statement is of version {} of the TPM specification", quote(version));
        return Err(Error::new(Code::StatementVersionMismatch, message)
            .in_field("ver")
            .expecting(VERSION, version));
    }
    let algorithm = members.algorithm(context.policy.allow_sha1)?;
    let chain = members.certificates()?;
    let signature = members.signature()?;
    let (certified, public_area) = (members.bytes("certInfo")?, members.bytes("pubArea")?);
    let public = Public::parse(public_area)?;
    let attest = Attest::parse(certified, tolerated)?;
    // Step 2: the certified key is the credential's.
    check_key(&public.key, context.credential_key.key())?;
    // Step 3: the TPM certified it, for this ceremony.
    check_attest(&attest, algorithm, context)?;
    check_name(&attest, &public, public_area, context.policy.allow_sha1)?;
    // Step 4: the signature, and the certificate of the key that made it.
    let read = leaf::read_chain(&chain, tolerated)?;
    leaf::verify_signature(&read.leaf, algorithm, certified, signature, context.policy.known)?;
    check_certificate(&read.leaf, context.policy.tpm_vendors, tolerated)?;
    leaf::check_aaguid(&read.leaf, &context.authenticator_data.credential()?.aaguid)?;
    Ok(Verified {
        format: Cow::Borrowed("tpm"),
        kind: AttestationType::AttCa,
        chain: chain.into_iter().map(Cow::Borrowed).collect(),
        certificates: read.into_all(),
        critical: &[],
        statements: Vec::new(),
    })
}

fn check_key(certified: &TpmKey<'_>, credential: &PublicKey) -> Result<()> {
    let same = match (certified, credential) {
        (TpmKey::Rsa { exponent, modulus }, PublicKey::Rsa(key)) => {
            number(&exponent.to_be_bytes()) == number(key.e()) && number(modulus) == number(key.n())
        }
        (TpmKey::Ecc { curve, x, y }, PublicKey::Ec(key)) => {
            let coordinates = key.point().get(1..).unwrap_or_default();
            let (own_x, own_y) = coordinates.split_at_checked(key.curve().field_length()).unwrap_or_default();
            curve_of(*curve)? == key.curve() && number(x) == number(own_x) && number(y) == number(own_y)
        }
        (TpmKey::Ecc { curve, .. }, _) => {
            curve_of(*curve)?;
            false
        }
        (TpmKey::Rsa { .. }, _) => false,
    };
    if same { Ok(()) } else { Err(other_key("the TPM certified another key").in_field("pubArea")) }
}

/// Without leading zeros, of which TPMs write as many as they like.
fn number(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// `TPM_ECC_CURVE` (TCG Algorithm Registry, section 6.4).
fn curve_of(number: u16) -> Result<Curve> {
    match number {
        3 => Ok(Curve::P256),
        4 => Ok(Curve::P384),
        5 => Ok(Curve::P521),
        _ => {
            let message = format!("the TPM curve {number} is not supported");
            Err(Error::new(Code::AlgorithmCurve, message).in_field("pubArea"))
        }
    }
}

/// The TPM made the structure, it is a certification, and it is about these authenticator data.
fn check_attest(attest: &Attest<'_>, algorithm: CoseAlgorithm, context: &Context<'_>) -> Result<()> {
    if attest.magic != GENERATED {
        let message = "certInfo was not made by a TPM";
        let (expected, actual) = (format!("{GENERATED:#x}"), format!("{:#x}", attest.magic));
        return Err(refused(Code::StatementMagicMismatch, message).expecting(&expected, &actual));
    }
    if attest.kind != ATTEST_CERTIFY {
        let message = "certInfo attests something else than a key";
        let (expected, actual) = (format!("{ATTEST_CERTIFY:#x}"), format!("{:#x}", attest.kind));
        return Err(refused(Code::StatementTypeMismatch, message).expecting(&expected, &actual));
    }
    let signed = context.signed();
    let hash = algorithm.hash().ok_or_else(|| {
        let message = format!("{algorithm} names no hash, by which a TPM binds its statement");
        Error::new(Code::StatementAlgorithmMismatch, message).in_field("alg")
    })?;
    if attest.extra_data != hash.digest(&signed) {
        let message = "certInfo is about other authenticator data and client data";
        return Err(refused(Code::StatementExtraDataMismatch, message));
    }
    Ok(())
}

fn refused(code: Code, message: &'static str) -> Error {
    Error::new(code, message).in_field("certInfo")
}

/// The certified name is that of the key (TPM 2.0 Library, Part 1, section 16).
fn check_name(attest: &Attest<'_>, public: &Public<'_>, public_area: &[u8], allow_sha1: bool) -> Result<()> {
    let hash = match public.name_hash {
        NameHash::Sha1 if !allow_sha1 => {
            let message = "the name of the key is made with SHA-1, which has to be allowed by name";
            return Err(Error::new(Code::AlgorithmLegacyHash, message).in_field("pubArea"));
        }
        NameHash::Sha1 => AnyHash::Sha1,
        NameHash::Sha256 => AnyHash::Sound(Hash::Sha256),
        NameHash::Sha384 => AnyHash::Sound(Hash::Sha384),
        NameHash::Sha512 => AnyHash::Sound(Hash::Sha512),
        NameHash::Other => {
            let message = "the name of the key is made with a hash that is not supported";
            return Err(Error::new(Code::AlgorithmUnknown, message).in_field("pubArea"));
        }
    };
    if attest.name == Some(&[&public.name_algorithm[..], &hash.digest(public_area)].concat()) {
        return Ok(());
    }
    Err(refused(Code::StatementNameMismatch, "certInfo certifies another object than pubArea"))
}

/// Section 8.3.1: the certificate of the key that signed.
fn check_certificate(
    certificate: &Certificate<'_>,
    vendors: Option<&[String]>,
    tolerated: &mut Tolerated,
) -> Result<()> {
    leaf::check_version(certificate)?;
    if !certificate.subject().is_empty() {
        let message = "the subject of the certificate is not empty";
        return Err(Error::new(Code::LeafSubject, message).expecting("", &certificate.subject().text()));
    }
    check_alternative_name(certificate, vendors)?;
    if !certificate.extended_key_usage().unwrap_or_default().contains(&AIK_USAGE) {
        let message = "the certificate is not for the attestation key of a TPM";
        return Err(Error::new(Code::LeafExtendedKeyUsage, message));
    }
    leaf::check_no_authority(certificate, tolerated)
}

/// TCG EK Credential Profile, section 3.2.9: a critical alternative name with manufacturer, model and version.
fn check_alternative_name(certificate: &Certificate<'_>, vendors: Option<&[String]>) -> Result<()> {
    let wrong = |message: &'static str| Error::new(Code::LeafAlternativeName, message);
    let extension = certificate
        .extension(extensions::oid::SUBJECT_ALTERNATIVE_NAME)
        .ok_or_else(|| wrong("the certificate does not name its TPM"))?;
    if !extension.critical {
        return Err(wrong("the alternative name takes the place of the subject and is not critical"));
    }
    let names = certificate.subject_alternative_name().unwrap_or_default();
    let directories = names.iter().filter_map(|name| match name {
        GeneralName::Directory(name) => Some(name),
        _ => None,
    });
    let named: Vec<&Name<'_>> =
        directories.filter(|name| name.attributes().iter().any(|a| a.oid == MANUFACTURER)).collect();
    let [name] = named.as_slice() else {
        return Err(wrong("the certificate does not name the manufacturer of one TPM"));
    };
    let manufacturer = only(name, MANUFACTURER);
    if only(name, MODEL).is_none() || only(name, FIRMWARE).is_none() {
        return Err(wrong("the certificate does not name model and version of its TPM"));
    }
    check_vendor(&manufacturer.ok_or_else(|| wrong("the manufacturer of the TPM is no text"))?, vendors)
}

/// The text of an attribute that stands once.
fn only(name: &Name<'_>, oid: &[u8]) -> Option<String> {
    let mut found = name.attributes().iter().filter(|attribute| attribute.oid == oid);
    match (found.next(), found.next()) {
        (Some(attribute), None) => attribute.text(),
        _ => None,
    }
}

/// Whether a text can be a manufacturer (TCG TPM Vendor ID Registry): `id:` and four bytes in hexadecimal.
pub(crate) fn is_vendor(manufacturer: &str) -> bool {
    let digits = manufacturer.strip_prefix("id:").unwrap_or_default();
    digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
}

fn check_vendor(manufacturer: &str, vendors: Option<&[String]>) -> Result<()> {
    if !is_vendor(manufacturer) {
        let message = format!("{} does not identify a manufacturer of TPMs", quote(manufacturer));
        return Err(Error::new(Code::LeafVendor, message));
    }
    match vendors {
        Some(vendors) if !vendors.iter().any(|vendor| vendor.eq_ignore_ascii_case(manufacturer)) => {
            let message = format!("TPMs of the manufacturer {} are not taken", quote(manufacturer));
            Err(Error::new(Code::LeafVendor, message).expecting(&vendors.join(", "), manufacturer))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

    use super::super::tpm_structures::TpmKey;
    use super::{AIK_USAGE, FIRMWARE, MANUFACTURER, MODEL, check_certificate, check_key, check_vendor};
    use crate::error::Code;
    use crate::format::der::tag;
    use crate::format::tolerance::{Strictness, Tolerated};
    use crate::key::PublicKey;
    use crate::key::test_keys::{P256, RSA_2048, TestKey, code};
    use crate::webauthn::statement::leaf;
    use crate::x509::test_certificates::{Made, sequence, tlv};

    fn load(key: &TestKey) -> PublicKey {
        PublicKey::from_pem(key.public.as_bytes()).unwrap()
    }

    #[test]
    fn at44_the_certified_key_is_the_credentials() {
        let key = load(&RSA_2048);
        let PublicKey::Rsa(rsa) = &key else { panic!() };
        let padded = [&[0, 0][..], rsa.n()].concat();
        for modulus in [rsa.n(), &padded] {
            check_key(&TpmKey::Rsa { exponent: 65_537, modulus }, &key).unwrap();
        }
        let mismatch = Some(Code::StatementKeyMismatch);
        assert_eq!(code(check_key(&TpmKey::Rsa { exponent: 3, modulus: rsa.n() }, &key)), mismatch);
        assert_eq!(
            code(check_key(&TpmKey::Rsa { exponent: 65_537, modulus: &rsa.n()[1..] }, &key)),
            mismatch
        );
        assert_eq!(
            code(check_key(&TpmKey::Rsa { exponent: 65_537, modulus: rsa.n() }, &load(&P256))),
            mismatch
        );
    }

    #[test]
    fn at48_coordinates_are_numbers_and_the_curve_is_known() {
        let key = load(&P256);
        let point = P256.public_bits();
        let (x, y) = (&point[1..33], &point[33..65]);
        let padded = [&[0; 34][..], x].concat();
        for x in [x, &padded] {
            check_key(&TpmKey::Ecc { curve: 3, x, y }, &key).unwrap();
        }
        let mismatch = Some(Code::StatementKeyMismatch);
        assert_eq!(code(check_key(&TpmKey::Ecc { curve: 3, x: y, y: x }, &key)), mismatch);
        assert_eq!(code(check_key(&TpmKey::Ecc { curve: 3, x, y: &y[..31] }, &key)), mismatch);
        assert_eq!(code(check_key(&TpmKey::Ecc { curve: 4, x, y }, &key)), mismatch);
        assert_eq!(code(check_key(&TpmKey::Ecc { curve: 3, x, y }, &load(&RSA_2048))), mismatch);
        for curve in [0, 1, 2, 6, 0x10, 0x20] {
            for key in [&key, &load(&RSA_2048)] {
                let found = code(check_key(&TpmKey::Ecc { curve, x, y }, key));
                assert_eq!(found, Some(Code::AlgorithmCurve));
            }
        }
    }

    #[test]
    fn at52_manufacturers_are_those_that_are_asked_for() {
        for text in ["id:FFFFF1D0", "id:00000000", "id:4e544300"] {
            check_vendor(text, None).unwrap();
            check_vendor(
                text,
                Some(&["id:53544D20".to_owned(), text.to_ascii_uppercase().replace("ID", "id")]),
            )
            .unwrap();
            assert_eq!(code(check_vendor(text, Some(&[]))), Some(Code::LeafVendor));
            assert_eq!(code(check_vendor(text, Some(&["id:53544D20".to_owned()]))), Some(Code::LeafVendor));
        }
        for text in
            ["", "id:", "id:FFFFF1D", "id:FFFFF1D00", "id:FFFFF1DG", "FFFFF1D0", "ID:FFFFF1D0", "id: FFFF1D0"]
        {
            assert_eq!(code(check_vendor(text, None)), Some(Code::LeafVendor), "{text}");
        }
    }

    fn attribute(oid: &[u8], text: &str) -> Vec<u8> {
        sequence(&[&tlv(tag::OID, oid), &tlv(tag::UTF8_STRING, text.as_bytes())])
    }

    /// A directory name with a set for each attribute.
    fn sets(attributes: &[&Vec<u8>]) -> Vec<u8> {
        let sets: Vec<_> = attributes.iter().flat_map(|attribute| tlv(tag::SET, attribute)).collect();
        tlv(0xa4, &tlv(tag::SEQUENCE, &sets))
    }

    fn aik(names: &[Vec<u8>], critical: bool, usage: &[u8]) -> Made {
        let mut made = Made::new("", "ca").basic_constraints(&[]);
        made.subject = vec![0x30, 0];
        if !names.is_empty() {
            made = made.with(17, critical, &tlv(tag::SEQUENCE, &names.concat()));
        }
        made.with(37, false, &sequence(&[&tlv(tag::OID, usage)]))
    }

    fn judged(made: &Made, strictness: Strictness) -> Option<Code> {
        let (der, mut tolerated) = (made.der(), Tolerated::new(strictness));
        code(check_certificate(&leaf::read(&der, 0, &mut tolerated).unwrap(), None, &mut tolerated))
    }

    #[test]
    fn at49_to_at53_the_certificate_of_the_attestation_key() {
        let (maker, model, version) =
            (attribute(MANUFACTURER, "id:FFFFF1D0"), attribute(MODEL, "m"), attribute(FIRMWARE, "id:13"));
        let apart = sets(&[&maker, &model, &version]);
        let strict = |made: &Made| judged(made, Strictness::Strict);
        let mut in_order = [maker.clone(), model.clone(), version.clone()];
        in_order.sort();
        let together = tlv(0xa4, &tlv(tag::SEQUENCE, &tlv(tag::SET, &in_order.concat())));
        for names in [&together, &apart] {
            assert_eq!(strict(&aik(core::slice::from_ref(names), true, AIK_USAGE)), None);
            let dns = tlv(0x82, b"host");
            assert_eq!(strict(&aik(&[dns, names.clone()], true, AIK_USAGE)), None);
        }
        let wrong = Some(Code::LeafAlternativeName);
        for names in [
            vec![],
            vec![tlv(0x82, b"host")],
            vec![sets(&[&maker, &model])],
            vec![sets(&[&maker, &version])],
            vec![sets(&[&model, &version])],
            vec![sets(&[&maker, &maker, &model, &version])],
            vec![apart.clone(), apart.clone()],
        ] {
            assert_eq!(strict(&aik(&names, true, AIK_USAGE)), wrong);
        }
        let names = [apart];
        assert_eq!(strict(&aik(&names, false, AIK_USAGE)), wrong);
        assert_eq!(strict(&aik(&names, true, &[0x2a, 3])), Some(Code::LeafExtendedKeyUsage));
        let good = || aik(&names, true, AIK_USAGE);
        let subject = Made { subject: Made::new("x", "x").subject, ..good() };
        assert_eq!(strict(&subject), Some(Code::LeafSubject));
        let mut old = Made { version: Some(vec![1]), ..good() };
        old.extensions.clear();
        assert_eq!(strict(&old), Some(Code::LeafVersion));
        assert_eq!(strict(&good().basic_constraints(&[1, 1, 0xff])), Some(Code::LeafIsCa));
        let mut without = good();
        without.extensions.remove(0);
        assert_eq!(strict(&without), Some(Code::LeafBasicConstraints));
        assert_eq!(judged(&without, Strictness::Interoperable), None);
        let unknown = sets(&[&attribute(MANUFACTURER, "NTC"), &model, &version]);
        assert_eq!(strict(&aik(&[unknown], true, AIK_USAGE)), Some(Code::LeafVendor));
    }
}
