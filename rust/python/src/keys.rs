//! Keys as opaque handles.

use std::sync::{Arc, Mutex, PoisonError};

use countermark_core::crypto::digest::Digest;
use countermark_core::crypto::{Curve, RareHash, ecdsa_signature};
use countermark_core::error::{Code, Error, Result as CoreResult, quote};
use countermark_core::key::jwk::{Jwk, JwkValue};
use countermark_core::key::private_key::PrivateFormat;
use countermark_core::key::public_key::PublicFormat;
use countermark_core::key::signing::{Scheme, import_digest, parse_hash};
use countermark_core::key::{Algorithm, PrivateKey as CorePrivateKey, PublicKey as CorePublicKey};
use countermark_core::limits;
use countermark_core::secret::scrub_stack;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyString, PyTuple};

use crate::arguments::{
    data, flag, number, optional_text, password, secret_data, secret_text, set_member, text,
};
use crate::call::{call, detached, exception};
use crate::records::as_dict;

#[pyclass(frozen, module = "countermark._native")]
pub(crate) struct PrivateKey {
    // Locked only while the interpreter is held and only to copy or take the pointer, so that a fork never
    // finds it locked; a signature in flight keeps the key until it is done.
    key: Mutex<Option<Arc<CorePrivateKey>>>,
    public: Arc<CorePublicKey>,
}

impl PrivateKey {
    /// Makes or loads a key; what the libraries left of it on the stack is overwritten, also if they refused.
    fn made(py: Python<'_>, make: impl FnOnce() -> CoreResult<CorePrivateKey> + Send) -> PyResult<Self> {
        let key = detached(py, || {
            let made = make();
            scrub_stack();
            made
        })?;
        let public = Arc::new(key.public_key());
        Ok(Self { key: Mutex::new(Some(Arc::new(key))), public })
    }

    pub(crate) fn open(&self, py: Python<'_>) -> PyResult<Arc<CorePrivateKey>> {
        let key = self.key.lock().unwrap_or_else(PoisonError::into_inner).clone();
        key.ok_or_else(|| exception(py, &Error::new(Code::KeyClosed, "the private key is closed")))
    }

    pub(crate) fn public(&self) -> &CorePublicKey {
        &self.public
    }
}

#[pymethods]
impl PrivateKey {
    #[staticmethod]
    #[pyo3(signature = (algorithm, bits, /))]
    fn generate(algorithm: &Bound<'_, PyAny>, bits: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = algorithm.py();
        let algorithm = set_member(algorithm, "algorithm")?;
        let bits = number(bits, "bits")?;
        Self::made(py, || CorePrivateKey::generate(Algorithm::from_name(&algorithm)?, bits))
    }

    #[staticmethod]
    #[pyo3(signature = (data, password, /))]
    fn from_pem(data: &Bound<'_, PyAny>, password: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = data.py();
        let data = secret_text(data, "data", limits::PEM_TEXT)?;
        let password = self::password(password)?;
        let password = password.as_ref().map(|secret| secret.expose());
        Self::made(py, || CorePrivateKey::from_pem(data.expose(), password))
    }

    #[staticmethod]
    #[pyo3(signature = (data, password, /))]
    fn from_der(data: &Bound<'_, PyAny>, password: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = data.py();
        let data = secret_data(data, "data", limits::DER)?;
        let password = self::password(password)?;
        let password = password.as_ref().map(|secret| secret.expose());
        Self::made(py, || CorePrivateKey::from_der(data.expose(), password))
    }

    #[staticmethod]
    #[pyo3(signature = (jwk, /))]
    fn from_jwk(jwk: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = jwk.py();
        if let Some(members) = as_dict(jwk, "jwk")? {
            let jwk = jwk_members(&members);
            return Self::made(py, || CorePrivateKey::from_jwk(&jwk?));
        }
        let text = secret_text(jwk, "jwk", limits::JSON_TEXT)?;
        Self::made(py, || CorePrivateKey::from_jwk(&Jwk::from_json(text.expose())?))
    }

    #[getter]
    fn algorithm(&self) -> &'static str {
        self.public.algorithm().name()
    }

    #[getter]
    fn public_key(&self) -> PublicKey {
        PublicKey(Arc::clone(&self.public))
    }

    #[getter]
    fn closed(&self) -> bool {
        self.key.lock().unwrap_or_else(PoisonError::into_inner).is_none()
    }

    fn close(&self) {
        self.key.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    #[pyo3(signature = (message, hash, padding, /))]
    fn sign<'py>(
        &self,
        message: &Bound<'py, PyAny>,
        hash: &Bound<'py, PyAny>,
        padding: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let py = message.py();
        let message = data(message, "message")?;
        let scheme = scheme(hash, padding, self.public.algorithm())?;
        let key = self.open(py)?;
        let signature = detached(py, || key.sign(&message, scheme))?;
        Ok(PyBytes::new(py, &signature))
    }

    #[pyo3(signature = (digest, hash, padding, /))]
    fn sign_digest<'py>(
        &self,
        digest: &Bound<'py, PyAny>,
        hash: &Bound<'py, PyAny>,
        padding: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let py = digest.py();
        let digest = data(digest, "digest")?;
        let hash = text(hash, "hash")?;
        let scheme = scheme(&py.None().into_bound(py), padding, self.public.algorithm())?;
        let key = self.open(py)?;
        let signature =
            detached(py, || key.sign_digest(&import_digest(parse_hash(&hash)?, &digest)?, scheme))?;
        Ok(PyBytes::new(py, &signature))
    }

    #[pyo3(signature = (encoding, format, password, /))]
    fn export_private_key<'py>(
        &self,
        encoding: &Bound<'py, PyAny>,
        format: &Bound<'py, PyAny>,
        password: &Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let py = encoding.py();
        let encoding = text(encoding, "encoding")?;
        let format = text(format, "format")?;
        let password = self::password(password)?;
        let password = password.as_ref().map(|secret| secret.expose());
        let key = self.open(py)?;
        let exported = detached(py, || key.export(&encoding, PrivateFormat::parse(&format)?, password))?;
        Ok(PyBytes::new(py, exported.expose()))
    }
}

