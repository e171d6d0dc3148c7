"""The order of relevance against the plain formulas, and what explains a score."""

from __future__ import annotations

import dataclasses
import itertools
import json
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from whoosh import query as q

from indexer import Archive, open_archive, reindex
from indexer.errors import RequestError
from indexer.query.answers.results import Results
from indexer.query.arrays.rank import relevance
from indexer.query.assist import broadening
from indexer.query.engine import SearchEngine
from indexer.query.language.grammar import with_some
from indexer.query.request import Blend
from indexer.query.source import Plan
from tests.archives import settings_for, write
from tests.sources.articles import read_generation
from tests.sources.plain import PlainSource
from tests.sources.words import Text, Words

WORDS = ["harbour", "bridge", "light", "ferry", "strike", "the", "storm", "north"]
STEMS = {"bridge": "bridg", "ferry": "ferri", "strike": "strike"}
RARE = [f"rare{n}" for n in range(40)]
STOPS = frozenset({"the"})


def stems(text: str) -> tuple[str, ...]:
    return tuple(STEMS.get(word, word) for word in text.split())


Made = tuple[Archive, Archive]  # the same articles in an index and in the plain source


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Made]:
    """An archive of 120 articles, in both."""
    own = settings_for(tmp_path_factory.mktemp("ranking"))
    chance = random.Random(4)
    for n in range(120):
        title = " ".join(chance.choices(WORDS, k=3))
        excerpt = " ".join([*chance.choices(WORDS, k=chance.randrange(2, 12)), *chance.choices(RARE, k=2)])
        body = " ".join(chance.choices(WORDS, k=chance.randrange(0, 9)))
        write(
            own.archive.path, f"{n}.md", body, title=title, excerpt=excerpt,
            url=f"https://a.example/{n}", date=f"20{10 + n % 10}-01-{n % 28 + 1:02}",
            **({"quality": n} if n % 3 else {}), **({"heat": n % 7} if n % 2 else {}),
        )  # fmt: skip
    reindex(own)
    with open_archive(own) as archive:
        yield archive, Archive(own, SearchEngine(own, PlainSource(own, read_generation(own))))


def everything(archive: Archive, query: str | q.Query, **given: object) -> dict[str, float]:
    """All hits of a search and their scores, page by page; those with all of the words."""
    given = {"match": "all", **given}
    found: dict[str, float] = {}
    results: Results | None = None
    while results is None or results.next_cursor:
        cursor = results.next_cursor if results else None
        results = archive.search(query, size=100, cursor=cursor, **given)  # type: ignore[arg-type]
        assert not found.keys() & {hit.article.id for hit in results}
        found |= {hit.article.id: hit.score for hit in results}
    assert len(found) == results.total
    return found


typed = st.lists(st.sampled_from([word for word in WORDS if word != "the"]), min_size=1, max_size=5)


@given(typed, st.booleans())
def test_scores_are_those_of_the_formulas(made: Made, words: list[str], every: bool) -> None:
    archive, plain = made
    query = (" " if every else " OR ").join(words)
    found = everything(archive, query)
    assert found == pytest.approx(everything(plain, query), rel=1e-5)
    assert list(found.values()) == sorted(found.values(), reverse=True)


def test_stop_words_between_words_do_not_part_them(made: Made) -> None:
    archive, _ = made
    assert archive.search("harbour the bridge").parsed.pairs == (("harbour", "bridg"),)
    assert archive.search("harbour title:storm bridge").parsed.pairs == ()
    assert archive.search("harbour-light bridge").parsed.pairs == (("light", "bridg"),)
    assert archive.search("title:(harbour bridge)").parsed.pairs == ()


def test_alternatives_are_no_word_that_has_neighbours(made: Made, tmp_path: Path) -> None:
    archive, _ = made
    assert archive.search("(harbour OR light) bridge").parsed.pairs == (("harbour", "light"),)
    assert archive.search("bridge (harbour OR light OR storm)").parsed.pairs == (
        ("harbour", "light"),
        ("light", "storm"),
    )
    own = settings_for(tmp_path)
    for n, title in enumerate(("ferry strike", "railway strike", "a strike of the ferry", "strike, railway")):
        write(own.archive.path, f"{n}.md", title=title, url=f"https://a.example/{n}")
    reindex(own)
    with open_archive(own) as small:
        one, other = (
            everything(small, query) for query in ("(ferry OR railway) strike", "(railway OR ferry) strike")
        )
    assert list(one.items()) == list(other.items())


def test_a_tree_has_no_pairs(made: Made) -> None:
    archive, plain = made
    tree = q.And([q.Term("text", "harbour"), q.Term("text", "bridg")])
    assert everything(archive, tree) == pytest.approx(everything(plain, tree), rel=1e-5)
    words = everything(archive, "harbour bridge")
    assert all(words[one] >= score for one, score in everything(archive, tree).items())


