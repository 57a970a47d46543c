//! Trust anchors (RFC 5280 section 6.1.1): names and keys that the caller trusts. Layer: x509.
//!
//! They are trusted input: of a certificate only the subject and the key are looked at, so that one that is
//! expired, of version 1, or odd in its serial number or extensions is an anchor as well.

use std::collections::{HashMap, HashSet};

use super::name::Name;
use crate::crypto::digest;
use crate::crypto::rsa::LegacyRsaPublicKey;
use crate::error::{Code, Error, Result};
use crate::format::der::{self, tag};
use crate::key::public_key::PublicFormat;
use crate::key::{PublicKey, spki};
use crate::limits;

/// A name and the key that signs under it.
#[derive(Clone, Debug)]
pub struct Anchor {
    certificate: Option<Vec<u8>>,
    subject: Vec<u8>,
    spki: Vec<u8>,
    pub(super) key: AnchorKey,
}

/// The key of an anchor, read when the anchor is.
#[derive(Clone, Debug)]
pub(super) enum AnchorKey {
    Sound(PublicKey),
    /// RSA of fewer than 2048 bits
    Legacy(LegacyRsaPublicKey),
    /// It verifies nothing, but who holds it can still be trusted for itself.
    Unusable(Error),
}

impl AnchorKey {
    fn read(spki: &[u8]) -> Self {
        match PublicKey::from_spki(spki) {
            Ok(key) => Self::Sound(key),
            Err(error) if error.code() == Code::KeyTooSmall => match spki::legacy_rsa(spki) {
                Ok(Some(key)) => Self::Legacy(key),
                _ => Self::Unusable(error),
            },
            Err(error) => Self::Unusable(error),
        }
    }
}

impl Anchor {
    /// The certificate, where the anchor was given as one.
    #[must_use]
    pub fn certificate(&self) -> Option<&[u8]> {
        self.certificate.as_deref()
    }

    /// The name, in DER.
    #[must_use]
    pub fn subject(&self) -> &[u8] {
        &self.subject
    }

    /// The name, as text.
    #[must_use]
    pub fn subject_text(&self) -> String {
        der::read(&self.subject, Name::read).map(|name| name.text()).unwrap_or_default()
    }

    /// The key, in DER.
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// Whether a certificate is this anchor: the same bytes, or the same name and key.
    pub(super) fn is(&self, raw: &[u8], subject: &[u8], spki: &[u8]) -> bool {
        self.certificate() == Some(raw) || (self.subject == subject && self.spki == spki)
    }

    /// What makes it this anchor, hashed: the certificate, or the name and the key.
    fn identity(&self) -> [u8; 32] {
        match &self.certificate {
            Some(certificate) => digest::sha256(certificate),
            None => digest::sha256(&[digest::sha256(&self.subject), digest::sha256(&self.spki)].concat()),
        }
    }
}

/// A set of anchors in the order in which they were given, each once.
#[derive(Clone, Debug, Default)]
pub struct Anchors {
    items: Vec<Anchor>,
    by_subject: HashMap<Vec<u8>, Vec<usize>>,
    /// The identities of all, so that thousands under one name are not compared with one another.
    known: HashSet<[u8; 32]>,
    /// A digest of all of them in their order.
    identity: [u8; 32],
}

impl Anchors {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a certificate.
    ///
    /// # Errors
    /// `limit.size`, `limit.count`, `der.*` up to its key; what follows that is well-formed is not looked at.
    pub fn add_certificate(&mut self, certificate: &[u8]) -> Result<()> {
        if certificate.len() > limits::CERTIFICATE {
            return Err(Error::new(Code::LimitSize, "the certificate is longer than 16 KiB"));
        }
        let (subject, spki) = subject_and_key(certificate)?;
        self.add(Anchor {
            certificate: Some(certificate.to_vec()),
            subject: subject.to_vec(),
            spki: spki.to_vec(),
            key: AnchorKey::read(spki),
        })
    }

    /// Adds a key under the name it signs with, in DER.
    ///
    /// # Errors
    /// `der.*` for the name, `limit.count`.
    pub fn add_key(&mut self, subject: &[u8], key: PublicKey) -> Result<()> {
        der::read(subject, Name::read)?;
        let spki = key.to_der(PublicFormat::Spki)?;
        self.add(Anchor { certificate: None, subject: subject.to_vec(), spki, key: AnchorKey::Sound(key) })
    }

    /// Adds those of another set.
    ///
    /// # Errors
    /// `limit.count`.
    pub fn extend(&mut self, other: &Self) -> Result<()> {
        other.items.iter().try_for_each(|anchor| self.add(anchor.clone()))
    }

    fn add(&mut self, anchor: Anchor) -> Result<()> {
        if self.known.contains(&anchor.identity()) {
            return Ok(());
        }
        if self.items.len() == limits::TRUST_ANCHORS {
            let message = format!("more than {} trust anchors", limits::TRUST_ANCHORS);
            return Err(Error::new(Code::LimitCount, message));
        }
        let identity = anchor.identity();
        self.identity = digest::sha256(&[self.identity, identity].concat());
        self.known.insert(identity);
        self.by_subject.entry(anchor.subject.clone()).or_default().push(self.items.len());
        self.items.push(anchor);
        Ok(())
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// The anchor at this place.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<&Anchor> {
        self.items.get(place)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Anchor> {
        self.items.iter()
    }

    /// Stands for what they are and their order, and for nothing else.
    pub(super) fn identity(&self) -> &[u8; 32] {
        &self.identity
    }

    /// Those of a name in DER, with their places.
    pub(super) fn of_subject(&self, subject: &[u8]) -> impl Iterator<Item = (usize, &Anchor)> {
        let places = self.by_subject.get(subject).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|place| self.items.get(*place).map(|anchor| (*place, anchor)))
    }
}

