"""The text of a query -> the text of another one: words respelt, requirements left out, quotes taken off.

What a piece of the text is, the grammar's own lexer says, so that a rewritten query is read as it looks;
the work grows with the text as far as it is read.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterable, Iterator
from itertools import pairwise, takewhile, zip_longest
from typing import NamedTuple

from indexer.analysis import Analyzer, Surface, Token, analyzer_for
from indexer.index.schema import TEXT
from indexer.query.language import lexer
from indexer.query.language.leaves import PATTERN, piece_pattern
from indexer.query.language.lexer import Kind, Lexeme, Notebook
from indexer.query.language.syntax import FIELD_KINDS, FieldKind

_STRAY = re.compile(rf'["()](?:{lexer.SUFFIX.pattern})*')
_PLAIN = re.compile(r"[\w'’]+")
_SLASHED = re.compile(r"[^\W\d_]{2,}(?:/[^\W\d_]{2,})+")
ENDING = re.compile(r"[^\W\d_]{3}\Z")  # of a word that may not be finished: a number is another one
_CUT_SHORT = re.compile(r"(?<=\w)(?:…|\.\.\.)\s*\Z")  # of a headline, as it is pasted
_OPERANDS = (Kind.WORD, Kind.PHRASE, Kind.VALUE)


class Edit(NamedTuple):
    """What is to stand in the place of a text from `start` to `end`."""

    start: int
    end: int
    text: str


class Requirement(NamedTuple):
    """One thing that a query requires or excludes, as it stands in the text."""

    text: str
    is_excluded: bool


class FieldValue(NamedTuple):
    """A value that a query names of a field, `topic:Rail`, from `start` to `end`."""

    start: int
    end: int
    field: str
    value: str


class _Operand(NamedTuple):
    """A word, a phrase or a value. `is_named`: its field stands right before it."""

    lexeme: Lexeme
    field: str
    is_named: bool
    is_excluded: bool


class QueryText:
    """A query's text as far as it is read: `typed`, and `simple` with straight quotes and plain hyphens,
    a character for each. Spans are of either."""

    def __init__(self, text: str) -> None:
        self.typed = lexer.usable(text)
        self.simple = lexer.simplified(self.typed)
        self._lexemes = lexer.lex(self.simple, Notebook())

    def requirements(self) -> list[Requirement]:
        """Return what the query requires and excludes, in order; nothing where there are alternatives."""
        found: list[Requirement] = []
        lexemes: list[Lexeme] = []
        depth = 0
        for lexeme in self._lexemes:
            depth += (lexeme.kind is Kind.OPEN) - (lexeme.kind is Kind.CLOSE)
            if not depth and lexeme.kind in lexer.LOOSE:
                return []
            if not depth and lexeme.kind is Kind.AND:
                lexemes = []
                continue
            lexemes.append(lexeme)
            if not depth and lexeme.kind in (*_OPERANDS, Kind.CLOSE):
                if any(one.kind in _OPERANDS and lexer.SEARCHABLE.search(one.text) for one in lexemes):
                    signs = takewhile(lambda one: one.kind in (Kind.NOT, Kind.PLUS, Kind.FIELD), lexemes)
                    is_excluded = any(one.kind is Kind.NOT for one in signs)
                    found.append(Requirement(self._closed(self.simple, lexemes), is_excluded))
                lexemes = []
        return found

    def restricting(self, analyzer: Analyzer) -> list[Requirement]:
        """Return the requirements without words that are too common to restrict, where there are others."""
        found, shouts = self.requirements(), analyzer.shouts(self.simple)
        return [one for one in found if not _is_stop(one.text, analyzer, shouts)] or found

    def unquoted(self) -> str:
        """Return the text with the words of phrases, and those with a slash between, in their place; nothing
        where it has neither. An excluded phrase stays, for its words alone exclude more."""
        edits = [
            Edit(lexeme.start, lexeme.end, f"({words})" if is_named else words)
            for lexeme, field, is_named, is_excluded in self._operands()
            if _is_text(field) and not is_excluded and (words := _single_words(lexeme))
        ]
        return replaced(self.simple, edits) if edits else ""

    def values(self, fields: Container[str]) -> Iterator[FieldValue]:
        """Yield each value that is named right behind one of some fields; also behind a blank, where the
        grammar takes the field for a word."""
        for one, two in pairwise(self._lexemes):
            name = one.text.rstrip(":").lower()
            is_field = one.kind is Kind.FIELD or (
                one.kind is Kind.WORD and lexer.DANGLING_FIELD.fullmatch(one.text)
            )
            if is_field and name in fields and two.kind in _OPERANDS and two.start - one.end < 2:
                yield FieldValue(one.start, two.end, name, two.text)

    def words(self, analyzer: Analyzer) -> list[Token]:
        """Return the words that are looked for as they are, with their spans; of a compound, its parts.
        Fuzzy words, those of patterns and excluded ones are left out."""
        return [
            token._replace(start=at + token.start, end=at + token.end)
            for lexeme, field, _, is_excluded in self._operands()
            if _is_text(field) and not is_excluded and not _is_fuzzy(lexeme)
            for at in [lexeme.start + (lexeme.kind is Kind.PHRASE)]
            for token in _smallest(analyzer.tokens(_without_patterns(lexeme, analyzer)))
        ]

    def is_quoted(self, at: int) -> bool:
        """Whether what stands at `at` is in a phrase."""
        return any(one.kind is Kind.PHRASE and one.start <= at < one.end for one in self._lexemes)

    @classmethod
    def of_headline(cls, text: str) -> QueryText:
        """Return a query's text without the dots that a headline is cut short by."""
        return cls(_CUT_SHORT.sub("", text))

    def unfinished(self, analyzer: Analyzer) -> Lexeme | None:
        """Return the word that may be the beginning of another one: the last, of three letters or more, with
        nothing behind it, not even a blank; filters and what is excluded do not count. Words that are too
        common begin no other one."""
        operands = list(self._operands())
        words = [one for one in operands if _is_text(one.field) and not one.is_excluded]
        if not words:
            return None
        lexeme, at = words[-1].lexeme, self._lexemes.index(words[-1].lexeme)
        behind = self._lexemes[at + 1 : -1]
        if (
            lexeme.kind is not Kind.WORD
            or lexeme.text[0] == "="
            or PATTERN.search(lexeme.text)
            or lexeme.suffixes
            or not ENDING.search(self.typed, 0, lexeme.end)
            or (lexeme is operands[-1].lexeme and (behind or lexeme.end < len(self.typed)))
            or any(one.kind in lexer.LOOSE for one in _outside(behind))
            or lexeme not in _outside(self._lexemes)
            or any(analyzer.is_query_stop(word) or word.acronym for word in analyzer.surfaces(lexeme.text))
        ):
            return None
        return lexeme

    def begun(self, analyzer: Analyzer) -> str:
        """Return the query with its last word as the beginning of one, nothing where that is finished."""
        last = self.unfinished(analyzer)
        return replaced(self.typed, [Edit(last.end, last.end, "*")]) if last else ""

    def enclosed(self) -> str:
        """Return the query as typed, in parentheses that hold just it: it is read within them as it is
        alone. What closes nothing is left out, and what is left open is closed."""
        space = " " if self.simple[:1] in ("^", "~") else ""  # else it would belong to the parenthesis
        return f"({space}{self._closed(self.typed, self._lexemes, 0)})"

    def _operands(self) -> Iterator[_Operand]:
        groups = [(TEXT, False)]  # the field of each open group, and whether it is excluded
        name, is_negated = "", False
        for lexeme in self._lexemes:
            if lexeme.kind is Kind.FIELD:
                name = lexeme.text
                continue
            if lexeme.kind is Kind.NOT:
                is_negated = True
                continue
            field, is_excluded = name or groups[-1][0], groups[-1][1] != is_negated
            if lexeme.kind is Kind.OPEN:
                groups.append((field, is_excluded))
            elif lexeme.kind is Kind.CLOSE:
                groups.pop()
            elif lexeme.kind in _OPERANDS:
                yield _Operand(lexeme, field, bool(name), is_excluded)
            name, is_negated = "", False

    def _closed(self, text: str, lexemes: Iterable[Lexeme], at: int | None = None) -> str:
        """Return the part of `text` that `lexemes` stand in, one behind the other, from `at`, with quotes
        and parentheses closed and none that closes nothing."""
        pieces: list[str] = []
        for lexeme in lexemes:
            start, end = lexeme.start, lexeme.end
            at = start if at is None else at
            blanked, strays = _STRAY.subn(" ", self.simple[at:start])
            pieces += [blanked if strays else text[at:start], text[start:end]]
            if lexeme.kind is Kind.PHRASE and self.simple.count('"', start, end) == 1:
                pieces.append('"')
            elif lexeme.kind is Kind.CLOSE and not lexeme.text:
                pieces.append(")")
            at = end
        return "".join(pieces)


