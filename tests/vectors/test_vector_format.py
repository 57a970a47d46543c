"""Every file of the vector format: its shape, its facts, who answers them, and that it can be made again."""

from __future__ import annotations

import importlib
import importlib.util
import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, Final

import jsonschema
import pytest

from countermark.errors import CODES
from countermark.vectors.engines import MODULES, Engine
from countermark.vectors.generation import AREAS, Seed, render
from countermark.vectors.model import FORMAT, VALID, Answer, Question
from countermark.vectors.operations import OPERATIONS
from countermark.webauthn.testing import FAULTS

VECTORS: Final = Path(__file__).resolve().parents[2] / "vectors"

# Records of each file of encodings, the protocol and signatures: one that vanishes, or appears, is an error.
# The page beside the data counts these and all others.
COUNTS: Final = {
    "assertion/sign": 45,
    "assertion/verify": 126,
    "base64url": 55,
    "cbor/appendix-a": 92,
    "cbor/canonical": 54,
    "cbor/malformed": 133,
    "client_data/canonical": 15,
    "client_data/decode": 45,
    "client_data/dfns-api-gen": 15,
    "client_data/docs-2024": 15,
    "client_data/docs-unsorted": 15,
    "client_data/example-scripts": 17,
    "client_data/go-v1": 13,
    "client_data/go-v1-2023": 13,
    "client_data/go-v2": 13,
    "client_data/ion": 17,
    "client_data/java": 13,
    "client_data/nextjs-recovery": 15,
    "client_data/nextjs-recovery-credential": 13,
    "client_data/python": 13,
    "client_data/ts-browser": 15,
    "client_data/ts-browser-2026": 15,
    "client_data/ts-keysigner": 13,
    "client_data/ts-keysigner-0.3": 13,
    "client_data/ts-recovery-2024": 13,
    "dfns-docs/attestation-object": 9,
    "dfns-docs/known-answers": 36,
    "fingerprint": 29,
    "hex": 18,
    "json": 113,
    "key_attestation/create": 45,
    "key_attestation/verify": 79,
    "pem": 37,
    "signature/ecdsa": 101,
    "signature/eddsa": 37,
    "signature/rsa": 27,
}

LEAST: Final = {
    "attestation/": 120,
    "authenticator_data": 40,
    "cbor/": 60,
    "client_data/": 40,
    "cose/": 40,
    "key_attestation/": 30,
    "assertion/": 30,
    "keys/": 80,
    "x509/": 40,
    "json": 30,
    "base64url": 30,
}
"""Records that each group of subjects has at least."""

AS_THEY_ARE: Final = {"dfns-docs": "what a documentation prints, of which little is wrong"}
"""Subjects whose share of invalid records is not ours to choose."""


def everything() -> Iterator[Path]:
    """Every file of the format."""
    for path in sorted(VECTORS.rglob("*.json")):
        if path.read_bytes().startswith(b'{"format": "countermark-vectors/1"'):
            yield path


PATHS: Final = {path.relative_to(VECTORS).with_suffix("").as_posix(): path for path in everything()}


@cache
def read(subject: str) -> dict[str, Any]:
    whole: dict[str, Any] = json.loads(PATHS[subject].read_text(encoding="ascii"))
    return whole


def question(whole: dict[str, Any], record: dict[str, Any]) -> Question:
    """What a record asks, as vectors/README.md says."""
    laid = {**whole.get("input", {}), **record["input"]}
    given = {name: value for name, value in laid.items() if value is not None}
    return Question(record.get("operation", whole.get("operation")), given)


@cache
def engine(name: str) -> Engine:
    return Engine(name)


each_file = pytest.mark.parametrize("subject", PATHS)


def test_no_file_and_no_record_has_vanished_or_appeared() -> None:
    assert {subject: len(read(subject)["records"]) for subject in COUNTS} == COUNTS


@pytest.mark.parametrize("group", LEAST)
def test_a_group_has_as_many_records_as_it_needs(group: str) -> None:
    found = sum(len(read(subject)["records"]) for subject in PATHS if subject.startswith(group))
    assert found >= LEAST[group]


def test_every_way_in_which_the_software_authenticator_can_be_wrong_has_its_record() -> None:
    ids = {
        record["id"]
        for subject in PATHS
        if subject.startswith(("attestation/", "authentication/"))
        for record in read(subject)["records"]
    }
    assert len(FAULTS) > 400
    assert {
        name for name in FAULTS if name not in ids and name.replace(",", "") not in ids
    } == set()


