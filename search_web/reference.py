"""The API as tables, for the help page: give me nothing, I return what each address takes and gives."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from indexer.errors import BackfileError
from indexer.facets import FACETS
from indexer.formats import CITATIONS, EXPORTS, FEEDS
from indexer.query.parameters import DEFAULT_SUGGESTIONS, INTERVALS, SUGGESTION_KINDS


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of the API; `example` can be opened as it is where it has no `{`."""

    path: str
    takes: str
    gives: str
    example: str


def _either(names: Iterable[str]) -> str:
    """Return `a, b or c`."""
    *others, last = names
    return f"{', '.join(others)} or {last}"


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "/api/v1/search",
        "The parameters above.",
        "`total`, `begun_total`, `some_total`, `match`, `hits`, `facets`, `facet_part`, `next_cursor`, "
        "`sort`, `page`, `size`, `generation`, `notes`, `total_relation`, `offers`, `counts`, `forms`; "
        "with `explain=1` also `explain`, and in each hit `explanation`.",
        "/api/v1/search?q=recognition&sort=newest&size=2",
    ),
    Endpoint(
        "/api/v1/article/{id}",
        "Nothing. Here and below, `{id}` is an article's id, its URL (with `%3F` for a question mark) or the "
        "path of its file in the archive.",
        "One article, with its `translations`. `body` is its text, `html` its body as the page shows it: "
        "with headings, links, lists, tables, code and, where the settings show them, pictures; without "
        "scripts, styles, frames and forms.",
        "/api/v1/article/{id}",
    ),
    Endpoint(
        "/api/v1/related/{id}",
        "`size`, the most articles that are wanted.",
        "`id`, `title`, `translations`, `related` and `mentioned_by`: of these two each a list of `article`, "
        "`kind` (`editors`, `computed` or `mentioned_by`), `reason`, `score`, `part`, `shared`, `days` and "
        "`copies`. The editors' choice comes first.",
        "/api/v1/related/{id}?size=5",
    ),
    Endpoint(
        "/api/v1/related",
        "`title`, `excerpt` or `text`, `url` and `date` of an article that the archive need not have, and "
        "`size`. With a `url` that it has, that article is asked for. The beginning of `text` counts, and "
        "only without an excerpt.",
        "The same, `id` being what the article would have.",
        "/api/v1/related?title=Harbour+board+closes+pier&date=2020-06-24&size=5",
    ),
    Endpoint(
        "/api/v1/story/{id}",
        "Nothing.",
        "The articles that are nearly one text: `id`, `title`, `articles` (how many), `other_outlets` (how "
        "many providers beside the article's own) and `members`, the earliest first, itself among them.",
        "/api/v1/story/{id}",
    ),
    Endpoint(
        "/api/v1/suggest",
        f"`q`, what is typed so far; `size`, the most suggestions [{DEFAULT_SUGGESTIONS}]; `kind`, which "
        f"may be repeated: {_either(SUGGESTION_KINDS)}.",
        "`q`, `suggestions` and `bounded` (true where what is typed is too common for all titles to be "
        "looked at). Better matches come first, then more frequent ones, then newer ones.",
        "/api/v1/suggest?q=recog",
    ),
    Endpoint(
        "/api/v1/facets/{name}",
        f"The parameters above; `{{name}}` is {_either(FACETS)}.",
        "`name`, `distinct` (how many values there are in all), `part` (what of the search they count, as "
        "`facet_part`) and `values`.",
        "/api/v1/facets/provider?q=recognition",
    ),
    Endpoint(
        "/api/v1/timeline",
        f"`q`, up to five times; the filters above; `interval`: {_either(INTERVALS)}, without it what "
        "suits the span.",
        "`interval`, `periods` and `series`, one for each query, whose `counts` and `shares` are null for "
        "periods that the archive has nothing of; with `undated` the counts add up to `total`.",
        "/api/v1/timeline?q=recognition&q=ferry&interval=year",
    ),
    Endpoint(
        "/api/v1/overview",
        "`q` and the filters above.",
        "`part` (what the articles have: `all` of the words, or where none has, as `hits[].part` says), "
        "`total`, `stories` (or null), `first_date`, `last_date`, `undated`, `terms`, `providers`, "
        "`topics`, `timeline`.",
        "/api/v1/overview?q=recognition",
    ),
    Endpoint(
        "/api/v1/compare",
        "`by` (`query` or the name of a facet), `a` and `b`, two values of it; `q` and the filters above, "
        "for both; `interval`.",
        "`sides`, each with `name`, `total`, `undated` and the `terms` that set it apart; `both`, `topics`, "
        "`timeline`.",
        "/api/v1/compare?by=topic&a=Climate&b=Energy",
    ),
    Endpoint(
        "/api/v1/export",
        "The parameters above but those of a page; `format`: "
        f"{_either(EXPORTS)}. A feed ({_either(FEEDS)}) also takes `size` and `cursor`.",
        "All that the search finds, of one generation. The headers `Backfile-Generation` and "
        "`Backfile-Count` say which, and how many articles.",
        "/api/v1/export?q=recognition&format=csv",
    ),
    Endpoint(
        "/api/v1/cite/{id}",
        f"`format`: {_either(CITATIONS)}.",
        "A reference to an article.",
        "/api/v1/cite/{id}?format=bibtex",
    ),
    Endpoint(
        "/api/v1/cite",
        f"The parameters above but those of a page; `format`: {_either(CITATIONS)}.",
        "A reference to a search as it is answered now.",
        "/api/v1/cite?q=recognition",
    ),
    Endpoint(
        "/api/v1/stats",
        "Nothing.",
        "The numbers of the index, and the rejected files with their reasons.",
        "/api/v1/stats",
    ),
)

