//! AES-CBC with PKCS#7 padding (RFC 8018 appendix B.2.5), for encrypted private keys only.

use aws_lc_rs::cipher::{
    AES_128, AES_192, AES_256, Algorithm, DecryptionContext, EncryptionContext, PaddedBlockDecryptingKey,
    PaddedBlockEncryptingKey, UnboundCipherKey,
};
use aws_lc_rs::iv::FixedLength;

use crate::error::{Code, Error, Result};
use crate::secret::Secret;

/// Decrypts; None where the length or the padding is wrong, or the key has no AES length.
#[must_use]
pub fn aes_cbc_decrypt(key: &[u8], iv: &[u8; 16], ciphertext: &[u8]) -> Option<Secret> {
    let key = UnboundCipherKey::new(algorithm(key.len())?, key).ok()?;
    let key = PaddedBlockDecryptingKey::cbc_pkcs7(key).ok()?;
    let mut buffer = Secret::copy_of(ciphertext);
    let context = DecryptionContext::Iv128(FixedLength::from(iv));
    let length = key.decrypt(buffer.expose_mut(), context).ok()?.len();
    buffer.truncate(length);
    Some(buffer)
}

/// Encrypts.
///
/// # Errors
/// `internal.error` if the key has no AES length or the backend fails.
pub fn aes_cbc_encrypt(key: &[u8], iv: &[u8; 16], plaintext: &[u8]) -> Result<Vec<u8>> {
    let fault = || Error::new(Code::Internal, "AES-CBC failed");
    let key = UnboundCipherKey::new(algorithm(key.len()).ok_or_else(fault)?, key).map_err(|_| fault())?;
    let key = PaddedBlockEncryptingKey::cbc_pkcs7(key).map_err(|_| fault())?;
    // Room for the padding up front: growing later would leave an unwiped copy of the plaintext behind.
    let mut buffer = Vec::with_capacity(plaintext.len() + 16);
    buffer.extend_from_slice(plaintext);
    let context = EncryptionContext::Iv128(FixedLength::from(iv));
    key.less_safe_encrypt(&mut buffer, context).map_err(|_| fault())?;
    Ok(buffer)
}

fn algorithm(key_length: usize) -> Option<&'static Algorithm> {
    match key_length {
        16 => Some(&AES_128),
        24 => Some(&AES_192),
        32 => Some(&AES_256),
        _ => None,
    }
}
