//! DER (ITU-T X.690 section 10): a reader without copies and a writer without reallocation. Layer: format.
//!
//! Only what keys and certificates need: tags of one byte and definite, minimal lengths. Bytes left after a
//! complete structure are an error at every level, because [`read`] and [`Element::inside`] are the only ways
//! in and both look at the end. Errors carry the offset in the whole input. Private keys pass through here,
//! so nothing is `Debug`, and [`encode_secret`] leaves no copy behind.
//!
//! Every read fails with `der.truncated`, `der.tag` or `der.length`; the typed ones also with `der.value`;
//! the end of a structure with `der.trailing`.

use crate::error::{Code, Error, Result};
use crate::limits;
use crate::secret::Secret;

/// Identifier octets (X.690 section 8.1.2).
pub mod tag {
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
    /// SEQUENCE and SEQUENCE OF
    pub const SEQUENCE: u8 = 0x30;
    /// \[0\] around other elements
    pub const CONTEXT_0: u8 = 0xa0;
    /// \[1\] around other elements
    pub const CONTEXT_1: u8 = 0xa1;
    /// \[1\] IMPLICIT in the place of a primitive tag
    pub const CONTEXT_1_PRIMITIVE: u8 = 0x81;
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
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::{Part, Reader, encode, encode_secret, read, sequence, tag, unsigned_integer};
    use crate::error::{Code, Result};
    use crate::limits;

    type Outcome = Option<(Code, Option<usize>)>;

    fn outcome<'a, T>(input: &'a [u8], parse: impl FnOnce(&mut Reader<'a>) -> Result<T>) -> Outcome {
        read(input, |reader| parse(reader).map(|_| ())).err().map(|error| (error.code(), error.offset()))
    }

    #[test]
    fn lengths_are_definite_minimal_and_within_the_input() {
        let table: [(&[u8], Code, usize); 12] = [
            (&[0x04, 0x80, 0, 0], Code::DerLength, 1),
            (&[0x04, 0x81, 0x7f], Code::DerLength, 1),
            (&[0x04, 0x82, 0x00, 0x81], Code::DerLength, 1),
            (&[0x04, 0x84, 0x00, 0x01, 0x00, 0x00], Code::DerLength, 1),
            (&[0x04, 0x85, 1, 0, 0, 0, 0], Code::DerLength, 1),
            (&[0x04, 0xff], Code::DerLength, 1),
            (&[0x04, 0x84, 0xff, 0xff, 0xff, 0xff], Code::DerTruncated, 6),
            (&[0x04, 0x82, 0x01], Code::DerTruncated, 2),
            (&[0x04, 0x02, 0xaa], Code::DerTruncated, 2),
            (&[0x04], Code::DerTruncated, 1),
            (&[], Code::DerTruncated, 0),
            (&[0x04, 0x01, 0xaa, 0x00], Code::DerTrailing, 3),
        ];
        for (input, code, offset) in table {
            assert_eq!(outcome(input, Reader::octet_string), Some((code, Some(offset))), "{input:02x?}");
        }
        let long = [&[0x04, 0x81, 0x80][..], &[7; 0x80]].concat();
        assert_eq!(outcome(&long, Reader::octet_string), None);
    }

    #[test]
    fn tags_are_of_one_byte_and_the_one_that_is_due() {
        assert_eq!(outcome(&[0x05, 0], Reader::octet_string), Some((Code::DerTag, Some(0))));
        assert_eq!(outcome(&[0xbf, 0x85, 0x3d, 0], Reader::any), Some((Code::DerTag, Some(0))));
        assert_eq!(outcome(&[0x1f, 0], |r| r.element(0x1f)), Some((Code::DerTag, Some(0))));
        assert_eq!(outcome(&[0xa0, 0], |r| r.optional(tag::CONTEXT_0)), None);
        assert_eq!(outcome(&[], |r| r.optional(tag::CONTEXT_0)), None);
    }

