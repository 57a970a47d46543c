//! The two structures of a TPM statement: `TPMT_PUBLIC` and `TPMS_ATTEST` (TPM 2.0 Library, Part 2, sections 12.2.4
//! and 10.12.12), each read whole. What follows a selector depends on it, so nothing is skipped by guess.

use crate::error::{Code, Error, Result};
use crate::format::tolerance::Tolerated;

/// Algorithm identifiers (Part 2, section 6.3).
mod algorithm {
    pub(super) const RSA: u16 = 0x0001;
    pub(super) const TDES: u16 = 0x0003;
    pub(super) const SHA1: u16 = 0x0004;
    pub(super) const AES: u16 = 0x0006;
    pub(super) const MGF1: u16 = 0x0007;
    pub(super) const SHA256: u16 = 0x000b;
    pub(super) const SHA384: u16 = 0x000c;
    pub(super) const SHA512: u16 = 0x000d;
    pub(super) const NULL: u16 = 0x0010;
    pub(super) const SM3: u16 = 0x0012;
    pub(super) const SM4: u16 = 0x0013;
    pub(super) const RSASSA: u16 = 0x0014;
    pub(super) const RSAES: u16 = 0x0015;
    pub(super) const RSAPSS: u16 = 0x0016;
    pub(super) const OAEP: u16 = 0x0017;
    pub(super) const ECDSA: u16 = 0x0018;
    pub(super) const ECDH: u16 = 0x0019;
    pub(super) const ECDAA: u16 = 0x001a;
    pub(super) const SM2: u16 = 0x001b;
    pub(super) const ECSCHNORR: u16 = 0x001c;
    pub(super) const ECMQV: u16 = 0x001d;
    pub(super) const KDF1_SP800_56A: u16 = 0x0020;
    pub(super) const KDF1_SP800_108: u16 = 0x0022;
    pub(super) const ECC: u16 = 0x0023;
    pub(super) const CAMELLIA: u16 = 0x0026;
    pub(super) const SHA3_256: u16 = 0x0027;
    pub(super) const SHA3_512: u16 = 0x0029;
}

/// `TPM_GENERATED_VALUE`: the TPM made the structure itself (Part 2, section 6.2).
pub const GENERATED: u32 = 0xff54_4347;
/// `TPM_ST_ATTEST_CERTIFY` (Part 2, section 6.9).
pub const ATTEST_CERTIFY: u16 = 0x8017;

/// Hashes a name can be made with (Part 2, section 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameHash {
    /// SHA-1
    Sha1,
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
    /// One that no authenticator uses.
    Other,
}

/// `TPMT_PUBLIC`, as far as it is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Public<'a> {
    /// The hash its name is made with.
    pub name_hash: NameHash,
    /// The number of that hash, with which the name begins.
    pub name_algorithm: [u8; 2],
    /// The key.
    pub key: TpmKey<'a>,
}

/// The numbers of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TpmKey<'a> {
    /// RSA
    Rsa {
        /// The exponent; 65537 where the structure has 0.
        exponent: u32,
        /// The modulus, big-endian.
        modulus: &'a [u8],
    },
    /// An elliptic curve
    Ecc {
        /// `TPM_ECC_CURVE`
        curve: u16,
        /// Big-endian, of any length
        x: &'a [u8],
        /// Big-endian, of any length
        y: &'a [u8],
    },
}

/// `TPMS_ATTEST`, as far as it is asked about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attest<'a> {
    /// What it begins with: [`GENERATED`] where a TPM made it.
    pub magic: u32,
    /// What it attests.
    pub kind: u16,
    /// What the caller of the TPM had signed as well.
    pub extra_data: &'a [u8],
    /// The name of the certified object; none where something else is attested.
    pub name: Option<&'a [u8]>,
}

