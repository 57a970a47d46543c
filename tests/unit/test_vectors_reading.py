"""Vector files are read strictly: what is malformed, unknown or there twice is named, never passed over."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from countermark.errors import ArgumentValueError, Error, LimitExceeded, MalformedInput
from countermark.vectors import json_files, readers, reading
from countermark.vectors.model import Answer, Question
from tests.unit.vector_files import file, record, write

SDK = Path(__file__).resolve().parents[2] / "vectors/dfns-sdk"


def error_of(path: Path) -> Error:
    with pytest.raises(Error) as caught:
        reading.read(path)
    assert len(caught.value.message) <= 200
    return caught.value


def test_what_stands_at_the_file_holds_for_records_that_say_nothing_else(tmp_path: Path) -> None:
    own = {
        "operation": "hex.decode",
        "section": "mine",
        "origin": "mine",
        "input": {"text": "aa", "b": None},
    }
    whole = file(
        [record("inherits", input=None), record("own", **own)], input={"text": "00ff", "b": 1}
    )
    found = reading.read(write(tmp_path / "hex.json", whole))
    first, second = found.records
    assert (found.subject, found.skips) == ("hex", ())
    assert first.question == Question("hex.decode", {"text": "00ff", "b": 1})
    assert (first.section, first.origin) == ("RFC 4648 section 8", "made for a test")
    assert second.question == Question("hex.decode", {"text": "aa"})
    assert (second.section, second.origin) == ("mine", "mine")
    assert second.expected == Answer("valid", {"bytes": "00ff"})


@pytest.mark.parametrize(
    ("whole", "says"),
    [
        (file([record("a"), record("b"), record("a")]), "the id a stands twice"),
        (file([record("a", id="-a")]), "record 0 has an id"),
        (file([record("a", id="a/b")]), "record 0 has an id"),
        (file([record("a", id=7)]), "record 0 has no text as id"),
        (file([record("a"), record("b", shows=None)]), "record 1 (b) has no text as shows"),
        (file([record("a")], section=None), "record 0 (a) has no text as section"),
        (file([record("a")], origin=None), "record 0 (a) has no text as origin"),
        (file([record("a")], note=None), "no text as note"),
        (file([record("a")], subject="Hex"), "subject is no path"),
        (file([record("a")], subject="../hex"), "subject is no path"),
        (file([record("a", operation="hex.guess")]), "an operation that is not known: hex.guess"),
        (file([record("a", input="00")]), "an input that is no object"),
        (file([record("a", expected=None)]), "record 0 (a) expects nothing"),
        (file([record("a", expected={"result": "hex.wrong"})]), "neither valid nor a code"),
        (file([record("a", expected={"result": "valid"})]), "valid and has no output"),
        (
            file([record("a", expected={"result": "hex.length", "output": {}})]),
            "expects an error and an output",
        ),
        (file([record("a", expects={})]), "does not have: expects"),
        ({**file([]), "records": {}}, "records is no array"),
        (file([record("a")], tests=[]), "does not have: tests"),
        (file(["a"]), "record 0 is no object"),
        (file([record("a")], format="countermark-vectors/2"), "not of a known format"),
        (file([record("a")], format=["countermark-vectors/1"]), "not of a known format"),
        ({}, "not of a known format"),
        ([], "not of a known format"),
        ("null", "not of a known format"),
    ],
)
def test_a_malformed_file_is_named_with_its_record(tmp_path: Path, whole: Any, says: str) -> None:
    path = write(tmp_path / "odd.json", whole)
    error = error_of(path)
    assert isinstance(error, MalformedInput)
    assert error.code == "json.shape"
    assert "odd.json: " in error.message
    assert says in error.message


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "json.syntax"),
        (b"{", "json.syntax"),
        (b'{"a": NaN}', "json.syntax"),
        (b'{"a": 1} {"a": 1}', "json.syntax"),
        (b'{"a": 1, "a": 1}', "json.duplicate"),
        (b'{"a": "\xff"}', "json.utf8"),
        (b"\xef\xbb\xbf{}", "json.syntax"),
        (b"[" * 100_000, "limit.depth"),
        (b"[" + b"9" * 5000 + b"]", "limit.size"),
    ],
)
def test_what_is_no_strict_json_is_named(tmp_path: Path, data: bytes, code: str) -> None:
    path = tmp_path / "odd.json"
    path.write_bytes(data)
    error = error_of(path)
    assert error.code == code
    assert "odd.json: " in error.message


@pytest.mark.parametrize(
    ("whole", "format"),
    [
        ({"algorithm": "ECDSA", "testGroups": []}, "wycheproof"),
        ({"testGroups": {}}, None),
        ([{"number": 0, "key": "", "sig": "", "msg": "", "flags": None}], "cctv-ed25519"),
        ([{"A": "", "R": "", "S": "", "M": "", "Flags": None}], "cctv-ed25519"),
        ([{"key": ""}], None),
    ],
)
def test_files_of_others_are_known_by_their_members(whole: Any, format: str | None) -> None:
    assert readers.format_of(whole) == format


def test_a_file_of_a_long_name_is_named_by_its_end(tmp_path: Path) -> None:
    folder = tmp_path / ("long" * 50)
    assert "odd.json: not of a known format" in error_of(write(folder / "odd.json", {})).message


def test_a_file_over_the_bound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "large.json"
    with path.open("wb") as sparse:
        sparse.truncate(json_files.MAX_FILE + 1)
    assert isinstance(error_of(path), LimitExceeded)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "pipe.json"
    os.mkfifo(path)
    assert error_of(path).code == "json.shape"


def test_a_pipe_that_takes_the_place_of_a_file_is_not_waited_for(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", file([record("a")]))
    program = (
        "import os, pathlib, sys\n"
        "from countermark.errors import MalformedInput\n"
        "from countermark.vectors import reading\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "def swap(event, arguments):\n"
        "    if event == 'open' and arguments[0] in (path, str(path)):\n"
        "        path.unlink()\n"
        "        os.mkfifo(path)\n"
        "sys.addaudithook(swap)\n"
        "try: reading.read(path)\n"
        "except MalformedInput as error: print(error.code)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path)], capture_output=True, check=True, timeout=60
    )
    assert done.stdout == b"json.shape\n"


def test_what_opens_and_cannot_be_read_is_named() -> None:
    with pytest.raises(OSError, match="'/proc/self/mem'"):
        reading.read(Path("/proc/self/mem"))  # address 0 is never mapped


def test_a_folder_may_hold_what_is_no_data_and_nothing_else(tmp_path: Path) -> None:
    data = [
        write(tmp_path / name, file([record("a")])) for name in ("b.json", "c/a.json", "d.json")
    ]
    for name in ("README.md", "VERSION", "SHA256SUMS", "schema.json", "generate/all.py", ".hidden"):
        write(tmp_path / name, "no data")
    assert reading.find([tmp_path]) == data
    assert reading.find([data[0], tmp_path, data[0]]) == data
    stray = write(tmp_path / "c/notes.txt", "no data")
    assert stray in reading.find([tmp_path])


def test_a_link_to_a_folder_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(MalformedInput, match="loop: a link to a folder"):
        reading.find([tmp_path])


def test_folders_in_each_other_are_bounded(tmp_path: Path) -> None:
    write(tmp_path.joinpath(*["d"] * 63) / "a.json", file([record("a")]))
    assert len(reading.find([tmp_path])) == 1
    tmp_path.joinpath(*["d"] * 64).mkdir()
    with pytest.raises(LimitExceeded, match="more than 64 folders"):
        reading.find([tmp_path])


def test_ids_that_differ_in_case_alone_stand_twice(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", file([record("a"), record("A")]))
    with pytest.raises(MalformedInput, match="the id A stands twice"):
        reading.read(path)


def test_what_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        reading.find([tmp_path / "missing"])


def test_a_choice_is_by_subject_id_and_shard(tmp_path: Path) -> None:
    names = [f"r{number}" for number in range(200)]
    sets = [
        reading.read(
            write(tmp_path / f"{name}.json", file([record(n) for n in names], f"hex/{name}"))
        )
        for name in ("a", "b")
    ]

    def taken(**choice: Any) -> list[tuple[str, str]]:
        found = reading.cases(sets, reading.Choice(**choice))
        return [(case.subject, case.record.id) for case in found]

    whole = taken()
    assert len(whole) == 400
    assert taken(subjects=["*/b"]) == whole[200:]
    assert taken(subjects=["hex/a"], ids=["r7", "r9"]) == [("hex/a", "r7"), ("hex/a", "r9")]
    parts = [taken(shard=(part, 3)) for part in (1, 2, 3)]
    assert sorted(one for part in parts for one in part) == sorted(whole)
    assert all(90 < len(part) < 180 for part in parts)
    # A record stays in its shard, whatever it is among.
    assert taken(subjects=["hex/a"], shard=(2, 3)) == [one for one in parts[1] if one[0] == "hex/a"]


@pytest.mark.parametrize("shard", [(0, 2), (3, 2), (1, 0)])
def test_a_shard_that_is_none_is_refused(shard: tuple[int, int]) -> None:
    with pytest.raises(ArgumentValueError):
        reading.Choice(shard=shard)


# --- The SDKs' records. ---


@pytest.fixture
def sdk(tmp_path: Path) -> Path:
    """A copy of some of the SDKs' records, to change."""
    folder = tmp_path / "dfns-sdk"
    folder.mkdir()
    for name in ("keys.json", "ts-keysigner-0.8.3-refusals.json"):
        shutil.copy(SDK / name, folder / name)
    shutil.copy(SDK.parent / "deliberate-differences.json", tmp_path)
    return folder / "ts-keysigner-0.8.3-refusals.json"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text("ascii")
    assert old in text
    path.write_text(text.replace(old, new), "ascii")


