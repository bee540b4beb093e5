"""REST: what was read when, reading it now, and the numbers of one video."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Path, Query, Request, status
from fastapi.concurrency import run_in_threadpool
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from include.accounts import accounts
from include.analytics import refreshing, syncs, turns, videos
from include.desk import access, runs
from include.desk.access import SignedIn
from include.desk.answers import problems
from include.desk.idempotency import RepeatableRoute
from include.desk.problems import Trouble
from include.platforms.reading import Kind

router = APIRouter(prefix="/analytics", tags=["analytics"], route_class=RepeatableRoute)
State = Literal["running", "done", "partial", "failed"]


class SyncAnswer(BaseModel):
    """One reading of one dataset of an account."""

    sync_id: int = Field(description="Its number; later readings have higher ones.", examples=[4711])
    account_id: str = Field(description="The account's name.", examples=["my_youtube"])
    platform: str = Field(description="Its platform.", examples=["youtube"])
    dataset: str = Field(description="What was read.", examples=["video_daily"])
    run_id: str | None = Field(description="Airflow's run; null: a person on the command line.", examples=[None])
    state: State = Field(
        description="`partial`: a limit or the network ended it, what was whole is kept; `failed`: nothing is.",
        examples=["done"],
    )
    first_day: date | None = Field(description="The first day read, in the platform's zone.", examples=["2026-11-18"])
    last_day: date | None = Field(description="The last day read.", examples=["2026-11-20"])
    videos: int = Field(description="Videos whose turn it was.", examples=[12])
    started_at: datetime = Field(description="UTC.", examples=["2026-11-21T12:00:03Z"])
    ended_at: datetime | None = Field(description="UTC; null: it is running.", examples=["2026-11-21T12:00:05Z"])
    rows_read: int = Field(description="Rows the platform sent.", examples=[36])
    rows_changed: int = Field(description="Of these, those that are new or other than before.", examples=[14])
    calls: int = Field(description="Requests to the platform.", examples=[2])
    quota: int = Field(description="Units of the platform's own count.", examples=[2])
    resumes_at: datetime | None = Field(description="When the rest is read; UTC.", examples=[None])
    error: dict[str, Any] | None = Field(
        description="What went wrong: `kind`, `message`, `code`.", examples=[{"kind": "TryAgain", "message": "…"}]
    )


class SyncsAnswer(BaseModel):
    """A page of readings, the newest first."""

    syncs: list[SyncAnswer] = Field(description="The newest first.")
    cursor: str | None = Field(description="Send it as `cursor` for what was before; null at the end.", examples=[None])


class RefreshWish(BaseModel):
    """What to read now; without anything: every number of all your connected accounts, due or not."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"account": "my_youtube"}, {"kind": "revenue", "day": "2026-11-20"}]},
    )

    kind: Kind = Field("analytics", description="Which of the four DAGs is to read.", examples=["analytics"])
    account: str | None = Field(
        None, min_length=1, max_length=128, description="Only this account.", examples=["my_youtube"]
    )
    dataset: str | None = Field(
        None, pattern=r"^[a-z_]{1,64}$", description="Only this dataset.", examples=["video_daily"]
    )
    day: date | None = Field(
        None, description="Read this day again, of datasets that have rows by day.", examples=["2026-11-20"]
    )
    now: AwareDatetime | None = Field(
        None, description="The moment to act at, with its zone: what is due then is read.", examples=[None]
    )


class RefreshAnswer(BaseModel):
    """The run that reads it."""

    dag_id: str = Field(description="Airflow's DAG.", examples=["load_analytics"])
    run_id: str = Field(description="Airflow's run; `syncs` names it, too.", examples=["refresh~1f0c9a7b2d3e4f50"])


