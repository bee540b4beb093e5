"""YouTube's calls, one method each: what goes out, what comes back, errors as ours.

Nothing here decides what to do next and nothing is repeated here; that is `session.py`, `extras.py` and
`publish.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import httpx

from include.platforms import http
from include.platforms.contract import Picture
from include.platforms.errors import AccountTrouble, PlatformError, TryAgain
from include.platforms.http import Calls, body_of
from include.platforms.youtube.errors import error_for

Json = dict[str, Any]
PAGE_SIZE = 50
"""The most that a list call gives, and the most ids `videos.list` takes (youtube.md 4.1)."""


class Client:
    """YouTube for one account."""

    def __init__(self, calls: Calls) -> None:
        """Use `calls` for everything; it stays the caller's to close."""
        self.calls = calls

    # the upload

    def start_session(self, body: Json, *, parts: str, notify: bool, name: str, content_type: str, size: int) -> str:
        """Open an upload session and return its address, which is a secret.

        Costs one upload of the daily bucket. Nothing exists on YouTube until the session got all bytes, so a
        lost answer is `TryAgain`. The texts are judged here: `Rejected` before any byte is sent.
        """
        response = self.calls.send(
            "POST",
            self.calls.address("upload", "/youtube/v3/videos"),
            endpoint="videos.insert",
            changes=False,
            params={"uploadType": "resumable", "part": parts, "notifySubscribers": str(notify).lower()},
            headers={
                "Content-Type": "application/json; charset=UTF-8",
                "X-Upload-Content-Type": content_type,
                "X-Upload-Content-Length": str(size),
                "Slug": name,
            },
            json_body=body,
        )
        if not response.is_success:
            raise self._error(response, "videos.insert")
        address = response.headers.get("Location")
        if not address:
            raise TryAgain("YouTube opened an upload without telling its address.", status=response.status_code)
        return str(address)

    def put_bytes(
        self, address: str, pieces: Iterable[bytes], *, start: int, stop: int, total: int, content_type: str
    ) -> httpx.Response:
        """Send bytes `start` up to (not including) `stop` to a session and return the answer, whatever it is.

        Raises `OutcomeUnknown` when the answer was lost, `TryAgain` when nothing was sent.
        """
        return self.calls.send(
            "PUT",
            address,
            endpoint="videos.insert.put",
            changes=True,
            headers={
                "Content-Type": content_type,
                "Content-Length": str(stop - start),  # without it httpx would send chunked encoding
                "Content-Range": f"bytes {start}-{stop - 1}/{total}",
            },
            content=pieces,
            timeout=http.UPLOAD_TIMEOUT,
        )

    def ask_session(self, address: str, *, total: int) -> httpx.Response:
        """Ask a session how far it is and return the answer, whatever it is; changes nothing."""
        return self.calls.send(
            "PUT",
            address,
            endpoint="videos.insert.status",
            changes=False,
            headers={"Content-Length": "0", "Content-Range": f"bytes */{total}"},
            timeout=http.UPLOAD_TIMEOUT,
        )

    def refresh_after(self, refused: httpx.Response) -> bool:
        """Get a new token in place of the one that was `refused`; False when there is no sign-in at all."""
        if self.calls.tokens is None:
            return False
        self.calls.tokens.refresh(refused.request.headers.get("Authorization", "").removeprefix("Bearer "))
        return True

    def session_error(self, response: httpx.Response, endpoint: str) -> PlatformError:
        """Return what a session's answer means when it is neither progress nor success."""
        return self._error(response, endpoint)

    # reading

    def videos(self, ids: Iterable[str], *, parts: str) -> dict[str, Json]:
        """Return videos by id, at most 50, for one unit; those unknown, deleted or not ours are missing."""
        body = self._get("videos.list", "videos", part=parts, id=",".join(ids))
        return {str(item.get("id")): item for item in _items(body)}

    def my_channel(self, *, parts: str) -> Json:
        """Return the signed-in user's channel; raise `AccountTrouble` when there is none."""
        items = _items(self._get("channels.list", "channels", part=parts, mine="true"))
        if not items:
            raise AccountTrouble(
                "This Google account has no YouTube channel: create one, then reconnect.",
                code="youtubeSignupRequired",
            )
        return items[0]

    def category(self, number: str) -> Json | None:
        """Return a video category, or None when YouTube has none of that number."""
        items = _items(self._get("videoCategories.list", "videoCategories", part="snippet", id=number))
        return items[0] if items else None

    def playlist_pages(self, playlist: str, *, parts: str) -> Iterator[list[Json]]:
        """Yield a playlist's items page by page (uploads: newest first); each page costs a unit."""
        return self._pages("playlistItems.list", "playlistItems", part=parts, playlistId=playlist)

    def is_in_playlist(self, playlist: str, video: str) -> bool:
        """Say whether a playlist holds a video."""
        body = self._get("playlistItems.list", "playlistItems", part="snippet", playlistId=playlist, videoId=video)
        return bool(_items(body))

    def my_playlists(self) -> list[Json]:
        """Return all playlists of the channel, with `id` and `snippet.title`."""
        pages = self._pages("playlists.list", "playlists", part="snippet", mine="true")
        return [item for page in pages for item in page]

    # changing

    def create_playlist(self, title: str, privacy: str) -> str:
        """Create a playlist and return its id; not to be repeated without looking (`OutcomeUnknown`)."""
        body = {"snippet": {"title": title}, "status": {"privacyStatus": privacy}}
        return str(self._post("playlists.insert", "playlists", "snippet,status", body).get("id") or "")

    def add_to_playlist(self, playlist: str, video: str) -> None:
        """Add a video at the end of a playlist; a second call adds it twice, so look first."""
        body = {"snippet": {"playlistId": playlist, "resourceId": {"kind": "youtube#video", "videoId": video}}}
        self._post("playlistItems.insert", "playlistItems", "snippet", body)

    def set_thumbnail(self, video: str, picture: Picture) -> None:
        """Set a video's thumbnail; sending it again does no harm, so a lost answer is `TryAgain`."""
        response = self.calls.send(
            "POST",
            self.calls.address("upload", "/youtube/v3/thumbnails/set"),
            endpoint="thumbnails.set",
            changes=False,
            params={"videoId": video, "uploadType": "media"},
            headers={"Content-Type": picture.content_type},
            content=picture.content,
            timeout=http.UPLOAD_TIMEOUT,
        )
        if not response.is_success:
            raise self._error(response, "thumbnails.set")

    # one request

    def _get(self, endpoint: str, path: str, **params: str) -> Json:
        url = self.calls.address("api", f"/youtube/v3/{path}")
        response = self.calls.send("GET", url, endpoint=endpoint, changes=False, params=params)
        body = body_of(response)
        if not response.is_success:
            raise self._error(response, endpoint)
        if not isinstance(body, dict):
            raise TryAgain(f"YouTube answered {endpoint} with something that is not JSON.", status=response.status_code)
        return body

    def _pages(self, endpoint: str, path: str, **params: str) -> Iterator[list[Json]]:
        params["maxResults"] = str(PAGE_SIZE)
        while True:
            body = self._get(endpoint, path, **params)
            yield _items(body)
            if not body.get("nextPageToken"):
                return
            params["pageToken"] = str(body["nextPageToken"])

    def _post(self, endpoint: str, path: str, part: str, json_body: Json) -> Json:
        url = self.calls.address("api", f"/youtube/v3/{path}")
        response = self.calls.send(
            "POST", url, endpoint=endpoint, changes=True, params={"part": part}, json_body=json_body
        )
        if not response.is_success:
            raise self._error(response, endpoint, changes=True)
        body = body_of(response)
        return body if isinstance(body, dict) else {}

    def _error(self, response: httpx.Response, endpoint: str, *, changes: bool = False) -> PlatformError:
        request_id = self.calls.request_id(response)
        error = error_for(response, endpoint=endpoint, changes=changes, request_id=request_id)
        return self.calls.heed(response, error)


