"""What a real archive looks like, in numbers: constants measured over 14,401 real articles.

Frequencies, lengths and shares only; no word of any article is here. "Content words" are words that
are no function words, counted as stems.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# The share of all content words that the commonest 1, 2, 4, … 16,384 stems have together.
WORD_SHARES = (
    0.0182, 0.0308, 0.0518, 0.0817, 0.1244, 0.177, 0.2469, 0.3429, 0.4659, 0.6033, 0.7435, 0.8565, 0.9285,
    0.9699, 0.9905,
)  # fmt: skip
# Beyond them a tail: the vocabulary grows as the 0.476th power of the text (Heaps), so that the words
# from rank r on have a share that falls as r to the power of 1 - 1 / 0.476.
HEAPS = 0.476
LARGEST_RANK = 2**21

# Endings, as the stems' words are written.
FORMS = ("", "s", "ing", "ed")
FORM_SHARES = (0.746, 0.152, 0.060, 0.042)
NUMBERS = 0.033  # words that are written in digits

# Function words are those of the language, or no engine would know them as such.
FUNCTION_WORDS = (
    ("the", 0.149), ("to", 0.103), ("and", 0.096), ("of", 0.080), ("a", 0.070), ("in", 0.067),
    ("for", 0.040), ("is", 0.039), ("that", 0.030), ("with", 0.029), ("on", 0.027), ("it", 0.019),
    ("as", 0.019), ("by", 0.018), ("are", 0.016), ("will", 0.016), ("at", 0.016), ("has", 0.015),
    ("this", 0.015), ("an", 0.014), ("from", 0.014), ("be", 0.013), ("its", 0.013), ("can", 0.012),
    ("you", 0.011), ("how", 0.010), ("we", 0.010), ("have", 0.010), ("or", 0.008), ("but", 0.008),
    ("which", 0.006), ("their", 0.006), ("was", 0.006), ("your", 0.005), ("what", 0.005), ("not", 0.005),
)  # fmt: skip
FUNCTION_SHARE = {"title": 0.212, "excerpt": 0.325}

# Lengths in words: (share of articles, words), straight lines between.
TITLE_WORDS = (
    (0, 2), (0.01, 4), (0.05, 6), (0.10, 7), (0.25, 8), (0.50, 11), (0.75, 13), (0.90, 16), (0.95, 18),
    (0.99, 22), (1, 30),
)  # fmt: skip
EXCERPT_WORDS = (
    (0, 2), (0.01, 12), (0.05, 22), (0.10, 27), (0.25, 36), (0.50, 46), (0.75, 54), (0.90, 58),
    (0.95, 60), (0.99, 64), (1, 110),
)  # fmt: skip

# The share of all articles that the largest 1, 10, … providers have together.
PROVIDER_SHARES = (
    (0, 0), (1, 0.060), (10, 0.283), (50, 0.463), (100, 0.568), (500, 0.819), (1000, 0.913), (2152, 1)
)  # fmt: skip

# How many topics an article has, and the share of articles that have each topic.
TOPICS_EACH = (0.005, 0.3135, 0.6213, 0.0552, 0.004, 0.001)
MAIN_TOPIC = 0.787
OTHER_TOPICS = (
    0.1103, 0.0948, 0.0928, 0.0881, 0.0787, 0.0642, 0.0628, 0.0482, 0.0438, 0.0374, 0.0357, 0.0297, 0.0275,
    0.0265, 0.0166, 0.0112, 0.0066, 0.0055, 0.0053, 0.0051, 0.0039, 0.0034, 0.0031, 0.0031, 0.0028, 0.0028,
    0.0026, 0.0026, 0.0025, 0.0025, 0.0024, 0.0024, 0.0024, 0.0024, 0.0024, 0.0023, 0.0022, 0.0020, 0.0020,
    0.0019, 0.0019, 0.0017, 0.0016, 0.0014, 0.0013, 0.0012, 0.0010, 0.0010, 0.0008, 0.0005, 0.0003, 0.0001,
)  # fmt: skip

# The rest: shares of articles, and (share, value) curves.
WITH_IMAGE, FEATURED, UNDATED, WITH_AMP, WITHOUT_HEAT = 0.79, 0.22, 0.009, 0.3, 0.68
WITH_RELATED = 0.08  # far fewer than the 44% of the archive measured, whose files are nine times as large
QUALITY = ((0, 0), (0.05, 9), (0.1, 19), (0.25, 35), (0.5, 52), (0.75, 76), (0.9, 89), (0.99, 164), (1, 219))
HEAT = ((0, 5), (0.25, 32), (0.75, 90), (0.95, 129), (0.99, 226), (1, 1109))
# Share of the articles by share of the years: a flat start, then more and more.
DAYS = ((0, 0), (0.05, 0.2), (0.2, 0.45), (0.5, 0.7), (0.8, 0.9), (1, 1))
FIRST_DAY, SPAN_DAYS = "2016-09-01", 2100  # below eight years, from which on a page counts by year
WEEKEND_KEPT = 0.45  # of the articles that chance puts on a weekend; the others come out on a weekday

# How words come together. Fitted, with `stories` below, until queries of one, two and three
# neighbouring title words had about as many matches as in the archive measured.
STORY_ARTICLES = 3  # articles to one story, on average: several providers tell the same one
STORY_WORDS = 6
FROM_STORY = {"title": 0.30, "excerpt": 0.12}  # runs of words that begin with one of the story's
FROM_TITLE = 0.16  # runs of an excerpt that begin with a word of the title: words come in bursts
GOES_ON = {"title": 0.45, "excerpt": 0.35}  # that the next word is one that goes with this one
COMPANIONS = (0.62, 0.17, 0.09, 0.05, 0.03, 0.02, 0.01, 0.01)  # how often each of those that go with a word
COMMON_COMPANIONS = 1.25  # above 1: what goes with a word is more often a common one
TOPIC_TRIES = 3  # draws, of which the first that belongs to the topic is taken


def curve(points: tuple[tuple[float, float], ...], chance: Floats) -> Floats:
    """Return the values of a (share, value) curve at `chance`, numbers from 0 to 1."""
    shares, values = zip(*points, strict=True)
    found: Floats = np.interp(chance, shares, values)
    return found


def pick(shares: tuple[float, ...], chance: Floats) -> Ints:
    """Return which of `shares` (of their sum) each number from 0 to 1 falls into."""
    ends = np.cumsum(shares)
    return np.minimum(np.searchsorted(ends / ends[-1], chance, side="right"), len(shares) - 1)


def _word_knots() -> tuple[Floats, Floats]:
    last = len(WORD_SHARES) - 1
    ranks = np.arange(np.log2(LARGEST_RANK) + 1)
    tail = (1 - WORD_SHARES[-1]) * 2.0 ** ((ranks[last + 1 :] - last) * (1 - 1 / HEAPS))
    shares = np.concatenate((WORD_SHARES, 1 - tail))
    return np.concatenate(([0.0], shares / shares[-1])), np.concatenate(([0.0], ranks))


_SHARES, _LOG_RANKS = _word_knots()


def draw_words(chance: Floats) -> Ints:
    """Return a word, by its rank from 0, for each number from 0 to 1."""
    return np.ceil(np.exp2(np.interp(chance, _SHARES, _LOG_RANKS))).astype(np.int64) - 1
