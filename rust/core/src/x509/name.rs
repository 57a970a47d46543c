//! `Name` (RFC 5280 section 4.1.2.4) and its text (RFC 4514). Layer: x509.
//!
//! Names are compared as bytes. Values stay as they are, also where they are not valid in their alphabet: they
//! are opaque until somebody asks for their text.

use core::fmt::Write as _;

use crate::error::{Code, Error, Result};
use crate::format::der::{self, Element, Reader, tag};
use crate::limits;

/// An `AttributeTypeAndValue`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// The object identifier, as its content octets.
    pub oid: &'a [u8],
    /// The tag of the value.
    pub tag: u8,
    /// The value without tag and length.
    pub value: &'a [u8],
    /// Which `RelativeDistinguishedName` of the name it stands in, counted from 0.
    pub relative: usize,
    /// The value with tag and length.
    encoded: &'a [u8],
}

impl Attribute<'_> {
    /// The value as text; none where it is no string or not valid in its alphabet.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        match self.tag {
            tag::UTF8_STRING => core::str::from_utf8(self.value).ok().map(str::to_owned),
            tag::NUMERIC_STRING | tag::PRINTABLE_STRING | tag::IA5_STRING | tag::VISIBLE_STRING => {
                let ascii = self.value.is_ascii();
                ascii.then(|| self.value.iter().map(|byte| char::from(*byte)).collect())
            }
            tag::BMP_STRING => characters::<2>(self.value),
            tag::UNIVERSAL_STRING => characters::<4>(self.value),
            _ => None,
        }
    }
}

/// Characters of a fixed width, big-endian. Surrogates are no characters.
fn characters<const N: usize>(value: &[u8]) -> Option<String> {
    let chunks = value.chunks_exact(N);
    let whole = chunks.remainder().is_empty();
    let code = |chunk: &[u8]| u32::try_from(der::saturating(chunk)).ok().and_then(char::from_u32);
    if whole { chunks.map(code).collect() } else { None }
}

/// A distinguished name.
#[derive(Clone, Debug)]
pub struct Name<'a> {
    der: &'a [u8],
    attributes: Vec<Attribute<'a>>,
}

impl<'a> Name<'a> {
    /// Reads the next element as a name.
    ///
    /// # Errors
    /// `der.*` (also where the attributes of a set are not in order, X.690 section 11.6), `limit.count`.
    pub fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let (sequence, der) = reader.encoded(tag::SEQUENCE)?;
        let mut attributes = Vec::new();
        sequence.inside(|sets| {
            let mut relative = 0;
            while !sets.is_empty() {
                let set = sets.element(tag::SET)?;
                set.inside(|inner| read_set(inner, &set, relative, &mut attributes))?;
                relative += 1;
            }
            Ok(())
        })?;
        Ok(Self { der, attributes })
    }

    /// The name as it stands in the certificate.
    #[must_use]
    pub fn der(&self) -> &'a [u8] {
        self.der
    }

    /// The attributes, in the order of the encoding.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute<'a>] {
        &self.attributes
    }

    /// Whether it has no attribute.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.attributes.is_empty()
    }

    /// The text of RFC 4514 section 2: the last set of attributes first. A value whose type has no short name
    /// there, or that is no text, is written as `#` and its DER in hexadecimal. Control characters are escaped
    /// as well.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = String::new();
        let last = self.attributes.last().map_or(0, |attribute| attribute.relative);
        for relative in (0..=last).rev() {
            let set = self.attributes.iter().filter(|attribute| attribute.relative == relative);
            for (place, attribute) in set.enumerate() {
                match place {
                    0 if out.is_empty() => {}
                    0 => out.push(','),
                    _ => out.push('+'),
                }
                write_attribute(attribute, &mut out);
            }
        }
        out
    }
}

fn read_set<'a>(
    inner: &mut Reader<'a>,
    set: &Element<'a>,
    relative: usize,
    attributes: &mut Vec<Attribute<'a>>,
) -> Result<()> {
    let mut previous: Option<&[u8]> = None;
    loop {
        if attributes.len() == limits::NAME_ATTRIBUTES {
            let message = "a name with more than 64 attributes";
            return Err(Error::new(Code::LimitCount, message).at(set.offset));
        }
        let (pair, encoded) = inner.encoded(tag::SEQUENCE)?;
        if previous.is_some_and(|previous| previous > encoded) {
            return Err(set.wrong("a SET OF whose elements are not in order"));
        }
        previous = Some(encoded);
        attributes.push(pair.inside(|pair| {
            let oid = read_oid(pair)?;
            let (value, encoded) = pair.any_encoded()?;
            Ok(Attribute { oid, tag: value.tag, value: value.content, relative, encoded })
        })?);
        if inner.is_empty() {
            return Ok(());
        }
    }
}

