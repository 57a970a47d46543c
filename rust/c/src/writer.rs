//! Writing JSON.

use countermark_core::format::base64url;
use countermark_core::format::json::{Escaping, write_string};

/// A JSON object being written.
pub(crate) struct Object {
    out: String,
}

/// A JSON array being written.
pub(crate) struct Array {
    out: String,
}

/// Writes an object.
pub(crate) fn object(write: impl FnOnce(&mut Object)) -> String {
    let mut object = Object { out: String::from("{") };
    write(&mut object);
    object.out.push('}');
    object.out
}

/// Writes an array.
pub(crate) fn array(write: impl FnOnce(&mut Array)) -> String {
    let mut array = Array { out: String::from("[") };
    write(&mut array);
    array.out.push(']');
    array.out
}

/// A string with its quotation marks.
pub(crate) fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    write_string(&mut out, text, Escaping::JavaScript);
    out
}

impl Object {
    /// A member whose value is JSON already.
    pub(crate) fn json(&mut self, name: &str, value: &str) {
        if self.out.len() > 1 {
            self.out.push(',');
        }
        write_string(&mut self.out, name, Escaping::JavaScript);
        self.out.push(':');
        self.out.push_str(value);
    }

    /// A member whose value is JSON already, or null.
    pub(crate) fn optional_json(&mut self, name: &str, value: Option<&str>) {
        self.json(name, value.unwrap_or("null"));
    }

    pub(crate) fn text(&mut self, name: &str, value: &str) {
        self.json(name, &string(value));
    }

    pub(crate) fn optional_text(&mut self, name: &str, value: Option<&str>) {
        self.optional_json(name, value.map(string).as_deref());
    }

    /// Bytes as base64url without padding.
    pub(crate) fn bytes(&mut self, name: &str, value: &[u8]) {
        self.text(name, &base64url::encode(value));
    }

    pub(crate) fn optional_bytes(&mut self, name: &str, value: Option<&[u8]>) {
        self.optional_text(name, value.map(base64url::encode).as_deref());
    }

    pub(crate) fn flag(&mut self, name: &str, value: bool) {
        self.json(name, if value { "true" } else { "false" });
    }

    pub(crate) fn optional_flag(&mut self, name: &str, value: Option<bool>) {
        match value {
            Some(value) => self.flag(name, value),
            None => self.json(name, "null"),
        }
    }

    pub(crate) fn number(&mut self, name: &str, value: impl std::fmt::Display) {
        self.json(name, &value.to_string());
    }

    pub(crate) fn object(&mut self, name: &str, write: impl FnOnce(&mut Object)) {
        self.json(name, &object(write));
    }

    pub(crate) fn array(&mut self, name: &str, write: impl FnOnce(&mut Array)) {
        self.json(name, &array(write));
    }

    pub(crate) fn texts<'t>(&mut self, name: &str, values: impl Iterator<Item = &'t str>) {
        self.array(name, |array| values.for_each(|value| array.json(&string(value))));
    }
}

impl Array {
    /// An entry that is JSON already.
    pub(crate) fn json(&mut self, value: &str) {
        if self.out.len() > 1 {
            self.out.push(',');
        }
        self.out.push_str(value);
    }
}
