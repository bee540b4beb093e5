"""The limiter all workers share: token buckets and windows in Postgres, one statement a decision.

A bucket is one limit of one app or account for one family of endpoints (`quotas` in config/distribution.yaml). A call
takes from all its buckets or from none, under the row lock of each. Rates (`per: minute`, `hour`) are token buckets:
`burst` at once, and refilled so that no minute (or hour) holds more than the limit. Days and rolling days are counts.
A refused publication gets a place in the bucket's line, so that whoever comes first, and before all those of priority
8 to 10, also goes first; reads leave what is in the line, and the share that is kept for publishing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal
from zlib import crc32

from psycopg.types.json import Jsonb
from sqlalchemy.exc import SQLAlchemyError

from include.database import engine, queries
from include.settings import Quota

if TYPE_CHECKING:
    from include.publishing.quota_use import QuotaUse

log = logging.getLogger("release_desk.publishing")
SQL = queries.load("limits")
EVERYBODY = "*"
"""The owner of rows that all users of the installation share."""
SECONDS = {"minute": 60.0, "hour": 3600.0, "rolling_day": 86_400.0}
SLACK_SECONDS = 5.0
"""A call may be under way so long before the platform counts it: rates refill as if their time were longer by this."""
OVERTAKES = 8
"""From this priority on a publication goes before those that wait already (CONTRACT.md: 8 to 10)."""
HASTY_RATE = 1.0
"""Tokens a second from which a decision need not reach the disk: a restarted server starts such a bucket empty."""

KEPT_OF_LOOKS = 0.25
"""Looks at a publication on its way leave this part of what reads leave: what reads used up would keep it from ending,
and at LinkedIn and Instagram from being posted at all."""

Share = Literal["publish", "look", "read"]
Reason = Literal["pause", "shut", "limit", "line", "kept"]


@dataclass(frozen=True, kw_only=True)
class BucketKey:
    """Which bucket: `scope` is the account's id, or our app's id at the platform (then `owner` is '*')."""

    owner: str
    platform: str
    bucket: str
    scope: str


@dataclass(frozen=True, kw_only=True)
class Want:
    """What a call costs in one bucket; `began` and `ends` are the day it is counted in, where it is a day's limit."""

    key: BucketKey
    quota: Quota
    cost: int
    began: datetime | None = None
    ends: datetime | None = None

    @property
    def is_rate(self) -> bool:
        """Whether this is a token bucket."""
        return is_rate(self.quota)

    @property
    def rate(self) -> float:
        """Tokens a second."""
        return rate_of(self.quota)

    def as_row(self) -> dict[str, Any]:
        """Return what `desk.take` reads."""
        row: dict[str, Any] = vars(self.key) | {"cost": self.cost, "at_most": self.quota.limit, "kept": self.quota.kept}
        if self.is_rate:
            hasty = self.rate >= HASTY_RATE
            return row | {"kind": "tokens", "capacity": self.quota.at_once, "rate": self.rate, "hasty": hasty}
        if self.quota.per == "day":
            return row | {"kind": "day", "began": str(self.began), "ends": str(self.ends)}
        return row | {"kind": "rolling", "span": SECONDS[self.quota.per]}


@dataclass(frozen=True, kw_only=True)
class Asker:
    """For whom a call is made: the account, our app there, and the publication it belongs to, if any."""

    owner: str
    platform: str
    account_id: str
    app_id: str
    publication_id: str | None = None
    priority: int = 5


@dataclass(frozen=True, kw_only=True)
class Granted:
    """The call may go out; `taken` is for `settle`."""

    taken: tuple[dict[str, Any], ...]
    cost: int


@dataclass(frozen=True, kw_only=True)
class Until:
    """The call may not go out before `at`; `want` is the bucket that refused (None: the account or app pauses).

    `ahead` is what those before it in the line take, `told` the platform's own words where it refused.
    """

    at: datetime
    reason: Reason
    want: Want | None = None
    at_most: int = 0
    ahead: int = 0
    told: str | None = None


def is_rate(quota: Quota) -> bool:
    """Say whether a limit is a token bucket; days and rolling days are counted."""
    return quota.per in {"minute", "hour"}


def rate_of(quota: Quota) -> float:
    """Return how many tokens a second refill a rate: with a full bucket, always less than `limit` + 1 in its time."""
    return (quota.limit + 1 - quota.at_once) / (SECONDS[quota.per] + SLACK_SECONDS)


