"""Facebook's side of the publish contract: videos and reels of a Page.

Nothing is public before the publishing call ("finish" in Facebook's words). It is the last thing `upload` does, and it
is never made again without asking what the first one did. Facebook then processes the video, which `check` waits for.
What is left for our `finish` comes when the video is out: the thumbnail and the like.

The note: `stage` (see `progress.py`), `placement`, `size`, `video_id`, `upload_session_id` and `chunk_bytes` (videos)
or `upload_url` (reels), `state` (what it is to become), `finished_at`, `looks` and `missing` (in a row), `extras`
(done), `warnings`, `url`, `post_id`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, datetime
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
    ReportBytes,
    SaveNote,
    Unfinished,
)
from include.platforms.errors import AccountTrouble, OutcomeUnknown, PlatformError, QuotaExhausted, Rejected, TryAgain
from include.platforms.facebook import extras, limits, rules
from include.platforms.facebook.client import Client
from include.platforms.facebook.errors import is_without_bytes
from include.platforms.facebook.payloads import (
    FacebookSettings,
    finish_fields,
    privacy_of,
    state_of,
)
from include.platforms.facebook.progress import (
    DEAD,
    DONE,
    FINISHING,
    OUT,
    PROCESSING,
    SENDING,
    SENT,
    Progress,
)
from include.platforms.facebook.transfer import Transfer
from include.platforms.http import Calls
from include.platforms.patience import repeat
from include.releases.publication import Placement

NO_PAGE = "Which Facebook Page this account is for is not known. Connect the account again."


@dataclass(frozen=True)
class Publisher:
    """Publishes to one Facebook Page.

    `settings` is `platforms.facebook` of config/distribution.yaml; of `account` the `page_id` is used. Raises the
    errors of `platforms/errors.py`.
    """

    calls: Calls
    _: KW_ONLY
    settings: Mapping[str, Any]
    account: Mapping[str, Any]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)

    def validate(self, posting: Posting) -> list[Problem]:
        """Return every rule `posting` breaks; asks nobody."""
        if posting.placement not in limits.PLACEMENTS:
            return [rules.wrong_placement(posting)]
        return rules.posting_problems(posting, self._settings, self.now())

    def upload(self, posting: Posting, note: Note | None, save: SaveNote, sent: ReportBytes) -> Answer:
        """Send the video, or what is missing of it, then make the one call that publishes it.

        Raises `QuotaExhausted` until Facebook can keep a time that is too far ahead, or until a time that is too near
        for it: everything sent so far is kept for then.
        """
        note = dict(note or {})
        stage = note.get("stage")
        if stage in (PROCESSING, OUT, DONE):
            return Pending(note=note)
        if stage == FINISHING:
            found = self._look(posting, note)
            if isinstance(found, CannotTell):
                raise OutcomeUnknown(found.why)
            if found is not None and not isinstance(found, Unfinished):
                return found
            note, stage = (dict(found.note), SENT) if found is not None else ({}, None)
        if stage == SENT or (stage == SENDING and self._transfer(posting, note, sent).resume()):
            return self._publish(posting, note, save)
        for _ in range(2):
            note, end = self._begin(posting, save)
            if self._transfer(posting, note, sent).run(0, end):
                return self._publish(posting, note, save)
        raise TryAgain("Facebook dropped two uploads before the video was there; nothing was posted.")

    def check(self, posting: Posting, note: Note) -> Answer:
        """Look once how far Facebook is; `Ready` means: it is out, its thumbnail or the like is not."""
        if note.get("stage") == DONE:
            return self._progress.published(dict(note))
        return self._progress.answer(posting, self._client.video(str(note["video_id"])), dict(note))

    def finish(self, posting: Posting, note: Note, save: SaveNote) -> Published:
        """Set the thumbnail and the like; what fails becomes a warning, for the video is out."""
        note = dict(note)
        for name in extras.wanted(posting):
            done, warnings = list(note.get("extras") or ()), list(note.get("warnings") or ())
            if name in done:
                continue
            warning = extras.do(self._client, posting, str(note["video_id"]), name)
            note |= {"extras": [*done, name], "warnings": warnings + [warning] * (warning is not None)}
            save(dict(note))
        note |= {"stage": DONE}
        save(dict(note))
        return self._progress.published(note)

    def find(self, posting: Posting, note: Note | None) -> Found:
        """Say what an earlier try left; before the publishing call was begun nothing can have been posted."""
        if not note or not note.get("video_id") or note.get("stage") == DEAD:
            return None
        if note["stage"] in (SENDING, SENT):
            return Unfinished(note=dict(note))
        return repeat(lambda: self._look(posting, dict(note)), self.calls.pause)

    def _look(self, posting: Posting, note: Note) -> Found:
        """Ask Facebook about a post whose publishing call was, or may have been, made."""
        if note["stage"] == DONE:
            return self._progress.published(note)
        video_id = str(note["video_id"])
        node = self._client.video(video_id)
        if note["stage"] != FINISHING:
            return self._progress.left(posting, node, note)
        if node is not None:
            return self._progress.after_lost_finish(posting, node, note)
        return self._progress.unreadable(note, listed=self._client.lists(Placement(note["placement"]), video_id))

    def _begin(self, posting: Posting, save: SaveNote) -> tuple[Note, int | None]:
        """Open an upload and keep it before the first byte; return its note and the end of the first chunk."""
        if posting.placement not in limits.PLACEMENTS:
            raise Rejected(rules.wrong_placement(posting).message)
        if posting.video.size < 1:
            raise Rejected("The video file is empty.")
        self._wait_for_window(posting, only_far=True)
        note: Note = {
            "stage": SENDING,
            "placement": posting.placement.value,
            "size": posting.video.size,
            "started_at": self.now().isoformat(),
        }
        end: int | None = None
        if posting.placement is Placement.REEL:
            reel = self._client.start_reel()
            note |= {"video_id": reel.video_id, "upload_url": reel.upload_url}
        else:
            video = self._client.start_video(posting.video.size)
            end = video.end_offset
            note |= {
                "video_id": video.video_id,
                "upload_session_id": video.upload_session_id,
                "chunk_bytes": max(1, video.end_offset - video.start_offset),
            }
        save(dict(note))
        return note, end

    def _publish(self, posting: Posting, note: Note, save: SaveNote) -> Answer:
        """Make the call that publishes, once; a refusal that proves that nothing was done is kept as that."""
        options, problems = rules.read_options(posting)
        if problems:
            raise Rejected(" ".join(problem.message for problem in problems), code="options")
        note = {**note, "stage": SENT}
        save(dict(note))
        self._wait_for_window(posting)
        privacy = privacy_of(posting, self._settings)
        state = state_of(privacy, posting.publish_at, self.now())
        note |= {"stage": FINISHING, "state": state, "finished_at": self.now().isoformat()}
        save(dict(note))
        try:
            self._finish_call(note, finish_fields(posting, options, state, privacy))
        except OutcomeUnknown:
            raise
        except PlatformError as error:
            dead = is_without_bytes(error)
            save({**note, "stage": DEAD if dead else SENT})
            if dead:
                raise TryAgain(error.message, code=error.code, status=error.status) from None
            raise
        pending = self._progress.handed_over(note)
        save(dict(pending.note))
        return pending

    def _finish_call(self, note: Note, fields: Mapping[str, Any]) -> None:
        if note["placement"] == Placement.REEL.value:
            self._client.finish_reel(str(note["video_id"]), fields)
        else:
            self._client.finish_video(str(note["upload_session_id"]), fields)

    def _wait_for_window(self, posting: Posting, *, only_far: bool = False) -> None:
        """Raise until Facebook, or nobody any more, has to keep the time; `only_far`: bytes may go out before it."""
        at = posting.publish_at
        until = limits.waits_until(posting.placement, at, self.now()) if at is not None else None
        if until is None or (only_far and until == at):
            return
        words = limits.WINDOWS[posting.placement].words
        raise QuotaExhausted(
            f"Facebook keeps a time that is {words} ahead, so our queue keeps it until then.", resets_at=until
        )

    def _transfer(self, posting: Posting, note: Note, sent: ReportBytes) -> Transfer:
        return Transfer(client=self._client, posting=posting, note=note, sent=sent)

    @property
    def _settings(self) -> FacebookSettings:
        return FacebookSettings.model_validate(dict(self.settings))

    @property
    def _client(self) -> Client:
        page_id = self.account.get("page_id") or self.account.get("platform_user_id")
        if not page_id:
            raise AccountTrouble(NO_PAGE)
        return Client(calls=self.calls, page_id=str(page_id), version=self._settings.graph_version)

    @property
    def _progress(self) -> Progress:
        page_id = self.account.get("page_id") or self.account.get("platform_user_id")
        return Progress(self._settings, str(page_id), self.now)
