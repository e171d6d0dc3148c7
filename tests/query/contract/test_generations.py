"""What goes on over several generations: a cursor of an earlier one, an answer that is kept, a source that is
closed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from indexer import Archive
from indexer.errors import RequestError
from indexer.query.engine import SearchEngine
from tests.query.contract.archives import growing
from tests.query.contract.comparison import differences
from tests.query.contract.conftest import PLAIN, SOURCES
from tests.query.contract.questions import told

SEARCHES: tuple[dict[str, Any], ...] = (
    {"query": "harbour"},
    {"query": "harbour ferry", "broaden": True},
    {"query": "", "sort": "newest"},
    {"query": "bridge", "sort": "oldest", "collapse": True},
    {"query": "", "sort": "quality", "topic": "Transport"},
    {"query": "harb*", "sort": "heat"},
)


def pages_while_it_grows(source: str, folder: Path) -> Iterator[Any]:
    """Yield for each generation a page of each search, which goes on from the last one's."""
    runs = growing(folder)
    made = next(runs)
    own = SOURCES[source].open(made)
    with Archive(made.settings, SearchEngine(made.settings, own)) as archive:
        pages = [archive.search(size=5, **given) for given in SEARCHES]
        yield [told(page) for page in pages]
        for made in runs:
            SOURCES[source].follow(own, made)
            cursors = [page.next_cursor for page in pages]
            pages = [
                archive.search(size=5, cursor=cursor, **given)
                for given, cursor in zip(SEARCHES, cursors, strict=True)
            ]
            yield [told(page) for page in pages]


def test_a_cursor_goes_on_in_a_new_generation(source: str, tmp_path: Path) -> None:
    (tmp_path / PLAIN).mkdir()
    (tmp_path / source).mkdir()
    expected = list(pages_while_it_grows(PLAIN, tmp_path / PLAIN))
    found = list(pages_while_it_grows(source, tmp_path / source))
    assert len(expected) == 3
    assert any("indexed anew" in note for page in found[-1] for note in page["notes"])
    assert list(differences(expected, found)) == []


def test_an_answer_outlives_its_generation_and_its_source(any_source: str, tmp_path: Path) -> None:
    name = any_source
    runs = growing(tmp_path)
    made = next(runs)
    own = SOURCES[name].open(made)
    archive = Archive(made.settings, SearchEngine(made.settings, own))
    kept, expected = archive.search("harbour"), archive.search("harbour").to_json()
    SOURCES[name].follow(own, next(runs))
    assert archive.search("harbour").generation == 2
    archive.close()
    assert list(differences(expected, kept.to_json())) == []
    with pytest.raises(RequestError, match="the archive is closed"):
        archive.search("harbour")