def test_every_sdk_record_is_asked_about() -> None:
    sets = [reading.read(path) for path in reading.find([SDK])]
    asked = [name for one in sets for name in (*one.records, *one.skips)]
    assert (len(sets), sum(len(one.records) for one in sets), len(asked)) == (28, 2278, 2469)
    steps = {record.id.partition(" ")[2] for one in sets for record in one.records}
    assert {"sign", "encode", "decode", "verify", "raw", "create", "fingerprint"} <= steps


def test_a_difference_that_is_not_listed_fails(sdk: Path) -> None:
    def due() -> str:
        return next(one.expected.result for one in reading.read(sdk).records if one.id == "12 sign")

    assert due() == "algorithm.unknown"
    change(
        sdk.parents[1] / "deliberate-differences.json", "ts-keysigner-0.8.3-refusals.json:12", "x:1"
    )
    # The SDK signed it, so that it is due that we do.
    assert due() == "valid"


def test_a_listed_difference_that_is_none_is_refused(sdk: Path) -> None:
    path = sdk.parents[1] / "deliberate-differences.json"
    whole = json.loads(path.read_text("ascii"))
    entry = {"step": "decode", "theirs": "decoded", "ours": "decoded", "reason": "none"}
    whole["differences"].append({**entry, "records": [f"{sdk.name}:11"]})
    path.write_text(json.dumps(whole), "ascii")
    assert "record 11: the difference at decode is none" in error_of(sdk).message


