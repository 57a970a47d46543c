//! The responses of authenticators as they reach a server: the JSON of a browser (WebAuthn section 5.1, `toJSON`)
//! or the `Fido2` bodies of the Dfns API (its protocol, sections 4 and 5). A browser may add members; the bodies
//! of the API are strict.

use crate::error::{Code, Error, Result};
use crate::format::base64url;
use crate::format::record::{Field, RESPONSE, Record};
use crate::limits;

/// A new credential.
#[derive(Clone, Debug)]
pub struct RegistrationResponse {
    /// `id`, decoded.
    pub id: Vec<u8>,
    /// `clientDataJSON`
    pub client_data: Vec<u8>,
    /// `attestationObject`
    pub attestation_object: Vec<u8>,
    /// What surrounds them.
    pub surroundings: Surroundings,
}

/// An assertion.
#[derive(Clone, Debug)]
pub struct AuthenticationResponse {
    /// `id`, decoded.
    pub id: Vec<u8>,
    /// `clientDataJSON`
    pub client_data: Vec<u8>,
    /// `authenticatorData`
    pub authenticator_data: Vec<u8>,
    /// `signature`
    pub signature: Vec<u8>,
    /// `userHandle`
    pub user_handle: Option<Vec<u8>>,
    /// What surrounds them.
    pub surroundings: Surroundings,
}

/// Members that say something but prove nothing.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// Whether it was a body of the Dfns API.
    pub is_dfns: bool,
    /// `transports`
    pub transports: Vec<String>,
    /// `authenticatorAttachment`
    pub authenticator_attachment: Option<String>,
    /// `clientExtensionResults`
    pub client_extensions: ClientExtensions,
}

/// Outputs of client extensions (section 9.4 and 10.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClientExtensions {
    /// `credProps.rk`: whether the credential is discoverable.
    pub cred_props_rk: Option<bool>,
    /// `appid`: whether the legacy identifier was used.
    pub appid: Option<bool>,
    /// `prf.enabled`
    pub prf_enabled: Option<bool>,
    /// `largeBlob.supported`
    pub large_blob_supported: Option<bool>,
    /// The names of all others.
    pub unknown: Vec<String>,
}

/// Decodes a member in base64url.
fn decode(record: &Record<'_>, name: &'static str, padding: base64url::Padding) -> Result<Vec<u8>> {
    let text = record.filled_text(&RESPONSE, name)?;
    base64url::decode(text.as_bytes(), padding).map_err(|error| error.in_field(name))
}

/// An id, which has at most 1,023 bytes (WebAuthn section 4, "Credential ID").
fn credential_id(record: &Record<'_>, name: &'static str, padding: base64url::Padding) -> Result<Vec<u8>> {
    let id = decode(record, name, padding)?;
    if id.len() > limits::WEBAUTHN_CREDENTIAL_ID {
        let message = format!("a credential id of {} bytes is over the limit", id.len());
        return Err(Error::new(Code::LimitSize, message).in_field(name));
    }
    Ok(id)
}

fn is(record: &Record<'_>, name: &'static str, due: &str) -> Result<()> {
    let found = record.text(&RESPONSE, name)?;
    if found == due {
        return Ok(());
    }
    Err(RESPONSE.bad_value(name, format!("{name} of the response is not {due}")).expecting(due, found))
}

/// The members around the response proper of a browser's JSON.
fn browser(record: &Record<'_>, padding: base64url::Padding) -> Result<(Vec<u8>, Surroundings)> {
    is(record, "type", "public-key")?;
    let id = credential_id(record, "id", padding)?;
    if record.get("rawId").is_some() && decode(record, "rawId", padding)? != id {
        return Err(RESPONSE.bad_value("rawId", "id and rawId of the response differ"));
    }
    let client_extensions = match record.get("clientExtensionResults") {
        None | Some(Field::Null) => ClientExtensions::default(),
        Some(_) => client_extensions(&*record.record(&RESPONSE, "clientExtensionResults")?)?,
    };
    let authenticator_attachment =
        record.nullable_text(&RESPONSE, "authenticatorAttachment")?.map(str::to_owned);
    Ok((
        id,
        Surroundings { is_dfns: false, transports: Vec::new(), authenticator_attachment, client_extensions },
    ))
}

