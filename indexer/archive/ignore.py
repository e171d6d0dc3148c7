"""Patterns like those of a .gitignore -> which files and folders of an archive are passed over unread."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pathspec import GitIgnoreSpec

from indexer.errors import ConfigError

_GROUP_NAME = re.compile(r"\(\?P<\w+>")


class Ignored:
    """Whether a path is passed over.

    The library decides, which takes 20 µs a path; most paths match no pattern at all, which one regular
    expression of them all tells in a microsecond.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        """Raises ConfigError where a pattern is none."""
        try:
            self._spec = GitIgnoreSpec.from_lines(patterns)
        except ValueError as error:
            raise ConfigError(
                f"'archive.ignore' has a pattern that cannot be used: {error}",
                cure="Write it as a .gitignore would.",
            ) from error
        any_of = [
            _GROUP_NAME.sub("(?:", p.regex.pattern) for p in self._spec.patterns if p.regex and p.include
        ]
        self._takes_back = any(one.include is False for one in self._spec.patterns)
        self._suspect = re.compile("|".join(any_of) or r"(?!)")

    def __contains__(self, path: str) -> bool:
        """Whether the file at this path, or the folder if it ends with a slash, is passed over. Where a
        pattern takes files back, no folder is: what lies in it is asked for."""
        if self._takes_back and path.endswith("/"):
            return False
        return bool(self._suspect.match(path)) and self._spec.match_file(path)
