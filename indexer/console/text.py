"""Words for a person: texts made harmless, numbers and dates as they are read."""

from __future__ import annotations

import re
from datetime import date, datetime

# What could steer a terminal: C0 and C1 controls (ESC and CSI among them), except newline and tab,
# and halves of surrogate pairs, which stand for the undecodable bytes of a file's name.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
# Embeddings, overrides and isolates could turn the rest of a line around; no text needs them here.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile("\r\n?|[\x85\u2028\u2029]")


def clean(text: str) -> str:
    """Return `text` with its control characters written out (`\\x1b`); newlines and tabs stay."""
    return _CONTROLS.sub(_written_out, _BIDI.sub("", _LINE_ENDS.sub("\n", text)))


def clean_line(text: str) -> str:
    """Return `text` cleaned, on one line: each newline or tab becomes a space."""
    return clean(text).replace("\n", " ").replace("\t", " ")


def _written_out(match: re.Match[str]) -> str:
    code = ord(match.group())
    if 0xDC80 <= code <= 0xDCFF:  # Python's stand-in for the byte 0x80..0xff of a file's name
        code -= 0xDC00
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"


def amount(number: int, noun: str, plural: str = "") -> str:
    """Return `1 article`, `14,400 articles`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def day(moment: date | None) -> str:
    """Return the day of a date, or of a moment in its own offset, as `2020-06-25`; or an empty text."""
    return moment.isoformat()[:10] if moment else ""


def minute(moment: datetime | None) -> str:
    """Return `2020-06-25 10:31 UTC`, `2020-06-25 10:31 +09:00`, or an empty text."""
    from indexer.article import offset_name  # help, which needs no moments, imports this module

    if moment is None:
        return ""
    return f"{moment.replace(tzinfo=None).isoformat(' ', 'minutes')} {offset_name(moment)}"


def duration(seconds: float) -> str:
    """Return `0.8 s`, `42 s`, `3 min 5 s` or `2 h 10 min`."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"
