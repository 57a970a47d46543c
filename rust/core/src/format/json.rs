//! JSON (RFC 8259): a strict reader of one object, over `jiter`, and string writers for each known producer.
//!
//! The reader takes the whole input or nothing, left to right, and the first problem wins: UTF-8, no BOM, the
//! grammar to the letter, no lone surrogate, bounded depth, an object on top, no member of it twice, nothing
//! after it. Numbers are checked for grammar and kept as text.

use std::borrow::Cow;
use std::collections::HashSet;

use jiter::{Jiter, JiterError, JiterErrorType, JsonErrorType, Peek};

use crate::error::{Code, Error, Result, quote};
use crate::limits;

/// Nesting of arrays and objects, the top object included.
const DEPTH: usize = 200;

/// Members from which on their names are kept in a set.
const MANY: usize = 16;

/// A value of a member, with nested ones left as text that [`read_object`] or [`read_array`] can read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A string, unescaped.
    Text(Cow<'a, str>),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// A number as it is written.
    Number(&'a [u8]),
    /// An array as it is written.
    Array(&'a [u8]),
    /// An object as it is written.
    Object(&'a [u8]),
}

/// One member of an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member<'a> {
    /// The name, unescaped.
    pub name: Cow<'a, str>,
    /// Where the value starts, in bytes.
    pub offset: usize,
    /// The value.
    pub value: Value<'a>,
}

/// An object: its members in the order of the text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Object<'a> {
    /// The members; no name stands twice.
    pub members: Vec<Member<'a>>,
}

impl<'a> Object<'a> {
    /// The member of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Member<'a>> {
        self.members.iter().find(|member| member.name == name)
    }
}

/// How much is read at once.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// Bytes of the text.
    pub text: usize,
    /// Values of an array on top; none where the text bounds them well enough.
    pub values: Option<usize>,
}

impl Bounds {
    /// What the protocols exchange.
    pub const MESSAGE: Self = Self { text: limits::JSON_TEXT, values: None };
    /// A FIDO metadata BLOB.
    pub const METADATA: Self = Self { text: limits::METADATA_TEXT, values: Some(limits::METADATA_ENTRIES) };
}

/// Reads text that is one object.
///
/// # Errors
/// `limit.size`, `limit.depth`, `limit.count`, `json.utf8`, `json.bom`, `json.syntax`, `json.surrogate`,
/// `json.shape`, `json.duplicate`, `json.trailing`, with the offset in bytes.
pub fn read_object(data: &[u8]) -> Result<Object<'_>> {
    read_object_within(data, Bounds::MESSAGE)
}

/// As [`read_object`], with bounds of the caller's on the text.
///
/// # Errors
/// Those of [`read_object`].
pub fn read_object_within(data: &[u8], bounds: Bounds) -> Result<Object<'_>> {
    check_text(data, bounds.text)?;
    let mut reader = Jiter::new(data);
    let deep = too_deep(data);
    object(&mut reader)
        .map_err(|error| match deep {
            Some(offset) if error.offset().is_none_or(|at| at >= offset) => depth_error(offset),
            _ => error,
        })
        .and_then(|object| deep.map_or(Ok(object), |offset| Err(depth_error(offset))))
}

/// Reads text that is one array, given by [`Value::Array`].
///
/// # Errors
/// Those of [`read_object`], for an array.
pub fn read_array(data: &[u8]) -> Result<Vec<Value<'_>>> {
    read_array_within(data, Bounds::MESSAGE)
}

/// As [`read_array`], with bounds of the caller's.
///
/// # Errors
/// Those of [`read_array`]; `limit.count`.
pub fn read_array_within(data: &[u8], bounds: Bounds) -> Result<Vec<Value<'_>>> {
    check_text(data, bounds.text)?;
    let mut reader = Jiter::new(data);
    let mut values = Vec::new();
    let mut next = reader.next_array().map_err(|error| from_jiter(&error))?;
    while let Some(peek) = next {
        if bounds.values.is_some_and(|most| values.len() == most) {
            let message = format!("an array of more than {} values", values.len());
            return Err(Error::new(Code::LimitCount, message).at(reader.current_index()));
        }
        values.push(value(&mut reader, peek)?);
        next = reader.array_step().map_err(|error| from_jiter(&error))?;
    }
    reader.finish().map_err(|error| from_jiter(&error))?;
    Ok(values)
}

