//! Python mappings and JSON text as the core's neutral records.

use countermark_core::dfns::record::{Field, Format, Record};
use countermark_core::error::Result as CoreResult;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyList, PyString, PyTuple, PyType};

use crate::arguments::{Data, data_or_text, refuse};

/// Deeper than any object of the protocol; what lies below is never looked at.
const DEPTH: usize = 4;
/// More members or entries than any object of the protocol may have; the core refuses such a list anyway.
const ENTRIES: usize = 10_001;

/// An argument that is a record: a mapping, or JSON text in str or bytes.
pub(crate) enum Source {
    Mapping(CoreResult<Record<'static>>),
    Json(Data),
}

impl Source {
    /// Takes the argument apart while the interpreter is attached.
    pub(crate) fn new(value: &Bound<'_, PyAny>, name: &'static str, format: &Format) -> PyResult<Self> {
        if let Some(dict) = as_dict(value, name)? {
            return Ok(Self::Mapping(record(&dict, format, DEPTH)?));
        }
        match data_or_text(value, name) {
            Ok(data) => Ok(Self::Json(data)),
            Err(error) if value.is_instance_of::<PyString>() => Err(error),
            Err(_) => Err(refuse(value, name, "a mapping, or JSON text as str or bytes")),
        }
    }

    /// The record; text is read now.
    pub(crate) fn record(&self) -> CoreResult<Record<'_>> {
        match self {
            Self::Mapping(record) => record.clone(),
            Self::Json(data) => Record::from_json(data),
        }
    }
}

/// A mapping as a dict, or None for anything else. One that does not behave as a mapping is refused; what its
/// methods raise on their own account is let through.
pub(crate) fn as_dict<'py>(
    value: &Bound<'py, PyAny>,
    name: &'static str,
) -> PyResult<Option<Bound<'py, PyDict>>> {
    if let Ok(dict) = value.cast::<PyDict>() {
        return Ok(Some(dict.clone()));
    }
    let py = value.py();
    static MAPPING: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    let mapping = MAPPING.import(py, "collections.abc", "Mapping")?;
    if !value.is_instance(mapping)? {
        return Ok(None);
    }
    let dict = PyDict::new(py);
    match dict.call_method1(intern!(py, "update"), (value,)) {
        Ok(_) => Ok(Some(dict)),
        Err(error) if error.is_instance_of::<PyTypeError>(py) || error.is_instance_of::<PyValueError>(py) => {
            Err(refuse(value, name, "a mapping"))
        }
        Err(error) => Err(error),
    }
}

fn record(dict: &Bound<'_, PyDict>, format: &Format, depth: usize) -> PyResult<CoreResult<Record<'static>>> {
    let mut record = Record::default();
    for (key, value) in dict.iter().take(ENTRIES) {
        let Ok(key) = key.cast::<PyString>() else { return Ok(Err(format.bad_name())) };
        let Ok(key) = key.to_str() else { return Ok(Err(format.bad_name())) };
        let field = match field(&value, format, depth)? {
            Ok(field) => field,
            Err(error) => return Ok(Err(error)),
        };
        record.push(key.to_owned(), field);
    }
    Ok(Ok(record))
}

fn field(value: &Bound<'_, PyAny>, format: &Format, depth: usize) -> PyResult<CoreResult<Field<'static>>> {
    let nested = depth.checked_sub(1);
    Ok(Ok(if let Ok(text) = value.cast::<PyString>() {
        // A lone surrogate makes it something that is not text.
        text.to_str().map_or(Field::Other, |text| Field::Text(text.to_owned().into()))
    } else if let Ok(flag) = value.cast::<PyBool>() {
        Field::Bool(flag.is_true())
    } else if let Some(depth) = nested {
        if let Some(dict) = as_dict(value, "a member")? {
            return Ok(record(&dict, format, depth)?.map(Field::Record));
        }
        let items: Box<dyn Iterator<Item = Bound<'_, PyAny>>> = if let Ok(list) = value.cast::<PyList>() {
            Box::new(list.iter())
        } else if let Ok(tuple) = value.cast::<PyTuple>() {
            Box::new(tuple.iter())
        } else {
            return Ok(Ok(Field::Other));
        };
        let mut list = Vec::new();
        for item in items.take(ENTRIES) {
            match field(&item, format, depth)? {
                Ok(field) => list.push(field),
                Err(error) => return Ok(Err(error)),
            }
        }
        Field::List(list)
    } else {
        Field::Other
    }))
}
