"""Write vectors/SHA256SUMS: one line a data file, in the form `sha256sum --check` reads.

python vectors/generate/sums.py
"""

from __future__ import annotations

import hashlib
from pathlib import Path

VECTORS = Path(__file__).resolve().parent.parent
TARGET = VECTORS / "SHA256SUMS"


def data_files() -> list[Path]:
    """Every file of the folder that is data: all but the sums, the words and the generators."""
    apart = {TARGET, VECTORS / "README.md"}
    return sorted(
        path
        for path in VECTORS.rglob("*")
        if path.is_file()
        and path not in apart
        and "generate" not in path.relative_to(VECTORS).parts
        and "__pycache__" not in path.parts
    )


def render() -> str:
    return "".join(
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(VECTORS).as_posix()}\n"
        for path in data_files()
    )


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="ascii")
