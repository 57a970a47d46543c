//! RSA signatures (RFC 8017): PKCS#1 v1.5, and PSS with salt and MGF of the hash's length where asked for.

use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{KeyPair, KeyPairComponents, KeySize, PublicKeyComponents};
use aws_lc_rs::signature::{
    ParsedPublicKey, RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY, RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
    RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RSA_PKCS1_2048_8192_SHA512, RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512,
    RSA_PSS_2048_8192_SHA256, RSA_PSS_2048_8192_SHA384, RSA_PSS_2048_8192_SHA512, RSA_PSS_SHA256,
    RSA_PSS_SHA384, RSA_PSS_SHA512, RsaParameters, RsaSignatureEncoding,
};

use super::digest::{AnyHash, Digest, Hash, RareHash};
use super::ec::below;
use super::primality::is_probable_prime;
use super::{gate, rsa_recovery};
use crate::error::{Code, Error, Result};
use crate::limits;
use crate::secret::Secret;

/// How a digest is padded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2)
    Pkcs1v15,
    /// RSASSA-PSS (RFC 8017 section 8.1)
    Pss,
}

/// The numbers of a private key, big-endian, without leading zeros (RFC 8017 appendix A.1.2).
#[derive(Clone, Copy)]
#[allow(missing_docs, reason = "the names of the RFC")]
pub struct RsaComponents<'a> {
    pub n: &'a [u8],
    pub e: &'a [u8],
    pub d: &'a [u8],
    pub p: &'a [u8],
    pub q: &'a [u8],
    pub dp: &'a [u8],
    pub dq: &'a [u8],
    pub qi: &'a [u8],
}

/// A public key: modulus and exponent within the limits.
#[derive(Clone, Debug)]
pub struct RsaPublicKey {
    n: Vec<u8>,
    e: Vec<u8>,
    /// `RSAPublicKey` in DER, which the backend parses.
    der: Vec<u8>,
    /// Ready for the padding and hash that nearly every signature has.
    usual: ParsedPublicKey,
}

impl RsaPublicKey {
    /// Takes modulus and exponent, big-endian without leading zeros.
    ///
    /// # Errors
    /// `key.rsa_modulus` (even), `key.too_small`, `limit.key_size`, `key.rsa_exponent`.
    pub fn from_components(n: &[u8], e: &[u8]) -> Result<Self> {
        check_public(n, e, limits::RSA_MIN_BITS)?;
        let der = public_der(n, e);
        let _pass = gate::enter();
        let usual = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &der)
            .map_err(|_| Error::new(Code::KeyRsaModulus, "the RSA public key is not usable"))?;
        Ok(Self { n: n.to_vec(), e: e.to_vec(), der, usual })
    }

    /// The modulus, big-endian without leading zeros.
    #[must_use]
    pub fn n(&self) -> &[u8] {
        &self.n
    }

    /// The public exponent, big-endian without leading zeros.
    #[must_use]
    pub fn e(&self) -> &[u8] {
        &self.e
    }

    /// Bits of the modulus.
    #[must_use]
    pub fn bits(&self) -> usize {
        bit_length(&self.n)
    }

    /// Verifies a signature over a digest.
    ///
    /// # Errors
    /// `signature.invalid`, whatever the reason.
    pub fn verify(&self, digest: &Digest, padding: Padding, signature: &[u8]) -> Result<()> {
        let invalid = |_| Error::invalid_signature();
        let _pass = gate::enter();
        if (padding, digest.hash()) == (Padding::Pkcs1v15, Hash::Sha256) {
            return self
                .usual
                .verify_digest_sig(digest.backend(), signature)
                .map_err(|_| Error::invalid_signature());
        }
        let key = ParsedPublicKey::new(verification(padding, digest.hash()), &self.der).map_err(invalid)?;
        key.verify_digest_sig(digest.backend(), signature).map_err(|_| Error::invalid_signature())
    }

    /// Verifies a signature over what a rare hash gave, which the backend has no parameters for.
    ///
    /// # Errors
    /// `signature.invalid`, whatever the reason.
    pub fn verify_rare(
        &self,
        hash: RareHash,
        padding: Padding,
        digest: &[u8],
        signature: &[u8],
    ) -> Result<()> {
        let encoded = rsa_recovery::recover(&self.n, &self.e, signature);
        let right = encoded.is_some_and(|encoded| match padding {
            Padding::Pkcs1v15 => rsa_recovery::is_pkcs1v15(&encoded, hash, digest),
            Padding::Pss => rsa_recovery::is_pss(&encoded, self.bits(), hash, digest),
        });
        if right { Ok(()) } else { Err(Error::invalid_signature()) }
    }

    /// Verifies a signature by PKCS#1 v1.5 over the SHA-1 of a message.
    ///
    /// # Errors
    /// `signature.invalid`, whatever the reason.
    pub fn verify_sha1(&self, message: &[u8], signature: &[u8]) -> Result<()> {
        verify_message(&RSA_PKCS1_2048_8192_SHA1_FOR_LEGACY_USE_ONLY, &self.der, message, signature)
    }
}

