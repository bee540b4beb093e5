"""REST: how the queue stands, how much of each limit is used, and good times to publish."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from include.desk.access import SignedIn
from include.desk.answers import problems
from include.publishing import limits, queue, times

router = APIRouter(tags=["queue"])


class StatsAnswer(BaseModel):
    """How your queue stands: numbers of publications."""

    waiting: int = Field(description="Wait for their time, a limit or an account.", examples=[12])
    due: int = Field(description="Are due and not begun.", examples=[1])
    late: int = Field(description="Of these, due for more than a minute.", examples=[0])
    running: int = Field(description="Are being published.", examples=[2])
    by_platform: dict[str, int] = Field(description="All of these by platform.", examples=[{"youtube": 9}])
    by_priority: dict[str, int] = Field(description="All of these by priority, 1 to 10.", examples=[{"5": 15}])
    oldest_due_seconds: float = Field(description="For how long the oldest is due; seconds.", examples=[3.2])


@router.get(
    "/queue/stats", summary="See how the queue stands", response_description="Your queue.", responses=problems()
)
def read_stats(acting: SignedIn) -> StatsAnswer:
    """How many of your publications wait, are due, late or running, by platform and priority."""
    found = queue.stats(acting.owner)
    return StatsAnswer(
        waiting=found.waiting, due=found.due, late=found.late, running=found.running,
        by_platform=dict(found.by_platform), oldest_due_seconds=round(found.oldest_due_seconds, 3),
        by_priority={str(priority): count for priority, count in found.by_priority.items()},
    )  # fmt: skip


class QuotaAnswer(BaseModel):
    """One limit of a platform, and how much of it is used."""

    platform: str = Field(description="Whose limit it is.", examples=["youtube"])
    shared_by: str = Field(description="`app`: all users of this installation share it; `account`.", examples=["app"])
    account_id: str | None = Field(description="The account; null for a limit of the app.", examples=["my_youtube"])
    family: str = Field(description="Which calls it is about.", examples=["uploads"])
    used: int = Field(description="Calls or units that count now; Meta's `calls`: percent.", examples=[3])
    limit: int = Field(description="How many the platform takes in a window.", examples=[100])
    per: str = Field(description="The window: minute, hour, day or rolling_day.", examples=["day"])
    kept: int = Field(description="Calls or units that reads leave to publishing.", examples=[30])
    resets_at: datetime | None = Field(
        description="When it is whole again (UTC); null: nothing is used, or nobody knows.",
        examples=["2026-12-02T08:00:00Z"],
    )
    forecast: int = Field(description="`used`, and what you have planned before `resets_at`.", examples=[14])
    waiting: int = Field(description="Publications that wait for it.", examples=[0])
    shut_until: datetime | None = Field(
        description="Until when the platform wants no calls (UTC); null: it takes them.", examples=[None]
    )
    why: str | None = Field(description="Why it is shut, as a sentence.", examples=[None])
    source: str = Field(description="Where the figure comes from.", examples=["the platform's documentation"])


class QuotasAnswer(BaseModel):
    """Every limit that counts for your accounts."""

    quotas: list[QuotaAnswer] = Field(description="By platform, account and family.")


@router.get(
    "/quotas", summary="See how much of each limit is used", response_description="The limits.", responses=problems()
)
def read_quotas(acting: SignedIn) -> QuotasAnswer:
    """The platforms' limits as we count them: used, left, until when, and who waits for them."""
    names = QuotaAnswer.model_fields
    found = limits.overview(acting.owner)
    return QuotasAnswer(quotas=[QuotaAnswer(**{name: getattr(each, name) for name in names}) for each in found])


class TimeAnswer(BaseModel):
    """A good time to publish."""

    local: str = Field(description="By the clocks of `timezone`; no offset.", examples=["2026-12-01T18:00:00"])
    timezone: str = Field(description="IANA zone.", examples=["Europe/Madrid"])
    at: datetime = Field(description="The same as an instant (UTC).", examples=["2026-12-01T17:00:00Z"])
    score: float = Field(description="0 to 1; 1 is the best hour of the week.", examples=[0.83])
    because: Literal["history", "default"] = Field(
        description="The account's own publications decided, or the usual hours while it has none.",
        examples=["history"],
    )
    publications: int = Field(description="How many of its publications were looked at.", examples=[41])


class TimesAnswer(BaseModel):
    """Good times for one account."""

    times: list[TimeAnswer] = Field(description="The soonest first.")


@router.get(
    "/accounts/{account_id}/times",
    summary="Ask for good times to publish",
    response_description="Times, the soonest first.",
    responses=problems(404),
    tags=["accounts"],
)
def read_times(
    acting: SignedIn,
    account_id: str,
    days: Annotated[int, Query(ge=1, le=60, description="How many days ahead, from now on.")] = 7,
) -> TimesAnswer:
    """Free hours like those the account usually publishes at, or usual ones while it has published too little.

    Views have no say: it is based on the times of its last 200 publications alone.
    """
    found = times.suggested_times(acting.owner, account_id, days=days)
    return TimesAnswer(times=[TimeAnswer(**{**vars(each), "local": each.local.isoformat()}) for each in found])
