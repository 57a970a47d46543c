//! Registering a new credential (WebAuthn section 7.1), step by step.

use super::attestation::{self, Attestation, AttestationPolicy};
use super::attestation_object::AttestationObject;
use super::authenticator_data::AuthenticatorData;
use super::client_data::{self, CollectedClientData};
use super::policy::Policy;
use super::response::{RegistrationResponse, Surroundings};
use crate::crypto::digest;
use crate::error::{Code, Error, Result};
use crate::format::record::Record;
use crate::format::tolerance::{Tolerance, Tolerated};
use crate::key::cose::{CoseAlgorithm, CoseKey};
use crate::report::{Judge, Report, decided};

/// What a relying party expects of a registration.
#[derive(Clone, Debug)]
pub struct RegistrationPolicy<'a> {
    /// What both ceremonies expect.
    pub common: Policy<'a>,
    /// The algorithms that were offered; None is every one that does not use SHA-1.
    pub algorithms: Option<&'a [CoseAlgorithm]>,
    /// What is expected of the attestation.
    pub attestation: AttestationPolicy<'a>,
}

impl RegistrationPolicy<'_> {
    /// Refuses a policy that cannot be met, or that could pass by accident.
    ///
    /// # Errors
    /// `argument.value`.
    pub fn check(&self) -> Result<()> {
        self.common.check()?;
        if self.algorithms.is_some_and(<[_]>::is_empty) {
            return Err(Error::new(Code::ArgumentValue, "no algorithm is allowed").in_field("algorithms"));
        }
        self.attestation.check()
    }
}

/// A credential that may be stored.
#[derive(Clone, Debug)]
pub struct VerifiedRegistration {
    /// The credential's key, with the one algorithm it verifies by.
    pub public_key: CoseKey,
    /// The authenticator data, the new credential among them.
    pub authenticator_data: AuthenticatorData<'static>,
    /// What the browser said.
    pub client_data: CollectedClientData,
    /// What the attestation came to.
    pub attestation: Attestation,
    /// What came beside all this and proves nothing.
    pub surroundings: Surroundings,
    /// Deviations from the standard that were let pass.
    pub tolerated: Vec<Tolerance>,
}

/// Verifies a registration.
///
/// # Errors
/// That of the first step that fails.
pub fn verify(record: Result<Record<'_>>, policy: &RegistrationPolicy<'_>) -> Result<VerifiedRegistration> {
    policy.check()?;
    let (report, verified) = judge(record, policy, Judge::to_decide());
    decided(&report, verified)
}

/// Tells all that is right and wrong with a registration.
///
/// # Errors
/// Only for a policy that cannot be met; never for the response.
pub fn explain(
    record: Result<Record<'_>>,
    policy: &RegistrationPolicy<'_>,
) -> Result<(Report, Option<VerifiedRegistration>)> {
    policy.check()?;
    Ok(judge(record, policy, Judge::to_explain()))
}

