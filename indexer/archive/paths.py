"""The path of a file -> what it says of an article: a title and a date, where the file says nothing."""

from __future__ import annotations

import re
from datetime import datetime

from indexer.archive.dates import read_date

_ENDING = re.compile(r"\.[A-Za-z]+\Z")
_LANGUAGE = re.compile(r"\.[a-z]{2}(?:[-_][A-Za-z]{2})?\Z")  # index.fr.md
_BUNDLES = ("index", "_index")  # folder/index.md is the article `folder`
# 2019-12-31-new-year, 2013-10-3-x, 2020_06_25, 20200625-x
_DATED_NAME = re.compile(
    r"([0-9]{4})(?:([-_])([0-9]{1,2})\2([0-9]{1,2})|([01][0-9])([0-3][0-9]))(?=[-_. ]|\Z)"
)
# 2016/06/22/x, 2020/06/x; a folder of a year alone is none: it tells no day
_DATED_FOLDERS = re.compile(r"(?:\A|/)((?:19|20)[0-9]{2})[/-]([0-9]{1,2})(?:[/-]([0-9]{1,2}))?/")
_WORDS = re.compile(r"[-_]+")


def title_of_path(path: str) -> str:
    """Return the name of a file, made readable: `2013-10-03-my-first_post.md` is "My first post"."""
    name = _name(path)
    dated = _DATED_NAME.match(name)
    rest = name[dated.end() :].strip("-_. ") if dated else name
    if not rest:
        return name
    words = rest if " " in rest else _WORDS.sub(" ", rest).strip()
    return words[:1].upper() + words[1:] if words else name


def date_of_name(path: str) -> datetime | None:
    """Return the date that the name of a file, or of its bundle, begins with."""
    found = _DATED_NAME.match(_name(path))
    if not found:
        return None
    year, _, month, day, *other = found.groups()
    return read_date("-".join((year, month or other[0], day or other[1])))


def date_of_folders(path: str) -> datetime | None:
    """Return the date that the folders of a file are: `2016/06/22/x.md`, `2020/06/x/index.md`."""
    found = list(_DATED_FOLDERS.finditer(path))
    return read_date("-".join(part for part in found[-1].groups() if part)) if found else None


def _name(path: str) -> str:
    """Return the name of a file without endings; of a bundle, that of its folder."""
    *folders, name = path.split("/")
    name = _LANGUAGE.sub("", _ENDING.sub("", name)) or name
    return folders[-1] if folders and name.lower() in _BUNDLES else name
