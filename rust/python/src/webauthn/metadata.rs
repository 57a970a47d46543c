//! FIDO metadata: the BLOB and its entries.

use countermark_core::error::{Code, Error};
use countermark_core::format::hex;
use countermark_core::limits;
use countermark_core::webauthn::metadata::{
    BlobPolicy, Metadata as CoreMetadata, MetadataEntry as CoreEntry,
};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::arguments::time;
use super::certificates::TrustAnchors;
use super::parsed::hyphenated;
use crate::arguments::{data_or_text, flag, number, text};
use crate::call::{call, detached, exception};

#[pyclass(frozen, module = "countermark._native")]
pub(crate) struct MetadataEntry(CoreEntry);

impl MetadataEntry {
    pub(crate) fn new(entry: CoreEntry) -> Self {
        Self(entry)
    }
}

/// status, effective date, certificate, certificate number, URL
type ReportParts<'py> = (String, Option<String>, Option<Bound<'py, PyBytes>>, Option<String>, Option<String>);

#[pymethods]
impl MetadataEntry {
    #[getter]
    fn aaguid(&self) -> Option<String> {
        self.0.aaguid().map(hyphenated)
    }

    #[getter]
    fn aaid(&self) -> Option<&str> {
        self.0.aaid()
    }

    #[getter]
    fn key_identifiers(&self) -> Vec<String> {
        self.0.key_identifiers().iter().map(|identifier| hex::encode(identifier)).collect()
    }

    #[getter]
    fn description(&self) -> Option<&str> {
        self.0.description()
    }

    #[getter]
    fn protocol_family(&self) -> Option<&str> {
        self.0.protocol_family()
    }

    #[getter]
    fn status_reports<'py>(&self, py: Python<'py>) -> Vec<ReportParts<'py>> {
        let parts = self.0.status_reports().iter().map(|report| {
            (
                report.status.clone(),
                report.effective_date.clone(),
                report.certificate.as_ref().map(|der| PyBytes::new(py, der)),
                report.certificate_number.clone(),
                report.url.clone(),
            )
        });
        parts.collect()
    }

    #[getter]
    fn time_of_last_status_change(&self) -> &str {
        self.0.time_of_last_status_change()
    }

    #[getter]
    fn attestation_roots<'py>(&self, py: Python<'py>) -> PyResult<Vec<Bound<'py, PyBytes>>> {
        let roots = call(py, || self.0.attestation_roots())?;
        Ok(roots.iter().map(|der| PyBytes::new(py, der)).collect())
    }

    #[getter]
    fn anchors(&self, py: Python<'_>) -> PyResult<TrustAnchors> {
        call(py, || self.0.anchors().cloned()).map(|anchors| TrustAnchors { anchors })
    }

    #[getter]
    fn statement(&self) -> Option<&str> {
        self.0.statement_json()
    }
}

#[pyclass(frozen, module = "countermark._native")]
pub(crate) struct Metadata {
    pub(crate) metadata: CoreMetadata,
}

#[pymethods]
impl Metadata {
    #[staticmethod]
    #[pyo3(signature = (blob, trust, at, previous_number, allow_expired, allow_sha1, /))]
    fn from_blob(
        blob: &Bound<'_, PyAny>,
        trust: &Bound<'_, TrustAnchors>,
        at: &Bound<'_, PyAny>,
        previous_number: &Bound<'_, PyAny>,
        allow_expired: &Bound<'_, PyAny>,
        allow_sha1: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let py = blob.py();
        let blob = data_or_text(blob, "blob", limits::METADATA_TEXT)?;
        let at = time(at)?.ok_or_else(|| {
            exception(py, &Error::new(Code::ArgumentValue, "metadata are judged at a time").in_field("at"))
        })?;
        let previous_number = if previous_number.is_none() {
            None
        } else {
            Some(u64::try_from(number(previous_number, "previous_number")?).unwrap_or(u64::MAX))
        };
        let allow_expired = flag(allow_expired, "allow_expired")?;
        let allow_sha1 = flag(allow_sha1, "allow_sha1")?;
        let anchors = &trust.get().anchors;
        let policy = BlobPolicy { anchors, at, previous_number, allow_expired, allow_sha1 };
        let metadata = detached(py, || CoreMetadata::from_blob(&blob, &policy))?;
        Ok(Self { metadata })
    }

    #[staticmethod]
    #[pyo3(signature = (blob, /))]
    fn parse_unverified(blob: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = blob.py();
        let blob = data_or_text(blob, "blob", limits::METADATA_TEXT)?;
        Ok(Self { metadata: detached(py, || CoreMetadata::parse_unverified(&blob))? })
    }

    #[getter]
    fn number(&self) -> u64 {
        self.metadata.number()
    }

    #[getter]
    fn next_update(&self) -> &str {
        self.metadata.next_update()
    }

    #[getter]
    fn legal_header(&self) -> Option<&str> {
        self.metadata.legal_header()
    }

    #[getter]
    fn entries(&self) -> Vec<MetadataEntry> {
        self.metadata.entries().iter().cloned().map(MetadataEntry).collect()
    }

    #[pyo3(signature = (aaguid, /))]
    fn find(&self, aaguid: &Bound<'_, PyAny>) -> PyResult<Option<MetadataEntry>> {
        let text = text(aaguid, "aaguid")?;
        let Some(aaguid) = parse_aaguid(&text) else {
            let error = Error::new(Code::ArgumentValue, "an AAGUID is written as a UUID").in_field("aaguid");
            return Err(exception(aaguid.py(), &error));
        };
        Ok(self.metadata.find(&aaguid).map(MetadataEntry))
    }

    #[pyo3(signature = (identifier, /))]
    fn find_by_key_identifier(&self, identifier: &Bound<'_, PyAny>) -> PyResult<Option<MetadataEntry>> {
        let text = text(identifier, "identifier")?;
        let identifier = call(identifier.py(), || hex::decode(text.as_bytes()))?;
        Ok(self.metadata.find_by_key_identifier(&identifier).map(MetadataEntry))
    }

    fn __len__(&self) -> usize {
        self.metadata.entries().len()
    }
}

/// 8-4-4-4-12 hexadecimal digits, of either case (RFC 9562 section 4).
fn parse_aaguid(text: &str) -> Option<[u8; 16]> {
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    if lengths != [8, 4, 4, 4, 12] {
        return None;
    }
    hex::decode(parts.concat().to_ascii_lowercase().as_bytes()).ok()?.try_into().ok()
}
