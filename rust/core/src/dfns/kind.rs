//! The kinds of credential that a software key can be.

use crate::error::{Code, Error, Result, quote};

/// A kind of credential held by a software key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CredentialKind {
    /// A key its owner keeps.
    Key,
    /// A key the server keeps, encrypted under a password.
    PasswordProtectedKey,
    /// A key the server may keep, encrypted under a recovery code.
    RecoveryKey,
}

impl CredentialKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Key, Self::PasswordProtectedKey, Self::RecoveryKey];

    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Key => "Key",
            Self::PasswordProtectedKey => "PasswordProtectedKey",
            Self::RecoveryKey => "RecoveryKey",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// The kind a caller named.
    ///
    /// # Errors
    /// `argument.value`.
    pub fn parse(name: &str) -> Result<Self> {
        Self::from_name(name).ok_or_else(|| {
            let message = format!(
                "{} is not a kind of key credential: Key, PasswordProtectedKey or RecoveryKey",
                quote(name)
            );
            Error::new(Code::ArgumentValue, message).in_field("kind")
        })
    }
}
