"""Names in front matter, whatever their letter case, with `-`, `_`, a space or neither: `Publish-Date`
is `publishDate` is `publish_date`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

_JOINERS = "-_ \u00a0\u3000"  # with the spaces that editors put in unasked
_NO_JOINERS = str.maketrans("", "", _JOINERS)
_MAX_NAMES = 10_000  # that are remembered; an archive has some hundred
_MAX_SEQUENCES, _MAX_SEQUENCE = 1_000, 100  # of names that are remembered, and names of each


class _Folded(dict[str, str]):
    """What each name is folded to, from the last ones that were met."""

    def __missing__(self, name: str) -> str:
        if len(self) >= _MAX_NAMES:
            self.clear()
        folded = self[name] = name.casefold().translate(_NO_JOINERS)
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


Fields = Mapping[str, tuple[str, ...]]
"""The names that dialects have for each of our fields: `settings.archive.fields`."""


class _Spelling(dict[str, str]):
    """How the table of fields spells each name that was met; a name that it does not know stays."""

    def __init__(self, fields: Fields) -> None:
        super().__init__()
        self._known = {fold(name): name for name in _GENERATORS}
        for names in fields.values():
            for name in reversed(names):
                self._known[fold(name)] = name
        self.update((name, name) for names in (_GENERATORS, *fields.values()) for name in names)

    def __missing__(self, name: str) -> str:
        if len(self) >= _MAX_NAMES:
            return self._known.get(name.casefold().translate(_NO_JOINERS), name)
        spelled = self[name] = name if name[:1] == "_" else self._known.get(fold(name), name)
        return spelled


class _Names(NamedTuple):
    """What the names of a mapping say, whatever its values: those that the table spells in another way, and
    of each field those that it has, in the table's order; fields without any are left out."""

    other: Mapping[str, str]
    of_fields: Mapping[str, tuple[str, ...]]


class _Table:
    """A table of fields, and the sequences of names that were read with it lately: the files of an archive
    have few (18,600 real ones and what is nested in them 300)."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self._spelling = _Spelling(fields)
        self._names: dict[tuple[str, ...], _Names] = {}

    @cached_property
    def careful(self) -> SealedKeys:
        """See `careful_names`."""
        fields = self.fields
        guarded = (*fields["withdrawn"], *fields["public"], *fields["expires_at"], "status")
        return sealed_keys(tuple(fields["secured"]), guarded)

    def names(self, data: Mapping[str, Any]) -> _Names:
        """Return what the names of a mapping say."""
        key = tuple(data)
        found = self._names.get(key)
        if found is None:
            found = self._read(data)
            if len(self._names) >= _MAX_SEQUENCES:
                self._names.clear()
            if len(key) <= _MAX_SEQUENCE:
                self._names[key] = found
        return found

    def _read(self, data: Mapping[str, Any]) -> _Names:
        other = {name: spelled for name in data if (spelled := self._spelling[name]) != name}
        of_fields = {
            field: tuple(name for name in names if name in data)
            for field, names in self.fields.items()
            if not data.keys().isdisjoint(names)
        }
        return _Names(other, of_fields)


_last = _Table({})


def _table(fields: Fields) -> _Table:
    """Return the same for the same table: it is used again and again, and has no hash for a cache."""
    global _last  # noqa: PLW0603
    if _last.fields is not fields:
        _last = _Table(fields)
    return _last


def names_of_fields(data: Mapping[str, Any], fields: Fields) -> Mapping[str, tuple[str, ...]]:
    """Return of each field the names that a mapping has, in the table's order; none for most."""
    return _table(fields).names(data).of_fields


def careful_names(fields: Fields) -> SealedKeys:
    """Return the names that are sealed, and those that say whether an article is published."""
    return _table(fields).careful


def spell(data: dict[str, Any], fields: Fields) -> dict[str, Any]:
    """Return `data` with its names as the table of fields, or a generator, spells them.

    A value under the very name has precedence, where there is one.
    """
    other = _table(fields).names(data).other
    if not other:
        return data
    found = {name: value for name, value in data.items() if name not in other}
    for name, spelled in other.items():
        if not found.get(spelled):
            found[spelled] = data[name]
    return found


# What a key that holds an article back may have as its value, up to where the value ends: `title: Draft: a
# plan` has no such key, `title: A plan draft: true` may have one.
_FLAG = (
    r"[\"']?(?:true|false|yes|no|on|off|null|~|[0-9][0-9:TZ./+-]*"
    r"|draft|hidden|skip|private|pending|trash|unlisted|published)[\"']?"
)
_ENDED = r"[ \t]*(?:$|[,;}\]#]|[\w-]+[\"']?[ \t]*[:=])"


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
        # As a key: at the head of a line, in braces, and within a line if it is sealed or a flag follows.
        self._guard = re.compile(
            rf"(?:^[^\w\n]*({any_guarded})(?![\w-])[\"']?[ \t]*(?:[:=]|{_FLAG}{_ENDED})"
            rf"|^[ \t\"'?]*({any_guarded})(?![\w-])[\"']?[ \t]*$"
            rf"|(?<![\w-])({any_name})[\"']?[ \t]*[:=]"
            rf"|(?<![\w-])({any_guarded})(?![\w-])[\"']?[ \t]*[:=][ \t]*(?:[!&]\S*[ \t]+)*(?:{_FLAG})?"
            rf"{_ENDED}"
            rf"|[{{,\[][\s\"'?]*({any_guarded})(?![\w-])[\"']?\s*[:=])",
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

    __hash__ = object.__hash__  # type: ignore[assignment]

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
        if not body or not self._may_be_in(body):
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
        for joiner in _JOINERS:  # (`translate` takes twenty times as long where not all is ASCII)
            folded = folded.replace(joiner, "")
        return any(name in folded for name in self._names)


def _spellings(names: Iterable[str]) -> str:
    """Return a pattern of folded names, with a joiner between any two letters or none."""
    return "|".join("[-_ ]?".join(map(re.escape, name)) for name in sorted(names)) or "(?!)"


@lru_cache(maxsize=16)
def sealed_keys(names: tuple[str, ...], guarded: tuple[str, ...] = ()) -> SealedKeys:
    """Return the same for the same names."""
    return SealedKeys(names, guarded)
