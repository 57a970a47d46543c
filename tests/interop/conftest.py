"""The peers, each started once for all tests, and what is drawn for a test.

Those that need a toolchain alone run wherever it is found, and nothing is fetched for them. Those that
need packages run where ``COUNTERMARK_INTEROP`` names a folder that ``tests/interop/peers/prepare`` filled.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.interop.chance import SEED_VARIABLE, Chance
from tests.interop.peer import PEERS, Peer
from tests.vectors.doors import MODULES, Door

PREPARED_VARIABLE = "COUNTERMARK_INTEROP"


@pytest.fixture(scope="session")
def run_seed() -> str:
    return os.environ.get(SEED_VARIABLE) or secrets.token_hex(8)


@pytest.fixture
def chance(run_seed: str, request: pytest.FixtureRequest) -> Chance:
    """What is drawn for this test; a failing one shows how to have the same drawn again."""
    print(f"{SEED_VARIABLE}={run_seed}")
    return Chance(f"{run_seed} {request.node.name}")


@pytest.fixture(params=list(MODULES), scope="session")
def door(request: pytest.FixtureRequest) -> Door:
    return Door(request.param)


OLDEST = {
    "node": ("--version", r"v(\d+)", 20),
    "go": ("version", r"go1\.(\d+)", 21),
    "java": ("-version", r'version "(\d+)', 17),
}
"""What tells the version, and the oldest one that has what the peers use."""


def program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    argument, pattern, oldest = OLDEST[name]
    told = subprocess.run([found, argument], capture_output=True, text=True, check=True)
    version = re.search(pattern, told.stdout + told.stderr)
    if version is None or int(version[1]) < oldest:
        pytest.skip(f"{name} is older than {oldest}: {(told.stdout + told.stderr).strip()}")
    return found


def prepared(name: str) -> Path:
    """A file or folder that was fetched beforehand."""
    folder = os.environ.get(PREPARED_VARIABLE)
    if not folder:
        pytest.skip(f"{PREPARED_VARIABLE} names no folder; tests/interop/peers/prepare fills one")
    path = Path(folder).resolve() / name
    if not path.exists():
        pytest.skip(f"{name} is not in {PREPARED_VARIABLE}: it could not be had")
    return path


def node(script: Path) -> list[str]:
    # A warning about what is experimental is no answer; Ed25519 in Web Crypto has one in some versions.
    return [program("node"), "--no-warnings", str(script)]


def built_go(folder: Path) -> list[str]:
    """The peer of the standard library alone: nothing can be fetched while it is built."""
    environment = os.environ | {
        "GOFLAGS": "-buildvcs=false",
        "GOPROXY": "off",
        "GOTOOLCHAIN": "local",
    }
    command = [program("go"), "build", "-o", str(folder / "own"), "."]
    subprocess.run(command, cwd=PEERS / "go/own", env=environment, check=True)
    return [str(folder / "own")]


def java(source: str, *arguments: str, libraries: bool = False) -> list[str]:
    options = ["-cp", f"{prepared('java')}/*"] if libraries else []
    # These are short programs: the second compiler would only slow them down.
    return [
        program("java"),
        "-XX:TieredStopAtLevel=1",
        *options,
        str(PEERS / "java" / source),
        *arguments,
    ]


BOUNCY_CASTLE = "org.bouncycastle.jce.provider.BouncyCastleProvider"
COMMANDS: dict[str, Callable[[Path], list[str]]] = {
    "node": lambda _: node(PEERS / "node/own.mjs"),
    "web-crypto": lambda _: node(PEERS / "node/webcrypto.mjs"),
    "sdk-keysigner": lambda _: node(prepared("node/keysigner") / "peer.mjs"),
    "sdk-browser": lambda _: node(prepared("node/browser") / "peer.mjs"),
    "go": built_go,
    "go-sdk": lambda _: [str(prepared("go-sdk"))],
    "java": lambda _: java("Peer.java"),
    "bouncy-castle": lambda _: java("Peer.java", BOUNCY_CASTLE, libraries=True),
    "jackson": lambda _: java("ClientData.java", libraries=True),
}
"""How each peer is started; each skips the test where it cannot be."""


@pytest.fixture(scope="session")
def peers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Peer]]:
    """A peer by its name in `COMMANDS`."""
    running: dict[str, Peer] = {}

    def peer(name: str) -> Peer:
        if name not in running:
            folder = tmp_path_factory.mktemp(name)
            running[name] = Peer(name, COMMANDS[name](folder), folder)
        return running[name]

    yield peer
    for one in running.values():
        one.close()


@pytest.fixture
def keysigner(peers: Any) -> Peer:
    return peers("sdk-keysigner")


@pytest.fixture
def browser(peers: Any) -> Peer:
    return peers("sdk-browser")
