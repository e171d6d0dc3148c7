"""Characters that nobody sees: words are read as if they were not there, and names are kept without them.

Soft hyphens, zero-width spaces and direction marks come with pasted text. A joiner (ZWJ, ZWNJ) counts only
among letters that it shapes: Arabic script, scripts of India, Mongolian. In words, a ZWNJ counts in Arabic
script alone, where it stands between what may be written apart.
"""

from __future__ import annotations

import re

JOINERS = "\u200c\u200d"
# Soft hyphen, grapheme joiner, direction marks, Khmer's inherent vowels, Mongolian variants, zero-width
# space, word joiner, byte order mark, tags: of Unicode's Default_Ignorable_Code_Point, those of words.
_UNSEEN = (
    "\u00ad\u034f\u061c\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\U000e0000-\U000e00ff"
)
# They choose a shape: of an emoji, a key's digit, a Chinese character.
_VARIANTS = "\u20e3\ufe00-\ufe0f\U000e0100-\U000e01ef"
_VIRAMAS = "\u09cd\u0d4d"  # of Bengali and Malayalam: with a joiner another letter, also at a word's end
_ARABIC = "\u0600-\u085f\u0870-\u08ff"
_SHAPED = _ARABIC + "\u0900-\u0dff\u1800-\u18af\ua840-\ua87f\ua8e0-\ua8ff\U00011000-\U000119ff"
_EMOJI = "\u00a9\u00ae\u203c-\u2bff\u3030-\u3299\ufe0f\U0001f000-\U0001faff"

ALL_INVISIBLE = _UNSEEN + _VARIANTS + JOINERS
"""As ranges for a character class."""


def _pattern(dropped: str, joined: str, others: str = "") -> re.Pattern[str]:
    """Return what finds `dropped`, joiners but for those that stand between two of `joined`, and `others`."""
    joiners = f"[{JOINERS}]++"
    return re.compile(
        f"[{dropped}]+|(?<![{joined}{JOINERS}]){joiners}|(?<![{_VIRAMAS}]){joiners}(?![{joined}]){others}"
    )


_IN_WORDS = _pattern(_UNSEEN + _VARIANTS, _SHAPED, f"|(?<![{_ARABIC}\u200c])\u200c+")
# Tags (the flag of Wales) and what shapes an emoji stay in a name, which is shown.
_IN_NAMES = _pattern(_UNSEEN.removesuffix("\U000e0000-\U000e00ff"), _SHAPED + _EMOJI)


# Found in a sixth of the time in which the patterns above find nothing.
_ANY = re.compile(f"[{ALL_INVISIBLE}]")


def has_invisible(text: str) -> bool:
    """Whether any character of `text` may be one that nobody sees."""
    return not text.isascii() and _ANY.search(text) is not None


def without_invisible(text: str) -> str:
    """Return `text` as words are read: without what nobody sees."""
    return _IN_WORDS.sub("", text) if has_invisible(text) else text


def visible_offsets(text: str) -> list[int]:
    """Return where each character of `without_invisible(text)` stands in `text`."""
    found: list[int] = []
    at = 0
    for match in _IN_WORDS.finditer(text):
        found += range(at, match.start())
        at = match.end()
    return [*found, *range(at, len(text))]


def clean_name(text: str) -> str:
    """Return a name as it is kept, so that two that look the same are one."""
    return _IN_NAMES.sub("", text).strip() if has_invisible(text) else text
