"""What generators and note takers write into Markdown -> what a reader sees of it.

Tags of templates (`{{ … }}`, `{% … %}`, `{: … }`), wiki links, footnotes and admonitions are hidden before
the Markdown is parsed. In what turns out to be code they are put back as they stand, for there they are text;
elsewhere the reader sees the name of a link, the code of a highlighted block, or nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_MEDIA = re.compile(r"\.(?:png|jpe?g|gif|svg|webp|avif|bmp|mp[34]|wav|ogg|webm|mov|pdf|canvas|base)\Z", re.I)
# No part of a pattern goes past the next brace or bracket, so the search is linear whatever the text.
_MARK = re.compile(
    r"(?P<toc>^[ \t]*(?:[-*+]|[0-9]+\.)[ \t]+[^\n{}]*\n[ \t]*\{:[ \t]*toc\b[^{}\n]*\}"
    r"|^[ \t]*\[\[?_?toc_?\]?\][ \t]*$)"
    r"|(?P<template>\{\{[^{}]*\}\}|\{%[^{}]*%\})"
    r"|(?P<attributes>\{(?::|[#.][A-Za-z])[^{}\n]*\})"
    r"|(?P<embed>!?)\[\[(?P<page>(?=[^\s\[\]|])[^\[\]\n|]*)(?:\|(?P<alias>[^\[\]\n]*))?\]\]"
    r"|(?P<definition>^[ ]{0,3}\[\^[^\]\s\[]{1,100}\]:)|(?P<footnote>\[\^[^\]\s\[]{1,100}\])"
    r"|(?P<admonition>^[ \t]*:{3,}[ \t]*\{?[.\w-]*\}?|^[ \t]*(?:!!!|\?\?\?\+?)[ \t]+[\w-]+"
    r"|(?<=> )\[!\w+\][+-]?)",
    re.MULTILINE | re.IGNORECASE,
)
_FOOTNOTE = re.compile(r" {0,3}\[\^([^\]]+)\](:?)")
_NAME = re.compile(r"\{[{%][<%-]?\s*(/?\w+)")
_ESCAPED = re.compile(r"\{\{([<%])/\*(.*)\*/([>%])\}\}", re.DOTALL)
_CODE = ("highlight", "codeblock", "code", "prism")
_HIDING = ("comment",)  # what lies between these is not shown
# A definition of a link or a footnote right below a line of text, which CommonMark takes for text.
_LATE_DEFINITION = re.compile(r"(?<=[^\n])\n(?=[ ]{0,3}\[[^\]\[\n]{1,200}\]:[ \t]+\S)")
# What only notes of Obsidian's have; code is matched so that nothing in it, or across it, is taken for it.
_NOTE_MARK = re.compile(
    r"^[ \t]*(?P<fence>`{3,}|~{3,}).*?(?:^[ \t]*(?P=fence)|\Z)|(?P<ticks>`+)[^`\n]+(?P=ticks)"
    r"|(?P<comment>%%.*?%%)"
    r"|(?P<highlight>==(?=\S)(?:[^\n=]|=(?!=))+(?<=\S)==)"
    r"|(?:^|(?<=[ \t]))(?P<block_id>\^[A-Za-z0-9-]+)(?=[ \t]*$)",
    re.MULTILINE | re.DOTALL,
)
_FIGURE_TEXT = re.compile(r"\b(title|caption)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)\"|`([^`]*)`)")
_MAX_INDENT = 200  # blank characters before and behind what is alone on its line
_TELLING = re.compile(r"\{\{|\{%|\{[:#.]|\[\[|\[\^|:::|!!!|\?\?\?|\[!|\[toc\]|\]:", re.IGNORECASE)
# What stands for something hidden: within a line, and alone on one (with blank lines around it).
_INLINE, _ALONE = "\ue100{}\ue101", "\n\ue102{}\ue103\n"
PLACE = re.compile("\ue100([0-9]+)\ue101|\n?\ue102([0-9]+)\ue103\n?")


@dataclass(frozen=True, slots=True)
class _Hidden:
    original: str
    shown: str


@dataclass(slots=True)
class Markup:
    """A body with its markup hidden. `text` is to be parsed; `shown` and `original` fill in the rest."""

    text: str
    links: bool = False  # whether it has wiki links
    _hidden: list[_Hidden] = field(default_factory=list)

    def shown(self, text: str) -> str:
        """Return a piece of the parsed text as a reader sees it."""
        return PLACE.sub(self._shown, text) if self._hidden else text

    def original(self, code: str) -> str:
        """Return code as it stands in the file."""
        return PLACE.sub(self._original, code) if self._hidden else code

    def footnotes(self) -> dict[str, int]:
        """Return the names of the footnotes that are both referred to and defined, numbered in the order in
        which a reader comes to them."""
        named = [found for one in self._hidden if (found := _FOOTNOTE.fullmatch(one.original))]
        defined = {found[1] for found in named if found[2]}
        used = dict.fromkeys(found[1] for found in named if not found[2])
        return {name: number for number, name in enumerate((name for name in used if name in defined), 1)}

    def footnote(self, place: re.Match[str]) -> tuple[str, bool]:
        """Return the name of the footnote that a place stands for (empty for none), and whether it is defined
        there."""
        found = _FOOTNOTE.fullmatch(self._original(place))
        return (found[1], bool(found[2])) if found else ("", False)

    def hide(self, original: str, shown: str, *, alone: bool) -> str:
        """Return what stands for `original` while the text is parsed."""
        self._hidden.append(_Hidden(original, shown))
        return (_ALONE if alone else _INLINE).format(len(self._hidden) - 1)

    def _shown(self, match: re.Match[str]) -> str:
        number = int(match[1] or match[2])
        shown = self._hidden[number].shown if number < len(self._hidden) else ""
        return f"\n\n{shown}\n\n" if shown and match[2] else shown  # alone on a line: a paragraph

    def _original(self, match: re.Match[str]) -> str:
        number = int(match[1] or match[2])
        return self._hidden[number].original if number < len(self._hidden) else ""


def hide_markup(body: str, *, note: bool = False) -> Markup:
    """Return a body with all that is no Markdown hidden; `note` says whether it is a note of Obsidian's."""
    if not note and not _TELLING.search(body):
        return Markup(body)
    body = _LATE_DEFINITION.sub("\n\n", body)
    markup = Markup(body)
    parts: list[str] = []
    at = 0
    for start, end, shown in _marks_of_note(body) if note else _marks(body):
        original = body[start:end]
        line_start = _line_alone(body, start, end)
        if line_start is not None and line_start >= at:  # its indentation stays: it may be code by that
            parts += (body[at:line_start], "\n", body[line_start:start])
            parts.append(markup.hide(original, shown, alone=True)[1:])
        else:
            parts += (body[at:start], markup.hide(original, shown, alone=False))
        markup.links = markup.links or original.startswith(("[[", "![["))
        at = end
    markup.text = "".join((*parts, body[at:]))
    return markup


