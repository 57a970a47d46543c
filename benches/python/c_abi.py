"""The two doors to the core, from Python: the extension (PyO3) beside the C library by cffi, in both of its modes.

The work is the same, a fingerprint and an Ed25519 signature; what differs is the way there. Mode API compiles a module
against the header, mode ABI loads the library at run time; both read the header that ships. The ratios are printed by
``python -m benches.python.c_abi``.
"""

from __future__ import annotations

import importlib.util
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any, Final

import cffi

from benches.python.pair import Pair
from countermark import PrivateKey, c_abi
from countermark.dfns import fingerprint

CLIENT_DATA: Final = (
    b'{"challenge":"Y2gtNDdtNnItOWJ2ZmQtOGRvOG9iYmhmNTR0bm9kYg","type":"key.create"}'
)
FUNCTIONS: Final = ("cm_fingerprint", "cm_private_key_from_der", "cm_private_key_sign")


def declarations() -> str:
    """The functions that are measured, as the header declares them."""
    text = (c_abi.include_dir() / "countermark.h").read_text("utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    found = re.findall(r"^typedef [^;]*;|^cm_status \w+\([^;]*;", text, re.MULTILINE)
    return "\n".join(
        one
        for one in found
        if one.startswith("typedef") or one.split("(")[0].split()[-1] in FUNCTIONS
    )


def abi_mode() -> tuple[Any, Any]:
    ffi = cffi.FFI()
    ffi.cdef(declarations())
    return ffi, ffi.dlopen(str(c_abi.library_path()))


def api_mode(folder: str) -> tuple[Any, Any]:
    """Needs a C compiler, and setuptools where Python has no distutils."""
    builder = cffi.FFI()
    builder.cdef(declarations())
    library = str(c_abi.library_path().parent)
    builder.set_source(
        "_countermark_api",
        "#include <countermark.h>",
        include_dirs=[str(c_abi.include_dir())],
        library_dirs=[library],
        libraries=["countermark"],
        extra_link_args=[f"-Wl,-rpath,{library}"],
    )
    spec = importlib.util.spec_from_file_location("_countermark_api", builder.compile(folder))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.ffi, module.lib


def by_c(ffi: Any, lib: Any, key: PrivateKey) -> tuple[Callable[[], bytes], Callable[[], bytes]]:
    """The fingerprint and the signature, with the room for results kept, as a careful caller would."""
    pem = key.public_key.to_pem().encode("ascii")
    out, length, handle = ffi.new("uint8_t[]", 4096), ffi.new("size_t *"), ffi.new("uint64_t *")
    der = key.export_private_key("der")
    assert lib.cm_private_key_from_der(der, len(der), ffi.NULL, 0, handle) == 0
    number = handle[0]

    def make() -> bytes:
        length[0] = 4096
        status = lib.cm_fingerprint(CLIENT_DATA, len(CLIENT_DATA), pem, len(pem), out, length)
        assert status == 0
        return bytes(ffi.buffer(out, length[0]))

    def sign() -> bytes:
        length[0] = 4096
        options = (ffi.NULL, 0, ffi.NULL, 0)
        status = lib.cm_private_key_sign(
            number, CLIENT_DATA, len(CLIENT_DATA), *options, out, length
        )
        assert status == 0
        return bytes(ffi.buffer(out, length[0]))

    return make, sign


def pairs() -> Iterator[Pair]:
    """The extension beside the library in each mode."""
    key = PrivateKey.generate("Ed25519")
    pem = key.public_key.to_pem()
    with tempfile.TemporaryDirectory() as folder:
        modes = {"cffi, API mode": api_mode(folder), "cffi, ABI mode": abi_mode()}
        for name, mode in modes.items():
            make, sign = by_c(*mode, key)
            assert make() == fingerprint(CLIENT_DATA, pem)
            assert sign() == key.sign(CLIENT_DATA)
            yield Pair("bindings", "fingerprint", lambda: fingerprint(CLIENT_DATA, pem), make, name)
            yield Pair("bindings", "sign Ed25519", lambda: key.sign(CLIENT_DATA), sign, name)


def costs(*works: Callable[[], object]) -> list[float]:
    """Nanoseconds of CPU of one call of each: the least of rounds, which take turns."""
    rounds: list[list[float]] = [[] for _ in works]
    for _ in range(61):
        for work, found in zip(works, rounds, strict=True):
            begun = time.thread_time_ns()
            for _ in range(1000):
                work()
            found.append((time.thread_time_ns() - begun) / 1000)
    return [min(found) for found in rounds]


def main() -> None:
    for pair in pairs():
        assert pair.peer is not None
        ours, theirs = costs(pair.ours, pair.peer)
        print(
            f"{pair.name}, PyO3 beside {pair.peer_name}: {theirs / ours:.2f}x as fast,"
            f" {theirs - ours:+.0f} ns a call for cffi"
        )


if __name__ == "__main__":
    main()
