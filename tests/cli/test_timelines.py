from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from indexer import Archive, open_archive, reindex
from indexer.console.timelines import write_timeline
from tests.archives import settings_for, write
from tests.cli.conftest import Run, plain, terminal


def test_json_is_the_answer_of_the_module(search: Run, corpus: Archive) -> None:
    timeline = search("timeline", "facial recognition", "ferry", "--interval", "year", "--json")
    assert (
        json.loads(timeline.stdout)
        == corpus.timeline(["facial recognition", "ferry"], interval="year").to_json()
    )
    overview = search("overview", "facial", "recognition", "--after", "2019", "--json")
    assert json.loads(overview.stdout) == corpus.overview("facial recognition", after="2019").to_json()
    one, other = (value.value for value in corpus.search("").facets["provider"][:2])
    compared = search("compare", "provider", one, other, "port", "--json")
    assert (
        json.loads(compared.stdout)
        == corpus.compare({"provider": one}, {"provider": other}, query="port").to_json()
    )


def test_a_timeline_has_a_line_for_each_period(search: Run, corpus: Archive) -> None:
    text = search("timeline", "ferry", "--interval", "year").stdout
    (series,) = corpus.timeline("ferry", interval="year").series
    assert f"“ferry”: {series.total} articles" in text
    assert "Articles by year, and their share of the archive" in text
    lines = {line.split()[0]: line.split()[1] for line in text.splitlines() if line[:2] == "20"}
    years = [period.name for period in corpus.timeline("ferry", interval="year").periods]
    assert lines == {year: str(count) for year, count in zip(years, series.counts, strict=True)}
    assert "All articles: " in search("timeline", "--interval", "year").stdout
    assert search("timeline", "zzzz").stdout == "“zzzz”: 0 articles\n"


def test_an_overview_and_a_comparison_are_readable(search: Run) -> None:
    text = search("overview", "ferry").stdout
    assert text.startswith("“ferry”: ")
    for label in ("Sets it apart:", "Providers:", "Topics:"):
        assert label in text
    compared = search("compare", "query", "ferry", "facial recognition").stdout
    for told in ("“ferry”: ", "Sets “facial recognition” apart", "Topics of both", "in both"):
        assert told in compared


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("timeline", "a", "--interval", "hour"), "'interval' cannot be 'hour'"),
        (("timeline", *"abcdef"), "one to 5 queries, not 6"),
        (("timeline", "a", "--sort", "newest"), "there is no option --sort"),
        (("compare", "colour", "a", "b"), "cannot compare by 'colour'"),
        (("compare", "provider", "a"), "missing argument 'OTHER'"),
        (("overview", "--after", "junk"), "'junk' is not a date (after)"),
    ],
)
def test_a_slip_is_told(search: Run, words: tuple[str, ...], told: str) -> None:
    result = search(*words)
    assert result.exit_code == 2
    assert told.lower() in result.stderr.lower()


@pytest.fixture
def strike(tmp_path: Path) -> Path:
    """Sixty days with an article each, a gap, and a strike."""
    settings = settings_for(tmp_path)
    for number in range(60):
        here = date(2020, 1, 1) + timedelta(days=number + (20 if number > 40 else 0))
        for copy in range(12 if number == 30 else 2):
            title = f"Strike {'crews walk' if copy > 2 else ''}" if copy > 1 or number % 10 == 0 else "Bridge"
            write(
                settings.archive.path, f"{number}-{copy}.md", title=f"{title} {number} {copy}", date=here.isoformat(),
                url=f"https://a.example/{number}/{copy}",
            )  # fmt: skip
    reindex(settings)
    return settings.index.path


def test_peaks_and_gaps_are_seen(strike: Path) -> None:
    with open_archive(index=strike) as archive:
        timeline = archive.timeline(["strike", "bridge"], interval="day")
        page, written = plain()
        write_timeline(page, timeline)
        text = written.getvalue()
        page, coloured = terminal()
        write_timeline(page, timeline)
    assert "2020-02-11  no data for 20 days, up to 2020-03-01" in text
    assert "1 “strike” · 2 “bridge”" in text
    assert "Peaks of “strike”" in text
    assert "  2020-01-31  12 articles, " in text
    assert "    crews 9 of 9" in text
    assert "\x1b[1;31m2020-01-31" in coloured.getvalue()
    assert all(len(line) <= 80 for line in text.splitlines() if "█" in line)


def test_a_long_run_of_nothing_is_one_line(strike: Path) -> None:
    with open_archive(index=strike) as archive:
        timeline = archive.timeline('crews OR "bridge 55 0"', interval="day")
        page, written = plain()
        write_timeline(page, timeline)
    (series,), lines = timeline.series, written.getvalue().splitlines()
    assert "2020-02-01  nothing in 44 days, up to 2020-03-15; no data for 20 of them" in lines
    shown = [line for line in lines if line.startswith("20")]
    assert len(shown) == 3
    assert [len(places) for places in timeline.lines()] == [1, 44, 1]
    assert sum(map(len, timeline.lines())) == len(timeline.periods)
    assert [timeline.periods[at].name for at, count in enumerate(series.counts) if count] == [
        "2020-01-31",
        "2020-03-16",
    ]


def test_what_was_cut_short_is_no_run_of_nothing(strike: Path) -> None:
    with open_archive(index=strike) as archive:
        whole = archive.timeline(["strike", "crews"], interval="day")
        cut = replace(
            whole.series[1], counts=(None,) * len(whole.periods), shares=(None,) * len(whole.periods)
        )
        page, written = plain()
        write_timeline(page, replace(whole, series=(whole.series[0], cut)))
    lines = [line for line in written.getvalue().splitlines() if line.startswith("20")]
    assert len(lines) == len(whole.periods) - 19, "all but what the archive has nothing of"
    assert sum("not counted" in line for line in lines) == len(lines) - 1
