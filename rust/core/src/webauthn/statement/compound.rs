//! Compound attestation (WebAuthn section 8.9): several statements of other formats about one credential.

use std::borrow::Cow;

use super::{AttestationType, CompoundPolicy, Context, Verified, missing, wrong_type};
use crate::error::{Code, Error, Result};
use crate::format::cbor::{Key, Value};
use crate::format::tolerance::Tolerated;
use crate::limits;

/// Verifies a statement: each of those in it, and then whether enough of them hold.
///
/// # Errors
/// `statement.*`, `limit.count`; where too few hold, the error of the first that does not, placed in it.
pub(super) fn verify<'a>(
    statement: &'a Value<'a>,
    context: &Context<'_>,
    tolerated: &mut Tolerated,
) -> Result<Verified<'a>> {
    let Value::Array(list) = statement else { return Err(wrong_type("attStmt", "an array")) };
    if list.len() > limits::CERTIFICATES {
        let message = format!("{} statements, more than {}", list.len(), limits::CERTIFICATES);
        return Err(Error::new(Code::LimitCount, message).in_field("attStmt"));
    }
    if list.len() < 2 {
        return Err(wrong_value("a compound attestation has two statements or more"));
    }
    // The syntax of all is looked at before any is verified: it is that of the whole.
    let mut parts = Vec::with_capacity(list.len());
    for (place, item) in list.iter().enumerate() {
        parts.push(part(item, tolerated).map_err(|error| placed(&error, place))?);
    }
    let statements: Vec<Result<Verified<'a>>> = parts
        .into_iter()
        .map(|(format, statement)| super::verify(format, statement, context, tolerated))
        .collect();
    check_policy(context.policy.compound, &statements)?;
    Ok(Verified {
        format: Cow::Borrowed("compound"),
        kind: AttestationType::Compound,
        chain: Vec::new(),
        certificates: Vec::new(),
        critical: &[],
        statements,
    })
}

/// One statement: its format and itself.
fn part<'a>(item: &'a Value<'a>, tolerated: &mut Tolerated) -> Result<(&'a Cow<'a, str>, &'a Value<'a>)> {
    let Value::Map(pairs) = item else { return Err(wrong_type("attStmt", "an array of maps")) };
    let (mut format, mut statement) = (None, None);
    for (key, value) in pairs {
        let name = match key {
            Key::Text(name) => name.as_ref(),
            Key::Integer(_) => "",
        };
        match (name, value) {
            ("fmt", Value::Text(text)) => format = Some(text),
            ("fmt", _) => return Err(wrong_type("fmt", "text")),
            ("attStmt", value) => statement = Some(value),
            _ => tolerated.allow("statement", || {
                let message = format!("a statement of a compound one has an unknown member {}", key.shown());
                Error::new(Code::StatementUnknown, message)
            })?,
        }
    }
    let format = format.ok_or_else(|| missing("fmt"))?;
    if format == "compound" {
        return Err(wrong_value("a compound attestation in another"));
    }
    Ok((format, statement.ok_or_else(|| missing("attStmt"))?))
}

