"""Translates templates, sentences, dates and numbers of the page into the language of the settings.

Catalogs are gettext's (`translations/de.po`); `template_text` says which texts of a template are translated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from gettext import c2py  # as gettext's own catalogs read their rule for plurals
from pathlib import Path
from typing import Any

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_skeleton, get_month_names
from babel.messages.pofile import PoFileError, read_po
from babel.numbers import format_decimal

from indexer.article import offset_name
from indexer.config import WebSettings
from indexer.errors import ConfigError
from indexer.languages import language_name
from indexer.messages import Message, filled
from search_web import template_text
from search_web.formatting import capital, sentence
from search_web.values import DAY, MONTH, YEAR, Brief, Fixed, When

SOURCE = "en"  # what templates and sentences are written in
SHIPPED = Path(__file__).parent / "translations"
_SCRIPTS = Path(__file__).parent / "static"
_QUOTED = re.compile(r"'[^']*'")  # what a pattern of CLDR says as it is
_NUMBER_PATTERN = re.compile(r"(#+,)*#*[#0](\.0*#*)?")
_ENGLISH_DAY, _ENGLISH_NUMBER = "d MMMM y", "#,##0.##"


@dataclass(frozen=True, slots=True)
class Translator:
    """Says things in a language. `singles` and `plurals` are its catalog, by English text."""

    language: str = SOURCE
    day_pattern: str = _ENGLISH_DAY
    number_pattern: str = _ENGLISH_NUMBER
    singles: Mapping[str, str] = field(default_factory=dict)
    plurals: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plural_of: Callable[[int], int] = field(default=lambda number: int(number != 1))

    def text(self, text: str, /) -> str:
        """Return a text or a sentence in the language; in English where the catalog lacks it."""
        return self._message(text) if type(text) is Message else self.singles.get(text, text)

    def capital(self, text: str) -> str:
        """Return a text or a sentence with its first letter in upper case."""
        return capital(self.text(text))

    def sentence(self, text: str) -> str:
        """Return a sentence as it stands by itself, with a full stop."""
        return sentence(self.text(text))

    def plural(self, count: int, one: str, many: str = "") -> str:
        """Return `1 article`, `132 articles`, in the language."""
        forms = self.plurals.get(one)
        noun = forms[self.plural_of(count)] if forms else one if count == 1 else many or f"{one}s"
        return f"{self.number(count)} {noun}"

    def said(self, value: Any) -> Any:
        """Return a sentence, a date or a number as a reader of the language reads it; other values as they
        are."""
        if type(value) is Message:
            return self._message(value)
        if type(value) is When:
            return self.when(value)
        if type(value) is Brief:
            return self.brief(value)
        if type(value) is Fixed:
            return self.fixed(value)
        return value

    def _message(self, message: Message) -> str:
        one, *_ = message.templates
        if len(message.templates) > 1 and one in self.plurals:
            template = self.plurals[one][self.plural_of(message.number)]
        else:
            template = self.text(one if message.number == 1 else message.templates[-1])
        return filled(
            template, {name: self.said(value) for name, value in message.values.items()}, self.number
        )

    def when(self, when: When) -> str:
        """Return a day, a month or a year."""
        return _date(self.language, self.day_pattern, when)

    def brief(self, brief: Brief) -> str:
        """Return `2020`, `Jun` or `25`."""
        if brief.unit == MONTH:
            name = str(get_month_names("abbreviated", "stand-alone", self.language)[brief.first.month])
            return name.rstrip(".")
        return f"{brief.first.year:04}" if brief.unit == YEAR else str(brief.first.day)

    def number(self, value: float, digits: int = 2) -> str:
        """Return `14,412`; a fraction keeps at most `digits` digits."""
        whole = self.number_pattern.partition(".")[0]
        pattern = whole if type(value) is int else f"{whole}.{'#' * digits}"
        return _number(self.language, pattern, value)

    def fixed(self, number: Fixed) -> str:
        """Return `3.1`, with as many digits as are asked for."""
        whole, _, _ = self.number_pattern.partition(".")
        pattern = f"{whole}.{'0' * number.digits}" if number.digits else whole
        return _number(self.language, pattern, number.value)

    def source(self, source: str) -> str:
        """Return the source of a template in the language."""
        return template_text.translated(source, self.text) if self.singles else source

    def script_texts(self) -> str:
        """Return the texts of the scripts, by what they are in English, as JSON; nothing where all are
        English."""
        if not self.singles:
            return ""
        sources = (file.read_text("utf-8") for file in sorted(_SCRIPTS.glob("*.js")))
        found = (text for source in sources for text in template_text.script_messages(source))
        return json.dumps({text: self.text(text) for text in found}, ensure_ascii=False)

    def day(self, moment: date | None) -> str:
        """Return `25 June 2020`: a date, or that of a moment in its own offset."""
        return self.when(When(moment, DAY)) if moment else ""

    def moment_name(self, moment: datetime | None) -> str:
        """Return `25 June 2020, 10:31 UTC`, or with the offset that it is given in."""
        if moment is None:
            return ""
        return f"{self.day(moment)}, {moment.hour:02}:{moment.minute:02} {offset_name(moment)}"


@lru_cache(maxsize=10_000)
def _date(language: str, pattern: str, when: When) -> str:
    if when.unit == DAY:
        return str(format_date(when.first, pattern, language))
    if when.unit == MONTH:
        return str(format_skeleton("yMMMM", when.first, locale=language))
    return f"{when.first.year:04}"


@lru_cache(maxsize=10_000)
def _number(language: str, pattern: str, value: float) -> str:
    return str(format_decimal(value, pattern, language)).replace("-", "−")


def translator_of(web: WebSettings) -> Translator:
    """Return what speaks the language of the settings. Raises ConfigError where there is no catalog of it, or
    a pattern cannot be used."""
    language = web.language
    try:
        locale = Locale.parse(language, sep="-" if "-" in language else "_")
    except (ValueError, UnknownLocaleError) as error:
        raise ConfigError(
            f"'web.language' = {language!r} is not a language", cure="Write en, de or pt-BR."
        ) from error
    is_source = locale.language == SOURCE
    day = web.date_format or (_ENGLISH_DAY if is_source else locale.date_formats["long"].pattern)
    number = web.number_format or _ENGLISH_NUMBER
    _check_number_pattern(number)
    translator = Translator(str(locale), day, number)
    if web.date_format:
        _check_day_pattern(day, translator)
    if is_source:
        return translator
    file = _catalog_file(web, locale)
    try:
        with file.open("rb") as opened:
            catalog = read_po(opened, locale=locale, abort_invalid=True)
    except (OSError, PoFileError, ValueError) as error:
        raise ConfigError(
            f"the catalog cannot be read: {error}",
            where=str(file),
            cure="Correct it, or choose another language.",
        ) from error
    found = [message for message in catalog if message.id and message.string and not message.fuzzy]
    plural_of = c2py(catalog.plural_expr)
    plurals = {one.id[0]: (*one.string,) for one in found if isinstance(one.id, list | tuple) and one.string}
    singles = _language_names(locale)
    for one in found:
        if isinstance(one.id, list | tuple) and one.string:
            singles |= {text: one.string[plural_of(count)] for count, text in enumerate(one.id, 1)}
    singles |= {str(one.id): str(one.string) for one in found if isinstance(one.id, str)}
    return replace(translator, singles=singles, plurals=plurals, plural_of=plural_of)


def _check_number_pattern(pattern: str) -> None:
    if not _NUMBER_PATTERN.fullmatch(pattern):
        raise ConfigError(
            f"'web.number_format' = {pattern!r} is not a pattern for numbers",
            cure="Write '#' or '0' for a digit, ',' between groups and '.' before a fraction: #,##0.##.",
        )


def _check_day_pattern(pattern: str, translator: Translator) -> None:
    """Raise ConfigError for a pattern that does not give a day, its month and its year, or has letters that
    stand for something else, such as the time of day."""
    *_, rest = pieces = _QUOTED.split(pattern)
    letters = {one for piece in pieces for one in piece if one.isascii() and one.isalpha()}
    try:
        is_day = {"d", "y"} <= letters <= {*"dMLyEG"} and letters & {"M", "L"} and "'" not in rest
        if is_day and translator.when(When(date(2020, 6, 25), DAY)):
            return
        reason = ""
    except ValueError as error:  # too many letters in a row
        reason = f": {error}"
    raise ConfigError(
        f"'web.date_format' = {pattern!r} is not a pattern for days{reason}",
        cure="Write d for the day, M for the month, y for the year, and other letters between apostrophes: "
        "dd.MM.y or d MMMM y.",
    )


def _catalog_file(web: WebSettings, locale: Locale) -> Path:
    """Return the catalog of a language: one of the site's own, else ours; for `de_AT`, that of `de` does."""
    names = [f"{locale}.po", f"{locale.language}.po"]
    folders = [*([web.translations] if web.translations else []), SHIPPED]
    for path in (folder / name for folder in folders for name in names):
        if path.is_file():
            return path
    known = sorted({SOURCE, *(file.stem for folder in folders for file in folder.glob("*.po"))})
    raise ConfigError(
        f"'web.language' = {web.language!r} has no catalog",
        cure=f"There are {', '.join(known)}; another is a file {names[-1]} in the folder 'web.translations'.",
    )


def _language_names(locale: Locale) -> dict[str, str]:
    """Return what languages are called, by their English names."""
    own = locale.languages
    return {language_name(str(code)): str(own[code]) for code in Locale(SOURCE).languages if code in own}
