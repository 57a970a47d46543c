//! Passkeys: the two ceremonies.

use std::ffi::c_char;
use std::sync::Arc;

use countermark_core::error::{Code, Error, Result as CoreResult};
use countermark_core::format::base64url::{self, Padding};
use countermark_core::format::tolerance::{Strictness, Tolerated};
use countermark_core::key::cose::{CoseAlgorithm, CoseKey};
use countermark_core::limits;
use countermark_core::webauthn::attestation::{AttestationPolicy, Trust};
use countermark_core::webauthn::authentication::{self, AuthenticationPolicy, SignCountPolicy};
use countermark_core::webauthn::policy::{Challenge, ChallengeForm, Policy};
use countermark_core::webauthn::registration::{self, RegistrationPolicy};
use countermark_core::webauthn::statement::{CompoundPolicy, StatementPolicy};
use countermark_core::x509::anchors::Anchors;

use crate::call::{About, INPUT, enter};
use crate::handles;
use crate::judged::{padding_rule, record};
use crate::options::{Options, missing};
use crate::results::{authentication_json, registration_json, report_json};
use crate::status::cm_status;
use crate::trust::cm_trust_anchors;

/// 9999-12-31T23:59:59Z
const LAST: i64 = 253_402_300_799;

/// The challenge as it was given.
enum Given {
    Text(String),
    Bytes(Vec<u8>),
}

/// What both ceremonies expect, as it was given.
struct Common {
    challenge: Given,
    challenge_form: Option<ChallengeForm>,
    origins: Vec<String>,
    top_origins: Option<Vec<String>>,
    allow_cross_origin: bool,
    rp_id: String,
    require_user_presence: bool,
    require_user_verification: bool,
    credential_id: Option<Vec<u8>>,
    limited_verification: bool,
    allow_sha1: bool,
    padded_base64url: Padding,
    strictness: Strictness,
}

impl Common {
    fn read(options: &mut Options<'_>) -> CoreResult<Self> {
        let challenge = match (options.optional_text("challenge")?, options.optional_text("challenge_b64u")?)
        {
            (Some(text), None) => Given::Text(text),
            (None, Some(text)) => Given::Bytes(
                base64url::decode(text.as_bytes(), Padding::Forbidden)
                    .map_err(|error| error.in_field("challenge_b64u"))?,
            ),
            (None, None) => return Err(missing("challenge")),
            (Some(_), Some(_)) => {
                let message = "the challenge is given both as text and as bytes";
                return Err(Error::new(Code::ArgumentValue, message).in_field("challenge"));
            }
        };
        let form = options.optional_text("challenge_form")?;
        Ok(Self {
            challenge,
            challenge_form: form.as_deref().map(ChallengeForm::parse).transpose()?,
            origins: options.texts("origin")?.ok_or_else(|| missing("origin"))?,
            top_origins: options.texts("top_origin")?,
            allow_cross_origin: options.flag("allow_cross_origin", false)?,
            rp_id: options.text("rp_id")?,
            require_user_presence: options.flag("require_user_presence", true)?,
            require_user_verification: options.flag("require_user_verification", true)?,
            credential_id: options.optional_bytes("credential_id")?,
            limited_verification: options.flag("limited_verification", false)?,
            allow_sha1: options.flag("allow_sha1", false)?,
            padded_base64url: padding_rule(options.flag("allow_padded_base64url", false)?),
            strictness: Strictness::parse(&options.text_or("strictness", "interoperable")?)?,
        })
    }

    fn policy(&self) -> Policy<'_> {
        Policy {
            challenge: match &self.challenge {
                Given::Text(text) => Challenge::Text(text),
                Given::Bytes(bytes) => Challenge::Bytes(bytes),
            },
            challenge_form: self.challenge_form,
            origins: &self.origins,
            top_origins: self.top_origins.as_deref(),
            allow_cross_origin: self.allow_cross_origin,
            rp_id: &self.rp_id,
            require_user_presence: self.require_user_presence,
            require_user_verification: self.require_user_verification,
            credential_id: self.credential_id.as_deref(),
            limited_verification: self.limited_verification,
            allow_sha1: self.allow_sha1,
            padded_base64url: self.padded_base64url,
            strictness: self.strictness,
        }
    }
}

