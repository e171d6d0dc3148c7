"""How the score of a hit is made: what each leaf of the tree gives, and the numbers that that comes from."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from whoosh import query as q

from indexer.article import Article
from indexer.index.schema import COPIES, EXACT, TEXT, TEXT_FIELDS, WORD_FIELDS
from indexer.query.answers.results import Explanation, ScorePart
from indexer.query.cluster.generation import ClusterGeneration
from indexer.query.cluster.order import Ordering, Place, blended
from indexer.query.cluster.translate import Translator
from indexer.query.ranking import PAIR_WEIGHT
from indexer.query.reasons import Reason, Reasons, leaves_of, named, words_in
from indexer.query.source import Plan

_LEAVES = 500  # that one request asks for


class Explainer:
    """Explains the hits of one page: `ids` are theirs."""

    def __init__(
        self, view: ClusterGeneration, tree: q.Query, translator: Translator, plan: Plan, ids: Sequence[str]
    ) -> None:
        self._view, self._tree, self._translator, self._plan = view, tree, translator, plan
        self._ids = list(ids)

    def explain(self, place: Place, ordering: Ordering) -> Explanation:
        """Return how the score of a hit is made."""
        article = self._view.articles([place.id])[0]
        scores = self._leaf_scores.get(place.id, {})

        def leaf(node: q.Query, key: str) -> Reason:
            if id(node) not in scores:
                return False, []
            found = self._translator.patterns.get(node)
            if found is None:
                kind, what = named(node)
            else:
                words = words_in(article, self._view.analyzer, found.terms)
                kind, what = "words", f"{found.typed}: {words}"
            return True, [ScorePart(kind, what, scores[id(node)], self._detail(node, article))]

        _, parts = Reasons(leaf).parts(self._tree, place.id)
        parts += self._pairs(place.id, ordering)
        base = sum(part.score for part in parts)
        for name, weight, value in self._blend(place):
            detail = {"weight": weight, "value": value, "of": base}
            parts.append(ScorePart(name, name, base * weight * value, detail))
        return Explanation(place.score, tuple(part for part in parts if part.score))

    @functools.cached_property
    def _leaf_scores(self) -> dict[str, dict[int, float]]:
        """What each leaf that an article of the page matches gives, by the article and the leaf."""
        every = leaves_of(self._tree)
        found: dict[str, dict[int, float]] = {}
        for at in range(0, len(every), _LEAVES):
            for identity, scores in self._scores_of(every[at : at + _LEAVES]).items():
                found.setdefault(identity, {}).update(scores)
        return found

    def _scores_of(self, leaves: Sequence[q.Query]) -> dict[str, dict[int, float]]:
        translator = Translator(
            self._view.words, self._view.facets, self._plan.expansion_limit, self._plan.deadline
        )
        named_leaves = [
            {"bool": {"must": [translator.clause(leaf)], "_name": str(at)}} for at, leaf in enumerate(leaves)
        ]
        body = {
            "query": self._view.current({"bool": {"should": named_leaves}}, [{"terms": {"id": self._ids}}]),
            "size": len(self._ids),
            "_source": False,
            "docvalue_fields": ["id"],
        }
        found: dict[str, dict[int, float]] = {}
        ask = self._view.ask.until(self._plan.deadline)
        for hit in ask.search(body, include_named_queries_score="true")["hits"]["hits"]:
            given: Mapping[str, float] = hit.get("matched_queries", {})
            found[hit["fields"]["id"][0]] = {id(leaves[int(at)]): float(s) for at, s in given.items()}
        return found

    def _detail(self, node: q.Query, article: Article) -> Mapping[str, Any]:
        if not isinstance(node, q.Term):
            return {}
        field, term = node.fieldname, node.text if isinstance(node.text, str) else node.text.decode()
        words = self._view.words
        if field not in WORD_FIELDS:
            return {}
        frequency, length = self._frequency(article, field, term)
        return {
            "documents": words.frequency(field, term),
            "idf": words.idf(field, term),
            "frequency": frequency,
            "length": length,
            "average_length": self._view.tables.averages[field],
            "boost": float(node.boost),
        }

    def _frequency(self, article: Article, field: str, term: str) -> tuple[int, int]:
        """Return how often a term stands in a field of an article, and how many words of that count."""
        found: Counter[str] = Counter()
        length = 0
        for name, copies in zip(TEXT_FIELDS, COPIES, strict=True):
            if field not in (TEXT, name):
                continue
            times = copies if field == TEXT else 1
            for token in self._view.analyzer.tokens(getattr(article, name)):
                found[token.term] += times
                if token.exact:
                    found[EXACT + token.exact] += times
                length += times * token.counts
        return found[term], length

    def _pairs(self, key: str, ordering: Ordering) -> Iterator[ScorePart]:
        if not any(place.id == key for place in ordering.pool):
            return
        for pair in ordering.pairs:
            detail = {
                "estimated_documents": pair.df,
                "idf": pair.idf,
                "frequency": pair.freqs.get(key, 0),
                "weight": PAIR_WEIGHT,
            }
            yield ScorePart("pair", " ".join(pair.pair), pair.scores.get(key, 0.0), detail)

    def _blend(self, place: Place) -> Iterator[tuple[str, float, float]]:
        if self._plan.sort == "relevance" and self._plan.blend:
            article = self._view.articles([place.id])[0]
            yield from blended(self._view, self._plan, place.published, article.quality, article.heat)
