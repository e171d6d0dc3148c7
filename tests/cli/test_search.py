from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from indexer import Archive, reindex
from indexer.facets import FACETS
from tests.archives import settings_for, write
from tests.cli.conftest import Run

HIT = ["article", "score", "title", "snippet", "part", "missing", "translations"]
ARTICLE = {
    "id", "title", "url", "excerpt", "body", "quality", "heat", "featured", "origin", "images", "related",
    *(facet.attribute for facet in FACETS.values()), "day", "translation",
}  # fmt: skip


def _found(run: Run, *words: object) -> dict[str, Any]:
    result = run("search", "--json", *words)
    assert (result.exit_code, result.stderr) == (0, "")
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def test_json_is_the_answer_of_the_api(search: Run, corpus: Archive) -> None:
    answer = _found(search, "facial", "recognition", "--size", "3")
    assert answer == corpus.search("facial recognition", size=3).to_json()
    assert list(answer)[:5] == ["total", "begun_total", "some_total", "match", "hits"]
    assert set(answer["facets"]) == set(FACETS)
    assert answer["counts"] == "articles"
    for hit in answer["hits"]:
        assert list(hit) == HIT
        assert set(hit["article"]) == ARTICLE - {"related"}
        assert set(hit["title"]) == set(hit["snippet"]) == {"text", "ranges"}
    for values in answer["facets"].values():
        for value in values:
            assert set(value) == {"value", "label", "count", "selected"}


def test_articles_have_the_fields_that_are_wanted(search: Run, corpus: Archive) -> None:
    answer = _found(search, "has:related", "--size", "3", "--fields", "title, related,")
    assert [set(hit["article"]) for hit in answer["hits"]] == [{"title", "related"}] * 3
    found = corpus.search("has:related", size=3)
    assert [hit["article"]["title"] for hit in answer["hits"]] == [hit.article.title for hit in found]
    key = found.hits[0].article.id
    related = json.loads(search("related", key, "--fields", "url", "--json", "--size", "2").stdout)["related"]
    assert [set(each["article"]) for each in related] == [{"url"}] * 2
    for command in (["search", "ferry"], ["related", key]):
        refused = search(*command, "--json", "--fields", "title,ulr")
        assert refused.exit_code == 2
        assert "an article has no field 'ulr'. Did you mean 'url'?" in refused.stderr
        refused = search(*command, "--fields", "title")
        assert refused.exit_code == 2
        assert refused.stderr.endswith("--fields chooses what an answer has as data. Add --json.\n")


def test_json_is_utf_8_and_readable(search: Run) -> None:
    result = search("search", "--json", "café", "marisol")
    assert "Café" in result.stdout_bytes.decode("utf-8")
    assert "\\u" not in result.stdout


def test_json_can_explain(search: Run, corpus: Archive) -> None:
    answer = _found(search, "board", "-meeting", "--explain")
    assert answer == corpus.search("board -meeting").to_json(explain=True)
    assert answer["explain"]["text"] == "board -meeting"


@pytest.mark.parametrize(
    ("words", "given"),
    [
        (["--topic", "Politics", "--topic", "Health"], {"topic": ["Politics", "Health"]}),
        (["--provider", "harbourpost.example"], {"provider": "harbourpost.example"}),
        (["--author", "none"], {"author": "none"}),
        (["--category", "opinion"], {"category": "opinion"}),
        (["--type", "video"], {"type": "video"}),
        (["--tag", "C++"], {"tag": "C++"}),
        (["--date", "2020-06", "--date", "2021"], {"date": ["2020-06", "2021"]}),
        (["--after", "2020", "--before", "2022-03"], {"after": "2020", "before": "2022-03"}),
        (["--featured"], {"featured": True}),
        (["--collapse"], {"collapse": True}),
        (["--not-featured"], {"featured": False}),
        (["--origin", "related"], {"origin": "related"}),
        (["--sort", "oldest", "--page", "2", "--size", "7"], {"sort": "oldest", "page": 2, "size": 7}),
        (["--facet-size", "2"], {"facet_size": 2}),
    ],
)
def test_every_option_reaches_the_search(
    search: Run, corpus: Archive, words: list[str], given: dict[str, Any]
) -> None:
    expected = corpus.search("", **given).to_json()
    assert _found(search, *words) == expected
    assert expected["total"] > 0
    if set(given) - {"sort", "page", "size", "facet_size"}:
        assert expected["total"] < corpus.search("").total


