//! One thing to measure: prepared when it is asked for, then done any number of times.

use std::hint::black_box;

/// The backend or library by itself.
pub(crate) const BARE: &str = "bare";
/// The core.
pub(crate) const OURS: &str = "countermark";

type Work = Box<dyn FnMut()>;

/// One side of a comparison.
pub(crate) struct Case {
    /// What is done; both sides share it.
    pub(crate) group: String,
    /// Who does it.
    pub(crate) side: &'static str,
    prepare: Box<dyn Fn() -> Work>,
}

impl Case {
    /// A case whose keys and buffers `prepare` makes; what it gives is the work itself.
    pub(crate) fn new<F, T>(group: &str, side: &'static str, prepare: impl Fn() -> F + 'static) -> Self
    where
        F: FnMut() -> T + 'static,
    {
        let prepare = Box::new(move || -> Work {
            let mut work = prepare();
            Box::new(move || {
                black_box(work());
            })
        });
        Self { group: group.to_owned(), side, prepare }
    }

    /// Group and side.
    pub(crate) fn name(&self) -> String {
        format!("{}/{}", self.group, self.side)
    }

    /// Makes what the work needs, and the work.
    pub(crate) fn prepare(&self) -> Work {
        (self.prepare)()
    }
}
