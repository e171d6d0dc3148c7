"""The query module as a script uses it: what is found, in which order, and what is said about it."""

from __future__ import annotations

import atexit
import base64
import json
import math
import shutil
import tempfile
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query as q
from whoosh.searching import Searcher

from indexer import Archive, open_archive, reindex
from indexer.codec.reader import open_segment
from indexer.errors import IndexDamagedError, NotFoundError, RequestError
from indexer.query.arrays.source import ArraySource
from indexer.query.arrays.store.matchers import CombinedBm25
from indexer.query.language.syntax import SYNTAX
from indexer.query.source import Plan
from tests.archives import REPOSITORY, settings_for, write


def build(folder: Path, *articles: dict[str, Any], **sections: dict[str, Any]) -> Path:
    given_settings = settings_for(folder, **sections)
    for number, fields in enumerate(articles):
        fields = {"url": f"https://a.example/{number}", **fields}  # noqa: PLW2901
        write(given_settings.archive.path, f"{number}.md", fields.pop("body", ""), **fields)
    reindex(given_settings)
    return given_settings.index.path


def titles(archive: Archive, query: str | q.Query = "", **filters: Any) -> list[str]:
    return [hit.article.title for hit in archive.search(query, size=100, **filters)]


class TestWords:
    TEXTS = (
        "Meeting of the Board", "Meeting this Board", "Tax form W-2 explained", "Two w words and 2 numbers",
        "Learning C++ today", "Learning C# today", "The .NET runtime", "AT&T buys a network", "At T-Mobile",
        "R&D spending", "COVID-19 figures", "Cases of COVID 19", "GPT-3 writes", "5G masts", "The U.S. votes",
        "They told us", "Café society", "Cafe for sale", "state-of-the-art kit", "State of play", "“Smart” quotes",
        "O’Brien’s day", "東京タワー at night", "Facial recognition", "facial-recognition ban",
    )  # fmt: skip

    @pytest.fixture(scope="class")
    @classmethod
    def archive(cls, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
        index = build(tmp_path_factory.mktemp("words"), *({"title": text} for text in cls.TEXTS))
        with open_archive(index=index) as archive:
            yield archive

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ('"Meeting of the Board"', {"Meeting of the Board"}),
            ("“Meeting of the Board”", {"Meeting of the Board"}),
            ("W-2", {"Tax form W-2 explained"}),
            ("C++", {"Learning C++ today"}),
            ("c#", {"Learning C# today"}),
            (".NET", {"The .NET runtime"}),
            ("AT&T", {"AT&T buys a network"}),
            ("r&d", {"R&D spending"}),
            ("COVID-19", {"COVID-19 figures", "Cases of COVID 19"}),
            ("covid 19", {"COVID-19 figures", "Cases of COVID 19"}),
            ("COVID–19", {"COVID-19 figures", "Cases of COVID 19"}),
            ("gpt-3", {"GPT-3 writes"}),
            ("5G", {"5G masts"}),
            ("U.S.", {"The U.S. votes"}),
            ("cafe", {"Café society", "Cafe for sale"}),
            ("state-of-the-art", {"state-of-the-art kit"}),
            ("smart quotes", {"“Smart” quotes"}),
            ("o'brien", {"O’Brien’s day"}),
            ("O’Brien", {"O’Brien’s day"}),
            ("東京", {"東京タワー at night"}),
            ("塔", set()),
            ("京", {"東京タワー at night"}),
            ("facial-recognition", {"Facial recognition", "facial-recognition ban"}),
            ("board -this", {"Meeting of the Board"}),
            ("board NOT this", {"Meeting of the Board"}),
            ("boarrd~", {"Meeting of the Board", "Meeting this Board"}),
            ("recogn*", {"Facial recognition", "facial-recognition ban"}),
            ("c?fe", {"Café society", "Cafe for sale"}),
            ("=learning C++", {"Learning C++ today"}),
            ("=learn", set()),
            ("learn", {"Learning C++ today", "Learning C# today"}),
            ("title:café", {"Café society", "Cafe for sale"}),
            ("title:=café", {"Café society"}),
            ("excerpt:cafe", set()),
            ("the board", {"Meeting of the Board", "Meeting this Board"}),
            ("(covid OR 5g) -masts", {"COVID-19 figures", "Cases of COVID 19"}),
            ('"meeting board"~2', {"Meeting of the Board", "Meeting this Board"}),
            ('"meeting board"~1', {"Meeting this Board"}),
            ("nothing-of-the-kind", set()),
        ],
    )
    def test_is_found_as_typed(self, archive: Archive, query: str, found: set[str]) -> None:
        assert set(titles(archive, query, match="all")) == found

    def test_an_accented_query_ranks_its_own_spelling_first(self, archive: Archive) -> None:
        assert titles(archive, "café") == ["Café society", "Cafe for sale"]

    def test_a_query_of_stop_words_alone_is_not_everything(self, archive: Archive) -> None:
        found = titles(archive, "they us")
        assert "They told us" in found
        assert len(found) < len(self.TEXTS)

    def test_a_phrase_does_not_reach_from_title_to_excerpt(self, tmp_path: Path) -> None:
        index = build(tmp_path, {"title": "Old harbour", "excerpt": "Bridge closed."})
        with open_archive(index=index) as archive:
            assert titles(archive, "harbour bridge") == ["Old harbour"]
            assert titles(archive, '"harbour bridge"~50') == []


