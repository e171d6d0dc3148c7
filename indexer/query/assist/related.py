"""What goes with an article: the editors' choice first, then computed from its own words.

The whole title (twice) and excerpt are one BM25 query, which finds more than a handful of key terms
does; the score is multiplied by 1 + 2 / (1 + days / 7), because what belongs together is written
within days of each other. Near-identical articles are shown once, and providers take turns where others
are as good. Each is told to be of the same story, earlier or later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from indexer.article import Article, RelatedLink
from indexer.identity import url_identity
from indexer.index.schema import DAY, TEXT
from indexer.query.answers.results import Related, RelatedArticle
from indexer.query.arrays.rank.cursor import Order
from indexer.query.arrays.related.related_scores import Best, DatePrior, Weight, score_best
from indexer.query.arrays.store.postings import Docs, holds
from indexer.query.arrays.store.snapshot import Snapshot
from indexer.query.assist.related_copies import Wording, group_copies, lead_of, same_text
from indexer.query.assist.related_order import vary

TITLE_WEIGHT = 2
MOST_TERMS = 64  # the rarest; a body-long excerpt has no more to say than these
REASON_WORDS = 4
SHARED_WORDS = 10
# Of the pairs of a real archive that share so much and lie so near, nine of ten tell of one event.
STORY_SHARE = 0.4  # of the weight of the article's terms
STORY_DAYS = 3
_SPARE = 10  # candidates beside two for each that is wanted: copies and providers take some


@dataclass(frozen=True, slots=True)
class _Term:
    """A term of the article: how much it tells (times * idf), and the word as written."""

    weight: float
    word: str


class _Question:
    """The article, its terms, and what of the archive has them."""

    def __init__(self, article: Article, snapshot: Snapshot) -> None:
        self.article = article
        self.snapshot = snapshot
        self.own = _own_docs(article, snapshot)
        self.wording = Wording.of(article)
        published = article.published_at
        self.prior = DatePrior(snapshot.columns, published.timestamp() if published else None)
        self.weights, self.terms = _terms(article, snapshot)
        self._weight = sum(term.weight for term in self.terms.values()) or 1.0
        self._holders: list[Mapping[str, Docs]] = []

    def best(self, count: int, exclude: Iterable[int]) -> Best:
        """Return what may be among the `count` best, the article and `exclude` apart."""
        docs = np.array(sorted(self.own.union(exclude)), np.uint32)
        with self.snapshot.lock:
            best = score_best(self.weights, self.snapshot.postings, self.prior, count, docs)
        self._holders.append(best.holders)
        return best

    def look_up(self, docs: Iterable[int]) -> None:
        """Find out which terms these documents have, which no score was asked for."""
        known = np.array(sorted(docs), np.uint32)
        if len(known):
            with self.snapshot.lock:
                among = self.snapshot.postings.scores_among
                self._holders.append({t: known.take(among(TEXT, t, known)[0]) for t in self.terms})

    def shared(self, doc: int) -> list[_Term]:
        """Return the terms that a document shares, those that tell most first."""
        found = {t: term for t, term in self.terms.items() if any(holds(h[t], doc) for h in self._holders)}
        return sorted(found.values(), key=lambda term: (-term.weight, term.word))

    def related(
        self, doc: int, kind: str, found: Article, score: float = 0.0, copies: Sequence[Article] = ()
    ) -> RelatedArticle:
        """Return a document as an answer, with its reason and its part."""
        shared = self.shared(doc)
        share = sum(term.weight for term in shared) / self._weight
        words = tuple(dict.fromkeys(term.word for term in shared))[:SHARED_WORDS]
        days = _days_between(self.article, found)
        reason = _reason(kind, words, days)
        part = self._part(found, share)
        return RelatedArticle(found, kind, reason, score, part, words, days, tuple(copies))

    def _part(self, found: Article, share: float) -> str | None:
        """Return whether an article is of the same story: a copy, or near enough in words and time;
        else whether it came before or after. None where that cannot be told."""
        if same_text(self.wording, Wording.of(found)):
            return "same"
        one, other = self.article.published_at, found.published_at
        if one is None or other is None:
            return None
        seconds = (other - one).total_seconds()
        if share >= STORY_SHARE and abs(seconds) <= STORY_DAYS * DAY:
            return "same"
        return "after" if seconds > 0 else "before"


def find_related(article: Article, snapshot: Snapshot, size: int) -> Related:
    """Return at most `size` articles that go with `article`, and those whose editors link to it."""
    question = _Question(article, snapshot)
    editors = _editors(article.related, snapshot, question.own)[:size]
    mentions = [doc for doc in _mentioning(article, snapshot, question.own) if doc not in question.own]
    mentions = mentions[:size]
    question.look_up({*editors, *mentions})
    chosen = [snapshot.article(doc) for doc in editors]
    found = _computed(question, dict(zip(editors, chosen, strict=True)), size - len(editors))
    items = [
        question.related(doc, "editors", one, copies=found.copies.get(doc, ()))
        for doc, one in zip(editors, chosen, strict=True)
    ]
    items += [
        question.related(doc, "computed", found.articles[doc], score, found.copies.get(doc, ()))
        for doc, score in found.scores.items()
    ]
    mentioned_by = [question.related(doc, "mentioned_by", snapshot.article(doc)) for doc in mentions]
    return Related(article, tuple(items), tuple(mentioned_by))


@dataclass(frozen=True, slots=True)
class _Found:
    """The computed documents in their order with their scores, the articles of the candidates, and the
    copies that each document stands for."""

    scores: Mapping[int, float]
    articles: Mapping[int, Article]
    copies: Mapping[int, Sequence[Article]]


def _computed(question: _Question, chosen: Mapping[int, Article], size: int) -> _Found:
    """Return the best `size` that are no copies of one another, or of those chosen already."""
    if size <= 0 or not question.weights:
        return _Found({}, {}, {})
    count = 2 * size + _SPARE
    while True:
        best = question.best(count, chosen)
        docs, scores = _in_order(best, question.snapshot, count)
        articles = dict(chosen) | {doc: question.snapshot.article(doc) for doc in docs}
        places = list(articles)
        firsts = group_copies([Wording.of(one) for one in articles.values()])
        standing = [
            at for at, first in enumerate(firsts) if at == first or at < len(chosen)
        ]  # the editors' choice is not ours to shorten
        if len(standing) >= size + len(chosen) or len(docs) < count:
            break
        count *= 4
    standing = [at for at in standing if at >= len(chosen)]
    order = vary(
        [scores[at - len(chosen)] for at in standing],
        [_provider(articles[places[at]]) for at in standing],
        size,
    )
    copies: dict[int, list[Article]] = {}
    for at, first in enumerate(firsts):
        if at != first and at >= len(chosen):
            copies.setdefault(places[first], []).append(articles[places[at]])
    shown = [standing[at] for at in order]
    return _Found({places[at]: scores[at - len(chosen)] for at in shown}, articles, copies)


def _in_order(best: Best, snapshot: Snapshot, count: int) -> tuple[list[int], list[float]]:
    places = Order.of("relevance", snapshot.columns, best.docs, best.scores).page(0, count)
    return best.docs.take(places).tolist(), best.scores.take(places).tolist()


def _own_docs(article: Article, snapshot: Snapshot) -> set[int]:
    """Return the documents that are the article itself, under whichever identity it is known."""
    keys = [article.id, *([url_identity(article.url)] if article.url else [])]
    return {doc for key in keys if (doc := snapshot.doc_of(key)) is not None}


def _editors(links: Iterable[RelatedLink], snapshot: Snapshot, own: set[int]) -> list[int]:
    docs = (snapshot.doc_of(link.id) for link in links)
    return list(dict.fromkeys(doc for doc in docs if doc is not None and doc not in own))


def _mentioning(article: Article, snapshot: Snapshot, own: set[int]) -> list[int]:
    """Return the documents that link to the article, under any of its identities; newest first."""
    columns = snapshot.columns
    with snapshot.lock:
        keys = [article.id, *([url_identity(article.url)] if article.url else [])]
        keys += [alias for doc in own for alias in snapshot.aliases_of(doc)]
        docs = {int(d) for key in keys for d in columns.term_docs("link", key) if columns.live[d]}
    return sorted(docs, key=lambda d: (-int(columns.published[d]), columns.ids[d]))


def _terms(article: Article, snapshot: Snapshot) -> tuple[list[Weight], dict[str, _Term]]:
    """Return the terms of title and excerpt that tell something, with what they tell."""
    analyzer = snapshot.analyzer
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    for text, times in ((article.title, TITLE_WEIGHT), (lead_of(article), 1)):
        for token in analyzer.tokens(text):
            if token.exact not in analyzer.query_stops:
                counts[token.term] += times
                written.setdefault(token.term, text[token.start : token.end])
    with snapshot.lock:
        postings = {term: snapshot.postings.posting(TEXT, term) for term in counts}
        telling = sorted((t for t, p in postings.items() if p.df), key=lambda t: (postings[t].df, t))
        idf = {t: snapshot.postings.idf(postings[t]) for t in telling[:MOST_TERMS]}
    weights = [Weight(t, float(counts[t])) for t in idf]
    return weights, {t: _Term(counts[t] * idf[t], written[t]) for t in idf}


def _reason(kind: str, words: Sequence[str], days: int | None) -> str:
    parts = {"editors": ["chosen by the editors"], "mentioned_by": ["its editors link to this article"]}.get(
        kind, []
    )
    if words:
        parts = [*parts, "shares " + ", ".join(f"“{word}”" for word in words[:REASON_WORDS])]
    if days is not None:
        many = "1 day" if abs(days) == 1 else f"{abs(days)} days"
        parts = [*parts, f"{many} {'later' if days > 0 else 'earlier'}" if days else "the same day"]
    return "; ".join(parts)


def _days_between(article: Article, found: Article) -> int | None:
    if article.published_at is None or found.published_at is None:
        return None
    return (found.published_at.date() - article.published_at.date()).days


def _provider(article: Article) -> str | None:
    return article.provider.key if article.provider else None
