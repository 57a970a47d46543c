"""Write every generated file of this folder, and its sums: the same bytes each time.

Needs the package with its extras reference and testing, and cbor2. Takes half a minute.

    python vectors/generate/all.py            write the files
    python vectors/generate/all.py --check    only say what differs
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from countermark.vectors.generation import SEED, files, render

VECTORS = Path(__file__).resolve().parent.parent
DOCUMENTATION = ("dfns_docs", "dfns_docs_webauthn")
"""Generators beside this one that compute published answers again; they hold no seed."""


def beside(name: str) -> ModuleType:
    """A script of this folder as a module."""
    spec = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    if spec is None or spec.loader is None:
        raise ImportError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def rendered() -> dict[Path, bytes]:
    """Every generated file but the sums, by where it belongs."""
    found = {VECTORS / file.path: render(file) for file in files(SEED)}
    for name in DOCUMENTATION:
        module = beside(name)
        found[module.TARGET] = module.render()
    return found


def stale(fresh: dict[Path, bytes]) -> list[Path]:
    """Files of the format that nothing writes any more."""
    return [
        path
        for path in sorted(VECTORS.rglob("*.json"))
        if path not in fresh and path.read_bytes().startswith(b'{"format": "countermark-vectors/1"')
    ]


def main(arguments: list[str]) -> int:
    if arguments not in ([], ["--check"]):
        print(__doc__)
        return 2
    fresh = rendered()
    differing = [
        path for path, data in fresh.items() if not path.is_file() or path.read_bytes() != data
    ]
    for path in (*differing, *stale(fresh)):
        print(path.relative_to(VECTORS).as_posix())
    if arguments:
        return 1 if differing or stale(fresh) else 0
    for path in stale(fresh):
        path.unlink()
    for path in differing:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(fresh[path])
    sums = beside("sums")
    sums.TARGET.write_text(sums.render(), encoding="ascii")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
