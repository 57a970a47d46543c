//! What a verification found, step by step, as data.

use crate::error::{Error, Result};

/// How one step ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    Passed,
    /// It does not, and why.
    Failed(Error),
    /// It could not be judged, because something before it failed.
    NotJudged,
}

/// One step of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its name.
    pub step: &'static str,
    /// What it shows.
    pub section: &'static str,
    /// How it ended.
    pub outcome: Outcome,
}

/// All steps of a verification, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The steps.
    pub checks: Vec<Check>,
}

impl Report {
    /// Whether every step passed.
    #[must_use]
    pub fn valid(&self) -> bool {
        self.checks.iter().all(|check| check.outcome == Outcome::Passed)
    }

    /// The reason of the first step that failed.
    #[must_use]
    pub fn first_error(&self) -> Option<&Error> {
        self.checks.iter().find_map(|check| match &check.outcome {
            Outcome::Failed(error) => Some(error),
            _ => None,
        })
    }
}

/// Runs steps and keeps their outcomes. Made to explain, it goes on past a failure with whatever can still be
/// judged; made to decide, it stops at the first.
#[derive(Debug)]
pub struct Judge {
    report: Report,
    explain: bool,
    failed: bool,
}

impl Judge {
    /// For a verification that ends at its first failure.
    #[must_use]
    pub fn to_decide() -> Self {
        Self::new(false)
    }

    /// For a report of everything that can be judged.
    #[must_use]
    pub fn to_explain() -> Self {
        Self::new(true)
    }

    /// With room for the steps of any ceremony.
    fn new(explain: bool) -> Self {
        Self { report: Report { checks: Vec::with_capacity(20) }, explain, failed: false }
    }

    /// Runs one step on `input`, what earlier steps gave; without it the step is not judged.
    pub fn step<I, T>(
        &mut self,
        step: &'static str,
        section: &'static str,
        input: Option<I>,
        judge: impl FnOnce(I) -> Result<T>,
    ) -> Option<T> {
        let judged = input.filter(|_| self.explain || !self.failed).map(judge);
        let (outcome, value) = match judged {
            None => (Outcome::NotJudged, None),
            Some(Ok(value)) => (Outcome::Passed, Some(value)),
            Some(Err(error)) => {
                self.failed = true;
                (Outcome::Failed(error), None)
            }
        };
        self.report.checks.push(Check { step, section, outcome });
        value
    }

    /// The report.
    #[must_use]
    pub fn finish(self) -> Report {
        self.report
    }
}

/// Turns a report and what was verified into the one or the first reason.
///
/// # Errors
/// That of the first failed step.
pub fn decided<T>(report: &Report, verified: Option<T>) -> Result<T> {
    if let Some(error) = report.first_error() {
        return Err(error.clone());
    }
    verified.ok_or_else(|| Error::new(crate::error::Code::Internal, "a verification ended without a verdict"))
}
