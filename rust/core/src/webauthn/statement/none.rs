//! None attestation (WebAuthn section 8.7).

use std::borrow::Cow;

use super::{AttestationType, Verified, wrong_type};
use crate::error::{Code, Error, Result};
use crate::format::cbor::Value;

/// The statement is an empty map.
pub(super) fn verify<'a>(statement: &Value<'_>) -> Result<Verified<'a>> {
    match statement {
        Value::Map(pairs) if pairs.is_empty() => Ok(Verified {
            format: Cow::Borrowed("none"),
            kind: AttestationType::None,
            chain: Vec::new(),
            certificates: Vec::new(),
            critical: &[],
            statements: Vec::new(),
        }),
        Value::Map(_) => {
            let message = "a statement in an attestation of the format none";
            Err(Error::new(Code::StatementValue, message).in_field("attStmt"))
        }
        _ => Err(wrong_type("attStmt", "a map")),
    }
}
