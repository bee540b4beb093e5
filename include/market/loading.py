"""Asks Social Blade and vidIQ about every owner's channels, once a day at most; nothing that goes wrong there is ours.

A source without keys is off. Credits are kept: `keep_credits` of config/analytics.yaml (`platforms.social_blade`,
`platforms.vidiq`) is where asking stops. A channel whose figures are less than a day old is not asked about.
"""

from __future__ import annotations

import json
import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pydantic import SecretStr

from include import settings
from include.accounts import accounts
from include.accounts.accounts import Account
from include.analytics import store
from include.analytics.policy import NOBODY
from include.database import engine, queries
from include.market import social_blade, vidiq
from include.platforms.errors import AccountTrouble, PlatformError, Rejected
from include.platforms.http import Calls
from include.platforms.reading import Rows
from include.publishing import output
from include.publishing.call_log import CallLog

log = logging.getLogger("release_desk.market")
SQL, POLICY_SQL = queries.load("market"), queries.load("policy")
KEPT_HOURS = 24
KEEP_CREDITS = 20
"""Credits that are left alone where config/analytics.yaml says nothing."""


@dataclass(kw_only=True)
class Loaded:
    """What one source told of one owner's channels; `trouble` are sentences."""

    source: str
    owner: str
    asked: int = 0
    rows_changed: int = 0
    trouble: list[str] = field(default_factory=list)


Ask = Callable[[Account], tuple[tuple[Rows, ...], int | None]]
"""Returns an account's rows and the credits that are left."""


def load(now: datetime | None = None) -> list[Loaded]:
    """Ask every source about every owner's channels; return what came of it. Never raises for what a source does."""
    now = now or datetime.now(UTC)
    return [told for owner in owners() for told in load_owner(owner, now)]


def owners() -> list[str]:
    """Return who has a channel that a source knows."""
    with engine.transaction(NOBODY) as connection:
        found = {
            str(owner)
            for platform in social_blade.PLATFORMS
            for owner in connection.exec_driver_sql(POLICY_SQL["owners_on"], {"platform": platform}).scalars()
        }
    return sorted(found)


def load_owner(owner: str, now: datetime) -> list[Loaded]:
    """Ask every source that has keys about one owner's channels, and write their file."""
    mine = accounts.list_all(owner)
    told = []
    if (keys := _social_blade_keys(owner, mine)) is not None:
        told.append(_from_social_blade(owner, mine, keys, now))
        if told[-1].asked:
            _write(owner, now.date())
    if (key := _vidiq_key()) is not None:
        told.append(_from_vidiq(owner, mine, key, now))
    return told


def _from_social_blade(owner: str, mine: list[Account], keys: social_blade.Keys, now: datetime) -> Loaded:
    loaded = Loaded(source=social_blade.SOURCE, owner=owner)
    record = CallLog(owner, social_blade.SOURCE, None)
    try:
        with Calls(platform=loaded.source, bases=settings.endpoints()[loaded.source], record=record.record) as calls:

            def ask(account: Account) -> tuple[tuple[Rows, ...], int | None]:
                query = account.platform_user_id if account.platform == "youtube" else account.username
                found = social_blade.ask(calls, keys, account.platform, str(query).lstrip("@"), now)
                return found.rows, found.credits_left

            _each(loaded, _channels(mine, social_blade.PLATFORMS), ask, now)
    finally:
        record.close()
    return loaded


def _from_vidiq(owner: str, mine: list[Account], key: SecretStr, now: datetime) -> Loaded:
    loaded = Loaded(source=vidiq.SOURCE, owner=owner)
    record = CallLog(owner, vidiq.SOURCE, None)
    try:
        with Calls(platform=loaded.source, bases=settings.endpoints()[loaded.source], record=record.record) as calls:

            def ask(account: Account) -> tuple[tuple[Rows, ...], int | None]:
                left = vidiq.credits_left(calls, key)
                if left is not None and left <= _kept(vidiq.SOURCE):
                    return (), left
                return vidiq.ask(calls, key, str(account.platform_user_id), now), left

            _each(loaded, _channels(mine, ("youtube",)), ask, now)
    finally:
        record.close()
    return loaded


