"""Whoosh's view of our columns: the type of a facet's column, and the readers of each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from whoosh import columns

from indexer.codec.data import BytesColumn, Column, NumberColumn, OrdinalColumn
from indexer.codec.layout import Array
from indexer.codec.tables import BytesTable


class OrdinalsColumn(columns.Column):
    """Any number of byte strings for each document, stored as ordinals in a sorted table of the values.

    A value is given as bytes, or as an iterable of bytes; order and repetitions are lost. A document
    without any reads as []. Sorting by the column sorts by the first value.
    """

    _default: tuple[bytes, ...] = ()

    def stores_lists(self) -> bool:
        """Return that a document has several values."""
        return True

    def default_value(self, reverse: bool = False) -> list[bytes]:
        """Return what a document without a value reads as."""
        return []


class OrdinalsReader(columns.ColumnReader):
    """Reads the values of each document as a sorted list of bytes; `column` has the arrays."""

    def __init__(self, column: OrdinalColumn, doc_count: int) -> None:
        self.column = column
        self._doccount = doc_count

    def __getitem__(self, docnum: int) -> list[bytes]:
        return [self.column.table[ordinal] for ordinal in self.column.of_doc(docnum)]

    def sort_key(self, docnum: int) -> bytes:
        """Return the first value, or nothing."""
        ordinals = self.column.of_doc(docnum)
        return self.column.table[ordinals[0]] if ordinals else b""


class ValuesReader(columns.ColumnReader):
    """Reads a number or a byte string for each document; `values` has them, `item` reads one."""

    def __init__(self, values: Array | BytesTable, item: Callable[[int], Any]) -> None:
        self.values = values
        self._item = item
        self._doccount = len(values)
        self._reverse = False

    def __getitem__(self, docnum: int) -> Any:
        if not 0 <= docnum < self._doccount:
            raise IndexError(docnum)
        return self._item(docnum)

    def sort_key(self, docnum: int) -> Any:
        """Return the value, or what sorts the other way round."""
        return 0 - self[docnum] if self._reverse else self[docnum]

    def set_reverse(self) -> None:
        """Let `sort_key` sort numbers the other way round."""
        if not isinstance(self.values, np.ndarray):
            raise NotImplementedError
        self._reverse = True


def column_reader(column: Column, doc_count: int) -> Any:
    """Return Whoosh's reader of a column of a segment."""
    match column:
        case NumberColumn():
            return ValuesReader(column.values, column.values.item)
        case BytesColumn():
            return ValuesReader(column.values, column.values.__getitem__)
        case OrdinalColumn():
            return OrdinalsReader(column, doc_count)


def number_column(column: columns.NumericColumn, values: Mapping[int, Any], doc_count: int) -> NumberColumn:
    """Return the column of the numbers of some documents; the others have the default of `column`,
    which is Whoosh's of a field that can be sorted."""
    default = column.default_value()
    array = np.full(doc_count, default, f"<{column._typecode}")
    array[list(values)] = list(values.values())
    return NumberColumn(array, default)
