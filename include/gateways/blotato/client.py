"""Blotato's calls: one method each, with the key in its own header and never in a log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, SecretStr, ValidationError

from include.gateways.blotato.errors import error_for
from include.gateways.blotato.payloads import Listed, MediaPlace, Submission
from include.platforms.errors import OutcomeUnknown, TryAgain
from include.platforms.http import UPLOAD_TIMEOUT, Calls, body_of, seconds_to_wait

Model = TypeVar("Model", bound=BaseModel)
PAGE_ITEMS = 250
MAX_PAGES = 4
EXPIRED = frozenset({400, 403, 404, 410})
"""What storages answer to a presigned address that is over."""


@dataclass(frozen=True)
class Client:
    """The calls of one API key. Raises the errors of `platforms/errors.py`."""

    calls: Calls
    key: SecretStr

    def media_place(self, name: str) -> MediaPlace:
        """Ask where to put a file; the address for it lives minutes only."""
        body = self._send("POST", "media/uploads", "media.uploads", json_body={"filename": name})
        return _parse(body, MediaPlace)

    def put(self, place: MediaPlace, pieces: Iterable[bytes], size: int, content_type: str) -> bool:
        """Send a file's bytes; False when the address was over. Nobody sees the file before a post names it."""
        response = self.calls.send(
            "PUT",
            place.presigned_url,
            endpoint="media.put",
            changes=False,
            signed=False,
            headers={"Content-Type": content_type, "Content-Length": str(size)},
            content=pieces,
            timeout=UPLOAD_TIMEOUT,
        )
        if response.is_success:
            return True
        if response.status_code in EXPIRED:
            return False
        raise TryAgain("Blotato's storage did not take the file.", status=response.status_code)

    def create(self, body: Mapping[str, Any]) -> str:
        """Make a post and return its submission's id. Never repeat it: Blotato has no idempotency key.

        Raises `OutcomeUnknown` when the answer was lost, or when it names no submission.
        """
        answer = self._send("POST", "posts", "posts.create", json_body=body, changes=True)
        found = answer.get("postSubmissionId")
        if not found:
            raise OutcomeUnknown("Blotato took the post and did not say under which id.")
        return str(found)

    def status(self, submission: str) -> Submission:
        """Return how far a post is; an id Blotato does not know may read as in progress for ever."""
        return _parse(self._send("GET", f"posts/{submission}", "posts.get"), Submission)

    def posts(self, platform: str, since: datetime, until: datetime) -> tuple[Listed, ...] | None:
        """Return the posts on a platform in a time; what is in progress is not among them. None: too many to read."""
        found: list[Listed] = []
        asked: dict[str, Any] = {
            "platform": platform,
            "since": since.isoformat(),
            "until": until.isoformat(),
            "limit": PAGE_ITEMS,
        }
        for _ in range(MAX_PAGES):
            body = self._send("GET", "posts", "posts.list", params=asked)
            found += [_parse(item, Listed) for item in body.get("items") or () if isinstance(item, dict)]
            if not body.get("cursor"):
                return tuple(found)
            asked["cursor"] = body["cursor"]
        return None

    def subaccounts(self, account: str) -> dict[str, str]:
        """Return what belongs to an account, names by id: Facebook's and LinkedIn's pages, YouTube's playlists."""
        body = self._send("GET", f"users/me/accounts/{account}/subaccounts", "users.subaccounts")
        items = [each for each in body.get("items") or () if isinstance(each, dict) and each.get("id")]
        return {str(each["id"]): str(each.get("name") or "") for each in items}

    def _send(
        self,
        method: str,
        path: str,
        endpoint: str,
        *,
        changes: bool = False,
        params: Mapping[str, Any] | None = None,
        json_body: Any = None,
    ) -> dict[str, Any]:
        response: httpx.Response = self.calls.send(
            method,
            self.calls.address("api", f"v2/{path}"),
            endpoint=endpoint,
            changes=changes,
            signed=False,
            headers={"blotato-api-key": self.key.get_secret_value()},
            params=params,
            json_body=json_body,
        )
        body = body_of(response)
        if response.is_success and isinstance(body, dict):
            return body
        status = response.status_code if not response.is_success else 502
        raise error_for(status, body, may_have_acted=changes, after=seconds_to_wait(response))


def _parse(body: Mapping[str, Any], model: type[Model]) -> Model:
    try:
        return model.model_validate(dict(body))
    except ValidationError as error:
        wrong = ", ".join(".".join(map(str, each["loc"])) for each in error.errors())
        raise TryAgain(f"Blotato's answer lacks what we need ({wrong}).") from None
