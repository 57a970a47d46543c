//! The two ceremonies, and the statement and the signature by themselves.

use countermark_core::error::{Error, Result as CoreResult};
use countermark_core::format::base64url::Padding;
use countermark_core::format::record::RESPONSE;
use countermark_core::format::tolerance::Strictness;
use countermark_core::key::cose::{CoseAlgorithm, CoseKey};
use countermark_core::report::Report;
use countermark_core::webauthn::attestation::{
    self, Attestation, AttestationPolicy, Trust, TrustPath, VerifiedStatement,
};
use countermark_core::webauthn::authentication::{
    self, AuthenticationPolicy, SignCountPolicy, VerifiedAuthentication,
};
use countermark_core::webauthn::client_data::CollectedClientData;
use countermark_core::webauthn::policy::{ChallengeForm, Policy};
use countermark_core::webauthn::registration::{self, RegistrationPolicy, VerifiedRegistration};
use countermark_core::webauthn::response::Surroundings;
use countermark_core::webauthn::statement::{CompoundPolicy, StatementPolicy};
use countermark_core::x509::findings::Findings;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBytes, PyList, PyTuple};

use super::arguments::{
    Notes, TextOrBytes, algorithms, compound_policy, flag_or, identifier, notes, optional_count,
    optional_texts, strictness, text_or_bytes, texts, time,
};
use super::certificates::TrustAnchors;
use super::cose::CosePublicKey;
use super::metadata::{Metadata, MetadataEntry};
use super::parsed::AuthenticatorData;
use crate::arguments::{
    bounded_data, data, flag, optional_flag, optional_set_member, refuse, set_member, text,
};
use crate::call::{call, detached, exception_object};
use crate::format::padding_rule;
use crate::records::Source;
use crate::verification::checks;

/// What both ceremonies take, in this order: challenge, origin, rp_id, challenge_form, top_origin,
/// allow_cross_origin, require_user_presence, require_user_verification, credential_id, allow_sha1,
/// limited_verification, strictness, allow_padded_base64url.
struct Common {
    challenge: TextOrBytes,
    origins: Vec<String>,
    rp_id: PyBackedStr,
    challenge_form: Option<ChallengeForm>,
    top_origins: Option<Vec<String>>,
    allow_cross_origin: bool,
    require_user_presence: bool,
    require_user_verification: bool,
    credential_id: Option<Vec<u8>>,
    allow_sha1: bool,
    limited_verification: bool,
    strictness: Strictness,
    padded_base64url: Padding,
}

impl Common {
    fn new(arguments: &Bound<'_, PyTuple>) -> PyResult<Self> {
        let py = arguments.py();
        let form = optional_set_member(&arguments.get_item(3)?, "challenge_form")?;
        Ok(Self {
            challenge: text_or_bytes(&arguments.get_item(0)?, "challenge")?,
            origins: texts(&arguments.get_item(1)?, "origin")?,
            rp_id: text(&arguments.get_item(2)?, "rp_id")?,
            challenge_form: call(py, || form.as_deref().map(ChallengeForm::parse).transpose())?,
            top_origins: optional_texts(&arguments.get_item(4)?, "top_origin")?,
            allow_cross_origin: flag(&arguments.get_item(5)?, "allow_cross_origin")?,
            require_user_presence: flag(&arguments.get_item(6)?, "require_user_presence")?,
            require_user_verification: flag(&arguments.get_item(7)?, "require_user_verification")?,
            credential_id: identifier(&arguments.get_item(8)?, "credential_id")?,
            allow_sha1: flag(&arguments.get_item(9)?, "allow_sha1")?,
            limited_verification: flag(&arguments.get_item(10)?, "limited_verification")?,
            strictness: strictness(&arguments.get_item(11)?)?,
            padded_base64url: padding_rule(flag(&arguments.get_item(12)?, "allow_padded_base64url")?),
        })
    }

