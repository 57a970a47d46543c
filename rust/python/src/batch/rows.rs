//! Items that are the named arguments of a call, over defaults for all of them.

use std::collections::HashMap;

use countermark_core::error::{Code, Error, quote};
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBytes, PyFrozenSet, PyList, PyString, PyTuple, PyType};

use crate::arguments::refuse;
use crate::call::exception;
use crate::records::as_dict;

/// The arguments of one item, in the order of the names.
pub(crate) type Row<'py> = Vec<Bound<'py, PyAny>>;

/// How items become rows.
pub(crate) struct Rows<'py> {
    names: Vec<String>,
    /// None where every item must bring the argument.
    defaults: Vec<Option<Bound<'py, PyAny>>>,
    /// Whether the default is a value that all items share.
    shared: Vec<bool>,
    conversions: Vec<Conversion<'py>>,
}

/// Arguments that Python code turns into what is taken here, once for each object.
struct Conversion<'py> {
    place: usize,
    context: Vec<usize>,
    convert: Bound<'py, PyAny>,
    /// By the addresses of the objects, which are kept here, so that no other object can have them.
    known: HashMap<Vec<usize>, (Row<'py>, Bound<'py, PyAny>)>,
}

impl<'py> Rows<'py> {
    /// `fields` has (name, default) or (name,) for every argument, in order; `conversions` has (name, names of
    /// the other arguments it looks at, function); `shared` has the names whose default the caller gave.
    pub(crate) fn new(
        fields: &Bound<'py, PyList>,
        conversions: &Bound<'py, PyList>,
        shared: &Bound<'py, PyFrozenSet>,
    ) -> PyResult<Self> {
        let mut rows =
            Self { names: Vec::new(), defaults: Vec::new(), shared: Vec::new(), conversions: Vec::new() };
        for field in fields.iter() {
            let field = field.cast_into::<PyTuple>()?;
            rows.shared.push(shared.contains(field.get_item(0)?)?);
            rows.names.push(field.get_item(0)?.extract()?);
            rows.defaults.push(if field.len() == 1 { None } else { Some(field.get_item(1)?) });
        }
        for conversion in conversions.iter() {
            let (name, context, convert) =
                conversion.extract::<(String, Vec<String>, Bound<'py, PyAny>)>()?;
            let place = |name: &String| {
                rows.place(name)
                    .ok_or_else(|| exception(fields.py(), &Error::new(Code::Internal, "no such name")))
            };
            let (place, context) = (place(&name)?, context.iter().map(place).collect::<PyResult<Vec<_>>>()?);
            rows.conversions.push(Conversion { place, context, convert, known: HashMap::new() });
        }
        Ok(rows)
    }

    fn place(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|known| known == name)
    }

    fn is_shared(&self, place: usize) -> bool {
        self.shared.get(place).is_some_and(|shared| *shared)
    }

    /// A text that all items share.
    pub(crate) fn shared_text(&self, name: &str) -> Option<String> {
        let place = self.place(name).filter(|place| self.is_shared(*place))?;
        self.defaults.get(place)?.as_ref()?.extract().ok()
    }

    fn unknown(&self, py: Python<'py>, name: &str) -> PyErr {
        let message = format!("no argument of this call is named {}: {}", quote(name), self.names.join(", "));
        wrong(py, message)
    }

