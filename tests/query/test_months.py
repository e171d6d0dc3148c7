"""Months are counted as the calendar has them, whatever the documents and their order."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from indexer.index.schema import NO_DATE
from indexer.query.arrays.store.months import Months

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
dates = st.lists(
    st.none() | st.datetimes(datetime(1890, 1, 1), datetime(2040, 12, 31), timezones=st.just(UTC)),
    max_size=30,
)


def months_of(drawn: list[datetime | None]) -> Months:
    seconds = [NO_DATE if date is None else (date - _EPOCH) // timedelta(seconds=1) for date in drawn]
    return Months(np.array(seconds, np.int64))


def month(date: datetime) -> int:
    return (date.year - 1970) * 12 + date.month - 1


@given(dates, st.data())
def test_documents_are_counted_by_month(drawn: list[datetime | None], data: st.DataObject) -> None:
    docs = [doc for doc in range(len(drawn)) if data.draw(st.booleans())]
    expected = Counter(month(date) for doc in docs if (date := drawn[doc]) is not None)
    found, counts, undated = months_of(drawn).count(np.array(docs, np.uint32))
    assert dict(zip(found, counts, strict=True)) == expected
    assert found == sorted(found)
    assert undated == sum(drawn[doc] is None for doc in docs)


@given(dates, st.integers(1, 40))
def test_the_newest_are_whole_months_from_the_last_one_back(
    drawn: list[datetime | None], wanted: int
) -> None:
    docs = np.arange(len(drawn), dtype=np.uint32)
    found = months_of(drawn).newest(docs, wanted).tolist()
    keys = [-(10**9) if date is None else month(date) for date in drawn]
    least = sorted(keys, reverse=True)[: min(wanted, len(keys))]
    assert found == [doc for doc, key in enumerate(keys) if least and key >= least[-1]]


@given(dates)
def test_the_days_between_two_moments_are_bounded_by_their_months(drawn: list[datetime | None]) -> None:
    known = sorted(date for date in drawn if date is not None)
    if known:
        least, most = months_of(drawn).span(month(known[0]), month(known[-1]))
        assert least <= (known[-1] - known[0]).days <= most
