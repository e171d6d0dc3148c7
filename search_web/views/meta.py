"""What a page says of itself to other programs: its address, a description, Open Graph and JSON-LD. Answers
go in, a `Meta` comes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from indexer.article import Article, format_iso
from indexer.query.answers.stats import ArchiveStats
from search_web.formatting import day_name, plural, safe_url
from search_web.site import absolute

MAX_DESCRIPTION = 300  # characters
_SCHEMA = "https://schema.org"
_TERM = "search_term"


@dataclass(frozen=True, slots=True)
class Meta:
    """`url` is the page's own address; `kind` to `published` are for Open Graph, and `data` is JSON-LD: there
    is neither of a page of results, whose title and description say as much."""

    url: str
    description: str
    title: str = ""
    kind: str = "website"  # as Open Graph has it
    image: str = ""
    published: str = ""
    data: Mapping[str, Any] | None = None


def of_results(title: str, found: str, path: str) -> Meta:
    """Return what a page of results says, which is at `path`."""
    return Meta(absolute(path), f"{title}: {found}.")


def of_front(site: str, stats: ArchiveStats) -> Meta:
    """Return what the front page says: which site this is, and how it is searched."""
    home = absolute(url_for("pages.home"))
    span = (
        f" from {day_name(stats.first_date)} to {day_name(stats.last_date)}"
        if stats.first_date and stats.last_date
        else ""
    )
    description = f"{plural(stats.articles, 'article')}{span}."
    action = {
        "@type": "SearchAction",
        "target": {
            "@type": "EntryPoint",
            "urlTemplate": f"{absolute(url_for('pages.search'))}?q={{{_TERM}}}",
        },
        "query-input": f"required name={_TERM}",
    }
    data = {
        "@context": _SCHEMA,
        "@type": "WebSite",
        "name": site,
        "url": home,
        "description": description,
        "potentialAction": action,
    }
    return Meta(home, description, site, data=data)


def of_article(article: Article, image: str) -> Meta:
    """Return what the page of an article says; `image` is the address of its picture, or nothing."""
    url = absolute(url_for("pages.article", key=article.id))
    description = _cut(article.excerpt or article.body)
    provider, published = article.provider, format_iso(article.published_at)
    publisher = {
        "@type": "Organization",
        "name": provider.name,
        **({"url": f"https://{provider.domain}"} if provider.domain else {}),
    } if provider else None  # fmt: skip
    data = {
        "@context": _SCHEMA,
        "@type": "NewsArticle",
        "headline": article.title,
        "url": url,
        "description": description,
        "datePublished": published,
        "inLanguage": article.language,
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "publisher": publisher,
        "image": [image] if image else [],
        "keywords": [*article.topics, *article.tags],
        "articleSection": article.category,
        "isBasedOn": safe_url(article.url),
    }
    given = {name: value for name, value in data.items() if value}
    return Meta(url, description, article.title, "article", image, published or "", given)


def _cut(text: str) -> str:
    """Return the beginning of a text, on one line."""
    line = " ".join(text[: 2 * MAX_DESCRIPTION].split())
    return line if len(line) <= MAX_DESCRIPTION else line[:MAX_DESCRIPTION].rsplit(" ", 1)[0] + " …"
