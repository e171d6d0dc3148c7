"""Fills the generated parts of the documents from the tables of the code: `python docs/tables.py`.

A part lies between `<!-- table: NAME -->` and `<!-- end -->`; `TABLES` says what makes it. A test fails
where a document differs from what this would write.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from indexer.cli import EXIT_STATUSES
from indexer.config import SETTINGS, Setting
from indexer.fields import DEFAULT_FIELDS
from indexer.languages import STEMMED
from indexer.query.language.syntax import CHOICES, SYNTAX
from indexer.query.parameters import FILTERS, PARAMETERS
from search_web.reference.endpoints import ENDPOINTS, SHAPES, Endpoint, errors
from search_web.reference.shapes import Value

HERE = Path(__file__).resolve().parent
_FILTERS = (*FILTERS, "from", "to")
_PART = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)

# Every limit that is a constant: where it is, what is limited, what happens there.
LIMITS: tuple[tuple[str, str, str], ...] = (
    ("indexer.query.language.grammar:MAX_CHARACTERS", "characters of a query", "The rest is left out, with a note."),
    ("search_web.address:MAX_ADDRESS", "characters of the address of a page of results, behind its `?`", "The request is refused (400)."),
    ("search_web.gate:MAX_REQUEST", "characters of any address", "The request is refused (414); of 65,535 or more without a body."),
    ("search_web.address:MAX_TEXT", "characters of a parameter of an address", "The request is refused (400)."),
    ("indexer.query.language.leaves:MAX_WORDS", "words of a query", "The rest is left out, with a note."),
    ("indexer.query.language.leaves:MAX_PHRASE", "words of a phrase", "The rest is left out, with a note."),
    ("indexer.query.language.leaves:MAX_GAP", "words between two of a phrase, `~N`", "A larger N is taken as this, with a note."),
    ("indexer.query.language.leaves:MAX_SLOPPY", "phrases of a query with `~N`", "Those beyond are read as if without, with a note."),
    ("indexer.query.language.leaves:MAX_EDITS", "letters that a fuzzy word may be off", "A larger number is taken as this, with a note."),
    ("indexer.query.language.leaves:MAX_EXPANDED", "wildcards and fuzzy words of a query", "Those beyond are left out, with a note."),
    ("indexer.query.language.leaves:MAX_STARS", "`*` in one word", "The word is left out, with a note."),
    ("indexer.query.language.lexer:MAX_DEPTH", "parentheses within parentheses", "Deeper ones are ignored, with a note."),
    ("indexer.query.language.lexer:MAX_NOTES", "notes about one query", "No more are given."),
    ("indexer.query.parameters:MAX_CHOSEN", "values chosen in all facets of a search", "The request is refused (400)."),
    ("indexer.query.parameters:MAX_PAGE", "pages of an answer that can be asked for by number", "More are refused (400); `cursor` goes on."),
    ("indexer.query.parameters:MAX_FACET_SIZE", "values of a facet that may be asked for", "More are refused (400)."),
    ("indexer.query.parameters:MAX_DIRECTORY", "values of a directory (`/topics`, `/api/v1/directory/topic`)", "Those that most articles have are listed; the page says so."),
    ("indexer.query.parameters:MAX_LISTED", "values on a page of a directory", "More are refused (400)."),
    ("indexer.query.assist.directory:MAX_PERIODS", "periods of the small charts of a directory", "Of more years, the last ones are drawn."),
    ("search_web.formatting:MAX_BARS", "periods of a chart of time", "Nothing is drawn: a longer interval is needed."),
    ("search_web.address:MAX_ANSWER", "bytes of an answer of the server", "The request is refused (400)."),
    ("search_web.address:FEED_SIZE", "articles on a page of a feed that does not say how many", "Its link to the `next` page goes on."),
    ("search_web.discovery:MAX_IN_SITEMAP", "articles of one part of the sitemap", "There are several parts."),
    ("search_web.views.meta:MAX_DESCRIPTION", "characters of the description of an article's page", "It is cut."),
    ("indexer.formats.feed:MAX_TEXT", "characters of a body that stand in a feed for an article without an excerpt", "It is cut."),
    ("search_web.exports:MAX_SECONDS", "seconds in which the reader of an export must have taken it", "It breaks off, and its last line says so."),
    ("indexer.query.assist.highlighting:MAX_READ", "characters of a text in which what matched is looked for", "What stands further on is not marked."),
    ("indexer.query.ranking:PAIR_POOL", "articles of an answer whose neighbouring words count", "The others keep the score of their words alone."),
    ("indexer.query.arrays.rank.relevance:MAX_PAIRS", "pairs of neighbouring query words", "The first pairs count."),
    ("indexer.query.assist.offers:MAX_SPELLINGS", "spellings offered where nothing is found", "No more are offered."),
    ("indexer.query.assist.offers:MAX_COMPOUNDS", "searches offered with a word as two, or two as one", "No more are offered."),
    ("indexer.query.assist.offers:MAX_FEWER", "searches offered without one word", "Those that find most are offered."),
    ("indexer.query.assist.offers:MAX_UNFILTERED", "searches offered without one filter", "Those that find most are offered."),
    ("indexer.query.assist.offers:MAX_LEFT_OUT_ALONE", "requirements of a query left out one by one, for offers", "The others are not tried."),
    ("indexer.query.assist.offers:MAX_REQUIREMENTS", "requirements of a query that is taken apart for offers", "A longer query is not taken apart."),
    ("indexer.query.assist.offers:MAX_VALUES", "values of a query that near ones are looked for, for offers", "The others are not looked at."),
    ("indexer.query.assist.corrections:MAX_TEXT", "characters of a query that other spellings are looked for", "None are looked for."),
    ("indexer.query.assist.corrections:MAX_WORDS", "words of a query that other spellings are looked for", "The others stay as they are."),
    ("indexer.query.answers.suggestions:MAX_SPELLINGS", "spellings that may be asked for", "More are refused."),
    ("indexer.query.parameters:MAX_SUGGESTIONS", "suggestions that may be asked for", "More are refused (400)."),
    ("indexer.query.arrays.suggest.title_finder:MAX_POSTINGS", "titles looked through for one typed word, per segment", "`bounded` is true: not all titles were looked at."),
    ("indexer.query.parameters:MAX_QUERIES", "queries of a timeline", "More are refused (400)."),
    ("indexer.query.parameters:MAX_PERIODS", "periods of a timeline", "The request is refused (400): a longer interval is needed."),
    ("indexer.query.assist.timeline:_MAX_PEAKS", "peaks of a series", "The weightiest are given."),
    ("indexer.query.assist.distinctive:CANDIDATES", "terms counted to find what sets articles apart", "They are chosen by a sample; their counts are exact."),
    ("indexer.query.assist.since:MAX_DEPARTED", "removed articles named since a generation", "The others are counted only."),
    ("indexer.query.assist.related_copies:MAX_LEAD", "characters of a title, and of an excerpt or text, that related articles are found by", "Their beginnings count."),
    ("indexer.query.assist.related:MAX_CANDIDATES", "articles read for those that are related", "Copies take the places of the others."),
    ("indexer.query.assist.hits:MAX_MEMBERS", "articles of a story that are given and counted", "Those nearest in time are given."),
    ("indexer.query.assist.related:MAX_TERMS", "terms of an article that related ones are found by", "The most distinctive are taken."),
    ("indexer.indexing.history:MAX_TITLES", "removed articles of one run whose titles are kept", "The others are counted only."),
    ("indexer.indexing.history:MAX_IDS", "changed articles that the index remembers, of all generations", "The oldest generations are forgotten."),
    ("indexer.indexing.phrases:MAX_PHRASES", "phrases for suggestions", "Those that stand together least by chance are kept."),
    ("indexer.indexing.writer:MAX_SEGMENTS", "segments of an index", "The run merges some."),
    ("indexer.analysis.tokens:MAX_WORD", "characters of a word", "It is cut, in articles and in queries."),
    ("indexer.archive.yaml_values:MAX_DEPTH", "nesting of values in front matter", "The file is rejected."),
    ("indexer.archive.yaml_values:MAX_ALIASED", "values that YAML aliases add to a file", "The file is rejected."),
    ("indexer.archive.markdown:_MARKDOWN_LIMIT", "characters of Markdown that are parsed as one piece", "The text is parsed in several."),
    ("indexer.archive.read:MAX_NOTICES", "notices about one file", "No more are kept."),
    ("indexer.checks:MAX_ALIAS", "bytes of `source.alias`", "The settings are refused."),
    ("indexer.cluster.connection:CONNECT_SECONDS", "seconds in which a node of a cluster must accept a connection", "The request goes to another node, or fails after three more tries."),
    ("search_web.workers:MAX_CONNECTIONS", "connections that a process of the server holds", "Further ones wait."),
    ("search_web.workers:BACKLOG", "connections that wait for a process of the server", "The system refuses more."),
    ("search_web.workers:HEADER_SECONDS", "seconds in which the head of a request must have come", "The connection is ended."),
    ("search_web.listeners:STALLED_SECONDS", "seconds in which a reader must have taken something of an answer", "The connection is ended."),
    ("search_web.workers:DRAIN_SECONDS", "seconds that the server waits for answers under way when it is ended", "They are broken off."),
    ("search_web.pages:MAX_LISTED", "rejected files, and notices, on the page about the archive", "`backfile check` lists all."),
    ("search_web.formatting:MAX_BARS", "bars of the dates on the page", "Only periods with articles are shown."),
    ("indexer.evaluation.collection:DEPTH", "hits of a query that `eval collection` grades", "The others do not count."),
)  # fmt: skip


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Return a Markdown table; a bar within a cell is escaped."""
    names = list(head)
    lines = [names, ["---"] * len(names), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def settings() -> str:
    """Return the table of all settings, with what each may be."""
    rows = ((f"`{s.full_name}`", f"`{toml(s.default)}`", _range(s), s.help) for s in SETTINGS)
    return table(("setting", "default", "may be", "what it is"), rows)


def toml(value: Any) -> str:
    """Return a default as `config.toml` writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int) and abs(value) >= 1_000_000:
        return f"{value:_}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    return f'"{value}"' if isinstance(value, str) else str(value)


def _range(setting: Setting) -> str:
    """Return what the check of a number says of one that is too small."""
    if isinstance(setting.default, bool):
        return "`true` or `false`"
    if isinstance(setting.default, list):
        return "a list of texts"
    if isinstance(setting.default, dict):
        return "texts with addresses"
    if isinstance(setting.default, str):
        return "a language below" if setting.name == "language" else "a text"
    return setting.check(-1).removeprefix("must be between ").replace(" and ", " to ")


def fields() -> str:
    """Return the table of the names that are looked for in front matter."""
    rows = ((f"`{name}`", ", ".join(f"`{one}`" for one in names)) for name, names in DEFAULT_FIELDS.items())
    return table(("field", "names, the first that has a value is taken"), rows)


def languages() -> str:
    """Return the languages of the stemmer."""
    return ", ".join(STEMMED)


def syntax() -> str:
    """Return the table of the query language."""
    return table(("you type", "you get"), ((f"`{row.example}`", row.meaning) for row in SYNTAX))


def choices() -> str:
    """Return what may follow the fields that take one of a few words."""
    return table(
        ("field", "words"), ((f"`{n}:`", ", ".join(f"`{w}`" for w in ws)) for n, ws in CHOICES.items())
    )


def parameters() -> str:
    """Return the table of a search's parameters."""
    rows = (
        (f"`{p.name}`", p.meaning, f"`{p.example}`", "yes" if p.repeats else "") for p in PARAMETERS.values()
    )
    return table(("parameter", "what it means", "for example", "may repeat"), rows)


def endpoints() -> str:
    """Return the table of the addresses."""
    rows = (
        (
            f"`{e.path}`",
            _taken(e),
            f"{e.gives} {e.note}".strip(),
            f"`{e.answer}`" if e.answer else "",
            f"`{e.example}`",
        )
        for e in ENDPOINTS
    )
    return table(("address", "takes", "gives", "answers with", "for example"), rows)


def _taken(endpoint: Endpoint) -> str:
    """Return what an address takes: whole groups by their names, the rest one by one."""
    names = [name for name in endpoint.parameters if name != "format"]
    own = [f"`{one.name}` ({one.help.rstrip('.')})" for one in endpoint.own]
    of_search = [name for name in names if name not in {one.name for one in endpoint.own}]
    if set(PARAMETERS) - {*names, "format"} <= {"fields"}:
        without = "" if "fields" in names else " but `fields`"
        return "; ".join([*own, f"All of the parameters of a search{without}."])
    if set(_FILTERS) <= set(of_search):
        rest = [f"`{name}`" for name in of_search if name not in ("q", *_FILTERS)]
        of_search = [*(["`q`"] if "q" in of_search else []), "the filters", *rest]
    else:
        of_search = [f"`{name}`" for name in of_search]
    return f"{'; '.join([*own, *of_search])}." if own or of_search else ""


def answers() -> str:
    """Return a table for each shape of answers, with its values."""
    return "\n\n".join(
        f"#### {name}\n\n{shape.meaning}\n\n"
        + table(
            ("value", "type", "what it is"),
            ((f"`{v}`", _type(of), of.meaning) for v, of in shape.values.items()),
        )
        for name, shape in SHAPES.items()
    )


def _type(value: Value) -> str:
    return value.type.replace("|", ", ") + ("" if value.always else " (optional)")


def failures() -> str:
    """Return the table of what can fail."""
    return table(("status", "code", "what it means"), ((str(s), f"`{c}`", m) for s, c, m in errors()))


def statuses() -> str:
    """Return the table of the command line's exit statuses."""
    return table(("status", "what it means"), ((str(s), m) for s, m in EXIT_STATUSES.items()))


def limits() -> str:
    """Return the table of the limits that are constants of the code, and of those that are settings."""
    return table(("at most", "what", "beyond it"), (*_constants(), *_of_settings()))


def _constants() -> Iterator[tuple[str, str, str]]:
    for place, what, beyond in LIMITS:
        module, _, name = place.partition(":")
        yield f"{getattr(importlib.import_module(module), name):,}", what, beyond


def _of_settings() -> Iterator[tuple[str, str, str]]:
    beyond = {
        "archive.max_file_bytes": ("bytes of a file", "The file is rejected, not read."),
        "web.requests_per_minute": ("requests of a client in a minute", "They are refused (429), with when to ask again."),
        "source.timeout_ms": ("milliseconds of a request to a cluster", "One that repeats nothing goes to another node, once; then the search fails (503)."),
        "search.max_page_size": ("articles on a page", "More are refused (400)."),
        "search.facet_size": ("values of a facet that are given", "The largest are given; `facet_size` asks for more."),
        "search.expansion_limit": ("words that a wildcard or a fuzzy word stands for", "The commonest are taken; the total is marked as a bound."),
        "search.time_limit_ms": ("milliseconds of a request to the server", "It is answered with what there is, and says so (`timed_out`)."),
        "search.work_limit": ("postings read for a request", "The same."),
        "search.snippet_length": ("characters of a snippet", "It is cut."),
        "index.memory_mb": ("megabytes that a run's processes gather", "They write to the disk and go on."),
        "index.lock_timeout_seconds": ("seconds that a run waits for another", "It ends with status 5 and says who is writing."),
        "index.kept_generations": ("generations since which changes are known", "An older one is refused; the page searches without it, with a note."),
    }  # fmt: skip
    defaults = {setting.full_name: setting.default for setting in SETTINGS}
    for name, (what, then) in beyond.items():
        yield f"{defaults[name]:,}", f"{what} (`{name}`)", then


TABLES: Mapping[str, Callable[[], str]] = {
    maker.__name__: maker
    for maker in (
        settings, fields, languages, syntax, choices, parameters, endpoints, answers, failures, statuses,
        limits,
    )
}  # fmt: skip


def filled(text: str) -> str:
    """Return a document with its generated parts made anew."""
    return _PART.sub(lambda part: f"{part[1]}{TABLES[part[2]]()}\n{part[3]}", text)


def main() -> None:
    """Fill every document of this folder."""
    for path in sorted(HERE.glob("*.md")):
        path.write_text(filled(path.read_text(encoding="utf-8")), encoding="utf-8")


if __name__ == "__main__":
    main()