fn client_extensions(record: &Record<'_>) -> Result<ClientExtensions> {
    let flag = |record: &Record<'_>, name: &'static str| match record.get(name) {
        None => Ok(None),
        Some(Field::Bool(flag)) => Ok(Some(*flag)),
        Some(_) => Err(RESPONSE.wrong_type(name, "true or false")),
    };
    let inner = |outer: &'static str, name: &'static str| match record.get(outer) {
        None => Ok(None),
        Some(_) => flag(&*record.record(&RESPONSE, outer)?, name),
    };
    let known = ["credProps", "appid", "prf", "largeBlob"];
    Ok(ClientExtensions {
        cred_props_rk: inner("credProps", "rk")?,
        appid: flag(record, "appid")?,
        prf_enabled: inner("prf", "enabled")?,
        large_blob_supported: inner("largeBlob", "supported")?,
        unknown: record.names().filter(|name| !known.contains(name)).map(str::to_owned).collect(),
    })
}

impl RegistrationResponse {
    /// Reads a registration of either shape.
    ///
    /// # Errors
    /// `response.*`, `base64url.*`, `limit.*`.
    pub fn read(record: &Record<'_>, padding: base64url::Padding) -> Result<Self> {
        if record.get("credentialInfo").is_some() {
            let known = ["credentialKind", "credentialInfo", "credentialName", "challengeIdentifier"];
            record.only(&RESPONSE, &known)?;
            is(record, "credentialKind", "Fido2")?;
            record.optional_filled_text(&RESPONSE, "credentialName")?;
            record.optional_filled_text(&RESPONSE, "challengeIdentifier")?;
            let inner = record.record(&RESPONSE, "credentialInfo")?;
            inner.only(&RESPONSE, &["credId", "clientData", "attestationData"])?;
            return Ok(Self {
                id: credential_id(&inner, "credId", padding)?,
                client_data: decode(&inner, "clientData", padding)?,
                attestation_object: decode(&inner, "attestationData", padding)?,
                surroundings: Surroundings { is_dfns: true, ..Surroundings::default() },
            });
        }
        let (id, mut surroundings) = browser(record, padding)?;
        let inner = record.record(&RESPONSE, "response")?;
        if !matches!(inner.get("transports"), None | Some(Field::Null)) {
            for transport in inner.list(&RESPONSE, "transports")?.iter() {
                match transport {
                    Field::Text(text) => surroundings.transports.push(text.to_string()),
                    _ => return Err(RESPONSE.wrong_type("transports", "a list of strings")),
                }
            }
        }
        Ok(Self {
            id,
            client_data: decode(&inner, "clientDataJSON", padding)?,
            attestation_object: decode(&inner, "attestationObject", padding)?,
            surroundings,
        })
    }
}

impl AuthenticationResponse {
    /// Reads an assertion of either shape.
    ///
    /// # Errors
    /// `response.*`, `base64url.*`, `limit.*`.
    pub fn read(record: &Record<'_>, padding: base64url::Padding) -> Result<Self> {
        let (id, surroundings, inner, client_data) = if record.get("credentialAssertion").is_some() {
            record.only(&RESPONSE, &["kind", "credentialAssertion"])?;
            is(record, "kind", "Fido2")?;
            let inner = record.record(&RESPONSE, "credentialAssertion")?;
            let known = ["credId", "clientData", "authenticatorData", "signature", "userHandle", "algorithm"];
            inner.only(&RESPONSE, &known)?;
            inner.optional_filled_text(&RESPONSE, "algorithm")?;
            let surroundings = Surroundings { is_dfns: true, ..Surroundings::default() };
            (credential_id(&inner, "credId", padding)?, surroundings, inner, "clientData")
        } else {
            let (id, surroundings) = browser(record, padding)?;
            (id, surroundings, record.record(&RESPONSE, "response")?, "clientDataJSON")
        };
        let client_data = decode(&inner, client_data, padding)?;
        let authenticator_data = decode(&inner, "authenticatorData", padding)?;
        // An empty signature is one that does not verify, not one that cannot be read.
        let signature = inner.text(&RESPONSE, "signature")?;
        let signature =
            base64url::decode(signature.as_bytes(), padding).map_err(|e| e.in_field("signature"))?;
        let user_handle = match inner.nullable_text(&RESPONSE, "userHandle")? {
            None | Some("") => None,
            Some(text) => {
                let decoded = base64url::decode(text.as_bytes(), padding);
                Some(decoded.map_err(|error| error.in_field("userHandle"))?)
            }
        };
        if user_handle.as_ref().is_some_and(|handle: &Vec<u8>| handle.len() > 64) {
            return Err(
                Error::new(Code::LimitSize, "a user handle of more than 64 bytes").in_field("userHandle")
            );
        }
        Ok(Self { id, client_data, authenticator_data, signature, user_handle, surroundings })
    }
}
