"""Reads a page: its links, its texts, its faults."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "link", "input", "img", "br", "hr"}


class Page(HTMLParser):
    """What a test asks of a page's HTML; it must nest properly."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []  # (the innermost tag, text)
        self.faults: list[str] = []
        self.feed(html)
        self.close()
        self.faults += [f"unclosed {tag}" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.faults.append(f"</{tag}> within {self.open[-3:]}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open[-2:] == ["a", "title"]:  # what a bar is called
            self.tags[-2][1]["says"] = data
        if data.strip():
            self.texts.append((self.open[-1] if self.open else "", data.strip()))

    def all(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        return [
            given
            for name, given in self.tags
            if name == tag and all(given.get(k.rstrip("_")) == v for k, v in attributes.items())
        ]

    def scripts(self) -> list[dict[str, str]]:
        """The scripts that run; one of data does not."""
        return [given for given in self.all("script") if given.get("type") != "application/ld+json"]

    def links(self) -> list[str]:
        return [given["href"] for given in self.all("a") if "href" in given]

    def text_of(self, tag: str) -> list[str]:
        return [text for name, text in self.texts if name == tag]
