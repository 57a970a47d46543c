//! Signing challenges: the path that services take thousands of times a second.

use std::sync::Arc;

use countermark_core::dfns::assertion::Signing;
use countermark_core::dfns::{CredentialKind, Profile, challenge};
use countermark_core::error::{Code, Error, Result as CoreResult};
use countermark_core::format::record::CHALLENGE;
use countermark_core::key::signing::Scheme;
use countermark_core::key::{PrivateKey as CorePrivateKey, PublicKey as CorePublicKey};
use countermark_core::limits;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBytes, PyDict, PyList, PyString};

use crate::arguments::{data, flag, optional_flag, optional_set_member, optional_text, text};
use crate::call::{call, detached, exception};
use crate::keys::{PrivateKey, PublicKey, scheme};
use crate::records::Source;

/// How a credential signs, with its own key or with a signer outside.
#[pyclass(frozen, module = "countermark._native")]
pub(crate) struct KeySigner {
    signing: Arc<Signing>,
    key: Option<Py<PrivateKey>>,
    public: Arc<CorePublicKey>,
    credential_id: Py<PyString>,
    reported_kind: Py<PyString>,
}

#[pymethods]
impl KeySigner {
    #[new]
    #[pyo3(signature = (key, credential_id, kind, report_kind, algorithm, padding, profile, origin, cross_origin, /))]
    #[allow(clippy::too_many_arguments, reason = "one for each argument of the Python class")]
    fn new(
        key: &Bound<'_, PyAny>,
        credential_id: &Bound<'_, PyAny>,
        kind: &Bound<'_, PyAny>,
        report_kind: &Bound<'_, PyAny>,
        algorithm: &Bound<'_, PyAny>,
        padding: &Bound<'_, PyAny>,
        profile: &Bound<'_, PyAny>,
        origin: &Bound<'_, PyAny>,
        cross_origin: &Bound<'_, PyAny>,
    ) -> PyResult<Self> {
        let py = key.py();
        let id = text(credential_id, "credential_id")?;
        let kind = text(kind, "kind")?;
        let report_kind = optional_text(report_kind, "report_kind")?;
        let algorithm = optional_set_member(algorithm, "algorithm")?;
        let profile = text(profile, "profile")?;
        let origin = optional_text(origin, "app_origin")?;
        let cross_origin = optional_flag(cross_origin, "cross_origin")?;
        let (key, public) = match key.cast::<PrivateKey>() {
            Ok(key) => (Some(key.clone().unbind()), Arc::new(key.get().public().clone())),
            Err(_) => (None, Arc::clone(&key.cast::<PublicKey>()?.get().0)),
        };
        let padding = scheme(py.None().bind(py), padding, public.algorithm())?.padding;
        let signing = call(py, || {
            let kind = CredentialKind::parse(&kind)?;
            let signing = Signing {
                credential_id: id.to_string(),
                kind,
                reported_kind: report_kind.as_deref().map_or(Ok(kind), CredentialKind::parse)?,
                algorithm: algorithm.as_deref().map(str::to_owned),
                scheme: Scheme::default(),
                profile: Profile::parse(&profile)?,
                origin: origin.as_deref().map(str::to_owned),
                cross_origin,
            };
            signing.check(public.algorithm(), padding)
        })?;
        let credential_id = PyString::new(py, &signing.credential_id).unbind();
        let reported_kind = PyString::new(py, signing.reported_kind.name()).unbind();
        Ok(Self { signing: Arc::new(signing), key, public, credential_id, reported_kind })
    }

    /// The name of the hash of the digest that a signer of digests is given; None for EdDSA.
    #[getter]
    fn hash(&self) -> Option<&'static str> {
        self.signing.hash().map(countermark_core::crypto::Hash::name)
    }

    #[pyo3(signature = (challenge, /))]
    fn sign<'py>(&self, challenge: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyDict>> {
        let py = challenge.py();
        let challenge = self.accept(challenge)?;
        let client_data = call(py, || self.signing.client_data(&challenge))?;
        let key = self.open(py)?;
        let signature = detached(py, || key.sign(client_data.as_bytes(), self.signing.scheme))?;
        self.assertion(py, client_data.as_bytes(), &signature)
    }

    /// The client data to sign, if the challenge allows this credential.
    #[pyo3(signature = (challenge, /))]
    fn prepare<'py>(&self, challenge: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
        let py = challenge.py();
        let challenge = self.accept(challenge)?;
        let client_data = call(py, || self.signing.client_data(&challenge))?;
        Ok(PyBytes::new(py, client_data.as_bytes()))
    }

    /// The assertion with a signature made outside, once that verifies.
    #[pyo3(signature = (client_data, signature, raw, /))]
    fn finish<'py>(
        &self,
        client_data: &Bound<'py, PyAny>,
        signature: &Bound<'py, PyAny>,
        raw: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyDict>> {
        let py = client_data.py();
        let client_data = data(client_data, "client_data")?;
        let given = data(signature, "signature")?;
        let raw = flag(raw, "raw")?;
        let signature = detached(py, || {
            let signature = self.public.wire_signature(&given, raw).map_err(outside)?;
            self.public.verify(&client_data, &signature, self.signing.scheme, false).map_err(outside)?;
            Ok(signature)
        })?;
        self.assertion(py, &client_data, &signature)
    }
}

