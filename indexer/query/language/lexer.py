"""Give me a query as typed, I return its lexemes, balanced: every parenthesis that opens closes.

All that a reader may have meant as punctuation ends here, so that the parser meets nothing odd.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator
from enum import Enum, auto
from typing import NamedTuple

from indexer.analysis import unify_punctuation
from indexer.errors import did_you_mean
from indexer.query.answers.parsed import Note, NoteKind
from indexer.query.language.syntax import FIELD_KINDS, FieldKind

MAX_DEPTH = 50  # parentheses within parentheses
MAX_NOTES = 60
MAX_NOTE = 300  # characters; a note may quote what was typed

_LEXEME = re.compile(
    rf"""
      (?P<open>\() | (?P<close>\))
    | (?P<mark>(?<=[0-9])"|(?<=\w)"(?=\s|$))            # 6" pipe; a quote that opened nowhere
    | "(?P<phrase>[^"]*)(?P<end>"?)
    | (?P<minus>(?<![^\s(:])-(?=[^\s)-]))               # within a word it is a hyphen, alone nothing
    | (?P<plus>(?<![^\s(])\+(?=[^\s)+]))
    | (?P<field>(?i:{"|".join(FIELD_KINDS)})):(?=[^\s)~^])
    | (?P<word>[^\s()"~^]+)
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
_VALUE = re.compile(r'[^\s()"^]+')
_SUFFIX = re.compile(r'~[0-9.]*(?![^\s()"~^,;:!?])|\^[^\s()"~^]*')
_SEARCHABLE = re.compile(r"[\w*]")
_UNKNOWN_FIELD = re.compile(r'([^\W\d_]\w*):(?=[\w"(])')
_DANGLING = re.compile(rf"(?i:({'|'.join(FIELD_KINDS)})):")


class Kind(Enum):
    """What a lexeme is to the parser."""

    WORD = auto()
    PHRASE = auto()
    VALUE = auto()  # the bare word after a field that is not searched by words
    FIELD = auto()
    OPEN = auto()
    CLOSE = auto()
    NOT = auto()
    AND = auto()
    OR = auto()
    END = auto()


_OPERATORS = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT}


class Lexeme(NamedTuple):
    """One piece of a query; `suffixes` are what stands right behind it, such as `~2` and `^3`."""

    kind: Kind
    text: str = ""
    suffixes: tuple[str, ...] = ()


class Notebook:
    """The notes on a query, each once, in order, and not more than a reader can bear."""

    def __init__(self) -> None:
        self._notes: dict[Note, None] = {}

    def note(self, kind: NoteKind, text: str) -> None:
        """Write a note down: a sentence without a full stop."""
        if len(self._notes) < MAX_NOTES:
            shown = text if len(text) <= MAX_NOTE else text[: MAX_NOTE - 1] + "…"
            self._notes[Note(kind, shown)] = None

    @property
    def full(self) -> bool:
        """Whether further notes are lost, so that none need be thought out."""
        return len(self._notes) >= MAX_NOTES

    def notes(self) -> tuple[Note, ...]:
        """Return the notes so far."""
        return tuple(self._notes)


def lex(text: str, notebook: Notebook) -> list[Lexeme]:
    """Return the lexemes of `text` (straight quotes, plain hyphens), in order, ending with END."""
    return _balanced(_lexemes(text, notebook), notebook)


def enclosed(text: str) -> str:
    """Return a query as typed, in parentheses that hold just it: it is read within them as it is alone.

    What closes nothing is left out, and what is left open is closed, as `lex` does it.
    """
    read = unify_punctuation(text.replace("—", " ").replace("―", " "))  # as long as `text`
    kept = [" "] if text[:1] in ("^", "~") else []  # else it would be said of the parenthesis
    at = depth = 0
    end = ""
    while match := _LEXEME.match(read, at):
        kind, at = match.lastgroup, _suffixes(read, match.end())[1]
        stray = kind == "mark" or (kind == "close" and not depth)
        kept.append(" " if stray else text[match.start() : at])
        depth += (kind == "open") - (kind == "close" and depth > 0)
        if kind == "end" and not match["end"]:
            end = '"'
    return f"({''.join(kept)}{end}{')' * depth})"


def _lexemes(text: str, notebook: Notebook) -> Iterator[Lexeme]:
    at = 0
    while match := _LEXEME.match(text, at):
        at = match.end()
        kind = match.lastgroup
        if kind == "field":
            name = match["field"].lower()
            yield Lexeme(Kind.FIELD, name)
            value = _VALUE.match(text, at) if FIELD_KINDS[name] is not FieldKind.TEXT else None
            if value:
                suffixes, at = _suffixes(text, value.end())
                yield Lexeme(Kind.VALUE, value.group().rstrip(",;"), suffixes)
        elif kind == "word" and match["word"] in _OPERATORS:
            yield Lexeme(_OPERATORS[match["word"]], match["word"])
        elif kind in _READERS:
            suffixes, at = _suffixes(text, at)
            yield from _READERS[kind](match, suffixes, notebook)


def _suffixes(text: str, at: int) -> tuple[tuple[str, ...], int]:
    found = []
    while match := _SUFFIX.match(text, at):
        found.append(match.group())
        at = match.end()
    return tuple(found), at


def _read_word(match: re.Match[str], suffixes: tuple[str, ...], notebook: Notebook) -> Iterator[Lexeme]:
    word = match["word"]
    if _DANGLING.fullmatch(word):
        notebook.note(NoteKind.CORRECTED, f"nothing follows '{word}', so it is read as a word")
    unknown = _UNKNOWN_FIELD.match(match.string, match.start())
    if unknown and not notebook.full:
        notebook.note(NoteKind.CORRECTED, _unknown_field(unknown[1][:40]))
    # A field takes only what touches its colon: "title:& robots" is no title:robots.
    if _SEARCHABLE.search(word) or match.string[match.start() - 1 : match.start()] == ":":
        yield Lexeme(Kind.WORD, word, suffixes)


@functools.lru_cache(maxsize=256)
def _unknown_field(name: str) -> str:
    near = did_you_mean(name.lower(), FIELD_KINDS)
    hint = f" ({near[0].lower()}{near[1:]})" if near.endswith("?") else ""
    return f"there is no field '{name}'{hint}, so it is read as a word"


def _read_phrase(match: re.Match[str], suffixes: tuple[str, ...], notebook: Notebook) -> Iterator[Lexeme]:
    if not match["end"]:
        notebook.note(NoteKind.CORRECTED, "a quote that was not closed closes at the end")
    yield Lexeme(Kind.PHRASE, match["phrase"], suffixes)


def _read_mark(match: re.Match[str], suffixes: tuple[str, ...], notebook: Notebook) -> Iterator[Lexeme]:
    notebook.note(NoteKind.CORRECTED, "a quote right after a word, with none open, is taken for punctuation")
    yield from ()


def _read_sign(match: re.Match[str], suffixes: tuple[str, ...], notebook: Notebook) -> Iterator[Lexeme]:
    kinds = {"(": Kind.OPEN, ")": Kind.CLOSE, "-": Kind.NOT}
    yield Lexeme(kinds[match.group()], match.group(), suffixes)


_Reader = Callable[[re.Match[str], tuple[str, ...], Notebook], Iterator[Lexeme]]
# By the last group of a match; "end" is the last one of a phrase.
_READERS: dict[str | None, _Reader] = {
    "word": _read_word,
    "end": _read_phrase,
    "mark": _read_mark,
    "open": _read_sign,
    "close": _read_sign,
    "minus": _read_sign,
}


def _balanced(lexemes: Iterator[Lexeme], notebook: Notebook) -> list[Lexeme]:
    """Drop the parentheses that are too deep or close nothing, and close what is left open."""
    kept: list[Lexeme] = []
    depth = too_deep = 0
    for lexeme in lexemes:
        if lexeme.kind is Kind.OPEN:
            if depth == MAX_DEPTH:
                too_deep += 1
                notebook.note(NoteKind.CORRECTED, f"parentheses deeper than {MAX_DEPTH} are ignored")
                continue
            depth += 1
        elif lexeme.kind is Kind.CLOSE:
            if too_deep:
                too_deep -= 1
                continue
            if not depth:
                notebook.note(NoteKind.CORRECTED, "a parenthesis that closes nothing is ignored")
                continue
            depth -= 1
        kept.append(lexeme)
    if depth:
        notebook.note(NoteKind.CORRECTED, "a parenthesis that was not closed closes at the end")
    return [*kept, *[Lexeme(Kind.CLOSE)] * depth, Lexeme(Kind.END)]
