"""``countermark batch``: verify many, as JSON Lines."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, Final

from countermark.cli.ceremony import moment
from countermark.cli.given import decoded
from countermark.cli.key_result_view import key_result_view
from countermark.cli.keyfile import parse_public
from countermark.cli.options import Commands, number_up_to
from countermark.cli.outcome import CommandError, ExitCode, details, unreadable, usage
from countermark.cli.progress import progress
from countermark.cli.strict_json import read_object
from countermark.cli.terminal import LIMIT, as_json, read_file, write_bytes, write_error
from countermark.cli.tree import to_json
from countermark.errors import ArgumentTypeError, Error, LimitExceeded, UnsupportedAlgorithm

_AUDIT: Final = "audit"
_VERIFY: Final = {
    "assertions": "verify_assertions",
    "registrations": "verify_registrations",
    "authentications": "verify_authentications",
    _AUDIT: "verify_audit_records",
}
"""Functions of `countermark.batch`, which is imported when the command runs: others start without it."""
_OF_THE_CALL: Final = {"items", "results", "threads"}
"""Arguments of the functions that no item has."""
_MOST_THREADS: Final = 1024
_LARGEST_CHUNK: Final = 1_000_000
_CHUNK_BYTES: Final = 4 * LIMIT
_LARGEST_KEPT: Final = 4096
"""Characters of a key that is kept for the next item; an RSA key of 8192 bits has 1500 as PEM."""
_MOST_KEPT: Final = 4096
_SPACE: Final = b" \t\r\n"

_DESCRIPTION: Final = """\
Reads an item a line from standard input and writes a verdict a line, in order.
An item is a JSON object with the arguments of the library's single call, such
as these of each kind:

  assertions (of keys, as `countermark sign` prints them)
    {"assertion": {...}, "challenge": "...", "public_key": "..."}
  registrations (of passkeys)
    {"response": {...}, "challenge": "...", "origin": "...", "rp_id": "..."}
  authentications (of passkeys)
    {"response": {...}, "challenge": "...", "origin": "...", "rp_id": "...", "public_key": "..."}
  audit (the answers of GET /auth/action/logs/{id})
    {"record": {...}, "public_key": "...", "challenge": "..."}

A public key is PEM text or an object (a JWK); for passkeys also a COSE key in
hex or base64url. An item may have an "id", text or a whole number of at most
20 digits, which comes back with its verdict. Lines of white space are no
items, but are counted.

