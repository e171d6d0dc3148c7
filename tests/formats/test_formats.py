"""Every index that a release has written opens, for ever, and answers as it did."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from indexer import check_index, load_settings, open_archive
from indexer.errors import NotFoundError
from indexer.index.files import FORMAT_VERSION
from tests.formats.freeze import answers, derived

HERE = Path(__file__).parent
FROZEN = sorted(HERE.glob("v*"))


def test_the_present_format_is_frozen() -> None:
    assert HERE / f"v{FORMAT_VERSION}" in FROZEN


@pytest.fixture(params=FROZEN, ids=lambda folder: folder.name)
def frozen(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy, so that nothing can be written into what is frozen."""
    folder: Any = shutil.copytree(request.param, tmp_path / "index")
    return Path(folder)


def test_a_frozen_index_answers_as_it_did(frozen: Path) -> None:
    expected = json.loads((frozen / "answers.json").read_text(encoding="utf-8"))
    with open_archive(index=frozen) as archive:
        found = json.loads(json.dumps(answers(archive)))
    for query, answer in expected["queries"].items():
        assert found["queries"][query] == answer, query
    assert found == expected


def test_an_article_of_a_frozen_index_is_found_by_its_file(frozen: Path) -> None:
    with open_archive(index=frozen) as archive:
        assert archive.article("2.md").url == "https://post.example/2"
        with pytest.raises(NotFoundError):
            archive.article("gone.md")


def test_a_frozen_index_is_whole(frozen: Path) -> None:
    settings = load_settings()
    report = check_index(replace(settings, index=replace(settings.index, path=frozen)))
    assert report.damaged == ()
    assert [rejection.file for rejection in report.rejected] == ["broken.md"]
    assert [clash.losers for clash in report.clashes] == [("copy.md",)]
    assert report.secured == 4


def test_a_frozen_index_has_several_segments_and_deletions(frozen: Path) -> None:
    names = [path.suffix for path in frozen.iterdir()]
    with_stories = frozen_with_stories(frozen)
    assert names.count(".arrays") == (5 if with_stories else 3)  # two segments, the manifest, what is beside
    assert names.count(".deleted") == 1


def frozen_with_stories(index: Path) -> bool:
    """Whether it has stories and phrases: those before format 3 were frozen when there were none."""
    return any(index.glob("stories-*"))


def test_stories_and_phrases_are_what_they_were(frozen: Path) -> None:
    if not frozen_with_stories(frozen):
        pytest.skip("there were none")
    expected = json.loads((frozen / "derived.json").read_text(encoding="utf-8"))
    assert max(map(len, expected["stories"])) == 3
    assert ["ferry strike", 12] in expected["phrases"]
    with open_archive(index=frozen) as archive:
        assert json.loads(json.dumps(derived(archive))) == expected


def test_every_article_of_an_index_without_stories_is_its_own(frozen: Path) -> None:
    if frozen_with_stories(frozen):
        pytest.skip("it has stories")
    with open_archive(index=frozen) as archive:
        results = archive.search("", size=100, collapse=True)
        assert [hit.article.id for hit in results] == [h.article.id for h in archive.search("", size=100)]
        assert all(len(hit.story) == 1 for hit in results)


def test_an_overview_of_an_index_without_stories_counts_none(frozen: Path) -> None:
    with open_archive(index=frozen) as archive:
        overview = archive.overview("harbour")
        assert overview.total > 0
        assert (overview.stories is None) == (not frozen_with_stories(frozen))
        assert overview.to_json()["stories"] == overview.stories
