"""Text -> surfaces -> tokens, by rules that keep `C++`, `AT&T`, `W-2` and `U.S.` findable as typed.

A surface is what NLTK's RegexpTokenizer cuts out: letters and digits, joined by single connectors
(`-`, `'`, `&`, `.`, `/`, `@`, `_`, and `,` within a number), with a leading `.` as in `.NET` and a
trailing `+`, `++` or `#` as in `C++`. The pattern runs without NLTK, whose import takes longer than a
search; a test holds the two equal. A surface of several parts gives its parts at successive positions,
and the whole at the position of the first part; an acronym stands there once more, see `acronyms`.
"""

from __future__ import annotations

import functools
import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from typing import NamedTuple

from indexer.analysis.acronyms import acronym
from indexer.analysis.folding import APOSTROPHES, DASHES, fold_accents
from indexer.analysis.joining import joined, rest_of_elision
from indexer.analysis.numbers import FRACTIONS, LOWERED, POINT, RAISED, NumberStyle, numbers_of, without_note
from indexer.analysis.scripts import PLAIN_LETTERS, is_unspaced, unspaced_runs
from indexer.invisible import visible_offsets, without_invisible

MAX_WORD = 64  # characters; what is longer (a hash, a line of base64) is cut, in queries too

# Latin, Greek, Cyrillic, punctuation, symbols, Chinese, Japanese, Korean, emoji: the characters that
# Python's regular expressions and NLTK's agree on. They differ in whether others are a word's: numbers
# such as ①, joiners, and letters that are new in Unicode. The numerals ² and ½ are named in the pattern, and
# none is one that nobody sees.
USUAL_CHARACTERS = (
    "\x00-\xac\xae-\u034e\u0350-\u0487\u048a-\u0557\u1e00-\u200a\u2010-\u2029\u202f-\u203e\u2041-\u2053"
    "\u2055-\u205f\u2070\u2074-\u2079\u207b\u2080-\u2089\u20a0-\u20cf\u2100-\u215e\u2189-\u245f\u2500-\u2775"
    "\u3000-\u3191\u32c0-\ua66f\uac00-\ud7a3\uf900-\ufdff\ufe10-\ufe32\uff00-\uff3e\uff40-\uffef"
    "\U0001f18a-\U0001faff"
)
USUAL_MARKS = "\u0300-\u036f\u0483-\u0487\u302a-\u302f\u3099\u309a\ua66f\ufb1e\ufe20-\ufe2f"
_CUTTING = re.escape(DASHES) + "&./@"  # the connectors that cut a compound
_CONNECTOR = f"[{_CUTTING}{APOSTROPHES}]"
# What is no part of a word either; a ZWNJ is left in Arabic script alone, where it joins what may be written
# apart or together.
_BETWEEN_PARTS = _CUTTING + "_+#\u200c"
# A long text is read in stretches, so that a few unusual characters slow down only theirs.
_STRETCH = 20_000  # characters
_SPACE = re.compile(r"\s")


def surface_pattern(marks: str, comma: str = POINT.comma) -> str:
    """Return the pattern of a surface. `marks`: the combining marks that may occur, as ranges for a
    character class. One alone (an emoji's) is no word, whether or not the engine counts it as `\\w`, nor is
    a raised or lowered digit (the mark of a note), and no word begins with an apostrophe that is a letter to
    Unicode (ʻ). `comma`: the pattern of one within a number."""
    follows = f"{marks}{RAISED}{LOWERED}"
    word = rf"(?![{follows}{APOSTROPHES}])[\w{FRACTIONS}][\w{FRACTIONS}{follows}]*"
    return (
        rf"(?:(?<![\w{FRACTIONS}{follows}.])\.(?=[^\W\d_{FRACTIONS}]))?"  # .NET
        rf"{word}(?:(?:{_CONNECTOR}|{comma}){word})*"
        rf"(?:\+\+|[+#](?![\w{FRACTIONS}{follows}]))?"  # C++, C#
    )


def all_marks() -> str:
    """Return the combining marks of the basic plane as ranges for a character class."""
    ranges: list[list[int]] = []
    for code in range(0x300, 0x10000):
        if unicodedata.category(chr(code)) in ("Mn", "Mc"):
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1][1] = code
            else:
                ranges.append([code, code])
    return "".join(f"\\u{a:04x}-\\u{b:04x}" for a, b in ranges)


@functools.cache
def _usual(numbers: NumberStyle) -> re.Pattern[str]:
    return re.compile(surface_pattern(USUAL_MARKS, numbers.comma))


