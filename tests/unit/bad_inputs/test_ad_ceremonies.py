"""Authenticator data: what a relying party asks of them (rows AD15 to AD22, AD26, AD28)."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Any, Final

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.property.outcome import Door
from tests.property.wire import b64u
from tests.unit.bad_inputs.der import octets, point
from tests.unit.bad_inputs.passkeys import (
    AAGUID,
    BE,
    BS,
    CREDENTIAL_ID,
    RP_ID,
    UP,
    UV,
    assertion,
    attestation_object,
    authenticate,
    authentication_verdict,
    authenticator_data,
    cose_bytes,
    created,
    new_credential,
    notes,
    register,
    registration,
    registration_verdict,
    signature,
)
from tests.unit.bad_inputs.refusals import refusal, refused


def both(door: Door, *, flags: int = 0, clear: int = 0, **expected: Any) -> set[str]:
    """The codes of a registration and of an assertion with such flags."""
    object_ = attestation_object(new_credential(set_flags=flags, clear_flags=clear))
    data = authenticator_data(set_flags=flags, clear_flags=clear)
    return {
        registration_verdict(door, registration(object_), **expected),
        authentication_verdict(door, assertion(data), **expected),
    }


def both_pass(door: Door, *, flags: int = 0, clear: int = 0, **expected: Any) -> set[int]:
    """The flags that such a registration and such an assertion come to."""
    object_ = attestation_object(new_credential(set_flags=flags, clear_flags=clear))
    data = authenticator_data(set_flags=flags, clear_flags=clear)
    return {
        register(door, registration(object_), **expected).flags.value & 0x3F,
        authenticate(door, assertion(data), **expected).flags.value,
    }


def test_ad15_what_is_backed_up_is_eligible_for_it(door: Door) -> None:
    assert both(door, flags=BS) == {"authenticator_data.backup_state"}
    # Reading tells the flags and judges nothing.
    flags = door.parse_authenticator_data(
        authenticator_data(set_flags=BS), strictness="strict"
    ).flags
    assert (flags.backup_state, flags.backup_eligible) == (True, False)
    assert both_pass(door, flags=BE) == {UP | UV | BE}
    assert both_pass(door, flags=BE | BS) == {UP | UV | BE | BS}
    assert both_pass(door) == {UP | UV}


@pytest.mark.parametrize("state", [0, BS])
def test_ad16_eligibility_for_backup_never_changes(door: Door, state: int) -> None:
    eligible = assertion(authenticator_data(set_flags=BE | state))
    bound = assertion(authenticator_data())
    code = "authenticator_data.backup_eligibility_mismatch"
    assert authentication_verdict(door, eligible, backup_eligible=False) == code
    assert authentication_verdict(door, bound, backup_eligible=True) == code
    for response in (eligible, bound):
        assert authenticate(door, response, backup_eligible=None)
    assert authenticate(door, eligible, backup_eligible=True).flags.backup_state == bool(state)
    assert authenticate(door, bound, backup_eligible=False)


def test_ad17_verification_without_presence_is_told(door: Door) -> None:
    flags = door.parse_authenticator_data(
        authenticator_data(clear_flags=UP), strictness="strict"
    ).flags
    assert (flags.user_present, flags.user_verified) == (False, True)
    assert both(door, clear=UP) == {"authenticator_data.user_presence"}
    assert both_pass(door, clear=UP, require_user_presence=False) == {UV}


def test_ad18_a_user_who_was_not_present_does_not_register(door: Door) -> None:
    absent = registration(attestation_object(new_credential(clear_flags=UP | UV)))
    common = {"require_user_verification": False}
    code = registration_verdict(door, absent, **common)
    assert code == "authenticator_data.user_presence"
    # Conditional creation asks nobody.
    assert register(door, absent, require_user_presence=False, **common)
    response = assertion(authenticator_data(clear_flags=UP | UV))
    code = authentication_verdict(door, response, **common)
    assert code == "authenticator_data.user_presence"


def test_ad19_verification_that_is_required_must_have_been(door: Door) -> None:
    assert both(door, clear=UV) == {"authenticator_data.user_verification"}
    required = {"require_user_verification": True}
    assert both(door, clear=UV, **required) == {"authenticator_data.user_verification"}
    assert both_pass(door, clear=UV, require_user_verification=False) == {UP}


@pytest.mark.parametrize(
    "name",
    [
        *("Example.com", "EXAMPLE.COM", "example.com.", "www.example.com", "example.co", "com"),
        *("example.com ", "https://example.com", "example.com:443", "ex\u0430mple.com", ""),
    ],
)
def test_ad20_the_relying_party_is_known_by_the_hash_of_its_exact_id(door: Door, name: str) -> None:
    wrong = {"rp_id_hash": hashlib.sha256(name.encode()).digest()}
    response = registration(attestation_object(new_credential(**wrong)))
    assert registration_verdict(door, response) == "authenticator_data.rp_id_mismatch"
    signed = assertion(authenticator_data(**wrong))
    assert authentication_verdict(door, signed) == "authenticator_data.rp_id_mismatch"
    if name:
        assert register(door, response, rp_id=name)
        assert authenticate(door, signed, rp_id=name)
        for verdict, right in (
            (registration_verdict, registration()),
            (authentication_verdict, assertion()),
        ):
            assert verdict(door, right, rp_id=name) == "authenticator_data.rp_id_mismatch"
    else:
        assert refusal(register, door, response, rp_id="") == "argument.value"
        assert refusal(authenticate, door, signed, rp_id="") == "argument.value"


def test_ad20_other_hashes_are_those_of_nobody(door: Door) -> None:
    right = hashlib.sha256(RP_ID.encode()).digest()
    others = [bytes(32), b"\xff" * 32, right[::-1], hashlib.sha3_256(RP_ID.encode()).digest()]
    others += [right[:at] + bytes([right[at] ^ 1]) + right[at + 1 :] for at in (0, 15, 31)]
    for wrong in others:
        response = registration(attestation_object(new_credential(rp_id_hash=wrong)))
        assert registration_verdict(door, response) == "authenticator_data.rp_id_mismatch"
        signed = assertion(authenticator_data(rp_id_hash=wrong))
        assert authentication_verdict(door, signed) == "authenticator_data.rp_id_mismatch"


def test_ad20_the_legacy_identifier_stands_in_only_where_the_client_used_it(door: Door) -> None:
    appid = "https://example.com/u2f.json"
    data = authenticator_data(rp_id_hash=hashlib.sha256(appid.encode()).digest())
    used = assertion(data, clientExtensionResults={"appid": True})
    assert authenticate(door, used, appid=appid).client_extensions.appid is True
    code = "authenticator_data.rp_id_mismatch"
    assert authentication_verdict(door, used) == code
    assert authentication_verdict(door, used, appid=appid + "x") == code
    for results in ({"appid": False}, {}):
        unused = assertion(data, clientExtensionResults=results)
        assert authentication_verdict(door, unused, appid=appid) == code
    assert authentication_verdict(door, assertion(data), appid=appid) == code
    object_ = attestation_object(new_credential(rp_id_hash=data[:32]))
    response = registration(object_, clientExtensionResults={"appid": True})
    assert registration_verdict(door, response) == code


TOP: Final = 2**32 - 1


@pytest.mark.parametrize(
    ("stored", "sent", "status"),
    [
        (0, 0, "unsupported"),
        (0, 1, "ok"),
        (0, TOP, "ok"),
        (1, 2, "ok"),
        (2**31 - 1, 2**31, "ok"),
        (TOP - 1, TOP, "ok"),
        (1, 1, "regressed"),
        (2, 1, "regressed"),
        (1, 0, "regressed"),
        (2**31, 2**31 - 1, "regressed"),
        (TOP, 0, "regressed"),
        (TOP, 1, "regressed"),
        (TOP, TOP, "regressed"),
        (None, 0, "not_checked"),
        (None, TOP, "not_checked"),
    ],
)
def test_ad21_a_counter_that_does_not_go_up_is_told(
    door: Door, stored: int | None, sent: int, status: str
) -> None:
    response = assertion(authenticator_data(sign_count=sent))
    for policy in ("warn", "ignore"):
        verified = authenticate(door, response, sign_count=stored, sign_count_policy=policy)
        assert (verified.sign_count_status, verified.sign_count) == (status, sent)
    if status == "regressed":
        for options in ({}, {"sign_count_policy": "require"}):
            code = authentication_verdict(door, response, sign_count=stored, **options)
            assert code == "authenticator_data.sign_count"
    else:
        verified = authenticate(door, response, sign_count=stored)
        assert (verified.sign_count_status, verified.sign_count) == (status, sent)
    object_ = attestation_object(new_credential(sign_count=sent))
    assert register(door, registration(object_)).sign_count == sent


@pytest.mark.parametrize("stored", [-1, 2**32, 2**64])
def test_ad21_a_stored_counter_is_a_counter(door: Door, stored: int) -> None:
    assert refusal(authenticate, door, sign_count=stored) == "argument.value"


def test_ad22_a_key_in_an_assertion_is_told_and_never_used(door: Door) -> None:
    other = cose_bytes("ed25519")
    data = new_credential(key=other, credential_id=b"another id", sign_count=9)
    verified = authenticate(door, assertion(data), sign_count=8)
    assert verified.flags.attested_credential_data
    assert verified.authenticator_data.credential_public_key == other
    assert verified.authenticator_data.credential_id == b"another id"
    assert verified.public_key.to_bytes() == cose_bytes()
    assert verified.credential_id == CREDENTIAL_ID
    # A signature by the key that it brings along is nobody's.
    code = authentication_verdict(door, assertion(data, kind="ed25519"))
    assert code == "signature.invalid"
    assert authenticate(door, assertion(data, kind="ed25519"), public_key=other)


def test_ad22_an_assertion_is_no_registration_and_needs_no_key(door: Door) -> None:
    response = registration(attestation_object(authenticator_data()))
    assert registration_verdict(door, response) == "authenticator_data.missing_credential"
    object_ = attestation_object(authenticator_data())
    code = refusal(door.verify_attestation_statement, object_, client_data_hash=bytes(32))
    assert code == "authenticator_data.missing_credential"
    assert authenticate(door).authenticator_data.credential_public_key is None


# --- the model ---


AAGUID_EXTENSION: Final = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
SIGNED: Final = hashlib.sha256(created()).digest()


def attesting(aaguid: bytes | None = None) -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    """A key that attests, and its certificate (WebAuthn section 8.2.1)."""
    key = ec.derive_private_key(0xA77E57, ec.SECP256R1())
    names = {"C": "AA", "O": "Test", "OU": "Authenticator Attestation", "CN": "Test"}
    name = x509.Name.from_rfc4514_string(",".join(f"{k}={v}" for k, v in reversed(names.items())))
    start = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(x509.Name.from_rfc4514_string("CN=Test Root"))
        .public_key(key.public_key())
        .serial_number(77)
        .not_valid_before(start)
        .not_valid_after(start + dt.timedelta(days=20_000))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    )
    if aaguid is not None:
        value = x509.UnrecognizedExtension(AAGUID_EXTENSION, octets(aaguid))
        builder = builder.add_extension(value, critical=False)
    certificate = builder.sign(key, hashes.SHA256())
    return key, certificate.public_bytes(serialization.Encoding.DER)


def u2f(aaguid: bytes) -> bytes:
    """An attestation object of the format fido-u2f (section 8.6)."""
    key, certificate = attesting()
    data = new_credential(aaguid=aaguid)
    signed = b"\x00" + data[:32] + SIGNED + CREDENTIAL_ID + point("p256")
    sig = key.sign(signed, ec.ECDSA(hashes.SHA256()))
    return attestation_object(data, "fido-u2f", {"sig": sig, "x5c": [certificate]})


def packed(sent: bytes, certified: bytes | None) -> bytes:
    """An attestation object of the format packed, of a certified model or any."""
    key, certificate = attesting(certified)
    data = new_credential(aaguid=sent)
    sig = key.sign(data + SIGNED, ec.ECDSA(hashes.SHA256()))
    return attestation_object(data, "packed", {"alg": -7, "sig": sig, "x5c": [certificate]})


def test_ad26_a_u2f_key_has_no_model(door: Door) -> None:
    for strictness in ("strict", "interoperable"):
        verified = register(door, registration(u2f(bytes(16))), strictness=strictness)
        assert verified.aaguid == "00000000-0000-0000-0000-000000000000"
        assert (verified.attestation.format, verified.attestation.type) == ("fido-u2f", "basic")
    named = registration(u2f(AAGUID))
    assert notes(register(door, named)) == {
        ("statement.aaguid_mismatch", "authenticator_data"),
    }
    code = registration_verdict(door, named, strictness="strict")
    assert code == "statement.aaguid_mismatch"


@pytest.mark.parametrize("strictness", ["strict", "interoperable"])
def test_ad26_a_certified_model_is_the_one_that_is_sent(door: Door, strictness: str) -> None:
    zero, other = bytes(16), AAGUID[::-1]
    for sent in (zero, AAGUID):
        for certified in (None, sent):
            response = registration(packed(sent, certified))
            verified = register(door, response, strictness=strictness)
            assert verified.aaguid.replace("-", "") == sent.hex()
    for sent, certified in ((zero, AAGUID), (AAGUID, zero), (AAGUID, other), (AAGUID, AAGUID[:15])):
        response = registration(packed(sent, certified))
        code = registration_verdict(door, response, strictness=strictness)
        assert code == "statement.aaguid_mismatch" or len(certified) < 16


def test_ad26_no_model_is_no_reason_to_refuse_other_formats(door: Door) -> None:
    data = new_credential(aaguid=bytes(16))
    assert register(door, registration(attestation_object(data)))
    sig = signature("p256", -7, data + SIGNED)
    own = attestation_object(data, "packed", {"alg": -7, "sig": sig})
    assert register(door, registration(own)).attestation.type == "self"


# --- the credential's id ---


@pytest.mark.parametrize(
    "outer",
    [
        *(
            CREDENTIAL_ID[:-1],
            CREDENTIAL_ID + b"\x00",
            b"\x00" + CREDENTIAL_ID,
            CREDENTIAL_ID[::-1],
        ),
        *(bytes(32), b"x", CREDENTIAL_ID[:-1] + b"\xff"),
    ],
)
def test_ad28_the_id_outside_is_the_id_inside(door: Door, outer: bytes) -> None:
    response = registration(credential_id=outer)
    assert registration_verdict(door, response) == "response.credential_id_mismatch"
    expected = {"credential_id": outer}
    code = registration_verdict(door, registration(), **expected)
    assert code == "response.credential_id_mismatch"
    assert (
        authentication_verdict(door, assertion(), **expected) == "response.credential_id_mismatch"
    )
    assert authenticate(door, assertion(credential_id=outer), **expected).credential_id == outer


def test_ad28_id_and_raw_id_are_the_same(door: Door) -> None:
    for make, verdict in (
        (registration, registration_verdict),
        (assertion, authentication_verdict),
    ):
        response = make(rawId=b64u(CREDENTIAL_ID[::-1]))
        assert verdict(door, response) == "response.value"
        error = refused(
            door.verify_registration if make is registration else door.verify_authentication,
            response,
            challenge=b"x",
            origin="x",
            rp_id="x",
            **({} if make is registration else {"public_key": cose_bytes()}),
        )
        assert getattr(error, "field", None) == "rawId"
    without = registration()
    del without["rawId"]
    assert register(door, without, credential_id=b64u(CREDENTIAL_ID)).credential_id == CREDENTIAL_ID


def test_ad28_a_dfns_body_has_one_id_too(door: Door) -> None:
    body = {
        "credentialKind": "Fido2",
        "credentialInfo": {
            "credId": b64u(CREDENTIAL_ID),
            "clientData": b64u(created()),
            "attestationData": b64u(attestation_object(new_credential())),
        },
    }
    assert register(door, body).credential_id == CREDENTIAL_ID
    body["credentialInfo"] |= {"credId": b64u(CREDENTIAL_ID[::-1])}  # type: ignore[operator]
    assert registration_verdict(door, body) == "response.credential_id_mismatch"
