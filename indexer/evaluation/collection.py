"""Grades the product on a test collection: its documents are indexed, its queries asked, the lists that
come back held against the judgements.

Everything is the product's own, with the settings' ranking: titles are titles, texts are excerpts, a
query asks for any of its words. Only depth and folder are the evaluation's.
"""

from __future__ import annotations

import dataclasses
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from indexer.article import Article
from indexer.config import Settings
from indexer.errors import RequestError
from indexer.evaluation.files import Judged, read_collection
from indexer.evaluation.measures import evaluate_run
from indexer.identity import path_identity
from indexer.indexing.index_articles import index_articles
from indexer.query.archive import open_archive
from indexer.query.language.rewrite import any_of_words

DEPTH = 1000  # hits of a query that are graded


@dataclass(frozen=True, slots=True)
class Grades:
    """What came of an evaluation: `values` are means over the judged queries, by measure's name."""

    documents: int
    queries: int
    values: dict[str, float]

    def to_json(self) -> dict[str, float]:
        """Return the measures as one flat object."""
        return dict(self.values)


def evaluate_collection(
    folder: Path, settings: Settings, *, broaden: bool = False, index: Path | None = None
) -> Grades:
    """Return how well the judged queries of the collection in `folder` are answered.

    The documents are indexed into the empty or new folder `index`, else into one that is removed.
    Raises RequestError for files that cannot be used; BuildError or IndexLockedError where the index
    cannot be written.
    """
    collection = read_collection(folder)
    if index is not None and index.is_dir() and any(index.iterdir()):
        raise RequestError("the index folder is not empty", where=str(index), cure="Name a new one.")
    with tempfile.TemporaryDirectory() as place:
        into = dataclasses.replace(settings.index, path=index or Path(place) / "index")
        search = dataclasses.replace(settings.search, max_page_size=DEPTH)
        own = dataclasses.replace(settings, index=into, search=search)
        index_articles(_articles(collection), own)
        run = ask(collection, own, broaden=broaden)
    return Grades(
        len(collection.documents), len(collection.judgements), evaluate_run(collection.judgements, run)
    )


def ask(collection: Judged, settings: Settings, *, broaden: bool) -> dict[str, dict[str, float]]:
    """Return the best documents of each judged query: the first has the highest number.

    The numbers are those of the order, not the scores: trec_eval puts equal scores in an order of its
    own, the product by date and id.
    """
    names = {path_identity(document.id): document.id for document in collection.documents}
    run: dict[str, dict[str, float]] = {}
    with open_archive(settings) as archive:
        for query in collection.judgements:
            words = any_of_words(collection.queries[query], settings.analysis.language)
            hits = archive.search(words, size=DEPTH, broaden=broaden) if words else ()
            run[query] = {names[hit.article.id]: float(DEPTH - place) for place, hit in enumerate(hits)}
    return run


def _articles(collection: Judged) -> Iterator[Article]:
    for document in collection.documents:
        yield Article(id=path_identity(document.id), title=document.title, excerpt=document.text)
