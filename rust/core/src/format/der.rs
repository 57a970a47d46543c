//! DER (ITU-T X.690 section 10): a reader without copies and a writer without reallocation. Layer: format.
//!
//! Only what keys and certificates need: tags of one byte (longer ones by [`Reader::any_numbered`] alone) and
//! definite, minimal lengths. Bytes left after a complete structure are an error at every level, because
//! [`read`] and [`Element::inside`] are the only ways in and both look at the end. Errors carry the offset in
//! the whole input. Private keys pass through here, so nothing that holds bytes has a `Debug` that shows them,
//! and [`encode_secret`] leaves no copy behind.
//!
//! Every read fails with `der.truncated`, `der.tag` or `der.length`; the typed ones also with `der.value`;
//! the end of a structure with `der.trailing`.

use crate::error::{Code, Error, Result};
use crate::limits;
use crate::secret::Secret;

/// Identifier octets (X.690 section 8.1.2).
pub mod tag {
    /// BOOLEAN
    pub const BOOLEAN: u8 = 0x01;
    /// INTEGER
    pub const INTEGER: u8 = 0x02;
    /// BIT STRING
    pub const BIT_STRING: u8 = 0x03;
    /// OCTET STRING
    pub const OCTET_STRING: u8 = 0x04;
    /// NULL
    pub const NULL: u8 = 0x05;
    /// OBJECT IDENTIFIER
    pub const OID: u8 = 0x06;
    /// ENUMERATED
    pub const ENUMERATED: u8 = 0x0a;
    /// `UTF8String`
    pub const UTF8_STRING: u8 = 0x0c;
    /// `NumericString`
    pub const NUMERIC_STRING: u8 = 0x12;
    /// `PrintableString`
    pub const PRINTABLE_STRING: u8 = 0x13;
    /// `IA5String`
    pub const IA5_STRING: u8 = 0x16;
    /// `UTCTime`
    pub const UTC_TIME: u8 = 0x17;
    /// `GeneralizedTime`
    pub const GENERALIZED_TIME: u8 = 0x18;
    /// `VisibleString`
    pub const VISIBLE_STRING: u8 = 0x1a;
    /// `UniversalString`
    pub const UNIVERSAL_STRING: u8 = 0x1c;
    /// `BMPString`
    pub const BMP_STRING: u8 = 0x1e;
    /// SEQUENCE and SEQUENCE OF
    pub const SEQUENCE: u8 = 0x30;
    /// SET and SET OF
    pub const SET: u8 = 0x31;
    /// \[0\] around other elements
    pub const CONTEXT_0: u8 = 0xa0;
    /// \[1\] around other elements
    pub const CONTEXT_1: u8 = 0xa1;
    /// \[2\] around other elements
    pub const CONTEXT_2: u8 = 0xa2;
    /// \[3\] around other elements
    pub const CONTEXT_3: u8 = 0xa3;
    /// \[0\] IMPLICIT in the place of a primitive tag
    pub const CONTEXT_0_PRIMITIVE: u8 = 0x80;
    /// \[1\] IMPLICIT in the place of a primitive tag
    pub const CONTEXT_1_PRIMITIVE: u8 = 0x81;
    /// \[2\] IMPLICIT in the place of a primitive tag
    pub const CONTEXT_2_PRIMITIVE: u8 = 0x82;
}

/// Reads one whole input.
pub fn read<'a, T>(input: &'a [u8], parse: impl FnOnce(&mut Reader<'a>) -> Result<T>) -> Result<T> {
    if input.len() > limits::DER {
        return Err(Error::new(Code::LimitSize, "the DER structure is longer than 64 KiB"));
    }
    whole(Reader { rest: input, offset: 0 }, parse)
}

