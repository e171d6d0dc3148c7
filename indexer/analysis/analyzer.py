"""The one analysis that serves indexing, querying and highlighting."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable
from typing import Any

from indexer.analysis.scripts import PLAIN_LETTERS
from indexer.analysis.stopwords import length_stop_words, query_stop_words
from indexer.analysis.tokens import Form, Surface, SurfaceForms, Token, surface_spans, surface_texts

ANALYSIS_VERSION = 2  # raised when the same text would give other terms; an index then rebuilds
_CACHE_LIMIT = 400_000  # distinct surfaces; beyond it the cache starts anew


class Analyzer(SurfaceForms):
    """Turns text into tokens for one language. Safe to share between threads.

    A process reads the same words over and over, so the forms of a surface are cached: stemming a
    distinct word once is most of the speed.

    `stems` is a look-up of words, such as an index has: it takes a word as written, in lower case, and
    returns its term where it is the only one, or None where there are two (see `accented_term`) or it does
    not know. NLTK, whose import takes longer than a search, is imported for the first word without one.
    """

    def __init__(
        self, language: str = "english", stems: Callable[[str], str | None] = lambda word: None
    ) -> None:
        super().__init__(functools.partial(_stem, language), stems, PLAIN_LETTERS.get(language))
        self.language = language
        self.length_stops = length_stop_words(language)
        self.query_stops = query_stop_words(language)
        self._cache: dict[str, list[Form]] = {}
        self._read = functools.lru_cache(maxsize=10_000)(self.read)

    def tokens(self, text: str, position: int = 0) -> list[Token]:
        """Return the tokens of `text`, surface by surface; the first word stands at `position`.

        Within a surface the whole follows its parts. `text` should be in NFC; offsets are those of
        the text as given.
        """
        found: list[Token] = []
        stops = self.length_stops
        for start, end in surface_spans(text):
            offset = -1
            for form in self._surface_forms(text[start:end]):
                offset = max(offset, form.offset)
                found.append(
                    Token(
                        form.term,
                        form.exact,
                        position + form.offset,
                        start + form.start,
                        start + form.end,
                        form.first and form.exact not in stops,  # as adds_length, without a call
                    )
                )
            position += offset + 1
        return found

    def adds_length(self, form: Form) -> bool:
        """Whether a form adds to the length of its field: stop words and second forms do not."""
        return form.first and form.exact not in self.length_stops

    def surfaces(self, text: str) -> list[Surface]:
        """Return the surfaces of a piece of a query, in order."""
        if is_plain(text):
            return [self._read(word) for word in text.split()]
        return [self._read(word) for word in surface_texts(unicodedata.normalize("NFC", text))]

    def is_query_stop(self, word: Surface) -> bool:
        """Whether a bare `word` does not restrict a query."""
        return word.exact in self.query_stops

    def _surface_forms(self, surface: str) -> list[Form]:
        forms = self._cache.get(surface)
        if forms is None:
            if len(self._cache) >= _CACHE_LIMIT:
                self._cache = {}
            forms = self._cache[surface] = self.forms(surface)
        return forms


def is_plain(text: str) -> bool:
    """Whether `text` is nothing but plain letters, digits and blanks: its words are its surfaces."""
    return text.isascii() and text.replace(" ", "").isalnum()


def _stem(language: str, word: str) -> str:
    stem: str = _stemmer(language).stem(word)
    return stem


@functools.cache
def _stemmer(language: str) -> Any:
    from indexer.analysis.nltk_parts import SnowballStemmer  # noqa: PLC0415 - imports all of NLTK

    return SnowballStemmer(language)


@functools.lru_cache(maxsize=8)
def analyzer_for(language: str) -> Analyzer:
    """Return the process's analyzer for `language`, with what it has learnt so far."""
    return Analyzer(language)
