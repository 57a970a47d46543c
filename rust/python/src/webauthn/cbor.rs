//! CBOR as Python values.

use countermark_core::error::{Code, Error};
use countermark_core::format::cbor::{self, Key, Value};
use countermark_core::limits;
use pyo3::IntoPyObjectExt;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyByteArray, PyBytes, PyDict, PyInt, PyList, PyMemoryView, PyString, PyTuple};

use super::arguments::strictness;
use crate::arguments::{bounded_data, data, refuse, text};
use crate::call::{call, exception};
use crate::records::as_dict;

#[pyfunction]
#[pyo3(signature = (data, strictness, /))]
pub(crate) fn cbor_decode<'py>(
    data: &Bound<'py, PyAny>,
    strictness: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let py = data.py();
    let strictness = self::strictness(strictness)?;
    let data = bounded_data(data, "data", limits::CBOR)?;
    to_python(py, &call(py, || cbor::decode(&data, strictness))?)
}

#[pyfunction]
#[pyo3(signature = (value, /))]
pub(crate) fn cbor_encode<'py>(value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
    let py = value.py();
    let value = from_python(value, 0)?;
    Ok(PyBytes::new(py, &call(py, || cbor::encode(&value))?))
}

#[pyfunction]
#[pyo3(signature = (data, strictness, /))]
pub(crate) fn cbor_diagnostic(data: &Bound<'_, PyAny>, strictness: &Bound<'_, PyAny>) -> PyResult<String> {
    let py = data.py();
    let strictness = self::strictness(strictness)?;
    let data = bounded_data(data, "data", limits::CBOR)?;
    call(py, || cbor::diagnostic(&data, strictness))
}

/// Bytes become bytes, arrays lists and maps dicts in the order of the text.
pub(crate) fn to_python<'py>(py: Python<'py>, value: &Value<'_>) -> PyResult<Bound<'py, PyAny>> {
    match value {
        Value::Integer(number) => number.into_bound_py_any(py),
        Value::Bytes(bytes) => Ok(PyBytes::new(py, bytes).into_any()),
        Value::Text(text) => text.into_bound_py_any(py),
        Value::Array(values) => {
            let list = PyList::empty(py);
            for value in values {
                list.append(to_python(py, value)?)?;
            }
            Ok(list.into_any())
        }
        Value::Map(pairs) => {
            let dict = PyDict::new(py);
            for (key, value) in pairs {
                let value = to_python(py, value)?;
                match key {
                    Key::Integer(number) => dict.set_item(number, value)?,
                    Key::Text(text) => dict.set_item(text.as_ref(), value)?,
                }
            }
            Ok(dict.into_any())
        }
        Value::Bool(flag) => flag.into_bound_py_any(py),
        Value::Null => Ok(py.None().into_bound(py)),
    }
}

const WANTED: &str = "int, bytes, str, list, dict, bool or None";

fn from_python(value: &Bound<'_, PyAny>, depth: usize) -> PyResult<Value<'static>> {
    let py = value.py();
    if value.is_none() {
        return Ok(Value::Null);
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(Value::Bool(flag.is_true()));
    }
    if value.is_instance_of::<PyInt>() {
        return integer(value).map(Value::Integer);
    }
    if value.is_instance_of::<PyString>() {
        return Ok(Value::Text(text(value, "value")?.to_string().into()));
    }
    let is_bytes = value.is_instance_of::<PyBytes>()
        || value.is_instance_of::<PyByteArray>()
        || value.is_instance_of::<PyMemoryView>();
    if is_bytes {
        return Ok(Value::Bytes(data(value, "value")?.to_vec().into()));
    }
    if depth == limits::CBOR_DEPTH {
        let message = format!("CBOR nested more than {} deep", limits::CBOR_DEPTH);
        return Err(exception(py, &Error::new(Code::LimitDepth, message)));
    }
    if let Ok(list) = value.cast::<PyList>() {
        return list
            .iter()
            .map(|item| from_python(&item, depth + 1))
            .collect::<PyResult<_>>()
            .map(Value::Array);
    }
    if let Ok(tuple) = value.cast::<PyTuple>() {
        return tuple
            .iter()
            .map(|item| from_python(&item, depth + 1))
            .collect::<PyResult<_>>()
            .map(Value::Array);
    }
    let Some(dict) = as_dict(value, "value")? else { return Err(refuse(value, "value", WANTED)) };
    let mut pairs = Vec::with_capacity(dict.len());
    for item in dict.items().iter() {
        let (key, value) = item.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        let key = if key.is_instance_of::<PyString>() {
            Key::Text(text(&key, "a map key")?.to_string().into())
        } else if key.is_instance_of::<PyInt>() && !key.is_instance_of::<PyBool>() {
            Key::Integer(integer(&key)?)
        } else {
            return Err(refuse(&key, "a map key", "int or str"));
        };
        pairs.push((key, from_python(&value, depth + 1)?));
    }
    Ok(Value::Map(pairs))
}

/// A number too long for 128 bits is out of range in any case, and the core says so.
fn integer(value: &Bound<'_, PyAny>) -> PyResult<i128> {
    Ok(value.extract().unwrap_or(i128::MAX))
}
