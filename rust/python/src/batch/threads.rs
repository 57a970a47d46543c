//! The threads that help with batches: started when they are first needed, and again in a forked child.

use std::ptr::null_mut;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use countermark_core::batch::Pool;
use countermark_core::error::{Code, Error};
use countermark_core::limits;
use pyo3::prelude::*;

use crate::arguments::number;
use crate::call::exception;

type Holder = Mutex<Option<Arc<Pool>>>;

/// Where this process keeps its pool. A child finds nothing here: the threads are the parent's, and a lock of the
/// parent may be closed for ever.
static HOLDER: AtomicPtr<Holder> = AtomicPtr::new(null_mut());
/// Counts the forks between the first process and this one.
static FORKS: AtomicU32 = AtomicU32::new(0);

/// To be called in the child after a fork. Touches two atomic words.
pub(crate) fn after_fork_in_child() {
    HOLDER.store(null_mut(), Ordering::Release);
    FORKS.fetch_add(1, Ordering::AcqRel);
}

/// Tells whether a fork lies between then and now.
#[derive(Clone, Copy)]
pub(crate) struct Process(u32);

impl Process {
    pub(crate) fn now() -> Self {
        Self(FORKS.load(Ordering::Acquire))
    }

    pub(crate) fn is_this(self) -> bool {
        self.0 == FORKS.load(Ordering::Acquire)
    }
}

/// A pool with that many threads or more; None where none are wanted or the system gives none.
pub(crate) fn pool(threads: usize) -> Option<Arc<Pool>> {
    if threads == 0 {
        return None;
    }
    let mut kept = holder().lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(pool) = kept.as_ref().filter(|pool| pool.threads() >= threads) {
        return Some(Arc::clone(pool));
    }
    // The threads of a smaller pool end when the calls that use it do.
    let made = Arc::new(Pool::new(threads)?);
    *kept = Some(Arc::clone(&made));
    Some(made)
}

fn holder() -> &'static Holder {
    let mut found = HOLDER.load(Ordering::Acquire);
    if found.is_null() {
        let made = Box::into_raw(Box::new(Holder::new(None)));
        found = match HOLDER.compare_exchange(null_mut(), made, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => made,
            Err(other) => {
                // SAFETY: `made` comes from `Box::into_raw` above, and nobody else has seen it.
                drop(unsafe { Box::from_raw(made) });
                other
            }
        };
    }
    // SAFETY: what HOLDER points to was leaked from a box and is never freed; a child that forgets it leaks it.
    unsafe { &*found }
}

/// How many threads a call may use: the argument, else the variable COUNTERMARK_THREADS, else as many as the
/// process may run at once.
pub(crate) fn threads(value: &Bound<'_, PyAny>) -> PyResult<usize> {
    let refused = |message: String| {
        Err(exception(value.py(), &Error::new(Code::ArgumentValue, message).in_field("threads")))
    };
    let most = limits::THREADS;
    if !value.is_none() {
        return match number(value, "threads")? {
            given if (1..=most).contains(&given) => Ok(given),
            _ => refused(format!("threads must be between 1 and {most}")),
        };
    }
    let Some(named) = std::env::var_os("COUNTERMARK_THREADS").filter(|named| !named.is_empty()) else {
        return Ok(processors().min(most));
    };
    match named.to_str().and_then(|named| named.parse().ok()) {
        Some(given) if (1..=most).contains(&given) => Ok(given),
        _ => refused(format!("the variable COUNTERMARK_THREADS must be a number between 1 and {most}")),
    }
}

/// Asked once a process: it reads files.
fn processors() -> usize {
    static KNOWN: AtomicUsize = AtomicUsize::new(0);
    match KNOWN.load(Ordering::Relaxed) {
        0 => {
            let found = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
            KNOWN.store(found, Ordering::Relaxed);
            found
        }
        known => known,
    }
}
