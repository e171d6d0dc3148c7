"""Writing that differs from script to script: marks that may be left out, letters that stand for one
another, and texts without spaces between words.

Marks and letters are folded as Lucene's ArabicNormalizer and PersianNormalizer fold them, and as ICU's
folding takes hamza off its seat; own to us are Hebrew, stress in Cyrillic, and two spellings of Thai.

A text of Chinese, Japanese, Korean, Thai, Lao, Khmer or Burmese is cut into pairs of its characters. In the
last four a character is a cluster: a consonant with all that is written around it (Theeramunkong et al.,
"Character cluster based Thai information retrieval", 2000). No word begins or ends within one, so the pairs
of a word are found wherever it stands, without a dictionary of words.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from indexer.invisible import JOINERS

_HEBREW_POINTS = "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
_ARABIC_MARKS = (
    "\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08ff"
)
POINTS = _HEBREW_POINTS + _ARABIC_MARKS
"""Marks that a writer of Hebrew or Arabic may leave out, as ranges for a character class."""

_TATWEEL = "\u0640"
_STRESS = "\u0300\u0301\u030f\u0311"
# The dots of ё go as well; those of ї and the breve of й make another letter.
_DROPPED = re.compile(f"[{POINTS}{_TATWEEL}{JOINERS}]+|(?<=е)\u0308|(?<=[аеиоуыэюяіѣєъѵѧѫ\u0308])[{_STRESS}]")
_ONE_LETTER = {
    **dict.fromkeys("ىی", "ي"),  # alef maksura and Persian yeh are yeh
    **dict.fromkeys("ةۃہە", "ه"),  # teh marbuta and other forms of heh are heh
    "ک": "ك",
    "ٱ": "ا",
}
_LETTERS = str.maketrans(_ONE_LETTER)
_TONE_FIRST = re.compile("([\u0e4d\u0ecd])([\u0e48-\u0e4b\u0ec8-\u0ecb])(?=[\u0e32\u0eb2])")
# What is folded here; few words of other scripts have any.
_FOLDED = re.compile(f"[{POINTS}{_TATWEEL}{JOINERS}\u0308{_STRESS}{''.join(_ONE_LETTER)}เ\u0e4d\u0ecd]")

# The letters that older texts write as a consonant, a virama and a joiner.
_ATOMIC = {
    "\u0d23\u0d4d\u200d": "ൺ",
    "\u0d28\u0d4d\u200d": "ൻ",
    "\u0d30\u0d4d\u200d": "ർ",
    "\u0d32\u0d4d\u200d": "ൽ",
    "\u0d33\u0d4d\u200d": "ൾ",
    "\u0d15\u0d4d\u200d": "ൿ",
    "\u09a4\u09cd\u200d": "ৎ",
}
_ATOMS = re.compile("|".join(_ATOMIC))


def fold_script(parted: str) -> str:
    """Return a word, case-folded and in NFD, without marks that may be left out, and with one letter for
    those that stand for one another."""
    if not _FOLDED.search(parted):
        return parted
    kept = _DROPPED.sub("", parted).translate(_LETTERS)
    kept = kept.replace("เเ", "แ")  # typed by many for แ: it looks the same
    return _TONE_FIRST.sub(r"\2\1", kept) or parted


def join_atoms(word: str) -> str:
    """Return `word` with one letter for what older texts write as three."""
    return _ATOMS.sub(lambda match: _ATOMIC[match.group()], word)


PLAIN_LETTERS = {"german": str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})}
"""What a language writes for a letter where there are plain ones only: Mueller for the German Müller."""


_CJK = (
    "\u3005\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\uff66-\uff9f\U00020000-\U0003ffff"
)
_CLUSTERED = (
    ("\u0e00", "\u0eff"),
    ("\u1000", "\u109f"),
    ("\u1780", "\u17ff"),
    ("\ua9e0", "\ua9ff"),
    ("\uaa60", "\uaa7f"),
)
_LEADING = "\u0e40-\u0e44\u0ec0-\u0ec4"  # vowels written before their consonant
_TRAILING = "\u0e30\u0e32\u0e33\u0e45\u0eb0\u0eb2\u0eb3"  # vowels that are letters to Unicode
_STACKING = "\u1039\u17d2"  # the next consonant stands below
_VOICED = "\u3099\u309a\uff9e\uff9f"
_UNSPACED = _CJK + "".join(f"{first}-{last}" for first, last in _CLUSTERED)


# Made when the first text needs them, as all patterns that few texts do.
@functools.cache
def _runs() -> re.Pattern[str]:
    return re.compile(f"([{_UNSPACED}]+)|[^{_UNSPACED}_]+")


@functools.cache
def _unspaced() -> re.Pattern[str]:
    return re.compile(f"[{_UNSPACED}]")


@functools.cache
def _cluster() -> re.Pattern[str]:
    following = _TRAILING + "".join(
        char
        for first, last in _CLUSTERED
        for char in map(chr, range(ord(first), ord(last) + 1))
        if unicodedata.category(char) in ("Mn", "Mc")
    )
    blocks = "".join(f"{first}-{last}" for first, last in _CLUSTERED)
    base = f"(?![{_LEADING}{following}])[{blocks}]"
    below = f"(?<=[{_STACKING}]){base}|(?<=\u0eab)[\u0e99\u0ea1]"  # Lao writes ຫນ as ໜ, too
    return re.compile(f"[{_LEADING}]*{base}(?:[{following}]|{below})*|.[{_VOICED}]*")


def is_unspaced(text: str) -> bool:
    """Whether there is a character in `text` of a script that has no spaces between words."""
    return _unspaced().search(text) is not None


def unspaced_runs(text: str) -> list[tuple[int, int, list[int]]]:
    """Return start and end of each run of letters of one kind, and where its characters begin: of none but
    in a run without spaces between words."""
    found = []
    for run in _runs().finditer(text):
        start, end = run.span()
        edges = [start + match.start() for match in _cluster().finditer(run.group())] if run[1] else []
        found.append((start, end, edges))
    return found
