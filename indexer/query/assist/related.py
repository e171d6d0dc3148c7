"""What goes with an article: the editors' choice first, then computed from its own words.

The whole title (twice) and excerpt are one BM25 query, which finds more than a handful of key terms
does; the score is multiplied by 1 + 2 / (1 + days / 7), because what belongs together is written
within days of each other. What has less than LEAST of the article's own score, before that, is left out:
fewer are shown rather than some that share a word or two. Near-identical articles are shown once, and
providers take turns where others are as good. Each is marked as of the same story, earlier or later.

The article's translations are none of them. Of others and their translations one is shown: that in the
article's language, where there is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from indexer.article import Article
from indexer.identity import url_identity
from indexer.index.schema import DAY, TEXT
from indexer.invisible import without_invisible
from indexer.messages import joined, say, say_number, templates
from indexer.query.answers.related import Related, RelatedArticle
from indexer.query.assist.content_words import is_content_word
from indexer.query.assist.related_copies import MAX_LEAD, Wording, group_copies, lead_of, same_text
from indexer.query.assist.translations import language_of, once_each, translated_keys, translations_of
from indexer.query.deadline import NO_DEADLINE, Deadline
from indexer.query.ranking import date_prior, saturated
from indexer.query.source import Key, View, Weight

TITLE_WEIGHT = 2
MAX_TERMS = 64  # the most distinctive; a body-long excerpt has no more to say than these
# Of the article's own score. Of 150 articles computed for 30, people found 55% to be related, and few of
# those that score less.
LEAST = 0.15
REASON_WORDS = 4
SHARED_WORDS = 10
# Of the pairs of a real archive that share so much and lie so near, nine of ten tell of one event.
STORY_SHARE = 0.4  # of the weight of the article's terms
STORY_DAYS = 3
AS_GOOD = 0.9  # of the best score that is left: of what has it, providers take turns
LOOKED_AT = 10  # of the best, at the least, whichever are left out
MAX_CANDIDATES = 1_000  # where most of the best are copies, so many are read
_CHOSEN = {"editors": say("chosen by the editors"), "mentioned_by": say("its editors link to this article")}
_LATER = templates("{count} day later", "{count} days later")
_EARLIER = templates("{count} day earlier", "{count} days earlier")
_SPARE = 10  # candidates beside two for each that is wanted: copies and providers take some


@dataclass(frozen=True, slots=True)
class _Term:
    """A term of the article: how often it counts, its weight (times * idf), and the word as written,
    empty where it is no reason for anything."""

    times: float
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
        self.language = language_of(article, view)
        self.terms, self._weight = _terms(article, view, self.own)
        self._holds: dict[Key, set[str]] = {}

    def best(self, count: int, without: Iterable[Key]) -> tuple[list[tuple[Key, float]], float]:
        """Return the `count` best with their scores, the article and `without` apart; and what the article
        itself scores but for its date.

        An article that is in no index would score what its title and excerpt do in a text of average
        length. One that is there, but not among so many best, scores no more than the last of them.
        """
        published = self.article.published_at
        moment = published.timestamp() if published else None
        weights = [Weight(name, term.times) for name, term in self.terms.items()]
        found = self.view.likely(weights, moment, count + len(self.own), [*without])
        whole = sum(term.weight * saturated(term.times) for term in self.terms.values())
        if self.own:
            own = [score for key, score in found if key in self.own] or [score for _, score in found[-1:]]
            whole = max(own, default=0.0) / (1.0 if moment is None else date_prior(0))
        return [(key, score) for key, score in found if key not in self.own][:count], whole

    def relevance(self, found: Article, score: float) -> float:
        """Return an article's score but for its date."""
        one, other = self.article.published_at, found.published_at
        return score if one is None or other is None else score / date_prior(_seconds(one, other) / DAY)

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
        words = tuple(dict.fromkeys(term.word for term in shared if term.word))[:SHARED_WORDS]
        days = _days_between(self.article, found)
        reason = _reason(kind, words, days)
        part = self._part(found, share)
        return RelatedArticle(found, kind, reason, score, part, words, days, tuple(copies))

    def _part(self, found: Article, share: float) -> str | None:
        """Return whether an article is of the same story: a copy, or near enough in words and time;
        else whether it came before or after, of one moment by id as in the order `oldest`. None where that
        cannot be told."""
        if same_text(self.wording, Wording.of(found)):
            return "same"
        one, other = self.article.published_at, found.published_at
        if one is None or other is None:
            return None
        seconds = (other - one).total_seconds()
        if share >= STORY_SHARE and abs(seconds) <= STORY_DAYS * DAY:
            return "same"
        return "after" if (seconds, found.id) > (0, self.article.id) else "before"


