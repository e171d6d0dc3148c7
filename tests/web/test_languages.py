"""What a page says of the language and the direction of a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search_web.languages import attributes


@pytest.mark.parametrize(
    ("text", "own", "archive", "lang", "direction"),
    [
        ("Ein Titel", "de", "en", "de", "ltr"), ("A title", None, "en", "en", "ltr"),
        ("כותרת", "he", "en", "he", "rtl"), ("כותרת של ידיעה", None, "en", "he", "rtl"),
        ("Python 3: גרסה חדשה יצאה אתמול", None, "he", "he", "rtl"), ("ידיעה על C++", None, "he", "he", "rtl"),
        ("新しい橋のニュース", None, "en", "ja", "ltr"), ("新桥开通", None, "en", "zh", "ltr"),
        ("新橋開通", None, "ja", "ja", "ltr"), ("서울의 다리", None, "en", "ko", "ltr"),
        ("Мост закрыт", None, "ru", "ru", "ltr"), ("Мост закрыт", None, "en", "", "auto"),
        ("خبر جديد", None, "en", "", "auto"), ("An English title", None, "he", "", "auto"),
        ("Η γέφυρα", None, "en", "el", "ltr"), ("12:30", None, "ar", "ar", "rtl"), ("", None, "en", "en", "ltr"),
        ("گزارش", "fa-IR", "en", "fa-IR", "rtl"), ("Naslov", None, "sr", "sr", "ltr"),
    ],
)  # fmt: skip
def test_a_text_is_marked_by_its_language(
    text: str, own: str | None, archive: str, lang: str, direction: str
) -> None:
    assert attributes(text, own, archive) == f'lang="{lang}" dir="{direction}"'


def test_a_block_in_the_language_around_it_needs_no_mark() -> None:
    assert attributes("A title", None, "en", "en") == attributes("A title", "en", "de", "en") == ""
    assert attributes("Ein Titel", "de", "en", "en") == 'lang="de" dir="ltr"'
    assert attributes("Мост закрыт", None, "en", "en") == 'lang="" dir="auto"'


@given(st.text())
def test_any_text_is_marked(text: str) -> None:
    assert attributes(text, None, "en").startswith('lang="')