fn check_text(data: &[u8], most: usize) -> Result<()> {
    if data.len() > most {
        let message = format!("JSON text of {} bytes is over the limit of {most}", data.len());
        return Err(Error::new(Code::LimitSize, message));
    }
    if let Err(error) = core::str::from_utf8(data) {
        return Err(Error::new(Code::JsonUtf8, "the text is not UTF-8").at(error.valid_up_to()));
    }
    if data.starts_with(b"\xef\xbb\xbf") {
        return Err(Error::new(Code::JsonBom, "the text starts with a byte order mark").at(0));
    }
    Ok(())
}

fn object<'a>(reader: &mut Jiter<'a>) -> Result<Object<'a>> {
    let peek = reader.peek().map_err(|error| from_jiter(&error))?;
    if peek != Peek::Object {
        let message = "the text is not a JSON object";
        return Err(Error::new(Code::JsonShape, message).at(reader.current_index()));
    }
    let mut object = Object { members: Vec::with_capacity(8) };
    // Looking through a few members is quicker than hashing; many would take quadratic time.
    let mut names: HashSet<String> = HashSet::new();
    let mut name = reader.known_object().map_err(|error| from_jiter(&error))?.map(str::to_owned);
    while let Some(found) = name {
        let is_known = match object.members.len() {
            0..=MANY => object.get(&found).is_some(),
            _ => names.contains(&found),
        };
        if is_known {
            let message = format!("the member {} stands twice", quote(&found));
            return Err(Error::new(Code::JsonDuplicate, message).at(reader.current_index()));
        }
        if object.members.len() == limits::JSON_MEMBERS {
            let message = format!("more than {} members", limits::JSON_MEMBERS);
            return Err(Error::new(Code::LimitCount, message));
        }
        let peek = reader.peek().map_err(|error| from_jiter(&error))?;
        let offset = reader.current_index();
        let value = value(reader, peek)?;
        if object.members.len() == MANY {
            names.extend(object.members.iter().map(|member| member.name.to_string()));
        }
        if object.members.len() >= MANY {
            names.insert(found.clone());
        }
        object.members.push(Member { name: Cow::Owned(found), offset, value });
        name = reader.next_key().map_err(|error| from_jiter(&error))?.map(str::to_owned);
    }
    reader.finish().map_err(|error| from_jiter(&error))?;
    Ok(object)
}

fn value<'a>(reader: &mut Jiter<'a>, peek: Peek) -> Result<Value<'a>> {
    let start = reader.current_index();
    let value = match peek {
        Peek::String => reader.known_str().map(|text| Value::Text(Cow::Owned(text.to_owned()))),
        Peek::True | Peek::False => reader.known_bool(peek).map(Value::Bool),
        Peek::Null => reader.known_null().map(|()| Value::Null),
        Peek::Array => reader.known_skip(peek).map(|()| Value::Array(reader.slice_to_current(start))),
        Peek::Object => reader.known_skip(peek).map(|()| Value::Object(reader.slice_to_current(start))),
        _ => reader.known_skip(peek).map(|()| Value::Number(reader.slice_to_current(start))),
    };
    value.map_err(|error| from_jiter(&error))
}

fn from_jiter(error: &JiterError) -> Error {
    let (code, message) = match &error.error_type {
        JiterErrorType::WrongType { .. } => {
            (Code::JsonShape, "the text is not of the JSON type it is due to be")
        }
        JiterErrorType::JsonError(kind) => match kind {
            // After a leading surrogate, jiter reports whatever is not its partner as an ended escape.
            JsonErrorType::LoneLeadingSurrogateInHexEscape | JsonErrorType::UnexpectedEndOfHexEscape => {
                (Code::JsonSurrogate, "a lone surrogate in a string")
            }
            JsonErrorType::TrailingCharacters => (Code::JsonTrailing, "text after the JSON value"),
            JsonErrorType::RecursionLimitExceeded => return depth_error(error.index),
            JsonErrorType::NumberOutOfRange => {
                let message = format!("a JSON number of more than {} digits", limits::JSON_DIGITS);
                return Error::new(Code::LimitSize, message).at(error.index);
            }
            _ => (Code::JsonSyntax, "the text is not valid JSON"),
        },
    };
    Error::new(code, message).at(error.index)
}

