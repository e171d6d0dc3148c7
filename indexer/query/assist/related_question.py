"""An article that is in no index, as a question: what is known of it -> an Article."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from indexer.article import Article
from indexer.errors import RequestError
from indexer.identity import text_identity, url_identity
from indexer.index.schema import DAY
from indexer.query.language.dates import DateError, parse_period
from indexer.query.periods import moment_at

Day = str | date | None

_NOON = time(12, tzinfo=UTC)
_CURE = "Give a moment (2020-06-25T10:31:00Z), or a year, month or day."


def article_from(title: str, lead: tuple[str, str], url: str | None, day: Day, now: datetime) -> Article:
    """Return an article with a title, a `lead` of (excerpt, text), a URL and a date, each of which may be
    empty; `today` is that of `now`. Raises RequestError where nothing says what it is about, or the date
    cannot be read."""
    excerpt, text = lead
    if not (title.strip() or excerpt.strip() or text.strip()):
        raise RequestError(
            f"the index has no article at '{url}'" if url else "there is nothing to relate to",
            cure="Give a title, an excerpt or a text.",
        )
    published = moment_of(day, now)
    identity = url_identity(url) if url else text_identity(title or excerpt or text, published)
    return Article(identity, title, url=url, excerpt=excerpt, body=text, published_at=published)


def moment_of(day: Day, now: datetime) -> datetime | None:
    """Return a moment, UTC where it names no zone: of a day its noon, of a longer period its middle; `today`
    is that of `now`."""
    if day is None or isinstance(day, datetime):
        return day if day is None or day.tzinfo else day.replace(tzinfo=UTC)
    if isinstance(day, date):
        return datetime.combine(day, _NOON)
    if not day.strip():
        return None
    try:
        if "T" in day.upper() and ":" in day:
            return moment_of(datetime.fromisoformat(day.strip()), now)
        period = parse_period(day, now)
        if period.first is None or period.last is None:
            raise DateError("it has no beginning" if period.first is None else "it has no end")
        return moment_at((period.first + period.last + 1) * DAY // 2)
    except (ValueError, OverflowError) as error:
        why = error.what if isinstance(error, DateError) else error
        raise RequestError(f"'date' cannot be '{day}': {why}", cure=_CURE) from error