fn check_policy(policy: CompoundPolicy, statements: &[Result<Verified<'_>>]) -> Result<()> {
    let wanted = match policy {
        CompoundPolicy::All => statements.len(),
        CompoundPolicy::AtLeast(wanted) => wanted.max(1),
    };
    if statements.iter().filter(|statement| statement.is_ok()).count() >= wanted {
        return Ok(());
    }
    let failed =
        statements.iter().enumerate().find_map(|(place, one)| one.as_ref().err().map(|error| (place, error)));
    match failed {
        Some((place, error)) => Err(placed(error, place)),
        None => Err(wrong_value("a compound attestation of fewer statements than have to hold")),
    }
}

fn wrong_value(message: &'static str) -> Error {
    Error::new(Code::StatementValue, message).in_field("attStmt")
}

/// The error with the statement it is about in place of the member within.
fn placed(error: &Error, place: usize) -> Error {
    const PLACES: [&str; limits::CERTIFICATES] = [
        "attStmt[0]",
        "attStmt[1]",
        "attStmt[2]",
        "attStmt[3]",
        "attStmt[4]",
        "attStmt[5]",
        "attStmt[6]",
        "attStmt[7]",
    ];
    let field = PLACES.get(place).copied().unwrap_or("attStmt");
    // Not every class of errors has a field.
    let message = format!("{field}: {}", error.message());
    let moved = Error::new(error.code(), message).in_field(field).at_known(error.offset());
    match error.expected().zip(error.actual()) {
        Some((expected, actual)) => moved.expecting(expected, actual),
        None => moved,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::super::{StatementPolicy, Verified};
    use super::{CompoundPolicy, Context, verify};
    use crate::error::{Code, Result};
    use crate::format::cbor::{Key, Value};
    use crate::format::tolerance::{Strictness, Tolerated};
    use crate::key::PublicKey;
    use crate::key::cose::CoseKey;
    use crate::key::test_keys::P256;
    use crate::webauthn::authenticator_data::AuthenticatorData;

    fn map<'a>(pairs: Vec<(&'a str, Value<'a>)>) -> Value<'a> {
        Value::Map(pairs.into_iter().map(|(name, value)| (Key::Text(name.into()), value)).collect())
    }

    fn one<'a>(format: &'a str, statement: Value<'a>) -> Value<'a> {
        map(vec![("fmt", Value::Text(format.into())), ("attStmt", statement)])
    }

    fn none<'a>() -> Value<'a> {
        one("none", map(vec![]))
    }

    fn bad<'a>() -> Value<'a> {
        one("apple", map(vec![]))
    }

    fn with<T>(
        policy: CompoundPolicy,
        list: Vec<Value<'_>>,
        see: impl FnOnce(Result<Verified<'_>>) -> T,
    ) -> T {
        let policy = StatementPolicy {
            at: None,
            allow_sha1: false,
            compound: policy,
            tpm_vendors: None,
            require_tee: true,
            judges_trust: false,
            known: None,
        };
        let key = PublicKey::from_pem(P256.public.as_bytes()).unwrap();
        let raw = [0; 37];
        let mut tolerated = Tolerated::new(Strictness::Interoperable);
        let context = Context {
            authenticator_data: &AuthenticatorData::parse(&raw, false, &mut tolerated).unwrap(),
            client_data_hash: &[0; 32],
            credential_key: &CoseKey::from_public_key(key, None).unwrap(),
            policy: &policy,
        };
        see(verify(&Value::Array(list), &context, &mut tolerated))
    }

    fn refusal(policy: CompoundPolicy, list: Vec<Value<'_>>) -> Option<(Code, Option<&'static str>)> {
        with(policy, list, |result| result.err().map(|error| (error.code(), error.field())))
    }

    #[test]
    fn at67_two_to_eight_statements_and_none_of_them_compound() {
        let all = CompoundPolicy::All;
        let value = Some((Code::StatementValue, Some("attStmt")));
        assert_eq!(refusal(all, vec![]), value);
        assert_eq!(refusal(all, vec![none()]), value);
        for count in 2..=8 {
            assert_eq!(refusal(all, vec![none(); count]), None);
        }
        assert_eq!(refusal(all, vec![none(); 9]), Some((Code::LimitCount, Some("attStmt"))));
        assert_eq!(refusal(all, vec![none(); 1000]), Some((Code::LimitCount, Some("attStmt"))));
        let nested = one("compound", Value::Array(vec![none(), none()]));
        assert_eq!(refusal(all, vec![none(), nested]), Some((Code::StatementValue, Some("attStmt[1]"))));
    }

    #[test]
    fn each_statement_has_a_format_and_itself() {
        let all = CompoundPolicy::AtLeast(1);
        for (item, code) in [
            (Value::Null, Code::StatementType),
            (map(vec![("fmt", Value::Text("none".into()))]), Code::StatementMissing),
            (map(vec![("attStmt", map(vec![]))]), Code::StatementMissing),
            (map(vec![("fmt", Value::Null), ("attStmt", map(vec![]))]), Code::StatementType),
        ] {
            assert_eq!(refusal(all, vec![none(), none(), item]), Some((code, Some("attStmt[2]"))));
        }
    }

    #[test]
    fn at68_the_policy_says_how_many_must_hold_and_each_result_is_kept() {
        let missing = |place| Some((Code::StatementMissing, Some(place)));
        assert_eq!(refusal(CompoundPolicy::All, vec![none(), bad(), bad()]), missing("attStmt[1]"));
        assert_eq!(refusal(CompoundPolicy::AtLeast(2), vec![bad(), none(), bad()]), missing("attStmt[0]"));
        assert_eq!(refusal(CompoundPolicy::AtLeast(1), vec![bad(), bad()]), missing("attStmt[0]"));
        let short = Some((Code::StatementValue, Some("attStmt")));
        assert_eq!(refusal(CompoundPolicy::AtLeast(3), vec![none(), none()]), short);
        with(CompoundPolicy::AtLeast(1), vec![bad(), none()], |result| {
            let verified = result.unwrap();
            assert_eq!(verified.statements.iter().map(Result::is_ok).collect::<Vec<_>>(), [false, true]);
        });
    }
}
