"""Passkeys: structures taken apart, registrations and assertions verified, beside other servers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

import cbor2
from fido2.webauthn import AttestationObject, AuthenticatorData
from webauthn import helpers

from benches.python import passkeys
from benches.python.pair import Budget, Pair, Work
from benches.python.passkeys import CHALLENGE, NOW, SITE, Assertion, Registration
from countermark.webauthn import (
    CosePublicKey,
    parse_attestation_object,
    parse_authenticator_data,
    verify_authentication,
    verify_registration,
)

PARSE: Final = {
    "cbor2": Budget(ratio=1),
    "py_webauthn": Budget(ratio=10),
    "fido2": Budget(ratio=20),
}
FORMATS: Final = (*passkeys.PY_WEBAUTHN, "android-safetynet", "compound")
PACKED: Final = Budget(times=1.15)
ALGORITHMS: Final = ("ES256", "EdDSA", "RS256")
CEREMONY: Final = {"py_webauthn": Budget(ratio=1.5), "fido2": Budget(ratio=4)}


def pairs() -> Iterator[Pair]:
    """Parsing, registrations by format, assertions by algorithm."""
    yield from _object()
    yield from _authenticator_data()
    registrations = [passkeys.registration(format) for format in FORMATS]
    for one in registrations:
        yield from _registration(one)
    for one in registrations:
        yield from _registration_beside_signatures(one)
    assertions = {algorithm: passkeys.assertion(algorithm) for algorithm in ALGORITHMS}
    for algorithm, signed in assertions.items():
        yield from _assertion(algorithm, signed)
    for algorithm, signed in assertions.items():
        yield _assertion_beside_signature(algorithm, signed)


def _object() -> Iterator[Pair]:
    raw = passkeys.documented_object()
    group = "parse the documented attestation object"
    peers: dict[str, Callable[[bytes], Any]] = {
        "cbor2": cbor2.loads,
        "py_webauthn": helpers.parse_attestation_object,
        "fido2": AttestationObject,
    }

    def parse() -> object:
        return parse_attestation_object(raw)

    def read() -> object:
        parsed = parse_attestation_object(raw)
        data = parsed.authenticator_data
        return (
            *(parsed.format, parsed.statement, data.rp_id_hash, data.flags, data.sign_count),
            *(data.aaguid, data.credential_id, data.credential_public_key, data.extensions),
        )

    whole = parse_attestation_object(raw)
    loaded = cbor2.loads(raw)
    if (whole.format, whole.statement) != (loaded["fmt"], loaded["attStmt"]):
        raise AssertionError("the two sides read something else")
    if peers["fido2"](raw).auth_data.credential_data.credential_id != (
        whole.authenticator_data.credential_id
    ):
        raise AssertionError("the two sides read another credential")
    for peer, call in peers.items():
        yield Pair(group, "all of it", parse, _given(call, raw), peer, PARSE[peer])
    for peer, call in peers.items():
        yield Pair(group, "and every value read", read, _given(call, raw), peer)


def _authenticator_data() -> Iterator[Pair]:
    data = cbor2.loads(passkeys.documented_object())["authData"]
    peers: dict[str, Callable[[bytes], Any]] = {
        "py_webauthn": helpers.parse_authenticator_data,
        "fido2": AuthenticatorData,
    }
    for peer, call in peers.items():
        yield Pair(
            "parse its authenticator data",
            "all of it",
            lambda: parse_authenticator_data(data),
            _given(call, data),
            peer,
        )


def _given(call: Callable[[bytes], Any], data: bytes) -> Work:
    return lambda: call(data)


def _registration(one: Registration) -> Iterator[Pair]:
    group, ours = "verify_registration", _registers(one)
    if one.format in passkeys.PY_WEBAUTHN:
        yield Pair(group, one.format, ours, passkeys.py_webauthn_registers(one), "py_webauthn")
    if one.format in passkeys.FIDO2:
        yield Pair(group, one.format, ours, passkeys.fido2_registers(one), "fido2")


def _registration_beside_signatures(one: Registration) -> Iterator[Pair]:
    if one.checks:
        yield Pair(
            "verify_registration beside its bare signature checks",
            f"{one.format}, {len(one.checks)} signatures",
            _registers(one),
            passkeys.bare(one.checks),
            "verify",
            PACKED if one.format == "packed" else None,
            part=True,
        )


def _registers(one: Registration) -> Work:
    # Where nothing is attested there is nothing to trust.
    attested = one.format not in ("none", "packed-self")
    given: dict[str, Any] = {"trust": one.trust, "at": NOW} if attested else {}

    def work() -> object:
        return verify_registration(
            one.answer,
            challenge=CHALLENGE,
            require_user_verification=False,
            require_tee=False,
            **SITE,
            **given,
        )

    return work


def _assertion(algorithm: str, one: Assertion) -> Iterator[Pair]:
    # The others read the key from its bytes every time, and so does ours here.
    ours = _signs_in(one, one.key_bytes)
    for peer, theirs in (("py_webauthn", one.py_webauthn), ("fido2", one.fido2)):
        budget = CEREMONY[peer] if algorithm == "ES256" else None
        yield Pair("verify_authentication", algorithm, ours, theirs, peer, budget)


def _assertion_beside_signature(algorithm: str, one: Assertion) -> Pair:
    return Pair(
        "verify_authentication beside its bare signature check, the key read before",
        algorithm,
        _signs_in(one, CosePublicKey.from_bytes(one.key_bytes)),
        passkeys.bare((one.check,)),
        "verify",
        part=True,
    )


def _signs_in(one: Assertion, key: CosePublicKey | bytes) -> Work:
    answer = one.answer
    return lambda: verify_authentication(
        answer, challenge=CHALLENGE, public_key=key, sign_count=0, **SITE
    )
