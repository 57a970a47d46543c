//! Arguments that come as one JSON object, under the names they have in Python.

use countermark_core::error::{Code, Error, Result, quote};
use countermark_core::format::base64url::{self, Padding};
use countermark_core::format::json::{self, Value};

/// The members of an object of arguments. A member that is null counts as absent.
pub(crate) struct Options<'a> {
    object: json::Object<'a>,
    known: Vec<&'static str>,
}

impl<'a> Options<'a> {
    /// Reads the JSON text of an argument; none at all is an object without members.
    pub(crate) fn read(text: &'a [u8]) -> Result<Self> {
        let object = if text.is_empty() { json::Object::default() } else { json::read_object(text)? };
        Ok(Self { object, known: Vec::with_capacity(24) })
    }

    fn get(&mut self, name: &'static str) -> Option<&Value<'a>> {
        self.known.push(name);
        self.object.get(name).map(|member| &member.value).filter(|value| **value != Value::Null)
    }

    pub(crate) fn optional_text(&mut self, name: &'static str) -> Result<Option<String>> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(text.to_string())),
            Some(_) => Err(wrong_type(name, "a string")),
        }
    }

    pub(crate) fn text(&mut self, name: &'static str) -> Result<String> {
        self.optional_text(name)?.ok_or_else(|| missing(name))
    }

    pub(crate) fn text_or(&mut self, name: &'static str, default: &str) -> Result<String> {
        Ok(self.optional_text(name)?.unwrap_or_else(|| default.to_owned()))
    }

    /// Bytes in base64url without padding.
    pub(crate) fn optional_bytes(&mut self, name: &'static str) -> Result<Option<Vec<u8>>> {
        let decode = |text: String| {
            base64url::decode(text.as_bytes(), Padding::Forbidden).map_err(|error| error.in_field(name))
        };
        self.optional_text(name)?.map(decode).transpose()
    }

    pub(crate) fn optional_flag(&mut self, name: &'static str) -> Result<Option<bool>> {
        match self.get(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(wrong_type(name, "true or false")),
        }
    }

    pub(crate) fn flag(&mut self, name: &'static str, default: bool) -> Result<bool> {
        Ok(self.optional_flag(name)?.unwrap_or(default))
    }

    /// A whole number within a range.
    pub(crate) fn integer(
        &mut self,
        name: &'static str,
        range: std::ops::RangeInclusive<i64>,
    ) -> Result<Option<i64>> {
        self.get(name).map(|value| whole(name, value, "a whole number", range)).transpose()
    }

    /// A list of whole numbers.
    pub(crate) fn integers(&mut self, name: &'static str) -> Result<Option<Vec<i64>>> {
        let wanted = "a list of whole numbers";
        match self.get(name) {
            None => Ok(None),
            Some(Value::Array(raw)) => {
                let values = json::read_array(raw)?;
                values
                    .iter()
                    .map(|value| whole(name, value, wanted, i64::MIN..=i64::MAX))
                    .collect::<Result<_>>()
                    .map(Some)
            }
            Some(_) => Err(wrong_type(name, wanted)),
        }
    }

    /// A list of strings; a string by itself is one of one.
    pub(crate) fn texts(&mut self, name: &'static str) -> Result<Option<Vec<String>>> {
        let wanted = "a string or a list of strings";
        match self.get(name) {
            None => Ok(None),
            Some(Value::Text(text)) => Ok(Some(vec![text.to_string()])),
            Some(Value::Array(raw)) => {
                let texts = json::read_array(raw)?.into_iter().map(|value| match value {
                    Value::Text(text) => Ok(text.into_owned()),
                    _ => Err(wrong_type(name, wanted)),
                });
                texts.collect::<Result<_>>().map(Some)
            }
            Some(_) => Err(wrong_type(name, wanted)),
        }
    }

    /// Whether the member is a string; for those that may be a number as well.
    pub(crate) fn is_text(&mut self, name: &'static str) -> bool {
        matches!(self.get(name), Some(Value::Text(_)))
    }

    /// Refuses a member that nobody asked for: most likely a name that is misspelt.
    pub(crate) fn finish(self) -> Result<()> {
        match self.object.members.iter().find(|member| !self.known.contains(&member.name.as_ref())) {
            None => Ok(()),
            Some(member) => {
                let message = format!("there is no option {}", quote(&member.name));
                Err(Error::new(Code::ArgumentValue, message).at(member.offset))
            }
        }
    }
}

fn whole(
    name: &'static str,
    value: &Value<'_>,
    wanted: &str,
    range: std::ops::RangeInclusive<i64>,
) -> Result<i64> {
    let Value::Number(digits) = value else { return Err(wrong_type(name, wanted)) };
    let text = core::str::from_utf8(digits).unwrap_or_default();
    if text.contains(['.', 'e', 'E']) {
        return Err(wrong_type(name, wanted));
    }
    text.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
        let message = format!("{name} is not within {} to {}", range.start(), range.end());
        Error::new(Code::ArgumentValue, message).in_field(name)
    })
}

pub(crate) fn missing(name: &'static str) -> Error {
    Error::new(Code::ArgumentValue, format!("the option {name} is missing")).in_field(name)
}

fn wrong_type(name: &'static str, wanted: &str) -> Error {
    Error::new(Code::ArgumentType, format!("the option {name} must be {wanted}")).in_field(name)
}
