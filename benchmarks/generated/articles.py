"""A block of articles: its number -> what Backfile reads from its files."""

from __future__ import annotations

import functools
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from benchmarks.generated import curves
from benchmarks.generated.curves import Floats, Ints, curve, pick
from benchmarks.generated.text import Subjects
from benchmarks.generated.vocabulary import mix, name
from benchmarks.generated.wording import Writer
from indexer import Article, Image, Provider, RelatedLink
from indexer.identity import identity

BLOCK = 1000  # articles, and files in one folder

_PROVIDERS = 2152
_DAY = 86_400
_WIDTHS = (480, 700, 1024, 1200, 1920)
_TOPIC_NAMES = 10_000  # where the names of topics begin, past those of the providers


@dataclass(frozen=True, slots=True)
class Made:
    """An article, where its AMP page is, and which others of the block its file nests."""

    article: Article
    amp: str | None
    nested: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Facts:
    """What an article has besides its texts."""

    provider: Provider
    topics: tuple[str, ...]
    published_at: datetime | None
    quality: float
    heat: float
    featured: bool
    amp: bool
    image: int  # its width; 0 is no image


def make_block(seed: int, number: int, size: int, writer: Writer) -> list[Made]:
    """Return the `size` articles of block `number`, the same ones for the same seed."""
    chance = np.random.default_rng((seed, number))
    story = (chance.random(size) * size / curves.STORY_ARTICLES).astype(np.int64) + number * BLOCK
    about = Subjects(story, pick(curves.OTHER_TOPICS, mix(story, seed, 1)))
    titles, words = writer.write("title", about, chance)
    excerpts, _ = writer.write("excerpt", about, chance, words)
    facts = _facts(about, seed, chance)
    made = [
        _dress(number * BLOCK + place, title, excerpt, fact)
        for place, (title, excerpt, fact) in enumerate(zip(titles, excerpts, facts, strict=True))
    ]
    return _with_related(made, story, chance)


def _facts(about: Subjects, seed: int, chance: np.random.Generator) -> list[_Facts]:
    size = len(about.story)
    draw = chance.random((7, size))
    heat = np.where(draw[0] < curves.WITHOUT_HEAT, -1, curve(curves.HEAT, draw[1]))
    width = np.where(draw[2] < curves.WITH_IMAGE, np.array(_WIDTHS)[pick((1,) * len(_WIDTHS), draw[3])], 0)
    columns = (
        _providers(draw[4]),
        _topics(about, chance),
        _moments(about.story, seed, chance),
        curve(curves.QUALITY, draw[5]).astype(np.int64).astype(float).tolist(),
        heat.astype(np.int64).astype(float).tolist(),
        (chance.random(size) < curves.FEATURED).tolist(),
        (draw[6] < curves.WITH_AMP).tolist(),
        width.tolist(),
    )
    return [_Facts(*row) for row in zip(*columns, strict=True)]


def _providers(chance: Floats) -> list[Provider]:
    places, shares = zip(*curves.PROVIDER_SHARES, strict=True)
    numbers = np.minimum(np.interp(chance, shares, places), _PROVIDERS - 1).astype(np.int64)
    return [provider(number) for number in numbers.tolist()]


@functools.cache
def provider(number: int) -> Provider:
    """Return the provider of a number."""
    called = name(number)
    return Provider(name=called, domain=f"{called.lower()}.example")


@functools.cache
def topic_name(number: int) -> str:
    """Return the name of a topic: two words. That of most articles is number -1."""
    return f"{name(_TOPIC_NAMES + 2 * number)} {name(_TOPIC_NAMES + 2 * number + 1)}"


def _topics(about: Subjects, chance: np.random.Generator) -> list[tuple[str, ...]]:
    """Return the topics of each: the main one of the archive most often, then the one it is about."""
    size = len(about.topic)
    counts = pick(curves.TOPICS_EACH, chance.random(size)).tolist()
    main = (chance.random(size) < curves.MAIN_TOPIC).tolist()
    others = pick(curves.OTHER_TOPICS, chance.random((size, 5)))
    rows = []
    for count, has_main, topic, more in zip(counts, main, about.topic.tolist(), others.tolist(), strict=True):
        numbers = [*([-1] if has_main else []), topic, *more]
        rows.append(tuple(topic_name(number) for number in list(dict.fromkeys(numbers))[:count]))
    return rows


def _moments(story: Ints, seed: int, chance: np.random.Generator) -> list[datetime | None]:
    """Return when each was published: within two days of its story, rather on weekdays; some never."""
    size = len(story)
    day = curve(curves.DAYS, mix(story, seed, 2)) * curves.SPAN_DAYS + chance.random(size) * 2
    start = np.datetime64(curves.FIRST_DAY).astype("datetime64[D]").astype(np.int64)
    day = day.astype(np.int64) + start
    weekday = (day + 3) % 7  # the epoch was a Thursday
    move = (weekday >= 5) & (chance.random(size) >= curves.WEEKEND_KEPT)
    day = np.where(move, day + 7 - weekday, day)
    second = np.clip(chance.normal(14, 5, size), 0, 23.99) * 3600
    moments = day * _DAY + second.astype(np.int64) // 60 * 60
    undated = (chance.random(size) < curves.UNDATED).tolist()
    return [
        None if none else datetime.fromtimestamp(moment, UTC)
        for moment, none in zip(moments.tolist(), undated, strict=True)
    ]


def _dress(number: int, title: str, excerpt: str, facts: _Facts) -> Made:
    slug = "-".join(title.lower().replace(":", "").split()[:8])
    path = f"{facts.provider.domain}/{slug}-{number:07}"
    url = f"https://www.{path}"  # which normalises to the path
    image = Image(f"https://images.{path}.jpg", facts.image, facts.image * 2 // 3, title)
    article = Article(
        id=identity(path), title=title, url=url, excerpt=excerpt, published_at=facts.published_at,
        provider=facts.provider, topics=facts.topics, category="news", type="article",
        quality=facts.quality, heat=facts.heat, featured=facts.featured,
        images=(image,) if facts.image else (),
    )  # fmt: skip
    return Made(article, f"https://amp.{path}" if facts.amp else None, ())


def _with_related(made: list[Made], story: Ints, chance: np.random.Generator) -> list[Made]:
    """Nest in some the others of their story, up to three."""
    same: dict[int, list[int]] = {}
    for place, number in enumerate(story.tolist()):
        same.setdefault(number, []).append(place)
    for place in np.flatnonzero(chance.random(len(made)) < curves.WITH_RELATED).tolist():
        others = [other for other in same[int(story[place])] if other != place][:3]
        links = tuple(_link(made[other].article) for other in others)
        article = replace(made[place].article, related=links)
        made[place] = replace(made[place], article=article, nested=tuple(others))
    return made


def _link(article: Article) -> RelatedLink:
    return RelatedLink(article.id, article.title, article.url, article.published_at, article.provider)
