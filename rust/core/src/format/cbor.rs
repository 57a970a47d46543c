//! CBOR (RFC 8949) as authenticators send it: a reader without copies, an encoder, diagnostic notation.
//!
//! The subset is that of CTAP2: integers, byte and text strings, arrays, maps with integer or text keys, false,
//! true and null. Tags, floating-point numbers and everything else are refused. Three deviations from the
//! canonical form (CTAP2 section 8) occur in real responses and go through [`Tolerated`]: the order of map keys,
//! lengths and numbers that are not the shortest, and indefinite lengths. Layer: format.
//!
//! Work is linear in the input: depth and entries are bounded, and nothing is allocated by a declared length.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::tolerance::{Strictness, Tolerated};
use crate::error::{Code, Error, Result, quote};
use crate::limits;

mod diagnostic;
mod encode;

pub use diagnostic::diagnostic;
pub use encode::encode;

/// An item of the subset.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// −2^64 to 2^64−1
    Integer(i128),
    /// A byte string; a copy only where it came in chunks.
    Bytes(Cow<'a, [u8]>),
    /// A text string.
    Text(Cow<'a, str>),
    /// An array.
    Array(Vec<Value<'a>>),
    /// A map, its pairs in the order they stand in.
    Map(Vec<(Key<'a>, Value<'a>)>),
    /// false or true
    Bool(bool),
    /// null
    Null,
}

/// The key of a map, in CTAP2 order: unsigned, negative, text; shorter first; then by value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key<'a> {
    /// −2^64 to 2^64−1
    Integer(i128),
    /// A text string.
    Text(Cow<'a, str>),
}

impl Key<'_> {
    /// Order of major types, then of lengths; within one length, of the encoded bytes.
    fn rank(&self) -> (u8, u128, &[u8]) {
        match self {
            Self::Integer(number @ 0..) => (0, number.unsigned_abs(), &[]),
            Self::Integer(number) => (1, number.unsigned_abs(), &[]),
            Self::Text(text) => (3, u128::try_from(text.len()).unwrap_or(u128::MAX), text.as_bytes()),
        }
    }

    /// For messages.
    #[must_use]
    pub fn shown(&self) -> String {
        match self {
            Self::Integer(number) => number.to_string(),
            Self::Text(text) => quote(text),
        }
    }
}

impl PartialOrd for Key<'_> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Key<'_> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.rank().cmp(&other.rank())
    }
}

impl<'a> Value<'a> {
    /// The member of a map under a text key.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        match self {
            Self::Map(pairs) => pairs.iter().find(|(key, _)| is_text(key, name)).map(|(_, value)| value),
            _ => None,
        }
    }
}

fn is_text(key: &Key<'_>, name: &str) -> bool {
    matches!(key, Key::Text(text) if text == name)
}

/// Reads one item that is the whole input.
///
/// # Errors
/// `cbor.*`, `limit.size`, `limit.depth`, `limit.count`, with the offset.
pub fn read<'a>(data: &'a [u8], place: &'static str, tolerated: &mut Tolerated) -> Result<Value<'a>> {
    read_with(data, place, tolerated, |reader| reader.value())
}

/// Reads the whole input by a function of the caller's.
///
/// # Errors
/// As [`read`], and those of the function.
pub fn read_with<'a, T>(
    data: &'a [u8],
    place: &'static str,
    tolerated: &mut Tolerated,
    parse: impl FnOnce(&mut Reader<'a, '_>) -> Result<T>,
) -> Result<T> {
    let (value, length) = read_prefix(data, 0, place, tolerated, parse)?;
    if length == data.len() {
        return Ok(value);
    }
    Err(Error::new(Code::CborTrailing, "bytes left over after a CBOR item").at(length))
}

/// Reads from `start` of the input and tells how many bytes were taken; offsets in errors count from the
/// beginning of the input.
///
/// # Errors
/// As [`read`], and those of the function.
pub fn read_prefix<'a, T>(
    data: &'a [u8],
    start: usize,
    place: &'static str,
    tolerated: &mut Tolerated,
    parse: impl FnOnce(&mut Reader<'a, '_>) -> Result<T>,
) -> Result<(T, usize)> {
    if data.len() > limits::CBOR {
        let message = format!("CBOR of {} bytes is over the limit of {}", data.len(), limits::CBOR);
        return Err(Error::new(Code::LimitSize, message));
    }
    let mut reader =
        Reader { data, at: start, depth: 0, entries: limits::CBOR_ENTRIES, place, tolerated, again: false };
    let value = parse(&mut reader)?;
    Ok((value, reader.at.saturating_sub(start)))
}

