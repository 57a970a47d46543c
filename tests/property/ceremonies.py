"""Ceremonies of the software authenticator, right and wrong, and what a server may ask of them."""

from __future__ import annotations

import copy
import hashlib
import json
from base64 import b64encode, urlsafe_b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final
from uuid import UUID

from hypothesis import assume
from hypothesis import strategies as st

from countermark.errors import Error
from countermark.reference.webauthn.attestation import key_identifier
from countermark.webauthn.testing import FAULTS, FaultInfo, SoftwareAuthenticator
from countermark.webauthn.testing.authenticator import AT_TIME
from countermark.webauthn.testing.certificates import Authority, Name
from countermark.webauthn.testing.drafts import b64u
from countermark.webauthn.testing.keys import make_key
from countermark.webauthn.testing.seeding import Seed
from tests.property.outcome import Door, Outcome, agreed, outcomes

CHALLENGE: Final = bytes(range(32))
TEXT: Final = "a challenge of the Dfns API"
RP_ID: Final = "example.org"
ORIGIN: Final = "https://example.org"
USER: Final = b"user"
SITE: Final[dict[str, Any]] = {"rp_id": RP_ID, "origin": ORIGIN}
FORMATS: Final = (
    *("none", "packed", "packed-self", "fido-u2f", "tpm", "android-key", "android-safetynet"),
    *("apple", "compound"),
)
UNTRUSTED: Final = ("none", "packed-self")
SIGNING: Final = ("ES256", "ES384", "ES512", "ES256K", "EDDSA", "ED448", "RS256", "ML_DSA_44")

Change = Callable[[Any], Any]


def decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


# --- what an authenticator sends ---


@dataclass(frozen=True)
class Ceremony:
    """A response, the root that its attestation leads to, and the key that was stored."""

    response: dict[str, Any]
    root: bytes
    key: bytes
    format: str

    def member(self, name: str) -> bytes:
        return decoded(self.response["response"][name])

    @property
    def client_data_hash(self) -> bytes:
        return hashlib.sha256(self.member("clientDataJSON")).digest()


@cache
def root() -> bytes:
    return SoftwareAuthenticator(b"twins").root


def registration(
    format: str = "packed",
    fault: str | None = None,
    alter: Mapping[str, Change] | None = None,
    **options: Any,
) -> Ceremony:
    """A registration; what the alterations do to its making is up to them."""
    authenticator = SoftwareAuthenticator(b"twins", format=format, **options)
    response = authenticator.create(
        challenge=CHALLENGE, user_handle=USER, fault=fault, alter=alter, **SITE
    )
    key = next(iter(authenticator)).public_key
    return Ceremony(response, authenticator.root, key, format)


def assertion(
    algorithm: str = "ES256",
    fault: str | None = None,
    alter: Mapping[str, Change] | None = None,
    **options: Any,
) -> Ceremony:
    """An assertion of a new credential."""
    preset = {} if fault is None else dict(FAULTS[fault].authenticator)
    preset.pop("format", None)
    made = {"algorithm": algorithm} | preset | options
    authenticator = SoftwareAuthenticator(b"twins", format="none", **made)
    authenticator.create(challenge=CHALLENGE, user_handle=USER, **SITE)
    response = authenticator.get(challenge=CHALLENGE, fault=fault, alter=alter, **SITE)
    return Ceremony(response, authenticator.root, next(iter(authenticator)).public_key, "none")


_made: dict[tuple[Any, ...], Ceremony] = {}


def kept(make: Callable[..., Ceremony], *arguments: Any) -> Ceremony:
    """The same ceremony each time it is asked for, in a copy that may be changed."""
    asked = (make, *arguments)
    if asked not in _made:
        _made[asked] = make(*arguments)
    return copy.deepcopy(_made[asked])


def faulty(info: FaultInfo) -> Ceremony:
    """A ceremony with one of the known faults."""
    if info.ceremony == "registration":
        return kept(registration, info.format, info.name)
    return kept(assertion, "ES256", info.name)


def altered(make: Callable[..., Ceremony], what: str, alter: Mapping[str, Change]) -> Ceremony:
    """A ceremony with changes of ours; some cannot be made together, and are not."""
    try:
        return make(what, None, alter)
    except (
        *(ArithmeticError, AttributeError, Error, LookupError, StopIteration, TypeError),
        ValueError,
    ):
        assume(False)
        raise


def faults(ceremony: str) -> list[FaultInfo]:
    return [info for info in FAULTS.values() if info.ceremony == ceremony]


