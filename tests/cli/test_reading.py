from __future__ import annotations

import json

import pytest

from indexer import Archive
from tests.cli.conftest import Run

URL = (
    "https://www.harbourpost.example/news/2023/02/14/appeal-court-upholds-port-haldens-facial-recognition-ban"
)


@pytest.mark.parametrize("by", ["url", "id", "file"])
def test_show_takes_any_key(search: Run, corpus: Archive, by: str) -> None:
    file = "news/2023-02-14-appeal-court-upholds-port-haldens-facial-recognition-ban.md"
    key = {"url": URL, "id": corpus.article(URL).id, "file": file}[by]
    result = search("show", key, "--json")
    assert result.stderr == ""
    assert json.loads(result.stdout) == corpus.article(URL).to_json()


def test_show_in_words(search: Run, corpus: Archive) -> None:
    hit = corpus.search("has:body has:related", size=1)[0].article
    lines = search("show", hit.id).stdout.splitlines()
    assert lines[0] == hit.title
    assert f"URL      {hit.url}" in lines or any(line.split() == ["URL", hit.url] for line in lines)
    assert any(line.split() == ["Id", hit.id] for line in lines)
    assert any(line in hit.body for line in lines if len(line) > 60)
    assert "Related, by the editors" in lines
    assert f"  {hit.related[0].title}" in lines


def test_show_of_nothing(search: Run) -> None:
    for words in (["nosuch"], ["nosuch", "--json"]):
        result = search("show", *words)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr.startswith("backfile: ")
        assert result.stderr.count("\n") == 1


def test_related(search: Run, corpus: Archive) -> None:
    result = search("related", URL, "--json", "--size", "6")
    expected = corpus.related(URL, size=6).to_json()
    assert json.loads(result.stdout) == expected
    assert list(expected) == ["id", "title", "related", "mentioned_by"]
    assert set(expected["related"][0]) == {"article", "kind", "reason", "score"}


def test_related_in_words(search: Run, corpus: Archive) -> None:
    told = search("related", URL, "--size", "6").stdout
    assert told.index("Chosen by the editors") < told.index("\nAlike\n") < told.index("\nMentioned by\n")
    for item in corpus.related(URL, size=6):
        assert f"  {item.article.title}\n" in told
        if item.kind == "computed":
            assert item.reason in told
    assert search("related", "nosuch").exit_code == 1


def test_stats(search: Run, corpus: Archive) -> None:
    result = search("stats", "--json")
    assert json.loads(result.stdout) == corpus.stats().to_json()
    lines = [line.split() for line in search("stats").stdout.splitlines()]
    numbers = corpus.stats()
    for name in ("articles", "files", "duplicates", "withdrawn", "rejected", "topics", "secured"):
        assert any(line[:2] == [name, f"{getattr(numbers, name):,}"] for line in lines), name
    assert ["Archive", numbers.archive] in lines


FIRE = "Wildfire forces 3,400 from villages on Brannock Heath"


def test_story(search: Run, corpus: Archive) -> None:
    key = next(hit.article.id for hit in corpus.search("wildfire") if hit.article.title == FIRE)
    assert json.loads(search("story", key, "--json").stdout) == corpus.story(key).to_json()
    lines = search("story", key).stdout.splitlines()
    assert lines[:2] == [FIRE, "4 articles that are nearly one text, the earliest first"]
    assert [line for line in lines if line.startswith("  ") and " · 2022-07-2" in line] == [
        f"  {member.provider.name} · {member.published_at:%Y-%m-%d}"
        for member in corpus.story(key)
        if member.provider
    ]
    alone = search("story", URL).stdout.splitlines()
    assert alone[1:] == ["No other article is nearly the same text."]
    assert search("story", "nosuch").exit_code == 1