def ticket_of(publication_id: str) -> int:
    """Return what stands for a publication in a line that all users of an app share, without naming it."""
    half = len(publication_id) // 2
    return crc32(publication_id[:half].encode()) << 31 | crc32(publication_id[half:].encode()) >> 1


def take(asker: Asker, wants: Sequence[Want], *, share: Share, now: datetime | None = None) -> Granted | Until:
    """Take a call's cost from all its buckets, or say until when it waits and why.

    Reads leave the kept share, looks a part of it. A pause of reads binds looks only where we count them: Meta, which
    tells its use itself, lets reads pause again and again, and what is on its way would wait as long.

    `now` is the database's own clock unless given: workers whose clocks differ agree all the same. Raises what
    SQLAlchemy raises when the database is away; nothing may be sent then.
    """
    ordered = sorted(wants, key=lambda want: (want.key.bucket, want.key.scope))  # one order for all: no deadlocks
    part = KEPT_OF_LOOKS if share == "look" else 1.0
    rows = [row | {"kept": row["kept"] * part} for row in (want.as_row() for want in ordered)]
    values = {
        "platform": asker.platform,
        "account_id": asker.account_id,
        "app_id": asker.app_id,
        "wants": Jsonb(rows),
        "reading": share == "read" or (share == "look" and bool(rows)),
        "ticket": ticket_of(asker.publication_id) if asker.publication_id else None,
        "rank": asker.priority if asker.priority >= OVERTAKES else 0,
        "now": now,
    }
    durable = not all(row.get("hasty") for row in rows)
    answers = engine.in_one_statement(asker.owner, SQL["take"], values, durable=durable)
    refused = [(answer, want) for answer, want in _paired(answers, ordered) if not answer["granted"]]
    if refused:
        return max((_until(answer, want) for answer, want in refused), key=lambda until: until.at)
    taken = tuple(row | {"mark": answer.get("mark")} for row, answer in zip(rows, answers, strict=True))
    return Granted(taken=taken, cost=sum(want.cost for want in wants))


def settle(owner: str, granted: Granted, *, sent: bool, now: datetime | None = None) -> None:
    """Give back what a call that was not sent took; count one that was sent from its answer on.

    A database that is away changes nothing but the count, which then is too careful: the answer counts more.
    """
    taken = [row for row in granted.taken if not sent or row["kind"] == "rolling"]
    if not taken:
        return
    try:
        values = {"wants": Jsonb(taken), "sent": sent, "now": now}
        engine.in_one_statement(owner, SQL["settle"], values, durable=False)
    except SQLAlchemyError as error:
        log.warning("A limit of %s counts too much for some minutes: %s", taken[0]["platform"], type(error).__name__)


def shut(owner: str, key: BucketKey, until: datetime, why: str) -> None:
    """Let a bucket give nothing before a time, because the platform refused; for all workers."""
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["shut"], vars(key) | {"until": until, "why": why})


def tell(owner: str, key: BucketKey, *, used: int, limit: int | None, seconds_ago: float) -> None:
    """Keep what the platform itself counts, and how long ago it was asked; a rolling day obeys it from then on."""
    values = vars(key) | {"used": used, "at_most": limit, "seconds_ago": seconds_ago}
    with engine.transaction(owner, durable=False) as connection:
        connection.exec_driver_sql(SQL["tell"], values)


def overview(owner: str) -> tuple[QuotaUse, ...]:
    """Return how full every limit of an owner's accounts and of our apps is; nothing is taken and nobody is called."""
    from include.publishing import quota_use  # it counts with what stands here

    return quota_use.overview(owner)


def _paired(answers: list[dict[str, Any]], wants: Sequence[Want]) -> list[tuple[dict[str, Any], Want | None]]:
    if answers and answers[0].get("reason") == "pause" and not answers[0]["granted"]:
        return [(answers[0], None)]
    return list(zip(answers, wants, strict=True))


def _until(answer: dict[str, Any], want: Want | None) -> Until:
    return Until(
        at=datetime.fromisoformat(answer["until"]).astimezone(UTC),
        reason=answer["reason"],
        want=want,
        at_most=int(answer.get("at_most") or 0),
        ahead=int(answer.get("ahead") or 0),
        told=answer.get("why"),
    )
