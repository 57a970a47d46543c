"""What the native engine reads keys with, by itself: no public module offers it."""

from __future__ import annotations

from countermark._native import hmac_verify, pbes2_decrypt, pbkdf2

__all__ = ["hmac_verify", "pbes2_decrypt", "pbkdf2"]
