//! The credential info fingerprint that a new key signs, and the attestation data that carry the signature.
//!
//! The fingerprint itself is never sent. The server rebuilds it from the client data and the public key text,
//! so the same PEM text, to the byte, must stand in both.

use super::signature_algorithm;
use crate::crypto::digest;
use crate::error::{Code, Error, Result, quote};
use crate::format::hex;
use crate::format::json::{Escaping, write_string};
use crate::limits;

/// The order of the members of attestation data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// publicKey, signature, algorithm
    Docs,
    /// algorithm, publicKey, signature
    Sdk2026,
}

impl Order {
    /// The order that a caller named in this field.
    ///
    /// # Errors
    /// `argument.value`.
    pub fn parse(name: &str, field: &'static str) -> Result<Self> {
        match name {
            "docs" => Ok(Self::Docs),
            "2026" => Ok(Self::Sdk2026),
            _ => {
                let message = format!("{} is not an order of attestation data: docs or 2026", quote(name));
                Err(Error::new(Code::ArgumentValue, message).in_field(field))
            }
        }
    }
}

/// `{"clientDataHash":"<hex SHA-256>","publicKey":"<PEM>"}`, keys sorted, compact, line feeds escaped.
///
/// # Errors
/// `limit.size` for a PEM text over the bound.
pub fn fingerprint(client_data: &[u8], public_key_pem: &str) -> Result<String> {
    check_pem_size(public_key_pem)?;
    let mut out = String::with_capacity(public_key_pem.len() + 128);
    out.push_str("{\"clientDataHash\":\"");
    out.push_str(&hex::encode(&digest::sha256(client_data)));
    out.push_str("\",\"publicKey\":");
    write_string(&mut out, public_key_pem, Escaping::JavaScript);
    out.push('}');
    Ok(out)
}

/// Attestation data: public key, signature in hexadecimal, and the algorithm where one is named.
///
/// # Errors
/// `limit.size` for a PEM text over the bound, `algorithm.unknown`.
pub fn attestation_data(
    public_key_pem: &str,
    signature: &[u8],
    algorithm: Option<&str>,
    order: Order,
) -> Result<String> {
    check_pem_size(public_key_pem)?;
    algorithm.map(signature_algorithm::parse).transpose()?;
    let mut out = String::with_capacity(public_key_pem.len() + 2 * signature.len() + 128);
    let mut separator = '{';
    let mut member = |out: &mut String, name: &str, value: &str| {
        out.push(separator);
        separator = ',';
        write_string(out, name, Escaping::JavaScript);
        out.push(':');
        write_string(out, value, Escaping::JavaScript);
    };
    let signature = hex::encode(signature);
    let front = algorithm.filter(|_| order == Order::Sdk2026);
    let back = algorithm.filter(|_| order == Order::Docs);
    if let Some(value) = front {
        member(&mut out, "algorithm", value);
    }
    member(&mut out, "publicKey", public_key_pem);
    member(&mut out, "signature", &signature);
    if let Some(value) = back {
        member(&mut out, "algorithm", value);
    }
    out.push('}');
    Ok(out)
}

/// Refuses the text of a public key that is too long to be looked at.
///
/// # Errors
/// `limit.size`.
pub(super) fn check_pem_size(pem: &str) -> Result<()> {
    if pem.len() > limits::PUBLIC_KEY_PEM {
        let message = format!("a public key text of {} bytes is over the limit", pem.len());
        return Err(Error::new(Code::LimitSize, message).in_field("publicKey"));
    }
    Ok(())
}
