//! Many signatures at once: made, verified, and made for challenges.

use std::sync::Arc;

use countermark_core::error::{Code, Error};
use countermark_core::key::PublicKey as CorePublicKey;
use countermark_core::key::signing::{Scheme, parse_hash};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedStr;
use pyo3::types::{PyBytes, PyList};

use super::columns::{Cell, Column};
use super::{many, threads, verdict};
use crate::arguments::{flag, optional_text};
use crate::call::{call, exception};
use crate::keys::{PrivateKey, PublicKey, scheme};
use crate::signer::KeySigner;

/// A list of signatures and errors.
#[pyfunction]
#[pyo3(signature = (key, messages, hash, padding, threads, /))]
pub(crate) fn sign_many<'py>(
    key: &Bound<'py, PrivateKey>,
    messages: &Bound<'py, PyAny>,
    hash: &Bound<'py, PyAny>,
    padding: &Bound<'py, PyAny>,
    threads: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyList>> {
    let py = key.py();
    let signed = PyList::empty(py);
    for result in sign(key, messages, hash, padding, threads)? {
        match result {
            Ok(signature) => signed.append(PyBytes::new(py, &signature))?,
            Err(error) => signed.append(verdict(py, error)?)?,
        }
    }
    Ok(signed)
}

/// The signatures one after the other, the offsets as int64 in the order of the machine, and (place, error) for
/// every item that has none.
#[pyfunction]
#[pyo3(signature = (key, messages, hash, padding, threads, /))]
pub(crate) fn sign_many_flat<'py>(
    key: &Bound<'py, PrivateKey>,
    messages: &Bound<'py, PyAny>,
    hash: &Bound<'py, PyAny>,
    padding: &Bound<'py, PyAny>,
    threads: &Bound<'py, PyAny>,
) -> PyResult<(Bound<'py, PyBytes>, Bound<'py, PyBytes>, Bound<'py, PyList>)> {
    let py = key.py();
    let errors = PyList::empty(py);
    let mut bytes = Vec::new();
    let mut offsets = 0_u64.to_ne_bytes().to_vec();
    for (place, result) in sign(key, messages, hash, padding, threads)?.enumerate() {
        match result {
            Ok(signature) => bytes.extend_from_slice(&signature),
            Err(error) => errors.append((place, verdict(py, error)?))?,
        }
        let end = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        offsets.extend_from_slice(&end.to_ne_bytes());
    }
    Ok((PyBytes::new(py, &bytes), PyBytes::new(py, &offsets), errors))
}

fn sign<'py>(
    key: &Bound<'py, PrivateKey>,
    messages: &Bound<'py, PyAny>,
    hash: &Bound<'py, PyAny>,
    padding: &Bound<'py, PyAny>,
    threads: &Bound<'py, PyAny>,
) -> PyResult<impl Iterator<Item = PyResult<Vec<u8>>>> {
    let py = key.py();
    let threads = threads::threads(threads)?;
    let scheme = scheme(hash, padding, key.get().public().algorithm())?;
    let key = key.get().open(py)?;
    let messages = Column::new(messages)?;
    let count = messages.len();
    let cells = (0..count).map(move |place| messages.cell(py, place, "message"));
    let signed =
        many(py, threads, count, cells, move |message: &mut Cell| key.sign(message.bytes(), scheme))?;
    Ok(signed.map(|(_, result)| result))
}

/// What is verified against what.
struct Signed {
    key: Arc<CorePublicKey>,
    message: Cell,
    signature: Cell,
}

/// A list of None and errors. `keys` is one key, or a list of keys and errors that is as long as the columns.
#[pyfunction]
#[pyo3(signature = (keys, messages, signatures, hash, padding, low_s, threads, /))]
#[allow(clippy::too_many_arguments, reason = "one for each argument of the Python function")]
pub(crate) fn verify_many<'py>(
    keys: &Bound<'py, PyAny>,
    messages: &Bound<'py, PyAny>,
    signatures: &Bound<'py, PyAny>,
    hash: &Bound<'py, PyAny>,
    padding: &Bound<'py, PyAny>,
    low_s: &Bound<'py, PyAny>,
    threads: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyList>> {
    let py = keys.py();
    let threads = threads::threads(threads)?;
    let low_s = flag(low_s, "low_s")?;
    let (hash, padding) = (optional_text(hash, "hash")?, optional_text(padding, "padding")?);
    // Whether a key has this choice is asked of each; that the names exist, once.
    let scheme = call(py, || {
        let hash = hash.as_deref().map(parse_hash).transpose()?;
        Ok(Scheme { hash, padding: Scheme::parse_padding(padding.as_deref())? })
    })?;
    let (messages, signatures) = (Column::new(messages)?, Column::new(signatures)?);
    let count = messages.len();
    let one = keys.cast::<PublicKey>().ok().map(|key| Arc::clone(&key.get().0));
    let each = if one.is_some() { None } else { Some(keys.cast::<PyList>()?) };
    if signatures.len() != count || each.is_some_and(|keys| keys.len() != count) {
        let message = "there must be as many signatures, and keys unless there is one, as messages";
        return Err(exception(py, &Error::new(Code::ArgumentValue, message).in_field("signatures")));
    }
    let items = (0..count).map(|place| {
        let key = match (&one, each) {
            (Some(key), _) => Arc::clone(key),
            (None, Some(keys)) => key_or_error(&keys.get_item(place)?)?,
            (None, None) => return Err(exception(py, &Error::new(Code::Internal, "no key"))),
        };
        let message = messages.cell(py, place, "message")?;
        Ok(Signed { key, message, signature: signatures.cell(py, place, "signature")? })
    });
    let verified = many(py, threads, count, items, move |item: &mut Signed| {
        item.key.verify(item.message.bytes(), item.signature.bytes(), scheme, low_s)
    })?;
    let verdicts = PyList::empty(py);
    for (_, result) in verified {
        match result {
            Ok(()) => verdicts.append(py.None())?,
            Err(error) => verdicts.append(verdict(py, error)?)?,
        }
    }
    Ok(verdicts)
}

fn key_or_error(value: &Bound<'_, PyAny>) -> PyResult<Arc<CorePublicKey>> {
    match value.cast::<PublicKey>() {
        Ok(key) => Ok(Arc::clone(&key.get().0)),
        Err(_) => Err(PyErr::from_value(value.clone())),
    }
}

/// A list of assertions and errors.
#[pyfunction]
#[pyo3(signature = (signer, challenges, threads, /))]
pub(crate) fn sign_challenges<'py>(
    signer: &Bound<'py, KeySigner>,
    challenges: &Bound<'py, PyList>,
    threads: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyList>> {
    let py = signer.py();
    let threads = threads::threads(threads)?;
    let signer = signer.get();
    let key = signer.open(py)?;
    let count = challenges.len();
    let accepted = (0..count).map(|place| signer.accept(&challenges.get_item(place)?));
    let signing = signer.signing();
    let work = move |challenge: &mut PyBackedStr| {
        let client_data = signing.client_data(challenge)?;
        let signature = key.sign(client_data.as_bytes(), signing.scheme)?;
        let text = |data: &[u8]| signing.profile.to_base64url(data);
        Ok((text(client_data.as_bytes()), text(&signature)))
    };
    let assertions = PyList::empty(py);
    for (_, result) in many(py, threads, count, accepted, work)? {
        match result {
            Ok((client_data, signature)) => {
                assertions.append(signer.assertion_of(py, &client_data, &signature)?)?;
            }
            Err(error) => assertions.append(verdict(py, error)?)?,
        }
    }
    Ok(assertions)
}
