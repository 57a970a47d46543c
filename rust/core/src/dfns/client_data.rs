//! Client data: the small JSON text that a credential signs.
//!
//! Written in any profile's form, read strictly whatever its form. The challenge goes in verbatim: it is
//! base64url already, and encoding it again is the classic mistake.

use std::borrow::Cow;

use super::profile::{Member, MissingOrigin, PROFILES, Profile, Use};
use crate::error::{Code, Error, Result};
use crate::format::record::{self, Field, Record};
use crate::format::{base64url, json};
use crate::limits;

/// The client data of one signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientData {
    /// `type`
    pub kind: String,
    /// `challenge`, as it stands there.
    pub challenge: String,
    /// `origin`
    pub origin: Option<String>,
    /// `crossOrigin`
    pub cross_origin: Option<bool>,
    /// The bytes that were signed.
    pub raw: Vec<u8>,
}

/// Writes client data.
///
/// # Errors
/// `argument.value` for an empty challenge, or where the profile does not offer the use, carries no origin or
/// crossOrigin that was given, or needs an origin that was not; `limit.size`.
pub fn encode(
    profile: &Profile,
    purpose: Use,
    challenge: &str,
    origin: Option<&str>,
    cross_origin: Option<bool>,
) -> Result<String> {
    let refused = |field, message: String| Err(Error::new(Code::ArgumentValue, message).in_field(field));
    if challenge.is_empty() {
        return refused("challenge", "the challenge is empty".to_owned());
    }
    if challenge.len() > limits::CHALLENGE {
        let message = format!("a challenge of {} bytes is over the limit", challenge.len());
        return Err(Error::new(Code::LimitSize, message).in_field("challenge"));
    }
    let members = profile.members(purpose);
    if members.is_empty() {
        return refused("type", format!("the profile {} makes no {}", profile.name, purpose.name()));
    }
    if origin.is_some() && !members.contains(&Member::Origin) {
        return refused("origin", format!("client data of the profile {} carries no origin", profile.name));
    }
    if cross_origin.is_some() && !members.contains(&Member::CrossOrigin) {
        return refused("cross_origin", format!("the profile {} carries no crossOrigin", profile.name));
    }
    let origin = match profile.missing_origin {
        _ if !members.contains(&Member::Origin) || origin.is_some() => origin,
        MissingOrigin::LeftOut => None,
        MissingOrigin::Default(default) => Some(default),
        MissingOrigin::Refused => {
            return refused("origin", format!("the profile {} needs an origin", profile.name));
        }
    };
    let implied = (!profile.optional_cross_origin || origin.is_some()).then_some(false);
    Ok(write(profile, members, purpose, challenge, origin, cross_origin.or(implied)))
}

fn write(
    profile: &Profile,
    members: &[Member],
    purpose: Use,
    challenge: &str,
    origin: Option<&str>,
    cross_origin: Option<bool>,
) -> String {
    let mut out = String::with_capacity(challenge.len() + origin.map_or(0, str::len) + 80);
    let mut separator = '{';
    let mut open = |out: &mut String, name: &str| {
        out.push(separator);
        out.push_str(name);
        separator = ',';
    };
    for member in members {
        match member {
            Member::Type => {
                open(&mut out, "\"type\":\"");
                out.push_str(purpose.name());
                out.push('"');
            }
            Member::Challenge => {
                open(&mut out, "\"challenge\":");
                json::write_string(&mut out, &sent_challenge(profile, challenge), profile.escaping);
            }
            Member::Origin => {
                if let Some(origin) = origin {
                    open(&mut out, "\"origin\":");
                    json::write_string(&mut out, origin, profile.escaping);
                }
            }
            Member::CrossOrigin => {
                if let Some(flag) = cross_origin {
                    open(&mut out, "\"crossOrigin\":");
                    out.push_str(if flag { "true" } else { "false" });
                }
            }
        }
    }
    out.push('}');
    out
}

/// The challenge as this producer puts it into client data.
#[must_use]
pub fn sent_challenge<'a>(profile: &Profile, challenge: &'a str) -> Cow<'a, str> {
    if profile.encodes_challenge {
        Cow::Owned(base64url::encode(challenge.as_bytes()))
    } else {
        Cow::Borrowed(challenge)
    }
}

impl ClientData {
    /// Reads client data. Members other than the four are ignored, as clients may add some.
    ///
    /// # Errors
    /// Those of [`json::read_object`], `client_data.missing`, `client_data.type`.
    pub fn decode(raw: &[u8]) -> Result<Self> {
        let record = Record::from_json(raw)?;
        Ok(Self {
            kind: record.text(&record::CLIENT_DATA, "type")?.to_owned(),
            challenge: record.text(&record::CLIENT_DATA, "challenge")?.to_owned(),
            origin: record.optional_text(&record::CLIENT_DATA, "origin")?.map(str::to_owned),
            cross_origin: match record.get("crossOrigin") {
                None => None,
                Some(Field::Bool(flag)) => Some(*flag),
                Some(_) => return Err(record::CLIENT_DATA.wrong_type("crossOrigin", "true or false")),
            },
            raw: raw.to_vec(),
        })
    }

