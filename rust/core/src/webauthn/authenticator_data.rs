//! Authenticator data (WebAuthn section 6.1): 37 bytes, then the new credential and the extensions, each where a
//! flag announces it, and nothing after them.

use std::borrow::Cow;

use super::extensions::Extensions;
use crate::error::{Code, Error, Result};
use crate::format::cbor;
use crate::format::tolerance::{Tolerance, Tolerated};
use crate::limits;

/// The flags (section 6.1), bit by bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Flags(pub u8);

impl Flags {
    /// UP, bit 0
    #[must_use]
    pub fn user_present(self) -> bool {
        self.0 & 0x01 != 0
    }

    /// UV, bit 2
    #[must_use]
    pub fn user_verified(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// BE, bit 3
    #[must_use]
    pub fn backup_eligible(self) -> bool {
        self.0 & 0x08 != 0
    }

    /// BS, bit 4
    #[must_use]
    pub fn backup_state(self) -> bool {
        self.0 & 0x10 != 0
    }

    /// AT, bit 6
    #[must_use]
    pub fn attested_credential_data(self) -> bool {
        self.0 & 0x40 != 0
    }

    /// ED, bit 7
    #[must_use]
    pub fn extension_data(self) -> bool {
        self.0 & 0x80 != 0
    }

    /// Section 6.1.3: only a credential that may be backed up can be backed up.
    ///
    /// # Errors
    /// `authenticator_data.backup_state`.
    pub fn check_backup(self) -> Result<()> {
        if self.backup_state() && !self.backup_eligible() {
            let message = "a credential that is backed up without being eligible";
            return Err(Error::new(Code::AuthenticatorDataBackupState, message).in_field("flags"));
        }
        Ok(())
    }

    /// Bits 1 and 5, for which no meaning is defined.
    #[must_use]
    pub fn reserved(self) -> u8 {
        self.0 & 0x22
    }
}

/// The new credential (section 6.5.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttestedCredential<'a> {
    /// The model of the authenticator.
    pub aaguid: [u8; 16],
    /// The credential's id, 1 to 1,023 bytes.
    pub credential_id: Cow<'a, [u8]>,
    /// The COSE key as it was sent: CBOR that is a map, and no more than that is known of it.
    pub public_key: Cow<'a, [u8]>,
}

/// Authenticator data, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuthenticatorData<'a> {
    /// All of it, as it was sent.
    pub raw: Cow<'a, [u8]>,
    /// SHA-256 of the relying party's id.
    pub rp_id_hash: [u8; 32],
    /// The flags.
    pub flags: Flags,
    /// The signature counter.
    pub sign_count: u32,
    /// The new credential.
    pub attested: Option<AttestedCredential<'a>>,
    /// The extensions; all empty where none were sent.
    pub extensions: Extensions<'a>,
    /// The deviations in them that were let pass.
    pub tolerated: Vec<Tolerance>,
}

/// The repair of a known defect: a key map that announces three entries and holds four.
const SHORT_MAP: &[u8] = &[0xa3, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20];

impl<'a> AuthenticatorData<'a> {
    /// Takes authenticator data apart. `repair` reads an Ed25519 key whose map announces one entry too few, as
    /// one line of authenticators sends it.
    ///
    /// # Errors
    /// `authenticator_data.*`, `cbor.*`, `limit.*`, with offsets in the whole.
    pub fn parse(raw: &'a [u8], repair: bool, tolerated: &mut Tolerated) -> Result<Self> {
        if raw.len() > limits::CBOR {
            let message = format!("authenticator data of {} bytes is over the limit", raw.len());
            return Err(Error::new(Code::LimitSize, message).in_field("authenticatorData"));
        }
        let earlier = tolerated.notes().len();
        let rest = raw;
        let (rp_id_hash, rest) = rest.split_first_chunk::<32>().ok_or_else(|| truncated(raw))?;
        let (flags, rest) = rest.split_first().ok_or_else(|| truncated(raw))?;
        let (sign_count, mut rest) = rest.split_first_chunk::<4>().ok_or_else(|| truncated(raw))?;
        let flags = Flags(*flags);
        if flags.reserved() != 0 {
            tolerated.allow("authenticator_data", || {
                let message = "reserved flags of the authenticator data are set";
                Error::new(Code::AuthenticatorDataFlags, message).at(32)
            })?;
        }
        let attested = if flags.attested_credential_data() {
            let (attested, length) = attested(raw, rest, repair, tolerated)?;
            rest = rest.get(length..).unwrap_or_default();
            Some(attested)
        } else {
            None
        };
        let mut extensions = Extensions::default();
        if flags.extension_data() {
            if rest.is_empty() {
                return Err(truncated(raw));
            }
            let start = raw.len().saturating_sub(rest.len());
            let (read, length) = cbor::read_prefix(raw, start, "extensions", tolerated, Extensions::read)?;
            extensions = read;
            rest = rest.get(length..).unwrap_or_default();
        }
        if !rest.is_empty() {
            let message = "bytes left over after the authenticator data";
            let at = raw.len().saturating_sub(rest.len());
            return Err(Error::new(Code::AuthenticatorDataTrailing, message).at(at));
        }
        let sign_count = u32::from_be_bytes(*sign_count);
        let tolerated = tolerated.notes().get(earlier..).unwrap_or_default().to_vec();
        Ok(Self {
            raw: raw.into(),
            rp_id_hash: *rp_id_hash,
            flags,
            sign_count,
            attested,
            extensions,
            tolerated,
        })
    }

