"""A page of a directory: what an archive answers -> rows, each with its links and a small chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.query.answers.directory import Directory, DirectoryValue
from indexer.query.parameters import INTERVALS, MAX_DIRECTORY
from search_web.formatting import day_name, number, plural
from search_web.links import Links, OverTime, with_values
from search_web.views.charts import period_label
from search_web.views.facets import ORDERS
from search_web.views.search import TextLink

STEP, HEIGHT = 4, 20  # of a small chart: from one bar to the next, and its height


@dataclass(frozen=True, slots=True)
class DirectoryRow:
    """A value: the search for it, how much it has, from when to when; the path of its chart, empty where
    nothing is drawn, what that says, and its own page over time."""

    label: str
    url: str
    parent: str
    count: int
    dates: str
    path: str
    says: str
    time_url: str


@dataclass(frozen=True, slots=True)
class DirectoryView:
    """A page of a directory: its rows, numbered from `first`; the `width` of the small charts; what is said
    of the list and of the charts; links to other orders and pages."""

    rows: tuple[DirectoryRow, ...]
    first: int
    width: int
    bounded: str
    about: str
    orders: tuple[TextLink, ...]
    previous_url: str
    next_url: str


def directory_view(found: Directory, asked: Mapping[str, Any], links: Links) -> DirectoryView:
    """Return the page of a directory that was `asked` for."""
    labels = {period.name: period_label(*period) for period in found.periods}

    def to(**changes: Any) -> str:
        return links.directory(found.facet, {**asked, **changes})

    about = ""
    if found.periods:
        first, last = (labels[found.periods[at].name] for at in (0, -1))
        about = f"The small charts: articles by {found.interval}, {first} to {last}, each to its own scale."
    bounded = f"The {number(MAX_DIRECTORY)} that most articles have are listed, of {number(found.distinct)}."
    return DirectoryView(
        rows=tuple(_row(value, found, list(labels.values()), links) for value in found.values),
        first=(found.page - 1) * found.size + 1,
        width=STEP * len(found.periods),
        bounded=bounded if found.distinct > MAX_DIRECTORY else "",
        about=about,
        orders=tuple(
            TextLink(label, to(order=order, page=1), order == found.order) for order, label in ORDERS.items()
        ),
        previous_url=to(page=min(found.page - 1, max(1, found.pages))) if found.page > 1 else "",
        next_url=to(page=found.page + 1) if found.page < found.pages else "",
    )


def _row(value: DirectoryValue, found: Directory, labels: Sequence[str], links: Links) -> DirectoryRow:
    request = with_values(links.usual, found.facet, (value.value,))
    highest = max(value.counts, default=0)
    path = "".join(
        f"M{at * STEP} {HEIGHT}v-{max(1, round(HEIGHT * count / highest))}h{STEP - 1}V{HEIGHT}z"
        for at, count in enumerate(value.counts)
        if count
    )
    most = f"{INTERVALS[found.interval].before} {labels[value.counts.index(highest)]}" if highest else ""
    return DirectoryRow(
        label=value.label,
        url=links.only(found.facet, value.value),
        parent=value.parent or "",
        count=value.count,
        dates=_dates(value),
        path=path,
        says=f"{value.label} over time: most {most}, {plural(highest, 'article')}",
        time_url=links.over_time(OverTime("timeline", request, (request,))),
    )


def _dates(value: DirectoryValue) -> str:
    if value.first_date is None or value.last_date is None:
        return "no date"
    ends = dict.fromkeys((day_name(value.first_date), day_name(value.last_date)))
    return " – ".join(ends) + (f", {number(value.undated)} without a date" if value.undated else "")
