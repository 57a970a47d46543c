"""What a relying party asks of a ceremony, and the check of its own arguments.

WebAuthn Level 3, 7.1 and 7.2. All types are checked first, then the values; nothing of the response has been looked
at by then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Required, TypeAlias, TypedDict, cast

from countermark.errors import ArgumentTypeError, LimitExceeded
from countermark.reference.arguments import (
    MAX_CHALLENGE,
    bad_value,
    challenge_text,
    filled_text,
    one_of,
    optional_flag,
    optional_text,
    unicode_text,
)
from countermark.reference.format import (
    BytesLike,
    base64url,
    bytes_argument,
    flag_argument,
    is_bytes,
    is_sequence,
    is_text,
    sequence_items,
    shown,
    text_argument,
)
from countermark.reference.format.tolerance import INTEROPERABLE, strictness_argument
from countermark.reference.key.cose import CoseAlgorithm, CosePublicKey, algorithm_numbered
from countermark.reference.key.public_key import PublicKey
from countermark.reference.webauthn.metadata import Metadata
from countermark.reference.webauthn.statement import FORMATS
from countermark.reference.webauthn.statement.tpm import VENDOR
from countermark.reference.x509.anchors import TrustAnchors
from countermark.reference.x509.time import instant_argument

CHALLENGE_FORMS: Final = ("verbatim", "encoded", "either")
SIGN_COUNT_POLICIES: Final = ("require", "warn", "ignore")
COMPOUND_POLICIES: Final = ("all", "any")

MAX_CHOICES: Final = 1024
"""Members of a list of origins, algorithms, formats or vendors."""

MAX_STATEMENTS: Final = 8
"""Statements of a compound one, and so the most that can be asked for."""

Trust: TypeAlias = TrustAnchors | Metadata


class AttestationOptions(TypedDict, total=False):
    """The keyword arguments that say what an attestation is worth."""

    trust: Trust | None
    at: int | datetime | None
    require_trust: bool | None
    formats: Iterable[str] | None
    compound_policy: str | int
    tpm_vendors: Iterable[str] | None
    require_tee: bool
    allow_sha1: bool
    repair_cose_map_count: bool
    strictness: str


class CeremonyOptions(TypedDict, total=False):
    """The keyword arguments that both ceremonies share."""

    challenge: Required[str | BytesLike]
    origin: Required[str | Sequence[str]]
    rp_id: Required[str]
    challenge_form: str | None
    top_origin: str | Sequence[str] | None
    allow_cross_origin: bool
    require_user_presence: bool
    require_user_verification: bool
    credential_id: BytesLike | None
    limited_verification: bool
    allow_padded_base64url: bool


class RegistrationOptions(CeremonyOptions, AttestationOptions, total=False):
    """The keyword arguments of `verify_registration`."""

    algorithms: Iterable[int] | None


class AuthenticationOptions(CeremonyOptions, total=False):
    """The keyword arguments of `verify_authentication`."""

    public_key: Required[CosePublicKey | PublicKey | BytesLike]
    user_handle: BytesLike | None
    sign_count: int | None
    sign_count_policy: str
    backup_eligible: bool | None
    appid: str | None
    allow_payment: bool
    allow_sha1: bool
    strictness: str


# --- Attestation --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AttestationPolicy:
    """What is asked of an attestation; see `AttestationOptions`."""

    trust: Trust | None
    at: int | None
    require_trust: bool
    formats: frozenset[str] | None
    compound_policy: str | int
    tpm_vendors: frozenset[str] | None
    require_tee: bool
    allow_sha1: bool
    repair_cose_map_count: bool
    strictness: str


def attestation_policy(
    *,
    trust: Trust | None = None,
    at: int | datetime | None = None,
    require_trust: bool | None = None,
    formats: Iterable[str] | None = None,
    compound_policy: str | int = "all",
    tpm_vendors: Iterable[str] | None = None,
    require_tee: bool = True,
    allow_sha1: bool = False,
    repair_cose_map_count: bool = False,
    strictness: str = INTEROPERABLE,
) -> AttestationPolicy:
    """Check the options of an attestation."""
    if trust is not None and type(trust) not in (TrustAnchors, Metadata):
        raise wrong_type("trust", "TrustAnchors or Metadata")
    required = optional_flag(require_trust, "require_trust")
    chosen: str | int = (
        text_argument(compound_policy, "compound_policy")
        if is_text(compound_policy)
        else integer(compound_policy, "compound_policy")
    )
    policy = AttestationPolicy(
        trust=trust,
        at=None if at is None else instant_argument(at),
        require_trust=trust is not None if required is None else required,
        formats=_texts(formats, "formats"),
        compound_policy=chosen,
        tpm_vendors=_texts(tpm_vendors, "tpm_vendors"),
        require_tee=flag_argument(require_tee, "require_tee"),
        allow_sha1=flag_argument(allow_sha1, "allow_sha1"),
        repair_cose_map_count=flag_argument(repair_cose_map_count, "repair_cose_map_count"),
        strictness=strictness_argument(strictness),
    )
    if isinstance(chosen, str):
        one_of(chosen, COMPOUND_POLICIES, "compound_policy")
    elif not 1 <= chosen <= MAX_STATEMENTS:
        raise bad_value("compound_policy", f"is not in 1 to {MAX_STATEMENTS}")
    if trust is not None and policy.at is None:
        raise bad_value("at", "is needed where trust is given")
    if isinstance(trust, Metadata) and not trust.is_verified:
        raise bad_value("trust", "is metadata that were not verified")
    if policy.require_trust and trust is None:
        raise bad_value("trust", "is needed where it is required")
    for name in policy.formats or ():
        one_of(name, FORMATS, "formats")
    if not all(map(VENDOR.fullmatch, policy.tpm_vendors or ())):
        raise bad_value("tpm_vendors", "holds what is not id: and eight hexadecimal digits")
    return policy


# --- Ceremonies ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CeremonyPolicy:
    """What both ceremonies check; see `CeremonyOptions`. ``origins`` and ``top_origins`` keep their order."""

    challenge: str | bytes
    challenge_form: str | None
    origins: tuple[str, ...]
    rp_id: str
    top_origins: tuple[str, ...] | None
    allow_cross_origin: bool
    require_user_presence: bool
    require_user_verification: bool
    credential_id: bytes | None
    limited_verification: bool
    padded: bool

    @property
    def rp_id_hash(self) -> bytes:
        return hashlib.sha256(self.rp_id.encode()).digest()

    def challenge_forms(self, *, is_dfns: bool) -> tuple[str, ...]:
        """The texts of which the client data must hold one.

        Bytes are encoded, text stands as it is; Dfns' clients differ in that (Dfns protocol, Fido2 client data).
        Bytes that are no text have no verbatim form.
        """
        form = self.challenge_form
        if isinstance(self.challenge, bytes):
            octets, text = self.challenge, _as_text(self.challenge)
            form = form or "encoded"
        else:
            octets, text = self.challenge.encode(), self.challenge
            form = form or ("either" if is_dfns else "verbatim")
        forms = [] if form == "encoded" or text is None else [text]
        if form != "verbatim":
            forms.append(base64url.encode(octets))
        return tuple(forms)


def ceremony_policy(
    *,
    challenge: str | BytesLike,
    origin: str | Sequence[str],
    rp_id: str,
    challenge_form: str | None = None,
    top_origin: str | Sequence[str] | None = None,
    allow_cross_origin: bool = False,
    require_user_presence: bool = True,
    require_user_verification: bool = True,
    credential_id: BytesLike | None = None,
    limited_verification: bool = False,
    allow_padded_base64url: bool = False,
) -> CeremonyPolicy:
    """Check the options that both ceremonies share."""
    policy = CeremonyPolicy(
        challenge=_challenge(challenge),
        challenge_form=optional_text(challenge_form, "challenge_form"),
        origins=_origins(origin, "origin"),
        rp_id=text_argument(rp_id, "rp_id"),
        top_origins=None if top_origin is None else _origins(top_origin, "top_origin"),
        allow_cross_origin=flag_argument(allow_cross_origin, "allow_cross_origin"),
        require_user_presence=flag_argument(require_user_presence, "require_user_presence"),
        require_user_verification=flag_argument(
            require_user_verification, "require_user_verification"
        ),
        credential_id=identifier_argument(credential_id, "credential_id"),
        limited_verification=flag_argument(limited_verification, "limited_verification"),
        padded=flag_argument(allow_padded_base64url, "allow_padded_base64url"),
    )
    if isinstance(policy.challenge, str):
        challenge_text(policy.challenge)
    elif not policy.challenge:
        raise bad_value("challenge", "is empty")
    if policy.challenge_form is not None:
        one_of(policy.challenge_form, CHALLENGE_FORMS, "challenge_form")
    if not policy.origins:
        raise bad_value("origin", "is empty")
    for one in policy.origins:
        filled_text(one, "origin")
    for one in policy.top_origins or ():
        filled_text(one, "top_origin")
    filled_text(policy.rp_id, "rp_id")
    if policy.challenge_form == "verbatim" and not policy.challenge_forms(is_dfns=False):
        raise bad_value("challenge_form", "is verbatim, which a challenge that is no text has not")
    return policy


def allowed_algorithms(
    algorithms: Iterable[int] | None, *, allow_sha1: bool
) -> frozenset[CoseAlgorithm]:
    """The algorithms of a new credential: those named, or all; RS1 only where SHA-1 is allowed."""
    if algorithms is None:
        chosen = set(CoseAlgorithm)
        if not allow_sha1:
            chosen.remove(CoseAlgorithm.RS1)
        return frozenset(chosen)
    numbers = [integer(number, "algorithms") for number in _choices(algorithms, "algorithms")]
    if not numbers:
        raise bad_value("algorithms", "is empty")
    return frozenset(algorithm_numbered(number, allow_sha1=allow_sha1) for number in numbers)


@dataclass(frozen=True, slots=True)
class CounterPolicy:
    """The stored signature counter, and what is made of one that went back."""

    stored: int | None
    policy: str


def counter_policy(sign_count: int | None, sign_count_policy: str) -> CounterPolicy:
    """Check the options of the signature counter."""
    stored = None if sign_count is None else integer(sign_count, "sign_count")
    policy = text_argument(sign_count_policy, "sign_count_policy")
    if stored is not None and not 0 <= stored < 2**32:
        raise bad_value("sign_count", "is not a number of 32 bits")
    one_of(policy, SIGN_COUNT_POLICIES, "sign_count_policy")
    return CounterPolicy(stored, policy)


def client_data_hash_argument(value: object) -> bytes:
    """A SHA-256 digest."""
    digest = bytes_argument(value, "client_data_hash")
    if len(digest) != 32:
        raise bad_value("client_data_hash", "is not 32 bytes long")
    return digest


def public_key_argument(value: object, *, allow_sha1: bool, strictness: str) -> CosePublicKey:
    """A COSE key, its bytes, or a key that is then taken with the usual algorithm of its kind."""
    if type(value) is CosePublicKey:
        algorithm_numbered(value.algorithm, allow_sha1=allow_sha1)
        return value
    if type(value) is PublicKey:
        return CosePublicKey.from_public_key(value)
    if not is_bytes(value):
        raise wrong_type("public_key", "CosePublicKey, PublicKey or bytes")
    return CosePublicKey.from_bytes(value, allow_sha1=allow_sha1, strictness=strictness)


# --- Single arguments ---------------------------------------------------------------------------


def wrong_type(name: str, due: str) -> ArgumentTypeError:
    return ArgumentTypeError(f"{name} must be {due}", code="argument.type")


def integer(value: object, name: str) -> int:
    """An int that is not a bool."""
    if isinstance(value, bool) or not issubclass(type(value), int):
        raise wrong_type(name, "int")
    return int.__int__(cast(int, value))


def identifier_argument(value: object, name: str) -> bytes | None:
    """An identifier as bytes, or in base64url as browsers write it; it is not empty."""
    if value is None:
        return None
    if is_text(value):
        octets = base64url.decode(unicode_text(text_argument(value, name), name))
    else:
        octets = bytes_argument(value, name, MAX_CHALLENGE)
    if not octets:
        raise bad_value(name, "is empty")
    return octets


def _challenge(value: object) -> str | bytes:
    if is_text(value):
        return text_argument(value, "challenge")
    if is_bytes(value):
        return bytes_argument(value, "challenge", MAX_CHALLENGE)
    raise wrong_type("challenge", f"str or bytes, not {shown(type(value).__name__)}")


def _as_text(octets: bytes) -> str | None:
    try:
        return octets.decode()
    except UnicodeDecodeError:
        return None


def _choices(value: object, name: str) -> list[object]:
    """The members of a list or tuple; text is neither."""
    if not is_sequence(value):
        raise wrong_type(name, "a list or tuple")
    chosen = sequence_items(value)
    if len(chosen) > MAX_CHOICES:
        raise LimitExceeded(f"{name} has too many members", code="limit.count", field=name)
    return chosen


def _texts(value: object, name: str) -> frozenset[str] | None:
    return None if value is None else frozenset(_origins(value, name))


def _origins(value: object, name: str) -> tuple[str, ...]:
    """A text or several; checked for their types alone."""
    chosen = [value] if is_text(value) else _choices(value, name)
    return tuple(unicode_text(text_argument(one, name), name) for one in chosen)
