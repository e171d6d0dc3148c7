"""What a site's owner changes elsewhere than in the articles' files, and what time changes."""

from __future__ import annotations

import json
import shutil
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from indexer import check_index, open_archive, reindex
from indexer.config import Settings
from tests.archive.sites import HEXO, HOST, HUGO, JEKYLL, SAMPLES, Sample, post
from tests.archives import settings_for


def settings_of(sample: Sample, root: Path, **archive: Any) -> Settings:
    """Write a site; return settings for its archive and an index beside it."""
    folder = sample.write(root / "site")
    settings = settings_for(root, archive=archive)
    return replace(settings, archive=replace(settings.archive, path=folder))


def held(settings: Settings) -> dict[str, Any]:
    """Return what an index has: of each file its article as JSON."""
    with open_archive(index=settings.index.path) as archive:
        hits = archive.search("", size=100)
        return {archive.file(hit.article) or hit.article.id: hit.article.to_json() for hit in hits}


def fresh(settings: Settings) -> dict[str, Any]:
    """Return what an index has that is built anew."""
    another = replace(settings, index=replace(settings.index, path=settings.index.path.with_name("fresh")))
    shutil.rmtree(another.index.path, ignore_errors=True)
    reindex(another)
    return held(another)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Return a function that sets the time of the runs that follow."""

    def set_to(moment: datetime) -> None:
        class Clock(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                return moment.astimezone(tz)

        monkeypatch.setattr(sys.modules["indexer.indexing.reindex"], "datetime", Clock)

    return set_to


def test_a_changed_configuration_is_followed(tmp_path: Path) -> None:
    settings = settings_of(JEKYLL, tmp_path)
    assert reindex(settings).site["kind"] == "jekyll"
    assert reindex(settings).read == 0
    config = tmp_path / "site" / "_config.yml"
    config.write_text(f"url: {HOST}\npermalink: pretty\n")
    report = reindex(settings)
    assert report.rebuilt == "the configuration of its site changed"
    assert held(settings) == fresh(settings)
    assert held(settings)["town/_posts/2019-02-03-bread.md"]["url"] == f"{HOST}/town/2019/02/03/bread/"
    assert reindex(settings).read == 0


def test_a_setting_of_the_site_is_followed(tmp_path: Path) -> None:
    settings = settings_of(HEXO, tmp_path)
    reindex(settings)
    for changes in ({"base_url": "https://other.example"}, {"kind": "plain"}):
        settings = replace(settings, archive=replace(settings.archive, **changes))
        assert reindex(settings).rebuilt
        assert held(settings) == fresh(settings)
        assert reindex(settings).read == 0


def test_an_article_is_found_from_the_day_of_its_publication_and_until_it_expires(
    tmp_path: Path, clock: Any
) -> None:
    settings = settings_of(HUGO, tmp_path)
    folder = settings.archive.path
    begins, ends = datetime(2031, 5, 6, 10, tzinfo=UTC), datetime(2031, 5, 8, tzinfo=UTC)
    front = f"date: {begins.isoformat()}\nexpiryDate: {ends.isoformat()}\n"
    (folder / "posts" / "market.md").write_text(post("The market", front))
    found = []
    for moment in (begins - timedelta(hours=1), begins, ends - timedelta(hours=1), ends):
        clock(moment)
        report = reindex(settings)
        found.append(("posts/market.md" in held(settings), report.read))
        assert held(settings) == fresh(settings)
        assert reindex(settings).read == 0
    assert [is_found for is_found, _ in found] == [False, True, True, False]
    assert [read for _, read in found][1:] == [1, 0, 1]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.kind)
def test_check_counts_what_was_withdrawn_by_which_field(sample: Sample, tmp_path: Path) -> None:
    settings = settings_of(sample, tmp_path)
    report = reindex(settings)
    assert report.site["kind"] == sample.kind
    withdrawn = check_index(settings).withdrawn
    assert sum(withdrawn.values()) == report.withdrawn
    assert set(sample.held.values()) - {"_drafts/"} <= set(withdrawn)
    assert json.loads(json.dumps(report.to_json()))["site"]["kind"] == sample.kind


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.kind)
def test_every_article_of_a_site_is_found_in_its_language(sample: Sample, tmp_path: Path) -> None:
    settings = settings_of(sample, tmp_path)
    reindex(settings)
    prefix = "" if sample.given == "." else f"{sample.given}/"
    found = {f"{prefix}{path}": article for path, article in held(settings).items()}
    assert found.keys() >= sample.published.keys()
    for path, (address, _) in sample.published.items():
        assert found[path]["url"] == address, path
    for path, article in found.items():
        assert article["language"] == sample.languages.get(path, sample.main_language), path
    assert sample.languages.keys() <= found.keys()


def test_an_article_is_found_by_its_address_and_its_old_one(tmp_path: Path) -> None:
    settings = settings_of(HUGO, tmp_path)
    reindex(settings)
    with open_archive(index=settings.index.path) as archive:
        for url in (f"{HOST}/legacy/old.html", f"{HOST}/older/"):
            assert archive.article(url).title == "Old"


def test_a_page_that_becomes_a_bundle_takes_in_the_files_beside_it(tmp_path: Path) -> None:
    settings = settings_of(HUGO, tmp_path)
    bundle = settings.archive.path / "notes" / "bundle"
    assert reindex(settings).rebuilt == "there was no index"
    assert "notes/bundle/part.md" not in held(settings)
    for change in ("rename index.md", "add _index.md", "rename back"):
        if change == "add _index.md":
            (bundle / "_index.md").write_text(post("Section"))
        else:
            names = ("index.md", "leaf.md")
            old, new = names if change == "rename index.md" else reversed(names)
            (bundle / old).rename(bundle / new)
        report = reindex(settings)
        assert not report.rebuilt
        assert report.read == {"rename index.md": 2, "add _index.md": 1, "rename back": 1}[change]
        assert held(settings) == fresh(settings), change
        assert "notes/bundle/part.md" in held(settings), change
        assert reindex(settings).read == 0
    (bundle / "_index.md").unlink()
    assert reindex(settings).read == 1
    assert "notes/bundle/part.md" not in held(settings)
    assert held(settings) == fresh(settings)


def test_a_configuration_that_cannot_be_read_is_a_notice(tmp_path: Path) -> None:
    settings = settings_of(JEKYLL, tmp_path)
    config = tmp_path / "site" / "_config.yml"
    config.write_text(config.read_text() + "timezone: Mars/Foo\n")
    reindex(settings)
    notices = [notice.text for notice in check_index(settings).notices if notice.code == "site"]
    assert notices == ["`timezone` = 'Mars/Foo' is not a known time zone, and is passed over"]
    config.write_text(config.read_text().replace("Mars/Foo", "Europe/Oslo"))
    assert reindex(settings).rebuilt == "the configuration of its site changed"
    assert not [notice for notice in check_index(settings).notices if notice.code == "site"]
