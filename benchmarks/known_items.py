"""How often readers who half remember a title find its article, and where words stand as typed.

    python -m benchmarks.known_items --archive ../shared/archives [--articles N] [--seed N] [--no-write]

Writes `benchmarks/known_items.json`, and the section of `RESULTS.md` that it fills. Each question means one
article, and is made from its title (Azzopardi, de Rijke and Balog, "Building simulated queries for known-item
topics", SIGIR 2007). Right is the article, another of its story, or another with its title. Nothing here is
timed.
"""

from __future__ import annotations

import argparse
import random
import string
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.collection import all_articles, settings_for, shown_name
from benchmarks.figures import count, table
from benchmarks.queries import plain_words
from benchmarks.saved import KNOWN_ITEMS, RESULTS, Saved, save, write_section
from indexer import Archive, Article, open_archive, reindex
from indexer.analysis import analyzer_for, fold_key

FIRST = 10  # hits in which the article is looked for
WORDS = 4  # of a title
MIN_TYPO, MIN_LEFT = 5, 3  # letters of a word with a typo; letters that are left of one that is cut short

# The kinds of questions, and the Success@10 that each is to reach.
SHUFFLED, STRAY, TYPO = "four words, shuffled", "and a stray word", "with a typo"
CUT, SHORT = "the last word cut short", "three words, the last cut short"
WANTED: Mapping[str, float] = {SHUFFLED: 0.98, STRAY: 0.96, TYPO: 0.94, CUT: 0.97, SHORT: 0.92}

# Words whose stem other words have too, and the archive in which they are looked for.
EXACT_ARCHIVE = "ai-2020"
EXACT = ("universe", "customs", "aids", "organ", "operate", "policies", "arms", "mars", "building")


@dataclass(frozen=True, slots=True)
class Item:
    """An article that is looked for, and the text that is typed for each kind of question."""

    article: Article
    queries: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """Of `questions` of a kind, to how many the article is among the first ten that are `shown`; to how
    many it is there or among the first ten of the first search that is `offered`; and to how many no
    article was shown."""

    kind: str
    questions: int
    shown: int
    found: int
    nothing: int


@dataclass(frozen=True, slots=True)
class Form:
    """A word as typed: how many of the first ten hits have it in this form, and how many articles do."""

    word: str
    hits: int
    first: int
    articles: int
    total: int


# Drawing


def draw(articles: Sequence[Article], most: int, seed: int = 1) -> list[Item]:
    """Return at most `most` articles, each as likely as another, and what is typed for each. The order of
    `articles` does not matter."""
    chance = random.Random(seed)
    order = chance.sample(sorted(articles, key=lambda article: article.id), len(articles))
    found: list[Item] = []
    for article in order:
        if len(found) == most:
            break
        words = list(dict.fromkeys(plain_words(article.title)))
        if len(words) < WORDS:
            continue
        words = chance.sample(words, WORDS)
        if max(map(len, words)) >= MIN_TYPO:
            found.append(Item(article, _queries(words, article, order, chance)))
    return found


def _queries(
    words: list[str], article: Article, others: Sequence[Article], chance: random.Random
) -> dict[str, str]:
    stray = list(words)
    stray.insert(chance.randint(0, WORDS), _stray(article, others, chance))
    wrong = list(words)
    at = chance.choice([at for at, word in enumerate(words) if len(word) >= MIN_TYPO])
    wrong[at] = mistyped(words[at], chance)
    last = chance.choice([at for at, word in enumerate(words) if len(word) > MIN_LEFT])
    before = words[:last] + words[last + 1 :]
    cut = words[last][: chance.randint(MIN_LEFT, len(words[last]) - 1)]
    texts = {SHUFFLED: words, STRAY: stray, TYPO: wrong, CUT: [*before, cut], SHORT: [*before[:2], cut]}
    return {kind: " ".join(text) for kind, text in texts.items()}


def _stray(article: Article, others: Sequence[Article], chance: random.Random) -> str:
    """Return a word of another title that is nowhere in `article`, in no form."""
    analyzer = analyzer_for("english")
    own = {token.term for token in analyzer.tokens(f"{article.title} {article.excerpt} {article.body}")}
    while True:
        words = plain_words(chance.choice(others).title)
        word = chance.choice(words) if words else ""
        if word and own.isdisjoint(token.term for token in analyzer.tokens(word)):
            return word


def mistyped(word: str, chance: random.Random) -> str:
    """Return `word` with one slip behind its first letter: a letter swapped with the next one, left out,
    doubled, or another in its place; each as likely."""
    while True:
        kind = chance.choice(("swap", "drop", "double", "change"))
        at = chance.randrange(1, len(word) - (kind == "swap"))
        letter, rest = word[at], word[at + 1 :]
        if kind == "swap":
            letter, rest = word[at + 1] + letter, word[at + 2 :]
        else:
            letter = {"drop": "", "double": 2 * letter, "change": chance.choice(string.ascii_lowercase)}[kind]
        wrong = word[:at] + letter + rest
        if wrong != word:
            return wrong


# Measuring


def measure_items(archive: Archive, items: Sequence[Item], articles: Iterable[Article]) -> list[Row]:
    """Ask for each of `items` in each way; `articles` are all that there are."""
    titles: dict[str, set[str]] = {}
    for article in articles:
        titles.setdefault(fold_key(article.title), set()).add(article.id)
    counts: Counter[tuple[str, str]] = Counter()
    for item in items:
        right = {item.article.id, *(one.id for one in archive.story(item.article))}
        right |= titles.get(fold_key(item.article.title), set())
        for kind, text in item.queries.items():
            counts.update((kind, what) for what in _outcome(archive, text, right))
    return [Row(kind, len(items), *(counts[kind, what] for what in _OUTCOMES)) for kind in WANTED]


