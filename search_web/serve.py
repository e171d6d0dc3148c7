"""`backfile serve`: the search page behind a production server, until a signal ends it."""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import functools
import os
import socket
import threading
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import click

from indexer.cli.options import common_options, open_archive
from indexer.cli.watching import watched
from indexer.config import Settings, WebSettings
from indexer.config_file import load_settings
from indexer.console.text import amount, clean_line
from indexer.errors import BackfileError, ConfigError

MAX_USUAL_PROCESSES = 4  # more are for those who say so: each takes memory of its own
# Why a port cannot be listened at, and what to do.
_REFUSALS = {
    errno.EADDRINUSE: (
        "the port is in use already",
        "Choose another with --port; --port 0 takes a free one.",
    ),
    errno.EACCES: ("the port is not ours to use", "Choose one from 1024 on with --port."),
    errno.EADDRNOTAVAIL: ("the address is not this machine's", "Choose another with --host."),
}
_BY_MAKE = "BACKFILE_BY_MAKE"  # set by the Makefile, which takes a port as PORT=
_REFUSED = ("the page cannot be served there", "Choose another --host or --port.")
_OPEN_TO_ALL = (
    "Warning: everyone who reaches this machine can search here. To ask for a password or to encrypt, put a "
    "proxy before it, serve on 127.0.0.1 and set web.trusted_hops: see docs/deploying.md."
)
# Seconds before a process makes itself ready, for the address to be announced and `--open` to show the page:
# without them both came a second later on a busy machine.
_PAUSE = 3.0
_EXAMPLES = """\b
Examples:
  backfile serve --open
  backfile serve --host 0.0.0.0 --port 80 --no-images
  backfile serve --config news.toml --port 0
  backfile serve --watch
"""


@click.command("serve", epilog=_EXAMPLES)
@common_options
@click.option("--host", metavar="HOST", help="The address to serve on [web.host].")
@click.option(
    "--port", type=click.IntRange(0, 65_535), metavar="PORT", help="The port; 0 takes a free one [web.port]."
)
@click.option("--open", "open_page", is_flag=True, help="Open the page in a browser.")
@click.option("--no-images", is_flag=True, help="Show no thumbnails: they load from the publishers' sites.")
@click.option("--watch", is_flag=True, help="Index what changes in the archive meanwhile.")
def serve(config: Path | None, index: Path | None, open_page: bool, watch: bool, **given: Any) -> None:
    """Serve the search page, until Ctrl-C.

    A new index is seen without a restart; where there is none yet, the page says what to run.
    """
    import tempfile

    from search_web.logs import write_lines
    from search_web.workers import Workers

    settings = _settings(load_settings(config, index=index), **given)
    web = settings.web
    if web.logo or web.templates or (web.language, web.date_format, web.number_format) != ("en", "", ""):
        _app(settings)  # what cannot be used is refused here, not by each process in turn
    following = watched(config, index) if watch else contextlib.nullcontext()
    with (
        _listening(web) as listener,
        tempfile.TemporaryDirectory(prefix="backfile-") as folder,
        following,
    ):
        url = _url(web.host, listener.getsockname()[1], web.prefix)
        make_app = functools.partial(_answering, settings, Path(folder, "counts"))
        write_lines()
        with Workers(make_app, listener, processes(web.processes), web.threads) as workers:
            _announce(settings, config, index, url)
            if is_open_to_all(web):
                click.echo(_OPEN_TO_ALL, err=True)
            if open_page:
                # Aside, because a text browser would keep us from answering it.
                threading.Thread(target=_open, args=(url,), daemon=True).start()
            workers.run()


def is_open_to_all(web: WebSettings) -> bool:
    """Return whether the page is served to other machines, and no setting names a proxy before it."""
    try:
        loopback = ip_address(web.host).is_loopback
    except ValueError:
        loopback = web.host == "localhost"
    return not loopback and not web.trusted_hops


def processes(wanted: int) -> int:
    """Return how many processes answer; 0 takes one for each core, four at most."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return wanted or min(cores, MAX_USUAL_PROCESSES)


def _app(settings: Settings, counts: Path | None = None) -> Any:
    from search_web.app import create_app

    return create_app(settings, counts=counts)


def _answering(settings: Settings, counts: Path) -> Any:
    """Make the app, in a process that answers, and let it become ready for its first reader."""
    from search_web.warming import start_warming

    app = _app(settings, counts)
    start_warming(app, _PAUSE)
    return app


def _settings(settings: Settings, host: str | None, port: int | None, no_images: bool) -> Settings:
    """Return the settings with what the command line says in their place."""
    web = dataclasses.replace(
        settings.web,
        host=host or settings.web.host,
        port=settings.web.port if port is None else port,
        images=settings.web.images and not no_images,
    )
    return dataclasses.replace(settings, web=web)


def _listening(web: WebSettings) -> socket.socket:
    """Return a socket that listens already, so that the address which is printed can be opened, and one that
    is taken is refused before any process starts. Raises ConfigError."""
    try:
        found = socket.getaddrinfo(web.host, web.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError as error:
        raise ConfigError(
            "there is no such host", where=web.host, cure="Choose another with --host."
        ) from error
    # Of a name with several addresses the one of IPv4, which is what people type.
    family, *_, address = min(found, key=lambda info: info[0] != socket.AF_INET)
    try:
        return socket.create_server(address[:2], family=family)
    except OSError as error:
        what, cure = _REFUSALS.get(error.errno or 0, _REFUSED)
        if "--port" in cure and os.environ.get(_BY_MAKE):
            cure = "Choose another: make serve PORT=8001; PORT=0 takes a free one."
        raise ConfigError(what, where=f"{web.host}:{web.port}", cure=cure) from error


def _url(host: str, port: int, prefix: str = "") -> str:
    """Return the address to open."""
    if host in {"0.0.0.0", "::"}:  # noqa: S104 - every address of the machine, this one among them
        host = "localhost"
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{prefix}/"


def _announce(settings: Settings, config: Path | None, index: Path | None, url: str) -> None:
    """Write what is served and where; where nothing is, why, and what to run."""
    try:
        with open_archive(config, index=index) as archive:
            stats = archive.stats()
        served = f"{amount(stats.articles, 'article')} of {stats.archive}"
    except BackfileError as error:
        click.echo(f"Warning: {clean_line(str(error))}", err=True)
        served = settings.web.title
    click.echo(f"Serving {clean_line(served)} at {url} (Ctrl-C ends it)", err=True)


def _open(url: str) -> None:
    import webbrowser

    opened = False
    with contextlib.suppress(webbrowser.Error, OSError):
        opened = webbrowser.open(url)
    if not opened:
        click.echo(f"There is no browser to be opened; the page is at {url}", err=True)
