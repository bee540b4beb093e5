"""channels.list and videoCategories.list (youtube.md 9.1, 9.2)."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from include.sandbox.accounts import trait
from include.sandbox.things import Account
from include.sandbox.world import iso
from include.sandbox.youtube_answers import Json, exactly_one, ids_of, listing, page_of, parts_of, with_etag
from include.sandbox.youtube_gate import Caller, enter
from include.sandbox.youtube_life import settle_all
from include.sandbox.youtube_metadata import CATEGORIES, NOT_ASSIGNABLE
from include.sandbox.youtube_numbers import channel_counters
from include.sandbox.youtube_things import Video
from include.sandbox.youtube_video import THUMBNAILS
from include.sandbox.youtube_videos import address_of

CHANNEL_PARTS = {
    "id", "snippet", "contentDetails", "statistics", "status", "brandingSettings", "topicDetails", "localizations",
    "auditDetails", "contentOwnerDetails",
}  # fmt: skip
CATEGORY_CHANNEL = "UCBR8-60-B28hp2BmDPdntcQ"


def uploads_list(channel: str) -> str:
    """Return the id of a channel's list of uploads."""
    return "UU" + channel[2:]


async def list_channels(request: Request) -> Response:
    """`GET /youtube/v3/channels`."""
    caller = enter(request, "channels.list")
    parts = parts_of(request, CHANNEL_PARTS)
    chosen = exactly_one(request, "mine", "id", "forHandle", "forUsername", "managedByMe")
    value = request.query_params[chosen]
    everyone = [one for one in caller.world.accounts if one.platform == "youtube"]
    found = {
        "mine": [caller.account] if value == "true" else [],
        "id": [one for one in everyone if one.id in ids_of(request, "id")],
        "forHandle": [one for one in everyone if one.handle == value.lstrip("@").lower()],
    }.get(chosen, [])
    page, extra = page_of(request, found)
    address = address_of(request)
    items = [channel_of(caller, account, parts, address) for account in page]
    body_kind = "youtube#channelListResponse"
    return listing(request, body_kind, items, extra)


def channel_of(caller: Caller, account: Account, parts: list[str], address: str) -> Json:
    """Return the channel resource with the asked parts."""
    settle_all(caller.world)
    videos = [one for one in caller.world.shelf(Video) if one.channel == account.id]
    public = sum(one.resource["status"]["privacyStatus"] == "public" for one in videos)
    now = channel_counters(caller.world, account)
    picture = {"url": f"{address}/pictures/account/{account.id}.svg", "width": 88, "height": 88}
    shown: Json = {
        "snippet": {
            "title": account.name, "description": "", "customUrl": f"@{account.handle}",
            "publishedAt": iso(account.created_at), "thumbnails": dict.fromkeys(list(THUMBNAILS)[:3], picture),
            "localized": {"title": account.name, "description": ""},
        },
        "contentDetails": {"relatedPlaylists": {"likes": "LL", "uploads": uploads_list(account.id)}},
        "statistics": {
            "viewCount": str(now["views"]), "subscriberCount": str(rounded(now["subscribers"])),
            "hiddenSubscriberCount": False, "videoCount": str(public),
        },
        "status": {
            "privacyStatus": "public", "isLinked": True, "madeForKids": False,
            "longUploadsStatus": "allowed" if trait(account, "verified") else "eligible",
        },
    }  # fmt: skip
    if account.id == caller.account.id:
        shown["status"]["isChannelMonetizationEnabled"] = trait(account, "monetized")
    chosen = {part: shown[part] for part in parts if part in shown}
    return with_etag({"kind": "youtube#channel", "id": account.id, **chosen})


def rounded(count: int) -> int:
    """Round a subscriber count down to three digits that count, as YouTube does."""
    step = 10 ** max(0, len(str(count)) - 3)
    return int(count // step * step)


async def list_categories(request: Request) -> Response:
    """`GET /youtube/v3/videoCategories`."""
    enter(request, "videoCategories.list")
    parts_of(request, {"id", "snippet"})
    chosen = exactly_one(request, "id", "regionCode")
    wanted = ids_of(request, "id") if chosen == "id" else list(CATEGORIES)
    items = [
        with_etag(
            {
                "kind": "youtube#videoCategory",
                "id": key,
                "snippet": {
                    "title": CATEGORIES[key],
                    "assignable": key not in NOT_ASSIGNABLE,
                    "channelId": CATEGORY_CHANNEL,
                },
            }
        )
        for key in wanted
        if key in CATEGORIES
    ]
    return listing(request, "youtube#videoCategoryListResponse", items, {})
