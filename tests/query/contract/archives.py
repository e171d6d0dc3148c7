"""The archives that every source is asked about: a made-up one with whatever an archive may have, indexed in
three runs, and the sample corpus."""

from __future__ import annotations

import dataclasses
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from indexer import reindex
from indexer.config import Settings
from tests.archives import REPOSITORY, settings_for, write
from tests.sources.articles import Generation, read_generation

WORDS = [
    "harbour",
    "bridge",
    "ferry",
    "strike",
    "council",
    "storm",
    "light",
    "vote",
    "station",
    "tunnel",
    "railway",
    "flood",
    "mayor",
    "school",
    "recognition",
    "recognise",
    "recognised",
    "camera",
    "police",
    "tide",
    "turbine",
    "winter",
    "budget",
    "election",
    "harbours",
    "bridges",
    "ferries",
    "striking",
    "the",
    "of",
    "and",
    "a",
    "in",
    "it's",
    "council's",
    "café",
    "cafe",
    "naïve",
    "Übergröße",
    "straße",
    "nación",
    "nacion",
    "Ærø",
    "smørrebrød",
    "Łódź",
    "мост",
    "паром",
    "йод",
    "γέφυρα",
    "橋",
    "渡し船",
    "フェリー",
    "C++",
    "C#",
    ".NET",
    "AT&T",
    "U.S.",
    "W-2",
    "R&D",
    "state-of-the-art",
    "well-known",
    "O'Brien",
    "L'Oréal",
    "1,000",
    "1,000-strong",
    "US",
    "us",
    "wellknown",
    "OBrien",
    "CO₂",
    "treaty²",
    "2020",
    "5G",
    "RV-21",
    "GLT-3",
    "facial",
    "artificial",
    "intelligence",
]
TOPICS = ("Technology", "Robots", "robots", "AI", "Vision", "Transport", "Rail", "Élections", "No Such Tree")
PROVIDERS = (
    {"name": "Harbour Post", "domain": "post.example"},
    {"name": "harbour post", "domain": "post.example"},
    {"name": "Harbour Post"},
    {"name": "Channel One", "domain": "video.example"},
    {"name": "Channel Two", "domain": "video.example"},
    {"name": "gazette.example", "domain": "gazette.example"},
    {"name": "Courier"},
)
AUTHORS = ("Bastian Okell", "bastian okell", "Søren Lund", "Soren Lund", "Ann Lee", "Lee Ann")


@dataclass(frozen=True)
class Prepared:
    """An archive that was just indexed: what the index was made with, and its generations, oldest first."""

    settings: Settings
    generations: tuple[Generation, ...]


def corpus(folder: Path) -> Prepared:
    """The sample archive, in one generation."""
    settings = settings_for(folder)
    archive = dataclasses.replace(settings.archive, path=REPOSITORY / "corpus")
    settings = dataclasses.replace(settings, archive=archive)
    reindex(settings)
    return Prepared(settings, (read_generation(settings),))


def made_up(folder: Path) -> Prepared:
    """Three runs, whose segments stay apart, with deletions in the first two."""
    *_, last = growing(folder)
    assert [generation.number for generation in last.generations] == [1, 2, 3]
    assert last.generations[-1].gone
    return last


def growing(folder: Path) -> Iterator[Prepared]:
    """Yield the made-up archive after each run."""
    settings = settings_for(folder)
    chance = random.Random(7)
    generations: list[Generation] = []
    for step in (_first, _second, _third):
        step(settings.archive.path, chance)
        with pytest.MonkeyPatch.context() as monkey:
            monkey.setattr("indexer.indexing.writer.to_merge", lambda segments, added: [])
            reindex(settings)
        generations.append(read_generation(settings, generations[-1] if generations else None))
        yield Prepared(settings, tuple(generations))


ARCHIVES: dict[str, Callable[[Path], Prepared]] = {"made up": made_up, "corpus": corpus}


def _first(root: Path, chance: random.Random) -> None:
    _taxonomy(root)
    for n in range(60):
        _article(root, n, chance)
    for n in range(12):  # copies of one text, of several days and providers
        provider = PROVIDERS[(0, 3, 5, 6)[n % 4]]
        write(
            root, f"copies/{n}.md", "It names neither the ship nor its crew, whom nobody asked.",
            title=f"Freighter hits {('old', 'new')[n % 2]} pier at night, harbour closed for days",
            excerpt="A freighter has hit the pier of the outer harbour at night, and the pilots say so"
            if n % 2
            else "A tanker has struck the bridge of the inner port at dawn, and its owners deny it",
            url=f"https://copies.example/{n}", date=f"2021-03-{1 + n // 4:02}T0{n % 9}:00:00Z", provider=provider,
            topics=["Transport"],
        )  # fmt: skip
    for folder in ("en", "de", "fr"):  # translations of each other, by their paths
        for n in range(3):
            write(
                root, f"site/{folder}/{n}.md", f"The harbinger of the wharf, number {n}.",
                title=f"Release {n} of the harbinger is out", date=f"2022-05-0{n + 1}",
                url=f"https://site.example/{folder}/{n}",
            )  # fmt: skip
    for n, lang in enumerate(("en", "en", "pt-BR", "pt-PT", "")):  # and by a key
        write(
            root, f"keyed/{n}.md", title=f"A keyed harbinger {n}", date="2022-06-01", lang=lang,
            translationKey="ferry", url=f"https://keyed.example/{n}",
        )  # fmt: skip
    for n in range(2):  # one identity in two files
        write(
            root,
            f"twice/{n}.md",
            title=f"Twice told {n}",
            url="https://twice.example/a?utm_source=x",
            date=f"2019-0{n + 1}-01",
        )
    write(
        root,
        "amp.md",
        title="With a variant",
        url="https://amp.example/a",
        ampWebUrl="https://amp.example/amp/a",
    )
    write(root, "gone.md", title="Withdrawn ferry", url="https://a.example/gone", removed=True)
    (root / "broken.md").write_text("---\ntitle: [\n---\n")


