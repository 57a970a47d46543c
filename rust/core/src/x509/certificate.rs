//! A view of a certificate (RFC 5280 section 4.1): nothing is copied, everything in it is checked when it is
//! read, except that its key is read when it is asked for. Layer: x509.

use super::extensions::{self, BasicConstraints, Extension, GeneralName, KeyUsage, Known};
use super::findings::Findings;
use super::name::{Name, read_oid};
use super::time;
use crate::error::{Code, Error, Result};
use crate::format::der::{self, Element, Reader, tag};
use crate::format::tolerance::Tolerated;
use crate::key::PublicKey;
use crate::limits;

/// `AlgorithmIdentifier` (RFC 5280 section 4.1.1.2) of a signature, not yet understood.
#[derive(Clone, Copy)]
pub struct AlgorithmIdentifier<'a> {
    /// The whole, as it stands in the certificate.
    pub der: &'a [u8],
    /// The object identifier, as its content octets.
    pub oid: &'a [u8],
    /// The parameters.
    pub parameters: Option<Element<'a>>,
}

impl<'a> AlgorithmIdentifier<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let (sequence, der) = reader.encoded(tag::SEQUENCE)?;
        sequence.inside(|inner| {
            let oid = read_oid(inner)?;
            let parameters = if inner.is_empty() { None } else { Some(inner.any()?) };
            Ok(Self { der, oid, parameters })
        })
    }
}

/// `SubjectPublicKeyInfo` that is well formed and not yet read.
#[derive(Clone, Copy)]
struct KeyInfo<'a> {
    der: &'a [u8],
    /// Where it begins in the certificate.
    offset: usize,
    bits: &'a [u8],
}

impl<'a> KeyInfo<'a> {
    fn read(reader: &mut Reader<'a>) -> Result<Self> {
        let (sequence, der) = reader.encoded(tag::SEQUENCE)?;
        let bits = sequence.inside(|inner| {
            AlgorithmIdentifier::read(inner)?;
            Ok(inner.bit_string()?.content)
        })?;
        let header = der.len() - sequence.content.len();
        Ok(Self { der, offset: sequence.offset - header, bits })
    }
}

/// A certificate that was read.
#[derive(Clone)]
pub struct Certificate<'a> {
    raw: &'a [u8],
    signed: Signed<'a>,
    signature: &'a [u8],
}

/// `TBSCertificate`.
#[derive(Clone)]
struct Signed<'a> {
    raw: &'a [u8],
    version: u8,
    serial: &'a [u8],
    algorithm: AlgorithmIdentifier<'a>,
    issuer: Name<'a>,
    not_before: i64,
    not_after: i64,
    subject: Name<'a>,
    key: KeyInfo<'a>,
    extensions: Vec<Extension<'a>>,
    known: Known<'a>,
}

impl<'a> Certificate<'a> {
    /// Reads DER. What is let pass in it is noted under `place`, such as `certificate[0]`.
    ///
    /// # Errors
    /// `limit.size`, `limit.count`, `der.*`, `certificate.*`.
    pub fn parse(der: &'a [u8], tolerated: &mut Tolerated, place: &str) -> Result<Self> {
        if der.len() > limits::CERTIFICATE {
            return Err(Error::new(Code::LimitSize, "the certificate is longer than 16 KiB"));
        }
        der::read(der, |reader| {
            reader.sequence(|inner| {
                let signed = Signed::read(inner, tolerated, place)?;
                let algorithm = inner.encoded(tag::SEQUENCE)?;
                if algorithm.1 != signed.algorithm.der {
                    let message = "the signature algorithm outside the signed part is another than inside";
                    return Err(
                        Error::new(Code::CertificateAlgorithmMismatch, message).at(algorithm.0.offset)
                    );
                }
                let signature = signature(&inner.element(tag::BIT_STRING)?, tolerated, place)?;
                Ok(Self { raw: der, signed, signature })
            })
        })
    }