def _each(loaded: Loaded, channels: list[Account], ask: Ask, now: datetime) -> None:
    """Ask about one channel after the other until the credits or the source's patience end."""
    since = now - timedelta(hours=KEPT_HOURS)
    with engine.transaction(loaded.owner) as connection:
        known = {"owner": loaded.owner, "source": loaded.source, "since": since}
        fresh = set(connection.exec_driver_sql(SQL["asked_lately"], known).scalars())
    for account in channels:
        if account.account_id in fresh:
            continue
        try:
            rows, left = ask(account)
        except Rejected as unknown:
            loaded.trouble.append(f"{account.account_id}: {unknown.message}")
            continue
        except (PlatformError, AccountTrouble) as trouble:
            loaded.trouble.append(trouble.message)
            return
        if rows:
            loaded.asked += 1
            with engine.transaction(loaded.owner) as connection:
                saved = store.save(connection, loaded.owner, account.account_id, now, rows)
            loaded.rows_changed += saved.rows_changed
        if left is not None and left <= _kept(loaded.source):
            loaded.trouble.append(f"{left} credits are left; asking stops at {_kept(loaded.source)}.")
            return


def _kept(source: str) -> int:
    return int(settings.analytics().platforms.get(source, {}).get("keep_credits", KEEP_CREDITS))


def _channels(mine: list[Account], platforms: tuple[str, ...]) -> list[Account]:
    """Return connected channels, each once, whatever routes they have."""
    found = {
        (one.platform, one.platform_user_id): one
        for one in mine
        if one.platform in platforms and one.route == "direct" and one.state != "disconnected" and one.username
    }
    return list(found.values())


def _social_blade_keys(owner: str, mine: list[Account]) -> social_blade.Keys | None:
    """Return the owner's own keys, else the installation's; None: the source is off."""
    for one in mine:
        if one.platform == social_blade.SOURCE and one.state == "connected":
            token = accounts.read_secret(owner, one.account_id, "token")
            client_id = one.profile.get("client_id")
            if token is not None and client_id:
                return social_blade.Keys(client_id=str(client_id), token=token)
    try:
        app = settings.app(social_blade.SOURCE)
    except settings.SettingsError:
        return None
    return social_blade.Keys(client_id=app.client_id, token=app.client_secret)


def _vidiq_key() -> SecretStr | None:
    """Return the key of the Airflow Connection `vidiq` (its password); None: the source is off."""
    found = settings.connection(vidiq.SOURCE)
    return SecretStr(str(found["password"])) if found and found["password"] else None


# --- the file other programs read -------------------------------------------------------------------------------------


def _write(owner: str, day: date) -> None:
    """Write `analytics/socialblade/{segment}/{age}/{YYYYMMDD}_channel_stats.json` for where the channels publish."""
    with engine.transaction(owner) as connection:
        known = {"owner": owner, "day": day}
        told = [dict(row) for row in connection.exec_driver_sql(SQL["channels_of_day"], known).mappings()]
        places: dict[tuple[str, str], set[str]] = defaultdict(set)
        for row in connection.exec_driver_sql(SQL["channel_places"], known):
            places[row.segment, row.age_bucket].add(row.account_id)
    for (segment, age_bucket), names in places.items():
        channels = [each for each in told if each["account_id"] in names]
        if channels:
            address = f"{settings.output_root().rstrip('/')}/analytics/socialblade/{segment}/{age_bucket}"
            output.put(f"{address}/{day:%Y%m%d}_channel_stats.json", _as_file(segment, age_bucket, day, channels))


def _as_file(segment: str, age_bucket: str, day: date, channels: list[dict[str, Any]]) -> bytes:
    told = {"segment": segment, "age_bucket": age_bucket, "date": day.isoformat(), "channels": channels}
    return json.dumps({"channel_stats": told}, default=str, ensure_ascii=False, indent=2).encode()
