"""Acronyms: two to five capitals, with or without full stops, are a word of their own.

    >>> acronym("U.S"), acronym("US"), acronym("us"), acronym("Us")
    ('US', 'US', '', '')

The term of an acronym is in capitals, as no other term is, for all others are case-folded. It stands
beside the terms of the same letters (`us`), so that `U.S.` finds `US` and never "told us".
"""

from __future__ import annotations

from indexer.analysis.folding import fold_accents, fold_case

MAX_ACRONYM = 5  # letters


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
