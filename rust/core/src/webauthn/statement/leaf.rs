//! What several formats ask of the certificate that signed (WebAuthn sections 8.2.1 and 8.3.1).

use super::{missing, other_key};
use crate::error::{Code, Error, Result};
use crate::format::der::{self, Reader};
use crate::format::tolerance::Tolerated;
use crate::key::cose::{CoseAlgorithm, CoseKey};
use crate::x509::certificate::Certificate;
use crate::x509::findings::Findings;

/// id-fido-gen-ce-aaguid 1.3.6.1.4.1.45724.1.1.4, as content octets
pub const AAGUID: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0xe5, 0x1c, 0x01, 0x01, 0x04];

/// Reads the certificate that stands at this place of `x5c`.
///
/// # Errors
/// `limit.*`, `der.*`, `certificate.*`.
pub fn read<'a>(der: &'a [u8], place: usize, tolerated: &mut Tolerated) -> Result<Certificate<'a>> {
    Certificate::parse(der, tolerated, &format!("certificate[{place}]"))
        .map_err(|error| error.in_field("x5c"))
}

/// Reads every certificate of `x5c`, the leaf first. Those that no path is sought by are read as well: what does not
/// decode is refused whether or not there are anchors.
///
/// # Errors
/// As for [`read`].
pub fn read_chain<'a>(chain: &[&'a [u8]], tolerated: &mut Tolerated) -> Result<Chain<'a>> {
    let Some((first, others)) = chain.split_first() else { return Err(missing("x5c")) };
    let leaf = read(first, 0, tolerated)?;
    let others = others.iter().zip(1..).map(|(der, place)| read(der, place, tolerated));
    Ok(Chain { leaf, others: others.collect::<Result<_>>()? })
}

/// The certificates of `x5c`.
#[derive(Debug)]
pub struct Chain<'a> {
    /// The first, whose key signed.
    pub leaf: Certificate<'a>,
    /// Those that follow it.
    pub others: Vec<Certificate<'a>>,
}

impl<'a> Chain<'a> {
    /// All of them in their order.
    #[must_use]
    pub fn into_all(self) -> Vec<Certificate<'a>> {
        core::iter::once(self.leaf).chain(self.others).collect()
    }
}

/// The part of the profiles that is alike: version 3, and basic constraints that say it is no authority.
///
/// # Errors
/// `leaf.version`, `leaf.basic_constraints`, `leaf.is_ca`.
pub fn check_basic(certificate: &Certificate<'_>) -> Result<()> {
    check_version(certificate)?;
    check_basic_constraints(certificate)
}

/// The certificate is of version 3.
///
/// # Errors
/// `leaf.version`.
pub fn check_version(certificate: &Certificate<'_>) -> Result<()> {
    if certificate.version() == 3 {
        return Ok(());
    }
    let message = "an attestation certificate that is not of version 3";
    Err(Error::new(Code::LeafVersion, message).expecting("3", &certificate.version().to_string()))
}

/// The certificate has basic constraints, and they say that it is no authority.
///
/// # Errors
/// `leaf.basic_constraints`, `leaf.is_ca`.
pub fn check_basic_constraints(certificate: &Certificate<'_>) -> Result<()> {
    match certificate.basic_constraints() {
        None => {
            let message = "an attestation certificate without basic constraints";
            Err(Error::new(Code::LeafBasicConstraints, message))
        }
        Some(constraints) if constraints.is_ca => {
            let message = "an attestation certificate that is one of an authority";
            Err(Error::new(Code::LeafIsCa, message))
        }
        Some(_) => Ok(()),
    }
}

/// As [`check_basic_constraints`], but basic constraints that are not there are tolerated: such a certificate is no
/// authority either (RFC 5280 section 4.2.1.9).
///
/// # Errors
/// `leaf.is_ca`; `leaf.basic_constraints` where reading is strict.
pub fn check_no_authority(certificate: &Certificate<'_>, tolerated: &mut Tolerated) -> Result<()> {
    match check_basic_constraints(certificate) {
        Err(error) if error.code() == Code::LeafBasicConstraints => {
            tolerated.allow("certificate[0]", || error)
        }
        checked => checked,
    }
}

/// The extension with the AAGUID, where there is one: not critical, and the AAGUID of the authenticator data in
/// an OCTET STRING.
///
/// # Errors
/// `statement.aaguid_critical`, `statement.aaguid_mismatch`, `der.*`.
pub fn check_aaguid(certificate: &Certificate<'_>, aaguid: &[u8; 16]) -> Result<()> {
    let Some(extension) = certificate.extension(AAGUID) else { return Ok(()) };
    if extension.critical {
        let message = "the extension with the AAGUID is marked critical";
        return Err(Error::new(Code::StatementAaguidCritical, message));
    }
    let found = der::read(extension.value, Reader::octet_string).map_err(|error| error.in_field("aaguid"))?;
    if found.content == aaguid {
        return Ok(());
    }
    let message = "the certificate is for another AAGUID than the authenticator data name";
    let (expected, actual) = (hex(aaguid), hex(found.content));
    Err(Error::new(Code::StatementAaguidMismatch, message).in_field("aaguid").expecting(&expected, &actual))
}

fn hex(bytes: &[u8]) -> String {
    crate::format::hex::encode(bytes)
}

