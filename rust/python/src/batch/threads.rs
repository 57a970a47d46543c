//! The threads that help with batches, and how many a call from Python may use.

use countermark_core::batch::shared;
pub(crate) use countermark_core::batch::shared::{Process, after_fork_in_child, pool};
use pyo3::prelude::*;

use crate::arguments::number;
use crate::call::exception;

/// How many threads a call may use: the argument, else the variable COUNTERMARK_THREADS, else as many as the
/// process may run at once.
pub(crate) fn threads(value: &Bound<'_, PyAny>) -> PyResult<usize> {
    let asked = if value.is_none() { None } else { Some(number(value, "threads")?) };
    let variable = || std::env::var_os(shared::THREADS_VARIABLE);
    shared::threads(asked, variable).map_err(|error| exception(value.py(), &error))
}
