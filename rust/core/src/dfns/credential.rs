//! Registering a key credential: the new key signs the fingerprint of its own public key and of the client
//! data, and the server, or anyone, verifies that.

use super::assertion::check_credential_id;
use super::client_data::{self, ClientData};
use super::expectation::Expectation;
use super::fingerprint::{Order, attestation_data, check_pem_size, fingerprint};
use super::kind::CredentialKind;
use super::profile::{Profile, Use};
use super::signature_algorithm::{check_padding, hash_for};
use crate::crypto::{Hash, rng};
use crate::error::{Code, Error, Result};
use crate::format::record::{ATTESTATION, CREDENTIAL, Record};
use crate::format::{base64url, hex};
use crate::key::PublicKey;
use crate::key::public_key::PublicFormat;
use crate::key::signing::Scheme;
use crate::report::{Judge, Report, decided};

/// A new credential id: 32 random bytes in base64url.
///
/// # Errors
/// `internal.error` if the random generator fails.
pub fn random_credential_id() -> Result<String> {
    let mut bytes = [0; 32];
    rng::fill(&mut bytes)?;
    Ok(base64url::encode(&bytes))
}

/// A credential id that follows from the key: SHA-256 of its SPKI in base64url.
#[must_use]
pub fn credential_id_from_key(key: &PublicKey) -> String {
    base64url::encode(&key.fingerprint())
}

/// A credential to be registered.
#[derive(Clone, Debug)]
pub struct Registration {
    /// Its kind.
    pub kind: CredentialKind,
    /// Its id.
    pub credential_id: String,
    /// The `algorithm` member, left out if None.
    pub algorithm: Option<String>,
    /// The shape of the client data.
    pub profile: &'static Profile,
    /// `origin`
    pub origin: Option<String>,
    /// `crossOrigin`
    pub cross_origin: Option<bool>,
    /// The public key text, to the byte; None for the usual PEM.
    pub public_key_pem: Option<String>,
    /// The order of the attestation data.
    pub order: Order,
}

/// What the new key is to sign, and what goes with the signature.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The client data.
    pub client_data: String,
    /// The public key text.
    pub public_key_pem: String,
    /// The bytes to sign.
    pub fingerprint: String,
    /// The hash to sign them with.
    pub scheme: Scheme,
}

/// The members of `credentialInfo`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CredentialInfo {
    /// `credId`
    pub credential_id: String,
    /// `clientData`
    pub client_data: String,
    /// `attestationData`
    pub attestation_data: String,
}

/// Whether the text holds PEM of a private key that no password protects.
fn in_the_clear(text: &str) -> bool {
    ["", "EC ", "RSA ", "DSA ", "OPENSSH "]
        .iter()
        .any(|kind| text.contains(&format!("-----BEGIN {kind}PRIVATE KEY-----")))
}

impl Registration {
    /// Builds what is to be signed. An encrypted private key is looked at, and is not part of it.
    ///
    /// # Errors
    /// `argument.value`, also for a private key in the clear, `limit.size`, `algorithm.unknown`,
    /// `algorithm.mismatch`, and for a public key text of the caller those of reading it, or `key.mismatch`.
    pub fn prepare(
        &self,
        key: &PublicKey,
        challenge: &str,
        encrypted_private_key: Option<&str>,
    ) -> Result<Prepared> {
        check_credential_id(&self.credential_id)?;
        let refused = |message: &'static str| {
            Err(Error::new(Code::ArgumentValue, message).in_field("encrypted_private_key"))
        };
        match (self.kind, encrypted_private_key) {
            (CredentialKind::PasswordProtectedKey, None) => {
                return refused("a PasswordProtectedKey needs its encrypted private key");
            }
            (CredentialKind::Key, Some(_)) => return refused("a Key has no encrypted private key"),
            (_, Some("")) => return refused("the encrypted private key is empty"),
            (_, Some(text)) if in_the_clear(text) => {
                return refused("encrypted_private_key holds a private key in the clear");
            }
            _ => {}
        }
        let hash = hash_for(self.algorithm.as_deref(), key.algorithm())?;
        let public_key_pem = match &self.public_key_pem {
            None => key.to_pem(PublicFormat::Spki)?,
            Some(pem) => {
                check_pem_size(pem)?;
                check_pattern(pem).map_err(|error| {
                    Error::new(Code::ArgumentValue, error.message().to_owned()).in_field("public_key_pem")
                })?;
                if PublicKey::from_pem(pem.as_bytes())? != *key {
                    let message = "the public key text is not that of the key";
                    return Err(Error::new(Code::KeyMismatch, message).in_field("public_key_pem"));
                }
                pem.clone()
            }
        };
        let origin = self.origin.as_deref();
        let client_data =
            client_data::encode(self.profile, Use::Create, challenge, origin, self.cross_origin)?;
        let fingerprint = fingerprint(client_data.as_bytes(), &public_key_pem)?;
        Ok(Prepared { client_data, public_key_pem, fingerprint, scheme: Scheme { hash, padding: None } })
    }

    /// Puts the signature with what was signed.
    ///
    /// # Errors
    /// `limit.size`.
    pub fn finish(&self, prepared: &Prepared, signature: &[u8]) -> Result<CredentialInfo> {
        let algorithm = self.algorithm.as_deref();
        let attestation = attestation_data(&prepared.public_key_pem, signature, algorithm, self.order)?;
        Ok(CredentialInfo {
            credential_id: self.credential_id.clone(),
            client_data: self.profile.to_base64url(prepared.client_data.as_bytes()),
            attestation_data: self.profile.to_base64url(attestation.as_bytes()),
        })
    }
}