# Each value of an answer, and what it means.
ANSWERS: Mapping[str, str] = {
    "total": (
        "How many articles have all that was asked for, or with `collapse=1` how many stories. The hits are "
        "these first; by relevance they go on with those of `begun_total` and `some_total`."
    ),
    "begun_total": "How many more have all of the words with the last one as the beginning of a longer one.",
    "some_total": "How many more have some of the words.",
    "match": "What the words required: `auto`, `all` or `any`.",
    "facet_part": "Which of the parts the facets count: the first that has an article.",
    "forms": (
        "For a query of one word, what was found beside it: `typed`, `total` that have it so, `others` that "
        "have it in other forms alone, `forms` (each with its number) and `parameters`; else null."
    ),
    "counts": "What `total` and the facets count: `articles`, or `stories`.",
    "total_relation": (
        "`eq`: the total is exact. Where a wildcard stands for more words than are searched for: `gte`, "
        "there are at least as many; `lte` (what it stands for is left out), at most; `about`, both. Where "
        "the request met its limit (`timed_out`), `gte`."
    ),
    "timed_out": (
        "Whether the request met its limit, of time or of work, and was answered with what there was: totals "
        "are at least so many, a facet, a series or a list that was not counted whole is left out, there is "
        "no `next_cursor`, and nobody may store the answer. In all answers that search."
    ),
    "hits[].article": (
        "`id`, `title`, `url`, `excerpt`, `body`, `published_at` (ISO 8601, UTC, or null), `day` (as its "
        "file writes it), `provider` {`name`, `domain`}, `authors`, `topics`, `tags`, `category`, `type`, "
        "`language` (a BCP 47 tag, or null), `translation` (what it and its translations have in common, or "
        "null), `quality`, `heat`, `featured`, `origin`, `images`, `related`."
    ),
    "translations[], hits[].translations[]": (
        "The article in other languages: `language`, `id`, `title`, `url`. Its related articles have none of "
        "them."
    ),
    "hits[].part, hits[].missing": (
        "The part that the hit is of: `all`, `begun`, `some`, or with `match=any` `any`; and the words of "
        "the query that it lacks, as they were typed."
    ),
    "hits[].score": "The relevance; comparable within one answer only.",
    "hits[].title, hits[].snippet": (
        "`text`, and `ranges`: pairs of start and end in code points that "
        "matched. The text is plain: escape it before it goes into HTML."
    ),
    "hits[].story": (
        "With `collapse=1`: the found articles that are nearly the hit's text, as `/api/v1/story/{id}` gives "
        "them. The hit is the first of them in the order that was asked for."
    ),
    "facets.{name}[]": (
        "`value` (to filter by), `label`, `count` (the total of choosing it alone in its facet), `selected`."
    ),
    "related[].part": (
        "`before`, `same` (the same story: near-identical, or much in common and within three days) or "
        "`after`; null where one of the two has no date."
    ),
    "related[].shared, related[].days": (
        "Words that both articles have, those that tell most first; days from the article to this one, "
        "negative where this is earlier."
    ),
    "related[].copies": "Near-identical articles that this one stands for.",
    "next_cursor": (
        "Give it as `cursor` for the next page; null on the last one, and where `timed_out`. Nothing is "
        "skipped or repeated, however deep."
    ),
    "offers[]": (
        "Where nothing was found, searches nearby that find something: `kind` (`begun`, `compound`, "
        "`spelling`, `unquoted`, `value`, `optional`, `any` or `unfiltered`), `text`, `total`, "
        "`total_relation`, `parameters`, and `url`, which asks for it. Where something was found, those of "
        "the kind `compound` alone: a word is written together or apart."
    ),
    "explain": (
        "`read_as`, `notes` (`kind`, `text`), `terms` (`field`, `term`, `documents`, `word`) and `filters` "
        "(`filter`, `values`, `without` it so many are found, and so many of them it `removes`)."
    ),
    "periods[]": (
        "`period`, `first` and `last` day (weeks begin on Monday), `archive`: how many articles it has."
    ),
    "series[].peaks[]": (
        "A stretch in which a query is found far more often: `name`, `first`, `last`, `highest`, `count`, "
        "`archive`, `share`, `expected`, `weight` and `terms`, which set it apart from the query's others."
    ),
    "terms[]": (
        "`term`, `word` (as it is mostly written), `documents` that have it, `of_all` those of what it is "
        "compared with, and `score`: the log-odds ratio in standard deviations. Which terms are counted is "
        "chosen by a sample; the counts are exact."
    ),
    "hits[].explanation": (
        "With `explain=1` how the score is made: `score` and `parts`, which add up to it: `kind` (`term`, "
        "`phrase`, `words`, `pair`, `broadened`, `recency`, `quality`, `heat`, `every`, `other`), `what`, "
        "`score`, and `detail` with the numbers it comes from."
    ),
    "since": (
        "With `since_generation`: what became of the results since that generation, `made` then: how many "
        "were `added` and `changed` (such `hits[]` have `since`), `changed_elsewhere` and `removed`, and the "
        "first `removed_articles` (`id`, `title`, `url`)."
    ),
    "suggestions[]": (
        "`text`, `kind`, `count` (how many articles it gives), `exact` (false where it was counted some "
        "changes of the archive ago), `ranges` (what matched of the text), `value` (to filter by, the quoted "
        "query, or the article's id), `before` (the query that stays beside it: what was typed before) and "
        "`url`."
    ),
    "error": "Every failure is {`error`: {`code`, `message`, `status`}} with that HTTP status.",
}


def errors() -> list[tuple[int, str, str]]:
    """Return status, code and meaning of each failure that the API can tell."""
    rows = {
        (kind.http_status, kind.code, (kind.__doc__ or "").strip().splitlines()[0])
        for kind in BackfileError.__subclasses__()
        if kind.http_status != 500
    }
    rows |= {
        (405, "method_not_allowed", "An address was asked with another method than GET."),
        (413, "body_refused", "A request had a body: none is read."),
        (
            429,
            "too_many_requests",
            "A client asked too often; `Retry-After` says in how many seconds to ask again.",
        ),
        (500, "internal_error", "Something unforeseen; it has been written to the server's log."),
    }
    return sorted(rows)
