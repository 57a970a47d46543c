"""How verdicts are said, whatever was judged."""

from __future__ import annotations

import argparse
from typing import Final

from countermark.cli.outcome import ExitCode, details
from countermark.cli.terminal import printable, write_error, write_json, write_lines
from countermark.dfns import Report
from countermark.errors import ArgumentTypeError, ArgumentValueError, Error, InternalError

OURS: Final = (ArgumentTypeError, ArgumentValueError, InternalError)
"""Errors that say nothing about the thing that is judged."""


def print_refusal(error: Error, options: argparse.Namespace) -> int:
    """Says that it is invalid, and the first reason."""
    if options.json:
        write_json({"valid": False, "error": details(error)})
    else:
        write_lines("invalid")
        write_error(f"countermark: {printable(f'{error.code}: {error.message}')}\n")
    return ExitCode.INVALID


def print_report(report: Report, options: argparse.Namespace) -> int:
    """Says what every step came to."""
    if options.json:
        write_json(
            {
                "valid": report.valid,
                "checks": [
                    {
                        "step": check.step,
                        "section": check.section,
                        "passed": check.passed,
                        "error": None if check.error is None else details(check.error),
                    }
                    for check in report.checks
                ],
            }
        )
    else:
        words = {True: "ok", False: "FAILED", None: "not judged"}
        rows = [
            f"{words[check.passed]:<11} {check.step}"
            + (f": {check.error.code}: {check.error.message}" if check.error else "")
            for check in report.checks
        ]
        write_lines(*rows, "valid" if report.valid else "invalid")
    return ExitCode.VALID if report.valid else ExitCode.INVALID
