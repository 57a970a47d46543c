//! Statuses: the numbers of the core's codes, and a few that only a caller from C can meet.
//!
//! They are written out because the header is made of this file; a test compares them with the core's.

use std::ffi::{CStr, c_char};
use std::sync::LazyLock;

use countermark_core::crypto::gate;
use countermark_core::error::Code;

/// The outcome of a call: `CM_OK`, or why it failed. A number never changes its meaning and is never used again.
pub type cm_status = i32;

/// It worked.
pub const CM_OK: cm_status = 0;

/// `c.null_pointer`: a pointer that is required is NULL.
pub const CM_C_NULL_POINTER: cm_status = 9001;
/// `c.overlap`: the memory for a result overlaps that of another argument.
pub const CM_C_OVERLAP: cm_status = 9002;
/// `c.buffer_too_small`: the result needs more room; the size stands where the length stood.
pub const CM_C_BUFFER_TOO_SMALL: cm_status = 9003;
/// `c.handle_invalid`: no handle of this kind has this number.
pub const CM_C_HANDLE_INVALID: cm_status = 9004;
/// `c.handle_closed`: the handle was closed. For a private key this is `CM_KEY_CLOSED`.
pub const CM_C_HANDLE_CLOSED: cm_status = 9005;

/// `base64url.alphabet` (MalformedInput)
pub const CM_BASE64URL_ALPHABET: cm_status = 101;
/// `base64url.padding` (MalformedInput)
pub const CM_BASE64URL_PADDING: cm_status = 102;
/// `base64url.length` (MalformedInput)
pub const CM_BASE64URL_LENGTH: cm_status = 103;
/// `base64url.trailing_bits` (MalformedInput)
pub const CM_BASE64URL_TRAILING_BITS: cm_status = 104;
/// `hex.alphabet` (MalformedInput)
pub const CM_HEX_ALPHABET: cm_status = 111;
/// `hex.length` (MalformedInput)
pub const CM_HEX_LENGTH: cm_status = 112;
/// `json.utf8` (MalformedInput)
pub const CM_JSON_UTF8: cm_status = 121;
/// `json.bom` (MalformedInput)
pub const CM_JSON_BOM: cm_status = 122;
/// `json.syntax` (MalformedInput)
pub const CM_JSON_SYNTAX: cm_status = 123;
/// `json.surrogate` (MalformedInput)
pub const CM_JSON_SURROGATE: cm_status = 124;
/// `json.trailing` (MalformedInput)
pub const CM_JSON_TRAILING: cm_status = 125;
/// `json.shape` (MalformedInput)
pub const CM_JSON_SHAPE: cm_status = 126;
/// `json.duplicate` (MalformedInput)
pub const CM_JSON_DUPLICATE: cm_status = 127;
/// `der.truncated` (MalformedInput)
pub const CM_DER_TRUNCATED: cm_status = 131;
/// `der.tag` (MalformedInput)
pub const CM_DER_TAG: cm_status = 132;
/// `der.length` (MalformedInput)
pub const CM_DER_LENGTH: cm_status = 133;
/// `der.trailing` (MalformedInput)
pub const CM_DER_TRAILING: cm_status = 134;
/// `der.value` (MalformedInput)
pub const CM_DER_VALUE: cm_status = 135;
/// `pem.missing` (MalformedInput)
pub const CM_PEM_MISSING: cm_status = 141;
/// `pem.label` (MalformedInput)
pub const CM_PEM_LABEL: cm_status = 142;
/// `pem.multiple` (MalformedInput)
pub const CM_PEM_MULTIPLE: cm_status = 143;
/// `pem.junk` (MalformedInput)
pub const CM_PEM_JUNK: cm_status = 144;
/// `pem.base64` (MalformedInput)
pub const CM_PEM_BASE64: cm_status = 145;
/// `client_data.missing` (MalformedInput)
pub const CM_CLIENT_DATA_MISSING: cm_status = 151;
/// `client_data.type` (MalformedInput)
pub const CM_CLIENT_DATA_TYPE: cm_status = 152;
/// `attestation.missing` (MalformedInput)
pub const CM_ATTESTATION_MISSING: cm_status = 161;
/// `attestation.type` (MalformedInput)
pub const CM_ATTESTATION_TYPE: cm_status = 162;
/// `attestation.unknown` (MalformedInput)
pub const CM_ATTESTATION_UNKNOWN: cm_status = 163;
/// `attestation.value` (MalformedInput)
pub const CM_ATTESTATION_VALUE: cm_status = 164;
/// `assertion.missing` (MalformedInput)
pub const CM_ASSERTION_MISSING: cm_status = 171;
/// `assertion.type` (MalformedInput)
pub const CM_ASSERTION_TYPE: cm_status = 172;
/// `assertion.unknown` (MalformedInput)
pub const CM_ASSERTION_UNKNOWN: cm_status = 173;
/// `assertion.value` (MalformedInput)
pub const CM_ASSERTION_VALUE: cm_status = 174;
/// `credential.missing` (MalformedInput)
pub const CM_CREDENTIAL_MISSING: cm_status = 181;
/// `credential.type` (MalformedInput)
pub const CM_CREDENTIAL_TYPE: cm_status = 182;
/// `credential.unknown` (MalformedInput)
pub const CM_CREDENTIAL_UNKNOWN: cm_status = 183;
/// `credential.value` (MalformedInput)
pub const CM_CREDENTIAL_VALUE: cm_status = 184;
/// `challenge.missing` (MalformedInput)
pub const CM_CHALLENGE_MISSING: cm_status = 191;
/// `challenge.type` (MalformedInput)
pub const CM_CHALLENGE_TYPE: cm_status = 192;
/// `jwk.missing` (MalformedInput)
pub const CM_JWK_MISSING: cm_status = 201;
/// `jwk.type` (MalformedInput)
pub const CM_JWK_TYPE: cm_status = 202;
/// `jwk.value` (MalformedInput)
pub const CM_JWK_VALUE: cm_status = 203;
/// `cbor.truncated` (MalformedInput)
pub const CM_CBOR_TRUNCATED: cm_status = 1001;
/// `cbor.indefinite` (MalformedInput)
pub const CM_CBOR_INDEFINITE: cm_status = 1002;
/// `cbor.break` (MalformedInput)
pub const CM_CBOR_BREAK: cm_status = 1003;
/// `cbor.tag` (MalformedInput)
pub const CM_CBOR_TAG: cm_status = 1004;
/// `cbor.float` (MalformedInput)
pub const CM_CBOR_FLOAT: cm_status = 1005;
/// `cbor.simple` (MalformedInput)
pub const CM_CBOR_SIMPLE: cm_status = 1006;
/// `cbor.reserved` (MalformedInput)
pub const CM_CBOR_RESERVED: cm_status = 1007;
/// `cbor.non_canonical` (MalformedInput)
pub const CM_CBOR_NON_CANONICAL: cm_status = 1008;
/// `cbor.order` (MalformedInput)
pub const CM_CBOR_ORDER: cm_status = 1009;
/// `cbor.duplicate` (MalformedInput)
pub const CM_CBOR_DUPLICATE: cm_status = 1010;
/// `cbor.utf8` (MalformedInput)
pub const CM_CBOR_UTF8: cm_status = 1011;
/// `cbor.key_type` (MalformedInput)
pub const CM_CBOR_KEY_TYPE: cm_status = 1012;
/// `cbor.trailing` (MalformedInput)
pub const CM_CBOR_TRAILING: cm_status = 1013;
/// `cbor.shape` (MalformedInput)
pub const CM_CBOR_SHAPE: cm_status = 1014;
/// `authenticator_data.truncated` (MalformedInput)
pub const CM_AUTHENTICATOR_DATA_TRUNCATED: cm_status = 1021;
/// `authenticator_data.trailing` (MalformedInput)
pub const CM_AUTHENTICATOR_DATA_TRAILING: cm_status = 1022;
/// `authenticator_data.credential_id` (MalformedInput)
pub const CM_AUTHENTICATOR_DATA_CREDENTIAL_ID: cm_status = 1023;
/// `authenticator_data.flags` (MalformedInput)
pub const CM_AUTHENTICATOR_DATA_FLAGS: cm_status = 1024;
/// `authenticator_data.extensions` (MalformedInput)
pub const CM_AUTHENTICATOR_DATA_EXTENSIONS: cm_status = 1025;
/// `authenticator_data.missing_credential` (MalformedInput)
pub const CM_AUTHENTICATOR_DATA_MISSING_CREDENTIAL: cm_status = 1026;
/// `cose.missing` (MalformedInput)
pub const CM_COSE_MISSING: cm_status = 1031;
/// `cose.type` (MalformedInput)
pub const CM_COSE_TYPE: cm_status = 1032;
/// `cose.unknown` (MalformedInput)
pub const CM_COSE_UNKNOWN: cm_status = 1033;
/// `attestation_object.missing` (MalformedInput)
pub const CM_ATTESTATION_OBJECT_MISSING: cm_status = 1041;
/// `attestation_object.type` (MalformedInput)
pub const CM_ATTESTATION_OBJECT_TYPE: cm_status = 1042;
/// `attestation_object.unknown` (MalformedInput)
pub const CM_ATTESTATION_OBJECT_UNKNOWN: cm_status = 1043;
/// `statement.missing` (MalformedInput)
pub const CM_STATEMENT_MISSING: cm_status = 1051;
/// `statement.type` (MalformedInput)
pub const CM_STATEMENT_TYPE: cm_status = 1052;
/// `statement.unknown` (MalformedInput)
pub const CM_STATEMENT_UNKNOWN: cm_status = 1053;
/// `statement.value` (MalformedInput)
pub const CM_STATEMENT_VALUE: cm_status = 1054;
/// `certificate.version` (MalformedInput)
pub const CM_CERTIFICATE_VERSION: cm_status = 1061;
/// `certificate.algorithm_mismatch` (MalformedInput)
pub const CM_CERTIFICATE_ALGORITHM_MISMATCH: cm_status = 1062;
/// `certificate.duplicate_extension` (MalformedInput)
pub const CM_CERTIFICATE_DUPLICATE_EXTENSION: cm_status = 1063;
/// `certificate.serial` (MalformedInput)
pub const CM_CERTIFICATE_SERIAL: cm_status = 1064;
/// `certificate.time` (MalformedInput)
pub const CM_CERTIFICATE_TIME: cm_status = 1065;
/// `certificate.extension` (MalformedInput)
pub const CM_CERTIFICATE_EXTENSION: cm_status = 1066;
/// `tpm.truncated` (MalformedInput)
pub const CM_TPM_TRUNCATED: cm_status = 1071;
/// `tpm.trailing` (MalformedInput)
pub const CM_TPM_TRAILING: cm_status = 1072;
/// `tpm.value` (MalformedInput)
pub const CM_TPM_VALUE: cm_status = 1073;
/// `jws.shape` (MalformedInput)
pub const CM_JWS_SHAPE: cm_status = 1081;
/// `jws.header` (MalformedInput)
pub const CM_JWS_HEADER: cm_status = 1082;
/// `response.missing` (MalformedInput)
pub const CM_RESPONSE_MISSING: cm_status = 1091;
/// `response.type` (MalformedInput)
pub const CM_RESPONSE_TYPE: cm_status = 1092;
/// `response.unknown` (MalformedInput)
pub const CM_RESPONSE_UNKNOWN: cm_status = 1093;
/// `response.value` (MalformedInput)
pub const CM_RESPONSE_VALUE: cm_status = 1094;
/// `metadata.missing` (MalformedInput)
pub const CM_METADATA_MISSING: cm_status = 1101;
/// `metadata.type` (MalformedInput)
pub const CM_METADATA_TYPE: cm_status = 1102;
/// `metadata.value` (MalformedInput)
pub const CM_METADATA_VALUE: cm_status = 1103;
/// `key.not_private` (InvalidKey)
pub const CM_KEY_NOT_PRIVATE: cm_status = 301;
/// `key.not_public` (InvalidKey)
pub const CM_KEY_NOT_PUBLIC: cm_status = 302;
/// `key.mismatch` (InvalidKey)
pub const CM_KEY_MISMATCH: cm_status = 303;
/// `key.length` (InvalidKey)
pub const CM_KEY_LENGTH: cm_status = 304;
/// `key.scalar` (InvalidKey)
pub const CM_KEY_SCALAR: cm_status = 305;
/// `key.point` (InvalidKey)
pub const CM_KEY_POINT: cm_status = 306;
/// `key.small_order` (InvalidKey)
pub const CM_KEY_SMALL_ORDER: cm_status = 307;
/// `key.explicit_parameters` (InvalidKey)
pub const CM_KEY_EXPLICIT_PARAMETERS: cm_status = 308;
/// `key.rsa_private` (InvalidKey)
pub const CM_KEY_RSA_PRIVATE: cm_status = 309;
/// `key.rsa_exponent` (InvalidKey)
pub const CM_KEY_RSA_EXPONENT: cm_status = 310;
/// `key.rsa_modulus` (InvalidKey)
pub const CM_KEY_RSA_MODULUS: cm_status = 311;
/// `key.too_small` (InvalidKey)
pub const CM_KEY_TOO_SMALL: cm_status = 312;
/// `key.password_required` (InvalidKey)
pub const CM_KEY_PASSWORD_REQUIRED: cm_status = 313;
/// `key.password_wrong` (InvalidKey)
pub const CM_KEY_PASSWORD_WRONG: cm_status = 314;
/// `key.not_encrypted` (InvalidKey)
pub const CM_KEY_NOT_ENCRYPTED: cm_status = 315;
/// `key.algorithm_missing` (InvalidKey)
pub const CM_KEY_ALGORITHM_MISSING: cm_status = 316;
/// `key.compressed` (InvalidKey)
pub const CM_KEY_COMPRESSED: cm_status = 317;
/// `key.operations` (InvalidKey)
pub const CM_KEY_OPERATIONS: cm_status = 318;
/// `key.encoding` (InvalidKey)
pub const CM_KEY_ENCODING: cm_status = 319;
/// `algorithm.unknown` (UnsupportedAlgorithm)
pub const CM_ALGORITHM_UNKNOWN: cm_status = 401;
/// `algorithm.key_type` (UnsupportedAlgorithm)
pub const CM_ALGORITHM_KEY_TYPE: cm_status = 402;
/// `algorithm.curve` (UnsupportedAlgorithm)
pub const CM_ALGORITHM_CURVE: cm_status = 403;
/// `algorithm.encryption` (UnsupportedAlgorithm)
pub const CM_ALGORITHM_ENCRYPTION: cm_status = 404;
/// `algorithm.legacy_encryption` (UnsupportedAlgorithm)
pub const CM_ALGORITHM_LEGACY_ENCRYPTION: cm_status = 405;
/// `algorithm.format` (UnsupportedAlgorithm)
pub const CM_ALGORITHM_FORMAT: cm_status = 406;
/// `algorithm.multi_prime` (UnsupportedAlgorithm)
pub const CM_ALGORITHM_MULTI_PRIME: cm_status = 407;
/// `algorithm.mismatch` (UnsupportedAlgorithm)
pub const CM_ALGORITHM_MISMATCH: cm_status = 408;
/// `algorithm.legacy_hash` (UnsupportedAlgorithm)
pub const CM_ALGORITHM_LEGACY_HASH: cm_status = 409;
/// `algorithm.attestation_format` (UnsupportedAlgorithm)
pub const CM_ALGORITHM_ATTESTATION_FORMAT: cm_status = 410;
/// `algorithm.ecdaa` (UnsupportedAlgorithm)
pub const CM_ALGORITHM_ECDAA: cm_status = 411;
/// `signature.invalid` (InvalidSignature)
pub const CM_SIGNATURE_INVALID: cm_status = 501;
/// `client_data.type_mismatch` (ClaimMismatch)
pub const CM_CLIENT_DATA_TYPE_MISMATCH: cm_status = 601;
/// `client_data.challenge_mismatch` (ClaimMismatch)
pub const CM_CLIENT_DATA_CHALLENGE_MISMATCH: cm_status = 602;
/// `client_data.origin_mismatch` (ClaimMismatch)
pub const CM_CLIENT_DATA_ORIGIN_MISMATCH: cm_status = 603;
/// `client_data.cross_origin_mismatch` (ClaimMismatch)
pub const CM_CLIENT_DATA_CROSS_ORIGIN_MISMATCH: cm_status = 604;
/// `client_data.profile_mismatch` (ClaimMismatch)
pub const CM_CLIENT_DATA_PROFILE_MISMATCH: cm_status = 605;
/// `attestation.public_key_mismatch` (ClaimMismatch)
pub const CM_ATTESTATION_PUBLIC_KEY_MISMATCH: cm_status = 611;
/// `credential.kind_mismatch` (ClaimMismatch)
pub const CM_CREDENTIAL_KIND_MISMATCH: cm_status = 621;
/// `credential.id_mismatch` (ClaimMismatch)
pub const CM_CREDENTIAL_ID_MISMATCH: cm_status = 622;
/// `assertion.kind_mismatch` (ClaimMismatch)
pub const CM_ASSERTION_KIND_MISMATCH: cm_status = 631;
/// `assertion.id_mismatch` (ClaimMismatch)
pub const CM_ASSERTION_ID_MISMATCH: cm_status = 632;
/// `challenge.credential_not_allowed` (ClaimMismatch)
pub const CM_CHALLENGE_CREDENTIAL_NOT_ALLOWED: cm_status = 641;
/// `client_data.top_origin_mismatch` (ClaimMismatch)
pub const CM_CLIENT_DATA_TOP_ORIGIN_MISMATCH: cm_status = 606;
/// `client_data.serialization_mismatch` (ClaimMismatch)
pub const CM_CLIENT_DATA_SERIALIZATION_MISMATCH: cm_status = 607;
/// `authenticator_data.rp_id_mismatch` (ClaimMismatch)
pub const CM_AUTHENTICATOR_DATA_RP_ID_MISMATCH: cm_status = 651;
/// `authenticator_data.user_presence` (ClaimMismatch)
pub const CM_AUTHENTICATOR_DATA_USER_PRESENCE: cm_status = 652;
/// `authenticator_data.user_verification` (ClaimMismatch)
pub const CM_AUTHENTICATOR_DATA_USER_VERIFICATION: cm_status = 653;
/// `authenticator_data.backup_state` (ClaimMismatch)
pub const CM_AUTHENTICATOR_DATA_BACKUP_STATE: cm_status = 654;
/// `authenticator_data.backup_eligibility_mismatch` (ClaimMismatch)
pub const CM_AUTHENTICATOR_DATA_BACKUP_ELIGIBILITY_MISMATCH: cm_status = 655;
/// `authenticator_data.sign_count` (ClaimMismatch)
pub const CM_AUTHENTICATOR_DATA_SIGN_COUNT: cm_status = 656;
/// `response.credential_id_mismatch` (ClaimMismatch)
pub const CM_RESPONSE_CREDENTIAL_ID_MISMATCH: cm_status = 661;
/// `response.user_handle_mismatch` (ClaimMismatch)
pub const CM_RESPONSE_USER_HANDLE_MISMATCH: cm_status = 662;
/// `response.algorithm_not_allowed` (ClaimMismatch)
pub const CM_RESPONSE_ALGORITHM_NOT_ALLOWED: cm_status = 663;
/// `response.format_not_allowed` (ClaimMismatch)
pub const CM_RESPONSE_FORMAT_NOT_ALLOWED: cm_status = 664;
/// `statement.algorithm_mismatch` (ClaimMismatch)
pub const CM_STATEMENT_ALGORITHM_MISMATCH: cm_status = 671;
/// `statement.aaguid_mismatch` (ClaimMismatch)
pub const CM_STATEMENT_AAGUID_MISMATCH: cm_status = 672;
/// `statement.aaguid_critical` (ClaimMismatch)
pub const CM_STATEMENT_AAGUID_CRITICAL: cm_status = 673;
/// `statement.key_mismatch` (ClaimMismatch)
pub const CM_STATEMENT_KEY_MISMATCH: cm_status = 674;
/// `statement.version_mismatch` (ClaimMismatch)
pub const CM_STATEMENT_VERSION_MISMATCH: cm_status = 675;
/// `statement.magic_mismatch` (ClaimMismatch)
pub const CM_STATEMENT_MAGIC_MISMATCH: cm_status = 676;
/// `statement.type_mismatch` (ClaimMismatch)
pub const CM_STATEMENT_TYPE_MISMATCH: cm_status = 677;
/// `statement.extra_data_mismatch` (ClaimMismatch)
pub const CM_STATEMENT_EXTRA_DATA_MISMATCH: cm_status = 678;
/// `statement.name_mismatch` (ClaimMismatch)
pub const CM_STATEMENT_NAME_MISMATCH: cm_status = 679;
/// `statement.challenge_mismatch` (ClaimMismatch)
pub const CM_STATEMENT_CHALLENGE_MISMATCH: cm_status = 680;
/// `statement.all_applications` (ClaimMismatch)
pub const CM_STATEMENT_ALL_APPLICATIONS: cm_status = 681;
/// `statement.authorization` (ClaimMismatch)
pub const CM_STATEMENT_AUTHORIZATION: cm_status = 682;
/// `statement.key_description` (ClaimMismatch)
pub const CM_STATEMENT_KEY_DESCRIPTION: cm_status = 683;
/// `statement.nonce_mismatch` (ClaimMismatch)
pub const CM_STATEMENT_NONCE_MISMATCH: cm_status = 684;
/// `statement.cts_profile` (ClaimMismatch)
pub const CM_STATEMENT_CTS_PROFILE: cm_status = 685;
/// `statement.timestamp` (ClaimMismatch)
pub const CM_STATEMENT_TIMESTAMP: cm_status = 686;
/// `jws.algorithm_mismatch` (ClaimMismatch)
pub const CM_JWS_ALGORITHM_MISMATCH: cm_status = 689;
/// `metadata.rollback` (ClaimMismatch)
pub const CM_METADATA_ROLLBACK: cm_status = 691;
/// `metadata.expired` (ClaimMismatch)
pub const CM_METADATA_EXPIRED: cm_status = 692;
/// `leaf.version` (UntrustedAttestation)
pub const CM_LEAF_VERSION: cm_status = 1301;
/// `leaf.subject` (UntrustedAttestation)
pub const CM_LEAF_SUBJECT: cm_status = 1302;
/// `leaf.is_ca` (UntrustedAttestation)
pub const CM_LEAF_IS_CA: cm_status = 1303;
/// `leaf.basic_constraints` (UntrustedAttestation)
pub const CM_LEAF_BASIC_CONSTRAINTS: cm_status = 1304;
/// `leaf.alternative_name` (UntrustedAttestation)
pub const CM_LEAF_ALTERNATIVE_NAME: cm_status = 1305;
/// `leaf.vendor` (UntrustedAttestation)
pub const CM_LEAF_VENDOR: cm_status = 1306;
/// `leaf.extended_key_usage` (UntrustedAttestation)
pub const CM_LEAF_EXTENDED_KEY_USAGE: cm_status = 1307;
/// `leaf.hostname` (UntrustedAttestation)
pub const CM_LEAF_HOSTNAME: cm_status = 1308;
/// `trust.no_path` (UntrustedAttestation)
pub const CM_TRUST_NO_PATH: cm_status = 1321;
/// `trust.no_attestation` (UntrustedAttestation)
pub const CM_TRUST_NO_ATTESTATION: cm_status = 1322;
/// `trust.name` (UntrustedAttestation)
pub const CM_TRUST_NAME: cm_status = 1323;
/// `trust.validity` (UntrustedAttestation)
pub const CM_TRUST_VALIDITY: cm_status = 1324;
/// `trust.not_ca` (UntrustedAttestation)
pub const CM_TRUST_NOT_CA: cm_status = 1325;
/// `trust.path_length` (UntrustedAttestation)
pub const CM_TRUST_PATH_LENGTH: cm_status = 1326;
/// `trust.key_usage` (UntrustedAttestation)
pub const CM_TRUST_KEY_USAGE: cm_status = 1327;
/// `trust.weak_hash` (UntrustedAttestation)
pub const CM_TRUST_WEAK_HASH: cm_status = 1328;
/// `trust.weak_key` (UntrustedAttestation)
pub const CM_TRUST_WEAK_KEY: cm_status = 1329;
/// `trust.signature` (UntrustedAttestation)
pub const CM_TRUST_SIGNATURE: cm_status = 1330;
/// `trust.critical_extension` (UntrustedAttestation)
pub const CM_TRUST_CRITICAL_EXTENSION: cm_status = 1331;
/// `trust.name_constraints` (UntrustedAttestation)
pub const CM_TRUST_NAME_CONSTRAINTS: cm_status = 1332;
/// `trust.budget` (UntrustedAttestation)
pub const CM_TRUST_BUDGET: cm_status = 1333;
/// `trust.depth` (UntrustedAttestation)
pub const CM_TRUST_DEPTH: cm_status = 1334;
/// `limit.size` (LimitExceeded)
pub const CM_LIMIT_SIZE: cm_status = 701;
/// `limit.depth` (LimitExceeded)
pub const CM_LIMIT_DEPTH: cm_status = 702;
/// `limit.count` (LimitExceeded)
pub const CM_LIMIT_COUNT: cm_status = 703;
/// `limit.kdf_cost` (LimitExceeded)
pub const CM_LIMIT_KDF_COST: cm_status = 704;
/// `limit.key_size` (LimitExceeded)
pub const CM_LIMIT_KEY_SIZE: cm_status = 705;
/// `key.closed` (KeyClosed)
pub const CM_KEY_CLOSED: cm_status = 801;
/// `internal.error` (InternalError)
pub const CM_INTERNAL_ERROR: cm_status = 901;
/// `argument.type` (ArgumentTypeError)
pub const CM_ARGUMENT_TYPE: cm_status = 951;
/// `argument.value` (ArgumentValueError)
pub const CM_ARGUMENT_VALUE: cm_status = 952;

