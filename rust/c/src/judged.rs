//! Verifying what key credentials signed. A function that verifies gives the first reason as its status; one that
//! explains gives every step as data and fails only for its own arguments.

use std::ffi::c_char;

use countermark_core::dfns::assertion::{self, AssertionExpectation};
use countermark_core::dfns::credential::{self, AttestationExpectation};
use countermark_core::dfns::expectation::Expectation;
use countermark_core::dfns::{CredentialKind, Profile};
use countermark_core::error::Result as CoreResult;
use countermark_core::format::base64url::Padding;
use countermark_core::format::record::Record;
use countermark_core::key::PublicKey;
use countermark_core::key::signing::Scheme;

use crate::call::{About, INPUT, enter};
use crate::handles;
use crate::keys::cm_public_key;
use crate::options::Options;
use crate::results::{assertion_json, attestation_json, report_json};
use crate::status::cm_status;

/// What is expected of both, as it was given.
struct Common {
    challenge: String,
    credential_id: Option<String>,
    kind: Option<CredentialKind>,
    profile: Option<&'static Profile>,
    origin: Option<String>,
    cross_origin: Option<bool>,
    padding: Option<String>,
    low_s: bool,
    padded: bool,
}

impl Common {
    fn read(options: &mut Options<'_>) -> CoreResult<Self> {
        let kind = options.optional_text("kind")?;
        let profile = options.optional_text("profile")?;
        Ok(Self {
            challenge: options.text("challenge")?,
            credential_id: options.optional_text("credential_id")?,
            kind: kind.as_deref().map(CredentialKind::parse).transpose()?,
            profile: profile.as_deref().map(Profile::parse).transpose()?,
            origin: options.optional_text("origin")?,
            cross_origin: options.optional_flag("cross_origin")?,
            padding: options.optional_text("padding")?,
            low_s: options.flag("low_s", false)?,
            padded: options.flag("allow_padded_base64url", false)?,
        })
    }

    fn expectation(&self) -> CoreResult<Expectation<'_>> {
        Ok(Expectation {
            challenge: &self.challenge,
            credential_id: self.credential_id.as_deref(),
            kind: self.kind,
            profile: self.profile,
            origin: self.origin.as_deref(),
            cross_origin: self.cross_origin,
            padding: Scheme::parse_padding(self.padding.as_deref())?,
            low_s: self.low_s,
            padded_base64url: padding_rule(self.padded),
        })
    }
}

pub(crate) fn padding_rule(allowed: bool) -> Padding {
    if allowed { Padding::Allowed } else { Padding::Forbidden }
}

/// Reads the message that is judged. Its length is no argument to be refused: a report must be able to tell it.
pub(crate) fn record(text: &[u8]) -> CoreResult<Record<'_>> {
    Record::from_json(text)
}

/// What is expected of an assertion, read from JSON.
struct Assertion {
    common: Common,
    algorithm: Option<String>,
}

impl Assertion {
    fn read(text: &[u8]) -> CoreResult<Self> {
        let mut options = Options::read(text)?;
        let common = Common::read(&mut options)?;
        let algorithm = options.optional_text("algorithm")?;
        options.finish()?;
        Ok(Self { common, algorithm })
    }

    fn expectation<'a>(&'a self, public_key: &'a PublicKey) -> CoreResult<AssertionExpectation<'a>> {
        let common = self.common.expectation()?;
        let expectation = AssertionExpectation { common, public_key, algorithm: self.algorithm.as_deref() };
        expectation.check()?;
        Ok(expectation)
    }
}

