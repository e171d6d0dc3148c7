"""The values of a facet and how many articles have each, article by article."""

from __future__ import annotations

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from indexer.analysis import fold_key
from indexer.archive.taxonomy import ProviderDirectory, TopicTree
from indexer.article import Article
from indexer.facets import FACETS
from indexer.index.schema import keys_of
from indexer.languages import broader, codes_of
from indexer.query.answers.facet_values import FacetValue, FacetValues
from indexer.query.language.dates import DayRange
from indexer.query.parameters import NONE
from indexer.query.periods import period_label
from indexer.query.source import Filter

Groups = Callable[[int], object]  # what an article is counted as: itself, or its story
_EPOCH = date(1970, 1, 1)
_LENGTHS = (4, 7, 10)  # of a year, a month, a day


@dataclass(frozen=True)
class Value:
    """A value of a facet; `folded` is what its spellings have in common, `parent` that of another."""

    folded: str
    value: str
    label: str
    rank: int
    parent: str | None
    depth: int


class Facet:
    """One facet over the articles that there are."""

    def __init__(
        self, name: str, articles: Sequence[Article], topics: TopicTree, providers: ProviderDirectory
    ) -> None:
        self.name = name
        self._topics = topics if name == "topic" else TopicTree()
        self._others: dict[str, set[int]] = defaultdict(set)
        self._domains: dict[str, str] = {}
        names: Counter[tuple[str, str]] = Counter()
        if name == "provider":
            names = self._provider_names(articles)
        spellings: dict[str, Counter[str]] = defaultdict(Counter)
        own: list[set[str]] = []
        for article in articles:
            values = [self._canonical(value) for value in set(keys_of(article)[name])]
            own.append({fold_key(value) for value in values})
            for value in values:
                spellings[fold_key(value)][value] += 1
        labels = self._labels(spellings, names, providers) if name == "provider" else {}
        self._parents, official = self._tree(spellings)
        self.values = self._values({*spellings, *official}, spellings, official, labels)
        self._having = [{each for one in its for each in self._line(one)} or {NONE} for its in own]
        self._names: dict[str, set[str]] = defaultdict(set)
        for value in self.values.values():
            others = codes_of(value.value) if name == "language" else ()
            for text in (value.label, *others):
                self._names[fold_key(text)].add(value.folded)
        for topic in self._topics.topics:
            if topic.shortname:
                self._names[fold_key(topic.shortname)].update(v.folded for v in self.find(topic.name))
        self._names = dict(self._names)

    def _provider_names(self, articles: Sequence[Article]) -> Counter[tuple[str, str]]:
        """Count the names that articles give to each provider; a name that one domain alone has is that
        domain's."""
        names: Counter[tuple[str, str]] = Counter()
        domains: dict[str, set[str]] = defaultdict(set)
        for doc, article in enumerate(articles):
            if article.provider:
                key, name = article.provider.key, article.provider.name
                names[key, name] += 1
                self._others[fold_key(name)].add(doc)
                if fold_key(name) != fold_key(key):
                    domains[fold_key(name)].add(key)
        self._domains = {name: min(keys) for name, keys in domains.items() if len(keys) == 1}
        return names

    def _canonical(self, value: str) -> str:
        topic = self._topics.find(value)
        return topic.name if topic else self._domains.get(fold_key(value), value)

    def _labels(
        self,
        spellings: Mapping[str, Counter[str]],
        names: Mapping[tuple[str, str], int],
        providers: ProviderDirectory,
    ) -> dict[str, str]:
        """Return the names of providers: the directory's, else the commonest one that half of its
        articles give, else the domain."""
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for (key, name), count in names.items():
            its = found[fold_key(self._canonical(key))]
            its[name] = max(its.get(name, 0), count)
        for folded, spelt in spellings.items():
            key, count = _commonest(spelt), sum(spelt.values())
            known = providers.find(key)
            if known:
                found[folded][known.name] = float("inf")
            found[folded][key] = max(found[folded].get(key, 0), (count + 1) // 2)
        return {folded: _commonest(its) for folded, its in found.items()}

    def _tree(self, spellings: Mapping[str, Counter[str]]) -> tuple[dict[str, str], dict[str, str]]:
        """Return the parents of the topics, or languages, that articles have, and of their parents; and all
        their names."""
        parents, official = {}, {}
        by_key = {fold_key(topic.name): topic for topic in self._topics.topics}
        for folded in spellings:
            topic = by_key.get(folded)
            line = [topic.name, *self._topics.ancestors(topic.name)] if topic else []
            if self.name == "language":
                tag = _commonest(spellings[folded])
                line = [tag, *broader(tag)]
            if line:
                official |= {fold_key(name): name for name in line}
                for child, parent in itertools.pairwise(line):
                    parents[fold_key(child)] = fold_key(parent)
        return parents, official

    def _values(
        self,
        folded: set[str],
        spellings: Mapping[str, Counter[str]],
        official: Mapping[str, str],
        labels: Mapping[str, str],
    ) -> dict[str, Value]:
        order = sorted(folded) + ([] if NONE in folded else [NONE])
        value = {f: official.get(f) or (_commonest(spellings[f]) if spellings.get(f) else f) for f in order}
        label = {f: labels.get(f) or FACETS[self.name].label(value[f]) for f in order}
        ranked = sorted(order, key=lambda f: (label[f].casefold(), order.index(f)))
        return {
            f: Value(f, value[f], label[f], ranked.index(f), self._parents.get(f), len(self._line(f)) - 1)
            for f in order
        }

    def _line(self, folded: str) -> list[str]:
        """Return a value and its ancestors."""
        line = [folded]
        while line[-1] in self._parents:
            line.append(self._parents[line[-1]])
        return line

    # Names

    def find(self, text: str) -> list[Value]:
        """Return the value `text`, else those with that label."""
        folded = fold_key(text)
        if folded in self.values:
            return [self.values[folded]]
        return [self.values[f] for f in sorted(self._names.get(folded, ()))]

    def with_words(self, text: str) -> list[Value]:
        """Return the values whose labels have all words of a text."""
        words = set(fold_key(text).split())
        return [v for v in self.values.values() if words and words <= set(fold_key(v.label).split())]

    def having(self, values: Iterable[Value]) -> set[int]:
        """Return the articles that have any of some values."""
        wanted = {value.folded for value in values}
        return {doc for doc, its in enumerate(self._having) if wanted & its}

    def named(self, text: str) -> set[int] | None:
        """Return the articles with a value, a label or another name `text`, if there is any."""
        folded = fold_key(text)
        if folded not in self.values and folded not in self._names and folded not in self._others:
            return None
        wanted = {folded, *self._names.get(folded, ())}
        own = {doc for doc, its in enumerate(self._having) if wanted & its}
        return own | self._others.get(folded, set())

    def chosen(self, text: str) -> set[int] | None:
        """Return the articles that a value chooses, or all that are so called; None for no name."""
        folded = fold_key(text)
        if folded in self.values:
            return self.having([self.values[folded]])
        return self.named(text)

    def labels(self) -> list[str]:
        """Return the labels, in the order of the values."""
        return [value.label for value in self.values.values() if value.folded != NONE]

    # Counts

    def of(self, doc: int) -> set[str]:
        """Return the values of an article, folded."""
        return self._having[doc]

    def count(self, docs: Iterable[int], group: Groups) -> dict[str, int]:
        """Return how many have each value."""
        found: dict[str, set[object]] = defaultdict(set)
        for doc in docs:
            for folded in self._having[doc]:
                found[folded].add(group(doc))
        return {folded: len(groups) for folded, groups in found.items()}

    def counted(self, docs: Sequence[int], chosen: Sequence[str], size: int, group: Groups) -> FacetValues:
        """Return the `size` largest values and the chosen ones."""
        counts = self.count(docs, group)
        values = self.values
        best = sorted(counts, key=lambda f: (-counts[f], values[f].rank))[:size]
        shown = [f for f in best if f != NONE] + [f for f in best if f == NONE]
        selected = {value.folded for text in chosen for value in self.find(text)}
        if selected or self._parents:
            shown = list(self._in_tree({a for f in (*shown, *selected) for a in self._line(f)}, counts))
        found = [self._shown(values[f], counts.get(f, 0), f in selected) for f in shown]
        for text in chosen:
            if not self.find(text):
                having = self.chosen(text) or set()
                found.append(FacetValue(text, text, len({group(d) for d in docs if d in having}), True))
        return FacetValues(self.name, found, len(counts) - (NONE in counts))

    def _in_tree(
        self, shown: set[str], counts: Mapping[str, int], parent: str | None = None
    ) -> Iterator[str]:
        children = [f for f in shown if self._parents.get(f) == parent]
        key = lambda f: (f == NONE, -counts.get(f, 0), self.values[f].rank)  # noqa: E731
        for child in sorted(children, key=key):
            yield child
            yield from self._in_tree(shown, counts, child)

    def _shown(self, value: Value, count: int, selected: bool) -> FacetValue:
        if value.folded == NONE:
            return FacetValue(NONE, f"no {self.name}", count, selected)
        parent = self.values[value.parent].value if value.parent else None
        return FacetValue(value.value, value.label, count, selected, value.depth, parent)


def _commonest(counts: Mapping[str, float]) -> str:
    """Return the commonest of some names; of equals the shortest."""
    return min(counts, key=lambda name: (-counts[name], len(name), name))


# Dates


def in_period(day: int | None, period: DayRange | None) -> bool:
    """Whether a day lies in a period; None stands for no date in both."""
    if day is None or period is None:
        return day is None and period is None
    return (period.first is None or day >= period.first) and (period.last is None or day <= period.last)


def count_dates(
    days: Mapping[int, int | None], docs: Sequence[int], given: Filter | None, group: Groups
) -> FacetValues:
    """Return the date facet: years, months or days, and those within the chosen ones."""
    dated = {doc: day for doc in docs if (day := days[doc]) is not None}
    undated = len({group(doc) for doc in docs if doc not in dated})
    chosen = dict(zip(given.values, given.periods, strict=True)) if given else {}
    buckets = {text: _bucket(text) or text for text in chosen}
    values: list[FacetValue] = []
    if dated:
        span = max(dated.values()) - min(dated.values())
        unit = 0 if span >= 8 * 366 else 1 if span >= 92 else 2
        known = {bucket for text in chosen if (bucket := _bucket(text))}
        values = list(_nested({doc: str(_date(day)) for doc, day in dated.items()}, unit, known, group))
    have = {value.value for value in values}
    for text, period in chosen.items():
        if buckets[text] != NONE and buckets[text] not in have:
            count = len({group(doc) for doc in dated if in_period(dated[doc], period)})
            values.append(FacetValue(text, period_label(buckets[text]), count, True))
    selected = set(buckets.values())
    values = [value._replace(selected=value.selected or value.value in selected) for value in values]
    distinct = len(values)
    if undated or NONE in selected:
        values.append(FacetValue(NONE, "no date", undated, NONE in selected))
    return FacetValues("date", values, distinct)


def _nested(
    days: Mapping[int, str], unit: int, chosen: set[str], group: Groups, above: FacetValue | None = None
) -> Iterator[FacetValue]:
    depth, parent = (above.depth + 1, above.value) if above else (0, None)
    names = sorted({day[: _LENGTHS[unit]] for day in days.values()})
    for name in names:
        its = {doc: day for doc, day in days.items() if day.startswith(name)}
        count = len({group(doc) for doc in its})
        value = FacetValue(name, period_label(name), count, False, depth, parent)
        yield value
        if unit < 2 and any(bucket.startswith(name) for bucket in chosen):
            yield from _nested(its, unit + 1, chosen, group, value)


def _date(day: int) -> date:
    return _EPOCH + timedelta(days=day)


def _bucket(text: str) -> str | None:
    """Return the name of a year, a month or a day in the facet; None for another period."""
    text = text.strip().casefold()
    if text == NONE:
        return NONE
    if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text):
        return None
    try:
        date.fromisoformat((text + "-01-01")[:10] if len(text) < 7 else (text + "-01")[:10])
    except ValueError:
        return None
    return text
