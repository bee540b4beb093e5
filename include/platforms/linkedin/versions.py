"""How long a monthly version of LinkedIn's API lives, and the warning before it ends."""

from __future__ import annotations

import logging
import re
from datetime import date
from functools import cache

log = logging.getLogger("release_desk.platforms")

VERSION = "202610"
"""What is asked for unless `platforms.linkedin.version` says otherwise."""
FORM = re.compile(r"20\d{2}(0[1-9]|1[0-2])")
LAST_DAY = 15
"""202506 ended on 2026-06-15, 202510 on 2026-10-15: twelve months, then the middle of the month (reference B.2)."""
WARN_DAYS = 60

WHERE = "platforms.linkedin.version in config/distribution.yaml"


def end_of(version: str) -> date:
    """Return the last day of a version (YYYYMM); raise `ValueError` for anything else."""
    if not FORM.fullmatch(version):
        raise ValueError(f"'{version}' is no version of LinkedIn's API; they are written YYYYMM, such as {VERSION}")
    return date(int(version[:4]) + 1, int(version[4:]), LAST_DAY)


def warning(version: str, today: date) -> str | None:
    """Return a sentence from 60 days before a version's end on, else None."""
    end = end_of(version)
    left = (end - today).days
    if left > WARN_DAYS:
        return None
    when = f"ends on {end:%Y-%m-%d}" if left >= 0 else f"ended on {end:%Y-%m-%d}"
    return f"Version {version} of LinkedIn's API {when}: set {WHERE} to a newer one."


def living(today: date) -> str:
    """Return a version that works without a setting: ours, or, once that is ending, the one of two months ago."""
    if warning(VERSION, today) is None:
        return VERSION
    months = today.year * 12 + today.month - 1 - 2
    return f"{months // 12}{months % 12 + 1:02d}"


@cache
def warn_once(version: str, today: date) -> None:
    """Write the warning into the log, once a day and process."""
    sentence = warning(version, today)
    if sentence:
        log.warning("%s", sentence)
