"""Write vectors/dfns-docs/known-answers.json: answers of the Dfns documentation and its recipes.

Every value below is either an input or an answer that was published. Nothing is taken on trust:
client data is built here from its members, hashes and Ed25519 signatures are computed again (with
`cryptography`, not with this package) and compared with the published ones, and the ECDSA
signatures printed in the documentation are verified or seen to fail. A wrong value stops the
script, so the file cannot hold one.

    python vectors/generate/dfns_docs.py            write the file
    python vectors/generate/dfns_docs.py --check    only say whether the file is up to date
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TARGET = Path(__file__).resolve().parent.parent / "dfns-docs" / "known-answers.json"

# RFC 8032, section 7.1, test 1.
SEED = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
ED25519_PEM = (
    "-----BEGIN PUBLIC KEY-----\n"
    "MCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n"
    "-----END PUBLIC KEY-----\n"
)
# The challenge of the documentation's examples.
CHALLENGE = "Y2gtNzloaHQtbXJlb2stOGFwOHFtMmVpZWZ0amxhZw"
# The key of the documentation's examples: P-256, its private half unknown.
DOCS_KEY = (
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9cG2mE4DWHbwwlLRSKBLZ9m6+QsCeOqWJh1x5VvRHZMaPLQlRrhhgbHm8una4h8S"
    "+L5o8sV8Hvujbl3MrATj3Q=="
)
DOCS_DER = base64.b64decode(DOCS_KEY).hex()
DOCS_PEM = (
    f"-----BEGIN PUBLIC KEY-----\n{DOCS_KEY[:64]}\n{DOCS_KEY[64:]}\n-----END PUBLIC KEY-----\n"
)

# One row a producer: profile, members in the order written, length, first 8 bytes of the SHA-256 of
# the client data, Ed25519 signature under SEED.
ORIGIN = "https://app.dfns.io"
ASSERTIONS: list[tuple[str, dict[str, object], int, str, str]] = [
    (
        "canonical",
        {"challenge": CHALLENGE, "type": "key.get"},
        75,
        "e049f31a7727dd36",
        "0nXjsOCUID9wrD9Vc9VItSkKzNNaWMe5ORd3oBonut8QIk25FQyuAIoifK0g8V_LwBmCfsheAbVfVHvJEQjXCw",
    ),
    (
        "docs-2024",
        {"challenge": CHALLENGE, "crossOrigin": False, "origin": ORIGIN, "type": "key.get"},
        126,
        "5aeee58beb4aa34c",
        "jPvPDrD4YXxDQNoIFoIz5VuQV_U-YZ_jt04XsdCp0i0dBO51Y38EJjJmT1Y5dIIQWt3ODZMdjxoTEyul53oqBQ",
    ),
    (
        "ts-keysigner",
        {"type": "key.get", "challenge": CHALLENGE},
        75,
        "dd1e82339ae1375e",
        "m9CjL0SW5CXyns1ULwwtNuZsjpQmDvk9QoL5h1cQYvKWfrH0angAmyQ_CHXYd276Y8HvIS0O0N3v9FqoQBbWDQ",
    ),
    (
        "python",
        {"type": "key.get", "challenge": CHALLENGE, "origin": ORIGIN, "crossOrigin": False},
        126,
        "b0c4857302e6ee2a",
        "wnDq_WJM_z71nPdOqJ_X3xexThiIxdOq_P9EwLkcZrU4EgYhXx37zV2CCrKgxQ0bXOyTJJ7L9uLoqfIGb_IxAQ",
    ),
    (
        "go-v2",
        {"challenge": CHALLENGE, "crossOrigin": False, "type": "key.get"},
        95,
        "c2e54a0dc00c70e2",
        "YFlE_HuGGMOrRnMHM0z6Z3_UfQx_m8L8NEc4DfQKkfG_hMyIOgBREGFe8pth_jHpWPXvmziPt8qK3UcUNGIyAg",
    ),
    (
        "java",
        {"type": "key.get", "challenge": CHALLENGE, "crossOrigin": False},
        95,
        "3a65b98ab7e41a0d",
        "u8lI-64XXT_kVu10UImxtOvMrPkgPmoF8-vJ98kvkXVgnxn8kLeh_hyxa4hWuBzd55Kk6nApbR0uq9wjmEZuCg",
    ),
]

# The attestation worked out step by step.
ATTESTATION_HASH = "cba00cc2224e76aa12e42cd0e30a1a73e5525ed0dccb7e29e709fee3a1e98dec"
ATTESTATION_FINGERPRINT = (216, "588e73be676210fea21cab99addf99157e79620c25a9b8fc0ac4814c013103a9")
ATTESTATION_SIGNATURE = (
    "630bf099261795059f3c58b30c7d7427011b78c5b3a871d85d8be8b6ffd115288c95e3d40216f84ee4e91d4e754fc993"
    "ccc331a23f257382728856fa115abc0d"
)

# The two ECDSA signatures printed in the documentation.
FIRST_SIGNATURE = (
    "30460221008e0109848c6fc83004d0e6c7fdac71dae8524fc5a29081d012f865416986ce29022100f47e1bee6c5175c4"
    "488b143c936c68fac1ae7e7931e76c677d46331ed149d17d"
)
SECOND_SIGNATURE = (
    "3046022100bf0cde7db2844d8f922ed293f7a855c3e5cf3251f1acd73b823b5fb923d3bcab022100cf13e6d9bcfb2773"
    "d9d920583f01a4802bb8989ccff3362dc2f7e5f4f143f06f"
)
FIRST_HASH = "db3828fcdf1782726a7c0c3977679be5fa5a69efa87b295a31b3579a0149edf3"
SECOND_HASH = "151969d5eedf057427a26a9f4fc46cfdfe170be5e2ada265d9599c706441a072"
RAW_NEWLINES = (278, "a854511cf213ce9c4bffc20922841e04f074f8450a68c819c75506443eb6e0b8")
SECOND_FINGERPRINT = (282, "40333214604a35e9421d52139929ac3ed3bf0aa4b9ed9c35c4fa7b2029a4cb60")

CREDENTIAL = "cr-known"

ORIGIN_OF_ALL = (
    "the Dfns documentation, or its recipes worked out under the key of RFC 8032 section 7.1 test 1"
)
NOTE = (
    "Answers published in the Dfns documentation, or worked out from its recipes under the key of "
    "RFC 8032 test 1, each computed again when this file was made. Never use these keys."
)


def compact(value: object) -> str:
    """Compact JSON; every text in this file is ASCII, for which all producers' encoders agree."""
    return json.dumps(value, separators=(",", ":"))


