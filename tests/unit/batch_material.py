"""What the tests of batches share."""

from __future__ import annotations

from typing import Any


def challenge_of(text: str, allowed: str = "cr-1") -> dict[str, Any]:
    """What the server sends."""
    return {"challenge": text, "allowCredentials": {"key": [{"type": "public-key", "id": allowed}]}}


def described(error: Any) -> tuple[type, str, dict[str, Any]]:
    """All that an error says."""
    return type(error), str(error), dict(vars(error))
