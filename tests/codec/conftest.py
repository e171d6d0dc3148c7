from __future__ import annotations

import pytest
import whoosh.codec

from indexer.codec import ArrayCodec


@pytest.fixture
def array_codec(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let Whoosh's own writer write segments of arrays wherever no codec is named."""
    monkeypatch.setattr(whoosh.codec, "default_codec", lambda *args, **kwargs: ArrayCodec())