    /// The same with all bytes its own.
    #[must_use]
    pub fn into_owned(self) -> AuthenticatorData<'static> {
        AuthenticatorData {
            raw: self.raw.into_owned().into(),
            rp_id_hash: self.rp_id_hash,
            flags: self.flags,
            sign_count: self.sign_count,
            attested: self.attested.map(|attested| AttestedCredential {
                aaguid: attested.aaguid,
                credential_id: attested.credential_id.into_owned().into(),
                public_key: attested.public_key.into_owned().into(),
            }),
            extensions: self.extensions.into_owned(),
            tolerated: self.tolerated,
        }
    }

    /// The new credential, which a registration must have.
    ///
    /// # Errors
    /// `authenticator_data.missing_credential`.
    pub fn credential(&self) -> Result<&AttestedCredential<'a>> {
        self.attested.as_ref().ok_or_else(|| {
            let message = "the authenticator data hold no new credential";
            Error::new(Code::AuthenticatorDataMissingCredential, message)
        })
    }
}

/// Section 6.5.1: the credential and how many bytes it takes.
fn attested<'a>(
    raw: &'a [u8],
    rest: &'a [u8],
    repair: bool,
    tolerated: &mut Tolerated,
) -> Result<(AttestedCredential<'a>, usize)> {
    let (aaguid, after) = rest.split_first_chunk::<16>().ok_or_else(|| truncated(raw))?;
    let (length, after) = after.split_first_chunk::<2>().ok_or_else(|| truncated(raw))?;
    let length = usize::from(u16::from_be_bytes(*length));
    let at = raw.len().saturating_sub(after.len());
    if length == 0 {
        let message = "a credential id of no bytes";
        return Err(Error::new(Code::AuthenticatorDataCredentialId, message).at(at));
    }
    if length > limits::WEBAUTHN_CREDENTIAL_ID {
        let message =
            format!("a credential id of {length} bytes; {} are allowed", limits::WEBAUTHN_CREDENTIAL_ID);
        return Err(Error::new(Code::LimitSize, message).in_field("credentialId"));
    }
    let (credential_id, after) = after.split_at_checked(length).ok_or_else(|| truncated(raw))?;
    let start = raw.len().saturating_sub(after.len());
    let (public_key, key_length) = if repair && after.starts_with(SHORT_MAP) {
        repaired(after, start, tolerated)?
    } else {
        let read = cbor::read_prefix(raw, start, "credential_public_key", tolerated, |reader| {
            reader.map(|reader, _| reader.skip())
        });
        let ((), key_length) = read?;
        (Cow::Borrowed(after.get(..key_length).unwrap_or_default()), key_length)
    };
    let credential = AttestedCredential { aaguid: *aaguid, credential_id: credential_id.into(), public_key };
    Ok((credential, 16 + 2 + length + key_length))
}

fn repaired<'a>(after: &'a [u8], start: usize, tolerated: &mut Tolerated) -> Result<(Cow<'a, [u8]>, usize)> {
    let length = SHORT_MAP.len() + 32;
    let short = || {
        let message = "a key map that announces one entry fewer than it holds";
        Error::new(Code::CborTruncated, message).at(start)
    };
    let mut key = after.get(..length).ok_or_else(short)?.to_vec();
    tolerated.allow("credential_public_key", short)?;
    if let Some(first) = key.first_mut() {
        *first = 0xa4;
    }
    Ok((Cow::Owned(key), length))
}

fn truncated(raw: &[u8]) -> Error {
    Error::new(Code::AuthenticatorDataTruncated, "the authenticator data end too early").at(raw.len())
}
