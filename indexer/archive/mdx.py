"""MDX -> Markdown: without imports, exports, the tags of components and expressions in braces.

A reader sees what a component holds, and the texts that it is given: `<Card title="Boats">By sea</Card>` is
"Boats By sea". Code stays as it stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_FENCE = re.compile(r"[ \t]*(`{3,}|~{3,})")
_MODULE = re.compile(
    r"import[ \t]+(?:[\"']|[\w{*$].*|\Z)|export[ \t]+(?:const|let|var|function|default|class"
    r"|async|type|\{|\*)"
)
_TAG = re.compile(r"</?(?:[A-Za-z][\w.:-]*)?")
_SHOWN = re.compile(
    r"\b(?:title|label|caption|alt|summary|description|heading|header|text)=(?:\{\s*)?(\"[^\"]*\"|'[^']*'|`[^`]*`)"
)
_LITERAL = re.compile(r"\{\s*(\"[^\"\n]*\"|'[^'\n]*'|`[^`$]*`)\s*\}")
_OPEN, _CLOSE = "([{", ")]}"
_QUOTES = "\"'`"
_MAX = 20_000  # characters of one tag or expression
_MAX_UNCLOSED = 200  # of a text; behind them, all is text
_SPECIAL = re.compile(r"[`<{\\]")


def without_components(body: str) -> str:
    """Return the Markdown that is left of a body in MDX."""
    return "\n".join(_without_tags(part) if not is_code else part for is_code, part in _parts(body))


def is_mdx(body: str) -> bool:
    """Whether a body in Markdown has an import as MDX writes it, as Docusaurus takes it in `.md` files."""
    return bool(re.search(r"(?m)^import\s[^\n]*\sfrom\s+[\"'][^\"'\n]+[\"'];?\s*$", body))


def _parts(body: str) -> Iterator[tuple[bool, str]]:
    """Yield code in fences, and the text between, without the lines of modules."""
    text: list[str] = []
    code: list[str] = []
    fence = ""
    depth = 0  # of brackets that a module's statement has open
    for line in body.split("\n"):
        found = _FENCE.match(line)
        if fence:
            code.append(line)
            if found and found[1].startswith(fence) and not line.strip().strip(fence[0]):
                yield True, "\n".join(code)
                code, fence = [], ""
        elif depth > 0 or (_MODULE.match(line) and not (text and text[-1].strip())):
            depth = max(0, depth + sum(map(line.count, _OPEN)) - sum(map(line.count, _CLOSE)))
        elif found:
            yield False, "\n".join(text)
            text, code, fence = [], [line], found[1]
        else:
            text.append(line)
    yield bool(fence), "\n".join(code if fence else text)


def _without_tags(text: str) -> str:
    kept: list[str] = []
    at = unclosed = 0
    while unclosed < _MAX_UNCLOSED and (match := _SPECIAL.search(text, at)) is not None:
        start = match.start()
        end, shown = _special(text, start)
        unclosed += end == start + 1
        kept += (text[at:start], shown)
        at = end
    kept.append(text[at:])
    return "".join(kept)


def _special(text: str, start: int) -> tuple[int, str]:
    """Return where what begins here ends, and what is shown of it."""
    letter = text[start]
    if letter == "\\":
        return start + 2, text[start : start + 2]
    if letter == "`":
        run = re.compile(r"`+").match(text, start)
        ticks = run.group() if run else letter
        end = text.find(ticks, start + len(ticks))
        return (end + len(ticks), text[start : end + len(ticks)]) if end >= 0 else (start + len(ticks), ticks)
    if letter == "{":
        end = _end(text, start)
        literal = _LITERAL.fullmatch(text, start, end) if end else None
        return (end, literal[1][1:-1] if literal else "") if end else (start + 1, letter)
    tag = _TAG.match(text, start)
    name = tag.group().strip("</") if tag else ""
    end = _end(text, start)
    if not tag or not end or (not name and text[start:end] not in ("<>", "</>")):
        return start + 1, letter
    whole = text[start:end]
    if name.islower() and "{" not in whole:
        return end, whole  # HTML
    texts = (quoted[1:-1] for quoted in _SHOWN.findall(whole))
    return end, " ".join(("", *filter(None, texts), "")) if name[:1].isupper() else ""


def _end(text: str, start: int) -> int:
    """Return where a tag or an expression ends: brackets and quotes within it count; 0 where it does not."""
    is_tag = text[start] == "<"
    depth = 0
    quote = ""
    for at in range(start, min(len(text), start + _MAX)):
        letter = text[at]
        if quote:
            quote = "" if letter == quote else quote
        elif letter in _QUOTES and (is_tag or depth):
            quote = letter
        elif letter in "{":
            depth += 1
        elif letter == "}":
            depth -= 1
            if depth <= 0 and not is_tag:
                return at + 1
        elif letter == ">" and is_tag and depth <= 0:
            return at + 1
    return 0
