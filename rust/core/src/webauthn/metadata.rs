//! FIDO metadata (Metadata Service 3.0): what the makers say of their models, signed by the FIDO Alliance, and the
//! anchors that attestations of each model lead to.
//!
//! Nothing in a BLOB is read before its signature and the path to an anchor of the caller's hold, but for the
//! header that names them. All data are owned, so that a BLOB is read once and asked often.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::crypto::{Curve, ecdsa_signature};
use crate::error::{Code, Error, Result};
use crate::format::json::{self, Bounds, Value};
use crate::format::jws::Jws;
use crate::format::tolerance::{Strictness, Tolerated};
use crate::key::cose::CoseAlgorithm;
use crate::limits;
use crate::x509::anchors::Anchors;
use crate::x509::certificate::Certificate;
use crate::x509::path::{self, PathPolicy};

mod date;
mod entry;
mod members;

pub use entry::{MetadataEntry, StatusReport};

use members::Members;

/// How a BLOB is judged.
#[derive(Clone, Copy, Debug)]
pub struct BlobPolicy<'a> {
    /// The anchors its signer leads to.
    pub anchors: &'a Anchors,
    /// The time, in seconds since 1970.
    pub at: i64,
    /// The number of the BLOB seen last: an older one is refused.
    pub previous_number: Option<u64>,
    /// Whether one is taken for which a successor is overdue.
    pub allow_expired: bool,
    /// Whether its certificates may be signed with SHA-1.
    pub allow_sha1: bool,
}

/// A BLOB that was read.
#[derive(Clone, Debug)]
pub struct Metadata {
    is_verified: bool,
    number: u64,
    next_update: String,
    /// The first second after the day of the next update.
    overdue: i64,
    legal_header: Option<String>,
    entries: Vec<MetadataEntry>,
    by_aaguid: HashMap<[u8; 16], usize>,
    by_key_identifier: HashMap<Vec<u8>, usize>,
}

impl Metadata {
    /// Reads a BLOB as it is published (section 3.2, "Metadata BLOB object processing rules").
    ///
    /// # Errors
    /// `jws.*`, `limit.*`, those of certificates, `trust.*`, `signature.invalid`, `json.*`, `metadata.*`.
    pub fn from_blob(blob: &[u8], policy: &BlobPolicy<'_>) -> Result<Self> {
        let text = joined(blob)?;
        let jws = Jws::parse(&text, limits::METADATA_TEXT)?;
        let algorithm = algorithm(&jws)?;
        let mut tolerated = Tolerated::new(Strictness::Interoperable);
        let mut chain = Vec::with_capacity(jws.certificates.len());
        for (place, der) in jws.certificates.iter().enumerate() {
            chain.push(Certificate::parse(der, &mut tolerated, &format!("certificate[{place}]"))?);
        }
        let path_policy = PathPolicy { allow_sha1: policy.allow_sha1, critical: &[], known: None };
        path::validate(&chain, policy.anchors, policy.at, path_policy)?;
        verify(&jws, algorithm, &chain)?;
        let metadata = Self::parse(&jws.payload)?;
        metadata.judge(policy)?;
        Ok(Self { is_verified: true, ..metadata })
    }

    /// Reads a BLOB without asking who signed it, for tools that show it. What this gives is no ground to trust
    /// anything.
    ///
    /// # Errors
    /// `jws.*`, `limit.*`, `json.*`, `metadata.*`.
    pub fn parse_unverified(blob: &[u8]) -> Result<Self> {
        Self::parse(&Jws::parse(&joined(blob)?, limits::METADATA_TEXT)?.payload)
    }

    /// Section 3.1.6: the payload.
    fn parse(payload: &[u8]) -> Result<Self> {
        let payload = Members(json::read_object_within(payload, Bounds::METADATA)?);
        let number = payload.number("no")?;
        let next_update = payload.text("nextUpdate")?.to_owned();
        let overdue = date::day_after(&next_update).ok_or_else(|| {
            let message = "nextUpdate of the metadata is not a date";
            Error::new(Code::MetadataValue, message).in_field("nextUpdate")
        })?;
        let legal_header = payload.optional_text("legalHeader")?.map(str::to_owned);
        let list = json::read_array_within(payload.array("entries")?, Bounds::METADATA)?;
        let mut entries = Vec::with_capacity(list.len());
        let (mut by_aaguid, mut by_key_identifier) = (HashMap::new(), HashMap::new());
        for (place, value) in list.iter().enumerate() {
            let Value::Object(raw) = value else {
                return Err(members::wrong_type("entries", "a list of objects"));
            };
            let entry = MetadataEntry::parse(raw)?;
            if let Some(aaguid) = entry.aaguid() {
                by_aaguid.entry(*aaguid).or_insert(place);
            }
            for identifier in entry.key_identifiers() {
                by_key_identifier.entry(identifier.clone()).or_insert(place);
            }
            entries.push(entry);
        }
        Ok(Self {
            is_verified: false,
            number,
            next_update,
            overdue,
            legal_header,
            entries,
            by_aaguid,
            by_key_identifier,
        })
    }

