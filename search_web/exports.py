"""All that a search finds, as a download or a feed, and references to articles and searches, in
one of FORMATS.

What is small is sent as it is, so that nothing waits for its reader. More is written while it is read, by one
of few at a time: each keeps a thread of the server for as long as its reader takes.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, islice
from threading import BoundedSemaphore
from time import monotonic

from flask import Blueprint, Response, current_app, request, url_for
from werkzeug.wsgi import ClosingIterator

from indexer.errors import BackfileError, BusyError
from indexer.formats import CITATIONS, FORMATS, Format, encoded
from indexer.formats.references import Reference, to_article, to_search
from indexer.query.answers.export import Export, Place
from indexer.query.archive import Archive
from indexer.query.request import SearchRequest
from search_web import address
from search_web.links import Links, changed
from search_web.opened import current_archive
from search_web.site import absolute
from search_web.state import State

exports = Blueprint("exports", __name__, url_prefix="/api/v1")
SLOTS = "backfile_exports"  # the name of what counts those under way among an app's extensions
MAX_AT_ONCE = 16  # pieces of some 64 kB of an export that is sent as it is
MAX_SECONDS = 600  # in which the reader of an export must have taken it
_LOGGER = logging.getLogger("search_web.exports")
_NO_NAME = re.compile("[^A-Za-z0-9]+")


@exports.get("/export")
def export() -> Response:
    """Return all that a search finds."""
    archive = current_archive()
    name, asked, most = address.read_export(archive.request)
    state = State.of(archive)
    if state.is_known():
        return state.put_on(Response(status=304))
    found = archive.export(asked, most=most)
    form, place = FORMATS[name], _place()
    head = found.head(place, _addresses(found, name, most))
    response = _sent(encoded(form.exported(head, found.articles(place, form.leaves_out))))
    response.mimetype = form.media_type
    response.headers["Backfile-Generation"] = str(found.generation)
    response.headers["Backfile-Count"] = str(found.count)
    if not form.is_feed:
        _name_file(response, form, found, head["search"])
    return state.put_on(response)


@exports.get("/cite/<key:key>")
def cite_article(key: str) -> Response:
    """Return a reference to an article."""
    form, place = FORMATS[address.read_format(CITATIONS)], _place()
    found = current_archive().article(key)
    return _reference(form, form.cited(to_article(place.described(found), place.site)))


@exports.get("/cite")
def cite_search() -> Response:
    """Return a reference to a search as it is answered now."""
    archive = current_archive()
    form, asked = FORMATS[address.read_format(CITATIONS)], address.read(archive.request).request
    return _reference(form, form.cited(search_reference(archive, asked)))


def _addresses(found: Export, name: str, most: int | None) -> dict[str, str | None]:
    """Return the addresses of an export, of the page with the same search, and of the next page of a feed."""
    links, asked = Links.of(current_app.config["BACKFILE"]), found.request
    page = _whole(asked, links)
    if not FORMATS[name].is_feed:
        own = links.whole("exports.export", asked, name)
        return {"page": absolute(links.search(page)), "self": absolute(own)}

    def at(cursor: str | None) -> str:
        given = {"size": None if most == address.FEED_SIZE else most, "cursor": cursor}
        return absolute(links.whole("exports.export", asked, name, **given))

    return {
        "page": absolute(links.search(replace(page, sort=None))),
        "self": at(asked.cursor),
        "next": at(found.next_cursor) if found.next_cursor else None,
    }


def search_reference(archive: Archive, asked: SearchRequest) -> Reference:
    """Return the reference to a search, by the link that shows what has changed since."""
    found, links = archive.export(changed(asked), most=1), Links.of(archive.settings)
    cited = links.search(_whole(asked, links, since_generation=found.generation))
    return to_search(found.head(_place(), {"page": absolute(cited)}), archive.today().isoformat())


def _whole(asked: SearchRequest, links: Links, since_generation: int | None = None) -> SearchRequest:
    """Return a search with nothing said of its page."""
    usual = links.usual
    return changed(asked, size=usual.size, facet_size=usual.facet_size, since_generation=since_generation)


def _reference(form: Format, text: str) -> Response:
    return Response(text.encode("utf-8", "replace"), mimetype=form.media_type)


def _place() -> Place:
    """Return where the archive is on the web, for what is written behind the request as well."""
    before = absolute(url_for("pages.article", key="-")).removesuffix("-")
    return Place(current_app.config["BACKFILE"].web.title, lambda identity: before + identity)


def _name_file(response: Response, form: Format, found: Export, name: str) -> None:
    """Let a browser save an export under the name of its search."""
    plain = _NO_NAME.sub("-", name).strip("-").lower()[:60] or "articles"
    file = f"{plain}-generation-{found.generation}.{form.ending}"
    response.headers["Content-Disposition"] = f'attachment; filename="{file}"'


def _sent(pieces: Iterator[bytes]) -> Response:
    """Return a response with these pieces. Raises BusyError where they are many, and so are the exports under
    way."""
    begun = list(islice(pieces, MAX_AT_ONCE))
    if len(begun) < MAX_AT_ONCE:
        return Response(b"".join(begun))
    if request.method == "HEAD":
        return Response(iter(()))
    slots: BoundedSemaphore = current_app.extensions[SLOTS]
    if not slots.acquire(blocking=False):
        raise BusyError("too many exports are being read at the moment", cure="Try again in a few seconds.")
    return Response(ClosingIterator(_to_the_end(chain(begun, pieces)), [slots.release]))


def _to_the_end(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield pieces; where they break off, yield a sentence that says so: that an answer has begun cannot be
    taken back."""
    end = monotonic() + MAX_SECONDS
    why = ""
    try:
        for piece in pieces:
            yield piece
            if monotonic() > end:
                why = f"it was not taken in {MAX_SECONDS} seconds"
                break
    except BackfileError as error:
        why = error.what
    except Exception:
        _LOGGER.exception("an export broke off")
        why = "there was an error on our side"
    if why:
        yield f"\n\nThis export broke off and is not complete: {why}.\n".encode()
