"""The text of a file -> its front matter and its body.

Four forms of front matter are known, by how the file begins:

    ---   YAML, up to a line `---` or `...`; `---toml`, `---json` and `---js` name another form
    +++   TOML, up to a line `+++`
    {     JSON, up to the brace that closes it; also `"title": …` up to a line `;;;`, as Hexo has it
    Key: value   lines of Pelican, MultiMarkdown and Nikola, up to the first blank line or a line `---`

A file that begins in another way has none, and is body from its first line on.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from indexer.archive.front_matter_forms import read_json, read_key_lines, read_toml, script_as_yaml
from indexer.archive.front_matter_lines import read_lines
from indexer.archive.keys import SealedKeys
from indexer.archive.records import FileError, Repair
from indexer.archive.repair import TOML, YAML, repair
from indexer.archive.values import Note, NullText
from indexer.archive.yaml_values import read_yaml

"""Takes the code of a notice and its text."""


class Form(StrEnum):
    """How front matter is written."""

    YAML = "YAML"
    TOML = "TOML"
    JSON = "JSON"
    SCRIPT = "JavaScript"
    LINES = "lines"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Head:
    """A file, cut in two. `front` begins with the file's first line, so that its lines are the file's.
    `unclosed` says why the cut is a guess, if it is."""

    form: Form
    front: str
    body: str
    unclosed: FileError | None = None


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What a file holds: its values, the text that follows, and how many secured ones it had.

    `data` is a mapping for files with a body; for YAML and JSON files a list or a text are possible too.
    `repairs` are what was assumed where no parser accepts the front matter.
    """

    data: Any
    body: str = ""
    secured: int = 0
    repairs: tuple[Repair, ...] = ()
    error: FileError | None = None  # why it had to be repaired


_CLOSING = re.compile(r"\n(?:---|\.\.\.)[ \t]*(?=\n|\Z)")  # (with ^ it would look at every character)
_OPENING = re.compile(
    r"\s*?^---[ \t]*(yaml|yml|toml|json|js|javascript)?[ \t]*(?:\n|\Z)", re.MULTILINE | re.IGNORECASE
)
_NAMED = {"TOML": Form.TOML, "JSON": Form.JSON, "JS": Form.SCRIPT, "JAVASCRIPT": Form.SCRIPT}
_TOML_CLOSING = re.compile(r"\n\+\+\+[ \t]*(?=\n|\Z)")
_TOML_OPENING = re.compile(r"\s*?^\+\+\+[ \t]*(?:\n|\Z)", re.MULTILINE)
_JSON_OPENING = re.compile(r'\s*\{\s*["}]')
_HEXO_JSON = re.compile(r'\s*"[\w-]+"\s*:')
_HEXO_CLOSING = re.compile(r"\n;;;[ \t]*(?=\n|\Z)")
# A line of front matter: a key, an item of a list, something indented, a comment.
_LINE_OF_YAML = re.compile(r"[ \t]*[\"']?[A-Za-z_][\w .-]{0,63}[\"']?[ \t]*:(?:\s|\Z)|[ \t]*-[ \t]|[ \t]*#")
_LINE_OF_TOML = re.compile(r"[ \t]*[\"'\w.-]+[ \t]*=|[ \t]*\[|[ \t]*#")
_KEY_LINE = re.compile(r"(?:\.\.[ ])?([A-Za-z][A-Za-z0-9_ -]{0,40}):(?:[ \t]|\n|\Z)")
# What makes lines with a colon more than the beginning of a text: `Title: …`, `Date: …`.
_TELLING = frozenset(
    ("title", "date", "author", "authors", "category", "tags", "slug", "status", "summary", "keywords")
)


def split(text: str) -> Head:
    """Cut `text` after its front matter. Blank lines before it are passed over.

    Raises FileError where the file is empty, or its front matter never ends.
    """
    if not text or text.isspace():  # (strip would copy it)
        raise FileError("the file is empty")
    opening = _OPENING.match(text)
    if opening is not None:
        return _between_lines(text, opening, _CLOSING, Form.YAML)
    opening = _TOML_OPENING.match(text)
    if opening is not None:
        return _between_lines(text, opening, _TOML_CLOSING, Form.TOML)
    if _JSON_OPENING.match(text):
        return Head(Form.JSON, text, "")
    if _HEXO_JSON.match(text) and (closing := _HEXO_CLOSING.search(text)):
        return Head(Form.JSON, f"{{{text[: closing.start()]}}}", text[closing.end() + 1 :])
    end = _end_of_key_lines(text)
    if end:
        return Head(Form.LINES, text[:end], text[end:])
    return Head(Form.NONE, "", text)


