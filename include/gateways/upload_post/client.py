"""upload-post.com's calls: one method each, with the key in the header and never in a log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from pydantic import SecretStr, ValidationError

from include.gateways.upload_post.errors import error_for
from include.gateways.upload_post.form import Form
from include.gateways.upload_post.payloads import Result, Status
from include.platforms.errors import TryAgain
from include.platforms.http import UPLOAD_TIMEOUT, Calls, body_of, seconds_to_wait

HISTORY_ROWS = 20
"""One of the sizes they know (reference D.4); an upload of ours has one row."""


@dataclass(frozen=True)
class Client:
    """The calls of one API key. Raises the errors of `platforms/errors.py`."""

    calls: Calls
    key: SecretStr

    def upload(self, form: Form, request_id: str) -> Status:
        """Upload a video under an id of ours; the same id within 24 hours is the same upload, however often it is sent.

        The answer holds results only when it was quick. Raises `OutcomeUnknown` when it was lost.
        """
        headers, content = form.encoded()
        headers |= {"Idempotency-Key": request_id, "X-Request-Id": request_id}
        response = self.calls.send(
            "POST",
            self.calls.address("api", "api/upload"),
            endpoint="upload",
            changes=True,
            signed=False,
            headers=headers | self._signed,
            content=content,
            timeout=UPLOAD_TIMEOUT,
        )
        return _parse(self._read(response, may_have_acted=True))

    def status(self, request_id: str) -> Status | None:
        """Return how far an upload is; None when nothing is known of it."""
        response = self._get("uploadposts/status", "status", {"request_id": request_id})
        body = body_of(response)
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        if response.is_success and isinstance(body, dict) and body.get("status") == "not_found":
            return None
        return _parse(self._read(response, may_have_acted=False))

    def history(self, request_id: str, platform: str) -> Result | None:
        """Return what the history tells of an upload on a platform; None when it is not in there."""
        asked = {"request_id": request_id, "platform": platform, "page": 1, "limit": HISTORY_ROWS}
        body = self._read(self._get("uploadposts/history", "history", asked), may_have_acted=False)
        rows = [row for row in body.get("history") or () if isinstance(row, dict)]
        mine = [row for row in rows if row.get("request_id") == request_id and row.get("platform") == platform]
        return _result(mine[0]) if mine else None

    def tiktok_settings(self, profile: str) -> dict[str, Any]:
        """Return what the profile's TikTok account may post now, wherever the answer puts it."""
        response = self._get("uploadposts/tiktok/settings", "tiktok.settings", {"profile": profile})
        body = self._read(response, may_have_acted=False)
        inner: dict[str, Any] = next(
            (body[name] for name in ("settings", "data") if isinstance(body.get(name), dict)), {}
        )
        return {**body, **inner}

    @property
    def _signed(self) -> dict[str, str]:
        return {"Authorization": f"Apikey {self.key.get_secret_value()}"}

    def _get(self, path: str, endpoint: str, params: Mapping[str, Any]) -> httpx.Response:
        return self.calls.send(
            "GET",
            self.calls.address("api", f"api/{path}"),
            endpoint=endpoint,
            changes=False,
            signed=False,
            headers=self._signed,
            params=params,
        )

    def _read(self, response: httpx.Response, *, may_have_acted: bool) -> dict[str, Any]:
        body = body_of(response)
        if response.is_success and isinstance(body, dict) and body.get("success", True) is not False:
            return body
        status = 502 if response.is_success and not isinstance(body, dict) else response.status_code
        if response.is_success and isinstance(body, dict):
            status = 400  # it says itself that the request was not processed
        reset = response.headers.get("X-RateLimit-Reset", "")
        resets_at = float(reset) if reset.replace(".", "", 1).isdigit() else None
        after = seconds_to_wait(response)
        raise error_for(status, body, may_have_acted=may_have_acted, after=after, resets_at=resets_at)


def _parse(body: Mapping[str, Any]) -> Status:
    try:
        return Status.model_validate(dict(body))
    except ValidationError as error:
        raise _unusable(error) from None


def _result(row: Mapping[str, Any]) -> Result:
    try:
        return Result.model_validate(dict(row))
    except ValidationError as error:
        raise _unusable(error) from None


def _unusable(error: ValidationError) -> TryAgain:
    wrong = ", ".join(".".join(map(str, each["loc"])) for each in error.errors())
    return TryAgain(f"upload-post.com's answer is not as documented ({wrong}).")
