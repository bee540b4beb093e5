"""YouTube's videos in the shape of `published.py`."""

from __future__ import annotations

from typing import Any

from include.sandbox.published import entry
from include.sandbox.world import World, iso
from include.sandbox.youtube_life import is_short, outcome_of, settle
from include.sandbox.youtube_things import Playlist, PlaylistEntry, Video

Json = dict[str, Any]


def published(world: World, address: str) -> list[tuple[float, Json]]:
    """Return every video with its time."""
    return [(one.created_at, video_entry(world, settle(world, one), address)) for one in world.shelf(Video)]


def video_entry(world: World, video: Video, address: str) -> Json:
    """Describe a YouTube video."""
    account, outcome = world.accounts.get(video.channel), outcome_of(world, video)
    snippet, status = video.resource["snippet"], video.resource["status"]
    titles = {one.id: one.resource["snippet"]["title"] for one in world.shelf(Playlist)}
    return entry(
        address, "youtube", video.id, video.facts,
        account=account.name if account else None,
        account_id=video.channel,
        id=video.id,
        kind="short" if is_short(world, video) else "video",
        title=snippet["title"],
        description=snippet["description"],
        tags=snippet.get("tags", []),
        category=snippet["categoryId"],
        privacy=status["privacyStatus"],
        publish_at=status.get("publishAt"),
        made_for_kids=status["selfDeclaredMadeForKids"],
        synthetic_media=status.get("containsSyntheticMedia"),
        options={"license": status["license"], "embeddable": status["embeddable"],
                 "language": snippet.get("defaultLanguage")},
        sha256=video.sha256,
        size=video.size,
        state=outcome.state,
        reason=outcome.reason,
        created_at=iso(video.created_at),
        file_name=video.file_name,
        thumbnail=video.thumbnail is not None,
        thumbnails_tried=video.tried_thumbnails,
        playlists=[titles.get(one.playlist) for one in world.shelf(PlaylistEntry) if one.video == video.id],
        url_of_picture=f"{address}/pictures/youtube/{video.id}/high.jpg",
    )  # fmt: skip
