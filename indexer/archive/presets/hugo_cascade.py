"""Hugo's `cascade`: what a section's `_index.md`, or the configuration, says of the pages below."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from indexer.archive.front_matter import parse_front_matter
from indexer.archive.keys import careful_names, spell
from indexer.archive.presets.folder import SiteFolder, items, mapping
from indexer.archive.records import FileError
from indexer.archive.values import text_of
from indexer.fields import DEFAULT_FIELDS

_GLOB = re.compile(r"\*\*|[*?{},]")
_GLOB_PARTS = {"**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|"}
_NO_VALUES = frozenset(("params", "target", "_target"))
_PRODUCTION = "production"


@dataclass(frozen=True, slots=True)
class Cascade:
    """Values of the pages in a folder, as far as the patterns fit; an empty pattern fits all."""

    folder: tuple[str, ...] = ()
    language: str = ""
    kind: str = ""
    path: str = ""  # of Hugo's own kind, from the root of the content
    values: Mapping[str, Any] = field(default_factory=dict)

    def holds(self, folders: tuple[str, ...], name: str, kind: str, language: str) -> bool:
        """Whether the page with this name in these folders has these values; a section has none."""
        path = "/" + "/".join((*folders, name) if name else folders).lower()
        return (
            folders[: len(self.folder)] == self.folder
            and _fits(self.language, language)
            and _fits(self.kind, kind)
            and _fits(self.path, path)
        )


def _fits(pattern: str, text: str) -> bool:
    if not pattern:
        return True
    parts, at = [], 0
    for found in _GLOB.finditer(pattern):
        parts += [re.escape(pattern[at : found.start()]), _GLOB_PARTS[found[0]]]
        at = found.end()
    try:
        return bool(re.fullmatch("".join((*parts, re.escape(pattern[at:]))), text))
    except re.error:  # a brace that is never closed
        return pattern == text


def cascades_in(given: Any, folder: tuple[str, ...] = (), language: str = "") -> Iterator[Cascade]:
    """Yield what a `cascade` says, a mapping or a list of them, the strongest first."""
    for one in map(mapping, given if isinstance(given, list) else [given]):
        values = {str(name): value for name, value in one.items() if str(name).lower() not in _NO_VALUES}
        values = {**mapping(one.get("params")), **values}
        target = {
            str(name).lower(): text_of(value) or ""
            for name, value in mapping(one.get("target") or one.get("_target")).items()
        }
        if values and target.get("environment", _PRODUCTION) in (_PRODUCTION, "*", "**"):
            yield Cascade(
                folder,
                target.get("lang", "") or language,
                target.get("kind", "").lower(),
                target.get("path", "").lower(),
                spell(values, DEFAULT_FIELDS),
            )


def cascade_of(folder: SiteFolder, name: str) -> list[Any]:
    """Return the `cascade` in a file's front matter, empty for none."""
    text = folder.text(name)
    if "cascade" not in text.lower():
        return []
    try:
        data = parse_front_matter(text, lambda code, text: None, careful_names(DEFAULT_FIELDS)).data
    except FileError:
        return []
    found: Any = next((one for key, one in mapping(data).items() if str(key).lower() == "cascade"), [])
    return items(found) or [found]
