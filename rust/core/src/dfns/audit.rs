//! The assertion that an audit log keeps of a user action, verified again: with the key the log gives, or pinned
//! to one the verifier knows. It may be of any kind of credential, passkeys included.

use super::assertion::check_credential_id;
use super::client_data::ClientData;
use super::kind::CredentialKind;
use super::signature_algorithm::{check_padding, hash_for, parse};
use crate::crypto::rsa::Padding;
use crate::crypto::{AnyHash, Hash, digest};
use crate::error::{Code, Error, Result};
use crate::format::record::{ASSERTION, Record};
use crate::format::tolerance::{Strictness, Tolerance, Tolerated};
use crate::format::{base64url, hex};
use crate::key::PublicKey;
use crate::key::cose::CoseAlgorithm;
use crate::key::signing::Scheme;
use crate::limits;
use crate::report::{Judge, Report, decided};
use crate::webauthn::authenticator_data::{AuthenticatorData, Flags};
use crate::x509::findings::Findings;

/// The kinds of credential that sign user actions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuditKind {
    /// A software key, which signs the client data.
    Key(CredentialKind),
    /// A passkey, which signs authenticator data and the hash of the client data.
    Fido2,
}

impl AuditKind {
    /// The name in the log.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Key(kind) => kind.name(),
            Self::Fido2 => "Fido2",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        match name {
            "Fido2" => Some(Self::Fido2),
            other => CredentialKind::from_name(other).map(Self::Key),
        }
    }

    /// The `type` of the client data.
    fn client_data_type(self) -> &'static str {
        match self {
            Self::Key(_) => "key.get",
            Self::Fido2 => "webauthn.get",
        }
    }
}

/// What a verifier of audit logs expects. What is None is not asked about.
#[derive(Clone, Debug)]
pub struct AuditExpectation<'a> {
    /// The key of the credential. Without it, the log vouches for its own key.
    pub public_key: Option<&'a PublicKey>,
    /// The challenge of the user action.
    pub challenge: Option<&'a str>,
    /// The origin.
    pub origin: Option<&'a str>,
    /// The relying party's id, of passkeys.
    pub rp_id: Option<&'a str>,
    /// The credential's id.
    pub credential_id: Option<&'a str>,
    /// Whether a passkey must have verified its user.
    pub require_user_verification: bool,
    /// The `algorithm` the credential was registered with: it decides the hash.
    pub algorithm: Option<&'a str>,
    /// The padding of RSA signatures; None means PKCS#1 v1.5.
    pub padding: Option<Padding>,
    /// Whether an ECDSA s in the upper half is refused.
    pub low_s: bool,
    /// Whether padded base64url is taken.
    pub padded_base64url: base64url::Padding,
    /// What was found out before, of which this is one of many; None finds everything out anew.
    pub known: Option<&'a Findings>,
}

/// What a verified log entry said.
#[derive(Clone, Debug)]
pub struct VerifiedAudit {
    /// The kind of credential.
    pub kind: AuditKind,
    /// The credential that signed.
    pub credential_id: String,
    /// Its key.
    pub public_key: PublicKey,
    /// The client data that were signed.
    pub client_data: ClientData,
    /// The authenticator data that were signed, of passkeys.
    pub authenticator_data: Option<Vec<u8>>,
    /// The hash that was used; none for algorithms that take the message whole.
    pub hash: Option<Hash>,
    /// The signature.
    pub signature: Vec<u8>,
    /// What was let pass in the authenticator data.
    pub tolerated: Vec<Tolerance>,
}

struct Shape {
    kind: String,
    credential_id: String,
    public_key: String,
    client_data: String,
    signature: String,
    authenticator_data: Option<String>,
}

/// A whole log entry, or the credential in it. A log may tell more than this, so what is unknown is passed over.
fn shape(record: &Record<'_>) -> Result<Shape> {
    if record.get("firstFactorCredential").is_some() {
        return credential_shape(&*record.record(&ASSERTION, "firstFactorCredential")?);
    }
    credential_shape(record)
}

fn credential_shape(record: &Record<'_>) -> Result<Shape> {
    let kind = record.filled_text(&ASSERTION, "kind")?.to_owned();
    let credential_id = record.filled_text(&ASSERTION, "id")?.to_owned();
    check_credential_id(&credential_id).map_err(|error| {
        let code = if error.code() == Code::LimitSize { Code::LimitSize } else { Code::AssertionValue };
        Error::new(code, error.message().to_owned()).in_field("id")
    })?;
    let public_key = record.filled_text(&ASSERTION, "publicKey")?.to_owned();
    if public_key.len() > limits::PUBLIC_KEY_PEM {
        return Err(Error::new(Code::LimitSize, "the public key text is too long").in_field("publicKey"));
    }
    let assertion = record.record(&ASSERTION, "assertion")?;
    // A key signs no authenticator data, so whatever the log has in their place says nothing.
    let authenticator_data = match kind.as_str() {
        "Fido2" => Some(assertion.filled_text(&ASSERTION, "authenticatorData")?.to_owned()),
        _ => None,
    };
    Ok(Shape {
        kind,
        credential_id,
        public_key,
        client_data: assertion.filled_text(&ASSERTION, "clientData")?.to_owned(),
        signature: assertion.filled_text(&ASSERTION, "signature")?.to_owned(),
        authenticator_data,
    })
}

