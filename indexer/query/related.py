"""What goes with an article: the editors' choice first, then computed from its own words.

The whole title (twice) and excerpt are one BM25 query, which finds more than a handful of key terms
does; the score is multiplied by 1 + 2 / (1 + days / 7), because what belongs together is written
within days of each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from indexer.article import Article, RelatedLink
from indexer.query.cursor import Order
from indexer.query.postings import Docs, Scores
from indexer.query.results import Related, RelatedArticle
from indexer.query.snapshot import Snapshot
from indexer.schema import NO_DATE

TITLE_WEIGHT = 2
MOST_COMMON = 0.1  # a word that more than this part of the articles has tells nothing
FEW = 50  # but in a small archive every word counts that no more articles than this have
MOST_TERMS = 64  # the rarest; a body-long excerpt has no more to say than these
REASON_WORDS = 4
MOST_PRIOR = 3.0  # of the same day
_ROUNDING = 1.0001  # a bound must not fall short by how single precision rounds
_DAY = 86_400


def find_related(article: Article, snapshot: Snapshot, size: int) -> Related:
    """Return at most `size` articles that go with `article`, and those whose editors link to it."""
    doc = snapshot.doc_of(article.id)
    own = set() if doc is None else {doc}
    editors = _editors(article.related, snapshot, own)
    items = [
        RelatedArticle(snapshot.article(doc), "editors", "chosen by the editors") for doc in editors[:size]
    ]
    mentions = [other for other in _mentioning(article, doc, snapshot) if other not in own]
    items += _computed(article, snapshot, own | set(editors), size - len(items))
    mentioned_by = [
        RelatedArticle(snapshot.article(doc), "mentioned_by", "its editors link to this article")
        for doc in mentions[:size]
    ]
    return Related(article, tuple(items), tuple(mentioned_by))


def _editors(links: Iterable[RelatedLink], snapshot: Snapshot, own: set[int]) -> list[int]:
    docs = (snapshot.doc_of(link.id) for link in links)
    return list(dict.fromkeys(doc for doc in docs if doc is not None and doc not in own))


def _mentioning(article: Article, doc: int | None, snapshot: Snapshot) -> list[int]:
    """Return the documents that link to the article, under any of its identities; newest first."""
    columns = snapshot.columns
    with snapshot.lock:
        keys = [article.id, *(snapshot.aliases_of(doc) if doc is not None else ())]
        docs = {int(d) for key in keys for d in columns.term_docs("link", key) if columns.live[d]}
    return sorted(docs, key=lambda d: (-int(columns.published[d]), columns.ids[d]))


def _computed(article: Article, snapshot: Snapshot, exclude: set[int], size: int) -> list[RelatedArticle]:
    if size <= 0:
        return []
    weights = _weights(article, snapshot)
    totals, shared = _score(weights, snapshot)
    dated = article.published_at is not None
    docs = _may_be_best(totals, size + len(exclude), MOST_PRIOR if dated else 1.0)
    docs = docs[~np.isin(docs, list(exclude))]
    scores = totals.take(docs)
    if article.published_at is not None:
        scores = (scores * _date_prior(article.published_at.timestamp(), docs, snapshot)).astype(np.float32)
    best = Order.of("relevance", snapshot.columns, docs, scores).page(0, size)
    return [
        RelatedArticle(
            found := snapshot.article(int(docs[i])),
            "computed",
            _reason(article, found, int(docs[i]), shared),
            float(scores[i]),
        )
        for i in best
    ]


def _weights(article: Article, snapshot: Snapshot) -> dict[str, tuple[float, str]]:
    """Return the terms of title and excerpt that tell something: term -> (times, word as written)."""
    analyzer = snapshot.analyzer
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    for text, times in ((article.title, TITLE_WEIGHT), (article.excerpt, 1)):
        for token in analyzer.tokens(text):
            if token.exact not in analyzer.query_stops:
                counts[token.term] += times
                written.setdefault(token.term, text[token.start : token.end])
    documents = snapshot.columns.size
    most = max(FEW, documents * MOST_COMMON)
    frequencies = {term: snapshot.document_frequency("text", term) for term in counts}
    telling = sorted((t for t in counts if 0 < frequencies[t] <= most), key=lambda t: (frequencies[t], t))
    return {t: (float(counts[t]), written[t]) for t in telling[:MOST_TERMS]}


def _score(
    weights: dict[str, tuple[float, str]], snapshot: Snapshot
) -> tuple[Scores, dict[str, tuple[float, str, Docs]]]:
    """Add up BM25 term by term; return the score of each live document, and who has which term."""
    totals = np.zeros(snapshot.columns.size, np.float32)
    shared: dict[str, tuple[float, str, Docs]] = {}
    with snapshot.lock:
        for term, (times, word) in weights.items():
            docs, scores = snapshot.postings.scored("text", term)
            totals[docs] += np.float32(times) * scores
            shared[term] = (times * float(scores.max(initial=0.0)), word, docs)
    return totals, shared


def _may_be_best(totals: Scores, count: int, most: float) -> Docs:
    """Return the documents that can be among the `count` best when each total, (documents,), has been
    multiplied by a prior from 1 to `most`: those that reach the last of the best without one."""
    found = totals != 0
    if count < len(totals):
        least = np.partition(totals, len(totals) - count)[len(totals) - count]
        found &= totals * np.float32(most * _ROUNDING) >= least
    return np.flatnonzero(found).astype(np.uint32)


def _date_prior(published: float, docs: Docs, snapshot: Snapshot) -> NDArray[np.float64]:
    other = snapshot.columns.published[docs]
    days = np.abs(other - published) / _DAY
    return np.where(other == NO_DATE, 1.0, 1 + 2 / (1 + days / 7))


def _reason(article: Article, found: Article, doc: int, shared: dict[str, tuple[float, str, Docs]]) -> str:
    having = sorted(((w, word) for w, word, docs in shared.values() if _has(docs, doc)), reverse=True)
    words = ", ".join(f"“{word}”" for _, word in having[:REASON_WORDS])
    reason = f"shares {words}"
    if article.published_at and found.published_at:
        days = (found.published_at.date() - article.published_at.date()).days
        reason += "; " + (
            "the same day" if days == 0 else f"{_days(abs(days))} {'later' if days > 0 else 'earlier'}"
        )
    return reason


def _has(docs: Docs, doc: int) -> bool:
    at = int(docs.searchsorted(np.uint32(doc)))
    return at < len(docs) and docs.item(at) == doc


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
