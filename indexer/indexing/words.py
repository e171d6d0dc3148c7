"""Texts -> the words of a segment: nothing is done a word at a time but to cut it out and number it.

A process meets the same surfaces over and over. What one posts (its terms, where they stand, what
they add to the length) is worked out once, by `Surfaces`; an article leaves the numbers of its
surfaces, and all tokens of a segment are made of them at once, by whole-array look-ups.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from indexer.analysis import Analyzer
from indexer.codec.data import Column, FieldData, NumberColumn, invert
from indexer.codec.layout import shrink
from indexer.codec.tables import BytesTable, offsets_of, run_indices
from indexer.index.schema import COPIES, DERIVED, EXACT, FIELD_GAP, TEXT_FIELDS
from indexer.indexing.stories import signature_columns
from indexer.indexing.titles import TitleWords, count_words, template_of
from indexer.indexing.word_hashes import hash_of

# Of memory that a surface of an article takes while its tokens are made: two to three tokens of 56.
BYTES_PER_SURFACE = 150
_BYTES_PER_DISTINCT = 700  # its text, its number, its rows of the tables, its terms

Ints = NDArray[np.integer]


class Numbers(dict[bytes, int]):
    """Numbers distinct byte strings in the order in which they are first asked for."""

    def __missing__(self, key: bytes) -> int:
        number = self[key] = len(self)
        return number


class Surfaces(dict[str, int]):
    """The number of each distinct surface; asking for one that is new works out what it posts.

    Surface s has the tokens `starts[s]` up to `starts[s + 1]`: `token_terms` (numbers of terms) and
    `token_offsets` (positions behind the surface's first), by ascending offset. It takes up
    `widths[s]` positions, and adds `counts[s]` to the length of its field. `hashes[s]` is what
    near copies are found by, 0 where it adds nothing; `templates` and `words` are what its title is compared
    by (see `titles`). `stems` has for the number of each word as
    written that of its stem's term, or its own where its form alone does not say.
    """

    def __init__(self, analyzer: Analyzer) -> None:
        super().__init__()
        self.analyzer = analyzer
        self.terms = Numbers()
        self.starts = array("I", [0])
        self.token_terms = array("I")
        self.token_offsets = array("I")
        self.widths = array("I")
        self.counts = array("I")
        self.hashes = array("Q")
        self.templates = array("Q")
        self.words = array("I")
        self.stems: dict[int, int] = {}

    def __missing__(self, surface: str) -> int:
        analyzer = self.analyzer
        forms = analyzer.forms(surface)
        if len(forms) > 1:
            forms.sort(key=lambda form: form.offset)
        terms, rows, offsets, stems = self.terms, self.token_terms, self.token_offsets, self.stems
        counted = []
        for form in forms:
            text, exact, offset = form[:3]
            # (`setdefault`, for most are new: `__missing__` takes three times as long.)
            term = terms.setdefault(text.encode("utf-8", "replace"), len(terms))
            rows.append(term)
            offsets.append(offset)
            if exact:
                word = terms.setdefault((EXACT + exact).encode("utf-8", "replace"), len(terms))
                if word not in stems:
                    stems[word] = term if analyzer.sole_term(exact) == text else word
                rows.append(word)
                offsets.append(offset)
            if analyzer.adds_length(form):
                counted.append(text)
        self.starts.append(len(rows))
        self.widths.append(forms[-1].offset + 1 if forms else 0)
        self.counts.append(len(counted))
        hashed = hash_of(counted)
        self.hashes.append(hashed)
        self.templates.append(template_of(surface, hashed))
        self.words.append(count_words(surface))
        number = self[surface] = len(self)
        return number

    @property
    def memory(self) -> int:
        """About how many bytes of memory it takes."""
        return len(self) * _BYTES_PER_DISTINCT


@dataclass(frozen=True, slots=True)
class Words:
    """The field `text`, the lengths of it and of TEXT_FIELDS, and the columns that say where each
    of these begins."""

    field: FieldData
    lengths: dict[str, Ints]
    columns: dict[str, Column]


class WordGatherer:
    """Takes the texts of each document in turn: `add`, then `words` once."""

    def __init__(self, surfaces: Surfaces) -> None:
        self.surfaces = surfaces
        self._surface_texts = surfaces.analyzer.surface_texts
        self._rows = array("I")  # the surfaces of all texts, one after another
        self._counts = array("I")  # how many each text has, TEXT_FIELDS by document

    def add(self, texts: tuple[str, ...]) -> None:
        """Add a document: its text for each of TEXT_FIELDS."""
        number, surface_texts = self.surfaces.__getitem__, self._surface_texts
        for text in texts:
            found = surface_texts(text) if text else ()
            self._rows.extend(map(number, found))
            self._counts.append(len(found))

    @property
    def memory(self) -> int:
        """About how many bytes of memory `words` will take."""
        return len(self._rows) * BYTES_PER_SURFACE

    def words(self) -> Words:
        """Return what the texts post."""
        rows = np.frombuffer(self._rows, np.uint32)
        counts = np.frombuffer(self._counts, np.uint32).astype(np.int64)  # by text
        ends = offsets_of(counts)
        widths = offsets_of(_table(self.surfaces.widths)[rows])
        bases, starts = _bases((widths[ends[1:]] - widths[ends[:-1]]).reshape(-1, len(TEXT_FIELDS)))
        positions = widths[:-1] + np.repeat(bases.ravel() - widths[ends[:-1]], counts)
        return Words(
            field=self._field(rows, counts, positions),
            lengths=self._lengths(rows, ends),
            columns={name: NumberColumn(shrink(values)) for name, values in starts.items()}
            | signature_columns(rows, counts.reshape(-1, len(TEXT_FIELDS)), self._compared()),
        )

    def _compared(self) -> TitleWords:
        surfaces = self.surfaces
        hashes, templates = (np.array(values, np.uint64) for values in (surfaces.hashes, surfaces.templates))
        return TitleWords(hashes, templates, _table(surfaces.words))

    def _lengths(self, rows: Ints, ends: Ints) -> dict[str, Ints]:
        added = offsets_of(_table(self.surfaces.counts)[rows])
        by_text = (added[ends[1:]] - added[ends[:-1]]).reshape(-1, len(TEXT_FIELDS))
        lengths = dict(zip(TEXT_FIELDS, by_text.T, strict=True))
        lengths["text"] = by_text @ np.array(COPIES)
        return {name: values for name, values in lengths.items() if values.any()}

    def _field(self, rows: Ints, counts: Ints, positions: Ints) -> FieldData:
        """Return the postings of the surfaces `rows`, which stand at `positions`."""
        surfaces = self.surfaces
        starts = _table(surfaces.starts).astype(np.int64)
        tokens = np.diff(starts)[rows]
        at = run_indices(starts[:-1][rows], tokens)
        term_ids = _table(surfaces.token_terms)[at]
        positions = np.repeat(positions.astype(np.uint32), tokens) + _table(surfaces.token_offsets)[at]
        del at
        texts = np.arange(len(counts), dtype=np.uint32)
        text_of = np.repeat(np.repeat(texts, counts), tokens)
        copies = np.array(COPIES, np.uint8)[text_of % len(COPIES)]
        docs = np.repeat(text_of // len(COPIES), copies)
        del text_of
        term_ids, positions = np.repeat(term_ids, copies), np.repeat(positions, copies)
        ranks, terms = ranked(term_ids, list(surfaces.terms))
        data = invert(ranks[term_ids], docs, positions, terms)
        return replace(data, stems=self._stems(ranks, len(terms)))

    def _stems(self, ranks: Ints, count: int) -> Ints:
        """Return the stems of the words that occur, by `ranks` (see `ranked`) among `count` terms."""
        words, stems = (
            np.fromiter(ids, np.uint32) for ids in (self.surfaces.stems, self.surfaces.stems.values())
        )
        of_words, of_stems = ranks[words], np.where(words == stems, count, ranks[stems])
        order = np.argsort(of_words)
        return of_stems[order[: np.searchsorted(of_words, count, sorter=order)]]


def ranked(numbers: Ints, names: list[bytes]) -> tuple[Ints, BytesTable]:
    """Return the row of each of `names` in the sorted table of those that `numbers` refer to, and the
    table; a name that is not in it has the number of its rows."""
    used = np.flatnonzero(np.bincount(numbers, minlength=len(names)))
    order = sorted(used.tolist(), key=names.__getitem__)
    ranks = np.full(len(names), len(order), np.uint32)
    ranks[order] = np.arange(len(order), dtype=np.uint32)
    return ranks, BytesTable.of(names[i] for i in order)


def _bases(widths: Ints) -> tuple[Ints, dict[str, Ints]]:
    """Return where the texts of `widths` positions (documents, texts) begin: of the same shape, and
    as columns."""
    bases = np.zeros_like(widths)
    np.cumsum(widths[:, :-1] + FIELD_GAP, axis=1, out=bases[:, 1:])
    starts = [DERIVED[name].start for name in TEXT_FIELDS]
    return bases, {name: bases[:, i] for i, name in enumerate(starts) if name}


def _table(values: array[int]) -> Ints:
    return np.array(values, np.uint32)  # a copy: an array that is looked at cannot grow
