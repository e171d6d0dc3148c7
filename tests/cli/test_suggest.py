from __future__ import annotations

import io
import json
from pathlib import Path

from indexer import Archive, Suggestion, Suggestions
from indexer.console.answers import write_suggestions
from indexer.console.page import Page, QuietConsole
from tests.cli.conftest import Run


def written(found: Suggestions) -> str:
    stream = io.StringIO()
    write_suggestions(Page(QuietConsole(file=stream, width=100)), found)
    return stream.getvalue()


def test_it_prints_what_the_archive_suggests(search: Run, corpus: Archive) -> None:
    result = search("suggest", "ferr", "--json", "--size", "7")
    assert result.stderr == ""
    data = json.loads(result.stdout)
    assert data == corpus.suggest("ferr", size=7).to_json()
    assert len(data["suggestions"]) == 7
    assert set(data["suggestions"][0]) == {"text", "kind", "count", "exact", "ranges", "value", "before"}


def test_in_words(search: Run, corpus: Archive) -> None:
    lines = search("suggest", "facial", "rec").stdout.splitlines()
    found = corpus.suggest("facial rec")
    assert len(lines) >= len(found) > 3
    for line, item in zip(lines, found, strict=False):
        assert line.split()[:2] == [f"{item.count:,}", item.kind]
        assert item.text in line


def test_kinds(search: Run) -> None:
    lines = search("suggest", "f", "--kind", "topic", "--kind", "provider").stdout.splitlines()
    assert {line.split()[1] for line in lines} <= {"topic", "provider"}
    assert lines
    result = search("suggest", "f", "--kind", "titel")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "no kind of suggestion 'titel'" in result.stderr


def test_nothing_to_suggest(search: Run) -> None:
    assert search("suggest", "zzzzzz").stdout == "Nothing in the archive begins with that.\n"


def test_what_is_not_exact_is_said_and_strangers_texts_are_harmless(tmp_path: Path) -> None:
    items = (
        Suggestion("old harbour", "phrase", 1200, ((4, 8),), '"old harbour"', exact=False),
        Suggestion("A \x1b[2J title", "title", 1, ((0, 1),), "id"),
    )
    told = written(Suggestions("harb", items, bounded=True))
    assert "~1,200  phrase  old harbour\n" in told
    assert "\x1b[2J" not in told
    assert "~ marks a count from before the last changes of the archive." in told
    assert "Not all titles were looked at: type more letters." in told
