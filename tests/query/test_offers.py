"""Nothing is loosened behind the reader's back: what is offered instead, and what an answer tells."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import query as q

from indexer import Archive, open_archive
from indexer.query.answers.ledger import Offer, OfferKind, TotalRelation
from indexer.query.answers.results import Results
from indexer.query.assist.offers import MAX_UNFILTERED
from tests.query.test_search import build

WORDS = [
    "ferry",
    "strike",
    "ferrry",
    "council",
    "counsil",
    "zeppelin",
    "face",
    "the",
    '"port halden"',
    "-ferry",
]
FILTERS: list[dict[str, Any]] = [
    {}, {"topic": "Rail"}, {"topic": ["Rail", "Nope"], "after": "2020"}, {"before": "1900"}, {"featured": True},
    {"origin": "related", "author": "none"}, {"date": "2020-06", "provider": "zz"},
]  # fmt: skip


def offers(archive: Archive, query: str, **filters: Any) -> dict[str, Offer]:
    found = archive.search(query, **filters).offers
    assert len({offer.text for offer in found}) == len(found)
    return {offer.text: offer for offer in found}


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4), st.sampled_from(FILTERS))
def test_an_offer_finds_what_it_says_and_more_than_the_search(
    corpus_index: Path, words: list[str], filters: dict[str, Any]
) -> None:
    with open_archive(index=corpus_index) as archive:
        results = archive.search(" ".join(words), **filters)
        offers = results.offers
        for offer in offers:
            answer = archive.search(offer.request)
            assert answer.total == offer.total
            assert offer.total > results.total or offer.kind is OfferKind.COMPOUND
            assert archive.search(**offer.request.to_json()).total == offer.total
        assert not any(one.request == other.request for one, other in itertools.combinations(offers, 2))


def test_nothing_is_loosened(corpus: Archive) -> None:
    results = corpus.search("ferry zeppelin")
    assert results.total == 0
    assert all((hit.part, hit.missing) == ("some", ("zeppelin",)) for hit in results)
    assert offers(corpus, "ferry zeppelin")["without “zeppelin”"].request.query == "ferry"


def test_offers_are_made_when_they_are_looked_at(corpus: Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr("indexer.query.assist.offers.make_offers", never)
    found, nothing = corpus.search("ferry"), corpus.search("zeppelin")
    assert found.to_json()["offers"] == []
    with pytest.raises(AssertionError):
        nothing.to_json()


@pytest.mark.parametrize(
    ("query", "offered"),
    [
        ("facial recogniton", "facial recognition"),
        ("facial recogniton?", "facial recognition?"),
        ("recogniton? (ferry)", "recognition? (ferry)"),
        ("facialrecognition", "facial recognition"),
        ('"facial recogniton"', '"facial recognition"'),
        ("title:recogniton -ban", "title:recognition -ban"),
        ("Facial-recogniton", "Facial-recognition"),
        ("counsil ferrry", "council ferry"),
        ("=recogniton", "=recognition"),
        ("(recogniton OR zzqqqx)", "(recognition OR zzqqqx)"),
    ],
)
def test_the_nearest_spelling_is_offered_first(corpus: Archive, query: str, offered: str) -> None:
    first = corpus.search(query).offers[0]
    assert (first.kind, first.request.query) == (OfferKind.SPELLING, offered)


@pytest.mark.parametrize(
    "query",
    [
        "recogniton~",
        "recogniton*",
        "recog?iton",
        "?ecogniton",
        "*cogniton?",
        "ferry -recogniton",
        "topic:recogniton",
    ],
)
def test_patterns_exclusions_and_filters_are_not_respelt(corpus: Archive, query: str) -> None:
    assert not any(offer.kind is OfferKind.SPELLING for offer in corpus.search(query).offers)


@pytest.mark.parametrize(
    ("query", "offered"),
    [
        ('"council ferry"', "council ferry"),
        ('-"facial ban" excerpt:“recognition facial”~1^2', '-"facial ban" excerpt:(recognition facial)'),
    ],
)
def test_the_words_of_a_phrase_are_offered_wherever_they_stand(
    corpus: Archive, query: str, offered: str
) -> None:
    (found,) = [offer for offer in corpus.search(query).offers if offer.kind is OfferKind.UNQUOTED]
    assert (found.request.query, found.total) == (offered, corpus.search(offered).total)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(
        tmp_path_factory.mktemp("small"),
        *({"title": f"red apple pie {n}", "topics": ["Food"]} for n in range(3)),
        {"title": "red bicycle", "topics": ["Rail"]},
        {"title": "green bicycle gren", "topics": ["Rail"]},
        *({"title": f"green tram {n}", "topics": ["Rail"]} for n in range(60)),
        *({"title": f"facebook page {n}", "topics": ["Web"]} for n in range(2)),
        {"title": "a face in a book", "topics": ["Web"]},
        {"title": "blue face", "topics": ["Web"]},
    )


@pytest.fixture
def archive(small: Path) -> Any:
    with open_archive(index=small) as opened:
        yield opened


def test_the_word_whose_omission_finds_most_is_optional(archive: Archive) -> None:
    found = offers(archive, "red bicycle tram")
    assert [o.text for o in found.values() if o.kind is OfferKind.OPTIONAL] == ["without “tram”"]
    found = offers(archive, "green tram (pie OR apple)")
    assert found["without “(pie OR apple)”"].total == 60
    found = offers(archive, "red AND apple NOT pie")
    assert found["without “NOT pie”"].request.query == "red apple"
    assert found["without “NOT pie”"].total == 3


def test_words_of_a_phrase_are_left_out_where_they_stand_nowhere_together(archive: Archive) -> None:
    found = offers(archive, '"red tram pie"')
    assert found["without “tram”"].request.query == "red pie"


def test_a_value_is_known_by_one_of_its_words(corpus: Archive) -> None:
    found = corpus.search("", author="Nadja").offers
    assert [o.text for o in found if o.kind is OfferKind.VALUE] == ["with the author “Nadia Fenwright”"]


@pytest.mark.parametrize(
    ("query", "chosen", "offered"),
    [
        ("topic:Rial tram", {}, 'topic:"Rail" tram'),
        ('tram Topic: "rial"', {}, 'tram topic:"Rail"'),
        ("tram", {"topic": "Rial"}, {"topic": ("Rail",)}),
        ("tram", {"topic": ["Rial", "Food"]}, {"topic": ("Rail", "Food")}),
        ("tram", {"topic": "rial"}, {"topic": ("Rail",)}),
        ("tram", {"topic": "Harbour"}, None),
    ],
)
def test_a_value_that_there_is_is_offered_for_one_that_there_is_not(
    archive: Archive, query: str, chosen: dict[str, Any], offered: Any
) -> None:
    found = [o for o in archive.search(query, **chosen).offers if o.kind is OfferKind.VALUE]
    assert len(found) == (offered is not None)
    for offer in found:
        assert (offer.text, offer.total) == ("with the topic “Rail”", 60)
        assert offered in (offer.request.query, dict(offer.request.filters))


def test_several_words_are_left_out_where_one_is_not_enough(archive: Archive) -> None:
    found = offers(archive, "green qqqzzz tram wwwyyy")
    assert found["without “qqqzzz” and “wwwyyy”"].total == 60
    found = offers(archive, "grean qqqzzz tram")
    assert found["for “green tram”, without “qqqzzz”"].total == 60
    assert found["without “grean” and “qqqzzz”"].total == 60
    assert offers(archive, "qqqzzz -tram") == {}  # what is left would ask for nothing


def test_what_a_query_requires_is_not_taken_apart_where_that_is_not_simple(archive: Archive) -> None:
    assert offers(archive, "qqqzzz green OR wwwyyy tram") == {}
    assert offers(archive, "qqqzzz") == {}


def test_words_written_apart_are_put_together(archive: Archive) -> None:
    assert offers(archive, "face book page")["for “facebook page”"].total == 2
    assert offers(archive, "bluefase page face")["without “bluefase” and “page”"].total == 2


def test_a_word_that_shares_its_mistake_with_an_article_is_respelt_too(archive: Archive) -> None:
    found = offers(archive, "gren trma")
    assert next(iter(found)) == "for “green tram”"


@pytest.mark.parametrize("given", [{"match": "all"}, {"sort": "newest"}])
def test_any_of_the_words_is_offered_where_articles_with_some_are_not_shown(
    archive: Archive, given: dict[str, Any]
) -> None:
    offer = list(offers(archive, "apple bicycle", **given).values())[-1]
    assert (offer.kind, offer.text, offer.total) == (OfferKind.ANY, "for any of the words", 5)
    assert (offer.request.query, offer.request.match) == ("apple bicycle", "any")
    assert offers(archive, "(apple OR pie) bicycle", **given)["for any of the words"].total == 5
    for match, query in (("auto", "apple bicycle"), ("any", "apple zeppelin"), ("all", "apple")):
        assert "for any of the words" not in offers(archive, query, match=match)


def test_each_filter_is_left_out(archive: Archive) -> None:
    found = offers(archive, "bicycle", topic=["Food", "Web"], date="none", featured=False)
    assert {text: offer.total for text, offer in found.items()} == {"without the topics “Food” or “Web”": 2}
    found = offers(archive, "bicycle", topic="Food", after="2020")
    assert {text: offer.total for text, offer in found.items()} == {"without any filter": 2}
    found = offers(archive, "bicycle", after="2020")
    assert found["without the start date"].total == 2
    found = offers(archive, "bicyle", origin="related")
    assert found["for “bicycle”, without filters"].total == 2


def test_the_spelling_in_which_no_word_seems_wrong_is_offered_first(tmp_path: Path) -> None:
    texts = ["artificial intelligence"] * 60 + ["artifical intelligence"]
    with open_archive(index=build(tmp_path, *({"title": text} for text in texts))) as archive:
        found = archive.search("artifical inteligence").offers
    assert [(offer.request.query, offer.total) for offer in found][:2] == [
        ("artificial intelligence", 60),
        ("artifical intelligence", 1),
    ]


def test_words_that_are_too_common_are_in_no_offer_of_some_words(archive: Archive) -> None:
    found = offers(archive, "red in tram and bicycle quux the xyzzy", match="all")
    assert any(offer.kind is OfferKind.OPTIONAL for offer in found.values())
    for offer in found.values():
        if offer.kind is OfferKind.OPTIONAL:
            assert not {"in", "and", "the"} & {*str(offer.request.query).split()}, offer
    assert offers(archive, "in quux and", match="all") == {}


@pytest.mark.parametrize(
    ("query", "offered"),
    [("pie/red", "pie red"), ("title:pie/red", "title:(pie red)"), ("pie/red/apple", "pie red apple")],
)
def test_words_with_a_slash_between_are_offered_wherever_they_stand(
    archive: Archive, query: str, offered: str
) -> None:
    (offer,) = (one for one in archive.search(query).offers if one.kind is OfferKind.UNQUOTED)
    assert (offer.text, offer.request.query) == ("for the same words, wherever they stand", offered)
    assert offer.total > 0


@pytest.mark.parametrize(
    ("after", "before", "swapped"),
    [
        ("2020-06-09", "2020-05-02", ("2020-05-02", "2020-06-09")),
        ("2021", "2020-02", ("2020-02", "2021")),
    ],
)
def test_reversed_dates_are_told_and_offered_swapped(
    corpus: Archive, after: str, before: str, swapped: tuple[str, str]
) -> None:
    results = corpus.search(after=after, before=before)
    assert results.notes == ("the first day is after the last one, so nothing is found",)
    first, *others = results.offers
    assert (first.kind, first.text) == (OfferKind.SWAPPED, "with the dates swapped")
    assert (first.request.after, first.request.before) == swapped
    assert {offer.text for offer in others} == {"without the start date", "without the end date"}
    assert not corpus.search("xyzzy", after=before, before=after).notes


def test_a_range_of_dates_that_runs_backwards_is_told_of_a_filter_as_well(corpus: Archive) -> None:
    results = corpus.search(date="2020-06..2020-05")
    assert results.notes == ("the range of dates ran backwards, so its ends change places",)
    assert results.total == corpus.search(date="2020-05..2020-06").total > 0


def test_a_tree_is_offered_without_its_filters_alone(archive: Archive) -> None:
    found = offers(archive, q.Term("text", "appl"), topic="Web")  # type: ignore[arg-type]  # a script's own
    assert {text: offer.total for text, offer in found.items()} == {"without the topic “Web”": 3}


def test_where_something_is_found_offers_find_more(archive: Archive) -> None:
    results = archive.search("gren")
    assert results.total == 1
    assert {offer.text: offer.total for offer in results.offers} == {"for “green”": 61}
    assert results.to_json()["offers"] == []


# Fewest changes first


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Articles of which some have words written apart, others together."""
    folder = build(
        tmp_path_factory.mktemp("news"),
        {"title": "Google founders Brin and Page step back"},
        *({"title": f"Google brings news {n}", "topics": ["Web"]} for n in range(8)),
        *({"title": f"Machine learning inference performance {n}", "topics": ["Web"]} for n in range(3)),
        {"title": "Opinion: it is done per year for machine learning inference"},
        *({"title": f"Healthcare reform {n}"} for n in range(4)),
        {"title": "The health care reform"},
        {"title": "Care for your health in Boston"},
        {"title": "Cybersecurity rules", "topics": ["Law"]},
        {"title": "Cyber security rules", "topics": ["Law"]},
        *({"title": f"Facial recognition {n}", "topics": ["Web"]} for n in range(3)),
        {"title": "A man age", "topics": ["Law"]},
        *({"title": f"We manage {n}", "topics": ["Law"]} for n in range(60)),
        {"title": "A note book"},
        {"title": "Performs at the opera of Boston"},
    )
    with open_archive(index=folder) as opened:
        yield opened


