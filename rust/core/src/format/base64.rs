//! base64 (RFC 4648 section 4), padded, in one spelling only, as certificates and nonces inside JSON have it.
//! Layer: format.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Encodes with padding.
#[must_use]
pub fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// Decodes; None where the text is not the one spelling of any bytes.
#[must_use]
pub fn decode(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

/// Decodes text in which lines may be broken, as some metadata break theirs.
#[must_use]
pub fn decode_lines(text: &str) -> Option<Vec<u8>> {
    if text.bytes().any(|byte| byte.is_ascii_whitespace()) {
        let joined: String = text.split_ascii_whitespace().collect();
        return decode(&joined);
    }
    decode(text)
}

#[cfg(test)]
mod tests {
    use super::{decode, decode_lines, encode};

    #[test]
    fn bytes_have_one_spelling() {
        assert_eq!(encode(b"\xff\xfe>"), "//4+");
        assert_eq!(decode("//4+").as_deref(), Some(&b"\xff\xfe>"[..]));
        for text in ["Zg", "Zg=", "Zh==", "Zg==\n", "__4-", "Zg==Zg=="] {
            assert_eq!(decode(text), None, "{text}");
        }
        assert_eq!(decode_lines(" Zm9v\r\nYg==\n").as_deref(), Some(&b"foob"[..]));
        assert_eq!(decode_lines("Zh==\n"), None);
    }
}
