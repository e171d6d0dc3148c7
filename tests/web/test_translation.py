"""The page in other languages: the list of its texts, the German catalog, German on every page, a catalog of
one's own."""

from __future__ import annotations

import dataclasses
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from babel.messages.pofile import read_po
from flask import Flask
from flask.testing import FlaskClient

from docs import translations
from indexer.config import Settings, WebSettings
from indexer.errors import ConfigError
from indexer.messages import say, say_number
from search_web import create_app
from search_web.formatting import date_name, percent
from search_web.translation import SHIPPED, translator_of
from tests.archives import REPOSITORY, settings_for

TEXTS = translations.texts()
ADDRESSES = (
    "/", "/search", "/search?q=ferry", "/search?q=ferry+strike", "/search?q=ferry+strike&sort=newest",
    "/search?q=ferry&explain=1", "/search?q=xyzzy", "/search?q=brigde", "/search?q=the", "/search?q=ferri*",
    "/search?q=%22ferry+strike", "/search?q=zz:ferry", "/search?q=ferry+strike+tunnel+quux",
    "/search?date=2020&collapse=1", "/search?date=none&topic=none", "/search?after=2020&q=ferry",
    "/search?page=99", "/search?date=foo", "/search?sort=foo", "/search?page=x", "/search?since_generation=9",
    "/search?broaden=1&q=ferry", "/search?compact=1", "/search?date=2019..2020&featured=yes&match=any&q=a+b",
    "/search/live?q=ferr", "/facet/topic", "/facet/date?order=name", "/facet/author?find=xx", "/facet/x",
    "/topics", "/providers", "/authors", "/languages", "/timeline", "/timeline?q=ferry&q=strike",
    "/timeline?q=ferry&interval=day", "/timeline?q=ferry&measure=share", "/timeline?topic=Rail",
    "/timeline.svg?q=ferry&q=strike", "/overview", "/overview?q=ferry", "/compare",
    "/compare?by=query&a=ferry&b=strike", "/compare?by=x&a=1&b=2", "/help", "/about", "/api", "/none",
    "/article/none",
)  # fmt: skip
_PLAIN = settings_for(REPOSITORY).web


def _web(**given: Any) -> WebSettings:
    return dataclasses.replace(_PLAIN, **given)


# A place for a value, and a tag within a sentence.
_PLACE = re.compile(r"{{.*?}}|{\w*}|</?\d+>|`[^`]*`")
# What may be left out: words before the name of a period, which German has no need of.
_SPARE = {"{{ view.before }}", "{in_the}"}


@pytest.fixture(scope="module")
def german(corpus_index: Path) -> Flask:
    return create_app(_settings(corpus_index, _web(language="de")))


@pytest.fixture
def page(german: Flask) -> FlaskClient:
    return german.test_client()


def _settings(index: Path, web: WebSettings) -> Settings:
    given = settings_for(index.parent)
    return dataclasses.replace(
        given,
        archive=dataclasses.replace(given.archive, path=REPOSITORY / "corpus"),
        index=dataclasses.replace(given.index, path=index),
        web=web,
    )


