"""A call of a function of the library, every argument in memory of exactly its size, to be spoiled one at a time."""

from __future__ import annotations

from typing import Any, Final, Self

from tests.c_abi.healthy import KINDS, Material, new_handle, rows
from tests.c_abi.library import code_name, ffi, last_error, lib, parameters

CANARY: Final = 0xA5
NO_FAILURE: Final = "cm_last_error_json"
"""The one whose own failure is not kept."""
INPUTS: Final = {
    "const char *": "char[]",
    "const uint8_t *": "uint8_t[]",
    "const size_t *": "size_t[]",
}
COUNTED: Final = {"out_offsets": ("size_t[]", 1), "statuses": ("cm_status[]", 0)}
"""Memory for results with one value for each of ``count``, and how many more."""


class Call:
    """The arguments by name; each can be replaced before the call."""

    def __init__(self, name: str, of: Material, room: int = 65536) -> None:
        self.name = name
        self.types = parameters(name)
        self.row = dict(rows()[name])
        self.arguments: dict[str, Any] = {
            parameter: self._argument(parameter, kind, of, room)
            for parameter, kind in self.types.items()
        }
        unknown = self.row.keys() - self.types.keys()
        assert not unknown, f"{name} has no parameter {unknown}"

    def _argument(self, name: str, kind: str, of: Material, room: int) -> Any:
        if kind in INPUTS:
            return self._input(kind, self.row[name]) if name in self.row else ffi.NULL
        if name == "out":
            memory = ffi.new("uint8_t[]", room)
            ffi.buffer(memory)[:] = bytes([CANARY]) * room
            return memory
        if name == "out_length":
            return ffi.new("size_t *", room)
        if name in COUNTED:
            array, more = COUNTED[name]
            return ffi.new(array, self.row["count"] + more)
        if kind.removesuffix(" *") in KINDS and kind.endswith("*"):
            return ffi.new("uint64_t *", 77)
        if kind in KINDS:
            # What is closed by the call is not the one that other calls use.
            return new_handle(kind, of) if self.name.endswith("_close") else of.handles[kind]
        if name.endswith("_length"):
            return len(self.row.get(name.removesuffix("_length"), b""))
        return self.row.get(name, 0)

    @staticmethod
    def _input(kind: str, value: Any) -> Any:
        memory = ffi.new(INPUTS[kind], len(value))
        if isinstance(value, bytes):
            ffi.buffer(memory)[:] = value
        else:
            memory[0 : len(value)] = value
        return memory

    @property
    def inputs(self) -> list[str]:
        """The parameters that are inputs with a length."""
        return [name for name in self.types if f"{name}_length" in self.types and name != "out"]

    @property
    def handles(self) -> list[str]:
        return [name for name, kind in self.types.items() if kind in KINDS]

    @property
    def results(self) -> list[str]:
        """The parameters that are written to."""
        return [
            name for name, kind in self.types.items() if kind.endswith("*") and kind not in INPUTS
        ]

    @property
    def optional_result(self) -> bool:
        return "out" in self.types and self.name.endswith("_verify")

    def but(self, **spoiled: Any) -> Self:
        """The same call with other arguments."""
        assert spoiled.keys() <= self.arguments.keys()
        self.arguments.update(spoiled)
        return self

    def __call__(self) -> Any:
        return getattr(lib, self.name)(*self.arguments.values())


def known(status: int) -> bool:
    """Whether a status is one that the header describes."""
    return code_name(status) != "unknown"


def refused(call: Call, *statuses: int) -> None:
    """The call comes to one of these statuses, or to any failure where none is named; the reason can be asked for."""
    status = call()
    assert status in statuses if statuses else status != lib.CM_OK, code_name(status)
    assert known(status)
    if call.name != NO_FAILURE:
        assert last_error()["status"] == status
