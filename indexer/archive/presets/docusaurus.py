"""Docusaurus: `docs`, `blog` and `src/pages`, slugs and ids, number prefixes, versions and languages."""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass

from indexer.archive.presets.folder import SiteFolder, block_of, value_in, without_comments
from indexer.archive.presets.preset import Page, Preset, Rules

CONFIGURATIONS = (
    "docusaurus.config.js", "docusaurus.config.ts", "docusaurus.config.mjs", "docusaurus.config.cjs",
)  # fmt: skip
_BLOG_NAME = re.compile(r"(?P<folder>.*)(?P<date>\d{4}[-/]\d{1,2}[-/]\d{1,2})[-/]?(?P<text>.*?)(?:/index)?")
_NUMBER = re.compile(r"\d+\s*[-_.]+\s*([^-_.\s].*)")
_NO_NUMBER = re.compile(r"(?:\d{2}|\d{4})[-_.]\d{2}(?:[-_.](?:\d{2}|\d{4}))?.*|\d+[-_.]\d+.*")
_TRANSLATED = re.compile(r"i18n/([^/]+)/docusaurus-plugin-content-(docs|blog|pages)(?:-[^/]+)?/(.*)")


@dataclass(frozen=True, slots=True)
class DocusaurusRules(Rules):
    """See `Rules`. `docs` and `blog` are folders, empty where there is none; `docs_route` and `blog_route`
    what their addresses begin with."""

    docs: str = "docs"
    docs_route: str = "docs"
    blog: str = "blog"
    blog_route: str = "blog"
    versions: tuple[str, ...] = ()  # the newest first; empty where docs have none
    last_version: str = ""
    default_language: str = "en"
    slash: bool = False

    def address(self, page: Page) -> str | None:
        """See `Rules`."""
        language, kind, path = "", "", page.path
        translated = _TRANSLATED.fullmatch(path)
        if translated:
            language, kind, path = translated.groups()
            language = "" if language == self.default_language else language
        elif path.startswith("versioned_docs/"):
            kind, path = "docs", path.removeprefix("versioned_docs/")
        else:
            kind, path = self._kind(page)
        found = Page(path, page.title, page.get, page.time)
        route = {"docs": self._doc, "blog": self._post, "pages": self._page}.get(kind, lambda _: None)(found)
        if route is None:
            return None
        address = posixpath.normpath("/".join(("", language, route))).replace("//", "/")
        return f"{address}/" if self.slash and address != "/" else address

    def holds_back(self, page: Page) -> str | None:
        """See `Rules`."""
        # What begins with _ is a part that pages take in.
        return "_" if any(part.startswith("_") for part in page.path.split("/")) else None

    def _kind(self, page: Page) -> tuple[str, str]:
        for kind, folder in (("blog", self.blog), ("docs", self.docs), ("pages", "src/pages")):
            found = page.under(folder) if folder else None
            if found:
                return kind, f"current/{found.path}" if kind == "docs" else found.path
        return "", page.path

    def _doc(self, page: Page) -> str | None:
        version, _, path = page.path.partition("/")
        version = version.removeprefix("version-")
        folders = [_without_number(part) for part in path.split("/")[:-1]]
        name = _without_number(page.stem)
        slug = page.text("slug")
        if not slug and page.stem.lower() in ("index", "readme", folders[-1].lower() if folders else ""):
            slug = "."
        folder = "/" + "/".join(folders)
        slug = posixpath.join(folder, slug or page.text("id") or name)
        return f"{self.docs_route}/{self._version(version)}/{slug}"

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
        return f"{self.blog_route}/{slug}"

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
    docs, blog = block_of(script, "docs"), block_of(script, "blog")
    given = folder.list_of("versions.json")
    return DocusaurusRules(
        base_url=f"{url}/{base}".rstrip("/") if url else "",
        docs="" if value_in(script, "docs") == "false" else _path(docs, "docs"),
        docs_route=_route(docs, "docs"),
        blog="" if value_in(script, "blog") == "false" else _path(blog, "blog"),
        blog_route=_route(blog, "blog"),
        versions=tuple(one for one in given if isinstance(one, str)),
        last_version=value_in(docs, "lastVersion"),
        default_language=value_in(script, "defaultLocale") or "en",
        slash=value_in(script, "trailingSlash") == "true",
    )


def _path(block: str, default: str) -> str:
    return value_in(block, "path").strip("./") or default


def _route(block: str, default: str) -> str:
    return (value_in(block, "routeBasePath") or default).strip("/")


PRESET = Preset("docusaurus", "a Docusaurus site", _recognise, _read, {"docs": "docs/", "blog": "blog/"})
