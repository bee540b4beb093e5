"""What a container's status means: how far it is, what an earlier try left, when to look again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from include.platforms.contract import Answer, CannotTell, Found, Note, Pending, Published, Ready, Unfinished
from include.platforms.errors import OutcomeUnknown, PlatformError, Rejected, TryAgain
from include.platforms.instagram.client import Client
from include.platforms.instagram.errors import container_error
from include.platforms.instagram.lost import candidates
from include.platforms.instagram.payloads import Container

SENDING = "sending"  # a container waits for bytes
PROCESSING = "processing"  # Meta has, or fetches, everything
PUBLISHING = "publishing"  # `media_publish` was, or is about to be, called
PUBLISHED = "published"  # the post's id is known

PACE_SECONDS = (10.0, 20.0, 30.0, 60.0)
"""Pauses between looks at a container; the last one repeats (clarifications to meta.md 2.3)."""
PATIENCE_HOURS = 6.0
"""When a container that was never published is given up; it would live 24 hours."""
LOST_PUBLISH_SECONDS = 30.0
"""How long a container must go on saying FINISHED before its lost publication is taken for not made."""
ID_LOOKS_SECONDS = (8.0, 30.0, 120.0)
"""Pauses between looks for the id of a post that is surely out (meta.md 2.6)."""
UNCLEAR_LOOKS, UNCLEAR_SECONDS = 10, 60.0

NO_ADDRESS_YET = "Instagram has published the video; its address could not be read and will be known later."


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Reads containers for one account; changes nothing at Instagram and no note in place."""

    client: Client
    settings: Mapping[str, Any]
    now: Callable[[], datetime]

    def answer(self, note: Note) -> Answer:
        """Look once; raise what a failed container means: `TryAgain` when a new one may work."""
        if note.get("media_id"):
            return self.published(note, str(note["media_id"]))
        container = self.client.container(str(note["container_id"]))
        if container is None:
            raise self._maybe_out(note, TryAgain("Instagram does not know the upload (any more).", code="100/33"))
        if container.status_code == "PUBLISHED":
            post = candidates(self.client, note).the_one
            return self.published(note, post.id if post else None, post.permalink if post else None)
        if container.status_code == "FINISHED":
            return self._ready(note)
        error = self._failure(container, note)
        if error is not None:
            raise self._maybe_out(note, error)
        return self.pending(note)

    def _ready(self, note: Note) -> Answer:
        """Return that it may be published; after a try only once the container's word can no longer be late."""
        tried_at = note.get("attempted_at")
        patience = self._setting("lost_publish_seconds", LOST_PUBLISH_SECONDS)
        left = patience - self._seconds_since(tried_at) if tried_at else 0.0
        return Pending(note=note, look_again_after=max(left, 1.0)) if left > 0 else Ready(note=note)

    def left(self, note: Note) -> Found:
        """Return what an earlier try left; None only when surely nothing of it is, or can come, out."""
        if note.get("media_id"):
            return self.published(note, str(note["media_id"]))
        container = self.client.container(str(note["container_id"]))
        if container is not None and container.status_code == "PUBLISHED":
            return self._recovered(note)
        if "attempted_at" not in note:
            return self._before_publishing(container, note)
        if container is None:
            return self._recovered(note) if candidates(self.client, note).the_one else self._unclear(note)
        return self._after_publishing(container, note)

    def pending(self, note: Note) -> Pending:
        """Return the answer for a container that Meta works on."""
        note = {**note, "sent_at": note.get("sent_at") or self.now().isoformat()}
        passed = self._seconds_since(note["sent_at"])
        paces = tuple(self.settings.get("container_pace_seconds") or PACE_SECONDS)
        spent = 0.0
        for pace in paces:
            spent += pace
            if passed < spent:
                return Pending(note=note, look_again_after=pace)
        return Pending(note=note, look_again_after=paces[-1])

    def published(self, note: Note, media_id: str | None, url: str | None = None) -> Published:
        """Return the post with its address; an address that cannot be read now is no failure."""
        if media_id and not url:
            try:
                url = self.client.media(media_id).permalink
            except PlatformError:  # it is out: nothing may turn that into a failure
                url = None
        warnings = tuple(note.get("warnings") or ())
        if url is None:
            warnings += (NO_ADDRESS_YET,)
        kept = {**note, "stage": PUBLISHED} | ({"media_id": media_id} if media_id else {})
        return Published(video_id=media_id, url=url, note=kept, warnings=warnings)

    def _before_publishing(self, container: Container | None, note: Note) -> Found:
        """`media_publish` was never called: a container that is of no more use is simply forgotten."""
        if container is None:
            return None
        if container.status_code == "FINISHED":
            return Ready(note={**note, "stage": PROCESSING})
        error = self._failure(container, note)
        if isinstance(error, Rejected):
            raise error
        if error is not None:
            return None
        if note["stage"] == SENDING and container.received < int(note["size"]):
            return Unfinished(note=note)
        return self.pending({**note, "stage": PROCESSING})

    def _after_publishing(self, container: Container, note: Note) -> Found:
        """`media_publish` may have been called: only proof that nothing is out lets it be called again."""
        if container.status_code == "IN_PROGRESS" and not container.is_stuck:
            return self.pending(note)
        if candidates(self.client, note).posts:
            return self._unclear(note)
        if container.status_code == "FINISHED":
            seen_at = note.get("finished_seen_at") or self.now().isoformat()
            left = self._setting("lost_publish_seconds", LOST_PUBLISH_SECONDS) - self._seconds_since(seen_at)
            if left <= 0:
                kept = {key: value for key, value in note.items() if key != "finished_seen_at"}
                return Ready(note={**kept, "stage": PROCESSING, "looks": 0})
            why = "Instagram has not published the video yet; its word may be late."
            return CannotTell(why=why, note={**note, "finished_seen_at": seen_at}, look_again_after=max(left, 1.0))
        error = container_error(container)
        if isinstance(error, Rejected):
            raise error
        return None

    def _recovered(self, note: Note) -> Found:
        """Name the post of a container that is PUBLISHED."""
        found = candidates(self.client, note)
        if found.the_one:
            return self.published(note, found.the_one.id, found.the_one.permalink)
        looks = int(note.get("looks", 0))
        if found.posts:
            why = "Instagram has published the video, but several posts have this caption: a person must tell which."
            return CannotTell(why=why, note=note)
        if looks < len(ID_LOOKS_SECONDS):
            why = "Instagram has published the video and does not list it yet."
            return CannotTell(why=why, note={**note, "looks": looks + 1}, look_again_after=ID_LOOKS_SECONDS[looks])
        return self.published(note, None)

    def _unclear(self, note: Note) -> CannotTell:
        """Look again for some minutes, then leave it to a person."""
        looks = int(note.get("looks", 0)) + 1
        why = "Instagram does not say whether the video was published; look at the account before trying again."
        again = UNCLEAR_SECONDS if looks < UNCLEAR_LOOKS else None
        return CannotTell(why=why, note={**note, "looks": looks}, look_again_after=again)

    def _failure(self, container: Container, note: Note) -> PlatformError | None:
        """Return why a container that was never published can no longer be, or None while it may."""
        if container.status_code in ("ERROR", "EXPIRED") or container.is_stuck:
            return container_error(container)
        hours = self._setting("container_patience_hours", PATIENCE_HOURS)
        if self._seconds_since(note.get("sent_at") or note["created_at"]) > hours * 3600:
            return TryAgain(f"Instagram has been processing the video for {hours:g} hours; it is begun anew.")
        return None

    def _maybe_out(self, note: Note, error: PlatformError) -> PlatformError:
        """Return the error, or "unknown" once `media_publish` may have been called: then `left` has to decide."""
        if "attempted_at" not in note or isinstance(error, Rejected):
            return error
        return OutcomeUnknown(error.message, code=error.code, status=error.status, request_id=error.request_id)

    def _setting(self, name: str, default: float) -> float:
        value = self.settings.get(name)
        return default if value is None else float(value)

    def _seconds_since(self, moment: str) -> float:
        return (self.now() - datetime.fromisoformat(moment)).total_seconds()
