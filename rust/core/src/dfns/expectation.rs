//! What a verifier expects of client data, and the steps that assertions and attestations share.

use super::assertion::check_credential_id;
use super::client_data::{ClientData, sent_challenge};
use super::kind::CredentialKind;
use super::profile::{Profile, Use};
use super::signature_algorithm::{hash_for, hash_for_go_v1};
use crate::crypto::Hash;
use crate::crypto::rsa::Padding;
use crate::error::{Code, Error, Result};
use crate::format::base64url;
use crate::key::Algorithm;
use crate::report::Judge;

/// What the caller expects. Everything that is None is not asked about, but for `cross_origin`: client data
/// that say `true` are refused unless that is expected.
#[derive(Clone, Debug)]
pub struct Expectation<'a> {
    /// The challenge the server gave out.
    pub challenge: &'a str,
    /// The credential's id.
    pub credential_id: Option<&'a str>,
    /// The kind of credential.
    pub kind: Option<CredentialKind>,
    /// The exact bytes of one producer.
    pub profile: Option<&'static Profile>,
    /// The origin.
    pub origin: Option<&'a str>,
    /// Whether client data say that the call crossed origins.
    pub cross_origin: Option<bool>,
    /// The padding of RSA signatures; None means PKCS#1 v1.5.
    pub padding: Option<Padding>,
    /// Whether an ECDSA s in the upper half is refused.
    pub low_s: bool,
    /// Whether padded base64url is taken.
    pub padded_base64url: base64url::Padding,
}

impl Expectation<'_> {
    /// Refuses an expectation that could pass by accident.
    ///
    /// # Errors
    /// `argument.value` for an empty challenge or credential id, `limit.size` for an id over the bound.
    pub fn check(&self) -> Result<()> {
        if self.challenge.is_empty() {
            let message = "the expected challenge is empty";
            return Err(Error::new(Code::ArgumentValue, message).in_field("challenge"));
        }
        self.credential_id.map_or(Ok(()), check_credential_id)
    }

    /// Whether `algorithm` may be named as Go's SDK v1 does.
    pub(super) fn is_go_v1(&self) -> bool {
        self.profile.is_some_and(|profile| profile.name == "go-v1")
    }

    /// The hash that a name stands for with this key, by the profile's names.
    pub(super) fn hash_of(&self, name: Option<&str>, key: Algorithm) -> Result<Option<Hash>> {
        if self.is_go_v1() { hash_for_go_v1(name, key) } else { hash_for(name, key) }
    }

    /// base64url text of a field, decoded as this verifier allows.
    ///
    /// # Errors
    /// Those of [`base64url::decode`], naming the field.
    pub fn decode(&self, text: &str, field: &'static str) -> Result<Vec<u8>> {
        base64url::decode(text.as_bytes(), self.padded_base64url).map_err(|error| error.in_field(field))
    }

    /// The steps client_data, type, challenge, origin, cross_origin and profile.
    pub(super) fn judge_client_data(
        &self,
        judge: &mut Judge,
        text: Option<&str>,
        purpose: Use,
    ) -> Option<ClientData> {
        let read = judge.step("client_data", "client data: one strict JSON object", text, |text| {
            ClientData::decode(&self.decode(text, "clientData")?)
        });
        let read_ref = read.as_ref();
        judge.step("type", "client data: type", read_ref, |data| {
            self.equal(Code::ClientDataTypeMismatch, "type", purpose.name(), &data.kind)
        });
        judge.step("challenge", "client data: challenge", read_ref, |data| {
            let challenge = match self.profile {
                Some(profile) => sent_challenge(profile, self.challenge),
                None => self.challenge.into(),
            };
            self.equal(Code::ClientDataChallengeMismatch, "challenge", &challenge, &data.challenge)
        });
        judge.step("origin", "client data: origin", read_ref, |data| match self.origin {
            Some(origin) if data.origin.as_deref() != Some(origin) => {
                let actual = data.origin.as_deref().unwrap_or("(none)");
                Err(Error::mismatch(Code::ClientDataOriginMismatch, "origin", origin, actual))
            }
            _ => Ok(()),
        });
        judge.step("cross_origin", "client data: crossOrigin", read_ref, |data| {
            let word = |flag| if flag { "true" } else { "false" };
            let actual = word(data.cross_origin.unwrap_or(false));
            let expected = word(self.cross_origin.unwrap_or(false));
            self.equal(Code::ClientDataCrossOriginMismatch, "crossOrigin", expected, actual)
        });
        judge.step("profile", "client data: the bytes of one producer", read_ref, |data| {
            match self.profile {
                Some(profile) if !data.matches(profile) => {
                    let message =
                        format!("the client data are not the bytes of the profile {}", profile.name);
                    Err(Error::new(Code::ClientDataProfileMismatch, message).in_field("clientData"))
                }
                _ => Ok(()),
            }
        });
        read
    }

    pub(super) fn equal(&self, code: Code, field: &'static str, expected: &str, actual: &str) -> Result<()> {
        if expected == actual { Ok(()) } else { Err(Error::mismatch(code, field, expected, actual)) }
    }

    pub(super) fn judge_kind(&self, code: Code, field: &'static str, name: &str) -> Result<CredentialKind> {
        let found = CredentialKind::from_name(name);
        match (found, self.kind) {
            (Some(found), None) => Ok(found),
            (Some(found), Some(expected)) if found == expected => Ok(found),
            (_, expected) => {
                let expected =
                    expected.map_or("Key, PasswordProtectedKey or RecoveryKey", CredentialKind::name);
                Err(Error::mismatch(code, field, expected, name))
            }
        }
    }

    pub(super) fn judge_id(&self, code: Code, actual: &str) -> Result<()> {
        self.credential_id.map_or(Ok(()), |expected| self.equal(code, "credId", expected, actual))
    }
}