#[pyclass(frozen, module = "countermark._native")]
pub(crate) struct PublicKey(pub(crate) Arc<CorePublicKey>);

impl PublicKey {
    /// Loads a key. What it is given may be a private key by mistake, so copies of it are wiped here as well.
    fn read(py: Python<'_>, read: impl FnOnce() -> CoreResult<CorePublicKey> + Send) -> PyResult<Self> {
        let key = detached(py, || {
            let read = read();
            scrub_stack();
            read
        })?;
        Ok(Self(Arc::new(key)))
    }
}

#[pymethods]
impl PublicKey {
    #[staticmethod]
    #[pyo3(signature = (data, /))]
    fn from_pem(data: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = data.py();
        let data = secret_text(data, "data", limits::PEM_TEXT)?;
        Self::read(py, || CorePublicKey::from_pem(data.expose()))
    }

    #[staticmethod]
    #[pyo3(signature = (data, /))]
    fn from_der(data: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = data.py();
        let data = secret_data(data, "data", limits::DER)?;
        Self::read(py, || CorePublicKey::from_der(data.expose()))
    }

    #[staticmethod]
    #[pyo3(signature = (jwk, /))]
    fn from_jwk(jwk: &Bound<'_, PyAny>) -> PyResult<Self> {
        let py = jwk.py();
        if let Some(members) = as_dict(jwk, "jwk")? {
            let jwk = jwk_members(&members);
            return Self::read(py, || CorePublicKey::from_jwk(&jwk?));
        }
        let text = secret_text(jwk, "jwk", limits::JSON_TEXT)?;
        Self::read(py, || CorePublicKey::from_jwk(&Jwk::from_json(text.expose())?))
    }

    #[getter]
    fn algorithm(&self) -> &'static str {
        self.0.algorithm().name()
    }

    #[getter]
    fn curve(&self) -> Option<&'static str> {
        self.0.curve()
    }

    #[getter]
    fn bits(&self) -> usize {
        self.0.bits()
    }

    #[pyo3(signature = (format, /))]
    fn to_pem(&self, format: &Bound<'_, PyAny>) -> PyResult<String> {
        let py = format.py();
        let format = text(format, "format")?;
        call(py, || self.0.to_pem(PublicFormat::parse(&format)?))
    }

    #[pyo3(signature = (format, /))]
    fn to_der<'py>(&self, format: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyBytes>> {
        let py = format.py();
        let format = text(format, "format")?;
        Ok(PyBytes::new(py, &call(py, || self.0.to_der(PublicFormat::parse(&format)?))?))
    }

    fn to_jwk<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let members = PyDict::new(py);
        for (name, value) in self.0.to_jwk() {
            members.set_item(name, value)?;
        }
        Ok(members)
    }

    fn thumbprint<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.thumbprint())
    }

    fn fingerprint<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.fingerprint())
    }

    #[pyo3(signature = (message, signature, hash, padding, low_s, /))]
    fn verify(
        &self,
        message: &Bound<'_, PyAny>,
        signature: &Bound<'_, PyAny>,
        hash: &Bound<'_, PyAny>,
        padding: &Bound<'_, PyAny>,
        low_s: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let py = message.py();
        let message = data(message, "message")?;
        let signature = data(signature, "signature")?;
        let rare = rare_hash(hash)?;
        let scheme = match rare {
            Some(_) => scheme(&py.None().into_bound(py), padding, self.0.algorithm())?,
            None => scheme(hash, padding, self.0.algorithm())?,
        };
        let low_s = flag(low_s, "low_s")?;
        detached(py, || match rare {
            Some(hash) => {
                let digest = hash.digest(&message);
                self.0.verify_rare_digest((hash, scheme.padding), &digest, &signature, low_s)
            }
            None => self.0.verify(&message, &signature, scheme, low_s),
        })
    }

    #[pyo3(signature = (digest, signature, hash, padding, low_s, /))]
    fn verify_digest(
        &self,
        digest: &Bound<'_, PyAny>,
        signature: &Bound<'_, PyAny>,
        hash: &Bound<'_, PyAny>,
        padding: &Bound<'_, PyAny>,
        low_s: &Bound<'_, PyAny>,
    ) -> PyResult<()> {
        let py = digest.py();
        let digest = data(digest, "digest")?;
        let signature = data(signature, "signature")?;
        let rare = rare_hash(hash)?;
        let hash = text(hash, "hash")?;
        let scheme = scheme(&py.None().into_bound(py), padding, self.0.algorithm())?;
        let low_s = flag(low_s, "low_s")?;
        detached(py, || {
            if let Some(rare) = rare {
                return self.0.verify_rare_digest((rare, scheme.padding), &digest, &signature, low_s);
            }
            let digest = import_digest(parse_hash(&hash)?, &digest)?;
            self.0.verify_digest(&digest, &signature, scheme, low_s)
        })
    }
}

