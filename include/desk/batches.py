"""REST: many releases at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response, status
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field, model_validator

from include import settings
from include.desk import access, runs
from include.desk.access import SignedIn
from include.desk.answers import problems
from include.desk.idempotency import RepeatableRoute
from include.desk.wishes import Keys, Name
from include.publishing import batch, batch_jobs, batch_rows, orders, queue
from include.publishing.batch import Checked, Good, Problem
from include.publishing.orders import Order
from include.publishing.registration import Refused

router = APIRouter(tags=["publish"], route_class=RepeatableRoute)
BATCH_ID = "0b6f2c1e-8f0a-4c58-9a55-1d1f5c0f3d0e"
ROW: dict[str, Any] = {
    "segment": "women",
    "age_bucket": "18-23",
    "title_id": "clip42",
    "accounts": "my_youtube,my_tiktok",
}
MAX_CSV_CHARACTERS = 15 << 20


class BatchWish(BaseModel):
    """Rows to publish, as objects or as the text of a CSV file."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"rows": [ROW], "defaults": {"privacy": "private"}},
                {
                    "csv": "Folder,Ages,Clip\nwomen,18-23,clip42\n",
                    "columns": {"Folder": "segment", "Ages": "age_bucket", "Clip": "title_id"},
                    "partial": True,
                },
            ],
            "oneOf": [{"required": ["rows"]}, {"required": ["csv"]}],
        },
    )

    rows: list[dict[str, Any]] | None = Field(
        None, description="One object a row, with the keys of `columns`, or ours.", examples=[[ROW]], max_length=100_000
    )
    csv: str | None = Field(
        None, description="A CSV file with a header line; commas, semicolons or tabs.", max_length=MAX_CSV_CHARACTERS,
        examples=["segment,age_bucket,title_id\nwomen,18-23,clip42\n"],
    )  # fmt: skip
    columns: dict[str, Name] = Field(
        default_factory=dict, description="Your column's name → ours (docs/api.md lists ours); ours need no entry.",
        examples=[{"Clip": "title_id"}],
    )  # fmt: skip
    defaults: Keys = Field(
        default_factory=dict, description="What a row leaves out, by our names.", examples=[{"priority": 3}]
    )
    partial: bool = Field(
        False, description="Publish the good rows although others are bad. Without it one bad row stops all.",
        examples=[False],
    )  # fmt: skip
    dry_run: bool = Field(False, description="Check the rows and publish nothing.", examples=[False])

    @model_validator(mode="after")
    def _one_of_both(self) -> BatchWish:
        if (self.rows is None) is (self.csv is None):
            raise ValueError("send either rows or csv")
        return self


class RowProblem(BaseModel):
    """What is wrong with one row."""

    row: int = Field(description="Its number: 1 is the first row of data.", examples=[3])
    column: str | None = Field(description="Its column, as you call it; null: the whole row.", examples=["Clip"])
    message: str = Field(description="What is wrong, and what would be right.", examples=["is missing."])


class RowJob(BaseModel):
    """A row that became a job."""

    row: int = Field(description="Its number.", examples=[1])
    job_id: str = Field(description="GET jobs/{job_id} says what becomes of it.", examples=["release~clip42~1f0c9a7b"])


class BatchAnswer(BaseModel):
    """What was found, and what was begun."""

    batch_id: str | None = Field(
        description="GET publish/batch/{batch_id} says how far it is; null: nothing was begun.", examples=[BATCH_ID]
    )
    rows: int = Field(description="Rows in all.", examples=[12])
    good: int = Field(description="Rows that can be published.", examples=[11])
    begun: int = Field(description="Rows that are jobs, or wait for the queue to make them some.", examples=[11])
    queued: bool = Field(description="It goes through the queue, because it is long.", examples=[True])
    summary: str = Field(description="The same as a sentence.", examples=["11 of 12 rows can be published; …"])
    problems: list[RowProblem] = Field(description="Everything that is wrong, by row and column.")
    jobs: list[RowJob] = Field(description="The jobs that were started at once.")


class RowAnswer(BaseModel):
    """One row of a batch."""

    row: int = Field(description="Its number.", examples=[1])
    state: str = Field(description="waiting, registered or refused.", examples=["registered"])
    job_id: str | None = Field(description="The job it became.", examples=["release~clip42~1f0c9a7b"])
    problems: list[str] = Field(description="Why it was refused when its files were read.", examples=[[]])


