"""How figures are read of YouTube's three APIs: patient calls that change nothing, and their JSON."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeVar

import httpx

from include.platforms.errors import PlatformError, TryAgain
from include.platforms.http import Calls, body_of
from include.platforms.youtube.errors import error_for

Json = dict[str, Any]
T = TypeVar("T")
TRIES = 4
LONGEST_WAIT_SECONDS = 65.0
"""A limit that is lifted later than that ends the reading; the rest of it is read in another one."""


def patiently(calls: Calls, once: Callable[[], T]) -> T:
    """Do `once` until it works, at most four times, with the waits YouTube names or 1, 2, 4 s (youtube.md 12.4)."""
    for number in range(TRIES):
        try:
            return once()
        except TryAgain as error:
            wait = wait_seconds(number) if error.after is None else error.after
            if number == TRIES - 1 or wait > LONGEST_WAIT_SECONDS:
                raise
            calls.pause(wait)
    raise AssertionError("the last try returns or raises")


def wait_seconds(number: int) -> float:
    """Return how long to wait after a failed try, by its number; drawn at random, so that no crowd comes back."""
    return 2.0**number * random.uniform(0.5, 1)  # noqa: S311 - no secret


def refusal(calls: Calls, response: httpx.Response, endpoint: str) -> PlatformError:
    """Return (not raise) what an answer that is no success means, after telling the meter of a limit."""
    error = error_for(response, endpoint=endpoint, changes=False, request_id=calls.request_id(response))
    return calls.heed(response, error)


def get(calls: Calls, base: str, path: str, *, endpoint: str, params: Mapping[str, Any] | None = None) -> Json:
    """Return the JSON object of a GET; raises what `errors.py` makes of a refusal."""

    def once() -> Json:
        response = calls.send("GET", calls.address(base, path), endpoint=endpoint, changes=False, params=params)
        if not response.is_success:
            raise refusal(calls, response, endpoint)
        return object_of(response, endpoint)

    return patiently(calls, once)


def object_of(response: httpx.Response, endpoint: str) -> Json:
    """Return the JSON object of a success; anything else is a passing fault."""
    body = body_of(response)
    if not isinstance(body, dict):
        raise TryAgain(f"YouTube answered {endpoint} with something that is not JSON.", status=response.status_code)
    return body


def pages(
    calls: Calls, base: str, path: str, *, endpoint: str, params: Mapping[str, Any] | None = None, at_most: int = 1000
) -> Iterator[Json]:
    """Yield the pages of a list, as they are; at most so many."""
    asked = dict(params or {})
    for _ in range(at_most):
        body = get(calls, base, path, endpoint=endpoint, params=asked)
        yield body
        if not body.get("nextPageToken"):
            return
        asked["pageToken"] = str(body["nextPageToken"])


def objects(body: Mapping[str, Any], name: str = "items") -> list[Json]:
    """Return the objects of a list in an answer; a list that is absent is empty."""
    found = body.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def part(of: Mapping[str, Any], name: str) -> Json:
    """Return an object inside an object; one that is absent is empty."""
    found = of.get(name)
    return found if isinstance(found, dict) else {}
