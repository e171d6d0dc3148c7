"""The text of a query -> its lexemes, with spans, balanced: every parenthesis that opens closes.

All that a reader may have meant as punctuation ends here, so that the parser meets nothing odd.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from enum import Enum, auto
from functools import partialmethod
from typing import Any, NamedTuple

from indexer.analysis import unify_punctuation
from indexer.invisible import without_invisible
from indexer.messages import say, say_number, templates
from indexer.nearness import nearest
from indexer.query.answers.labels import listed
from indexer.query.answers.parsed import Note, NoteKind
from indexer.query.language.syntax import FIELD_KINDS, FIELD_NAMES, FieldKind

MAX_CHARACTERS = 10_000
MAX_DEPTH = 50  # parentheses within parentheses
MAX_NOTES = 60
MAX_NOTE = 300  # characters; a note may quote what was typed

_UNUSABLE = re.compile("[\ud800-\udfff]")  # halves of a character, which no index can hold
_FIELD = rf"(?i:{'|'.join((*FIELD_KINDS, *FIELD_NAMES))})"
_LEXEME = re.compile(
    rf"""
      \s+
    | (?P<open>\() | (?P<close>\))
    | (?P<mark>(?<=[0-9])"|(?<=\w)"(?=\s|$))            # 6" pipe; a quote that opened nowhere
    | "(?P<phrase>[^"]*)(?P<end>"?)
    | (?P<minus>(?<![^\s(:])-(?=[^\s)-]))               # within a word it is a hyphen, alone nothing
    | (?P<plus>(?<![^\s(])\+(?=[^\s)+]))
    | (?P<field>{_FIELD}):(?=[^\s)~^])
    | (?P<word>[^\s()"~^]+)
    | .
    """,
    re.VERBOSE | re.DOTALL,
)
_VALUE = re.compile(r'[^\s()"^]+')
SUFFIX = re.compile(r'~[0-9.]*(?![^\s()"~^,;:!?])|\^[^\s()"~^]*')
SEARCHABLE = re.compile(r"[\w*]")
_PUNCTUATION = re.compile(r"[-.,;:!?…/'\[\]{}–·•]+")  # that a pasted headline may have between its words
_UNKNOWN_FIELD = re.compile(r'([^\W\d_]\w*):(?=[\w"(])')
_NO_FIELD = templates(
    "there is no field {words}, so it is read as a word",
    "there are no fields {words}, so they are read as words",
)
DANGLING_FIELD = re.compile(rf"({_FIELD}):")


class Kind(Enum):
    """What a lexeme is to the parser."""

    WORD = auto()
    PHRASE = auto()
    VALUE = auto()  # the bare word after a field that is not searched by words
    FIELD = auto()
    OPEN = auto()
    CLOSE = auto()
    NOT = auto()
    PLUS = auto()
    AND = auto()
    OR = auto()
    END = auto()


OPERATORS: Mapping[str, Kind] = {"AND": Kind.AND, "OR": Kind.OR, "NOT": Kind.NOT}
LOOSE = frozenset({Kind.OR})  # of these operators those whose sides are not all required


class Lexeme(NamedTuple):
    """One piece of a query; `suffixes` are what stands right behind it, such as `~2` and `^3`.

    `start` and `end` (suffixes included) are where it stands in the text that was read; a parenthesis
    that the reader did not close is closed at the end, by a lexeme without text.
    """

    kind: Kind
    text: str
    start: int
    end: int
    suffixes: tuple[str, ...] = ()


# Of a note its kind, the template of its sentence, that of a sentence about several things, and values.
_NoteKey = tuple[NoteKind, str, str, tuple[tuple[str, Any], ...]]


class Notebook:
    """The notes on a query, each once, in order, and not more than a reader can bear."""

    def __init__(self) -> None:
        self._notes: dict[_NoteKey, dict[str, None]] = {}

    def note(self, kind: NoteKind, text: str, several: str = "", name: str = "", /, **values: Any) -> None:
        """Write a note down: the template of a sentence without a full stop, and its values. With a `name` in
        the place of its `{words}` it is one of a list; `several` is the sentence about more than one."""
        key = kind, text, several, (*values.items(),)
        if key in self._notes or not self.full:
            self._notes.setdefault(key, {})[f"'{name}'"] = None

    read = partialmethod(note, NoteKind.READ)
    dropped = partialmethod(note, NoteKind.DROPPED)
    ignored = partialmethod(note, NoteKind.IGNORED)
    folded = partialmethod(note, NoteKind.FOLDED)
    corrected = partialmethod(note, NoteKind.CORRECTED)

    @property
    def full(self) -> bool:
        """Whether further notes are lost, so that none need be thought out."""
        return len(self._notes) >= MAX_NOTES

    def notes(self) -> tuple[Note, ...]:
        """Return the notes so far; their sentences are made when they are looked at."""
        return tuple(
            [
                Note(key[0], functools.partial(_sentence, key, list(names)))
                for key, names in self._notes.items()
            ]
        )


def _sentence(key: _NoteKey, names: list[str]) -> str:
    _, text, several, values = key
    if several:
        note = say_number(text, several, len(names), words=listed(names[:MAX_NOTES]))
    else:
        note = say(text, **dict(values))
    return note if len(note) <= MAX_NOTE else f"{note[: MAX_NOTE - 1]}…"


def usable(text: str) -> str:
    """Return `text` as far as it is read, in NFC, without what nobody sees. Spans are of this."""
    text = text[:MAX_CHARACTERS]
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", without_invisible(_UNUSABLE.sub("\ufffd", text)))


def simplified(text: str) -> str:
    """Return `text` with straight quotes and plain hyphens, character by character."""
    return unify_punctuation(text.replace("—", " ").replace("―", " "))


def lex(text: str, notebook: Notebook) -> list[Lexeme]:
    """Return the lexemes of a `simplified` text, in order, ending with END."""
    return [
        *_balanced(_lexemes(text, notebook), len(text), notebook),
        Lexeme(Kind.END, "", len(text), len(text)),
    ]


def _lexemes(text: str, notebook: Notebook) -> Iterator[Lexeme]:
    at = 0
    while match := _LEXEME.match(text, at):
        at = match.end()
        kind = match.lastgroup
        if kind == "field":
            name = match["field"].lower()
            name = FIELD_NAMES.get(name, name)
            yield Lexeme(Kind.FIELD, name, match.start(), at)
            value = _VALUE.match(text, at) if FIELD_KINDS[name] is not FieldKind.TEXT else None
            if value:
                suffixes, at = _suffixes(text, value.end())
                yield Lexeme(Kind.VALUE, value.group().rstrip(",;"), value.start(), at, suffixes)
        elif kind == "word" and match["word"] in OPERATORS:
            yield Lexeme(OPERATORS[match["word"]], match["word"], match.start(), at)
        elif kind in _READERS:
            suffixes, at = _suffixes(text, at)
            read = _READERS[kind](match, notebook)
            if read:
                yield Lexeme(*read, match.start(), at, suffixes)


_Read = tuple[Kind, str] | None  # what a match is; None: nothing that is searched for


def _suffixes(text: str, at: int) -> tuple[tuple[str, ...], int]:
    found = []
    while match := SUFFIX.match(text, at):
        found.append(match.group())
        at = match.end()
    return tuple(found), at


def _read_word(match: re.Match[str], notebook: Notebook) -> _Read:
    word = match["word"]
    if DANGLING_FIELD.fullmatch(word):
        notebook.corrected("nothing follows '{word}', so it is read as a word", word=word)
    unknown = _UNKNOWN_FIELD.match(match.string, match.start())
    if unknown and not notebook.full:
        _note_unknown_field(unknown[1][:40], notebook)
    # A field takes only what touches its colon: "title:& robots" is no title:robots.
    is_read = SEARCHABLE.search(word) or match.string[match.start() - 1 : match.start()] == ":"
    symbols = word if not is_read and not _PUNCTUATION.fullmatch(word) else "".join(_pictures(word))
    if symbols:
        notebook.ignored(
            "{words} is not a word, so it is ignored", "{words} are not words, so they are ignored", symbols
        )
    return (Kind.WORD, word) if is_read else None


def _pictures(word: str) -> list[str]:
    """Return the emoji and other pictures in a word: no article is found by them."""
    return [] if word.isascii() else [char for char in word if unicodedata.category(char) == "So"]


@functools.lru_cache(maxsize=256)
def _note_unknown_field(name: str, notebook: Notebook) -> None:
    """Write down what is no field: alone where it is nearly one, else in a list."""
    near = nearest(name.lower(), FIELD_KINDS)
    if near:
        notebook.corrected(
            "there is no field '{field}' (did you mean '{near}'?), so it is read as a word",
            field=name,
            near=near,
        )
    else:
        notebook.corrected(*_NO_FIELD, name)


def _read_phrase(match: re.Match[str], notebook: Notebook) -> _Read:
    if not match["end"]:
        notebook.corrected("a quote that was not closed closes at the end")
    return Kind.PHRASE, match["phrase"]


def _read_mark(match: re.Match[str], notebook: Notebook) -> _Read:
    notebook.corrected("a quote right after a word, with none open, is taken for punctuation")
    return None


def _read_sign(match: re.Match[str], notebook: Notebook) -> _Read:
    kinds = {"(": Kind.OPEN, ")": Kind.CLOSE, "-": Kind.NOT, "+": Kind.PLUS}
    return kinds[match.group()], match.group()


# By the last group of a match; "end" is the last one of a phrase.
_READERS: dict[str | None, Callable[[re.Match[str], Notebook], _Read]] = {
    "word": _read_word,
    "end": _read_phrase,
    "mark": _read_mark,
    "open": _read_sign,
    "close": _read_sign,
    "minus": _read_sign,
    "plus": _read_sign,
}


def _balanced(lexemes: Iterator[Lexeme], end: int, notebook: Notebook) -> Iterator[Lexeme]:
    """Drop the parentheses that are too deep or close nothing, and close what is left open at the end."""
    depth = too_deep = 0
    for lexeme in lexemes:
        if lexeme.kind is Kind.OPEN:
            if depth == MAX_DEPTH:
                too_deep += 1
                notebook.corrected("parentheses deeper than {depth} are ignored", depth=MAX_DEPTH)
                continue
            depth += 1
        elif lexeme.kind is Kind.CLOSE:
            if too_deep:
                too_deep -= 1
                continue
            if not depth:
                notebook.corrected("a parenthesis that closes nothing is ignored")
                continue
            depth -= 1
        yield lexeme
    if depth:
        notebook.corrected("a parenthesis that was not closed closes at the end")
    yield from [Lexeme(Kind.CLOSE, "", end, end)] * depth
