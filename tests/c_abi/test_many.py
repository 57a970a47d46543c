"""Many challenges in one call: on any number of threads the same, in order, each with its own status."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from countermark import PrivateKey
from countermark.errors import ArgumentValueError
from tests.c_abi import door
from tests.c_abi.library import LIBRARY, code_name, last_error

KEY: Final = PrivateKey.generate("Ed25519").export_private_key("pem").decode("ascii")
"""Its signatures are the same each time."""


def challenge(number: int) -> dict[str, Any]:
    return {
        "challenge": base64.urlsafe_b64encode(f"ch-{number:06}".encode()).decode("ascii"),
        "allowCredentials": {"key": [{"type": "public-key", "id": "cr-1"}]},
    }


@pytest.fixture
def signer() -> door.KeySigner:
    return door.KeySigner("cr-1", KEY)


@pytest.mark.parametrize("threads", [1, 2, 8])
@pytest.mark.parametrize("count", [0, 1, 2, 33, 1000])
def test_any_number_of_threads_signs_the_same_in_order(
    signer: door.KeySigner, threads: int, count: int
) -> None:
    challenges = [challenge(number) for number in range(count)]
    assert signer.sign_many(challenges, threads) == [signer.sign(one) for one in challenges]


@pytest.mark.parametrize("threads", [1, 2, 8])
def test_each_that_fails_has_its_status_and_the_others_their_assertion(
    signer: door.KeySigner, threads: int
) -> None:
    other = {**challenge(0), "allowCredentials": {"key": [{"type": "public-key", "id": "cr-2"}]}}
    bad: dict[int, tuple[Any, str]] = {
        7: (b"{no", "json.syntax"),
        500: (b"{}", "challenge.missing"),
        999: (other, "challenge.credential_not_allowed"),
    }
    challenges: list[Any] = [challenge(number) for number in range(1000)]
    for place, (text, _) in bad.items():
        challenges[place] = text
    for place, found in enumerate(signer.sign_many(challenges, threads)):
        if place in bad:
            assert code_name(found) == bad[place][1]
        else:
            assert found == signer.sign(challenges[place])


@pytest.mark.parametrize("threads", [1025, 2**31, 2**32 - 1])
def test_more_threads_than_the_bound_are_a_status(signer: door.KeySigner, threads: int) -> None:
    with pytest.raises(ArgumentValueError, match="between 1 and 1024"):
        signer.sign_many([challenge(1)], threads)
    assert last_error()["argument"] == "threads"


def test_the_most_threads_are_taken(signer: door.KeySigner) -> None:
    challenges = [challenge(number) for number in range(2000)]
    assert signer.sign_many(challenges, 1024) == signer.sign_many(challenges, 1)


COUNTING: Final = """
import os, sys
from tests.c_abi.test_many import KEY, challenge, door
signer = door.KeySigner("cr-1", KEY)
before = len(os.listdir("/proc/self/task"))
signer.sign_many([challenge(1)] * 100, int(sys.argv[1]))
print(len(os.listdir("/proc/self/task")) - before)
"""


def helpers(threads: int, **variables: str) -> tuple[str, str]:
    """How many threads a call started, as text, and what went wrong."""
    return said_by(COUNTING, str(threads), **variables)


def said_by(program: str, *arguments: str, **variables: str) -> tuple[str, str]:
    """What a program of its own prints, and what went wrong."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, **variables},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout.strip(), done.stderr


@pytest.mark.skipif(sys.platform != "linux", reason="threads are counted as Linux tells of them")
def test_the_argument_and_then_the_variable_say_how_many_threads() -> None:
    assert helpers(5, COUNTERMARK_THREADS="3") == ("4", "")
    assert helpers(0, COUNTERMARK_THREADS="3") == ("2", "")
    assert helpers(1) == ("0", "")


