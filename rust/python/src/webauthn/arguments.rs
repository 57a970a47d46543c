//! Arguments that only the ceremonies take.

use countermark_core::error::{Code, Error};
use countermark_core::format::base64url::{self, Padding};
use countermark_core::format::tolerance::{Strictness, Tolerance};
use countermark_core::key::cose::CoseAlgorithm;
use countermark_core::webauthn::policy::Challenge;
use countermark_core::webauthn::statement::CompoundPolicy;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBool, PyInt, PyList, PyString, PyTuple};

use crate::arguments::{Data, data, optional_flag, refuse, set_member, text};
use crate::call::{call, exception};

/// Text or bytes.
pub(crate) enum TextOrBytes {
    Text(PyBackedStr),
    Bytes(Data),
}

impl TextOrBytes {
    pub(crate) fn challenge(&self) -> Challenge<'_> {
        match self {
            Self::Text(text) => Challenge::Text(text),
            Self::Bytes(bytes) => Challenge::Bytes(bytes),
        }
    }
}

pub(crate) fn text_or_bytes(value: &Bound<'_, PyAny>, name: &'static str) -> PyResult<TextOrBytes> {
    if value.is_instance_of::<PyString>() {
        return text(value, name).map(TextOrBytes::Text);
    }
    data(value, name).map(TextOrBytes::Bytes).map_err(|_| refuse(value, name, "str or bytes"))
}

/// An identifier as bytes, or as the base64url text that browsers and APIs write, or None.
pub(crate) fn identifier(value: &Bound<'_, PyAny>, name: &'static str) -> PyResult<Option<Vec<u8>>> {
    if value.is_none() {
        return Ok(None);
    }
    match text_or_bytes(value, name)? {
        TextOrBytes::Bytes(bytes) => Ok(Some(bytes.to_vec())),
        TextOrBytes::Text(text) => call(value.py(), || {
            base64url::decode(text.as_bytes(), Padding::Forbidden)
                .map(Some)
                .map_err(|error| error.in_field(name))
        }),
    }
}

/// A list or tuple of texts; a text by itself is one of one.
pub(crate) fn texts(value: &Bound<'_, PyAny>, name: &'static str) -> PyResult<Vec<String>> {
    if value.is_instance_of::<PyString>() {
        return Ok(vec![text(value, name)?.to_string()]);
    }
    items(value, name, "str or a sequence of str")?
        .iter()
        .map(|item| Ok(text(item, name)?.to_string()))
        .collect()
}

pub(crate) fn optional_texts(value: &Bound<'_, PyAny>, name: &'static str) -> PyResult<Option<Vec<String>>> {
    if value.is_none() { Ok(None) } else { texts(value, name).map(Some) }
}

fn items<'py>(
    value: &Bound<'py, PyAny>,
    name: &'static str,
    wanted: &str,
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    if let Ok(list) = value.cast::<PyList>() {
        return Ok(list.iter().collect());
    }
    match value.cast::<PyTuple>() {
        Ok(tuple) => Ok(tuple.iter().collect()),
        Err(_) => Err(refuse(value, name, wanted)),
    }
}

/// Numbers of COSE algorithms, or None.
pub(crate) fn algorithms(value: &Bound<'_, PyAny>, allow_sha1: bool) -> PyResult<Option<Vec<CoseAlgorithm>>> {
    if value.is_none() {
        return Ok(None);
    }
    let wanted = "a sequence of CoseAlgorithm";
    let numbers = items(value, "algorithms", wanted)?;
    let read = |item: &Bound<'_, PyAny>| cose_algorithm(item, "algorithms", allow_sha1);
    numbers.iter().map(read).collect::<PyResult<_>>().map(Some)
}

pub(crate) fn cose_algorithm(
    value: &Bound<'_, PyAny>,
    name: &'static str,
    allow_sha1: bool,
) -> PyResult<CoseAlgorithm> {
    if value.is_instance_of::<PyBool>() || !value.is_instance_of::<PyInt>() {
        return Err(refuse(value, name, "a CoseAlgorithm"));
    }
    // A number that does not fit is none of the registry.
    let number = value.extract::<i64>().unwrap_or(i64::MAX);
    call(value.py(), || CoseAlgorithm::from_number(number.into(), allow_sha1))
}

pub(crate) fn strictness(value: &Bound<'_, PyAny>) -> PyResult<Strictness> {
    // Nearly always the default, which costs no copy.
    if value.cast::<PyString>().is_ok_and(|name| name.to_str().is_ok_and(|name| name == "interoperable")) {
        return Ok(Strictness::Interoperable);
    }
    let name = set_member(value, "strictness")?;
    call(value.py(), || Strictness::parse(&name))
}

/// Seconds since 1970, within what certificates can say, or None. The Python side has turned dates into them.
pub(crate) fn time(value: &Bound<'_, PyAny>) -> PyResult<Option<i64>> {
    if value.is_none() {
        return Ok(None);
    }
    if value.is_instance_of::<PyBool>() || !value.is_instance_of::<PyInt>() {
        return Err(refuse(value, "at", "an int of seconds since 1970, or a datetime with a time zone"));
    }
    /// 9999-12-31T23:59:59Z
    const LAST: i64 = 253_402_300_799;
    match value.extract::<i64>() {
        Ok(seconds @ 0..=LAST) => Ok(Some(seconds)),
        _ => {
            let error = Error::new(Code::ArgumentValue, "at is before 1970 or after 9999").in_field("at");
            Err(exception(value.py(), &error))
        }
    }
}

pub(crate) fn compound_policy(value: &Bound<'_, PyAny>) -> PyResult<CompoundPolicy> {
    let refused = || {
        let message = "compound_policy is \"all\", \"any\" or how many statements must verify";
        exception(value.py(), &Error::new(Code::ArgumentValue, message).in_field("compound_policy"))
    };
    if value.is_instance_of::<PyString>() {
        return match set_member(value, "compound_policy")?.as_str() {
            "all" => Ok(CompoundPolicy::All),
            "any" => Ok(CompoundPolicy::AtLeast(1)),
            _ => Err(refused()),
        };
    }
    match optional_count(value, "compound_policy")? {
        Some(count) => Ok(CompoundPolicy::AtLeast(usize::try_from(count).map_err(|_| refused())?)),
        None => Err(refuse(value, "compound_policy", "str or int")),
    }
}

/// A counter of 32 bits, or None.
pub(crate) fn optional_count(value: &Bound<'_, PyAny>, name: &'static str) -> PyResult<Option<u32>> {
    if value.is_none() {
        return Ok(None);
    }
    if value.is_instance_of::<PyBool>() || !value.is_instance_of::<PyInt>() {
        return Err(refuse(value, name, "int"));
    }
    value.extract().map(Some).map_err(|_| {
        let message = format!("{name} is negative or has more than 32 bits");
        exception(value.py(), &Error::new(Code::ArgumentValue, message).in_field(name))
    })
}

/// True, False, or what follows from the rest.
pub(crate) fn flag_or(value: &Bound<'_, PyAny>, name: &'static str, implied: bool) -> PyResult<bool> {
    optional_flag(value, name).map(|flag| flag.unwrap_or(implied))
}

/// (code, place) for each deviation that was let pass.
pub(crate) type Notes = Vec<(&'static str, String)>;

pub(crate) fn notes(tolerated: &[Tolerance]) -> Notes {
    tolerated.iter().map(|note| (note.code.name(), note.place.to_string())).collect()
}
