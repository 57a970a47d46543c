//! Keys.

use std::ffi::c_char;
use std::sync::Arc;

use countermark_core::crypto::{Curve, ecdsa_signature};
use countermark_core::error::{Code, Error, Result as CoreResult, quote};
use countermark_core::key::jwk::Jwk;
use countermark_core::key::private_key::PrivateFormat;
use countermark_core::key::public_key::PublicFormat;
use countermark_core::key::signing::Scheme;
use countermark_core::key::{Algorithm, PrivateKey, PublicKey};
use countermark_core::limits;
use countermark_core::secret::scrub_stack;

use crate::call::{About, Call, Failure, INPUT, Result, enter};
use crate::handles;
use crate::results::public_key_json;
use crate::status::cm_status;
use crate::writer::object;

/// A private key, as a handle.
pub type cm_private_key = u64;
/// A public key, as a handle.
pub type cm_public_key = u64;

/// Bytes of the longest signature that a key makes.
pub(crate) fn most_signature(key: &PrivateKey) -> usize {
    match key {
        // In DER: two INTEGERs with room for a sign, and up to nine bytes around them.
        PrivateKey::Ec(key) => 2 * (key.public().curve().field_length() + 1) + 9,
        PrivateKey::Ed25519(_) => 64,
        PrivateKey::Ed448(_) => 114,
        PrivateKey::Rsa(key) => key.public().bits().div_ceil(8),
    }
}

/// A call that makes a key and gives a handle for it. What the libraries left of a secret on the stack is overwritten,
/// also where they refused it, and for public keys too: they may be given a private one by mistake.
///
/// # Safety
/// As for [`enter`].
unsafe fn give<T: handles::Kept>(
    handle: *mut u64,
    name: &'static str,
    inputs: &[(*const u8, usize)],
    make: impl for<'a> FnOnce(&mut Call<'a>) -> Result<T>,
) -> cm_status {
    // SAFETY: the caller keeps the contract.
    unsafe {
        enter(|call| {
            let handle = call.handle(handle, name, inputs)?;
            let made = make(call);
            scrub_stack();
            handle.write(&[handles::keep(Arc::new(made?))?])
        })
    }
}

/// A private key that cannot be read, or not with this password, or none.
fn of_key_or_password(error: Error, key: &'static str) -> Failure {
    let of_password =
        matches!(error.code(), Code::KeyPasswordRequired | Code::KeyPasswordWrong | Code::KeyNotEncrypted);
    Failure::Core(error, Some(if of_password { "password" } else { key }))
}

fn jwk_has_no_format() -> Failure {
    Failure::Core(Error::new(Code::ArgumentValue, "a JWK has no format to choose"), Some("format"))
}

/// Makes a new private key.
///
/// @param algorithm [in] `ES256`, `ES384`, `ES512`, `ES256K`, `Ed25519`, `Ed448` or `RS256`; also `RSA` and the curves
///     `P-256`, `P-384`, `P-521` and `secp256k1`.
/// @param algorithm_length [in] its bytes.
/// @param bits [in] the size of an RSA key: 2048, 3072, 4096 or 8192; for other keys it is not looked at.
/// @param key [out] the handle, to be closed with cm_private_key_close(); 0 where the call fails.
/// @return CM_OK; CM_ALGORITHM_UNKNOWN (also for the ML-DSA ones, which are only verified with), CM_ARGUMENT_VALUE for
///     `bits`, CM_LIMIT_SIZE, CM_LIMIT_COUNT; CM_C_NULL_POINTER, CM_C_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_private_key_generate(
    algorithm: *const c_char,
    algorithm_length: usize,
    bits: u32,
    key: *mut cm_private_key,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        give(key, "key", &[(algorithm.cast(), algorithm_length)], |call| {
            let algorithm = call.text(algorithm, algorithm_length, "algorithm")?;
            let bits = usize::try_from(bits).unwrap_or(usize::MAX);
            let algorithm = Algorithm::from_name(algorithm).about("algorithm")?;
            PrivateKey::generate(algorithm, bits).about(if algorithm.signs() { "bits" } else { "algorithm" })
        })
    }
}

