"""What Atom and JSON Feed say alike of an article: what identifies it, and the text that is shown of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

MAX_TEXT = 1_000  # characters of a body that stand for an excerpt


def entry_id(article: Mapping[str, Any]) -> str:
    """Return an address-like name of an article that stays, whatever becomes of its texts and of the site."""
    return f"urn:backfile:article:{article['id']}"


def entry_text(article: Mapping[str, Any]) -> str:
    """Return the excerpt, else the beginning of the body."""
    excerpt: str = article["excerpt"] or article["body"]
    return excerpt if len(excerpt) <= MAX_TEXT else excerpt[:MAX_TEXT].rsplit(" ", 1)[0] + " …"
