//! What authenticators send, taken apart. Members become Python objects when they are asked for.

use countermark_core::error::Result as CoreResult;
use countermark_core::format::tolerance::{Strictness, Tolerated};
use countermark_core::limits;
use countermark_core::webauthn::attestation_object::{AttestationObject as CoreObject, Outline};
use countermark_core::webauthn::authenticator_data::AuthenticatorData as CoreData;
use countermark_core::webauthn::extensions::FlagOrBytes;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use super::arguments::{Notes, notes, strictness};
use super::cbor::to_python;
use crate::arguments::{Data, bounded_data, flag};
use crate::call::call;

#[pyclass(frozen, module = "countermark._native")]
pub(crate) struct AuthenticatorData {
    data: CoreData<'static>,
}

impl AuthenticatorData {
    pub(crate) fn new(data: CoreData<'static>) -> Self {
        Self { data }
    }
}

/// credProtect, hmac-secret, minPinLength, uvm, credBlob, largeBlobKey, thirdPartyPayment, the others
type ExtensionParts<'py> = (
    Option<u8>,
    Bound<'py, PyAny>,
    Option<u64>,
    Option<Vec<(u64, u64, u64)>>,
    Bound<'py, PyAny>,
    Option<Bound<'py, PyBytes>>,
    Option<bool>,
    Bound<'py, PyDict>,
);

#[pymethods]
impl AuthenticatorData {
    #[getter]
    fn raw<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.data.raw)
    }

    #[getter]
    fn rp_id_hash<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.data.rp_id_hash)
    }

    #[getter]
    fn flags(&self) -> u8 {
        self.data.flags.0
    }

    #[getter]
    fn sign_count(&self) -> u32 {
        self.data.sign_count
    }

    #[getter]
    fn aaguid(&self) -> Option<String> {
        self.data.attested.as_ref().map(|attested| hyphenated(&attested.aaguid))
    }

    #[getter]
    fn credential_id<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.data.attested.as_ref().map(|attested| PyBytes::new(py, &attested.credential_id))
    }

    #[getter]
    fn credential_public_key<'py>(&self, py: Python<'py>) -> Option<Bound<'py, PyBytes>> {
        self.data.attested.as_ref().map(|attested| PyBytes::new(py, &attested.public_key))
    }

    #[getter]
    fn extensions<'py>(&self, py: Python<'py>) -> PyResult<ExtensionParts<'py>> {
        let found = &self.data.extensions;
        let either = |output: &Option<FlagOrBytes<'_>>| match output {
            None => Ok(py.None().into_bound(py)),
            Some(FlagOrBytes::Flag(flag)) => flag.into_bound_py_any(py),
            Some(FlagOrBytes::Bytes(bytes)) => Ok(PyBytes::new(py, bytes).into_any()),
        };
        let unknown = PyDict::new(py);
        for (name, raw) in &found.unknown {
            unknown.set_item(name.as_ref(), PyBytes::new(py, raw))?;
        }
        Ok((
            found.cred_protect,
            either(&found.hmac_secret)?,
            found.min_pin_length,
            found.uvm.as_ref().map(|factors| factors.iter().map(|[a, b, c]| (*a, *b, *c)).collect()),
            either(&found.cred_blob)?,
            found.large_blob_key.as_ref().map(|key| PyBytes::new(py, key)),
            found.third_party_payment,
            unknown,
        ))
    }

    #[getter]
    fn tolerated(&self) -> Notes {
        notes(&self.data.tolerated)
    }
}

/// An AAGUID in the form of a UUID (RFC 9562 section 4).
pub(crate) fn hyphenated(aaguid: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (place, byte) in aaguid.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}

#[pyclass(frozen, module = "countermark._native")]
pub(crate) struct AttestationObject {
    raw: Data,
    format: String,
    authenticator_data: Py<AuthenticatorData>,
    tolerated: Notes,
}

#[pymethods]
impl AttestationObject {
    #[getter]
    fn raw<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.raw)
    }

    #[getter]
    fn format(&self) -> &str {
        &self.format
    }

    /// Read again when it is asked for, which most callers never do.
    #[getter]
    fn statement<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let mut tolerated = Tolerated::new(Strictness::Interoperable);
        let object = call(py, || CoreObject::read(&self.raw, &mut tolerated))?;
        to_python(py, &object.statement)
    }

    #[getter]
    fn authenticator_data<'py>(&self, py: Python<'py>) -> Bound<'py, AuthenticatorData> {
        self.authenticator_data.bind(py).clone()
    }

    #[getter]
    fn tolerated(&self) -> Notes {
        self.tolerated.clone()
    }
}

#[pyfunction]
#[pyo3(signature = (data, strictness, repair, /))]
pub(crate) fn parse_authenticator_data(
    data: &Bound<'_, PyAny>,
    strictness: &Bound<'_, PyAny>,
    repair: &Bound<'_, PyAny>,
) -> PyResult<AuthenticatorData> {
    let py = data.py();
    let mut tolerated = Tolerated::new(self::strictness(strictness)?);
    let repair = flag(repair, "repair_cose_map_count")?;
    let data = bounded_data(data, "data", limits::CBOR)?;
    let parsed = call(py, || CoreData::parse(&data, repair, &mut tolerated).map(CoreData::into_owned))?;
    Ok(AuthenticatorData::new(parsed))
}

#[pyfunction]
#[pyo3(signature = (data, strictness, repair, /))]
pub(crate) fn parse_attestation_object(
    data: &Bound<'_, PyAny>,
    strictness: &Bound<'_, PyAny>,
    repair: &Bound<'_, PyAny>,
) -> PyResult<AttestationObject> {
    let py = data.py();
    let mut tolerated = Tolerated::new(self::strictness(strictness)?);
    let repair = flag(repair, "repair_cose_map_count")?;
    let raw = bounded_data(data, "data", limits::CBOR)?;
    let (format, parsed) = call(py, || -> CoreResult<_> {
        let outline = Outline::read(&raw, &mut tolerated)?;
        let parsed = CoreData::parse(&outline.authenticator_data, repair, &mut tolerated)?.into_owned();
        Ok((outline.format.into_owned(), parsed))
    })?;
    let tolerated = notes(tolerated.notes());
    let authenticator_data = Py::new(py, AuthenticatorData::new(parsed))?;
    Ok(AttestationObject { raw, format, authenticator_data, tolerated })
}