def made(results: Results) -> list[tuple[str, int]]:
    return [(offer.text, offer.total) for offer in results.offers]


def test_one_word_left_out_comes_before_several_changes(news: Archive) -> None:
    assert made(news.search("Google founders Brin step back opinion")) == [("without “opinion”", 1)]


def test_what_the_begun_part_has_is_not_offered(news: Archive) -> None:
    results = news.search("Machine Learning Inference Perfor")
    assert (results.total, results.begun_total, made(results)) == (0, 3, [])
    assert made(news.search("recognitio")) == []


@pytest.mark.parametrize("how", [{"match": "all"}, {"sort": "newest"}])
def test_a_word_cut_short_is_no_mistake_where_what_it_begins_is_not_shown(
    news: Archive, how: dict[str, Any]
) -> None:
    assert made(news.search("Machine Learning Inference Perfor", **how))[:2] == [
        ("for words that begin with “Perfor”", 3),
        ("without “Perfor”", 4),
    ]
    assert made(news.search("recognitio", **how)) == [("for words that begin with “recognitio”", 3)]
    (offer,) = news.search("recognitio -xyzzy", **how).offers
    assert news.search(offer.request).total == offer.total == 3


def test_a_last_word_that_begins_none_is_respelt(news: Archive) -> None:
    assert made(news.search("facial recogntiio"))[0] == ("for “facial recognition”", 3)
    assert made(news.search("facial recogniton "))[0] == ("for “facial recognition ”", 3)