def _items(body: Json) -> list[Json]:
    items = body.get("items")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


UNVERIFIED = (
    "Videos over 15 minutes are refused until the channel's phone number is verified: youtube.com/verify, signed in as "
    "this channel."
)
"""`longUploadsStatus` is not `allowed` (youtube.md 9.1)."""


def whoami(calls: Calls, given: Mapping[str, Any] | None = None) -> Json:
    """Return the channel behind `calls`' sign-in, as an account is shown and kept when it is connected.

    `followers` (subscribers) is None when the channel hides it; YouTube rounds it down (youtube.md 9.1).
    """
    channel = Client(calls).my_channel(parts="snippet,contentDetails,statistics,status")
    snippet, statistics = channel.get("snippet") or {}, channel.get("statistics") or {}
    pictures = snippet.get("thumbnails") or {}
    picture = next((pictures[key].get("url") for key in ("high", "medium", "default") if key in pictures), None)
    long_uploads = (channel.get("status") or {}).get("longUploadsStatus")
    count = None if statistics.get("hiddenSubscriberCount") else statistics.get("subscriberCount")
    return {
        "platform_user_id": channel.get("id"),
        "username": snippet.get("customUrl"),
        "display_name": snippet.get("title"),
        "picture": picture,
        "followers": int(count) if count is not None else None,
        "account_type": "channel",
        "advice": None if long_uploads in (None, "allowed") else UNVERIFIED,
        "uploads_playlist": ((channel.get("contentDetails") or {}).get("relatedPlaylists") or {}).get("uploads"),
        "long_uploads": long_uploads,
    }