/// Verifies an assertion of a key credential.
///
/// @param assertion [in] the assertion as it was sent, JSON.
/// @param assertion_length [in] its bytes.
/// @param public_key [in] the key the credential was registered with.
/// @param expected [in] JSON: `challenge` (required; the text that was given out), `credential_id` (text), `kind`
///     (`Key`, `PasswordProtectedKey` or `RecoveryKey`), `profile` (the name of a profile whose bytes the client data
///     must be), `origin` (text), `cross_origin` (true or false), `algorithm` (the one the credential was registered
///     with, as for cm_signer_new()), `padding` (`pkcs1v15`, which is the default, or `pss`; for RSA keys), `low_s`
///     (true refuses an ECDSA signature whose s is in the upper half of the group), `allow_padded_base64url` (true or
///     false, which is the default). What is absent is not asked, but for `cross_origin`: client data that say true are
///     refused unless it says true.
/// @param expected_length [in] its bytes.
/// @param out [out, optional] what was verified, as JSON: `kind`, `credential_id` (texts), `client_data` (Client data),
///     `algorithm` (as the message names it, or null), `hash` (`SHA-256`, `SHA-384` or `SHA-512`; null for EdDSA keys),
///     `signature` (bytes); without a NUL. NULL, with `out_length` NULL too, where only the status is wanted.
/// @param out_length [in, out, optional] the room at `out`; then the size of the text.
/// @return CM_OK if it verifies. Otherwise the first reason: CM_JSON_..., CM_ASSERTION_..., CM_CLIENT_DATA_...,
///     CM_BASE64URL_..., CM_ALGORITHM_..., CM_SIGNATURE_INVALID, CM_LIMIT_...; for `expected` CM_ARGUMENT_...,
///     CM_JSON_..., CM_LIMIT_... and, for an `algorithm` or `padding` that the key does not have, CM_ALGORITHM_...;
///     CM_C_BUFFER_TOO_SMALL, CM_C_HANDLE_INVALID, CM_C_HANDLE_CLOSED, CM_C_NULL_POINTER, CM_C_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_assertion_verify(
    assertion: *const c_char,
    assertion_length: usize,
    public_key: cm_public_key,
    expected: *const c_char,
    expected_length: usize,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let text = call.raw_text(assertion, assertion_length, "assertion", INPUT)?;
            let expected = call.json(expected, expected_length, "expected")?;
            let out = call.optional_output(out, out_length)?;
            let key = handles::find::<PublicKey>(public_key, "public_key")?;
            let expected = Assertion::read(expected).about("expected")?;
            let expected = expected.expectation(&key).about("expected")?;
            let verified = assertion::verify(record(text), &expected).about("assertion")?;
            out.map_or(Ok(()), |out| out.write(assertion_json(&verified).as_bytes()))
        })
    }
}

/// Tells step by step what is right and wrong with an assertion.
///
/// @param assertion [in] as for cm_assertion_verify().
/// @param assertion_length [in] its bytes.
/// @param public_key [in] as for cm_assertion_verify().
/// @param expected [in] as for cm_assertion_verify().
/// @param expected_length [in] its bytes.
/// @param out [out] a Report as JSON, without a NUL. Its steps: `shape`, `kind`, `credential_id`, `client_data`,
///     `type`, `challenge`, `origin`, `cross_origin`, `profile`, `algorithm`, `signature`.
/// @param out_length [in, out] the room at `out`; then the size of the text.
/// @return CM_OK, whatever the report says, also of a message that is too long to be read; CM_LIMIT_SIZE for one of
///     more than 1 GiB; for `expected` as cm_assertion_verify();
///     CM_C_BUFFER_TOO_SMALL, CM_C_HANDLE_INVALID, CM_C_HANDLE_CLOSED, CM_C_NULL_POINTER, CM_C_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_assertion_explain(
    assertion: *const c_char,
    assertion_length: usize,
    public_key: cm_public_key,
    expected: *const c_char,
    expected_length: usize,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let text = call.raw_text(assertion, assertion_length, "assertion", INPUT)?;
            let expected = call.json(expected, expected_length, "expected")?;
            let out = call.output(out, out_length)?;
            let key = handles::find::<PublicKey>(public_key, "public_key")?;
            let expected = Assertion::read(expected).about("expected")?;
            let expected = expected.expectation(&key).about("expected")?;
            let (report, _) = assertion::explain(record(text), &expected).about("expected")?;
            out.write(report_json(&report).as_bytes())
        })
    }
}

