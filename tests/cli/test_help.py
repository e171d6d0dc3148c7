from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

import indexer.errors
from indexer.archive.discover import ENDINGS
from indexer.cli import COMMANDS, EXIT_STATUSES, command_line
from indexer.cli.evaluating import evaluate
from indexer.cli.exporting import cite
from indexer.errors import BackfileError
from indexer.query.language.syntax import SYNTAX
from tests.archives import REPOSITORY
from tests.cli.conftest import Process, Run, environment

ALL = sorted(COMMANDS)
GRADES = [*(f"eval {name}" for name in evaluate.commands), *(f"cite {name}" for name in cite.commands)]
RUNNABLE = [*(name for name in ALL if name not in ("eval", "cite")), *GRADES]
HAS_FORMATS = {"export", "cite article", "cite search"}
PRINTS_DATA = sorted(set(RUNNABLE) - {"serve"} - HAS_FORMATS)
SEE_SEARCH, SEE_INDEX = " See `backfile search --help`.", " See `backfile index --help`."
NO_TOPICS = "there is no option --topics. Did you mean '--topic'?"
NO_SUCH_FILE = "there is no such settings file (nowhere.toml). Name an existing file with --config."
ERRORS = [
    kind
    for kind in vars(indexer.errors).values()
    if isinstance(kind, type) and issubclass(kind, BackfileError)
]


def _command(name: str) -> click.Command:
    """Find a command, or one within a group: `eval collection`."""
    command: click.Command | None = command_line()
    for word in name.split():
        assert isinstance(command, click.Group)
        command = command.get_command(click.Context(command), word)
    assert command is not None
    return command


def _options(name: str) -> set[str]:
    command = _command(name)
    return {option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts)}


def test_the_commands_are_those_of_the_brief() -> None:
    assert ALL == [
        "check", "cite", "compare", "eval", "export", "facets", "index", "overview", "related", "search", "serve",
        "show", "stats", "story", "suggest", "timeline",
    ]  # fmt: skip


@pytest.mark.parametrize("name", [*ALL, *GRADES])
def test_every_command_has_help_with_an_example_of_itself(run: Run, name: str) -> None:
    result = run(*name.split(), "--help")
    assert result.exit_code == 0
    assert result.stderr == ""
    examples = result.stdout.split("Examples:")[1]
    assert f"  backfile {name}" in examples


@pytest.mark.parametrize("name", [*ALL, *GRADES])
def test_the_examples_use_options_that_exist(run: Run, name: str) -> None:
    examples = run(*name.split(), "--help").stdout.split("Examples:")[1].split("The language")[0]
    assert set(re.findall(r"(?<= )--[a-z-]+", examples)) <= _options(name)


@pytest.mark.parametrize("name", RUNNABLE)
def test_every_command_takes_config_and_index(name: str) -> None:
    assert {"--config", "--index"} <= _options(name)


@pytest.mark.parametrize("name", PRINTS_DATA)
def test_every_command_that_prints_data_does_so_as_json(name: str) -> None:
    assert "--json" in _options(name)


@pytest.mark.parametrize("name", [*ALL, *GRADES])
def test_every_option_is_explained(name: str) -> None:
    for parameter in _command(name).params:
        if isinstance(parameter, click.Option):
            assert (parameter.help or "").endswith("."), parameter.name


def test_search_has_the_options_of_the_brief() -> None:
    assert {
        "--topic",
        "--provider",
        "--author",
        "--category",
        "--type",
        "--tag",
        "--date",
        "--after",
        "--before",
        "--featured",
        "--not-featured",
        "--origin",
        "--sort",
        "--page",
        "--size",
        "--cursor",
        "--facet-size",
        "--explain",
        "--facets",
        "--broaden",
        "--recency-weight",
    } <= _options("search")


def test_search_explains_the_language_from_its_table(run: Run) -> None:
    told = " ".join(run("search", "--help").stdout.split())
    for row in SYNTAX:
        assert " ".join(row.example.split()) in told
        assert " ".join(row.meaning.split()) in told


@pytest.mark.parametrize("words", [["-h"], ["board", "-h"]])
def test_h_is_help_in_a_search_too(run: Run, words: list[str]) -> None:
    assert run("search", *words).stdout.startswith("Usage: backfile search")


@pytest.mark.parametrize("words", [["--help"], ["-h"], []])
def test_the_group_lists_every_command_and_every_exit_status(run: Run, words: list[str]) -> None:
    result = run(*words)
    assert result.exit_code == 0
    for name in ALL:
        assert re.search(rf"^  {name} ", result.stdout, re.MULTILINE)
    for status, meaning in EXIT_STATUSES.items():
        assert re.search(rf"^ +{status} +{re.escape(meaning)}$", result.stdout, re.MULTILINE)