class VideoAnswer(BaseModel):
    """One video as the platform counts it."""

    platform: str = Field(description="Its platform.", examples=["youtube"])
    account_id: str = Field(description="The account it is on.", examples=["my_youtube"])
    placement: str = Field(description="The kind of post.", examples=["short"])
    video_id: str = Field(description="The platform's id.", examples=["dQw4w9WgXcQ"])
    url: str | None = Field(description="Where to see it.", examples=["https://www.youtube.com/watch?v=dQw4w9WgXcQ"])
    title_id: str = Field(description="The release's.", examples=["clip42"])
    published_at: datetime | None = Field(description="UTC.", examples=["2026-11-18T09:00:00Z"])
    read_at: datetime | None = Field(description="The last complete reading; UTC.", examples=["2026-11-21T12:00:05Z"])
    missing_since: datetime | None = Field(
        description="Since when the platform no longer shows it; its history stays.", examples=[None]
    )
    days: list[dict[str, Any]] = Field(
        description="By day of the platform's zone, the oldest first: `…_total` are as shown at the day's end, the "
        "others the day's own; null: the platform does not tell. docs/data.md says what each means.",
        examples=[[{"day": "2026-11-20", "views_total": 1250, "views": 310, "provisional": True}]],
    )


class VideosAnswer(BaseModel):
    """Your videos with this id: one, unless platforms happen to give the same."""

    videos: list[VideoAnswer] = Field(description="By platform and account.")


@router.get("/syncs", summary="See what was read when", response_description="A page.", responses=problems(422))
def list_syncs(
    acting: SignedIn,
    account: Annotated[str | None, Query(max_length=128, description="Only this account.")] = None,
    state: Annotated[State | None, Query(description="Only these.")] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many a page.")] = 50,
    cursor: Annotated[str | None, Query(description="Where the page before ended.", pattern=r"^\d{1,18}$")] = None,
) -> SyncsAnswer:
    """What was read of your accounts, with rows, calls, quota and errors; kept for 90 days unless configured."""
    before = int(cursor) if cursor else None
    found = syncs.read(acting.owner, account_id=account, state=state, at_most=limit + 1, before_id=before)
    shown = found[:limit]
    return SyncsAnswer(
        syncs=[SyncAnswer.model_validate(asdict(one)) for one in shown],
        cursor=str(shown[-1].sync_id) if len(found) > limit else None,
    )


@router.post(
    "/refresh",
    status_code=status.HTTP_202_ACCEPTED,
    summary="Read numbers now",
    response_description="The run that reads them; `GET analytics/syncs` says how far it is.",
    responses=problems(404, 422),
)
async def refresh(wish: RefreshWish, request: Request, acting: SignedIn) -> RefreshAnswer:
    """Start a run of the DAG that reads them, as you: it needs the right to trigger it in Airflow."""
    dag_id = refreshing.DAGS[wish.kind]
    access.may_run(request, dag_id)
    await run_in_threadpool(_check, acting.owner, wish)
    conf = wish.model_dump(mode="json", exclude={"kind"}, exclude_none=True) | {"owner": acting.owner}
    run_id = f"refresh~{uuid4().hex[:16]}"
    await runs.start(request, run_id, conf, dag_id)
    return RefreshAnswer(dag_id=dag_id, run_id=run_id)


def _check(owner: str, wish: RefreshWish) -> None:
    try:
        turns.check_dataset(wish.dataset)
    except turns.NothingOfThatName as unknown:
        raise Trouble(422, str(unknown)) from None
    if wish.account is not None:
        try:
            accounts.read(owner, wish.account)
        except accounts.UnknownAccount as unknown:
            raise Trouble(404, str(unknown)) from None


@router.get(
    "/videos/{video_id}",
    summary="See a video's numbers",
    response_description="Its numbers by day.",
    responses=problems(404, 422),
)
def read_video(
    acting: SignedIn,
    video_id: Annotated[str, Path(max_length=256, description="The platform's id.", examples=["dQw4w9WgXcQ"])],
) -> VideosAnswer:
    """Your video with this id on any platform: its numbers by day, when it was read, whether it is still shown."""
    try:
        found = videos.read(acting.owner, video_id)
    except videos.UnknownVideo as unknown:
        raise Trouble(404, str(unknown)) from None
    return VideosAnswer(videos=[VideoAnswer.model_validate(asdict(one)) for one in found])
