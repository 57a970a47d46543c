//! Extensions of certificates (RFC 5280 section 4.2): all are kept as bytes, and those that attestation and
//! path validation look at are read with the certificate. Layer: x509.

use super::name::{Name, read_oid};
use crate::error::{Code, Error, Result};
use crate::format::der::{self, Element, Reader, saturating, tag};
use crate::format::tolerance::Tolerated;

/// Object identifiers of the extensions that are read, as content octets.
pub mod oid {
    /// subjectKeyIdentifier 2.5.29.14
    pub const SUBJECT_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 0x0e];
    /// keyUsage 2.5.29.15
    pub const KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x0f];
    /// subjectAltName 2.5.29.17
    pub const SUBJECT_ALTERNATIVE_NAME: &[u8] = &[0x55, 0x1d, 0x11];
    /// basicConstraints 2.5.29.19
    pub const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x13];
    /// nameConstraints 2.5.29.30
    pub const NAME_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 0x1e];
    /// certificatePolicies 2.5.29.32
    pub const CERTIFICATE_POLICIES: &[u8] = &[0x55, 0x1d, 0x20];
    /// authorityKeyIdentifier 2.5.29.35
    pub const AUTHORITY_KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 0x23];
    /// extKeyUsage 2.5.29.37
    pub const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 0x25];
}

/// One extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extension<'a> {
    /// The object identifier, as its content octets.
    pub oid: &'a [u8],
    /// Whether who does not know it must refuse the certificate.
    pub critical: bool,
    /// The content of the OCTET STRING.
    pub value: &'a [u8],
}

/// RFC 5280 section 4.2.1.9.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BasicConstraints {
    /// cA
    pub is_ca: bool,
    /// pathLenConstraint
    pub path_length: Option<u32>,
}

/// RFC 5280 section 4.2.1.3: bit n of the standard is bit n here, from the least significant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUsage(u16);

impl KeyUsage {
    /// digitalSignature (0)
    #[must_use]
    pub fn digital_signature(self) -> bool {
        self.0 & 1 != 0
    }

    /// keyCertSign (5)
    #[must_use]
    pub fn key_cert_sign(self) -> bool {
        self.0 & (1 << 5) != 0
    }

    /// All bits.
    #[must_use]
    pub fn bits(self) -> u16 {
        self.0
    }
}

