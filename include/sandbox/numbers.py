"""Controls for what happens after publishing: the clock, videos without bytes, and the truth behind all numbers."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from include.sandbox.asking import BadControl, object_of
from include.sandbox.platforms import all_platforms, platform
from include.sandbox.world import World

MAX_PLANTED = 100_000


async def clock(request: Request) -> Response:
    """`GET /sandbox/clock`: the sandbox's time. `POST`: move it, `to` a moment or on by `days`, `hours`, `seconds`.

    With `stop` it stands still there, so that what is read can be compared; moved without it, it goes on.
    """
    world: World = request.app.state.world
    if request.method == "POST":
        wanted = await object_of(request)
        for place in all_platforms():
            place.settle(world)  # what is over by the old time stays over
        stop, moment = wanted.pop("stop", False) is True, moved(world, wanted)
        world.switches.change(
            {"clock_offset_seconds": moment - time.time(), "clock_stopped_at": moment if stop else 0.0}
        )
    return JSONResponse({"now": datetime.fromtimestamp(world.now(), UTC).isoformat()})


def moved(world: World, wanted: dict[str, Any]) -> float:
    """Return where the clock is asked to be, as Unix time; raises `BadControl`."""
    if set(wanted) == {"to"}:
        try:
            return datetime.fromisoformat(str(wanted["to"])).astimezone(UTC).timestamp()
        except ValueError:
            raise BadControl("`to` is a moment such as 2026-12-24T18:00:00+00:00.") from None
    if not wanted or set(wanted) - {"days", "hours", "seconds"}:
        raise BadControl("The clock is moved `to` a moment, or on by `days`, `hours` and `seconds`; `stop` stops it.")
    if not all(isinstance(one, int | float) for one in wanted.values()):
        raise BadControl("`days`, `hours` and `seconds` are numbers.")
    return world.now() + timedelta(**wanted).total_seconds()


async def videos(request: Request) -> Response:
    """`POST /sandbox/videos`: without bytes; `platform`, `account` (id), `count`, `published_at` of the first."""
    world: World = request.app.state.world
    wanted = await object_of(request)
    try:
        place, account = platform(str(wanted["platform"])), str(wanted["account"])
        count, at = int(wanted.get("count", 1)), datetime.fromisoformat(str(wanted["published_at"])).timestamp()
    except (KeyError, ValueError, TypeError):
        raise BadControl("Wanted: `platform`, `account`, `count` and `published_at` with its zone.") from None
    if place.plant is None or world.accounts.get(account) is None or not 0 < count <= MAX_PLANTED:
        raise BadControl(f"No such account, a platform without videos, or not 1 to {MAX_PLANTED} of them.")
    with world.together():
        return JSONResponse({"ids": place.plant(world, account, count, at)}, 201)


async def truth(request: Request) -> Response:
    """`GET /sandbox/truth?platform=&first=&last=`: what really happened, by video and day of its crowd's zone.

    `metrics` is the whole day's, `lifetime` everything until the day's end or, today, until now. With `at` (a moment)
    that is now, and `lifetime` is everything until then. `by_midnight` is everything until the day's end, also where
    that is still to come.
    """
    world: World = request.app.state.world
    try:
        name = request.query_params["platform"]
        first, last = (date.fromisoformat(request.query_params[key]) for key in ("first", "last"))
        crowds = list(platform(name).crowds(world))
        at = request.query_params.get("at")
        until = datetime.fromisoformat(at).timestamp() if at else None
    except (KeyError, ValueError):
        raise BadControl("Wanted: `platform`, `first` and `last` (days).") from None
    now = until or world.now()
    shown = [
        {
            "platform": name, "account": account, "video_id": video, "day": day.isoformat(),
            "is_today": day == crowd.day_at(now), "metrics": dict(crowd.of_day(day)),
            "lifetime": crowd.until(until or min(crowd.midnight(day + timedelta(days=1)) - 0.001, now)),
            "by_midnight": crowd.until(crowd.midnight(day + timedelta(days=1))),
        }
        for account, video, crowd in crowds
        for day in (first + timedelta(days=number) for number in range((last - first).days + 1))
        if crowd.first_day() <= day <= crowd.day_at(now)
    ]  # fmt: skip
    return JSONResponse(shown)


def numbers_routes() -> list[BaseRoute]:
    """Return these controls."""
    return [
        Route("/sandbox/clock", clock, methods=["GET", "POST"]),
        Route("/sandbox/videos", videos, methods=["POST"]),
        Route("/sandbox/truth", truth, methods=["GET"]),
    ]
