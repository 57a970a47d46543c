"""Small vector files for the tests of the runner."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def record(name: str, digits: str = "00ff", **changes: Any) -> dict[str, Any]:
    """A right record about hexadecimal; a change that is None takes the member away."""
    right = {
        "id": name,
        "shows": "two digits are a byte",
        "input": {"text": digits},
        "expected": {"result": "valid", "output": {"bytes": digits}},
    }
    return {key: value for key, value in {**right, **changes}.items() if value is not None}


def wrong(name: str) -> dict[str, Any]:
    """A record whose expectation nobody fulfils."""
    return record(name, expected={"result": "valid", "output": {"bytes": "00fe"}})


def file(records: Sequence[Any], subject: str = "hex", **changes: Any) -> dict[str, Any]:
    whole = {
        "format": "countermark-vectors/1",
        "subject": subject,
        "note": "for a test",
        "operation": "hex.decode",
        "origin": "made for a test",
        "section": "RFC 4648 section 8",
        "records": records,
    }
    return {key: value for key, value in {**whole, **changes}.items() if value is not None}


def write(path: Path, whole: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(whole if isinstance(whole, str) else json.dumps(whole), encoding="utf-8")
    return path
