"""The engine over an index on this machine: request -> parse -> evaluate -> filter -> order -> results."""

from __future__ import annotations

import functools
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from whoosh.query import Query

from indexer.article import ORIGIN_FILE, Article, Provider
from indexer.config import Settings
from indexer.errors import BackfileError, NotFoundError, RequestError, did_you_mean
from indexer.facets import FACETS
from indexer.identity import url_identity
from indexer.index.schema import EXACT, WORD_FIELDS
from indexer.index.toc import GenerationWatch, Stamp
from indexer.query.answers.ledger import Offer, TotalRelation
from indexer.query.answers.parsed import LazyTerms, NoteKind, ParsedQuery, TermCount
from indexer.query.answers.results import (
    ARTICLES,
    STORIES,
    FacetValues,
    LazyFacets,
    Related,
    Results,
)
from indexer.query.answers.stats import ArchiveStats
from indexer.query.answers.story import Story
from indexer.query.arrays.facets.selection import Selection
from indexer.query.arrays.match.execute import Matches, evaluate
from indexer.query.arrays.rank.cursor import place_page
from indexer.query.arrays.rank.explain import Explainer
from indexer.query.arrays.rank.rerank import Reranked, broadened, rerank
from indexer.query.arrays.store.snapshot import Snapshot, open_snapshot
from indexer.query.assist.highlight import Marker, asks_for_text
from indexer.query.assist.offers import Asker, Found, make_offers
from indexer.query.assist.overview import Comparison, Overview, build_comparison, build_overview
from indexer.query.assist.related import find_related
from indexer.query.assist.since import told_since
from indexer.query.assist.spelling import Spelling, spellings
from indexer.query.assist.stored_hit import Answer, StoredHit, story_of
from indexer.query.assist.suggest import Suggestions, find_suggestions
from indexer.query.assist.timeline import Matched, Timeline, asked_terms, build_timeline
from indexer.query.language.bounds import total_relation
from indexer.query.language.grammar import parse
from indexer.query.request import SearchRequest

# Parsed and evaluated queries, so that a filter or a page does not match again; and their matches
# together, of 8 bytes each.
_KEPT_ANSWERS = 64
_KEPT_MATCHES = 2_000_000
_MOST_TERM_COUNTS = 50


