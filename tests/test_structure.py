"""The shape of the project, held by a machine: layers, twins, doors, error codes, sizes, top level.

Reads source text only, except for the codes, which are compared with the built module.
"""

from __future__ import annotations

import ast
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import countermark
from countermark import _native, errors

ROOT = Path(__file__).resolve().parent.parent
CORE = ROOT / "rust/core/src"
PACKAGE = ROOT / "python/countermark"
REFERENCE = PACKAGE / "reference"

# --- The layers of the core: each may use those before it; the base may be used by all. ---

BASE = {"error", "limits", "report", "secret"}
LAYERS: dict[str, set[str]] = {
    "format": set(),
    "crypto": {"format"},
    "key": {"format", "crypto"},
    "x509": {"format", "crypto", "key"},
    "webauthn": {"format", "crypto", "key", "x509"},
    "dfns": {"format", "crypto", "key", "x509", "webauthn"},
    "batch": {"crypto"},  # for its fork gate
}
BACKENDS = ("aws_lc_rs", "aws_lc_sys", "secp256k1", "ed448_goldilocks", "scrypt")
"""Crates that only ``crypto`` may name."""
FOREIGN_TO_CORE = {
    r"\bpyo3\b": "the core knows no Python",
    r"\bstd::(fs|net|env|process|io)\b": "the core does no I/O",
    r"\bstd::\{[^}]*\b(fs|net|env|process|io)\b": "the core does no I/O",
    r"\b(Instant|SystemTime|UNIX_EPOCH)\b": "the core reads no clock",
    r"\b(print|println|eprint|eprintln|dbg)!": "the core prints nothing",
}

_NOISE = re.compile(
    r"""//[^\n]*|/\*.*?\*/|\bb?r(\#*)".*?"\1|\bb?"(?:\\.|[^"\\])*"|"(?:\\.|[^"\\])*"|b?'(?:\\[^']+|[^'\\])'""",
    re.DOTALL,
)
_PATH = re.compile(r"(?<![\w:])(crate|super(?:::super)*)::(\{|\w+)")


def rust_code(path: Path) -> str:
    """The source with comments, strings and characters blanked out, offsets kept."""
    return _NOISE.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), path.read_text("utf-8"))


