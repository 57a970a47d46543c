//! What keys are read with, by itself, for test vectors: HMAC, PBKDF2, PBES2. No public module offers these.

use std::num::NonZeroU32;

use countermark_core::crypto::kdf::{self, Prf};
use countermark_core::crypto::mac::Hmac;
use countermark_core::error::{Code, Error};
use countermark_core::key::pbes2;
use countermark_core::limits;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::arguments::{data, number, secret_data, set_member};
use crate::call::detached;

#[pyfunction]
#[pyo3(signature = (hash, key, message, tag, length, /))]
pub(crate) fn hmac_verify(
    hash: &Bound<'_, PyAny>,
    key: &Bound<'_, PyAny>,
    message: &Bound<'_, PyAny>,
    tag: &Bound<'_, PyAny>,
    length: &Bound<'_, PyAny>,
) -> PyResult<()> {
    let py = hash.py();
    let hash = set_member(hash, "hash")?;
    let key = secret_data(key, "key", limits::DER)?;
    let (message, tag) = (data(message, "message")?, data(tag, "tag")?);
    let length = number(length, "length")?;
    detached(py, || Hmac::from_hash_name(&hash)?.verify(key.expose(), &message, &tag, length))
}

#[pyfunction]
#[pyo3(signature = (hash, password, salt, iterations, length, /))]
pub(crate) fn pbkdf2<'py>(
    hash: &Bound<'py, PyAny>,
    password: &Bound<'py, PyAny>,
    salt: &Bound<'py, PyAny>,
    iterations: &Bound<'py, PyAny>,
    length: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let py = hash.py();
    let hash = set_member(hash, "hash")?;
    let password = secret_data(password, "password", limits::PASSWORD)?;
    let salt = data(salt, "salt")?;
    let (iterations, length) = (number(iterations, "iterations")?, number(length, "length")?);
    let derived = detached(py, || {
        let refused = |field| Error::new(Code::ArgumentValue, "out of range for PBKDF2").in_field(field);
        let prf = Prf::from_hash_name(&hash)?;
        let iterations = u32::try_from(iterations).ok().filter(|count| *count <= limits::PBKDF2_ITERATIONS);
        let iterations = iterations.and_then(NonZeroU32::new).ok_or_else(|| refused("iterations"))?;
        if length == 0 || length > limits::DER {
            return Err(refused("length"));
        }
        Ok(kdf::pbkdf2(prf, password.expose(), &salt, iterations, length))
    })?;
    Ok(PyBytes::new(py, derived.expose()))
}

#[pyfunction]
#[pyo3(signature = (data, password, /))]
pub(crate) fn pbes2_decrypt<'py>(
    data: &Bound<'py, PyAny>,
    password: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyBytes>> {
    let py = data.py();
    let data = self::data(data, "data")?;
    let password = secret_data(password, "password", limits::PASSWORD)?;
    let plaintext = detached(py, || pbes2::decrypt(&data, password.expose()))?;
    Ok(PyBytes::new(py, plaintext.expose()))
}
