"""How video and cover get to Blotato: sent to a place of theirs, or fetched from our hosting (reference C.3)."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import PurePath
from typing import Any

from include.gateways.blotato.client import Client
from include.gateways.blotato.payloads import Settings, wants_cover
from include.gateways.blotato.progress import STORED
from include.gateways.wishes import upload_way
from include.platforms.contract import Note, Picture, Posting, ReportBytes, SaveNote
from include.platforms.errors import TryAgain
from include.releases.publication import Placement

LASTS = timedelta(hours=12)
"""How long a stored address is used again: our own work for a day, for Blotato's nothing is promised."""
ENDINGS = {"video/mp4": ".mp4", "video/quicktime": ".mov", "video/webm": ".webm"}
TRIES = 2


@dataclass(frozen=True, kw_only=True)
class Media:
    """Brings one posting's files there."""

    client: Client
    settings: Settings
    account: Mapping[str, Any]
    now: Callable[[], datetime]

    def there(self, posting: Posting, note: Note | None, platform: str, save: SaveNote, sent: ReportBytes) -> Note:
        """Return the note of stored media: those of `note` while they last, else new ones, saved."""
        if note and self.now() - datetime.fromisoformat(note["stored_at"]) < LASTS:
            return note
        hosted = upload_way(posting, self.settings, self.account) == "hosting"
        media = posting.hosting.video_address() if hosted else self._send_video(posting, sent)
        cover = None
        if wants_cover(platform, posting) and posting.placement is Placement.REEL and posting.thumbnail is not None:
            cover = posting.hosting.picture_address(posting.thumbnail) if hosted else self._picture(posting.thumbnail)
        stored: Note = {"stage": STORED, "media": media, "cover": cover, "stored_at": self.now().isoformat()}
        save(stored)
        return stored

    def _send_video(self, posting: Posting, sent: ReportBytes) -> str:
        video = posting.video
        name = f"{posting.publication_id}{ENDINGS.get(video.content_type) or PurePath(video.name).suffix or '.mp4'}"
        address = self._send(name, lambda: video.pieces(0, video.size), video.size, video.content_type)
        sent(video.size)
        return address

    def _picture(self, picture: Picture) -> str:
        name = f"cover{mimetypes.guess_extension(picture.content_type) or '.jpg'}"
        return self._send(name, lambda: [picture.content], len(picture.content), picture.content_type)

    def _send(self, name: str, pieces: Callable[[], Iterable[bytes]], size: int, content_type: str) -> str:
        for _ in range(TRIES):  # an address that died on the way costs one more
            place = self.client.media_place(name)
            if self.client.put(place, iter(pieces()), size, content_type):
                return place.public_url
        raise TryAgain("Blotato's upload addresses died before the file was there; nothing was posted.")
