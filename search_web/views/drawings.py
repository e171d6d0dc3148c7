"""Charts of time as files: a timeline goes in; what an SVG document has, and the lines of a CSV, come out."""

from __future__ import annotations

import base64
import hashlib
import textwrap
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from indexer.formats.csv import table
from indexer.messages import joined, say, template
from indexer.query.answers.labels import listed
from indexer.query.answers.timeline import Timeline
from indexer.query.answers.wording import amount_of
from indexer.query.parameters import INTERVALS
from search_web.formatting import MAX_BARS, capital, day_name
from search_web.links import MEASURES, OverTime
from search_web.views import charts
from search_web.views.charts import Chart

WIDTH = 960  # pixels of a drawing
MARGIN = 16
SCALE = 56  # pixels for the texts of the scale
_HEAD, _LINE = 44, 20
_MAX_LINE = 130  # letters
_MAX_NAME = 80
_NOTHING = template("There is nothing to draw.")
_ARTICLES = template("Articles by {interval}")
_SHARE = template("Share of the archive's articles by {interval}")
COLUMNS = ("query", "period", "first", "last", "articles", "share_of_archive", "archive")

# Of its own, for the file stands alone; the colours are those of the page.
_STYLE = """
text{font:12px system-ui,"Segoe UI",Roboto,"Noto Sans",sans-serif;fill:#5c5a57}
.sheet{fill:#fffdf9}.head{font-size:20px;font-weight:700}.name{font-size:15px;font-weight:600}
.head,.name,.flag{fill:#1a1a1c}.grid{stroke:#dcd6cb}.ground,.stem{stroke:#5c5a57}
.column rect{fill:#8a847b}.column.peak rect{fill:LIGHT}.hatch{stroke:#8a847b}
.column.small rect{fill:none;stroke:#8a847b}.column.small.peak rect{stroke:LIGHT}
.flag,.column text{paint-order:stroke;stroke:#fffdf9;stroke-width:3px}
@media (prefers-color-scheme:dark){
text{fill:#a9a49b}.sheet{fill:#141416}.head,.name,.flag{fill:#ece8e1}.grid{stroke:#34333a}
.ground,.stem{stroke:#a9a49b}.column rect{fill:#827d75}.column.peak rect{fill:DARK}.hatch{stroke:#827d75}
.column.small rect{fill:none;stroke:#827d75}.column.small.peak rect{stroke:DARK}
.flag,.column text{stroke:#141416}}
"""
_ACCENTS = ("#8f1d21", "#f0a39a")


def style(accents: tuple[str, str]) -> str:
    """Return the rules of a drawing whose peaks have the accent colours of a site, on light and on dark;
    where they are empty, those of the page."""
    light, dark = (own or usual for own, usual in zip(accents, _ACCENTS, strict=True))
    return _STYLE.replace("LIGHT", light).replace("DARK", dark)


