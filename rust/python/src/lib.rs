//! `countermark._native`: the Python door. Every function converts its arguments, calls the core, and maps
//! what comes back; nothing is decided here. Types are in `_native.pyi`, documentation in the Python modules.

mod arguments;
mod audit;
mod batch;
mod call;
mod dfns;
mod format;
mod keys;
mod records;
mod signer;
mod verification;
mod webauthn;

use pyo3::prelude::*;

#[pymodule]
mod _native {
    #[pymodule_export]
    use super::audit::judge_audit_record;
    #[pymodule_export]
    use super::batch::columns::FlatBytes;
    #[pymodule_export]
    use super::batch::signatures::{sign_challenges, sign_many, sign_many_flat, verify_many};
    #[pymodule_export]
    use super::batch::verdicts::{
        verify_assertions, verify_audit_records, verify_authentications, verify_registrations,
    };
    #[pymodule_export]
    use super::dfns::{
        PreparedCredential, client_data_decode, client_data_encode, client_data_encode_b64u,
        client_data_profiles, create_credential_finish, create_credential_prepare, credential_id_from_key,
        encode_attestation_data, fingerprint, match_profiles, random_credential_id,
    };
    #[pymodule_export]
    use super::format::{base64url_decode, base64url_encode, error_codes, hex_decode, pem_decode};
    #[pymodule_export]
    use super::keys::{PrivateKey, PublicKey, algorithms, digest, ecdsa_der_to_raw, ecdsa_raw_to_der};
    #[pymodule_export]
    use super::signer::KeySigner;
    #[pymodule_export]
    use super::verification::{judge_assertion, judge_attestation};
    #[pymodule_export]
    use super::webauthn::cbor::{cbor_decode, cbor_diagnostic, cbor_encode};
    #[pymodule_export]
    use super::webauthn::ceremonies::{
        judge_authentication, judge_registration, verify_assertion_signature, verify_attestation_statement,
    };
    #[pymodule_export]
    use super::webauthn::certificates::{Certificate, TrustAnchors, parse_certificate, validate_path};
    #[pymodule_export]
    use super::webauthn::cose::CosePublicKey;
    #[pymodule_export]
    use super::webauthn::metadata::{Metadata, MetadataEntry};
    #[pymodule_export]
    use super::webauthn::parsed::{
        AttestationObject, AuthenticatorData, parse_attestation_object, parse_authenticator_data,
    };

    use pyo3::prelude::*;

    #[pymodule_init]
    fn init(module: &Bound<'_, PyModule>) -> PyResult<()> {
        super::refuse_sub_interpreters()?;
        super::close_gate_at_fork();
        module.add("__version__", env!("CARGO_PKG_VERSION"))
    }
}

/// Classes and interned objects are kept once for the process, so they may belong to one interpreter only.
fn refuse_sub_interpreters() -> PyResult<()> {
    // SAFETY: the thread is attached to an interpreter, since a module is being initialised in it; both calls
    // only read, and the pointer is not kept.
    let id = unsafe { pyo3::ffi::PyInterpreterState_GetID(pyo3::ffi::PyInterpreterState_Get()) };
    if id == 0 {
        return Ok(());
    }
    Err(pyo3::exceptions::PyImportError::new_err("countermark cannot be imported in a sub-interpreter"))
}

/// Registers the fork gate once for this process.
fn close_gate_at_fork() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        #[cfg(unix)]
        {
            use countermark_core::crypto::gate;
            extern "C" fn before() {
                gate::before_fork();
            }
            extern "C" fn in_parent() {
                gate::after_fork_in_parent();
            }
            extern "C" fn in_child() {
                gate::after_fork_in_child();
                crate::batch::threads::after_fork_in_child();
            }
            // SAFETY: the three handlers are plain functions of this library that touch atomic words,
            // allocate nothing and cannot unwind; the library is never unloaded, since Python does not
            // unload extension modules. The only failure is lack of memory, which leaves forking as it was.
            let _ = unsafe { libc::pthread_atfork(Some(before), Some(in_parent), Some(in_child)) };
        }
    });
}