def rust_files(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.rs"))
    assert found, f"no Rust source under {folder}"
    return found


def matching_brace(code: str, opened: int) -> int:
    depth = 0
    for at in range(opened, len(code)):
        depth += {"{": 1, "}": -1}.get(code[at], 0)
        if depth == 0:
            return at
    raise AssertionError("unbalanced braces")


def group_heads(code: str, opened: int) -> list[str]:
    """The first names of a use-group: ``{a::b, c::{d, e}}`` gives a and c."""
    inside = code[opened + 1 : matching_brace(code, opened)]
    flat = re.sub(r"\{[^{}]*\}", "", inside)
    while flat != inside:
        inside, flat = flat, re.sub(r"\{[^{}]*\}", "", flat)
    return [part.strip().split("::")[0].split(" ")[0] for part in flat.split(",") if part.strip()]


def used_modules(path: Path) -> Iterator[str]:
    """The top-level modules of the core that a file of it names, in any spelling."""
    code = rust_code(path)
    module = list(path.relative_to(CORE).with_suffix("").parts)
    if module[-1] in ("mod", "lib"):
        module.pop()
    inner = [
        (m.end() - 1, matching_brace(code, m.end() - 1))
        for m in re.finditer(r"\bmod\s+\w+\s*\{", code)
    ]
    for found in _PATH.finditer(code):
        depth = sum(start < found.start() < end for start, end in inner)
        names = group_heads(code, found.end() - 1) if found[2] == "{" else [found[2]]
        if found[1] == "crate":
            yield from names
            continue
        parent = [*module, *["inner"] * depth]
        parent = parent[: len(parent) - found[1].count("super")]
        yield from [parent[0]] if parent else names


def exported_at_root() -> dict[str, str]:
    """Names that lib.rs re-exports, with the module each comes from, and macros."""
    code = rust_code(CORE / "lib.rs")
    names: dict[str, str] = {}
    for found in re.finditer(r"pub use (?:crate::)?(\w+)::([^;]+);", code):
        names.update(dict.fromkeys(re.findall(r"\w+", found[2]), found[1]))
    for path in rust_files(CORE):
        if path.parent == CORE:
            names.update(
                dict.fromkeys(re.findall(r"macro_rules!\s+(\w+)", rust_code(path)), path.stem)
            )
    return names


def test_core_layers_use_only_what_is_below() -> None:
    exported = exported_at_root()
    wrong = []
    for path in rust_files(CORE):
        relative = path.relative_to(CORE)
        if relative == Path("lib.rs"):
            continue
        own = relative.parts[0].removesuffix(".rs")
        assert own in LAYERS or own in BASE, f"{relative}: not a known layer"
        allowed = BASE | {own} | LAYERS.get(own, set())
        for name in used_modules(path):
            layer = exported.get(name, name)
            if layer not in allowed:
                wrong.append(f"{relative} ({own}) uses {layer}")
    assert not wrong, "\n".join(wrong)


def test_the_layer_reader_sees_every_spelling(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = """
    use crate::{error::Error, key::{self, Public}, dfns};  // crate::webauthn
    use super::super::format;
    fn f() { crate::x509::check("crate::limits"); }
    mod tests { use super::*; use super::super::jwk; fn g<'a>(c: char) { 'x'; crate::crypto::sign(); } }
    """
    (tmp_path / "key").mkdir()
    path = tmp_path / "key/spki.rs"
    path.write_text(source)
    monkeypatch.setattr(sys.modules[__name__], "CORE", tmp_path)
    seen = set(used_modules(path))
    assert seen == {"error", "key", "dfns", "format", "x509", "crypto"}


def test_only_crypto_names_the_backends() -> None:
    wrong = []
    for path in rust_files(CORE):
        if path.relative_to(CORE).parts[0] == "crypto":
            continue
        code = rust_code(path)
        for crate in BACKENDS:
            own = re.search(rf"\b(crate|super|self)::[\w:]*\{{?[^;]*\b{crate}\b[^;]*;", code)
            if re.search(rf"(?<![\w:]){crate}::|\buse (::)?{crate}\b", code) and not own:
                wrong.append(f"{path.relative_to(ROOT)} names {crate}")
    assert not wrong, "\n".join(wrong)


def test_core_is_pure() -> None:
    wrong = []
    for path in rust_files(CORE):
        code = rust_code(path)
        for pattern, reason in FOREIGN_TO_CORE.items():
            if found := re.search(pattern, code):
                wrong.append(f"{path.relative_to(ROOT)}: {found[0]}: {reason}")
    manifest = (ROOT / "rust/core/Cargo.toml").read_text("utf-8")
    assert not re.search(r"^(pyo3|libc)\b", manifest, re.MULTILINE)
    assert not wrong, "\n".join(wrong)


def test_unsafe_stays_in_the_bindings() -> None:
    assert "#![forbid(unsafe_code)]" in (CORE / "lib.rs").read_text("utf-8")
    wrong = [
        str(path.relative_to(ROOT))
        for path in rust_files(ROOT / "rust/core")
        if re.search(r"\bunsafe\b", rust_code(path))
    ]
    assert not wrong, wrong


# --- The twins: a module of the core and a module of the reference for each name. ---

TWINNED = ("format", "crypto", "key", "x509", "webauthn", "dfns")
_BACKEND = "wraps one backend; the twin of all of these together is the reference's crypto/signing"
_PRIMITIVE = "a primitive or a resource of the process, which the reference has from its libraries"
ONLY_IN_CORE = {
    "webauthn/statement/leaf": "what several formats ask of a certificate; in the reference that is statement/common",
    "x509/findings": "spares a batch work and decides nothing; the reference works everything out anew",
    "crypto/cipher": _PRIMITIVE,
    "crypto/curve": _BACKEND,
    "crypto/digest": _PRIMITIVE,
    "crypto/ec": _BACKEND,
    "crypto/ed25519": _BACKEND,
    "crypto/ed25519_point": _BACKEND,
    "crypto/ed448": _BACKEND,
    "crypto/gate": _PRIMITIVE,
    "crypto/kdf": _PRIMITIVE,
    "crypto/mac": _PRIMITIVE,
    "crypto/ml_dsa": _BACKEND,
    "crypto/primality": _PRIMITIVE,
    "crypto/rng": _PRIMITIVE,
    "crypto/rsa": _BACKEND,
    "crypto/rsa_recovery": "hashes that the backend has no RSA with; the library of the reference has all of them",
    "format/base64": "standard base64 of certificates in JSON, which the reference has from its library",
    "key/export": "part of the reference's private_key, which is short enough to hold it",
    "key/signing": "part of the reference's crypto/signing, where its keys are library objects",
    "key/test_keys": "keys for the unit tests beside it",
    "x509/test_certificates": "certificates for the unit tests beside it",
}
ONLY_IN_REFERENCE = {
    "webauthn/statement/common": "what several formats ask of a statement; in the core that is statement/leaf and mod",
    "webauthn/statement_context": "what a statement is verified against; in the core that is in statement/mod",
    "x509/signature": "the signatures of certificates; in the core that is part of key/signing and x509/path",
    "crypto/signing": "signing and verifying for every key type over one library",
}


def module_names(folder: Path, suffix: str, index: str) -> set[str]:
    """Modules by path. What stands in ``a/b/`` beside ``a/b.rs`` is part of the module ``a/b``."""
    return {
        str(path.relative_to(folder).with_suffix(""))
        for layer in TWINNED
        for path in (folder / layer).rglob(f"*{suffix}")
        if path.name != index
        and "tests" not in path.relative_to(folder).with_suffix("").parts
        and not path.parent.with_suffix(suffix).is_file()
    }


def test_every_core_module_has_its_twin() -> None:
    core = module_names(CORE, ".rs", "mod.rs")
    reference = module_names(REFERENCE, ".py", "__init__.py")
    assert core & reference, "no pair at all"
    assert all([*ONLY_IN_CORE.values(), *ONLY_IN_REFERENCE.values()]), "an exemption has a reason"
    for alone, exempt in ((core - reference, ONLY_IN_CORE), (reference - core, ONLY_IN_REFERENCE)):
        assert alone - set(exempt) == set(), "modules without a twin"
        assert set(exempt) - alone == set(), "exemptions that nothing needs any more"


# --- The doors: what Python code may import. ---


def imports_of(path: Path, *, nested: bool = True) -> Iterator[str]:
    """Every module a Python file imports, as an absolute dotted name; ``nested``: in functions too."""
    # The file's own name stands for one level: "." in a/b.py and in a/__init__.py alike is a.
    package = ["countermark", *path.relative_to(PACKAGE).parts]
    waiting: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while waiting:
        node = waiting.pop()
        if nested or not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            waiting.extend(ast.iter_child_nodes(node))
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - node.level]] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            # "from a import b" may name the module a.b as well as a thing in a.
            yield from (f"{module}.{alias.name}" for alias in node.names)