class EmbeddedEngine:
    """Answers from the newest generation of an index folder. Safe to share between threads."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = settings.index.path
        self._lock = threading.Lock()
        self._watch = GenerationWatch(self._folder)
        self._snapshot: Snapshot | None = open_snapshot(self._folder)
        self._answers: OrderedDict[tuple[Stamp, str, str, bool], tuple[ParsedQuery, Matches]] = OrderedDict()
        self._kept_matches = 0

    def search(self, request: SearchRequest) -> Results:
        """Return the page of results that `request` asks for. Raises RequestError."""
        snapshot = self._current()
        now = datetime.now(UTC)
        parsed, matches = self._match(request.query, snapshot, now, broaden=request.broaden)
        selection = Selection(request, snapshot, matches, now)
        sort = request.sort or ("relevance" if asks_for_text(matches.tree) else "newest")
        found, scores = selection.hits
        ranked = Reranked(found, scores)
        if sort == "relevance":
            ranked = rerank(found, scores, parsed.pairs, request.blend, snapshot)
        every = request.cursor or request.collapse
        first = ranked.within(None if every else request.page * request.size)
        page = place_page(request, sort, snapshot, first, total=len(found))
        since = told_since(request.since_generation, snapshot, found)
        answer = Answer(
            snapshot,
            Marker(matches.tree, snapshot.analyzer, self._settings.search.snippet_length),
            Explainer(matches.tree, snapshot, ranked, page.docs),
            found,
        )
        return Results(
            total=page.total,
            hits=tuple(
                [
                    StoredHit(doc, score, became, answer)
                    for doc, score, became in zip(
                        page.docs.tolist(), page.scores.tolist(), since.of_docs(page.docs), strict=True
                    )
                ]
            ),
            facets=LazyFacets(FACETS, selection.facet),
            parsed=parsed,
            sort=sort,
            page=page.before // request.size + 1 if request.cursor else request.page,
            size=request.size,
            generation=snapshot.number,
            cursor_made=page.next_cursor,
            notes=(*_told(parsed), *page.notes),
            total_relation=_relation(parsed, matches),
            since=since.told,
            offers_made=functools.partial(self._offers, request, (parsed, matches), snapshot, now),
            filters_counted=selection.filters,
            counts=STORIES if request.collapse else ARTICLES,
        )

    def _offers(
        self, request: SearchRequest, answer: tuple[ParsedQuery, Matches], snapshot: Snapshot, now: datetime
    ) -> tuple[Offer, ...]:
        """Return the searches near `request` that find more than its `answer`."""

        def count(asked: SearchRequest) -> Found:
            parsed, matches = answer
            if asked.query != request.query:
                read = parse(str(asked.query), snapshot.analyzer, now)
                parsed, matches = self._evaluate(read, snapshot, broaden=asked.broaden)
            total = Selection(asked, snapshot, matches, now).total()
            return Found(total, _relation(parsed, matches))

        asker = Asker(count, lambda text: parse(text, snapshot.analyzer, now).query)
        return make_offers(request, count(request).total, answer[0], snapshot, asker)

    def spelling(self, text: str, size: int) -> list[Spelling]:
        """Return the words of the archive that `text` may mean, at most `size`, the likeliest first."""
        return spellings(text, self._current(), size)

    def facet(self, name: str, request: SearchRequest) -> FacetValues:
        """Return the values of one facet for `request`. Raises RequestError, for an unknown one too."""
        if name not in FACETS:
            raise RequestError(f"there is no facet '{name}'", cure=did_you_mean(name, FACETS))
        snapshot, now = self._current(), datetime.now(UTC)
        _, matches = self._match(request.query, snapshot, now, broaden=request.broaden)
        return Selection(request, snapshot, matches, now).facet(name)

    def article(self, key: str) -> Article:
        """Return the article whose id, URL, AMP variant or file is `key`; raise NotFoundError."""
        snapshot = self._current()
        for identity in (key, url_identity(key)):
            doc = snapshot.doc_of(identity)
            if doc is not None:
                return snapshot.article(doc)
        for doc in snapshot.docs_of_file(_path_in_archive(key, snapshot.header.archive)):
            article = snapshot.article(doc)
            if article.origin == ORIGIN_FILE:
                return article
        raise NotFoundError(
            f"there is no article '{key}'",
            cure="Give an id, a URL or a file's path in the archive, as `search` and `check` show them.",
        )

    def file(self, article: Article) -> str:
        """Return the path, within the archive, of the file that `article` stands in."""
        snapshot = self._current()
        doc = snapshot.doc_of(article.id)
        return snapshot.file_of(doc) if doc is not None else ""

    def logo(self, provider: Provider) -> str | None:
        """Return the URL of a provider's logo, where the archive has one."""
        return self._current().providers.logo(provider.key)

    def related(self, article: Article, size: int) -> Related:
        """Return what goes with `article`, at most `size` of them."""
        return find_related(article, self._current(), size)

    def timeline(self, requests: Sequence[SearchRequest], interval: str | None) -> Timeline:
        """Return how much each of `requests` finds over time. Raises RequestError."""
        snapshot = self._current()
        found = [self._matched(str(request.query), request, snapshot) for request in requests]
        return build_timeline(found, snapshot, interval)

    def overview(self, request: SearchRequest) -> Overview:
        """Return what `request` finds, in short. Raises RequestError."""
        snapshot = self._current()
        return build_overview(self._matched(str(request.query), request, snapshot), snapshot)

    def compare(self, sides: Sequence[tuple[str, SearchRequest]], interval: str | None) -> Comparison:
        """Return two named requests side by side. Raises RequestError."""
        snapshot = self._current()
        one, other = (self._matched(name, request, snapshot) for name, request in sides)
        return build_comparison(one, other, snapshot, interval)

    def _matched(self, name: str, request: SearchRequest, snapshot: Snapshot) -> Matched:
        """Return all that a request finds, and the terms that it asks for."""
        now = datetime.now(UTC)
        parsed, matches = self._match(request.query, snapshot, now, broaden=request.broaden)
        docs, _ = Selection(request, snapshot, matches, now).hits
        return Matched(name, docs, asked_terms(matches.tree, snapshot.analyzer), tuple(_told(parsed)))

    def story(self, article: Article) -> Story:
        """Return the articles that are nearly this one's text, the earliest first; itself among them."""
        snapshot = self._current()
        doc = snapshot.doc_of(article.id)
        return Story(article, ()) if doc is None else story_of(article, snapshot, doc, None)

    def suggest(self, text: str, *, size: int, kinds: Sequence[str]) -> Suggestions:
        """Return at most `size` suggestions of some kinds for what was typed so far."""
        return find_suggestions(text, self._current(), size=size, kinds=kinds)

    def stats(self) -> ArchiveStats:
        """Return what is indexed."""
        return self._current().stats

    def close(self) -> None:
        """Let the index go; answers already given keep what they need."""
        with self._lock:
            self._snapshot = None
            self._forget()

    def _current(self) -> Snapshot:
        """Return the current generation, opening it where it is another than the one in hand."""
        with self._lock:
            if self._snapshot is None:
                raise RequestError("the archive is closed", cure="Open it again with `open_archive`.")
            if self._watch.latest() != self._snapshot.stamp:
                self._snapshot = open_snapshot(self._folder)
                self._forget()
            return self._snapshot

    def _forget(self) -> None:
        self._answers.clear()
        self._kept_matches = 0

    def _match(
        self, query: str | Query, snapshot: Snapshot, now: datetime, *, broaden: bool
    ) -> tuple[ParsedQuery, Matches]:
        """Parse and evaluate `query`, or take what was found for it a moment ago."""
        if not isinstance(query, str):
            return self._evaluate_tree(query, snapshot, broaden=broaden)
        today = now.date().isoformat()  # relative dates move with the day
        key = (snapshot.stamp, query, today, broaden)
        with self._lock:
            if key in self._answers:
                self._answers.move_to_end(key)
                return self._answers[key]
        answer = self._evaluate(parse(query, snapshot.analyzer, now), snapshot, broaden=broaden)
        with self._lock:
            if key in self._answers:  # another thread was faster
                return self._answers[key]
            if snapshot is not self._snapshot:  # nobody would ask for it any more, nor let it go
                return answer
            self._answers[key] = answer
            self._kept_matches += len(answer[1].docs)
            while len(self._answers) > _KEPT_ANSWERS or self._kept_matches > _KEPT_MATCHES:
                _, (_, gone) = self._answers.popitem(last=False)
                self._kept_matches -= len(gone.docs)
        return answer

    def _evaluate_tree(
        self, tree: Query, snapshot: Snapshot, *, broaden: bool
    ) -> tuple[ParsedQuery, Matches]:
        """Evaluate a tree of a script's, which may ask for anything."""
        try:
            return self._evaluate(ParsedQuery(text=repr(tree), query=tree), snapshot, broaden=broaden)
        except BackfileError:  # the index is damaged, which is no fault of the tree's
            raise
        except Exception as error:  # Whoosh has no common base for what it cannot do
            raise RequestError(
                f"the query tree cannot be evaluated: {type(error).__name__}: {error}",
                where=repr(tree),
                cure="Use the fields that `indexer.index.schema` has, and terms as `--explain` shows them.",
            ) from error

    def _evaluate(
        self, parsed: ParsedQuery, snapshot: Snapshot, *, broaden: bool
    ) -> tuple[ParsedQuery, Matches]:
        limit = self._settings.search.expansion_limit
        matches = evaluate(parsed.query, snapshot, limit)
        terms = LazyTerms(functools.partial(_term_counts, parsed, snapshot))
        notes = parsed.notes + matches.notes
        if broaden and asks_for_text(matches.tree) and len(matches.docs):
            matches, note = broadened(parsed.query, matches, snapshot, limit)
            notes += note
        return replace(parsed, notes=notes, terms=terms), matches


