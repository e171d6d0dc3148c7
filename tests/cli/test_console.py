from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from rich.console import Console

from indexer.archive.records import Rejection
from indexer.cli.watching import followed_line
from indexer.console.answers import SearchView, write_article, write_facet, write_related, write_results
from indexer.console.page import print_exported
from indexer.console.progress import LineHook, show_progress
from indexer.console.reports import write_index_report, write_stats
from indexer.console.text import amount, clean, clean_line, day, duration, minute
from indexer.indexing.report import ClusterReport, Progress
from indexer.query.answers.facet_values import FacetValue, FacetValues
from indexer.query.answers.related import Related, RelatedArticle
from indexer.query.answers.results import Highlighted
from indexer.query.answers.stats import ArchiveStats
from indexer.query.answers.translations import ShownArticle
from tests.archives import REPOSITORY
from tests.cli.conftest import plain, terminal
from tests.cli.examples import HOSTILE, LINK, PARSED, article, facets, hit, index_report, results

SGR = re.compile(r"\x1b\[[0-9;]*m")  # what sets a style, and nothing else


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x9b2J", "\\x9b2J"),
        ("a\x00b\x7f\x08", "a\\x00b\\x7f\\x08"),
        ("evil\u202egpj.exe\u2066\u2069", "evilgpj.exe"),
        ("bad\udcff\ud800", "bad\\xff\\ud800"),
        ("a\r\nb\rc\u2028d\x85e\tf", "a b c d e f"),
        ("café 中文 עברית 😀", "café 中文 עברית 😀"),
    ],
)
def test_text_is_made_harmless(text: str, harmless: str) -> None:
    assert clean_line(text) == harmless


def test_paragraphs_keep_their_lines() -> None:
    assert clean("a\r\nb\tc\x1b") == "a\nb\tc\\x1b"


@pytest.mark.parametrize("page_on", [terminal, plain])
def test_no_stranger_steers_the_terminal(page_on: object) -> None:
    assert callable(page_on)
    page, written = page_on(200)
    hostile = hit(
        Highlighted(HOSTILE, ((2, 9),)),
        Highlighted(HOSTILE),
        url=HOSTILE,
        topics=(HOSTILE,),
        authors=(HOSTILE,),
        tags=(HOSTILE,),
        category=HOSTILE,
        body=HOSTILE + "\n" + HOSTILE,
        id=HOSTILE,
    )
    marks = facets({"topic": {HOSTILE: 2, "b": 1}})
    write_results(
        page,
        results(hostile, hostile, facets=marks, sentences=(HOSTILE,)),
        SearchView(facets=True, explain=True),
    )
    write_article(page, ShownArticle(hostile.article))
    item = RelatedArticle(hostile.article, "computed", HOSTILE)
    write_related(page, Related(hostile.article, (item,), (item,)))
    write_facet(page, FacetValues("topic", [FacetValue(HOSTILE, HOSTILE, 1, False)], 9))
    write_index_report(
        page,
        index_report(added=1, rebuilt=HOSTILE, rejections=(Rejection(HOSTILE, HOSTILE, 1, 1),)),
        REPOSITORY,
        check_command="backfile check",
    )
    text = SGR.sub("", written.getvalue())
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\ud800]", text)
    assert "[bold]title[/bold] :smile:" in text
    assert "\\x1b[31mred\\x1b]0;owned\\x07" in text


def test_results_on_a_terminal() -> None:
    page, written = terminal(60)
    found = hit(Highlighted("Board meets", ((0, 5),)), Highlighted("The board met. " * 8, ((4, 9),)))
    write_results(
        page, results(found, found, total=132, page=2, size=2), SearchView(next_command="backfile search x")
    )
    styled = written.getvalue()
    assert "\x1b[1;31mBoard\x1b[0m\x1b[1m meets" in styled
    assert "The \x1b[1;31mboard\x1b[0m met." in styled
    lines = SGR.sub("", styled).splitlines()
    assert lines[0] == "132 articles, 3–4, by relevance"
    assert lines[2] == "Topics:     Politics 2 · Law 1"
    assert lines[4] == "   3 Board meets"
    assert lines[5] == "     The BBC · 2020-06-25 · Politics, Law"
    assert lines[6].startswith("     The board met. ")
    assert lines[7].startswith("     ")
    assert lines[-1] == "Next page: backfile search x"
    assert all(len(line) <= 60 for line in lines)
    assert all(line == line.rstrip() for line in lines)


