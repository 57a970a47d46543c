//! Trust anchors.

use std::ffi::c_char;
use std::sync::Arc;

use countermark_core::format::pem;
use countermark_core::limits;
use countermark_core::x509::anchors::Anchors;

use crate::call::{About, enter};
use crate::handles;
use crate::status::cm_status;

/// Certificates that attestations may lead to, as a handle.
pub type cm_trust_anchors = u64;

/// Makes trust anchors of certificates: roots, intermediates or leaves.
///
/// @param certificates [in] any number of certificates in PEM, or one in DER. Nothing at all makes a set to which no
///     attestation leads.
/// @param certificates_length [in] its bytes.
/// @param anchors [out] the handle, to be closed with cm_trust_anchors_close(); 0 where the call fails.
/// @return CM_OK; CM_PEM_..., CM_DER_..., CM_CERTIFICATE_..., CM_ALGORITHM_... (PEM of something else), CM_LIMIT_...;
///     CM_C_NULL_POINTER, CM_C_OVERLAP.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn cm_trust_anchors_new(
    certificates: *const c_char,
    certificates_length: usize,
    anchors: *mut cm_trust_anchors,
) -> cm_status {
    // SAFETY: the caller keeps the conventions of the header.
    unsafe {
        enter(|call| {
            let handle = call.handle(anchors, "anchors", &[(certificates.cast(), certificates_length)])?;
            let most = limits::PEM_CERTIFICATES;
            let data = call.raw_text(certificates, certificates_length, "certificates", most)?;
            let mut made = Anchors::new();
            // A DER certificate begins with the tag of a SEQUENCE, which no text of PEM does.
            if data.first() == Some(&0x30) {
                made.add_certificate(data).about("certificates")?;
            } else if !data.is_empty() {
                let read = pem::decode_certificates(data).about("certificates")?;
                read.iter().try_for_each(|der| made.add_certificate(der)).about("certificates")?;
            }
            handle.write(&[handles::keep(Arc::new(made))?])
        })
    }
}

/// Closes trust anchors. Calls that use them on other threads finish.
///
/// @param anchors [in] the handle.
/// @return CM_OK, CM_C_HANDLE_INVALID, CM_C_HANDLE_CLOSED.
#[unsafe(no_mangle)]
pub extern "C" fn cm_trust_anchors_close(anchors: cm_trust_anchors) -> cm_status {
    // SAFETY: no pointer is handed over.
    unsafe { enter(|_| handles::close::<Anchors>(anchors, "anchors")) }
}
