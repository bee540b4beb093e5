"""REST: what a person or program decides about a job: another time, stop, try again, or what became of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from include.desk import access, runs
from include.desk.access import SignedIn
from include.desk.answers import problems
from include.desk.idempotency import RepeatableRoute
from include.desk.jobs import JobAnswer, etag_of, matches, shown
from include.desk.problems import Trouble
from include.desk.wishes import LOCAL_TIME, ZONE, LocalTime, Name, Text, Zone
from include.publishing import jobs, queue
from include.publishing.jobs import Job
from include.publishing.ledger import Busy

router = APIRouter(prefix="/jobs", tags=["jobs"], route_class=RepeatableRoute)
CHANGED: dict[str, Any] = {"response_description": "The job as it stands now.", "responses": problems(404, 409, 503)}
OLD = "The job has changed since you looked at it. GET it again, and send its new ETag as If-Match."
AGAIN = frozenset({"failed", "rejected", "cancelled"})


class Change(BaseModel):
    """What is to be different; what is left out stays."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"scheduled_for": "2026-12-01T10:30:00", "timezone": "Europe/Madrid"}, {"priority": 9}],
            "minProperties": 1,
        },
    )

    scheduled_for: LocalTime | None = Field(None, description=LOCAL_TIME, examples=["2026-12-01T10:30:00"])
    timezone: Zone | None = Field(
        None, description=ZONE + " Without it the one it has.", examples=["Europe/Madrid"]
    )  # fmt: skip
    priority: int | None = Field(None, ge=1, le=10, description="1 to 10; 10 goes first.", examples=[9])


class Found(BaseModel):
    """What a person has found at the platform about an unconfirmed publication."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "publication_id": "0b6f2c1e-8f0a-4c58-9a55-1d1f5c0f3d0e",
                    "published": True,
                    "url": "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
                },
                {"published": False},
            ]
        },
    )

    publication_id: Name | None = Field(
        None, description="Which one; needed when several of the job are unconfirmed.",
        examples=["0b6f2c1e-8f0a-4c58-9a55-1d1f5c0f3d0e"],
    )  # fmt: skip
    published: bool = Field(description="Whether it is there.", examples=[True])
    video_id: Name | None = Field(None, description="Its id at the platform.", examples=["dQw4w9WgXcQ"])
    url: Text | None = Field(None, description="Its address.", examples=["https://www.youtube.com/watch?v=dQw4w9WgXcQ"])


@router.patch(
    "/{job_id}",
    summary="Change a job's time or priority",
    response_description="The job as it stands now.",
    responses=problems(404, 409, 412, 503),
)
def change_job(
    acting: SignedIn,
    job_id: str,
    change: Change,
    request: Request,
    response: Response,
    if_match: Annotated[
        str | None,
        Header(description="The `ETag` of what you looked at: 412 when it has changed since, and nothing is done."),
    ] = None,
) -> JobAnswer:
    """Move everything of a job that has not begun; 409 when nothing can be moved any more."""
    _may_run(request)
    job = jobs.read(acting.owner, job_id)
    if if_match is not None and not matches(if_match, etag_of(shown(job))):
        raise Trouble(412, OLD)
    if not (wanted := change.model_dump(exclude_none=True)):
        raise Trouble(422, "Nothing is to be changed: name scheduled_for, timezone or priority.")

    def move(each: Mapping[str, Any]) -> object:
        version = each["version"] if if_match is not None else None
        return queue.move(acting.owner, str(each["publication_id"]), **wanted, expected_version=version)

    try:
        _each(job.results, move)
    except queue.Changed as changed:
        raise Trouble(412, str(changed)) from None
    except queue.NotPossible as refused:
        told = str(refused)
        if told[:1].isupper() or told[:1] == "'":  # about the publication
            raise
        raise Trouble(422, f"This cannot be changed: {told}") from None  # about the time that was asked for
    return _now(acting.owner, job_id, response)


@router.post("/{job_id}/cancel", summary="Cancel a job", **CHANGED)
def cancel_job(acting: SignedIn, job_id: str, response: Response) -> JobAnswer:
    """Stop everything of a job of which nothing was sent yet; what was begun goes on. A second call changes nothing."""
    jobs.cancel(acting.owner, job_id)
    return _now(acting.owner, job_id, response)


@router.post("/{job_id}/retry", summary="Try a job again", **CHANGED)
def retry_job(acting: SignedIn, job_id: str, request: Request, response: Response) -> JobAnswer:
    """Try everything of a job again that failed, was rejected or cancelled; what is out stays out.

    The queue starts it within seconds. 409 when there is nothing to try, or the platform may have something of it.
    """
    _may_run(request)
    job = jobs.read(acting.owner, job_id)
    again = [each for each in job.results if each["state"] in AGAIN]
    if not again:
        raise queue.NotPossible(f"Nothing of this job can be tried again: it is {job.status}.")
    _each(again, lambda each: queue.retry(acting.owner, str(each["publication_id"])))
    return _now(acting.owner, job_id, response)


@router.post("/{job_id}/confirm", summary="Say what became of an unconfirmed publication", **CHANGED)
def confirm_job(acting: SignedIn, job_id: str, found: Found, request: Request, response: Response) -> JobAnswer:
    """Tell what you found at the platform; with `published: false` POST …/retry may send it again."""
    _may_run(request)
    if found.published and not (found.video_id or found.url):
        raise Trouble(422, "Say where it is: name its url or its video_id.")
    publication_id = _unconfirmed(jobs.read(acting.owner, job_id), found.publication_id)
    queue.confirm(
        acting.owner, publication_id, published=found.published, video_id=found.video_id, url=found.url
    )  # fmt: skip
    return _now(acting.owner, job_id, response)


def _may_run(request: Request) -> None:
    access.may_run(request, runs.DAG)


def _each(results: Iterable[Mapping[str, Any]], do: Callable[[Mapping[str, Any]], object]) -> None:
    """Do something with each publication that stands where it can be done; raise the last refusal when none did."""
    done, refused = False, None
    for each in results:
        try:
            do(each)
            done = True
        except (queue.NotPossible, Busy) as error:
            refused = error
    if not done:
        raise refused or queue.NotPossible("This job has no publications.")


def _unconfirmed(job: Job, asked: str | None) -> str:
    ids = [str(each["publication_id"]) for each in job.results if asked is None or str(each["publication_id"]) == asked]
    if asked is not None and not ids:
        raise Trouble(404, "This job has no publication of this id.")
    open_ones = [
        str(each["publication_id"]) for each in job.results
        if each["state"] == "unconfirmed" and str(each["publication_id"]) in ids
    ]  # fmt: skip
    if len(open_ones) > 1:
        raise Trouble(422, f"Several publications of this job are unconfirmed; name one: {', '.join(open_ones)}.")
    if not open_ones:
        raise queue.NotPossible("Nothing of this job is unconfirmed; there is nothing to say about it.")
    return open_ones[0]


def _now(owner: str, job_id: str, response: Response) -> JobAnswer:
    told = shown(jobs.read(owner, job_id))
    response.headers["ETag"] = etag_of(told)
    return told
