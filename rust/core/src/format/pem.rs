//! PEM text of keys and certificates (RFC 7468), strict about the frame and the base64, lenient about lines. Layer: format.
//!
//! Line ends may be LF, CRLF or CR, lines may have any length and blanks at their ends, and text may stand
//! around the one block. Everything that could make two readers see different keys is refused: a second
//! block, a boundary that is not a line of its own, headers, base64 in another spelling. The body of a private
//! key is decoded by `base64ct`, without table look-ups, and every buffer it passes through is wiped.

use base64ct::{Base64, Encoding};
use zeroize::Zeroizing;

use crate::error::{Code, Error, Result, quote};
use crate::limits;
use crate::secret::Secret;

/// What a block is said to hold. The label alone decides how the content is parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// `PRIVATE KEY`: PKCS#8
    PrivateKey,
    /// `ENCRYPTED PRIVATE KEY`: PKCS#8 under a password
    EncryptedPrivateKey,
    /// `EC PRIVATE KEY`: SEC 1
    EcPrivateKey,
    /// `RSA PRIVATE KEY`: PKCS#1
    RsaPrivateKey,
    /// `PUBLIC KEY`: SPKI
    PublicKey,
    /// `RSA PUBLIC KEY`: PKCS#1
    RsaPublicKey,
}

impl Label {
    const ALL: [Self; 6] = [
        Self::PrivateKey,
        Self::EncryptedPrivateKey,
        Self::EcPrivateKey,
        Self::RsaPrivateKey,
        Self::PublicKey,
        Self::RsaPublicKey,
    ];

    /// The words between `BEGIN` and the dashes.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PrivateKey => "PRIVATE KEY",
            Self::EncryptedPrivateKey => "ENCRYPTED PRIVATE KEY",
            Self::EcPrivateKey => "EC PRIVATE KEY",
            Self::RsaPrivateKey => "RSA PRIVATE KEY",
            Self::PublicKey => "PUBLIC KEY",
            Self::RsaPublicKey => "RSA PUBLIC KEY",
        }
    }

    fn from_text(text: &str) -> Result<Self> {
        Self::ALL.into_iter().find(|label| label.as_str() == text).ok_or_else(|| {
            let hint = match text {
                "OPENSSH PRIVATE KEY" => "; convert it with: ssh-keygen -p -m PKCS8 -f KEY",
                "CERTIFICATE" => "; take the key out with: openssl x509 -pubkey -noout",
                _ => "",
            };
            Error::new(
                Code::AlgorithmFormat,
                format!("a PEM block {} is not a key read here{hint}", quote(text)),
            )
        })
    }
}

/// The one block of a PEM text.
pub struct Document {
    /// What it is said to hold.
    pub label: Label,
    /// What it holds.
    pub der: Secret,
    /// The content of an `EC PARAMETERS` block before an `EC PRIVATE KEY`, as `openssl ecparam -genkey` writes.
    pub parameters: Option<Secret>,
}

const BEGIN: &[u8] = b"-----BEGIN ";
const END: &[u8] = b"-----END ";
const DASHES: &[u8] = b"-----";

/// Reads the one block of a text.
///
/// # Errors
/// `limit.size`, `pem.junk`, `pem.label`, `algorithm.format`, `pem.missing`, `pem.multiple`,
/// `algorithm.legacy_encryption`, `pem.base64`: whichever comes first in this order.
pub fn decode(text: &[u8]) -> Result<Document> {
    if text.len() > limits::PEM_TEXT {
        return Err(Error::new(Code::LimitSize, "the PEM text is longer than 128 KiB"));
    }
    check_text(text)?;
    let found = blocks(text)?;
    let (parameters, key) = match found.as_slice() {
        [] => return Err(no_block(text)),
        [key] => (None, key),
        [parameters, key] if parameters.label == "EC PARAMETERS" && key.label == "EC PRIVATE KEY" => {
            (Some(parameters), key)
        }
        several => return Err(more_than_one(several)),
    };
    let parameters = parameters.map(Block::decode).transpose()?;
    let der = key.decode()?;
    Ok(Document { label: Label::from_text(key.label)?, der, parameters })
}

