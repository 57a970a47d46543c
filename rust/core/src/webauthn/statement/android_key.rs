//! Android key attestation (WebAuthn section 8.4): a certificate for the credential's own key, in which the
//! device tells how the key is held.

use std::borrow::Cow;

use super::key_description::{
    AuthorizationList, KeyDescription, ORIGIN_GENERATED, PURPOSE_SIGN, PURPOSE_VERIFY,
};
use super::{AttestationType, Context, Members, Verified, key_description, leaf, missing};
use crate::error::{Code, Error, Result};
use crate::format::cbor::Value;
use crate::format::tolerance::Tolerated;
use crate::x509::certificate::Certificate;

/// Verifies a statement.
///
/// # Errors
/// `statement.*`, `signature.invalid`, those of certificates and of their keys.
pub(super) fn verify<'a>(
    statement: &'a Value<'a>,
    context: &Context<'_>,
    tolerated: &mut Tolerated,
) -> Result<Verified<'a>> {
    // Section 8.4, step 1: the syntax.
    let members = Members::new(statement, &["alg", "sig", "x5c"], tolerated)?;
    let algorithm = members.algorithm(context.policy.allow_sha1)?;
    let signature = members.signature()?;
    let chain = members.certificates()?;
    let read = leaf::read_chain(&chain, tolerated)?;
    // Step 2: the signature over authenticator data and hash, by the key of the first certificate.
    leaf::verify_signature(&read.leaf, algorithm, &context.signed(), signature, context.policy.known)?;
    // Step 3: that key is the credential's.
    leaf::check_key(&read.leaf, context.credential_key)?;
    // Steps 4 and 5: what the device tells about it.
    check_description(&read.leaf, context)?;
    // A key that certifies others must not tell about them what a device alone can know.
    if read.others.iter().any(|certificate| certificate.extension(key_description::OID).is_some()) {
        let message = "a key description in a certificate that is not the first";
        return Err(Error::new(Code::StatementKeyDescription, message).in_field("x5c"));
    }
    Ok(Verified {
        format: Cow::Borrowed("android-key"),
        kind: AttestationType::Basic,
        chain: chain.into_iter().map(Cow::Borrowed).collect(),
        certificates: read.into_all(),
        critical: &[key_description::OID],
        statements: Vec::new(),
    })
}

fn check_description(certificate: &Certificate<'_>, context: &Context<'_>) -> Result<()> {
    let Some(extension) = certificate.extension(key_description::OID) else {
        return Err(missing("keyDescription"));
    };
    let description = KeyDescription::parse(extension.value)?;
    if description.challenge != context.client_data_hash {
        let message = "the certificate was made for another challenge than the hash of the client data";
        return Err(Error::new(Code::StatementChallengeMismatch, message).in_field("attestationChallenge"));
    }
    check_lists(&description, context.policy.require_tee)
}

/// Section 8.4, step 5: bound to one relying party, made by the device, for signing.
fn check_lists(description: &KeyDescription<'_>, require_tee: bool) -> Result<()> {
    let (software, tee) = (&description.software_enforced, &description.tee_enforced);
    if software.all_applications || tee.all_applications {
        let message = "the key serves all applications of the device";
        return Err(Error::new(Code::StatementAllApplications, message).in_field("allApplications"));
    }
    let asked: &[&AuthorizationList] = if require_tee { &[tee] } else { &[software, tee] };
    let origins: Vec<u64> = asked.iter().filter_map(|list| list.origin).collect();
    if origins.is_empty() || origins.iter().any(|origin| *origin != ORIGIN_GENERATED) {
        return Err(unauthorized("origin", "the key is not said to be generated on the device"));
    }
    let purposes: Vec<u64> =
        asked.iter().filter_map(|list| list.purposes.as_deref()).flatten().copied().collect();
    // Verifying needs the public half only and takes nothing away from a key for signing.
    let fits = |purpose: &u64| matches!(*purpose, PURPOSE_SIGN | PURPOSE_VERIFY);
    if !purposes.contains(&PURPOSE_SIGN) || !purposes.iter().all(fits) {
        return Err(unauthorized("purpose", "the key is not said to be for signing alone"));
    }
    Ok(())
}

fn unauthorized(field: &'static str, message: &'static str) -> Error {
    Error::new(Code::StatementAuthorization, message).in_field(field)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::super::key_description::tests::{ALL, GENERATED, SIGN, description};
    use super::check_lists;
    use crate::error::Code;
    use crate::webauthn::statement::key_description::KeyDescription;

    fn judged(software: &str, tee: &str, require_tee: bool) -> Option<Code> {
        let value = description(b"c", software, tee);
        check_lists(&KeyDescription::parse(&value).unwrap(), require_tee).err().map(|error| error.code())
    }

    #[test]
    fn at58_keys_for_all_applications_are_refused_in_either_list() {
        let good = format!("{SIGN}{GENERATED}");
        for require_tee in [true, false] {
            assert_eq!(judged("", &good, require_tee), None);
            assert_eq!(judged(ALL, &good, require_tee), Some(Code::StatementAllApplications));
            assert_eq!(
                judged("", &format!("{good}{ALL}"), require_tee),
                Some(Code::StatementAllApplications)
            );
        }
    }

    #[test]
    fn at59_origin_and_purpose_stand_in_the_list_that_is_asked_for() {
        let (wrong, good) = (Some(Code::StatementAuthorization), format!("{SIGN}{GENERATED}"));
        assert_eq!((judged(&good, "", true), judged(&good, "", false)), (wrong, None));
        assert_eq!((judged(SIGN, GENERATED, true), judged(SIGN, GENERATED, false)), (wrong, None));
        assert_eq!((judged("", "", true), judged("", "", false)), (wrong, wrong));
        let imported = "bf853e03020102";
        assert_eq!((judged(imported, &good, true), judged(imported, &good, false)), (None, wrong));
        assert_eq!(judged("", &format!("{SIGN}{imported}"), true), wrong);
        for (purpose, expected) in [
            ("a1083106020102020103", None),
            ("a1053103020103", wrong),
            ("a1053103020100", wrong),
            ("a1083106020102020100", wrong),
            ("a1023100", wrong),
        ] {
            assert_eq!(judged("", &format!("{purpose}{GENERATED}"), true), expected, "{purpose}");
        }
    }
}