class _Said(HTMLParser):
    """The texts of a page that are said in its own language."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self.language = ""
        self._foreign: list[bool] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "html":
            self.language = given["lang"] or ""
        if tag in ("meta", "link", "input", "img", "br", "path", "rect", "line"):
            foreign = False
        else:
            own = given.get("lang", "")
            inherited = bool(self._foreign and self._foreign[-1])
            foreign = tag in ("script", "style", "code", "mark") or (own != "de" if own else inherited)
            self._foreign.append(foreign)
        if not foreign:
            self.said += [
                given[name] or "" for name in ("aria-label", "title", "placeholder") if name in given
            ]

    def handle_endtag(self, tag: str) -> None:
        if self._foreign:
            self._foreign.pop()

    def handle_data(self, data: str) -> None:
        if not (self._foreign and self._foreign[-1]):
            self.said.append(" ".join(data.split()))


def _places(text: str) -> list[str]:
    return sorted({place.replace("|lower", "") for place in _PLACE.findall(text)} - _SPARE)


def test_the_list_has_texts_of_templates_modules_scripts_and_tables() -> None:
    for text in (
        "Skip to the content", "These are the earlier results.", "'{text}' is not a date", "Filed under either topic",
        "Generation {{ results.generation }} of the archive. "
        "<1>A link to cite, which shows what has changed since</1>",
    ):  # fmt: skip
        assert text in TEXTS
    assert TEXTS["{count} article"] == ("{count} article", "{count} articles")
    assert TEXTS["topic"] == ("topic", "topics")


def test_every_text_has_a_german_one_with_its_values_and_tags() -> None:
    with (SHIPPED / "de.po").open("rb") as file:
        catalog = read_po(file, locale="de", abort_invalid=True)
    german = {one.id if isinstance(one.id, str) else one.id[0]: one for one in catalog if one.id}
    assert sorted(german) == sorted(TEXTS), "run `python docs/translations.py de`"
    for key, text in TEXTS.items():
        found = german[key]
        if isinstance(text, str):
            assert found.string, key
            assert _places(found.string) == _places(text), key
        else:
            assert len(found.string) == 2
            assert all(found.string), key
            # "one" stands for the number where there is one
            assert _places(found.string[-1]) == _places(text[1]), key


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_english_text_is_left_on_a_page(page: FlaskClient, address: str) -> None:
    answer = page.get(address)
    assert answer.status_code in (200, 400, 404)
    found = _Said(answer.get_data(as_text=True))
    if not address.startswith(("/search/live", "/timeline.svg")):
        assert found.language == "de"
    said = translator_of(_web(language="de"))
    english = {text for text in TEXTS if " " in text and said.text(text) != text}
    assert not english & {text.strip(" .,;:") for text in found.said} | english & set(found.said)


def test_a_server_without_an_index_says_so_in_german(tmp_path: Path) -> None:
    given = settings_for(tmp_path)
    answer = create_app(dataclasses.replace(given, web=_web(language="de"))).test_client().get("/search")
    assert answer.status_code == 503
    text = answer.get_data(as_text=True)
    assert "Das Archiv ist nicht bereit" in text
    assert "Es gibt keinen Index. Zuerst <code>backfile index</code> ausführen." in text


@pytest.mark.parametrize("given", ["q=after:2020-06-09+before:2020-05-02", "from=2020-06-10&to=2020-05-01"])
def test_reversed_dates_are_told_in_german(page: FlaskClient, given: str) -> None:
    text = page.get(f"/search?{given}").text
    assert re.search("[Dd]er erste Tag liegt nach dem letzten, deshalb wird nichts gefunden", text)


def test_dates_numbers_and_nouns_are_german(page: FlaskClient) -> None:
    text = page.get("/search?date=2020-06-25").get_data(as_text=True)
    assert "25. Juni 2020" in text
    assert "Nur ab <strong>1. Juni 2020</strong>, bis <strong>" in page.get(
        "/timeline?from=2020-06-01&to=2021-01-31"
    ).get_data(as_text=True)
    assert "Okt" in page.get("/search?date=2020").get_data(as_text=True)
    said = translator_of(_web(language="de", date_format="dd.MM.y"))
    assert said.text(date_name("2020-06-25")) == "25.06.2020"
    assert said.text(date_name("2020-06..2020-07")) == "Juni 2020 – Juli 2020"
    assert said.text(date_name("..2020")) == "bis 2020"
    assert said.text(say_number("{count} article", "{count} articles", 14_412)) == "14.412 Artikel"
    assert said.text(percent(0.125)) == "12,5\u00a0%"
    assert said.number(-1204.25) == "−1.204,25"
    assert said.text(say("There are more {which}", which=say("with some of the words"))) == (
        "Es gibt mehr mit einigen der Wörter"
    )
    assert said.text("Swedish") == "Schwedisch"


def test_english_may_write_dates_and_numbers_otherwise(corpus_index: Path) -> None:
    web = _web(date_format="y-MM-dd", number_format="#,##0.##")
    text = create_app(_settings(corpus_index, web)).test_client().get("/about").get_data(as_text=True)
    assert re.search(r"from <time[^>]*>\d{4}-\d\d-\d\d</time> to", text)
    assert "About this archive" in text


def test_german_sentences_have_german_quotes_and_no_line_ends_before_a_percent_sign(
    page: FlaskClient,
) -> None:
    for address in ("date=foo", "sort=foo", "page=x", "from=2020-02-30", "interval=hour"):
        kind = "timeline" if "interval" in address else "search"
        text = page.get(f"/{kind}?{address}").get_data(as_text=True)
        (message,) = re.findall('<p class="standfirst">([^<]+)', text)
        assert "„" in message
        assert "&#39;" not in message
    german = (SHIPPED / "de.po").read_text("utf-8")
    assert not re.findall(r"(?m)^msgstr.*} %(?!}).*$", german)


def test_reasons_for_rejected_files_are_german_where_they_quote_nothing(page: FlaskClient) -> None:
    text = page.get("/about").get_data(as_text=True)
    assert "<td>die Datei ist leer</td>" in text
    assert "<td>ohne Titel</td>" in text
    assert '<td lang="en">held back: ' in text


def test_a_search_of_nothing_has_sentences_of_its_own(page: FlaskClient) -> None:
    text = page.get("/overview?q=xyzzy").get_data(as_text=True)
    assert "Keine Treffer" in text
    assert "Meldungen" not in text
    past = page.get("/search?q=ferry&page=99").get_data(as_text=True)
    assert "12 Artikel</p>" in past
    assert "Es gibt keine Seite 99" in past


@pytest.mark.parametrize(
    ("pattern", "day"),
    [("d. MMMM 'Anno' y", "25. Juni Anno 2020"), ("EEE, d.M.yy", "Do., 25.6.20"), ("y{MM}dd", "2020{06}25")],
)
def test_a_pattern_of_days_may_have_more_than_its_fields(pattern: str, day: str) -> None:
    said = translator_of(_web(language="de", date_format=pattern))
    assert said.text(date_name("2020-06-25")) == day


@pytest.mark.parametrize(
    ("pattern", "number"),
    [("#,##,##0.##", "12.34.567,5"), ("0.0", "1234567,5"), ("#,###.##", "1.234.567,5"), ("0", "1234567,5")],
)
def test_a_pattern_of_numbers_has_groups_as_it_says(pattern: str, number: str) -> None:
    assert translator_of(_web(language="de", number_format=pattern)).number(1234567.5) == number


POLISH = r"""msgid ""
msgstr ""
"Language: pl\n"
"Content-Type: text/plain; charset=utf-8\n"
"Plural-Forms: nplurals=3; plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\n"