def _term_counts(parsed: ParsedQuery, snapshot: Snapshot) -> list[TermCount]:
    terms = sorted(
        (f, t.decode() if isinstance(t, bytes) else str(t))
        for f, t in set(parsed.query.iter_all_terms())
        if f in WORD_FIELDS
    )
    typed: dict[str, str] = {}
    for token in snapshot.analyzer.tokens(parsed.text):
        word = parsed.text[token.start : token.end]
        typed.setdefault(token.term, word)
        typed.setdefault(EXACT + token.exact, word)
    return [
        TermCount(field, term, snapshot.document_frequency(field, term), typed.get(term, term))
        for field, term in terms[:_MOST_TERM_COUNTS]
    ]


def _told(parsed: ParsedQuery) -> Iterator[str]:
    """Yield what a reader should see of how the query was read."""
    return (note.text for note in parsed.notes if note.kind in (NoteKind.CUT, NoteKind.BROADENED))


def _relation(parsed: ParsedQuery, matches: Matches) -> TotalRelation:
    cut = any(note.kind is NoteKind.CUT for note in parsed.notes)
    return total_relation(matches.tree) if cut else TotalRelation.EXACT


def _path_in_archive(key: str, archive: str) -> str:
    """Return `key` as a path within the archive, where it is one from here."""
    try:
        return Path(key).resolve().relative_to(archive).as_posix() if Path(key).exists() else key
    except (ValueError, OSError):  # no path of the archive, or none at all (a NUL, too long)
        return key
