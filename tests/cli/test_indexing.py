from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import indexer.cli.indexing
from indexer import errors, load_settings, reindex
from indexer.indexing import CheckReport, IndexReport, InterruptedRun, Progress, ProgressHook
from tests.archives import write
from tests.cli.conftest import Run
from tests.cli.examples import FULL_CHECK, check_report, index_report

OF_RUN = ["added", "changed", "removed", "unchanged"]
OF_INDEX = [
    "files",
    "articles",
    "duplicates",
    "withdrawn",
    "rejected",
    "topics",
    "organizations",
    "related",
]
CHECK = [
    "rejected", "damaged", "dangling", "clashes", "missing_dates", "future_dates", "repaired", "notices", "secured", "withdrawn",
]  # fmt: skip

Fake = Callable[..., Any]


@pytest.fixture
def place(tmp_path: Path) -> tuple[Path, Path]:
    """Return an archive of two articles and a broken file, and a folder for its index."""
    archive = tmp_path / "archive"
    write(archive, "a.md", title="Board meets", date="2020-06-25T10:00:00Z", url="https://x.example/a")
    write(archive, "b.md", title="Café opens", url="https://x.example/b", excerpt="Cake.")
    (archive / "broken.md").write_text("---\nstyle: a: b\n---\n")
    return archive, tmp_path / "index"


def _index(run: Run, place: tuple[Path, Path], *words: object) -> str:
    result = run("index", place[0], "--index", place[1], *words)
    assert (result.exit_code, result.stderr) == (0, "")
    return result.stdout


def test_json_is_one_object_of_that_shape(run: Run, place: tuple[Path, Path]) -> None:
    report = json.loads(_index(run, place, "--json"))
    of_language = ["language", "votes", "language_note"]
    assert list(report) == [*OF_RUN, *OF_INDEX, "read", "seconds", "passed_over", "site", *of_language]
    assert [report[name] for name in ("added", "articles", "files", "rejected", "read")] == [2, 2, 3, 1, 3]


def test_a_summary_tells_what_was_done(run: Run, place: tuple[Path, Path]) -> None:
    lines = _index(run, place).splitlines()
    assert lines[0].startswith(f"Indexed {place[0]} in ")
    assert lines[0].endswith(" s: 3 files read.")
    assert [line.split() for line in lines[2:7]] == [
        ["added", "2"],
        ["changed", "0"],
        ["removed", "0"],
        ["unchanged", "0"],
        ["rejected", "1"],
    ]
    assert "The index has 2 articles from 3 files; among the files: 1 rejected." in lines
    assert any(line.startswith("Language: 2 articles are too few to tell the language") for line in lines)
    assert any(line.startswith(f"{place[0]}/broken.md:2:9: invalid YAML") for line in lines)
    assert lines[-1].endswith(f"backfile check --index {place[1]}")


def test_a_second_run_says_that_it_read_nothing(run: Run, place: tuple[Path, Path]) -> None:
    _index(run, place)
    assert _index(run, place).startswith("Nothing has changed: no file was read.")
    assert json.loads(_index(run, place, "--json"))["read"] == 0


def test_full_reads_everything_and_says_why(run: Run, place: tuple[Path, Path]) -> None:
    _index(run, place)
    first = _index(run, place, "--full").splitlines()[0]
    assert "3 files read. Everything was read, because " in first


def test_loss_needs_its_flag(run: Run, place: tuple[Path, Path]) -> None:
    _index(run, place)
    (place[0] / "a.md").unlink()
    (place[0] / "b.md").unlink()
    refused = run("index", place[0], "--index", place[1], "--json")
    assert (refused.exit_code, refused.stdout) == (3, "")
    assert "--allow-loss" in refused.stderr
    assert json.loads(_index(run, place, "--allow-loss", "--json"))["removed"] == 2


def test_another_archive_needs_its_flag(run: Run, place: tuple[Path, Path], tmp_path: Path) -> None:
    _index(run, place)
    write(tmp_path / "other", "c.md", title="Other", date="2021-01-01T00:00:00Z")
    refused = run("index", tmp_path / "other", "--index", place[1])
    assert (refused.exit_code, refused.stdout) == (3, "")
    assert "--new-archive" in refused.stderr
    assert json.loads(_index(run, (tmp_path / "other", place[1]), "--new-archive", "--json"))["articles"] == 1


