"""The factory. Give me settings, I return the Flask app."""

from __future__ import annotations

import hashlib
import threading
from pathlib import Path
from typing import Any

from flask import Flask, Response, request, url_for
from jinja2 import StrictUndefined
from werkzeug.routing import PathConverter, ValidationError

from indexer.config import Settings
from indexer.query.archive import Archive, open_archive
from search_web import errors, formatting
from search_web.api import api
from search_web.pages import EXTENSION, current_archive, pages

_HERE = Path(__file__).parent
_YEAR = 365 * 86_400
_MAX_BODY = 65_536  # bytes; nothing here reads a body

# The stemmers' languages, as a page names them.
LANGUAGES = {
    "arabic": "ar", "danish": "da", "dutch": "nl", "english": "en", "finnish": "fi", "french": "fr",
    "german": "de", "hungarian": "hu", "italian": "it", "norwegian": "no", "portuguese": "pt",
    "romanian": "ro", "russian": "ru", "spanish": "es", "swedish": "sv",
}  # fmt: skip


class ArchiveHolder:
    """Opens the archive on demand. A failure is not kept: the next request tries again."""

    def __init__(self, settings: Settings, archive: Archive | None = None) -> None:
        self._settings = settings
        self._archive = archive
        self._lock = threading.Lock()

    def get(self) -> Archive:
        """Return the open archive. Raises IndexMissingError, IndexOutdatedError, IndexDamagedError,
        IndexUnreadableError."""
        with self._lock:
            if self._archive is None:
                self._archive = open_archive(self._settings)
            return self._archive

    def close(self) -> None:
        """Close the archive; the next request opens it again."""
        with self._lock:
            if self._archive is not None:
                self._archive.close()
            self._archive = None


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


def create_app(settings: Settings, archive: Archive | None = None) -> Flask:
    """Return the search page and the API over the index that `settings` name, or over `archive`.

    The index is opened with the first request that needs it; where there is none, the pages say
    what to run (503), and come alive once it has been. `app.extensions["backfile"].close()`
    closes the index.
    """
    app = Flask(__name__)
    app.config.update(
        BACKFILE=settings,
        BACKFILE_VERSION=_fingerprint(),
        MAX_CONTENT_LENGTH=_MAX_BODY,
        SEND_FILE_MAX_AGE_DEFAULT=_YEAR,
    )
    app.json.sort_keys = False  # type: ignore[attr-defined]  # Flask's own provider has it
    app.extensions[EXTENSION] = ArchiveHolder(settings, archive)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.url_map.converters["key"] = KeyConverter
    formatting.register(app)
    app.register_blueprint(pages)
    app.register_blueprint(api)
    app.add_url_rule("/healthz", "healthz", _healthz, methods=["GET"])
    errors.register(app)
    app.context_processor(lambda: _site(app, settings))
    policy = content_security_policy(images=settings.web.images)
    app.after_request(lambda response: _finished(response, policy))
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
    stats = current_archive().stats()
    return {"status": "ok", "generation": stats.generation, "articles": stats.articles}


def _site(app: Flask, settings: Settings) -> dict[str, Any]:
    version = app.config["BACKFILE_VERSION"]
    return {
        "site_title": settings.web.title,
        "content_language": LANGUAGES.get(settings.analysis.language, "en"),
        "static_url": lambda name: url_for("static", filename=name, v=version),
    }


def _fingerprint() -> str:
    """Return a name for what this program puts on a page, so that no old style outlives it."""
    digest = hashlib.blake2b(digest_size=6)
    for file in sorted(_HERE.rglob("*")):
        if file.is_file() and file.suffix in {".py", ".html", ".css", ".js", ".svg"}:
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _finished(response: Response, policy: str) -> Response:
    """Put on every response, of failures and files too, what keeps its reader safe."""
    headers = response.headers
    headers["Content-Security-Policy"] = policy
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    if request.endpoint != "static":
        headers.setdefault("Cache-Control", "no-cache")  # kept, but asked about: the index may be newer
        if response.status_code == 200 and not response.direct_passthrough:
            response.add_etag()
            response.make_conditional(request)
    return response
