"""A time as a person's clock shows it, and its zone: checked, and turned into the one instant it means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator

from include.releases.problems import shown

MAX_DAYS_AHEAD = 400
"""How far ahead a publication may be planned."""


def utc_instant(local: datetime, timezone: str) -> datetime:
    """Return the UTC instant of a wall-clock time in an IANA zone.

    Raises `ValueError` when the clock skips that time or shows it twice (change to or from summer time); the sentence
    asks which of the two instants was meant, and how to say so.
    """
    zone = ZoneInfo(timezone)
    when = local.isoformat(sep=" ")
    try:
        first, second = (local.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
        back = first.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        raise ValueError(f"must be another time: {when} is beyond what a calendar holds") from None
    if first == second:
        return first
    earlier, later = sorted((first, second))
    if back != local:
        raise ValueError(
            f"must be another time: {when} does not exist in {timezone}, the clock is put forward over it. "
            f"Is {_meant(earlier, zone)} meant, or {_meant(later, zone)}"
        )
    raise ValueError(
        f"must be another time: {when} exists twice in {timezone}, where the clock is put back. "
        f"Is {_meant(earlier, zone)} meant, or {_meant(later, zone)}? Say which with timezone UTC"
    )


def kept_instant(local: datetime, timezone: str) -> datetime:
    """Return the instant of a time that was unambiguous when it was given, by the rules of its zone as they are now.

    Should it not exist any more, it is as long after the change as it was before; should it exist twice, the first.
    """
    return local.replace(tzinfo=ZoneInfo(timezone), fold=0).astimezone(UTC)


def too_far(instant: datetime, now: datetime) -> str | None:
    """Say that a time is too far ahead to be kept, or None."""
    if instant - now <= timedelta(days=MAX_DAYS_AHEAD):
        return None
    return f"{instant:%Y-%m-%d %H:%M} UTC is more than {MAX_DAYS_AHEAD} days ahead."


def _meant(instant: datetime, zone: ZoneInfo) -> str:
    shown = instant.astimezone(zone)
    return f"{instant:%Y-%m-%dT%H:%M:%S} UTC ({shown:%H:%M:%S} {shown.tzname()})"


def _local_time(value: Any) -> Any:
    if isinstance(value, datetime):
        parsed = value
    else:
        try:
            parsed = datetime.fromisoformat(value)
        except (TypeError, ValueError):
            raise ValueError(f"must be a local time such as 2026-12-01T09:00:00, not {shown(value)}") from None
    if parsed.tzinfo is not None:
        raise ValueError("must be local time without an offset; the zone stands in timezone")
    return parsed.replace(fold=0)


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):  # unknown, a path, a folder of zones
        raise ValueError(f"must be an IANA time zone such as Europe/Madrid, not {shown(value)}") from None
    return value


LocalTime = Annotated[datetime, BeforeValidator(_local_time)]
Zone = Annotated[str, AfterValidator(_zone)]
