"""What goes with an article: the editors' choice first, then computed from its own words.

The whole title (twice) and excerpt are one BM25 query, which finds more than a handful of key terms
does; the score is multiplied by 1 + 2 / (1 + days / 7), because what belongs together is written
within days of each other. Near-identical articles are shown once, and providers take turns where others
are as good. Each is told to be of the same story, earlier or later.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from indexer.article import Article
from indexer.identity import url_identity
from indexer.index.schema import DAY, TEXT
from indexer.query.answers.results import Related, RelatedArticle
from indexer.query.assist.related_copies import Wording, group_copies, lead_of, same_text
from indexer.query.source import Key, View, Weight

TITLE_WEIGHT = 2
MAX_TERMS = 64  # the rarest; a body-long excerpt has no more to say than these
REASON_WORDS = 4
SHARED_WORDS = 10
# Of the pairs of a real archive that share so much and lie so near, nine of ten tell of one event.
STORY_SHARE = 0.4  # of the weight of the article's terms
STORY_DAYS = 3
AS_GOOD = 0.9  # of the best score that is left: of what has it, providers take turns
_SPARE = 10  # candidates beside two for each that is wanted: copies and providers take some


@dataclass(frozen=True, slots=True)
class _Term:
    """A term of the article: how much it tells (times * idf), and the word as written."""

    weight: float
    word: str


class _Question:
    """The article, its terms, and which of them others have."""

    def __init__(self, article: Article, view: View) -> None:
        self.article = article
        self.view = view
        self.ids = [article.id, *([url_identity(article.url)] if article.url else [])]
        self.own = [*{key: None for key in view.resolve(self.ids) if key is not None}]
        self.wording = Wording.of(article)
        self.weights, self.terms = _terms(article, view)
        self._weight = sum(term.weight for term in self.terms.values()) or 1.0
        self._holds: dict[Key, set[str]] = {}

    def best(self, count: int, without: Iterable[Key]) -> list[tuple[Key, float]]:
        """Return the `count` best with their scores, the article and `without` apart."""
        published = self.article.published_at
        moment = published.timestamp() if published else None
        return self.view.likely(self.weights, moment, count, [*{*self.own, *without}])

    def look_up(self, keys: Sequence[Key]) -> None:
        """Find out which of the terms these articles have."""
        held = self.view.holds(list(self.terms), keys) if keys else []
        self._holds |= dict(zip(keys, held, strict=True))

    def related(
        self, key: Key, kind: str, found: Article, score: float = 0.0, copies: Sequence[Article] = ()
    ) -> RelatedArticle:
        """Return an article as an answer, with its reason and its part."""
        shared = [self.terms[term] for term in self._holds[key]]
        shared.sort(key=lambda term: (-term.weight, term.word))
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


def find_related(article: Article, view: View, size: int) -> Related:
    """Return at most `size` articles that go with `article`, and those whose editors link to it."""
    question = _Question(article, view)
    linked = view.resolve([link.id for link in article.related])
    editors = [key for key in dict.fromkeys(linked) if key is not None and key not in question.own][:size]
    mentions = [key for key in view.linking(question.own, question.ids) if key not in question.own][:size]
    chosen = view.articles(editors)
    found = _computed(question, dict(zip(editors, chosen, strict=True)), size - len(editors))
    question.look_up([*dict.fromkeys([*editors, *mentions, *found.scores])])
    items = [
        question.related(key, "editors", one, copies=found.copies.get(key, ()))
        for key, one in zip(editors, chosen, strict=True)
    ]
    items += [
        question.related(key, "computed", found.articles[key], score, found.copies.get(key, ()))
        for key, score in found.scores.items()
    ]
    mentioned_by = [
        question.related(key, "mentioned_by", one)
        for key, one in zip(mentions, view.articles(mentions), strict=True)
    ]
    return Related(article, tuple(items), tuple(mentioned_by))


@dataclass(frozen=True, slots=True)
class _Found:
    """The computed articles in their order with their scores, the candidates, and the copies that each
    article stands for."""

    scores: Mapping[Key, float]
    articles: Mapping[Key, Article]
    copies: Mapping[Key, Sequence[Article]]


def _computed(question: _Question, chosen: Mapping[Key, Article], size: int) -> _Found:
    """Return the best `size` that are no copies of one another, or of those chosen already."""
    if size <= 0 or not question.weights:
        return _Found({}, {}, {})
    count = 2 * size + _SPARE
    while True:
        scores = dict(question.best(count, chosen))
        articles = dict(chosen) | dict(zip(scores, question.view.articles([*scores]), strict=True))
        keys = list(articles)
        firsts = [keys[at] for at in group_copies([Wording.of(one) for one in articles.values()])]
        standing = [key for key, first in zip(keys, firsts, strict=True) if key == first and key in scores]
        if len(standing) >= size or len(scores) < count:
            break
        count *= 4
    order = vary([scores[key] for key in standing], [_provider(articles[key]) for key in standing], size)
    copies: dict[Key, list[Article]] = {}
    for key, first in zip(keys, firsts, strict=True):
        if key != first and key in scores:  # the editors' choice is not ours to shorten
            copies.setdefault(first, []).append(articles[key])
    return _Found({standing[at]: scores[standing[at]] for at in order}, articles, copies)


def vary(scores: Sequence[float], providers: Sequence[Hashable | None], count: int) -> list[int]:
    """Return the places of `count` articles in the order to show them; the scores descend.

    A form of maximal marginal relevance (Carbonell and Goldstein, "The use of MMR, diversity-based
    reranking for reordering documents and producing summaries", SIGIR 1998) with the provider as what
    makes two articles alike, and a bound on what may be given up for it.

    At each step those that reach AS_GOOD of the best score left are as good as it; of them the one
    whose provider has been shown least often comes next, and of several the best. What has no provider
    (None) is like nothing else."""
    left = list(range(len(scores)))
    shown: Counter[Hashable] = Counter()
    order: list[int] = []
    while left and len(order) < count:
        least = scores[left[0]] * AS_GOOD
        good = [place for place in left if scores[place] >= least]
        chosen = min(good, key=lambda place: shown[providers[place]])
        left.remove(chosen)
        order.append(chosen)
        if providers[chosen] is not None:
            shown[providers[chosen]] += 1
    return order


def _terms(article: Article, view: View) -> tuple[list[Weight], dict[str, _Term]]:
    """Return the terms of title and excerpt that tell something, with what they tell."""
    analyzer = view.analyzer
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    for text, times in ((article.title, TITLE_WEIGHT), (lead_of(article), 1)):
        for token in analyzer.tokens(text):
            if token.exact and token.exact not in analyzer.query_stops:
                counts[token.term] += times
                written.setdefault(token.term, text[token.start : token.end])
    frequencies = dict(zip(counts, view.frequency([(TEXT, term) for term in counts]), strict=True))
    known = sorted((t for t in counts if frequencies[t]), key=lambda t: (frequencies[t], t))[:MAX_TERMS]
    weights = [Weight(t, float(counts[t])) for t in known]
    return weights, {t: _Term(counts[t] * view.idf(frequencies[t]), written[t]) for t in known}


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
