"""Where the site is: a path on it -> the whole address, for what is read elsewhere."""

from __future__ import annotations

from flask import current_app, request


def absolute(path: str) -> str:
    """Return the address of a path: at `web.base_url`, else at the host that the request names."""
    base: str = current_app.config["BACKFILE"].web.base_url or request.host_url.rstrip("/")
    return base + path
