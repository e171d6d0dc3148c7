"""The one table of what every source is asked: name and question, kind by kind.

A question takes an Archive and returns what it answers as plain values, of which each that is given to a
reader is there, or raises what it is refused with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from whoosh import query as q

from indexer import Archive, Article
from indexer.facets import FACETS, VALUE_FACETS
from indexer.query.answers.facet_values import FacetValues
from indexer.query.answers.results import Results
from indexer.query.language.syntax import SYNTAX
from indexer.query.language.tree import WordForms
from indexer.query.parameters import SORTS

Ask = Callable[[Archive], Any]


class Question(NamedTuple):
    """One question."""

    kind: str
    name: str
    ask: Ask


def _searches(kind: str, *queries: str, **given: Any) -> list[Question]:
    extra = " ".join(f"{name}={value}" for name, value in given.items())
    return [Question(kind, f"{query} {extra}".strip(), _search(query, **given)) for query in queries]


def _search(query: str | q.Query, **given: Any) -> Ask:
    return lambda archive: told(archive.search(query, **given))


def told(results: Results) -> dict[str, Any]:
    """Return all that an answer says."""
    data = results.to_json(explain=True)
    data["next_cursor"] = bool(data["next_cursor"])  # its text has scores in it
    data["pages"] = results.pages
    data["files"] = [hit.file for hit in results]
    data["facets"] = {name: facet_told(values) for name, values in results.facets.items()}
    data["offers"] = [offer.to_json() for offer in results.offers]
    return data


def facet_told(values: FacetValues) -> dict[str, Any]:
    return {
        "values": [tuple(value) for value in values],
        "distinct": values.distinct,
        "part": values.part,
        "notes": values.notes,
    }


def paged(query: str, pages: int = 4, **given: Any) -> Ask:
    """Ask for page after page, by cursors."""

    def ask(archive: Archive) -> list[Any]:
        results = archive.search(query, **given)
        found = [told(results)]
        while results.next_cursor and len(found) < pages:
            results = archive.search(query, cursor=results.next_cursor, **given)
            found.append(told(results))
        return found

    return ask


def some_ids(archive: Archive, count: int = 6) -> list[str]:
    """Return the ids of a few articles, from all over the archive."""
    size = archive.settings.search.max_page_size
    ids = sorted(hit.article.id for hit in archive.search(size=size, sort="oldest"))
    return ids[:: max(1, len(ids) // count)]


WORD_QUERIES = (
    "bridge", "bridges", "harbour ferry", "the", "the of", "harbour the ferry", "port halden council", "absentword",
    "bridge absentword", "=ferries", "=the", "café", "cafe", "naive", "nación", "strasse", "straße", "Ærø", "lodz",
    "Łódź smørrebrød", "мост", "йод", "γέφυρα", "橋", "渡", "渡し船", "フェリー", "C++", "C#", ".NET", "AT&T", "U.S.", "W-2",
    "US", "us", "US harbour", "us US", "wellknown", "OBrien", "O'Brien-1", "1,0*", "CO2", "treaty²",
    '"US harbour"', '"U.S. harbour"', '"the wellknown US"', "title:US", "-US harbour", "US^2 ferry", "IS IT US", "US OR BRIDGE",
    "R&D", "state-of-the-art", "well-known", "O'Brien", "L'Oréal", "oreal", "1,000", "1000", "5G", "RV-21", "rv 21",
    "ferry^3 strike", "harbour^0.5 bridge^4", "bridge bridge", "facial recognition", "recognition facial",
    "harbour bridge ferry strike council", "council's vote", "artificial intelligence", "GLT-3 camera",
)  # fmt: skip
PHRASES = (
    '"harbour bridge"', '"facial recognition"', '"the harbour"', '"council vote"~3', '"ferry strike"~5', '"strike ferry"',
    'title:"port halden"', 'excerpt:"harbour bridge"~2', 'body:"of the"', '"bridge"', '"absent phrase"', '"state-of-the-art"',
    '"harbour bridge"^2 ferry', '"harbour bridge" OR "ferry strike"', '-"harbour bridge" harbour', '"café naïve"~9', '"W-2"~2',
    '"freighter hits old pier"', '"tern flu"', '"bridge"^3 ferry', '"the"^2 bridge',
)  # fmt: skip
FIELDS = (
    "title:bridge", "title:=bridge", "excerpt:ferry", "body:ferry", "title:(ferry OR railway)", "title:bridge body:ferry",
    "title:absent", "topic:robots", "topic:AI", 'topic:"artificial intelligence"', "topic:technology", "topic:none",
    "topic:nowhere", "topic:intelligence", "topic:(Rail OR Robots)", "provider:post.example", 'provider:"Harbour Post"',
    'provider:"channel one"', "provider:channel", "provider:none", 'author:"Bastian Okell"', "author:lee", "author:soren",
    "category:news", "category:none", "lang:de", "language:pt bridge", "LANG:German", "lang:zho", "lang:pt_BR", "language:none", "lang:xx", "type:video", "tag:sea", "tag:drought bridge", "is:featured", "has:image", "has:related",
    "has:quality", "-has:date", "origin:related", "origin:file bridge", "topic:Technology -topic:Robots", "excerpt:*tion",
    "topic:élections", "topic:elections", "provider:harbourpost.example", "topic:robotz",
)  # fmt: skip
RANGES = (
    "quality:>20", "quality:>=20", "quality:<5", "quality:20", "heat:10..40", "heat:..10.5", "heat:>63", "quality:10..20 bridge",
    "-quality:>20", "quality:99..1", "quality:>x", "heat:none",
)  # fmt: skip
PATTERNS = (
    "harb*", "ferr*", "*tion", "b*e", "t?de", "recogn*", "caf*", "café*", "naï*", "*", "title:ferr*", "excerpt:recogn*",
    "zzz*", "*zzz*", "м*", "橋*", "r?v*", "brigde~", "bridgf~1", "fery~", "ferri~2", "title:brigde~", "harber~ bridge",
    "cafe~", "zzzzzz~", "harb* OR bridge", "harb* ferr*", "-harb* bridge", "harb*^3 bridge", "st*", "*a*", "=ferr*", "quixot*", "quixotik~ OR bridge", "-quixot* bridge",
)  # fmt: skip
GROUPS = (
    "bridge OR ferry", "bridge AND ferry", "bridge -ferry", "bridge NOT ferry", "-bridge", "NOT bridge", "(bridge OR ferry) strike",
    "(bridge ferry) OR (strike council)", "bridge -(ferry OR strike)", "-(bridge ferry)", "bridge^2 OR ferry^0.5", "(bridge OR ferry)^3 strike",
    "((bridge))", "()", "bridge OR", "OR bridge", "bridge AND", "(bridge", "bridge)", '"bridge', "title:", "title:(", "-", "*:*",
    "bridge OR ferry -strike", "a OR the", "topic:Robots OR bridge", "bridge -topic:Robots -is:featured", "--bridge", "+bridge",
)  # fmt: skip
DATES = (
    "date:2020", "date:2020-06", "date:2020-06-25", "date:2019..2020", "date:>=2020", "date:<2015", "date:..2014", "date:none", "before:2016",
    "after:2020-06", "after:2015 before:2019", 'date:"25 June 2020"', "date:2020-13", "date:soon", '-date:2020 bridge', 'date:"last 30 days"',
    "date:none bridge", "date:2014-03..2014-09",
)  # fmt: skip
CHOICES: tuple[dict[str, Any], ...] = (
    {"topic": "Robots"}, {"topic": ["Robots", "Rail"]}, {"topic": "Technology"}, {"topic": "AI"}, {"topic": "none"}, {"topic": "nowhere"},
    {"topic": ["none", "nowhere", "Robots"]}, {"provider": "post.example"}, {"provider": "Harbour Post"}, {"provider": "Channel One"},
    {"provider": ["Channel One", "courier"]}, {"provider": "video.example"}, {"author": "Søren Lund"}, {"category": "news"},
    {"category": ["news", "none"]}, {"type": "none"}, {"language": ["pt", "de"]}, {"language": "pt-BR"}, {"language": "Chinese"}, {"tag": "sea", "topic": "Transport"}, {"date": "2020"}, {"date": ["2020", "2014"]},
    {"date": "2020-06"}, {"date": "2020-06-25"}, {"date": "2019..2021"}, {"date": "none"}, {"date": ["2021-03", "none"]}, {"date": "1990"},
    {"after": "2015"}, {"before": "2015"}, {"after": "2014", "before": "2020-03", "topic": "Transport"}, {"featured": True}, {"featured": False},
    {"origin": "related"}, {"origin": "file", "category": "opinion"}, {"topic": "Rail", "provider": "gazette.example", "date": "2016"},
    {"topic": "Climate"}, {"topic": "technology", "provider": "harbourpost.example"},
)  # fmt: skip
REFUSED: tuple[dict[str, Any], ...] = (
    {"size": 0}, {"size": 10_000}, {"page": 0}, {"page": "2"}, {"sort": "best"}, {"origin": "elsewhere"}, {"date": "soon"}, {"after": "2020-13"},
    {"before": "x"}, {"cursor": "nonsense"}, {"cursor": 3}, {"featured": "yes"}, {"collapse": 1}, {"broaden": "yes"}, {"recency_weight": -1},
    {"heat_weight": True}, {"recency_half_life_days": 0}, {"topic": 3}, {"since_generation": 0}, {"since_generation": 10**6},
    {"date": ["2020", "never"]}, {"facet_size": -1},
)  # fmt: skip
TREES: dict[str, q.Query] = {
    "term": q.Term("text", "bridg"), "marked": q.Term("text", "=bridges"), "boost": q.Term("title", "harbour", boost=2.5),
    "and": q.And([q.Term("text", "harbour"), q.Term("title", "bridg")], boost=2.0), "or": q.Or([q.Term("text", "harbour"), q.Term("text", "ferri")], boost=0.5),
    "one": q.And([q.Term("text", "harbour")], boost=7.0), "none": q.And([]), "nor": q.Or([]), "forms": WordForms([q.Term("text", "harbour"), q.Term("text", "ferri")]),
    "best": q.DisjunctionMax([q.Term("title", "harbour"), q.Term("text", "ferri")]), "not": q.Not(q.Term("text", "harbour")),
    "and not": q.AndNot(q.Term("text", "harbour"), q.Term("text", "ferri")), "maybe": q.AndMaybe(q.Term("text", "harbour"), q.Term("text", "ferri", boost=3)),
    "require": q.Require(q.Term("text", "harbour"), q.Term("text", "ferri")), "constant": q.ConstantScoreQuery(q.Term("text", "harbour"), 1.5),
    "every": q.Every(), "every boosted": q.Every(boost=2.0), "every body": q.Every("body"), "phrase": q.Phrase("text", ["harbour", "bridg"], slop=4, boost=2),
    "one word": q.Phrase("text", ["harbour"], boost=3.0),
 "no words": q.Phrase("text", []), "prefix": q.Prefix("text", "harb", boost=2.0), "wildcard": q.Wildcard("title", "h*r"),
    "fuzzy": q.FuzzyTerm("text", "brigde", maxdist=2, prefixlength=2), "range": q.NumericRange("quality", 10, 20, True, True), "topic": q.Term("topic", "robots"),
    "flag": q.Term("is", "featured"), "link": q.Term("link", "0000000000000000"), "absent": q.Term("text", "absent"),
    "mixed": q.AndMaybe(q.Or([q.Prefix("text", "ferr"), q.Phrase("text", ["harbour", "bridg"], slop=9)]), q.And([q.Every(), q.Not(q.Term("text", "strike"))])),
    "filtered": q.And([q.Term("topic", "transport"), q.NumericRange("quality", 5, None), q.Term("text", "harbour")]),
    "only filters": q.And([q.Term("topic", "transport"), q.NumericRange("quality", 5, None)]),
}  # fmt: skip
BLENDS: tuple[dict[str, float], ...] = (
    {"recency_weight": 1.0}, {"recency_weight": 3.0, "recency_half_life_days": 90.0}, {"quality_weight": 2.0}, {"heat_weight": 0.5},
    {"recency_weight": 0.3, "quality_weight": 1.0, "heat_weight": 1.0},
)  # fmt: skip
TYPED = (
    "h", "ha", "harb", "harbour", "harbour ", "harbour b", "bridge harb", "fer", "rob", "robots", "art int", "tech", "post", "chan one", "caf", "naï",
    "м", "橋", "c", "c++", "frei", "freighter hits", "harbuor", "birdge", "ferrry st", "zzzz", "", "  ", "n", "port hal", "rail", "tern flu", "tion",
)  # fmt: skip
MISSPELT = (
    "brigde",
    "harbuor",
    "fery",
    "ferri",
    "recognision",
    "cafee",
    "harbourbridge",
    "har bour",
    "zzzzzzz",
    "x",
    "2021",
    "councl",
    "мoст",
    "fery boat now",
    "quixotik",
    "strke",
)


def _misspelt_searches() -> list[Question]:
    texts = (
        "brigde",
        "harbuor ferry",
        "brigde harbuor",
        '"brigde"',
        "birdge -ferry",
        "harbour bridg3 xyzzy",
        "ferry strike council storm light vote",
        "har bour",
    )
    return [
        *_searches("offers", *texts),
        *_searches("offers", "bridge xyzzy", topic="Robots", date="2013"),
        *_searches("offers", "brigde", topic="Robotz"),
        *_searches("offers", "harbour", provider="Harbor Post", category="nws"),
        *_searches("offers", '"ferry the bridge harbour strike"', featured=True, origin="related"),
        *_searches("offers", 'topic:"Artifical Intelligence" harbour', after="2030"),
        *_searches("offers", "harbour ferry strike bridge light", collapse=True, topic="Rail"),
        *_searches(
            "offers",
            "harbourside",
            "harbour side",
            "harbourside council",
            '"harbour side" ferry',
            "harbourside -ferry",
        ),
        *_searches("offers", "harbour side", match="any", collapse=True),
        *_searches(
            "offers",
            "harbour xyzzy ferry",
            "harbour (ferry OR xyzzy) zzyx",
            "+harbour xyzzy",
            "xyzzy ferr",
            match="all",
        ),
        *_searches("offers", "harbour xyzzy ferry", sort="newest"),
        *_searches(
            "offers", "ferri stri", "harbuor bridg", "recogni xyzzy", "xyzzy ferry recogni", unfinished=True
        ),
        *_searches("offers", "harbuor recogni", "xyzzy recogni", "recogni", topic="Rail"),
        *_searches("offers", "🏆", "🏆 topic:Rial", topic="Rail"),
    ]


def _addresses() -> list[Question]:
    urls = (
        "https://a.example/41", "a.example/41/", "HTTP://www.a.example/41?utm_source=x#top", " <https://amp.example/amp/a> ",
        "amp.example/a", "https://twice.example/a?fbclid=1", '"https://a.example/41"', "https://a.example", "a.example",
        "https://a.example/none", "a.example/41 harbour", "-a.example/41", "https://nested.example/1",
    )  # fmt: skip
    made = _searches("addresses", *urls)
    for given in (
        {"match": "all", "unfinished": True}, {"match": "any", "collapse": True}, {"sort": "oldest", "page": 2}, {"broaden": True},
        {"topic": "nowhere"}, {"before": "1990", "topic": "Rail"}, {"recency_weight": 1.0},
    ):  # fmt: skip
        made += _searches("addresses", *urls[:2], **given)
    return [
        *made, _timeline([urls[0], "harbour"], None), _overview(urls[0]), _comparison(urls[0], urls[3], {}),
        Question("addresses", "by cursors", paged(urls[0], size=1)),
    ]  # fmt: skip


def _orders() -> list[Question]:
    made: list[Question] = []
    for sort in SORTS:
        made += _searches("sorts", "bridge", "", "harb*", sort=sort, size=20)
        made += [
            Question("cursors", f"{query} by {sort}{' collapsed' * collapse}", paged(query, sort=sort, size=7, collapse=collapse))
            for query in ("harbour", "") for collapse in (False, True)
        ]  # fmt: skip
    made += [q for page in (2, 3, 50) for q in _searches("pages", "bridge", "", page=page, size=5)]
    made += _searches("pages", "bridge", "", page=1, size=100)
    return made


def _parts() -> list[Question]:
    queries = (
        "harbour ferry xyzzy", "harbour strike bridge council", "+harbour strike xyzzy", '"harbour bridge" ferry',
        "harbour AND ferry strike", "(harbour OR port) ferry -strike", "topic:Transport ferry xyzzy", "harb* fery~ strike",
        "title:harbour ferry", "the harbour of xyzzy", "harbour harbour xyzzy", "ferry stri", "bridge harb", "harb", "+ferry stri",
        "title:harb", "xyzzy", "xyzzy harb", "harbour stri ", "stri ferry",
    )  # fmt: skip
    made = _searches("parts", *queries)
    for given in (
        {"match": "all"},
        {"match": "any"},
        {"unfinished": True},
        {"match": "any", "unfinished": True},
    ):
        made += _searches("parts", *queries[::2], size=20, **given)
    made += _searches("parts", *queries[:8], topic=["Transport", "none"], collapse=True, size=20)
    made += _searches("parts", "ferry stri", "harbour ferry xyzzy", sort="newest", size=20)
    made += _searches("parts", "ferry stri", "harbour ferry xyzzy", page=3, size=4)
    for query in (
        "ferry stri",
        "harbour strike xyzzy",
        "harbour ferry strike",
        "copies harbour freighter stri",
    ):
        for collapse in (False, True):
            name = f"{query} by cursors{' collapsed' * collapse}"
            made.append(Question("parts", name, paged(query, 12, size=7, collapse=collapse)))
            made.append(
                Question(
                    "parts",
                    f"{name} unfinished",
                    paged(query, 12, size=7, collapse=collapse, unfinished=True),
                )
            )
    for given in ({}, {"match": "any"}, {"unfinished": True}):
        made += [_overview("harbour ferry xyzzy", **given), _timeline("harbour ferry xyzzy", None, **given)]
        made.append(_comparison("harbour xyzzy", "ferry stri", given))
    return made


def _facets() -> list[Question]:
    made: list[Question] = []
    for given in CHOICES:
        made += _searches("facets", "", "bridge", size=3, **given)
    made += [q for size in (0, 1, 3, 1000) for q in _searches("facets", "", facet_size=size, size=1)]
    made += [
        Question("facets", f"facet {name}", lambda archive, name=name: facet_told(archive.facet(name)))
        for name in (*FACETS, "nothing")
    ]
    return made


def _stories() -> list[Question]:
    made = [
        *_searches(
            "collapse",
            "harbour",
            "",
            "freighter",
            "pier OR bridge",
            "facial recognition",
            collapse=True,
            size=20,
        )
    ]
    for given in (
        {"topic": "Transport"},
        {"date": "2021-03"},
        {"provider": "post.example"},
        {"sort": "oldest"},
        {"date": "none"},
    ):
        made += _searches("collapse", "", "harbour", collapse=True, size=20, **given)

    def stories(archive: Archive) -> list[Any]:
        hits = archive.search("freighter OR recognition", size=100)
        return [[hit.story.to_json(), archive.story(hit.article).to_json()] for hit in hits]

    return [*made, Question("story", "of hits and of articles", stories)]


def _related() -> list[Question]:
    def related(size: int | None) -> Ask:
        return lambda archive: [_related_told(archive.related(one, size=size)) for one in some_ids(archive)]

    made = [Question("related", f"of articles, {size}", related(size)) for size in (None, 1, 3, 20)]
    for name, given in {
        "words": {"title": "Harbour bridge and ferry strike"},
        "long": {
            "title": "Council votes",
            "excerpt": "harbour bridge station light storm recognition camera police",
            "date": "2020-06-25",
        },
        "text": {"text": "the ferry ran late and the harbour froze", "date": "2015"},
        "unknown": {"title": "xyzzy", "url": "https://nowhere.example/1"},
        "known": {"title": "x", "url": "https://a.example/41"},
        "nothing": {},
        "bad date": {"title": "x", "date": "soon"},
        "size": {"title": "x", "size": 1000},
    }.items():
        made.append(
            Question(
                "related",
                f"to {name}",
                lambda archive, given=given: _related_told(archive.related_to(**given)),
            )
        )
    return made


def _translations() -> list[Question]:
    def told(urls: tuple[str, ...]) -> Ask:
        return lambda archive: [
            [_related_told(archive.related(url)), [one.to_json() for one in archive.translations(url)]]
            for url in urls
        ]

    by_path = tuple(f"https://site.example/{folder}/{n}" for folder in ("en", "de", "fr") for n in range(3))
    by_key = tuple(f"https://keyed.example/{n}" for n in range(5))
    return [
        Question("translations", "by path", told(by_path)),
        Question("translations", "by key", told(by_key)),
        *_searches("translations", "release harbinger", "keyed lang:pt", "keyed lang:pt-PT", size=20),
    ]


def _related_told(related: Any) -> dict[str, Any]:
    parts = {str(part): [item.article.id for item in items] for part, items in related.parts().items()}
    return {**related.to_json(), "parts": parts}


def _directories() -> list[Question]:
    asks: tuple[tuple[str, dict[str, Any]], ...] = (
        *((facet, {}) for facet in VALUE_FACETS),
        ("topic", {"order": "name"}), ("topic", {"find": "r", "size": 3, "page": 2}), ("tag", {"find": "xyzzy"}),
        ("provider", {"order": "name", "size": 2}), ("author", {"page": 99}), ("date", {}), ("topic", {"order": "age"}),
        ("topic", {"size": 0}),
    )  # fmt: skip
    return [
        Question("directory", f"{facet} {given}", lambda a, f=facet, g=given: a.directory(f, **g).to_json())  # type: ignore[misc]
        for facet, given in asks
    ]


def _over_time() -> list[Question]:
    queries = (
        "",
        "harbour",
        "bridge OR ferry",
        "recogn*",
        "xyzzy",
        "topic:Transport",
        "facial recognition",
        "water",
    )
    filters: tuple[dict[str, Any], ...] = (
        {"topic": "Transport"}, {"date": "2021-03"}, {"date": "none"}, {"nothing": 1}, {"sort": "newest"},
    )  # fmt: skip
    sides: tuple[tuple[Any, Any, dict[str, Any]], ...] = (
        ("harbour", "ferry", {}), ({"topic": "Transport"}, {"topic": "Robots"}, {"query": "bridge OR harbour"}),
        ({"date": "2020"}, {"date": ["2021", "2022"]}, {}), ({"provider": "post.example"}, "harbour", {"interval": "year"}),
        ("", "xyzzy", {}), ({}, "x", {}), ({"size": 3}, "x", {}), ({"topic": "Technology"}, {"topic": "Environment"}, {}),
        (TREES["constant"], TREES["or"], {"interval": "month"}),
    )  # fmt: skip
    return [
        *(
            _timeline(["harbour", "bridge OR ferry", ""], i)
            for i in (None, "day", "week", "month", "year", "decade")
        ),
        _timeline([], None),
        *(_timeline("harbour", None, **given) for given in filters),
        *(_overview("harbour", **given) for given in filters),
        *(_overview(query) for query in (*queries, TREES["constant"])),
        *(_comparison(*side) for side in sides),
    ]


def _timeline(queries: Any, interval: str | None, **given: Any) -> Question:
    name = f"{queries} {interval} {given}"
    return Question("timeline", name, lambda a: a.timeline(queries, interval=interval, **given).to_json())


def _places(query: str, **given: Any) -> Question:
    def ask(archive: Archive) -> list[Any]:
        request = archive.request(query, **given)
        found = []
        for article in (hit.article for hit in archive.search(request)):
            place = archive.place(article, request)
            beside = [one and one.id for one in (place.previous, place.next)]
            marked = [
                place.mark(name, getattr(article, name)).to_json() for name in ("title", "excerpt", "body")
            ]
            found.append([place.number, place.total, beside, marked])
        return found

    return Question("places", f"{query!r} {given or ''}".strip(), ask)


def _overview(query: str | q.Query, **given: Any) -> Question:
    return Question("overview", f"{query!r} {given}", lambda a: a.overview(query, **given).to_json())


def _comparison(one: Any, other: Any, given: dict[str, Any]) -> Question:
    return Question(
        "compare",
        f"{one!r} {other!r} {given or ''}".strip(),
        lambda a: a.compare(one, other, **given).to_json(),
    )


def _lookups() -> list[Question]:
    def articles(archive: Archive) -> list[Any]:
        found = [archive.article(one) for one in some_ids(archive)]
        keys = (
            [one.id for one in found]
            + [one.url for one in found if one.url]
            + [archive.file(one) for one in found]
        )
        return [archive.article(key).to_json() if key else None for key in keys] + keys

    def files(archive: Archive) -> list[str]:
        return [archive.file(archive.article(one)) for one in some_ids(archive)]

    def logos(archive: Archive) -> list[Any]:
        providers = {hit.article.provider for hit in archive.search(size=100)}
        return sorted((p.key, p.name, archive.logo(p)) for p in providers if p and archive.logo(p))

    made = [
        Question("lookups", "articles", articles), Question("lookups", "files", files), Question("lookups", "logos", logos),
        Question("lookups", "stats", lambda a: a.stats().to_json()), Question("lookups", "notices", lambda a: [vars_of(n) for n in a.stats().notices]),
        Question("lookups", "a strange article", lambda a: [a.file(STRANGER), a.story(STRANGER).to_json(), _related_told(a.related(STRANGER))]),
    ]  # fmt: skip
    keys = (
        "absent",
        "https://nowhere.example",
        "https://amp.example/amp/a",
        "https://twice.example/a",
        "twice/0.md",
        "twice/1.md",
        "amp.md",
        "copies/1.md",
        "x.md",
        "",
        "gone.md",
    )
    return made + [Question("lookups", key, lambda a, key=key: a.article(key).to_json()) for key in keys]


STRANGER = Article(
    "0123456789abcdef", "A stranger of the harbour and the bridge", url="https://stranger.example"
)


def vars_of(notice: Any) -> list[str]:
    return [notice.file, notice.code, notice.text]


def _since() -> list[Question]:
    return [
        question
        for generation in (1, 2, 3, 4)
        for question in _searches(
            "since", "", "harbour", "ferry -bridge", since_generation=generation, size=50
        )
    ] + _searches("since", "harbour", since_generation=1, collapse=True, topic="Transport")


QUESTIONS: tuple[Question, ...] = (
    *_searches("words", *WORD_QUERIES),
    *_searches("syntax", *(row.example for row in SYNTAX)),
    *_searches("phrases", *PHRASES),
    *_searches("fields", *FIELDS),
    *_searches("ranges", *RANGES),
    *_searches("patterns", *PATTERNS, size=20),
    *_searches("groups", *GROUPS),
    *_searches("dates", *DATES),
    *(Question("trees", name, _search(tree, size=20)) for name, tree in TREES.items()),
    *_orders(),
    *_facets(),
    *_stories(),
    *(question for blend in BLENDS for question in _searches("blends", "harbour bridge", "ferry", "", size=20, **blend)),
    *_searches("broaden", "harbour bridge", "ferry strike", "facial recognition", '"harbour bridge" storm', "title:bridge", "", "xyzzy", broaden=True, size=20),
    *_misspelt_searches(),
    *_addresses(),
    *_parts(),
    *_since(),
    *_related(),
    *_translations(),
    *_over_time(),
    *_directories(),
    *_lookups(),
    *(_places(query, **given) for query in ("harbour bridge", '"harbour bridge"', "ferr* -strike", "") for given in (
        {}, {"page": 2, "size": 7}, {"sort": "oldest"}, {"sort": "quality", "topic": "Rail"}, {"collapse": True}, {"unfinished": True, "match": "auto"},
        {"match": "any", "recency_weight": 1.0},
    )),
    *(Question("suggest", repr(text), lambda a, text=text: a.suggest(text).to_json()) for text in TYPED),
    *(Question("suggest", f"h {kinds}", lambda a, kinds=kinds: a.suggest("h", size=5, kinds=kinds).to_json()) for kinds in ("topic", "title", "phrase", "nothing")),
    *(Question("spelling", text, lambda a, text=text: [s.to_json() for s in a.spelling(text, 10)]) for text in MISSPELT),
    *(Question("refused", str(given), _search("bridge", **given)) for given in REFUSED),
    *(Question("refused", repr(query), _search(query)) for query in (None, 3)),
    Question("refused", "spelling", lambda a: a.spelling(3)),
    Question("refused", "spellings", lambda a: a.spelling("x", 1000)),
    Question("refused", "related", lambda a: a.related(3)),
    Question("refused", "suggestions", lambda a: a.suggest("x", size=1000)),
)  # fmt: skip
