"""Comments of YouTube: threads, answers, holding back and rejecting (youtube.md 9.3, 9.4)."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.sandbox.callers import YouTubeCaller, reason_of
from tests.sandbox_server import SandboxServer


class Talk:
    """A video people talk about, and its channel."""

    def __init__(self, sandbox: SandboxServer, youtube: YouTubeCaller) -> None:
        self.sandbox, self.youtube = sandbox, youtube
        wanted = {"platform": "youtube", "account": youtube.credentials["platform_user_id"], "count": 30,
                  "published_at": "2026-11-01T20:00:00+00:00"}  # fmt: skip
        sandbox._call("POST", "/sandbox/clock", {"to": "2026-11-21T20:30:00+00:00", "stop": True})
        sandbox._call("POST", "/sandbox/videos", wanted)
        told = sandbox._call("GET", "/sandbox/truth?platform=youtube&first=2026-11-21&last=2026-11-21")
        best = max(told, key=lambda one: one["lifetime"]["comments"])
        self.video, self.count = best["video_id"], best["lifetime"]["comments"]

    def threads(self, **given: str) -> dict[str, Any]:
        """List threads below the video."""
        usual = {"part": "snippet,replies", "videoId": self.video, "maxResults": "100", "textFormat": "plainText"}
        return dict(self.youtube.get("commentThreads", **(usual | given)).json())

    def moderate(self, key: str, status: str, **given: str) -> httpx.Response:
        """Hold back, publish or reject."""
        return self.youtube.http.post(
            f"{self.youtube.api}/comments/setModerationStatus", params={"id": key, "moderationStatus": status} | given
        )


@pytest.fixture
def talk(sandbox: SandboxServer, youtube: YouTubeCaller) -> Talk:
    """Many comments."""
    return Talk(sandbox, youtube)


def test_as_many_are_listed_as_are_counted_the_newest_first(talk: Talk) -> None:
    found, token = [], ""
    while True:
        page = talk.threads(**({"pageToken": token} if token else {}))
        found += page["items"]
        if not (token := page.get("nextPageToken", "")):
            break
    answers = sum(one["snippet"]["totalReplyCount"] for one in found)
    assert len(found) + answers == min(talk.count, 500)
    times = [one["snippet"]["topLevelComment"]["snippet"]["publishedAt"] for one in found]
    assert times == sorted(times, reverse=True)
    many = next(one for one in found if one["snippet"]["totalReplyCount"])
    assert len(many["replies"]["comments"]) == min(5, many["snippet"]["totalReplyCount"])


def test_an_answer_is_written_deleted_and_needs_a_parent(talk: Talk) -> None:
    top = talk.threads()["items"][0]["id"]
    body = {"snippet": {"parentId": top, "textOriginal": "Thanks"}}
    made = talk.youtube.http.post(f"{talk.youtube.api}/comments?part=snippet", json=body)
    assert made.status_code == 200
    assert made.json()["snippet"]["parentId"] == top
    for wrong, status, reason in (
        ({"parentId": top}, 400, "commentTextRequired"),
        ({"textOriginal": "x"}, 400, "parentIdMissing"),
        ({"parentId": top, "textOriginal": "x" * 10_001}, 400, "commentTextTooLong"),
        ({"parentId": made.json()["id"], "textOriginal": "x"}, 404, "parentCommentNotFound"),
    ):
        answer = talk.youtube.http.post(f"{talk.youtube.api}/comments?part=snippet", json={"snippet": wrong})
        assert (answer.status_code, reason_of(answer)) == (status, reason)
    assert talk.youtube.http.delete(f"{talk.youtube.api}/comments", params={"id": top}).status_code == 403
    own = {"id": made.json()["id"]}
    assert talk.youtube.http.delete(f"{talk.youtube.api}/comments", params=own).status_code == 204
    assert talk.youtube.http.delete(f"{talk.youtube.api}/comments", params=own).status_code == 404


def test_what_is_held_back_is_listed_apart_and_a_rejection_is_for_good(talk: Talk) -> None:
    first, second = (one["id"] for one in talk.threads()["items"][:2])
    assert talk.moderate(first, "heldForReview").status_code == 204
    assert first not in {one["id"] for one in talk.threads()["items"]}
    assert [one["id"] for one in talk.threads(moderationStatus="heldForReview")["items"]] == [first]
    assert talk.moderate(first, "published").status_code == 204
    assert talk.moderate(second, "published", banAuthor="true").status_code == 400
    assert talk.moderate(second, "rejected", banAuthor="true").status_code == 204
    assert talk.moderate(second, "published").status_code == 400
    assert talk.moderate("nothing", "rejected").status_code == 404
    assert talk.moderate(f"{first},nothing", "rejected").status_code == 403
    stranger = YouTubeCaller(talk.sandbox, "Stranger")
    address = f"{stranger.api}/comments/setModerationStatus"
    assert stranger.http.post(address, params={"id": first, "moderationStatus": "rejected"}).status_code == 403


def test_comments_need_the_scope_and_an_open_video(talk: Talk) -> None:
    google = "https://www.googleapis.com/auth/"
    reader = YouTubeCaller(talk.sandbox, "Reader", scopes=[google + "youtube.readonly"])
    assert reader.get("commentThreads", part="snippet", videoId=talk.video).status_code == 403
    body = {"id": talk.video, "status": {"privacyStatus": "public", "selfDeclaredMadeForKids": True}}
    talk.youtube.http.put(f"{talk.youtube.api}/videos?part=status", json=body)
    closed = talk.youtube.get("commentThreads", part="snippet", videoId=talk.video)
    assert (closed.status_code, reason_of(closed)) == (403, "commentsDisabled")
    assert talk.youtube.get("commentThreads", part="snippet", videoId="nothing").status_code == 404
    assert talk.youtube.get("commentThreads", part="snippet").status_code == 400
