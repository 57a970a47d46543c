//! Arguments: bytes-like in, text in, and an error of ours that says what to write instead.

use countermark_core::error::{Code, Error};
use countermark_core::limits;
use countermark_core::secret::Secret;
use pyo3::buffer::PyBuffer;
use pyo3::exceptions::PyTypeError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pybacked::{PyBackedBytes, PyBackedStr};
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyInt, PyString};

use crate::call::exception;

/// Bytes of an argument: borrowed where they cannot change, copied where they can.
pub(crate) enum Data {
    Borrowed(PyBackedBytes),
    Copied(Vec<u8>),
}

impl std::ops::Deref for Data {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Borrowed(bytes) => bytes,
            Self::Copied(bytes) => bytes,
        }
    }
}

fn wrong_type(value: &Bound<'_, PyAny>, name: &'static str, wanted: &str) -> PyErr {
    let found = value.get_type().name().map_or_else(|_| "another type".to_owned(), |name| name.to_string());
    let found: String = found.chars().take(40).collect();
    let bytes_wanted = wanted.starts_with("bytes") && value.is_instance_of::<PyString>();
    let hint = if bytes_wanted { "; encode it first" } else { "" };
    let message = format!("{name} must be {wanted}, not {found}{hint}");
    exception(value.py(), &Error::new(Code::ArgumentType, message).in_field(name))
}

/// Bytes, bytearray, memoryview or anything else that offers its bytes.
pub(crate) fn data(value: &Bound<'_, PyAny>, name: &'static str) -> PyResult<Data> {
    bounded_data(value, name, usize::MAX)
}

/// The same for a reader with a bound, which is asked before anything is copied.
pub(crate) fn bounded_data(value: &Bound<'_, PyAny>, name: &'static str, most: usize) -> PyResult<Data> {
    if let Ok(bytes) = value.cast::<PyBytes>() {
        check_length(bytes.as_bytes().len(), value, name, most)?;
        return Ok(Data::Borrowed(PyBackedBytes::from(bytes.clone())));
    }
    if let Ok(bytes) = value.cast::<PyByteArray>() {
        check_length(bytes.len(), value, name, most)?;
        return Ok(Data::Copied(bytes.to_vec()));
    }
    let wanted = "bytes, bytearray or memoryview";
    if value.is_instance_of::<PyString>() {
        return Err(wrong_type(value, name, wanted));
    }
    let buffer = PyBuffer::<u8>::get(value).map_err(|_| wrong_type(value, name, wanted))?;
    check_length(buffer.len_bytes(), value, name, most)?;
    let bytes = buffer.to_vec(value.py()).map_err(|_| wrong_type(value, name, wanted))?;
    Ok(Data::Copied(bytes))
}

/// Text that may come as str or as the bytes of its UTF-8, for a reader with a bound. A lone surrogate becomes
/// bytes that are no UTF-8, so that it is the text that is found wrong, not the argument.
pub(crate) fn data_or_text(value: &Bound<'_, PyAny>, name: &'static str, most: usize) -> PyResult<Data> {
    let Ok(string) = value.cast::<PyString>() else {
        let wanted = "str, bytes, bytearray or memoryview";
        return bounded_data(value, name, most).map_err(|error| {
            if error.is_instance_of::<PyTypeError>(value.py()) {
                wrong_type(value, name, wanted)
            } else {
                error
            }
        });
    };
    // No text has fewer bytes than characters.
    check_length(string.len()?, value, name, most)?;
    if let Ok(text) = string.to_str() {
        return Ok(Data::Copied(text.as_bytes().to_vec()));
    }
    let py = value.py();
    let encode = py.get_type::<PyString>().getattr(intern!(py, "encode"))?;
    let bytes = encode.call1((string, intern!(py, "utf-8"), intern!(py, "surrogatepass")))?;
    Ok(Data::Copied(bytes.extract()?))
}

fn check_length(length: usize, value: &Bound<'_, PyAny>, name: &'static str, most: usize) -> PyResult<()> {
    if length <= most { Ok(()) } else { Err(exception(value.py(), &over_limit(length, name, most))) }
}

/// The error for text or bytes over a bound.
pub(crate) fn over_limit(length: usize, name: &'static str, most: usize) -> Error {
    let message = format!("{name} of {length} bytes or more is over the limit of {most}");
    Error::new(Code::LimitSize, message).in_field(name)
}

