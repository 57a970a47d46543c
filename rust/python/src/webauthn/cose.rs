//! Keys with the one COSE algorithm they verify by.

use std::sync::Arc;

use countermark_core::format::tolerance::Tolerated;
use countermark_core::key::cose::CoseKey;
use countermark_core::limits;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::arguments::{Notes, cose_algorithm, notes, strictness};
use crate::arguments::{bounded_data, data, flag};
use crate::call::{call, detached};
use crate::keys::PublicKey;

#[pyclass(frozen, module = "countermark._native")]
pub(crate) struct CosePublicKey {
    pub(crate) key: Arc<CoseKey>,
    tolerated: Notes,
}

impl CosePublicKey {
    pub(crate) fn new(key: CoseKey) -> Self {
        Self { key: Arc::new(key), tolerated: Vec::new() }
    }
}

#[pymethods]
impl CosePublicKey {
    #[staticmethod]
    #[pyo3(signature = (data, allow_sha1, strictness, /))]
    fn from_bytes(
        data: &Bound<'_, PyAny>,
        allow_sha1: &Bound<'_, PyAny>,
        strictness: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let py = data.py();
        let allow_sha1 = flag(allow_sha1, "allow_sha1")?;
        let mut tolerated = Tolerated::new(self::strictness(strictness)?);
        let data = bounded_data(data, "data", limits::CBOR)?;
        let key = call(py, || CoseKey::read(&data, allow_sha1, &mut tolerated))?;
        Ok(Self { key: Arc::new(key), tolerated: notes(tolerated.notes()) })
    }

    #[staticmethod]
    #[pyo3(signature = (key, algorithm, /))]
    fn from_public_key(key: &Bound<'_, PublicKey>, algorithm: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = key.py();
        let algorithm =
            if algorithm.is_none() { None } else { Some(cose_algorithm(algorithm, "algorithm", false)?) };
        let key = call(py, || CoseKey::from_public_key((*key.get().0).clone(), algorithm))?;
        Ok(Self::new(key))
    }

    #[getter]
    fn algorithm(&self) -> i64 {
        self.key.algorithm().number()
    }

    #[getter]
    fn public_key(&self) -> PublicKey {
        PublicKey(Arc::new(self.key.key().clone()))
    }

    #[getter]
    fn tolerated(&self) -> Notes {
        self.tolerated.clone()
    }

    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.key.encoded())
    }

    #[pyo3(signature = (message, signature, /))]
    fn verify(&self, message: &Bound<'_, PyAny>, signature: &Bound<'_, PyAny>) -> PyResult<()> {
        let py = message.py();
        let message = data(message, "message")?;
        let signature = data(signature, "signature")?;
        detached(py, || self.key.verify(&message, &signature))
    }

    fn equals(&self, other: &Bound<'_, Self>) -> bool {
        self.key == other.get().key
    }
}
