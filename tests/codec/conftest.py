from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module", params=["as it saves space", "all that can be"])
def packing(request: pytest.FixtureRequest) -> Iterator[None]:
    """Let segments have packed integers: the second time all of them, in runs of few documents."""
    with pytest.MonkeyPatch.context() as monkey:
        if request.param == "all that can be":
            monkey.setattr("indexer.codec.packed._LOW_BITS", 2)
            monkey.setattr("indexer.codec.packed._RUN_BYTES", 0)
            monkey.setattr("indexer.codec.packed._WIDE_SHARE", 0)
            monkey.setattr("indexer.codec.packed._MIN_CODED_ROWS", 0)
            monkey.setattr("indexer.codec.packed._CODED_SHARE", 9)
        yield
