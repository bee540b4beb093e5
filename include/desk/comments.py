"""REST: comments below your videos as they were collected, and what you do to them on the platforms."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from include.audience import moderation
from include.audience.moderation import Done
from include.desk.access import SignedIn
from include.desk.accounts import AccountName
from include.desk.answers import problems
from include.desk.idempotency import RepeatableRoute
from include.desk.problems import Trouble

router = APIRouter(prefix="/comments", tags=["comments"], route_class=RepeatableRoute)

BAD_CURSOR = "This cursor is none of ours: begin without one."
Words = Annotated[str, StringConstraints(min_length=1, max_length=10_000)]


class CommentAnswer(BaseModel):
    """One comment, as it was last read."""

    comment_id: str = Field(description="The platform's id.", examples=["UgxKREWxIgDrw8w2e_Z4AaABAg"])
    platform: str = Field(description="Where it is.", examples=["youtube"])
    video_id: str | None = Field(description="Below which video.", examples=["dQw4w9WgXcQ"])
    parent_id: str | None = Field(description="The comment it answers; null: it stands by itself.", examples=[None])
    author_name: str | None = Field(description="Its author's name as shown there.", examples=["@ada"])
    text: str | None = Field(description="What it says.", examples=["More of this!"])
    likes: int | None = Field(description="Likes; null: unknown.", examples=[3])
    replies: int | None = Field(description="Answers; null: unknown.", examples=[1])
    published_at: datetime | None = Field(description="When it was written (UTC).", examples=["2026-12-01T18:00:00Z"])
    hidden: bool | None = Field(description="Whether others do not see it; null: unknown.", examples=[False])
    is_own: bool | None = Field(description="Whether you wrote it.", examples=[False])
    deleted_at: datetime | None = Field(description="When it was noticed to be gone (UTC).", examples=[None])


class CommentsAnswer(BaseModel):
    """A page of comments."""

    comments: list[CommentAnswer] = Field(description="The newest first.")
    cursor: str | None = Field(description="Send it back for the next page; null: there is none.", examples=[None])


class Reply(BaseModel):
    """What to answer, and as whom."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"account_id": "my_youtube", "text": "Thank you!"}]}
    )

    account_id: AccountName
    text: Words = Field(description="The words; platforms take 300 to 10,000 characters.", examples=["Thank you!"])


