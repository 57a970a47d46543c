//! JSON Web Keys: RFC 7517, the members of EC and RSA keys by RFC 7518 section 6, of Ed25519 and Ed448 by
//! RFC 8037, of ML-DSA by RFC 9964, thumbprints by RFC 7638. Layer: key.

use std::borrow::Cow;

use zeroize::{Zeroize, Zeroizing};

use super::{Algorithm, PrivateKey, PublicKey};
use crate::crypto::digest;
use crate::crypto::ec::{EcPrivateKey, EcPublicKey};
use crate::crypto::ed448::{Ed448PrivateKey, Ed448PublicKey};
use crate::crypto::ed25519::{Ed25519PrivateKey, Ed25519PublicKey};
use crate::crypto::ml_dsa::MlDsaPublicKey;
use crate::crypto::rsa::{RsaComponents, RsaPrivateKey, RsaPublicKey};
use crate::crypto::{Curve, MlDsa};
use crate::error::{Code, Error, Result, quote};
use crate::format::base64url::{self, Padding};
use crate::format::json::{self, Value};
use crate::secret::Secret;

/// The value of a member, as far as a key looks at it.
pub enum JwkValue<'a> {
    /// A string.
    Text(Cow<'a, str>),
    /// An array of strings only.
    TextList(Vec<Cow<'a, str>>),
    /// Anything else.
    Other,
}

/// The members of a JWK, wherever they come from. Texts that it owns are wiped, since one may be the key.
pub struct Jwk<'a> {
    members: Vec<(Cow<'a, str>, JwkValue<'a>)>,
}

impl Drop for Jwk<'_> {
    fn drop(&mut self) {
        for (_, value) in &mut self.members {
            if let JwkValue::Text(Cow::Owned(text)) = value {
                text.zeroize();
            }
        }
    }
}

impl<'a> Jwk<'a> {
    /// Takes members whose names differ.
    #[must_use]
    pub fn new(members: Vec<(Cow<'a, str>, JwkValue<'a>)>) -> Self {
        Self { members }
    }

    /// Reads JSON text.
    ///
    /// # Errors
    /// Those of [`json::read_object`].
    pub fn from_json(text: &'a [u8]) -> Result<Self> {
        let mut jwk = Self::new(Vec::new());
        for member in json::read_object(text)?.members {
            jwk.members.push((member.name, neutral(member.value)?));
        }
        Ok(jwk)
    }