fn whole<'a, T>(mut reader: Reader<'a>, parse: impl FnOnce(&mut Reader<'a>) -> Result<T>) -> Result<T> {
    let value = parse(&mut reader)?;
    if reader.is_empty() {
        return Ok(value);
    }
    Err(Error::new(Code::DerTrailing, "bytes left over after a DER structure").at(reader.offset))
}

/// Elements one after another.
pub struct Reader<'a> {
    rest: &'a [u8],
    offset: usize,
}

/// One element.
#[derive(Clone, Copy)]
pub struct Element<'a> {
    /// The identifier octet.
    pub tag: u8,
    /// What stands inside.
    pub content: &'a [u8],
    /// Where the content begins in the whole input.
    pub offset: usize,
}

impl<'a> Reader<'a> {
    /// Whether nothing is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next element.
    #[must_use]
    pub fn peek_tag(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// Leaves the rest to another reader.
    pub fn skip_rest(&mut self) {
        self.rest = &[];
    }

    /// The next element, whatever its tag.
    pub fn any(&mut self) -> Result<Element<'a>> {
        if self.peek_tag().is_some_and(|tag| tag & 0x1f == 0x1f) {
            return Err(self.wrong_tag());
        }
        let tag = self.byte()?;
        let length = self.length()?;
        let offset = self.offset;
        Ok(Element { tag, content: self.take(length)?, offset })
    }

    /// The next element with its tag's number, which may have any length (X.690 section 8.1.2.4) but only its
    /// shortest form, and at most 28 bits. The element's tag is the first octet: class and form.
    pub fn any_numbered(&mut self) -> Result<(u32, Element<'a>)> {
        match self.peek_tag() {
            Some(tag) if tag & 0x1f != 0x1f => return Ok((u32::from(tag & 0x1f), self.any()?)),
            _ => {}
        }
        let start = self.offset;
        let refused = || Error::new(Code::DerTag, "a DER tag that is not minimal, or too large").at(start);
        let tag = self.byte()?;
        let mut number = 0_u32;
        loop {
            let byte = self.byte()?;
            if (number == 0 && byte == 0x80) || number >= 1 << 21 {
                return Err(refused());
            }
            number = (number << 7) | u32::from(byte & 0x7f);
            if byte < 0x80 {
                break;
            }
        }
        if number < 0x1f {
            return Err(refused());
        }
        let length = self.length()?;
        let offset = self.offset;
        Ok((number, Element { tag, content: self.take(length)?, offset }))
    }

    /// The next element, which must have this tag, and its encoding with identifier and length.
    pub fn encoded(&mut self, tag: u8) -> Result<(Element<'a>, &'a [u8])> {
        match self.peek_tag() {
            Some(found) if found != tag => Err(self.wrong_tag()),
            _ => self.any_encoded(),
        }
    }

    /// The next element, whatever its tag, and its encoding with identifier and length.
    pub fn any_encoded(&mut self) -> Result<(Element<'a>, &'a [u8])> {
        let before = self.rest;
        let element = self.any()?;
        let length = before.len() - self.rest.len();
        Ok((element, before.get(..length).unwrap_or_default()))
    }

