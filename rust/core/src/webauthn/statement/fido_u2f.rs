//! FIDO U2F attestation (WebAuthn section 8.6).

use std::borrow::Cow;

use super::{AttestationType, Context, Members, Verified, leaf, other_key};
use crate::crypto::Curve;
use crate::error::{Code, Error, Result};
use crate::format::cbor::Value;
use crate::format::tolerance::Tolerated;
use crate::key::PublicKey;
use crate::key::cose::CoseAlgorithm;

pub(super) fn verify<'a>(
    statement: &'a Value<'a>,
    context: &Context<'_>,
    tolerated: &mut Tolerated,
) -> Result<Verified<'a>> {
    // Steps 1 and 2: the syntax, exactly one certificate, with a P-256 key.
    let members = Members::new(statement, &["x5c", "sig"], tolerated)?;
    let signature = members.signature()?;
    let chain = members.certificates()?;
    let [der] = chain.as_slice() else {
        let message = "a FIDO U2F attestation has exactly one certificate";
        return Err(Error::new(Code::StatementValue, message).in_field("x5c"));
    };
    let certificate = leaf::read(der, 0, tolerated)?;
    match certificate.known_public_key(context.policy.known).map_err(|error| error.in_field("x5c"))? {
        PublicKey::Ec(key) if key.curve() == Curve::P256 => {}
        _ => return Err(other_key("the key of a FIDO U2F certificate is not on P-256")),
    }
    // Steps 3 and 4: the credential's key in the raw form of U2F.
    let credential = context.authenticator_data.credential()?;
    let PublicKey::Ec(key) = context.credential_key.key() else {
        return Err(other_key("the key of a FIDO U2F credential is not on P-256"));
    };
    if key.curve() != Curve::P256 {
        return Err(other_key("the key of a FIDO U2F credential is not on P-256"));
    }
    // U2F has no AAGUID; one that is set anyway stands in a vector of the standard itself.
    if credential.aaguid != [0; 16] {
        tolerated.allow("authenticator_data", || {
            Error::new(Code::StatementAaguidMismatch, "an AAGUID in a FIDO U2F attestation")
                .in_field("aaguid")
        })?;
    }
    // Steps 5 and 6: the data that were signed.
    let signed = [
        &[0],
        context.authenticator_data.rp_id_hash.as_slice(),
        context.client_data_hash,
        &credential.credential_id,
        key.point(),
    ]
    .concat();
    leaf::verify_signature(&certificate, CoseAlgorithm::Es256, &signed, signature, context.policy.known)?;
    Ok(Verified {
        format: Cow::Borrowed("fido-u2f"),
        kind: AttestationType::Basic,
        chain: chain.into_iter().map(Cow::Borrowed).collect(),
        certificates: vec![certificate],
        critical: &[],
        statements: Vec::new(),
    })
}