/// What a verified attestation said.
#[derive(Clone, Debug)]
pub struct VerifiedAttestation {
    /// The kind of credential.
    pub kind: CredentialKind,
    /// Its id.
    pub credential_id: String,
    /// The client data.
    pub client_data: ClientData,
    /// The key, which signed for itself.
    pub public_key: PublicKey,
    /// Its text as it was sent.
    pub public_key_pem: String,
    /// The `algorithm` member.
    pub algorithm: Option<String>,
    /// The hash that was used; none for EdDSA.
    pub hash: Option<Hash>,
    /// The signature.
    pub signature: Vec<u8>,
    /// The bytes that were signed.
    pub fingerprint: String,
}

/// What a verifier of attestations expects.
#[derive(Clone, Debug)]
pub struct AttestationExpectation<'a> {
    /// Of the client data and the credential.
    pub common: Expectation<'a>,
    /// The key it must be, if that is known before.
    pub public_key: Option<&'a PublicKey>,
}

impl AttestationExpectation<'_> {
    /// Refuses an expectation that could pass by accident, or that no attestation of this key can meet.
    ///
    /// # Errors
    /// Those of [`Expectation::check`]; `algorithm.mismatch` for a padding that the expected key does not have.
    pub fn check(&self) -> Result<()> {
        self.common.check()?;
        self.public_key.map_or(Ok(()), |key| check_padding(self.common.padding, key.algorithm()))
    }
}

struct Shape {
    kind: String,
    credential_id: String,
    client_data: String,
    attestation_data: String,
    has_encrypted_private_key: bool,
}

fn shape(record: &Record<'_>) -> Result<Shape> {
    const MEMBERS: [&str; 5] =
        ["credentialKind", "credentialInfo", "encryptedPrivateKey", "credentialName", "challengeIdentifier"];
    record.only(&CREDENTIAL, &MEMBERS)?;
    let kind = record.filled_text(&CREDENTIAL, "credentialKind")?.to_owned();
    let info = record.record(&CREDENTIAL, "credentialInfo")?;
    info.only(&CREDENTIAL, &["credId", "clientData", "attestationData"])?;
    let credential_id = info.filled_text(&CREDENTIAL, "credId")?.to_owned();
    check_credential_id(&credential_id)?;
    let client_data = info.filled_text(&CREDENTIAL, "clientData")?.to_owned();
    let attestation_data = info.filled_text(&CREDENTIAL, "attestationData")?.to_owned();
    let encrypted = record.optional_filled_text(&CREDENTIAL, "encryptedPrivateKey")?;
    record.optional_filled_text(&CREDENTIAL, "credentialName")?;
    record.optional_filled_text(&CREDENTIAL, "challengeIdentifier")?;
    let has_encrypted_private_key = encrypted.is_some();
    Ok(Shape { kind, credential_id, client_data, attestation_data, has_encrypted_private_key })
}

struct Statement {
    public_key_pem: String,
    signature: String,
    algorithm: Option<String>,
}

fn statement(bytes: &[u8]) -> Result<Statement> {
    let record = Record::from_json(bytes)?;
    record.only(&ATTESTATION, &["publicKey", "signature", "algorithm"])?;
    Ok(Statement {
        public_key_pem: record.filled_text(&ATTESTATION, "publicKey")?.to_owned(),
        signature: record.filled_text(&ATTESTATION, "signature")?.to_owned(),
        algorithm: record.optional_filled_text(&ATTESTATION, "algorithm")?.map(str::to_owned),
    })
}

/// Verifies the attestation of a new credential.
///
/// # Errors
/// Those of [`AttestationExpectation::check`]; that of the first step that fails.
pub fn verify(
    record: Result<Record<'_>>,
    expected: &AttestationExpectation<'_>,
) -> Result<VerifiedAttestation> {
    expected.check()?;
    let (report, verified) = judge(record, expected, Judge::to_decide());
    decided(&report, verified)
}

