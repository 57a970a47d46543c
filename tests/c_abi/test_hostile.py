"""Every function of the header with every hostile argument: a status, never a crash, and no byte written elsewhere.

Run it against a library with AddressSanitizer, or under valgrind, to see what a crash would not show:
`tests/c_abi/hardened.sh`.
"""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, Final

import pytest

from countermark import errors
from tests.c_abi.healthy import KINDS, Material, material, rows
from tests.c_abi.hostile import CANARY, INPUTS, NO_FAILURE, Call, known, refused
from tests.c_abi.library import code_name, comment_of, ffi, functions, last_error, lib, parameters

HUGE: Final = (2**64 - 1, 2**63, 2**63 - 1, 2**40, 2**30 + 1)
RETURN_A_STATUS: Final = sorted(
    functions().keys() - {"cm_abi_version", "cm_status_code_name", "cm_version"}
)

each = pytest.mark.parametrize("name", RETURN_A_STATUS)


@pytest.fixture(scope="module")
def of() -> Material:
    return material()


def about(call: Call, parameter: str) -> None:
    """The last error names the argument that was spoiled."""
    told = ABOUT_ANOTHER.get((call.name, parameter), {parameter})
    assert last_error()["argument"] in told, (parameter, last_error())


ABOUT_ANOTHER: Final = {
    ("cm_public_key_verify", "message"): {"message", "signature"},
    ("cm_public_key_verify", "padding"): {"padding", "signature"},
    ("cm_signer_sign_many", "challenges"): {"challenges", "offsets"},
}
"""Inputs that may be as wrong for another argument's sake: the signature is not of them, offsets go beyond them."""


def test_every_function_has_a_row() -> None:
    assert rows().keys() == functions().keys()
    for name, row in rows().items():
        assert parameters(name).keys() >= row.keys(), name


@each
def test_the_healthy_call_works(name: str, of: Material) -> None:
    assert Call(name, of)() == lib.CM_OK, last_error()


@each
def test_inputs_without_an_address(name: str, of: Material) -> None:
    for parameter in Call(name, of).inputs:
        length = f"{parameter}_length"
        call = Call(name, of)
        refused(call.but(**{parameter: ffi.NULL, length: 5}), lib.CM_C_NULL_POINTER)
        about(call, parameter)
        assert known(Call(name, of).but(**{parameter: ffi.NULL, length: 0})())


FREE: Final = {
    ("cm_client_data_profiles", "data"),
    ("cm_ecdsa_raw_to_der", "signature"),
    ("cm_fingerprint", "client_data"),
    ("cm_fingerprint", "public_key_pem"),
    ("cm_private_key_export", "password"),
    ("cm_private_key_from_der", "password"),
    ("cm_private_key_from_pem", "password"),
    ("cm_private_key_sign", "message"),
}
"""Inputs of which anything will do, or nothing is asked."""

SIGNED: Final = ("client_data", "authenticator_data", "public_key", "public_key_pem", "algorithm")
"""Members of what was verified that a signature covers; what else stands in a message can be another."""


def told(call: Call) -> Any:
    """What a call that worked tells, in a form that two calls can be compared by."""
    handles = [one for one in call.results if call.types[one].removesuffix(" *") in KINDS]
    if handles:
        handle = call.arguments[handles[0]][0]
        match call.types[handles[0]]:
            case "cm_private_key *":
                public = ffi.new("uint64_t *")
                assert lib.cm_private_key_public(handle, public) == lib.CM_OK
                return pem_of(public[0])
            case "cm_public_key *":
                return pem_of(handle)
            case _:
                return None
    if "statuses" in call.types:
        return [status == lib.CM_OK for status in call.arguments["statuses"]]
    if "out" not in call.types:
        return True
    out = bytes(ffi.buffer(call.arguments["out"], call.arguments["out_length"][0]))
    if call.name.endswith("_explain"):
        return json.loads(out)["valid"]
    if call.name.endswith("_verify"):
        found = json.loads(out)
        return {name: found.get(name) for name in SIGNED}
    return out


