//! `EncryptedPrivateKeyInfo` (RFC 5958 section 3) under PBES2 (RFC 8018 section 6.2). Layer: key.
//!
//! Read: PBKDF2 or scrypt (RFC 7914) with AES in CBC mode. Written: PBKDF2-HMAC-SHA256 with AES-256. Every
//! cost is checked before it is paid. A wrong password and damaged ciphertext are one outcome: telling them
//! apart would make a padding oracle.

use core::num::NonZeroU32;

use super::PrivateKey;
use super::algorithm::{Identifier, dotted};
use super::pkcs8::PrivateKeyInfo;
use crate::crypto::kdf::{self, Prf};
use crate::crypto::{cipher, rng};
use crate::error::{Code, Error, Result};
use crate::format::der::{self, Element, Part, saturating, tag};
use crate::limits;
use crate::secret::Secret;

/// pkcs5 1.2.840.113549.1.5 (RFC 8018 appendix C): id-PBES2 is 13 and id-PBKDF2 is 12 under it.
const PBES2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0d];
const PBKDF2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05, 0x0c];
/// id-scrypt 1.3.6.1.4.1.11591.4.11 (RFC 7914 section 7)
const SCRYPT: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0xda, 0x47, 0x04, 0x0b];
/// digestAlgorithm 1.2.840.113549.2 (RFC 8018 appendix B.1)
const HMAC_SHA1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x07];
const HMAC_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x09];
const HMAC_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x0a];
const HMAC_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x02, 0x0b];
/// aes 2.16.840.1.101.3.4.1 (RFC 8018 appendix B.2.5)
const AES_128_CBC: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x02];
const AES_192_CBC: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x16];
const AES_256_CBC: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x01, 0x2a];

/// Iterations of PBKDF2 in what is written: OWASP's figure for HMAC-SHA256.
const WRITTEN_ITERATIONS: NonZeroU32 = match NonZeroU32::new(600_000) {
    Some(iterations) => iterations,
    None => NonZeroU32::MAX,
};

enum Function {
    Pbkdf2 { prf: Prf, iterations: NonZeroU32 },
    Scrypt { n: u64, r: u32, p: u32 },
}

/// A key derivation within its bounds.
struct Kdf<'a> {
    function: Function,
    salt: &'a [u8],
    key_length: Option<Element<'a>>,
}

struct Scheme<'a> {
    kdf: Kdf<'a>,
    key_length: usize,
    iv: [u8; 16],
}

/// Reads a whole `ENCRYPTED PRIVATE KEY`.
pub(super) fn parse(input: &[u8], password: &[u8]) -> Result<PrivateKey> {
    // One wrong password in 256 leaves valid padding; it must not be told apart here either.
    let plaintext = decrypt(input, password)?;
    PrivateKeyInfo::read(plaintext.expose()).map_err(|_| wrong_password())?.key()
}

/// What is inside an `EncryptedPrivateKeyInfo`, whether it is a key or not.
///
/// # Errors
/// `der.*`, `algorithm.encryption`, `limit.kdf_cost`, `limit.size`; `key.password_wrong`, which damaged ciphertext
/// is as well.
pub fn decrypt(input: &[u8], password: &[u8]) -> Result<Secret> {
    let (identifier, ciphertext) = der::read(input, |reader| {
        reader.sequence(|inner| Ok((Identifier::read(inner)?, inner.octet_string()?.content)))
    })?;
    let scheme = Scheme::from_identifier(&identifier)?;
    let key = scheme.derive(password)?;
    cipher::aes_cbc_decrypt(key.expose(), &scheme.iv, ciphertext).ok_or_else(wrong_password)
}

fn wrong_password() -> Error {
    Error::new(Code::KeyPasswordWrong, "the password is wrong, or the key is damaged")
}