/// Items one after another.
#[derive(Debug)]
pub struct Reader<'a, 't> {
    data: &'a [u8],
    at: usize,
    depth: usize,
    entries: usize,
    place: &'static str,
    tolerated: &'t mut Tolerated,
    /// Whether all this was read before, so that keys need not be compared again.
    again: bool,
}

/// The major types (RFC 8949 section 3.1) of the subset, and everything else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Major {
    Unsigned,
    Negative,
    Bytes,
    Text,
    Array,
    Map,
    False,
    True,
    Null,
    Break,
}

/// The beginning of an item.
#[derive(Clone, Copy, Debug)]
struct Head {
    major: Major,
    /// The value or the length; None for an indefinite length.
    argument: Option<u64>,
    offset: usize,
}

impl<'a> Reader<'a, '_> {
    /// Where reading stands, from the beginning of the input.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.at
    }

    /// The input between an earlier [`Self::offset`] and here.
    #[must_use]
    pub fn since(&self, start: usize) -> &'a [u8] {
        self.data.get(start..self.at).unwrap_or_default()
    }

    /// The next item, whatever it is.
    ///
    /// # Errors
    /// `cbor.*`, `limit.depth`, `limit.count`.
    pub fn value(&mut self) -> Result<Value<'a>> {
        let head = self.head()?;
        self.value_after(head)
    }

    /// The next item, which must be a map; `member` reads the value of each key.
    ///
    /// # Errors
    /// `cbor.shape` and those of [`Self::value`] and of the function.
    pub fn map(&mut self, member: impl FnMut(&mut Self, &Key<'a>) -> Result<()>) -> Result<()> {
        let head = self.due(Major::Map, "a map is due")?;
        self.map_after(head, member)
    }

    /// Passes over the next item, which is checked like any other.
    ///
    /// # Errors
    /// Those of [`Self::value`].
    pub fn skip(&mut self) -> Result<()> {
        let head = self.head()?;
        self.skip_after(head)
    }

    /// Reads a part whose deviations are told for a place of its own.
    ///
    /// # Errors
    /// Those of the function.
    pub fn within<T>(&mut self, place: &'static str, read: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        let outer = core::mem::replace(&mut self.place, place);
        let found = read(self);
        self.place = outer;
        found
    }

    /// Whether the next item begins as a map.
    #[must_use]
    pub fn next_is_map(&self) -> bool {
        self.data.get(self.at).is_some_and(|byte| byte >> 5 == 5)
    }

    /// Whether the next item begins as an array.
    #[must_use]
    pub fn next_is_array(&self) -> bool {
        self.data.get(self.at).is_some_and(|byte| byte >> 5 == 4)
    }

    fn due(&mut self, major: Major, message: &'static str) -> Result<Head> {
        let head = self.head()?;
        if head.major == Major::Break {
            return Err(stray_break(head.offset));
        }
        if head.major == major { Ok(head) } else { Err(Error::new(Code::CborShape, message).at(head.offset)) }
    }

    fn value_after(&mut self, head: Head) -> Result<Value<'a>> {
        Ok(match head.major {
            Major::Unsigned => Value::Integer(unsigned(head)),
            Major::Negative => Value::Integer(-1 - unsigned(head)),
            Major::Bytes => Value::Bytes(self.bytes_after(head)?),
            Major::Text => Value::Text(self.text_after(head)?),
            Major::Array => {
                let mut values = Vec::with_capacity(self.likely(head));
                self.array_after(head, |reader, next| {
                    values.push(reader.value_after(next)?);
                    Ok(())
                })?;
                Value::Array(values)
            }
            Major::Map => {
                let mut pairs = Vec::with_capacity(self.likely(head));
                self.map_after(head, |reader, key| {
                    pairs.push((key.clone(), reader.value()?));
                    Ok(())
                })?;
                Value::Map(pairs)
            }
            Major::False => Value::Bool(false),
            Major::True => Value::Bool(true),
            Major::Null => Value::Null,
            Major::Break => return Err(stray_break(head.offset)),
        })
    }

    fn skip_after(&mut self, head: Head) -> Result<()> {
        match head.major {
            Major::Bytes => self.bytes_after(head).map(drop),
            Major::Text => self.text_after(head).map(drop),
            Major::Array => self.array_after(head, Self::skip_after),
            Major::Map => self.map_after(head, |reader, _| reader.skip()),
            Major::Break => Err(stray_break(head.offset)),
            Major::Unsigned | Major::Negative | Major::False | Major::True | Major::Null => Ok(()),
        }
    }

    fn bytes_after(&mut self, head: Head) -> Result<Cow<'a, [u8]>> {
        let Some(length) = head.argument else {
            let mut all = Vec::new();
            self.chunks(head, |chunk, _| {
                all.extend_from_slice(chunk);
                Ok(())
            })?;
            return Ok(Cow::Owned(all));
        };
        self.take(length).map(Cow::Borrowed)
    }

    fn text_after(&mut self, head: Head) -> Result<Cow<'a, str>> {
        let Some(length) = head.argument else {
            let mut all = String::new();
            self.chunks(head, |chunk, offset| {
                all.push_str(utf8(chunk, offset)?);
                Ok(())
            })?;
            return Ok(Cow::Owned(all));
        };
        let start = self.at;
        utf8(self.take(length)?, start).map(Cow::Borrowed)
    }

    /// RFC 8949 section 3.2.3: chunks are strings of the same type and of definite length.
    fn chunks(&mut self, string: Head, mut each: impl FnMut(&'a [u8], usize) -> Result<()>) -> Result<()> {
        loop {
            let head = self.head()?;
            match head.argument {
                _ if head.major == Major::Break => return Ok(()),
                Some(length) if head.major == string.major => {
                    self.entry(head.offset)?;
                    let start = self.at;
                    each(self.take(length)?, start)?;
                }
                _ => {
                    let message = "a chunk of another kind in a string of indefinite length";
                    return Err(Error::new(Code::CborIndefinite, message).at(head.offset));
                }
            }
        }
    }

    fn array_after(
        &mut self,
        head: Head,
        mut entry: impl FnMut(&mut Self, Head) -> Result<()>,
    ) -> Result<()> {
        self.descend(head.offset)?;
        let mut left = head.argument;
        while left != Some(0) {
            let next = self.head()?;
            if next.major == Major::Break && left.is_none() {
                break;
            }
            self.entry(next.offset)?;
            entry(self, next)?;
            left = left.map(|left| left.saturating_sub(1));
        }
        self.depth -= 1;
        Ok(())
    }

    fn map_after(
        &mut self,
        head: Head,
        mut member: impl FnMut(&mut Self, &Key<'a>) -> Result<()>,
    ) -> Result<()> {
        self.descend(head.offset)?;
        let mut keys = Keys::new(self.at);
        let mut left = head.argument;
        while left != Some(0) {
            let next = self.head()?;
            if next.major == Major::Break && left.is_none() {
                break;
            }
            self.entry(next.offset)?;
            let key = self.key_after(next)?;
            if !self.again && !keys.ascending(&key, next.offset, self.data)? {
                self.tolerated.allow(self.place, || {
                    let message = format!("the map key {} is not in its place", key.shown());
                    Error::new(Code::CborOrder, message).at(next.offset)
                })?;
            }
            member(self, &key)?;
            keys.push(key);
            left = left.map(|left| left.saturating_sub(1));
        }
        self.depth -= 1;
        Ok(())
    }

    fn key_after(&mut self, head: Head) -> Result<Key<'a>> {
        match head.major {
            Major::Unsigned => Ok(Key::Integer(unsigned(head))),
            Major::Negative => Ok(Key::Integer(-1 - unsigned(head))),
            Major::Text => self.text_after(head).map(Key::Text),
            Major::Break => Err(stray_break(head.offset)),
            _ => {
                let message = "a map key that is neither an integer nor text";
                Err(Error::new(Code::CborKeyType, message).at(head.offset))
            }
        }
    }

    /// Room for what is announced, but never more than a few and never more than the input could hold.
    fn likely(&self, head: Head) -> usize {
        head.argument.and_then(|count| usize::try_from(count).ok()).unwrap_or(0).min(8)
    }

    fn descend(&mut self, offset: usize) -> Result<()> {
        self.depth += 1;
        if self.depth > limits::CBOR_DEPTH {
            let message = format!("CBOR nested more than {} deep", limits::CBOR_DEPTH);
            return Err(Error::new(Code::LimitDepth, message).at(offset));
        }
        Ok(())
    }

    fn entry(&mut self, offset: usize) -> Result<()> {
        let error = || {
            let message = format!("more than {} entries in a CBOR item", limits::CBOR_ENTRIES);
            Error::new(Code::LimitCount, message).at(offset)
        };
        self.entries = self.entries.checked_sub(1).ok_or_else(error)?;
        Ok(())
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8]> {
        let rest = self.data.get(self.at..).unwrap_or_default();
        let taken = usize::try_from(length).ok().and_then(|length| rest.get(..length));
        let taken = taken.ok_or_else(|| self.truncated())?;
        self.at += taken.len();
        Ok(taken)
    }

    fn head(&mut self) -> Result<Head> {
        let offset = self.at;
        let byte = *self.data.get(offset).ok_or_else(|| self.truncated())?;
        self.at += 1;
        let info = byte & 0x1f;
        if matches!(info, 28..=30) {
            return Err(reserved(offset));
        }
        let major = match byte >> 5 {
            0 => Major::Unsigned,
            1 => Major::Negative,
            2 => Major::Bytes,
            3 => Major::Text,
            4 => Major::Array,
            5 => Major::Map,
            6 if info == 31 => return Err(reserved(offset)),
            6 => return Err(Error::new(Code::CborTag, "a CBOR tag").at(offset)),
            _ => return simple(info, offset),
        };
        let argument = match info {
            0..=23 => Some(u64::from(info)),
            31 if matches!(major, Major::Unsigned | Major::Negative) => return Err(reserved(offset)),
            31 => {
                self.tolerated.allow(self.place, || {
                    Error::new(Code::CborIndefinite, "a CBOR item of indefinite length").at(offset)
                })?;
                None
            }
            _ => Some(self.long_argument(info, offset)?),
        };
        Ok(Head { major, argument, offset })
    }

    /// RFC 8949 section 3: one, two, four or eight bytes follow.
    fn long_argument(&mut self, info: u8, offset: usize) -> Result<u64> {
        let (length, least) = match info {
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            _ => (8, 1 << 32),
        };
        let number = self.take(length)?.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        if number < least {
            self.tolerated.allow(self.place, || {
                Error::new(Code::CborNonCanonical, "a CBOR number that is not in its shortest form")
                    .at(offset)
            })?;
        }
        Ok(number)
    }

    fn truncated(&self) -> Error {
        Error::new(Code::CborTruncated, "the CBOR item ends too early").at(self.data.len())
    }
}

