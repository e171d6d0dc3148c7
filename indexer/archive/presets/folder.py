"""A site's folder -> its configuration as values; a file that cannot be read gives none, with the reason."""

from __future__ import annotations

import ast
import json
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from indexer.archive.keys import sealed_keys
from indexer.archive.records import FileError
from indexer.archive.text import decode
from indexer.archive.values import is_null
from indexer.archive.yaml_values import read_yaml
from indexer.zones import find_zone

MAX_BYTES = 1_000_000  # of a configuration; a larger file is none
_MADE = frozenset(("node_modules", "_site", "public", "dist", "vendor"))
Values = Mapping[str, Any]


class SiteFolder:
    """A folder that may be a site's. `problems` says, a sentence each, what of it could not be read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[str] = []

    def first(self, *names: str) -> str | None:
        """Return the first of these files that is there."""
        # (`Path.is_file` raises where a folder may not be looked into.)
        return next((name for name in names if os.path.isfile(self.path / name)), None)

    def all(self, pattern: str) -> list[str]:
        """Return the files of this folder, or of one in it, that a pattern names, in order."""
        found = sorted(self.path.glob(pattern))
        return [path.relative_to(self.path).as_posix() for path in found if os.path.isfile(path)]

    def below(self, folder: str, fits: Callable[[str, str], bool]) -> list[str]:
        """Return the files at any depth of a folder whose folder's name and own name `fits` takes, in order;
        without those of packages, of other sites and of what a generator made."""
        found = []
        for top, folders, names in os.walk(self.path / folder):
            folders[:] = [name for name in folders if name[:1] != "." and name not in _MADE]
            found += [os.path.join(top, name) for name in names if fits(os.path.basename(top), name)]
        return sorted(Path(name).relative_to(self.path).as_posix() for name in found)

    def has_folder(self, name: str) -> bool:
        """Whether there is such a folder."""
        return os.path.isdir(self.path / name)

    def text(self, name: str) -> str:
        """Return a file's text, empty where it cannot be read."""
        try:
            with (self.path / name).open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        except OSError as error:
            self.problems.append(f"{name} cannot be read: {error.strerror or error}")
            return ""
        if len(data) > MAX_BYTES:
            self.problems.append(f"{name} is larger than {MAX_BYTES:,} bytes")
            return ""
        try:
            return decode(data, lambda code, text: None)
        except FileError:
            self.problems.append(f"{name} is not text")
            return ""

    def values(self, name: str) -> Values:
        """Return the mapping that a `.yml`, `.yaml`, `.toml` or `.json` file holds, without letter case in
        its outermost keys; texts in YAML stay texts."""
        parse: Callable[[str], Any] = _PARSERS[name.rpartition(".")[2]]
        text = self.text(name)
        if not text.strip():
            return {}
        try:
            found = parse(text)
        except (FileError, ValueError, RecursionError):
            self.problems.append(f"{name} is not valid {_NAMES[name.rpartition('.')[2]]}")
            return {}
        return {str(key).lower(): value for key, value in found.items()} if isinstance(found, dict) else {}

    def list_of(self, name: str) -> list[Any]:
        """Return the list that a `.json` file holds, empty for none."""
        try:
            return items(json.loads(self.text(name))) if self.first(name) else []
        except (ValueError, RecursionError):
            self.problems.append(f"{name} is not valid JSON")
            return []

    def zone(self, value: Any, setting: str) -> str:
        """Return the name of a time zone that `setting` has, empty for none."""
        if is_null(value):
            return ""
        name = text(value)
        if not (name and find_zone(name)):
            shown = f" = '{name}'" if name else ""
            self.problems.append(f"`{setting}`{shown} is not a known time zone, and is passed over")
            return ""
        return name

    def literals(self, name: str) -> Values:
        """Return the literals that a Python file gives to names, the last of each; nothing is executed."""
        try:
            tree = ast.parse(self.text(name))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            self.problems.append(f"{name} is not valid Python")
            return {}
        found: dict[str, Any] = {}
        for node in tree.body:
            if isinstance(node, ast.Assign):
                targets, value = node.targets, node.value
            elif isinstance(node, ast.AnnAssign) and node.value is not None:
                targets, value = [node.target], node.value
            else:
                continue
            try:
                literal = ast.literal_eval(value)
            except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
                continue
            found.update({target.id: literal for target in targets if isinstance(target, ast.Name)})
        return found


def _yaml(text: str) -> Any:
    return read_yaml(text, lambda code, text: None, sealed_keys(()))[0]


_PARSERS: Mapping[str, Callable[[str], Any]] = {
    "yml": _yaml,
    "yaml": _yaml,
    "toml": tomllib.loads,
    "json": json.loads,
}
_NAMES = {"yml": "YAML", "yaml": "YAML", "toml": "TOML", "json": "JSON"}


def text(value: Any) -> str:
    """Return a value of a configuration as text; empty for what is none."""
    return value.strip() if isinstance(value, str) else ""


def flag(value: Any, default: bool = False) -> bool:
    """Return whether a value of a configuration says yes: of TOML a truth, of YAML a word."""
    if isinstance(value, bool):
        return value
    word = value.strip().lower() if isinstance(value, str) else ""
    if word in ("true", "yes", "on", "1"):
        return True
    return False if word in ("false", "no", "off", "0") else default


def mapping(value: Any) -> Values:
    """Return a mapping, empty for what is none."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """Return a list, empty for what is none."""
    return value if isinstance(value, list) else []


_COMMENT = re.compile(r"""("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`)|//[^\n]*|/\*.*?\*/""", re.DOTALL)


def without_comments(script: str) -> str:
    """Return a JavaScript text without its comments; what looks like one within quotes stays."""
    return _COMMENT.sub(lambda found: found[1] or " ", script)


def value_in(script: str, name: str) -> str:
    """Return the text or word that a JavaScript text first gives to `name`, empty where there is none."""
    found = re.search(
        rf"""(?<![\w.$-])["']?{name}["']?\s*:\s*(?:"([^"\n]*)"|'([^'\n]*)'|`([^`$]*)`|(true|false)\b)""",
        script,
    )
    return next(filter(None, found.groups()), "") if found else ""


def block_of(script: str, name: str) -> str:
    """Return what stands in the braces that a JavaScript text first gives to `name`, empty for none."""
    found = re.search(rf"""(?<![\w.$-])["']?{name}["']?\s*:\s*\{{""", script)
    if not found:
        return ""
    return _inside(script, found.end())


def blocks_after(script: str, pattern: str) -> list[str]:
    """Return what stands in the braces that come next after each place where a pattern is found."""
    starts = (script.find("{", found.end()) for found in re.finditer(pattern, script))
    return [_inside(script, at + 1) for at in starts if at >= 0]


def _inside(script: str, start: int) -> str:
    depth = 1
    for at in range(start, len(script)):
        depth += {"{": 1, "}": -1}.get(script[at], 0)
        if not depth:
            return script[start:at]
    return script[start:]
