"""``countermark batch``: verify many, as JSON Lines."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final, NoReturn

from countermark.cli.ceremony import moment
from countermark.cli.given import decoded
from countermark.cli.keyfile import parse_public
from countermark.cli.options import Commands
from countermark.cli.outcome import ExitCode, unreadable, usage
from countermark.cli.progress import progress
from countermark.cli.terminal import LIMIT, as_json, read_file, write_bytes, write_error
from countermark.errors import Error, LimitExceeded, MalformedInput

_VERIFY: Final = {
    "assertions": "verify_assertions",
    "registrations": "verify_registrations",
    "authentications": "verify_authentications",
    "audit": "verify_audit_records",
}
"""Functions of `countermark.batch`, which is imported when the command runs: others start without it."""
_OF_THE_CALL: Final = {"items", "results", "threads"}
"""Arguments of the functions that no item has."""
_LONGEST_NUMBER: Final = 20


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds ``batch``."""
    parser = commands.add_parser(
        "batch",
        help="verify many, as JSON Lines",
        description="Reads an item a line from standard input and writes a verdict a line. An item is an"
        " object with the arguments of the library's function of the single call: assertion, challenge,"
        " public_key …; response, challenge, origin, rp_id …; or record. A public key is PEM text, an"
        " object (JWK), or for passkeys also a COSE key in hex or base64url.",
        allow_abbrev=False,
    )
    parser.add_argument("what", choices=tuple(_VERIFY), help="what the items are")
    parser.add_argument(
        "--common", metavar="FILE", help="a JSON object with the arguments that all items share"
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
        "--chunk", type=int, default=1024, metavar="N", help="items in hand at once (default: 1024)"
    )
    parser.add_argument(
        "--threads", type=int, metavar="N", help="threads that work (default: one a processor)"
    )
    parser.set_defaults(run=_batch)


def _batch(options: argparse.Namespace) -> int:
    from countermark import batch
    from countermark.cli.anchors import anchors_of

    if options.chunk < 1:
        raise usage("--chunk is at least 1")
    read = _Reader(options.what)
    common = {} if options.common is None else read.arguments(read_file(options.common))
    if options.trust or options.at is not None:
        if options.what != "registrations" or not options.trust or options.at is None:
            raise usage("--trust and --at go together, and are for registrations")
        common |= {"trust": anchors_of(options.trust), "at": options.at}
    if strange := sorted(common.keys() & _OF_THE_CALL):
        raise usage(f"no argument of this call is named {strange[0]}")
    judge: Callable[..., list[Any]] = getattr(batch, _VERIFY[options.what])

    def verify(lines: list[bytes]) -> list[dict[str, Any]]:
        return _verdicts(lines, read, judge, common, options.threads)

    number = invalid = 0
    with progress(options.what, None) as shown:
        for verdict in batch.verify_stream(_lines(), verify, chunk=options.chunk):
            number += 1
            invalid += verdict["verdict"] != "valid"
            write_bytes(as_json({"line": number, **verdict}).encode("ascii") + b"\n")
            shown.advance(1)
    if not invalid:
        return ExitCode.VALID
    write_error(f"countermark: {invalid} of {number} are not valid\n")
    return ExitCode.INVALID


def _verdicts(
    lines: list[bytes],
    read: _Reader,
    verify: Callable[..., list[Any]],
    common: dict[str, Any],
    threads: int | None,
) -> list[dict[str, Any]]:
    """A verdict a line; a line that is no item of its own has that for one."""
    items: list[dict[str, Any]] = []
    refused: dict[int, Error] = {}
    for place, line in enumerate(lines):
        try:
            items.append(read.arguments(line))
        except Error as error:
            refused[place] = error
    found = iter(verify(items, threads=threads, **common))
    return [
        _said(refused[place] if place in refused else next(found)) for place in range(len(lines))
    ]


def _said(verdict: Error | None) -> dict[str, Any]:
    if verdict is None:
        return {"verdict": "valid"}
    return {"verdict": verdict.code, "message": verdict.message}


def _lines() -> Iterator[bytes]:
    """The lines of standard input, none held longer than it may be; one that is too long comes cut off."""
    if sys.stdin is None:
        raise unreadable("standard input is closed")
    source = sys.stdin.buffer
    try:
        while line := source.readline(LIMIT + 1):
            part = line
            while not part.endswith(b"\n") and len(part) > LIMIT:
                part = source.readline(LIMIT + 1)
            yield line
    except OSError:
        raise unreadable("standard input cannot be read") from None


class _Reader:
    """Reads items, and every key of theirs once."""

    def __init__(self, what: str) -> None:
        self._passkeys = what == "authentications"
        self._known: dict[str, Any] = {}

    def arguments(self, line: bytes) -> dict[str, Any]:
        """The arguments in one JSON object."""
        if len(line) > LIMIT:
            raise LimitExceeded("the line is too long", code="limit.size")
        members = _members_of(line)
        if "public_key" in members:
            members["public_key"] = self._key(members["public_key"])
        return members

    def _key(self, value: Any) -> Any:
        text = json.dumps(value) if isinstance(value, dict) else value
        if not isinstance(text, str):
            return value
        if text not in self._known:
            if len(self._known) > LIMIT // 64:
                self._known.clear()
            self._known[text] = self._read(text)
        return self._known[text]

    def _read(self, text: str) -> Any:
        data = text.encode("utf-8", "surrogatepass")
        if self._passkeys and not text.startswith(("-", "{")):
            return decoded(data).data
        return parse_public(data)


def _members_of(line: bytes) -> dict[str, Any]:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedInput(
            "the line is not UTF-8", code="json.utf8", offset=error.start
        ) from None
    try:
        value = json.loads(
            text,
            object_pairs_hook=_without_twins,
            parse_constant=_refuse,
            parse_float=_refuse,
            parse_int=_number,
        )
    except json.JSONDecodeError as error:
        raise MalformedInput("the line is not JSON", code="json.syntax", offset=error.pos) from None
    except RecursionError:
        raise LimitExceeded("the JSON is nested too deeply", code="limit.depth") from None
    if not isinstance(value, dict):
        raise MalformedInput("the line is not a JSON object", code="json.shape", offset=0)
    return value


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise MalformedInput("a member of the JSON is there twice", code="json.duplicate")
    return members


def _number(digits: str) -> int:
    return int(digits) if len(digits) <= _LONGEST_NUMBER else _refuse(digits)


def _refuse(_: str) -> NoReturn:
    raise MalformedInput("a number that no argument takes", code="json.syntax")
