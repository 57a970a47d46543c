"""Passkeys verified in many threads at once, with keys, anchors and metadata that they share."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import pytest

from countermark.webauthn import (
    CosePublicKey,
    Metadata,
    TrustAnchors,
    explain_registration,
    parse_attestation_object,
    validate_path,
    verify_authentication,
    verify_registration,
)
from countermark.webauthn.testing.authenticator import AT_TIME
from tests.property.ceremonies import (
    assertion,
    kept,
    metadata_blob,
    metadata_root,
    registration,
)

THREADS: Final = 16
EACH: Final = 25
FORMATS: Final = ("packed", "tpm", "android-key", "apple", "fido-u2f", "none")
SIGNING: Final = ("ES256", "EDDSA", "RS256", "ES256K", "ML_DSA_44")
SITE: Final[dict[str, Any]] = {
    "challenge": bytes(range(32)),
    "rp_id": "example.org",
    "origin": "https://example.org",
    "require_user_verification": False,
}
SCRIPT: Final = Path(__file__).with_name("webauthn_fork_rounds.py")


def in_threads(work: Callable[[], Any], each: int = EACH) -> list[Any]:
    """What sixteen threads find, all of which begin together."""
    start = threading.Barrier(THREADS)

    def run(_: int) -> list[Any]:
        start.wait()
        return [work() for _ in range(each)]

    with ThreadPoolExecutor(THREADS) as pool:
        return [found for all_ in pool.map(run, range(THREADS)) for found in all_]


def same(found: list[Any], expected: Any) -> None:
    assert len(found) == THREADS * EACH
    assert all(one == expected for one in found)


@pytest.mark.parametrize("format", FORMATS)
def test_registrations_with_shared_anchors_come_to_the_same_in_every_thread(format: str) -> None:
    made = kept(registration, format)
    options = dict(SITE)
    if format != "none":
        options |= {"trust": TrustAnchors([made.root]), "at": AT_TIME}

    def verified() -> Any:
        return verify_registration(made.response, **options)

    expected = verified()
    assert expected.attestation.trusted == (format != "none")
    same(in_threads(verified), expected)


@pytest.mark.parametrize("algorithm", SIGNING)
def test_assertions_with_one_shared_key_come_to_the_same_in_every_thread(algorithm: str) -> None:
    made = kept(assertion, algorithm)
    key = CosePublicKey.from_bytes(made.key)

    def verified() -> Any:
        return verify_authentication(made.response, public_key=key, sign_count=0, **SITE)

    same(in_threads(verified), verified())


def test_what_is_wrong_comes_to_the_same_report_in_every_thread() -> None:
    made = kept(registration, "packed", "packed.unit_other")
    options = SITE | {"trust": TrustAnchors([made.root]), "at": AT_TIME}

    def explained() -> list[tuple[str, bool | None, str | None]]:
        report = explain_registration(made.response, **options)
        return [
            (c.step, c.passed, None if c.error is None else c.error.code) for c in report.checks
        ]

    expected = explained()
    assert [code for _, _, code in expected if code] == ["leaf.subject"]
    same(in_threads(explained), expected)


def test_parsed_objects_are_read_by_many_threads_at_once() -> None:
    made = kept(registration, "packed")
    parsed = parse_attestation_object(made.member("attestationObject"))
    chain = parsed.statement["x5c"]
    trust = TrustAnchors([made.root])

    def seen() -> Any:
        data = parsed.authenticator_data
        path = validate_path(chain, trust=trust, at=AT_TIME)
        return (parsed.format, parsed.statement, data.aaguid, data.extensions, data.flags, path)

    same(in_threads(seen), seen())


@pytest.mark.parametrize("format", ["packed", "fido-u2f"])
def test_registrations_with_shared_metadata_come_to_the_same_in_every_thread(format: str) -> None:
    made = kept(registration, format)
    trust = TrustAnchors([metadata_root()])
    metadata = Metadata.from_blob(metadata_blob(), trust=trust, at=AT_TIME)

    def verified() -> Any:
        found = verify_registration(made.response, trust=metadata, at=AT_TIME, **SITE)
        entry = found.attestation.metadata
        assert entry is not None
        return (found.public_key, found.attestation.path, entry.description, entry.statement)

    same(in_threads(verified), verified())


def test_metadata_are_read_by_many_threads_at_once() -> None:
    trust = TrustAnchors([metadata_root()])

    def read() -> Any:
        metadata = Metadata.from_blob(metadata_blob(), trust=trust, at=AT_TIME)
        return (metadata.number, len(metadata), [entry.aaguid for entry in metadata.entries])

    same(in_threads(read), read())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform does not fork")
@pytest.mark.parametrize("threads", [2, 16])
def test_a_fork_while_threads_verify_passkeys_hangs_nowhere(threads: int) -> None:
    command = [sys.executable, "-W", "ignore", str(SCRIPT), str(threads), "15"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {"failed": 0, "failures": []}