def test_a_word_twice_in_the_query_counts_twice(corpus: Archive) -> None:
    once = {hit.article.id: hit.score for hit in corpus.search("ferry strike", size=100, match="all")}
    twice = {hit.article.id: hit.score for hit in corpus.search("ferry ferry strike", size=100, match="all")}
    alone = {hit.article.id: hit.score for hit in corpus.search(q.Term("text", "ferri"), size=100)}
    assert once.keys() == twice.keys()
    for key, score in once.items():
        assert twice[key] == pytest.approx(score + alone[key])


def test_a_word_in_the_title_counts_twice_and_the_score_is_bm25f(tmp_path: Path) -> None:
    index = build(
        tmp_path, {"title": "harbour", "excerpt": "quiet"}, {"title": "quiet", "excerpt": "harbour"}
    )
    with open_archive(index=index) as archive:
        first, second = archive.search("harbour")
        # Lengths: the title's word twice, the excerpt's once; the same for both, so the norm is 1.
        idf = math.log(1 + (2 - 2 + 0.5) / (2 + 0.5))
        # Twice, as the word stands as it was typed.
        assert first.score == pytest.approx(2 * idf * 2 * 2.5 / (2 + 1.5))
        assert second.score == pytest.approx(2 * idf * 1 * 2.5 / (1 + 1.5))


def test_stop_words_add_nothing_to_the_length(tmp_path: Path) -> None:
    texts = ({"title": "harbour of the of the"}, {"title": "harbour"})
    with open_archive(index=build(tmp_path, *texts)) as archive:
        first, second = archive.search("harbour")
        assert first.score == second.score


def test_the_documents_and_scores_are_those_of_stock_whoosh(corpus: Archive) -> None:
    """Whoosh's own searcher, with our scorer, is the oracle for trees without columns."""
    snapshot = corpus._engine._source.open().snapshot  # type: ignore[attr-defined]
    searcher = Searcher(snapshot.reader, weighting=CombinedBm25())
    for text in (
        "ferry strike",
        "ferry OR bridge",
        '"Carrow Bridge"',
        "bridge -ferry",
        "title:bridge harbour^3",
        "café",
    ):
        tree = corpus.search(text).parsed.query  # a tree is evaluated as it is, without pairs of words
        results = corpus.search(tree, size=100)
        expected = searcher.search(tree, limit=None)
        theirs = {snapshot.article(hit.docnum).id: hit.score for hit in expected}
        ours = {hit.article.id: hit.score for hit in results}
        assert results.total == len(theirs)
        assert ours == pytest.approx({key: theirs[key] for key in ours})