/// What is expected of a registration, as it was given.
struct Registering {
    common: Common,
    algorithms: Option<Vec<CoseAlgorithm>>,
    formats: Option<Vec<String>>,
    trust: Option<Arc<Anchors>>,
    at: Option<i64>,
    require_trust: bool,
    compound: CompoundPolicy,
    tpm_vendors: Option<Vec<String>>,
    require_tee: bool,
    repair: bool,
}

impl Registering {
    fn read(text: &[u8], trust: Option<Arc<Anchors>>) -> CoreResult<Self> {
        let mut options = Options::read(text)?;
        let common = Common::read(&mut options)?;
        let number = |number: &i64| CoseAlgorithm::from_number((*number).into(), common.allow_sha1);
        let algorithms = options.integers("algorithms")?;
        let algorithms = algorithms.map(|numbers| numbers.iter().map(number).collect::<CoreResult<_>>());
        let read = Self {
            algorithms: algorithms.transpose()?,
            formats: options.texts("formats")?,
            at: options.integer("at", 0..=LAST)?,
            require_trust: options.flag("require_trust", trust.is_some())?,
            compound: compound_policy(&mut options)?,
            tpm_vendors: options.texts("tpm_vendors")?,
            require_tee: options.flag("require_tee", true)?,
            repair: options.flag("repair_cose_map_count", false)?,
            trust,
            common,
        };
        options.finish()?;
        Ok(read)
    }

    fn policy(&self) -> CoreResult<RegistrationPolicy<'_>> {
        let policy = RegistrationPolicy {
            common: self.common.policy(),
            algorithms: self.algorithms.as_deref(),
            attestation: AttestationPolicy {
                formats: self.formats.as_deref(),
                statement: StatementPolicy {
                    at: self.at,
                    allow_sha1: self.common.allow_sha1,
                    compound: self.compound,
                    tpm_vendors: self.tpm_vendors.as_deref(),
                    require_tee: self.require_tee,
                    judges_trust: self.trust.is_some(),
                    known: None,
                },
                trust: self.trust.as_deref().map(Trust::Anchors),
                require_trust: self.require_trust,
                repair: self.repair,
            },
        };
        policy.check()?;
        Ok(policy)
    }
}

fn compound_policy(options: &mut Options<'_>) -> CoreResult<CompoundPolicy> {
    if options.is_text("compound_policy") {
        return match options.text("compound_policy")?.as_str() {
            "all" => Ok(CompoundPolicy::All),
            "any" => Ok(CompoundPolicy::AtLeast(1)),
            _ => {
                let message = "compound_policy is \"all\", \"any\" or how many statements must verify";
                Err(Error::new(Code::ArgumentValue, message).in_field("compound_policy"))
            }
        };
    }
    let count = options.integer("compound_policy", 0..=u32::MAX.into())?;
    Ok(count.map_or(CompoundPolicy::All, |count| {
        CompoundPolicy::AtLeast(usize::try_from(count).unwrap_or_default())
    }))
}

/// What is expected of a login, as it was given.
struct Authenticating {
    common: Common,
    user_handle: Option<Vec<u8>>,
    sign_count: Option<u32>,
    sign_count_policy: SignCountPolicy,
    backup_eligible: Option<bool>,
    app_id: Option<String>,
    allow_payment: bool,
}

