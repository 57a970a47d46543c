//! SHA-2 (FIPS 180-4).

use aws_lc_rs::digest::{self, Algorithm};

/// A hash function. SHA-1 is not among them on purpose.
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
