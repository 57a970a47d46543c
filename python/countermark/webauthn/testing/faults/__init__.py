"""The faults an authenticator can make, by name."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from countermark.webauthn.testing.faults import (
    android,
    apple,
    assertion,
    attestation_object,
    authenticator_data,
    certificates,
    client_data,
    cose,
    fido_u2f,
    packed,
    tpm,
)
from countermark.webauthn.testing.faults.registry import FaultInfo

_TABLES = (
    client_data.response_table("registration"),
    client_data.client_data_table("registration"),
    authenticator_data.REGISTRATION,
    attestation_object.TABLE,
    cose.TABLE,
    packed.SELF,
    packed.PACKED,
    certificates.CERTIFICATE,
    certificates.TRUST,
    fido_u2f.TABLE,
    tpm.TABLE,
    android.KEY,
    android.SAFETYNET,
    apple.APPLE,
    apple.COMPOUND,
    client_data.response_table("assertion"),
    client_data.client_data_table("assertion"),
    assertion.DATA,
    assertion.TABLE,
)

FAULTS: Final[Mapping[str, FaultInfo]] = MappingProxyType(
    {fault.name: fault for table in _TABLES for fault in table}
)
"""Every fault, by name: what it is, and the error code a verifier should answer with."""

__all__ = ["FAULTS", "FaultInfo"]