/// RFC 8949 section 3.3.
fn simple(info: u8, offset: usize) -> Result<Head> {
    let major = match info {
        20 => Major::False,
        21 => Major::True,
        22 => Major::Null,
        31 => Major::Break,
        25..=27 => return Err(Error::new(Code::CborFloat, "a CBOR floating-point number").at(offset)),
        _ => {
            return Err(Error::new(Code::CborSimple, "a CBOR simple value other than false, true and null")
                .at(offset));
        }
    };
    Ok(Head { major, argument: Some(0), offset })
}

fn unsigned(head: Head) -> i128 {
    i128::from(head.argument.unwrap_or(0))
}

fn utf8(bytes: &[u8], offset: usize) -> Result<&str> {
    core::str::from_utf8(bytes).map_err(|error| {
        Error::new(Code::CborUtf8, "a CBOR text string that is not UTF-8").at(offset + error.valid_up_to())
    })
}

fn reserved(offset: usize) -> Error {
    Error::new(Code::CborReserved, "reserved additional information of CBOR").at(offset)
}

fn stray_break(offset: usize) -> Error {
    Error::new(Code::CborBreak, "a CBOR break out of place").at(offset)
}

/// The keys of one map so far. Those in ascending order cannot repeat, so it takes a disorder for them to be
/// gathered: then the map is read once more up to there.
#[derive(Debug)]
struct Keys<'a> {
    /// Where the first key stands.
    start: usize,
    count: usize,
    last: Option<Key<'a>>,
    all: Option<BTreeSet<Key<'a>>>,
}

