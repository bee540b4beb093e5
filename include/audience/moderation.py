"""What a person does to a comment on a platform: reply, hide, hold back, reject, delete; each once, each written down.

A reply cannot be taken back, so it is written down before it is sent and after. The same words to the same comment are
one reply: asking again sends nothing. When an answer was lost we look for the reply; until it is found nobody sends it
again, because a look that finds nothing proves nothing (platforms hold replies back, and lists lag). Everything else
may be repeated freely.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from include import settings
from include.accounts import accounts
from include.accounts.accounts import Account
from include.database import engine, queries
from include.platforms import moderating, title
from include.platforms.errors import OutcomeUnknown, PlatformError, Rejected
from include.platforms.moderating import Action, Moderator, Remark
from include.publishing import clients
from include.publishing.decisions import NotPossible

SQL = queries.load("moderation")
READ = {"youtube": "read_youtube", "instagram": "read_instagram", "facebook": "read_facebook"}
NOTE = {"youtube": "note_youtube", "instagram": "note_instagram", "facebook": "note_facebook"}
"""Platform → the statement that reads a comment as it was collected, and the one that notes what we did to it."""
BUSY = "Somebody is answering this comment. Try again in a moment."
NOT_BY_API = "{platform} lets nobody {action} comments by API; do it on {platform} itself."
LOST = (
    "The answer to the reply was lost, and it is not to be seen below the comment (yet). It will not be sent again: "
    "ask once more to look again, or send other words."
)
MAY_BE_DONE = "The answer was lost: it may be done. Doing it again does no harm."


@dataclass(frozen=True, kw_only=True)
class Done:
    """What became of an act; `outcome` as in `desk.comment_act`, `again` when it had been done before."""

    act_id: int
    account_id: str
    comment_id: str
    action: Action
    outcome: str
    reply_id: str | None = None
    again: bool = False


@dataclass(frozen=True, kw_only=True)
class _Scene:
    """One comment of one account, and its platform's moderation."""

    account: Account
    moderator: Moderator
    remark: Remark
    video_id: str | None

    def ask(self, what: Callable[..., Any], *more: Any) -> Any:
        """Call one of the platform's functions."""
        with clients.open_calls(self.account) as calls:
            return what(calls, clients.account_facts(self.account), self._settings(), self.remark, *more)

    def look(self, text: str) -> str | None:
        """Return the id of a reply with these words, or None."""
        found: str | None = self.ask(self.moderator.find_reply, text)
        return found

    def _settings(self) -> dict[str, Any]:
        return dict(settings.distribution().platforms.get(self.account.platform, {}))


def act(owner: str, account_id: str, comment_id: str, action: Action) -> Done:
    """Hide, unhide, hold back, reject or delete a comment.

    Raises `UnknownAccount`, `UnknownComment`, `Rejected` where the platform has no such act, and what the platform
    raises; a lost answer is `OutcomeUnknown`, and doing it again does no harm.
    """
    scene = _scene(owner, account_id, comment_id, action)
    act_id = _begin(scene, owner, action)
    assert act_id is not None  # noqa: S101 - only replies are kept apart by their words
    try:
        scene.ask(scene.moderator.act, action)
    except OutcomeUnknown as lost:
        _end(owner, act_id, "unknown", error=lost)
        raise OutcomeUnknown(MAY_BE_DONE, code=lost.code, status=lost.status, request_id=lost.request_id) from None
    except PlatformError as refused:
        _end(owner, act_id, "nothing", error=refused)
        raise
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL[NOTE[scene.account.platform]], _as_collected(scene, action))
    _end(owner, act_id, "done")
    return Done(act_id=act_id, account_id=account_id, comment_id=comment_id, action=action, outcome="done")


def reply(owner: str, account_id: str, comment_id: str, text: str) -> Done:
    """Answer a comment, once; the same words again are answered with what became of them the first time.

    Raises as `act`; `OutcomeUnknown` when nobody can tell whether it is out, `NotPossible` while somebody else sends.
    """
    scene = _scene(owner, account_id, comment_id, "reply")
    text = text.strip()
    if not text or len(text) > scene.moderator.MAX_CHARACTERS:
        raise Rejected(
            f"A reply on {title(scene.account.platform)} has 1 to {scene.moderator.MAX_CHARACTERS} characters."
        )
    with _alone(owner, account_id, comment_id):
        act_id = _begin(scene, owner, "reply", text)
        if act_id is None:
            return _repeated(scene, owner, text)
        return _sent(scene, owner, act_id, text)


def _sent(scene: _Scene, owner: str, act_id: int, text: str) -> Done:
    try:
        reply_id = scene.ask(scene.moderator.reply, text)
    except OutcomeUnknown as lost:
        _end(owner, act_id, "unknown", error=lost)
        return _looked(scene, owner, act_id, text)
    except PlatformError as refused:
        _end(owner, act_id, "nothing", error=refused)
        raise
    _end(owner, act_id, "done", reply_id=reply_id)
    return _done(scene, act_id, "done", reply_id)


