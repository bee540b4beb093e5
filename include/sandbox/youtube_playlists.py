"""playlists.list, .insert, .update and .delete (youtube.md 5.2)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from include.sandbox.world import iso, new_id
from include.sandbox.youtube_answers import (
    GoogleError,
    Json,
    answer,
    bad_payload,
    body_of,
    exactly_one,
    ids_of,
    listing,
    page_of,
    parts_of,
    with_etag,
)
from include.sandbox.youtube_gate import Caller, enter
from include.sandbox.youtube_things import Playlist, PlaylistEntry
from include.sandbox.youtube_videos import address_of, not_found

PLAYLIST_PARTS = {"id", "snippet", "status", "contentDetails", "player", "localizations"}
MAX_TITLE_CHARACTERS = 150
MAX_DESCRIPTION_CHARACTERS = 5000
PRIVACY = {"public", "unlisted", "private"}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


def playlist_error(reason: str, message: str, status: int = 400) -> GoogleError:
    """Make an error of the playlist calls."""
    return GoogleError(status, reason, message, domain="youtube.playlist", where=("other", "body.snippet"))


async def list_playlists(request: Request) -> Response:
    """`GET /youtube/v3/playlists`."""
    caller = enter(request, "playlists.list")
    parts = parts_of(request, PLAYLIST_PARTS)
    chosen = exactly_one(request, "mine", "channelId", "id")
    seen = [one for one in caller.world.shelf(Playlist) if may_see(caller, one)]
    found = {
        "mine": [one for one in seen if one.channel == caller.account.id],
        "channelId": [one for one in seen if one.channel == request.query_params.get("channelId")],
        "id": [one for one in seen if one.id in ids_of(request, "id")],
    }[chosen]
    page, extra = page_of(request, sorted(found, key=lambda one: -one.created_at))
    items = [playlist_of(caller, playlist, parts, address_of(request)) for playlist in page]
    return listing(request, "youtube#playlistListResponse", items, extra)


def may_see(caller: Caller, playlist: Playlist) -> bool:
    """Tell whether the caller may read a playlist."""
    return playlist.channel == caller.account.id or playlist.resource["status"]["privacyStatus"] != "private"


def playlist_of(caller: Caller, playlist: Playlist, parts: list[str], address: str) -> Json:
    """Return the playlist resource with the asked parts."""
    channel = caller.world.accounts.get(playlist.channel)
    snippet = playlist.resource["snippet"]
    entries = [one for one in caller.world.shelf(PlaylistEntry) if one.playlist == playlist.id]
    picture = (
        f"{address}/pictures/youtube/{entries[0].video}/default.jpg" if entries else f"{address}/pictures/none.svg"
    )
    shown: Json = {
        "snippet": {
            "publishedAt": iso(playlist.created_at), "channelId": playlist.channel,
            "channelTitle": channel.name if channel else "", **snippet,
            "thumbnails": {"default": {"url": picture, "width": 120, "height": 90}},
            "localized": {"title": snippet["title"], "description": snippet["description"]},
        },
        "status": playlist.resource["status"],
        "contentDetails": {"itemCount": len(entries)},
        "player": {"embedHtml": f'<iframe src="//www.youtube.com/embed/videoseries?list={playlist.id}"></iframe>'},
    }  # fmt: skip
    chosen = {part: shown[part] for part in parts if part in shown}
    return with_etag({"kind": "youtube#playlist", "id": playlist.id, **chosen})


def read_playlist(body: Json) -> Json:
    """Check a playlist's texts and privacy; raises `GoogleError`."""
    snippet, status = body.get("snippet"), body.get("status") or {}
    if not isinstance(snippet, dict) or not isinstance(status, dict):
        raise playlist_error("invalidPlaylistSnippet", "The request provides an invalid playlist snippet.")
    title, description = snippet.get("title"), snippet.get("description", "")
    if not isinstance(title, str) or not title.strip():
        raise playlist_error("playlistTitleRequired", "The request must specify a playlist title.")
    if not isinstance(description, str) or len(title) > MAX_TITLE_CHARACTERS:
        raise playlist_error("invalidPlaylistSnippet", "The request provides an invalid playlist snippet.")
    if len(description) > MAX_DESCRIPTION_CHARACTERS:
        raise playlist_error("invalidPlaylistSnippet", "The request provides an invalid playlist snippet.")
    privacy = status.get("privacyStatus", "public")
    if privacy not in PRIVACY:
        raise bad_payload("resource.status.privacyStatus", f"Invalid value {privacy!r}")
    texts: Json = {"title": title, "description": description}
    if snippet.get("defaultLanguage"):
        texts["defaultLanguage"] = snippet["defaultLanguage"]
    return {"snippet": texts, "status": {"privacyStatus": privacy}}


async def insert_playlist(request: Request) -> Response:
    """`POST /youtube/v3/playlists`."""
    caller = enter(request, "playlists.insert")
    parts = parts_of(request, PLAYLIST_PARTS)
    resource = read_playlist(await body_of(request))
    playlist = Playlist(
        id="PL" + new_id(32, LETTERS),
        channel=caller.account.id,
        resource=resource,
        created_at=caller.world.now(),
    )
    caller.world.shelf(Playlist).keep(playlist)
    return answer(request, playlist_of(caller, playlist, parts, address_of(request)))


def own_playlist(caller: Caller, key: str | None) -> Playlist:
    """Return the caller's own playlist; raises 404 or 403."""
    playlist = caller.world.shelf(Playlist).get(key)
    if playlist is None or not may_see(caller, playlist):
        raise not_found("playlist")
    if playlist.channel != caller.account.id:
        raise playlist_error("playlistForbidden", "The request is not properly authorized.", 403)
    return playlist


async def update_playlist(request: Request) -> Response:
    """`PUT /youtube/v3/playlists`."""
    caller = enter(request, "playlists.update")
    parts = parts_of(request, PLAYLIST_PARTS)
    body = await body_of(request)
    playlist = own_playlist(caller, body.get("id"))
    playlist.resource = read_playlist(body)
    caller.world.shelf(Playlist).keep(playlist)
    return answer(request, playlist_of(caller, playlist, parts, address_of(request)))


async def delete_playlist(request: Request) -> Response:
    """`DELETE /youtube/v3/playlists`."""
    caller = enter(request, "playlists.delete")
    playlist = own_playlist(caller, request.query_params.get("id"))
    caller.world.shelf(Playlist).drop(playlist.id)
    for entry in caller.world.shelf(PlaylistEntry):
        if entry.playlist == playlist.id:
            caller.world.shelf(PlaylistEntry).drop(entry.id)
    return Response(status_code=204)
