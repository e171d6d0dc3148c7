"""Where an article stands among what a search finds, and what the search marks in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from indexer.article import Article
from indexer.query.answers.answer import Limited
from indexer.query.answers.results import Highlighted
from indexer.query.deadline import NO_DEADLINE, Deadline


@dataclass(frozen=True)
class HitPlace(Limited):
    """The place of an article among the hits of a search, which run through all parts of its answer.

    number          of the hit, from 1; None where the search does not find the article, or the request met
                    its limit. Where stories are collapsed, that of the article's story
    total           how many hits there are
    previous, next  the articles of the hits beside it
    mark            what the search looks for in a text of the article: the name of the field (`title`,
                    `excerpt`, `body`) and the text
    """

    number: int | None
    total: int
    previous: Article | None = None
    next: Article | None = None
    mark: Callable[[str, str], Highlighted] = field(
        default=lambda _, text: Highlighted(text), repr=False, compare=False
    )
    deadline: Deadline = field(default=NO_DEADLINE, repr=False, compare=False)


NO_PLACE = HitPlace(None, 0)  # that of an article that nothing was searched for
