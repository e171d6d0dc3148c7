from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.archive import dates, values
from indexer.archive.values import NullText
from indexer.article import Image, Provider, format_iso
from tests.archive.helpers import NOW


def time_of(value: Any) -> tuple[str | None, list[str]]:
    told: list[str] = []
    moment = values.time_of(value, NOW, lambda code, text: told.append(code))
    return format_iso(moment), told


@pytest.mark.parametrize(
    ("text", "iso"),
    [
        ("2020-06-25T10:31:00Z", "2020-06-25T10:31:00Z"),
        (" 2020-06-25 10:31:00 +0530 ", "2020-06-25T05:01:00Z"),
        ("2020-06-25T10:31:00.123456-08", "2020-06-25T18:31:00Z"),
        ("2020-06-25t10:31:60,5z", "2020-06-25T10:31:59Z"),
        ("2020-6-5", "2020-06-05T00:00:00Z"),
        ("2020/06/05 1:02", "2020-06-05T01:02:00Z"),
        ("0999-01-01", "0999-01-01T00:00:00Z"),
        ("Thu, 25 Jun 2020 10:31:00 +0200", "2020-06-25T08:31:00Z"),
        ("25 Jun 2020 10:31:00 -0000", "2020-06-25T10:31:00Z"),
        ("2020", "2020-01-01T00:00:00Z"),
        ("2020-06", "2020-06-01T00:00:00Z"),
        ("June 2020", "2020-06-01T00:00:00Z"),
        ("25 June 2020", "2020-06-25T00:00:00Z"),
        ("25th of June, 2020", "2020-06-25T00:00:00Z"),
        ("June 25, 2020", "2020-06-25T00:00:00Z"),
        ("Sept. 5th 2020 at 5pm", "2020-09-05T17:00:00Z"),
        ("Thursday, June 25, 2020 12:10 a.m.", "2020-06-25T00:10:00Z"),
        ("2020-06-25 10:00 PM", "2020-06-25T22:00:00Z"),
        ("20200625", "2020-06-25T00:00:00Z"),
        ("202006251031", "2020-06-25T10:31:00Z"),
        ("20200625T103100Z", "2020-06-25T10:31:00Z"),
        ("1593081060", "2020-06-25T10:31:00Z"),
        ("1593081060123", "2020-06-25T10:31:00Z"),
        ("25.06.2020 10:31", "2020-06-25T10:31:00Z"),
        ("2020年6月25日", "2020-06-25T00:00:00Z"),
        ("2020-06-25T24:00:00Z", "2020-06-26T00:00:00Z"),
        ("2020-06-25 10:31:00 +0200 CEST", "2020-06-25T08:31:00Z"),
        ("2020-06-25 10:31 Europe/Berlin", "2020-06-25T08:31:00Z"),
        ("2020-06-25 10:31 EST", "2020-06-25T15:31:00Z"),
        ("Thu Jun 25 2020 10:31:00 GMT+0200 (Central European Summer Time)", "2020-06-25T08:31:00Z"),
    ],
)
def test_times(text: str, iso: str) -> None:
    assert time_of(text) == (iso, [])


@given(st.tuples(*(st.integers(0, most) for most in (9999, 13, 32, 25, 61, 61))))
def test_a_usual_time_is_read_as_any_other(parts: tuple[int, ...]) -> None:
    year, month, day, hour, minute, second = parts
    text = f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
    assert dates._USUAL_TIME.fullmatch(text) or hour > 23
    quick = dates.read_date(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(dates, "_USUAL_TIME", re.compile("(?!)"))
        assert quick == dates.read_date(text)


@pytest.mark.parametrize(
    "value",
    [
        "2020-02-30", "2020-13-01", "0000-00-00", "0000-01-01", "2020-06-25T24:00:01", "2020-06-25T10:61",
        "2020-06-25T10:31:00+99:00", "0001-01-01T00:00:00+05:00", "9999-12-31T23:59:59-05:00", "٢٠٢٠-٠١-٠١",
        "Thu, 99 Jun 2020 10:31:00 +0200", "at 10:31 or so", "x" * 200, "2020-13", "06/07/2020", "12:30", "202006",
        "20201301", "31 June 2020", "2020-06-25 13:00 PM", "2020-06-25 10:31 XYZ", "2020-06-25 10:31 No/Where",
        "2020-06-25 10:31 ../../x", "9" * 14, ["2020-01-01"], {"a": "b"},
    ],
)  # fmt: skip
def test_what_is_no_time(value: Any) -> None:
    assert time_of(value) == (None, ["bad_date"])


def test_the_future_begins_a_day_from_now() -> None:
    assert time_of("2024-05-02T12:00:00Z")[1] == []
    assert time_of("2024-05-02T12:00:01Z") == ("2024-05-02T12:00:01Z", ["future_date"])


def test_a_time_has_whole_seconds_so_that_json_gives_it_back() -> None:
    moment = values.time_of("2020-06-25T10:31:00.9Z", NOW, lambda code, text: None)
    assert moment == datetime(2020, 6, 25, 10, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "number"),
    [("37", 37.0), ("37.5", 37.5), ("-1", -1.0), (" 80 ", 80.0), ("1e3", 1000.0), (".5", 0.5), ("+2.", 2.0)],
)
def test_numbers(value: str, number: float) -> None:
    assert values.number_of(value) == number


@pytest.mark.parametrize(
    "junk", ["", "x", "inf", "nan", "1e999", "1_0", "0x10", "80%", "٣", "1" * 50, NullText("~"), [], {}]
)
def test_what_is_no_number(junk: Any) -> None:
    assert values.number_of(junk) is None


