"""vidIQ's figures of our YouTube channels, from its official MCP server (tiktok_linkedin_gateways.md E.2).

JSON-RPC over Streamable HTTP; answers come framed as server-sent events, or plain. Calls cost credits, and some tools
make things for many of them: only those of `TOOLS` are ever called.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from include.platforms.errors import AccountTrouble, Rejected, TryAgain
from include.platforms.http import Calls, body_of, seconds_to_wait
from include.platforms.reading import Rows

SOURCE = "vidiq"
TITLE = "vidIQ"
TOOLS = frozenset({"vidiq_balance", "vidiq_channel_stats"})
ACCEPT = "application/json, text/event-stream"
"""Anything less is answered 406."""
HISTORY_DAYS = 30


def call(calls: Calls, key: SecretStr, tool: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Call one tool and return the object in its answer.

    Raises `AccountTrouble` for a refused key, `Rejected` when the tool says it failed, `TryAgain` for anything else.
    """
    if tool not in TOOLS:
        raise ValueError(f"{tool} is none of the tools we call")
    response = calls.send(
        "POST", calls.bases["mcp"], endpoint=tool, changes=False, signed=False,
        headers={"Authorization": f"Bearer {key.get_secret_value()}", "Accept": ACCEPT},
        json_body={"jsonrpc": "2.0", "id": 1, "method": "tools/call",
                   "params": {"name": tool, "arguments": dict(arguments)}},
    )  # fmt: skip
    if response.status_code in (401, 403):
        raise AccountTrouble(f"{TITLE} does not accept the key. Copy it again.", status=response.status_code)
    if not response.is_success:
        raise TryAgain(
            f"{TITLE} answered with status {response.status_code}.", after=seconds_to_wait(response),
            status=response.status_code,
        )  # fmt: skip
    told = (
        message_in(response.text) if "event-stream" in response.headers.get("content-type", "") else body_of(response)
    )
    return _result(told, tool)


def message_in(stream: str) -> Any:
    """Return the last JSON-RPC answer of a stream of server-sent events; None when there is none."""
    found = None
    for event in stream.replace("\r\n", "\n").split("\n\n"):
        lines = [line[5:].removeprefix(" ") for line in event.split("\n") if line.startswith("data:")]
        try:
            told = json.loads("\n".join(lines))
        except ValueError:
            continue
        if isinstance(told, dict) and ("result" in told or "error" in told):
            found = told
    return found


def _result(told: Any, tool: str) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise TryAgain(f"{TITLE} answered {tool} with something that is no JSON-RPC.")
    if isinstance(error := told.get("error"), dict):
        raise Rejected(f"{TITLE} refused {tool}: {error.get('message')}.", code=str(error.get("code")))
    result = told.get("result")
    contents = result.get("content") if isinstance(result, dict) else None
    text = next((str(each.get("text")) for each in contents or [] if each.get("type") == "text"), "")
    if isinstance(result, dict) and result.get("isError"):
        raise Rejected(f"{TITLE} could not do {tool}: {text[:200]}.", code="isError")
    try:
        found = json.loads(text)
    except ValueError:
        raise TryAgain(f"{TITLE} answered {tool} with something that is no JSON.") from None
    return found if isinstance(found, dict) else {"value": found}


def credits_left(calls: Calls, key: SecretStr) -> int | None:
    """Return how many credits are left; None when it is not told."""
    left = call(calls, key, "vidiq_balance", {}).get("totalCredits")
    return left if isinstance(left, int) else None


def ask(calls: Calls, key: SecretStr, channel_id: str, now: datetime) -> tuple[Rows, ...]:
    """Return the figures of a YouTube channel as rows."""
    first = now.date() - timedelta(days=HISTORY_DAYS)
    told = call(
        calls, key, "vidiq_channel_stats",
        {"channelId": channel_id, "from": first.isoformat(), "to": now.date().isoformat()},
    )  # fmt: skip
    current, growth = _part(told, "currentStats"), _part(told, "growth")
    today = {
        "source": SOURCE, "day": now.date(), "channel_id": told.get("channelId"), "title": told.get("title"),
        "country": told.get("country"), "followers": current.get("subscribers"), "views": current.get("views"),
        "uploads": current.get("videos"), "followers_gained_30": growth.get("subscribersGained"),
        "views_gained_30": growth.get("viewsGained"), "extra": {"growth": growth},
    }  # fmt: skip
    days = told.get("dailyStats")
    daily = [row for each in (days if isinstance(days, list) else []) if (row := _day(each)) is not None]
    return Rows(table="market.channel", rows=[today]), Rows(table="market.channel_daily", rows=daily)


def _day(each: Any) -> dict[str, Any] | None:
    try:
        day = date.fromisoformat(str(each["date"])[:10])
    except (KeyError, TypeError, ValueError):
        return None
    return {
        "source": SOURCE, "day": day, "followers": each.get("subscribers"), "views": each.get("views"),
        "uploads": each.get("videos"),
    }  # fmt: skip


def _part(of: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = of.get(name)
    return found if isinstance(found, dict) else {}
