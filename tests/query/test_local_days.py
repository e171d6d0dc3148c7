"""An article's day is the one that its file writes, or that of the archive's zone; its moment orders it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import Archive, Settings, open_archive, reindex
from indexer.archive.dates import in_zone
from indexer.config_file import load_settings
from indexer.errors import ConfigError
from indexer.zones import zone_of
from search_web import create_app
from tests.archives import settings_for, write
from tests.sources.articles import read_generation
from tests.sources.plain import PlainSource

# The day as it is written, and in UTC; the last two are a Sunday there and a Monday in UTC, or the other way.
WRITTEN = {
    "tokyo": ("2011-12-11 00:36:43 +0900", "2011-12-11", "2011-12-10"),
    "delhi": ("2012-01-01T05:29:00+05:30", "2012-01-01", "2011-12-31"),
    "honolulu": ("2012-02-29T20:00:00-10:00", "2012-02-29", "2012-03-01"),
    "marquesas": ("2012-12-31T23:30:00-09:30", "2012-12-31", "2013-01-01"),
    "utc": ("2012-06-15T12:00:00Z", "2012-06-15", "2012-06-15"),
    "alone": ("2012-06-16", "2012-06-16", "2012-06-16"),
    "no offset": ("2012-06-17 23:59", "2012-06-17", "2012-06-17"),
    "sunday": ("2012-07-01T22:00:00-04:00", "2012-07-01", "2012-07-02"),
    "monday": ("2012-07-09T01:00:00+09:00", "2012-07-09", "2012-07-08"),
}


@contextmanager
def opened(settings: Settings, *, plain: bool) -> Iterator[Archive]:
    """Open what was indexed: the arrays, or the plain source that reads the files."""
    with open_archive(index=settings.index.path) as archive:
        if plain:
            archive._engine._source = PlainSource(settings, read_generation(settings))
        yield archive


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    settings = settings_for(tmp_path_factory.mktemp("days"))
    for name, (written, *_) in WRITTEN.items():
        write(settings.archive.path, f"{name}.md", title=f"From {name}", date=written)
    reindex(settings)
    return settings


@pytest.fixture(params=["arrays", "plain"])
def archive(settings: Settings, request: pytest.FixtureRequest) -> Iterator[Archive]:
    with opened(settings, plain=request.param == "plain") as archive:
        yield archive


def names(archive: Archive, query: str = "", **given: Any) -> set[str]:
    return {hit.article.title.removeprefix("From ") for hit in archive.search(query, size=100, **given)}


@pytest.mark.parametrize("name", WRITTEN)
def test_an_article_is_found_on_the_day_that_is_written(archive: Archive, name: str) -> None:
    _, day, in_utc = WRITTEN[name]
    assert names(archive, f"date:{day}") == names(archive, date=day) == {name}
    assert names(archive, date=day[:7]) >= {name}
    month = {one for one, (_, other, _) in WRITTEN.items() if other[:7] == day[:7]}
    assert names(archive, f"date:{day[:7]}") == month
    assert name in names(archive, f"date:{day}..")
    assert name in names(archive, f"date:..{day}")
    assert name not in names(archive, after=day)
    assert name not in names(archive, before=day)
    if in_utc != day:
        assert name not in names(archive, f"date:{in_utc}")
        assert name not in names(archive, date=in_utc)


def test_it_is_counted_and_charted_there(archive: Archive) -> None:
    days = sorted(day for _, day, _ in WRITTEN.values())
    facet = archive.search("").facets["date"]
    months = {value.value: value.count for value in facet}
    assert months == {month: sum(day[:7] == month for day in days) for month in {day[:7] for day in days}}
    for interval, name in (
        ("day", lambda day: day.isoformat()),
        ("week", lambda day: day.strftime("%G-W%V")),
        ("month", lambda day: day.isoformat()[:7]),
        ("year", lambda day: day.isoformat()[:4]),
    ):
        timeline = archive.timeline("", interval=interval)
        (series,) = timeline.series
        counts = {p.name: n for p, n in zip(timeline.periods, series.counts, strict=True) if n}
        expected = [name(date.fromisoformat(day)) for day in days]  # type: ignore[no-untyped-call]
        assert counts == {one: expected.count(one) for one in expected}
    stats, overview = archive.stats(), archive.overview("")
    ends = date.fromisoformat(days[0]), date.fromisoformat(days[-1])
    assert (stats.first_date, stats.last_date) == (overview.first_date, overview.last_date) == ends


def test_its_moment_orders_it(archive: Archive) -> None:
    found = [hit.article for hit in archive.search("", sort="newest", size=100)]
    moments = [article.published_at for article in found]
    assert moments == sorted(moments, reverse=True)
    assert found[0].title == "From marquesas"  # of the last day of 2012, but after its end in UTC


def test_it_is_shown_with_its_day(archive: Archive) -> None:
    for hit in archive.search("", size=100):
        written, day, _ = WRITTEN[hit.article.title.removeprefix("From ")]
        shown = hit.article.to_json()
        assert shown["day"] == day == str(hit.article.day)
        moment = datetime.fromisoformat(written)
        assert datetime.fromisoformat(shown["published_at"]) == (
            moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        )


def test_pages_show_the_day_that_is_written(settings: Settings) -> None:
    app = create_app(load_settings(index=settings.index.path))
    client = app.test_client()
    found = client.get("/search?q=tokyo").text
    assert ">11 December 2011</time>" in found
    assert "11 December 2011, 00:36 +09:00" in found
    assert "10 December 2011" not in found
    (hit,) = client.get("/api/v1/search?q=tokyo").json["hits"]
    assert (hit["article"]["day"], hit["article"]["published_at"]) == ("2011-12-11", "2011-12-10T15:36:43Z")


def zoned(folder: Path, zone: str, files: dict[str, str]) -> Settings:
    settings = settings_for(folder, archive={"timezone": zone})
    for name, written in files.items():
        write(settings.archive.path, f"{name}.md", title=f"From {name}", date=written)
    reindex(settings)
    return settings


@pytest.mark.parametrize("plain", [False, True])
def test_a_zone_of_the_archive_has_all_days(tmp_path: Path, plain: bool) -> None:
    files = {
        "winter": "2020-01-31 23:30",  # as Berlin writes it: 22:30 in UTC
        "summer": "2020-07-31 23:30",  # 21:30 in UTC
        "new day": "2020-03-31T22:30:00Z",  # the first of April in Berlin
        "old day": "2020-12-31T23:30:00+09:00",
        "alone": "2020-05-01",
        "gap": "2020-03-29 02:30",  # no clock of Berlin showed it
        "twice": "2020-10-25 02:30",  # the clocks showed it twice; the first counts
    }
    settings = zoned(tmp_path, "Europe/Berlin", files)
    with opened(settings, plain=plain) as archive:
        found = {hit.article.title.removeprefix("From "): hit.article for hit in archive.search("", size=100)}
        shown = {name: (article.to_json()["published_at"], article.day) for name, article in found.items()}
        assert shown == {
            "winter": ("2020-01-31T22:30:00Z", date(2020, 1, 31)),
            "summer": ("2020-07-31T21:30:00Z", date(2020, 7, 31)),
            "new day": ("2020-03-31T22:30:00Z", date(2020, 4, 1)),
            "old day": ("2020-12-31T14:30:00Z", date(2020, 12, 31)),
            "alone": ("2020-04-30T22:00:00Z", date(2020, 5, 1)),
            "gap": ("2020-03-29T01:30:00Z", date(2020, 3, 29)),
            "twice": ("2020-10-25T00:30:00Z", date(2020, 10, 25)),
        }
        assert names(archive, date="2020-04") == {"new day"}
        assert names(archive, "date:2020-05-01") == {"alone"}
        assert archive.stats().timezone == "Europe/Berlin"
        assert archive.today() == datetime.now(zone_of("Europe/Berlin")).date()


def test_another_zone_reads_all_again_as_a_fresh_build_does(tmp_path: Path) -> None:
    files = {"a": "2020-01-31 23:30", "b": "2020-03-31T22:30:00Z", "c": "2020-05-01"}
    settings = zoned(tmp_path, "", files)
    other = dataclasses.replace(
        settings, archive=dataclasses.replace(settings.archive, timezone="Pacific/Auckland")
    )
    report = reindex(other)
    assert (report.read, report.articles, bool(report.rebuilt)) == (3, 3, True)
    assert reindex(other).read == 0
    (tmp_path / "fresh").mkdir()
    fresh = zoned(tmp_path / "fresh", "Pacific/Auckland", files)
    with open_archive(index=other.index.path) as one, open_archive(index=fresh.index.path) as two:
        days = [
            [(hit.article.title, hit.article.day) for hit in a.search("", sort="oldest")] for a in (one, two)
        ]
        assert days[0] == days[1]
        assert dict(days[0])["From b"] == date(2020, 4, 1)


_LISTED = "They are listed at https://"


@pytest.mark.parametrize(
    ("zone", "help"),
    [
        ("Europe/Berln", "Did you mean 'Europe/Berlin' or "),
        ("europe/berlin", "Did you mean 'Europe/Berlin'?"),
        ("New York", "Did you mean 'America/New_York'?"),
        ("CET+1", "Did you mean 'CET'?"),
        ("Mars/Foo", _LISTED),
        ("Europe", _LISTED),
        ("../etc/passwd", _LISTED),
        ("/etc/localtime", _LISTED),
        ("localtime", _LISTED),
        (" ", _LISTED),
    ],
)
def test_a_zone_that_is_none_is_refused_in_a_short_sentence(tmp_path: Path, zone: str, help: str) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'[archive]\ntimezone = "{zone}"\n')
    with pytest.raises(ConfigError, match=r"'archive.timezone' = '.*' is not a known time zone") as error:
        load_settings(config)
    assert help in str(error.value)
    assert len(str(error.value)) < 200 + len(str(config))


def test_today_is_that_of_the_archives_zone(tmp_path: Path) -> None:
    """At any moment it is another day in one of these two zones than in the other one."""
    for zone in ("Pacific/Kiritimati", "Pacific/Pago_Pago"):
        folder = tmp_path / zone.partition("/")[2]
        folder.mkdir()
        now = datetime.now(zone_of(zone))
        settings = zoned(
            folder, zone, {"now": now.isoformat(), "before": (now - timedelta(days=3)).isoformat()}
        )
        with open_archive(index=settings.index.path) as archive:
            if archive.today() == now.date():  # no midnight has passed meanwhile
                assert names(archive, "date:today") == {"now"}
                assert names(archive, date="last 2 days") == {"now"}
                assert names(archive, before="today") == {"before"}


@given(
    st.datetimes(datetime(1, 1, 3), datetime(9999, 12, 29)),
    st.sampled_from([None, "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Africa/Monrovia"]),
    st.none() | st.sampled_from(["UTC", "Asia/Tokyo", "America/Caracas", "Australia/Lord_Howe"]),
)
def test_a_moment_is_kept_in_whole_minutes_of_its_zone(
    written: datetime, zone: str | None, own: str | None
) -> None:
    written = written.replace(microsecond=0)
    target = zone_of(zone) if zone else None
    given_in = written.replace(tzinfo=zone_of(own)) if own else written
    found = in_zone(given_in, target)
    assert found is not None
    offset = found.utcoffset()
    assert offset is not None
    assert offset % timedelta(minutes=1) == timedelta()
    if own and not target:
        assert found.replace(tzinfo=None) == written  # the day and the clock are as they are written
    if not own:
        assert found.replace(tzinfo=None) == written
    if own and target:  # before there were time zones, towns had their own seconds
        assert abs(found - given_in) < timedelta(minutes=1)


def test_a_moment_out_of_time_is_none() -> None:
    assert in_zone(datetime(1, 1, 1, tzinfo=zone_of("Asia/Tokyo")), None) is None
    assert in_zone(datetime(9999, 12, 31, 23, tzinfo=UTC), zone_of("Asia/Tokyo")) is None
