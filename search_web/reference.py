"""The API as tables, for the help page: give me nothing, I return what each address takes and gives."""

from __future__ import annotations

from dataclasses import dataclass

from indexer.errors import BackfileError


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One address of the API; `example` can be opened as it is where it has no `{`."""

    path: str
    endpoint: str  # Flask's name for it
    takes: str
    gives: str
    example: str


@dataclass(frozen=True, slots=True)
class Shape:
    """One value of an answer."""

    name: str
    meaning: str


ENDPOINTS: tuple[Endpoint, ...] = (
    Endpoint(
        "/api/v1/search",
        "api.search",
        "The parameters above.",
        "`total`, `hits`, `facets`, `next_cursor`, `sort`, `page`, `size`, `generation`, `notes`; "
        "with `explain=1` also `explain`.",
        "/api/v1/search?q=recognition&sort=newest&size=2",
    ),
    Endpoint(
        "/api/v1/article/{id}",
        "api.article",
        "Nothing.",
        "One article.",
        "/api/v1/article/{id}",
    ),
    Endpoint(
        "/api/v1/related/{id}",
        "api.related",
        "`size`, the most articles that are wanted.",
        "`id`, `title`, `related` and `mentioned_by`: each a list of `article`, `kind` (`editors`, "
        "`computed` or `mentioned_by`), `reason`, `score`, `part`, `shared`, `days` and `copies`. The "
        "editors' choice comes first.",
        "/api/v1/related/{id}?size=5",
    ),
    Endpoint(
        "/api/v1/related",
        "api.related_to",
        "`title`, `excerpt` or `text`, `url` and `date` of an article that the archive need not have, and "
        "`size`. With a `url` that it has, that article is asked for. The beginning of `text` counts, and "
        "only without an excerpt.",
        "The same, `id` being what the article would have.",
        "/api/v1/related?title=Harbour+board+closes+pier&date=2020-06-24&size=5",
    ),
    Endpoint(
        "/api/v1/facets/{name}",
        "api.facets",
        "The parameters above; `{name}` is topic, provider, date, category, type, tag or author.",
        "`name`, `distinct` (how many values there are in all) and `values`.",
        "/api/v1/facets/provider?q=recognition",
    ),
    Endpoint(
        "/api/v1/stats",
        "api.stats",
        "Nothing.",
        "The numbers of the index, and the rejected files with their reasons.",
        "/api/v1/stats",
    ),
)

ANSWERS: tuple[Shape, ...] = (
    Shape("total", "How many articles were found in all; exact."),
    Shape(
        "hits[].article",
        "`id`, `title`, `url`, `excerpt`, `body`, `published_at` (ISO 8601, UTC, or null), "
        "`provider` {`name`, `domain`}, `authors`, `topics`, `tags`, `category`, `type`, `quality`, `heat`, "
        "`featured`, `origin`, `images`, `related`.",
    ),
    Shape("hits[].score", "The relevance; comparable within one answer only."),
    Shape(
        "hits[].title, hits[].snippet",
        "`text`, and `ranges`: pairs of start and end in code points that "
        "matched. The text is plain: escape it before it goes into HTML.",
    ),
    Shape(
        "facets.{name}[]",
        "`value` (to filter by), `label`, `count` (the total of choosing it alone in its facet), `selected`.",
    ),
    Shape(
        "related[].part",
        "`before`, `same` (the same story: near-identical, or much in common and within three days) or "
        "`after`; null where one of the two has no date.",
    ),
    Shape(
        "related[].shared, related[].days",
        "Words that both articles have, those that tell most first; days from the article to this one, "
        "negative where this is earlier.",
    ),
    Shape("related[].copies", "Near-identical articles that this one stands for."),
    Shape(
        "next_cursor",
        "Give it as `cursor` for the next page; null on the last one. Nothing is skipped or "
        "repeated, however deep.",
    ),
    Shape("explain", "`read_as`, `notes` (`kind`, `text`) and `terms` (`field`, `term`, `documents`)."),
    Shape("error", "Every failure is {`error`: {`code`, `message`, `status`}} with that HTTP status."),
)


def errors() -> list[tuple[int, str, str]]:
    """Return status, code and meaning of each failure that the API can tell."""
    rows = {
        (kind.http_status, kind.code, (kind.__doc__ or "").strip().splitlines()[0])
        for kind in BackfileError.__subclasses__()
        if kind.http_status != 500
    }
    rows |= {
        (405, "method_not_allowed", "An address was asked with another method than GET."),
        (500, "internal_error", "Something unforeseen; it has been written to the server's log."),
    }
    return sorted(rows)
