"""Write vectors/dfns-docs/attestation-object.json: the attestation object of the Dfns documentation.

Its page about API objects prints a real attestation, made by a security key, with a decoded listing
and the client data of another registration. Every value below is published there or was read off
the bytes by hand; each is computed again with `cbor2` and `cryptography`, not with this package, and
the script stops where one disagrees. The signature covers client data that were never printed: that
it does not verify with the printed ones is one of the facts.

    python vectors/generate/dfns_docs_webauthn.py            write the file
    python vectors/generate/dfns_docs_webauthn.py --check    only say whether the file is up to date
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import uuid
from pathlib import Path
from typing import Any

import cbor2
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

TARGET = Path(__file__).resolve().parent.parent / "dfns-docs" / "attestation-object.json"

OBJECT = (
    "o2NmbXRmcGFja2VkZ2F0dFN0bXSjY2FsZyZjc2lnWEcwRQIgVHg5PQ_mEyPi_FRZdkgT-SXmspljVaOWJBcN3M0iDxoCIQC8dJkv"
    "MWREoJrEdgECSRWzUxXG0WbrpCiajYEJ8mNF5mN4NWOBWQLdMIIC2TCCAcGgAwIBAgIJANVbnGiXosqIMA0GCSqGSIb3DQEBCwUA"
    "MC4xLDAqBgNVBAMTI1l1YmljbyBVMkYgUm9vdCBDQSBTZXJpYWwgNDU3MjAwNjMxMCAXDTE0MDgwMTAwMDAwMFoYDzIwNTAwOTA0"
    "MDAwMDAwWjBvMQswCQYDVQQGEwJTRTESMBAGA1UECgwJWXViaWNvIEFCMSIwIAYDVQQLDBlBdXRoZW50aWNhdG9yIEF0dGVzdGF0"
    "aW9uMSgwJgYDVQQDDB9ZdWJpY28gVTJGIEVFIFNlcmlhbCAxNzU1MDc3NTg5MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEAQap"
    "0H_qWf7Lo9-qH8Xj2q-EtN-D_jO0JWxfoyafAdQRcIHIhUMixqtqB9fd5M95L0F4zS7Pvbe5EIA_tns7naOBgTB_MBMGCisGAQQB"
    "gsQKDQEEBQQDBQQDMCIGCSsGAQQBgsQKAgQVMS4zLjYuMS40LjEuNDE0ODIuMS43MBMGCysGAQQBguUcAgEBBAQDAgUgMCEGCysG"
    "AQQBguUcAQEEBBIEEO6IKHlyHEkTl3U9_M6XByowDAYDVR0TAQH_BAIwADANBgkqhkiG9w0BAQsFAAOCAQEAhDTK-"
    "uoXyNUKvzPk-mTjRykakGfJx6CXWJHJAR_zdkHQHaNA-"
    "SB8z3a2lmn9sBKI2_-9T3Pasj4gaaXiQxqOXbifp8Iv5nz7rKtmmMuur_u4-XMkOo-wLdZvcjwj-"
    "jWdX0daFGmRU0Yck4tYw6-Y_hJ_L8mNT_Odu2jqY3--WlZ8T9H-"
    "c9BYhz3dG1MCiQpYH_tw5sz0LXuSFrM3tF_0yEehgtwDwANby9OG7KqUf7O0ArvpBcFFPj8lJf_1_6qXkwFSYxZZzKXHwNsumEdp"
    "B7is-X6M4sWG_dcl6msj-hQdtWpxokCWzymdlUG5mk541vtzqpMjM6UvREg1wWjoXmhhdXRoRGF0YVjCtP0s4DAIslfywtetyFg4"
    "YfWUmc3GcqHTevk0O6OswibFAAAAAe6IKHlyHEkTl3U9_M6XByoAMEmPqgPRjx312Ywh4gex7TgWLwE2kWRNFGsBomlOLuGIceqo"
    "SXgbyAXJgksJs_8_nqUBAgMmIAEhWCBJj6oD0Y8d9dmMIeIHCSUgwKr6FKqaytOhNxEZnGoOYiJYIPGzFTyHoPed-"
    "ysej7WwkaaHydkatYmz0rInky2TzyiKoWtjcmVkUHJvdGVjdAI"
)
CLIENT_DATA = (
    '{"type":"webauthn.create","challenge":"Y2gtMzllNDYtaGJtdm0tOGx0cXEzc2o0ODg3ZTdwOA",'
    '"origin":"https://app.dfns.ninja","crossOrigin":false}'
)
CLIENT_DATA_PRINTED = (
    "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoiWTJndE16bGxORFl0YUdKdGRtMHRPR3gwY1hFemMybzBP"
    "RGczWlRkd09BIiwib3JpZ2luIjoiaHR0cHM6Ly9hcHAuZGZucy5uaW5qYSIsImNyb3NzT3JpZ2luIjpmYWxzZX0"
)
# Of the decoded listing.
AAGUID = "ee882879-721c-4913-9775-3dfcce97072a"
RP_ID_HASH = "tP0s4DAIslfywtetyFg4YfWUmc3GcqHTevk0O6OswiY="
CREDENTIAL_ID = "SY+qA9GPHfXZjCHiB7HtOBYvATaRZE0UawGiaU4u4Yhx6qhJeBvIBcmCSwmz/z+e"
X = "SY+qA9GPHfXZjCHiBwklIMCq+hSqmsrToTcRGZxqDmI="
Y = "8bMVPIeg9537Kx6PtbCRpofJ2Rq1ibPSsieTLZPPKIo="
SIGNATURE = "MEUCIFR4OT0P5hMj4vxUWXZIE/kl5rKZY1WjliQXDdzNIg8aAiEAvHSZLzFkRKCaxHYBAkkVs1MVxtFm66Qomo2BCfJjReY="
# The listing prints the flags as a signed byte.
FLAGS = -59 & 0xFF
SUBJECT = (
    "CN=Yubico U2F EE Serial 1755077589,OU=Authenticator Attestation,O=Yubico AB,C=SE",
    "CN=Yubico U2F Root CA Serial 457200631",
)
SERIAL = 0xD55B9C6897A2CA88
AAGUID_EXTENSION = "1.3.6.1.4.1.45724.1.1.4"

NOTE = (
    "An attestation object published in the Dfns documentation, with the values it holds, each "
    "computed again when this file was made. A vector for parsing: its signature covers client "
    "data that are not printed."
)


def b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64u(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def same(what: str, computed: object, published: object) -> None:
    if computed != published:
        raise SystemExit(f"{what}: computed {computed!r}, published {published!r}")


def authenticator_data(data: bytes) -> dict[str, Any]:
    """Takes the 194 bytes apart by their fixed places."""
    same("authenticator data: length", len(data), 194)
    same("rpIdHash", data[:32], base64.b64decode(RP_ID_HASH))
    same("flags", (data[32], FLAGS), (0xC5, 0xC5))
    same("signCount", int.from_bytes(data[33:37], "big"), 1)
    same("aaguid", str(uuid.UUID(bytes=data[37:53])), AAGUID)
    same("credential id: length", int.from_bytes(data[53:55], "big"), 48)
    same("credential id", data[55:103], base64.b64decode(CREDENTIAL_ID))
    x, y = base64.b64decode(X), base64.b64decode(Y)
    key = {1: 2, 3: -7, -1: 1, -2: x, -3: y}
    # What is left is two maps, one after the other; written again, they are these bytes.
    same("key and extensions", data[103:], cbor2.dumps(key) + cbor2.dumps({"credProtect": 2}))
    same("key alone", cbor2.loads(data[103:180]), key)
    same("extensions alone", cbor2.loads(data[180:]), {"credProtect": 2})
    ec.EllipticCurvePublicNumbers(
        int.from_bytes(x, "big"), int.from_bytes(y, "big"), ec.SECP256R1()
    ).public_key()
    return {
        "rp_id_hash": data[:32].hex(),
        "flags": data[32],
        "sign_count": 1,
        "aaguid": AAGUID,
        "credential_id": data[55:103].hex(),
        "credential_public_key": data[103:180].hex(),
        "extensions": {"cred_protect": 2},
        "tolerated": [],
    }


def credential_key() -> dict[str, Any]:
    """The credential's key: its SubjectPublicKeyInfo is this head and the point."""
    point = base64.b64decode(X) + base64.b64decode(Y)
    head = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d03010703420004")
    return {"algorithm": -7, "public_key": (head + point).hex(), "tolerated": []}


