"""JSON: give me plain values, I return them in UTF-8, readable as they are."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_SURROGATES = re.compile("[\ud800-\udfff]")
_ENCODERS = {
    True: json.JSONEncoder(ensure_ascii=False, allow_nan=False, indent=2),
    False: json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")),
}


def text(data: Any, *, readable: bool = False) -> str:
    """Return `data` as JSON: é stays é; what is `readable` has a line for each value.

    Raises ValueError for a number that JSON has not.
    """
    # Half of a surrogate pair is in no UTF-8; JSON's own escape can write it.
    return _SURROGATES.sub(lambda match: f"\\u{ord(match.group()):04x}", _ENCODERS[readable].encode(data))


def write(data: Any, *, readable: bool) -> bytes:
    """Return `data` as a document."""
    try:
        return f"{_ENCODERS[readable].encode(data)}\n".encode()
    except UnicodeEncodeError:  # rarer than to look for it first is worth
        return text(data, readable=readable).encode() + b"\n"


def export(head: Mapping[str, Any], articles: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield an object with what is said of the search and its `articles`, a line each."""
    yield text(head)[:-1] + ',"articles":['
    comma = ""
    for article in articles:
        yield f"{comma}\n{text(article)}"
        comma = ","
    yield "\n]}\n"
