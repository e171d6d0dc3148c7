"""Whatever the history of added, changed and removed files, the index equals one built afresh."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import check_index, open_archive, reindex
from indexer.facets import FACETS
from tests.archives import settings_for, write

URLS = [f"https://a.example/{n}" for n in range(5)]
DATES = ["2020-01-01", "2020-06-15T10:00:00Z", "2021-03-02", None]
WORDS = ["harbour", "bridge", "light", "the", "election"]

titles = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3).map(" ".join)
TEXT = "the harbour authority said ferries will sail every hour from June after years of complaints"
copies = st.sampled_from([TEXT, f"{TEXT} by commuters", f"Port Halden: {TEXT}"])
nested = st.fixed_dictionaries(
    {"title": titles, "webUrl": st.sampled_from([*URLS, None]), "publishedDateTime": st.sampled_from(DATES)}
)
articles = st.fixed_dictionaries(
    {
        "title": titles,
        "url": st.sampled_from([*URLS, None]),
        "date": st.sampled_from(DATES),
        "excerpt": titles | copies,
        "ampWebUrl": st.sampled_from([*URLS, None, None, None]),
        "topics": st.lists(st.sampled_from(["Sea", "Land", "Ferries"]), max_size=2),
        "removed": st.sampled_from([False, False, False, True]),
        "related": st.lists(nested, max_size=2),
    }
)
taxonomy = st.just({"taxonomy": "topic", "name": "Ferries", "parent": "Sea", "keywords": ["ferry"]})
states = st.dictionaries(st.sampled_from([f"{c}.md" for c in "abcdef"]), articles | taxonomy, max_size=6)


@settings(max_examples=40)
@given(st.lists(states, min_size=1, max_size=4))
def test_any_history_gives_the_index_of_a_fresh_build(history: list[dict[str, dict[str, Any]]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        lived = settings_for(Path(folder))
        before: dict[str, dict[str, Any]] = {}
        for state in history:
            for name in before.keys() - state.keys():
                (lived.archive.path / name).unlink()
            for name, fields in state.items():
                if before.get(name) != fields:
                    write(lived.archive.path, name, **fields)
            reindex(lived, allow_loss=True)
            before = state
        fresh_folder = Path(folder) / "fresh"
        fresh_folder.mkdir()
        fresh = settings_for(fresh_folder)
        for name, fields in before.items():
            write(fresh.archive.path, name, **fields)
        reindex(fresh, allow_loss=True)
        assert contents(lived.index.path) == contents(fresh.index.path)
        lived_check, fresh_check = check_index(lived).to_json(), check_index(fresh).to_json()
        assert lived_check == fresh_check


def contents(index: Path) -> dict[str, Any]:
    """All that can be seen of an index: articles, links, facets, totals, scores."""
    with open_archive(index=index) as archive:
        everything = archive.search("", size=100)
        seen: dict[str, Any] = {
            "articles": sorted((hit.article.to_json() for hit in everything), key=lambda a: str(a["id"])),
            "facets": {name: [v.to_json() for v in everything.facets[name]] for name in FACETS},
            "stats": {
                k: v
                for k, v in archive.stats().to_json().items()
                if k not in ("generation", "indexed_at", "archive")
            },
        }
        for words in itertools.chain(WORDS, ["harbour bridge", '"the light"', "harbo*"]):
            seen[words] = [(h.article.id, round(h.score, 6)) for h in archive.search(words, size=100)]
        seen["stories"] = {h.article.id: [a.id for a in archive.story(h.article)] for h in everything}
        seen["links"] = {
            h.article.id: [r.article.id for r in archive.related(h.article).mentioned_by] for h in everything
        }
        return seen
