//! Client data, fingerprints, and the making of credentials.

use countermark_core::dfns::client_data::{self, ClientData};
use countermark_core::dfns::credential::{self, Prepared, Registration};
use countermark_core::dfns::fingerprint::{self as core_fingerprint, Order};
use countermark_core::dfns::profile::{PROFILES, Use};
use countermark_core::dfns::{CredentialKind, Profile};
use countermark_core::limits;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::arguments::{bounded_data, data, flag, optional_flag, optional_set_member, optional_text, text};
use crate::call::{call, detached};
use crate::keys::{PrivateKey, PublicKey};
use crate::signer::outside;

/// type, challenge, origin, crossOrigin, the bytes
pub(crate) type ClientDataParts<'py> = (String, String, Option<String>, Option<bool>, Bound<'py, PyBytes>);

pub(crate) fn parts(py: Python<'_>, data: ClientData) -> ClientDataParts<'_> {
    (data.kind, data.challenge, data.origin, data.cross_origin, PyBytes::new(py, &data.raw))
}

#[pyfunction]
#[pyo3(signature = (challenge, purpose, profile, origin, cross_origin, /))]
pub(crate) fn client_data_encode<'py>(
    challenge: &Bound<'py, PyAny>,
    purpose: &Bound<'py, PyAny>,
    profile: &Bound<'py, PyAny>,
    origin: &Bound<'py, PyAny>,
    cross_origin: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let (_, encoded) = encoded(challenge, purpose, profile, origin, cross_origin)?;
    Ok(PyBytes::new(challenge.py(), encoded.as_bytes()))
}

#[pyfunction]
#[pyo3(signature = (challenge, purpose, profile, origin, cross_origin, /))]
pub(crate) fn client_data_encode_b64u(
    challenge: &Bound<'_, PyAny>,
    purpose: &Bound<'_, PyAny>,
    profile: &Bound<'_, PyAny>,
    origin: &Bound<'_, PyAny>,
    cross_origin: &Bound<'_, PyAny>,
) -> PyResult<String> {
    let (profile, encoded) = encoded(challenge, purpose, profile, origin, cross_origin)?;
    Ok(profile.to_base64url(encoded.as_bytes()))
}

fn encoded(
    challenge: &Bound<'_, PyAny>,
    purpose: &Bound<'_, PyAny>,
    profile: &Bound<'_, PyAny>,
    origin: &Bound<'_, PyAny>,
    cross_origin: &Bound<'_, PyAny>,
) -> PyResult<(&'static Profile, String)> {
    let py = challenge.py();
    let challenge = text(challenge, "challenge")?;
    let purpose = text(purpose, "type")?;
    let profile = text(profile, "profile")?;
    let origin = optional_text(origin, "origin")?;
    let cross_origin = optional_flag(cross_origin, "cross_origin")?;
    call(py, || {
        let (purpose, profile) = (Use::parse(&purpose)?, Profile::parse(&profile)?);
        let encoded = client_data::encode(profile, purpose, &challenge, origin.as_deref(), cross_origin)?;
        Ok((profile, encoded))
    })
}

#[pyfunction]
#[pyo3(signature = (data, /))]
pub(crate) fn client_data_decode<'py>(data: &Bound<'py, PyAny>) -> PyResult<ClientDataParts<'py>> {
    let py = data.py();
    let data = bounded_data(data, "data", limits::JSON_TEXT)?;
    Ok(parts(py, call(py, || ClientData::decode(&data))?))
}

#[pyfunction]
#[pyo3(signature = (data, /))]
pub(crate) fn match_profiles(data: &Bound<'_, PyAny>) -> PyResult<Vec<&'static str>> {
    let bytes = bounded_data(data, "data", limits::JSON_TEXT)?;
    call(data.py(), || client_data::matching_profiles(&bytes))
}

#[pyfunction]
pub(crate) fn client_data_profiles() -> Vec<(&'static str, bool)> {
    PROFILES.iter().map(|profile| (profile.name, profile.padded)).collect()
}

#[pyfunction]
#[pyo3(signature = (client_data, public_key_pem, /))]
pub(crate) fn fingerprint<'py>(
    client_data: &Bound<'py, PyAny>,
    public_key_pem: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let py = client_data.py();
    let client_data = data(client_data, "client_data")?;
    let pem = text(public_key_pem, "public_key_pem")?;
    let built = call(py, || core_fingerprint::fingerprint(&client_data, &pem))?;
    Ok(PyBytes::new(py, built.as_bytes()))
}

#[pyfunction]
#[pyo3(signature = (public_key_pem, signature, algorithm, order, /))]
pub(crate) fn encode_attestation_data<'py>(
    public_key_pem: &Bound<'py, PyAny>,
    signature: &Bound<'py, PyAny>,
    algorithm: &Bound<'py, PyAny>,
    order: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let py = signature.py();
    let pem = text(public_key_pem, "public_key_pem")?;
    let signature = data(signature, "signature")?;
    let algorithm = optional_set_member(algorithm, "algorithm")?;
    let order = text(order, "order")?;
    let built = call(py, || {
        let order = Order::parse(&order, "order")?;
        core_fingerprint::attestation_data(&pem, &signature, algorithm.as_deref(), order)
    })?;
    Ok(PyBytes::new(py, built.as_bytes()))
}

