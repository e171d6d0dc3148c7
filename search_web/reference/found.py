"""The shapes of articles, and of what a search finds."""

from __future__ import annotations

from collections.abc import Mapping

from indexer.article import ARTICLE_FIELDS
from indexer.facets import FACETS
from indexer.query.answers.ledger import OfferKind, TotalRelation
from indexer.query.answers.parsed import NoteKind
from indexer.query.answers.results import ARTICLES, STORIES
from indexer.query.parameters import ORIGINS, SORTS
from search_web.reference.shapes import (
    DISTINCT_RELATION,
    GENERATION,
    ID,
    PARTS,
    RANGES,
    TIMED_OUT,
    TITLE,
    TRANSLATIONS,
    URL,
    Shape,
    Value,
)

_DESCRIBED: Mapping[str, Value] = {
    **{f.attribute: Value("string[]" if f.several else "string or null") for f in FACETS.values()},
    "id": Value("string", "The permanent name of the article: a hash of its URL, else of its path."),
    "title": TITLE,
    "url": URL,
    "excerpt": Value("string", "Its summary, plain."),
    "body": Value("string", "Its text, plain; empty where the archive has none."),
    "published_at": Value("date-time or null", "ISO 8601, UTC."),
    "day": Value("date or null", "The day as its file writes it, or in the archive's zone."),
    "provider": Value("Provider or null", "Who published it."),
    "language": Value("string or null", "A BCP 47 tag."),
    "translation": Value("string or null", "What it and its translations have in common."),
    "quality": Value("number or null"),
    "heat": Value("number or null"),
    "featured": Value("boolean"),
    "origin": Value(
        "|".join(ORIGINS), "`file`: it has a file of its own; `related`: only others link to it."
    ),
    "images": Value("Image[]"),
    "related": Value("RelatedLink[]", "The editors' links to other articles."),
}
_OF_ARTICLE = {name: _DESCRIBED[name] for name in ARTICLE_FIELDS}
_LISTED = {name: _OF_ARTICLE[name]._replace(always=False) for name in ARTICLE_FIELDS}

