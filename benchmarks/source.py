"""Python source, counted: a folder -> its lines of code and who imports whom."""

from __future__ import annotations

import ast
import graphlib
import io
import tokenize
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_LAYOUT = {
    tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER,
}  # fmt: skip

Arrows = Mapping[str, set[str]]  # what each module, or room, imports


@dataclass(frozen=True, slots=True)
class Shape:
    """A graph of imports: its nodes, its arrows, and the nodes of its longest chain; where it has a cycle,
    no chain is the longest, and `floors` is None."""

    nodes: int
    arrows: int
    floors: int | None


def lines_of_code(text: str) -> int:
    """Return how many lines of a module hold code: no blank line, no comment, no docstring."""
    code: set[int] = set()
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type not in _LAYOUT:
            code.update(range(token.start[0], token.end[0] + 1))
    return len(code.difference(*map(_lines_of, _docstrings(ast.parse(text)))))


def _docstrings(tree: ast.Module) -> Iterator[ast.Expr]:
    for node in ast.walk(tree):
        if isinstance(node, _DOCUMENTED) and ast.get_docstring(node, clean=False) is not None:
            assert isinstance(node.body[0], ast.Expr)
            yield node.body[0]


def _lines_of(node: ast.Expr) -> range:
    return range(node.lineno, (node.end_lineno or node.lineno) + 1)


def count_lines(folders: Iterable[Path]) -> int:
    """Return the lines of code of all modules under `folders`."""
    return sum(lines_of_code(_read(path)) for folder in folders for path in folder.rglob("*.py"))


def imports_of(root: Path, package: str) -> Arrows:
    """Return what each module of `package` (a folder of `root`) imports of it; a module's name is dotted.

    An import inside a function counts. A package's own `__init__` is no module here: it says what the
    package is for, and what it gathers is imported from where it is.
    """
    paths = (p for p in (root / package).rglob("*.py") if p.name != "__init__.py")
    files = {".".join(p.relative_to(root).with_suffix("").parts): p for p in paths}
    return {name: (set(_imports(_read(path))) & files.keys()) - {name} for name, path in files.items()}


def _imports(text: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def inside(arrows: Arrows, package: str) -> Arrows:
    """Return the part of a graph that lies in `package`."""
    names = {name for name in arrows if name.startswith(package + ".")}
    return {name: arrows[name] & names for name in names}


def rooms_of(arrows: Arrows) -> Arrows:
    """Return the graph of the packages that the modules lie in. Where a package has packages within, each
    of its own modules is a room by itself."""
    packages = {name.rpartition(".")[0] for name in arrows}
    halls = {package for package in packages if any(other.startswith(package + ".") for other in packages)}

    def room(module: str) -> str:
        package = module.rpartition(".")[0]
        return module if package in halls else package

    rooms: dict[str, set[str]] = {}
    for name, targets in arrows.items():
        own = room(name)
        rooms.setdefault(own, set()).update({room(target) for target in targets} - {own})
    return rooms


def shape(arrows: Arrows) -> Shape:
    """Return the size of a graph."""
    deep: dict[str, int] = {}
    try:
        for name in graphlib.TopologicalSorter(arrows).static_order():
            deep[name] = 1 + max((deep[target] for target in arrows.get(name, ())), default=0)
    except graphlib.CycleError:
        deep = {}
    return Shape(len(arrows), sum(map(len, arrows.values())), max(deep.values(), default=None))


def _read(path: Path) -> str:
    return path.read_text(encoding="utf-8")