impl KeySigner {
    /// The key, which a signer outside does not have.
    pub(crate) fn open(&self, py: Python<'_>) -> PyResult<Arc<CorePrivateKey>> {
        let Some(key) = &self.key else {
            let error = Error::new(Code::Internal, "a signer outside was asked for a signature in here");
            return Err(exception(py, &error));
        };
        key.get().open(py)
    }

    /// How it signs.
    pub(crate) fn signing(&self) -> Arc<Signing> {
        Arc::clone(&self.signing)
    }

    /// The text to sign. Plain dicts and lists, which is what JSON gives, are asked directly; anything else,
    /// and everything that is not simply allowed, goes through the core.
    pub(crate) fn accept(&self, value: &Bound<'_, PyAny>) -> PyResult<PyBackedStr> {
        if let Some(text) = self.plainly_allowed(value) {
            return Ok(text);
        }
        let py = value.py();
        let mut source = Source::new(value, "challenge", &CHALLENGE)?;
        let accepted = call(py, || -> CoreResult<String> {
            let record = source.take()?;
            challenge::accept(&record, self.signing.kind, &self.signing.credential_id).map(str::to_owned)
        })?;
        PyBackedStr::try_from(PyString::new(py, &accepted))
    }

    fn plainly_allowed(&self, value: &Bound<'_, PyAny>) -> Option<PyBackedStr> {
        let py = value.py();
        let challenge = value.cast_exact::<PyDict>().ok()?;
        if challenge.len() > limits::JSON_MEMBERS {
            return None;
        }
        let list = match self.signing.kind {
            CredentialKind::RecoveryKey => {
                challenge.get_item(intern!(py, "allowedRecoveryCredentials")).ok()??
            }
            CredentialKind::Key => allow_list(challenge, intern!(py, "key"))?,
            CredentialKind::PasswordProtectedKey => {
                allow_list(challenge, intern!(py, "passwordProtectedKey"))?
            }
        };
        let list = list.cast_exact::<PyList>().ok()?;
        challenge::check_count(list.len(), "allowCredentials").ok()?;
        let own = self.credential_id.bind(py);
        let mut allowed = false;
        for entry in list.iter() {
            let id = entry.cast_exact::<PyDict>().ok()?.get_item(intern!(py, "id")).ok()??;
            let id = id.cast_exact::<PyString>().ok()?;
            allowed |= id.is(own) || id.to_str().ok()? == self.signing.credential_id;
        }
        let text = challenge.get_item(intern!(py, "challenge")).ok()??;
        let text = PyBackedStr::try_from(text.cast_exact::<PyString>().ok()?.clone()).ok()?;
        allowed.then_some(text)
    }

    fn assertion<'py>(
        &self,
        py: Python<'py>,
        client_data: &[u8],
        signature: &[u8],
    ) -> PyResult<Bound<'py, PyDict>> {
        let profile = self.signing.profile;
        self.assertion_of(py, &profile.to_base64url(client_data), &profile.to_base64url(signature))
    }

    /// The assertion of client data and a signature that are encoded already.
    pub(crate) fn assertion_of<'py>(
        &self,
        py: Python<'py>,
        client_data: &str,
        signature: &str,
    ) -> PyResult<Bound<'py, PyDict>> {
        let inner = PyDict::new(py);
        inner.set_item(intern!(py, "credId"), &self.credential_id)?;
        inner.set_item(intern!(py, "clientData"), client_data)?;
        inner.set_item(intern!(py, "signature"), signature)?;
        if let Some(algorithm) = &self.signing.algorithm {
            inner.set_item(intern!(py, "algorithm"), algorithm)?;
        }
        let assertion = PyDict::new(py);
        assertion.set_item(intern!(py, "kind"), &self.reported_kind)?;
        assertion.set_item(intern!(py, "credentialAssertion"), inner)?;
        Ok(assertion)
    }
}

/// The same refusal, said of the signer whose fault it is.
pub(crate) fn outside(error: Error) -> Error {
    if error.code() != Code::SignatureInvalid {
        return error;
    }
    let message = "the outside signer's signature is not of the form it declares, or not by its public key";
    Error::new(Code::SignatureInvalid, message)
}

fn allow_list<'py>(challenge: &Bound<'py, PyDict>, kind: &Bound<'py, PyString>) -> Option<Bound<'py, PyAny>> {
    let py = challenge.py();
    let lists = challenge.get_item(intern!(py, "allowCredentials")).ok()??;
    lists.cast_exact::<PyDict>().ok()?.get_item(kind).ok()?
}
