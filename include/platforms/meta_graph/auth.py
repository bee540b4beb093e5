"""Facebook Login: consent address, code for tokens, long-lived tokens, the Page's token, giving access back.

Meta has no refresh token. What we keep as one is the long-lived *user* token: it can be exchanged for a new one while
it lives (about 60 days) and gives the Page's token, which is the access token. So we renew well before its end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from include.platforms.errors import AccountTrouble, OutcomeUnknown, Rejected, TryAgain
from include.platforms.http import Calls, body_of
from include.platforms.meta_graph.errors import error_for, error_of
from include.platforms.meta_graph.graph import VERSION, Graph
from include.platforms.meta_graph.pages import page_token
from include.platforms.tokens import Tokens

LONG_LIFE_SECONDS = 60 * 24 * 3600
"""What a long-lived token lives; used only when Meta does not say (meta.md 1.3)."""
RENEW_EARLY = timedelta(days=10)
"""How long before its end a token is renewed: an expired one can never be exchanged again."""


def authorize_address(
    calls: Calls,
    app_id: str,
    *,
    redirect_uri: str,
    state: str,
    scopes: Sequence[str],
    verifier: str | None = None,
    version: str = VERSION,
    config_id: str | None = None,
) -> str:
    """Return the consent page's address; `config_id` (Login for Business) stands in place of scopes.

    `verifier` is taken for the sake of one way to call all platforms: Meta's dialog knows no PKCE.
    """
    query = {"client_id": app_id, "redirect_uri": redirect_uri, "state": state, "response_type": "code"}
    query |= {"config_id": config_id} if config_id else {"scope": ",".join(scopes)}
    return f"{calls.address('authorize', f'{version}/dialog/oauth')}?{urlencode(query)}"


def exchange_code(
    calls: Calls,
    app_id: str,
    app_secret: str,
    *,
    code: str,
    redirect_uri: str,
    verifier: str | None = None,
    version: str = VERSION,
) -> Tokens:
    """Return the long-lived user token for a consent's `code`, as both tokens: which Page it is for is not known yet.

    `scopes` are those the person allowed; Meta's answer does not tell them, so they are asked for.
    Raises `AccountTrouble` when Meta refuses, `TryAgain` for its own faults, `OutcomeUnknown` for a lost answer (the
    code may be used up).
    """
    form = {"client_id": app_id, "client_secret": app_secret, "redirect_uri": redirect_uri, "code": code}
    short = ask_token(calls, "graph", f"{version}/oauth/access_token", form, changes=True)
    tokens = user_tokens(calls, app_id, app_secret, short["access_token"], version=version)
    as_person = Graph(calls=calls, version=version, token=tokens.access_token, app_secret=app_secret)
    return replace(tokens, scopes=granted_scopes(as_person))


def user_tokens(calls: Calls, app_id: str, app_secret: str, token: str, *, version: str = VERSION) -> Tokens:
    """Return a new long-lived user token for a user token that still lives, as both tokens.

    Asking twice does no harm. `expires_at` is ten days before Meta's own end, so that it is renewed in time.
    """
    asked_at = datetime.now(UTC)
    form = {
        "grant_type": "fb_exchange_token",
        "client_id": app_id,
        "client_secret": app_secret,
        "fb_exchange_token": token,
    }
    return tokens_of(ask_token(calls, "graph", f"{version}/oauth/access_token", form, changes=False), asked_at)


def page_tokens(
    calls: Calls, app_id: str, app_secret: str, user_token: str, page_id: str | None, *, version: str = VERSION
) -> Tokens:
    """Renew the user token and fetch the Page's: the Page token is the access token, the user token the refresh token.

    Without `page_id` the user token is both. Raises `AccountTrouble` when the grant is over or the role on the Page
    is lost, `TryAgain` for passing faults.
    """
    renewed = user_tokens(calls, app_id, app_secret, user_token, version=version)
    if not page_id:
        return renewed
    as_person = Graph(calls=calls, version=version, token=renewed.access_token, app_secret=app_secret)
    try:
        token = page_token(as_person, page_id)
    except Rejected as error:
        raise AccountTrouble(
            f"Meta shows this person no Page {page_id} any more. {error.message}", code=error.code, status=error.status
        ) from None
    return Tokens(
        access_token=token,
        refresh_token=renewed.refresh_token,
        expires_at=renewed.expires_at,
        refresh_expires_at=renewed.refresh_expires_at,
        scopes=renewed.scopes,
    )


def revoke(calls: Calls, app_id: str, app_secret: str, user_token: str, *, version: str = VERSION) -> None:
    """Take our app away from the person: *every* Page and Instagram account connected by them is cut off.

    Needs the user token (what we keep as refresh token). A grant that is over already is no error.
    """
    graph = Graph(calls=calls, version=version, token=user_token, app_secret=app_secret)
    try:
        graph.delete("me/permissions", endpoint="oauth.revoke")
    except AccountTrouble as trouble:
        if not str(trouble.code or "").startswith("190"):
            raise
    except OutcomeUnknown as lost:  # once more does no harm
        raise TryAgain(lost.message, code=lost.code, status=lost.status) from None


def granted_scopes(graph: Graph) -> tuple[str, ...]:
    """Return what the person allowed; needs a user token."""
    answer = graph.get("me/permissions", endpoint="oauth.permissions")
    rows = answer.get("data")
    given = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return tuple(str(row["permission"]) for row in given if row.get("status") == "granted" and row.get("permission"))


def ask_token(
    calls: Calls, base: str, path: str, form: dict[str, str], *, changes: bool, method: str = "GET"
) -> dict[str, Any]:
    """Ask a token endpoint and return its answer, which has an `access_token`.

    Raises `AccountTrouble` for every refusal (a person must connect again), `TryAgain` for Meta's own faults.
    """
    how: dict[str, Any] = {"params": form} if method == "GET" else {"form": form}
    response = calls.send(
        method, calls.address(base, path), endpoint="oauth.token", changes=changes, signed=False, **how
    )
    body = _flat(body_of(response))
    error = error_of(body)
    if error is None and response.is_success and isinstance(body, dict) and isinstance(body.get("access_token"), str):
        return body
    raise _token_error(calls, response, error, changes=changes)


def _flat(body: Any) -> Any:
    """Return the token object: api.instagram.com may wrap it in a list of one (meta.md 1.7)."""
    rows = body.get("data") if isinstance(body, dict) else None
    return rows[0] if isinstance(rows, list) and rows and isinstance(rows[0], dict) else body


def _token_error(calls: Calls, response: httpx.Response, error: dict[str, Any] | None, *, changes: bool) -> Exception:
    trouble = error_for(
        error or {}, status=response.status_code, request_id=calls.request_id(response), changes=changes
    )
    if isinstance(trouble, Rejected):
        return AccountTrouble(
            f"{trouble.message} Connect the account again.",
            code=trouble.code,
            status=trouble.status,
            request_id=trouble.request_id,
        )
    return trouble


def tokens_of(body: dict[str, Any], asked_at: datetime, scopes: Sequence[str] = ()) -> Tokens:
    """Read a long-lived token's answer: the token is access and refresh token at once.

    Scopes are those of the answer, else `scopes`. A token that does not say when it ends is taken to last 60 days.
    """
    lasts = timedelta(seconds=int(body.get("expires_in") or LONG_LIFE_SECONDS))
    token = str(body["access_token"])
    return Tokens(
        access_token=token,
        refresh_token=token,
        expires_at=asked_at + max(lasts - RENEW_EARLY, lasts / 2),
        refresh_expires_at=asked_at + lasts,
        scopes=scopes_of(body) or tuple(scopes),
    )


def scopes_of(body: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the granted permissions of a token's answer: a list, or a text with commas."""
    told = body.get("permissions") or ()
    each = told.split(",") if isinstance(told, str) else told
    return tuple(str(scope).strip() for scope in each if str(scope).strip())
