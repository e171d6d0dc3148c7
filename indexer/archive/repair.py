"""Front matter that no parser accepts -> what can be read of it, key by key.

The text is cut into pieces, a key of the article and what belongs to it each. A piece that its parser
accepts is read as if nothing had happened; of one that it does not accept, a text on the key's own line is
taken as it stands, and anything nested is dropped whole, so that nothing in it is taken for a key of the
article.

It fails closed: where a name that may hold the article back, or that is sealed, stands in a piece that was
not read surely, the article is held back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from indexer.archive.keys import SealedKeys
from indexer.archive.records import FileError, Repair
from indexer.archive.values import NullText, RepairedText

_Read = Callable[[str], tuple[Any, int]]


@dataclass(frozen=True, slots=True)
class Syntax:
    """How a form of front matter looks: `key` matches a line that begins a piece (name, rest), `more` one
    that belongs to the piece before it, `section` one that begins a piece of many keys."""

    key: re.Pattern[str]
    more: re.Pattern[str]
    section: re.Pattern[str]


_NAME = r"(?P<quote>[\"']?)(?P<name>[^\W\d][\w .-]{0,63}?)(?P=quote)"
YAML = Syntax(
    re.compile(rf"{_NAME}[ \t]*:(?P<rest>(?:[ \t].*)?|[^\s/].*)"),
    re.compile(r"[ \t]|-(?:[ \t]|\Z)|#|\Z"),
    re.compile(r"(?!)"),
)
TOML = Syntax(re.compile(rf"{_NAME}[ \t]*=(?P<rest>.*)"), re.compile(r""), re.compile(r"\["))
_CLOSERS = {"[": "]", "{": "}"}
_MAX_LOOK_AHEAD = 200  # lines of one text in quotes, or of one list in brackets
_BLOCK_TEXT = re.compile(r"[|>][0-9+-]*")
_ALIAS = re.compile(r"[*&]\w+")


@dataclass(slots=True)
class _Piece:
    """Lines from `start` on, the number of the first one in the file; a name where they begin with one."""

    start: int
    lines: list[str]
    name: str = ""
    rest: str = ""

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def holds_something(self) -> bool:
        """Whether there is more than blank lines, comments and the line that opens front matter."""
        return any(line.strip() and not line.lstrip().startswith(("#", "---")) for line in self.lines)

    def below(self) -> list[str]:
        """Return the lines under the first one that hold something."""
        return [line for line in self.lines[1:] if line.strip() and not line.lstrip().startswith("#")]


@dataclass(slots=True)
class Repaired:
    """The values that were found, how many were sealed, and what was assumed. `rest` is the line from which
    on there is no key; 0 where the last lines have one."""

    values: dict[str, Any] = field(default_factory=dict)
    secured: int = 0
    rest: int = 0
    repairs: list[Repair] = field(default_factory=list)


def repair(text: str, syntax: Syntax, read: _Read, sealed: SealedKeys) -> Repaired:
    """Return what can be read of `text`, whose lines are the file's; `read` is its parser.

    Raises FileError where the article must be held back, or where a piece does harm.
    """
    found = Repaired()
    before = ""
    for piece in _pieces(text, syntax, read):
        if not piece.holds_something():
            continue
        if not piece.name and before and sealed.is_guarded(before):
            raise _held_back(before, FileError("what follows it may belong to it"), piece.start)
        if piece.text.lstrip().startswith("<<") and (name := sealed.guarded_in(text)):
            raise _held_back(name, FileError("it may be merged in"), piece.start)
        _add(piece, found, read, sealed)
        before = piece.name
        is_text = not piece.name and bool(found.values) and not text.split("\n")[piece.start - 2].strip()
        found.rest = piece.start if is_text else 0
    if found.rest and found.repairs:
        found.repairs[-1] = replace(found.repairs[-1], assumed="the text begins here")
    return found


def _pieces(text: str, syntax: Syntax, read: _Read) -> Iterator[_Piece]:
    lines = text.split("\n")
    at = 0
    piece: _Piece | None = None
    while at < len(lines):
        line = lines[at]
        key = syntax.key.fullmatch(line)
        begins = key or syntax.section.match(line)
        if begins or piece is None or (piece.name and not syntax.more.match(line)):
            if piece is not None:
                yield piece
            name, rest = (key["name"], key["rest"].strip()) if key else ("", "")
            end = _end(lines, at, read) if rest[:1] in ('"', "'", "[", "{") else at + 1
            piece = _Piece(at + 1, lines[at:end], name, rest)
            at = end
        else:
            piece.lines.append(line)
            at += 1
    if piece is not None:
        yield piece


def _end(lines: list[str], at: int, read: _Read) -> int:
    """Return where a value in quotes or brackets that begins on a line ends, so that it can be read; the
    next line where it does not."""
    opened = lines[at].partition(":")[2].strip() or lines[at].partition("=")[2].strip()
    close = _CLOSERS.get(opened[:1], opened[:1])
    for end in range(at + 1, min(len(lines), at + _MAX_LOOK_AHEAD) + 1):
        last = lines[end - 1].rstrip()
        if not last.endswith(close):
            if end > at + 1 and close in "\"'" and close in last:
                break  # that quote begins another text
            continue
        try:
            value, _ = read("\n".join(lines[at:end]))
        except FileError:
            continue
        if isinstance(value, dict) and len(value) <= 1:
            return end
    return at + 1


def _add(piece: _Piece, found: Repaired, read: _Read, sealed: SealedKeys) -> None:
    """Add what a piece says."""
    error = FileError("it is not a `key: value` pair", 1)
    try:
        value, secured = read(piece.text)
        if isinstance(value, dict) and (piece.name or value):
            _put(piece, value, found, sealed)
            found.secured += secured
            return
    except FileError as failure:
        if not failure.mendable:
            raise
        error = failure
    line = piece.start + (error.line or 1) - 1
    if name := sealed.guarded_in(piece.text):
        raise _held_back(name, error, line)
    value, assumed = _guess(piece, read)
    if value is not None:
        found.values.setdefault(piece.name, value)
    wrong = error.reason.removeprefix("invalid YAML: ").removeprefix("invalid TOML: ")
    found.repairs.append(Repair(line, wrong, assumed))


def _put(piece: _Piece, values: dict[str, Any], found: Repaired, sealed: SealedKeys) -> None:
    """Take what was read surely; a value of many lines must not hide a name that holds back."""
    below = "\n".join(line for line in piece.lines[1:] if line[:1] not in (" ", "\t", "-"))
    if name := sealed.guarded_in(below):
        raise _held_back(name, FileError("it stands in a value of several lines"), piece.start)
    for name, value in values.items():
        if sealed.is_guarded(name):
            is_clear = isinstance(value, str) and not isinstance(value, NullText)
            if not is_clear or found.values.get(name, value) != value:
                raise _held_back(name, FileError("it is not clear"), piece.start)
        found.values[name] = value


def _held_back(name: str, error: FileError, line: int) -> FileError:
    what = f"held back: `{name}` could not be read surely ({error.reason}); mend the front matter"
    return FileError(what, line)


def _guess(piece: _Piece, read: _Read) -> tuple[Any, str]:
    """Return the value of a piece that its parser does not accept, and what was assumed; None for none."""
    name, rest, below = piece.name, piece.rest, piece.below()
    if not name:
        return None, "it was left out"
    if any("\t" in line[: len(line) - len(line.lstrip())] for line in piece.lines):
        value = _value_of(_without_tabs(piece.text), read)
        if value is not None:
            return value, f"in `{name}` a tab stands for two spaces"
    if _BLOCK_TEXT.fullmatch(rest) and below:
        return RepairedText(" ".join(line.strip() for line in below)), f"what follows is the text of `{name}`"
    if not rest or _ALIAS.fullmatch(rest):
        return None, f"`{name}` was left out whole"
    if rest[0] in _CLOSERS and (_CLOSERS[rest[0]] not in rest or below):
        value = _value_of(f"{piece.text.rstrip().rstrip(',')}{_CLOSERS[rest[0]]}", read)
        ends = value is not None
        return value, f"`{name}` ends here" if ends else f"`{name}` was left out whole"
    return _text_of_line(name, rest, below)


def _text_of_line(name: str, rest: str, below: list[str]) -> tuple[RepairedText, str]:
    if not below:
        return RepairedText(_unquoted(rest)), f"`{name}` is the text of its line"
    if any(YAML.key.match(line.strip()) or line.lstrip().startswith("- ") for line in below):
        return (
            RepairedText(_unquoted(rest)),
            f"`{name}` is the text of its line; what is below it was left out",
        )
    whole = " ".join([rest, *(line.strip() for line in below)])
    return RepairedText(_unquoted(whole)), f"`{name}` is a text of several lines"


def _value_of(text: str, read: _Read) -> Any:
    """Return the one value of a piece, None where it cannot be read."""
    try:
        value, _ = read(text)
    except FileError:
        return None
    return next(iter(value.values())) if isinstance(value, dict) and len(value) == 1 else None


def _without_tabs(text: str) -> str:
    lines = text.split("\n")
    indents = (len(line) - len(line.lstrip()) for line in lines)
    return "\n".join(line[:n].replace("\t", "  ") + line[n:] for line, n in zip(lines, indents, strict=True))


def _unquoted(text: str) -> str:
    """Return a text without the quotes around it, also where one of them is missing."""
    quote = text[:1]
    if quote not in ('"', "'"):
        return text
    if text.count(quote) == 1:
        return text[1:].strip()
    return text[1:-1].strip() if text.endswith(quote) else text
