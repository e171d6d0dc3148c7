"""How many edits lie between two words: the plain form of `indexer.query.edits`, for one pair.

An edit takes a letter in, leaves one out, replaces one or swaps two neighbours (no letter is edited
twice: "optimal string alignment"). Nothing is imported, for error messages need it at start-up.
"""

from __future__ import annotations

from collections.abc import Iterable

_MAX_EDITS = 3  # of a name: work grows with a power of it


def edits_between(word: str, other: str, limit: int) -> int | None:
    """Return the fewest edits between two words; None beyond `limit`."""
    return next((edits for edits in range(limit + 1) if is_near(word, other, edits)), None)


def is_near(word: str, other: str, edits: int, *, beginning: bool = False) -> bool:
    """Whether up to `edits` edits lie between `word` and `other`, or a `beginning` of it."""
    longer = len(word) - len(other)
    if longer > edits or (not beginning and -longer > edits):
        return False
    same = 0  # letters at the beginning; to leave them as they are is never worse
    for one, two in zip(word, other, strict=False):
        if one != two:
            break
        same += 1
    word, other = word[same:], other[same:]
    if not word:
        return beginning or len(other) <= edits
    if not edits:
        return False
    edits -= 1
    swapped = len(other) > 1 and word[:2] == other[1::-1]
    return (
        is_near(word[1:], other[1:], edits, beginning=beginning)
        or is_near(word[1:], other, edits, beginning=beginning)
        or is_near(word, other[1:], edits, beginning=beginning)
        or (swapped and is_near(word[2:], other[2:], edits, beginning=beginning))
    )


def nearest(word: str, names: Iterable[str]) -> str | None:
    """Return which of some names `word` may be meant for: the one at the fewest edits, in up to a third of
    its letters, or else the first that begins so; None where there is none."""
    known = sorted(names)
    limit = min(max(1, round(len(word) / 3)), _MAX_EDITS)
    near = [(edits, name) for name in known if (edits := edits_between(word, name, limit)) is not None]
    begun = [name for name in known if len(word) > 1 and name.startswith(word)]
    return min(near)[1] if near else next(iter(begun), None)
