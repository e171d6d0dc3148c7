"""Imports go one way. The table says for each package what it may import of the project; an import
inside a function counts like any other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from tests.archives import REPOSITORY

GROUND = {
    "indexer.nearness", "indexer.invisible", "indexer.errors", "indexer.article", "indexer.identity", "indexer.facets", "indexer.fields", "indexer.config",
    "indexer.config_file", "indexer.languages", "indexer.alphabets", "indexer.zones", "indexer.checks", "indexer.contrast", "indexer.messages",
}  # fmt: skip
# What both roads share: the model, the analysis, the schema, the codec.
INDEX = {
    "indexer.archive",
    "indexer.analysis",
    "indexer.index.schema",
    "indexer.codec",
    "indexer.index.files",
    "indexer.index.toc",
    "indexer.index.generation",
    "indexer.index.derived",
    "indexer.index.changes",
}
# What whoever asks may import of `query`: a question, how it can be written, and the answers.
ASKING = {
    "indexer.query.archive",
    "indexer.query.checking",
    "indexer.query.parameters",
    "indexer.query.request",
    "indexer.query.language",
    "indexer.query.answers",
}
# The rooms of `query`, from the ground up: what each may import of the others.
QUERY: dict[str, set[str]] = {
    "indexer.query": set(),
    "indexer.query.parameters": {
        "indexer.article",
        "indexer.checks",
        "indexer.facets",
        "indexer.formats",
        "indexer.messages",
    },
    "indexer.query.checking": {"indexer.errors", "indexer.messages", "indexer.query.parameters"},
    "indexer.query.request": GROUND | {"indexer.query.checking", "indexer.query.parameters"},
    "indexer.query.answers": GROUND
    | {
        "indexer.analysis",
        "indexer.archive",
        "indexer.query.deadline",
        "indexer.query.parameters",
        "indexer.query.request",
    },
    "indexer.query.periods": {"indexer.index.schema", "indexer.query.answers", "indexer.query.parameters"},
    "indexer.query.edits": {"indexer.codec"},
    "indexer.query.ranking": set(),
    "indexer.query.deadline": {"indexer.messages"},
    "indexer.query.language": GROUND
    | {
        "indexer.analysis",
        "indexer.index.schema",
        "indexer.query.answers",
        "indexer.query.checking",
        "indexer.query.periods",
        "indexer.query.request",
    },
    "indexer.query.source": GROUND
    | {
        "indexer.query.deadline",
        "indexer.analysis",
        "indexer.index.changes",
        "indexer.query.answers",
        "indexer.query.language",
        "indexer.query.request",
    },
    # What sources share: the names of a facet's values, and what is made of their counts.
    "indexer.query.facet_names": {"indexer.analysis", "indexer.messages", "indexer.query.parameters"},
    # … of patterns, and of reasons.
    "indexer.query.patterns": {"indexer.messages"},
    "indexer.query.reasons": {
        "indexer.analysis",
        "indexer.article",
        "indexer.index.schema",
        "indexer.query.answers",
        "indexer.query.language",
        "indexer.query.request",
    },
    "indexer.query.facet_counts": {
        "indexer.query.answers",
        "indexer.query.facet_names",
        "indexer.query.language",
        "indexer.query.parameters",
        "indexer.query.periods",
        "indexer.query.source",
    },
    # Above the sources: these know the protocol, and no source.
    "indexer.query.filters": GROUND | ASKING - {"indexer.query.archive"} | {"indexer.query.source"},
    "indexer.query.assist": GROUND
    | ASKING - {"indexer.query.archive"}
    | {
        "indexer.analysis",
        "indexer.query.deadline",
        "indexer.index.changes",
        "indexer.index.schema",
        "indexer.query.edits",
        "indexer.query.filters",
        "indexer.query.periods",
        "indexer.query.ranking",
        "indexer.query.source",
    },
    "indexer.query.engine": GROUND
    | ASKING - {"indexer.query.archive"}
    | {
        "indexer.index.schema",
        "indexer.query.assist",
        "indexer.query.deadline",
        "indexer.query.filters",
        "indexer.query.source",
    },
    "indexer.query.archive": GROUND
    | ASKING
    # The one place that knows all sources, for it opens the one that the settings name.
    | {
        "indexer.cluster",
        "indexer.query.deadline",
        "indexer.query.arrays.source",
        "indexer.query.cluster",
        "indexer.query.assist",
        "indexer.query.engine",
        "indexer.query.source",
    },
    "indexer.query.wider": {"indexer.query.answers", "indexer.query.archive", "indexer.query.request"},
    # The source over a cluster; of the arrays it has what looks words up.
    "indexer.query.cluster": GROUND
    | INDEX
    | {
        "indexer.cluster",
        "indexer.query.answers",
        "indexer.query.arrays.store",
        "indexer.query.arrays.suggest",
        "indexer.query.deadline",
        "indexer.query.edits",
        "indexer.query.facet_counts",
        "indexer.query.facet_names",
        "indexer.query.language",
        "indexer.query.patterns",
        "indexer.query.periods",
        "indexer.query.ranking",
        "indexer.query.reasons",
        "indexer.query.source",
    },
    # The source over arrays.
    "indexer.query.arrays": set(),
    "indexer.query.arrays.store": GROUND
    | INDEX
    | {
        "indexer.query.deadline",
        "indexer.query.answers",
        "indexer.query.edits",
        "indexer.query.facet_names",
        "indexer.query.parameters",
        "indexer.query.periods",
        "indexer.query.ranking",
    },
    "indexer.query.arrays.match": {
        "indexer.query.facet_names",
        "indexer.query.patterns",
        "indexer.query.deadline",
        "indexer.codec",
        "indexer.facets",
        "indexer.index.schema",
        "indexer.query.answers",
        "indexer.query.arrays.store",
        "indexer.query.language",
    },
    "indexer.query.arrays.rank": {
        "indexer.query.reasons",
        "indexer.query.deadline",
        "indexer.index.schema",
        "indexer.query.answers",
        "indexer.query.arrays.match",
        "indexer.query.arrays.store",
        "indexer.query.language",
        "indexer.query.ranking",
        "indexer.query.request",
        "indexer.query.source",
    },
    "indexer.query.arrays.facets": {
        "indexer.facets",
        "indexer.index.schema",
        "indexer.query.answers",
        "indexer.query.arrays.store",
        "indexer.query.facet_counts",
        "indexer.query.language",
        "indexer.query.source",
    },
    "indexer.query.arrays.related": {
        "indexer.codec",
        "indexer.index.schema",
        "indexer.query.arrays.store",
        "indexer.query.ranking",
        "indexer.query.source",
    },
    "indexer.query.arrays.suggest": GROUND
    | {
        "indexer.analysis",
        "indexer.codec",
        "indexer.index.derived",
        "indexer.index.schema",
        "indexer.query.arrays.store",
        "indexer.query.edits",
        "indexer.query.source",
    },
    "indexer.query.arrays.found": {
        "indexer.codec",
        "indexer.index.schema",
        "indexer.query.answers",
        "indexer.query.arrays.facets",
        "indexer.query.arrays.match",
        "indexer.query.arrays.rank",
        "indexer.query.arrays.store",
        "indexer.query.source",
    },
    "indexer.query.arrays.source": GROUND
    | INDEX
    | {
        "indexer.query.answers",
        "indexer.query.arrays.found",
        "indexer.query.arrays.match",
        "indexer.query.arrays.rank",
        "indexer.query.arrays.related",
        "indexer.query.arrays.store",
        "indexer.query.arrays.suggest",
        "indexer.query.ranking",
        "indexer.query.source",
    },
}
ALLOWED: dict[str, set[str]] = {
    "indexer.nearness": set(),
    "indexer.alphabets": set(),
    "indexer.invisible": set(),
    "indexer.messages": set(),
    "indexer.errors": {"indexer.messages", "indexer.nearness"},
    "indexer.article": set(),
    "indexer.identity": {"indexer.invisible"},
    "indexer.languages": set(),
    "indexer.zones": {"indexer.errors"},
    "indexer.contrast": set(),
    "indexer.checks": {"indexer.contrast", "indexer.errors", "indexer.languages"},
    "indexer.facets": {"indexer.languages", "indexer.messages"},
    "indexer.formats": {"indexer.messages"},
    "indexer.fields": {"indexer.facets"},
    "indexer.config_file": {"indexer.config", "indexer.errors", "indexer.fields"},
    "indexer.config": {
        "indexer.fields",
        "indexer.checks",
        "indexer.errors",
        "indexer.facets",
        "indexer.zones",
    },
    "indexer.archive": GROUND | {"indexer.codec"},
    "indexer.analysis": GROUND,
    "indexer.index": set(),
    "indexer.index.schema": {"indexer.article", "indexer.facets", "indexer.codec"},
    "indexer.codec": {"indexer.errors"},
    "indexer.index.files": {"indexer.codec", "indexer.errors"},
    "indexer.index.toc": {"indexer.codec", "indexer.index.schema", "indexer.index.files", "indexer.errors"},
    "indexer.index.generation": GROUND
    | {
        "indexer.archive",
        "indexer.analysis",
        "indexer.codec",
        "indexer.index.schema",
        "indexer.index.files",
        "indexer.index.toc",
    },
    "indexer.index.derived": {"indexer.codec", "indexer.index.files"},
    "indexer.index.changes": {"indexer.codec", "indexer.index.files"},
    "indexer.cluster": GROUND | INDEX,
    # From an index folder to a cluster: it reads what it sends as the source over arrays does.
    "indexer.publishing": GROUND
    | INDEX
    | {
        "indexer.cluster",
        "indexer.indexing",
        "indexer.query.arrays.store",
        "indexer.query.arrays.suggest",
        "indexer.query.ranking",
    },
    "indexer.indexing": GROUND | INDEX,
    **QUERY,
    "indexer.evaluation": GROUND
    | ASKING
    | {"indexer.indexing", "indexer.analysis", "indexer.index.schema", "indexer.index.toc"},
    # The public names; what lies below imports the modules, not these.
    "indexer": GROUND | ASKING | {"indexer.indexing", "indexer.publishing"},
    "indexer.console": GROUND
    | {"indexer.indexing", *ASKING, "indexer.formats", "indexer.archive", "indexer.evaluation"},
    "indexer.cli": GROUND
    | {
        "indexer.indexing",
        "indexer.publishing",
        *ASKING,
        "indexer.query.wider",
        "indexer.formats",
        "indexer.console",
        "indexer.archive",
        "indexer.evaluation",
    },
    "indexer.__main__": {"indexer.cli"},
    "search_web": GROUND
    | {
        "indexer",
        *ASKING,
        "indexer.query.wider",
        "indexer.formats",
        "indexer.indexing",
        "indexer.archive",
        "indexer.cli",
        "indexer.console",
    },
}
# Who alone may import a library, by the library's name.
ONLY = {
    "nltk": {"indexer.analysis"},
    "regex": {"indexer.analysis.tokens"},
    "fasttext": {"indexer.analysis.detection"},
    "zstandard": {
        "indexer.codec.stored",
        "indexer.index.files",
        "search_web.compression",
    },
    "orjson": {"indexer.article", "indexer.formats.json"},
    "yaml": {"indexer.archive.yaml_values"},
    "opensearchpy": {"indexer.cluster", "indexer.publishing", "indexer.query.cluster"},
    "urllib3": {"indexer.cluster"},
    "flask": {"search_web"},
    "granian": {"search_web.workers"},
    "limits": {"search_web.rates"},
    "rich": {"indexer.console"},
    "click": {"indexer.cli", "indexer.console", "search_web.serve"},
    "filelock": {"indexer.indexing.lock"},
    "pathspec": {"indexer.archive.ignore"},
    "markdown_it": {"indexer.archive.markdown", "indexer.archive.body_html"},
    "nh3": {"indexer.archive.body_html", "search_web.bodies"},
    "whoosh": {
        "indexer.codec",
        "indexer.index.schema",
        "indexer.index.toc",
        "indexer.indexing",
        "indexer.query",
        "indexer.analysis.stopwords",
        "indexer.evaluation.related_lists",
    },
}


# What the faces may know of the queries: who answers, what is asked, what the answers are, what can be
# written, and how a query is put into another.
FACES = ("indexer.cli", "indexer.console", "search_web")
OF_QUERY = {
    "indexer.query.archive",
    "indexer.query.checking",
    "indexer.query.wider",
    "indexer.query.request",
    "indexer.query.parameters",
    "indexer.query.answers",
    "indexer.query.language.syntax",
    "indexer.query.language.rewrite",
}


def modules() -> list[tuple[str, Path]]:
    files = sorted(p for top in ("indexer", "search_web") for p in (REPOSITORY / top).rglob("*.py"))
    names = (
        ".".join(p.relative_to(REPOSITORY).with_suffix("").parts).removesuffix(".__init__") for p in files
    )
    return list(zip(names, files, strict=True))


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            base = node.module or ""
            # `from package import module` asks for the module, not for the package's names.
            found |= {f"{base}.{a.name}" if is_module(f"{base}.{a.name}") else base for a in node.names}
    return found


def is_module(name: str) -> bool:
    path = REPOSITORY.joinpath(*name.split("."))
    return path.with_suffix(".py").is_file() or (path / "__init__.py").is_file()


def inside(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def floor(module: str) -> str:
    """The entry of the table that a module belongs to: the longest that it lies in."""
    known = [name for name in ALLOWED if name != "indexer" and inside(module, name)]
    return max(known, key=len) if known else module


@pytest.mark.parametrize(("module", "path"), modules(), ids=[m for m, _ in modules()])
def test_imports_only_go_down(module: str, path: Path) -> None:
    own = floor(module)
    assert own in ALLOWED, f"{module} is not in the table"
    for name in imports(path):
        if not (inside(name, "indexer") or inside(name, "search_web")):
            continue
        target = floor(name)
        assert target == own or target in ALLOWED[own], f"{module} must not import {name}"


@pytest.mark.parametrize("face", FACES)
def test_a_face_knows_little_of_the_queries(face: str) -> None:
    known = {
        name
        for module, path in modules()
        if inside(module, face)
        for name in imports(path)
        if inside(name, "indexer.query")
    }
    assert {name for name in known if not any(inside(name, allowed) for allowed in OF_QUERY)} == set()


@pytest.mark.parametrize("library", ONLY)
def test_a_library_is_met_in_few_modules(library: str) -> None:
    users = {module for module, path in modules() if any(inside(name, library) for name in imports(path))}
    assert users, f"nobody imports {library}"
    strays = {user for user in users if not any(inside(user, allowed) for allowed in ONLY[library])}
    assert not strays


def test_there_is_no_cycle_among_modules() -> None:
    names = {module for module, _ in modules()}
    graph = {module: {n for n in imports(path) if n in names and n != module} for module, path in modules()}
    # A package's own __init__ gathers its modules; importing a module runs it, but asks nothing of it.
    done: set[str] = set()
    path: list[str] = []

    def visit(module: str) -> None:
        assert module not in path, " -> ".join([*path[path.index(module) :], module])
        if module in done:
            return
        path.append(module)
        for name in sorted(graph[module]):
            visit(name)
        path.pop()
        done.add(module)

    for module in sorted(graph):
        visit(module)


@pytest.mark.parametrize(("module", "path"), modules(), ids=[m for m, _ in modules()])
def test_a_module_is_short_and_says_what_it_is_for(module: str, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert ast.get_docstring(ast.parse(text)), f"{module} has no docstring"
    assert len(text.splitlines()) <= 400, f"{module} has grown too long"
