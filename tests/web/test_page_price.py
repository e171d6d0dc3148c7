"""What a page may take: nothing is read that it does not show, and its files stay small."""

from __future__ import annotations

import gc
import gzip
import os
import re
from pathlib import Path
from urllib.parse import urlencode

import pytest
import zstandard
from flask.testing import FlaskClient

from indexer import article, reindex
from indexer.codec.reader import SegmentArrays
from indexer.query.answers.results import Hit, Results
from indexer.query.answers.suggestions import Suggestion, Suggestions
from indexer.query.parameters import MAX_CHOSEN
from search_web import create_app
from search_web.compression import MIN_BYTES
from tests.archives import settings_for, write
from tests.web.page import Page


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
    page = client.get("/search?q=title:ferry", buffered=True).text
    assert "https://a.example/ferry.jpg" in page
    assert set(read) == {"images"}  # and neither the body nor the related article, which lie apart
    read.clear()
    assert "The ferry <mark>goes</mark>" in client.get("/search?q=goes", buffered=True).text
    assert sorted(read) == ["apart", "body", "images"]  # a snippet may be of the body
    assert "an older ferry" in client.get("/article/" + re.findall(r"/article/(\w+)", page)[0]).text


@pytest.mark.parametrize(
    "address",
    [
        "/search?q=ferry",
        "/search/live?q=ferry",
        "/api/v1/search?q=ferry",
        "/help",
        "/static/backfile.css",
        "/static/backfile.js",
        "/static/favicon.svg",
        "/nowhere",
    ],
)
@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip, br", "gzip"),
        ("zstd;q=0.1, gzip;q=0.9", "gzip"),
        ("*", "zstd"),
        ("gzip;q=0, identity", ""),
        ("br", ""),
        ("", ""),
    ],
)
def test_an_answer_is_compressed_as_its_reader_takes_it(
    client: FlaskClient, address: str, accepted: str, coding: str
) -> None:
    plain = client.get(address, buffered=True)
    assert "Content-Encoding" not in plain.headers
    answer = client.get(address, headers={"Accept-Encoding": accepted}, buffered=True)
    data = answer.get_data()
    if len(plain.get_data()) < MIN_BYTES:
        coding = ""
    if coding == "zstd":
        data = zstandard.decompress(data, max_output_size=1 << 20)
    elif coding == "gzip":
        data = gzip.decompress(data)
    assert data == plain.get_data()
    assert answer.headers.get("Content-Encoding", "") == coding
    assert int(answer.headers["Content-Length"]) == len(answer.get_data())
    assert "Accept-Encoding" in answer.vary
    assert "Accept-Encoding" in plain.vary
    assert answer.headers.get("ETag") == plain.headers.get("ETag")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("address", ["/search?q=ferry", "/static/backfile.css", "/help"])
def test_what_is_known_is_not_sent_again_compressed_or_not(client: FlaskClient, address: str) -> None:
    for accepted in ("zstd", "gzip", ""):
        tag = client.get(address, headers={"Accept-Encoding": accepted}, buffered=True).headers["ETag"]
        assert tag.startswith("W/")
        for other in ("zstd", "gzip", ""):
            again = client.get(
                address, headers={"Accept-Encoding": other, "If-None-Match": tag}, buffered=True
            )
            assert again.status_code == 304
            assert again.get_data() == b""
            assert again.headers["ETag"] == tag
            assert "Accept-Encoding" in again.vary
            assert "Content-Encoding" not in again.headers


def test_a_file_that_is_compressed_is_not_open_while_it_is_sent(client: FlaskClient) -> None:
    with client.get("/static/backfile.css", headers={"Accept-Encoding": "gzip"}) as answer:
        opened = [Path(file).name for file in map(os.readlink, _descriptors()) if "static" in file]
        assert opened == []
        assert (
            gzip.decompress(answer.get_data()) == client.get("/static/backfile.css", buffered=True).get_data()
        )


@pytest.mark.parametrize("address", ["/search?q=ferry", "/search/live?q=fer", "/api/v1/suggest?q=fer"])
def test_what_an_answer_was_made_from_does_not_wait_for_the_collector(
    client: FlaskClient, address: str
) -> None:
    def answers() -> dict[int, object]:
        kinds = (Results, Hit, Suggestions, Suggestion)
        return {id(one): one for one in gc.get_objects() if type(one) in kinds}

    client.get(address, buffered=True)
    gc.collect()
    gc.disable()
    try:
        before = answers()  # those of other tests, held by what they have opened
        client.get(address, buffered=True)
        left = [one for at, one in answers().items() if at not in before]
    finally:
        gc.enable()
    assert left == []


def _descriptors() -> list[str]:
    """Return the links to the files that this process has open."""
    folder = Path("/proc/self/fd")
    if not folder.is_dir():
        pytest.skip("no /proc here")
    return [str(link) for link in folder.iterdir() if link.is_symlink()]


def test_head_tells_the_length_of_what_get_gives(client: FlaskClient) -> None:
    for address in ("/search?q=ferry", "/static/backfile.css"):
        given = {"Accept-Encoding": "gzip"}
        head, answer = (
            client.head(address, headers=given, buffered=True),
            client.get(address, headers=given, buffered=True),
        )
        assert head.headers["Content-Length"] == answer.headers["Content-Length"]
        assert head.get_data() == b""


def test_a_part_of_a_file_is_not_compressed(client: FlaskClient) -> None:
    answer = client.get(
        "/static/backfile.css", headers={"Range": "bytes=0-1999", "Accept-Encoding": "gzip"}, buffered=True
    )
    assert answer.status_code == 206
    assert answer.get_data() == client.get("/static/backfile.css", buffered=True).get_data()[:2000]


@pytest.mark.parametrize("address", ["/", "/search?q=ferry"])
def test_the_files_of_a_page_of_results_are_small(client: FlaskClient, address: str) -> None:
    page = Page(client.get(address, buffered=True).text)
    styles = [link["href"] for link in page.all("link", rel="stylesheet")]
    scripts = [script["src"] for script in page.scripts()]
    assert styles
    assert scripts
    assert sum(len(client.get(file, buffered=True).get_data()) for file in styles) < 25_000
    assert sum(len(client.get(file, buffered=True).get_data()) for file in scripts) < 20_000


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/search",
        "/search?page=2",
        "/search?q=the",
        "/search?q=the&page=2",
        "/search?q=the&compact=1",
        "/search?q=of+the+to",
        "/search?q=the&topic=Technology&date=2020..",
        "/search?q=the&topic=Technology&topic=Business&provider=harbourpost.example&sort=oldest",
        "/search?q=the&collapse=1&compact=1",
    ],
)
def test_the_largest_pages_of_the_sample_are_small(client: FlaskClient, address: str) -> None:
    page = client.get(address, buffered=True)
    assert page.status_code == 200
    assert len(page.get_data()) < 40_000


@pytest.mark.parametrize("filters", [5, 10, MAX_CHOSEN])
@pytest.mark.parametrize("query", ["the", "the " * 200, "of OR " + "letters" * 100])
def test_a_page_grows_with_its_address_within_bounds(client: FlaskClient, query: str, filters: int) -> None:
    values = client.get("/api/v1/facets/author").json["values"]  # type: ignore[index]  # there is JSON
    chosen = [("author", value["value"]) for value in values[:filters]]
    asked = urlencode([("q", query), *chosen, *[("tag", f"tag {n}") for n in range(filters - len(chosen))]])
    page = client.get(f"/search?{asked}", buffered=True)
    assert page.status_code == 200
    assert len(page.get_data()) < 40_000 + 200 * len(asked)
