"""Runs the real command, in a process of its own, and holds what is true of every run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COMMAND = (sys.executable, "-m", "countermark")


@dataclass(frozen=True)
class Ran:
    """One finished run."""

    status: int
    out: bytes
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def error(self) -> dict[str, Any]:
        """The error of a run with --json."""
        error: dict[str, Any] = json.loads(self.err)["error"]
        return error

    @property
    def text(self) -> str:
        return self.out.decode("utf-8")


def run(
    *arguments: str | Path,
    stdin: bytes | str = b"",
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    status: int | None = 0,
) -> Ran:
    """Runs ``countermark`` with these arguments and expects this exit code (None: any)."""
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)],
        input=stdin.encode() if isinstance(stdin, str) else stdin,
        capture_output=True,
        env={**os.environ, **(env or {})},
        cwd=cwd,
        timeout=120,
        check=False,
    )
    err = done.stderr.decode("utf-8")
    assert "Traceback" not in err, err
    assert all(character.isprintable() or character == "\n" for character in err), repr(err)
    if status is not None:
        assert done.returncode == status, (done.returncode, err, done.stdout)
        assert bool(err) == (status != 0) or "verify" in arguments[:2], err
    return Ran(done.returncode, done.stdout, err)


def fails(code: str, *arguments: str | Path, status: int, **options: Any) -> Ran:
    """A run that must end in this error and exit code, said on standard error and nowhere else."""
    ran = run(*arguments, status=status, **options)
    assert ran.err.startswith(f"countermark: {code}: "), ran.err
    assert ran.err.count("\n") == 1
    assert ran.out == b""
    return ran


def generate(folder: Path, algorithm: str = "ES256", name: str = "key.pem", *more: str) -> Path:
    """A new key file."""
    path = folder / name
    run("key", "generate", algorithm, "--out", path, *more)
    return path