def test_a_refusal_without_a_known_code_is_refused(sdk: Path) -> None:
    change(sdk, "empty-allow-list", "unheard-of")
    assert "refused is no code" in error_of(sdk).message


def test_a_record_without_its_members_is_refused(sdk: Path) -> None:
    change(sdk, '"signatureVerifies"', '"verifies"')
    assert "is not as the SDKs' are: KeyError" in error_of(sdk).message


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "json.syntax"),
        ("{}", "json.shape"),
        ("[]", "json.shape"),
        ('{"records": [1], "differences": [1]}', "json.shape"),
        ("[" * 100_000, "limit.depth"),
        ('{"records": [], "records": []}', "json.duplicate"),
    ],
)
@pytest.mark.parametrize("name", ["dfns-sdk/keys.json", "deliberate-differences.json"])
def test_a_malformed_file_beside_the_records_is_named(
    sdk: Path, name: str, text: str, code: str
) -> None:
    path = sdk.parents[1] / name
    path.write_text(text)
    error = error_of(sdk)
    assert (error.code, f"{path.name} beside it: " in error.message) == (code, True)


def test_a_pipe_beside_the_records_is_not_waited_for(sdk: Path) -> None:
    path = sdk.parent / "keys.json"
    path.unlink()
    os.mkfifo(path)
    assert error_of(sdk).message.endswith("keys.json beside it: not a regular file")
