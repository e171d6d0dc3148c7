"""Plain values -> JSON in UTF-8, readable as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import orjson

_SURROGATES = re.compile("[\ud800-\udfff]")
_ENCODERS = {  # of what is no document, and of what orjson does not write
    True: json.JSONEncoder(ensure_ascii=False, allow_nan=False, indent=2),
    False: json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")),
}
_OPTIONS = {True: orjson.OPT_APPEND_NEWLINE | orjson.OPT_INDENT_2, False: orjson.OPT_APPEND_NEWLINE}


def text(data: Any, *, readable: bool = False) -> str:
    """Return `data` as JSON: é stays é; what is `readable` has a line for each value.

    Raises ValueError for a number that JSON has not.
    """
    # Half of a surrogate pair is in no UTF-8; JSON's own escape can write it.
    return _SURROGATES.sub(lambda match: f"\\u{ord(match.group()):04x}", _ENCODERS[readable].encode(data))


def write(data: Any, *, readable: bool) -> bytes:
    """Return `data` as a document; a number that JSON has not is null."""
    try:
        return orjson.dumps(data, option=_OPTIONS[readable])
    except TypeError:  # half of a surrogate pair
        return text(data, readable=readable).encode() + b"\n"


def export(head: Mapping[str, Any], articles: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield an object with what is said of the search and its `articles`, a line each."""
    yield text(head)[:-1] + ',"articles":['
    comma = ""
    for article in articles:
        yield f"{comma}\n{text(article)}"
        comma = ","
    yield "\n]}\n"
