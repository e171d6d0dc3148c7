"""The articles that are measured on: from an archive, by Backfile's own reading of it.

All peers are given the articles that Backfile indexed, so that all hold the same documents. A
generator of large collections belongs beside this one, and gives a folder of files too.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

from indexer import Archive, Article, Settings, load_settings

_PAGE = 100


def copy_archive(source: Path, target: Path) -> None:
    """Copy an archive to where its files may be changed; hidden files stay behind."""
    shutil.copytree(source, target, copy_function=shutil.copyfile, ignore=shutil.ignore_patterns(".*"))
    for folder, _, _ in os.walk(target):
        Path(folder).chmod(0o755)  # a read-only archive's folders stay read-only when copied


def copy_sample(archive: Path, target: Path, most: int) -> int:
    """Copy at most `most` Markdown files of `archive`, evenly spread, to `target`; return how many."""
    files = markdown_files(archive)
    chosen = files[:: -(-len(files) // most)] if files else []
    for path in chosen:
        place = target / path.relative_to(archive)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    return len(chosen)


def markdown_files(archive: Path) -> list[Path]:
    """Return the archive's Markdown files, sorted."""
    return sorted(p for p in archive.rglob("*") if p.suffix.lower() in (".md", ".markdown") and p.is_file())


def settings_for(archive: Path, index: Path, *, workers: int | None = None) -> Settings:
    """Return the settings in force, with these folders (and so many processes) in their place."""
    settings = load_settings(archive=archive, index=index)
    if workers is None:
        return settings
    return replace(settings, index=replace(settings.index, workers=workers))


def all_articles(archive: Archive) -> list[Article]:
    """Return every searchable article of an index, in the order of the newest."""
    found: list[Article] = []
    cursor: str | None = None
    while True:
        page = archive.search("", size=_PAGE, cursor=cursor)
        found += [hit.article for hit in page]
        cursor = page.next_cursor
        if cursor is None:
            return found