impl Authenticating {
    fn read(text: &[u8]) -> CoreResult<Self> {
        let mut options = Options::read(text)?;
        let common = Common::read(&mut options)?;
        let count = options.integer("sign_count", 0..=u32::MAX.into())?;
        let read = Self {
            user_handle: options.optional_bytes("user_handle")?,
            sign_count: count.and_then(|count| u32::try_from(count).ok()),
            sign_count_policy: SignCountPolicy::parse(&options.text_or("sign_count_policy", "require")?)?,
            backup_eligible: options.optional_flag("backup_eligible")?,
            app_id: options.optional_text("appid")?,
            allow_payment: options.flag("allow_payment", false)?,
            common,
        };
        options.finish()?;
        Ok(read)
    }

    /// Reads the key as the policy has it.
    fn key(&self, encoded: &[u8]) -> CoreResult<CoseKey> {
        CoseKey::read(encoded, self.common.allow_sha1, &mut Tolerated::new(self.common.strictness))
    }

    fn policy<'a>(&'a self, public_key: &'a CoseKey) -> CoreResult<AuthenticationPolicy<'a>> {
        let policy = AuthenticationPolicy {
            common: self.common.policy(),
            public_key,
            user_handle: self.user_handle.as_deref(),
            sign_count: self.sign_count,
            sign_count_policy: self.sign_count_policy,
            backup_eligible: self.backup_eligible,
            app_id: self.app_id.as_deref(),
            allow_payment: self.allow_payment,
        };
        policy.check()?;
        Ok(policy)
    }
}

/// Verifies the registration of a passkey (WebAuthn section 7.1).
///
/// @param response [in] JSON: `PublicKeyCredential.toJSON()` of the browser, or a `Fido2` body of the Dfns API.
/// @param response_length [in] its bytes.
/// @param policy [in] JSON. For every ceremony, the first three required:
///     `challenge`: the text that was given out, or in its place `challenge_b64u`: the bytes, in base64url;
///     `origin`: the origin that is taken, or a list of several; compared to the byte;
///     `rp_id`: the id of the relying party, such as `example.com`;
///     `challenge_form`: how the challenge stands in the client data: `verbatim`, `encoded` (in base64url) or `either`;
///     by default text `verbatim` and bytes `encoded`, but text `either` way in a `Fido2` body;
///     `top_origin`: the origins of pages that may embed the call, one or a list; by default any;
///     `allow_cross_origin`: whether a page of another origin may embed it (false);
///     `require_user_presence`, `require_user_verification`: refuse without the flag (true);
///     `credential_id`: the id it must have, in base64url; by default any;
///     `limited_verification`: the client data must pass WebAuthn 5.8.1.2 too (false);
///     `allow_sha1`: take signatures with SHA-1 (false);
///     `strictness`: `interoperable` (the default) lets pass what real devices send and tells of it; or `strict`;
///     `allow_padded_base64url`: in the response (false).
///     For registrations:
///     `algorithms`: a list of the COSE numbers that were offered, such as [-7, -8, -257]; by default every one that is
///     known, -65535 (RS1) only with `allow_sha1`;
///     `formats`: the attestation formats that are taken, a list or one of `none`, `packed`, `fido-u2f`, `tpm`,
///     `android-key`, `android-safetynet`, `apple`, `compound`; by default all;
///     `at`: the time to judge certificates at, in seconds since 1970, up to the end of the year 9999; required with
///     trust anchors;
///     `require_trust`: refuse an attestation that leads to no anchor (true with trust anchors, else false);
///     `compound_policy`: how many statements of a compound attestation must verify: `all` (the default), `any` or a
///     number from 1 to 8;
///     `tpm_vendors`: the TPM manufacturers that are taken, a list or one, such as `id:494E5443`; by default any;
///     `require_tee`: the trusted environment must hold an Android key (true);
///     `repair_cose_map_count`: read an Ed25519 key whose map says one entry too few, as some authenticators wrote it
///     (false).
/// @param policy_length [in] its bytes.
/// @param trust [in, optional] the anchors that the attestation must lead to; 0 judges no trust, so look at the
///     status of what gave the handle.
/// @param out [out, optional] what was verified, as JSON: `credential_id` (bytes: store them), `public_key` (bytes of
///     COSE: store them, they are what cm_authentication_verify() takes), `public_key_pem` (text), `algorithm` (the
///     COSE number), `authenticator_data` (Authenticator data, with the `sign_count` and the flags to store),
///     `client_data` (Client data of a passkey), `attestation` (Attestation), `transports` (a list of texts),
///     `authenticator_attachment` (text or null), `client_extensions` (Client extensions), `tolerated` (Tolerated);
///     without a NUL. NULL, with `out_length` NULL too, where only the status is wanted.
/// @param out_length [in, out, optional] the room at `out`; then the size of the text. 16384 bytes do for a usual one.
/// @return CM_OK if it verifies, otherwise the first reason. For `policy`, before the response is looked at:
///     CM_ARGUMENT_..., CM_JSON_..., CM_BASE64URL_..., CM_ALGORITHM_..., CM_LIMIT_...; the `argument` of
///     cm_last_error_json() tells these from those of the response. CM_C_BUFFER_TOO_SMALL, CM_C_HANDLE_INVALID,
///     CM_C_HANDLE_CLOSED, CM_C_NULL_POINTER, CM_C_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_registration_verify(
    response: *const c_char,
    response_length: usize,
    policy: *const c_char,
    policy_length: usize,
    trust: cm_trust_anchors,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let text = call.raw_text(response, response_length, "response", INPUT)?;
            let policy = call.json(policy, policy_length, "policy")?;
            let out = call.optional_output(out, out_length)?;
            let trust = handles::find_optional::<Anchors>(trust, "trust")?;
            let expected = Registering::read(policy, trust).about("policy")?;
            let policy = expected.policy().about("policy")?;
            let verified = registration::verify(record(text), &policy).about("response")?;
            out.map_or(Ok(()), |out| out.write(registration_json(&verified)?.as_bytes()))
        })
    }
}

