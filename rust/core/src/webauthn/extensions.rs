//! Outputs of authenticator extensions (WebAuthn section 9 and 10.1; CTAP 2.2 section 12): those that are known
//! are typed, all others are kept as the bytes they are.

use std::borrow::Cow;

use crate::error::{Code, Error, Result};
use crate::format::cbor::{Key, Reader, Value};

/// An output that is a flag at registration and bytes at authentication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlagOrBytes<'a> {
    /// Whether the extension is there.
    Flag(bool),
    /// Its output.
    Bytes(Cow<'a, [u8]>),
}

/// The outputs of one response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extensions<'a> {
    /// `credProtect`: 1, 2 or 3
    pub cred_protect: Option<u8>,
    /// `hmac-secret`
    pub hmac_secret: Option<FlagOrBytes<'a>>,
    /// `minPinLength`
    pub min_pin_length: Option<u64>,
    /// `uvm`: method, key protection and matcher protection of each factor
    pub uvm: Option<Vec<[u64; 3]>>,
    /// `credBlob`
    pub cred_blob: Option<FlagOrBytes<'a>>,
    /// `largeBlobKey`
    pub large_blob_key: Option<Cow<'a, [u8]>>,
    /// `thirdPartyPayment`
    pub third_party_payment: Option<bool>,
    /// All others: the name, and the output in CBOR.
    pub unknown: Vec<(Cow<'a, str>, Cow<'a, [u8]>)>,
}

impl<'a> Extensions<'a> {
    /// Reads the map of outputs.
    pub(super) fn read(reader: &mut Reader<'a, '_>) -> Result<Self> {
        if !reader.next_is_map() {
            // What is no CBOR at all is told as such; what is, but no map, is a wrong shape.
            let start = reader.offset();
            reader.skip()?;
            return Err(wrong("the extension outputs are not a map", start));
        }
        let mut found = Self::default();
        // What is wrong with the CBOR, wherever in the map, is told before what is wrong with what it says.
        let mut first_wrong = None;
        reader.map(|reader, key| {
            let start = reader.offset();
            let value = reader.value()?;
            let taken = match key {
                Key::Text(name) => found.take(name.clone(), value, reader.since(start), start),
                _ => Err(wrong("the name of an extension is not text", start)),
            };
            if let Err(error) = taken {
                first_wrong.get_or_insert(error);
            }
            Ok(())
        })?;
        first_wrong.map_or(Ok(found), Err)
    }

    /// The same with all bytes its own.
    #[must_use]
    pub fn into_owned(self) -> Extensions<'static> {
        let bytes = |bytes: Cow<'_, [u8]>| Cow::Owned(bytes.into_owned());
        let either = |output: FlagOrBytes<'_>| match output {
            FlagOrBytes::Flag(flag) => FlagOrBytes::Flag(flag),
            FlagOrBytes::Bytes(found) => FlagOrBytes::Bytes(bytes(found)),
        };
        Extensions {
            cred_protect: self.cred_protect,
            hmac_secret: self.hmac_secret.map(either),
            min_pin_length: self.min_pin_length,
            uvm: self.uvm,
            cred_blob: self.cred_blob.map(either),
            large_blob_key: self.large_blob_key.map(bytes),
            third_party_payment: self.third_party_payment,
            unknown: self
                .unknown
                .into_iter()
                .map(|(name, raw)| (Cow::Owned(name.into_owned()), bytes(raw)))
                .collect(),
        }
    }

    fn take(&mut self, name: Cow<'a, str>, value: Value<'a>, raw: &'a [u8], start: usize) -> Result<()> {
        let refused = || wrong("an extension output is not of the type its extension has", start);
        match (name.as_ref(), value) {
            ("credProtect", Value::Integer(level @ 1..=3)) => self.cred_protect = u8::try_from(level).ok(),
            ("hmac-secret", value) => self.hmac_secret = Some(flag_or_bytes(value).ok_or_else(refused)?),
            ("credBlob", value) => self.cred_blob = Some(flag_or_bytes(value).ok_or_else(refused)?),
            ("minPinLength", Value::Integer(length)) => {
                self.min_pin_length = Some(u64::try_from(length).map_err(|_| refused())?);
            }
            ("uvm", Value::Array(factors)) => {
                self.uvm =
                    Some(factors.iter().map(|one| factor(one).ok_or_else(refused)).collect::<Result<_>>()?);
            }
            ("largeBlobKey", Value::Bytes(key)) => self.large_blob_key = Some(key),
            ("thirdPartyPayment", Value::Bool(flag)) => self.third_party_payment = Some(flag),
            ("credProtect" | "minPinLength" | "uvm" | "largeBlobKey" | "thirdPartyPayment", _) => {
                return Err(refused());
            }
            _ => self.unknown.push((name, raw.into())),
        }
        Ok(())
    }
}

fn flag_or_bytes(value: Value<'_>) -> Option<FlagOrBytes<'_>> {
    match value {
        Value::Bool(flag) => Some(FlagOrBytes::Flag(flag)),
        Value::Bytes(bytes) => Some(FlagOrBytes::Bytes(bytes)),
        _ => None,
    }
}

fn factor(value: &Value<'_>) -> Option<[u64; 3]> {
    let Value::Array(numbers) = value else { return None };
    let [one, two, three] = numbers.as_slice() else { return None };
    let number = |value: &Value<'_>| match value {
        Value::Integer(number) => u64::try_from(*number).ok(),
        _ => None,
    };
    Some([number(one)?, number(two)?, number(three)?])
}

fn wrong(message: &'static str, offset: usize) -> Error {
    Error::new(Code::AuthenticatorDataExtensions, message).at(offset)
}
