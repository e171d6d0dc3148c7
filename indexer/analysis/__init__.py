"""Text goes in; its words come out, the same ones for indexing, querying and highlighting.

    >>> analyzer = analyzer_for("english")
    >>> [token.term for token in analyzer.tokens("AT&T's C++ engineers")]
    ['at', 't', 'at&t', 'c++', 'engin']

The only package that knows NLTK, and only the parts of it that need no data to be downloaded. NLTK is
imported for the first word whose stem no look-up knows.
"""

from indexer.analysis.analyzer import ANALYSIS_VERSION, Analyzer, analyzer_for, is_plain
from indexer.analysis.folding import fold_accents, fold_case, fold_key, label_words, unify_punctuation
from indexer.analysis.scripts import POINTS
from indexer.analysis.tokens import Form, Surface, Token, surface_texts

__all__ = [
    "ANALYSIS_VERSION",
    "POINTS",
    "Analyzer",
    "Form",
    "Surface",
    "Token",
    "analyzer_for",
    "fold_accents",
    "fold_case",
    "fold_key",
    "is_plain",
    "label_words",
    "surface_texts",
    "unify_punctuation",
]
