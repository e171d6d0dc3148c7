"""Every index that a release has written opens, for ever, and answers as it did."""

from __future__ import annotations

import json
import shutil
import struct
import zlib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from indexer import check_index, load_settings, open_archive
from indexer.codec.reader import open_segment
from indexer.errors import IndexOutdatedError, NotFoundError
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
    assert len(list(frozen.glob("MAIN_*.arrays"))) == 2
    assert len(list(frozen.glob("MAIN_*.deleted"))) == 1


def test_stories_and_phrases_are_what_they_were(frozen: Path) -> None:
    expected = json.loads((frozen / "derived.json").read_text(encoding="utf-8"))
    assert max(map(len, expected["stories"])) == 3
    assert ["ferry strike", 12] in expected["phrases"]
    with open_archive(index=frozen) as archive:
        assert json.loads(json.dumps(derived(archive))) == expected


def test_the_stems_of_its_words_are_in_it(frozen: Path) -> None:
    stems = set()
    for path in frozen.glob("MAIN_*.arrays"):
        field = open_segment(path).field("text")
        assert field is not None
        stems |= {field.stem_of("ferries"), field.stem_of("bridges")}
    assert "bridg" in stems


def test_a_segment_of_another_format_is_outdated_and_not_read(frozen: Path) -> None:
    """The magic number and version of the indexes before the first release: a header that is whole."""
    for path in frozen.glob("MAIN_*.arrays"):
        data = path.read_bytes()
        header = b"BKFARRAY" + struct.pack("<I", 3) + data[12:60]
        path.write_bytes(header + struct.pack("<I", zlib.crc32(header)) + data[64:])
    with pytest.raises(IndexOutdatedError, match="Run `backfile index` to rebuild it"):
        open_archive(index=frozen)
