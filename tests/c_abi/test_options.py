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