/// Loads a private key from PEM: PKCS#8 (RFC 5958), encrypted or not, SEC1 (RFC 5915) or PKCS#1 (RFC 8017).
///
/// @param pem [in] the text; explanatory text around it is passed over.
/// @param pem_length [in] its bytes.
/// @param password [in, optional] the password, if the key is encrypted; NULL for none.
/// @param password_length [in] its bytes.
/// @param key [out] the handle, to be closed with cm_private_key_close(); 0 where the call fails.
/// @return CM_OK; CM_PEM_..., CM_DER_..., CM_KEY_..., CM_ALGORITHM_..., CM_LIMIT_...; CM_C_NULL_POINTER,
///     CM_C_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_private_key_from_pem(
    pem: *const c_char,
    pem_length: usize,
    password: *const c_char,
    password_length: usize,
    key: *mut cm_private_key,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        give(key, "key", &[(pem.cast(), pem_length), (password.cast(), password_length)], |call| {
            let pem = call.raw_text(pem, pem_length, "pem", limits::PEM_TEXT)?;
            let password =
                call.optional_bytes(password.cast(), password_length, "password", limits::PASSWORD)?;
            PrivateKey::from_pem(pem, password).map_err(|error| of_key_or_password(error, "pem"))
        })
    }
}

/// Loads a private key from DER: as cm_private_key_from_pem() without the text around it.
///
/// @param der [in] the bytes.
/// @param der_length [in] their count.
/// @param password [in, optional] the password, if the key is encrypted; NULL for none.
/// @param password_length [in] its bytes.
/// @param key [out] the handle, to be closed with cm_private_key_close(); 0 where the call fails.
/// @return as cm_private_key_from_pem().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_private_key_from_der(
    der: *const u8,
    der_length: usize,
    password: *const c_char,
    password_length: usize,
    key: *mut cm_private_key,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        give(key, "key", &[(der, der_length), (password.cast(), password_length)], |call| {
            let der = call.bytes(der, der_length, "der", limits::DER)?;
            let password =
                call.optional_bytes(password.cast(), password_length, "password", limits::PASSWORD)?;
            PrivateKey::from_der(der, password).map_err(|error| of_key_or_password(error, "der"))
        })
    }
}

/// Loads a private key from a JWK (RFC 7517).
///
/// @param jwk [in] the JSON text.
/// @param jwk_length [in] its bytes.
/// @param key [out] the handle, to be closed with cm_private_key_close(); 0 where the call fails.
/// @return CM_OK; CM_JSON_..., CM_JWK_..., CM_BASE64URL_..., CM_KEY_..., CM_ALGORITHM_..., CM_LIMIT_...;
///     CM_C_NULL_POINTER, CM_C_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_private_key_from_jwk(
    jwk: *const c_char,
    jwk_length: usize,
    key: *mut cm_private_key,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        give(key, "key", &[(jwk.cast(), jwk_length)], |call| {
            let jwk = call.json(jwk, jwk_length, "jwk")?;
            Jwk::from_json(jwk).and_then(|jwk| PrivateKey::from_jwk(&jwk)).about("jwk")
        })
    }
}

/// The public key of a private key, as a handle of its own.
///
/// @param key [in] the private key.
/// @param public_key [out] the handle, to be closed with cm_public_key_close(); 0 where the call fails.
/// @return CM_OK; CM_KEY_CLOSED, CM_LIMIT_COUNT; CM_C_HANDLE_INVALID, CM_C_NULL_POINTER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_private_key_public(
    key: cm_private_key,
    public_key: *mut cm_public_key,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        give(public_key, "public_key", &[], |_| {
            let key = handles::find::<PrivateKey>(key, "key")?;
            Ok(key.public_key())
        })
    }
}

/// Writes a private key. The result is a secret: overwrite the buffer when it is no longer needed.
///
/// @param key [in] the private key.
/// @param encoding [in] `pem`, `der` or `jwk`.
/// @param encoding_length [in] its bytes.
/// @param format [in, optional] `pkcs8`, `sec1` or `pkcs1`; NULL for `pkcs8`. A JWK has no format to choose.
/// @param format_length [in] its bytes.
/// @param password [in, optional] encrypts a PKCS#8 key (PBES2); NULL writes it in the clear.
/// @param password_length [in] its bytes.
/// @param out [out] the encoded key, without a NUL.
/// @param out_length [in, out] the room at `out`; then the size of the result.
/// @return CM_OK; CM_ARGUMENT_VALUE, CM_ALGORITHM_MISMATCH (a format that this kind of key does not have),
///     CM_KEY_CLOSED, CM_LIMIT_SIZE; CM_C_BUFFER_TOO_SMALL, CM_C_HANDLE_INVALID, CM_C_NULL_POINTER, CM_C_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_private_key_export(
    key: cm_private_key,
    encoding: *const c_char,
    encoding_length: usize,
    format: *const c_char,
    format_length: usize,
    password: *const c_char,
    password_length: usize,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let encoding = call.text(encoding, encoding_length, "encoding")?;
            let given = call.optional_text(format, format_length, "format")?;
            let password =
                call.optional_bytes(password.cast(), password_length, "password", limits::PASSWORD)?;
            let out = call.output(out, out_length)?;
            let key = handles::find::<PrivateKey>(key, "key")?;
            let format = PrivateFormat::parse(given.unwrap_or("pkcs8")).about_its_field()?;
            if encoding == "jwk" && given.is_some() {
                return Err(jwk_has_no_format());
            }
            out.write(key.export(encoding, format, password).about_its_field()?.expose())
        })
    }
}

