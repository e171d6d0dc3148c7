"""Reads a test collection: `corpus.jsonl` (id, title, text), `queries.jsonl` (id, text), `qrels.tsv`
(query id, document id, relevance). Each fault is one sentence with the file and the line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.errors import RequestError

CORPUS, QUERIES, JUDGEMENTS = "corpus.jsonl", "queries.jsonl", "qrels.tsv"
_COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Document:
    """A document of a collection."""

    id: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A test collection: documents, queries by their ids, and for each query that is judged the
    relevance of documents."""

    documents: tuple[Document, ...]
    queries: dict[str, str]
    judgements: dict[str, dict[str, int]]


def read_collection(folder: Path) -> Judged:
    """Read the three files of `folder`. Raises RequestError for what cannot be used."""
    documents = tuple(_documents(folder / CORPUS))
    if not documents:
        file = folder / CORPUS
        raise RequestError("the file has no documents", where=str(file), cure=_cure(file))
    queries = dict(_queries(folder / QUERIES))
    known = {document.id for document in documents}
    return Judged(documents, queries, _judgements(folder / JUDGEMENTS, known, queries))


def _documents(file: Path) -> Iterator[Document]:
    for line, identity, record in _identified("document", file):
        title = _text(record, "title", file, line) if "title" in record else ""
        yield Document(identity, title, _text(record, "text", file, line))


def _queries(file: Path) -> Iterator[tuple[str, str]]:
    for line, identity, record in _identified("query", file):
        yield identity, _text(record, "text", file, line)


def _identified(kind: str, file: Path) -> Iterator[tuple[int, str, dict[str, object]]]:
    """Yield each record with its line and its id, which no other one has."""
    lines: dict[str, int] = {}
    for line, record in _records(file):
        identity = _text(record, "id", file, line)
        if identity in lines:
            raise _fault(f"{kind} '{identity}' is in line {lines[identity]} already", file, line)
        lines[identity] = line
        yield line, identity, record


def _judgements(file: Path, documents: set[str], queries: dict[str, str]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    lines: dict[tuple[str, str], int] = {}
    for line, text in _lines(file):
        columns = text.split("\t")
        if len(columns) != _COLUMNS:
            raise _fault(f"it has {len(columns)} columns instead of {_COLUMNS}", file, line)
        query, document, relevance = columns
        if query not in queries:
            raise _fault(f"there is no query '{query}'", file, line)
        if document not in documents:
            raise _fault(f"there is no document '{document}'", file, line)
        try:
            grade = int(relevance)
        except ValueError:
            raise _fault(f"the relevance '{relevance}' is no whole number", file, line) from None
        grades = found.setdefault(query, {})
        first = lines.setdefault((query, document), line)
        if grades.setdefault(document, grade) != grade:
            what = f"document '{document}' is judged otherwise for query '{query}' in line {first}"
            raise _fault(what, file, line)
    if not any(grade > 0 for grades in found.values() for grade in grades.values()):
        raise RequestError("no document is judged relevant", where=str(file), cure=_cure(file))
    return found


def _records(file: Path) -> Iterator[tuple[int, dict[str, object]]]:
    for line, text in _lines(file):
        try:
            record = json.loads(text)
        except ValueError as error:
            raise _fault(f"it is no JSON: {error}", file, line) from error
        if not isinstance(record, dict):
            raise _fault("it is no JSON object", file, line)
        yield line, record


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file that are not empty, and their numbers."""
    try:
        with file.open("rb") as stream:
            for number, line in enumerate(stream, start=1):
                text = line.decode("utf-8").rstrip("\r\n")
                if text.strip():
                    yield number, text
    except UnicodeDecodeError as error:
        raise _fault("it is no UTF-8", file, number) from error
    except OSError as error:
        raise RequestError(
            f"a file of the collection cannot be read: {error.strerror}", where=str(file), cure=_cure(file)
        ) from error


def _text(record: dict[str, object], name: str, file: Path, line: int) -> str:
    value = record.get(name)
    if not isinstance(value, str) or (name == "id" and not value):
        raise _fault(f"'{name}' is not text", file, line)
    return value


def _fault(what: str, file: Path, line: int) -> RequestError:
    return RequestError(f"line {line} cannot be used, {what}", where=f"{file}:{line}", cure=_cure(file))


def _cure(file: Path) -> str:
    return {
        CORPUS: "Each line is a JSON object with id, title and text.",
        QUERIES: "Each line is a JSON object with id and text.",
        JUDGEMENTS: "Each line is a query's id, a document's id and a whole number, with tabs between.",
    }[file.name]
