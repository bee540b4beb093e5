"""Where platforms that fetch by address get files from: one small protocol, three ways to keep it.

`config/distribution.yaml`, `hosting`: `local` (the desk serves them itself), `gcs` or `supabase`. Files are named by
owner and content, so publications of the same video share one. `desk.hosted_file` says which publication asked for
which file; `include/media/purge.py` removes what nobody needs any more.
"""

from __future__ import annotations

import hashlib
import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from include import settings
from include.database import engine, queries
from include.media.local import ENDINGS, LocalStore
from include.platforms.contract import NO_HOSTING, Hosting, Picture, VideoFile
from include.platforms.errors import Rejected

SQL = queries.load("hosting")


class Store(Protocol):
    """Keeps files for platforms to fetch; every method may be repeated, also by several processes at once.

    All raise `Rejected` (with what to set up) or `TryAgain`.
    """

    @property
    def kind(self) -> str:
        """`local`, `gcs` or `supabase`."""
        ...

    @property
    def place(self) -> str:
        """The bucket; "" where there is none."""
        ...

    def put(self, name: str, file: VideoFile) -> None:
        """Stream the file there unless it is there already, whole; raises what reading it raises as well."""
        ...

    def address(self, name: str, until: datetime) -> str:
        """Return an address that gives out this one file to anybody until then."""
        ...

    def expire(self, name: str) -> None:
        """Remove the file; one that is not there is fine."""
        ...


def for_posting(*, owner: str, release_id: str, publication_id: str, video: VideoFile, content: str) -> Hosting:
    """Return what `Posting.hosting` wants; nothing is put anywhere before an address is asked for.

    `content` names the video's content: the SHA-256 of the original, or what a conversion is known by. Two videos of
    one owner with the same `content` share one file, so it must never name two contents.
    """
    return PostingHosting(
        owner=owner, release_id=release_id, publication_id=publication_id, video=video, content=content
    )


@dataclass(frozen=True, kw_only=True)
class PostingHosting:
    """Hosts the files of one publication; keeps the contract's `Hosting`."""

    owner: str
    release_id: str
    publication_id: str
    video: VideoFile
    content: str

    def video_address(self) -> str:
        """Put the video there unless it is there; return an address for the configured hours."""
        return self._address(self.video, self.content)

    def picture_address(self, picture: Picture) -> str:
        """Do the same for a picture."""
        return self._address(PictureFile(picture), hashlib.sha256(picture.content).hexdigest())

    def _address(self, file: VideoFile, content: str) -> str:
        kept = chosen()
        name = stored_name(self.owner, content, file.content_type)
        until = datetime.now(UTC) + timedelta(hours=settings.distribution().hosting.address_hours)
        with engine.transaction(self.owner) as connection:  # before the bytes: purge never meets a file without a row
            connection.exec_driver_sql(SQL["lock_hosted_file"], {"stored_name": name})
            connection.exec_driver_sql(
                SQL["keep_hosted_file"],
                {
                    "owner": self.owner, "publication_id": self.publication_id, "release_id": self.release_id,
                    "kind": kept.kind, "place": kept.place, "stored_name": name, "bytes": file.size,
                    "address_until": until,
                },
            )  # fmt: skip
        kept.put(name, file)
        return kept.address(name, until)


class PictureFile:
    """A picture as a file to put somewhere."""

    def __init__(self, picture: Picture) -> None:
        """Take the picture as it is."""
        self._picture = picture
        self.name = "picture"
        self.size = len(picture.content)
        self.content_type = picture.content_type

    def pieces(self, start: int, stop: int, piece_bytes: int = 1 << 20) -> Iterator[bytes]:
        """Yield the bytes from `start` up to (not including) `stop`."""
        for at in range(start, stop, piece_bytes):
            yield self._picture.content[at : min(at + piece_bytes, stop)]


def stored_name(owner: str, content: str, content_type: str) -> str:
    """Return what a file is called where it is hosted; it tells neither owner nor title."""
    digest = hashlib.sha256(f"{len(owner)}:{owner}:{content}".encode()).hexdigest()
    return f"{digest}.{ENDINGS.get(content_type, 'bin')}"


def chosen() -> Store:
    """Return the hosting that is set up; raise `Rejected` with what to do when platforms could not reach it."""
    wanted = settings.distribution().hosting
    if wanted.kind == "local":
        _check_public_address()
        _check_folders()
    return store(wanted.kind, wanted.bucket or "")


def store(kind: str, place: str) -> Store:
    """Return the store of a kind at a place; raise `Rejected` when its connection or key is missing."""
    wanted = settings.distribution().hosting
    try:
        if kind == "gcs":
            from include.media.gcs import GoogleStore  # imports Google's library, half a second

            return GoogleStore(settings.google_storage(wanted.connection), place, wanted.prefix)
        if kind == "supabase":
            from include.media.supabase import SupabaseStore

            base = settings.endpoints().get("supabase", {}).get("storage", "")
            return SupabaseStore(base, settings.supabase_key(), place, wanted.prefix)
    except settings.SettingsError as error:
        raise Rejected(str(error)) from error
    return LocalStore(settings.hosting_root())


def _check_public_address() -> None:
    try:
        public = settings.public_address()
    except settings.SettingsError as error:
        raise Rejected(str(error)) from error
    if public is None:
        raise Rejected(NO_HOSTING)
    if _is_this_machine(public) and not any(
        _is_this_machine(base) for bases in settings.endpoints().values() for base in bases.values()
    ):
        raise Rejected(
            f"Platforms cannot reach {public}: it is this machine's own. Set RELEASE_DESK_PUBLIC_ADDRESS to an "
            "address that is reachable from outside, or choose another hosting in config/distribution.yaml."
        )


def _is_this_machine(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return found.is_loopback or found.is_unspecified


def _check_folders() -> None:
    """Refuse a hosting folder inside the export's or around it: what we remove must never be theirs."""
    try:
        address = settings.export_root()
    except settings.SettingsError:
        return
    kind, separator, rest = address.partition("://")
    if separator and kind != "file":
        return
    exports = Path(rest.removeprefix("localhost") if separator else address).resolve()
    hosted = settings.hosting_root().resolve()
    if exports.is_relative_to(hosted) or hosted.is_relative_to(exports):
        raise Rejected(f"The hosting folder {hosted} and the export root {exports} must lie apart.")
