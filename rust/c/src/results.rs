//! What comes back, as JSON. Members have the names of the Python attributes; bytes are base64url.

use countermark_core::crypto::Hash;
use countermark_core::dfns::assertion::VerifiedAssertion;
use countermark_core::dfns::audit::VerifiedAudit;
use countermark_core::dfns::client_data::ClientData;
use countermark_core::dfns::credential::VerifiedAttestation;
use countermark_core::error::{Class, Error};
use countermark_core::format::tolerance::Tolerance;
use countermark_core::key::PublicKey;
use countermark_core::key::public_key::PublicFormat;
use countermark_core::report::{Outcome, Report};
use countermark_core::webauthn::attestation::{Attestation, TrustPath};
use countermark_core::webauthn::authentication::VerifiedAuthentication;
use countermark_core::webauthn::authenticator_data::AuthenticatorData;
use countermark_core::webauthn::client_data::CollectedClientData;
use countermark_core::webauthn::extensions::{Extensions, FlagOrBytes};
use countermark_core::webauthn::registration::VerifiedRegistration;
use countermark_core::webauthn::response::Surroundings;

use crate::call::Failure;
use crate::status::own_name;
use crate::writer::{Object, object, string};

/// A failure as `cm_last_error_json` tells it.
pub(crate) fn error_json(failure: &Failure) -> String {
    match failure {
        Failure::Core(error, argument) => object(|out| {
            core_error_members(out, error);
            out.optional_text("argument", *argument);
        }),
        Failure::Own { status, message, argument } => object(|out| {
            out.number("status", status);
            out.text("code", own_name(*status));
            out.text("class", "CallError");
            out.text("message", message);
            ["field", "offset", "expected", "actual"].iter().for_each(|name| out.json(name, "null"));
            out.text("argument", argument);
        }),
    }
}

fn core_error(error: &Error) -> String {
    object(|out| core_error_members(out, error))
}

fn core_error_members(out: &mut Object, error: &Error) {
    let code = error.code();
    out.number("status", code.number());
    out.text("code", code.name());
    out.text("class", class_name(code.class()));
    out.text("message", error.message());
    out.optional_text("field", error.field());
    match error.offset() {
        Some(offset) => out.number("offset", offset),
        None => out.json("offset", "null"),
    }
    out.optional_text("expected", error.expected());
    out.optional_text("actual", error.actual());
}

/// The class of exceptions that Python has for it.
fn class_name(class: Class) -> &'static str {
    match class {
        Class::MalformedInput => "MalformedInput",
        Class::InvalidKey => "InvalidKey",
        Class::UnsupportedAlgorithm => "UnsupportedAlgorithm",
        Class::InvalidSignature => "InvalidSignature",
        Class::ClaimMismatch => "ClaimMismatch",
        Class::UntrustedAttestation => "UntrustedAttestation",
        Class::LimitExceeded => "LimitExceeded",
        Class::KeyClosed => "KeyClosed",
        Class::InternalError => "InternalError",
        Class::ArgumentTypeError => "ArgumentTypeError",
        Class::ArgumentValueError => "ArgumentValueError",
    }
}

/// A report: whether all is well, and every step.
pub(crate) fn report_json(report: &Report) -> String {
    object(|out| {
        out.flag("valid", report.valid());
        out.array("checks", |checks| {
            for check in &report.checks {
                checks.json(&object(|out| {
                    out.text("step", check.step);
                    out.text("section", check.section);
                    let (passed, error) = match &check.outcome {
                        Outcome::Passed => (Some(true), None),
                        Outcome::Failed(error) => (Some(false), Some(core_error(error))),
                        Outcome::NotJudged => (None, None),
                    };
                    out.optional_flag("passed", passed);
                    out.optional_json("error", error.as_deref());
                }));
            }
        });
    })
}

/// What there is to say of a public key.
pub(crate) fn public_key_json(key: &PublicKey) -> Result<String, Error> {
    let pem = key.to_pem(PublicFormat::Spki)?;
    Ok(object(|out| {
        out.text("algorithm", key.algorithm().name());
        out.optional_text("curve", key.curve());
        out.number("bits", key.bits());
        out.bytes("fingerprint", &key.fingerprint());
        out.bytes("thumbprint", &key.thumbprint());
        out.text("pem", &pem);
    }))
}