    fn policy(&self) -> Policy<'_> {
        Policy {
            challenge: self.challenge.challenge(),
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

/// Where trust comes from, held for as long as the call takes.
enum Trusted {
    Anchors(Py<TrustAnchors>),
    Metadata(Py<Metadata>),
}

/// What is asked of attestations, in this order: formats, trust, at, require_trust, compound_policy,
/// tpm_vendors, require_tee, repair_cose_map_count.
struct Attesting {
    formats: Option<Vec<String>>,
    trust: Option<Trusted>,
    at: Option<i64>,
    require_trust: bool,
    compound: CompoundPolicy,
    tpm_vendors: Option<Vec<String>>,
    require_tee: bool,
    repair: bool,
}

impl Attesting {
    fn new(arguments: &Bound<'_, PyTuple>) -> PyResult<Self> {
        let given = arguments.get_item(1)?;
        let trust = if given.is_none() {
            None
        } else if let Ok(anchors) = given.cast::<TrustAnchors>() {
            Some(Trusted::Anchors(anchors.clone().unbind()))
        } else if let Ok(metadata) = given.cast::<Metadata>() {
            Some(Trusted::Metadata(metadata.clone().unbind()))
        } else {
            return Err(refuse(&given, "trust", "TrustAnchors or Metadata"));
        };
        Ok(Self {
            formats: optional_texts(&arguments.get_item(0)?, "formats")?,
            at: time(&arguments.get_item(2)?)?,
            require_trust: flag_or(&arguments.get_item(3)?, "require_trust", trust.is_some())?,
            compound: compound_policy(&arguments.get_item(4)?)?,
            tpm_vendors: optional_texts(&arguments.get_item(5)?, "tpm_vendors")?,
            require_tee: flag(&arguments.get_item(6)?, "require_tee")?,
            repair: flag(&arguments.get_item(7)?, "repair_cose_map_count")?,
            trust,
        })
    }

    fn policy<'a>(&'a self, allow_sha1: bool, known: Option<&'a Findings>) -> AttestationPolicy<'a> {
        AttestationPolicy {
            formats: self.formats.as_deref(),
            statement: StatementPolicy {
                at: self.at,
                allow_sha1,
                compound: self.compound,
                tpm_vendors: self.tpm_vendors.as_deref(),
                require_tee: self.require_tee,
                judges_trust: self.trust.is_some(),
                known,
            },
            trust: self.trust.as_ref().map(|trust| match trust {
                Trusted::Anchors(anchors) => Trust::Anchors(&anchors.get().anchors),
                Trusted::Metadata(metadata) => Trust::Metadata(&metadata.get().metadata),
            }),
            require_trust: self.require_trust,
            repair: self.repair,
        }
    }
}

/// type, challenge, origin, crossOrigin, topOrigin, raw
type ClientDataParts<'py> = (String, String, String, Option<bool>, Option<String>, Bound<'py, PyBytes>);

fn client_data<'py>(py: Python<'py>, found: CollectedClientData) -> ClientDataParts<'py> {
    let raw = PyBytes::new(py, &found.raw);
    (found.kind, found.challenge, found.origin, found.cross_origin, found.top_origin, raw)
}

/// transports, authenticatorAttachment, (credProps.rk, appid, prf.enabled, largeBlob.supported, the others)
type SurroundingParts =
    (Vec<String>, Option<String>, (Option<bool>, Option<bool>, Option<bool>, Option<bool>, Vec<String>));

fn surroundings(found: Surroundings) -> SurroundingParts {
    let client = found.client_extensions;
    let extensions =
        (client.cred_props_rk, client.appid, client.prf_enabled, client.large_blob_supported, client.unknown);
    (found.transports, found.authenticator_attachment, extensions)
}

/// chain, certificate of the anchor, its subject, signatures verified, tolerated
pub(crate) type PathParts<'py> =
    (Vec<Bound<'py, PyBytes>>, Option<Bound<'py, PyBytes>>, String, usize, Notes);