def test_results_without_colour_keep_bold() -> None:
    page, written = terminal(no_color=True)
    write_results(page, results(hit(Highlighted("Board", ((0, 5),)))), SearchView())
    assert "\x1b[1mBoard" in written.getvalue()
    assert "31" not in written.getvalue()


def test_results_in_a_pipe_are_not_wrapped() -> None:
    page, written = plain(40)
    long = "The board met. " * 20
    write_results(page, results(hit(snippet=Highlighted(long))), SearchView())
    assert f"   {long.rstrip()}\n" in written.getvalue()
    assert "\x1b" not in written.getvalue()
    assert "Topics" not in written.getvalue()


def test_wide_characters_are_wrapped_by_their_width() -> None:
    page, written = terminal(40)
    write_results(page, results(hit(snippet=Highlighted("全文検索" * 30))), SearchView())
    lines = SGR.sub("", written.getvalue()).splitlines()
    assert max(sum(2 if ord(c) > 0x2E7F else 1 for c in line) for line in lines) == 39


def test_a_long_address_is_left_whole() -> None:
    page, written = terminal(40)
    url = "https://x.example/" + "a" * 100
    write_results(page, results(hit(url=url)), SearchView())
    assert url in written.getvalue()


@pytest.mark.parametrize("width", [1, 5, 20])
def test_a_tiny_terminal_is_survived(width: int) -> None:
    page, written = terminal(width)
    write_results(page, results(hit(), hit()), SearchView())
    assert "Board" in written.getvalue()


def test_an_article_without_address_is_shown_by_id() -> None:
    page, written = plain()
    write_results(page, results(hit(url=None, published_at=None, provider=None, topics=())), SearchView())
    assert "1. Board meets\n   The board met.\n   abc\n" in written.getvalue()


def test_notes_tell_what_was_dropped_and_explain_tells_all() -> None:
    page, written = plain()
    write_results(page, results(hit(), parsed=PARSED, sentences=("The cursor is old.",)), SearchView())
    told = written.getvalue()
    assert "Note: 'the' does not restrict.\n" in told
    assert "Note: The cursor is old.\n" in told
    assert "what follows is left out" not in told
    page, written = plain()
    write_results(page, results(hit(), parsed=PARSED), SearchView(explain=True))
    told = written.getvalue()
    assert "Read as: " in told
    assert "dropped:  'the' does not restrict\n" in told
    assert "read:     '-': what follows is left out\n" in told
    assert "text:board  1,234  articles\ntext:xyzzy      0  articles\n" in told


def test_nothing_found_names_the_word_that_is_nowhere() -> None:
    page, written = plain()
    write_results(page, results(parsed=PARSED), SearchView())
    assert "No title, excerpt or body has 'xyzzy'." in written.getvalue()
    assert "'board'" not in written.getvalue()


@pytest.mark.parametrize(
    ("given", "headline"),
    [
        ({"total": 1}, "1 article"),
        ({"total": 14400, "page": 3, "size": 1}, "14,400 articles, number 3, by relevance"),
        ({"total": 7, "sort": "heat", "hits": (hit(), hit())}, "7 articles, 1–2, by popularity"),
        ({"total": 7, "hits": (), "page": 3}, "7 articles; page 3 is past the end, the last is 1"),
    ],
)
def test_headlines(given: dict[str, object], headline: str) -> None:
    page, written = plain()
    write_results(page, results(hit(), **given), SearchView())
    assert written.getvalue().splitlines()[0] == headline


def test_the_chosen_value_leads_the_summary() -> None:
    page, written = terminal()
    marks = facets(
        {"topic": {"Politics": 9, "Law": 1}, "tag": {"x": 2}, "date": {"2019": 1, "2020": 5}}, selected="Law"
    )
    write_results(page, results(hit(), hit(), facets=marks), SearchView())
    lines = SGR.sub("", written.getvalue()).splitlines()
    assert "Topics:     Law 1 · Politics 9" in lines
    assert "Dates:      2019 1 · 2020 5" in lines
    assert not any(line.startswith("Tags") for line in lines)
    assert "\x1b[1mLaw" in written.getvalue()