/// Reads the certificates of a text: one `CERTIFICATE` block or several, and no others.
///
/// # Errors
/// `limit.size`, `pem.junk`, `pem.label`, `pem.missing`, `limit.count`, `algorithm.format`, `pem.base64`.
pub fn decode_certificates(text: &[u8]) -> Result<Vec<Vec<u8>>> {
    if text.len() > limits::PEM_CERTIFICATES {
        return Err(Error::new(Code::LimitSize, "the PEM text is longer than 16 MiB"));
    }
    check_text(text)?;
    let found = blocks(text)?;
    if found.is_empty() {
        return Err(Error::new(Code::PemMissing, "no PEM block in the text"));
    }
    if found.len() > limits::TRUST_ANCHORS {
        let message = format!("more than {} certificates in the PEM text", limits::TRUST_ANCHORS);
        return Err(Error::new(Code::LimitCount, message));
    }
    let certificate = |block: &Block<'_>| {
        if block.label != "CERTIFICATE" {
            let message = format!("a PEM block {} is not a certificate", quote(block.label));
            return Err(Error::new(Code::AlgorithmFormat, message).at(block.offset));
        }
        Ok(block.decode()?.expose().to_vec())
    };
    found.iter().map(certificate).collect()
}

fn check_text(text: &[u8]) -> Result<()> {
    if text.starts_with(b"\xef\xbb\xbf") {
        return Err(Error::new(Code::PemJunk, "the PEM text starts with a byte order mark").at(0));
    }
    if let Some(offset) = text.iter().position(|byte| *byte == 0) {
        return Err(Error::new(Code::PemJunk, "a NUL byte in the PEM text").at(offset));
    }
    Ok(())
}

struct Block<'a> {
    label: &'a str,
    body: &'a [u8],
    offset: usize,
}

/// Lines with their offsets, without the blanks at their ends. CRLF gives an empty line more, which is ignored
/// like every empty line.
fn lines(text: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut next = 0;
    text.split(|byte| matches!(byte, b'\n' | b'\r')).map(move |line| {
        let offset = next;
        next += line.len() + 1;
        let kept = line.iter().rposition(|byte| !is_blank(*byte)).map_or(0, |last| last + 1);
        (offset, line.get(..kept).unwrap_or_default())
    })
}

fn is_blank(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t')
}

/// Splits the text at its boundaries.
fn blocks(text: &[u8]) -> Result<Vec<Block<'_>>> {
    for (offset, line) in lines(text) {
        // Leading blanks, a body in the line of its header, `\n` spelled as two characters.
        let inside = line.windows(BEGIN.len()).skip(1).position(|part| part == BEGIN);
        if let Some(place) = inside {
            return Err(bad_boundary(
                "a PEM BEGIN boundary is not at the start of a line",
                offset + place + 1,
            ));
        }
        if line.starts_with(BEGIN) && boundary(line, BEGIN).is_none() {
            let literal = text.windows(2).any(|pair| pair == b"\\n");
            let message = if literal {
                "the PEM text holds backslash-n where line feeds are due"
            } else {
                "a PEM BEGIN boundary is not a line of its own"
            };
            return Err(bad_boundary(message, offset));
        }
    }
    let mut found = Vec::new();
    let mut open: Option<(&str, usize)> = None;
    for (offset, line) in lines(text) {
        let begins = boundary(line, BEGIN);
        match open {
            None => open = begins.map(|label| (label, offset + line.len())),
            Some(_) if begins.is_some() => {
                return Err(bad_boundary("a PEM block begins inside another", offset));
            }
            Some((label, start)) if line.starts_with(END) => {
                if boundary(line, END) != Some(label) {
                    return Err(bad_boundary("the PEM END label is not the BEGIN label", offset));
                }
                let body = text.get(start..offset).unwrap_or_default();
                found.push(Block { label, body, offset: start });
                open = None;
            }
            Some(_) => {}
        }
    }
    match open {
        Some((_, start)) => Err(bad_boundary("a PEM block without an END boundary", start)),
        None => Ok(found),
    }
}