def find_related(article: Article, view: View, size: int, deadline: Deadline = NO_DEADLINE) -> Related:
    """Return at most `size` articles that go with `article`, and those whose editors link to it. Where the
    deadline cuts, none is computed."""
    question = _Question(article, view)
    translations = translated_keys(article, view)
    left_out = {*question.own, *translations}
    linked = view.resolve([link.id for link in article.related])
    editors = [key for key in dict.fromkeys(linked) if key is not None and key not in left_out][:size]
    mentions = [key for key in view.linking(question.own, question.ids) if key not in left_out][:size]
    chosen = view.articles(editors)
    editorial = dict(zip(editors, chosen, strict=True))
    found = _computed(question, editorial, translations, size - len(editors), deadline)
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
    return Related(article, tuple(items), tuple(mentioned_by), deadline, translations_of(article, view))


@dataclass(frozen=True, slots=True)
class _Found:
    """The computed articles in their order with their scores, the candidates, and the copies that each
    article stands for."""

    scores: Mapping[Key, float]
    articles: Mapping[Key, Article]
    copies: Mapping[Key, Sequence[Article]]


def _computed(
    question: _Question,
    chosen: Mapping[Key, Article],
    translations: Iterable[Key],
    size: int,
    deadline: Deadline,
) -> _Found:
    """Return the best `size` that are no copies or translations of one another, or of those chosen already,
    without the question's own `translations` and those of the best that are hardly related."""
    if size <= 0 or not question.terms:
        return _Found({}, {}, {})
    looked_at = max(size, LOOKED_AT)
    count = 2 * looked_at + _SPARE
    while True:
        if deadline.cuts():
            return _Found({}, {}, {})
        best, whole = question.best(count, [*chosen, *translations])
        keys = [key for key, _ in best]
        articles = dict(chosen) | dict(zip(keys, question.view.articles(keys), strict=True))
        once = once_each([*articles.values()], question.language, question.view)
        firsts = group_copies([Wording.of(one) for one in articles.values()])
        standing = [
            at for at, first in enumerate(firsts) if (at == first and once[at]) or at < len(chosen)
        ]  # the editors' choice is not ours to shorten
        if len(standing) >= looked_at + len(chosen) or len(best) < count or count >= MAX_CANDIDATES:
            break
        count = min(4 * count, MAX_CANDIDATES)
    places, scores = list(articles), dict(best)
    standing = [at for at in standing if at >= len(chosen)]
    order = vary(
        [scores[places[at]] for at in standing],
        [_provider(articles[places[at]]) for at in standing],
        looked_at,
    )
    copies: dict[Key, list[Article]] = {}
    for at, first in enumerate(firsts):
        if at != first and at >= len(chosen):
            copies.setdefault(places[first], []).append(articles[places[at]])
    shown = [places[standing[at]] for at in order]
    near = [key for key in shown if question.relevance(articles[key], scores[key]) >= LEAST * whole]
    return _Found({key: scores[key] for key in near[:size]}, articles, copies)


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


def _terms(article: Article, view: View, own: Sequence[Key]) -> tuple[dict[str, _Term], float]:
    """Return the terms of title and excerpt that another article has, MAX_TERMS at most, the most distinctive
    first; and the weight of these and, in the room that is left, of those that only the article itself has.

    The latter are no question. In a long text without blanks they are most of all terms: two characters that
    never stand side by side elsewhere."""
    analyzer = view.analyzer
    counts: Counter[str] = Counter()
    written: dict[str, str] = {}
    for text, times in ((article.title[:MAX_LEAD], TITLE_WEIGHT), (lead_of(article), 1)):
        for token in analyzer.tokens(text):
            if token.exact and token.exact not in analyzer.query_stops:
                counts[token.term] += times
                if token.term not in written and is_content_word(token.exact, analyzer):
                    written[token.term] = without_invisible(text[token.start : token.end])
    frequencies = dict(zip(counts, view.frequency([(TEXT, term) for term in counts]), strict=True))
    rare = [term for term, frequency in frequencies.items() if frequency <= len(own)]
    held = Counter(term for terms in view.holds(rare, own) for term in terms)
    alone = {term for term, frequency in frequencies.items() if frequency <= held[term]}
    weights = {term: times * view.idf(max(frequencies[term], 1)) for term, times in counts.items()}
    names = sorted(counts, key=lambda term: (term in alone, -weights[term], term))[:MAX_TERMS]
    terms = {
        term: _Term(counts[term], weights[term], written.get(term, "")) for term in names if term not in alone
    }
    return terms, sum(weights[term] for term in names) or 1.0


def _reason(kind: str, words: Sequence[str], days: int | None) -> str:
    parts = [_CHOSEN[kind]] if kind in _CHOSEN else []
    if words:
        shared = joined(say("“{text}”", text=word) for word in words[:REASON_WORDS])
        parts.append(say("shares {words}", words=shared))
    if days is not None:
        one, several = _LATER if days > 0 else _EARLIER
        parts.append(say_number(one, several, abs(days)) if days else say("the same day"))
    return joined(parts, "; ")


def _seconds(one: datetime, other: datetime) -> float:
    return abs((other - one).total_seconds())


def _days_between(article: Article, found: Article) -> int | None:
    if article.published_at is None or found.published_at is None:
        return None
    return (found.published_at.date() - article.published_at.date()).days


def _provider(article: Article) -> str | None:
    return article.provider.key if article.provider else None
