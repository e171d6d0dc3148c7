"""Small archives for tests: `write` makes a file, `settings_for` the settings of a folder."""

from __future__ import annotations

import dataclasses
import json
import os
from pathlib import Path
from typing import Any

from hypothesis import settings as hypothesis_settings

from indexer.article import Article
from indexer.config import Settings
from indexer.config_file import load_settings

# One run is like another on a shared machine: the same examples each time. `make explore` draws others, and
# more of them.
EXPLORES = "BACKFILE_EXPLORE" in os.environ
_EXPLORED = 10  # times as many examples
REPOSITORY = Path(__file__).parents[1]
REAL_ARCHIVES = REPOSITORY.parent / "shared" / "archives"


def front_matter(body: str = "", /, **fields: Any) -> str:
    """Return a file's text; JSON is YAML, so any value can be given."""
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in fields.items()]
    return "---\n" + "\n".join(lines) + "\n---\n" + body


def write(archive: Path, name: str, /, body: str = "", **fields: Any) -> Path:
    """Write an article's file; `url` and `date` stand for the reference dialect's names."""
    renamed = {{"url": "webUrl", "date": "publishedDateTime"}.get(k, k): v for k, v in fields.items()}
    path = archive / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(front_matter(body, **renamed), encoding="utf-8")
    return path


def settings_for(folder: Path, **sections: dict[str, Any]) -> Settings:
    """Return settings for `folder/archive` and `folder/index`, changed by `sections`; a request may take as long as
    it needs, so that no test depends on the machine's load."""
    (folder / "archive").mkdir(exist_ok=True)
    settings = load_settings(archive=folder / "archive", index=folder / "index")
    settings = dataclasses.replace(settings, search=dataclasses.replace(settings.search, time_limit_ms=0))
    for name, changes in sections.items():
        changed = dataclasses.replace(getattr(settings, name), **changes)
        settings = dataclasses.replace(settings, **{name: changed})
    return settings


def drawn(examples: int) -> hypothesis_settings:
    """Return the settings of a drawn test that has this many examples, and more where it explores."""
    return hypothesis_settings(max_examples=examples * (_EXPLORED if EXPLORES else 1))


def article_from(data: dict[str, Any]) -> Article:
    """Return the article that `to_json` gave this of."""
    return Article.from_stored([{"has_body": True, **data}], [lambda: data])[0]
