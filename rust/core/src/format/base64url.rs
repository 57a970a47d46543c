//! base64url (RFC 4648 section 5) in one spelling only: no padding unless it is asked for, no spare bits.
//! Layer: format.
//!
//! Two texts never decode to the same bytes, so an identifier has one spelling (RFC 4648 section 3.5).
//! Public data goes through the crate `base64`; private numbers of a JWK go through `base64ct`, which looks
//! nothing up in tables, into a buffer that is wiped.

use base64::Engine;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use base64ct::{Base64UrlUnpadded, Encoding};

use crate::error::{Code, Error, Result};
use crate::limits;
use crate::secret::Secret;

/// Whether `=` may stand at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// Never.
    Forbidden,
    /// Left out, or exactly as many as RFC 4648 section 4 has.
    Allowed,
}

/// Encodes without padding.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Encodes with padding.
#[must_use]
pub fn encode_padded(bytes: &[u8]) -> String {
    URL_SAFE.encode(bytes)
}

/// Appends the encoding without padding.
pub fn encode_into(bytes: &[u8], out: &mut String) {
    URL_SAFE_NO_PAD.encode_string(bytes, out);
}

/// Characters of the encoding without padding.
#[must_use]
pub fn encoded_length(bytes: usize) -> usize {
    bytes / 3 * 4 + [0, 2, 3].get(bytes % 3).copied().unwrap_or(0)
}

/// Fills `out`, which must have the [`encoded_length`], without a table look-up.
///
/// # Errors
/// `internal.error` where `out` is too short.
pub fn encode_secret(bytes: &[u8], out: &mut [u8]) -> Result<()> {
    let short = |_| Error::new(Code::Internal, "no room for the base64url text");
    Base64UrlUnpadded::encode(bytes, out).map(|_| ()).map_err(short)
}

/// Decodes.
///
/// # Errors
/// `limit.size`, `base64url.alphabet`, `.padding`, `.length`, `.trailing_bits`, with the place of the first
/// character that is wrong.
pub fn decode(text: &[u8], padding: Padding) -> Result<Vec<u8>> {
    decode_within(text, padding, limits::ENCODED_TEXT)
}

/// As [`decode`], with a bound of the caller's on the text.
///
/// # Errors
/// As [`decode`].
pub fn decode_within(text: &[u8], padding: Padding, most: usize) -> Result<Vec<u8>> {
    check_size(text, most)?;
    let body = match padding {
        Padding::Forbidden => text,
        Padding::Allowed => without_padding(text),
    };
    URL_SAFE_NO_PAD.decode(body).map_err(|_| reason(text, padding))
}

/// Decodes private data: no padding, no table look-up, and the result is wiped.
///
/// # Errors
/// As [`decode`].
pub fn decode_secret(text: &[u8]) -> Result<Secret> {
    check_size(text, limits::ENCODED_TEXT)?;
    let mut out = Secret::zeroed(text.len() / 4 * 3 + 2);
    let decoded = Base64UrlUnpadded::decode(text, out.expose_mut()).map(<[u8]>::len);
    let length = decoded.map_err(|_| reason(text, Padding::Forbidden))?;
    out.truncate(length);
    Ok(out)
}

fn check_size(text: &[u8], most: usize) -> Result<()> {
    if text.len() > most {
        let message = format!("base64url text of {} bytes is over the limit of {most}", text.len());
        return Err(Error::new(Code::LimitSize, message));
    }
    Ok(())
}

/// Takes off one or two `=` that complete a group of four. What remains wrong is left for the decoder.
fn without_padding(text: &[u8]) -> &[u8] {
    match text {
        [body @ .., b'=', b'='] | [body @ .., b'='] if text.len().is_multiple_of(4) => body,
        _ => text,
    }
}

/// Says what is wrong with a text that does not decode, from left to right.
fn reason(text: &[u8], padding: Padding) -> Error {
    let length = text.iter().position(|byte| !in_alphabet(*byte)).unwrap_or(text.len());
    let rest = text.get(length..).unwrap_or_default();
    let padded =
        padding == Padding::Allowed && matches!(rest, [b'='] | [b'=', b'=']) && text.len().is_multiple_of(4);
    if rest.first() == Some(&b'=') && !padded {
        return Error::new(Code::Base64UrlPadding, "padding that is not due in base64url").at(length);
    }
    if !rest.is_empty() && !padded {
        return Error::new(Code::Base64UrlAlphabet, "a character outside the base64url alphabet").at(length);
    }
    if length % 4 == 1 {
        return Error::new(Code::Base64UrlLength, "one base64url character is left over").at(length);
    }
    let message = "the last base64url character has bits that stand for nothing";
    Error::new(Code::Base64UrlTrailingBits, message).at(length.saturating_sub(1))
}