def enclosed(text: str) -> str:
    """Return a query in parentheses, see `QueryText.enclosed`."""
    return QueryText(text).enclosed()


def replaced(text: str, edits: Iterable[Edit]) -> str:
    """Return `text` with some pieces replaced, which do not overlap."""
    pieces, at = [], 0
    for start, end, other in sorted(edits):
        pieces += [text[at:start], other]
        at = end
    return "".join([*pieces, text[at:]])


def _outside(lexemes: Iterable[Lexeme]) -> list[Lexeme]:
    """Return those that stand in no group."""
    found, depth = [], 0
    for one in lexemes:
        depth += (one.kind is Kind.OPEN) - (one.kind is Kind.CLOSE)
        if not depth:
            found.append(one)
    return found


def _single_words(lexeme: Lexeme) -> str:
    """Return the words of a phrase, or of one word with slashes, `robot/human`, with blanks between; nothing
    of any other lexeme."""
    if lexeme.kind is Kind.PHRASE:
        return " ".join(lexeme.text.split())
    return lexeme.text.replace("/", " ") if _SLASHED.fullmatch(lexeme.text) and not lexeme.suffixes else ""


def _is_stop(text: str, analyzer: Analyzer, shouts: bool) -> bool:
    """Whether a text is a bare word that does not restrict a query."""
    return _PLAIN.fullmatch(text) is not None and all(
        analyzer.is_query_stop(word) for word in analyzer.surfaces(text, shouts=shouts)
    )