registration_faults: Final = st.sampled_from(faults("registration"))
assertion_faults: Final = st.sampled_from(faults("assertion"))
registrations: Final = st.sampled_from(FORMATS).map(partial(kept, registration))
assertions: Final = st.sampled_from(SIGNING).map(partial(kept, assertion))


def with_fault(info: FaultInfo) -> dict[str, Any]:
    """The options that the fault needs, without those about trust, which is asked for separately."""
    return {name: value for name, value in info.options.items() if name not in ("trust", "at")}


# --- what a server asks ---


def either(right: Any, *others: Any) -> st.SearchStrategy[Any]:
    """What is right three times out of four."""
    return st.integers(0, 3).flatmap(lambda n: st.just(right) if n else st.sampled_from(others))


origins: Final = either(
    ORIGIN,
    *([ORIGIN], ("https://example.com", ORIGIN), "https://example.com", "", ORIGIN + "/"),
    *([ORIGIN.upper()], "http://example.org", ["https://a.example"] * 3),
)
COMMON: Final[dict[str, st.SearchStrategy[Any]]] = {
    "challenge_form": st.sampled_from((None, None, None, "encoded", "verbatim", "either")),
    "top_origin": st.sampled_from((None, "https://top.example", [], [ORIGIN])),
    "allow_cross_origin": st.booleans(),
    "require_user_presence": st.booleans(),
    "require_user_verification": st.booleans(),
    "credential_id": st.sampled_from((None, None, None, b"other", "b3RoZXI")),
    "allow_sha1": st.booleans(),
    "limited_verification": st.booleans(),
    "allow_padded_base64url": st.booleans(),
}
NAMES: Final = ("none", "packed", "fido-u2f", "tpm", "android-key", "apple", "compound")
ATTESTING: Final[dict[str, st.SearchStrategy[Any]]] = {
    "formats": st.sampled_from((None, None, NAMES, ["none"], ("packed", "x"), [], "packed")),
    "compound_policy": st.sampled_from(("all", "any", 1, 2, 3, 8)),
    "tpm_vendors": st.sampled_from(
        (None, None, ["id:FFFFF1D0"], ["id:fffff1d0"], ["id:494E5443"], [], ["FFFFF1D0"])
    ),
    "require_tee": st.booleans(),
    "allow_sha1": st.booleans(),
    "repair_cose_map_count": st.booleans(),
}
REGISTERING: Final[dict[str, st.SearchStrategy[Any]]] = ATTESTING | {
    "algorithms": st.sampled_from((None, None, [-7], (-8, -257, -7), [-257], [-7, -7], [-48]))
}
AUTHENTICATING: Final[dict[str, st.SearchStrategy[Any]]] = {
    "user_handle": st.sampled_from((None, USER, USER, "dXNlcg", b"other", b"u" * 65)),
    "sign_count": st.sampled_from((None, 0, 0, 1, 2, 2**32 - 1)),
    "sign_count_policy": st.sampled_from(("require", "warn", "ignore")),
    "backup_eligible": st.sampled_from((None, True, False)),
    "appid": st.sampled_from((None, "https://example.org/appid", RP_ID, "")),
    "allow_payment": st.booleans(),
}
challenges: Final = either(
    CHALLENGE, b"\xff", b"another", "another", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8"
)
strictnesses: Final = st.sampled_from(("interoperable", "interoperable", "strict"))


