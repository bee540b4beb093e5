"""What comes after processing: the thumbnail and the playlists.

The video is out by then, so nothing that fails here undoes the publication: it becomes a warning. What is
done is saved before the next is begun, and what cannot be repeated safely is looked for first.
"""

from __future__ import annotations

from collections.abc import Callable

from include.platforms.contract import Posting
from include.platforms.errors import AccountTrouble, OutcomeUnknown, PlatformError, Rejected, TryAgain
from include.platforms.patience import Patience, repeat
from include.platforms.youtube.client import Client
from include.platforms.youtube.payloads import YouTubeOptions

TRIES = 4
THUMBNAIL = "thumbnail"


def wanted(posting: Posting) -> list[str]:
    """Return what is to be done after processing, in order, by the names the note keeps."""
    playlists = YouTubeOptions.model_validate(dict(posting.options)).playlists
    return [THUMBNAIL] * (posting.thumbnail is not None) + [f"playlist:{name}" for name in playlists]


class Extras:
    """Does the extras of one video."""

    def __init__(self, client: Client, posting: Posting, video_id: str) -> None:
        """Prepare; nothing is sent before `do`."""
        self._client = client
        self._posting = posting
        self._video_id = video_id
        self._pause = client.calls.pause

    def do(self, name: str) -> str | None:
        """Do one of `wanted`; return None when it worked, else a sentence that says what did not and why."""
        try:
            if name == THUMBNAIL:
                self._set_thumbnail()
            else:
                self._put_into_playlist(name.removeprefix("playlist:"))
        except PlatformError as error:
            what = "The thumbnail was not set" if name == THUMBNAIL else f"The video is not in the {_readable(name)}"
            return f"{what}: {error.message}"
        return None

    def _set_thumbnail(self) -> None:
        picture = self._posting.thumbnail
        if picture is None:
            return
        try:
            repeat(lambda: self._client.set_thumbnail(self._video_id, picture), self._pause, TRIES)
        except AccountTrouble as error:
            if error.code == "forbidden":
                error.message = "The channel may not set thumbnails; verify its phone number at youtube.com/verify."
            raise

    def _put_into_playlist(self, name: str) -> None:
        playlist = self._playlist(name)
        self._once(
            lambda: playlist if self._client.is_in_playlist(playlist, self._video_id) else None,
            lambda: self._client.add_to_playlist(playlist, self._video_id),
        )

    def _playlist(self, name: str) -> str:
        """Return the id of the channel's playlist with that title or id, creating it when there is none."""
        found = self._once(lambda: self._find_playlist(name), lambda: self._create_playlist(name))
        return found or ""

    def _find_playlist(self, name: str) -> str | None:
        playlists = self._client.my_playlists()
        ids = {str(item.get("id")) for item in playlists}
        if name in ids:
            return name
        same = [item for item in playlists if str((item.get("snippet") or {}).get("title")).strip() == name]
        return str(same[0].get("id")) if same else None

    def _create_playlist(self, name: str) -> str | None:
        if _looks_like_an_id(name):
            raise Rejected(f"The channel has no playlist {name}.", code="playlistNotFound")
        return self._client.create_playlist(name, self._posting.privacy) or None

    def _once(self, look: Callable[[], str | None], act: Callable[[], str | None]) -> str | None:
        """Act unless `look` finds it done; look again after each answer that was lost or put us off."""
        patience = Patience(self._pause, TRIES)
        while True:
            found = repeat(look, self._pause, TRIES)
            if found:
                return found
            try:
                made = act()
            except (TryAgain, OutcomeUnknown) as error:
                if not patience.wait(error):
                    raise
                continue
            return made


def _looks_like_an_id(name: str) -> bool:
    """Playlist ids are PL and 32 signs, older ones PL and 16 (observed, youtube.md 12.5)."""
    return name.startswith("PL") and len(name) in (18, 34) and " " not in name


def _readable(name: str) -> str:
    kind, _, title = name.partition(":")
    return f"{kind} '{title}'"
