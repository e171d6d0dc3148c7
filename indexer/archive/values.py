"""One value of the front matter -> what an Article holds: texts, times, numbers, URLs, providers.

Each reader takes whatever the file has under a name (a text, a null, a list, a mapping) and
returns None, or an empty tuple, for what it cannot use. Only readers that take a `note` tell of it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

from indexer.archive.dates import in_zone, read_date
from indexer.archive.keys import Fields, fold_keys, names_of_fields
from indexer.archive.text import plain_text
from indexer.article import Image, Provider
from indexer.invisible import clean_name
from indexer.languages import language_tag

NULLS = frozenset(("", "~", "null", "Null", "NULL"))
"""The plain scalars that are null."""


class NullText(str):
    """A null of YAML that keeps its characters (`null`, `~`, nothing): a title can be "Null"."""

    __slots__ = ()


class RepairedText(str):
    """A text out of front matter that no parser accepts: an address in it must be one without any doubt."""

    __slots__ = ()


class SharedMapping(dict[str, Any]):
    """A mapping that every file gets which has the same text for it; nobody may change it.

    `reading` is for who reads it: what was made of it once may be kept there for the next time.
    """

    __slots__ = ("reading",)

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.reading: Any = None


Note = Callable[[str, str], None]  # takes the code of a notice, and its text

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
_DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[\w](?:[\w-]{0,61}[\w])?\.)+[^\W\d_]{2,63}")
_SCHEME = re.compile(r"^(?:https?:)?//")
_AFTER_HOST = re.compile(r"[/?#:]")
_SPACES = re.compile(r"\s+")
# Of 32,000 URLs in the real files all but 40 are like this, and need no parser.
_USUAL_URL = re.compile(r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?:[/?][!-~]*)?")
_SURE_URL = re.compile(
    r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::[0-9]{1,5})?(?:[/?#][\w~!$&()*+,;=:@%/?#.-]*)?"
)
_WIKI_LINK = re.compile(r"\[\[([^\[\]|]+)(?:\|([^\[\]]*))?\]\]")
_TRUE = frozenset(("true", "yes", "on", "1"))
_FALSE = frozenset(("false", "no", "off", "0"))
_TOMORROW = timedelta(days=1)
_SHOWN = 60  # characters of a value that a notice quotes


def is_null(value: Any) -> bool:
    """Tell whether there is nothing: no value, a null of YAML, or an empty text, list or mapping."""
    return not value or isinstance(value, NullText)


def text_of(value: Any) -> str | None:
    """Return one line of plain text, or None where `value` is no text or nothing is left of it."""
    if not isinstance(value, str) or isinstance(value, NullText):
        return None
    if type(value) is not str:
        value = str(value)
    return (_short_text(value) if len(value) < _SHORT else plain_text(value)) or None


def name_of(value: Any) -> str | None:
    """Return the name of a topic, a provider or an author, as `text_of`, without what nobody sees."""
    if not isinstance(value, str) or isinstance(value, NullText):
        return None
    if type(value) is not str:
        value = str(value)
    return (_short_name(value) if len(value) < _SHORT else clean_name(plain_text(value))) or None


# Topics, types, names of providers: of 219,000 texts 133,000 are short, and 125,000 of these are hits.
_SHORT = 32
_short_text = lru_cache(maxsize=4096)(plain_text)
_short_name = lru_cache(maxsize=4096)(lambda text: clean_name(plain_text(text)))


def title_of(value: Any) -> str | None:
    """Return a title; "Null" is one, as the characters in the file say; `~` and nothing are none."""
    if isinstance(value, NullText):
        return str.__str__(value) if value.isalpha() else None
    return text_of(value)


_EXACT = 2**53  # up to here a float is as exact as an integer


def number_of(value: Any) -> float | None:
    """Return a finite number (whole where it is written so), or None."""
    text = value.strip() if isinstance(value, str) else ""
    return _number(text) if len(text) <= 40 else None


# Widths, heights, qualities: of 84,000 numbers in the real files 82,500 are hits.
@lru_cache(maxsize=4096)
def _number(text: str) -> float | None:
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() and abs(number) < _EXACT else number


def flag_of(value: Any) -> bool | None:
    """Return what a text like `true`, `No`, `on` or `0` says, or None."""
    if not isinstance(value, str):
        return None
    word = value.strip().lower()
    if word in _TRUE:
        return True
    return False if word in _FALSE else None


def time_of(
    value: Any, now: datetime, note: Note, zone: tzinfo | None = None, local: tzinfo | None = None
) -> datetime | None:
    """Return a time, whole seconds; None and `bad_date` for what cannot be a time.

    It is in `zone`, or without one in its own offset, which its day is counted in. A date alone is its
    midnight; what has no offset is in `zone`, else in `local`, else in UTC. Later than a day after `now` is
    kept, with `future_date`.
    """
    moment = read_date(value) if isinstance(value, str) else None
    moment = moment and in_zone(moment, zone, local)
    if moment is None:
        note("bad_date", f"{shown(value)} is not a date")
    elif moment > now + _TOMORROW:
        note("future_date", f"{shown(value)} is in the future")
    return moment


def written_time(value: Any, zone: tzinfo | None = None) -> datetime | None:
    """Return a time in the offset that it is written with; where there is none, in `zone` or UTC. None for
    what is no time."""
    moment = read_date(value) if isinstance(value, str) else None
    return moment and in_zone(moment, None, zone)


def shown(value: Any) -> str:
    """Return a value as a notice quotes it: short, in quotes; lists and mappings are only named."""
    if not isinstance(value, str):
        return "a mapping" if isinstance(value, dict) else "a list" if isinstance(value, list) else "a value"
    line = " ".join(value.split())
    return f"'{line[:_SHOWN]}…'" if len(line) > _SHOWN else f"'{line}'"


def url_of(value: Any) -> str | None:
    """Return an absolute http or https URL, or None. `//host/path` gets https."""
    if not isinstance(value, str) or isinstance(value, NullText):
        return None
    if _USUAL_URL.fullmatch(value) and not isinstance(value, RepairedText):
        return value
    if isinstance(value, RepairedText):
        return str(value) if _SURE_URL.fullmatch(value) else None
    text = _SPACES.sub("%20", value.strip())
    if text.startswith("//"):
        text = "https:" + text
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:  # an unclosed [ or a port that is no number
        return None
    if parts.scheme not in ("http", "https") or not host or "%" in host or not text.isprintable():
        return None
    return text


def domain_of(value: Any) -> str | None:
    """Return a domain in lower case, without scheme, `www.`, path and port; None for what is none."""
    if not isinstance(value, str) or isinstance(value, NullText):
        return None
    return _short_domain(value) if len(value) < _SHORT else _domain(value)


def _domain(value: str) -> str | None:
    text = clean_name(value).strip().lower()
    text = _AFTER_HOST.split(_SCHEME.sub("", text), maxsplit=1)[0].rstrip(".").removeprefix("www.")
    return text if _DOMAIN.fullmatch(text) else None


# Of 27,000 domains in the real files 24,700 are hits: a file is read in 2% less time.
_short_domain = lru_cache(maxsize=4096)(_domain)


def names_of(value: Any, *, commas: bool = False) -> tuple[str, ...]:
    """Return the names in a list, or in one text; of a mapping its `name` or `title`.

    Empty ones are dropped, and all but the first of those that differ in letter case only. With
    `commas` a single text is cut at its commas. Lists in a list are one with it; `[[Page|a name]]` is "a
    name", as in a text.
    """
    if commas and isinstance(value, str) and not isinstance(value, NullText):
        value = value.split(",")
    kept: dict[str, str] = {}
    for item in _items(value):
        name = _name_of(item)
        if name:
            kept.setdefault(name.casefold(), name)
    return tuple(kept.values())


def _name_of(item: Any) -> str | None:
    if isinstance(item, dict):
        data = _folded(item, "name")
        return name_of(data.get("name")) or name_of(data.get("title"))
    linked = _WIKI_LINK.fullmatch(item.strip()) if isinstance(item, str) and "[[" in item else None
    return name_of(linked[2] or linked[1]) if linked else name_of(item)


def _folded(data: Mapping[str, Any], usual: str) -> Mapping[str, Any]:
    """Return `data` by folded names; as it is where it has the usual one, as nearly all have."""
    return data if usual in data else fold_keys(data)


def _items(value: Any) -> Iterable[Any]:
    if isinstance(value, list):
        if list in map(type, value):
            return [one for item in value for one in _items(item)]
        return value
    return () if is_null(value) else (value,)


def language_of(value: Any) -> str | None:
    """Return the tag of a language that is given by a code, a tag or a name; of several, of the first."""
    return next(filter(None, map(language_tag, names_of(value, commas=True))), None)


def provider_of(value: Any) -> Provider | None:
    """Return a provider from its mapping {name, domain, id, url}, its name, its domain or its URL."""
    if isinstance(value, list):
        return next(filter(None, map(provider_of, value)), None)
    if isinstance(value, dict):
        get = _folded(value, "name").get
        domain = domain_of(get("domain")) or domain_of(get("id")) or domain_of(get("url"))
        name = name_of(get("name")) or name_of(get("title")) or name_of(get("domain")) or name_of(get("id"))
        name = name or domain
    else:
        domain, name = domain_of(value), name_of(value)
        if domain and name and "/" in name:
            name = domain
    return Provider(name=name, domain=domain) if name else None


def provider_authors(value: Any) -> tuple[str, ...]:
    """Return the authors that a provider's mapping names, as community sites do."""
    return names_of(_folded(value, "name").get("authors")) if isinstance(value, dict) else ()


