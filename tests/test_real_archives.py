"""The whole road on the real archives, where they are beside the project."""

from __future__ import annotations

import dataclasses
import os
import re
import shutil
from pathlib import Path

import pytest

from indexer import IndexReport, Settings, check_index, load_settings, open_archive, reindex
from indexer.facets import FACETS
from tests.archives import REAL_ARCHIVES, write

pytestmark = pytest.mark.archives

SECURED = re.compile(rb'^secured: "?([A-Za-z0-9+/=;]{40,})', re.MULTILINE)


def settings_of(archive: Path, index: Path) -> Settings:
    return load_settings(archive=archive, index=index)


def accounted(report: IndexReport) -> int:
    own = report.articles - report.related
    return (
        own
        + report.duplicates
        + report.withdrawn
        + report.rejected
        + report.passed_over
        + report.topics
        + report.organizations
    )


class TestSeed:
    @pytest.fixture(scope="class")
    @classmethod
    def settings(cls, tmp_path_factory: pytest.TempPathFactory) -> Settings:
        settings = settings_of(REAL_ARCHIVES / "seed", tmp_path_factory.mktemp("seed") / "index")
        reindex(settings)
        return settings

    def test_three_articles_are_found_and_linked(self, settings: Settings) -> None:
        with open_archive(index=settings.index.path) as archive:
            results = archive.search("facial recognition")
            assert results.total == archive.search("").total == 3
            boston = next(hit.article for hit in results if hit.article.origin == "file")
            assert boston.title.startswith("Boston Bans Use Of Facial Recognition")
            related = archive.related(boston)
            assert [
                (item.kind, item.article.provider and item.article.provider.name) for item in related
            ] == [
                ("editors", "Mashable"),
                ("editors", "International Business Times"),
            ]
            assert {v.value for v in results.facets["topic"]} == {"AI", "Natural Language Processing", "none"}
            assert "wbur.org" in {v.value for v in results.facets["provider"]}

    def test_no_byte_of_the_ciphertext_is_in_the_index(self, settings: Settings) -> None:
        (file,) = (REAL_ARCHIVES / "seed").rglob("*.md")
        (secret,) = SECURED.findall(file.read_bytes())
        pieces = [secret[i : i + 24] for i in range(0, len(secret) - 24, 24)]
        for path in settings.index.path.iterdir():
            data = path.read_bytes()
            assert not any(piece in data for piece in pieces)
        assert check_index(settings).secured == 1


class TestAll:
    @pytest.fixture(scope="class")
    @classmethod
    def settings(cls, tmp_path_factory: pytest.TempPathFactory) -> Settings:
        return settings_of(REAL_ARCHIVES, tmp_path_factory.mktemp("all") / "index")

    @pytest.fixture(scope="class")
    @classmethod
    def report(cls, settings: Settings) -> IndexReport:
        return reindex(settings)

    def test_every_file_is_accounted_for(self, report: IndexReport) -> None:
        files = sum(p.suffix in (".md", ".yaml") for p in REAL_ARCHIVES.rglob("*"))
        assert report.files == files == accounted(report)
        assert 14_300 <= report.articles - report.related <= 14_500
        assert report.duplicates > 4_000
        assert (report.withdrawn, report.topics, report.organizations) == (7, 11, 80)

    def test_the_repaired_files_are_named_with_their_lines(
        self, settings: Settings, report: IndexReport
    ) -> None:
        repaired = check_index(settings).repaired
        assert len({notice.file for notice in repaired}) == 13
        for notice in repaired:
            lines = (REAL_ARCHIVES / notice.file).read_text(encoding="utf-8").splitlines()
            assert notice.line
            assert ": " in lines[notice.line - 1]

    def test_a_second_run_reads_nothing(self, settings: Settings, report: IndexReport) -> None:
        again = reindex(settings)
        assert (again.read, again.unchanged) == (0, report.articles)
        assert (again.added, again.changed, again.removed) == (0, 0, 0)

    def test_the_index_can_be_read_through_and_every_link_leads_somewhere(
        self, settings: Settings, report: IndexReport
    ) -> None:
        check = check_index(settings)
        assert check.damaged == ()
        assert check.secured > 15_000
        assert len(check.clashes) > 3_000
        assert sum(len(clash.losers) for clash in check.clashes) == report.duplicates

    def test_counts_are_totals(self, settings: Settings, report: IndexReport) -> None:
        with open_archive(index=settings.index.path) as archive:
            for query in ("facial recognition", "", '"machine learning" -google'):
                results = archive.search(query, facet_size=5)
                for name in FACETS:
                    for value in results.facets[name][:6]:
                        assert archive.search(query, **{name: value.value}).total == value.count

    def test_the_index_has_no_ciphertext(self, settings: Settings, report: IndexReport) -> None:
        data = b"".join(path.read_bytes() for path in settings.index.path.iterdir())
        files = sorted(REAL_ARCHIVES.rglob("*.md"))[:: 18_600 // 150]
        secrets = [secret for file in files for secret in SECURED.findall(file.read_bytes())]
        assert len(secrets) > 100
        assert not any(secret[:32] in data for secret in secrets)


def test_touching_changing_deleting_and_adding_is_followed(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    shutil.copytree(REAL_ARCHIVES / "power-apps" / "_news", root)
    for path in root.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    root.chmod(0o755)
    settings = settings_of(root, tmp_path / "index")
    first = reindex(dataclasses.replace(settings))
    files = sorted(root.glob("*.md"))
    os.utime(files[0])
    touched = reindex(settings)
    assert (touched.read, touched.unchanged) == (0, first.articles)
    files[1].unlink()
    write(root, "new.md", title="A new zeppelin", url="https://a.example/zeppelin")
    text = files[2].read_text(encoding="utf-8")
    files[2].write_text(
        re.sub(r"(?m)^title: .*$", "title: A changed zeppelin", text, count=1), encoding="utf-8"
    )
    followed = reindex(settings)
    assert followed.read == 2
    assert (followed.added, followed.changed) == (1, 1)
    assert followed.files == first.files
    with open_archive(index=settings.index.path) as archive:
        found = {hit.article.title for hit in archive.search("zeppelin")}
        assert found == {"A new zeppelin", "A changed zeppelin"}
        assert archive.search("").total == followed.articles
