"""An archive's folder -> the names of the authors that its articles name by a slug.

    read_authors(Path("site"), fields, 5_000_000)    # {"ada": "Ada Quill"}

Generators keep them in one file (`_data/authors.yml`, `blog/authors.yml`: a mapping by slug) or in a file
each (`authors/ada.md`, `authors/ada/_index.md`, `data/authors/ada.json`). They are looked for in the
archive's folder and two below it.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from indexer.archive import values
from indexer.archive.front_matter import Form, parse_data_file, parse_front_matter
from indexer.archive.keys import Fields, SealedKeys, fold_keys, sealed_keys
from indexer.archive.records import FileError
from indexer.archive.text import decode

_FORMS = {".yml": Form.YAML, ".yaml": Form.YAML, ".json": Form.JSON, ".toml": Form.TOML}
_TEXTS = (".md", ".markdown", ".mdx")
_NAMES = ("authors", "_authors", "author", "_author", "people", "_people")
AUTHORS = frozenset(_NAMES)
"""The folders that generators keep authors in."""
_PLACES = {name: place for place, name in enumerate(_NAMES)}
_DEPTH = 3
_OF_HOMES = ("*.*", "*/*index.*")
_MAX_FILES = 10_000
_LISTS = ("index", "_index")


def read_authors(root: Path, fields: Fields, limit: int) -> dict[str, str]:
    """Return the names by slug; a slug that is a name already is left out. Files that cannot be read, or have
    more than `limit` bytes, say nothing."""
    sealed = sealed_keys(tuple(fields["secured"]))
    found: dict[str, str] = {}
    for path in islice(_files(root), _MAX_FILES):
        data = _values(path, sealed, limit)
        if not isinstance(data, dict):
            continue
        if path.stem in _NAMES:  # all in one
            for slug, author in data.items():
                name = _name(author, titled=False) if isinstance(author, dict) else values.name_of(author)
                found.setdefault(slug, name or "")
        else:
            slug = path.parent.name if path.stem in _LISTS else path.stem
            found.setdefault(slug, _name(data, titled=path.suffix in _TEXTS) or "")
    return {slug: name for slug, name in found.items() if name and name != slug}


def _files(root: Path) -> Iterator[Path]:
    folders, files, homes = [root], [], []
    for _ in range(_DEPTH):  # each folder is listed once, however many files it has
        listed = [_listed(folder) for folder in folders]
        files += [path for own, _ in listed for path in own]
        folders = [path for _, below in listed for path in below]
        homes += sorted((one for one in folders if one.name in _NAMES), key=lambda one: _PLACES[one.name])
    files += [path for pattern in _OF_HOMES for home in homes for path in sorted(home.glob(pattern))]
    for path in files:
        hidden = any(map(_is_hidden, path.relative_to(root).parts))
        if path.suffix.lower() in (*_FORMS, *_TEXTS) and not hidden and not path.is_symlink():
            yield path


def _listed(folder: Path) -> tuple[list[Path], list[Path]]:
    """Return the files `authors.*` of a folder and the folders in it; nothing where it cannot be read."""
    try:
        with os.scandir(folder) as entries:
            found = [(entry.name, entry.is_dir()) for entry in entries if not _is_hidden(entry.name)]
    except OSError:
        return [], []
    files = sorted(folder / name for name, _ in found if name.startswith("authors."))
    return files, sorted(folder / name for name, is_folder in found if is_folder)


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name == "node_modules"


def _values(path: Path, sealed: SealedKeys, limit: int) -> Any:
    """Return what a file says, None for what cannot be read."""
    try:
        if path.stat().st_size > limit:
            return None
        text = decode(path.read_bytes(), _silent)
        form = _FORMS.get(path.suffix.lower())
        if form is None:
            return parse_front_matter(text, _silent, sealed).data
        return parse_data_file(text, form, _silent, sealed).data
    except (OSError, FileError):
        return None


def _name(author: Mapping[str, Any], *, titled: bool) -> str | None:
    """Return the name that a mapping gives; a title is one in a file with a text, else an office."""
    known = fold_keys(author)
    names = ("name", "displayname", "fullname", *(("title",) if titled else ()))
    given = next(filter(None, (values.name_of(known.get(name)) for name in names)), None)
    parts = (values.name_of(known.get(name)) for name in ("firstname", "lastname"))
    return given or " ".join(filter(None, parts)) or None


def _silent(code: str, text: str) -> None:
    """Say nothing: the file is read again as a file of the archive."""
