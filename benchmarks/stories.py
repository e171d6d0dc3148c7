"""How well stories are found: copies of articles are planted among all others, and looked for.

    python -m benchmarks.stories ARCHIVE          # a folder of files; without one, a generated archive

A copy has another provider and is dated within a week of its original. Its words are changed at random
to others of the archive, or it is cut short, or given another article's title; or it has the title alone,
within three days. Originals are articles that are no story yet, so that whatever else a copy is joined with
is a fault. The opposite are texts that one provider makes by a template, a week's beside the next: those
that stand by themselves are right.
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
_TITLE_DAYS = 3  # of a copy that has the title alone
_TITLE_WORDS = 5
TITLE_ALONE, TEMPLATE = "the title alone", "a template's"
_KEPT = 0.6  # of a text that is cut short
_SIZE = 25_000  # of the generated archive

Change = Callable[[list[str], list[str], np.random.Generator], tuple[list[str], list[str]]]


@dataclass(frozen=True, slots=True)
class Score:
    """How the copies of one kind fared: of all that share a story with a copy, the part that is its
    original; of all copies, the part that shares its original's. Of a template's texts, `precision` is the
    part that stands by itself, and there is nothing to find."""

    kind: str
    copies: int
    precision: float
    recall: float


def plant(
    articles: Sequence[Article], change: Change, chance: np.random.Generator, days: int = _WITHIN_DAYS
) -> list[Article]:
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
                published_at=article.published_at + timedelta(days=float(chance.random()) * days),
            )
        )
    return copies


def plant_series(articles: Sequence[Article], change: Change, chance: np.random.Generator) -> list[Article]:
    """Return two texts made of each article as by one template: of one provider, under a title that is
    equal but for a number, a week apart."""
    made = []
    for week in (0, 1):
        for number, copy in enumerate(plant(articles, change, chance, days=1)):
            site = Provider(f"Site {number % 50}", f"site-{number % 50}.example")
            moment = copy.published_at and copy.published_at + timedelta(days=week * 7)
            title = f"{' '.join(articles[number].title.split()[:5])}, week {15 + week}"
            one = replace(copy, id=f"{week}{copy.id[1:]}", title=title, provider=site, published_at=moment)
            made.append(one)
    return made


def score_apart(kind: str, stories: Stories, first: int, count: int) -> Score:
    """Return how many of `count` documents, from `first` on, are in no story."""
    planted = stories.members[(stories.members >= first) & (stories.members < first + count)]
    return Score(kind, count, 1 - len(planted) / count if count else 1.0, 1.0)


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

    def other_text(
        title: list[str], text: list[str], chance: np.random.Generator
    ) -> tuple[list[str], list[str]]:
        return title, [words[at] for at in chance.integers(len(words), size=len(text)).tolist()]

    kinds = {f"{percent}% changed": some(percent / 100) for percent in (5, 10, 15, 20, 30)}
    return kinds | {f"cut to {_KEPT:.0%}": cut, "retitled": retitled, TITLE_ALONE: other_text}


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
    kinds = changes(words)
    for kind, change in kinds.items():
        alone_by_title = kind == TITLE_ALONE
        of = [doc for doc in originals if not alone_by_title or _has_words(articles[doc].title)]
        days = _TITLE_DAYS if alone_by_title else _WITHIN_DAYS
        copies = plant([articles[doc] for doc in of], change, chance, days)
        planted = build(copies, folder / "copies.arrays")
        scores.append(score(kind, find_stories([base, planted]), of, len(articles)))
    made = plant_series([articles[doc] for doc in originals], kinds["5% changed"], chance)
    stories = find_stories([build(made, folder / "series.arrays")])  # without the originals, which are near
    return [*scores, score_apart(TEMPLATE, stories, 0, len(made))]


def _has_words(title: str) -> bool:
    return len(title.split()) >= _TITLE_WORDS


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
            f"{row.kind:<15} {row.copies:>6} copies  precision {row.precision:.3f}  recall {row.recall:.3f}"
        )


if __name__ == "__main__":
    main()
