"""What can be wrong with the credential's public key."""

from __future__ import annotations

from typing import Any

from countermark.webauthn.testing.cbor_writer import Pairs
from countermark.webauthn.testing.drafts import Alteration
from countermark.webauthn.testing.faults.registry import Table, label, put, without

KTY, ALG, OPS, CRV, X, Y, D = 1, 3, 4, -1, -2, -3, -4
TABLE = Table("cose", "none", "6.5.1.1")
_P256 = 0xFFFFFFFF00000001000000000000000000000000FFFFFFFFFFFFFFFFFFFFFFFF


def _both(*changes: Alteration) -> Alteration:
    def change(draft: Any) -> None:
        for one in changes:
            one(draft)

    return change


def _off_curve(draft: dict[int, Any]) -> None:
    draft[Y] = draft[Y][:-1] + bytes([draft[Y][-1] ^ 1])


for _name, _code, _description, _change in (
    ("kty_missing", "cose.missing", "kty is missing", without(KTY)),
    ("kty_text", "cose.type", 'kty is the text "EC2"', label(KTY, "EC2")),
    ("kty_symmetric", "algorithm.key_type", "kty is symmetric", label(KTY, 4)),
    ("kty_unknown", "algorithm.key_type", "kty is 99", label(KTY, 99)),
    ("kty_wrapping", "algorithm.key_type", "kty is 2³² + 2", label(KTY, 2**32 + 2)),
    ("kty_okp", "key.mismatch", "kty is OKP under ES256", label(KTY, 1)),
    ("kty_rsa", "key.mismatch", "kty is RSA under ES256", _both(label(KTY, 3), without(Y))),
    ("alg_missing", "key.algorithm_missing", "alg is missing", without(ALG)),
    ("alg_text", "cose.type", 'alg is the text "ES256"', label(ALG, "ES256")),
    ("alg_unknown", "algorithm.unknown", "alg is −999", label(ALG, -999)),
    ("alg_positive", "algorithm.unknown", "alg is 7", label(ALG, 7)),
    ("alg_wrapping", "algorithm.unknown", "alg is 2⁶⁴ − 7", label(ALG, 2**64 - 7)),
    ("alg_wrapping_32", "algorithm.unknown", "alg is 2³² − 7", label(ALG, 2**32 - 7)),
    ("alg_rs1", "algorithm.legacy_hash", "alg is RS1", label(ALG, -65535)),
    ("alg_eddsa", "key.mismatch", "alg is EdDSA on an EC key", label(ALG, -8)),
    ("alg_rs256", "key.mismatch", "alg is RS256 on an EC key", label(ALG, -257)),
    ("alg_ml_dsa", "key.mismatch", "alg is ML-DSA-44 on an EC key", label(ALG, -48)),
    ("alg_es384", "key.mismatch", "alg is ES384 on a P-256 key", label(ALG, -35)),
    ("alg_es256k", "key.mismatch", "alg is ES256K on a P-256 key", label(ALG, -47)),
    ("private", "key.not_public", "the private key is there too", label(D, bytes(31) + b"\x01")),
    ("crv_missing", "cose.missing", "crv is missing", without(CRV)),
    ("crv_text", "cose.type", 'crv is the text "P-256"', label(CRV, "P-256")),
    ("crv_p384", "key.mismatch", "crv is P-384 under ES256", label(CRV, 2)),
    ("crv_secp256k1", "key.mismatch", "crv is secp256k1 under ES256", label(CRV, 8)),
    ("crv_unknown", "key.mismatch", "crv is 99", label(CRV, 99)),
    ("x_missing", "cose.missing", "x is missing", without(X)),
    ("y_missing", "cose.missing", "y is missing", without(Y)),
    ("x_text", "cose.type", "x is a text", label(X, "x" * 32)),
    ("x_number", "cose.type", "x is a number", label(X, 5)),
    ("y_true", "key.compressed", "y is true", label(Y, True)),
    ("y_false", "key.compressed", "y is false", label(Y, False)),
    ("x_short", "key.length", "x has 31 bytes", label(X, bytes([7] * 31))),
    ("x_long", "key.length", "x has 33 bytes", lambda draft: label(X, b"\0" + draft[X])(draft)),
    ("y_empty", "key.length", "y has no byte", label(Y, b"")),
    ("off_curve", "key.point", "the point is not on the curve", _off_curve),
    (
        "zero_point",
        "key.point",
        "both coordinates are 0",
        _both(label(X, bytes(32)), label(Y, bytes(32))),
    ),
    ("x_is_p", "key.point", "x is the field's prime", label(X, _P256.to_bytes(32, "big"))),
    ("x_over_p", "key.point", "x is not reduced", label(X, b"\xff" * 32)),
    ("ops_sign", "key.operations", "key_ops is sign alone", label(OPS, [1])),
    ("ops_empty", "key.operations", "key_ops is empty", label(OPS, [])),
    ("ops_text", "key.operations", "key_ops is a text", label(OPS, "verify")),
    ("ops_verify", "valid", "key_ops is verify", label(OPS, [2])),
    ("kid", "cose.unknown", "a kid", label(2, b"kid")),
    ("base_iv", "cose.unknown", "a base IV", label(5, bytes(8))),
    ("private_use", "cose.unknown", "a label for private use", label(-70000, 1)),
    ("text_label", "cose.unknown", "a label that is a text", label("x", 1)),  # type: ignore[arg-type]
    (
        "duplicate",
        "cbor.duplicate",
        "alg stands there twice",
        lambda draft: Pairs((*draft.items(), (ALG, -257))),
    ),
):
    TABLE.add(_name, _code, _description, cose_key=_change)
