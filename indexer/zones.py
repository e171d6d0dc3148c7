"""The name of a time zone -> the zone: `Europe/Berlin`, as the IANA database has them."""

from __future__ import annotations

from datetime import UTC, tzinfo

_LIST = "https://en.wikipedia.org/wiki/List_of_tz_database_time_zones"
_NONE = frozenset(("localtime", "Factory"))  # names beside the zones: the machine's own, and no zone's
_MAX_NEAR = 3  # names that are offered
_NEARNESS = 0.75  # of difflib: a city for a city, and nothing for a country


def zone_of(name: str) -> tzinfo:
    """Return the zone so called; UTC for none, or for one that this machine does not know."""
    return (find_zone(name) if name else None) or UTC


def find_zone(name: str) -> tzinfo | None:
    """Return the zone so called; None where this machine knows none."""
    from zoneinfo import ZoneInfo  # the settings, which most often name no zone, import this module

    try:
        return ZoneInfo(name)
    except (ValueError, LookupError, OSError):  # a path, an unknown name, a folder of zones
        return None


def check_zone(name: str) -> str:
    """Return what is wrong with the name of a zone, with near names; nothing for none."""
    if not name:
        return ""
    from zoneinfo import available_timezones

    known = available_timezones() - _NONE
    if name in known:
        return ""
    near = " or ".join(f"'{zone}'" for zone in _near(name, known))
    cure = f"Did you mean {near}?" if near else f"They are listed at {_LIST}."
    return f"is not a known time zone. {cure}"


def _near(name: str, known: set[str]) -> list[str]:
    """Return the zones that a name may be meant for: a whole name, or its last part (`berlin`)."""
    from difflib import get_close_matches

    zones = {zone.lower(): zone for zone in sorted(known)}
    for zone in sorted(known):
        zones.setdefault(zone.rpartition("/")[2].lower(), zone)
    word = name.strip().lower().replace(" ", "_")
    if word in zones:
        return [zones[word]]
    found = get_close_matches(word, zones, n=_MAX_NEAR, cutoff=_NEARNESS)
    return list(dict.fromkeys(zones[one] for one in found))