fn depth_error(offset: usize) -> Error {
    Error::new(Code::LimitDepth, format!("JSON nested more than {DEPTH} deep")).at(offset)
}

/// Where nesting passes the bound. `jiter` has a bound of its own but does not count empty arrays.
fn too_deep(data: &[u8]) -> Option<usize> {
    let is_opening = |byte: &u8| matches!(byte, b'[' | b'{');
    if data.iter().filter(|byte| is_opening(byte)).count() <= DEPTH {
        return None;
    }
    let (mut depth, mut in_string, mut escaped) = (0_usize, false, false);
    for (offset, byte) in data.iter().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                if depth > DEPTH {
                    return Some(offset);
                }
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}

/// How a producer escapes strings. All write compact UTF-8 and escape `"` and `\`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Escaping {
    /// `JSON.stringify` of ECMAScript, and every encoder that escapes no more than it must.
    JavaScript,
    /// `json.dumps` of Python with `ensure_ascii`.
    Python,
    /// `encoding/json` of Go 1.22 and later.
    Go,
    /// `encoding/json` of Go before 1.22, without the short forms of U+0008 and U+000C.
    GoBefore122,
    /// Jackson 2 (Java) to bytes, which writes hexadecimal digits in upper case, and each half of a surrogate
    /// pair in them, so everything beyond U+FFFF.
    Jackson,
}

/// Writes `text` as a JSON string, quotation marks included.
pub fn write_string(out: &mut String, text: &str, escaping: Escaping) {
    out.push('"');
    let mut rest = text;
    while let Some(at) = next_special(rest.as_bytes(), escaping) {
        let (plain, tail) = rest.split_at(at);
        out.push_str(plain);
        let mut characters = tail.chars();
        match characters.next() {
            Some(c) if needs_escape(c, escaping) => write_escape(out, c, escaping),
            Some(c) => out.push(c),
            None => {}
        }
        rest = characters.as_str();
    }
    out.push_str(rest);
    out.push('"');
}

/// Where the first character starts that may have to be escaped, told by its first byte alone.
fn next_special(bytes: &[u8], escaping: Escaping) -> Option<usize> {
    let always = |byte: u8| (byte < 0x20) | (byte == b'"') | (byte == b'\\');
    match escaping {
        Escaping::JavaScript => find(bytes, always),
        // 0xf0 and up lead what lies beyond U+FFFF.
        Escaping::Jackson => find(bytes, |byte| always(byte) | (byte >= 0xf0)),
        Escaping::Python => find(bytes, |byte| always(byte) | (byte >= 0x7f)),
        Escaping::Go | Escaping::GoBefore122 => find(bytes, |byte| {
            // 0xe2 leads U+2028 and U+2029.
            always(byte) | (byte == b'<') | (byte == b'>') | (byte == b'&') | (byte == 0xe2)
        }),
    }
}

/// The first byte of that kind. Whole blocks are judged without a branch, which compiles to vector code.
fn find(bytes: &[u8], is_special: impl Fn(u8) -> bool) -> Option<usize> {
    let (blocks, _) = bytes.as_chunks::<16>();
    let is_plain = |block: &&[u8; 16]| !block.iter().fold(false, |any, byte| any | is_special(*byte));
    let start = 16 * blocks.iter().take_while(is_plain).count();
    bytes.get(start..)?.iter().position(|byte| is_special(*byte)).map(|at| start + at)
}

fn needs_escape(c: char, escaping: Escaping) -> bool {
    match c {
        '"' | '\\' | '\0'..='\u{1f}' => true,
        '\u{7f}'.. if escaping == Escaping::Python => true,
        '\u{10000}'.. if escaping == Escaping::Jackson => true,
        '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
            matches!(escaping, Escaping::Go | Escaping::GoBefore122)
        }
        _ => false,
    }
}

