"""How far a post is at Blotato, and what an earlier try left of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from include.gateways.answers import refused_by_platform
from include.gateways.blotato import lost
from include.gateways.blotato.client import Client
from include.gateways.blotato.payloads import Settings, Submission
from include.gateways.post_addresses import video_id_in
from include.gateways.timing import pace
from include.platforms.contract import Answer, CannotTell, Found, Note, Pending, Published, Unfinished
from include.platforms.errors import OutcomeUnknown, Rejected

STORED: Final = "stored"  # the media are there; no post was asked for, or it was surely not accepted
POSTING: Final = "posting"  # a post may have been made
POSTED: Final = "posted"  # Blotato has the post and works on it
OUT: Final = "out"

IN_PROGRESS = frozenset({"in-progress", "scheduled", ""})
"""`scheduled` was never asked for; it goes out by itself all the same."""
ONLY_WHILE_POSTING = frozenset({"posting_at", "text", "account", "looks", "cover", "listed_since", "before"})


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Reads statuses for one account; changes no note in place."""

    client: Client
    platform: str
    settings: Settings
    now: Callable[[], datetime]

    def posted(self, note: Note, submission: str) -> Pending:
        """Return the answer for a post that Blotato has accepted."""
        kept = {name: value for name, value in note.items() if name not in ONLY_WHILE_POSTING}
        kept |= {"stage": POSTED, "submission": submission, "posted_at": self.now().isoformat(), "seen": 0}
        return Pending(note=kept, look_again_after=pace(self.settings.pace_seconds, 0))

    def check(self, note: Note) -> Answer:
        """Return how far a post is; raise what its failure means."""
        if note["stage"] == OUT:
            return Published(video_id=note.get("video_id"), url=note.get("url"), note=note)
        if note["stage"] == POSTING:
            raise OutcomeUnknown("Whether the post was made is not known yet.")
        return self._answer(note, self.client.status(str(note["submission"])))

    def _answer(self, note: Note, status: Submission) -> Answer:
        if status.status == "published":
            return self._out(note, status)
        if status.status == "failed":
            raise refused_by_platform(self._where, status.error)
        if status.status not in IN_PROGRESS:
            raise OutcomeUnknown(f"Blotato says '{status.status}', which we do not know.")
        if self._is_overdue(note):
            raise OutcomeUnknown(
                f"Blotato has been saying 'in progress' for {self.settings.patience_minutes:g} minutes."
            )
        seen = int(note.get("seen", 0)) + 1
        return Pending(note={**note, "seen": seen}, look_again_after=pace(self.settings.pace_seconds, seen))

    def left(self, note: Note) -> Found:
        """Return what became of an accepted post; None when it failed in a way that a new one may mend."""
        if note["stage"] == OUT:
            return self.check(note)
        try:
            status = self.client.status(str(note["submission"]))
        except Rejected as error:
            if error.status != 404:
                raise
            return CannotTell(why="Blotato no longer knows this post.", note=note)
        if status.status == "failed":
            self._refuse(status)
            return None
        try:
            return self._answer(note, status)
        except OutcomeUnknown as unknown:
            return CannotTell(why=unknown.message, note=note)

    def look(self, note: Note) -> Found:
        """Look for a post whose answer was lost; it counts as never made after many looks over a long time."""
        trace = lost.look(self.client, note, self.platform, self.now())
        if trace.verdict is lost.Verdict.OURS and trace.item is not None:
            return self._listed(note, trace.item.state)
        patience = self.settings.lost_post
        looks = int(note.get("looks", 0)) + 1
        seen = {**note, "looks": looks}
        passed = self.now() - datetime.fromisoformat(note["posting_at"])
        is_certain = looks >= patience.looks and passed >= timedelta(seconds=patience.certain_after_seconds)
        if not is_certain:
            why = "Blotato's answer was lost; its list does not show the post (yet)."
            return CannotTell(why=why, note=seen, look_again_after=patience.every_seconds)
        if trace.verdict is lost.Verdict.UNREADABLE:
            why = "Blotato's answer was lost, and its list does not tell which posts are ours. Look there."
            return CannotTell(why=why, note=seen)
        kept = {name: value for name, value in note.items() if name not in ONLY_WHILE_POSTING - {"cover"}}
        return Unfinished(note={**kept, "stage": STORED})

    def _listed(self, note: Note, state: Submission) -> Found:
        if state.status == "published":
            return self._out(note, state)
        if state.status == "failed":
            self._refuse(state)
            return None
        why = f"Blotato lists the post as '{state.status}'."
        return CannotTell(why=why, note=note, look_again_after=self.settings.lost_post.every_seconds)

    def _refuse(self, status: Submission) -> None:
        """Raise what only another release can mend; the rest a new post may."""
        error = refused_by_platform(self._where, status.error)
        if isinstance(error, Rejected):
            raise error

    def _out(self, note: Note, status: Submission) -> Published:
        url = status.public_url
        video_id = video_id_in(self.platform, url)
        kept = {name: value for name, value in note.items() if name not in ONLY_WHILE_POSTING}
        kept |= {"stage": OUT, "url": url, "video_id": video_id}
        told = (
            () if url else ("Blotato says it is published and tells no address (drafts and private posts have none).",)
        )
        return Published(video_id=video_id, url=url, note=kept, warnings=told)

    def _is_overdue(self, note: Note) -> bool:
        since = self.now() - datetime.fromisoformat(note["posted_at"])
        return since > timedelta(minutes=self.settings.patience_minutes)

    @property
    def _where(self) -> str:
        return f"{self.platform} (through Blotato)"
