//! Verifying the entries of an audit log.

use std::sync::Arc;

use countermark_core::crypto::Hash;
use countermark_core::dfns::audit::{self, AuditExpectation, VerifiedAudit};
use countermark_core::error::Result as CoreResult;
use countermark_core::format::base64url::Padding;
use countermark_core::format::record::ASSERTION;
use countermark_core::key::PublicKey as CorePublicKey;
use countermark_core::key::signing::Scheme;
use countermark_core::report::Report;
use countermark_core::x509::findings::Findings;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBytes, PyList, PyTuple};

use crate::arguments::{flag, optional_set_member, optional_text};
use crate::call::detached;
use crate::dfns::{ClientDataParts, parts};
use crate::format::padding_rule;
use crate::keys::PublicKey;
use crate::records::Source;
use crate::verification::checks;
use crate::webauthn::arguments::{Notes, notes};

/// kind, credential id, public key, client data, authenticator data, hash, signature, tolerated
pub(crate) type AuditParts<'py> = (
    &'static str,
    String,
    PublicKey,
    ClientDataParts<'py>,
    Option<Bound<'py, PyBytes>>,
    Option<&'static str>,
    Bound<'py, PyBytes>,
    Notes,
);

/// What is expected comes in this order: challenge, origin, rp_id, credential_id, require_user_verification,
/// algorithm, padding, low_s, allow_padded_base64url. Otherwise as the other functions that judge.
#[pyfunction]
#[pyo3(signature = (record, public_key, expected, explain, /))]
pub(crate) fn judge_audit_record<'py>(
    record: &Bound<'py, PyAny>,
    public_key: Option<&Bound<'py, PublicKey>>,
    expected: &Bound<'py, PyTuple>,
    explain: bool,
) -> PyResult<(Option<Bound<'py, PyList>>, Option<AuditParts<'py>>)> {
    let py = record.py();
    let mut question = AuditQuestion::new(record, public_key, expected)?;
    let (report, verified) = detached(py, || question.answer(explain, None))?;
    let verified = verified.map(|verified| audit_parts(py, verified));
    Ok((report.map(|report| checks(py, &report)).transpose()?, verified))
}

/// An entry to verify, with what is expected of it.
pub(crate) struct AuditQuestion {
    pub(crate) public_key: Option<Arc<CorePublicKey>>,
    challenge: Option<PyBackedStr>,
    origin: Option<PyBackedStr>,
    rp_id: Option<PyBackedStr>,
    credential_id: Option<PyBackedStr>,
    require_user_verification: bool,
    algorithm: Option<String>,
    padding: Option<String>,
    low_s: bool,
    padded_base64url: Padding,
    source: Source,
}

impl AuditQuestion {
    pub(crate) fn new(
        record: &Bound<'_, PyAny>,
        public_key: Option<&Bound<'_, PublicKey>>,
        expected: &Bound<'_, PyTuple>,
    ) -> PyResult<Self> {
        Ok(Self {
            challenge: optional_text(&expected.get_item(0)?, "challenge")?,
            origin: optional_text(&expected.get_item(1)?, "origin")?,
            rp_id: optional_text(&expected.get_item(2)?, "rp_id")?,
            credential_id: optional_text(&expected.get_item(3)?, "credential_id")?,
            require_user_verification: flag(&expected.get_item(4)?, "require_user_verification")?,
            algorithm: optional_set_member(&expected.get_item(5)?, "algorithm")?,
            padding: optional_set_member(&expected.get_item(6)?, "padding")?,
            low_s: flag(&expected.get_item(7)?, "low_s")?,
            padded_base64url: padding_rule(flag(&expected.get_item(8)?, "allow_padded_base64url")?),
            source: Source::new(record, "record", &ASSERTION)?,
            public_key: public_key.map(|key| Arc::clone(&key.get().0)),
        })
    }

    pub(crate) fn answer(
        &mut self,
        explain: bool,
        known: Option<&Findings>,
    ) -> CoreResult<(Option<Report>, Option<VerifiedAudit>)> {
        let expectation = AuditExpectation {
            public_key: self.public_key.as_deref(),
            challenge: self.challenge.as_deref(),
            origin: self.origin.as_deref(),
            rp_id: self.rp_id.as_deref(),
            credential_id: self.credential_id.as_deref(),
            require_user_verification: self.require_user_verification,
            algorithm: self.algorithm.as_deref(),
            padding: Scheme::parse_padding(self.padding.as_deref())?,
            low_s: self.low_s,
            padded_base64url: self.padded_base64url,
            known,
        };
        if explain {
            let (report, verified) = audit::explain(self.source.take(), &expectation)?;
            return Ok((Some(report), verified));
        }
        Ok((None, Some(audit::verify(self.source.take(), &expectation)?)))
    }
}

pub(crate) fn audit_parts(py: Python<'_>, verified: VerifiedAudit) -> AuditParts<'_> {
    (
        verified.kind.name(),
        verified.credential_id,
        PublicKey(Arc::new(verified.public_key)),
        parts(py, verified.client_data),
        verified.authenticator_data.map(|data| PyBytes::new(py, &data)),
        verified.hash.map(Hash::name),
        PyBytes::new(py, &verified.signature),
        notes(&verified.tolerated),
    )
}
