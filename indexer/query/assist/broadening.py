"""Relevance feedback: the words of the best articles are looked for as well.

RM3 (Lavrenko and Croft, "Relevance-Based Language Models", SIGIR 2001; interpolated with the query as
in Abdul-Jaleel et al., "UMass at TREC 2004: Novelty and HARD"): a word's weight is the sum over the best
articles of its share of the article's words times the article's share of their scores. The TERMS
heaviest, without those that more than MAX_SHARE of all articles have, get 1 - ORIGINAL of the weight.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from whoosh.query import And, AndMaybe, AndNot, Every, Or, Query, Term

from indexer.analysis import Analyzer, Token
from indexer.article import Article
from indexer.index.schema import COPIES, TEXT, TEXT_FIELDS
from indexer.messages import say, template
from indexer.query.answers.parsed import Note, NoteKind
from indexer.query.assist.content_words import is_content_word
from indexer.query.language.tree import BroadTerm, is_word
from indexer.query.source import View

DOCUMENTS = 10
TERMS = 30
ORIGINAL = 0.9
MAX_SHARE = 0.1
_NAMED = 8  # words that the note names
_BROADENED = template(
    "broadened: articles with any of the words are found, or with words of the best articles: {words}"
)


@dataclass(frozen=True, slots=True)
class Feedback:
    """The words of the best articles and their weights, which add up to 1; heaviest first. `written` has
    a form in which each stands in an article."""

    weights: dict[str, float]
    written: Mapping[str, str] = field(default_factory=dict)

    @property
    def note(self) -> Note:
        """What a reader should see of it."""
        words = ", ".join(f"'{self.written.get(word, word)}'" for word in list(self.weights)[:_NAMED])
        more = len(self.weights) - _NAMED
        listing = say("{words} and {count} more", words=words, count=more) if more > 0 else words
        return Note(NoteKind.BROADENED, say(_BROADENED, words=listing))


def feedback(articles: Sequence[Article], scores: Sequence[float], view: View) -> Feedback:
    """Return the words of the best articles, each with its score."""
    total: defaultdict[str, float] = defaultdict(float)
    whole = sum(scores)
    written: dict[str, str] = {}
    for article, score in zip(articles, scores, strict=True):
        counts: Counter[str] = Counter()
        for token, copies in _words_of(article, view.analyzer):
            counts[token.term] += copies
            written.setdefault(token.term, token.exact)
        length = sum(counts.values())
        for term, count in counts.items():
            total[term] += count / length * (score / whole if whole > 0 else 1 / len(scores))
    order = sorted(total, key=lambda term: (-total[term], term))
    chosen = rare_terms(order, view.size * MAX_SHARE, TERMS, view)
    sum_of_chosen = sum(total[term] for term in chosen)
    return Feedback(
        {term: total[term] / sum_of_chosen for term in chosen}, {term: written[term] for term in chosen}
    )


def rare_terms(order: Sequence[str], limit: float, size: int, view: View) -> list[str]:
    """Return the first `size` of some terms, in their order, that some articles have, at most `limit`."""
    chosen: list[str] = []
    for first in range(0, len(order), size):
        some = order[first : first + size]
        counts = view.frequency([(TEXT, term) for term in some])
        chosen += [term for term, count in zip(some, counts, strict=True) if 0 < count <= limit]
        if len(chosen) >= size:
            break
    return chosen[:size]


def _words_of(article: Article, analyzer: Analyzer) -> Iterator[tuple[Token, int]]:
    """Yield the words of an article as it is indexed, each with how often it counts; the text is read anew,
    for there are no vectors. Second forms, and what is no content word, are left out."""
    for name, copies in zip(TEXT_FIELDS, COPIES, strict=True):
        for token in analyzer.tokens(getattr(article, name)):
            if token.counts and is_content_word(token.exact, analyzer):
                yield token, copies


def broaden(tree: Query, found: Feedback, kept: Sequence[Query] = ()) -> Query:
    """Return `tree` with any of its words, or of those that were `found`, in the place of all of its
    words. What is left out, filters, phrases and words for one field restrict as they did, and so do
    alternatives that such are among, and what is among `kept`."""
    if type(tree) is AndNot:
        return AndNot(broaden(tree.a, found, kept), tree.b)
    # Alternatives among which something restricts are one whole that does.
    is_list = type(tree) is And or (type(tree) is Or and all(map(is_word, tree.subqueries)))
    parts = tree.subqueries if is_list else [tree]
    words = [part for part in parts if is_word(part) and part not in kept]
    required = [part for part in parts if part not in words]
    typed = sum(_weight(word) for word in words) or 1.0
    scale = typed * (1 - ORIGINAL) / ORIGINAL
    more: list[Query] = [BroadTerm(TEXT, term, scale * weight) for term, weight in found.weights.items()]
    if not more or all(type(part) is Every for part in words + required):
        return tree
    if not words:
        return AndMaybe(And(required), Or(more))
    either = Or(words + more)
    return And([either, *required]) if required else either


def _weight(word: Query) -> float:
    """Return how often a word counts: its boost, that of the first of its terms where it has several."""
    return next((float(leaf.boost) for leaf in word.leaves() if type(leaf) is Term), 1.0)