impl<'a> Public<'a> {
    /// Reads `pubArea`.
    ///
    /// # Errors
    /// `tpm.truncated`, `tpm.trailing`, `tpm.value`, with the offset.
    pub fn parse(data: &'a [u8]) -> Result<Self> {
        let mut reader = Reader { data, at: 0, field: "pubArea" };
        let kind = reader.u16()?;
        if kind != algorithm::RSA && kind != algorithm::ECC {
            return Err(reader.wrong("a TPM key that is neither RSA nor ECC"));
        }
        let name_algorithm = reader.u16()?;
        let name_hash = reader.hash(name_algorithm)?;
        let _object_attributes = reader.u32()?;
        let _policy = reader.sized()?;
        reader.symmetric()?;
        let key = if kind == algorithm::RSA { reader.rsa()? } else { reader.ecc()? };
        reader.finish()?;
        Ok(Self { name_hash, name_algorithm: name_algorithm.to_be_bytes(), key })
    }
}

impl<'a> Attest<'a> {
    /// Reads `certInfo`. What follows the head is known for a certification only; of other types it is left.
    ///
    /// # Errors
    /// `tpm.truncated`, `tpm.trailing`, `tpm.value`, with the offset.
    pub fn parse(data: &'a [u8], tolerated: &mut Tolerated) -> Result<Self> {
        let mut reader = Reader { data, at: 0, field: "certInfo" };
        let magic = reader.u32()?;
        let kind = reader.u16()?;
        let _qualified_signer = reader.sized()?;
        let extra_data = reader.sized()?;
        // TPMS_CLOCK_INFO: clock, resetCount, restartCount, safe
        reader.take(8 + 4 + 4)?;
        if !matches!(reader.take(1)?, [0 | 1]) {
            tolerated.allow("certInfo", || reader.wrong("safe of the clock is neither 0 nor 1"))?;
        }
        let _firmware_version = reader.take(8)?;
        if kind != ATTEST_CERTIFY {
            return Ok(Self { magic, kind, extra_data, name: None });
        }
        let name = reader.sized()?;
        let _qualified_name = reader.sized()?;
        reader.finish()?;
        Ok(Self { magic, kind, extra_data, name: Some(name) })
    }
}

