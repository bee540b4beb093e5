"""TikTok's side of the publish contract: direct posts and inbox drafts, by file upload.

A post goes out by itself once the last byte is there and TikTok has processed it; there is nothing to finish.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from include.platforms.contract import (
    Answer,
    Found,
    Note,
    Posting,
    Problem,
    Published,
    ReportBytes,
    SaveNote,
)
from include.platforms.errors import AccountTrouble, Rejected, TryAgain
from include.platforms.http import Calls
from include.platforms.tiktok import limits, rules
from include.platforms.tiktok.chunks import ChunkPlan
from include.platforms.tiktok.client import Client
from include.platforms.tiktok.errors import UNAUDITED, UNAUDITED_EXPLAINED
from include.platforms.tiktok.payloads import (
    PRIVATE,
    Begun,
    CreatorInfo,
    direct_body,
    inbox_body,
    privacy_asked,
    privacy_level,
)
from include.platforms.tiktok.progress import Progress, may_have_posted
from include.platforms.tiktok.transfer import LAST_CHUNK, SENDING, Transfer
from include.releases.publication import Placement

CREATOR_FRESH = timedelta(seconds=60)
"""TikTok wants it right before every post; what `validate` asked so shortly before is that."""


@dataclass(frozen=True)
class Publisher:
    """Publishes to one TikTok account.

    `settings` is `platforms.tiktok` of config/distribution.yaml; of `account` only `username` is used, as a
    stand-in when TikTok does not tell it. Raises the errors of `platforms/errors.py`.
    """

    calls: Calls
    _: KW_ONLY
    settings: Mapping[str, Any]
    account: Mapping[str, Any]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _asked: list[tuple[datetime, CreatorInfo]] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def client(self) -> Client:
        """TikTok's calls for this account."""
        return Client(self.calls)

    def validate(self, posting: Posting) -> list[Problem]:
        """Return every rule `posting` breaks; asks TikTok what the creator's account allows now."""
        if posting.placement not in limits.PLACEMENTS:
            return [_wrong_placement(posting)]
        options, problems = rules.read_options(posting)
        problems += rules.posting_problems(posting, options)
        if posting.placement is Placement.VIDEO:
            asked_at, creator = self.now(), self.client.creator_info()
            self._asked[:] = [(asked_at, creator)]
            problems += rules.creator_problems(posting, options, creator, self.settings)
        return problems

    def upload(self, posting: Posting, note: Note | None, save: SaveNote, sent: ReportBytes) -> Answer:
        """Send the video, or what is missing of it; a publish that can never complete is begun anew."""
        if note and note.get("publish_id"):
            transfer = self._transfer(posting, note, save, sent)
            if transfer.resume():
                return self._progress.handed_over(transfer.note)
        for _ in range(2):
            transfer = self._transfer(posting, self._begin(posting, save), save, sent)
            if transfer.send(0):
                return self._progress.handed_over(transfer.note)
        raise TryAgain("TikTok closed two upload addresses before the video was there; nothing was posted.")

    def check(self, posting: Posting, note: Note) -> Answer:
        """Look once how far TikTok is; a public post without an address yet gets one from a later look."""
        return self._progress.answer(self.client.status(str(note["publish_id"])), note)

    def finish(self, posting: Posting, note: Note, save: SaveNote) -> Published:
        """Refuse: TikTok posts by itself, so `check` never answers `Ready`."""
        raise RuntimeError("TikTok posts by itself after the upload; there is no last step to take.")

    def find(self, posting: Posting, note: Note | None) -> Found:
        """Look for what an earlier upload left; without a publish id nothing can have been posted."""
        if not note or not note.get("publish_id"):
            return None
        try:
            status = self.client.status(str(note["publish_id"]))
        except Rejected as error:
            if error.code != "invalid_publish_id":
                raise
            if not may_have_posted(note):
                return None
            return self._progress.cannot_tell(note, "TikTok no longer knows this upload.")
        return self._progress.left(status, note)

    @property
    def _progress(self) -> Progress:
        return Progress(self.settings, self.account, self.now)

    def _transfer(self, posting: Posting, note: Note, save: SaveNote, sent: ReportBytes) -> Transfer:
        return Transfer(client=self.client, posting=posting, note=note, save=save, sent=sent)

    def _begin(self, posting: Posting, save: SaveNote) -> Note:
        """Open an upload address and keep it before the first byte."""
        if posting.placement not in limits.PLACEMENTS:
            raise Rejected(_wrong_placement(posting).message)
        if posting.video.size < 1:
            raise Rejected("The video file is empty.")
        plan = ChunkPlan.of(posting.video.size)
        note: Note = {
            "stage": LAST_CHUNK if plan.count == 1 else SENDING,
            "placement": posting.placement.value,
            "size": plan.size,
            "chunk_bytes": plan.chunk_bytes,
            "chunks": plan.count,
            "started_at": self.now().isoformat(),
        }
        if posting.placement is Placement.INBOX:
            begun = self.client.begin_inbox(inbox_body(plan))
        else:
            begun, more = self._begin_direct(posting, plan)
            note |= more
        note |= {"publish_id": begun.publish_id, "upload_url": begun.upload_url}
        save(note)
        return note

    def _begin_direct(self, posting: Posting, plan: ChunkPlan) -> tuple[Begun, Note]:
        options, problems = rules.read_options(posting)
        creator = self._creator()
        problems += rules.creator_problems(posting, options, creator, self.settings)
        refused = [problem.message for problem in problems if problem.fix == "refused"]
        level = privacy_level(privacy_asked(posting, options, self.settings), creator.privacy_level_options)
        if refused or level is None:
            raise Rejected(" ".join(refused), code="not_offered")
        try:
            begun = self.client.begin_direct(direct_body(posting, options, creator, level, plan))
        except Rejected as error:
            if error.code == UNAUDITED and level == PRIVATE:
                raise AccountTrouble(
                    f"{UNAUDITED_EXPLAINED} Make the account private or have the app audited.",
                    code=error.code,
                    status=error.status,
                    request_id=error.request_id,
                ) from None
            raise
        return begun, {"privacy": level, "username": creator.creator_username or self.account.get("username")}

    def _creator(self) -> CreatorInfo:
        """Return what the account allows now, for one post: what `validate` has just asked is not asked again.

        Where the limit gives one call at a time, a post that needed two would use up each one for its validation and
        never be sent.
        """
        asked = [creator for at, creator in self._asked if self.now() - at <= CREATOR_FRESH]
        self._asked.clear()
        return asked[0] if asked else self.client.creator_info()


def _wrong_placement(posting: Posting) -> Problem:
    allowed = ", ".join(limits.PLACEMENTS)
    return Problem(
        rule="placement",
        found=posting.placement.value,
        allowed=allowed,
        message=f"TikTok has no '{posting.placement.value}'; possible are: {allowed}.",
    )