@pytest.mark.parametrize(
    ("value", "flag"),
    [
        ("true", True),
        ("Yes", True),
        ("ON", True),
        ("1", True),
        ("false", False),
        ("no", False),
        ("Off", False),
        ("0", False),
        ("maybe", None),
        (NullText("null"), None),
        (["true"], None),
    ],
)
def test_flags(value: Any, flag: bool | None) -> None:
    assert values.flag_of(value) is flag


@pytest.mark.parametrize(
    ("value", "url"),
    [
        (" https://a.example/x y\n", "https://a.example/x%20y"),
        ("//a.example/x", "https://a.example/x"),
        ("HTTP://a.example", "HTTP://a.example"),
        ("http://a.example:8080/é?q=1#f", "http://a.example:8080/é?q=1#f"),
        ("http://localhost/x", "http://localhost/x"),
    ]
    + [
        (bad, None)
        for bad in (
            "", "javascript:x", "JaVaScRiPt:alert(1)", " java\nscript:x", "data:x", "/x", "x.html", "https://",
            "http://[::1", "https://a.example:99999/", "http:a", "https:///x", "http://a b/", NullText("~"),
            ["x"], "https://a.example/\u202e",
        )
    ],
)  # fmt: skip
def test_urls(value: Any, url: str | None) -> None:
    assert values.url_of(value) == url


@pytest.mark.parametrize(
    ("value", "domain"),
    [
        ("BBC.com", "bbc.com"), ("www.bbc.co.uk", "bbc.co.uk"), ("https://www.bbc.com:443/news?x", "bbc.com"),
        ("//bbc.com/", "bbc.com"), ("bbc.com.", "bbc.com"), ("bücher.example", "bücher.example"),
        ("forbes", None), ("U.S. News", None), ("St. Ives", None), ("a..b", None), ("-a.com", None),
        ("1.5", None),        (NullText(""), None), ({}, None), ("x" * 300 + ".com", None),
    ],
)  # fmt: skip
def test_domains(value: Any, domain: str | None) -> None:
    assert values.domain_of(value) == domain


def test_names_that_are_links() -> None:
    linked = [["Ada Quill"], "[[Ben Oar]]", "[[people/cleo|Cleo Sail]]", "see [[Dora]]"]
    assert values.names_of(linked) == ("Ada Quill", "Ben Oar", "Cleo Sail", "see [[Dora]]")
    assert values.names_of("[[Ada Quill]]", commas=True) == ("Ada Quill",)


def test_names() -> None:
    assert values.names_of(["AI", " ai ", "", NullText("~"), {"name": "X"}, {"title": "Y"}, {}, ["z"]]) == (
        "AI",
        "X",
        "Y",
        "z",
    )
    assert values.names_of("a b") == ("a b",)
    assert values.names_of("a, b", commas=True) == ("a", "b")
    assert values.names_of(["a, b"], commas=True) == ("a, b",)
    assert values.names_of({"name": "One"}) == ("One",)
    assert values.names_of(NullText("null"), commas=True) == ()
    assert values.names_of(["<b>R&amp;D</b>"]) == ("R&D",)
    assert values.names_of(["Politics", "Poli\u00adtics", "Poli&shy;tics", "\u200b"]) == ("Politics",)


@pytest.mark.parametrize(
    ("value", "provider"),
    [
        ({"name": "Forbes", "id": "forbes"}, Provider("Forbes", None)),
        ({"name": "BBC", "id": "bbc.com"}, Provider("BBC", "bbc.com")),
        ({"name": "BBC", "domain": "https://www.BBC.com/"}, Provider("BBC", "bbc.com")),
        ({"domain": "bbc.com"}, Provider("bbc.com", "bbc.com")),
        ({"url": "https://www.bbc.com/x"}, Provider("bbc.com", "bbc.com")),
        ("https://www.bbc.com/news", Provider("bbc.com", "bbc.com")),
        ("The Courier", Provider("The Courier", None)),
        ({"name": "The Cou\u200brier", "domain": "courier\u2060.example"}, Provider("The Courier", "courier.example")),
        ([{}, "The Courier"], Provider("The Courier", None)),
        ({}, None), (NullText("~"), None), ([], None), ({"name": NullText("")}, None),
    ],
)  # fmt: skip
def test_providers(value: Any, provider: Provider | None) -> None:
    assert values.provider_of(value) == provider


def test_images() -> None:
    value = [
        {"url": "https://a.example/1.jpg", "width": "3000", "height": "0", "title": "T &amp; U"},
        "https://a.example/1.jpg",
        "//a.example/2.jpg",
        "/relative.jpg",
        {"src": "https://a.example/3.jpg", "alt": "Alt", "width": "wide"},
    ]
    assert tuple(values.images_of(value)) == (
        Image("https://a.example/1.jpg", 3000, None, "T & U"),
        Image("https://a.example/2.jpg"),
        Image("https://a.example/3.jpg", None, None, "Alt"),
    )
    assert tuple(values.images_of("https://a.example/1.jpg")) == (Image("https://a.example/1.jpg"),)
    assert tuple(values.images_of({"path": "https://a.example/1.jpg"})) == (Image("https://a.example/1.jpg"),)


@pytest.mark.parametrize(
    ("value", "tag"),
    [("de_AT", "de-AT"), (["fr", "en"], "fr"), ("German, English", "de"), (["php", "en"], "en"), ("rust", None),
     ({"name": "Polish"}, "pl"), ([], None), (NullText("null"), None)],
)  # fmt: skip
def test_a_language_is_the_first_that_is_one(value: object, tag: str | None) -> None:
    assert values.language_of(value) == tag