def pem_of(handle: int) -> str:
    out, length = ffi.new("uint8_t[]", 8192), ffi.new("size_t *", 8192)
    assert lib.cm_public_key_describe(handle, out, length) == lib.CM_OK
    return str(json.loads(bytes(ffi.buffer(out, length[0])))["pem"])


def not_taken(call: Call, parameter: str) -> None:
    """What is wrong with this input is refused, and where a function tells of it as data, it does."""
    status = call()
    assert known(status)
    if status != lib.CM_OK:
        about(call, parameter)
    if status != lib.CM_OK or (call.name, parameter) in FREE:
        return
    if call.name.endswith("_explain"):
        assert told(call) is False, parameter
    elif call.name == "cm_signer_sign_many":
        assert False in told(call)
    else:
        pytest.fail(f"{call.name} takes a wrong {parameter}")


@each
def test_inputs_that_are_cut_short_are_refused(name: str, of: Material) -> None:
    for parameter in Call(name, of).inputs:
        whole = Call(name, of).row.get(parameter, b"")
        for size in sorted({0, min(1, len(whole)), len(whole) // 2, max(len(whole) - 2, 0)}):
            call = Call(name, of)
            kind = call.types[parameter]
            call.but(**{parameter: call._input(kind, whole[:size]), f"{parameter}_length": size})
            if size:
                not_taken(call, parameter)
            else:
                assert known(call()), parameter


@each
def test_inputs_of_a_huge_length(name: str, of: Material) -> None:
    for parameter in Call(name, of).inputs:
        for size in HUGE:
            call = Call(name, of)
            if call.arguments[parameter] == ffi.NULL:
                call.but(**{parameter: ffi.new("char[]", 8)})
            refused(call.but(**{f"{parameter}_length": size}), lib.CM_LIMIT_SIZE)
            about(call, parameter)


@each
def test_inputs_of_noise_are_refused(name: str, of: Material) -> None:
    draw = random.Random(name)
    for parameter in Call(name, of).inputs:
        for size in (1, 7, 64, 1000):
            call = Call(name, of)
            noise = draw.randbytes(size)
            call.but(
                **{
                    parameter: call._input(call.types[parameter], noise),
                    f"{parameter}_length": size,
                }
            )
            not_taken(call, parameter)


WRITES_WHAT_IT_READS: Final = (
    {("cm_credential_create", "options"), ("cm_client_data_encode", "options")}
    | {("cm_client_data_decode", "data"), ("cm_client_data_profiles", "data")}
    | {("cm_signer_sign", "challenge"), ("cm_signer_sign_many", "challenges")}
    | {("cm_signer_new", "options"), ("cm_trust_anchors_new", "certificates")}
    | {("cm_ecdsa_der_to_raw", "signature"), ("cm_ecdsa_raw_to_der", "signature")}
    | {("cm_fingerprint", "client_data"), ("cm_fingerprint", "public_key_pem")}
    | {("cm_private_key_sign", "message")}
)
"""Inputs of which another byte can be another one that is as good."""


@each
def test_inputs_with_one_byte_changed_are_refused_or_come_to_the_same(
    name: str, of: Material
) -> None:
    draw = random.Random(name)
    healthy = Call(name, of)
    assert healthy() == lib.CM_OK
    due = told(healthy) if healthy.inputs else None
    for parameter in healthy.inputs:
        for _ in range(24):
            call = Call(name, of)
            if call.arguments[parameter] == ffi.NULL:
                break
            at = draw.randrange(len(call.row[parameter]))
            memory = ffi.cast("uint8_t *", call.arguments[parameter])
            memory[at] ^= draw.randrange(1, 256)
            status = call()
            assert known(status), parameter
            if status != lib.CM_OK or (name, parameter) in WRITES_WHAT_IT_READS:
                continue
            if name == "cm_public_key_verify":
                pytest.fail(f"it verifies with another byte {at} of {parameter}")
            if not name.endswith("_explain") and "format" != parameter != "encoding":
                assert told(call) == due, (parameter, at)


@each
def test_results_without_an_address(name: str, of: Material) -> None:
    for parameter in Call(name, of).results:
        if parameter == "out":
            continue
        call = Call(name, of)
        refused(call.but(**{parameter: ffi.NULL}), lib.CM_C_NULL_POINTER)
        if name != NO_FAILURE:
            about(call, parameter)
    call = Call(name, of)
    if call.optional_result:
        assert call.but(out=ffi.NULL, out_length=ffi.NULL)() == lib.CM_OK


def sized(name: str) -> bool:
    return "out" in parameters(name)


@pytest.mark.parametrize("name", [name for name in RETURN_A_STATUS if sized(name)])
def test_results_have_room_or_are_not_written(name: str, of: Material) -> None:
    asking = Call(name, of).but(out=ffi.NULL)
    refused(asking, lib.CM_C_BUFFER_TOO_SMALL)
    needed = asking.arguments["out_length"][0]
    assert needed > 0
    # A last error tells of the call before it, so that it is longer or shorter the next time.
    for room in {0, 1, needed - 1, needed, needed + 1, needed + 100}:
        call = Call(name, of, room=room + 16)
        call.arguments["out_length"][0] = room
        status = call()
        told, written = call.arguments["out_length"][0], bytes(ffi.buffer(call.arguments["out"]))
        if status == lib.CM_OK:
            assert 0 < told <= room
            assert written[told:] == bytes([CANARY]) * (room + 16 - told)
        else:
            assert status == lib.CM_C_BUFFER_TOO_SMALL, code_name(status)
            assert told > room
            assert written == bytes([CANARY]) * (room + 16)
    assert Call(name, of, room=needed + 100)() == lib.CM_OK


@pytest.mark.parametrize("name", [name for name in RETURN_A_STATUS if sized(name)])
def test_results_with_more_room_than_there_can_be(name: str, of: Material) -> None:
    for room in (2**64 - 1, 2**63):
        call = Call(name, of)
        call.arguments["out_length"][0] = room
        refused(call, lib.CM_LIMIT_SIZE)
        assert call.arguments["out_length"][0] == room


@each
def test_results_over_other_arguments_are_refused_and_nothing_is_written(
    name: str, of: Material
) -> None:
    healthy = Call(name, of)
    inputs = [one for one in healthy.row if healthy.types[one] in INPUTS]
    for result in healthy.results:
        for over in [*inputs, *(one for one in healthy.results if one != result)]:
            call = Call(name, of)
            kind = ffi.typeof(call.arguments[result])
            plain = ffi.getctype(kind.item, "*")
            if over in inputs and isinstance(call.row[over], bytes):
                # Room for a number, which is more than some inputs have.
                call.but(**{over: call._input(call.types[over], call.row[over].ljust(8))})
            kept = call.arguments[over]
            call.but(**{result: ffi.cast(plain, kept)})
            if over == "out_length" or result == "out_length":
                # The room is read before anything is written: let it be a plausible number.
                ffi.cast("size_t *", call.arguments["out_length"])[0] = 65536
            one = ffi.typeof(kept).kind == "pointer"
            size = ffi.sizeof(ffi.typeof(kept).item) if one else ffi.sizeof(kept)
            before = bytes(ffi.buffer(kept, size))
            refused(call, lib.CM_C_OVERLAP)
            if name != NO_FAILURE:
                assert last_error()["argument"] in {result, over}
            after = bytes(ffi.buffer(kept, size))
            assert after == before, (result, over)


@each
def test_results_at_odd_addresses(name: str, of: Material) -> None:
    for result in Call(name, of).results:
        call = Call(name, of)
        kept = call.arguments[result]
        moved = ffi.new("char[]", ffi.sizeof(kept) + 65536)
        size = 8 if ffi.typeof(kept).kind == "pointer" else ffi.sizeof(kept)
        ffi.memmove(moved + 1, kept, size)
        plain = ffi.getctype(ffi.typeof(kept).item, "*")
        assert call.but(**{result: ffi.cast(plain, moved + 1)})() == lib.CM_OK


OPTIONAL: Final = {
    (name, parameter)
    for name in functions()
    for parameter in re.findall(r"@param (\w+) \[in, optional\]", comment_of(name))
    if parameters(name)[parameter] in KINDS
}
"""Handles that may be absent."""


def test_the_handles_that_may_be_absent_are_these() -> None:
    listed = {
        *((f"cm_{what}_{how}", "public_key") for what in ("attestation", "audit") for how in WAYS),
        *((f"cm_registration_{how}", "trust") for how in WAYS),
    }
    assert listed == OPTIONAL


WAYS: Final = ("verify", "explain")


@each
def test_handles_that_are_none(name: str, of: Material) -> None:
    for parameter in Call(name, of).handles:
        kind = Call(name, of).types[parameter]
        closed = lib.CM_KEY_CLOSED if kind == "cm_private_key" else lib.CM_C_HANDLE_CLOSED
        right = of.handles[kind]
        others = [number for other, number in of.handles.items() if other != kind]
        # Other slots may hold an open handle of the same kind, so only the kind and the generation are changed.
        forged = [right ^ 1 << bit for bit in range(24, 64) if right ^ 1 << bit]
        for wrong in [1, 77, 2**64 - 1, 2**63, *others, *forged]:
            status = Call(name, of).but(**{parameter: wrong})()
            if wrong in forged and status == closed:
                continue  # an earlier generation of a slot, of which there can be some
            assert status == lib.CM_C_HANDLE_INVALID, (parameter, hex(wrong), code_name(status))
        refused(Call(name, of).but(**{parameter: of.closed[kind]}), closed)
        assert last_error()["argument"] == parameter
        status = Call(name, of).but(**{parameter: 0})()
        absent = (name, parameter) in OPTIONAL or name.endswith("_close")
        assert status == (lib.CM_OK if absent else lib.CM_C_HANDLE_INVALID)


@pytest.mark.parametrize("kind", KINDS)
def test_a_handle_is_closed_once(kind: str, of: Material) -> None:
    call = Call(f"{kind}_close", of)
    assert call() == lib.CM_OK
    refused(call, lib.CM_KEY_CLOSED if kind == "cm_private_key" else lib.CM_C_HANDLE_CLOSED)


def test_closing_nothing_leaves_the_last_error() -> None:
    key = ffi.new("cm_private_key *")
    assert lib.cm_private_key_from_pem(b"no PEM", 6, ffi.NULL, 0, key) != lib.CM_OK
    assert key[0] == 0
    before = last_error()
    for kind in KINDS:
        assert getattr(lib, f"{kind}_close")(key[0]) == lib.CM_OK
    assert last_error() == before
    assert before["argument"] == "pem"


@each
def test_a_call_that_fails_gives_no_handle(name: str, of: Material) -> None:
    gives = [
        one for one in Call(name, of).results if parameters(name)[one].removesuffix(" *") in KINDS
    ]
    for parameter in gives:
        call = Call(name, of)
        spoiled: dict[str, Any] = {one: ffi.new("char[]", b"{no") for one in call.inputs}
        lengths = {f"{one}_length": 3 for one in call.inputs}
        handles = dict.fromkeys(call.handles, 77)
        refused(call.but(**spoiled, **lengths, **handles))
        assert call.arguments[parameter][0] == 0
        for one in call.inputs:
            call = Call(name, of).but(**{one: ffi.NULL, f"{one}_length": 5})
            refused(call, lib.CM_C_NULL_POINTER)
            assert call.arguments[parameter][0] == 0


def test_numbers_at_their_ends(of: Material) -> None:
    for bits in (0, 1, 2047, 8193, 2**32 - 1):
        call = Call("cm_private_key_generate", of)
        call.but(algorithm=ffi.new("char[]", b"RS256"), algorithm_length=5, bits=bits)
        refused(call, lib.CM_KEY_TOO_SMALL, lib.CM_LIMIT_KEY_SIZE, lib.CM_ARGUMENT_VALUE)
    for status in (-(2**31), -1, 1, 600, 2**31 - 1):
        assert code_name(status) == "unknown"
    assert Call("cm_public_key_verify", of).but(low_s=2**32 - 1)() in (
        lib.CM_OK,
        lib.CM_SIGNATURE_INVALID,
    )


def test_offsets_that_do_not_fit(of: Material) -> None:
    size = len(of.challenge)
    for offsets in (
        [0, size, size - 1],
        [0, size, 2 * size + 1],
        [2**64 - 1, 0, 1],
        [size, 0, 2 * size],
    ):
        call = Call("cm_signer_sign_many", of).but(offsets=ffi.new("size_t[]", offsets))
        refused(call, lib.CM_ARGUMENT_VALUE)
        assert list(call.arguments["out_offsets"]) == [0, 0, 0]
    for count in HUGE:
        refused(Call("cm_signer_sign_many", of).but(count=count), lib.CM_LIMIT_COUNT)
    beyond = ffi.new("size_t[]", [2 * size + 1])
    none = Call("cm_signer_sign_many", of).but(count=0, statuses=ffi.NULL, offsets=beyond)
    refused(none, lib.CM_ARGUMENT_VALUE)
    call = Call("cm_signer_sign_many", of).but(count=0, statuses=ffi.NULL)
    assert call() == lib.CM_OK
    assert call.arguments["out_length"][0] == 0


def test_one_challenge_that_fails_stops_no_other(of: Material) -> None:
    size = len(of.challenge)
    texts = of.challenge + b"{}" + of.challenge
    call = Call("cm_signer_sign_many", of).but(
        challenges=ffi.new("char[]", texts),
        challenges_length=len(texts),
        offsets=ffi.new("size_t[]", [0, size, size + 2, len(texts)]),
        count=3,
        out_offsets=ffi.new("size_t[]", 4),
        statuses=ffi.new("cm_status[]", 3),
    )
    assert call() == lib.CM_OK
    statuses, ends = list(call.arguments["statuses"]), list(call.arguments["out_offsets"])
    assert statuses == [lib.CM_OK, lib.CM_CHALLENGE_MISSING, lib.CM_OK]
    assert ends[0] == 0 < ends[1] == ends[2] < ends[3] == call.arguments["out_length"][0]


def test_a_signer_ends_with_its_key(of: Material) -> None:
    key = Call("cm_private_key_from_pem", of)
    assert key() == lib.CM_OK
    signer = Call("cm_signer_new", of).but(key=key.arguments["key"][0])
    assert signer() == lib.CM_OK
    sign = Call("cm_signer_sign", of).but(signer=signer.arguments["signer"][0])
    assert sign() == lib.CM_OK
    assert lib.cm_private_key_close(key.arguments["key"][0]) == lib.CM_OK
    refused(sign, lib.CM_KEY_CLOSED)


def test_the_last_error_is_kept_for_each_thread(of: Material) -> None:
    refused(Call("cm_signer_close", of).but(signer=1), lib.CM_C_HANDLE_INVALID)
    elsewhere: list[Any] = []

    def other() -> None:
        elsewhere.append(last_error())
        lib.cm_private_key_close(of.closed["cm_private_key"])
        elsewhere.append(last_error())

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert elsewhere[0] is None
    assert elsewhere[1]["code"] == "key.closed"
    assert last_error()["code"] == "c.handle_invalid"
    assert Call("cm_signer_sign", of)() == lib.CM_OK
    assert last_error()["code"] == "c.handle_invalid"


def test_handles_survive_threads_that_open_and_close(of: Material) -> None:
    wrong: list[int] = []

    def work() -> None:
        for _ in range(200):
            key = Call("cm_public_key_from_pem", of)
            wrong.append(key())
            number = key.arguments["key"][0]
            wrong.append(Call("cm_public_key_verify", of).but(key=number)())
            wrong.append(lib.cm_public_key_close(number))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(wrong) == {lib.CM_OK}


def test_codes_are_those_of_the_package() -> None:
    own = {
        "ok",
        "c.null_pointer",
        "c.overlap",
        "c.buffer_too_small",
        "c.handle_invalid",
        "c.handle_closed",
    }
    from tests.c_abi.library import constants

    names = {
        name: code_name(number) for name, number in constants().items() if name != "CM_ABI_VERSION"
    }
    assert {name: f"CM_{code.upper().replace('.', '_')}" for name, code in names.items()} == {
        name: name for name in names
    }
    assert set(names.values()) == own | set(errors.CODES)
    assert len(set(constants().values()) - {1}) == len(names)


@pytest.mark.slow
def test_children_have_the_handles_of_their_parents() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.c_abi.fork_rounds", "400"],
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