def _repeated(scene: _Scene, owner: str, text: str) -> Done:
    """Tell what became of the same words, after another look where that is not known."""
    with engine.transaction(owner) as connection:
        before = connection.exec_driver_sql(SQL["same_reply"], _known(scene, owner, "reply", text)).one()
    if before.outcome in ("done", "found"):
        return _done(scene, before.act_id, before.outcome, before.reply_id, again=True)
    return _looked(scene, owner, before.act_id, text)


def _looked(scene: _Scene, owner: str, act_id: int, text: str) -> Done:
    """Look for a reply whose answer was lost or whose sender died; raise `OutcomeUnknown` when it is not there."""
    try:
        reply_id = scene.look(text)
    except PlatformError:
        reply_id = None
    if reply_id is None:
        _end(owner, act_id, "unknown", error=OutcomeUnknown(LOST))
        raise OutcomeUnknown(LOST)
    _end(owner, act_id, "found", reply_id=reply_id)
    return _done(scene, act_id, "found", reply_id)


def _done(scene: _Scene, act_id: int, outcome: str, reply_id: str | None, *, again: bool = False) -> Done:
    return Done(
        act_id=act_id, account_id=scene.account.account_id, comment_id=scene.remark.comment_id, action="reply",
        outcome=outcome, reply_id=reply_id, again=again,
    )  # fmt: skip


def _scene(owner: str, account_id: str, comment_id: str, action: Action) -> _Scene:
    account = accounts.read(owner, account_id)
    moderator = moderating.get(account.platform) if account.route == "direct" else None
    if moderator is None or action not in moderator.ACTIONS:
        raise Rejected(NOT_BY_API.format(platform=title(account.platform), action=action))
    with engine.transaction(owner) as connection:
        known = {"account_id": account_id, "comment_id": comment_id}
        row = connection.exec_driver_sql(SQL[READ[account.platform]], known).one_or_none()
    if row is None:
        raise UnknownComment("This account has no comment of this id, or it was not collected yet.")
    remark = Remark(comment_id=comment_id, parent_id=row.parent_id)
    return _Scene(account=account, moderator=moderator, remark=remark, video_id=row.video_id)


class UnknownComment(LookupError):
    """No comment of this id is below this account's videos, as far as they were read."""


@contextmanager
def _alone(owner: str, account_id: str, comment_id: str) -> Iterator[None]:
    """Hold a comment while it is answered; the lock dies with the process."""
    name = f"comment {owner} {account_id} {comment_id}"
    with engine.session() as connection:
        if not connection.exec_driver_sql(SQL["hold_comment"], {"name": name}).scalar():
            raise NotPossible(BUSY)
        yield


def _known(scene: _Scene, owner: str, action: Action, text: str | None) -> dict[str, Any]:
    return {
        "owner": owner, "account_id": scene.account.account_id, "platform": scene.account.platform,
        "comment_id": scene.remark.comment_id, "video_id": scene.video_id, "action": action, "text": text,
        "text_sha256": hashlib.sha256(text.encode()).hexdigest() if text is not None else None,
        "who": engine.actor()[0] or owner,
    }  # fmt: skip


def _begin(scene: _Scene, owner: str, action: Action, text: str | None = None) -> int | None:
    """Write down what is about to be done; None when these words were sent, or may have been, before."""
    with engine.transaction(owner) as connection:
        found = connection.exec_driver_sql(SQL["begin_act"], _known(scene, owner, action, text)).scalar()
    return int(found) if found is not None else None


def _end(
    owner: str, act_id: int, outcome: str, *, reply_id: str | None = None, error: PlatformError | None = None
) -> None:
    ends = {
        "act_id": act_id, "outcome": outcome, "reply_id": reply_id,
        "error": json.dumps(error.as_record()) if error is not None else None,
    }  # fmt: skip
    with engine.transaction(owner) as connection:
        connection.exec_driver_sql(SQL["end_act"], ends)


def _as_collected(scene: _Scene, action: Action) -> dict[str, Any]:
    status = {"hide": "heldForReview", "hold": "heldForReview", "unhide": "published", "reject": "rejected"}.get(action)
    return {
        "account_id": scene.account.account_id, "comment_id": scene.remark.comment_id, "status": status,
        "hidden": {"hide": True, "hold": True, "reject": True, "unhide": False}.get(action),
        "deleted": action == "delete",
    }  # fmt: skip


def comments(
    owner: str,
    account_id: str,
    *,
    video_id: str | None = None,
    before: datetime | None = None,
    after_id: str = "",
    at_most: int = 50,
) -> list[dict[str, Any]]:
    """Return the comments below an account's videos as they were collected, the newest first."""
    accounts.read(owner, account_id)
    known = {
        "account_id": account_id, "video_id": video_id, "before": before, "after_id": after_id, "at_most": at_most,
    }  # fmt: skip
    with engine.transaction(owner) as connection:
        return [dict(row) for row in connection.exec_driver_sql(SQL["list_comments"], known).mappings()]


def acts(owner: str, account_id: str | None = None, at_most: int = 50) -> list[dict[str, Any]]:
    """Return what was done to comments, the newest first."""
    known = {"owner": owner, "account_id": account_id, "at_most": at_most}
    with engine.transaction(owner) as connection:
        return [dict(row) for row in connection.exec_driver_sql(SQL["list_acts"], known).mappings()]
