//! Python mappings and JSON text as the core's neutral records.

use countermark_core::error::{Code, Error, Result as CoreResult};
use countermark_core::format::record::{Field, Format, Record};
use countermark_core::limits;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyList, PyString, PyTuple, PyType};

use crate::arguments::{Data, data_or_text, least_length, over_limit, refuse};

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
            return Ok(Self::Mapping(record(&dict, format, DEPTH, &mut Room(Room::WHOLE))?));
        }
        // A text too long to be read is a fault of the data, which a report must be able to tell.
        if let Some(length) = least_length(value).filter(|length| *length > limits::JSON_TEXT) {
            return Ok(Self::Mapping(Err(over_limit(length, name, limits::JSON_TEXT))));
        }
        match data_or_text(value, name, limits::JSON_TEXT) {
            Ok(data) => Ok(Self::Json(data)),
            Err(error) if !error.is_instance_of::<PyTypeError>(value.py()) => Err(error),
            Err(_) => Err(refuse(value, name, "a mapping, or JSON text as str or bytes")),
        }
    }

    /// The record, which is given away; text is read now.
    pub(crate) fn take(&mut self) -> CoreResult<Record<'_>> {
        match self {
            Self::Mapping(record) => core::mem::replace(record, Ok(Record::default())),
            Self::Json(data) => Record::from_json(data),
        }
    }
}

/// A mapping as a dict, or None for anything else. One that does not behave as a mapping is refused, with what it
/// raised as the cause; what its methods raise on their own account is let through.
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
            let refused = refuse(value, name, "a mapping");
            refused.set_cause(py, Some(error));
            Err(refused)
        }
        Err(error) => Err(error),
    }
}

/// What may still be taken in, of fields at all levels together: an object can hold itself many times over.
struct Room(usize);

impl Room {
    const WHOLE: usize = 100_000;

    fn take(&mut self) -> CoreResult<()> {
        self.0 = self.0.checked_sub(1).ok_or_else(|| too_many("fields", Self::WHOLE))?;
        Ok(())
    }
}

fn too_many(what: &str, most: usize) -> Error {
    Error::new(Code::LimitCount, format!("more than {most} {what}"))
}

fn record(
    dict: &Bound<'_, PyDict>,
    format: &Format,
    depth: usize,
    room: &mut Room,
) -> PyResult<CoreResult<Record<'static>>> {
    if dict.len() > limits::JSON_MEMBERS {
        return Ok(Err(too_many("members", limits::JSON_MEMBERS)));
    }
    let mut record = Record::default();
    // A list of its own: code that runs while we look may change the dict.
    for item in dict.items().iter() {
        let (key, value) = item.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>()?;
        let Ok(key) = key.cast::<PyString>() else { return Ok(Err(format.bad_name())) };
        let Ok(key) = key.to_str() else { return Ok(Err(format.bad_name())) };
        if let Err(error) = room.take() {
            return Ok(Err(error));
        }
        record.push(key.to_owned(), field(&value, format, depth, room)?);
    }
    Ok(Ok(record))
}

fn field(
    value: &Bound<'_, PyAny>,
    format: &Format,
    depth: usize,
    room: &mut Room,
) -> PyResult<Field<'static>> {
    if value.is_none() {
        return Ok(Field::Null);
    }
    if let Ok(text) = value.cast::<PyString>() {
        // A lone surrogate makes it something that is not text.
        return Ok(text.to_str().map_or(Field::Other, |text| Field::Text(text.to_owned().into())));
    }
    if let Ok(flag) = value.cast::<PyBool>() {
        return Ok(Field::Bool(flag.is_true()));
    }
    let Some(depth) = depth.checked_sub(1) else { return Ok(Field::Other) };
    if let Some(dict) = as_dict(value, "a member")? {
        return Ok(refusable(record(&dict, format, depth, room)?.map(Field::Record)));
    }
    let items: Box<dyn Iterator<Item = Bound<'_, PyAny>>> = if let Ok(list) = value.cast::<PyList>() {
        Box::new(list.iter())
    } else if let Ok(tuple) = value.cast::<PyTuple>() {
        Box::new(tuple.iter())
    } else {
        return Ok(Field::Other);
    };
    let mut list = Vec::new();
    for item in items.take(ENTRIES) {
        if let Err(error) = room.take() {
            return Ok(refusable(Err(error)));
        }
        list.push(field(&item, format, depth, room)?);
    }
    Ok(Field::List(list))
}

fn refusable(field: CoreResult<Field<'static>>) -> Field<'static> {
    field.unwrap_or_else(|error| Field::Refused(Box::new(error)))
}