A verdict is a JSON object: "line", "id" where the item has one, and "verdict",
which is "valid" or the code of the error, then with "message" and where it is.
Of an audit entry that is valid, "public_key_pinned" says whether the key was
given; otherwise the entry vouches for its own key, and proves only that it
agrees with itself."""
_EPILOG: Final = (
    "exit codes: 0 every item is valid, 1 one is not, 2 usage, 3 unreadable, 4 internal"
)


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds ``batch``."""
    parser = commands.add_parser(
        "batch",
        help="verify many, as JSON Lines",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("what", choices=tuple(_VERIFY), help="what the items are")
    parser.add_argument(
        "--common", metavar="FILE", help="a JSON object with the arguments that all items share"
    )
    parser.add_argument(
        "--results",
        action="store_true",
        help='say in "verified" what was verified of each valid item, as the commands for one do'
        " with --json",
    )
    parser.add_argument(
        "--trust",
        action="append",
        metavar="FILE",
        help="for registrations: a certificate they may lead to; may be given several times",
    )
    parser.add_argument(
        "--at", type=moment, metavar="TIME", help="the time at which trust is judged"
    )
    parser.add_argument(
        "--chunk",
        type=number_up_to(_LARGEST_CHUNK),
        default=1024,
        metavar="N",
        help="items in hand at once (default: 1024); verdicts come when so many are there",
    )
    parser.add_argument(
        "--threads",
        type=number_up_to(_MOST_THREADS),
        metavar="N",
        help="threads that work (default: one a processor)",
    )
    parser.set_defaults(run=_batch)


def _batch(options: argparse.Namespace) -> int:
    from countermark import batch

    read = _Reader(options.what)
    judge = partial(
        getattr(batch, _VERIFY[options.what]),
        threads=options.threads,
        # What an audit entry is worth is in its result alone.
        results=options.results or options.what == _AUDIT,
        **_common(options, read),
    )
    try:
        judge([])  # what is wrong with the call itself is told once, and without any item
    except UnsupportedAlgorithm as error:
        raise CommandError(error.code, error.message, ExitCode.USAGE) from error
    say = _Verdict(options.what, results=options.results)

    def verify(lines: list[tuple[int, bytes]]) -> list[dict[str, Any]]:
        items = [read.item(number, line) for number, line in lines]
        found = iter(judge([one.given for one in items if not isinstance(one.given, Error)]))
        return [
            {**one.place, **say(one.given if isinstance(one.given, Error) else next(found))}
            for one in items
        ]

    count = invalid = 0
    with progress(options.what, None) as shown:
        for verdict in chain.from_iterable(map(verify, _chunks(options.chunk))):
            count += 1
            invalid += verdict["verdict"] != "valid"
            write_bytes(as_json(verdict).encode("ascii") + b"\n")
            shown.advance(1)
    if not invalid:
        return ExitCode.VALID
    write_error(f"countermark: {invalid} of {count} are not valid\n")
    return ExitCode.INVALID


def _common(options: argparse.Namespace, read: _Reader) -> dict[str, Any]:
    """The arguments that all items share."""
    from countermark.cli.anchors import anchors_of

    common: dict[str, Any] = {}
    if options.common is not None:
        common = read.arguments(read_object(read_file(options.common), numbers=True))
    if options.trust or options.at is not None:
        if options.what != "registrations" or not options.trust or options.at is None:
            raise usage("--trust and --at go together, and are for registrations")
        common |= {"trust": anchors_of(options.trust), "at": options.at}
    if strange := sorted(common.keys() & _OF_THE_CALL):
        raise usage(f"no argument of this call is named {strange[0]}")
    return common


def _chunks(most: int) -> Iterator[list[tuple[int, bytes]]]:
    """Lines by so many, or by so many bytes: objects take many times what their JSON does."""
    held: list[tuple[int, bytes]] = []
    size = 0
    for number, line in _lines():
        held.append((number, line))
        size += len(line)
        if len(held) == most or size >= _CHUNK_BYTES:
            yield held
            held, size = [], 0
    if held:
        yield held


def _lines() -> Iterator[tuple[int, bytes]]:
    """The lines of standard input that are not blank, with their numbers from 1.

    None is held longer than it may be; one that is too long comes cut off.
    """
    if sys.stdin is None:
        raise unreadable("standard input is closed")
    source = sys.stdin.buffer
    number = 0
    try:
        while line := source.readline(LIMIT + 1):
            number += 1
            part = line
            while not part.endswith(b"\n") and len(part) > LIMIT:
                part = source.readline(LIMIT + 1)
            if len(line) > LIMIT or line.strip(_SPACE):
                yield number, line
    except OSError:
        raise unreadable("standard input cannot be read") from None


@dataclass(frozen=True, slots=True)
class _Item:
    """A line: what its verdict begins with, and the arguments in it, or why there are none."""

    place: dict[str, str | int]
    given: dict[str, Any] | Error


class _Reader:
    """Reads items, and every key of theirs once."""

    def __init__(self, what: str) -> None:
        self._passkeys = what in ("authentications", _AUDIT)
        self._known: dict[str, Any] = {}

    def item(self, number: int, line: bytes) -> _Item:
        """The item of a line."""
        place: dict[str, str | int] = {"line": number}
        try:
            if len(line) > LIMIT:
                raise LimitExceeded("the line is too long", code="limit.size")
            members: dict[str, Any] = read_object(line, numbers=True)
            if "id" in members:
                place["id"] = _id(members.pop("id"))
            return _Item(place, self.arguments(members))
        except Error as error:
            return _Item(place, error)

    def arguments(self, members: dict[str, Any]) -> dict[str, Any]:
        """The arguments in an object; a key becomes what the library takes."""
        if "public_key" in members:
            members["public_key"] = self._key(members["public_key"])
        return members

    def _key(self, value: Any) -> Any:
        text = _jwk_text(value) if isinstance(value, dict) else value
        if not isinstance(text, str):
            return value
        if text not in self._known:
            if len(text) > _LARGEST_KEPT:
                return self._read(text)
            if len(self._known) >= _MOST_KEPT:
                self._known.clear()
            self._known[text] = self._read(text)
        return self._known[text]

    def _read(self, text: str) -> Any:
        data = text.encode("utf-8", "surrogatepass")
        if self._passkeys and not text.startswith(("-", "{")):
            return decoded(data).data
        return parse_public(data)


def _id(value: Any) -> str | int:
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise ArgumentTypeError("the id is neither text nor a whole number", code="argument.type")
    return value


def _jwk_text(value: dict[str, Any]) -> str:
    try:
        return json.dumps(value)
    except RecursionError:
        raise LimitExceeded("the key is nested too deeply", code="limit.depth") from None


class _Verdict:
    """Says what became of an item."""

    def __init__(self, what: str, *, results: bool) -> None:
        self._pinned = what == _AUDIT
        self._view = _view_of(what) if results else None

    def __call__(self, found: Any) -> dict[str, Any]:
        """The verdict for an error, or for what the library gave for a valid item."""
        if isinstance(found, Error):
            told = details(found)
            return {"verdict": told.pop("code"), **told}
        said: dict[str, Any] = {"verdict": "valid"}
        if self._pinned:
            said["public_key_pinned"] = found.public_key_pinned
        if self._view is not None:
            said["verified"] = to_json(self._view(found))
        return said


def _view_of(what: str) -> Callable[[Any], Any]:
    if what == "assertions":
        return key_result_view
    # The modules behind it take time to load, which only this shall pay.
    from countermark.cli import result_view

    views: dict[str, Callable[[Any], Any]] = {
        "registrations": result_view.registration_view,
        "authentications": result_view.authentication_view,
        _AUDIT: result_view.audit_view,
    }
    return views[what]
