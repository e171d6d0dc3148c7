"""Words looked for in text after text, as a page of hits does. A text is cut at its blanks; which of the
chunks between them have a term is remembered from page to page, so that most of a text is never looked at: in
`benchmarks.pages` that takes a third off the highlighting.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache
from typing import NamedTuple

from indexer.analysis.shouting import without_shouting
from indexer.analysis.tokens import Token, new_token

_CHARACTERS = 400_000  # of all chunks that are remembered: some 50,000 words
_READ = 10_000  # chunks whose tokens are kept, of those in which something was found


class Chunks:
    """The chunks of the texts that were read: which of them have a term (`of_term`) or a word as written
    (`of_exact`), and the tokens of those that are not one word with one token (`odd`). No surface goes on
    behind a blank. `read` gives the tokens of a chunk. Safe to share between threads."""

    def __init__(self, read: Callable[[str], list[Token]]) -> None:
        self.read = lru_cache(maxsize=_READ)(read)
        self.known: set[str] = set()
        self.odd: set[str] = set()
        self.of_term: dict[str, tuple[str, ...]] = {}
        self.of_exact: dict[str, tuple[str, ...]] = {}
        self._characters = 0
        self._lock = threading.Lock()

    @property
    def is_full(self) -> bool:
        """Whether it is time to start anew."""
        return self._characters > _CHARACTERS

    def learn(self, chunks: Iterable[str]) -> set[str]:
        """Read the chunks that are not known yet; return all, each once."""
        distinct = set(chunks)
        if new := distinct - self.known:
            with self._lock:
                for chunk in new - self.known:
                    self._learn(chunk)
        return distinct

    def _learn(self, chunk: str) -> None:
        tokens = self.read(chunk)
        for token in tokens:
            self.of_term[token.term] = *self.of_term.get(token.term, ()), chunk
            self.of_exact[token.exact] = *self.of_exact.get(token.exact, ()), chunk
        if len(tokens) != 1 or tokens[0].position:
            self.odd.add(chunk)
        self._characters += len(chunk)
        self.known.add(chunk)  # the last of all, for those who read meanwhile


class _Part(NamedTuple):
    """Of a chunk: how many positions and tokens it has, and which of these are wanted."""

    words: int
    tokens: int
    wanted: list[Token]


class TokenFinder:
    """Finds the tokens that have one of `terms`, or are written as one of `exacts`, in text after text."""

    def __init__(self, chunks: Chunks, terms: Collection[str], exacts: Collection[str]) -> None:
        self._chunks = chunks
        self._terms, self._exacts = terms, exacts
        self._known = 0  # chunks, when the wanted ones were taken of them
        self._wanted: set[str] = set()
        self._parts: dict[str, _Part] = {}

    def find(self, text: str) -> tuple[list[Token], int]:
        """Return those of the tokens of `text` that are wanted, and how many it has in all."""
        chunks = without_shouting(text).split(" ")
        distinct = self._chunks.learn(chunks)
        special = distinct & self._wanted_now() | distinct & self._chunks.odd
        found: list[Token] = []
        start = last = shift = 0
        count = len(chunks)
        for place in [place for place, chunk in enumerate(chunks) if chunk in special]:
            start += len(" ".join(chunks[last:place])) + (place > last)  # with the blank behind it
            last = place
            words, tokens, wanted = self._parts.get(chunks[place]) or self._look_at(chunks[place])
            first = place + shift
            for term, exact, position, begin, end, counts in wanted:
                found.append(new_token((term, exact, first + position, start + begin, start + end, counts)))
            shift += words - 1
            count += tokens - 1
        return found, count

    def _wanted_now(self) -> set[str]:
        chunks = self._chunks
        if len(chunks.known) != self._known:
            self._known = len(chunks.known)
            terms = (chunks.of_term.get(term, ()) for term in self._terms)
            exacts = (chunks.of_exact.get(exact, ()) for exact in self._exacts)
            self._wanted = set().union(*terms, *exacts)
        return self._wanted

    def _look_at(self, chunk: str) -> _Part:
        tokens = self._chunks.read(chunk)
        wanted = [token for token in tokens if token.term in self._terms or token.exact in self._exacts]
        words = max((token.position for token in tokens), default=-1) + 1
        part = self._parts[chunk] = _Part(words, len(tokens), wanted)
        return part
