"""videos.insert: resumable sessions, byte ranges, and the video that comes out of them (youtube.md 2)."""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from include.sandbox.accounts import trait
from include.sandbox.receiving import Intake, take_in, truncate
from include.sandbox.world import World, new_id
from include.sandbox.youtube_answers import GoogleError, Json, bad_parameter, body_of, parts_of
from include.sandbox.youtube_gate import (
    METHODS,
    Caller,
    enter,
    invalid_credentials,
    place_of,
    scope_missing,
    sign_in,
)
from include.sandbox.youtube_life import settle
from include.sandbox.youtube_metadata import VIDEO_PARTS, read_resource
from include.sandbox.youtube_ranges import UNIT_BYTES, Wanted, check_alignment, read_range
from include.sandbox.youtube_things import Session, Video
from include.sandbox.youtube_video import View, resource_of
from include.sandbox.youtube_videos import address_of

MAX_BYTES = 274_877_906_944
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


async def start_upload(request: Request) -> Response:
    """`POST /upload/youtube/v3/videos?uploadType=resumable`: check everything but the bytes, open a session."""
    caller = enter(request, "videos.insert")
    if request.query_params.get("uploadType") != "resumable":
        raise bad_parameter(
            "invalidParameter", "This server takes videos with uploadType=resumable only.", "uploadType"
        )
    check_channel_limit(caller)
    parts = parts_of(request, VIDEO_PARTS)
    resource = read_resource(await body_of(request), parts, caller.world.now())
    session = open_session(request, caller, resource, parts, None)
    return Response(headers={"Location": location_of(request, session)})


def open_session(request: Request, caller: Caller, resource: Json, parts: list[str], target: str | None) -> Session:
    """Make a session for a video, or for the thumbnail of video `target`."""
    content_type = request.headers.get("x-upload-content-type", "application/octet-stream")
    allowed = ("image/jpeg", "image/png") if target else ("video/",)
    if not content_type.startswith((*allowed, "application/octet-stream")):
        raise GoogleError(400, "badContent", f"Media type '{content_type}' is not supported. Valid media types: "
                          f"{[*allowed, 'application/octet-stream']}", named=True)  # fmt: skip
    length = request.headers.get("x-upload-content-length")
    if length is not None and (not length.isdigit() or int(length) > MAX_BYTES):
        raise GoogleError(400, "badRequest", f"Invalid upload size {length!r}.", named=True)
    name = request.headers.get("slug", "")
    if len(name) > 255 or UNPRINTABLE.search(name):
        raise GoogleError(
            400, "invalidFilename", "The video filename specified in the Slug header is invalid.",
            domain="youtube.video", where=("header", "Slug"),
        )  # fmt: skip
    return caller.world.shelf(Session).keep(
        Session(
            id="xa" + new_id(120), channel=caller.account.id, app=caller.app, target=target, resource=resource,
            parts=parts, file="youtube-" + new_id(20), file_name=name or "unknown",
            content_type=content_type, total=int(length) if length else None,
            created_at=caller.world.now(), fail=request.scope.get("sandbox.fail"),
        )
    )  # fmt: skip


def check_channel_limit(caller: Caller) -> None:
    """Refuse a channel that uploaded too many videos in 24 hours (youtube.md 6.3)."""
    limit = trait(caller.account, "uploads_per_day")
    limit = caller.world.switches.youtube_channel_uploads_per_day if limit is None else limit
    since = caller.world.now() - 86_400
    recent = sum(1 for one in caller.world.shelf(Video) if one.channel == caller.account.id and one.created_at > since)
    if limit and recent >= limit:
        raise GoogleError(
            400, "uploadLimitExceeded", "The user has exceeded the number of videos they may upload.",
            domain="youtube.video", where=("body", ""),
        )  # fmt: skip


def location_of(request: Request, session: Session) -> str:
    """Return the session's address, which is a secret."""
    target = f"&videoId={session.target}" if session.target else ""
    query = f"uploadType=resumable&upload_id={session.id}&part={','.join(session.parts)}{target}"
    return f"{address_of(request)}{request.url.path}?{query}"


async def put_bytes(request: Request) -> Response:
    """`PUT` to a session's address: bytes, or the question how many there are."""
    world, workshop = place_of(request)
    session = world.shelf(Session).get(request.query_params.get("upload_id"))
    check_token(request, session)
    if session is None or is_over(world, session):
        return Response("Not Found" if world.switches.youtube_gone_status == 404 else "Gone",
                        world.switches.youtube_gone_status)  # fmt: skip
    if intake := workshop.intakes.pop(session.id, None):  # a newer request takes over
        intake.stopped = True
        keep_units(world, session, intake)
    session.fail = request.scope.get("sandbox.fail") or session.fail
    if session.answer is not None:
        return finished(world, session)
    wanted = read_range(request, session)
    if session.total is None:
        session.total = wanted.total
    if wanted.start is None or wanted.start != session.received:
        return incomplete(request, world, session)
    check_alignment(world, session, wanted)
    return await store(request, world, session, wanted, Caller(
        account=world.accounts.get(session.channel), app=session.app, world=world, workshop=workshop,  # type: ignore[arg-type]
    ))  # fmt: skip


