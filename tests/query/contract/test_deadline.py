"""Whatever step a deadline cuts at, in any source: what is left is right, and says that it is not all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from indexer import Archive
from indexer.query.deadline import Deadline
from tests.query.contract.conftest import Opened
from tests.query.contract.questions import some_ids

SEARCHES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("harbour", {}),
    ("harbour ferry -strike", {}),
    ("-harbour", {"sort": "oldest"}),
    ("bridge OR -harb*", {}),
    ('"harbour bridge"~9 OR ferr* OR brigde~', {"topic": ["Robots", "Rail"]}),
    ("harbour strike bridge xyzzy", {"collapse": True}),
    ("ferry stri", {"unfinished": True, "provider": "post.example", "category": "news"}),
    ("harbour ferry", {"match": "any", "quality_weight": 1.0}),
    ("harbour ferry", {"broaden": True}),
    ("topic:intelligence provider:channel harbuor", {}),
    ("brigde harbuor", {"date": "2016"}),
    ("har bour xyzzy", {}),
)  # fmt: skip
NEVER = 10**6
STEPS = (*range(12), *range(12, 40, 4), 60, 100)


class CutAt(Deadline):
    """Cuts when it is asked for the time after so many."""

    def __init__(self, step: int) -> None:
        super().__init__()
        self.step = step

    def cuts(self) -> bool:
        self.step -= 1
        self.has_cut |= self.step < 0
        return self.has_cut


def limited(archive: Archive, step: int) -> Archive:
    found = archive.limited(0)
    found.deadline = CutAt(step)
    return found


@pytest.fixture
def archives(any_source: str, opened: Opened) -> Archive:
    return opened(any_source, "made up")


def anew(query: str, step: int) -> str:
    """Return the same query as one that no source has answered before."""
    return " " * (step + 1) + query


def cut_answers(archive: Archive, query: str, **given: Any) -> Iterator[dict[str, Any]]:
    """Yield what a search answers, cut at one step or another."""
    for step in STEPS:
        one = limited(archive, step)
        answer = one.search(anew(query, step), size=100, **given).to_json(explain=True)
        assert answer["timed_out"] is one.timed_out
        if not one.timed_out:
            break
        yield answer


@pytest.mark.parametrize(("query", "given"), SEARCHES, ids=[query for query, _ in SEARCHES])
def test_a_search_that_is_cut_is_part_of_the_whole(
    archives: Archive, query: str, given: dict[str, Any]
) -> None:
    whole = archives.search(query, size=100, **given).to_json(explain=True)
    hits = {hit["article"]["id"]: hit for hit in whole["hits"]}
    assert limited(archives, NEVER).search(query, size=100, **given).to_json(explain=True) == whole
    totals = set()
    for answer in cut_answers(archives, query, **given):
        totals.add(answer["total"])
        assert answer["total_relation"] in ("gte", "about")
        assert answer["next_cursor"] is None
        assert any("cut short" in note for note in answer["notes"])
        assert answer["total"] <= whole["total"]
        assert len(answer["hits"]) <= len(hits)
        # Words of other best articles, another article that stands for its story.
        if not (given.get("broaden") or given.get("collapse")):
            assert {hit["article"]["id"] for hit in answer["hits"]} <= set(hits)
        for name, values in answer["facets"].items():
            assert values == whole["facets"][name]
        for hit in answer["hits"]:
            was = hits.get(hit["article"]["id"], hit)
            assert hit["missing"] in ([], was["missing"])
            assert hit["explanation"] == was["explanation"] or not hit["explanation"]["parts"]
    assert min(totals) < max(whole["total"], 1)


def test_a_cursor_and_a_count_are_not_given_of_half_a_search(archives: Archive) -> None:
    assert archives.search("harbour", size=2).next_cursor
    results = limited(archives, 1).search(anew("harbour", 0), size=2)
    assert list(results.facets["topic"]) == []
    assert results.facets["topic"].timed_out
    assert results.next_cursor is None
    assert results.filters == ()
    assert results.offers == ()
    assert limited(archives, 0).facet("topic").to_json() == {
        "name": "topic", "distinct": 0, "distinct_relation": "eq", "part": "all", "values": [], "notes": [],
        "timed_out": True,
    }  # fmt: skip


def test_a_series_is_counted_whole_or_not_at_all(archives: Archive) -> None:
    queries = ["harbour", "ferry OR strike OR council OR vote", "bridge -storm"]
    whole = archives.timeline(queries, interval="year").to_json()
    assert whole["timed_out"] is False
    kept = set()
    for step in STEPS:
        asked = [anew(query, step) for query in queries]
        found = limited(archives, step).timeline(asked, interval="year").to_json()
        counts = {one["period"]: at for at, one in enumerate(found["periods"])}
        for series, was in zip(found["series"], whole["series"], strict=True):
            known = [count for count in series["counts"] if count is not None]
            kept.add(bool(known))
            assert series["total"] <= was["total"]
            if not known:
                assert series["peaks"] == []
                continue
            for period, count in zip(whole["periods"], was["counts"], strict=True):
                if period["period"] in counts:
                    assert series["counts"][counts[period["period"]]] == count
                else:
                    assert not count
    assert kept == {True, False}


def test_an_overview_and_a_comparison_leave_out_what_was_not_counted(archives: Archive) -> None:
    whole = archives.overview("harbour OR ferry").to_json()
    sides = {"topic": "Robots"}, {"topic": "Rail"}
    both = archives.compare(*sides, query="harbour OR ferry").to_json()
    for step in STEPS:
        query = anew("harbour OR ferry", step)
        found = limited(archives, step).overview(query).to_json()
        for name in ("providers", "topics", "terms"):
            assert found[name] in ([], whole[name])
        assert found["total"] <= whole["total"]
        assert found["stories"] in (None, whole["stories"])
        assert found["first_date"] in (None, whole["first_date"])
        compared = limited(archives, step).compare(*sides, query=query).to_json()
        assert compared["both"] in (None, both["both"])
        assert compared["topics"] in ([], both["topics"])
        for side, was in zip(compared["sides"], both["sides"], strict=True):
            assert side["terms"] in ([], was["terms"])
            assert side["total"] <= was["total"]
    assert limited(archives, NEVER).overview("harbour OR ferry").to_json() == whole
    assert limited(archives, NEVER).compare(*sides, query="harbour OR ferry").to_json() == both


def test_related_articles_and_suggestions_say_that_they_were_cut(archives: Archive) -> None:
    for identity in some_ids(archives):
        whole = archives.related(identity).to_json()
        assert whole["timed_out"] is False
        found = limited(archives, 0).related(identity).to_json()
        assert found["timed_out"] is True
        assert [one for one in whole["related"] if one["kind"] == "editors"] == found["related"]
    whole = archives.suggest("harb").to_json()
    for step in range(4):
        found = limited(archives, step).suggest("harb").to_json()
        assert found["timed_out"] is (step < 2)
        if step >= 2:
            assert found == whole
    assert limited(archives, 0).suggest("harb").items == ()
