"""How fast one user may ask: a bucket in Postgres that every API server shares, filled up steadily."""

from __future__ import annotations

import logging
import math

from fastapi import HTTPException
from sqlalchemy.exc import SQLAlchemyError

from include import settings
from include.database import engine, queries

log = logging.getLogger("release_desk.desk")
SQL = queries.load("requests")


def step(who: str) -> None:
    """Count one request; raise `HTTPException` 429 with `Retry-After` when this user asks too fast.

    The limits are `rest` of config/distribution.yaml. A database that does not answer lets everybody pass: whatever
    the request needs of it says so in its own words.
    """
    rest = settings.distribution().rest
    per_second = rest.requests_per_minute / 60
    wanted = {"owner": who, "at_once": float(rest.requests_at_once), "per_second": per_second}
    try:
        with engine.transaction(who, durable=False) as connection:
            taken = connection.exec_driver_sql(SQL["take_request"], wanted).first()
    except (SQLAlchemyError, settings.SettingsError) as error:
        log.warning("requests are not counted: %s", type(error).__name__)
        return
    if taken is None:
        seconds = math.ceil(1 / per_second)
        raise HTTPException(
            429,
            f"You ask more than {rest.requests_per_minute:g} times a minute. Ask again in {seconds} s.",
            headers={"Retry-After": str(seconds)},
        )