/// Encrypts a PKCS#8 key.
pub(super) fn encrypt(plaintext: &Secret, password: &[u8]) -> Result<Vec<u8>> {
    check_password(password)?;
    let (mut salt, mut iv) = ([0; 16], [0; 16]);
    rng::fill(&mut salt)?;
    rng::fill(&mut iv)?;
    let key = kdf::pbkdf2(Prf::HmacSha256, password, &salt, WRITTEN_ITERATIONS, 32);
    let ciphertext = cipher::aes_cbc_encrypt(key.expose(), &iv, plaintext.expose())?;
    let oid = |oid| Part::Primitive(tag::OID, oid);
    let iterations = WRITTEN_ITERATIONS.get().to_be_bytes();
    let prf = [oid(HMAC_SHA256), Part::Primitive(tag::NULL, &[])];
    let kdf = [
        Part::Primitive(tag::OCTET_STRING, &salt),
        Part::Unsigned(&iterations),
        Part::Constructed(tag::SEQUENCE, &prf),
    ];
    let kdf = [oid(PBKDF2), Part::Constructed(tag::SEQUENCE, &kdf)];
    let cipher = [oid(AES_256_CBC), Part::Primitive(tag::OCTET_STRING, &iv)];
    let scheme = [Part::Constructed(tag::SEQUENCE, &kdf), Part::Constructed(tag::SEQUENCE, &cipher)];
    let identifier = [oid(PBES2), Part::Constructed(tag::SEQUENCE, &scheme)];
    let parts =
        [Part::Constructed(tag::SEQUENCE, &identifier), Part::Primitive(tag::OCTET_STRING, &ciphertext)];
    Ok(der::encode(&Part::Constructed(tag::SEQUENCE, &parts)))
}

pub(super) fn check_password(password: &[u8]) -> Result<()> {
    if password.len() > limits::PASSWORD {
        return Err(Error::new(Code::LimitSize, "the password is longer than 64 KiB").in_field("password"));
    }
    Ok(())
}

impl<'a> Scheme<'a> {
    /// `PBES2-params` (RFC 8018 appendix A.4).
    fn from_identifier(identifier: &Identifier<'a>) -> Result<Self> {
        if identifier.oid != PBES2 {
            return Err(unsupported("encryption", identifier.oid));
        }
        let (kdf, cipher) = parameters(identifier)?
            .inside(|inner| Ok((Identifier::read(inner)?, Identifier::read(inner)?)))?;
        let kdf = match kdf.oid {
            PBKDF2 => Kdf::pbkdf2(&parameters(&kdf)?)?,
            SCRYPT => Kdf::scrypt(&parameters(&kdf)?)?,
            other => return Err(unsupported("key derivation", other)),
        };
        let key_length = match cipher.oid {
            AES_128_CBC => 16,
            AES_192_CBC => 24,
            AES_256_CBC => 32,
            other => return Err(unsupported("cipher", other)),
        };
        // RFC 8018 appendix B.2.5: the parameters are the initialisation vector.
        let iv = cipher.parameters.filter(|iv| iv.tag == tag::OCTET_STRING);
        let iv = iv.and_then(|iv| <[u8; 16]>::try_from(iv.content).ok());
        let iv = iv.ok_or_else(|| Error::new(Code::DerValue, "AES-CBC needs an IV of 16 bytes"))?;
        if let Some(stated) = kdf.key_length
            && usize::try_from(saturating(stated.unsigned()?)) != Ok(key_length)
        {
            return Err(stated.wrong("the derived key has another length than the cipher's"));
        }
        Ok(Self { kdf, key_length, iv })
    }

    fn derive(&self, password: &[u8]) -> Result<Secret> {
        let salt = self.kdf.salt;
        match self.kdf.function {
            Function::Pbkdf2 { prf, iterations } => {
                Ok(kdf::pbkdf2(prf, password, salt, iterations, self.key_length))
            }
            Function::Scrypt { n, r, p } => kdf::scrypt(password, salt, n, r, p, self.key_length),
        }
    }
}