pub(crate) fn path_parts<'py>(py: Python<'py>, path: &TrustPath) -> PathParts<'py> {
    let chain = path.chain.iter().map(|one| PyBytes::new(py, one)).collect();
    let anchor = path.anchor.as_ref().map(|one| PyBytes::new(py, one));
    (chain, anchor, path.anchor_subject.clone(), path.signature_checks, notes(&path.tolerated))
}

/// format, type, trusted, why not, chain, path, statements (such tuples or errors), metadata entry
fn attestation_parts<'py>(py: Python<'py>, found: &Attestation) -> PyResult<Bound<'py, PyTuple>> {
    let statements = PyList::empty(py);
    for statement in &found.statements {
        match statement {
            Ok(statement) => statements.append(attestation_parts(py, statement)?)?,
            Err(error) => statements.append(exception_object(py, error)?)?,
        }
    }
    let error = found.trust_error.as_ref().map(|error| exception_object(py, error)).transpose()?;
    let chain: Vec<_> = found.chain.iter().map(|one| PyBytes::new(py, one)).collect();
    let path = found.path.as_ref().map(|path| path_parts(py, path));
    let metadata = found.metadata.clone().map(MetadataEntry::new);
    (found.format.as_str(), found.kind.name(), found.trusted, error, chain, path, statements, metadata)
        .into_pyobject(py)
}

/// public key, authenticator data, client data, attestation, surroundings, tolerated
pub(crate) type RegistrationParts<'py> =
    (CosePublicKey, AuthenticatorData, ClientDataParts<'py>, Bound<'py, PyTuple>, SurroundingParts, Notes);

/// With `explain`, the report and what was verified; without, only the latter, or the first error raised.
#[pyfunction]
#[pyo3(signature = (response, common, algorithms, attesting, explain, /))]
pub(crate) fn judge_registration<'py>(
    response: &Bound<'py, PyAny>,
    common: &Bound<'py, PyTuple>,
    algorithms: &Bound<'py, PyAny>,
    attesting: &Bound<'py, PyTuple>,
    explain: bool,
) -> PyResult<(Option<Bound<'py, PyList>>, Option<RegistrationParts<'py>>)> {
    let py = response.py();
    let mut question = RegistrationQuestion::new(response, common, algorithms, attesting)?;
    let (report, verified) = detached(py, || question.answer(explain, None))?;
    let verified = verified.map(|verified| registration_parts(py, verified)).transpose()?;
    Ok((report.map(|report| checks(py, &report)).transpose()?, verified))
}

/// A registration to verify, with what is expected of it.
pub(crate) struct RegistrationQuestion {
    common: Common,
    algorithms: Option<Vec<CoseAlgorithm>>,
    attesting: Attesting,
    source: Source,
}

impl RegistrationQuestion {
    pub(crate) fn new(
        response: &Bound<'_, PyAny>,
        common: &Bound<'_, PyTuple>,
        algorithms: &Bound<'_, PyAny>,
        attesting: &Bound<'_, PyTuple>,
    ) -> PyResult<Self> {
        let common = Common::new(common)?;
        Ok(Self {
            algorithms: self::algorithms(algorithms, common.allow_sha1)?,
            attesting: Attesting::new(attesting)?,
            source: Source::new(response, "response", &RESPONSE)?,
            common,
        })
    }

    pub(crate) fn answer(
        &mut self,
        explain: bool,
        known: Option<&Findings>,
    ) -> CoreResult<(Option<Report>, Option<VerifiedRegistration>)> {
        let policy = RegistrationPolicy {
            common: self.common.policy(),
            algorithms: self.algorithms.as_deref(),
            attestation: self.attesting.policy(self.common.allow_sha1, known),
        };
        if explain {
            let (report, verified) = registration::explain(self.source.take(), &policy)?;
            return Ok((Some(report), verified));
        }
        Ok((None, Some(registration::verify(self.source.take(), &policy)?)))
    }
}