    #[test]
    fn bytes_left_over_are_refused_at_every_level() {
        let inner = |r: &mut Reader<'_>| r.sequence(|r| r.sequence(|r| r.integer_unsigned().map(|_| ())));
        assert_eq!(outcome(&[0x30, 5, 0x30, 3, 2, 1, 0], inner), None);
        assert_eq!(outcome(&[0x30, 6, 0x30, 4, 2, 1, 0, 9], inner), Some((Code::DerTrailing, Some(7))));
        assert_eq!(outcome(&[0x30, 6, 0x30, 3, 2, 1, 0, 9], inner), Some((Code::DerTrailing, Some(7))));
        assert_eq!(outcome(&[0x30, 5, 0x30, 3, 2, 1, 0, 9], inner), Some((Code::DerTrailing, Some(7))));
        assert_eq!(outcome(&[0x30, 5, 0x30, 4, 2, 1, 0, 9], inner), Some((Code::DerTruncated, Some(4))));
    }

    #[test]
    fn values_have_one_spelling() {
        let wrong = Some((Code::DerValue, Some(2)));
        for content in [&[][..], &[0x80], &[0xff], &[0, 0], &[0, 0x7f]] {
            assert_eq!(
                outcome(&encode(&Part::Primitive(tag::INTEGER, content)), Reader::small_integer),
                wrong
            );
        }
        for content in [&[][..], &[1, 2], &[8]] {
            assert_eq!(
                outcome(&encode(&Part::Primitive(tag::BIT_STRING, content)), Reader::bit_string),
                wrong
            );
        }
        for content in [&[][..], &[0x80, 1], &[0x2a, 0x80, 1], &[0x2a, 0x86], &[0x2a, 0x86, 0x48, 0x80, 1]] {
            assert_eq!(outcome(&encode(&Part::Primitive(tag::OID, content)), Reader::oid), wrong);
        }
        let arc_with_zero_bits_inside = [6, 4, 0x2a, 0x81, 0x80, 0x01];
        assert_eq!(outcome(&arc_with_zero_bits_inside, Reader::oid), None);
    }

    #[test]
    fn integers_saturate() {
        for (content, expected) in
            [(&[0][..], 0), (&[1, 0], 256), (&[0xff; 8], u64::MAX), (&[1; 9], u64::MAX)]
        {
            let written = unsigned_integer(content);
            assert_eq!(read(&written, Reader::small_integer).unwrap(), expected);
        }
    }

    #[test]
    fn size_is_checked_first() {
        let largest = encode(&Part::Primitive(tag::OCTET_STRING, &vec![0; limits::DER - 4]));
        assert_eq!((largest.len(), outcome(&largest, Reader::octet_string)), (limits::DER, None));
        let larger = vec![0xff; limits::DER + 1];
        assert_eq!(outcome(&larger, Reader::octet_string), Some((Code::LimitSize, None)));
    }

    #[test]
    fn what_is_written_reads_back_and_is_allocated_once() {
        assert_eq!(sequence(&[&unsigned_integer(&[0, 0, 0x80])[..]]), [0x30, 4, 2, 2, 0, 0x80]);
        assert_eq!(unsigned_integer(&[]), [2, 1, 0]);
        for size in [0, 1, 0x7c, 0x7d, 0x7e, 0x7f, 0x80, 0xff, 0x100, 0xffff] {
            let body = vec![0xa5; size];
            let parts = [Part::Unsigned(&body), Part::Bits(&body), Part::Primitive(tag::OCTET_STRING, &body)];
            let whole = Part::Constructed(tag::SEQUENCE, &parts);
            let written = encode(&whole);
            assert_eq!(written.capacity(), whole.length());
            assert_eq!(encode_secret(&whole).expose(), written);
            let read_back = super::whole(Reader { rest: &written, offset: 0 }, |r| {
                r.sequence(|r| {
                    Ok((r.integer_unsigned()?, r.bit_string()?.content, r.octet_string()?.content))
                })
            });
            let integer = if size == 0 { &[0][..] } else { &body };
            assert_eq!(read_back.unwrap(), (integer, &body[..], &body[..]));
        }
    }
}
