//! Many at once: items are worked on by the calling thread and the threads of a pool, and come back in the order
//! in which they were given.
//!
//! A batch keeps nothing between calls, and none of its locks outlives one; [`shared`] keeps the pool, and knows what
//! becomes of it when the process forks. A thread of the pool that gets to a batch late finds it closed and goes on,
//! so no batch ever waits for another.

pub mod shared;
mod signals;

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::{Code, Error, Result};

/// Items that are taken at once: few enough for all threads to be busy to the end, enough to hide what taking
/// them costs.
const CHUNK: usize = 32;

/// Threads that help whoever calls.
#[derive(Debug)]
pub struct Pool(rayon_core::ThreadPool);

impl Pool {
    /// Starts that many threads; None where the system gives none. Signals of the program are not handled on them.
    #[must_use]
    pub fn new(threads: usize) -> Option<Self> {
        let name = |index| format!("countermark-{index}");
        let builder = rayon_core::ThreadPoolBuilder::new().num_threads(threads).thread_name(name);
        signals::blocked(|| builder.build()).ok().map(Self)
    }

    /// How many there are.
    #[must_use]
    pub fn threads(&self) -> usize {
        self.0.current_num_threads()
    }
}

type Work<I, O> = dyn Fn(&mut I) -> Result<O> + Send + Sync;

/// Items in a row, and what came of them.
struct Chunk<I, O> {
    number: usize,
    items: Vec<I>,
    results: Vec<Result<O>>,
}

struct State<I, O> {
    /// None once the batch is closed.
    work: Option<Arc<Work<I, O>>>,
    waiting: VecDeque<Chunk<I, O>>,
    done: Vec<Chunk<I, O>>,
    /// Threads of the pool that are at it.
    helping: usize,
    /// Whether more items come.
    open: bool,
}

struct Shared<I, O> {
    state: Mutex<State<I, O>>,
    changed: Condvar,
}

/// A batch that is being worked on while it is filled.
///
/// The items come back with the results, so that they are dropped where they were made.
pub struct Batch<I: Send + 'static, O: Send + 'static> {
    shared: Arc<Shared<I, O>>,
    filling: Vec<I>,
    /// Items of the chunk that is being filled.
    room: usize,
    chunks: usize,
    /// Items that are still to come, as far as is known.
    left: usize,
    /// Threads that take part.
    threads: usize,
}

impl<I: Send + 'static, O: Send + 'static> Batch<I, O> {
    /// Opens a batch of about `count` items for the calling thread and `helpers` threads of the pool.
    pub fn new(
        pool: Option<(&Pool, usize)>,
        count: usize,
        work: impl Fn(&mut I) -> Result<O> + Send + Sync + 'static,
    ) -> Self {
        let work: Arc<Work<I, O>> = Arc::new(work);
        let state =
            State { work: Some(work), waiting: VecDeque::new(), done: Vec::new(), helping: 0, open: true };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let helpers = pool.map_or(0, |(pool, helpers)| helpers.min(pool.threads()));
        let mut batch =
            Self { shared, filling: Vec::new(), room: 0, chunks: 0, left: count, threads: helpers + 1 };
        if let Some((pool, _)) = pool {
            for _ in 0..helpers {
                let shared = Arc::clone(&batch.shared);
                pool.0.spawn(move || shared.help());
            }
        }
        batch.room = batch.chunk_length();
        batch.filling.reserve_exact(batch.room);
        batch
    }

    /// A share of what is left, so that the last chunks are small and all threads end together.
    fn chunk_length(&self) -> usize {
        if self.threads == 1 { CHUNK } else { (self.left / (self.threads * 8)).clamp(1, CHUNK) }
    }

    /// Adds an item.
    pub fn push(&mut self, item: I) {
        self.filling.push(item);
        if self.filling.len() >= self.room {
            self.pass_on();
        }
    }

    fn pass_on(&mut self) {
        self.left = self.left.saturating_sub(self.filling.len());
        self.room = self.chunk_length();
        let items = core::mem::replace(&mut self.filling, Vec::with_capacity(self.room));
        let chunk = Chunk { number: self.chunks, results: Vec::with_capacity(items.len()), items };
        self.chunks += 1;
        self.shared.state().waiting.push_back(chunk);
        if self.threads > 1 {
            self.shared.changed.notify_one();
        }
    }

    /// Works until everything is done. To be called where the thread may wait: other threads may still be at an
    /// item each.
    pub fn work(&mut self) {
        if !self.filling.is_empty() {
            self.pass_on();
        }
        let work = {
            let mut state = self.shared.state();
            state.open = false;
            state.work.clone()
        };
        self.shared.changed.notify_all();
        if let Some(work) = work {
            self.shared.serve(&*work);
        }
        let mut state = self.shared.state();
        while state.helping > 0 {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let last = state.work.take();
        drop(state);
        drop(last);
    }

    /// The items with their results, in order, after [`Batch::work`].
    pub fn results(self) -> impl Iterator<Item = (I, Result<O>)> {
        let mut chunks = core::mem::take(&mut self.shared.state().done);
        chunks.sort_unstable_by_key(|chunk| chunk.number);
        chunks.into_iter().flat_map(|chunk| chunk.items.into_iter().zip(chunk.results))
    }
}

impl<I: Send + 'static, O: Send + 'static> core::fmt::Debug for Batch<I, O> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Batch(..)")
    }
}