def b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def same(what: str, computed: object, published: object) -> None:
    if computed != published:
        raise SystemExit(f"{what}: computed {computed!r}, published {published!r}")


def fingerprint(client_data: str, pem: str) -> str:
    return compact({"clientDataHash": sha256(client_data.encode()), "publicKey": pem})


def docs_key_verifies(message: str, signature: str) -> bool:
    key = serialization.load_pem_public_key(DOCS_PEM.encode())
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise SystemExit("the documentation's key is not an elliptic curve key")
    try:
        key.verify(bytes.fromhex(signature), message.encode(), ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def ed25519() -> tuple[Ed25519PrivateKey, str]:
    key = Ed25519PrivateKey.from_private_bytes(SEED)
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    same("public key of RFC 8032 test 1", public.decode(), ED25519_PEM)
    return key, pem


def record(
    id: str, shows: str, operation: str, given: dict[str, object], expected: object
) -> dict[str, object]:
    """A record of the vector format: ``expected`` is the output, or the code that is due."""
    if isinstance(expected, str):
        due: dict[str, object] = {"result": expected}
    else:
        due = {"result": "valid", "output": expected}
    return {"id": id, "shows": shows, "operation": operation, "input": given, "expected": due}


def written(id: str, shows: str, client_data: str, **given: object) -> dict[str, object]:
    """Client data of the challenge, byte for byte."""
    asked = {"challenge": CHALLENGE, **given}
    return record(id, shows, "client_data.encode", asked, {"bytes": client_data.encode().hex()})


def fingerprinted(id: str, client_data: str, pem: str) -> dict[str, object]:
    """The fingerprint of client data and a public key text."""
    return record(
        id,
        "the fingerprint: sorted keys, and the line feeds as \\n",
        "fingerprint.make",
        {"client_data": client_data.encode().hex(), "public_key": pem},
        {"bytes": fingerprint(client_data, pem).encode().hex()},
    )


def credential(client_data: str, pem: str, signature: str) -> dict[str, object]:
    """The credential as it travels."""
    attestation = compact({"publicKey": pem, "signature": signature})
    return {
        "credentialKind": "Key",
        "credentialInfo": {
            "credId": CREDENTIAL,
            "clientData": b64u(client_data.encode()),
            "attestationData": b64u(attestation.encode()),
        },
    }


def verified(client_data: str, signature: bytes, hash: str | None) -> dict[str, object]:
    """What assertions and credentials that verify have in common."""
    return {
        "kind": "Key",
        "credential_id": CREDENTIAL,
        "client_data": client_data.encode().hex(),
        "algorithm": None,
        "hash": hash,
        "signature": signature.hex(),
    }


def accepted(client_data: str, key: str, signature: str, hash: str | None) -> dict[str, object]:
    """What verifying a credential gives; the public key as DER is the body of its PEM text."""
    return {
        **verified(client_data, bytes.fromhex(signature), hash),
        "public_key": base64.b64decode("".join(key.splitlines()[1:-1])).hex(),
        "public_key_pem": key,
        "fingerprint": fingerprint(client_data, key).encode().hex(),
    }


def assertion_records() -> list[dict[str, object]]:
    key, pem = ed25519()
    records: list[dict[str, object]] = []
    for profile, members, length, prefix, published in ASSERTIONS:
        client_data = compact(members)
        same(f"{profile}: length", len(client_data), length)
        same(f"{profile}: hash", sha256(client_data.encode())[:16], prefix)
        same(f"{profile}: signature", b64u(key.sign(client_data.encode())), published)
        origin = {"origin": members["origin"]} if "origin" in members else {}
        body = {
            "credId": CREDENTIAL,
            "clientData": b64u(client_data.encode()),
            "signature": published,
        }
        assertion = {"kind": "Key", "credentialAssertion": body}
        signature = key.sign(client_data.encode())
        # The Python SDK writes this origin unasked.
        asked = {} if profile == "python" else origin
        reply = {"challenge": CHALLENGE, "allowCredentials": {"key": [{"id": CREDENTIAL}]}}
        records += [
            written(
                f"assertion {profile}: client data",
                f"{length} bytes, whose SHA-256 begins {prefix}",
                client_data,
                purpose="key.get",
                profile=profile,
                **asked,
            ),
            record(
                f"assertion {profile}: sign",
                "the published signature",
                "assertion.sign",
                {
                    "private_key": pem,
                    "credential_id": CREDENTIAL,
                    "challenge": reply,
                    "profile": profile,
                    **origin,
                },
                {"assertion": assertion},
            ),
            record(
                f"assertion {profile}: verify",
                "the published signature verifies",
                "assertion.verify",
                {
                    "assertion": assertion,
                    "challenge": CHALLENGE,
                    "public_key": ED25519_PEM,
                    "profile": profile,
                    **origin,
                },
                verified(client_data, signature, None),
            ),
        ]
    return records


def attestation_records() -> list[dict[str, object]]:
    key, pem = ed25519()
    client_data = compact({"challenge": CHALLENGE, "type": "key.create"})
    same("attestation: client data hash", sha256(client_data.encode()), ATTESTATION_HASH)
    printed = fingerprint(client_data, ED25519_PEM)
    same(
        "attestation: fingerprint",
        (len(printed), sha256(printed.encode())),
        ATTESTATION_FINGERPRINT,
    )
    same("attestation: signature", key.sign(printed.encode()).hex(), ATTESTATION_SIGNATURE)
    made = credential(client_data, ED25519_PEM, ATTESTATION_SIGNATURE)
    return [
        written("worked example: client data", "canonical", client_data, purpose="key.create"),
        fingerprinted("worked example: fingerprint", client_data, ED25519_PEM),
        record(
            "worked example: create",
            "the recipe gives the worked signature and body",
            "credential.create",
            {"private_key": pem, "challenge": CHALLENGE, "credential_id": CREDENTIAL},
            {"credential": made},
        ),
        record(
            "worked example: verify",
            "the worked signature verifies",
            "credential.verify",
            {"credential": made, "challenge": CHALLENGE},
            accepted(client_data, ED25519_PEM, ATTESTATION_SIGNATURE, None),
        ),
    ]


def documentation_records() -> list[dict[str, object]]:
    first = compact(
        {
            "challenge": CHALLENGE,
            "crossOrigin": False,
            "origin": "https://app.dfns.ninja",
            "type": "key.create",
        }
    )
    second = first.replace("dfns.ninja", "dfns.wtf")
    newer = compact({"challenge": CHALLENGE, "type": "key.create"})
    same("documentation: first hash", sha256(first.encode()), FIRST_HASH)
    same("documentation: second hash", sha256(second.encode()), SECOND_HASH)
    same("documentation: newer hash", sha256(newer.encode()), ATTESTATION_HASH)

    specified = fingerprint(first, DOCS_PEM)
    raw = specified.replace("\\n", "\n")
    # The two messages differ in nothing but the four escapes of the PEM text.
    same("escapes and line feeds", (specified.count("\\n"), raw.count("\n")), (4, 4))
    same("first fingerprint: length", len(specified), 282)
    same("raw line feeds", (len(raw), sha256(raw.encode())), RAW_NEWLINES)
    with_newer = fingerprint(newer, DOCS_PEM)
    fitting = [
        message
        for message in (specified, raw, with_newer, with_newer.replace("\\n", "\n"))
        if docs_key_verifies(message, FIRST_SIGNATURE)
    ]
    same("what the first signature fits", fitting, [raw])
    proven = fingerprint(second, DOCS_PEM)
    same("second fingerprint", (len(proven), sha256(proven.encode())), SECOND_FINGERPRINT)
    if not docs_key_verifies(proven, SECOND_SIGNATURE):
        raise SystemExit("the second signature does not verify as specified")

    def judged(
        name: str, shows: str, client_data: str, signature: str, origin: str | None, *, right: bool
    ) -> list[dict[str, object]]:
        given = {} if origin is None else {"profile": "docs-2024", "origin": origin}
        expected = {} if origin is None else {"origin": origin}
        sent = credential(client_data, DOCS_PEM, signature)
        taken = accepted(client_data, DOCS_PEM, signature, "SHA-256") if right else None
        return [
            written(
                f"{name}: client data", "as printed", client_data, purpose="key.create", **given
            ),
            fingerprinted(f"{name}: fingerprint", client_data, DOCS_PEM),
            record(
                f"{name}: verify",
                shows,
                "credential.verify",
                {"credential": sent, "challenge": CHALLENGE, **expected},
                taken or "signature.invalid",
            ),
        ]

    return [
        *judged(
            "first signature as specified",
            "the flagship example of the fingerprint does not verify under its own recipe",
            first,
            FIRST_SIGNATURE,
            "https://app.dfns.ninja",
            right=False,
        ),
        record(
            "first signature over raw line feeds: verify",
            "the author signed the printed text as a JavaScript literal, in which \\n is a line feed, so the "
            "signature fits a fingerprint with four raw line feeds",
            "signature.verify",
            {"public_key": DOCS_PEM, "message": raw.encode().hex(), "signature": FIRST_SIGNATURE},
            {},
        ),
        record(
            "first signature over escapes: verify",
            "and does not fit the fingerprint with four escapes",
            "signature.verify",
            {
                "public_key": DOCS_PEM,
                "message": specified.encode().hex(),
                "signature": FIRST_SIGNATURE,
            },
            "signature.invalid",
        ),
        record(
            "first signature over raw line feeds: read",
            "a text with raw line feeds in a string is no JSON: no verifier can have built it",
            "client_data.decode",
            {"bytes": raw.encode().hex()},
            "json.syntax",
        ),
        *judged(
            "first signature beside newer client data",
            "the current documentation prints new client data beside the old signature",
            newer,
            FIRST_SIGNATURE,
            None,
            right=False,
        ),
        *judged(
            "second signature",
            "the attestation of the recovery key examples, made by real code under an origin that is not the one "
            "printed beside it; it proves the recipe: sorted keys, \\n escapes",
            second,
            SECOND_SIGNATURE,
            "https://app.dfns.wtf",
            right=True,
        ),
        record(
            "key",
            "the one public key of all these examples, whose text is the usual one",
            "public_key.export",
            {"der": DOCS_DER, "encoding": "pem"},
            {"text": DOCS_PEM},
        ),
        record(
            "challenge",
            "the one challenge of all examples, decoded",
            "base64url.decode",
            {"text": CHALLENGE},
            {"bytes": b"ch-79hht-mreok-8ap8qm2eieftjlag".hex()},
        ),
    ]


def render() -> bytes:
    """The whole file: one record a line."""
    records = [*assertion_records(), *attestation_records(), *documentation_records()]
    head = {
        "format": "countermark-vectors/1",
        "subject": "dfns-docs/known-answers",
        "note": NOTE,
        "origin": ORIGIN_OF_ALL,
        "section": "Dfns protocol, client data; fingerprint and attestation, recipe",
    }
    lines = ",\n".join(json.dumps(record) for record in records)
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
