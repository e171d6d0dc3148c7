"""A file of a site that is no article, and no fault -> what it is: a configuration, a person, an event, data.

Told by what it holds; by its name only where a program asks for just that name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from indexer.archive import values
from indexer.archive.authors import AUTHORS
from indexer.archive.keys import Fields, fold_keys, spell
from indexer.archive.markdown import Body
from indexer.archive.values import FieldValues
from indexer.messages import template

DATA_ENDINGS = frozenset(("yaml", "yml", "json", "toml"))
_BARE_ENDINGS = DATA_ENDINGS | {"html", "htm"}
CONFIGURATION = template("a configuration file")
DATA = template("data without an article")
PAGE = template("a page without a text of its own")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Files that programs look for under just this name.
_CONFIGURATIONS = _words(
    "_config.yml _config.yaml config.toml config.yaml config.yml config.json hugo.toml hugo.yaml hugo.yml "
    "hugo.json theme.toml netlify.toml package.json package-lock.json composer.json composer.lock bower.json "
    "tsconfig.json jsconfig.json manifest.json mkdocs.yml mkdocs.yaml book.toml book.json pyproject.toml "
    "cargo.toml angular.json vercel.json now.json renovate.json lerna.json nx.json turbo.json deno.json "
    "pnpm-lock.yaml pnpm-workspace.yaml docker-compose.yml docker-compose.yaml app.json firebase.json "
    "feed.json search.json sitemap.json crowdin.yml antora.yml zola.toml versions.json sidebars.json "
    "robots.txt humans.txt ads.txt security.txt requirements.txt cmakelists.txt llms.txt"
)
_OF_CONFIGURATIONS = _words(
    "plugins gems theme themes remotetheme baseurl markdown kramdown permalinks languagecode paginate "
    "exclude collections defaults sass highlighter buildfuture devdependencies dependencies scripts "
    "compileroptions nav navbar sidebar feedurl homepageurl menus outputs markup"
)
_OF_PERSONS = _words(
    "email mail twitter github gitlab linkedin mastodon orcid avatar bio biography role roles position "
    "jobtitle affiliation affiliations organization organizations firstname lastname givenname "
    "familyname surname website homepage social sociallinks socials displayname photo headshot pronouns "
    "phone username gravatar picture superuser imageurl instagram facebook"
)
_OF_EVENTS = _words("start startdate startsat starttime end enddate endsat dateend timestart timeend")
_PLACES = _words("venue location place address where room")
_OF_MENUS = _words("url link href path page identifier weight icon")


def is_configuration(path: str) -> bool:
    """Whether a program looks for a file under just this name."""
    name = path.rpartition("/")[2].lower()
    return name in _CONFIGURATIONS or name.startswith("_config.")  # (Hexo's themes: `_config.landscape.yml`)


def is_list_page(path: str) -> bool:
    """Whether a file that has a title and nothing else is a page that lists others, a redirect, a person or
    data."""
    *folders, name = path.lower().split("/")
    stem, _, ending = name.rpartition(".")
    is_index = stem.partition(".")[0] in ("index", "_index")
    return is_index or ending in _BARE_ENDINGS or bool(AUTHORS & set(folders))


def what_it_is(path: str, data: Any, body: Body | None, fields: Fields) -> str:
    """Return what a file is, where it surely is neither an article nor describes topics; else nothing.

    `body` is None for a file of data.
    """
    if is_configuration(path):
        return CONFIGURATION
    if isinstance(data, dict):
        if "title" in data and any(map(data.get, fields["published_at"])):
            return ""  # as nearly all
        return _of_mapping(data, body, fields)
    return _of_list(data) if isinstance(data, list) else ""


def _of_mapping(data: dict[str, Any], body: Body | None, fields: Fields) -> str:
    read = FieldValues(spell(data, fields), fields)
    if any(read.candidates("published_at")):
        return ""
    known = fold_keys(data)
    if "taxonomy" in known:
        return ""
    if is_person(known) and not read.candidates("title"):
        return "a person"
    if body is None:
        return _of_data(known, read)
    return "an event" if not body.paragraphs and known.keys() & _OF_EVENTS else ""


def is_person(known: Mapping[str, Any]) -> bool:
    """Whether a mapping with folded names describes a person."""
    named = any(values.name_of(known.get(name)) for name in ("name", "displayname", "firstname"))
    return named and "domain" not in known and bool(known.keys() & _OF_PERSONS)


def _of_list(items: list[Any]) -> str:
    mappings = [fold_keys(item) for item in items if isinstance(item, dict)]
    if any(map(is_person, mappings)):
        return "a list of persons"
    if any(known.keys() & _OF_MENUS and not known.keys() & {"parent", "shortname"} for known in mappings):
        return DATA
    return ""


def _of_data(known: Mapping[str, Any], read: FieldValues) -> str:
    if len(known.keys() & _OF_CONFIGURATIONS) > 1 or "$schema" in known:
        return CONFIGURATION
    if known.keys() & _OF_EVENTS and known.keys() & (_OF_EVENTS | _PLACES):
        return "an event"
    urls = [url for url in map(values.url_of, read.candidates("url")) if url]
    if urls and all(urlsplit(url).path in ("", "/") for url in urls):
        return CONFIGURATION  # of a site: the address is its root
    return DATA if read.candidates("title") and not urls else ""
