"""A word is found in each way in which people write it, in texts, queries and highlights."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from indexer import Archive, open_archive, reindex
from tests.archives import settings_for, write
from tests.query.test_highlight import marked

TEXTS = {
    "crowd": "A 10,000-strong crowd.",
    "crowd apart": "A crowd, 10,000 strong.",
    "crowd plain": "A crowd of 10000.",
    "rent": "A rent of $1,200-a-month.",
    "cost": "It cost $2,500.00 in all, or 40,000/day.",
    "years": "The years 2019,2020 and 1,2,3.",
    "lowered": "CO₂ rose.",
    "plain formula": "CO2 rose.",
    "state": "The co-founder moved to Denver, CO.",
    "flat": "The flat has 50 m² and 2½ rooms.",
    "weight": "It weighs 10⁶ kilos.",
    "note": "They signed the treaty² at last.",
    "dots": "The F.B.I. and the U.S. government said no to A.I.",
    "capitals": "The FBI and the US government said no to AI.",
    "pronoun": "They told us and us and us that it is ours, at e.g. 5 a.m.",
    "health": "The WHO and the IT department.",
    "loud": "US VOTES AGAIN",
    "hyphens": "A start-up for health-care.",
    "together": "A startup for healthcare.",
    "virus": "covid19 and an email.",
    "virus apart": "COVID-19 and an e-mail.",
    "name": "O'Leary-Quist's house",
    "name alone": "OLeary was here",
    "coast": "Côte-d’Ivoire",
    "okina": "Hawaiʻi",
    "quote": "Hawai‘i's",
    "island": "Hawaii",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    settings = settings_for(tmp_path_factory.mktemp("words"))
    for number, text in enumerate(TEXTS.values()):
        write(settings.archive.path, f"{number}.md", text, title=f"zq{number}zq", date="2020-01-01")
    reindex(settings)
    with open_archive(settings) as archive:
        yield archive


def found(archive: Archive, query: str) -> list[str]:
    hits = archive.search(query, size=50)
    return [[*TEXTS][int(hit.article.title.strip("zq"))] for hit in hits]


CROWDS = {"crowd", "crowd apart", "crowd plain"}
STATES = {"dots", "capitals"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("10,000", CROWDS),
        ("10000", CROWDS),
        ("10,0*", CROWDS),
        ("10,000-strong", {"crowd", "crowd apart"}),
        ('"10,000 strong"', {"crowd", "crowd apart"}),
        ("1,200", {"rent"}),
        ("1200-a-month", {"rent"}),
        ("2500", {"cost"}),
        ("2,500.00", {"cost"}),
        ("40000", {"cost"}),
        ("000", set()),
        ("2020", {"years"}),
        ("20192020", set()),
        ("123", set()),
        ("3,2,1", {"years"}),
        ("CO2", {"lowered", "plain formula"}),
        ("CO₂", {"lowered", "plain formula"}),
        ("CO", {"state"}),
        ("m2", {"flat"}),
        ("m", {"pronoun"}),
        ("2½", {"flat"}),
        ("2", {"years"}),
        ("10⁶", {"weight"}),
        ("10 OR 106", set()),
        ("treaty", {"note"}),
        ("treaty²", {"note"}),
        ("FBI", STATES),
        ("F.B.I.", STATES),
        ("fbi", {"capitals"}),
        ("U.S.", STATES),
        ("US", {*STATES, "pronoun", "loud"}),
        ("us", {"capitals", "pronoun", "loud"}),
        ('"U.S. government"', STATES),
        ('"the US government"', STATES),
        ("A.I.", STATES),
        ("WHO department", {"health"}),
        ("who department", {"health"}),
        ("startup", {"hyphens", "together"}),
        ("start-up", {"hyphens", "together"}),
        ("healthcare", {"hyphens", "together"}),
        ('"a start-up for"', {"hyphens", "together"}),
        ("covid-19", {"virus", "virus apart"}),
        ("covid19 email", {"virus", "virus apart"}),
        ("O'Leary-Quist", {"name"}),
        ("OLeary-Quist", {"name"}),
        ("Leary-Quist", {"name"}),
        ("Leary", {"name"}),
        ("O’Leary", {"name", "name alone"}),
        ("OLeary", {"name", "name alone"}),
        ("Ivoire", {"coast"}),
        ("d'Ivoire", {"coast"}),
        ('"cote d`ivoire"', {"coast"}),
        *((f"Hawai{mark}i", {"okina", "quote", "island"}) for mark in ("ʻ", "ʼ", "‘", "’", "`", "'", "")),
    ],
)
def test_what_is_found(archive: Archive, query: str, expected: set[str]) -> None:
    assert set(found(archive, query)) == expected


@pytest.mark.parametrize(
    ("query", "first"),
    [("US", STATES), ("FBI", STATES), ("IT", {"health"}), ("WHO", {"health"}), ("the IT", {"health"})],
)
def test_capitals_come_first(archive: Archive, query: str, first: set[str]) -> None:
    assert set(found(archive, query)[: len(first)]) == first


def test_in_a_query_in_capitals_there_is_no_acronym(archive: Archive) -> None:
    assert "WHO" in [term.term for term in archive.search("WHO", size=1).parsed.terms]
    terms = [term.term for term in archive.search("WHO VOTES", size=1).parsed.terms]
    assert terms == ["vote"]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("10,000", "10,000-strong, 10000, 10 and 000", "[10,000]-strong, [10000], 10 and 000"),
        ("co2", "CO₂-neutral CO", "[CO₂]-neutral CO"),
        ("treaty", "the treaty², m²", "the [treaty²], m²"),
        ("U.S.", "US, U.S. and us", "[US], [U.S]. and us"),
        ("U.S.", "US NEWS", "US NEWS"),
        ("FBI", "the F.B.I.-led FBI", "the [F.B.I].-led [FBI]"),
        ("startup", "start-ups and startups", "[start-ups] and [startups]"),
        ("Leary", "O'Leary's", "[O'Leary's]"),
        ("Hawaii", "in Hawaiʻi", "in [Hawaiʻi]"),
    ],
)
def test_the_right_words_are_marked(query: str, text: str, expected: str) -> None:
    assert marked(query, title=text)[0] == expected


def test_nothing_of_an_acronym_is_shown_that_nobody_wrote(archive: Archive) -> None:
    assert [one.text for one in archive.spelling("fbo")] == ["fbi"]
    assert archive.search("fbo").offers[0].request.query == "fbi"
    shown = [one.text for text in ("fb", "us", "US") for one in archive.suggest(text)]
    assert "FBI" not in shown
    assert "US" not in shown
    assert all(reason.count("US") < 2 for hit in archive.related("13.md") for reason in [hit.reason])
