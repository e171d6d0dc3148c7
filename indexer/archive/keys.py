"""Names in front matter, whatever their letter case, with `-`, `_`, a space or neither: `Publish-Date`
is `publishDate` is `publish_date`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

_JOINERS = str.maketrans("", "", "-_ ")
_MAX_NAMES = 10_000  # that are remembered; an archive has some hundred


class _Folded(dict[str, str]):
    """What each name is folded to, from the last ones that were met."""

    def __missing__(self, name: str) -> str:
        if len(self) >= _MAX_NAMES:
            self.clear()
        folded = self[name] = name.casefold().translate(_JOINERS)
        return folded


_folded = _Folded()
fold = _folded.__getitem__
"""Returns what all spellings of a name have in common."""


def fold_keys(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return `data` by folded names; of several with one name, the last that has a value."""
    found = {_folded[name]: value for name, value in data.items()}
    if len(found) != len(data):
        found.update((_folded[name], value) for name, value in data.items() if value)
    return found


# What generators call what they alone know, beside the names of our own fields.
_GENERATORS = (
    "permalink", "slug", "aliases", "alias", "redirect_from", "save_as", "layout", "status", "name", "build",
    "cascade", "id", "translationKey", "eleventyExcludeFromCollections", "domain", "parent", "shortname",
    "taxonomy", "keywords", "description", "logo",
)  # fmt: skip


class _Spelling(dict[str, str]):
    """How the table of fields spells each name that was met; a name that it does not know stays."""

    def __init__(self, fields: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__()
        self.fields = fields
        self._known = {fold(name): name for name in _GENERATORS}
        for names in fields.values():
            for name in reversed(names):
                self._known[fold(name)] = name
        self.update((name, name) for names in (_GENERATORS, *fields.values()) for name in names)

    def __missing__(self, name: str) -> str:
        if len(self) >= _MAX_NAMES:
            return self._known.get(name.casefold().translate(_JOINERS), name)
        spelled = self[name] = name if name[:1] == "_" else self._known.get(fold(name), name)
        return spelled


_last = _Spelling({})


def spell(data: dict[str, Any], fields: Mapping[str, tuple[str, ...]]) -> dict[str, Any]:
    """Return `data` with its names as the table of fields, or a generator, spells them.

    A value under the very name has precedence, where there is one.
    """
    global _last  # noqa: PLW0603 (one table is used again and again; a mapping has no hash for a cache)
    spelling = _last if _last.fields is fields else _Spelling(fields)
    _last = spelling
    other = {name: spelled for name in data if (spelled := spelling[name]) != name}
    if not other:
        return data
    found = {name: value for name, value in data.items() if name not in other}
    for name, spelled in other.items():
        if not found.get(spelled):
            found[spelled] = data[name]
    return found


class SealedKeys(dict[str, bool]):
    """The names whose values must not be built: `sealed[name]` says whether `name` is one of them.

    `spelled` are the names as the settings have them. `guarded` are others that must be read surely, for
    they say whether an article is published.
    """

    def __init__(self, names: Iterable[str], guarded: Iterable[str] = ()) -> None:
        super().__init__()
        self.spelled = tuple(names)
        self._names = frozenset(map(fold, self.spelled)) - {""}
        self._guarded = self._names | frozenset(map(fold, guarded))
        any_name = _spellings(self._names)
        any_guarded = _spellings(self._guarded)
        self._guard = re.compile(
            rf"(?:^[^\w\n]*({any_guarded})(?![\w-])|(?<![\w-])({any_guarded})[\"']?[ \t]*[:=]"
            rf"|[{{,\[][\s\"']*({any_guarded})(?![\w-]))",
            re.IGNORECASE | re.MULTILINE,
        )
        self._key = re.compile(
            rf"(?:^\s*(?:-\s+|\.\.\s+|:)*|[{{,]\s*)[\"']?(?:{any_name})[\"']?\s*[:=]", re.IGNORECASE
        )

    def __missing__(self, name: str) -> bool:
        if len(self) >= _MAX_NAMES:
            self.clear()
        is_sealed = self[name] = _folded[name] in self._names
        return is_sealed

    def __hash__(self) -> int:  # type: ignore[override]
        return id(self)

    def is_guarded(self, name: str) -> bool:
        """Whether a name must be read surely."""
        return _folded[name] in self._guarded

    def guarded_in(self, text: str) -> str:
        """Return the first of the names that must be read surely which may be a key in `text`."""
        found = self._guard.search(text)
        return next(filter(None, found.groups())) if found else ""

    def strip(self, body: str) -> tuple[str, int]:
        """Drop from a body the lines of a sealed key; a stray `---` in a front matter puts them there.
        Return it, and how many there were.

        With a key goes all that may be its value: what is indented further, items of a list, and blank
        lines between. Rather a line of the text too many than one of the ciphertext.
        """
        if not self._may_be_in(body):
            return body, 0
        kept: list[str] = []
        count = 0
        inside: int | None = None  # how far the key whose value is being dropped is indented
        for line in body.split("\n"):
            indent = len(line) - len(line.lstrip())
            if self._key.search(line):
                count += 1
                inside = indent
            elif inside is None or (line.strip() and indent <= inside and not line.lstrip().startswith("-")):
                inside = None
                kept.append(line)
        return "\n".join(kept), count

    def _may_be_in(self, text: str) -> bool:
        folded = text.lower()
        if any(name in folded for name in self._names):
            return True
        return any(name in folded.translate(_JOINERS) for name in self._names)


def _spellings(names: Iterable[str]) -> str:
    """Return a pattern of folded names, with a joiner between any two letters or none."""
    return "|".join("[-_ ]?".join(map(re.escape, name)) for name in sorted(names)) or "(?!)"


@lru_cache(maxsize=16)
def sealed_keys(names: tuple[str, ...], guarded: tuple[str, ...] = ()) -> SealedKeys:
    """Return the same for the same names."""
    return SealedKeys(names, guarded)
