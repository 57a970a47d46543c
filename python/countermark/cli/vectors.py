"""``countermark vectors``: check an implementation against vectors, make vectors, answer questions.

What does the work is imported when it is wanted, so that every other command starts without it.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from countermark.cli.options import Commands, number_up_to
from countermark.cli.outcome import CommandError, ExitCode, unreadable, usage
from countermark.cli.progress import progress
from countermark.cli.terminal import (
    PUBLIC,
    as_json,
    new_folder,
    refuse_existing,
    write_bytes,
    write_lines,
    write_new_file,
)

if TYPE_CHECKING:
    from countermark.vectors.reading import Case
    from countermark.vectors.report import Report
    from countermark.vectors.running import Outcome

ENGINES: Final = ("native", "reference")
_SHARD: Final = re.compile(r"([1-9][0-9]{0,5})/([1-9][0-9]{0,5})", re.ASCII)
_MOST_JOBS: Final = 256


def add_commands(commands: Commands[argparse.ArgumentParser]) -> None:
    """Adds ``vectors verify``, ``vectors generate`` and ``vectors answer``."""
    group = commands.add_parser(
        "vectors",
        help="check against test vectors, make some, answer questions",
        allow_abbrev=False,
    ).add_subparsers(metavar="COMMAND", required=True)
    _add_verify(group)
    _add_generate(group)
    _add_answer(group)


def _add_verify(group: Commands[argparse.ArgumentParser]) -> None:
    parser = group.add_parser(
        "verify",
        help="ask the questions of vector files, and compare",
        epilog="exit codes: 0 every answer is the one that is due, 1 one is not, 2 usage,"
        " 3 a file is malformed or of no known format, or nothing was asked",
        allow_abbrev=False,
    )
    parser.add_argument("paths", nargs="+", metavar="DIR", help="folders or files with vectors")
    parser.add_argument(
        "--engine",
        choices=(*ENGINES, "both"),
        default="native",
        help="who is asked (default native)",
    )
    parser.add_argument(
        "--jobs",
        type=number_up_to(_MOST_JOBS),
        default=1,
        metavar="N",
        help="processes (default 1)",
    )
    parser.add_argument(
        "--shard", type=_shard, default=(1, 1), metavar="I/N", help="only the I-th of N parts"
    )
    parser.add_argument("--fail-fast", action="store_true", help="end after the first failure")
    parser.add_argument(
        "--subject", action="append", default=[], metavar="GLOB", help="only subjects like this"
    )
    parser.add_argument(
        "--only", action="append", default=[], metavar="ID", help="only this record"
    )
    parser.add_argument(
        "--json", metavar="PATH", help="write JSON Lines there; errors are told as JSON, too"
    )
    parser.add_argument("--junit", metavar="PATH", help="write JUnit XML there")
    parser.add_argument("--html", metavar="PATH", help="write a page to look at there")
    parser.set_defaults(run=_verify)


def _add_generate(group: Commands[argparse.ArgumentParser]) -> None:
    parser = group.add_parser(
        "generate",
        help="make vector files from a seed (needs the extras reference and testing)",
        allow_abbrev=False,
    )
    parser.add_argument("--seed", required=True, metavar="TEXT", help="what all else follows from")
    parser.add_argument(
        "--subject", action="append", default=[], metavar="GLOB", help="only subjects like this"
    )
    parser.add_argument("--out", required=True, metavar="DIR", help="the new folder to write into")
    parser.set_defaults(run=_generate)


def _add_answer(group: Commands[argparse.ArgumentParser]) -> None:
    parser = group.add_parser(
        "answer",
        help="read questions as JSON Lines from standard input, and answer each on a line",
        allow_abbrev=False,
    )
    parser.add_argument(
        "--engine", choices=ENGINES, default="native", help="who answers (default native)"
    )
    parser.set_defaults(run=_answer)


def _shard(text: str) -> tuple[int, int]:
    found = _SHARD.fullmatch(text)
    if found is None or int(found[1]) > int(found[2]):
        raise argparse.ArgumentTypeError("I/N, with I from 1 to N")
    return int(found[1]), int(found[2])


# --- vectors verify ---


def _verify(options: argparse.Namespace) -> int:
    from countermark.vectors import reading, running
    from countermark.vectors.report import Report

    written = _reports(options)
    for path in written:
        refuse_existing(path)
    with _as_input():
        sets = [reading.read(path) for path in reading.find(map(Path, options.paths))]
    choice = reading.Choice(options.subject, options.only, options.shard)
    cases, skips = reading.cases(sets, choice), reading.skips(sets, choice)
    if not cases:
        raise unreadable(_nothing(len(sets), len(skips)))
    engines = ENGINES if options.engine == "both" else (options.engine,)
    outcomes = _asked(
        cases,
        running.run(cases, engines, jobs=options.jobs, fail_fast=options.fail_fast),
        len(engines),
    )
    cut = len(outcomes) < len(cases) * len(engines)
    report = Report(engines, outcomes, skips, cut)
    for path, render in written.items():
        write_new_file(path, render(report).encode("utf-8"), mode=PUBLIC)
    _tell(report)
    return ExitCode.INVALID if report.failures else ExitCode.VALID


def _nothing(files: int, skipped: int) -> str:
    from countermark.vectors.report import counted

    if skipped:
        return f"nothing was asked: {counted(skipped, 'wanted record')}, and every one is skipped"
    return f"nothing was asked: no record of {counted(files, 'file')} is wanted"


def _asked(cases: list[Case], running: Iterator[Outcome], engines: int) -> list[Outcome]:
    outcomes = []
    with progress("vectors", len(cases) * engines) as bar:
        for outcome in running:
            outcomes.append(outcome)
            bar.advance()
    return outcomes


def _reports(options: argparse.Namespace) -> dict[str, Callable[[Report], str]]:
    """The files to write and what is written into each."""
    from countermark.vectors.report import jsonl, junit, page

    found: dict[str, Callable[[Report], str]] = {}
    for path, render in (
        (options.json, lambda report: "".join(f"{line}\n" for line in jsonl.lines(report))),
        (options.junit, junit.document),
        (options.html, page.document),
    ):
        if path is None:
            continue
        if path in found:
            raise usage("two reports cannot be the same file")
        found[path] = render
    return found


def _tell(report: Report) -> None:
    from countermark.vectors.report import text

    write_lines(*text.lines(report))


@contextmanager
def _as_input() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or "not readable"
        raise unreadable(f"{error.filename or 'a file'}: {reason}") from None
    except ValueError as error:
        if type(error) is not ValueError:
            raise
        raise unreadable("a path is not a usable name") from None


# --- vectors generate ---


def _generate(options: argparse.Namespace) -> int:
    try:
        from countermark.vectors import generation
    except ModuleNotFoundError as missing:
        raise _extras(missing) from None

    count = 0
    try:
        files = generation.files(options.seed, options.subject or ("*",))
        first = next(files, None)
        if first is None:
            raise usage("no subject is like that")
        with new_folder(options.out) as folder, progress("files", None) as bar:
            for file in chain([first], files):
                path = folder / file.path
                path.parent.mkdir(parents=True, exist_ok=True)
                write_new_file(str(path), generation.render(file), mode=PUBLIC)
                count += 1
                bar.advance()
    except ModuleNotFoundError as missing:
        raise _extras(missing) from None
    write_lines(f"{count} {'file' if count == 1 else 'files'} in {options.out}")
    return ExitCode.VALID


def _extras(missing: ModuleNotFoundError) -> CommandError:
    return usage(
        f"making vectors needs {missing.name}: pip install 'countermark[reference,testing]'"
    )


# --- vectors answer ---


def _answer(options: argparse.Namespace) -> int:
    from countermark.vectors.answering import answers
    from countermark.vectors.engines import Engine

    engine = Engine(options.engine)
    if sys.stdin is None:
        raise unreadable("standard input is closed")
    stream = answers(sys.stdin.buffer, engine)
    while True:
        with _as_input():
            answer = next(stream, None)
        if answer is None:
            return ExitCode.VALID
        # Each at once: the other side may wait for it before it asks again.
        write_bytes(f"{as_json(answer)}\n".encode("ascii"))


__all__ = ["add_commands"]
