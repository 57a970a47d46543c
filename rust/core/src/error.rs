//! One error type: a code with a pinned number and name, a place, and a message that leaks nothing.

use std::borrow::Cow;
use std::fmt;

use crate::limits;

/// What kind of outcome a code stands for; the bindings have one exception or status for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Bytes or text that do not decode.
    MalformedInput,
    /// A key that decodes but cannot be used.
    InvalidKey,
    /// Valid but not offered, or not for this key.
    UnsupportedAlgorithm,
    /// The signature does not verify.
    InvalidSignature,
    /// Well-formed data that says something else than expected.
    ClaimMismatch,
    /// An attestation that leads to no trust anchor, or a certificate that may not attest.
    UntrustedAttestation,
    /// Over a stated bound.
    LimitExceeded,
    /// The private key was closed.
    KeyClosed,
    /// A fault of ours.
    InternalError,
    /// The caller passed an argument of a wrong type.
    ArgumentTypeError,
    /// The caller passed a value outside the documented ones.
    ArgumentValueError,
}

macro_rules! codes {
    ($($class:ident { $($variant:ident = $number:literal $name:literal,)+ })+) => {
        /// A stable reason. Numbers and names never change their meaning and are never used again.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u16)]
        #[allow(missing_docs, reason = "the dotted names say it")]
        pub enum Code { $($($variant = $number,)+)+ }

        impl Code {
            /// All codes.
            pub const ALL: &'static [Code] = &[$($(Code::$variant,)+)+];

            /// The stable dotted name.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $($(Code::$variant => $name,)+)+ }
            }

            /// The pinned number.
            #[must_use]
            pub fn number(self) -> u16 {
                match self { $($(Code::$variant => $number,)+)+ }
            }

            /// The class of outcome.
            #[must_use]
            pub fn class(self) -> Class {
                match self { $($(Code::$variant => Class::$class,)+)+ }
            }
        }
    };
}