@given(typed, st.integers(1, 30), st.integers(1, 9))
def test_pages_and_cursors_over_a_small_pool_neither_skip_nor_repeat(
    made: Made, words: list[str], pool: int, size: int
) -> None:
    """The pool is cut in the middle of the results: what lies behind it stays where it was."""
    archive, _ = made
    query = " OR ".join(words)
    with pytest.MonkeyPatch.context() as monkey:
        monkey.setattr(relevance, "PAIR_POOL", pool)
        by_cursor: list[str] = []
        cursor = None
        while True:
            results = archive.search(query, size=size, cursor=cursor)
            by_cursor += [hit.article.id for hit in results]
            cursor = results.next_cursor
            if cursor is None:
                break
        by_page = [
            hit.article.id
            for page in range(1, results.pages + 1)
            for hit in archive.search(query, size=size, page=page)
        ]
    assert by_cursor == by_page
    assert len(set(by_page)) == results.total == len(by_page)


def rm3(words: Words, best: list[tuple[Text, float]]) -> dict[str, float]:
    """The weights of the words of Lavrenko and Croft, SIGIR 2001, and Abdul-Jaleel et al., TREC 2004: 30 of
    10 articles, none that over a tenth of the articles have."""
    total: Counter[str] = Counter()
    scores = sum(score for _, score in best[:10])
    for text, score in best[:10]:
        own = {word: text.frequency("text", word) for word in text.terms() if word not in STOPS}
        for word, frequency in own.items():
            total[word] += frequency / sum(own.values()) * score / scores  # type: ignore[assignment]
    rare = [word for word in total if words.documents("text", word) <= words.size / 10]
    chosen = sorted(rare, key=lambda word: (-total[word], word))[:30]
    return {word: total[word] / sum(total[one] for one in chosen) for word in chosen}


def feedback(plain: Archive, best: dict[str, float]) -> dict[str, float]:
    view = plain._engine._source.open()
    found = [
        (view.words.live[key], best[one]) for one, key in zip(best, view.resolve(list(best)), strict=True)
    ]
    return rm3(view.words, found)


@settings(max_examples=20)
@given(typed)
def test_broadening_is_rm3(made: Made, words: list[str]) -> None:
    archive, plain = made
    query = stems(" ".join(words))
    parsed = archive.search(" ".join(words)).parsed
    first = everything(archive, with_some(parsed) or parsed.query)  # of articles with any of the words
    results = archive.search(" ".join(words), broaden=True)
    if not first:
        assert results.total == 0
        return
    weights = Counter(query)
    scale = len(query) * 0.1 / 0.9
    more = {word: scale * weight for word, weight in feedback(plain, first).items()}
    tree = q.Or([q.Term("text", w, boost=b) for each in (weights, more) for w, b in each.items()])
    view = plain._engine._source.open()
    pairs = tuple(dict.fromkeys(itertools.pairwise(query)))
    expected = view.find(tree, Plan(pairs=pairs, size=200)).page
    found = everything(archive, " ".join(words), broaden=True)
    assert found == pytest.approx(dict(zip(view.ids(expected.keys), expected.scores, strict=True)), rel=1e-4)
    assert len(found) >= len(first)
    assert any(note.text.startswith("broadened:") for note in results.parsed.notes)
    assert results.facets["date"].distinct


def test_what_restricts_still_restricts_when_it_is_broadened(made: Made) -> None:
    archive, _ = made
    without = {hit.article.id for hit in archive.search("-harbour", size=100)}
    found = everything(archive, "bridge -harbour", broaden=True)
    assert found.keys() <= without
    phrase = everything(archive, '"harbour bridge" storm')
    assert everything(archive, '"harbour bridge" storm', broaden=True).keys() >= phrase.keys()
    assert (
        everything(archive, '"harbour bridge"', broaden=True).keys()
        == everything(archive, '"harbour bridge"').keys()
    )
    for restricting in (
        "title:(harbour OR bridge)",
        'title:harbour OR "storm light"',
        "harbour OR title:storm",
    ):
        asked = everything(archive, restricting).keys()
        assert everything(archive, restricting, broaden=True).keys() == asked
        assert everything(archive, f"({restricting}) storm", broaden=True).keys() <= asked
    assert archive.search("", broaden=True).total == archive.search("").total
    assert archive.search("topic:none", broaden=True).total == 120


def test_a_compound_is_broadened_as_one_word(made: Made) -> None:
    archive, plain = made
    first = everything(archive, "harbour-bridge")
    weights = feedback(plain, first)
    tree = broadening.broaden(archive.search("harbour-bridge").parsed.query, broadening.Feedback(weights))
    added = sum(leaf.boost for leaf in tree.leaves() if type(leaf) is broadening.BroadTerm)
    assert added == pytest.approx(0.1 / 0.9)


