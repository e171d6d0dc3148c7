"""What a page may take: nothing is read that it does not show, and its files stay small."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from indexer import article, reindex
from indexer.codec.reader import SegmentArrays
from search_web import create_app
from tests.archives import settings_for, write


def test_nothing_is_read_for_a_hit_that_the_page_does_not_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = settings_for(tmp_path)
    nested = [{"title": "an older ferry", "webUrl": "https://a.example/older"}]
    image = [{"url": "https://a.example/ferry.jpg"}]
    write(given.archive.path, "1.md", title="a ferry", excerpt="to the island", images=image, related=nested)
    write(given.archive.path, "2.md", body="The ferry goes on.", title="two", excerpt="once more")
    reindex(given)
    read: list[str] = []
    apart, decoders = SegmentArrays.apart_fields, article._DECODERS
    monkeypatch.setattr(SegmentArrays, "apart_fields", lambda *a: read.append("apart") or apart(*a))  # type: ignore[func-returns-value]
    for name in ("related", "body", "images"):
        decode = decoders[name]
        monkeypatch.setitem(decoders, name, lambda v, n=name, d=decode: read.append(n) or d(v))
    client = create_app(given).test_client()
    page = client.get("/search?q=title:ferry").text
    assert "https://a.example/ferry.jpg" in page
    assert set(read) == {"images"}  # and neither the body nor the related article, which lie apart
    read.clear()
    assert "The ferry <mark>goes</mark>" in client.get("/search?q=goes").text
    assert sorted(read) == ["apart", "body", "images"]  # a snippet may be of the body
    assert "an older ferry" in client.get("/article/" + re.findall(r"/article/(\w+)", page)[0]).text
