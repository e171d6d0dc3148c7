"""The source over an index folder on this machine, and the view of one generation of it; see `source`. Keys
are document numbers."""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray
from whoosh.query import Or, Query

from indexer.article import ORIGIN_FILE, Article
from indexer.errors import RequestError
from indexer.index.changes import Difference, History
from indexer.index.schema import TEXT
from indexer.index.toc import GenerationWatch
from indexer.query.answers.stats import ArchiveStats
from indexer.query.arrays.found import ArrayFound, DocumentSet
from indexer.query.arrays.match.execute import Matches, evaluate, unite
from indexer.query.arrays.rank.order import Order
from indexer.query.arrays.store.snapshot import Snapshot, open_snapshot
from indexer.query.ranking import idf
from indexer.query.source import DayCounts, Documents, Found, Key, Label, NearWord, Plan, Terms, Title, Weight
from indexer.zones import zone_of

if TYPE_CHECKING:  # what a search does not need is imported where it is used
    from indexer.query.arrays.suggest.labels import Labels
    from indexer.query.arrays.suggest.title_finder import TitleFinder

# Evaluated queries, so that a filter or a page does not match again; and their matches together, of
# 8 bytes each; what is united from parts keeps these as well.
_MAX_EVALUATED = 64
_MAX_MATCHES = 2_000_000


