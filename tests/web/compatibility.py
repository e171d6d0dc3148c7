"""What of an OpenAPI document a client of an older one would miss. `python -m tests.web.compatibility` writes
the document of a release into RELEASED."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

from indexer.config_file import load_settings
from search_web.reference.openapi import document
from tests.archives import REPOSITORY

Pair: TypeAlias = tuple[Any, Any]  # of the old and the new document
RELEASED = Path(__file__).with_name("openapi.released.json")


def current() -> dict[str, Any]:
    """Return the document as it is now, with the usual settings."""
    made: dict[str, Any] = json.loads(json.dumps(document(load_settings(REPOSITORY / "config.toml"))))
    return made


def broken(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return a line for each thing that a client of the `old` document finds otherwise in the `new` one. What
    was added is no such thing; a value of one of several texts may be another one than before."""
    return [line for path in old["paths"] for line in _of_path(path, old, new)]


def _of_path(path: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    if path not in new["paths"]:
        yield f"{path}: removed"
        return
    was, now = (each["paths"][path]["get"] for each in (old, new))
    taken, takes = ({p["name"]: p for p in each["parameters"]} for each in (was, now))
    for name in taken | takes:
        yield from _of_parameter(f"{path}, parameter {name}", taken.get(name), takes.get(name))
    for status, answer in was["responses"].items():
        where = f"{path}, status {status}"
        if status not in now["responses"]:
            yield f"{where}: removed"
            continue
        given = _resolved(answer, old).get("content", {})
        gives = _resolved(now["responses"][status], new).get("content", {})
        yield from (f"{where}: {media} removed" for media in given.keys() - gives.keys())
        for media in given.keys() & gives.keys():
            pair = given[media].get("schema", {}), gives[media].get("schema", {})
            yield from _changed(where, pair, (old, new), ())


def _of_parameter(where: str, old: dict[str, Any] | None, new: dict[str, Any] | None) -> Iterator[str]:
    if new is None:
        yield f"{where}: removed"
        return
    if new.get("required") and not (old and old.get("required")):
        yield f"{where}: required"
    if old:
        yield from _narrowed(where, old["schema"], new["schema"])
        for name in ("in", "style", "explode"):
            if old.get(name) != new.get(name):
                yield f"{where}: {name} is {new.get(name)}, not {old.get(name)}"


def _resolved(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema:
        found: Any = whole
        for name in schema["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        schema = found
    return schema


def _narrowed(where: str, old: dict[str, Any], new: dict[str, Any]) -> Iterator[str]:
    """Yield what a parameter no longer takes."""
    if old.get("type") != new.get("type"):
        yield f"{where}: type is {new.get('type')}, not {old.get('type')}"
    if "enum" in new and (gone := [one for one in old.get("enum", ["any text"]) if one not in new["enum"]]):
        yield f"{where}: no longer {', '.join(gone)}"
    for name, sign in (
        ("minimum", 1),
        ("maximum", -1),
        ("minLength", 1),
        ("maxLength", -1),
        ("maxItems", -1),
    ):
        if name in new and (name not in old or sign * new[name] > sign * old[name]):
            yield f"{where}: {name} is {new[name]}, not {old.get(name)}"
    if "items" in old:
        yield from _narrowed(where, old["items"], new.get("items", {}))


def _changed(where: str, pair: Pair, wholes: Pair, seen: tuple[Pair, ...]) -> Iterator[str]:
    """Yield what an answer no longer has, or has in another type."""
    if pair in seen:
        return
    old, new = (_resolved(each, whole) for each, whole in zip(pair, wholes, strict=True))
    if old.get("type") != new.get("type"):
        yield f"{where}: type is {new.get('type')}, not {old.get('type')}"
    if gone := [one for one in old.get("enum", ()) if one not in new.get("enum", [one])]:
        yield f"{where}: never {', '.join(gone)}"
    for name in old.get("required", ()):
        if name in new.get("properties", {}) and name not in new.get("required", ()):
            yield f"{where}.{name}: not always there"
    was, now = _parts(old), _parts(new)
    for name, part in was.items():
        if name not in now:
            yield f"{where}{name}: removed"
        else:
            yield from _changed(f"{where}{name}", (part, now[name]), wholes, (*seen, pair))


def _parts(schema: dict[str, Any]) -> dict[str, Any]:
    """Return the schemas within a schema, by what leads to them."""
    parts = {f".{name}": each for name, each in schema.get("properties", {}).items()}
    parts |= {
        end: schema[name] for name, end in (("items", "[]"), ("additionalProperties", "{}")) if name in schema
    }
    for name in ("anyOf", "prefixItems"):
        parts |= {f" ({name} {place})": each for place, each in enumerate(schema.get(name, ()))}
    return parts


if __name__ == "__main__":
    RELEASED.write_text(json.dumps(current(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
