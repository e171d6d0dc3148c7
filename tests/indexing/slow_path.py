"""How an article is indexed, said plainly: the oracle of the segments that are built of arrays."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

import numpy as np

from indexer.analysis import Analyzer
from indexer.article import Article
from indexer.identity import path_identity
from indexer.index.schema import EXACT, FIELD_GAP, NO_DATE, keys_of, numbers_of
from indexer.indexing import stories, titles
from indexer.indexing.word_hashes import hash_of, mixed
from tests.indexing.written_fields import Posted, written_schema

SCHEMA = written_schema()


def words(article: Article, analyzer: Analyzer) -> tuple[list[Posted], dict[str, int], dict[str, int]]:
    """Return what `text` posts, the lengths, and where excerpt and body begin."""
    posted: list[Posted] = []
    lengths = {}
    begins = {}
    base = 0
    for name in ("title", "excerpt", "body"):
        begins[f"{name}_at"] = base
        tokens = analyzer.tokens(getattr(article, name))
        lengths[name] = sum(token.counts for token in tokens)
        for token in tokens:
            for _ in range(2 if name == "title" else 1):
                posted.append((token.term, base + token.position, token.counts))
                if token.exact:
                    posted.append((EXACT + token.exact, base + token.position, False))
        base += max((token.position + 1 for token in tokens), default=0) + FIELD_GAP
    lengths["text"] = sum(counts for _, _, counts in posted)
    return posted, lengths, {name: begins[name] for name in ("excerpt_at", "body_at")}


def segment(articles: list[tuple[Article, str]], analyzer: Analyzer) -> dict[str, Any]:
    """Return all that is in the segment of these articles and their files."""
    found: dict[str, Any] = {
        "postings": defaultdict(list),
        "lengths": defaultdict(list),
        "columns": defaultdict(list),
        "stored": [],
    }
    for doc, (article, source) in enumerate(articles):
        _add_words(found, doc, article, analyzer)
        _add_keys(found, doc, article, source)
        _add_numbers(found, doc, article)
        _add_signature(found, article, analyzer)
        record = {**stored_json(article), "has_body": bool(article.body)}
        more = {name: record.pop(name) for name in ("body", "related", "body_html") if name in record}
        found["stored"].append({"source": [source], "article": record, "more": more})
    return found


def _add_words(found: dict[str, Any], doc: int, article: Article, analyzer: Analyzer) -> None:
    posted, lengths, begins = words(article, analyzer)
    for term, length, frequency, positions in SCHEMA["text"].index(posted):
        assert length <= frequency
        at = SCHEMA["text"].format.decode_positions(positions)
        found["postings"]["text", term].append((doc, frequency, at))
    for name, length in lengths.items():
        found["lengths"][name].append(length)
    for name, value in begins.items():
        found["columns"][name].append(value)


def _add_keys(found: dict[str, Any], doc: int, article: Article, source: str) -> None:
    for name, values in {**keys_of(article), "id": (article.id,), "source": (path_identity(source),)}.items():
        for term, *_ in SCHEMA[name].index(values):
            found["postings"][name, term].append((doc, 1, None))
        if SCHEMA[name].column_type and name != "id":
            found["columns"][name].append(sorted(set(SCHEMA[name].to_column_value(values))))
    found["columns"]["id"].append(article.id.encode())


def _add_numbers(found: dict[str, Any], doc: int, article: Article) -> None:
    default = {"published": NO_DATE, "day": NO_DATE, "quality": float("nan"), "heat": float("nan")}
    for name, number in zip(default, numbers_of(article), strict=True):
        if number is not None:
            for term, *_ in SCHEMA[name].index(number):
                found["postings"][name, term].append((doc, 1, None))
        found["columns"][name].append(
            SCHEMA[name].to_column_value(default[name] if number is None else number)
        )


def _add_signature(found: dict[str, Any], article: Article, analyzer: Analyzer) -> None:
    surfaces = [analyzer.surface_texts(getattr(article, name)) for name in ("title", "excerpt", "body")]
    title, text = surfaces[0], [surface for part in surfaces for surface in part]
    signed = b"".join(
        bytes(least(hashes_of(part[: stories.MAX_WORDS], analyzer), nth) for nth in range(size))
        for part, size in ((text, stories.TEXT_BYTES), (title, stories.TITLE_BYTES))
    )
    for nth, name in enumerate(stories.SIGNATURE):
        found["columns"][name].append(int.from_bytes(signed[8 * nth : 8 * nth + 8], "little"))
    count = len(hashes_of(text[: stories.MAX_WORDS], analyzer))
    found["columns"][stories.WORDS].append(min(count, stories.MAX_COUNTED))
    found["columns"][titles.TITLE].append(title_number(title, analyzer))


def hashes_of(surfaces: list[str], analyzer: Analyzer) -> set[int]:
    """Return the hashes of the words that count."""
    found = set()
    for surface in surfaces:
        forms = sorted(analyzer.forms(surface), key=lambda form: form.offset)
        found.add(hash_of(form.term for form in forms if analyzer.adds_length(form)))
    return found - {0}


def title_number(surfaces: list[str], analyzer: Analyzer) -> int:
    """Return the number of a title: 16 bits without its numbers, 15 of all, and whether it is long."""
    words, templates = [], []
    for surface in surfaces:
        forms = sorted(analyzer.forms(surface), key=lambda form: form.offset)
        words.append(hash_of(form.term for form in forms if analyzer.adds_length(form)))
        templates.append(titles.template_of(surface, words[-1]))

    def hashed(hashes: list[int]) -> int:
        placed = [(one + place * int(titles._STEP)) % 2**64 for place, one in enumerate(hashes)]
        total = sum(int(mixed(np.array([one], np.uint64))[0]) for one in placed)
        return int(mixed(np.array([total], np.uint64))[0])

    long = sum(map(titles.count_words, surfaces)) >= 5
    return (hashed(templates) % 2**16 << 16) + hashed(words) % 2**16 // 2 * 2 + long


def least(hashes: set[int], nth: int) -> int:
    """Return the lowest byte of the least of the words' nth hashes, 0 where there are no words."""
    seed, whole = int(stories._SEEDS[nth]), 2**64
    mixed = []
    for hashed in hashes:
        value = hashed ^ seed
        value = (value ^ value >> 33) * 0x9E3779B97F4A7C15 % whole
        mixed.append((value ^ value >> 29) * 0x9E3779B97F4A7C15 % whole >> 32)
    return min(mixed, default=0) & 255


def stored_json(article: Article) -> dict[str, Any]:
    """Return what is stored of an article: its JSON, with moments in their own offsets in place of days, and
    its body as HTML, where it has one."""
    record = article.to_json()
    if article.body_html:
        record["body_html"] = article.body_html
    for one, data in zip((article, *article.related), (record, *record["related"]), strict=True):
        del data["day"]
        data["published_at"] = one.published_at and one.published_at.isoformat().replace("+00:00", "Z")
    return record


def stored_of(fields: dict[str, Any]) -> dict[str, Any]:
    """Return stored fields with their JSON read."""
    return {name: value if name == "source" else json.loads(value) for name, value in fields.items()}
