"""What is said of a pattern (`recogn*`, `brigde~`), whichever source has found what it stands for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from whoosh import query as q

from indexer.messages import say, say_number

SHOWN = 8  # words that are named


def shown(node: Any) -> str:
    """Return a Prefix, Wildcard or FuzzyTerm node as it is typed."""
    if isinstance(node, q.FuzzyTerm):
        return f"{node.text}~"
    return f"{node.text}*" if isinstance(node, q.Prefix) else str(node.text)


def note(typed: str, count_words: Callable[[], int], first_words: Callable[[], Sequence[str]]) -> str:
    """Return the sentence about a pattern: how many words it stands for, and the first SHOWN of them."""
    count = count_words()
    if not count:
        return say("'{pattern}' stands for no word of the archive", pattern=typed)
    words = ", ".join(first_words()) + (", …" if count > SHOWN else "")
    return say_number(
        "'{pattern}' stands for one word: {words}",
        "'{pattern}' stands for {count} words: {words}",
        count,
        pattern=typed,
        words=words,
    )


def note_of_cut(typed: str, limit: int) -> str:
    """Return the sentence about a pattern that stands for more words than are searched for."""
    return say(
        "'{pattern}' stands for more than {limit} words: the {limit} commonest were searched for",
        pattern=typed,
        limit=limit,
    )
