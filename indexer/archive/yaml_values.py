"""YAML -> values. The only importer of a YAML parser.

The regular front matters, 99.7% of the real ones, are read by `front_matter_lines`, six times as fast;
here is read whatever that one refuses. What this reader makes of a file is the rule; the other one
makes the same of it, or nothing.

libyaml gives events, and the values are built here, because what a YAML loader makes of a scalar
is wrong for articles: `12:30` is a title and not 750, `no` is Norway's code, `010` is no 8. All
scalars stay the characters that the file has; only null and the merge key `<<` are known. There
is no recursion and no constructor, so that neither a deep nor a tagged file can do harm, and the
size of a file with its aliases written out is counted without writing them out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import yaml
from yaml._yaml import CParser
from yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
)

from indexer.archive.keys import SealedKeys
from indexer.archive.records import FileError
from indexer.archive.values import NULLS, Note, NullText

"""Takes the code of a notice and its text."""

MAX_DEPTH = 100
TOO_DEEP = f"the values are nested more than {MAX_DEPTH} deep"
# What aliases may add to a file: a value counts one, and one more for each 100 characters of text.
# The largest real file has 700 values and no alias.
MAX_ALIASED = 100_000


def read_yaml(text: str, note: Note, sealed: SealedKeys) -> tuple[Any, int]:
    """Return the value of the one document that holds something, a `NullText` where there is none, and
    how many sealed values it had.

    Values of keys in `sealed` are counted and never built, at any depth. `note` is called for
    repeated keys; the last one holds. Raises FileError.
    """
    builder = _Builder(note, sealed)
    try:
        documents = builder.documents(CParser(text))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = f"invalid YAML: {error.problem or error.context or 'it cannot be read'}"
        if "nesting depth" in reason:  # libyaml looks ahead, and has a limit of its own since 0.2.6
            raise FileError(TOO_DEEP, *_place(mark)) from None
        raise FileError(reason, *_place(mark), mendable=True) from None
    except (yaml.YAMLError, UnicodeError):
        raise FileError(
            "invalid YAML: it holds a character that YAML does not allow", mendable=True
        ) from None
    filled = [document for document in documents if not isinstance(document, NullText)]
    if len(filled) > 1:
        raise FileError("several YAML documents in one file")
    return (filled[0] if filled else NullText("")), builder.secured


def _place(mark: Any) -> tuple[int | None, int | None]:
    return (mark.line + 1, mark.column + 1) if mark else (None, None)


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is not closed yet."""

    container: Any
    is_mapping: bool
    anchor: str | None
    sealed: bool
    key: str | None = None  # of the mapping's next value
    merged: list[dict[str, Any]] = field(default_factory=list)
    weight: int = 1


class _Merge(str):
    """The key `<<`, unquoted."""

    __slots__ = ()