def test_of_a_fragment_offers_count_what_is_begun(news: Archive) -> None:
    results = news.search("machine boston perfor")
    assert results.begun_total == 0
    assert made(results) == [("without “boston”", 3), ("without “machine”", 1)]
    for offer in results.offers:
        assert (offer.request.query.endswith(" perfor"), offer.request.unfinished) == (True, True)  # type: ignore[union-attr]
        assert news.search(offer.request).total == offer.total
    results = news.search("facial recogni", topic="Law")
    assert made(results) == [("without the topic “Law”", 3)]
    assert news.search(results.offers[0].request).total == 3
    assert made(news.search("facial boston machine perfo")) == [("without “facial” and “boston”", 3)]


def test_where_words_and_filters_are_too_much_both_are_left_out(news: Archive) -> None:
    both = {"topic": "Law", "after": "2020"}
    assert made(news.search("zeppelin facial", **both)) == [("without “zeppelin”, without filters", 3)]  # type: ignore[arg-type]
    assert made(news.search("facial recogniton", **both)) == [
        ("for “facial recognition”, without filters", 3)
    ]  # type: ignore[arg-type]
    assert made(news.search("zeppelin facial xyzzy", **both)) == [  # type: ignore[arg-type]
        ("without “zeppelin” and “xyzzy”, without filters", 3)
    ]


