"""``countermark key``: files, modes, passwords, containers, and nothing private on the screen."""

from __future__ import annotations

import base64
import json
import os
import pty
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from countermark import PrivateKey
from tests.unit.command import COMMAND, fails, generate, run

ALGORITHMS = ("ES256", "ES384", "ES512", "ES256K", "Ed25519", "Ed448", "RS256")
PASSWORD = "correct horse"
openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")


@pytest.fixture(scope="module", params=ALGORITHMS)
def key_file(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    algorithm: str = request.param
    more = ("--bits", "2048") if algorithm == "RS256" else ()
    return generate(tmp_path_factory.mktemp(algorithm), algorithm, "key.pem", *more)


def private_parts(path: Path) -> list[bytes]:
    """The private numbers of a key file."""
    jwk = json.loads(PrivateKey.from_pem(path.read_bytes()).export_private_key("jwk"))
    names = [name for name in ("d", "p", "q", "dp", "dq", "qi") if name in jwk]
    assert names
    return [base64.urlsafe_b64decode(jwk[name] + "=" * (-len(jwk[name]) % 4)) for name in names]


def shapes_of(secret: bytes) -> list[str]:
    """How a secret could turn up in text, at any alignment."""
    found = [secret.hex(), secret.hex().upper(), str(int.from_bytes(secret, "big"))]
    for shift in range(3):
        text = base64.b64encode(secret[shift:])[:-4].decode()
        found += [text, text.replace("+", "-").replace("/", "_")]
    return [shape[:24] for shape in found]


# --- generate ---


def test_generated_files_are_private(tmp_path: Path) -> None:
    for umask in (0o000, 0o022, 0o377):
        path = tmp_path / f"{umask}.pem"
        done = subprocess.run(
            [*COMMAND, "key", "generate", "ES256", "--out", path], umask=umask, check=True
        )
        assert done.returncode == 0
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    existing = tmp_path / "existing"
    existing.write_text("keep me")
    (tmp_path / "link").symlink_to(existing)
    (tmp_path / "dangling").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "folder").mkdir()
    source = generate(tmp_path)
    before = sorted(tmp_path.iterdir())
    for name in ("existing", "link", "dangling", "folder", "none/key.pem", "existing/key.pem"):
        out = tmp_path / name
        fails("cli.unwritable", "key", "generate", "ES256", "--out", out, status=3)
        fails("cli.unwritable", "key", "convert", source, "--out", out, status=3)
        fails("cli.unwritable", "key", "public", source, "--out", out, status=3)
    assert sorted(tmp_path.iterdir()) == before
    assert existing.read_text() == "keep me"


