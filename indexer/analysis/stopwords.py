"""The two lists of stop words, and where each is used.

The short one (Lucene's 33) adds nothing to a field's length, while its words keep postings and
positions, so that a phrase matches that phrase. The long one is dropped from queries only, and
only where something else is asked for. Leaving the 33 in the length costs relevance on every
collection measured.
"""

from __future__ import annotations

from whoosh.lang.stopwords import stoplists

_SHORT_ENGLISH = frozenset(
    [
        "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it", "no",
        "not", "of", "on", "or", "such", "that", "the", "their", "then", "there", "these", "they", "this",
        "to", "was", "will", "with",
    ]
)  # fmt: skip

# What English queries contract; the plain words come with Whoosh.
_ENGLISH_CONTRACTIONS = frozenset(
    [
        "aren't", "can't", "couldn't", "didn't", "doesn't", "don't", "hadn't", "hasn't", "haven't", "he'd",
        "he'll", "he's", "i'd", "i'll", "i'm", "i've", "isn't", "it'd", "it'll", "it's", "let's",
        "mightn't", "mustn't", "needn't", "shan't", "she'd", "she'll", "she's", "shouldn't", "should've",
        "that'll", "that's", "they'd", "they'll", "they're", "they've", "wasn't", "we'd", "we'll", "we're",
        "we've", "weren't", "what's", "where's", "who's", "won't", "wouldn't", "you'd", "you'll", "you're",
        "you've",
    ]
)  # fmt: skip

# Whoosh's list has them with е.
_RUSSIAN_YO = frozenset(["ещё", "её", "неё", "всё", "нём", "чём"])

_CODES = {
    "danish": "da", "dutch": "nl", "english": "en", "finnish": "fi", "french": "fr", "german": "de",
    "hungarian": "hu", "italian": "it", "norwegian": "no", "portuguese": "pt", "russian": "ru",
    "spanish": "es", "swedish": "sv",
}  # fmt: skip


def length_stop_words(language: str) -> frozenset[str]:
    """Return the words that add nothing to a field's length."""
    return _SHORT_ENGLISH if language == "english" else frozenset()


def query_stop_words(language: str) -> frozenset[str]:
    """Return the words that do not restrict a query when something else is asked for."""
    code = _CODES.get(language)
    words = frozenset(stoplists[code]) if code else frozenset()
    more = {"english": _ENGLISH_CONTRACTIONS | _SHORT_ENGLISH, "russian": _RUSSIAN_YO}
    return words | more.get(language, frozenset())
