"""Links to cite: what became of an answer since."""

from __future__ import annotations

import dataclasses
import html as entities
import re
from pathlib import Path

import pytest

from indexer import reindex
from search_web import create_app
from tests.archives import settings_for, write
from tests.web.test_pages import get


def test_a_page_of_results_can_be_cited_and_tells_what_changed_since(tmp_path: Path) -> None:
    given = settings_for(tmp_path)
    for n in range(3):
        write(given.archive.path, f"{n}.md", title=f"ferry {n}", url=f"https://a.example/{n}")
    reindex(given)
    app = create_app(given)
    cited = app.test_client().get("/search?q=ferry").text
    link = re.search(r'<a href="([^"]+)">A link to cite', cited)
    assert link
    address = entities.unescape(link[1])
    assert address == "/search?q=ferry&since_generation=1"
    (given.archive.path / "0.md").unlink()
    write(given.archive.path, "1.md", title="ferry 1, corrected", url="https://a.example/1")
    write(given.archive.path, "new.md", title="ferry new", url="https://a.example/new")
    reindex(given)
    client = create_app(given).test_client()
    page = get(client, address)
    text = " ".join(page.text_of("p"))
    assert "1 new article and 1 changed one are among these results." in text
    assert "0 other articles changed and 1 article left the archive" in text
    assert "ferry 0" in page.text_of("a")
    assert {"New since then", "Changed since then"} <= set(page.text_of("span"))
    assert "A link to cite" not in client.get(address).text
    assert "Since generation" not in client.get("/search?q=ferry").text
    assert client.get("/api/v1/search?q=ferry&since_generation=9").status_code == 400


@pytest.mark.parametrize("kept", [0, 1])
def test_a_citation_outlives_what_is_kept(tmp_path: Path, kept: int) -> None:
    given = settings_for(tmp_path)
    given = dataclasses.replace(given, index=dataclasses.replace(given.index, kept_generations=kept))
    for n in range(3):
        write(given.archive.path, f"{n}.md", title=f"ferry {n}", url=f"https://a.example/{n}")
        reindex(given)
    client = create_app(given).test_client()
    for generation, note in ((1, "What changed since generation 1 is no longer known. Changes are known since"),
                             (9, "There is no generation 9 yet. The index is at generation 3.")):  # fmt: skip
        page = get(client, f"/search?q=ferry&since_generation={generation}")
        assert any(text.startswith(note) for text in page.text_of("span"))
        assert len(page.all("article")) == 3
        assert "/search?q=ferry&since_generation=3" in page.links()
        assert not any(f"since_generation={generation}" in link for link in page.links())
        assert client.get(f"/api/v1/search?q=ferry&since_generation={generation}").status_code == 400
