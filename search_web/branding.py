"""A site's own look, from its settings: the logo, the style rules of its colours, its templates.

All of it is read once, when the app is made; it is served from here, so that the content security policy
stays as it is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from flask import Flask, Response, abort, send_from_directory
from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PrefixLoader,
    TemplateNotFound,
    TemplateSyntaxError,
    nodes,
)

from indexer.config import WebSettings
from indexer.contrast import for_dark
from indexer.errors import ConfigError
from search_web.templating import QuickEnvironment, is_ours

# Endpoints of files that stay as they are at an address which has their version.
STATIC_ENDPOINTS = frozenset({"static", "own_style", "own_logo", "own_static"})
YEAR = 365 * 86_400  # seconds
MAX_LOGO = 1_000_000  # bytes: every reader loads it
_PICTURES = {
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webp": "image/webp",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
}
_OURS = "backfile"  # the folder that a template of one's own finds the one which it replaces in
_LOGO_RULE = ".nameplate img { display: block; height: 1.5em; max-width: 100%; object-fit: contain }\n"


@dataclass(frozen=True, slots=True)
class Branding:
    """What a site has of its own: style rules, a logo with its media type, a folder of templates."""

    style: bytes = b""
    logo: bytes = b""
    media_type: str = ""
    templates: Path | None = None

    @classmethod
    def of(cls, web: WebSettings) -> Branding:
        """Read what the settings name. Raises ConfigError where a file is not there or cannot be used."""
        logo, media_type = _read_logo(web.logo) if web.logo else (b"", "")
        if web.templates and not web.templates.is_dir():
            raise ConfigError(
                "'web.templates' is not a folder",
                where=str(web.templates),
                cure="Name the folder of templates.",
            )
        return cls(_style(web, logo=bool(logo)).encode(), logo, media_type, web.templates)

    @property
    def version(self) -> str:
        """A name for the style, the logo and the files of the templates, so that no old ones outlive them."""
        digest = hashlib.blake2b(self.style + b"\0" + self.logo, digest_size=6)
        for file in sorted(self.templates.rglob("*")) if self.templates else ():
            if file.is_file():
                digest.update(f"\0{file.name}\0".encode() + file.read_bytes())
        return digest.hexdigest()

    def register(self, app: Flask) -> None:
        """Serve the style, the logo and the files of the templates; put the templates before ours. Raises
        ConfigError where a template cannot be compiled."""
        app.jinja_env.globals["own_style"] = bool(self.style)
        app.jinja_env.globals["own_logo"] = bool(self.logo)
        app.add_url_rule("/own.css", "own_style", lambda: self._file(self.style, "text/css"))
        app.add_url_rule("/own-logo", "own_logo", lambda: self._file(self.logo, self.media_type))
        app.add_url_rule("/own/<path:filename>", "own_static", self._static)
        if self.templates:
            own, ours = FileSystemLoader(self.templates), app.jinja_loader or BaseLoader()
            app.jinja_loader = ChoiceLoader([own, ours, PrefixLoader({_OURS: ours})])
            _compile_all(
                cast("QuickEnvironment", app.jinja_env), self.templates, frozenset(ours.list_templates())
            )

    def _static(self, filename: str) -> Response:
        if not self.templates:
            abort(404)
        return send_from_directory(self.templates.resolve() / "static", filename)

    @staticmethod
    def _file(content: bytes, media_type: str) -> Response:
        if not content:
            abort(404)
        response = Response(content, mimetype=media_type)
        response.cache_control.public, response.cache_control.max_age = True, YEAR
        return response


def accents(web: WebSettings) -> tuple[str, str]:
    """Return the accent colours of a site on light and on dark pages; empty for the usual ones."""
    return web.accent, web.accent_dark or (for_dark(web.accent) if web.accent else "")


def _read_logo(file: Path) -> tuple[bytes, str]:
    media_type = _PICTURES.get(file.suffix.lower())
    if media_type is None:
        endings = ", ".join(_PICTURES)
        raise ConfigError("'web.logo' is not a picture", where=str(file), cure=f"It may end in {endings}.")
    try:
        content = file.read_bytes()
    except OSError as error:
        raise ConfigError(
            f"'web.logo' cannot be read: {error.strerror}", where=str(file), cure="Name an existing file."
        ) from error
    if len(content) > MAX_LOGO:
        raise ConfigError(
            f"'web.logo' has more than {MAX_LOGO:,} bytes", where=str(file), cure="Make the picture smaller."
        )
    return content, media_type


def _style(web: WebSettings, *, logo: bool) -> str:
    rules = _LOGO_RULE if logo else ""
    if web.accent:
        rules += f":root {{ --accent: {web.accent} }}\n"
    _, dark = accents(web)
    if dark:
        rules += f"@media (prefers-color-scheme: dark) {{ :root {{ --accent: {dark} }} }}\n"
    return rules


def _compile_all(environment: QuickEnvironment, folder: Path, ours: frozenset[str]) -> None:
    """Compile the templates of `folder` now, not when a reader asks for a page: pages, whatever replaces one
    of `ours`, and what these name. Raises ConfigError for one that cannot be used."""
    files = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*") if file.is_file())
    names = [name for name in files if name in ours or _is_page(name)]
    parents: dict[str, tuple[str, int]] = {}  # with the line that names it
    for name in names:  # which grow by what they name
        where = str(folder / name)
        try:
            environment.get_template(name)
            for node, others in _named(environment, name):
                if not any(_is_there(environment, other) for other in others):
                    what = f"there is no template {' or '.join(map(repr, others))}"
                    raise _refused(what, f"{where}, line {node.lineno}")
                if isinstance(node, nodes.Extends):
                    parents[name] = others[0], node.lineno
                names += [other for other in others if other not in names and _is_there(environment, other)]
        except TemplateSyntaxError as error:
            raise _refused(str(error.message), f"{error.filename}, line {error.lineno}") from error
        except (SyntaxError, RecursionError) as error:  # of the Python that it is compiled to
            raise _refused(f"it is nested too deeply ({error.args[0]})", where) from error
        except (UnicodeDecodeError, OSError) as error:
            raise _refused(str(error), where) from error
    _check_parents(parents, folder)


def _is_page(name: str) -> bool:
    return name.endswith(".html") and not name.startswith("static/")


def _named(environment: QuickEnvironment, name: str) -> Iterator[tuple[nodes.Stmt, list[str]]]:
    """Yield what includes, imports or extends others in a template of the site, or extends one in ours, with
    the names of these: of several, one must be there. Lines are those of the file, as no translation has."""
    source, file, _ = environment.source_of(name)
    tree = Environment().parse(source, name, file)  # noqa: S701 - nothing is rendered
    kinds: Any = (
        nodes.Extends if is_ours(file) else (nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)
    )
    for node in tree.find_all(kinds):
        try:
            given = node.template.as_const()
        except nodes.Impossible:  # only a request tells
            continue
        if given and not getattr(node, "ignore_missing", False):
            several = given if isinstance(given, list | tuple) else [given]
            yield node, [str(one) for one in several]


def _is_there(environment: QuickEnvironment, name: str) -> bool:
    try:
        environment.source_of(name)
    except TemplateNotFound:
        return False
    except UnicodeDecodeError:
        return True  # and is refused by its own name
    return True


def _check_parents(parents: Mapping[str, tuple[str, int]], folder: Path) -> None:
    """Raise ConfigError where a template extends itself, perhaps by way of others."""
    for name, (parent, line) in parents.items():
        above = [parent]
        while above[-1] in parents and above[-1] not in above[:-1]:
            above.append(parents[above[-1]][0])
        if name in above:
            raise _refused(
                "it extends itself",
                f"{folder / name}, line {line}",
                cure=f"What it replaces is called '{_OURS}/{name}'; extend that.",
            )


def _refused(what: str, where: str, cure: str = "Correct it, or remove it from the folder.") -> ConfigError:
    return ConfigError(f"a template cannot be read: {what.rstrip('.')}", where=where, cure=cure)
