"""The addresses LinkedIn hands out for bytes: parts in any order, and the thumbnail (B.3); no token is asked."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from include.sandbox.linkedin_answers import LinkedInError, answer
from include.sandbox.linkedin_state import parts_of
from include.sandbox.linkedin_things import LinkedInVideo
from include.sandbox.looking import picture_kind
from include.sandbox.receiving import Intake, take_in
from include.sandbox.workshop import Workshop, file_of
from include.sandbox.world import World


def video_of(request: Request) -> LinkedInVideo:
    """Return the video an upload address belongs to; raises for a wrong, dead or used one."""
    world: World = request.app.state.world
    video = next((one for one in world.shelf(LinkedInVideo) if one.key == request.path_params["key"]), None)
    if video is None or request.query_params.get("sut") != video.secret:
        raise LinkedInError(404, "NOT_FOUND", "The upload does not exist")
    if video.forgotten or world.now() > video.expires_at:
        raise LinkedInError(401, "EXPIRED_UPLOAD_URL", "The upload URL has expired")
    if video.finalised_at is not None:
        raise LinkedInError(400, "INVALID_VIDEO_ID", "The upload of the video is already finalized")
    return video


async def put_part(request: Request) -> Response:
    """`PUT` one part; it may come again and then counts anew."""
    world: World = request.app.state.world
    workshop: Workshop = request.app.state.workshop
    video, number = video_of(request), request.query_params.get("part", "")
    parts = parts_of(video.size)
    if not number.isdecimal() or int(number) >= len(parts):
        raise LinkedInError(404, "NOT_FOUND", "The upload has no such part")
    first, last = parts[int(number)]
    if request.headers.get("content-length") != str(last - first + 1):
        raise LinkedInError(400, "BAD_REQUEST", f"The part has {last - first + 1} bytes")
    if reason := request.scope.get("sandbox.fail"):
        video.fail = reason
    key = f"{video.id} {number}"
    if before := workshop.intakes.pop(key, None):  # a newer request takes over; half a part is nothing
        before.stopped = True
    intake = workshop.intakes[key] = Intake()
    await take_in(request, file_of(world, video), first, last - first + 1, intake)
    if workshop.intakes.get(key) is intake:
        workshop.intakes.pop(key)
    if intake.stopped or not intake.whole or intake.stored != last - first + 1:
        raise LinkedInError(400, "BAD_REQUEST", "The part broke off")
    etag = f"/ambry-videoei/signedId/{secrets.token_urlsafe(24)}.bin"
    video.etags[number] = etag
    world.shelf(LinkedInVideo).keep(video)
    return answer(world, None, 200, ETag=etag)


async def put_thumbnail(request: Request) -> Response:
    """`PUT` the picture, before the upload is finalised."""
    world: World = request.app.state.world
    video = video_of(request)
    if not video.wants_thumbnail:
        raise LinkedInError(404, "NOT_FOUND", "No thumbnail was announced")
    if request.headers.get("media-type-family") != "STILLIMAGE":
        raise LinkedInError(400, "BAD_REQUEST", "media-type-family must be STILLIMAGE")
    content = await request.body()
    kind = await asyncio.to_thread(picture_kind, content) if content else None
    if kind is None or len(content) > world.switches.linkedin_thumbnail_max_bytes:
        raise LinkedInError(400, "BAD_REQUEST", "The thumbnail is no JPEG or PNG, or too large")
    thumbnail_of(world, video).write_bytes(content)
    video.thumbnail = kind
    world.shelf(LinkedInVideo).keep(video)
    return answer(world, None, 201)


def thumbnail_of(world: World, video: LinkedInVideo) -> Path:
    """Return where a video's own picture is kept."""
    return world.pictures / f"linkedin-{video.key}.thumbnail"