impl<I: Send + 'static, O: Send + 'static> Drop for Batch<I, O> {
    /// A batch that was given up is not worked on any more; what threads are at is waited for.
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.waiting.clear();
        state.open = false;
        let work = state.work.take();
        self.shared.changed.notify_all();
        while state.helping > 0 {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        // A thread of the pool may hold what is shared for a moment more: the items are let go here all the same.
        let done = core::mem::take(&mut state.done);
        drop(state);
        drop((work, done));
    }
}

impl<I, O> Shared<I, O> {
    fn state(&self) -> MutexGuard<'_, State<I, O>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a thread of the pool does for this batch.
    fn help(&self) {
        let work = {
            let mut state = self.state();
            let Some(work) = state.work.clone() else { return };
            state.helping += 1;
            work
        };
        self.serve(&*work);
        drop(work);
        self.state().helping -= 1;
        self.changed.notify_all();
    }

    /// Works on one chunk after the other until none is left and none will come.
    fn serve(&self, work: &Work<I, O>) {
        let mut state = self.state();
        loop {
            if let Some(mut chunk) = state.waiting.pop_front() {
                drop(state);
                chunk.results.extend(chunk.items.iter_mut().map(|item| guarded(work, item)));
                state = self.state();
                state.done.push(chunk);
            } else if state.open {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            } else {
                return;
            }
        }
    }
}

/// A panic is a fault of ours, and that of one item: the others have their results.
fn guarded<I, O>(work: &Work<I, O>, item: &mut I) -> Result<O> {
    catch_unwind(AssertUnwindSafe(|| work(item)))
        .unwrap_or_else(|_| Err(Error::new(Code::Internal, "a fault inside countermark; please report it")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

    use super::{Batch, Pool};
    use crate::error::{Code, Error, Result};
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Arc, mpsc};
    use std::time::Duration;

    fn run(
        pool: Option<(&Pool, usize)>,
        count: usize,
        work: impl Fn(&mut usize) -> Result<usize> + Send + Sync + 'static,
    ) -> Vec<(usize, Result<usize>)> {
        let mut batch = Batch::new(pool, count, work);
        for item in 0..count {
            batch.push(item);
        }
        batch.work();
        batch.results().collect()
    }

    #[test]
    fn results_are_in_order_for_any_number_of_threads_and_items() {
        for threads in [0, 1, 3] {
            let pool = Pool::new(3).unwrap();
            for count in [0, 1, 2, 31, 32, 33, 1000] {
                let found = run(Some((&pool, threads)), count, |item| Ok(*item * 2));
                let due: Vec<_> = (0..count).map(|item| (item, Ok(item * 2))).collect();
                assert_eq!(found, due, "{threads} threads, {count} items");
            }
        }
    }

    #[test]
    fn an_item_that_fails_or_panics_is_a_verdict_of_its_own() {
        let pool = Pool::new(2).unwrap();
        let found = run(Some((&pool, 2)), 100, |item| match *item {
            7 => panic!("on purpose"),
            8 => Err(Error::new(Code::ArgumentValue, "eight")),
            other => Ok(other),
        });
        assert_eq!(found.len(), 100);
        for (item, result) in found {
            let code = result.err().map(|error| error.code());
            let due = match item {
                7 => Some(Code::Internal),
                8 => Some(Code::ArgumentValue),
                _ => None,
            };
            assert_eq!(code, due, "{item}");
        }
    }

    #[test]
    fn the_threads_of_the_pool_take_part_while_the_batch_is_filled() {
        let pool = Pool::new(1).unwrap();
        let (tell, told) = mpsc::channel();
        let mut batch = Batch::new(Some((&pool, 1)), 1, move |(): &mut ()| {
            tell.send(std::thread::current().name().map(str::to_owned)).ok();
            Ok(())
        });
        batch.push(());
        // Nobody has called `work` yet.
        let name = told.recv_timeout(Duration::from_secs(20)).unwrap();
        assert_eq!(name.as_deref(), Some("countermark-0"));
        batch.work();
        assert_eq!(batch.results().count(), 1);
    }

    #[test]
    fn a_batch_does_not_wait_for_another() {
        let pool = Arc::new(Pool::new(1).unwrap());
        let (go, gate) = mpsc::channel::<()>();
        let (tell, told) = mpsc::channel();
        let (gate, tell) = (std::sync::Mutex::new(gate), std::sync::Mutex::new(tell));
        let held = Arc::clone(&pool);
        let long = std::thread::spawn(move || {
            run(Some((&held, 1)), 2, move |item| {
                tell.lock().unwrap().send(()).ok();
                gate.lock().unwrap().recv().ok();
                Ok(*item)
            })
        });
        told.recv_timeout(Duration::from_secs(20)).unwrap();
        assert_eq!(run(Some((&pool, 1)), 1000, |item| Ok(*item)).len(), 1000);
        go.send(()).unwrap();
        go.send(()).unwrap();
        assert_eq!(long.join().unwrap().len(), 2);
    }

    #[test]
    fn a_batch_that_is_given_up_leaves_nothing_behind() {
        let pool = Pool::new(1).unwrap();
        let kept = Arc::new(());
        let counted = Arc::new(AtomicUsize::new(0));
        let (inside, seen) = (Arc::clone(&kept), Arc::clone(&counted));
        let mut batch = Batch::new(Some((&pool, 1)), 10_000, move |_: &mut Arc<()>| {
            let _ = &inside;
            seen.fetch_add(1, Ordering::SeqCst);
            Ok(())
        });
        for _ in 0..10_000 {
            batch.push(Arc::clone(&kept));
        }
        drop(batch);
        let after = counted.load(Ordering::SeqCst);
        assert_eq!(Arc::strong_count(&kept), 1);
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(counted.load(Ordering::SeqCst), after);
    }
}