/// Tells step by step what is right and wrong with the registration of a passkey.
///
/// @param response [in] as for cm_registration_verify().
/// @param response_length [in] its bytes.
/// @param policy [in] as for cm_registration_verify().
/// @param policy_length [in] its bytes.
/// @param trust [in, optional] as for cm_registration_verify().
/// @param out [out] a Report as JSON, without a NUL. Its steps: `shape`, `client_data`, `type`, `challenge`, `origin`,
///     `cross_origin`, `top_origin`, `serialization`, `attestation_object`, `rp_id`, `user_presence`,
///     `user_verification`, `backup_flags`, `algorithm`, `credential_id`, `attestation`, `trust`.
/// @param out_length [in, out] the room at `out`; then the size of the text.
/// @return CM_OK, whatever the report says; for `policy` and of the library as cm_registration_verify().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_registration_explain(
    response: *const c_char,
    response_length: usize,
    policy: *const c_char,
    policy_length: usize,
    trust: cm_trust_anchors,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let text = call.raw_text(response, response_length, "response", INPUT)?;
            let policy = call.json(policy, policy_length, "policy")?;
            let out = call.output(out, out_length)?;
            let trust = handles::find_optional::<Anchors>(trust, "trust")?;
            let expected = Registering::read(policy, trust).about("policy")?;
            let policy = expected.policy().about("policy")?;
            let (report, _) = registration::explain(record(text), &policy).about("policy")?;
            out.write(report_json(&report).as_bytes())
        })
    }
}