    fn judge(&self, policy: &BlobPolicy<'_>) -> Result<()> {
        if let Some(previous) = policy.previous_number.filter(|previous| self.number < *previous) {
            let message = "the metadata are older than those seen last";
            return Err(Error::new(Code::MetadataRollback, message)
                .in_field("no")
                .expecting(&previous.to_string(), &self.number.to_string()));
        }
        if policy.at >= self.overdue && !policy.allow_expired {
            let message = format!("the next metadata were due on {}", self.next_update);
            return Err(Error::new(Code::MetadataExpired, message).in_field("nextUpdate"));
        }
        Ok(())
    }

    /// Whether its signature was verified, so that it is a ground for trust.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.is_verified
    }

    /// `no`: counts up with every BLOB.
    #[must_use]
    pub fn number(&self) -> u64 {
        self.number
    }

    /// `nextUpdate`: the day until which this is the newest, as `YYYY-MM-DD`.
    #[must_use]
    pub fn next_update(&self) -> &str {
        &self.next_update
    }

    /// `legalHeader`
    #[must_use]
    pub fn legal_header(&self) -> Option<&str> {
        self.legal_header.as_deref()
    }

    /// All entries, in their order.
    #[must_use]
    pub fn entries(&self) -> &[MetadataEntry] {
        &self.entries
    }

    /// The entry of a model: the first that names this AAGUID.
    #[must_use]
    pub fn find(&self, aaguid: &[u8; 16]) -> Option<MetadataEntry> {
        self.entries.get(*self.by_aaguid.get(aaguid)?).cloned()
    }

    /// The entry of a FIDO U2F model: the first that names SHA-1 of the key in an attestation certificate.
    #[must_use]
    pub fn find_by_key_identifier(&self, identifier: &[u8]) -> Option<MetadataEntry> {
        self.entries.get(*self.by_key_identifier.get(identifier)?).cloned()
    }
}

/// The text of a BLOB without its line breaks, with which some are stored.
fn joined(blob: &[u8]) -> Result<Cow<'_, [u8]>> {
    if blob.len() > limits::METADATA_TEXT {
        let message =
            format!("metadata of {} bytes are over the limit of {}", blob.len(), limits::METADATA_TEXT);
        return Err(Error::new(Code::LimitSize, message));
    }
    let is_break = |byte: &u8| matches!(byte, b'\r' | b'\n');
    if blob.iter().any(is_break) {
        return Ok(blob.iter().filter(|byte| !is_break(byte)).copied().collect::<Vec<_>>().into());
    }
    Ok(blob.into())
}

/// The algorithms of RFC 7518 that BLOBs are signed by.
fn algorithm(jws: &Jws<'_>) -> Result<CoseAlgorithm> {
    const DUE: [&str; 7] = ["ES256", "ES384", "ES512", "RS256", "RS384", "RS512", "PS256"];
    jws.require_algorithm(&DUE)?;
    let same = |algorithm: &CoseAlgorithm| algorithm.to_string() == jws.algorithm;
    let known = CoseAlgorithm::ALL.into_iter().find(same);
    known.ok_or_else(|| Error::new(Code::Internal, "an algorithm of JOSE that COSE lacks"))
}

/// The signature of the BLOB by the first certificate (RFC 7515 section 5.2).
fn verify(jws: &Jws<'_>, algorithm: CoseAlgorithm, chain: &[Certificate<'_>]) -> Result<()> {
    let signer = chain.first().ok_or_else(|| Error::new(Code::Internal, "a JWS without certificates"))?;
    let key = signer.public_key()?;
    if key.algorithm() != algorithm.key_algorithm() {
        let message = format!("the JWS names {algorithm} and its certificate has another kind of key");
        return Err(Error::new(Code::JwsAlgorithmMismatch, message)
            .in_field("alg")
            .expecting(key.algorithm().name(), &jws.algorithm));
    }
    // RFC 7518 section 3.4: ECDSA signatures are r ‖ s here.
    let curve = match algorithm {
        CoseAlgorithm::Es256 => Some(Curve::P256),
        CoseAlgorithm::Es384 => Some(Curve::P384),
        CoseAlgorithm::Es512 => Some(Curve::P521),
        _ => None,
    };
    match curve {
        Some(curve) => {
            algorithm.verify(&key, jws.signed, &ecdsa_signature::raw_to_der(&jws.signature, curve)?)
        }
        None => algorithm.verify(&key, jws.signed, &jws.signature),
    }
}

#[cfg(test)]
mod tests;
