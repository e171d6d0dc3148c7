"""What front matter says of an article's language and its translations; and the archive's language, for an
article that names none."""

from __future__ import annotations

from collections.abc import Callable

from indexer.alphabets import language_by_letters
from indexer.archive import values
from indexer.archive.values import FieldValues
from indexer.identity import identity


def own_language(read: FieldValues, note: Callable[[str, str], None]) -> str | None:
    """Return the tag of the language that the article names."""
    found: str | None = read.first("language", values.language_of)
    if found is None:
        for value in read.candidates("language"):
            note("bad_language", f"{values.shown(value)} is not a language")
    return found


def fitting_language(tag: str, *texts: str) -> str | None:
    """Return `tag`, the language of articles that name none, where these texts of one are in letters that it
    is written in; empty for none."""
    if not tag:
        return None
    code = tag.partition("-")[0]
    return tag if all(language_by_letters(text, code) == code for text in texts) else None


def translation_of(read: FieldValues, original: str | None) -> str | None:
    """Return what the article has in common with its translations: a key that it names, else its path."""
    key = read.first("translation", values.text_of)
    if key is not None:
        return identity(f"translation:{key}")
    return identity(f"translation of file:{original}") if original else None
