"""Many at once: signatures and verifications on all cores, with the interpreter released once a call.

Every function takes the items of many calls and gives one result an item, in order. A bad item is a result too:
the `countermark.errors.Error` that the single call raises, as an object, with the same code. Only a call that is
wrong as a whole raises, and so does one with a wrong argument that all items share.

Keys of items may be text or bytes as well as objects, and are read once a call. Assertions of passkeys (kind
``Fido2``) are items of `verify_authentications`, those of software keys of `verify_assertions`; audit records of both
kinds go through `verify_audit_records`.

``threads`` is how many threads a call may use, its own among them: 1 to 1024; None for the number in the variable
``COUNTERMARK_THREADS``, or else as many as the process has processors. They are started when they are first needed,
kept, and started again in a forked child. One thread works without any others.

A call runs to its end, and Ctrl-C takes effect after it; where there are very many items, `verify_stream` goes
through them in chunks.
"""

from __future__ import annotations

from countermark.batch.columns import FlatBytes, FlatSignatures, codes, from_arrow
from countermark.batch.signing import sign_many, verify_many
from countermark.batch.stream import verify_stream
from countermark.batch.verifying import (
    Item,
    verify_assertions,
    verify_audit_records,
    verify_authentications,
    verify_registrations,
)

__all__ = [
    "FlatBytes",
    "FlatSignatures",
    "Item",
    "codes",
    "from_arrow",
    "sign_many",
    "verify_assertions",
    "verify_audit_records",
    "verify_authentications",
    "verify_many",
    "verify_registrations",
    "verify_stream",
]
