"""All of ../shared/archives, each file read once (about 20 s)."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from indexer.archive.discover import discover
from indexer.archive.read import read_file
from indexer.archive.records import FileRecord, Kind
from indexer.archive.taxonomy import build_provider_directory, build_topic_tree
from indexer.archive.text import plain_text
from indexer.config import ArchiveSettings
from indexer.fields import DEFAULT_FIELDS

ROOT = Path(__file__).parents[2] / "../shared/archives"
pytestmark = [
    pytest.mark.archives,
    pytest.mark.skipif(not ROOT.is_dir(), reason="../shared/archives is absent"),
]


@pytest.fixture(scope="module")
def records() -> list[FileRecord]:
    settings = ArchiveSettings(ROOT, 5_000_000, DEFAULT_FIELDS)
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return [read_file(ROOT, file, settings, now=now) for file in discover(ROOT, settings.ignore).files]


def test_every_file_is_accounted_for(records: list[FileRecord]) -> None:
    kinds = Counter(record.kind for record in records)
    assert kinds[Kind.WITHDRAWN] == 7
    assert kinds[Kind.TOPIC] == 11
    assert kinds[Kind.ORGANIZATION] == 80
    assert kinds.total() == len(records) == 18_639
    assert len({r.found[0].article.id for r in records if r.kind is Kind.ARTICLE}) == 14_357


def test_what_is_rejected(records: list[FileRecord]) -> None:
    assert not [record.rejection for record in records if record.rejection]


def test_what_no_parser_accepts_is_repaired(records: list[FileRecord]) -> None:
    """The thirteen have a colon in the title of an image; the image is left out, the rest is read."""
    repaired = [record for record in records if any(notice.code == "repaired" for notice in record.notices)]
    assert len(repaired) == 13
    for record in repaired:
        own = record.found[0].article
        assert (record.kind, own.images) == (Kind.ARTICLE, ())
        assert own.url
        assert own.published_at
        assert own.title
        for notice in record.notices:
            assert notice.line is not None
            line = (ROOT / record.path).read_text(encoding="utf-8").split("\n")[notice.line - 1]
            assert line.lstrip().startswith("title: ")


def test_secured_is_counted_and_in_no_record(records: list[FileRecord]) -> None:
    assert sum(record.secured for record in records) == 15_645
    seed = next(record for record in records if record.path.startswith("seed/"))
    assert seed.secured == 1
    assert "LjWhif2l" not in repr(seed)
    assert [found.article.origin for found in seed.found] == ["file", "related", "related"]


def test_titles_are_what_a_yaml_loader_reads(records: list[FileRecord]) -> None:
    """For a file in ten; where the loader makes no text of it, the characters are the file's."""
    for record in records[::10]:
        if record.kind is Kind.ARTICLE and not any(n.code == "repaired" for n in record.notices):
            front = (ROOT / record.path).read_text(encoding="utf-8").split("\n---", 1)[0]
            title = yaml.load(front, Loader=yaml.CSafeLoader)["title"]
            if isinstance(title, str):
                assert record.found[0].article.title == plain_text(title)
            else:
                assert record.found[0].article.title in front


def test_taxonomies_join(records: list[FileRecord]) -> None:
    tree = build_topic_tree(topic for record in records for topic in record.topics)
    assert len(tree) == 11
    assert tree.problems == ()
    assert tree.parent("sorceress") == "Diablo 4"
    directory = build_provider_directory(r.organization for r in records if r.organization)
    kotaku = directory.find("kotaku.com")
    assert kotaku is not None
    assert kotaku.name == "Kotaku"