/// At least as many bytes as the text or bytes has; None for anything else.
pub(crate) fn least_length(value: &Bound<'_, PyAny>) -> Option<usize> {
    if let Ok(text) = value.cast::<PyString>() {
        return text.len().ok();
    }
    if let Ok(bytes) = value.cast::<PyBytes>() {
        return Some(bytes.as_bytes().len());
    }
    PyBuffer::<u8>::get(value).ok().map(|buffer| buffer.len_bytes())
}

/// The name of one of a closed set, which a lone surrogate is in none of.
pub(crate) fn set_member(value: &Bound<'_, PyAny>, name: &'static str) -> PyResult<String> {
    let string = value.cast::<PyString>().map_err(|_| wrong_type(value, name, "str"))?;
    Ok(string.to_string_lossy().into_owned())
}

/// Text.
pub(crate) fn text(value: &Bound<'_, PyAny>, name: &'static str) -> PyResult<PyBackedStr> {
    let string = value.cast::<PyString>().map_err(|_| wrong_type(value, name, "str"))?;
    PyBackedStr::try_from(string.clone()).map_err(|_| {
        let message = format!("{name} holds a lone surrogate, which is no text");
        exception(value.py(), &Error::new(Code::ArgumentValue, message).in_field(name))
    })
}

/// Text or None.
pub(crate) fn optional_text(value: &Bound<'_, PyAny>, name: &'static str) -> PyResult<Option<PyBackedStr>> {
    if value.is_none() { Ok(None) } else { text(value, name).map(Some) }
}

/// The name of one of a closed set, or None.
pub(crate) fn optional_set_member(value: &Bound<'_, PyAny>, name: &'static str) -> PyResult<Option<String>> {
    if value.is_none() { Ok(None) } else { set_member(value, name).map(Some) }
}

/// True, False or None; no other truth is taken.
pub(crate) fn optional_flag(value: &Bound<'_, PyAny>, name: &'static str) -> PyResult<Option<bool>> {
    if value.is_none() { Ok(None) } else { flag(value, name).map(Some) }
}

/// True or False.
pub(crate) fn flag(value: &Bound<'_, PyAny>, name: &'static str) -> PyResult<bool> {
    value.cast::<PyBool>().map(|flag| flag.is_true()).map_err(|_| wrong_type(value, name, "True or False"))
}

/// A whole number that is not negative.
pub(crate) fn number(value: &Bound<'_, PyAny>, name: &'static str) -> PyResult<usize> {
    if value.is_instance_of::<PyBool>() || !value.is_instance_of::<PyInt>() {
        return Err(wrong_type(value, name, "int"));
    }
    value.extract().map_err(|_| {
        let message = format!("{name} is negative or too large");
        exception(value.py(), &Error::new(Code::ArgumentValue, message).in_field(name))
    })
}

/// A password as text or bytes, or None. Our copy of it is wiped; Python's is not ours to wipe.
pub(crate) fn password(value: &Bound<'_, PyAny>) -> PyResult<Option<Secret>> {
    if value.is_none() {
        return Ok(None);
    }
    if value.is_instance_of::<PyString>() {
        return Ok(Some(Secret::copy_of(text(value, "password")?.as_bytes())));
    }
    Ok(Some(match bounded_data(value, "password", limits::PASSWORD)? {
        Data::Borrowed(bytes) => Secret::copy_of(&bytes),
        Data::Copied(bytes) => Secret::new(bytes),
    }))
}

/// Text or bytes that may be a private key: our copy of them is wiped.
pub(crate) fn secret_text(value: &Bound<'_, PyAny>, name: &'static str, most: usize) -> PyResult<Secret> {
    data_or_text(value, name, most).map(secret)
}

/// Bytes that may be a private key: our copy of them is wiped.
pub(crate) fn secret_data(value: &Bound<'_, PyAny>, name: &'static str, most: usize) -> PyResult<Secret> {
    bounded_data(value, name, most).map(secret)
}

fn secret(data: Data) -> Secret {
    match data {
        Data::Borrowed(bytes) => Secret::copy_of(&bytes),
        Data::Copied(bytes) => Secret::new(bytes),
    }
}

/// Reports an argument of a wrong type where the caller has looked at it already.
pub(crate) fn refuse(value: &Bound<'_, PyAny>, name: &'static str, wanted: &str) -> PyErr {
    wrong_type(value, name, wanted)
}
