"""Every error of the REST API as `application/problem+json` (RFC 9457): a sentence a person can act on, no internals.

What was sent is never repeated: it may be a token.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field, ValidationError
from sqlalchemy.exc import DataError, OperationalError, TimeoutError
from starlette.exceptions import HTTPException

from include.accounts.accounts import UnknownAccount
from include.accounts.vault import VaultError
from include.audience.moderation import UnknownComment
from include.desk import pages
from include.platforms.errors import AccountTrouble, PlatformError, QuotaExhausted, Rejected, TryAgain
from include.publishing.batch_jobs import UnknownBatch
from include.publishing.batch_rows import BatchError
from include.publishing.decisions import NotPossible
from include.publishing.jobs import UnknownJob
from include.publishing.ledger import Busy, UnknownPublication
from include.publishing.receipts import NotWritten
from include.settings import SettingsError

log = logging.getLogger("release_desk.desk")
MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5

NO_ACCOUNT = "You have no account of this name. GET /api/publishing/accounts lists yours."
NO_JOB = "You have no job of this id. GET /api/publishing/jobs lists yours."
NO_BATCH = "You have no batch of this id; POST /api/publishing/publish/batch makes one."
NO_COMMENT = (
    "This account has no comment of this id, or it was not collected yet. GET /api/publishing/comments lists them."
)
NO_PUBLICATION = "You have no publication of this id."
UNSTORABLE = "This has a character that cannot be kept (a NUL, or half of a pair)."
UNREADABLE = "The body cannot be read: send JSON, in UTF-8, and not nested too deeply."
NOT_SET_UP = "This installation is not set up for that yet. Its administrator finds the reason in the API server's log."
NO_DATABASE = "The database does not answer. Try again in a moment."
FAILED = "Something went wrong on our side. Its number in the API server's log: {number}."


class FieldProblem(BaseModel):
    """One value that cannot be used."""

    where: str = Field(description="Its place in the request.", examples=["credentials.access_token"])
    what: str = Field(description="What is wrong with it.", examples=["Field required"])


class Problem(BaseModel):
    """What went wrong, for a person; programs decide by `status`."""

    type: str = Field(
        "about:blank", description="Always about:blank: the status says the kind.", examples=["about:blank"]
    )
    title: str = Field(description="The status in words.", examples=["Not Found"])
    status: int = Field(description="The HTTP status.", examples=[404])
    detail: str = Field(description="A sentence that says what to do.", examples=[NO_ACCOUNT])
    problems: list[FieldProblem] | None = Field(None, description="With 422: every value that cannot be used.")


class Trouble(Exception):
    """An answer of ours that is no success: status and sentence."""

    def __init__(self, status: int, detail: str, problems: list[FieldProblem] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.problems = status, detail, problems


def answer(
    request: Request,
    status: int,
    detail: str,
    *,
    problems: list[FieldProblem] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a problem; a person in a browser gets the sentence as a page where there are pages."""
    title = HTTPStatus(status).phrase
    if pages.is_wanted(request) and pages.are_at(request.url.path):
        return pages.render("problem.html", status=status, headers=headers, title=title, detail=detail)
    told = Problem(type="about:blank", title=title, status=status, detail=detail, problems=problems)
    return JSONResponse(
        told.model_dump(mode="json", exclude_none=True), status, headers=dict(headers or {}), media_type=MEDIA_TYPE
    )


def fields_of(errors: Sequence[Any]) -> list[FieldProblem]:
    """Return pydantic's errors without the values they are about."""
    skipped = ("body", "query", "path", "header")
    return [
        FieldProblem(
            where=".".join(str(part) for part in each["loc"] if part not in skipped) or str(each["loc"][:1] or "body"),
            what=str(each["msg"]),
        )
        for each in errors
    ]


async def _http(request: Request, error: Any) -> Response:
    detail = str(error.detail)
    if error.status_code == HTTPStatus.NOT_FOUND and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = "There is nothing at this address. GET /api/publishing/docs lists what there is."
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        detail = f"This address does not take {request.method}. GET /api/publishing/docs says what it takes."
    if error.status_code == HTTPStatus.BAD_REQUEST and not detail.endswith("."):  # the framework's own words
        detail = UNREADABLE
    return answer(request, error.status_code, detail, headers=error.headers)


async def _trouble(request: Request, error: Any) -> Response:
    return answer(request, error.status, error.detail, problems=error.problems)


async def _invalid(request: Request, error: Any) -> Response:
    told = fields_of(error.errors())
    sentence = "; ".join(f"{each.where}: {each.what}" for each in told)
    return answer(request, 422, f"This cannot be used: {sentence}.", problems=told)


async def _platform(request: Request, error: Any) -> Response:
    headers: dict[str, str] = {}
    match error:
        case AccountTrouble() | Rejected():
            status = 422
        case QuotaExhausted():
            status, headers = 429, {"Retry-After": error.resets_at.strftime("%a, %d %b %Y %H:%M:%S GMT")}
        case TryAgain():
            status, headers = 503, {"Retry-After": str(int(error.after or RETRY_SECONDS))}
        case _:
            status = 502
    return answer(request, status, error.message, headers=headers)


async def _busy(request: Request, error: Any) -> Response:
    detail = "A worker is at this publication. Try again in a moment."
    return answer(request, 409, detail, headers={"Retry-After": str(RETRY_SECONDS)})


async def _not_set_up(request: Request, error: Any) -> Response:
    log.error("%s %s: %s", request.method, getattr(request.scope.get("route"), "path", ""), error)
    return answer(request, 503, NOT_SET_UP)


async def _database(request: Request, error: Any) -> Response:
    log.error("the database does not answer: %s", type(getattr(error, "orig", None) or error).__name__)
    return answer(request, 503, NO_DATABASE, headers={"Retry-After": str(RETRY_SECONDS)})


def _always(status: int, detail: str) -> Any:
    async def handler(request: Request, error: Exception) -> Response:
        return answer(request, status, detail)

    return handler


def _in_its_words(status: int) -> Any:
    async def handler(request: Request, error: Exception) -> Response:
        return answer(request, status, str(error))

    return handler


HANDLERS: dict[type[Exception], Any] = {
    HTTPException: _http,
    Trouble: _trouble,
    RequestValidationError: _invalid,
    ValidationError: _invalid,
    UnknownAccount: _always(404, NO_ACCOUNT),
    UnknownJob: _always(404, NO_JOB),
    UnknownComment: _always(404, NO_COMMENT),
    UnknownPublication: _always(404, NO_PUBLICATION),
    UnknownBatch: _always(404, NO_BATCH),
    BatchError: _in_its_words(422),
    PlatformError: _platform,
    NotPossible: _in_its_words(409),
    Busy: _busy,
    NotWritten: _in_its_words(503),
    SettingsError: _not_set_up,
    VaultError: _not_set_up,
    DataError: _always(422, UNSTORABLE),
    UnicodeError: _always(422, UNSTORABLE),
    OperationalError: _database,
    TimeoutError: _database,
}
"""What our code raises → how it is answered. Anything else is a mistake of ours: include/desk/door.py answers 500."""


def install(app: FastAPI) -> None:
    """Let an app answer its errors like this."""
    for kind, handler in HANDLERS.items():
        app.add_exception_handler(kind, handler)
