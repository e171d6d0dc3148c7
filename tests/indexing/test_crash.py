"""A run that is killed at any moment loses nothing: 20 times here, 200 times in `make crash`."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from indexer import Settings, check_index, open_archive, reindex
from tests.archives import settings_for, write

CRASHES = int(os.environ.get("BACKFILE_CRASHES", "20"))
COUNT_IN = os.environ.get("BACKFILE_CRASH_COUNT")  # the file that `make crash` leaves its count in
FILES = 60

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


def change(root: Path, turn: int, dice: random.Random) -> None:
    """Write every file at first, then change some, remove some and bring some back."""
    for n in range(FILES):
        path = root / f"{n}.md"
        if turn and dice.random() < 0.8:
            continue
        if turn and dice.random() < 0.2 and path.exists():
            path.unlink()
            continue
        write(
            root, f"{n}.md", title=f"Story {n} in turn {turn}", excerpt="harbour bridge ferry " * (n % 7 + 1),
            url=f"https://a.example/{n // 2 * 2 if n % 5 == 0 else n}", date=f"2020-01-{n % 28 + 1:02}",
            topics=[f"Topic {n % 4}"],
        )  # fmt: skip


def seen(settings: Settings) -> list[tuple[str, str]]:
    """All articles as a reader sees them, with the totals that must agree with them."""
    with open_archive(index=settings.index.path) as archive:
        everything = archive.search("", size=100)
        hits = sorted((hit.article.id, hit.article.title) for hit in everything)
        assert everything.total == len(hits)
        assert sum(value.count for value in everything.facets["topic"]) == len(hits)
        assert archive.search("harbour").total == len(hits)
        collapsed = archive.search("", size=100, collapse=True)
        assert sum(len(hit.story) for hit in collapsed) == len(hits)
        return hits


def killed_run(settings: Settings, after: float) -> bool:
    """Run `reindex` in a process of its own, kill it `after` seconds; return whether it was still at it."""
    child = os.fork()
    if child == 0:
        try:
            reindex(settings, allow_loss=True)
        finally:
            os._exit(0)
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def test_a_run_killed_at_any_moment_leaves_one_generation_or_the_other(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    root = settings.archive.path
    dice = random.Random(3)
    change(root, 0, dice)
    reindex(settings)
    started = time.perf_counter()
    reindex(settings, full=True)  # what a process does for the first time takes it longer
    longest = (time.perf_counter() - started) * 1.2
    before = seen(settings)
    hit = 0
    for turn in range(1, CRASHES + 1):
        change(root, turn, dice)
        hit += killed_run(settings, dice.uniform(0, longest))
        after_crash = seen(settings)
        assert check_index(settings).damaged == ()
        reindex(settings, allow_loss=True)
        complete = seen(settings)
        assert after_crash in (before, complete)
        assert check_index(settings).ok
        before = complete
    names = sorted(path.name for path in settings.index.path.iterdir())
    assert sum(name.endswith(".toc") for name in names) == 1
    assert sum(name.startswith("stories-") for name in names) == 1
    assert not [name for name in names if "tmp" in name or name.endswith(".new")]
    print(f"\n{CRASHES} runs killed, {hit} of them before they had ended; nothing lost")
    assert hit > CRASHES // 4
    if COUNT_IN:  # a run with anything lost has failed above, and left the last count as it was
        count = {"date": f"{datetime.now(UTC):%Y-%m-%d}", "killed": CRASHES, "at_work": hit, "lost": 0}
        Path(COUNT_IN).write_text(json.dumps(count) + "\n", encoding="utf-8")
