//! What is read and what is refused, by the offset of the refusal.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use super::{
    Part, Reader, dotted, encode, encode_secret, from_dotted, read, sequence, tag, unsigned_integer,
};
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
        assert_eq!(outcome(&encode(&Part::Primitive(tag::INTEGER, content)), Reader::small_integer), wrong);
    }
    for content in [&[][..], &[1, 2], &[8]] {
        assert_eq!(outcome(&encode(&Part::Primitive(tag::BIT_STRING, content)), Reader::bit_string), wrong);
    }
    for content in [&[][..], &[0x80, 1], &[0x2a, 0x80, 1], &[0x2a, 0x86], &[0x2a, 0x86, 0x48, 0x80, 1]] {
        assert_eq!(outcome(&encode(&Part::Primitive(tag::OID, content)), Reader::oid), wrong);
    }
    let arc_with_zero_bits_inside = [6, 4, 0x2a, 0x81, 0x80, 0x01];
    assert_eq!(outcome(&arc_with_zero_bits_inside, Reader::oid), None);
}

#[test]
fn tags_of_any_length_have_one_spelling() {
    type Numbered = Result<(u32, u8, usize), (Code, Option<usize>)>;
    let read = |input: &[u8]| -> Numbered {
        read(input, |r| r.any_numbered().map(|(number, e)| (number, e.tag, e.offset)))
            .map_err(|error| (error.code(), error.offset()))
    };
    assert_eq!(read(&[0xbf, 0x85, 0x3d, 0]), Ok((701, 0xbf, 4)));
    assert_eq!(read(&[0xbf, 0x1f, 0]), Ok((31, 0xbf, 3)));
    assert_eq!(read(&[0xa1, 0]), Ok((1, 0xa1, 2)));
    assert_eq!(read(&[0xbf, 0xff, 0xff, 0xff, 0x7f, 0]), Ok(((1 << 28) - 1, 0xbf, 6)));
    for refused in [&[0xbf, 0x1e, 0][..], &[0xbf, 0x80, 0x1f, 0], &[0xbf, 0xc0, 0x80, 0x80, 0x80, 0x00, 0]] {
        assert_eq!(read(refused), Err((Code::DerTag, Some(0))), "{refused:02x?}");
    }
    assert_eq!(read(&[0xbf, 0x85]), Err((Code::DerTruncated, Some(2))));
    assert_eq!(read(&[]), Err((Code::DerTruncated, Some(0))));
}

#[test]
fn booleans_signed_integers_and_bit_strings_have_one_spelling() {
    let wrong = Some((Code::DerValue, Some(2)));
    let with = |tag, content: &[u8]| encode(&Part::Primitive(tag, content));
    assert!(read(&with(tag::BOOLEAN, &[0xff]), Reader::boolean).unwrap());
    for content in [&[][..], &[1], &[0, 0]] {
        assert_eq!(outcome(&with(tag::BOOLEAN, content), Reader::boolean), wrong);
    }
    assert_eq!(read(&with(tag::ENUMERATED, &[2]), Reader::enumerated).unwrap(), 2);
    let signed = |content: &[u8]| outcome(&with(2, content), |r| r.element(2)?.signed().map(|_| ()));
    for content in [&[][..], &[0, 1], &[0xff, 0x80]] {
        assert_eq!(signed(content), wrong, "{content:02x?}");
    }
    for content in [&[0][..], &[0x80], &[0xff], &[0, 0x80], &[0xff, 0x7f]] {
        assert_eq!(signed(content), None, "{content:02x?}");
    }
    let bits = |content: &[u8]| outcome(&with(3, content), |r| r.element(3)?.bits_unused().map(|_| ()));
    for content in [&[][..], &[1], &[8, 0], &[1, 1], &[7, 0xff]] {
        assert_eq!(bits(content), wrong, "{content:02x?}");
    }
    for content in [&[0][..], &[0, 1], &[7, 0x80], &[3, 0xf8]] {
        assert_eq!(bits(content), None, "{content:02x?}");
    }
}

#[test]
fn integers_saturate() {
    for (content, expected) in [(&[0][..], 0), (&[1, 0], 256), (&[0xff; 8], u64::MAX), (&[1; 9], u64::MAX)] {
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
            r.sequence(|r| Ok((r.integer_unsigned()?, r.bit_string()?.content, r.octet_string()?.content)))
        });
        let integer = if size == 0 { &[0][..] } else { &body };
        assert_eq!(read_back.unwrap(), (integer, &body[..], &body[..]));
    }
}

#[test]
fn object_identifiers_are_written_with_dots_and_read_back() {
    for (oid, text) in [
        (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01][..], "1.2.840.10045.2.1"),
        (&[0x88, 0x37], "2.999"),
        (&[0x00], "0.0"),
        (&[0x27, 0x00], "0.39.0"),
        (&[0x55, 0x1d, 0x13], "2.5.29.19"),
        (&[0x2b, 0x81, 0x80, 0x01], "1.3.16385"),
    ] {
        assert_eq!(dotted(oid).as_deref(), Some(text));
        assert_eq!(from_dotted(text).as_deref(), Some(oid));
    }
    let uuid = format!("2.25.{}", u128::MAX);
    assert_eq!(dotted(&from_dotted(&uuid).unwrap()), Some(uuid));
    for bad in ["", "1", "1.", ".1", "1.40", "3.1", "1.2.x", "1.2.-1", "1.02", "1.+2", "1.2 "] {
        assert_eq!(from_dotted(bad), None, "{bad}");
    }
}

#[test]
fn xc25_numbers_over_128_bits_have_no_dotted_form() {
    // 2.2^128: nineteen digits of seven bits, of which the first is 4.
    let over = [&[0x69, 0x84][..], &[0x80; 17], &[0x00]].concat();
    assert_eq!(dotted(&over), None);
    assert_eq!(from_dotted("2.25.340282366920938463463374607431768211456"), None);
    assert_eq!(dotted(&[1; 65]), None);
}
