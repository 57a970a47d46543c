//! The assertion of a key credential: made by signing client data, and verified step by step.

use super::client_data::{self, ClientData};
use super::expectation::Expectation;
use super::kind::CredentialKind;
use super::profile::{Profile, Use};
use super::signature_algorithm::{check_padding, hash_for};
use crate::crypto::Hash;
use crate::crypto::rsa::Padding;
use crate::error::{Code, Error, Result};
use crate::format::record::{ASSERTION, Record};
use crate::key::signing::Scheme;
use crate::key::{Algorithm, PublicKey};
use crate::limits;
use crate::report::{Judge, Report, decided};

/// How one credential signs, checked once.
#[derive(Clone, Debug)]
pub struct Signing {
    /// The credential's id.
    pub credential_id: String,
    /// Its kind, which decides the allow-list.
    pub kind: CredentialKind,
    /// The kind the assertion names.
    pub reported_kind: CredentialKind,
    /// The `algorithm` member, left out if None.
    pub algorithm: Option<String>,
    /// The hash and padding that follow.
    pub scheme: Scheme,
    /// The shape of the client data.
    pub profile: &'static Profile,
    /// `origin`
    pub origin: Option<String>,
    /// `crossOrigin`
    pub cross_origin: Option<bool>,
}

impl Signing {
    /// Checks everything that can be before there is a challenge, so that a mistake shows at construction.
    ///
    /// # Errors
    /// `argument.value`, `algorithm.unknown`, `algorithm.mismatch`, `limit.size`.
    pub fn check(mut self, key: Algorithm, padding: Option<Padding>) -> Result<Self> {
        check_credential_id(&self.credential_id)?;
        let hash = hash_for(self.algorithm.as_deref(), key)?;
        self.scheme = Scheme { hash, padding };
        check_padding(padding, key)?;
        self.client_data("x")?;
        Ok(self)
    }

    /// The client data to sign for this challenge.
    ///
    /// # Errors
    /// Those of [`client_data::encode`].
    pub fn client_data(&self, challenge: &str) -> Result<String> {
        client_data::encode(self.profile, Use::Get, challenge, self.origin.as_deref(), self.cross_origin)
    }

    /// The hash of the digest that a signer of digests is given.
    #[must_use]
    pub fn hash(&self) -> Option<Hash> {
        self.scheme.hash
    }
}

/// Refuses an id that the API does not take.
///
/// # Errors
/// `argument.value` where it is empty, `limit.size` where it is too long.
pub fn check_credential_id(id: &str) -> Result<()> {
    if id.is_empty() {
        return Err(Error::new(Code::ArgumentValue, "the credential id is empty").in_field("credential_id"));
    }
    if id.chars().count() > limits::CREDENTIAL_ID {
        return Err(Error::new(Code::LimitSize, "the credential id is too long").in_field("credential_id"));
    }
    Ok(())
}

/// What a verified assertion said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedAssertion {
    /// The kind it names.
    pub kind: CredentialKind,
    /// The credential that signed.
    pub credential_id: String,
    /// The client data that were signed.
    pub client_data: ClientData,
    /// The `algorithm` member.
    pub algorithm: Option<String>,
    /// The hash that was used; none for EdDSA.
    pub hash: Option<Hash>,
    /// The signature as it was sent.
    pub signature: Vec<u8>,
}

/// What a verifier of assertions expects.
#[derive(Clone, Debug)]
pub struct AssertionExpectation<'a> {
    /// Of the client data and the credential.
    pub common: Expectation<'a>,
    /// The key the credential was registered with.
    pub public_key: &'a PublicKey,
    /// The `algorithm` the credential was registered with: it decides the hash where the assertion names none.
    pub algorithm: Option<&'a str>,
}

