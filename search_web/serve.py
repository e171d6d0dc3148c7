"""`backfile serve`: the search page behind a production server, until it is told to end."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import signal
import socket
import threading
import webbrowser
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

import click
import waitress.server

from indexer.cli.options import common_options
from indexer.config import Settings, load_settings
from indexer.console import clean_line
from indexer.errors import BackfileError, ConfigError
from indexer.query.handle import open_archive
from search_web import create_app

_EXAMPLES = """\b
Examples:
  backfile serve --open
  backfile serve --host 0.0.0.0 --port 80 --no-images
  backfile serve --config news.toml --port 0
"""


@click.command("serve", epilog=_EXAMPLES)
@common_options
@click.option("--host", metavar="HOST", help="The address to serve on [web.host].")
@click.option("--port", type=click.IntRange(0, 65_535), metavar="PORT", help="The port; 0 takes a free one [web.port].")
@click.option("--open", "open_page", is_flag=True, help="Open the page in a browser.")
@click.option("--no-images", is_flag=True, help="Show no thumbnails: they load from the publishers' sites.")
def serve(config: Path | None, index: Path | None, open_page: bool, **given: Any) -> None:
    """Serve the search page, until Ctrl-C.

    A new index is seen without a restart; where there is none yet, the page says what to run.
    """
    settings = _settings(load_settings(config, index=index), **given)
    with _terminated_as_interrupted():
        server = _listen(settings)
        url = _url(server, settings.web.host)
        _announce(settings, config, index, url)
        if open_page:
            # Aside, because a text browser would keep us from answering it.
            threading.Thread(target=_open, args=(url,), daemon=True).start()
        server.run()  # returns on Ctrl-C, when the answers under way are given