SIZING: Final = """
import json, resource
from tests.c_abi.library import ffi, lib, text
from tests.c_abi.test_many import KEY, challenge, door
signer = door.KeySigner("cr-1", KEY, app_origin="x" * 900_000)
one = json.dumps(challenge(1)).encode()
offsets = ffi.new("size_t[]", [place * len(one) for place in range(1001)])
ends, statuses, length = ffi.new("size_t[]", 1001), ffi.new("cm_status[]", 1000), ffi.new("size_t *")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
arguments = (*text(one * 1000), offsets, 1000, 1, ffi.NULL, length, ends, statuses)
print(lib.cm_signer_sign_many(signer.handle, *arguments) == lib.CM_C_BUFFER_TOO_SMALL)
print(length[0] > 900_000_000, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is told in other units")
def test_asking_for_the_size_takes_no_memory_for_what_is_not_made() -> None:
    assert said_by(SIZING) == ("True\nTrue True", "")


MASKS: Final = """
import signal, sys, time
from pathlib import Path
from tests.c_abi.test_many import KEY, challenge, door
from countermark.dfns import KeySigner
def masks():
    said = {task.name: task.joinpath("status").read_text() for task in Path("/proc/self/task").iterdir()}
    return {name: int(text.split("SigBlk:")[1].split()[0], 16) for name, text in said.items()}
own = {signal.SIGUSR1}
signal.pthread_sigmask(signal.SIG_BLOCK, own)
before = masks()
if sys.argv[1] == "c":
    door.KeySigner("cr-1", KEY).sign_many([challenge(1)] * 100, 4)
else:
    KeySigner("cr-1", KEY).sign_many([challenge(1)] * 100, threads=4)
assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == own
# Until a thread has started, the C library keeps all signals from it.
for _ in range(100):
    helpers = {mask for name, mask in masks().items() if name not in before}
    if len(helpers) == 1 and not 1 << signal.SIGSEGV - 1 & max(helpers):
        break
    time.sleep(0.05)
print(len(masks()) - len(before), *[sorted(n for n in range(1, 32) if not mask >> n - 1 & 1) for mask in helpers])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="masks are read as Linux tells of them")
@pytest.mark.parametrize("side", ["c", "python"])
def test_threads_that_help_take_no_signal_but_those_of_their_faults(side: str) -> None:
    told = said_by(MASKS, side)
    names = ("SIGSEGV", "SIGBUS", "SIGFPE", "SIGILL", "SIGTRAP", "SIGSYS", "SIGKILL", "SIGSTOP")
    open_ones = sorted(int(getattr(signal, name)) for name in names)
    assert told == (f"3 {open_ones}", "")


@pytest.mark.parametrize("wrong", ["0", "+4", "two", "1025"])
def test_a_variable_that_is_no_number_of_threads_is_a_status(wrong: str) -> None:
    told = helpers(0, COUNTERMARK_THREADS=wrong)[1]
    assert "the variable COUNTERMARK_THREADS must be a number between 1 and 1024" in told


UNLOADING: Final = """
import ctypes, sys, time
library, pem, challenge = sys.argv[1:]
lib = ctypes.CDLL(library)
key, signer = ctypes.c_uint64(), ctypes.c_uint64()
size = ctypes.c_size_t
def text(data):
    return ctypes.c_char_p(data), size(len(data))
assert not lib.cm_private_key_from_pem(*text(pem.encode()), None, size(0), ctypes.byref(key))
options = text(b'{"credential_id":"cr-1"}')
assert not lib.cm_signer_new(key, *options, ctypes.byref(signer))
count, one = 400, challenge.encode()
offsets = (size * (count + 1))(*range(0, (count + 1) * len(one), len(one)))
out, room = ctypes.create_string_buffer(1 << 20), size(1 << 20)
ends, statuses = (size * (count + 1))(), (ctypes.c_int32 * count)()
many = (*text(one * count), offsets, size(count), ctypes.c_uint32(4), out, ctypes.byref(room), ends, statuses)
assert not lib.cm_signer_sign_many(signer, *many)
assert not any(statuses)
assert not ctypes.CDLL(None).dlclose(ctypes.c_void_p(lib._handle))
time.sleep(0.2)
print("alive")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="dlclose is asked for by its name here")
def test_a_program_that_unloads_the_library_lives_on() -> None:
    arguments = [str(LIBRARY), KEY, json.dumps(challenge(1))]
    done = subprocess.run(
        [sys.executable, "-c", UNLOADING, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, "alive\n"), done.stderr