class _Builder:
    """Builds values from events, with a stack of its own.

    Each value has a weight: what it and all that it holds would count if its aliases were written
    out. An alias adds the weight of its anchor, which is known because an anchor is complete
    before it can be used; so a bomb is met at the first alias that goes too far.
    """

    def __init__(self, note: Note, sealed: SealedKeys) -> None:
        self.secured = 0
        self._note = note
        self._sealed = sealed
        self._stack: list[_Frame] = []
        self._anchors: dict[str, tuple[Any, int] | None] = {}  # None: not complete yet
        self._sealed_anchors: set[str] = set()
        self._aliased = 0
        self._documents: list[Any] = []

    def documents(self, parser: CParser) -> list[Any]:
        """Return the values of all documents that `parser` gives."""
        steps = {
            ScalarEvent: self._scalar,
            MappingStartEvent: self._start,
            SequenceStartEvent: self._start,
            MappingEndEvent: self._end,
            SequenceEndEvent: self._end,
            AliasEvent: self._alias,
            DocumentEndEvent: self._end_document,
        }
        get_event = parser.get_event
        while True:
            event = get_event()
            step = steps.get(type(event))
            if step is not None:
                step(event)
            elif type(event) is StreamEndEvent:
                return self._documents

    def _scalar(self, event: Any) -> None:
        text: str = event.value
        if event.implicit[0]:
            if text in NULLS:
                text = NullText(text)
            elif text == "<<":
                text = _Merge(text)
        weight = 1 + len(text) // 100
        if event.anchor is not None:
            self._anchor(event.anchor, (text, weight))
        self._put(text, weight, event)

    def _start(self, event: Any) -> None:
        stack = self._stack
        if len(stack) >= MAX_DEPTH:
            raise _error(TOO_DEEP, event)
        parent = stack[-1] if stack else None
        if parent is not None and parent.is_mapping and parent.key is None:
            raise _error("a key must be a text, not a list or a mapping", event, mendable=True)
        if event.anchor is not None:
            self._anchor(event.anchor, None)
        sealed = parent is not None and (parent.sealed or self._is_sealed(parent))
        is_mapping = type(event) is MappingStartEvent
        stack.append(_Frame({} if is_mapping else [], is_mapping, event.anchor, sealed))

    def _end(self, event: Any) -> None:
        frame = self._stack.pop()
        value = frame.container
        for merged in frame.merged:
            for key, item in merged.items():
                value.setdefault(key, item)
        if frame.anchor is not None:
            self._anchor(frame.anchor, (value, frame.weight))
        self._put(value, frame.weight, event)

    def _alias(self, event: Any) -> None:
        if event.anchor not in self._anchors:
            mendable = event.anchor not in self._sealed_anchors
            raise _error("invalid YAML: found undefined alias", event, mendable=mendable)
        known = self._anchors[event.anchor]
        if known is None:
            raise _error("a YAML alias holds itself", event)
        value, weight = known
        self._aliased += weight
        if self._aliased > MAX_ALIASED:
            raise _error(f"its YAML aliases stand for more than {MAX_ALIASED:,} values", event)
        self._put(value, weight, event)

    def _end_document(self, event: Any) -> None:
        self._anchors.clear()

    def _anchor(self, name: str, value: tuple[Any, int] | None) -> None:
        """Keep a value for its aliases, unless it lies in what is sealed: nothing may copy that."""
        frame = self._stack[-1] if self._stack else None
        if frame is not None and (frame.sealed or self._is_sealed(frame)):
            self._anchors.pop(name, None)
            self._sealed_anchors.add(name)
            return
        self._anchors[name] = value

    def _is_sealed(self, frame: _Frame) -> bool:
        return frame.key is not None and self._sealed[frame.key]

    def _put(self, value: Any, weight: int, event: Any) -> None:
        """Give a complete value to what it is in."""
        if not self._stack:
            self._documents.append(value)
            return
        frame = self._stack[-1]
        frame.weight += weight
        if not frame.is_mapping:
            if not frame.sealed:
                frame.container.append(value)
        elif frame.key is None:
            if not isinstance(value, str):  # an alias of a list
                raise _error("a key must be a text, not a list or a mapping", event, mendable=True)
            frame.key = value
        else:
            key, frame.key = frame.key, None
            self._set(frame, key, value, event)

    def _set(self, frame: _Frame, key: str, value: Any, event: Any) -> None:
        if frame.sealed:
            return
        if self._sealed[key]:
            self.secured += not isinstance(value, NullText)
        elif type(key) is _Merge:
            frame.merged.extend(_merged(value, event))
        else:
            if key in frame.container:
                line = event.start_mark.line + 1
                self._note("duplicate_key", f"line {line} repeats a key of its mapping; the last one holds")
            frame.container[key] = value


def _merged(value: Any, event: Any) -> list[dict[str, Any]]:
    """Return the mappings that a `<<` takes in, the one that wins first."""
    items = value if isinstance(value, list) else [value]
    if not all(isinstance(item, dict) for item in items):
        raise _error("invalid YAML: expected a mapping or list of mappings for merging", event, mendable=True)
    return items


def _error(reason: str, event: Any, *, mendable: bool = False) -> FileError:
    return FileError(reason, *_place(event.start_mark), mendable)  # (the stubs have no marks on events)
