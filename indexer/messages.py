"""Sentences for readers, in English, each with its template and values, so that it can be translated.

A message is a `str` and is used as one wherever English will do: in JSON, on a terminal, in a script. The
page takes its parts to say it otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any


class Message(str):
    """A sentence with what it was made of. `templates` has one, or two: for one and for several, of which
    there are `number`.

    A value that is a message itself is translated with it; a whole number is written as the language has it.
    """

    __slots__ = ("number", "templates", "values")
    templates: tuple[str, ...]
    values: Mapping[str, Any]
    number: int

    def __reduce__(self) -> tuple[Any, ...]:
        return _made, (self.templates, dict(self.values), self.number)


def _made(templates: tuple[str, ...], values: Mapping[str, Any], number: int = 1) -> Message:
    template = templates[0] if number == 1 else templates[-1]
    message = Message(filled(template, values, grouped))
    message.templates, message.values, message.number = templates, values, number
    return message


def say(template: str, /, **values: Any) -> Message:
    """Return a sentence: `say("'{word}' is ignored", word="the")`."""
    return _made((template,), values)


def say_number(one: str, several: str, count: int, /, **values: Any) -> Message:
    """Return a sentence about `count` things, which is a value of its name."""
    return _made((one, several), {"count": count, **values}, count)


def template(text: str, /) -> str:
    """Return a template as it is: marks it as one that is to be translated."""
    return text


def templates(one: str, several: str, /) -> tuple[str, str]:
    """Return the templates about one and about several things as they are: marks them, too."""
    return one, several


def joined(texts: Iterable[str], between: str = ", ") -> Message:
    """Return texts one behind the other; each is translated by itself."""
    values = {f"_{number}": text for number, text in enumerate(texts)}
    return _made((between.join(f"{{{name}}}" for name in values),), values)


def filled(template: str, values: Mapping[str, Any], number: Callable[[int], str]) -> str:
    """Return a template with its values in it; `number` writes whole numbers."""
    if not values:
        return template
    return template.format_map(
        {name: number(value) if type(value) is int else value for name, value in values.items()}
    )


def grouped(number: int) -> str:
    """Return `1,204`."""
    return f"{number:,}"
