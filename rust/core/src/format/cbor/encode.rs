//! Writing CBOR in the canonical form of CTAP2 (section 8): shortest forms, ordered keys, definite lengths.

use super::{Key, Value};
use crate::error::{Code, Error, Result};
use crate::limits;

/// Writes an item.
///
/// # Errors
/// `argument.value` for a number out of range or a map key that stands twice, `limit.depth`.
pub fn encode(value: &Value<'_>) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    write(&mut out, value, 0)?;
    Ok(out)
}

fn write(out: &mut Vec<u8>, value: &Value<'_>, depth: usize) -> Result<()> {
    if matches!(value, Value::Array(_) | Value::Map(_)) && depth == limits::CBOR_DEPTH {
        let message = format!("CBOR nested more than {} deep", limits::CBOR_DEPTH);
        return Err(Error::new(Code::LimitDepth, message));
    }
    match value {
        Value::Integer(number) => integer(out, *number)?,
        Value::Bytes(bytes) => string(out, 2, bytes),
        Value::Text(text) => string(out, 3, text.as_bytes()),
        Value::Array(values) => {
            head(out, 4, length(values.len()));
            values.iter().try_for_each(|value| write(out, value, depth + 1))?;
        }
        Value::Map(pairs) => {
            head(out, 5, length(pairs.len()));
            let mut ordered: Vec<_> = pairs.iter().collect();
            ordered.sort_by(|(one, _), (other, _)| one.cmp(other));
            let mut previous: Option<&Key<'_>> = None;
            for (key, _) in &ordered {
                if previous.replace(key) == Some(key) {
                    let message = format!("the map key {} stands twice", key.shown());
                    return Err(Error::new(Code::ArgumentValue, message));
                }
            }
            for (key, value) in ordered {
                match key {
                    Key::Integer(number) => integer(out, *number)?,
                    Key::Text(text) => string(out, 3, text.as_bytes()),
                }
                write(out, value, depth + 1)?;
            }
        }
        Value::Bool(flag) => out.push(if *flag { 0xf5 } else { 0xf4 }),
        Value::Null => out.push(0xf6),
    }
    Ok(())
}

fn integer(out: &mut Vec<u8>, number: i128) -> Result<()> {
    let (major, magnitude) = if number < 0 { (1, -1 - number) } else { (0, number) };
    let magnitude = u64::try_from(magnitude)
        .map_err(|_| Error::new(Code::ArgumentValue, "an integer that CBOR holds only as a bignum"))?;
    head(out, major, magnitude);
    Ok(())
}

fn string(out: &mut Vec<u8>, major: u8, bytes: &[u8]) {
    head(out, major, length(bytes.len()));
    out.extend_from_slice(bytes);
}

fn length(length: usize) -> u64 {
    u64::try_from(length).unwrap_or(u64::MAX)
}

fn head(out: &mut Vec<u8>, major: u8, argument: u64) {
    let major = major << 5;
    let bytes = argument.to_be_bytes();
    let (info, following): (u8, &[u8]) = match (argument, &bytes) {
        (0..24, [.., last]) => {
            out.push(major | last);
            return;
        }
        (..0x100, [.., last]) => (24, core::slice::from_ref(last)),
        (..0x1_0000, [_, _, _, _, _, _, last @ ..]) => (25, last),
        (..0x1_0000_0000, [_, _, _, _, last @ ..]) => (26, last),
        _ => (27, &bytes),
    };
    out.push(major | info);
    out.extend_from_slice(following);
}
