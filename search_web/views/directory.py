"""A page of a directory: what an archive answers -> rows, each with its links and a small chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from indexer.messages import joined, say, say_number
from indexer.query.answers.directory import Directory, DirectoryValue
from indexer.query.answers.labels import NOUNS
from indexer.query.answers.wording import amount_of
from indexer.query.parameters import INTERVALS, MAX_DIRECTORY
from search_web.formatting import day_name
from search_web.links import Links, OverTime, with_values
from search_web.views.charts import period_label
from search_web.views.facets import ORDERS
from search_web.views.search import TextLink, distinct_labels, value_label

STEP, HEIGHT = 4, 20  # of a small chart: from one bar to the next, and its height


@dataclass(frozen=True, slots=True)
class DirectoryRow:
    """A value: the search for it, how much it has, from when to when; the path of its chart, empty where
    nothing is drawn, what that says, and its own page over time."""

    label: str
    url: str
    parent: str
    count: int
    noun: str
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
        about = say(
            "The small charts: articles by {interval}, {first} to {last}, each to its own scale.",
            interval=say(found.interval),
            first=first,
            last=last,
        )
    bounded = say(
        "The {most} that most articles have are listed, of {count}.",
        most=MAX_DIRECTORY,
        count=found.distinct,
    )
    return DirectoryView(
        rows=tuple(
            _row(value, value_label(found.facet, value.value, label), found, list(labels.values()), links)
            for value, label in zip(found.values, distinct_labels(found.values), strict=True)
        ),
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


def _row(
    value: DirectoryValue, label: str, found: Directory, labels: Sequence[str], links: Links
) -> DirectoryRow:
    request = with_values(links.usual, found.facet, (value.value,))
    highest = max(value.counts, default=0)
    path = "".join(
        f"M{at * STEP} {HEIGHT}v-{max(1, round(HEIGHT * count / highest))}h{STEP - 1}V{HEIGHT}z"
        for at, count in enumerate(value.counts)
        if count
    )
    most = labels[value.counts.index(highest)] if highest else ""
    return DirectoryRow(
        label=label,
        url=links.only(found.facet, value.value),
        parent=value.parent or "",
        count=value.count,
        noun=say_number(*NOUNS[False], value.count),
        dates=_dates(value),
        path=path,
        says=say(
            "{value} over time: most {in_the} {period}, {amount}",
            value=label,
            in_the=INTERVALS[found.interval].before,
            period=most,
            amount=amount_of(highest),
        ),
        time_url=links.over_time(OverTime("timeline", request, (request,))),
    )


def _dates(value: DirectoryValue) -> str:
    if value.first_date is None or value.last_date is None:
        return say("no date")
    dates = joined(dict.fromkeys((day_name(value.first_date), day_name(value.last_date))), " – ")
    if not value.undated:
        return dates
    return say("{dates}, {count} without a date", dates=dates, count=value.undated)
