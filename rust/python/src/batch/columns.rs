//! Columns of bytes: a list of bytes-like objects, or one buffer with offsets, as Arrow lays them out.

use std::sync::Arc;

use countermark_core::error::{Code, Error};
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::arguments::{Data, data, refuse};
use crate::call::exception;

/// Bytes of many items in one buffer. The Python class sees to it that only memory that is not written to is used
/// in place.
#[pyclass(frozen, module = "countermark._native")]
pub(crate) struct FlatBytes(Arc<Flat>);

pub(crate) struct Flat {
    bytes: Bytes,
    /// Checked: they never go down and end within the bytes.
    offsets: Vec<usize>,
    /// One byte an item, zero for null; empty where there is no null.
    valid: Vec<u8>,
}

enum Bytes {
    Held(PyBuffer<u8>),
    Copied(Vec<u8>),
}

impl Bytes {
    fn all(&self) -> &[u8] {
        match self {
            Self::Copied(bytes) => bytes,
            Self::Held(buffer) if buffer.len_bytes() == 0 => &[],
            // SAFETY: the buffer is contiguous and of single bytes (checked in `new`), and stays exported, so that
            // its memory neither moves nor goes away while `self` lives. Nobody writes to it: it is either of an
            // object that gives read-only memory alone, which the Python class has asked, or of an Arrow array,
            // whose buffers do not change once it is made.
            Self::Held(buffer) => unsafe {
                std::slice::from_raw_parts(buffer.buf_ptr().cast::<u8>(), buffer.len_bytes())
            },
        }
    }
}

#[pymethods]
impl FlatBytes {
    #[new]
    #[pyo3(signature = (bytes, offsets, valid, in_place, /))]
    fn new(
        bytes: &Bound<'_, PyAny>,
        offsets: &Bound<'_, PyAny>,
        valid: &Bound<'_, PyAny>,
        in_place: bool,
    ) -> PyResult<Self> {
        let py = bytes.py();
        let buffer = PyBuffer::<u8>::get(bytes)
            .ok()
            .filter(|buffer| buffer.is_c_contiguous())
            .ok_or_else(|| refuse(bytes, "data", "a contiguous buffer of bytes"))?;
        let offsets = read_offsets(offsets)?;
        check_offsets(&offsets, buffer.len_bytes()).map_err(|error| exception(py, &error))?;
        let given = if valid.is_none() { None } else { Some(data(valid, "valid")?.to_vec()) };
        if given.as_ref().is_some_and(|valid| valid.len() + 1 != offsets.len()) {
            let message = "valid must have one byte for each item";
            return Err(exception(py, &Error::new(Code::ArgumentValue, message).in_field("valid")));
        }
        let bytes = if in_place { Bytes::Held(buffer) } else { Bytes::Copied(buffer.to_vec(py)?) };
        Ok(Self(Arc::new(Flat { bytes, offsets, valid: given.unwrap_or_default() })))
    }

    fn __len__(&self) -> usize {
        self.0.offsets.len() - 1
    }

    /// The bytes of one item; None for null or no such item.
    #[pyo3(signature = (index, /))]
    fn item(&self, index: usize) -> Option<&[u8]> {
        self.0.get(index)
    }

    /// Whether the buffer is used where it is.
    #[getter]
    fn in_place(&self) -> bool {
        matches!(self.0.bytes, Bytes::Held(_))
    }
}

impl Flat {
    fn get(&self, index: usize) -> Option<&[u8]> {
        if self.valid.get(index) == Some(&0) {
            return None;
        }
        let (from, to) = (self.offsets.get(index)?, self.offsets.get(index + 1)?);
        self.bytes.all().get(*from..*to)
    }
}

fn read_offsets(value: &Bound<'_, PyAny>) -> PyResult<Vec<usize>> {
    let py = value.py();
    let wanted = "an aligned buffer of int32 or int64 in the byte order of this machine";
    let sized = |offset: i64| {
        usize::try_from(offset).map_err(|_| {
            exception(py, &Error::new(Code::ArgumentValue, "an offset is negative").in_field("offsets"))
        })
    };
    if let Ok(buffer) = PyBuffer::<i64>::get(value) {
        return buffer.to_vec(py)?.into_iter().map(sized).collect();
    }
    let buffer = PyBuffer::<i32>::get(value).map_err(|_| refuse(value, "offsets", wanted))?;
    buffer.to_vec(py)?.into_iter().map(|offset| sized(offset.into())).collect()
}

fn check_offsets(offsets: &[usize], length: usize) -> Result<(), Error> {
    let refused = |message: &'static str| Err(Error::new(Code::ArgumentValue, message).in_field("offsets"));
    let Some(last) = offsets.last() else {
        return refused("offsets are one more than items, so there is at least one");
    };
    if offsets.windows(2).any(|pair| pair.first() > pair.last()) {
        return refused("an offset is below the one before it");
    }
    if *last > length {
        return refused("an offset is beyond the end of the data");
    }
    Ok(())
}

/// The bytes of one item of a column.
pub(crate) enum Cell {
    Own(Data),
    Place(Arc<Flat>, usize),
}

impl Cell {
    pub(crate) fn bytes(&self) -> &[u8] {
        match self {
            Self::Own(data) => data,
            Self::Place(flat, index) => flat.get(*index).unwrap_or_default(),
        }
    }
}

/// A column as it was given.
pub(crate) enum Column<'py> {
    List(Bound<'py, PyList>),
    Flat(Arc<Flat>),
}

impl<'py> Column<'py> {
    /// A list that nobody else has, or a [`FlatBytes`].
    pub(crate) fn new(value: &Bound<'py, PyAny>) -> PyResult<Self> {
        match value.cast::<FlatBytes>() {
            Ok(flat) => Ok(Self::Flat(Arc::clone(&flat.get().0))),
            Err(_) => Ok(Self::List(value.cast::<PyList>()?.clone())),
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::List(list) => list.len(),
            Self::Flat(flat) => flat.offsets.len() - 1,
        }
    }

    /// The bytes of one item, or why it has none.
    pub(crate) fn cell(&self, py: Python<'py>, index: usize, name: &'static str) -> PyResult<Cell> {
        match self {
            Self::List(list) => data(&list.get_item(index)?, name).map(Cell::Own),
            Self::Flat(flat) if flat.get(index).is_some() => Ok(Cell::Place(Arc::clone(flat), index)),
            Self::Flat(_) => {
                let message = format!("{name} must be bytes, not null");
                Err(exception(py, &Error::new(Code::ArgumentType, message).in_field(name)))
            }
        }
    }
}
