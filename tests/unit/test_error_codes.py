"""One input for every error code, through the native package and through its twin."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any, Final

import pytest

from countermark.errors import CODES, Error
from tests.property.material import pem, records, unpem
from tests.property.outcome import DOORS, Door
from tests.unit.passkey_codes import CASES as PASSKEY_CASES

UNREACHABLE: Final = {"internal.error": "a fault of ours; no input is known to cause it"}
CHALLENGE: Final = "Y2gtMQ"

# --- Just enough DER to write keys that are wrong in one place. ---


def element(tag: int, *parts: bytes) -> bytes:
    content = b"".join(parts)
    size = len(content)
    if size < 0x80:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def sequence(*parts: bytes) -> bytes:
    return element(0x30, *parts)


def integer(value: int) -> bytes:
    return element(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def oid(hexadecimal: str) -> bytes:
    return element(0x06, bytes.fromhex(hexadecimal))


def octets(content: bytes) -> bytes:
    return element(0x04, content)


def bits(content: bytes) -> bytes:
    return element(0x03, b"\0", content)


NULL: Final = element(0x05)
EC: Final = oid("2a8648ce3d0201")
P256: Final = oid("2a8648ce3d030107")
P224: Final = oid("2b81040021")
RSA: Final = oid("2a864886f70d010101")
ED25519: Final = oid("2b6570")
X25519: Final = oid("2b656e")
PBES1: Final = oid("2a864886f70d010503")
PBES2: Final = oid("2a864886f70d01050d")
PBKDF2: Final = oid("2a864886f70d01050c")
AES256: Final = oid("60864801650304012a")


def spki(algorithm: bytes, key: bytes) -> bytes:
    return sequence(algorithm, bits(key))


def rsa_spki(modulus: int, exponent: int) -> bytes:
    return spki(sequence(RSA, NULL), sequence(integer(modulus), integer(exponent)))


def encrypted(scheme: bytes) -> bytes:
    return sequence(scheme, octets(bytes(16)))


def pbes2(iterations: int) -> bytes:
    derivation = sequence(PBKDF2, sequence(octets(b"saltsalt"), integer(iterations)))
    return sequence(PBES2, sequence(derivation, sequence(AES256, octets(bytes(16)))))


def rsa_private(**changed: int) -> bytes:
    """The 2048-bit test key as PKCS#1, with some of its numbers changed."""
    der = unpem(records()["rsa2048"]["pkcs1Pem"])
    numbers, at = [], 4
    while at < len(der):
        size, start = der[at + 1], at + 2
        if size & 0x80:
            start += size & 0x7F
            size = int.from_bytes(der[at + 2 : start], "big")
        numbers.append(int.from_bytes(der[start : start + size], "big"))
        at = start + size
    names = ("version", "n", "e", "d", "p", "q", "dp", "dq", "qi")
    fields = dict(zip(names, numbers, strict=True)) | changed
    return sequence(*(integer(fields[name]) for name in names))


# --- Just enough of the protocol. ---


