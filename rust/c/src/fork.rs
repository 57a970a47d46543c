//! What the core has to be told of forks, registered once for this copy of it.

use std::sync::Once;

/// Registers the gate at the first call of any function.
#[inline]
pub(crate) fn close_gate_at_fork() {
    static ONCE: Once = Once::new();
    ONCE.call_once(register);
}

#[cfg(unix)]
fn register() {
    use countermark_core::batch::shared;
    use countermark_core::crypto::gate;
    extern "C" fn before() {
        gate::before_fork();
    }
    extern "C" fn in_parent() {
        gate::after_fork_in_parent();
    }
    extern "C" fn in_child() {
        gate::after_fork_in_child();
        shared::after_fork_in_child();
    }
    // SAFETY: the three handlers are plain functions of this library that touch atomic words, allocate nothing and
    // cannot unwind. The C library forgets them when this library is unloaded, which it is not while a thread of it
    // lives. The only failure is lack of memory, which leaves forking as it was.
    let _ = unsafe { libc::pthread_atfork(Some(before), Some(in_parent), Some(in_child)) };
}

#[cfg(not(unix))]
fn register() {}