_OUTCOMES = ("shown", "found", "nothing")


def _outcome(archive: Archive, text: str, right: set[str]) -> Iterator[str]:
    results = archive.search(text, size=FIRST)
    if not len(results):
        yield "nothing"
    if _has(results, right):
        yield from ("shown", "found")
    elif results.offers and _has(archive.search(results.offers[0].request), right):
        yield "found"


def _has(results: Iterable[Any], right: set[str]) -> bool:
    return any(hit.article.id in right for hit in list(results)[:FIRST])


def measure_forms(archive: Archive, articles: Sequence[Article], words: Iterable[str] = EXACT) -> list[Form]:
    """Search for each of `words`, and count the articles that have it as it is typed."""
    found = []
    for word in words:
        results = archive.search(word, size=FIRST)
        first = sum(has_form(hit.article, word) for hit in results)
        every = sum(has_form(article, word) for article in articles)
        found.append(Form(word, len(results), first, every, results.total))
    return found


def has_form(article: Article, word: str) -> bool:
    """Whether `word` stands in the title or the text of `article` in this form, in upper or lower case."""
    text = f"{article.title}\n{article.excerpt}\n{article.body}"
    return word in text.lower() and any(token.exact == word for token in analyzer_for("english").tokens(text))


def measure(archive: Path, most: int, seed: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """Measure the archives in the folder `archive`; forms in that of EXACT_ARCHIVE, where it is there."""
    date, shown = datetime.now(UTC).date().isoformat(), shown_name(archive)
    found: dict[str, Any] = {"date": date, "archive": shown, "seed": seed, "forms": []}
    with tempfile.TemporaryDirectory(prefix="backfile-known-items-") as name:
        tell("indexing")
        with _indexed(archive, Path(name) / "all") as opened:
            articles = all_articles(opened)
            tell("asking for known items")
            rows = measure_items(opened, draw(articles, most, seed), articles)
        found |= {"articles": len(articles), "items": [asdict(row) for row in rows]}
        if (archive / EXACT_ARCHIVE).is_dir():
            tell(f"looking for exact forms in {EXACT_ARCHIVE}")
            with _indexed(archive / EXACT_ARCHIVE, Path(name) / "exact") as opened:
                found["forms"] = [asdict(form) for form in measure_forms(opened, all_articles(opened))]
    return found


def _indexed(archive: Path, index: Path) -> Archive:
    settings = settings_for(archive, index)
    reindex(settings)
    return open_archive(settings)


# Reporting


def known_items_section(saved: Saved | None) -> list[str]:
    """Return the report's section about articles that readers know of."""
    if not saved:
        return []
    section = [
        "## Articles that readers know of",
        f"By `python -m benchmarks.known_items --archive {saved['archive']}` on {saved['date']}, with the "
        f"default settings: all {count(saved['articles'])} articles in one index, some drawn by seed "
        f"{saved['seed']}. What is typed are four words of a title in any order, no stop words. A stray word "
        "is one of another title that the article has in no form; a typo is a letter swapped with the next, "
        f"left out, doubled or changed in a word of {MIN_TYPO} letters or more, never the first letter; of a "
        f"word cut short {MIN_LEFT} letters or more are left. Success@{FIRST} is how often the article, "
        f"another of its story or another with its title is among the first {FIRST} that are shown, or else "
        "among those of the search that is offered first.",
        table(
            ("typed", "questions", "nothing shown", "shown", "shown or offered", "wanted", ""),
            list(_item_rows(saved["items"])),
        ),
    ]
    if not saved["forms"]:
        return section
    rows = [
        [f"`{f['word']}`", f"{f['first']} of {f['hits']}", count(f["articles"]), count(f["total"])]
        for f in saved["forms"]
    ]
    return [
        *section,
        f"Words that share their stem with others, in `{saved['archive']}/{EXACT_ARCHIVE}`: how many of the "
        f"first {FIRST} hits have the form that was typed.",
        table(("word", "of the first", "articles with the form", "articles found"), rows),
    ]


def _item_rows(items: Iterable[Mapping[str, Any]]) -> Iterator[list[str]]:
    for row in items:
        wanted, questions = WANTED[row["kind"]], row["questions"]
        shares = [row[what] / questions if questions else 0.0 for what in ("nothing", "shown", "found")]
        verdict = "met" if shares[-1] >= wanted else "**missed**"
        yield [row["kind"], str(questions), *(f"{x:.3f}" for x in shares), f"{wanted:.2f}", verdict]


def main(arguments: list[str] | None = None) -> int:
    """Measure, keep what came of it, and put it into the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.known_items", description=__doc__)
    parser.add_argument("--archive", type=Path, required=True, help="the folder of the archives")
    parser.add_argument("--articles", type=int, default=300, help="how many are looked for (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the random choices (%(default)s)")
    parser.add_argument("--write", action=argparse.BooleanOptionalAction, default=True, help="write the page")
    given = parser.parse_args(arguments)
    if not given.archive.is_dir():
        parser.error("--archive must be a folder")
    found = measure(
        given.archive, given.articles, given.seed, lambda line: print(line, file=sys.stderr, flush=True)
    )
    section = known_items_section(found)
    print("\n\n".join(section))
    if given.write:
        save(KNOWN_ITEMS, found)
        write_section(section, RESULTS)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