def check_token(request: Request, session: Session | None) -> None:
    """Want the same account's token on every PUT, unless the switch says the address is enough."""
    world, _ = place_of(request)
    if world.switches.youtube_put_without_token and "authorization" not in request.headers:
        return
    method = "thumbnails.set" if session and session.target else "videos.insert"
    try:
        caller = sign_in(request, method)
    except GoogleError as error:
        if error.status == 401:
            raise invalid_credentials() from None
        raise scope_missing(METHODS[method]) from None
    if session and caller.account.id != session.channel:
        raise GoogleError(403, "forbidden", "Forbidden")


def is_over(world: World, session: Session) -> bool:
    """Tell whether a session's time has passed or it was forgotten."""
    return session.forgotten or world.now() > session.created_at + world.switches.youtube_session_seconds


async def store(request: Request, world: World, session: Session, wanted: Wanted, caller: Caller) -> Response:
    """Take the bytes in; answer 308, or the video when these were the last."""
    path, intake = world.files / session.file, Intake()
    most = MAX_BYTES if session.total is None else session.total - session.received
    if world.switches.youtube_store_at_most and session.total != session.received + (wanted.length or 0):
        most = min(most, world.switches.youtube_store_at_most)
    caller.workshop.intakes[session.id] = intake
    await take_in(request, path, session.received, most, intake)
    if intake.stopped:  # another request went on from what we had; the client of this one has left
        return incomplete(request, world, session)
    caller.workshop.intakes.pop(session.id, None)
    if session.total is None and intake.whole and wanted.length is None:
        session.total = session.received + intake.stored
    if session.total is not None and session.received + intake.stored >= session.total and intake.whole:
        session.received = session.total
        truncate(path, session.total)
        return await complete(request, world, session, caller)
    keep_units(world, session, intake)
    return incomplete(request, world, session)


def keep_units(world: World, session: Session, intake: Intake) -> None:
    """Keep the whole units of what a request stored, and let the rest go."""
    end = session.received + intake.stored
    session.received = max(session.received, end - end % UNIT_BYTES)
    world.shelf(Session).keep(session)


async def complete(request: Request, world: World, session: Session, caller: Caller) -> Response:
    """Make the video (or set the thumbnail) a complete session stands for, and remember the answer."""
    from include.sandbox.youtube_thumbnails import use_thumbnail  # it needs sessions too

    if session.target:
        path = world.files / session.file
        content = path.read_bytes()
        path.unlink()
        session.answer = await use_thumbnail(request, caller, session.target, content)
        world.shelf(Session).keep(session)
        return finished(world, session)
    video = make_video(world, session)
    view = View(world=world, account=caller.account, video=settle(world, video), address=address_of(request))
    session.video, session.answer = video.id, resource_of(view, session.parts)
    with world.together():
        world.shelf(Video).keep(video)
        world.shelf(Session).keep(session)
    caller.workshop.take(video)
    return finished(world, session)


def make_video(world: World, session: Session) -> Video:
    """Return the video of a complete session."""
    now = world.now()
    video = Video(
        id=new_id(11), channel=session.channel, resource=session.resource, file=session.file,
        file_name=session.file_name,
        size=session.received, created_at=now, fail=session.fail,
        shows_at=now + world.switches.youtube_uploads_list_lag_seconds,
        locked_private=world.switches.unverified_project_private_lock,
    )  # fmt: skip
    account = world.accounts.get(session.channel)
    if forced := "private" if video.locked_private else account and trait(account, "forced_privacy"):
        video.resource["status"]["privacyStatus"] = forced
    return video


def finished(world: World, session: Session) -> Response:
    """Answer a complete session: the same JSON every time."""
    status = world.switches.youtube_finished_status if session.target is None else 200
    return JSONResponse(session.answer, status)


def incomplete(request: Request, world: World, session: Session) -> Response:
    """Answer 308 with what is stored, if anything."""
    headers = {}
    if session.received and not world.switches.youtube_hide_range:
        headers["Range"] = f"bytes=0-{session.received - 1}"
    if world.switches.youtube_move_sessions:
        headers["Location"] = location_of(request, session)
    return Response(status_code=308, headers=headers)