impl<'a> Keys<'a> {
    fn new(start: usize) -> Self {
        Self { start, count: 0, last: None, all: None }
    }

    /// Whether the key comes after all before it.
    fn ascending(&mut self, key: &Key<'a>, offset: usize, data: &'a [u8]) -> Result<bool> {
        if self.all.is_none() && self.last.as_ref().is_none_or(|last| last < key) {
            return Ok(true);
        }
        let all = match &mut self.all {
            Some(all) => all,
            None => self.all.insert(gather(data, self.start, self.count)?),
        };
        if all.contains(key) {
            let message = format!("the map key {} stands twice", key.shown());
            return Err(Error::new(Code::CborDuplicate, message).at(offset));
        }
        Ok(all.last().is_none_or(|last| last < key))
    }

    fn push(&mut self, key: Key<'a>) {
        self.count += 1;
        match &mut self.all {
            Some(all) => {
                all.insert(key);
            }
            None => self.last = Some(key),
        }
    }
}

/// The keys of so many pairs that were read before.
fn gather(data: &[u8], start: usize, count: usize) -> Result<BTreeSet<Key<'_>>> {
    let mut tolerated = Tolerated::new(Strictness::Interoperable);
    let place = "a map read again";
    let mut again = Reader {
        data,
        at: start,
        depth: 0,
        entries: usize::MAX,
        place,
        tolerated: &mut tolerated,
        again: true,
    };
    let mut keys = BTreeSet::new();
    for _ in 0..count {
        let head = again.head()?;
        keys.insert(again.key_after(head)?);
        again.skip()?;
    }
    Ok(keys)
}

/// Reads for a caller who has no list of deviations.
///
/// # Errors
/// As [`read`].
pub fn decode(data: &[u8], strictness: Strictness) -> Result<Value<'_>> {
    read(data, "cbor", &mut Tolerated::new(strictness))
}