def test_a_tree_of_whooshs_can_be_the_query(corpus: Archive) -> None:
    tree = q.And([q.Term("text", "ferri"), q.Not(q.Term("text", "strike"))])
    assert set(titles(corpus, tree)) == set(titles(corpus, "ferry -strike"))
    assert corpus.search(q.Every()).total == corpus.search("").total
    assert corpus.search(q.NumericRange("quality", 50, None)).total == corpus.search("quality:>=50").total


def test_a_tree_without_parts_finds_nothing(corpus: Archive) -> None:
    for tree in (q.And([]), q.Or([]), q.Phrase("text", [])):
        assert corpus.search(tree).total == 0


def test_articles_that_are_alike_tie_wherever_they_stand(tmp_path: Path) -> None:
    """A product of matrices, as BLAS takes it, rounds a document's score by its place among the others:
    then the newest of equals would not be the first."""
    given_settings = settings_for(tmp_path)
    groups = [*range(1, 28), 31, 53]
    words = ["harbour", "bridge", "old", "ferry", "light", "strike"]
    for n in range(600):  # so that the words weigh differently
        write(
            given_settings.archive.path, f"other-{n}.md", title="Another",
            excerpt=" ".join(word for place, word in enumerate(words) if n % (place + 2)),
            url=f"https://a.example/other/{n}",
        )  # fmt: skip
    for group in groups:
        for n in range(group):
            write(
                given_settings.archive.path, f"{group}-{n}.md", title=f"harbour bridge g{group}x",
                excerpt="bridge light bridge ferry old old old strike", date=f"2020-01-{n % 28 + 1:02}T00:{n:02}:00Z",
                url=f"https://a.example/{group}/{n}",
            )  # fmt: skip
    reindex(given_settings)
    with open_archive(index=given_settings.index.path) as archive:
        for group in groups:
            for count in range(2, len(words) + 1):
                query = " ".join([*words[:count], f"g{group}x"])
                hits = list(archive.search(query, size=100, match="all"))
                assert len(hits) == group
                assert len({hit.score for hit in hits}) == 1
                dates = [hit.article.published_at for hit in hits]
                assert dates == sorted(dates, reverse=True)


