//! JWS in compact serialisation (RFC 7515 section 7.1), signed by the first of the certificates its header holds.
//! Layer: format.
//!
//! The header decides nothing: an algorithm it names is compared by the caller with those that are due, a key it
//! brings is refused, addresses in it are never followed, and the certificates count for as much as the path
//! from them to an anchor of the caller's.

use super::base64;
use super::base64url::{self, Padding};
use super::json::{self, Object, Value};
use crate::error::{Code, Error, Result, quote};
use crate::limits;

/// The parts of a JWS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Jws<'a> {
    /// `alg` of the header.
    pub algorithm: String,
    /// `x5c` of the header, decoded, the signer's first.
    pub certificates: Vec<Vec<u8>>,
    /// What is signed: header and payload as they were sent.
    pub signed: &'a [u8],
    /// The payload.
    pub payload: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
}

impl<'a> Jws<'a> {
    /// Takes a JWS of at most that many bytes apart.
    ///
    /// # Errors
    /// `limit.size`, `limit.count`, `jws.shape`, `jws.header`, and `jws.algorithm_mismatch` where the header
    /// brings its own key or asks for an extension of JWS.
    pub fn parse(text: &'a [u8], most: usize) -> Result<Self> {
        if text.len() > most {
            let message = format!("a JWS of {} bytes is over the limit of {most}", text.len());
            return Err(Error::new(Code::LimitSize, message));
        }
        let mut parts = text.split(|byte| *byte == b'.');
        let (Some(header), Some(payload), Some(signature), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(Error::new(Code::JwsShape, "a compact JWS has three parts"));
        };
        let signed = text.get(..header.len() + 1 + payload.len()).unwrap_or_default();
        let header = part(header, "header", most)?;
        let payload = part(payload, "payload", most)?;
        let signature = part(signature, "signature", most)?;
        let (algorithm, certificates) = read_header(&header)?;
        Ok(Self { algorithm, certificates, signed, payload, signature })
    }

    /// Refuses every algorithm but those that are due.
    ///
    /// # Errors
    /// `jws.algorithm_mismatch`.
    pub fn require_algorithm(&self, due: &[&str]) -> Result<()> {
        if due.contains(&self.algorithm.as_str()) {
            return Ok(());
        }
        let message = format!("the JWS is signed by {}", quote(&self.algorithm));
        Err(mismatch(message).expecting(&due.join(", "), &self.algorithm).in_field("alg"))
    }
}

fn part(text: &[u8], field: &'static str, most: usize) -> Result<Vec<u8>> {
    base64url::decode_within(text, Padding::Forbidden, most).map_err(|error| {
        let message = format!("a part of the JWS: {}", error.message());
        Error::new(Code::JwsShape, message).in_field(field).at_known(error.offset())
    })
}

/// RFC 7515 section 4.
fn read_header(text: &[u8]) -> Result<(String, Vec<Vec<u8>>)> {
    let header = json::read_object(text).map_err(|error| {
        let message = format!("the header of the JWS: {}", error.message());
        let code = if error.code().name().starts_with("limit.") { error.code() } else { Code::JwsHeader };
        Error::new(code, message).at_known(error.offset())
    })?;
    let algorithm = match header.get("alg").map(|member| &member.value) {
        Some(Value::Text(text)) => text.to_string(),
        Some(_) => return Err(wrong("alg", "alg of the JWS header is not text")),
        None => return Err(wrong("alg", "the JWS header has no alg")),
    };
    for name in ["crit", "jwk", "jku"] {
        if header.get(name).is_some() {
            return Err(mismatch(format!("the JWS header has {name}")).in_field(name));
        }
    }
    Ok((algorithm, certificates(&header)?))
}

/// `x5c` (RFC 7515 section 4.1.6).
fn certificates(header: &Object<'_>) -> Result<Vec<Vec<u8>>> {
    let list = match header.get("x5c").map(|member| &member.value) {
        Some(Value::Array(raw)) => json::read_array(raw)?,
        Some(_) => return Err(wrong("x5c", "x5c of the JWS header is not an array")),
        None => return Err(wrong("x5c", "the JWS header has no certificates")),
    };
    if list.is_empty() {
        return Err(wrong("x5c", "x5c of the JWS header holds no certificate"));
    }
    if list.len() > limits::CERTIFICATES {
        let message = format!("{} certificates, more than {}", list.len(), limits::CERTIFICATES);
        return Err(Error::new(Code::LimitCount, message).in_field("x5c"));
    }
    let decoded = list.iter().map(|value| match value {
        Value::Text(text) => base64::decode(text).filter(|der| !der.is_empty()),
        _ => None,
    });
    let all: Option<Vec<_>> = decoded.collect();
    all.ok_or_else(|| wrong("x5c", "x5c of the JWS header is not an array of certificates in base64"))
}