def test_the_settings_file_names_archive_and_index(
    run: Run, place: tuple[Path, Path], tmp_path: Path
) -> None:
    config = tmp_path / "news.toml"
    config.write_text('[archive]\npath = "archive"\n[index]\npath = "elsewhere"\n')
    assert run("index", "--config", config).exit_code == 0
    assert (tmp_path / "elsewhere").is_dir()
    found = run("search", "cafe", "--config", config, "--json")
    assert json.loads(found.stdout)["total"] == 1


def test_check_of_an_archive_with_a_broken_file(run: Run, place: tuple[Path, Path]) -> None:
    _index(run, place)
    result = run("check", "--index", place[1], "--json")
    assert (result.exit_code, result.stderr) == (1, "")
    report = json.loads(result.stdout)
    assert list(report) == CHECK
    [rejected] = report["rejected"]
    assert list(rejected) == ["file", "line", "column", "reason"]
    assert (rejected["file"], rejected["line"], rejected["column"]) == ("broken.md", 2, 9)
    assert report["missing_dates"] == ["b.md"]


def test_check_without_a_fault(run: Run, place: tuple[Path, Path]) -> None:
    (place[0] / "broken.md").unlink()
    _index(run, place)
    result = run("check", "--index", place[1])
    assert result.exit_code == 0
    assert result.stdout.startswith("No faults: ")
    # The archive is not the one of the settings: the index knows which it is of.
    assert f"1 article has no date\n  {place[0] / 'b.md'}\n" in result.stdout


def test_check_names_files_from_here(
    run: Run, place: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    _index(run, place)
    monkeypatch.chdir(place[0].parent)
    lines = run("check", "--index", "index").stdout.splitlines()
    assert lines[:1] == ["1 file rejected"]
    assert lines[1].startswith("archive/broken.md:2:9: ")


def test_check_of_a_damaged_index(
    run: Run, place: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        indexer.indexing, "check_index", lambda _: check_report(damaged=("a file is cut short.",))
    )
    result = run("check", "--index", place[1])
    assert result.exit_code == 1
    assert result.stdout == "The index is damaged\n  a file is cut short.\n"


def test_check_names_the_first_of_each_kind_and_all_when_asked(
    run: Run, place: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(indexer.indexing, "check_index", lambda _: FULL_CHECK)
    told = run("check", "--index", place[1]).stdout
    assert "5 articles have no date\n  0.md\n  1.md\n  2.md\n  and 2 more; --all lists them\n" in told
    for line in (
        "2 files rejected",
        "a.md:3:13: invalid YAML: \\x1b[2J",
        "b.md: no title",
        "  the index cannot be read through.",
        "1 article is in several files",
        "  d.md is indexed, not e.md, f.md",
        "2 related links lead nowhere",
        "  c.md: Gone (https://x.example/gone)",
        "  c.md: Lost",
        "1 article is dated in the future",
        "1 file has bytes in another encoding",
        "  h.md: 2 bytes replaced",
        "1 notice 'brand_new'",
        "2 secured texts left out: neither indexed nor shown",
    ):
        assert line in told.splitlines()
    told = run("check", "--index", place[1], "--all").stdout
    assert "  3.md\n  4.md\n" in told
    assert "--all" not in told


@pytest.mark.parametrize("command", ["search", "facets topic", "show x", "related x", "stats", "check"])
@pytest.mark.parametrize("more", [[], ["--json"]])
def test_without_an_index_the_status_is_4(run: Run, tmp_path: Path, command: str, more: list[str]) -> None:
    result = run(*command.split(), "--index", tmp_path / "nowhere", *more)
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr.startswith("backfile: there is no index (")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (errors.ConfigError, 2),
        (errors.RequestError, 2),
        (errors.NotFoundError, 1),
        (errors.ArchiveError, 3),
        (errors.IndexMissingError, 4),
        (errors.IndexOutdatedError, 4),
        (errors.IndexDamagedError, 4),
        (errors.IndexUnreadableError, 4),
        (errors.SourceUnavailableError, 7),
        (errors.IndexLockedError, 5),
        (errors.BuildError, 6),
    ],
)
def test_each_error_has_its_status_and_is_one_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch, kind: type[errors.BackfileError], status: int
) -> None:
    def fail(*_: Any, **__: Any) -> IndexReport:
        raise kind("it went\nwrong \x1b[2J", where="/tmp/x", cure="Mend it.")

    monkeypatch.setattr(indexer.publishing, "reindex", fail)
    result = run("index", "--json")
    assert (result.exit_code, result.stdout) == (status, "")
    assert result.stderr == "backfile: it went wrong \\x1b[2J (/tmp/x). Mend it.\n"