@functools.cache
def _plain(numbers: NumberStyle) -> re.Pattern[str]:
    """Return the pattern for a text in ASCII, which has no marks, raised digits or fractions: it finds the
    same in half of the time, which was a tenth of a reindex."""
    words = rf"\w++(?:(?:[-&./@'`]|{numbers.comma})\w++)*+(?:\+\+|[+#](?!\w))?"
    return re.compile(rf"{words}|(?<![\w.])\.(?=[^\W\d_]){words}", re.ASCII)


@functools.cache
def _general(numbers: NumberStyle) -> re.Pattern[str]:
    """Return the pattern of any text in the engine that NLTK's RegexpTokenizer runs on: it takes eight
    times as long as Python's, and 40 ms to make ready."""
    import regex  # noqa: PLC0415 - for a text of unusual characters only

    pattern: re.Pattern[str] = regex.compile(surface_pattern(all_marks(), numbers.comma))
    return pattern


# Made when the first text needs them: they take longer to compile than all others together.
@functools.cache
def _unusual() -> re.Pattern[str]:
    return re.compile(f"[^{USUAL_CHARACTERS}]")


_POSSESSIVE = re.compile(f"(?i)[{APOSTROPHES}]s$")
_MARKED_LETTER = re.compile(r"\.?\w[+#]+")


class Token(NamedTuple):
    """One term of a text. `start` and `end` are code points of the text, positions count words.

    `exact` is the word as written (case folded), nothing for a term that no reader wrote so: an acronym's.
    `counts` is False for what adds nothing to the field's length: stop words, and second forms at a
    position that has a first.
    """

    term: str
    exact: str
    position: int
    start: int
    end: int
    counts: bool


# Makes a token of a tuple of its parts, in a third of the time that Token(…) takes.
new_token: Callable[[tuple[str, str, int, int, int, bool]], Token] = functools.partial(tuple.__new__, Token)


class Surface(NamedTuple):
    """A surface as typed: one word, or a compound of `parts` (each a word) written together. `acronym` is
    its term as an acronym, if it is one."""

    text: str
    term: str
    exact: str
    parts: tuple[Surface, ...]
    acronym: str = ""


class Form(NamedTuple):
    """A term of a surface: where it stands relative to the surface, and whether it is the first there.
    `exact` as in `Token`."""

    term: str
    exact: str
    offset: int  # positions after the surface's own
    start: int
    end: int
    first: bool


def surface_spans(text: str, numbers: NumberStyle = POINT) -> list[tuple[int, int]]:
    """Return the start and end of each surface of `text`."""
    spans: list[tuple[int, int]] = []
    for start, stretch in _stretches(text):
        pattern, read = _readable(stretch, numbers)
        if len(read) == len(stretch):
            found = [m.span() for m in pattern.finditer(read)]
            spans += [(start + a, start + b) for a, b in found] if start else found
        else:
            at = visible_offsets(stretch)
            spans += [(start + at[m.start()], start + at[m.end() - 1] + 1) for m in pattern.finditer(read)]
    return spans


def surface_texts(text: str, numbers: NumberStyle = POINT) -> list[str]:
    """Return the surfaces of `text` alone, without their spans and without what nobody sees."""
    if len(text) <= _STRETCH:  # as most are: the same as below, in one stretch
        pattern, read = _readable(text, numbers)
        return pattern.findall(read)
    found: list[str] = []
    for _, stretch in _stretches(text):
        pattern, read = _readable(stretch, numbers)
        found += pattern.findall(read)
    return found


def _readable(stretch: str, numbers: NumberStyle) -> tuple[re.Pattern[str], str]:
    """Return the pattern for a stretch, and it without what nobody sees."""
    if stretch.isascii():
        return _plain(numbers), stretch
    if not _unusual().search(stretch):
        return _usual(numbers), stretch
    read = without_invisible(stretch)
    return _general(numbers) if _unusual().search(read) else _usual(numbers), read


def _stretches(text: str) -> Iterator[tuple[int, str]]:
    start = 0
    while start < len(text):
        space = _SPACE.search(text, start + _STRETCH)
        end = space.start() if space else len(text)
        yield start, text[start:end]
        start = end


