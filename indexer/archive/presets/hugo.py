"""Hugo: sections, page bundles, `slug` and `url`, `[permalinks]`, ugly addresses, languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from indexer.archive import values
from indexer.archive.presets.folder import SiteFolder, Values, flag, items, mapping, text
from indexer.archive.presets.hugo_cascade import Cascade, cascade_of, cascades_in
from indexer.archive.presets.preset import (
    DAYS,
    MONTHS,
    Page,
    Preset,
    Rules,
    date_part,
    dated_name,
    fill,
    is_quick,
    texts,
)

_ENDINGS = ("toml", "yaml", "yml", "json")
_OWN = tuple(f"hugo.{ending}" for ending in _ENDINGS)
_OLD = tuple(f"config.{ending}" for ending in _ENDINGS)
_FOLDER = "config/_default"
# A `config.toml` may be anyone's: one of these keys makes it Hugo's.
_KEYS = frozenset((
    "baseurl", "languagecode", "defaultcontentlanguage", "contentdir", "permalinks", "uglyurls", "paginate",
    "pagination", "builddrafts", "buildfuture", "taxonomies", "publishdir", "enablerobotstxt", "theme",
))  # fmt: skip
_NO_PAGES = frozenset((
    "archetypes", "themes", "layouts", "config", "i18n", "data", "assets", "static", "resources", "public",
))  # fmt: skip
_BUNDLED = (".md", ".markdown", ".rst")  # (one in HTML may be no page: that is not known from its name)
_TOKEN = re.compile(r":(\w+(?:\[[^\]]*\])?)")
_ESCAPED = re.compile("%[0-9A-Fa-f]{2}")
_NOT_IN_VALUES = str.maketrans("", "", "+%")  # of what stands in the place of a token
_PUBLICATION = ("publishDate", "pubDate", "published", "date")
_DATE_PARTS = {
    "year": lambda t: str(t.year),
    "month": lambda t: f"{t.month:02}",
    "monthname": lambda t: MONTHS[t.month - 1],
    "day": lambda t: f"{t.day:02}",
    "weekday": lambda t: str(t.isoweekday() % 7),
    "weekdayname": lambda t: DAYS[t.weekday()],
    "yearday": lambda t: str(t.timetuple().tm_yday),
}


@dataclass(frozen=True, slots=True)
class Content:
    """A folder of content: where it lies, where it stands in the site, and its language, where it has one."""

    folder: str
    target: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page stands: its language and that one's part of the address, its folders and its name; `kind`
    is `page`, or `section` for `_index.md`. The other files of a bundle's folder, at any depth, are parts of
    its page."""

    language: str
    prefix: str
    folders: tuple[str, ...]
    name: str
    kind: str
    is_bundle: bool = False


