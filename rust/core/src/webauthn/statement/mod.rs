//! Attestation statements (WebAuthn section 8): one file a format, each with the steps of its section.

use std::borrow::Cow;

use super::authenticator_data::AuthenticatorData;
use crate::error::{Code, Error, Result, quote};
use crate::format::cbor::{Key, Value};
use crate::format::tolerance::Tolerated;
use crate::key::cose::{CoseAlgorithm, CoseKey};
use crate::limits;
use crate::x509::certificate::Certificate;
use crate::x509::findings::Findings;

pub mod android_key;
pub mod android_safetynet;
pub mod apple;
pub mod compound;
pub mod fido_u2f;
pub mod key_description;
pub mod leaf;
pub mod none;
pub mod packed;
pub mod tpm;
pub mod tpm_structures;

/// What a verifier may choose about statements.
#[derive(Clone, Debug)]
pub struct StatementPolicy<'a> {
    /// The time of the ceremony, in seconds since 1970; None where it is not to be judged.
    pub at: Option<i64>,
    /// Whether signatures with SHA-1 are taken, as old TPMs make them.
    pub allow_sha1: bool,
    /// How many statements of a compound one must verify.
    pub compound: CompoundPolicy,
    /// The TPM manufacturers that are taken, as in `id:FFFFF1D0`; None takes any.
    pub tpm_vendors: Option<&'a [String]>,
    /// Whether an Android key must be held by the trusted environment.
    pub require_tee: bool,
    /// Whether the certificates are followed to an anchor afterwards.
    pub judges_trust: bool,
    /// What was found out before, of which this is one of many; None finds everything out anew.
    pub known: Option<&'a Findings>,
}

/// How many statements of a compound one must verify.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompoundPolicy {
    /// Every one.
    All,
    /// That many; `any` is one.
    AtLeast(usize),
}

/// What a statement is verified against.
#[derive(Debug)]
pub struct Context<'a> {
    /// The authenticator data.
    pub authenticator_data: &'a AuthenticatorData<'a>,
    /// SHA-256 of the client data.
    pub client_data_hash: &'a [u8; 32],
    /// The key of the new credential.
    pub credential_key: &'a CoseKey,
    /// What the verifier chose.
    pub policy: &'a StatementPolicy<'a>,
}

impl Context<'_> {
    /// What most formats sign: the authenticator data and the hash of the client data, one after the other.
    #[must_use]
    pub fn signed(&self) -> Vec<u8> {
        [self.authenticator_data.raw.as_ref(), self.client_data_hash].concat()
    }
}

/// Attestation types (section 6.5.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttestationType {
    /// Nothing is attested.
    None,
    /// The credential key signed for itself.
    SelfAttestation,
    /// A certificate of the model.
    Basic,
    /// A certificate of an attestation authority (TPM).
    AttCa,
    /// A certificate made for this credential (Apple).
    AnonCa,
    /// Several statements.
    Compound,
}

impl AttestationType {
    /// The name in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::SelfAttestation => "self",
            Self::Basic => "basic",
            Self::AttCa => "attca",
            Self::AnonCa => "anonca",
            Self::Compound => "compound",
        }
    }
}

/// A statement that verified.
#[derive(Clone, Debug)]
pub struct Verified<'a> {
    /// Its format.
    pub format: Cow<'a, str>,
    /// What it attests.
    pub kind: AttestationType,
    /// Its certificates in DER as they were sent, the leaf first; none for some types.
    pub chain: Vec<Cow<'a, [u8]>>,
    /// The same certificates as they were read, where the format kept them.
    pub certificates: Vec<Certificate<'a>>,
    /// Critical extensions of the leaf that the format itself handles, as the octets of their identifiers.
    pub critical: &'static [&'static [u8]],
    /// The statements of a compound one, each verified or not.
    pub statements: Vec<Result<Verified<'a>>>,
}

/// The formats there are statements of.
pub const FORMATS: [&str; 8] =
    ["none", "packed", "fido-u2f", "tpm", "android-key", "android-safetynet", "apple", "compound"];

/// Verifies a statement of any format.
///
/// # Errors
/// `algorithm.attestation_format`, `statement.*`, `leaf.*`, `signature.invalid`, and those of what is inside.
pub fn verify<'a>(
    format: &Cow<'a, str>,
    statement: &'a Value<'a>,
    context: &Context<'_>,
    tolerated: &mut Tolerated,
) -> Result<Verified<'a>> {
    match format.as_ref() {
        "none" => none::verify(statement),
        "packed" => packed::verify(statement, context, tolerated),
        "fido-u2f" => fido_u2f::verify(statement, context, tolerated),
        "tpm" => tpm::verify(statement, context, tolerated),
        "android-key" => android_key::verify(statement, context, tolerated),
        "android-safetynet" => android_safetynet::verify(statement, context, tolerated),
        "apple" => apple::verify(statement, context, tolerated),
        "compound" => compound::verify(statement, context, tolerated),
        other => {
            let message = format!("the attestation format {} is not supported", quote(other));
            Err(Error::new(Code::AlgorithmAttestationFormat, message).in_field("fmt"))
        }
    }
}