def test_another_form_of_a_word_is_no_other_spelling(news: Archive) -> None:
    results = news.search("perfomance machine", match="all")
    assert [text for text, _ in made(results) if text.startswith("for “")] == ["for “performance machine”"]


def test_a_spelling_comes_before_a_word_and_a_filter_less(news: Archive) -> None:
    results = news.search("cybersecurity ruls", topic="Law")
    assert [offer.kind for offer in results.offers] == [OfferKind.SPELLING, OfferKind.OPTIONAL]


@pytest.mark.parametrize(
    ("query", "total", "offered"),
    [
        ("healthcare", 4, [('for "health care"', 1)]),
        ("health care", 2, [("for “healthcare”", 4)]),
        ('"health care" reform', 1, [('for "healthcare" reform', 4)]),
        ("Healthcare reform", 4, [('for "health care" reform', 1)]),
        ("cyber security rules", 1, [("for “cybersecurity rules”", 1)]),
        ("title:cybersecurity", 1, [('for title:"cyber security"', 1)]),
        ("cyber security (health care)", 0, []),
        ("cyber security OR (health care)", 3, [("for “cybersecurity OR (health care)”", 3), ("for “cyber security OR (healthcare)”", 5)]),
        ("healthcare boston", 0, []),
        ("manage", 60, []),  # of so many, one article has it apart
        ("note book", 1, []),  # none has it together
        ("performance", 4, []),
        ("healthcare-reform", 4, []),
        ("=healthcare", 4, []),
        ("healthcare*", 4, []),
        ("healthcare~", 4, []),
        ("-healthcare reform", 1, []),
    ],
)  # fmt: skip
def test_words_written_apart_or_together_are_offered_where_other_articles_have_them_so(
    news: Archive, query: str, total: int, offered: list[tuple[str, int]]
) -> None:
    results = news.search(query)
    assert results.total == total
    assert [(offer.text, offer.total) for offer in results.variants] == offered
    assert all(offer.kind is OfferKind.COMPOUND for offer in results.variants)
    assert [offer for offer in results.offers if offer.kind is OfferKind.COMPOUND] == list(results.variants)
    if total:
        assert results.to_json()["offers"] == [offer.to_json() for offer in results.variants]


