//! Verifying assertions and attestations: one function each, which decides or explains.

use std::sync::Arc;

use countermark_core::crypto::Hash;
use countermark_core::dfns::assertion::{self, AssertionExpectation, VerifiedAssertion};
use countermark_core::dfns::credential::{self, AttestationExpectation};
use countermark_core::dfns::expectation::Expectation;
use countermark_core::dfns::{CredentialKind, Profile};
use countermark_core::error::Result as CoreResult;
use countermark_core::format::record::{ASSERTION, CREDENTIAL};
use countermark_core::key::PublicKey as CorePublicKey;
use countermark_core::key::signing::Scheme;
use countermark_core::report::{Outcome, Report};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBytes, PyList, PyTuple};

use crate::arguments::{flag, optional_flag, optional_set_member, optional_text, text};
use crate::call::{detached, exception_object};
use crate::dfns::{ClientDataParts, parts};
use crate::format::padding_rule;
use crate::keys::PublicKey;
use crate::records::Source;

/// The expectations that both verifications share, as the Python functions give them, in this order:
/// challenge, credential_id, kind, profile, origin, cross_origin, padding, low_s, allow_padded_base64url.
struct Common {
    challenge: PyBackedStr,
    credential_id: Option<PyBackedStr>,
    kind: Option<PyBackedStr>,
    profile: Option<PyBackedStr>,
    origin: Option<PyBackedStr>,
    cross_origin: Option<bool>,
    padding: Option<PyBackedStr>,
    low_s: bool,
    allow_padded_base64url: bool,
}

impl Common {
    fn new(arguments: &Bound<'_, PyTuple>) -> PyResult<Self> {
        Ok(Self {
            challenge: text(&arguments.get_item(0)?, "challenge")?,
            credential_id: optional_text(&arguments.get_item(1)?, "credential_id")?,
            kind: optional_text(&arguments.get_item(2)?, "kind")?,
            profile: optional_text(&arguments.get_item(3)?, "profile")?,
            origin: optional_text(&arguments.get_item(4)?, "origin")?,
            cross_origin: optional_flag(&arguments.get_item(5)?, "cross_origin")?,
            padding: optional_text(&arguments.get_item(6)?, "padding")?,
            low_s: flag(&arguments.get_item(7)?, "low_s")?,
            allow_padded_base64url: flag(&arguments.get_item(8)?, "allow_padded_base64url")?,
        })
    }

    fn expectation(&self) -> countermark_core::error::Result<Expectation<'_>> {
        Ok(Expectation {
            challenge: &self.challenge,
            credential_id: self.credential_id.as_deref(),
            kind: self.kind.as_deref().map(CredentialKind::parse).transpose()?,
            profile: self.profile.as_deref().map(Profile::parse).transpose()?,
            origin: self.origin.as_deref(),
            cross_origin: self.cross_origin,
            padding: Scheme::parse_padding(self.padding.as_deref())?,
            low_s: self.low_s,
            padded_base64url: padding_rule(self.allow_padded_base64url),
        })
    }
}

/// kind, credential id, client data, algorithm, hash, signature
pub(crate) type AssertionParts<'py> =
    (&'static str, String, ClientDataParts<'py>, Option<String>, Option<&'static str>, Bound<'py, PyBytes>);

/// kind, credential id, client data, public key, its text, algorithm, hash, signature, fingerprint
type AttestationParts<'py> = (
    &'static str,
    String,
    ClientDataParts<'py>,
    PublicKey,
    String,
    Option<String>,
    Option<&'static str>,
    Bound<'py, PyBytes>,
    Bound<'py, PyBytes>,
);

/// With `explain`, the report and what was verified; without, only the latter, or the first error raised.
#[pyfunction]
#[pyo3(signature = (assertion, public_key, algorithm, common, explain, /))]
pub(crate) fn judge_assertion<'py>(
    assertion: &Bound<'py, PyAny>,
    public_key: &Bound<'py, PublicKey>,
    algorithm: &Bound<'py, PyAny>,
    common: &Bound<'py, PyTuple>,
    explain: bool,
) -> PyResult<(Option<Bound<'py, PyList>>, Option<AssertionParts<'py>>)> {
    let py = assertion.py();
    let mut question = AssertionQuestion::new(assertion, public_key, algorithm, common)?;
    let (report, verified) = detached(py, || question.answer(explain))?;
    let verified = verified.map(|verified| assertion_parts(py, verified));
    Ok((report.map(|report| checks(py, &report)).transpose()?, verified))
}

