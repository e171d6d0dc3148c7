"""Freezes an index of the present format: `python -m tests.formats.freeze` writes `tests/formats/v<n>/`.

Run once for each format version, before the first release that writes it. A frozen index is never
written again: it stands for those that readers have.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from indexer import Archive, open_archive, reindex
from indexer.index.files import FORMAT_VERSION
from indexer.index.generation import load_header, save_header
from indexer.index.toc import latest_generation
from tests.archives import settings_for, write

HERE = Path(__file__).parent
ARCHIVE = "/archive"  # what the frozen header calls the folder that it was made of
QUERIES = (
    "", "bridges", "harbour light", '"the old harbour"', "title:light", "excerpt:light", "body:ferry",
    "café", "=café", "caf*", "harbuor~", "light -bridge", "harbour OR strike", "topic:politics", "none",
    "quality:>50", "date:2020-02", "東京", "is:featured", "origin:related",
)  # fmt: skip


def _first(root: Path) -> None:
    write(root, "topics.yaml", taxonomy="topic", name="Politics", keywords=["x"])
    write(root, "cities.yaml", taxonomy="topic", name="Cities", parent="Politics", keywords=["x"])
    write(root, "post.md", taxonomy="organization", name="The Harbour Post", domain="post.example")
    for n, title in enumerate(("The old harbour", "Light on bridges", "A café by the harbour", "東京の橋")):
        write(
            root, f"{n}.md", "The ferry is late again.\n", title=title,
            excerpt=f"Of {title} and the light, number {n}.", url=f"https://post.example/{n}",
            date=f"2020-0{n + 1}-15T10:00:00Z", topics=[["Cities"], ["Politics", "Sea"], [], ["Sea"]][n],
            provider={"name": "post.example", "domain": "post.example"}, quality=n * 30, heat=-1,
            published=n == 1, tags=["t"], author="N. F.", category="News", type="article",
            images=[{"url": "https://post.example/i.jpg", "width": 2, "height": 1}], secured="c2VhbGVk;aXY=",
            related=[{"title": "Only related", "webUrl": "https://post.example/r", "publishedDateTime": "2019-12-31"}],
        )  # fmt: skip
    for n, wire in enumerate(("one", "two", "three")):
        write(
            root, f"wire{n}.md", title="Ferry strike closes the harbour", url=f"https://{wire}.example/strike",
            excerpt="A ferry strike has closed the harbour for a week, and the town waits for its bread.",
            date=f"2020-06-0{n + 1}T08:00:00Z", provider={"name": wire.title(), "domain": f"{wire}.example"},
        )  # fmt: skip
    for word in ("bread", "mail", "school", "fish", "rain", "music", "paint", "coal", "wheat"):
        write(root, f"{word}.md", title=f"{word} and the ferry strike", url=f"https://post.example/{word}")
    write(root, "gone.md", title="Gone harbour", url="https://post.example/gone", date="2020-05-01")
    write(root, "broken.md", title="x").write_text("---\ntitle: [\n---\n")


def _second(root: Path) -> None:
    (root / "gone.md").unlink()
    write(root, "new.md", title="Strike at the harbour", excerpt="No ferry.", url="https://other.example/n")
    write(root, "copy.md", title="Light on bridges", url="https://post.example/1", date="2020-01-01")


def answers(archive: Archive) -> dict[str, Any]:
    """Return what the index answers to QUERIES, and all it knows of one article."""
    found: dict[str, Any] = {}
    for query in QUERIES:
        results = archive.search(query, size=100)
        facets = {name: [(v.label, v.count) for v in values] for name, values in results.facets.items()}
        hits = [(hit.article.id, round(hit.score, 4), str(hit.snippet)) for hit in results]
        found[query] = {"total": results.total, "hits": hits, "facets": facets}
    article = archive.article("https://post.example/2")
    related = [item.article.id for item in archive.related(article)]
    return {"queries": found, "article": article.to_json(), "file": archive.file(article), "related": related}


def derived(archive: Archive) -> dict[str, Any]:
    """Return what it knows of stories and phrases."""
    hits = archive.search("", size=100, collapse=True)
    found = archive.suggest("fer", kinds="phrase")
    return {
        "stories": [[member.id for member in hit.story] for hit in hits],
        "phrases": [(one.text, one.count) for one in found],
    }


def main() -> None:
    """Write the frozen index, and what it answers."""
    target = HERE / f"v{FORMAT_VERSION}"
    if target.exists():
        sys.exit(f"{target.name} is frozen already")
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as monkey:
        monkey.setattr(
            "indexer.indexing.writer.to_merge", lambda sizes, added: []
        )  # two segments, and deletions
        settings = settings_for(Path(folder))
        for step in (_first, _second):
            step(settings.archive.path)
            reindex(settings)
        shutil.copytree(settings.index.path, target, ignore=shutil.ignore_patterns("write.*"))
        header = load_header(target, latest_generation(target))
        save_header(target, replace(header, archive=ARCHIVE))
    with open_archive(index=target) as archive:
        for name, found in (("answers", answers(archive)), ("derived", derived(archive))):
            text = json.dumps(found, ensure_ascii=False, indent=1)
            (target / f"{name}.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