def _second(root: Path, chance: random.Random) -> None:
    write(root, "last.md", title="A quixotic harbour", url="https://a.example/last")  # the word's only one
    for n, title in enumerate(
        ("The harbourside council", "A café at the harbour side", "Harbour side of the ferry")
    ):
        write(root, f"apart/{n}.md", title=title, url=f"https://apart.example/{n}")
    for n in range(60, 95):
        _article(root, n, chance)
    for n in range(0, 30, 5):
        (root / f"{n}.md").unlink()
    for n in range(1, 40, 7):
        _article(root, n, chance)
    (root / "copies/3.md").unlink()


def _third(root: Path, chance: random.Random) -> None:
    (root / "last.md").unlink()
    for n in (3, 62, 64, 70):
        (root / f"{n}.md").unlink()
    for n in (0, 2, 95, 96, 97):
        _article(root, n, chance)


def _article(root: Path, n: int, chance: random.Random) -> None:
    def some(low: int, high: int) -> str:
        return " ".join(chance.choices(WORDS, k=chance.randint(low, high)))

    fields = {
        "title": some(2, 7) or "x",
        "excerpt": some(0, 25),
        "url": f"https://a.example/{n}",
        "provider": PROVIDERS[chance.randrange(len(PROVIDERS))],
        "topics": chance.sample(TOPICS, chance.randrange(4)),
        "tags": chance.sample(["Sea", "sea", "drought", "No 1"], chance.randrange(3)),
        "authors": chance.sample(AUTHORS, chance.randrange(3)),
        "category": chance.choice(["news", "News", "opinion", ""]),
        "type": chance.choice(["article", "video", ""]),
        "lang": ("en", "de", "pt_BR", "", "Portuguese", "zh-Hant-TW", "php")[n % 7],
        "featured": n % 9 == 0,
    }
    if n % 11:
        fields["date"] = (
            f"{2012 + n % 12}-{n % 12 + 1:02}-{n % 28 + 1:02}T{n % 24:02}:30:00{('Z', '+02:00', '-09:30', '+05:30')[n % 4]}"
        )
    if n % 3:
        fields["quality"] = n % 50
    if n % 4:
        fields["heat"] = n % 7 * 10.5
    if n % 5 == 0:
        fields["images"] = [{"url": "https://i.example/a.jpg", "width": 50, "height": 50}]
    if n % 6 == 1:
        fields["related"] = [
            {
                "title": f"Nested {some(1, 4)}",
                "webUrl": f"https://nested.example/{n % 20}",
                "publishedDateTime": "2018-05-06",
            },
            {"title": "A neighbour", "webUrl": f"https://a.example/{(n + 1) % 60}"},
        ]
    body = "\n\n".join(some(5, 60) for _ in range(chance.randrange(4)))
    write(root, f"{n}.md", body, **{k: v for k, v in fields.items() if v not in ("", [])})


def _taxonomy(root: Path) -> None:
    parents = {"Technology": None, "Robots": "Technology", "Artificial Intelligence": "Technology",
               "Vision": "Artificial Intelligence", "Transport": None, "Rail": "Transport", "Élections": None}  # fmt: skip
    (root / "_data").mkdir(parents=True, exist_ok=True)
    for name, parent in parents.items():
        lines = ["taxonomy: topic", f"name: {name}"]
        lines += [f"parent: {parent}"] if parent else []
        lines += ["shortname: AI"] if name == "Artificial Intelligence" else []
        (root / "_data" / f"{name}.yaml").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (root / "_data" / "post.md").write_text(
        "---\ntaxonomy: organization\nname: The Harbour Post\ndomain: post.example\n"
        "images:\n  - url: https://i.example/logo.png\n    width: 50\n    height: 50\n---\n"
    )
    (root / "_data" / "gazette.md").write_text(
        "---\ntaxonomy: organization\nname: The Gazette\ndomain: gazette.example\n---\n"
    )
