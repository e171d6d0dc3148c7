"""The search page as a Flask blueprint, to be mounted in another app.

The page stays an app of its own behind the blueprint: its templates, error pages, headers and addresses meet
none of the other app's, and what the other app does before and after each request, such as authentication,
holds for the page as well.
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, request
from werkzeug.wrappers import Response as WsgiResponse

from indexer.config import Settings
from indexer.query.archive import Archive
from search_web.app import create_app


def create_blueprint(
    settings: Settings, archive: Archive | None = None, *, name: str = "backfile"
) -> Blueprint:
    """Return a blueprint with all pages and the API; register it with the `url_prefix` that it is to live
    under. The app behind it is its `.app`.

    `web.prefix`, `web.trusted_hops` and `web.requests_per_minute` are the business of the app that it is
    mounted in, or of its server: they are not looked at. Raises what `create_app` does.
    """
    return _Mounted(settings, archive, name)


class _Mounted(Blueprint):
    def __init__(self, settings: Settings, archive: Archive | None, name: str) -> None:
        super().__init__(name, __name__)
        web = replace(settings.web, prefix="", trusted_hops=0, requests_per_minute=0)
        self.app = create_app(replace(settings, web=web), archive)
        methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]  # all but GET is refused by the page itself
        self.add_url_rule("/", "answer", self._answer, defaults={"path": ""}, methods=methods)
        self.add_url_rule("/<path:path>", "answer", self._answer, methods=methods)

    def _answer(self, path: str) -> WsgiResponse:
        """Return the answer of the page's app to the request, as that is below the place of the mount."""
        environ = dict(request.environ)
        whole, below = environ["PATH_INFO"], path.encode().decode("latin-1")  # as WSGI has paths
        mount = whole[: len(whole) - len(below)].rstrip("/")
        environ["SCRIPT_NAME"] = environ.get("SCRIPT_NAME", "") + mount
        environ["PATH_INFO"] = whole[len(mount) :]
        return Response.from_app(self.app, environ)
