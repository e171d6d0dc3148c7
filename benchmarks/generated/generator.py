"""All blocks of a generated archive: streamed, or written as files by several processes."""

from __future__ import annotations

import functools
import multiprocessing
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from benchmarks.generated.articles import BLOCK, Made, make_block
from benchmarks.generated.files import file_name, file_text
from benchmarks.generated.wording import Writer
from indexer import Article


@dataclass(frozen=True, slots=True)
class GeneratedArchive:
    """`size` invented articles; the same ones for the same seed."""

    VERSION: ClassVar[int] = 1  # raised whenever the same seed gives other articles

    size: int
    seed: int = 1

    def articles(self) -> Iterator[Article]:
        """Yield the articles as Backfile reads them from the files, 1,000 in memory at a time."""
        writer = Writer()
        for number in range(self._blocks):
            for made in self._block(number, writer):
                yield made.article

    def write(self, folder: Path, processes: int | None = None) -> None:
        """Write a Markdown file for each article, 1,000 to a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        write = functools.partial(self._write_blocks, folder)
        count = min(processes or os.cpu_count() or 1, self._blocks)
        parts = [range(start, self._blocks, count) for start in range(count)]
        if count == 1:
            write(parts[0])
            return
        with multiprocessing.get_context("spawn").Pool(count) as pool:
            pool.map(write, parts)

    @property
    def _blocks(self) -> int:
        return -(-self.size // BLOCK)

    def _block(self, number: int, writer: Writer) -> list[Made]:
        return make_block(self.seed, number, min(BLOCK, self.size - number * BLOCK), writer)

    def _write_blocks(self, folder: Path, numbers: range) -> None:
        writer = Writer()
        for number in numbers:
            place = folder / f"{number:04}"
            place.mkdir()
            block = self._block(number, writer)
            for made in block:
                data = file_text(made, block).encode()
                with open(place / file_name(made.article), "wb") as file:
                    file.write(data)
