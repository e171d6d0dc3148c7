"""An article and a search -> where it stands among the hits of all parts, and what is marked in it."""

from __future__ import annotations

from collections.abc import Callable

from indexer.article import Article
from indexer.query.answers.hit_place import HitPlace
from indexer.query.assist.highlighting import Highlighter
from indexer.query.assist.parts import Part, Parts
from indexer.query.language.tree import highlightable
from indexer.query.source import Key, Plan, View


def find_place(article: Article, view: View, plan: Plan, parts_of: Callable[[Plan], Parts]) -> HitPlace:
    """Return where `article` stands among the hits of a search; `parts_of` finds its parts under a plan."""
    parts = parts_of(plan)
    keys = _keys(article, view, plan)
    before, place, part = _place(parts, keys)
    marker = Highlighter(highlightable(part.tree, part.found.words), view.analyzer, 0)
    total = sum(one.found.total for one in parts.ordered)
    if place is None or plan.deadline.cuts():
        return HitPlace(None, total, mark=marker.mark, deadline=plan.deadline)
    number = before + place + 1
    first = max(number - 2, 0)
    shown, _ = parts_of(plan._replace(start=first, size=number - first + 1)).page(None)
    around = [key for one in shown for key in one.found.page.keys]
    beside = dict(zip(range(first + 1, number + 2), around, strict=False))
    previous, following = (
        view.articles([beside[other]])[0] if other in beside else None for other in (number - 1, number + 1)
    )
    return HitPlace(number, total, previous, following, marker.mark, plan.deadline)


def _keys(article: Article, view: View, plan: Plan) -> list[Key]:
    """Return the article, then, where stories are collapsed, those that may stand for it."""
    (key,) = view.resolve([article.id])
    if key is None:
        return []
    return [key, *(other for other in view.story(key) if other != key)] if plan.collapse else [key]


def _place(parts: Parts, keys: list[Key]) -> tuple[int, int | None, Part]:
    """Return how many hits come before the part that has one of `keys`, the place in it, and the part; the
    place of what is no hit is None."""
    before = 0
    for part in parts.ordered:
        part.on_page = parts.plan  # for its order
        for key in keys:
            place = part.found.place(key)
            if place is not None:
                return before, place, part
        before += part.found.total
    return before, None, parts.asked