struct Reader<'a> {
    data: &'a [u8],
    at: usize,
    field: &'static str,
}

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8]> {
        let rest = self.data.get(self.at..).unwrap_or_default();
        let taken = rest.get(..length).ok_or_else(|| {
            let message = format!("{} ends too early", self.field);
            Error::new(Code::TpmTruncated, message).in_field(self.field).at(self.data.len())
        })?;
        self.at += length;
        Ok(taken)
    }

    fn u16(&mut self) -> Result<u16> {
        Ok(self.take(2)?.iter().fold(0, |number, byte| number << 8 | u16::from(*byte)))
    }

    fn u32(&mut self) -> Result<u32> {
        Ok(self.take(4)?.iter().fold(0, |number, byte| number << 8 | u32::from(*byte)))
    }

    /// A `TPM2B`: a length of two bytes, and as many bytes.
    fn sized(&mut self) -> Result<&'a [u8]> {
        let length = self.u16()?;
        self.take(usize::from(length))
    }

    fn finish(&self) -> Result<()> {
        if self.at == self.data.len() {
            return Ok(());
        }
        let message = format!("bytes left over after {}", self.field);
        Err(Error::new(Code::TpmTrailing, message).in_field(self.field).at(self.at))
    }

    /// The number just read is none that may stand there.
    fn wrong(&self, message: &'static str) -> Error {
        Error::new(Code::TpmValue, message).in_field(self.field).at(self.at)
    }

    /// `TPMI_ALG_HASH`
    fn hash(&self, number: u16) -> Result<NameHash> {
        match number {
            algorithm::SHA1 => Ok(NameHash::Sha1),
            algorithm::SHA256 => Ok(NameHash::Sha256),
            algorithm::SHA384 => Ok(NameHash::Sha384),
            algorithm::SHA512 => Ok(NameHash::Sha512),
            algorithm::SM3 | algorithm::SHA3_256..=algorithm::SHA3_512 => Ok(NameHash::Other),
            _ => Err(self.wrong("no hash of the TPM")),
        }
    }

    fn hash_follows(&mut self) -> Result<()> {
        let number = self.u16()?;
        self.hash(number).map(drop)
    }

    /// `TPMT_SYM_DEF_OBJECT` (Part 2, section 11.1.7): only where there is a cipher do key bits and mode follow.
    fn symmetric(&mut self) -> Result<()> {
        match self.u16()? {
            algorithm::NULL => Ok(()),
            algorithm::TDES | algorithm::AES | algorithm::SM4 | algorithm::CAMELLIA => self.take(4).map(drop),
            _ => Err(self.wrong("no symmetric cipher of the TPM")),
        }
    }

    /// The rest of an RSA key: `TPMS_RSA_PARMS` (Part 2, section 12.2.3.5) and the modulus.
    fn rsa(&mut self) -> Result<TpmKey<'a>> {
        match self.u16()? {
            algorithm::NULL | algorithm::RSAES => {}
            algorithm::RSASSA | algorithm::RSAPSS | algorithm::OAEP => self.hash_follows()?,
            _ => return Err(self.wrong("no RSA scheme of the TPM")),
        }
        let _bits = self.u16()?;
        let exponent = match self.u32()? {
            0 => 65_537,
            exponent => exponent,
        };
        Ok(TpmKey::Rsa { exponent, modulus: self.sized()? })
    }

    /// The rest of a key on a curve: `TPMS_ECC_PARMS` (Part 2, section 12.2.3.6) and the point.
    fn ecc(&mut self) -> Result<TpmKey<'a>> {
        match self.u16()? {
            algorithm::NULL => {}
            algorithm::ECDAA => {
                self.hash_follows()?;
                let _count = self.u16()?;
            }
            algorithm::ECDSA | algorithm::ECDH | algorithm::SM2 | algorithm::ECSCHNORR | algorithm::ECMQV => {
                self.hash_follows()?;
            }
            _ => return Err(self.wrong("no ECC scheme of the TPM")),
        }
        let curve = self.u16()?;
        match self.u16()? {
            algorithm::NULL => {}
            algorithm::MGF1 | algorithm::KDF1_SP800_56A..=algorithm::KDF1_SP800_108 => self.hash_follows()?,
            _ => return Err(self.wrong("no key derivation of the TPM")),
        }
        Ok(TpmKey::Ecc { curve, x: self.sized()?, y: self.sized()? })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

    use super::{Attest, NameHash, Public, TpmKey};
    use crate::error::{Code, Error};
    use crate::format::hex;
    use crate::format::tolerance::{Strictness, Tolerated};

    fn bytes(parts: &[&str]) -> Vec<u8> {
        hex::decode(parts.concat().as_bytes()).unwrap()
    }

    /// type, nameAlg, attributes, policy; then symmetric, scheme, bits, exponent, modulus.
    fn rsa(symmetric: &str, scheme: &str, exponent: &str) -> Vec<u8> {
        bytes(&["0001000b00060472", "0002abcd", symmetric, scheme, "0800", exponent, "0003c0ffee"])
    }

    fn ecc(scheme: &str, curve: &str, kdf: &str) -> Vec<u8> {
        bytes(&["0023000b00060472", "0000", "0010", scheme, curve, kdf, "00020102", "000103"])
    }

    fn attest(magic: &str, kind: &str, safe: &str) -> Vec<u8> {
        let clock = "00000000000000010000000200000003";
        bytes(&[magic, kind, "0001aa", "0002bbcc", clock, safe, "0000000000000004", "0003ddeeff", "000111"])
    }

    fn read(data: &[u8]) -> Result<Attest<'_>, Error> {
        Attest::parse(data, &mut Tolerated::new(Strictness::Strict))
    }

    #[test]
    fn at45_an_rsa_exponent_of_zero_is_65537() {
        let data = rsa("0010", "0010", "00000000");
        let public = Public::parse(&data).unwrap();
        assert_eq!((public.name_hash, public.name_algorithm), (NameHash::Sha256, [0, 0x0b]));
        assert_eq!(public.key, TpmKey::Rsa { exponent: 65_537, modulus: &[0xc0, 0xff, 0xee] });
        let data = rsa("0010", "0010", "00000003");
        let TpmKey::Rsa { exponent, .. } = Public::parse(&data).unwrap().key else { panic!() };
        assert_eq!(exponent, 3);
    }

    #[test]
    fn at46_every_truncation_and_every_extension_is_refused() {
        for data in [
            rsa("0010", "0010", "00000000"),
            rsa("000600800043", "0014000b", "00010001"),
            ecc("0010", "0003", "0010"),
        ] {
            Public::parse(&data).unwrap();
            for length in 0..data.len() {
                let error = Public::parse(&data[..length]).unwrap_err();
                assert_eq!((error.code(), error.offset()), (Code::TpmTruncated, Some(length)));
            }
            let error = Public::parse(&[&data[..], &[0]].concat()).unwrap_err();
            assert_eq!((error.code(), error.offset()), (Code::TpmTrailing, Some(data.len())));
        }
        let data = attest("ff544347", "8017", "01");
        for length in 0..data.len() {
            let error = read(&data[..length]).unwrap_err();
            assert_eq!((error.code(), error.offset()), (Code::TpmTruncated, Some(length)));
        }
        assert_eq!(read(&[&data[..], &[0]].concat()).unwrap_err().code(), Code::TpmTrailing);
        assert_eq!(read(&data).unwrap().name, Some(&[0xdd, 0xee, 0xff][..]));
        let mut longer = data.clone();
        longer[6] = 0xff;
        assert_eq!(read(&longer).unwrap_err().code(), Code::TpmTruncated);
    }

    #[test]
    fn at47_what_a_selector_announces_is_read_and_nothing_else() {
        for (symmetric, scheme) in
            [("0010", "0014000b"), ("0010", "00160004"), ("0010", "0015"), ("000600800043", "0017000d")]
        {
            let data = rsa(symmetric, scheme, "00000000");
            assert!(matches!(Public::parse(&data).unwrap().key, TpmKey::Rsa { modulus: [0xc0, ..], .. }));
        }
        for (scheme, kdf) in
            [("0018000b", "0010"), ("001a000b0001", "0010"), ("0010", "0020000b"), ("001c000c", "00070004")]
        {
            let data = ecc(scheme, "0004", kdf);
            assert_eq!(Public::parse(&data).unwrap().key, TpmKey::Ecc { curve: 4, x: &[1, 2], y: &[3] });
        }
        for data in [
            rsa("0001", "0010", "00000000"),
            rsa("0010", "0018000b", "00000000"),
            rsa("0010", "00140010", "00000000"),
            ecc("0014000b", "0003", "0010"),
            ecc("0010", "0003", "0018"),
            bytes(&["00080010"]),
            bytes(&["00250010"]),
            bytes(&["00010010"]),
        ] {
            assert_eq!(Public::parse(&data).unwrap_err().code(), Code::TpmValue);
        }
    }

    #[test]
    fn at40_at41_magic_and_type_are_told_not_judged() {
        let data = attest("ff544348", "8017", "00");
        assert_eq!(read(&data).unwrap().magic, 0xff54_4348);
        let data = [attest("ff544347", "8018", "00"), vec![1, 2, 3]].concat();
        let quote = read(&data).unwrap();
        assert_eq!((quote.kind, quote.name, quote.extra_data), (0x8018, None, &[0xbb, 0xcc][..]));
    }

    #[test]
    fn a_truth_value_that_is_none_is_noted() {
        let data = attest("ff544347", "8017", "5c");
        assert_eq!(read(&data).unwrap_err().code(), Code::TpmValue);
        let mut tolerated = Tolerated::new(Strictness::Interoperable);
        Attest::parse(&data, &mut tolerated).unwrap();
        let [note] = tolerated.notes() else { panic!() };
        assert_eq!((note.code, note.place.as_ref()), (Code::TpmValue, "certInfo"));
    }
}
