//! From a leaf to a trust anchor (RFC 5280 section 6), as far as attestation needs it. Layer: x509.
//!
//! Names lead the way and signatures decide: an issuer is sought by the bytes of its name, first among the
//! anchors, then among the certificates at hand, depth first. Not looked at are revocation, which would need
//! the network; key identifiers, which only hint; policies and extended key usages of issuers, which say nothing
//! about attestation. A name constraint is not understood, and refused.

use core::cell::OnceCell;

use super::anchors::{Anchor, AnchorKey, Anchors};
use super::certificate::{AlgorithmIdentifier, Certificate};
use super::extensions::oid;
use super::findings::Findings;
use crate::crypto::rsa::LegacyRsaPublicKey;
use crate::crypto::{AnyHash, Hash};
use crate::error::{Code, Error, Result};
use crate::format::der::{self, Element, Reader, tag};
use crate::key::signing::Verification;
use crate::key::{Algorithm, PublicKey};
use crate::limits;

/// What a caller may choose about a path.
#[derive(Clone, Copy, Debug, Default)]
pub struct PathPolicy<'a> {
    /// Takes signatures with SHA-1, and anchors with RSA keys of 1024 to 2047 bits.
    pub allow_sha1: bool,
    /// Critical extensions of the leaf that the caller understands, as content octets.
    pub critical: &'a [&'a [u8]],
    /// What was found out before; None finds everything out anew.
    pub known: Option<&'a Findings>,
}

/// A way that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// Which of the certificates given make up the chain, the leaf first. Where the anchor is one of them, it is
    /// the last.
    pub chain: Vec<usize>,
    /// Which anchor.
    pub anchor: usize,
    /// How many signatures were verified on the way.
    pub signature_checks: usize,
}

/// The last second that a certificate can name.
const END_OF_TIME: i64 = 253_402_300_799;