class BatchState(BaseModel):
    """How far a batch is."""

    batch_id: str = Field(description="Its id.", examples=[BATCH_ID])
    created_at: datetime = Field(description="When it was asked for (UTC).", examples=["2026-12-01T09:00:00Z"])
    asked_rows: int = Field(description="Rows that were sent, also bad ones.", examples=[12])
    waiting: int = Field(description="Rows whose files nobody has read yet.", examples=[3])
    registered: int = Field(description="Rows that are jobs.", examples=[8])
    refused: int = Field(description="Rows that were refused when their files were read.", examples=[0])
    rows: list[RowAnswer] = Field(description="At most `limit` of them, by number.")
    after: int | None = Field(description="Send it as `after` for the next rows; null at the end.", examples=[200])


@router.post(
    "/publish/batch",
    summary="Publish many releases",
    response_description="Nothing was begun: it was a dry run, or a row is bad and `partial` was not asked for.",
    responses=problems(503)
    | {202: {"description": "The good rows are begun; `problems` has the others.", "model": BatchAnswer}},
)
async def publish_batch(acting: SignedIn, request: Request, response: Response, wish: BatchWish) -> BatchAnswer:
    """Check every row, and publish them all, or with `partial` the good ones, or none.

    Up to ten rows are started while you wait; more go through the queue, which reads their videos and starts each when
    it is due. What only a platform knows (a title that is too long there) is said by each row's job.
    """
    access_check = None if wish.dry_run else access.may_run
    checked = await run_in_threadpool(_check, request, acting.owner, wish, access_check)
    if wish.dry_run or not checked.good or (checked.problems and not wish.partial):
        return _answer(checked, None, {}, queued=False, begun=0)
    response.status_code = status.HTTP_202_ACCEPTED
    if batch_jobs.is_long(checked.good):
        batch_id = await run_in_threadpool(batch_jobs.keep, acting.owner, checked.good, checked.rows)
        return _answer(checked, batch_id, {}, queued=True, begun=len(checked.good))
    placed, late = await run_in_threadpool(_place, acting.owner, checked.good)
    checked = replace(checked, problems=(*checked.problems, *late))
    for order in placed.values():
        if not order.conf.get("scheduled_for"):
            await runs.start(request, order.job_id, order.conf)
    batch_id = await run_in_threadpool(_begin, acting.owner, placed, checked.rows)
    return _answer(checked, batch_id, placed, queued=False, begun=len(placed))


@router.get(
    "/publish/batch/{batch_id}",
    summary="Look at a batch",
    response_description="How far it is.",
    responses=problems(404),
)
def read_batch(
    acting: SignedIn,
    batch_id: str,
    after: Annotated[int, Query(ge=0, le=10_000_000, description="Rows after this number.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many rows at most.")] = 200,
) -> BatchState:
    """How many rows of a batch wait, are jobs, or were refused, and what became of each."""
    found, rows = batch_jobs.read(acting.owner, batch_id, after=after, at_most=limit)
    told = [
        RowAnswer(row=each.row, state=each.state, job_id=each.job_id, problems=list(each.problems)) for each in rows
    ]
    return BatchState(
        **vars(found), rows=told, after=told[-1].row if len(told) == limit else None
    )  # fmt: skip


def _check(request: Request, owner: str, wish: BatchWish, access_check: Any) -> Checked:
    if access_check is not None:
        access_check(request, runs.DAG)
    most = settings.distribution().rest.batch_rows
    rows = wish.rows if wish.rows is not None else batch_rows.read_csv(wish.csv or "", at_most=most)
    return batch.check(
        owner, rows, columns=wish.columns, defaults=wish.defaults,
        depth="rehearse" if len(rows) <= settings.distribution().rest.started_at_once else "there",
    )  # fmt: skip


def _place(owner: str, good: tuple[Good, ...]) -> tuple[dict[int, Order], list[Problem]]:
    """Write few rows down; what changed since they were checked (a file, an account) is a problem of that row."""
    placed: dict[int, Order] = {}
    problems: list[Problem] = []
    for each in good:
        try:
            placed[each.row] = orders.place(owner, batch_jobs.wishes_of(each.conf))
        except Refused as refused:
            problems += [Problem(row=each.row, column=None, message=told) for told in refused.problems]
    return placed, problems


def _begin(owner: str, placed: dict[int, Order], asked_rows: int) -> str:
    for order in placed.values():
        if order.conf.get("scheduled_for"):
            queue.schedule(owner, order.publications)
    return batch_jobs.keep_orders(owner, placed, asked_rows)


def _answer(
    checked: Checked, batch_id: str | None, placed: dict[int, Order], *, queued: bool, begun: int
) -> BatchAnswer:  # fmt: skip
    return BatchAnswer(
        batch_id=batch_id,
        rows=checked.rows,
        good=len(checked.good),
        begun=begun,
        queued=queued,
        summary=checked.summary,
        problems=[RowProblem(row=each.row, column=each.column, message=each.message) for each in checked.problems],
        jobs=[RowJob(row=row, job_id=order.job_id) for row, order in placed.items()],
    )
