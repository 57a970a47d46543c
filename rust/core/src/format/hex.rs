//! Hexadecimal text, lower case only: one spelling for each value. Layer: format.

use crate::error::{Code, Error, Result};
use crate::limits;

/// Encodes.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    let mut text = vec![0; 2 * bytes.len()];
    // Faster by half than the crate's own way to a String; the length fits and the digits are ASCII.
    hex::encode_to_slice(bytes, &mut text).unwrap_or_default();
    String::from_utf8(text).unwrap_or_default()
}

/// Decodes.
///
/// # Errors
/// `limit.size`, `hex.alphabet` with the place of the first wrong character, `hex.length`.
pub fn decode(text: &[u8]) -> Result<Vec<u8>> {
    if text.len() > limits::ENCODED_TEXT {
        return Err(Error::new(Code::LimitSize, "the hexadecimal text is longer than 2 MiB"));
    }
    // The crate takes capital letters too, and tells of an odd length before a wrong character.
    if let Some(offset) = text.iter().position(|byte| !matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
        let message = "a character other than 0-9 and a-f in hexadecimal text";
        return Err(Error::new(Code::HexAlphabet, message).at(offset));
    }
    let odd = |_| Error::new(Code::HexLength, "an odd number of hexadecimal characters").at(text.len());
    hex::decode(text).map_err(odd)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{decode, encode};
    use crate::error::Code;
    use crate::limits;

    #[test]
    fn all_bytes_round_trip() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(encode(&bytes).as_bytes()).unwrap(), bytes);
        assert_eq!(encode(&[0x0a, 0xff]), "0aff");
        assert_eq!(decode(b"").unwrap(), b"");
    }

    #[test]
    fn b611_only_lower_case_pairs() {
        for (text, code, offset) in [
            ("0A", Code::HexAlphabet, 1),
            ("aF", Code::HexAlphabet, 1),
            ("0x00", Code::HexAlphabet, 1),
            ("00:11", Code::HexAlphabet, 2),
            ("0g0", Code::HexAlphabet, 1),
            ("00 ", Code::HexAlphabet, 2),
            ("００", Code::HexAlphabet, 0),
            ("abc", Code::HexLength, 3),
        ] {
            let error = decode(text.as_bytes()).unwrap_err();
            assert_eq!((error.code(), error.offset()), (code, Some(offset)), "{text}");
        }
    }

    #[test]
    fn b608_size_is_checked_first() {
        assert!(decode(&vec![b'0'; limits::ENCODED_TEXT]).is_ok());
        let error = decode(&vec![b'!'; limits::ENCODED_TEXT + 1]).unwrap_err();
        assert_eq!(error.code(), Code::LimitSize);
    }
}