    /// The arguments of an item, and in `own` which of them it brought: all, as far as it cannot be read. None is no
    /// value of its own where all items share one: what is not known of an item must not take away what is expected
    /// of all.
    pub(crate) fn row(&mut self, item: &Bound<'py, PyAny>, own: &mut Own) -> PyResult<Row<'py>> {
        let py = item.py();
        *own = Own(u64::MAX);
        let Some(item) = as_dict(item, "an item")? else {
            return Err(refuse(item, "an item", "a mapping of the arguments of one call"));
        };
        let mut row = self.defaults.clone();
        let mut brought = 0_u64;
        for (name, value) in item.iter() {
            let name = name.cast::<PyString>().map_err(|_| refuse(&name, "an argument name", "str"))?;
            let name = name.to_string_lossy();
            let place = self.place(&name).ok_or_else(|| self.unknown(py, &name))?;
            if value.is_none() && self.is_shared(place) {
                continue;
            }
            brought |= bit(place);
            if let Some(given) = row.get_mut(place) {
                *given = Some(value);
            }
        }
        let given = row.into_iter().zip(&self.names).map(|(value, name)| {
            value.ok_or_else(|| wrong(py, format!("the item lacks the argument {name}")))
        });
        let mut row = given.collect::<PyResult<Row<'py>>>()?;
        *own = Own(brought);
        for conversion in &mut self.conversions {
            conversion.apply(&mut row)?;
        }
        Ok(row)
    }
}

/// Which arguments an item brought itself.
#[derive(Clone, Copy)]
pub(crate) struct Own(u64);

impl Own {
    pub(crate) const ALL: Self = Self(u64::MAX);
}

fn bit(place: usize) -> u64 {
    u32::try_from(place).ok().and_then(|place| 1_u64.checked_shl(place)).unwrap_or(0)
}

impl Rows<'_> {
    /// Whether an error is about an argument that all items share, and this one has no value of its own for: then it
    /// is the call that is wrong, and not the item. Only an error of exactly our classes says so.
    pub(crate) fn concerns_all(&self, py: Python<'_>, error: &PyErr, own: Own) -> PyResult<bool> {
        static TYPE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        static VALUE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
        let kind = error.get_type(py);
        if !kind.is(TYPE.import(py, "countermark.errors", "ArgumentTypeError")?)
            && !kind.is(VALUE.import(py, "countermark.errors", "ArgumentValueError")?)
        {
            return Ok(false);
        }
        let field = error.value(py).getattr("field").and_then(|field| field.extract::<String>());
        let place = field.ok().and_then(|field| self.place(&field));
        Ok(place.is_some_and(|place| self.is_shared(place) && own.0 & bit(place) == 0))
    }
}

impl<'py> Conversion<'py> {
    fn apply(&mut self, row: &mut Row<'py>) -> PyResult<()> {
        let arguments: Row<'py> = std::iter::once(&self.place)
            .chain(&self.context)
            .filter_map(|place| row.get(*place).cloned())
            .collect();
        let addresses: Vec<usize> = arguments.iter().map(|one| one.as_ptr().addr()).collect();
        let converted = match self.known.get(&addresses) {
            Some((_, converted)) => converted.clone(),
            None => {
                let converted = self.convert.call1(PyTuple::new(self.convert.py(), &arguments)?)?;
                // What can change is another key the next time.
                let fixed = |one: &Bound<'_, PyAny>| {
                    one.is_instance_of::<PyBytes>() || PyBuffer::<u8>::get(one).is_err()
                };
                if arguments.iter().all(fixed) {
                    self.known.insert(addresses, (arguments, converted.clone()));
                }
                converted
            }
        };
        if let Some(place) = row.get_mut(self.place) {
            *place = converted;
        }
        Ok(())
    }
}

fn wrong(py: Python<'_>, message: String) -> PyErr {
    exception(py, &Error::new(Code::ArgumentValue, message))
}

/// The arguments from one place to another, as the functions for single calls take them.
pub(crate) fn part<'py>(
    py: Python<'py>,
    row: &Row<'py>,
    from: usize,
    to: usize,
) -> PyResult<Bound<'py, PyTuple>> {
    PyTuple::new(py, row.get(from..to).unwrap_or_default())
}

/// One argument.
pub(crate) fn argument<'a, 'py>(row: &'a Row<'py>, place: usize) -> PyResult<&'a Bound<'py, PyAny>> {
    row.get(place).ok_or_else(|| pyo3::exceptions::PyIndexError::new_err("a row is too short"))
}