/// A public key of a size that nothing may be signed or verified with today, except that the certificate of an
/// old trust anchor holds one. It has a type of its own, so that it serves nowhere else.
#[derive(Clone, Debug)]
pub struct LegacyRsaPublicKey {
    /// `RSAPublicKey` in DER, which the backend parses.
    der: Vec<u8>,
}

impl LegacyRsaPublicKey {
    /// Takes modulus and exponent, big-endian without leading zeros, of 1024 to 2047 bits.
    ///
    /// # Errors
    /// Those of [`RsaPublicKey::from_components`]; `key.rsa_modulus` for a size that is not an old one.
    pub fn from_components(n: &[u8], e: &[u8]) -> Result<Self> {
        check_public(n, e, limits::RSA_LEGACY_MIN_BITS)?;
        if bit_length(n) >= limits::RSA_MIN_BITS {
            return Err(Error::new(Code::KeyRsaModulus, "the RSA key is none of an old size"));
        }
        Ok(Self { der: public_der(n, e) })
    }

    /// Verifies a signature by PKCS#1 v1.5 over a message. There is none with SHA-384.
    ///
    /// # Errors
    /// `signature.invalid`, whatever the reason.
    pub fn verify(&self, hash: AnyHash, message: &[u8], signature: &[u8]) -> Result<()> {
        let parameters = match hash {
            AnyHash::Sha1 => &RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY,
            AnyHash::Sound(Hash::Sha256) => &RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY,
            AnyHash::Sound(Hash::Sha512) => &RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY,
            AnyHash::Sound(Hash::Sha384) => return Err(Error::invalid_signature()),
        };
        verify_message(parameters, &self.der, message, signature)
    }
}

fn verify_message(
    parameters: &'static RsaParameters,
    key: &[u8],
    message: &[u8],
    signature: &[u8],
) -> Result<()> {
    let _pass = gate::enter();
    let key = ParsedPublicKey::new(parameters, key).map_err(|_| Error::invalid_signature())?;
    key.verify_sig(message, signature).map_err(|_| Error::invalid_signature())
}

/// A private key whose numbers agree with one another.
pub struct RsaPrivateKey {
    pair: KeyPair,
    public: RsaPublicKey,
    d: Secret,
    p: Secret,
    q: Secret,
    dp: Secret,
    dq: Secret,
    qi: Secret,
}

impl core::fmt::Debug for RsaPrivateKey {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("RsaPrivateKey").field("public", &self.public).finish_non_exhaustive()
    }
}

impl RsaPrivateKey {
    /// Takes all numbers of a two-prime key and checks them against one another: n = p·q,
    /// d·e ≡ 1 modulo p−1 and q−1, the CRT values, a signature that must verify, which shows nearly every p or
    /// q that is not prime, and a primality test for the rest.
    ///
    /// # Errors
    /// Those of [`RsaPublicKey::from_components`], then `key.rsa_private`.
    pub fn from_components(numbers: &RsaComponents<'_>) -> Result<Self> {
        let refused = || Error::new(Code::KeyRsaPrivate, "the numbers of the RSA private key do not agree");
        let public = RsaPublicKey::from_components(numbers.n, numbers.e)?;
        // RFC 8017 section 3.2 wants d < n, which the backend does not ask for.
        let (d, n) = (numbers.d, numbers.n);
        if d.len() > n.len() || (d.len() == n.len() && !below(d, n)) {
            return Err(refused());
        }
        let pair = {
            let _pass = gate::enter();
            KeyPair::from_components(&KeyPairComponents {
                public_key: PublicKeyComponents { n: numbers.n, e: numbers.e },
                d: numbers.d,
                p: numbers.p,
                q: numbers.q,
                dP: numbers.dp,
                dQ: numbers.dq,
                qInv: numbers.qi,
            })
            .map_err(|_| refused())?
        };
        let key = Self {
            pair,
            public,
            d: Secret::copy_of(numbers.d),
            p: Secret::copy_of(numbers.p),
            q: Secret::copy_of(numbers.q),
            dp: Secret::copy_of(numbers.dp),
            dq: Secret::copy_of(numbers.dq),
            qi: Secret::copy_of(numbers.qi),
        };
        let digest = Digest::of(Hash::Sha256, b"countermark key check");
        let signature = key.sign(&digest, Padding::Pkcs1v15).map_err(|_| refused())?;
        key.public.verify(&digest, Padding::Pkcs1v15, &signature).map_err(|_| refused())?;
        // Every signature of a Carmichael number verifies.
        let prime = |factor| is_probable_prime(factor, numbers.n);
        if prime(numbers.p) && prime(numbers.q) { Ok(key) } else { Err(refused()) }
    }

