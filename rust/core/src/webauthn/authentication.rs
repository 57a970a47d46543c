//! Verifying an assertion (WebAuthn section 7.2), step by step.

use super::attestation::check_hash;
use super::authenticator_data::AuthenticatorData;
use super::client_data::{self, CollectedClientData};
use super::policy::Policy;
use super::registration::{check_credential_id, judge_authenticator_data};
use super::response::{AuthenticationResponse, Surroundings};
use crate::crypto::digest;
use crate::error::{Code, Error, Result, quote};
use crate::format::base64url;
use crate::format::record::Record;
use crate::format::tolerance::{Strictness, Tolerance, Tolerated};
use crate::key::cose::{CoseAlgorithm, CoseKey};
use crate::limits;
use crate::report::{Judge, Report, decided};

/// What is done about a signature counter that does not go up (section 6.1.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignCountPolicy {
    /// The assertion is refused.
    Require,
    /// It is told and let pass.
    Warn,
    /// It is let pass.
    Ignore,
}

impl SignCountPolicy {
    /// The policy a caller named.
    ///
    /// # Errors
    /// `argument.value`.
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "require" => Ok(Self::Require),
            "warn" => Ok(Self::Warn),
            "ignore" => Ok(Self::Ignore),
            _ => {
                let message = format!("{} is not require, warn or ignore", quote(name));
                Err(Error::new(Code::ArgumentValue, message).in_field("sign_count_policy"))
            }
        }
    }
}

/// What a signature counter says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SignCountStatus {
    /// It went up.
    Ok,
    /// The authenticator does not count.
    Unsupported,
    /// It did not go up: perhaps the authenticator was cloned.
    Regressed,
    /// There was nothing to compare with.
    NotChecked,
}

impl SignCountStatus {
    /// The name in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Unsupported => "unsupported",
            Self::Regressed => "regressed",
            Self::NotChecked => "not_checked",
        }
    }
}

/// What a relying party expects of an assertion.
#[derive(Clone, Debug)]
pub struct AuthenticationPolicy<'a> {
    /// What both ceremonies expect.
    pub common: Policy<'a>,
    /// The key of the credential.
    pub public_key: &'a CoseKey,
    /// The user whose credential it is.
    pub user_handle: Option<&'a [u8]>,
    /// The counter that was stored.
    pub sign_count: Option<u32>,
    /// What is done about a counter that does not go up.
    pub sign_count_policy: SignCountPolicy,
    /// Whether the credential was eligible for backup when it was registered.
    pub backup_eligible: Option<bool>,
    /// The identifier of the FIDO AppID extension (section 10.1.1).
    pub app_id: Option<&'a str>,
    /// Whether assertions of Secure Payment Confirmation are taken.
    pub allow_payment: bool,
}

/// An assertion that verified.
#[derive(Clone, Debug)]
pub struct VerifiedAuthentication {
    /// The credential that signed.
    pub credential_id: Vec<u8>,
    /// The user handle the authenticator gave.
    pub user_handle: Option<Vec<u8>>,
    /// The authenticator data.
    pub authenticator_data: AuthenticatorData<'static>,
    /// What the browser said.
    pub client_data: CollectedClientData,
    /// What the counter says.
    pub sign_count_status: SignCountStatus,
    /// The signature.
    pub signature: Vec<u8>,
    /// What came beside all this and proves nothing.
    pub surroundings: Surroundings,
    /// Deviations from the standard that were let pass.
    pub tolerated: Vec<Tolerance>,
}

/// Verifies an assertion.
///
/// # Errors
/// That of the first step that fails.
pub fn verify(
    record: Result<Record<'_>>,
    policy: &AuthenticationPolicy<'_>,
) -> Result<VerifiedAuthentication> {
    policy.check()?;
    let (report, verified) = judge(record, policy, Judge::to_decide());
    decided(&report, verified)
}

/// Tells all that is right and wrong with an assertion.
///
/// # Errors
/// Only for a policy that cannot be met; never for the response.
pub fn explain(
    record: Result<Record<'_>>,
    policy: &AuthenticationPolicy<'_>,
) -> Result<(Report, Option<VerifiedAuthentication>)> {
    policy.check()?;
    Ok(judge(record, policy, Judge::to_explain()))
}

impl AuthenticationPolicy<'_> {
    /// Refuses a policy that cannot be met, or that could pass by accident.
    ///
    /// # Errors
    /// `argument.value`; `algorithm.legacy_hash` for an RS1 key unless SHA-1 is allowed.
    pub fn check(&self) -> Result<()> {
        self.common.check()?;
        let empty = self.user_handle.is_some_and(<[u8]>::is_empty);
        if empty {
            let message = "the expected user handle is empty";
            return Err(Error::new(Code::ArgumentValue, message).in_field("user_handle"));
        }
        if self.app_id == Some("") {
            return Err(Error::new(Code::ArgumentValue, "the AppID is empty").in_field("appid"));
        }
        check_legacy(self.public_key, self.common.allow_sha1)
    }

    fn judge_user_handle(&self, found: Option<&[u8]>) -> Result<()> {
        let Some(expected) = self.user_handle else { return Ok(()) };
        match found {
            Some(found) if found == expected => Ok(()),
            // A user who was told apart before the ceremony need not be named again.
            None if self.common.credential_id.is_some() => Ok(()),
            _ => {
                let shown = base64url::encode;
                let actual = found.map_or_else(|| "(none)".to_owned(), shown);
                Err(Error::new(Code::ResponseUserHandleMismatch, "the credential is another user's")
                    .in_field("userHandle")
                    .expecting(&shown(expected), &actual))
            }
        }
    }

    fn judge_backup_eligibility(&self, data: &AuthenticatorData<'_>) -> Result<()> {
        let found = data.flags.backup_eligible();
        match self.backup_eligible {
            Some(expected) if expected != found => {
                let word = |flag: bool| if flag { "true" } else { "false" };
                let message = "the eligibility for backup is not what it was at registration";
                Err(Error::new(Code::AuthenticatorDataBackupEligibilityMismatch, message)
                    .in_field("flags")
                    .expecting(word(expected), word(found)))
            }
            _ => Ok(()),
        }
    }

    /// Section 6.1.1.
    fn judge_sign_count(&self, found: u32) -> Result<SignCountStatus> {
        let Some(stored) = self.sign_count else { return Ok(SignCountStatus::NotChecked) };
        if stored == 0 && found == 0 {
            return Ok(SignCountStatus::Unsupported);
        }
        if found > stored {
            return Ok(SignCountStatus::Ok);
        }
        if self.sign_count_policy != SignCountPolicy::Require {
            return Ok(SignCountStatus::Regressed);
        }
        let message = "the signature counter did not go up: the authenticator may have been cloned";
        Err(Error::new(Code::AuthenticatorDataSignCount, message)
            .in_field("signCount")
            .expecting(&format!("more than {stored}"), &found.to_string()))
    }
}

