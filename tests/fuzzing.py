"""Texts that nobody would type, and some that somebody does: what queries and parameters are fuzzed with."""

from __future__ import annotations

import random
from collections.abc import Callable

from indexer.query.language.syntax import FIELD_KINDS, SYNTAX

WORDS = (
    "harbour ferry bridge recognition facial council the of and a in us US U.S. C++ AT&T 1,000 5G co2 CO₂ café naïve straße "
    "Übergröße мост 橋 渡し船 フェリー 人工智能 ภาษาไทย العربية עברית हिन्दी e\u0301 \u200bzero\u200b ﬁn ½ ² ٣ 🏆 \U0001f469\u200d\U0001f680 o'brien state-of-the-art "
    "https://a.example/b?c=d#e a.example none true null undefined NaN 0 -1 1e999 2020 2020-06 2020-06-25 2020..2021 <script> ' \" ` \\ %00 "
    "x" + " "
).split()  # fmt: skip
SIGNS = (
    '"', '"', "(", ")", "-", "+", "*", "?", "~", "~2", "~99", "^", "^2", "^0", "^-1", "^nan", ":", "::", "=", " OR ", " AND ", " NOT ",
    " ", "  ", "\t", "\n", "\x00", "\x7f", "\ufeff", "\u202e", "\ud800", "…", "“", "”", "«", "–", "—", ",", ";", "!", "/", "\\", "|", "&", "[", "]", "{", "}",
)  # fmt: skip
_ANY = [
    *map(chr, range(0x20, 0x7F)), *map(chr, range(0xA0, 0x250)), *map(chr, range(0x300, 0x340)), *map(chr, range(0x5D0, 0x5F0)),
    *map(chr, range(0x3040, 0x3100)), *map(chr, range(0x4E00, 0x4E40)), *map(chr, range(0x1F600, 0x1F610)), "\u200d", "\u2028", "\x85", "\U0010ffff",
]  # fmt: skip


class Fuzz:
    """Draws texts: the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self._makers: tuple[Callable[[], str], ...] = (
            lambda: self.dice.choice(WORDS),
            lambda: self.dice.choice(SIGNS),
            lambda: f"{self.dice.choice(tuple(FIELD_KINDS))}:",
            lambda: self.dice.choice(SYNTAX).example,
            lambda: "".join(self.dice.choices(_ANY, k=self.dice.randrange(1, 8))),
            lambda: f"{self.dice.choice(WORDS)[:3]}*",
            lambda: f"{self.dice.choice(WORDS)}~",
            lambda: f'"{self.dice.choice(WORDS)} {self.dice.choice(WORDS)}"~{self.dice.randrange(60)}',
        )

    def query(self) -> str:
        """Return a query: mostly a few pieces, now and then hundreds, or one of them over and over."""
        dice = self.dice
        if not dice.randrange(200):
            return dice.choice(self._makers)() * dice.randrange(1, 400)
        pieces = dice.randrange(1, 9) if dice.randrange(50) else dice.randrange(300)
        between = dice.choice(("", " ", " ", " "))
        return between.join(dice.choice(self._makers)() for _ in range(pieces))

    def value(self) -> str:
        """Return the value of a parameter."""
        dice = self.dice
        kind = dice.randrange(6)
        if kind == 0:
            return str(dice.choice((0, 1, 2, 10, 100, 101, -1, 10**6, 10**30)))
        if kind == 1:
            return dice.choice(
                ("yes", "no", "1", "0", "newest", "file", "day", "all", "any", "none", "topic", "json")
            )
        if kind == 2:
            return f"{dice.randrange(3000)}-{dice.randrange(15):02}-{dice.randrange(35):02}"[
                : dice.choice((4, 7, 10))
            ]
        return self.query() if kind == 3 else dice.choice(self._makers)()
