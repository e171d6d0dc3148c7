"""Eleventy: a page's address is its path, or the `permalink` that its front matter gives."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from indexer.archive.ignore import Ignored
from indexer.archive.presets.eleventy_slugs import slug, slugify
from indexer.archive.presets.folder import SiteFolder, block_of, text, value_in, without_comments
from indexer.archive.presets.preset import Page, Preset, Rules, dated_name, fill
from indexer.errors import ConfigError

CONFIGURATIONS = (
    "eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs", "eleventy.config.ts", ".eleventy.js",
)  # fmt: skip
IGNORE = ".eleventyignore"
_METADATA = ("metadata.js", "metadata.json", "site.js", "site.json")
_DATA_ENDINGS = ("json", "11tydata.json", "11tydata.js", "11tydata.cjs", "11tydata.mjs")
# `permalink: "/a/{{ … }}/"`, and a function that does nothing but return such a text.
_SCRIPTED = re.compile(r"""permalink["']?\s*[:(]\s*(?:["']([^"'\n]*)["']|[^`;"'?]{0,80}`([^`]*)`)""")
_INSERTED = re.compile(r"\$\{\s*(?:data\.)?([\w.]+)\s*\}")
_NO_PAGES = frozenset(("_data", "_includes", "_site", "node_modules"))
_TOKEN = re.compile(r"\{\{-?\s*(.*?)\s*-?\}\}")
_FILTERS = {"slug": slug, "slugify": slugify}
_SLUGS = re.compile(r"(title|slug|page\.fileSlug)(?:\s*\|\s*(slug|slugify))?")


@dataclass(frozen=True, slots=True)
class EleventyRules(Rules):
    """See `Rules`."""

    NO_PAGES = _NO_PAGES
    input: str = ""
    ignored: tuple[str, ...] = ()  # patterns of its own file for them
    permalinks: tuple[tuple[str, str], ...] = ()  # of folders, the deepest first; "" where code gives one

    @property
    def root(self) -> str:
        """See `Rules`."""
        return self.input

    def passes_over(self, path: str) -> str | None:
        """See `Rules`."""
        ignored = self.ignored and path in _ignored(self.ignored)
        return f"left out by `{IGNORE}`" if ignored else super(EleventyRules, self).passes_over(path)

    def address(self, page: Page) -> str | None:
        """See `Rules`."""
        found = page.under(self.input)
        given = page.get("permalink")
        if found is None or (given and not isinstance(given, str)):
            return None
        own: str | None = page.text("permalink")
        if not own:
            own = next((one for folder, one in self.permalinks if page.under(folder)), None)
        if own is not None:
            return _permalink(own, found) if own else None
        folders = [part for part in found.folder.split("/") if part]
        name = found.stem.removesuffix(".11ty")
        if name != "index" and name not in folders[-1:]:
            folders.append(name)
        return "/" + "".join(f"{part}/" for part in folders)

    def holds_back(self, page: Page) -> str | None:
        """See `Rules`."""
        return "permalink" if page.text("permalink").lower() == "false" else None


@lru_cache(maxsize=4)
def _ignored(patterns: tuple[str, ...]) -> Ignored:
    try:
        return Ignored(patterns)
    except ConfigError:  # a pattern is none
        return Ignored(())


def _permalink(own: str, page: Page) -> str | None:
    if "{%" in own or "${" in own:
        return None
    filled = fill(own, _TOKEN, lambda code: _value(code, page))
    if filled is None:
        return None
    address = "/" + filled.lstrip("/")
    return address.removesuffix("index.html") if address.endswith("/index.html") else address


def _value(code: str, page: Page) -> str | None:
    """Return what the few expressions give that are plain; None for others."""
    known = _SLUGS.fullmatch(code)
    if known is None:
        return None
    if known[1] == "page.fileSlug":
        stem = page.folder.rpartition("/")[2] if page.stem == "index" else page.stem
        name = (dated_name(stem) or ("", stem))[1]
    else:
        name = page.title if known[1] == "title" else page.text("slug")
    return (_FILTERS[known[2]](name) if known[2] else name) or None


def _recognise(folder: SiteFolder) -> str | None:
    return folder.first(*CONFIGURATIONS)


def _read(folder: SiteFolder) -> Rules:
    name = folder.first(*CONFIGURATIONS)
    script = without_comments(folder.text(name)) if name else ""
    source = value_in(block_of(script, "dir") or script, "input").strip("./")
    prefix = value_in(script, "pathPrefix").strip("/")
    base = _site_url(folder, source).rstrip("/")
    base = f"{base}/{prefix}".rstrip("/") if base else ""
    return EleventyRules(
        base_url=base, input=source, ignored=_patterns(folder), permalinks=tuple(_permalinks(folder, source))
    )


def _patterns(folder: SiteFolder) -> tuple[str, ...]:
    lines = folder.text(IGNORE).splitlines() if folder.first(IGNORE) else ()
    return tuple(line for line in lines if line.strip() and not line.startswith("#"))


def _permalinks(folder: SiteFolder, source: str) -> list[tuple[str, str]]:
    """Return the permalinks that data files give to their folders."""
    found = []
    for name in folder.below(source, _is_data_of_folder):
        where = name.rpartition("/")[0]
        if name.endswith(".json"):
            given = folder.values(name)
            found += [(where, text(given.get("permalink")))] if "permalink" in given else []
        else:
            script = without_comments(folder.text(name))
            written = _SCRIPTED.search(script)
            if written:
                found.append((where, _INSERTED.sub(r"{{ \1 }}", written[1] or written[2])))
            elif "permalink" in script:
                found.append((where, ""))
    return sorted(found, key=lambda one: -one[0].count("/") - bool(one[0]))


def _is_data_of_folder(folder: str, name: str) -> bool:
    stem, _, ending = name.partition(".")
    return stem == folder and ending in _DATA_ENDINGS


def _site_url(folder: SiteFolder, source: str) -> str:
    """Return the address that the starter's file of metadata has; Eleventy itself asks for none."""
    for place in ("_data", f"{source}/_data", "src/_data"):
        name = folder.first(*(f"{place}/{one}" for one in _METADATA))
        if name:
            found = folder.values(name).get("url") if name.endswith(".json") else None
            url = text(found) or value_in(without_comments(folder.text(name)), "url")
            if url.startswith(("http://", "https://")):
                return url
    return ""


PRESET = Preset("eleventy", "an Eleventy site", _recognise, _read, {})
