"""The schema's fields as Whoosh's own writer can take them: what a value posts, said plainly."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from whoosh.fields import Schema

from indexer.index.schema import KeysField, WordsField, build_schema

Posted = tuple[str, int, bool]  # term, position, whether it adds to the field's length


class WrittenWords(WordsField):
    """It is given (term, position, counts) as the analysis made them."""

    def index(self, value: Iterable[Posted], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield (term, its share of the length, frequency, positions) for each distinct term."""
        positions: dict[str, list[int]] = {}
        lengths: dict[str, int] = {}
        for term, position, counts in value:
            positions.setdefault(term, []).append(position)
            lengths[term] = lengths.get(term, 0) + counts
        for term, at in positions.items():
            at.sort()
            yield term.encode("utf-8", "replace"), lengths[term], float(len(at)), self.format.encode(at)


class WrittenKeys(KeysField):
    """It is given an iterable of texts."""

    def index(self, value: Iterable[str], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """Yield each distinct value as a term."""
        for key in sorted(set(value)):
            yield key.encode("utf-8", "replace"), 1, 1.0, b""

    def to_column_value(self, value: str | Iterable[str]) -> Any:
        """Return what the field's column takes: bytes, or a list of bytes."""
        if isinstance(value, str):
            return value.encode("utf-8", "replace")
        return [key.encode("utf-8", "replace") for key in value]


WRITTEN = {WordsField: WrittenWords, KeysField: WrittenKeys}


def written_schema() -> Schema:
    """Return the schema with fields that can be written."""
    schema = build_schema()
    for name in schema.names():
        field = schema[name]
        field.__class__ = WRITTEN.get(type(field), type(field))
    return schema