def _line_alone(body: str, start: int, end: int) -> int | None:
    """Return where the line begins that a piece of markup is alone on, None where it is not alone."""
    first = body.rfind("\n", max(0, start - _MAX_INDENT), start) + 1
    last = body.find("\n", end, end + _MAX_INDENT)
    if last < 0:
        last = min(len(body), end + _MAX_INDENT)
    if body[first:start].strip() or body[end:last].strip():
        return None
    return first if first or start <= _MAX_INDENT else None


def _marks_of_note(body: str) -> Iterator[tuple[int, int, str]]:
    """Yield those of a note: its own ones, too, and nothing that lies in another."""
    at = 0
    for start, end, shown in sorted((*_marks(body), *_own_marks(body))):
        if start >= at:
            yield start, end, shown
            at = end


def _own_marks(body: str) -> Iterator[tuple[int, int, str]]:
    """Yield comments, the signs around highlights, and the names of blocks."""
    for match in _NOTE_MARK.finditer(body):
        start, end = match.span()
        if match["highlight"]:
            yield start, start + 2, ""
            yield end - 2, end, ""
        elif match["comment"] or match["block_id"]:
            yield start, end, ""


def _marks(body: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each piece of markup begins and ends, and what is shown of it."""
    matches = list(_MARK.finditer(body))
    names = [_name(match) for match in matches]
    ends: dict[str, int] = {}  # the next tag of each name that ends something, seen from the end
    closed: list[int | None] = [None] * len(matches)
    for nth in range(len(matches) - 1, -1, -1):
        if names[nth] in (*_CODE, *_HIDING):
            closed[nth] = ends.get(names[nth])
        elif names[nth].startswith(("end", "/")):
            ends[names[nth].removeprefix("end").removeprefix("/")] = nth
    nth = 0
    raw = False  # {% raw %}: tags are text
    while nth < len(matches):
        match, name = matches[nth], names[nth]
        end = closed[nth]
        if end is not None:
            code = body[match.end() : matches[end].start()]
            yield match.start(), matches[end].end(), code if name in _CODE else ""
            nth = end
        else:
            raw = name == "raw" or (raw and name != "endraw")
            yield match.start(), match.end(), _shown(match, raw=raw and name != "raw")
        nth += 1


def _name(match: re.Match[str]) -> str:
    found = _NAME.match(match["template"]) if match["template"] else None
    return found[1].lower() if found else ""


def _shown(match: re.Match[str], *, raw: bool) -> str:
    """Return what a reader sees of one piece of markup."""
    template = match["template"]
    if template:
        escaped = _ESCAPED.fullmatch(template)  # {{</* x */>}} shows {{< x >}}
        if escaped:
            return f"{{{{{escaped[1]}{escaped[2]}{escaped[3]}}}}}"
        return template if raw else _figure(match) if _name(match) == "figure" else ""
    if match["page"] is None:
        return ""
    alias, page = (match["alias"] or "").strip(), match["page"].strip()
    if match["embed"] and _MEDIA.search(page):
        return "" if re.fullmatch(r"[0-9x]*", alias) else alias
    return alias or page.partition("#^")[0].strip("#").replace("#", " > ")


def _figure(match: re.Match[str]) -> str:
    """Return the title and the caption of a figure of Hugo's."""
    texts = {
        name: quoted.replace('\\"', '"') or plain for name, quoted, plain in _FIGURE_TEXT.findall(match[0])
    }
    return " ".join(filter(None, map(texts.get, ("title", "caption"))))