/// Signs a message. ECDSA gives DER, EdDSA R and s, RSA as many bytes as the modulus has.
///
/// @param key [in] the private key.
/// @param message [in] the bytes to sign.
/// @param message_length [in] their count.
/// @param hash [in, optional] `SHA-256`, `SHA-384` or `SHA-512`, for EC and RSA keys; NULL for SHA-256.
/// @param hash_length [in] its bytes.
/// @param padding [in, optional] `pkcs1v15` or `pss`, for RSA keys; NULL for `pkcs1v15`.
/// @param padding_length [in] its bytes.
/// @param out [out] the signature.
/// @param out_length [in, out] the room at `out`; then the size of the signature. Where the room does not do for
///     the longest signature of the key, nothing is signed and that size is told: 75 to 143 bytes for ECDSA, 64 for
///     Ed25519, 114 for Ed448, as many as the modulus has for RSA (1024 at most).
/// @return CM_OK; CM_ARGUMENT_VALUE, CM_ALGORITHM_MISMATCH, CM_LIMIT_SIZE, CM_KEY_CLOSED; CM_C_BUFFER_TOO_SMALL,
///     CM_C_HANDLE_INVALID, CM_C_NULL_POINTER, CM_C_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_private_key_sign(
    key: cm_private_key,
    message: *const u8,
    message_length: usize,
    hash: *const c_char,
    hash_length: usize,
    padding: *const c_char,
    padding_length: usize,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let message = call.bytes(message, message_length, "message", INPUT)?;
            let hash = call.optional_text(hash, hash_length, "hash")?;
            let padding = call.optional_text(padding, padding_length, "padding")?;
            let out = call.output(out, out_length)?;
            let key = handles::find::<PrivateKey>(key, "key")?;
            let scheme = Scheme::parse(hash, padding, key.algorithm()).about_its_field()?;
            out.require(most_signature(&key))?;
            out.write(&key.sign(message, scheme)?)
        })
    }
}

/// Closes a private key and wipes it, as soon as the calls that use it on other threads have finished. Signers
/// that were made of it can sign no more.
///
/// @param key [in] the handle.
/// @return CM_OK, CM_C_HANDLE_INVALID, CM_KEY_CLOSED.
#[unsafe(no_mangle)]
pub extern "C" fn cm_private_key_close(key: cm_private_key) -> cm_status {
    // SAFETY: no pointer is handed over.
    unsafe { enter(|_| handles::close::<PrivateKey>(key, "key")) }
}

/// Loads a public key from PEM: SPKI (RFC 5280) or PKCS#1 (RFC 8017).
///
/// @param pem [in] the text.
/// @param pem_length [in] its bytes.
/// @param key [out] the handle, to be closed with cm_public_key_close(); 0 where the call fails.
/// @return as cm_private_key_from_pem().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_public_key_from_pem(
    pem: *const c_char,
    pem_length: usize,
    key: *mut cm_public_key,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        give(key, "key", &[(pem.cast(), pem_length)], |call| {
            let pem = call.raw_text(pem, pem_length, "pem", limits::PEM_TEXT)?;
            PublicKey::from_pem(pem).about("pem")
        })
    }
}

