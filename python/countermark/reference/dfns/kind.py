"""The kinds of credential whose key is a software key.

Dfns protocol, user action signing, allow-list: each kind has its own list in a challenge.
"""

from __future__ import annotations

from typing import Final

ALLOW_LISTS: Final = {
    "Key": ("allowCredentials", "key"),
    "PasswordProtectedKey": ("allowCredentials", "passwordProtectedKey"),
    "RecoveryKey": ("allowedRecoveryCredentials",),
}
"""Where the allow-list of a kind stands in a challenge."""

KINDS: Final = tuple(ALLOW_LISTS)
