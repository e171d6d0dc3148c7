"""Words of all scripts: what nobody sees, marks that are left out, letters that stand for one another, and
texts without spaces."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from indexer.analysis import Analyzer, analyzer_for, fold_accents, fold_case, fold_key, label_words
from indexer.analysis.scripts import unspaced_runs
from indexer.invisible import clean_name, visible_offsets, without_invisible
from tests.analysis.test_analysis import TEXTS

ENGLISH, GERMAN = analyzer_for("english"), analyzer_for("german")
SHY, ZWSP, ZWNJ, ZWJ = "\u00ad", "\u200b", "\u200c", "\u200d"
UNSEEN = [SHY, ZWSP, "\u2060", "\ufeff", "\u200e", "\u200f", "\u061c", "\u202b", "\u2068", "\u034f", "\ufe0f"]


def terms(text: str, analyzer: Analyzer = ENGLISH) -> list[str]:
    return [token.term for token in analyzer.tokens(text)]


def found(query: str, text: str, analyzer: Analyzer = ENGLISH) -> bool:
    """Whether the words of `query`, each in one of its forms, stand side by side in `text`."""
    at: dict[int, set[str]] = {}
    for token in analyzer.tokens(text):
        at.setdefault(token.position, set()).add(token.term)
    words = [part for word in analyzer.surfaces(query) for part in word.parts or (word,)]
    forms = [{word.term, *analyzer.other_terms(word)} for word in words]
    return any(
        all(form & at.get(start + i, set()) for i, form in enumerate(forms)) for start in range(len(at))
    )


# What nobody sees


@pytest.mark.parametrize("unseen", [*UNSEEN, ZWNJ, ZWJ, SHY + ZWSP])
@pytest.mark.parametrize(
    "word", ["supermarket", "café", "Straße", "замок", "C++", "AT&T", "1,000", "תקון", "東京"]
)
def test_what_nobody_sees_hides_no_word(word: str, unseen: str) -> None:
    text = f"{unseen}{unseen.join(word)}{unseen}"
    plain, other = ENGLISH.tokens(f"a {word} b"), ENGLISH.tokens(f"a {text} b")
    assert [t[:3] for t in other] == [t[:3] for t in plain]
    assert [without_invisible(f"a {text} b"[t.start : t.end]) for t in other] == [
        f"a {word} b"[t.start : t.end] for t in plain
    ]
    assert ENGLISH.surfaces(text) == ENGLISH.surfaces(word)
    assert fold_case(text) == fold_case(word)
    assert fold_key(text) == fold_key(word)
    assert label_words(text) == label_words(word)


@given(TEXTS, st.lists(st.tuples(st.integers(0, 40), st.sampled_from(UNSEEN)), max_size=6))
def test_no_text_has_other_words_for_what_nobody_sees(text: str, places: list[tuple[int, str]]) -> None:
    text = plain = without_invisible(text)
    for at, unseen in places:
        text = text[:at] + unseen + text[at:]
    assert without_invisible(text) == plain
    assert [t[:3] for t in ENGLISH.tokens(text)] == [t[:3] for t in ENGLISH.tokens(plain)]
    composed = unicodedata.normalize("NFC", plain)
    if composed == plain:
        assert ENGLISH.surfaces(text) == ENGLISH.surfaces(plain)


@given(st.text(st.sampled_from("aé語" + SHY + ZWSP + ZWNJ + ZWJ + "مक")))
@example(f"م{ZWNJ}{ZWNJ}م{ZWNJ}a")
def test_where_what_is_seen_stands(text: str) -> None:
    seen = without_invisible(text)
    assert "".join(text[at] for at in visible_offsets(text)) == seen
    assert without_invisible(seen) == seen


def test_joiners_count_among_letters_that_they_shape() -> None:
    assert without_invisible(f"auf{ZWNJ}lage") == "auflage"
    assert without_invisible(f"می{ZWNJ}روم") == f"می{ZWNJ}روم"
    assert without_invisible(f"{ZWNJ}می{ZWNJ} روم") == "می روم"
    assert terms("👨‍👩‍👧 ❤️") == []
    assert terms("1️⃣") == ["1"]


def test_in_arabic_script_a_joiner_parts_a_word_that_is_also_written_together_or_apart() -> None:
    (word,) = ENGLISH.surfaces(f"می{ZWNJ}روم")
    assert [part.term for part in word.parts] == terms("می روم")
    assert word.term == terms("میروم")[0]
    assert found("می روم", f"من می{ZWNJ}روم")
    assert found("کتاب", f"کتاب{ZWNJ}ها")
    assert word.exact == f"می{ZWNJ}روم"


def test_indian_words_with_a_joiner_and_without_are_one() -> None:
    assert terms(f"क्{ZWJ}ष") == terms("क्ष")
    assert terms(f"ශ්{ZWJ}රී") == terms("ශ්රී")
    assert terms(f"അവന്{ZWJ}") == terms("അവൻ") != terms("അവന്")  # he, not to him
    assert terms(f"উত্{ZWJ}সব") == terms("উৎসব")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        (f"Poli{SHY}tics", "Politics"),
        (f"\ufeffNadia Fen{ZWSP}wright\u200e", "Nadia Fenwright"),
        ("👨‍👩‍👧 family ❤️", "👨‍👩‍👧 family ❤️"),
        (
            "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
            "🏴\U000e0067\U000e0062\U000e0077\U000e006c\U000e0073\U000e007f",
        ),
        (f"می{ZWNJ}روم", f"می{ZWNJ}روم"),
        (f"Auf{ZWNJ}lage", "Auflage"),
    ],
)
def test_a_name_keeps_what_shapes_it(name: str, kept: str) -> None:
    assert clean_name(name) == kept


# Marks and letters


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("كِتَابًا", "كتابا"),
        ("ٱلرَّحْمَٰنِ", "الرحمن"),
        ("كتـــاب", "كتاب"),
        ("أحمد", "احمد"),
        ("إسلام", "اسلام"),
        ("آمن", "امن"),
        ("مسؤول", "مسوول"),
        ("قائمة", "قايمه"),
        ("مستشفى", "مستشفي"),
        ("ایران", "ايران"),
        ("کتاب", "كتاب"),
        ("ﻛﺘﺎﺏ", "كتاب"),
        ("תִּקּוּן", "תקון"),
        ("בְּרֵאשִׁ֖ית", "בראשית"),
        ("\ufb31ית", "בית"),
        ("ёлка", "елка"),
        ("ЗЕЛЁНАЯ", "зеленая"),
        ("за\u0301мок", "замок"),
        ("украї\u0301нська", "українська"),
        ("молодё\u0301жь", "молодежь"),
        ("ｶﾞｲﾄﾞ", "ガイド"),
        ("ﾊﾟﾝ", "パン"),
        ("葛\U000e0100城", "葛城"),
        ("นํ้า", "น้ำ"),
        ("เเมว", "แมว"),
        ("ໜັງສື", "ຫນັງສື"),
    ],
)
def test_two_spellings_of_a_word_have_its_terms(one: str, other: str) -> None:
    assert terms(one) == terms(other)
    assert fold_key(one) == fold_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("й", "и"), ("ї", "і"), ("ў", "у"), ("ќ", "к"), ("ӣ", "и"), ("が", "か"), ("ग़", "ग"), ("ข้าว", "ขาว"), ("שלום", "שלים")],
)  # fmt: skip
def test_what_makes_another_letter_stays(one: str, other: str) -> None:
    assert terms(one) != terms(other)
    assert fold_key(one) != fold_key(other)


def test_the_word_as_written_keeps_its_marks() -> None:
    assert [token.exact for token in ENGLISH.tokens("כִּי ёлка أحمد")] == ["כִּי", "ёлка", "أحمد"]


@given(st.text(st.characters(min_codepoint=0x0400, max_codepoint=0x0FFF)))
def test_folding_again_changes_nothing_and_leaves_something(text: str) -> None:
    folded = fold_accents(fold_case(text))
    assert fold_accents(folded) == folded
    assert bool(folded) == bool(fold_case(text))


def test_the_arabic_stemmer_meets_vocalised_words() -> None:
    arabic = analyzer_for("arabic")
    assert found("كتاب", "قرأت كِتَابًا جديدا", arabic)
    assert found("مدرسه", "في مدرسة", arabic)
    assert found("مدرسة", "في مَدْرَسَةٍ", arabic)


def test_russian_stop_words_may_have_their_dots() -> None:
    russian = analyzer_for("russian")
    assert all(map(russian.is_query_stop, russian.surfaces("ещё еще её ее")))


# German


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Müller", "Mueller"),
        ("Ärzte", "Aerzte"),
        ("Köln", "Koeln"),
        ("Führungskräfte", "Fuehrungskraefte"),
        ("Führungskräfte", "Führungskraefte"),
        ("Straße", "Strasse"),
        ("Fußgängerübergang", "FUSSGAENGERUEBERGANG"),
        ("Müller", "Muller"),
        ("2-Räder-Shop", "2-Raeder-Shop"),
    ],
)
def test_german_in_plain_letters_is_found_both_ways(one: str, other: str) -> None:
    assert found(one, f"der {other} da", GERMAN)
    assert found(other, f"der {one} da", GERMAN)


@pytest.mark.parametrize("word", ["Müllerstraße", "Muellerstraße", "MUELLERSTRASSE"])
def test_a_german_compound_with_a_hyphen_is_found_written_together(word: str) -> None:
    assert found(word, "die Müller-Straße da", GERMAN)
    (compound,) = GERMAN.surfaces("Müller-Straße")
    assert {compound.term, *GERMAN.other_terms(compound)} & set(terms(word, GERMAN))


@pytest.mark.parametrize(
    "word", ["neue", "Poet", "Israel", "Abenteuer", "Museum", "zuerst", "Aero", "Quelle"]
)
def test_a_german_word_in_plain_letters_is_found_by_its_own_spelling(word: str) -> None:
    assert terms(word, GERMAN) == [GERMAN.surfaces(word)[0].term]
    assert found(word, f"der {word} da", GERMAN)


def test_elsewhere_two_dots_are_no_e() -> None:
    for language in ("english", "french", "swedish"):
        analyzer = analyzer_for(language)
        assert not found("Mueller", "Müller", analyzer)
        assert found("Muller", "Müller", analyzer)


def test_how_else_a_word_is_written() -> None:
    assert GERMAN.spellings("müller") == ["mueller", "muller"]
    assert ENGLISH.spellings("müller") == ["muller"]
    assert ENGLISH.spellings("muller") == []


# Scripts without spaces


SENTENCES = {
    "ฉันชอบกินข้าวเช้าทุกวันและอ่านข่าวที่บ้านในกรุงเทพมหานคร": [
        "ฉัน",
        "ชอบ",
        "กิน",
        "ข้าว",
        "ข้าวเช้า",
        "เช้า",
        "ทุกวัน",
        "และ",
        "อ่าน",
        "ข่าว",
        "บ้าน",
        "กรุงเทพ",
    ],
    "មនុស្សដែលបានឃើញគាត់អាច": ["មនុស្ស", "ដែល", "បាន", "ឃើញ", "គាត់", "អាច"],
    "ພາສາລາວເປັນພາສາ": ["ພາສາ", "ລາວ", "ເປັນ", "ພາສາລາວ"],
    "မြန်မာနိုင်ငံသည်": ["မြန်မာ", "နိုင်ငံ", "မြန်မာနိုင်ငံ", "သည်"],
    "東京大学です": ["東京", "大学", "東", "です"],
}


@pytest.mark.parametrize(("sentence", "word"), [(s, w) for s, words in SENTENCES.items() for w in words])
def test_a_word_is_found_within_a_sentence(sentence: str, word: str) -> None:
    assert found(word, sentence)
    assert found(word, f"Backfile{sentence}2020")


@pytest.mark.parametrize(
    ("word", "sentence"),
    [("ขาว", "กินข้าว"), ("ตา", "เตา"), ("ข่าว", "กินข้าว"), ("ນລາ", "ພາສາລາວ"), ("កម", "ក្មេង")],
)
def test_what_only_looks_like_a_part_is_not_found(word: str, sentence: str) -> None:
    assert not found(word, sentence)


def test_zero_width_spaces_between_words_change_nothing() -> None:
    assert terms(ZWSP.join(["មនុស្ស", "ដែល", "បាន"])) == terms("មនុស្សដែលបាន")


@given(st.text(st.sampled_from("ก้าเแๆ๑ນຳ្កមေ်္က東ｶﾞa1é-_")))
def test_characters_of_a_run_lie_side_by_side(text: str) -> None:
    for start, end, edges in unspaced_runs(text):
        assert 0 <= start < end <= len(text)
        if edges:
            assert edges[0] == start
            assert edges == sorted(set(edges))
            assert edges[-1] < end
    positions = {token.position for token in ENGLISH.tokens(text)}
    assert sorted(positions) == list(range(len(positions)))


def test_no_term_of_such_a_text_is_long() -> None:
    assert max(map(len, terms("".join(SENTENCES) * 50))) < 20
