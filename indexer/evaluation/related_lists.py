"""Grades related articles on any archive with `related` lists: an article is the question, its editors'
list, hidden, is the answer.

A question is an article with a list of which at least one entry is in the index. All entries that are
count, those without a file of their own among them: they are indexed articles like others, and can be
found. A list is short where ten or fewer of its entries count. The product is asked as a reader asks it;
the baselines are plain BM25 searches for any of some words, without the date prior: the title's, and
the five key terms of title and excerpt that Whoosh's `more_like` takes (Bo1; Amati, "Probability models
for information retrieval based on divergence from randomness", Glasgow 2003).
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, fields, replace
from typing import Any

from whoosh.classify import Bo1Model, Expander
from whoosh.query import Or, Term

from indexer.analysis import Analyzer, analyzer_for
from indexer.article import Article
from indexer.config import Settings
from indexer.errors import NotFoundError, RequestError
from indexer.evaluation.measures import Judgements, evaluate_run
from indexer.index.schema import TEXT
from indexer.index.toc import ArchiveIndex
from indexer.query.archive import Archive, open_archive

DEPTH = 10
SHORT = 10  # entries of a short list, at most
KEY_TERMS = 5
MEASURES = ("nDCG@10", "R@10", "RR")
PRODUCT, FIRSTS, UNDATED, TITLE, FIVE_TERMS = METHODS = (
    "product",
    "product_without_copies",
    "without_date_prior",
    "title",
    "five_key_terms",
)
_PAGE = 100  # questions gathered at once

Rankings = dict[str, dict[str, dict[str, float]]]  # method -> question -> article -> a number, best highest


@dataclass(frozen=True, slots=True)
class Question:
    """An article without its list, and which articles were on it."""

    article: Article
    answers: frozenset[str]

    @property
    def kind(self) -> str:
        """The kind of list: `short` where ten or fewer articles were on it, else `long`."""
        return "short" if len(self.answers) <= SHORT else "long"


@dataclass(frozen=True, slots=True)
class RelatedGrades:
    """The means over questions: `values` by kind of list (short, long), method and measure."""

    questions: dict[str, int]
    values: dict[tuple[str, str, str], float]

    def ratio(self, lists: str, baseline: str) -> float | None:
        """Return how many times as high the product's nDCG@10 is as a baseline's."""
        ours, theirs = (self.values.get((lists, name, MEASURES[0])) for name in (PRODUCT, baseline))
        return ours / theirs if ours is not None and theirs else None

    def to_json(self) -> dict[str, float]:
        """Return everything as one flat object: `short.product.nDCG@10`, `short.questions`."""
        flat: dict[str, float] = {f"{lists}.questions": count for lists, count in self.questions.items()}
        return flat | {".".join(key): value for key, value in self.values.items()}


def evaluate_related(settings: Settings, *, sample: int | None = None, seed: int = 1) -> RelatedGrades:
    """Return how well the lists of the index that the settings name are found again.

    `sample` questions are drawn by `seed`, or all are asked. Raises RequestError where the index has no
    list.
    """
    # What a reader's request may ask for limits no measure.
    own = replace(settings, search=replace(settings.search, max_page_size=_PAGE))
    with open_archive(own) as archive, closing(ArchiveIndex(own.index.path).reader()) as reader:
        questions = _draw_questions(archive, sample, seed)
        if not questions:
            raise RequestError(
                "no article has a list of related articles that are in the index",
                where=str(settings.index.path),
                cure="Grade an archive with `related` lists.",
            )
        rankings = rank(archive, reader, questions)
    return grade(questions, rankings)


def _draw_questions(archive: Archive, sample: int | None, seed: int) -> list[Question]:
    """Return the articles that can be asked for, by id; `sample` of them, if there are so many. The
    archive must give pages of _PAGE."""
    questions = sorted(_questions(archive), key=lambda question: question.article.id)
    if sample is None or sample >= len(questions):
        return questions
    chance = random.Random(seed)  # noqa: S311 - no secret
    return chance.sample(questions, sample)


def _questions(archive: Archive) -> Iterator[Question]:
    cursor: str | None = ""
    while cursor is not None:
        results = archive.search("has:related", sort="newest", size=_PAGE, cursor=cursor or None)
        for hit in results:
            answers = frozenset(_found(archive, hit.article)) - {hit.article.id}
            if answers:
                yield Question(_without(hit.article, related=()), answers)
        cursor = results.next_cursor


def _found(archive: Archive, article: Article) -> Iterator[str]:
    """Yield the ids of the listed articles that are in the index, whichever of their URLs is listed."""
    for link in article.related:
        try:
            yield archive.article(link.id).id
        except NotFoundError:
            continue


def rank(archive: Archive, reader: Any, questions: Iterable[Question]) -> Rankings:
    """Return what each method finds for each question; `reader` is Whoosh's, of the archive's index."""
    analyzer = analyzer_for(archive.stats().language)
    rankings: Rankings = {method: {} for method in METHODS}
    for question in questions:
        article = question.article
        items = archive.related(article, size=DEPTH)
        undated = archive.related(_without(article, published_at=None), size=DEPTH)
        found = {
            # As a reader meets them: the copies that an article stands for are named with it.
            PRODUCT: [one.id for item in items for one in (item.article, *item.copies)],
            FIRSTS: [item.article.id for item in items],
            UNDATED: [one.id for item in undated for one in (item.article, *item.copies)],
            TITLE: _any_of(archive, article, _words(analyzer, article.title)),
            FIVE_TERMS: _any_of(archive, article, _key_terms(reader, analyzer, article)),
        }
        for method, ids in found.items():
            rankings[method][article.id] = {one: -float(at) for at, one in enumerate(ids[:DEPTH])}
    return rankings


def grade(questions: Sequence[Question], rankings: Rankings) -> RelatedGrades:
    """Return the means of each method's measures, short and long lists apart."""
    counts: dict[str, int] = {}
    values: dict[tuple[str, str, str], float] = {}
    for kind in ("short", "long"):
        judgements: Judgements = {
            question.article.id: dict.fromkeys(question.answers, 1)
            for question in questions
            if question.kind == kind
        }
        counts[kind] = len(judgements)
        for method, ranking in rankings.items() if judgements else ():
            run = {asked: found for asked, found in ranking.items() if asked in judgements}
            means = evaluate_run(judgements, run, MEASURES)
            values |= {(kind, method, measure): mean for measure, mean in means.items()}
    return RelatedGrades(counts, values)