    fn get(&self, name: &str) -> Option<&JwkValue<'a>> {
        self.members.iter().find(|(found, _)| found == name).map(|(_, value)| value)
    }

    fn optional_text(&self, name: &'static str) -> Result<Option<&str>> {
        match self.get(name) {
            None => Ok(None),
            Some(JwkValue::Text(text)) => Ok(Some(text)),
            Some(_) => {
                let message = format!("the JWK member {name} is not a string");
                Err(Error::new(Code::JwkType, message).in_field(name))
            }
        }
    }

    fn text(&self, name: &'static str) -> Result<&str> {
        self.optional_text(name)?.ok_or_else(|| {
            Error::new(Code::JwkMissing, format!("the JWK has no member {name}")).in_field(name)
        })
    }

    fn public_bytes(&self, name: &'static str) -> Result<Vec<u8>> {
        let text = self.text(name)?;
        base64url::decode(text.as_bytes(), Padding::Forbidden).map_err(|error| error.in_field(name))
    }

    fn secret_bytes(&self, name: &'static str) -> Result<Secret> {
        base64url::decode_secret(self.text(name)?.as_bytes()).map_err(|error| error.in_field(name))
    }

    /// RFC 7517 section 4.1
    fn key_type(&self) -> Result<KeyType> {
        match self.text("kty")? {
            "EC" => Ok(KeyType::Ec),
            "OKP" => Ok(KeyType::Okp),
            "RSA" => Ok(KeyType::Rsa),
            "AKP" => Ok(KeyType::Akp),
            other => {
                let message = format!("JWK keys of type {} are not supported", quote(other));
                Err(Error::new(Code::AlgorithmKeyType, message).in_field("kty"))
            }
        }
    }

    /// RFC 7518 section 6.2.1.1 for EC, RFC 8037 section 2 for OKP.
    fn curve<T>(&self, find: impl FnOnce(&str) -> Option<T>) -> Result<T> {
        let name = self.text("crv")?;
        find(name).ok_or_else(|| {
            let message = format!("the curve {} is not supported for this type of JWK", quote(name));
            Error::new(Code::AlgorithmCurve, message).in_field("crv")
        })
    }

    /// RFC 7517 sections 4.2 to 4.4: what the key says it is for must be what it is used for.
    fn check_use(&self, algorithm: Algorithm, operation: &str) -> Result<()> {
        if let Some(alg) = self.optional_text("alg")? {
            let fits = match algorithm {
                Algorithm::Rs256 => matches!(alg, "RS256" | "RS384" | "RS512" | "PS256" | "PS384" | "PS512"),
                _ => alg == algorithm.name() || (alg == "EdDSA" && algorithm.is_eddsa()),
            };
            if !fits {
                let message = format!("alg {} does not fit a key for {}", quote(alg), algorithm.name());
                return Err(Error::new(Code::KeyMismatch, message).in_field("alg"));
            }
        }
        if let Some(value) = self.optional_text("use")?
            && value != "sig"
        {
            let message = format!("the JWK is for use {}, not for \"sig\"", quote(value));
            return Err(Error::new(Code::JwkValue, message).in_field("use"));
        }
        match self.get("key_ops") {
            None => Ok(()),
            Some(JwkValue::TextList(names)) if names.iter().any(|name| name == operation) => Ok(()),
            Some(JwkValue::TextList(_)) => {
                let message = format!("key_ops of the JWK do not hold \"{operation}\"");
                Err(Error::new(Code::JwkValue, message).in_field("key_ops"))
            }
            Some(_) => {
                let message = "the JWK member key_ops is not a list of strings";
                Err(Error::new(Code::JwkType, message).in_field("key_ops"))
            }
        }
    }

    /// Both coordinates have the field's length (RFC 7518 section 6.2.1.2).
    fn ec_public(&self) -> Result<EcPublicKey> {
        let curve = self.curve(Curve::from_name)?;
        let mut point = vec![0x04];
        for name in ["x", "y"] {
            let coordinate = self.public_bytes(name)?;
            check_length(coordinate.len(), curve.field_length(), name)?;
            point.extend_from_slice(&coordinate);
        }
        EcPublicKey::from_point(curve, &point)
    }

    fn okp_public(&self) -> Result<PublicKey> {
        let ed448 = self.curve(|name| match name {
            "Ed25519" => Some(false),
            "Ed448" => Some(true),
            _ => None,
        })?;
        let x = self.public_bytes("x")?;
        let key = if ed448 {
            Ed448PublicKey::from_bytes(&x).map(PublicKey::Ed448)
        } else {
            Ed25519PublicKey::from_bytes(&x).map(PublicKey::Ed25519)
        };
        key.map_err(|error| error.in_field("x"))
    }

    /// RFC 7518 section 6.3.1; numbers have no zero byte in front (section 2).
    fn rsa_public(&self) -> Result<RsaPublicKey> {
        if self.get("oth").is_some() {
            let message = "RSA keys of more than two primes are not supported";
            return Err(Error::new(Code::AlgorithmMultiPrime, message).in_field("oth"));
        }
        let (n, e) = (self.public_bytes("n")?, self.public_bytes("e")?);
        for (name, number) in [("n", &n), ("e", &e)] {
            if number.first() == Some(&0) {
                let message = format!("the JWK member {name} begins with a zero byte");
                return Err(Error::new(Code::JwkValue, message).in_field(name));
            }
        }
        RsaPublicKey::from_components(&n, &e)
    }

    /// RFC 9964 section 4: `alg` is required and names the parameter set.
    fn akp_public(&self) -> Result<MlDsaPublicKey> {
        let alg = self.text("alg")?;
        let parameters = MlDsa::ALL.into_iter().find(|known| known.name() == alg).ok_or_else(|| {
            let message = format!("alg {} is not supported for JWK keys of type \"AKP\"", quote(alg));
            Error::new(Code::AlgorithmUnknown, message).in_field("alg")
        })?;
        let bytes = self.public_bytes("pub")?;
        MlDsaPublicKey::from_bytes(parameters, &bytes).map_err(|error| error.in_field("pub"))
    }

    fn ec_private(&self) -> Result<EcPrivateKey> {
        let public = self.ec_public()?;
        let d = self.secret_bytes("d")?;
        check_length(d.expose().len(), public.curve().field_length(), "d")?;
        let key = EcPrivateKey::from_scalar(public.curve(), d.expose())?;
        check_pair(key.public().point() == public.point())?;
        Ok(key)
    }

    fn okp_private(&self) -> Result<PrivateKey> {
        let public = self.okp_public()?;
        let d = self.secret_bytes("d")?;
        let key = if matches!(public, PublicKey::Ed448(_)) {
            Ed448PrivateKey::from_seed(d.expose()).map(PrivateKey::Ed448)
        } else {
            Ed25519PrivateKey::from_seed(d.expose()).map(PrivateKey::Ed25519)
        };
        let key = key.map_err(|error| error.in_field("d"))?;
        check_pair(key.public_key() == public)?;
        Ok(key)
    }

    /// RFC 7518 section 6.3.2, where every number is wanted.
    fn rsa_private(&self) -> Result<RsaPrivateKey> {
        let public = self.rsa_public()?;
        let [d, p, q, dp, dq, qi] = [
            self.secret_bytes("d")?,
            self.secret_bytes("p")?,
            self.secret_bytes("q")?,
            self.secret_bytes("dp")?,
            self.secret_bytes("dq")?,
            self.secret_bytes("qi")?,
        ];
        RsaPrivateKey::from_components(&RsaComponents {
            n: public.n(),
            e: public.e(),
            d: magnitude(&d),
            p: magnitude(&p),
            q: magnitude(&q),
            dp: magnitude(&dp),
            dq: magnitude(&dq),
            qi: magnitude(&qi),
        })
    }
}

