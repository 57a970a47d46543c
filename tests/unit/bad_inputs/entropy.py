"""Runs a program in a process in which the kernel gives no random bytes."""

from __future__ import annotations

import platform
import signal
import sys
from typing import Final

import pytest

from tests.unit.bad_inputs.programs import python

GETRANDOM: Final = {"x86_64": 318, "aarch64": 278}
_PROGRAM: Final = """
import ctypes, errno, os, resource, struct, sys
from countermark import PrivateKey
from countermark.errors import Error

resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
libc = ctypes.CDLL(None, use_errno=True)
# Every call but getrandom is let through; that one ends with the number in argv[2] as its errno.
rules = ((0x20, 0, 0, 0), (0x15, 1, 0, int(sys.argv[1])), (0x06, 0, 0, 0x7FFF0000),
         (0x06, 0, 0, 0x00050000 | int(sys.argv[2])))
code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *rule) for rule in rules))


class Filter(ctypes.Structure):
    _fields_ = (("count", ctypes.c_ushort), ("rules", ctypes.c_void_p))


if libc.prctl(38, 1, 0, 0, 0) or libc.prctl(
    22, 2, ctypes.byref(Filter(len(rules), ctypes.addressof(code))), 0, 0
):
    print("no filter")
    sys.exit(9)
try:
    assert os.getrandom(1) == b""
except OSError as error:
    assert error.errno == int(sys.argv[2])
try:
    exec(sys.argv[3])
except Error as error:
    print(error.code)
    sys.exit(8)
"""


def without_entropy(program: str, answer: str) -> None:
    """The program must print nothing and end in an error of ours or in an abort.

    Args:
        program: it may use PrivateKey.
        answer: ``"refused"`` for a call that fails, ``"nothing"`` for one that gives no bytes.
    """
    number = GETRANDOM.get(platform.machine())
    if sys.platform != "linux" or number is None:
        pytest.skip("how to take getrandom away is written for Linux on two machines only")
    error = {"refused": 1, "nothing": 0}[answer]
    done = python(_PROGRAM, str(number), str(error), program)
    if done.returncode == 9:
        pytest.skip("this process may not install a seccomp filter")
    if done.returncode == 8:
        assert done.stdout.strip() == "internal.error"
    else:
        # The backend documents that it aborts rather than go on without randomness.
        assert done.returncode == -signal.SIGABRT, done.stderr
        assert done.stdout == ""