/// An object identifier that can be written with dots.
pub(super) fn read_oid<'a>(reader: &mut Reader<'a>) -> Result<&'a [u8]> {
    let element = reader.element(tag::OID)?;
    let oid = element.oid()?;
    // The numbers of 18 octets have 126 bits at most.
    if oid.len() <= 18 || der::dotted(oid).is_some() {
        Ok(oid)
    } else {
        Err(element.wrong("an OBJECT IDENTIFIER that is too long"))
    }
}

/// The short names of RFC 4514 section 3.
fn short_name(oid: &[u8]) -> Option<&'static str> {
    Some(match oid {
        [0x55, 0x04, 0x03] => "CN",
        [0x55, 0x04, 0x06] => "C",
        [0x55, 0x04, 0x07] => "L",
        [0x55, 0x04, 0x08] => "ST",
        [0x55, 0x04, 0x09] => "STREET",
        [0x55, 0x04, 0x0a] => "O",
        [0x55, 0x04, 0x0b] => "OU",
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x19] => "DC",
        [0x09, 0x92, 0x26, 0x89, 0x93, 0xf2, 0x2c, 0x64, 0x01, 0x01] => "UID",
        _ => return None,
    })
}

fn write_attribute(attribute: &Attribute<'_>, out: &mut String) {
    let name = short_name(attribute.oid);
    match name {
        Some(name) => out.push_str(name),
        None => out.push_str(&der::dotted(attribute.oid).unwrap_or_default()),
    }
    out.push('=');
    match attribute.text().filter(|_| name.is_some()) {
        Some(text) => write_value(&text, out),
        None => {
            out.push('#');
            attribute.encoded.iter().for_each(|byte| write_hex(*byte, out));
        }
    }
}

fn write_hex(byte: u8, out: &mut String) {
    // Writing to a string does not fail.
    let _ = write!(out, "{byte:02x}");
}

