//! What a relying party expects of a ceremony: every choice of WebAuthn section 7 as a value, checked before
//! anything is judged.

use std::borrow::Cow;

use crate::error::{Code, Error, Result, quote};
use crate::format::base64url;
use crate::format::tolerance::Strictness;

/// The challenge that was given out.
#[derive(Clone, Copy, Debug)]
pub enum Challenge<'a> {
    /// Its bytes, which a browser writes in base64url.
    Bytes(&'a [u8]),
    /// Its text.
    Text(&'a str),
}

/// How the challenge is written in client data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeForm {
    /// As it is.
    Verbatim,
    /// In base64url, of its bytes or of the UTF-8 of its text.
    Encoded,
    /// Either way.
    Either,
}

impl ChallengeForm {
    /// The form a caller named.
    ///
    /// # Errors
    /// `argument.value`.
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "verbatim" => Ok(Self::Verbatim),
            "encoded" => Ok(Self::Encoded),
            "either" => Ok(Self::Either),
            _ => {
                let message = format!("{} is not verbatim, encoded or either", quote(name));
                Err(Error::new(Code::ArgumentValue, message).in_field("challenge_form"))
            }
        }
    }
}

/// What both ceremonies expect.
#[derive(Clone, Debug)]
pub struct Policy<'a> {
    /// The challenge that was given out.
    pub challenge: Challenge<'a>,
    /// How it is written; None for what the kind of response has.
    pub challenge_form: Option<ChallengeForm>,
    /// The origins that are taken, compared exactly.
    pub origins: &'a [String],
    /// The origins a page may be embedded in; None asks nothing where crossing is allowed.
    pub top_origins: Option<&'a [String]>,
    /// Whether a call may cross origins.
    pub allow_cross_origin: bool,
    /// The relying party's id.
    pub rp_id: &'a str,
    /// Whether the user must have been present (UP).
    pub require_user_presence: bool,
    /// Whether the user must have been verified (UV).
    pub require_user_verification: bool,
    /// The credential that is expected.
    pub credential_id: Option<&'a [u8]>,
    /// Whether client data must also pass the limited verification (section 5.8.1.2).
    pub limited_verification: bool,
    /// Whether signatures with SHA-1 are taken.
    pub allow_sha1: bool,
    /// Whether padded base64url is taken.
    pub padded_base64url: base64url::Padding,
    /// How the standard is read.
    pub strictness: Strictness,
}

impl<'a> Policy<'a> {
    /// Refuses a policy that could pass by accident.
    ///
    /// # Errors
    /// `argument.value`.
    pub fn check(&self) -> Result<()> {
        let refused =
            |message: &'static str, field| Err(Error::new(Code::ArgumentValue, message).in_field(field));
        let empty = match self.challenge {
            Challenge::Bytes(bytes) => bytes.is_empty(),
            Challenge::Text(text) => text.is_empty(),
        };
        if empty {
            return refused("the expected challenge is empty", "challenge");
        }
        if self.verbatim().is_none() && self.challenge_form == Some(ChallengeForm::Verbatim) {
            return refused("a challenge whose bytes are no text cannot stand verbatim", "challenge_form");
        }
        if self.origins.is_empty() || self.origins.iter().any(String::is_empty) {
            return refused("an expected origin is missing or empty", "origin");
        }
        if self.top_origins.is_some_and(|origins| origins.iter().any(String::is_empty)) {
            return refused("an expected top origin is empty", "top_origin");
        }
        if self.rp_id.is_empty() {
            return refused("the id of the relying party is empty", "rp_id");
        }
        if self.credential_id.is_some_and(<[u8]>::is_empty) {
            return refused("the expected credential id is empty", "credential_id");
        }
        Ok(())
    }

    fn verbatim(&self) -> Option<&'a str> {
        match self.challenge {
            Challenge::Bytes(bytes) => core::str::from_utf8(bytes).ok(),
            Challenge::Text(text) => Some(text),
        }
    }

    /// The texts that the challenge may have in client data. A Dfns client hands the platform either the text or
    /// its bytes, so there both forms of a text occur.
    pub(super) fn challenge_texts(&self, is_dfns: bool) -> (Option<Cow<'a, str>>, Option<Cow<'a, str>>) {
        let usual = match self.challenge {
            Challenge::Bytes(_) => ChallengeForm::Encoded,
            Challenge::Text(_) if is_dfns => ChallengeForm::Either,
            Challenge::Text(_) => ChallengeForm::Verbatim,
        };
        let form = self.challenge_form.unwrap_or(usual);
        let bytes = match self.challenge {
            Challenge::Bytes(bytes) => bytes,
            Challenge::Text(text) => text.as_bytes(),
        };
        let verbatim = (form != ChallengeForm::Encoded).then(|| self.verbatim().map(Cow::Borrowed)).flatten();
        let encoded = (form != ChallengeForm::Verbatim).then(|| Cow::Owned(base64url::encode(bytes)));
        (verbatim, encoded)
    }
}
