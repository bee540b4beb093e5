"""Parrot's side of the publish contract: a draft, its bytes, and one post made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass
from typing import Any

from include.platforms.contract import (
    Answer,
    CannotTell,
    Found,
    Note,
    Pending,
    Posting,
    Problem,
    Published,
    Ready,
    ReportBytes,
    SaveNote,
    Unfinished,
)
from include.platforms.errors import Rejected
from include.platforms.http import Calls
from include.platforms.parrot import limits
from include.platforms.parrot.client import Client
from include.platforms.parrot.payloads import Draft, draft_body, read_options, text_problems

LOOK_AGAIN_SECONDS = 2.0
SENDING, SAYING = "sending", "saying"
"""Stages of a note: the bytes may be there; a post may be there."""


@dataclass(frozen=True)
class Publisher:
    """Publishes to one Parrot account; raises the errors of `platforms/errors.py`."""

    calls: Calls
    _: KW_ONLY
    settings: Mapping[str, Any]
    account: Mapping[str, Any]

    @property
    def client(self) -> Client:
        """Parrot's calls for this account."""
        return Client(self.calls)

    def validate(self, posting: Posting) -> list[Problem]:
        """Return every rule `posting` breaks; raise `AccountTrouble` when the account cannot act now."""
        if posting.placement not in limits.RULES:
            allowed = ", ".join(limits.RULES)
            message = f"Parrot has no '{posting.placement.value}'; possible are: {allowed}."
            return [Problem(rule="placement", found=posting.placement.value, allowed=allowed, message=message)]
        self.client.me()
        _, problems = read_options(posting)
        return problems + text_problems(posting) + limits.check_file(posting.facts)[posting.placement]

    def upload(self, posting: Posting, note: Note | None, save: SaveNote, sent: ReportBytes) -> Answer:
        """Make a draft unless `note` has one, and send it the file."""
        if note is None:
            options, _ = read_options(posting)
            begun = self.client.begin(draft_body(posting, options))
            note = {"stage": SENDING, "draft_id": begun.draft_id, "upload_url": begun.upload_url}
            save(note)  # before the first byte
        self.client.put(str(note["upload_url"]), posting.video)
        sent(posting.video.size)
        return Pending(note=note, look_again_after=LOOK_AGAIN_SECONDS)

    def check(self, posting: Posting, note: Note) -> Answer:
        """Look once how far Parrot is."""
        draft = self.client.draft(str(note["draft_id"]))
        if draft.posts:
            return self._published(draft.posts[0], note)
        if draft.state == "failed":
            raise Rejected(f"Parrot could not use the video: {draft.reason}.", code=draft.reason)
        if draft.state == "ready":
            return Ready(note=note)
        return Pending(note=note, look_again_after=LOOK_AGAIN_SECONDS)

    def finish(self, posting: Posting, note: Note, save: SaveNote) -> Published:
        """Let Parrot say it: the one step that cannot be taken back."""
        note = {**note, "stage": SAYING}
        save(note)  # before the call that may make a post
        return self._published(self.client.say(str(note["draft_id"])).post_id, note)

    def find(self, posting: Posting, note: Note | None) -> Found:
        """Look for what an earlier try left; a draft nobody noted was never said."""
        if note is None:
            return None
        try:
            draft = self.client.draft(str(note["draft_id"]))
        except Rejected as error:
            if error.code != "unknown_draft":
                raise
            return self._lost(note)
        return self._left(posting, draft, note)

    def _left(self, posting: Posting, draft: Draft, note: Note) -> Found:
        if draft.state == "empty":
            return Unfinished(note=note)
        if draft.state == "failed" and not draft.posts:
            return None
        return self.check(posting, note)

    def _lost(self, note: Note) -> Found:
        if note["stage"] == SAYING:
            return CannotTell(why="Parrot no longer knows the draft; it may have said it.", note=note)
        return None

    def _published(self, post_id: str, note: Note) -> Published:
        url = f"https://parrot.example/@{self.account.get('username')}/{post_id}"
        return Published(video_id=post_id, url=url, note=note)
