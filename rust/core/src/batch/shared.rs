//! The threads that a process keeps between calls, and how many of them a call may use.
//!
//! They are started when they are first needed, and again in a forked child: there the threads of the parent are
//! not, and what they share may be locked for ever. The lock around the pool is taken within the fork gate, so no
//! child is forked while another thread holds it; the pool of the parent is forgotten, not dropped.

use std::ffi::{OsStr, OsString};
use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::Pool;
use crate::crypto::gate;
use crate::error::{Code, Error, Result};
use crate::limits;

/// The environment variable that says how many threads a call may use that does not say so itself.
pub const THREADS_VARIABLE: &str = "COUNTERMARK_THREADS";

/// Counts the forks between the first process and this one.
static FORKS: AtomicU32 = AtomicU32::new(0);

static KEPT: Mutex<Kept> = Mutex::new(Kept { process: Process(0), pool: None });

struct Kept {
    /// The process that started the pool.
    process: Process,
    pool: Option<Arc<Pool>>,
}

/// To be called in the child after a fork, as the functions of the [`gate`] are. Touches one atomic word.
pub fn after_fork_in_child() {
    FORKS.fetch_add(1, Ordering::AcqRel);
}

/// Tells whether a fork lies between then and now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Process(u32);

impl Process {
    /// The process that asks.
    #[must_use]
    pub fn now() -> Self {
        Self(FORKS.load(Ordering::Acquire))
    }

    /// Whether it is the one that asks now.
    #[must_use]
    pub fn is_this(self) -> bool {
        self == Self::now()
    }
}

/// A pool with that many threads or more; None where none are wanted or the system gives none.
#[must_use]
pub fn pool(threads: usize) -> Option<Arc<Pool>> {
    if threads == 0 {
        return None;
    }
    let pass = gate::enter();
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if !kept.process.is_this() {
        core::mem::forget(kept.pool.take());
        kept.process = Process::now();
    }
    if let Some(pool) = kept.pool.as_ref().filter(|pool| pool.threads() >= threads) {
        return Some(Arc::clone(pool));
    }
    let made = Arc::new(Pool::new(threads)?);
    let smaller = kept.pool.replace(Arc::clone(&made));
    drop(kept);
    drop(pass);
    // Its threads end when the calls that use it do.
    drop(smaller);
    Some(made)
}

/// How many threads a call may use: as many as were asked for, else as [`THREADS_VARIABLE`] says, which `variable`
/// reads, else as many as the process may run at once.
///
/// # Errors
/// `argument.value` in the field `threads` for a number that is not within 1 to [`limits::THREADS`], and for a
/// variable that is no such number.
pub fn threads(asked: Option<usize>, variable: impl FnOnce() -> Option<OsString>) -> Result<usize> {
    let within = |threads: &usize| (1..=limits::THREADS).contains(threads);
    let (given, what) = match asked {
        Some(asked) => (Some(asked).filter(within), "threads must be"),
        None => match variable().filter(|text| !text.is_empty()) {
            Some(text) => (number(&text).filter(within), "the variable COUNTERMARK_THREADS must be a number"),
            None => return Ok(processors().min(limits::THREADS)),
        },
    };
    let refused = || {
        let message = format!("{what} between 1 and {}", limits::THREADS);
        Error::new(Code::ArgumentValue, message).in_field("threads")
    };
    given.ok_or_else(refused)
}

/// Digits and nothing else.
fn number(text: &OsStr) -> Option<usize> {
    text.to_str().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()))?.parse().ok()
}

/// Asked once a process: it reads files.
fn processors() -> usize {
    static KNOWN: AtomicUsize = AtomicUsize::new(0);
    match KNOWN.load(Ordering::Relaxed) {
        0 => {
            let found = std::thread::available_parallelism().map_or(1, core::num::NonZero::get);
            KNOWN.store(found, Ordering::Relaxed);
            found
        }
        known => known,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{Process, after_fork_in_child, pool, threads};
    use crate::error::Code;
    use std::sync::Arc;

    #[test]
    fn the_argument_comes_before_the_variable_and_the_variable_before_the_processors() {
        let named = |text: &'static str| move || Some(text.into());
        assert_eq!(threads(Some(7), named("no number")), Ok(7));
        assert_eq!(threads(None, named("5")), Ok(5));
        assert!(threads(None, named("")).unwrap() >= 1);
        assert!(threads(None, || None).unwrap() >= 1);
    }

    #[test]
    fn what_is_no_number_of_digits_within_the_bound_is_refused() {
        for text in ["0", "+4", "-1", " 4", "4 ", "1025", "two", "0x4", "99999999999999999999999", "٤"] {
            let error = threads(None, || Some(text.into())).unwrap_err();
            assert_eq!((error.code(), error.field()), (Code::ArgumentValue, Some("threads")), "{text}");
            assert!(error.message().contains("COUNTERMARK_THREADS"), "{text}");
        }
        for asked in [0, 1025, usize::MAX] {
            assert_eq!(threads(Some(asked), || None).unwrap_err().code(), Code::ArgumentValue, "{asked}");
        }
    }

    /// One test, since both ask for the pool of the process.
    #[test]
    fn the_pool_is_kept_until_more_is_wanted_or_the_process_is_another() {
        assert!(pool(0).is_none());
        let first = pool(2).unwrap();
        assert!(Arc::ptr_eq(&first, &pool(1).unwrap()));
        let larger = pool(3).unwrap();
        assert_eq!((first.threads(), larger.threads()), (2, 3));
        let before = Process::now();
        assert!(before.is_this());
        after_fork_in_child();
        assert!(!before.is_this());
        let child = pool(1).unwrap();
        assert_eq!(child.threads(), 1);
        // It was forgotten, not dropped: the count stands as it was.
        assert_eq!(Arc::strong_count(&larger), 2);
    }
}
