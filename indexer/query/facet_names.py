"""What the values of a facet are called, and which of them a text chooses: what sources share.

names.find("AI")       # ordinals of the value, or of the values so called
names.choose("AI")     # what a filter takes: ordinals, and other names of providers
"""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import fold_key
from indexer.messages import say, template
from indexer.query.parameters import NONE

_NO_SUCH = template("there is no {facet} called '{value}': it matches nothing")
_READ_AS = template("there is no {facet} called '{value}': it is read as {labels}")
_READ_AS_SOME = template("there is no {facet} called '{value}': it is read as {labels} and others")


@dataclass(frozen=True, slots=True)
class FacetKey:
    """A value of a facet: `value` to choose it by, `label` to show."""

    value: str
    label: str
    parent: int | None = None  # ordinal
    depth: int = 0


class Choice(NamedTuple):
    """What a text chooses: the articles that have one of `ordinals`, and those whose provider is given by
    one of `names` (`KEY<tab>NAME`)."""

    ordinals: frozenset[int]
    names: tuple[str, ...] = ()


class FacetNames:
    """The values of one facet, by ordinals. `none` is the ordinal of what has no value."""

    def __init__(self, name: str, keys: Sequence[FacetKey]) -> None:
        self.name = name
        self.keys = keys
        self.is_tree = any(key.parent is not None for key in keys)
        self._by_value = {fold_key(key.value): ordinal for ordinal, key in enumerate(keys)}
        self._by_name: dict[str, set[int]] = {}
        self._others: dict[str, list[str]] = {}
        self.none = self._by_value[NONE]
        for ordinal, key in enumerate(keys):
            self.add_name(key.label, ordinal)

    def to_json(self) -> dict[str, Any]:
        """Return the names as plain values, without the documents of any."""
        return {
            "keys": [[key.value, key.label, key.parent, key.depth] for key in self.keys],
            "names": {name: sorted(ordinals) for name, ordinals in self._by_name.items()},
            "others": self._others,
        }

    @classmethod
    def from_json(cls, name: str, data: Mapping[str, Any]) -> FacetNames:
        """Return the names that `to_json` gave."""
        found = FacetNames(name, [FacetKey(*key) for key in data["keys"]])
        found._by_name = {called: set(ordinals) for called, ordinals in data["names"].items()}
        found._others = {called: list(given) for called, given in data["others"].items()}
        return found

    @functools.cached_property
    def label_rank(self) -> NDArray[np.int32]:
        """Each ordinal's place in the order of labels, whatever their letter case."""
        order = sorted(range(len(self.keys)), key=lambda i: (self.keys[i].label.casefold(), i))
        rank = np.empty(len(order), np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        return rank

    @functools.cached_property
    def lines(self) -> list[list[int]]:
        """Of each ordinal itself and those above it in the tree."""
        return lines_of(self.keys)

    @functools.cached_property
    def named_ordinals(self) -> list[tuple[str, str, int, str | None]]:
        """Of each ordinal the value, the label to show, the depth in the tree and the value above it."""
        keys = self.keys
        named = [
            (key.value, key.label, key.depth, None if key.parent is None else keys[key.parent].value)
            for key in keys
        ]
        named[self.none] = NONE, f"no {self.name}", 0, None
        return named

    def add_name(self, name: str, ordinal: int) -> None:
        """Let `name` choose the value, where it is not itself one."""
        self._by_name.setdefault(fold_key(name), set()).add(ordinal)

    def add_provider_name(self, name: str, given: str) -> None:
        """Let `name` choose the articles that give their provider as `given` (`KEY<tab>NAME`), where it is no
        value's: one of several names of a domain."""
        self._others.setdefault(fold_key(name), []).append(given)

    def choose(self, text: str) -> Choice | None:
        """Return what the value, label or other name `text` chooses, if it is one.

        A value chooses what it counts, and no more; a name chooses all that is so called.
        """
        folded = fold_key(text)
        return Choice(frozenset([self._by_value[folded]])) if folded in self._by_value else self.named(text)

    def named(self, text: str) -> Choice | None:
        """Return what has a value, a label or another name `text`, if there is any."""
        folded = fold_key(text)
        if folded not in self._by_value and folded not in self._by_name and folded not in self._others:
            return None
        own = {self._by_value[folded]} if folded in self._by_value else set()
        ordinals = frozenset(own | self._by_name.get(folded, set()))
        return Choice(ordinals, tuple(self._others.get(folded, ())))

    def find(self, text: str) -> list[int]:
        """Return the ordinal of the value `text`, else those of the values with that label."""
        folded = fold_key(text)
        if folded in self._by_value:
            return [self._by_value[folded]]
        return sorted(self._by_name.get(folded, ()))

    def find_words(self, text: str) -> list[int]:
        """Return the ordinals of the values whose label has all words of `text`."""
        words = fold_key(text).split()
        return [
            i for i, key in enumerate(self.keys) if words and set(words) <= set(fold_key(key.label).split())
        ]


def lines_of(keys: Sequence[FacetKey]) -> list[list[int]]:
    """Return for each ordinal itself and those above it in the tree of `keys`, the nearest first."""
    lines = [[ordinal] for ordinal in range(len(keys))]
    for line in lines:
        while (parent := keys[line[-1]].parent) is not None:
            line.append(parent)
    return lines


def note_of_words(names: FacetNames, text: str, ordinals: Sequence[int]) -> str:
    """Return the sentence about a text that is no value of a facet, and stands for those of `ordinals`."""
    labels = ", ".join(f"'{names.keys[i].label}'" for i in ordinals[:5])
    line = _NO_SUCH if not ordinals else _READ_AS_SOME if len(ordinals) > 5 else _READ_AS
    return say(line, facet=say(names.name), value=text, labels=labels)
