"""The paths of an archive's files -> what its folders and endings say of languages: `de/`, `content/pt-br/`,
`i18n/fr/`, `post.de.md`, `index.fr.md`; and what a file and its translations have in common.

A name that is a language's code may be a word (`it`, `no`), a place (`de`, `ca`) or a domain (`heise.de.md`).
A folder is taken for a language's where

- it lies in a folder that is called `i18n`, `locales`, `translations` or the like; or
- a folder beside it is another language's, and more than half of the folders there are languages', or the
  two have a file of one path; or
- a file lies at the same path within it and beside it (`de/about.md`, `about.md`).

An ending is taken for a language's where somewhere in the archive a file has it that lies beside one of the
same name without it, or with another one (`post.de.md`, `post.md`), or is called `index`, `_index` or
`README`; or where all files have such endings, of two languages or more. Files that are called `index` and
the like are no proof for a folder: every section has one.

It is a function of the paths alone: so is what a run must read again when files come and go.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import Self

from indexer.languages import path_language

_CODE = "[A-Za-z]{2,3}(?:[-_][A-Za-z]{4})?(?:[-_][A-Za-z]{2})?"
_FOLDER = re.compile(rf"(?<![^/])({_CODE})/")
_ENDING = re.compile(rf"(?<=[^/.])\.({_CODE})$")  # of a path without its last ending
_PARENTS = frozenset(
    "i18n _i18n l10n lang langs language languages locale locales translation translations".split()  # noqa: SIM905
)
_INDEX = frozenset(["index", "_index", "readme"])
# Where Docusaurus keeps the translations of its folders.
_DOCUSAURUS = re.compile(
    r"docusaurus-plugin-content-(docs|blog|pages)(?:-[^/]+)?/(?:current/|(version-[^/]+)/)?"
)
_ORIGINALS = {"docs": "docs/", "blog": "blog/", "pages": "src/pages/"}


@dataclass(frozen=True, slots=True)
class PathLanguages:
    """Which folders of an archive (their paths, with a slash at the end) and which endings (as they are
    written) say a language."""

    folders: frozenset[str] = frozenset()
    endings: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.folders or self.endings)

    def of(self, path: str) -> tuple[str | None, str | None]:
        """Return the tag of the language of the file at `path`, and what its translations have in common with
        it; neither where no path of the archive says a language."""
        if not self:
            return None, None
        stem, tag = _stem(path), None
        for match in _FOLDER.finditer(stem):
            if stem[: match.end()] in self.folders:
                tag = path_language(match[1])
                stem = stem[: match.start()] + "\0" + stem[match.start() + 1 :]
        stem = re.sub("\0[^/]*/", "", stem)
        ending = _ENDING.search(stem)
        if ending and ending[1] in self.endings:
            tag, stem = path_language(ending[1]), stem[: ending.start()]
        return tag, _original(stem)

    def to_json(self) -> dict[str, list[str]]:
        """Return it as an index keeps it."""
        return {"folders": sorted(self.folders), "endings": sorted(self.endings)}

    @classmethod
    def from_json(cls, data: Mapping[str, Sequence[str]]) -> Self:
        """The inverse of `to_json`."""
        return cls(frozenset(data.get("folders", ())), frozenset(data.get("endings", ())))


NO_LANGUAGES = PathLanguages()


def path_languages(paths: Iterable[str]) -> PathLanguages:
    """Return what the paths of an archive say of languages."""
    paths = list(paths)
    if not _may_say(paths):
        return NO_LANGUAGES
    stems = [_stem(path) for path in paths]
    folders: dict[str, str] = {}
    endings: dict[str, list[tuple[str, str]]] = defaultdict(list)  # by the name without it: ending and tag
    for folder in {stem[: stem.rfind("/") + 1] for stem in stems}:
        for match in _FOLDER.finditer(folder):
            if tag := _tag(match[1]):
                folders[folder[: match.end()]] = tag
    for stem in stems:
        ending = _ENDING.search(stem) if "." in stem else None
        if ending and (tag := _tag(ending[1])):
            endings[stem[: ending.start()]].append((ending[1], tag))
    return PathLanguages(frozenset(_folders(stems, folders)), frozenset(_endings(stems, endings)))


def _may_say(paths: Sequence[str]) -> bool:
    """Whether any path has a name that is a language's code: nine of ten archives have none."""
    last = ""
    for path in paths:
        if path.count(".") > 1 and (ending := _ENDING.search(_stem(path))) and _tag(ending[1]):
            return True
        folder = path.rpartition("/")[0]
        if folder != last:
            last = folder
            if any(_tag(match[1]) for match in _FOLDER.finditer(f"{folder}/")):
                return True
    return False