#[derive(Clone, Copy)]
enum KeyType {
    Ec,
    Okp,
    Rsa,
    Akp,
}

fn neutral(value: Value<'_>) -> Result<JwkValue<'_>> {
    Ok(match value {
        Value::Text(text) => JwkValue::Text(text),
        Value::Array(raw) => {
            let texts = json::read_array(raw)?.into_iter().map(|value| match value {
                Value::Text(text) => Some(text),
                _ => None,
            });
            texts.collect::<Option<_>>().map_or(JwkValue::Other, JwkValue::TextList)
        }
        _ => JwkValue::Other,
    })
}

fn check_length(found: usize, due: usize, name: &'static str) -> Result<()> {
    if found == due {
        return Ok(());
    }
    let message = format!("the JWK member {name} has {found} bytes, not {due}");
    Err(Error::new(Code::KeyLength, message).in_field(name))
}

pub(super) fn public_key(jwk: &Jwk<'_>) -> Result<PublicKey> {
    let key_type = jwk.key_type()?;
    let private = if matches!(key_type, KeyType::Akp) { "priv" } else { "d" };
    if jwk.get(private).is_some() {
        let message = "the JWK holds a private key where a public one is due";
        return Err(Error::new(Code::KeyNotPublic, message).in_field(private));
    }
    let key = match key_type {
        KeyType::Ec => PublicKey::Ec(jwk.ec_public()?),
        KeyType::Okp => jwk.okp_public()?,
        KeyType::Rsa => PublicKey::Rsa(jwk.rsa_public()?),
        KeyType::Akp => PublicKey::MlDsa(jwk.akp_public()?),
    };
    jwk.check_use(key.algorithm(), "verify")?;
    Ok(key)
}

pub(super) fn private_key(jwk: &Jwk<'_>) -> Result<PrivateKey> {
    let key_type = jwk.key_type()?;
    if jwk.get("d").is_none() && !matches!(key_type, KeyType::Akp) {
        return Err(Error::new(Code::KeyNotPrivate, "the JWK holds a public key only").in_field("d"));
    }
    let key = match key_type {
        KeyType::Ec => PrivateKey::Ec(jwk.ec_private()?),
        KeyType::Okp => jwk.okp_private()?,
        KeyType::Rsa => PrivateKey::Rsa(jwk.rsa_private()?),
        KeyType::Akp => {
            let message = "private JWK keys of type \"AKP\" are not supported";
            return Err(Error::new(Code::AlgorithmKeyType, message).in_field("kty"));
        }
    };
    jwk.check_use(key.algorithm(), "sign")?;
    Ok(key)
}

fn check_pair(equal: bool) -> Result<()> {
    if equal {
        return Ok(());
    }
    Err(Error::new(Code::KeyMismatch, "the public key in the JWK is not the one of its private key"))
}

/// Some writers give private numbers their full width.
fn magnitude(number: &Secret) -> &[u8] {
    let bytes = number.expose();
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}

/// The members of a public key in the order in which the RFCs list them.
pub(super) fn members(key: &PublicKey) -> Vec<(&'static str, String)> {
    let kty = |name: &str| ("kty", name.to_owned());
    let crv = ("crv", key.algorithm().curve_name().unwrap_or_default().to_owned());
    match key {
        PublicKey::Ec(key) => {
            let coordinates = key.point().get(1..).unwrap_or_default();
            let (x, y) = coordinates.split_at_checked(coordinates.len() / 2).unwrap_or_default();
            vec![kty("EC"), crv, ("x", base64url::encode(x)), ("y", base64url::encode(y))]
        }
        PublicKey::Ed25519(key) => vec![kty("OKP"), crv, ("x", base64url::encode(key.bytes()))],
        PublicKey::Ed448(key) => vec![kty("OKP"), crv, ("x", base64url::encode(key.bytes()))],
        PublicKey::Rsa(key) => {
            vec![kty("RSA"), ("n", base64url::encode(key.n())), ("e", base64url::encode(key.e()))]
        }
        PublicKey::MlDsa(key) => {
            let alg = key.parameters().name().to_owned();
            vec![kty("AKP"), ("alg", alg), ("pub", base64url::encode(key.bytes()))]
        }
    }
}

/// Members as JSON, without the braces. No name or value needs escaping.
fn join(members: &[(&'static str, String)]) -> String {
    members.iter().map(|(name, value)| format!("\"{name}\":\"{value}\"")).collect::<Vec<_>>().join(",")
}

/// RFC 7638 section 3: the required members, ordered by name, without blanks.
pub(super) fn thumbprint(key: &PublicKey) -> [u8; 32] {
    let mut members = members(key);
    members.sort_unstable();
    digest::sha256(format!("{{{}}}", join(&members)).as_bytes())
}

/// JSON text of a private key.
pub(super) fn encode(key: &PrivateKey) -> Result<Secret> {
    write(key).map(Secret::new)
}

/// Writes into a buffer that never grows, so that no piece of the key stays behind.
fn write(key: &PrivateKey) -> Result<Vec<u8>> {
    let private = match key {
        PrivateKey::Ec(key) => vec![("d", key.scalar().expose())],
        PrivateKey::Ed25519(key) => vec![("d", key.seed().expose())],
        PrivateKey::Ed448(key) => vec![("d", key.seed().expose())],
        PrivateKey::Rsa(key) => {
            let RsaComponents { d, p, q, dp, dq, qi, .. } = key.components();
            vec![("d", d), ("p", p), ("q", q), ("dp", dp), ("dq", dq), ("qi", qi)]
        }
    };
    let public = join(&members(&key.public_key()));
    let lengths = private.iter().map(|(name, value)| name.len() + base64url::encoded_length(value.len()) + 6);
    let mut out = Zeroizing::new(Vec::with_capacity(public.len() + lengths.sum::<usize>() + 2));
    out.push(b'{');
    out.extend_from_slice(public.as_bytes());
    for (name, value) in private {
        for piece in [",\"", name, "\":\""] {
            out.extend_from_slice(piece.as_bytes());
        }
        let start = out.len();
        out.resize(start + base64url::encoded_length(value.len()), 0);
        base64url::encode_secret(value, out.get_mut(start..).unwrap_or_default())?;
        out.push(b'"');
    }
    out.push(b'}');
    Ok(core::mem::take(&mut *out))
}

#[cfg(test)]
mod tests;