/// Loads a public key from DER: SPKI (RFC 5280) or PKCS#1 (RFC 8017).
///
/// @param der [in] the bytes.
/// @param der_length [in] their count.
/// @param key [out] the handle, to be closed with cm_public_key_close(); 0 where the call fails.
/// @return as cm_private_key_from_pem().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_public_key_from_der(
    der: *const u8,
    der_length: usize,
    key: *mut cm_public_key,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        give(key, "key", &[(der, der_length)], |call| {
            let der = call.bytes(der, der_length, "der", limits::DER)?;
            PublicKey::from_der(der).about("der")
        })
    }
}

/// Loads a public key from a JWK (RFC 7517).
///
/// @param jwk [in] the JSON text.
/// @param jwk_length [in] its bytes.
/// @param key [out] the handle, to be closed with cm_public_key_close(); 0 where the call fails.
/// @return as cm_private_key_from_jwk().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_public_key_from_jwk(
    jwk: *const c_char,
    jwk_length: usize,
    key: *mut cm_public_key,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        give(key, "key", &[(jwk.cast(), jwk_length)], |call| {
            let jwk = call.json(jwk, jwk_length, "jwk")?;
            Jwk::from_json(jwk).and_then(|jwk| PublicKey::from_jwk(&jwk)).about("jwk")
        })
    }
}

/// What there is to say of a public key, as JSON: `algorithm` (`ES256`, `ES384`, `ES512`, `ES256K`, `Ed25519`, `Ed448`,
/// `RS256`, `ML-DSA-44`, `ML-DSA-65` or `ML-DSA-87`), `curve` (`P-256`, `P-384`, `P-521`, `secp256k1`, `Ed25519`,
/// `Ed448`; null for others), `bits` (a number), `fingerprint` (bytes, SHA-256 of the SPKI), `thumbprint` (bytes, RFC
/// 7638), `pem` (text, SPKI).
///
/// @param key [in] the public key.
/// @param out [out] the JSON text, without a NUL.
/// @param out_length [in, out] the room at `out`; then the size of the text.
/// @return CM_OK; CM_C_BUFFER_TOO_SMALL, CM_C_HANDLE_INVALID, CM_C_HANDLE_CLOSED, CM_C_NULL_POINTER,
///     CM_C_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_public_key_describe(
    key: cm_public_key,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let out = call.output(out, out_length)?;
            let key = handles::find::<PublicKey>(key, "key")?;
            out.write(public_key_json(&key)?.as_bytes())
        })
    }
}

/// Writes a public key.
///
/// @param key [in] the public key.
/// @param encoding [in] `pem`, `der` or `jwk`.
/// @param encoding_length [in] its bytes.
/// @param format [in, optional] `spki` or `pkcs1`; NULL for `spki`. A JWK has no format to choose.
/// @param format_length [in] its bytes.
/// @param out [out] the encoded key, without a NUL.
/// @param out_length [in, out] the room at `out`; then the size of the result.
/// @return CM_OK; CM_ARGUMENT_VALUE, CM_ALGORITHM_MISMATCH (a format that this kind of key does not have),
///     CM_LIMIT_SIZE; CM_C_BUFFER_TOO_SMALL, CM_C_HANDLE_INVALID, CM_C_HANDLE_CLOSED, CM_C_NULL_POINTER, CM_C_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_public_key_export(
    key: cm_public_key,
    encoding: *const c_char,
    encoding_length: usize,
    format: *const c_char,
    format_length: usize,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let encoding = call.text(encoding, encoding_length, "encoding")?;
            let given = call.optional_text(format, format_length, "format")?;
            let out = call.output(out, out_length)?;
            let key = handles::find::<PublicKey>(key, "key")?;
            let format = PublicFormat::parse(given.unwrap_or("spki")).about_its_field()?;
            match encoding {
                "pem" => out.write(key.to_pem(format).about("format")?.as_bytes()),
                "der" => out.write(&key.to_der(format).about("format")?),
                "jwk" if given.is_none() => {
                    let members = key.to_jwk();
                    let text = object(|out| members.iter().for_each(|(name, value)| out.text(name, value)));
                    out.write(text.as_bytes())
                }
                "jwk" => Err(jwk_has_no_format()),
                _ => {
                    let error = Error::new(Code::ArgumentValue, "the encoding is not pem, der or jwk");
                    Err(Failure::Core(error, Some("encoding")))
                }
            }
        })
    }
}