@dataclass(frozen=True, slots=True)
class HugoRules(Rules):
    """See `Rules`."""

    NO_PAGES = _NO_PAGES
    contents: tuple[Content, ...] = (Content("content"),)
    permalinks: tuple[tuple[str, str, str], ...] = ()  # kind, section, pattern
    ugly: bool = False
    ugly_sections: tuple[str, ...] = ()
    lower: bool = True
    accents: bool = True
    languages: tuple[str, ...] = ()
    default_language: str = "en"
    default_in_subfolder: bool = False
    dates_of_names: bool = False
    future: bool = False
    ignored: tuple[str, ...] = ()  # patterns of paths
    cascades: tuple[Cascade, ...] = ()  # the strongest first
    timezones: tuple[tuple[str, str], ...] = ()  # of languages that have one of their own

    @property
    def sources(self) -> tuple[str, ...]:
        """See `Rules`."""
        return (
            () if any(not one.folder for one in self.contents) else tuple(one.folder for one in self.contents)
        )

    def meaning(self, path: str, data: dict[str, Any]) -> dict[str, Any]:
        """See `Rules`."""
        place = self.place(path) if self.cascades else None
        if place:
            for one in self.cascades:
                if one.holds(place.folders, place.name, place.kind, place.language):
                    data = {**one.values, **data}
        return data

    def language_of(self, path: str) -> str | None:
        """See `Rules`."""
        inside = (one.language for one in self.contents if path.startswith(f"{one.folder}/"))
        return values.language_of(next(inside, "")) or None

    def passes_over(self, path: str) -> str | None:
        """See `Rules`."""
        pattern = self._ignores(path)
        return (
            f"left out by `ignoreFiles: {pattern}`" if pattern else super(HugoRules, self).passes_over(path)
        )

    def _ignores(self, path: str) -> str | None:
        """Return the pattern by which Hugo ignores the file at `path` of the site, if so."""
        return next((one for one in self.ignored if re.search(one, f"/{path}")), None)

    def bundles(self, paths: Iterable[str]) -> frozenset[str]:
        """See `Rules`."""
        found, branches = set(), set()
        for path in (path for path in paths if not self._ignores(path)):
            folder, slash, name = path.rpartition("/")
            if name.startswith("_index."):
                branches.add(folder + slash)
            elif self.is_main(path):
                found.add(folder + slash)
        return frozenset(found - branches)

    def is_main(self, path: str) -> bool:
        """See `Rules`."""
        name = path.rpartition("/")[2]
        if not (name.startswith("index.") and name.endswith(_BUNDLED)):
            return False
        place = self.place(path)
        return place is not None and place.is_bundle

    def timezone_of(self, path: str) -> str:
        """See `Rules`."""
        place = self.place(path) if self.timezones else None
        return dict(self.timezones).get(place.language, self.timezone) if place else self.timezone

    def address(self, page: Page) -> str | None:
        """See `Rules`."""
        place = self.place(page.path)
        if place is None:
            return None
        url = page.text("url")
        if url:
            filled = fill(url, _TOKEN, lambda token: self._value(token, page, place)) if ":" in url else url
            return filled if not filled or filled.startswith("/") else f"{place.prefix}/{filled}"
        section = place.folders[0] if place.folders else ""
        pattern = next(
            (p for kind, of, p in self.permalinks if kind == place.kind and of == section.lower()), ""
        )
        if pattern:
            filled = fill(pattern, _TOKEN, lambda token: self._value(token, page, place))
            if filled is None:
                return None
            parts = [part for part in filled.split("/") if part]
        else:
            name = page.text("slug") or self._name(place)
            folders = [folder.replace(" ", "-") for folder in place.folders]
            parts = [*folders, *([name] if place.kind == "page" else [])]
        parts = [part for part in map(self._clean, parts) if part]
        return self._ended(place, section, parts)

    def holds_back(self, page: Page) -> str | None:
        """See `Rules`."""
        for name in ("build", "_build"):
            render = mapping(page.get(name)).get("render")
            if render is False or values.text_of(render) in ("never", "link", "false"):
                return f"{name}.render"
        return None

    def publication(self, page: Page) -> datetime | None:
        """See `Rules`."""
        if self.future:
            return None
        found = (page.written(page.get(name)) for name in _PUBLICATION)
        return next(filter(None, found), None) or page.time()

    def redirects(self, page: Page) -> list[str]:
        """See `Rules`."""
        # One without a slash at its head is relative to where the page stands.
        return [alias for alias in super(HugoRules, self).redirects(page) if alias.startswith("/")]

    def place(self, path: str) -> _Place | None:
        """Return where a page of the content stands, None for other files."""
        content = next((one for one in self.contents if path.startswith(f"{one.folder}/".lstrip("/"))), None)
        if content is None:
            return None
        folder, _, name = path[len(f"{content.folder}/".lstrip("/")) :].rpartition("/")
        name = name.rpartition(".")[0] or name
        stem, _, language = name.rpartition(".")
        if not stem or language not in self.languages:
            stem, language = name, content.language or self.default_language
        folders = tuple(part for part in f"{content.target}/{folder}".split("/") if part)
        prefix = "" if language == self.default_language and not self.default_in_subfolder else f"/{language}"
        if stem == "_index":
            return _Place(language, prefix, folders, "", "section")
        if stem == "index" and folders:
            return _Place(language, prefix, folders[:-1], folders[-1], "page", is_bundle=True)
        return _Place(language, prefix, folders, stem, "page")

    def _name(self, place: _Place) -> str:
        dated = dated_name(place.name) if self.dates_of_names else None
        return (dated[1] if dated else place.name).replace(" ", "-")

    def _ended(self, place: _Place, section: str, parts: list[str]) -> str:
        path = "".join(f"/{part}" for part in parts)
        ugly = self.ugly or section in self.ugly_sections
        return place.prefix + (f"{path}.html" if ugly and path and place.kind == "page" else f"{path}/")

    def _value(self, token: str, page: Page, place: _Place) -> str | None:
        slug, title, name = page.text("slug"), page.title, self._name(place)
        parts = {
            "slug": slug or title.replace("/", "-"),
            "title": title.replace("/", "-"),
            "slugorfilename": slug or name,
            "slugorcontentbasename": slug or name,
            "filename": place.name,
            "contentbasename": place.name,
        }
        if token in parts:
            return self._clean(parts[token]).translate(_NOT_IN_VALUES)
        folders = {"section": place.folders[:1], "sections": place.folders}
        if token in folders:
            return "/".join(folders[token])
        if token.startswith("sections["):
            return "/".join(_some(place.folders, token[len("sections[") : -1]))
        return date_part(page.time(), token, _DATE_PARTS)

    def _clean(self, part: str) -> str:
        """Return a part of an address as Hugo writes it: spaces as hyphens, few signs, in lower case."""
        if not self.accents:
            part = "".join(c for c in unicodedata.normalize("NFD", part) if not unicodedata.combining(c))
        cleaned = _sanitized(part)
        return cleaned.lower() if self.lower else cleaned