pub(crate) fn registration_parts(
    py: Python<'_>,
    verified: VerifiedRegistration,
) -> PyResult<RegistrationParts<'_>> {
    let tolerated = notes(&verified.tolerated);
    Ok((
        CosePublicKey::new(verified.public_key),
        AuthenticatorData::new(verified.authenticator_data),
        client_data(py, verified.client_data),
        attestation_parts(py, &verified.attestation)?,
        surroundings(verified.surroundings),
        tolerated,
    ))
}

/// credential id, user handle, authenticator data, client data, status of the counter, signature, surroundings,
/// tolerated
pub(crate) type AuthenticationParts<'py> = (
    Bound<'py, PyBytes>,
    Option<Bound<'py, PyBytes>>,
    AuthenticatorData,
    ClientDataParts<'py>,
    &'static str,
    Bound<'py, PyBytes>,
    SurroundingParts,
    Notes,
);

/// The choices of this ceremony, in this order: user_handle, sign_count, sign_count_policy, backup_eligible,
/// appid, allow_payment. Otherwise as [`judge_registration`].
#[pyfunction]
#[pyo3(signature = (response, public_key, common, choices, explain, /))]
pub(crate) fn judge_authentication<'py>(
    response: &Bound<'py, PyAny>,
    public_key: &Bound<'py, CosePublicKey>,
    common: &Bound<'py, PyTuple>,
    choices: &Bound<'py, PyTuple>,
    explain: bool,
) -> PyResult<(Option<Bound<'py, PyList>>, Option<AuthenticationParts<'py>>)> {
    let py = response.py();
    let mut question = AuthenticationQuestion::new(response, public_key, common, choices)?;
    let (report, verified) = detached(py, || question.answer(explain))?;
    let verified = verified.map(|verified| authentication_parts(py, verified));
    Ok((report.map(|report| checks(py, &report)).transpose()?, verified))
}

/// An assertion to verify, with what is expected of it.
pub(crate) struct AuthenticationQuestion {
    common: Common,
    pub(crate) public_key: Py<CosePublicKey>,
    user_handle: Option<Vec<u8>>,
    sign_count: Option<u32>,
    sign_count_policy: SignCountPolicy,
    backup_eligible: Option<bool>,
    app_id: Option<PyBackedStr>,
    allow_payment: bool,
    source: Source,
}

impl AuthenticationQuestion {
    pub(crate) fn new(
        response: &Bound<'_, PyAny>,
        public_key: &Bound<'_, CosePublicKey>,
        common: &Bound<'_, PyTuple>,
        choices: &Bound<'_, PyTuple>,
    ) -> PyResult<Self> {
        let py = response.py();
        let common = Common::new(common)?;
        let user_handle = identifier(&choices.get_item(0)?, "user_handle")?;
        let sign_count = optional_count(&choices.get_item(1)?, "sign_count")?;
        let sign_count_policy = set_member(&choices.get_item(2)?, "sign_count_policy")?;
        Ok(Self {
            common,
            public_key: public_key.clone().unbind(),
            user_handle,
            sign_count,
            sign_count_policy: call(py, || SignCountPolicy::parse(&sign_count_policy))?,
            backup_eligible: optional_flag(&choices.get_item(3)?, "backup_eligible")?,
            app_id: crate::arguments::optional_text(&choices.get_item(4)?, "appid")?,
            allow_payment: flag(&choices.get_item(5)?, "allow_payment")?,
            source: Source::new(response, "response", &RESPONSE)?,
        })
    }

