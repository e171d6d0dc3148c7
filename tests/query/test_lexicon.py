"""What wildcards and fuzzy words stand for, against the rule said plainly, over several segments."""

from __future__ import annotations

import fnmatch
import weakref
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whoosh import query as q
from whoosh.automata.lev import levenshtein_automaton

from indexer import reindex
from indexer.analysis import fold_accents
from indexer.query.arrays.match.expand import expand
from indexer.query.arrays.store.snapshot import Snapshot, open_snapshot
from tests.archives import settings_for, write

WORDS = [
    "bridge", "bridges", "bride", "brìdé", "brief", "café", "cafe", "cafés", "cofe", "naïve", "naive",
    "zürich", "żółw", "москва", "москвы", "a1", "b", "élan", "elan",
]  # fmt: skip


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Snapshot]:
    given_settings = settings_for(tmp_path_factory.mktemp("lexicon"))
    root = given_settings.archive.path
    with pytest.MonkeyPatch.context() as monkey:
        monkey.setattr("indexer.indexing.writer.to_merge", lambda sizes, added: [])
        for generation in range(2):
            for n, word in enumerate(WORDS):
                if (n + generation) % 3:
                    other = WORDS[(n * 7 + generation) % len(WORDS)]
                    name = f"{generation}-{n}"
                    write(root, f"{name}.md", title=word, excerpt=other, url=f"https://a.example/{name}")
            reindex(given_settings)
    opened = open_snapshot(given_settings.index.path)
    assert len(opened.reader.leaf_readers()) == 2
    yield opened
    opened.close()


def distance(a: str, b: str) -> int:
    """Levenshtein's, by rows."""
    row = list(range(len(b) + 1))
    for i, one in enumerate(a, 1):
        last, row[0] = row[0], i
        for j, other in enumerate(b, 1):
            last, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, last + (one != other))
    return row[-1]


def accepts(node: q.Query, word: str) -> bool:
    folded = fold_accents(word)
    if isinstance(node, q.FuzzyTerm):
        return distance(folded, node.text) <= node.maxdist
    if isinstance(node, q.Prefix):
        return folded.startswith(node.text)
    return fnmatch.fnmatchcase(folded, node.text)


def compared(snapshot: Snapshot, node: q.Query) -> None:
    found = expand(node, snapshot, 100)
    fields = ("title", "excerpt") if node.fieldname == "text" else (node.fieldname,)
    articles = [(doc, snapshot.article(doc)) for doc in range(snapshot.columns.size)]
    words = {
        word for _, article in articles for name in fields for word in getattr(article, name).split()
        if accepts(node, word)
    }  # fmt: skip
    expected = [
        doc for doc, article in articles
        if any(word in words for name in fields for word in getattr(article, name).split())
    ]  # fmt: skip
    assert found.mask.nonzero()[0].tolist() == expected
    assert {term.removeprefix("=") for _, term in found.words()} == words
    number = {0: "no word of the archive", 1: "one word"}.get(len(words), f"{len(words)} words")
    assert f"stands for {number}" in found.note()


fields = st.sampled_from(["text", "title", "excerpt"])
letters = st.text(alphabet="abcdefiłmnorstuzwмосква", max_size=4)


@given(fields, st.sampled_from(WORDS), st.integers(1, 6))
def test_a_prefix_stands_for_the_words_that_begin_so(
    snapshot: Snapshot, field: str, word: str, length: int
) -> None:
    compared(snapshot, q.Prefix(field, fold_accents(word)[:length]))


@given(fields, st.lists(st.sampled_from("bcefmаz?*") | letters, min_size=1, max_size=4).map("".join))
def test_a_wildcard_stands_for_the_words_of_its_form(snapshot: Snapshot, field: str, pattern: str) -> None:
    compared(snapshot, q.Wildcard(field, pattern))


@given(fields, st.sampled_from(WORDS) | letters.filter(len), st.integers(1, 2))
def test_a_fuzzy_word_stands_for_the_words_near_it(
    snapshot: Snapshot, field: str, word: str, edits: int
) -> None:
    compared(snapshot, q.FuzzyTerm(field, fold_accents(word), maxdist=edits, prefixlength=0))


@given(st.sampled_from(WORDS) | letters, st.integers(0, 3), st.integers(0, 3))
def test_a_fuzzy_word_stands_for_what_whooshs_automaton_accepts(
    snapshot: Snapshot, word: str, edits: int, prefix: int
) -> None:
    node = q.FuzzyTerm("text", fold_accents(word), maxdist=edits, prefixlength=min(prefix, len(word)))
    automaton = levenshtein_automaton(node.text, node.maxdist, node.prefixlength).to_dfa()
    for lexicon in snapshot.lexicons:
        words = lexicon.words(sorted(n for _, ordinals in lexicon.tables for n in ordinals.tolist()))
        found = lexicon.words(lexicon.matching(node).tolist())
        assert found == [word for word in words if automaton.accept(fold_accents(word))]


@pytest.mark.parametrize("limit", [1, 3])
def test_of_more_words_than_the_limit_the_commonest_are_taken(snapshot: Snapshot, limit: int) -> None:
    node = q.Wildcard("text", "*")
    everything = expand(node, snapshot, 1000)
    counts = {
        word: sum(
            word in f"{a.title} {a.excerpt}".split()
            for a in map(snapshot.article, range(snapshot.columns.size))
        )
        for word in {term.removeprefix("=") for _, term in everything.words()}
    }
    commonest = sorted(counts, key=lambda word: (-counts[word], word))[:limit]
    found = expand(node, snapshot, limit)
    assert found.cut
    assert {term.removeprefix("=") for _, term in found.words()} == set(commonest)
    assert found.note() == f"'*' stands for more than {limit} words: the {limit} commonest were searched for"


def test_the_words_of_a_snapshot_go_with_it(tmp_path: Path) -> None:
    given_settings = settings_for(tmp_path)
    write(given_settings.archive.path, "a.md", title="bridge", url="https://a.example/1")
    reindex(given_settings)
    opened = open_snapshot(given_settings.index.path)
    expand(q.Prefix("text", "b"), opened, 10)
    words = weakref.ref(opened.lexicons[0])
    assert words() is not None
    opened.close()
    del opened
    assert words() is None
