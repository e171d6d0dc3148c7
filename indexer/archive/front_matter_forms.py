"""TOML, JSON and `Key: value` lines -> values as YAML's are: mappings, lists, and texts as the file has them.

The values of sealed keys are counted and left out, at any depth. Each reader raises FileError.
"""

from __future__ import annotations

import json
import re
import textwrap
import tomllib
from datetime import date, datetime, time
from typing import Any

from indexer.archive.keys import SealedKeys
from indexer.archive.records import FileError
from indexer.archive.values import NullText
from indexer.archive.yaml_values import MAX_DEPTH, TOO_DEEP

_PLACE = re.compile(r" \(at (?:line ([0-9]+), column ([0-9]+)|end of document)\)")
_STATEMENT = re.compile(r"^[ \t]*(?:export[ \t]+)?(?:const|let|var)[ \t]+(\w+)[ \t]*(?:=[ \t]*|$)")
_TEMPLATE_TEXT = re.compile(r"`([^`$\"\\\n]*)`")
_COMMENT = re.compile(r"^[ \t]*//[^\n]*", re.MULTILINE)
_KEY = re.compile(r"(?:\.\.[ ])?([A-Za-z][A-Za-z0-9_ -]*):[ \t]*(.*)")


def read_toml(text: str, sealed: SealedKeys) -> tuple[dict[str, Any], int]:
    """Return the values of a TOML text, and how many sealed ones it has."""
    try:
        return _Texts(sealed).of(tomllib.loads(text, parse_float=str))
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        reason = _PLACE.sub("", str(error)).split(":")[0]
        line, column = (int(n) if n else None for n in (place.groups() if place else (None, None)))
        raise FileError(f"invalid TOML: {_lowered(reason)}", line, column, mendable=True) from None
    except RecursionError:
        raise FileError(TOO_DEEP) from None
    except ValueError:  # a number of more digits than Python converts
        raise FileError("invalid TOML: a number is too long") from None


def read_json(text: str, sealed: SealedKeys) -> tuple[Any, int, int]:
    """Return the value that a text begins with, how many sealed ones it has, and where it ends."""
    start = len(text) - len(text.lstrip())
    try:
        value, end = _decoder.raw_decode(text, start)
    except json.JSONDecodeError as error:
        raise FileError(
            f"invalid JSON: {_lowered(error.msg)}", error.lineno, error.colno, mendable=True
        ) from None
    except RecursionError:
        raise FileError(TOO_DEEP) from None
    return *_Texts(sealed).of(value), end


def read_key_lines(text: str, sealed: SealedKeys) -> tuple[dict[str, str], int]:
    """Return the values of `Key: value` lines; what is indented below one goes on with it."""
    values: dict[str, str] = {}
    name = ""
    for line in text.split("\n"):
        match = _KEY.match(line)
        if match:
            name = match[1].strip()
            values[name] = match[2].strip()
        elif line.strip() and name:
            more = line.strip()
            joiner = ", " if more.startswith("- ") and values[name] else " "
            values[name] = f"{values[name]}{joiner}{more.removeprefix('- ')}".strip()
    secured = sum(bool(value) for name, value in values.items() if sealed[name])
    kept = {name: value or NullText("") for name, value in values.items() if not sealed[name]}
    return kept, secured


def script_as_yaml(text: str) -> str:
    """Return JavaScript front matter (`const title = "A";`, or one object) as lines `title: "A"`; what is no
    literal stays as it stands, and is no YAML."""
    first, _, rest = text.partition("\n")
    rest = _TEMPLATE_TEXT.sub(r'"\1"', _COMMENT.sub("", rest))
    lines = rest.split("\n")
    if rest.lstrip().startswith("{"):
        lines = textwrap.dedent(rest.strip().removeprefix("{").removesuffix("}")).split("\n")
        lines[:0] = [""] * rest[: len(rest) - len(rest.lstrip())].count("\n")
    return "\n".join((first, *(_STATEMENT.sub(r"\1: ", line).rstrip().rstrip(",;") for line in lines)))


def _lowered(reason: str) -> str:
    return reason[:1].lower() + reason[1:]


# Numbers stay the characters of the file.
_decoder = json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)


class _Texts:
    """Makes texts of numbers, flags and dates, and counts what is sealed."""

    def __init__(self, sealed: SealedKeys) -> None:
        self._sealed = sealed
        self._secured = 0

    def of(self, value: Any) -> tuple[Any, int]:
        """Return `value` with texts in it, and how many sealed values it had."""
        return self._text(value, 0), self._secured

    def _text(self, value: Any, depth: int) -> Any:
        if depth > MAX_DEPTH:
            raise FileError(TOO_DEEP)
        if isinstance(value, str):
            return value
        if isinstance(value, dict):
            self._secured += sum(self._sealed[name] and item is not None for name, item in value.items())
            return {
                name: self._text(item, depth + 1) for name, item in value.items() if not self._sealed[name]
            }
        if isinstance(value, list):
            return [self._text(item, depth + 1) for item in value]
        if isinstance(value, bool):
            return str(value).lower()
        if value is None:
            return NullText("null")
        return value.isoformat() if isinstance(value, (date, datetime, time)) else str(value)