def python_files(folder: Path) -> list[Path]:
    found = sorted([*folder.rglob("*.py"), *folder.rglob("*.pyi")])
    assert found, f"no Python source under {folder}"
    return found


def within(name: str, *allowed: str) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in allowed)


def test_the_reference_shares_nothing_but_the_errors() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in python_files(REFERENCE)
        for name in imports_of(path)
        if within(name, "countermark")
        and not within(name, "countermark.errors", "countermark.reference")
    ]
    assert not wrong, "\n".join(wrong)


TESTING = PACKAGE / "webauthn/testing"
"""Has an extra of its own; nothing else of the package may import it."""
GENERATION = PACKAGE / "vectors/generation"
"""Makes vectors, with the software authenticator; has the same extra, and is imported when vectors are made."""
ADAPTERS = {"external.py": "cryptography", "progress.py": "rich", "arrow.py": "pyarrow"}
"""Files that adapt a library the caller brings: they import it inside a function, when called."""


def test_the_package_itself_needs_nothing_installed() -> None:
    wrong = []
    for path in python_files(PACKAGE):
        if REFERENCE in path.parents:
            continue
        at_import = set(imports_of(path, nested=False))
        extra = {"cryptography", "pytest"} if TESTING in path.parents else set[str]()
        extra |= {"cryptography"} if GENERATION in path.parents else set[str]()
        for name in imports_of(path):
            library = name.split(".")[0]
            adapted = library == ADAPTERS.get(path.name) and name not in at_import
            adapted = adapted or library in extra
            if library not in {*sys.stdlib_module_names, "countermark"} and not adapted:
                wrong.append(f"{path.relative_to(ROOT)} imports {name}")
    assert not wrong, "\n".join(wrong)


