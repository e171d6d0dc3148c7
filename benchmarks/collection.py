"""The articles that are measured on: a real archive, or a generated one; a folder of files either way.

All peers are given the articles that Backfile indexes, so that all hold the same documents.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.generated import GeneratedArchive
from benchmarks.saved import HERE
from indexer import Archive, Article, Settings, load_settings, open_archive

KNOWN = ("../shared/archives", "corpus")  # shown as they are written
_PAGE = 100
_LARGE = 100_000  # articles from which on stock Whoosh is left out and a reindex is run but once
_MARKDOWN = (".md", ".markdown")
_FILES = (*_MARKDOWN, ".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Collection:
    """An archive to measure on: `source` is a folder of files, or what generates one.

    `name` is that of its folder among the others; `shown` that in the report.
    """

    name: str
    shown: str
    source: Path | GeneratedArchive

    @property
    def generated(self) -> bool:
        """Whether its articles are invented."""
        return isinstance(self.source, GeneratedArchive)

    @property
    def large(self) -> bool:
        """Whether it is too large for stock Whoosh, and for doing everything several times."""
        return isinstance(self.source, GeneratedArchive) and self.source.size > _LARGE

    def prepare(self, folder: Path) -> Path:
        """Return the folder of its files, which may be changed; a generated one is made but once."""
        archive, mark = folder / "archive", folder / "archive.json"
        if not isinstance(self.source, GeneratedArchive):
            shutil.rmtree(archive, ignore_errors=True)
            copy_archive(self.source, archive)
            return archive
        made = {"size": self.source.size, "seed": self.source.seed, "version": self.source.VERSION}
        if not mark.is_file() or json.loads(mark.read_text(encoding="utf-8")) != made:
            shutil.rmtree(archive, ignore_errors=True)
            self.source.write(archive)
            mark.write_text(json.dumps(made), encoding="utf-8")
        return archive

    def articles(self, index: Path) -> Iterable[Article]:
        """Return all searchable articles, those of a real archive from Backfile's `index`."""
        if isinstance(self.source, GeneratedArchive):
            return self.source.articles()
        with open_archive(index=index) as opened:
            return all_articles(opened)


def generated(size: int) -> Collection:
    """Return the generated collection of `size` articles."""
    return Collection(f"generated-{size}", f"{size:,} generated articles", GeneratedArchive(size))


def shown_name(archive: Path) -> str:
    """Return the archive's name for the report: a known one as it is written, of another the last part."""
    for name in KNOWN:
        if archive.resolve() == (HERE.parent / name).resolve():
            return name
    return archive.resolve().name


def copy_archive(source: Path, target: Path) -> None:
    """Copy an archive to where its files may be changed; hidden files stay behind."""
    shutil.copytree(source, target, copy_function=shutil.copyfile, ignore=shutil.ignore_patterns(".*"))
    for folder, _, _ in os.walk(target):
        Path(folder).chmod(0o755)  # a read-only archive's folders stay read-only when copied


def copy_sample(archive: Path, target: Path, most: int) -> int:
    """Copy at most `most` Markdown files of `archive`, evenly spread, to `target`; return how many."""
    shutil.rmtree(target, ignore_errors=True)
    chosen = spread_evenly(markdown_files(archive), most)
    for path in chosen:
        place = target / Path(path).relative_to(archive)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    return len(chosen)


def spread_evenly(files: list[str], most: int) -> list[str]:
    """Return at most `most` of the files, evenly spread."""
    return files[:: -(-len(files) // most)] if files else []


def markdown_files(archive: Path) -> list[str]:
    """Return the paths of the archive's Markdown files, sorted."""
    return sorted(_walk(archive, _MARKDOWN))


def archive_files(archive: Path) -> list[str]:
    """Return the paths of all files of the archive that are read, sorted."""
    return sorted(_walk(archive, _FILES))


def _walk(archive: Path, endings: tuple[str, ...]) -> Iterator[str]:
    for folder, _, names in os.walk(archive):
        yield from (os.path.join(folder, name) for name in names if name.lower().endswith(endings))


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
