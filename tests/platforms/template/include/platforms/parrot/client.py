"""Parrot's calls, one method each; every answer is checked, every refusal becomes one of our errors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from include.platforms.contract import VideoFile
from include.platforms.errors import OutcomeUnknown, TryAgain
from include.platforms.http import UPLOAD_TIMEOUT, Calls, body_of, seconds_to_wait
from include.platforms.parrot.errors import error_for
from include.platforms.parrot.payloads import Begun, Draft, Me, Said

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True)
class Client:
    """Parrot for one account, over one `Calls`."""

    calls: Calls

    def begin(self, body: Mapping[str, Any]) -> Begun:
        """Make a draft; harmless to repeat, because nobody sees a draft."""
        return self._read("POST", "v1/drafts", Begun, endpoint="drafts.create", changes=False, json_body=dict(body))

    def put(self, upload_url: str, video: VideoFile) -> None:
        """Send the whole file; sending it again replaces it, but a lost answer leaves open whether it is there."""
        response = self.calls.send(
            "PUT",
            upload_url,
            endpoint="drafts.put",
            changes=True,
            signed=False,  # the address is the key
            headers={"Content-Type": video.content_type, "Content-Length": str(video.size)},
            content=video.pieces(0, video.size),
            timeout=UPLOAD_TIMEOUT,
        )
        if not response.is_success:
            raise self._error(response)

    def draft(self, draft_id: str) -> Draft:
        """Return how far a draft is."""
        return self._read("GET", f"v1/drafts/{draft_id}", Draft, endpoint="drafts.read", changes=False)

    def say(self, draft_id: str) -> Said:
        """Make one more post of a draft: never call it without having looked."""
        return self._read("POST", f"v1/drafts/{draft_id}/say", Said, endpoint="drafts.say", changes=True)

    def me(self) -> Me:
        """Return who the account is."""
        return self._read("GET", "v1/me", Me, endpoint="me.read", changes=False)

    def _read(
        self, method: str, path: str, model: type[Model], *, endpoint: str, changes: bool, json_body: Any = None
    ) -> Model:
        url = self.calls.address("api", path)
        response = self.calls.send(method, url, endpoint=endpoint, changes=changes, json_body=json_body)
        if not response.is_success:
            if changes and response.status_code >= 500:  # it may have happened before the fault
                raise OutcomeUnknown(f"Parrot failed at {endpoint}.", status=response.status_code)
            raise self._error(response)
        try:
            return model.model_validate(body_of(response))
        except ValidationError:
            lost: type[OutcomeUnknown | TryAgain] = OutcomeUnknown if changes else TryAgain
            raise lost(f"Parrot's answer to {endpoint} cannot be read.", status=response.status_code) from None

    def _error(self, response: httpx.Response) -> Exception:
        body = body_of(response)
        error = body.get("error") if isinstance(body, dict) else None
        code = error.get("code") if isinstance(error, dict) else None
        return error_for(
            code,
            status=response.status_code,
            request_id=self.calls.request_id(response),
            after=seconds_to_wait(response),
        )


def whoami(calls: Calls, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return who the connected account is; raise `AccountTrouble` when the access is over."""
    me = Client(calls).me()
    return {
        "platform_user_id": me.id,
        "username": me.handle,
        "display_name": me.name,
        "picture": None,
        "followers": me.followers,
        "account_type": "bird",
        "cannot_post": None,
    }
