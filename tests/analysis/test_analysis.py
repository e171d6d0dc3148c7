"""The analysis: the same words for indexing, querying and highlighting."""

from __future__ import annotations

import unicodedata

import nltk
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.analysis import (
    Analyzer,
    Token,
    analyzer_for,
    chunks,
    fold_accents,
    fold_case,
    unify_punctuation,
)
from indexer.analysis.acronyms import acronym
from indexer.analysis.shouting import without_shouting
from indexer.analysis.tokens import MAX_WORD, SurfaceForms

ENGLISH = analyzer_for("english")


def terms(text: str) -> list[str]:
    return [token.term for token in ENGLISH.tokens(text)]


def placed(text: str) -> dict[int, set[str]]:
    places: dict[int, set[str]] = {}
    for token in ENGLISH.tokens(text):
        places.setdefault(token.position, set()).add(token.term)
    return places


def phrase_stands_in(phrase: str, text: str) -> bool:
    """Whether the words of `phrase`, as a query reads them, stand at successive positions of `text`."""
    places = placed(text)
    wanted = [part.term for word in ENGLISH.surfaces(phrase) for part in word.parts or (word,)]
    return any(
        all(term in places.get(start + i, ()) for i, term in enumerate(wanted))
        for start in range(len(places))
    )


AS_TYPED = [
    "C++",
    "C#",
    "F#",
    ".NET",
    "AT&T",
    "R&D",
    "W-2",
    "COVID-19",
    "GPT-3",
    "5G",
    "U.S",
    "ASP.NET",
    "AC/DC",
]


@pytest.mark.parametrize("text", AS_TYPED)
def test_findable_as_typed(text: str) -> None:
    (asked,) = ENGLISH.surfaces(text)
    assert asked.exact == text.lower()
    assert asked.term in terms(f"the {text}, again")
    assert asked.term in terms(f"({text})")
    assert asked.term in terms(f"“{text}”")
    assert phrase_stands_in(f"the {text} again", f"As the {text}, again")


def test_a_full_stop_at_the_end_is_no_part_of_a_word() -> None:
    assert ENGLISH.surfaces("U.S.") == ENGLISH.surfaces("U.S")
    assert terms("the U.S. economy") == ["the", "u", "s", "u.s", "US", "economi"]


def test_marks_that_make_a_name_make_another_word() -> None:
    assert terms("C") == ["c"]
    assert "c" not in terms("C++")
    assert "c" not in terms("C#")
    assert terms(".NET") == ["net", ".net"]
    assert terms("end.Next") == ["end", "next", "end.next"]
    assert terms("1+1") == ["1", "1"]


def test_a_compound_is_a_whole_and_parts_from_one_position() -> None:
    assert ENGLISH.tokens("a well-known name") == [
        Token("a", "a", 0, 0, 1, False),
        Token("well", "well", 1, 2, 6, True),
        Token("known", "known", 2, 7, 12, True),
        Token("wellknown", "well-known", 1, 2, 12, False),
        Token("name", "name", 3, 13, 17, True),
    ]
    (asked,) = ENGLISH.surfaces("Well-Known")
    assert (asked.term, asked.exact) == ("wellknown", "well-known")
    assert [part.term for part in asked.parts] == ["well", "known"]
    assert phrase_stands_in("well known name", "a well-known name")


def test_accents_fold_and_the_word_as_written_is_kept() -> None:
    (token,) = ENGLISH.tokens("Cafés")
    assert (token.term, token.exact) == ("cafe", "cafés")
    assert terms("cafes") == ["cafe"]
    assert terms("cafe\N{COMBINING ACUTE ACCENT}s") == ["cafe"]
    assert fold_accents("łódź øre straße ñ") == "lodz ore straße n"
    assert fold_accents("й क्षि が") == "й क्षि が"  # there the marks are letters


def test_an_accented_word_may_have_a_second_term() -> None:
    spanish = analyzer_for("spanish")
    (word,) = spanish.surfaces("comió")
    assert word.term == spanish.surfaces("comio")[0].term
    second = spanish.accented_term(word)
    assert second is not None
    assert {word.term, second} <= {token.term for token in spanish.tokens("comió")}
    assert spanish.accented_term(spanish.surfaces("comio")[0]) is None
    assert ENGLISH.accented_term(ENGLISH.surfaces("well-known")[0]) is None


