//! Certificates, trust anchors and the way between them.

use countermark_core::error::{Code, Error, Result as CoreResult};
use countermark_core::format::tolerance::Tolerated;
use countermark_core::format::{der, pem};
use countermark_core::limits;
use countermark_core::webauthn::attestation::trust_path;
use countermark_core::x509::anchors::Anchors;
use countermark_core::x509::certificate::Certificate as View;
use countermark_core::x509::path::PathPolicy;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyList, PyString};

use super::arguments::{Notes, notes, optional_texts, strictness, time};
use super::ceremonies::{PathParts, path_parts};
use crate::arguments::{Data, bounded_data, data_or_text, flag};
use crate::call::{call, detached, exception};
use crate::keys::PublicKey;

/// What is asked of it is read again from the DER, so that nothing here borrows from anything.
#[pyclass(frozen, module = "countermark._native")]
pub(crate) struct Certificate {
    der: Vec<u8>,
    tolerated: Notes,
}

impl Certificate {
    fn view<T>(&self, py: Python<'_>, ask: impl FnOnce(&View<'_>) -> T) -> PyResult<T> {
        call(py, || {
            let mut tolerated = Tolerated::default();
            View::parse(&self.der, &mut tolerated, "certificate").map(|view| ask(&view))
        })
    }
}

#[pymethods]
impl Certificate {
    #[getter]
    fn raw<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.der)
    }

    #[getter]
    fn version(&self, py: Python<'_>) -> PyResult<u8> {
        self.view(py, |view| view.version())
    }

    #[getter]
    fn serial<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.view(py, |view| PyBytes::new(py, view.serial()))
    }

    #[getter]
    fn issuer(&self, py: Python<'_>) -> PyResult<String> {
        self.view(py, |view| view.issuer().text())
    }

    #[getter]
    fn subject(&self, py: Python<'_>) -> PyResult<String> {
        self.view(py, |view| view.subject().text())
    }

    #[getter]
    fn issuer_der<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.view(py, |view| PyBytes::new(py, view.issuer().der()))
    }

    #[getter]
    fn subject_der<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.view(py, |view| PyBytes::new(py, view.subject().der()))
    }

    #[getter]
    fn not_before(&self, py: Python<'_>) -> PyResult<i64> {
        self.view(py, |view| view.not_before())
    }

    #[getter]
    fn not_after(&self, py: Python<'_>) -> PyResult<i64> {
        self.view(py, |view| view.not_after())
    }

    #[getter]
    fn public_key(&self, py: Python<'_>) -> PyResult<Option<PublicKey>> {
        self.view(py, |view| view.public_key().ok().map(|key| PublicKey(std::sync::Arc::new(key))))
    }

    #[getter]
    fn public_key_der<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        self.view(py, |view| PyBytes::new(py, view.spki()))
    }

    #[getter]
    fn signature_algorithm(&self, py: Python<'_>) -> PyResult<String> {
        self.view(py, |view| dotted(view.signature_algorithm().oid))
    }

    #[getter]
    fn is_ca(&self, py: Python<'_>) -> PyResult<Option<bool>> {
        self.view(py, |view| view.basic_constraints().map(|constraints| constraints.is_ca))
    }

    #[getter]
    fn extensions<'py>(&self, py: Python<'py>) -> PyResult<Vec<(String, bool, Bound<'py, PyBytes>)>> {
        self.view(py, |view| {
            let parts = view.extensions().iter();
            parts.map(|one| (dotted(one.oid), one.critical, PyBytes::new(py, one.value))).collect()
        })
    }

    #[getter]
    fn tolerated(&self) -> Notes {
        self.tolerated.clone()
    }
}

/// An identifier as text; one that is too long to be real as `#` and hexadecimal digits.
fn dotted(oid: &[u8]) -> String {
    der::dotted(oid).unwrap_or_else(|| format!("#{}", countermark_core::format::hex::encode(oid)))
}

/// The certificate or certificates of an argument: PEM where it is text or begins as PEM does, DER otherwise.
fn ders(value: &Bound<'_, PyAny>, name: &'static str) -> PyResult<Vec<Vec<u8>>> {
    let data = data_or_text(value, name, limits::PEM_CERTIFICATES)?;
    // A DER certificate begins with the tag of a SEQUENCE, which no text of PEM does.
    if data.first() == Some(&0x30) && !value.is_instance_of::<PyString>() {
        return Ok(vec![data.to_vec()]);
    }
    call(value.py(), || pem::decode_certificates(&data))
}

