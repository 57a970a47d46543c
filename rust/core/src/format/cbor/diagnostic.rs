//! Diagnostic notation (RFC 8949 section 8) of items that the reader takes.

use super::{Head, Key, Major, Reader, Value, read_with};
use crate::error::Result;
use crate::format::json::{Escaping, write_string};
use crate::format::tolerance::{Strictness, Tolerated};

/// Writes the item as text, on one line; an underscore marks an indefinite length.
///
/// # Errors
/// Those of [`super::read`].
pub fn diagnostic(data: &[u8], strictness: Strictness) -> Result<String> {
    let mut tolerated = Tolerated::new(strictness);
    read_with(data, "cbor", &mut tolerated, |reader| {
        let mut out = String::new();
        item(&mut out, reader)?;
        Ok(out)
    })
}

fn item(out: &mut String, reader: &mut Reader<'_, '_>) -> Result<()> {
    let head = reader.head()?;
    item_after(out, reader, head)
}

fn item_after(out: &mut String, reader: &mut Reader<'_, '_>, head: Head) -> Result<()> {
    match head.major {
        Major::Array => {
            out.push_str(if head.argument.is_none() { "[_ " } else { "[" });
            let mut first = true;
            reader.array_after(head, |reader, next| {
                separate(out, &mut first);
                item_after(out, reader, next)
            })?;
            out.push(']');
        }
        Major::Map => {
            out.push_str(if head.argument.is_none() { "{_ " } else { "{" });
            let mut first = true;
            let mut start = reader.at;
            reader.map_after(head, |reader, key| {
                separate(out, &mut first);
                match key {
                    Key::Integer(number) => out.push_str(&number.to_string()),
                    Key::Text(_) if reader.data.get(start) == Some(&CHUNKED_TEXT) => {
                        chunks(out, reader, start)?
                    }
                    Key::Text(text) => write_string(out, text, Escaping::JavaScript),
                }
                out.push_str(": ");
                item(out, reader)?;
                start = reader.at;
                Ok(())
            })?;
            out.push('}');
        }
        Major::Bytes | Major::Text if head.argument.is_none() => {
            reader.value_after(head)?;
            chunks(out, reader, head.offset)?;
        }
        _ => scalar(out, &reader.value_after(head)?),
    }
    Ok(())
}

/// The first byte of a text string in chunks.
const CHUNKED_TEXT: u8 = 0x7f;

/// A string that begins at `start` and was read to its end: its chunks are read again and shown one by one. A
/// string of no chunks has a notation of its own (section 8.1).
fn chunks(out: &mut String, reader: &mut Reader<'_, '_>, start: usize) -> Result<()> {
    let end = reader.at;
    reader.at = start + 1;
    if reader.at + 1 == end {
        out.push_str(if reader.data.get(start) == Some(&CHUNKED_TEXT) { "\"\"_" } else { "''_" });
    } else {
        out.push_str("(_ ");
        let mut first = true;
        while reader.at + 1 < end {
            separate(out, &mut first);
            item(out, reader)?;
        }
        out.push(')');
    }
    reader.at = end;
    Ok(())
}

fn separate(out: &mut String, first: &mut bool) {
    if !core::mem::take(first) {
        out.push_str(", ");
    }
}

fn scalar(out: &mut String, value: &Value<'_>) {
    match value {
        Value::Integer(number) => out.push_str(&number.to_string()),
        Value::Bytes(bytes) => {
            out.push_str("h'");
            out.push_str(&crate::format::hex::encode(bytes));
            out.push('\'');
        }
        Value::Text(text) => write_string(out, text, Escaping::JavaScript),
        Value::Bool(flag) => out.push_str(if *flag { "true" } else { "false" }),
        Value::Null => out.push_str("null"),
        Value::Array(_) | Value::Map(_) => {}
    }
}
