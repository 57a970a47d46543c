//! SHA-2 (FIPS 180-4), and SHA-1 for what others have signed or hashed with it.

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

/// A hash function that something made elsewhere may name. SHA-1 is here, and nothing that signs or that reads
/// the name of a hash from a caller takes this type.
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
    use super::{AnyHash, Hash};

    #[test]
    fn sha1_is_no_hash_that_a_name_gives() {
        assert_eq!(hex::encode(AnyHash::Sha1.digest(b"abc")), "a9993e364706816aba3e25717850c26c9cd0d89d");
        let sha256 = AnyHash::Sound(Hash::Sha256);
        assert_eq!(sha256.digest(b"abc"), super::sha256(b"abc"));
        assert_eq!((AnyHash::Sha1.length(), sha256.length()), (20, 32));
        for name in ["SHA-1", "SHA1", "sha1", "sha-1"] {
            assert_eq!(Hash::from_name(name), None);
        }
    }
}
