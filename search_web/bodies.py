"""The body of an article -> HTML that may stand on a page, with what a query found marked in it.

A body is text of strangers. `nh3` drops all but the elements and attributes named here, and gives back HTML
that nests properly, with every attribute in double quotes and each `<` of a text or a value escaped: what is
added afterwards (marks, a frame around a table) is added between the pieces of that.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import partial
from itertools import islice, takewhile
from urllib.parse import urljoin

import nh3
from markupsafe import Markup

from indexer.archive.body_html import ALLOWED, BLOCKS
from indexer.article import Article
from indexer.query.answers.results import Highlighted
from search_web.formatting import highlighted, host, safe_url
from search_web.templating import escaped

Mark = Callable[[str], Highlighted]

PREFIX = "body-"  # of each `id` of a body

_NUMBERS = ("width", "height", "start", "colspan", "rowspan")
_RELATION = "nofollow noopener"
_BLANK_LINES = re.compile(r"\n\s*\n")
_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z]+="[^"]*")*)>')
_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
_FIRST_HEADING = re.compile(r"\s*<h([1-6])(?: [^>]*)?>(.*?)</h\1>", re.DOTALL)
_FRAME = '<div class="scrolled" role="group" aria-label="Table" tabindex="0">'


def shown_body(article: Article, *, images: bool, mark: Mark = Highlighted) -> Markup:
    """Return the body of an article as HTML, empty where it has none. Without `images` a picture is a link.

    Headings begin below the page's own; links lead to http and https alone, relative ones to where they lead
    from the article's own address. `mark` says what is marked in its text.
    """
    if not article.body_html:
        paragraphs = filter(str.strip, _BLANK_LINES.split(article.body))
        clean = "\n".join(f"<p>{escaped(paragraph.strip())}</p>" for paragraph in paragraphs)
    else:
        clean = _cleaned(article.body_html, safe_url(article.url))
        heading = _FIRST_HEADING.match(clean)
        if heading and _text_of(heading[2]) == article.title:
            clean = clean[heading.end() :]
    page = _Page(images)
    page.add(clean.strip())
    return Markup(page.marked(mark))  # noqa: S704 - of what nh3 gave, and of pieces of our own


def _cleaned(markup: str, base: str) -> str:
    return nh3.clean(
        unicodedata.normalize("NFC", markup),
        **ALLOWED,
        attribute_filter=partial(_attribute, base),
        link_rel=_RELATION,
        id_prefix=PREFIX,
    )


def _attribute(base: str, element: str, name: str, value: str) -> str | None:
    """Return the value that an attribute has on the page; None for one that is left out."""
    if name == "href" and value.startswith("#"):
        return f"#{PREFIX}{value[1:]}"
    if name in ("href", "src"):
        return _address(base, value) or None
    if name in _NUMBERS:
        return value if value.isascii() and value.isdigit() and len(value) < 5 else None
    if name == "dir":
        return value if value in ("ltr", "rtl", "auto") else None
    return value


def _address(base: str, value: str) -> str:
    """Return the address that a link of a body leads to from the article at `base`, empty for an unsafe
    one."""
    try:
        return safe_url(urljoin(base, value))
    except ValueError:  # as of `http://[`
        return ""


def _text_of(markup: str) -> str:
    return " ".join(html.unescape(_TAG.sub("", markup)).split())


class _Page:
    """Gathers a clean body: pieces of markup, changed where the page wants them otherwise, and texts."""

    def __init__(self, images: bool) -> None:
        self._images = images
        self._pieces: list[str] = []
        self._texts: list[tuple[int, int]] = []  # of each: its place among the pieces, and in the plain text
        self._plain: list[str] = []  # the texts, and line ends between blocks
        self._length = 0  # of the plain text
        self._headings: list[int] = []  # as the body counts them: those above the last one, and it
        self._link = ""  # where the open one leads
        self._linked = 0  # how many texts came before it
        self._described = False  # whether it has a picture with a description

    def add(self, clean: str) -> None:
        """Add what `nh3` gave."""
        at = 0
        for tag in _TAG.finditer(clean):
            self._add_text(html.unescape(clean[at : tag.start()]))
            closes, name, given = tag.groups()
            change = _CHANGES.get((name, bool(closes)))
            self._pieces.append(change(self, _values(given)) if change else tag[0])
            if name in BLOCKS:
                self._add_plain("\n")
            at = tag.end()
        self._add_text(html.unescape(clean[at:]))

    def marked(self, mark: Mark) -> str:
        """Return the whole as HTML, with what `mark` finds in its text."""
        pieces = list(self._pieces)
        ranges = mark("".join(self._plain)).ranges if self._texts else ()
        first = 0
        for place, offset in self._texts:
            text = self._pieces[place]
            end = offset + len(text)
            while first < len(ranges) and ranges[first][1] <= offset:
                first += 1
            own = takewhile(lambda found: found[0] < end, islice(ranges, first, None))  # noqa: B023 - used up here
            within = tuple((max(start, offset) - offset, min(stop, end) - offset) for start, stop in own)
            pieces[place] = highlighted(Highlighted(text, within if text.strip() else ()))
        return "".join(pieces)

    def _add_text(self, text: str) -> None:
        if text:
            self._texts.append((len(self._pieces), self._length))
            self._pieces.append(text)
            self._add_plain(text)

    def _add_plain(self, text: str) -> None:
        self._plain.append(text)
        self._length += len(text)

    def _begin_heading(self, level: int, given: Mapping[str, str]) -> str:
        """One level below the nearest heading above it that is larger, or below the page's own."""
        while self._headings and self._headings[-1] >= level:
            self._headings.pop()
        self._headings.append(level)
        return f"<h{self._heading}{_written(given)}>"

    def _end_heading(self, _: Mapping[str, str]) -> str:
        return f"</h{self._heading}>"

    @property
    def _heading(self) -> int:
        return 1 + len(self._headings)

    def _begin_link(self, given: Mapping[str, str]) -> str:
        if self._pieces and self._pieces[-1].startswith("<sup"):
            self._add_plain(" ")  # the number of a footnote is no part of the word before it
        self._link, self._linked, self._described = given.get("href", ""), len(self._texts), False
        return f"<a{_written(given)}>"

    def _end_link(self, _: Mapping[str, str]) -> str:
        """A link in which nothing can be read is called by where it leads."""
        address, self._link = self._link, ""
        texts = [self._pieces[place] for place, _ in self._texts[self._linked :]]
        shown = self._described or any(map(str.strip, texts))
        return "</a>" if shown or not address else f"{escaped(host(html.unescape(address)) or address)}</a>"

    def _picture(self, given: Mapping[str, str]) -> str:
        """A picture; a link to it where the page shows none, or its description where it cannot be one."""
        address, text = given.get("src", ""), given.get("alt", "")
        self._described = self._described or bool(text.strip())
        if self._images and address:
            own = _written({"alt": "", **given})
            return f'<img{own} loading="lazy" decoding="async" referrerpolicy="no-referrer">'
        if not address or self._link:
            return text
        return f'<a href="{address}" rel="{_RELATION}">{text or "Picture"}</a>'


def _values(given: str) -> dict[str, str]:
    """Return attributes with their values as these stand in HTML."""
    return dict(_ATTRIBUTE.findall(given))


def _written(given: Mapping[str, str]) -> str:
    return "".join(f' {name}="{value}"' for name, value in given.items())


# What the page has in the place of an element's begin (False) or end (True).
_CHANGES: dict[tuple[str, bool], Callable[[_Page, Mapping[str, str]], str]] = {
    ("a", False): _Page._begin_link,
    ("a", True): _Page._end_link,
    ("img", False): _Page._picture,
    ("pre", False): lambda _, given: f'<pre tabindex="0"{_written(given)}>',
    ("table", False): lambda _, given: f"{_FRAME}<table{_written(given)}>",
    ("table", True): lambda *_: "</table></div>",
    **{
        (f"h{level}", False): partial(lambda level, page, given: page._begin_heading(level, given), level)
        for level in range(1, 7)
    },
    **{(f"h{level}", True): _Page._end_heading for level in range(1, 7)},
}
