"""What an answer depends on beside its address: a reader who knows the answer of this state need not be sent
it again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, time

from flask import Response, current_app, request

from indexer.query.archive import Archive
from indexer.zones import zone_of


@dataclass(frozen=True, slots=True)
class State:
    """What `archive` answers now: `tag` changes with the index, the day, the settings and the program."""

    archive: Archive
    tag: str

    @classmethod
    def of(cls, archive: Archive) -> State:
        """Return the state of the answer at the address of the current HTTP request."""
        stats, today, settings = archive.stats(), archive.today(), archive.settings
        parts = (
            request.host_url, request.script_root, request.full_path, stats.generation, stats.indexed_at,
            today, settings.web, settings.search, settings.ranking, current_app.config["BACKFILE_VERSION"],
        )  # fmt: skip
        tag = hashlib.blake2b(repr(parts).encode("utf-8", "replace"), digest_size=10).hexdigest()
        return cls(archive, tag)

    @property
    def changed(self) -> datetime:
        """When the index or the day changed last."""
        stats = self.archive.stats()
        midnight = datetime.combine(self.archive.today(), time(), zone_of(stats.timezone))
        return max(stats.indexed_at.replace(microsecond=0), midnight)

    def is_known(self) -> bool:
        """Return whether the current HTTP request comes from a reader who has this answer."""
        if request.if_none_match:
            return request.if_none_match.contains_weak(self.tag)
        since = request.if_modified_since
        return since is not None and since >= self.changed

    def put_on(self, response: Response) -> Response:
        """Let a reader ask with the state whether there is another answer."""
        response.set_etag(self.tag)
        response.last_modified = self.changed
        return response
