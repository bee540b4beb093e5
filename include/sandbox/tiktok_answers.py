"""How TikTok answers: the data/error envelope with its log id, sign-in and the limits a minute (A.2)."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from include.sandbox.accounts import live_grant
from include.sandbox.endpoints import bearer
from include.sandbox.things import Account, Grant
from include.sandbox.workshop import Workshop
from include.sandbox.world import World

Json = dict[str, Any]
STATUSES = {
    "access_token_invalid": 401, "scope_not_authorized": 401, "scope_permission_missed": 400,
    "rate_limit_exceeded": 429, "invalid_param": 400, "invalid_params": 400, "invalid_file_upload": 400,
    "invalid_publish_id": 400, "token_not_authorized_for_specified_publish_id": 400, "publish_not_cancellable": 400,
    "spam_risk_too_many_posts": 403, "spam_risk_user_banned_from_posting": 403, "reached_active_user_cap": 403,
    "spam_risk_too_many_pending_share": 403, "unaudited_client_can_only_post_to_private_accounts": 403,
    "url_ownership_unverified": 403, "privacy_level_option_mismatch": 403, "internal_error": 500,
}  # fmt: skip
MESSAGES = {
    "access_token_invalid": "The access token is invalid or not found in the request.",
    "scope_not_authorized": "The user did not authorize the scope required for completing this request.",
    "rate_limit_exceeded": "The API rate limit was exceeded. Please try again later.",
    "spam_risk_too_many_posts": "The daily post cap from the API is reached for the current user.",
    "spam_risk_user_banned_from_posting": "The user is banned from making new posts.",
    "reached_active_user_cap": "The daily quota for active publishing users from your client is reached.",
    "spam_risk_too_many_pending_share": "There may be at most 5 pending shares within any 24-hour period.",
    "unaudited_client_can_only_post_to_private_accounts": "Please review our integration guidelines at "
    "https://developers.tiktok.com/doc/content-sharing-guidelines/",
    "url_ownership_unverified": "Please review our URL ownership verification rules.",
    "privacy_level_option_mismatch": "The privacy level is not among the options of the creator.",
    "invalid_publish_id": "The publish_id does not exist.",
    "token_not_authorized_for_specified_publish_id": "The access_token is not authorized for this publish_id.",
    "publish_not_cancellable": "The publish task cannot be cancelled any more.",
}  # fmt: skip


class TikTokError(Exception):
    """An answer whose `error.code` is not ok."""

    def __init__(self, code: str, message: str | None = None, *, data: Json | None = None, status: int | None = None):
        super().__init__(code)
        self.code = code
        self.message = message or MESSAGES.get(code, code)
        self.data = data or {}
        self.status = status or STATUSES[code]


def new_log_id(world: World) -> str:
    """Return an id as TikTok gives every answer: the time and 18 hex digits."""
    stamp = datetime.fromtimestamp(world.now(), UTC).strftime("%Y%m%d%H%M%S")
    return stamp + secrets.token_hex(9).upper()


def envelope(world: World, data: Json, code: str = "ok", message: str = "", status: int = 200) -> Response:
    """Answer in TikTok's envelope."""
    log_id = new_log_id(world)
    body = {"data": data, "error": {"code": code, "message": message, "log_id": log_id}}
    return JSONResponse(body, status, {"x-tt-logid": log_id})


async def answer_error(request: Request, error: Exception) -> Response:
    """Turn a raised `TikTokError` into its answer."""
    if not isinstance(error, TikTokError):
        raise error
    return envelope(request.app.state.world, error.data, error.code, error.message, error.status)


@dataclass(frozen=True, kw_only=True)
class Caller:
    """Who called: the signed-in creator through which app, and where everything is."""

    account: Account
    grant: Grant
    world: World
    workshop: Workshop

    @property
    def app(self) -> str:
        """The app's client key."""
        return self.grant.app


def enter(request: Request, *scopes: str, limit: int, window: str) -> Caller:
    """Sign in, want one of the scopes and count the call in its minute; raises `TikTokError`."""
    world: World = request.app.state.world
    grant = live_grant(world, bearer(request.scope))
    account = world.accounts.get(grant.account) if grant else None
    if grant is None or account is None or grant.platform != "tiktok":
        raise TikTokError("access_token_invalid")
    if not set(scopes).intersection(grant.scopes):
        raise TikTokError("scope_not_authorized")
    if not world.windows.take(f"tiktok {window} {grant.app} {account.id}", limit, 60, world.now()):
        raise TikTokError("rate_limit_exceeded")
    return Caller(account=account, grant=grant, world=world, workshop=request.app.state.workshop)


async def body_of(request: Request, wrong: str = "invalid_param", *, may_be_empty: bool = False) -> Json:
    """Read the JSON object of a call that wants `Content-Type: application/json`; raises the 400 `wrong`."""
    raw = await request.body()
    if not raw and may_be_empty:
        return {}
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if kind != "application/json":
        raise TikTokError(wrong, "Content-Type must be application/json; charset=UTF-8.")
    try:
        body = json.loads(raw)
    except ValueError:
        raise TikTokError(wrong, "The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise TikTokError(wrong, "The request body must be a JSON object.")
    return body