fn write_escape(out: &mut String, c: char, escaping: Escaping) {
    let short = match c {
        '"' => Some("\\\""),
        '\\' => Some("\\\\"),
        '\t' => Some("\\t"),
        '\n' => Some("\\n"),
        '\r' => Some("\\r"),
        '\u{8}' if escaping != Escaping::GoBefore122 => Some("\\b"),
        '\u{c}' if escaping != Escaping::GoBefore122 => Some("\\f"),
        _ => None,
    };
    if let Some(short) = short {
        out.push_str(short);
        return;
    }
    let digits: &[u8; 16] =
        if escaping == Escaping::Jackson { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
    let mut units = [0; 2];
    for unit in c.encode_utf16(&mut units) {
        out.push_str("\\u");
        for shift in [12, 8, 4, 0] {
            let nibble = usize::from((*unit >> shift) & 0xf);
            out.push(char::from(digits.get(nibble).copied().unwrap_or(b'0')));
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::{
        Bounds, Escaping, Value, read_array, read_array_within, read_object, read_object_within, write_string,
    };
    use crate::error::Code;

    fn code_of(text: impl AsRef<[u8]>) -> (Code, Option<usize>) {
        let error = read_object(text.as_ref()).unwrap_err();
        (error.code(), error.offset())
    }

    #[test]
    fn members_come_in_order_with_offsets() {
        let object =
            read_object(b" {\"a\":\"x\\u00e9\", \"b\" : [1,{}] ,\"c\":{\"d\":-1.5e3},\"e\":true} ").unwrap();
        let names: Vec<_> = object.members.iter().map(|m| (m.name.as_ref(), m.offset)).collect();
        assert_eq!(names, [("a", 6), ("b", 23), ("c", 35), ("e", 52)]);
        assert_eq!(object.get("a").unwrap().value, Value::Text("xé".into()));
        assert_eq!(object.get("b").unwrap().value, Value::Array(b"[1,{}]"));
        assert_eq!(object.get("c").unwrap().value, Value::Object(b"{\"d\":-1.5e3}"));
        assert_eq!(read_array(b"[1,\"a\"]").unwrap(), [Value::Number(b"1"), Value::Text("a".into())]);
    }

    #[test]
    fn each_fault_has_its_code_and_offset() {
        for (text, code, offset) in [
            (&b"\xef\xbb\xbf{}"[..], Code::JsonBom, 0),
            (b"{\"a\":\"\xff\"}", Code::JsonUtf8, 6),
            (b"[]", Code::JsonShape, 0),
            (b" \"a\"", Code::JsonShape, 1),
            (b"{\"a\":1,\"a\":2}", Code::JsonDuplicate, 11),
            (b"{\"a\":1,\"\\u0061\":2}", Code::JsonDuplicate, 16),
            (b"{} x", Code::JsonTrailing, 3),
            (b"{}{}", Code::JsonTrailing, 2),
        ] {
            assert_eq!(code_of(text), (code, Some(offset)), "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn what_the_grammar_does_not_hold_is_refused() {
        for text in [
            "",
            " ",
            "{",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1",
            "{\"a\":1,}",
            "{,}",
            "{a:1}",
            "{'a':1}",
            "{\"a\":01}",
            "{\"a\":+1}",
            "{\"a\":.5}",
            "{\"a\":1.}",
            "{\"a\":NaN}",
            "{\"a\":Infinity}",
            "{\"a\":-Infinity}",
            "{\"a\":\"\u{1}\"}",
            "{\"a\":\"\t\"}",
            "{\"a\":\"\\x\"}",
            "{\"a\":\"\\u12g4\"}",
            "{\"a\":tru}",
            "{\"a\":1 /**/}",
            "{\"a\":[1,]}",
            "{\"a\":-}",
            "{\"a\":1e}",
        ] {
            assert_eq!(code_of(text).0, Code::JsonSyntax, "{text:?}");
        }
        for text in [r#"{"a":"\ud800"}"#, r#"{"a":"\udc00\ud800"}"#, r#"{"a":{"b":"\ud800x"}}"#] {
            assert_eq!(code_of(text).0, Code::JsonSurrogate, "{text:?}");
        }
    }

    #[test]
    fn depth_is_bounded_exactly() {
        let nested = |depth: usize| format!("{{\"a\":{}{}}}", "[".repeat(depth), "]".repeat(depth));
        read_object(nested(199).as_bytes()).unwrap();
        assert_eq!(code_of(nested(200)), (Code::LimitDepth, Some(5 + 199)));
        assert_eq!(code_of(nested(100_000)).0, Code::LimitDepth);
        assert_eq!(code_of(format!("{{\"a\":{}", "{\"a\":".repeat(100_000))).0, Code::LimitDepth);
        assert_eq!(code_of(format!("{{\"a\":x{}", "[".repeat(300))).0, Code::JsonSyntax);
        read_object(format!("{{\"a\":\"{}\"}}", "[".repeat(300)).as_bytes()).unwrap();
    }

    #[test]
    fn the_digits_of_a_number_are_bounded() {
        let number = |digits: usize| format!("{{\"a\":[-{}]}}", "9".repeat(digits));
        read_object(number(super::limits::JSON_DIGITS).as_bytes()).unwrap();
        assert_eq!(code_of(number(super::limits::JSON_DIGITS + 1)).0, Code::LimitSize);
        read_object(format!("{{\"a\":0.{}}}", "0".repeat(9000)).as_bytes()).unwrap();
    }

    #[test]
    fn size_and_members_are_bounded() {
        assert_eq!(code_of(vec![b' '; 1024 * 1024 + 1]).0, Code::LimitSize);
        let many = |n: usize| {
            let members: Vec<String> = (0..n).map(|i| format!("\"{i}\":0")).collect();
            format!("{{{}}}", members.join(","))
        };
        read_object(many(1024).as_bytes()).unwrap();
        assert_eq!(code_of(many(1025)).0, Code::LimitCount);
    }

    #[test]
    fn other_bounds_hold_only_where_they_are_asked_for() {
        let text = format!("{{\"a\":[{}0]}}", " ".repeat(1024 * 1024));
        assert_eq!(code_of(&text).0, Code::LimitSize);
        read_object_within(text.as_bytes(), Bounds::METADATA).unwrap();
        let most = super::limits::METADATA_ENTRIES;
        let array = |count: usize| format!("[{}]", vec!["0"; count].join(","));
        assert_eq!(read_array_within(array(most).as_bytes(), Bounds::METADATA).unwrap().len(), most);
        let error = read_array_within(array(most + 1).as_bytes(), Bounds::METADATA).unwrap_err();
        assert_eq!(error.code(), Code::LimitCount);
        read_array(array(most + 1).as_bytes()).unwrap();
    }

    #[test]
    fn each_producer_escapes_as_it_does() {
        let text = "\"\\\u{8}\t\n\u{c}\r\u{1}\u{1f}\u{7f}<>&/é\u{2028}😀";
        let written = |escaping| {
            let mut out = String::new();
            write_string(&mut out, text, escaping);
            out
        };
        let js = "\"\\\"\\\\\\b\\t\\n\\f\\r\\u0001\\u001f\u{7f}<>&/é\u{2028}😀\"";
        assert_eq!(written(Escaping::JavaScript), js);
        let jackson = js.replace("\\u001f", "\\u001F").replace('😀', "\\uD83D\\uDE00");
        assert_eq!(written(Escaping::Jackson), jackson);
        assert_eq!(
            written(Escaping::Python),
            "\"\\\"\\\\\\b\\t\\n\\f\\r\\u0001\\u001f\\u007f<>&/\\u00e9\\u2028\\ud83d\\ude00\""
        );
        let go = "\"\\\"\\\\\\b\\t\\n\\f\\r\\u0001\\u001f\u{7f}\\u003c\\u003e\\u0026/é\\u2028😀\"";
        assert_eq!(written(Escaping::Go), go);
        assert_eq!(written(Escaping::GoBefore122), go.replace("\\b", "\\u0008").replace("\\f", "\\u000c"));
    }
}
