"""The header, the library and the committed list of symbols say the same, and every parameter is documented."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

import pytest

import countermark
from countermark import c_abi
from countermark.dfns import ClientDataProfile
from tests.c_abi.healthy import material
from tests.c_abi.hostile import Call
from tests.c_abi.library import (
    HEADER,
    LIBRARY,
    comment_of,
    constants,
    ffi,
    functions,
    header,
    last_error,
    lib,
    parameters,
)

CRATE: Final = Path(__file__).resolve().parents[2] / "rust/c"


@pytest.mark.parametrize("name", sorted(functions()))
def test_every_parameter_is_documented_as_in_out_or_both(name: str) -> None:
    told = dict(re.findall(r"@param (\w+) ?(\[[^\]]*\])?", comment_of(name)))
    kinds = parameters(name)
    assert told.keys() == kinds.keys()
    if name == "cm_status_code_name":
        return
    for parameter, kind in kinds.items():
        written = kind.endswith("*") and not kind.startswith("const")
        both = parameter == "out_length"
        due = "[in, out" if both else "[out" if written else "[in"
        assert told[parameter].startswith(due), parameter
    assert "@return" in comment_of(name)


def named() -> set[str]:
    """What the comments of the header name between backticks."""
    return set(re.findall(r"`([^`\n]+)`", header()))


def members(value: Any) -> Iterator[str]:
    """The names of all members of a result."""
    for one in value if isinstance(value, list) else []:
        yield from members(one)
    for name, one in value.items() if isinstance(value, dict) else []:
        yield name
        yield from members(one)


def result_of(name: str) -> Any:
    """What the healthy call of a function gives, as JSON."""
    call = Call(name, material())
    assert call() == lib.CM_OK
    out, length = call.arguments["out"], call.arguments["out_length"][0]
    return json.loads(bytes(ffi.buffer(out, length)))


JSON: Final = sorted(
    name
    for name in functions()
    if name.endswith(("_verify", "_explain", "_describe", "_decode", "_json"))
)


@pytest.mark.parametrize("name", [one for one in JSON if "out" in parameters(one)])
def test_every_member_of_a_result_and_every_step_is_described(name: str) -> None:
    if name == "cm_last_error_json":
        Call("cm_signer_close", material()).but(signer=1)()
    found = result_of(name)
    assert set(members(found)) <= named()
    if name.endswith("_explain"):
        steps = {step["step"] for step in found["checks"]}
        if name == "cm_attestation_explain":
            steps -= {step["step"] for step in result_of("cm_assertion_explain")["checks"]}
        assert steps <= set(re.findall(r"`(\w+)`", comment_of(name)))


@pytest.mark.skipif(not CRATE.is_dir(), reason="the source of the library is not here")
def test_members_that_the_healthy_calls_lack_are_described() -> None:
    """Those of a path, of a failed step and of what was let pass."""
    source = (CRATE / "src/results.rs").read_text("utf-8")
    written = set(re.findall(r'(?:out|checks|statements)\.\w+\(\s*"(\w+)"', source))
    assert written >= {"anchor_subject", "trust_error", "place", "statements", "error", "bits"}
    assert written <= named()


TAKES_OPTIONS: Final = {
    name: argument
    for name in functions()
    for argument in ("options", "expected", "policy")
    if argument in parameters(name)
}
"""Functions with an argument that is an object of options, and which it is."""


@cache
def options() -> set[str]:
    """The names of all options of all functions."""
    return {
        option
        for path in (CRATE / "src").glob("*.rs")
        for option in re.findall(r'options\s*\.\w+\(\s*"(\w+)"', path.read_text("utf-8"))
    }


def takes(name: str, argument: str, option: str) -> bool:
    """Whether it is an option of this function: then an object is of the wrong type, else there is no such option."""
    call = Call(name, material())
    data = json.dumps({**json.loads(call.row[argument]), option: {}}).encode()
    status = call.but(**{argument: ffi.new("char[]", data), f"{argument}_length": len(data)})()
    error = last_error()
    assert error["argument"] == argument
    assert (status, error["field"]) in {
        (lib.CM_ARGUMENT_TYPE, option),
        (lib.CM_ARGUMENT_VALUE, None),
    }
    return bool(status == lib.CM_ARGUMENT_TYPE)


def described(name: str, seen: frozenset[str] = frozenset()) -> set[str]:
    """What the comment of a function names between backticks, and those of the functions that it points to."""
    comment = comment_of(name)
    found = set(re.findall(r"`([^`\n]+)`", comment))
    for other in set(re.findall(r"(cm_\w+)\(\)", comment)) - seen - {name}:
        found |= described(other, seen | {name})
    return found


@pytest.mark.skipif(not CRATE.is_dir(), reason="the source of the library is not here")
@pytest.mark.parametrize("name", TAKES_OPTIONS)
def test_every_option_is_described_where_it_is_taken(name: str) -> None:
    taken = {option for option in options() if takes(name, TAKES_OPTIONS[name], option)}
    assert taken
    assert taken <= described(name)
    if name.endswith(("_verify", "_new", "_create", "_encode")):
        # By itself, but for what all say of client data, assertions and ceremonies.
        shared = {"profile", "cross_origin", "algorithm", "padding", "low_s"} | PADDED
        own = set(re.findall(r"`([^`\n]+)`", comment_of(name)))
        assert taken - own <= shared | COMMON.get(name, set())


PADDED: Final = {"allow_padded_base64url"}
COMMON: Final = {
    "cm_attestation_verify": {"challenge", "origin", "kind", "credential_id"},
    "cm_authentication_verify": {
        *("challenge", "challenge_b64u", "challenge_form", "origin", "top_origin", "rp_id"),
        *("allow_cross_origin", "require_user_presence", "require_user_verification"),
        *("credential_id", "limited_verification", "allow_sha1", "strictness"),
    },
}
"""What a function says it has as another one does."""


def test_all_options_are_found() -> None:
    assert options() >= {"challenge_b64u", "credential_id", "allow_payment", "attestation_order"}
    assert set(TAKES_OPTIONS.values()) == {"options", "expected", "policy"}


def test_every_profile_is_described() -> None:
    profiles = {str(one) for one in ClientDataProfile}
    assert "canonical" in profiles
    assert profiles <= set(re.findall(r"`([\w.-]+)`", comment_of("cm_client_data_encode")))


@pytest.mark.skipif(not CRATE.is_dir(), reason="the source of the library is not here")
def test_the_header_that_ships_is_the_one_that_is_committed() -> None:
    assert HEADER.read_bytes() == (CRATE / "include/countermark.h").read_bytes()


@pytest.mark.skipif(shutil.which("nm") is None, reason="nm is not installed")
@pytest.mark.skipif(not CRATE.is_dir(), reason="the source of the library is not here")
def test_the_library_exports_what_is_recorded() -> None:
    listed = subprocess.run(
        ["nm", "-D", "--defined-only", str(c_abi.library_path())],
        check=True,
        capture_output=True,
        text=True,
    )
    exported = sorted(line.split()[-1] for line in listed.stdout.splitlines())
    assert exported == (CRATE / "symbols.txt").read_text("ascii").split()
    ours = {name for name in exported if name.startswith("cm_")}
    assert ours == set(functions())


def test_the_versions_are_those_of_the_package() -> None:
    assert ffi.string(lib.cm_version()).decode() == countermark.__version__
    assert lib.cm_abi_version() == constants()["CM_ABI_VERSION"]


def test_the_flags_for_a_compiler_name_what_is_there(capsys: pytest.CaptureFixture[str]) -> None:
    from countermark.c_abi.__main__ import main

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["countermark.c_abi"])
        main()
    include, folder, *_ = capsys.readouterr().out.split()
    assert Path(include.removeprefix("-I"), "countermark.h").is_file()
    assert Path(folder.removeprefix("-L"), LIBRARY.name).is_file()


def test_the_place_of_the_library_is_told_for_those_that_load_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    from countermark.c_abi.__main__ import main

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["countermark.c_abi", "--library"])
        main()
    assert capsys.readouterr().out == f"{c_abi.library_path()}\n"
    assert c_abi.library_path().is_file()
