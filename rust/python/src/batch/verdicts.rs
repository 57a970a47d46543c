//! Many verifications at once. An item is a row of arguments in the order of the Python function of the single
//! call; what is asked and what comes of it are those of the single call.

use std::cell::RefCell;

use countermark_core::dfns::signature_algorithm::check_name;
use countermark_core::error::{Code, Error, Result as CoreResult};
use countermark_core::x509::findings::Findings;
use pyo3::prelude::*;
use pyo3::types::{PyFrozenSet, PyList};

use super::rows::{Own, Row, Rows, argument, part};
use super::{many, threads, verdict};
use crate::arguments::refuse;
use crate::audit::{AuditQuestion, audit_parts};
use crate::call::exception;
use crate::keys::PublicKey;
use crate::verification::{AssertionQuestion, assertion_parts};
use crate::webauthn::ceremonies::{
    AuthenticationQuestion, RegistrationQuestion, authentication_parts, registration_parts,
};
use crate::webauthn::cose::CosePublicKey;

/// What differs between the verifications.
trait Question: Sized + Send + 'static {
    type Verified: Send + 'static;

    fn new(row: &Row<'_>) -> PyResult<Self>;
    /// `known` is what the questions of the call have in common.
    fn verify(&mut self, known: &Findings) -> CoreResult<Option<Self::Verified>>;
    /// What was verified, and the key or whatever else of the question belongs to it.
    fn parts<'py>(self, py: Python<'py>, verified: Self::Verified) -> PyResult<Bound<'py, PyAny>>;
}

impl Question for AssertionQuestion {
    type Verified = countermark_core::dfns::assertion::VerifiedAssertion;

    fn new(row: &Row<'_>) -> PyResult<Self> {
        let assertion = argument(row, 0)?;
        let key = argument(row, 1)?;
        let key = key.cast::<PublicKey>().map_err(|_| refuse(key, "public_key", "a PublicKey"))?;
        Self::new(assertion, key, argument(row, 2)?, &part(assertion.py(), row, 3, row.len())?)
    }

    fn verify(&mut self, _: &Findings) -> CoreResult<Option<Self::Verified>> {
        self.answer(false).map(|(_, verified)| verified)
    }

    fn parts<'py>(self, py: Python<'py>, verified: Self::Verified) -> PyResult<Bound<'py, PyAny>> {
        Ok((assertion_parts(py, verified), PublicKey(self.public_key)).into_pyobject(py)?.into_any())
    }
}

impl Question for AuditQuestion {
    type Verified = countermark_core::dfns::audit::VerifiedAudit;

    fn new(row: &Row<'_>) -> PyResult<Self> {
        let record = argument(row, 0)?;
        let key = argument(row, 1)?;
        let known = if key.is_none() {
            None
        } else {
            Some(key.cast::<PublicKey>().map_err(|_| refuse(key, "public_key", "a PublicKey"))?)
        };
        Self::new(record, known, &part(record.py(), row, 2, row.len())?)
    }

    fn verify(&mut self, known: &Findings) -> CoreResult<Option<Self::Verified>> {
        self.answer(false, Some(known)).map(|(_, verified)| verified)
    }

    fn parts<'py>(self, py: Python<'py>, verified: Self::Verified) -> PyResult<Bound<'py, PyAny>> {
        Ok((audit_parts(py, verified), self.public_key.is_some()).into_pyobject(py)?.into_any())
    }
}

impl Question for RegistrationQuestion {
    type Verified = countermark_core::webauthn::registration::VerifiedRegistration;

    fn new(row: &Row<'_>) -> PyResult<Self> {
        let response = argument(row, 0)?;
        let py = response.py();
        Self::new(response, &part(py, row, 2, 15)?, argument(row, 1)?, &part(py, row, 15, row.len())?)
    }

    fn verify(&mut self, known: &Findings) -> CoreResult<Option<Self::Verified>> {
        self.answer(false, Some(known)).map(|(_, verified)| verified)
    }

