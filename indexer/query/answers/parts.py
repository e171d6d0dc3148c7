"""The parts of an answer: what has all of the words comes first, then what has them nearly, each part with
a total of its own."""

from __future__ import annotations

from enum import StrEnum


class PartKind(StrEnum):
    """What the articles of a part have; the parts come in this order."""

    ALL = "all"  # all that the query asks for
    BEGUN = "begun"  # the same, of the last word a longer one that begins with it
    SOME = "some"  # some of the words
    ANY = "any"  # some or all of the words, where that is what was asked for
