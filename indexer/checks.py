"""What the values of settings may be: each check returns what is wrong with one, or an empty string."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from indexer.contrast import DARK_GROUNDS, ENOUGH, LIGHT_GROUNDS, is_colour, lowest_contrast
from indexer.errors import did_you_mean
from indexer.languages import STEMMED, analysed_language

SOURCE_KINDS = ("embedded", "opensearch")
AUTO = "auto"
ARCHIVE_KINDS = (
    "auto", "jekyll", "hugo", "hexo", "eleventy", "pelican", "docusaurus", "zola", "astro", "obsidian",
    "plain", "backfile",
)  # fmt: skip
_ORIGIN = re.compile(r"[a-z][a-z0-9+.-]*://(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(:[0-9]{1,5})?")
_HOST = re.compile(r"https?://(\[[0-9A-Fa-f:.]+\]|[^\s/?#@:\[\]]+)(:[0-9]{1,5})?(/[^\s?#]*)?")
_NOT_IN_INDEX_NAMES = '\\/*?"<>| ,#:'
MAX_ALIAS = 200  # of the 255 bytes of an index's name
MATCHES = ("auto", "all", "any")  # what the words of a query may require


def check_between(low: float, high: float) -> Callable[[Any], str]:
    """Return the check of a number from `low` to `high`."""
    return lambda value: "" if low <= value <= high else f"must be between {low} and {high}"


def check_one_of(known: Sequence[str], what: str) -> Callable[[str], str]:
    """Return the check of one of the texts `known`, each of which is `what`."""
    return lambda value: "" if value in known else f"is not {what}. {did_you_mean(value, known)}"


def check_not_empty(value: str) -> str:
    """A text with something in it."""
    return "" if value.strip() else "must not be empty"


def check_prefix(value: str) -> str:
    """The path that a proxy serves below."""
    fits = re.fullmatch(r"(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*", value)
    return "" if fits else "must be a path such as /news, without a slash at its end"


def check_hosts(values: Sequence[str]) -> str:
    """Addresses of the nodes of a cluster, at least one."""
    for value in values:
        if not _HOST.fullmatch(value) or not _has_valid_port(value):
            return f"has {value!r}, which is not an address like https://search.example:9200"
    return "" if values else "must name at least one address"


def _has_valid_port(address: str) -> bool:
    try:
        return urlsplit(address).port != 0
    except ValueError:
        return False


def check_alias(value: str) -> str:
    """A name that OpenSearch takes for an index, and that leaves room for what is put behind it."""
    bad = "".join(sorted({one for one in value if one in _NOT_IN_INDEX_NAMES or not one.isprintable()}))
    if bad:
        return f"must not have {bad!r} in it"
    if not value or value[0] in "-_+." or value != value.lower():
        return "must be a name in small letters that begins with a letter or a digit"
    return "" if len(value.encode()) <= MAX_ALIAS else f"must have {MAX_ALIAS} bytes at most"


def check_web_address(value: str) -> str:
    """A site's address, or nothing."""
    fits = not value or re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", value)
    return (
        "" if fits else "must be an address like https://news.example or https://news.example/blog, or empty"
    )


def check_origin(value: str) -> str:
    """A scheme and a host, or nothing."""
    fits = not value or re.fullmatch(r"https?://[^\s/?#@]+", value)
    return "" if fits else "must be a scheme and a host like https://news.example, without a path, or empty"


def check_origins(values: Sequence[str]) -> str:
    """Origins as browsers name them, but for capitals and the usual port."""
    for value in values:
        if not _ORIGIN.fullmatch(value.lower()):
            return (
                f"has {value!r}, which is not an origin: a scheme and a host, perhaps a port, such as "
                "https://news.example, with nothing behind it"
            )
    return ""


def origins_of(values: Sequence[str]) -> tuple[str, ...]:
    """Return what passed `check_origins`, as browsers write it."""
    return tuple(re.sub(r"^(http://.*):80$|^(https://.*):443$", r"\1\2", value.lower()) for value in values)


def check_language(value: str) -> str:
    """A language, by its name or code, or AUTO."""
    if value == AUTO or analysed_language(value):
        return ""
    return f"is not a language that is known, by its English name or its code. {did_you_mean(value, STEMMED)}"


def analysed(value: str) -> str:
    """Return the language that a value which passed `check_language` stands for."""
    return value if value == AUTO else analysed_language(value) or value


def check_accent(value: str) -> str:
    """A colour that can be read on the light page, or nothing."""
    return _colour_fault(value, LIGHT_GROUNDS, "light", "darker")


def check_dark_accent(value: str) -> str:
    """A colour that can be read on the dark page, or nothing."""
    return _colour_fault(value, DARK_GROUNDS, "dark", "lighter")


def _colour_fault(value: str, grounds: tuple[str, ...], ground: str, way: str) -> str:
    if not value:
        return ""
    if not is_colour(value):
        return "must be a colour such as #8f1d21, or empty"
    found = lowest_contrast(value, grounds)
    if found >= ENOUGH:
        return ""
    lacking = f"its contrast is {found:.1f}, and at least {ENOUGH} is needed"
    return f"cannot be read on the {ground} page: {lacking}; take a {way} colour"


def check_footer_links(value: Mapping[str, str]) -> str:
    """Texts with the addresses that they lead to."""
    for text, address in value.items():
        fits = re.fullmatch(r"(https?://[^\s/?#]+|mailto:\S+@)\S*|/(?!/)\S*", address)
        if not text.strip() or not fits:
            wanted = "an address like https://news.example/imprint nor a path like /imprint"
            return f"leads from {text!r} to {address!r}, which is neither {wanted}"
    return ""