    pub(crate) fn answer(
        &mut self,
        explain: bool,
    ) -> CoreResult<(Option<Report>, Option<VerifiedAuthentication>)> {
        let policy = AuthenticationPolicy {
            common: self.common.policy(),
            public_key: &self.public_key.get().key,
            user_handle: self.user_handle.as_deref(),
            sign_count: self.sign_count,
            sign_count_policy: self.sign_count_policy,
            backup_eligible: self.backup_eligible,
            app_id: self.app_id.as_deref(),
            allow_payment: self.allow_payment,
        };
        if explain {
            let (report, verified) = authentication::explain(self.source.take(), &policy)?;
            return Ok((Some(report), verified));
        }
        Ok((None, Some(authentication::verify(self.source.take(), &policy)?)))
    }
}

pub(crate) fn authentication_parts(
    py: Python<'_>,
    verified: VerifiedAuthentication,
) -> AuthenticationParts<'_> {
    let tolerated = notes(&verified.tolerated);
    (
        PyBytes::new(py, &verified.credential_id),
        verified.user_handle.map(|handle| PyBytes::new(py, &handle)),
        AuthenticatorData::new(verified.authenticator_data),
        client_data(py, verified.client_data),
        verified.sign_count_status.name(),
        PyBytes::new(py, &verified.signature),
        surroundings(verified.surroundings),
        tolerated,
    )
}

/// public key, authenticator data, attestation, tolerated
type StatementParts<'py> = (CosePublicKey, AuthenticatorData, Bound<'py, PyTuple>, Notes);

#[pyfunction]
#[pyo3(signature = (attestation_object, client_data_hash, attesting, allow_sha1, strictness, /))]
pub(crate) fn verify_attestation_statement<'py>(
    attestation_object: &Bound<'py, PyAny>,
    client_data_hash: &Bound<'py, PyAny>,
    attesting: &Bound<'py, PyTuple>,
    allow_sha1: &Bound<'py, PyAny>,
    strictness: &Bound<'py, PyAny>,
) -> PyResult<StatementParts<'py>> {
    let py = attestation_object.py();
    let most = countermark_core::limits::CBOR;
    let object = bounded_data(attestation_object, "attestation_object", most)?;
    let hash = data(client_data_hash, "client_data_hash")?;
    let attesting = Attesting::new(attesting)?;
    let allow_sha1 = flag(allow_sha1, "allow_sha1")?;
    let strictness = self::strictness(strictness)?;
    let verified: VerifiedStatement = detached(py, || {
        attestation::verify_statement(&object, &hash, &attesting.policy(allow_sha1, None), strictness)
    })?;
    let tolerated = notes(&verified.tolerated);
    Ok((
        CosePublicKey::new(verified.public_key),
        AuthenticatorData::new(verified.authenticator_data),
        attestation_parts(py, &verified.attestation)?,
        tolerated,
    ))
}

#[pyfunction]
#[pyo3(signature = (authenticator_data, signature, client_data_hash, public_key, allow_sha1, strictness, /))]
pub(crate) fn verify_assertion_signature(
    authenticator_data: &Bound<'_, PyAny>,
    signature: &Bound<'_, PyAny>,
    client_data_hash: &Bound<'_, PyAny>,
    public_key: &Bound<'_, CosePublicKey>,
    allow_sha1: &Bound<'_, PyAny>,
    strictness: &Bound<'_, PyAny>,
) -> PyResult<AuthenticatorData> {
    let py = authenticator_data.py();
    let most = countermark_core::limits::CBOR;
    let raw = bounded_data(authenticator_data, "authenticator_data", most)?;
    let signature = data(signature, "signature")?;
    let hash = data(client_data_hash, "client_data_hash")?;
    let allow_sha1 = flag(allow_sha1, "allow_sha1")?;
    let strictness = self::strictness(strictness)?;
    let key: &CoseKey = &public_key.get().key;
    let found = detached(py, || -> Result<_, Error> {
        authentication::verify_assertion_signature(&raw, &signature, &hash, key, allow_sha1, strictness)
    })?;
    Ok(AuthenticatorData::new(found))
}