/// An assertion to verify, with what is expected of it.
pub(crate) struct AssertionQuestion {
    common: Common,
    pub(crate) public_key: Arc<CorePublicKey>,
    algorithm: Option<String>,
    source: Source,
}

impl AssertionQuestion {
    pub(crate) fn new(
        assertion: &Bound<'_, PyAny>,
        public_key: &Bound<'_, PublicKey>,
        algorithm: &Bound<'_, PyAny>,
        common: &Bound<'_, PyTuple>,
    ) -> PyResult<Self> {
        Ok(Self {
            common: Common::new(common)?,
            algorithm: optional_set_member(algorithm, "algorithm")?,
            source: Source::new(assertion, "assertion", &ASSERTION)?,
            public_key: Arc::clone(&public_key.get().0),
        })
    }

    pub(crate) fn answer(
        &mut self,
        explain: bool,
    ) -> CoreResult<(Option<Report>, Option<VerifiedAssertion>)> {
        let expected = AssertionExpectation {
            common: self.common.expectation()?,
            public_key: &self.public_key,
            algorithm: self.algorithm.as_deref(),
        };
        if explain {
            let (report, verified) = assertion::explain(self.source.take(), &expected)?;
            return Ok((Some(report), verified));
        }
        Ok((None, Some(assertion::verify(self.source.take(), &expected)?)))
    }
}

pub(crate) fn assertion_parts(py: Python<'_>, verified: VerifiedAssertion) -> AssertionParts<'_> {
    (
        verified.kind.name(),
        verified.credential_id,
        parts(py, verified.client_data),
        verified.algorithm,
        verified.hash.map(Hash::name),
        PyBytes::new(py, &verified.signature),
    )
}

/// The same for the attestation of a new credential.
#[pyfunction]
#[pyo3(signature = (credential, public_key, common, explain, /))]
pub(crate) fn judge_attestation<'py>(
    credential: &Bound<'py, PyAny>,
    public_key: Option<&Bound<'py, PublicKey>>,
    common: &Bound<'py, PyTuple>,
    explain: bool,
) -> PyResult<(Option<Bound<'py, PyList>>, Option<AttestationParts<'py>>)> {
    let py = credential.py();
    let common = Common::new(common)?;
    let mut source = Source::new(credential, "credential", &CREDENTIAL)?;
    let public_key = public_key.map(|key| key.get().0.as_ref());
    let (report, verified) = detached(py, || {
        let expected = AttestationExpectation { common: common.expectation()?, public_key };
        if explain {
            let (report, verified) = credential::explain(source.take(), &expected)?;
            Ok((Some(report), verified))
        } else {
            Ok((None, Some(credential::verify(source.take(), &expected)?)))
        }
    })?;
    let verified = verified.map(|verified| {
        (
            verified.kind.name(),
            verified.credential_id,
            parts(py, verified.client_data),
            PublicKey(Arc::new(verified.public_key)),
            verified.public_key_pem,
            verified.algorithm,
            verified.hash.map(Hash::name),
            PyBytes::new(py, &verified.signature),
            PyBytes::new(py, verified.fingerprint.as_bytes()),
        )
    });
    Ok((report.map(|report| checks(py, &report)).transpose()?, verified))
}

/// (step, section, passed or None, error or None) for each step.
pub(crate) fn checks<'py>(py: Python<'py>, report: &Report) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(py);
    for check in &report.checks {
        let (passed, error) = match &check.outcome {
            Outcome::Passed => (Some(true), None),
            Outcome::Failed(error) => (Some(false), Some(exception_object(py, error)?)),
            Outcome::NotJudged => (None, None),
        };
        list.append((check.step, check.section, passed, error))?;
    }
    Ok(list)
}
