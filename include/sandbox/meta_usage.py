"""Meta's rate limits and the headers that tell how much of them is used (meta.md 7)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from include.sandbox.accounts import trait
from include.sandbox.meta_crowds import views_yesterday
from include.sandbox.meta_errors import GraphError
from include.sandbox.meta_things import IgProfile, MetaPerson
from include.sandbox.things import Account

if TYPE_CHECKING:
    from include.sandbox.meta_asking import Ask

DAY, HOUR = 86400.0, 3600.0
APP_TEXT = "(#4) Application request limit reached"
PAGE_TEXT = "(#80001) There have been too many calls to this Page account. Wait a bit and try again."
PROFILE_TEXT = "(#80002) There have been too many calls to this Instagram account. Wait a bit and try again."


def family_of(ask: Ask) -> tuple[str, str]:
    """Return which limit a call counts against: ("instagram" or "pages", the account's id) or ("app", the app's)."""
    token = ask.caller
    first = ask.path[0] if ask.path else ""
    if token.kind == "instagram":
        return "instagram", token.subject
    if ask.world.shelf(IgProfile).get(first):
        return "instagram", first
    if token.kind == "page":
        mine = [one.id for one in ask.world.shelf(IgProfile) if one.page == token.subject]
        return ("instagram", mine[0]) if mine and ask.product == "instagram" else ("pages", token.subject)
    return "app", token.app


def count(ask: Ask) -> GraphError | None:
    """Count a call; return the error when the limit is used up."""
    family, key = family_of(ask)
    world, now = ask.world, ask.world.now()
    seconds = HOUR if family == "app" else DAY
    free = world.windows.take(f"meta {family} {key}", limit_of(ask, family, key), seconds, now)
    if free and percent(ask, family, key) < 100:
        return None
    code, text = {"app": (4, APP_TEXT), "pages": (80001, PAGE_TEXT), "instagram": (80002, PROFILE_TEXT)}[family]
    return GraphError(code, text, transient=True, status=world.switches.meta_limit_error_status)


def limit_of(ask: Ask, family: str, key: str) -> int:
    """Return the calls allowed: 200 an hour for each person of the app, or 4800 a day for each view of an account.

    0 is no limit: then nobody has to count the views of all its videos, which takes long where there are many.
    """
    switches = ask.world.switches
    if family == "app":
        return switches.meta_calls_per_user_hour * max(1, len(ask.world.shelf(MetaPerson)))
    allowed = switches.meta_calls_per_account_day
    return allowed * max(1, views_yesterday(ask.world, key)) if allowed else 0


def percent(ask: Ask, family: str, key: str) -> int:
    """Return how much of a limit is used; an account's trait or a switch can say it instead of the counter."""
    account = ask.world.accounts.get(key)
    told = trait(account, "usage_percent") if account else None
    if family == "app":
        told = ask.world.switches.meta_app_usage_percent or None
    if told is not None:
        return int(told)
    seconds = HOUR if family == "app" else DAY
    limit = limit_of(ask, family, key)
    if not limit:
        return 0
    return ask.world.windows.count(f"meta {family} {key}", seconds, ask.world.now()) * 100 // limit


def headers(ask: Ask) -> dict[str, str]:
    """Return `x-app-usage` or `x-business-use-case-usage` for a call that passed the gate."""
    if ask.token is None:
        return {}
    family, key = family_of(ask)
    used = percent(ask, family, key)
    numbers: dict[str, Any] = {"call_count": used, "total_cputime": used // 4, "total_time": used // 3}
    if family == "app":
        return {"x-app-usage": json.dumps(numbers)}
    account: Account | None = ask.world.accounts.get(key)
    wait = int(trait(account, "regain_minutes") or 0) if account else 0
    told = {"type": family, **numbers, "estimated_time_to_regain_access": wait if used >= 100 or wait else 0}
    return {"x-business-use-case-usage": json.dumps({key: [told]})}