class TestOrderAndPages:
    @pytest.mark.parametrize("sort", ["relevance", "newest", "oldest", "quality", "heat"])
    @pytest.mark.parametrize("query", ["", "port"])
    def test_pages_and_cursors_give_every_article_once_in_one_order(
        self, corpus: Archive, sort: str, query: str
    ) -> None:
        first = corpus.search(query, sort=sort)
        total = first.total + first.begun_total + first.some_total
        by_page = [
            hit.article.id
            for page in range(1, -(-total // 7) + 1)
            for hit in corpus.search(query, sort=sort, page=page, size=7)
        ]
        by_cursor: list[str] = []
        cursor: str | None = None
        while True:
            results = corpus.search(query, sort=sort, size=7, cursor=cursor)
            by_cursor += [hit.article.id for hit in results]
            cursor = results.next_cursor
            assert results.total == first.total
            if cursor is None:
                break
        assert by_page == by_cursor
        assert len(set(by_page)) == len(by_page) == total

    def test_the_orders_are_what_they_say(self, corpus: Archive) -> None:
        newest = [h.article.published_at for h in corpus.search("", sort="newest", size=100)]
        dated = [d for d in newest if d]
        assert dated == sorted(dated, reverse=True)
        oldest = [h.article.published_at for h in corpus.search("", sort="oldest", size=100)]
        assert oldest[0] is not None
        assert [d for d in oldest if d] == sorted(d for d in oldest if d)
        last = corpus.search("", sort="oldest", page=corpus.search("", size=100).pages, size=100)
        assert last[len(last) - 1].article.published_at is None
        for name in ("quality", "heat"):
            values = [getattr(h.article, name) for h in corpus.search("", sort=name, size=100)]
            assert [v for v in values if v is not None] == sorted(
                (v for v in values if v is not None), reverse=True
            )

    def test_a_page_past_the_end_is_empty_and_keeps_the_total(self, corpus: Archive) -> None:
        results = corpus.search("ferry", page=10_000)
        assert (len(results), results.next_cursor) == (0, None)
        assert results.total > 0

    def test_a_cursor_goes_on_in_a_newer_generation_and_says_so(self, tmp_path: Path) -> None:
        given_settings = settings_for(tmp_path)
        root = given_settings.archive.path
        for n in range(1, 7):
            write(root, f"{n}.md", title=f"Story {n}", url=f"https://a.example/{n}", date=f"2020-01-0{n}")
        reindex(given_settings)
        with open_archive(index=given_settings.index.path) as archive:
            first = archive.search("", sort="newest", size=2)
            assert [h.article.title for h in first] == ["Story 6", "Story 5"]
            (root / "5.md").unlink()
            write(root, "7.md", title="Story 7", url="https://a.example/7", date="2020-01-07")
            write(root, "4b.md", title="Story 4b", url="https://a.example/4b", date="2020-01-04T12:00:00Z")
            reindex(given_settings)
            second = archive.search("", sort="newest", size=3, cursor=first.next_cursor)
            assert [h.article.title for h in second] == ["Story 4b", "Story 4", "Story 3"]
            assert any("indexed anew" in note for note in second.notes)

    @pytest.mark.parametrize(
        "cursor",
        ["", "x", "bm90IGpzb24", "W10", "WzEsMl0", "ÿ", "W251bGwsbnVsbCxudWxsLG51bGwsbnVsbCxudWxsXQ"],
    )
    def test_a_cursor_that_is_none_is_a_bad_request(self, corpus: Archive, cursor: str) -> None:
        if not cursor:
            assert corpus.search("", cursor="").page == 1
        else:
            with pytest.raises(RequestError, match="cursor"):
                corpus.search("", cursor=cursor)

    def test_a_cursor_of_another_search_is_a_bad_request(self, corpus: Archive) -> None:
        cursor = corpus.search("").next_cursor
        with pytest.raises(RequestError, match="belongs to another search"):
            corpus.search("ferry", cursor=cursor)


class TestFilters:
    def test_days_are_those_that_files_write_and_the_named_period_is_left_out(self, tmp_path: Path) -> None:
        days = (
            "2020-05-31T23:59:59Z",
            "2020-06-01T00:00:00Z",
            "2020-06-30T23:59:59Z",
            "2020-07-01T01:00:00+02:00",
            "2020-07-01",
        )
        articles = [{"title": f"n{n}", "date": day} for n, day in enumerate(days)]
        with open_archive(index=build(tmp_path, *articles)) as archive:
            assert set(titles(archive, after="2020-06")) == {"n3", "n4"}
            assert set(titles(archive, before="2020-06")) == {"n0"}
            assert set(titles(archive, date="2020-06")) == {"n1", "n2"}
            assert set(titles(archive, date="2020-06-01..2020-06-30")) == {"n1", "n2"}
            assert set(titles(archive, after=date(2020, 6, 30))) == {"n3", "n4"}
            assert set(titles(archive, "date:2020-06")) == set(titles(archive, date="2020-06"))
            assert set(titles(archive, "after:2020-06")) == {"n3", "n4"}

    def test_featured_has_three_states(self, corpus: Archive) -> None:
        total = corpus.search("").total
        featured, others = corpus.search("", featured=True), corpus.search("", featured=False)
        assert featured.total + others.total == total
        assert all(hit.article.featured for hit in featured)
        assert corpus.search("is:featured").total == featured.total

    def test_origin(self, corpus: Archive) -> None:
        related = corpus.search("", origin="related")
        assert related.total == corpus.stats().related
        assert {hit.article.origin for hit in related} == {"related"}
        assert corpus.search("origin:related").total == related.total

    def test_a_facet_value_is_found_in_any_letter_case_and_by_its_label(self, corpus: Archive) -> None:
        provider = corpus.search("").facets["provider"][0]
        assert provider.value != provider.label
        for text in (provider.value, provider.value.upper(), provider.label, provider.label.lower()):
            assert corpus.search("", provider=text).total == provider.count
            assert corpus.search(f'provider:"{text}"').total == provider.count

    @pytest.mark.parametrize(
        ("parameters", "told"),
        [
            ({"sort": "relevence"}, "Did you mean 'relevance'"),
            ({"page": 0}, "'page' must be a whole number from 1"),
            ({"page": "2"}, "'page'"),
            ({"size": 1000}, "'size' must be a whole number from 1 to 100"),
            ({"origin": "nowhere"}, "'origin'"),
            ({"after": "soon"}, "'soon' is not a date (after). Write a year"),
            ({"before": "2020-13"}, "there is no month 13 in 2020 (before). Write a year"),
            ({"date": ".."}, "'..' is not a range of dates (date). Write one as"),
            ({"date": "2020-02-30"}, "in February 2020 (date)"),
            ({"featured": "yes"}, "'featured' must be true or false"),
            ({"topic": [3]}, "'topic' takes a text or several"),
        ],
    )
    def test_a_parameter_that_cannot_be_used_is_named(
        self, corpus: Archive, parameters: dict[str, Any], told: str
    ) -> None:
        with pytest.raises(RequestError) as caught:
            corpus.search("", **parameters)
        assert told in str(caught.value)
        assert (caught.value.exit_status, caught.value.http_status) == (2, 400)

    def test_a_tree_that_cannot_be_evaluated_is_a_bad_request(self, corpus: Archive) -> None:
        for tree in (q.Prefix("nowhere", "x"), q.Phrase("topic", ["a", "b"])):
            with pytest.raises(RequestError, match="the query tree cannot be evaluated"):
                corpus.search(tree)

    def test_what_was_found_for_one_tree_is_never_taken_for_another(self, corpus_index: Path) -> None:
        # A tree that is gone gives its place in memory, and so its id(), to the next one.
        view = ArraySource(corpus_index).open()
        tree = q.Term("text", "ferri")
        ferries = view.find(tree, Plan(reusable=True)).count
        schools = view.find(q.Term("text", "school"), Plan()).count
        tree.text = "school"
        assert [view.find(tree, Plan(reusable=kept)).count for kept in (True, False)] == [ferries, schools]
        assert ferries != schools

    def test_a_checked_request_takes_no_options_beside_it(self, corpus: Archive) -> None:
        request = corpus.request("ferry", topic="travel")
        assert corpus.search(request).total == corpus.search("ferry", topic="travel").total
        for ask in (corpus.search, corpus.overview, corpus.timeline):
            with pytest.raises(RequestError, match="takes no options beside it"):
                ask(request, topic="sport")

    def test_a_tree_is_not_told_off_for_a_damaged_index(self, corpus_index: Path, tmp_path: Path) -> None:
        index = shutil.copytree(corpus_index, tmp_path / "index")
        for path in index.glob("MAIN_*.arrays"):
            data = bytearray(path.read_bytes())
            for entry in open_segment(path).file.table.sections:
                if entry.size and "/text/" in entry.name and "docs" in entry.name:
                    data[entry.offset] ^= 1
            path.write_bytes(data)
        with open_archive(index=index) as archive:
            for query in (q.Term("text", "ferri"), "ferry"):
                with pytest.raises(IndexDamagedError):
                    archive.search(query)

    def test_a_forged_cursor_is_a_bad_request(self, corpus: Archive) -> None:
        cursor = corpus.search("").next_cursor or ""
        data = json.loads(base64.urlsafe_b64decode(cursor + "=="))
        data[3] = "\ud800"
        forged = base64.urlsafe_b64encode(json.dumps(data).encode()).decode()
        with pytest.raises(RequestError, match="cannot be read"):
            corpus.search("", cursor=forged)

    def test_related_to_nothing_is_a_bad_request(self, corpus: Archive) -> None:
        with pytest.raises(RequestError, match="'related' takes an article"):
            corpus.related(None)  # type: ignore[arg-type]

    def test_an_unknown_keyword_has_a_suggestion(self, corpus: Archive) -> None:
        with pytest.raises(RequestError, match="Did you mean 'topic'"):
            corpus.request("", topics="x")

    @pytest.mark.parametrize("query", [b"ferry", 3, None])
    def test_a_query_is_text_or_a_tree(self, corpus: Archive, query: Any) -> None:
        with pytest.raises(RequestError, match="neither text nor a query tree"):
            corpus.search(query)


class TestExplained:
    def test_a_long_phrase_is_answered_and_said_to_be_cut(self, corpus: Archive) -> None:
        parsed = corpus.search('"' + "the " * 1900 + '"~50').parsed
        assert any("cut after 50 words" in note.text for note in parsed.notes)

    def test_without_words_to_rank_by_the_order_is_newest(self, corpus: Archive) -> None:
        assert corpus.search("topic:sport").sort == corpus.search("-ferry").sort == "newest"
        assert corpus.search("topic:sport ferry").sort == "relevance"

    def test_the_answer_tells_how_it_was_read_and_how_often_each_term_occurs(self, corpus: Archive) -> None:
        parsed = corpus.search("the café bridge").parsed
        kinds = {note.kind for note in parsed.notes}
        assert {"dropped", "folded"} <= {str(kind) for kind in kinds}
        assert any(t.term == "bridg" and t.documents > 1 for t in parsed.terms)
        assert "read as" in str(parsed)

    def test_a_wildcard_that_is_cut_short_says_so(self, tmp_path: Path) -> None:
        articles = [{"title": f"word{n}"} for n in range(30)]
        index = build(tmp_path, *articles)
        (tmp_path / "config.toml").write_text("[search]\nexpansion_limit = 10\n")
        with open_archive(tmp_path / "config.toml", index=index) as archive:
            results = archive.search("word*")
            assert results.total == 10
            assert any("more than 10 words" in note for note in results.notes)

    def test_an_unknown_topic_is_read_as_those_that_have_its_words_and_told(self, corpus: Archive) -> None:
        parsed = corpus.search("topic:intelligence").parsed
        assert (
            corpus.search("topic:intelligence").total
            == corpus.search("", topic="Artificial Intelligence").total
        )
        assert any("no topic called" in note.text for note in parsed.notes)


class TestArticles:
    def test_by_id_url_and_file(self, corpus: Archive) -> None:
        hit = corpus.search("ferry strike")[0]
        article = hit.article
        assert article.url
        mark = "&" if "?" in article.url else "?"
        for key in (article.id, article.url, f"{article.url}{mark}utm_source=x#top"):
            assert corpus.article(key) == article
        file = next((REPOSITORY / "corpus" / "older").glob("*.md"))
        assert corpus.article(f"older/{file.name}").url in file.read_text(encoding="utf-8")

    def test_a_hit_knows_its_file_and_the_file_finds_it(self, corpus: Archive) -> None:
        hit = corpus.search("ferry strike")[0]
        assert (REPOSITORY / "corpus" / hit.file).is_file()
        assert corpus.file(hit.article) == hit.file
        assert corpus.article(hit.file).title == hit.article.title

    def test_a_provider_known_by_its_domain_has_its_organizations_name(self, tmp_path: Path) -> None:
        given_settings = settings_for(tmp_path)
        root = given_settings.archive.path
        write(root, "o.md", taxonomy="organization", name="The Post", domain="post.example")
        write(root, "a.md", title="light", url="https://a.example/1", provider="post.example")
        reindex(given_settings)
        with open_archive(index=given_settings.index.path) as archive:
            provider = archive.search("light")[0].article.provider
            assert provider
            assert (provider.name, provider.domain) == ("The Post", "post.example")

    def test_there_being_none_is_told(self, corpus: Archive) -> None:
        with pytest.raises(NotFoundError, match="there is no article 'nowhere'"):
            corpus.article("nowhere")

    def test_the_times_are_utc_datetimes(self, corpus: Archive) -> None:
        found = corpus.search("", sort="newest")[0].article.published_at
        assert isinstance(found, datetime)
        assert found.tzinfo is UTC


class TestRelated:
    def test_the_editors_choice_comes_first_and_never_the_article_itself(self, corpus: Archive) -> None:
        for hit in corpus.search("has:related", size=100):
            related = corpus.related(hit.article)
            kinds = [item.kind for item in related]
            assert kinds == sorted(kinds, key=["editors", "computed"].index)
            assert "editors" in kinds
            ids = [item.article.id for item in related]
            assert hit.article.id not in ids
            assert len(set(ids)) == len(ids)
            assert all(item.reason for item in related)

    def test_links_go_both_ways(self, corpus: Archive) -> None:
        source = corpus.search("has:related")[0].article
        target = corpus.related(source)[0].article
        back = corpus.related(target).mentioned_by
        assert source.id in [item.article.id for item in back]
        assert {item.kind for item in back} == {"mentioned_by"}

    def test_what_is_computed_shares_words_and_says_which(self, corpus: Archive) -> None:
        article = corpus.search("astrolabe")[0].article
        computed = [item for item in corpus.related(article) if item.kind == "computed"]
        assert computed
        assert any("strolabe" in item.reason for item in computed)
        assert all(item.score > 0 for item in computed)

    def test_size_is_kept(self, corpus: Archive) -> None:
        article = corpus.search("ferry")[0].article
        assert len(corpus.related(article, size=2)) == 2


def test_many_threads_get_the_answers_that_one_gets(corpus: Archive) -> None:
    queries = ["ferry", '"Carrow Bridge"', "recogn*", "topic:sport", "café -tea", "quality:>50 port"]
    expected = {text: [hit.to_json() for hit in corpus.search(text)] for text in queries}
    wrong: list[str] = []

    def ask(offset: int) -> None:
        for i in range(12):
            text = queries[(offset + i) % len(queries)]
            results = corpus.search(text, size=10)
            if [hit.to_json() for hit in results] != expected[text] or not results.facets["topic"]:
                wrong.append(text)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@settings(max_examples=150)
@given(st.text(max_size=40))
def test_any_text_gives_an_answer(text: str) -> None:
    with open_archive(index=_small_index()) as archive:
        results = archive.search(text)
        whole = archive.search(text, size=100)
        assert results.total == sum(hit.part == "all" for hit in whole)
        assert results.some_total == sum(hit.part == "some" for hit in whole)
        assert results.to_json(explain=True)["explain"]


_SMALL: list[Path] = []


def _small_index() -> Path:
    if not _SMALL:
        folder = Path(tempfile.mkdtemp())
        atexit.register(shutil.rmtree, folder)
        texts = (
            {"title": "harbour bridge", "body": "Ferry. " * 40},
            {"title": "café 東京"},
            {"title": "C++ U.S."},
        )
        _SMALL.append(build(folder, *texts))
    return _SMALL[0]


def test_a_closed_archive_says_so(corpus_index: Path) -> None:
    archive = open_archive(index=corpus_index)
    archive.close()
    with pytest.raises(RequestError, match="closed"):
        archive.search("")


def test_the_example_of_the_module_runs(corpus: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    results = corpus.search(
        "facial recognition", topic=["AI", "Artificial Intelligence"], after="2020-06", sort="newest"
    )
    print(results.total)
    for hit in results:
        print(hit.article.title, hit.article.url, hit.score, hit.snippet)
    for value in results.facets["provider"]:
        print(value.label, value.count, value.selected)
    related = corpus.related(results[0].article)
    assert results.total > 0
    assert len(related) > 0
    assert "recognition" in capsys.readouterr().out


def test_the_examples_of_the_help_find_something_in_the_sample_archive(corpus: Archive) -> None:
    for row in SYNTAX:
        if "last" not in row.example:  # the sample archive ends in 2023
            assert corpus.search(row.example).total, row.example
