//! SHA-2 (FIPS 180-4) to sign and verify with, and what others have signed or hashed with: the rarer members of
//! SHA-2, SHA-3 (FIPS 202), and SHA-1.

use aws_lc_rs::digest::{self, Algorithm};

/// A hash function. SHA-1 is not among them on purpose: see [`AnyHash`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
}

impl Hash {
    /// The standard name, as in FIPS 180-4.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
        }
    }

    /// The hash of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Sha256, Self::Sha384, Self::Sha512].into_iter().find(|hash| hash.name() == name)
    }

    /// Length of a digest in bytes.
    #[must_use]
    pub fn length(self) -> usize {
        match self {
            Self::Sha256 => 32,
            Self::Sha384 => 48,
            Self::Sha512 => 64,
        }
    }

    pub(super) fn backend(self) -> &'static Algorithm {
        match self {
            Self::Sha256 => &digest::SHA256,
            Self::Sha384 => &digest::SHA384,
            Self::Sha512 => &digest::SHA512,
        }
    }
}

/// A hash function in good standing that others sign with and nothing here does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RareHash {
    /// SHA-224
    Sha224,
    /// SHA-512/256
    Sha512Truncated256,
    /// SHA3-256
    Sha3Of256,
    /// SHA3-384
    Sha3Of384,
    /// SHA3-512
    Sha3Of512,
}

impl RareHash {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Sha224, Self::Sha512Truncated256, Self::Sha3Of256, Self::Sha3Of384, Self::Sha3Of512];

    /// The standard name, as in FIPS 180-4 and FIPS 202.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Sha224 => "SHA-224",
            Self::Sha512Truncated256 => "SHA-512/256",
            Self::Sha3Of256 => "SHA3-256",
            Self::Sha3Of384 => "SHA3-384",
            Self::Sha3Of512 => "SHA3-512",
        }
    }

    /// The hash of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hash| hash.name() == name)
    }

    /// Length of a digest in bytes.
    #[must_use]
    pub fn length(self) -> usize {
        self.backend().output_len()
    }

    /// Hashes a message.
    #[must_use]
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        digest::digest(self.backend(), message).as_ref().to_vec()
    }

    fn backend(self) -> &'static Algorithm {
        match self {
            Self::Sha224 => &digest::SHA224,
            Self::Sha512Truncated256 => &digest::SHA512_256,
            Self::Sha3Of256 => &digest::SHA3_256,
            Self::Sha3Of384 => &digest::SHA3_384,
            Self::Sha3Of512 => &digest::SHA3_512,
        }
    }
}

/// A hash function that something made elsewhere may name, in a certificate or under a COSE number. SHA-1 is
/// here, and nothing that signs or that reads the name of a hash from a caller takes this type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnyHash {
    /// SHA-1, broken for signatures since 2017; who verifies with it asks the caller first
    Sha1,
    /// A hash in good standing
    Sound(Hash),
}

impl AnyHash {
    /// Hashes a message.
    #[must_use]
    pub fn digest(self, message: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sound(hash) => hash.backend(),
        };
        digest::digest(algorithm, message).as_ref().to_vec()
    }

    /// Length of a digest in bytes.
    #[must_use]
    pub fn length(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sound(hash) => hash.length(),
        }
    }
}

/// A digest together with the hash that made it (or is said to have made it).
#[derive(Clone, Copy)]
pub struct Digest(digest::Digest, Hash);

impl Digest {
    /// Hashes a message.
    #[must_use]
    pub fn of(hash: Hash, message: &[u8]) -> Self {
        Self(digest::digest(hash.backend(), message), hash)
    }

    /// Takes a digest computed elsewhere; None where the length is not the hash's.
    #[must_use]
    pub fn import(hash: Hash, digest: &[u8]) -> Option<Self> {
        digest::Digest::import_less_safe(digest, hash.backend()).ok().map(|digest| Self(digest, hash))
    }

    /// The digest.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        self.0.as_ref()
    }

    /// The hash that made it.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.1
    }

    pub(super) fn backend(&self) -> &digest::Digest {
        &self.0
    }
}

/// SHA-256 of `data`.
#[must_use]
pub fn sha256(data: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest::digest(&digest::SHA256, data).as_ref());
    out
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]

    use super::{AnyHash, Hash, RareHash};

    #[test]
    fn sha1_is_no_hash_that_a_name_gives() {
        assert_eq!(hex::encode(AnyHash::Sha1.digest(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
        let sha256 = AnyHash::Sound(Hash::Sha256);
        assert_eq!(sha256.digest(b"abc"), super::sha256(b"abc"));
        assert_eq!((AnyHash::Sha1.length(), sha256.length()), (20, 32));
        for name in ["SHA-1", "SHA1", "sha1", "sha-1"] {
            assert_eq!(Hash::from_name(name), None);
            assert_eq!(RareHash::from_name(name), None);
        }
    }

    /// FIPS 180-4 and FIPS 202: the digests of "abc" that the standards' example files begin with.
    #[test]
    fn rare_hashes_are_those_of_their_names() {
        for (name, start, length) in [
            ("SHA-224", "23097d223405d822", 28),
            ("SHA-512/256", "53048e2681941ef9", 32),
            ("SHA3-256", "3a985da74fe225b2", 32),
            ("SHA3-384", "ec01498288516fc9", 48),
            ("SHA3-512", "b751850b1a57168a", 64),
        ] {
            let hash = RareHash::from_name(name).unwrap();
            assert!(hex::encode(hash.digest(b"abc")).starts_with(start), "{name}");
            assert_eq!((hash.length(), hash.digest(b"").len()), (length, length), "{name}");
        }
    }
}
