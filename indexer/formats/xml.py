"""Texts in XML, which cannot have every character."""

from __future__ import annotations

import re

_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def fit(text: str) -> str:
    """Return a text in which what XML cannot have is a replacement character."""
    return _UNFIT.sub("\ufffd", text)
