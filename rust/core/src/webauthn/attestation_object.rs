//! The attestation object (WebAuthn section 6.5.4): a format, a statement in it, and authenticator data.

use std::borrow::Cow;

use super::authenticator_data::AuthenticatorData;
use crate::error::{Code, Error, Result, quote};
use crate::format::cbor::{self, Key, Reader, Value};
use crate::format::tolerance::Tolerated;

/// The parts of an attestation object, before the authenticator data are looked at.
#[derive(Clone, Debug, PartialEq)]
pub struct AttestationObject<'a> {
    /// `fmt`
    pub format: Cow<'a, str>,
    /// `attStmt`: a map, or for a compound attestation an array
    pub statement: Value<'a>,
    /// `authData`, as bytes
    pub authenticator_data: Cow<'a, [u8]>,
}

/// The same for a reader who does not look into the statement; that it is well-formed is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline<'a> {
    /// `fmt`
    pub format: Cow<'a, str>,
    /// `authData`, as bytes
    pub authenticator_data: Cow<'a, [u8]>,
}

impl<'a> Outline<'a> {
    /// Reads an attestation object that is the whole input.
    ///
    /// # Errors
    /// Those of [`AttestationObject::read`].
    pub fn read(data: &'a [u8], tolerated: &mut Tolerated) -> Result<Self> {
        let (format, (), authenticator_data) = members(data, tolerated, |reader| reader.skip())?;
        Ok(Self { format, authenticator_data })
    }
}

/// Reads the three members; the statement by a function of its own, which is called for a map or an array.
fn members<'a, S>(
    data: &'a [u8],
    tolerated: &mut Tolerated,
    read_statement: impl Fn(&mut Reader<'a, '_>) -> Result<S>,
) -> Result<(Cow<'a, str>, S, Cow<'a, [u8]>)> {
    let (mut format, mut statement, mut authenticator_data) = (None, None, None);
    let mut is_list = false;
    cbor::read_with(data, "attestation_object", tolerated, |reader| {
        if !reader.next_is_map() {
            let start = reader.offset();
            reader.skip()?;
            return Err(Error::new(Code::CborShape, "an attestation object is a map").at(start));
        }
        reader.map(|reader, key| {
            let start = reader.offset();
            let name = match key {
                Key::Text(name) => name.as_ref(),
                Key::Integer(_) => "",
            };
            if name == "attStmt" && (reader.next_is_map() || reader.next_is_array()) {
                is_list = reader.next_is_array();
                statement = Some(reader.within("statement", &read_statement)?);
                return Ok(());
            }
            match (name, reader.value()?) {
                ("fmt", Value::Text(text)) => format = Some(text),
                ("authData", Value::Bytes(bytes)) => authenticator_data = Some(bytes),
                ("fmt", _) => return Err(wrong_type("fmt", "text", start)),
                ("attStmt", _) => return Err(wrong_type("attStmt", "a map", start)),
                ("authData", _) => return Err(wrong_type("authData", "a byte string", start)),
                _ => {
                    let message = format!("the attestation object has an unknown member {}", key.shown());
                    return Err(Error::new(Code::AttestationObjectUnknown, message).at(start));
                }
            }
            Ok(())
        })
    })?;
    let format = format.ok_or_else(|| missing("fmt"))?;
    let statement = statement.ok_or_else(|| missing("attStmt"))?;
    let is_compound = format == "compound";
    if is_list != is_compound {
        let wanted = if is_compound { "an array" } else { "a map" };
        let message = format!("attStmt of the format {} is not {wanted}", quote(&format));
        return Err(Error::new(Code::AttestationObjectType, message).in_field("attStmt"));
    }
    let authenticator_data = authenticator_data.ok_or_else(|| missing("authData"))?;
    Ok((format, statement, authenticator_data))
}

impl<'a> AttestationObject<'a> {
    /// Reads an attestation object that is the whole input.
    ///
    /// # Errors
    /// `attestation_object.*`, `cbor.*`, `limit.*`.
    pub fn read(data: &'a [u8], tolerated: &mut Tolerated) -> Result<Self> {
        let (format, statement, authenticator_data) = members(data, tolerated, |reader| reader.value())?;
        Ok(Self { format, statement, authenticator_data })
    }

    /// The authenticator data, taken apart.
    ///
    /// # Errors
    /// Those of [`AuthenticatorData::parse`].
    pub fn parse_authenticator_data(
        &self,
        repair: bool,
        tolerated: &mut Tolerated,
    ) -> Result<AuthenticatorData<'_>> {
        AuthenticatorData::parse(&self.authenticator_data, repair, tolerated)
    }
}

fn missing(name: &'static str) -> Error {
    Error::new(Code::AttestationObjectMissing, format!("the attestation object has no {name}")).in_field(name)
}

fn wrong_type(name: &'static str, wanted: &str, offset: usize) -> Error {
    let message = format!("{name} of the attestation object is not {wanted}");
    Error::new(Code::AttestationObjectType, message).in_field(name).at(offset)
}
