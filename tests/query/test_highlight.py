"""What is marked in a title and a passage: the words that matched, phrases as phrases, nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import analyzer_for
from indexer.article import Article
from indexer.query.answers.results import Highlighted
from indexer.query.assist.highlighting import ELLIPSIS, Highlighter
from indexer.query.language.grammar import parse
from indexer.query.language.tree import highlightable

ANALYZER = analyzer_for("english")
NOW = datetime(2024, 1, 1, tzinfo=UTC)


def marked(
    query: str, title: str = "", excerpt: str = "", body: str = "", length: int = 240
) -> tuple[str, str]:
    """The title and the passage, with [ ] around what is marked."""
    marks = highlightable(parse(query, ANALYZER, NOW).query, lambda pattern: ())
    article = Article("x", title, excerpt=excerpt, body=body)
    found = Highlighter(marks, ANALYZER, length).highlight(article)
    return tuple("".join(f"[{p}]" if hit else p for p, hit in one.pieces()) for one in found)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("query", "text", "expected"),
    [
        ("bridge", "Bridges, a bridge, bridged", "[Bridges], a [bridge], [bridged]"),
        (
            '"old bridge"',
            "Old bridge, not bridge old; an old stone bridge",
            "[Old] [bridge], not bridge old; an old stone bridge",
        ),
        (
            '"old bridge"~1',
            "the old stone bridge and old very stone bridge",
            "the [old] stone [bridge] and old very stone bridge",
        ),
        ("COVID-19", "COVID–19 and COVID 19 and 19", "[COVID–19] and [COVID] [19] and 19"),
        ("cafe", "Café CAFÉ", "[Café] [CAFÉ]"),
        ("C++", "C, C# and C++", "C, C# and [C++]"),
        ("bridge -stone", "stone bridge", "stone [bridge]"),
        ("title:bridge", "bridge", "[bridge]"),
        ("excerpt:bridge", "bridge", "bridge"),
        ("=bridges", "bridge bridges", "bridge [bridges]"),
        ("(bridge OR stone) NOT wood", "stone wood", "[stone] wood"),
        ("東京", "東京タワー", "[東京]タワー"),
        ("<b>", "<b>x</b>", "<[b]>x</[b]>"),
        ("𝒳 bridge", "𝒳😀 bridge", "[𝒳]😀 [bridge]"),
        ("", "bridge", "bridge"),
    ],
)
def test_a_title_is_marked_where_it_matched(query: str, text: str, expected: str) -> None:
    assert marked(query, title=text)[0] == expected


def test_the_best_passage_has_most_of_what_was_asked() -> None:
    filler = "Nothing of note was said about it. " * 20
    body = f"A ferry came. {filler}The ferry met the strike at the bridge. {filler}A strike."
    passage = marked("ferry strike bridge", excerpt="A short excerpt.", body=body, length=120)[1]
    assert "[ferry] met the [strike] at the [bridge]" in passage
    assert passage.startswith(ELLIPSIS)
    assert passage.endswith(ELLIPSIS)


def test_the_excerpt_is_shown_where_nothing_matched_in_either() -> None:
    assert marked("zebra", excerpt="An excerpt.", body="A body.")[1] == "An excerpt."
    assert marked("zebra", body="A body.")[1] == "A body."


WORDS = st.sampled_from(
    ["ferry", "strike", "bridge", "the", "café", "C++", "U.S.", "\n\n", "…", "東京", "😀", "x" * 70]
)


@given(
    st.lists(WORDS, max_size=120).map(" ".join),
    st.lists(WORDS, max_size=4).map(" ".join),
    st.integers(40, 300),
)
def test_ranges_lie_in_the_text_in_order_and_the_passage_is_as_long_as_asked(
    text: str, query: str, length: int
) -> None:
    marks = highlightable(parse(query, ANALYZER, NOW).query, lambda pattern: ())
    highlighter = Highlighter(marks, ANALYZER, length)
    for found in highlighter.highlight(Article("x", text, excerpt=text, body=text)):
        assert "".join(piece for piece, _ in found.pieces()) == found.text
        at = 0
        for start, end in found.ranges:
            assert at <= start < end <= len(found.text)
            at = end
    passage = highlighter.highlight(Article("x", "", excerpt=text))[1]
    assert len(passage.text) <= length + 4 + 70  # the ellipses, and a word that is not cut
    assert passage.text.strip(f"{ELLIPSIS} ") in text or not text.strip()


@given(
    st.lists(WORDS, min_size=1, max_size=40).map(" ".join),
    st.lists(WORDS, max_size=120).map(" ".join),
    st.lists(WORDS | st.sampled_from(["=Ferry", '"ferry strike"', "title:bridge", "br*"]), max_size=4).map(
        " ".join
    ),
)
def test_the_passage_is_of_the_text_with_most(excerpt: str, body: str, query: str) -> None:
    marks = highlightable(parse(query, ANALYZER, NOW).query, lambda pattern: (("text", "bridge"),))
    highlighter = Highlighter(marks, ANALYZER, 100)
    (of_excerpt, score), (of_body, other) = (
        highlighter._passage(text, fields)
        for text, fields in ((excerpt, highlighter._excerpt), (body, highlighter._body))
    )
    found = highlighter.highlight(Article("x", "", excerpt=excerpt, body=body))[1]
    assert found == (of_body if other > score else of_excerpt)


def test_a_body_that_cannot_have_more_is_not_read() -> None:
    def read() -> dict[str, str]:
        raise AssertionError

    marks = highlightable(parse("ferry strike", ANALYZER, NOW).query, lambda pattern: ())
    highlighter = Highlighter(marks, ANALYZER, 100)

    def stored(excerpt: str) -> Article:
        text, _ = Article("x", "", excerpt=excerpt, body="A body.").to_stored()
        return Article.from_stored([json.loads(text)], [read])[0]

    assert highlighter.highlight(stored("A strike of ferries."))[1].text == "A strike of ferries."
    with pytest.raises(AssertionError):
        highlighter.highlight(stored("A strike."))


def test_a_highlighted_text_prints_as_it_is() -> None:
    found = Highlighted("an old bridge", ((3, 6),))
    assert str(found) == "an old bridge"
    assert found.to_json() == {"text": "an old bridge", "ranges": [[3, 6]]}