/// Verifies a signature of the statement with the key of the certificate.
///
/// # Errors
/// `statement.algorithm_mismatch` where the key is of another kind than the algorithm needs,
/// `signature.invalid`, and those of [`Certificate::public_key`].
pub fn verify_signature(
    certificate: &Certificate<'_>,
    algorithm: CoseAlgorithm,
    message: &[u8],
    signature: &[u8],
    known: Option<&Findings>,
) -> Result<()> {
    let key = certificate.known_public_key(known).map_err(|error| error.in_field("x5c"))?;
    if key.algorithm() != algorithm.key_algorithm() {
        let message = format!("the certificate has a key of type {}", key.algorithm().name());
        return Err(Error::new(Code::StatementAlgorithmMismatch, message)
            .in_field("alg")
            .expecting(key.algorithm().name(), &algorithm.to_string()));
    }
    algorithm.verify(&key, message, signature).map_err(|error| error.in_field("sig"))
}

/// The certificate is one for the key of the new credential.
///
/// # Errors
/// `statement.key_mismatch`, and those of [`Certificate::public_key`].
pub fn check_key(certificate: &Certificate<'_>, credential: &CoseKey) -> Result<()> {
    let key = certificate.public_key().map_err(|error| error.in_field("x5c"))?;
    if key == *credential.key() { Ok(()) } else { Err(other_key("the certificate is for another key")) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{AAGUID, check_aaguid, check_basic, check_key, verify_signature};
    use crate::crypto::Hash;
    use crate::error::{Code, Result};
    use crate::format::der::tag;
    use crate::format::tolerance::{Strictness, Tolerated};
    use crate::key::PublicKey;
    use crate::key::cose::{CoseAlgorithm, CoseKey};
    use crate::key::signing::Scheme;
    use crate::key::test_keys::{ED25519, P256, P384, RSA_2048, code};
    use crate::x509::certificate::Certificate;
    use crate::x509::test_certificates::{Made, load, tlv};

    fn judged(made: &Made, judge: impl FnOnce(&Certificate<'_>) -> Result<()>) -> Option<Code> {
        let der = made.der();
        code(judge(&super::read(&der, 0, &mut Tolerated::new(Strictness::Strict)).unwrap()))
    }

    fn leaf() -> Made {
        Made::new("leaf", "root").basic_constraints(&[])
    }

    #[test]
    fn at23_at26_at27_version_3_and_no_authority() {
        assert_eq!(judged(&leaf(), check_basic), None);
        assert_eq!(judged(&Made::new("leaf", "root"), check_basic), Some(Code::LeafBasicConstraints));
        assert_eq!(judged(&Made::authority("leaf", "root"), check_basic), Some(Code::LeafIsCa));
        for version in [None, Some(vec![1])] {
            let made = Made { version, ..Made::new("leaf", "root") };
            assert_eq!(judged(&made, check_basic), Some(Code::LeafVersion));
        }
    }

    #[test]
    fn at28_at29_at30_the_aaguid_is_wrapped_once_equal_and_not_critical() {
        let with = |critical, value: Vec<u8>| {
            let mut made = leaf();
            made.extensions.push((AAGUID.to_vec(), critical, value));
            judged(&made, |one| check_aaguid(one, &[7; 16]))
        };
        let wrapped = |bytes: &[u8]| tlv(tag::OCTET_STRING, bytes);
        assert_eq!(judged(&leaf(), |one| check_aaguid(one, &[7; 16])), None);
        assert_eq!(with(false, wrapped(&[7; 16])), None);
        assert_eq!(with(true, wrapped(&[7; 16])), Some(Code::StatementAaguidCritical));
        for value in [wrapped(&[8; 16]), wrapped(&[7; 15]), wrapped(&[7; 17]), wrapped(&wrapped(&[7; 16]))] {
            assert_eq!(with(false, value), Some(Code::StatementAaguidMismatch));
        }
        assert_eq!(with(false, vec![7; 16]), Some(Code::DerTag));
        assert_eq!(with(false, [wrapped(&[7; 16]), vec![0]].concat()), Some(Code::DerTrailing));
        assert_eq!(with(false, Vec::new()), Some(Code::DerTruncated));
    }

    #[test]
    fn at10_at22_at32_the_algorithm_fits_the_key_and_the_signature_is_der() {
        let message = b"message";
        for (key, algorithm) in [
            (P256, CoseAlgorithm::Es256),
            (P384, CoseAlgorithm::Es384),
            (ED25519, CoseAlgorithm::EdDsa),
            (RSA_2048, CoseAlgorithm::Rs256),
        ] {
            let hash = if key.name == P384.name { Some(Hash::Sha384) } else { None };
            let signature = load(&key).sign(message, Scheme { hash, padding: None }).unwrap();
            let made = leaf().of(&key);
            let verify = |algorithm, signature: &[u8]| {
                judged(&made, |one| verify_signature(one, algorithm, message, signature, None))
            };
            assert_eq!(verify(algorithm, &signature), None);
            assert_eq!(verify(algorithm, &[]), Some(Code::SignatureInvalid));
            assert_eq!(verify(algorithm, &[1; 64]), Some(Code::SignatureInvalid));
            for other in CoseAlgorithm::ALL {
                let due = if other.key_algorithm() != algorithm.key_algorithm() {
                    Some(Code::StatementAlgorithmMismatch)
                } else if other.verification() != algorithm.verification() {
                    Some(Code::SignatureInvalid)
                } else {
                    None
                };
                assert_eq!(verify(other, &signature), due, "{other}");
            }
        }
    }

    #[test]
    fn at57_at63_the_key_is_the_credentials() {
        let credential =
            CoseKey::from_public_key(PublicKey::from_pem(P384.public.as_bytes()).unwrap(), None).unwrap();
        assert_eq!(judged(&leaf().of(&P384), |one| check_key(one, &credential)), None);
        assert_eq!(judged(&leaf(), |one| check_key(one, &credential)), Some(Code::StatementKeyMismatch));
    }
}