const OWN: [(cm_status, &CStr); 6] = [
    (CM_OK, c"ok"),
    (CM_C_NULL_POINTER, c"c.null_pointer"),
    (CM_C_OVERLAP, c"c.overlap"),
    (CM_C_BUFFER_TOO_SMALL, c"c.buffer_too_small"),
    (CM_C_HANDLE_INVALID, c"c.handle_invalid"),
    (CM_C_HANDLE_CLOSED, c"c.handle_closed"),
];

/// The names with the NUL that C wants, made at first use, within the fork gate: a child forked meanwhile would wait
/// for them for ever.
static NAMES: LazyLock<Vec<(cm_status, std::ffi::CString)>> = LazyLock::new(|| {
    let own = OWN.iter().map(|(status, name)| (*status, (*name).to_owned()));
    let core = Code::ALL
        .iter()
        .map(|code| (code.number().into(), std::ffi::CString::new(code.name()).unwrap_or_default()));
    own.chain(core).collect()
});

/// The dotted name of a status, the same as in Python, such as `client_data.challenge_mismatch`; `ok` for CM_OK.
///
/// @param status any number.
/// @return text with a NUL at its end that lives as long as the library; `"unknown"` for a number that is none
///     of this library's. Never NULL.
#[unsafe(no_mangle)]
pub extern "C" fn cm_status_code_name(status: cm_status) -> *const c_char {
    let _pass = gate::enter();
    let found = NAMES.iter().find(|(number, _)| *number == status);
    found.map_or(c"unknown", |(_, name)| name.as_c_str()).as_ptr()
}

/// The name of one of this crate's own statuses.
pub(crate) fn own_name(status: cm_status) -> &'static str {
    let found = OWN.iter().find(|(number, _)| *number == status);
    found.and_then(|(_, name)| name.to_str().ok()).unwrap_or("unknown")
}

/// The version of the library.
///
/// @return text with a NUL at its end that lives as long as the library, such as `"0.1.0"`.
#[unsafe(no_mangle)]
pub extern "C" fn cm_version() -> *const c_char {
    const VERSION: &CStr =
        match CStr::from_bytes_with_nul(concat!(env!("CARGO_PKG_VERSION"), "\0").as_bytes()) {
            Ok(version) => version,
            Err(_) => c"unknown",
        };
    VERSION.as_ptr()
}

/// The version of the ABI that this header describes.
pub const CM_ABI_VERSION: u32 = 1;

/// The version of the ABI that the library has: compare it with `CM_ABI_VERSION` where the library was loaded at run
/// time. It changes only where a program that was built before would no longer work.
///
/// @return the number.
#[unsafe(no_mangle)]
pub extern "C" fn cm_abi_version() -> u32 {
    CM_ABI_VERSION
}