impl<'a> Kdf<'a> {
    /// `PBKDF2-params` (RFC 8018 appendix A.2).
    fn pbkdf2(parameters: &Element<'a>) -> Result<Self> {
        let (salt, iterations, key_length, prf) = parameters.inside(|inner| {
            let (salt, iterations) = (inner.octet_string()?, inner.element(tag::INTEGER)?);
            let key_length = inner.optional(tag::INTEGER)?;
            let prf = if inner.is_empty() { None } else { Some(Identifier::read(inner)?) };
            Ok((salt, iterations, key_length, prf))
        })?;
        let prf = prf.map_or(Ok(Prf::HmacSha1), |identifier| {
            let prf = match identifier.oid {
                HMAC_SHA1 => Prf::HmacSha1,
                HMAC_SHA256 => Prf::HmacSha256,
                HMAC_SHA384 => Prf::HmacSha384,
                HMAC_SHA512 => Prf::HmacSha512,
                other => return Err(unsupported("function of PBKDF2", other)),
            };
            identifier.null_parameters().map(|()| prf)
        })?;
        let salt = checked_salt(&salt)?;
        let count = saturating(iterations.unsigned()?);
        if count > u64::from(limits::PBKDF2_ITERATIONS) {
            let message = format!("PBKDF2 with more than {} iterations", limits::PBKDF2_ITERATIONS);
            return Err(Error::new(Code::LimitKdfCost, message).at(iterations.offset));
        }
        let count = u32::try_from(count).ok().and_then(NonZeroU32::new);
        let iterations = count.ok_or_else(|| iterations.wrong("PBKDF2 without an iteration"))?;
        Ok(Self { function: Function::Pbkdf2 { prf, iterations }, salt, key_length })
    }

    /// `scrypt-params` (RFC 7914 section 7.1).
    fn scrypt(parameters: &Element<'a>) -> Result<Self> {
        let (salt, cost, r, p, key_length) = parameters.inside(|inner| {
            let (salt, cost) = (inner.octet_string()?, inner.element(tag::INTEGER)?);
            let (r, p) = (inner.small_integer()?, inner.small_integer()?);
            Ok((salt, cost, r, p, inner.optional(tag::INTEGER)?))
        })?;
        let salt = checked_salt(&salt)?;
        let digits = cost.unsigned()?;
        let n = saturating(digits);
        // Counted in the digits, for the number may be larger than what it saturates to.
        let power_of_two = digits.iter().map(|byte| byte.count_ones()).sum::<u32>() == 1;
        let outside = || cost.wrong("scrypt parameters outside the algorithm");
        if n < 2 || !power_of_two || p == 0 {
            return Err(outside());
        }
        let blocks = n.saturating_mul(r);
        let (memory, work) = (blocks.saturating_mul(128), blocks.saturating_mul(p));
        let costly =
            || Error::new(Code::LimitKdfCost, "scrypt would take too much memory or time").at(cost.offset);
        if memory > limits::SCRYPT_MEMORY
            || work > limits::SCRYPT_WORK
            || r.saturating_mul(p) > limits::SCRYPT_BLOCKS
        {
            return Err(costly());
        }
        // RFC 7914 section 2: N is less than 2^(128·r/8), which also asks for an r of at least 1.
        if u64::from(n.ilog2()) >= 16 * r {
            return Err(outside());
        }
        let (r, p) = (u32::try_from(r).map_err(|_| costly())?, u32::try_from(p).map_err(|_| costly())?);
        Ok(Self { function: Function::Scrypt { n, r, p }, salt, key_length })
    }
}

fn checked_salt<'a>(salt: &Element<'a>) -> Result<&'a [u8]> {
    if salt.content.is_empty() {
        return Err(salt.wrong("an empty salt"));
    }
    if salt.content.len() > limits::KDF_SALT {
        let message = format!("a salt longer than {} bytes", limits::KDF_SALT);
        return Err(Error::new(Code::LimitSize, message).at(salt.offset));
    }
    Ok(salt.content)
}

fn parameters<'a>(identifier: &Identifier<'a>) -> Result<Element<'a>> {
    let parameters = identifier.parameters.filter(|parameters| parameters.tag == tag::SEQUENCE);
    parameters.ok_or_else(|| Error::new(Code::DerValue, "the parameters of the encryption are missing"))
}

