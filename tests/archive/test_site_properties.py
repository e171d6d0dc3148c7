"""Whatever a configuration or a front matter holds, reading goes on."""

from __future__ import annotations

import json
import pickle
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from indexer.archive.read import read_bytes
from indexer.archive.records import Kind
from indexer.archive.site import find_site
from indexer.config import ArchiveSettings
from indexer.fields import DEFAULT_FIELDS
from tests.archive.sites import SAMPLES
from tests.archives import drawn

NOW = datetime(2026, 1, 2, tzinfo=UTC)
TEXTS = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["/:year/:title/", "{slug}", "{date:%Q}/{x}", "(", "2020-01-01", "9999-12-31", "false", "../a", "/"]
    ),
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9**20), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, max_size=3)),
    max_leaves=6,
)
OF_CONFIGURATIONS = (
    "url", "baseurl", "baseURL", "permalink", "permalinks", "collections", "collections_dir", "defaults", "source",
    "source_dir", "include", "future", "timezone", "languages", "uglyURLs", "frontmatter", "module", "contentDir",
    "new_post_name", "category_map", "permalink_defaults", "pretty_urls", "theme",
)  # fmt: skip
OF_FILES = (
    "date", "permalink", "slug", "url", "aliases", "redirect_from", "alias", "tags", "categories", "category", "draft",
    "published", "publish", "expiryDate", "status", "build", "headless", "lang", "author", "id", "image", "related",
    "publishDate", "save_as",
)  # fmt: skip
PATHS = st.sampled_from([
    "_posts/2020-01-02-a.md", "_posts/a.md", "a/_posts/2020-1-2-b.md", "_walks/x/y.md", "content/posts/a.fr.md",
    "content/_index.md", "content/index.md", "source/_posts/a/b.md", "source/x.md", "docs/1-a/2-b.md", "index.md",
    "blog/2020-01-02-a/index.md", "versioned_docs/version-1/a.md", "i18n/fr/docusaurus-plugin-content-docs/x/a.md", ".md",
])  # fmt: skip


def settings_of(folder: Path, kind: str) -> ArchiveSettings:
    return ArchiveSettings(folder, 5_000_000, DEFAULT_FIELDS, kind=kind)


@drawn(150)
@given(
    st.dictionaries(st.sampled_from(OF_CONFIGURATIONS), VALUES),
    st.sampled_from(["_config.yml", "hugo.json", "config.yaml", "versions.json"]),
    st.dictionaries(st.sampled_from(OF_FILES), VALUES),
    PATHS,
)
def test_any_configuration_and_any_front_matter_are_read(
    config: dict, name: str, front: dict, path: str
) -> None:  # type: ignore[type-arg]
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / name).write_text(json.dumps(config), encoding="utf-8")
        if name == "versions.json":
            (Path(folder) / "docusaurus.config.js").write_text(f"export default {json.dumps(config)}")
            (Path(folder) / "source").mkdir()
        for kind in ("auto", "jekyll", "hugo", "hexo", "docusaurus"):
            site = find_site(settings_of(Path(folder), kind))
            assert pickle.loads(pickle.dumps(site)).fingerprint == site.fingerprint
            text = f"---\n{json.dumps({'title': 'A', **front})}\n---\nText.\n"
            record = read_bytes(path, text.encode(), settings_of(Path(folder), kind), site=site, now=NOW)
            assert record.kind not in (Kind.TOPIC, Kind.ORGANIZATION)
            assert (record.kind is Kind.WITHDRAWN) == bool(record.withdrawn_by)
            assert record.due is None or record.due > NOW


@drawn(60)
@given(st.dictionaries(st.sampled_from(OF_FILES), VALUES), PATHS)
def test_any_front_matter_is_read_in_a_site_of_each_kind(front: dict, path: str) -> None:  # type: ignore[type-arg]
    text = f"---\n{json.dumps({'title': 'A', **front})}\n---\nText.\n"
    with tempfile.TemporaryDirectory() as folder:
        for sample in SAMPLES:
            root = sample.write(Path(folder) / sample.kind)
            site = find_site(settings_of(root, sample.kind))
            again = [
                read_bytes(path, text.encode(), settings_of(root, sample.kind), site=site, now=NOW)
                for _ in range(2)
            ]
            assert again[0] == again[1]
