"""The Ed25519 rule proven by a count: 43 of the signatures of C2SP's CCTV are accepted, and which ones.

The set has 914 signatures that verifiers disagree on. 208 pass a rule that has no cofactor, 172 one that asks for a
canonical A as well, and 43 the strict one, which refuses A and R of small order or in another encoding.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Final

import pytest

from countermark.errors import MalformedInput
from countermark.vectors.engines import MODULES, Engine
from countermark.vectors.model import Record
from countermark.vectors.readers import cctv

FOLDER: Final = "COUNTERMARK_CCTV_ED25519"


def records() -> list[Record]:
    """The records of the folder that the environment names.

    It is the folder of the Go module c2sp.org/CCTV/ed25519, or of filippo.io/mostly-harmless/
    ed25519vectors, the same set before it moved and grew; `go mod download -json` prints it as Dir.
    """
    folder = os.environ.get(FOLDER)
    if not folder:
        pytest.skip(f"{FOLDER} does not name the folder of the Go module c2sp.org/CCTV/ed25519")
    path = Path(folder) / "ed25519vectors.json"
    found = cctv.read(path, json.loads(path.read_text(encoding="utf-8")))
    return [one for one in found if isinstance(one, Record)]


@pytest.mark.parametrize("name", list(MODULES))
def test_43_of_the_signatures_are_accepted(name: str) -> None:
    engine, found = Engine(name), records()
    # Before it moved the set had 768, without those that re-encode for k.
    assert len(found) in {914, 768}
    unexpected, accepted = [], 0
    for record in found:
        got = engine.answer(record.question)
        accepted += got.result == "valid"
        if got != record.expected:
            unexpected.append(f"{record.id} {record.shows}: {got.result}")
    assert not unexpected, "\n".join(unexpected)
    assert accepted == 43


def test_both_forms_of_the_file_are_read() -> None:
    newer = {"number": 7, "key": "aa", "sig": "bbcc", "msg": "m", "flags": ["low_order_A"]}
    older = {"A": "aa", "R": "bb", "S": "cc", "M": "m", "Flags": ["LowOrderA"]}
    (first,) = cctv.read(Path("x"), [newer])
    (second,) = cctv.read(Path("x"), [older])
    assert isinstance(first, Record)
    assert isinstance(second, Record)
    assert (first.id, second.id) == ("7", "0")
    assert first.question == second.question
    assert first.expected == second.expected
    assert first.expected.result == "key.small_order"
    for wrong in ([{}], [1], 1):
        with pytest.raises(MalformedInput):
            list(cctv.read(Path("x"), wrong))
