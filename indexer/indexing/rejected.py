"""The files that a run rejected -> whether they are so many that something else must be wrong, and what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from indexer.archive.records import Rejection
from indexer.errors import RejectedError

# What the reasons of one kind begin with or have in them, what they are called together, and what helps.
_KINDS: tuple[tuple[str, str, str], ...] = (
    ("it is larger than", "are too large", "Raise `archive.max_file_bytes`."),
    ("held back", "are held back", "Correct their front matter; `backfile check` lists the lines."),
    ("no title", "have neither a title nor a text", "Name the field of the title in `archive.fields.title`."),
    ("cannot be read:", "cannot be read", "Make them readable."),
    ("the file is empty", "are empty", "Leave them out with `archive.ignore`."),
)
_NUMBER = re.compile(r"\d[\d.,]*")
_ONE = {"are": "is", "have": "has"}
_OTHER = "Correct them, or leave them out with `archive.ignore`."


def verdict(rejections: Sequence[Rejection], files: int, where: str, gone: int = 0) -> RejectedError | None:
    """Return what to report of a run that rejected more than half of its `files`, where the files of `gone`
    articles are there no more; None for one that did not."""
    if len(rejections) * 2 <= files:
        return None
    kinds = Counter(_kind(rejection)[0] for rejection in rejections)
    kind, count = kinds.most_common(1)[0]
    reason, cure = next(found[1:] for found in map(_kind, rejections) if found[0] == kind)
    none = len(rejections) >= files
    read = "none of" if none else f"only {files - len(rejections):,} of"
    others = "they" if none else "the others"
    most = others if count == len(rejections) else f"{count:,} of {'them' if none else others}"
    if count == 1 and len(rejections) > 1:
        reason = re.sub(r"\A(?:are|have)\b", lambda verb: _ONE[verb[0]], reason)
    what = f"{read} {files:,} files could be read: {most} {reason}"
    if gone:
        what += "; the file of 1 article is" if gone == 1 else f"; the files of {gone:,} articles are"
        what += " gone, too"
        cure = f"{cure} Bring back what is gone, or add --allow-loss if that is intended."
    return RejectedError(what, where=where, cure=cure)


def _kind(rejection: Rejection) -> tuple[str, str, str]:
    """Return what tells this kind of reason from others (not its numbers), what files with it have in common,
    and what helps."""
    reason = rejection.reason
    for sign, what, cure in _KINDS:
        if sign in reason:
            return what, what, cure
    return _NUMBER.sub("0", reason), f"are rejected ({reason})", _OTHER
