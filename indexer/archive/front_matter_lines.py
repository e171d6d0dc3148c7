"""Front matter line by line, for the regular subset of YAML that nearly all real files keep to.

The YAML of a file gives its values and the count of secured ones, or None where a single line is not
certain: then libyaml reads the file (see `yaml_values`).

The subset: a mapping at column 0; block mappings and lists below it, by indentation; keys of ASCII
letters, digits, `_` and `-`; values on the key's own line, plain, quoted, `[]` or `{}`. Refused is
everything else: tabs, comments, anchors, aliases, tags, flow collections, block scalars, texts of
several lines, escapes but `\\"`, `\\\\` and `\\/`, quoted or repeated keys, `: ` and ` #` in plain texts,
odd indentation. `tests/archive/test_front_matter_lines.py` shows that what is not refused is read
as libyaml reads it.

Why: for the 18,628 files of `../shared/archives` libyaml's events and the values built of them take
5.1 s, this 2.2 s, and 0.8 s with what follows. An archive repeats itself: of the 102,873 entries under
`related:` in those files (97 of 122 MB) 7,262 are different, so an entry whose text was read lately
is not read again, and `dialects` makes no second article of it. Libraries that were tried: py-yaml12
(2.2 s) gives numbers for texts (`010` is 10, `3.10` is 3.1), drops repeated keys in silence and has no
failsafe schema; rapidyaml has the characters, but walking its tree from Python takes longer than
libyaml's events, and it prints to stderr of what is broken.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice
from typing import Any

from indexer.archive.keys import SealedKeys
from indexer.archive.values import NULLS, NullText, SharedMapping

# A line: the feed before it, indentation, the `-` of a list's item, a key, a value. Nothing is tried
# twice (possessive), so a line costs its length whatever is in it.
_LINE = re.compile(
    r"""
    \n(\ *+)
    (-(?:\ ++|(?=\n|\Z)))?+
    (?:([A-Za-z_][A-Za-z0-9_-]{0,63}+):(?=[ \n]|\Z)\ *+)?+
    (
        "[^"\\\x00-\x1f]*+(?:\\["\\/][^"\\\x00-\x1f]*+)*+"
      | '[^'\x00-\x1f]*+(?:''[^'\x00-\x1f]*+)*+'
      | (?:[^\x00-\x20!"\#%&'*,\-:>?@\[\]`{|}]|-(?=[^\x00-\x20]))   # plain: how it may begin,
        [^:\#\x00-\x1f]*+(?:(?::(?=[^\x00-\x20])|(?<!\ )\#)[^:\#\x00-\x1f]*+)*+   # no `: `, no ` #`
      | \[\] | \{\} |
    )
    \ *+(?=\n|\Z)""",
    re.VERBOSE,
)
_ESCAPED = re.compile(r"\\(.)")
# An item at column 2 with six lines or more below it: a related article. Images have fewer, and the
# same ones seldom come again.
_ENTRY = re.compile(r"(\n  - [^\n]*(?:\n    [^\n]*){6,}+)")
_ENTRY_COLUMN = 2
_MAX_DEPTH = 20
# Entries that are remembered, and characters of each: 16 million at most, and the values and articles of
# an entry are about as large again each. All of ../shared/archives has 7,262 of 7 million; with half as
# many remembered, reading it takes a fifth longer.
MAX_ENTRIES = 8_000
MAX_ENTRY = 2_000


class _IrregularError(Exception):
    """A line or an indentation that is not in the subset."""


def read_lines(yaml: str, sealed: SealedKeys) -> tuple[dict[str, Any], int] | None:
    """Return the values of a front matter and how many of `sealed` it has, or None: ask libyaml.

    `yaml` begins with its `---` line, and is text as `text.decode` gives it: no control
    characters but tab and line feed, no other line ends, no byte order mark.
    """
    if not yaml.startswith("---\n"):
        return None
    data: dict[str, Any] = {}
    tree = _Tree(0, data, sealed)
    entries = _entries_of(sealed)
    items: list[Any] | None = None  # that entries are the next of
    try:
        for number, piece in enumerate(_ENTRY.split(yaml[3:])):
            if number % 2:
                value, secured = entries[piece]
                tree.secured += secured
                items = tree.items(_ENTRY_COLUMN) if items is None else items
                items.append(value)
            elif piece:
                tree.add_lines(piece)
                items = None
    except _IrregularError:
        return None
    return (data, tree.secured) if data else None  # an empty one may be a null


class _Entries(dict[str, tuple[Any, int]]):
    """What `_read_entry` makes of an item, by its text; of those that were read lately it is remembered.

    Not of those that surely have a ciphertext, which is like no other. That is asked of new ones alone: to
    look for it in every file took a fortieth of the time that reading takes.
    """

    def __init__(self, sealed: SealedKeys) -> None:
        super().__init__()
        self._sealed = sealed

    def __missing__(self, text: str) -> tuple[Any, int]:
        value, secured = _read_entry(text, self._sealed)
        if len(text) > MAX_ENTRY or any(map(text.__contains__, self._sealed.spelled)):
            return value, secured
        if len(self) >= MAX_ENTRIES:
            for oldest in [*islice(self, MAX_ENTRIES // 2)]:
                del self[oldest]
        self[text] = found = SharedMapping(value) if type(value) is dict else value, secured
        return found


_entries_of = lru_cache(maxsize=4)(_Entries)


def _read_entry(text: str, sealed: SealedKeys) -> tuple[Any, int]:
    """Return the value of an item, and how many sealed ones it had."""
    items: list[Any] = []
    tree = _Tree(_ENTRY_COLUMN, items, sealed)
    tree.add_lines(text)
    return items[0], tree.secured  # the text has one `-` at this column


class _Tree:
    """Lists and mappings, from the outermost to the one that the last line is in."""

    def __init__(self, column: int, root: Any, sealed: SealedKeys) -> None:
        self.sealed = sealed
        self.secured = 0
        self._stack: list[tuple[int, Any]] = [(column, root)]
        self._key: str | None = None  # of the last line
        self._open = False  # the last line has no value, what follows may be it

    def add_lines(self, text: str) -> None:
        """Take whole lines, a line feed before each. Raises _IrregularError."""
        lines = _LINE.findall(text)
        # Each match is one line from its feed to its end, so as many as there are lines are all.
        if len(lines) != text.count("\n"):
            raise _IrregularError
        stack, sealed = self._stack, self.sealed
        last_column, last = stack[-1]
        for indentation, dash, key, value in lines:
            if dash and value and not key and len(indentation) == last_column and type(last) is list:
                last.append(_scalar(value))  # it goes on: as _add_line_of_list, without the call
                self._open = False
            elif dash:
                self._add_line_of_list(len(indentation), dash, key, value)
                last_column, last = stack[-1]
            elif key:
                column = len(indentation)
                if column != last_column or type(last) is not dict:  # (else it goes on, as most do)
                    last_column, last = column, self._container(column, dict)
                if value and key not in last and not sealed[key]:  # as _add_pair, without the call
                    last[key] = _scalar(value)
                    self._open = False
                else:
                    self._add_pair(last, key, value)
            elif value:
                raise _IrregularError

    def _add_line_of_list(self, column: int, dash: str, key: str, value: str) -> None:
        if key:
            mapping: dict[str, Any] = {}
            self.add_item(column, mapping)
            self._stack.append((column + len(dash), mapping))
            self._add_pair(mapping, key, value)
        else:
            self.add_item(column, _scalar(value))
            self._open = not value

    def add_item(self, column: int, value: Any) -> None:
        """Put an item of a list at its column."""
        self.items(column).append(value)

    def items(self, column: int) -> list[Any]:
        """Return the list that goes on at this column."""
        items: list[Any] = self._container(column, list)
        self._open = False
        return items

    def _add_pair(self, mapping: dict[str, Any], key: str, value: str) -> None:
        self._key = key
        self._open = not value
        if self.sealed[key]:
            if not value:
                raise _IrregularError  # what follows may be what is secured
            self.secured += value.rstrip(" ") not in NULLS
        elif key in mapping:
            raise _IrregularError  # the judge reports it
        else:
            mapping[key] = _scalar(value)

    def _container(self, column: int, kind: type) -> Any:
        """Return the list or mapping that a line at `column` goes on with; open or close what is due."""
        stack = self._stack
        last_column, last = stack[-1]
        if column == last_column and type(last) is kind:
            return last
        if self._open and (column > last_column or (column == last_column and kind is list)):
            return self._opened(column, kind())
        while stack[-1][0] > column:
            stack.pop()
            if not stack:
                raise _IrregularError
        if kind is dict and len(stack) > 1 and type(stack[-1][1]) is list:
            stack.pop()  # a list at its key's column ends with the next key
        last_column, last = stack[-1]
        if column != last_column or type(last) is not kind:
            raise _IrregularError
        return last

    def _opened(self, column: int, container: Any) -> Any:
        """Put a new list or mapping where the last line left a place for it."""
        parent = self._stack[-1][1]
        if type(parent) is list:
            parent[-1] = container
        else:
            parent[self._key] = container
        self._stack.append((column, container))
        if len(self._stack) > _MAX_DEPTH:
            raise _IrregularError
        return container


def _scalar(value: str) -> Any:
    first = value[:1]
    if first == '"':
        value = value[1:-1]
        return _ESCAPED.sub(r"\1", value) if "\\" in value else value
    if first == "'":
        return value[1:-1].replace("''", "'")
    if first in ("[", "{"):  # no plain text begins so
        return [] if first == "[" else {}
    value = value.rstrip(" ")
    return NullText(value) if value in NULLS else value