#[pyfunction]
#[pyo3(signature = (data, strictness, /))]
pub(crate) fn parse_certificate(
    data: &Bound<'_, PyAny>,
    strictness: &Bound<'_, PyAny>,
) -> PyResult<Certificate> {
    let py = data.py();
    let mut tolerated = Tolerated::new(self::strictness(strictness)?);
    let mut found = ders(data, "data")?;
    let der = found.pop().unwrap_or_default();
    if !found.is_empty() {
        let error = Error::new(Code::PemMultiple, "more than one certificate where one is due");
        return Err(exception(py, &error));
    }
    call(py, || View::parse(&der, &mut tolerated, "certificate").map(drop))?;
    Ok(Certificate { der, tolerated: notes(tolerated.notes()) })
}

#[pyclass(frozen, module = "countermark._native")]
pub(crate) struct TrustAnchors {
    pub(crate) anchors: Anchors,
}

#[pymethods]
impl TrustAnchors {
    #[staticmethod]
    #[pyo3(signature = (certificates, /))]
    fn read(certificates: &Bound<'_, PyList>) -> PyResult<Self> {
        let py = certificates.py();
        let mut read = Vec::new();
        for item in certificates.iter() {
            read.extend(ders(&item, "certificates")?);
        }
        let anchors = detached(py, || {
            let mut anchors = Anchors::new();
            read.iter().try_for_each(|der| anchors.add_certificate(der))?;
            Ok(anchors)
        })?;
        Ok(Self { anchors })
    }

    #[staticmethod]
    #[pyo3(signature = (subject, key, /))]
    fn from_key(subject: &Bound<'_, PyAny>, key: &Bound<'_, PublicKey>) -> PyResult<Self> {
        let py = subject.py();
        let subject = bounded_data(subject, "subject_der", limits::DER)?;
        let mut anchors = Anchors::new();
        call(py, || anchors.add_key(&subject, (*key.get().0).clone()))?;
        Ok(Self { anchors })
    }

    fn joined(&self, py: Python<'_>, other: &Bound<'_, Self>) -> PyResult<Self> {
        let mut anchors = self.anchors.clone();
        call(py, || anchors.extend(&other.get().anchors))?;
        Ok(Self { anchors })
    }

    #[getter]
    fn certificates<'py>(&self, py: Python<'py>) -> Vec<Bound<'py, PyBytes>> {
        let found = self.anchors.iter().filter_map(|anchor| anchor.certificate());
        found.map(|der| PyBytes::new(py, der)).collect()
    }

    fn __len__(&self) -> usize {
        self.anchors.len()
    }
}

#[pyfunction]
#[pyo3(signature = (certificates, trust, at, allow_sha1, strictness, critical, /))]
pub(crate) fn validate_path<'py>(
    certificates: &Bound<'py, PyList>,
    trust: &Bound<'py, TrustAnchors>,
    at: &Bound<'py, PyAny>,
    allow_sha1: &Bound<'py, PyAny>,
    strictness: &Bound<'py, PyAny>,
    critical: &Bound<'py, PyAny>,
) -> PyResult<PathParts<'py>> {
    let py = certificates.py();
    let argument = |message: &'static str, field: &'static str| {
        exception(py, &Error::new(Code::ArgumentValue, message).in_field(field))
    };
    let at = time(at)?.ok_or_else(|| argument("a path is validated at a time", "at"))?;
    let allow_sha1 = flag(allow_sha1, "allow_sha1")?;
    let mut tolerated = Tolerated::new(self::strictness(strictness)?);
    if certificates.is_empty() {
        return Err(argument("a path of no certificates", "certificates"));
    }
    let chain: Vec<Data> = certificates
        .iter()
        .take(limits::CERTIFICATES + 1)
        .map(|one| bounded_data(&one, "certificates", limits::CERTIFICATE))
        .collect::<PyResult<_>>()?;
    let critical = optional_texts(critical, "critical")?.unwrap_or_default();
    let known =
        |text: &String| der::from_dotted(text).ok_or_else(|| argument("no object identifier", "critical"));
    let critical: Vec<Vec<u8>> = critical.iter().map(known).collect::<PyResult<_>>()?;
    let critical: Vec<&[u8]> = critical.iter().map(Vec::as_slice).collect();
    let anchors = &trust.get().anchors;
    let path = detached(py, || -> CoreResult<_> {
        if chain.len() > limits::CERTIFICATES {
            let message = format!("more than {} certificates", limits::CERTIFICATES);
            return Err(Error::new(Code::LimitCount, message).in_field("certificates"));
        }
        let policy = PathPolicy { allow_sha1, critical: &critical, known: None };
        trust_path(chain.iter().map(|one| &**one), anchors, at, policy, &mut tolerated)
    })?;
    Ok(path_parts(py, &path))
}
