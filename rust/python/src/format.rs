//! The text formats, for tests and tools that work on single layers.

use countermark_core::error::Code;
use countermark_core::format::{base64url, hex, pem};
use countermark_core::limits;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::arguments::{data, data_or_text, flag};
use crate::call::{call, name};

#[pyfunction]
#[pyo3(signature = (data, /))]
pub(crate) fn base64url_encode(data: &Bound<'_, PyAny>) -> PyResult<String> {
    Ok(base64url::encode(&self::data(data, "data")?))
}

#[pyfunction]
#[pyo3(signature = (text, padding=None, /))]
pub(crate) fn base64url_decode<'py>(
    text: &Bound<'py, PyAny>,
    padding: Option<&Bound<'py, PyAny>>,
) -> PyResult<Bound<'py, PyBytes>> {
    let py = text.py();
    let padding = padding_rule(padding.map_or(Ok(false), |padding| flag(padding, "padding"))?);
    let text = data_or_text(text, "text", limits::ENCODED_TEXT)?;
    Ok(PyBytes::new(py, &call(py, || base64url::decode(&text, padding))?))
}

pub(crate) fn padding_rule(allowed: bool) -> base64url::Padding {
    if allowed { base64url::Padding::Allowed } else { base64url::Padding::Forbidden }
}

#[pyfunction]
#[pyo3(signature = (text, /))]
pub(crate) fn hex_decode<'py>(text: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let py = text.py();
    let text = data_or_text(text, "text", limits::ENCODED_TEXT)?;
    Ok(PyBytes::new(py, &call(py, || hex::decode(&text))?))
}

#[pyfunction]
#[pyo3(signature = (text, /))]
pub(crate) fn pem_decode<'py>(text: &Bound<'py, PyAny>) -> PyResult<(&'static str, Bound<'py, PyBytes>)> {
    let py = text.py();
    let text = data_or_text(text, "text", limits::PEM_TEXT)?;
    let block = call(py, || pem::decode(&text))?;
    Ok((block.label.as_str(), PyBytes::new(py, block.der.expose())))
}

#[pyfunction]
pub(crate) fn error_codes(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let codes = PyDict::new(py);
    for code in Code::ALL {
        codes.set_item(code.name(), name(code.class()))?;
    }
    Ok(codes)
}