    /// The next element, which must have this tag.
    pub fn element(&mut self, tag: u8) -> Result<Element<'a>> {
        match self.peek_tag() {
            Some(found) if found != tag => Err(self.wrong_tag()),
            _ => self.any(),
        }
    }

    /// The next element if it has this tag.
    pub fn optional(&mut self, tag: u8) -> Result<Option<Element<'a>>> {
        if self.peek_tag() == Some(tag) { self.any().map(Some) } else { Ok(None) }
    }

    /// A SEQUENCE, read to its end.
    pub fn sequence<T>(&mut self, parse: impl FnOnce(&mut Reader<'a>) -> Result<T>) -> Result<T> {
        self.element(tag::SEQUENCE)?.inside(parse)
    }

    /// An OCTET STRING.
    pub fn octet_string(&mut self) -> Result<Element<'a>> {
        self.element(tag::OCTET_STRING)
    }

    /// A BIT STRING of whole bytes, which are its content here.
    pub fn bit_string(&mut self) -> Result<Element<'a>> {
        self.element(tag::BIT_STRING)?.bits()
    }

    /// A BOOLEAN.
    pub fn boolean(&mut self) -> Result<bool> {
        self.element(tag::BOOLEAN)?.boolean()
    }

    /// An ENUMERATED that is not negative, as [`Self::small_integer`].
    pub fn enumerated(&mut self) -> Result<u64> {
        self.element(tag::ENUMERATED)?.unsigned().map(saturating)
    }

    /// The content octets of an OBJECT IDENTIFIER.
    pub fn oid(&mut self) -> Result<&'a [u8]> {
        self.element(tag::OID)?.oid()
    }

    /// An INTEGER that is not negative: big-endian, without leading zeros, zero as one byte.
    pub fn integer_unsigned(&mut self) -> Result<&'a [u8]> {
        self.element(tag::INTEGER)?.unsigned()
    }

    /// An INTEGER that is not negative; one over 64 bits gives the largest number, which is over any bound.
    pub fn small_integer(&mut self) -> Result<u64> {
        self.integer_unsigned().map(saturating)
    }

    fn byte(&mut self) -> Result<u8> {
        let (first, rest) = self.rest.split_first().ok_or_else(|| self.truncated())?;
        self.rest = rest;
        self.offset += 1;
        Ok(*first)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(length).ok_or_else(|| self.truncated())?;
        self.rest = rest;
        self.offset += length;
        Ok(taken)
    }

    /// X.690 sections 8.1.3 and 10.1. More than four length bytes are refused unread.
    fn length(&mut self) -> Result<usize> {
        let start = self.offset;
        let refused =
            || Error::new(Code::DerLength, "a DER length that is not definite and minimal").at(start);
        let count = match self.byte()? {
            short @ ..=0x7f => return Ok(usize::from(short)),
            long @ 0x81..=0x84 => usize::from(long & 0x7f),
            _ => return Err(refused()),
        };
        let bytes = self.take(count)?;
        let length = saturating(bytes);
        if length < 0x80 || bytes.first() == Some(&0) {
            return Err(refused());
        }
        // A length that no address space holds is past the end of the input.
        usize::try_from(length).map_err(|_| self.truncated())
    }

    fn truncated(&self) -> Error {
        Error::new(Code::DerTruncated, "the DER structure ends too early").at(self.offset)
    }

    fn wrong_tag(&self) -> Error {
        Error::new(Code::DerTag, "a DER element of another kind is due").at(self.offset)
    }
}

impl<'a> Element<'a> {
    /// Reads the content as elements, to its end.
    pub fn inside<T>(&self, parse: impl FnOnce(&mut Reader<'a>) -> Result<T>) -> Result<T> {
        whole(Reader { rest: self.content, offset: self.offset }, parse)
    }

    /// The content as an integer that is not negative (X.690 section 8.3): without leading zeros, zero as one
    /// byte.
    pub fn unsigned(&self) -> Result<&'a [u8]> {
        match self.content {
            [] | [0x80..=0xff, ..] | [0, ..=0x7f, ..] => {
                Err(self.wrong("an INTEGER that is negative or not minimal"))
            }
            [0, magnitude @ ..] if !magnitude.is_empty() => Ok(magnitude),
            magnitude => Ok(magnitude),
        }
    }

    /// The content as an integer (X.690 section 8.3): two's complement in as few octets as can be.
    pub fn signed(&self) -> Result<&'a [u8]> {
        match self.content {
            [] | [0, ..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => {
                Err(self.wrong("an INTEGER that is not minimal"))
            }
            octets => Ok(octets),
        }
    }

    /// The content as a truth value (X.690 sections 8.2 and 11.1).
    pub fn boolean(&self) -> Result<bool> {
        match self.content {
            [0] => Ok(false),
            [0xff] => Ok(true),
            _ => Err(self.wrong("a BOOLEAN that is neither 00 nor ff")),
        }
    }