fn wrong(field: &'static str, message: &'static str) -> Error {
    Error::new(Code::JwsHeader, message).in_field(field)
}

fn mismatch(message: String) -> Error {
    Error::new(Code::JwsAlgorithmMismatch, message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::Jws;
    use crate::error::Code;
    use crate::format::base64url::encode;

    fn jws(header: &str) -> String {
        format!("{}.{}.{}", encode(header.as_bytes()), encode(b"{}"), encode(b"s"))
    }

    fn code(text: &str) -> Code {
        Jws::parse(text.as_bytes(), 64 * 1024).unwrap_err().code()
    }

    #[test]
    fn the_parts_are_told_apart() {
        let text = jws(r#"{"alg":"ES256","typ":"JWT","x5c":["MAA=","/+8="]}"#);
        let read = Jws::parse(text.as_bytes(), text.len()).unwrap();
        assert_eq!((read.payload.as_slice(), read.signature.as_slice()), (&b"{}"[..], &b"s"[..]));
        assert_eq!(read.certificates, [vec![0x30, 0], vec![0xff, 0xef]]);
        assert_eq!(read.signed, &text.as_bytes()[..text.rfind('.').unwrap()]);
        read.require_algorithm(&["RS256", "ES256"]).unwrap();
        let error = read.require_algorithm(&["RS256"]).unwrap_err();
        assert_eq!((error.code(), error.actual()), (Code::JwsAlgorithmMismatch, Some("ES256")));
        assert_eq!(Jws::parse(text.as_bytes(), text.len() - 1).unwrap_err().code(), Code::LimitSize);
    }

    #[test]
    fn at66_three_parts_in_base64url_without_padding() {
        let good = jws(r#"{"alg":"RS256","x5c":["MAA="]}"#);
        Jws::parse(good.as_bytes(), good.len()).unwrap();
        let header = good.split('.').next().unwrap();
        for text in [
            "",
            ".",
            "...",
            header,
            &format!("{header}.e30"),
            &format!("{good}."),
            &format!("{good}.e30"),
            &format!("{header}.e30=.cw"),
            &format!("{header}.e30.cw=="),
            &format!("{header}.e31.cw"),
            &format!("{header}.e3+.cw"),
            &format!("{header}.e30.cw\n"),
        ] {
            assert_eq!(code(text), Code::JwsShape, "{text}");
        }
    }

    #[test]
    fn the_header_is_one_strict_object_with_certificates() {
        for header in [
            "",
            "[]",
            "{}",
            r#"{"alg":"RS256"}"#,
            r#"{"alg":null,"x5c":["MAA="]}"#,
            r#"{"x5c":["MAA="]}"#,
            r#"{"alg":"RS256","alg":"RS256","x5c":["MAA="]}"#,
            r#"{"alg":"RS256","x5c":["MAA="]} "x""#,
            r#"{"alg":"RS256","x5c":"MAA="}"#,
            r#"{"alg":"RS256","x5c":[]}"#,
            r#"{"alg":"RS256","x5c":[""]}"#,
            r#"{"alg":"RS256","x5c":["MAA"]}"#,
            r#"{"alg":"RS256","x5c":["_-8="]}"#,
            r#"{"alg":"RS256","x5c":[["MAA="]]}"#,
            r#"{"alg":"RS256","x5c":[0]}"#,
        ] {
            assert_eq!(code(&jws(header)), Code::JwsHeader, "{header}");
        }
        let many = format!(r#"{{"alg":"RS256","x5c":[{}]}}"#, ["\"MAA=\""; 9].join(","));
        assert_eq!(code(&jws(&many)), Code::LimitCount);
    }

    #[test]
    fn at64_keys_and_extensions_in_the_header_are_refused() {
        for header in [
            r#"{"alg":"RS256","x5c":["MAA="],"crit":["exp"]}"#,
            r#"{"alg":"RS256","x5c":["MAA="],"crit":[]}"#,
            r#"{"alg":"RS256","x5c":["MAA="],"jwk":{"kty":"RSA"}}"#,
        ] {
            assert_eq!(code(&jws(header)), Code::JwsAlgorithmMismatch, "{header}");
        }
        for algorithm in ["none", "HS256", "RS512", "rs256", ""] {
            let text = jws(&format!(r#"{{"alg":"{algorithm}","x5c":["MAA="]}}"#));
            let read = Jws::parse(text.as_bytes(), text.len()).unwrap();
            assert_eq!(read.require_algorithm(&["RS256"]).unwrap_err().code(), Code::JwsAlgorithmMismatch);
        }
    }
}
