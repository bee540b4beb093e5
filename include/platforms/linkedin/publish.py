"""LinkedIn's side of the publish contract: a video is uploaded, processed, and then made public by a post.

Only the post can be seen by anybody. The note says `posting` from just before it is asked for until its answer is
known; from `posting` nothing but a look leads on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime
from typing import Any

from include.platforms.contract import (
    Answer,
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
from include.platforms.errors import AccountTrouble, OutcomeUnknown, Rejected, TryAgain
from include.platforms.http import Calls
from include.platforms.linkedin import notes, rules
from include.platforms.linkedin.client import Client
from include.platforms.linkedin.payloads import (
    PERSON,
    WAITING,
    LinkedInSettings,
    begin_body,
    post_body,
    visibility_asked,
    visibility_of,
)
from include.platforms.linkedin.post import Post
from include.platforms.linkedin.progress import MISSING_LOOKS, Progress
from include.platforms.linkedin.transfer import Transfer


@dataclass(frozen=True)
class Publisher:
    """Publishes as one LinkedIn member or page.

    `settings` is `platforms.linkedin` of config/distribution.yaml: pydantic's `ValidationError` names an unknown or
    wrong one. Of `account`, `author_urn` says who posts; without it the member `platform_user_id` does. Raises the
    errors of `platforms/errors.py`.
    """

    calls: Calls
    _: KW_ONLY
    settings: Mapping[str, Any]
    account: Mapping[str, Any]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _set: LinkedInSettings = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check the settings."""
        object.__setattr__(self, "_set", LinkedInSettings.model_validate(dict(self.settings)))

    @property
    def client(self) -> Client:
        """LinkedIn's calls for this account."""
        return Client(self.calls, self._set.version)

    def validate(self, posting: Posting) -> list[Problem]:
        """Return every rule `posting` breaks; asks nobody."""
        wrong = rules.wrong_placement(posting)
        if wrong is not None:
            return [wrong]
        options, problems = rules.read_options(posting)
        return problems + rules.posting_problems(posting, options, self._set)

    def upload(self, posting: Posting, note: Note | None, save: SaveNote, sent: ReportBytes) -> Answer:
        """Send the video, or what is missing of it; one whose upload addresses died is begun anew.

        Whatever goes wrong here leaves nothing that anybody could see, so it is never `OutcomeUnknown`.
        """
        if note and note.get("video"):
            if note["stage"] not in (notes.SENDING, notes.FINALISING):
                return self.check(posting, note)
            transfer = self._transfer(posting, note, save, sent)
            if transfer.run():
                return self._progress.pending(transfer.note)
        for _ in range(2):
            transfer = self._transfer(posting, self._begin(posting, save), save, sent)
            if transfer.run():
                return self._progress.pending(transfer.note)
        raise TryAgain("LinkedIn's upload addresses died twice before the video was there; nothing was posted.")

    def check(self, posting: Posting, note: Note) -> Answer:
        """Look once how far LinkedIn is with the video, or whether a post whose answer was lost is out.

        Raises `Rejected` when the video could not be processed, `TryAgain` when LinkedIn lost it, `OutcomeUnknown`
        while nobody knows about the post.
        """
        if note["stage"] == notes.AVAILABLE:
            return Ready(note=note)
        if note["stage"] in (notes.POSTING, notes.POSTED):
            return self._post.check(note)
        note = {**note, "sent_at": note.get("sent_at") or note["started_at"]}
        try:
            video = self.client.video(str(note["video"]))
        except Rejected as error:
            if error.status != 404:
                raise
            return self._progress.gone(note)
        return self._progress.answer(video, note)

    def finish(self, posting: Posting, note: Note, save: SaveNote) -> Published:
        """Make the post. Refuses to while an earlier one may exist: `find` has to look first.

        Raises `Rejected` when LinkedIn takes it for a duplicate of somebody else's post, `OutcomeUnknown` when it may
        have been made.
        """
        if note["stage"] == notes.POSTED:
            return self._progress.published(note)
        if note["stage"] == notes.POSTING:
            raise OutcomeUnknown("An earlier post of this video may have been made; it has to be looked for first.")
        body = self._post_body(posting, note)
        return self._post.make(body, note, save)

    def find(self, posting: Posting, note: Note | None) -> Found:
        """Say what an earlier `upload` or `finish` left. A video without a post is seen by nobody and may be left.

        A post whose answer was lost is looked up in the author's list. Where we may not read it, only a person can
        tell: LinkedIn's check for duplicates is no promise, so nothing is posted again to find out.
        """
        if not note or not note.get("video"):
            return None
        if note["stage"] == notes.AVAILABLE:
            return Ready(note=note)
        if note["stage"] == notes.POSTED:
            return self._progress.published(note)
        if note["stage"] == notes.POSTING:
            return self._post.find(note)
        return self._find_video(note)

    @property
    def _progress(self) -> Progress:
        return Progress(self.now)

    @property
    def _post(self) -> Post:
        return Post(client=self.client, patience=self._set.lost_post, progress=self._progress, now=self.now)

    def _transfer(self, posting: Posting, note: Note, save: SaveNote, sent: ReportBytes) -> Transfer:
        return Transfer(client=self.client, posting=posting, note=note, save=save, sent=sent)

    def _author(self) -> str:
        author = self.account.get("author_urn")
        member = self.account.get("platform_user_id")
        if not author and not member:
            raise AccountTrouble("It is not known who posts. Connect the LinkedIn account again.")
        return str(author or f"{PERSON}{member}")

    def _begin(self, posting: Posting, save: SaveNote) -> Note:
        """Ask for upload addresses and keep them before the first byte."""
        wrong = rules.wrong_placement(posting)
        if wrong is not None:
            raise Rejected(wrong.message)
        size, author, picture = posting.video.size, self._author(), posting.thumbnail
        if size < 1:
            raise Rejected("The video file is empty.")
        begun = self.client.begin_upload(begin_body(author, size, thumbnail=picture is not None))
        if not begun.covers(size):
            raise TryAgain("LinkedIn's upload addresses do not cover the file; nothing was sent.")
        note: Note = {
            "stage": notes.SENDING,
            "author": author,
            "video": begun.video,
            "size": size,
            "started_at": self.now().isoformat(),
            "token": begun.upload_token,
            "parts": [[part.first_byte, part.last_byte, part.upload_url, None] for part in begun.upload_instructions],
            "thumbnail_url": begun.thumbnail_upload_url,
            "expires_at": begun.expires_at.isoformat() if begun.expires_at else None,
        }
        save(note)
        return note

    def _post_body(self, posting: Posting, note: Note) -> dict[str, Any]:
        options, problems = rules.read_options(posting)
        if problems:
            raise Rejected(" ".join(problem.message for problem in problems))
        asked = visibility_asked(posting, options, self._set)
        visibility = visibility_of(asked)
        if visibility is None:
            raise Rejected(f"LinkedIn has no privacy '{asked}'.")
        return post_body(posting, options, author=str(note["author"]), video=str(note["video"]), visibility=visibility)

    def _find_video(self, note: Note) -> Found:
        """Return how far an upload came; None when LinkedIn has nothing of it (any more)."""
        sending = note["stage"] in (notes.SENDING, notes.FINALISING)
        try:
            video = self.client.video(str(note["video"]))
        except Rejected as error:
            if error.status != 404:
                raise
            missing = int(note.get("missing") or 0) + 1
            return None if sending or missing >= MISSING_LOOKS else self._progress.gone(note)
        if video.status == WAITING and sending:
            return Unfinished(note=note)
        if sending:
            note = notes.handed_over(note, self.now())
        elif self._progress.is_forgotten(video, note):
            return None
        found: Pending | Ready = self._progress.answer(video, note)
        return found
