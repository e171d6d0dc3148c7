"""What is found to be one story, and what is not."""

from __future__ import annotations

import dataclasses
import itertools
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import Article, Provider
from indexer.analysis import analyzer_for
from indexer.codec.reader import SegmentArrays, open_segment
from indexer.index.derived import Stories
from indexer.indexing.segment import SegmentBuilder
from indexer.indexing.stories import Texts, find_stories, group

TEXT = (
    "The harbour authority of Port Halden said on Tuesday that ferries will sail every hour from June, "
    "after years of complaints by commuters about crowded boats and long queues at both terminals"
)
OTHER = (
    "A striped parrot found far from any coast was returned to its owner, a retired teacher, who had "
    "searched nearby gardens for weeks and printed hundreds of leaflets"
)
FIVE = "All ferries sail every hour"
JUNE = datetime(2020, 6, 1, 9, tzinfo=UTC)


def article(title: str, text: str, days: float | None, outlet: str | None) -> Article:
    return Article(
        id="",
        title=title,
        excerpt=text,
        published_at=None if days is None else JUNE + timedelta(days=days),
        provider=Provider(outlet, f"{outlet.lower()}.example") if outlet else None,
    )


def segment_of(articles: Sequence[Article], path: Path, first: int = 0) -> SegmentArrays:
    builder = SegmentBuilder(analyzer_for("english"), 1 << 30)
    for number, one in enumerate(articles, start=first):
        identity = f"{number * 0x9E3779B97F4A7C15 % 2**64:016x}"
        builder.add(dataclasses.replace(one, id=identity), f"{number}.md", one.to_stored())
    builder.write(path)
    return open_segment(path)


def grouped(stories: Stories) -> set[frozenset[int]]:
    bounds = stories.starts.tolist()
    return {frozenset(stories.members[a:b].tolist()) for a, b in itertools.pairwise(bounds)}


@pytest.mark.parametrize(
    ("why", "a", "b", "joined"),
    [
        ("a copy", ("Ferries", TEXT, 0, "Post"), ("Ferries", TEXT, 1, "Wire"), True),
        ("under another title", ("Ferries", TEXT, 0, "Post"), ("More boats", TEXT, 1, "Wire"), True),
        ("a version", ("Ferries to sail", TEXT, 0, "Post"), ("Ferries to sail", TEXT, 1, "Post"), True),
        ("no providers", ("Ferries", TEXT, 0, None), ("More boats", TEXT, 1, None), True),
        ("what stands below all of one's", ("Ferries", TEXT, 0, "Post"), ("Budget", TEXT, 1, "Post"), False),
        ("a year later", ("Ferries", TEXT, 0, "Post"), ("Ferries", TEXT, 365, "Wire"), False),
        ("within two weeks", ("Ferries", TEXT, 0, "Post"), ("Ferries", TEXT, 13, "Wire"), True),
        ("undated", ("Ferries", TEXT, None, "Post"), ("Ferries", TEXT, 0, "Wire"), True),
        ("both undated", ("Ferries", TEXT, None, "Post"), ("Ferries", TEXT, None, "Wire"), True),
        ("another text", ("Ferries", TEXT, 0, "Post"), ("Ferries", OTHER, 0, "Wire"), False),
        ("a few words", ("Video of the week", "", 0, "Post"), ("Video of the week", "", 0, "Wire"), False),
        (
            "a whole title",
            ("Harbour authority promises hourly ferries in June", "", 0, "Post"),
            ("Harbour authority promises hourly ferries in June", "", 0, "Wire"),
            True,
        ),
        (
            "most of a title",
            ("Work with harbour authority portals today", "", 0, "Post"),
            ("Extend your harbour authority portals today", "", 0, "Wire"),
            False,
        ),
        ("nothing", ("", "", 0, "Post"), ("", "", 0, "Wire"), False),
        ("a title of five words", (FIVE, TEXT, 0, "Post"), (FIVE, OTHER, 3, "Wire"), True),
        ("that is written otherwise", (FIVE, TEXT, 0, "Post"), (f"“{FIVE.upper()}”", OTHER, 3, "Wire"), True),
        ("of one provider", (FIVE, TEXT, 0, "Post"), (FIVE, OTHER, 3, "Post"), True),
        (
            "of stop words",
            ("What this is and was", "", 0, "Post"),
            ("What this is and was", OTHER, 1, "Wire"),
            True,
        ),
        ("after three days", (FIVE, TEXT, 0, "Post"), (FIVE, OTHER, 3.1, "Wire"), False),
        ("of no date", (FIVE, TEXT, None, "Post"), (FIVE, OTHER, 0, "Wire"), False),
        (
            "of four words",
            ("Ferries sail every hour", TEXT, 0, "Post"),
            ("Ferries sail every hour", OTHER, 0, "Wire"),
            False,
        ),
        (
            "in another order",
            (FIVE, TEXT, 0, "Post"),
            ("Every hour all ferries sail", OTHER, 0, "Wire"),
            False,
        ),
        (
            "a long Japanese title",
            ("東京の港でフェリーが毎時運航", TEXT, 0, "Post"),
            ("東京の港でフェリーが毎時運航", OTHER, 0, "Wire"),
            True,
        ),
        ("a short Japanese title", ("東京の港", TEXT, 0, "Post"), ("東京の港", OTHER, 0, "Wire"), False),
        ("a series", ("Ferries in week 15", TEXT, 0, "Post"), ("Ferries in week 16", TEXT, 1, "Post"), False),
        (
            "a series of none",
            ("Ferries in week 15", TEXT, 0, None),
            ("Ferries in week 16", TEXT, 1, None),
            False,
        ),
        ("release notes", ("Ferries v2.1", TEXT, 0, "Post"), ("Ferries v2.1.3-rc1", TEXT, 1, "Post"), False),
        ("a Japanese series", ("第15週の港", TEXT, 0, "Post"), ("第16週の港", TEXT, 1, "Post"), False),
        ("undated series", ("Ferries 15", TEXT, None, "Post"), ("Ferries 16", TEXT, None, "Post"), False),
        (
            "one number twice",
            ("Ferries in week 15", TEXT, 0, "Post"),
            ("Ferries in week 15", TEXT, 1, "Post"),
            True,
        ),
        (
            "others' numbers",
            ("Ferries in week 15", TEXT, 0, "Post"),
            ("Ferries in week 16", TEXT, 1, "Wire"),
            True,
        ),
    ],
)
def test_what_is_one_story(tmp_path: Path, why: str, a: Any, b: Any, joined: bool) -> None:
    found = find_stories([segment_of([article(*a), article(*b)], tmp_path / "a")])
    assert (len(found) == 1) is joined, why


