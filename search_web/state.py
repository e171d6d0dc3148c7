"""What an answer depends on beside its address: a reader who knows the answer of this state need not be sent
it again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from flask import Response, current_app, request

from indexer.query.archive import Archive
from search_web.cache import CACHE, AnswerCache, CachedAnswer
from search_web.opened import cut_note


@dataclass(frozen=True, slots=True)
class State:
    """What an archive answers now: `tag` changes with the index, the day, the settings and the program."""

    tag: str

    @classmethod
    def of(cls, archive: Archive) -> State:
        """Return the state of the answer of `archive` at the address of the current HTTP request."""
        stats, program = archive.stats(), current_app.config["BACKFILE_STATE"]
        asked = request._get_current_object()  # type: ignore[attr-defined]  # of Werkzeug's proxies
        parts = (  # a path may have a '?' of its own, so it stands apart from the query
            asked.scheme, asked.host, asked.script_root, asked.path, asked.query_string, stats.generation,
            stats.indexed_at, archive.today(), program,
        )  # fmt: skip
        tag = hashlib.blake2b(repr(parts).encode("utf-8", "replace"), digest_size=10).hexdigest()
        return cls(tag)

    def is_known(self) -> bool:
        """Return whether the current HTTP request comes from a reader who has this answer."""
        return request.if_none_match.contains_weak(self.tag)

    def answer(self, make: Callable[[], CachedAnswer]) -> Response:
        """Return the answer of this state: none to a reader who has it, that of the cache, or the one that
        `make` makes, which is put there unless it was cut short."""
        # To `*` any answer is known, but only one that is made shows that the request has any.
        if self.is_known() and not request.if_none_match.star_tag:
            return self.put_on(Response(status=304))
        cache: AnswerCache = current_app.extensions[CACHE]
        found = cache.get(self.tag)
        if found is None:
            found = make()
            if not cut_note():
                cache.put(self.tag, found)
        return self.put_on(Response(found.body, mimetype=found.media_type))

    def put_on(self, response: Response) -> Response:
        """Let a reader ask with the state whether there is another answer. No date: new settings change an
        answer, and have none."""
        response.set_etag(self.tag)
        return response