def test_an_article_in_full() -> None:
    page, written = terminal(50)
    body = "First paragraph. " * 6 + "\nSecond."
    shown = article(
        body=body,
        authors=("A. Writer",),
        tags=("x", "y"),
        category="news",
        quality=74.0,
        heat=1.5,
        featured=True,
        origin="related",
        related=(LINK,),
    )
    write_article(page, ShownArticle(shown))
    lines = SGR.sub("", written.getvalue()).splitlines()
    assert lines[:2] == ["Board meets", "The BBC · 2020-06-25 10:31 UTC · by A. Writer"]
    for line in (
        "Topics      Politics, Law",
        "Tags        x, y",
        "Kind        news · featured",
        "Quality     74",
        "Popularity  1.5",
        "Entry       only linked from others, has no file",
        "URL         https://bbc.example/board",
        "Id          abc",
        "The board met.",
        "Second.",
        "Related, by the editors",
        "  Board resigns",
        "  Wire · 2020-07-01",
        "  def",
    ):
        assert line in lines
    assert all(len(line) <= 60 for line in lines)


def test_related_by_part_with_reasons() -> None:
    page, written = plain()
    other, third = article("Other", id="o", url=None), article("Third", id="t", url=None)
    items = (
        RelatedArticle(other, "editors", "chosen", part="before"),
        RelatedArticle(third, "computed", "shares “board”", 2.0, "after", copies=(other, other)),
    )
    write_related(page, Related(article(), items, (RelatedArticle(other, "mentioned_by", "links here"),)))
    told = written.getvalue()
    assert "Earlier\n\n  Other\n  The BBC · 2020-06-25 · chosen\n  o\n" in told
    third_lines = "  Third\n  The BBC · 2020-06-25 · shares “board”\n  also in 2 copies: The BBC\n  t\n"
    assert f"Later\n\n{third_lines}" in told
    assert told.count("  Other") == 1
    page, written = plain()
    write_related(page, Related(article(), (), ()))
    assert "No article is related to it." in written.getvalue()


def test_a_tree_of_values_is_indented() -> None:
    page, written = plain()
    values = [
        FacetValue("Tech", "Tech", 1200, False),
        FacetValue("AI", "AI", 30, False, depth=1, parent="Tech"),
    ]
    write_facet(page, FacetValues("topic", values, 2))
    assert written.getvalue() == "1,200  Tech\n   30    AI\n"


def test_stats_of_an_index_without_dates() -> None:
    page, written = plain()
    numbers: dict[str, Any] = dict.fromkeys(
        (
            "generation",
            "files",
            "articles",
            "related",
            "duplicates",
            "withdrawn",
            "rejected",
            "topics",
            "organizations",
            "secured",
            "undated",
        ),
        0,
    )
    at = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    write_stats(
        page,
        ArchiveStats("/a", indexed_at=at, first_date=None, last_date=None, language="english", **numbers),
    )
    assert "Dates       none\n" in written.getvalue()
    assert "Indexed at  2026-01-02 03:04 UTC\n" in written.getvalue()


def test_a_run_that_read_files_and_changed_nothing() -> None:
    page, written = plain()
    write_index_report(page, index_report(read=3, articles=2, files=3), REPOSITORY, check_command="x")
    assert written.getvalue().startswith("Nothing has changed: 3 files read again. (1.2 s)\n")


