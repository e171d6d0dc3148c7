"""Acronyms: two to five capitals, with or without full stops, are a word of their own.

    >>> acronym("U.S"), acronym("US"), acronym("us"), acronym("Us")
    ('US', 'US', '', '')

The term of an acronym is in capitals, as no other term is, for all others are case-folded. It stands
beside the terms of the same letters (`us`), so that `U.S.` finds `US` and never "told us".
"""

from __future__ import annotations

import re

from indexer.analysis.folding import fold_accents, fold_case
from indexer.invisible import ALL_INVISIBLE

MAX_ACRONYM = 5  # letters
_RUN = re.compile(rf"(?:[^\W\d_][{ALL_INVISIBLE}]*){{2,}}")
# A line that may be all in capitals, behind another one: most texts have none, and are not cut into lines.
_LOUD_LINE = re.compile(r"\n[^a-z\n]+(?:\n|\Z)")


def acronym(text: str) -> str:
    """Return the term of an acronym, nothing for any other word."""
    if not text.isupper() or len(text) > 2 * MAX_ACRONYM - 1:
        return ""
    is_dotted = text[1:2] == "."
    if is_dotted and text[1::2].strip("."):
        return ""
    letters = text[::2] if is_dotted else text
    if not (2 <= len(letters) <= MAX_ACRONYM and letters.isalpha()):
        return ""
    return letters if letters.isascii() else fold_accents(fold_case(letters)).upper()


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
