//! A neutral record of named fields, filled from JSON text or by a binding from its own objects, and the
//! questions the protocol asks of one. Request objects are strict: a member nobody knows is refused.

use std::borrow::Cow;

use crate::error::{Code, Error, Result, quote};
use crate::format::json::{self, Value};

/// The value of a field, as far as the protocol looks at it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Field<'a> {
    /// A string.
    Text(Cow<'a, str>),
    /// `true` or `false`.
    Bool(bool),
    /// An object within, already read.
    Record(Record<'a>),
    /// A list within, already read.
    List(Vec<Field<'a>>),
    /// An object or array as JSON text, read only if the protocol asks for it.
    Json {
        /// The text.
        raw: &'a [u8],
        /// Where it starts in the whole text.
        offset: usize,
    },
    /// `null`, which browsers write for some members that are absent.
    Null,
    /// Something a binding would not take in, to be reported if the protocol asks for it.
    Refused(Box<Error>),
    /// Anything else.
    Other,
}

/// Named fields in order, each with its place in the JSON text it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record<'a>(Vec<(Cow<'a, str>, Field<'a>, Option<usize>)>);

/// The codes of one format.
#[derive(Debug)]
pub struct Format {
    missing: Code,
    wrong_type: Code,
    unknown: Code,
    value: Code,
    what: &'static str,
}

/// Client data.
pub const CLIENT_DATA: Format = Format {
    missing: Code::ClientDataMissing,
    wrong_type: Code::ClientDataType,
    unknown: Code::ClientDataType,
    value: Code::ClientDataType,
    what: "client data",
};
/// Attestation data of a key credential.
pub const ATTESTATION: Format = Format {
    missing: Code::AttestationMissing,
    wrong_type: Code::AttestationType,
    unknown: Code::AttestationUnknown,
    value: Code::AttestationValue,
    what: "attestation data",
};
/// A credential as it is registered.
pub const CREDENTIAL: Format = Format {
    missing: Code::CredentialMissing,
    wrong_type: Code::CredentialType,
    unknown: Code::CredentialUnknown,
    value: Code::CredentialValue,
    what: "credential",
};
/// A credential assertion.
pub const ASSERTION: Format = Format {
    missing: Code::AssertionMissing,
    wrong_type: Code::AssertionType,
    unknown: Code::AssertionUnknown,
    value: Code::AssertionValue,
    what: "assertion",
};
/// A challenge of the server, which may hold members we do not know.
pub const CHALLENGE: Format = Format {
    missing: Code::ChallengeMissing,
    wrong_type: Code::ChallengeType,
    unknown: Code::ChallengeType,
    value: Code::ChallengeType,
    what: "challenge",
};

/// A response of an authenticator, as a browser or an API client sends it on.
pub const RESPONSE: Format = Format {
    missing: Code::ResponseMissing,
    wrong_type: Code::ResponseType,
    unknown: Code::ResponseUnknown,
    value: Code::ResponseValue,
    what: "response",
};

impl Format {
    /// A member that is not there.
    #[must_use]
    pub fn missing(&self, field: &'static str) -> Error {
        Error::new(self.missing, format!("the {} has no member {field}", self.what)).in_field(field)
    }

    /// A member of another JSON type.
    #[must_use]
    pub fn wrong_type(&self, field: &'static str, wanted: &str) -> Error {
        Error::new(self.wrong_type, format!("the member {field} of the {} is not {wanted}", self.what))
            .in_field(field)
    }

    /// A member name that is not text, which only an object of a binding can have.
    #[must_use]
    pub fn bad_name(&self) -> Error {
        Error::new(self.wrong_type, format!("a member name of the {} is not text", self.what))
    }

    /// A member with a value the format does not allow.
    #[must_use]
    pub fn bad_value(&self, field: &'static str, message: impl Into<Cow<'static, str>>) -> Error {
        Error::new(self.value, message).in_field(field)
    }
}

impl<'a> Record<'a> {
    /// Reads JSON text, nested objects and lists included.
    ///
    /// # Errors
    /// Those of [`json::read_object`].
    pub fn from_json(data: &'a [u8]) -> Result<Self> {
        Self::from_json_at(data, 0)
    }

    fn from_json_at(data: &'a [u8], start: usize) -> Result<Self> {
        let moved = |error: Error| {
            let offset = error.offset().map(|at| start + at);
            error.at_known(offset)
        };
        let members = json::read_object(data).map_err(moved)?.members;
        let fields = members.into_iter().map(|member| {
            let offset = start + member.offset;
            (member.name, Field::from_json(member.value, offset), Some(offset))
        });
        Ok(Self(fields.collect()))
    }

    /// Adds a field; for bindings.
    pub fn push(&mut self, name: impl Into<Cow<'a, str>>, field: Field<'a>) {
        self.0.push((name.into(), field, None));
    }

    /// The field of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Field<'a>> {
        self.0.iter().find(|(known, ..)| known == name).map(|(_, field, _)| field)
    }

    fn offset(&self, name: &str) -> Option<usize> {
        self.0.iter().find(|(known, ..)| known == name).and_then(|(.., offset)| *offset)
    }

    /// Refuses a member that is not among `known`.
    ///
    /// # Errors
    /// `<format>.unknown`.
    pub fn only(&self, format: &Format, known: &[&str]) -> Result<()> {
        match self.0.iter().find(|(name, ..)| !known.contains(&name.as_ref())) {
            None => Ok(()),
            Some((name, _, offset)) => {
                let message = format!("the {} has an unknown member {}", format.what, quote(name));
                Err(Error::new(format.unknown, message).at_known(*offset))
            }
        }
    }

    /// A string that must be there.
    ///
    /// # Errors
    /// `<format>.missing`, `<format>.type`.
    pub fn text(&self, format: &Format, name: &'static str) -> Result<&str> {
        self.optional_text(format, name)?.ok_or_else(|| format.missing(name))
    }

    /// A string that may be there.
    ///
    /// # Errors
    /// `<format>.type`.
    pub fn optional_text(&self, format: &Format, name: &'static str) -> Result<Option<&str>> {
        match self.get(name) {
            None => Ok(None),
            Some(Field::Text(text)) => Ok(Some(text)),
            Some(_) => Err(self.placed(name, format.wrong_type(name, "a string"))),
        }
    }

    /// A string that may be there; `null` counts as absent.
    ///
    /// # Errors
    /// `<format>.type`.
    pub fn nullable_text(&self, format: &Format, name: &'static str) -> Result<Option<&str>> {
        if self.get(name) == Some(&Field::Null) { Ok(None) } else { self.optional_text(format, name) }
    }

    /// The names of the fields, in order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, ..)| name.as_ref())
    }

    /// A string that must be there and, as the API has it, not be empty.
    ///
    /// # Errors
    /// `<format>.missing`, `<format>.type`, `<format>.value`.
    pub fn filled_text(&self, format: &Format, name: &'static str) -> Result<&str> {
        self.optional_filled_text(format, name)?.ok_or_else(|| format.missing(name))
    }

    /// A string that may be there but not be empty.
    ///
    /// # Errors
    /// `<format>.type`, `<format>.value`.
    pub fn optional_filled_text(&self, format: &Format, name: &'static str) -> Result<Option<&str>> {
        let text = self.optional_text(format, name)?;
        if text == Some("") {
            let error = format.bad_value(name, format!("{name} of the {} is empty", format.what));
            return Err(self.placed(name, error));
        }
        Ok(text)
    }

    /// An object that must be there.
    ///
    /// # Errors
    /// `<format>.missing`, `<format>.type`.
    pub fn record(&self, format: &Format, name: &'static str) -> Result<Cow<'_, Record<'a>>> {
        let field = self.get(name).ok_or_else(|| format.missing(name))?;
        match field.as_record() {
            Some(record) => record,
            None => Err(self.placed(name, format.wrong_type(name, "an object"))),
        }
    }

    /// A list that must be there.
    ///
    /// # Errors
    /// `<format>.missing`, `<format>.type`.
    pub fn list(&self, format: &Format, name: &'static str) -> Result<Cow<'_, [Field<'a>]>> {
        match self.get(name) {
            None => Err(format.missing(name)),
            Some(Field::Refused(error)) => Err((**error).clone()),
            Some(Field::List(list)) => Ok(Cow::Borrowed(list)),
            Some(Field::Json { raw: raw @ [b'[', ..], offset }) => {
                let values = json::read_array(raw)?;
                Ok(Cow::Owned(values.into_iter().map(|value| Field::from_json(value, *offset)).collect()))
            }
            Some(_) => Err(self.placed(name, format.wrong_type(name, "a list"))),
        }
    }

    fn placed(&self, name: &str, error: Error) -> Error {
        error.at_known(self.offset(name))
    }
}

impl<'a> Field<'a> {
    fn from_json(value: Value<'a>, offset: usize) -> Self {
        match value {
            Value::Text(text) => Self::Text(text),
            Value::Bool(flag) => Self::Bool(flag),
            Value::Object(raw) | Value::Array(raw) => Self::Json { raw, offset },
            Value::Null => Self::Null,
            Value::Number(_) => Self::Other,
        }
    }

    /// The object this is, read now if it is still text; None if it is something else.
    #[must_use]
    pub fn as_record(&self) -> Option<Result<Cow<'_, Record<'a>>>> {
        match self {
            Self::Record(record) => Some(Ok(Cow::Borrowed(record))),
            Self::Refused(error) => Some(Err((**error).clone())),
            Self::Json { raw: raw @ [b'{', ..], offset } => {
                Some(Record::from_json_at(raw, *offset).map(Cow::Owned))
            }
            _ => None,
        }
    }
}