/// Reads a certificate up to its key.
fn subject_and_key(certificate: &[u8]) -> Result<(&[u8], &[u8])> {
    der::read(certificate, |reader| {
        reader.sequence(|inner| {
            let found = inner.sequence(|signed| {
                signed.optional(tag::CONTEXT_0)?;
                signed.element(tag::INTEGER)?;
                for _algorithm_issuer_and_validity in 0..3 {
                    signed.element(tag::SEQUENCE)?;
                }
                let subject = Name::read(signed)?.der();
                let (_, spki) = signed.encoded(tag::SEQUENCE)?;
                signed.skip_rest();
                Ok((subject, spki))
            })?;
            inner.element(tag::SEQUENCE)?;
            inner.element(tag::BIT_STRING)?;
            Ok(found)
        })
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::{AnchorKey, Anchors};
    use crate::error::Code;
    use crate::format::der::{self, Part, tag};
    use crate::key::PublicKey;
    use crate::key::test_keys::{P256, RSA_2048, code, sequence};
    use crate::limits;
    use crate::x509::test_certificates::{Made, name};

    #[test]
    fn anchors_are_kept_once_and_in_order() {
        let (a, b) = (Made::root("a"), Made::root("b"));
        let mut anchors = Anchors::new();
        let (a, b) = (a.der(), b.der());
        for certificate in [&b, &a, &b] {
            anchors.add_certificate(certificate).unwrap();
        }
        let texts = |anchors: &Anchors| anchors.iter().map(super::Anchor::subject_text).collect::<Vec<_>>();
        assert_eq!(texts(&anchors), ["CN=b", "CN=a"]);
        let mut other = Anchors::new();
        let key = PublicKey::from_pem(P256.public.as_bytes()).unwrap();
        other.add_key(&name("a"), key.clone()).unwrap();
        other.add_key(&name("a"), key).unwrap();
        other.extend(&anchors).unwrap();
        assert_eq!(texts(&other), ["CN=a", "CN=b", "CN=a"]);
        assert_eq!((other.len(), other.get(0).unwrap().certificate()), (3, None));
        assert_eq!(other.get(0).unwrap().spki(), P256.public_der());
        assert_eq!(
            code(other.add_key(b"x", PublicKey::from_der(&RSA_2048.public_der()).unwrap())),
            Some(Code::DerTag)
        );
    }

    #[test]
    fn xc16_xc20_what_follows_the_key_of_an_anchor_is_not_looked_at() {
        let mut odd = Made::root("odd");
        odd.serial = vec![0xff; 25];
        odd.version = None;
        odd.validity = (String::from("x"), String::from("y"));
        odd.extensions = vec![(vec![0x2a, 3], true, vec![1]), (vec![0x2a, 3], true, vec![1])];
        let mut anchors = Anchors::new();
        anchors.add_certificate(&odd.der()).unwrap();
        assert_eq!(code(anchors.add_certificate(&odd.der()[..50])), Some(Code::DerTruncated));
        let trailing = [&odd.der()[..], &[0]].concat();
        assert_eq!(code(anchors.add_certificate(&trailing)), Some(Code::DerTrailing));
        assert_eq!(
            code(anchors.add_certificate(&vec![0x30; limits::CERTIFICATE + 1])),
            Some(Code::LimitSize)
        );
    }

    #[test]
    fn small_rsa_keys_are_read_for_anchors_only() {
        let spki_of = |bits: usize| {
            let mut n = vec![0xff; bits / 8];
            n[0] = 0x80;
            let numbers = sequence(&[Part::Unsigned(&n), Part::Unsigned(&[1, 0, 1])]);
            let identifier = RSA_2048.public_der()[4..19].to_vec();
            der::encode(&Part::Constructed(
                tag::SEQUENCE,
                &[Part::Encoded(&identifier), Part::Bits(&numbers)],
            ))
        };
        assert!(matches!(AnchorKey::read(&spki_of(1024)), AnchorKey::Legacy(_)));
        assert!(matches!(AnchorKey::read(&spki_of(2040)), AnchorKey::Legacy(_)));
        assert!(matches!(AnchorKey::read(&spki_of(2048)), AnchorKey::Sound(_)));
        assert!(matches!(AnchorKey::read(&spki_of(1016)), AnchorKey::Unusable(_)));
        assert!(matches!(AnchorKey::read(&P256.public_der()), AnchorKey::Sound(_)));
    }

    #[test]
    fn xc45_anchors_are_counted() {
        let mut anchors = Anchors::new();
        let key = PublicKey::from_pem(P256.public.as_bytes()).unwrap();
        for number in 0..limits::TRUST_ANCHORS {
            anchors.add_key(&name(&number.to_string()), key.clone()).unwrap();
        }
        assert_eq!(code(anchors.add_key(&name("7"), key.clone())), None);
        assert_eq!(code(anchors.add_key(&name("one more"), key)), Some(Code::LimitCount));
    }
}
