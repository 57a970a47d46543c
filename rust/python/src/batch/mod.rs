//! Many at once: items are converted while the interpreter is attached, worked on with it released once, and
//! every item has its result or its error, in order.

pub(crate) mod columns;
pub(crate) mod rows;
pub(crate) mod signatures;
pub(crate) mod threads;
pub(crate) mod verdicts;

use countermark_core::batch::Batch;
use countermark_core::error::{Code, Error, Result as CoreResult};
use pyo3::exceptions::PyException;
use pyo3::prelude::*;

use crate::call::exception;

/// Works on every item of `source`, which converts them one by one. An item that cannot be converted is a result
/// too; only what is no `Exception`, such as Ctrl-C, ends the call.
pub(crate) fn many<I: Send + 'static, O: Send + 'static>(
    py: Python<'_>,
    threads: usize,
    count: usize,
    source: impl Iterator<Item = PyResult<I>>,
    work: impl Fn(&mut I) -> CoreResult<O> + Send + Sync + 'static,
) -> PyResult<impl Iterator<Item = (Option<I>, PyResult<O>)>> {
    let process = threads::Process::now();
    let helpers = threads.min(count).saturating_sub(1);
    let pool = threads::pool(helpers);
    let work = move |item: &mut Option<I>| item.as_mut().map(&work).transpose();
    let mut batch = Batch::new(pool.as_deref().map(|pool| (pool, helpers)), count, work);
    let mut refused = Vec::new();
    for item in source {
        let failed = item.as_ref().err().filter(|error| !error.is_instance_of::<PyException>(py));
        if !process.is_this() || failed.is_some() {
            break_off(py, process, batch, pool)?;
            return Err(item.err().unwrap_or_else(|| forked(py)));
        }
        match item {
            Ok(item) => batch.push(Some(item)),
            Err(error) => {
                refused.push(error);
                batch.push(None);
            }
        }
    }
    if !process.is_this() {
        break_off(py, process, batch, pool)?;
        return Err(forked(py));
    }
    let batch = py.detach(move || {
        batch.work();
        batch
    });
    let mut refused = refused.into_iter();
    Ok(batch.results().map(move |(item, result)| {
        let result = match result {
            Ok(Some(result)) => Ok(result),
            Ok(None) => Err(refused.next().unwrap_or_else(|| exception(py, &lost()))),
            Err(error) => Err(exception(py, &error)),
        };
        (item, result)
    }))
}

/// Gives a batch up. In a child that was forked while items were converted, the threads that help are gone and may
/// have left its lock closed, so there it is only forgotten.
fn break_off<B, P>(py: Python<'_>, process: threads::Process, batch: B, pool: P) -> PyResult<()> {
    if process.is_this() {
        return Ok(());
    }
    core::mem::forget((batch, pool));
    Err(forked(py))
}

fn forked(py: Python<'_>) -> PyErr {
    let message = "an item forked the process while it was read; the batch is lost in the child";
    exception(py, &Error::new(Code::Internal, message))
}

fn lost() -> Error {
    Error::new(Code::Internal, "an item of a batch was lost")
}

/// The error of one item as an object. What is not an error of ours was raised by the item itself while it was
/// read; it is the cause of the one that is given.
pub(crate) fn verdict<'py>(py: Python<'py>, error: PyErr) -> PyResult<Bound<'py, PyAny>> {
    static OURS: pyo3::sync::PyOnceLock<Py<pyo3::types::PyType>> = pyo3::sync::PyOnceLock::new();
    let ours = OURS.import(py, "countermark.errors", "Error")?;
    if error.value(py).is_instance(ours)? {
        // A verdict is kept, and the frames in which it was found hold whatever the call was given.
        error.set_traceback(py, None);
        return Ok(error.into_value(py).into_bound(py).into_any());
    }
    if !error.is_instance_of::<PyException>(py) {
        return Err(error);
    }
    let name = error.get_type(py).name().map_or_else(|_| "an exception".to_owned(), |name| name.to_string());
    let name: String = name.chars().filter(|sign| !sign.is_control()).take(40).collect();
    let told = exception(py, &Error::new(Code::ArgumentType, format!("reading the item raised {name}")));
    told.set_cause(py, Some(error));
    Ok(told.into_value(py).into_bound(py).into_any())
}
