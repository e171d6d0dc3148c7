"""Plain references: a line each, as they stand in a footnote."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from indexer.formats.references import Reference, day_name


def cite(references: Iterable[Reference], about: str = "") -> Iterator[str]:
    """Yield a line for each reference, behind what is said of all."""
    if about:
        yield f"{about}\n\n"
    for one in references:
        yield f"{line(one)}\n"


def line(one: Reference) -> str:
    """Return a reference as a line."""
    if one.note:
        said = ". ".join([one.container, one.title, one.note])
    else:
        day = day_name(one.issued) if one.issued else "no date"
        said = ", ".join(filter(None, [", ".join(one.authors), f"“{one.title}”", one.container, day]))
    parts = [f"{said}.", one.url]
    if one.accessed:
        parts.append(f"(accessed {day_name(one.accessed)})")
    if one.archive:
        parts.append(f"In: {one.archive}{f', {one.page}' if one.page not in ('', one.url) else ''}.")
    return " ".join(" ".join(parts).split())
