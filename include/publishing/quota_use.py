"""How full each limit is, for people and for Prometheus: no call is made and nothing is taken."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from include import settings
from include.accounts import accounts, keys
from include.accounts.accounts import Account
from include.database import engine
from include.platforms import NAMES, get
from include.platforms.meta_graph.usage import CALLS
from include.publishing import limits
from include.publishing.limits import EVERYBODY, SECONDS, SQL, BucketKey
from include.publishing.quotas import day_began, day_ends
from include.settings import Quota

TOLD_FOR = timedelta(hours=1)
"""How long Meta's own percentage is shown: its shortest window (meta.md 7.1)."""
Rows = Mapping[BucketKey, Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class QuotaUse:
    """One limit as it stands: `used` of `limit` calls or units (`calls` of Meta: percent) `per` window.

    `account_id` is None where all accounts of our app share it. Rates count what a full bucket holds, and `resets_at`
    is when it is full again; None: nothing is used, or nobody knows. `forecast` is `used` and what this owner has
    planned before that. `kept` is what reads leave to publishing, `waiting` how many publications stand in the line.
    `shut_until` and `why`: the platform refuses until then.
    """

    platform: str
    shared_by: Literal["app", "account"]
    account_id: str | None
    family: str
    used: int
    limit: int
    per: str
    kept: int
    resets_at: datetime | None
    forecast: int
    waiting: int
    shut_until: datetime | None
    why: str | None
    source: str


@dataclass(frozen=True, kw_only=True)
class _Seen:
    """What the warehouse shows an owner, read at one moment."""

    now: datetime
    buckets: Rows
    windows: Mapping[tuple[BucketKey, datetime | None], Mapping[str, Any]]
    planned: Mapping[str, list[Mapping[str, Any]]]


def overview(owner: str) -> tuple[QuotaUse, ...]:
    """Return every limit of the owner's connected accounts and of our apps at their platforms."""
    found = [each for each in accounts.list_all(owner) if each.state != "disconnected" and each.platform in NAMES]
    seen = _look(owner)
    uses: dict[BucketKey, QuotaUse] = {}
    for account in found:
        app = _app(account)
        for name, quota in settings.distribution().quotas.get(_service(account), {}).items():
            key = _key(account, app, name, quota.shared_by)
            if key not in uses:
                uses[key] = _use(seen, key, quota, _costs(seen, account, quota))
        uses |= {use_key: use for use_key, use in _told(seen, account, app) if use_key not in uses}
    return tuple(sorted(uses.values(), key=lambda use: (use.platform, use.account_id or "", use.family)))


def _service(account: Account) -> str:
    """Return whose limits an account's calls are counted against: its platform's, or its gateway's."""
    return account.platform if account.route == "direct" else account.route


def _app(account: Account) -> str:
    """Return who shares limits: our app at the platform, or the key at the gateway."""
    if account.route == "direct":
        return settings.app(account.platform).client_id
    return keys.fingerprint(keys.key_of(account))


def _key(account: Account, app: str, bucket: str, shared_by: str) -> BucketKey:
    shared = shared_by == "app"
    return BucketKey(
        owner=EVERYBODY if shared else account.owner,
        platform=_service(account),
        bucket=bucket,
        scope=app if shared else account.account_id,
    )


def _look(owner: str) -> _Seen:
    now = datetime.now(UTC)
    with engine.transaction(owner) as connection:

        def rows(statement: str) -> list[dict[str, Any]]:
            return [dict(row) for row in connection.exec_driver_sql(SQL[statement]).mappings()]

        buckets = {_key_of(row): row for row in rows("list_buckets")}
        windows = {(_key_of(row), row["window_start"]): row for row in rows("list_windows")}
        planned: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows("list_planned"):
            planned[row["platform"]].append(row)
    return _Seen(now=now, buckets=buckets, windows=windows, planned=planned)


def _key_of(row: Mapping[str, Any]) -> BucketKey:
    return BucketKey(owner=row["owner"], platform=row["platform"], bucket=row["bucket"], scope=row["scope"])


def _costs(seen: _Seen, account: Account, quota: Quota) -> list[tuple[datetime, int]]:
    """Return when this owner's planned publications take from a bucket, and how much."""
    direct = account.route == "direct"
    calls_of = getattr(get(account.platform) if direct else None, "calls_of_a_post", lambda placement: ())
    mine = [
        row
        for row in seen.planned.get(account.platform, [])
        if quota.shared_by == "app" or row["account_id"] == account.account_id
    ]
    return [(row["due_at"], sum(quota.costs.get(call, 0) for call in calls_of(row["placement"]))) for row in mine]


def _use(seen: _Seen, key: BucketKey, quota: Quota, planned: list[tuple[datetime, int]]) -> QuotaUse:
    bucket = seen.buckets.get(key, {})
    used, limit, resets_at = _count(seen, key, quota, bucket)
    horizon = day_ends(seen.now, quota.resets) if quota.per == "day" else seen.now + timedelta(days=1)
    to_come = 0 if limits.is_rate(quota) else sum(cost for due, cost in planned if due < horizon)
    shut = bucket.get("shut_until")
    shut = shut if shut and shut > seen.now else None
    return QuotaUse(
        platform=key.platform,
        shared_by=quota.shared_by,
        account_id=None if quota.shared_by == "app" else key.scope,
        family=key.bucket,
        used=used,
        limit=limit,
        per=quota.per,
        kept=int(quota.kept * limit),
        resets_at=resets_at,
        forecast=used + to_come,
        waiting=int(bucket.get("waiting") or 0),
        shut_until=shut,
        why=bucket.get("shut_why") if shut else None,
        source=quota.source,
    )


def _count(seen: _Seen, key: BucketKey, quota: Quota, bucket: Mapping[str, Any]) -> tuple[int, int, datetime | None]:
    """Return what is used, of how much, and when it is free again."""
    if limits.is_rate(quota):
        rate, full = limits.rate_of(quota), quota.at_once
        tokens = bucket.get("tokens")
        left = full if tokens is None else min(full, tokens + rate * max(0.0, bucket["seconds"]))
        used = full - int(left)
        return used, full, seen.now + timedelta(seconds=(full - left) / rate) if used else None
    if quota.per == "day":
        window = seen.windows.get((key, day_began(seen.now, quota.resets)))
        return (window["used"] if window else 0), quota.limit, day_ends(seen.now, quota.resets)
    span = timedelta(seconds=SECONDS[quota.per])
    window = seen.windows.get((key, None))
    marks = sorted(mark for mark in (window["marks"] if window else ()) if mark > seen.now - span)
    used = len(marks)
    if bucket.get("told_at") and bucket["told_at"] > seen.now - TOLD_FOR:
        used = max(used, bucket["told_used"] + sum(mark > bucket["told_at"] for mark in marks))
    return used, bucket.get("told_limit") or quota.limit, marks[0] + span if marks else None


def _told(seen: _Seen, account: Account, app: str) -> Iterator[tuple[BucketKey, QuotaUse]]:
    """Yield what Meta told of its limits of calls within the hour, in percent."""
    shared: tuple[Literal["app", "account"], ...] = ("app", "account")
    for shared_by in shared:
        key = _key(account, app, CALLS, shared_by)
        row = seen.buckets.get(key)
        if row is None or not row["told_at"] or row["told_at"] < seen.now - TOLD_FOR:
            continue
        yield (
            key,
            QuotaUse(
                platform=key.platform,
                shared_by=shared_by,
                account_id=None if shared_by == "app" else key.scope,
                family=CALLS,
                used=row["told_used"],
                limit=row["told_limit"] or 100,
                per="percent",
                kept=20,
                resets_at=None,
                forecast=row["told_used"],
                waiting=0,
                shut_until=None,
                why=None,
                source="the usage headers of Meta's answers (meta.md 7.2)",
            ),
        )