fn check_legacy(key: &CoseKey, allow_sha1: bool) -> Result<()> {
    CoseAlgorithm::from_number(key.algorithm().number().into(), allow_sha1).map(drop)
}

fn judge(
    record: Result<Record<'_>>,
    policy: &AuthenticationPolicy<'_>,
    mut judge: Judge,
) -> (Report, Option<VerifiedAuthentication>) {
    let common = &policy.common;
    let mut tolerated = Tolerated::new(common.strictness);
    let response = judge.step("shape", "WebAuthn 7.2: the response", Some(record), |record| {
        AuthenticationResponse::read(&record?, common.padded_base64url)
    });
    let found = response.as_ref();
    judge.step("credential_id", "WebAuthn 7.2: credential id", found, |found| {
        common.credential_id.map_or(Ok(()), |expected| check_credential_id(expected, &found.id))
    });
    judge.step("user_handle", "WebAuthn 7.2: user handle", found, |found| {
        policy.judge_user_handle(found.user_handle.as_deref())
    });
    let raw = found.map(|found| (found.client_data.clone(), found.surroundings.is_dfns));
    let kinds = ["webauthn.get", "payment.get"];
    let kinds = if policy.allow_payment { &kinds[..] } else { kinds.get(..1).unwrap_or_default() };
    let client_data = client_data::judge(&mut judge, common, raw, kinds);
    let data = judge.step("authenticator_data", "WebAuthn 6.1: authenticator data", found, |found| {
        AuthenticatorData::parse(&found.authenticator_data, false, &mut tolerated)
    });
    let data = data.as_ref();
    let uses_app_id = found.is_some_and(|found| found.surroundings.client_extensions.appid == Some(true));
    judge_authenticator_data(&mut judge, common, data, policy.app_id.filter(|_| uses_app_id));
    judge.step("backup_eligibility", "WebAuthn 7.2: backup eligibility", data, |data| {
        policy.judge_backup_eligibility(data)
    });
    let signed = found.zip(data).zip(client_data.as_ref());
    judge.step("signature", "WebAuthn 7.2: signature", signed, |((found, data), client_data)| {
        verify_signature(policy.public_key, data, &digest::sha256(&client_data.raw), &found.signature)
    });
    let sign_count = judge.step("sign_count", "WebAuthn 7.2: signature counter", data, |data| {
        policy.judge_sign_count(data.sign_count)
    });
    let report = judge.finish();
    let authenticator_data = data.filter(|_| report.valid()).map(|data| data.clone().into_owned());
    let verified = authenticator_data.zip(client_data).zip(sign_count).zip(response);
    let verified = verified.map(|(((authenticator_data, client_data), sign_count_status), response)| {
        VerifiedAuthentication {
            credential_id: response.id,
            user_handle: response.user_handle,
            authenticator_data,
            client_data,
            sign_count_status,
            signature: response.signature,
            surroundings: response.surroundings,
            tolerated: tolerated.into_notes(),
        }
    });
    (report, verified)
}

fn verify_signature(
    key: &CoseKey,
    data: &AuthenticatorData<'_>,
    client_data_hash: &[u8; 32],
    signature: &[u8],
) -> Result<()> {
    if signature.len() > limits::SIGNATURE {
        return Err(Error::new(Code::LimitSize, "the signature is too long").in_field("signature"));
    }
    key.verify(&[data.raw.as_ref(), client_data_hash].concat(), signature)
}

/// Verifies the signature of an assertion against the hash of client data, without the checks of a ceremony.
///
/// # Errors
/// Those of [`AuthenticatorData::parse`]; `argument.value` for a hash of another length, `algorithm.legacy_hash`,
/// `limit.size`, `signature.invalid`.
pub fn verify_assertion_signature(
    authenticator_data: &[u8],
    signature: &[u8],
    client_data_hash: &[u8],
    key: &CoseKey,
    allow_sha1: bool,
    strictness: Strictness,
) -> Result<AuthenticatorData<'static>> {
    let client_data_hash = check_hash(client_data_hash)?;
    check_legacy(key, allow_sha1)?;
    let mut tolerated = Tolerated::new(strictness);
    let data = AuthenticatorData::parse(authenticator_data, false, &mut tolerated)?;
    verify_signature(key, &data, client_data_hash, signature)?;
    Ok(data.into_owned())
}