/// Client data of a key credential.
pub(crate) fn client_data_json(data: &ClientData) -> String {
    object(|out| {
        out.text("type", &data.kind);
        out.text("challenge", &data.challenge);
        out.optional_text("origin", data.origin.as_deref());
        out.optional_flag("cross_origin", data.cross_origin);
        out.bytes("raw", &data.raw);
    })
}

pub(crate) fn assertion_json(verified: &VerifiedAssertion) -> String {
    object(|out| {
        out.text("kind", verified.kind.name());
        out.text("credential_id", &verified.credential_id);
        out.json("client_data", &client_data_json(&verified.client_data));
        out.optional_text("algorithm", verified.algorithm.as_deref());
        out.optional_text("hash", verified.hash.map(Hash::name));
        out.bytes("signature", &verified.signature);
    })
}

pub(crate) fn attestation_json(verified: &VerifiedAttestation) -> String {
    object(|out| {
        out.text("kind", verified.kind.name());
        out.text("credential_id", &verified.credential_id);
        out.json("client_data", &client_data_json(&verified.client_data));
        out.text("public_key_pem", &verified.public_key_pem);
        out.optional_text("algorithm", verified.algorithm.as_deref());
        out.optional_text("hash", verified.hash.map(Hash::name));
        out.bytes("signature", &verified.signature);
        out.text("fingerprint", &verified.fingerprint);
    })
}

pub(crate) fn audit_json(verified: &VerifiedAudit, pinned: bool) -> Result<String, Error> {
    let pem = verified.public_key.to_pem(PublicFormat::Spki)?;
    Ok(object(|out| {
        out.text("kind", verified.kind.name());
        out.text("credential_id", &verified.credential_id);
        out.text("public_key_pem", &pem);
        out.flag("public_key_pinned", pinned);
        out.json("client_data", &client_data_json(&verified.client_data));
        out.optional_bytes("authenticator_data", verified.authenticator_data.as_deref());
        out.optional_text("hash", verified.hash.map(Hash::name));
        out.bytes("signature", &verified.signature);
        out.json("tolerated", &notes_json(&verified.tolerated));
    }))
}

pub(crate) fn registration_json(verified: &VerifiedRegistration) -> Result<String, Error> {
    let data = &verified.authenticator_data;
    let key = &verified.public_key;
    let credential_id = &data.credential()?.credential_id;
    let pem = key.key().to_pem(PublicFormat::Spki)?;
    Ok(object(|out| {
        out.bytes("credential_id", credential_id);
        out.bytes("public_key", key.encoded());
        out.text("public_key_pem", &pem);
        out.number("algorithm", key.algorithm().number());
        out.json("authenticator_data", &authenticator_data_json(data));
        out.json("client_data", &collected_json(&verified.client_data));
        out.json("attestation", &statement_json(&verified.attestation));
        surroundings(out, &verified.surroundings);
        out.json("tolerated", &notes_json(&verified.tolerated));
    }))
}

pub(crate) fn authentication_json(verified: &VerifiedAuthentication) -> String {
    object(|out| {
        out.bytes("credential_id", &verified.credential_id);
        out.optional_bytes("user_handle", verified.user_handle.as_deref());
        out.json("authenticator_data", &authenticator_data_json(&verified.authenticator_data));
        out.json("client_data", &collected_json(&verified.client_data));
        out.text("sign_count_status", verified.sign_count_status.name());
        out.bytes("signature", &verified.signature);
        surroundings(out, &verified.surroundings);
        out.json("tolerated", &notes_json(&verified.tolerated));
    })
}

fn authenticator_data_json(data: &AuthenticatorData<'_>) -> String {
    object(|out| {
        out.bytes("raw", &data.raw);
        out.bytes("rp_id_hash", &data.rp_id_hash);
        out.object("flags", |out| {
            out.number("value", data.flags.0);
            out.flag("user_present", data.flags.user_present());
            out.flag("user_verified", data.flags.user_verified());
            out.flag("backup_eligible", data.flags.backup_eligible());
            out.flag("backup_state", data.flags.backup_state());
        });
        out.number("sign_count", data.sign_count);
        out.optional_text("aaguid", data.attested.as_ref().map(|found| uuid(&found.aaguid)).as_deref());
        out.json("extensions", &extensions_json(&data.extensions));
    })
}

