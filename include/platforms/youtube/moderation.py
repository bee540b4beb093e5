"""Comments below our YouTube videos: reply, hold back, reject, show again, 50 units each (youtube.md 9.3, 9.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from include.platforms.errors import AccountTrouble, OutcomeUnknown, PlatformError, Rejected
from include.platforms.http import Calls, body_of
from include.platforms.moderating import Action, Remark, same_words
from include.platforms.youtube import asking
from include.platforms.youtube.errors import error_for, reason_of

ACTIONS: Mapping[Action, str] = {
    "reply": "a reply to the top-level comment",
    "hide": "held for review: nobody else sees it",
    "hold": "held for review: nobody else sees it",
    "unhide": "published",
    "reject": "rejected for good, with its replies; it cannot be shown again",
    "delete": "deleted; YouTube lets only a comment's author do that",
}
STATUS: Mapping[str, str] = {
    "hide": "heldForReview",
    "hold": "heldForReview",
    "unhide": "published",
    "reject": "rejected",
}
MAX_CHARACTERS = 10_000
"""Not documented (youtube.md 9.4)."""
PATH = "/youtube/v3/comments"
MOST = 100
NOT_OURS = "YouTube lets only a comment's author delete it. Reject it instead: that takes it away for good."
REFUSED = {
    "parentCommentNotFound": "The comment is not there any more.",
    "commentNotFound": "The comment is not there any more.",
    "parentCommentIsPrivate": "The comment is held back; show it before you answer it.",
    "processingFailure": "YouTube could not do that to this comment; a rejected one cannot be shown again.",
    "ineligibleAccount": "This channel may not comment.",
    "commentTextTooLong": "YouTube finds the reply too long.",
}


def reply(calls: Calls, account: Mapping[str, Any], settings: Mapping[str, Any], to: Remark, text: str) -> str:
    """Answer a comment; return the new one's id. A lost answer is `OutcomeUnknown`: look before anything else."""
    response = calls.send(
        "POST", calls.address("api", PATH), endpoint="comments.insert", changes=True, params={"part": "snippet"},
        json_body={"snippet": {"parentId": to.thread, "textOriginal": text}},
    )  # fmt: skip
    body = body_of(response)
    if not response.is_success:
        raise _refusal(calls, response, "comments.insert")
    if not isinstance(body, dict) or not body.get("id"):
        raise OutcomeUnknown("YouTube's answer to the reply names no comment.", status=response.status_code)
    return str(body["id"])


def find_reply(
    calls: Calls, account: Mapping[str, Any], settings: Mapping[str, Any], to: Remark, text: str
) -> str | None:
    """Return the id of our own answer with these words below a comment, or None; a unit a hundred answers."""
    params = {"part": "snippet", "parentId": to.thread, "maxResults": MOST, "textFormat": "plainText"}
    mine = account.get("platform_user_id")
    while True:
        body = asking.get(calls, "api", PATH, endpoint="comments.list", params=params)
        for item in body.get("items") or []:
            snippet = item.get("snippet") or {}
            said = str(snippet.get("textOriginal") or snippet.get("textDisplay") or "")
            if (snippet.get("authorChannelId") or {}).get("value") == mine and same_words(said, text):
                return str(item["id"])
        if not body.get("nextPageToken"):
            return None
        params["pageToken"] = str(body["nextPageToken"])


def act(calls: Calls, account: Mapping[str, Any], settings: Mapping[str, Any], on: Remark, action: Action) -> None:
    """Hold back, show again, reject or delete a comment; doing it again is fine."""
    if action == "delete":
        _delete(calls, on)
        return
    params = {"id": on.comment_id, "moderationStatus": STATUS[action], "banAuthor": "false"}
    response = calls.send(
        "POST", calls.address("api", f"{PATH}/setModerationStatus"), endpoint="comments.setModerationStatus",
        changes=True, params=params,
    )  # fmt: skip
    if not response.is_success:
        raise _refusal(calls, response, "comments.setModerationStatus")


def _delete(calls: Calls, on: Remark) -> None:
    response = calls.send(
        "DELETE", calls.address("api", PATH), endpoint="comments.delete", changes=True, params={"id": on.comment_id}
    )
    if response.is_success or response.status_code == 404:  # gone already
        return
    error = _refusal(calls, response, "comments.delete")
    if isinstance(error, AccountTrouble) and error.status == 403 and error.code == "forbidden":
        raise Rejected(NOT_OURS, code=error.code, status=403, request_id=error.request_id)
    raise error


def _refusal(calls: Calls, response: Any, endpoint: str) -> PlatformError:
    reason, _ = reason_of(response)
    request_id = calls.request_id(response)
    if reason in REFUSED:
        return Rejected(REFUSED[reason], code=reason, status=response.status_code, request_id=request_id)
    error = error_for(response, endpoint=endpoint, changes=True, request_id=request_id)
    return calls.heed(response, error)