fn in_alphabet(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::Padding::{Allowed, Forbidden};
    use super::{Padding, decode, decode_secret, encode, encode_into, encode_padded, encode_secret};
    use crate::error::Code;
    use crate::limits;

    /// What both decoders say; they must say the same.
    fn refusal(text: &[u8], padding: Padding) -> (Code, Option<usize>) {
        let error = decode(text, padding).unwrap_err();
        if padding == Forbidden {
            assert_eq!(decode_secret(text).unwrap_err(), error);
        }
        (error.code(), error.offset())
    }

    #[test]
    fn rfc_4648_section_10_round_trips() {
        let table = [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg")];
        for (plain, text) in table {
            assert_eq!(encode(plain.as_bytes()), text);
            assert_eq!(decode(text.as_bytes(), Forbidden).unwrap(), plain.as_bytes());
            assert_eq!(decode(text.as_bytes(), Allowed).unwrap(), plain.as_bytes());
            assert_eq!(decode_secret(text.as_bytes()).unwrap().expose(), plain.as_bytes());
            let padded = encode_padded(plain.as_bytes());
            assert_eq!(decode(padded.as_bytes(), Allowed).unwrap(), plain.as_bytes());
            let mut whole = String::from("a.");
            encode_into(plain.as_bytes(), &mut whole);
            assert_eq!(whole, format!("a.{text}"));
        }
        assert_eq!(encode_padded(b"f"), "Zg==");
        assert_eq!(encode(&[0xfb, 0xff]), "-_8");
    }

    #[test]
    fn every_length_round_trips_by_every_way() {
        for length in 0..70 {
            let bytes: Vec<u8> = (0..length).map(|n| (n * 37) ^ 0x5a).collect();
            let text = encode(&bytes);
            let mut filled = vec![0; super::encoded_length(bytes.len())];
            encode_secret(&bytes, &mut filled).unwrap();
            assert_eq!(filled, text.as_bytes());
            assert_eq!(decode(text.as_bytes(), Forbidden).unwrap(), bytes);
            assert_eq!(decode_secret(text.as_bytes()).unwrap().expose(), bytes);
        }
        assert!(encode_secret(b"abc", &mut [0; 3]).is_err());
    }

    #[test]
    fn b601_padding() {
        for text in ["Zg==", "Zm8=", "=", "==", "====", "Zg=", "Zg=a", "Zg===", "Zm9v="] {
            assert_eq!(refusal(text.as_bytes(), Forbidden).0, Code::Base64UrlPadding, "{text}");
        }
        for text in
            ["=", "==", "====", "Zg=", "Zg=a", "Zg===", "Zm9v=", "Zm9v====", "Z===", "Zg==Zg==", "Zm8=+"]
        {
            assert_eq!(refusal(text.as_bytes(), Allowed).0, Code::Base64UrlPadding, "{text}");
        }
        assert_eq!(refusal(b"Zg==", Forbidden), (Code::Base64UrlPadding, Some(2)));
    }

    #[test]
    fn b602_one_character_left_over() {
        assert_eq!(refusal(b"Z", Forbidden), (Code::Base64UrlLength, Some(1)));
        assert_eq!(refusal(b"Zm9vY", Allowed), (Code::Base64UrlLength, Some(5)));
    }

    #[test]
    fn b603_spare_bits() {
        assert_eq!(refusal(b"QR", Forbidden), (Code::Base64UrlTrailingBits, Some(1)));
        assert_eq!(refusal(b"Zm9", Forbidden), (Code::Base64UrlTrailingBits, Some(2)));
        assert_eq!(refusal(b"QR==", Allowed), (Code::Base64UrlTrailingBits, Some(1)));
    }

    #[test]
    fn b604_to_b606_other_characters() {
        for bad in ["+", "/", " ", "\n", "\t", "\0", "\x0b", "Ａ", "é", "\x7f", "."] {
            let text = format!("Zm9{bad}Zm9");
            assert_eq!(refusal(text.as_bytes(), Forbidden), (Code::Base64UrlAlphabet, Some(3)), "{bad:?}");
        }
        assert_eq!(refusal(b"Zm9\xffZm9", Allowed), (Code::Base64UrlAlphabet, Some(3)));
        // The first problem wins, even before a wrong length and before padding.
        assert_eq!(refusal(b"+Z==", Forbidden).0, Code::Base64UrlAlphabet);
    }

    #[test]
    fn b608_size_is_checked_first() {
        let longest = vec![b'A'; limits::ENCODED_TEXT];
        assert!(decode(&longest, Forbidden).is_ok());
        let longer = vec![b'+'; limits::ENCODED_TEXT + 1];
        assert_eq!(refusal(&longer, Forbidden).0, Code::LimitSize);
    }
}
