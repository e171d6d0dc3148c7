"""Text in capitals for no reason -> the same in small letters."""

from __future__ import annotations

import re

from indexer.invisible import ALL_INVISIBLE

_RUN = re.compile(rf"(?:[^\W\d_][{ALL_INVISIBLE}]*){{2,}}")
# A line that may be all in capitals, behind another one: most texts have none, and are not cut into lines.
_LOUD_LINE = re.compile(r"\n[^a-z\n]+(?:\n|\Z)")


def without_shouting(text: str) -> str:
    """Return `text` with the words of each line that is all in capitals in small letters: there US is no
    acronym, but U.S. is. The length is kept; a line of one word is left as it is."""
    if not _LOUD_LINE.search(text) and not text[: text.find("\n") + 1 or None].isupper():
        return text
    return "\n".join([_quiet(line) if line.isupper() else line for line in text.split("\n")])


def _quiet(line: str) -> str:
    return _RUN.sub(_lowered, line) if len(_RUN.findall(line)) > 1 else line


def _lowered(match: re.Match[str]) -> str:
    lower = match.group().lower()
    return lower if len(lower) == len(match.group()) else match.group()  # İ has two