class OnAccount(BaseModel):
    """Whose comment it is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"account_id": "my_youtube"}]})

    account_id: AccountName


class ActAnswer(BaseModel):
    """What became of it."""

    act_id: int = Field(description="Its number in the history of acts.", examples=[7])
    account_id: str = Field(description="Your account.", examples=["my_youtube"])
    comment_id: str = Field(description="The comment.", examples=["UgxKREWxIgDrw8w2e_Z4AaABAg"])
    action: Literal["reply", "hide", "unhide", "hold", "reject", "delete"] = Field(
        description="What was done.", examples=["reply"]
    )
    outcome: str = Field(description="`done`, or `found`: it was there already.", examples=["done"])
    reply_id: str | None = Field(description="The reply's id.", examples=["UgxKREWxIgDrw8w2e_Z4AaABAg.9q"])
    again: bool = Field(description="The same words were sent before; nothing was sent now.", examples=[False])


@router.get(
    "", summary="List comments", response_description="A page of comments, the newest first.", responses=problems(404)
)
def list_comments(
    acting: SignedIn,
    account_id: Annotated[str, Query(description="Below whose videos.", max_length=128)],
    video_id: Annotated[str | None, Query(description="Below this video only.", max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many.")] = 50,
    cursor: Annotated[str | None, Query(description="The page after: `cursor` of the last answer.")] = None,
) -> CommentsAnswer:
    """Comments below the videos of an account as they were collected; asking costs the platform nothing."""
    before, after_id = _opened(cursor)
    found = moderation.comments(
        acting.owner, account_id, video_id=video_id, before=before, after_id=after_id, at_most=limit + 1
    )
    names = CommentAnswer.model_fields
    page = [CommentAnswer(**{name: each[name] for name in names}) for each in found[:limit]]
    return CommentsAnswer(comments=page, cursor=_sealed(page[-1]) if len(found) > limit else None)


@router.post(
    "/{comment_id}/reply",
    summary="Reply to a comment",
    response_description="The reply.",
    responses=problems(404, 409, 502),
)
def reply(acting: SignedIn, comment_id: str, wanted: Reply) -> ActAnswer:
    """Answer a comment, once: the same words again are answered with the reply that is there.

    502 says that the answer was lost; nobody sends it again, and asking again looks for it.
    """
    return _told(moderation.reply(acting.owner, wanted.account_id, comment_id, wanted.text))


@router.post(
    "/{comment_id}/hide", summary="Hide a comment", response_description="It is hidden.", responses=problems(404, 502)
)
def hide(acting: SignedIn, comment_id: str, wanted: OnAccount) -> ActAnswer:
    """Let nobody else see a comment; on YouTube it is held for review. May be repeated."""
    return _told(moderation.act(acting.owner, wanted.account_id, comment_id, "hide"))


@router.post(
    "/{comment_id}/unhide",
    summary="Show a comment again",
    response_description="It is shown.",
    responses=problems(404, 502),
)
def unhide(acting: SignedIn, comment_id: str, wanted: OnAccount) -> ActAnswer:
    """Show a hidden comment again; on YouTube not one that was rejected. May be repeated."""
    return _told(moderation.act(acting.owner, wanted.account_id, comment_id, "unhide"))


@router.post(
    "/{comment_id}/hold",
    summary="Hold a comment for review",
    response_description="It is held.",
    responses=problems(404, 502),
)
def hold(acting: SignedIn, comment_id: str, wanted: OnAccount) -> ActAnswer:
    """Hold a YouTube comment for review: nobody else sees it. Other platforms have no such thing. May be repeated."""
    return _told(moderation.act(acting.owner, wanted.account_id, comment_id, "hold"))


@router.post(
    "/{comment_id}/reject",
    summary="Reject a comment",
    response_description="It is rejected.",
    responses=problems(404, 502),
)
def reject(acting: SignedIn, comment_id: str, wanted: OnAccount) -> ActAnswer:
    """Reject a YouTube comment and its replies, for good: it cannot be shown again. Only YouTube has this."""
    return _told(moderation.act(acting.owner, wanted.account_id, comment_id, "reject"))


@router.delete(
    "/{comment_id}", summary="Delete a comment", response_description="It is deleted.", responses=problems(404, 502)
)
def delete(
    acting: SignedIn,
    comment_id: str,
    account_id: Annotated[str, Query(description="Below whose videos it is.", max_length=128)],
) -> ActAnswer:
    """Delete a comment on Instagram or Facebook; on YouTube only one of your own. May be repeated."""
    return _told(moderation.act(acting.owner, account_id, comment_id, "delete"))


def _told(done: Done) -> ActAnswer:
    return ActAnswer(**{name: getattr(done, name) for name in ActAnswer.model_fields})


def _sealed(last: CommentAnswer) -> str:
    told = [last.published_at.isoformat() if last.published_at else None, last.comment_id]
    return base64.urlsafe_b64encode(json.dumps(told).encode()).decode()


def _opened(cursor: str | None) -> tuple[datetime | None, str]:
    """Return where the page before ended; raise `Trouble` for a cursor that is none of ours."""
    if cursor is None:
        return None, ""
    try:
        told: Any = json.loads(base64.urlsafe_b64decode(cursor))
        at, after_id = told
        moment = datetime.fromisoformat(at) if at is not None else datetime.min.replace(tzinfo=UTC)
    except (ValueError, TypeError, binascii.Error):
        raise Trouble(422, BAD_CURSOR) from None
    return moment, str(after_id)
