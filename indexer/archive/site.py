"""An archive's folder -> the site that its files are published as: its kind, its address, its rules.

A run looks once for the files by which generators are known, in the archive's folder and in up to two above
it, never past a `.git`; nothing else there is read.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import tzinfo
from pathlib import Path
from typing import Any
from urllib.parse import quote

from indexer.archive.authors import read_authors
from indexer.archive.path_languages import NO_LANGUAGES, PathLanguages, path_languages
from indexer.archive.presets import (
    astro,
    docusaurus,
    eleventy,
    hexo,
    hugo,
    jekyll,
    obsidian,
    pelican,
    plain,
    zola,
)
from indexer.archive.presets.folder import SiteFolder
from indexer.archive.presets.preset import Page, Preset, Rules
from indexer.config import ArchiveSettings
from indexer.zones import zone_of

PLAIN, BACKFILE, OBSIDIAN = "plain", "backfile", "obsidian"
# In the order in which they are looked for: a kind that is recognised by more than a common name comes first,
# and a vault last, for many edit a site's files as one.
_GENERATORS: tuple[Preset, ...] = (
    docusaurus.PRESET, astro.PRESET, eleventy.PRESET, pelican.PRESET, zola.PRESET, hugo.PRESET, hexo.PRESET,
    jekyll.PRESET,
)  # fmt: skip
_PRESETS = {preset.kind: preset for preset in (*_GENERATORS, obsidian.PRESET)}
_NO_RULES = Rules()
_ABOVE = 2  # folders over the archive's that are looked into
_SAFE = "/~!$&'()*+,;=:@-._?#%"
_TEMPLATE = re.compile(r":[A-Za-z]|[{}]")
_NOTHING = re.compile(r"(?i)n/a")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_RELATIVE = re.compile(rf"(?!{_ABSOLUTE.pattern})[^\s<>\"\\^`{{|}}]+")


@dataclass(frozen=True, slots=True)
class Site:
    """What an archive's files are published as. `base_url` has no slash at its end, and is empty where it is
    not known; `prefix` is the archive's folder within the site's, with a slash at its end; `languages` is
    what the paths of the archive say, `language` the tag of the one that articles are in which name none."""

    kind: str = PLAIN
    why: str = ""
    base_url: str = ""
    prefix: str = ""
    rules: Rules = _NO_RULES
    languages: PathLanguages = NO_LANGUAGES
    language: str = ""
    bundles: frozenset[str] = frozenset()  # folders of the site, with a slash, whose files are one page
    problems: tuple[str, ...] = ()  # what of the configuration cannot be read
    apart: bool = False  # whether all pages lie in folders of the site's, and none beside its configuration
    authors: Mapping[str, str] = field(default_factory=dict)  # names by slug

    @property
    def fingerprint(self) -> str:
        """What tells this site from another: where it differs, files are read anew."""
        authors = sorted(self.authors.items())
        parts = repr((self.kind, self.base_url, self.prefix, self.apart, self.rules, authors))
        return hashlib.blake2b(parts.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()

    def meaning(self, path: str, data: dict[str, Any]) -> dict[str, Any]:
        """Return the front matter of the archive's file at `path` as the site's generator takes it."""
        return self.rules.meaning(f"{self.prefix}{path}", data)

    def languages_of(self, path: str) -> tuple[str | None, str | None]:
        """Return the tag of the language that the path of a file says, and what its translations have in
        common with it."""
        tag, original = self.languages.of(path)
        return tag or self.rules.language_of(f"{self.prefix}{path}"), original

    def with_paths(self, paths: Iterable[str]) -> Site:
        """Return the site with what the paths of all files of the archive say."""
        paths = list(paths)
        return replace(self, languages=path_languages(paths), bundles=self.bundles_of(paths))

    def bundles_of(self, paths: Iterable[str]) -> frozenset[str]:
        """Return the folders whose files are one page, of an archive that has files at `paths`."""
        return self.rules.bundles(f"{self.prefix}{path}" for path in paths)

    def said_of(self, path: str) -> Any:
        """Return what the paths of all files say of that at `path`: where it changes, it is read again."""
        return self.languages.of(path), self._bundle_of(f"{self.prefix}{path}")

    def passes_over(self, path: str) -> str | None:
        """Return why the archive's file at `path` surely is no page of the site, None where it may be one."""
        if self.apart and not self.prefix and "/" not in path:
            return "beside the folder that holds the pages"
        path = f"{self.prefix}{path}"
        bundle = self._bundle_of(path)
        return f"a part of the page in `{bundle}`" if bundle else self.rules.passes_over(path)

    def _bundle_of(self, path: str) -> str | None:
        """Return the folder of the page that the site's file at `path` is a part of."""
        if not self.bundles:
            return None
        ends = (at + 1 for at, sign in enumerate(path) if sign == "/")
        bundle = next((path[:end] for end in ends if path[:end] in self.bundles), None)
        is_main = bundle and "/" not in path[len(bundle) :] and self.rules.is_main(path)
        return None if is_main else bundle

    def zone_of(self, path: str) -> tzinfo | None:
        """Return the zone in which the site reads times without an offset, None where it names none."""
        name = self.rules.timezone_of(f"{self.prefix}{path}")
        return zone_of(name) if name else None

    def address(self, page: Page) -> str | None:
        """Return where a page stands on the site, from its root; None where that is not known."""
        return self.rules.address(page)

    def takes(self, address: str) -> bool:
        """Whether a text that is no absolute address may be one on the site; to a generator, a template."""
        if _ABSOLUTE.match(address):
            return False
        return is_address(address) or self.kind not in (PLAIN, BACKFILE) or bool(_TEMPLATE.search(address))

    def link(self, address: str) -> str:
        """Return an address of the site as a link: absolute where the site's own address is known."""
        if not self.base_url:
            return address
        path = quote(address.removeprefix("./").lstrip("/"), safe=_SAFE)
        return f"{self.base_url}/{path}"

    def to_json(self) -> dict[str, Any]:
        """Return what an index keeps of it, and reports tell."""
        return {
            "kind": self.kind,
            "why": self.why,
            "base_url": self.base_url,
            "fingerprint": self.fingerprint,
            "languages": self.languages.to_json(),
            "language": self.language,
        }


