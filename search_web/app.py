"""The factory: settings -> the Flask app."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

from flask import Flask
from jinja2 import StrictUndefined
from werkzeug.routing import PathConverter, ValidationError

from indexer.config import Settings
from indexer.query.archive import Archive
from search_web import compression, cors, errors, formatting, gate
from search_web.api import api
from search_web.branding import YEAR, Branding
from search_web.cache import CACHE, AnswerCache
from search_web.discovery import discovery
from search_web.exports import SLOTS, exports
from search_web.links import path_of
from search_web.lists import lists
from search_web.manual import manual
from search_web.opened import EXTENSION, ArchiveHolder, current_archive
from search_web.pages import pages
from search_web.templating import QuickEnvironment
from search_web.times import times
from search_web.warming import wait_until_warm

_HERE = Path(__file__).parent
_MAX_BODY = 65_536  # bytes; nothing here reads a body


class _App(Flask):
    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function as it is, for none here is asynchronous: Flask would look at each of them with
        each request, which takes 2% of suggestions of `benchmarks.pages`."""
        return func


class KeyConverter(PathConverter):
    """What an address may call an article: its id, its URL or the path of its file, slashes and all.

    A path that climbs is none: it would be looked for from where the server runs, and could tell by
    trial in which folders that is.
    """

    def to_python(self, value: str) -> str:
        """Return the key as it is."""
        if ".." in value.split("/"):
            raise ValidationError
        return value


def create_app(settings: Settings, archive: Archive | None = None, *, counts: Path | None = None) -> Flask:
    """Return the search page and the API over the index that `settings` name, or over `archive`.

    The index is opened with the first request that needs it; where there is none, the pages say
    what to run (503), and come alive once it has been. `app.extensions["backfile"].close()`
    closes the index. `counts` is a file in which the processes of a server count each client's requests
    together. Raises ConfigError where a logo or a template that the settings name cannot be used.
    """
    branding = Branding.of(settings.web)
    version, used = _fingerprint(branding.version), archive.settings if archive else settings
    app = _App(__name__)
    app.jinja_environment = QuickEnvironment  # before the environment is made
    app.config.update(
        BACKFILE=settings,
        BACKFILE_VERSION=version,
        BACKFILE_STATE=_digest(repr((version, settings.web, used.search, used.ranking)).encode()),
        BACKFILE_POLICY=content_security_policy(images=settings.web.images),
        MAX_CONTENT_LENGTH=_MAX_BODY,
        SEND_FILE_MAX_AGE_DEFAULT=YEAR,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Flask's own provider has it
    app.extensions[EXTENSION] = ArchiveHolder(settings, archive)
    # Over a cluster, an answer also says how the cluster is.
    megabytes = settings.web.cache_megabytes if settings.source.kind == "embedded" else 0
    app.extensions[CACHE] = AnswerCache(megabytes * 1_000_000)
    # One thread at least is left for pages, wherever there are two.
    app.extensions[SLOTS] = BoundedSemaphore(max(1, settings.web.threads - 1))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.url_map.converters["key"] = KeyConverter
    formatting.register(app)
    app.jinja_env.globals["_"] = str
    app.jinja_env.globals["url_for"] = path_of
    app.jinja_env.globals["script_texts"] = ""
    app.jinja_env.globals["page_language"] = settings.web.language.replace("_", "-")
    if settings.web.language != "en" or settings.web.date_format or settings.web.number_format:
        from search_web.translation import translator_of  # noqa: PLC0415 - Babel takes long to load

        app.jinja_env.speak(translator_of(settings.web))  # type: ignore[attr-defined]  # of QuickEnvironment
    compression.register(app)
    cors.register(app, settings.web.cors_origins)
    app.register_blueprint(pages)
    app.register_blueprint(lists)
    app.register_blueprint(manual)
    app.register_blueprint(times)
    app.register_blueprint(api)
    app.register_blueprint(exports)
    app.register_blueprint(discovery)
    app.add_url_rule("/healthz", "healthz", _healthz, methods=["GET"])
    app.add_url_rule("/readyz", "readyz", _readyz, methods=["GET"])
    branding.register(app)
    errors.register(app)
    gate.guard(app, settings, counts)
    return app


def content_security_policy(*, images: bool) -> str:
    """Return the policy: everything from here, nothing inline, pictures from elsewhere if shown."""
    return "; ".join(
        (
            "default-src 'none'",
            "style-src 'self'",
            "script-src 'self'",
            "connect-src 'self'",
            f"img-src 'self'{' https: http:' if images else ''}",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _healthz() -> dict[str, Any]:
    """Tell that the server is alive, whatever the index is."""
    return {"status": "ok"}


def _readyz() -> dict[str, Any]:
    """Tell that the index can be searched, and which it is, once this process is ready."""
    wait_until_warm()
    stats = current_archive().stats(check=True)
    return {
        "status": "ok",
        "generation": stats.generation,
        "articles": stats.articles,
        "warnings": list(stats.warnings),
    }


def _fingerprint(branding: str) -> str:
    """Return a name for what this program puts on a page, and that of a branding, so that no old style
    outlives it."""
    files = [file for file in sorted(_HERE.rglob("*")) if file.is_file()]
    own = [file.read_bytes() for file in files if file.suffix in {".py", ".html", ".css", ".js", ".svg"}]
    return _digest(branding.encode(), *own)


def _digest(*parts: bytes) -> str:
    digest = hashlib.blake2b(digest_size=6)
    for part in parts:
        digest.update(part)
    return digest.hexdigest()
