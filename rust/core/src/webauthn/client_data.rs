//! Client data of a ceremony (WebAuthn section 5.8.1): read strictly, judged member by member, never written
//! again; the bytes that came are the bytes that were signed.

use super::policy::Policy;
use crate::error::{Code, Error, Result};
use crate::format::record::{CLIENT_DATA, Field, Record};
use crate::report::Judge;

/// What the browser said of the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectedClientData {
    /// `type`
    pub kind: String,
    /// `challenge`
    pub challenge: String,
    /// `origin`
    pub origin: String,
    /// `crossOrigin`
    pub cross_origin: Option<bool>,
    /// `topOrigin`
    pub top_origin: Option<String>,
    /// The bytes that were hashed and signed.
    pub raw: Vec<u8>,
}

impl CollectedClientData {
    /// Reads client data. Members other than these are passed over, `tokenBinding` of the first edition of the
    /// standard among them.
    ///
    /// # Errors
    /// `json.*`, `limit.*`, `client_data.missing`, `client_data.type`.
    pub fn read(raw: Vec<u8>) -> Result<Self> {
        let record = Record::from_json(&raw)?;
        let kind = record.text(&CLIENT_DATA, "type")?.to_owned();
        let challenge = record.text(&CLIENT_DATA, "challenge")?.to_owned();
        let origin = record.text(&CLIENT_DATA, "origin")?.to_owned();
        let cross_origin = match record.get("crossOrigin") {
            None => None,
            Some(Field::Bool(flag)) => Some(*flag),
            Some(_) => return Err(CLIENT_DATA.wrong_type("crossOrigin", "true or false")),
        };
        let top_origin = record.optional_text(&CLIENT_DATA, "topOrigin")?.map(str::to_owned);
        drop(record);
        Ok(Self { kind, challenge, origin, cross_origin, top_origin, raw })
    }

    /// The limited verification (section 5.8.1.2): the bytes begin as the serialization (5.8.1.1) of what they
    /// say would.
    fn is_serialized(&self) -> bool {
        let Some(cross_origin) = self.cross_origin else { return false };
        let mut due = String::with_capacity(self.raw.len());
        for (name, value) in
            [("{\"type\":", &self.kind), (",\"challenge\":", &self.challenge), (",\"origin\":", &self.origin)]
        {
            due.push_str(name);
            write_string(&mut due, value);
        }
        due.push_str(if cross_origin { ",\"crossOrigin\":true" } else { ",\"crossOrigin\":false" });
        if let Some(top_origin) = &self.top_origin {
            due.push_str(",\"topOrigin\":");
            write_string(&mut due, top_origin);
        }
        matches!(self.raw.strip_prefix(due.as_bytes()), Some([b'}'] | [b',', ..]))
    }
}

/// `CCDToString` (section 5.8.1.1).
fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\0'..='\u{1f}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
}

/// The steps client_data, type, challenge, origin, cross_origin, top_origin and serialization.
pub(super) fn judge(
    judge: &mut Judge,
    policy: &Policy<'_>,
    raw: Option<(Vec<u8>, bool)>,
    kinds: &[&str],
) -> Option<CollectedClientData> {
    let is_dfns = raw.as_ref().is_some_and(|(_, is_dfns)| *is_dfns);
    let read = judge.step("client_data", "WebAuthn 5.8.1: client data", raw, |(raw, _)| {
        CollectedClientData::read(raw).map_err(|error| error.in_field("clientDataJSON"))
    });
    let data = read.as_ref();
    judge.step("type", "WebAuthn 7: type of the client data", data, |data| {
        if kinds.contains(&data.kind.as_str()) {
            return Ok(());
        }
        Err(Error::mismatch(Code::ClientDataTypeMismatch, "type", kinds.first().unwrap_or(&""), &data.kind))
    });
    judge.step("challenge", "WebAuthn 7: challenge", data, |data| {
        let (one, other) = policy.challenge_texts(is_dfns);
        let same = |text: &Option<_>| text.as_deref() == Some(data.challenge.as_str());
        if same(&one) || same(&other) {
            return Ok(());
        }
        let expected = one.or(other).unwrap_or_default();
        Err(Error::mismatch(Code::ClientDataChallengeMismatch, "challenge", &expected, &data.challenge))
    });
    judge.step("origin", "WebAuthn 7: origin", data, |data| {
        if policy.origins.contains(&data.origin) {
            return Ok(());
        }
        let expected = policy.origins.join(", ");
        Err(Error::mismatch(Code::ClientDataOriginMismatch, "origin", &expected, &data.origin))
    });
    judge.step("cross_origin", "WebAuthn 7: crossOrigin", data, |data| {
        if data.cross_origin == Some(true) && !policy.allow_cross_origin {
            return Err(Error::mismatch(Code::ClientDataCrossOriginMismatch, "crossOrigin", "false", "true"));
        }
        Ok(())
    });
    judge.step("top_origin", "WebAuthn 7: topOrigin", data, |data| {
        let refused = |expected: &str, actual: &str| {
            Err(Error::mismatch(Code::ClientDataTopOriginMismatch, "topOrigin", expected, actual))
        };
        let crosses = data.cross_origin == Some(true);
        match (&data.top_origin, policy.top_origins) {
            (Some(found), _) if !crosses => refused("(none)", found),
            (Some(found), Some(allowed)) if !allowed.contains(found) => refused(&allowed.join(", "), found),
            (None, Some(allowed)) if crosses => refused(&allowed.join(", "), "(none)"),
            _ => Ok(()),
        }
    });
    judge.step("serialization", "WebAuthn 5.8.1.2: limited verification", data, |data| {
        if !policy.limited_verification || data.is_serialized() {
            return Ok(());
        }
        let message = "the client data do not begin as the standard's serialization does";
        Err(Error::new(Code::ClientDataSerializationMismatch, message).in_field("clientDataJSON"))
    });
    read
}
