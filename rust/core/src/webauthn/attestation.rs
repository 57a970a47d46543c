//! The attestation of a new credential (WebAuthn sections 6.5 and 7.1): the statement verified, and whether its
//! certificates lead to an anchor of the caller's.

use std::borrow::Cow;

use super::authenticator_data::AuthenticatorData;
use super::metadata::Metadata;
use super::statement::tpm::is_vendor;
use super::statement::{self, AttestationType, CompoundPolicy, Context, FORMATS, StatementPolicy, Verified};
use super::{attestation_object::AttestationObject, metadata::MetadataEntry};
use crate::crypto::AnyHash;
use crate::error::{Code, Error, Result, quote};
use crate::format::tolerance::{Strictness, Tolerance, Tolerated};
use crate::key::cose::CoseKey;
use crate::limits;
use crate::x509::anchors::Anchors;
use crate::x509::certificate::Certificate;
use crate::x509::path::{self, PathPolicy};

/// Where trust comes from.
#[derive(Clone, Copy, Debug)]
pub enum Trust<'a> {
    /// These anchors, for every model.
    Anchors(&'a Anchors),
    /// The anchors that the metadata list for the model.
    Metadata(&'a Metadata),
}

/// What a relying party expects of attestations.
#[derive(Clone, Debug)]
pub struct AttestationPolicy<'a> {
    /// The formats that are taken; None takes all that are known.
    pub formats: Option<&'a [String]>,
    /// The choices about statements.
    pub statement: StatementPolicy<'a>,
    /// Where trust comes from; None judges no path.
    pub trust: Option<Trust<'a>>,
    /// Whether an attestation that leads to no anchor is refused.
    pub require_trust: bool,
    /// Whether a key map that announces one entry too few is repaired.
    pub repair: bool,
}

impl AttestationPolicy<'_> {
    /// Refuses a policy that cannot be met.
    ///
    /// # Errors
    /// `argument.value` where trust is asked for without a time, or required without anything to trust, and for a
    /// format or a manufacturer that no attestation can have.
    pub fn check(&self) -> Result<()> {
        fn refused(message: impl Into<Cow<'static, str>>, field: &'static str) -> Result<()> {
            Err(Error::new(Code::ArgumentValue, message).in_field(field))
        }
        if self.trust.is_some() && self.statement.at.is_none() {
            return refused("trust is judged at a time, which is missing", "at");
        }
        if matches!(self.trust, Some(Trust::Metadata(metadata)) if !metadata.is_verified()) {
            return refused("metadata that were not verified are no ground for trust", "trust");
        }
        if self.require_trust && self.trust.is_none() {
            return refused("trust is required and nothing is trusted", "trust");
        }
        if let CompoundPolicy::AtLeast(count) = self.statement.compound
            && !(1..=limits::CERTIFICATES).contains(&count)
        {
            return refused(
                "a compound attestation has 1 to 8 statements that must verify",
                "compound_policy",
            );
        }
        for format in self.formats.unwrap_or_default() {
            if !FORMATS.contains(&format.as_str()) {
                let message = format!("{} is no attestation format: {}", quote(format), FORMATS.join(", "));
                return refused(message, "formats");
            }
        }
        for vendor in self.statement.tpm_vendors.unwrap_or_default() {
            if !is_vendor(vendor) {
                let message =
                    format!("{} is no TPM manufacturer: id: and eight hexadecimal digits", quote(vendor));
                return refused(message, "tpm_vendors");
            }
        }
        Ok(())
    }
}

/// A path from the leaf to an anchor.
#[derive(Clone, Debug)]
pub struct TrustPath {
    /// The certificates from the leaf on, in DER; the anchor is among them where it was sent along.
    pub chain: Vec<Vec<u8>>,
    /// The certificate of the anchor in DER; None for one that is a name and a key.
    pub anchor: Option<Vec<u8>>,
    /// The subject of the anchor, as text (RFC 4514).
    pub anchor_subject: String,
    /// How many signatures were verified on the way.
    pub signature_checks: usize,
    /// Deviations in the certificates that were let pass.
    pub tolerated: Vec<Tolerance>,
}

/// What an attestation came to.
#[derive(Clone, Debug)]
pub struct Attestation {
    /// `fmt`
    pub format: String,
    /// What it attests.
    pub kind: AttestationType,
    /// The certificates as they were sent.
    pub chain: Vec<Vec<u8>>,
    /// Whether it leads to an anchor; never without anchors.
    pub trusted: bool,
    /// Why it does not, where anchors were given.
    pub trust_error: Option<Error>,
    /// The way to the anchor.
    pub path: Option<TrustPath>,
    /// The statements of a compound one.
    pub statements: Vec<Result<Attestation>>,
    /// What the metadata say of the model.
    pub metadata: Option<MetadataEntry>,
}