def _words(analyzer: Analyzer, text: str) -> dict[str, float]:
    """Return the terms of a text, and how often each stands in it."""
    tokens = analyzer.tokens(text)
    counts = Counter(
        token.term for token in tokens if token.exact and token.exact not in analyzer.query_stops
    )
    return {term: float(count) for term, count in counts.items()}


def _key_terms(reader: Any, analyzer: Analyzer, article: Article) -> dict[str, float]:
    expander = Expander(reader, TEXT, Bo1Model)
    expander.add(_words(analyzer, f"{article.title}\n{article.excerpt}").items())
    return dict(expander.expanded_terms(KEY_TERMS, normalize=False))


def _any_of(archive: Archive, article: Article, weights: dict[str, float]) -> list[str]:
    """Return the best articles that have any of the terms, the article itself apart."""
    if not weights:
        return []
    tree = Or([Term(TEXT, term, boost=weight) for term, weight in weights.items()])
    hits = archive.search(tree, size=DEPTH + 1, facet_size=1)
    return [hit.article.id for hit in hits if hit.article.id != article.id]


def _without(article: Article, **emptied: object) -> Article:
    """Return the article with other values; one of an index is decoded as it is looked at, which
    `dataclasses.replace` does not know."""
    return Article(**{one.name: getattr(article, one.name) for one in fields(article)} | emptied)