/// Verifies a signature over a message.
///
/// @param key [in] the public key.
/// @param message [in] the bytes that were signed.
/// @param message_length [in] their count.
/// @param signature [in] the signature: DER for ECDSA, R and s for EdDSA, as many bytes as the modulus has for RSA.
/// @param signature_length [in] its bytes.
/// @param hash [in, optional] as for cm_private_key_sign().
/// @param hash_length [in] its bytes.
/// @param padding [in, optional] as for cm_private_key_sign().
/// @param padding_length [in] its bytes.
/// @param low_s [in] not 0 to refuse an ECDSA signature whose s is in the upper half of the group.
/// @return CM_OK if it verifies; CM_SIGNATURE_INVALID whatever is wrong with it; CM_ARGUMENT_VALUE,
///     CM_ALGORITHM_MISMATCH, CM_LIMIT_SIZE; CM_C_HANDLE_INVALID, CM_C_HANDLE_CLOSED, CM_C_NULL_POINTER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_public_key_verify(
    key: cm_public_key,
    message: *const u8,
    message_length: usize,
    signature: *const u8,
    signature_length: usize,
    hash: *const c_char,
    hash_length: usize,
    padding: *const c_char,
    padding_length: usize,
    low_s: u32,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let message = call.bytes(message, message_length, "message", INPUT)?;
            let signature = call.bytes(signature, signature_length, "signature", INPUT)?;
            let hash = call.optional_text(hash, hash_length, "hash")?;
            let padding = call.optional_text(padding, padding_length, "padding")?;
            let key = handles::find::<PublicKey>(key, "key")?;
            let scheme = Scheme::parse(hash, padding, key.algorithm()).about_its_field()?;
            key.verify(message, signature, scheme, low_s != 0).about("signature")
        })
    }
}

/// The curve a caller named.
fn curve(name: &str) -> CoreResult<Curve> {
    let unknown = || Error::new(Code::AlgorithmCurve, format!("{} is not a curve we know", quote(name)));
    Curve::from_name(name).ok_or_else(unknown)
}

/// Turns an ECDSA signature from r and s, one after the other (IEEE P1363, JOSE, Web Crypto), to DER, strictly.
///
/// @param signature [in] r and s, each as long as the field of the curve.
/// @param signature_length [in] its bytes.
/// @param curve [in] `P-256`, `P-384`, `P-521` or `secp256k1`.
/// @param curve_length [in] its bytes.
/// @param out [out] the signature in DER.
/// @param out_length [in, out] the room at `out`; then the size of the signature.
/// @return CM_OK; CM_SIGNATURE_INVALID, CM_ALGORITHM_CURVE, CM_ARGUMENT_VALUE, CM_LIMIT_SIZE;
///     CM_C_BUFFER_TOO_SMALL, CM_C_NULL_POINTER, CM_C_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_ecdsa_raw_to_der(
    signature: *const u8,
    signature_length: usize,
    curve: *const c_char,
    curve_length: usize,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let signature = call.bytes(signature, signature_length, "signature", INPUT)?;
            let name = call.text(curve, curve_length, "curve")?;
            let out = call.output(out, out_length)?;
            let curve = self::curve(name).about("curve")?;
            out.write(&ecdsa_signature::raw_to_der(signature, curve).about("signature")?)
        })
    }
}

/// Turns an ECDSA signature from DER to r and s, one after the other, strictly.
///
/// @param signature [in] the signature in DER.
/// @param signature_length [in] its bytes.
/// @param curve [in] as for cm_ecdsa_raw_to_der().
/// @param curve_length [in] its bytes.
/// @param out [out] r and s, each as long as the field of the curve.
/// @param out_length [in, out] the room at `out`; then the size of the signature.
/// @return as cm_ecdsa_raw_to_der().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_ecdsa_der_to_raw(
    signature: *const u8,
    signature_length: usize,
    curve: *const c_char,
    curve_length: usize,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let signature = call.bytes(signature, signature_length, "signature", INPUT)?;
            let name = call.text(curve, curve_length, "curve")?;
            let out = call.output(out, out_length)?;
            let curve = self::curve(name).about("curve")?;
            out.write(&ecdsa_signature::der_to_raw(signature, curve).about("signature")?)
        })
    }
}

/// Closes a public key.
///
/// @param key [in] the handle.
/// @return CM_OK, CM_C_HANDLE_INVALID, CM_C_HANDLE_CLOSED.
#[unsafe(no_mangle)]
pub extern "C" fn cm_public_key_close(key: cm_public_key) -> cm_status {
    // SAFETY: no pointer is handed over.
    unsafe { enter(|_| handles::close::<PublicKey>(key, "key")) }
}
