"""The parts that vector files are made of: inputs taken strictly, seeds, and a writer that is contradicted."""

from __future__ import annotations

import json
from itertools import islice
from typing import Any

import pytest

from countermark.errors import ArgumentTypeError, ArgumentValueError, Error, InternalError
from countermark.vectors.generation import files
from countermark.vectors.generation.facts import Facts, times
from countermark.vectors.generation.files import Seed, VectorFile, question, render
from countermark.vectors.operations import values


@pytest.mark.parametrize(
    ("take", "given", "taken"),
    [
        (values.octets, "00ff", b"\x00\xff"),
        (values.octets, "", b""),
        (values.octets, ["81", {"times": 3, "of": "80"}, "f6"], bytes.fromhex("81808080f6")),
        (values.text, "a\u20ac", "a\u20ac"),
        (values.text, [{"times": 2, "of": "ab"}, "c"], "ababc"),
        (values.text, [], ""),
        (values.flag, False, False),
        (values.integer, -(2**64), -(2**64)),
        (values.wire, {"a": 1}, {"a": 1}),
        (values.wire, '{"a":1}', '{"a":1}'),
        (values.member, None, None),
    ],
)
def test_a_member_is_taken_as_what_it_is(take: values.Take, given: Any, taken: Any) -> None:
    assert take({"name": given}, "name") == taken


@pytest.mark.parametrize(
    ("take", "given"),
    [
        (values.octets, "0"),
        (values.octets, "0A"),
        (values.octets, " 00"),
        (values.octets, "0x00"),
        (values.octets, 5),
        (values.octets, None),
        (values.octets, [{"times": 2, "of": "0"}, "0"]),
        (values.octets, [{"times": 2**40, "of": "00"}]),
        (values.octets, [{"times": -1, "of": "00"}]),
        (values.octets, [{"times": True, "of": "00"}]),
        (values.octets, [{"times": 1, "of": 0}]),
        (values.octets, [{"times": 1}]),
        (values.octets, [["00"]]),
        (values.text, 1),
        (values.text, {"times": 1, "of": "a"}),
        (values.flag, 1),
        (values.flag, "true"),
        (values.integer, True),
        (values.integer, 1.0),
        (values.integer, "1"),
        (values.wire, 1),
    ],
)
def test_a_malformed_member_is_no_question(take: values.Take, given: Any) -> None:
    with pytest.raises(values.QuestionError):
        take({"name": given}, "name")


@pytest.mark.parametrize(
    "take", [values.octets, values.text, values.flag, values.integer, values.wire]
)
def test_a_missing_member_is_no_question(take: values.Take) -> None:
    with pytest.raises(values.QuestionError):
        take({}, "name")


def test_a_member_that_the_operation_does_not_have_is_no_question() -> None:
    values.only({"a": 1}, "a", "b")
    with pytest.raises(values.QuestionError, match="no member c"):
        values.only({"a": 1, "c": 1}, "a", "b")


def test_a_malformed_question_is_never_an_error_of_ours() -> None:
    assert not issubclass(values.QuestionError, Error)


def test_only_the_options_that_are_there_are_taken() -> None:
    takes = {"a": values.flag, "b": values.text}
    assert values.options({"a": True, "c": 1}, takes) == {"a": True}


def test_a_seed_gives_the_same_for_a_label_and_something_else_for_another() -> None:
    seed = Seed("a seed")
    assert seed.take("x", 8) == Seed(b"a seed").take("x", 16)[:8]
    assert len({seed.take("x", 8), seed.take("y", 8), Seed("b").take("x", 8)}) == 3
    assert seed.child("x").take("y", 8) != seed.take("y", 8)
    assert {seed.choice(str(n), "abc") for n in range(50)} == set("abc")
    assert {seed.number(str(n), 4) for n in range(50)} == {1, 2, 3}


@pytest.mark.parametrize(
    ("value", "error"),
    [("", ArgumentValueError), (b"", ArgumentValueError), (1, ArgumentTypeError)],
)
def test_a_seed_is_text_or_bytes(value: Any, error: type[Error]) -> None:
    with pytest.raises(error):
        Seed(value)


def file_of(expected: dict[str, Any], **more: Any) -> VectorFile:
    record = {"id": "one", "shows": "it", "input": {"text": "AQ"}, "expected": expected}
    return VectorFile("base64url/decode", "a note", "base64url.decode", "here", [record], **more)


def test_a_record_is_written_with_what_the_reference_adds() -> None:
    written = render(file_of({"result": "valid"}, section="RFC 4648 section 5"))
    assert written.endswith(b"\n]}\n")
    whole = json.loads(written)
    assert whole == {
        "format": "countermark-vectors/1",
        "subject": "base64url/decode",
        "note": "a note",
        "operation": "base64url.decode",
        "origin": "here",
        "section": "RFC 4648 section 5",
        "records": [
            {
                "id": "one",
                "shows": "it",
                "input": {"text": "AQ"},
                "expected": {"result": "valid", "output": {"bytes": "01"}},
            }
        ],
    }
    assert written.count(b"\n") == 3


@pytest.mark.parametrize(
    "expected",
    [
        {"result": "base64url.length"},
        {"result": "valid", "output": {"bytes": "02"}},
        {"result": "valid", "output": {}},
    ],
)
def test_a_record_that_the_reference_contradicts_is_not_written(expected: dict[str, Any]) -> None:
    with pytest.raises(InternalError, match="base64url/decode: one: the reference disagrees"):
        render(file_of(expected))


def test_the_input_of_a_record_lies_over_that_of_the_file() -> None:
    file = file_of({"result": "valid"}, input={"text": "", "padding": True, "c": None})
    asked = question(file, {"input": {"padding": None, "d": [1]}, "operation": "other"})
    assert (asked.operation, asked.input) == ("other", {"text": "", "d": [1]})


def test_facts_become_records_with_bytes_in_hexadecimal() -> None:
    facts = Facts("base64url/decode", "a note", operation="base64url.decode", input={"x": b"\x01"})
    facts.valid("one", "it", {"bytes": b"\x01"}, text=["A", times(1, "Q")], section="RFC 1")
    facts.invalid("two", "it", "hex.length", operation="hex.decode", text="0", x=None)
    file = facts.file()
    assert (file.subject, file.operation, file.input) == (
        "base64url/decode",
        "base64url.decode",
        {"x": "01"},
    )
    assert list(file.records) == [
        {
            "id": "one",
            "shows": "it",
            "section": "RFC 1",
            "input": {"text": ["A", {"times": 1, "of": "Q"}]},
            "expected": {"result": "valid", "output": {"bytes": "01"}},
        },
        {
            "id": "two",
            "shows": "it",
            "operation": "hex.decode",
            "input": {"text": "0", "x": None},
            "expected": {"result": "hex.length"},
        },
    ]


@pytest.mark.parametrize(
    ("patterns", "subjects"),
    [
        (["fingerprint"], ["fingerprint"]),
        (["cbor/*"], ["cbor/appendix-a", "cbor/canonical", "cbor/malformed"]),
        (["*/dec?de", "h[e]x"], ["hex", "client_data/decode"]),
        (["nothing"], []),
    ],
)
def test_only_the_wanted_subjects_are_made(patterns: list[str], subjects: list[str]) -> None:
    if patterns[0].startswith("*"):
        # Every area may have such a subject, and some take long: what is wanted stands in the first ones.
        found = [file.subject for file in islice(files("a seed", patterns), len(subjects))]
    else:
        found = [file.subject for file in files("a seed", patterns)]
    assert found == subjects