fn extensions_json(found: &Extensions<'_>) -> String {
    let either = |output: &Option<FlagOrBytes<'_>>| {
        output.as_ref().map(|output| match output {
            FlagOrBytes::Flag(flag) => flag.to_string(),
            FlagOrBytes::Bytes(bytes) => string(&countermark_core::format::base64url::encode(bytes)),
        })
    };
    object(|out| {
        let number = |value: Option<u64>| value.map(|value| value.to_string());
        out.optional_json("cred_protect", number(found.cred_protect.map(u64::from)).as_deref());
        out.optional_json("hmac_secret", either(&found.hmac_secret).as_deref());
        out.optional_json("min_pin_length", number(found.min_pin_length).as_deref());
        let uvm = found.uvm.as_ref().map(|factors| {
            crate::writer::array(|out| {
                factors.iter().for_each(|[a, b, c]| out.json(&format!("[{a},{b},{c}]")));
            })
        });
        out.optional_json("uvm", uvm.as_deref());
        out.optional_json("cred_blob", either(&found.cred_blob).as_deref());
        out.optional_bytes("large_blob_key", found.large_blob_key.as_deref());
        out.optional_flag("third_party_payment", found.third_party_payment);
        out.object("unknown", |out| {
            for (name, raw) in &found.unknown {
                out.bytes(name, raw);
            }
        });
    })
}

fn collected_json(data: &CollectedClientData) -> String {
    object(|out| {
        out.text("type", &data.kind);
        out.text("challenge", &data.challenge);
        out.text("origin", &data.origin);
        out.optional_flag("cross_origin", data.cross_origin);
        out.optional_text("top_origin", data.top_origin.as_deref());
        out.bytes("raw", &data.raw);
    })
}

fn statement_json(found: &Attestation) -> String {
    object(|out| {
        out.text("format", &found.format);
        out.text("type", found.kind.name());
        out.flag("trusted", found.trusted);
        out.optional_json("trust_error", found.trust_error.as_ref().map(core_error).as_deref());
        certificates(out, &found.chain);
        out.optional_json("path", found.path.as_ref().map(path_json).as_deref());
        out.array("statements", |statements| {
            for statement in &found.statements {
                statements.json(&match statement {
                    Ok(statement) => statement_json(statement),
                    Err(error) => object(|out| out.json("error", &core_error(error))),
                });
            }
        });
    })
}

fn path_json(path: &TrustPath) -> String {
    object(|out| {
        certificates(out, &path.chain);
        out.optional_bytes("anchor", path.anchor.as_deref());
        out.text("anchor_subject", &path.anchor_subject);
        out.number("signature_checks", path.signature_checks);
        out.json("tolerated", &notes_json(&path.tolerated));
    })
}

fn certificates(out: &mut Object, chain: &[Vec<u8>]) {
    let texts: Vec<String> =
        chain.iter().map(|der| countermark_core::format::base64url::encode(der)).collect();
    out.texts("chain", texts.iter().map(String::as_str));
}

fn surroundings(out: &mut Object, found: &Surroundings) {
    out.texts("transports", found.transports.iter().map(String::as_str));
    out.optional_text("authenticator_attachment", found.authenticator_attachment.as_deref());
    out.object("client_extensions", |out| {
        let client = &found.client_extensions;
        out.optional_flag("cred_props_rk", client.cred_props_rk);
        out.optional_flag("appid", client.appid);
        out.optional_flag("prf_enabled", client.prf_enabled);
        out.optional_flag("large_blob_supported", client.large_blob_supported);
        out.texts("unknown", client.unknown.iter().map(String::as_str));
    });
}

fn notes_json(notes: &[Tolerance]) -> String {
    crate::writer::array(|out| {
        for note in notes {
            out.json(&object(|out| {
                out.text("code", note.code.name());
                out.text("place", &note.place);
            }));
        }
    })
}

/// An AAGUID in the form of a UUID (RFC 9562 section 4).
fn uuid(bytes: &[u8; 16]) -> String {
    let mut text = String::with_capacity(36);
    for (place, byte) in bytes.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    text
}