#[pyfunction]
pub(crate) fn random_credential_id(py: Python<'_>) -> PyResult<String> {
    call(py, credential::random_credential_id)
}

#[pyfunction]
#[pyo3(signature = (public_key, /))]
pub(crate) fn credential_id_from_key(public_key: &Bound<'_, PublicKey>) -> String {
    credential::credential_id_from_key(&public_key.get().0)
}

/// A credential whose fingerprint is yet to be signed.
#[pyclass(frozen, module = "countermark._native")]
pub(crate) struct PreparedCredential {
    registration: Registration,
    prepared: Prepared,
    public: PublicKey,
}

#[pymethods]
impl PreparedCredential {
    /// The bytes to sign.
    #[getter]
    fn payload<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, self.prepared.fingerprint.as_bytes())
    }

    /// The name of the hash to sign them with; None for EdDSA.
    #[getter]
    fn hash(&self) -> Option<&'static str> {
        self.prepared.scheme.hash.map(countermark_core::crypto::Hash::name)
    }
}

#[pyfunction]
#[pyo3(signature = (
    public_key, challenge, kind, credential_id, algorithm, profile, origin, cross_origin, public_key_pem,
    order, encrypted_private_key, /
))]
#[allow(clippy::too_many_arguments, reason = "one for each argument of the Python function")]
pub(crate) fn create_credential_prepare(
    public_key: &Bound<'_, PublicKey>,
    challenge: &Bound<'_, PyAny>,
    kind: &Bound<'_, PyAny>,
    credential_id: &Bound<'_, PyAny>,
    algorithm: &Bound<'_, PyAny>,
    profile: &Bound<'_, PyAny>,
    origin: &Bound<'_, PyAny>,
    cross_origin: &Bound<'_, PyAny>,
    public_key_pem: &Bound<'_, PyAny>,
    order: &Bound<'_, PyAny>,
    encrypted_private_key: &Bound<'_, PyAny>,
) -> PyResult<PreparedCredential> {
    let py = challenge.py();
    let challenge = text(challenge, "challenge")?;
    let kind = text(kind, "kind")?;
    let credential_id = optional_text(credential_id, "credential_id")?;
    let algorithm = optional_set_member(algorithm, "algorithm")?;
    let profile = text(profile, "profile")?;
    let origin = optional_text(origin, "origin")?;
    let cross_origin = optional_flag(cross_origin, "cross_origin")?;
    let public_key_pem = optional_text(public_key_pem, "public_key_pem")?;
    let order = text(order, "attestation_order")?;
    let encrypted_private_key = optional_text(encrypted_private_key, "encrypted_private_key")?;
    let public = PublicKey(std::sync::Arc::clone(&public_key.get().0));
    call(py, || {
        let registration = Registration {
            kind: CredentialKind::parse(&kind)?,
            credential_id: match &credential_id {
                Some(id) => id.to_string(),
                None => credential::random_credential_id()?,
            },
            algorithm: algorithm.as_deref().map(str::to_owned),
            profile: Profile::parse(&profile)?,
            origin: origin.as_deref().map(str::to_owned),
            cross_origin,
            public_key_pem: public_key_pem.as_deref().map(str::to_owned),
            order: Order::parse(&order, "attestation_order")?,
        };
        let prepared = registration.prepare(&public.0, &challenge, encrypted_private_key.as_deref())?;
        Ok(PreparedCredential { registration, prepared, public })
    })
}

/// Signs with a key of ours, or takes the signature of a signer outside, and gives credId, clientData and
/// attestationData.
#[pyfunction]
#[pyo3(signature = (prepared, signer, raw, /))]
pub(crate) fn create_credential_finish(
    prepared: &Bound<'_, PreparedCredential>,
    signer: &Bound<'_, PyAny>,
    raw: &Bound<'_, PyAny>,
) -> PyResult<(String, String, String)> {
    let py = prepared.py();
    let made = prepared.get();
    let payload = made.prepared.fingerprint.as_bytes();
    let scheme = made.prepared.scheme;
    let signature = if let Ok(key) = signer.cast::<PrivateKey>() {
        let key = key.get().open(py)?;
        detached(py, || key.sign(payload, scheme))?
    } else {
        let given = data(signer, "signature")?;
        let raw = flag(raw, "raw")?;
        let public = &made.public.0;
        detached(py, || {
            let signature = public.wire_signature(&given, raw).map_err(outside)?;
            public.verify(payload, &signature, scheme, false).map_err(outside)?;
            Ok(signature)
        })?
    };
    let info = call(py, || made.registration.finish(&made.prepared, &signature))?;
    Ok((info.credential_id, info.client_data, info.attestation_data))
}