def policy(rules: str) -> str:
    """Return the content security policy of a drawing with these rules."""
    digest = base64.b64encode(hashlib.sha256(rules.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'"


@dataclass(frozen=True, slots=True)
class About:
    """What the source line says of an archive and a search: its name, how many articles it has, the day, and
    the filters, each by its kind and what is chosen."""

    title: str
    articles: int
    today: date
    filters: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Block:
    """A chart on a sheet: its name, how many articles it is of, and its place from the top."""

    name: str
    total: str
    y: int
    chart: Chart | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands on a drawing: its heading, the charts, and the lines below them; its title, and what
    describes it, for those who do not see it."""

    heading: str
    title: str
    description: str
    blocks: tuple[Block, ...]
    lines: tuple[tuple[int, str], ...]
    height: int


def sheet(timeline: Timeline, asked: OverTime, about: About, speak: Callable[[str], str]) -> Sheet:
    """Return the drawing of a timeline; `speak` says its lines in the language of the page."""
    line = _ARTICLES if asked.measure == MEASURES[0] else _SHARE
    heading = say(line, interval=say(timeline.interval))
    drawn = charts.draw(timeline, asked.measure, charts.FILE, lambda _, __: "")
    blocks, y = [], _HEAD + _LINE
    for place, one in enumerate(timeline.series):
        chart = drawn[place] if drawn else None
        total: str = amount_of(one.total)
        if one.undated:
            total = say("{amount}, {count} of them without a date", amount=total, count=one.undated)
        blocks.append(Block(_shortened(speak(asked.names[place])), total, y, chart))
        y += _LINE + (chart.height if chart else 0) + _LINE
    lines = []
    for text in _sentences(timeline, asked.measure, about):
        for line in _wrapped(capital(speak(text))):
            lines.append((y, line))
            y += _LINE
    return Sheet(
        heading=heading,
        title=say("{name}: {amount}", name=heading, amount=joined(asked.names)),
        description=_description(heading, timeline, asked.names, drawn),
        blocks=tuple(blocks),
        lines=tuple(lines),
        height=y,
    )


def numbers(timeline: Timeline) -> str:
    """Return the numbers of a timeline as CSV: a line for each series and period, whose `articles` and
    `share_of_archive` are empty where there is no data."""
    rows = (
        (one.query, *period, one.counts[place], one.shares[place], timeline.archive[place])
        for one in timeline.series
        for place, period in enumerate(timeline.periods)
    )
    return "".join(table(COLUMNS, rows))


def _description(title: str, timeline: Timeline, names: list[str], drawn: tuple[Chart, ...]) -> str:
    """Return what those read who do not see the drawing."""
    if not timeline.periods:
        return say(_NOTHING)
    sentences = [joined((title, charts.span_label(timeline, range(len(timeline.periods)))))]
    for place, (one, chart) in enumerate(zip(timeline.series, drawn, strict=False)):
        peaks = [f"{peak.name} ({', '.join(term.word for term in peak.terms)})" for peak in one.peaks]
        parts: list[str] = [say("{name}: {amount}", name=names[place], amount=amount_of(one.total))]
        if chart.highest:
            before = INTERVALS[timeline.interval].before
            parts.append(say("most {in_the} {period}", in_the=before, period=chart.highest))
        if peaks:
            parts.append(say("peaks {names}", names=listed(peaks)))
        sentences.append(joined(parts, "; "))
    return joined((say("{sentence}.", sentence=one) for one in sentences), " ")


def _sentences(timeline: Timeline, measure: str, about: About) -> Iterator[str]:
    """Yield what stands below the charts."""
    if not timeline.periods:
        yield say(_NOTHING)
    elif len(timeline.periods) > MAX_BARS:
        yield say("There are too many periods to draw; choose a longer interval.")
    else:
        if any(one.peaks for one in timeline.series):
            yield say("Coloured and numbered: peaks, and words that set them apart.")
        if not all(timeline.archive):
            yield say("Hatched: no data, for the archive has nothing of that time.")
        yield from charts.about_small(timeline, measure)
    if timeline.timed_out:
        yield say("{sentence}.", sentence=timeline.cut_note)
    if about.filters:
        kept = (joined((say(kind.lower()), label), " ") for kind, label in about.filters)
        yield say("Only {filters}.", filters=joined(kept, "; "))
    yield say(
        "Source: {archive}, {amount}, generation {generation}, drawn on {day}.",
        archive=about.title,
        amount=amount_of(about.articles),
        generation=str(timeline.generation),
        day=day_name(about.today),
    )


def _wrapped(text: str, most: int = _MAX_LINE) -> list[str]:
    """Return a text in lines of so many letters; one of Chinese, Japanese or Korean takes the room of two."""
    is_wide = any(unicodedata.east_asian_width(letter) in "FW" for letter in text)
    return textwrap.wrap(text, most // 2 if is_wide else most)


def _shortened(name: str) -> str:
    """Return the name of a chart as it stands above it; `title` has the whole."""
    first, *more = _wrapped(name, _MAX_NAME)
    return f"{first} …" if more else first
