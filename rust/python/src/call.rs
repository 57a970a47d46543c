//! Calling the core: every error becomes one of the package's exceptions, and so does a panic.

use std::panic::{AssertUnwindSafe, catch_unwind};

use countermark_core::error::{Class, Code, Error, Result as CoreResult};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyModule};

/// Calls the core while attached to the interpreter: for what takes a few microseconds at most.
pub(crate) fn call<T>(py: Python<'_>, work: impl FnOnce() -> CoreResult<T>) -> PyResult<T> {
    guarded(work).map_err(|error| exception(py, &error))
}

/// Calls the core with the interpreter released.
pub(crate) fn detached<T: Send>(py: Python<'_>, work: impl FnOnce() -> CoreResult<T> + Send) -> PyResult<T> {
    py.detach(|| guarded(work)).map_err(|error| exception(py, &error))
}

/// A panic is a fault of ours; it must not reach Python as an exception that `except Exception` misses. The
/// core holds no state that an interrupted call could leave half changed.
fn guarded<T>(work: impl FnOnce() -> CoreResult<T>) -> CoreResult<T> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(Error::new(Code::Internal, "a fault inside countermark; please report it")))
}

/// The exception for an error of the core.
pub(crate) fn exception(py: Python<'_>, error: &Error) -> PyErr {
    match exception_object(py, error) {
        Ok(value) => PyErr::from_value(value),
        Err(failure) => failure,
    }
}

/// The exception as an object, for reports.
pub(crate) fn exception_object<'py>(py: Python<'py>, error: &Error) -> PyResult<Bound<'py, PyAny>> {
    static MODULE: PyOnceLock<Py<PyModule>> = PyOnceLock::new();
    let module = MODULE.get_or_try_init(py, || py.import("countermark.errors").map(Bound::unbind))?.bind(py);
    let class = error.code().class();
    let details = PyDict::new(py);
    details.set_item("code", error.code().name())?;
    match class {
        Class::MalformedInput => {
            details.set_item("offset", error.offset())?;
            details.set_item("field", error.field())?;
        }
        Class::ClaimMismatch => {
            details.set_item("field", error.field())?;
            details.set_item("expected", error.expected())?;
            details.set_item("actual", error.actual())?;
        }
        Class::LimitExceeded | Class::ArgumentTypeError | Class::ArgumentValueError => {
            details.set_item("field", error.field())?;
        }
        _ => {}
    }
    module.getattr(name(class))?.call((error.message(),), Some(&details))
}

/// The Python class of a class of errors.
pub(crate) fn name(class: Class) -> &'static str {
    match class {
        Class::MalformedInput => "MalformedInput",
        Class::InvalidKey => "InvalidKey",
        Class::UnsupportedAlgorithm => "UnsupportedAlgorithm",
        Class::InvalidSignature => "InvalidSignature",
        Class::ClaimMismatch => "ClaimMismatch",
        Class::UntrustedAttestation => "UntrustedAttestation",
        Class::LimitExceeded => "LimitExceeded",
        Class::KeyClosed => "KeyClosed",
        Class::InternalError => "InternalError",
        Class::ArgumentTypeError => "ArgumentTypeError",
        Class::ArgumentValueError => "ArgumentValueError",
    }
}
