"""Grades the product on a test collection: its documents are indexed, its queries asked, the lists that
come back held against the judgements.

Everything is the product's own, with the settings' ranking: titles are titles, texts are excerpts, a
query asks for any of its words. Only depth and folder are the evaluation's. The same queries may be asked
as people typed them as well, by the search as it stands.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from indexer.article import Article
from indexer.config import Settings
from indexer.errors import RequestError
from indexer.evaluation.files import Judged, read_collection
from indexer.evaluation.measures import MEASURES, SUCCESS, Run, evaluate_run, nothing_found
from indexer.identity import path_identity
from indexer.indexing.index_articles import index_articles
from indexer.query.archive import Archive, open_archive
from indexer.query.language.rewrite import any_of_words

DEPTH = 1000  # hits of a query that are graded


NOTHING = "nothing_found"  # the share of the queries to which no hit was shown


@dataclass(frozen=True, slots=True)
class Grades:
    """What came of an evaluation: `values` are means over the judged queries, by measure's name, with any
    of the words; `as_typed` the same of the queries as people typed them, where that was asked for."""

    documents: int
    queries: int
    values: dict[str, float]
    as_typed: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> dict[str, float]:
        """Return the measures as one flat object."""
        return self.values | {f"as_typed.{name}": value for name, value in self.as_typed.items()}


def evaluate_collection(
    folder: Path,
    settings: Settings,
    *,
    broaden: bool = False,
    as_typed: bool = False,
    index: Path | None = None,
) -> Grades:
    """Return how well the judged queries of the collection in `folder` are answered.

    The documents are indexed into the empty or new folder `index`, else into one that is removed. With
    `as_typed` the text of each query is searched for as it is, too, and for both ways it is measured how
    often the first ten have a relevant document, and how often there is no hit at all. Raises RequestError
    for files that cannot be used; BuildError or IndexLockedError where the index cannot be written.
    """
    collection = read_collection(folder)
    if index is not None and index.is_dir() and any(index.iterdir()):
        raise RequestError("the index folder is not empty", where=str(index), cure="Name a new one.")
    judged = collection.judgements
    typed = {query: collection.queries[query] for query in judged}
    with tempfile.TemporaryDirectory() as place:
        into = dataclasses.replace(settings.index, path=index or Path(place) / "index")
        search = dataclasses.replace(settings.search, max_page_size=DEPTH)
        own = dataclasses.replace(settings, index=into, search=search)
        index_articles(_articles(collection), own)
        names = {path_identity(document.id): document.id for document in collection.documents}
        with open_archive(own) as archive:
            language = archive.stats().language
            words = {query: any_of_words(text, language) for query, text in typed.items()}
            run = ask(archive, words, names, broaden=broaden)
            typed_run = ask(archive, typed, names, broaden=broaden) if as_typed else None
    counts = len(collection.documents), len(judged)
    if typed_run is None:
        return Grades(*counts, evaluate_run(judged, run))
    return Grades(*counts, *(_all_measures(collection, one) for one in (run, typed_run)))


def ask(
    archive: Archive, queries: Mapping[str, str], names: Mapping[str, str], *, broaden: bool
) -> dict[str, dict[str, float]]:
    """Return the best documents of each of `queries`, by the `names` of their ids: the first has the
    highest number. An empty query has none.

    The numbers are those of the order, not the scores: trec_eval puts equal scores in an order of its
    own, the product by date and id.
    """
    run: dict[str, dict[str, float]] = {}
    for query, text in queries.items():
        hits = archive.search(text, size=DEPTH, broaden=broaden) if text else ()
        run[query] = {names[hit.article.id]: float(DEPTH - place) for place, hit in enumerate(hits)}
    return run


def _all_measures(collection: Judged, run: Run) -> dict[str, float]:
    judged = collection.judgements
    return evaluate_run(judged, run, (*MEASURES, SUCCESS)) | {NOTHING: nothing_found(judged, run)}


def _articles(collection: Judged) -> Iterator[Article]:
    for document in collection.documents:
        yield Article(id=path_identity(document.id), title=document.title, excerpt=document.text)
