"""The command as a whole: exit codes, usage, error output, streams that are closed, locales."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import pytest

from tests.unit.command import COMMAND, fails, generate, run

NOT_A_PASSWORD_SOURCE = "hunter2-typed-in-the-wrong-place"


def test_version_and_help() -> None:
    assert run("--version").text.startswith("countermark 0.")
    assert "exit codes:" in run("--help").text


@pytest.mark.parametrize(
    "command",
    [
        ("key",),
        ("key", "generate"),
        ("key", "inspect"),
        ("key", "public"),
        ("key", "convert"),
        ("key", "fingerprint"),
        ("register",),
        ("sign",),
        ("verify",),
        ("verify", "assertion"),
        ("verify", "credential"),
        ("attestation",),
        ("attestation", "inspect"),
        ("attestation", "verify"),
        ("assertion",),
        ("assertion", "verify"),
        ("cbor",),
        ("cbor", "diag"),
        ("clientdata",),
        ("clientdata", "encode"),
        ("clientdata", "decode"),
        ("demo",),
    ],
    ids=" ".join,
)
def test_every_command_has_help(command: tuple[str, ...]) -> None:
    assert f"countermark {' '.join(command)}" in run(*command, "--help").text


def test_the_installed_script_is_the_same_command() -> None:
    script = Path(sysconfig.get_path("scripts")) / "countermark"
    if not script.exists():
        pytest.skip("the package was installed without its script")
    done = subprocess.run([script, "--version"], capture_output=True, check=True)
    assert done.stdout == run("--version").out


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("unheard-of",),
        ("key",),
        ("key", "generate"),
        ("key", "generate", "DSA", "--out", "x"),
        ("key", "generate", "ES256"),
        ("key", "generate", "ES256", "--out", "x", "--bits", "2048"),
        ("key", "generate", "RS256", "--out", "x", "--bits", "many"),
        ("key", "generate", "RS256", "--out", "x", "--bits", "2049"),
        ("key", "inspect"),
        ("sign", "x"),
        ("verify", "assertion"),
        ("verify", "assertion", "--challenge", "a", "--challenge-file", "b", "--public-key", "c"),
        ("attestation", "verify"),
        ("assertion", "verify", "--challenge", "a", "--origin", "b", "--rp-id", "c"),
        ("cbor", "diag", "--from", "octal"),
        ("clientdata", "encode", "--profile", "nobody"),
        ("clientdata", "encode", "--challenge", "", "--type", "key.get"),
        ("clientdata", "encode", "--challenge", "a", "--profile", "python", "--type", "key.create"),
        ("demo", "--algo", "ES256"),
        ("register", "x", "--kind", "RecoveryKey", "--challenge", "a"),
        ("register", "x", "--body", "new-credential", "--challenge", "a"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    ran = run(*arguments, status=2, cwd=tmp_path)
    assert ran.out == b""
    assert ran.err.startswith(("countermark: cli.usage: ", "countermark: argument."))
    assert list(tmp_path.iterdir()) == []


def test_a_misplaced_password_is_not_repeated() -> None:
    for given in (
        NOT_A_PASSWORD_SOURCE,
        f"pass:{NOT_A_PASSWORD_SOURCE}",
        f"env={NOT_A_PASSWORD_SOURCE}",
    ):
        ran = fails("cli.usage", "key", "inspect", "x", "--password", given, status=2)
        assert NOT_A_PASSWORD_SOURCE not in ran.err


def test_errors_are_json_when_asked_for(tmp_path: Path) -> None:
    usage = run("key", "inspect", "--json", status=2)
    assert usage.error["code"] == "cli.usage"
    missing = run("key", "inspect", tmp_path / "none", "--json", status=3)
    assert missing.error["code"] == "cli.unreadable"
    challenge = run(
        "clientdata", "encode", "--json", stdin='{"challenge":"a","challenge":"b"}', status=3
    )
    assert challenge.error["code"] == "json.duplicate"
    garbage = run("clientdata", "decode", "--json", stdin="a*b", status=3)
    assert garbage.error == {
        "code": "base64url.alphabet",
        "message": garbage.error["message"],
        **{name: garbage.error[name] for name in ("field", "offset") if name in garbage.error},
    }
    assert garbage.error["offset"] == 1


def test_names_are_made_printable_in_errors(tmp_path: Path) -> None:
    ran = fails("cli.unreadable", "key", "inspect", tmp_path / "\x1b[31m\n\u202e", status=3)
    assert r"\x1b[31m\n\u202e" in ran.err


def test_a_name_that_is_not_utf8_is_reported(tmp_path: Path) -> None:
    name = os.fsdecode(os.fsencode(tmp_path) + b"/\xff")
    ran = fails("cli.unreadable", "key", "inspect", name, status=3)
    assert r"\udcff" in ran.err


@pytest.mark.parametrize("kind", ["folder", "fifo", "device", "large", "missing", "dangling"])
def test_unreadable_input_is_3(kind: str, tmp_path: Path) -> None:
    path = tmp_path / kind
    if kind == "folder":
        path.mkdir()
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "device":
        path = Path("/dev/zero")
    elif kind == "large":
        path.write_bytes(b"x" * (2**20 + 1))
    elif kind == "dangling":
        path.symlink_to(tmp_path / "nowhere")
    for arguments in (
        ("key", "inspect", path),
        ("key", "public", path),
        ("sign", path, "--credential-id", "cr"),
        ("register", path, "--challenge", "a"),
        ("verify", "assertion", "--challenge", "a", "--public-key", path),
        ("clientdata", "encode", "--challenge-file", path),
    ):
        fails("cli.unreadable", *arguments, status=3)


def test_too_much_standard_input_is_3() -> None:
    fails("cli.unreadable", "clientdata", "decode", stdin=b"x" * (2**20 + 1), status=3)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "json.syntax"),
        (b"\xff", "json.utf8"),
        (b"\xef\xbb\xbf{}", "json.bom"),
        (b"[]", "json.shape"),
        (b"{}", "challenge.missing"),
        (b'{"challenge":1}', "challenge.type"),
        (b'{"challenge":NaN}', "json.syntax"),
        (b'{"a":{"b":1,"b":2},"challenge":"c"}', "json.duplicate"),
        (b'{"challenge":"c"} x', "json.syntax"),
        (b"[" * 200_000, "limit.depth"),
        (b'{"challenge":' + b"9" * 10_000 + b"}", "challenge.type"),
    ],
    ids=range(11),
)
def test_challenges_are_read_strictly(text: bytes, code: str) -> None:
    fails(code, "clientdata", "encode", stdin=text, status=3)


def test_closed_streams_are_no_traceback(tmp_path: Path) -> None:
    key = generate(tmp_path)
    for redirection, status in (
        ("<&-", 3),  # no standard input to read the challenge from
        (">&-", 3),
        (">/dev/full", 3),
    ):
        line = f'"$@" {redirection}'
        done = subprocess.run(
            ["/bin/sh", "-c", line, "sh", *COMMAND, "register", str(key)],
            input=None if "<" in redirection else b'{"challenge":"a"}',
            capture_output=True,
            check=False,
        )
        assert done.returncode == status, (redirection, done)
        assert b"Traceback" not in done.stderr
        assert b"Exception ignored" not in done.stderr
    silent = subprocess.run(
        ["/bin/sh", "-c", '"$@" 2>&-', "sh", *COMMAND, "key", "inspect", str(tmp_path / "none")],
        check=False,
    )
    assert silent.returncode == 3


def test_a_reader_that_goes_away_is_quiet() -> None:
    for arguments in (("demo",), ("--help",)):
        process = subprocess.Popen(
            [*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
        process.stderr.close()
        assert process.wait(timeout=60) == 141
        assert said == b""


def test_an_interrupt_is_quiet() -> None:
    ready = "import sys; sys.stderr.write('.'); sys.stderr.flush(); "
    program = ready + "from countermark.cli import main; sys.exit(main(['clientdata', 'decode']))"
    process = subprocess.Popen(
        [sys.executable, "-c", "from countermark import cli; " + program],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    assert process.stderr.read(1) == b"."
    time.sleep(0.5)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=60) == 130
    assert process.stderr.read() == b"countermark: cli.interrupted: stopped\n"
    process.stderr.close()
    assert process.stdin is not None
    process.stdin.close()


def test_a_fault_of_ours_is_4_and_says_nothing_private() -> None:
    program = (
        "import sys; from countermark import cli\n"
        "def broken(*_): raise RuntimeError('the secret scalar')\n"
        "cli.demo.PrivateKey = type('Broken', (), {'generate': broken})\n"
        "sys.exit(cli.main(['demo']))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    assert done.returncode == 4
    assert done.stderr.startswith(b"countermark: internal.error: ")
    assert b"secret" not in done.stderr


@pytest.mark.parametrize(
    "locale",
    [
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"LC_ALL": "C.UTF-8"},
        {"PYTHONIOENCODING": "latin-1"},
    ],
    ids=str,
)
def test_output_is_the_same_in_every_locale(locale: dict[str, str], tmp_path: Path) -> None:
    path = tmp_path / "challenge.json"
    path.write_text('{"challenge":"é\\u2028\\ud83d\\ude00"}', "utf-8")
    arguments = ("clientdata", "encode", "--raw", "--challenge-file", path)
    raw = run(*arguments, env=locale).out
    assert raw.decode("utf-8") == '{"challenge":"é\u2028😀","type":"key.get"}'
    decoded = run("clientdata", "decode", "--raw", stdin=raw, env=locale).text
    assert "é\\u2028😀" in decoded
    as_json = run("clientdata", "decode", "--raw", "--json", stdin=raw, env=locale)
    assert as_json.out.isascii()
    assert as_json.json["challenge"] == "é\u2028😀"