def _sanitized(part: str) -> str:
    """Return what Hugo keeps of a part: a hyphen for spaces, also with signs among them that go, where none
    stands beside them."""
    kept = ""
    is_after_space = False
    for at, sign in enumerate(part):
        if _stays(sign) or (sign == "%" and _ESCAPED.match(part, at)):
            kept += f"-{sign}" if is_after_space and sign != "-" else sign
            is_after_space = False
        elif sign.isspace() and kept and kept[-1] != "-":
            is_after_space = True
    return kept


def _stays(sign: str) -> bool:
    is_letter = sign.isalpha() or sign.isdecimal()
    return is_letter or sign in "._#+~-@/" or unicodedata.category(sign).startswith("M")


def _some(folders: tuple[str, ...], cut: str) -> tuple[str, ...]:
    """Return what `[1:]`, `[0]` or `[last]` takes of the folders; nothing for what is no cut."""

    def number(word: str, otherwise: int) -> int:
        return len(folders) - 1 if word == "last" else int(word) if word.isdigit() else otherwise

    low, colon, high = cut.strip().lower().partition(":")
    first = number(low, 0)
    return folders[first : number(high, len(folders))] if colon else folders[first : first + 1]


def _recognise(folder: SiteFolder) -> str | None:
    own = folder.first(*_OWN)
    if own:
        return own
    old = folder.first(*_OLD)
    if old and folder.values(old).keys() & _KEYS:
        return old
    inner = folder.first(*(f"{_FOLDER}/{name}" for name in (*_OWN, *_OLD)))
    return inner if inner and folder.has_folder("content") else None


def _configuration(folder: SiteFolder) -> Values:
    """Return what the configuration's files say together; the one of the site's folder comes last."""
    config: dict[str, Any] = {}
    for part in ("permalinks", "languages", "frontmatter"):
        name = folder.first(*(f"{_FOLDER}/{part}.{ending}" for ending in _ENDINGS))
        if name:
            config[part] = dict(folder.values(name))
    for name in folder.all(f"{_FOLDER}/languages.*.*"):
        if name.endswith(_ENDINGS):
            config.setdefault("languages", {})[name.split(".")[-2]] = dict(folder.values(name))
    for places in ((f"{_FOLDER}/{name}" for name in (*_OWN, *_OLD)), (*_OWN, *_OLD)):
        name = folder.first(*places)
        config |= folder.values(name) if name else {}
    return config


