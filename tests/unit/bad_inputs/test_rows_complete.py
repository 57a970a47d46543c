"""The catalogue of bad inputs: every row of ten of its sections has a test, or a reason to have none here."""

from __future__ import annotations

import ast
import re
from typing import Final

from tests.unit.bad_inputs.programs import ROOT

SECTIONS: Final = {
    "KY": 48,
    "SG": 44,
    "B6": 14,
    "JS": 30,
    "CC": 34,
    "CB": 32,
    "AD": 28,
    "CO": 38,
    "AT": 68,
    "XC": 46,
}
"""Key containers; signatures; base64url and hexadecimal; client data; concurrency and native code;
CBOR; authenticator data; COSE keys; attestation statements; certificates."""

_TIMING: Final = (
    "about the time that native code takes, which no test in Python can tell from noise; "
)
_WEBHOOKS: Final = "about HMAC keys and tags of webhooks, which this package does not offer yet"
_MLDSA: Final = (
    "about how AWS-LC verifies and signs by ML-DSA inside; this package verifies with it only"
)
_SIGN1: Final = "about COSE_Sign1, of which this package offers the keys only"
_C_ABI: Final = "about a C interface, which this package does not offer"

ROWS_NOT_HERE: Final = {
    "SG31": _WEBHOOKS,
    "SG32": _WEBHOOKS,
    "SG33": _WEBHOOKS,
    "SG34": _WEBHOOKS,
    "SG39": _TIMING + "inversions are done by AWS-LC and libsecp256k1",
    "SG40": _TIMING + "it is a question to the assembly of a release build",
    "SG41": _MLDSA,
    "SG42": _MLDSA,
    "SG44": "about recoverable signatures on secp256k1, which this package does not offer",
    "B610": _TIMING + "the core decodes secrets with a constant-time crate",
    "CC06": "about clones of a running machine, which need a hypervisor; nonces are hedged anyway (SG37)",
    "CC16": "about a build of Python without its lock, for which no module is built yet",
    "CC17": "about a panic in the core: no input is known to cause one, and there is no hook to force it",
    "CC18": _C_ABI,
    "CC19": _C_ABI,
    "CC20": _C_ABI,
    "CC21": _C_ABI,
    "CO28": "about a fingerprint of keys that one maker's chips made; it is optional and not looked for",
    "CO35": _SIGN1,
    "CO36": _SIGN1,
    "CO37": _SIGN1,
    "CC34": "about processors without certain instructions, which need an emulator",
}


def rows() -> list[str]:
    return [f"{name}{row:02}" for name, count in SECTIONS.items() for row in range(1, count + 1)]


def rows_with_tests() -> dict[str, list[str]]:
    """The rows that names of test functions begin with, with the functions."""
    found: dict[str, list[str]] = {}
    pattern = re.compile(rf"(?:{'|'.join(SECTIONS)})\d\d(?=_)", re.IGNORECASE)
    for path in sorted((ROOT / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                # "test_cc01_cc02_some_words": all of the rows at the beginning.
                name = node.name.removeprefix("test_")
                while row := pattern.match(name):
                    found.setdefault(row[0].upper(), []).append(f"{path.name}::{node.name}")
                    name = name[row.end() + 1 :].removeprefix("to_")
    return found


def test_every_row_has_a_test_or_a_reason() -> None:
    found = rows_with_tests()
    missing = [row for row in rows() if row not in found and row not in ROWS_NOT_HERE]
    assert missing == []


def test_reasons_are_for_rows_without_a_test() -> None:
    found = rows_with_tests()
    assert [row for row in ROWS_NOT_HERE if row in found] == []
    assert [row for row in ROWS_NOT_HERE if row not in rows()] == []
    assert all(len(reason) > 20 for reason in ROWS_NOT_HERE.values())


def test_tests_are_named_after_rows_that_exist() -> None:
    assert {*rows_with_tests()} <= {*rows()}
    assert len(rows()) == 382