/// The hash that only verifies; None where the argument names none of those.
fn rare_hash(hash: &Bound<'_, PyAny>) -> PyResult<Option<RareHash>> {
    Ok(optional_text(hash, "hash")?.and_then(|name| RareHash::from_name(&name)))
}

pub(crate) fn scheme(
    hash: &Bound<'_, PyAny>,
    padding: &Bound<'_, PyAny>,
    key: Algorithm,
) -> PyResult<Scheme> {
    if hash.is_none() && padding.is_none() {
        return Ok(Scheme::default());
    }
    let hash_name = optional_text(hash, "hash")?;
    let padding_name = optional_text(padding, "padding")?;
    call(hash.py(), || Scheme::parse(hash_name.as_deref(), padding_name.as_deref(), key))
}

/// The members of a mapping, for the core to judge.
fn jwk_members(dict: &Bound<'_, PyDict>) -> Result<Jwk<'static>, Error> {
    if dict.len() > limits::JSON_MEMBERS {
        let message = format!("the JWK has more than {} members", limits::JSON_MEMBERS);
        return Err(Error::new(Code::LimitCount, message));
    }
    let mut members = Vec::new();
    // A list of its own: code that runs while we look may change the dict.
    for item in dict.items().iter() {
        let (name, value) =
            item.extract::<(Bound<'_, PyAny>, Bound<'_, PyAny>)>().map_err(|_| bad_member_name())?;
        let name = name.cast::<PyString>().map_err(|_| bad_member_name())?;
        let name = name.to_str().map_err(|_| bad_member_name())?;
        members.push((name.to_owned().into(), jwk_value(&value)));
    }
    Ok(Jwk::new(members))
}

fn bad_member_name() -> Error {
    Error::new(Code::JwkType, "a member name of the JWK is not text")
}

fn jwk_value(value: &Bound<'_, PyAny>) -> JwkValue<'static> {
    let text = |value: &Bound<'_, PyAny>| -> Option<String> {
        value.cast::<PyString>().ok()?.to_str().ok().map(str::to_owned)
    };
    let texts = |items: &mut dyn Iterator<Item = Bound<'_, PyAny>>| {
        let list = items.map(|item| text(&item).map(Into::into)).collect::<Option<Vec<_>>>();
        list.map_or(JwkValue::Other, JwkValue::TextList)
    };
    if let Some(text) = text(value) {
        JwkValue::Text(text.into())
    } else if let Ok(list) = value.cast::<PyList>() {
        texts(&mut list.iter())
    } else if let Ok(tuple) = value.cast::<PyTuple>() {
        texts(&mut tuple.iter())
    } else {
        JwkValue::Other
    }
}

#[pyfunction]
pub(crate) fn algorithms() -> Vec<&'static str> {
    Algorithm::ALL.into_iter().map(Algorithm::name).collect()
}

fn curve(name: &str) -> Result<Curve, Error> {
    Curve::from_name(name)
        .ok_or_else(|| Error::new(Code::AlgorithmCurve, format!("{} is not a curve we know", quote(name))))
}

#[pyfunction]
#[pyo3(signature = (signature, curve, /))]
pub(crate) fn ecdsa_raw_to_der<'py>(
    signature: &Bound<'py, PyAny>,
    curve: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let py = signature.py();
    let signature = data(signature, "signature")?;
    let name = set_member(curve, "curve")?;
    Ok(PyBytes::new(py, &call(py, || ecdsa_signature::raw_to_der(&signature, self::curve(&name)?))?))
}

#[pyfunction]
#[pyo3(signature = (signature, curve, /))]
pub(crate) fn ecdsa_der_to_raw<'py>(
    signature: &Bound<'py, PyAny>,
    curve: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let py = signature.py();
    let signature = data(signature, "signature")?;
    let name = set_member(curve, "curve")?;
    Ok(PyBytes::new(py, &call(py, || ecdsa_signature::der_to_raw(&signature, self::curve(&name)?))?))
}

#[pyfunction]
#[pyo3(signature = (hash, data, /))]
pub(crate) fn digest<'py>(
    hash: &Bound<'py, PyAny>,
    data: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let py = data.py();
    let name = text(hash, "hash")?;
    let data = self::data(data, "data")?;
    let digest = detached(py, || Ok(Digest::of(parse_hash(&name)?, &data)))?;
    Ok(PyBytes::new(py, digest.bytes()))
}
