"""How the answers of services with a key are read: what is good, what a person must do, what passes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.platforms.errors import AccountTrouble, TryAgain
from include.platforms.http import Calls, body_of, seconds_to_wait

REFUSED = frozenset({401, 403})


def read(
    calls: Calls,
    path: str,
    *,
    title: str,
    endpoint: str,
    headers: Mapping[str, str],
    params: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the JSON object a service answers to a GET; `headers` carry the key, which is never logged.

    Raises `AccountTrouble` when the key is refused, `TryAgain` for every answer that is none.
    """
    response = calls.send(
        "GET",
        calls.address("api", path),
        endpoint=endpoint,
        changes=False,
        signed=False,
        headers=headers,
        params=params,
    )
    body = body_of(response)
    if response.status_code in REFUSED:
        raise AccountTrouble(f"{title} does not accept these keys. Copy them again.", status=response.status_code)
    if not response.is_success or not isinstance(body, dict):
        raise TryAgain(
            f"{title} answered with status {response.status_code}.",
            after=seconds_to_wait(response),
            status=response.status_code,
        )
    return body
