"""What a reference says of an article or a search, whatever the format: plain values go in, a `Reference`
comes out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

_NO_KEY = re.compile("[^a-z0-9]+")


class Reference(NamedTuple):
    """What is cited. `container` is where it was published, `issued` its day; `archive` the archive that has
    it and `page` its address there; `note` says what of a search its title does not."""

    key: str
    title: str
    authors: tuple[str, ...] = ()
    container: str = ""
    issued: str = ""
    url: str = ""
    language: str = ""
    archive: str = ""
    page: str = ""
    note: str = ""
    accessed: str = ""


def to_article(article: Mapping[str, Any], archive: str) -> Reference:
    """Return the reference to an article of `Export.articles`, in the archive of that name."""
    provider, authors = article["provider"], tuple(article["authors"])
    name = authors[0].split()[-1:] if authors else [provider["name"] if provider else article["title"]]
    year = (article["day"] or "")[:4]
    return Reference(
        key=f"{_plain(''.join(name))[:30]}{year}-{article['id']}",
        title=article["title"],
        authors=authors,
        container=provider["name"] if provider else "",
        issued=article["day"] or "",
        url=article["url"] or article["page"] or "",
        language=article["language"] or "",
        archive=archive,
        page=article["page"] or "",
    )


def to_search(head: Mapping[str, Any], accessed: str = "") -> Reference:
    """Return the reference to a search, from what `Export.head` says of it; `accessed` is a day."""
    made = head["indexed_at"][:10]
    return Reference(
        key=f"search-{head['id'].rpartition(':')[2]}-{head['generation']}",
        title=f"Search for {head['search']}",
        container=head["site"],
        issued=made,
        url=head["page"] or "",
        note=f"{head['found']}; generation {head['generation']} of the archive, made on {day_name(made)}",
        accessed=accessed,
    )


def day_name(day: str) -> str:
    """Return `25 June 2020`."""
    moment = date.fromisoformat(day)
    return f"{moment.day} {moment:%B} {moment.year}"


def _plain(text: str) -> str:
    """Return a text as a key may have it: letters of ASCII in lower case, and digits."""
    return _NO_KEY.sub("", unicodedata.normalize("NFKD", text).lower())
