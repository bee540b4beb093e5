"""REST: who did what with your things, and how the desk is used."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from include import settings
from include.desk.access import SignedIn
from include.desk.answers import problems
from include.desk.idempotency import RepeatableRoute
from include.desk.problems import Trouble
from include.publishing import activity
from include.publishing.activity import What

router = APIRouter(prefix="/activity", tags=["activity"], route_class=RepeatableRoute)
SHARE = "Between 0 and 1; null when there is nothing to take a share of."


class ActAnswer(BaseModel):
    """One thing somebody did."""

    activity_id: int = Field(description="Its number; later acts have higher ones.", examples=[4711])
    at: datetime = Field(description="UTC.", examples=["2026-12-01T09:00:00Z"])
    who: str = Field(description="You, or an admin who acted for you.", examples=["alice"])
    door: Literal["rest", "python", "cli", "airflow", "exports"] = Field(
        description="Through which.", examples=["rest"]
    )
    what: What = Field(description="What was done.", examples=["published"])
    about: str = Field(description="The account's name, the job's or the publication's id.", examples=["my_youtube"])
    details: dict[str, Any] = Field(description="What else is known of it.", examples=[{"platforms": ["youtube"]}])


class ActivityAnswer(BaseModel):
    """A page of what was done, the newest first."""

    activity: list[ActAnswer] = Field(description="The newest first.")
    cursor: str | None = Field(description="Send it as `cursor` for what was before; null at the end.", examples=[None])


class AdoptionAnswer(BaseModel):
    """How the desk was used in a time: of yours, or of everybody's."""

    since: datetime = Field(description="UTC.", examples=["2026-11-01T00:00:00Z"])
    users: int = Field(description="Users with an account.", examples=[12])
    users_publishing: int = Field(description="Of these, those who published.", examples=[9])
    releases: int = Field(description="Releases that somebody asked to publish.", examples=[40])
    multi_platform_releases: int = Field(description="Sent to more than one platform.", examples=[31])
    multi_platform_share: float | None = Field(description=SHARE, examples=[0.775])
    publications: int = Field(description="Cancelled ones, too.", examples=[160])
    scheduled: int = Field(description="Publications with a time of their own.", examples=[80])
    scheduled_share: float | None = Field(description=SHARE, examples=[0.5])
    ended: int = Field(description="Published, refused, failed, or nobody knows.", examples=[150])
    published: int = Field(description="Publications that came out.", examples=[147])
    success_rate: float | None = Field(description=SHARE, examples=[0.98])
    first_publications: int = Field(description="Users whose first publication came out in this time.", examples=[3])
    median_seconds_to_first_publication: float | None = Field(
        description="From connecting the first account to the first publication; seconds.", examples=[5400]
    )


@router.get("", summary="See who did what", response_description="A page of it.", responses=problems(422))
def list_activity(
    acting: SignedIn,
    what: Annotated[What | None, Query(description="Only this.")] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many a page.")] = 50,
    cursor: Annotated[str | None, Query(description="Where the page before ended.", pattern=r"^\d{1,18}$")] = None,
) -> ActivityAnswer:
    """Who published, connected, scheduled, changed, cancelled or confirmed something of yours, through which door."""
    found = activity.read(acting.owner, what=what, at_most=limit + 1, before_id=int(cursor) if cursor else None)
    shown = found[:limit]
    return ActivityAnswer(
        activity=[ActAnswer.model_validate(vars(each)) for each in shown],
        cursor=str(shown[-1].activity_id) if len(found) > limit else None,
    )


@router.get(
    "/figures", summary="See how the desk is used", response_description="The figures.", responses=problems(422)
)
def read_figures(
    acting: SignedIn,
    days: Annotated[float, Query(gt=0, le=3660, description="How far back.", examples=[30])] = 30,
    everybody: Annotated[bool, Query(description="Admins only: of all users, counts only.")] = False,
) -> AdoptionAnswer:
    """Users publishing, share of releases on several platforms, share scheduled, success, time to the first one."""
    if everybody and acting.who not in settings.admins():
        raise Trouble(403, "Figures of everybody are for admins; leave `everybody` out for your own.")
    found = activity.adoption(None if everybody else acting.owner, days)
    shares = ("multi_platform_share", "scheduled_share", "success_rate")
    return AdoptionAnswer(**asdict(found), **{name: getattr(found, name) for name in shares})
