"""A software authenticator for tests: registrations and assertions in every format, right and wrong.

    from countermark.webauthn.testing import SoftwareAuthenticator

    authenticator = SoftwareAuthenticator(b"my test", format="packed")
    answer = authenticator.create(challenge=challenge, rp_id="example.org", origin="https://example.org")

Needs `cryptography`: ``pip install 'countermark[testing]'``. Never use it, or its keys, outside tests.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from countermark.webauthn.testing.authenticator import Credential, SoftwareAuthenticator
    from countermark.webauthn.testing.drafts import STAGES
    from countermark.webauthn.testing.faults import FAULTS, FaultInfo
    from countermark.webauthn.testing.keys import ALGORITHMS

_HOMES = {
    "ALGORITHMS": "keys",
    "Credential": "authenticator",
    "FAULTS": "faults",
    "FaultInfo": "faults",
    "STAGES": "drafts",
    "SoftwareAuthenticator": "authenticator",
}


def __getattr__(name: str) -> Any:
    # The pytest plugin lives in this package and is imported by every pytest run: cryptography is not
    # loaded, and need not be there, until a test asks for an authenticator.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = import_module(f"{__name__}.{_HOMES[name]}")
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] != "cryptography":
            raise
        raise ImportError(
            "countermark.webauthn.testing needs cryptography: pip install 'countermark[testing]'",
            name="cryptography",
        ) from None
    return getattr(module, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})


__all__ = ["ALGORITHMS", "FAULTS", "STAGES", "Credential", "FaultInfo", "SoftwareAuthenticator"]