def lone(number: int, words: int = 24) -> str:
    """Return a text that has no word of any other."""
    return " ".join(f"w{number}x{chr(97 + n)}" for n in range(words))


@pytest.mark.parametrize(("texts", "joined"), [((1, 2), True), ((1, 2, 3), False), ((1, 1, 1), True)])
def test_a_title_that_one_provider_uses_for_three_texts_is_a_columns(
    tmp_path: Path, texts: tuple[int, ...], joined: bool
) -> None:
    """However far apart these lie."""
    days = [0, 40, 80]
    found = [article(FIVE, lone(n), day, "Post") for n, day in zip(texts, days, strict=False)]
    found += [article(FIVE, lone(8), 1, "Wire"), article(FIVE, lone(9), 41, "Herald")]
    stories = grouped(find_stories([segment_of(found, tmp_path / "a")]))
    assert (frozenset({0, len(texts)}) in stories) is joined


def test_a_title_goes_with_what_the_earliest_that_has_it_goes_with(tmp_path: Path) -> None:
    """The second is a copy of the first under another title, which the third has as well."""
    found = [article("Boats", TEXT, 0, "A"), article(FIVE, TEXT, 1, "B"), article(FIVE, OTHER, 4, "C")]
    assert grouped(find_stories([segment_of(found, tmp_path / "a")])) == {frozenset({0, 1, 2})}


def test_what_others_copy_joins_no_series(tmp_path: Path) -> None:
    """The wire's text is near both weeks of the Post."""
    found = [
        article("Ferries", TEXT, 0, "Wire"),
        article("Ferries in week 15", TEXT, 1, "Post"),
        article("Ferries in week 16", TEXT, 2, "Post"),
    ]
    assert grouped(find_stories([segment_of(found, tmp_path / "a")])) == {frozenset({0, 1})}


def test_members_come_the_earliest_first_and_undated_ones_last(tmp_path: Path) -> None:
    days = [3, None, 1, 2]
    texts = [article("Ferries", TEXT, day, f"Post{n}") for n, day in enumerate(days)]
    assert find_stories([segment_of(texts, tmp_path / "a")]).members.tolist() == [2, 3, 0, 1]


def test_deleted_articles_are_no_members(tmp_path: Path) -> None:
    segment_of([article("Ferries", TEXT, n, f"Post{n}") for n in range(3)], tmp_path / "a")
    segments = [
        open_segment(tmp_path / "a", np.array([0], np.uint32)),
        open_segment(tmp_path / "a", np.array([0, 1, 2], np.uint32)),
    ]
    assert grouped(find_stories(segments)) == {frozenset({1, 2})}
    assert len(find_stories([])) == 0


