"""The files that a run rejected -> whether they are so many that something else must be wrong, and what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from indexer.archive.records import Rejection
from indexer.errors import RejectedError

# What the reasons of one kind begin with or have in them, what they are called together, and what helps.
_KINDS: tuple[tuple[str, str, str], ...] = (
    ("it is larger than", "are too large", "Raise `archive.max_file_bytes`."),
    ("held back", "are held back", "Mend their front matter; `backfile check` lists the lines."),
    ("no title", "have neither a title nor a text", "Name the field of the title in `archive.fields.title`."),
    ("cannot be read:", "cannot be read", "Make them readable."),
    ("the file is empty", "are empty", "Leave them out with `archive.ignore`."),
)
_OTHER = "Mend them, or leave them out with `archive.ignore`."


def verdict(rejections: Sequence[Rejection], files: int, where: str, gone: int = 0) -> RejectedError | None:
    """Return what to report of a run that rejected more than half of its `files`, where the files of `gone`
    articles are there no more; None for one that did not."""
    if len(rejections) * 2 <= files:
        return None
    kinds = Counter(map(_kind, rejections))
    (reason, cure), count = kinds.most_common(1)[0]
    none = len(rejections) >= files
    read = "none of" if none else f"only {files - len(rejections):,} of"
    others = "they" if none else "the others"
    most = others if count == len(rejections) else f"{count:,} of {'them' if none else others}"
    what = f"{read} {files:,} files could be read: {most} {reason}"
    if gone:
        what += "; the file of 1 article is" if gone == 1 else f"; the files of {gone:,} articles are"
        what += " gone, too"
        cure = f"{cure} Bring back what is gone, or say --allow-loss if it is meant."
    return RejectedError(what, where=where, cure=cure)


def _kind(rejection: Rejection) -> tuple[str, str]:
    """Return what files with this reason have in common, and what helps."""
    reason = rejection.reason
    for sign, what, cure in _KINDS:
        if sign in reason:
            return what, cure
    return f"are rejected ({reason})", _OTHER
