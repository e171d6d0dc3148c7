"""Atom (RFC 4287): a feed of articles, with the link to the next page of it (RFC 5005)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Any

from indexer.formats.feed import entry_id, entry_text
from indexer.formats.xml import fit

_NO_DATE = "1970-01-01T00:00:00Z"  # an entry must say when it was updated


def export(head: Mapping[str, Any], articles: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the feed."""
    yield (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<feed xmlns="http://www.w3.org/2005/Atom">\n'
        f"{_element('title', head['title'])}"
        f"{_element('id', head['id'])}"
        f"{_element('updated', head['indexed_at'])}"
        f"<author>{_element('name', head['site'])}</author>\n"
        "<generator>Backfile</generator>\n"
        f'<generation xmlns="urn:backfile:feed">{head["generation"]}</generation>\n'
        f"{_link('self', head['self'], 'application/atom+xml')}"
        f"{_link('alternate', head['page'], 'text/html')}"
        f"{_link('next', head['next'], 'application/atom+xml')}"
    )
    for article in articles:
        yield _entry(article)
    yield "</feed>\n"


def _entry(article: Mapping[str, Any]) -> str:
    provider = article["provider"]
    authors = article["authors"] or ([provider["name"]] if provider else [])
    page, original = article["page"], article["url"]
    language = f' xml:lang="{_clean(article["language"])}"' if article["language"] else ""
    parts = [
        f"<entry{language}>\n",
        _element("title", article["title"]),
        _element("id", entry_id(article)),
        _element("updated", article["published_at"] or _NO_DATE),
        _element("published", article["published_at"]) if article["published_at"] else "",
        _link("alternate", page or original, "text/html"),
        _link("via", original if page else None, "text/html"),
        *(f"<author>{_element('name', name)}</author>\n" for name in authors),
        *(f'<category term="{_clean(topic)}"/>\n' for topic in article["topics"]),
        f'<content type="text">{_clean(entry_text(article))}</content>\n</entry>\n',
    ]
    return "".join(parts)


def _element(name: str, value: str) -> str:
    return f"<{name}>{_clean(value)}</{name}>\n"


def _link(relation: str, address: str | None, media_type: str) -> str:
    return f'<link rel="{relation}" type="{media_type}" href="{_clean(address)}"/>\n' if address else ""


def _clean(text: str) -> str:
    return escape(fit(text))
