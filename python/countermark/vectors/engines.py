"""The implementations that answer questions: the native one and its reference twin, behind one set of names."""

from __future__ import annotations

import importlib
from typing import Any, Final

from countermark.errors import ArgumentValueError, Error
from countermark.vectors.model import VALID, Answer, Question
from countermark.vectors.operations import OPERATIONS

MODULES: Final = {
    "native": (
        "countermark",
        "countermark.dfns",
        "countermark.external",
        "countermark.webauthn",
        "countermark.vectors.encodings",
        "countermark.vectors.primitives",
    ),
    "reference": ("countermark.reference", "countermark.reference.primitives"),
}
"""Where the public names of each implementation are."""


class Door:
    """The public names of one implementation, as attributes."""

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


class Engine:
    """Answers questions with one implementation.

    Args:
        name: ``"native"``, or ``"reference"`` (needs the extra ``reference``).

    Raises:
        ArgumentValueError: there is no engine of that name, or the extra that it needs is not installed.
    """

    def __init__(self, name: str) -> None:
        if name not in MODULES:
            raise ArgumentValueError("an engine is native or reference", code="argument.value")
        self.name = name
        try:
            self._door = Door(name)
        except ModuleNotFoundError as missing:
            if missing.name is None or missing.name.partition(".")[0] == "countermark":
                raise
            raise ArgumentValueError(
                f"the engine {name} needs {missing.name}: pip install 'countermark[{name}]'",
                code="argument.value",
            ) from None

    def answer(self, question: Question) -> Answer:
        """Answers one question; an error of ours is an answer, every other exception is a fault and is raised.

        Raises:
            ArgumentValueError: there is no operation of that name.
        """
        operation = OPERATIONS.get(question.operation)
        if operation is None:
            raise ArgumentValueError("no operation has this name", code="argument.value")
        try:
            output = operation(self._door, question.input)
        except Error as error:
            return Answer(error.code)
        return Answer(VALID, output)