blends = st.fixed_dictionaries(
    {},
    optional={
        "recency_weight": st.floats(0, 5),
        "recency_half_life_days": st.floats(1, 5000),
        "quality_weight": st.floats(0, 5),
        "heat_weight": st.floats(0, 5),
    },
)


@given(typed, blends)
def test_blends_are_those_of_the_formulas(
    made: Made, words: list[str], given_blend: dict[str, float]
) -> None:
    archive, _ = made
    query = " ".join(words)
    plain = everything(archive, query)
    articles = [hit.article for page in (1, 2) for hit in archive.search(size=100, page=page)]
    weights = Blend(**given_blend)
    now = archive.stats().indexed_at
    expected = {}
    for article in articles:
        if article.id in plain:
            assert article.published_at is not None
            age = max((now - article.published_at).total_seconds(), 0) / 86_400
            factor = 1 + weights.recency_weight * 2 ** (-age / weights.recency_half_life_days)
            for name, weight in (("quality", weights.quality_weight), ("heat", weights.heat_weight)):
                own = getattr(article, name)
                known = [v for other in articles if (v := getattr(other, name)) is not None]
                if own is not None:
                    factor += weight * sum(value <= own for value in known) / len(known)
            expected[article.id] = plain[article.id] * factor
    assert everything(archive, query, **given_blend) == pytest.approx(expected, rel=1e-5)


