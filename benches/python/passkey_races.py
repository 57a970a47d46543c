"""The races of passkeys: registrations and logins, many at once, beside other servers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from benches.python import passkeys
from benches.python.many import Race
from benches.python.passkeys import CHALLENGE, NOW, SITE
from benches.python.races import bare, checked, loops
from benches.python.served import Programs
from countermark.batch import verify_authentications, verify_registrations
from countermark.webauthn import verify_authentication, verify_registration

COUNT: Final = 2_000


def passkey_races(programs: Programs) -> Iterator[Race]:
    """A registration attested as packed, and an ES256 login."""
    yield _registrations()
    yield _authentications(programs)


def _registrations() -> Race:
    one = passkeys.registration("packed")
    common: dict[str, Any] = {
        "challenge": CHALLENGE,
        "require_user_verification": False,
        "trust": one.trust,
        "at": NOW,
        **SITE,
    }
    items = [{"response": one.answer}] * COUNT
    checked(verify_registrations(items[:10], **common), 10)
    return Race(
        "verify_registrations",
        "packed",
        COUNT,
        lambda: verify_registration(one.answer, **common),
        lambda count, threads: verify_registrations(items[:count], threads=threads, **common),
        loops(
            {
                "py_webauthn": passkeys.py_webauthn_registers(one),
                "fido2": passkeys.fido2_registers(one),
            }
        ),
    )


def _authentications(programs: Programs) -> Race:
    one = passkeys.assertion("ES256")
    common: dict[str, Any] = {
        "challenge": CHALLENGE,
        "public_key": one.key_bytes,
        "sign_count": 0,
        **SITE,
    }
    items = [{"response": one.answer}] * COUNT
    checked(verify_authentications(items[:10], **common), 10)
    return Race(
        "verify_authentications",
        "ES256",
        COUNT,
        lambda: verify_authentication(one.answer, **common),
        lambda count, threads: verify_authentications(items[:count], threads=threads, **common),
        loops({"py_webauthn": one.py_webauthn, "fido2": one.fido2}),
        bare(programs, "verify P-256"),
    )