impl AssertionExpectation<'_> {
    /// Refuses an expectation that could pass by accident, or that no assertion of this key can meet.
    ///
    /// # Errors
    /// Those of [`Expectation::check`]; `algorithm.unknown` and `algorithm.mismatch` for an algorithm or a padding
    /// that the key does not have.
    pub fn check(&self) -> Result<()> {
        self.common.check()?;
        check_padding(self.common.padding, self.public_key.algorithm())?;
        if self.algorithm.is_some() { self.hash_of(self.algorithm).map(drop) } else { Ok(()) }
    }

    fn hash_of(&self, name: Option<&str>) -> Result<Option<Hash>> {
        self.common.hash_of(name, self.public_key.algorithm())
    }

    fn hash(&self, member: Option<&str>) -> Result<Option<Hash>> {
        let named = member.or(self.algorithm);
        let hash = self.hash_of(named)?;
        // Go v1 names the hash in its own way, so there it is the hash that must be the one.
        let same =
            named == self.algorithm || (self.common.is_go_v1() && self.hash_of(self.algorithm)? == hash);
        if self.algorithm.is_some() && !same {
            let message = "the assertion names another algorithm than the credential was registered with";
            return Err(Error::new(Code::AlgorithmMismatch, message).in_field("algorithm"));
        }
        Ok(hash)
    }
}

struct Shape {
    kind: String,
    credential_id: String,
    client_data: String,
    signature: String,
    algorithm: Option<String>,
}

fn shape(record: &Record<'_>) -> Result<Shape> {
    record.only(&ASSERTION, &["kind", "credentialAssertion"])?;
    let kind = record.filled_text(&ASSERTION, "kind")?.to_owned();
    let inner = record.record(&ASSERTION, "credentialAssertion")?;
    inner.only(&ASSERTION, &["credId", "clientData", "signature", "algorithm"])?;
    let credential_id = inner.filled_text(&ASSERTION, "credId")?.to_owned();
    check_credential_id(&credential_id)?;
    Ok(Shape {
        kind,
        credential_id,
        client_data: inner.filled_text(&ASSERTION, "clientData")?.to_owned(),
        signature: inner.filled_text(&ASSERTION, "signature")?.to_owned(),
        algorithm: inner.optional_filled_text(&ASSERTION, "algorithm")?.map(str::to_owned),
    })
}

/// Verifies an assertion.
///
/// # Errors
/// Those of [`AssertionExpectation::check`]; that of the first step that fails.
pub fn verify(record: Result<Record<'_>>, expected: &AssertionExpectation<'_>) -> Result<VerifiedAssertion> {
    expected.check()?;
    let (report, verified) = judge(record, expected, Judge::to_decide());
    decided(&report, verified)
}

/// Tells all that is right and wrong with an assertion.
///
/// # Errors
/// Those of [`AssertionExpectation::check`]; never for the assertion.
pub fn explain(
    record: Result<Record<'_>>,
    expected: &AssertionExpectation<'_>,
) -> Result<(Report, Option<VerifiedAssertion>)> {
    expected.check()?;
    Ok(judge(record, expected, Judge::to_explain()))
}

fn judge(
    record: Result<Record<'_>>,
    expected: &AssertionExpectation<'_>,
    mut judge: Judge,
) -> (Report, Option<VerifiedAssertion>) {
    let common = &expected.common;
    let parts = judge.step("shape", "assertion: members", Some(record), |record| shape(&record?));
    let parts = parts.as_ref();
    let kind = judge.step("kind", "assertion: kind", parts, |parts| {
        common.judge_kind(Code::AssertionKindMismatch, "kind", &parts.kind)
    });
    judge.step("credential_id", "assertion: credId", parts, |parts| {
        common.judge_id(Code::AssertionIdMismatch, &parts.credential_id)
    });
    let data = common.judge_client_data(&mut judge, parts.map(|parts| parts.client_data.as_str()), Use::Get);
    let hash = judge
        .step("algorithm", "assertion: algorithm", parts, |parts| expected.hash(parts.algorithm.as_deref()));
    let signed = parts.zip(data.as_ref()).zip(hash);
    let signature =
        judge.step("signature", "signature over the client data", signed, |((parts, data), hash)| {
            let signature = common.decode(&parts.signature, "signature")?;
            let scheme = Scheme { hash, padding: common.padding };
            expected.public_key.verify(&data.raw, &signature, scheme, common.low_s)?;
            Ok(signature)
        });
    let report = judge.finish();
    let verified = (|| {
        let parts = parts.filter(|_| report.valid())?;
        Some(VerifiedAssertion {
            kind: kind?,
            credential_id: parts.credential_id.clone(),
            client_data: data?,
            algorithm: parts.algorithm.clone(),
            hash: hash?,
            signature: signature?,
        })
    })();
    (report, verified)
}