@pytest.mark.parametrize(
    ("own", "cluster", "title", "line"),
    [
        ({}, ClusterReport(3, 3), "Nothing has changed: ", "The cluster has it all."),
        (
            {},
            ClusterReport(4, 3),
            "Nothing has changed in the files: ",
            "The cluster has it all, as a new generation.",
        ),
        (
            {},
            ClusterReport(4, 3, removed=1),
            "Nothing has changed in the files: ",
            "1 removed from the cluster.",
        ),
        ({"added": 2}, ClusterReport(4, 3), "Indexed ", "The cluster has it all, as a new generation."),
        ({"added": 2}, ClusterReport(4, 3, added=2, sent=2), "Indexed ", "2 articles sent to the cluster."),
        (
            {"added": 2},
            ClusterReport(4, 3, added=1, changed=2, removed=1, sent=3),
            "Indexed ",
            "3 articles sent to the cluster. 1 added to, 2 changed in, 1 removed from the cluster.",
        ),
        (
            {"added": 9},
            ClusterReport(1, None, added=9, sent=9, rebuilt="it had none"),
            "Indexed ",
            "9 articles sent to the cluster, all of them, because it had none.",
        ),
    ],
)
def test_a_run_says_what_has_changed_in_the_cluster(
    own: dict[str, int], cluster: ClusterReport, title: str, line: str
) -> None:
    page, written = plain()
    report = index_report(**own, cluster=cluster)
    write_index_report(page, report, REPOSITORY, check_command="x")
    assert written.getvalue().startswith(title)
    assert f"\n{line}\n" in written.getvalue()
    assert followed_line(report, REPOSITORY).endswith(line)


def test_the_first_rejected_files_are_named_and_the_rest_counted() -> None:
    page, written = plain()
    rejections = tuple(Rejection(f"{n}.md", "no title") for n in range(7))
    write_index_report(
        page, index_report(added=1, rejections=rejections), REPOSITORY, check_command="backfile check"
    )
    assert written.getvalue().endswith("4.md: no title\n2 more; all of them: backfile check\n")


def test_json_takes_any_text(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    print_exported("json", {"a": HOSTILE + "é\udcff"})
    out = capfdbinary.readouterr().out
    assert json.loads(out.decode("utf-8")) == {"a": HOSTILE + "é\udcff"}
    assert "é".encode() in out


def test_progress_in_a_log_is_a_line_now_and_then() -> None:
    page, written = plain()
    now = 0.0
    hook = LineHook(page, clock=lambda: now)
    for second in range(12):
        now = float(second)
        hook(Progress("reading", second * 100, 2000))
    now = 20.0
    hook(Progress("committing", 0, 1))
    assert written.getvalue().splitlines() == [
        "Reading: 500 of 2,000 files, 100/s, 15 s left",
        "Reading: 1,000 of 2,000 files, 100/s, 10 s left",
        "Committing",
    ]


def test_progress_goes_on_when_its_reader_is_gone() -> None:
    class Gone(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    page, _ = plain()
    page.console.file = Gone()
    now = 0.0
    hook = LineHook(page, clock=lambda: now)
    now = 10.0
    hook(Progress("reading", 1, 2))
    assert page.console.file.getvalue() == ""


def test_progress_on_a_terminal_is_a_bar_that_leaves_nothing() -> None:
    page, written = terminal(100)
    with show_progress(page) as hook:
        for done in (0, 500, 1000):
            hook(Progress("reading", done, 1000))
            page.console.print("-")  # makes rich draw the bar now, not at its next tick
        hook(Progress("writing", 0, 0))
        hook(Progress("committing", 0, 1))
        hook(Progress("something new", 0, 1))
    told = SGR.sub("", written.getvalue())
    assert "Reading ━" in told
    assert "0 of 1,000 files" in told
    assert "Something new" in told
    assert written.getvalue().endswith("\x1b[2K")


def test_progress_on_a_dumb_terminal_is_lines() -> None:
    written = io.StringIO()
    page, _ = plain()
    page.console = Console(file=written, force_terminal=True, _environ={"TERM": "dumb"})
    page.rich = True
    with show_progress(page) as hook:
        assert isinstance(hook, LineHook)


def test_words_for_numbers_and_dates() -> None:
    assert [amount(n, "article") for n in (0, 1, 1234)] == ["0 articles", "1 article", "1,234 articles"]
    told = [duration(s) for s in (0.04, 9.94, 42.4, 59.9, 185, 7800)]
    assert told == ["0.0 s", "9.9 s", "42 s", "59 s", "3 min 5 s", "2 h 10 min"]
    late = datetime(2020, 6, 25, 1, 30, tzinfo=timezone(timedelta(hours=2)))
    assert (day(late), minute(late), day(None), minute(None)) == (
        "2020-06-25",
        "2020-06-25 01:30 +02:00",
        "",
        "",
    )
