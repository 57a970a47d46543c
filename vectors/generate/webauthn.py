"""Write vectors/webauthn/*.json: registrations and assertions of the software authenticator, right and wrong.

All bytes come from the seed below through `countermark.webauthn.testing`, which signs with `cryptography` and
with code of its own; nothing of what reads and verifies in this package has a part in it.

    python vectors/generate/webauthn.py            write the files
    python vectors/generate/webauthn.py --check    only say whether they are up to date
"""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from countermark.webauthn.testing import ALGORITHMS, FAULTS, FaultInfo, SoftwareAuthenticator
from countermark.webauthn.testing.certificates import Authority
from countermark.webauthn.testing.seeding import Seed

TARGET = Path(__file__).resolve().parent.parent / "webauthn"
SEED = b"countermark vectors webauthn 1"
CHALLENGE = bytes(range(0xC0, 0xE0))
RP_ID = "example.org"
ORIGIN = "https://example.org"
USER = b"user"
AT = 1748736000
"""2025-06-01T00:00:00Z."""
CEREMONY: dict[str, Any] = {"challenge": CHALLENGE, "rp_id": RP_ID, "origin": ORIGIN}
UNTRUSTED = ("none", "packed-self")
FILES = {
    "none": ("none",),
    "packed": ("packed-self", "packed"),
    "fido-u2f": ("fido-u2f",),
    "tpm": ("tpm",),
    "android-key": ("android-key",),
    "android-safetynet": ("android-safetynet",),
    "apple": ("apple",),
    "compound": ("compound",),
}
NOTE = (
    "Made by countermark.webauthn.testing from the seed in generate/webauthn.py. Every record differs from a "
    "right one in the one fact it shows, and is signed again after the change. Never use these keys."
)
EVERY = tuple(ALGORITHMS)
ATTESTING = (
    "ES256",
    "ES384",
    "ES512",
    "ES256K",
    "EDDSA",
    "ED448",
    "RS256",
    "PS256",
    "RS1",
    "ML_DSA_44",
)
RIGHT: dict[str, list[dict[str, Any]]] = {
    # format: what its right records vary
    "none": [{"algorithm": name} for name in EVERY],
    "packed-self": [{"algorithm": name} for name in EVERY],
    "packed": [
        *({"attestation_algorithm": name} for name in ATTESTING),
        {"intermediates": 0},
        {"intermediates": 2},
        {"backup_eligible": True, "backed_up": True},
        {"sign_count": None},
    ],
    "fido-u2f": [{}],
    "tpm": [
        *({"algorithm": name} for name in ("ES256", "ES384", "ES512", "RS256", "PS256")),
        *({"attestation_algorithm": name} for name in ("ES384", "ES512", "RS256", "PS256", "RS1")),
        {"vendor": "494E5443"},
    ],
    "android-key": [{"algorithm": name} for name in ("ES256", "ES384", "RS256", "EDDSA")],
    "android-safetynet": [{"algorithm": "ES256"}, {"intermediates": 0}],
    "apple": [{"algorithm": "ES256"}, {"algorithm": "ES384"}, {"intermediates": 0}],
    "compound": [
        {"compound": ("packed", "fido-u2f")},
        {"compound": ("packed", "android-key")},
        {"compound": ("tpm", "packed", "apple")},
    ],
}
SECTIONS = {
    "none": "8.7",
    "packed-self": "8.2",
    "packed": "8.2",
    "fido-u2f": "8.6",
    "tpm": "8.3",
    "android-key": "8.4",
    "android-safetynet": "8.5",
    "apple": "8.8",
    "compound": "8.9",
}
LEGACY = "RS1"


