"""How often the right spelling comes first: `python -m benchmarks.spelling --index DIR`.

500 words of the index are misspelt by one edit at random: a letter is taken in, left out or replaced,
or two neighbours are swapped. Drawn are words as written of four letters and more, each alike; what the
index has as a word of its own is no mistake that anyone would be asked about, and is drawn again.
"""

from __future__ import annotations

import argparse
import random
import string
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

from benchmarks.measure import percentile
from indexer.query.arrays.source import ArrayView
from indexer.query.arrays.store.snapshot import open_snapshot
from indexer.query.assist.spelling import spellings, word_documents

MIN_LETTERS = 4
_SHOWN = 3
_TRIES = 50


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of `words` words, how many came first and among the first three; seconds of each."""

    words: int
    first: int
    early: int
    seconds: tuple[float, ...]


def index_words(view: ArrayView, least: int = MIN_LETTERS) -> list[str]:
    """Return the words of the index in plain letters that have at least so many of them, sorted."""
    found: set[str] = set()
    for lexicon in view.snapshot.lexicons:
        for _, ordinals in lexicon.tables:
            found.update(lexicon.words(ordinals.tolist()))
    return sorted(word for word in found if word.isascii() and word.isalpha() and len(word) >= least)


def misspelt(word: str, random_source: random.Random) -> str:
    """Return `word` after one edit: one of four kinds, each as likely, at any place."""
    kind, at = random_source.choice(("insert", "delete", "replace", "transpose")), 0
    letter = random_source.choice(string.ascii_lowercase)
    if kind == "insert":
        at = random_source.randint(0, len(word))
        return word[:at] + letter + word[at:]
    if kind == "transpose":
        at = random_source.randrange(len(word) - 1)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    at = random_source.randrange(len(word))
    return word[:at] + (letter if kind == "replace" else "") + word[at + 1 :]


def draw(words: Sequence[str], view: ArrayView, count: int, seed: int = 1) -> list[tuple[str, str]]:
    """Return `count` words, each with a spelling of it that the index has not."""
    random_source = random.Random(seed)
    found: list[tuple[str, str]] = []
    while len(found) < count:
        word = random_source.choice(words)
        for _ in range(_TRIES):
            wrong = misspelt(word, random_source)
            if not word_documents([wrong], view)[0]:
                found.append((word, wrong))
                break
    return found


def measure(view: ArrayView, drawn: Sequence[tuple[str, str]]) -> Outcome:
    """Ask for the spellings of each, and count where the right one stands."""
    first = early = 0
    seconds: list[float] = []
    for word, wrong in drawn:
        began = perf_counter()
        texts = [spelling.text for spelling in spellings(wrong, view, _SHOWN)]
        seconds.append(perf_counter() - began)
        first += texts[:1] == [word]
        early += word in texts
    return Outcome(len(drawn), first, early, tuple(seconds))


def main(arguments: list[str] | None = None) -> int:
    """Measure an index and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.spelling", description=__doc__)
    parser.add_argument("--index", type=Path, required=True, help="the folder of the index")
    parser.add_argument("--words", type=int, default=500, help="how many are misspelt (%(default)s)")
    parser.add_argument("--least", type=int, default=MIN_LETTERS, help="letters of a word (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the random choices (%(default)s)")
    given = parser.parse_args(arguments)
    view = ArrayView(open_snapshot(given.index))
    words = index_words(view, given.least)
    drawn = draw(words, view, given.words, given.seed)
    began = perf_counter()
    spellings(drawn[0][1], view, _SHOWN)
    once = perf_counter() - began
    found = measure(view, drawn)
    print(f"{len(words):,} words of {given.least} letters and more; {found.words} of them misspelt")
    print(
        f"first: {found.first / found.words:.1%}; among the first {_SHOWN}: {found.early / found.words:.1%}"
    )
    p50, p95, most = (1000 * percentile(found.seconds, p) for p in (50, 95, 100))
    print(f"{p50:.1f} ms p50, {p95:.1f} ms p95, {most:.1f} ms at most; {1000 * once:.0f} ms the first time")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
