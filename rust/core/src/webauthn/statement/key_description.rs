//! `KeyDescription`, the extension in which Android tells about a key (key attestation, versions 1 to 400): a
//! challenge, and two lists of what its use is bound to. Of the lists, three fields are read and all others are
//! passed over, known or not.

use crate::error::{Code, Error, Result};
use crate::format::der::{self, Element, Reader, tag};

/// The extension, 1.3.6.1.4.1.11129.2.1.17, as content octets.
pub const OID: &[u8] = &[0x2b, 0x06, 0x01, 0x04, 0x01, 0xd6, 0x79, 0x02, 0x01, 0x11];

/// `KM_PURPOSE_SIGN`
pub const PURPOSE_SIGN: u64 = 2;
/// `KM_PURPOSE_VERIFY`
pub const PURPOSE_VERIFY: u64 = 3;
/// `KM_ORIGIN_GENERATED`
pub const ORIGIN_GENERATED: u64 = 0;

/// What Android tells about a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyDescription<'a> {
    /// `attestationVersion`
    pub version: u64,
    /// `attestationChallenge`
    pub challenge: &'a [u8],
    /// What the operating system enforces.
    pub software_enforced: AuthorizationList,
    /// What the trusted environment enforces.
    pub tee_enforced: AuthorizationList,
}

/// An `AuthorizationList`, as far as it is asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuthorizationList {
    /// purpose \[1\]
    pub purposes: Option<Vec<u64>>,
    /// allApplications \[600\]
    pub all_applications: bool,
    /// origin \[702\]
    pub origin: Option<u64>,
}

impl<'a> KeyDescription<'a> {
    /// Reads the value of the extension.
    ///
    /// # Errors
    /// `der.*`, with the offset in the value.
    pub fn parse(value: &'a [u8]) -> Result<Self> {
        let read = der::read(value, |reader| {
            reader.sequence(|inner| {
                let version = inner.small_integer()?;
                let _attestation_security_level = inner.enumerated()?;
                let _keymaster_version = inner.small_integer()?;
                let _keymaster_security_level = inner.enumerated()?;
                let challenge = inner.octet_string()?.content;
                let _unique_id = inner.octet_string()?;
                let software_enforced = inner.sequence(AuthorizationList::read)?;
                let tee_enforced = inner.sequence(AuthorizationList::read)?;
                Ok(Self { version, challenge, software_enforced, tee_enforced })
            })
        });
        read.map_err(|error| error.in_field("keyDescription"))
    }
}

/// The class and form of a context-specific tag around another element.
const EXPLICIT: u8 = 0xa0;

impl AuthorizationList {
    fn read(reader: &mut Reader<'_>) -> Result<Self> {
        let mut list = Self::default();
        while !reader.is_empty() {
            let (number, field) = reader.any_numbered()?;
            if field.tag & 0xe0 != EXPLICIT {
                let message = "a field of an authorization list that has no number of its own";
                return Err(Error::new(Code::DerTag, message).at(field.offset));
            }
            list.take(number, &field)?;
        }
        Ok(list)
    }

    fn take(&mut self, number: u32, field: &Element<'_>) -> Result<()> {
        let twice = || field.wrong("a field of an authorization list that stands twice");
        match number {
            1 => {
                let purposes = field.inside(|reader| {
                    reader.element(tag::SET)?.inside(|set| {
                        let mut purposes = Vec::new();
                        while !set.is_empty() {
                            purposes.push(set.small_integer()?);
                        }
                        Ok(purposes)
                    })
                })?;
                if self.purposes.replace(purposes).is_some() {
                    return Err(twice());
                }
            }
            600 => {
                let null = field.inside(|reader| reader.element(tag::NULL))?;
                if !null.content.is_empty() {
                    return Err(null.wrong("a NULL with content"));
                }
                if core::mem::replace(&mut self.all_applications, true) {
                    return Err(twice());
                }
            }
            702 => {
                let origin = field.inside(Reader::small_integer)?;
                if self.origin.replace(origin).is_some() {
                    return Err(twice());
                }
            }
            _ => {}
        }
        Ok(())
    }
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

    use super::{AuthorizationList, KeyDescription};
    use crate::error::{Code, Error};
    use crate::format::der::{Part, encode, tag};
    use crate::format::hex;

    pub(in super::super) const SIGN: &str = "a1053103020102";
    pub(in super::super) const GENERATED: &str = "bf853e03020100";
    pub(in super::super) const ALL: &str = "bf8458020500";

