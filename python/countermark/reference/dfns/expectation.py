"""What a verifier expects, and the steps over client data that assertions and attestations share.

Dfns protocol, client data. Each step reads from the state what earlier steps put there and raises what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Required, TypedDict

from countermark.errors import ClaimMismatch, LimitExceeded, MalformedInput
from countermark.reference.arguments import (
    challenge_text,
    credential_id_text,
    instance,
    one_of,
    optional_flag,
    optional_text,
    unicode_text,
)
from countermark.reference.dfns.client_data import ClientData, challenge_as_sent, gives, read
from countermark.reference.dfns.kind import KINDS
from countermark.reference.dfns.profile import BY_NAME, ClientDataProfile, Row
from countermark.reference.dfns.signature_algorithm import PADDINGS, check_padding, hash_of
from countermark.reference.format import base64url, flag_argument, shown, text_argument
from countermark.reference.key.public_key import PublicKey


class Expectations(TypedDict, total=False):
    """The keyword arguments that `verify_assertion` and `verify_attestation` share."""

    challenge: Required[str]
    credential_id: str | None
    kind: str | None
    profile: str | None
    origin: str | None
    cross_origin: bool | None
    padding: str | None
    low_s: bool
    allow_padded_base64url: bool


@dataclass(frozen=True, slots=True)
class Expected:
    """What the caller knows. None means that nothing is expected of that member."""

    challenge: str
    public_key: PublicKey | None
    credential_id: str | None
    kind: str | None
    row: Row | None
    origin: str | None
    cross_origin: bool | None
    algorithm: str | None
    padding: str | None
    low_s: bool
    padded: bool

    def base64url(self, text: str) -> bytes:
        """base64url as strict as the caller wants it."""
        return base64url.decode(text, self.padded)

    @property
    def go_names(self) -> bool:
        """Whether ``algorithm`` may hold a name as the Go signer of version 1 sends it."""
        return self.row is not None and self.row.profile is ClientDataProfile.GO_V1


def expectations(
    *,
    challenge: str,
    public_key: PublicKey | None = None,
    credential_id: str | None = None,
    kind: str | None = None,
    profile: str | None = None,
    origin: str | None = None,
    cross_origin: bool | None = None,
    algorithm: str | None = None,
    padding: str | None = None,
    low_s: bool = False,
    allow_padded_base64url: bool = False,
) -> Expected:
    """Check the caller's own arguments: all types first, then the values, then whether the key has them."""
    name = optional_text(profile, "profile")
    expected = Expected(
        challenge=text_argument(challenge, "challenge"),
        public_key=None if public_key is None else instance(public_key, PublicKey, "public_key"),
        credential_id=optional_text(credential_id, "credential_id"),
        kind=optional_text(kind, "kind"),
        row=None if name is None else BY_NAME.get(name),
        origin=optional_text(origin, "origin"),
        cross_origin=optional_flag(cross_origin, "cross_origin"),
        algorithm=optional_text(algorithm, "algorithm"),
        padding=optional_text(padding, "padding"),
        low_s=flag_argument(low_s, "low_s"),
        padded=flag_argument(allow_padded_base64url, "allow_padded_base64url"),
    )
    challenge_text(expected.challenge)
    if expected.credential_id is not None:
        credential_id_text(expected.credential_id)
    if expected.kind is not None:
        one_of(expected.kind, KINDS, "kind")
    if name is not None:
        one_of(name, BY_NAME, "profile")
    if expected.origin is not None:
        unicode_text(expected.origin, "origin")
    if expected.padding is not None:
        one_of(expected.padding, PADDINGS, "padding")
    if expected.public_key is not None:
        check_padding(expected.padding, expected.public_key)
        if expected.algorithm is not None:
            hash_of(expected.algorithm, expected.public_key, go_names=expected.go_names)
    return expected


class Claims:
    """The state of one verification: what is expected, and what the steps have found so far."""

    format: str
    """``assertion`` or ``credential``: the first part of the codes."""
    type: str
    """The client data type that is due."""

    kind: str
    credential_id: str
    client_data_text: str
    client_data: ClientData

    def __init__(self, expected: Expected) -> None:
        self.expected = expected


def mismatch(code: str, field: str, expected: str | None, actual: str | None) -> ClaimMismatch:
    """A claim that says something else than expected, with both sides cut short."""
    return ClaimMismatch(
        f"{field} is not as expected",
        code=code,
        field=field,
        expected=None if expected is None else shown(expected),
        actual=None if actual is None else shown(actual),
    )


def decode_field(decode: Callable[[str], bytes], text: str, name: str) -> bytes:
    """The octets of one member; what is wrong with its encoding names the member."""
    try:
        return decode(text)
    except (MalformedInput, LimitExceeded) as error:
        error.field = name
        raise


def judge_kind(state: Claims) -> None:
    """One of the kinds that sign with a key, and the expected one."""
    expected = state.expected.kind
    if state.kind not in KINDS or expected not in (None, state.kind):
        raise mismatch(f"{state.format}.kind_mismatch", "kind", expected, state.kind)


def judge_credential_id(state: Claims) -> None:
    """The expected credential id, if one is."""
    expected = state.expected.credential_id
    if expected is None:
        return
    if state.credential_id != expected:
        raise mismatch(f"{state.format}.id_mismatch", "credId", expected, state.credential_id)


def judge_client_data(state: Claims) -> None:
    """base64url, then JSON, then the members."""
    raw = decode_field(state.expected.base64url, state.client_data_text, "clientData")
    state.client_data = read(raw)


def judge_type(state: Claims) -> None:
    """``key.get`` for an assertion, ``key.create`` for a credential."""
    actual = state.client_data.type
    if actual != state.type:
        raise mismatch("client_data.type_mismatch", "type", state.type, actual)


def judge_challenge(state: Claims) -> None:
    """The challenge verbatim; encoded once more where the named profile does so."""
    expected, row = state.expected.challenge, state.expected.row
    if row is not None:
        expected = challenge_as_sent(row, expected)
    actual = state.client_data.challenge
    if actual != expected:
        raise mismatch("client_data.challenge_mismatch", "challenge", expected, actual)


def judge_origin(state: Claims) -> None:
    """The expected origin, if one is."""
    expected, actual = state.expected.origin, state.client_data.origin
    if expected is None:
        return
    if actual != expected:
        raise mismatch("client_data.origin_mismatch", "origin", expected, actual)


def judge_cross_origin(state: Claims) -> None:
    """Absent counts as false; true passes only where it is expected."""
    expected = state.expected.cross_origin is True
    actual = state.client_data.cross_origin is True
    if actual != expected:
        sides = str(expected).lower(), str(actual).lower()
        raise mismatch("client_data.cross_origin_mismatch", "crossOrigin", *sides)


def judge_profile(state: Claims) -> None:
    """The decoded members, written again under the profile, give the same bytes."""
    row = state.expected.row
    if row is None:
        return
    if not gives(row, state.client_data):
        raise mismatch("client_data.profile_mismatch", "clientData", row.profile, None)