/// The label of `-----BEGIN label-----`: printable words, joined by single blanks or hyphens (RFC 7468
/// section 3).
fn boundary<'a>(line: &'a [u8], mark: &[u8]) -> Option<&'a str> {
    let label = line.strip_prefix(mark)?.strip_suffix(DASHES)?;
    let printable = |word: &[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_graphic);
    let words = label.split(|byte| matches!(byte, b' ' | b'-')).all(printable);
    words.then(|| core::str::from_utf8(label).ok()).flatten()
}

fn bad_boundary(message: &'static str, offset: usize) -> Error {
    Error::new(Code::PemLabel, message).at(offset)
}

fn no_block(text: &[u8]) -> Error {
    let any_starts =
        |marks: &[&[u8]]| lines(text).any(|(_, line)| marks.iter().any(|mark| line.starts_with(mark)));
    if any_starts(&[b"PuTTY-User-Key-File"]) {
        let message =
            "a PuTTY key file; export it from PuTTYgen as an OpenSSH key and convert that to PKCS#8";
        return Error::new(Code::AlgorithmFormat, message);
    }
    if any_starts(&[b"ssh-", b"ecdsa-"]) {
        let message = "an OpenSSH public key; convert it with: ssh-keygen -e -m PKCS8 -f KEY.pub";
        return Error::new(Code::AlgorithmFormat, message);
    }
    Error::new(Code::PemMissing, "no PEM block in the text")
}

fn more_than_one(blocks: &[Block<'_>]) -> Error {
    let labels: Vec<_> = blocks.iter().take(4).map(|block| quote(block.label)).collect();
    let message = format!("{} PEM blocks where one key is due: {}", blocks.len(), labels.join(", "));
    Error::new(Code::PemMultiple, message)
}

impl Block<'_> {
    fn lines(&self) -> impl Iterator<Item = (usize, &[u8])> {
        lines(self.body).map(|(offset, line)| {
            let blanks = line.iter().take_while(|byte| is_blank(**byte)).count();
            (self.offset + offset + blanks, line.get(blanks..).unwrap_or_default())
        })
    }

    /// RFC 1421 headers, which OpenSSL's traditional encryption still writes.
    fn check_headers(&self) -> Result<()> {
        let Some((offset, line)) = self.lines().find(|(_, line)| line.contains(&b':')) else { return Ok(()) };
        if line.starts_with(b"Proc-Type") || line.starts_with(b"DEK-Info") {
            let message = "the old OpenSSL encryption is not read; convert the key with: \
                           openssl pkcs8 -topk8 -in OLD.pem -out NEW.pem";
            return Err(Error::new(Code::AlgorithmLegacyEncryption, message).at(offset));
        }
        Err(Error::new(Code::PemJunk, "a header line in the PEM block").at(offset))
    }

    fn decode(&self) -> Result<Secret> {
        self.check_headers()?;
        let refused = || Error::new(Code::PemBase64, "the PEM body is not canonical base64").at(self.offset);
        // The room is known up front: growing would leave unwiped pieces of the key behind.
        let mut joined = Secret::zeroed(self.lines().map(|(_, line)| line.len()).sum());
        let characters = self.lines().flat_map(|(_, line)| line);
        joined.expose_mut().iter_mut().zip(characters).for_each(|(place, byte)| *place = *byte);
        if joined.expose().is_empty() {
            return Err(refused());
        }
        let mut der = Secret::zeroed(joined.expose().len().div_ceil(4) * 3);
        let length =
            Base64::decode(joined.expose(), der.expose_mut()).map(<[u8]>::len).map_err(|_| refused())?;
        der.truncate(length);
        Ok(der)
    }
}

