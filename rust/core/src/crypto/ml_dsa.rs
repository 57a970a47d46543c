//! ML-DSA (FIPS 204): verification only, of whole messages with the empty context.

use aws_lc_rs::signature::{ML_DSA_44, ML_DSA_65, ML_DSA_87, ParsedPublicKey, PqdsaVerificationAlgorithm};

use super::gate;
use crate::error::{Code, Error, Result};

/// A parameter set (FIPS 204 section 4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MlDsa {
    /// ML-DSA-44
    MlDsa44,
    /// ML-DSA-65
    MlDsa65,
    /// ML-DSA-87
    MlDsa87,
}

impl MlDsa {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::MlDsa44, Self::MlDsa65, Self::MlDsa87];

    /// Its name in FIPS 204, JOSE and COSE.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::MlDsa44 => "ML-DSA-44",
            Self::MlDsa65 => "ML-DSA-65",
            Self::MlDsa87 => "ML-DSA-87",
        }
    }

    /// Bytes of a public key.
    #[must_use]
    pub fn key_length(self) -> usize {
        match self {
            Self::MlDsa44 => 1312,
            Self::MlDsa65 => 1952,
            Self::MlDsa87 => 2592,
        }
    }

    /// Bytes of a signature.
    #[must_use]
    pub fn signature_length(self) -> usize {
        match self {
            Self::MlDsa44 => 2420,
            Self::MlDsa65 => 3309,
            Self::MlDsa87 => 4627,
        }
    }

    fn backend(self) -> &'static PqdsaVerificationAlgorithm {
        match self {
            Self::MlDsa44 => &ML_DSA_44,
            Self::MlDsa65 => &ML_DSA_65,
            Self::MlDsa87 => &ML_DSA_87,
        }
    }
}

/// A public key. Any bytes of the right length are one.
#[derive(Clone, Debug)]
pub struct MlDsaPublicKey {
    parameters: MlDsa,
    bytes: Vec<u8>,
    verifier: ParsedPublicKey,
}

impl MlDsaPublicKey {
    /// Takes the bytes of FIPS 204 algorithm 22.
    ///
    /// # Errors
    /// `key.length`.
    pub fn from_bytes(parameters: MlDsa, bytes: &[u8]) -> Result<Self> {
        let length = parameters.key_length();
        let refused = || {
            let message = format!("an {} public key has {length} bytes", parameters.name());
            Error::new(Code::KeyLength, message)
        };
        if bytes.len() != length {
            return Err(refused());
        }
        let _pass = gate::enter();
        let verifier = ParsedPublicKey::new(parameters.backend(), bytes).map_err(|_| refused())?;
        Ok(Self { parameters, bytes: bytes.to_vec(), verifier })
    }

    /// The parameter set.
    #[must_use]
    pub fn parameters(&self) -> MlDsa {
        self.parameters
    }

    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Verifies a signature over a message.
    ///
    /// # Errors
    /// `signature.invalid`, whatever the reason.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<()> {
        if signature.len() != self.parameters.signature_length() {
            return Err(Error::invalid_signature());
        }
        let _pass = gate::enter();
        self.verifier.verify_sig(message, signature).map_err(|_| Error::invalid_signature())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use aws_lc_rs::signature::{
        KeyPair, ML_DSA_44_SIGNING, ML_DSA_65_SIGNING, ML_DSA_87_SIGNING, PqdsaKeyPair, PqdsaSigningAlgorithm,
    };

    use super::{MlDsa, MlDsaPublicKey};
    use crate::error::Code;

    const SIGNING: [&PqdsaSigningAlgorithm; 3] = [&ML_DSA_44_SIGNING, &ML_DSA_65_SIGNING, &ML_DSA_87_SIGNING];

    #[test]
    fn signatures_verify_with_their_key_and_message_only() {
        for (parameters, signing) in MlDsa::ALL.into_iter().zip(SIGNING) {
            let pair = PqdsaKeyPair::generate(signing).unwrap();
            let mut signature = vec![0; parameters.signature_length()];
            pair.sign(b"message", &mut signature).unwrap();
            let key = MlDsaPublicKey::from_bytes(parameters, pair.public_key().as_ref()).unwrap();
            key.verify(b"message", &signature).unwrap();
            assert!(key.verify(b"massage", &signature).is_err());
            assert!(key.verify(b"message", &signature[1..]).is_err());
            signature[7] ^= 1;
            assert_eq!(key.verify(b"message", &signature).unwrap_err().code(), Code::SignatureInvalid);
        }
    }

    #[test]
    fn keys_have_their_exact_length() {
        for parameters in MlDsa::ALL {
            let length = parameters.key_length();
            for wrong in [0, length - 1, length + 1] {
                let refused = MlDsaPublicKey::from_bytes(parameters, &vec![1; wrong]).unwrap_err();
                assert_eq!(refused.code(), Code::KeyLength);
            }
            assert!(MlDsaPublicKey::from_bytes(parameters, &vec![1; length]).is_ok());
        }
    }
}