def test_quotes_dashes_apostrophes_and_widths_are_one() -> None:
    assert unify_punctuation("“a” ‘b’ c–d «e»") == '"a" \'b\' c-d "e"'
    assert terms("O’Brien’s well–known ｃａｆｅ") == terms("O'Brien's well-known cafe")
    assert terms("don’t") == terms("don't") == ["don't"]
    assert fold_case("ＡＢＣ") == "abc"
    assert fold_case("Straße") == "strasse"


def test_possessives_and_elisions() -> None:
    assert terms("Boston's") == terms("Boston’s") == terms("BOSTON'S") == ["boston"]
    assert terms("AT&T's") == ["at", "t", "at&t"]
    assert terms("O'Brien") == terms("O'Brien's") == ["obrien", "brien"]
    assert terms("'quoted'") == terms("quoted")


def test_numbers() -> None:
    assert terms("1,000,000") == terms("1000000") == ["1000000"]
    assert terms("1, 2") == ["1", "2"]
    assert terms("12:30") == ["12", "30"]
    assert ENGLISH.surfaces("3.5")[0].term == "3.5"


def test_cjk_is_cut_into_pieces_of_two() -> None:
    (asked,) = ENGLISH.surfaces("東京大学")
    assert asked.term == asked.exact == ""
    assert [part.term for part in asked.parts] == ["東京", "京大", "大学"]
    assert phrase_stands_in("京大", "東京大学です")
    assert phrase_stands_in("東京大学", "私は東京大学です")
    assert not phrase_stands_in("京東", "東京大学です")
    assert all(char in terms("東京大学") for char in "東京大学")
    assert terms("iPhone東京") == ["iphon", "東京", "東", "京"]
    assert terms("東") == ["東"]
    assert [(t.start, t.end) for t in ENGLISH.tokens("a 東京")] == [(0, 1), (2, 4), (2, 3), (3, 4)]


def test_stop_words_keep_their_positions_but_do_not_count() -> None:
    tokens = ENGLISH.tokens("Meeting of the Board")
    assert [token.position for token in tokens] == [0, 1, 2, 3]
    assert [token.counts for token in tokens] == [True, False, False, True]
    assert sum(token.counts for token in tokens) == 2
    assert phrase_stands_in("meeting of the board", "Meeting of the Board")
    assert not phrase_stands_in("meeting of the board", "Meeting this Board")


def test_second_forms_do_not_count() -> None:
    assert sum(token.counts for token in ENGLISH.tokens("COVID-19")) == 2
    assert sum(token.counts for token in ENGLISH.tokens("O'Brien")) == 1
    assert sum(token.counts for token in ENGLISH.tokens("東京大学")) == 3


def test_the_two_lists_of_stop_words() -> None:
    assert len(ENGLISH.length_stops) == 33
    assert 150 < len(ENGLISH.query_stops) < 260
    assert ENGLISH.length_stops < ENGLISH.query_stops
    stops = {w.text: ENGLISH.is_query_stop(w) for w in ENGLISH.surfaces("The who don’t C++ IT it's robots")}
    assert stops == {
        "The": True,
        "who": True,
        "don’t": True,
        "C++": False,
        "IT": False,  # an acronym
        "it's": True,
        "robots": False,
    }
    german = analyzer_for("german")
    assert german.is_query_stop(german.surfaces("und")[0])
    assert not german.is_query_stop(german.surfaces("the")[0])
    assert german.length_stops == frozenset()


def test_positions_go_on_from_where_they_are_told() -> None:
    assert [token.position for token in ENGLISH.tokens("a well-known b")] == [0, 1, 2, 1, 3]


def test_long_words_are_cut_in_text_and_query_alike() -> None:
    long = "x" * 5_000
    (token,) = ENGLISH.tokens(long)
    assert len(token.term) == len(token.exact) == MAX_WORD
    assert (token.start, token.end) == (0, 5_000)
    assert ENGLISH.surfaces(long)[0].term == token.term
    (whole,) = (t for t in ENGLISH.tokens("ab-" * 100 + "c") if "-" in t.exact)
    assert len(whole.exact) == MAX_WORD
    assert ENGLISH.surfaces("ab-" * 100 + "c")[0].term == whole.term


@given(st.from_regex(r"[A-Za-z0-9]{1,70}", fullmatch=True))
def test_a_plain_word_is_read_as_any_other(word: str) -> None:
    forms = SurfaceForms(nltk.stem.SnowballStemmer("english").stem, {}.get)
    quick, other = forms.word(word), forms.word(f"{word}'s")  # a possessive is no plain word
    assert (quick.term, quick.exact) == (other.term, other.exact)


def test_nothing_but_words_is_a_word() -> None:
    assert terms(" \t\n.,;:!?—…“”()[]{}<>|\\~^*=%$€☃\x00") == []
    assert terms("") == []