/// Tells all that is right and wrong with the attestation of a new credential.
///
/// # Errors
/// Those of [`AttestationExpectation::check`]; never for the credential.
pub fn explain(
    record: Result<Record<'_>>,
    expected: &AttestationExpectation<'_>,
) -> Result<(Report, Option<VerifiedAttestation>)> {
    expected.check()?;
    Ok(judge(record, expected, Judge::to_explain()))
}

fn judge(
    record: Result<Record<'_>>,
    expected: &AttestationExpectation<'_>,
    mut judge: Judge,
) -> (Report, Option<VerifiedAttestation>) {
    let common = &expected.common;
    let parts = judge.step("shape", "credential: members", Some(record), |record| shape(&record?));
    let parts = parts.as_ref();
    let kind = judge.step("kind", "credential: credentialKind", parts, |parts| {
        let kind = common.judge_kind(Code::CredentialKindMismatch, "credentialKind", &parts.kind)?;
        match (kind, parts.has_encrypted_private_key) {
            (CredentialKind::PasswordProtectedKey, false) => Err(CREDENTIAL.missing("encryptedPrivateKey")),
            (CredentialKind::Key, true) => {
                let message = "a credential of kind Key has no encryptedPrivateKey";
                Err(Error::new(Code::CredentialUnknown, message).in_field("encryptedPrivateKey"))
            }
            _ => Ok(kind),
        }
    });
    judge.step("credential_id", "credential: credId", parts, |parts| {
        common.judge_id(Code::CredentialIdMismatch, &parts.credential_id)
    });
    let text = parts.map(|parts| parts.client_data.as_str());
    let data = common.judge_client_data(&mut judge, text, Use::Create);
    let stated = judge.step("attestation_data", "attestation data: one strict JSON object", parts, |parts| {
        statement(&common.decode(&parts.attestation_data, "attestationData")?)
    });
    let stated = stated.as_ref();
    let key = judge.step("public_key", "attestation data: publicKey", stated, |stated| {
        check_pem_size(&stated.public_key_pem)?;
        check_pattern(&stated.public_key_pem)?;
        let key = PublicKey::from_pem(stated.public_key_pem.as_bytes())?;
        match expected.public_key {
            Some(expected) if *expected != key => {
                let message = "the credential registers another public key than the expected one";
                let (wanted, found) = (hex::encode(&expected.fingerprint()), hex::encode(&key.fingerprint()));
                Err(Error::new(Code::AttestationPublicKeyMismatch, message)
                    .in_field("publicKey")
                    .expecting(&wanted, &found))
            }
            _ => Ok(key),
        }
    });
    let hash =
        judge.step("algorithm", "attestation data: algorithm", stated.zip(key.as_ref()), |(stated, key)| {
            common.hash_of(stated.algorithm.as_deref(), key.algorithm())
        });
    let signed = stated.zip(key.as_ref()).zip(data.as_ref()).zip(hash);
    let signature = judge.step("signature", "signature over the fingerprint", signed, |signed| {
        let (((stated, key), data), hash) = signed;
        let signature =
            hex::decode(stated.signature.as_bytes()).map_err(|error| error.in_field("signature"))?;
        let signed = fingerprint(&data.raw, &stated.public_key_pem)?;
        let scheme = Scheme { hash, padding: common.padding };
        key.verify(signed.as_bytes(), &signature, scheme, common.low_s)?;
        Ok((signature, signed))
    });
    let report = judge.finish();
    let verified = (|| {
        let parts = parts.filter(|_| report.valid())?;
        let (signature, fingerprint) = signature?;
        Some(VerifiedAttestation {
            kind: kind?,
            credential_id: parts.credential_id.clone(),
            client_data: data?,
            public_key: key?,
            public_key_pem: stated?.public_key_pem.clone(),
            algorithm: stated?.algorithm.clone(),
            hash: hash?,
            signature,
            fingerprint,
        })
    })();
    (report, verified)
}

/// The form of public key text that the API takes: one block, nothing before it, base64 and line ends within
/// it, at most one white-space character after it.
fn check_pattern(pem: &str) -> Result<()> {
    let fits = ["PUBLIC KEY", "RSA PUBLIC KEY"].into_iter().any(|label| {
        let body = pem.strip_prefix(&format!("-----BEGIN {label}-----"));
        let parts = body.and_then(|body| body.split_once(&format!("-----END {label}-----")));
        parts.is_some_and(|(body, rest)| {
            body.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=\r\n".contains(&byte))
                && matches!(rest, "" | " " | "\t" | "\n" | "\r")
        })
    });
    if fits {
        return Ok(());
    }
    let message = "the public key text is not of the form the API takes: one PEM block and nothing around it";
    Err(ATTESTATION.bad_value("publicKey", message))
}
