"""Reads exports as others do: each format's text goes in, the articles that it has come out."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import bibtexparser
import feedparser
from pylatexenc.latex2text import LatexNodes2Text

Article = dict[str, Any]  # id, title, url, excerpt, day: those that the format has

URN = "urn:backfile:article:"


def from_json(text: str) -> list[Article]:
    return [_own(one) for one in json.loads(text)["articles"]]


def from_ndjson(text: str) -> list[Article]:
    assert text.endswith("\n") or not text
    return [_own(json.loads(line)) for line in text.split("\n")[:-1]]


def from_csv(text: str) -> list[Article]:
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True))
    return [_own(row | {"url": row["url"] or None, "day": row["day"] or None}) for row in rows]


def from_atom(text: str) -> list[Article]:
    feed = feedparser.parse(text.encode())
    assert not feed.bozo, feed.get("bozo_exception")
    return [
        {"id": one.id.removeprefix(URN), "title": one.title, "excerpt": one.content[0].value}
        for one in feed.entries
    ]


def from_jsonfeed(text: str) -> list[Article]:
    feed = json.loads(text)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    return [
        {"id": one["id"].removeprefix(URN), "title": one["title"], "excerpt": one["content_text"]}
        for one in feed["items"]
    ]


def from_bibtex(text: str) -> list[Article]:
    read = bibtexparser.parse_string(text)
    assert not read.failed_blocks
    entries = [{field.key: field.value for field in one.fields} | {"key": one.key} for one in read.entries]
    return [
        {
            "id": one["key"].rpartition("-")[2],
            "title": _decoded(one["title"]),
            "url": one.get("url"),
            "day": one.get("date"),
        }
        for one in entries
    ]


_DECODER = LatexNodes2Text(keep_comments=True)
_UNKNOWN = {r"{\textbraceleft}": "\ue001", r"{\textbraceright}": "\ue002", r"{\textasciicircum}": "\ue003"}


def _decoded(latex: str) -> str:
    """Return what LaTeX prints; three commands that the decoder does not know pass it in disguise."""
    for command, disguise in _UNKNOWN.items():
        latex = latex.replace(command, disguise)
    return str(_DECODER.latex_to_text(latex)).translate({0xE001: "{", 0xE002: "}", 0xE003: "^"})


def from_csl(text: str) -> list[Article]:
    return [
        {
            "id": one["id"].rpartition("-")[2],
            "title": one["title"],
            "url": one.get("URL"),
            "day": "-".join(f"{part:02}" for part in one["issued"]["date-parts"][0])
            if "issued" in one
            else None,
        }
        for one in json.loads(text)
    ]


def from_text(text: str) -> list[Article]:
    lines = text.split("\n\n", 1)[1].splitlines()
    return [{"title": re.search("“(.*)”, ", line)[1]} for line in lines]  # type: ignore[index]


class _Nothing:
    value = None


def _own(article: Mapping[str, Any]) -> Article:
    return {name: article[name] for name in ("id", "title", "url", "excerpt", "day")}


READERS: Mapping[str, Callable[[str], list[Article]]] = {
    "json": from_json,
    "ndjson": from_ndjson,
    "csv": from_csv,
    "atom": from_atom,
    "jsonfeed": from_jsonfeed,
    "text": from_text,
    "bibtex": from_bibtex,
    "csl": from_csl,
}