@pytest.mark.parametrize("filters", [{}, {"topic": "Web"}, {"match": "all", "after": "2020"}])
def test_where_nothing_is_searched_for_nothing_is_offered(news: Archive, filters: dict[str, Any]) -> None:
    assert made(news.search("🏆", **filters)) == []


def test_offers_are_few(news: Archive) -> None:
    filters = {"topic": "Web", "after": "1990", "featured": False, "origin": "file", "author": "none"}
    found = news.search("boston reform machine facial gogle " * 3, **filters).offers  # type: ignore[arg-type]
    assert len(found) <= 3
    assert len(news.search("performs", **{**filters, "topic": "Law"}).offers) <= MAX_UNFILTERED  # type: ignore[arg-type]


# The ledger


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("query", ["", "ferry", "zeppelin"])
def test_what_each_filter_removes_is_the_difference_it_makes(
    corpus: Archive, query: str, filters: dict[str, Any]
) -> None:
    results = corpus.search(query, **filters)
    assert {counted.name for counted in results.filters} == set(filters)
    for counted in results.filters:
        without = {name: value for name, value in filters.items() if name != counted.name}
        total = corpus.search(query, **without).total
        assert (counted.without, counted.removes) == (total, total - results.total)
    explained = results.to_json(explain=True)["explain"]["filters"]
    assert explained == [counted.to_json() for counted in results.filters]


# Bounds

PATTERN = "word*"
CUT = [
    (PATTERN, TotalRelation.AT_LEAST), (f"other {PATTERN}", TotalRelation.AT_LEAST),
    (f"other -{PATTERN}", TotalRelation.AT_MOST), (f"-(other -{PATTERN})", TotalRelation.AT_LEAST),
    (f"({PATTERN} OR other) -w?rd1*", TotalRelation.ABOUT), (f"other OR {PATTERN}", TotalRelation.AT_LEAST),
    ("other", TotalRelation.EXACT), ("word1 word*", TotalRelation.AT_LEAST), ("wordx*", TotalRelation.EXACT),
]  # fmt: skip


@pytest.fixture(scope="module")
def cut(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("cut")
    titles = (f"word{n} {other}" for n, other in zip(range(60), itertools.cycle(("other", "else"))))
    return folder, build(folder, *({"title": title} for title in titles))


@pytest.mark.parametrize(("query", "relation"), CUT)
def test_a_total_is_exact_or_a_bound_of_the_true_one(
    cut: tuple[Path, Path], query: str, relation: TotalRelation
) -> None:
    with open_archive(index=cut[1]) as archive:
        settings = archive.settings
        true = archive.search(query)
    limited = replace(settings, search=replace(settings.search, expansion_limit=7))
    with open_archive(limited) as archive:
        results = archive.search(query)
    assert true.total_relation is TotalRelation.EXACT
    assert results.total_relation is relation
    assert results.to_json()["total_relation"] == relation
    if relation is TotalRelation.AT_LEAST:
        assert results.total <= true.total
    elif relation is TotalRelation.AT_MOST:
        assert results.total >= true.total
    elif relation is TotalRelation.EXACT:
        assert results.total == true.total


@pytest.mark.parametrize("query", ["rex:bicycle", "rec:bicycle", "rad:tramm tram"])
def test_what_is_no_field_is_not_respelt_as_a_word(archive: Archive, query: str) -> None:
    name = query.partition(":")[0]
    for offer in archive.search(query, match="all").offers:
        assert offer.kind is not OfferKind.SPELLING or f"{name}:" in str(offer.request.query)


def test_what_is_nearly_a_field_is_offered_as_that(archive: Archive) -> None:
    first = archive.search("titel:bicycle").offers[0]
    assert (first.kind, first.request.query) == (OfferKind.SPELLING, "title:bicycle")
    assert first.total == 2