    /// The content as a bit string of any length (X.690 sections 8.6 and 11.2.1): how many bits of the last
    /// octet are unused, which are zero, and the octets.
    pub fn bits_unused(&self) -> Result<(u8, &'a [u8])> {
        let refused = || self.wrong("a malformed BIT STRING");
        match self.content {
            [0] => Ok((0, &[])),
            [unused @ ..=7, octets @ ..] => {
                let last = octets.last().ok_or_else(refused)?;
                if last & !(0xff << unused) == 0 { Ok((*unused, octets)) } else { Err(refused()) }
            }
            _ => Err(refused()),
        }
    }

    /// The content as a bit string of whole bytes (X.690 section 8.6).
    pub fn bits(&self) -> Result<Self> {
        match self.content {
            [0, content @ ..] => Ok(Self { tag: self.tag, content, offset: self.offset + 1 }),
            _ => Err(self.wrong("a BIT STRING that is not of whole bytes")),
        }
    }

    /// The content as an object identifier (X.690 section 8.19): its octets, of which none begins a number
    /// with zero bits and the last ends one.
    pub fn oid(&self) -> Result<&'a [u8]> {
        let ends = self.content.last().is_some_and(|byte| *byte < 0x80);
        let padded = self.content.first() == Some(&0x80)
            || self.content.windows(2).any(|pair| matches!(pair, [..0x80, 0x80]));
        if ends && !padded { Ok(self.content) } else { Err(self.wrong("a malformed OBJECT IDENTIFIER")) }
    }

    /// An error about the value of this element.
    #[must_use]
    pub fn wrong(&self, message: &'static str) -> Error {
        Error::new(Code::DerValue, message).at(self.offset)
    }
}

/// A big-endian number, or the largest one where it is longer.
#[must_use]
pub fn saturating(bytes: &[u8]) -> u64 {
    let digit = |number: u64, byte: &u8| number.checked_mul(256)?.checked_add(u64::from(*byte));
    bytes.iter().try_fold(0, digit).unwrap_or(u64::MAX)
}

/// An object identifier in digits and dots (X.690 section 8.19). None where it takes more than 64 octets or a
/// number of it more than 128 bits, which is what the longest in use, those made of UUIDs, take.
#[must_use]
pub fn dotted(oid: &[u8]) -> Option<String> {
    if oid.len() > 64 {
        return None;
    }
    let mut text = String::new();
    let mut arc = 0_u128;
    for byte in oid {
        arc = arc.checked_mul(128)?.checked_add(u128::from(byte & 0x7f))?;
        if *byte < 0x80 {
            // The first number holds two arcs.
            if text.is_empty() {
                let top = (arc / 40).min(2);
                text = top.to_string();
                arc -= top * 40;
            }
            text.push('.');
            text.push_str(&arc.to_string());
            arc = 0;
        }
    }
    Some(text)
}

/// The content octets of the object identifier that digits and dots name, within the bounds of [`dotted`].
#[must_use]
pub fn from_dotted(text: &str) -> Option<Vec<u8>> {
    let arcs = text.split('.').map(|arc| {
        let plain = arc.bytes().all(|byte| byte.is_ascii_digit()) && (arc == "0" || !arc.starts_with('0'));
        if plain { arc.parse::<u128>().ok() } else { None }
    });
    let arcs = arcs.collect::<Option<Vec<u128>>>()?;
    let [top, second, rest @ ..] = arcs.as_slice() else { return None };
    if *top > 2 || (*top < 2 && *second >= 40) {
        return None;
    }
    let first = second.checked_add(top * 40)?;
    let mut oid = Vec::new();
    for arc in core::iter::once(&first).chain(rest) {
        let digits = 128_u32.saturating_sub(arc.leading_zeros()).div_ceil(7).max(1);
        for place in (0..digits).rev() {
            let digit = u8::try_from((arc >> (7 * place)) & 0x7f).ok()?;
            oid.push(if place == 0 { digit } else { digit | 0x80 });
        }
    }
    (oid.len() <= 64).then_some(oid)
}