/// The members of a statement, each asked for by name.
#[derive(Debug)]
pub struct Members<'a> {
    pairs: &'a [(Key<'a>, Value<'a>)],
}

impl<'a> Members<'a> {
    /// Takes a statement that is a map of the known members. An unknown one is refused by strict reading and
    /// passed over otherwise; `ecdaaKeyId`, which the standard has withdrawn, is never taken.
    ///
    /// # Errors
    /// `statement.type`, `statement.unknown`, `algorithm.ecdaa`.
    pub fn new(statement: &'a Value<'a>, known: &[&str], tolerated: &mut Tolerated) -> Result<Self> {
        let Value::Map(pairs) = statement else { return Err(wrong_type("attStmt", "a map")) };
        for (key, _) in pairs {
            match key {
                Key::Text(name) if known.contains(&name.as_ref()) => {}
                Key::Text(name) if name == "ecdaaKeyId" => {
                    let message = "ECDAA, which the standard has withdrawn, is not supported";
                    return Err(Error::new(Code::AlgorithmEcdaa, message));
                }
                other => tolerated.allow("statement", || {
                    let message = format!("the statement has an unknown member {}", other.shown());
                    Error::new(Code::StatementUnknown, message)
                })?,
            }
        }
        Ok(Self { pairs })
    }

    /// Any member.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&'a Value<'a>> {
        let same = |key: &Key<'_>| matches!(key, Key::Text(text) if text == name);
        self.pairs.iter().find(|(key, _)| same(key)).map(|(_, value)| value)
    }

    /// A byte string that must be there.
    ///
    /// # Errors
    /// `statement.missing`, `statement.type`.
    pub fn bytes(&self, name: &'static str) -> Result<&'a [u8]> {
        match self.get(name) {
            Some(Value::Bytes(bytes)) => Ok(bytes),
            Some(_) => Err(wrong_type(name, "a byte string")),
            None => Err(missing(name)),
        }
    }

    /// A text that must be there.
    ///
    /// # Errors
    /// `statement.missing`, `statement.type`.
    pub fn text(&self, name: &'static str) -> Result<&'a str> {
        match self.get(name) {
            Some(Value::Text(text)) => Ok(text),
            Some(_) => Err(wrong_type(name, "text")),
            None => Err(missing(name)),
        }
    }

    /// `alg`
    ///
    /// # Errors
    /// `statement.missing`, `statement.type`, `algorithm.unknown`, `algorithm.legacy_hash`.
    pub fn algorithm(&self, allow_sha1: bool) -> Result<CoseAlgorithm> {
        match self.get("alg") {
            Some(Value::Integer(number)) => CoseAlgorithm::from_number(*number, allow_sha1),
            Some(_) => Err(wrong_type("alg", "an integer")),
            None => Err(missing("alg")),
        }
    }

    /// `sig`
    ///
    /// # Errors
    /// `statement.missing`, `statement.type`, `limit.size`.
    pub fn signature(&self) -> Result<&'a [u8]> {
        let signature = self.bytes("sig")?;
        if signature.len() > limits::SIGNATURE {
            return Err(Error::new(Code::LimitSize, "the attestation signature is too long").in_field("sig"));
        }
        Ok(signature)
    }

    /// `x5c`: at least one certificate, the leaf first.
    ///
    /// # Errors
    /// `statement.missing`, `statement.type`, `statement.value`, `limit.count`.
    pub fn certificates(&self) -> Result<Vec<&'a [u8]>> {
        let list = match self.get("x5c") {
            Some(Value::Array(list)) => list,
            Some(_) => return Err(wrong_type("x5c", "an array of byte strings")),
            None => return Err(missing("x5c")),
        };
        if list.len() > limits::CERTIFICATES {
            let message = format!("{} certificates, more than {}", list.len(), limits::CERTIFICATES);
            return Err(Error::new(Code::LimitCount, message).in_field("x5c"));
        }
        if list.is_empty() {
            return Err(Error::new(Code::StatementValue, "a chain of no certificates").in_field("x5c"));
        }
        let bytes = |value: &'a Value<'a>| match value {
            Value::Bytes(bytes) => Ok(bytes.as_ref()),
            _ => Err(wrong_type("x5c", "an array of byte strings")),
        };
        list.iter().map(bytes).collect()
    }
}

/// A member that is not there.
#[must_use]
pub fn missing(name: &'static str) -> Error {
    Error::new(Code::StatementMissing, format!("the attestation statement has no {name}")).in_field(name)
}

/// A member of another type.
#[must_use]
pub fn wrong_type(name: &'static str, wanted: &str) -> Error {
    Error::new(Code::StatementType, format!("{name} of the attestation statement is not {wanted}"))
        .in_field(name)
}

/// A statement about another key than the one that is registered.
#[must_use]
pub fn other_key(message: &'static str) -> Error {
    Error::new(Code::StatementKeyMismatch, message)
}
