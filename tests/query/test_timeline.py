"""A timeline's counts add up, what the archive lacks is no data, and planted peaks are found."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh.query import Term

from indexer import Archive, open_archive, reindex
from indexer.errors import RequestError
from indexer.indexing import writer
from indexer.query.parameters import INTERVALS, MAX_PERIODS
from tests.archives import settings_for, write
from tests.query.test_days import named

DATES = [
    "2020-01-01", "2020-01-15T23:59:59Z", "2020-02-29", "2021-12-31", "2013-05-05", "2016-01-03", "0001-01-01",
    None, "no date at all",
]  # fmt: skip
articles = st.lists(
    st.fixed_dictionaries(
        {
            "title": st.lists(st.sampled_from(["harbour", "bridge", "light"]), min_size=1, max_size=3).map(
                " ".join
            ),
            "date": st.sampled_from(DATES),
            "category": st.sampled_from([None, "news", "sport"]),
        }
    ),
    min_size=1,
    max_size=8,
)
queries = st.lists(
    st.sampled_from(["", "harbour", "light OR bridge", "-bridge", "nowhere"]), min_size=1, max_size=5
)
filters = st.fixed_dictionaries(
    {},
    optional={
        "category": st.sampled_from(["news", "none"]),
        "after": st.just("2014"),
        "date": st.just("2020"),
    },
)


def build(folder: Path, files: list[dict[str, Any]]) -> Path:
    given_settings = settings_for(folder)
    for number, fields in enumerate(files):
        write(given_settings.archive.path, f"{number}.md", url=f"https://a.example/{number}", **fields)
    reindex(given_settings)
    return given_settings.index.path


def counted(archive: Archive, interval: str, query: str = "", **chosen: Any) -> tuple[Counter[str], int]:
    """By period, and without a date, by reading every article."""
    found = [hit.article.published_at for hit in archive.search(query, size=100, **chosen)]
    return Counter(named(moment.date(), interval) for moment in found if moment), found.count(None)


@settings(max_examples=20)
@given(articles, queries, filters, st.sampled_from([*INTERVALS][1:]), st.integers(0, 2))
def test_counts_add_up_and_are_those_of_a_search(
    files: list[dict[str, Any]], asked: list[str], chosen: dict[str, Any], interval: str, gone: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        index = build(Path(folder), files)
        for number in range(min(gone, len(files))):  # deleted documents stay in their segment
            (Path(folder) / "archive" / f"{number}.md").unlink()
        if 0 < gone < len(files):
            with mock.patch.object(writer, "to_merge", return_value=[]):
                reindex(settings_for(Path(folder)), allow_loss=True)
        with open_archive(index=index) as archive:
            if "0001-01-01" in {file["date"] for file in files}:
                interval = "year"  # there are more months and weeks since than one answer gives
            timeline = archive.timeline(asked, interval=interval, **chosen)
            everything, _ = counted(archive, interval)
            names = [period.name for period in timeline.periods]
            assert timeline.archive == tuple(everything[name] for name in names)
            for query, series in zip(asked, timeline.series, strict=True):
                expected, undated = counted(archive, interval, query, **chosen)
                assert series.total == archive.search(query, **chosen).total
                assert (sum(count or 0 for count in series.counts) + series.undated) == series.total
                assert series.undated == undated
                for name, count, share in zip(names, series.counts, series.shares, strict=True):
                    assert count == (expected[name] if everything[name] else None)
                    assert share == (expected[name] / everything[name] if everything[name] else None)
                    expected.pop(name, None)
                assert not expected, "every period that has an article is there"


def test_no_data_is_not_zero(tmp_path: Path) -> None:
    files = [{"title": "ferry", "date": day} for day in ("2020-01-01", "2020-01-09", "2020-01-02T23:59:59Z")]
    files += [{"title": "bridge", "date": "2020-01-04"}, {"title": "ferry", "date": None}]
    with open_archive(index=build(tmp_path, files)) as archive:
        (series,) = archive.timeline("ferry").series
        data = archive.timeline("ferry").to_json()
    assert series.counts == (1, 1, None, 0, None, None, None, None, 1)
    assert series.shares == (1.0, 1.0, None, 0.0, None, None, None, None, 1.0)
    assert (series.total, series.undated) == (4, 1)
    assert data["series"][0]["counts"][2:4] == [None, 0]
    assert data["periods"][3] == {
        "period": "2020-01-04",
        "first": "2020-01-04",
        "last": "2020-01-04",
        "archive": 1,
    }


def test_weeks_begin_on_monday_and_belong_to_their_thursdays_year(tmp_path: Path) -> None:
    files = [{"title": "a", "date": day} for day in ("2019-12-29", "2019-12-30", "2020-01-05", "2020-01-06")]
    with open_archive(index=build(tmp_path, files)) as archive:
        timeline = archive.timeline(interval="week")
    assert [(period.name, period.first.isoformat()) for period in timeline.periods] == [
        ("2019-W52", "2019-12-23"), ("2020-W01", "2019-12-30"), ("2020-W02", "2020-01-06"),
    ]  # fmt: skip
    assert timeline.series[0].counts == (1, 2, 1)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two years, three articles a day, one in ten on ferries; a strike of twelve days in May 2020."""
    files = []
    day = date(2019, 6, 1)
    for number in range(3 * 700):
        here = day + timedelta(days=number // 3)
        strike = date(2020, 5, 4) <= here <= date(2020, 5, 15)
        on_ferries = number % 10 == 0 or strike
        title = (
            f"Ferry {'crews walk out' if strike and number % 10 else 'timetable'}" if on_ferries else "Bridge"
        )
        files.append({"title": f"{title} {number}", "date": here.isoformat()})
    return build(tmp_path_factory.mktemp("planted"), files)


@pytest.mark.parametrize(
    ("interval", "name", "highest"),
    [
        ("day", "2020-05-04..2020-05-16", "2020-05-04"),
        ("week", "2020-W19..2020-W20", "2020-W19"),
        (None, "2020-W19..2020-W20", "2020-W19"),
        ("month", "2020-05", "2020-05"),
    ],
)
def test_a_planted_peak_is_found_with_its_terms(
    planted: Path, interval: str | None, name: str, highest: str
) -> None:
    with open_archive(index=planted) as archive:
        (series,) = archive.timeline("ferry", interval=interval).series
        (peak,) = series.peaks
        assert (peak.name, peak.highest) == (name, highest)
        within = archive.search("ferry", date=f"{peak.first}..{peak.last}")
        assert peak.count == within.total
        assert peak.share == peak.count / archive.search("", date=f"{peak.first}..{peak.last}").total
        assert peak.count > 1.5 * peak.expected
        assert {"crews", "walk"} <= {term.word for term in peak.terms}
        assert not {"timetable", "Ferry"} & {term.word for term in peak.terms}
        for term in peak.terms:
            there = archive.search(f"ferry {term.word}", date=f"{peak.first}..{peak.last}")
            assert term.documents == there.total
            assert term.of_all == archive.search(f"ferry {term.word}").total


def test_a_flat_series_has_no_peak(planted: Path) -> None:
    with open_archive(index=planted) as archive:
        for query in ("", "timetable"):
            for interval in INTERVALS:
                assert archive.timeline(query, interval=interval).series[0].peaks == ()


def test_queries_share_their_periods(planted: Path) -> None:
    with open_archive(index=planted) as archive:
        both = archive.timeline(["crews", Term("text", "ferri")])
        assert [series.total for series in both.series] == [
            archive.search("crews").total,
            archive.search("ferry").total,
        ]
        assert len({len(series.counts) for series in both.series}) == 1
        alone = archive.timeline("crews")
        assert alone.interval == "day"
        assert len(alone.periods) == 12


def test_a_query_that_finds_nothing_has_no_periods(corpus: Archive) -> None:
    timeline = corpus.timeline("zzzz")
    assert (timeline.periods, timeline.archive, timeline.series[0].counts) == ((), (), ())
    assert timeline.series[0].peaks == ()
    undated = corpus.timeline("", date="none")
    assert undated.periods == ()
    assert undated.series[0].undated == undated.series[0].total > 0


def test_what_cannot_be_asked_is_told(corpus: Archive, tmp_path: Path) -> None:
    with pytest.raises(RequestError, match="'interval' cannot be 'hour'"):
        corpus.timeline("a", interval="hour")
    with pytest.raises(RequestError, match=r"one to 5 queries, not 6\. Use several requests"):
        corpus.timeline(["a"] * 6)
    with pytest.raises(RequestError, match=r"not 0\. Give one"):
        corpus.timeline([])
    with pytest.raises(RequestError, match="'sort' is not a filter"):
        corpus.timeline("a", sort="newest")
    with pytest.raises(RequestError, match="'sizes' is not a filter"):
        corpus.overview("a", sizes=3)
    with pytest.raises(RequestError, match=r"'junk' is not a date \(after\)"):
        corpus.timeline("a", after="junk")
    files = [{"title": "a", "date": "0012-01-01"}, {"title": "a", "date": "2020-01-01"}]
    with open_archive(index=build(tmp_path, files)) as archive:
        with pytest.raises(RequestError, match=f"periods of a day, more than {MAX_PERIODS:,}"):
            archive.timeline("a", interval="day")
        assert archive.timeline("a").interval == "year"


def test_what_a_query_was_cut_to_is_told(tmp_path: Path) -> None:
    given_settings = settings_for(tmp_path, search={"expansion_limit": 2})
    for number in range(5):
        write(
            given_settings.archive.path,
            f"{number}.md",
            title=f"word{number}x",
            date="2020-01-01",
            url=f"https://a.example/{number}",
        )
    reindex(given_settings)
    with open_archive(given_settings) as archive:
        notes = archive.timeline("word*").series[0].notes
        assert notes == archive.search("word*").notes
        assert notes
