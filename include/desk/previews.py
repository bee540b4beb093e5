"""REST: what a job would publish, to look at before somebody says yes; in a browser a page that plays the video.

The video and the thumbnail come from the files that will be sent. Whoever may not see a job is answered as if there
were none, also where an admin may name its owner in the address (a link has no headers).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import quote

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, Field

from include.accounts import acting as acting_for
from include.desk import pages
from include.desk.access import PREFIX, SignedIn
from include.desk.answers import problems
from include.desk.byte_ranges import wanted_ranges
from include.desk.hosted_parts import answer_for
from include.desk.idempotency import RepeatableRoute
from include.desk.jobs import JOB_ID
from include.desk.pieces import PIECE_BYTES
from include.desk.problems import NO_JOB, Trouble
from include.platforms import title
from include.platforms.contract import Posting
from include.publishing import previews
from include.publishing.previews import JobPreview, Preview
from include.releases.publication import State

router = APIRouter(tags=["jobs"], route_class=RepeatableRoute)
UNASKED = frozenset({State.PLANNED, State.WAITING_APPROVAL})
ANSWER_AT = "../../../../dags/publish_release/runs/{job_id}/tasks/approve/required_actions"
"""Where Airflow's page asks, seen from a preview's address, whatever path Airflow is served below."""


def owner_looked_at(
    request: Request,
    acting: SignedIn,
    owner: Annotated[
        str | None, Query(description="Admins only: whose it is, when it is not yours. Written down.", max_length=256)
    ] = None,
) -> str:
    """Return whose things are looked at; whoever may not is told what is told about things that do not exist."""
    if owner is None or owner == acting.owner:
        return acting.owner
    route: Any = request.scope.get("route")
    try:
        acting_for.act(
            acting.who, owner, f"GET {PREFIX}{getattr(route, 'path', '')}", ", ".join(request.path_params.values())
        )
    except acting_for.NotAllowed:
        raise Trouble(404, NO_JOB) from None
    return owner


LookedAt = Annotated[str, Depends(owner_looked_at)]


class PublicationPreview(BaseModel):
    """What one account would publish."""

    publication_id: str = Field(description="Names it.", examples=["0b6f2c1e-8f0a-4c58-9a55-1d1f5c0f3d0e"])
    platform: str = Field(description="Where it goes.", examples=["youtube"])
    account_id: str = Field(description="The account's name.", examples=["my_youtube"])
    placement: str = Field(description="The kind of post.", examples=["short"])
    route: str = Field(description="`direct`, or the gateway it goes through.", examples=["direct"])
    state: str = Field(description="Where the publication stands.", examples=["planned"])
    title: str = Field(description="Its title; empty: none.", examples=["A day at the sea"])
    caption: str = Field(description="Its caption; empty: none.", examples=["Bees! #sea"])
    description: str = Field(description="Its description; empty: none.", examples=["Filmed in May."])
    tags: list[str] = Field(description="Its tags.", examples=[["sea", "bees"]])
    privacy: str | None = Field(
        description="Who may see it; null: the most open one the platform offers the account.", examples=["public"]
    )
    made_for_kids: bool | None = Field(description="Directed at children; null: not said.", examples=[False])
    options: dict[str, Any] = Field(
        description="What was asked of this platform only.", examples=[{"playlists": ["Sea"]}]
    )
    scheduled_local: str | None = Field(
        description="Its time by the clocks of `timezone`; null: as soon as it may.", examples=["2026-12-01T09:00:00"]
    )
    timezone: str = Field(description="IANA zone of `scheduled_local`.", examples=["Europe/Madrid"])
    scheduled_for: datetime | None = Field(description="The same as an instant.", examples=["2026-12-01T08:00:00Z"])
    kept_by: Literal["ours", "theirs"] | None = Field(
        description="Who keeps the time: our queue, or the platform, which gets the video early.", examples=["ours"]
    )
    width: int | None = Field(description="Pixels of the video as it is shown.", examples=[1080])
    height: int | None = Field(description="Pixels of the video as it is shown.", examples=[1920])
    seconds: float | None = Field(description="The video's duration, in seconds.", examples=[31.5])
    bytes: int | None = Field(description="The video's size, in bytes.", examples=[12582912])
    video: str | None = Field(
        description="Where the video is played from, seen from this address.",
        examples=["../../publications/0b6f2c1e-8f0a-4c58-9a55-1d1f5c0f3d0e/video"],
    )
    thumbnail: str | None = Field(
        description="Where its thumbnail is; null: the platform takes or gets none.",
        examples=["../../publications/0b6f2c1e-8f0a-4c58-9a55-1d1f5c0f3d0e/thumbnail"],
    )
    to_come: str | None = Field(
        description="How the video is still converted before it is sent; null: what is shown is what is sent.",
        examples=[None],
    )
    problem: str | None = Field(description="Why there is nothing to be seen, as a sentence.", examples=[None])


class PreviewAnswer(BaseModel):
    """What a job would publish."""

    job_id: str = Field(description="The job.", examples=[JOB_ID])
    title_id: str | None = Field(description="The release's file name.", examples=["clip42"])
    status: str = Field(description="How the job stands.", examples=["pending"])
    publications: list[PublicationPreview] = Field(description="One entry per account and placement.")


@router.get(
    "/jobs/{job_id}/preview",
    summary="Look at what a job would publish",
    response_description="What would be published; a page in a browser.",
    responses=problems(404),
)
def read_preview(request: Request, owner: LookedAt, acting: SignedIn, job_id: str) -> PreviewAnswer:
    """Each publication of a job with its texts, time, thumbnail and video, before it is sent: what approvers look at.

    A browser gets a page. Only the job's owner, and admins with `owner`, see it.
    """
    found = previews.of_job(owner, job_id)
    told = _shown(found, "" if owner == acting.owner else owner)
    if not pages.is_wanted(request):
        return told
    asked = any(each.publication.asks and each.publication.state in UNASKED for each in found.publications)
    answer_at = ANSWER_AT.format(job_id=quote(job_id, safe="")) if asked else None
    page = pages.render("preview.html", preview=told, owner=owner, answer_at=answer_at, platform=title)
    return page  # type: ignore[return-value]


BINARY = {"schema": {"type": "string", "format": "binary"}}


@router.get(
    "/publications/{publication_id}/video",
    summary="Play a publication's video",
    response_class=Response,
    response_description="All of it.",
    responses=problems(404, 409, 416)
    | {
        200: {"content": {"video/*": BINARY, "application/octet-stream": BINARY}},
        206: {"description": "The part that `Range` asks for.", "content": {"video/*": BINARY}},
    },
)
def read_video(request: Request, owner: LookedAt, publication_id: str) -> Response:
    """The video as it is sent to the platform, or as it was exported while it is still to be converted.

    One range of bytes may be asked for, as players do.
    """
    found = previews.of_publication(owner, publication_id)
    posting = _posting(found)
    video = posting.video
    tag = f'"{found.content}"'
    ranges = None
    if request.headers.get("if-range", tag) == tag:
        ranges = wanted_ranges(request.headers.get("range"), video.size)
    if ranges == []:
        size = {"Content-Range": f"bytes */{video.size}"}
        raise HTTPException(416, "The video has no such bytes.", headers=size)
    one = ranges if ranges is not None and len(ranges) == 1 else None  # of several we send all, as RFC 9110 allows
    answer = answer_for(one, size=video.size, content_type=video.content_type)
    start, stop = one[0] if one else (0, video.size)
    headers = {name.decode(): value.decode() for name, value in answer.headers}
    return StreamingResponse(
        video.pieces(start, stop, PIECE_BYTES), answer.status, headers | {"Accept-Ranges": "bytes", "ETag": tag}
    )


@router.get(
    "/publications/{publication_id}/thumbnail",
    summary="Look at a publication's thumbnail",
    response_class=Response,
    response_description="The picture.",
    responses=problems(404, 409) | {200: {"content": {"image/png": BINARY, "image/jpeg": BINARY}}},
)
def read_thumbnail(owner: LookedAt, publication_id: str) -> Response:
    """The thumbnail as it is sent to the platform, cut or padded to what the placement shows."""
    picture = _posting(previews.of_publication(owner, publication_id)).thumbnail
    if picture is None:
        raise Trouble(404, "This publication is sent without a thumbnail.")
    return Response(picture.content, media_type=picture.content_type)


def _posting(found: Preview) -> Posting:
    if found.posting is None:
        raise Trouble(409, found.problem or "There is nothing to be seen.")
    return found.posting


def _shown(found: JobPreview, whose: str) -> PreviewAnswer:
    job = found.job
    return PreviewAnswer(
        job_id=job.job_id,
        title_id=job.conf.get("title_id"),
        status=job.status,
        publications=[
            _publication(each, f"?owner={quote(whose, safe='')}" if whose else "") for each in found.publications
        ],
    )


def _publication(each: Preview, query: str) -> PublicationPreview:
    publication, posting = each.publication, each.posting
    media = f"../../publications/{publication.publication_id}"
    local = publication.scheduled_local
    known = {name: getattr(publication, name) for name in ("publication_id", "platform", "account_id", "route")}
    times = {"timezone": publication.timezone, "scheduled_for": publication.scheduled_for, "kept_by": each.way}
    return PublicationPreview(
        **known, **times,
        placement=publication.placement.value,
        state=publication.state.value,
        scheduled_local=local.isoformat() if local else None,
        title=posting.title if posting else "",
        caption=posting.caption if posting else "",
        description=posting.description if posting else "",
        tags=list(posting.tags) if posting else [],
        privacy=(posting.privacy or None) if posting else None,
        made_for_kids=posting.made_for_kids if posting else None,
        options=dict(posting.options) if posting else {},
        width=posting.facts.display_width if posting else None,
        height=posting.facts.display_height if posting else None,
        seconds=posting.facts.duration_seconds if posting else None,
        bytes=posting.video.size if posting else None,
        video=f"{media}/video{query}" if posting else None,
        thumbnail=f"{media}/thumbnail{query}" if posting and posting.thumbnail else None,
        to_come=each.to_come,
        problem=each.problem,
    )  # fmt: skip
