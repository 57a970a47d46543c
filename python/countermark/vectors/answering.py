"""Questions as JSON Lines in, answers as JSON Lines out, so that implementations can be compared process to process.

A question is ``{"id": …, "operation": …, "input": {…}}`` on a line of its own; the id is a text or a whole number
and comes back. The answer is ``{"id": …, "result": …}``, with ``output`` where the result is ``valid``. What is no
question, or made the engine fail without an answer, gets ``{"error": …}``, with the id where there is one.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, Final

from countermark.errors import Error
from countermark.vectors.json_files import strict_json
from countermark.vectors.model import VALID, Answer, Question
from countermark.vectors.operations import OPERATIONS
from countermark.vectors.operations.values import QuestionError
from countermark.vectors.running import Answering

MAX_LINE: Final = 4 * 1024 * 1024
"""Bytes of a question. A longer one is skipped and gets an error."""

_QUESTION: Final = {"id", "operation", "input"}


def answers(stream: BinaryIO, engine: Answering) -> Iterator[dict[str, Any]]:
    """An answer, or an error, for every line of a stream, as soon as the line is there.

    Raises:
        OSError: the stream cannot be read.
    """
    while line := stream.readline(MAX_LINE + 1):
        if len(line) > MAX_LINE:
            while not line.endswith(b"\n") and (line := stream.readline(MAX_LINE)):
                pass
            yield {"error": f"the line is longer than {MAX_LINE} bytes"}
        else:
            yield _answered(line, engine)


def _answered(line: bytes, engine: Answering) -> dict[str, Any]:
    try:
        asked = strict_json(line)
    except Error as error:
        return {"error": f"the line is no question: {error.message}"}
    if not isinstance(asked, dict):
        return {"error": "the line is no question: no object"}
    name = asked.get("id")
    if not isinstance(name, (str, int)) or isinstance(name, bool):
        return {
            "error": "a question has an id, a text or a whole number, which comes back with the answer"
        }
    return {"id": name, **_outcome(asked, engine)}


def _outcome(asked: dict[str, Any], engine: Answering) -> dict[str, Any]:
    if asked.keys() != _QUESTION:
        odd = ", ".join(sorted(asked.keys() ^ _QUESTION))[:100]
        return {"error": f"a question has the members id, operation and input: {odd}"}
    operation, given = asked["operation"], asked["input"]
    if not isinstance(operation, str) or operation not in OPERATIONS:
        return {"error": "no operation has this name"}
    if not isinstance(given, dict):
        return {"error": "the input is no object"}
    try:
        return _told(engine.answer(Question(operation, given)))
    except (KeyboardInterrupt, SystemExit):
        raise
    except QuestionError as error:
        return {"error": str(error)[:200]}
    except BaseException as error:  # noqa: BLE001  one question must not end the others
        return {"error": f"{type(error).__name__}: {error}"[:200]}


def _told(answer: Answer) -> dict[str, Any]:
    found: dict[str, Any] = {"result": answer.result}
    if answer.result == VALID:
        found["output"] = json.loads(json.dumps(answer.output, allow_nan=False))
    return found


__all__ = ["MAX_LINE", "answers"]
