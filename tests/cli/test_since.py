"""What the command line says of changes since an earlier generation."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from indexer.console.answers import SearchView, write_results
from indexer.query.answers.ledger import Departed, Since
from tests.cli.conftest import plain
from tests.cli.examples import results


@pytest.mark.parametrize(
    ("removed", "told"),
    [
        (10, ""),
        (12, "2 more; --json lists them."),
        (250, "240 more; --json lists the first 100."),
    ],
)
def test_what_left_is_listed_no_further_than_it_is_kept(removed: int, told: str) -> None:
    departed = tuple(Departed(f"{n}", f"Gone {n}", "") for n in range(min(removed, 100)))
    since = Since(1, datetime(2026, 1, 1, tzinfo=UTC), 0, 0, 0, removed, departed)
    page, written = plain()
    write_results(page, results(since=since), SearchView())
    assert written.getvalue().count("Gone ") == 10
    assert [line.strip() for line in written.getvalue().splitlines() if "more" in line] == [told][
        : bool(told)
    ]
