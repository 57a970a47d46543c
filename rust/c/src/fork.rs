//! What the core has to be told of forks, registered once for this copy of it.
//!
//! It is registered when the library is loaded, or the program that it is linked into is started. At the first call it
//! would be too late: a child forked within another thread's first call would wait for ever for that call to register,
//! or find a lock held that the gate keeps free.

#[cfg(unix)]
mod handlers {
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

    extern "C" fn register() {
        // SAFETY: the three handlers are plain functions of this library that touch atomic words, allocate nothing and
        // cannot unwind. The C library forgets them when this library is unloaded, which it is not while a thread of it
        // lives. The only failure is lack of memory, which leaves forking as it was.
        let _ = unsafe { libc::pthread_atfork(Some(before), Some(in_parent), Some(in_child)) };
    }

    // SAFETY: these sections hold addresses of functions that the loader calls once each, before any code that could
    // call this library; more than the `void (*)(void)` that stands here is not asked of them. The function needs
    // nothing of Rust that would have to be set up first. Linkers keep the sections of every object they take, and
    // `call::guarded` refers to this one, so that they take it out of an archive too.
    #[used]
    #[cfg_attr(target_vendor = "apple", unsafe(link_section = "__DATA,__mod_init_func"))]
    #[cfg_attr(not(target_vendor = "apple"), unsafe(link_section = ".init_array"))]
    pub(super) static AT_LOAD: extern "C" fn() = register;
}

/// Makes whoever links this library take the registration along: nothing is done, but the address is referred to.
#[inline]
pub(crate) fn registered_at_load() {
    #[cfg(unix)]
    core::hint::black_box(&raw const handlers::AT_LOAD);
}
