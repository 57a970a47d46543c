"""A program in another language that answers questions: one process, JSON a line in and out."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
from pathlib import Path
from typing import Any

PEERS = Path(__file__).resolve().parent / "peers"
PATIENCE = 60.0
"""Seconds for one answer: a key of RSA may take some, and a Java machine its start."""


def challenge_for(credential_id: str, challenge: str) -> dict[str, Any]:
    """What a signer is given: the parts of the API's answer that it looks at."""
    allowed = [{"type": "public-key", "id": credential_id}]
    return {"challenge": challenge, "allowCredentials": {"key": allowed, "webauthn": []}}


class PeerError(Exception):
    """What the peer threw on a question: its own refusal, in its own words."""


class Peer:
    """A running peer.

    What is asked and answered is printed, so that pytest shows it with a test that fails: the keys in it
    are made for one run.
    """

    def __init__(self, name: str, command: list[str], folder: Path) -> None:
        self.name = name
        self._process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._lines: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self._stdout:
            self._lines.put(line)
        self._lines.put("")

    def __call__(self, operation: str, **question: Any) -> Any:
        """The answer to a question; bytes in it are sent in lower-case hex.

        Raises:
            PeerError: the peer threw.
        """
        asked = {
            name: value.hex() if isinstance(value, bytes) else value
            for name, value in question.items()
        }
        text = json.dumps({"operation": operation, **asked})
        print(f"{self.name} < {text}")
        self._stdin.write(text + "\n")
        self._stdin.flush()
        line = self._lines.get(timeout=PATIENCE)
        print(f"{self.name} > {line}", end="")
        assert line, f"{self.name} ended on {operation}: exit code {self._process.wait(PATIENCE)}"
        reply = json.loads(line)
        if "error" in reply:
            raise PeerError(reply["error"])
        return reply["answer"]

    def close(self) -> None:
        """Ends the peer, which ends by itself when its questions end."""
        self._stdin.close()
        try:
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._reader.join()
            self._stdout.close()
