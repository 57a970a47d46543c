//! The fork gate: no fork happens while a thread is inside a cryptographic backend.
//!
//! Both AWS-LC and OpenSSL keep locks around their random generator. A child forked while another thread
//! holds such a lock waits for it for ever. So every call that may draw randomness or take a backend lock
//! holds a [`Pass`], and a fork first closes the gate, waits for the passes in flight, and opens it again on
//! both sides. A binding registers the three functions below with `pthread_atfork`, once.
//!
//! This is process-wide state by nature; the only other such state in the crate are the threads of batches, whose
//! lock is taken in here. It is one atomic word and no lock, so there is nothing in it that a fork could leave held.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// The low 24 bits count passes, the high 8 bits count forks being prepared.
static STATE: AtomicU32 = AtomicU32::new(0);

const ONE_FORK: u32 = 1 << 24;
const PASSES: u32 = ONE_FORK - 1;

/// Leave to be inside a backend; given back on drop. Never taken twice on one thread.
#[derive(Debug)]
pub struct Pass(());

impl Drop for Pass {
    fn drop(&mut self) {
        STATE.fetch_sub(1, Ordering::Release);
    }
}

/// Waits while a fork is being made, then enters.
#[must_use]
pub fn enter() -> Pass {
    let mut turns = 0;
    loop {
        let before = STATE.fetch_add(1, Ordering::Acquire);
        if before < ONE_FORK {
            return Pass(());
        }
        STATE.fetch_sub(1, Ordering::Release);
        rest(&mut turns);
    }
}

/// To be called before a fork: closes the gate and waits until nobody is inside. Most passes are held for less than a
/// millisecond; making an RSA key holds one for up to seconds, and the fork with all other calls waits for it.
pub fn before_fork() {
    STATE.fetch_add(ONE_FORK, Ordering::AcqRel);
    let mut turns = 0;
    while STATE.load(Ordering::Acquire) & PASSES != 0 {
        rest(&mut turns);
    }
}

/// To be called in the parent after a fork: opens the gate again.
pub fn after_fork_in_parent() {
    STATE.fetch_sub(ONE_FORK, Ordering::AcqRel);
}

/// To be called in the child after a fork: the other threads are gone, and so are their passes and forks.
pub fn after_fork_in_child() {
    STATE.store(0, Ordering::Release);
}

/// A few turns of giving way, then short sleeps: a fork takes well under a millisecond.
fn rest(turns: &mut u32) {
    if *turns < 64 {
        *turns += 1;
        std::thread::yield_now();
    } else {
        std::thread::sleep(Duration::from_micros(50));
    }
}

#[cfg(test)]
mod tests {
    use super::{STATE, after_fork_in_parent, before_fork, enter};
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::sync::{Arc, mpsc};

    #[test]
    fn a_fork_waits_for_passes_and_passes_wait_for_the_fork() {
        let pass = enter();
        let closed = Arc::new(AtomicBool::new(false));
        let (forked, told) = mpsc::channel();
        let (go, wait) = mpsc::channel();
        let flag = Arc::clone(&closed);
        let forker = std::thread::spawn(move || {
            before_fork();
            flag.store(true, Ordering::SeqCst);
            forked.send(()).ok();
            wait.recv().ok();
            flag.store(false, Ordering::SeqCst);
            after_fork_in_parent();
        });
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert!(!closed.load(Ordering::SeqCst), "the fork did not wait for the pass");
        drop(pass);
        told.recv().ok();
        let flag = Arc::clone(&closed);
        let late = std::thread::spawn(move || {
            let _pass = enter();
            flag.load(Ordering::SeqCst)
        });
        std::thread::sleep(std::time::Duration::from_millis(20));
        go.send(()).ok();
        assert_eq!(late.join().ok(), Some(false), "a pass was given while the gate was closed");
        forker.join().ok();
        assert_eq!(STATE.load(Ordering::SeqCst) >> 24, 0);
    }
}
