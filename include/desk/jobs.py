"""REST: jobs. What a job is, and its status, CONTRACT.md says."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from include.desk.access import SignedIn
from include.desk.answers import problems
from include.desk.problems import Trouble
from include.publishing import jobs
from include.publishing.jobs import Job, Status

router = APIRouter(prefix="/jobs", tags=["jobs"])
JOB_ID = "release~clip42~1f0c9a7be2d34c55"


class Result(BaseModel):
    """What became of the release on one account."""

    publication_id: str = Field(examples=["0b6f2c1e-8f0a-4c58-9a55-1d1f5c0f3d0e"])
    platform: str = Field(examples=["youtube"])
    account_id: str = Field(examples=["my_youtube"])
    placement: str = Field(examples=["short"])
    route: str = Field(description="`direct`, or the gateway it goes through.", examples=["direct"])
    state: str = Field(description="Where the publication stands; docs/publishing.md explains them.")
    url: str | None = Field(examples=["https://www.youtube.com/watch?v=dQw4w9WgXcQ"])
    video_id: str | None = Field(description="Its id at the platform.", examples=["dQw4w9WgXcQ"])
    error: dict[str, Any] | None = Field(description="The last one: kind, message, code, status, request_id.")
    warnings: list[str]
    attempts: int = Field(description="Tries that failed, of the step it is in.")
    next_try_at: datetime | None
    scheduled_for: datetime | None
    published_at: datetime | None
    bytes_sent: int
    bytes_total: int


class JobAnswer(BaseModel):
    """One release sent to some accounts."""

    job_id: str = Field(description="The id of its run in Airflow.", examples=[JOB_ID])
    status: Status
    title_id: str | None = Field(examples=["clip42"])
    segment: str | None = Field(examples=["women"])
    age_bucket: str | None = Field(examples=["18-23"])
    campaign: str | None
    callback_data: dict[str, Any] = Field(description="Your own data, given back as it is.")
    problems: list[str] = Field(description="Why it was refused before anything was registered.")
    summary: str | None = Field(examples=["Published to 3 of 4 platforms"])
    created_at: datetime
    ended_at: datetime | None
    results: list[Result] = Field(description="One entry per account and placement.")


class JobsAnswer(BaseModel):
    """A page of jobs, the newest first."""

    jobs: list[JobAnswer]
    cursor: str | None = Field(description="Send it as `cursor` for the jobs before these; null at the end.")


@router.get("", summary="List your jobs", response_description="A page of jobs.", responses=problems(422))
def list_jobs(
    acting: SignedIn,
    status: Annotated[Status | None, Query(description="Only these.")] = None,
    platform: Annotated[str | None, Query(description="Only jobs with a publication there.", max_length=64)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(description="Where the page before ended.", max_length=1024)] = None,
) -> JobsAnswer:
    """Your jobs, the newest first, each with what became of it on every account."""
    try:
        page = jobs.list_page(acting.owner, status=status, platform=platform, at_most=limit, cursor=cursor)
    except jobs.BadCursor as error:
        raise Trouble(422, str(error)) from None
    return JobsAnswer(jobs=[_shown(each) for each in page.jobs], cursor=page.cursor)


@router.get("/{job_id}", summary="Look at one job", response_description="The job.", responses=problems(404))
def read_job(acting: SignedIn, job_id: str) -> JobAnswer:
    """One job and what became of it on every account."""
    return _shown(jobs.read(acting.owner, job_id))


@router.post(
    "/{job_id}/cancel",
    summary="Cancel a job",
    response_description="The job as it stands now.",
    responses=problems(404, 409, 503),
)
def cancel_job(acting: SignedIn, job_id: str) -> JobAnswer:
    """Stop everything of a job of which nothing was sent yet; what was begun goes on. A second call changes nothing."""
    return _shown(jobs.cancel(acting.owner, job_id))


def _shown(job: Job) -> JobAnswer:
    conf = job.conf
    return JobAnswer(
        **{name: getattr(job, name) for name in ("job_id", "status", "summary", "created_at", "ended_at")},
        **{name: conf.get(name) for name in ("title_id", "segment", "age_bucket", "campaign")},
        callback_data=conf.get("callback_data") or {},
        problems=list(job.problems),
        results=[
            Result(
                **{name: value for name, value in each.items() if name not in {"job_id", "publication_id"}},
                publication_id=str(each["publication_id"]),
            )
            for each in job.results
        ],
    )
