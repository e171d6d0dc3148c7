"""Jekyll: `_config.yml`, posts in `_posts`, collections, `permalink:` with its styles and placeholders."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fnmatch import fnmatchcase
from typing import Any

from indexer.archive import values
from indexer.archive.presets.folder import SiteFolder, Values, flag, items, mapping, text
from indexer.archive.presets.preset import (
    DAYS,
    MONTHS,
    UNDERSCORE,
    Page,
    Preset,
    Rules,
    date_part,
    dated_name,
    fill,
    texts,
)
from indexer.zones import zone_of

CONFIGURATIONS = ("_config.yml", "_config.yaml", "_config.toml")
_STYLES = {
    "date": "/:categories/:year/:month/:day/:title:output_ext",
    "pretty": "/:categories/:year/:month/:day/:title/",
    "ordinal": "/:categories/:year/:y_day/:title:output_ext",
    "weekdate": "/:categories/:year/W:week/:short_day/:title:output_ext",
    "none": "/:categories/:title:output_ext",
}
_NO_PAGES = frozenset((
    "_data", "_includes", "_layouts", "_sass", "_plugins", "_site", "vendor", "node_modules",
))  # fmt: skip
_TOKEN = re.compile(r":([a-z_]+)")
_PRETTY = "._~!$&'()+,;=@"
_DATE_PARTS = {
    "year": lambda t: f"{t.year:04}",
    "short_year": lambda t: f"{t.year % 100:02}",
    "month": lambda t: f"{t.month:02}",
    "i_month": lambda t: str(t.month),
    "short_month": lambda t: MONTHS[t.month - 1][:3].upper(),
    "long_month": lambda t: MONTHS[t.month - 1],
    "day": lambda t: f"{t.day:02}",
    "i_day": lambda t: str(t.day),
    "y_day": lambda t: f"{t.timetuple().tm_yday:03}",
    "w_year": lambda t: f"{t.isocalendar()[0]:04}",
    "week": lambda t: f"{t.isocalendar()[1]:02}",
    "w_day": lambda t: str(t.isoweekday()),
    "short_day": lambda t: DAYS[t.weekday()][:3].upper(),
    "long_day": lambda t: DAYS[t.weekday()],
    "hour": lambda t: f"{t.hour:02}",
    "minute": lambda t: f"{t.minute:02}",
    "second": lambda t: f"{t.second:02}",
}


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection: whether its documents are pages, and their template where the configuration has one."""

    label: str
    output: bool
    permalink: str


@dataclass(frozen=True, slots=True)
class Scope:
    """Front matter for the files of a folder (or of a pattern), of one type where one is given."""

    path: str
    type: str
    values: Mapping[str, Any]

    def holds(self, path: str, kind: str) -> bool:
        """Whether it is for the file at `path` of this type."""
        folder = self.path.strip("/")
        fits = not folder or fnmatchcase(path, folder) or fnmatchcase(path, f"{folder}/*")
        return fits and self.type in ("", kind)