fn unsupported(what: &str, oid: &[u8]) -> Error {
    let message = format!("the {what} {} of the encrypted key is not supported", dotted(oid));
    Error::new(Code::AlgorithmEncryption, message)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::*;
    use crate::format::pem;
    use crate::key::pkcs8;
    use crate::key::test_keys::{self, ED25519, code, octets, sequence};

    /// PBES2 around [`ED25519`], cheap, right unless changed.
    struct Scheme<'a> {
        salt: &'a [u8],
        iterations: &'a [u8],
        key_length: &'a [u8],
        prf: Vec<u8>,
        cipher: &'a [u8],
        iv: &'a [u8],
        iv_tag: u8,
        kdf_tag: u8,
        plaintext: Vec<u8>,
        cut: usize,
        /// In the place of the parameters of PBKDF2.
        scrypt: Option<[&'a [u8]; 3]>,
    }

    impl Default for Scheme<'_> {
        fn default() -> Self {
            Self {
                salt: b"saltsalt",
                iterations: &[2],
                key_length: &[32],
                prf: identifier(HMAC_SHA256, &Part::Primitive(tag::NULL, &[])),
                cipher: AES_256_CBC,
                iv: &[3; 16],
                iv_tag: tag::OCTET_STRING,
                kdf_tag: tag::SEQUENCE,
                plaintext: ED25519.private_der(),
                cut: 0,
                scrypt: None,
            }
        }
    }

    fn identifier(oid: &[u8], parameters: &Part<'_>) -> Vec<u8> {
        let parameters = der::encode(parameters);
        sequence(&[Part::Primitive(tag::OID, oid), Part::Encoded(&parameters)])
    }

    impl Scheme<'_> {
        fn read(&self, password: &[u8]) -> Result<PrivateKey> {
            let key = kdf::pbkdf2(Prf::HmacSha256, b"hunter2", self.salt, NonZeroU32::new(2).unwrap(), 32);
            let mut ciphertext = cipher::aes_cbc_encrypt(key.expose(), &[3; 16], &self.plaintext).unwrap();
            ciphertext.truncate(ciphertext.len() - self.cut);
            let mut kdf = vec![octets(self.salt)];
            match self.scrypt {
                Some(numbers) => kdf.extend(numbers.map(Part::Unsigned)),
                None => kdf.push(Part::Unsigned(self.iterations)),
            }
            kdf.push(Part::Unsigned(self.key_length));
            kdf.push(Part::Encoded(if self.scrypt.is_some() { &[] } else { &self.prf }));
            let oid = if self.scrypt.is_some() { SCRYPT } else { PBKDF2 };
            let kdf = identifier(oid, &Part::Constructed(self.kdf_tag, &kdf));
            let cipher = identifier(self.cipher, &Part::Primitive(self.iv_tag, self.iv));
            let both = [Part::Encoded(&kdf), Part::Encoded(&cipher)];
            let scheme = identifier(PBES2, &Part::Constructed(tag::SEQUENCE, &both));
            parse(&sequence(&[Part::Encoded(&scheme), octets(&ciphertext)]), password)
        }

        fn code(&self) -> Option<Code> {
            code(self.read(b"hunter2"))
        }
    }

    #[test]
    fn openssl_output_reads() {
        for (name, text) in test_keys::ENCRYPTED {
            let document = pem::decode(text.as_bytes()).unwrap();
            let key = parse(document.der.expose(), b"hunter2").unwrap();
            assert_eq!(pkcs8::encode(&key).expose(), ED25519.private_der(), "{name}");
            assert_eq!(
                code(parse(document.der.expose(), b"hunter3")),
                Some(Code::KeyPasswordWrong),
                "{name}"
            );
        }
        assert_eq!(Scheme::default().code(), None);
    }

    #[test]
    fn ky09_other_encryption() {
        for (name, text) in test_keys::ENCRYPTED_OTHERWISE {
            let document = pem::decode(text.as_bytes()).unwrap();
            let refused = code(parse(document.der.expose(), b"hunter2"));
            assert_eq!(refused, Some(Code::AlgorithmEncryption), "{name}");
        }
    }

    #[test]
    fn ky05_passwords_are_bytes() {
        let plaintext = Secret::new(ED25519.private_der());
        for password in [&b""[..], b"\0", b"\xff\xfe", "Fran\u{e7}ois".as_bytes()] {
            let written = encrypt(&plaintext, password).unwrap();
            assert_eq!(code(parse(&written, password)), None);
            // Not a zero byte: HMAC pads its key with those.
            let other = [password, b"x"].concat();
            assert_eq!(code(parse(&written, &other)), Some(Code::KeyPasswordWrong));
        }
        assert_eq!(code(check_password(&vec![0; limits::PASSWORD])), None);
        let longer = vec![0; limits::PASSWORD + 1];
        assert_eq!(code(check_password(&longer)), Some(Code::LimitSize));
        assert_eq!(code(encrypt(&plaintext, &longer)), Some(Code::LimitSize));
    }

    #[test]
    fn ky02_ky03_ky11_one_outcome_for_wrong_passwords_and_damage() {
        for number in 0..1000_u32 {
            let wrong = Scheme::default().read(&number.to_be_bytes());
            assert_eq!(code(wrong), Some(Code::KeyPasswordWrong));
        }
        for plaintext in
            [vec![], vec![0; 48], sequence(&[]), ED25519.public_der(), ED25519.private_der()[1..].to_vec()]
        {
            let scheme = Scheme { plaintext, ..Scheme::default() };
            assert_eq!(scheme.code(), Some(Code::KeyPasswordWrong));
        }
        for cut in [1, 15, 16, 48, 64] {
            let scheme = Scheme { cut, ..Scheme::default() };
            assert_eq!(scheme.code(), Some(Code::KeyPasswordWrong), "{cut} bytes cut");
        }
        // What stands inside a sound container is told as usual.
        let mut plaintext = ED25519.private_der();
        plaintext[15] = 31;
        plaintext[13] = 33;
        plaintext.truncate(47);
        plaintext[1] -= 1;
        assert_eq!(Scheme { plaintext, ..Scheme::default() }.code(), Some(Code::KeyLength));
    }

    #[test]
    fn ky06_iterations() {
        let with = |iterations| Scheme { iterations, ..Scheme::default() }.code();
        assert_eq!(with(&[]), Some(Code::DerValue));
        assert_eq!(with(&[1]), Some(Code::KeyPasswordWrong));
        // One over the bound.
        assert_eq!(with(&[0x1e, 0x84, 0x81]), Some(Code::LimitKdfCost));
        for iterations in [
            &[0x98, 0x96, 0x80][..],
            &[0x80, 0, 0, 0],
            &[1, 0, 0, 0, 0],
            &[0x80, 0, 0, 0, 0, 0, 0, 0],
            &[1; 9],
        ] {
            assert_eq!(with(iterations), Some(Code::LimitKdfCost), "{iterations:02x?}");
        }
    }

    #[test]
    fn ky07_scrypt_costs() {
        let with = |n, r, p| Scheme { scrypt: Some([n, r, p]), ..Scheme::default() }.code();
        assert_eq!(with(&[4, 0], &[8], &[1]), Some(Code::KeyPasswordWrong));
        for n in [&[][..], &[1], &[3], &[0xff; 8], &[1, 0, 0, 0, 0, 0, 0, 0, 1]] {
            assert_eq!(with(n, &[8], &[1]), Some(Code::DerValue), "{n:02x?}");
        }
        assert_eq!(with(&[4, 0], &[], &[1]), Some(Code::DerValue));
        assert_eq!(with(&[4, 0], &[8], &[]), Some(Code::DerValue));
        // RFC 7914 section 2
        assert_eq!(with(&[1, 0, 0], &[1], &[1]), Some(Code::DerValue));
        for (n, r, p) in [
            (&[0x40, 0, 0, 0][..], &[8][..], &[1][..]),
            (&[2, 0, 0], &[9], &[1]),
            (&[2], &[8, 0, 1], &[1]),
            (&[4, 0], &[8], &[1, 1]),
            (&[1, 0, 0, 0, 0, 0, 0, 0, 0], &[8], &[1]),
            (&[2], &[0x80, 0, 0, 0, 0, 0, 0, 0], &[1]),
            (&[2], &[1], &[0x80, 0, 0, 0, 0, 0, 0, 0]),
            (&[0x80, 0, 0, 0, 0, 0, 0, 0], &[2], &[2]),
        ] {
            assert_eq!(with(n, r, p), Some(Code::LimitKdfCost), "{n:02x?} {r:02x?} {p:02x?}");
        }
    }

    #[test]
    fn ky08_parameters() {
        let scheme = Scheme::default;
        let null = || Part::Primitive(tag::NULL, &[]);
        let hmac_sha224 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 8];
        for (changed, expected) in [
            (Scheme { salt: &[], ..scheme() }, Code::DerValue),
            (Scheme { salt: &[1; 1025], ..scheme() }, Code::LimitSize),
            (Scheme { iv: &[3; 15], ..scheme() }, Code::DerValue),
            (Scheme { iv: &[3; 17], ..scheme() }, Code::DerValue),
            (Scheme { iv_tag: tag::BIT_STRING, ..scheme() }, Code::DerValue),
            (Scheme { kdf_tag: 0x31, ..scheme() }, Code::DerValue),
            (Scheme { key_length: &[16], ..scheme() }, Code::DerValue),
            (Scheme { key_length: &[1; 9], ..scheme() }, Code::DerValue),
            (Scheme { cipher: AES_192_CBC, ..scheme() }, Code::DerValue),
            (Scheme { cipher: PBKDF2, ..scheme() }, Code::AlgorithmEncryption),
            (Scheme { prf: identifier(&hmac_sha224, &null()), ..scheme() }, Code::AlgorithmEncryption),
            (Scheme { prf: identifier(HMAC_SHA256, &octets(&[])), ..scheme() }, Code::DerValue),
            (Scheme { prf: identifier(HMAC_SHA256, &Part::Encoded(&[])), ..scheme() }, Code::DerValue),
            (Scheme { prf: vec![5, 0], ..scheme() }, Code::DerTag),
            (Scheme { prf: [&scheme().prf[..], &[5, 0]].concat(), ..scheme() }, Code::DerTrailing),
        ] {
            assert_eq!(changed.code(), Some(expected));
        }
        assert_eq!(Scheme { salt: &[1; 1024], ..scheme() }.code(), None);
        assert_eq!(
            Scheme { scrypt: Some([&[2], &[1], &[1]]), key_length: &[16], ..scheme() }.code(),
            Some(Code::DerValue)
        );
        let whole = pem::decode(test_keys::ENCRYPTED[0].1.as_bytes()).unwrap();
        let after = [whole.der.expose(), &[0]].concat();
        assert_eq!(code(parse(&after, b"hunter2")), Some(Code::DerTrailing));
        let bare =
            sequence(&[Part::Encoded(&sequence(&[Part::Primitive(tag::OID, PBES2)])), octets(&[0; 16])]);
        assert_eq!(code(parse(&bare, b"hunter2")), Some(Code::DerValue));
    }

    #[test]
    fn salts_and_vectors_are_fresh() {
        let plaintext = Secret::new(ED25519.private_der());
        let written = [encrypt(&plaintext, b"x").unwrap(), encrypt(&plaintext, b"x").unwrap()];
        // The two strings of 16 bytes before the ciphertext: first the salt, then the vector.
        let places = written.each_ref().map(|der| {
            let strings = der.windows(2).enumerate().filter(|(_, pair)| *pair == [tag::OCTET_STRING, 16]);
            strings.map(|(at, _)| der[at + 2..at + 18].to_vec()).take(2).collect::<Vec<_>>()
        });
        let [one, other] = places;
        assert_ne!(one[0], other[0], "the salt");
        assert_ne!(one[1], other[1], "the vector");
    }
}
