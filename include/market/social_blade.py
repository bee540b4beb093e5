"""Social Blade's public figures of our channels; each profile costs a credit a month (E.1 of the reference)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import SecretStr

from include.gateways.answers import read
from include.gateways.social_blade import TITLE
from include.platforms.errors import AccountTrouble, Rejected, TryAgain
from include.platforms.http import Calls
from include.platforms.reading import Rows

SOURCE = "social_blade"
PLATFORMS = ("youtube", "tiktok", "instagram", "facebook")
"""Of ours, those it has figures of."""
HISTORY = "default"
"""30 days; longer ones cost more credits."""
COUNTS = {"subs": "followers", "subscribers": "followers", "followers": "followers", "likes": "likes", "views": "views",
          "uploads": "uploads", "media": "uploads", "following": "following"}  # fmt: skip
"""Their names, which differ by platform → ours."""
KEY_WORDS = ("credential", "token", "client", "unauthor", "forbidden")


@dataclass(frozen=True, kw_only=True)
class Keys:
    """The client id and the token of a subscription."""

    client_id: str
    token: SecretStr


@dataclass(frozen=True, kw_only=True)
class Channel:
    """What was said of one channel, as rows, and how many credits are left (None: not told)."""

    rows: tuple[Rows, ...]
    credits_left: int | None


def ask(calls: Calls, keys: Keys, platform: str, query: str, now: datetime) -> Channel:
    """Return the figures of a channel.

    Raises `AccountTrouble` for refused keys, `Rejected` for a channel it does not know, `TryAgain` for anything else.
    """
    headers = {"clientid": keys.client_id, "token": keys.token.get_secret_value()}
    body = read(
        calls, f"b/{platform}/statistics", title=TITLE, endpoint="statistics", headers=headers,
        params={"query": query, "history": HISTORY},
    )  # fmt: skip
    status = _part(body, "status")
    if status.get("success") is not True:  # the HTTP status may be 200 all the same
        raise _refusal(str(status.get("error") or "no reason given"), status.get("status"))
    data = body.get("data")
    if not isinstance(data, Mapping):
        raise TryAgain(f"{TITLE} answered without data.")
    left = _part(_part(body, "info"), "credits").get("available")
    today = _channel(data, now.date())
    daily = [row for each in _list(data.get("daily")) if (row := _day(each)) is not None]
    return Channel(
        rows=(Rows(table="market.channel", rows=[today]), Rows(table="market.channel_daily", rows=daily)),
        credits_left=left if isinstance(left, int) else None,
    )


def _refusal(said: str, code: Any) -> Exception:
    if code in (401, 403) or any(word in said.casefold() for word in KEY_WORDS):
        return AccountTrouble(f"{TITLE} refused the keys: {said}.")
    if code in (400, 404):
        return Rejected(f"{TITLE} does not know this channel: {said}.", code=str(code))
    return TryAgain(f"{TITLE} answered: {said}.")


def _channel(data: Mapping[str, Any], day: date) -> dict[str, Any]:
    general, numbers, ranks = _part(data, "general"), _part(data, "statistics"), _part(data, "ranks")
    growth = _part(numbers, "growth")
    found = _counts(_part(numbers, "total"))
    return {
        "source": SOURCE, "day": day, "channel_id": _part(data, "id").get("id"),
        "title": _part(data, "id").get("display_name") or _part(data, "id").get("username"),
        "country": _part(general, "geo").get("country_code"), "channel_type": general.get("channel_type"),
        "grade": _part(_part(data, "misc"), "grade").get("grade"),
        **{name: found.get(name) for name in ("followers", "views", "uploads", "following", "likes")},
        "engagement_rate": _part(numbers, "total").get("engagement_rate"),
        "rank": ranks.get("sbrank"), "rank_followers": ranks.get("subscribers") or ranks.get("followers"),
        "rank_views": ranks.get("views"), "rank_country": ranks.get("country"),
        "rank_channel_type": ranks.get("channel_type"),
        "followers_gained_30": _part(growth, "subs").get("30") or _part(growth, "followers").get("30"),
        "views_gained_30": _part(growth, "vidviews").get("30"), "extra": {"growth": dict(growth)},
    }  # fmt: skip


def _day(each: Any) -> dict[str, Any] | None:
    try:
        day = date.fromisoformat(str(each["date"])[:10])
    except (KeyError, TypeError, ValueError):
        return None
    found = _counts(each)
    known = {"date", *COUNTS, "avg_likes", "avg_comments"}
    return {
        "source": SOURCE, "day": day,
        **{name: found.get(name) for name in ("followers", "views", "uploads", "following", "likes")},
        "average_likes": each.get("avg_likes"), "average_comments": each.get("avg_comments"),
        "extra": {name: value for name, value in each.items() if name not in known},
    }  # fmt: skip


def _counts(told: Mapping[str, Any]) -> dict[str, Any]:
    return {ours: told[theirs] for theirs, ours in COUNTS.items() if told.get(theirs) is not None}


def _part(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = of.get(name)
    return found if isinstance(found, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
