"""The vector files themselves: complete, unchanged, reproducible, every difference accounted."""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections import Counter
from types import ModuleType

import pytest

from countermark.errors import CODES
from tests.vectors.dfns_records import COUNTS, SDK, VECTORS, Case, differences, records

# What a step of the record tests can find the producer to have done, and ours without an error.
STEPS = {
    "sign": ({"signed", "refused"}, {"signed"}),
    "encode": ({"encoded"}, set[str]()),
    "decode": ({"decoded"}, set[str]()),
    "verify": ({"verified", "refused"}, {"verified"}),
    "raw": ({"verified", "refused"}, {"verified"}),
    "create": ({"created"}, set[str]()),
}


def generator(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, VECTORS / "generate" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_file_and_no_record_has_vanished_or_appeared() -> None:
    assert {path.name: len(records(path.name)) for path in SDK.iterdir()} == COUNTS
    assert (len(COUNTS), sum(COUNTS.values())) == (28, 534)


@pytest.mark.parametrize("file", COUNTS)
def test_a_file_holds_its_name_and_one_record_a_line(file: str) -> None:
    text = (SDK / file).read_text(encoding="ascii")
    whole = json.loads(text)
    assert (whole["format"], whole["file"]) == ("dfns-sdk-vectors/1", file)
    assert text.count("\n") >= len(whole["records"])


def test_the_sums_list_every_data_file_and_only_those() -> None:
    lines = (VECTORS / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    listed = {name: digest for digest, name in (line.split("  ") for line in lines)}
    assert len(listed) == len(lines) > 0
    apart = ("README.md", "SHA256SUMS")
    found = {
        path.relative_to(VECTORS).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VECTORS.rglob("*")
        if path.is_file() and path.name not in apart and path.suffix not in {".py", ".pyc"}
    }
    assert listed == found


def test_the_sums_are_what_their_generator_writes() -> None:
    written = (VECTORS / "SHA256SUMS").read_text(encoding="ascii")
    assert generator("sums").render() == written


def test_every_listed_difference_is_of_a_record_and_a_step_that_are_tested() -> None:
    assert differences()
    for (record, step), difference in differences().items():
        file, _, index = record.rpartition(":")
        assert int(index) < COUNTS[file], record
        if step == "members":
            assert Case(file, int(index)).record["output"]["assertion"], record
            continue
        theirs, ours = STEPS[step]
        assert difference.theirs in theirs, difference
        assert difference.ours in ours | set(CODES), difference


def test_every_listed_difference_differs_and_says_why() -> None:
    for difference in differences().values():
        assert difference.ours != difference.theirs
        assert difference.reason.endswith("."), difference


def test_the_number_of_deliberate_differences_is_known() -> None:
    # A new difference is a decision: it changes this line as well as the list.
    assert Counter(step for _, step in differences()) == {
        "sign": 82,
        "members": 47,
        "encode": 41,
        "decode": 28,
        "verify": 47,
        "raw": 1,
        "create": 4,
    }