msgid "article"
msgid_plural "articles"
msgstr[0] "artykuł"
msgstr[1] "artykuły"
msgstr[2] "artykułów"

msgid "Skip to the content"
msgstr "Przejdź do treści"
"""


def test_another_language_is_a_file(tmp_path: Path, corpus_index: Path) -> None:
    (tmp_path / "pl.po").write_text(POLISH, "utf-8")
    web = _web(language="pl", translations=tmp_path)
    said = translator_of(web)
    assert [said.plural(count, "article") for count in (1, 2, 5, 22)] == [
        "1 artykuł", "2 artykuły", "5 artykułów", "22 artykuły",
    ]  # fmt: skip
    text = create_app(_settings(corpus_index, web)).test_client().get("/help").get_data(as_text=True)
    assert "Przejdź do treści" in text
    assert "The query language" in text  # what the file lacks is in English


def test_a_catalog_is_begun_and_brought_up_to_date(tmp_path: Path) -> None:
    translations.main("pl", str(tmp_path))
    file = tmp_path / "pl.po"
    text = file.read_text("utf-8").replace(
        'msgid "Skip to the content"\nmsgstr ""', 'msgid "Skip to the content"\nmsgstr "Przejdź do treści"'
    )
    file.write_text(text + '\nmsgid "said nowhere"\nmsgstr "nigdzie"\n', "utf-8")
    translations.main("pl", str(tmp_path))
    text = file.read_text("utf-8")
    assert "said nowhere" not in text
    assert 'msgstr "Przejdź do treści"' in text
    assert text.count('msgstr[2] ""') == sum(isinstance(one, tuple) for one in TEXTS.values())


@pytest.mark.parametrize(
    ("web", "sentence"),
    [
        (_web(language="klingon"), "is not a language"),
        (_web(language="fr"), "has no catalog. There are de, en; another is a file fr.po"),
        *(
            (_web(date_format=pattern), f"'web.date_format' = {pattern!r} is not a pattern for days")
            for pattern in (
                "qq{", "jj.mm", "TT.MM.JJJJ", "%d.%m.%Y", "dd/mm/yyyy", "YYYY-MM-DD", "MMMM y", "d MMMM y 'at",
                "d MMMMMMM y", "d.M", "d M y HH",
            )
        ),
        *(
            (_web(number_format=pattern), f"'web.number_format' = {pattern!r} is not a pattern for numbers")
            for pattern in ("abc", "##{", "#,##0.##%", "#.##0,##", "0.0.0", "@@@", "0E0", "#,##0 €", ",", "0,")
        ),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused(web: WebSettings, sentence: str) -> None:
    with pytest.raises(ConfigError) as raised:
        translator_of(web)
    assert sentence in str(raised.value)
    assert "\n" not in str(raised.value)


def test_a_catalog_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "fr.po").write_text("msgid broken", "utf-8")
    with pytest.raises(ConfigError, match="the catalog cannot be read"):
        translator_of(_web(language="fr", translations=tmp_path))
