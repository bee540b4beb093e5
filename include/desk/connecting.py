"""REST: connecting an account by the platform's own consent page.

A browser is led from page to page; a program gets JSON. Each sign-in is bound to the user who began it: whoever else
brings it to an end is refused.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, Field

from include import settings
from include.accounts import consent
from include.accounts.consent import Completed
from include.desk import pages
from include.desk.access import PREFIX, SignedIn
from include.desk.answers import Word, problems
from include.desk.idempotency import RepeatableRoute
from include.desk.problems import FieldProblem, Trouble

router = APIRouter(prefix="/connect", tags=["connect"], route_class=RepeatableRoute)
SEE_OTHER = 303
STATE = "3q2-7wAAAAC…"


class ConsentPage(BaseModel):
    """Where a person goes on, in a browser in which they are signed in to Airflow as the same user."""

    address: str = Field(
        description="The platform's consent page; it belongs to you alone.",
        examples=["https://accounts.google.com/o/oauth2/v2/auth?client_id=…&state=…"],
    )
    expires_at: datetime = Field(
        description="Until when it has to be through (UTC).", examples=["2026-12-01T09:10:00Z"]
    )


class ChoiceAnswer(BaseModel):
    """One of several channels, Pages or authors behind a sign-in."""

    choice_id: str = Field(description="What POST connect/choose needs.", examples=["UCBR8-60-B28hp2BmDPdntcQ"])
    title: str = Field(description="Its name.", examples=["The Studio"])
    kind: str | None = Field(description="Channel, Page, author, …", examples=["channel"])
    picture: str | None = Field(description="Address of its picture.", examples=["https://example.com/studio.jpg"])


class Connected(BaseModel):
    """What a sign-in led to: an account, or choices of which one has to be named to POST connect/choose."""

    account_id: str | None = Field(description="The account that is connected now.", examples=["my_youtube"])
    platform: str | None = Field(description="Where it is.", examples=["youtube"])
    display_name: str | None = Field(description="Its name as people see it.", examples=["The Studio"])
    choices: list[ChoiceAnswer] = Field(description="Empty unless one has to be chosen.")
    state: str | None = Field(description="With choices: what POST connect/choose needs.", examples=[STATE])
    missing_scopes: list[str] = Field(
        description="Permissions that were not given and that publishing can do without.", examples=[[]]
    )
    advice: str | None = Field(description="What will not work, or would work better.", examples=[None])
    return_to: str | None = Field(description="The path of the desk to go on at.", examples=["/desk/accounts"])


class Choosing(BaseModel):
    """Which one to connect."""

    state: str = Field(min_length=1, max_length=512, examples=[STATE])
    choice_id: str = Field(min_length=1, max_length=512, examples=["UCBR8-60-B28hp2BmDPdntcQ"])


@router.get(
    "/callback",
    summary="Where consent pages send people back to",
    response_description="Connected, or choices.",
    responses=problems(400, 503) | {SEE_OTHER: {"description": "In a browser with `return_to`: back to the desk."}},
    response_model=Connected,
    openapi_extra={
        "parameters": [
            {"name": name, "in": "query", "description": told, "schema": {"type": "string"}}
            for name, told in (
                ("state", "What the sign-in was begun with; it counts once, for 10 minutes, for the same user."),
                ("code", "The platform's answer after a yes."),
                ("error", "The platform's answer after a no, or when it cannot."),
            )
        ]
    },
)
def callback(request: Request, acting: SignedIn) -> Any:
    """End a sign-in with what the platform sent; platforms lead browsers here, nobody else needs to call it."""
    parameters = dict(request.query_params)
    state = parameters.get("state", "")
    return _told(request, _refused_as(400, lambda: consent.complete(acting.owner, state=state, parameters=parameters)))


@router.post(
    "/choose",
    summary="Choose one of several channels",
    response_description="Connected.",
    responses=problems(400, 422) | {SEE_OTHER: {"description": "A form with `return_to`: back to the desk."}},
    response_model=Connected,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {
                kind: {"schema": Choosing.model_json_schema()}
                for kind in ("application/json", "application/x-www-form-urlencoded")
            },
        }
    },
)
async def choose(request: Request, acting: SignedIn) -> Any:
    """Connect the channel, Page or author that was chosen, within 10 minutes; after a wrong one choose again."""
    body = await request.body()
    if pages.is_form(request):
        wanted = Choosing.model_validate({key: values[-1] for key, values in parse_qs(body.decode()).items()})
    else:
        wanted = Choosing.model_validate_json(body)
    done = await run_in_threadpool(
        lambda: _refused_as(400, lambda: consent.choose(acting.owner, wanted.state, wanted.choice_id))
    )
    return _told(request, done)


@router.get(
    "/{platform}",
    summary="Begin to connect an account",
    response_description="Where to go on.",
    responses=problems(404, 422, 503) | {SEE_OTHER: {"description": "A browser: the consent page itself."}},
    response_model=ConsentPage,
)
def begin_to_connect(
    request: Request,
    acting: SignedIn,
    platform: str,
    account_id: Annotated[
        str | None, Query(description="The account's name; that of one you have connects it again.", max_length=128)
    ] = None,
    login: Annotated[
        Word | None, Query(description="Instagram: facebook or instagram; LinkedIn: member or organization.")
    ] = None,
    return_to: Annotated[str | None, Query(description="A path of the desk to end at.", examples=["/desk"])] = None,
    is_default: Annotated[bool, Query(description="Use it when a release names no account.")] = True,
) -> Any:
    """Answer with the consent page's address, or lead a browser there."""
    page = _refused_as(
        422,
        lambda: begin(
            acting.owner, platform, account_id=account_id, login=login, return_to=return_to, is_default=is_default
        ),
    )
    return RedirectResponse(page.address, SEE_OTHER) if pages.is_wanted(request) else page


