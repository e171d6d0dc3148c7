"""What became of an answer since an earlier generation."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer import open_archive, reindex
from indexer.errors import RequestError
from indexer.query.answers.ledger import GenerationError
from indexer.query.assist import since as module
from tests.archives import settings_for, write


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Generation 2 has an article more than 1; in 3 one is changed here and there, and two are gone."""
    given_settings = settings_for(tmp_path_factory.mktemp("since"))
    root = given_settings.archive.path
    for n in range(8):
        write(root, f"{n}.md", title=f"ferry {n}" if n % 2 else f"tram {n}", url=f"https://a.example/{n}")
    reindex(given_settings)
    write(root, "new.md", title="ferry new", url="https://a.example/new")
    reindex(given_settings)
    write(root, "1.md", title="ferry 1, corrected", url="https://a.example/1")
    write(root, "2.md", title="tram 2, corrected", url="https://a.example/2")
    (root / "3.md").unlink()
    (root / "4.md").unlink()
    reindex(given_settings)
    return given_settings.index.path


def test_results_that_are_new_or_changed_are_counted_and_marked(index: Path) -> None:
    with open_archive(index=index) as archive:
        results = archive.search("ferry", since_generation=1, size=2)
        plain = archive.search("ferry", size=2)
        assert (results.total, [hit.article.id for hit in results]) == (
            plain.total,
            [hit.article.id for hit in plain],
        )
        assert results.since is not None
        assert plain.since is None
        assert (results.since.added, results.since.changed, results.since.changed_elsewhere) == (1, 1, 1)
        marks = {
            hit.article.title: hit.since for hit in archive.search("ferry", since_generation=1, size=100)
        }
        assert marks == {"ferry 5": "", "ferry 7": "", "ferry new": "added", "ferry 1, corrected": "changed"}
        assert {hit.since for hit in archive.search("ferry", size=100)} == {""}


def test_what_left_is_listed_with_its_title_and_address(index: Path) -> None:
    with open_archive(index=index) as archive:
        since = archive.search("ferry", topic="none", since_generation=2).since
        assert since is not None
        assert (since.added, since.removed) == (0, 2)
        assert [(gone.title, gone.url) for gone in since.departed] == [
            ("ferry 3", "https://a.example/3"),
            ("tram 4", "https://a.example/4"),
        ]
        assert abs((datetime.now(UTC) - since.made).total_seconds()) < 600


def test_only_some_of_what_left_is_listed(index: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_DEPARTED", 1)
    with open_archive(index=index) as archive:
        since = archive.search(since_generation=1).since
        assert since is not None
        assert (since.removed, len(since.departed)) == (2, 1)


def test_json_tells_it_where_it_is_asked(index: Path) -> None:
    with open_archive(index=index) as archive:
        data = archive.search("ferry", since_generation=1).to_json()
        assert data["since"] | {"made": "", "removed_articles": []} == {
            "generation": 1, "made": "", "added": 1, "changed": 1, "changed_elsewhere": 1, "removed": 2,
            "removed_articles": [],
        }  # fmt: skip
        assert [set(gone) for gone in data["since"]["removed_articles"]] == [{"id", "title", "url"}] * 2
        assert sorted(hit.get("since", "") for hit in data["hits"]) == ["", "", "added", "changed"]
        assert "since" not in archive.search("ferry").to_json()


def test_now_nothing_has_changed_since(index: Path) -> None:
    with open_archive(index=index) as archive:
        results = archive.search("ferry", since_generation=archive.search().generation)
        assert results.since is not None
        assert (results.since.added, results.since.changed, results.since.removed) == (0, 0, 0)


def test_a_generation_that_is_still_to_come(index: Path) -> None:
    with (
        open_archive(index=index) as archive,
        pytest.raises(GenerationError, match=r"no generation 4 yet\. The index is at generation 3"),
    ):
        archive.search("ferry", since_generation=4)


def test_a_generation_that_is_none(index: Path) -> None:
    with (
        open_archive(index=index) as archive,
        pytest.raises(RequestError, match="'since_generation' must be a whole number"),
    ):
        archive.search("ferry", since_generation=0)


def test_a_generation_that_is_too_old_is_told_with_what_is_kept(tmp_path: Path) -> None:
    given_settings = settings_for(tmp_path, index={"kept_generations": 1})
    for n in range(3):
        write(given_settings.archive.path, f"{n}.md", title="ferry", url=f"https://a.example/{n}")
        reindex(given_settings)
    with open_archive(given_settings) as archive:
        assert archive.search(since_generation=2).since is not None
        with pytest.raises(RequestError) as caught:
            archive.search(since_generation=1)
    assert re.search(
        r"since generation 1 is no longer known\. Changes are known since generation 2 \(\d{4}-\d\d-\d\d .*\): name that",
        str(caught.value),
        re.S,
    )
