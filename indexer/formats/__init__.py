"""An answer, the articles of a search, or references as plain values go in; the text of a format comes out.

A format is a module of this package and a row of FORMATS. What it can write decides where it is offered: any
answer (`--json`, `format=` of the API), all articles of a search (`backfile export`, `/api/v1/export`, the
links below the results), a reference to an article or a search (`backfile cite`, `/api/v1/cite`, the pages).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple, Protocol, TypeAlias

from indexer.formats import atom, bibtex, csl, csv, json, jsonfeed, ndjson, text
from indexer.formats.references import Reference, to_article, to_search
from indexer.messages import say

__all__ = ["ANSWERS", "CITATIONS", "EXPORTS", "FEEDS", "FORMATS", "Format", "encoded"]

_CHUNK = 64_000  # characters; fewer are not worth a packet, more would wait for too many articles
Head: TypeAlias = Mapping[str, Any]
Articles: TypeAlias = Iterable[Mapping[str, Any]]


class Writer(Protocol):
    """Writes any answer."""

    def __call__(self, data: Any, *, readable: bool) -> bytes:
        """Return `data` in the format."""


class Exporter(Protocol):
    """Writes the articles of a search, each of `Export.articles`, behind what `Export.head` says of them."""

    def __call__(self, head: Head, articles: Articles) -> Iterator[str]:
        """Yield the text, piece by piece."""


class Citer(Protocol):
    """Writes references; `about` is a sentence on all of them, or nothing."""

    def __call__(self, references: Iterable[Reference], about: str = "") -> Iterator[str]:
        """Yield the text, piece by piece."""


class Format(NamedTuple):
    """One format: its media type, its name in a sentence, the ending of its files, and what writes in it.

    `leaves_out` names what of an article it has no place for. A feed has the newest articles first."""

    media_type: str
    label: str
    ending: str
    write: Writer | None = None
    export: Exporter | None = None
    cite: Citer | None = None
    leaves_out: frozenset[str] = frozenset({"related"})
    is_feed: bool = False

    def answer(self, data: Any, *, readable: bool) -> bytes:
        """Return an answer in the format."""
        if self.write is None:
            raise TypeError(f"{self.label} has no place for any answer")
        return self.write(data, readable=readable)

    def exported(self, head: Head, articles: Articles) -> Iterator[str]:
        """Yield all articles of a search in the format."""
        if self.export:
            return self.export(head, articles)
        if self.cite:
            return self.cite((to_article(one, head["site"]) for one in articles), text.line(to_search(head)))
        raise TypeError(f"{self.label} has no place for articles")

    def cited(self, reference: Reference) -> str:
        """Return one reference in the format."""
        if self.cite is None:
            raise TypeError(f"{self.label} has no place for a reference")
        return "".join(self.cite([reference]))


_SHORT = frozenset({"related", "body", "images"})
FORMATS: Mapping[str, Format] = {
    "json": Format("application/json", "JSON", "json", write=json.write, export=json.export),
    "ndjson": Format("application/x-ndjson", "NDJSON", "ndjson", export=ndjson.export),
    "csv": Format("text/csv", "CSV", "csv", export=csv.export, leaves_out=_SHORT),
    "atom": Format("application/atom+xml", "Atom", "atom", export=atom.export, is_feed=True),
    "jsonfeed": Format("application/feed+json", "JSON Feed", "json", export=jsonfeed.export, is_feed=True),
    "text": Format("text/plain", say("plain text"), "txt", cite=text.cite, leaves_out=_SHORT),
    "bibtex": Format("application/x-bibtex", "BibTeX", "bib", cite=bibtex.cite, leaves_out=_SHORT),
    "csl": Format(
        "application/vnd.citationstyles.csl+json", "CSL-JSON", "json", cite=csl.cite, leaves_out=_SHORT
    ),
}
ANSWERS = tuple(name for name, form in FORMATS.items() if form.write)
EXPORTS = tuple(name for name, form in FORMATS.items() if form.export or form.cite)
FEEDS = tuple(name for name, form in FORMATS.items() if form.is_feed)
CITATIONS = tuple(name for name, form in FORMATS.items() if form.cite)


def encoded(pieces: Iterable[str]) -> Iterator[bytes]:
    """Yield a text as UTF-8 in larger pieces; what that cannot carry becomes a question mark."""
    waiting: list[str] = []
    size = 0
    for piece in pieces:
        waiting.append(piece)
        size += len(piece)
        if size >= _CHUNK:
            yield "".join(waiting).encode("utf-8", "replace")
            waiting, size = [], 0
    if waiting:
        yield "".join(waiting).encode("utf-8", "replace")
