//! Client data, fingerprints, the making of credentials, and the last error.

use std::ffi::c_char;

use countermark_core::dfns::client_data::{self, ClientData};
use countermark_core::dfns::credential::{self, Registration};
use countermark_core::dfns::fingerprint::{self, Order};
use countermark_core::dfns::profile::Use;
use countermark_core::dfns::{CredentialKind, Profile};
use countermark_core::error::{Code, Error, Result as CoreResult};
use countermark_core::key::PrivateKey;
use countermark_core::limits;

use crate::call::{About, INPUT, Result, enter, last_error};
use crate::handles;
use crate::keys::{cm_private_key, most_signature};
use crate::options::Options;
use crate::results::client_data_json;
use crate::status::cm_status;
use crate::writer::{array, object, string};

/// The reason of the last call that failed on this thread, as JSON: an Error, or the text `null` where no call failed.
/// A call that works does not change it, and neither does this function.
///
/// @param out [out] the JSON text, without a NUL.
/// @param out_length [in, out] the room at `out`; then the size of the text. 2048 bytes do for nearly every error.
/// @return CM_OK; CM_C_BUFFER_TOO_SMALL, CM_C_NULL_POINTER, CM_C_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_last_error_json(out: *mut u8, out_length: *mut usize) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe { crate::call::enter_quietly(|call| call.output(out, out_length)?.write(last_error().as_bytes())) }
}

/// Writes client data: the bytes that a key credential signs.
///
/// @param options [in] JSON: `challenge` (required; text that is written as it is), `type` (`key.get`, which is the
///     default, or `key.create`), `profile` (whose bytes: `canonical`, which is the default, `docs-2024`,
///     `docs-unsorted`, `ts-keysigner`, `ts-keysigner-0.3`, `ts-browser`, `ts-browser-2026`, `ts-recovery-2024`,
///     `nextjs-recovery`, `nextjs-recovery-credential`, `python`, `example-scripts`, `go-v2`, `go-v1`, `go-v1-2023`,
///     `java`, `ion` or `dfns-api-gen`), `origin` (text), `cross_origin` (true or false).
/// @param options_length [in] its bytes.
/// @param out [out] the client data, without a NUL.
/// @param out_length [in, out] the room at `out`; then their size.
/// @return CM_OK; CM_ARGUMENT_..., CM_LIMIT_..., CM_JSON_...; CM_C_BUFFER_TOO_SMALL, CM_C_NULL_POINTER,
///     CM_C_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_client_data_encode(
    options: *const c_char,
    options_length: usize,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let options = call.json(options, options_length, "options")?;
            let out = call.output(out, out_length)?;
            out.write(encoded(options).about("options")?.as_bytes())
        })
    }
}

/// The client data that these options ask for.
fn encoded(options: &[u8]) -> CoreResult<String> {
    let mut options = Options::read(options)?;
    let challenge = options.text("challenge")?;
    let purpose = Use::parse(&options.text_or("type", "key.get")?)?;
    let profile = Profile::parse(&options.text_or("profile", "canonical")?)?;
    let origin = options.optional_text("origin")?;
    let cross_origin = options.optional_flag("cross_origin")?;
    options.finish()?;
    client_data::encode(profile, purpose, &challenge, origin.as_deref(), cross_origin)
}

/// Reads client data, strictly, and tells their `type` whatever it is: `key.get`, `key.create` or that of a passkey.
/// cm_assertion_verify() and cm_attestation_verify() judge it.
///
/// @param data [in] the bytes that were signed.
/// @param data_length [in] their count.
/// @param out [out] Client data as JSON, without a NUL.
/// @param out_length [in, out] the room at `out`; then the size of the text.
/// @return CM_OK; CM_JSON_..., CM_CLIENT_DATA_MISSING, CM_CLIENT_DATA_TYPE, CM_LIMIT_...; CM_C_BUFFER_TOO_SMALL,
///     CM_C_NULL_POINTER, CM_C_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_client_data_decode(
    data: *const u8,
    data_length: usize,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let data = call.bytes(data, data_length, "data", limits::JSON_TEXT)?;
            let out = call.output(out, out_length)?;
            out.write(client_data_json(&ClientData::decode(data).about("data")?).as_bytes())
        })
    }
}

/// The names of the profiles whose bytes these client data are, as cm_client_data_encode() has them.
///
/// @param data [in] the bytes that were signed.
/// @param data_length [in] their count.
/// @param out [out] a JSON list of texts, without a NUL; it may be empty.
/// @param out_length [in, out] the room at `out`; then the size of the text.
/// @return as cm_client_data_decode().
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_client_data_profiles(
    data: *const u8,
    data_length: usize,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let data = call.bytes(data, data_length, "data", limits::JSON_TEXT)?;
            let out = call.output(out, out_length)?;
            let names = client_data::matching_profiles(data).about("data")?;
            out.write(array(|out| names.iter().for_each(|name| out.json(&string(name)))).as_bytes())
        })
    }
}

