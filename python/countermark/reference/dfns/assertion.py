"""Assertions: signing a challenge with a registered credential, and checking what was signed.

Dfns protocol, user action signing. The signature is over the client data bytes as sent, in base64url.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NotRequired, Required, TypedDict, Unpack

from countermark.errors import ArgumentTypeError, Error, UnsupportedAlgorithm
from countermark.reference.arguments import (
    MAX_CREDENTIAL_ID,
    check_length,
    credential_id_text,
    instance,
    one_of,
    optional_flag,
    optional_text,
)
from countermark.reference.dfns.challenge import read_challenge
from countermark.reference.dfns.client_data import ClientData, as_base64url, encode_client_data
from countermark.reference.dfns.expectation import (
    Claims,
    Expectations,
    decode_field,
    expectations,
    judge_challenge,
    judge_client_data,
    judge_credential_id,
    judge_cross_origin,
    judge_kind,
    judge_origin,
    judge_profile,
    judge_type,
)
from countermark.reference.dfns.kind import KINDS
from countermark.reference.dfns.profile import BY_NAME, ClientDataProfile
from countermark.reference.dfns.signature_algorithm import check_padding, hash_of
from countermark.reference.external import ExternalSigner, Signer, sign_with, signer_argument
from countermark.reference.format import is_bytes, is_text, json, text_argument
from countermark.reference.format.record import (
    Source,
    nested_members,
    permitted_text,
    required,
    required_text,
    source_argument,
    top_members,
)
from countermark.reference.key.private_key import PrivateKey
from countermark.reference.key.public_key import PublicKey
from countermark.reference.report import Report, Step, raise_first_failure, run


class AssertionBody(TypedDict):
    credId: str
    clientData: str
    signature: str
    algorithm: NotRequired[str]


class CredentialAssertion(TypedDict):
    """Dfns protocol, user action signing, assertions."""

    kind: str
    credentialAssertion: AssertionBody


class KeySigner:
    """Signs challenges with one credential; the shape of the signers of the Dfns SDKs."""

    def __init__(
        self,
        credential_id: str,
        private_key: PrivateKey | ExternalSigner | str | bytes,
        app_origin: str | None = None,
        *,
        kind: str = "Key",
        algorithm: str | None = None,
        padding: str | None = None,
        profile: str = ClientDataProfile.CANONICAL,
        cross_origin: bool | None = None,
        password: str | bytes | None = None,
        report_kind: str | None = None,
    ) -> None:
        self._credential_id = text_argument(credential_id, "credential_id")
        self._app_origin = optional_text(app_origin, "app_origin")
        self._kind = text_argument(kind, "kind")
        self._algorithm = optional_text(algorithm, "algorithm")
        self._padding = optional_text(padding, "padding")
        self._profile = text_argument(profile, "profile")
        self._cross_origin = optional_flag(cross_origin, "cross_origin")
        report_kind = optional_text(report_kind, "report_kind")
        self._signer = _signer(private_key, password)

        credential_id_text(self._credential_id)
        one_of(self._kind, KINDS, "kind")
        one_of(self._profile, BY_NAME, "profile")
        self._report_kind = self._kind
        if report_kind is not None:
            self._report_kind = one_of(report_kind, KINDS, "report_kind")
        self._hash = hash_of(self._algorithm, self.public_key)
        check_padding(self._padding, self.public_key)
        self._client_data("any challenge")

    @property
    def credential_id(self) -> str:
        return self._credential_id

    @property
    def app_origin(self) -> str | None:
        return self._app_origin

    @property
    def public_key(self) -> PublicKey:
        return self._signer.public_key

    def sign(self, challenge: Mapping[str, object] | str | bytes) -> CredentialAssertion:
        """Steps 1 and 2: the allow-list first, then the client data, then the signature over it."""
        if is_text(challenge) or is_bytes(challenge):
            challenge = json.read(challenge)
        if not isinstance(challenge, Mapping):
            raise ArgumentTypeError("challenge must be a mapping", code="argument.type")
        client_data = self._client_data(read_challenge(challenge, self._kind, self._credential_id))
        signature = sign_with(self._signer, client_data, hash=self._hash, padding=self._padding)
        row = BY_NAME[self._profile]
        body: AssertionBody = {
            "credId": self._credential_id,
            "clientData": as_base64url(row, client_data),
            "signature": as_base64url(row, signature),
        }
        if self._algorithm is not None:
            body["algorithm"] = self._algorithm
        return {"kind": self._report_kind, "credentialAssertion": body}

    def sign_many(self, challenges: Iterable[Any]) -> list[CredentialAssertion | Error]:
        signed: list[CredentialAssertion | Error] = []
        for challenge in challenges:
            try:
                signed.append(self.sign(challenge))
            except Error as error:
                signed.append(error)
        return signed

    def _client_data(self, challenge: str) -> bytes:
        return encode_client_data(
            challenge,
            "key.get",
            profile=self._profile,
            origin=self._app_origin,
            cross_origin=self._cross_origin,
        )


def _signer(key: object, password: str | bytes | None) -> Signer:
    if is_text(key) or is_bytes(key):
        return PrivateKey.from_pem(key, password=password)
    if password is not None:
        raise ArgumentTypeError("password is for PEM text", code="argument.type")
    return signer_argument(key, "private_key")


# --- verification ---


@dataclass(frozen=True, slots=True)
class VerifiedAssertion:
    """What an assertion said, all of it checked."""

    kind: str
    credential_id: str
    client_data: ClientData
    algorithm: str | None
    hash: str | None
    signature: bytes
    public_key: PublicKey


class _Assertion(Claims):
    format = "assertion"
    type = "key.get"

    source: Source
    public_key: PublicKey
    signature_text: str
    algorithm: str | None
    hash: str | None
    signature: bytes


_TOP: Final = ("kind", "credentialAssertion")
_INNER: Final = ("credId", "clientData", "signature", "algorithm")


def _judge_shape(state: _Assertion) -> None:
    """Strict objects of non-empty strings."""
    top = top_members(state.source, "assertion", _TOP)
    state.kind = required_text(top, "kind", "assertion")
    value = required(top, "credentialAssertion", "assertion")
    inner = nested_members(value, "credentialAssertion", "assertion", _INNER)
    state.credential_id = required_text(inner, "credId", "assertion")
    check_length(len(state.credential_id), MAX_CREDENTIAL_ID, "credId")
    state.client_data_text = required_text(inner, "clientData", "assertion")
    state.signature_text = required_text(inner, "signature", "assertion")
    state.algorithm = permitted_text(inner, "algorithm", "assertion")


def _judge_algorithm(state: _Assertion) -> None:
    """The key decides; a name may only pick the hash, and must be the one that was registered."""
    expected = state.expected
    state.hash = hash_of(
        expected.algorithm if state.algorithm is None else state.algorithm,
        state.public_key,
        go_names=expected.go_names,
    )
    if state.algorithm is not None and expected.algorithm is not None:
        same = hash_of(expected.algorithm, state.public_key, go_names=expected.go_names)
        # Go v1 names the hash in its own way, so there it is the hash that must be the one.
        if state.algorithm != expected.algorithm and not (expected.go_names and same == state.hash):
            raise UnsupportedAlgorithm(
                "algorithm is not the expected one", code="algorithm.mismatch"
            )


def _judge_signature(state: _Assertion) -> None:
    """base64url, over the client data bytes."""
    state.signature = decode_field(state.expected.base64url, state.signature_text, "signature")
    state.public_key.verify(
        state.client_data.raw,
        state.signature,
        hash=state.hash,
        padding=state.expected.padding,
        low_s=state.expected.low_s,
    )


_STEPS: Final[tuple[Step[_Assertion], ...]] = (
    Step("shape", "user action signing, assertions", _judge_shape),
    Step("kind", "user action signing, assertions", judge_kind, ("shape",)),
    Step("credential_id", "user action signing, allow-list", judge_credential_id, ("shape",)),
    Step("client_data", "client data, canonical form", judge_client_data, ("shape",)),
    Step("type", "client data, canonical form", judge_type, ("client_data",)),
    Step("challenge", "client data, canonical form", judge_challenge, ("client_data",)),
    Step("origin", "client data, canonical form", judge_origin, ("client_data",)),
    Step("cross_origin", "client data, canonical form", judge_cross_origin, ("client_data",)),
    Step("profile", "client data, who emits what", judge_profile, ("client_data",)),
    Step("algorithm", "signing algorithms", _judge_algorithm, ("shape",)),
    Step("signature", "signing algorithms", _judge_signature, ("client_data", "algorithm")),
)


class AssertionExpectations(Expectations, total=False):
    """The keyword arguments of `verify_assertion`."""

    public_key: Required[PublicKey]
    algorithm: str | None


def _judge(assertion: object, expected: AssertionExpectations) -> tuple[_Assertion, Report]:
    state = _Assertion(expectations(**expected))
    state.source = source_argument(assertion, "assertion")
    state.public_key = instance(expected.get("public_key"), PublicKey, "public_key")
    return state, run(_STEPS, state)


def verify_assertion(
    assertion: Mapping[str, object] | str | bytes, **expected: Unpack[AssertionExpectations]
) -> VerifiedAssertion:
    """Return what the assertion says, or raise what the first failing step says."""
    state, report = _judge(assertion, expected)
    raise_first_failure(report)
    return VerifiedAssertion(
        kind=state.kind,
        credential_id=state.credential_id,
        client_data=state.client_data,
        algorithm=state.algorithm,
        hash=state.hash,
        signature=state.signature,
        public_key=state.public_key,
    )


def explain_assertion(
    assertion: Mapping[str, object] | str | bytes, **expected: Unpack[AssertionExpectations]
) -> Report:
    """Return the outcome of every step; never raises for what is wrong with the assertion."""
    return _judge(assertion, expected)[1]
