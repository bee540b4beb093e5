"""A time as a person's clock shows it, and its zone: checked, and turned into the one instant it means."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BeforeValidator

from include.releases.problems import shown


def utc_instant(local: datetime, timezone: str) -> datetime:
    """Return the UTC instant of a wall-clock time in an IANA zone.

    Raises `ValueError` when the clock skips that time or shows it twice (change to or from summer time).
    """
    zone = ZoneInfo(timezone)
    first, second = local.replace(tzinfo=zone, fold=0), local.replace(tzinfo=zone, fold=1)
    when = local.isoformat(sep=" ")
    try:
        instant = first.astimezone(UTC)
        back = instant.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        raise ValueError(f"must be another time: {when} is beyond what a calendar holds") from None
    if back != local:
        raise ValueError(f"must be another time: {when} does not exist in {timezone}, the clock is put forward over it")
    if first.utcoffset() != second.utcoffset():
        raise ValueError(f"must be another time: {when} exists twice in {timezone}, where the clock is put back")
    return instant


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
