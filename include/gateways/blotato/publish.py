"""Blotato's side of the publish contract: media are put there, one call makes the post, and Blotato does the rest.

Blotato has no idempotency key. The note says `posting` from just before the call until its answer is known; from
`posting` nothing but a look leads on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from datetime import UTC, datetime
from typing import Any

from pydantic import SecretStr

from include.gateways.blotato import lost, rules
from include.gateways.blotato.client import Client
from include.gateways.blotato.media import Media
from include.gateways.blotato.payloads import Settings, post_body, text_of
from include.gateways.blotato.progress import OUT, POSTED, POSTING, STORED, Progress
from include.gateways.timing import not_before_its_time
from include.platforms.contract import (
    Answer,
    Found,
    Note,
    Posting,
    Problem,
    Published,
    ReportBytes,
    SaveNote,
    Unfinished,
)
from include.platforms.errors import OutcomeUnknown, PlatformError
from include.platforms.http import Calls


@dataclass(frozen=True)
class Publisher:
    """Publishes to one account on `platform` through Blotato.

    `settings` is `gateways.blotato`, `platform_settings` is `platforms.<platform>` of config/distribution.yaml. Of
    `account`, `user` is its id at Blotato and `page_id` the Page. Raises the errors of `platforms/errors.py`.
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
        """Blotato's calls for this key."""
        return Client(self.calls, self.key)

    def validate(self, posting: Posting) -> list[Problem]:
        """Return every rule `posting` breaks: the platform's own, and what Blotato cannot carry."""
        found = rules.problems_of(self.platform, posting, self.platform_settings)
        if posting.options.get("playlists"):
            found += rules.playlist_problems(posting, self._with_playlists())
        return found

    def upload(self, posting: Posting, note: Note | None, save: SaveNote, sent: ReportBytes) -> Answer:
        """Put the media there, then make the post; refuses to while an earlier one may have been made."""
        if note and note["stage"] in (POSTED, OUT):
            return self.check(posting, note)
        if note and note["stage"] == POSTING:
            raise OutcomeUnknown("An earlier post of this video may have been made; it has to be looked for first.")
        not_before_its_time(posting, self.now())
        media = Media(client=self.client, settings=self._set, account=self.account, now=self.now)
        stored = media.there(posting, note, self.platform, save, sent)
        return self._post(posting, stored, save)

    def check(self, posting: Posting, note: Note) -> Answer:
        """Look once how far Blotato is; raises what its failure means, `OutcomeUnknown` when it takes too long."""
        return self._progress.check(note)

    def finish(self, posting: Posting, note: Note, save: SaveNote) -> Published:
        """Refuse: Blotato posts by itself, so `check` never answers `Ready`."""
        raise RuntimeError("Blotato posts by itself after the call; there is no last step to take.")

    def find(self, posting: Posting, note: Note | None) -> Found:
        """Say what an earlier `upload` left. Media that no post names are seen by nobody and may be left."""
        if not note:
            return None
        if note["stage"] == STORED:
            return Unfinished(note=note)
        if note["stage"] == POSTING:
            return self._progress.look(note)
        return self._progress.left(note)

    def _post(self, posting: Posting, stored: Note, save: SaveNote) -> Answer:
        account = self._with_playlists() if posting.options.get("playlists") else self.account
        body = post_body(
            posting, self.platform, self.platform_settings, account, str(stored["media"]), stored.get("cover")
        )
        user, text, now = str(self.account["user"]), text_of(posting, self.platform), self.now()
        listed = lost.before_posting(self.client, self.platform, user, text, now)
        note: Note = {
            **stored, **listed, "stage": POSTING, "posting_at": now.isoformat(), "account": user, "text": text,
        }  # fmt: skip
        save(note)
        try:
            submission = self.client.create(body)
        except OutcomeUnknown:
            raise
        except PlatformError:  # it was surely not accepted
            save(stored)
            raise
        return self._progress.posted(note, submission)

    @property
    def _progress(self) -> Progress:
        return Progress(client=self.client, platform=self.platform, settings=self._set, now=self.now)

    def _with_playlists(self) -> dict[str, Any]:
        """Return the account with its playlists, ids by name."""
        known = self.client.subaccounts(str(self.account["user"]))
        return {**self.account, "playlists": {name: key for key, name in known.items()}}
