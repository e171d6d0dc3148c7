"""A body in Markdown, with HTML and template tags in it -> the text that a reader sees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from markdown_it.token import Token

from indexer.archive.body_html import HTML_CODE, HTML_CODE_TAG, PARSER, rendered
from indexer.archive.markup import Markup, hide_markup
from indexer.archive.mdx import without_components
from indexer.archive.text import ENTITY, strip_tags, tidy, unescape

_PARAGRAPH_END = re.compile(r"\n\s*\n")
_MARKDOWN_LIMIT = 100_000  # of one piece, in characters; the parser's worst cases are quadratic
# The options of `read_markdown`.
MDX, NOTE = "mdx", "note"
# `#tag` in a note: letters, digits, `-`, `_` and `/`, and not digits alone.
_NOTE_TAG = re.compile(r"(?<![^\s(,;])#((?=[^\s#]*[^\W\d_])[\w/-]+)")
_PLAIN_BLOCKS = frozenset(("paragraph_open", "inline", "paragraph_close"))
_PLAIN_INLINE = frozenset(("text", "softbreak"))
_HTML_HEADING = re.compile(r"<h([1-6])(?:\s[^<>]*)?>(.*?)</h\1\s*>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Body:
    """The text of a body: `paragraphs` of one line each, its first heading, where it has one, and the #tags
    of a note; and `html`, where that says more than the paragraphs do."""

    paragraphs: tuple[str, ...] = ()
    heading: str | None = None
    tags: tuple[str, ...] = ()
    html: str = ""

    def text(self, title: str | None = None) -> str:
        """Return the paragraphs, an empty line between them; without a heading that is the first of them
        and says just what `title` does."""
        starts_with_title = title is not None and self.paragraphs[:1] == (title,) == (self.heading,)
        return "\n\n".join(self.paragraphs[1:] if starts_with_title else self.paragraphs)


def read_markdown(body: str, flavour: str = "") -> Body:
    """Return a body as plain paragraphs; `flavour` is MDX or NOTE, where the body is of one.

    The texts of links (`<tips@post.example>` is its own), the descriptions of images and code are kept;
    addresses of links, HTML, and what `markup` hides outside of code are dropped.
    """
    if not body.strip():
        return Body()
    if flavour == MDX:
        body = without_components(body)
    is_note = flavour == NOTE
    reader = _Reader(hide_markup(body, note=is_note), note=is_note, lowest="h1" if is_note else "h6")
    for piece in _pieces(reader.markup.text):
        reader.read(piece)
    is_plain = reader.plain and not reader.markup.footnotes()
    html = "" if is_plain else rendered(reader.parsed, reader.markup)
    return Body(tuple(reader.paragraphs), reader.heading, tuple(dict.fromkeys(reader.tags)), html)


# While tags are stripped, a `<` that Markdown has as text (escaped, or in code) is held apart.
_HELD = "\ue0fc"


def _held(text: str) -> str:
    return text.replace("<", _HELD)


def _pieces(body: str) -> Iterator[str]:
    """Cut a very long body at line ends, so that no parse is of more than the limit."""
    start = 0
    while len(body) - start > _MARKDOWN_LIMIT:
        end = body.rfind("\n", start, start + _MARKDOWN_LIMIT) + 1 or start + _MARKDOWN_LIMIT
        yield body[start:end]
        start = end
    yield body[start:]


@dataclass(slots=True)
class _Reader:
    """Gathers what was parsed, paragraphs, the first heading (of a level down to the `lowest`) and, of a
    note, its #tags; and whether there is nothing but `plain` paragraphs."""

    markup: Markup
    note: bool = False
    lowest: str = "h6"
    paragraphs: list[str] = field(default_factory=list)
    heading: str | None = None
    tags: list[str] = field(default_factory=list)
    plain: bool = True
    parsed: list[list[Token]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.note = self.note or self.markup.links

    def read(self, piece: str) -> None:
        """Take a piece of the body."""
        tokens = PARSER.parse(piece)
        self.parsed.append(tokens)
        self.heading = self.heading or self._heading(tokens)
        text = self._text("\n\n".join(self._blocks(tokens)), "\n\n")
        self.paragraphs += [line for line in map(tidy, _PARAGRAPH_END.split(text)) if line]

    def _text(self, markup: str, block: str) -> str:
        text = strip_tags(markup, block) if "<" in markup else markup
        return self.markup.shown(text).replace(_HELD, "<")

    def _heading(self, tokens: Sequence[Token]) -> str | None:
        """Return the first heading that has a text."""
        for nth, token in enumerate(tokens):
            markup = ""
            if token.type == "heading_open" and token.tag <= self.lowest:
                markup = "".join(self._inline(tokens[nth + 1].children or ()))
            elif token.type == "html_block" and (found := _HTML_HEADING.search(token.content)):
                markup = _decoded_markup(found[2])
            if markup and (text := tidy(self._text(markup, " "))):
                return text
        return None

    def _blocks(self, tokens: Sequence[Token]) -> Iterator[str]:
        """Give the text of each block; HTML is still in it, entities that it holds are decoded."""
        row: list[str] | None = None  # the cells of a table's row are one block
        for token in tokens:
            self.plain = self.plain and token.type in _PLAIN_BLOCKS
            if token.type == "tr_open":
                row = []
            elif token.type == "tr_close":
                yield " ".join(row or ())
                row = None
            elif token.type == "html_block":
                yield HTML_CODE.sub(self._html_code, _decoded_markup(token.content))
            elif token.type in ("fence", "code_block"):
                yield _held(self.markup.original(token.content))
            elif token.type == "inline":
                text = "".join(self._inline(token.children or ()))
                if row is None:
                    yield text
                else:
                    row.append(text)

    def _html_code(self, match: re.Match[str]) -> str:
        return match[1] + self.markup.original(match[3]) + match[4]

    def _inline(self, tokens: Sequence[Token]) -> Iterator[str]:
        in_code = False  # of HTML
        for token in tokens:
            self.plain = self.plain and token.type in _PLAIN_INLINE
            if token.type in ("softbreak", "hardbreak"):
                yield " "
            elif token.type == "html_inline":
                found = HTML_CODE_TAG.match(token.content)
                in_code = not found[1] if found else in_code
                yield token.content
            elif token.type == "image":
                yield "".join(self._inline(token.children or ()))
            else:
                is_code = in_code or token.type == "code_inline"
                if self.note and not is_code:
                    self.tags += _NOTE_TAG.findall(token.content)
                yield _held(self.markup.original(token.content) if is_code else token.content)


def _decoded_markup(markup: str) -> str:
    """Decode entities; a `<` that an entity stands for is text, not the start of a tag."""
    if "&" not in markup:
        return markup
    return ENTITY.sub(lambda match: _held(unescape(match)), markup)
