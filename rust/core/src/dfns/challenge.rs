//! What a server's challenge says: the text to sign, and which credentials may sign it.
//!
//! The list of the credential's own kind decides. It is asked before the key is touched: a signature by a
//! credential the server did not offer is refused there, and costs the user a challenge.

use std::borrow::Cow;

use super::kind::CredentialKind;
use crate::error::{Code, Error, Result, quote};
use crate::format::record::{CHALLENGE, Field, Record};
use crate::limits;

/// The text to sign, if the credential may sign it.
///
/// # Errors
/// `challenge.missing`, `challenge.type`, `limit.count`, `challenge.credential_not_allowed`.
pub fn accept<'r>(challenge: &'r Record<'_>, kind: CredentialKind, credential_id: &str) -> Result<&'r str> {
    let text = challenge.text(&CHALLENGE, "challenge")?;
    match kind {
        CredentialKind::RecoveryKey => {
            let list = challenge.list(&CHALLENGE, "allowedRecoveryCredentials")?;
            check(&list, "allowedRecoveryCredentials", credential_id)?;
        }
        CredentialKind::Key | CredentialKind::PasswordProtectedKey => {
            let member = list_name(kind);
            let lists = challenge.record(&CHALLENGE, "allowCredentials")?;
            check(&lists.list(&CHALLENGE, member)?, member, credential_id)?;
        }
    }
    Ok(text)
}

/// The member that lists the credentials of this kind.
#[must_use]
pub fn list_name(kind: CredentialKind) -> &'static str {
    match kind {
        CredentialKind::Key => "key",
        CredentialKind::PasswordProtectedKey => "passwordProtectedKey",
        CredentialKind::RecoveryKey => "allowedRecoveryCredentials",
    }
}

fn check(list: &[Field<'_>], member: &'static str, credential_id: &str) -> Result<()> {
    check_count(list.len(), member)?;
    let mut ids = Vec::with_capacity(list.len());
    for entry in list {
        let record: Cow<'_, Record<'_>> = match entry.as_record() {
            Some(record) => record?,
            None => return Err(CHALLENGE.wrong_type(member, "a list of objects")),
        };
        ids.push(record.text(&CHALLENGE, "id")?.to_owned());
    }
    if ids.iter().any(|id| id == credential_id) {
        return Ok(());
    }
    Err(not_allowed(ids.iter().map(String::as_str), member, credential_id))
}

/// Refuses an allow-list over the bound.
///
/// # Errors
/// `limit.count`.
pub fn check_count(entries: usize, member: &'static str) -> Result<()> {
    if entries > limits::ALLOW_LIST {
        let message = format!("{member} lists {entries} credentials, more than {}", limits::ALLOW_LIST);
        return Err(Error::new(Code::LimitCount, message).in_field(member));
    }
    Ok(())
}

/// The refusal, naming the credential and those that would have done.
pub fn not_allowed<'a>(
    ids: impl Iterator<Item = &'a str>,
    member: &'static str,
    credential_id: &str,
) -> Error {
    let allowed = ids.take(8).collect::<Vec<_>>().join(", ");
    let message = format!("the challenge does not allow the credential {}", quote(credential_id));
    Error::new(Code::ChallengeCredentialNotAllowed, message)
        .in_field(member)
        .expecting(&allowed, credential_id)
}
