"""The two implementations under test, behind one set of names."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import Any, Final

from countermark.errors import Error

MODULES: Final = {
    "native": ("countermark", "countermark.dfns", "countermark.external", "countermark.webauthn"),
    "reference": ("countermark.reference",),
}


class Door:
    """The public names of one implementation: ``native`` or ``reference``."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._modules = [importlib.import_module(module) for module in MODULES[name]]

    def __repr__(self) -> str:
        return f"Door({self.name!r})"

    def __getattr__(self, name: str) -> Any:
        for module in self._modules:
            if hasattr(module, name):
                return getattr(module, name)
        raise AttributeError(f"{self.name} offers no {name}")


def outcome(call: Callable[[], Any]) -> Any:
    """What a call returns, or the code of the error of ours that it raises."""
    try:
        return call()
    except Error as error:
        return error.code


@cache
def private_key(door: Door, pem: str) -> Any:
    """A key that several tests read: none of them closes it."""
    return door.PrivateKey.from_pem(pem)
