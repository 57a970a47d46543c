"""``countermark vectors``: what it asks, how it ends, what it writes."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from tests.unit.command import COMMAND, fails, run
from tests.unit.vector_files import file, record, write, wrong

SDK = Path(__file__).resolve().parents[2] / "vectors/dfns-sdk"


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """A folder with 80 right records and two wrong ones, of three subjects."""
    folder = tmp_path / "data"
    write(folder / "a.json", file([record(f"r{at}") for at in range(40)], "area/a"))
    write(folder / "b.json", file([record("first"), wrong("bad one"), record("last")], "area/b"))
    rest = [record(f"r{at}") for at in range(38)]
    write(folder / "c.json", file([*rest[:20], wrong("bad"), *rest[20:]], "c"))
    return folder


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("ascii").splitlines()]


def test_right_answers_are_counted_by_subject(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", file([record("a"), record("b")]))
    ran = run("vectors", "verify", path, "--engine", "both")
    assert "hex            2      0        0\n" in ran.text
    assert ran.text.splitlines()[-1] == (
        "2 records, 4 answers of native and reference, 4 as due, 0 wrong, 0 faults, 0 skipped"
    )


def test_a_wrong_answer_ends_in_1_with_the_command_that_asks_again(mixed: Path) -> None:
    ran = run("vectors", "verify", mixed, status=1)
    assert "82 records, 82 answers of native, 80 as due, 2 wrong, 0 faults" in ran.text
    again = [
        line.partition("again:")[2].strip() for line in ran.text.splitlines() if "again:" in line
    ]
    assert again[0] == f"countermark vectors verify {mixed}/b.json --only 'bad one' --engine native"
    words = shlex.split(again[0])[1:]
    assert "1 records, 1 answers of native, 0 as due, 1 wrong" in run(*words, status=1).text


def test_a_run_that_asked_nothing_fails(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", file([record("a")]))
    (tmp_path / "empty").mkdir()
    write(tmp_path / "none/b.json", file([]))
    fails("json.shape", "vectors", "verify", tmp_path / "none", status=3)
    for arguments in (
        (path, "--only", "b"),
        (path, "--subject", "cbor/*"),
        (tmp_path / "empty",),
        (SDK / "python-keysigner-p256.json", "--only", "0 sign"),
    ):
        said = fails("cli.unreadable", "vectors", "verify", *arguments, status=3).err
        assert "nothing was asked" in said


def test_a_file_that_nobody_reads_fails_even_beside_good_ones(tmp_path: Path) -> None:
    write(tmp_path / "a.json", file([record("a")]))
    write(tmp_path / "b.json", {"format": "unheard-of"})
    said = fails("json.shape", "vectors", "verify", tmp_path, status=3).err
    assert "b.json: not of a known format" in said
    fails("cli.unreadable", "vectors", "verify", tmp_path / "missing", status=3)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--jobs", "0"),
        ("--jobs", "257"),
        ("--jobs", "many"),
        ("--shard", "0/2"),
        ("--shard", "3/2"),
        ("--shard", "1"),
        ("--engine", "third"),
        ("--json", "x", "--junit", "x"),
    ],
    ids=" ".join,
)
def test_wrong_usage(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    path = write(tmp_path / "a.json", file([record("a")]))
    ran = run("vectors", "verify", path, *arguments, status=2)
    assert "cli.usage" in ran.err


def test_several_processes_say_the_same_as_one(mixed: Path, tmp_path: Path) -> None:
    out = [tmp_path / f"{jobs}.jsonl" for jobs in (1, 3)]
    told = [
        run(
            "vectors", "verify", mixed, "--jobs", jobs, "--json", path, "--engine", "both", status=1
        )
        for jobs, path in zip(("1", "3"), out, strict=True)
    ]
    assert told[0].out == told[1].out
    assert out[0].read_bytes() == out[1].read_bytes()
    assert lines(out[0])[-1]["summary"]["answers"] == 164


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_fail_fast_ends_after_the_first_failure(mixed: Path, tmp_path: Path, jobs: str) -> None:
    out = tmp_path / "out.jsonl"
    ran = run("vectors", "verify", mixed, "--jobs", jobs, "--fail-fast", "--json", out, status=1)
    assert "42 records" in ran.text
    assert "ended at the first failure" in ran.text
    found = lines(out)
    assert [one["id"] for one in found if one.get("status") == "failed"] == ["bad one"]
    assert found[-1]["summary"]["cut"] is True


def test_shards_are_the_whole_and_nothing_twice(mixed: Path, tmp_path: Path) -> None:
    found = []
    for part in ("1/2", "2/2"):
        out = tmp_path / f"{part[0]}.jsonl"
        run("vectors", "verify", mixed, "--shard", part, "--json", out, status=None)
        found += [(one["subject"], one["id"]) for one in lines(out)[:-1]]
    assert len(found) == len(set(found)) == 82


def test_json_lines_say_what_was_due_and_what_came(mixed: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    run("vectors", "verify", mixed, "--subject", "area/b", "--json", out, status=1)
    first, bad, last, summary = lines(out)
    assert (first["status"], first["result"], last["status"]) == ("passed", "valid", "passed")
    assert bad["expected"] == {"result": "valid", "output": {"bytes": "00fe"}}
    assert bad["got"] == {"result": "valid", "output": {"bytes": "00ff"}}
    assert summary["summary"] == {
        "engines": ["native"],
        "records": 3,
        "answers": 3,
        "passed": 2,
        "failed": 1,
        "fault": 0,
        "skipped": 0,
        "cut": False,
    }


def test_a_malformed_question_is_a_fault_and_no_answer(tmp_path: Path) -> None:
    path = write(tmp_path / "a.json", file([record("a", input={"text": 7}), record("b")]))
    ran = run("vectors", "verify", path, status=1)
    assert "1 as due, 0 wrong, 1 fault," in ran.text
    assert "fault:    QuestionError: " in ran.text


def test_reports_are_written_and_never_over_a_file(mixed: Path, tmp_path: Path) -> None:
    junit, page = tmp_path / "out.xml", tmp_path / "out.html"
    run("vectors", "verify", mixed, "--junit", junit, "--html", page, status=1)
    suites = ET.fromstring(junit.read_bytes())
    assert suites.attrib["tests"] == "82"
    assert len(suites.findall(".//failure")) == 2
    assert "<title>Vectors: 2 not as due</title>" in page.read_text("utf-8")
    for option, path in (("--junit", junit), ("--html", page)):
        fails("cli.unwritable", "vectors", "verify", mixed, option, path, status=3)


def test_skipped_records_are_counted_by_reason() -> None:
    ran = run("vectors", "verify", SDK / "browser-sign.json", "--subject", "dfns-sdk/*")
    assert "skipped 7: an ECDSA signature is never made twice" in ran.text
    assert ran.text.splitlines()[-1].endswith("9 skipped")


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_ctrl_c_ends_in_130_and_leaves_no_process(jobs: str) -> None:
    running = subprocess.Popen(
        [*COMMAND, "vectors", "verify", str(SDK), "--engine", "reference", "--jobs", jobs],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    time.sleep(4)
    assert running.poll() is None, "it was done before it could be stopped"
    deaf = [blocks_ctrl_c(pid) for pid in workers_of(running.pid)]
    assert deaf == [True] * (int(jobs) if int(jobs) > 1 else 0)
    os.killpg(running.pid, signal.SIGINT)
    # This waits for whoever holds the pipes, so that none of its processes is left.
    _, err = running.communicate(timeout=100)
    assert (running.returncode, err) == (130, b"countermark: cli.interrupted: stopped\n")


def workers_of(pid: int) -> list[int]:
    """The processes that were spawned to work for this one, without the one that minds its resources."""
    children = Path(f"/proc/{pid}/task").glob("*/children")
    found = [int(child) for listed in children for child in listed.read_text().split()]
    return [
        child for child in found if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


def blocks_ctrl_c(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    blocked = next(line for line in status.splitlines() if line.startswith("SigBlk:"))
    return bool(int(blocked.split()[1], 16) >> (signal.SIGINT - 1) & 1)


def test_other_commands_start_without_it() -> None:
    program = (
        "import sys, countermark.cli; "
        "print(sorted(n for n in sys.modules if n.startswith(('countermark.vectors', 'rich', 'multiprocessing'))))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.decode().strip() == "[]"


# --- generate ---


def test_a_seed_makes_files_that_are_right_and_another_makes_others(tmp_path: Path) -> None:
    made = []
    for name, seed in (("a", "one"), ("b", "one"), ("c", "-two")):
        run(
            "vectors",
            "generate",
            "--seed",
            seed,
            "--subject",
            "base64url",
            "--out",
            tmp_path / name,
        )
        made.append((tmp_path / name / "base64url.json").read_bytes())
        run("vectors", "verify", tmp_path / name, "--engine", "both")
    assert made[0] == made[1]
    assert made[0] != made[2]


def test_generating_overwrites_nothing_and_needs_a_subject(tmp_path: Path) -> None:
    arguments = ("vectors", "generate", "--seed", "one", "--out", tmp_path, "--subject")
    run(*arguments, "hex")
    fails("cli.unwritable", *arguments, "hex", status=3)
    fails("cli.usage", *arguments, "no/such", status=2)
    fails("argument.value", "vectors", "generate", "--seed", "", "--out", tmp_path, status=2)


# --- answer ---


def ask(*questions: Any) -> list[Any]:
    text = "".join(f"{one if isinstance(one, str) else json.dumps(one)}\n" for one in questions)
    ran = run("vectors", "answer", stdin=text)
    return [json.loads(line) for line in ran.text.splitlines()]


def question(name: Any, text: Any = "00ff", operation: Any = "hex.decode") -> dict[str, Any]:
    return {"id": name, "operation": operation, "input": {"text": text}}


def test_every_question_is_answered_in_order() -> None:
    assert ask(question("a"), question(2, "0"), question("c", "zz")) == [
        {"id": "a", "result": "valid", "output": {"bytes": "00ff"}},
        {"id": 2, "result": "hex.length"},
        {"id": "c", "result": "hex.alphabet"},
    ]


def test_what_is_no_question_gets_an_error_and_stops_nothing() -> None:
    answers = ask(
        "",
        "{",
        "[" * 10_000,
        "7",
        {"operation": "hex.decode", "input": {}},
        question(True),
        question(None),
        question("odd", operation="hex.guess"),
        question("list", operation=["hex.decode"]),
        {"id": "more", "operation": "hex.decode", "input": {}, "why": ""},
        {"id": "input", "operation": "hex.decode", "input": []},
        question("type", 7),
        {"id": "x" * (4 * 1024 * 1024)},
        '{"id": "twice", "id": "twice"}',
        question("good"),
    )
    assert answers.pop() == {"id": "good", "result": "valid", "output": {"bytes": "00ff"}}
    assert all("error" in one and "result" not in one for one in answers)
    named = [one["id"] for one in answers if "id" in one]
    assert named == ["odd", "list", "more", "input", "type"]


def test_an_answer_is_there_before_the_next_question() -> None:
    with subprocess.Popen(
        [*COMMAND, "vectors", "answer"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for name in ("a", "b"):
            running.stdin.write(json.dumps(question(name)).encode() + b"\n")
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["id"] == name
        running.stdin.close()
        assert running.wait(60) == 0
