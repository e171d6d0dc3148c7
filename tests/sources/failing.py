"""A source that fails where a test wants it to: what people see of a failure that no index can be brought to."""

from __future__ import annotations

from typing import Any

from indexer.query.source import Source


class FailingSource:
    """Another source, of which one method, of it or of its views and what these find, raises `failure`."""

    def __init__(self, source: Source, method: str, failure: Exception) -> None:
        self._source = source
        self._method = method
        self._failure = failure

    def open(self) -> Any:
        """Return the other's view, which fails where it should."""
        if self._method == "open":
            raise self._failure
        return _Failing(self._source.open(), self._method, self._failure)

    def close(self) -> None:
        """Close the other source."""
        self._source.close()


class _Failing:
    """A view, or what it finds."""

    def __init__(self, inner: Any, method: str, failure: Exception) -> None:
        self._inner = inner
        self._method = method
        self._failure = failure

    def __getattr__(self, name: str) -> Any:
        if name == self._method:
            raise self._failure
        return getattr(self._inner, name)

    def find(self, tree: Any, plan: Any) -> Any:
        if self._method == "find":
            raise self._failure
        return _Failing(self._inner.find(tree, plan), self._method, self._failure)