def test_no_nltk_data_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("NLTK data was asked for")

    monkeypatch.setattr(nltk.data, "find", refuse)
    monkeypatch.setattr(nltk.data, "load", refuse)
    monkeypatch.setattr(nltk, "download", refuse)
    for language in ("english", "german", "french", "spanish", "russian", "dutch"):
        assert Analyzer(language).tokens("COVID-19 robots und été 東京")


def test_an_analyzer_is_kept_for_its_language() -> None:
    assert analyzer_for("english") is analyzer_for("english")
    assert analyzer_for("german") is not analyzer_for("english")
    assert terms("recognised recognises recognising") == ["recognis"] * 3


@pytest.mark.parametrize(
    ("phrase", "text"),
    [("Objective-C++ code", "in Objective-C++ code"), (".NET-based apps", "for .NET-based apps")],
)
def test_a_phrase_goes_on_after_a_marked_compound(phrase: str, text: str) -> None:
    assert phrase_stands_in(phrase, text)


def test_an_emoji_is_no_word() -> None:
    assert terms("I ❤️ ny") == ["i", "ny"]


PIECES = [
    "C++",
    "C#",
    ".NET",
    "AT&T",
    "W-2",
    "café",
    "東京大学",
    "東",
    "'s",
    "’",
    "-",
    ".",
    "&",
    "_",
    "a",
    "the",
    "1,000",
    "U.S.",
    " ",
    " ",
    " ",
    ",",
    "O'Brien",
    "²",
    "FBI",
    "don't",
    "+",
    "#",
    "@",
    "/",
    "x",
    "2",
    "é",
    "ß",
    "İ",
    "ﬁ",
    "½",
    "１",
    "か゛",
    "क्षि",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=10).map("".join) | st.text(max_size=30)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_offsets_and_positions_of_any_text(text: str) -> None:
    tokens = ENGLISH.tokens(text)
    assert tokens == ENGLISH.tokens(text)
    for token in tokens:
        assert 0 <= token.start < token.end <= len(text)
        assert text[token.start : token.end].strip()
        assert token.term
        assert token.exact or not token.counts
        assert len(token.exact) <= MAX_WORD
    firsts = [token.position for token in tokens if token.counts]
    assert firsts == sorted(firsts)
    assert sorted({token.position for token in tokens}) == list(range(len({t.position for t in tokens})))


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_what_a_query_reads_is_indexed(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    tokens = ENGLISH.tokens(composed)
    indexed, written = {token.term for token in tokens}, {token.exact for token in tokens}
    for word in ENGLISH.surfaces(text):
        assert word.term in indexed or not word.term
        assert word.acronym in indexed or not word.acronym or without_shouting(composed) != composed
        assert word.exact in written or not word.exact
        assert {part.term for part in word.parts} <= indexed


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.sampled_from(["café", "é", "Ångström", "naïve", "résumé", "x", "W-2", " ", " "]), max_size=8)
)
def test_both_unicode_forms_give_the_same_terms(words: list[str]) -> None:
    text = "".join(words)
    assert terms(unicodedata.normalize("NFD", text)) == terms(unicodedata.normalize("NFC", text))


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_letter_case_is_nothing(text: str) -> None:
    ascii_text = "".join(char for char in text if char.isascii())
    upper = [term for term in terms(ascii_text.upper()) if not acronym(term)]
    assert upper == terms(ascii_text.lower())


@settings(max_examples=300, deadline=None)
@given(st.lists(TEXTS, max_size=5).map(" ".join), st.data())
def test_a_finder_gives_the_tokens_that_are_wanted(text: str, data: st.DataObject) -> None:
    tokens = ENGLISH.tokens(text)
    picked = st.sets(st.sampled_from(tokens)) if tokens else st.just(set())
    terms, exacts = ({getattr(token, name) for token in data.draw(picked)} for name in ("term", "exact"))
    wanted = [token for token in tokens if token.term in terms or token.exact in exacts]
    finder = ENGLISH.finder(terms, exacts)
    assert finder.find(text) == finder.find(text) == (wanted, len(tokens))


def test_a_finder_forgets_texts_before_they_are_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chunks, "_CHARACTERS", 10)
    analyzer = Analyzer("english")
    known = []
    for text in ("one ferry", "another ferry, by night", "ferries"):
        finder = analyzer.finder({"ferri"}, set())
        assert [token.term for token in finder.find(text)[0]] == ["ferri"]
        known.append(len(analyzer._chunks.known))
    assert known == [2, 6, 1]