def _between_lines(text: str, opening: re.Match[str], closing_line: re.Pattern[str], form: Form) -> Head:
    language = opening.groups("")[0].upper() if opening.re.groups else ""
    form = _NAMED.get(language, form)
    closing = closing_line.search(text, opening.end() - 1)
    if closing is not None:
        if language not in ("", "TOML", "JSON"):
            front = text[: opening.start(1)] + text[opening.end(1) : closing.start() + 1]
            return Head(form, front, text[closing.end() + 1 :])
        return Head(form, text[: closing.start() + 1], text[closing.end() + 1 :])
    rest = text[opening.end() :]
    if form is Form.YAML and rest.strip() and not _LINE_OF_YAML.match(rest):
        return Head(Form.NONE, "", text)  # a rule, at the head of a text
    line = text.count("\n", 0, opening.end()) or 1
    error = FileError(f"the front matter has no closing {opening.group().strip()[:3]}", line, 1)
    end = opening.end() + _length_of_keys(rest, _LINE_OF_TOML if form is Form.TOML else _LINE_OF_YAML)
    if end == opening.end():
        raise error
    return Head(form, text[:end], text[end:], error)


def _length_of_keys(text: str, line_of: re.Pattern[str]) -> int:
    """Return how many characters of a text are lines of front matter and blank lines between them."""
    at = end = 0
    for line in text.splitlines(keepends=True):
        at += len(line)
        if line_of.match(line) or (end and line[0] in " \t" and line.strip()):
            end = at
        elif line.strip():
            break
    return end


def _end_of_key_lines(text: str) -> int:
    """Return where the `Key: value` lines at the head of a text end; 0 where it has none."""
    start = at = len(text) - len(text.lstrip("\n"))
    names = set()
    while at < len(text):
        end = text.find("\n", at) + 1 or len(text)
        line = text[at:end]
        if not line.strip() or line.rstrip() in ("---", "..."):
            break
        match = _KEY_LINE.match(line)
        if match:
            names.add(match[1].strip().lower())
        elif at == start or not (line[0] in " \t" or line.startswith("- ")):
            return 0
        at = end
    return at if "title" in names or len(names & _TELLING) > 1 else 0


def parse_front_matter(text: str, note: Note, sealed: SealedKeys) -> FrontMatter:
    """Read the front matter and the body of a file's text.

    The values of keys in `sealed` are counted and never built, at any depth. Repeated keys are
    told to `note`; the last one holds. Raises FileError.
    """
    regular = _regular(text, sealed)
    if regular is not None:
        return regular
    head = split(text)
    if head.unclosed and (name := sealed.guarded_in(head.body)):
        raise FileError(f"{head.unclosed.reason}, and `{name}` may be part of it; held back", *_place(head))
    if head.form is Form.SCRIPT:  # its literals, piece by piece; nothing is executed
        head = replace(head, front=script_as_yaml(head.front))
        return replace(_repaired(head, FileError("a script", mendable=True), note, sealed), error=None)
    try:
        data, body, secured = _READERS[head.form](head, note, sealed)
    except FileError as error:
        return _repaired(head, error, note, sealed)
    if isinstance(data, NullText):
        data = {}
    if not isinstance(data, dict):
        if _is_text_between_rules(data, head):
            data, body = {}, text
        elif isinstance(data, str) and _has_key(head.front):
            return _repaired(head, FileError("it is one text", 2, 1, mendable=True), note, sealed)
        else:
            raise FileError("the front matter is not a mapping of names to values", 2, 1)
    body, in_body = sealed.strip(body)
    return FrontMatter(data, body, secured + in_body, _of_closing(head), head.unclosed)


def _regular(text: str, sealed: SealedKeys) -> FrontMatter | None:
    """Read what nearly all files are: regular YAML from the first line on. None for what is anything else."""
    closing = _CLOSING.search(text, 3) if text.startswith("---\n") else None
    read = read_lines(text[: closing.start() + 1], sealed) if closing else None
    if closing is None or read is None:
        return None
    body, in_body = text[closing.end() + 1 :], 0
    if body and not body.isspace():
        body, in_body = sealed.strip(body)
    return FrontMatter(read[0], body, read[1] + in_body)


def _place(head: Head) -> tuple[int | None, int | None]:
    return (head.unclosed.line, head.unclosed.column) if head.unclosed else (None, None)


def _of_closing(head: Head) -> tuple[Repair, ...]:
    """Return what was assumed of a front matter that never ends."""
    if head.unclosed is None:
        return ()
    line = head.front.count("\n") + 1
    return (Repair(head.unclosed.line or 1, head.unclosed.reason, f"the text begins on line {line}"),)


def _has_key(front: str) -> bool:
    return any(YAML.key.fullmatch(line) for line in front.split("\n"))


