"""JSON Web Keys, and keys of other formats (rows KY39 to KY42)."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from tests.property.material import SMALL, records
from tests.property.outcome import Door
from tests.property.wire import b64u
from tests.unit.bad_inputs.der import bits, integer, octets, oid, sequence, spki_of
from tests.unit.bad_inputs.refusals import refusal, refused

BODY: Final = "".join(records()["p256"]["pkcs8Pem"].splitlines()[1:-1])


def block(body: str, label: str) -> str:
    return f"-----BEGIN {label}-----\n{body}\n-----END {label}-----\n"


def private_jwk(door: Door, kind: str) -> dict[str, Any]:
    key = door.PrivateKey.from_pem(records()[kind]["pkcs8Pem"])
    members: dict[str, Any] = json.loads(key.export_private_key("jwk"))
    return members


def both_ways(load: Any, jwk: dict[str, Any]) -> str:
    """What a mapping comes to, which JSON text with the same members must come to as well."""
    code = refusal(load, jwk)
    assert refusal(load, json.dumps(jwk)) == code
    assert refusal(load, json.dumps(jwk).encode()) == code
    return code


@pytest.mark.parametrize("kind", SMALL)
def test_ky39_the_keys_that_are_changed_below_are_right_ones(door: Door, kind: str) -> None:
    jwk = private_jwk(door, kind)
    assert door.PrivateKey.from_jwk(jwk).public_key.to_der() == spki_of(kind)
    assert door.PrivateKey.from_jwk(json.dumps(jwk)).public_key.to_der() == spki_of(kind)
    public = {name: jwk[name] for name in ("kty", "crv", "x", "y", "n", "e") if name in jwk}
    for more in ({}, {"use": "sig", "key_ops": ["verify"], "kid": "k", "x5t": 1, "ext": True}):
        assert door.PublicKey.from_jwk(public | more).to_der() == spki_of(kind)


@pytest.mark.parametrize(
    ("kind", "changes", "code"),
    [
        ("p256", {"kty": "OKP"}, "algorithm.curve"),
        ("ed25519", {"kty": "EC"}, "algorithm.curve"),
        ("p256", {"crv": "Ed25519"}, "algorithm.curve"),
        ("ed25519", {"crv": "P-256"}, "algorithm.curve"),
        ("ed25519", {"crv": "X25519"}, "algorithm.curve"),
        ("p256", {"crv": "p-256"}, "algorithm.curve"),
        ("p256", {"crv": "P-256K"}, "algorithm.curve"),
        ("p256", {"crv": "secp256k1"}, "key.point"),
        ("p256", {"crv": "P-384"}, "key.length"),
        ("ed25519", {"crv": "Ed448"}, "key.length"),
        ("p256", {"kty": "RSA"}, "jwk.missing"),
        ("rsa2048", {"kty": "EC"}, "jwk.missing"),
        ("rsa2048", {"kty": "OKP"}, "jwk.missing"),
        ("p256", {"kty": "ec"}, "algorithm.key_type"),
        ("p256", {"kty": ""}, "algorithm.key_type"),
    ],
)
def test_ky39_a_type_and_a_curve_that_disagree_are_refused(
    door: Door, kind: str, changes: dict[str, str], code: str
) -> None:
    jwk = private_jwk(door, kind) | changes
    assert both_ways(door.PrivateKey.from_jwk, jwk) == code
    del jwk["d"]
    assert both_ways(door.PublicKey.from_jwk, jwk) == code


@pytest.mark.parametrize("kind", ["p256", "p384", "p521", "secp256k1", "ed25519", "ed448"])
@pytest.mark.parametrize("name", ["d", "x", "y"])
def test_ky39_members_of_another_length_are_refused(door: Door, kind: str, name: str) -> None:
    jwk = private_jwk(door, kind)
    if name not in jwk:
        return
    size = len(jwk[name]) * 3 // 4
    for other in (0, 1, size - 1, size + 1, 2 * size):
        changed = jwk | {name: b64u(b"\x01" * other)}
        assert both_ways(door.PrivateKey.from_jwk, changed) == "key.length"


@pytest.mark.parametrize("name", ["kid", "d", "kty", "x", "use"])
def test_ky39_a_member_twice_is_refused(door: Door, name: str) -> None:
    jwk = private_jwk(door, "p256") | {"kid": "a", "use": "sig"}
    text = json.dumps(jwk)
    assert door.PrivateKey.from_jwk(text)
    twice = text[:-1] + f',"{name}":{json.dumps(jwk[name])}}}'
    assert refusal(door.PrivateKey.from_jwk, twice) == "json.duplicate"
    escaped = text[:-1] + f',"\\u{ord(name[0]):04x}{name[1:]}":"other"}}'
    assert refusal(door.PrivateKey.from_jwk, escaped) == "json.duplicate"


@pytest.mark.parametrize("name", ["x", "y", "d"])
def test_ky39_the_base64url_of_a_key_is_strict(door: Door, name: str) -> None:
    jwk = private_jwk(door, "p256")
    text = jwk[name]
    for wrong, code in (
        (text + "=", "base64url.padding"),
        (text[:-1] + chr(ord(text[-1]) + 1), "base64url.trailing_bits"),
        (text[:10] + "+" + text[11:], "base64url.alphabet"),
        (text[:10] + "/" + text[11:], "base64url.alphabet"),
        (text + "\n", "base64url.alphabet"),
        (text[:41], "base64url.length"),
    ):
        assert both_ways(door.PrivateKey.from_jwk, jwk | {name: wrong}) == code, wrong


@pytest.mark.parametrize("name", ["n", "e"])
def test_ky39_rsa_numbers_with_zeros_in_front_are_refused(door: Door, name: str) -> None:
    jwk = private_jwk(door, "rsa2048")
    value = {"n": spki_of("rsa2048")[-261:-5], "e": b"\x01\x00\x01"}[name]
    assert jwk[name] == b64u(value)
    changed = jwk | {name: b64u(b"\x00" + value)}
    assert both_ways(door.PrivateKey.from_jwk, changed) == "jwk.value"


@pytest.mark.parametrize("name", ["d", "p", "q", "dp", "dq", "qi", "n", "e"])
def test_ky39_every_number_of_an_rsa_key_must_be_there(door: Door, name: str) -> None:
    jwk = private_jwk(door, "rsa2048")
    del jwk[name]
    code = "key.not_private" if name == "d" else "jwk.missing"
    assert both_ways(door.PrivateKey.from_jwk, jwk) == code


@pytest.mark.parametrize("oth", [[], [{"r": "AQ", "d": "AQ", "t": "AQ"}], None, "x"])
def test_ky39_more_than_two_primes_are_not_offered(door: Door, oth: Any) -> None:
    jwk = private_jwk(door, "rsa2048") | {"oth": oth}
    assert both_ways(door.PrivateKey.from_jwk, jwk) == "algorithm.multi_prime"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"use": "enc"}, "jwk.value"),
        ({"use": ""}, "jwk.value"),
        ({"use": "SIG"}, "jwk.value"),
        ({"key_ops": []}, "jwk.value"),
        ({"key_ops": ["verify"]}, "jwk.value"),
        ({"key_ops": ["encrypt", "wrapKey"]}, "jwk.value"),
        ({"use": "sig", "key_ops": ["deriveKey"]}, "jwk.value"),
        ({"alg": "ES384"}, "key.mismatch"),
        ({"alg": "ES256K"}, "key.mismatch"),
        ({"alg": "EdDSA"}, "key.mismatch"),
        ({"alg": "HS256"}, "key.mismatch"),
        ({"alg": "none"}, "key.mismatch"),
        ({"alg": "ECDH-ES"}, "key.mismatch"),
        ({"alg": "es256"}, "key.mismatch"),
        ({"alg": ""}, "key.mismatch"),
    ],
)
def test_ky39_a_key_for_something_else_is_refused(
    door: Door, changes: dict[str, Any], code: str
) -> None:
    assert both_ways(door.PrivateKey.from_jwk, private_jwk(door, "p256") | changes) == code


def test_ky39_a_public_key_that_may_only_sign_does_not_verify(door: Door) -> None:
    public = door.PublicKey.from_der(spki_of("p256")).to_jwk()
    assert both_ways(door.PublicKey.from_jwk, public | {"key_ops": ["sign"]}) == "jwk.value"
    private = private_jwk(door, "p256") | {"key_ops": ["sign"], "alg": "ES256"}
    assert door.PrivateKey.from_jwk(private)


@pytest.mark.parametrize("kty", ["oct", "AKX", "EC2", "Oct"])
def test_ky40_a_symmetric_key_is_not_offered(door: Door, kty: str) -> None:
    jwk = {"kty": kty, "k": b64u(bytes(32)), "alg": "HS256"}
    assert both_ways(door.PublicKey.from_jwk, jwk) == "algorithm.key_type"
    assert both_ways(door.PrivateKey.from_jwk, jwk | {"d": "AA"}) == "algorithm.key_type"


def test_ky40_a_set_is_no_key_whatever_is_in_it(door: Door) -> None:
    public = door.PublicKey.from_der(spki_of("p256")).to_jwk()
    symmetric = {"kty": "oct", "k": b64u(bytes(32))}
    for keys in ([public], [public, symmetric], [symmetric, public], []):
        for load in (door.PublicKey.from_jwk, door.PrivateKey.from_jwk):
            assert both_ways(load, {"keys": keys}) == "jwk.missing"
    for load in (door.PublicKey.from_jwk, door.PrivateKey.from_jwk):
        assert refusal(load, json.dumps([public])) == "json.shape"
        assert refusal(load, [public]) == "argument.type"


OTHER_TYPES: Final = [None, 0, 1, True, 1.5, [], ["a"], {}, {"a": "b"}]


@pytest.mark.parametrize("value", OTHER_TYPES, ids=repr)
@pytest.mark.parametrize("name", ["kty", "crv", "x", "y", "d", "alg", "use"])
def test_ky41_a_member_of_another_type_is_never_taken_for_absent(
    door: Door, name: str, value: Any
) -> None:
    jwk = private_jwk(door, "p256") | {name: value}
    assert both_ways(door.PrivateKey.from_jwk, jwk) == "jwk.type"
    if name != "d":
        del jwk["d"]
        assert both_ways(door.PublicKey.from_jwk, jwk) == "jwk.type"


@pytest.mark.parametrize("value", [None, 0, True, "sign", {}, {"0": "sign"}, ["sign", 1], [None]])
def test_ky41_key_ops_is_a_list_of_strings(door: Door, value: Any) -> None:
    jwk = private_jwk(door, "p256") | {"key_ops": value}
    assert both_ways(door.PrivateKey.from_jwk, jwk) == "jwk.type"


@pytest.mark.parametrize("value", OTHER_TYPES, ids=repr)
@pytest.mark.parametrize("name", ["n", "e", "p", "qi"])
def test_ky41_numbers_of_rsa_keys_are_text(door: Door, name: str, value: Any) -> None:
    jwk = private_jwk(door, "rsa2048") | {name: value}
    assert both_ways(door.PrivateKey.from_jwk, jwk) == "jwk.type"


@pytest.mark.parametrize("value", [*OTHER_TYPES, "AQ"], ids=repr)
def test_ky41_a_private_member_of_any_type_makes_the_key_private(door: Door, value: Any) -> None:
    public = door.PublicKey.from_der(spki_of("p256")).to_jwk()
    assert both_ways(door.PublicKey.from_jwk, public | {"d": value}) == "key.not_public"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (block(BODY, "OPENSSH PRIVATE KEY"), "OPENSSH PRIVATE KEY"),
        (block(BODY, "CERTIFICATE"), "CERTIFICATE"),
        (block(BODY, "CERTIFICATE REQUEST"), "CERTIFICATE REQUEST"),
        (block(BODY, "X509 CRL"), "X509 CRL"),
        (block(BODY, "PKCS7"), "PKCS7"),
        (block(BODY, "PKCS12"), "PKCS12"),
        (block(BODY, "DSA PRIVATE KEY"), "DSA PRIVATE KEY"),
        (block(BODY, "PGP PRIVATE KEY BLOCK"), "PGP PRIVATE KEY BLOCK"),
        (block(BODY, "SSH2 ENCRYPTED PRIVATE KEY"), "SSH2 ENCRYPTED PRIVATE KEY"),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA me@here\n", "OpenSSH"),
        ("ssh-rsa AAAAB3NzaC1yc2EA\n", "OpenSSH"),
        ("ecdsa-sha2-nistp256 AAAAE2VjZHNh\n", "OpenSSH"),
        ("PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: x\n", "PuTTY"),
    ],
)
def test_ky42_other_formats_are_refused_by_name(door: Door, text: str, name: str) -> None:
    for load in (door.PrivateKey.from_pem, door.PublicKey.from_pem):
        error = refused(load, text)
        assert error.code == "algorithm.format"
        assert name in error.message


def test_ky42_other_structures_in_der_are_no_keys(door: Door) -> None:
    pkcs12 = sequence(integer(3), sequence(oid("1.2.840.113549.1.7.1")), sequence())
    certificate = sequence(sequence(integer(1)), sequence(oid("1.2.840.10045.4.3.2")), bits(b"x"))
    for der in (pkcs12, certificate, octets(b""), sequence(), b"-----BEGIN", b""):
        code = refusal(door.PrivateKey.from_der, der)
        assert code.startswith("der.")
    code = refusal(door.PublicKey.from_der, certificate)
    assert code.startswith("der.")
    # What begins with a version is told to be private, whatever else it is.
    assert refusal(door.PublicKey.from_der, pkcs12) == "key.not_public"
