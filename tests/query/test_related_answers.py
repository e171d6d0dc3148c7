"""What is related to an article, on small archives: never itself, in parts, each article once."""

from __future__ import annotations

import dataclasses
import itertools
import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer import Archive, Article, open_archive, reindex
from indexer.errors import RequestError
from indexer.index.schema import TEXT
from indexer.query.answers.related import PARTS, Related, RelatedArticle
from indexer.query.assist.related import LEAST
from indexer.query.assist.related_question import moment_of
from indexer.query.source import Weight
from tests.archives import article_from, settings_for, write

WORDS = ("harbour", "ferry", "pier", "board", "strike", "budget", "lamp", "school", "bridge", "storm")
PAGE = "https://www.post.example/news/pier"


def ids_of(related: Related) -> list[str]:
    return [one.id for item in related for one in (item.article, *item.copies)]


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive about a harbour: one story told by several, what led to it and what came of it."""
    folder = tmp_path_factory.mktemp("port")
    given = settings_for(folder)
    root = folder / "archive"
    wire = "The harbour board of Port Halden voted on Tuesday to close the old ferry pier for good"
    write(
        root, "pier.md", title="Board closes ferry pier", excerpt=wire, url=PAGE, date="2020-06-24T10:00:00Z",
        ampUrl=f"{PAGE}?amp=1", cdnAmpUrl="https://copies.example/pier", provider={"name": "Post"},
        related=[{"title": "Inspectors warn of rotten ferry pier", "url": "https://post.example/warn"}],
    )  # fmt: skip
    for name in ("Wire", "Herald", "Courier"):
        write(
            root, f"{name}.md", title="Board closes ferry pier", excerpt=f"{wire} ({name})",
            url=f"https://{name.lower()}.example/1", date="2020-06-24T12:00:00Z", provider={"name": name},
        )  # fmt: skip
    write(root, "warn.md", title="Inspectors warn of rotten ferry pier", excerpt="The pier of the harbour",
          url="https://post.example/warn", date="2020-03-01")  # fmt: skip
    write(root, "after.md", title="Sailors mourn the ferry pier", excerpt="A month without the harbour pier",
          url="https://post.example/mourn", date="2020-07-30", related=[{"title": "x", "url": PAGE}])  # fmt: skip
    write(root, "some.md", title="The old ferry pier in pictures", excerpt="Closed by the board, for good",
          url="https://post.example/pictures")  # fmt: skip
    reindex(given)
    with open_archive(given) as archive:
        yield archive


def test_the_parts_are_by_time_and_each_says_why(port: Archive) -> None:
    related = port.related(PAGE)
    parts = {part: [item.article.title for item in items] for part, items in related.parts().items()}
    assert parts == {
        "before": ["Inspectors warn of rotten ferry pier"],
        "same": ["Board closes ferry pier"],
        "after": ["Sailors mourn the ferry pier"],
        None: ["The old ferry pier in pictures"],
    }
    assert tuple(parts) == PARTS
    by_title = {item.article.title: item for items in related.parts().values() for item in items}
    warning = by_title["Inspectors warn of rotten ferry pier"]
    assert (warning.kind, warning.days, warning.score) == ("editors", -115, 0.0)
    assert set(warning.shared) == {"ferry", "pier", "harbour"}
    assert warning.reason.startswith("chosen by the editors; shares “")
    assert warning.reason.endswith("; 115 days earlier")
    follow_up = by_title["Sailors mourn the ferry pier"]
    assert (follow_up.kind, follow_up.days) == ("mentioned_by", 36)
    assert follow_up.reason.startswith("its editors link to this article; ")
    assert by_title["The old ferry pier in pictures"].days is None
    copy = by_title["Board closes ferry pier"]
    assert (copy.kind, copy.days) == ("computed", 0)
    assert copy.reason.endswith("; the same day")
    assert {c.provider.name for c in (copy.article, *copy.copies) if c.provider} == {
        "Wire",
        "Herald",
        "Courier",
    }
    assert len(copy.copies) == 2


def test_json_has_what_there_was_and_the_parts(port: Archive) -> None:
    data = port.related(PAGE).to_json()
    assert list(data) == ["id", "title", "related", "mentioned_by", "translations", "timed_out"]
    copy = next(item for item in data["related"] if item["copies"])
    assert (copy["part"], copy["days"]) == ("same", 0)
    assert {"Board", "closes"} <= set(copy["shared"])
    assert {one["title"] for one in copy["copies"]} == {"Board closes ferry pier"}


def test_it_is_never_related_to_itself_by_any_of_its_addresses(port: Archive) -> None:
    own = port.article(PAGE)
    for url in (PAGE, f"{PAGE}?utm_source=x", f"{PAGE}?amp=1", "https://copies.example/pier", own.id):
        assert port.related_to(url=url, title="other words").article.id == own.id
        assert own.id not in ids_of(port.related_to(url=url))
    for url in (PAGE, "https://copies.example/pier"):
        stranger = Article("elsewhere", own.title, url=url, excerpt=own.excerpt)
        assert own.id not in ids_of(port.related(stranger))


def test_an_article_that_is_not_there_can_be_asked_for(port: Archive) -> None:
    given = {"title": "Ferry pier closed", "date": "2020-06-25", "url": "https://elsewhere.example/1"}
    related = port.related_to(**given)  # type: ignore[arg-type]  # texts all
    assert related.article.id not in ids_of(related)
    assert related[0].part == "same"
    assert related[0].days == -1
    # A text stands for an excerpt, where there is none.
    text = "The harbour board voted on Tuesday to close the pier"
    assert ids_of(port.related_to(text=text)) == ids_of(port.related_to(excerpt=text))
    assert ids_of(port.related_to(title="x", excerpt="lamp", text=text)) == []
    undated = port.related_to(title="Ferry pier closed")
    assert {item.days for item in undated} == {None}
    assert {item.part for item in undated} <= {None, "same"}
    # The index is asked for what links there even where it has not got it.
    assert port.related_to(title="Words that nobody has: zyzzyva").items == ()


def test_how_many_may_be_asked_for(port: Archive) -> None:
    assert len(port.related(PAGE, size=1)) == 1
    for size in (0, -1, 101, "3", 2.0, True):
        for ask in (
            lambda size: port.related(PAGE, size=size),
            lambda size: port.related_to(title="Ferry", size=size),
        ):
            with pytest.raises(
                RequestError, match=f"'size' must be a whole number from 1 to 100, not {size!r}"
            ):
                ask(size)


@pytest.mark.parametrize(
    ("known", "sentence"),
    [
        ({}, "there is nothing to relate to. Give a title"),
        ({"url": "https://nowhere.example/1"}, "the index has no article at 'https://nowhere.example/1'"),
        ({"title": "a", "date": "someday"}, "'date' cannot be 'someday'"),
        ({"title": "a", "date": "someday"}, "'someday' is not a date. Give a moment"),
        ({"title": "a", "date": ">2020"}, "'date' cannot be '>2020': it has no end. Give"),
        ({"title": "a", "date": "..2020"}, "'date' cannot be '..2020': it has no beginning. Give"),
        ({"title": "a", "date": "2020-13-45T00:00:00"}, "'date' cannot be '2020-13-45T00:00:00'"),
    ],
)
def test_what_cannot_be_asked_for(port: Archive, known: dict[str, str], sentence: str) -> None:
    with pytest.raises(RequestError, match=sentence.replace("(", r"\(")):
        port.related_to(**known)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "moment"),
    [
        (None, None),
        (" ", None),
        ("2020-06-25", datetime(2020, 6, 25, 12, tzinfo=UTC)),
        (date(2020, 6, 25), datetime(2020, 6, 25, 12, tzinfo=UTC)),
        ("2020-06", datetime(2020, 6, 16, tzinfo=UTC)),
        ("2020-06-25T10:31:00Z", datetime(2020, 6, 25, 10, 31, tzinfo=UTC)),
        ("2020-06-25T10:31:00+02:00", datetime(2020, 6, 25, 8, 31, tzinfo=UTC)),
        (datetime(2020, 6, 25, 1), datetime(2020, 6, 25, 1, tzinfo=UTC)),
        ("today", datetime(2026, 11, 23, 12, tzinfo=UTC)),
    ],
)
def test_a_day_stands_for_its_noon(given: str | date | None, moment: datetime | None) -> None:
    late_in_new_york = datetime(2026, 11, 23, 22, tzinfo=timezone(timedelta(hours=-5)))
    assert moment_of(given, late_in_new_york) == moment


drawn_articles = st.lists(
    st.tuples(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=4),
        st.lists(st.sampled_from(WORDS), max_size=8),
        st.none() | st.integers(1, 28),
        st.integers(0, 5),  # the address: some files are of one article
        st.sets(st.integers(0, 5), max_size=3),  # the addresses that its editors list
        st.sampled_from(["a", "b"]),
    ),
    min_size=2,
    max_size=9,
)


@given(drawn_articles, st.integers(1, 6))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_no_article_is_related_to_itself_lost_or_named_twice(
    tmp_path_factory: pytest.TempPathFactory,
    drawn: list[tuple[list[str], list[str], int | None, int, set[int], str]],
    size: int,
) -> None:
    folder = tmp_path_factory.mktemp("drawn")
    asked = settings_for(folder, index={"workers": 1})
    for at, (title, excerpt, day, page, listed, provider) in enumerate(drawn):
        write(
            folder / "archive", f"{at}.md", title=" ".join(title), excerpt=" ".join(excerpt),
            url=f"https://x.example/{page}", cdnAmpUrl=f"https://copies.example/{page}",
            provider={"name": provider}, related=[{"title": "lamp", "url": f"https://x.example/{n}"} for n in listed],
            **({"date": f"2020-02-{day:02}"} if day else {}),
        )  # fmt: skip
    reindex(asked)
    with open_archive(asked) as archive:
        everyone = [hit.article for hit in archive.search("", size=100)]
        for article in everyone:
            whole = article_from(article.to_json())
            asking = [article, dataclasses.replace(whole, id="other")]
            if article.origin == "file":
                asking.append(
                    archive.article(f"https://copies.example/{article.url[-1:]}" if article.url else "")
                )
            for question in asking:
                related = archive.related(question, size=size)
                found = ids_of(related)
                assert article.id not in found
                assert article.id not in {item.article.id for item in related.mentioned_by}
                assert len(found) == len(set(found))
                assert len(related) <= size
                parts = [item for items in related.parts().values() for item in items]
                together = {item.article.id for item in (*related, *related.mentioned_by)}
                assert sorted(item.article.id for item in parts) == sorted(together)
        # With room for all, everything that reaches the least score is there, as an item or a copy of one.
        view = archive._engine._source.open()
        for article in everyone:
            counts = Counter(2 * article.title.split() + article.excerpt.split())
            terms = {view.analyzer.forms(word)[0].term: n for word, n in counts.items()}
            shared = [frequency > 1 for frequency in view.frequency([(TEXT, term) for term in terms])]
            weights = [Weight(term, float(terms[term])) for term in itertools.compress(terms, shared)]
            scores = dict(view.likely(weights, None, 100, []))
            (own,) = view.resolve([article.id])
            whole = LEAST * scores.get(own, 0.0)
            near = {view.ids([key])[0] for key in scores if scores[key] >= 1.001 * whole}
            related = archive.related(article, size=100)
            assert near - {article.id} <= set(ids_of(related))
            for item in related:
                assert item.kind == "editors" or scores[view.resolve([item.article.id])[0]] >= 0.999 * whole


def test_fewer_are_shown_rather_than_some_that_share_a_word_or_two(tmp_path: Path) -> None:
    given = settings_for(tmp_path)
    for n in range(60):  # so that words differ in how much they tell
        write(given.archive.path, f"{n}.md", title=f"Column number{n} of plain{n % 7} could also be 5 of 12",
              date="2020-02-01")  # fmt: skip
    lead = "Inspectors found rot in the timber of the harbour pier, which could also close in autumn, in 5 of 12 beams"
    listed = [{"title": "Unlike it", "url": "https://post.example/unlike"}]
    write(given.archive.path, "a.md", title="Harbour pier rots", excerpt=lead, date="2020-02-01",
          url="https://post.example/a", related=listed)  # fmt: skip
    write(given.archive.path, "b.md", title="Rot in the harbour pier", excerpt="The timber could also be old, in 5 of 12",
          date="2020-03-01", url="https://post.example/b")  # fmt: skip
    write(given.archive.path, "c.md", title="A concert goes on in autumn", excerpt="It could also rain on 5 of 12 days",
          date="2020-02-01", url="https://post.example/c")  # fmt: skip
    reindex(given)
    with open_archive(given) as archive:
        related = archive.related("https://post.example/a")
        assert [item.article.title for item in related] == ["Unlike it", "Rot in the harbour pier"]
        assert set(related[1].shared) == {"Harbour", "pier", "rots", "timber"}
        assert len(archive.related("https://post.example/a", size=1)) == 1
        # An article that is in no index is held to the same.
        told = archive.related_to(title="Harbour pier rots", excerpt=lead, date="2020-02-01")
        assert [item.article.title for item in told] == ["Harbour pier rots", "Rot in the harbour pier"]
        (broadened,) = (n.text for n in archive.search("harbour pier", broaden=True).parsed.notes)
        assert "'timber'" in broadened
        assert not {"'also'", "'could'", "'5'", "'12'"} & set(broadened.replace(",", "").split())


@pytest.mark.parametrize("first", [0x4E00, 0x30A1])
def test_long_texts_without_blanks_are_related_by_their_subject(tmp_path: Path, first: int) -> None:
    given = settings_for(tmp_path)
    dice = random.Random(3)
    letters = [chr(first + n) for n in range(1200 if first == 0x4E00 else 80)]
    words = ["".join(dice.sample(letters, 3)) for _ in range(380)]
    for n in range(24):
        own = words[300 + n % 4 * 20 :][:20]
        text = "".join(dice.choice(own if dice.random() < 0.4 else words[:300]) for _ in range(400))
        write(given.archive.path, f"{n}.md", f"{text}\n", title="".join(dice.sample(own, 3)), date="2020-01-01",
              category=str(n % 4))  # fmt: skip
    reindex(given)
    with open_archive(given) as archive:
        for hit in archive.search("", size=24):
            categories = [item.article.category for item in archive.related(hit.article)]
            assert categories[:4] == [hit.article.category] * 4


def test_of_two_articles_of_one_moment_the_same_one_is_earlier_on_both_pages(tmp_path: Path) -> None:
    given = settings_for(tmp_path)
    for name, title in (("a", "Harbour board meets"), ("b", "Swans return to the lake")):
        other = {"title": "The other", "url": f"https://a.example/{'a' if name == 'b' else 'b'}"}
        write(
            given.archive.path, f"{name}.md", title=title, url=f"https://a.example/{name}", related=[other],
            date="2020-06-24T10:00:00Z", topics=["Sea"],
        )  # fmt: skip
    reindex(given)
    with open_archive(given) as archive:
        first, second = (hit.article for hit in archive.search(sort="oldest"))
        assert first.id < second.id
        assert [item.part for item in archive.related(first)] == ["after"]
        assert [item.part for item in archive.related(second)] == ["before"]
        # As the order of time beside them says.
        place = archive.place(first, archive.request(sort="oldest", topic="Sea"))
        assert place.next is not None
        assert place.next.id == second.id


dated = st.tuples(
    st.integers(0, 9), st.none() | st.integers(1, 28), st.sampled_from(["before", "same", "after", None]),
    st.sampled_from(["editors", "mentioned_by", "computed"]),
)  # fmt: skip


@given(st.lists(dated, max_size=12))
def test_each_part_is_in_the_order_of_time(drawn: list[tuple[int, int | None, str | None, str]]) -> None:
    items = [
        RelatedArticle(
            Article(str(n), "x", published_at=None if day is None else datetime(2020, 1, day, tzinfo=UTC)),
            kind, "", part=part,
        )
        for n, day, part, kind in drawn
    ]  # fmt: skip
    computed = tuple(item for item in items if item.kind != "mentioned_by")
    mentioned_by = tuple(item for item in items if item.kind == "mentioned_by")
    parts = Related(Article("a", "x"), computed, mentioned_by).parts()
    shown = [item for found in parts.values() for item in found]
    assert sorted(item.article.id for item in shown) == sorted({item.article.id for item in items})
    for found in parts.values():
        days = [item.article.published_at for item in found]
        known = [day for day in days if day is not None]
        assert days == sorted(known) + [None] * (len(days) - len(known))
    editors = {item.article.id for item in items if item.kind == "editors"}
    assert {item.article.id for item in shown if item.kind == "editors"} == editors
