"""The engine over an index on this machine: request -> parse -> evaluate -> filter -> order -> results."""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from datetime import UTC, datetime

import numpy as np
from whoosh.query import Every, Query

from indexer.article import Article
from indexer.config import Settings
from indexer.errors import NotFoundError, RequestError, did_you_mean
from indexer.generation import latest_generation
from indexer.identity import url_identity
from indexer.query.columns import Docs, Mask
from indexer.query.cursor import Cursor, Order, decode
from indexer.query.dates import parse_period
from indexer.query.execute import Matches, evaluate
from indexer.query.facets import count_facet, epoch_to_datetime, value_mask
from indexer.query.grammar import parse
from indexer.query.highlight import highlight, marks_of
from indexer.query.parsed import NoteKind, ParsedQuery, TermCount
from indexer.query.related import find_related
from indexer.query.request import FACETS, SearchRequest
from indexer.query.results import FacetValues, Hit, LazyFacets, Related, Results
from indexer.query.snapshot import Snapshot, open_snapshot
from indexer.query.stats import ArchiveStats

_KEPT_ANSWERS = 64  # parsed and evaluated queries, so that a filter or a page does not match again
_MOST_TERM_COUNTS = 50


class EmbeddedEngine:
    """Answers from the newest generation of an index folder. Safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.index.path
        self._lock = threading.Lock()
        self._snapshot: Snapshot | None = open_snapshot(self._folder)
        self._answers: OrderedDict[tuple[int, str, str], tuple[ParsedQuery, Matches]] = OrderedDict()

    def search(self, request: SearchRequest) -> Results:
        """Return the page of results that `request` asks for."""
        snapshot = self._current()
        now = datetime.now(UTC)
        parsed, matches = self._match(request.query, snapshot, now)
        selection = _Selection(request, snapshot, matches, now)
        sort = request.sort or ("newest" if isinstance(parsed.query, Every) else "relevance")
        docs, scores = selection.hits()
        order = Order.of(sort, snapshot.columns, docs, scores)
        total, start, notes = len(docs), (request.page - 1) * request.size, list(_told(parsed))
        if request.cursor:
            cursor = decode(request.cursor, request, sort)
            order, start = order.after(cursor), 0
            if cursor.generation != snapshot.number:
                notes.append(
                    "the archive was indexed anew since the last page: this one goes on from the same place"
                )
        places = order.page(start, request.size)
        before = total - len(order.docs) + start
        by_doc = dict(zip(docs.tolist(), scores.tolist(), strict=True)) if len(places) else {}
        mark = functools.partial(
            _mark, matches=matches, snapshot=snapshot, length=self._settings.search.snippet_length
        )
        hits = tuple(
            Hit(by_doc[doc], functools.partial(snapshot.article, doc), mark)
            for doc in order.docs[places].tolist()
        )
        return Results(
            total=total,
            hits=hits,
            facets=LazyFacets(FACETS, selection.facet),
            parsed=parsed,
            sort=sort,
            page=before // request.size + 1 if request.cursor else request.page,
            size=request.size,
            generation=snapshot.number,
            next_cursor=_next_cursor(order, places, start, before, request, sort, snapshot),
            notes=tuple(notes),
        )

    def facet(self, name: str, request: SearchRequest) -> FacetValues:
        """Return the values of one facet for `request`. Raises RequestError for an unknown one."""
        if name not in FACETS:
            raise RequestError(f"there is no facet '{name}'", cure=did_you_mean(name, FACETS))
        snapshot, now = self._current(), datetime.now(UTC)
        _, matches = self._match(request.query, snapshot, now)
        return _Selection(request, snapshot, matches, now).facet(name)

    def article(self, key: str) -> Article:
        """Return the article whose id, URL, AMP variant or file is `key`; raise NotFoundError."""
        snapshot = self._current()
        doc = snapshot.doc_of(key)
        if doc is None:
            doc = snapshot.doc_of(url_identity(key))
        if doc is None:
            with snapshot.lock:
                docs = snapshot.columns.term_docs("source", key)
                docs = docs[snapshot.columns.live[docs]]
            articles = [snapshot.article(int(d)) for d in docs]
            own = [a for a in articles if a.origin == "file"]
            if own:
                return own[0]
            raise NotFoundError(
                f"there is no article '{key}'",
                cure="Give an id, a URL or a file's path in the archive, as `search` shows them.",
            )
        return snapshot.article(doc)

    def related(self, article: Article, size: int) -> Related:
        """Return what goes with `article`, at most `size` of them."""
        return find_related(article, self._current(), size)

    def stats(self) -> ArchiveStats:
        """Return what is indexed."""
        snapshot = self._current()
        header, columns = snapshot.header, snapshot.columns
        published = columns.published[columns.dated & columns.live]
        return ArchiveStats(
            archive=header.archive,
            generation=snapshot.number,
            indexed_at=datetime.fromisoformat(header.indexed_at),
            first_date=epoch_to_datetime(int(published.min())) if len(published) else None,
            last_date=epoch_to_datetime(int(published.max())) if len(published) else None,
            undated=int((columns.live & ~columns.dated).sum()),
            language=header.language,
            rejections=header.rejections,
            notices=header.notices,
            **header.counts,
        )

    def close(self) -> None:
        """Let the index go; answers already given keep what they need."""
        with self._lock:
            self._snapshot = None
            self._answers.clear()

    def _current(self) -> Snapshot:
        """Return the newest generation, opening it where it is newer than the one in hand."""
        with self._lock:
            if self._snapshot is None:
                raise RequestError("the archive is closed", cure="Open it again with `open_archive`.")
            if latest_generation(self._folder) != self._snapshot.number:
                self._snapshot = open_snapshot(self._folder)
                self._answers.clear()
            return self._snapshot

    def _match(self, query: str | Query, snapshot: Snapshot, now: datetime) -> tuple[ParsedQuery, Matches]:
        """Parse and evaluate `query`, or take what was found for it a moment ago."""
        if not isinstance(query, str):
            return self._evaluate(ParsedQuery(text=str(query), query=query), snapshot)
        key = (snapshot.number, query, now.date().isoformat())  # relative dates move with the day
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        answer = self._evaluate(parse(query, snapshot.analyzer, now), snapshot)
        with self._lock:
            self._answers[key] = answer
            while len(self._answers) > _KEPT_ANSWERS:
                self._answers.popitem(last=False)
        return answer

    def _evaluate(self, parsed: ParsedQuery, snapshot: Snapshot) -> tuple[ParsedQuery, Matches]:
        matches = evaluate(parsed.query, snapshot, self._settings.search.expansion_limit)
        terms = sorted(
            {(f, t.decode() if isinstance(t, bytes) else str(t)) for f, t in parsed.query.iter_all_terms()}
        )
        counts = tuple(
            TermCount(field, term, snapshot.document_frequency(field, term))
            for field, term in terms[:_MOST_TERM_COUNTS]
            if field in ("text", "title", "excerpt", "body")
        )
        filled = ParsedQuery(parsed.text, parsed.query, parsed.notes + matches.notes, counts)
        return filled, matches


class _Selection:
    """The matches of a query under the filters of a request."""

    def __init__(self, request: SearchRequest, snapshot: Snapshot, matches: Matches, now: datetime) -> None:
        self._request = request
        self._columns = snapshot.columns
        self._matches = matches
        self._now = now
        self._lock = snapshot.lock
        with self._lock:
            self._own = {name: self._chosen_mask(name) for name in FACETS if request.chosen(name)}
            self._other = self._other_mask()

    def hits(self) -> tuple[Docs, np.ndarray[tuple[int], np.dtype[np.float64]]]:
        """Return the documents that pass every filter, and their scores."""
        docs, scores = self._matches.docs, self._matches.scores
        if not self._own and self._other is None:
            return docs, scores
        keep = np.ones(len(docs), bool)
        for mask in (*self._own.values(), self._other):
            if mask is not None:
                keep &= mask[docs]
        return docs[keep], scores[keep]

    def facet(self, name: str) -> FacetValues:
        """Count one facet over what its own filter aside all others leave."""
        base = np.zeros(self._columns.size, bool)
        base[self._matches.docs] = True
        for other, mask in self._own.items():
            if other != name:
                base &= mask
        if self._other is not None:
            base &= self._other
        request = self._request
        with self._lock:
            return count_facet(self._columns, name, base, request.chosen(name), request.facet_size, self._now)

    def _chosen_mask(self, name: str) -> Mask:
        try:
            return value_mask(self._columns, name, self._request.chosen(name), self._now)
        except ValueError as error:
            raise RequestError(f"'{name}' {error}", cure=_DATE_CURE) from error

    def _other_mask(self) -> Mask | None:
        """Return what passes the filters that are not facets, None where there are none."""
        request, columns = self._request, self._columns
        masks: list[Mask] = []
        if request.featured is not None:
            masks.append(columns.term_mask("is", "featured") == request.featured)
        if request.origin is not None:
            masks.append(columns.term_mask("origin", request.origin))
        for name, text in (("after", request.after), ("before", request.before)):
            if text is not None:
                masks.append(self._bound_mask(name, text))
        return np.logical_and.reduce(masks) if masks else None

    def _bound_mask(self, name: str, text: str) -> Mask:
        try:
            period = parse_period(text, self._now)
        except ValueError as error:
            raise RequestError(f"'{name}' {error}", cure=_DATE_CURE) from error
        bound = period.last if name == "after" else period.first
        if bound is None:
            raise RequestError(f"'{name}' needs a date with an end on that side", where=text, cure=_DATE_CURE)
        published = self._columns.published
        return self._columns.dated & (published > bound if name == "after" else published < bound)


_DATE_CURE = "Write a year, a month or a day, such as 2020, 2020-06 or 2020-06-25."


def _mark(article: Article, matches: Matches, snapshot: Snapshot, length: int):  # type: ignore[no-untyped-def]
    return highlight(article, marks_of(matches.tree), snapshot.analyzer, length)


def _told(parsed: ParsedQuery) -> list[str]:
    """Return what a reader should see of how the query was read."""
    return [note.text for note in parsed.notes if note.kind is NoteKind.EXPANDED and "more than" in note.text]


def _next_cursor(
    order: Order,
    places: np.ndarray[tuple[int], np.dtype[np.intp]],
    start: int,
    before: int,
    request: SearchRequest,
    sort: str,
    snapshot: Snapshot,
) -> str | None:
    if not len(places) or start + len(places) >= len(order.docs):
        return None
    cursor: Cursor = order.cursor_after(int(places[-1]), snapshot.number, before + len(places))
    return cursor.encode(request, sort)
