//! Members of JSON objects in metadata. One that is null is taken as one that is not there.

use crate::error::{Code, Error, Result};
use crate::format::json::{self, Bounds, Object, Value};
use crate::limits;

/// An object whose members are asked for by name and type.
#[derive(Debug)]
pub(super) struct Members<'a>(pub(super) Object<'a>);

impl<'a> Members<'a> {
    fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.0.get(name).map(|member| &member.value).filter(|value| **value != Value::Null)
    }

    pub(super) fn optional_text(&self, name: &'static str) -> Result<Option<&str>> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text)),
            Some(_) => Err(wrong_type(name, "text")),
        }
    }

    pub(super) fn text(&self, name: &'static str) -> Result<&str> {
        self.optional_text(name)?.ok_or_else(|| missing(name))
    }

    /// A whole number that is not negative.
    pub(super) fn number(&self, name: &'static str) -> Result<u64> {
        match self.get(name) {
            Some(Value::Number(digits)) => {
                let number = core::str::from_utf8(digits).ok().and_then(|digits| digits.parse().ok());
                number.ok_or_else(|| wrong_value(name, "is not a whole number"))
            }
            Some(_) => Err(wrong_type(name, "a number")),
            None => Err(missing(name)),
        }
    }

    pub(super) fn optional_object(&self, name: &'static str) -> Result<Option<&'a [u8]>> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Object(raw)) => Ok(Some(raw)),
            Some(_) => Err(wrong_type(name, "an object")),
        }
    }

    /// A list as JSON text.
    pub(super) fn array(&self, name: &'static str) -> Result<&'a [u8]> {
        match self.get(name) {
            Some(Value::Array(raw)) => Ok(raw),
            Some(_) => Err(wrong_type(name, "a list")),
            None => Err(missing(name)),
        }
    }

    /// A short list; empty where it is not there.
    pub(super) fn list(&self, name: &'static str) -> Result<Vec<Value<'a>>> {
        match self.get(name) {
            None => Ok(Vec::new()),
            Some(Value::Array(raw)) => {
                let bounds = Bounds { values: Some(limits::METADATA_LIST), ..Bounds::METADATA };
                json::read_array_within(raw, bounds).map_err(|error| error.in_field(name))
            }
            Some(_) => Err(wrong_type(name, "a list")),
        }
    }
}

pub(super) fn missing(name: &'static str) -> Error {
    Error::new(Code::MetadataMissing, format!("the metadata have no {name}")).in_field(name)
}

pub(super) fn wrong_type(name: &'static str, wanted: &str) -> Error {
    Error::new(Code::MetadataType, format!("{name} of the metadata is not {wanted}")).in_field(name)
}

pub(super) fn wrong_value(name: &'static str, what: &str) -> Error {
    Error::new(Code::MetadataValue, format!("{name} of the metadata {what}")).in_field(name)
}