def _repaired(head: Head, error: FileError, note: Note, sealed: SealedKeys) -> FrontMatter:
    """Return what can be read of front matter that its parser does not accept. Raises FileError."""
    if not error.mendable:
        raise error
    if head.form is Form.JSON:
        return _repaired_json(head, error, note, sealed)
    if head.form is Form.TOML:
        found = repair(_without_first_line(head.front), TOML, lambda text: read_toml(text, sealed), sealed)
    else:
        front = _dedented(head.front)
        found = repair(front, YAML, lambda text: read_yaml(text, note, sealed), sealed)
    body = head.body
    if (
        found.rest and head.form is not Form.SCRIPT
    ):  # the lines that are no keys are the text: its front matter was not closed
        rest = head.front.split("\n")[found.rest - 1 :]
        body = "\n".join((*rest, "", body))
    body, in_body = sealed.strip(body)
    repairs = (*_of_closing(head), *found.repairs)
    return FrontMatter(found.values, body, found.secured + in_body, repairs, error)


def _dedented(front: str) -> str:
    """Return front matter of which all lines are indented without that; the line that opens it is not."""
    first, _, rest = front.partition("\n")
    return f"{first}\n{textwrap.dedent(rest)}"


def _repaired_json(head: Head, error: FileError, note: Note, sealed: SealedKeys) -> FrontMatter:
    """Read JSON as YAML, which allows commas and comments that JSON does not; up to a line `}`."""
    front, brace, body = head.front.partition("\n}")
    if head.body:
        front, brace, body = _without_first_line(head.front), "", head.body
    try:
        data, secured = read_yaml(front + brace, note, sealed)
    except FileError:
        raise error from None
    if not isinstance(data, dict):
        raise error
    body, in_body = sealed.strip(body)
    assumed = Repair(error.line or 1, error.reason, "it is read as YAML")
    return FrontMatter(data, body, secured + in_body, (assumed,), error)


def _is_text_between_rules(data: Any, head: Head) -> bool:
    return head.form is Form.YAML and isinstance(data, str) and "\n\n" in head.front


_Read = tuple[Any, str, int]


def _yaml(head: Head, note: Note, sealed: SealedKeys) -> _Read:
    data, secured = read_yaml(head.front, note, sealed)
    return data, head.body, secured


def _toml(head: Head, note: Note, sealed: SealedKeys) -> _Read:
    return _of(read_toml(_without_first_line(head.front), sealed), head)


def _json(head: Head, note: Note, sealed: SealedKeys) -> _Read:
    front = head.front if head.front.lstrip().startswith("{") else _without_first_line(head.front)
    data, secured, end = read_json(front, sealed)
    return data, head.body or front[end:], secured


def _lines(head: Head, note: Note, sealed: SealedKeys) -> _Read:
    body = head.body.lstrip("\n")
    if body.startswith(("---", "...")):  # as old Hexo has it: YAML without its first line
        data, secured = read_yaml(head.front, note, sealed)
        if isinstance(data, dict):
            return data, body.partition("\n")[2], secured
    return _of(read_key_lines(head.front, sealed), head)


def _none(head: Head, note: Note, sealed: SealedKeys) -> _Read:
    return {}, head.body, 0


def _of(read: tuple[Any, int], head: Head) -> _Read:
    return read[0], head.body, read[1]


def _without_first_line(front: str) -> str:
    """Return front matter without the line that opens it; an empty one stands for it."""
    blank = len(front) - len(front.lstrip())
    return "\n" * front.count("\n", 0, blank) + "\n" + front[blank:].partition("\n")[2]


_READERS: dict[Form, Callable[[Head, Note, SealedKeys], _Read]] = {
    Form.YAML: _yaml,
    Form.TOML: _toml,
    Form.JSON: _json,
    Form.LINES: _lines,
    Form.NONE: _none,
}


def parse_data_file(text: str, form: Form, note: Note, sealed: SealedKeys) -> FrontMatter:
    """Read a file that is YAML, with or without `---` lines, TOML or JSON from its first line to its last.

    Raises FileError, also where more than one document of a YAML file holds something.
    """
    if not text.strip():
        raise FileError("the file is empty")
    if form is Form.TOML:
        data, secured = read_toml(text, sealed)
    elif form is Form.JSON:
        data, secured, end = read_json(text, sealed)
        if more := text[end:].lstrip():
            line = text.count("\n", 0, len(text) - len(more)) + 1
            raise FileError("invalid JSON: there is more behind its value", line)
    else:
        try:
            data, secured = read_yaml(text, note, sealed)
        except FileError as error:
            return _repaired(Head(form, text, ""), error, note, sealed)
    if isinstance(data, NullText):
        raise FileError("the file is empty")
    return FrontMatter(data, "", secured)
