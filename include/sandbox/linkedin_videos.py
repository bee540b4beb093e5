"""initializeUpload, finalizeUpload and reading a video (B.3)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from include.sandbox.linkedin_answers import (
    Caller,
    Json,
    LinkedInError,
    answer,
    body_of,
    enter,
    invalid,
    known_only,
    missing,
    urn_in_path,
)
from include.sandbox.linkedin_state import failure_of, parts_of, status_of
from include.sandbox.linkedin_things import LinkedInVideo
from include.sandbox.workshop import Workshop
from include.sandbox.world import World, new_id

MAX_SCHEMA_BYTES = 5 * 1024**3
WRITE = ("w_member_social", "w_organization_social")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


async def act(request: Request) -> Response:
    """`POST /rest/videos?action=…`."""
    action = request.query_params.get("action")
    if action == "initializeUpload":
        return await initialize(request)
    if action == "finalizeUpload":
        return await finalize(request)
    raise LinkedInError(400, "ILLEGAL_ARGUMENT", f"Action {str(action)[:40]} is not supported by videos")


async def initialize(request: Request) -> Response:
    """Make a video and say where its parts go."""
    caller = enter(request, "videos.ACTION-initializeUpload", *WRITE)
    asked = inner(await body_of(request), "initializeUploadRequest")
    known_only(asked, {"owner", "fileSizeBytes", "uploadCaptions", "uploadThumbnail"}, "initializeUploadRequest")
    size = asked.get("fileSizeBytes")
    if size is None or asked.get("owner") is None:
        raise missing("/owner" if asked.get("owner") is None else "/fileSizeBytes")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 < size <= MAX_SCHEMA_BYTES:
        raise invalid("/fileSizeBytes", size)
    world = caller.world
    video = LinkedInVideo(
        id=f"urn:li:video:C5{new_id(18, LETTERS)}", account=caller.account.id, app=caller.grant.app,
        owner=caller.want_author(asked["owner"]), size=size, secret=new_id(32), created_at=world.now(),
        expires_at=world.now() + world.switches.linkedin_upload_url_seconds,
        wants_thumbnail=asked.get("uploadThumbnail") is True, fail=request.scope.get("sandbox.fail"),
    )  # fmt: skip
    world.shelf(LinkedInVideo).keep(video)
    base = f"{str(request.base_url).rstrip('/')}/linkedin/dms-uploads/{video.key}"
    value: Json = {
        "uploadUrlsExpireAt": int(video.expires_at * 1000),
        "video": video.id,
        "uploadInstructions": [
            {"uploadUrl": f"{base}/video?part={number}&sut={video.secret}", "firstByte": first, "lastByte": last}
            for number, (first, last) in enumerate(parts_of(size))
        ],
        "uploadToken": world.switches.linkedin_upload_token,
    }
    for name, kind in (("uploadCaptions", "captions"), ("uploadThumbnail", "thumbnail")):
        if asked.get(name) is True:
            value[f"{kind}UploadUrl"] = f"{base}/{kind}?sut={video.secret}"
    return answer(world, {"value": value})


async def finalize(request: Request) -> Response:
    """Take the list of parts; from here on the video is processed."""
    caller = enter(request, "videos.ACTION-finalizeUpload", *WRITE)
    asked = inner(await body_of(request), "finalizeUploadRequest")
    known_only(asked, {"video", "uploadToken", "uploadedPartIds"}, "finalizeUploadRequest")
    video = own_video(caller, asked.get("video"))
    if asked.get("uploadToken") != caller.world.switches.linkedin_upload_token:
        raise invalid("/uploadToken", asked.get("uploadToken"))
    wanted = [video.etags.get(str(number)) for number in range(len(parts_of(video.size)))]
    if asked.get("uploadedPartIds") != wanted:
        raise invalid("/uploadedPartIds", "not every part, or not in order")
    if video.finalised_at is not None:
        raise LinkedInError(400, "INVALID_VIDEO_ID", "The upload of the video is already finalized")
    workshop: Workshop = request.app.state.workshop
    video.fail = request.scope.get("sandbox.fail") or video.fail
    video.finalised_at = caller.world.now()
    caller.world.shelf(LinkedInVideo).keep(video)
    workshop.take(video)
    return answer(caller.world)


async def read_video(request: Request) -> Response:
    """`GET /rest/videos/{urn}`."""
    caller = enter(request, "videos.GET", *WRITE, "r_organization_social")
    video = own_video(caller, urn_in_path(request))
    await caller.workshop.looked_at([video])
    return answer(caller.world, video_body(caller.world, video, str(request.base_url).rstrip("/")))


def video_body(world: World, video: LinkedInVideo, base: str) -> Json:
    """Return a video as LinkedIn shows it."""
    body: Json = {"id": video.id, "owner": video.owner, "status": status_of(world, video)}
    if body["status"] == "AVAILABLE":
        facts = video.facts or {}
        body |= {
            "duration": round(facts["duration"] * 1000), "aspectRatioWidth": facts["display_width"],
            "aspectRatioHeight": facts["display_height"], "thumbnail": f"{base}/pictures/linkedin/{video.key}",
            "downloadUrl": f"{base}/files/linkedin/{video.key}",
            "downloadUrlExpiresAt": int((world.now() + 3600) * 1000),
        }  # fmt: skip
    elif body["status"] == "PROCESSING_FAILED":
        body["processingFailureReason"] = failure_of(world, video)
    return body


def own_video(caller: Caller, urn: Any) -> LinkedInVideo:
    """Return the video of that URN; raises for none and for somebody else's."""
    if urn is None:
        raise missing("/video")
    if not isinstance(urn, str) or not urn.startswith("urn:li:video:"):
        raise LinkedInError(400, "INVALID_URN_TYPE", "The URN is not one of a video")
    video = caller.world.shelf(LinkedInVideo).get(urn)
    if video is None:
        raise LinkedInError(404, "NOT_FOUND", f"Could not find entity {urn[:60]}")
    if video.account != caller.account.id:
        raise LinkedInError(403, "ACCESS_DENIED", "Accessing this video resource is forbidden", service=100)
    return video


def inner(body: Json, name: str) -> Json:
    """Return the one object an action's body holds."""
    known_only(body, {name}, "REQUEST_BODY")
    asked = body.get(name)
    if not isinstance(asked, dict):
        raise missing(f"/{name}")
    return asked