class ArrayView:
    """Answers from one snapshot. Safe to share between threads."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self.number = snapshot.number
        self.analyzer = snapshot.analyzer
        self.zone = zone_of(snapshot.header.timezone)
        self._lock = threading.Lock()
        self._evaluated: OrderedDict[tuple[int, int], tuple[Query, Matches]] = OrderedDict()
        self._matches = 0

    @property
    def size(self) -> int:
        """How many articles there are."""
        return len(self.snapshot.columns.live_docs)

    # Searching

    def find(self, tree: Query, plan: Plan) -> ArrayFound:
        """Return what `tree` finds."""
        return ArrayFound(self.snapshot, self._evaluate(tree, plan), plan)

    def totals(self, asks: Sequence[tuple[Query, Plan]]) -> list[ArrayFound]:
        """Return what several searches find; what they look for under several filters is evaluated once."""
        known: dict[tuple[int, int], Matches] = {}
        found = []
        for tree, plan in asks:
            key = (id(tree), plan.expansion_limit)
            if key not in known:
                known[key] = self._evaluate(tree, plan)
            found.append(ArrayFound(self.snapshot, known[key], plan))
        return found

    def _evaluate(self, tree: Query, plan: Plan) -> Matches:
        """Evaluate `tree`, or take what was found for the same object a moment ago."""
        if not plan.reusable:  # nor is such a tree kept: another may have its `id` by now
            return evaluate(tree, self.snapshot, plan.expansion_limit, plan.deadline)
        key = (id(tree), plan.expansion_limit)
        with self._lock:
            if key in self._evaluated:
                self._evaluated.move_to_end(key)
                return self._evaluated[key][1]
            # What has all words, or the last one as begun, is united from both: each is a part of an answer.
            first = tree[0] if type(tree) is Or and tree else None
            has_part = (id(first), plan.expansion_limit) in self._evaluated
        if has_part:
            matches = unite(tree, [self._evaluate(part, plan) for part in tree], self.snapshot)
        else:
            matches = evaluate(tree, self.snapshot, plan.expansion_limit, plan.deadline)
        if plan.deadline.has_cut:
            return matches
        with self._lock:
            if key not in self._evaluated:  # else another thread was faster
                self._evaluated[key] = tree, matches
                self._matches += len(matches.docs)
            while len(self._evaluated) > _MAX_EVALUATED or self._matches > _MAX_MATCHES:
                _, (_, released) = self._evaluated.popitem(last=False)
                self._matches -= len(released.docs)
        return matches

    def prefetch(self, searches: Callable[[], Sequence[Found]]) -> None:
        """Do nothing: each search is made when it is needed, at no distance."""

    def contains(self, sets: Sequence[Documents], keys: Sequence[int]) -> list[list[bool]]:
        """Return for each set which of some documents are in it."""
        return [cast("DocumentSet", one).contains(keys) for one in sets]

    def everything(self) -> DocumentSet:
        """Return all articles."""
        return DocumentSet(self.snapshot, self.snapshot.columns.live_docs)

    def days(self) -> DayCounts:
        """Return the days that have an article, and how many articles each has."""
        days = self.snapshot.columns.days
        return DayCounts(days.periods, days.archive)

    # Articles

    def resolve(self, ids: Sequence[str]) -> list[Key | None]:
        """Return for each id, or identity of another of an article's URLs, the article that has it."""
        return [self.snapshot.doc_of(identity) for identity in ids]

    def at_path(self, path: str) -> Key | None:
        """Return the article that the file `path` of the archive is about, None where there is none."""
        docs = self.snapshot.docs_of_file(path)
        return next((doc for doc in docs if self.snapshot.article(doc).origin == ORIGIN_FILE), None)

    def linking(self, keys: Sequence[Key], ids: Sequence[str]) -> list[Key]:
        """Return the articles whose editors link to one of the articles `keys` or to one of `ids`, newest
        first."""
        columns = self.snapshot.columns
        names = [*ids, *(alias for key in keys for alias in self.snapshot.aliases_of(key))]
        docs = {int(d) for name in names for d in columns.term_docs("link", name) if columns.live[d]}
        return sorted(docs, key=lambda d: (-int(columns.published[d]), columns.ids[d]))

    def translated(self, shared: str) -> list[Key]:
        """Return the articles that have this `translation` in common."""
        columns = self.snapshot.columns
        return [doc for doc in columns.term_docs("translation", shared).tolist() if columns.live[doc]]

    def articles(self, keys: Sequence[Key]) -> list[Article]:
        """Return articles, decoded as they are looked at."""
        return self.snapshot.articles(keys)

    def ids(self, keys: Sequence[Key]) -> list[str]:
        """Return the ids of articles."""
        ids = self.snapshot.columns.ids
        return [bytes(ids[doc]).decode() for doc in keys]

    def file(self, key: Key) -> str:
        """Return the path, within the archive, of the file that gave an article."""
        return self.snapshot.file_of(key)

    def logo(self, provider: str) -> str | None:
        """Return the URL of the logo of a provider, by its key."""
        return self.snapshot.providers.logo(provider)

    # Terms

    def frequency(self, terms: Terms) -> list[int]:
        """Return how many articles have each term."""
        return [self.snapshot.frequency(field, term) for field, term in terms]

    def idf(self, frequency: int) -> float:
        """Return the weight of a term that so many articles have."""
        return idf(self.snapshot.columns.size, frequency)

    def term_counts(self, terms: Sequence[str], sets: Sequence[Documents]) -> NDArray[np.int64]:
        """Return how many articles of each set have each term of the text, (sets, terms)."""
        marks = np.zeros(self.snapshot.columns.size, np.uint8)
        for bit, one in enumerate(sets):
            marks[cast("DocumentSet", one).docs] |= np.uint8(1 << bit)
        postings, kinds = self.snapshot.postings, 1 << len(sets)
        counts = np.zeros((len(terms), kinds), np.int64)
        for row, term in zip(counts, terms, strict=True):
            row[:] = np.bincount(marks.take(postings.docs(postings.posting(TEXT, term))), minlength=kinds)
        having = (np.arange(kinds) >> np.arange(len(sets))[:, None]) & 1
        found: NDArray[np.int64] = having @ counts.T
        return found

    def holds(self, terms: Sequence[str], keys: Sequence[Key]) -> list[set[str]]:
        """Return for each article which of some terms of the text it has."""
        found: dict[int, set[str]] = {key: set() for key in keys}
        docs = np.array(sorted(found), np.uint32)
        if len(docs):
            for term in terms:
                for doc in docs.take(self.snapshot.postings.places_of(TEXT, term, docs)).tolist():
                    found[doc].add(term)
        return [found[key] for key in keys]

    def near(self, word: str, edits: int) -> list[NearWord]:
        """Return the words at one edit or up to `edits` from `word`, folded; a swap is one edit."""
        from indexer.query.arrays.suggest.near_words import near_words

        return near_words(word, edits, self.snapshot.lexicons)

    # Facet values, suggestions

    def facet_labels(self, facet: str) -> list[str]:
        """Return the labels of a facet's values, in the order of the values."""
        column = self.snapshot.columns.facet(facet)
        return [key.label for ordinal, key in enumerate(column.keys) if ordinal != column.none]

    def has_value(self, facet: str, text: str) -> bool:
        """Return whether a value, a label or another name of the facet is `text`."""
        return self.snapshot.columns.facet(facet).named(text) is not None

    @functools.cached_property
    def _labels(self) -> Labels:
        from indexer.query.arrays.suggest.labels import Labels, label_rows

        return Labels(label_rows(self.snapshot.columns), self.snapshot.phrases)

    def labels(self, typed: Sequence[str], kinds: Sequence[str], most: int, enough: int) -> list[Label]:
        """Return topics, providers and phrases that have all words `typed`, the best first."""
        return self._labels.find(typed, kinds, most, enough)

    @functools.cached_property
    def _titles(self) -> TitleFinder:
        from indexer.query.arrays.suggest.title_finder import TitleFinder

        return TitleFinder(self.snapshot.lexicons, self.snapshot.columns)

    def titles(
        self, typed: Sequence[str], most: int, *, whole: bool, slip: bool
    ) -> tuple[Iterator[Title], bool]:
        """Return titles with all words `typed`, and whether some were passed over."""
        find = self._titles.near if slip else self._titles.find
        return find(typed, whole=whole, most=most)

    # Related articles, stories, changes

    def likely(
        self, weights: Sequence[Weight], published: float | None, size: int, without: Sequence[Key]
    ) -> list[tuple[Key, float]]:
        """Return the best articles for weighted terms, times the prior of their dates, in order."""
        from indexer.query.arrays.related.related_scores import DatePrior, score_best

        columns = self.snapshot.columns
        excluded = np.array(sorted(without), np.uint32)
        best = score_best(weights, self.snapshot.postings, DatePrior(columns, published), size, excluded)
        places = Order.of("relevance", columns, best.docs, best.scores).page(0, size)
        return list(zip(best.docs.take(places).tolist(), best.scores.take(places).tolist(), strict=True))

    def story(self, key: Key) -> list[Key]:
        """Return the articles of an article's story, the earliest first, itself among them."""
        return self.snapshot.stories.members(key)

    def history(self) -> History:
        """Return since which generation changes are kept."""
        return self.snapshot.history

    def changes(self, generation: int) -> Difference:
        """Return what the changes after a generation come to."""
        return self.snapshot.difference(generation)

    def warnings(self) -> tuple[str, ...]:
        """Return nothing: it lies on this machine."""
        return ()

    def stats(self) -> ArchiveStats:
        """Return what is indexed."""
        return self.snapshot.stats


class ArraySource:
    """Opens the generations of an index folder, each once. Raises IndexMissingError, IndexOutdatedError,
    IndexDamagedError or IndexUnreadableError where the newest cannot be opened."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._watch = GenerationWatch(folder)
        self._view: ArrayView | None = ArrayView(open_snapshot(folder))

    def open(self) -> ArrayView:
        """Return the view of the newest generation."""
        with self._lock:
            if self._view is None:
                raise RequestError("the archive is closed", cure="Open it again with `open_archive`.")
            latest = self._watch.latest()
            # A lost table of contents comes back with the next run; until then the view has all it needs.
            if latest.number >= 0 and latest != self._view.snapshot.stamp:
                self._view = ArrayView(open_snapshot(self._folder))
            self._view.snapshot.check_sizes()
            return self._view

    def close(self) -> None:
        """Release the index; answers already given keep what they need."""
        with self._lock:
            self._view = None
