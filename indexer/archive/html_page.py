"""A page in HTML -> what its head says, as front matter would, and its text.

The text is that of `<article>`, else of `<main>`, else of `<body>`, without navigation and footers.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser

from indexer.archive.body_html import cleaned_html
from indexer.archive.markdown import Body
from indexer.archive.text import plain_text, strip_tags, tidy, unescape_text

# What a `<meta>` is called, and what front matter calls it.
_META = {
    "author": "author", "date": "date", "modified": "modified", "tags": "tags", "keywords": "tags",
    "category": "category", "summary": "summary", "description": "description", "slug": "slug",
    "status": "status", "lang": "lang", "authors": "authors", "og:title": "headline", "og:url": "url",
    "og:description": "excerpt", "article:published_time": "publishDate", "article:modified_time": "lastmod",
    "article:section": "section", "article:tag": "tag", "og:image": "image", "dc.date": "published_at",
    "og:site_name": "publisher",
}  # fmt: skip
_PART = re.compile(r"<(article|main|body)(?:\s[^<>]*)?>", re.IGNORECASE)
_DROPPED = ("nav", "footer", "aside", "noscript", "svg", "template", "form", "head")
_DROPPED_TAG = re.compile(rf"<(/?)({'|'.join(_DROPPED)})(?=[\s/>])[^<>]*>", re.IGNORECASE)
_PARAGRAPH_END = re.compile(r"\n\s*\n")
_HEADING = re.compile(r"<h([1-6])(?:\s[^<>]*)?>(.{0,2000}?)</h\1\s*>", re.IGNORECASE | re.DOTALL)
TEMPLATE = re.compile(r"\{\{|\{%")


class _Head(HTMLParser):
    """Gathers title, metas, the canonical address and the language."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, str] = {}
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "title":
            self._in_title = "title" not in self.values
        elif tag == "html" and given.get("lang"):
            self.values.setdefault("lang", given["lang"])
        elif tag == "link" and given.get("rel", "").lower() == "canonical":
            self.values["canonical_url"] = given.get("href", "")
        elif tag == "meta":
            name = _META.get((given.get("name") or given.get("property") or "").lower())
            if name and given.get("content"):
                self.values.setdefault(name, given["content"])

    def handle_endtag(self, tag: str) -> None:
        self._in_title = self._in_title and tag != "title"

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.values["title"] = self.values.get("title", "") + data


def read_html(page: str) -> tuple[dict[str, str], Body]:
    """Return what a page's head says, by names of front matter, and its text."""
    end = re.search(r"</head\s*>|<body", page, re.IGNORECASE)
    head = _Head()
    if end:
        head.feed(page[: end.start()])
        head.close()
    markup = _without(_main_part(page))
    heading = next(filter(None, (plain_text(found[2]) for found in _HEADING.finditer(markup))), None)
    text = unescape_text(strip_tags(markup, "\n\n"))
    paragraphs = tuple(line for line in map(tidy, _PARAGRAPH_END.split(text)) if line)
    body = Body(paragraphs, heading, html=cleaned_html(markup))
    return {name: value for name, value in head.values.items() if value.strip()}, body


def _main_part(page: str) -> str:
    """Return what is in the first `<article>`, else `<main>`, else `<body>`; else the page."""
    found: dict[str, re.Match[str]] = {}
    for match in _PART.finditer(page):
        found.setdefault(match[1].lower(), match)
    for name in ("article", "main", "body"):
        if name in found:
            end = page.lower().rfind(f"</{name}")
            start = found[name].end()
            return page[start : end if end > start else len(page)]
    return page


def _without(markup: str) -> str:
    """Drop what is no part of the text, with all that it holds."""
    kept: list[str] = []
    at = depth = 0
    inside = ""
    for match in _DROPPED_TAG.finditer(markup):
        name = match[2].lower()
        if not inside and not match[1]:
            kept.append(markup[at : match.start()])
            inside, depth = name, 1
        elif name == inside:
            depth += -1 if match[1] else 1
        if inside and not depth:
            inside, at = "", match.end()
    if not inside:
        kept.append(markup[at:])
    return "\n\n".join(kept)