def images_of(value: Any, address_of: Callable[[Any], str | None] = url_of) -> Iterator[Image]:
    """Give the images of a list, a mapping or a text that `address_of` has an address for: of those with
    relative paths there is none."""
    seen = set()
    for item in _items(value):
        data = _folded(item, "url") if isinstance(item, dict) else {"url": item}
        url = address_of(data.get("url")) or address_of(data.get("src")) or address_of(data.get("path"))
        if url is None or url in seen:
            continue
        seen.add(url)
        title = text_of(data.get("title")) or text_of(data.get("alt")) or text_of(data.get("caption"))
        yield Image(url, _pixels(data.get("width")), _pixels(data.get("height")), title)


def _pixels(value: Any) -> int | None:
    number = number_of(value)
    return int(number) if number is not None and 1 <= number <= 1_000_000 else None


class FieldValues:
    """The values of a mapping by our fields' names: those that are not empty (`is_null`, without the
    call), in the table's order. The names are spelled as in the table (see `keys.spell`)."""

    __slots__ = ("_names", "data")

    def __init__(self, data: Mapping[str, Any], fields: Fields) -> None:
        self.data = data
        self._names = names_of_fields(data, fields)

    def names(self, field: str) -> tuple[str, ...]:
        """Return the names of one of our fields that the mapping has, in the table's order."""
        return self._names.get(field, ())

    def candidates(self, field: str) -> list[Any]:
        """Return the values that there are for one of our fields."""
        values_of = map(self.data.__getitem__, self._names.get(field, ()))
        return [value for value in values_of if value and type(value) is not NullText]

    def first(self, field: str, reader: Callable[[Any], Any]) -> Any:
        """Return what `reader` makes of the first value that it can use, or None."""
        for name in self._names.get(field, ()):
            value = self.data[name]
            if value and type(value) is not NullText:
                read = reader(value)
                if read is not None:
                    return read
        return None
