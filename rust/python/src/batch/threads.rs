//! The threads that help with batches, and how many a call from Python may use.

use std::sync::Arc;

pub(crate) use countermark_core::batch::shared::{Process, after_fork_in_child};
use countermark_core::batch::{Pool, shared};
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

/// The threads that help, as [`shared::pool`] keeps them. They start with the program's signals blocked, which threads
/// inherit, so that its handlers run on its own threads. Signals of a fault reach the thread that made it and stay.
pub(crate) fn pool(helpers: usize) -> Option<Arc<Pool>> {
    #[cfg(unix)]
    {
        use core::mem::MaybeUninit;
        let faults = [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL, libc::SIGTRAP, libc::SIGSYS];
        let (mut blocked, mut before) = (MaybeUninit::uninit(), MaybeUninit::uninit());
        // SAFETY: `sigfillset` writes the whole set that the others then read and change; all pointers are to sets on
        // this stack, of signals that exist.
        let changed = unsafe {
            libc::sigfillset(blocked.as_mut_ptr());
            for fault in faults {
                libc::sigdelset(blocked.as_mut_ptr(), fault);
            }
            libc::pthread_sigmask(libc::SIG_BLOCK, blocked.as_ptr(), before.as_mut_ptr()) == 0
        };
        let made = shared::pool(helpers);
        if changed {
            // SAFETY: the call that succeeded wrote the whole set.
            unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), core::ptr::null_mut()) };
        }
        made
    }
    #[cfg(not(unix))]
    shared::pool(helpers)
}