def b64u(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def anchors() -> dict[str, str]:
    """The named roots: the authenticator's, one of the same name, and one of another."""
    return {
        "root": b64u(SoftwareAuthenticator(SEED).root),
        "namesake": b64u(Authority(Seed(b"another authority")).root),
        "stranger": b64u(Authority(Seed(b"a stranger"), organization="stranger").root),
    }


def as_json(options: dict[str, Any]) -> dict[str, Any]:
    return {
        name: b64u(value) if isinstance(value, bytes) else value for name, value in options.items()
    }


def record(
    name: str,
    shows: str,
    section: str,
    options: dict[str, Any],
    response: dict[str, Any],
    expected: str,
    own: dict[str, str] | None = None,
) -> dict[str, Any]:
    made = {"id": name, "shows": shows, "section": section, "options": as_json(options)}
    if own:
        made["anchors"] = own
    return made | {"response": response, "expected": expected}


def trimmed(answer: dict[str, Any], *, whole: bool = False) -> dict[str, Any]:
    """Without what a browser repeats for the page's convenience, and where not ``whole``, what may be absent."""
    if not whole:
        for name in ("rawId", "authenticatorAttachment", "clientExtensionResults"):
            answer.pop(name, None)
    if isinstance(answer.get("response"), dict):
        for name in ("publicKey", "publicKeyAlgorithm", "transports"):
            answer["response"].pop(name, None)
        if "attestationObject" in answer["response"]:
            answer["response"].pop("authenticatorData", None)
    return answer


def trusting(format: str) -> dict[str, Any]:
    return {} if format in UNTRUSTED else {"trust": ["root"]}


def words(settings: dict[str, Any]) -> str:
    if not settings:
        return "as it comes"
    return ", ".join(
        f"{name} {' and '.join(value) if isinstance(value, tuple) else value}"
        for name, value in settings.items()
    )


def right_registrations(format: str) -> Iterator[dict[str, Any]]:
    for settings in RIGHT[format]:
        authenticator = SoftwareAuthenticator(SEED, format=format, at=AT, **settings)
        options = trusting(format)
        if format == "fido-u2f":
            options["require_user_verification"] = False
        if LEGACY in settings.values():
            options["allow_sha1"] = True
        shown = words(settings)
        yield record(
            f"{format}: {shown}",
            f"a right {format} registration, {shown}",
            SECTIONS[format],
            options,
            trimmed(authenticator.create(**CEREMONY), whole=True),
            "valid",
        )


def wrong_registration(fault: FaultInfo) -> dict[str, Any]:
    about_path = fault.name.startswith("trust.") or "intermediate" in fault.alter
    authenticator = SoftwareAuthenticator(
        SEED, format=fault.format, at=AT, intermediates=int(about_path)
    )
    own: dict[str, str] = {}

    def look(chain: list[bytes]) -> None:
        named = zip(("leaf", "intermediate"), chain, strict=False)
        own.update({name: b64u(one) for name, one in named if isinstance(one, bytes)})

    answer = authenticator.create(**CEREMONY, fault=fault.name, alter={"chain": look})
    options = trusting(fault.format) | dict(fault.options)
    if "trust" in options:
        options["trust"] = list(options["trust"])
    used = {name: text for name, text in own.items() if name in options.get("trust", ())}
    return record(
        fault.name,
        fault.description,
        fault.section,
        options,
        trimmed(answer, whole="response" in fault.alter),
        fault.expected_code,
        used,
    )


def assertion(
    algorithm: str, fault: FaultInfo | None = None
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The options and the answer of one assertion."""
    authenticator = SoftwareAuthenticator(SEED, format="packed-self", algorithm=algorithm, at=AT)
    authenticator.create(**CEREMONY, user_handle=USER)
    (credential,) = authenticator
    answer = authenticator.get(**CEREMONY, fault=fault.name if fault else None)
    options: dict[str, Any] = {
        "public_key": credential.public_key,
        "credential_id": credential.id,
        **(fault.options if fault else {}),
    }
    return options, trimmed(answer, whole=fault is None or "response" in fault.alter)


def assertions() -> Iterator[dict[str, Any]]:
    for name in EVERY:
        options, answer = assertion(name)
        if name == LEGACY:
            yield record(
                f"assertion: algorithm {name}, not allowed",
                f"an assertion under {name}, which is not allowed",
                "7.2",
                options,
                answer,
                "algorithm.legacy_hash",
            )
            options = options | {"allow_sha1": True}
        yield record(
            f"assertion: algorithm {name}",
            f"a right assertion, algorithm {name}",
            "7.2",
            options,
            answer,
            "valid",
        )
    for fault in FAULTS.values():
        if fault.ceremony == "assertion":
            options, answer = assertion(str(fault.authenticator.get("algorithm", "ES256")), fault)
            yield record(
                fault.name, fault.description, fault.section, options, answer, fault.expected_code
            )


def registrations(formats: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for format in formats:
        yield from right_registrations(format)
    for fault in FAULTS.values():
        if fault.ceremony == "registration" and fault.format in formats:
            yield wrong_registration(fault)


def render(name: str, ceremony: str, records: list[dict[str, Any]]) -> bytes:
    """A whole file: one record a line."""
    common = as_json(CEREMONY) | ({"at": AT} if ceremony == "registration" else {})
    head = {
        "format": "webauthn-vectors/1",
        "file": f"{name}.json",
        "ceremony": ceremony,
        "note": NOTE,
        "options": common,
        "anchors": anchors() if ceremony == "registration" else {},
    }
    lines = ",\n".join(json.dumps(one) for one in records)
    return f'{json.dumps(head)[:-1]}, "records": [\n{lines}\n]}}\n'.encode("ascii")


def files() -> dict[str, bytes]:
    """Every file, by name."""
    made = {
        f"{name}.json": render(name, "registration", list(registrations(formats)))
        for name, formats in FILES.items()
    }
    made["assertions.json"] = render("assertions", "authentication", list(assertions()))
    return made


def main(arguments: list[str]) -> int:
    if arguments == ["--check"]:
        stale = [
            name
            for name, data in files().items()
            if not (TARGET / name).is_file() or (TARGET / name).read_bytes() != data
        ]
        print(
            f"differs from what this script writes: {', '.join(stale)}" if stale else "up to date"
        )
        return 1 if stale else 0
    if arguments:
        print(__doc__)
        return 2
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, data in files().items():
        (TARGET / name).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