    fn parts<'py>(self, py: Python<'py>, verified: Self::Verified) -> PyResult<Bound<'py, PyAny>> {
        Ok((registration_parts(py, verified)?, py.None()).into_pyobject(py)?.into_any())
    }
}

impl Question for AuthenticationQuestion {
    type Verified = countermark_core::webauthn::authentication::VerifiedAuthentication;

    fn new(row: &Row<'_>) -> PyResult<Self> {
        let response = argument(row, 0)?;
        let py = response.py();
        let key = argument(row, 1)?;
        let key = key.cast::<CosePublicKey>().map_err(|_| refuse(key, "public_key", "a CosePublicKey"))?;
        Self::new(response, key, &part(py, row, 2, 15)?, &part(py, row, 15, row.len())?)
    }

    fn verify(&mut self, _: &Findings) -> CoreResult<Option<Self::Verified>> {
        self.answer(false).map(|(_, verified)| verified)
    }

    fn parts<'py>(self, py: Python<'py>, verified: Self::Verified) -> PyResult<Bound<'py, PyAny>> {
        Ok((authentication_parts(py, verified), self.public_key).into_pyobject(py)?.into_any())
    }
}

/// A verdict for each item, None or an error; with `results`, the parts of what was verified in place of None,
/// as the function of the single call gives them. `shared` has the names of the defaults that the caller gave.
fn verify<'py, Q: Question>(
    items: &Bound<'py, PyList>,
    fields: &Bound<'py, PyList>,
    conversions: &Bound<'py, PyList>,
    shared: &Bound<'py, PyFrozenSet>,
    results: bool,
    threads: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyList>> {
    let py = items.py();
    let threads = threads::threads(threads)?;
    let rows = Rows::new(fields, conversions, shared)?;
    // A name that no item can do with is the fault of the call; the items may have any key.
    if let Some(name) = rows.shared_text("algorithm") {
        check_name(&name).map_err(|error| exception(py, &error))?;
    }
    let rows = RefCell::new(rows);
    let owned = RefCell::new(Vec::with_capacity(items.len()));
    let questions = items.iter().map(|item| {
        let mut own = Own::ALL;
        let row = rows.borrow_mut().row(&item, &mut own);
        owned.borrow_mut().push(own);
        Q::new(&row?)
    });
    // What was verified is large, and is let go where it was made unless it is asked for.
    let known = Findings::default();
    let work = move |question: &mut Q| question.verify(&known).map(|verified| verified.filter(|_| results));
    let verdicts = PyList::empty(py);
    let found = many(py, threads, items.len(), questions, work)?;
    for ((question, result), own) in found.zip(owned.take()) {
        match (question, result) {
            (Some(question), Ok(Some(verified))) => verdicts.append(question.parts(py, verified)?)?,
            (_, Ok(_)) if !results => verdicts.append(py.None())?,
            (_, Ok(_)) => {
                let error = Error::new(Code::Internal, "a verification ended without a verdict");
                verdicts.append(verdict(py, exception(py, &error))?)?;
            }
            (_, Err(error)) if rows.borrow().concerns_all(py, &error, own)? => return Err(error),
            (_, Err(error)) => verdicts.append(verdict(py, error)?)?,
        }
    }
    Ok(verdicts)
}

macro_rules! verifications {
    ($($name:ident $question:ident,)+) => {$(
        #[pyfunction]
        #[pyo3(signature = (items, fields, conversions, shared, results, threads, /))]
        pub(crate) fn $name<'py>(
            items: &Bound<'py, PyList>,
            fields: &Bound<'py, PyList>,
            conversions: &Bound<'py, PyList>,
            shared: &Bound<'py, PyFrozenSet>,
            results: bool,
            threads: &Bound<'py, PyAny>,
        ) -> PyResult<Bound<'py, PyList>> {
            verify::<$question>(items, fields, conversions, shared, results, threads)
        }
    )+};
}

verifications! {
    verify_assertions AssertionQuestion,
    verify_registrations RegistrationQuestion,
    verify_authentications AuthenticationQuestion,
    verify_audit_records AuditQuestion,
}