fn judge(
    record: Result<Record<'_>>,
    policy: &RegistrationPolicy<'_>,
    mut judge: Judge,
) -> (Report, Option<VerifiedRegistration>) {
    let common = &policy.common;
    let mut tolerated = Tolerated::new(common.strictness);
    let response = judge.step("shape", "WebAuthn 7.1: the response", Some(record), |record| {
        RegistrationResponse::read(&record?, common.padded_base64url)
    });
    let response = response.as_ref();
    let raw = response.map(|found| (found.client_data.clone(), found.surroundings.is_dfns));
    let client_data = client_data::judge(&mut judge, common, raw, &["webauthn.create"]);
    let object = judge.step("attestation_object", "WebAuthn 6.5.4: attestation object", response, |found| {
        let object = AttestationObject::read(&found.attestation_object, &mut tolerated)?;
        let data = object.parse_authenticator_data(policy.attestation.repair, &mut tolerated)?.into_owned();
        let key = CoseKey::read(&data.credential()?.public_key, common.allow_sha1, &mut tolerated)?;
        Ok((object, data, key))
    });
    let object = object.as_ref();
    judge_authenticator_data(&mut judge, common, object.map(|(_, data, _)| data), None);
    judge.step("algorithm", "WebAuthn 7.1: algorithm", object, |(_, _, key)| match policy.algorithms {
        Some(allowed) if !allowed.contains(&key.algorithm()) => {
            let list = allowed.iter().map(CoseAlgorithm::to_string).collect::<Vec<_>>().join(", ");
            let message = "the algorithm of the new key is none of those that are allowed";
            Err(Error::new(Code::ResponseAlgorithmNotAllowed, message)
                .in_field("alg")
                .expecting(&list, &key.algorithm().to_string()))
        }
        _ => Ok(()),
    });
    judge.step(
        "credential_id",
        "WebAuthn 7.1: credential id",
        response.zip(object),
        |(found, (_, data, _))| {
            let attested = data.credential()?.credential_id.as_ref();
            check_credential_id(attested, &found.id)?;
            common.credential_id.map_or(Ok(()), |expected| check_credential_id(expected, attested))
        },
    );
    let judged = object.zip(client_data.as_ref());
    let statement =
        judge.step("attestation", "WebAuthn 8: attestation statement", judged, |(object, data)| {
            let (object, authenticator_data, key) = object;
            let hash = digest::sha256(&data.raw);
            attestation::verify(object, authenticator_data, key, &hash, &policy.attestation, &mut tolerated)
        });
    let judged = object.zip(statement);
    let attestation =
        judge.step("trust", "WebAuthn 7.1: trust anchors", judged, |((_, data, _), statement)| {
            attestation::judge_trust(statement, data, &policy.attestation, &mut tolerated)
        });
    let report = judge.finish();
    let verified = (|| {
        let response = response.filter(|_| report.valid())?;
        let (_, authenticator_data, public_key) = object?;
        Some(VerifiedRegistration {
            public_key: public_key.clone(),
            authenticator_data: authenticator_data.clone(),
            client_data: client_data?,
            attestation: attestation?,
            surroundings: response.surroundings.clone(),
            tolerated: tolerated.into_notes(),
        })
    })();
    (report, verified)
}

pub(super) fn check_credential_id(expected: &[u8], actual: &[u8]) -> Result<()> {
    if expected == actual {
        return Ok(());
    }
    let shown = crate::format::base64url::encode;
    Err(Error::new(Code::ResponseCredentialIdMismatch, "the credential id is not what was expected")
        .in_field("id")
        .expecting(&shown(expected), &shown(actual)))
}

/// The steps rp_id, user_presence, user_verification and backup_flags. `app_id` is the legacy identifier that
/// may stand in for the relying party's.
pub(super) fn judge_authenticator_data(
    judge: &mut Judge,
    policy: &Policy<'_>,
    data: Option<&AuthenticatorData<'_>>,
    app_id: Option<&str>,
) {
    judge.step("rp_id", "WebAuthn 7: rpIdHash", data, |data| {
        let expected = digest::sha256(policy.rp_id.as_bytes());
        let legacy = app_id.map(|app_id| digest::sha256(app_id.as_bytes()));
        if expected == data.rp_id_hash || legacy == Some(data.rp_id_hash) {
            return Ok(());
        }
        let shown = crate::format::hex::encode;
        Err(Error::new(Code::AuthenticatorDataRpIdMismatch, "the response is for another relying party")
            .in_field("rpIdHash")
            .expecting(&shown(&expected), &shown(&data.rp_id_hash)))
    });
    let flag = |code, message: &'static str| Err(Error::new(code, message).in_field("flags"));
    judge.step("user_presence", "WebAuthn 7: user presence", data, |data| {
        if policy.require_user_presence && !data.flags.user_present() {
            return flag(Code::AuthenticatorDataUserPresence, "the user was not present");
        }
        Ok(())
    });
    judge.step("user_verification", "WebAuthn 7: user verification", data, |data| {
        if policy.require_user_verification && !data.flags.user_verified() {
            return flag(Code::AuthenticatorDataUserVerification, "the user was not verified");
        }
        Ok(())
    });
    judge.step("backup_flags", "WebAuthn 7: backup flags", data, |data| data.flags.check_backup());
}
