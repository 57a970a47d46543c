//! Verifying the entries of an audit log.

use countermark_core::crypto::Hash;
use countermark_core::dfns::audit::{self, AuditExpectation, VerifiedAudit};
use countermark_core::format::record::ASSERTION;
use countermark_core::key::signing::Scheme;
use pyo3::prelude::*;
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
type AuditParts<'py> = (
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
    let challenge = optional_text(&expected.get_item(0)?, "challenge")?;
    let origin = optional_text(&expected.get_item(1)?, "origin")?;
    let rp_id = optional_text(&expected.get_item(2)?, "rp_id")?;
    let credential_id = optional_text(&expected.get_item(3)?, "credential_id")?;
    let require_user_verification = flag(&expected.get_item(4)?, "require_user_verification")?;
    let algorithm = optional_set_member(&expected.get_item(5)?, "algorithm")?;
    let padding = optional_set_member(&expected.get_item(6)?, "padding")?;
    let low_s = flag(&expected.get_item(7)?, "low_s")?;
    let padded_base64url = padding_rule(flag(&expected.get_item(8)?, "allow_padded_base64url")?);
    let mut source = Source::new(record, "record", &ASSERTION)?;
    let public_key = public_key.map(|key| key.get().0.as_ref());
    let (report, verified) = detached(py, || {
        let expectation = AuditExpectation {
            public_key,
            challenge: challenge.as_deref(),
            origin: origin.as_deref(),
            rp_id: rp_id.as_deref(),
            credential_id: credential_id.as_deref(),
            require_user_verification,
            algorithm: algorithm.as_deref(),
            padding: Scheme::parse_padding(padding.as_deref())?,
            low_s,
            padded_base64url,
        };
        if explain {
            let (report, verified) = audit::explain(source.take(), &expectation)?;
            Ok((Some(report), verified))
        } else {
            Ok((None, Some(audit::verify(source.take(), &expectation)?)))
        }
    })?;
    let verified = verified.map(|verified: VerifiedAudit| {
        (
            verified.kind.name(),
            verified.credential_id,
            PublicKey(std::sync::Arc::new(verified.public_key)),
            parts(py, verified.client_data),
            verified.authenticator_data.map(|data| PyBytes::new(py, &data)),
            verified.hash.map(Hash::name),
            PyBytes::new(py, &verified.signature),
            notes(&verified.tolerated),
        )
    });
    Ok((report.map(|report| checks(py, &report)).transpose()?, verified))
}