    /// The whole certificate.
    #[must_use]
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// `TBSCertificate`: what the signature is over.
    #[must_use]
    pub fn tbs(&self) -> &'a [u8] {
        self.signed.raw
    }

    /// The version: 1, 2 or 3.
    #[must_use]
    pub fn version(&self) -> u8 {
        self.signed.version
    }

    /// The serial number: two's complement, big-endian.
    #[must_use]
    pub fn serial(&self) -> &'a [u8] {
        self.signed.serial
    }

    /// The algorithm of the signature, which stands twice and alike.
    #[must_use]
    pub fn signature_algorithm(&self) -> AlgorithmIdentifier<'a> {
        self.signed.algorithm
    }

    /// Who signed.
    #[must_use]
    pub fn issuer(&self) -> &Name<'a> {
        &self.signed.issuer
    }

    /// Whose key it is.
    #[must_use]
    pub fn subject(&self) -> &Name<'a> {
        &self.signed.subject
    }

    /// The first second of its validity, since 1970.
    #[must_use]
    pub fn not_before(&self) -> i64 {
        self.signed.not_before
    }

    /// The last second of its validity, since 1970.
    #[must_use]
    pub fn not_after(&self) -> i64 {
        self.signed.not_after
    }

    /// `SubjectPublicKeyInfo`.
    #[must_use]
    pub fn spki(&self) -> &'a [u8] {
        self.signed.key.der
    }

    /// The bits of the public key, of which key identifiers are hashes (RFC 5280 section 4.2.1.2).
    #[must_use]
    pub fn public_key_bits(&self) -> &'a [u8] {
        self.signed.key.bits
    }

    /// Reads the public key.
    ///
    /// # Errors
    /// `der.*`, `key.*`, `algorithm.*`, `limit.key_size`.
    pub fn public_key(&self) -> Result<PublicKey> {
        self.known_public_key(None)
    }

    /// As [`Self::public_key`], read once for all certificates of a batch that have the same.
    ///
    /// # Errors
    /// Those of [`Self::public_key`].
    pub fn known_public_key(&self, known: Option<&Findings>) -> Result<PublicKey> {
        Findings::spki(known, self.signed.key.der).map_err(|error| {
            let offset = error.offset().map(|offset| offset + self.signed.key.offset);
            error.at_known(offset)
        })
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> &'a [u8] {
        self.signature
    }

    /// All extensions, each of another kind.
    #[must_use]
    pub fn extensions(&self) -> &[Extension<'a>] {
        &self.signed.extensions
    }

    /// The extension of this kind.
    #[must_use]
    pub fn extension(&self, oid: &[u8]) -> Option<&Extension<'a>> {
        self.signed.extensions.iter().find(|extension| extension.oid == oid)
    }

    /// basicConstraints
    #[must_use]
    pub fn basic_constraints(&self) -> Option<BasicConstraints> {
        self.signed.known.basic_constraints
    }

    /// keyUsage
    #[must_use]
    pub fn key_usage(&self) -> Option<KeyUsage> {
        self.signed.known.key_usage
    }

    /// extKeyUsage: object identifiers
    #[must_use]
    pub fn extended_key_usage(&self) -> Option<&[&'a [u8]]> {
        self.signed.known.extended_key_usage.as_deref()
    }

    /// subjectAltName
    #[must_use]
    pub fn subject_alternative_name(&self) -> Option<&[GeneralName<'a>]> {
        self.signed.known.subject_alternative_name.as_deref()
    }

    /// subjectKeyIdentifier
    #[must_use]
    pub fn subject_key_identifier(&self) -> Option<&'a [u8]> {
        self.signed.known.subject_key_identifier
    }

    /// The keyIdentifier of authorityKeyIdentifier
    #[must_use]
    pub fn authority_key_identifier(&self) -> Option<&'a [u8]> {
        self.signed.known.authority_key_identifier
    }

    /// Whether there is a nameConstraints extension, which is not read.
    #[must_use]
    pub fn has_name_constraints(&self) -> bool {
        self.signed.known.has_name_constraints
    }

    /// Whether subject and issuer are the same name.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.signed.subject.der() == self.signed.issuer.der()
    }
}

impl core::fmt::Debug for Certificate<'_> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Certificate({})", self.subject().text())
    }
}

/// A signature is of whole bytes. The count of unused bits before it is wrong in some old certificates.
fn signature<'a>(bits: &Element<'a>, tolerated: &mut Tolerated, place: &str) -> Result<&'a [u8]> {
    match bits.content {
        [0, signature @ ..] => Ok(signature),
        [1..=7, signature @ ..] => {
            let message = "a BIT STRING that is not of whole bytes";
            tolerated.allow(place.to_owned(), || bits.wrong(message))?;
            Ok(signature)
        }
        _ => Err(bits.wrong("a malformed BIT STRING")),
    }
}

