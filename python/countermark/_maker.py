"""Making results. A frozen dataclass sets each field through `object.__setattr__`, which takes four times as long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, make_dataclass
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def maker(cls: Callable[P, T]) -> Callable[P, T]:
    """A function that makes objects of a frozen dataclass with slots, which has no `__post_init__`.

    It fills an object of a class with the same slots that is not frozen, and then gives it its own class.
    """
    given: Any = cls
    names = [field.name for field in fields(given)]
    unfrozen: Any = make_dataclass(given.__name__, names, slots=True, repr=False, eq=False)

    def make(*args: P.args, **kwargs: P.kwargs) -> T:
        made = unfrozen(*args, **kwargs)
        made.__class__ = cls
        return made  # type: ignore[no-any-return]

    return make


__all__ = ["maker"]