@dataclass(frozen=True, slots=True)
class _Place:
    """What a file is to Jekyll: `type` is `posts`, `drafts`, `pages` or a collection's label, empty for
    what is not published; `path` begins below its folder; `above` are the folders over `_posts`."""

    type: str
    path: str
    above: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class JekyllRules(Rules):
    """See `Rules`."""

    NO_PAGES = _NO_PAGES
    permalink: str = "date"
    source: str = ""
    collections_dir: str = ""
    collections: tuple[Collection, ...] = ()
    scopes: tuple[Scope, ...] = ()
    excluded: tuple[str, ...] = ()  # patterns of paths below the source
    configured: bool = False
    included: tuple[str, ...] = ()  # names that begin with _ and are pages none the less
    future: bool = False

    @property
    def root(self) -> str:
        """See `Rules`."""
        return self.source

    def address(self, page: Page) -> str | None:
        """See `Rules`."""
        found = page.under(self.source)
        if found is None:
            return None
        place = self._place(found.path)
        template = page.text("permalink") or self._template(place)
        if not template or not place.type:
            return None
        filled = fill(template, _TOKEN, lambda name: self._value(name, found, place))
        return _tidy(filled) if filled is not None else None

    def passes_over(self, path: str) -> str | None:
        """See `Rules`."""
        inside = path.removeprefix(f"{self.source}/") if self.source else path
        parts = inside.split("/")
        paths = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
        fits = (one for one in self.excluded if any(fnmatchcase(name, one.strip("/")) for name in paths))
        pattern = next(fits, None)
        if pattern:
            return f"left out by `exclude: {pattern}`"
        if "_posts" in parts[:-1] and not self._place(inside).type:
            return "in `_posts/`, but no date begins its name, so Jekyll has no post of it"
        return super(JekyllRules, self).passes_over(path)

    def holds_back(self, page: Page) -> str | None:
        """See `Rules`."""
        found = page.under(self.source)
        if found is None or not self.configured or "_posts" in found.path.split("/"):
            return None
        if self.passes_over(page.path):  # of the reference dialect, or it would have been
            return None
        kind = self._place(found.path).type
        if not kind:
            return UNDERSCORE  # and is no collection
        silent = any(one.label == kind and not one.output for one in self.collections if kind != "posts")
        return f"collections.{kind}.output" if silent else None

    def publication(self, page: Page) -> datetime | None:
        """See `Rules`."""
        found = page.under(self.source)
        dated = found is not None and self._place(found.path).type not in ("", "pages")
        return page.time() if dated and not self.future else None

    def meaning(self, path: str, data: dict[str, Any]) -> dict[str, Any]:
        """See `Rules`."""
        for name in ("tags", "categories"):
            value = data.get(name)
            if isinstance(value, str) and " " in value.strip() and "," not in value:
                data = {**data, name: value.split()}
        inside = path.removeprefix(f"{self.source}/") if self.source else path
        place = self._place(inside)
        if place.above and not {"category", "categories"} & data.keys():
            data = {**data, "categories": list(place.above)}
        for scope in self.scopes:
            if scope.holds(inside, place.type):
                data = {**scope.values, **data}
        return data

    def _place(self, path: str) -> _Place:
        """Return what the file at `path` below the source is."""
        folders = path.split("/")[:-1]
        if self.collections_dir and folders[:1] == [self.collections_dir]:
            del folders[0]
            path = path.removeprefix(f"{self.collections_dir}/")
        if "_posts" in folders:
            at = folders.index("_posts")
            rest = "/".join(path.split("/")[at + 1 :])
            is_post = dated_name(rest.rpartition("/")[2].rpartition(".")[0]) is not None
            return _Place("posts" if is_post else "", rest, tuple(folders[:at]))
        if "_drafts" in folders:
            return _Place("drafts", path)
        label = folders[0][1:] if folders and folders[0].startswith("_") else ""
        if any(label and one.label == label for one in self.collections):
            return _Place(label, path.partition("/")[2])
        parts = (part for part in path.split("/") if part not in self.included)
        hidden = any(part.startswith(("_", ".", "#")) for part in parts)
        return _Place("" if hidden else "pages", path)

    def _template(self, place: _Place) -> str:
        of_collections = {one.label: one for one in self.collections}
        known = of_collections.get(place.type)
        if place.type in ("posts", "drafts"):
            own = of_collections.get("posts")
            style = (own.permalink if own else "") or self.permalink
            return _STYLES.get(style, style)
        suffix = self._suffix()
        if place.type == "pages":
            folder, _, name = place.path.rpartition("/")
            is_index = name.rpartition(".")[0] == "index"
            return f"/{folder}/" if is_index else f"/{folder}/:basename{suffix}"
        if known is None or not known.output:
            return ""
        return known.permalink or f"/:collection/:path{suffix}"

    def _suffix(self) -> str:
        """Return how pages end where posts end as the site's style says."""
        if self.permalink in _STYLES:
            return "/" if self.permalink == "pretty" else ":output_ext"
        ends = (end for end in ("/", ":output_ext") if self.permalink.endswith(end))
        return next(ends, "")

    def _value(self, name: str, page: Page, place: _Place) -> str | None:
        stem = page.stem
        if place.type in ("posts", "drafts"):
            stem = (dated_name(stem) or ("", stem))[1]
        slug = page.text("slug") or stem
        parts: dict[str, Callable[[], str]] = {
            "title": lambda: slugify(slug, _PRETTY),
            "slug": lambda: slugify(slug).lower(),
            "name": lambda: slugify(stem).lower(),
            "basename": lambda: stem,
            "path": lambda: place.path.rpartition(".")[0],
            "output_ext": lambda: ".html",
            "collection": lambda: place.type,
            "categories": lambda: "/".join(_categories(page, place)),
            "slugified_categories": lambda: "/".join(slugify(c).lower() for c in _categories(page, place)),
        }
        if name in parts:
            return parts[name]()
        return date_part(self._local(page.time()), name, _DATE_PARTS)

    def _local(self, time: datetime | None) -> datetime | None:
        """Return a time in the site's zone, where it has one."""
        try:
            return time.astimezone(zone_of(self.timezone)) if time and self.timezone else time
        except OverflowError:
            return time