def test_a_column_is_put_in_order_once_for_all_searches_and_their_explanations(
    made: Made, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, _ = made
    everything(archive, "harbour", quality_weight=1.0, heat_weight=1.0)
    monkeypatch.setattr("indexer.query.arrays.store.columns._shares", None)  # what is not called any more
    hits = archive.search("bridge", quality_weight=1.0, heat_weight=1.0)
    kinds = {part.kind for hit in hits for part in hit.explain().parts}
    assert {"quality", "heat"} <= kinds
    columns = archive._engine._source.open().snapshot.columns  # type: ignore[attr-defined]
    assert not columns.quality_shares.flags.writeable


queries = typed.map(" ".join) | st.sampled_from(
    [
        "", '"harbour bridge" light', "harb* OR storm^3", "bridge -ferry", "title:storm north", "=ferry~ strike",
        "(harbour OR light) bridge", "topic:none harbour", "ferry-strike storm", "*",
    ]
)  # fmt: skip


@given(queries, st.booleans(), blends, st.sampled_from([None, "newest", "relevance"]))
def test_the_parts_add_up_to_the_score(
    made: Made,
    query: str,
    broaden: bool,
    given_blend: dict[str, float],
    sort: str | None,
) -> None:
    archive, _ = made
    results = archive.search(query, broaden=broaden, sort=sort, size=30, **given_blend)  # type: ignore[arg-type]
    for hit in results:
        explanation = hit.explain()
        assert explanation.score == hit.score
        assert sum(part.score for part in explanation.parts) == pytest.approx(hit.score, rel=2e-6, abs=1e-6)


@given(st.data())
def test_the_parts_of_a_script_s_tree_add_up_too(made: Made, data: st.DataObject) -> None:
    archive, _ = made
    terms = st.builds(
        q.Term,
        st.sampled_from(["text", "title"]),
        st.sampled_from([*stems(" ".join(WORDS)), "absent"]),
        st.sampled_from([1.0, 2.0]),
    )
    trees = st.recursive(
        terms,
        lambda parts: (
            st.builds(q.And, st.lists(parts, min_size=1, max_size=3), st.sampled_from([1.0, 2.0]))
            | st.builds(q.Or, st.lists(parts, min_size=1, max_size=3), st.sampled_from([1.0, 2.0]))
            | st.builds(q.AndNot, parts, parts)
            | st.builds(q.AndMaybe, parts, parts)
            | st.builds(q.Require, parts, parts)
            | st.builds(q.DisjunctionMax, st.lists(parts, min_size=2, max_size=3))
        ),
        max_leaves=6,
    )
    for hit in archive.search(data.draw(trees), size=20):
        assert sum(part.score for part in hit.explain().parts) == pytest.approx(hit.score, rel=2e-6)


def test_a_part_says_what_it_is(made: Made) -> None:
    archive, plain = made
    hit = archive.search("harbour bridge", broaden=True, recency_weight=0.5)[0]
    parts = {(part.kind, part.what): part for part in hit.explain().parts}
    assert {"term", "pair", "broadened", "recency"} >= {kind for kind, _ in parts} >= {"term", "recency"}
    term = parts["term", "text:harbour"]
    view = plain._engine._source.open()
    text = view.words.live[view.resolve([hit.article.id])[0]]
    assert term.detail["documents"] == view.words.documents("text", "harbour")
    assert term.detail["frequency"] == text.frequency("text", "harbour")
    assert term.detail["length"] == text.lengths["text"]
    shown = archive.search("harbour bridge").to_json(explain=True)
    assert json.loads(json.dumps(shown))["hits"][0]["explanation"]["parts"]
    assert "explanation" not in archive.search("harbour bridge").to_json()["hits"][0]


def test_a_pattern_is_told_as_typed_with_the_words_that_the_article_has(tmp_path: Path) -> None:
    own = settings_for(tmp_path)
    texts = {
        "Reaction to a café": "It reacts, and reacted; REACTS.",
        "A reactor": "",
        "Reach": "Many cafeterias",
    }
    for n, (title, body) in enumerate(texts.items()):
        write(own.archive.path, f"{n}.md", body, title=title, url=f"https://a.example/{n}")
    many = " ".join(f"react{n}" for n in range(40))
    write(own.archive.path, "many.md", title="Many", excerpt=many, url="https://a.example/many")
    reindex(own)
    with open_archive(own) as archive:

        def told(query: str, url: str) -> list[str]:
            (hit,) = [hit for hit in archive.search(query) if hit.article.url == url]
            return [part.what for part in hit.explain().parts if part.kind == "words"]

        assert told("react*", "https://a.example/0") == ["text:react*: reaction, reacts, reacted"]
        assert told("title:React*", "https://a.example/0") == ["title:react*: reaction"]
        assert told("react* cafe*", "https://a.example/0")[1:] == ["text:cafe*: café"]
        assert told("reich~", "https://a.example/2") == ["text:reich~: reach"]
        (long,) = told("react*", "https://a.example/many")
        assert long == "text:react*: " + ", ".join(many.split()[:20]) + ", …"


def test_the_settings_blend_and_a_request_says_otherwise(made: Made) -> None:
    archive, _ = made
    ranking = dataclasses.replace(archive.settings.ranking, quality_weight=2.0)
    with open_archive(dataclasses.replace(archive.settings, ranking=ranking)) as other:
        assert everything(other, "harbour") == everything(archive, "harbour", quality_weight=2.0)
        assert everything(other, "harbour", quality_weight=0.0) == everything(archive, "harbour")
        assert everything(other, "harbour") != everything(archive, "harbour")


@given(blends, blends)
def test_a_request_says_its_whole_blend_whatever_the_settings_are(
    made: Made, usual: dict[str, float], asked: dict[str, float]
) -> None:
    archive, _ = made
    settings = dataclasses.replace(
        archive.settings, ranking=dataclasses.replace(archive.settings.ranking, **usual)
    )
    with open_archive(settings) as other:
        request = other.request("harbour", **asked)
        assert other.request(**request.to_json()) == request
        assert other.request(**request.to_json(other.request().blend)) == request
    assert set(request.to_json(request.blend)) == {"query"}


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"broaden": "yes"}, "'broaden' must be true or false"),
        ({"heat_weight": -1}, "'heat_weight' must be a number from 0 to 100, not -1"),
        ({"quality_weight": True}, "'quality_weight' must be a number"),
        ({"recency_half_life_days": 0}, "from 0.01 to 100000, not 0"),
        ({"recency_weight": float("nan")}, "not nan"),
    ],
)
def test_what_cannot_be_used_is_refused(made: Made, asked: dict[str, object], sentence: str) -> None:
    with pytest.raises(RequestError, match=sentence):
        made[0].search("harbour", **asked)  # type: ignore[arg-type]


def test_a_cursor_belongs_to_its_blend(made: Made) -> None:
    archive, _ = made
    cursor = archive.search("harbour", size=5).next_cursor
    for other in ({"heat_weight": 1.0}, {"broaden": True}):
        with pytest.raises(RequestError, match="belongs to another search"):
            archive.search("harbour", size=5, cursor=cursor, **other)  # type: ignore[arg-type]


def test_pairs_stand_in_several_segments_and_not_in_what_is_gone(tmp_path: Path) -> None:
    own = settings_for(tmp_path)
    monkey = pytest.MonkeyPatch()
    monkey.setattr("indexer.indexing.writer.to_merge", lambda segments, added: [])
    for n in range(40):
        title = "harbour bridge" if n % 2 else "bridge harbour"
        write(own.archive.path, f"{n}.md", title=title, url=f"https://a.example/{n}")
        if n in (19, 39):
            if n == 39:
                (own.archive.path / "1.md").unlink()
            reindex(own)
    monkey.undo()
    with open_archive(own) as archive:
        results = archive.search("harbour bridge", size=50)
        assert results.total == 39
        assert [hit.title.text for hit in results][:19] == ["harbour bridge"] * 19
        assert [part.kind for part in results[0].explain().parts] == ["term", "term", "pair"]
        assert [part.kind for part in results[-1].explain().parts] == ["term", "term"]
