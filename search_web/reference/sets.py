"""The shapes of the other answers: what goes with an article, what is found over time, what is indexed, what
failed."""

from __future__ import annotations

from collections.abc import Mapping

from indexer.query.parameters import INTERVALS, SUGGESTION_KINDS, VALUE_ORDERS
from search_web.reference.shapes import (
    DISTINCT_RELATION,
    GENERATION,
    ID,
    PARTS,
    RANGES,
    TIMED_OUT,
    TITLE,
    TRANSLATIONS,
    Shape,
    Value,
)

SETS: Mapping[str, Shape] = {
    "RelatedAnswer": Shape(
        "What goes with an article.",
        {
            "id": ID,
            "title": TITLE,
            "related": Value("RelatedArticle[]", "The editors' choice, then what is computed."),
            "mentioned_by": Value("RelatedArticle[]", "Articles whose editors link to it."),
            "translations": TRANSLATIONS,
            "timed_out": TIMED_OUT,
        },
    ),
    "RelatedArticle": Shape(
        "An article that goes with another one.",
        {
            "article": Value("ListedArticle"),
            "kind": Value("editors|computed|mentioned_by"),
            "reason": Value("string", "A sentence."),
            "score": Value("number", "0 where editors linked them."),
            "part": Value(
                "before|same|after or null",
                "`same` is the same story: near-identical, or much in common and within three days. Null "
                "where one of the two has no date.",
            ),
            "shared": Value("string[]", "Words that both articles have, the most distinctive first."),
            "days": Value("integer or null", "From the article to this one; negative where this is earlier."),
            "copies": Value("ListedArticle[]", "Near-identical articles that this one stands for."),
        },
    ),
    "Story": Shape(
        "The articles that are nearly one text.",
        {
            "id": ID,
            "title": TITLE,
            "articles": Value("integer", "How many there are."),
            "other_outlets": Value("integer", "How many providers beside the article's own."),
            "members": Value("RelatedLink[]", "The earliest first, the article among them."),
        },
    ),
    "SuggestAnswer": Shape(
        "What a reader may mean.",
        {
            "q": Value("string", "What was typed."),
            "suggestions": Value(
                "Suggestion[]", "Better matches come first, then more frequent ones, then newer ones."
            ),
            "bounded": Value(
                "boolean", "Whether what was typed is too common for all titles to be looked at."
            ),
            "timed_out": TIMED_OUT,
        },
    ),
    "Suggestion": Shape(
        "Something to search for.",
        {
            "text": Value("string"),
            "kind": Value("|".join(SUGGESTION_KINDS)),
            "count": Value("integer", "How many articles it gives."),
            "exact": Value("boolean", "False where it was counted some changes of the archive ago."),
            "ranges": Value("integer[][]", f"Of the text: {RANGES}."),
            "value": Value("string", "What filters by it, the quoted query, or the article's id."),
            "before": Value("string", "The query that stays beside it: what was typed before."),
            "url": Value("string", "The address of its page."),
        },
    ),
    "DirectoryAnswer": Shape(
        "A page of the values of a facet, of all articles.",
        {
            "facet": Value("string"),
            "distinct": Value("integer", "How many values there are."),
            "distinct_relation": DISTINCT_RELATION,
            "found": Value("integer", "How many have `find` in their names."),
            "without": Value("integer", "How many articles have no value."),
            "order": Value("|".join(VALUE_ORDERS)),
            "page": Value("integer"),
            "pages": Value("integer"),
            "size": Value("integer"),
            "interval": Value("|".join(INTERVALS)),
            "periods": Value("string[]", "Their names; of very many years, the last ones."),
            "values": Value("DirectoryValue[]"),
            "generation": GENERATION,
            "timed_out": TIMED_OUT,
        },
    ),
    "DirectoryValue": Shape(
        "A value of a facet, and how its articles lie in time.",
        {
            "value": Value("string"),
            "label": Value("string"),
            "parent": Value("string or null", "That above it in its tree."),
            "count": Value("integer", "How many articles have it."),
            "first_date": Value("date or null"),
            "last_date": Value("date or null"),
            "undated": Value("integer"),
            "counts": Value("integer[]", "One for each period."),
        },
    ),
    "TimelineAnswer": Shape(
        "How much queries find over time.",
        {
            "interval": Value("|".join(INTERVALS)),
            "periods": Value("Period[]"),
            "series": Value("Series[]", "One for each query."),
            "generation": GENERATION,
            "timed_out": TIMED_OUT,
        },
    ),
    "Period": Shape(
        "A day, a week (from Monday), a month or a year.",
        {
            "period": Value("string", "Its name: `2020-06-25`, `2020-W26`, `2020-06` or `2020`."),
            "first": Value("date"),
            "last": Value("date"),
            "archive": Value("integer", "How many articles the archive has of it."),
        },
    ),
    "Series": Shape(
        "One query over time.",
        {
            "query": Value("string"),
            "total": Value("integer"),
            "undated": Value("integer", "With these the counts add up to the total."),
            "counts": Value(
                "integer or null[]", "One for each period; null where the archive has nothing of it."
            ),
            "shares": Value("number or null[]", "The part of the archive's articles of each period."),
            "peaks": Value("Peak[]", "The heaviest first."),
            "notes": Value("string[]", "As those of a search."),
        },
    ),
    "Peak": Shape(
        "A stretch in which a query is found far more often.",
        {
            "name": Value("string"),
            "first": Value("date"),
            "last": Value("date"),
            "highest": Value("string", "The period with the most."),
            "count": Value("integer"),
            "archive": Value("integer", "How many articles the archive has of that time."),
            "share": Value("number"),
            "expected": Value("number", "How many there would be at the rate of the whole series."),
            "weight": Value("number", "What ranks peaks."),
            "terms": Value("Term[]", "They set it apart from the query's others."),
        },
    ),
    "Term": Shape(
        "A term that sets articles apart. Which terms are counted is chosen by a sample; the counts are "
        "exact.",
        {
            "term": Value("string"),
            "word": Value("string", "As it is mostly written."),
            "documents": Value("integer", "How many of the articles have it."),
            "of_all": Value("integer", "How many of what they are compared with."),
            "score": Value("number", "The log-odds ratio in standard deviations."),
        },
    ),
    "OverviewAnswer": Shape(
        "A summary of what a search finds.",
        {
            "query": Value("string"),
            "part": Value(PARTS, "What the articles have: all of the words, or where none has, less."),
            "total": Value("integer"),
            "stories": Value("integer or null", "How many stories these are; null where not counted."),
            "first_date": Value("date or null"),
            "last_date": Value("date or null"),
            "undated": Value("integer"),
            "terms": Value("Term[]", "They set what is found apart from the archive."),
            "providers": Value("CountedValue[]", "The largest."),
            "topics": Value("CountedValue[]", "The largest."),
            "timeline": Value("TimelineAnswer"),
            "notes": Value("string[]", "As those of a search."),
            "generation": GENERATION,
            "timed_out": TIMED_OUT,
        },
    ),
    "CountedValue": Shape(
        "A value of a facet, counted.",
        {"value": Value("string"), "label": Value("string"), "count": Value("integer")},
    ),
    "CompareAnswer": Shape(
        "Two searches side by side.",
        {
            "sides": Value("Side[]", "The two."),
            "both": Value(
                "integer or null", "How many articles both find; null where there was no time for it."
            ),
            "topics": Value("SharedTopic[]", "Topics that both have."),
            "timeline": Value("TimelineAnswer"),
            "generation": GENERATION,
            "timed_out": TIMED_OUT,
        },
    ),
    "Side": Shape(
        "One of the two.",
        {
            "name": Value("string"),
            "total": Value("integer"),
            "undated": Value("integer"),
            "terms": Value("Term[]", "They set it apart from the other."),
            "notes": Value("string[]", "As those of a search."),
        },
    ),
    "SharedTopic": Shape(
        "A topic of both.",
        {
            "value": Value("string"),
            "label": Value("string"),
            "counts": Value("integer[]", "How many articles of each."),
            "shares": Value("number[]", "Which part of each these are."),
        },
    ),
    "Stats": Shape(
        "The numbers of the index.",
        {
            "warnings": Value("string[]", "What is wrong with the cluster that it lies in."),
            "archive": Value("string", "The name of the archive's folder."),
            "generation": GENERATION,
            "indexed_at": Value("date-time"),
            "files": Value("integer"),
            "articles": Value("integer", "What is searchable."),
            "related": Value("integer", "Those of them that have no file of their own."),
            "duplicates": Value("integer", "Files of an article that another file is of."),
            "withdrawn": Value("integer", "Files that their owner has not published."),
            "rejected": Value("integer", "Files that cannot be read."),
            "topics": Value("integer", "Those that a file describes."),
            "organizations": Value("integer", "Those that a file describes."),
            "secured": Value("integer"),
            "first_date": Value("date or null"),
            "last_date": Value("date or null"),
            "undated": Value("integer"),
            "language": Value("string", "The archive's own."),
            "votes": Value(
                "integer{} or null", "How many texts are in which language, where these have chosen it."
            ),
            "passed_over": Value("integer", "Files that are not articles."),
            "timezone": Value("string", "That of all days, or nothing."),
            "rejections": Value("Rejection[]"),
        },
    ),
    "Rejection": Shape(
        "A file that cannot be read.",
        {
            "file": Value("string"),
            "line": Value("integer or null"),
            "column": Value("integer or null"),
            "reason": Value("string"),
        },
    ),
    "Failed": Shape("What every failure is answered with.", {"error": Value("Failure")}),
    "Failure": Shape(
        "A failure.",
        {
            "code": Value("string", "For programs."),
            "message": Value("string", "A sentence: what is wrong, and what to do."),
            "status": Value("integer", "The HTTP status."),
        },
    ),
}