    /// Makes a new key pair and gives it as PKCS#8 DER, for the key layer to read.
    ///
    /// # Errors
    /// `argument.value` for a size other than 2048, 3072, 4096 or 8192 bits; `internal.error` if the backend
    /// fails.
    pub fn generate_pkcs8(bits: usize) -> Result<Secret> {
        let fault = |_| Error::new(Code::Internal, "RSA key generation failed");
        let size = match bits {
            2048 => KeySize::Rsa2048,
            3072 => KeySize::Rsa3072,
            4096 => KeySize::Rsa4096,
            8192 => KeySize::Rsa8192,
            _ => {
                let message = "RSA keys are made with 2048, 3072, 4096 or 8192 bits";
                return Err(Error::new(Code::ArgumentValue, message).in_field("bits"));
            }
        };
        let _pass = gate::enter();
        let pair = KeyPair::generate(size).map_err(fault)?;
        Ok(Secret::copy_of(pair.as_der().map_err(fault)?.as_ref()))
    }

    /// The numbers.
    #[must_use]
    pub fn components(&self) -> RsaComponents<'_> {
        RsaComponents {
            n: self.public.n(),
            e: self.public.e(),
            d: self.d.expose(),
            p: self.p.expose(),
            q: self.q.expose(),
            dp: self.dp.expose(),
            dq: self.dq.expose(),
            qi: self.qi.expose(),
        }
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &RsaPublicKey {
        &self.public
    }

    /// Signs a digest; the signature is as long as the modulus.
    ///
    /// # Errors
    /// `internal.error` if the backend fails or its own check of the result does.
    pub fn sign(&self, digest: &Digest, padding: Padding) -> Result<Vec<u8>> {
        let mut signature = vec![0; self.public.n.len()];
        let _pass = gate::enter();
        self.pair
            .sign_digest(encoding(padding, digest.hash()), digest.backend(), &mut signature)
            .map_err(|_| Error::new(Code::Internal, "RSA signing failed"))?;
        Ok(signature)
    }
}

fn check_public(n: &[u8], e: &[u8], least: usize) -> Result<()> {
    if n.last().is_none_or(|byte| byte & 1 == 0) {
        return Err(Error::new(Code::KeyRsaModulus, "the RSA modulus is even"));
    }
    let bits = bit_length(n);
    if bits < least {
        let message = format!("the RSA modulus has {bits} bits, fewer than {least}");
        return Err(Error::new(Code::KeyTooSmall, message));
    }
    if bits > limits::RSA_MAX_BITS {
        let message = format!("the RSA modulus has {bits} bits, more than {}", limits::RSA_MAX_BITS);
        return Err(Error::new(Code::LimitKeySize, message));
    }
    let odd = e.last().is_some_and(|byte| byte & 1 == 1);
    if !odd || e == [1] || bit_length(e) > limits::RSA_EXPONENT_BITS {
        return Err(Error::new(Code::KeyRsaExponent, "the RSA exponent is even, 1, or too long"));
    }
    Ok(())
}

fn bit_length(number: &[u8]) -> usize {
    let zeros = number.iter().take_while(|byte| **byte == 0).count();
    let Some(first) = number.get(zeros) else { return 0 };
    let unused = usize::try_from(first.leading_zeros()).unwrap_or(0);
    (number.len() - zeros) * 8 - unused
}

/// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }`
fn public_der(n: &[u8], e: &[u8]) -> Vec<u8> {
    use crate::format::der;
    der::sequence(&[&der::unsigned_integer(n)[..], &der::unsigned_integer(e)[..]])
}

fn encoding(padding: Padding, hash: Hash) -> &'static RsaSignatureEncoding {
    match (padding, hash) {
        (Padding::Pkcs1v15, Hash::Sha256) => &RSA_PKCS1_SHA256,
        (Padding::Pkcs1v15, Hash::Sha384) => &RSA_PKCS1_SHA384,
        (Padding::Pkcs1v15, Hash::Sha512) => &RSA_PKCS1_SHA512,
        (Padding::Pss, Hash::Sha256) => &RSA_PSS_SHA256,
        (Padding::Pss, Hash::Sha384) => &RSA_PSS_SHA384,
        (Padding::Pss, Hash::Sha512) => &RSA_PSS_SHA512,
    }
}

fn verification(padding: Padding, hash: Hash) -> &'static RsaParameters {
    match (padding, hash) {
        (Padding::Pkcs1v15, Hash::Sha256) => &RSA_PKCS1_2048_8192_SHA256,
        (Padding::Pkcs1v15, Hash::Sha384) => &RSA_PKCS1_2048_8192_SHA384,
        (Padding::Pkcs1v15, Hash::Sha512) => &RSA_PKCS1_2048_8192_SHA512,
        (Padding::Pss, Hash::Sha256) => &RSA_PSS_2048_8192_SHA256,
        (Padding::Pss, Hash::Sha384) => &RSA_PSS_2048_8192_SHA384,
        (Padding::Pss, Hash::Sha512) => &RSA_PSS_2048_8192_SHA512,
    }
}
