"""A body in Markdown, with HTML and template tags in it -> the text that a reader sees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token

from indexer.archive.text import ENTITY, strip_tags, tidy, unescape

_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}|\{%[^{}]*%\}|\{:[^{}\n]*\}")
_PARAGRAPH_END = re.compile(r"\n\s*\n")
_MARKDOWN_LIMIT = 100_000  # of one piece, in characters; the parser's worst cases are quadratic
_HTML_HEADING = re.compile(r"<h([1-6])(?:\s[^<>]*)?>(.*?)</h\1\s*>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Body:
    """The text of a body: `paragraphs` of one line each, and its first heading, where it has one."""

    paragraphs: tuple[str, ...] = ()
    heading: str | None = None

    def text(self, title: str | None = None) -> str:
        """Return the paragraphs, an empty line between them; without a heading that is the first of them
        and says just what `title` does."""
        starts_with_title = title is not None and self.paragraphs[:1] == (title,) == (self.heading,)
        return "\n\n".join(self.paragraphs[1:] if starts_with_title else self.paragraphs)


def markdown_text(body: str) -> str:
    """Return the text of a body, an empty line between its paragraphs; see `read_markdown`."""
    return read_markdown(body).text()


def read_markdown(body: str) -> Body:
    """Return a body as plain paragraphs.

    The texts of links (`<tips@post.example>` is its own), the descriptions of images and code are kept;
    addresses of links, HTML, and the tags of Liquid, Jekyll and Hugo (`{% … %}`, `{{ … }}`, `{: … }`)
    are dropped.
    """
    if not body.strip():
        return Body()
    body = _TEMPLATE.sub("", body)
    paragraphs: list[str] = []
    heading = None
    for piece in _pieces(body):
        tokens = _markdown.parse(piece)
        heading = heading or _heading(tokens)
        markup = "\n\n".join(_blocks(tokens))
        text = strip_tags(markup, "\n\n") if "<" in markup else markup
        paragraphs += [line for line in map(tidy, _PARAGRAPH_END.split(text.replace(_HELD, "<"))) if line]
    return Body(tuple(paragraphs), heading)


def _heading(tokens: Sequence[Token]) -> str | None:
    """Return the first heading that has a text."""
    for nth, token in enumerate(tokens):
        markup = ""
        if token.type == "heading_open":
            markup = "".join(_inline(tokens[nth + 1].children or ()))
        elif token.type == "html_block" and (found := _HTML_HEADING.search(token.content)):
            markup = _decoded_markup(found[2])
        if markup and (text := tidy(strip_tags(markup, " ").replace(_HELD, "<"))):
            return text
    return None


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


_markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])


def _blocks(tokens: Sequence[Token]) -> Iterator[str]:
    """Give the text of each block; HTML is still in it, entities that it holds are decoded."""
    row: list[str] | None = None  # the cells of a table's row are one block
    for token in tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            yield " ".join(row or ())
            row = None
        elif token.type == "html_block":
            yield _decoded_markup(token.content)
        elif token.type in ("fence", "code_block"):
            yield _held(token.content)
        elif token.type == "inline":
            text = "".join(_inline(token.children or ()))
            if row is None:
                yield text
            else:
                row.append(text)


def _decoded_markup(markup: str) -> str:
    """Decode entities; a `<` that an entity stands for is text, not the start of a tag."""
    if "&" not in markup:
        return markup
    return ENTITY.sub(lambda match: _held(unescape(match)), markup)


def _inline(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            yield " "
        elif token.type == "html_inline":
            yield token.content
        elif token.type == "image":
            yield "".join(_inline(token.children or ()))
        else:
            yield _held(token.content)
