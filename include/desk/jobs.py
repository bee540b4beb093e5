"""REST: jobs, to look at. CONTRACT.md says what a job is, and its status; include/desk/job_changes.py changes them."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Header, Query, Response, status
from pydantic import BaseModel, Field

from include.desk.access import SignedIn
from include.desk.answers import problems
from include.desk.idempotency import RepeatableRoute
from include.desk.problems import Trouble
from include.publishing import jobs
from include.publishing.jobs import Job, Status

router = APIRouter(prefix="/jobs", tags=["jobs"], route_class=RepeatableRoute)
OTHERWISE = frozenset({"job_id", "publication_id", "version", "scheduled_local"})
JOB_ID = "release~clip42~1f0c9a7be2d34c55"


class Result(BaseModel):
    """What became of the release on one account."""

    publication_id: str = Field(description="Names it.", examples=["0b6f2c1e-8f0a-4c58-9a55-1d1f5c0f3d0e"])
    platform: str = Field(description="Where it goes.", examples=["youtube"])
    account_id: str = Field(description="The account's name.", examples=["my_youtube"])
    placement: str = Field(description="The kind of post.", examples=["short"])
    route: str = Field(description="`direct`, or the gateway it goes through.", examples=["direct"])
    state: str = Field(
        description="Where the publication stands; docs/publishing.md explains them.", examples=["published"]
    )
    url: str | None = Field(
        description="Where it can be watched.", examples=["https://www.youtube.com/watch?v=dQw4w9WgXcQ"]
    )
    video_id: str | None = Field(description="Its id at the platform.", examples=["dQw4w9WgXcQ"])
    error: dict[str, Any] | None = Field(
        description="The last one: kind, message, code, status, request_id.",
        examples=[{"kind": "Rejected", "message": "The title is too long.", "code": "invalidTitle", "status": 400}],
    )
    warnings: list[str] = Field(description="What did not work and does not undo the publication.", examples=[[]])
    attempts: int = Field(description="Tries that failed, of the step it is in.", examples=[0])
    next_try_at: datetime | None = Field(
        description="When it goes on (UTC): its time, a limit's end, or the next try.",
        examples=["2026-12-01T08:00:00Z"],
    )
    scheduled_for: datetime | None = Field(
        description="Its time as an instant (UTC), by today's rules of its zone.", examples=["2026-12-01T08:00:00Z"]
    )
    scheduled_local: str | None = Field(
        description="Its time as it was given, by the clocks of `timezone`; no offset.",
        examples=["2026-12-01T09:00:00"],
    )
    timezone: str = Field(description="IANA zone of `scheduled_local`.", examples=["Europe/Madrid"])
    priority: int = Field(description="1 to 10; 10 goes first.", examples=[5])
    published_at: datetime | None = Field(description="When it came out (UTC).", examples=["2026-12-01T08:00:04Z"])
    bytes_sent: int = Field(description="Bytes the platform has so far.", examples=[12582912])
    bytes_total: int = Field(description="Bytes of the video.", examples=[12582912])


class JobAnswer(BaseModel):
    """One release sent to some accounts."""

    job_id: str = Field(description="The id of its run in Airflow.", examples=[JOB_ID])
    status: Status = Field(description="Of all its publications together.", examples=["completed"])
    title_id: str | None = Field(description="The release's file name.", examples=["clip42"])
    segment: str | None = Field(description="Its folder.", examples=["women"])
    age_bucket: str | None = Field(description="Its folder's folder.", examples=["18-23"])
    campaign: str | None = Field(description="The name you gave to find it by.", examples=["spring"])
    callback_data: dict[str, Any] = Field(description="Your own data, given back as it is.", examples=[{"order": 7}])
    problems: list[str] = Field(description="Why it was refused before anything was registered.", examples=[[]])
    summary: str | None = Field(
        description="How it ended, as a sentence; null while it goes on.", examples=["Published to 3 of 4 platforms"]
    )
    created_at: datetime = Field(description="When it was asked for (UTC).", examples=["2026-12-01T07:59:58Z"])
    ended_at: datetime | None = Field(description="When its run ended (UTC).", examples=["2026-12-01T08:00:05Z"])
    results: list[Result] = Field(description="One entry per account and placement.")


class JobsAnswer(BaseModel):
    """A page of jobs, the newest first."""

    jobs: list[JobAnswer] = Field(description="At most `limit` of them.")
    cursor: str | None = Field(
        description="Send it as `cursor` for the jobs before these; null at the end.", examples=["WyIyMDI2LTEyLTAx…"]
    )


@router.get("", summary="List your jobs", response_description="A page of jobs.", responses=problems(422))
def list_jobs(
    acting: SignedIn,
    status: Annotated[Status | None, Query(description="Only these.")] = None,
    platform: Annotated[str | None, Query(description="Only jobs with a publication there.", max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many at most.")] = 50,
    cursor: Annotated[str | None, Query(description="Where the page before ended.", max_length=1024)] = None,
) -> JobsAnswer:
    """Your jobs, the newest first, each with what became of it on every account."""
    try:
        page = jobs.list_page(acting.owner, status=status, platform=platform, at_most=limit, cursor=cursor)
    except jobs.BadCursor as error:
        raise Trouble(422, str(error)) from None
    return JobsAnswer(jobs=[shown(each) for each in page.jobs], cursor=page.cursor)


@router.get(
    "/{job_id}",
    summary="Look at one job",
    response_description="The job; its `ETag` is for PATCH.",
    responses=problems(404) | {304: {"description": "It is as it was (`If-None-Match`)."}},
)
def read_job(
    acting: SignedIn,
    job_id: str,
    response: Response,
    if_none_match: Annotated[
        str | None, Header(description="The `ETag` of an earlier answer: 304 when nothing has changed.")
    ] = None,
) -> JobAnswer:
    """One job and what became of it on every account."""
    told = shown(jobs.read(acting.owner, job_id))
    tag = etag_of(told)
    if if_none_match is not None and matches(if_none_match, tag):
        return Response(status_code=status.HTTP_304_NOT_MODIFIED, headers={"ETag": tag})  # type: ignore[return-value]
    response.headers["ETag"] = tag
    return told


def etag_of(told: JobAnswer) -> str:
    """Return the entity tag of a job as it is shown (RFC 9110, 8.8.3)."""
    return f'"{hashlib.sha256(told.model_dump_json().encode()).hexdigest()[:32]}"'


def matches(asked: str, tag: str) -> bool:
    """Say whether an If-Match or If-None-Match header names this entity tag, or any."""
    return any(each.strip().removeprefix("W/") in ("*", tag) for each in asked.split(","))


def shown(job: Job) -> JobAnswer:
    """Return a job as the API shows it."""
    conf = job.conf
    return JobAnswer(
        **{name: getattr(job, name) for name in ("job_id", "status", "summary", "created_at", "ended_at")},
        **{name: conf.get(name) for name in ("title_id", "segment", "age_bucket", "campaign")},
        callback_data=conf.get("callback_data") or {},
        problems=list(job.problems),
        results=[
            Result(
                **{name: value for name, value in each.items() if name not in OTHERWISE},
                scheduled_local=each["scheduled_local"] and each["scheduled_local"].isoformat(),
                publication_id=str(each["publication_id"]),
            )
            for each in job.results
        ],
    )
