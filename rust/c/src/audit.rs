//! Verifying the entries of an audit log.

use std::ffi::c_char;

use countermark_core::dfns::audit::{self, AuditExpectation};
use countermark_core::error::Result as CoreResult;
use countermark_core::key::PublicKey;
use countermark_core::key::signing::Scheme;

use crate::call::{About, INPUT, enter};
use crate::handles;
use crate::judged::{padding_rule, record};
use crate::keys::cm_public_key;
use crate::options::Options;
use crate::results::{audit_json, report_json};
use crate::status::cm_status;

/// What is expected of an entry, as it was given.
struct Expected {
    challenge: Option<String>,
    origin: Option<String>,
    rp_id: Option<String>,
    credential_id: Option<String>,
    require_user_verification: bool,
    algorithm: Option<String>,
    padding: Option<String>,
    low_s: bool,
    padded: bool,
}

impl Expected {
    fn read(text: &[u8]) -> CoreResult<Self> {
        let mut options = Options::read(text)?;
        let read = Self {
            challenge: options.optional_text("challenge")?,
            origin: options.optional_text("origin")?,
            rp_id: options.optional_text("rp_id")?,
            credential_id: options.optional_text("credential_id")?,
            require_user_verification: options.flag("require_user_verification", false)?,
            algorithm: options.optional_text("algorithm")?,
            padding: options.optional_text("padding")?,
            low_s: options.flag("low_s", false)?,
            padded: options.flag("allow_padded_base64url", false)?,
        };
        options.finish()?;
        Ok(read)
    }

    fn expectation<'a>(&'a self, public_key: Option<&'a PublicKey>) -> CoreResult<AuditExpectation<'a>> {
        let expectation = AuditExpectation {
            public_key,
            challenge: self.challenge.as_deref(),
            origin: self.origin.as_deref(),
            rp_id: self.rp_id.as_deref(),
            credential_id: self.credential_id.as_deref(),
            require_user_verification: self.require_user_verification,
            algorithm: self.algorithm.as_deref(),
            padding: Scheme::parse_padding(self.padding.as_deref())?,
            low_s: self.low_s,
            padded_base64url: padding_rule(self.padded),
            known: None,
        };
        expectation.check()?;
        Ok(expectation)
    }
}

/// Verifies the assertion in an entry of the audit log, of a key or of a passkey.
///
/// @param entry [in] JSON: the answer of `GET /auth/action/logs/{id}`, or its `firstFactorCredential`.
/// @param entry_length [in] its bytes.
/// @param public_key [in, optional] the key the credential was registered with. With 0 the entry vouches for its own
///     key, and all that is proved is that it agrees with itself: look at the status of what gave the handle.
/// @param expected [in, optional] JSON: `challenge`, `origin`, `rp_id`, `credential_id` (texts),
///     `require_user_verification` (true or false, which is the default), and as for cm_assertion_verify() `algorithm`,
///     `padding`, `low_s`, `allow_padded_base64url`. What is absent is not asked. `rp_id` and
///     `require_user_verification` are asked of passkeys: an entry of a software key signs neither, and passes; look at
///     `kind` where only passkeys are wanted.
/// @param expected_length [in] its bytes.
/// @param out [out, optional] what was verified, as JSON: `kind` (`Key`, `PasswordProtectedKey`, `RecoveryKey` or
///     `Fido2`), `credential_id`, `public_key_pem` (texts), `public_key_pinned` (whether the caller gave the key),
///     `client_data` (Client data of a key), `authenticator_data` (bytes, of a passkey; else null), `hash` (as for
///     cm_assertion_verify()), `signature` (bytes), `tolerated` (Tolerated); without a NUL. NULL, with `out_length`
///     NULL too, where only the status is wanted.
/// @param out_length [in, out, optional] the room at `out`; then the size of the text.
/// @return as cm_assertion_verify(), and CM_AUTHENTICATOR_DATA_..., CM_CBOR_..., CM_PEM_..., CM_DER_..., CM_KEY_...,
///     CM_ATTESTATION_PUBLIC_KEY_MISMATCH for an entry of another key than `public_key`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_audit_verify(
    entry: *const c_char,
    entry_length: usize,
    public_key: cm_public_key,
    expected: *const c_char,
    expected_length: usize,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let text = call.raw_text(entry, entry_length, "entry", INPUT)?;
            let expected = call.json(expected, expected_length, "expected")?;
            let out = call.optional_output(out, out_length)?;
            let key = handles::find_optional::<PublicKey>(public_key, "public_key")?;
            let expected = Expected::read(expected).about("expected")?;
            let expected = expected.expectation(key.as_deref()).about("expected")?;
            let verified = audit::verify(record(text), &expected).about("entry")?;
            out.map_or(Ok(()), |out| out.write(audit_json(&verified, key.is_some())?.as_bytes()))
        })
    }
}

/// Tells step by step what is right and wrong with an entry of the audit log.
///
/// @param entry [in] as for cm_audit_verify().
/// @param entry_length [in] its bytes.
/// @param public_key [in, optional] as for cm_audit_verify().
/// @param expected [in, optional] as for cm_audit_verify().
/// @param expected_length [in] its bytes.
/// @param out [out] a Report as JSON, without a NUL. Its steps: `shape`, `kind`, `credential_id`, `public_key`,
///     `client_data`, `type`, `challenge`, `origin`, `authenticator_data`, `rp_id`, `user_presence`,
///     `user_verification`, `backup_flags`, `signature`.
/// @param out_length [in, out] the room at `out`; then the size of the text.
/// @return as cm_assertion_explain().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_audit_explain(
    entry: *const c_char,
    entry_length: usize,
    public_key: cm_public_key,
    expected: *const c_char,
    expected_length: usize,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let text = call.raw_text(entry, entry_length, "entry", INPUT)?;
            let expected = call.json(expected, expected_length, "expected")?;
            let out = call.output(out, out_length)?;
            let key = handles::find_optional::<PublicKey>(public_key, "public_key")?;
            let expected = Expected::read(expected).about("expected")?;
            let expected = expected.expectation(key.as_deref()).about("expected")?;
            let (report, _) = audit::explain(record(text), &expected).about("expected")?;
            out.write(report_json(&report).as_bytes())
        })
    }
}