@pytest.mark.parametrize(
    ("words", "query"),
    [
        (["board", "-meeting"], "board -meeting"),
        (["-meeting", "board"], "-meeting board"),
        (["--", "-meeting"], "-meeting"),
        (["-meeting"], "-meeting"),
        (["--size", "2", "--", "board", "-meeting", "--page"], "board -meeting --page"),
        (["-topic:Politics", "-5", "-", '-"a b"'], '-topic:Politics -5 - -"a b"'),
        (["-date=2020", "-cd", "-st"], "-date=2020 -cd -st"),
        (['"facial recognition"'], '"facial recognition"'),
        ([], ""),
    ],
)
def test_words_with_one_dash_are_the_querys(
    search: Run, corpus: Archive, words: list[str], query: str
) -> None:
    size: dict[str, Any] = {"size": 2} if "--size" in words else {}
    assert _found(search, *words) == corpus.search(query, **size).to_json()


def test_a_dash_leaves_words_out(search: Run) -> None:
    with_all = _found(search, "police")["total"]
    without = _found(search, "police", "-camera")["total"]
    assert 0 < without < with_all


def test_without_a_query_the_newest_come_first(search: Run) -> None:
    result = search("search", "--size", "3")
    assert result.stdout.startswith("222 articles, 1–3, newest first\n\n1. ")
    dates = [hit["article"]["published_at"] for hit in _found(search)["hits"]]
    assert dates == sorted(dates, reverse=True)


def test_plain_text_is_whole_and_has_no_colour(search: Run, corpus: Archive) -> None:
    result = search("search", "facial", "recognition", "--size", "2")
    assert result.stderr == ""
    assert "\x1b" not in result.stdout
    assert not set("│─┃━╭") & set(result.stdout)
    lines = result.stdout.splitlines()
    assert lines[0] == "10 articles, 1–2, by relevance"
    for number, hit in enumerate(corpus.search("facial recognition", size=2), start=1):
        article = hit.article
        assert f"{number}. {article.title}" in lines
        assert f"   {article.url}" in lines
        assert "   " + " ".join(hit.snippet.text.split("\n")).rstrip() in lines
        assert article.provider
        assert article.published_at
        about = f"   {article.provider.name} · {article.published_at.date()} · {', '.join(article.topics)}"
        assert about in lines


@pytest.mark.parametrize(
    "words",
    [
        ["police", "--size", "2"],
        ["police", "--page", "1", "--size=2", "--topic", "Politics"],
        ["--size", "2", "--", "-police"],
        ['"port halden"', "--size", "2", "--page=2"],
    ],
)
def test_the_next_page_is_a_command_that_works(
    search: Run, corpus: Archive, corpus_index: Path, words: list[str]
) -> None:
    seen: list[str] = []
    for _ in range(2):
        result = search("search", *words)
        hint = next(line for line in result.stdout.splitlines() if line.startswith("Next page: "))
        seen += [line for line in result.stdout.splitlines() if line[:1].isdigit() and ". " in line]
        typed = shlex.split(hint.removeprefix("Next page: "))
        assert typed[:2] == ["backfile", "search"]
        at = typed.index("--index")
        assert typed[at + 1] == str(corpus_index)
        words = typed[2:at] + typed[at + 2 :]
    assert len(set(seen)) == 4


def test_a_cursor_goes_on_by_cursor(search: Run) -> None:
    first = _found(search, "police", "--size", "2")
    second = search("search", "police", "--size", "2", "--cursor", first["next_cursor"])
    assert second.stdout.splitlines()[0].endswith(" articles, 2 of them here, by relevance")
    assert "--cursor" in second.stdout
    assert "--page" not in second.stdout
    page_2 = _found(search, "police", "--size", "2", "--page", "2")["hits"]
    by_cursor = _found(search, "police", "--size", "2", "--cursor", first["next_cursor"])["hits"]
    assert [hit["article"]["id"] for hit in by_cursor] == [hit["article"]["id"] for hit in page_2]


def test_the_last_page_has_no_hint(search: Run) -> None:
    assert "Next page" not in search("search", "facial", "recognition").stdout


def test_past_the_end(search: Run) -> None:
    result = search("search", "facial", "recognition", "--page", "9")
    assert result.exit_code == 0
    first, _, last = result.stdout.splitlines()
    assert first == "10 articles; page 9 is past the end, the last is 1"
    assert last.startswith("Last page: backfile search ")
    assert last.endswith(" facial recognition --page 1")


def test_nothing_found_is_no_failure(search: Run) -> None:
    result = search("search", "xyzzyq")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith(
        "No article matches.\nNo title, excerpt or body has 'xyzzyq'. For similar spellings, put ~ behind a word; authors and tags have filters of their own.\n"
    )
    assert _found(search, "xyzzyq")["hits"] == []
    assert "or leave out a filter" in search("search", "xyzzyq", "--tag", "xyzzyq").stdout