/// What is expected of the attestation of a new credential, read from JSON.
struct Attestation(Common);

impl Attestation {
    fn read(text: &[u8]) -> CoreResult<Self> {
        let mut options = Options::read(text)?;
        let common = Common::read(&mut options)?;
        options.finish()?;
        Ok(Self(common))
    }

    fn expectation<'a>(
        &'a self,
        public_key: Option<&'a PublicKey>,
    ) -> CoreResult<AttestationExpectation<'a>> {
        let expectation = AttestationExpectation { common: self.0.expectation()?, public_key };
        expectation.check()?;
        Ok(expectation)
    }
}

/// Verifies a new key credential: that its key signed its own public key and the challenge.
///
/// @param credential [in] one credential as it was sent, JSON; not the whole registration body.
/// @param credential_length [in] its bytes.
/// @param public_key [in, optional] the key it must register; 0 takes any, so look at the status of what gave
///     the handle.
/// @param expected [in] JSON, as for cm_assertion_verify(), without `algorithm`: a new credential states its own.
/// @param expected_length [in] its bytes.
/// @param out [out, optional] what was verified, as JSON: `public_key_pem` (text, to the byte as it was signed: store
///     it), `fingerprint` (text, what was signed), and as for cm_assertion_verify() `kind`, `credential_id`,
///     `client_data`, `algorithm`, `hash`, `signature`; without a NUL. NULL, with `out_length` NULL too, where only the
///     status is wanted.
/// @param out_length [in, out, optional] the room at `out`; then the size of the text.
/// @return CM_OK if it verifies. Otherwise the first reason, as for cm_assertion_verify(), and CM_CREDENTIAL_...,
///     CM_ATTESTATION_..., CM_HEX_..., CM_PEM_..., CM_DER_..., CM_KEY_....
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_attestation_verify(
    credential: *const c_char,
    credential_length: usize,
    public_key: cm_public_key,
    expected: *const c_char,
    expected_length: usize,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let text = call.raw_text(credential, credential_length, "credential", INPUT)?;
            let expected = call.json(expected, expected_length, "expected")?;
            let out = call.optional_output(out, out_length)?;
            let key = handles::find_optional::<PublicKey>(public_key, "public_key")?;
            let expected = Attestation::read(expected).about("expected")?;
            let expected = expected.expectation(key.as_deref()).about("expected")?;
            let verified = credential::verify(record(text), &expected).about("credential")?;
            out.map_or(Ok(()), |out| out.write(attestation_json(&verified).as_bytes()))
        })
    }
}

/// Tells step by step what is right and wrong with a new key credential.
///
/// @param credential [in] as for cm_attestation_verify().
/// @param credential_length [in] its bytes.
/// @param public_key [in, optional] as for cm_attestation_verify().
/// @param expected [in] as for cm_attestation_verify().
/// @param expected_length [in] its bytes.
/// @param out [out] a Report as JSON, without a NUL. Its steps: those of cm_assertion_explain(), and before `algorithm`
///     `attestation_data` and `public_key`.
/// @param out_length [in, out] the room at `out`; then the size of the text.
/// @return as cm_assertion_explain().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_attestation_explain(
    credential: *const c_char,
    credential_length: usize,
    public_key: cm_public_key,
    expected: *const c_char,
    expected_length: usize,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let text = call.raw_text(credential, credential_length, "credential", INPUT)?;
            let expected = call.json(expected, expected_length, "expected")?;
            let out = call.output(out, out_length)?;
            let key = handles::find_optional::<PublicKey>(public_key, "public_key")?;
            let expected = Attestation::read(expected).about("expected")?;
            let expected = expected.expectation(key.as_deref()).about("expected")?;
            let (report, _) = credential::explain(record(text), &expected).about("expected")?;
            out.write(report_json(&report).as_bytes())
        })
    }
}