def signed(signatures: Sequence[Any], published: Sequence[int]) -> Texts:
    count = len(signatures)
    return Texts(
        np.array(signatures, np.uint8).reshape(count, 80),
        np.full(count, 40, np.uint8),
        np.zeros(count, np.uint32),
        np.array(published, np.int64),
        np.arange(1, count + 1, dtype=np.uint32),
        np.zeros(count, np.uint32),
        np.arange(count),
    )


def test_a_chain_of_versions_is_no_blob() -> None:
    """Each version has four fifths of the one before: the fifth has little of the first."""
    chance = np.random.default_rng(1)
    versions = [chance.integers(0, 256, 80)]
    for n in range(1, 40):
        version = versions[-1].copy()
        at = np.arange(n * 12, n * 12 + 12) % 64
        version[at] = chance.integers(0, 256, 12)
        versions.append(version)
    stories = grouped(group(signed(versions, range(0, 40 * 3600, 3600))))
    assert 4 <= len(stories) <= 20
    for story in stories:
        earliest = min(story)
        assert all((versions[member] == versions[earliest])[:64].sum() >= 26 for member in story)
        assert sorted(story) == list(range(earliest, earliest + len(story)))


def test_a_story_that_goes_on_is_cut_by_time() -> None:
    same = np.random.default_rng(1).integers(0, 256, 80)
    days = range(0, 60, 2)
    stories = grouped(group(signed([same] * len(days), [day * 86_400 for day in days])))
    assert all(story == set(range(min(story), max(story) + 1)) for story in stories)
    assert [len(story) for story in sorted(stories, key=min)] == [8, 8, 8, 6]


def test_many_alike_take_no_longer_than_their_number() -> None:
    same = np.random.default_rng(1).integers(0, 256, 80)
    stories = group(signed([same] * 20_000, [86_400] * 20_000))
    assert [len(stories), len(stories.members)] == [1, 20_000]


words = st.lists(st.sampled_from(TEXT.split() + OTHER.split()), min_size=0, max_size=6)
TITLES = ["Ferries", FIVE, "Ferries in week 15", "Ferries in week 16", "All ferries sail in week 16"]
texts = st.builds(
    lambda title, text, cut, more, days, outlet: article(
        title, " ".join([*text.split()[cut:], *more]), days, outlet
    ),
    st.sampled_from(TITLES),
    st.sampled_from([TEXT, OTHER]),
    st.integers(0, 6),
    words,
    st.none() | st.integers(0, 30),
    st.sampled_from(["Post", "Wire", None]),
)


@settings(max_examples=60)
@given(st.lists(texts, min_size=1, max_size=12), st.integers(0, 12), st.randoms(use_true_random=False))
def test_stories_do_not_depend_on_the_order_of_documents_or_on_segments(
    articles: list[Article], cut: int, dice: Any
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        numbered = [dataclasses.replace(one, id=f"{n:016x}") for n, one in enumerate(articles)]
        mixed = dice.sample(numbered, len(numbered))
        found = []
        for name, parts in (("a", [numbered]), ("b", [mixed[:cut], mixed[cut:]])):
            segments, order = [], []
            for number, part in enumerate(parts):
                builder = SegmentBuilder(analyzer_for("english"), 1 << 30)
                for one in part:
                    builder.add(one, one.id, one.to_stored())
                builder.write(Path(folder) / f"{name}{number}")
                segments.append(open_segment(Path(folder) / f"{name}{number}"))
                order += [one.id for one in part]
            stories = find_stories(segments)
            found.append(
                (
                    [order[doc] for doc in stories.members.tolist()],
                    sorted(map(len, grouped(stories))),
                )
            )
            named = [[order[doc] for doc in story] for story in grouped(stories)]
            published = {one.id: one.published_at for one in numbered}
            for story in grouped(stories):
                dates = [moment for doc in story if (moment := published[order[doc]])]
                assert not dates or max(dates) - min(dates) <= timedelta(days=28)
                titles = [numbered[int(order[doc], 16)] for doc in story]
                for one, other in itertools.combinations(titles, 2):
                    series = "week" in one.title and one.title[:-1] == other.title[:-1]
                    assert one.title == other.title or one.provider != other.provider or not series
        assert found[0] == found[1]
        together = {one: frozenset(story) for story in named for one in story}
        for one, other in itertools.combinations(numbered, 2):
            uses = [(use.excerpt, use.provider) for use in numbered if use.title == one.title]
            columns = max(len({text for text, by in uses if by == provider}) for _, provider in uses) >= 3
            if one.title == other.title and len(one.title.split()) >= 5 and not columns:
                dates = sorted(n.published_at for n in numbered if n.title == one.title and n.published_at)
                if one.published_at in dates[:1] and other.published_at:
                    near = other.published_at - one.published_at <= timedelta(days=3)
                    assert not near or other.id in together.get(one.id, ())
