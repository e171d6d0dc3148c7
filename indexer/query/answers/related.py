"""What goes with an article: what editors chose, what links back, what is computed."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from indexer.article import Article
from indexer.query.answers.answer import Limited, Listing
from indexer.query.answers.translations import Translation
from indexer.query.deadline import NO_DEADLINE, Deadline
from indexer.query.request import fields_left_out


@dataclass(frozen=True, slots=True)
class RelatedArticle:
    """An article that goes with another one.

    kind    `editors`, `mentioned_by` or `computed`
    reason  a sentence for the reader
    score   0 where editors linked them
    part    `before` (background), `same` (the same story), `after` (follow-up); None where one of the
            two has no date
    shared  words of the other article that this one has too, the most distinctive first
    days    from the other article's day to this one's (UTC): negative where this is earlier
    copies  near-identical articles that this one stands for
    """

    article: Article
    kind: str
    reason: str
    score: float = 0.0
    part: str | None = None
    shared: tuple[str, ...] = ()
    days: int | None = None
    copies: tuple[Article, ...] = ()

    def to_json(self, *, without: Collection[str]) -> dict[str, Any]:
        """Return it as the API prints it, without some fields of its articles."""
        return {
            "article": self.article.to_json(without=without),
            "kind": self.kind,
            "reason": self.reason,
            "score": self.score,
            "part": self.part,
            "shared": list(self.shared),
            "days": self.days,
            "copies": [copy.to_json(without=without) for copy in self.copies],
        }


PARTS = ("before", "same", "after", None)


def _in_time(item: RelatedArticle) -> tuple[float, str]:
    moment = item.article.published_at
    return moment.timestamp() if moment else math.inf, item.article.id


@dataclass(frozen=True)
class Related(Limited, Listing[RelatedArticle]):
    """What goes with an article: the editors' choice first, then computed; never the article. Where the
    request met its limit, none is computed.

    `mentioned_by` are the articles whose editors link to this one, `translations` the same in other
    languages."""

    article: Article
    items: tuple[RelatedArticle, ...]
    mentioned_by: tuple[RelatedArticle, ...]
    deadline: Deadline = field(default=NO_DEADLINE, repr=False, compare=False)
    translations: tuple[Translation, ...] = ()

    def _items(self) -> Sequence[RelatedArticle]:
        return self.items

    def parts(self) -> dict[str | None, tuple[RelatedArticle, ...]]:
        """Return what goes with the article by PARTS, all of them named: in each the earliest first, and
        undated ones last. No article comes twice: as the editors' choice, else as what links back."""
        kinds = ("computed", "mentioned_by", "editors")
        items = sorted((*self.items, *self.mentioned_by), key=lambda item: kinds.index(item.kind))
        once = {item.article.id: item for item in items}
        in_time = sorted(once.values(), key=_in_time)
        return {part: tuple(item for item in in_time if item.part == part) for part in PARTS}

    def to_json(self, *, fields: Iterable[str] = ()) -> dict[str, Any]:
        """Return it as the command line and the API print it. `fields` are those of each article that are
        wanted; without them all but `related`. Raises RequestError for an unknown one."""
        without = fields_left_out(fields)
        return {
            "id": self.article.id,
            "title": self.article.title,
            "related": [item.to_json(without=without) for item in self.items],
            "mentioned_by": [item.to_json(without=without) for item in self.mentioned_by],
            "translations": [one.to_json() for one in self.translations],
            "timed_out": self.timed_out,
        }
