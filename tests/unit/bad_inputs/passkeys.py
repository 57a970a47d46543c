"""Authenticators made by hand: keys, authenticator data and responses in which one thing can be wrong."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from typing import Any, Final

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, padding, rsa

from tests.property.outcome import Door
from tests.property.wire import b64u
from tests.unit.bad_inputs.cbor_writer import write
from tests.unit.bad_inputs.der import loaded
from tests.unit.bad_inputs.refusals import refused

RP_ID: Final = "example.com"
ORIGIN: Final = "https://example.com"
CHALLENGE: Final = bytes(range(32))
CREDENTIAL_ID: Final = bytes(range(100, 132))
AAGUID: Final = bytes.fromhex("00112233445566778899aabbccddeeff")
UP, RFU1, UV, BE, BS, RFU2, AT, ED = (1 << bit for bit in range(8))
STRICTNESSES: Final = ("strict", "interoperable")

CURVE_NUMBERS: Final = {"p256": 1, "p384": 2, "p521": 3, "secp256k1": 8, "ed25519": 6, "ed448": 7}
USUAL: Final = {
    "p256": -7,
    "ed25519": -8,
    "p384": -35,
    "p521": -36,
    "secp256k1": -47,
    "ed448": -53,
    "rsa2048": -257,
}
"""The kinds of test keys, with the algorithm that each usually has."""
HASHES: Final = {
    **dict.fromkeys((-7, -9, -47, -37, -257), hashes.SHA256()),
    **dict.fromkeys((-35, -51, -38, -258), hashes.SHA384()),
    **dict.fromkeys((-36, -52, -39, -259), hashes.SHA512()),
    -65535: hashes.SHA1(),
}


# --- keys ---


def parameters_of(public: Any) -> dict[int, Any]:
    """The parameters of a COSE key for a key of the other library."""
    match public:
        case ec.EllipticCurvePublicKey():
            kind = {"secp256r1": "p256", "secp384r1": "p384", "secp521r1": "p521"}
            name = kind.get(public.curve.name, public.curve.name)
            size, numbers = (public.key_size + 7) // 8, public.public_numbers()
            x, y = (value.to_bytes(size, "big") for value in (numbers.x, numbers.y))
            return {1: 2, -1: CURVE_NUMBERS[name], -2: x, -3: y}
        case ed25519.Ed25519PublicKey():
            return {1: 1, -1: 6, -2: public.public_bytes_raw()}
        case ed448.Ed448PublicKey():
            return {1: 1, -1: 7, -2: public.public_bytes_raw()}
        case rsa.RSAPublicKey():
            numbers = public.public_numbers()
            n, e = (v.to_bytes((v.bit_length() + 7) // 8, "big") for v in (numbers.n, numbers.e))
            return {1: 3, -1: n, -2: e}
        case _:
            raise AssertionError(public)


@cache
def _parameters(kind: str) -> dict[int, Any]:
    return parameters_of(loaded(kind).public_key())


def cose(kind: str = "p256", algorithm: int | None = None) -> dict[int, Any]:
    """The members of the COSE key of a test key, in canonical order."""
    first, *rest = _parameters(kind).items()
    return dict([first, (3, USUAL[kind] if algorithm is None else algorithm), *rest])


def cose_bytes(kind: str = "p256", algorithm: int | None = None) -> bytes:
    return write(cose(kind, algorithm))


def signature(kind: str, algorithm: int, message: bytes) -> bytes:
    """The signature of a test key, made by the other library."""
    key = loaded(kind)
    if isinstance(key, rsa.RSAPrivateKey):
        digest = HASHES[algorithm]
        if algorithm in (-37, -38, -39):
            salted = padding.PSS(padding.MGF1(digest), digest.digest_size)
            return key.sign(message, salted, digest)
        return key.sign(message, padding.PKCS1v15(), digest)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return key.sign(message, ec.ECDSA(HASHES[algorithm]))
    made: bytes = key.sign(message)
    return made


# --- what an authenticator sends ---


def authenticator_data(
    *,
    rp_id_hash: bytes | None = None,
    flags: int | None = None,
    set_flags: int = 0,
    clear_flags: int = 0,
    sign_count: int = 0,
    aaguid: bytes = AAGUID,
    credential_id: bytes = CREDENTIAL_ID,
    id_length: int | None = None,
    key: bytes | None = None,
    extensions: bytes | None = None,
    rest: bytes = b"",
) -> bytes:
    """With a new credential where a key is given, and extensions where they are; the flags say so."""
    right = UP | UV | (AT if key is not None else 0) | (ED if extensions is not None else 0)
    flags = (right if flags is None else flags) & ~clear_flags | set_flags
    if rp_id_hash is None:
        rp_id_hash = hashlib.sha256(RP_ID.encode()).digest()
    data = rp_id_hash + bytes([flags]) + sign_count.to_bytes(4, "big")
    if key is not None:
        length = len(credential_id) if id_length is None else id_length
        data += aaguid + length.to_bytes(2, "big") + credential_id + key
    return data + (extensions or b"") + rest


def new_credential(**changes: Any) -> bytes:
    """Authenticator data of a registration, by default of a P-256 key."""
    return authenticator_data(**{"key": cose_bytes()} | changes)


def attestation_object(data: Any, fmt: Any = "none", statement: Any = None) -> bytes:
    """In canonical order; the parts may be of other types."""
    return write({"fmt": fmt, "attStmt": {} if statement is None else statement, "authData": data})


def client_data(kind: str, **members: Any) -> bytes:
    found = {"type": kind, "challenge": b64u(CHALLENGE), "origin": ORIGIN, "crossOrigin": False}
    found |= members
    kept = {name: value for name, value in found.items() if value is not ...}
    return json.dumps(kept, separators=(",", ":")).encode()


def created(**members: Any) -> bytes:
    """Client data of a registration; a member that is ``...`` is left out."""
    return client_data("webauthn.create", **members)


def gotten(**members: Any) -> bytes:
    """Client data of an assertion."""
    return client_data("webauthn.get", **members)


def registration(
    object_: bytes | None = None,
    data: bytes | None = None,
    *,
    credential_id: bytes = CREDENTIAL_ID,
    **members: Any,
) -> dict[str, Any]:
    """The JSON of a browser for an attestation object and client data."""
    return {
        "id": b64u(credential_id),
        "rawId": b64u(credential_id),
        "type": "public-key",
        "response": {
            "clientDataJSON": b64u(created() if data is None else data),
            "attestationObject": b64u(
                attestation_object(new_credential()) if object_ is None else object_
            ),
        },
    } | members


def assertion(
    authenticator: bytes | None = None,
    data: bytes | None = None,
    *,
    kind: str = "p256",
    algorithm: int | None = None,
    credential_id: bytes = CREDENTIAL_ID,
    **members: Any,
) -> dict[str, Any]:
    """The JSON of a browser for an assertion, whose signature is right."""
    data = gotten() if data is None else data
    authenticator = authenticator_data(sign_count=7) if authenticator is None else authenticator
    signed = authenticator + hashlib.sha256(data).digest()
    made = signature(kind, USUAL[kind] if algorithm is None else algorithm, signed)
    return {
        "id": b64u(credential_id),
        "rawId": b64u(credential_id),
        "type": "public-key",
        "response": {
            "clientDataJSON": b64u(data),
            "authenticatorData": b64u(authenticator),
            "signature": b64u(made),
            "userHandle": b64u(b"user"),
        },
    } | members


# --- what a server asks ---


def register(door: Door, response: Any = None, **expected: Any) -> Any:
    """Verifies a registration in which all is as expected unless something is said."""
    common = {"challenge": CHALLENGE, "origin": ORIGIN, "rp_id": RP_ID}
    response = registration() if response is None else response
    return door.verify_registration(response, **common | expected)


def authenticate(door: Door, response: Any = None, **expected: Any) -> Any:
    """The same for an assertion, of the P-256 key unless another is given."""
    common = {"challenge": CHALLENGE, "origin": ORIGIN, "rp_id": RP_ID, "public_key": cose_bytes()}
    response = assertion() if response is None else response
    return door.verify_authentication(response, **common | expected)


def registration_verdict(door: Door, response: Any, **expected: Any) -> str:
    """One code, whether it is raised or reported; nothing else is wrong."""
    common = {"challenge": CHALLENGE, "origin": ORIGIN, "rp_id": RP_ID}
    error = refused(register, door, response, **expected)
    report = door.explain_registration(response, **common | expected)
    return _only(error.code, report)


def authentication_verdict(door: Door, response: Any, **expected: Any) -> str:
    common = {"challenge": CHALLENGE, "origin": ORIGIN, "rp_id": RP_ID, "public_key": cose_bytes()}
    error = refused(authenticate, door, response, **expected)
    report = door.explain_authentication(response, **common | expected)
    return _only(error.code, report)


def _only(code: str, report: Any) -> str:
    assert not report.valid
    assert [c.error.code for c in report.checks if c.error is not None] == [code]
    return code


def notes(result: Any) -> set[tuple[str, str]]:
    """What was let pass, and where."""
    return {(note.code, note.place) for note in result.tolerated}
