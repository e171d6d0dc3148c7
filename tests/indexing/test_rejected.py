"""A run that rejects most files says why, and keeps the index that there is."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from indexer import check_index, open_archive, reindex
from indexer.archive.records import Rejection
from indexer.errors import BackfileError, RejectedError
from indexer.indexing.rejected import verdict
from tests.archives import settings_for, write


def rejected(*reasons: str) -> list[Rejection]:
    return [Rejection(f"{n}.md", reason) for n, reason in enumerate(reasons)]


@pytest.mark.parametrize(
    ("reasons", "files", "sentence"),
    [
        (["no title"], 1, "none of 1 files could be read: they have neither a title nor a text. Name the field of the title in `archive.fields.title`."),
        (["it is larger than 5 bytes (archive.max_file_bytes)"] * 3, 5, "only 2 of 5 files could be read: the others are too large. Raise `archive.max_file_bytes`."),
        (["no title", "the file is empty", "the file is empty"], 4, "only 1 of 4 files could be read: 2 of the others are empty. Leave them out with `archive.ignore`."),
        (["no title", "the file is empty", "the file is empty"], 3, "none of 3 files could be read: 2 of them are empty. Leave them out with `archive.ignore`."),
        (["its name is not UTF-8; rename it"], 1, "none of 1 files could be read: they are rejected (its name is not UTF-8; rename it). Correct them, or leave them out with `archive.ignore`."),
        (["it is not text: 342 of its 2,898 characters", "it is not text: 5 of its 9 characters", "no title"], 3, "none of 3 files could be read: 2 of them are rejected (it is not text: 342 of its 2,898 characters). Correct them, or leave them out with `archive.ignore`."),
        (["the file is empty", "no title"], 3, "only 1 of 3 files could be read: 1 of the others is empty. Leave them out with `archive.ignore`."),
        (["no title", "the file is empty"], 2, "none of 2 files could be read: 1 of them has neither a title nor a text. Name the field of the title in `archive.fields.title`."),
    ],
)  # fmt: skip
def test_the_sentence_names_the_commonest_reason_and_what_helps(
    reasons: list[str], files: int, sentence: str
) -> None:
    assert str(verdict(rejected(*reasons), files, "")) == sentence


def test_half_is_not_more_than_half() -> None:
    assert verdict(rejected("no title"), 2, "") is None
    assert verdict([], 0, "") is None


def test_a_first_run_that_rejects_all_can_be_checked(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    for n in range(3):
        write(settings.archive.path, f"{n}.md", date="2020-01-01")
    report = reindex(settings)
    assert report.failure is not None
    assert report.failure.exit_status == 8
    assert len(check_index(settings).rejected) == 3


@pytest.mark.parametrize("new_archive", [False, True])
def test_an_empty_index_takes_no_full_ones_place(tmp_path: Path, new_archive: bool) -> None:
    settings = settings_for(tmp_path)
    root = settings.archive.path
    for n in range(4):
        write(root, f"{n}.md", "A text.", title=f"Number {n}")
    assert reindex(settings).failure is None
    if new_archive:
        shutil.rmtree(root)
        root.symlink_to(tmp_path / "other", target_is_directory=True)
        (tmp_path / "other").mkdir()
    for n in range(4):
        write(root, f"{n}.md", date="2020-01-01")
    with pytest.raises(RejectedError, match="none of 4 files could be read"):
        reindex(settings, new_archive=new_archive)
    with open_archive(index=settings.index.path) as archive:
        assert archive.search("text").total == 4
    assert reindex(settings, new_archive=new_archive, allow_loss=True).articles == 0


@pytest.mark.parametrize(
    ("emptied", "gone", "status", "sentence"),
    [
        (
            5,
            1,
            8,
            "only 2 of 7 files could be read: the others are empty; the file of 1 article is gone, too",
        ),
        (
            2,
            5,
            8,
            "only 1 of 3 files could be read: the others are empty; the files of 5 articles are gone, too",
        ),
        (5, 0, 8, "only 3 of 8 files could be read: the others are empty ("),
        (1, 5, 3, "6 of 8 articles would vanish from the index ("),
        (0, 5, 3, "5 of 8 articles would vanish from the index ("),
    ],
)
def test_rejected_and_missing_files_are_reported_together(
    tmp_path: Path, emptied: int, gone: int, status: int, sentence: str
) -> None:
    """Where most of the files that are there were rejected, that is the status; else what vanishes."""
    settings = settings_for(tmp_path)
    root = settings.archive.path
    for n in range(8):
        write(root, f"{n}.md", "A text.", title=f"Number {n}")
    reindex(settings)
    for n in range(emptied):
        (root / f"{n}.md").write_text("")
    for n in range(emptied, emptied + gone):
        (root / f"{n}.md").unlink()
    with pytest.raises(BackfileError) as refused:
        reindex(settings)
    assert refused.value.exit_status == status
    assert sentence in str(refused.value)
    assert ("--allow-loss" in refused.value.cure) == (gone > 0)
    with open_archive(index=settings.index.path) as archive:
        assert archive.search("text").total == 8
    assert reindex(settings, allow_loss=True).articles == 8 - emptied - gone


def test_what_was_renamed_beside_rejected_files_is_not_gone(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    root = settings.archive.path
    for n in range(8):
        write(root, f"{n}.md", f"Text {n}.", title=f"Number {n}")
    reindex(settings)
    for n in range(5):
        (root / f"{n}.md").write_text("")
    for n in range(5, 8):
        (root / f"{n}.md").rename(root / f"other-{n}.md")
    with pytest.raises(RejectedError) as refused:
        reindex(settings)
    assert "gone" not in str(refused.value)