FOUND: Mapping[str, Shape] = {
    "SearchAnswer": Shape(
        "A page of what a search finds.",
        {
            "total": Value(
                "integer",
                "How many articles match the whole query, or with `collapse=1` how many stories. "
                "The hits are these first; by relevance they go on with those of `begun_total` and "
                "`some_total`.",
            ),
            "begun_total": Value(
                "integer",
                "How many more have all of the words with the last one as the beginning of a longer one.",
            ),
            "some_total": Value("integer", "How many more have some of the words."),
            "match": Value("auto|all|any", "What the words required."),
            "hits": Value("Hit[]", "Those of the page, in order."),
            "facets": Value("FacetValue[]{}", "By facet its largest values, and those that are chosen."),
            "facet_part": Value(PARTS, "Which of the parts the facets count: the first that has an article."),
            "next_cursor": Value(
                "string or null",
                "Give it as `cursor` for the next page; null on the last one, and where `timed_out`. "
                "Nothing is skipped or repeated, however deep.",
            ),
            "sort": Value("|".join(SORTS)),
            "page": Value("integer"),
            "size": Value("integer"),
            "generation": GENERATION,
            "notes": Value(
                "string[]",
                "Sentences, without a full stop: what was ignored, read otherwise or corrected. Where "
                "nothing is left to search for, nothing is found, and they say so.",
            ),
            "total_relation": Value(
                "|".join(TotalRelation),
                "`eq`: the total is exact. Where a wildcard stands for more words than are searched for: "
                "`gte`, there are at least as many; `lte` (what it stands for is left out), at most; "
                "`about`, both, or that not all stories were distinguished, as a note says. "
                "Where the request met its limit (`timed_out`), `gte`.",
            ),
            "offers": Value(
                "Offer[]",
                "Where nothing was found, searches nearby that find something. Where something was found, "
                "those of the kind `compound` alone: a word is written together or apart.",
            ),
            "counts": Value(f"{ARTICLES}|{STORIES}", "What `total` and the facets count."),
            "forms": Value("Forms or null", "For a query of one word, what was found beside it."),
            "since": Value("Since", "With `since_generation`.", always=False),
            "explain": Value("Reading", "With `explain=1`.", always=False),
            "timed_out": TIMED_OUT,
        },
    ),
    "Hit": Shape(
        "An article that was found.",
        {
            "article": Value("ListedArticle"),
            "score": Value("number", "The relevance; comparable within one answer only."),
            "title": Value("Highlighted", "The title, with what matched."),
            "snippet": Value("Highlighted", "The best passage, with what matched."),
            "part": Value(PARTS, "The part that the hit is of; `any` with `match=any`."),
            "missing": Value("string[]", "The words of the query that it lacks, as they were typed."),
            "translations": TRANSLATIONS,
            "since": Value(
                "added|changed", "With `since_generation`: what has happened to it since then.", always=False
            ),
            "story": Value(
                "Story",
                "With `collapse=1`: the found articles that are nearly the hit's text. The hit is the "
                "first of them in the requested order.",
                always=False,
            ),
            "explanation": Value("Explanation", "With `explain=1`: how the score is made.", always=False),
        },
    ),
    "Highlighted": Shape(
        "A text and what matched. It is plain: escape it before it goes into HTML.",
        {"text": Value("string"), "ranges": Value("integer[][]", f"Of the text: {RANGES}.")},
    ),
    "Article": Shape(
        "An article, whole.",
        {
            **_OF_ARTICLE,
            "translations": TRANSLATIONS,
            "html": Value(
                "string",
                "Its body as the page shows it: with headings, links, lists, tables, code and, where the "
                "settings show them, pictures; without scripts, styles, frames and forms.",
            ),
        },
    ),
    "ListedArticle": Shape(
        "An article in a list: those values of an article that `fields` names, without it all but `related`.",
        _LISTED,
    ),
    "Export": Shape(
        "All that a search finds.",
        {
            "title": Value("string", "The archive and the search."),
            "site": Value("string", "What the archive is called."),
            "search": Value("string", "What the search is called."),
            "parameters": Value("any{}", "The keywords of the module's `search`."),
            "found": Value("string", "How many are found of each part, in words."),
            "count": Value("integer", "How many, of all parts."),
            "counts": Value(f"{ARTICLES}|{STORIES}"),
            "sort": Value("|".join(SORTS)),
            "match": Value("auto|all|any", "What the words required."),
            "generation": GENERATION,
            "indexed_at": Value("date-time"),
            "id": Value("string", "The permanent name of the search."),
            "page": Value("string or null", "The address of its page."),
            "self": Value("string or null", "The address of this export."),
            "next": Value("string or null", "Of a feed, the address of its next page."),
            "articles": Value("ExportedArticle[]", "In order."),
        },
    ),
    "ExportedArticle": Shape(
        "An article of an export: all but `related`.",
        {
            **{name: _OF_ARTICLE[name] for name in ARTICLE_FIELDS if name != "related"},
            "page": Value("string or null", "The address of its page."),
            "part": Value(PARTS, "The part that it is of."),
        },
    ),
    "Provider": Shape(
        "Who publishes.", {"name": Value("string"), "domain": Value("string or null", "Its domain.")}
    ),
    "Image": Shape(
        "A picture of an article.",
        {
            "url": Value("string"),
            "width": Value("number or null", "In pixels."),
            "height": Value("number or null", "In pixels."),
            "title": Value("string or null"),
        },
    ),
    "RelatedLink": Shape(
        "An editors' link to another article.",
        {name: _OF_ARTICLE[name] for name in ("id", "title", "url", "published_at", "day", "provider")},
    ),
    "Translation": Shape(
        "An article in another language.",
        {"language": Value("string", "A BCP 47 tag."), "id": ID, "title": TITLE, "url": URL},
    ),
    "FacetValue": Shape(
        "A value of a facet.",
        {
            "value": Value("string", "What filters by it."),
            "label": Value("string", "What it is called."),
            "count": Value("integer", "The total of choosing it alone in its facet."),
            "selected": Value("boolean", "Whether it is chosen."),
        },
    ),
    "FacetAnswer": Shape(
        "The values of a facet.",
        {
            "name": Value("string"),
            "distinct": Value("integer", "How many values have an article, in all."),
            "distinct_relation": DISTINCT_RELATION,
            "part": Value(PARTS, "What of the search they count, as `facet_part`."),
            "values": Value("FacetValue[]", "The largest first; dates in their order."),
            "notes": Value("string[]", "As those of a search."),
            "timed_out": TIMED_OUT,
        },
    ),
    "Offer": Shape(
        "A search nearby.",
        {
            "kind": Value("|".join(OfferKind), "What it changes."),
            "text": Value("string", "It completes the sentence “Search …”."),
            "total": Value("integer", "How many it finds."),
            "total_relation": Value("|".join(TotalRelation)),
            "parameters": Value("any{}", "The keywords of the module's `search`."),
            "url": Value("string", "The address of that search."),
        },
    ),
    "Forms": Shape(
        "The forms of the word of a query.",
        {
            "typed": Value("string", "The word as it was typed."),
            "total": Value("integer", "How many have it so."),
            "others": Value("integer", "How many have it in other forms alone."),
            "forms": Value("string and integer[]", "The commonest of these, each with its number."),
            "parameters": Value(
                "any{}", "The search for the word as typed, as keywords of the module's `search`."
            ),
        },
    ),
    "Since": Shape(
        "What has changed in the results since a generation.",
        {
            "generation": Value("integer"),
            "made": Value("date-time", "When it was made."),
            "added": Value("integer", "Of the results now, those that were not in the archive then."),
            "changed": Value("integer", "Of the results now, those that were changed."),
            "changed_elsewhere": Value("integer", "Changed articles that are not among the results."),
            "removed": Value("integer", "Articles that have left the archive."),
            "removed_articles": Value("RemovedArticle[]", "The first of these."),
        },
    ),
    "RemovedArticle": Shape("An article that has left the archive.", {"id": ID, "title": TITLE, "url": URL}),
    "Reading": Shape(
        "How a query was read.",
        {
            "text": Value("string", "The query."),
            "read_as": Value("string", "What is searched for."),
            "notes": Value("Note[]"),
            "terms": Value("TermCount[]"),
            "filters": Value("FilterCount[]"),
        },
    ),
    "Note": Shape(
        "What happened to a piece of a query.", {"kind": Value("|".join(NoteKind)), "text": Value("string")}
    ),
    "TermCount": Shape(
        "A term of a query.",
        {
            "field": Value("string"),
            "term": Value("string"),
            "documents": Value("integer", "How many articles have it."),
            "word": Value("string", "The word as it was typed."),
        },
    ),
    "FilterCount": Shape(
        "What a filter removes.",
        {
            "filter": Value("string", "The parameter."),
            "values": Value("string[]"),
            "without": Value("integer", "How many are found without it."),
            "removes": Value("integer", "How many of these it removes."),
        },
    ),
    "Explanation": Shape(
        "How a score is made.",
        {"score": Value("number"), "parts": Value("ScorePart[]", "They add up to it.")},
    ),
    "ScorePart": Shape(
        "A summand of a score.",
        {
            "kind": Value("term|phrase|words|pair|broadened|recency|quality|heat|every|other"),
            "what": Value("string"),
            "score": Value("number"),
            "detail": Value("number{}", "The numbers that it comes from."),
        },
    ),
}
