"""`config.toml` -> frozen `Settings`. Give me a path, I return every setting with a value.

`SETTINGS` is the one table of what can be set: name, default, help and the check of a value. The
loader, the refusals and the documentation test all read it, so a setting cannot be half there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indexer.errors import ConfigError, did_you_mean
from indexer.facets import FACETS

DEFAULT_FILE = "config.toml"
# Those that the Snowball stemmer knows; listed here, since only the analysis may ask NLTK.
LANGUAGES = (
    "arabic", "danish", "dutch", "english", "finnish", "french", "german", "hungarian", "italian",
    "norwegian", "portuguese", "romanian", "russian", "spanish", "swedish",
)  # fmt: skip

SOURCE_KINDS = ("embedded",)

# For each field of an Article the names to look for in the front matter, in order. They cover the
# five dialects the product was made for, and the usual names of Jekyll and Hugo.
DEFAULT_FIELDS: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "headline"),
    "excerpt": ("excerpt", "abstract", "description", "summary"),
    **{facet.attribute: facet.names for facet in FACETS.values()},
    "url": ("webUrl", "originalUrl", "sourceUrl", "url", "canonical_url", "permalink"),
    "amp_urls": ("ampWebUrl", "cdnAmpWebUrl", "ampUrl", "cdnAmpUrl"),
    "quality": ("quality", "score"),
    "heat": ("heat",),
    "featured": ("published", "featured"),
    "withdrawn": ("removed", "deleted", "draft"),
    "images": ("images", "image", "cover", "thumbnail"),
    "related": ("related", "relatedArticles"),
    "secured": ("secured",),
}


@dataclass(frozen=True, slots=True)
class ArchiveSettings:
    """Where the files are and how they are read."""

    path: Path
    max_file_bytes: int
    fields: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """Where the index is kept, and what writing it may use."""

    path: Path
    workers: int
    memory_mb: int
    lock_timeout_seconds: float
    kept_generations: int


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """What answers searches."""

    kind: str


@dataclass(frozen=True, slots=True)
class AnalysisSettings:
    """How text becomes words; a change rebuilds the index."""

    language: str


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """How a question is answered."""

    page_size: int
    max_page_size: int
    facet_size: int
    expansion_limit: int
    snippet_length: int
    related_size: int


@dataclass(frozen=True, slots=True)
class RankingSettings:
    """What is mixed into the order of relevance; a request may say otherwise."""

    recency_weight: float
    recency_half_life_days: float
    quality_weight: float
    heat_weight: float


@dataclass(frozen=True, slots=True)
class WebSettings:
    """The search page."""

    title: str
    host: str
    port: int
    threads: int
    images: bool


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


@dataclass(frozen=True, slots=True)
class Setting:
    """One row of the table; `check` returns what is wrong with a value, or an empty string."""

    section: str
    name: str
    default: Any
    help: str
    check: Callable[[Any], str] = field(default=lambda value: "")

    @property
    def full_name(self) -> str:
        """The name with its section, as errors and documents give it."""
        return f"{self.section}.{self.name}"


def _between(low: float, high: float) -> Callable[[Any], str]:
    return lambda value: "" if low <= value <= high else f"must be between {low} and {high}"


def _not_empty(value: str) -> str:
    return "" if value.strip() else "must not be empty"


def _source_kind(value: str) -> str:
    return "" if value in SOURCE_KINDS else f"is not a kind of source. {did_you_mean(value, SOURCE_KINDS)}"


def _language(value: str) -> str:
    return "" if value in LANGUAGES else f"is not a language that is known. {did_you_mean(value, LANGUAGES)}"


SETTINGS: tuple[Setting, ...] = (
    Setting("archive", "path", "corpus", "The folder of the archive.", _not_empty),
    Setting(
        "archive",
        "max_file_bytes",
        5_000_000,
        "A larger file is rejected, not read; in bytes.",
        _between(1, 2**31),
    ),
    Setting("index", "path", ".backfile/index", "The folder of the index.", _not_empty),
    Setting(
        "index",
        "workers",
        0,
        "Processes that read the files; 0 takes one for each core.",
        _between(0, 256),
    ),
    Setting(
        "index",
        "memory_mb",
        512,
        "What these processes gather before they write it to the disk, all together; in megabytes.",
        _between(16, 1_000_000),
    ),
    Setting(
        "index",
        "lock_timeout_seconds",
        600.0,
        "How long a second `backfile index` waits for the first; in seconds.",
        _between(0, 86_400),
    ),
    Setting(
        "index",
        "kept_generations",
        20,
        "Generations since which the index can tell what changed; 0 tells of none.",
        _between(0, 1000),
    ),
    Setting(
        "source",
        "kind",
        "embedded",
        "What answers searches; `embedded` is the index in its folder.",
        _source_kind,
    ),
    Setting(
        "analysis",
        "language",
        "english",
        "The language of the stemmer; another one rebuilds the index.",
        _language,
    ),
    Setting("search", "page_size", 10, "Articles on a page of results.", _between(1, 1000)),
    Setting("search", "max_page_size", 100, "The most that a request may ask for.", _between(1, 10_000)),
    Setting("search", "facet_size", 50, "The largest values of a facet that are given.", _between(1, 10_000)),
    Setting(
        "search",
        "expansion_limit",
        500,
        "The most words that a wildcard or a fuzzy word stands for; the commonest are taken.",
        _between(1, 100_000),
    ),
    Setting("search", "snippet_length", 240, "The length of a snippet; in characters.", _between(40, 2000)),
    Setting("search", "related_size", 10, "Related articles that are given.", _between(1, 100)),
    Setting(
        "ranking",
        "recency_weight",
        0.0,
        "How much being new adds to the relevance: 1 doubles that of an article of today; 0 nothing.",
        _between(0, 100),
    ),
    Setting(
        "ranking",
        "recency_half_life_days",
        365.0,
        "The age at which half of that is left; in days.",
        _between(0.01, 100_000),
    ),
    Setting(
        "ranking",
        "quality_weight",
        0.0,
        "How much a high `quality` adds: 1 doubles the relevance of the highest; 0 nothing.",
        _between(0, 100),
    ),
    Setting(
        "ranking",
        "heat_weight",
        0.0,
        "How much a high `heat` adds: 1 doubles the relevance of the highest; 0 nothing.",
        _between(0, 100),
    ),
    Setting("web", "title", "Backfile", "The name at the head of the page.", _not_empty),
    Setting("web", "host", "127.0.0.1", "The address that the page is served on.", _not_empty),
    Setting(
        "web", "port", 8000, "The port that the page is served on; 0 takes a free one.", _between(0, 65_535)
    ),
    Setting("web", "threads", 8, "Requests that are answered at once.", _between(1, 256)),
    Setting("web", "images", True, "Whether thumbnails are shown (they load from the publishers' sites)."),
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
    if config is not None and not file.is_file():
        raise ConfigError(
            "there is no such settings file", where=str(file), cure="Name an existing file with --config."
        )
    given = _read_toml(file) if file.is_file() else {}
    values = _checked(given, file)
    fields = _checked_fields(given.get("archive", {}).get("fields", {}), file)
    base = file.parent

    def section(name: str) -> dict[str, Any]:
        return {s.name: values[s.full_name] for s in SETTINGS if s.section == name}

    archive_values = section("archive")
    archive_values["path"] = Path(archive) if archive is not None else base / archive_values["path"]
    index_values = section("index")
    index_values["path"] = Path(index) if index is not None else base / index_values["path"]
    return Settings(
        archive=ArchiveSettings(fields=fields, **archive_values),
        index=IndexSettings(**index_values),
        source=SourceSettings(**section("source")),
        analysis=AnalysisSettings(**section("analysis")),
        search=SearchSettings(**section("search")),
        ranking=RankingSettings(**section("ranking")),
        web=WebSettings(**section("web")),
    )


def _read_toml(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"the settings are not valid TOML: {error}", where=str(file), cure="Mend that line."
        ) from error
    except OSError as error:
        raise ConfigError(
            f"the settings cannot be read: {error.strerror}", where=str(file), cure="Make the file readable."
        ) from error


def _checked(given: Mapping[str, Any], file: Path) -> dict[str, Any]:
    """Return a value for every setting of the table, refusing what is not in it."""
    by_name = {s.full_name: s for s in SETTINGS}
    sections = {s.section for s in SETTINGS}
    values = {name: setting.default for name, setting in by_name.items()}
    for section, content in given.items():
        if section not in sections:
            raise ConfigError(
                f"unknown section '[{section}]'", where=str(file), cure=did_you_mean(section, sections)
            )
        if not isinstance(content, dict):
            raise ConfigError(
                f"'{section}' must be a section",
                where=str(file),
                cure=f"Write [{section}] on a line of its own.",
            )
        for name, value in content.items():
            full_name = f"{section}.{name}"
            if full_name == "archive.fields":
                continue
            if full_name not in by_name:
                near = {s.name for s in SETTINGS if s.section == section}
                raise ConfigError(
                    f"unknown setting '{full_name}'", where=str(file), cure=did_you_mean(name, near)
                )
            values[full_name] = _checked_value(by_name[full_name], value, file)
    page, most = values["search.page_size"], values["search.max_page_size"]
    if page > most:
        raise ConfigError(
            f"'search.page_size' = {page} is more than 'search.max_page_size' = {most}",
            where=str(file),
            cure="Make the one smaller or the other larger.",
        )
    return values


def _checked_value(setting: Setting, value: Any, file: Path) -> Any:
    expected = type(setting.default)
    if expected is float and type(value) is int:
        value = float(value)
    if type(value) is not expected:
        wanted = {str: "a text in quotes", int: "a whole number", float: "a number", bool: "true or false"}[
            expected
        ]
        raise ConfigError(
            f"'{setting.full_name}' must be {wanted}, not {value!r}",
            where=str(file),
            cure=f"The default is {setting.default!r}.",
        )
    fault = setting.check(value)
    if fault:
        raise ConfigError(
            f"'{setting.full_name}' = {value!r} {fault.rstrip('.')}",
            where=str(file),
            cure=f"The default is {setting.default!r}.",
        )
    return value


def _checked_fields(given: Any, file: Path) -> Mapping[str, tuple[str, ...]]:
    """Return the names to look for, field by field; a field that is not given keeps its default."""
    if not isinstance(given, dict):
        raise ConfigError(
            "'archive.fields' must be a section",
            where=str(file),
            cure="Write [archive.fields] on a line of its own.",
        )
    fields = dict(DEFAULT_FIELDS)
    for name, names in given.items():
        if name not in DEFAULT_FIELDS:
            raise ConfigError(
                f"unknown field 'archive.fields.{name}'",
                where=str(file),
                cure=did_you_mean(name, DEFAULT_FIELDS),
            )
        if not isinstance(names, list) or not all(isinstance(n, str) and n for n in names):
            raise ConfigError(
                f"'archive.fields.{name}' must be a list of names",
                where=str(file),
                cure=f"For example {list(DEFAULT_FIELDS[name])!r}.",
            )
        fields[name] = tuple(names)
    return fields