@pytest.mark.parametrize(
    ("committed", "outcome"),
    [(False, "the index is unchanged"), (True, "the new index is in place")],
)
def test_an_interruption_is_one_line_and_status_130(
    run: Run, monkeypatch: pytest.MonkeyPatch, committed: bool, outcome: str
) -> None:
    def interrupted(*_: Any, **__: Any) -> IndexReport:
        raise InterruptedRun(committed=committed)

    monkeypatch.setattr(indexer.publishing, "reindex", interrupted)
    result = run("index")
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", f"Interrupted: {outcome}.\n")


def test_an_interruption_of_another_command(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: Any) -> CheckReport:
        raise KeyboardInterrupt

    monkeypatch.setattr(indexer.indexing, "check_index", interrupted)
    result = run("check")
    assert (result.exit_code, result.stdout, result.stderr) == (130, "", "Interrupted.\n")


def test_what_is_not_foreseen_is_not_swallowed(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> IndexReport:
        raise ZeroDivisionError

    monkeypatch.setattr(indexer.publishing, "reindex", broken)
    with pytest.raises(ZeroDivisionError):
        run("index")


def test_flags_reach_the_run(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[str, Any] = {}

    def fake(_: Any, *, progress: ProgressHook, **flags: bool) -> IndexReport:
        given.update(flags)
        return index_report()

    monkeypatch.setattr(indexer.publishing, "reindex", fake)
    run("index", "--full", "--new-archive")
    assert given == {"full": True, "allow_loss": False, "new_archive": True, "verify": False}


def test_a_second_run_says_who_holds_the_lock(run: Run, place: tuple[Path, Path], tmp_path: Path) -> None:
    config = tmp_path / "news.toml"
    config.write_text('[archive]\npath = "archive"\n[index]\npath = "index"\nlock_timeout_seconds = 0.1\n')
    second: list[Any] = []

    def meanwhile(_: Progress) -> None:
        if not second:
            second.append(run("index", "--config", config, "--json"))

    reindex(load_settings(config), progress=meanwhile)
    assert (second[0].exit_code, second[0].stdout) == (5, "")
    assert "another run is writing this index" in second[0].stderr


def test_an_archive_without_any_date_is_told_what_helps(run: Run, tmp_path: Path) -> None:
    for n in range(10):
        (tmp_path / "a").mkdir(exist_ok=True)
        (tmp_path / "a" / f"issue-{n}.md").write_text(f"# Issue {n}\n\nText {n}.\n")
    place = (tmp_path / "a", tmp_path / "index")
    assert "None of the 10 articles has a date: `archive.fields`" in " ".join(_index(run, place).split())
    (tmp_path / "a" / "dated.md").write_text("---\ntitle: Dated\ndate: 2020-01-01\n---\n")
    assert "None of" not in _index(run, place)


def test_what_is_repaired_and_not_published_is_listed_apart(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "shown.md").write_text("---\ntitle: One: two\n---\nText.\n")
    (tmp_path / "a" / "withdrawn.md").write_text("---\ntitle: One: two\npublished: false\n---\nText.\n")
    run("index", "a", "--index", "i")
    lines = run("check", "--index", "i").stdout.splitlines()
    indexed = lines.index("1 file repaired: indexed, but correct the front matter")
    assert lines[indexed + 1].startswith("a/shown.md:2: ")
    apart = lines.index("1 file repaired, but not published and not indexed")
    assert lines[apart + 1].startswith("a/withdrawn.md:2: ")
    repaired = json.loads(run("check", "--index", "i", "--json").stdout)["repaired"]
    assert [(one["file"], one["indexed"]) for one in repaired] == [
        ("shown.md", True),
        ("withdrawn.md", False),
    ]
