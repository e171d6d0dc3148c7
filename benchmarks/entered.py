"""Runs inside a checkout: which modules a question enters, and in how many passages.

    Checkout(…).run("benchmarks.entered", ARCHIVE, INDEX)     # prints JSON

A passage is a call of a function of the project (or a generator of it that goes on) by a function of the
project in another file. A module is entered where one of its functions runs; loading it is not enough.
"""

from __future__ import annotations

import dataclasses
import json
import statistics
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import indexer
import search_web
from indexer import load_settings, open_archive, reindex

_FACETS = ("topic", "provider", "date")
_FUNCTION = 0x01  # of a code's flags (CO_OPTIMIZED): the bodies of modules and classes have it not
# Each finds ten articles of the sample archive or more; the median of what they enter counts.
QUESTIONS = (
    "facial recognition", "port halden", "carrow bridge", "orrin water", "company water", "port city",
    "halden council", "people million", "company million",
)  # fmt: skip
_NOWHERE = "zyzzyvas"  # a word that no article has
_FOLDERS = tuple(str(Path(p.__file__ or "").parent) + "/" for p in (indexer, search_web))


@dataclass(slots=True)
class Watch:
    """A profile function that takes note of modules and passages."""

    modules: set[str] = field(default_factory=set)
    passages: int = 0
    _ours: dict[CodeType, bool] = field(default_factory=dict)

    def __call__(self, frame: FrameType, event: str, _: object) -> None:
        """Take note of one event of the interpreter."""
        if event != "call" or not self._counts(frame.f_code):
            return
        file = frame.f_code.co_filename
        self.modules.add(file)
        caller = frame.f_back
        if caller and self._counts(caller.f_code) and caller.f_code.co_filename != file:
            self.passages += 1

    def _counts(self, code: CodeType) -> bool:
        known = self._ours.get(code)
        if known is None:
            known = bool(code.co_flags & _FUNCTION) and code.co_filename.startswith(_FOLDERS)
            self._ours[code] = known
        return known


def watch(call: Callable[[], object]) -> tuple[int, int]:
    """Return how many modules `call` enters and in how many passages."""
    seen = Watch()
    sys.setprofile(seen)
    try:
        call()
    finally:
        sys.setprofile(None)
    return len(seen.modules), seen.passages


def main(archive: str, index: str) -> None:
    """Build an index of `archive`, ask it and the page over it, and print what was entered."""
    settings = load_settings(archive=archive, index=index)
    settings = dataclasses.replace(settings, index=dataclasses.replace(settings.index, workers=1))
    first = watch(lambda: reindex(settings))
    with open_archive(index=index) as opened:
        searches = [_watch_search(opened, question) for question in QUESTIONS]
    client = search_web.create_app(settings).test_client()

    def page(question: str) -> None:
        client.get("/search", query_string={"q": question}).get_data()

    pages = []
    for question in QUESTIONS:
        _warm(page, question)
        pages.append(watch(lambda question=question: page(question)))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    print(json.dumps({"search": _median(searches), "page": _median(pages), "index": first}))


def _warm(ask: Callable[[str], object], question: str) -> None:
    """Ask each word, and both without a third: so the words and the articles were met, the pair was not."""
    for text in (*question.split(), f"{question} -{_NOWHERE}"):
        ask(text)


def _watch_search(archive: Any, question: str) -> tuple[int, int]:
    def ask(text: str) -> None:
        results = archive.search(text)
        for hit in results.hits:
            _ = hit.title, hit.snippet
        for name in _FACETS:
            list(results.facets[name])

    _warm(ask, question)
    return watch(lambda: ask(question))


def _median(found: list[tuple[int, int]]) -> tuple[int, int]:
    modules, passages = zip(*found, strict=True)
    return int(statistics.median(modules)), int(statistics.median(passages))
