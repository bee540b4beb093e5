"""playlistItems.list, .insert and .delete, and the list of a channel's uploads (youtube.md 5.2)."""

from __future__ import annotations

import base64
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from include.sandbox.world import iso, new_id
from include.sandbox.youtube_answers import (
    GoogleError,
    Json,
    answer,
    body_of,
    exactly_one,
    ids_of,
    listing,
    page_of,
    parts_of,
    with_etag,
)
from include.sandbox.youtube_channels import uploads_list
from include.sandbox.youtube_gate import Caller, enter
from include.sandbox.youtube_life import can_see, settle
from include.sandbox.youtube_playlists import may_see
from include.sandbox.youtube_things import Playlist, PlaylistEntry, Video
from include.sandbox.youtube_video import View, thumbnails_of
from include.sandbox.youtube_videos import address_of, not_found

ITEM_PARTS = {"id", "snippet", "contentDetails", "status"}
MAX_NOTE_CHARACTERS = 280


def item_error(status: int, reason: str, message: str) -> GoogleError:
    """Make an error of the playlist item calls."""
    return GoogleError(status, reason, message, domain="youtube.playlistItem", where=("other", "body.snippet"))


async def list_items(request: Request) -> Response:
    """`GET /youtube/v3/playlistItems`."""
    caller = enter(request, "playlistItems.list")
    parts = parts_of(request, ITEM_PARTS)
    if exactly_one(request, "playlistId", "id") == "id":
        found = [entry for entry in caller.world.shelf(PlaylistEntry) if entry.id in ids_of(request, "id")]
    else:
        found = entries_of(caller, request.query_params["playlistId"])
    wanted = request.query_params.get("videoId")
    shown = [entry for entry in found if wanted in (None, entry.video) and caller.world.shelf(Video).get(entry.video)]
    page, extra = page_of(request, shown)
    items = [item_of(caller, entry, parts, address_of(request)) for entry in page]
    return listing(request, "youtube#playlistItemListResponse", items, extra)


def entries_of(caller: Caller, key: str) -> list[PlaylistEntry]:
    """Return a list's entries in order; raises 404 for an unknown list."""
    if key.startswith("UU"):
        return uploads_of(caller, key)
    playlist = caller.world.shelf(Playlist).get(key)
    if playlist is None or not may_see(caller, playlist):
        raise not_found("playlist", "playlistId")
    return sorted(
        (one for one in caller.world.shelf(PlaylistEntry) if one.playlist == key), key=lambda one: one.position
    )


def uploads_of(caller: Caller, key: str) -> list[PlaylistEntry]:
    """Return a channel's uploads, the newest first, as far as the lists have caught up."""
    world = caller.world
    channel = next(
        (one.id for one in world.accounts if one.platform == "youtube" and uploads_list(one.id) == key), None
    )
    if channel is None:
        raise not_found("playlist", "playlistId")
    if world.switches.youtube_empty_uploads_list_is_missing and all(
        one.channel != channel for one in world.shelf(Video)
    ):
        raise not_found("playlist", "playlistId")
    videos = [
        settle(world, one) for one in world.shelf(Video) if one.channel == channel and one.shows_at <= world.now()
    ]
    seen = [one for one in reversed(videos) if can_see(caller.account, one)]
    return [
        PlaylistEntry(
            id=base64.urlsafe_b64encode(f"{key}.{video.id}".encode()).decode().rstrip("="), playlist=key,
            video=video.id, position=position, created_at=video.created_at,
        )
        for position, video in enumerate(seen)
    ]  # fmt: skip


def item_of(caller: Caller, entry: PlaylistEntry, parts: list[str], address: str) -> Json:
    """Return the playlist item resource with the asked parts."""
    world = caller.world
    video = settle(world, world.shelf(Video).get(entry.video))  # type: ignore[arg-type]
    owner = world.accounts.get(video.channel)
    playlist = world.shelf(Playlist).get(entry.playlist)
    keeper = world.accounts.get(playlist.channel) if playlist else owner
    texts = video.resource["snippet"]
    view = View(world=world, account=caller.account, video=video, address=address)
    details: Json = {"videoId": video.id}
    if can_see(caller.account, video):
        details["videoPublishedAt"] = iso(video.published_at or video.created_at)
    if entry.note:
        details["note"] = entry.note
    shown: Json = {
        "snippet": {
            "publishedAt": iso(entry.created_at), "channelId": keeper.id if keeper else "", "title": texts["title"],
            "description": texts["description"], "thumbnails": thumbnails_of(view),
            "channelTitle": keeper.name if keeper else "", "playlistId": entry.playlist, "position": entry.position,
            "resourceId": {"kind": "youtube#video", "videoId": video.id},
            "videoOwnerChannelTitle": owner.name if owner else "", "videoOwnerChannelId": video.channel,
        },
        "contentDetails": details,
        "status": {"privacyStatus": video.resource["status"]["privacyStatus"]},
    }  # fmt: skip
    chosen = {part: shown[part] for part in parts if part in shown}
    return with_etag({"kind": "youtube#playlistItem", "id": entry.id, **chosen})


