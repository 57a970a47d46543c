"""Facts about registrations and logins: what the software authenticator answers, right and wrong.

What is wrong with a record is one entry of `countermark.webauthn.testing.FAULTS`, changed before signing, so that
every signature and digest around it is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from countermark.vectors.generation.facts import Facts
from countermark.vectors.generation.files import Seed, VectorFile
from countermark.webauthn.testing import ALGORITHMS, FAULTS, FaultInfo, SoftwareAuthenticator
from countermark.webauthn.testing.certificates import Authority
from countermark.webauthn.testing.drafts import AT, BE, BS, UP, UV, b64u
from countermark.webauthn.testing.seeding import Seed as KeySeed

RP_ID: Final = "example.org"
ORIGIN: Final = "https://example.org"
MOMENT: Final = 1748736000
"""2025-06-01T00:00:00Z."""
VALID: Final = "valid"
LEGACY: Final = "RS1"
UNTRUSTED: Final = ("none", "packed-self")
FILES: Final = {
    "none": ("none",),
    "packed": ("packed-self", "packed"),
    "fido-u2f": ("fido-u2f",),
    "tpm": ("tpm",),
    "android-key": ("android-key",),
    "android-safetynet": ("android-safetynet",),
    "apple": ("apple",),
    "compound": ("compound",),
}
SECTIONS: Final = {
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
TYPES: Final = {
    "none": "none",
    "packed-self": "self",
    "packed": "basic",
    "fido-u2f": "basic",
    "tpm": "attca",
    "android-key": "basic",
    "android-safetynet": "basic",
    "apple": "anonca",
    "compound": "compound",
}
"""The attestation type of each format (WebAuthn 6.5.3)."""
ATTESTING: Final = (
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
RIGHT: Final[dict[str, list[dict[str, Any]]]] = {
    # format: what its right records vary
    "none": [{"algorithm": name} for name in ALGORITHMS],
    "packed-self": [{"algorithm": name} for name in ALGORITHMS],
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


def files(seed: Seed) -> Iterator[VectorFile]:
    """The subjects attestation/<format> and authentication/passkeys."""
    for name, formats in FILES.items():
        yield _Ceremonies(seed).registrations(name, formats)
    yield _Ceremonies(seed).logins()


class _Ceremonies:
    """The ceremonies of one seed, which all share a challenge."""

    def __init__(self, seed: Seed) -> None:
        self._seed = seed.value
        self._challenge = b64u(seed.take("challenge", 15 + seed.number("length", 33)))
        self._user = seed.take("user", seed.number("length of the user handle", 65))
        self._call: dict[str, Any] = {
            "challenge": self._challenge,
            "rp_id": RP_ID,
            "origin": ORIGIN,
        }

    def _authenticator(self, format: str, **settings: Any) -> SoftwareAuthenticator:
        return SoftwareAuthenticator(self._seed, format=format, at=MOMENT, **settings)

    # --- Registrations ---

    def registrations(self, name: str, formats: tuple[str, ...]) -> VectorFile:
        """A file of one format."""
        facts = Facts(
            f"attestation/{name}",
            f"Registrations with an attestation of the format {name}. Every wrong one differs from a right one in "
            "one fact, and is signed again after the change.",
            operation="registration.verify",
            section=f"WebAuthn section {SECTIONS[name]}",
            input={**self._call, "at": MOMENT, "anchors": self._anchors()},
        )
        for format in formats:
            for settings in RIGHT[format]:
                self._right_registration(facts, format, settings)
        for fault in FAULTS.values():
            if fault.ceremony == "registration" and fault.format in formats:
                self._other_registration(facts, fault)
        return facts.file()

    def _anchors(self) -> dict[str, bytes]:
        """The named roots: the authenticator's, one of the same name, and one of another."""
        return {
            "root": self._authenticator("packed").root,
            "namesake": Authority(KeySeed(self._seed + b"another authority")).root,
            "stranger": Authority(
                KeySeed(self._seed + b"a stranger"), organization="stranger"
            ).root,
        }

    def _right_registration(self, facts: Facts, format: str, settings: dict[str, Any]) -> None:
        authenticator = self._authenticator(format, **settings)
        response = authenticator.create(**self._call)
        options = _trusting(format)
        if format == "fido-u2f":
            options["require_user_verification"] = False
        if LEGACY in settings.values():
            options["allow_sha1"] = True
        shown = _words(settings)
        facts.valid(
            f"{format}: {shown}",
            f"a right {format} registration, {shown}",
            self._registered(authenticator, format, settings),
            section=f"WebAuthn section {SECTIONS[format]}",
            response=_trimmed(response, whole=True),
            **options,
        )

    def _registered(
        self, authenticator: SoftwareAuthenticator, format: str, settings: Mapping[str, Any]
    ) -> dict[str, Any]:
        """What a right registration comes to."""
        (credential,) = authenticator
        flags = UP | AT | (0 if format == "fido-u2f" else UV)
        if settings.get("backup_eligible"):
            flags |= BE | BS
        attestation = _attestation(format)
        tolerated: list[list[str]] = []
        if format == "compound":
            attestation["statements"] = [_attestation(one) for one in settings["compound"]]
            if "fido-u2f" in settings["compound"]:
                # The AAGUID is that of the other statement; the U2F part of the model has none (8.6).
                tolerated.append(["statement.aaguid_mismatch", "authenticator_data"])
        return {
            "credential_id": credential.id,
            "public_key": credential.public_key,
            "algorithm": credential.algorithm,
            "aaguid": str(UUID(bytes=authenticator.aaguid(format))),
            "flags": flags,
            "sign_count": credential.sign_count,
            "extensions": {},
            "client_data": self._client_data("webauthn.create"),
            "attestation": attestation,
            "tolerated": tolerated,
        }

    def _client_data(self, type: str) -> dict[str, Any]:
        return {
            "type": type,
            "challenge": self._challenge,
            "origin": ORIGIN,
            "cross_origin": False,
        }

    def _other_registration(self, facts: Facts, fault: FaultInfo) -> None:
        """What is wrong in one fact, or right in an unusual way, as the fault says."""
        about_path = fault.name.startswith("trust.") or "intermediate" in fault.alter
        authenticator = self._authenticator(fault.format, intermediates=int(about_path))
        own: dict[str, bytes] = {}

        def look(chain: list[bytes]) -> None:
            named = zip(("leaf", "intermediate"), chain, strict=False)
            own.update({name: one for name, one in named if isinstance(one, bytes)})

        response = authenticator.create(**self._call, fault=fault.name, alter={"chain": look})
        options = _trusting(fault.format) | dict(fault.options)
        if "trust" in options:
            options["trust"] = list(options["trust"])
            if own.keys() & set(options["trust"]):
                known = self._anchors() | own
                options["anchors"] = {name: known[name] for name in options["trust"]}
        options["response"] = _trimmed(response, whole="response" in fault.alter)
        _state(facts, fault, options)

    # --- Logins ---

    def logins(self) -> VectorFile:
        """The file of logins."""
        facts = Facts(
            "authentication/passkeys",
            "Logins with a passkey. Every wrong one differs from a right one in one fact, and is signed again after "
            "the change.",
            operation="authentication.verify",
            section="WebAuthn section 7.2",
            input=self._call,
        )
        for name in ALGORITHMS:
            self._right_login(facts, name)
        for fault in FAULTS.values():
            if fault.ceremony == "assertion":
                algorithm = str(fault.authenticator.get("algorithm", "ES256"))
                options, _ = self._login(algorithm, fault)
                _state(facts, fault, options)
        return facts.file()

    def _right_login(self, facts: Facts, algorithm: str) -> None:
        options, output = self._login(algorithm)
        title = f"assertion: algorithm {algorithm}"
        if algorithm == LEGACY:
            facts.invalid(
                f"{title} not allowed",
                f"an assertion under {algorithm}, which is not allowed",
                "algorithm.legacy_hash",
                **options,
            )
            options["allow_sha1"] = True
        facts.valid(title, f"a right assertion, algorithm {algorithm}", output, **options)

    def _login(
        self, algorithm: str, fault: FaultInfo | None = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """The question about one login, and the answer if it is a right one."""
        authenticator = self._authenticator("packed-self", algorithm=algorithm)
        authenticator.create(**self._call, user_handle=self._user)
        (credential,) = authenticator
        response = authenticator.get(**self._call, fault=fault.name if fault else None)
        question: dict[str, Any] = {
            "public_key": credential.public_key,
            "credential_id": credential.id,
            **(fault.options if fault else {}),
            "response": _trimmed(response, whole=fault is None or "response" in fault.alter),
        }
        answer = {
            "credential_id": credential.id,
            "user_handle": self._user,
            "flags": UP | UV,
            "sign_count": 1,
            "sign_count_status": "not_checked",
            "extensions": {},
            "client_data": self._client_data("webauthn.get"),
            "tolerated": [],
        }
        return question, answer


def _state(facts: Facts, fault: FaultInfo, options: dict[str, Any]) -> None:
    section = re.sub(r"^(RFC \d+), ", r"\1 section ", fault.section)
    if not section[0].isalpha():
        section = f"WebAuthn section {section}"
    if fault.expected_code == VALID:
        facts.valid(fault.name, fault.description, section=section, **options)
    else:
        facts.invalid(
            fault.name, fault.description, fault.expected_code, section=section, **options
        )


def _attestation(format: str) -> dict[str, Any]:
    name = "packed" if format == "packed-self" else format
    return {"format": name, "type": TYPES[format], "trusted": format not in UNTRUSTED}


def _trusting(format: str) -> dict[str, Any]:
    return {} if format in UNTRUSTED else {"trust": ["root"]}


def _words(settings: Mapping[str, Any]) -> str:
    if not settings:
        return "as it comes"
    return " and ".join(
        f"{name} {' and '.join(value) if isinstance(value, tuple) else value}"
        for name, value in settings.items()
    )


def _trimmed(answer: dict[str, Any], *, whole: bool = False) -> dict[str, Any]:
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
