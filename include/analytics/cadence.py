"""When a publication is read the next time, and under which time its counters are kept; by its age alone, no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from include.measurement import Step

HOUR = 3600


def step_of(steps: Sequence[Step], age: timedelta) -> Step:
    """Return the step of a cadence that a publication of this age is on; the last one for ever after."""
    days = age.total_seconds() / 86_400
    return next((step for step in steps if step.until_days is None or days < step.until_days), steps[-1])


def slot(steps: Sequence[Step], published_at: datetime, now: datetime, zone: str = "UTC") -> datetime:
    """Return the beginning of the hour, six hours, day … that `now` is in; a second reading in it replaces the first.

    Slots are cut from midnight in the dataset's `zone`, so each lies in one of its days, and they are never longer than
    a day: a day's last reading is the day's. The last one of a day of 23 or 25 hours is shorter or longer.
    """
    seconds = min(24.0, step_of(steps, now - published_at).every_hours) * HOUR
    day = now.astimezone(ZoneInfo(zone)).date()
    midnight = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).timestamp()
    number = min((now.timestamp() - midnight) // seconds, max(0, 24 * HOUR // seconds - 1))
    return datetime.fromtimestamp(midnight + number * seconds, UTC)


def next_after(steps: Sequence[Step], published_at: datetime, now: datetime) -> datetime:
    """Return when to read again: one step on, at the beginning of a slot, so that many videos are read together.

    What would be due within a slot of the next, faster or slower, step is due at that step's pace.
    """
    every = timedelta(hours=step_of(steps, now - published_at).every_hours)
    pace = min(every, timedelta(days=1)).total_seconds()
    stamp = (now + every).timestamp()
    return datetime.fromtimestamp(stamp - stamp % pace, UTC)
