"""Finds the messages in the source of a template, and returns the source with these translated.

Templates are written in English and carry no marks. What stands between two tags that begin a block, or two
statements, is a message, and so is an attribute that is read out or shown. They are translated when a
template is compiled, once, so that a page in another language costs what it costs in English. In a message an
expression stands as it is, and the tags within a sentence have numbers:

    Generation {{ results.generation }} of the archive. <1>A link to cite</1>

A text within an expression is a message where it is given to `_` or to the filter `plural`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import takewhile
from typing import NamedTuple

_TOKEN = re.compile(
    r"{#.*?#}|{%.*?%}|{{.*?}}|<!--.*?-->|</?[a-zA-Z!](?:{{.*?}}|{%.*?%}|[^<>{]|{(?![{%]))*>", re.DOTALL
)
_NAME = re.compile(r"</?([a-zA-Z][\w-]*)")
_INLINE = frozenset(
    ("a", "abbr", "b", "bdi", "code", "em", "i", "kbd", "mark", "q", "s", "small", "span", "strong", "time")
)
_VERBATIM = re.compile(r"(<(script|style|pre)\b.*?</\2>)", re.DOTALL)  # tags and texts that are as they are
_SPOKEN = re.compile(r'(\s(?:aria-label|alt|title|placeholder|data-say-[a-z-]+)=")([^"]*)(?=")')
EXPRESSION = re.compile(r"{{.*?}}|{%.*?%}", re.DOTALL)
_NUMBERED = re.compile(r"<(/?[0-9]+)>")
_LETTER = re.compile(r"[^\W\d_]")
_GIVEN = re.compile(r'\b_\("((?:[^"\\]|\\.)*)"')
_PLURAL = re.compile(r'\bplural\("([^"]+)"(?:, "([^"]+)")?\)')

_SAID_BY_SCRIPT = re.compile(r'\bsay\("([^"\\]+)"\)')
ENGLISH = frozenset(("api.html",))  # templates of which only what they give to `_` is translated

Say = Callable[[str], str]


class _Token(NamedTuple):
    """A piece of source: a tag within a sentence (with the name of its element), an expression, a text, or
    what ends a sentence."""

    kind: str  # inline, expression, text, end
    source: str
    name: str = ""

    @property
    def closes(self) -> bool:
        return self.source.startswith("</")

    @property
    def says(self) -> bool:
        """Whether it has a word of its own."""
        return self.kind == "text" and _LETTER.search(self.source) is not None


def translated(source: str, say: Say) -> str:
    """Return the source with its messages as `say` gives them."""
    return "".join(_written(part, say) for part in _sentences(source))


def messages(source: str, name: str = "") -> Iterator[str | tuple[str, str]]:
    """Return the messages of the template `name` in their order, a pair for one and for several things."""
    found: list[str] = []

    def note(text: str) -> str:
        found.append(text)
        return text

    if name not in ENGLISH:
        translated(source, note)
    yield from found
    for expression in EXPRESSION.findall(source):
        yield from (text.replace('\\"', '"') for text in _GIVEN.findall(expression))
        yield from ((one, many or f"{one}s") for one, many in _PLURAL.findall(expression))


def script_messages(source: str) -> list[str]:
    """Return the messages of a script: what it gives to `say`."""
    return _SAID_BY_SCRIPT.findall(source)


def _sentences(source: str) -> Iterator[list[_Token]]:
    """Yield the tokens of a template sentence by sentence, and what is between them by itself."""
    sentence: list[_Token] = []
    for token in _tokens(source):
        if token.kind == "end":
            yield sentence
            yield [token]
            sentence = []
        else:
            sentence.append(token)
    yield sentence


def _tokens(source: str) -> Iterator[_Token]:
    for at, part in enumerate(_VERBATIM.split(source)):
        if at % 3 == 1:
            yield _Token("end", part)
        elif at % 3 == 0:
            yield from _tokens_of(part)


def _tokens_of(source: str) -> Iterator[_Token]:
    end = 0
    for found in _TOKEN.finditer(source):
        if found.start() > end:
            yield _Token("text", source[end : found.start()])
        text, end = found.group(), found.end()
        name = _NAME.match(text)
        if text.startswith("{{"):
            yield _Token("expression", text)
        elif name and name[1].lower() in _INLINE:
            yield _Token("inline", text, name[1].lower())
        else:
            yield _Token("end", text)
    if end < len(source):
        yield _Token("text", source[end:])


def _written(sentence: list[_Token], say: Say) -> str:
    """Return a sentence as `say` gives it; its tags with their attributes as it gives these."""
    first, last = _core(sentence)
    before, core, behind = sentence[:first], sentence[first:last], sentence[last:]
    return _as_is(before, say) + (_said(core, say) if core else "") + _as_is(behind, say)


def _core(sentence: list[_Token]) -> tuple[int, int]:
    """Return where the message of a sentence begins and ends: from its first to its last word, with the
    expressions at its ends, and the tags that are opened or closed within. Nothing where it has no word."""
    words = [at for at, token in enumerate(sentence) if token.says]
    if not words:
        return 0, 0
    first, last = words[0], words[-1] + 1
    while True:
        opened: list[str] = []
        unopened = 0
        for token in sentence[first:last]:
            if token.kind == "inline" and not token.closes:
                opened.append(token.name)
            elif token.kind == "inline":
                if opened:
                    opened.pop()
                else:
                    unopened += 1
        if unopened and first:
            first -= 1
        elif opened and last < len(sentence):
            last += 1
        else:
            break
    first -= sum(1 for _ in takewhile(_is_part, reversed(sentence[:first])))
    last += sum(1 for _ in takewhile(_is_part, sentence[last:]))
    return first, last


def _is_part(token: _Token) -> bool:
    return token.kind == "expression" or (token.kind == "text" and bool(token.source.strip()))


def _said(core: list[_Token], say: Say) -> str:
    tags: dict[str, str] = {}
    opened: list[str] = []
    message = source = ""
    for token in core:
        if token.kind != "inline":
            message += token.source
            source += token.source
            continue
        if token.closes:
            number = opened.pop() if opened else ""
            key = f"/{number}"
        else:
            key = str(sum(not one.startswith("/") for one in tags) + 1)
            opened.append(key)
        tags[key] = _spoken(token.source, say)
        message += f"<{key}>"
        source += tags[key]
    text = " ".join(message.split())
    said = say(text)
    if said == text:  # the blanks stay as well, which a site may need
        return source
    outside = message[: len(message) - len(message.lstrip())], message[len(message.rstrip()) :]
    said = _NUMBERED.sub(lambda found: tags.get(found[1], ""), said)
    return f"{outside[0]}{said}{outside[1]}"


def _as_is(tokens: list[_Token], say: Say) -> str:
    return "".join(
        _spoken(token.source, say) if token.kind in ("inline", "end") else token.source for token in tokens
    )


def _spoken(tag: str, say: Say) -> str:
    """Return a tag with its attributes that are read out or shown as `say` gives them."""
    if not tag.startswith("<"):
        return tag

    def attribute(found: re.Match[str]) -> str:
        has_word = _LETTER.search(EXPRESSION.sub("", found[2])) is not None
        return found[1] + (say(found[2]) if has_word else found[2])

    return _SPOKEN.sub(attribute, tag)
