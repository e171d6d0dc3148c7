"""A word, phrase or value of a query, and the field it is for -> its query leaves.

The shapes of the leaves are a contract with the engine; each is described where it is made.
"""

from __future__ import annotations

import functools
import re
from datetime import datetime
from typing import NamedTuple

from whoosh.query import (
    AndMaybe,
    Every,
    FuzzyTerm,
    Phrase,
    Prefix,
    Query,
    Term,
    Wildcard,
)

from indexer.analysis import Analyzer, Surface, fold_accents
from indexer.index.schema import EXACT, TEXT
from indexer.messages import template
from indexer.query.language.field_values import Values
from indexer.query.language.lexer import Kind, Lexeme, Notebook
from indexer.query.language.spellings import phrase_spellings
from indexer.query.language.syntax import FIELD_KINDS, FieldKind
from indexer.query.language.tree import MAX_BOOST, MIN_BOOST, WordForms, scaled

MAX_WORDS = 2_000
MAX_PHRASE = 50  # words: each asks for the positions of all that have it
MAX_GAP = 50  # words between two of a phrase; the fields of an article are further apart than that
MAX_SLOPPY = 50  # phrases of a query with words in between: each is looked for in each hit in many ways
MAX_EDITS = 2
MAX_EXPANDED = 20  # patterns and fuzzy words of a query: each is looked for in the whole lexicon
# The weight of `us` where `US` is asked for, against that of the acronym: a word that stands in a text many
# times weighs some four times as much as one that a long text has once.
SMALL_LETTERS = 0.1
MAX_STARS = 5  # of a pattern: the steps to match one word grow with a power of them

PATTERN = re.compile(r"\*|\?\w")  # what makes a piece a pattern; a `?` at the end is that of a question
_PHRASE = template('"{phrase}" is a phrase')
_SLOPPY = template('"{phrase}" is a phrase, with up to {gap} other words in between')


class Part(NamedTuple):
    """A query to be combined with others. `negated`: its articles are left out. `stops`: it is
    nothing but these words, each too common to restrict a search. `required`: it is no word that an article
    may lack. `typed` is what stands for it in the text, `form` the term of a word as written, where that is
    not its only form; `parts` are those that it has all of."""

    query: Query
    negated: bool = False
    stops: tuple[str, ...] = ()
    required: bool = False
    typed: str = ""
    form: Term | None = None
    parts: tuple[Part, ...] = ()


class Suffixes(NamedTuple):
    """What stands behind an operand: a boost, and a number after `~` (None: no `~`; "": no number)."""

    boost: float = 1.0
    tilde: str | None = None


@functools.cache
def piece_pattern(comma: str) -> re.Pattern[str]:
    """Return the pattern of what a word may have that a pattern matches, given that of a comma in it."""
    return re.compile(rf"(?:[^:;,!=<>|\[\]{{}}\s]|{comma})+")


