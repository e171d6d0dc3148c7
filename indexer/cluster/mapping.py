"""What lies in a cluster: three indices an archive, and the fields of an article in them.

    ALIAS-articles-N   the articles, each version of one a document; N is raised when all are written anew
    ALIAS-tables       what a generation has beside its articles, as files in pieces (see `tables`)
    ALIAS-state        which generation is current, and who writes

**Generations.** A document is of the generations from `since` up to, and without, `until`: every search
filters by the generation that it answers from, so that none sees half of a run. What is replaced keeps its
document until no reader can need it; the commit is one write of the state.

**Words.** Tokens come from `indexer.analysis`, ready made. To match phrases, `title`, `excerpt` and `body`
have them at their positions, all forms of one position joined by STACK. To score, `score_text` (of all
three), `score_title`, … have each term once, with what it counts in this article as its frequency: BM25
without the idf, times `scale`. A similarity of our own multiplies that by the boost of the query's clause, in
which the source puts the idf: so scores are those of the embedded index, and shards need not agree on
frequencies. Pairs of neighbouring words have how often they stand there.
"""

from __future__ import annotations

from typing import Any

from indexer.facets import VALUE_FACETS
from indexer.index.schema import FLAG_FIELDS, TEXT, TEXT_FIELDS

# Raised when documents, tables or the manifest are written otherwise: all are then written anew.
MAPPING_VERSION = 2

# Private characters: no word has them, for the analysis cuts at them.
STACK = "\ue000"  # between the forms at one position
FREQUENCY = "\ue001"  # between a term and its frequency
NEXT = "\ue002"  # between the words of a pair
HOLE = "\ue003"  # stands where a position has no form
FOREVER = 2**31 - 1  # `until` of what is current
NO_NUMBER = -1.0e300  # of quality and heat: sorts behind all that there are
NO_MOMENT = 2**62  # of `oldest`, the date to sort the oldest first by: what has none comes last
MAX_IMPACT = 1 << 22  # the most that a term's frequency may be, but for 2.5 of the formula: exact in a float
_MAX_SUM = 2**31 - 1  # of all frequencies in a field of one document: Lucene adds them up in 32 bits
_MAX_TOKEN = 100_000  # characters of the forms at one position

PAIRS = "pairs"


def scored(field: str) -> str:
    """Return the field that a word of `text`, `title`, `excerpt` or `body` is scored in."""
    return f"score_{field}"


def scale_for(average_length: float) -> int:
    """Return what the parts of scores are multiplied by to be whole numbers, in an archive whose articles
    have so many words on average.

    The parts of an article of any length add up to less than 2.2 times the average of each form of a word, of
    which there are two, seldom three; they must fit into 31 bits. The less they are, the finer they may be.
    """
    return max(1000, min(MAX_IMPACT, int(_MAX_SUM / (8 * max(average_length, 1.0)))))


def index_body(shards: int, replicas: int, scale: int) -> dict[str, Any]:
    """Return settings and mapping of an index of articles."""
    analyzers = {
        "stacks": {"type": "custom", "tokenizer": "blanks", "filter": ["forms", "holes"]},
        "frequencies": {"type": "custom", "tokenizer": "blanks", "filter": ["frequency"]},
    }
    analysis = {
        "tokenizer": {"blanks": {"type": "whitespace", "max_token_length": _MAX_TOKEN}},
        "filter": {
            "forms": {"type": "pattern_capture", "preserve_original": False, "patterns": [f"([^{STACK}]+)"]},
            "holes": {"type": "stop", "stopwords": [HOLE]},
            "frequency": {"type": "delimited_term_freq", "delimiter": FREQUENCY},
        },
        "analyzer": analyzers,
    }
    similarities = {
        "impact": f"return query.boost * doc.freq / {float(scale)};",
        "frequency": "return doc.freq;",
    }
    return {
        "settings": {
            "number_of_shards": shards,
            "number_of_replicas": replicas,
            # A copy that was cut off while a run refreshed the others must not stay behind. What is seen
            # before the run's commit is of no generation yet.
            "refresh_interval": "5s",
            "analysis": analysis,
            "similarity": {
                name: {"type": "scripted", "script": {"source": source}}
                for name, source in similarities.items()
            },
        },
        "mappings": {"dynamic": "strict", "properties": _properties()},
    }


def _properties() -> dict[str, Any]:
    keyword: dict[str, Any] = {"type": "keyword", "norms": False, "doc_values": True}
    flag = {**keyword, "doc_values": False}
    placed = {"type": "text", "analyzer": "stacks", "search_analyzer": "whitespace", "norms": False}

    def weighed(similarity: str) -> dict[str, Any]:
        return {
            "type": "text",
            "analyzer": "frequencies",
            "search_analyzer": "whitespace",
            "index_options": "freqs",
            "norms": False,
            "similarity": similarity,
        }

    number, integer, long = {"type": "double"}, {"type": "integer"}, {"type": "long"}
    return {
        "id": keyword,
        **dict.fromkeys(TEXT_FIELDS, placed),
        **{scored(name): weighed("impact") for name in (TEXT, *TEXT_FIELDS)},
        PAIRS: weighed("frequency"),
        **dict.fromkeys(VALUE_FACETS, keyword),
        **dict.fromkeys(FLAG_FIELDS, flag),
        "alias": flag,
        "file": flag,
        "source": flag,
        **dict.fromkeys(("since", "until", "day", "length", "story_place"), integer),
        **dict.fromkeys(("published", "oldest"), long),
        **dict.fromkeys(("quality", "heat"), number),
        **dict.fromkeys(("story", "shared"), keyword),
        "article": {"type": "object", "enabled": False},
        "more": {"type": "object", "enabled": False},
    }


TABLES_BODY: dict[str, Any] = {
    "settings": {"number_of_shards": 1},
    "mappings": {
        "dynamic": "strict",
        "properties": {
            "generation": {"type": "integer"},
            "data": {"type": "binary", "doc_values": False},
        },
    },
}
STATE_BODY: dict[str, Any] = {
    "settings": {"number_of_shards": 1},
    "mappings": {"dynamic": False, "properties": {}},
}
