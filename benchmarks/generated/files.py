"""An article -> the Markdown file that an archive of the reference dialect keeps it in."""

from __future__ import annotations

from collections.abc import Sequence

from benchmarks.generated.articles import Made
from indexer import Article


def file_name(article: Article) -> str:
    """Return the file's name: the date, where there is one, and the end of the URL."""
    slug = (article.url or "").rsplit("/", 1)[-1]
    return f"{article.published_at:%Y-%m-%d}-{slug}.md" if article.published_at else f"{slug}.md"


def file_text(made: Made, block: Sequence[Made]) -> str:
    """Return the whole file; the texts have no quotes in them."""
    a = made.article
    lines = ["---", "category: news", *_core(made, "")]
    lines += [f"heat: {a.heat:.0f}", f"published: {str(a.featured).lower()}", *_provider(a, ""), ""]
    if a.topics:
        lines += ["topics:", *(f"  - {topic}" for topic in a.topics), ""]
    lines += _images(a, "")
    if made.nested:
        lines.append("related:")
        for place in made.nested:
            other = block[place]
            nested = [
                *_core(other, "    "),
                *_provider(other.article, "    "),
                *_images(other.article, "    "),
            ]
            lines += ["  - " + nested[0].lstrip(), *(line for line in nested[1:] if line)]
    return "\n".join([*lines, "---", ""])


def _core(made: Made, indent: str) -> list[str]:
    a = made.article
    lines = [f'title: "{a.title}"', f'excerpt: "{a.excerpt}"']
    if a.published_at:
        lines.append(f"publishedDateTime: {a.published_at:%Y-%m-%dT%H:%M:%SZ}")
    lines.append(f'webUrl: "{a.url}"')
    if made.amp:
        host, _, path = made.amp.removeprefix("https://").partition("/")
        lines.append(f'ampWebUrl: "{made.amp}"')
        lines.append(f'cdnAmpWebUrl: "https://{host.replace(".", "-")}.cdn.ampproject.org/c/s/{host}/{path}"')
    lines += [f"type: {a.type}", f"quality: {a.quality:.0f}"]
    return [indent + line for line in lines]


def _provider(a: Article, indent: str) -> list[str]:
    assert a.provider is not None
    lines = ["", "provider:", f"  name: {a.provider.name}", f"  domain: {a.provider.domain}"]
    return [indent + line if line else "" for line in lines]


def _images(a: Article, indent: str) -> list[str]:
    if not a.images:
        return []
    image = a.images[0]
    lines = [
        "", "images:", f'  - url: "{image.url}"', f"    width: {image.width}", f"    height: {image.height}",
        "    isCached: true", f'    title: "{image.title}"', "",
    ]  # fmt: skip
    return [indent + line if line else "" for line in lines]