/// RFC 5280 section 4.2.1.6. Strings stand whole, also where they hold a NUL.
#[derive(Clone, Debug)]
pub enum GeneralName<'a> {
    /// otherName: the type, and the value with its tag
    Other {
        /// type-id
        oid: &'a [u8],
        /// value
        value: &'a [u8],
    },
    /// rfc822Name
    Email(&'a str),
    /// dNSName
    Dns(&'a str),
    /// x400Address, which is not read
    X400(&'a [u8]),
    /// directoryName
    Directory(Name<'a>),
    /// ediPartyName, which is not read
    EdiParty(&'a [u8]),
    /// uniformResourceIdentifier, which is never fetched
    Uri(&'a str),
    /// iPAddress: 4 or 16 bytes
    Ip(&'a [u8]),
    /// registeredID
    RegisteredId(&'a [u8]),
}

/// What the extensions that are read say.
#[derive(Clone, Debug, Default)]
pub(super) struct Known<'a> {
    pub(super) basic_constraints: Option<BasicConstraints>,
    pub(super) key_usage: Option<KeyUsage>,
    pub(super) extended_key_usage: Option<Vec<&'a [u8]>>,
    pub(super) subject_alternative_name: Option<Vec<GeneralName<'a>>>,
    pub(super) subject_key_identifier: Option<&'a [u8]>,
    pub(super) authority_key_identifier: Option<&'a [u8]>,
    pub(super) has_name_constraints: bool,
}

impl<'a> Known<'a> {
    /// Reads the value of one more extension, if it is one of those. `value` is the OCTET STRING.
    ///
    /// # Errors
    /// `certificate.extension` for whatever is not as the extension has it, `limit.*`.
    pub(super) fn read(
        &mut self,
        oid: &[u8],
        value: &Element<'a>,
        tolerated: &mut Tolerated,
        place: &str,
    ) -> Result<()> {
        self.interpret(oid, value, tolerated, place).map_err(|error| match error.code() {
            Code::DerTruncated | Code::DerTag | Code::DerLength | Code::DerTrailing | Code::DerValue => {
                let message = "an extension whose value is not what it has to be";
                Error::new(Code::CertificateExtension, message).at_known(error.offset())
            }
            _ => error,
        })
    }

    fn interpret(
        &mut self,
        oid: &[u8],
        value: &Element<'a>,
        tolerated: &mut Tolerated,
        place: &str,
    ) -> Result<()> {
        match oid {
            oid::BASIC_CONSTRAINTS => {
                let read = value.inside(|reader| basic_constraints(reader, tolerated, place))?;
                self.basic_constraints = Some(read);
            }
            oid::KEY_USAGE => {
                let read =
                    value.inside(|reader| key_usage(&reader.element(tag::BIT_STRING)?, tolerated, place))?;
                self.key_usage = Some(read);
            }
            oid::EXTENDED_KEY_USAGE => {
                self.extended_key_usage = Some(value.inside(|reader| list(reader, read_oid))?);
            }
            oid::SUBJECT_ALTERNATIVE_NAME => {
                self.subject_alternative_name = Some(value.inside(|reader| list(reader, general_name))?);
            }
            oid::SUBJECT_KEY_IDENTIFIER => {
                let read = value.inside(Reader::octet_string).map(|identifier| Some(identifier.content));
                self.subject_key_identifier = hint(read, value, tolerated, place)?;
            }
            oid::AUTHORITY_KEY_IDENTIFIER => {
                let read = value.inside(authority_key_identifier);
                self.authority_key_identifier = hint(read, value, tolerated, place)?;
            }
            oid::CERTIFICATE_POLICIES => {
                value.inside(|reader| list(reader, |policy| certificate_policy(policy, tolerated, place)))?;
            }
            oid::NAME_CONSTRAINTS => self.has_name_constraints = true,
            _ => {}
        }
        Ok(())
    }
}

/// A known extension that is well-formed DER and says what it may not.
pub(super) fn wrong(at: &Element<'_>, message: &'static str) -> Error {
    Error::new(Code::CertificateExtension, message).at(at.offset)
}

/// Key identifiers help to find an issuer and decide nothing, so a malformed one, as the certificates of some
/// test suites have, can be let pass as if it were absent.
fn hint<'a>(
    read: Result<Option<&'a [u8]>>,
    value: &Element<'_>,
    tolerated: &mut Tolerated,
    place: &str,
) -> Result<Option<&'a [u8]>> {
    match read {
        Ok(identifier) => Ok(identifier),
        Err(_) => {
            tolerated.allow(place.to_owned(), || wrong(value, "a malformed key identifier"))?;
            Ok(None)
        }
    }
}

/// A SEQUENCE OF with at least one element.
fn list<'a, T>(
    reader: &mut Reader<'a>,
    mut read: impl FnMut(&mut Reader<'a>) -> Result<T>,
) -> Result<Vec<T>> {
    let sequence = reader.element(tag::SEQUENCE)?;
    if sequence.content.is_empty() {
        return Err(wrong(&sequence, "a list in an extension is empty"));
    }
    sequence.inside(|inner| {
        let mut items = Vec::new();
        while !inner.is_empty() {
            items.push(read(inner)?);
        }
        Ok(items)
    })
}

/// A BOOLEAN with the default FALSE, which DER does not write (X.690 section 11.5) and some certificates do.
pub(super) fn default_false(reader: &mut Reader<'_>, tolerated: &mut Tolerated, place: &str) -> Result<bool> {
    let Some(element) = reader.optional(tag::BOOLEAN)? else { return Ok(false) };
    let value = element.boolean()?;
    if !value {
        tolerated.allow(place.to_owned(), || wrong(&element, "a default value that is spelled out"))?;
    }
    Ok(value)
}

fn basic_constraints(
    reader: &mut Reader<'_>,
    tolerated: &mut Tolerated,
    place: &str,
) -> Result<BasicConstraints> {
    reader.sequence(|inner| {
        let is_ca = default_false(inner, tolerated, place)?;
        let path_length = match inner.optional(tag::INTEGER)? {
            None => None,
            Some(element) => {
                let octets = element.signed()?;
                let refused = || wrong(&element, "a path length that is negative or over 32 bits");
                let negative = octets.first().is_some_and(|first| *first >= 0x80);
                let number = u32::try_from(saturating(octets)).ok().filter(|_| !negative);
                Some(number.ok_or_else(refused)?)
            }
        };
        Ok(BasicConstraints { is_ca, path_length })
    })
}

/// A list of named bits ends with a one (X.690 section 11.2.2); some certificates write the zeros behind it.
fn key_usage(bits: &Element<'_>, tolerated: &mut Tolerated, place: &str) -> Result<KeyUsage> {
    let (unused, octets) = bits.bits_unused()?;
    let usage = match octets {
        [] => 0,
        [first] => u16::from(first.reverse_bits()),
        [first, second] => u16::from(first.reverse_bits()) | (u16::from(second.reverse_bits()) << 8),
        _ => return Err(wrong(bits, "a key usage of more than 16 bits")),
    };
    if usage == 0 {
        return Err(wrong(bits, "a key usage without any use"));
    }
    if octets.last().is_some_and(|last| (last >> unused) & 1 == 0) {
        tolerated.allow(place.to_owned(), || wrong(bits, "a list of named bits that ends with zeros"))?;
    }
    Ok(KeyUsage(usage))
}

fn general_name<'a>(reader: &mut Reader<'a>) -> Result<GeneralName<'a>> {
    let element = reader.any()?;
    let ia5 = || {
        let text = core::str::from_utf8(element.content).ok().filter(|text| text.is_ascii());
        text.ok_or_else(|| wrong(&element, "an IA5String that is not ASCII"))
    };
    Ok(match element.tag {
        tag::CONTEXT_0 => element.inside(|inner| {
            let oid = read_oid(inner)?;
            let value = inner.element(tag::CONTEXT_0)?.inside(|value| Ok(value.any_encoded()?.1))?;
            Ok(GeneralName::Other { oid, value })
        })?,
        0x81 => GeneralName::Email(ia5()?),
        0x82 => GeneralName::Dns(ia5()?),
        0xa3 => GeneralName::X400(element.content),
        0xa4 => GeneralName::Directory(element.inside(Name::read)?),
        0xa5 => GeneralName::EdiParty(element.content),
        0x86 => GeneralName::Uri(ia5()?),
        0x87 if matches!(element.content.len(), 4 | 16) => GeneralName::Ip(element.content),
        0x87 => return Err(wrong(&element, "an IP address of neither 4 nor 16 bytes")),
        0x88 => {
            let oid = element.oid()?;
            if der::dotted(oid).is_none() {
                return Err(element.wrong("an OBJECT IDENTIFIER that is too long"));
            }
            GeneralName::RegisteredId(oid)
        }
        _ => return Err(Error::new(Code::DerTag, "no kind of general name").at(element.offset)),
    })
}

/// RFC 5280 section 4.2.1.1. Of use as a hint only, so the issuer and serial number are not read.
fn authority_key_identifier<'a>(reader: &mut Reader<'a>) -> Result<Option<&'a [u8]>> {
    reader.sequence(|inner| {
        let identifier = inner.optional(tag::CONTEXT_0_PRIMITIVE)?;
        inner.optional(tag::CONTEXT_1)?;
        inner.optional(tag::CONTEXT_2_PRIMITIVE)?;
        Ok(identifier.map(|element| element.content))
    })
}

/// RFC 5280 section 4.2.1.4. Qualifiers are not read; the certificates of some TPMs have more in one than its
/// two elements.
fn certificate_policy(reader: &mut Reader<'_>, tolerated: &mut Tolerated, place: &str) -> Result<()> {
    reader.sequence(|policy| {
        read_oid(policy)?;
        if policy.is_empty() {
            return Ok(());
        }
        list(policy, |qualifiers| {
            let qualifier = qualifiers.element(tag::SEQUENCE)?;
            qualifier.inside(|inner| {
                read_oid(inner)?;
                inner.any()?;
                if !inner.is_empty() {
                    let deviation = || wrong(&qualifier, "data after the value of a policy qualifier");
                    tolerated.allow(place.to_owned(), deviation)?;
                    inner.skip_rest();
                }
                Ok(())
            })
        })
        .map(|_| ())
    })
}
