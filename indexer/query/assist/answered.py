"""What a search gave, as the offers beside it need to know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from indexer.index.schema import EXACT
from indexer.query.answers.parsed import ParsedQuery
from indexer.query.answers.parts import PartKind
from indexer.query.assist.corrections import LastWord
from indexer.query.assist.parts import Part
from indexer.query.assist.reading import ReadQuery
from indexer.query.source import Plan, View

_ONE_MORE = 2  # words that begin so, of which one may be the word itself


@dataclass(frozen=True)
class Answered:
    """What a search gave: `total` articles, and `begun` more with its last word as the beginning of another
    one. `last` is what that word may be; `is_begun`: it begins others, and articles with these are shown,
    and `fragment` is the word where none has it. `either`: articles with any of the words would be more than
    are shown."""

    parsed: ParsedQuery
    total: int
    begun: int = 0
    last: LastWord = LastWord.WHOLE
    is_begun: bool = False
    fragment: str = ""
    either: bool = False


def answered(query: ReadQuery, asked: Part, parts: Sequence[Part], view: View) -> Answered:
    """Return what `parts` give of a query, of which the total counts what was `asked` for."""
    begun = [part.found.total for part in parts if part.kind is PartKind.BEGUN]
    last = LastWord.WHOLE
    if _begins(query, view):
        last = LastWord.BEGUN if sum(begun) else LastWord.BEGINNING
    is_begun = bool(begun) and last is not LastWord.WHOLE
    is_either = any(part.kind in (PartKind.ANY, PartKind.SOME) for part in (asked, *parts))
    return Answered(
        query.parsed,
        asked.found.total,
        sum(begun),
        last,
        is_begun=is_begun,
        fragment=query.parsed.words[-1].typed if is_begun and _is_unknown(query.parsed, view) else "",
        either=not is_either and query.some is not None,
    )


def _begins(query: ReadQuery, view: View) -> bool:
    """Whether the last word begins another word of the archive."""
    pattern = query.beginning
    if pattern is None:
        return False
    words = view.find(pattern, Plan(expansion_limit=_ONE_MORE)).words(pattern)
    return any(word != EXACT + pattern.text for _, word in words)


def _is_unknown(parsed: ParsedQuery, view: View) -> bool:
    """Whether the text ends with a word that no article has."""
    if not parsed.words or not parsed.text.endswith(parsed.words[-1].typed):
        return False
    return not view.find(parsed.words[-1].query, Plan()).total