    pub(in super::super) fn description(challenge: &[u8], software: &str, tee: &str) -> Vec<u8> {
        let list =
            |text: &str| encode(&Part::Primitive(tag::SEQUENCE, &hex::decode(text.as_bytes()).unwrap()));
        let (software, tee) = (list(software), list(tee));
        encode(&Part::Constructed(
            tag::SEQUENCE,
            &[
                Part::Unsigned(&[1, 0x2c]),
                Part::Primitive(tag::ENUMERATED, &[1]),
                Part::Unsigned(&[1, 0x90]),
                Part::Primitive(tag::ENUMERATED, &[1]),
                Part::Primitive(tag::OCTET_STRING, challenge),
                Part::Primitive(tag::OCTET_STRING, b""),
                Part::Encoded(&software),
                Part::Encoded(&tee),
            ],
        ))
    }

    fn tee(list: &str) -> Result<AuthorizationList, Error> {
        KeyDescription::parse(&description(b"c", "", list)).map(|description| description.tee_enforced)
    }

    #[test]
    fn the_three_fields_are_found_among_others() {
        let value = description(b"challenge", "bf853d08020601", SIGN);
        assert!(KeyDescription::parse(&value).is_err());
        let value = description(
            b"challenge",
            &format!("bf853d0402020601{ALL}"),
            &format!("{SIGN}a203020103{GENERATED}"),
        );
        let read = KeyDescription::parse(&value).unwrap();
        assert_eq!((read.version, read.challenge), (300, &b"challenge"[..]));
        let software = AuthorizationList { purposes: None, all_applications: true, origin: None };
        let tee = AuthorizationList { purposes: Some(vec![2]), all_applications: false, origin: Some(0) };
        assert_eq!((read.software_enforced, read.tee_enforced), (software, tee));
    }

    #[test]
    fn at60_high_and_unknown_tags_are_passed_over() {
        for field in [
            "bf853d03020100",
            "bf854005300302 0101",
            "bf855404020201ff",
            "bf877f020500",
            "bf8f7f020500",
            "a30402020100",
            "bf814802 0500",
            "bf851203bf1f00",
        ] {
            let field = field.replace(' ', "");
            for list in [
                format!("{field}{SIGN}{GENERATED}"),
                format!("{SIGN}{field}{GENERATED}"),
                format!("{SIGN}{GENERATED}{field}"),
            ] {
                let read = tee(&list).unwrap();
                assert_eq!((read.purposes, read.origin), (Some(vec![2]), Some(0)), "{field}");
            }
        }
    }

    #[test]
    fn at60_a_tag_has_one_spelling() {
        for (list, code) in [
            ("bf01053103020102", Code::DerTag),
            ("bf80853e03020100", Code::DerTag),
            ("bf8f8080803e020500", Code::DerTag),
            ("3103020102", Code::DerTag),
            ("8203020100", Code::DerTag),
            ("9f853e020500", Code::DerTag),
            ("bf853e", Code::DerTruncated),
            ("bf85", Code::DerTruncated),
        ] {
            assert_eq!(tee(list).unwrap_err().code(), code, "{list}");
        }
    }

    #[test]
    fn values_are_well_formed_and_stand_once() {
        for (list, code) in [
            (format!("{SIGN}{SIGN}"), Code::DerValue),
            (format!("{GENERATED}{GENERATED}"), Code::DerValue),
            (format!("{ALL}{ALL}"), Code::DerValue),
            ("bf8458030501 00".replace(' ', ""), Code::DerValue),
            ("bf84580400000500".to_owned(), Code::DerTag),
            ("bf845800".to_owned(), Code::DerTruncated),
            ("bf853e050201000500".to_owned(), Code::DerTrailing),
            ("a103020102".to_owned(), Code::DerTag),
            ("bf853e030201ff".to_owned(), Code::DerValue),
        ] {
            assert_eq!(tee(&list).unwrap_err().code(), code, "{list}");
        }
    }

    #[test]
    fn every_truncation_is_refused() {
        let value = description(b"challenge", ALL, &format!("{SIGN}{GENERATED}"));
        KeyDescription::parse(&value).unwrap();
        for length in 0..value.len() {
            assert_eq!(KeyDescription::parse(&value[..length]).unwrap_err().code(), Code::DerTruncated);
        }
        assert_eq!(
            KeyDescription::parse(&[&value[..], &[0]].concat()).unwrap_err().code(),
            Code::DerTrailing
        );
    }
}