async def insert_item(request: Request) -> Response:
    """`POST /youtube/v3/playlistItems`: the same video may be added again and again."""
    caller = enter(request, "playlistItems.insert")
    parts = parts_of(request, ITEM_PARTS)
    body = await body_of(request)
    snippet = body.get("snippet") or {}
    entry = read_entry(caller, snippet, (body.get("contentDetails") or {}).get("note"))
    for other in caller.world.shelf(PlaylistEntry):
        if other.playlist == entry.playlist and other.position >= entry.position:
            other.position += 1
            caller.world.shelf(PlaylistEntry).keep(other)
    caller.world.shelf(PlaylistEntry).keep(entry)
    return answer(request, item_of(caller, entry, parts, address_of(request)))


def read_entry(caller: Caller, snippet: Json, note: Any) -> PlaylistEntry:
    """Check what is to be added where; raises `GoogleError`."""
    key, resource = snippet.get("playlistId"), snippet.get("resourceId") or {}
    if not key:
        raise item_error(400, "playlistIdRequired", "The request does not specify the required playlistId.")
    if not resource.get("videoId"):
        raise item_error(400, "resourceIdRequired", "The request must contain a resource with a resourceId.")
    if resource.get("kind") != "youtube#video":
        raise item_error(400, "invalidResourceType", "The type specified for the resource is not supported.")
    video = caller.world.shelf(Video).get(resource["videoId"])
    check_playlist(caller, key)
    if video is None or not can_see(caller.account, settle(caller.world, video)):
        raise not_found(parameter="videoId")
    entries = entries_of(caller, key)
    check_room(caller, entries, video.id)
    position = snippet.get("position", len(entries))
    if not isinstance(position, int) or isinstance(position, bool) or not 0 <= position <= len(entries):
        raise item_error(400, "invalidPlaylistItemPosition", "The request attempts to set an invalid position.")
    if note is not None and (not isinstance(note, str) or len(note) > MAX_NOTE_CHARACTERS):
        raise item_error(400, "invalidContentDetails", "The contentDetails property in the request is not valid.")
    return PlaylistEntry(
        id="UEw" + new_id(45),
        playlist=key,
        video=video.id,
        position=position,
        created_at=caller.world.now(),
        note=note,
    )


def check_playlist(caller: Caller, key: str) -> None:
    """Refuse lists that are not there, not the caller's, or made by YouTube."""
    if key.startswith("UU"):
        raise item_error(
            400, "playlistOperationUnsupported", "The API does not support this operation on the playlist."
        )
    playlist = caller.world.shelf(Playlist).get(key)
    if playlist is None or not may_see(caller, playlist):
        raise not_found("playlist", "playlistId")
    if playlist.channel != caller.account.id:
        raise item_error(403, "playlistItemsNotAccessible", "The request is not properly authorized.")


def check_room(caller: Caller, entries: list[PlaylistEntry], video: str) -> None:
    """Refuse a full list, and duplicates where the switch says so."""
    switches = caller.world.switches
    if len(entries) >= switches.youtube_playlist_max_items:
        raise item_error(
            403,
            "playlistContainsMaximumNumberOfVideos",
            "The playlist already contains the maximum of items.",
        )
    if switches.youtube_playlists_refuse_duplicates and any(entry.video == video for entry in entries):
        raise item_error(409, "videoAlreadyInPlaylist", "The video is already in the playlist.")


async def delete_item(request: Request) -> Response:
    """`DELETE /youtube/v3/playlistItems`."""
    caller = enter(request, "playlistItems.delete")
    entry = caller.world.shelf(PlaylistEntry).get(request.query_params.get("id"))
    if entry is None:
        raise item_error(404, "playlistItemNotFound", "The playlist item could not be found.")
    check_playlist(caller, entry.playlist)
    caller.world.shelf(PlaylistEntry).drop(entry.id)
    for other in caller.world.shelf(PlaylistEntry):
        if other.playlist == entry.playlist and other.position > entry.position:
            other.position -= 1
            caller.world.shelf(PlaylistEntry).keep(other)
    return Response(status_code=204)
