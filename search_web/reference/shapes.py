"""The notation of answers: a shape is an object of an answer, with each of its values.

A value's type is `string`, `integer`, `number`, `boolean`, `date`, `date-time`, `any`, `string and integer`,
the name of another shape, or words with `|` between; with `[]` behind it a list of these, with `{}` an object
of these by name, with ` or null` perhaps nothing. A type gives its JSON schema; the documents and
the page of the API print it as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from indexer.query.answers.ledger import TotalRelation
from indexer.query.answers.parts import PartKind

_PLAIN: Mapping[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "date-time": {"type": "string", "format": "date-time"},
    "any": {},
    "string and integer": {
        "type": "array",
        "prefixItems": [{"type": "string"}, {"type": "integer"}],
        "minItems": 2,
        "maxItems": 2,
    },
}
_NULL = " or null"


class Value(NamedTuple):
    """One value of an object: its type, what it means, and whether it is always there."""

    type: str
    meaning: str = ""
    always: bool = True

    @property
    def shape(self) -> str:
        """The shape that its type has; nothing where it is plain."""
        name = self.type.removesuffix(_NULL).rstrip("[]{}")
        return name if name[0].isupper() else ""


@dataclass(frozen=True, slots=True)
class Shape:
    """One object of answers."""

    meaning: str
    values: Mapping[str, Value]


def schema_of(type_: str) -> dict[str, Any]:
    """Return the JSON schema of a type; shapes are those of the document's components."""
    if type_.endswith("[]"):
        return {"type": "array", "items": schema_of(type_[:-2])}
    if type_.endswith("{}"):
        return {"type": "object", "additionalProperties": schema_of(type_[:-2])}
    if type_.endswith(_NULL):
        return {"anyOf": [schema_of(type_.removesuffix(_NULL)), {"type": "null"}]}
    if type_ in _PLAIN:
        return dict(_PLAIN[type_])
    if type_[0].isupper():
        return {"$ref": f"#/components/schemas/{type_}"}
    return {"type": "string", "enum": type_.split("|")}


def object_schema(shape: Shape) -> dict[str, Any]:
    """Return the JSON schema of a shape."""
    properties = {
        name: schema_of(value.type) | ({"description": value.meaning} if value.meaning else {})
        for name, value in shape.values.items()
    }
    required = [name for name, value in shape.values.items() if value.always]
    schema = {"type": "object", "description": shape.meaning, "properties": properties}
    return schema | ({"required": required} if required else {})


# What several shapes have.
PARTS = "|".join(PartKind)
TIMED_OUT = Value(
    "boolean",
    "Whether the request met its limit, of time or of work, and was answered with what there was: totals "
    "are at least so many, a facet, a series or a list that was not counted whole is left out, there is "
    "no `next_cursor`, and the answer must not be stored.",
)
DISTINCT_RELATION = Value(
    f"{TotalRelation.EXACT}|{TotalRelation.AT_LEAST}",
    "`eq`: `distinct` is exact. A cluster counts 50,000 values of a facet: `gte`, there are more.",
)
RANGES = "pairs of start and end in code points that matched"
GENERATION = Value("integer", "The generation of the index; `since_generation` takes it.")
TITLE = Value("string", "The title.")
URL = Value("string or null", "The address that it was published at.")
ID = Value("string", "The article's id.")
TRANSLATIONS = Value("Translation[]", "The article in other languages.")
