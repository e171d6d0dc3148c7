"""Turns a field of a query and its value, such as `topic:Rail`, into the query leaf that filters by it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from whoosh.query import NumericRange, Query, Term

from indexer.messages import say, template
from indexer.query.language.dates import PERIODS, DateError
from indexer.query.language.lexer import Notebook
from indexer.query.language.syntax import CHOICES, FIELD_KINDS, FieldKind

_VERBS = {
    "has": template("has {value}"),
    "is": template("is {value}"),
    "origin": template("origin is {value}"),
}
_NUMBER = r"-?[0-9]{1,15}(?:\.[0-9]{1,15})?"
_COMPARED = re.compile(rf"(>=|<=|>|<|=)? ?({_NUMBER})")
_RANGE = re.compile(rf"({_NUMBER})? ?\.\.+ ?({_NUMBER})?")


class Value(NamedTuple):
    """The leaf of a value; `negated`: an article must not match it."""

    query: Query
    negated: bool = False


class Values:
    """Reads the values of one query's fields at `now`, and writes down what they are read as."""

    def __init__(self, now: datetime, notebook: Notebook) -> None:
        self._now = now
        self._notebook = notebook

    def read(self, field: str, text: str) -> Value | None:
        """Return the leaf of a field that has no words; None where the text cannot be its value."""
        return _READERS[FIELD_KINDS[field]](self, field, text)

    def _value(self, field: str, text: str) -> Value | None:
        """A value is a Term of its field, case-folded; the engine knows which values that means."""
        if not text:
            return self._unusable(field, "there is no value")
        if text == "*":
            return Value(Term(field, "none"), negated=True)
        self._notebook.read("{field} is '{text}'", field=field, text=text)
        return Value(Term(field, text.casefold()))

    def _choice(self, field: str, text: str) -> Value | None:
        value, known = text.casefold(), CHOICES[field]
        if value not in known:
            return self._unusable(
                field, say("'{text}' is none of {known}", text=text, known=", ".join(known))
            )
        self._notebook.read(_VERBS[field], value=value)
        return Value(Term(field, value))

    def _number(self, field: str, text: str) -> Value | None:
        """A comparison or a range is a NumericRange; `none` and `*` ask whether there is a number."""
        if text.casefold() in ("none", "*"):
            return _presence(field, text)
        compared, between = _COMPARED.fullmatch(text), _RANGE.fullmatch(text)
        if compared:
            number = _numeral(compared[2])
            low = number if compared[1] not in ("<", "<=") else None
            high = number if compared[1] not in (">", ">=") else None
            found = NumericRange(field, low, high, compared[1] == ">", compared[1] == "<")
        elif between and any(between.groups()):
            low, high = (_numeral(end) if end else None for end in between.groups())
            if low is not None and high is not None and low > high:
                low, high = high, low
                self._notebook.corrected(
                    "the range of {field} ran backwards, so its ends change places", field=field
                )
            found = NumericRange(field, low, high, False, False)
        else:
            return self._unusable(field, say("'{text}' is not a number; write 50, >50 or 10..90", text=text))
        self._notebook.read("{field} is {value}", field=field, value=text)
        return Value(found)

    def _date(self, field: str, text: str) -> Value | None:
        """A period is a NumericRange of `day`, both ends included."""
        if field == "date" and text.casefold() in ("none", "*"):
            return _presence(field, text)
        try:
            period = PERIODS[field](text, self._now)
        except DateError as error:
            return self._unusable(field, error.what)
        if period.correction:
            self._notebook.corrected(period.correction)
        self._notebook.read("published {period}", period=str(period))
        return Value(NumericRange("day", period.first, period.last, False, False))

    def _unusable(self, field: str, why: str) -> Value | None:
        self._notebook.ignored("'{field}' is ignored: {why}", field=f"{field}:", why=why)
        return None


_READERS: dict[FieldKind, Callable[[Values, str, str], Value | None]] = {
    FieldKind.VALUE: Values._value,
    FieldKind.NUMBER: Values._number,
    FieldKind.DATE: Values._date,
    FieldKind.CHOICE: Values._choice,
}


def _presence(field: str, text: str) -> Value:
    return Value(Term("has", field), negated=text != "*")


def _numeral(text: str) -> int | float:
    return float(text) if "." in text else int(text)
