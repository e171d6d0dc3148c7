"""What all presets share: a page, rules, and how templates of addresses are filled."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any, ClassVar

from indexer.archive import values
from indexer.archive.presets.folder import SiteFolder

_DATED_NAME = re.compile(r"(\d{4}-\d{1,2}-\d{1,2})-(.+)")
UNDERSCORE = "a name that begins with `_`"
_HIDDEN = frozenset(("draft", "hidden", "skip", "private", "pending", "trash", "unlisted"))
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class Page:
    """What an address may be made of. `path` begins at the site's folder; `get` gives a value of the front
    matter by its name; `time` is the article's, in the offset that its file writes, None for none."""

    path: str
    title: str
    get: Callable[[str], Any]
    time: Callable[[], datetime | None]
    zone: tzinfo | None = None  # of what is written without an offset

    def written(self, value: Any) -> datetime | None:
        """Return the time that a value of the front matter is."""
        return values.written_time(value, self.zone)

    @property
    def folder(self) -> str:
        """The path of its folder, without a slash at the end."""
        return self.path.rpartition("/")[0]

    @property
    def stem(self) -> str:
        """The file's name without its ending."""
        name = self.path.rpartition("/")[2]
        return name.rpartition(".")[0] or name

    def under(self, folder: str) -> Page | None:
        """Return the page with a path that begins at `folder`, None where it lies elsewhere."""
        prefix = f"{folder.strip('/')}/" if folder.strip("/.") else ""
        return replace(self, path=self.path[len(prefix) :]) if self.path.startswith(prefix) else None

    def text(self, *names: str) -> str:
        """Return the text under the first of these names that has one, else an empty one."""
        return next(filter(None, (values.text_of(self.get(name)) for name in names)), "")


@dataclass(frozen=True, slots=True)
class Rules:
    """What a generator makes of a file. These are those of plain files: no address, nothing held back.

    Frozen and made of plain values, for they go to other processes; `repr` tells one from another.
    """

    NO_PAGES: ClassVar[frozenset[str]] = frozenset()  # folders at a site's root, or its source's
    TITLED_BY_NAME: ClassVar[bool] = False  # whether a file that gives no title has its name as one
    base_url: str = ""  # that the configuration names
    main_language: str = ""  # the tag of the one that it names for the site
    timezone: str = ""  # the zone in which it has times read that are written without an offset

    @property
    def root(self) -> str:
        """The folder of the site that its pages lie in, empty where that is the site's own."""
        return ""

    @property
    def sources(self) -> tuple[str, ...]:
        """The folders of the site that its pages lie in; empty where some may lie in its own."""
        return (self.root,) if self.root else ()

    def passes_over(self, path: str) -> str | None:
        """Return why the file at `path` of the site surely is no page of it, None where it may be one."""
        if not self.NO_PAGES:
            return None
        below = path.removeprefix(f"{self.root}/") if self.root else path
        tops = (one.partition("/")[0] for one in (path, below) if "/" in one)
        return next((f"in `{top}/`, which holds no pages" for top in tops if top in self.NO_PAGES), None)

    def bundles(self, paths: Iterable[str]) -> frozenset[str]:
        """Return the folders, each with a slash, in which one file is a page and the others are parts of it,
        of the site's files at `paths`."""
        return frozenset()

    def is_main(self, path: str) -> bool:
        """Whether the file at `path` of the site is the page where it lies in such a folder."""
        return False

    def timezone_of(self, path: str) -> str:
        """Return the zone in which times without an offset are read of the file at `path` of the site."""
        return self.timezone

    def language_of(self, path: str) -> str | None:
        """Return the tag of the language that the configuration gives the folder of the file at `path` of the
        site, if so."""
        return None

    def address(self, page: Page) -> str | None:
        """Return where the page stands on the site, from its root; None where the rule is not plain."""
        return None

    def holds_back(self, page: Page) -> str | None:
        """Return the field, or what else it is, by which the generator does not publish a page, if so."""
        return None

    def publication(self, page: Page) -> datetime | None:
        """Return the time before which the generator does not publish a page, None where there is none."""
        return None

    def meaning(self, path: str, data: dict[str, Any]) -> dict[str, Any]:
        """Return the front matter of the file at `path` of the site as the generator takes it: with what
        the configuration says of such files, and names cut apart as it cuts them."""
        return data

    def redirects(self, page: Page) -> list[str]:
        """Return the other addresses of a page, as its file writes them."""
        found = []
        for name in ("aliases", "redirect_from"):
            if value := page.get(name):
                found += [alias for alias in texts(value) if "/" in alias]
        return found


@dataclass(frozen=True, slots=True)
class Preset:
    """How a generator's sites are recognised and read. `recognise` returns the file that shows one, or None;
    `read` its rules. `folders` are those that owners give as their archive, and where they lie in a site:
    where its configuration is not at hand, that is what is known of it."""

    kind: str
    name: str  # as a sentence has it, with its article
    recognise: Callable[[SiteFolder], str | None]
    read: Callable[[SiteFolder], Rules]
    folders: Mapping[str, str]


def hidden_status(page: Page) -> str | None:
    """Return `status` where that says that the page is not published."""
    return "status" if page.get("status") and page.text("status").lower() in _HIDDEN else None


def texts(value: Any) -> list[str]:
    """Return the texts of a list, or the one that there is."""
    found = value if isinstance(value, list) else [value]
    return [text for text in map(values.text_of, found) if text]


def is_quick(pattern: str) -> bool:
    """Whether a pattern of a configuration is one, and repeats no group: others may take for ever on a short
    name."""
    try:
        re.compile(pattern)
    except re.error:
        return False
    return not re.search(r"\)[*+{]", pattern)


def dated_name(stem: str) -> tuple[str, str] | None:
    """Return date and rest of a name like `2020-06-25-the-ferry`."""
    found = _DATED_NAME.fullmatch(stem)
    return (found[1], found[2]) if found else None


def fill(template: str, token: re.Pattern[str], value_of: Callable[[str], str | None]) -> str | None:
    """Put values in the places of a template's tokens; None where one of them has no value."""
    missing = False

    def put(found: re.Match[str]) -> str:
        nonlocal missing
        value = value_of(found[1])
        missing = missing or value is None
        return value or ""

    filled = token.sub(put, template)
    return None if missing else filled


def date_part(time: datetime | None, name: str, names: Mapping[str, Callable[[datetime], str]]) -> str | None:
    """Return the part of a date that `names` has under a token's name."""
    part = names.get(name)
    return part(time) if part and time else None
