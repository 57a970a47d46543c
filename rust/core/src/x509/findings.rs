//! What a batch has already worked out, kept by the exact bytes it was worked out from. Layer: x509.
//!
//! Reading a key and following a chain depend on nothing but their input, so what came of it once, a key or an
//! error, comes of it again. Whoever calls makes one for a call; without one everything is worked out anew.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use super::path::Path;
use crate::error::Result;
use crate::key::PublicKey;
use crate::limits;

/// Answers by the bytes of their questions. The lock is never held while an answer is sought: two threads with the
/// same new question both seek it, and neither waits for the other.
#[derive(Debug)]
struct Answers<V>(RwLock<Kept<V>>);

#[derive(Debug)]
struct Kept<V> {
    answers: HashMap<Box<[u8]>, V>,
    /// Of the questions together.
    bytes: usize,
}

impl<V> Default for Answers<V> {
    fn default() -> Self {
        Self(RwLock::new(Kept { answers: HashMap::new(), bytes: 0 }))
    }
}

impl<V: Clone> Answers<V> {
    /// The answer that is known, or the one that is found now. It is kept while there is room.
    fn get(&self, question: &[u8], find: impl FnOnce() -> V) -> V {
        let kept = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(answer) = kept.answers.get(question) {
            return answer.clone();
        }
        drop(kept);
        let answer = find();
        let mut kept = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let bytes = kept.bytes.saturating_add(question.len());
        if kept.answers.len() < limits::FINDINGS
            && bytes <= limits::FINDINGS_BYTES
            && kept.answers.insert(question.into(), answer.clone()).is_none()
        {
            kept.bytes = bytes;
        }
        answer
    }
}

/// The keys and paths that a batch met.
#[derive(Debug, Default)]
pub struct Findings {
    pems: Answers<Result<PublicKey>>,
    spkis: Answers<Result<PublicKey>>,
    paths: Answers<Result<Path>>,
}

impl Findings {
    /// As [`PublicKey::from_pem`], once for each text.
    ///
    /// # Errors
    /// Those of [`PublicKey::from_pem`].
    pub fn pem(known: Option<&Self>, text: &[u8]) -> Result<PublicKey> {
        let read = || PublicKey::from_pem(text);
        known.map_or_else(read, |known| known.pems.get(text, read))
    }

    /// As [`PublicKey::from_spki`], once for each key.
    ///
    /// # Errors
    /// Those of [`PublicKey::from_spki`].
    pub fn spki(known: Option<&Self>, der: &[u8]) -> Result<PublicKey> {
        let read = || PublicKey::from_spki(der);
        known.map_or_else(read, |known| known.spkis.get(der, read))
    }

    /// The path of this question, which must name all that the answer depends on.
    pub(super) fn path(&self, question: &[u8], find: impl FnOnce() -> Result<Path>) -> Result<Path> {
        self.paths.get(question, find)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

    use std::cell::Cell;

    use super::{Answers, Findings};
    use crate::error::Code;
    use crate::key::PublicKey;
    use crate::key::test_keys::{P256, code};
    use crate::limits;

    #[test]
    fn a_question_is_answered_once_and_always_alike() {
        let answers = Answers::default();
        let asked = Cell::new(0);
        let ask = |question: &[u8]| {
            answers.get(question, || {
                asked.set(asked.get() + 1);
                asked.get()
            })
        };
        assert_eq!([ask(b"a"), ask(b"b"), ask(b"a"), ask(b""), ask(b"")], [1, 2, 1, 3, 3]);
    }

    #[test]
    fn what_is_kept_is_bounded_in_number_and_in_bytes() {
        let many = Answers::default();
        for number in 0..=limits::FINDINGS {
            many.get(&number.to_le_bytes(), || number);
        }
        assert_eq!(many.0.read().unwrap().answers.len(), limits::FINDINGS);
        let last = limits::FINDINGS.to_le_bytes();
        assert_eq!(many.get(&last, || 0), 0, "no room for it, so it is found anew");

        let large = Answers::default();
        let half = limits::FINDINGS_BYTES / 2;
        for fill in 0..4 {
            large.get(&vec![fill; half], || ());
        }
        let kept = large.0.read().unwrap();
        assert_eq!((kept.answers.len(), kept.bytes), (2, half * 2));
    }

    #[test]
    fn a_thread_that_seeks_an_answer_keeps_nobody_waiting() {
        let answers = Answers::default();
        // The same question and another are answered while the first is being sought.
        let found = answers.get(b"a", || answers.get(b"a", || 1) + answers.get(b"b", || 2));
        assert_eq!(found, 3);
    }

    #[test]
    fn a_wrong_key_gets_the_same_error_each_time_and_no_form_is_taken_for_another() {
        let known = Findings::default();
        let spki = PublicKey::from_pem(P256.public.as_bytes()).unwrap();
        let der = P256.public_der();
        for _ in 0..2 {
            let pem = |text: &[u8]| Findings::pem(Some(&known), text);
            assert_eq!(pem(P256.public.as_bytes()).unwrap(), spki);
            assert_eq!(Findings::spki(Some(&known), &der).unwrap(), spki);
            assert_eq!(pem(&der), PublicKey::from_pem(&der));
            assert_eq!(
                pem(b"").map_err(|error| error.code()),
                PublicKey::from_pem(b"").map_err(|e| e.code())
            );
            assert_eq!(code(Findings::spki(Some(&known), P256.public.as_bytes())), Some(Code::DerTag));
            assert_eq!(pem(P256.private.as_bytes()), PublicKey::from_pem(P256.private.as_bytes()));
        }
    }
}