impl AuditExpectation<'_> {
    /// Refuses an expectation that could pass by accident, or that no entry of the expected key can meet.
    ///
    /// # Errors
    /// `argument.value`, `limit.size`; `algorithm.unknown` for a name that is none, `algorithm.mismatch` for an
    /// algorithm or a padding that the expected key does not have.
    pub fn check(&self) -> Result<()> {
        // The origin may be empty: there are signers that write it so.
        for (value, field) in [(self.challenge, "challenge"), (self.rp_id, "rp_id")] {
            if value == Some("") {
                let message = format!("the expected {field} is empty");
                return Err(Error::new(Code::ArgumentValue, message).in_field(field));
            }
        }
        self.credential_id.map_or(Ok(()), check_credential_id)?;
        let key = self.public_key.map(PublicKey::algorithm);
        key.map_or(Ok(()), |key| check_padding(self.padding, key))?;
        match (key, self.algorithm) {
            (Some(key), Some(_)) => hash_for(self.algorithm, key).map(drop),
            (None, Some(name)) => parse(name).map(drop),
            (_, None) => Ok(()),
        }
    }

    fn decode(&self, text: &str, field: &'static str) -> Result<Vec<u8>> {
        base64url::decode(text.as_bytes(), self.padded_base64url).map_err(|error| error.in_field(field))
    }

    fn key(&self, pem: &str) -> Result<PublicKey> {
        let key = Findings::pem(self.known, pem.as_bytes()).map_err(|error| error.in_field("publicKey"))?;
        match self.public_key {
            Some(expected) if *expected != key => {
                let message = "the log names another public key than the expected one";
                let (wanted, found) = (hex::encode(&expected.fingerprint()), hex::encode(&key.fingerprint()));
                Err(Error::new(Code::AttestationPublicKeyMismatch, message)
                    .in_field("publicKey")
                    .expecting(&wanted, &found))
            }
            _ => Ok(key),
        }
    }

    fn judge_challenge(&self, kind: AuditKind, found: &str) -> Result<()> {
        let Some(expected) = self.challenge else { return Ok(()) };
        let encoded = || base64url::encode(expected.as_bytes());
        if found == expected || (kind == AuditKind::Fido2 && found == encoded()) {
            return Ok(());
        }
        Err(Error::mismatch(Code::ClientDataChallengeMismatch, "challenge", expected, found))
    }

    /// The hash and padding. A passkey whose algorithm is not known has the usual one of its key's kind, which is
    /// another than that of software keys for the larger curves.
    fn scheme(&self, kind: AuditKind, key: &PublicKey) -> Result<Scheme> {
        let hash = match (kind, self.algorithm) {
            (AuditKind::Fido2, None) => match CoseAlgorithm::usual_for(key.algorithm()).hash() {
                Some(AnyHash::Sound(hash)) => Some(hash),
                _ => None,
            },
            (_, named) => hash_for(named, key.algorithm())?,
        };
        Ok(Scheme { hash, padding: self.padding })
    }
}

/// The authenticator data of a passkey, as far as they are judged.
#[derive(Clone)]
struct Authenticator {
    raw: Vec<u8>,
    rp_id_hash: [u8; 32],
    flags: Flags,
}

/// Verifies the assertion in a log entry.
///
/// # Errors
/// Those of [`AuditExpectation::check`]; that of the first step that fails.
pub fn verify(record: Result<Record<'_>>, expected: &AuditExpectation<'_>) -> Result<VerifiedAudit> {
    expected.check()?;
    let (report, verified) = judge(record, expected, Judge::to_decide());
    decided(&report, verified)
}

/// Tells all that is right and wrong with the assertion in a log entry.
///
/// # Errors
/// Those of [`AuditExpectation::check`]; never for the entry.
pub fn explain(
    record: Result<Record<'_>>,
    expected: &AuditExpectation<'_>,
) -> Result<(Report, Option<VerifiedAudit>)> {
    expected.check()?;
    Ok(judge(record, expected, Judge::to_explain()))
}

