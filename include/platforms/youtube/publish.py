"""YouTube's side of the publish contract (`platforms/contract.py`).

The note: `stage` (sending, last_chunk, uploaded, published), `session` (a secret, gone once there is a video),
`file_name`, `size`, `started_at`, `last_chunk_at`, `video_id`, `uploaded_at`, `missing` and `lost_looks` (how
often in a row a look found nothing), `extras` (done), `warnings`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
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
from include.platforms.patience import repeat
from include.platforms.youtube import lost, payloads, processing
from include.platforms.youtube.checks import check_posting
from include.platforms.youtube.client import Client
from include.platforms.youtube.extras import THUMBNAIL, Extras, wanted
from include.platforms.youtube.session import Finished, Lost, Session, ask
from include.releases.publication import Placement

MISSING_LOOKS = 3
"""A video that is missing so often in a row is gone (youtube.md 4.2 step 1)."""
LAST_CHUNK = "last_chunk"  # the last bytes may be there: a session that is gone now may have become a video
CANNOT_READ = "YouTube no longer knows the upload session"


class Publisher:
    """Publishes to one YouTube channel; one instance serves one account during one step."""

    def __init__(self, calls: Calls, *, settings: Mapping[str, Any], account: Mapping[str, Any]) -> None:
        """Take `platforms.youtube` of config/distribution.yaml and the account (id and name of the channel).

        Raises pydantic's `ValidationError`, naming the setting, when a setting is unknown or wrong.
        """
        self._client = Client(calls)
        self._pause = calls.pause
        self._settings = payloads.YouTubeSettings.model_validate(dict(settings))
        self._account = account

    def validate(self, posting: Posting) -> list[Problem]:
        """Return every rule `posting` breaks; asks YouTube only about long videos and unusual categories."""
        return check_posting(posting, self._settings, self._account, self._client)

    def upload(self, posting: Posting, note: Note | None, save: SaveNote, sent: ReportBytes) -> Answer:
        """Send the video, or go on from `note`; the session's address is saved before the first byte.

        Raises `TryAgain` when it stopped half-way (going on from the saved note is safe), `OutcomeUnknown`
        when the session may have become a video, `Rejected` when the file is no longer the one that was
        begun.
        """
        if note and note.get("video_id"):
            return Pending(note=dict(note))
        if note and note.get("session"):
            self._same_file(posting, note)
            return self._send(posting, dict(note), None, save, sent)
        begun = self._open_session(posting)
        if posting.video.size <= self._settings.chunk_bytes:
            begun = _on_its_last_chunk(begun)
        save(dict(begun))
        return self._send(posting, begun, 0, save, sent)

    def check(self, posting: Posting, note: Note) -> Answer:
        """Look once how far YouTube is; one unit.

        Raises `Rejected` when processing failed, YouTube rejected the video or it is gone.
        """
        if note.get("stage") == "published":
            return self._published(posting, note)
        video_id = str(note.get("video_id") or "")
        if not video_id:
            raise ValueError("check() needs a note with a video id; call find() first")
        video = self._client.videos([video_id], parts=processing.PARTS).get(video_id)
        if video is not None:
            return self._judge(posting, note, video)
        missing = int(note.get("missing") or 0) + 1
        if missing >= MISSING_LOOKS:
            raise processing.removed()
        return Pending(note={**note, "missing": missing}, look_again_after=self._next_look(note))

    def finish(self, posting: Posting, note: Note, save: SaveNote) -> Published:
        """Set the thumbnail and fill the playlists; what fails becomes a warning, for the video is out."""
        extras = Extras(self._client, posting, str(note["video_id"]))
        for name in wanted(posting):
            done, warnings = list(note.get("extras") or ()), list(note.get("warnings") or ())
            if name in done:
                continue
            warning = extras.do(name)
            note = {**note, "extras": [*done, name], "warnings": [*warnings, warning] if warning else warnings}
            save(dict(note))
        note = {**note, "stage": "published"}
        save(dict(note))
        return self._published(posting, note)

    def find(self, posting: Posting, note: Note | None) -> Found:
        """Say what an earlier `upload` or `finish` left; a lost session is looked up in the uploads list.

        Raises `TryAgain` when YouTube does not answer.
        """
        if not note:
            return None  # a session without bytes never becomes a video (youtube.md 2.4)
        if note.get("video_id"):
            return repeat(lambda: self.check(posting, note), self._pause)
        if not note.get("session"):
            return None
        answer = repeat(lambda: ask(self._client, note["session"], int(note["size"])), self._pause)
        if isinstance(answer, Finished):
            return Pending(note=_uploaded(note, answer.video))
        if isinstance(answer, Lost):
            return self._look_up(posting, note)
        return Unfinished(note={**note, "session": answer.moved_to or note["session"]})

    def _send(self, posting: Posting, note: Note, stored: int | None, save: SaveNote, sent: ReportBytes) -> Answer:
        def moved(address: str) -> None:
            note["session"] = address
            save(dict(note))

        def last_chunk() -> None:
            if note["stage"] != LAST_CHUNK:
                note.update(_on_its_last_chunk(note))
                save(dict(note))

        session = Session(
            self._client,
            posting.video,
            note["session"],
            chunk_bytes=self._settings.chunk_bytes,
            moved=moved,
            last_chunk=last_chunk,
            sent=sent,
        )
        uploaded = _uploaded(note, session.run(stored))
        save(dict(uploaded))
        return Pending(note=uploaded, look_again_after=processing.FIRST_LOOK_SECONDS)

    def _same_file(self, posting: Posting, note: Note) -> None:
        if note["size"] != posting.video.size:
            raise Rejected(
                f"The video file changed during its upload: it had {note['size']:,} bytes and now has "
                f"{posting.video.size:,}.",
                code="fileChanged",
            )

    def _open_session(self, posting: Posting) -> Note:
        name, now = payloads.file_name(posting), datetime.now(UTC)
        if posting.video.size <= 0:
            raise Rejected("The video file is empty.", code="emptyFile")
        notify = payloads.YouTubeOptions.model_validate(dict(posting.options)).notify_subscribers
        address = self._client.start_session(
            payloads.video_body(posting, self._settings),
            parts=payloads.video_parts(posting),
            notify=self._settings.notify_subscribers if notify is None else notify,
            name=name,
            content_type=posting.video.content_type,
            size=posting.video.size,
        )
        return {
            "stage": "sending",
            "session": address,
            "file_name": name,
            "size": posting.video.size,
            "started_at": now.isoformat(),
        }

    def _judge(self, posting: Posting, note: Note, video: dict[str, Any]) -> Answer:
        todo = [name for name in wanted(posting) if name not in (note.get("extras") or ())]
        note = {name: value for name, value in note.items() if name != "missing"}
        waits_for_all = posting.placement is Placement.SHORT and THUMBNAIL in todo
        if processing.state_of(video, all_sizes=waits_for_all) == "working":
            return Pending(note=note, percent=processing.percent_of(video), look_again_after=self._next_look(note))
        warning = processing.privacy_warning(posting, video)
        warnings = list(note.get("warnings") or ())
        note["warnings"] = warnings + [warning] * (warning is not None and warning not in warnings)
        return Ready(note=note) if todo else self._published(posting, {**note, "stage": "published"})

    def _look_up(self, posting: Posting, note: Note) -> Found:
        trace = repeat(
            lambda: lost.look(
                self._client,
                file_name=str(note["file_name"]),
                size=int(note["size"]),
                title=posting.title.strip(),
                since=datetime.fromisoformat(note["started_at"]),
            ),
            self._pause,
        )
        if trace.video is not None:
            return self._judge(posting, _uploaded(note, trace.video), trace.video)
        patience = self._settings.lost_session
        note = {**note, "lost_looks": int(note.get("lost_looks") or 0) + 1}
        if note["lost_looks"] < patience.looks:
            return CannotTell(
                why=f"{CANNOT_READ}, and the channel's uploads do not show the video (yet).",
                note=note,
                look_again_after=patience.every_seconds,
            )
        if trace.undecided:
            return CannotTell(
                why=f"{CANNOT_READ}, and a video with the same title does not tell which file it came from.",
                note=note,
            )
        if note["stage"] == LAST_CHUNK and _age(note["last_chunk_at"]) < timedelta(hours=patience.certain_after_hours):
            return CannotTell(
                why=f"{CANNOT_READ} and may have all of the video, but the channel's uploads do not show it.", note=note
            )
        return None

    def _next_look(self, note: Note) -> float:
        return processing.look_again_after(note.get("uploaded_at"), datetime.now(UTC))

    def _published(self, posting: Posting, note: Note) -> Published:
        video_id = str(note["video_id"])
        path = f"shorts/{video_id}" if posting.placement is Placement.SHORT else f"watch?v={video_id}"
        return Published(
            video_id=video_id,
            url=f"https://www.youtube.com/{path}",
            note=note,
            warnings=tuple(note.get("warnings") or ()),
        )


def _on_its_last_chunk(note: Note) -> Note:
    """Return the note of an upload that may be complete from now on, whatever we are told."""
    return {**note, "stage": LAST_CHUNK, "last_chunk_at": datetime.now(UTC).isoformat()}


def _age(moment: str) -> timedelta:
    return datetime.now(UTC) - datetime.fromisoformat(moment)


def _uploaded(note: Note, video: Mapping[str, Any]) -> Note:
    """Return the note of an upload that became `video`; the session's address is of no more use."""
    kept = {name: value for name, value in note.items() if name not in ("session", "lost_looks", "last_chunk_at")}
    return {
        **kept,
        "stage": "uploaded",
        "video_id": str(video["id"]),
        "uploaded_at": datetime.now(UTC).isoformat(),
    }