@pytest.mark.parametrize(
    "words",
    [
        ("facial", "recogniton"),
        ("+zeppelin", "ferry", "--recency-weight", "0.5", "--heat-weight", "0"),
        ("ferry", "zeppelin", "--topic", "Rail", "--topic", "it's", "--before", "1900"),
        ("--tag", "xyzzyq", "--featured"),
        ("ferry", "--not-featured", "--origin", "related", "--author", "-x"),
        ("--sort", "oldest", "--", "ferry", "zeppelin", "--x"),
        ("ferrry", "--broaden"),
        ("ferrry", "--collapse"),
        ("ferrry", "--recency-weight", "0.5", "--recency-half-life-days", "30"),
    ],
)
def test_offers_are_commands_that_find_as_much_as_they_say(
    search: Run, run: Run, corpus_index: Path, words: tuple[str, ...]
) -> None:
    lines = search("search", *words).stdout.splitlines()
    assert lines[0].startswith("No article ")
    at = lines.index("Searches nearby that find something:")
    offered = [line for line in lines[at:] if line.startswith("  Search ")]
    commands = [line for line in lines[at:] if line.startswith("    backfile search")]
    assert len(offered) == len(commands) > 0
    for text, command in zip(offered, commands, strict=True):
        typed = shlex.split(command)
        assert typed[:2] == ["backfile", "search"]
        assert str(corpus_index) in typed
        result = run(*typed[1:])
        assert result.exit_code == 0
        assert result.stdout.startswith(text.rpartition(": ")[2])


def test_a_total_that_is_a_bound_is_called_one(
    search: Run, tmp_path: Path, corpus_index: Path, run: Run
) -> None:
    config = tmp_path / "config.toml"
    config.write_text("[search]\nexpansion_limit = 3\n")
    place = ("--config", config, "--index", corpus_index)
    assert run("search", "s*", *place).stdout.startswith("At least ")
    assert run("search", "port -s*", *place).stdout.startswith("At most ")
    assert json.loads(run("search", "s*", "--json", *place).stdout)["total_relation"] == "gte"


def test_explain_tells_what_filters_remove(search: Run, corpus: Archive) -> None:
    lines = search("search", "ferry", "--topic", "Rail", "--explain").stdout.splitlines()
    total, without = (corpus.search("ferry", topic=topic).total for topic in ("Rail", None))
    assert next(line.split() for line in lines if line.startswith("topic:")) == (
        f"topic: Rail removes {without - total} of {without}".split()
    )


def test_explanation(search: Run) -> None:
    lines = search("search", "board", "-meeting", "--explain").stdout.splitlines()
    assert any(line.startswith("Read as: ") for line in lines)
    assert any(line.startswith("read:") for line in lines)
    assert any(line.startswith("text:board ") and line.endswith(" articles") for line in lines)


def test_facet_summary_in_a_pipe_only_when_asked_for(search: Run) -> None:
    assert "Topics:" not in search("search", "police").stdout
    told = search("search", "police", "--facets").stdout
    assert "Topics:" in told
    assert "Tags:" in told
    assert "Topics:" not in search("search", "police", "--no-facets").stdout


def test_bytes_that_are_no_text_do_not_matter(search: Run) -> None:
    assert search("search", "police\udcff").exit_code == 0


def test_facets_of_everything(search: Run, corpus: Archive) -> None:
    result = search("facets", "provider", "--json")
    values = corpus.facet("provider")
    assert json.loads(result.stdout) == {
        "name": "provider",
        "distinct": values.distinct,
        "distinct_relation": "eq",
        "part": "all",
        "values": [v.to_json() for v in values],
        "notes": [],
        "timed_out": False,
    }


def test_facets_of_what_is_found(search: Run, corpus: Archive) -> None:
    answer = json.loads(search("facets", "topic", "board", "-meeting", "--after", "2019", "--json").stdout)
    expected = corpus.search("board -meeting", after="2019").facets["topic"]
    assert answer["values"] == [v.to_json() for v in expected]


def test_facets_in_words(search: Run) -> None:
    result = search("facets", "provider", "--size", "2")
    lines = result.stdout.splitlines()
    assert lines[0].split() == ["58", "The", "Harbour", "Post", "harbourpost.example"]
    assert lines[-1].startswith("2 of ")
    assert "Artificial Intelligence" in search("facets", "topic").stdout
    assert search("facets", "tag", "xyzzyq").stdout == "No article has a value of 'tag'.\n"


