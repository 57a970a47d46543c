//! Android SafetyNet attestation (WebAuthn section 8.5): a JWS of Google's service over a nonce. The service has
//! ended and Level 3 names the format obsolete; records of it remain.

use std::borrow::Cow;

use super::{AttestationType, Context, Members, Verified, leaf};
use crate::crypto::digest;
use crate::error::{Code, Error, Result};
use crate::format::base64;
use crate::format::cbor;
use crate::format::json::{self, Object, Value};
use crate::format::jws::Jws;
use crate::format::tolerance::Tolerated;
use crate::key::cose::CoseAlgorithm;
use crate::limits;
use crate::x509::certificate::Certificate;
use crate::x509::extensions::GeneralName;

/// The name the service's certificate is for.
const HOST: &str = "attest.android.com";
/// id-at-commonName 2.5.4.3, as content octets
const COMMON_NAME: &[u8] = &[0x55, 0x04, 0x03];
/// How far the service's clock may be from the verifier's, in milliseconds: "within the last minute", and as
/// much the other way.
const CLOCK_MS: u64 = 60_000;

/// Verifies a statement.
///
/// # Errors
/// `statement.*`, `jws.*`, `json.*`, `leaf.hostname`, `signature.invalid`, those of certificates and of their
/// keys.
pub(super) fn verify<'a>(
    statement: &'a cbor::Value<'a>,
    context: &Context<'_>,
    tolerated: &mut Tolerated,
) -> Result<Verified<'a>> {
    // Section 8.5, step 1: the syntax.
    let members = Members::new(statement, &["ver", "response"], tolerated)?;
    if members.text("ver")?.is_empty() {
        let message = "the version of the service is empty";
        return Err(Error::new(Code::StatementValue, message).in_field("ver"));
    }
    // Step 2: the response is a JWS by the service.
    let jws =
        Jws::parse(members.bytes("response")?, limits::CBOR).map_err(|error| error.in_field("response"))?;
    jws.require_algorithm(&["RS256"])?;
    let chain: Vec<&[u8]> = jws.certificates.iter().map(Vec::as_slice).collect();
    let certificate = leaf::read_chain(&chain, tolerated)?.leaf;
    check_host(&certificate, tolerated)?;
    leaf::verify_signature(
        &certificate,
        CoseAlgorithm::Rs256,
        jws.signed,
        &jws.signature,
        context.policy.known,
    )?;
    // Steps 3 and 4: what the service says.
    let payload = json::read_object(&jws.payload).map_err(|error| error.in_field("response"))?;
    check_payload(&payload, context)?;
    Ok(Verified {
        format: Cow::Borrowed("android-safetynet"),
        kind: AttestationType::Basic,
        chain: jws.certificates.into_iter().map(Cow::Owned).collect(),
        certificates: Vec::new(),
        critical: &[],
        statements: Vec::new(),
    })
}

/// The exact name, as a DNS name of the certificate: no wildcard. A certificate without any alternative name may
/// have it as its common name, as certificates for hosts once had.
fn check_host(certificate: &Certificate<'_>, tolerated: &mut Tolerated) -> Result<()> {
    let refused = |found: &str| {
        let message = "the certificate of the response is not that of the attestation service";
        Error::new(Code::LeafHostname, message).in_field("response").expecting(HOST, found)
    };
    if let Some(names) = certificate.subject_alternative_name() {
        let hosts = names.iter().filter_map(|name| match name {
            GeneralName::Dns(name) => Some(*name),
            _ => None,
        });
        let hosts: Vec<&str> = hosts.collect();
        return if hosts.contains(&HOST) { Ok(()) } else { Err(refused(&hosts.join(", "))) };
    }
    let names = certificate.subject().attributes().iter().filter(|attribute| attribute.oid == COMMON_NAME);
    let names: Vec<String> = names.map(|attribute| attribute.text().unwrap_or_default()).collect();
    match names.as_slice() {
        [name] if name == HOST => tolerated.allow("certificate[0]", || refused("(no alternative name)")),
        names => Err(refused(&names.join(", "))),
    }
}