def certificate(der: bytes) -> tuple[dict[str, Any], ec.EllipticCurvePublicKey]:
    """The one certificate of the statement, and its key."""
    same("certificate: length", len(der), 733)
    parsed = x509.load_der_x509_certificate(der)
    named = (parsed.subject.rfc4514_string(), parsed.issuer.rfc4514_string())
    same("subject and issuer", named, SUBJECT)
    same("version", parsed.version, x509.Version.v3)
    same("serial", parsed.serial_number, SERIAL)
    oid = x509.ObjectIdentifier(AAGUID_EXTENSION)
    extension = parsed.extensions.get_extension_for_oid(oid)
    if not isinstance(extension.value, x509.UnrecognizedExtension):
        raise SystemExit("the extension for the AAGUID is read as something else")
    held = (extension.critical, extension.value.value)
    same("AAGUID extension", held, (False, b"\x04\x10" + uuid.UUID(AAGUID).bytes))
    basic = parsed.extensions.get_extension_for_class(x509.BasicConstraints)
    same("basic constraints", (basic.critical, basic.value.ca), (True, False))
    key = parsed.public_key()
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise SystemExit("the key of the certificate is not an elliptic curve key")
    same("curve of the certificate", key.curve.name, "secp256r1")
    spki = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return {
        "version": 3,
        "serial": str(SERIAL),
        "issuer": SUBJECT[1],
        "subject": SUBJECT[0],
        "not_before": int(parsed.not_valid_before_utc.timestamp()),
        "not_after": int(parsed.not_valid_after_utc.timestamp()),
        "key": "ES256",
        "public_key": spki.hex(),
        "signature_algorithm": parsed.signature_algorithm_oid.dotted_string,
        "is_ca": False,
        "extensions": [
            {
                "oid": one.oid.dotted_string,
                "critical": one.critical,
                "value": one.value.public_bytes().hex(),
            }
            for one in parsed.extensions
        ],
        "tolerated": [],
    }, key


