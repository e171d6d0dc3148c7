"""Cursors: a place in an order of hits as an opaque text, which goes on with the same search alone.

In a newer generation a cursor goes on from the same place: after the hit that it was given for.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import astuple
from typing import Any, NamedTuple

from indexer.errors import RequestError
from indexer.messages import say
from indexer.query.request import SearchRequest, query_text
from indexer.query.source import SortValues

_CURE = say("Use the `next_cursor` of a page of the same search, as it is.")


class Cursor(NamedTuple):
    """The place after a hit: the generation that it was on, the number of its part of the answer, and its
    place in that part."""

    generation: int
    part: int
    after: SortValues

    def encode(self, request: SearchRequest, sort: str) -> str:
        """Return the cursor as an opaque text that only serves the same search."""
        data = [self.generation, self.part, *self.after, _fingerprint(request, sort)]
        packed = json.dumps(data, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(text: str, request: SearchRequest, sort: str) -> Cursor:
    """Return the cursor that `encode` made. Raises RequestError."""
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        generation, part, key, published, identity, fingerprint = json.loads(raw)
        values = SortValues(float(key), int(published), str(identity))
        if not -(2**63) <= values.published < 2**63:
            raise ValueError("a date beyond all numbers")
        values.id.encode("ascii")
        cursor = Cursor(int(generation), int(part), values)
    except (ValueError, TypeError, OverflowError, binascii.Error, RecursionError) as error:
        raise RequestError(say("the cursor cannot be read"), cure=_CURE) from error
    if fingerprint != _fingerprint(request, sort):
        raise RequestError(say("the cursor belongs to another search"), cure=_CURE)
    return cursor


def _fingerprint(request: SearchRequest, sort: str) -> str:
    filters = sorted((name, sorted(values)) for name, values in request.filters.items())
    parts: list[Any] = [
        query_text(request.query),
        filters,
        request.after,
        request.before,
        request.featured,
        request.origin,
        sort,
        request.broaden,
        request.match,
        request.unfinished,
        astuple(request.blend) if request.blend else None,
        *(["collapse"] if request.collapse else []),
    ]
    return hashlib.blake2b(json.dumps(parts).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
