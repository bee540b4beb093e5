"""REST: notices, what became of each delivery, and what you want to read by e-mail."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Response, status
from pydantic import BaseModel, ConfigDict, Field

from include.desk.access import SignedIn
from include.desk.answers import problems
from include.desk.idempotency import RepeatableRoute
from include.desk.problems import Trouble
from include.publishing import inbox, mail_choices
from include.publishing.inbox import Notice
from include.publishing.wording import Kind, MailKind

router = APIRouter(prefix="/notices", tags=["notices"], route_class=RepeatableRoute)
NOTICE_ID = "0b6f2c1e-8f0a-4c58-9a55-1d1f5c0f3d0e"


class DeliveryAnswer(BaseModel):
    """One way a notice went, or goes, out."""

    way: Literal["email", "webhook"] = Field(description="How it goes out.", examples=["webhook"])
    address: str = Field(description="Where to; empty: the installation's own address.", examples=["https://…/hook"])
    job_id: str | None = Field(
        description="The job whose `callback_data` goes with it.", examples=["release~clip42~1f"]
    )
    state: Literal["waiting", "delivered", "held", "given_up"] = Field(
        description="`held`: its address is paused and has to be resumed.", examples=["delivered"]
    )
    attempts: int = Field(description="Tries so far; nine at most.", examples=[1])
    next_try_at: datetime | None = Field(description="UTC; null: none.", examples=[None])
    delivered_at: datetime | None = Field(description="UTC.", examples=["2026-12-01T09:00:04Z"])
    trouble: str | None = Field(description="Why the last try failed.", examples=["hooks.example.com answered 500."])


class NoticeAnswer(BaseModel):
    """Something you, or a program of yours, were told."""

    notice_id: str = Field(description="A webhook's `id`.", examples=[NOTICE_ID])
    kind: Kind = Field(description="A webhook's `type`.", examples=["published"])
    about: str = Field(description="The publication's or job's id, or the account's name.", examples=["my_youtube"])
    subject: str = Field(
        description="What it says, in a line.", examples=["Published: A day at the sea on YouTube (my_youtube)"]
    )
    text: str = Field(description="What an e-mail says.", examples=["It is out on YouTube (my_youtube): https://…"])
    told_at: datetime = Field(description="When it happened (UTC).", examples=["2026-12-01T09:00:03Z"])
    over_at: datetime | None = Field(
        description="When it was no longer so (UTC); what happened is over at once.", examples=["2026-12-01T09:00:05Z"]
    )
    data: dict[str, Any] = Field(
        description="The publication or job, as a webhook tells it.", examples=[{"platform": "youtube"}]
    )
    deliveries: list[DeliveryAnswer] = Field(description="Where it went, or goes.")


class NoticesAnswer(BaseModel):
    """A page of notices, the newest first."""

    notices: list[NoticeAnswer] = Field(description="The newest first.")
    cursor: str | None = Field(description="Send it as `cursor` for those before; null at the end.", examples=[None])


class ChoiceAnswer(BaseModel):
    """What is sent to you by e-mail."""

    address: str | None = Field(description="Null: nothing is sent.", examples=["you@example.com"])
    kinds: list[MailKind] = Field(description="About what.", examples=[["published", "failed", "reconnect"]])


class NewChoice(BaseModel):
    """What you want to read by e-mail."""

    model_config = ConfigDict(extra="forbid")

    address: str = Field(description="Where to.", examples=["you@example.com"], max_length=320)
    kinds: list[MailKind] = Field(
        description="About what: published, failed, at_risk, reconnect, weekly (a digest on Mondays).",
        examples=[["published", "failed"]], max_length=20,
    )  # fmt: skip


@router.get("", summary="List your notices", response_description="A page of notices.", responses=problems(422))
def list_notices(
    acting: SignedIn,
    kind: Annotated[Kind | None, Query(description="Only these.")] = None,
    about: Annotated[str | None, Query(description="Only about this id or account.", max_length=256)] = None,
    limit: Annotated[int, Query(ge=1, le=200, description="How many a page.")] = 50,
    cursor: Annotated[str | None, Query(description="Where the page before ended.", max_length=1024)] = None,
) -> NoticesAnswer:
    """What you were told, the newest first, with what became of each delivery."""
    try:
        page = inbox.list_page(acting.owner, kind=kind, about=about, at_most=limit, cursor=cursor)
    except inbox.BadCursor as error:
        raise Trouble(422, str(error)) from None
    return NoticesAnswer(notices=[_shown(each) for each in page.notices], cursor=page.cursor)


@router.get("/choices", summary="See what you get by e-mail", response_description="Your choice.", responses=problems())
def read_choices(acting: SignedIn) -> ChoiceAnswer:
    """What is sent to you by e-mail; nothing until you choose."""
    return _choice(mail_choices.read(acting.owner))


@router.put(
    "/choices", summary="Choose what you get by e-mail", response_description="Your choice.", responses=problems(422)
)
def choose(acting: SignedIn, new: NewChoice) -> ChoiceAnswer:
    """Choose address and kinds. The installation's own address gets its notices all the same."""
    try:
        return _choice(mail_choices.choose(acting.owner, new.address, new.kinds))
    except mail_choices.Refused as refused:
        raise Trouble(422, str(refused)) from None


@router.delete(
    "/choices",
    summary="Get no e-mail any more",
    status_code=status.HTTP_204_NO_CONTENT,
    response_description="You get none.",
    responses=problems(),
)
def forget_choices(acting: SignedIn) -> Response:
    """Forget your address and what you chose. A second call changes nothing."""
    mail_choices.forget(acting.owner)
    return Response(status_code=status.HTTP_204_NO_CONTENT)


@router.get("/{notice_id}", summary="Look at one notice", response_description="The notice.", responses=problems(404))
def read_notice(acting: SignedIn, notice_id: str) -> NoticeAnswer:
    """One notice and what became of each delivery."""
    return _shown(_found(inbox.read, acting.owner, notice_id))


@router.post(
    "/{notice_id}/replay",
    summary="Send a notice again",
    response_description="The notice as it stands now.",
    responses=problems(404),
)
def replay(acting: SignedIn, notice_id: str) -> NoticeAnswer:
    """Send a notice again everywhere it went, with the same id. What is still on its way stays as it is."""
    return _shown(_found(inbox.replay, acting.owner, notice_id))


def _found(look: Any, owner: str, notice_id: str) -> Notice:
    try:
        notice: Notice = look(owner, notice_id)
    except inbox.UnknownNotice as error:
        raise Trouble(404, f"{error} GET /api/publishing/notices lists yours.") from None
    return notice


def _choice(choice: mail_choices.Choice | None) -> ChoiceAnswer:
    return ChoiceAnswer(
        address=choice.address if choice else None, kinds=list(choice.kinds) if choice else [],
    )  # fmt: skip


def _shown(notice: Notice) -> NoticeAnswer:
    names = ("notice_id", "kind", "about", "subject", "text", "told_at", "over_at")
    parts = ("way", "address", "state", "attempts", "next_try_at", "delivered_at", "trouble")
    return NoticeAnswer(
        **{name: getattr(notice, name) for name in names},
        data=dict(notice.data),
        deliveries=[
            DeliveryAnswer(**{name: getattr(each, name) for name in parts}, job_id=each.job_id or None)
            for each in notice.deliveries
        ],
    )  # fmt: skip
