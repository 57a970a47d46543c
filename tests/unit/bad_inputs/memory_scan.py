"""A program that uses one key, closes it, and looks for what is left of it in its own memory.

It is told in its environment what to look for, masked, and is given the key encrypted, so that nothing
but the library under test ever holds the secret: the pieces are unmasked byte by byte into a page of
their own, memory is copied into a window of its own, and neither of the two is looked at.

Prints, as JSON, where each piece was found after each step.
"""

from __future__ import annotations

import ctypes
import gc
import json
import mmap
import os
import sys
from collections.abc import Iterator
from pathlib import Path

from countermark import PrivateKey
from countermark.errors import Error

WINDOW = 1 << 20
Found = dict[str, list[str]]


def address(area: mmap.mmap) -> int:
    return ctypes.addressof(ctypes.c_char.from_buffer(area))


class Scanner:
    """Knows the pieces and finds them."""

    def __init__(self, masked: dict[str, str], mask: int) -> None:
        self._window = mmap.mmap(-1, WINDOW)
        self._pieces = mmap.mmap(-1, max(4096, 64 * len(masked)))
        self._views: dict[str, memoryview] = {}
        end = 0
        for name, digits in masked.items():
            start = end
            for at in range(0, len(digits), 2):
                self._pieces[end] = int(digits[at : at + 2], 16) ^ mask
                end += 1
            self._views[name] = memoryview(self._pieces)[start:end]
        self._own = [
            (address(area), address(area) + len(area)) for area in (self._window, self._pieces)
        ]
        self._memory = os.open("/proc/self/mem", os.O_RDWR)

    def find(self) -> Found:
        gc.collect()
        found: Found = {name: [] for name in self._views}
        for start, end, name in self._areas():
            at = start
            while at < end:
                size = min(WINDOW, end - at)
                try:
                    size = os.preadv(self._memory, [memoryview(self._window)[:size]], at)
                except OSError:
                    break
                self._search(at, size, name, found)
                if at + size >= end:
                    break
                at += size - 64  # a piece may lie across two windows
        return found

    def damage(self, piece: str) -> int:
        """Flips one bit of every copy of a piece, and says how many there were."""
        places = [int(place.split()[0], 16) for place in self.find()[piece]]
        for place in places:
            octet = os.pread(self._memory, 1, place)[0]
            os.pwrite(self._memory, bytes([octet ^ 2]), place)
        return len(places)

    def _search(self, base: int, size: int, name: str, found: Found) -> None:
        for piece, view in self._views.items():
            at = self._window.find(view, 0, size)
            while at >= 0:
                place = f"{base + at:x} {name}"
                if place not in found[piece]:
                    found[piece].append(place)
                at = self._window.find(view, at + 1, size)

    def _areas(self) -> Iterator[tuple[int, int, str]]:
        """Readable memory that may have been written to, without what is ours."""
        with Path("/proc/self/maps").open(encoding="utf-8") as lines:
            maps = [line.split(maxsplit=5) for line in lines]
        for span, access, _, _, inode, *name in maps:
            label = name[0].strip() if name else "heap of a library"
            if access[0] != "r" or (inode != "0" and access[1] != "w") or label.startswith("[v"):
                continue
            start, end = (int(bound, 16) for bound in span.split("-"))
            for own_start, own_end in sorted(self._own):
                if start < own_end and own_start < end:
                    if start < own_start:
                        yield start, own_start, label
                    start = own_end
            if start < end:
                yield start, end, label


def load(pem: str, password: str) -> PrivateKey | str:
    try:
        return PrivateKey.from_pem(pem, password=password)
    except Error as error:
        return error.code


def use(task: dict[str, str], scanner: Scanner) -> dict[str, Found | str | int]:
    """Loads the key, does with it what it is told, and closes it; scans before and after."""
    key = load(task["pem"], task["password"])
    if isinstance(key, str):
        return {"refused": key, "closed": scanner.find()}
    steps: dict[str, Found | str | int] = {}
    match task["use"]:
        case "sign":
            key.public_key.verify(b"message", key.sign(b"message"))
            steps["open"] = scanner.find()
        case "export":
            key.export_private_key("pem", password="another")
        case "damage":
            steps["damaged"] = scanner.damage(task["piece"])
            steps["signed"] = sign(key)
    if task["use"] == "collect":
        del key
        steps["closed"] = scanner.find()
        return steps
    key.close()
    steps["closed"] = scanner.find()
    if not key.closed:  # the object itself is there all the while
        raise AssertionError
    return steps


def sign(key: PrivateKey) -> str:
    try:
        return key.sign(b"message").hex()
    except Error as error:
        return error.code


def main() -> None:
    task = json.loads(os.environ["COUNTERMARK_MEMORY_SCAN"])
    scanner = Scanner(task["pieces"], int(task["mask"]))
    json.dump(use(task, scanner), sys.stdout)


if __name__ == "__main__":
    main()
