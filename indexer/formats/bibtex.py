"""BibTeX, in UTF-8. What means something to TeX is written so that it means itself; braces around a title
keep its capitals."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from indexer.formats.references import Reference

_SPECIAL = {
    "\\": r"{\textbackslash}", "{": r"{\textbraceleft}", "}": r"{\textbraceright}", "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}", "#": r"\#", "$": r"\$", "%": r"\%", "&": r"\&", "_": r"\_",
}  # fmt: skip
_TO_ESCAPE = re.compile(r"[\\{}~^#$%&_]")
_LIGATURE = re.compile(r"(?:-(?=-)|'(?=')|`(?=`)|,(?=,)|<(?=<)|>(?=>)|[?!](?=`))")  # TeX makes one of two
_NOT_IN_URL = re.compile(r"[\\{}\s]")
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")
_PLAIN_NAME = re.compile(r"(?!.*\band\b)[^,{}\\#$%&_~^]+", re.IGNORECASE)


def cite(references: Iterable[Reference], about: str = "") -> Iterator[str]:
    """Yield an entry for each reference, behind a comment with what is said of all."""
    if about:  # what does not begin with an @ is a comment
        yield f"% {_CONTROLS.sub(' ', about).replace('@', '(at)')}\n\n"
    for one in references:
        yield _entry(one)


def _entry(one: Reference) -> str:
    is_article = bool(one.container) and not one.note
    fields = {
        "author": " and ".join(map(_name, one.authors)),
        "title": f"{{{_escaped(one.title)}}}",
        "journal" if is_article else "howpublished": _escaped(one.container),
        "date": one.issued,
        "year": one.issued[:4],
        "url": _url(one.url),
        "urldate": one.accessed,
        "langid": _escaped(one.language),
        "note": _escaped(one.note) or _archive(one),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    if one.issued:
        lines.append(f"  month = {date.fromisoformat(one.issued):%b},\n".lower())
    return f"@{'article' if is_article else 'misc'}{{{one.key},\n{''.join(lines)}}}\n\n"


def _archive(one: Reference) -> str:
    if not one.page or one.page == one.url:
        return _escaped(one.archive)
    return f"{_escaped(one.archive)}, \\url{{{_url(one.page)}}}"


def _name(author: str) -> str:
    """Return an author as BibTeX reads one; a name that it would take apart wrongly is kept whole."""
    return author if _PLAIN_NAME.fullmatch(author) else f"{{{_escaped(author)}}}"


def _escaped(text: str) -> str:
    plain = _TO_ESCAPE.sub(lambda match: _SPECIAL[match.group()], _CONTROLS.sub(" ", text))
    return _LIGATURE.sub(r"\g<0>{}", plain)


def _url(address: str) -> str:
    """Return an address as it stands in a field that is read as it is; braces and blanks in percent signs."""
    return _NOT_IN_URL.sub(lambda match: f"%{ord(match.group()):02X}", _CONTROLS.sub("", address))
