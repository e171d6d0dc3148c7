"""The documents are as the tables of the code have it, and what they show works."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import pytest
from click.testing import CliRunner

from indexer.cli import COMMANDS, command_line
from indexer.config import SETTINGS
from tests.archives import REPOSITORY

DOCS = REPOSITORY / "docs"
TABLES = runpy.run_path(str(DOCS / "tables.py"))
PAPERS = [*sorted(DOCS.glob("*.md")), *(REPOSITORY / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))]  # fmt: skip
MAX_WORDS = 1_000
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)(#[^)]*)?\)")
_COMMAND = re.compile(r"^(?:\.venv/bin/)?backfile (\S+)[^#\n]*", re.MULTILINE)
_INDEX = "from indexer import load_settings, reindex\nreindex(load_settings('config.toml'))"
_PYTHON = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("path", sorted(DOCS.glob("*.md")), ids=lambda path: path.name)
def test_generated_parts_are_as_the_tables_have_them(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert TABLES["filled"](text) == text, "run `python docs/tables.py`"


def test_every_table_stands_in_a_document() -> None:
    text = "".join(path.read_text(encoding="utf-8") for path in DOCS.glob("*.md"))
    assert set(re.findall(r"<!-- table: (\w+) -->", text)) == set(TABLES["TABLES"])
    assert "`ranking.recency_half_life_days` | `365.0` | 0.01 to 100000 |" in text
    assert all(f"`{setting.full_name}`" in text for setting in SETTINGS)


def test_a_part_that_differs_is_made_anew() -> None:
    old = "Head\n<!-- table: languages -->\nklingon\n<!-- end -->\nTail"
    assert "klingon" not in TABLES["filled"](old)
    assert TABLES["filled"](old).endswith("swedish\n<!-- end -->\nTail")


def test_the_readme_is_short() -> None:
    assert len((REPOSITORY / "README.md").read_text(encoding="utf-8").split()) <= MAX_WORDS


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.name)
def test_links_lead_somewhere(path: Path) -> None:
    for target, _ in _LINK.findall(path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: path.name)
def test_commands_and_their_options_exist(path: Path) -> None:
    for found in _COMMAND.finditer(path.read_text(encoding="utf-8")):
        name = found[1]
        if name == "COMMAND" or name.startswith("-"):
            continue
        assert name in {*COMMANDS, "serve"}, found[0]
        if name in COMMANDS:
            words = [name, found[0].split()[2], "--help"] if name in ("eval", "cite") else [name, "--help"]
            shown = CliRunner().invoke(command_line(), words)
            assert shown.exit_code == 0, found[0]
            for option in re.findall(r"(?<=\s)--[a-z-]+", found[0]):
                assert option in shown.output, found[0]


@pytest.mark.parametrize("name", ["README.md", "docs/api.md", "docs/deploying.md", "docs/taking-away.md"])
def test_python_examples_run(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Over the sample archive; a run of theirs makes an index in a folder that is thrown away."""
    settings = (REPOSITORY / "config.toml").read_text(encoding="utf-8")
    settings = settings.replace('path = "corpus"', f'path = "{REPOSITORY / "corpus"}"')
    (tmp_path / "config.toml").write_text(settings, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    examples = _PYTHON.findall((REPOSITORY / name).read_text(encoding="utf-8"))
    assert examples
    for code in (_INDEX, *examples):
        exec(compile(code, name, "exec"), {"__name__": "__main__"})
