"""Dates and numbers that are written as the language of the page has them; in English as texts."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
YEAR, MONTH, DAY = 4, 7, 10  # the lengths of 2020, 2020-06, 2020-06-25


class When(NamedTuple):
    """A day, a month or a year (`unit` is the length of its date: DAY, MONTH, YEAR); in English as a text."""

    first: date
    unit: int

    def __str__(self) -> str:
        first = self.first
        return {
            YEAR: f"{first.year:04}",
            MONTH: f"{MONTHS[first.month - 1]} {first.year}",
            DAY: f"{first.day} {MONTHS[first.month - 1]} {first.year}",
        }[self.unit]


class Brief(NamedTuple):
    """A day within its month, a month within its year, or a year; in English as a text."""

    first: date
    unit: int

    def __str__(self) -> str:
        first = self.first
        return {YEAR: f"{first.year:04}", MONTH: MONTHS[first.month - 1][:3], DAY: str(first.day)}[self.unit]


class Fixed(NamedTuple):
    """A number with as many digits behind its point as `digits` says; in English as a text."""

    value: float
    digits: int

    def __str__(self) -> str:
        return f"{self.value:.{self.digits}f}"
