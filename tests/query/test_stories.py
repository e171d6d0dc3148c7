"""Stories in answers: collapsing never loses or doubles an article, and counts are those of stories."""

from __future__ import annotations

import functools
import itertools
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Archive, Hit, Results, open_archive, reindex
from indexer.errors import IndexDamagedError, RequestError
from indexer.facets import FACETS
from indexer.index.derived import NO_STORIES, Stories, save_stories, stories_in
from indexer.index.files import STORIES, open_generation_file
from indexer.query.parameters import SORTS
from tests.archives import drawn, settings_for, write

TEXTS = [
    "The harbour authority of Port Halden said on Tuesday that ferries will sail every hour from June, "
    "after years of complaints by commuters about crowded boats and long queues",
    "A striped parrot found far from any coast was returned to its owner, a retired teacher, who had "
    "searched nearby gardens for weeks and printed hundreds of leaflets",
    "Parliament voted narrowly against the bridge toll bill, which opponents called a tax upon workers "
    "while supporters promised cheaper trains, cleaner air and safer roads",
]
TAILS = ["", " this autumn", " officials added", " according to two people"]
PROVIDERS = [{"name": "Post", "domain": "post.example"}, {"name": "Wire", "domain": "wire.example"}, None]

articles = st.fixed_dictionaries(
    {
        "title": st.sampled_from(["Ferries every hour", "Parrot comes home", "Bridge toll bill fails"]),
        "excerpt": st.tuples(st.sampled_from(TEXTS), st.sampled_from(TAILS)).map("".join),
        "date": st.sampled_from(["2020-06-01", "2020-06-02", "2020-06-09", "2020-08-30", "2021-01-01", None]),
        "provider": st.sampled_from(PROVIDERS),
        "topics": st.lists(st.sampled_from(["Sea", "Land", "Ferries"]), max_size=2, unique=True),
        "tags": st.lists(st.sampled_from(["x", "y"]), max_size=2),
        "category": st.sampled_from(["news", None]),
        "quality": st.sampled_from([None, 50, 70]),
    }
)
chosen = st.fixed_dictionaries(
    {},
    optional={
        "topic": st.lists(st.sampled_from(["Sea", "Ferries", "none"]), min_size=1, max_size=2),
        "provider": st.sampled_from(["post.example", "none"]),
        "date": st.lists(
            st.sampled_from(["2020", "2020-06", "2020-06-01..2020-07", "none"]), min_size=1, max_size=2
        ),
        "tag": st.sampled_from(["x", "none"]),
        "after": st.just("2020-06-01"),
    },
)
queries = st.sampled_from(["", "ferries", "ferries OR parrot", "autumn OR bridge OR said"])


def build(folder: Path, files: list[dict[str, Any]]) -> Path:
    given_settings = settings_for(folder)
    write(given_settings.archive.path, "t.md", taxonomy="topic", name="Ferries", parent="Sea", keywords=["f"])
    for number, fields in enumerate(files):
        # Written after one another at times: the members of a story lie in several segments.
        write(given_settings.archive.path, f"{number}.md", url=f"https://a.example/{number}", **fields)
        if number in (0, 3):
            reindex(given_settings)
    reindex(given_settings)
    return given_settings.index.path


def story_of(archive: Archive) -> dict[str, tuple[str, ...]]:
    """Return the ids of each article's story."""
    return {h.article.id: tuple(m.id for m in archive.story(h.article)) for h in archive.search("", size=100)}


def ids(results: Results | list[Hit]) -> list[str]:
    return [hit.article.id for hit in results]


def test_near_copies_are_one_story(tmp_path: Path) -> None:
    files = [
        {"title": "Ferries every hour", "excerpt": TEXTS[0], "date": "2020-06-02", "provider": PROVIDERS[0]},
        {
            "title": "More boats",
            "excerpt": TEXTS[0] + TAILS[1],
            "date": "2020-06-01",
            "provider": PROVIDERS[1],
        },
        {"title": "Parrot comes home", "excerpt": TEXTS[1], "date": "2020-06-01", "provider": PROVIDERS[1]},
        {"title": "Ferries every hour", "excerpt": TEXTS[0], "date": "2021-06-01", "provider": PROVIDERS[0]},
    ]
    with open_archive(index=build(tmp_path, files)) as archive:
        results = archive.search("", collapse=True, sort="newest")
        assert (results.total, results.counts, len(results)) == (3, "stories", 3)
        copies = results[1].story
        assert [article.title for article in copies] == ["More boats", "Ferries every hour"]
        assert results[1].article.title == "Ferries every hour"  # of the newest first
        assert archive.search("", collapse=True, sort="oldest")[0].article.title == "More boats"
        assert copies.other_outlets == 1
        assert [a.title for a in copies.others] == ["More boats"]
        assert [a.title for a in copies[:1]] == ["More boats"]
        counts = {v.value: v.count for v in results.facets["provider"]}
        assert counts == {"post.example": 2, "wire.example": 2}
        assert archive.story("https://a.example/0").to_json() == {
            "id": results[1].article.id,
            "title": "Ferries every hour",
            "articles": 2,
            "other_outlets": 1,
            "members": [
                {
                    name: a.to_json()[name]
                    for name in ("id", "title", "url", "published_at", "day", "provider")
                }
                for a in copies
            ],
        }
        # A story has those of its articles that were found.
        assert len(archive.search("autumn", collapse=True)[0].story) == 1
        plain = archive.search("")
        assert (plain.total, plain.counts) == (4, "articles")
        assert "story" not in plain.to_json()["hits"][0]
        assert results.to_json()["hits"][1]["story"]["articles"] == 2
        with pytest.raises(RequestError, match="'story' takes an article, or the id or URL of one"):
            archive.story(7)  # type: ignore[arg-type]
        with pytest.raises(RequestError, match="'collapse' must be true or false"):
            archive.search("", collapse="yes")  # type: ignore[arg-type]


