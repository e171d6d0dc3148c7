"""Documents with fields of every kind, the histories that Hypothesis draws of them, and what a reader
says of an index, so that two codecs can be compared."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from whoosh import analysis, fields, formats, index

from tests.codec.copying import copy

WORDS = ["alfa", "bravo", "bravos", "charlie", "delta", "deltas", "echo", "élan", "zz", "\U0001f600"]


class FacetField(fields.FieldType):
    """Several values a document, given with commas between them; in our column, which Whoosh's own codec
    cannot write."""

    def __init__(self, column: Any = None) -> None:
        self.format = formats.Existence()
        self.analyzer = analysis.CommaSeparatedTokenizer()
        self.scorable = self.unique = self.vector = False
        self.stored = True
        self.column_type = column

    def from_column_value(self, value: Any) -> Any:
        return [v.decode() for v in value] if isinstance(value, list) else value.decode()


def schema() -> fields.Schema:
    return fields.Schema(
        key=fields.ID(unique=True, stored=True, sortable=True),
        text=fields.TEXT(stored=True),
        title=fields.TEXT(sortable=True),
        number=fields.NUMERIC(int, sortable=True, stored=True, default=-5),
        big=fields.NUMERIC(int, bits=64, sortable=True, signed=False),
        real=fields.NUMERIC(float, sortable=True),
        when=fields.DATETIME(sortable=True),
        flag=fields.BOOLEAN(stored=True),
        tags=FacetField(),
        stored=fields.STORED(),
    )


# At most ten words: these lengths Whoosh's own codec holds in its one byte exactly.
text = st.lists(st.sampled_from(WORDS), min_size=1, max_size=10).map(" ".join)


def document(key: int) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {"key": st.just(f"k{key}")},
        optional={
            "text": text,
            "title": text,
            "number": st.integers(-1000, 1000),
            "big": st.integers(0, 2**62),
            "real": st.floats(-1e6, 1e6, width=32),
            "when": st.datetimes(datetime.datetime(1970, 1, 1), datetime.datetime(2030, 1, 1)),
            "flag": st.booleans(),
            "tags": st.lists(st.sampled_from(WORDS[:6]), max_size=3).map(",".join),
            "stored": st.one_of(st.none(), st.text(), st.lists(st.text())),
        },
    )


@dataclass(frozen=True)
class Commit:
    """Documents to add and keys to delete, and how to merge: "keep", "small" or "all"."""

    documents: list[dict[str, Any]]
    updates: list[dict[str, Any]]
    deletions: list[str]
    merge: str


@st.composite
def histories(draw: st.DrawFn, commits: int = 4) -> list[Commit]:
    history: list[Commit] = []
    key = 0
    for _ in range(draw(st.integers(1, commits))):
        count = draw(st.integers(0, 5))
        documents = [draw(document(key + i)) for i in range(count)]
        # Only what was committed before: of two documents with one key Whoosh's update deletes one.
        known = st.sampled_from(range(key)) if key else st.just(0)
        most = 2 if key else 0
        updates = [draw(document(k)) for k in draw(st.lists(known, max_size=most, unique=True))]
        deletions = [f"k{k}" for k in draw(st.lists(known, max_size=most))]
        key += count
        history.append(Commit(documents, updates, deletions, draw(st.sampled_from(["keep", "small", "all"]))))
    return history


def build(folder: Path, history: list[Commit]) -> Any:
    """Make an index of the history with Whoosh's writer and its own codec."""
    folder.mkdir(exist_ok=True)
    ix = index.create_in(str(folder), schema())
    for commit in history:
        writer = ix.writer()
        for key in commit.deletions:
            writer.delete_by_term("key", key)
        for values in commit.documents:
            writer.add_document(**values)
        for values in commit.updates:
            writer.update_document(**values)
        kept = {"keep": {"merge": False}, "small": {}, "all": {"optimize": True}}[commit.merge]
        writer.commit(**kept)
    return ix


def both(folder: Path, history: list[Commit]) -> tuple[Any, Any]:
    """Return the index of arrays, and Whoosh's own."""
    theirs = build(folder / "whoosh", history)
    return copy(theirs, folder / "arrays"), theirs


def postings(reader: Any) -> dict[Any, Any]:
    """Every posting: document, weight, value, and the value as what its format knows."""
    found = {}
    for fieldname, term in reader.all_terms():
        matcher = reader.postings(fieldname, term)
        format_ = reader.schema[fieldname].format
        rows = []
        while matcher.is_active():
            row = [matcher.id(), matcher.weight(), matcher.value() or b""]
            known = ("frequency", "weight", "positions")
            row += [matcher.value_as(kind) for kind in known if format_.supports(kind)]
            rows.append(row)
            matcher.next()
        found[fieldname, term] = rows
    return found


def term_infos(reader: Any) -> dict[Any, Any]:
    found = {}
    for term, info in reader:
        found[term] = (
            info.weight(), info.doc_frequency(), info.max_weight(), info.min_length(), info.max_length(),
            info.min_id(), info.max_id(),
        )  # fmt: skip
    return found


def documents(reader: Any) -> dict[int, Any]:
    """Stored fields, lengths and columns of every live document.

    By segment: Whoosh's MultiReader fails where a segment lacks a column that another one has.
    """
    found: dict[int, Any] = {}
    names = sorted(reader.schema.names())
    for leaf, offset in reader.leaf_readers():
        readers = {name: leaf.column_reader(name, translate=False) for name in names if leaf.has_column(name)}
        for docnum, stored in leaf.iter_docs():
            lengths = {name: leaf.doc_field_length(docnum, name) or 0 for name in names}
            values = {name: column[docnum] for name, column in readers.items()}
            found[docnum + offset] = (stored, lengths, values)
    return found
