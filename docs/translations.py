"""The texts of the interface: `python docs/translations.py LANGUAGE [FOLDER]` brings a catalog up to date.

Texts that the catalog `LANGUAGE.po` lacks are added, without a translation; those that are said nowhere any
more are taken out. Where there is no catalog yet, one is begun. Without FOLDER it is one of those that come
with Backfile.

Templates and scripts are read by `search_web.template_text`, modules by their syntax; a few texts are names
in tables.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias

from babel import Locale
from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

from indexer.facets import FACETS
from indexer.query.answers.parsed import NoteKind
from indexer.query.language.syntax import SYNTAX
from indexer.query.parameters import FINDING, INTERVALS, PARAMETERS
from search_web import template_text
from search_web.translation import SHIPPED

Text: TypeAlias = "str | tuple[str, str]"  # of one thing and of several

_HEADER = r"""msgid ""
msgstr ""
"Language: {locale}\n"
"MIME-Version: 1.0\n"
"Content-Type: text/plain; charset=utf-8\n"
"Content-Transfer-Encoding: 8bit\n"
"Plural-Forms: {forms}\n"

"""
ROOT = Path(__file__).resolve().parent.parent
# What says its constant arguments: calls of `indexer.messages`, and notes on how a query is read.
_SAYS = frozenset(("say", "template", "read", "dropped", "ignored", "corrected", "folded"))
_REASONS = frozenset(("FileError", "NothingSaidError"))  # why a file cannot be indexed, where they are raised
_SAYS_NUMBERS = frozenset(("say_number", "templates"))


def texts() -> dict[str, Text]:
    """Return all that can be said in another language, by what it is called in a catalog."""
    found: dict[str, Text] = {}
    for text in (*_of_templates(), *_of_modules(), *_of_tables()):
        key = text if isinstance(text, str) else text[0]
        has_words = any(letter.isalpha() or letter == "“" for letter in _own(key))
        if has_words and not isinstance(found.get(key), tuple):
            found[key] = text
    return found


_PLACES = re.compile(r"{{.*?}}|{%.*?%}|{\w*}|</?\d+>")


def _own(text: str) -> str:
    """Return a text without what is put into it."""
    return _PLACES.sub("", text)


def _of_templates() -> Iterator[Text]:
    for file in sorted((ROOT / "search_web" / "templates").iterdir()):
        yield from template_text.messages(file.read_text("utf-8"), file.name)
    for file in sorted((ROOT / "search_web" / "static").glob("*.js")):
        yield from template_text.script_messages(file.read_text("utf-8"))


def _of_modules() -> Iterator[Text]:
    for package in ("indexer", "search_web"):
        for file in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    yield from _said(node, _SAYS)
                elif isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
                    yield from _said(node.exc, _REASONS)


def _said(call: ast.Call, says: frozenset[str]) -> Iterator[Text]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    given = [one.value if isinstance(one, ast.Constant) else None for one in call.args]
    if name in says and given and isinstance(given[0], str):
        yield given[0]
    elif name == "note" and len(given) > 1 and isinstance(given[1], str):  # behind its code
        yield given[1]
    elif name in _SAYS_NUMBERS and len(given) > 1:
        one, several = given[:2]
        if isinstance(one, str) and isinstance(several, str):
            yield one, several


def _of_tables() -> Iterator[Text]:
    """Yield what is said by the name that a table has for it."""
    for facet in FACETS.values():
        yield facet.title.lower(), facet.plural.lower()
    for parameter in PARAMETERS.values():
        yield parameter.meaning
        if parameter.states is not None:
            yield parameter.states.chip.lower()
    yield from (row.meaning for row in SYNTAX)
    yield from (*INTERVALS, *map(str, NoteKind), *FINDING, "from", "until", "collapse", "broaden")


def updated(catalog: Catalog) -> Catalog:
    """Return a catalog with all texts that there are, in alphabetical order, and with no others."""
    fresh = Catalog(catalog.locale)
    for key, text in sorted(texts().items()):
        old = catalog.get(key)
        same = old is not None and isinstance(old.id, str) == isinstance(text, str)
        added = fresh.add(text, old.string if old and same else None)
        added.flags = {"fuzzy"} if old and same and old.fuzzy else set()
    return fresh


def main(language: str, folder: str = str(SHIPPED)) -> None:
    """Bring the catalog of a language up to date, or begin it."""
    file = Path(folder) / f"{language}.po"
    catalog = Catalog(Locale.parse(language, sep="-" if "-" in language else "_"))
    if file.is_file():
        with file.open("rb") as opened:
            catalog = read_po(opened, locale=catalog.locale, abort_invalid=True)
    with file.open("wb") as opened:
        opened.write(_HEADER.format(locale=catalog.locale, forms=catalog.plural_forms).encode())
        write_po(opened, updated(catalog), width=0, omit_header=True)
    with file.open("rb") as opened:
        left = sum(bool(one.id) and not any(one.string) for one in read_po(opened))
    print(f"{file}: {left} texts without a translation")


if __name__ == "__main__":
    main(*sys.argv[1:])
