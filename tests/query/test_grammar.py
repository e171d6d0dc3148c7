"""The query language, construct by construct, at the level of the tree."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from whoosh.query import (
    And,
    AndMaybe,
    AndNot,
    Every,
    FuzzyTerm,
    NullQuery,
    NumericRange,
    Or,
    Phrase,
    Prefix,
    Query,
    Term,
    Wildcard,
)

from indexer.analysis import analyzer_for
from indexer.index.schema import FIELD_GAP
from indexer.query.answers.parsed import NoteKind, ParsedQuery
from indexer.query.language.dates import REVERSED
from indexer.query.language.grammar import parse
from indexer.query.language.leaves import MAX_GAP, SMALL_LETTERS
from indexer.query.language.syntax import CHOICES
from indexer.query.language.tree import WordForms

ENGLISH = analyzer_for("english")
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
JUNE_2020 = (18414, 18443)


def read(text: str) -> ParsedQuery:
    return parse(text, ENGLISH, NOW)


def tree(text: str) -> Query:
    return read(text).query


def notes(text: str, kind: NoteKind) -> list[str]:
    return [note.text for note in read(text).notes if note.kind is kind]


def word(term: str, boost: float = 1.0, field: str = "text") -> Term:
    return Term(field, term, boost=boost)


def compound(whole: str, *parts: str, field: str = "text") -> Or:
    return WordForms([Term(field, whole), Phrase(field, list(parts))])


def acronym(letters: str) -> Or:
    return WordForms([word(letters, SMALL_LETTERS), word(letters.upper())])


def as_written(text: str) -> Term:
    return Term("text", "=" + text)


def published(first: int | None, last: int | None) -> NumericRange:
    return NumericRange("day", first, last)


CAFE = AndMaybe(word("cafe"), as_written("café"))
THE_BOARD = Phrase("text", ["meet", "of", "the", "board"])

TREES: list[tuple[str, Query]] = [
    # words
    ("facial recognition", And([word("facial"), word("recognit")])),
    ("Robots", word("robot")),
    ("robots robots", word("robot", 2)),
    ("robots robot law", And([word("robot", 2), word("law")])),
    ("robots robots^2", word("robot", 3)),
    ("robots OR robots", word("robot", 2)),
    ("COVID-19", compound("covid19", "covid", "19")),
    (
        "COVID-19 COVID-19",
        WordForms([word("covid19", 2), Phrase("text", ["covid", "19"], boost=2)]),
    ),
    ("AT&T's", Term("text", "at&t")),  # no phrase: it would find "at T-Mobile"
    ("W-2", compound("w2", "w", "2")),
    ("title:W-2", compound("w2", "w", "2", field="title")),
    ("C++ C# .NET 5G", And([word("c++"), word("c#"), word(".net"), word("5g")])),
    ("U.S.", WordForms([word("US"), Phrase("text", ["u", "s"])])),
    ("US", WordForms([Term("text", "us", boost=SMALL_LETTERS), word("US")])),
    ("us", word("us")),
    ("IS IT TRUE", word("true")),
    ("WHO US", word("us")),  # all in capitals, and one is a stop word
    ("US GDP", And([acronym("us"), acronym("gdp")])),
    ("who US OR topic:ai", Or([acronym("us"), Term("topic", "ai")])),
    ("WHO reports", And([acronym("who"), word("report")])),
    ("title:FBI", WordForms([Term("title", "fbi", boost=SMALL_LETTERS), Term("title", "FBI")])),
    ("US-led", WordForms([word("usl"), Phrase("text", ["u", "s", "led"]), Phrase("text", ["us", "led"])])),
    (
        '"the US economy"',
        WordForms([Phrase("text", ["the", *one, "economi"]) for one in (["us"], ["US"], ["u", "s"])]),
    ),
    ('"U.S. economy"', WordForms([Phrase("text", [*one, "economi"]) for one in (["u", "s"], ["US"])])),
    (
        '"a start-up"',
        WordForms([Phrase("text", ["a", "start", "up"]), Phrase("text", ["a", "startup"])]),
    ),
    ("10,000 10,0* 1,2*", And([word("10000"), Prefix("text", "100"), Prefix("text", "12")])),
    ("2019,2020", And([word("2019"), word("2020")])),
    ("2019,20*", And([word("2019"), Prefix("text", "20")])),
    ("1?,000 10,?00", And([word("1"), word("000"), Wildcard("text", "10?00")])),
    ("treaty²", WordForms([word("treati"), word("treaty2")])),
    ("CO₂ 10⁶ 10⁶*", And([word("co2"), word("10⁶"), Prefix("text", "10⁶")])),
    ("don't panic O'Brien", And([word("panic"), word("obrien")])),
    ("東京大学", Phrase("text", ["東京", "京大", "大学"])),
    ("東京", word("東京")),
    ("東", word("東")),
    ("café", CAFE),
    ("cafe\N{COMBINING ACUTE ACCENT}", CAFE),
    ("title:café", AndMaybe(Term("title", "cafe"), Term("title", "=café"))),
    ("café^2", AndMaybe(word("cafe", 2), Term("text", "=café", 2))),
    ("São-Paulo", AndMaybe(compound("saopaulo", "sao", "paulo"), as_written("são-paulo"))),
    ("12:30", And([word("12"), word("30")])),
    ("https://example.org/a?b=1", tree("https example.org/a b 1")),
    ("foo:bar", And([word("foo"), word("bar")])),
    ('foo:"bar baz"', And([word("foo"), Phrase("text", ["bar", "baz"])])),
    ("+robots", word("robot")),
    ("+title:robots", word("robot", field="title")),
    ("robots - drones", And([word("robot"), word("drone")])),
    ("robots — drones", And([word("robot"), word("drone")])),
    ("robots —drones", And([word("robot"), word("drone")])),
    ("robots + drones &", And([word("robot"), word("drone")])),
    ("who is next?", word("next")),
    ("really?! next?,", And([word("realli"), word("next")])),
    ("what ? next", word("next")),
    ("title:", word("titl")),
    ("title: robots", And([word("titl"), word("robot")])),
    ("(title:) robots", And([word("titl"), word("robot")])),
    ("date:^2", word("date", 2)),
    ("title:& robots", word("robot")),
    # as written
    ("=recognised", as_written("recognised")),
    ("=Cafés", as_written("cafés")),
    ("=COVID-19", as_written("covid-19")),
    ("title:=word", Term("title", "=word")),
    ("=the", as_written("the")),
    ("=東京大学", Phrase("text", ["東京", "京大", "大学"])),
    # phrases
    ('"Meeting of the Board"', THE_BOARD),
    ("“meeting of the board”", THE_BOARD),
    ("«meeting of the board»", THE_BOARD),
    ("„meeting of the board“", THE_BOARD),
    ('"meeting of the board', THE_BOARD),
    ('"AT&T robots"', Phrase("text", ["at", "t", "robot"])),
    ('"board meeting"~3', Phrase("text", ["board", "meet"], slop=4)),
    ('"board meeting"~0', Phrase("text", ["board", "meet"])),
    ('"board meeting"~99', Phrase("text", ["board", "meet"], slop=51)),
    ('"board meeting"~', Phrase("text", ["board", "meet"])),
    ('title:"board meeting"', Phrase("title", ["board", "meet"])),
    ('"board meeting"^1.5', Phrase("text", ["board", "meet"], boost=1.5)),
    ('"board meeting"~2^1.5', Phrase("text", ["board", "meet"], slop=3, boost=1.5)),
    ('"robots"', word("robot")),
    ('"the"', word("the")),
    ('"" robots', word("robot")),
    ("'board meeting'", And([word("board"), word("meet")])),
    ('6" pipe', And([word("6"), word("pipe")])),
    ('a 5"x7" print', And([word("5"), word("x7"), word("print")])),
    ('robots" law', And([word("robot"), word("law")])),
    # patterns
    ("recogn*", Prefix("text", "recogn")),
    ("Réc*", Prefix("text", "rec")),
    ("gr?y", Wildcard("text", "gr?y")),
    ("gr?y?", Wildcard("text", "gr?y?")),
    ("*tion", Wildcard("text", "*tion")),
    ("re**gn*", Wildcard("text", "re*gn*")),
    ("recogn*,", Prefix("text", "recogn")),
    ("title:recogn*", Prefix("title", "recogn")),
    ("recogn*^2", Prefix("text", "recogn", boost=2)),
    ("-recogn*", AndNot(Every(), Prefix("text", "recogn"))),
    ("*", Every()),
    ("*?", Every()),
    ("* robots", word("robot")),
    ("-* robots", word("robot")),
    ("a*b*c*d*e*f* robots", word("robot")),
    # fuzzy words
    ("boarrd~", FuzzyTerm("text", "boarrd", maxdist=2, prefixlength=0)),
    ("bored~", FuzzyTerm("text", "bored", maxdist=1, prefixlength=0)),
    ("boarrd~1", FuzzyTerm("text", "boarrd", maxdist=1, prefixlength=0)),
    ("boarrd~9", FuzzyTerm("text", "boarrd", maxdist=2, prefixlength=0)),
    ("boarrd~0.5", FuzzyTerm("text", "boarrd", maxdist=2, prefixlength=0)),
    ("boards~0", word("board")),
    ("Máddness~", FuzzyTerm("text", "maddness", maxdist=2, prefixlength=0)),
    ("ab~", word("ab")),
    ("the~", FuzzyTerm("text", "the", maxdist=1, prefixlength=0)),
    ("title:boarrd~", FuzzyTerm("title", "boarrd", maxdist=2, prefixlength=0)),
    ("boarrd~1^3", FuzzyTerm("text", "boarrd", boost=3, maxdist=1, prefixlength=0)),
    # boosts
    ("robots^2 law", And([word("robot", 2), word("law")])),
    ("robots^0.00001", word("robot", 0.01)),
    ("robots^1e9", word("robot", 1000)),
    ("robots^0", word("robot")),
    ("robots^-2", word("robot")),
    ("robots^nan", word("robot")),
    ("robots^", word("robot")),
    ("(robots law^2)^2", And([word("robot", 2), word("law", 4)])),
    ("(robots -law)^2", AndNot(word("robot", 2), word("law"))),
    ("(robots OR law)^2", Or([word("robot", 2), word("law", 2)])),
    ("(robots topic:AI)^2", And([word("robot", 2), Term("topic", "ai")])),
    # fields of words
    (
        "title:robots excerpt:law body:car",
        And([Term("title", "robot"), Term("excerpt", "law"), Term("body", "car")]),
    ),
    ("TITLE:robots", Term("title", "robot")),
    ("title:(robots OR law)", Or([Term("title", "robot"), Term("title", "law")])),
    ("title:(robots body:law)", And([Term("title", "robot"), Term("body", "law")])),
    ("title:(robots) law", And([Term("title", "robot"), word("law")])),
    ("-title:robots", AndNot(Every(), Term("title", "robot"))),
    ("title:-robots law", AndNot(word("law"), Term("title", "robot"))),
    # fields of values
    ('topic:"AI  in Autos"', Term("topic", "ai in autos")),
    ("topic:“Let’s go”", Term("topic", "let's go")),
    ("topic:AI", Term("topic", "ai")),
    ("topic:R&D, robots", And([Term("topic", "r&d"), word("robot")])),
    ("topic:none", Term("topic", "none")),
    ("topic:*", AndNot(Every(), Term("topic", "none"))),
    ('topic:(AI OR "Machine Learning")', Or([Term("topic", "ai"), Term("topic", "machine learning")])),
    ("provider:bbc.com", Term("provider", "bbc.com")),
    ("provider:https://bbc.com/~x", Term("provider", "https://bbc.com/~x")),
    ('author:"Ada Lovelace"', Term("author", "ada lovelace")),
    ("category:a type:b tag:c", And([Term("category", "a"), Term("type", "b"), Term("tag", "c")])),
    ("topic:AI topic:AI", Term("topic", "ai")),
    ("-topic:AI", AndNot(Every(), Term("topic", "ai"))),
    ('topic:""', NullQuery),
    # numbers
    ("quality:>50", NumericRange("quality", 50, None, True, False)),
    ("quality:>=50", NumericRange("quality", 50, None)),
    ("quality:<50", NumericRange("quality", None, 50, False, True)),
    ("quality:<=50", NumericRange("quality", None, 50)),
    ("quality:50", NumericRange("quality", 50, 50)),
    ("quality:=50", NumericRange("quality", 50, 50)),
    ("quality:0.5", NumericRange("quality", 0.5, 0.5)),
    ("heat:10..90", NumericRange("heat", 10, 90)),
    ("heat:10..", NumericRange("heat", 10, None)),
    ("heat:..90", NumericRange("heat", None, 90)),
    ("heat:90..10", NumericRange("heat", 10, 90)),
    ("heat:-5..5", NumericRange("heat", -5, 5)),
    (
        "heat:(<5 OR >90)",
        Or([NumericRange("heat", None, 5, False, True), NumericRange("heat", 90, None, True)]),
    ),
    ("quality:none", AndNot(Every(), Term("has", "quality"))),
    ("quality:*", Term("has", "quality")),
    ("quality:high", NullQuery),
    ("quality:.. robots", word("robot")),
    # dates
    ("date:2020-06", published(*JUNE_2020)),
    ("date:2020-06-01..2020-06-30", published(*JUNE_2020)),
    ("date:2020-06-30..2020-06-01", published(*JUNE_2020)),
    ("date:2020-06..", published(JUNE_2020[0], None)),
    ("date:..2020-06", published(None, JUNE_2020[1])),
    ("date:>=2020-06", published(JUNE_2020[0], None)),
    ("date:>2020-06", published(JUNE_2020[1] + 1, None)),
    ("date:<2020-06", published(None, JUNE_2020[0] - 1)),
    ("date:<=2020-06", published(None, JUNE_2020[1])),
    ('date:"June 2020"', published(*JUNE_2020)),
    ("date:“last 30 days”", published(1792886400 // 86_400, 1795478399 // 86_400)),
    ("date:(2020-06 OR 2020-06)", published(*JUNE_2020)),
    ("before:2020-06", published(None, JUNE_2020[0] - 1)),
    ("after:2020-06", published(JUNE_2020[1] + 1, None)),
    ("date:none", AndNot(Every(), Term("has", "date"))),
    ("-date:none", Term("has", "date")),
    ("robots date:none", AndNot(word("robot"), Term("has", "date"))),
    ("date:2020-13", NullQuery),
    ("date:banana robots", word("robot")),
    ("before:..2020", NullQuery),
    ("date:0001..9999", published(-62135596800 // 86_400, 253402300799 // 86_400)),
    ("after:9999", published(253402300800 // 86_400, None)),
    # choices
    ("is:featured", Term("is", "featured")),
    ("IS:Featured", Term("is", "featured")),
    ("origin:file", Term("origin", "file")),
    ("origin:related", Term("origin", "related")),
    ("is:wrong has:wrong origin:wrong", NullQuery),
    *[(f"has:{name}", Term("has", name)) for name in CHOICES["has"]],
    # operators
    ("robots AND law", And([word("robot"), word("law")])),
    ("robots OR law", Or([word("robot"), word("law")])),
    ("robots and law or cars", And([word("robot"), word("law"), word("car")])),
    ("robots OR law cars", Or([word("robot"), And([word("law"), word("car")])])),
    (
        "robots law OR cars AND -uber",
        Or([And([word("robot"), word("law")]), AndNot(word("car"), word("uber"))]),
    ),
    ("(robots OR law) cars", And([Or([word("robot"), word("law")]), word("car")])),
    ("(robots law) cars", And([word("robot"), word("law"), word("car")])),
    ("board -meeting", AndNot(word("board"), word("meet"))),
    ("board NOT meeting", AndNot(word("board"), word("meet"))),
    ("board –meeting", AndNot(word("board"), word("meet"))),
    ("-meeting", AndNot(Every(), word("meet"))),
    ("board -meeting -room", AndNot(word("board"), Or([word("meet"), word("room")]))),
    ("-meeting board (-room)", AndNot(word("board"), Or([word("meet"), word("room")]))),
    ('-"board meeting"', AndNot(Every(), Phrase("text", ["board", "meet"]))),
    ("-(board meeting)", AndNot(Every(), And([word("board"), word("meet")]))),
    ("-(-board)", word("board")),
    ("-(board -meeting)", AndNot(Every(), AndNot(word("board"), word("meet")))),
    ("board OR -meeting", Or([word("board"), AndNot(Every(), word("meet"))])),
    ("NOT NOT board", AndNot(Every(), word("board"))),
    ("NOT -board", AndNot(Every(), word("board"))),
    ("-café", AndNot(Every(), CAFE)),
    ("well-known", compound("wellknown", "well", "known")),
    ("AND", NullQuery),
    ("AND OR NOT -", NullQuery),
    ("robots OR", word("robot")),
    ("OR robots", word("robot")),
    ("robots AND", word("robot")),
    ("robots OR OR law", Or([word("robot"), word("law")])),
    ("robots AND OR law", Or([word("robot"), word("law")])),
    ("(robots OR) law", And([word("robot"), word("law")])),
    ("((robots law", And([word("robot"), word("law")])),
    ("robots)) law", And([word("robot"), word("law")])),
    ("() robots ( )", word("robot")),
    # stop words
    ("the board", word("board")),
    ("the who", And([word("the"), word("who")])),
    ("the the", word("the", 2)),
    ("the who topic:music", And([word("the"), word("who"), Term("topic", "music")])),
    ("the -meeting", AndNot(word("the"), word("meet"))),
    ("(the who) concert", word("concert")),
    ("to OR be", Or([word("to"), word("be")])),
    ("robots OR the", Or([word("robot"), word("the")])),
    ("robots -the", AndNot(word("robot"), word("the"))),
    ("robots NOT (the who)", AndNot(word("robot"), And([word("the"), word("who")]))),
    ("robots the^2", And([word("robot"), word("the", 2)])),
    ("robots (the who)^2", And([word("robot"), word("the", 2), word("who", 2)])),
    ("robots title:the", And([word("robot"), Term("title", "the")])),
    ("robots =the", And([word("robot"), as_written("the")])),
    ('the "of the"', Phrase("text", ["of", "the"])),
    # nothing
    ("", Every()),
    (" \t\n", Every()),
    ("...", NullQuery),
]


@pytest.mark.parametrize(("text", "expected"), TREES)
def test_the_tree_of(text: str, expected: Query) -> None:
    assert tree(text) == expected, read(text)


def test_accented_words_that_stem_otherwise_are_looked_for_both_ways() -> None:
    spanish = analyzer_for("spanish")
    surface = spanish.surfaces("comió")[0]
    accented = spanish.accented_term(surface)
    assert accented is not None
    found = parse("comió", spanish, NOW).query
    assert found == AndMaybe(WordForms([word(surface.term), word(accented)]), as_written("comió"))


def german(text: str) -> Query:
    return parse(text, analyzer_for("german"), NOW).query


def test_of_a_german_word_either_spelling_will_do() -> None:
    assert german("Mueller") == word("muell")
    assert german("Müller") == AndMaybe(WordForms([word("mull"), word("muell")]), as_written("müller"))
    small = [word("koln", SMALL_LETTERS), word("koeln", SMALL_LETTERS)]
    assert german("KÖLN am Rhein").subqueries[0] == AndMaybe(  # type: ignore[attr-defined]
        WordForms([*small, word("KOLN")]), as_written("köln")
    )


@pytest.mark.parametrize(
    ("text", "readings"),
    [
        ('"neue Straße"', [["neu", "strass"]]),
        ('"Müller Straße"', [["mull", "strass"], ["muell", "strass"]]),
        (
            '"die Müller-Straße"',
            [["die", *one] for one in (["mull", "strass"], ["muell", "strass"], ["mullerstrass"], ["muellerstrass"])],
        ),
        ('"Müller US"', [["mull", "us"], ["muell", "us"], ["mull", "US"], ["muell", "US"]]),  # no `u s`
    ],
)  # fmt: skip
def test_a_german_phrase_has_few_spellings(text: str, readings: list[list[str]]) -> None:
    phrases = [Phrase("text", terms) for terms in readings]
    assert german(text) == (WordForms(phrases) if len(phrases) > 1 else phrases[0])


NOTES = [
    ("the board", NoteKind.DROPPED, "'the' is too common to restrict the search"),
    ("café", NoteKind.FOLDED, "'café' finds 'cafe' as well, and ranks its own spelling higher"),
    ('"a b c', NoteKind.CORRECTED, "a quote that was not closed closes at the end"),
    ("(a", NoteKind.CORRECTED, "a parenthesis that was not closed closes at the end"),
    ("a)", NoteKind.CORRECTED, "a parenthesis that closes nothing is ignored"),
    ("foo:bar", NoteKind.CORRECTED, "there is no field 'foo', so it is read as a word"),
    (
        "titel:bar",
        NoteKind.CORRECTED,
        "there is no field 'titel' (did you mean 'title'?), so it is read as a word",
    ),
    ("title:", NoteKind.CORRECTED, "nothing follows 'title:', so it is read as a word"),
    ("x OR", NoteKind.DROPPED, "'OR' has nothing beside it, so it is ignored"),
    ("x +~", NoteKind.DROPPED, "'+' has nothing to require, so it is ignored"),
    ("+~ NOT x", NoteKind.DROPPED, "'+' has nothing to require, so it is ignored"),
    ("(x +~) y", NoteKind.DROPPED, "'+' has nothing to require, so it is ignored"),
    ("x AND", NoteKind.DROPPED, "'AND' has nothing beside it, so it is ignored"),
    ("x NOT", NoteKind.DROPPED, "'NOT' has nothing to leave out, so it is ignored"),
    ("NOT NOT x", NoteKind.CORRECTED, "a NOT right after another is ignored"),
    ("*", NoteKind.READ, "'*' alone stands for every article"),
    ("a*b*c*d*e*f*", NoteKind.IGNORED, "'a*b*c*d*e*f*' is ignored: it has more than 5 '*'"),
    ("ab~", NoteKind.DROPPED, "'~' after 'ab' is ignored: it needs one word of 3 letters or more"),
    ("abc~3", NoteKind.CORRECTED, "'~3' is read as ~2, the most letters allowed"),
    ("abc~.5", NoteKind.CORRECTED, "'~.5' is read as ~1: the letters off are a whole number"),
    ("(abc)~3", NoteKind.DROPPED, "'~' must follow a word or a phrase, so it is ignored"),
    ('"a b"~60', NoteKind.CORRECTED, "'~60' is read as ~50, the most words between two"),
    ('"a b"~', NoteKind.DROPPED, "'~' after a phrase is not a number of words, so it is ignored"),
    ('"a b"~2', NoteKind.READ, '"a b" is a phrase, with up to 2 other words in between'),
    ('""', NoteKind.DROPPED, "a phrase without words is ignored"),
    ("a^x", NoteKind.DROPPED, "'^x' is not a boost (a number above 0), so it is ignored"),
    ("a^5000", NoteKind.CORRECTED, "the boost '^5000' is read as ^1000, the nearest allowed"),
    ("=as", NoteKind.READ, "'as' is looked for as written"),
    ("topic:AI", NoteKind.READ, "topic is 'AI'"),
    ('topic:""', NoteKind.IGNORED, "'topic:' is ignored: there is no value"),
    ("has:image", NoteKind.READ, "has image"),
    ("is:new", NoteKind.IGNORED, "'is:' is ignored: 'new' is none of featured"),
    ("origin:web", NoteKind.IGNORED, "'origin:' is ignored: 'web' is none of file, related"),
    ("heat:9..1", NoteKind.CORRECTED, "the range of heat ran backwards, so its ends change places"),
    ("heat:hot", NoteKind.IGNORED, "'heat:' is ignored: 'hot' is not a number; write 50, >50 or 10..90"),
    ("date:2021..2020", NoteKind.CORRECTED, "the range of dates ran backwards, so its ends change places"),
    ("after:2020-06-09 before:2020-05-02", NoteKind.IGNORED, str(REVERSED)),
    ("ferry date:>=2021 AND date:<2020", NoteKind.IGNORED, str(REVERSED)),
    ("date:2020-13", NoteKind.IGNORED, "'date:' is ignored: there is no month 13 in 2020"),
    ("before:2020-06", NoteKind.READ, "published up to 31 May 2020"),
    ("a OR b", NoteKind.READ, "OR: any of its sides will do"),
    ("a -b", NoteKind.READ, "'-': what follows it is left out"),
    ('6" pipe', NoteKind.CORRECTED, "a quote right after a word, with none open, is taken for punctuation"),
    ("water-" * 60 + "way", NoteKind.CORRECTED, "a phrase is cut after 50 words"),
    ("a " * 6000, NoteKind.IGNORED, "the query is cut after 10,000 characters"),
    ("a " * 4000, NoteKind.IGNORED, "the query is cut after 2,000 words"),
    ("(" * 99 + "a", NoteKind.CORRECTED, "parentheses deeper than 50 are ignored"),
    ("x* " * 30, NoteKind.IGNORED, "'x*' is ignored: a query takes 20 wildcards and fuzzy words"),
    ("&&&", NoteKind.IGNORED, "nothing is left to search for, so nothing is found"),
]


@pytest.mark.parametrize(("text", "kind", "sentence"), NOTES)
def test_the_reader_is_told(text: str, kind: NoteKind, sentence: str) -> None:
    assert sentence in notes(text, kind)


@pytest.mark.parametrize(
    "text", ["facial recognition", "https://example.org 12:30", "O'Brien said no", "Breaking: news", ""]
)
def test_plain_text_is_read_without_fuss(text: str) -> None:
    assert [note for note in read(text).notes if "too common" not in note.text] == []


@pytest.mark.parametrize(
    "text",
    ["after:2019 before:2021", "after:2021 OR before:2020", "after:2021 -before:2020", "date:2020 date:2019"],
)
def test_dates_that_are_not_the_wrong_way_round_are_no_reason_for_a_note(text: str) -> None:
    assert not notes(text, NoteKind.IGNORED)


def test_unknown_choices_name_the_known_ones() -> None:
    (told, _) = notes("has:wings", NoteKind.IGNORED)
    assert all(name in told for name in CHOICES["has"])


def test_the_whole_prints() -> None:
    shown = str(read('the "board meeting" date:2020-06'))
    assert 'read as: (text:"board meet" AND day:[18414 TO 18443])' in shown
    assert "dropped: 'the' is too common" in shown
    assert "read: published from 1 June 2020 to 30 June 2020" in shown


def test_no_phrase_of_the_grammar_reaches_from_one_field_into_the_next() -> None:
    assert FIELD_GAP > MAX_GAP + 1
