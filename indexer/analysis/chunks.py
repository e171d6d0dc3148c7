"""Words looked for in text after text, as a page of hits does. A text is cut at its blanks; which of the
chunks between them have a term is remembered from page to page, so that most of a text is never looked at: in
`benchmarks.pages` that takes a third off the highlighting.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable
from functools import lru_cache

from indexer.analysis.shouting import without_shouting
from indexer.analysis.tokens import Token, new_token

_CHARACTERS = 400_000  # of all chunks that are remembered: some 50,000 words
_READ = 10_000  # chunks whose tokens are kept, of those in which something was found


class Chunks:
    """The chunks of the texts that were read: which of them have a term (`of_term`) or a word as written
    (`of_exact`), and of those that are not one word with one token, how many words and tokens they have more
    than that (`odd`). No surface goes on behind a blank. `read` gives the tokens of a chunk. Safe to share
    between threads."""

    def __init__(self, read: Callable[[str], list[Token]]) -> None:
        self.read = lru_cache(maxsize=_READ)(read)
        self.known: set[str] = set()
        self.odd: dict[str, tuple[int, int]] = {}
        self.of_term: dict[str, tuple[str, ...]] = {}
        self.of_exact: dict[str, tuple[str, ...]] = {}
        self._characters = 0
        self._lock = threading.Lock()

    @property
    def is_full(self) -> bool:
        """Whether it is time to start anew."""
        return self._characters > _CHARACTERS

    def learn(self, chunks: Iterable[str]) -> None:
        """Read the chunks that are not known yet."""
        if not self.known.issuperset(chunks):
            with self._lock:
                for chunk in set(chunks) - self.known:
                    self._learn(chunk)

    def _learn(self, chunk: str) -> None:
        tokens = self.read(chunk)
        for token in tokens:
            self.of_term[token.term] = *self.of_term.get(token.term, ()), chunk
            self.of_exact[token.exact] = *self.of_exact.get(token.exact, ()), chunk
        words = max((token.position for token in tokens), default=-1) + 1
        if words != 1 or len(tokens) != 1:
            self.odd[chunk] = words - 1, len(tokens) - 1
        self._characters += len(chunk)
        self.known.add(chunk)  # the last of all, for those who read meanwhile


class TokenFinder:
    """Finds the tokens that have one of `terms`, or are written as one of `exacts`, in text after text."""

    def __init__(self, chunks: Chunks, terms: Collection[str], exacts: Collection[str]) -> None:
        self._chunks = chunks
        self._terms, self._exacts = terms, exacts
        self._known = 0  # chunks, when the wanted ones were taken of them
        self._wanted: set[str] = set()
        self._tokens: dict[str, list[Token]] = {}  # those that are wanted, of a chunk

    def find(self, text: str) -> tuple[list[Token], int]:
        """Return those of the tokens of `text` that are wanted, and how many it has in all."""
        chunks = without_shouting(text).split(" ")
        self._chunks.learn(chunks)
        wanted, odd = self._wanted_now(), self._chunks.odd
        found: list[Token] = []
        start = last = shift = 0
        count = len(chunks)
        special = [(n, chunk) for n, chunk in enumerate(chunks) if chunk in wanted or chunk in odd]
        for place, chunk in special:
            if chunk in wanted:
                start += len(" ".join(chunks[last:place])) + (place > last)  # with the blank behind it
                last, first = place, place + shift
                tokens = self._tokens.get(chunk) or self._wanted_of(chunk)
                for term, exact, at, begin, end, counts in tokens:
                    found.append(new_token((term, exact, first + at, start + begin, start + end, counts)))
            if chunk in odd:
                more_words, more_tokens = odd[chunk]
                shift += more_words
                count += more_tokens
        return found, count

    def _wanted_now(self) -> set[str]:
        chunks = self._chunks
        if len(chunks.known) != self._known:
            self._known = len(chunks.known)
            terms = (chunks.of_term.get(term, ()) for term in self._terms)
            exacts = (chunks.of_exact.get(exact, ()) for exact in self._exacts)
            self._wanted = set().union(*terms, *exacts)
        return self._wanted

    def _wanted_of(self, chunk: str) -> list[Token]:
        terms, exacts = self._terms, self._exacts
        found = [token for token in self._chunks.read(chunk) if token.term in terms or token.exact in exacts]
        self._tokens[chunk] = found
        return found