class SurfaceForms:
    """Gives the forms of a surface; each distinct word is stemmed once, and not at all where `known`
    gives its term (see Analyzer)."""

    def __init__(
        self, stem: Callable[[str], str], known: Callable[[str], str | None], language: str = "english"
    ) -> None:
        self.language = language
        self.numbers = numbers_of(language)
        self._plain_letters = PLAIN_LETTERS.get(language, {})
        self._known = known
        # A word is part of two surfaces on average: capitalised, possessive, in a compound.
        self._stem = functools.lru_cache(maxsize=200_000)(lambda word: known(word) or stem(word))
        self._parts = re.compile(self.numbers.part(_BETWEEN_PARTS))

    def word(self, text: str) -> Surface:
        """Return one word (no compound), possessive `'s` dropped, folded and stemmed."""
        if text.isascii() and text.isalnum():  # the same as below, without looking
            exact = sys.intern(text.lower()[:MAX_WORD])
            term = sys.intern(self._stem(exact)) if exact.isalpha() else exact
            return Surface(text, term, exact, (), acronym(text) if text.isupper() else "")
        bare = _POSSESSIVE.sub("", text)
        bare = _POSSESSIVE.sub("", without_note(bare)) or bare
        exact = sys.intern(self.numbers.fold(bare)[:MAX_WORD])
        return Surface(text, self._term(exact), exact, (), acronym(bare))

    def accented_term(self, word: Surface) -> str | None:
        """Return the term that the stemmer makes of the accented word, where it is another one.

        Spanish `nación` stems by its accent; the term made without it is the one both share.
        """
        if word.exact.isascii() or not word.exact.isalpha() or self._known(word.exact) is not None:
            return None
        term = fold_accents(self._stem(word.exact))
        return term if term != word.term else None

    def noted_term(self, word: Surface) -> str | None:
        """Return the term of a word with the raised digit that may be the mark of a note: `treaty2` for
        `treaty²`; None for a word without."""
        if word.text.isascii():
            return None
        bare = _POSSESSIVE.sub("", word.text)
        return self._term(self.numbers.fold(bare)[:MAX_WORD]) if without_note(bare) else None

    def spelt_out_term(self, word: Surface) -> str | None:
        """Return the term of a word in plain letters, where its language has a spelling of its own for them:
        that of Mueller for the German Müller. A plain word has one term, so that `neue` is no `neü`."""
        plain = word.exact.translate(self._plain_letters)
        return self._term(plain) if plain != word.exact else None

    def other_terms(self, word: Surface) -> list[str]:
        """Return the terms that a word has beside its own for how its letters are written."""
        if word.exact.isascii():
            return []
        accented = self.accented_term(word)
        others = [accented] if accented else []
        plain = self.spelt_out_term(word) if self._plain_letters else None
        return [*others, plain] if plain and plain not in (word.term, accented) else others

    def spellings(self, exact: str) -> list[str]:
        """Return how else a case-folded word is written, as its terms have it: without accents, or in plain
        letters."""
        if exact.isascii():
            return []
        others = (exact.translate(self._plain_letters), fold_accents(exact))
        return [other for other in dict.fromkeys(others) if other != exact]

    def _term(self, exact: str) -> str:
        """Return the term of a word as written, or of a compound."""
        letters = fold_accents(exact)
        if not letters.isalpha():
            letters = joined(letters, self.language)
        return sys.intern((self._known(exact) or self._stem(letters)) if letters.isalpha() else letters)

    def sole_term(self, exact: str) -> str | None:
        """Return the term of a word as written, None where its form alone does not say: it was cut, or
        its accented form has a term of its own."""
        if len(exact) >= MAX_WORD:
            return None
        if exact.isascii() and exact.isalpha() and exact.islower():  # the same as below, without looking
            return self._stem(exact)
        word = self.word(exact)
        return None if word.exact != exact or self.accented_term(word) else word.term

    def read(self, text: str) -> Surface:
        """Return the surface `text` as it is asked for in a query."""
        if not text.isascii() and is_unspaced(text):
            pieces = tuple(self.word(text[a:b]) for a, b, first in self._pieces(text) if first)
            return pieces[0] if len(pieces) == 1 else Surface(text, "", "", pieces)
        bare = _POSSESSIVE.sub("", text)
        if self._is_word(text) or self._is_word(bare):
            return self.word(text)
        parts = tuple(self.word(m.group()) for m in self._parts.finditer(bare))
        if "&" in bare:  # the AT of AT&T is no acronym
            parts = tuple(part._replace(acronym="") for part in parts)
        return self._compound(text, bare, parts if len(parts) > 1 else ())

    def forms(self, text: str) -> list[Form]:
        """Return every form that is indexed for the surface `text`, anew each time."""
        if text.isascii() and text.isalpha():  # three of four: the same as below, without looking
            exact = text.lower()[:MAX_WORD]
            forms = [Form(self._stem(exact), exact, 0, 0, len(text), True)]
            return forms + _acronyms(text) if text.isupper() else forms
        if not text.isascii():
            read = without_invisible(text)
            if len(read) < len(text):
                at = visible_offsets(text)
                return [f._replace(start=at[f.start], end=at[f.end - 1] + 1) for f in self.forms(read)]
            if is_unspaced(text):
                return self._unspaced_forms(text)
        if self._is_word(text):
            return self._word_forms(text, 0, 0)
        bare = _POSSESSIVE.sub("", text)
        spans = [m.span() for m in self._parts.finditer(bare)]
        whole = self.word(text) if self._is_word(bare) else self._compound(text, bare, ())
        if _MARKED_LETTER.fullmatch(text):  # C++: not a C as well
            return [Form(whole.term, whole.exact, 0, 0, len(text), True)]
        forms = []
        for offset, (start, end) in enumerate(spans):
            forms += self._word_forms(
                text[start:end], offset, start, of_one_word="&" in text or text[0] == "."
            )
        if len(spans) > 1:  # the C++ of Objective-C++, the .NET of .NET-based
            forms += self._marked_forms(text, spans)
        wholes = [whole.term, *self.other_terms(whole)]
        forms += [Form(term, whole.exact, 0, 0, len(text), False) for term in wholes]
        return forms + _acronyms(bare)

    def _marked_forms(self, text: str, spans: list[tuple[int, int]]) -> list[Form]:
        edges = [(0, 0, spans[0][1])] if text[0] == "." else []
        edges += [(len(spans) - 1, spans[-1][0], len(text))] if text[-1] in "+#" else []
        forms = []
        for offset, start, end in edges:
            marked = self.read(text[start:end])
            forms.append(Form(marked.term, marked.exact, offset, start, end, False))
        return forms

    def _word_forms(self, text: str, offset: int, start: int, *, of_one_word: bool = False) -> list[Form]:
        """Return the forms of a word. `of_one_word`: it is part of one, and no acronym (AT&T, .NET)."""
        word, end = self.word(text), start + len(text)
        forms = [Form(word.term, word.exact, offset, start, end, True)]
        if word.acronym and not of_one_word:
            forms.append(Form(word.acronym, "", offset, start, end, False))
        if text.isascii() and text.isalnum():  # no accent, no apostrophe
            return forms
        others = [(term, word.exact) for term in self.other_terms(word)]
        noted = self.noted_term(word)
        if noted:
            others.append((noted, ""))
        forms += [Form(term, exact, offset, start, end, False) for term, exact in others]
        elided = rest_of_elision(word.exact, self.language)
        if elided:
            rest = self.word(elided)
            forms.append(Form(rest.term, rest.exact, offset, start, end, False))
        return forms

    def _unspaced_forms(self, text: str) -> list[Form]:
        forms, offset = [], -1
        for start, end, first in self._pieces(text):
            offset += first
            word = self.word(text[start:end])
            forms.append(Form(word.term, word.exact, max(offset, 0), start, end, first))
        return forms

    def _compound(self, text: str, bare: str, parts: tuple[Surface, ...]) -> Surface:
        """Return the surface `text`, which is no single word; `bare` is it without a possessive."""
        exact = self.numbers.fold(bare)[:MAX_WORD]
        return Surface(text, self._term(exact), exact, parts, acronym(bare))

    def _is_word(self, text: str) -> bool:
        """Whether a surface is one word: nothing that cuts it."""
        return text[0] != "." and self._parts.fullmatch(text) is not None

    def _pieces(self, text: str) -> list[tuple[int, int, bool]]:
        """Cut a surface with text that has no spaces into words and pieces of two characters.

        Each piece is (start, end, first); single characters of a run follow as second forms, so that
        one character is findable as well.
        """
        pieces: list[tuple[int, int, bool]] = []
        for start, end, edges in unspaced_runs(text):
            if not edges:
                found = self._parts.finditer(text[start:end])
                pieces += [(start + m.start(), start + m.end(), True) for m in found]
            elif len(edges) == 1:
                pieces.append((start, end, True))
            else:
                for one, two, after in zip(edges, edges[1:], [*edges[2:], end], strict=False):
                    pieces += [(one, after, True), (one, two, False)]
                pieces.append((edges[-1], end, False))
        return pieces


def _acronyms(text: str) -> list[Form]:
    term = acronym(text)
    return [Form(term, "", 0, 0, len(text), False)] if term else []
