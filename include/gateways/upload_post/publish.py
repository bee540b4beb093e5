"""upload-post.com's side of the publish contract: one upload under an id of ours, then looks until it is over.

The id is saved before the upload and is its idempotency key: within 24 hours a lost upload may be sent again.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from include.gateways.timing import not_before_its_time
from include.gateways.upload_post import rules
from include.gateways.upload_post.client import Client
from include.gateways.upload_post.form import Form
from include.gateways.upload_post.payloads import Settings, form_of, wants_picture
from include.gateways.upload_post.progress import OUT, REFUSED, SENDING, SENT, Progress
from include.gateways.wishes import upload_way
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
from include.platforms.errors import OutcomeUnknown, PlatformError, Rejected
from include.platforms.http import Calls


@dataclass(frozen=True)
class Publisher:
    """Publishes to one account on `platform` through upload-post.com.

    `settings` is `gateways.upload_post`, `platform_settings` is `platforms.<platform>` of config/distribution.yaml. Of
    `account`, `user` is the profile and `page_id` the Page. Raises the errors of `platforms/errors.py`.
    """

    calls: Calls
    _: KW_ONLY
    key: SecretStr
    platform: str
    settings: Mapping[str, Any]
    platform_settings: Mapping[str, Any]
    account: Mapping[str, Any]
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _set: Settings = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Check the settings."""
        object.__setattr__(self, "_set", Settings.model_validate(dict(self.settings)))

    @property
    def client(self) -> Client:
        """upload-post.com's calls for this key."""
        return Client(self.calls, self.key)

    def validate(self, posting: Posting) -> list[Problem]:
        """Return every rule `posting` breaks: the platform's own, the gateway's, and what TikTok allows now."""
        found = rules.problems_of(self.platform, posting, self.platform_settings)
        if rules.asks_tiktok(self.platform, posting):
            told = self.client.tiktok_settings(str(self.account["user"]))
            found += rules.tiktok_problems(posting, told, self.platform_settings)
        return found

    def upload(self, posting: Posting, note: Note | None, save: SaveNote, sent: ReportBytes) -> Answer:
        """Upload the video under a new id, or once more under that of `note`: both count as one upload."""
        if note and note["stage"] in (SENT, OUT):
            return self.check(posting, note)
        not_before_its_time(posting, self.now())
        picture, warnings = self._picture(posting)
        form = self._form(posting, picture)
        if note is None or note["stage"] == REFUSED:
            note = {
                "stage": SENDING,
                "request_id": f"{posting.publication_id}-{uuid.uuid4().hex[:12]}",
                "at": self.now().isoformat(),
                "placement": posting.placement.value,
                "warnings": warnings,
            }
            save(note)
        return self._send(form, note, save, lambda: sent(posting.video.size))

    def check(self, posting: Posting, note: Note) -> Answer:
        """Look once how far it is; raises what its failure means, `OutcomeUnknown` when nobody can say."""
        return self._progress.check(note)

    def finish(self, posting: Posting, note: Note, save: SaveNote) -> Published:
        """Refuse: upload-post.com posts by itself, so `check` never answers `Ready`."""
        raise RuntimeError("upload-post.com posts by itself after the upload; there is no last step to take.")

    def find(self, posting: Posting, note: Note | None) -> Found:
        """Say what an earlier `upload` left: our id for it was saved before anything was sent."""
        return self._progress.left(note) if note else None

    def _send(self, form: Form, note: Note, save: SaveNote, counted: Callable[[], None]) -> Answer:
        try:
            answer = self.client.upload(form, str(note["request_id"]))
        except OutcomeUnknown:
            raise
        except PlatformError:  # it was surely not accepted
            save({**note, "stage": REFUSED})
            raise
        if form.pieces is not None:
            counted()
        return self._progress.sent(note, answer)

    def _form(self, posting: Posting, picture: str | None) -> Form:
        fields = form_of(posting, self.platform, self.platform_settings, self.account, picture)
        if upload_way(posting, self._set, self.account) == "hosting":
            return Form(fields=[*fields, ("video", posting.hosting.video_address())])
        video = posting.video
        return Form(
            fields=fields, name=video.name, content_type=video.content_type, size=video.size,
            pieces=video.pieces(0, video.size),
        )  # fmt: skip

    def _picture(self, posting: Posting) -> tuple[str | None, list[str]]:
        """Return the thumbnail's address and what to say when there is none: they fetch it, they take no bytes."""
        if posting.thumbnail is None or not wants_picture(self.platform, posting):
            return None, []
        try:
            return posting.hosting.picture_address(posting.thumbnail), []
        except Rejected:
            return None, ["The thumbnail was not set: upload-post.com fetches it, and no hosting is set up."]

    @property
    def _progress(self) -> Progress:
        return Progress(client=self.client, platform=self.platform, settings=self._set, now=self.now)