    /// Whether the profile, given what these client data say, writes exactly their bytes.
    #[must_use]
    pub fn matches(&self, profile: &Profile) -> bool {
        let Ok(purpose) = Use::parse(&self.kind) else { return false };
        let members = profile.members(purpose);
        if members.is_empty() {
            return false;
        }
        // The challenge stands there as it was sent, so it must not be encoded once more.
        let plain = Profile { encodes_challenge: false, ..*profile };
        let written =
            write(&plain, members, purpose, &self.challenge, self.origin.as_deref(), self.cross_origin);
        let needs_origin =
            members.contains(&Member::Origin) && profile.missing_origin != MissingOrigin::LeftOut;
        let needs_cross_origin = members.contains(&Member::CrossOrigin)
            && (!profile.optional_cross_origin || self.origin.is_some());
        written.as_bytes() == self.raw
            && (!needs_origin || self.origin.is_some())
            && (!needs_cross_origin || self.cross_origin.is_some())
            && (!profile.encodes_challenge || self.challenge_is_encoded())
    }

    fn challenge_is_encoded(&self) -> bool {
        base64url::decode(self.challenge.as_bytes(), base64url::Padding::Forbidden)
            .is_ok_and(|inner| core::str::from_utf8(&inner).is_ok_and(|text| !text.is_empty()))
    }
}

/// The names of the profiles that write exactly these client data.
///
/// # Errors
/// Those of [`ClientData::decode`].
pub fn matching_profiles(raw: &[u8]) -> Result<Vec<&'static str>> {
    let decoded = ClientData::decode(raw)?;
    Ok(PROFILES.iter().filter(|profile| decoded.matches(profile)).map(|profile| profile.name).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::{ClientData, encode, matching_profiles};
    use crate::dfns::profile::{PROFILES, Profile, Use};
    use crate::error::Code;

    const C: &str = "Y2gtNzloaHQtbXJlb2stOGFwOHFtMmVpZWZ0amxhZw";

    fn get(profile: &str, origin: Option<&str>) -> String {
        encode(Profile::parse(profile).unwrap(), Use::Get, C, origin, None).unwrap()
    }

    #[test]
    fn the_documented_forms_are_written_byte_for_byte() {
        let origin = Some("https://app.dfns.io");
        assert_eq!(get("canonical", None), format!(r#"{{"challenge":"{C}","type":"key.get"}}"#));
        let sorted = format!(
            r#"{{"challenge":"{C}","crossOrigin":false,"origin":"https://app.dfns.io","type":"key.get"}}"#
        );
        assert_eq!(get("canonical", origin), sorted);
        assert_eq!(get("docs-2024", origin), sorted);
        assert_eq!(get("ts-keysigner", None), format!(r#"{{"type":"key.get","challenge":"{C}"}}"#));
        assert_eq!(
            get("python", None),
            format!(
                r#"{{"type":"key.get","challenge":"{C}","origin":"https://app.dfns.io","crossOrigin":false}}"#
            )
        );
        assert_eq!(
            get("go-v2", None),
            format!(r#"{{"challenge":"{C}","crossOrigin":false,"type":"key.get"}}"#)
        );
        assert_eq!(
            get("java", None),
            format!(r#"{{"type":"key.get","challenge":"{C}","crossOrigin":false}}"#)
        );
    }

    #[test]
    fn what_every_profile_writes_it_also_matches() {
        for profile in &PROFILES {
            for purpose in [Use::Get, Use::Create] {
                let origin =
                    profile.members(purpose).contains(&super::Member::Origin).then_some("https://a.b");
                match encode(profile, purpose, "abc", origin, None) {
                    Ok(text) => {
                        let names = matching_profiles(text.as_bytes()).unwrap();
                        assert!(names.contains(&profile.name), "{} {names:?}", profile.name);
                    }
                    Err(error) => {
                        assert_eq!(error.code(), Code::ArgumentValue);
                        assert!(profile.members(purpose).is_empty());
                    }
                }
            }
        }
    }

    #[test]
    fn arguments_a_profile_cannot_carry_are_refused() {
        let code = |profile, origin, cross| {
            encode(Profile::parse(profile).unwrap(), Use::Get, C, origin, cross).unwrap_err().field()
        };
        assert_eq!(code("ts-keysigner", Some("o"), None), Some("origin"));
        assert_eq!(code("ts-keysigner", None, Some(true)), Some("cross_origin"));
        assert_eq!(code("docs-2024", None, None), Some("origin"));
        assert_eq!(code("ts-recovery-2024", None, None), Some("type"));
        assert_eq!(
            encode(Profile::canonical(), Use::Get, "", None, None).unwrap_err().field(),
            Some("challenge")
        );
    }

    #[test]
    fn reading_checks_presence_and_type_of_each_member() {
        for (text, code, field) in [
            (r#"{"challenge":"c"}"#, Code::ClientDataMissing, "type"),
            (r#"{"type":"key.get"}"#, Code::ClientDataMissing, "challenge"),
            (r#"{"type":1,"challenge":"c"}"#, Code::ClientDataType, "type"),
            (r#"{"type":"t","challenge":null}"#, Code::ClientDataType, "challenge"),
            (r#"{"type":"t","challenge":"c","origin":null}"#, Code::ClientDataType, "origin"),
            (r#"{"type":"t","challenge":"c","crossOrigin":"false"}"#, Code::ClientDataType, "crossOrigin"),
        ] {
            let error = ClientData::decode(text.as_bytes()).unwrap_err();
            assert_eq!((error.code(), error.field()), (code, Some(field)), "{text}");
        }
        let read =
            ClientData::decode(br#" {"x":[{}],"type":"t","challenge":"c","crossOrigin":true}"#).unwrap();
        assert_eq!((read.cross_origin, read.origin), (Some(true), None));
    }
}
