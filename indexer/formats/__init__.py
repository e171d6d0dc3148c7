"""An answer as plain values goes in; the bytes of an export format come out.

A format is a module of this package and a row of FORMATS; the command line has an option for each, the API
a value of `format`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol

from indexer.formats import json

__all__ = ["FORMATS", "Format", "Writer"]


class Writer(Protocol):
    """Writes plain values."""

    def __call__(self, data: Any, *, readable: bool) -> bytes:
        """Return `data` in the format."""


class Format(NamedTuple):
    """One format: its media type, its name in a sentence, and what writes plain values in it, for a person
    to read or as short as it goes."""

    media_type: str
    label: str
    write: Writer


FORMATS: Mapping[str, Format] = {
    "json": Format("application/json", "JSON", json.write),
}