/// Verifies the statement.
///
/// # Errors
/// `response.format_not_allowed`, and those of [`statement::verify`].
pub(super) fn verify<'a>(
    object: &'a AttestationObject<'a>,
    authenticator_data: &AuthenticatorData<'_>,
    credential_key: &CoseKey,
    client_data_hash: &[u8; 32],
    policy: &AttestationPolicy<'_>,
    tolerated: &mut Tolerated,
) -> Result<Verified<'a>> {
    if let Some(formats) = policy.formats.filter(|formats| !formats.iter().any(|name| *name == object.format))
    {
        let message = format!("the attestation format {} is not allowed", quote(&object.format));
        return Err(Error::new(Code::ResponseFormatNotAllowed, message)
            .in_field("fmt")
            .expecting(&formats.join(", "), &object.format));
    }
    let context = Context { authenticator_data, client_data_hash, credential_key, policy: &policy.statement };
    statement::verify(&object.format, &object.statement, &context, tolerated)
}

/// Judges where a verified statement leads to, and gives what is kept of both.
///
/// # Errors
/// `trust.*` and those of reading certificates, where trust is required.
pub(super) fn judge_trust(
    verified: Verified<'_>,
    authenticator_data: &AuthenticatorData<'_>,
    policy: &AttestationPolicy<'_>,
    tolerated: &mut Tolerated,
) -> Result<Attestation> {
    let attestation = kept(verified, authenticator_data, policy, tolerated);
    match &attestation.trust_error {
        Some(error) if policy.require_trust => Err(error.clone()),
        _ => Ok(attestation),
    }
}

fn kept(
    verified: Verified<'_>,
    authenticator_data: &AuthenticatorData<'_>,
    policy: &AttestationPolicy<'_>,
    tolerated: &mut Tolerated,
) -> Attestation {
    let entry = metadata_entry(&verified, authenticator_data, policy);
    let outcome = match (policy.trust, policy.statement.at) {
        (Some(trust), Some(at)) if verified.kind != AttestationType::Compound => {
            Some(find_path(&verified, trust, entry.as_ref(), at, policy, tolerated))
        }
        _ => None,
    };
    let statements: Vec<Result<Attestation>> = verified
        .statements
        .into_iter()
        .map(|part| part.map(|part| kept(part, authenticator_data, policy, tolerated)))
        .collect();
    let (path, mut trust_error) = match outcome {
        None => (None, None),
        Some(Ok(path)) => (Some(path), None),
        Some(Err(error)) => (None, Some(error)),
    };
    let mut trusted = path.is_some();
    if verified.kind == AttestationType::Compound && policy.trust.is_some() {
        trust_error = untrusted_part(&statements, policy.statement.compound);
        trusted = trust_error.is_none();
    }
    Attestation {
        format: verified.format.into_owned(),
        kind: verified.kind,
        chain: verified.chain.into_iter().map(std::borrow::Cow::into_owned).collect(),
        trusted,
        trust_error,
        path,
        statements,
        metadata: entry,
    }
}

/// A compound attestation is trusted where as many of its statements are as had to verify.
fn untrusted_part(statements: &[Result<Attestation>], policy: CompoundPolicy) -> Option<Error> {
    let due = match policy {
        CompoundPolicy::All => statements.len(),
        CompoundPolicy::AtLeast(count) => count,
    };
    let trusted = statements.iter().flatten().filter(|part| part.trusted).count();
    if trusted >= due {
        return None;
    }
    let reason = statements.iter().find_map(|part| match part {
        Ok(part) => part.trust_error.clone(),
        Err(error) => Some(error.clone()),
    });
    reason.or_else(|| Some(Error::new(Code::TrustNoPath, "too few statements lead to a trust anchor")))
}

fn metadata_entry(
    verified: &Verified<'_>,
    authenticator_data: &AuthenticatorData<'_>,
    policy: &AttestationPolicy<'_>,
) -> Option<MetadataEntry> {
    let Some(Trust::Metadata(metadata)) = policy.trust else { return None };
    // Without certificates nobody vouches for the AAGUID.
    if verified.chain.is_empty() {
        return None;
    }
    if verified.format == "fido-u2f" {
        // These authenticators have no AAGUID; the metadata name the keys of their certificates (MDS3 3.1.1).
        let mut lenient = Tolerated::new(Strictness::Interoperable);
        let leaf = Certificate::parse(verified.chain.first()?, &mut lenient, "certificate[0]").ok()?;
        return metadata.find_by_key_identifier(&AnyHash::Sha1.digest(leaf.public_key_bits()));
    }
    metadata.find(&authenticator_data.attested.as_ref()?.aaguid)
}

