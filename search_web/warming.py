"""Makes a process that answers ready for its first reader: the newest generation is opened and a
search answered for nobody, while the app answers others. The first page of `benchmarks.pages` took .23 s of
the processor, and was cut short by its limit of time where the machine was busy; it takes .03 s so.
"""

from __future__ import annotations

import threading
from urllib.parse import quote_plus

from flask import Flask, current_app, g

from indexer.errors import BackfileError
from search_web.opened import EXTENSION

_THREAD = "backfile-warming"  # where an app's extensions have the thread
_MAX_SECONDS = 30  # that are waited for it
_ANSWERS = {"pages.search": "/search", "pages.live": "/search/live", "api.suggest": "/api/v1/suggest"}


def start_warming(app: Flask, pause: float = 0) -> None:
    """Begin to make `app` ready, aside, in `pause` seconds."""
    app.extensions[_THREAD] = thread = threading.Timer(pause, _warm, (app,))
    thread.daemon = True
    thread.start()


def wait_until_warm() -> None:
    """Wait for what was begun for the current app, if anything was."""
    thread = current_app.extensions.get(_THREAD)
    if thread:
        thread.join(_MAX_SECONDS)


def _warm(app: Flask) -> None:
    """Answer a search for the newest article's title, without a limit of time."""
    try:
        archive = app.extensions[EXTENSION].get().held()
        hits = archive.search(sort="newest", size=1).hits
        query = quote_plus(hits[0].title.text) if hits else ""
        for endpoint, path in _ANSWERS.items():
            with app.test_request_context(f"{path}?q={query}"):
                g.archive = archive
                app.view_functions[endpoint]()
    except BackfileError:
        pass  # the first reader gets the error
    except Exception:
        app.logger.exception("the first search cannot be answered")