def slugify(name: str, kept: str = "") -> str:
    """Return a name with a hyphen for each run of what is no letter, digit, mark, nor in `kept`."""
    signs = (c if c.isalnum() or c in kept or unicodedata.category(c).startswith("M") else "\n" for c in name)
    slug = re.sub("\n+", "-", "".join(signs))
    return slug.removeprefix("-").removesuffix("-")


def _categories(page: Page, place: _Place) -> list[str]:
    """Return the categories of an address: those of the folders first, in lower case, each once."""
    own = page.get("category") or page.get("categories")
    found = [
        *place.above,
        *(own.split() if isinstance(own, str) and not page.get("category") else texts(own)),
    ]
    return list(dict.fromkeys(one.lower() for one in found))


def _tidy(address: str) -> str:
    parts = [part for part in address.split("/") if part and part.strip(".")]
    end = "/" if address.endswith("/") and parts else ""
    return "/" + "/".join(parts) + end


def _recognise(folder: SiteFolder) -> str | None:
    return folder.first(*CONFIGURATIONS)


def _read(folder: SiteFolder) -> Rules:
    name = folder.first(*CONFIGURATIONS)
    config = folder.values(name) if name else {}
    url = text(config.get("url")).rstrip("/")
    base = text(config.get("baseurl")).strip("/")
    given = config.get("collections")
    of_names = {str(label): {} for label in given} if isinstance(given, list) else mapping(given)
    return JekyllRules(
        base_url=f"{url}/{base}".rstrip("/") if url else "",
        main_language=values.language_of(config.get("lang")) or "",
        timezone=folder.zone(config.get("timezone"), "timezone"),
        permalink=text(config.get("permalink")) or "date",
        source=text(config.get("source")).strip("./"),
        collections_dir=text(config.get("collections_dir")).strip("./"),
        collections=tuple(
            Collection(label, flag(mapping(one).get("output")), text(mapping(one).get("permalink")))
            for label, one in of_names.items()
        ),
        scopes=_scopes(config),
        excluded=tuple(texts(config.get("exclude"))),
        configured=bool(config),
        included=tuple(texts(config.get("include"))),
        future=flag(config.get("future")),
    )


def _scopes(config: Values) -> tuple[Scope, ...]:
    """Return the defaults of the configuration, the strongest first: of a longer path, then of a type."""
    found = []
    for entry in items(config.get("defaults")):
        scope, given = mapping(mapping(entry).get("scope")), mapping(mapping(entry).get("values"))
        found.append(Scope(values.text_of(scope.get("path")) or "", text(scope.get("type")), given))
    found.reverse()  # of equal ones the last holds
    return tuple(sorted(found, key=lambda one: (-len(one.path.strip("/")), not one.type)))


PRESET = Preset("jekyll", "a Jekyll site", _recognise, _read, {"_posts": "_posts/"})
