"""What files, settings and folders call languages."""

from __future__ import annotations

import doctest

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import languages
from indexer.languages import (
    analysed_language,
    broader,
    code_of,
    codes_of,
    is_right_to_left,
    language_name,
    language_tag,
    path_language,
)


def test_the_examples_hold() -> None:
    assert doctest.testmod(languages).failed == 0


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("en", "en"), (" EN ", "en"), ("en-us", "en-US"), ("en_US.UTF-8", "en-US"), ("pt_BR", "pt-BR"),
        ("deu", "de"), ("ger", "de"), ("zh-hant-tw", "zh-Hant-TW"), ("zh_hans", "zh-Hans"), ("sr@latin", "sr"),
        ("de-DE-1996", "de-DE"), ("es-419", "es-419"), ("iw", "he"), ("cmn", "zh"), ("jp", "ja"), ("fil", "fil"),
        ("English", "en"), ("deutsch", "de"), ("日本語", "ja"), ("Norwegian Bokmål", "nb"), ("no", "no"),
        ("Simplified  Chinese", "zh-Hans"),
        ("", None), ("php", None), ("js", None), ("go-lang", None), ("x", None), ("english, german", None),
        ("none", None), ("true", None), ("de/at", None),
    ],
)  # fmt: skip
def test_a_tag_is_made_of_codes_tags_and_names(text: str, tag: str | None) -> None:
    assert language_tag(text) == tag


@given(st.text(max_size=30))
def test_any_text_has_a_tag_or_none_and_a_tag_is_its_own(text: str) -> None:
    tag = language_tag(text)
    if tag is not None:
        assert language_tag(tag) == tag
        assert all(language_tag(above) == above for above in broader(tag))
        assert code_of(str(analysed_language(tag)))


@pytest.mark.parametrize(
    ("name", "tag"),
    [("de", "de"), ("pt-br", "pt-BR"), ("zh_CN", "zh-CN"), ("zh-Hans", "zh-Hans"), ("jp", "ja"), ("fil", "fil"),
     ("deu", None), ("run", None), ("may", None), ("english", None), ("posts", None), ("img", None)],
)  # fmt: skip
def test_a_folder_is_called_by_the_shortest_code(name: str, tag: str | None) -> None:
    assert path_language(name) == tag


def test_a_tag_is_shown_by_its_name_and_found_by_its_other_codes() -> None:
    assert [language_name(tag) for tag in ("de", "zh-Hant-TW", "xx")] == [
        "German",
        "Chinese (Hant, TW)",
        "xx",
    ]
    assert set(codes_of("de")) == {"deu", "ger"}
    assert "pt_BR" in codes_of("pt-BR")


@pytest.mark.parametrize(
    ("tag", "rtl"),
    [("he", True), ("ar-EG", True), ("fa", True), ("de", False), ("az-Arab", True), ("ks-Deva", False)],
)
def test_the_script_says_the_direction_where_it_is_named(tag: str, rtl: bool) -> None:
    assert is_right_to_left(tag) is rtl
