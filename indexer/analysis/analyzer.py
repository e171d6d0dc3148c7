"""The one analysis that serves indexing, querying and highlighting."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Callable, Collection
from typing import Any

from indexer.analysis.acronyms import MAX_ACRONYM
from indexer.analysis.chunks import Chunks, TokenFinder
from indexer.analysis.shouting import without_shouting
from indexer.analysis.stopwords import length_stop_words, query_stop_words
from indexer.analysis.tokens import Form, Surface, SurfaceForms, Token, surface_spans, surface_texts
from indexer.languages import STEMMED

ANALYSIS_VERSION = 2  # raised when the same text would give other terms; an index then rebuilds
_CACHE_LIMIT = 400_000  # distinct surfaces; beyond it the cache starts anew
# NLTK's English stemmer changes no word of a to z without one of these endings, and looks for seventy of them
# one by one: without asking it, the words of articles are gathered in an eighth less time.
_ENGLISH_ENDINGS = (
    "e", "i", "s", "y", "al", "ful", "ll", "ic", "ism", "er", "ator", "ion", "ed", "ing", "ent", "ant",
)  # fmt: skip


class Analyzer(SurfaceForms):
    """Turns text into tokens for one language; words of one that has no stemmer are folded alone. Safe to
    share between threads.

    A process reads the same words over and over, so the forms of a surface are cached: stemming a
    distinct word once is most of the speed.

    `stems` is a look-up of words, such as an index has: it takes a word as written, in lower case, and
    returns its term where it is the only one, or None where there are two (see `accented_term`) or it does
    not know. NLTK, whose import takes longer than a search, is imported for the first word without one.
    """

    def __init__(
        self, language: str = "english", stems: Callable[[str], str | None] = lambda word: None
    ) -> None:
        super().__init__(functools.partial(_stem, language) if language in STEMMED else str, stems, language)
        self.length_stops = length_stop_words(language)
        self.query_stops = query_stop_words(language)
        self._cache: dict[str, list[Form]] = {}
        self._chunks = Chunks(self._tokens)
        self._read = functools.lru_cache(maxsize=10_000)(self.read)

    def tokens(self, text: str) -> list[Token]:
        """Return the tokens of `text`, surface by surface; the first word stands at position 0.

        Within a surface the whole follows its parts. `text` should be in NFC; offsets are those of
        the text as given.
        """
        return self._tokens(without_shouting(text))

    def _tokens(self, text: str) -> list[Token]:
        found: list[Token] = []
        position = 0
        stops, known = self.length_stops, self._cache.get
        for start, end in surface_spans(text, self.numbers):
            surface = text[start:end]
            last = -1
            for term, exact, offset, begin, stop, first in known(surface) or self.surface_forms(surface):
                if offset > last:  # noqa: PLR1730 - a call takes 8% of the time
                    last = offset
                counts = first and exact not in stops  # as adds_length, without a call
                found.append(Token(term, exact, position + offset, start + begin, start + stop, counts))
            position += last + 1
        return found

    def finder(self, terms: Collection[str], exacts: Collection[str]) -> TokenFinder:
        """Return what finds the tokens that have one of `terms`, or are written as one of `exacts`."""
        if self._chunks.is_full:
            self._chunks = Chunks(self._tokens)
        return TokenFinder(self._chunks, terms, exacts)

    def adds_length(self, form: Form) -> bool:
        """Whether a form adds to the length of its field: stop words and second forms do not."""
        return form.first and form.exact not in self.length_stops

    def surface_texts(self, text: str) -> list[str]:
        """Return the surfaces of a text of an article, in order: the `forms` of each are its tokens."""
        return surface_texts(without_shouting(text), self.numbers)

    def surfaces(self, text: str, *, shouts: bool = False) -> list[Surface]:
        """Return the surfaces of a piece of a query, in order. `shouts`: the query does, see `shouts`."""
        if is_plain(text):
            words = [self._read(word) for word in text.split()]
        else:
            found = surface_texts(unicodedata.normalize("NFC", text), self.numbers)
            words = [self._read(word) for word in found]
        return [word if word.parts else word._replace(acronym="") for word in words] if shouts else words

    def shouts(self, text: str) -> bool:
        """Whether the words of a query are in capitals for no reason, so that US is no acronym in it: `IS
        IT TRUE`, but not `US GDP`. There are several, all in capitals, and one is a stop word or longer
        than acronyms are."""
        if not text.isupper():
            return False
        words = [word.exact for word in self.surfaces(text)]
        return len(words) > 1 and any(
            word in self.query_stops or (word.isalpha() and len(word) > MAX_ACRONYM) for word in words
        )

    def is_query_stop(self, word: Surface) -> bool:
        """Whether a bare `word` does not restrict a query."""
        return word.exact in self.query_stops and not word.acronym

    def surface_forms(self, surface: str) -> list[Form]:
        """Return every form that is indexed for a surface, as it is kept."""
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
    if language == "english" and word.isascii() and not word.endswith(_ENGLISH_ENDINGS):
        return word
    stem: str = _stemmer(language).stem(word)
    return stem


@functools.cache
def _stemmer(language: str) -> Any:
    from indexer.analysis.nltk_parts import SnowballStemmer  # noqa: PLC0415 - few searches need it

    return SnowballStemmer(language)


@functools.lru_cache(maxsize=8)
def analyzer_for(language: str) -> Analyzer:
    """Return the process's analyzer for `language`, with what it has learnt so far."""
    return Analyzer(language)
