"""A body -> HTML of what a reader sees of it: headings, links, lists, tables, code, pictures. Nothing else of
its file is in it: no comments, scripts and metadata.

Links lead wherever the author says. Whoever shows it makes sure of them, and cleans it again.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from indexer.archive.markup import PLACE, Markup

PARSER = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
HTML_CODE = re.compile(r"(<(pre|code)(?:\s[^<>]*)?>)(.{0,20000}?)(</\2\s*>)", re.IGNORECASE | re.DOTALL)
HTML_CODE_TAG = re.compile(r"<(/?)(?:pre|code|kbd|samp)\b", re.IGNORECASE)


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


BLOCKS = _names(
    "address article aside blockquote br caption dd details div dl dt figcaption figure footer h1 h2 h3 h4 "
    "h5 h6 header hr li main ol p pre section summary table tbody td tfoot th thead tr ul"
)
_INLINE = _names(
    "a abbr b bdi cite code del dfn em i img ins kbd q s samp small span strike strong sub sup tt u var wbr"
)
_DROPPED = _names("script style svg math template textarea title iframe noscript object select")
_ATTRIBUTES = {
    "*": {"id", "dir"},
    "a": {"href"},
    "img": {"src", "alt", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan"},
}
_CLASSES = {"td": {"right", "center"}, "th": {"right", "center"}}
# What cleaning takes: these elements and attributes, and of what is in the way not even the text.
ALLOWED: Mapping[str, Any] = {
    "tags": set(BLOCKS | _INLINE),
    "clean_content_tags": set(_DROPPED),
    "attributes": _ATTRIBUTES,
    "allowed_classes": _CLASSES,
}
_CODE = ("fence", "code_block", "code_inline")
_UNFIT = re.compile(r"[^\w\- ]+")  # for the anchor of a heading, as GitHub makes it of its text
_EMPTY = re.compile(r"<p(?: [^>]*)?>(?:\s|&nbsp;|<br>)*</p>\s*")


def cleaned_html(markup: str) -> str:
    """Return the HTML of a body that nests properly, with the elements and attributes of ALLOWED alone."""
    return _EMPTY.sub("", _CLEANER.clean(markup)).strip()


_CLEANER = nh3.Cleaner(**ALLOWED, link_rel=None)


def rendered(pieces: Iterable[Sequence[Token]], markup: Markup) -> str:
    """Return the HTML of the parsed pieces of a body in Markdown, which are used up by that."""
    writer = _Writer(markup)
    return cleaned_html("".join(map(writer.html, pieces)))


class _Writer:
    """Writes the pieces of one body. What `markup` hides is put back: in code as it stands in the file,
    elsewhere as a reader sees it."""

    def __init__(self, markup: Markup) -> None:
        self._markup = markup
        self._anchors: set[str] = set()
        self._footnotes = markup.footnotes()

    def html(self, tokens: Sequence[Token]) -> str:
        """Return a piece of the body as HTML."""
        for place, token in enumerate(tokens):
            if token.type == "heading_open":
                self._set_anchor(token, tokens[place + 1].content)
            self._finish(token, in_code=False)
        rendered: str = PARSER.renderer.render(tokens, PARSER.options, {})
        return rendered

    def _set_anchor(self, heading: Token, text: str) -> None:
        """Give a heading the `id` by which links of the body name it."""
        anchor = _UNFIT.sub("", self._markup.shown(text)).strip().lower().replace(" ", "-")
        if anchor and anchor not in self._anchors:
            self._anchors.add(anchor)
            heading.attrSet("id", anchor)

    def _finish_all(self, tokens: Sequence[Token]) -> None:
        in_code = False  # of HTML
        for token in tokens:
            if token.type == "html_inline" and (found := HTML_CODE_TAG.match(token.content)):
                in_code = not found[1]
            self._finish(token, in_code=in_code)

    def _finish(self, token: Token, *, in_code: bool) -> None:
        """Put back what is hidden in a token; leave out an address that a template would make."""
        if token.type in _CODE:
            token.content, token.info = self._markup.original(token.content), ""
        elif token.type in ("html_block", "html_inline"):
            code = HTML_CODE.sub(lambda found: self._put_back(found[0], self._markup.original), token.content)
            token.content = self._put_back(code, self._markup.shown)
        elif token.type == "text":
            if not in_code and self._footnotes and PLACE.search(token.content):
                token.type = "html_inline"
                token.content = PLACE.sub(self._footnote, html.escape(token.content))
            token.content = (self._markup.original if in_code else self._markup.shown)(token.content)
        for name in ("href", "src"):
            if name in token.attrs and PLACE.search(unquote(str(token.attrs[name]))):
                del token.attrs[name]
        if (style := token.attrs.pop("style", None)) is not None:  # of a cell of a table
            token.attrSet("class", str(style).removeprefix("text-align:"))
        self._finish_all(token.children or ())

    def _footnote(self, place: re.Match[str]) -> str:
        """Return the number of a footnote, linked with its other end; anything else hidden as it is shown."""
        name, is_definition = self._markup.footnote(place)
        number = self._footnotes.get(name)
        if number is None:
            return html.escape(self._markup.shown(place[0]))
        here, there = ("fn", "fnref") if is_definition else ("fnref", "fn")
        anchor = f"{here}-{number}"
        own = "" if anchor in self._anchors else f' id="{anchor}"'
        self._anchors.add(anchor)
        return f'<sup{own}><a href="#{there}-{number}">{number}</a></sup>'

    def _put_back(self, markup: str, fill: Callable[[str], str]) -> str:
        return PLACE.sub(lambda place: html.escape(fill(place[0])), markup)
