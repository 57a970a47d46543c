"""What is chosen by name or in JSON: a choice that cannot be made is refused as the caller's, and names itself."""

from __future__ import annotations

import json
from typing import Any, Final

import pytest

from tests.c_abi.healthy import Material, material
from tests.c_abi.hostile import Call, refused
from tests.c_abi.library import ffi, functions, last_error, lib

WAYS: Final = ("verify", "explain")


@pytest.fixture(scope="module")
def of() -> Material:
    return material()


def chosen(call: Call, argument: str, **options: Any) -> Call:
    """The same call with these options as well."""
    data = json.dumps({**json.loads(call.row[argument]), **options}).encode()
    return call.but(**{argument: ffi.new("char[]", data), f"{argument}_length": len(data)})


def test_a_format_of_another_kind_of_key_is_a_mismatch(of: Material) -> None:
    for name in ("cm_private_key_export", "cm_public_key_export"):
        call = Call(name, of).but(format=ffi.new("char[]", b"pkcs1"), format_length=5)
        refused(call, lib.CM_ALGORITHM_MISMATCH)
        assert last_error()["argument"] == "format"


def test_what_is_wrong_with_an_option_names_it_and_what_it_should_be(of: Material) -> None:
    for name, argument, option, wrong, says in (
        ("cm_credential_create", "options", "attestation_order", "x", "docs"),
        ("cm_registration_verify", "policy", "algorithms", ["ES256"], "a list of whole numbers"),
        ("cm_registration_verify", "policy", "formats", ["Packed"], "fido-u2f"),
        ("cm_registration_verify", "policy", "tpm_vendors", "Intel", "id:"),
    ):
        call = chosen(Call(name, of), argument, **{option: wrong})
        refused(call, lib.CM_ARGUMENT_VALUE, lib.CM_ARGUMENT_TYPE)
        assert last_error()["field"] == option
        assert says in last_error()["message"]


@pytest.mark.parametrize("name", sorted(name for name in functions() if name.endswith("_explain")))
def test_a_report_tells_of_a_message_that_is_too_long(name: str, of: Material) -> None:
    call = Call(name, of)
    long = b" " * (1 << 20) + call.row[call.inputs[0]]
    call.but(**{call.inputs[0]: call._input("const char *", long)})
    call.but(**{f"{call.inputs[0]}_length": len(long)})
    assert call() == lib.CM_OK
    found = json.loads(ffi.buffer(call.arguments["out"], call.arguments["out_length"][0])[:])
    assert "limit.size" in {step["error"]["code"] for step in found["checks"] if step["error"]}


def test_options_too_deep_or_too_many_are_a_limit(of: Material) -> None:
    deep = b'{"challenge":' + b"[" * 1000 + b"]" * 1000 + b"}"
    many = b"{" + b",".join(b'"%d":1' % number for number in range(2000)) + b"}"
    for name in ("cm_client_data_encode", "cm_credential_create", "cm_signer_new"):
        for options, due in ((deep, lib.CM_LIMIT_DEPTH), (many, lib.CM_LIMIT_COUNT)):
            call = Call(name, of).but(options=ffi.new("char[]", options))
            refused(call.but(options_length=len(options)), due)
            assert last_error()["argument"] == "options"


@pytest.mark.parametrize(
    ("name", "argument", "wrong"),
    [
        *(
            (f"cm_{what}_{how}", "expected", {"credential_id": "x" * 2000})
            for what in ("assertion", "attestation", "audit")
            for how in WAYS
        ),
        *(
            (f"cm_{what}_{how}", "policy", {"origin": []})
            for what in ("registration", "authentication")
            for how in WAYS
        ),
        *((f"cm_registration_{how}", "policy", {"algorithms": []}) for how in WAYS),
        *((f"cm_authentication_{how}", "policy", {"user_handle": ""}) for how in WAYS),
    ],
)
def test_an_expectation_that_nothing_can_meet_is_told_of_itself(
    name: str, argument: str, wrong: dict[str, Any], of: Material
) -> None:
    call = chosen(Call(name, of), argument, **wrong)
    refused(call, lib.CM_ARGUMENT_VALUE, lib.CM_LIMIT_SIZE)
    assert last_error()["argument"] == argument


