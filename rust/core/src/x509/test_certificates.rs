//! Certificates for the tests of this layer and those above, put together from parts.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use crate::crypto::Hash;
use crate::format::der::{self, Part, tag};
use crate::key::PrivateKey;
use crate::key::public_key::PublicFormat;
use crate::key::signing::Scheme;
use crate::key::test_keys::{P256, RSA_2048, TestKey};

/// ecdsa-with-SHA256
pub(crate) const ECDSA_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02];

pub(crate) fn load(key: &TestKey) -> PrivateKey {
    PrivateKey::from_pem(key.private.as_bytes(), None).unwrap()
}

pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    der::encode(&Part::Primitive(tag, content))
}

pub(crate) fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    der::sequence(parts)
}

/// A name of one common name.
pub(crate) fn name(common_name: &str) -> Vec<u8> {
    let pair = sequence(&[&tlv(tag::OID, &[0x55, 4, 3]), &tlv(tag::UTF8_STRING, common_name.as_bytes())]);
    sequence(&[&tlv(tag::SET, &pair)])
}

/// An `AlgorithmIdentifier` without parameters, or with these.
pub(crate) fn identifier(oid: &[u8], parameters: &[u8]) -> Vec<u8> {
    sequence(&[&tlv(tag::OID, oid), parameters])
}

/// Everything a certificate is made of. Each field can be made wrong.
#[derive(Clone)]
pub(crate) struct Made {
    pub(crate) version: Option<Vec<u8>>,
    pub(crate) serial: Vec<u8>,
    /// inside and outside
    pub(crate) algorithms: [Vec<u8>; 2],
    pub(crate) issuer: Vec<u8>,
    /// The contents of two `UTCTime`s.
    pub(crate) validity: (String, String),
    pub(crate) subject: Vec<u8>,
    pub(crate) spki: Vec<u8>,
    pub(crate) after_key: Vec<u8>,
    pub(crate) extensions: Vec<(Vec<u8>, bool, Vec<u8>)>,
    pub(crate) signer: TestKey,
    pub(crate) scheme: Scheme,
    /// In the place of a signature by `signer`.
    pub(crate) signature: Option<Vec<u8>>,
}

impl Made {
    /// A certificate of P-256, signed by P-256.
    pub(crate) fn new(subject: &str, issuer: &str) -> Self {
        let algorithm = identifier(ECDSA_SHA256, &[]);
        Self {
            version: Some(vec![2]),
            serial: vec![1],
            algorithms: [algorithm.clone(), algorithm],
            issuer: name(issuer),
            validity: ("200101000000Z".to_owned(), "400101000000Z".to_owned()),
            subject: name(subject),
            spki: load(&P256).public_key().to_der(PublicFormat::Spki).unwrap(),
            after_key: Vec::new(),
            extensions: Vec::new(),
            signer: P256,
            scheme: Scheme { hash: Some(Hash::Sha256), padding: None },
            signature: None,
        }
    }

    /// An authority.
    pub(crate) fn authority(subject: &str, issuer: &str) -> Self {
        Self::new(subject, issuer).basic_constraints(&[1, 1, 0xff])
    }

    /// An authority under itself.
    pub(crate) fn root(subject: &str) -> Self {
        Self::authority(subject, subject)
    }

    /// With an extension; the value goes into the OCTET STRING.
    pub(crate) fn with(mut self, last_arc: u8, critical: bool, value: &[u8]) -> Self {
        self.extensions.push((vec![0x55, 0x1d, last_arc], critical, value.to_vec()));
        self
    }

    /// With other basic constraints: the content of their SEQUENCE.
    pub(crate) fn basic_constraints(mut self, content: &[u8]) -> Self {
        self.extensions.retain(|(oid, _, _)| oid != &[0x55, 0x1d, 0x13]);
        self.with(0x13, true, &tlv(tag::SEQUENCE, content))
    }

    /// Valid for these years of two digits.
    pub(crate) fn years(mut self, from: u8, to: u8) -> Self {
        self.validity = (format!("{from:02}0101000000Z"), format!("{to:02}0101000000Z"));
        self
    }

    /// For another key, which does not sign.
    pub(crate) fn of(mut self, key: &TestKey) -> Self {
        self.spki = key.public_der();
        self
    }

    /// Signed by another key, under this algorithm.
    pub(crate) fn signed_by(mut self, key: TestKey, scheme: Scheme, algorithm: &[u8]) -> Self {
        self.signer = key;
        self.scheme = scheme;
        self.algorithms = [algorithm.to_vec(), algorithm.to_vec()];
        self
    }

    /// Signed by the RSA key, with PKCS#1 v1.5 and SHA-256.
    pub(crate) fn signed_by_rsa(self) -> Self {
        let oid = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0b];
        self.signed_by(RSA_2048, Scheme::default(), &identifier(&oid, &[5, 0]))
    }

    pub(crate) fn tbs(&self) -> Vec<u8> {
        let version = self.version.as_ref().map(|number| tlv(tag::CONTEXT_0, &tlv(tag::INTEGER, number)));
        let times = [&self.validity.0, &self.validity.1].map(|time| tlv(tag::UTC_TIME, time.as_bytes()));
        let extensions = self.extensions.iter().map(|(oid, critical, value)| {
            let critical = if *critical { tlv(tag::BOOLEAN, &[0xff]) } else { Vec::new() };
            sequence(&[&tlv(tag::OID, oid), &critical, &tlv(tag::OCTET_STRING, value)])
        });
        let extensions = extensions.collect::<Vec<_>>().concat();
        let extensions = match self.extensions.is_empty() {
            true => Vec::new(),
            false => tlv(tag::CONTEXT_3, &tlv(tag::SEQUENCE, &extensions)),
        };
        sequence(&[
            &version.unwrap_or_default(),
            &tlv(tag::INTEGER, &self.serial),
            &self.algorithms[0],
            &self.issuer,
            &sequence(&[&times[0], &times[1]]),
            &self.subject,
            &self.spki,
            &self.after_key,
            &extensions,
        ])
    }

    pub(crate) fn der(&self) -> Vec<u8> {
        let tbs = self.tbs();
        let signature = match &self.signature {
            Some(signature) => signature.clone(),
            None => load(&self.signer).sign(&tbs, self.scheme).unwrap(),
        };
        sequence(&[&tbs, &self.algorithms[1], &der::encode(&Part::Bits(&signature))])
    }
}
