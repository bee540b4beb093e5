"""REST: publish one release now or at a time, or ask what would become of it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fastapi import APIRouter, Request, Response, status
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from include.desk import access, runs
from include.desk.access import SignedIn
from include.desk.answers import problems
from include.desk.idempotency import RepeatableRoute
from include.desk.jobs import JobAnswer, etag_of, shown
from include.desk.problems import FieldProblem, Trouble
from include.desk.wishes import ImmediateWish, ReleaseWish, ScheduledWish, plain
from include.publishing import jobs, orders, queue, registration
from include.publishing.orders import Order
from include.publishing.registration import Refused

router = APIRouter(tags=["publish"], route_class=RepeatableRoute)
KEY = re.compile(r"[a-z_]+(?:\[\d+\])?(?:\.[a-z_]+)? ")
ACCEPTED: dict[str, Any] = {
    "status_code": status.HTTP_202_ACCEPTED,
    "response_description": "It is accepted; `job_id` leads to what becomes of it.",
    "responses": problems(409, 503),
}


@router.post("/publish/immediate", summary="Publish a release now", **ACCEPTED)
async def publish_immediately(
    acting: SignedIn, request: Request, response: Response, wish: ImmediateWish
) -> JobAnswer:  # fmt: skip
    """Check a release and start publishing it; every problem is told at once (422), and then nothing is started.

    The same request again is the same job: a release goes to an account once, however often it is asked for.
    """
    order = await run_in_threadpool(place, request, acting.owner, plain(wish))
    await runs.start(request, order.job_id, order.conf)
    return await run_in_threadpool(_answer, acting.owner, order, response)


@router.post("/publish/scheduled", summary="Publish a release at a time", **ACCEPTED)
async def publish_at_a_time(
    acting: SignedIn, request: Request, response: Response, wish: ScheduledWish
) -> JobAnswer:  # fmt: skip
    """Check a release and put it into the queue for its time; PATCH jobs/{job_id} moves it, POST …/cancel stops it.

    The time is kept as given, local time and zone: when a zone's clock changes, the instant moves and the clock time
    stays. Where the platform can keep a time itself, it may be sent early and appear on the second.
    """
    order = await run_in_threadpool(place, request, acting.owner, plain(wish))
    await run_in_threadpool(queue.schedule, acting.owner, order.publications)
    return await run_in_threadpool(_answer, acting.owner, order, response)


class Remark(BaseModel):
    """One thing a platform's rules say about the video or its texts."""

    rule: str = Field(description="The rule's name.", examples=["duration_seconds"])
    found: str | None = Field(description="What the release has.", examples=["215"])
    allowed: str | None = Field(description="What the platform takes.", examples=["180"])
    message: str = Field(description="The same as a sentence.", examples=["A short may have 180 s; this has 215."])
    fix: str = Field(description="`refused`, `convertible` (we mend it) or `warning`.", examples=["refused"])


class AccountCheck(BaseModel):
    """What would become of the release on one account."""

    account_id: str = Field(description="The account's name.", examples=["my_youtube"])
    platform: str = Field(description="Where it is.", examples=["youtube"])
    placement: str = Field(description="The kind of post it would be.", examples=["short"])
    valid: bool = Field(description="It would go out.", examples=[True])
    problems: list[str] = Field(description="What is in the way, as sentences.", examples=[[]])
    remarks: list[Remark] = Field(description="All that the platform's rules say, also what does not matter.")
    would: str | None = Field(description="How the video would be converted; null: not at all.", examples=[None])


class CheckAnswer(BaseModel):
    """What would become of a release."""

    valid: bool = Field(description="It would go out to every account.", examples=[True])
    problems: list[str] = Field(description="What is wrong with the request or the release as a whole.", examples=[[]])
    accounts: list[AccountCheck] = Field(description="One entry per account; empty when it did not come to that.")


@router.post(
    "/validate",
    summary="Ask what would become of a release",
    response_description="What was found.",
    responses=problems(503),
)
def validate(acting: SignedIn, wish: ReleaseWish) -> CheckAnswer:
    """Check a release against the rules of every account it would go to; nothing is written and nothing is sent.

    Something in the way is an answer here (200 with `valid: false`), not an error.
    """
    try:
        findings = registration.consider(plain(wish) | {"owner": acting.owner})
    except Refused as refused:
        return CheckAnswer(valid=False, problems=refused.problems, accounts=[])
    checks = [
        AccountCheck(
            account_id=each.account_id, platform=each.platform, placement=each.placement.value,
            valid=not each.problems, problems=list(each.problems), would=each.would,
            remarks=[
                Remark(rule=one.rule, found=_text(one.found), allowed=_text(one.allowed), message=one.message,
                       fix=one.fix)
                for one in each.remarks
            ],
        )
        for each in findings
    ]  # fmt: skip
    return CheckAnswer(valid=all(each.valid for each in checks), problems=[], accounts=checks)


def place(request: Request, owner: str, wishes: Mapping[str, Any]) -> Order:
    """Write an order down; raises `Trouble` 422 with every problem, 403 when this user may not start runs."""
    access.may_run(request, runs.DAG)
    try:
        return orders.place(owner, wishes)
    except Refused as refused:
        raise as_trouble(refused) from None


def as_trouble(refused: Refused) -> Trouble:
    """Return a refusal as an answer; sentences that begin with a key name it."""
    told = [_field(sentence) for sentence in refused.problems]
    return Trouble(422, f"This cannot be published: {' '.join(refused.problems)}", told)


def _field(sentence: str) -> FieldProblem:
    found = KEY.match(sentence)
    known = found is not None and re.split(r"[\[. ]", found[0])[0] in ScheduledWish.model_fields
    return FieldProblem(where=found[0].strip() if found and known else "body", what=sentence)


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _answer(owner: str, order: Order, response: Response) -> JobAnswer:
    told = shown(jobs.read(owner, order.job_id))
    response.headers["Location"] = f"{access.PREFIX}/jobs/{order.job_id}"
    response.headers["ETag"] = etag_of(told)
    return told
