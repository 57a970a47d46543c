//! Packed attestation (WebAuthn section 8.2), by a certificate of the model or by the credential key itself.

use std::borrow::Cow;

use super::{AttestationType, Context, Members, Verified, leaf};
use crate::error::{Code, Error, Result};
use crate::format::cbor::Value;
use crate::format::der::tag;
use crate::format::tolerance::Tolerated;
use crate::x509::certificate::Certificate;
use crate::x509::name::Attribute;

pub(super) fn verify<'a>(
    statement: &'a Value<'a>,
    context: &Context<'_>,
    tolerated: &mut Tolerated,
) -> Result<Verified<'a>> {
    // Section 8.2, "verification procedure", first step: the syntax.
    let members = Members::new(statement, &["alg", "sig", "x5c"], tolerated)?;
    let algorithm = members.algorithm(context.policy.allow_sha1)?;
    let signature = members.signature()?;
    let (kind, chain, certificates) = if members.get("x5c").is_some() {
        let chain = members.certificates()?;
        let read = leaf::read_chain(&chain, tolerated)?;
        leaf::verify_signature(&read.leaf, algorithm, &context.signed(), signature, context.policy.known)?;
        check_certificate(&read.leaf, context.policy.judges_trust, tolerated)?;
        if let Some(attested) = &context.authenticator_data.attested {
            leaf::check_aaguid(&read.leaf, &attested.aaguid)?;
        }
        (AttestationType::Basic, chain, read.into_all())
    } else {
        // Self attestation: the algorithm is that of the credential key, which signed.
        if algorithm != context.credential_key.algorithm() {
            let message = "the algorithm of the self attestation is not that of the credential key";
            return Err(Error::new(Code::StatementAlgorithmMismatch, message)
                .in_field("alg")
                .expecting(&context.credential_key.algorithm().to_string(), &algorithm.to_string()));
        }
        context.credential_key.verify(&context.signed(), signature)?;
        (AttestationType::SelfAttestation, Vec::new(), Vec::new())
    };
    Ok(Verified {
        format: Cow::Borrowed("packed"),
        kind,
        chain: chain.into_iter().map(Cow::Borrowed).collect(),
        certificates,
        critical: &[],
        statements: Vec::new(),
    })
}

/// Section 8.2.1: certificate requirements.
///
/// Simulators and old test devices sign with certificates that no authority issued, or of a version that cannot
/// say what is required. Where no anchors are given such a certificate proves no more than self attestation does;
/// it is let pass then, and told.
fn check_certificate(
    certificate: &Certificate<'_>,
    judges_trust: bool,
    tolerated: &mut Tolerated,
) -> Result<()> {
    let is_home_made = certificate.version() == 1 || certificate.is_self_issued();
    let checks: [fn(&Certificate<'_>) -> Result<()>; 3] =
        [leaf::check_version, check_subject, leaf::check_basic_constraints];
    for check in checks {
        match check(certificate) {
            Err(error) if is_home_made && !judges_trust => tolerated.allow("certificate[0]", || error)?,
            outcome => outcome?,
        }
    }
    Ok(())
}

fn check_subject(certificate: &Certificate<'_>) -> Result<()> {
    let refused = |message: &'static str| Err(Error::new(Code::LeafSubject, message).in_field("subject"));
    let values = |oid: &'static [u8]| {
        certificate.subject().attributes().iter().filter(move |one| one.oid == oid).map(plain_text)
    };
    let is_country = |one: &Attribute<'_>| {
        one.tag == tag::PRINTABLE_STRING
            && one.value.len() == 2
            && one.value.iter().all(u8::is_ascii_alphabetic)
    };
    let mut countries = certificate.subject().attributes().iter().filter(|one| one.oid == COUNTRY);
    if !matches!((countries.next(), countries.next()), (Some(country), None) if is_country(country)) {
        return refused("the subject names no country by two letters");
    }
    // A NUL would end the text early for other readers.
    let is_text = |text: Option<&str>| text.is_some_and(|text| !text.is_empty() && !text.contains('\0'));
    let is_filled = |oid| values(oid).next().is_some() && values(oid).all(is_text);
    if !is_filled(ORGANIZATION) || !is_filled(COMMON_NAME) {
        return refused("the subject lacks an organization or a common name");
    }
    let mut units = values(ORGANIZATIONAL_UNIT);
    match (units.next(), units.next()) {
        (Some(Some("Authenticator Attestation")), None) => Ok(()),
        _ => refused("the organizational unit of the subject is not Authenticator Attestation"),
    }
}

/// The two string types that the section allows, since only for them text and bytes are the same.
fn plain_text<'a>(attribute: &Attribute<'a>) -> Option<&'a str> {
    let is_plain = matches!(attribute.tag, tag::UTF8_STRING | tag::PRINTABLE_STRING);
    core::str::from_utf8(attribute.value).ok().filter(|_| is_plain)
}

/// id-at-commonName 2.5.4.3
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// id-at-countryName 2.5.4.6
const COUNTRY: &[u8] = &[0x55, 0x04, 0x06];
/// id-at-organizationName 2.5.4.10
const ORGANIZATION: &[u8] = &[0x55, 0x04, 0x0a];
/// id-at-organizationalUnitName 2.5.4.11
const ORGANIZATIONAL_UNIT: &[u8] = &[0x55, 0x04, 0x0b];
