"""The one step that people see: making the post, and finding out about one whose answer was lost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from include.platforms.contract import CannotTell, Found, Note, Published, Ready, SaveNote
from include.platforms.errors import OutcomeUnknown, PlatformError, Rejected
from include.platforms.linkedin import lost, notes
from include.platforms.linkedin.client import Client
from include.platforms.linkedin.errors import Duplicate
from include.platforms.linkedin.lost import Verdict
from include.platforms.linkedin.payloads import LostPost
from include.platforms.linkedin.progress import Progress

TEXT_MUST_DIFFER = (
    "LinkedIn takes this post for a duplicate: the author posted the same text a short while ago. The text must differ."
)
CANNOT_READ = (
    "The answer to the post was lost, and LinkedIn does not let us read this author's posts to see whether it was "
    "made. Look at the profile: confirm the post with its address, or that there is none."
)
NOT_SHOWN = "The answer to the post was lost, and the author's posts do not show it (yet)."


@dataclass(frozen=True, kw_only=True)
class Post:
    """The post of one video; `patience` says when a lost one counts as never made."""

    client: Client
    patience: LostPost
    progress: Progress
    now: Callable[[], datetime]

    def make(self, body: dict[str, Any], note: Note, save: SaveNote) -> Published:
        """Make the post; `note` must say that none can exist.

        Raises `Rejected` when LinkedIn takes it for a duplicate of another post, `OutcomeUnknown` when it may have
        been made, and the other errors when it was surely not.
        """
        begun = notes.posting(note, self.now(), has_text=bool(body["commentary"].strip()))
        save(begun)
        try:
            urn = self.client.create_post(body)
        except Duplicate as duplicate:
            return self._duplicate(begun, duplicate, save)
        except OutcomeUnknown:
            raise
        except PlatformError:  # LinkedIn said no, or was not reached: nothing was made
            save(notes.may_be_posted(note))
            raise
        return self._posted(begun, urn, save)

    def check(self, note: Note) -> Published:
        """Return where the post is, looking it up when that is not known.

        Raises `OutcomeUnknown` while nobody knows whether there is one.
        """
        if note.get("post") is None:
            urn = lost.look(self.client, note).urn
            if urn is not None:
                note = notes.posted(note, urn)
            elif note["stage"] == notes.POSTING:
                raise OutcomeUnknown(NOT_SHOWN)
        return self.progress.published(note)

    def find(self, note: Note) -> Found:
        """Look for a post whose answer was lost; `Ready` when it was surely not made."""
        trace = lost.look(self.client, note)
        if trace.urn is not None:
            return self.progress.published(notes.posted(note, trace.urn))
        if trace.verdict is Verdict.UNREADABLE:
            return CannotTell(why=CANNOT_READ, note=note)
        looks = int(note.get("looks") or 0) + 1
        if looks < self.patience.looks or self._seconds_since(note["posting_at"]) < self._certain_after(note):
            again = self.patience.every_seconds
            return CannotTell(why=NOT_SHOWN, note={**note, "looks": looks}, look_again_after=again)
        return Ready(note={**notes.may_be_posted(note), "lost_tries": int(note.get("lost_tries") or 0) + 1})

    def _posted(self, note: Note, urn: str | None, save: SaveNote) -> Published:
        """Keep where the post is at once: where the list may not be read, nothing else would ever tell."""
        done = notes.posted(note, urn)
        save(done)
        return self.progress.published(done)

    def _duplicate(self, begun: Note, duplicate: Duplicate, save: SaveNote) -> Published:
        """Take the post LinkedIn names for ours only when our video is in it."""
        begun = {**begun, "duplicate_of": duplicate.urn}
        save(begun)
        try:
            trace = lost.look(self.client, begun)
        except Rejected:
            save(notes.may_be_posted(begun))
            raise
        except PlatformError as error:
            raise OutcomeUnknown(f"LinkedIn named a duplicate and could not show it: {error.message}") from None
        if trace.urn is not None:
            return self._posted(begun, trace.urn, save)
        if trace.verdict is Verdict.UNREADABLE and begun.get("lost_tries"):
            raise OutcomeUnknown("LinkedIn named a duplicate that may be our own post and does not let us read it.")
        save(notes.may_be_posted(begun))
        raise Rejected(TEXT_MUST_DIFFER, code=duplicate.code, status=duplicate.status, request_id=duplicate.request_id)

    def _certain_after(self, note: Note) -> float:
        return self.patience.certain_after_seconds if note["has_text"] else self.patience.certain_without_text_seconds

    def _seconds_since(self, moment: str) -> float:
        return (self.now() - datetime.fromisoformat(moment)).total_seconds()
