"""Docusaurus: `docs`, `blog` and `src/pages`, slugs and ids, number prefixes, versions and languages."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from indexer.archive import values
from indexer.archive.presets.folder import SiteFolder, block_of, blocks_after, value_in, without_comments
from indexer.archive.presets.preset import UNDERSCORE, Page, Preset, Rules

CONFIGURATIONS = (
    "docusaurus.config.js", "docusaurus.config.ts", "docusaurus.config.mjs", "docusaurus.config.cjs",
)  # fmt: skip
_BLOG_NAME = re.compile(r"(?P<folder>.*)(?P<date>\d{4}[-/]\d{1,2}[-/]\d{1,2})[-/]?(?P<text>.*?)(?:/index)?")
_NUMBER = re.compile(r"\d+\s*[-_.]+\s*([^-_.\s].*)")
_NO_NUMBER = re.compile(r"(?:\d{2}|\d{4})[-_.]\d{2}(?:[-_.](?:\d{2}|\d{4}))?.*|\d+[-_.]\d+.*")
_TRANSLATED = re.compile(r"i18n/([^/]+)/docusaurus-plugin-content-(docs|blog|pages)(?:-[^/]+)?/(.*)")


@dataclass(frozen=True, slots=True)
class DocusaurusRules(Rules):
    """See `Rules`. `parts` are kind (`docs` or `blog`), folder, and what the addresses begin with."""

    parts: tuple[tuple[str, str, str], ...] = (("docs", "docs", "docs"), ("blog", "blog", "blog"))
    versions: tuple[str, ...] = ()  # the newest first; empty where docs have none
    last_version: str = ""
    default_language: str = "en"
    slash: bool = False

    @property
    def sources(self) -> tuple[str, ...]:
        """See `Rules`."""
        return (
            ()
            if any(folder == "." for _, folder, _ in self.parts)
            else (*(one[1] for one in self.parts), "src/pages")
        )

    def address(self, page: Page) -> str | None:
        """See `Rules`."""
        language, kind, route, path = self._place(page)
        found = replace(page, path=path)
        makers = {"docs": self._doc, "blog": self._post, "pages": self._page}
        if kind not in makers:
            return None
        address = posixpath.normpath("/".join(("", language, route, makers[kind](found)))).replace("//", "/")
        return f"{address}/" if self.slash and address != "/" else address

    def holds_back(self, page: Page) -> str | None:
        """See `Rules`."""
        # What begins with _ is a part that pages take in.
        return UNDERSCORE if any(part.startswith("_") for part in page.path.split("/")) else None

    def _place(self, page: Page) -> tuple[str, str, str, str]:
        """Return language, kind, route and path of a page; an empty kind for what is none."""
        routes = {kind: route for kind, _, route in reversed(self.parts)}
        translated = _TRANSLATED.fullmatch(page.path)
        if translated:
            language, kind, path = translated.groups()
            return "" if language == self.default_language else language, kind, routes.get(kind, ""), path
        if page.path.startswith("versioned_docs/"):
            return "", "docs", routes.get("docs", ""), page.path.removeprefix("versioned_docs/")
        for kind, folder, route in (*self.parts, ("pages", "src/pages", "")):
            found = page.under(folder)
            if found:
                path = f"current/{found.path}" if kind == "docs" else found.path
                return "", kind, route, path
        return "", "", "", page.path

    def _doc(self, page: Page) -> str:
        version, _, path = page.path.partition("/")
        version = version.removeprefix("version-")
        folders = [_without_number(part) for part in path.split("/")[:-1]]
        name = _without_number(page.stem)
        slug = page.text("slug")
        if not slug and page.stem.lower() in ("index", "readme", folders[-1].lower() if folders else ""):
            slug = "."
        folder = "/" + "/".join(folders)
        slug = posixpath.join(folder, slug or page.text("id") or name)
        return f"{self._version(version)}/{slug}"

    def _version(self, version: str) -> str:
        if not self.versions:
            return ""
        last = self.last_version or self.versions[0]
        if version == last:
            return ""
        return "next" if version == "current" else version

    def _post(self, page: Page) -> str:
        slug = page.text("slug")
        if not slug:
            path = page.path.rpartition(".")[0]
            found = _BLOG_NAME.fullmatch(path)
            if found:
                slug = f"{found['date'].replace('-', '/')}/{found['folder']}{found['text']}"
            else:
                slug = path.removesuffix("/index")
        return slug

    def _page(self, page: Page) -> str:
        path = page.path.rpartition(".")[0]
        return path.removesuffix("index") if path.rpartition("/")[2] == "index" else path


def _without_number(name: str) -> str:
    found = None if _NO_NUMBER.fullmatch(name) else _NUMBER.fullmatch(name)
    return found[1] if found else name


def _recognise(folder: SiteFolder) -> str | None:
    return folder.first(*CONFIGURATIONS)


def _read(folder: SiteFolder) -> Rules:
    name = folder.first(*CONFIGURATIONS)
    script = without_comments(folder.text(name)) if name else ""
    url, base = value_in(script, "url").rstrip("/"), value_in(script, "baseUrl").strip("/")
    given = folder.list_of("versions.json")
    return DocusaurusRules(
        base_url=f"{url}/{base}".rstrip("/") if url else "",
        parts=tuple(_parts(script)),
        versions=tuple(one for one in given if isinstance(one, str)),
        last_version=value_in(block_of(script, "docs"), "lastVersion"),
        main_language=values.language_of(value_in(script, "defaultLocale")) or "",
        default_language=value_in(script, "defaultLocale") or "en",
        slash=value_in(script, "trailingSlash") == "true",
    )


def _parts(script: str) -> Iterator[tuple[str, str, str]]:
    """Yield what the site has of docs and blogs: those of the preset, and of plugins."""
    for kind in ("blog", "docs"):
        blocks = blocks_after(script, rf"content-{kind}['\"]\s*,")
        if value_in(script, kind) != "false":
            blocks.insert(0, block_of(script, kind))
        for block in blocks:
            folder = posixpath.normpath(value_in(block, "path") or kind)
            route = value_in(block, "routeBasePath") or kind
            yield kind, folder, route.strip("/")


PRESET = Preset("docusaurus", "a Docusaurus site", _recognise, _read, {"docs": "docs/", "blog": "blog/"})