fn find_path(
    verified: &Verified<'_>,
    trust: Trust<'_>,
    entry: Option<&MetadataEntry>,
    at: i64,
    policy: &AttestationPolicy<'_>,
    tolerated: &mut Tolerated,
) -> Result<TrustPath> {
    if verified.chain.is_empty() {
        let message = format!("an attestation of the type {} leads to no anchor", verified.kind.name());
        return Err(Error::new(Code::TrustNoAttestation, message));
    }
    let anchors = match (trust, entry) {
        (Trust::Anchors(anchors), _) => anchors,
        (Trust::Metadata(_), Some(entry)) => entry.anchors()?,
        (Trust::Metadata(_), None) => {
            let message = "the metadata do not know this model of authenticator";
            return Err(Error::new(Code::TrustNoPath, message));
        }
    };
    let path_policy = PathPolicy {
        allow_sha1: policy.statement.allow_sha1,
        critical: verified.critical,
        known: policy.statement.known,
    };
    // What was let pass in the certificates is told of the path as well; where there is something, they are read
    // once more to know what.
    let told = tolerated.notes().iter().any(|note| note.place.starts_with("certificate["));
    if verified.certificates.is_empty() || told {
        return trust_path(verified.chain.iter().map(AsRef::as_ref), anchors, at, path_policy, tolerated);
    }
    trust_path_of(&verified.certificates, anchors, at, path_policy, Vec::new())
}

/// Follows a chain in DER, the leaf first, to an anchor.
///
/// # Errors
/// Those of reading the certificates, and `trust.*`.
pub fn trust_path<'a>(
    chain: impl Iterator<Item = &'a [u8]>,
    anchors: &Anchors,
    at: i64,
    policy: PathPolicy<'_>,
    tolerated: &mut Tolerated,
) -> Result<TrustPath> {
    let mut own = tolerated.afresh();
    let read =
        |(place, der): (usize, &'a [u8])| Certificate::parse(der, &mut own, &format!("certificate[{place}]"));
    let chain: Vec<Certificate<'a>> = chain.enumerate().map(read).collect::<Result<_>>()?;
    tolerated.join(own.notes());
    trust_path_of(&chain, anchors, at, policy, own.into_notes())
}

fn trust_path_of(
    chain: &[Certificate<'_>],
    anchors: &Anchors,
    at: i64,
    policy: PathPolicy<'_>,
    tolerated: Vec<Tolerance>,
) -> Result<TrustPath> {
    let found = path::validate(chain, anchors, at, policy)?;
    let lost = || Error::new(Code::Internal, "a path to an anchor that is not there");
    let anchor = anchors.get(found.anchor).ok_or_else(lost)?;
    Ok(TrustPath {
        chain: found.chain.iter().filter_map(|at| chain.get(*at)).map(|one| one.raw().to_vec()).collect(),
        anchor: anchor.certificate().map(<[u8]>::to_vec),
        anchor_subject: anchor.subject_text(),
        signature_checks: found.signature_checks,
        tolerated,
    })
}

/// A statement verified by itself, without a ceremony.
#[derive(Clone, Debug)]
pub struct VerifiedStatement {
    /// The authenticator data it was made for.
    pub authenticator_data: AuthenticatorData<'static>,
    /// The key of the new credential.
    pub public_key: CoseKey,
    /// What the attestation came to.
    pub attestation: Attestation,
    /// What was let pass.
    pub tolerated: Vec<Tolerance>,
}

/// Verifies an attestation object against the hash of client data, without the checks of a ceremony.
///
/// # Errors
/// Those of reading the object and its key, of [`statement::verify`], and of trust where that is required.
pub fn verify_statement(
    attestation_object: &[u8],
    client_data_hash: &[u8],
    policy: &AttestationPolicy<'_>,
    strictness: Strictness,
) -> Result<VerifiedStatement> {
    policy.check()?;
    let client_data_hash = check_hash(client_data_hash)?;
    let mut tolerated = Tolerated::new(strictness);
    let object = AttestationObject::read(attestation_object, &mut tolerated)?;
    let data = object.parse_authenticator_data(policy.repair, &mut tolerated)?;
    let key = CoseKey::read(&data.credential()?.public_key, policy.statement.allow_sha1, &mut tolerated)?;
    let verified = verify(&object, &data, &key, client_data_hash, policy, &mut tolerated)?;
    let attestation = judge_trust(verified, &data, policy, &mut tolerated)?;
    let authenticator_data = data.into_owned();
    Ok(VerifiedStatement {
        authenticator_data,
        public_key: key,
        attestation,
        tolerated: tolerated.into_notes(),
    })
}

/// A hash of client data has 32 bytes.
///
/// # Errors
/// `argument.value`.
pub fn check_hash(hash: &[u8]) -> Result<&[u8; 32]> {
    hash.try_into().map_err(|_| {
        let message = format!("the hash of client data has 32 bytes, not {}", hash.len());
        Error::new(Code::ArgumentValue, message).in_field("client_data_hash")
    })
}
