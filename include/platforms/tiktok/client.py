"""TikTok's calls, one method each; every answer is checked, every refusal becomes one of our errors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from include.platforms.errors import AccountTrouble, QuotaExhausted, TryAgain
from include.platforms.http import UPLOAD_TIMEOUT, Calls, body_of, seconds_to_wait
from include.platforms.tiktok.errors import RATE_LIMITED, error_for
from include.platforms.tiktok.payloads import Begun, CreatorInfo, PublishStatus, UserInfo

Model = TypeVar("Model", bound=BaseModel)

JSON_TYPE = {"Content-Type": "application/json; charset=UTF-8"}

USER_FIELDS = (
    "open_id,avatar_url,display_name,username,follower_count",
    "open_id,avatar_url,display_name,username",
    "open_id,avatar_url,display_name",
)
"""What to ask about a user: with all scopes, without `user.info.stats`, and without `user.info.profile`."""
SCOPE_CODES = frozenset({"scope_not_authorized", "scope_permission_missed"})


@dataclass(frozen=True)
class Client:
    """TikTok for one account, over one `Calls`."""

    calls: Calls

    def creator_info(self) -> CreatorInfo:
        """Return what the account allows now; raise when it cannot post (those codes come with HTTP 200)."""
        return self._read(self._post("creator_info/query/", "creator_info.query"), CreatorInfo)

    def begin_direct(self, body: dict[str, Any]) -> Begun:
        """Begin a direct post; harmless to repeat, because nothing is posted without its bytes."""
        return self._read(self._post("video/init/", "video.init", body), Begun)

    def begin_inbox(self, body: dict[str, Any]) -> Begun:
        """Begin an inbox draft; harmless to repeat, but every one counts as pending for 24 hours."""
        return self._read(self._post("inbox/video/init/", "inbox.init", body), Begun)

    def status(self, publish_id: str) -> PublishStatus:
        """Return how far a publish is."""
        response = self._post("status/fetch/", "status.fetch", {"publish_id": publish_id})
        return self._read(response, PublishStatus)

    def put(
        self, upload_url: str, pieces: Iterable[bytes], *, first: int, stop: int, size: int, content_type: str
    ) -> httpx.Response:
        """Send bytes `first` up to (not including) `stop`; return the answer, whatever it is.

        Raises `OutcomeUnknown` for a lost answer and `TryAgain` when nothing went out.
        """
        return self.calls.send(
            "PUT",
            upload_url,
            endpoint="video.put",
            changes=True,
            signed=False,  # the address is the key; TikTok wants no Authorization here (reference A.6)
            headers={
                "Content-Type": content_type,
                "Content-Length": str(stop - first),
                "Content-Range": f"bytes {first}-{stop - 1}/{size}",
            },
            content=pieces,
            timeout=UPLOAD_TIMEOUT,
        )

    def user_info(self) -> UserInfo:
        """Return who the account is, with as many fields as the granted scopes allow."""
        url = self.calls.address("api", "v2/user/info/")
        for fields in USER_FIELDS[:-1]:
            try:
                return self._user(url, fields)
            except AccountTrouble as trouble:
                if trouble.code not in SCOPE_CODES:
                    raise
        return self._user(url, USER_FIELDS[-1])

    def user_fields(self, fields: Sequence[str]) -> dict[str, Any]:
        """Return some fields of the account, as they come."""
        url, asked = self.calls.address("api", "v2/user/info/"), {"fields": ",".join(fields)}
        response = self.calls.send("GET", url, endpoint="user.info", changes=False, params=asked)
        return dict(self._data(response).get("user") or {})

    def videos(self, fields: Sequence[str], ids: Sequence[str]) -> list[dict[str, Any]]:
        """Return some of the account's public videos (at most 20); one that is not there is left out."""
        response = self.calls.send(
            "POST",
            self.calls.address("api", "v2/video/query/"),
            endpoint="video.query",
            changes=False,
            headers=JSON_TYPE,
            params={"fields": ",".join(fields)},  # never in the body (reference A.11)
            json_body={"filters": {"video_ids": list(ids)}},
        )
        videos = self._data(response).get("videos")
        return [each for each in videos if isinstance(each, dict)] if isinstance(videos, list) else []

    def _user(self, url: str, fields: str) -> UserInfo:
        response = self.calls.send("GET", url, endpoint="user.info", changes=False, params={"fields": fields})
        data = self._data(response)
        return self._parse(data.get("user") or {}, UserInfo, response)

    def _post(self, path: str, endpoint: str, body: dict[str, Any] | None = None) -> httpx.Response:
        # changes=False also for init: without bytes it never posts, so a lost answer is simply tried again
        return self.calls.send(
            "POST",
            self.calls.address("api", f"v2/post/publish/{path}"),
            endpoint=endpoint,
            changes=False,
            headers=JSON_TYPE,
            json_body=body,
        )

    def _read(self, response: httpx.Response, model: type[Model]) -> Model:
        return self._parse(self._data(response), model, response)

    def _data(self, response: httpx.Response) -> dict[str, Any]:
        """Return the envelope's `data`; raise for any `error.code` but ok, whatever the HTTP status."""
        body = body_of(response)
        fields = body if isinstance(body, dict) else {}
        error = fields.get("error")
        error = error if isinstance(error, dict) else {"code": error}
        code = error.get("code")
        data = fields.get("data")
        if response.is_success and code in ("ok", None) and isinstance(data, dict):
            return data
        refusal = error_for(
            None if code == "ok" else code,
            detail=str(error.get("message") or ""),
            status=response.status_code,
            request_id=error.get("log_id") or error.get("logid") or self.calls.request_id(response),
            after=seconds_to_wait(response),
        )
        raise self.calls.heed(response, refusal, limited=code == RATE_LIMITED)

    def _parse(self, data: dict[str, Any], model: type[Model], response: httpx.Response) -> Model:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            wrong = ", ".join(".".join(map(str, each["loc"])) for each in error.errors())
            raise TryAgain(
                f"TikTok's answer lacks what we need ({wrong}).",
                status=response.status_code,
                request_id=self.calls.request_id(response),
            ) from None


PUBLIC = "PUBLIC_TO_EVERYONE"
NOT_PUBLIC = (
    "TikTok does not let this account post publicly: it is private (Settings, Privacy), or our app has not passed "
    "TikTok's audit and may post privately only."
)


def whoami(calls: Calls, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return who the connected account is and what it may do now, for the accounts page.

    `cannot_post` is a sentence when the account cannot post directly just now. Raises `AccountTrouble`
    when the access itself is over.
    """
    client = Client(calls)
    user = client.user_info()
    creator, cannot_post = CreatorInfo(), None
    try:
        creator = client.creator_info()
    except (AccountTrouble, QuotaExhausted) as trouble:
        cannot_post = trouble.message
    return {
        "platform_user_id": user.open_id,
        "username": user.username or creator.creator_username or None,
        "display_name": user.display_name or creator.creator_nickname or None,
        "picture": user.avatar_url or creator.creator_avatar_url,
        "followers": user.follower_count,
        "privacy_options": list(creator.privacy_level_options),
        "max_duration_seconds": creator.max_video_post_duration_sec,
        "account_type": None,  # TikTok does not tell creators from businesses
        "advice": NOT_PUBLIC if creator.privacy_level_options and PUBLIC not in creator.privacy_level_options else None,
        "cannot_post": cannot_post,
    }
