//! The shapes of client data that known producers write: members, their order, escaping and padding.
//!
//! All verify on the server, which receives the bytes that were signed. `canonical` is what the API documents;
//! the others are for reproducing and recognising the bytes of one producer.

use crate::error::{Code, Error, Result, quote};
use crate::format::base64url;
use crate::format::json::Escaping;

use Member::{Challenge, CrossOrigin, Origin, Type};

/// A member of client data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// `type`
    Type,
    /// `challenge`
    Challenge,
    /// `origin`
    Origin,
    /// `crossOrigin`
    CrossOrigin,
}

/// What a profile does about `origin` when the caller gives none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingOrigin {
    /// Leaves it out.
    LeftOut,
    /// Refuses.
    Refused,
    /// Writes this one.
    Default(&'static str),
}

/// What the client data is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// `key.get`: using a credential.
    Get,
    /// `key.create`: registering one.
    Create,
}

impl Use {
    /// The value of `type`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Get => "key.get",
            Self::Create => "key.create",
        }
    }

    /// The use a caller named.
    ///
    /// # Errors
    /// `argument.value`.
    pub fn parse(name: &str) -> Result<Self> {
        [Self::Get, Self::Create].into_iter().find(|known| known.name() == name).ok_or_else(|| {
            let message = format!("{} is not a type of key client data: key.get or key.create", quote(name));
            Error::new(Code::ArgumentValue, message).in_field("type")
        })
    }
}

/// The shape one producer writes.
#[derive(Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name in this package.
    pub name: &'static str,
    /// Members of `key.get`, or none where the producer makes no assertions.
    pub get: &'static [Member],
    /// Members of `key.create`, or none where the producer registers nothing.
    pub create: &'static [Member],
    /// How it escapes strings.
    pub escaping: Escaping,
    /// Whether its base64url is padded.
    pub padded: bool,
    /// Without an origin.
    pub missing_origin: MissingOrigin,
    /// Whether it leaves out `crossOrigin` unless that or an origin is given; otherwise it writes `false`.
    pub optional_cross_origin: bool,
    /// Whether it encodes the challenge, which is base64url already, once more.
    pub encodes_challenge: bool,
}

const SORTED: &[Member] = &[Challenge, CrossOrigin, Origin, Type];
const UNSORTED: &[Member] = &[Type, Challenge, Origin, CrossOrigin];
const SHORT: &[Member] = &[Type, Challenge];
const SHORT_SORTED: &[Member] = &[Challenge, Type];

const BASE: Profile = Profile {
    name: "",
    get: &[],
    create: &[],
    escaping: Escaping::JavaScript,
    padded: false,
    missing_origin: MissingOrigin::Refused,
    optional_cross_origin: false,
    encodes_challenge: false,
};

/// Every profile; the order is the order in which matches are reported.
pub static PROFILES: [Profile; 18] = [
    Profile {
        name: "canonical",
        get: SORTED,
        create: SORTED,
        missing_origin: MissingOrigin::LeftOut,
        optional_cross_origin: true,
        ..BASE
    },
    Profile { name: "docs-2024", get: SORTED, create: SORTED, ..BASE },
    Profile { name: "docs-unsorted", get: UNSORTED, create: UNSORTED, ..BASE },
    Profile { name: "ts-keysigner", get: SHORT, ..BASE },
    Profile { name: "ts-keysigner-0.3", get: UNSORTED, missing_origin: MissingOrigin::LeftOut, ..BASE },
    Profile { name: "ts-browser", get: SHORT, create: SHORT, ..BASE },
    Profile { name: "ts-browser-2026", get: SHORT_SORTED, create: SHORT, ..BASE },
    Profile { name: "ts-recovery-2024", create: SHORT, encodes_challenge: true, ..BASE },
    Profile { name: "nextjs-recovery", get: UNSORTED, create: UNSORTED, ..BASE },
    Profile { name: "nextjs-recovery-credential", create: UNSORTED, encodes_challenge: true, ..BASE },
    Profile {
        name: "python",
        get: UNSORTED,
        escaping: Escaping::Python,
        missing_origin: MissingOrigin::Default("https://app.dfns.io"),
        ..BASE
    },
    Profile {
        name: "example-scripts",
        get: SORTED,
        create: SORTED,
        escaping: Escaping::Python,
        padded: true,
        ..BASE
    },
    Profile { name: "go-v2", get: &[Challenge, CrossOrigin, Type], escaping: Escaping::Go, ..BASE },
    Profile { name: "go-v1", get: SHORT, escaping: Escaping::Go, ..BASE },
    Profile { name: "go-v1-2023", get: UNSORTED, escaping: Escaping::GoBefore122, ..BASE },
    Profile { name: "java", get: &[Type, Challenge, CrossOrigin], escaping: Escaping::Jackson, ..BASE },
    Profile { name: "ion", get: SORTED, create: SORTED, padded: true, ..BASE },
    Profile { name: "dfns-api-gen", get: SHORT_SORTED, padded: true, ..BASE },
];

impl Profile {
    /// The documented form.
    #[must_use]
    pub fn canonical() -> &'static Self {
        let [canonical, ..] = &PROFILES;
        canonical
    }

    /// The profile of that name.
    ///
    /// # Errors
    /// `argument.value`.
    pub fn parse(name: &str) -> Result<&'static Self> {
        PROFILES.iter().find(|profile| profile.name == name).ok_or_else(|| {
            let message = format!("{} is not a client data profile", quote(name));
            Error::new(Code::ArgumentValue, message).in_field("profile")
        })
    }

    /// The members it writes for this use; none where it does not offer it.
    #[must_use]
    pub fn members(&self, purpose: Use) -> &'static [Member] {
        match purpose {
            Use::Get => self.get,
            Use::Create => self.create,
        }
    }

    /// Bytes as this producer sends them.
    #[must_use]
    pub fn to_base64url(&self, data: &[u8]) -> String {
        if self.padded { base64url::encode_padded(data) } else { base64url::encode(data) }
    }
}
