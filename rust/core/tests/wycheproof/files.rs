//! Reading files of Wycheproof, and holding what was answered against what is due.

use std::collections::BTreeMap;

use serde_json::Value;

/// What came of a vector.
pub(crate) enum Outcome {
    Accepted,
    Refused,
    /// Nothing here can answer it, for this reason.
    Skipped(&'static str),
}

impl<T, E> From<Result<T, E>> for Outcome {
    fn from(result: Result<T, E>) -> Self {
        if result.is_ok() { Self::Accepted } else { Self::Refused }
    }
}

/// A vector and the group it stands in.
pub(crate) struct Vector<'a> {
    group: &'a Value,
    test: &'a Value,
}

impl<'a> Vector<'a> {
    /// A member of the vector, or else of its group.
    fn member(&self, name: &str) -> Option<&'a Value> {
        self.test.get(name).or_else(|| self.group.get(name))
    }

    pub(crate) fn text(&self, name: &str) -> &'a str {
        self.optional(name).unwrap_or_else(|| panic!("{name} is missing"))
    }

    pub(crate) fn optional(&self, name: &str) -> Option<&'a str> {
        self.member(name).map(|value| value.as_str().expect("a text"))
    }

    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        hex(self.text(name))
    }

    pub(crate) fn number(&self, name: &str) -> usize {
        let number = self.member(name).and_then(Value::as_u64);
        usize::try_from(number.unwrap_or_else(|| panic!("{name} is no number"))).unwrap()
    }

    pub(crate) fn flags(&self) -> Vec<&'a str> {
        let flags = self.test["flags"].as_array().into_iter().flatten();
        flags.map(|flag| flag.as_str().expect("a text")).collect()
    }

    pub(crate) fn result(&self) -> &'a str {
        self.test["result"].as_str().expect("a result")
    }
}

/// Bytes in hexadecimal.
fn hex(digits: &str) -> Vec<u8> {
    let pairs = digits.as_bytes().chunks(2);
    pairs.map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// How many vectors of a file are answered, and how many are not, by reason.
pub(crate) struct Count {
    pub(crate) answered: usize,
    pub(crate) skipped: &'static [(&'static str, usize)],
}

/// Answers every vector of a file. `rule` says of a vector that is neither valid nor invalid whether it is to be
/// accepted.
pub(crate) fn check(
    name: &str,
    json: &str,
    count: &Count,
    rule: impl Fn(&Vector<'_>) -> bool,
    answer: impl Fn(&Vector<'_>) -> Outcome,
) {
    let whole: Value = serde_json::from_str(json).unwrap();
    let (mut answered, mut skipped, mut wrong) = (0, BTreeMap::new(), Vec::new());
    for group in whole["testGroups"].as_array().unwrap() {
        for test in group["tests"].as_array().unwrap() {
            let vector = Vector { group, test };
            let accepted = match answer(&vector) {
                Outcome::Accepted => true,
                Outcome::Refused => false,
                Outcome::Skipped(reason) => {
                    *skipped.entry(reason).or_insert(0) += 1;
                    continue;
                }
            };
            answered += 1;
            let due = match vector.result() {
                "valid" => true,
                "invalid" => false,
                "acceptable" => rule(&vector),
                other => panic!("{name}: {other} is no result"),
            };
            if accepted != due {
                wrong.push(format!("{} {:?} {}", test["tcId"], vector.flags(), test["comment"]));
            }
        }
    }
    assert!(wrong.is_empty(), "{name}: unexpected answers\n{}", wrong.join("\n"));
    let due: BTreeMap<_, _> = count.skipped.iter().copied().collect();
    let total = answered + due.values().sum::<usize>();
    assert_eq!((answered, skipped), (count.answered, due), "{name}: answered and skipped vectors");
    assert_eq!(whole["numberOfTests"].as_u64().map(usize::try_from), Some(Ok(total)), "{name}");
}

/// For files without a vector that is neither valid nor invalid.
pub(crate) fn no_rule(_: &Vector<'_>) -> bool {
    panic!("a vector that no rule decides")
}
