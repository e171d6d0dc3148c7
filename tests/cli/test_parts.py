"""The parts of an answer on the terminal: all of the words, the last one as begun, some of them."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
from whoosh.query import Every, Term

from indexer import Archive
from indexer.console.answers import SearchView, write_results
from indexer.query.answers.parsed import Note, NoteKind, ParsedQuery, Word
from indexer.query.answers.parts import PartKind
from indexer.query.answers.results import Results
from tests.cli.conftest import Run, plain
from tests.cli.examples import facets, hit, hit_of, results

ALL, BEGUN, SOME = PartKind.ALL, PartKind.BEGUN, PartKind.SOME
WORDS = (Word("board", Term("text", "board")), Word("met", Term("text", "met")))
NOTE = Note(NoteKind.BEGUN, "the last word may go on: metal, metro")


def _results(total: int, begun: int, some: int, *hits: object, **given: object) -> Results:
    notes = (NOTE,) if begun else ()
    values = {
        "total": total,
        "counts_of": {BEGUN: begun, SOME: some},
        "facet_part": ALL if total else BEGUN if begun else SOME,
        "parsed": ParsedQuery("board met", Every(), notes, words=WORDS),
    }
    return results(*hits, **(values | given))  # type: ignore[arg-type]  # hits


def _written(found: Results, **view: object) -> list[str]:
    page, written = plain()
    write_results(page, found, SearchView(**view))  # type: ignore[arg-type]  # what a view has
    return written.getvalue().splitlines()


@pytest.mark.parametrize(
    ("totals", "line"),
    [
        ((2, 0, 0), "2 articles, number 1, by relevance"),
        ((2, 1, 0), "2 articles, 1 more with a longer last word, number 1, by relevance"),
        ((1, 0, 1204), "1 article, 1,204 more with some of the words, number 1, by relevance"),
        ((0, 3, 0), "No article has all of the words; 3 articles have them with a longer last word, number 1, by relevance"),
        ((0, 1, 1), "No article has all of the words; 1 article has them with a longer last word, 1 more has some of them, number 1, by relevance"),
        ((0, 0, 1), "No article has all of the words; 1 article has some of them"),
        ((0, 0, 2), "No article has all of the words; 2 articles have some of them, number 1, by relevance"),
        ((1, 0, 0), "1 article"),
    ],
)  # fmt: skip
def test_headlines_have_a_number_for_each_part(totals: tuple[int, int, int], line: str) -> None:
    assert _written(_results(*totals, hit()))[0] == line


def test_headlines_of_one_word_and_of_stories() -> None:
    one = ParsedQuery("met", Every(), words=WORDS[1:])
    assert _written(_results(0, 2, 0, hit(), parsed=one))[0].startswith(
        "No article has the word; 2 articles have a longer one"
    )
    found = _results(1, 0, 2, hit(), counts="stories")
    assert _written(found)[0].startswith("1 story, 2 more with some of the words")
    none = _results(0, 0, 2, hit(), counts="stories")
    assert _written(none)[0].startswith("No article has all of the words; 2 stories have some of them")


def test_each_part_has_its_heading_and_a_hit_says_what_it_lacks() -> None:
    hits = (hit_of(ALL), hit_of(BEGUN), hit_of(SOME, "met", "again"), hit_of(SOME, "board"))
    lines = _written(_results(1, 1, 2, *hits))
    headings = [line for line in lines if "more" in line]
    assert headings[1:] == [
        "1 more, as the last word may go on: metal, metro",
        "2 more have some of the words",
    ]
    assert [line for line in lines if "Without" in line] == ["   Without: met, again", "   Without: board"]
    assert not any(line.startswith("Note: ") for line in lines)
    at = lines.index("2 more have some of the words")
    assert (lines[at - 1], lines[at + 1], lines[at + 2]) == ("", "", "3. Board meets")


def test_a_part_that_begins_on_an_earlier_page_has_its_heading_again() -> None:
    lines = _written(_results(1, 0, 3, hit_of(SOME, "met"), page=3, size=1))
    assert lines[:4] == [
        "1 article, 3 more with some of the words, number 3, by relevance", "", "3 more have some of the words", "",
    ]  # fmt: skip


def test_what_the_headline_says_is_no_heading() -> None:
    lines = _written(_results(0, 0, 2, hit_of(SOME, "met"), hit_of(SOME, "met")))
    assert sum("some of" in line for line in lines) == 1


def test_a_summary_of_another_part_than_the_first_says_so() -> None:
    counts = facets({"topic": {"Politics": 2, "Law": 1}})
    lines = _written(_results(0, 0, 2, hit(), facets=counts), facets=True)
    assert lines[lines.index("Of those with some of the words:") + 1].startswith("Topics:")
    assert "Of those with some of the words:" not in _written(
        _results(2, 0, 2, hit(), facets=counts), facets=True
    )


@pytest.mark.parametrize(
    ("words", "part", "named"),
    [
        ("ferry strike", "all", ""),
        ("ferry str", "begun", "Of those with a longer last word:"),
        ("ferry strike zeppelin", "some", "Of those with some of the words:"),
    ],
)
def test_a_facet_says_which_part_it_counts(search: Run, words: str, part: str, named: str) -> None:
    written = search("facets", "topic", *words.split()).stdout.splitlines()
    lines = [line for line in written if not line.startswith("Note: ")]
    assert [line for line in lines if line.startswith("Of those")] == ([named] if named else [])
    assert not named or lines[0] == named
    data = json.loads(search("facets", "topic", *words.split(), "--json").stdout)
    assert (data["part"], bool(data["values"])) == (part, True)
    assert len(lines) == len(data["values"]) + bool(named)


@pytest.mark.parametrize("command", [("facets", "topic"), ("overview",), ("timeline",), ("compare", "query")])
def test_what_was_ignored_is_said_with_each_answer(search: Run, command: tuple[str, ...]) -> None:
    more = ["ferry"] if command[0] == "compare" else []
    lines = search(*command, "☃", *more).stdout.splitlines()
    assert "Note: '☃' is not a word, so it is ignored." in lines
    assert "Note: nothing is left to search for, so nothing is found." in lines


def test_a_search_has_its_parts(search: Run, corpus: Archive) -> None:
    found = corpus.search("ferry strike")
    assert found.total
    assert found.some_total
    lines = search("search", "ferry", "strike").stdout.splitlines()
    assert lines[0] == (
        f"{found.total} articles, {found.some_total} more with some of the words, 1–10, by relevance"
    )
    assert f"{found.some_total} more have some of the words" in lines
    assert sum(line.strip().startswith("Without: ") for line in lines) == 10 - found.total
    last = search("search", "ferry", "strike", "--page", "2").stdout.splitlines()
    assert f"{found.some_total} more have some of the words" in last
    assert "Next page" not in last[-1]


def test_the_words_may_all_be_required_or_any(search: Run, corpus: Archive) -> None:
    found = corpus.search("ferry strike")
    every = search("search", "ferry", "strike", "--match", "all").stdout.splitlines()
    assert every[0] == f"{found.total} articles, 1–{found.total}, by relevance"
    some = search("search", "ferry", "strike", "--match", "any").stdout.splitlines()
    assert some[0] == f"{found.total + found.some_total} articles, 1–10, by relevance"
    for command in ("overview", "timeline"):
        line = search(command, "ferry strike", "--match", "any").stdout.splitlines()[0]
        assert f"{found.total + found.some_total} articles" in line
    assert search("facets", "topic", "ferry", "strike", "--match", "any").stdout != (
        search("facets", "topic", "ferry", "strike").stdout
    )
    compared = search("compare", "query", "ferry strike", "bridge", "--match", "any").stdout
    assert f"{found.total + found.some_total} articles" in compared.splitlines()[0]
    assert search("search", "ferr", "--unfinished").stdout.split()[0] == str(corpus.search("ferr*").total)


@pytest.mark.parametrize("words", [("ferry", "strike"), ("ferry", "strike", "zeppelin")])
@pytest.mark.parametrize("given", [("--sort", "newest"), ("--match", "all")])
def test_another_order_names_the_command_for_the_rest(
    search: Run, run: Run, corpus: Archive, corpus_index: Path, words: tuple[str, ...], given: tuple[str, ...]
) -> None:
    found = corpus.search(" ".join(words))
    lines = search("search", *words, *given).stdout.splitlines()
    more = f"{found.some_total} {'more' if found.total else 'articles'} have some of the words, by relevance:"
    command = shlex.split(lines[lines.index(more) + 1])
    assert str(corpus_index) in command
    wider, same = run(*command[1:]).stdout, search("search", " ".join(words)).stdout
    assert wider.split("Next page")[0] == same.split("Next page")[0]
    assert lines[0].startswith(
        f"{found.total} articles" if found.total else "No article has all of the words."
    )


def test_a_query_of_which_nothing_is_left_gets_no_advice(search: Run) -> None:
    assert search("search", "☃").stdout.splitlines() == [
        "No article matches.",
        "Note: '☃' is not a word, so it is ignored.",
        "Note: nothing is left to search for, so nothing is found.",
    ]


def test_a_word_of_which_there_are_other_forms_says_so(search: Run, corpus: Archive) -> None:
    forms = corpus.search("ferries").forms
    assert forms is not None
    assert f"Note: {forms.text}." in search("search", "ferries").stdout.splitlines()


def test_the_overview_says_which_part_it_is_of(search: Run, corpus: Archive) -> None:
    found = corpus.search("ferry strike zeppelin")
    line = search("overview", "ferry", "strike", "zeppelin").stdout.splitlines()[0]
    assert f"“ferry strike zeppelin”: {found.some_total} articles with some of the words, " in line


@pytest.mark.parametrize("query", ["ferry xyzzy ", "ferry stri", "stri"])
def test_past_the_end_the_last_page_is_what_helps(search: Run, query: str) -> None:
    written = search("search", query, "--page", "90").stdout
    lines = written.splitlines()
    assert "page 90 is past the end, the last is" in lines[0]
    last = lines[0].rsplit(" ", 1)[1]
    assert lines[-1].startswith("Last page: backfile search")
    assert lines[-1].endswith(f"--page {last}")
    assert "Ask for" not in written