class Leaves:
    """Makes leaves for one query, and writes down what it had to do. `shouts`: it is all in capitals."""

    def __init__(
        self,
        analyzer: Analyzer,
        now: datetime,
        notebook: Notebook,
        *,
        shouts: bool = False,
        keep_stops: bool = False,
    ) -> None:
        self._analyzer = analyzer
        self._notebook = notebook
        self._shouts = shouts
        self.keep_stops = keep_stops
        self._words_left = MAX_WORDS
        self._expanded_left = MAX_EXPANDED
        self._sloppy_left = MAX_SLOPPY
        self._values = Values(now, notebook)

    def read(self, lexeme: Lexeme, field: str) -> list[Part]:
        """Return what a word, phrase or value stands for in `field`; nothing where it is dropped."""
        suffixes = self.suffixes(lexeme)
        if FIELD_KINDS.get(field, FieldKind.TEXT) is not FieldKind.TEXT:
            value = self._values.read(field, " ".join(lexeme.text.split()))
            return [Part(value.query, negated=value.negated)] if value is not None else []
        if lexeme.kind is Kind.PHRASE:
            phrase = self._phrase(lexeme.text, field, suffixes.tilde)
            parts = [Part(phrase, required=True)] if phrase is not None else []
        else:
            parts = self._chunk(lexeme.text, field, suffixes)
        return boosted(parts, suffixes.boost)

    def words(self, text: str, field: str = TEXT, *, bare: bool = True) -> list[Part]:
        """Return the words of `text`; where they are `bare`, stop words among them are marked."""
        return [self._word(word, field, bare) for word in self._surfaces(text)]

    def suffixes(self, lexeme: Lexeme) -> Suffixes:
        """Return the boost and the `~` behind a lexeme; what cannot be used is noted."""
        boost, tilde = 1.0, None
        for suffix in lexeme.suffixes:
            if suffix[0] == "~":
                tilde = suffix[1:]
            else:
                boost = self._boost(suffix)
        if tilde is not None and (lexeme.kind is Kind.CLOSE or lexeme.kind is Kind.VALUE):
            self._notebook.dropped("'~' must follow a word or a phrase, so it is ignored")
        return Suffixes(boost, tilde)

    def _boost(self, suffix: str) -> float:
        try:
            asked = float(suffix[1:].rstrip(",;:!?."))
        except ValueError:
            asked = 0.0
        if not asked > 0:  # not a number is not above 0 either
            self._notebook.dropped(
                "'{suffix}' is not a boost (a number above 0), so it is ignored", suffix=suffix
            )
            return 1.0
        boost = min(max(asked, MIN_BOOST), MAX_BOOST)
        if boost != asked:
            self._notebook.corrected(
                "the boost '{suffix}' is read as ^{boost}, the nearest allowed",
                suffix=suffix,
                boost=f"{boost:g}",
            )
        return boost

    # Words

    def _surfaces(self, text: str) -> list[Surface]:
        words = self._analyzer.surfaces(text, shouts=self._shouts)
        if len(words) > self._words_left:
            self._notebook.ignored("the query is cut after {most} words", most=MAX_WORDS)
            words = words[: self._words_left]
        self._words_left -= len(words)
        return words

    def _chunk(self, chunk: str, field: str, suffixes: Suffixes) -> list[Part]:
        """Read what stands between two white spaces: mostly a word, but also `12:30` or `=word`."""
        if chunk[0] == "=":
            exact = [Part(self._exact(word, field)) for word in self._surfaces(chunk)]
            self._notebook.read("'{word}' is looked for as written", word=chunk.lstrip("="))
            return exact
        if PATTERN.search(chunk) and "://" not in chunk:
            return self._pieces(chunk, field)
        if suffixes.tilde is not None:
            return self._fuzzy(chunk, field, suffixes.tilde)
        return self.words(chunk, field, bare=field == TEXT and suffixes.boost == 1)

    def _word(self, word: Surface, field: str, bare: bool) -> Part:
        if bare and not self.keep_stops and self._analyzer.is_query_stop(word):
            return Part(Term(field, word.term), stops=(word.text,))
        found = self._found(word, field)
        spellings = self._analyzer.spellings(word.exact)
        if not spellings:
            form = Term(field, EXACT + word.exact) if word.exact and not word.acronym else None
            return Part(found, typed=word.text, form=form)
        others = " and ".join(f"'{spelling}'" for spelling in spellings)
        self._notebook.folded(
            "'{word}' finds {others} as well, and ranks its own spelling higher",
            word=word.text,
            others=others,
        )
        return Part(AndMaybe(found, self._exact(word, field)), typed=word.text)

    def _found(self, word: Surface, field: str) -> Query:
        """A word is a Term, or one of two: with that of its accented form, of its acronym. A compound is its
        whole or, as phrases, its parts (CJK: no whole; U.S. is its acronym, and never us)."""
        if word.parts and word.term and "&" in word.text:
            return Term(field, word.term)  # AT&T is no "at T-Mobile"
        if word.parts:
            readings = self._cut(phrase_spellings(word.parts, self._analyzer, together=False))
            phrases = [Phrase(field, list(terms)) for terms in reversed(readings)]
            wholes = [word.acronym or word.term, *self._analyzer.other_terms(word)]
            return _any_form([*(Term(field, whole) for whole in wholes if whole), *phrases])
        letters = [word.term, *self._analyzer.other_terms(word)]
        if word.acronym:
            small = [Term(field, term, SMALL_LETTERS) for term in letters]
            return _any_form([*small, Term(field, word.acronym)])
        noted = self._analyzer.noted_term(word)
        return _any_form([Term(field, term) for term in (*letters, noted) if term])

    def _exact(self, word: Surface, field: str) -> Query:
        """A word as written is the term `=word`."""
        return Term(field, EXACT + word.exact) if word.exact else self._found(word, field)

    def _pieces(self, chunk: str, field: str) -> list[Part]:
        parts = []
        for piece in piece_pattern(self._analyzer.numbers.pattern_comma).findall(chunk):
            if PATTERN.search(piece):
                pattern = self._pattern(piece, field)
                parts += [Part(pattern)] if pattern is not None else []
            else:
                parts += self.words(piece, field, bare=False)
        return parts

    def _pattern(self, piece: str, field: str) -> Query | None:
        """A pattern matches words as written but for letter case and accents; `*` alone everything."""
        pattern = re.sub(r"\*+", "*", fold_accents(self._analyzer.numbers.fold(piece.rstrip("."))))
        if not re.search(r"\w", pattern):
            self._notebook.read("'{word}' alone stands for every article", word=piece)
            return Every()
        if pattern.count("*") > MAX_STARS:
            self._notebook.ignored(
                "'{word}' is ignored: it has more than {most} '*'", word=piece, most=MAX_STARS
            )
            return None
        if not self._may_expand(piece):
            return None
        if pattern[-1] == "*" and not re.search(r"[*?]", pattern[:-1]):
            return Prefix(field, pattern[:-1])
        return Wildcard(field, pattern)

    def _may_expand(self, piece: str) -> bool:
        self._expanded_left -= 1
        if self._expanded_left < 0:
            self._notebook.ignored(
                "'{word}' is ignored: a query takes {most} wildcards and fuzzy words",
                word=piece,
                most=MAX_EXPANDED,
            )
        return self._expanded_left >= 0

    def _fuzzy(self, chunk: str, field: str, tilde: str) -> list[Part]:
        words = self._surfaces(chunk)
        if len(words) != 1 or len(words[0].exact) < 3:
            self._notebook.dropped(
                "'~' after '{word}' is ignored: it needs one word of 3 letters or more", word=chunk
            )
            return [self._word(word, field, False) for word in words]
        form = fold_accents(words[0].exact)
        edits = 1 if len(form) <= 5 else 2
        if re.fullmatch(r"[0-9]+", tilde):
            edits = int(tilde[:9])
            if edits > MAX_EDITS:
                self._notebook.corrected(
                    "'{typed}' is read as ~{most}, the most letters allowed",
                    typed=f"~{edits}",
                    most=MAX_EDITS,
                )
        elif tilde:
            self._notebook.corrected(
                "'{typed}' is read as ~{edits}: the letters off are a whole number",
                typed=f"~{tilde}",
                edits=edits,
            )
        if not edits:
            return [self._word(words[0], field, False)]
        if not self._may_expand(chunk + "~"):
            return []
        return [Part(FuzzyTerm(field, form, maxdist=min(edits, MAX_EDITS), prefixlength=0))]

    def _phrase(self, text: str, field: str, tilde: str | None) -> Query | None:
        """A phrase is its words at successive positions, stop words and parts of compounds too. Compounds
        may be written together, acronyms with full stops or without, and words in plain letters."""
        words = self._surfaces(text)
        if len(words) == 1 and words[0].acronym:
            return self._found(words[0], field)
        spellings = self._cut(phrase_spellings(words, self._analyzer))
        if not words:
            self._notebook.dropped("a phrase without words is ignored")
            return None
        gap = 0
        if len(spellings[0]) > 1:
            gap = self._gap(tilde) if tilde is not None else 0
            self._notebook.read(_SLOPPY if gap else _PHRASE, phrase=" ".join(text.split()), gap=gap)
        return _any_form(
            [
                Phrase(field, list(terms), slop=gap + 1) if len(terms) > 1 else Term(field, terms[0])
                for terms in spellings
            ]
        )

    def _cut(self, phrases: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
        """Return phrases, of long ones their beginnings."""
        if all(len(terms) <= MAX_PHRASE for terms in phrases):
            return phrases
        self._notebook.corrected("a phrase is cut after {most} words", most=MAX_PHRASE)
        return list(dict.fromkeys(terms[:MAX_PHRASE] for terms in phrases))

    def _gap(self, tilde: str) -> int:
        if not re.fullmatch(r"[0-9]+", tilde):
            self._notebook.dropped(
                "'{typed}' after a phrase is not a number of words, so it is ignored", typed=f"~{tilde}"
            )
            return 0
        gap = int(tilde[:9])
        if gap > MAX_GAP:
            self._notebook.corrected(
                "'{typed}' is read as ~{most}, the most words between two", typed=f"~{gap}", most=MAX_GAP
            )
        self._sloppy_left -= gap > 0
        if self._sloppy_left < 0:
            self._notebook.corrected(
                "a query takes {most} phrases with words in between: others are read without", most=MAX_SLOPPY
            )
            return 0
        return min(gap, MAX_GAP)


def _any_form(forms: list[Query]) -> Query:
    return WordForms(forms) if len(forms) > 1 else forms[0]


def boosted(parts: list[Part], boost: float) -> list[Part]:
    """Return `parts` with a boost; what is boosted is no bare stop word any more."""
    if boost == 1:
        return parts
    return [
        part._replace(
            query=scaled(part.query, boost),
            stops=(),
            form=part.form and part.form.with_boost(part.form.boost * boost),
            parts=(),
        )
        for part in parts
    ]
