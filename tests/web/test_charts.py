"""Charts of time: their scale and geometry, the drawing as a file, the numbers as CSV."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer import open_archive, reindex
from indexer.query.answers.timeline import Period, Series, Timeline
from search_web import create_app
from search_web.formatting import MAX_BARS
from search_web.views.axis import names_of, scale_to
from search_web.views.charts import FILE, PAGE, Chart, Layout, draw
from search_web.views.flags import placed
from tests.archives import settings_for, write

SVG = "{http://www.w3.org/2000/svg}"


@given(st.one_of(st.integers(0, 10**9), st.floats(0, 1e9)), st.sampled_from([1, 0.0001]))
def test_a_scale_is_of_round_numbers_up_to_the_highest(highest: float, least: float) -> None:
    scale = scale_to(highest, least)
    assert scale[0] == 0
    assert 2 <= len(scale) <= 5
    assert scale[-1] >= highest * (1 - 1e-8)
    assert len(scale) == 2 or scale[-2] < highest
    step = scale[1]
    assert re.fullmatch(r"(1|2|5|10)(\.0+)?e[+-]\d+", f"{step:.6e}"), step
    assert scale == pytest.approx([step * n for n in range(len(scale))])


def timeline(*counts: list[int | None], archive: list[int] | None = None) -> Timeline:
    """A timeline by year, whose series have these counts."""
    first = 2000
    periods = tuple(
        Period(f"{first + n}", date(first + n, 1, 1), date(first + n, 12, 31)) for n in range(len(counts[0]))
    )
    own = archive or [0 if one is None else 10 * one + 1 for one in counts[0]]
    series = tuple(
        Series(
            f"query {number}",
            sum(filter(None, one)),
            0,
            tuple(one),
            tuple(None if count is None else count / max(of, 1) for count, of in zip(one, own, strict=True)),
            (),
            tuple,
        )
        for number, one in enumerate(counts, 1)
    )
    return Timeline("year", periods, tuple(own), series, 1)


def drawn(given: Timeline, measure: str = "articles", layout: Layout = PAGE) -> tuple[Chart, ...]:
    return draw(given, measure, layout, lambda one, period: f"/{one.query}/{period.name}")


counts = st.integers(1, 60).flatmap(
    lambda n: st.lists(
        st.lists(st.one_of(st.none(), st.integers(0, 5_000)), min_size=n, max_size=n), min_size=1, max_size=3
    )
)


@given(counts, st.sampled_from(["articles", "share"]), st.sampled_from([PAGE, FILE]))
def test_a_bar_is_as_high_as_its_number(rows: list[list[int | None]], measure: str, layout: Layout) -> None:
    archive = [0 if one is None else 6_000 for one in rows[0]]
    rows = [[None if not has else one or 0 for one, has in zip(row, archive, strict=True)] for row in rows]
    given_ = timeline(*rows, archive=archive)
    made = drawn(given_, measure, layout)
    highest = max((count for row in rows for count in row if count), default=0)
    tops = {mark.text: mark.at for mark in made[0].scale}
    assert all({mark.text: mark.at for mark in chart.scale} == tops for chart in made), "one scale"
    for chart, one in zip(made, given_.series, strict=True):
        values = one.counts if measure == "articles" else one.shares
        known = {period.name: value for period, value in zip(given_.periods, values, strict=True) if value}
        assert [bar.period for bar in chart.bars] == list(known)
        largest = highest if measure == "articles" else highest / 6_000
        top = scale_to(largest, 1 if measure == "articles" else 0.0001)[-1]
        for bar in chart.bars:
            assert bar.height == pytest.approx(max(2, layout.plot * known[bar.period] / top), abs=0.06)
            assert bar.y + bar.height == pytest.approx(chart.ground, abs=0.06)
            assert 0 <= bar.x < bar.x + bar.width <= 100
            assert bar.url == f"/{one.query}/{bar.period}"
        assert all(a.x + a.width <= b.x for a, b in zip(chart.bars, chart.bars[1:], strict=False))
        shown = [bar.period for bar in chart.bars if bar.shown]
        assert bool(shown) == bool(known)
        if known:
            assert max(known, key=lambda name: known[name]) in shown
            assert chart.highest.split(":")[0] in shown
    missing = sum(not has for has in archive)
    assert sum(gap.width for gap in made[0].gaps) == pytest.approx(100 * missing / len(archive), abs=0.5)
    assert highest or not any(chart.bars for chart in made)


def test_values_stand_on_the_bars_where_they_have_room() -> None:
    (few,), (many,) = drawn(timeline([3, 12, 5])), drawn(timeline([3, 12, 5] * 20))
    assert [(bar.number, bar.shown) for bar in few.bars] == [("3", True), ("12", True), ("5", True)]
    assert [bar.number for bar in many.bars if bar.shown] == ["12"]
    assert few.is_stop
    assert not many.is_stop
    assert [(mark.text, mark.at) for mark in few.scale] == [
        ("0", few.ground),
        ("5", few.ground - 46.7),
        ("10", few.ground - 93.3),
        ("15", few.ground - 140),
    ]
    assert few.highest == "2001: 12 articles, 9.9% of the archive"
    (share,) = drawn(timeline([3, 12, 5]), "share")
    assert [mark.text for mark in share.scale] == ["0\u00a0%", "5\u00a0%", "10\u00a0%"]
    assert [bar.number for bar in share.bars] == ["9.7\u00a0%", "9.9\u00a0%", "9.8\u00a0%"]


def test_a_period_with_few_articles_does_not_set_the_scale_of_shares() -> None:
    given_ = timeline([3, 20, 2, 90], archive=[3, 400, 0, 900])
    (chart,) = drawn(given_, "share")
    assert [mark.text for mark in chart.scale] == ["0\u00a0%", "5\u00a0%", "10\u00a0%"]
    assert [(bar.period, bar.height, bar.is_small) for bar in chart.bars] == [
        ("2000", PAGE.plot, True),  # 100 %
        ("2001", PAGE.plot / 2, False),
        ("2002", PAGE.plot, True),
        ("2003", PAGE.plot, False),
    ]
    assert chart.highest.startswith("2003: 90 articles, 10.0%")
    assert not any(bar.is_small for bar in drawn(given_)[0].bars)  # counts say what they say
    (alone,) = drawn(timeline([3, 2], archive=[3, 4]), "share")  # nothing else sets a scale
    assert [(bar.height, bar.is_small) for bar in alone.bars] == [(PAGE.plot, False), (PAGE.plot / 2, False)]


def _names(first: date, many: int, interval: str) -> list[list[str]]:
    """What stands below `many` periods from `first` on, in a drawing of the narrowest width."""
    periods = []
    for number in range(many):
        if interval == "month":
            year, month = divmod(first.year * 12 + first.month - 1 + number, 12)
            here = date(year, month + 1, 1)
            periods.append(Period(here.isoformat()[:7], here, here + timedelta(27)))
        else:
            here = first + timedelta(number * (7 if interval == "week" else 1))
            name = here.strftime("%G-W%V") if interval == "week" else here.isoformat()
            periods.append(Period(name, here, here + timedelta(6 if interval == "week" else 0)))
    return [[str(mark.text) for mark in line] for line in names_of(periods, interval, 100 * 6.5 / PAGE.width)]


def test_the_names_of_periods_always_have_a_year() -> None:
    assert _names(date(2019, 10, 1), 5, "month") == [["Oct", "Nov", "Dec", "Jan", "Feb"], ["2019", "2020"]]
    assert _names(date(2019, 12, 1), 12, "month")[1] == ["2020"]  # beside which 2019 has no room
    assert _names(date(2019, 10, 1), 30, "month") == [["2020", "2021"]]
    assert _names(date(2020, 6, 22), 6, "week") == [["Jun", "Jul"], ["2020"]]
    assert _names(date(2018, 3, 5), 80, "week") == [["2018", "2019"]]
    assert _names(date(2020, 6, 1), 30, "day")[1] == ["June 2020"]
    assert _names(date(2020, 11, 15), 80, "day") == [["Nov", "Dec", "Jan"], ["2020", "2021"]]


@given(
    st.lists(st.floats(0, 100), min_size=1, max_size=5, unique_by=lambda x: round(x, 1)),
    st.lists(st.text("abc ", max_size=22), min_size=5, max_size=5),
)
def test_no_label_of_a_peak_lies_on_another_or_is_crossed(places: list[float], words: list[str]) -> None:
    texts = [
        f"{number} {text}".strip() for number, (_, text) in enumerate(zip(places, words, strict=False), 1)
    ]
    labels = placed(list(zip(places, texts, strict=True)), 100 * 6.5 / PAGE.width)
    assert [(label.x, label.text[0]) for label in labels] == [
        (x, text[0]) for x, text in zip(places, texts, strict=True)
    ]
    for one in labels:
        assert one.text in texts or one.text.isdigit()
        for other in labels:
            if one is not other:
                assert one.lane != other.lane or not one.overlaps(other)
                assert not (one.lane > other.lane and other.covers(one.x)), "a line crosses a label"


def test_what_is_cut_short_or_too_much_is_not_drawn() -> None:
    assert drawn(timeline([])) == ()
    assert drawn(timeline([1] * (MAX_BARS + 1))) == ()
    (cut,) = drawn(timeline([None, None], archive=[4, 5]))
    assert (cut.bars, cut.gaps, cut.highest) == ((), (), "")
    assert len(cut.scale) == 2


def test_labels_of_peaks_stand_beside_each_other(strike: FlaskClient) -> None:
    response = strike.get("/timeline?q=strike&interval=day")
    flags = re.findall(
        r'<text class="flag" x="([\d.]+)%" y="(\d+)" text-anchor="(\w+)">([^<]+)', response.text
    )
    assert sorted(text.split()[0] for *_, text in flags) == ["1", "2"]
    assert all("crews" in text or "walk" in text for *_, text in flags)


@pytest.fixture(scope="module")
def strike(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """A hundred days with two articles each, a gap of twenty days, and two strikes."""
    settings = settings_for(tmp_path_factory.mktemp("strike"))
    for number in range(100):
        here = date(2020, 1, 1) + timedelta(days=number + (20 if number > 60 else 0))
        for copy in range(14 if number in (30, 70) else 2):
            striking = copy > 1 or number % 10 == 0
            write(
                settings.archive.path, f"{number}-{copy}.md", url=f"https://a.example/{number}/{copy}",
                title=f"{f'Strike of crews walk{number}' if copy > 1 else 'Strike' if striking else 'Bridge'} {number}",
                date=here.isoformat() if number != 7 else None, topics=["Sea"] if striking else ["Land & Co", "Sea"],
            )  # fmt: skip
    reindex(settings)
    app = create_app(settings)
    yield app.test_client()
    app.extensions["backfile"].close()


ADDRESSES = [
    "/timeline{}?q=strike&q=bridge&interval=week",
    "/timeline{}?q=strike&interval=day&topic=Sea",
    "/timeline{}?q=zzzz",
    "/timeline{}",
    "/overview{}?q=strike",
    "/compare{}?by=topic&a=Sea&b=Land+%26+Co&interval=month",
]


def answer_of(client: FlaskClient, address: str) -> dict[str, Any]:
    data: dict[str, Any] = client.get("/api/v1" + address.format("")).json
    return data.get("timeline", data)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("measure", ["articles", "share"])
def test_the_file_draws_the_answer(strike: FlaskClient, address: str, measure: str) -> None:
    joined = address + ("&" if "?" in address else "?") + f"measure={measure}"
    response = strike.get(joined.format(".svg"))
    assert response.mimetype == "image/svg+xml"
    root = ElementTree.fromstring(response.text)
    answer = answer_of(strike, address)
    assert root.tag == f"{SVG}svg"
    assert root[0].tag == f"{SVG}title"
    assert root[1].tag == f"{SVG}desc"
    named = root.get("aria-labelledby", "").split()
    assert [root[0].get("id"), root[1].get("id")] == named
    texts = [text for node in root.iter(f"{SVG}text") for text in ["".join(node.itertext())]]
    assert any(
        re.fullmatch(r"Source: Backfile, 224 articles, generation 1, drawn on \d+ \w+ \d{4}\.", text)
        for text in texts
    )
    if "topic=Sea" in address:
        assert "Only topic Sea." in texts
    assert not list(root.iter(f"{SVG}a"))
    assert not list(root.iter(f"{SVG}script"))
    assert "href" not in response.text
    plots = [node for node in root.findall(f"{SVG}svg") if node.get("width") == "864"]
    if not answer["periods"]:
        assert "There is nothing to draw." in texts
        assert plots == []
        return
    assert len(plots) == len(answer["series"])
    for plot, series in zip(plots, answer["series"], strict=True):
        says = [node.findtext(f"{SVG}title") or "" for node in plot.findall(f"{SVG}g")]
        numbers = [int(re.findall(r": ([\d,]+) article", text)[0].replace(",", "")) for text in says]
        assert numbers == [count for count in series["counts"] if count]
        heights = [
            float(node.findall(f"{SVG}rect")[-1].get("height", "")) for node in plot.findall(f"{SVG}g")
        ]
        values = series["counts"] if measure == "articles" else series["shares"]
        known = [value for value in values if value]
        assert known[heights.index(max(heights))] == max(known)
        assert [text for text in says if text.endswith("a peak")] or not series["peaks"]


def test_a_file_is_safe_and_readable_by_itself(strike: FlaskClient) -> None:
    response = strike.get("/timeline.svg?q=%3Cscript%3E&q=a%EF%BF%BEb%01")
    root = ElementTree.fromstring(response.text)
    assert "“<script>”" in (root[0].text or "")
    (style,) = root.iter(f"{SVG}style")
    assert "prefers-color-scheme:dark" in (style.text or "")
    assert "style-src 'sha256-" in response.headers["Content-Security-Policy"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Disposition"] == "inline; filename=timeline.svg"


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_numbers_are_those_of_the_answer(strike: FlaskClient, address: str) -> None:
    response = strike.get(address.format(".csv"))
    assert response.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(response.get_data().decode("utf-8-sig"))))
    answer = answer_of(strike, address)
    assert len(rows) == len(answer["series"]) * len(answer["periods"])
    expected = [
        {
            "query": series.get("query"),
            "period": period["period"],
            "first": period["first"],
            "last": period["last"],
            "articles": "" if count is None else str(count),
            "share_of_archive": "" if share is None else str(share),
            "archive": str(period["archive"]),
        }
        for series in answer["series"]
        for period, count, share in zip(answer["periods"], series["counts"], series["shares"], strict=True)
    ]
    assert rows == expected


def test_a_file_has_the_colours_and_the_language_of_the_site(strike: FlaskClient) -> None:
    settings = strike.application.config["BACKFILE"]

    def answer(**web: str) -> Any:
        app = create_app(replace(settings, web=replace(settings.web, **web)))
        found = app.test_client().get("/timeline.svg?q=strike&interval=day")
        app.extensions["backfile"].close()
        return found

    plain, green = answer(), answer(accent="#0b6e4f")
    assert ".column.peak rect{fill:#8f1d21}" in plain.text
    assert ".column.peak rect{fill:#f0a39a}" in plain.text
    assert ".column.peak rect{fill:#0b6e4f}" in green.text
    assert "#8f1d21" not in green.text
    assert ".column.peak rect{fill:#aabbcc}" in answer(accent_dark="#aabbcc").text
    (style,) = ElementTree.fromstring(green.text).iter(f"{SVG}style")
    digest = base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
    assert f"'sha256-{digest}'" in green.headers["Content-Security-Policy"]
    assert '<tspan class="name">„strike“</tspan>' in answer(language="de").text
    assert '<tspan class="name">“strike”</tspan>' in plain.text


def test_the_legend_tells_of_outlined_bars(strike: FlaskClient) -> None:
    share = "/timeline{}?q=strike&interval=day&measure=share"
    said = "An outlined bar is of a time of which the archive has fewer than 10 articles"
    assert said in strike.get(share.format("")).text
    drawing = ElementTree.fromstring(strike.get(share.format(".svg")).text)
    assert said in " ".join("".join(node.itertext()) for node in drawing.iter(f"{SVG}text"))
    assert 'class="column small"' in strike.get(share.format("")).text
    assert said not in strike.get("/timeline?q=strike&interval=day").text


def test_a_long_query_does_not_leave_the_drawing(strike: FlaskClient) -> None:
    query = " OR ".join(["strike", *(f"word{number}" for number in range(100))])
    root = ElementTree.fromstring(strike.get("/timeline.svg", query_string={"q": query}).text)
    (name,) = (node.text or "" for node in root.iter(f"{SVG}tspan") if node.get("class") == "name")
    assert name.startswith("“strike OR word0 OR")
    assert name.endswith(" …")
    assert len(name) < 90
    assert query in (root[0].text or "")


def test_no_spreadsheet_runs_a_query(strike: FlaskClient) -> None:
    rows = list(
        csv.DictReader(io.StringIO(strike.get("/timeline.csv?q=%2Bstrike").get_data().decode("utf-8-sig")))
    )
    assert {row["query"] for row in rows} == {"'+strike"}


def test_the_page_links_to_its_files_and_to_the_other_measure(strike: FlaskClient) -> None:
    page = strike.get("/timeline?q=strike&topic=Sea&interval=week&measure=share").text
    for link in (
        'href="/timeline.svg?q=strike&amp;topic=Sea&amp;interval=week&amp;measure=share" download',
        'href="/timeline.csv?q=strike&amp;topic=Sea&amp;interval=week" download',
        'href="/timeline?q=strike&amp;topic=Sea&amp;interval=week">Articles</a>',
        '<input type="hidden" name="measure" value="share">',
        'href="/timeline?q=strike&amp;topic=Sea&amp;interval=day&amp;measure=share">Day</a>',
        'href="/api/v1/timeline?q=strike&amp;topic=Sea&amp;interval=week"',
    ):
        assert link in page, link
    assert "/overview.svg?q=strike" in strike.get("/overview?q=strike").text
    assert "/compare.csv?by=topic&amp;a=Sea&amp;b=none" in strike.get("/compare?by=topic&a=Sea&b=none").text


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("/timeline.svg?q=a&measure=colour", "&#39;measure&#39; cannot be &#39;colour&#39;"),
        ("/timeline?q=a&measure=colour", "&#39;measure&#39; cannot be &#39;colour&#39;"),
        ("/compare.svg", "A comparison takes"),
        ("/compare.csv?by=topic&a=Sea", "A comparison takes"),
        ("/timeline.csv?q=a&interval=hour", "&#39;interval&#39; cannot be &#39;hour&#39;"),
    ],
)
def test_what_cannot_be_drawn_is_refused(strike: FlaskClient, address: str, said: str) -> None:
    response = strike.get(address)
    assert response.status_code == 400
    assert said in response.text


def test_a_drawing_that_was_cut_short_says_so(strike: FlaskClient) -> None:
    settings = strike.application.config["BACKFILE"]
    with open_archive(replace(settings, search=replace(settings.search, work_limit=1))) as archive:
        app = create_app(archive.settings, archive)
        response = app.test_client().get("/timeline.svg?q=strike+OR+bridge")
    assert response.headers["Cache-Control"] == "no-store"
    assert archive.settings.search.work_limit == 1
    assert "left out" in response.text or "limit" in response.text
