"""`backfile export` and `backfile cite`."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result

from indexer import load_settings
from indexer.formats import EXPORTS, FEEDS
from search_web import create_app
from tests.cli.conftest import Run, command, environment
from tests.exports.readers import READERS

pytestmark = pytest.mark.usefixtures("corpus_index")


@pytest.mark.parametrize("name", EXPORTS)
def test_an_export_is_written_to_a_file_or_out(search: Run, tmp_path: Path, name: str) -> None:
    out = search("export", "ferry", "--topic", "Transport", "--format", name)
    assert (out.exit_code, out.stderr) == (0, "")
    file = tmp_path / "export"
    result = search("export", "ferry", "--topic", "Transport", "--format", name, "--output", file)
    assert (result.exit_code, result.output) == (0, "")
    assert file.read_bytes() == out.stdout_bytes
    read = READERS[name](out.stdout)
    assert len(read) > 3
    first = READERS[name](
        search("export", "ferry", "--topic", "Transport", "--format", name, "--size", "2").stdout
    )
    assert first == read[:2]
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_command_writes_what_the_address_gives(run: Run, tmp_path: Path, corpus_index: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        f'[index]\npath = "{corpus_index}"\n[web]\nbase_url = "https://a.example"\nprefix = "/x"\n'
    )
    app = create_app(load_settings(config))
    for name in sorted(set(EXPORTS) - {"json", *FEEDS}):  # these name their own address
        out = run("export", "ferry", "--format", name, "--config", config)
        assert out.stdout_bytes == app.test_client().get(f"/x/api/v1/export?q=ferry&format={name}").data
    cited = run(
        "cite", "search", "ferry", "--sort", "oldest", "--format", "bibtex", "--config", config
    ).stdout
    assert cited == app.test_client().get("/x/api/v1/cite?q=ferry&sort=oldest&format=bibtex").text
    assert "https://a.example/x/search?q=ferry&sort=oldest&since_generation=1" in cited


def test_nothing_is_left_half_written(search: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "ferry.csv"
    file.write_text("as it was")

    def full(*_: object) -> Iterator[bytes]:
        yield b"begun"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("indexer.cli.exporting.encoded", full)
    result = search("export", "ferry", "--format", "csv", "--output", file)
    assert (result.exit_code, result.stdout) == (2, "")
    assert f"the file cannot be written: No space left on device ({file})" in result.stderr
    assert file.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("name", ["nowhere/ferry.csv", "."])
def test_a_file_that_cannot_be_written_is_refused(search: Run, tmp_path: Path, name: str) -> None:
    result = search("export", "ferry", "--format", "csv", "--output", tmp_path / name)
    assert result.exit_code == 2
    assert len(result.stderr.splitlines()) == 1
    assert not list(tmp_path.iterdir())


def test_a_link_and_a_pipe_are_written_through(search: Run, tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to(tmp_path / "real.csv")
    assert search("export", "ferry", "--format", "csv", "--output", tmp_path / "link.csv").exit_code == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert "Ferry" in (tmp_path / "real.csv").read_text()
    assert search("export", "ferry", "--format", "csv", "--output", "/dev/null").exit_code == 0
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_feed_has_the_newest_first(search: Run) -> None:
    refused = search("export", "ferry", "--format", "atom", "--sort", "relevance")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert (
        "a feed cannot be sorted by 'relevance'. It has the newest first; leave out 'sort'." in refused.stderr
    )


@pytest.mark.parametrize("option", ["--page", "--cursor", "--since-generation", "--time-limit-ms"])
def test_an_export_has_no_pages(search: Run, option: str) -> None:
    result = search("export", "ferry", option, "2")
    assert result.exit_code == 2
    assert f"there is no option {option}." in result.stderr


def test_an_article_and_a_search_are_cited(run: Run, search: Run, corpus_index: Path) -> None:
    def cite(what: str, *words: object) -> Result:
        return run("cite", what, "--index", corpus_index, *words)

    found = READERS["json"](search("export", "marisol", "--size", "1").stdout)[0]
    text = cite("article", found["id"])
    assert text.exit_code == 0
    assert text.stdout.startswith("Anselm Brodie, “Café Marisol opens")
    assert str(found["url"]) in text.stdout
    bibtex = READERS["bibtex"](cite("article", found["url"], "--format", "bibtex").stdout)
    assert bibtex[0]["id"] == found["id"]
    cited = cite("search", "ferry", "--topic", "Transport").stdout
    assert cited.startswith("Backfile. Search for “ferry” (topic: Transport). ")
    assert "; generation 1 of the archive, made on " in cited
    missing = cite("article", "nowhere")
    assert (missing.exit_code, missing.stdout) == (1, "")


def test_a_reader_that_leaves_ends_an_export_quietly(corpus_index: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        command("export", "--index", corpus_index, "--format", "csv"),
        stdout=writer,
        stderr=subprocess.PIPE,
        env=environment(),
        check=False,
        timeout=120,
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (0, b"")