def _stem(path: str) -> str:
    """Return a path without its last ending."""
    folder, slash, name = path.rpartition("/")
    return f"{folder}{slash}{name.rpartition('.')[0] or name}"


_tag = lru_cache(maxsize=4096)(path_language)


def _original(stem: str) -> str:
    """Return the path of which a translation is one: where Docusaurus has the folder that it translates."""
    found = _DOCUSAURUS.search(stem)
    if found is None:
        return stem.removeprefix("i18n/")
    version = f"versioned_docs/{found[2]}/" if found[2] else ""
    before = stem[: found.start()].removesuffix("i18n/")
    return before + (version or _ORIGINALS[found[1]]) + stem[found.end() :]


def _folders(stems: Sequence[str], folders: dict[str, str]) -> Iterator[str]:
    by_parent: dict[str, list[str]] = defaultdict(list)
    for folder in folders:
        by_parent[_parent(folder)].append(folder)
    inside: dict[str, set[str]] = defaultdict(set)  # of each such parent, the folders in it
    held: dict[str, set[str]] = defaultdict(set)  # of each folder, the paths of its files within it
    beside: dict[str, set[str]] = defaultdict(set)  # of each parent, the paths of all files within it
    for stem in stems:
        for above in _above(stem):
            rest = stem[len(above) :]
            if above in folders:
                held[above].add(rest)
            if above in by_parent:
                beside[above].add(rest)
                inside[above].add(rest.partition("/")[0] if "/" in rest else "")
    for parent, children in by_parent.items():
        named = parent.rstrip("/").rpartition("/")[2].lower() in _PARENTS
        proven = {child for child in children if _proof(held[child] & beside[parent])}
        for one, other in combinations(children, 2):
            if folders[one] != folders[other] and _proof(held[one] & held[other]):
                proven |= {one, other}
        several = len({folders[child] for child in children}) > 1
        most = several and 2 * len(children) > len(inside[parent] - {""})
        yield from children if named or most or len(proven) > 1 else proven


def _proof(paths: set[str]) -> bool:
    return any(path.lower() not in _INDEX for path in paths)


def _above(stem: str) -> Iterator[str]:
    """Yield the folders that a file is in, with a slash at the end; first the archive, an empty text."""
    yield ""
    at = stem.find("/")
    while at >= 0:
        yield stem[: at + 1]
        at = stem.find("/", at + 1)


def _parent(folder: str) -> str:
    above, slash, _ = folder.rstrip("/").rpartition("/")
    return above + slash


def _endings(stems: Sequence[str], endings: dict[str, list[tuple[str, str]]]) -> Iterator[str]:
    if not endings:
        return
    known = set(stems)
    tags = {tag for found in endings.values() for _, tag in found}
    every = len(tags) > 1 and sum(map(len, endings.values())) == len(stems)
    believed = set()
    for name, found in endings.items():
        alone = len({tag for _, tag in found}) == 1 and name not in known
        if every or not alone or name.rpartition("/")[2].lower() in _INDEX:
            believed |= {tag for _, tag in found}
    for found in endings.values():
        yield from (ending for ending, tag in found if tag in believed)
