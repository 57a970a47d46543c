//! Keys for both sides. They come from fixed scalars where they can, so that counts can be repeated.

use countermark_core::crypto::Curve;
use countermark_core::crypto::ec::EcPrivateKey;
use countermark_core::crypto::ed448::Ed448PrivateKey;
use countermark_core::crypto::ed25519::Ed25519PrivateKey;
use countermark_core::key::private_key::PrivateFormat;
use countermark_core::key::{Algorithm, PrivateKey};

/// What the Python SDK signs for a challenge.
pub(crate) const MESSAGE: &[u8] = br#"{"type":"key.get","challenge":"Y2gtNzloaHQtbXJlb2stOGFwOHFtMmVpZWZ0amxhZw","origin":"https://app.dfns.io","crossOrigin":false}"#;

/// The secret bytes of every key that is not RSA.
pub(crate) const SECRET: [u8; 66] = {
    let mut bytes = [0x11; 66];
    bytes.split_at_mut(1).0.copy_from_slice(&[0]);
    bytes
};

/// A key on a curve.
pub(crate) fn ec(curve: Curve) -> PrivateKey {
    PrivateKey::Ec(EcPrivateKey::from_scalar(curve, &SECRET[..curve.field_length()]).expect("a scalar"))
}

/// An Ed25519 key.
pub(crate) fn ed25519() -> PrivateKey {
    PrivateKey::Ed25519(Ed25519PrivateKey::from_seed(&SECRET[..32]).expect("a seed"))
}

/// An Ed448 key.
pub(crate) fn ed448() -> PrivateKey {
    PrivateKey::Ed448(Ed448PrivateKey::from_seed(&SECRET[..57]).expect("a seed"))
}

/// A new RSA key.
pub(crate) fn rsa(bits: usize) -> PrivateKey {
    PrivateKey::generate(Algorithm::Rs256, bits).expect("an RSA key")
}

/// PKCS#8.
pub(crate) fn pkcs8(key: &PrivateKey) -> Vec<u8> {
    key.to_der(PrivateFormat::Pkcs8, None).expect("PKCS#8").expose().to_vec()
}

/// PKCS#8 as PEM.
pub(crate) fn pem(key: &PrivateKey) -> Vec<u8> {
    key.to_pem(PrivateFormat::Pkcs8, None).expect("PEM").expose().to_vec()
}
