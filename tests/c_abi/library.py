"""The shipped library, loaded with cffi by the shipped header: the way an SDK in another language gets at it."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import cffi

import countermark.errors
from countermark import c_abi

HEADER: Final = c_abi.include_dir() / "countermark.h"
LIBRARY: Final = Path(os.environ.get("COUNTERMARK_C_LIBRARY") or c_abi.library_path())
"""The library of the package, or another build of it, such as one with a sanitizer."""


@cache
def header() -> str:
    return HEADER.read_text("utf-8")


def declarations() -> str:
    """The header without what only a preprocessor and C++ understand."""
    text = re.sub(r"/\*.*?\*/|//[^\n]*", "", header(), flags=re.DOTALL)
    text = re.sub(r'#ifdef __cplusplus\n(extern "C" \{|\})[^#]*#endif[^\n]*', "", text)
    return "\n".join(
        line
        for line in text.splitlines()
        if not line.startswith("#") or re.match(r"#define CM_\w+ \d+", line)
    )


ffi: Final = cffi.FFI()
ffi.cdef(declarations())
lib: Final[Any] = ffi.dlopen(str(LIBRARY))


@cache
def functions() -> dict[str, Any]:
    """The type of every function of the header by its name."""
    names = re.findall(r"\b(cm_\w+)\((?=[^;{}]*\);)", declarations())
    return {name: ffi.typeof(getattr(lib, name)) for name in names}


@cache
def parameters(name: str) -> dict[str, str]:
    """The types of a function's parameters as the header spells them, by their names."""
    found = re.search(rf"\b{name}\(([^)]*)\)", declarations())
    assert found, name
    listed = [" ".join(one.split()) for one in found[1].split(",")]
    split = [re.fullmatch(r"(.*?)(\w+)", one) for one in listed if one != "void"]
    return {one[2]: one[1].strip() for one in split if one is not None}


def comment_of(name: str) -> str:
    """The comment above a function."""
    found = re.search(rf"/\*\*((?:(?!\*/).)*)\*/\s*[\w ]*?[ *]{name}\(", header(), re.DOTALL)
    assert found, name
    return found[1]


@cache
def constants() -> dict[str, int]:
    """The numbers of the header by their names."""
    return {name: int(value) for name, value in re.findall(r"#define (CM_\w+) (\d+)", header())}


def code_name(status: int) -> str:
    return str(ffi.string(lib.cm_status_code_name(status)).decode("ascii"))


class CallError(Exception):
    """A failure that only a caller from C can make; everything else is an error of the package."""

    def __init__(self, status: int) -> None:
        super().__init__(code_name(status))
        self.code = code_name(status)


def result(call: Any) -> bytes:
    """Calls with room for nothing, then with as much as was told."""
    out, length = ffi.new("uint8_t[]", 0), ffi.new("size_t *", 0)
    status = call(ffi.NULL, length)
    if status == lib.CM_C_BUFFER_TOO_SMALL:
        out = ffi.new("uint8_t[]", length[0])
        status = call(out, length)
    check(status)
    return bytes(ffi.buffer(out, length[0]))


def check(status: int) -> None:
    """Raises what the status says, as Python's own door would."""
    if status == lib.CM_OK:
        return
    error = last_error()
    assert error["status"] == status
    assert error["code"] == code_name(status)
    if error["class"] == "CallError":
        raise CallError(status)
    raise exception(error)


def exception(error: dict[str, Any]) -> countermark.errors.Error:
    """The exception of the package for an error as JSON."""
    kind = getattr(countermark.errors, error["class"])
    known = {
        "MalformedInput": ("offset", "field"),
        "ClaimMismatch": ("field", "expected", "actual"),
        "LimitExceeded": ("field",),
    }.get(error["class"], ())
    raised: countermark.errors.Error = kind(
        error["message"], code=error["code"], **{name: error[name] for name in known}
    )
    return raised


def last_error() -> Any:
    out, length = ffi.new("uint8_t[]", 8192), ffi.new("size_t *", 8192)
    assert lib.cm_last_error_json(out, length) == lib.CM_OK
    return json.loads(bytes(ffi.buffer(out, length[0])))


def handle(make: Any) -> int:
    """The handle that a function gives."""
    out = ffi.new("uint64_t *")
    check(make(out))
    return int(out[0])


def given(data: bytes | str | None, kind: str = "uint8_t[]") -> tuple[Any, int]:
    """An address and a length; the address keeps the bytes for as long as it lives."""
    if data is None:
        return ffi.NULL, 0
    octets = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else bytes(data)
    return ffi.from_buffer(kind, octets), len(octets)


def text(data: bytes | str | None) -> tuple[Any, int]:
    """The same for a parameter that is text."""
    return given(data, "char[]")