def _is_text(field: str) -> bool:
    return FIELD_KINDS.get(field, FieldKind.TEXT) is FieldKind.TEXT


def _is_fuzzy(lexeme: Lexeme) -> bool:
    return lexeme.kind is Kind.WORD and any(suffix[0] == "~" for suffix in lexeme.suffixes)


def _without_patterns(lexeme: Lexeme, analyzer: Analyzer) -> str:
    """Return the text of a lexeme with blanks in the place of patterns."""
    if lexeme.kind is Kind.PHRASE:
        return lexeme.text
    pieces = piece_pattern(analyzer.numbers.pattern_comma)
    return pieces.sub(lambda m: " " * len(m[0]) if PATTERN.search(m[0]) else m[0], lexeme.text)


def _smallest(tokens: Iterable[Token]) -> list[Token]:
    """Return the tokens that no other lies in, one for each span, in order; no acronyms, whose letters are
    words as well. Spans lie apart or within one another."""
    by_span = {(token.start, -token.end): token for token in tokens if token.exact}
    ordered = [by_span[span] for span in sorted(by_span)]
    return [one for one, two in zip_longest(ordered, ordered[1:]) if not two or two.start >= one.end]


def any_of_words(text: str, language: str) -> str:
    """Return the query for articles with any word of `text`: `wing OR slipstream`.

    Stop words are left out, where there are others; a word that stands twice stays twice, and counts
    as often. Of a compound each part is a word (`boundary-layer` asks for articles with `boundary`
    alone, too): as a phrase it cost .010 nDCG@10 on two collections of four. A text without words gives
    an empty query.
    """
    analyzer = analyzer_for(language)
    shouts = analyzer.shouts(text)
    words = [part for word in analyzer.surfaces(text, shouts=shouts) for part in _parts(word)]
    searched = [word for word in words if not analyzer.is_query_stop(word)] or words
    # In small letters OR is a word.
    return " OR ".join(word.text if word.acronym else word.text.lower() for word in searched)


def _parts(word: Surface) -> tuple[Surface, ...]:
    """Return the parts of a compound; AT&T is no `at` and no `t`, and U.S. no `u` and no `s`."""
    is_whole = not word.parts or word.acronym or (word.term and "&" in word.text)
    return (word,) if is_whole else word.parts
