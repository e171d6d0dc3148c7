"""reStructuredText -> its fields, as front matter, and its text: what a reader sees of it, line by line.

Fields (`:date: 2020-06-25`) stand below the title, as Pelican has them, or at the head. Comments, targets and
the options of directives are dropped; what directives hold, and code, is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.archive.markdown import Body
from indexer.archive.text import tidy

_LINE = re.compile(r"([!-/:-@\[-`{-~])\1{2,}\s*")
_FIELD = re.compile(r":([A-Za-z][\w -]*):(?:\s+(.*)|\s*)")
_DIRECTIVE = re.compile(r"\s*\.\.\s+(?:\|[^|]+\|\s+)?([\w:-]+)::\s*(.*)")
_HIDDEN_LINE = re.compile(r"\s*\.\.(?:\s|\Z)|\s*__\s")
_OPTION = re.compile(r"\s+:[\w-]+:")
# Directives whose argument is an address, a language or a setting, and no text.
_SILENT = frozenset((
    "image", "figure", "code", "code-block", "sourcecode", "highlight", "raw", "include", "contents",
    "toctree", "math", "csv-table", "list-table", "meta", "role", "default-role", "sectnum", "class",
    "container", "youtube", "literalinclude", "index", "only", "automodule", "autoclass",
))  # fmt: skip
_HOLDS_NOTHING = frozenset(("raw", "toctree", "meta", "include", "contents"))
_INLINE = (
    (re.compile(r"``([^`]+)``"), r"\1"),
    (re.compile(r"(?::[\w:+.-]+:)?`([^`<]+?)\s*<[^`>]*>`(?:__?)?"), r"\1"),
    (re.compile(r":[\w:+.-]+:`~?([^`]+)`"), r"\1"),
    (re.compile(r"`([^`]+)`(?:__?)?"), r"\1"),
    (re.compile(r"\*\*([^*\s](?:[^*]*[^*\s])?)\*\*"), r"\1"),
    (re.compile(r"(?<![\w*])\*([^*\s](?:[^*]*[^*\s])?)\*(?![\w*])"), r"\1"),
    (re.compile(r"\s?\[(?:#[\w-]*|[0-9]+|\*|[A-Za-z][\w.-]*)\]_"), ""),
    (re.compile(r"(?<![\w|])\|([^|\s](?:[^|]*[^|\s])?)\|_{0,2}"), r"\1"),
    (re.compile(r"\b([A-Za-z0-9]+)__?(?![\w])"), r"\1"),
    (re.compile(r"::$"), ":"),
)


def read_rst(text: str) -> tuple[dict[str, str], Body]:
    """Return the fields, and the text with its first title as the heading."""
    lines = text.expandtabs(4).split("\n")
    values: dict[str, str] = {}
    heading: str | None = None
    paragraphs: list[list[str]] = [[]]
    may_be_fields = True
    for line, is_title in _seen(lines):
        field = _FIELD.fullmatch(line) if may_be_fields else None
        if field:
            values.setdefault(field[1], (field[2] or "").strip())
        elif not line.strip():
            paragraphs.append([])
        elif is_title:
            heading = heading or tidy(_plain(line))
            paragraphs += [[_plain(line)], []]
        else:
            may_be_fields = False
            paragraphs[-1].append(_plain(line))
    joined = (tidy(" ".join(parts)) for parts in paragraphs)
    return {name: value for name, value in values.items() if value}, Body(
        tuple(filter(None, joined)), heading
    )


def _seen(lines: list[str]) -> Iterator[tuple[str, bool]]:
    """Yield the lines that a reader sees, and whether they are titles."""
    hidden: int | None = None  # how far what is hidden is indented
    options = False
    for nth, line in enumerate(lines):
        indent = len(line) - len(line.lstrip())
        if hidden is not None and line.strip() and indent <= hidden:
            hidden = None
        if hidden is not None or (options and _OPTION.match(line)):
            continue
        options = False
        directive = _DIRECTIVE.fullmatch(line)
        if directive:
            name, argument = directive[1].lower(), directive[2]
            options = True
            hidden = indent if name in _HOLDS_NOTHING else None
            yield "", False
            yield ("" if name in _SILENT else argument), False
        elif _HIDDEN_LINE.match(line):
            hidden = indent
        elif _LINE.fullmatch(line):
            yield "", False
        else:
            below = lines[nth + 1] if nth + 1 < len(lines) else ""
            yield line, bool(line.strip() and not indent and _LINE.fullmatch(below))


def _plain(line: str) -> str:
    for pattern, replacement in _INLINE:
        line = pattern.sub(replacement, line)
    return line.replace("\\", "")