/// Writes a public key.
///
/// # Errors
/// `internal.error` only.
pub fn encode(label: Label, der: &[u8]) -> Result<String> {
    String::from_utf8(write(label, der)?).map_err(|_| Error::new(Code::Internal, "PEM text is not text"))
}

/// Writes a private key.
///
/// # Errors
/// `internal.error` only.
pub fn encode_secret(label: Label, der: &[u8]) -> Result<Secret> {
    write(label, der).map(Secret::new)
}

/// Lines of 64 characters and a final newline (RFC 7468 section 2), in a buffer that never grows.
fn write(label: Label, der: &[u8]) -> Result<Vec<u8>> {
    let label = label.as_str().as_bytes();
    let frame = BEGIN.len() + END.len() + 2 * (label.len() + DASHES.len() + 1);
    let mut out =
        Zeroizing::new(Vec::with_capacity(frame + der.len().div_ceil(3) * 4 + der.len().div_ceil(48)));
    for piece in [BEGIN, label, DASHES, b"\n"] {
        out.extend_from_slice(piece);
    }
    for line in der.chunks(48) {
        let start = out.len();
        out.resize(start + line.len().div_ceil(3) * 4, 0);
        let place = out.get_mut(start..).unwrap_or_default();
        Base64::encode(line, place).map_err(|_| Error::new(Code::Internal, "no room for the PEM text"))?;
        out.push(b'\n');
    }
    for piece in [END, label, DASHES, b"\n"] {
        out.extend_from_slice(piece);
    }
    Ok(core::mem::take(&mut *out))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::{Label, decode, encode, encode_secret};
    use crate::error::{Code, Error};
    use crate::limits;

    const KEY: &str = "-----BEGIN PRIVATE KEY-----\nAAEC\nAwQ=\n-----END PRIVATE KEY-----\n";
    const OTHER: &str = "-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\n";

    fn accepted(text: &str) {
        let document = decode(text.as_bytes()).map_err(|error| format!("{error} for {text:?}")).unwrap();
        assert_eq!(document.label, Label::PrivateKey);
        assert_eq!(document.der.expose(), [0, 1, 2, 3, 4]);
    }

    fn refusal(text: impl AsRef<[u8]>) -> Error {
        decode(text.as_ref()).err().unwrap()
    }

    fn body(body: &str) -> String {
        format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n")
    }

    #[test]
    fn certificates_come_alone_or_in_bundles() {
        let read = |text: &str| super::decode_certificates(text.as_bytes()).map_err(|error| error.code());
        assert_eq!(read(OTHER), Ok(vec![vec![0, 1, 2]]));
        assert_eq!(read(&format!("# one\n{OTHER}\n# two\n{OTHER}")).map(|all| all.len()), Ok(2));
        assert_eq!(read(&format!("{OTHER}{KEY}")), Err(Code::AlgorithmFormat));
        assert_eq!(read("nothing"), Err(Code::PemMissing));
        assert_eq!(read(&OTHER.replace("AAEC", "AAE")), Err(Code::PemBase64));
        assert_eq!(read(&OTHER.replace("AAEC", "A:EC")), Err(Code::PemJunk));
        assert_eq!(read(&format!("\u{feff}{OTHER}")), Err(Code::PemJunk));
        assert_eq!(
            read(&OTHER.repeat(limits::TRUST_ANCHORS)).map(|all| all.len()),
            Ok(limits::TRUST_ANCHORS)
        );
        assert_eq!(read(&OTHER.repeat(100_000)), Err(Code::LimitCount));
        assert_eq!(read(&" ".repeat(limits::PEM_CERTIFICATES + 1)), Err(Code::LimitSize));
    }

    #[test]
    fn ky17_line_ends_blanks_and_widths() {
        for text in [
            KEY.to_owned(),
            KEY.replace('\n', "\r\n"),
            KEY.replace('\n', "\r"),
            KEY.replace('\n', " \t\n"),
            KEY.trim_end().to_owned(),
            format!("\n\n{KEY}\n\n"),
            body("AAECAwQ="),
            body("A\nA\nE\nC\n\nA\nw\nQ\n="),
            body("  AAEC\n\tAwQ=\t"),
        ] {
            accepted(&text);
        }
        let wide = vec![b'A'; 10_000];
        assert_eq!(
            decode(body(core::str::from_utf8(&wide).unwrap()).as_bytes()).unwrap().der.expose(),
            [0; 7500]
        );
    }

    #[test]
    fn ky17_byte_order_marks_and_nul() {
        assert_eq!(refusal(format!("\u{feff}{KEY}")).code(), Code::PemJunk);
        assert_eq!(refusal(format!("\0{KEY}")).code(), Code::PemJunk);
        assert_eq!(refusal(format!("{KEY}\0")).code(), Code::PemJunk);
        assert_eq!(refusal(b"\0no block").code(), Code::PemJunk);
        accepted(&format!("\n\u{feff}\n{KEY}"));
    }

    #[test]
    fn ky12_text_around_the_block_is_allowed() {
        accepted(&format!(
            "Bag Attributes\n    friendlyName: test\n{KEY}-----END PRIVATE KEY-----\nbye: bye"
        ));
        let latin = [&b"Schl\xfcssel\n"[..], KEY.as_bytes()].concat();
        assert!(decode(&latin).is_ok());
    }

    #[test]
    fn ky13_one_block_only() {
        for text in [[KEY, KEY].concat(), [KEY, OTHER].concat(), [OTHER, KEY].concat()] {
            assert_eq!(refusal(text).code(), Code::PemMultiple);
        }
        let error = refusal([OTHER, KEY].concat());
        assert!(error.message().contains("\"CERTIFICATE\", \"PRIVATE KEY\""), "{error}");
    }

    #[test]
    fn ec_parameters_may_stand_before_an_ec_key_only() {
        let parameters = "-----BEGIN EC PARAMETERS-----\nAQI=\n-----END EC PARAMETERS-----\n";
        let key = KEY.replace("PRIVATE", "EC PRIVATE");
        let document = decode([parameters, &key].concat().as_bytes()).unwrap();
        assert_eq!(document.label, Label::EcPrivateKey);
        assert_eq!(document.parameters.unwrap().expose(), [1, 2]);
        assert!(decode(key.as_bytes()).unwrap().parameters.is_none());
        for text in [
            [parameters, KEY].concat(),
            [OTHER, &key].concat(),
            [&key, parameters].concat(),
            [parameters, parameters, &key].concat(),
            [parameters, &key, &key].concat(),
        ] {
            assert_eq!(refusal(text).code(), Code::PemMultiple);
        }
        assert_eq!(refusal(parameters).code(), Code::AlgorithmFormat);
        let bad = parameters.replace("AQI=", "AQI");
        assert_eq!(refusal(format!("{bad}{key}")).code(), Code::PemBase64);
        let bad = parameters.replace("AQI=", "a: b");
        assert_eq!(refusal(format!("{bad}{key}")).code(), Code::PemJunk);
    }

    #[test]
    fn ky14_boundaries() {
        for text in [
            KEY.replace("END PRIVATE", "END PUBLIC"),
            KEY.replace("END PRIVATE KEY-----", "END PRIVATE KEY----"),
            KEY.replace("\n-----END", "\n -----END"),
            KEY.replace("\n-----END", "-----END"),
            KEY.split("-----END").next().unwrap().to_owned(),
            KEY.replace("AAEC", OTHER),
            KEY.replace("AAEC", "-----BEGIN PRIVATE KEY-----"),
            format!(" {KEY}"),
            format!("\t{KEY}"),
            format!("{KEY}see -----BEGIN X-----"),
            KEY.replace('\n', "\\n"),
            KEY.replace('\n', ""),
            KEY.replace("BEGIN PRIVATE KEY-----", "BEGIN PRIVATE KEY---"),
            KEY.replace("BEGIN PRIVATE KEY-----", "BEGIN PRIVATE KEY-----AAEC"),
            KEY.replace("PRIVATE KEY", "PRIVATE  KEY"),
            KEY.replace("PRIVATE KEY", ""),
            KEY.replace("PRIVATE KEY", "PRIVATE\u{e9}KEY"),
        ] {
            assert_eq!(refusal(&text).code(), Code::PemLabel, "{text}");
        }
    }

    #[test]
    fn ky10_headers() {
        let old = body("Proc-Type: 4,ENCRYPTED\nDEK-Info: DES-EDE3-CBC,00\n\nAAEC");
        let error = refusal(old);
        assert_eq!(error.code(), Code::AlgorithmLegacyEncryption);
        assert!(error.message().contains("openssl pkcs8 -topk8 -in OLD.pem -out NEW.pem"));
        assert_eq!(refusal(body("DEK-Info: x\nAAEC")).code(), Code::AlgorithmLegacyEncryption);
        assert_eq!(refusal(body("Comment: x\nProc-Type: 4\nAAEC")).code(), Code::PemJunk);
        assert_eq!(refusal(body("AAEC\nAA:C")).code(), Code::PemJunk);
    }

    #[test]
    fn ky18_base64() {
        let bad = [
            "",
            "\n \n",
            "A",
            "AA",
            "AAE",
            "AAEC=",
            "AA==AAEC",
            "AA=C",
            "AB==",
            "AAF=",
            "A===",
            "====",
            "AA__",
            "AA--",
            "AA EC",
            "AAEC\x0b",
            "AAEC\u{a0}",
            "-----END",
            "AAEC-",
        ];
        for text in bad {
            assert_eq!(refusal(body(text)).code(), Code::PemBase64, "{text:?}");
        }
    }

    #[test]
    fn ky42_foreign_formats_are_named() {
        for (text, word) in [
            ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA user@host\n", "OpenSSH"),
            ("ecdsa-sha2-nistp256 AAAA user@host\n", "OpenSSH"),
            ("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n", "PuTTY"),
            (&KEY.replace("PRIVATE", "OPENSSH PRIVATE"), "\"OPENSSH PRIVATE KEY\""),
            (&KEY.replace("PRIVATE", "DSA PRIVATE"), "\"DSA PRIVATE KEY\""),
            (OTHER, "\"CERTIFICATE\""),
        ] {
            let error = refusal(text);
            assert_eq!(error.code(), Code::AlgorithmFormat, "{text}");
            assert!(error.message().contains(word), "{error}");
        }
        for text in ["", "hello", "-----BEGIN-----", "-----END PRIVATE KEY-----", "about ssh-ed25519"] {
            assert_eq!(refusal(text).code(), Code::PemMissing, "{text}");
        }
    }

    #[test]
    fn size_is_checked_first() {
        let padded = format!("{KEY}{}", " ".repeat(limits::PEM_TEXT - KEY.len()));
        accepted(&padded);
        assert_eq!(refusal(format!("\0{padded}")).code(), Code::LimitSize);
    }

    #[test]
    fn lines_have_64_characters_and_the_buffer_never_grows() {
        for length in [1, 2, 3, 47, 48, 49, 96, 200] {
            let der: Vec<u8> = (0..length).collect();
            let text = super::write(Label::RsaPublicKey, &der).unwrap();
            assert_eq!(text.capacity(), text.len());
            assert_eq!(encode_secret(Label::RsaPublicKey, &der).unwrap().expose(), text);
            let text = encode(Label::RsaPublicKey, &der).unwrap();
            let lines: Vec<_> = text.lines().collect();
            assert!(text.ends_with("-----END RSA PUBLIC KEY-----\n"));
            assert!(lines[1..lines.len() - 2].iter().all(|line| line.len() == 64));
            let document = decode(text.as_bytes()).unwrap();
            assert_eq!((document.label, document.der.expose()), (Label::RsaPublicKey, &der[..]));
        }
    }
}