/// What is to be written. Lengths are known before the first byte is, so one allocation serves.
pub enum Part<'a> {
    /// Elements that are encoded already.
    Encoded(&'a [u8]),
    /// A tag and its content.
    Primitive(u8, &'a [u8]),
    /// A tag around other elements.
    Constructed(u8, &'a [Part<'a>]),
    /// INTEGER of a big-endian magnitude, with or without leading zeros.
    Unsigned(&'a [u8]),
    /// BIT STRING of whole bytes.
    Bits(&'a [u8]),
}

/// Writes public data.
#[must_use]
pub fn encode(part: &Part<'_>) -> Vec<u8> {
    let mut out = Vec::with_capacity(part.length());
    part.write(&mut out);
    out
}

/// Writes private data.
#[must_use]
pub fn encode_secret(part: &Part<'_>) -> Secret {
    Secret::new(encode(part))
}

/// A SEQUENCE of elements that are encoded already.
#[must_use]
pub fn sequence(elements: &[&[u8]]) -> Vec<u8> {
    let parts: Vec<_> = elements.iter().map(|element| Part::Encoded(element)).collect();
    encode(&Part::Constructed(tag::SEQUENCE, &parts))
}

/// An INTEGER of a big-endian magnitude.
#[must_use]
pub fn unsigned_integer(magnitude: &[u8]) -> Vec<u8> {
    encode(&Part::Unsigned(magnitude))
}

impl Part<'_> {
    fn length(&self) -> usize {
        let content = self.content_length();
        match self {
            Self::Encoded(_) => content,
            _ if content < 0x80 => 2 + content,
            _ => 2 + significant(&content.to_be_bytes()).len() + content,
        }
    }

    fn content_length(&self) -> usize {
        match self {
            Self::Encoded(bytes) | Self::Primitive(_, bytes) => bytes.len(),
            Self::Constructed(_, parts) => parts.iter().map(Part::length).sum(),
            Self::Unsigned(bytes) => {
                let magnitude = significant(bytes);
                magnitude.len() + usize::from(needs_zero(magnitude))
            }
            Self::Bits(bytes) => 1 + bytes.len(),
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Encoded(bytes) => out.extend_from_slice(bytes),
            Self::Primitive(tag, bytes) => {
                self.write_header(*tag, out);
                out.extend_from_slice(bytes);
            }
            Self::Constructed(tag, parts) => {
                self.write_header(*tag, out);
                parts.iter().for_each(|part| part.write(out));
            }
            Self::Unsigned(bytes) => {
                self.write_header(tag::INTEGER, out);
                let magnitude = significant(bytes);
                out.extend(needs_zero(magnitude).then_some(0));
                out.extend_from_slice(magnitude);
            }
            Self::Bits(bytes) => {
                self.write_header(tag::BIT_STRING, out);
                out.push(0);
                out.extend_from_slice(bytes);
            }
        }
    }

    fn write_header(&self, tag: u8, out: &mut Vec<u8>) {
        let length = self.content_length();
        out.push(tag);
        match u8::try_from(length) {
            Ok(short @ ..=0x7f) => out.push(short),
            _ => {
                let bytes = length.to_be_bytes();
                let digits = significant(&bytes);
                out.push(digits.iter().fold(0x80, |count, _| count + 1));
                out.extend_from_slice(digits);
            }
        }
    }
}

/// A positive INTEGER whose first bit is set would read as negative, and zero has one byte.
fn needs_zero(magnitude: &[u8]) -> bool {
    magnitude.first().is_none_or(|first| *first >= 0x80)
}

fn significant(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

#[cfg(test)]
mod tests;
