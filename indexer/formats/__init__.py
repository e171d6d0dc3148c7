"""The formats that answers are exported in: give me plain values, I return bytes. A format is a module of
this package and a row of FORMATS; the command line has an option for each, the API a value of `format`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from indexer.formats import json

__all__ = ["FORMATS", "Format"]


class Format(NamedTuple):
    """One format: its media type, its name in a sentence, and what writes plain values in it."""

    media_type: str
    label: str
    write: Callable[[Any], bytes]


FORMATS: Mapping[str, Format] = {
    "json": Format("application/json", "JSON", json.write),
}
