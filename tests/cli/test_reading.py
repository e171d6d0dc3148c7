from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer import Archive
from indexer.cli import command_line
from indexer.errors import NotFoundError
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
    assert json.loads(result.stdout) == corpus.article(URL).to_json() | {"translations": []}


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
    assert list(expected) == ["id", "title", "related", "mentioned_by", "translations", "timed_out"]
    assert set(expected["related"][0]) == {
        "article", "kind", "reason", "score", "part", "shared", "days", "copies",
    }  # fmt: skip


def test_related_in_words(search: Run, corpus: Archive) -> None:
    url = "https://northmarkherald.example/news/city-bans-face-scanning-cameras-41-votes-to-7/"
    told = search("related", url, "--size", "20").stdout
    headings = {"before": "Earlier", "same": "The same story", "after": "Later", None: "Related"}
    found = corpus.related(url, size=20)
    parts = {part: items for part, items in found.parts().items() if items}
    places = [told.index(f"\n{headings[part]}\n") for part in parts]
    assert len(parts) > 1
    assert places == sorted(places)
    assert "chosen by the editors" in told
    for item in found:
        assert f"  {item.article.title}\n" in told
        assert item.reason in told
    assert search("related", "nosuch").exit_code == 1


def test_related_to_an_article_that_is_described(search: Run, corpus: Archive) -> None:
    article = corpus.article(URL)
    title, excerpt = article.title, article.excerpt
    told = search("related", "--title", title, "--excerpt", excerpt, "--json", "--size", "3")
    assert json.loads(told.stdout) == corpus.related_to(title=title, excerpt=excerpt, size=3).to_json()
    same = search("related", "--url", URL, "--json").stdout
    assert json.loads(same) == corpus.related(URL).to_json()
    for words in ([], ["x", "--title", "y"]):
        refused = search("related", *words)
        assert refused.exit_code == 2
        assert "give either KEY or what describes an article" in refused.stderr
    assert "there is nothing to relate to" in search("related", "--date", "2020").stderr


def test_a_text_to_relate_to_is_read_from_standard_input(corpus: Archive, corpus_index: Path) -> None:
    text = corpus.article(URL).excerpt
    words = ["related", "--index", str(corpus_index), "--text", "-", "--json"]
    told = CliRunner().invoke(command_line(), words, input=text)
    assert json.loads(told.stdout) == corpus.related_to(text=text).to_json()
    told = CliRunner().invoke(command_line(), words, input=b"The caf\xe9 at the harbour")
    assert json.loads(told.stdout) == corpus.related_to(text="The caf\ufffd at the harbour").to_json()


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


def test_a_file_may_be_named_as_it_is_from_here(
    search: Run, corpus: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    article = corpus.article(URL)
    folder = Path(corpus.stats().archive)
    monkeypatch.chdir(folder.parent)
    from_here = f"{folder.name}/{corpus.file(article)}"
    for command in ("show", "related", "story"):
        assert json.loads(search(command, from_here, "--json").stdout)["id"] == article.id
    with pytest.raises(NotFoundError):
        corpus.article(from_here)