fn check_payload(payload: &Object<'_>, context: &Context<'_>) -> Result<()> {
    let value = |name| payload.get(name).map(|member| &member.value);
    let nonce = base64::encode(&digest::sha256(&context.signed()));
    match value("nonce") {
        Some(Value::Text(found)) if *found == nonce => {}
        found => {
            let actual = if let Some(Value::Text(text)) = found { text } else { "(none)" };
            let message = "the response is for other authenticator data and client data";
            return Err(Error::new(Code::StatementNonceMismatch, message)
                .in_field("nonce")
                .expecting(&nonce, actual));
        }
    }
    if value("ctsProfileMatch") != Some(&Value::Bool(true)) {
        let message = "the service does not vouch for the device: ctsProfileMatch is not true";
        return Err(Error::new(Code::StatementCtsProfile, message).in_field("ctsProfileMatch"));
    }
    let Some(at) = context.policy.at else { return Ok(()) };
    if is_near(value("timestampMs"), at) {
        return Ok(());
    }
    let message = "the response was not made within a minute of the given time";
    Err(Error::new(Code::StatementTimestamp, message).in_field("timestampMs"))
}

/// Whether a number of milliseconds is a minute or less away from a number of seconds.
fn is_near(stamp: Option<&Value<'_>>, at: i64) -> bool {
    let Some(Value::Number(digits)) = stamp else { return false };
    let stamp = core::str::from_utf8(digits).ok().and_then(|digits| digits.parse::<i64>().ok());
    let at = at.checked_mul(1000);
    stamp.zip(at).is_some_and(|(stamp, at)| stamp.abs_diff(at) <= CLOCK_MS)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{check_host, is_near};
    use crate::error::Code;
    use crate::format::der::tag;
    use crate::format::json::Value;
    use crate::format::tolerance::{Strictness, Tolerated};
    use crate::key::test_keys::code;
    use crate::webauthn::statement::leaf;
    use crate::x509::test_certificates::{Made, tlv};

    #[test]
    fn at65_the_certificate_is_for_the_exact_host() {
        let judged = |made: &Made, strictness| {
            let (der, mut tolerated) = (made.der(), Tolerated::new(strictness));
            let outcome = code(check_host(&leaf::read(&der, 0, &mut tolerated).unwrap(), &mut tolerated));
            (outcome, tolerated.notes().len())
        };
        let refused = (Some(Code::LeafHostname), 0);
        let named = |subject, names: &[(u8, &str)]| {
            let names: Vec<_> = names.iter().flat_map(|(tag, name)| tlv(*tag, name.as_bytes())).collect();
            Made::new(subject, "root").with(17, false, &tlv(tag::SEQUENCE, &names))
        };
        let host = "attest.android.com";
        for strictness in [Strictness::Strict, Strictness::Interoperable] {
            assert_eq!(judged(&named("x", &[(0x82, host)]), strictness), (None, 0));
            assert_eq!(judged(&named("x", &[(0x82, "x"), (0x82, host)]), strictness), (None, 0));
            for name in
                ["*.android.com", "attest.android.com.", "Attest.android.com", "attest.android.com\0.x", ""]
            {
                assert_eq!(judged(&named(host, &[(0x82, name)]), strictness), refused, "{name}");
            }
            assert_eq!(judged(&named(host, &[(0x81, host)]), strictness), refused);
            assert_eq!(judged(&Made::new("*.android.com", "root"), strictness), refused);
        }
        let old = Made::new(host, "root");
        assert_eq!(judged(&old, Strictness::Strict), refused);
        assert_eq!(judged(&old, Strictness::Interoperable), (None, 1));
    }

    #[test]
    fn at65_the_time_of_the_response_is_within_a_minute() {
        let near = |text: &'static [u8]| is_near(Some(&Value::Number(text)), 1_600_000_000);
        for text in [&b"1600000000000"[..], b"1599999940000", b"1600000060000"] {
            assert!(near(text));
        }
        for text in [
            &b"1599999939999"[..],
            b"1600000060001",
            b"1600000000",
            b"-1600000000000",
            b"1.6e12",
            b"16000000000000000000000",
        ] {
            assert!(!near(text));
        }
        assert!(!is_near(None, 0));
        assert!(!is_near(Some(&Value::Text("0".into())), 0));
        assert!(!is_near(Some(&Value::Number(b"0")), i64::MAX));
    }
}