TABLE.tolerated(
    "order",
    "cbor.order",
    "the labels are not in CTAP2's order",
    section="CTAP2 section 8",
    cose_key=lambda draft: Pairs(tuple(reversed(draft.items()))),
)

_OKP = {"algorithm": "EDDSA"}
_ED_P = (1 << 255) - 19
for _name, _code, _description, _change in (
    ("x25519", "key.mismatch", "crv is X25519", label(CRV, 4)),
    ("ed448_curve", "key.mismatch", "crv is Ed448 under EdDSA", label(CRV, 7)),
    ("x_short", "key.length", "x has 31 bytes", label(X, bytes([7] * 31))),
    ("x_long", "key.length", "x has 33 bytes", lambda draft: label(X, draft[X] + b"\0")(draft)),
    ("identity", "key.small_order", "x is the identity", label(X, b"\x01" + bytes(31))),
    ("order_4", "key.small_order", "x is a point of order 4", label(X, bytes(32))),
    (
        "order_8",
        "key.small_order",
        "x is a point of order 8",
        label(X, bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")),
    ),
    (
        "not_reduced",
        "key.point",
        "x holds a coordinate beyond the field's prime",
        label(X, (_ED_P + 3).to_bytes(32, "little")),
    ),
    ("no_root", "key.point", "x is no point", label(X, b"\x02" + bytes(31))),
    ("y_present", "cose.unknown", "there is a y", label(Y, bytes(32))),
    ("private", "key.not_public", "the private key is there too", label(D, bytes(32))),
):
    TABLE.add(f"okp_{_name}", _code, _description, authenticator=_OKP, cose_key=_change)

_RSA = {"algorithm": "RS256"}
N, E = -1, -2
for _name, _code, _description, _change in (
    ("n_missing", "cose.missing", "n is missing", without(N)),
    ("e_missing", "cose.missing", "e is missing", without(E)),
    ("n_number", "cose.type", "n is a number", label(N, 5)),
    ("n_empty", "key.rsa_modulus", "n has no byte", label(N, b"")),
    (
        "n_zero_bytes",
        "key.encoding",
        "n starts with two zeros",
        lambda d: label(N, b"\0\0" + d[N])(d),
    ),
    ("e_zero_byte", "key.encoding", "e starts with a zero", label(E, b"\x00\x01\x00\x01")),
    ("e_one", "key.rsa_exponent", "e is 1", label(E, b"\x01")),
    ("e_even", "key.rsa_exponent", "e is even", label(E, b"\x01\x00\x00")),
    (
        "n_even",
        "key.rsa_modulus",
        "n is even",
        lambda d: label(N, d[N][:-1] + bytes([d[N][-1] ^ 1]))(d),
    ),
    ("private", "key.not_public", "d is there too", label(-3, b"\x07")),
):
    TABLE.add(f"rsa_{_name}", _code, _description, authenticator=_RSA, cose_key=_change)
TABLE.tolerated(
    "rsa_n_sign_byte",
    "key.encoding",
    "n starts with the zero of a sign, as integers of Java do",
    section="RFC 8230 section 4",
    authenticator=_RSA,
    cose_key=lambda draft: label(N, b"\0" + draft[N])(draft),
)
TABLE.add(
    "rsa_1024",
    "key.too_small",
    "n has 1024 bits",
    authenticator=_RSA,
    credential_key=put(bits=1024),
)

_AKP = {"algorithm": "ML_DSA_44"}
for _name, _code, _description, _change in (
    ("pub_missing", "cose.missing", "pub is missing", without(-1)),
    ("pub_short", "key.length", "pub lacks a byte", lambda d: label(-1, d[-1][:-1])(d)),
    ("pub_text", "cose.type", "pub is a text", label(-1, "pub")),
    ("private", "key.not_public", "the seed is there too", label(-2, bytes(32))),
    ("alg_65", "key.length", "alg is ML-DSA-65 on a key of ML-DSA-44", label(ALG, -49)),
    ("kty_ec", "key.mismatch", "kty is EC2 under ML-DSA", label(KTY, 2)),
):
    TABLE.add(f"ml_dsa_{_name}", _code, _description, authenticator=_AKP, cose_key=_change)
