"""Who is compared with, and who of them is here. Comparisons with those who are not are left out and named."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Final

PACKAGES: Final = (
    *("dfns-sdk", "cryptography", "coincurve", "PyNaCl", "webauthn", "fido2", "cbor2"),
)


def version_of(package: str) -> str | None:
    """The version that is installed, or None."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def here(*packages: str) -> bool:
    """Whether all of them are installed."""
    return all(version_of(package) is not None for package in packages)


def machine() -> dict[str, str | int | float]:
    """What the numbers were measured on; the load tells how much else was going on."""
    return {
        "processor": _processor(),
        "cpus": len(os.sched_getaffinity(0)),
        "architecture": platform.machine(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load": round(os.getloadavg()[0], 1),
    }


def _processor() -> str:
    about = Path("/proc/cpuinfo")
    lines = about.read_text("utf-8").splitlines() if about.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"
