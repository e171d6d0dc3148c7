"""JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/): a feed of articles, with the address of its next
page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from indexer.formats import json
from indexer.formats.feed import entry_id, entry_text


def export(head: Mapping[str, Any], articles: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield the feed."""
    about = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": head["title"],
        **_given(home_page_url=head["page"], feed_url=head["self"], next_url=head["next"]),
        "authors": [{"name": head["site"]}],
        "_backfile": {"generation": head["generation"], "indexed_at": head["indexed_at"]},
    }
    yield json.text(about)[:-1] + ',"items":['
    comma = ""
    for article in articles:
        yield f"{comma}\n{json.text(_item(article))}"
        comma = ","
    yield "\n]}\n"


def _item(article: Mapping[str, Any]) -> dict[str, Any]:
    provider = article["provider"]
    authors = article["authors"] or ([provider["name"]] if provider else [])
    page, original = article["page"], article["url"]
    return {
        "id": entry_id(article),
        "title": article["title"],
        "content_text": entry_text(article),
        **_given(
            url=page or original,
            external_url=original if page else None,
            date_published=article["published_at"],
            language=article["language"],
            authors=[{"name": name} for name in authors],
            tags=article["topics"],
        ),
    }


def _given(**values: Any) -> dict[str, Any]:
    """Return those of some values that there are."""
    return {name: value for name, value in values.items() if value}