impl<'a> Signed<'a> {
    fn read(reader: &mut Reader<'a>, tolerated: &mut Tolerated, place: &str) -> Result<Self> {
        let (sequence, raw) = reader.encoded(tag::SEQUENCE)?;
        sequence.inside(|inner| {
            let version = read_version(inner)?;
            let serial = read_serial(inner, tolerated, place)?;
            let algorithm = AlgorithmIdentifier::read(inner)?;
            let issuer = Name::read(inner)?;
            let (not_before, not_after) = inner.sequence(|validity| {
                Ok((time::read(validity, tolerated, place)?, time::read(validity, tolerated, place)?))
            })?;
            let subject = Name::read(inner)?;
            let key = KeyInfo::read(inner)?;
            for tag in [tag::CONTEXT_1_PRIMITIVE, tag::CONTEXT_2_PRIMITIVE] {
                if let Some(identifier) = inner.optional(tag)? {
                    identifier.bits_unused()?;
                    check_version(version >= 2, &identifier)?;
                }
            }
            let (mut extensions, mut known) = (Vec::new(), Known::default());
            if let Some(wrapped) = inner.optional(tag::CONTEXT_3)? {
                check_version(version == 3, &wrapped)?;
                wrapped
                    .inside(|list| read_extensions(list, &mut extensions, &mut known, tolerated, place))?;
            }
            Ok(Self {
                raw,
                version,
                serial,
                algorithm,
                issuer,
                not_before,
                not_after,
                subject,
                key,
                extensions,
                known,
            })
        })
    }
}

/// RFC 5280 section 4.1.2.1. The default is version 1, which DER therefore never spells out.
fn read_version(reader: &mut Reader<'_>) -> Result<u8> {
    let Some(wrapped) = reader.optional(tag::CONTEXT_0)? else { return Ok(1) };
    wrapped.inside(|inner| {
        let number = inner.element(tag::INTEGER)?;
        match number.signed()? {
            [0] => Err(number.wrong("a default value that is spelled out")),
            [1] => Ok(2),
            [2] => Ok(3),
            _ => {
                let message = "a certificate of a version other than 1, 2 and 3";
                Err(Error::new(Code::CertificateVersion, message).at(number.offset))
            }
        }
    })
}

fn check_version(fits: bool, field: &Element<'_>) -> Result<()> {
    if fits {
        return Ok(());
    }
    let message = "the certificate has a field that its version does not have";
    Err(Error::new(Code::CertificateVersion, message).at(field.offset))
}

/// RFC 5280 section 4.1.2.2: positive, at most 20 octets.
fn read_serial<'a>(reader: &mut Reader<'a>, tolerated: &mut Tolerated, place: &str) -> Result<&'a [u8]> {
    let element = reader.element(tag::INTEGER)?;
    let serial = element.signed()?;
    if serial.len() > 20 || matches!(serial, [0] | [0x80..=0xff, ..]) {
        tolerated.allow(place.to_owned(), || {
            let message = "a serial number that is not positive or has more than 20 octets";
            Error::new(Code::CertificateSerial, message).at(element.offset)
        })?;
    }
    Ok(serial)
}

fn read_extensions<'a>(
    reader: &mut Reader<'a>,
    extensions: &mut Vec<Extension<'a>>,
    known: &mut Known<'a>,
    tolerated: &mut Tolerated,
    place: &str,
) -> Result<()> {
    let sequence = reader.element(tag::SEQUENCE)?;
    if sequence.content.is_empty() {
        return Err(extensions::wrong(&sequence, "a list of extensions without any"));
    }
    sequence.inside(|list| {
        while !list.is_empty() {
            let element = list.element(tag::SEQUENCE)?;
            if extensions.len() == limits::CERTIFICATE_EXTENSIONS {
                let message = "a certificate with more than 64 extensions";
                return Err(Error::new(Code::LimitCount, message).at(element.offset));
            }
            element.inside(|inner| {
                let oid = read_oid(inner)?;
                if extensions.iter().any(|known| known.oid == oid) {
                    let message = "two extensions of one kind";
                    return Err(Error::new(Code::CertificateDuplicateExtension, message).at(element.offset));
                }
                let critical = extensions::default_false(inner, tolerated, place)?;
                let value = inner.octet_string()?;
                known.read(oid, &value, tolerated, place)?;
                extensions.push(Extension { oid, critical, value: value.content });
                Ok(())
            })?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests;
