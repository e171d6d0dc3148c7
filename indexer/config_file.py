"""Reads `config.toml` into `Settings`: every setting has a value, or the file is refused in one sentence."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

from indexer.config import SECTIONS, SETTINGS, Setting, Settings
from indexer.errors import ConfigError, did_you_mean
from indexer.fields import DEFAULT_FIELDS

DEFAULT_FILE = "config.toml"
Refusal: TypeAlias = Callable[..., ConfigError]  # knows the file; takes what is wrong, and `cure`
_TYPES = {
    str: "a text in quotes",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    list: "a list of texts in quotes",
    dict: "a section of texts in quotes",
}
# What is looked for from the file's folder on.
_FILES = (
    ("archive", "path"),
    ("index", "path"),
    ("source", "ca"),
    ("source", "client_certificate"),
    ("source", "client_key"),
    ("web", "logo"),
    ("web", "templates"),
    ("web", "translations"),
)


def load_settings(
    config: str | Path | None = None,
    *,
    archive: str | Path | None = None,
    index: str | Path | None = None,
) -> Settings:
    """Read the settings from `config`, and put `archive` and `index` (folders) in their place.

    Without `config`, `config.toml` of the current folder is read where there is one, and the
    defaults hold where there is none. Relative paths in the file start at the file's folder.
    Raises ConfigError for a missing or unreadable file, an unknown setting or a bad value.
    """
    file = Path(config) if config is not None else Path(DEFAULT_FILE)
    refusal = partial(ConfigError, where=str(file))
    if config is not None and not file.is_file():
        raise refusal("there is no such settings file", cure="Name an existing file with --config.")
    given = _read_toml(file, refusal) if file.is_file() else {}
    values = _checked(given, refusal)
    values["archive"]["fields"] = _checked_fields(given.get("archive", {}).get("fields", {}), refusal)
    for section, name in _FILES:
        path = values[section][name]
        values[section][name] = file.parent / path if path else None
    for section, folder in (("archive", archive), ("index", index)):
        if folder is not None:
            values[section]["path"] = Path(folder)
    return Settings(**{section: kind(**values[section]) for section, kind in SECTIONS.items()})


def _read_toml(file: Path, refusal: Refusal) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise refusal(f"the settings are not valid TOML: {error}", cure="Correct that line.") from error
    except OSError as error:
        raise refusal(
            f"the settings cannot be read: {error.strerror}", cure="Make the file readable."
        ) from error


def _checked(given: Mapping[str, Any], refusal: Refusal) -> dict[str, dict[str, Any]]:
    """Return by section a value for every setting of the table, refusing what is not in it."""
    known: dict[str, dict[str, Setting]] = {}
    for setting in SETTINGS:
        known.setdefault(setting.section, {})[setting.name] = setting
    values = {
        section: {name: each.read(each.default) for name, each in rows.items()}
        for section, rows in known.items()
    }
    for section, content in given.items():
        if section not in known:
            raise refusal(f"unknown section '[{section}]'", cure=did_you_mean(section, known))
        _check_section(section, content, refusal)
        for name, value in content.items():
            if (section, name) == ("archive", "fields"):
                continue
            if name not in known[section]:
                cure = did_you_mean(name, known[section])
                raise refusal(f"unknown setting '{section}.{name}'", cure=cure)
            values[section][name] = _checked_value(known[section][name], value, refusal)
    page, most = values["search"]["page_size"], values["search"]["max_page_size"]
    if page > most:
        raise refusal(
            f"'search.page_size' = {page} is more than 'search.max_page_size' = {most}",
            cure="Make the one smaller or the other larger.",
        )
    return values


def _check_section(name: str, content: Any, refusal: Refusal) -> None:
    if not isinstance(content, dict):
        raise refusal(f"'{name}' must be a section", cure=f"Write [{name}] on a line of its own.")


def _checked_value(setting: Setting, value: Any, refusal: Refusal) -> Any:
    expected = type(setting.default)
    if expected is float and type(value) is int:
        value = float(value)
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if type(value) is not expected or not all(isinstance(one, str) for one in parts):
        fault = f"must be {_TYPES[expected]}, not {value!r}"
    elif fault := setting.check(value).rstrip("."):
        fault = f"= {value!r} {fault}"
    if fault:
        raise refusal(f"'{setting.full_name}' {fault}", cure=f"The default is {setting.default!r}.")
    return setting.read(value)


def _checked_fields(given: Any, refusal: Refusal) -> Mapping[str, tuple[str, ...]]:
    """Return the names to look for, field by field; a field that is not given keeps its default."""
    _check_section("archive.fields", given, refusal)
    found = dict(DEFAULT_FIELDS)
    for name, names in given.items():
        if name not in DEFAULT_FIELDS:
            raise refusal(f"unknown field 'archive.fields.{name}'", cure=did_you_mean(name, DEFAULT_FIELDS))
        if not isinstance(names, list) or not all(isinstance(n, str) and n for n in names):
            raise refusal(
                f"'archive.fields.{name}' must be a list of names",
                cure=f"For example {list(DEFAULT_FIELDS[name])!r}.",
            )
        found[name] = tuple(names)
    return found