fn judge(
    record: Result<Record<'_>>,
    expected: &AuditExpectation<'_>,
    mut judge: Judge,
) -> (Report, Option<VerifiedAudit>) {
    let parts = judge.step("shape", "audit log: members", Some(record), |record| shape(&record?));
    let parts = parts.as_ref();
    let kind = judge.step("kind", "audit log: kind", parts, |parts| {
        let known = "Key, PasswordProtectedKey, RecoveryKey or Fido2";
        AuditKind::from_name(&parts.kind)
            .ok_or_else(|| Error::mismatch(Code::AssertionKindMismatch, "kind", known, &parts.kind))
    });
    judge.step("credential_id", "audit log: id", parts, |parts| match expected.credential_id {
        Some(id) if id != parts.credential_id => {
            Err(Error::mismatch(Code::AssertionIdMismatch, "id", id, &parts.credential_id))
        }
        _ => Ok(()),
    });
    let key =
        judge.step("public_key", "audit log: publicKey", parts, |parts| expected.key(&parts.public_key));
    let data = judge.step("client_data", "client data: one strict JSON object", parts, |parts| {
        ClientData::decode(&expected.decode(&parts.client_data, "clientData")?)
    });
    let told = kind.zip(data.as_ref());
    judge.step("type", "client data: type", told, |(kind, data)| {
        let due = kind.client_data_type();
        if data.kind == due {
            Ok(())
        } else {
            Err(Error::mismatch(Code::ClientDataTypeMismatch, "type", due, &data.kind))
        }
    });
    judge.step("challenge", "client data: challenge", told, |(kind, data)| {
        expected.judge_challenge(kind, &data.challenge)
    });
    judge.step("origin", "client data: origin", data.as_ref(), |data| match expected.origin {
        Some(origin) if data.origin.as_deref() != Some(origin) => {
            let actual = data.origin.as_deref().unwrap_or("(none)");
            Err(Error::mismatch(Code::ClientDataOriginMismatch, "origin", origin, actual))
        }
        _ => Ok(()),
    });
    let mut tolerated = Tolerated::new(Strictness::Interoperable);
    let authenticator = judge_authenticator(&mut judge, parts.zip(kind), expected, &mut tolerated);
    let signed = parts.zip(key.as_ref()).zip(data.as_ref()).zip(authenticator.as_ref()).zip(kind);
    let signature =
        judge.step("signature", "signature over what the kind of credential signs", signed, |signed| {
            let ((((parts, key), data), authenticator), kind) = signed;
            let signature = expected.decode(&parts.signature, "signature")?;
            let scheme = expected.scheme(kind, key)?;
            let message = match authenticator {
                Some(authenticator) => &[&authenticator.raw[..], &digest::sha256(&data.raw)].concat(),
                None => &data.raw,
            };
            key.verify(message, &signature, scheme, expected.low_s)?;
            Ok((signature, scheme.hash))
        });
    let report = judge.finish();
    let verified = (|| {
        let parts = parts.filter(|_| report.valid())?;
        let (signature, hash) = signature?;
        Some(VerifiedAudit {
            kind: kind?,
            credential_id: parts.credential_id.clone(),
            public_key: key?,
            client_data: data?,
            authenticator_data: authenticator?.map(|authenticator| authenticator.raw),
            hash,
            signature,
            tolerated: tolerated.into_notes(),
        })
    })();
    (report, verified)
}

/// The steps authenticator_data, rp_id, user_presence, user_verification and backup_flags, which pass for software keys.
fn judge_authenticator(
    judge: &mut Judge,
    parts: Option<(&Shape, AuditKind)>,
    expected: &AuditExpectation<'_>,
    tolerated: &mut Tolerated,
) -> Option<Option<Authenticator>> {
    let read = judge.step("authenticator_data", "authenticator data: structure", parts, |(parts, kind)| {
        if kind != AuditKind::Fido2 {
            return Ok(None);
        }
        let text =
            parts.authenticator_data.as_deref().ok_or_else(|| ASSERTION.missing("authenticatorData"))?;
        let raw = expected.decode(text, "authenticatorData")?;
        let read = AuthenticatorData::parse(&raw, false, tolerated)?;
        let (rp_id_hash, flags) = (read.rp_id_hash, read.flags);
        Ok(Some(Authenticator { raw, rp_id_hash, flags }))
    });
    let read_ref = read.as_ref();
    judge.step("rp_id", "authenticator data: hash of the relying party's id", read_ref, |read| {
        match read.as_ref().zip(expected.rp_id) {
            Some((read, rp_id)) if read.rp_id_hash != digest::sha256(rp_id.as_bytes()) => {
                let message = "the authenticator data are for another relying party";
                let (due, found) = (digest::sha256(rp_id.as_bytes()), read.rp_id_hash);
                Err(Error::new(Code::AuthenticatorDataRpIdMismatch, message)
                    .in_field("rpIdHash")
                    .expecting(&hex::encode(&due), &hex::encode(&found)))
            }
            _ => Ok(()),
        }
    });
    judge.step("user_presence", "authenticator data: UP", read_ref, |read| match read {
        Some(read) if !read.flags.user_present() => {
            let message = "the authenticator did not find a user present";
            Err(Error::new(Code::AuthenticatorDataUserPresence, message).in_field("flags"))
        }
        _ => Ok(()),
    });
    judge.step("user_verification", "authenticator data: UV", read_ref, |read| match read {
        Some(read) if expected.require_user_verification && !read.flags.user_verified() => {
            let message = "the authenticator did not verify its user";
            Err(Error::new(Code::AuthenticatorDataUserVerification, message).in_field("flags"))
        }
        _ => Ok(()),
    });
    judge.step("backup_flags", "authenticator data: BE, BS", read_ref, |read| {
        read.as_ref().map_or(Ok(()), |read| read.flags.check_backup())
    });
    read
}

#[cfg(test)]
mod tests;