/// Verifies a login with a passkey (WebAuthn section 7.2).
///
/// @param response [in] JSON: `PublicKeyCredential.toJSON()` of the browser, or a `Fido2` body of the Dfns API.
/// @param response_length [in] its bytes.
/// @param public_key [in] the COSE key that was stored at registration.
/// @param public_key_length [in] its bytes.
/// @param policy [in] JSON: what cm_registration_verify() has for every ceremony, and `user_handle`: the user whose
///     credential it is, in base64url; a response that names none passes only where `credential_id` is given;
///     `sign_count`: the counter that was stored, 0 to 4294967295; by default nothing is compared; `sign_count_policy`:
///     `require` refuses a counter that does not go up, unless both are 0 (the default); `warn` and `ignore` let it
///     pass, and the result tells; `backup_eligible`: the flag that was stored; by default nothing is compared;
///     `appid`: the identifier of the FIDO AppID extension (WebAuthn 10.1.1), whose hash is expected where the client
///     says that it used it; `allow_payment`: take assertions of Secure Payment Confirmation too (false). The signature
///     covers neither the credential id nor the user handle, so give what was stored.
/// @param policy_length [in] its bytes.
/// @param out [out, optional] what was verified, as JSON: `credential_id` (bytes), `user_handle` (bytes or null),
///     `authenticator_data` (Authenticator data, with the `sign_count` to store), `client_data` (Client data of a
///     passkey), `sign_count_status` (`ok`, `unsupported` where both are 0, `regressed` or `not_checked`), `signature`
///     (bytes), and as for cm_registration_verify() `transports`, `authenticator_attachment`, `client_extensions`,
///     `tolerated`; without a NUL. NULL, with `out_length` NULL too, where only the status is wanted.
/// @param out_length [in, out, optional] the room at `out`; then the size of the text.
/// @return as cm_registration_verify(), and for `public_key` CM_CBOR_..., CM_COSE_..., CM_KEY_..., CM_ALGORITHM_...
///     (CM_ALGORITHM_LEGACY_HASH for an RS1 key without `allow_sha1`), CM_LIMIT_....
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_authentication_verify(
    response: *const c_char,
    response_length: usize,
    public_key: *const u8,
    public_key_length: usize,
    policy: *const c_char,
    policy_length: usize,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let text = call.raw_text(response, response_length, "response", INPUT)?;
            let key = call.bytes(public_key, public_key_length, "public_key", limits::CBOR)?;
            let policy = call.json(policy, policy_length, "policy")?;
            let out = call.optional_output(out, out_length)?;
            let expected = Authenticating::read(policy).about("policy")?;
            let key = expected.key(key).about("public_key")?;
            let policy = expected.policy(&key).about("policy")?;
            let verified = authentication::verify(record(text), &policy).about("response")?;
            out.map_or(Ok(()), |out| out.write(authentication_json(&verified).as_bytes()))
        })
    }
}

/// Tells step by step what is right and wrong with a login with a passkey.
///
/// @param response [in] as for cm_authentication_verify().
/// @param response_length [in] its bytes.
/// @param public_key [in] as for cm_authentication_verify().
/// @param public_key_length [in] its bytes.
/// @param policy [in] as for cm_authentication_verify().
/// @param policy_length [in] its bytes.
/// @param out [out] a Report as JSON, without a NUL. Its steps: `shape`, `credential_id`, `user_handle`, `client_data`,
///     `type`, `challenge`, `origin`, `cross_origin`, `top_origin`, `serialization`, `authenticator_data`, `rp_id`,
///     `user_presence`, `user_verification`, `backup_flags`, `backup_eligibility`, `signature`, `sign_count`.
/// @param out_length [in, out] the room at `out`; then the size of the text.
/// @return CM_OK, whatever the report says; for `policy`, `public_key` and of the library as
///     cm_authentication_verify().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_authentication_explain(
    response: *const c_char,
    response_length: usize,
    public_key: *const u8,
    public_key_length: usize,
    policy: *const c_char,
    policy_length: usize,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let text = call.raw_text(response, response_length, "response", INPUT)?;
            let key = call.bytes(public_key, public_key_length, "public_key", limits::CBOR)?;
            let policy = call.json(policy, policy_length, "policy")?;
            let out = call.output(out, out_length)?;
            let expected = Authenticating::read(policy).about("policy")?;
            let key = expected.key(key).about("public_key")?;
            let policy = expected.policy(&key).about("policy")?;
            let (report, _) = authentication::explain(record(text), &policy).about("policy")?;
            out.write(report_json(&report).as_bytes())
        })
    }
}