PLAIN_SITE = Site()


def is_address(address: str) -> bool:
    """Whether a text surely is an address on the site itself: it begins with a slash, or with a folder that
    is no host; nothing in it is a template's."""
    first, slash, _ = address.partition("/")
    if not slash or "." in first.strip(".") or _TEMPLATE.search(address):
        return False
    return is_relative(address) and not _NOTHING.fullmatch(address)


def is_relative(address: str) -> bool:
    """Whether a text can be an address on the site itself: no scheme, no host, no spaces."""
    return bool(_RELATIVE.fullmatch(address))


def find_site(settings: ArchiveSettings) -> Site:
    """Return the site that the archive's folder belongs to, with the names of its authors."""
    authors = read_authors(settings.path.resolve(), settings.fields, settings.max_file_bytes)
    site = _site(settings)
    return replace(site, authors=authors) if authors else site


def _site(settings: ArchiveSettings) -> Site:
    """Return the site that the archive's folder belongs to, by its files or as the settings say."""
    base_url = settings.base_url.rstrip("/")
    root = settings.path.resolve()
    if settings.kind in (PLAIN, BACKFILE):
        return Site(settings.kind, "`archive.kind` says so", base_url, rules=_plain(settings.kind, base_url))
    if settings.kind in _PRESETS:
        preset = _PRESETS[settings.kind]
        found: Site | None = _found(root, (preset,)) or _unconfigured(root, preset)
    else:
        found = _found(root, _GENERATORS) or _found(root, (obsidian.PRESET,))
    if found is None:
        why = "no configuration of a site generator is there, nor in the two folders above"
        why = "; ".join((why, *_sites_below(root)))
        return Site(PLAIN, why, base_url, rules=_plain(PLAIN, base_url))
    base_url = base_url or found.base_url
    rules = found.rules
    if isinstance(rules, obsidian.ObsidianRules):  # a vault is no site without one
        rules = replace(rules, served=bool(base_url))
    return replace(found, base_url=base_url, rules=rules)


def article_of(kind: str) -> str:
    """Return what a kind of site is called, with its article."""
    return _PRESETS[kind].name if kind in _PRESETS else "plain files"


def _found(root: Path, presets: tuple[Preset, ...]) -> Site | None:
    for folder in _folders(root):
        looked_at = SiteFolder(folder)
        for preset in presets:
            name = preset.recognise(looked_at)
            if name:
                rules = preset.read(looked_at)
                problems = tuple(dict.fromkeys(looked_at.problems))
                why = "; ".join((f"there is {folder / name}", *problems))
                inside = root.relative_to(folder).as_posix()
                base_url = rules.base_url if is_web_address(rules.base_url) else ""
                prefix = "" if inside == "." else f"{inside}/"
                apart = any(one and looked_at.has_folder(one) for one in rules.sources)
                return Site(preset.kind, why, base_url, prefix, rules, problems=problems, apart=apart)
    return None


def _sites_below(root: Path) -> Iterator[str]:
    """Yield the sentence that points to a site in the folder: projects keep theirs in `docs` or `website`."""
    for name in ("website", "site", "docs", "www", "blog"):
        folder = SiteFolder(root / name)
        preset = next((one for one in _GENERATORS if one.recognise(folder)), None)
        if preset:
            yield f"`{name}` is {preset.name}: index that folder for its addresses"


def _plain(kind: str, base_url: str) -> Rules:
    return plain.PlainRules(slugs=bool(base_url)) if kind == PLAIN else Rules()


def _unconfigured(root: Path, preset: Preset) -> Site:
    """Return the site that the settings name, of which no configuration was found."""
    why = "`archive.kind` says so; its configuration was not found, so its defaults hold"
    return Site(preset.kind, why, "", preset.folders.get(root.name, ""), preset.read(SiteFolder(root)))


def is_web_address(text: str) -> bool:
    """Whether a text is an absolute http or https address."""
    return bool(re.match(r"https?://[^\s/]+", text))


def _folders(root: Path) -> Iterator[Path]:
    folder = root
    for _ in range(_ABOVE + 1):
        yield folder
        if os.path.exists(folder / ".git") or folder.parent == folder:
            return
        folder = folder.parent
