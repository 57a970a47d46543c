//! Threads without the signals of the program, so that its handlers run on threads of its own.

/// Blocks signals on this thread while it starts others, which begin as it is. Those of a fault stay: they reach the
/// thread that made it.
#[cfg(unix)]
pub(super) fn blocked<T>(start: impl FnOnce() -> T) -> T {
    use nix::sys::signal::{SigSet, SigmaskHow, Signal};

    let mut signals = SigSet::all();
    for fault in
        [Signal::SIGSEGV, Signal::SIGBUS, Signal::SIGFPE, Signal::SIGILL, Signal::SIGTRAP, Signal::SIGSYS]
    {
        signals.remove(fault);
    }
    let before = signals.thread_swap_mask(SigmaskHow::SIG_BLOCK);
    let started = start();
    if let Ok(before) = before {
        // The set that was there a moment ago is one the system takes.
        let _ = before.thread_set_mask();
    }
    started
}

#[cfg(not(unix))]
pub(super) fn blocked<T>(start: impl FnOnce() -> T) -> T {
    start()
}
