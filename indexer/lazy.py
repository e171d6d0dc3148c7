"""A value that is computed when it is first looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Self, TypeVar, overload

T = TypeVar("T")


class lazy(Generic[T]):  # noqa: N801 - read as a decorator, like `property`
    """Like `functools.cached_property`, which in Python 3.11 holds one lock for all objects of a class while
    it computes: answers of several threads would wait for each other."""

    def __init__(self, compute: Callable[[Any], T]) -> None:
        self._compute = compute
        self.__doc__ = compute.__doc__

    @overload
    def __get__(self, owner: None, kind: type) -> Self: ...
    @overload
    def __get__(self, owner: object, kind: type) -> T: ...
    def __get__(self, owner: object, kind: type) -> Self | T:
        """Compute the value, and let it stand in the place of this from now on."""
        if owner is None:
            return self
        value: T = self._compute(owner)
        # Of two threads the first one's value stays, and the other takes it too.
        return vars(owner).setdefault(self._compute.__name__, value)  # type: ignore[no-any-return]
