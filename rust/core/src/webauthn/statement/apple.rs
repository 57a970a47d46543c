//! Apple anonymous attestation (WebAuthn section 8.8): a certificate made for this one credential and this one
//! registration.

use std::borrow::Cow;

use super::{AttestationType, Context, Members, Verified, leaf};
use crate::crypto::digest;
use crate::error::{Code, Error, Result};
use crate::format::cbor::Value;
use crate::format::der::{self, Reader, tag};
use crate::format::tolerance::Tolerated;

/// The extension with the nonce, 1.2.840.113635.100.8.2, as content octets.
pub const NONCE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x63, 0x64, 0x08, 0x02];

/// Verifies a statement.
///
/// # Errors
/// `statement.*`, those of certificates and of their keys.
pub(super) fn verify<'a>(
    statement: &'a Value<'a>,
    context: &Context<'_>,
    tolerated: &mut Tolerated,
) -> Result<Verified<'a>> {
    // Section 8.8, step 1: the syntax.
    let members = Members::new(statement, &["x5c"], tolerated)?;
    let chain = members.certificates()?;
    let read = leaf::read_chain(&chain, tolerated)?;
    // Steps 2 to 4: the nonce is the hash of authenticator data and client data's hash.
    let nonce = digest::sha256(&context.signed());
    let found = read.leaf.extension(NONCE).and_then(|extension| read_nonce(extension.value));
    if found != Some(nonce.as_slice()) {
        let message = "the certificate was not made for these authenticator data and client data";
        return Err(Error::new(Code::StatementNonceMismatch, message).in_field("x5c"));
    }
    // Step 5: the certified key is the credential's.
    leaf::check_key(&read.leaf, context.credential_key)?;
    Ok(Verified {
        format: Cow::Borrowed("apple"),
        kind: AttestationType::AnonCa,
        chain: chain.into_iter().map(Cow::Borrowed).collect(),
        certificates: read.into_all(),
        critical: &[NONCE],
        statements: Vec::new(),
    })
}

/// SEQUENCE { \[1\] EXPLICIT OCTET STRING }, and nothing else.
fn read_nonce(value: &[u8]) -> Option<&[u8]> {
    let read = der::read(value, |reader| {
        reader.sequence(|inner| inner.element(tag::CONTEXT_1)?.inside(Reader::octet_string))
    });
    read.ok().map(|nonce| nonce.content)
}

#[cfg(test)]
mod tests {
    use super::read_nonce;

    #[test]
    fn at62_the_nonce_is_wrapped_in_one_way() {
        assert_eq!(read_nonce(&[0x30, 6, 0xa1, 4, 4, 2, 7, 8]), Some(&[7, 8][..]));
        for value in [
            &[0x30, 4, 4, 2, 7, 8][..],
            &[4, 2, 7, 8],
            &[7, 8],
            &[0xa1, 4, 4, 2, 7, 8],
            &[0x30, 4, 0x81, 2, 7, 8],
            &[0x30, 6, 0xa0, 4, 4, 2, 7, 8],
            &[0x30, 6, 0xa2, 4, 4, 2, 7, 8],
            &[0x30, 8, 0xa1, 4, 4, 2, 7, 8, 5, 0],
            &[0x30, 8, 0xa1, 6, 4, 2, 7, 8, 5, 0],
            &[0x30, 6, 0xa1, 4, 4, 2, 7, 8, 0],
            &[],
        ] {
            assert_eq!(read_nonce(value), None, "{value:02x?}");
        }
    }
}
