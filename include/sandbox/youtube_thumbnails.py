"""thumbnails.set (youtube.md 5.1), in one request or resumable."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response

from include.sandbox.accounts import trait
from include.sandbox.looking import picture_kind
from include.sandbox.youtube_answers import GoogleError, Json, answer, bad_parameter, etag_of
from include.sandbox.youtube_gate import Caller, enter
from include.sandbox.youtube_life import is_short, outcome_of, settle
from include.sandbox.youtube_things import Video
from include.sandbox.youtube_uploads import location_of, open_session
from include.sandbox.youtube_video import THUMBNAILS
from include.sandbox.youtube_videos import address_of, forbidden, owned

KINDS = ("image/jpeg", "image/png", "application/octet-stream")


async def set_thumbnail(request: Request) -> Response:
    """`POST /upload/youtube/v3/thumbnails/set`."""
    caller = enter(request, "thumbnails.set")
    key = request.query_params.get("videoId")
    if not key:
        raise bad_parameter("missingRequiredParameter", "Required parameter: videoId", "videoId")
    owned(caller, key, "videoId")
    check_allowed(caller)
    if request.query_params.get("uploadType") == "resumable":
        session = open_session(request, caller, {}, [], key)
        return Response(headers={"Location": location_of(request, session)})
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    content = await read_limited(request, caller.world.switches.youtube_thumbnail_max_bytes)
    if not content:
        raise GoogleError(400, "mediaBodyRequired", "The request does not include the image content.",
                          domain="youtube.thumbnail", where=("body", ""))  # fmt: skip
    if kind not in KINDS:
        raise invalid_image(f"Media type '{kind}' is not supported. Valid media types: {list(KINDS)}")
    return answer(request, await use_thumbnail(request, caller, key, content))


def check_allowed(caller: Caller) -> None:
    """Refuse a channel without custom thumbnails, and one that sets too many."""
    if not trait(caller.account, "custom_thumbnails"):
        raise forbidden("youtube.thumbnail")
    limit = caller.world.switches.youtube_thumbnails_per_hour
    if not caller.world.windows.take(f"thumbnails {caller.account.id}", limit, 3600, caller.world.now()):
        raise GoogleError(
            429, "uploadRateLimitExceeded",
            "The channel has uploaded too many thumbnails recently. Please try the request again later.",
            domain="youtube.thumbnail",
        )  # fmt: skip


async def read_limited(request: Request, most: int) -> bytes:
    """Read the body; raises 413 as soon as it is larger than allowed."""
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > most:
            raise too_large(most)
    return bytes(content)


def too_large(most: int) -> GoogleError:
    """Make the 413 of a picture above the limit."""
    return GoogleError(413, "uploadTooLarge", f"Media larger than: {most}")


def invalid_image(why: str = "The provided image content is invalid.") -> GoogleError:
    """Make the 400 of something that is no picture."""
    return GoogleError(400, "invalidImage", why, domain="youtube.thumbnail", where=("body", ""))


async def use_thumbnail(request: Request, caller: Caller, key: str, content: bytes) -> Json:
    """Make the picture the video's thumbnail and return the answer.

    A Short that is still processed takes it politely and goes on with its own picture (youtube.md 5.1).
    """
    world = caller.world
    if len(content) > world.switches.youtube_thumbnail_max_bytes:
        raise too_large(world.switches.youtube_thumbnail_max_bytes)
    kind = await asyncio.to_thread(picture_kind, content)
    if kind is None:
        raise invalid_image()
    video = owned(caller, key, "videoId")
    await caller.workshop.looked_at([video], even_early=True)  # only then it is known whether it is a Short
    settle(world, video)
    video.tried_thumbnails += 1
    early = is_short(world, video) and outcome_of(world, video).state == "uploaded"
    if not early:
        video.thumbnail = kind
        (world.pictures / f"youtube-{video.id}.thumbnail").write_bytes(content)
    world.shelf(Video).keep(video)
    base = f"{address_of(request)}/pictures/youtube/{key}"
    shown = {
        name: {"url": f"{base}/{name}.jpg", "width": width, "height": height}
        for name, (width, height) in THUMBNAILS.items()
    }
    return {"kind": "youtube#thumbnailSetResponse", "etag": etag_of(shown), "items": [shown]}