@pytest.mark.parametrize("how", WAYS)
def test_an_expectation_that_the_key_can_never_meet_is_told_of_itself(
    how: str, of: Material
) -> None:
    for what, wrong, due in (
        ("assertion", {"algorithm": "nope"}, lib.CM_ALGORITHM_UNKNOWN),
        ("audit", {"algorithm": "nope"}, lib.CM_ALGORITHM_UNKNOWN),
        ("assertion", {"padding": "pss"}, lib.CM_ALGORITHM_MISMATCH),
        ("attestation", {"padding": "pss"}, lib.CM_ALGORITHM_MISMATCH),
        ("audit", {"padding": "pss"}, lib.CM_ALGORITHM_MISMATCH),
    ):
        refused(chosen(Call(f"cm_{what}_{how}", of), "expected", **wrong), due)
        assert last_error()["argument"] == "expected"
        assert last_error()["field"] == next(iter(wrong))


CLEAR: Final = ("", "EC ", "RSA ", "DSA ", "OPENSSH ")


@pytest.mark.parametrize(
    "text", ["", *(f"-----BEGIN {one}PRIVATE KEY-----\nAAAA" for one in CLEAR)]
)
@pytest.mark.parametrize("kind", ["PasswordProtectedKey", "RecoveryKey"])
def test_a_private_key_in_the_clear_is_no_encrypted_one(kind: str, text: str, of: Material) -> None:
    call = Call("cm_credential_create", of)
    refused(chosen(call, "options", kind=kind, encrypted_private_key=text), lib.CM_ARGUMENT_VALUE)
    assert last_error()["field"] == "encrypted_private_key"
    kept = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA"
    assert chosen(call, "options", kind=kind, encrypted_private_key=kept)() == lib.CM_OK


@pytest.mark.parametrize(
    ("name", "wrong", "status"),
    [
        ("cm_registration_verify", {"challenge": "a", "challenge_b64u": "YQ"}, "ARGUMENT_VALUE"),
        ("cm_registration_verify", {"credential_id": "YQ=="}, "BASE64URL_PADDING"),
        ("cm_authentication_verify", {"user_handle": "YQ=="}, "BASE64URL_PADDING"),
        ("cm_registration_verify", {"at": 253_402_300_800}, "ARGUMENT_VALUE"),
        ("cm_registration_verify", {"compound_policy": 9}, "ARGUMENT_VALUE"),
        ("cm_registration_verify", {"compound_policy": 0}, "ARGUMENT_VALUE"),
    ],
    ids=str,
)
def test_a_policy_that_is_out_of_bounds_is_refused(
    name: str, wrong: dict[str, Any], status: str, of: Material
) -> None:
    refused(chosen(Call(name, of), "policy", **wrong), getattr(lib, f"CM_{status}"))
    assert last_error()["argument"] == "policy"
    assert last_error()["field"] in wrong


@pytest.mark.parametrize("number", ["1.0", "1e0", "1E0"])
def test_a_number_with_a_point_or_an_exponent_is_no_whole_number(number: str, of: Material) -> None:
    call = Call("cm_registration_verify", of)
    data = call.row["policy"].rstrip()[:-1] + b',"compound_policy":' + number.encode() + b"}"
    call.but(policy=ffi.new("char[]", data), policy_length=len(data))
    refused(call, lib.CM_ARGUMENT_TYPE)


def test_a_credential_that_has_no_room_is_not_signed_and_its_size_is_told(of: Material) -> None:
    call = chosen(Call("cm_credential_create", of), "options", credential_id="cr-1")
    told = set()
    for room in (0, 100) * 16:
        call.arguments["out_length"][0] = room
        refused(call, lib.CM_C_BUFFER_TOO_SMALL)
        told.add(call.arguments["out_length"][0])
    # Signatures of ECDSA are of several sizes; the one that is told does for all, and so is always the same.
    (size,) = told
    for _ in range(16):
        call.arguments["out_length"][0] = size
        assert call() == lib.CM_OK
        assert call.arguments["out_length"][0] <= size