/// Finds a way from the first certificate to an anchor. The others may be in any order.
///
/// # Errors
/// `argument.value` for no certificate or a time that no certificate can name, `limit.count` for too many,
/// `trust.*`, and those of reading the key of an issuer.
pub fn validate(
    certificates: &[Certificate<'_>],
    anchors: &Anchors,
    at: i64,
    policy: PathPolicy<'_>,
) -> Result<Path> {
    let find = || find(certificates, anchors, at, policy);
    match policy.known {
        Some(known) => known.path(&question(certificates, anchors, at, policy), find),
        None => find(),
    }
}

/// All that the answer depends on. A certificate is what its bytes say, however strictly it was read, and a way is
/// found or not by the same steps each time.
fn question(certificates: &[Certificate<'_>], anchors: &Anchors, at: i64, policy: PathPolicy<'_>) -> Vec<u8> {
    let parts = certificates.iter().map(Certificate::raw).chain(policy.critical.iter().copied());
    let lengths = parts.clone().flat_map(|part| part.len().to_le_bytes());
    let counts = certificates.len().to_le_bytes().into_iter().chain(policy.critical.len().to_le_bytes());
    let mut question: Vec<u8> = counts.chain(lengths).chain(at.to_le_bytes()).collect();
    question.push(u8::from(policy.allow_sha1));
    question.extend_from_slice(anchors.identity());
    parts.for_each(|part| question.extend_from_slice(part));
    question
}

fn find(
    certificates: &[Certificate<'_>],
    anchors: &Anchors,
    at: i64,
    policy: PathPolicy<'_>,
) -> Result<Path> {
    let Some(leaf) = certificates.first() else {
        return Err(Error::new(Code::ArgumentValue, "no certificate to validate"));
    };
    if !(0..=END_OF_TIME).contains(&at) {
        let message = "a time before 1970 or after 9999";
        return Err(Error::new(Code::ArgumentValue, message).in_field("at"));
    }
    if certificates.len() > limits::PATH_CERTIFICATES {
        return Err(Error::new(Code::LimitCount, "more than 8 certificates"));
    }
    let keys: Vec<_> = certificates.iter().map(|_| OnceCell::new()).collect();
    let mut search = Search {
        certificates,
        keys: &keys,
        anchors,
        at,
        policy,
        checks: 0,
        path: vec![0],
        deepest: None,
        dead_end: None,
    };
    // The leaf is trusted for what it says, which its name and key do not vouch for: it must be the anchor byte by
    // byte.
    let is_leaf = |anchor: &Anchor| anchor.certificate() == Some(leaf.raw());
    if let Some((anchor, _)) = anchors.of_subject(leaf.subject().der()).find(|(_, anchor)| is_leaf(anchor)) {
        return Ok(Path { chain: vec![0], anchor, signature_checks: 0 });
    }
    if anchors.is_empty() {
        return Err(no_path());
    }
    check_validity(leaf, at)?;
    check_critical(leaf, policy.critical)?;
    match search.extend()? {
        Some(anchor) => Ok(search.into_path(anchor)),
        None => Err(search.failure()),
    }
}

/// Whether a certificate is the anchor. Equal bytes have equal names, so looking up the name finds both.
fn is(certificate: &Certificate<'_>, anchor: &Anchor) -> bool {
    anchor.is(certificate.raw(), certificate.subject().der(), certificate.spki())
}

fn trust(code: Code, message: &'static str) -> Error {
    Error::new(code, message)
}

fn no_path() -> Error {
    trust(Code::TrustNoPath, "the certificates lead to no trust anchor")
}

/// Who may have signed.
#[derive(Clone, Copy)]
enum Signer<'s> {
    Certificate(usize),
    Anchor(&'s Anchor),
}

enum SignerKey<'s> {
    Sound(&'s PublicKey),
    Legacy(&'s LegacyRsaPublicKey),
}

struct Search<'s, 'a> {
    certificates: &'s [Certificate<'a>],
    /// Read when first needed, and once.
    keys: &'s [OnceCell<Result<PublicKey>>],
    anchors: &'s Anchors,
    at: i64,
    policy: PathPolicy<'s>,
    checks: usize,
    path: Vec<usize>,
    /// The failure that is furthest from the leaf, of those the first.
    deepest: Option<(usize, Error)>,
    /// The certificate without an issuer that is furthest from the leaf, of those the first.
    dead_end: Option<(usize, usize)>,
}

impl<'s> Search<'s, '_> {
    /// Goes on from the last certificate of the path to an anchor. None where no way leads there.
    ///
    /// # Errors
    /// `trust.budget`.
    fn extend(&mut self) -> Result<Option<usize>> {
        let depth = self.path.len();
        let (certificates, anchors) = (self.certificates, self.anchors);
        let Some((last, subject)) =
            self.path.last().and_then(|last| certificates.get(*last).map(|subject| (*last, subject)))
        else {
            return Ok(None);
        };
        let mut seen_issuer = false;
        for (place, anchor) in anchors.of_subject(subject.issuer().der()) {
            seen_issuer = true;
            match self.check_signature(subject, Signer::Anchor(anchor)) {
                Ok(()) => return Ok(Some(place)),
                Err(error) => self.fail(depth, error)?,
            }
        }
        for (place, issuer) in certificates.iter().enumerate() {
            if issuer.subject().der() != subject.issuer().der() {
                continue;
            }
            // One that leads in a circle is an issuer as well; one that only signed itself has none.
            seen_issuer |= issuer.raw() != subject.raw();
            if self.is_on_path(issuer) {
                continue;
            }
            if depth == limits::PATH_DEPTH {
                let message = "more than 6 certificates below the trust anchor";
                self.fail(depth + 1, trust(Code::TrustDepth, message))?;
                break;
            }
            if let Err(error) = self.check_issuer(issuer) {
                self.fail(depth + 1, error)?;
                continue;
            }
            if let Err(error) = self.check_signature(subject, Signer::Certificate(place)) {
                self.fail(depth, error)?;
                continue;
            }
            self.path.push(place);
            if let Some(anchor) = self.extend()? {
                return Ok(Some(anchor));
            }
            self.path.pop();
        }
        if !seen_issuer && self.dead_end.is_none_or(|(deepest, _)| deepest < depth) {
            self.dead_end = Some((depth, last));
        }
        Ok(None)
    }

    /// No certificate stands twice in a path, also where it was given twice.
    fn is_on_path(&self, certificate: &Certificate<'_>) -> bool {
        let mut path = self.path.iter().filter_map(|place| self.certificates.get(*place));
        path.any(|known| known.raw() == certificate.raw())
    }

    /// Takes note of a failure; the search goes on unless the budget is spent.
    fn fail(&mut self, depth: usize, error: Error) -> Result<()> {
        if error.code() == Code::TrustBudget {
            return Err(error);
        }
        if self.deepest.as_ref().is_none_or(|(deepest, _)| *deepest < depth) {
            self.deepest = Some((depth, error));
        }
        Ok(())
    }

    /// What a certificate must be to stand above the path (RFC 5280 section 6.1.4).
    fn check_issuer(&self, issuer: &Certificate<'_>) -> Result<()> {
        check_validity(issuer, self.at)?;
        let constraints = issuer.basic_constraints().filter(|found| found.is_ca && issuer.version() == 3);
        let Some(constraints) = constraints else {
            return Err(trust(Code::TrustNotCa, "an issuer is not a certification authority"));
        };
        let below = self.path.iter().skip(1).filter_map(|place| self.certificates.get(*place));
        let below = below.filter(|certificate| !certificate.is_self_issued()).count();
        let most = constraints.path_length.and_then(|most| usize::try_from(most).ok());
        if most.is_some_and(|most| below > most) {
            return Err(trust(Code::TrustPathLength, "an issuer allows fewer certificates below it"));
        }
        if issuer.key_usage().is_some_and(|usage| !usage.key_cert_sign()) {
            return Err(trust(Code::TrustKeyUsage, "the key of an issuer is not for signing certificates"));
        }
        if issuer.has_name_constraints() {
            return Err(trust(Code::TrustNameConstraints, "an issuer has name constraints"));
        }
        check_critical(issuer, &[])
    }

    /// The key of who may have signed. That of a certificate is read once.
    fn key_of(&self, signer: Signer<'s>) -> Result<SignerKey<'s>> {
        let weak = || trust(Code::TrustWeakKey, "the RSA key of an issuer has fewer than 2048 bits");
        let place = match signer {
            Signer::Anchor(anchor) => {
                return match &anchor.key {
                    AnchorKey::Sound(key) => Ok(SignerKey::Sound(key)),
                    AnchorKey::Legacy(key) if self.policy.allow_sha1 => Ok(SignerKey::Legacy(key)),
                    AnchorKey::Legacy(_) => Err(weak()),
                    AnchorKey::Unusable(error) if error.code() == Code::KeyTooSmall => Err(weak()),
                    AnchorKey::Unusable(error) => Err(error.clone()),
                };
            }
            Signer::Certificate(place) => place,
        };
        let (Some(cell), Some(certificate)) = (self.keys.get(place), self.certificates.get(place)) else {
            return Err(no_path());
        };
        match cell.get_or_init(|| certificate.known_public_key(self.policy.known)) {
            Ok(key) => Ok(SignerKey::Sound(key)),
            Err(error) if error.code() == Code::KeyTooSmall => Err(weak()),
            Err(error) => Err(error.clone()),
        }
    }

    /// Whether the signer signed this certificate.
    fn check_signature(&mut self, subject: &Certificate<'_>, signer: Signer<'s>) -> Result<()> {
        let algorithm = verification(&subject.signature_algorithm())?;
        if algorithm.is_sha1() && !self.policy.allow_sha1 {
            return Err(weak_hash());
        }
        let key = self.key_of(signer)?;
        let fits = match key {
            // No profile of X.509 has secp256k1.
            SignerKey::Sound(key) => algorithm.fits(key.algorithm()) && key.algorithm() != Algorithm::Es256k,
            SignerKey::Legacy(_) => matches!(algorithm, Verification::RsaPkcs1(_)),
        };
        if !fits {
            return Err(wrong_signature());
        }
        if self.checks == limits::PATH_SIGNATURES {
            let message = "finding a path would take more than 32 signature checks";
            return Err(trust(Code::TrustBudget, message));
        }
        self.checks += 1;
        let (signed, signature) = (subject.tbs(), subject.signature());
        match (key, algorithm) {
            (SignerKey::Sound(key), _) => key.verify_as(algorithm, signed, signature),
            (SignerKey::Legacy(key), Verification::RsaPkcs1(hash)) => key.verify(hash, signed, signature),
            (SignerKey::Legacy(_), _) => Err(wrong_signature()),
        }
        .map_err(|_| wrong_signature())
    }

    /// Why no way was found.
    fn failure(mut self) -> Error {
        if let Some((_, error)) = self.deepest.take() {
            return error;
        }
        let (certificates, anchors) = (self.certificates, self.anchors);
        let end = self.dead_end.and_then(|(_, place)| certificates.get(place).map(|end| (place, end)));
        let Some((place, end)) = end else { return no_path() };
        let named = end.issuer().der();
        let given = certificates.iter().enumerate();
        let given = given.filter(|(other, found)| *other != place && found.subject().der() != named);
        let given = given.map(|(other, _)| Signer::Certificate(other));
        for signer in given.chain(anchors.iter().map(Signer::Anchor)) {
            match self.check_signature(end, signer) {
                Ok(()) => {
                    let message = "who signed a certificate has another name than its issuer";
                    return trust(Code::TrustName, message);
                }
                Err(error) if error.code() == Code::TrustBudget => break,
                Err(_) => {}
            }
        }
        no_path()
    }

    fn into_path(self, place: usize) -> Path {
        let mut chain = self.path;
        let anchor = self.anchors.get(place);
        let itself =
            self.certificates.iter().position(|known| anchor.is_some_and(|anchor| is(known, anchor)));
        chain.extend(itself.filter(|place| !chain.contains(place)));
        Path { chain, anchor: place, signature_checks: self.checks }
    }
}

fn check_validity(certificate: &Certificate<'_>, at: i64) -> Result<()> {
    // A certificate that ends before it begins is never valid.
    if (certificate.not_before()..=certificate.not_after()).contains(&at) {
        return Ok(());
    }
    Err(trust(Code::TrustValidity, "a certificate is not valid at that time"))
}

/// Critical extensions that are understood, or have nothing to say here.
const HANDLED: [&[u8]; 5] = [
    oid::BASIC_CONSTRAINTS,
    oid::KEY_USAGE,
    oid::EXTENDED_KEY_USAGE,
    oid::SUBJECT_ALTERNATIVE_NAME,
    oid::CERTIFICATE_POLICIES,
];

fn check_critical(certificate: &Certificate<'_>, understood: &[&[u8]]) -> Result<()> {
    let unknown = certificate.extensions().iter().find(|extension| {
        extension.critical && !HANDLED.contains(&extension.oid) && !understood.contains(&extension.oid)
    });
    let Some(unknown) = unknown else { return Ok(()) };
    let name = der::dotted(unknown.oid).unwrap_or_default();
    let message = format!("the critical extension {name} is not understood");
    Err(Error::new(Code::TrustCriticalExtension, message))
}

fn weak_hash() -> Error {
    trust(Code::TrustWeakHash, "a certificate is signed with a broken hash")
}

fn wrong_signature() -> Error {
    trust(Code::TrustSignature, "the signature of a certificate does not verify")
}

/// What an `AlgorithmIdentifier` of a signature stands for: RSA by RFC 4055, ECDSA by RFC 5758, EdDSA by RFC 8410.
/// The parameters of RSA with PKCS#1 v1.5 may be absent instead of NULL; all others are as the RFC has them.
fn verification(algorithm: &AlgorithmIdentifier<'_>) -> Result<Verification> {
    let absent = algorithm.parameters.is_none();
    let null = matches!(algorithm.parameters, Some(Element { tag: tag::NULL, content: [], .. }));
    let (found, parameters) = match algorithm.oid {
        [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, last] => match last {
            2..=4 => return Err(weak_hash()),
            5 => (Verification::RsaPkcs1(AnyHash::Sha1), absent || null),
            10 => return pss(algorithm.parameters.as_ref()),
            11 => (Verification::RsaPkcs1(AnyHash::Sound(Hash::Sha256)), absent || null),
            12 => (Verification::RsaPkcs1(AnyHash::Sound(Hash::Sha384)), absent || null),
            13 => (Verification::RsaPkcs1(AnyHash::Sound(Hash::Sha512)), absent || null),
            _ => return Err(wrong_signature()),
        },
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x01] => (Verification::Ecdsa(AnyHash::Sha1), absent),
        [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, last] => match last {
            2 => (Verification::Ecdsa(AnyHash::Sound(Hash::Sha256)), absent),
            3 => (Verification::Ecdsa(AnyHash::Sound(Hash::Sha384)), absent),
            4 => (Verification::Ecdsa(AnyHash::Sound(Hash::Sha512)), absent),
            _ => return Err(wrong_signature()),
        },
        [0x2b, 0x65, 0x70] => (Verification::Ed25519, absent),
        [0x2b, 0x65, 0x71] => (Verification::Ed448, absent),
        _ => return Err(wrong_signature()),
    };
    if parameters { Ok(found) } else { Err(wrong_signature()) }
}

/// `RSASSA-PSS-params` (RFC 4055 section 3.1): MGF1 with the hash of the message, and a salt as long as it. What
/// is left out there is SHA-1.
fn pss(parameters: Option<&Element<'_>>) -> Result<Verification> {
    let parameters = parameters.filter(|found| found.tag == tag::SEQUENCE).ok_or_else(wrong_signature)?;
    let read = parameters.inside(|inner| {
        let hash = match inner.optional(tag::CONTEXT_0)? {
            Some(wrapped) => wrapped.inside(pss_hash)?,
            None => None,
        };
        let mask = match inner.optional(tag::CONTEXT_1)? {
            Some(wrapped) => wrapped.inside(|mask| {
                mask.sequence(|mask| {
                    let is_mgf1 = mask.oid()? == MGF1;
                    Ok(pss_hash(mask)?.filter(|_| is_mgf1))
                })
            })?,
            None => None,
        };
        let salt = match inner.optional(tag::CONTEXT_2)? {
            Some(wrapped) => wrapped.inside(Reader::small_integer)?,
            None => 20,
        };
        Ok((hash, mask, salt))
    });
    match read {
        Ok((None, _, _)) => Err(weak_hash()),
        Ok((Some(hash), Some(mask), salt)) if mask == hash && usize::try_from(salt) == Ok(hash.length()) => {
            Ok(Verification::RsaPss(hash))
        }
        _ => Err(wrong_signature()),
    }
}

/// id-mgf1 1.2.840.113549.1.1.8
const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x08];

/// The `AlgorithmIdentifier` of a SHA-2, whose parameters are NULL or absent; none for another hash.
fn pss_hash(reader: &mut Reader<'_>) -> Result<Option<Hash>> {
    reader.sequence(|inner| {
        let oid = inner.oid()?;
        inner.optional(tag::NULL)?;
        Ok(match oid {
            [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01] => Some(Hash::Sha256),
            [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02] => Some(Hash::Sha384),
            [0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03] => Some(Hash::Sha512),
            _ => None,
        })
    })
}

#[cfg(test)]
mod tests;
