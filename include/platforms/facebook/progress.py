"""What Facebook says of a video: how far it is, whether it is out, why it failed, whether it was ever finished."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from include.platforms.contract import Answer, CannotTell, Found, Note, Pending, Posting, Published, Ready, Unfinished
from include.platforms.errors import PlatformError, Rejected, TryAgain
from include.platforms.facebook.errors import error_in_status
from include.platforms.facebook.extras import wanted
from include.platforms.facebook.payloads import (
    DRAFT,
    PUBLISHED,
    SCHEDULED,
    FacebookSettings,
    Phase,
    VideoNode,
    description_of,
    title_of,
)
from include.releases.publication import Placement

SENDING: Final = "sending"  # bytes are on their way; the publishing call was never begun
SENT: Final = "sent"  # Facebook has every byte; the publishing call was never begun, or is known not to have acted
FINISHING: Final = "finishing"  # the publishing call may have been made
PROCESSING: Final = "processing"  # the publishing call was made
OUT: Final = "out"  # it is what it was to become; the thumbnail and the like may be missing
DONE: Final = "done"
DEAD: Final = "dead"  # Facebook cannot use what was uploaded, and nothing was posted

FIRST_LOOK_SECONDS = 5.0
SLOWEST_LOOK_SECONDS = 60.0
MISSING_LOOKS = 3
"""Healthy objects are "missing" at times (reference 7.5): gone counts only so often in a row."""
PROCESSING_LOOKS = 60
"""How often a lost publishing call is looked for while the video is being processed, which may hide its effect."""
UNREADABLE_LOOKS = 10
UNREADABLE_SECONDS = 60.0
PERMALINK_HOST = "https://www.facebook.com"
READY_WORDS = {PUBLISHED: "published", SCHEDULED: "scheduled", DRAFT: "draft"}
"""What the post was to become → `publish_status` once it is that."""


@dataclass(frozen=True)
class Progress:
    """Reads what Facebook says for one Page; asks nobody and changes no note in place."""

    settings: FacebookSettings
    page_id: str
    now: Callable[[], datetime]

    def handed_over(self, note: Note) -> Pending:
        """Return the answer for a post whose publishing call was made; upload addresses are forgotten."""
        gone = ("upload_url", "upload_session_id", "chunk_bytes", "looks", "missing")
        kept = {name: value for name, value in note.items() if name not in gone}
        kept |= {"stage": PROCESSING, "finished_at": note.get("finished_at") or self.now().isoformat()}
        return Pending(note=kept, look_again_after=FIRST_LOOK_SECONDS)

    def answer(self, posting: Posting, node: VideoNode | None, note: Note) -> Answer:
        """Return how far a post is whose publishing call was made; raise why it failed, or that it is gone."""
        if node is None:
            missing = int(note.get("missing") or 0) + 1
            if missing >= MISSING_LOOKS:
                raise removed()
            return Pending(note={**note, "missing": missing}, look_again_after=self._pace(note))
        note = {name: value for name, value in note.items() if name != "missing"}
        if not is_out(node, posting.placement, str(note.get("state") or PUBLISHED)):
            error = failure_of(node)
            if error is not None:
                raise error
            percent = node.status.processing_progress
            return Pending(note=note, percent=percent, look_again_after=self._pace(note))
        note = {**note, "stage": OUT, "url": address_of(node, posting.placement, self.page_id)}
        note |= {"post_id": node.post_id} if node.post_id else {}
        if [name for name in wanted(posting) if name not in (note.get("extras") or ())]:
            return Ready(note=note)
        return self.published({**note, "stage": DONE})

    def published(self, note: Note) -> Published:
        """Return the answer for a post that is through."""
        return Published(
            video_id=str(note["video_id"]), url=note.get("url"), note=note, warnings=tuple(note.get("warnings") or ())
        )

    def after_lost_finish(self, posting: Posting, node: VideoNode, note: Note) -> Found:
        """Decide whether a publishing call acted whose answer was lost.

        It is never simply made again: first Facebook has to say, a few times, that it knows of no publishing. Raises
        what `answer` raises.
        """
        if was_finished(node, posting):
            return self.left(posting, node, self.handed_over(note).note)
        error = failure_of(node)
        if isinstance(error, TryAgain):
            return None  # it broke before anything was posted, and only a new upload helps
        if error is not None:
            raise error
        busy = node.status.processing_phase.status == "in_progress"
        looks, patience = int(note.get("looks") or 0) + 1, self.settings.lost_finish
        if looks >= (PROCESSING_LOOKS if busy else patience.looks):
            return Unfinished(note={**_without(note, "looks"), "stage": SENT})
        return CannotTell(
            why="The answer to the publishing call was lost, and Facebook does not show its effect (yet).",
            note={**note, "looks": looks},
            look_again_after=max(patience.every_seconds, FIRST_LOOK_SECONDS) if busy else patience.every_seconds,
        )

    def left(self, posting: Posting, node: VideoNode | None, note: Note) -> Found:
        """Return what became of a post whose publishing call was made; None when it failed for a passing reason."""
        try:
            return self.answer(posting, node, note)
        except TryAgain:
            return None  # nothing was posted, and only a new upload helps

    def unreadable(self, note: Note, *, listed: bool) -> Found:
        """Decide about a video Facebook does not show by its id although the publishing call may have been made."""
        if listed:
            return self.handed_over(note)
        looks = int(note.get("looks") or 0) + 1
        return CannotTell(
            why="The answer to the publishing call was lost, and Facebook shows neither the video nor that it is gone.",
            note={**note, "looks": looks},
            look_again_after=UNREADABLE_SECONDS if looks < UNREADABLE_LOOKS else None,
        )

    def _pace(self, note: Note) -> float:
        """Wait 5 s at first, the longer the older the post, at most a minute (reference 5.4)."""
        since = note.get("finished_at")
        age = (self.now() - datetime.fromisoformat(since)).total_seconds() if since else 0.0
        return min(SLOWEST_LOOK_SECONDS, FIRST_LOOK_SECONDS + max(0.0, age) / 4)


def is_out(node: VideoNode, placement: Placement, state: str) -> bool:
    """Say whether a video is what it was to become: published, scheduled or kept as a draft."""
    phase = node.status.publishing_phase
    if phase.is_begun:
        done = phase.is_complete or not phase.status
        return done and (phase.publish_status in {READY_WORDS[state], "published"} or _matches(node, state, phase))
    if placement is Placement.REEL:
        return node.status.video_status == "ready" and node.published is True and state == PUBLISHED
    return node.status.video_status == "ready" and _matches(node, state, phase)


def _matches(node: VideoNode, state: str, phase: Phase) -> bool:
    """Say the same where the phase names no outcome: by whether it is published."""
    return not phase.publish_status and (state != PUBLISHED or node.published is not False)


def failure_of(node: VideoNode) -> PlatformError | None:
    """Return why a video will never be out, or None while it still may be."""
    status = node.status
    for phase in (status.uploading_phase, status.processing_phase, status.publishing_phase):
        if phase.status == "error" or phase.publish_status == "error":
            return _phase_error(phase)
    if status.video_status in {"upload_failed", "expired"}:
        return TryAgain("Facebook dropped the upload; nothing was posted.", code=status.video_status)
    if status.video_status == "error":
        return Rejected("Facebook could not process the video.", code="error")
    return None


def _phase_error(phase: Phase) -> PlatformError:
    if not phase.errors:
        return Rejected("Facebook could not process the video and does not say why.", code="error")
    return error_in_status(phase.errors[0].code, " ".join(each.message for each in phase.errors if each.message))


def was_finished(node: VideoNode, posting: Posting) -> bool:
    """Say whether there is any sign that the publishing call acted; none of them exists before it."""
    text, title = description_of(posting), title_of(posting)
    return (
        node.status.publishing_phase.is_begun
        or node.published is True
        or node.post_id is not None
        or node.scheduled_publish_time is not None
        or bool(text and node.description.strip() == text)
        or bool(title and node.title.strip() == title)
        or (posting.placement is Placement.VIDEO and node.status.video_status in {"processing", "ready"})
    )


def address_of(node: VideoNode, placement: Placement, page_id: str) -> str:
    """Return where people watch; Facebook's own address is without its host (reference 5.3)."""
    path = node.permalink_url
    if path and path.startswith("http"):
        return path
    if path:
        return f"{PERMALINK_HOST}/{path.lstrip('/')}"
    return (
        f"{PERMALINK_HOST}/reel/{node.id}/"
        if placement is Placement.REEL
        else (f"{PERMALINK_HOST}/{page_id}/videos/{node.id}/")
    )


def removed() -> Rejected:
    """Return the error of a video that is no longer there."""
    return Rejected("The video is no longer on Facebook: it was removed there.", code="deleted")


def _without(note: Mapping[str, Any], *names: str) -> Note:
    return {name: value for name, value in note.items() if name not in names}
