"""JSON: give me plain values, I return them in UTF-8, readable as they are."""

from __future__ import annotations

import json
import re
from typing import Any

_SURROGATES = re.compile("[\ud800-\udfff]")


def write(data: Any, *, readable: bool) -> bytes:
    """Return `data` as JSON in UTF-8: é stays é; what is `readable` has a line for each value.

    Raises ValueError for a number that JSON has not.
    """
    layout: dict[str, Any] = {"indent": 2} if readable else {"separators": (",", ":")}
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, **layout)
    try:
        return text.encode() + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair, which JSON's own escape can write
        return _SURROGATES.sub(lambda match: f"\\u{ord(match.group()):04x}", text).encode() + b"\n"