def test_a_full_disk_leaves_no_file_behind(tmp_path: Path) -> None:
    out = tmp_path / "key.pem"
    arguments = ("key", "generate", "ES256", "--out", str(out))
    done = subprocess.run(
        ["/bin/sh", "-c", 'ulimit -f 0; exec "$@"', "sh", *COMMAND, *arguments],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 3, done
    assert b"countermark: cli.unwritable: " in done.stderr
    assert not out.exists()


def test_generate_says_what_it_made_and_nothing_private(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    ran = run("key", "generate", "ES384", "--out", path, "--json")
    assert ran.json["algorithm"] == "ES384"
    assert ran.json["encrypted"] is False
    public = PrivateKey.from_pem(path.read_bytes()).public_key
    assert ran.json["fingerprint"] == public.fingerprint().hex()
    for secret in private_parts(path):
        assert not any(shape in ran.text for shape in shapes_of(secret))


def test_generate_takes_curve_names_and_sizes(tmp_path: Path) -> None:
    assert run("key", "generate", "P-521", "--out", tmp_path / "a", "--json").json["bits"] == 521
    ran = run("key", "generate", "RSA", "--bits", "2048", "--out", tmp_path / "b", "--json")
    assert ran.json["bits"] == 2048


@pytest.mark.parametrize("encoding", ["pem", "der", "jwk"])
def test_generate_writes_every_encoding(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "key"
    run("key", "generate", "ES256", "--out", path, "--to", encoding)
    assert run("key", "inspect", path, "--json").json["encoding"] == encoding


# --- inspect, public, fingerprint ---


def test_inspect_shows_no_private_part(key_file: Path) -> None:
    for flags in ((), ("--json",)):
        ran = run("key", "inspect", key_file, *flags)
        for secret in private_parts(key_file):
            assert not any(shape in ran.text for shape in shapes_of(secret))


def test_the_search_for_private_parts_finds_them(key_file: Path) -> None:
    """The two tests above would pass over a search that finds nothing."""
    key = PrivateKey.from_pem(key_file.read_bytes())
    jwk = key.export_private_key("jwk").decode()
    for secret in private_parts(key_file):
        assert any(shape in jwk for shape in shapes_of(secret))
        assert any(shape in secret.hex() for shape in shapes_of(secret))


def test_inspect_tells_what_it_is(key_file: Path) -> None:
    key = PrivateKey.from_pem(key_file.read_bytes())
    about = run("key", "inspect", key_file, "--json").json
    assert about == {
        "kind": "private",
        "encoding": "pem",
        "container": "PKCS#8",
        "encrypted": False,
        "algorithm": str(key.algorithm),
        "curve": key.curve,
        "bits": key.bits,
        "fingerprint": key.public_key.fingerprint().hex(),
        "thumbprint": base64.urlsafe_b64encode(key.public_key.thumbprint()).rstrip(b"=").decode(),
    }
    table = run("key", "inspect", key_file).text
    assert all(
        str(value) in table for name, value in about.items() if name not in ("encrypted", "curve")
    )


@pytest.mark.parametrize("encoding", ["pem", "der", "jwk"])
def test_public_keys_come_out_and_go_in(encoding: str, key_file: Path, tmp_path: Path) -> None:
    printed = run("key", "public", key_file, "--to", encoding).out
    out = tmp_path / "public"
    run("key", "public", key_file, "--to", encoding, "--out", out)
    assert out.read_bytes() == printed
    about = run("key", "inspect", out, "--json").json
    assert (about["kind"], about["encoding"]) == ("public", encoding)
    assert about["container"] == ("JWK" if encoding == "jwk" else "SPKI")
    again = run("key", "public", "-", "--to", encoding, stdin=printed).out
    assert again == printed
    prints = {run("key", "fingerprint", path).text for path in (key_file, out)}
    assert prints == {about["fingerprint"] + "\n"}


def test_fingerprints_in_every_form(tmp_path: Path) -> None:
    path = generate(tmp_path)
    public = PrivateKey.from_pem(path.read_bytes()).public_key
    encoded = {
        "credential-id": base64.urlsafe_b64encode(public.fingerprint()),
        "thumbprint": base64.urlsafe_b64encode(public.thumbprint()),
    }
    for form, value in encoded.items():
        assert run("key", "fingerprint", path, "--as", form).out == value.rstrip(b"=") + b"\n"
    assert run("key", "fingerprint", path, "--json").json == {"hex": public.fingerprint().hex()}


# --- convert ---

CONVERSIONS = [
    (algorithm, encoding, container)
    for algorithm in ALGORITHMS
    for encoding in ("pem", "der")
    for container in ("pkcs8", "sec1", "pkcs1")
    if container == "pkcs8"
    or (container == "sec1" and algorithm.startswith("ES"))
    or (container == "pkcs1" and algorithm == "RS256")
]
NAMES = {"pkcs8": "PKCS#8", "sec1": "SEC1", "pkcs1": "PKCS#1"}


@openssl
@pytest.mark.interop
@pytest.mark.parametrize(("algorithm", "encoding", "container"), CONVERSIONS)
def test_openssl_reads_what_convert_wrote(
    algorithm: str, encoding: str, container: str, tmp_path: Path
) -> None:
    more = ("--bits", "2048") if algorithm == "RS256" else ()
    source, out = generate(tmp_path, algorithm, "key.pem", *more), tmp_path / "out"
    run("key", "convert", source, "--out", out, "--to", encoding, "--format", container)
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    about = run("key", "inspect", out, "--json").json
    assert (about["encoding"], about["container"]) == (encoding, NAMES[container])
    done = subprocess.run(
        ["openssl", "pkey", "-in", out, "-inform", encoding, "-pubout"],
        capture_output=True,
        check=True,
    )
    assert done.stdout == run("key", "public", source).out


def test_a_jwk_goes_back_to_the_same_key(key_file: Path, tmp_path: Path) -> None:
    run("key", "convert", key_file, "--out", tmp_path / "jwk", "--to", "jwk")
    run("key", "convert", tmp_path / "jwk", "--out", tmp_path / "pem")
    assert (tmp_path / "pem").read_bytes() == key_file.read_bytes()


def test_passwords_are_added_changed_and_removed(tmp_path: Path) -> None:
    source = generate(tmp_path)
    plain = source.read_bytes()
    (tmp_path / "word").write_text("another one\r\n")
    by_env, by_file = ("env:COUNTERMARK_TEST_PASSWORD", f"file:{tmp_path / 'word'}")
    env = {"COUNTERMARK_TEST_PASSWORD": PASSWORD}
    locked, changed, opened = (tmp_path / name for name in ("locked", "changed", "opened"))
    run("key", "convert", source, "--out", locked, "--new-password", by_env, env=env)
    assert b"ENCRYPTED PRIVATE KEY" in locked.read_bytes()
    run(
        *("key", "convert", locked, "--out", changed),
        *("--password", by_env, "--new-password", by_file),
        env=env,
    )
    assert PrivateKey.from_pem(changed.read_bytes(), password="another one")
    keep = ("key", "convert", changed, "--out", opened, "--password", by_file)
    fails("cli.usage", *keep, status=2)  # never in the clear by omission
    assert not opened.exists()
    run(*keep, "--remove-password")
    assert opened.read_bytes() == plain


@openssl
@pytest.mark.interop
def test_openssl_opens_an_encrypted_key(tmp_path: Path) -> None:
    env = {"COUNTERMARK_TEST_PASSWORD": PASSWORD}
    source = "env:COUNTERMARK_TEST_PASSWORD"
    run("key", "generate", "ES256", "--out", tmp_path / "k", "--password", source, env=env)
    done = subprocess.run(
        ["openssl", "pkey", "-in", tmp_path / "k", "-passin", f"pass:{PASSWORD}", "-pubout"],
        capture_output=True,
        check=True,
    )
    asked = run("key", "public", tmp_path / "k", "--password", source, env=env)
    assert asked.out == done.stdout


def test_encrypted_keys_need_their_password(tmp_path: Path) -> None:
    env = {"COUNTERMARK_TEST_PASSWORD": PASSWORD, "COUNTERMARK_TEST_WRONG": "no", "EMPTY": ""}
    path, source = tmp_path / "key", "env:COUNTERMARK_TEST_PASSWORD"
    run("key", "generate", "ES256", "--out", path, "--password", source, env=env)
    about = run("key", "inspect", path, "--json").json
    assert about == {
        "kind": "private",
        "encoding": "pem",
        "container": "PKCS#8",
        "encrypted": True,
    }
    opened = run("key", "inspect", path, "--json", "--password", source, env=env).json
    assert (opened["encrypted"], opened["algorithm"]) == (True, "ES256")
    fails("key.password_required", "key", "public", path, status=1)
    wrong = ("key", "public", path, "--password", "env:COUNTERMARK_TEST_WRONG")
    fails("key.password_wrong", *wrong, status=1, env=env)
    unset = ("key", "public", path, "--password", "env:COUNTERMARK_TEST_UNSET")
    fails("cli.unreadable", *unset, status=3)
    fails("cli.unreadable", "key", "public", path, "--password", f"file:{tmp_path}", status=3)
    plain = generate(tmp_path)
    given = ("key", "public", plain, "--password", source)
    fails("key.not_encrypted", *given, status=1, env=env)
    empty = ("key", "generate", "ES256", "--out", tmp_path / "x", "--password", "env:EMPTY")
    fails("cli.usage", *empty, status=2, env=env)
    assert not (tmp_path / "x").exists()


def test_without_a_terminal_there_is_no_prompt(tmp_path: Path) -> None:
    key = generate(tmp_path)
    done = subprocess.run(
        [*COMMAND, "key", "convert", key, "--out", tmp_path / "x", "--new-password", "prompt"],
        input=b"from-a-pipe\nfrom-a-pipe\n",
        capture_output=True,
        start_new_session=True,
        check=False,
    )
    assert done.returncode == 3, done
    assert done.stderr.startswith(b"countermark: cli.unreadable: ")
    assert not (tmp_path / "x").exists()


def on_a_terminal(answers: bytes, *arguments: str | Path) -> tuple[int, bytes]:
    """Runs the command on a terminal of its own and types the answers."""
    child, terminal = pty.fork()
    if child == 0:
        os.execv(COMMAND[0], [*COMMAND, *map(str, arguments)])
    shown = b""
    for answer in answers.splitlines(keepends=True):
        asked = b""
        while not asked.rstrip().endswith(b":"):
            asked += os.read(terminal, 1024)
        os.write(terminal, answer)
        shown += asked
    while True:
        try:
            piece = os.read(terminal, 1024)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), shown


@pytest.mark.filterwarnings("ignore:.*multi-threaded, use of forkpty:DeprecationWarning")
def test_the_prompt_asks_twice_and_shows_nothing(tmp_path: Path) -> None:
    path = tmp_path / "key"
    make = ("key", "generate", "ES256", "--out", path, "--password", "prompt")
    status, shown = on_a_terminal(b"quiet-one\nquiet-two\n", *make)
    assert (status, path.exists()) == (2, False), shown
    status, shown = on_a_terminal(b"quiet-one\nquiet-one\n", *make)
    assert status == 0, shown
    assert b"quiet" not in shown
    status, shown = on_a_terminal(b"quiet-one\n", "key", "public", path, "--password", "prompt")
    assert status == 0, shown
    assert b"BEGIN PUBLIC KEY" in shown
    assert b"quiet" not in shown


# --- bad key files ---


@pytest.mark.parametrize(
    ("content", "code", "status"),
    [
        (b"", "pem.missing", 3),
        (b"\x00\xff not a key", "pem.junk", 3),
        (b"\x30\x80", "der.length", 3),
        (b"\x30", "der.truncated", 3),
        (b"{", "json.syntax", 3),
        (b'{"kty":"EC"}', "jwk.missing", 3),
        (b'{"kty":"oct","k":"AA"}', "algorithm.key_type", 1),
        (b"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n", "algorithm.format", 1),
        (b"ssh-ed25519 AAAA", "algorithm.format", 1),
    ],
    ids=range(9),
)
def test_files_that_hold_no_key(content: bytes, code: str, status: int, tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(content)
    for action in ("inspect", "public", "fingerprint"):
        fails(code, "key", action, path, status=status)


def test_a_public_key_is_not_a_private_one(tmp_path: Path) -> None:
    public = tmp_path / "public"
    run("key", "public", generate(tmp_path), "--out", public)
    fails("key.not_private", "key", "convert", public, "--out", tmp_path / "x", status=1)
    fails("key.not_private", "register", public, "--challenge", "a", status=1)