codes! {
    MalformedInput {
        Base64UrlAlphabet = 101 "base64url.alphabet",
        Base64UrlPadding = 102 "base64url.padding",
        Base64UrlLength = 103 "base64url.length",
        Base64UrlTrailingBits = 104 "base64url.trailing_bits",
        HexAlphabet = 111 "hex.alphabet",
        HexLength = 112 "hex.length",
        JsonUtf8 = 121 "json.utf8",
        JsonBom = 122 "json.bom",
        JsonSyntax = 123 "json.syntax",
        JsonSurrogate = 124 "json.surrogate",
        JsonTrailing = 125 "json.trailing",
        JsonShape = 126 "json.shape",
        JsonDuplicate = 127 "json.duplicate",
        DerTruncated = 131 "der.truncated",
        DerTag = 132 "der.tag",
        DerLength = 133 "der.length",
        DerTrailing = 134 "der.trailing",
        DerValue = 135 "der.value",
        PemMissing = 141 "pem.missing",
        PemLabel = 142 "pem.label",
        PemMultiple = 143 "pem.multiple",
        PemJunk = 144 "pem.junk",
        PemBase64 = 145 "pem.base64",
        ClientDataMissing = 151 "client_data.missing",
        ClientDataType = 152 "client_data.type",
        AttestationMissing = 161 "attestation.missing",
        AttestationType = 162 "attestation.type",
        AttestationUnknown = 163 "attestation.unknown",
        AttestationValue = 164 "attestation.value",
        AssertionMissing = 171 "assertion.missing",
        AssertionType = 172 "assertion.type",
        AssertionUnknown = 173 "assertion.unknown",
        AssertionValue = 174 "assertion.value",
        CredentialMissing = 181 "credential.missing",
        CredentialType = 182 "credential.type",
        CredentialUnknown = 183 "credential.unknown",
        CredentialValue = 184 "credential.value",
        ChallengeMissing = 191 "challenge.missing",
        ChallengeType = 192 "challenge.type",
        JwkMissing = 201 "jwk.missing",
        JwkType = 202 "jwk.type",
        JwkValue = 203 "jwk.value",
        CborTruncated = 1001 "cbor.truncated",
        CborIndefinite = 1002 "cbor.indefinite",
        CborBreak = 1003 "cbor.break",
        CborTag = 1004 "cbor.tag",
        CborFloat = 1005 "cbor.float",
        CborSimple = 1006 "cbor.simple",
        CborReserved = 1007 "cbor.reserved",
        CborNonCanonical = 1008 "cbor.non_canonical",
        CborOrder = 1009 "cbor.order",
        CborDuplicate = 1010 "cbor.duplicate",
        CborUtf8 = 1011 "cbor.utf8",
        CborKeyType = 1012 "cbor.key_type",
        CborTrailing = 1013 "cbor.trailing",
        CborShape = 1014 "cbor.shape",
        AuthenticatorDataTruncated = 1021 "authenticator_data.truncated",
        AuthenticatorDataTrailing = 1022 "authenticator_data.trailing",
        AuthenticatorDataCredentialId = 1023 "authenticator_data.credential_id",
        AuthenticatorDataFlags = 1024 "authenticator_data.flags",
        AuthenticatorDataExtensions = 1025 "authenticator_data.extensions",
        AuthenticatorDataMissingCredential = 1026 "authenticator_data.missing_credential",
        CoseMissing = 1031 "cose.missing",
        CoseType = 1032 "cose.type",
        CoseUnknown = 1033 "cose.unknown",
        AttestationObjectMissing = 1041 "attestation_object.missing",
        AttestationObjectType = 1042 "attestation_object.type",
        AttestationObjectUnknown = 1043 "attestation_object.unknown",
        StatementMissing = 1051 "statement.missing",
        StatementType = 1052 "statement.type",
        StatementUnknown = 1053 "statement.unknown",
        StatementValue = 1054 "statement.value",
        CertificateVersion = 1061 "certificate.version",
        CertificateAlgorithmMismatch = 1062 "certificate.algorithm_mismatch",
        CertificateDuplicateExtension = 1063 "certificate.duplicate_extension",
        CertificateSerial = 1064 "certificate.serial",
        CertificateTime = 1065 "certificate.time",
        CertificateExtension = 1066 "certificate.extension",
        TpmTruncated = 1071 "tpm.truncated",
        TpmTrailing = 1072 "tpm.trailing",
        TpmValue = 1073 "tpm.value",
        JwsShape = 1081 "jws.shape",
        JwsHeader = 1082 "jws.header",
        ResponseMissing = 1091 "response.missing",
        ResponseType = 1092 "response.type",
        ResponseUnknown = 1093 "response.unknown",
        ResponseValue = 1094 "response.value",
        MetadataMissing = 1101 "metadata.missing",
        MetadataType = 1102 "metadata.type",
        MetadataValue = 1103 "metadata.value",
    }
    InvalidKey {
        KeyNotPrivate = 301 "key.not_private",
        KeyNotPublic = 302 "key.not_public",
        KeyMismatch = 303 "key.mismatch",
        KeyLength = 304 "key.length",
        KeyScalar = 305 "key.scalar",
        KeyPoint = 306 "key.point",
        KeySmallOrder = 307 "key.small_order",
        KeyExplicitParameters = 308 "key.explicit_parameters",
        KeyRsaPrivate = 309 "key.rsa_private",
        KeyRsaExponent = 310 "key.rsa_exponent",
        KeyRsaModulus = 311 "key.rsa_modulus",
        KeyTooSmall = 312 "key.too_small",
        KeyPasswordRequired = 313 "key.password_required",
        KeyPasswordWrong = 314 "key.password_wrong",
        KeyNotEncrypted = 315 "key.not_encrypted",
        KeyAlgorithmMissing = 316 "key.algorithm_missing",
        KeyCompressed = 317 "key.compressed",
        KeyOperations = 318 "key.operations",
        KeyEncoding = 319 "key.encoding",
    }
    UnsupportedAlgorithm {
        AlgorithmUnknown = 401 "algorithm.unknown",
        AlgorithmKeyType = 402 "algorithm.key_type",
        AlgorithmCurve = 403 "algorithm.curve",
        AlgorithmEncryption = 404 "algorithm.encryption",
        AlgorithmLegacyEncryption = 405 "algorithm.legacy_encryption",
        AlgorithmFormat = 406 "algorithm.format",
        AlgorithmMultiPrime = 407 "algorithm.multi_prime",
        AlgorithmMismatch = 408 "algorithm.mismatch",
        AlgorithmLegacyHash = 409 "algorithm.legacy_hash",
        AlgorithmAttestationFormat = 410 "algorithm.attestation_format",
        AlgorithmEcdaa = 411 "algorithm.ecdaa",
    }
    InvalidSignature {
        SignatureInvalid = 501 "signature.invalid",
    }
    ClaimMismatch {
        ClientDataTypeMismatch = 601 "client_data.type_mismatch",
        ClientDataChallengeMismatch = 602 "client_data.challenge_mismatch",
        ClientDataOriginMismatch = 603 "client_data.origin_mismatch",
        ClientDataCrossOriginMismatch = 604 "client_data.cross_origin_mismatch",
        ClientDataProfileMismatch = 605 "client_data.profile_mismatch",
        AttestationPublicKeyMismatch = 611 "attestation.public_key_mismatch",
        CredentialKindMismatch = 621 "credential.kind_mismatch",
        CredentialIdMismatch = 622 "credential.id_mismatch",
        AssertionKindMismatch = 631 "assertion.kind_mismatch",
        AssertionIdMismatch = 632 "assertion.id_mismatch",
        ChallengeCredentialNotAllowed = 641 "challenge.credential_not_allowed",
        ClientDataTopOriginMismatch = 606 "client_data.top_origin_mismatch",
        ClientDataSerializationMismatch = 607 "client_data.serialization_mismatch",
        AuthenticatorDataRpIdMismatch = 651 "authenticator_data.rp_id_mismatch",
        AuthenticatorDataUserPresence = 652 "authenticator_data.user_presence",
        AuthenticatorDataUserVerification = 653 "authenticator_data.user_verification",
        AuthenticatorDataBackupState = 654 "authenticator_data.backup_state",
        AuthenticatorDataBackupEligibilityMismatch = 655 "authenticator_data.backup_eligibility_mismatch",
        AuthenticatorDataSignCount = 656 "authenticator_data.sign_count",
        ResponseCredentialIdMismatch = 661 "response.credential_id_mismatch",
        ResponseUserHandleMismatch = 662 "response.user_handle_mismatch",
        ResponseAlgorithmNotAllowed = 663 "response.algorithm_not_allowed",
        ResponseFormatNotAllowed = 664 "response.format_not_allowed",
        StatementAlgorithmMismatch = 671 "statement.algorithm_mismatch",
        StatementAaguidMismatch = 672 "statement.aaguid_mismatch",
        StatementAaguidCritical = 673 "statement.aaguid_critical",
        StatementKeyMismatch = 674 "statement.key_mismatch",
        StatementVersionMismatch = 675 "statement.version_mismatch",
        StatementMagicMismatch = 676 "statement.magic_mismatch",
        StatementTypeMismatch = 677 "statement.type_mismatch",
        StatementExtraDataMismatch = 678 "statement.extra_data_mismatch",
        StatementNameMismatch = 679 "statement.name_mismatch",
        StatementChallengeMismatch = 680 "statement.challenge_mismatch",
        StatementAllApplications = 681 "statement.all_applications",
        StatementAuthorization = 682 "statement.authorization",
        StatementKeyDescription = 683 "statement.key_description",
        StatementNonceMismatch = 684 "statement.nonce_mismatch",
        StatementCtsProfile = 685 "statement.cts_profile",
        StatementTimestamp = 686 "statement.timestamp",
        JwsAlgorithmMismatch = 689 "jws.algorithm_mismatch",
        MetadataRollback = 691 "metadata.rollback",
        MetadataExpired = 692 "metadata.expired",
    }
    UntrustedAttestation {
        LeafVersion = 1301 "leaf.version",
        LeafSubject = 1302 "leaf.subject",
        LeafIsCa = 1303 "leaf.is_ca",
        LeafBasicConstraints = 1304 "leaf.basic_constraints",
        LeafAlternativeName = 1305 "leaf.alternative_name",
        LeafVendor = 1306 "leaf.vendor",
        LeafExtendedKeyUsage = 1307 "leaf.extended_key_usage",
        LeafHostname = 1308 "leaf.hostname",
        TrustNoPath = 1321 "trust.no_path",
        TrustNoAttestation = 1322 "trust.no_attestation",
        TrustName = 1323 "trust.name",
        TrustValidity = 1324 "trust.validity",
        TrustNotCa = 1325 "trust.not_ca",
        TrustPathLength = 1326 "trust.path_length",
        TrustKeyUsage = 1327 "trust.key_usage",
        TrustWeakHash = 1328 "trust.weak_hash",
        TrustWeakKey = 1329 "trust.weak_key",
        TrustSignature = 1330 "trust.signature",
        TrustCriticalExtension = 1331 "trust.critical_extension",
        TrustNameConstraints = 1332 "trust.name_constraints",
        TrustBudget = 1333 "trust.budget",
        TrustDepth = 1334 "trust.depth",
    }
    LimitExceeded {
        LimitSize = 701 "limit.size",
        LimitDepth = 702 "limit.depth",
        LimitCount = 703 "limit.count",
        LimitKdfCost = 704 "limit.kdf_cost",
        LimitKeySize = 705 "limit.key_size",
    }
    KeyClosed {
        KeyClosed = 801 "key.closed",
    }
    InternalError {
        Internal = 901 "internal.error",
    }
    ArgumentTypeError {
        ArgumentType = 951 "argument.type",
    }
    ArgumentValueError {
        ArgumentValue = 952 "argument.value",
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Inner {
    code: Code,
    message: Cow<'static, str>,
    offset: Option<usize>,
    field: Option<&'static str>,
    expected: Option<String>,
    actual: Option<String>,
}

/// Why something was refused. Boxed, so that results stay small on the paths that succeed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error(Box<Inner>);

/// The result of everything in this crate that can fail.
pub type Result<T, E = Error> = core::result::Result<T, E>;

impl Error {
    /// An error with a fixed message or one built from [`quote`]d input.
    #[must_use]
    pub fn new(code: Code, message: impl Into<Cow<'static, str>>) -> Self {
        Self(Box::new(Inner {
            code,
            message: presentable(message.into(), limits::MESSAGE),
            offset: None,
            field: None,
            expected: None,
            actual: None,
        }))
    }

    /// The one outcome of every signature that does not verify.
    #[must_use]
    pub fn invalid_signature() -> Self {
        Self::new(Code::SignatureInvalid, "the signature does not verify")
    }

    /// A member that says something else than was expected of it.
    #[must_use]
    pub fn mismatch(code: Code, field: &'static str, expected: &str, actual: &str) -> Self {
        Self::new(code, format!("{field} is not what was expected"))
            .in_field(field)
            .expecting(expected, actual)
    }

    /// Adds where reading stopped.
    #[must_use]
    pub fn at(mut self, offset: usize) -> Self {
        self.0.offset = Some(offset);
        self
    }

    /// Adds where reading stopped, where that is known.
    #[must_use]
    pub fn at_known(self, offset: Option<usize>) -> Self {
        match offset {
            Some(offset) => self.at(offset),
            None => self,
        }
    }

    /// Adds the member that was being read, unless one is named already.
    #[must_use]
    pub fn in_field(mut self, field: &'static str) -> Self {
        self.0.field.get_or_insert(field);
        self
    }

    /// Adds what was expected and what was found.
    #[must_use]
    pub fn expecting(mut self, expected: &str, actual: &str) -> Self {
        self.0.expected = Some(presentable(expected.to_owned().into(), limits::MESSAGE).into_owned());
        self.0.actual = Some(presentable(actual.to_owned().into(), limits::MESSAGE).into_owned());
        self
    }

    /// The stable reason.
    #[must_use]
    pub fn code(&self) -> Code {
        self.0.code
    }

    /// One sentence for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// Where reading stopped.
    #[must_use]
    pub fn offset(&self) -> Option<usize> {
        self.0.offset
    }

    /// The member concerned.
    #[must_use]
    pub fn field(&self) -> Option<&'static str> {
        self.0.field
    }

    /// What was expected.
    #[must_use]
    pub fn expected(&self) -> Option<&str> {
        self.0.expected.as_deref()
    }

    /// What was found.
    #[must_use]
    pub fn actual(&self) -> Option<&str> {
        self.0.actual.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.0.code.name(), self.0.message)
    }
}

