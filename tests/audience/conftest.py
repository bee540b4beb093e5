"""A connected account with a video and a viewer's comment below it, collected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from include.database import engine
from tests.publishing.conftest import hosted_address, sandbox_server, source, studio  # noqa: F401  found by their names
from tests.publishing.studio import OWNER, Studio

WHERE = "(owner, account_id, comment_id, video_id, parent_id, text, published_at, hidden, collected_at)"
WHAT = "values (%s, %s, %s, %s, %s, %s, %s, false, now())"
TABLES = {
    platform: f"insert into {platform}.comment {WHERE} {WHAT}" for platform in ("youtube", "instagram", "facebook")
}


@dataclass(kw_only=True)
class Below:
    """A video on the sandbox and the comments below it."""

    studio: Studio
    platform: str
    account_id: str
    video_id: str
    comment_id: str

    def said(self) -> list[dict[str, Any]]:
        """Return what the sandbox shows below the video to its owner: own words and others', replies included."""
        return look(self.studio, self.platform, self.account_id, self.video_id)

    def answers(self, text: str) -> int:
        """Return how often these words stand below the video."""
        return sum(each["text"] == text for each in self.said())


def token(account_id: str) -> str:
    """Return an account's access token."""
    from include.accounts import accounts

    with engine.transaction(OWNER) as connection:
        return str(accounts.read_tokens(connection, OWNER, account_id).access_token)


def look(studio: Studio, platform: str, account_id: str, video_id: str) -> list[dict[str, Any]]:  # noqa: F811
    """Ask the sandbox as the platform would be asked, without our code."""
    signed = {"Authorization": f"Bearer {token(account_id)}"}
    bases = studio.sandbox.endpoints()[platform]
    if platform == "youtube":
        found = []
        for status in ("published", "heldForReview"):
            params = {"part": "snippet,replies", "videoId": video_id, "maxResults": 100, "textFormat": "plainText",
                      "moderationStatus": status}  # fmt: skip
            body = httpx.get(f"{bases['api']}/youtube/v3/commentThreads", params=params, headers=signed).json()
            for item in body["items"]:
                top = item["snippet"]["topLevelComment"]
                found += [{"id": each["id"], "text": each["snippet"]["textDisplay"], "hidden": status != "published",
                           "is_answer": "parentId" in each["snippet"]}
                          for each in (top, *item.get("replies", {}).get("comments", []))]  # fmt: skip
        return found
    fields = {"instagram": "id,text,hidden,replies{id,text,hidden}", "facebook": "id,message,is_hidden,parent{id}"}[
        platform
    ]
    params = {"fields": fields, "limit": 50} | (
        {"filter": "stream", "order": "reverse_chronological"} if platform == "facebook" else {}
    )
    body = httpx.get(f"{bases['graph']}/v26.0/{video_id}/comments", params=params, headers=signed).json()
    found = []
    for each in body["data"]:
        for one in (each, *(each.get("replies") or {}).get("data", [])):
            found.append({"id": one["id"], "text": one.get("text", one.get("message")),
                          "hidden": one.get("hidden", one.get("is_hidden")),
                          "is_answer": one is not each or "parent" in one})  # fmt: skip
    return found


def keep(platform: str, account_id: str, video_id: str, comment_id: str, parent_id: str | None = None) -> None:
    """Let a comment be collected."""
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql(
            TABLES[platform], (OWNER, account_id, comment_id, video_id, parent_id, "words", datetime.now(UTC))
        )


@pytest.fixture(params=["youtube", "instagram", "facebook"])
def below(request: pytest.FixtureRequest, studio: Studio) -> Below:  # noqa: F811
    """A comment of a viewer below a planted video, on each platform."""
    platform = str(request.param)
    account_id = studio.connect(platform)
    place = next(one for one in studio.sandbox._call("GET", "/sandbox/accounts") if one["platform"] == platform)
    wanted = {"platform": platform, "account": place["id"], "count": 8,
              "published_at": (datetime.now(UTC) - timedelta(days=20)).isoformat()}  # fmt: skip
    ids = studio.sandbox._call("POST", "/sandbox/videos", wanted)["ids"]
    seen = {each: look(studio, platform, account_id, each) for each in ids}
    talks = {each: [one for one in told if not one["hidden"] and not one["is_answer"]] for each, told in seen.items()}
    video_id = next(each for each, talk in talks.items() if talk)
    told = talks[video_id]
    found = Below(studio=studio, platform=platform, account_id=account_id, video_id=video_id, comment_id="")
    found.comment_id = told[0]["id"]
    keep(platform, account_id, video_id, found.comment_id)
    return found
