//! The names callers give to encodings and formats.

use super::PrivateKey;
use super::private_key::PrivateFormat;
use super::public_key::PublicFormat;
use crate::error::{Code, Error, Result, quote};
use crate::secret::Secret;

impl PrivateFormat {
    /// The format a caller named.
    ///
    /// # Errors
    /// `argument.value`.
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "pkcs8" => Ok(Self::Pkcs8),
            "sec1" => Ok(Self::Sec1),
            "pkcs1" => Ok(Self::Pkcs1),
            _ => Err(unknown(name, "format", "pkcs8, sec1 or pkcs1")),
        }
    }
}

impl PublicFormat {
    /// The format a caller named.
    ///
    /// # Errors
    /// `argument.value`.
    pub fn parse(name: &str) -> Result<Self> {
        match name {
            "spki" => Ok(Self::Spki),
            "pkcs1" => Ok(Self::Pkcs1),
            _ => Err(unknown(name, "format", "spki or pkcs1")),
        }
    }
}

impl PrivateKey {
    /// Writes the key as `pem`, `der` or `jwk`, encrypted where a password is given.
    ///
    /// # Errors
    /// `argument.value` for another encoding, or a JWK with a password or another format than PKCS#8, which
    /// stands for "no format"; those of [`PrivateKey::to_der`].
    pub fn export(&self, encoding: &str, format: PrivateFormat, password: Option<&[u8]>) -> Result<Secret> {
        match encoding {
            "pem" => self.to_pem(format, password),
            "der" => self.to_der(format, password),
            "jwk" if format == PrivateFormat::Pkcs8 && password.is_none() => self.to_jwk(),
            "jwk" => {
                let message = "a JWK has no format to choose and no password here";
                Err(Error::new(Code::ArgumentValue, message).in_field("encoding"))
            }
            _ => Err(unknown(encoding, "encoding", "pem, der or jwk")),
        }
    }
}

fn unknown(name: &str, field: &'static str, known: &str) -> Error {
    Error::new(Code::ArgumentValue, format!("{} is not {known}", quote(name))).in_field(field)
}