def some(choices: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """A few of the options."""
    return st.sets(st.sampled_from(sorted(choices)), max_size=3).flatmap(
        lambda names: st.fixed_dictionaries({name: choices[name] for name in sorted(names)})
    )


@st.composite
def expectations(
    draw: st.DrawFn, more: Mapping[str, st.SearchStrategy[Any]], *, strict: bool = True
) -> dict[str, Any]:
    """Options that can be met, whatever the response is."""
    given = {"challenge": CHALLENGE} | SITE | draw(some(COMMON | dict(more)))
    if draw(st.integers(0, 3)) == 0:
        given["origin"] = draw(origins.filter(bool))
        given["challenge"] = draw(challenges)
        given["rp_id"] = draw(either(RP_ID, "example.com", "EXAMPLE.ORG", "org"))
    if strict:
        given["strictness"] = draw(strictnesses)
    return given


@cache
def metadata_blob() -> str:
    """Metadata signed under the root, which know the model and the certificate of the U2F authenticator."""
    authority = Authority(Seed(b"metadata"))
    key = make_key(Seed(b"metadata"), "signer", -257)
    signer = authority.leaf(Name.of(("CN", "metadata")), key, None, "signer").encode()
    aaguid = str(UUID(bytes=SoftwareAuthenticator(b"twins", format="packed").aaguid()))
    status = {
        "statusReports": [{"status": "FIDO_CERTIFIED"}],
        "timeOfLastStatusChange": "2025-01-01",
    }
    roots = {"attestationRootCertificates": [b64encode(root()).decode()], "description": "a model"}
    u2f = key_identifier(_u2f_leaf())
    payload = {
        "no": 7,
        "nextUpdate": "2030-01-01",
        "entries": [
            {"aaguid": aaguid, "metadataStatement": roots | {"protocolFamily": "fido2"}} | status,
            {"attestationCertificateKeyIdentifiers": [u2f], "metadataStatement": roots} | status,
        ],
    }
    header = {"alg": "RS256", "x5c": [b64encode(signer).decode()]}
    parts = [b64u(json.dumps(part).encode()) for part in (header, payload)]
    return ".".join((*parts, b64u(key.sign(".".join(parts).encode(), -257))))


def _u2f_leaf() -> bytes:
    found: list[bytes] = []

    def chain(certificates: list[bytes]) -> None:
        found.extend(certificates)

    registration("fido-u2f", None, {"chain": chain})
    return found[0]


def metadata_root() -> bytes:
    return Authority(Seed(b"metadata")).root


@cache
def anchors(door: Door, which: str) -> Any:
    """Sets of anchors, or metadata, by name, made once through each door."""
    if which == "metadata":
        trust = door.TrustAnchors([metadata_root()])
        return door.Metadata.from_blob(metadata_blob(), trust=trust, at=AT_TIME)
    other = SoftwareAuthenticator(b"others").root
    made = {"root": [root()], "others": [other], "both": [other, root()], "none": []}
    return door.TrustAnchors(made[which])


@st.composite
def trusts(draw: st.DrawFn, format: str) -> dict[str, Any]:
    """Whether and whom to trust: a name for `anchors`, which belong to a door."""
    usual = "root" if format not in UNTRUSTED else None
    which = draw(either(usual, "others", "both", "none", "metadata", "metadata", None))
    if which is None:
        return {}
    at = draw(either(AT_TIME, AT_TIME + 60, AT_TIME + 61, 0, 2_600_000_000, 253_402_300_799))
    return {"trust": which, "at": at, "require_trust": draw(st.sampled_from((None, True, False)))}


def through(door: Door, given: Mapping[str, Any]) -> dict[str, Any]:
    """The options for a door, with its own anchors."""
    made = dict(given)
    if "trust" in made:
        made["trust"] = anchors(door, made["trust"])
    return made


# --- verdicts ---


def same_verdict(call: Callable[[Door], Any]) -> bool:
    """Both give the same value, or both refuse, for whichever of several reasons; tells which."""
    native, twin = outcomes(call)
    if "error" in (native[0], twin[0]):
        assert native[0] == twin[0], f"native {native!r}\nreference {twin!r}"
    else:
        assert native == twin, f"native {native!r}\nreference {twin!r}"
    return native[0] == "value"


def judged(ceremony: str, response: Any, given: Mapping[str, Any]) -> Outcome:
    """Both verify alike and explain alike, and raise what they explain first."""
    found = agreed(
        lambda door: getattr(door, f"verify_{ceremony}")(response, **through(door, given))
    )
    report = agreed(
        lambda door: getattr(door, f"explain_{ceremony}")(response, **through(door, given))
    )
    consistent(found, report)
    return found


def judged_loosely(ceremony: str, response: Any, given: Mapping[str, Any]) -> None:
    """Both take it or both do not, in each of the steps too."""
    same_verdict(lambda door: getattr(door, f"verify_{ceremony}")(response, **through(door, given)))
    reports = outcomes(
        lambda door: [
            (check.step, check.passed)
            for check in getattr(door, f"explain_{ceremony}")(
                response, **through(door, given)
            ).checks
        ]
    )
    assert reports[0] == reports[1], f"native {reports[0]!r}\nreference {reports[1]!r}"


def consistent(found: Outcome, report: Outcome) -> None:
    if report[0] == "error":
        assert report == found
        return
    errors = [check[1]["error"] for check in report[1][1]["checks"] if check[1]["error"]]
    assert report[1][1]["valid"] == (found[0] == "value") == (not errors)
    if errors:
        assert errors[0] == found
