"""The settings: frozen values, each with its default, help and check.

A setting is a field of its section, annotated with these. `SETTINGS` is the table of them all; the loader of
`config.toml`, its refusals and the documentation test read it, so none can be half there.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo
from pathlib import Path
from typing import Annotated, Any, get_origin, get_type_hints

from indexer.checks import (
    ARCHIVE_KINDS,
    AUTO,
    MATCHES,
    SOURCE_KINDS,
    analysed,
    check_accent,
    check_alias,
    check_between,
    check_dark_accent,
    check_footer_links,
    check_hosts,
    check_language,
    check_not_empty,
    check_one_of,
    check_origin,
    check_origins,
    check_prefix,
    check_web_address,
    origins_of,
)
from indexer.zones import check_zone, zone_of

# What lies beside articles in the folders that people have.
DEFAULT_IGNORE: Sequence[str] = [
    "node_modules/", "vendor/", "_site/", "public/", ".obsidian/", "_drafts/", "/CHANGELOG*", "/LICENSE*",
    "/README*", "/CONTRIBUTING*", "/CODE_OF_CONDUCT*",
]  # fmt: skip
DEFAULT_HOSTS: Sequence[str] = ["http://127.0.0.1:9200"]


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
        "What made the files: `jekyll`, `hugo`, `hexo`, `eleventy`, `pelican`, `docusaurus`, `zola`, "
        "`astro`, `obsidian`, `plain` (no generator) or `backfile` (the reference dialect); `auto` finds out "
        "by the generator's files.",
        check_one_of(ARCHIVE_KINDS, "a kind of archive"),
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
        bool, False, "Whether an article without a date gets that of its file's last change."
    ] = False
    timezone: Annotated[
        str,
        "",
        "The zone that all days are in (`Europe/Berlin`), and in which times without an offset are read; "
        "empty: an article's day is that of its file's offset, and such times are read in the site's own "
        "zone, else in UTC.",
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
        "For how many generations back the index knows what has changed; 0 for none.",
        check_between(0, 1000),
    ]


@dataclass(frozen=True, slots=True)
class SourceSettings:
    """What answers searches."""

    kind: Annotated[
        str,
        "embedded",
        "What answers searches: `embedded`, the index in its folder, or `opensearch`, a cluster. The other "
        "settings of this section are about the cluster.",
        check_one_of(SOURCE_KINDS, "a kind of source"),
    ]
    hosts: Annotated[
        Sequence[str],
        DEFAULT_HOSTS,
        "Addresses of its nodes; where one does not answer, another is tried. Unless it is given, the port "
        "is 443 with `https` and 9200 with `http`.",
        check_hosts,
    ] = tuple(DEFAULT_HOSTS)
    alias: Annotated[
        str,
        "backfile",
        "The name of the archive in the cluster; all its indices begin with it.",
        check_alias,
    ] = "backfile"
    ca: Annotated[
        Path | None,
        "",
        "A file with the certificates of the authorities that the nodes' certificates are checked against; "
        "empty: those that the system trusts.",
    ] = None
    client_certificate: Annotated[
        Path | None, "", "A file with the certificate that is shown to the nodes, where they want one."
    ] = None
    client_key: Annotated[
        Path | None, "", "A file with its key; empty: the file of the certificate has it, too."
    ] = None
    shards: Annotated[
        int,
        1,
        "The parts that an index is divided into; holds for the next index that is made.",
        check_between(1, 1024),
    ] = 1
    replicas: Annotated[
        int,
        1,
        "Copies of each part on other nodes: with 1, one node may be lost; 0 is for a single node.",
        check_between(0, 100),
    ] = 1
    timeout_ms: Annotated[
        int,
        10_000,
        "How long an answer to one request may take; in milliseconds.",
        check_between(100, 600_000),
    ] = 10_000


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
        check_one_of(MATCHES, "a way to match words"),
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
    related_size: Annotated[
        int, 10, "Related articles that an answer gives; a page has more.", check_between(1, 100)
    ]
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
    cache_megabytes: Annotated[
        int,
        8,
        "Megabytes of answers that each process keeps for those who ask the same; 0 keeps none.",
        check_between(0, 10_000),
    ]
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
    base_url: Annotated[
        str,
        "",
        "The scheme and host that readers reach the page at, such as `https://search.news.example`, for the "
        "addresses in feeds, exports and the sitemap; empty takes those of the request.",
        check_origin,
    ]
    log_queries: Annotated[bool, True, "Whether the log of requests has what was searched for."]
    images: Annotated[bool, True, "Whether thumbnails are shown (they load from the publishers' sites)."]
    logo: Annotated[
        Path | None,
        "",
        "A picture in the place of the name at the head of the page: a file (SVG, PNG, WebP, JPEG).",
    ] = None
    accent: Annotated[
        str,
        "",
        "The colour of what can be clicked, such as `#8f1d21`, dark enough to be read on the light page; "
        "empty is Backfile's own.",
        check_accent,
    ] = ""
    accent_dark: Annotated[
        str,
        "",
        "The same on the dark page, light enough for it; empty takes `web.accent`, mixed with white.",
        check_dark_accent,
    ] = ""
    footer_links: Annotated[
        Mapping[str, str],
        {},
        "Links at the foot of every page: texts, each with its address.",
        check_footer_links,
    ] = field(default_factory=dict)
    cors_origins: Annotated[
        Sequence[str],
        [],
        "Sites whose pages may ask the API in their readers' browsers, such as `https://news.example`; "
        "without one no other site's may.",
        check_origins,
        origins_of,
    ] = ()
    templates: Annotated[
        Path | None, "", "A folder of templates that are taken before those of the same name here."
    ] = None
    language: Annotated[
        str,
        "en",
        "The language of the page itself: `en`, `de`, or one of which `web.translations` has a catalog.",
    ] = "en"
    translations: Annotated[
        Path | None,
        "",
        "A folder of catalogs of other languages (`fr.po`), taken before those that are here.",
    ] = None
    date_format: Annotated[
        str, "", "How a day is written, as a pattern of CLDR (`dd.MM.y`); empty: as is usual in the language."
    ] = ""
    number_format: Annotated[
        str,
        "",
        "How a number is written, as a pattern of CLDR (`#,##0.##`); empty: as is usual in the language.",
    ] = ""

    def address(self, path: str) -> str | None:
        """Return the address of what is at `path` below the prefix; None where `base_url` is empty."""
        return f"{self.base_url}{self.prefix}{path}" if self.base_url else None


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
SECTIONS: Mapping[str, Any] = get_type_hints(Settings)
SETTINGS: tuple[Setting, ...] = tuple(
    Setting(section, name, *hint.__metadata__)
    for section, kind in SECTIONS.items()
    for name, hint in get_type_hints(kind, include_extras=True).items()
    if get_origin(hint) is Annotated
)
