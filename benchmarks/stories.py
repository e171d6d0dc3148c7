"""How well stories are found: copies of articles are planted among all others, and looked for.

    python -m benchmarks.stories ARCHIVE          # a folder of files; without one, a generated archive

A copy has another provider and is dated within a week of its original. Its words are changed at random
to others of the archive, or it is cut short, or given another article's title. Originals are articles
that are no story yet, so that whatever else a copy is joined with is a fault.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import timedelta
from pathlib import Path

import numpy as np

from benchmarks.collection import Collection
from benchmarks.generated import GeneratedArchive
from indexer import Article, Provider, load_settings, open_archive, reindex
from indexer.analysis import analyzer_for
from indexer.codec.reader import SegmentArrays, open_segment
from indexer.index.derived import Stories
from indexer.indexing.segment import SegmentBuilder
from indexer.indexing.stories import find_stories

_LANGUAGE = "english"
_MIN_WORDS = 20  # of an original: of less, 15% is no more than a few
_WITHIN_DAYS = 7
_KEPT = 0.6  # of a text that is cut short
_SIZE = 25_000  # of the generated archive

Change = Callable[[list[str], list[str], np.random.Generator], tuple[list[str], list[str]]]


@dataclass(frozen=True, slots=True)
class Score:
    """How the copies of one kind fared: of all that share a story with a copy, the part that is its
    original; of all copies, the part that shares its original's."""

    kind: str
    copies: int
    precision: float
    recall: float


def plant(articles: Sequence[Article], change: Change, chance: np.random.Generator) -> list[Article]:
    """Return a copy of each article: `change` is given the words of its title and of its text."""
    copies = []
    for number, article in enumerate(articles):
        title, text = change(article.title.split(), f"{article.excerpt} {article.body}".split(), chance)
        if article.published_at is None:
            raise ValueError("only articles with a date are copied")
        copies.append(
            replace(
                article,
                id=f"{number:016x}",
                title=" ".join(title),
                excerpt=" ".join(text),
                body="",
                provider=Provider(f"Copies {number % 50}", f"copies-{number % 50}.example"),
                published_at=article.published_at + timedelta(days=float(chance.random()) * _WITHIN_DAYS),
            )
        )
    return copies


def score(kind: str, stories: Stories, originals: Sequence[int], first_copy: int) -> Score:
    """Return how the copies fared; `originals` are the documents that they were made of, in order."""
    story = {doc: number for number in range(len(stories)) for doc in _members(stories, number)}
    right = shared = 0
    for place, original in enumerate(originals):
        number = story.get(first_copy + place)
        members = () if number is None else _members(stories, number)
        shared += max(len(members) - 1, 0)
        right += original in members
    return Score(kind, len(originals), right / shared if shared else 1.0, right / len(originals))


def _members(stories: Stories, number: int) -> tuple[int, ...]:
    return tuple(stories.members[stories.starts[number] : stories.starts[number + 1]].tolist())


def changes(words: Sequence[str]) -> dict[str, Change]:
    """Return each kind of copy; changed words become some of `words`."""

    def some(part: float) -> Change:
        def change(
            title: list[str], text: list[str], chance: np.random.Generator
        ) -> tuple[list[str], list[str]]:
            return other(title, chance), other(text, chance)

        def other(given: list[str], chance: np.random.Generator) -> list[str]:
            return [
                words[int(chance.integers(len(words)))] if chance.random() < part else word for word in given
            ]

        return change

    def cut(title: list[str], text: list[str], _: np.random.Generator) -> tuple[list[str], list[str]]:
        return title, text[: round(len(text) * _KEPT)]

    def retitled(
        title: list[str], text: list[str], chance: np.random.Generator
    ) -> tuple[list[str], list[str]]:
        at = int(chance.integers(len(words) - len(title)))
        return list(words[at : at + len(title)]), text

    kinds = {f"{percent}% changed": some(percent / 100) for percent in (5, 10, 15, 20, 30)}
    return kinds | {f"cut to {_KEPT:.0%}": cut, "retitled": retitled}


def measure(articles: Sequence[Article], count: int, folder: Path, seed: int = 5) -> list[Score]:
    """Plant `count` copies of each kind among `articles`, one kind after the other; `folder` is for the
    segments."""
    chance = np.random.default_rng(seed)
    base = build(articles, folder / "articles.arrays")
    alone = np.ones(len(articles), bool)
    alone[find_stories([base]).members] = False
    fit = [
        doc
        for doc, article in enumerate(articles)
        if alone[doc]
        and article.published_at
        and len(f"{article.title} {article.excerpt}".split()) >= _MIN_WORDS
    ]
    originals = sorted(chance.choice(fit, min(count, len(fit)), replace=False).tolist())
    words = [word for article in articles for word in f"{article.title} {article.excerpt}".split()]
    scores = []
    for kind, change in changes(words).items():
        copies = plant([articles[doc] for doc in originals], change, chance)
        planted = build(copies, folder / "copies.arrays")
        scores.append(score(kind, find_stories([base, planted]), originals, len(articles)))
    return scores


def build(articles: Sequence[Article], path: Path) -> SegmentArrays:
    """Return a segment of `articles`."""
    builder = SegmentBuilder(analyzer_for(_LANGUAGE), 1 << 40)
    for article in articles:
        builder.add(article, article.id, article.to_stored())
    builder.write(path)
    return open_segment(path)


def main() -> None:
    """Measure, and print a table or JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.stories", description=__doc__)
    parser.add_argument("archive", nargs="?", type=Path, help="a folder of files [a generated archive]")
    parser.add_argument("--copies", type=int, default=1000, help="copies of each kind [1000]")
    parser.add_argument("--size", type=int, default=_SIZE, help=f"articles of a generated archive [{_SIZE}]")
    parser.add_argument("--json", action="store_true", help="print JSON")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if given.archive:
            settings = load_settings(archive=given.archive, index=folder / "index")
            reindex(settings)
            with open_archive(settings) as archive:
                pages = range(-(-archive.stats().articles // 100))
                everything = [h.article for n in pages for h in archive.search("", size=100, page=n + 1)]
        else:
            source = GeneratedArchive(given.size)
            everything = list(Collection("generated", "generated", source).articles(folder))
        scores = measure(everything, given.copies, folder)
        base = open_segment(folder / "articles.arrays")
        started = time.process_time()
        stories = find_stories([base])
        seconds = time.process_time() - started
    found = {"articles": len(everything), "stories": len(stories), "in_stories": len(stories.members)}
    if given.json:
        print(json.dumps({**found, "seconds": seconds, "scores": [asdict(row) for row in scores]}))
        return
    print(", ".join(f"{name} {value:,}" for name, value in found.items()), f"({seconds:.2f} s of one core)")
    for row in scores:
        print(
            f"{row.kind:<14} {row.copies:>6} copies  precision {row.precision:.3f}  recall {row.recall:.3f}"
        )


if __name__ == "__main__":
    main()
