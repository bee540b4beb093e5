"""TikTok's Business "Accounts" API: watch time, sources and audiences, where the account has business insights.

It has a host, an envelope and codes of its own: errors come with HTTP 200. It is asked with the account's one token,
in a header of its own name, when that token has the scopes `user.insights` and `video.insights` (reference A.12).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import httpx

from include.platforms.errors import AccountTrouble, PlatformError, TryAgain
from include.platforms.http import Calls, body_of, seconds_to_wait
from include.platforms.tiktok.errors import BUSINESS_LIMITS, business_error_for

OK = frozenset({0, 20001})
"""20001: some of what was asked is there."""
DEAD_TOKEN = frozenset({40102, 40104, 40105})
NO_INSIGHTS = frozenset({"40001", "40003"})
"""What an account that is no business account is answered."""
MAX_VIDEOS = 20
MAX_DAYS = 60


@dataclass(frozen=True)
class Business:
    """The Business API for one account, over one `Calls`; `business_id` is the account's `open_id`."""

    calls: Calls
    business_id: str

    def account(self, fields: Sequence[str], first: date, last: date) -> dict[str, Any]:
        """Return the account: its numbers now, who follows it, and its days (at most 60)."""
        days = {"start_date": first.isoformat(), "end_date": last.isoformat()}
        return self._get("business/get/", "business.get", fields, days)

    def videos(self, fields: Sequence[str], ids: Sequence[str]) -> list[dict[str, Any]]:
        """Return some of the account's videos (at most 20); one that is not there is left out."""
        given = {"filters": json.dumps({"video_ids": list(ids)}), "max_count": str(MAX_VIDEOS)}
        videos = self._get("business/video/list/", "business.video.list", fields, given).get("videos")
        return [each for each in videos if isinstance(each, dict)] if isinstance(videos, list) else []

    def _get(self, path: str, endpoint: str, fields: Sequence[str], given: Mapping[str, str]) -> dict[str, Any]:
        params = {"business_id": self.business_id, "fields": json.dumps(list(fields)), **given}
        token = self._token()
        code, data, error = self._once(path, endpoint, params, token)
        if code in DEAD_TOKEN and self.calls.tokens is not None:
            code, data, error = self._once(path, endpoint, params, self.calls.tokens.refresh(token))
        if error is not None:
            raise error
        return data

    def _token(self) -> str:
        if self.calls.tokens is None:
            raise AccountTrouble("TikTok's Business API cannot be asked without an account's token.")
        return self.calls.tokens.token()

    def _once(
        self, path: str, endpoint: str, params: Mapping[str, str], token: str
    ) -> tuple[int | None, dict[str, Any], PlatformError | None]:
        """Send once; return the code, the data, and our error when the code says that it is no success."""
        response = self.calls.send(
            "GET",
            self.calls.address("business", f"open_api/v1.3/{path}"),
            endpoint=endpoint,
            changes=False,
            signed=False,  # the token goes in a header of another name
            headers={"Access-Token": token},
            params=params,
        )
        body = body_of(response)
        fields = body if isinstance(body, dict) else {}
        code, data = fields.get("code"), fields.get("data")
        if response.is_success and code in OK and isinstance(data, dict):
            return code, data, None
        return code if isinstance(code, int) else None, {}, self._error(response, fields)

    def _error(self, response: httpx.Response, fields: Mapping[str, Any]) -> PlatformError:
        code = fields.get("code")
        if code in OK:
            return TryAgain("TikTok's answer lacks its data.", status=response.status_code)
        refusal = business_error_for(
            code if isinstance(code, int) else None,
            detail=str(fields.get("message") or ""),
            status=response.status_code,
            request_id=str(fields.get("request_id") or "") or self.calls.request_id(response),
            after=seconds_to_wait(response),
        )
        return self.calls.heed(response, refusal, limited=code in BUSINESS_LIMITS)