@pytest.mark.parametrize("error", ERRORS)
def test_the_status_of_every_error_is_documented(error: type[BackfileError]) -> None:
    assert error.exit_status in EXIT_STATUSES


def test_version(run: Run) -> None:
    assert re.fullmatch(r"backfile (\d+\.\d+\.\d+.*|\(not installed\))\n", run("--version").stdout)


def test_python_m_indexer_is_the_same_command_line(process: Process) -> None:
    """`process` runs `python -m indexer`."""
    done = process("serve", "--help")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Usage: python -m indexer serve ")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["serch"], "there is no command 'serch'. Did you mean 'search'? See `backfile --help`."),
        (["search", "--topics", "AI"], f"{NO_TOPICS}{SEE_SEARCH}"),
        (["search", "--topics=AI"], f"{NO_TOPICS}{SEE_SEARCH}"),
        (["search", "--zzz"], f"there is no option --zzz.{SEE_SEARCH}"),
        (["index", "--ful"], f"there is no option --ful. Did you mean '--full'?{SEE_INDEX}"),
        (["--versoin"], "there is no option --versoin. Did you mean '--version'? See `backfile --help`."),
        (["search", "--sort", "newst"], "'sort' cannot be 'newst'. Did you mean 'newest'?"),
        (["search", "--size", "0"], "'size' must be a whole number from 1 to 100, not 0."),
        (["facets", "topci"], "there is no facet 'topci'. Did you mean 'topic'?"),
        (["show"], "missing argument 'KEY'. See `backfile show --help`."),
        (["related", "x", "--size", "0"], None),
        (["search", "--page", "two"], None),
        (["search", "--config", "nowhere.toml"], NO_SUCH_FILE),
    ],
)
def test_what_cannot_be_used_is_one_sentence_and_status_2(
    run: Run, corpus_index: Path, words: list[str], sentence: str | None
) -> None:
    place = ["--index", str(corpus_index)] if words[0] in ALL else []
    result = run(*words[:1], *place, *words[1:])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("backfile: ")
    assert result.stderr.count("\n") == 1
    if sentence:
        assert result.stderr == f"backfile: {sentence}\n"


def test_the_help_and_the_readme_name_every_format_that_is_read(run: Run) -> None:
    names = {
        ".md": "Markdown", ".markdown": "Markdown", ".mdx": "MDX", ".txt": "text", ".html": "HTML", ".htm": "HTML",
        ".rst": "reStructuredText", ".yaml": "YAML", ".yml": "YAML", ".json": "JSON", ".toml": "TOML",
    }  # fmt: skip
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    for text in (run("--help").stdout, readme[readme.index("## What is an archive") :]):
        assert [names[ending] for ending in ENDINGS if names[ending] not in text] == []


@pytest.mark.parametrize("words", [("search", "ferry"), ("stats",), ("check",), ("timeline", "ferry")])
def test_a_missing_index_is_made_by_the_command_that_is_named(
    run: Run, tmp_path: Path, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # away from the project's own settings and index
    nowhere = tmp_path / "not here"
    result = run(*words, "--index", nowhere)
    assert (result.exit_code, result.stdout) == (4, "")
    assert result.stderr == (
        f"backfile: there is no index ({nowhere}). Run `backfile index ARCHIVE --index '{nowhere}'` first.\n"
    )
    assert "Run `backfile index` first." in run(*words).stderr


def test_a_damaged_index_is_made_anew_by_the_command_that_is_named(
    run: Run, corpus_index: Path, tmp_path: Path
) -> None:
    index = shutil.copytree(corpus_index, tmp_path / "index")
    for segment in index.glob("MAIN_*.arrays"):
        segment.write_bytes(b"")
    result = run("search", "ferry", "--index", index)
    assert result.exit_code == 4
    assert f"Run `backfile index ARCHIVE --index {index}" in result.stderr


def test_hints_name_the_script_that_was_started(corpus_index: Path, tmp_path: Path) -> None:
    script = tmp_path / "backfile"
    script.write_text(f"#!{sys.executable}\nfrom indexer.cli import main\nmain()\n", encoding="utf-8")
    script.chmod(0o755)

    def hint(*words: str, path: Path) -> str:
        done = subprocess.run(
            [*words, "search", "ferry", "--size", "1", "--index", corpus_index],
            env=environment(PATH=f"{path}", PYTHONPATH=f"{REPOSITORY}"),
            capture_output=True, text=True, check=True, cwd=tmp_path,
        )  # fmt: skip
        return done.stdout.splitlines()[-1].partition(" search")[0]

    assert hint("./backfile", path=tmp_path / "none") == "Next page: ./backfile"
    assert hint("backfile", path=tmp_path) == "Next page: backfile"
    assert hint(sys.executable, "-m", "indexer", path=tmp_path) == "Next page: python -m indexer"