@pytest.mark.parametrize("name", FACETS)
def test_every_facet_can_be_asked_for(search: Run, name: str) -> None:
    assert search("facets", name).exit_code == 0


def test_explain_tells_how_each_score_is_made(search: Run) -> None:
    told = search("search", "facial", "recognition", "--size", 1, "--explain", "--recency-weight", 0.5).stdout
    assert re.search(r"Score \d+\.\d{3}", told)
    for kind in ("term +text:facial", "term +text:recognit", "pair +facial recognit", "recency"):
        assert re.search(rf"\d+\.\d{{3}} +{kind}", told)


def test_broaden_finds_more_and_says_so(search: Run) -> None:
    narrow = json.loads(search("search", "ferry", "strike", "--json").stdout)
    broad = json.loads(search("search", "ferry", "strike", "--broaden", "--json", "--explain").stdout)
    assert broad["total"] > narrow["total"]
    assert any(note["text"].startswith("broadened: ") for note in broad["explain"]["notes"])
    (note,) = broad["notes"]
    assert note.startswith("broadened: ")
    assert "'ferri'" not in note, "words are as they are written"
    told = search("search", "ferry", "strike", "--broaden", "--size", 1).stdout
    assert " ".join(told.split()).count("Note: broadened: articles with any of the words") == 1


def test_words_that_are_nowhere_are_named_as_they_were_typed(search: Run) -> None:
    told = search("search", "Zeppelins", "xyzzies").stdout
    assert "has 'Zeppelins' or 'xyzzies'." in told
    told = search("search", "xyzzies-qqq", "zzz", "1.2345,6").stdout
    assert "has 'xyzzies-qqq', 'zzz' or '1.2345'." in told


def test_a_word_that_looks_like_an_option_is_told_of(search: Run) -> None:
    result = search("search", "wildfire", "-n", 1)
    told = "Note: '-n' leaves out the word 'n'; `backfile search --help` lists the options.\n"
    assert (result.exit_code, result.stderr) == (0, told)
    assert not search("search", "wildfire", "-trial").stderr


def test_a_weight_that_cannot_be_used_is_a_sentence(search: Run) -> None:
    result = search("search", "ferry", "--heat-weight", 101)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "backfile: 'heat_weight' must be a number from 0 to 100, not 101.0.\n"


def test_facets_count_what_a_broadened_search_finds(search: Run) -> None:
    narrow, broad = (
        json.loads(search("facets", "provider", "ferry", "strike", "--json", *more).stdout)
        for more in ([], ["--broaden"])
    )
    assert broad["distinct"] > narrow["distinct"]


def test_stories_in_words(search: Run, corpus: Archive) -> None:
    results = corpus.search("wildfire heath", collapse=True)
    told = search("search", "wildfire", "heath", "--collapse").stdout
    assert told.startswith(f"{results.total} stories, ")
    (shared,) = [hit for hit in results if len(hit.story) == 4]
    names = [other.provider.name for other in shared.story.others if other.provider]
    assert f"   Also in 3 outlets: {', '.join(names)}\n" in told
    counts = json.loads(search("facets", "provider", "--collapse", "--json").stdout)["values"]
    assert counts == [v.to_json() for v in corpus.search("", collapse=True).facets["provider"]]


def test_what_became_of_an_answer_is_told(run: Run, tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    root = settings.archive.path
    for n in range(30):
        write(root, f"{n}.md", title=f"ferry {n:02}", url=f"https://a.example/{n}")
    reindex(settings)
    for n in range(12):
        (root / f"{n}.md").unlink()
    write(root, "12.md", title="ferry 12, corrected", url="https://a.example/12")
    write(root, "new.md", title="ferry new", url="https://a.example/new", date="2020-06-25")
    reindex(settings)
    asked = ("search", "ferry", "--index", settings.index.path, "--since-generation")
    text = run(*asked, "1", "--size", "100").stdout
    told = r"Since generation 1 \(.{16} UTC; now 2\): 1 new article and 1 changed one are among these results\.\n"
    assert re.search(told, text)
    assert "0 other articles changed and 12 articles left the archive" in text
    assert "  ferry 00\n    https://a.example/0\n" in text
    assert "  2 more; --json lists them.\n" in text
    assert "ferry new\n" in text
    assert "new since then · 2020-06-25" in text
    assert text.count("changed since then") == 1
    assert len(json.loads(run(*asked, "1", "--json").stdout)["since"]["removed_articles"]) == 12
    refused = run(*asked, "3")
    assert refused.exit_code == 2
    assert "there is no generation 3 yet" in refused.stderr
    assert "Answered from generation 2." in run(*asked, "1", "--explain").stdout
