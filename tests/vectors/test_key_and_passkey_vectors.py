"""Vectors of keys, passkeys, certificates and audit: complete, reproducible, answered by both engines."""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator
from typing import Any

import pytest

from countermark.vectors import generation
from countermark.vectors.engines import Engine
from countermark.vectors.generation import SEED, Seed, render
from countermark.vectors.generation.files import VectorFile, question
from countermark.vectors.model import VALID, Answer
from tests.vectors.dfns_records import VECTORS

# Subject: how many records are valid, and how many are not. A record that vanishes, or appears, is an error.
COUNTS = {
    "attestation/android-key": (12, 39),
    "attestation/android-safetynet": (7, 43),
    "attestation/apple": (4, 13),
    "attestation/compound": (9, 18),
    "attestation/dfns": (10, 26),
    "attestation/fido-u2f": (3, 28),
    "attestation/none": (31, 153),
    "attestation/packed": (84, 218),
    "attestation/tpm": (27, 73),
    "attestation_object": (12, 32),
    "audit": (27, 63),
    "authentication/dfns": (13, 26),
    "authentication/passkeys": (51, 132),
    "authenticator_data": (38, 55),
    "cose/read": (27, 114),
    "cose/write": (27, 25),
    "keys/export": (34, 33),
    "keys/jwk": (25, 58),
    "keys/pbes2": (29, 45),
    "keys/pem": (18, 47),
    "keys/pkcs1": (11, 38),
    "keys/pkcs8": (24, 67),
    "keys/sec1": (12, 22),
    "keys/spki": (19, 77),
    "x509/path": (39, 48),
    "x509/read": (32, 61),
}
LEAST = {"keys/": 80, "cose/": 40, "authenticator_data": 40, "attestation/": 120, "x509/": 40}
CEREMONIES = {
    name
    for name in COUNTS
    if name.startswith(("attestation/", "authentication/")) and not name.endswith("/dfns")
}
QUICK = (
    "key_containers",
    "key_numbers",
    "key_encryption",
    "key_pem",
    "key_jwk",
    "key_export",
    "cose",
    "authenticator_data",
    "attestation_objects",
    "dfns_passkeys",
    "x509",
    "x509_paths",
    "audit",
)
AREAS = (*QUICK, "ceremonies")


def read(subject: str) -> dict[str, Any]:
    text = (VECTORS / f"{subject}.json").read_text(encoding="ascii")
    whole: dict[str, Any] = json.loads(text)
    assert whole["subject"] == subject
    assert text.count("\n") == len(whole["records"]) + 2, "one record a line"
    return whole


def as_file(whole: dict[str, Any]) -> VectorFile:
    return VectorFile(**{name: value for name, value in whole.items() if name != "format"})


def made(seed: str, area: str) -> Iterator[VectorFile]:
    """The files of one area of a seed, before they are asked of the reference."""
    module = importlib.import_module(f"countermark.vectors.generation.{area}")
    yield from module.files(Seed(seed).child(area))


def test_no_record_has_vanished_or_appeared() -> None:
    found = {}
    for subject in COUNTS:
        results = [record["expected"]["result"] for record in read(subject)["records"]]
        right = results.count(VALID)
        found[subject] = (right, len(results) - right)
    assert found == COUNTS
    for area, least in LEAST.items():
        assert sum(sum(count) for name, count in COUNTS.items() if name.startswith(area)) >= least


def test_about_half_of_every_area_or_more_is_invalid() -> None:
    for subject, (right, wrong) in COUNTS.items():
        assert wrong >= right - 2, subject


def test_the_945_facts_about_ceremonies_are_all_there() -> None:
    assert sum(sum(COUNTS[name]) for name in CEREMONIES) == 945


@pytest.mark.parametrize("engine", ["native", "reference"])
@pytest.mark.parametrize("subject", COUNTS)
def test_an_engine_answers_every_question_as_it_is_due(subject: str, engine: str) -> None:
    whole = read(subject)
    file, asked = as_file(whole), Engine(engine)
    wrong = []
    for record in whole["records"]:
        due = record["expected"]
        found = asked.answer(question(file, record))
        if found != Answer(due["result"], due.get("output", {})):
            wrong.append(f"{record['id']}: {found.result}, not {due['result']}: {found.output}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.slow
def test_every_subject_is_made_by_one_of_the_areas() -> None:
    assert set(AREAS) <= set(generation.AREAS)
    subjects = [file.subject for area in QUICK for file in made(SEED, area)]
    assert {*subjects} == COUNTS.keys() - CEREMONIES
    assert len(subjects) == len({*subjects})


@pytest.mark.slow
@pytest.mark.parametrize("area", AREAS)
def test_a_file_is_what_its_seed_gives(area: str) -> None:
    for file in made(SEED, area):
        assert render(file) == (VECTORS / f"{file.subject}.json").read_bytes(), file.subject


@pytest.mark.slow
@pytest.mark.parametrize("area", AREAS)
def test_another_seed_gives_other_data_and_the_same_facts(area: str) -> None:
    for here, there in zip(made(SEED, area), made("another seed", area), strict=True):
        render(there)  # the reference agrees with every record of it
        facts = [
            [(one["id"], one["expected"]["result"]) for one in file.records]
            for file in (here, there)
        ]
        assert facts[0] == facts[1]
        questions = [[question(file, one).input for one in file.records] for file in (here, there)]
        same = sum(one == other for one, other in zip(*questions, strict=True))
        assert same <= len(here.records) // 4, "most questions are made of what the seed gives"