impl std::error::Error for Error {}

/// Foreign input made fit for a message: escaped, in quotation marks, at most [`limits::QUOTE`] characters.
#[must_use]
pub fn quote(input: &str) -> String {
    let mut shown: String = input.chars().take(limits::QUOTE).flat_map(printable).collect();
    if input.chars().nth(limits::QUOTE).is_some() {
        shown.push('…');
    }
    format!("\"{shown}\"")
}

fn printable(c: char) -> impl Iterator<Item = char> {
    let plain = !(c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}'));
    let escaped = (!plain).then(|| c.escape_unicode());
    plain.then_some(c).into_iter().chain(escaped.into_iter().flatten())
}

fn presentable(text: Cow<'static, str>, most: usize) -> Cow<'static, str> {
    let clean = text.chars().flat_map(printable).take(most).eq(text.chars());
    if clean { text } else { text.chars().flat_map(printable).take(most).collect::<String>().into() }
}

#[cfg(test)]
mod tests {
    use super::{Code, Error, quote};
    use std::collections::BTreeSet;

    #[test]
    fn every_number_and_every_name_is_given_once() {
        let numbers: BTreeSet<_> = Code::ALL.iter().map(|c| c.number()).collect();
        let names: BTreeSet<_> = Code::ALL.iter().map(|c| c.name()).collect();
        assert_eq!(numbers.len(), Code::ALL.len());
        assert_eq!(names.len(), Code::ALL.len());
    }

    #[test]
    fn messages_are_bounded_and_hold_no_control_character() {
        let error = Error::new(Code::JsonSyntax, format!("a\u{1b}[31m\n\u{202e}{}", "x".repeat(500)));
        assert_eq!(error.message().chars().count(), 200);
        assert!(error.message().starts_with("a\\u{1b}[31m\\u{a}\\u{202e}x"));
    }

    #[test]
    fn quotes_are_escaped_and_short() {
        assert_eq!(quote("a\nb"), "\"a\\u{a}b\"");
        assert_eq!(quote(&"y".repeat(40)), format!("\"{}…\"", "y".repeat(32)));
    }
}
