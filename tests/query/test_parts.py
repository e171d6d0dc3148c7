"""The parts of an answer: what has all of the words, what has the last one begun, what has some of them.

Each part, and the whole of them, is compared with what the searches for it alone find."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query as q

from indexer import Archive, open_archive
from indexer.errors import RequestError
from indexer.indexing import reindex
from indexer.query.answers.parsed import ParsedQuery
from indexer.query.answers.results import Hit, Results
from indexer.query.arrays.source import ArraySource
from indexer.query.assist import beginnings, reading
from indexer.query.source import Plan, View
from tests.archives import settings_for, write

WORDS = ["harbour", "bridge", "light", "ferry", "strike", "storm"]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """80 articles of a few words each, of two topics, some of them copies."""
    own = settings_for(tmp_path_factory.mktemp("parts"))
    chance = random.Random(7)
    for n in range(80):
        excerpt = " ".join(
            chance.choices([*WORDS, "striking", "harbourmaster", "quiet"], k=chance.randrange(1, 6))
        )
        if n >= 60:
            excerpt = f"A {WORDS[n % 2]} of the old town was closed for repairs on Monday, said the {WORDS[n % 3 + 2]} board"
        write(
            own.archive.path, f"{n}.md", title=f"Report {n}", excerpt=excerpt, url=f"https://a.example/{n}",
            date=f"2020-01-{n % 28 + 1:02}", topics=[("Rail", "Sea")[n % 2]],
        )  # fmt: skip
    reindex(own)
    with open_archive(index=own.index.path) as opened:
        yield opened


def pages(archive: Archive, query: str, size: int, **options: object) -> list[Results]:
    """All pages of a search, by their numbers."""
    first = archive.search(query, size=size, **options)  # type: ignore[arg-type]
    rest = range(2, first.pages + 1)
    return [first, *(archive.search(query, size=size, page=page, **options) for page in rest)]  # type: ignore[arg-type]


def by_cursor(archive: Archive, query: str, size: int, **options: object) -> Iterator[Hit]:
    """All hits of a search, by its cursors."""
    results = archive.search(query, size=size, **options)  # type: ignore[arg-type]
    yield from results
    while results.next_cursor:
        results = archive.search(query, size=size, cursor=results.next_cursor, **options)  # type: ignore[arg-type]
        yield from results


def ids(hits: list[Hit]) -> list[str]:
    return [hit.article.id for hit in hits]


def whole(archive: Archive, query: str, **options: object) -> list[Hit]:
    return [hit for page in pages(archive, query, 100, **options) for hit in page]


typed = st.lists(st.sampled_from(WORDS), min_size=2, max_size=4, unique=True)


@settings(max_examples=40, deadline=None)
@given(typed, st.integers(1, 9), st.sampled_from(["", "Rail"]), st.booleans())
def test_all_of_the_words_come_first_then_some_in_the_order_of_any(
    archive: Archive, words: list[str], size: int, topic: str, collapse: bool
) -> None:
    options = {"topic": topic or None, "collapse": collapse}
    query = " ".join(words) + " "  # the last word is finished
    found = [hit for page in pages(archive, query, size, **options) for hit in page]
    first = whole(archive, query, match="all", **options)
    either = whole(archive, query, match="any", **options)
    assert ids(found) == ids(list(by_cursor(archive, query, size, **options)))
    assert len(set(ids(found))) == len(found)
    assert ids(found[: len(first)]) == ids(first)
    assert [hit.score for hit in found[: len(first)]] == [hit.score for hit in first]
    results = archive.search(query, **options)  # type: ignore[arg-type]
    assert (results.total, results.begun_total, results.some_total) == (
        len(first),
        0,
        len(found) - len(first),
    )
    rest = found[len(first) :]
    assert all(hit.part == "some" and hit.missing for hit in rest)
    if not collapse:
        known = set(ids(first))
        assert ids(rest) == [one for one in ids(either) if one not in known]
        assert len(found) == len(either)
    for hit in rest:
        has = set(f"{hit.article.title} {hit.article.excerpt}".lower().split())
        forms = {"strike": {"strike", "striking"}}
        assert hit.missing == tuple(word for word in words if not forms.get(word, {word}) & has)


@pytest.mark.parametrize("collapse", [False, True])
def test_a_story_is_in_one_part_and_names_its_articles_of_all(archive: Archive, collapse: bool) -> None:
    hits = whole(archive, "harbour repairs light ", collapse=collapse)
    members = [member.id for hit in hits for member in (hit.story if collapse else [hit.article])]
    assert len(members) == len(set(members)) == len(whole(archive, "harbour repairs light ", match="any"))


@pytest.mark.parametrize(
    ("query", "required", "excluded"),
    [
        ("+harbour ferry xyzzy", "harbour", None),
        ('"light" ferry xyzzy', "light", None),
        ("excerpt:light ferry xyzzy", "light", None),
        ("harbour AND light xyzzy", "harbour light", None),
        ("harbour AND light AND xyzzy", "harbour light xyzzy", None),
        ("ferry bridge xyzzy -light", None, "light"),
        ("+(harbour OR light) ferry xyzzy", "harbour OR light", None),
    ],
)
def test_what_is_required_or_excluded_is_so_in_both_parts(
    archive: Archive, query: str, required: str | None, excluded: str | None
) -> None:
    for found in (
        whole(archive, query),
        whole(archive, query, match="any"),
        whole(archive, query, broaden=True),
    ):
        assert found or "xyzzy" in (required or "")
        if required:
            assert set(ids(found)) <= set(ids(whole(archive, required, match="all")))
        if excluded:
            assert not set(ids(found)) & set(ids(whole(archive, excluded)))


def test_filters_hold_in_both_parts_and_alone_make_no_article_a_match(archive: Archive) -> None:
    found = whole(archive, "topic:Rail ferry xyzzy")
    assert found
    assert all(hit.article.topics == ("Rail",) and hit.missing == ("xyzzy",) for hit in found)
    assert set(ids(found)) == set(ids(whole(archive, "ferry ", topic="Rail")))


@pytest.mark.parametrize(
    "query",
    [
        "xyzzy ", '"harbour xyzzy"', "the xyzzy ", "to be or not to be", "(harbour xyzzy) ", "harbour OR xyzzy", "+xyzzy ferry ",
        "title:xyzzy ", "",
    ],
)  # fmt: skip
def test_there_is_no_second_part_of(archive: Archive, query: str) -> None:
    assert archive.search(query).some_total == 0
    assert all(hit.part == "all" for hit in archive.search(query))


def test_a_tree_of_a_script_has_one_part(archive: Archive) -> None:
    tree = q.And([q.Term("text", "harbour"), q.Term("text", "xyzzy")])
    for match in (None, "any", "all"):
        assert (archive.search(tree, match=match).total, archive.search(tree, match=match).some_total) == (
            0,
            0,
        )


def test_groups_wildcards_and_fuzzy_words_are_one_word_each(archive: Archive) -> None:
    hits = whole(archive, "(harbour light) ferr* brigde~ storm ")
    assert {word for hit in hits for word in hit.missing} == {"(harbour light)", "ferr*", "brigde~", "storm"}


def test_the_last_word_may_be_begun(archive: Archive) -> None:
    results = archive.search("ferry stri", size=100)
    whole_word = {hit.article.id for hit in whole(archive, "ferry strike ", match="all")}
    assert (results.total, results.begun_total) == (0, len(whole_word))
    assert {hit.article.id for hit in results if hit.part == "begun"} == whole_word
    assert any(note.endswith(": strike, striking") for note in results.notes)
    assert [hit.part for hit in results] == sorted(
        (hit.part for hit in results), key=["all", "begun", "some"].index
    )


@pytest.mark.parametrize("query", ["ferry stri…", "ferry stri...", "ferry stri … "])
def test_a_headline_that_was_cut_short_has_its_last_word_begun(archive: Archive, query: str) -> None:
    expected = archive.search("ferry stri").begun_total if " …" not in query else 0
    assert archive.search(query).begun_total == expected


def test_the_note_names_no_form_of_a_word_that_was_typed(archive: Archive) -> None:
    results = archive.search("harbour", size=100)
    assert any(note.endswith("the last word may go on: harbourmaster") for note in results.notes)


def test_the_first_part_stays_where_the_last_word_is_a_word(archive: Archive) -> None:
    results = archive.search("harbour", size=100)
    only = archive.search("harbour", size=100, match="all")
    assert (results.total, only.begun_total) == (only.total, 0)
    assert results.begun_total > 0
    assert all("harbourmaster" in hit.article.excerpt for hit in results if hit.part == "begun")


@pytest.mark.parametrize(
    "query",
    [
        "ferry st",
        "ferry stri ",
        "ferry stri?",
        '"stri',
        "ferry -stri",
        "=stri",
        "stri~",
        "stri^2",
        "ferry (stri)",
        "the",
    ],
)
def test_a_word_is_not_read_as_begun_where(archive: Archive, query: str) -> None:
    assert archive.search(query).begun_total == 0


@pytest.mark.parametrize(
    ("query", "filters", "without"),
    [
        ("ferry stri -storm", {}, "storm"),
        ("ferry stri NOT storm -light", {}, "storm light"),
        ("ferry stri topic:Rail", {"topic": "Rail"}, ""),
        ("ferry stri topic:(Rail OR Sea) date:2020", {}, ""),
        ("ferry stri AND topic:Rail -(storm light)", {"topic": "Rail"}, ""),
        ("topic:Sea ferry stri before:2021 ", {"topic": "Sea"}, ""),
    ],
)
def test_filters_and_exclusions_behind_the_last_word_do_not_finish_it(
    archive: Archive, query: str, filters: dict[str, str], without: str
) -> None:
    results = archive.search(query, size=100)
    whole_word = whole(archive, "ferry strike ", match="all", **filters)
    expected = [one for one in whole_word if not set(without.split()) & set(one.article.excerpt.split())]
    assert (results.total, results.begun_total) == (0, len(expected))
    assert expected
    assert set(ids([one for one in results if one.part == "begun"])) == set(ids(expected))
    assert archive.search(query, unfinished=True).total == len(expected)
    assert any(note.endswith(": strike, striking") for note in results.notes)


@pytest.mark.parametrize(
    "query",
    [
        "ferry stri storm-",
        'ferry stri "light"',
        "stri title:ferry",
        "ferry stri OR topic:Rail",
        "(ferry stri) topic:Rail",
        "(ferry stri -storm)",
        "ferry stri -",
    ],
)
def test_another_word_behind_it_or_a_group_finishes_a_word(archive: Archive, query: str) -> None:
    assert archive.search(query).begun_total == 0


def test_the_note_is_on_the_last_word_and_no_other_pattern(archive: Archive) -> None:
    notes = archive.search("harb* stri").notes
    assert any(note.endswith("the last word may go on: strike, striking") for note in notes)


@pytest.mark.parametrize("options", [{}, {"unfinished": True}, {"match": "any"}])
@pytest.mark.parametrize("query", ["stri", "topic:Rail stri", "stri -storm"])
def test_one_word_as_begun_is_ranked_by_the_words_that_begin_so(
    archive: Archive, query: str, options: dict[str, object]
) -> None:
    hits = whole(archive, query, **options)
    counts = {word: archive.search(f"={word}").total for word in ("strike", "striking")}
    commonest = max(counts, key=counts.__getitem__)
    has = [sum(word == commonest for word in hit.article.excerpt.split()) for hit in hits]
    assert len({hit.score for hit in hits}) > len(hits) / 4
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert has[0] == max(has)
    assert min(n for n in has[: len(hits) // 4]) > 0
    parts = hits[0].explain().parts
    assert sum(part.score for part in parts) == pytest.approx(hits[0].score, rel=1e-5)
    assert {part.kind for part in parts} == {"words", "term"}


def test_of_one_word_any_is_as_much_as_all_with_the_word_as_begun(archive: Archive) -> None:
    for query in ("harbour", "stri", "topic:Rail stri", "+stri"):
        auto, either = archive.search(query, size=100), archive.search(query, size=100, match="any")
        assert ids(list(auto)) == ids(list(either))
        assert (either.total, either.begun_total, either.some_total) == (auto.total, auto.begun_total, 0)
        assert either.begun_total


def test_unfinished_reads_the_last_word_as_begun_in_the_first_part(archive: Archive) -> None:
    results = archive.search("ferry harbour", unfinished=True, size=100)
    finished = archive.search("ferry harbour", size=100)
    assert results.total == finished.total + finished.begun_total
    assert results.begun_total == 0
    assert ids(list(results))[: results.total] == ids(list(finished))[: results.total]
    assert sum(value.count for value in results.facets["topic"]) == results.total
    assert archive.timeline("ferry harbour", unfinished=True).series[0].total == results.total


def test_facets_and_the_overview_count_the_first_part_that_finds_something(archive: Archive) -> None:
    some = archive.search("harbour xyzzy ", topic="Rail")
    assert (some.total, some.facet_part) == (0, "some")
    counts = {value.value: value.count for value in some.facets["topic"]}
    for topic, count in counts.items():
        assert archive.search("harbour xyzzy ", topic=topic).some_total == count
    overview = archive.overview("harbour xyzzy ")
    assert (overview.part, overview.total) == ("some", archive.search("harbour xyzzy ").some_total)
    assert archive.overview("harbour ").part == "all"
    begun = archive.search("ferry stri")
    assert (begun.facet_part, archive.overview("ferry stri").part) == ("begun", "begun")


@pytest.mark.parametrize(
    ("query", "match", "part"),
    [
        ("ferry light ", "auto", "all"),
        ("ferry stri", "auto", "begun"),
        ("harbour xyzzy ", "auto", "some"),
        ("harbour xyzzy ", "all", "all"),
        ("harbour ferry ", "any", "any"),
    ],
)
def test_a_facet_says_which_part_it_counts(archive: Archive, query: str, match: str, part: str) -> None:
    results = archive.search(query, match=match)
    alone = archive.facet("topic", archive.request(query, match=match))
    assert (alone.part, alone.to_json()["part"]) == (part, part)
    assert results.facets["topic"].part == results.facet_part == part
    assert alone == results.facets["topic"]
    assert archive.facet("topic").part == "all"


@pytest.mark.parametrize("query", ["harbour xyzzy ", "ferry stri", "stri", "ferry light storm "])
@pytest.mark.parametrize("collapse", [False, True])
def test_beside_a_chosen_value_the_others_count_what_they_have_of_the_same_part(
    archive: Archive, query: str, collapse: bool
) -> None:
    chosen = archive.search(query, topic="Rail", collapse=collapse)
    totals = {"all": lambda r: r.total, "begun": lambda r: r.begun_total, "some": lambda r: r.some_total}
    count = totals[chosen.facet_part]
    values = chosen.facets["topic"]
    assert {value.value for value in values} == {"Rail", "Sea"}
    for value in values:
        assert value.count == count(archive.search(query, topic=value.value, collapse=collapse))


def test_timelines_and_other_orders_count_what_has_all_unless_any_is_asked_for(archive: Archive) -> None:
    every = archive.search("harbour ferry ", match="any").total
    first = archive.search("harbour ferry ")
    assert first.total + first.some_total == every > first.total
    for match, total in ((None, first.total), ("all", first.total), ("any", every)):
        assert archive.timeline("harbour ferry ", match=match).series[0].total == total
        sides = archive.compare("harbour ferry ", "light", match=match).sides
        assert sides[0].total == total
        newest = archive.search("harbour ferry ", match=match, sort="newest")
        assert (newest.total, newest.some_total) == (total, 0)


def test_the_settings_say_what_the_words_require(archive: Archive, tmp_path) -> None:  # type: ignore[no-untyped-def]
    config = tmp_path / "config.toml"
    for match, some in (("auto", True), ("all", False)):
        config.write_text(f'[search]\nmatch = "{match}"\n')
        with open_archive(config, index=archive.settings.index.path) as own:
            results = own.search("harbour xyzzy ")
            assert (results.match, bool(results.some_total)) == (match, some)
            assert own.search("harbour xyzzy ", match="any").total > 0


def test_an_unknown_way_of_matching_is_refused(archive: Archive) -> None:
    with pytest.raises(RequestError, match="'match' cannot be 'most'"):
        archive.search("harbour", match="most")


@pytest.mark.parametrize(
    "query",
    ["🏆", "€", "…", "?", "()", "AND", '""', "date:foo", "quality:>high", "-", "+", "& |", "title:", "~ ^"],
)
def test_a_query_of_which_nothing_is_left_finds_nothing_and_says_so(archive: Archive, query: str) -> None:
    results = archive.search(query)
    told = results.to_json()
    if query == "title:":  # read as a word
        return
    assert (told["total"], told["hits"], told["offers"]) == (0, [], [])
    assert any("nothing is left to search for" in note for note in told["notes"])


@pytest.mark.parametrize("query", ["", " ", "*", "-harbour", "topic:Rail", "is:featured"])
def test_what_asks_for_no_word_finds_as_before(archive: Archive, query: str) -> None:
    assert archive.search(query).total == archive.search(query, match="all").total
    assert archive.search(query).total > 0 or query == "is:featured"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("ferry 🏆", "'🏆' is not a word, so it is ignored"),
        ("ferry🏆", "'🏆' is not a word, so it is ignored"),
        ("ferry & storm", "'&' is not a word, so it is ignored"),
        ("ferry €", "'€' is not a word, so it is ignored"),
        ("ferry quality:high", "'quality:' is ignored: 'high' is not a number; write 50, >50 or 10..90"),
    ],
)
def test_a_symbol_or_a_failed_filter_beside_words_is_named(archive: Archive, query: str, told: str) -> None:
    results = archive.search(query, match="all")
    assert results.notes == (told,)
    assert (
        results.total
        == archive.search(query.replace("🏆", "").replace("quality:high", ""), match="all").total
    )


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("xyzzy:ferry", "there is no field 'xyzzy', so it is read as a word"),
        ("x:ferry yy:storm z:a", "there are no fields 'x', 'yy' and 'z', so they are read as words"),
        ("the ferry of a storm", "'the', 'of' and 'a' are too common to restrict the search"),
        ("ferry 🏆 & storm", "'🏆' and '&' are not words, so they are ignored"),
        ("ferry (storm", "a parenthesis that was not closed closes at the end"),
        ("the ferry", "'the' is too common to restrict the search"),
        ("harbourm* ferry", "'harbourm*' stands for one word: harbourmaster"),
        ("topic:Rai ferry", "there is no topic called 'rai': it matches nothing"),
    ],
)
def test_notes_have_all_that_a_reader_should_know(archive: Archive, query: str, told: str) -> None:
    results = archive.search(query)
    assert told in results.notes
    assert told in results.to_json()["notes"]
    assert told in archive.timeline(query).series[0].notes


@pytest.mark.parametrize(("match", "sort"), [(None, None), ("any", None), (None, "newest")])
def test_no_note_has_the_pattern_of_a_word_that_is_not_finished(
    archive: Archive, match: str | None, sort: str | None
) -> None:
    results = archive.search("harb* stri", unfinished=True, match=match, sort=sort)
    assert any(note.startswith("'harb*' stands for") for note in results.notes)
    assert not any("stri*" in note for note in results.notes)


@pytest.mark.parametrize("query", ["ferry", "ferry xyzzy ", "ferry stri", "stri"])
def test_a_page_past_the_end_says_so_and_which_is_the_last(archive: Archive, query: str) -> None:
    last = archive.search(query).pages
    results = archive.search(query, page=last + 1)
    assert results.is_past_end
    assert (len(results), results.next_cursor) == (0, None)
    assert f"page {last + 1} is past the end, the last is {last}" in results.to_json()["notes"]
    assert not archive.search(query, page=last).is_past_end
    assert not any("past the end" in note for note in archive.search("xyzzy ", page=9).notes)


@pytest.mark.parametrize("query", ["ferry - storm", "Ferry, storm: a tale", "ferry … storm", "Ferry—storm!"])
def test_punctuation_between_words_is_passed_over_in_silence(archive: Archive, query: str) -> None:
    assert not [note for note in archive.search(query).notes if "too common" not in note]


def test_the_word_as_typed_comes_first(archive: Archive) -> None:
    for word, other in (("strike", "striking"), ("striking", "strike")):
        hits = whole(archive, word, match="all")
        has = [word in hit.article.excerpt.split() for hit in hits]
        assert has == sorted(has, reverse=True)
        assert not all(has)
        assert any(other in hit.article.excerpt for hit in hits)


def test_a_note_tells_of_other_forms_and_links_to_the_form_as_typed(archive: Archive) -> None:
    results = archive.search("strike")
    forms = results.forms
    assert forms
    assert (forms.total, forms.total + forms.others) == (archive.search("=strike").total, results.total)
    assert forms.forms == (("striking", archive.search("=striking -=strike").total),)
    assert forms.text in results.notes
    assert archive.search(forms.request).total == forms.total
    assert archive.search("strike", topic="Rail").forms.request.filters == {"topic": ("Rail",)}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "query", ["=strike", "bridge", "strike ferry", "(strike)^2 OR ferry", '"strike ferry"', "", "strik*"]
)
def test_there_are_no_other_forms_to_tell_of(archive: Archive, query: str) -> None:
    assert archive.search(query).forms is None


def test_alternatives_are_united_from_parts_that_were_searched_for(archive: Archive) -> None:
    view, plan = ArraySource(archive.settings.index.path).open(), Plan(size=80, reusable=True)
    begun = q.Prefix("text", "str")
    parts = [q.And([q.Term("text", "light"), q.Term("text", "harbour")]), begun]
    evaluated = view.find(q.Or(parts), plan)
    assert view.find(parts[0], plan).total
    assert view.find(begun, plan).total
    united = view.find(q.Or(parts), plan)
    assert united.page == evaluated.page
    assert (united.total, united.notes) == (evaluated.total, evaluated.notes)
    assert united.words(begun) == evaluated.words(begun) != frozenset()
    assert united.explain(0) == evaluated.explain(0)


def test_what_begins_with_the_last_word_is_ranked_where_its_hits_are_shown(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    ranked: list[ParsedQuery] = []

    def spy(parsed: ParsedQuery, view: View) -> ParsedQuery:
        ranked.append(parsed)
        return beginnings.ranked(parsed, view)

    monkeypatch.setattr(reading, "ranked", spy)
    first = archive.search("hArbour", size=1)
    assert first.begun_total
    assert not ranked
    assert archive.search("harbOur", size=1, unfinished=True).total == first.total + first.begun_total
    assert not ranked
    assert len(archive.search("hArbour", size=100)) == first.total + first.begun_total
    assert len(ranked) == 1
    assert archive.search("harBour", size=1, unfinished=True, sort="newest").hits[0].score
    assert len(ranked) == 2