def test_the_software_authenticator_shares_nothing_with_the_verifier() -> None:
    # What checks a verifier, and makes its vectors, has no code in common with it; pytest loads the
    # plugin in every run, so that nothing may be imported before a test asks for it.
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in python_files(PACKAGE)
        for name in imports_of(path)
        if within(name, "countermark")
        and (
            not within(name, "countermark.errors", "countermark.webauthn.testing")
            if TESTING in path.parents
            else within(name, "countermark.webauthn.testing") and GENERATION not in path.parents
        )
    ]
    assert not wrong, "\n".join(wrong)
    for name in ("__init__.py", "plugin.py"):
        loaded = set(imports_of(TESTING / name, nested=False))
        heavy = {one for one in loaded if within(one, "cryptography")}
        assert not heavy, f"{name} loads {heavy}"


def test_only_the_doors_touch_the_native_module() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in python_files(PACKAGE / "cli")
        for name in imports_of(path)
        if within(name, "countermark")
        and not within(
            name,
            "countermark.batch",
            "countermark.cli",
            "countermark.dfns",
            "countermark.errors",
            "countermark.vectors",
            "countermark.webauthn",
        )
        and name.split(".", 1)[1] not in countermark.__all__
    ]
    assert not wrong, "\n".join(wrong)


def test_nobody_imports_the_command_or_the_reference() -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in python_files(PACKAGE)
        for name in imports_of(path)
        for inner in ("cli", "reference")
        if within(name, f"countermark.{inner}")
        and PACKAGE / inner not in path.parents
        and path.name != "__main__.py"
    ]
    assert not wrong, "\n".join(wrong)


# --- The error codes: one set, everywhere. ---

_CODE = re.compile(r"[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*")


def strings_in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def test_the_codes_of_both_sides_are_equal() -> None:
    declared = {code: cls.__name__ for code, cls in errors.CODES.items()}
    assert declared == _native.error_codes()
    assert all(_CODE.fullmatch(code) for code in declared)


def test_python_names_only_codes_that_exist() -> None:
    named = [
        (node.value.value, f"{path.relative_to(ROOT)}:{node.value.lineno}")
        for path in python_files(PACKAGE)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.keyword)
        and node.arg == "code"
        and isinstance(node.value, ast.Constant)
    ]
    assert named
    unknown = [f"{place} {code}" for code, place in named if code not in errors.CODES]
    assert not unknown, "\n".join(unknown)


def test_every_code_is_raised_and_tested() -> None:
    declaration = (CORE / "error.rs").read_text("utf-8")
    variants = dict(re.findall(r'(\w+) = \d+ "([a-z0-9_.]+)"', declaration))
    assert set(variants.values()) == set(errors.CODES)
    sources = [path for crate in ("core", "python") for path in rust_files(ROOT / "rust" / crate)]
    rust = "\n".join(rust_code(path) for path in sources)
    unraised = [
        code for name, code in variants.items() if not re.search(rf"\bCode::{name}\b", rust)
    ]
    assert not unraised, f"declared in error.rs, raised nowhere: {unraised}"
    tested = {text for path in (ROOT / "tests").rglob("*.py") for text in strings_in(path)}
    vectors = "\n".join(path.read_text("utf-8") for path in (ROOT / "vectors").rglob("*.json"))
    untested = [code for code in errors.CODES if code not in tested and f'"{code}"' not in vectors]
    assert not untested, f"no test names these codes: {untested}"


# --- Sizes and the top level. ---

MOST_LINES = 600
TOP_LEVEL = re.compile(
    r"pyproject\.toml|README\.md|CHANGELOG\.md|LICENSE-(APACHE|MIT)|python|rust|tests|benches|vectors|\..+"
)


def tracked_files() -> list[Path]:
    """What git has or would add; a source distribution is no checkout and has nothing to say here."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(
        [git, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return [Path(name) for name in listed.stdout.decode("utf-8").split("\0") if name]


def test_the_top_level_holds_what_the_design_says() -> None:
    extra = {path.parts[0] for path in tracked_files() if not TOP_LEVEL.fullmatch(path.parts[0])}
    assert not extra, extra


def test_no_source_file_is_two_files() -> None:
    long = {
        str(path): count
        for path in tracked_files()
        if path.suffix in {".rs", ".py", ".pyi", ".sh", ".toml"} and (ROOT / path).is_file()
        for count in [len((ROOT / path).read_text("utf-8").splitlines())]
        if count > MOST_LINES
    }
    assert not long, long
