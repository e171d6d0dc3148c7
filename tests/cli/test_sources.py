"""A source that cannot be reached, on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer import Article, open_archive
from indexer.config import Settings
from indexer.config_file import load_settings
from indexer.errors import SourceUnavailableError
from indexer.query import archive as way_in
from indexer.query.source import Source
from tests.cli.conftest import Run
from tests.sources.articles import generation_of
from tests.sources.failing import FailingSource
from tests.sources.plain import PlainSource


@pytest.mark.parametrize("method", ["open", "find", "page", "resolve", "stats", "days"])
def test_it_is_one_sentence_and_status_7(run: Run, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    def unreachable(settings: Settings) -> Source:
        failure = SourceUnavailableError(
            "the search server does not answer", where="search.example:9200", cure="Try again in a minute."
        )
        plain = PlainSource(settings, generation_of([Article("a", "The bridge")]))
        return FailingSource(plain, method, failure)

    monkeypatch.setattr(way_in, "SOURCES", {"embedded": unreachable})
    words = {"resolve": ("show", "a"), "stats": ("stats",), "days": ("timeline", "bridge")}
    result = run(*words.get(method, ("search", "bridge")))
    assert (result.exit_code, result.stdout) == (7, "")
    told = "backfile: the search server does not answer (search.example:9200). Try again in a minute.\n"
    assert result.stderr == told


def test_the_settings_choose_the_source(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def plain(settings: Settings) -> Source:
        return PlainSource(settings, generation_of([Article("a", "The bridge")]))

    monkeypatch.setattr(way_in, "SOURCES", {"embedded": plain})
    with open_archive(load_settings(index=tmp_path / "nothing is here")) as archive:
        assert [hit.article.title for hit in archive.search("bridges")] == ["The bridge"]


def test_a_script_is_told_too(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    plain = PlainSource(load_settings(), generation_of([Article("a", "The bridge")]))
    failure = SourceUnavailableError("the search server does not answer")
    monkeypatch.setattr(way_in, "SOURCES", {"embedded": lambda _: FailingSource(plain, "find", failure)})
    with open_archive(load_settings(index=tmp_path)) as archive, pytest.raises(SourceUnavailableError):
        archive.search("bridge")
