"""`config.toml` -> frozen `Settings`. Give me a path, I return every setting with a value.

A setting is a field of its section, annotated with its default, help and check. `SETTINGS` is the
table of them all; the loader, the refusals and the documentation test read it, so none can be half there.
"""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import partial
from pathlib import Path
from typing import Annotated, Any, TypeAlias, get_origin, get_type_hints

from indexer.checks import (
    AUTO,
    analysed,
    check_archive_kind,
    check_between,
    check_language,
    check_match,
    check_not_empty,
    check_prefix,
    check_source_kind,
    check_web_address,
)
from indexer.errors import ConfigError, did_you_mean
from indexer.fields import DEFAULT_FIELDS
from indexer.zones import check_zone, zone_of

DEFAULT_FILE = "config.toml"
Refusal: TypeAlias = Callable[..., ConfigError]  # knows the file; takes what is wrong, and `cure`
_TYPES = {
    str: "a text in quotes",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list of texts in quotes",
}

# What lies beside articles in the folders that people have.
DEFAULT_IGNORE: Sequence[str] = [
    "node_modules/", "vendor/", "_site/", "public/", ".obsidian/", "_drafts/", "/CHANGELOG*", "/LICENSE*",
    "/README*", "/CONTRIBUTING*", "/CODE_OF_CONDUCT*",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table; `check` returns what is wrong with a value, or an empty string. `read` returns
    what a value stands for, of several ways to write it."""

    section: str
    name: str
    default: Any
    help: str
    check: Callable[[Any], str] = lambda _: ""
    read: Callable[[Any], Any] = lambda value: value

    @property
    def full_name(self) -> str:
        """The name with its section, as errors and documents give it."""
        return f"{self.section}.{self.name}"


@dataclass(frozen=True, slots=True)
class ArchiveSettings:
    """Where the files are and how they are read."""

    path: Annotated[Path, "corpus", "The folder of the archive.", check_not_empty]
    max_file_bytes: Annotated[
        int, 5_000_000, "A larger file is rejected, not read; in bytes.", check_between(1, 2**31)
    ]
    fields: Mapping[str, tuple[str, ...]]
    kind: Annotated[
        str,
        "auto",
        "What made the files: `jekyll`, `hugo`, `hexo`, `eleventy`, `pelican`, `docusaurus`, `obsidian`, "
        "`plain` (no generator) or `backfile` (the reference dialect); `auto` tells it by the generator's "
        "files.",
        check_archive_kind,
    ] = "auto"
    base_url: Annotated[
        str,
        "",
        "The address of the site that the files are published on, with the path that it lives under; empty "
        "takes the one that the generator's configuration has.",
        check_web_address,
    ] = ""
    ignore: Annotated[
        Sequence[str],
        DEFAULT_IGNORE,
        "Files and folders that are passed over, in patterns like those of a .gitignore.",
    ] = tuple(DEFAULT_IGNORE)
    file_dates: Annotated[
        bool, False, "Whether an article that tells no date has that of its file's last change."
    ] = False
    timezone: Annotated[
        str,
        "",
        "The zone that all days are in (`Europe/Berlin`), and in which times without an offset are read; "
        "empty: an article's day is that of its file's offset.",
        check_zone,
    ] = ""

    @property
    def zone(self) -> tzinfo | None:
        """The zone that all days are in, where there is one."""
        return zone_of(self.timezone) if self.timezone else None


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Where the index is kept, and what writing it may use."""

    path: Annotated[Path, ".backfile/index", "The folder of the index.", check_not_empty]
    workers: Annotated[
        int, 0, "Processes that read the files; 0 takes one for each core.", check_between(0, 256)
    ]
    memory_mb: Annotated[
        int,
        512,
        "What these processes gather before they write it to the disk, all together; in megabytes.",
        check_between(16, 1_000_000),
    ]
    lock_timeout_seconds: Annotated[
        float,
        600.0,
        "How long a second `backfile index` waits for the first; in seconds.",
        check_between(0, 86_400),
    ]
    kept_generations: Annotated[
        int,
        20,
        "Generations since which the index can tell what changed; 0 tells of none.",
        check_between(0, 1000),
    ]


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """What answers searches."""

    kind: Annotated[
        str, "embedded", "What answers searches; `embedded` is the index in its folder.", check_source_kind
    ]


@dataclass(frozen=True, slots=True)
class AnalysisSettings:
    """How text becomes words; a change rebuilds the index."""

    language: Annotated[
        str,
        AUTO,
        "The language of the stemmer, by its English name or its code (`de`), or `auto`: that of most "
        "articles. Another one rebuilds the index.",
        check_language,
        analysed,
    ]


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """How a question is answered."""

    match: Annotated[
        str,
        "auto",
        "What articles must have: `all` of the words, `any` of them, or `auto`: first those with all, then "
        "those with some; a request may say otherwise.",
        check_match,
    ]
    page_size: Annotated[int, 10, "Articles on a page of results.", check_between(1, 1000)]
    max_page_size: Annotated[int, 100, "The most that a request may ask for.", check_between(1, 10_000)]
    facet_size: Annotated[int, 20, "The largest values of a facet that are given.", check_between(1, 10_000)]
    expansion_limit: Annotated[
        int,
        500,
        "The most words that a wildcard or a fuzzy word stands for; the commonest are taken.",
        check_between(1, 100_000),
    ]
    snippet_length: Annotated[int, 240, "The length of a snippet; in characters.", check_between(40, 2000)]
    related_size: Annotated[int, 10, "Related articles that the API and the command give.", check_between(1, 100)]
    time_limit_ms: Annotated[
        int,
        1000,
        "How long the server works on a request before it answers with what it has; in milliseconds; 0 is no "
        "limit. Commands and scripts have none but what they ask for.",
        check_between(0, 3_600_000),
    ]
    work_limit: Annotated[
        int,
        200_000_000,
        "The postings that are read for a request, a script's as well, before it is answered with what there "
        "is; 0 is no limit.",
        check_between(0, 10**15),
    ]


@dataclass(frozen=True, slots=True)
class RankingSettings:
    """What is mixed into the order of relevance; a request may say otherwise."""

    recency_weight: Annotated[
        float,
        0.0,
        "How much being new adds to the relevance: 1 doubles that of an article of today; 0 nothing.",
        check_between(0, 100),
    ]
    recency_half_life_days: Annotated[
        float, 365.0, "The age at which half of that is left; in days.", check_between(0.01, 100_000)
    ]
    quality_weight: Annotated[
        float,
        0.0,
        "How much a high `quality` adds: 1 doubles the relevance of the highest; 0 nothing.",
        check_between(0, 100),
    ]
    heat_weight: Annotated[
        float,
        0.0,
        "How much a high `heat` adds: 1 doubles the relevance of the highest; 0 nothing.",
        check_between(0, 100),
    ]


@dataclass(frozen=True, slots=True)
class WebSettings:
    """The search page."""

    title: Annotated[str, "Backfile", "The name at the head of the page.", check_not_empty]
    host: Annotated[str, "127.0.0.1", "The address that the page is served on.", check_not_empty]
    port: Annotated[
        int, 8000, "The port that the page is served on; 0 takes a free one.", check_between(0, 65_535)
    ]
    processes: Annotated[
        int, 0, "Processes that answer; 0 takes one for each core, four at most.", check_between(0, 256)
    ]
    threads: Annotated[int, 2, "Requests that each process answers at once.", check_between(1, 256)]
    requests_per_minute: Annotated[
        int,
        1200,
        "Requests that a client may make in a minute, but for this machine itself; 0 is without limit.",
        check_between(0, 1_000_000),
    ]
    trusted_hops: Annotated[
        int,
        0,
        "Proxies before the server whose word for the client's address is taken.",
        check_between(0, 10),
    ]
    prefix: Annotated[
        str,
        "",
        "The path that a proxy serves the page below, such as `/news`; empty for none.",
        check_prefix,
    ]
    log_queries: Annotated[bool, True, "Whether the log of requests has what was searched for."]
    images: Annotated[bool, True, "Whether thumbnails are shown (they load from the publishers' sites)."]


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, each with a value."""

    archive: ArchiveSettings
    index: IndexSettings
    source: SourceSettings
    analysis: AnalysisSettings
    search: SearchSettings
    ranking: RankingSettings
    web: WebSettings


# This module's annotations are values, not text (no `__future__` import), so that reading them is cheap.
_SECTIONS: Mapping[str, Any] = get_type_hints(Settings)
SETTINGS: tuple[Setting, ...] = tuple(
    Setting(section, name, *hint.__metadata__)
    for section, kind in _SECTIONS.items()
    for name, hint in get_type_hints(kind, include_extras=True).items()
    if get_origin(hint) is Annotated
)


def load_settings(
    config: str | Path | None = None,
    *,
    archive: str | Path | None = None,
    index: str | Path | None = None,
) -> Settings:
    """Read the settings from `config`, and put `archive` and `index` (folders) in their place.

    Without `config`, `config.toml` of the current folder is read where there is one, and the
    defaults hold where there is none. Relative paths in the file start at the file's folder.
    Raises ConfigError for a missing or unreadable file, an unknown setting or a bad value.
    """
    file = Path(config) if config is not None else Path(DEFAULT_FILE)
    refusal = partial(ConfigError, where=str(file))
    if config is not None and not file.is_file():
        raise refusal("there is no such settings file", cure="Name an existing file with --config.")
    given = _read_toml(file, refusal) if file.is_file() else {}
    values = _checked(given, refusal)
    values["archive"]["fields"] = _checked_fields(given.get("archive", {}).get("fields", {}), refusal)
    for section, folder in (("archive", archive), ("index", index)):
        path = values[section]["path"]
        values[section]["path"] = file.parent / path if folder is None else Path(folder)
    return Settings(**{section: kind(**values[section]) for section, kind in _SECTIONS.items()})


def _read_toml(file: Path, refusal: Refusal) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise refusal(f"the settings are not valid TOML: {error}", cure="Mend that line.") from error
    except OSError as error:
        raise refusal(
            f"the settings cannot be read: {error.strerror}", cure="Make the file readable."
        ) from error


def _checked(given: Mapping[str, Any], refusal: Refusal) -> dict[str, dict[str, Any]]:
    """Return by section a value for every setting of the table, refusing what is not in it."""
    known: dict[str, dict[str, Setting]] = {}
    for setting in SETTINGS:
        known.setdefault(setting.section, {})[setting.name] = setting
    values = {section: {name: each.default for name, each in rows.items()} for section, rows in known.items()}
    for section, content in given.items():
        if section not in known:
            raise refusal(f"unknown section '[{section}]'", cure=did_you_mean(section, known))
        _check_section(section, content, refusal)
        for name, value in content.items():
            if (section, name) == ("archive", "fields"):
                continue
            if name not in known[section]:
                cure = did_you_mean(name, known[section])
                raise refusal(f"unknown setting '{section}.{name}'", cure=cure)
            values[section][name] = _checked_value(known[section][name], value, refusal)
    page, most = values["search"]["page_size"], values["search"]["max_page_size"]
    if page > most:
        raise refusal(
            f"'search.page_size' = {page} is more than 'search.max_page_size' = {most}",
            cure="Make the one smaller or the other larger.",
        )
    return values


def _check_section(name: str, content: Any, refusal: Refusal) -> None:
    if not isinstance(content, dict):
        raise refusal(f"'{name}' must be a section", cure=f"Write [{name}] on a line of its own.")


def _checked_value(setting: Setting, value: Any, refusal: Refusal) -> Any:
    expected = type(setting.default)
    if expected is float and type(value) is int:
        value = float(value)
    if type(value) is not expected or (expected is list and not all(isinstance(one, str) for one in value)):
        fault = f"must be {_TYPES[expected]}, not {value!r}"
    elif fault := setting.check(value).rstrip("."):
        fault = f"= {value!r} {fault}"
    if fault:
        raise refusal(f"'{setting.full_name}' {fault}", cure=f"The default is {setting.default!r}.")
    return setting.read(value)


def _checked_fields(given: Any, refusal: Refusal) -> Mapping[str, tuple[str, ...]]:
    """Return the names to look for, field by field; a field that is not given keeps its default."""
    _check_section("archive.fields", given, refusal)
    found = dict(DEFAULT_FIELDS)
    for name, names in given.items():
        if name not in DEFAULT_FIELDS:
            raise refusal(f"unknown field 'archive.fields.{name}'", cure=did_you_mean(name, DEFAULT_FIELDS))
        if not isinstance(names, list) or not all(isinstance(n, str) and n for n in names):
            raise refusal(
                f"'archive.fields.{name}' must be a list of names",
                cure=f"For example {list(DEFAULT_FIELDS[name])!r}.",
            )
        found[name] = tuple(names)
    return found