def records() -> list[dict[str, Any]]:
    raw = unb64u(OBJECT)
    same("object: length and text", (len(raw), b64u(raw)), (1049, OBJECT))
    whole = cbor2.loads(raw)
    same("object: members", list(whole), ["fmt", "attStmt", "authData"])
    same("object: written again", cbor2.dumps(whole), raw)
    statement = whole["attStmt"]
    same("statement: members", list(statement), ["alg", "sig", "x5c"])
    same("fmt and alg", (whole["fmt"], statement["alg"]), ("packed", -7))
    same("sig", statement["sig"], base64.b64decode(SIGNATURE))
    same("certificates", len(statement["x5c"]), 1)
    data = authenticator_data(whole["authData"])
    leaf, key = certificate(statement["x5c"][0])
    same("client data", b64u(CLIENT_DATA.encode()), CLIENT_DATA_PRINTED)
    digest = hashlib.sha256(CLIENT_DATA.encode()).digest()
    signed = whole["authData"] + digest
    try:
        key.verify(statement["sig"], signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        pass
    else:
        raise SystemExit("the signature verifies with the printed client data")
    read = {
        "format": "packed",
        "statement": {
            "alg": -7,
            "sig": {"hex": statement["sig"].hex()},
            "x5c": [{"hex": statement["x5c"][0].hex()}],
        },
        "authenticator_data": whole["authData"].hex(),
        "tolerated": [],
    }
    parts = (
        ("attestation object", "attestation_object.read", raw, read),
        ("authenticator data", "authenticator_data.read", whole["authData"], data),
        ("public key", "cose_key.read", whole["authData"][103:180], credential_key()),
        ("certificate", "certificate.read", statement["x5c"][0], leaf),
    )
    found: list[dict[str, Any]] = [
        {
            "id": f"{name}: {strictness}",
            # A security key as it was sold writes nothing that a strict reader refuses.
            "shows": f"the {name} holds what the page lists, to a reader who is {strictness}",
            "operation": operation,
            "input": {"bytes": octets.hex(), "strictness": strictness},
            "expected": {"result": "valid", "output": output},
        }
        for name, operation, octets, output in parts
        for strictness in ("strict", "interoperable")
    ]
    found.append(
        {
            "id": "signature",
            "shows": "the page prints the client data of another registration beside it",
            "operation": "signature.verify",
            "input": {
                "public_key": leaf["public_key"],
                "message": signed.hex(),
                "signature": statement["sig"].hex(),
            },
            "expected": {"result": "signature.invalid"},
        }
    )
    return found


def render() -> bytes:
    """The whole file: one record a line."""
    head = {
        "format": "countermark-vectors/1",
        "subject": "dfns-docs/attestation-object",
        "note": NOTE,
        "origin": "the page about API objects of the Dfns documentation",
        "section": "WebAuthn Level 3 sections 6.1, 6.5 and 8.2",
    }
    lines = ",\n".join(json.dumps(record) for record in records())
    return f'{json.dumps(head)[:-1]}, "records": [\n{lines}\n]}}\n'.encode("ascii")


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        fresh = TARGET.is_file() and TARGET.read_bytes() == render()
        print("up to date" if fresh else f"{TARGET.name} differs from what this script writes")
        return 0 if fresh else 1
    if arguments:
        print(__doc__)
        return 2
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_bytes(render())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
