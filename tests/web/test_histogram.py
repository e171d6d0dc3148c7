from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from indexer import FacetValue, SearchRequest, load_settings
from search_web import create_app, formatting
from search_web.formatting import HEIGHT, MAX_BARS, STEP, Row, rows
from search_web.links import Links, with_values
from search_web.views.dates import presets
from tests.web.fake import fake_archive
from tests.web.page import Page

SETTINGS = load_settings(Path(__file__).parents[2] / "config.toml")
APP = create_app(SETTINGS, fake_archive(SETTINGS))


def drawn(*values: tuple[str, int], request: SearchRequest | None = None) -> tuple[Row, ...]:
    facet = [FacetValue(value, value, count, False) for value, count in values]
    with APP.test_request_context():
        asked = request or SearchRequest()
        return rows(
            facet, asked, lambda dates: Links(SearchRequest()).search(with_values(asked, "date", dates))
        )


def test_bars_stand_in_order_each_at_its_place_without_gaps() -> None:
    (row,) = drawn(("2019-11", 4), ("2020-02", 2))
    assert [bar.value for bar in row.bars] == ["2019-11", "2020-02"]
    assert [bar.height for bar in row.bars] == [HEIGHT, HEIGHT // 2]
    assert [bar.x for bar in row.bars] == [0, 3 * STEP]
    assert row.width == 4 * STEP
    assert (row.bars[0].label, row.bars[0].count) == ("November 2019", 4)
    assert row.tallest == 4
    assert drawn(("2020", 1))[0].bars[0].label == "2020"


def test_a_small_number_can_be_seen() -> None:
    (row,) = drawn(("2019", 1_000_000), ("2020", 1))
    assert row.bars[1].height > 0


def test_periods_far_apart_are_drawn_side_by_side() -> None:
    (row,) = drawn(("0001-01-01", 1), ("9999-12-31", 1))
    assert row.places == 2
    assert drawn(("0001", 1), ("0399", 1))[0].places == 399 < MAX_BARS


def test_nothing_is_drawn_of_nothing() -> None:
    assert drawn() == drawn(("2020", 0)) == drawn(("none", 3), ("last 30 days", 2)) == ()


@pytest.mark.parametrize(
    ("request_", "marked"),
    [
        (SearchRequest(filters={"date": ("2020",)}), ["2020-01", "2020-02"]),
        (SearchRequest(filters={"date": ("2019-12..2020-01",)}), ["2019-12", "2020-01"]),
        (SearchRequest(filters={"date": ("..2019-12",)}), ["2019-12"]),
        (SearchRequest(after="2019-12"), ["2020-01", "2020-02"]),
        (SearchRequest(before="2020-02-01"), ["2019-12", "2020-01"]),
        (SearchRequest(filters={"date": ("2020",)}, before="2020-02"), ["2020-01"]),
        (SearchRequest(filters={"date": ("none", "last 30 days")}), []),
    ],
)
def test_what_the_search_takes_in_is_marked(request_: SearchRequest, marked: list[str]) -> None:
    (row,) = drawn(("2019-12", 1), ("2020-01", 1), ("2020-02", 1), request=request_)
    assert [bar.value for bar in row.bars if bar.within] == marked


@pytest.mark.parametrize(
    ("first", "last", "ticks", "title"),
    [
        ("2019", "2021", ["2019", "2020", "2021"], ""),
        ("2001", "2024", ["2001", "2004", "2007", "2010", "2013", "2016", "2019", "2022"], ""),
        ("2020-01", "2020-03", ["Jan", "Feb", "Mar"], "2020"),
        ("2019-12", "2020-02", ["Dec", "Jan", "Feb"], "2019 – 2020"),
        ("2018-12", "2021-12", ["2019", "2020", "2021"], ""),
        ("2020-06-01", "2020-06-12", ["1", "6", "11"], "June 2020"),
        ("2020-06-30", "2020-07-01", ["30"], "June 2020 – July 2020"),
        ("2020-05-31", "2020-07-20", ["Jun", "Jul"], "2020"),
    ],
)
def test_names_below_the_bars_have_room_and_the_title_the_rest(
    first: str, last: str, ticks: list[str], title: str
) -> None:
    (row,) = drawn((first, 1), (last, 1))
    assert str(row.title) == title
    assert [str(tick.text) for tick in row.ticks if tick.text] == ticks
    assert sum(tick.bars for tick in row.ticks) == row.places


@given(st.dates())
def test_each_day_is_within_its_month_and_year(day: object) -> None:
    text = str(day)
    for length in (4, 7, 10):
        days = formatting.span(text[:length])
        assert days is not None
        assert days[0].isoformat() <= text <= days[1].isoformat()
        following = formatting.following(text[:length])
        assert following is None or following > text[:length]


@pytest.mark.parametrize(
    "text", ["", "0000", "2020-13", "2020-02-30", "20", "2020-6", "none", "２０２０", "2020-06-01T00"]
)
def test_what_is_no_date_has_no_days(text: str) -> None:
    assert formatting.span(text) is None
    assert formatting.date_name(text) == text
    assert formatting.following(text) is None


def test_ranges_have_names() -> None:
    assert formatting.date_name("2020-01-01..2020-06") == "1 January 2020 – June 2020"
    assert formatting.date_name("..2020") == "until 2020"
    assert formatting.date_name("2020..") == "2020 onwards"


def test_usual_dates_are_those_in_which_the_search_finds_something() -> None:
    def labels(request: SearchRequest, *values: tuple[str, int]) -> list[str]:
        found = presets(drawn(*values, request=request), date(2021, 3, 15), request)
        return [choice.label + "!" * choice.chosen for choice in (*found.shown, *found.earlier)]

    some = ("2018-04", 3), ("2019-12", 0), ("2020-05", 1)
    assert labels(SearchRequest(), *some) == ["2020", "2018"]
    assert labels(SearchRequest(filters={"date": ("2019", "none")}), *some) == ["2020", "2019!", "2018"]
    assert labels(SearchRequest(), *some, ("2021-01", 2)) == ["This year", "2020", "2018"]
    for recent in ("2021", "2021-02", "2021-02-13", "2021-03-15"):
        assert labels(SearchRequest(), (recent, 1)) == ["Last 30 days", "This year"]
    assert (
        labels(SearchRequest(), ("2021-02-12", 1)) == labels(SearchRequest(), ("2021-04", 1)) == ["This year"]
    )
    assert labels(SearchRequest(filters={"date": ("last 30 days",)})) == ["Last 30 days!"]
    assert labels(SearchRequest()) == []


@pytest.mark.parametrize(
    ("address", "first", "last"),
    [
        ("date=2020-06", "2020-06-01", "2020-06-30"),
        ("date=2019..2020-02", "2019-01-01", "2020-02-29"),
        ("date=2020..", "2020-01-01", ""),
        ("from=2020-03-05", "2020-03-05", ""),
        ("date=2020&from=2020-03-05", "2020-03-05", "2020-12-31"),
        ("date=2019&date=2021", "", ""),  # two stretches are none from one day to another
        ("date=none", "", ""),
        ("", "", ""),
    ],
)
def test_the_fields_have_the_days_of_the_search(
    client: FlaskClient, address: str, first: str, last: str
) -> None:
    page = Page(client.get(f"/search?{address}").text)
    assert [given["value"] for given in page.all("input", type="date")] == [first, last]
