"""The core beside the bare primitives it stands on, both in native code, timed by the program that runs them."""

from __future__ import annotations

from typing import Final

from benches.python.measure import Effort, Result, compare
from benches.python.pair import Budget, Lane, Native, Run
from benches.python.served import Served, alone

TASKS: Final = (
    *("sign P-256", "sign P-384", "sign secp256k1", "sign Ed25519", "sign RSA-2048"),
    *("verify P-256", "verify P-384", "verify secp256k1", "verify Ed25519", "verify RSA-2048"),
    *("wire client data to base64url", "wire client data from base64url"),
    *("wire fingerprint from parts", "load P-256", "load Ed25519", "load RSA-2048"),
)
BUDGETS: Final = {"wire client data to base64url": Budget(time=0.3)}


def results(served: Served, effort: Effort, only: str) -> list[Result]:
    """Of every task with this text in its title."""
    lines = [Native(task, BUDGETS.get(task)) for task in TASKS]
    return [
        compare(
            line,
            _processor_time(alone(served, f"{line.name}/countermark")),
            _processor_time(alone(served, f"{line.name}/bare")),
            effort,
        )
        for line in lines
        if only in line.title
    ]


def _processor_time(lane: Lane) -> Run:
    return lambda count: lane(count).cpu