def begin(
    owner: str, platform: str, *, account_id: str | None, login: str | None, return_to: str | None, is_default: bool
) -> ConsentPage:
    """Begin a sign-in that ends at our callback; raise `Trouble` 404 for an unknown platform."""
    public = settings.public_address()
    if public is None:
        raise settings.SettingsError("RELEASE_DESK_PUBLIC_ADDRESS is not set: consent pages cannot send anybody back.")
    try:
        begun = consent.begin(
            owner, platform, redirect_uri=f"{public}{PREFIX}/connect/callback", account_id=account_id, login=login,
            return_to=return_to, is_default=is_default,
        )  # fmt: skip
    except LookupError:
        raise Trouble(404, "There is no platform of this name to connect.") from None
    return ConsentPage(address=begun.address, expires_at=begun.expires_at)


def _refused_as(status: int, work: Any) -> Any:
    try:
        return work()
    except consent.ConsentRefused as refused:
        missing = [FieldProblem(where="scopes", what=f"{scope} was not given") for scope in refused.missing_scopes]
        raise Trouble(status, str(refused), missing or None) from None


def _told(request: Request, done: Completed) -> Response:
    account = done.account
    answer = Connected(
        account_id=account.account_id if account else None,
        platform=account.platform if account else None,
        display_name=(account.display_name or account.username) if account else None,
        choices=[
            ChoiceAnswer(choice_id=each.choice_id, title=each.title, kind=each.kind, picture=each.picture)
            for each in done.choices
        ],
        state=done.state if done.choices else None,
        missing_scopes=list(done.missing_scopes),
        advice=done.advice,
        return_to=done.return_to,
    )
    if not pages.is_wanted(request):
        return JSONResponse(answer.model_dump(mode="json"))
    if done.choices:
        place = f"{request.scope.get('root_path', '')}/connect/choose"
        return pages.render("choices.html", answer=answer, action=place)
    if done.return_to is not None:
        return RedirectResponse(done.return_to, SEE_OTHER)
    return pages.render("connected.html", answer=answer)