/// RFC 4514 section 2.4.
fn write_value(text: &str, out: &mut String) {
    let end = text.chars().count();
    for (place, c) in text.chars().enumerate() {
        let edge = match c {
            ' ' => place == 0 || place + 1 == end,
            '#' => place == 0,
            _ => false,
        };
        if c.is_control() {
            for byte in c.encode_utf8(&mut [0; 4]).bytes() {
                out.push('\\');
                write_hex(byte, out);
            }
            continue;
        }
        if edge || matches!(c, '"' | '+' | ',' | ';' | '<' | '>' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::Name;
    use crate::error::{Code, Result};
    use crate::format::der::{self, Part, tag};

    fn attribute(oid: &[u8], tag: u8, value: &[u8]) -> Vec<u8> {
        let parts = [Part::Primitive(tag::OID, oid), Part::Primitive(tag, value)];
        der::encode(&Part::Constructed(tag::SEQUENCE, &parts))
    }

    fn name(sets: &[&[Vec<u8>]]) -> Vec<u8> {
        let sets = sets.iter().map(|set| {
            let parts: Vec<_> = set.iter().map(|attribute| Part::Encoded(attribute)).collect();
            der::encode(&Part::Constructed(tag::SET, &parts))
        });
        der::encode(&Part::Primitive(tag::SEQUENCE, &sets.collect::<Vec<_>>().concat()))
    }

    fn read(input: &[u8]) -> Result<Name<'_>> {
        der::read(input, Name::read)
    }

    fn refusal(input: &[u8]) -> Option<Code> {
        read(input).err().map(|error| error.code())
    }

    const CN: &[u8] = &[0x55, 4, 3];
    const O: &[u8] = &[0x55, 4, 10];

    fn text(tag: u8, value: &[u8]) -> String {
        read(&name(&[&[attribute(CN, tag, value)]])).unwrap().text()
    }

    #[test]
    fn names_are_written_last_set_first() {
        let country = attribute(&[0x55, 4, 6], tag::PRINTABLE_STRING, b"AT");
        let set = [attribute(CN, tag::UTF8_STRING, b"a"), attribute(O, tag::UTF8_STRING, b"b")];
        let serial = attribute(&[0x55, 4, 5], tag::PRINTABLE_STRING, b"1");
        let encoded = name(&[&[country], &set, &[serial]]);
        let read = read(&encoded).unwrap();
        assert_eq!(read.text(), "2.5.4.5=#130131,CN=a+O=b,C=AT");
        assert_eq!(read.der(), encoded);
        let seen: Vec<_> = read.attributes().iter().map(|a| (a.tag, a.value, a.relative)).collect();
        assert_eq!(seen, [(0x13, &b"AT"[..], 0), (0x0c, b"a", 1), (0x0c, b"b", 1), (0x13, b"1", 2)]);
    }

    #[test]
    fn a_name_may_be_empty() {
        assert!(read(&[0x30, 0]).unwrap().is_empty());
        assert_eq!(read(&[0x30, 0]).unwrap().text(), "");
    }

    #[test]
    fn values_are_escaped() {
        for (value, expected) in [
            (" a ", "CN=\\ a\\ "),
            (" ", "CN=\\ "),
            ("#a#", "CN=\\#a#"),
            ("a+b,c;d<e>f\"g\\h=i", "CN=a\\+b\\,c\\;d\\<e\\>f\\\"g\\\\h=i"),
            ("a\u{7f}\u{85}\n", "CN=a\\7f\\c2\\85\\0a"),
            ("Grüße", "CN=Grüße"),
            ("", "CN="),
        ] {
            assert_eq!(text(tag::UTF8_STRING, value.as_bytes()), expected);
        }
    }

    #[test]
    fn xc32_a_nul_does_not_end_a_name() {
        assert_eq!(text(tag::UTF8_STRING, b"good\0bad"), "CN=good\\00bad");
        let short = name(&[&[attribute(CN, tag::UTF8_STRING, b"good")]]);
        let long = name(&[&[attribute(CN, tag::UTF8_STRING, b"good\0bad")]]);
        assert_ne!(read(&short).unwrap().der(), read(&long).unwrap().der());
    }

    #[test]
    fn xc35_what_is_not_valid_in_its_alphabet_is_opaque() {
        for (tag, value, expected) in [
            (tag::UTF8_STRING, &[0xc0, 0x80][..], "CN=#0c02c080"),
            (tag::PRINTABLE_STRING, &[0xff], "CN=#1301ff"),
            (tag::BMP_STRING, &[0, 0x41, 0], "CN=#1e03004100"),
            (tag::BMP_STRING, &[0xd8, 0, 0xdc, 0], "CN=#1e04d800dc00"),
            (tag::BMP_STRING, &[0, 0x41, 0x20, 0xac], "CN=A€"),
            (tag::UNIVERSAL_STRING, &[0, 1, 0xf6, 0], "CN=😀"),
            (tag::UNIVERSAL_STRING, &[0, 0x11, 0, 0], "CN=#1c0400110000"),
            (0x14, b"T61", "CN=#1403543631"),
            (tag::OCTET_STRING, b"x", "CN=#040178"),
        ] {
            assert_eq!(text(tag, value), expected);
        }
    }

    #[test]
    fn xc22_a_set_is_in_order_and_not_empty() {
        let (a, b) = (attribute(CN, tag::UTF8_STRING, b"a"), attribute(O, tag::UTF8_STRING, b"b"));
        assert_eq!(refusal(&name(&[&[a.clone(), b.clone()]])), None);
        assert_eq!(refusal(&name(&[&[b, a]])), Some(Code::DerValue));
        assert_eq!(refusal(&name(&[&[]])), Some(Code::DerTruncated));
    }

    #[test]
    fn xc24_attributes_are_counted() {
        let one = [attribute(CN, tag::UTF8_STRING, b"a")];
        assert_eq!(refusal(&name(&[&one[..]; 64])), None);
        assert_eq!(refusal(&name(&[&one[..]; 65])), Some(Code::LimitCount));
        assert_eq!(refusal(&name(&[&one[..]; 10_000][..4000])), Some(Code::LimitCount));
    }

    #[test]
    fn xc25_object_identifiers_are_well_formed_and_bounded() {
        let over = [&[0x69, 0x84][..], &[0x80; 17], &[0x00]].concat();
        for oid in [&over[..], &[0x55, 0x80, 4], &[0x55, 0x84], &[], &[1; 65], &[1; 10_240]] {
            let found = refusal(&name(&[&[attribute(oid, tag::UTF8_STRING, b"a")]]));
            assert_eq!(found, Some(Code::DerValue), "{oid:02x?}");
        }
    }
}