def _read(folder: SiteFolder) -> Rules:
    config = _configuration(folder)
    rules = _rules(folder, config)
    found = [*_cascades(folder, rules), *cascades_in(config.get("cascade"))]
    return replace(rules, cascades=tuple(found)) if found else rules


def _cascades(folder: SiteFolder, rules: HugoRules) -> list[Cascade]:
    """Return what the sections say of their pages, the deepest first."""
    found: list[Cascade] = []
    for content in rules.contents:
        for name in folder.below(content.folder, lambda _, name: name.startswith("_index.")):
            place = rules.place(name)
            given = cascade_of(folder, name) if place else []
            found += cascades_in(given, place.folders, place.language) if place else []
    return sorted(found, key=lambda one: -len(one.folder))


def _rules(folder: SiteFolder, config: Values) -> HugoRules:
    of_languages = {
        code: folder.zone(_lowered(one).get("timezone"), f"languages.{code}.timeZone")
        for code, one in mapping(config.get("languages")).items()
    }
    ugly = config.get("uglyurls")
    dates = mapping(_lowered(config.get("frontmatter"))).get("date")
    return HugoRules(
        base_url=text(config.get("baseurl")).rstrip("/"),
        contents=tuple(_contents(config)),
        permalinks=tuple(_patterns(mapping(config.get("permalinks")))),
        ugly=flag(ugly),
        ugly_sections=tuple(section for section, yes in mapping(ugly).items() if flag(yes)),
        lower=not flag(config.get("disablepathtolower")),
        accents=not flag(config.get("removepathaccents")),
        languages=tuple(mapping(config.get("languages"))),
        main_language=values.language_of(config.get("defaultcontentlanguage")) or "",
        default_language=text(config.get("defaultcontentlanguage")) or "en",
        default_in_subfolder=flag(config.get("defaultcontentlanguageinsubdir")),
        ignored=tuple(one for one in texts(config.get("ignorefiles")) if _is_pattern(one)),
        dates_of_names=":filename" in (dates if isinstance(dates, list) else [dates]),
        future=flag(config.get("buildfuture")),
        timezone=folder.zone(config.get("timezone"), "timeZone"),
        timezones=tuple((code, zone) for code, zone in of_languages.items() if zone),
    )


def _is_pattern(pattern: str) -> bool:
    """Whether a pattern is one that can be compared with a path below the site's folder: Hugo has it begin at
    the machine's root."""
    return not pattern.startswith("^") and is_quick(pattern)


def _contents(config: Values) -> list[Content]:
    """Return the folders of content, the deepest first: those that are mounted, else the usual one, and those
    of languages."""
    found = []
    for code, one in mapping(config.get("languages")).items():
        own = text(_lowered(one).get("contentdir")).strip("./")
        found += [Content(own, "", code)] if own else []
    mounts = [_mounted(_lowered(one)) for one in items(_lowered(config.get("module")).get("mounts"))]
    usual = Content(text(config.get("contentdir")).strip("./") or "content")
    found += [one for one in mounts if one] or [usual]
    return sorted(found, key=lambda one: -one.folder.count("/"))


def _mounted(mount: Values) -> Content | None:
    source, target = text(mount.get("source")).strip("./"), text(mount.get("target")).strip("/")
    of_site = items(_lowered(_lowered(mount.get("sites")).get("matrix")).get("languages"))
    if not source or target.partition("/")[0] != "content":
        return None
    return Content(source, target.partition("/")[2], text(mount.get("lang")) or text(next(iter(of_site), "")))


def _lowered(value: Any) -> Mapping[str, Any]:
    return {str(key).lower(): one for key, one in mapping(value).items()}


def _patterns(given: Values) -> list[tuple[str, str, str]]:
    """Return kind, section and pattern: `[permalinks]` of sections, or of kinds and then sections."""
    found = []
    for key, value in given.items():
        if isinstance(value, dict):
            found += [(key, section, pattern) for section, pattern in value.items()]
        else:
            found.append(("page", key, value))
    return [(kind, of.strip("/ ").lower(), p) for kind, of, p in found if isinstance(p, str) and p]


PRESET = Preset("hugo", "a Hugo site", _recognise, _read, {"content": "content/"})