def b64u(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def private(door: Door, kind: str = "p256") -> Any:
    return door.PrivateKey.from_pem(records()[kind]["pkcs8Pem"])


def public(door: Door, kind: str = "p256") -> Any:
    return door.PublicKey.from_pem(records()[kind]["spkiPem"])


def spki_of(kind: str) -> bytes:
    return unpem(records()[kind]["spkiPem"])


def allowing(*ids: str) -> dict[str, Any]:
    allowed = {"key": [{"type": "public-key", "id": one} for one in ids], "webauthn": []}
    return {"challenge": CHALLENGE, "allowCredentials": allowed}


def judged(door: Door, **expected: Any) -> Any:
    """A right assertion against expectations, of which one is wrong."""
    signer = door.KeySigner("cr-1", private(door))
    return verified(door, signer.sign(allowing("cr-1")), **expected)


def verified(door: Door, assertion: Any, **expected: Any) -> Any:
    given = {"challenge": CHALLENGE, "public_key": public(door)} | expected
    return door.verify_assertion(assertion, **given)


def attested(door: Door, *, data: Any = None, **expected: Any) -> Any:
    """A right credential, or one with other attestation data, against expectations."""
    credential = door.create_credential(private(door), CHALLENGE, credential_id="cr-1")
    if data is not None:
        credential["credentialInfo"]["attestationData"] = b64u(json.dumps(data).encode())
    return door.verify_attestation(credential, **{"challenge": CHALLENGE} | expected)


def credential(door: Door, **members: Any) -> Any:
    info = {"credId": "a", "clientData": "a", "attestationData": "a"}
    body = {"credentialKind": "Key", "credentialInfo": info} | members
    kept = {name: value for name, value in body.items() if value is not None}
    return door.verify_attestation(kept, challenge=CHALLENGE)


def assertion(door: Door, **members: Any) -> Any:
    inner = {"credId": "a", "clientData": "a", "signature": "a"}
    body = {"kind": "Key", "credentialAssertion": inner} | members
    return verified(door, {name: value for name, value in body.items() if value is not None})


def sign_key_create(door: Door) -> Any:
    data = door.encode_client_data(CHALLENGE, "key.create")
    inner = {"credId": "a", "clientData": b64u(data), "signature": "AA"}
    return assertion(door, credentialAssertion=inner)


def use_closed(door: Door) -> Any:
    key = private(door)
    key.close()
    return key.sign(b"")


OKP: Final = {"kty": "OKP", "crv": "Ed25519", "x": b64u(spki_of("ed25519")[-32:])}
BOTH: Final = {"publicKey": "x", "signature": "00"}

KEY_CASES: Final[dict[str, Callable[[Door], Any]]] = {
    "base64url.alphabet": lambda door: door.base64url_decode("a*bc"),
    "base64url.padding": lambda door: door.base64url_decode("YQ=="),
    "base64url.length": lambda door: door.base64url_decode("A"),
    "base64url.trailing_bits": lambda door: door.base64url_decode("YR"),
    "hex.alphabet": lambda door: door.hex_decode("0A"),
    "hex.length": lambda door: door.hex_decode("0"),
    "json.utf8": lambda door: door.decode_client_data(b'{"a":"\xff"}'),
    "json.bom": lambda door: door.decode_client_data(b"\xef\xbb\xbf{}"),
    "json.syntax": lambda door: door.decode_client_data(b'{"a":01}'),
    "json.surrogate": lambda door: door.decode_client_data(rb'{"a":"\ud800"}'),
    "json.trailing": lambda door: door.decode_client_data(b"{} x"),
    "json.shape": lambda door: door.decode_client_data(b"[]"),
    "json.duplicate": lambda door: door.decode_client_data(rb'{"a":1,"\u0061":2}'),
    "der.truncated": lambda door: door.PublicKey.from_der(spki_of("p256")[:-1]),
    "der.tag": lambda door: door.PublicKey.from_der(octets(b"")),
    "der.length": lambda door: door.PublicKey.from_der(b"\x30\x80\0\0"),
    "der.trailing": lambda door: door.PublicKey.from_der(spki_of("p256") + b"\0"),
    "der.value": lambda door: door.PublicKey.from_der(spki(sequence(RSA), b"")),
    "pem.missing": lambda door: door.PublicKey.from_pem(""),
    "pem.label": lambda door: door.PublicKey.from_pem(" " + pem("PUBLIC KEY", b"x")),
    "pem.multiple": lambda door: door.PublicKey.from_pem(records()["p256"]["spkiPem"] * 2),
    "pem.junk": lambda door: door.PublicKey.from_pem("\0" + records()["p256"]["spkiPem"]),
    "pem.base64": lambda door: door.PublicKey.from_pem(pem("PUBLIC KEY", b"x").replace("=", "")),
    "client_data.missing": lambda door: door.decode_client_data(b'{"type":"key.get"}'),
    "client_data.type": lambda door: door.decode_client_data(b'{"type":1,"challenge":"a"}'),
    "attestation.missing": lambda door: attested(door, data={}),
    "attestation.type": lambda door: attested(door, data=BOTH | {"publicKey": 1}),
    "attestation.unknown": lambda door: attested(door, data=BOTH | {"more": 1}),
    "attestation.value": lambda door: attested(door, data=BOTH),
    "assertion.missing": lambda door: assertion(door, kind=None),
    "assertion.type": lambda door: assertion(door, kind=1),
    "assertion.unknown": lambda door: assertion(door, more=1),
    "assertion.value": lambda door: assertion(door, kind=""),
    "credential.missing": lambda door: credential(door, credentialKind=None),
    "credential.type": lambda door: credential(door, credentialKind=1),
    "credential.unknown": lambda door: credential(door, more=1),
    "credential.value": lambda door: credential(door, credentialKind=""),
    "challenge.missing": lambda door: door.KeySigner("cr-1", private(door)).sign({}),
    "challenge.type": lambda door: door.KeySigner("cr-1", private(door)).sign({"challenge": 1}),
    "jwk.missing": lambda door: door.PublicKey.from_jwk({}),
    "jwk.type": lambda door: door.PublicKey.from_jwk({"kty": 1}),
    "jwk.value": lambda door: door.PublicKey.from_jwk(OKP | {"use": "enc"}),
    "key.not_private": lambda door: door.PrivateKey.from_pem(records()["p256"]["spkiPem"]),
    "key.not_public": lambda door: door.PublicKey.from_pem(records()["p256"]["pkcs8Pem"]),
    "key.mismatch": lambda door: door.PublicKey.from_jwk(OKP | {"alg": "ES256"}),
    "key.length": lambda door: door.PublicKey.from_der(spki(sequence(ED25519), bytes(31))),
    "key.scalar": lambda door: door.PrivateKey.from_der(
        sequence(integer(1), octets(bytes(32)), element(0xA0, P256))
    ),
    "key.point": lambda door: door.PublicKey.from_der(
        spki(sequence(EC, P256), b"\x04" + bytes(64))
    ),
    "key.small_order": lambda door: door.PublicKey.from_der(
        spki(sequence(ED25519), b"\x01" + bytes(31))
    ),
    "key.explicit_parameters": lambda door: door.PublicKey.from_der(
        spki(sequence(EC, sequence(integer(1))), b"\x04" + bytes(64))
    ),
    "key.rsa_private": lambda door: door.PrivateKey.from_der(rsa_private(d=3)),
    "key.rsa_exponent": lambda door: door.PublicKey.from_der(rsa_spki(2**2047 + 1, 1)),
    "key.rsa_modulus": lambda door: door.PublicKey.from_der(rsa_spki(2**2047, 65537)),
    "key.too_small": lambda door: door.PublicKey.from_der(rsa_spki(2**1023 + 1, 65537)),
    "key.password_required": lambda door: door.PrivateKey.from_der(encrypted(pbes2(1))),
    "key.password_wrong": lambda door: door.PrivateKey.from_der(encrypted(pbes2(1)), password="x"),
    "key.not_encrypted": lambda door: door.PrivateKey.from_pem(
        records()["p256"]["pkcs8Pem"], password="x"
    ),
    "algorithm.unknown": lambda door: door.PrivateKey.generate("DSA"),
    "algorithm.key_type": lambda door: door.PublicKey.from_der(spki(sequence(X25519), bytes(32))),
    "algorithm.curve": lambda door: door.PublicKey.from_der(spki(sequence(EC, P224), b"\x04")),
    "algorithm.encryption": lambda door: door.PrivateKey.from_der(
        encrypted(sequence(PBES1, sequence(octets(bytes(8)), integer(1)))), password="x"
    ),
    "algorithm.legacy_encryption": lambda door: door.PrivateKey.from_pem(
        "-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nAAAA\n-----END EC PRIVATE KEY-----"
    ),
    "algorithm.format": lambda door: door.PublicKey.from_pem(pem("CERTIFICATE", b"x")),
    "algorithm.multi_prime": lambda door: door.PrivateKey.from_der(rsa_private(version=1)),
    "algorithm.mismatch": lambda door: private(door, "ed25519").sign(b"", hash="SHA-256"),
    "signature.invalid": lambda door: public(door).verify(b"", b""),
    "client_data.type_mismatch": sign_key_create,
    "client_data.challenge_mismatch": lambda door: judged(door, challenge="another"),
    "client_data.origin_mismatch": lambda door: judged(door, origin="https://a.example"),
    "client_data.cross_origin_mismatch": lambda door: judged(door, cross_origin=True),
    "client_data.profile_mismatch": lambda door: judged(door, profile="java"),
    "attestation.public_key_mismatch": lambda door: attested(
        door, public_key=public(door, "ed25519")
    ),
    "credential.kind_mismatch": lambda door: attested(door, kind="RecoveryKey"),
    "credential.id_mismatch": lambda door: attested(door, credential_id="cr-2"),
    "assertion.kind_mismatch": lambda door: judged(door, kind="RecoveryKey"),
    "assertion.id_mismatch": lambda door: judged(door, credential_id="cr-2"),
    "challenge.credential_not_allowed": lambda door: door.KeySigner("cr-2", private(door)).sign(
        allowing("cr-1")
    ),
    "limit.size": lambda door: door.base64url_decode("A" * (2 * 2**20 + 4)),
    "limit.depth": lambda door: door.decode_client_data(b'{"a":' + b"[" * 201),
    "limit.count": lambda door: door.decode_client_data(
        json.dumps({str(number): 0 for number in range(1025)}).encode()
    ),
    "limit.kdf_cost": lambda door: door.PrivateKey.from_der(
        encrypted(pbes2(2_000_001)), password="x"
    ),
    "limit.key_size": lambda door: door.PublicKey.from_der(rsa_spki(2**8192 + 1, 65537)),
    "key.closed": use_closed,
    "argument.type": lambda door: door.encode_client_data(1),
    "argument.value": lambda door: door.encode_client_data(""),
}


CASES: Final = PASSKEY_CASES | KEY_CASES


def test_every_code_has_its_case() -> None:
    assert set(CASES) | set(UNREACHABLE) == set(CODES)


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.name)
@pytest.mark.parametrize("code", CASES)
def test_the_code(code: str, door: Door) -> None:
    with pytest.raises(CODES[code]) as caught:
        CASES[code](door)
    error = caught.value
    assert isinstance(error, Error)
    assert error.code == code
    assert str(error) == error.message
    assert 0 < len(error.message) <= 200
    assert error.message.isprintable()


def test_right_numbers_make_a_right_key() -> None:
    """The wrong RSA keys above are wrong for the one number that is changed."""
    for door in DOORS:
        assert door.PrivateKey.from_der(rsa_private()).bits == 2048
