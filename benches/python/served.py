"""Peers that are programs of their own: the bare primitives in Rust, and the key signer of the TypeScript SDK.

Each runs for as long as the report does, reads a task and a count a line, does the task that often, and answers
with the nanoseconds it took. So they take turns with what runs in this process. Their processor time is read from
outside, and means the same as that of this process.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Final

from benches.python.pair import Lane, Took

ROOT: Final = Path(__file__).resolve().parents[2]
NODE_PROGRAM: Final = ROOT / "benches" / "node" / "keysigner.cjs"
NODE_PACKAGES: Final = ("@dfns/sdk@0.8.3", "@dfns/sdk-keysigner@0.8.3")
MINUTES: Final = 60


class Served:
    """A running program."""

    def __init__(self, command: Sequence[str], environment: dict[str, str] | None = None) -> None:
        """Starts it; it waits for tasks."""
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        )

    def begin(self, task: str, count: int) -> None:
        """Gives out a task. `end` is to be called before the next one."""
        if self._process.stdin is None:
            raise RuntimeError("the program reads nothing")
        self._process.stdin.write(f"{task}\t{count}\n")
        self._process.stdin.flush()

    def cpu(self) -> int:
        """Nanoseconds of processor time that it has had so far."""
        # How Linux numbers the clock of another process: clock_getcpuclockid(3).
        return time.clock_gettime_ns((~self._process.pid << 3) | 2)

    def end(self) -> int:
        """Waits for the task to be done: nanoseconds, by the program's own clock."""
        if self._process.stdout is None:
            raise RuntimeError("the program writes nothing")
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the program ended, with status {self._process.wait()}")
        return int(line)

    def close(self) -> None:
        """Ends it."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait(timeout=30)
        if self._process.stdout is not None:
            self._process.stdout.close()


class Programs:
    """The programs that are here, and why the others are not."""

    def __init__(self, closing: ExitStack) -> None:
        """Builds and starts nothing yet; what is started is ended with `closing`."""
        self._closing = closing
        self.absent: dict[str, str] = {}
        self.bare: tuple[Served, ...] = ()
        self.node: Served | None = None
        self.node_versions = ""

    def start_bare(self, processes: int) -> None:
        """As many processes of the bare primitives as there are processors."""
        try:
            program = build()
        except (OSError, subprocess.SubprocessError, RuntimeError) as error:
            self.absent["bare primitives in Rust"] = str(error)
            return
        self.bare = tuple(self._started([program, "--serve"]) for _ in range(processes))

    def start_node(self) -> None:
        """The key signer of the TypeScript SDK, installed into a folder that goes away again."""
        node, npm = shutil.which("node"), shutil.which("npm")
        if node is None or npm is None:
            self.absent["@dfns/sdk-keysigner"] = "node and npm are not both installed"
            return
        folder = self._closing.enter_context(tempfile.TemporaryDirectory(prefix="countermark-"))
        install = [npm, "install", "--prefix", folder, "--ignore-scripts", "--no-audit"]
        try:
            subprocess.run(
                [*install, "--no-fund", "--silent", *NODE_PACKAGES],
                check=True,
                stdout=subprocess.DEVNULL,
                timeout=5 * MINUTES,
            )
        except subprocess.SubprocessError as error:
            self.absent["@dfns/sdk-keysigner"] = f"npm could not install it: {error}"
            return
        environment = {**os.environ, "NODE_PATH": str(Path(folder, "node_modules"))}
        self.node = self._started([node, str(NODE_PROGRAM)], environment)
        asked = subprocess.run([node, "--version"], check=True, capture_output=True, text=True)
        self.node_versions = f"{NODE_PACKAGES[-1]} in Node {asked.stdout.strip()}"

    def _started(self, command: Sequence[str], environment: dict[str, str] | None = None) -> Served:
        served = Served(command, environment)
        self._closing.callback(served.close)
        return served


@cache
def build() -> str:
    """Compiles the Rust benches and says where the program is.

    Raises:
        OSError, subprocess.SubprocessError: there is no cargo, or it does not build them.
        RuntimeError: cargo names no program.
    """
    command = ["cargo", "bench", "--no-run", "-p", "countermark-core", "--message-format=json"]
    done = subprocess.run(command, cwd=ROOT / "rust", check=True, stdout=subprocess.PIPE, text=True)
    for line in done.stdout.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["target"]["name"] == "primitives":
            return str(message["executable"])
    raise RuntimeError("cargo names no program")


def alone(served: Served, task: str) -> Lane:
    """One process does all."""

    def run(count: int) -> Took:
        cpu = served.cpu()
        served.begin(task, count)
        wall = served.end()
        return Took(wall, served.cpu() - cpu)

    return run


def together(processes: Sequence[Served], task: str) -> Lane:
    """Every process does its share at the same time; what counts is when the last one is done."""

    def run(count: int) -> Took:
        share = -(-count // len(processes))
        cpu = sum(served.cpu() for served in processes)
        start = time.perf_counter_ns()
        for served in processes:
            served.begin(task, share)
        for served in processes:
            served.end()
        wall = time.perf_counter_ns() - start
        cpu = sum(served.cpu() for served in processes) - cpu
        # A share is rounded up: what was done beyond the count is not held against them.
        part = count / (share * len(processes))
        return Took(round(wall * part), round(cpu * part))

    return run