/// The fingerprint that a new key credential signs: of its client data and of its public key. It reads neither of them:
/// whether they are client data and a key is for the caller to know, or for cm_attestation_verify() to tell.
///
/// @param client_data [in] the client data, of type `key.create`.
/// @param client_data_length [in] their bytes.
/// @param public_key_pem [in] the public key text, to the byte as it is registered.
/// @param public_key_pem_length [in] its bytes.
/// @param out [out] the bytes to sign, which are JSON, without a NUL.
/// @param out_length [in, out] the room at `out`; then their size.
/// @return CM_OK; CM_LIMIT_SIZE, CM_ARGUMENT_VALUE; CM_C_BUFFER_TOO_SMALL, CM_C_NULL_POINTER, CM_C_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_fingerprint(
    client_data: *const u8,
    client_data_length: usize,
    public_key_pem: *const c_char,
    public_key_pem_length: usize,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let client_data = call.bytes(client_data, client_data_length, "client_data", INPUT)?;
            let pem = call.text(public_key_pem, public_key_pem_length, "public_key_pem")?;
            let out = call.output(out, out_length)?;
            out.write(fingerprint::fingerprint(client_data, pem)?.as_bytes())
        })
    }
}

/// Makes the credential that registers a key: the key signs its own public key and the challenge. RSA keys sign with
/// PKCS #1 v1.5; a credential has no way to ask for PSS.
///
/// @param key [in] the private key.
/// @param options [in] JSON: `challenge` (required; text that is written as it is), `kind` (`Key`, which is the
///     default, `PasswordProtectedKey` or `RecoveryKey`), `credential_id` (text; 32 random bytes in base64url if it is
///     absent), `algorithm` (as for cm_signer_new()), `profile`, `origin`, `cross_origin` (as for
///     cm_client_data_encode()), `public_key_pem` (the text to register, if another than SPKI in PEM),
///     `attestation_order` (of the members of the attestation data: `docs`, which is the default, or `2026`),
///     `encrypted_private_key` (text that is stored with the credential; required for a `PasswordProtectedKey`, refused
///     for a `Key`, and where it holds PEM of a private key in the clear), `name` (text).
/// @param options_length [in] its bytes.
/// @param out [out] the credential as JSON, the `firstFactorCredential` of `POST /auth/registration`, without a NUL.
/// @param out_length [in, out] the room at `out`; then the size of the text. Where the room does not do for the longest
///     signature, nothing is signed and the size that does is told. 4096 bytes do for a usual one.
/// @return CM_OK; CM_ARGUMENT_..., CM_ALGORITHM_..., CM_LIMIT_..., CM_JSON_..., CM_KEY_...;
///     CM_C_BUFFER_TOO_SMALL, CM_C_HANDLE_INVALID, CM_C_NULL_POINTER, CM_C_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_credential_create(
    key: cm_private_key,
    options: *const c_char,
    options_length: usize,
    out: *mut u8,
    out_length: *mut usize,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let options = call.json(options, options_length, "options")?;
            let out = call.output(out, out_length)?;
            let key = handles::find::<PrivateKey>(key, "key")?;
            let public = key.public_key();
            let new = New::read(options).about("options")?;
            let encrypted = new.encrypted_private_key.as_deref();
            let prepared = new.registration.prepare(&public, &new.challenge, encrypted).about("options")?;
            let body = |signature: &[u8]| -> Result<String> {
                let info = new.registration.finish(&prepared, signature).about("options")?;
                Ok(new.body(&info))
            };
            out.require(body(&vec![0; most_signature(&key)])?.len())?;
            let signature = key.sign(prepared.fingerprint.as_bytes(), prepared.scheme)?;
            out.write(body(&signature)?.as_bytes())
        })
    }
}

/// A credential to be made.
struct New {
    challenge: String,
    registration: Registration,
    encrypted_private_key: Option<String>,
    name: Option<String>,
}

impl New {
    fn read(options: &[u8]) -> CoreResult<Self> {
        let mut options = Options::read(options)?;
        let encrypted_private_key = options.optional_text("encrypted_private_key")?;
        let name = options.optional_text("name")?;
        if name.as_deref() == Some("") {
            return Err(Error::new(Code::ArgumentValue, "name is empty").in_field("name"));
        }
        let challenge = options.text("challenge")?;
        let registration = Registration {
            kind: CredentialKind::parse(&options.text_or("kind", "Key")?)?,
            credential_id: match options.optional_text("credential_id")? {
                Some(id) => id,
                None => credential::random_credential_id()?,
            },
            algorithm: options.optional_text("algorithm")?,
            profile: Profile::parse(&options.text_or("profile", "canonical")?)?,
            origin: options.optional_text("origin")?,
            cross_origin: options.optional_flag("cross_origin")?,
            public_key_pem: options.optional_text("public_key_pem")?,
            order: Order::parse(&options.text_or("attestation_order", "docs")?, "attestation_order")?,
        };
        options.finish()?;
        Ok(Self { challenge, registration, encrypted_private_key, name })
    }

    fn body(&self, info: &credential::CredentialInfo) -> String {
        object(|out| {
            out.text("credentialKind", self.registration.kind.name());
            out.object("credentialInfo", |out| {
                out.text("credId", &info.credential_id);
                out.text("clientData", &info.client_data);
                out.text("attestationData", &info.attestation_data);
            });
            if let Some(encrypted) = &self.encrypted_private_key {
                out.text("encryptedPrivateKey", encrypted);
            }
            if let Some(name) = &self.name {
                out.text("credentialName", name);
            }
        })
    }
}
