"""The name of a time zone -> the zone: `Europe/Berlin`, as the IANA database has them."""

from __future__ import annotations

from datetime import UTC, tzinfo

from indexer.errors import did_you_mean


def zone_of(name: str) -> tzinfo:
    """Return the zone so called; UTC for none, or for one that this machine does not know."""
    from zoneinfo import ZoneInfo  # the settings, which most often name no zone, import this module

    try:
        return ZoneInfo(name) if name else UTC
    except (ValueError, LookupError, OSError):  # a path, an unknown name, a folder of zones
        return UTC


def check_zone(name: str) -> str:
    """Return what is wrong with the name of a zone; nothing for none."""
    if not name:
        return ""
    from zoneinfo import available_timezones

    known = available_timezones()
    return "" if name in known else f"is no time zone that is known. {did_you_mean(name, sorted(known))}"
