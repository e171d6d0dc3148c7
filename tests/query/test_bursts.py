"""Bursts are the cheapest sequence of states; planted ones are found, and a flat series has none."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.query.assist import bursts
from indexer.query.assist.bursts import SCALING, _cheapest, base_rate, find_bursts, upper_tail

batches = st.lists(
    st.integers(0, 30).flatmap(lambda d: st.tuples(st.integers(0, d), st.just(d))), min_size=1, max_size=9
)


def cost(states: tuple[int, ...], relevant: list[int], all_of: list[int]) -> float:
    """What a sequence of states costs, as the paper writes it, but for the binomial coefficients."""
    base = sum(relevant) / sum(all_of)
    rates = base, min(SCALING * base, (1 + base) / 2)
    total, before = 0.0, 0
    for state, r, d in zip(states, relevant, all_of, strict=True):
        total -= r * math.log(rates[state]) + (d - r) * math.log(1 - rates[state])
        total += math.log(sum(d > 0 for d in all_of)) * (state > before)
        before = state
    return total


@given(batches)
def test_no_sequence_of_states_is_cheaper(drawn: list[tuple[int, int]]) -> None:
    relevant, all_of = ([pair[at] for pair in drawn] for at in (0, 1))
    if not 0 < sum(relevant) < sum(all_of):
        assert find_bursts(np.array(relevant), np.array(all_of)) == []
        return
    with pytest.MonkeyPatch.context() as monkey:
        monkey.setattr(bursts, "SIGNIFICANCE", math.inf)
        found = find_bursts(np.array(relevant), np.array(all_of))
    states = tuple(int(any(one.first <= at <= one.last for one in found)) for at in range(len(drawn)))
    best = min(cost(other, relevant, all_of) for other in itertools.product((0, 1), repeat=len(drawn)))
    assert cost(states, relevant, all_of) == pytest.approx(best)
    assert [one.weight for one in found] == sorted((one.weight for one in found), reverse=True)
    assert all(one.weight > 0 for one in found)


@pytest.mark.parametrize("level", [0.5, 3, 40])
def test_a_flat_series_has_no_burst(level: float) -> None:
    chance = np.random.default_rng(1)
    many = 0
    for _ in range(50):
        all_of = chance.integers(50, 500, 120)
        relevant = np.minimum(chance.poisson(level * all_of / all_of.mean()), all_of)
        many += len(find_bursts(relevant, all_of))
    assert many <= 1, "chance makes a burst in one flat series of twenty, at most"
    even = np.full(60, 7)
    assert find_bursts(even, np.full(60, 100)) == []


@pytest.mark.parametrize("level", [2, 10, 50])
@pytest.mark.parametrize("length", [1, 4])
def test_planted_bursts_are_found(level: int, length: int) -> None:
    chance = np.random.default_rng(2)
    all_of = chance.integers(400, 600, 100)
    relevant = chance.poisson(level, 100)
    for first in (20, 70):
        relevant[first : first + length] += 4 * level + 10
    found = find_bursts(relevant, all_of)
    for one, first in zip(sorted(found), (20, 70), strict=True):  # chance may add a batch at either end
        assert first - 1 <= one.first <= first
        assert first + length - 1 <= one.last <= first + length


def test_a_batch_that_is_merely_large_is_no_burst() -> None:
    all_of = np.array([100, 100, 5000, 100, 100])
    assert find_bursts(all_of // 10, all_of) == []


def test_a_batch_without_articles_does_not_end_a_burst() -> None:
    relevant = np.array([1] * 20 + [30, 0, 30] + [1] * 20)
    all_of = np.where(np.arange(43) == 21, 0, 100)
    assert [(one.first, one.last) for one in find_bursts(relevant, all_of)] == [(20, 22)]


def test_what_is_all_of_the_archive_or_nothing_has_no_rate_to_double() -> None:
    some = np.array([3, 40, 3])
    assert find_bursts(some, some) == []
    assert find_bursts(np.zeros(3, int), some) == []
    assert base_rate(np.zeros(0, int), np.zeros(0, int)) == 0
    assert _cheapest([], 1.0) == []


@given(st.integers(0, 60), st.integers(1, 60), st.floats(0.01, 0.9))
def test_the_tail_is_the_sum_of_the_binomials(successes: int, trials: int, rate: float) -> None:
    expected = sum(
        math.comb(trials, k) * rate**k * (1 - rate) ** (trials - k) for k in range(successes, trials + 1)
    )
    if trials * rate < successes <= trials:
        assert upper_tail(successes, trials, rate) == pytest.approx(expected)


def test_what_is_below_the_rate_is_no_burst_at_all() -> None:
    assert upper_tail(3, 10, 0.5) == 1