@drawn(25)
@given(st.lists(articles, min_size=1, max_size=9), queries, chosen, st.sampled_from(list(SORTS)))
def test_collapsing_never_loses_or_doubles_an_article(
    files: list[dict[str, Any]], query: str, filters: dict[str, Any], sort: str
) -> None:
    with tempfile.TemporaryDirectory() as folder, open_archive(index=build(Path(folder), files)) as archive:
        stories = story_of(archive)
        assert all(stories[other] == members for members in stories.values() for other in members)
        everything = archive.search(query, size=100, sort=sort, **filters)
        collapsed = archive.search(query, size=100, sort=sort, collapse=True, **filters)
        # Each story where the first of its articles stands.
        firsts = [next(group) for _, group in _by_story(ids(everything), stories)]
        assert ids(collapsed) == firsts
        assert collapsed.total == len(firsts)
        members = [article.id for hit in collapsed for article in hit.story]
        assert sorted(members) == sorted(ids(everything))
        for hit in collapsed:
            assert [a.id for a in hit.story] == [
                other for other in stories[hit.article.id] if other in set(members)
            ]
        assert _paged(functools.partial(archive.search, query, sort=sort, collapse=True, **filters)) == firsts


def _by_story(found: list[str], stories: dict[str, tuple[str, ...]]) -> Any:
    numbers = {members: found.index(next(f for f in found if f in members)) for members in stories.values()
               if set(members) & set(found)}  # fmt: skip
    ordered = sorted(found, key=lambda one: (numbers[stories[one]], found.index(one)))
    return itertools.groupby(ordered, key=lambda one: stories[one])


def _paged(search: Any) -> list[str]:
    """Return what pages of two hits give, by number and by cursor: they must agree."""
    by_number: list[str] = []
    for page in itertools.count(1):
        results = search(size=2, page=page)
        if not len(results):
            break
        by_number += ids(results)
    by_cursor: list[str] = []
    cursor = None
    while True:
        results = search(size=2, cursor=cursor)
        by_cursor += ids(results)
        cursor = results.next_cursor
        if cursor is None:
            assert by_cursor == by_number
            return by_number


@drawn(25)
@given(st.lists(articles, min_size=1, max_size=9), queries, chosen)
def test_the_count_of_a_value_is_the_total_of_choosing_it_collapsed(
    files: list[dict[str, Any]], query: str, filters: dict[str, Any]
) -> None:
    with tempfile.TemporaryDirectory() as folder, open_archive(index=build(Path(folder), files)) as archive:
        results = archive.search(query, collapse=True, **filters)
        for name in FACETS:
            for value in results.facets[name]:
                alone = archive.search(query, collapse=True, **{**filters, name: value.value})
                assert alone.total == value.count, (name, value)
            assert list(archive.facet(name, archive.request(query, collapse=True, **filters))) == list(
                results.facets[name]
            )


def test_a_cursor_belongs_to_stories_or_to_articles(tmp_path: Path) -> None:
    files = [{"title": f"Number {n}", "date": "2020-06-02"} for n in range(3)]
    with open_archive(index=build(tmp_path, files)) as archive:
        cursor = archive.search("", size=1, collapse=True).next_cursor
        assert archive.search("", size=1, collapse=True, cursor=cursor).page == 2
        with pytest.raises(RequestError, match="the cursor belongs to another search"):
            archive.search("", size=1, cursor=cursor)


def test_an_answer_keeps_its_stories_when_a_run_has_removed_their_file(tmp_path: Path) -> None:
    files = [{"title": "Ferries", "excerpt": TEXTS[0], "date": "2020-06-02"} for _ in range(2)]
    index = build(tmp_path, files)
    with open_archive(index=index) as archive:
        hit = archive.search("", collapse=False)[0]
        write(tmp_path / "archive", "new.md", title="Another one")
        reindex(settings_for(tmp_path))
        assert len(hit.story) == 2
        assert len(list(index.glob("stories-*.arrays"))) == 1


def test_what_is_no_stories_is_refused(tmp_path: Path) -> None:
    def read(stories: Stories, documents: int) -> Stories:
        save_stories(tmp_path, 1, stories)
        return stories_in(open_generation_file(tmp_path, STORIES, 1), documents)

    def made(members: list[int], starts: list[int]) -> Stories:
        return Stories(np.array(members, np.uint32), np.array(starts))

    assert len(read(made([3, 1], [0, 2]), 4)) == 1
    assert len(read(NO_STORIES, 0)) == 0
    for members, starts, documents in (([3, 1], [0, 2], 3), ([1, 1], [0, 2], 4), ([1], [0, 1], 4)):
        with pytest.raises(IndexDamagedError, match="what `members` refers to is not there"):
            read(made(members, starts), documents)
