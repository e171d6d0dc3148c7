"""What an archive answers, as values that can be compared; and where two of them differ."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

from indexer import Archive
from indexer.errors import BackfileError
from tests.query.contract.questions import Question

_NEAR = 1e-5  # of two numbers, relative


def outcome(question: Question, archive: Archive) -> dict[str, Any]:
    """Return the answer, or what the question is refused with."""
    try:
        return {"answer": json.loads(json.dumps(question.ask(archive)))}
    except BackfileError as error:
        return {"refused": [type(error).__name__, str(error)]}


def differences(expected: Any, found: Any, where: str = "") -> Iterator[str]:
    """Yield where two outcomes differ."""
    if isinstance(expected, dict) and isinstance(found, dict):
        for name in {**expected, **found}:
            yield from differences(expected.get(name), found.get(name), f"{where}.{name}")
    elif isinstance(expected, list) and isinstance(found, list):
        if len(expected) != len(found):
            yield f"{where}: {len(expected)} expected, {len(found)} found: {expected!r:.400} != {found!r:.400}"
        for place, pair in enumerate(zip(expected, found, strict=False)):
            yield from differences(*pair, f"{where}[{place}]")
    elif isinstance(expected, float) and isinstance(found, int | float):
        if not math.isclose(expected, found, rel_tol=_NEAR, abs_tol=1e-6):
            yield f"{where}: {expected!r} expected, {found!r} found"
    elif expected != found:
        yield f"{where}: {expected!r} expected, {found!r} found"
