"""Complete programs in C, Go and JavaScript that know nothing but the header: each signs what the others verify."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

import pytest

from countermark import PrivateKey, c_abi
from countermark.dfns import verify_assertion

CONSUMERS: Final = Path(__file__).resolve().parent / "consumers"
CHALLENGE: Final = {
    "challenge": "Y2gtNDdtNnI",
    "allowCredentials": {"key": [{"type": "public-key", "id": "cr-1"}]},
}
LAST_LINE: Final = "ok, and for another challenge client_data.challenge_mismatch"

pytestmark = pytest.mark.interop


def needs(*tools: str) -> None:
    for tool in tools:
        if shutil.which(tool) is None:
            pytest.skip(f"{tool} is not installed")


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture
def key(tmp_path: Path) -> PrivateKey:
    key = PrivateKey.generate("ES256")
    (tmp_path / "key.pem").write_bytes(key.export_private_key("pem"))
    (tmp_path / "challenge.json").write_text(json.dumps(CHALLENGE))
    return key


def judge(printed: str, key: PrivateKey) -> None:
    assertion, outcome = printed.splitlines()
    assert outcome == LAST_LINE
    verify_assertion(
        assertion, challenge="Y2gtNDdtNnI", public_key=key.public_key, credential_id="cr-1"
    )


def test_a_program_in_c(tmp_path: Path, key: PrivateKey) -> None:
    needs("cc")
    folder = c_abi.library_path().parent
    run(
        *("cc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O1"),
        *("-I", c_abi.include_dir(), CONSUMERS / "c/sign.c", "-o", tmp_path / "sign"),
        *(f"-L{folder}", f"-Wl,-rpath,{folder}", "-lcountermark"),
        cwd=tmp_path,
    )
    judge(run(tmp_path / "sign", "key.pem", "challenge.json", cwd=tmp_path), key)


@pytest.mark.parametrize("kind", ["shared", "static"])
def test_a_child_forked_within_a_first_call_gets_through_its_own(tmp_path: Path, kind: str) -> None:
    needs("cc")
    folder = c_abi.library_path().parent
    linked: tuple[str | Path, ...] = (f"-L{folder}", f"-Wl,-rpath,{folder}", "-lcountermark")
    if kind == "static":
        archive = os.environ.get("COUNTERMARK_C_ARCHIVE")
        if archive is None:
            pytest.skip("COUNTERMARK_C_ARCHIVE does not name a libcountermark.a")
        linked = (archive, "-Wl,--gc-sections", "-lm", "-ldl")
    run(
        *("cc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O1", "-pthread"),
        *("-I", c_abi.include_dir(), CONSUMERS / "c/first_call.c", "-o", tmp_path / "first_call"),
        *linked,
        cwd=tmp_path,
    )
    assert run(tmp_path / "first_call", "200", cwd=tmp_path) == "200\n"


def test_the_header_is_cpp_too(tmp_path: Path) -> None:
    needs("c++")
    (tmp_path / "one.cpp").write_text(
        "#include <countermark.h>\nint main() { return cm_abi_version() != CM_ABI_VERSION; }\n"
    )
    folder = c_abi.library_path().parent
    run(
        *("c++", "-Wall", "-Wextra", "-Werror", "-I", c_abi.include_dir(), "one.cpp", "-o", "one"),
        *(f"-L{folder}", f"-Wl,-rpath,{folder}", "-lcountermark"),
        cwd=tmp_path,
    )
    run(tmp_path / "one", cwd=tmp_path)


def test_a_program_in_go(tmp_path: Path, key: PrivateKey) -> None:
    needs("go", "cc", "pkg-config")
    folder = c_abi.library_path().parent
    (tmp_path / "countermark.pc").write_text(
        "Name: countermark\nDescription: countermark\nVersion: 0\n"
        f"Cflags: -I{c_abi.include_dir()}\nLibs: -L{folder} -lcountermark\n"
    )
    source = tmp_path / "go"
    shutil.copytree(CONSUMERS / "go", source)
    environment = {
        "CGO_ENABLED": "1",
        "GOTOOLCHAIN": "local",
        "GOFLAGS": "-mod=mod",
        "PKG_CONFIG_PATH": str(tmp_path),
        "LD_LIBRARY_PATH": str(folder),
    }
    run("go", "build", "-o", tmp_path / "consumer", ".", cwd=source, **environment)
    judge(run(tmp_path / "consumer", "key.pem", "challenge.json", cwd=tmp_path, **environment), key)


def test_a_program_in_javascript(tmp_path: Path, key: PrivateKey) -> None:
    needs("node", "npm")
    source = tmp_path / "node"
    shutil.copytree(CONSUMERS / "node", source)
    installed = subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts"],
        cwd=source,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    if installed.returncode:
        pytest.skip(f"koffi could not be installed: {installed.stderr.strip().splitlines()[-1:]}")
    library = c_abi.library_path()
    judge(run("node", source / "sign.js", library, "key.pem", "challenge.json", cwd=tmp_path), key)