@cache
def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads((VECTORS / "schema.json").read_text(encoding="ascii"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@each_file
def test_a_file_is_of_the_schema(subject: str) -> None:
    validator().validate(read(subject))
    assert read(subject)["subject"] == subject


@pytest.mark.parametrize(
    "change",
    [
        {"format": "countermark-vectors/2"},
        {"subject": "/abs"},
        {"subject": "../up"},
        {"subject": "Upper"},
        {"note": ""},
        {"section": None},
        {"records": []},
        {"more": 1},
        {"input": {"Name": "x"}},
        {"input": {"name": 0.5}},
        {"records": [{}]},
    ],
)
def test_the_schema_refuses_what_is_no_file_of_the_format(change: dict[str, Any]) -> None:
    record = {"id": "a", "shows": "b", "input": {}, "expected": {"result": "hex.length"}}
    right: dict[str, Any] = {
        "format": FORMAT,
        "subject": "hex",
        "note": "n",
        "operation": "hex.decode",
    }
    right |= {"origin": "o", "section": "s", "records": [record]}
    validator().validate(right)
    wrong = {name: value for name, value in (right | change).items() if value is not None}
    with pytest.raises(jsonschema.ValidationError):
        validator().validate(wrong)


@pytest.mark.parametrize(
    "change",
    [
        {"id": ""},
        {"id": " a"},
        {"id": "a/b"},
        {"shows": ""},
        {"expected": {"result": "valid"}},
        {"expected": {"result": "wrong"}},
        {"expected": {"result": "hex.length", "output": {}}},
        {"expected": "valid"},
        {"input": []},
        {"comment": "x"},
    ],
)
def test_the_schema_refuses_what_is_no_record(change: dict[str, Any]) -> None:
    record = {"id": "a", "shows": "b", "input": {}, "expected": {"result": "hex.length"}} | change
    whole = {"format": FORMAT, "subject": "hex", "note": "n", "operation": "hex.decode"}
    with pytest.raises(jsonschema.ValidationError):
        validator().validate(whole | {"origin": "o", "section": "s", "records": [record]})


@each_file
def test_a_file_has_one_record_a_line_and_each_id_once(subject: str) -> None:
    text = PATHS[subject].read_text(encoding="ascii")
    whole = read(subject)
    assert text.count("\n") == len(whole["records"]) + 2
    ids = Counter(record["id"].lower() for record in whole["records"])
    assert [id for id, times in ids.items() if times > 1] == []


@each_file
def test_no_text_holds_half_of_a_surrogate_pair(subject: str) -> None:
    json.dumps(read(subject), ensure_ascii=False).encode()


@each_file
def test_a_record_asks_for_what_there_is_and_expects_what_can_come(subject: str) -> None:
    whole = read(subject)
    for record in whole["records"]:
        assert question(whole, record).operation in OPERATIONS
        assert record["expected"]["result"] in {VALID, *CODES}


def test_half_of_a_subject_is_invalid() -> None:
    invalid: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for subject in PATHS:
        top = subject.split("/")[0]
        results = [record["expected"]["result"] for record in read(subject)["records"]]
        total[top] += len(results)
        invalid[top] += sum(result != VALID for result in results)
    shares = {top: invalid[top] / total[top] for top in total if top not in AS_THEY_ARE}
    assert {top: share for top, share in shares.items() if not 0.45 <= share <= 0.8} == {}


@each_file
@pytest.mark.parametrize("name", MODULES)
def test_every_record_is_answered_as_it_says(subject: str, name: str) -> None:
    whole = read(subject)
    wrong = []
    for record in whole["records"]:
        due = record["expected"]
        answered = engine(name).answer(question(whole, record))
        if answered != Answer(due["result"], due.get("output", {})):
            wrong.append(f"{record['id']}: {str(answered)[:300]}, not {str(due)[:300]}")
    assert not wrong, "\n".join(wrong)


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("all", VECTORS / "generate" / "all.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_every_generated_file_is_what_its_generator_writes() -> None:
    generate = script()
    fresh = generate.rendered()
    assert [path for path, data in fresh.items() if path.read_bytes() != data] == []
    assert generate.stale(fresh) == []
    assert {path for path in fresh if path in set(PATHS.values())} == set(PATHS.values())


@pytest.mark.slow
@pytest.mark.parametrize("area", AREAS)
def test_another_seed_gives_other_data_and_the_same_facts(area: str) -> None:
    module = importlib.import_module(f"countermark.vectors.generation.{area}")
    unchanged = set()
    for file in module.files(Seed("another seed").child(area)):
        assert file.subject.startswith(AREAS[area])
        ours = read(file.subject)["records"]
        facts = [(record["id"], record["expected"]["result"]) for record in file.records]
        assert facts == [(record["id"], record["expected"]["result"]) for record in ours]
        if [record["input"] for record in file.records] == [record["input"] for record in ours]:
            unchanged.add(file.subject)
        render(file)  # the reference agrees with every record of it
    assert unchanged <= {"cbor/appendix-a"}


def test_the_readme_describes_every_operation_and_counts_every_file() -> None:
    text = (VECTORS / "README.md").read_text(encoding="utf-8")
    described = set(re.findall(r"^\| `([a-z0-9_]+\.[a-z0-9_]+)` \|", text, re.MULTILINE))
    assert set(OPERATIONS) <= described
    rows = re.findall(r"^\| `([a-z0-9_/.-]+)` \| (\d+) \| (\d+) \|$", text, re.MULTILINE)
    counted = {subject: (int(valid), int(invalid)) for subject, valid, invalid in rows}
    for subject in PATHS:
        results = [record["expected"]["result"] for record in read(subject)["records"]]
        valid = sum(result == VALID for result in results)
        assert counted[subject] == (valid, len(results) - valid), subject


def test_the_data_have_a_version() -> None:
    assert (VECTORS / "VERSION").read_text(encoding="ascii") == "1.0.0\n"
