"""The values of parameters: a row of the table and a value go in, the value comes out, or a RequestError that
names the parameter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from indexer.errors import RequestError, did_you_mean
from indexer.messages import say
from indexer.query.parameters import NONE, Kind, Parameter

DATE_CURE = say("Write a year, a month or a day, such as 2020, 2020-06 or 2020-06-25.")


def check_number(name: str, value: object, low: int, high: int) -> int:
    """Return `value`. Raises RequestError for what is no whole number from `low` to `high`."""
    if type(value) is not int or not low <= value <= high:
        raise RequestError(
            say(
                "'{name}' must be a whole number from {low} to {high}, not {value}",
                name=name,
                low=str(low),
                high=str(high),
                value=repr(value),
            )
        )
    return value


def _check_whole(parameter: Parameter, value: object) -> int:
    return check_number(parameter.name, value, int(parameter.low), int(parameter.high))


def _check_decimal(parameter: Parameter, value: object) -> float:
    name, low, high = parameter.name, parameter.low, parameter.high
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise RequestError(
            say(
                "'{name}' must be a number from {low} to {high}, not {value}",
                name=name,
                low=f"{low:g}",
                high=f"{high:g}",
                value=repr(value),
            )
        )
    return float(value)


def _check_flag(parameter: Parameter, value: object) -> bool:
    if not isinstance(value, bool):
        cure = "Leave it out for any." if parameter.kind is Kind.EITHER else parameter.help
        raise RequestError(f"'{parameter.name}' must be true or false", where=repr(value), cure=cure)
    return value


def _check_choice(parameter: Parameter, value: object) -> str:
    if not isinstance(value, str) or value not in parameter.choices:
        raise RequestError(
            say("'{name}' cannot be '{value}'", name=parameter.name, value=str(value)),
            cure=did_you_mean(str(value), parameter.choices),
        )
    return value


def _check_text(parameter: Parameter, value: object) -> str:
    if not isinstance(value, str):
        raise RequestError(f"'{parameter.name}' takes a text", where=repr(value), cure=parameter.help)
    return value


def _check_date(parameter: Parameter, value: object) -> str | None:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        raise RequestError(f"'{parameter.name}' takes a date", where=repr(value), cure=DATE_CURE)
    return value.strip() or None


def _check_values(parameter: Parameter, given: object) -> tuple[str, ...]:
    """Return the chosen values of a facet as texts, each once, in the order given."""
    several = not isinstance(given, str | date) and isinstance(given, Iterable)
    items: Iterable[object] = given if several else (given,)  # type: ignore[assignment]  # narrowed above
    texts: dict[str, None] = {}
    for item in items:
        if not isinstance(item, str | date):
            raise RequestError(
                f"'{parameter.name}' takes a text or several",
                where=repr(item),
                cure=f"For example {parameter.name}='{NONE}'.",
            )
        text = _check_date(parameter, item)
        if text:
            texts[text] = None
    return tuple(texts)


CHECKS: Mapping[Kind, Callable[[Parameter, object], Any]] = {
    Kind.TEXT: _check_text,
    Kind.VALUES: _check_values,
    Kind.DATE: _check_date,
    Kind.FLAG: _check_flag,
    Kind.EITHER: _check_flag,
    Kind.CHOICE: _check_choice,
    Kind.WHOLE: _check_whole,
    Kind.DECIMAL: _check_decimal,
}
