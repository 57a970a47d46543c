//! What real devices send and the standard does not allow, and how much of it is let pass. Layer: format.
//!
//! There is one mechanism: a deviation of a known kind is handed to [`Tolerated::allow`], which refuses it where
//! reading is strict and otherwise takes note of it, so that a caller is told what was let pass.

use std::borrow::Cow;

use crate::error::{Code, Error, Result, quote};

/// How a standard is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Strictness {
    /// To the letter.
    Strict,
    /// What real devices send is taken, and noted.
    #[default]
    Interoperable,
}

impl Strictness {
    /// The strictness a caller named.
    ///
    /// # Errors
    /// `argument.value`.
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "strict" => Ok(Self::Strict),
            "interoperable" => Ok(Self::Interoperable),
            _ => {
                let message = format!("{} is neither strict nor interoperable", quote(name));
                Err(Error::new(Code::ArgumentValue, message).in_field("strictness"))
            }
        }
    }
}

/// One deviation that was let pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tolerance {
    /// The code of the error that strict reading gives.
    pub code: Code,
    /// The structure it stands in.
    pub place: Cow<'static, str>,
}

/// The deviations met so far. Each pair of code and place is kept once.
#[derive(Clone, Debug, Default)]
pub struct Tolerated {
    strictness: Strictness,
    notes: Vec<Tolerance>,
}

impl Tolerated {
    /// None so far.
    #[must_use]
    pub fn new(strictness: Strictness) -> Self {
        Self { strictness, notes: Vec::new() }
    }

    /// Whether deviations are refused.
    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.strictness == Strictness::Strict
    }

    /// Lets a deviation pass and takes note of it, or refuses it with this error.
    ///
    /// # Errors
    /// The error, where reading is strict.
    pub fn allow(
        &mut self,
        place: impl Into<Cow<'static, str>>,
        deviation: impl FnOnce() -> Error,
    ) -> Result<()> {
        let error = deviation();
        if self.is_strict() {
            return Err(error);
        }
        let note = Tolerance { code: error.code(), place: place.into() };
        if !self.notes.contains(&note) {
            self.notes.push(note);
        }
        Ok(())
    }

    /// None so far, for a part of the reading that is told by itself.
    #[must_use]
    pub fn afresh(&self) -> Self {
        Self::new(self.strictness)
    }

    /// Takes the notes of such a part over.
    pub fn join(&mut self, notes: &[Tolerance]) {
        for note in notes {
            if !self.notes.contains(note) {
                self.notes.push(note.clone());
            }
        }
    }

    /// The notes, in the order they were taken.
    #[must_use]
    pub fn notes(&self) -> &[Tolerance] {
        &self.notes
    }

    /// The notes, given away.
    #[must_use]
    pub fn into_notes(self) -> Vec<Tolerance> {
        self.notes
    }
}
