"""`POST /{page-id}/videos`: in chunks, in one request, by address, from another Page (meta.md 5.1, 5.2, 5.8)."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile

from include.sandbox.facebook_life import received
from include.sandbox.facebook_publishing import finish, may_publish, read_texts, take_file, wanted_state
from include.sandbox.facebook_thumbnails import use_picture
from include.sandbox.meta_asking import Ask
from include.sandbox.meta_errors import GraphError, invalid, missing, no_object
from include.sandbox.meta_fetch import CannotFetch, fetch
from include.sandbox.meta_fields import whole
from include.sandbox.meta_things import FbVideo, IgMedia, IgProfile, MetaPage, MetaUpload, digits, new_video_id
from include.sandbox.workshop import file_of

MAX_BYTES = 10 << 30
MAX_SIMPLE_BYTES = 1 << 30
"""Of a file in one request (reported, meta.md 5.1)."""
MIN_BYTES = 1024
PIECE_BYTES = 1 << 20
PHASES = ("start", "transfer", "finish", "cancel")


async def post(ask: Ask, page: MetaPage) -> Any:
    """Answer one phase of a chunked upload, or a whole video."""
    may_publish(ask, page)
    phase = ask.text("upload_phase")
    if phase is None:
        return await whole_video(ask, page)
    if phase not in PHASES:
        raise invalid(f"Param upload_phase must be one of {{{', '.join(PHASES)}}}")
    if phase == "start":
        return start(ask, page)
    video = session_of(ask, page)
    if phase == "transfer":
        return await transfer(ask, video)
    if phase == "finish":
        return finish_upload(ask, video)
    ask.world.shelf(FbVideo).drop(video.id)
    file_of(ask.world, video).unlink(missing_ok=True)
    return {"success": True}


def start(ask: Ask, page: MetaPage) -> Any:
    """Open an upload; the server chooses the chunks, and offsets are texts."""
    size = whole(ask.params, "file_size")
    if size is None:
        raise missing("file_size")
    if not MIN_BYTES <= size <= MAX_BYTES:
        raise GraphError(382, "(#382) The video file you selected is too small. Please try again with a larger file.")
    video = FbVideo(
        id=new_video_id(), page=page.id, kind="video", created_at=ask.world.now(), session=digits(16), total=size,
        fail=ask.fail,
    )  # fmt: skip
    ask.world.shelf(FbVideo).keep(video)
    return {"upload_session_id": video.session, "video_id": video.id, **offsets(ask, video)}


def session_of(ask: Ask, page: MetaPage) -> FbVideo:
    """Return the video an upload session is for."""
    key = ask.text("upload_session_id")
    if key is None:
        raise missing("upload_session_id")
    found = next((one for one in ask.world.shelf(FbVideo) if one.session == key and one.page == page.id), None)
    over = found and ask.world.now() > found.created_at + ask.world.switches.meta_upload_seconds
    if found is None or (over and found.uploaded_at is None):
        raise no_object(key, "post")
    return found


def offsets(ask: Ask, video: FbVideo) -> dict[str, str]:
    """Return which bytes are wanted next; equal offsets mean all are there."""
    there, total = received(ask.world, video), video.total or 0
    end = min(total, there + ask.world.switches.facebook_chunk_bytes)
    return {"start_offset": str(there), "end_offset": str(end)}


async def transfer(ask: Ask, video: FbVideo) -> Any:
    """Take one chunk in; another offset than the wanted one is answered with 1363037 and the right ones."""
    begun, chunk = whole(ask.params, "start_offset"), ask.files.get("video_file_chunk")
    if begun is None or chunk is None:
        raise missing("start_offset" if begun is None else "video_file_chunk")
    wanted = offsets(ask, video)
    there, end = int(wanted["start_offset"]), int(wanted["end_offset"])
    if begun != there or (chunk.size or 0) > end - there:
        message = "There was a problem uploading your video file. Please try again with the right offset."
        raise GraphError(6001, f"(#6001) {message}", 1363037, transient=True, data=dict(wanted))
    await append(chunk, file_of(ask.world, video))
    if received(ask.world, video) == video.total and video.uploaded_at is None:
        take_file(ask, video)
    return offsets(ask, video)


async def append(part: UploadFile, path: Path) -> None:
    """Copy an uploaded part to the end of a file."""
    await asyncio.to_thread(copy, part, path)


def copy(part: UploadFile, path: Path) -> None:
    """Copy while the server serves others."""
    with open(path, "ab") as target:
        shutil.copyfileobj(part.file, target, PIECE_BYTES)


def finish_upload(ask: Ask, video: FbVideo) -> Any:
    """Publish, schedule or keep what was uploaded; once more changes nothing, but is counted."""
    if video.uploaded_at is None:
        message = "There was a problem uploading your video file. Please try again with another file."
        raise GraphError(6000, f"(#6000) {message}", 1363030)
    params = read_texts(ask, "video")
    state, at = wanted_state(ask, "video")
    finish(ask, video, params, state, at)
    return {"success": True}


async def whole_video(ask: Ask, page: MetaPage) -> Any:
    """Take a video in one request and publish it: the answer comes after the bytes."""
    params = read_texts(ask, "video")
    state, at = wanted_state(ask, "video")
    video = FbVideo(id=new_video_id(), page=page.id, kind="video", created_at=ask.world.now())
    video.fail = ask.fail
    await fill(ask, page, video)
    if thumb := ask.files.get("thumb"):
        await use_picture(ask, video, await thumb.read(), preferred=True)
    take_file(ask, video)
    finish(ask, video, params, state, at)
    return {"id": video.id}


async def fill(ask: Ask, page: MetaPage, video: FbVideo) -> None:
    """Get the bytes of a video from wherever the call says."""
    path = file_of(ask.world, video)
    if source := ask.files.get("source"):
        if (source.size or 0) > MAX_SIMPLE_BYTES:
            raise GraphError(6000, "(#6000) The video file you tried to upload is too large.")
        await append(source, path)
    elif address := ask.text("file_url"):
        await pull(ask, address, path)
    elif handle := ask.text("fbuploader_video_file_chunk"):
        link(path, ask, uploaded(ask, handle).file)
    elif crossposted := ask.text("crossposted_video_id"):
        link(path, ask, file_of(ask.world, shared(ask, page, crossposted)).name)
        video.origin = crossposted
    elif media := ask.text("source_instagram_media_id"):
        link(path, ask, posted(ask, page, media).file)
        video.origin = media
    else:
        raise missing("source")
    if path.stat().st_size < MIN_BYTES:
        raise GraphError(382, "(#382) The video file you selected is too small. Please try again with a larger file.")


async def pull(ask: Ask, address: str, path: Path) -> None:
    """Fetch `file_url`."""
    seconds = ask.world.switches.meta_fetch_seconds
    try:
        await asyncio.to_thread(fetch, address, path, seconds=seconds, most=MAX_BYTES)
    except CannotFetch as error:
        raise GraphError(389, f"(#389) Unable to fetch video file from URL. {error.detail}") from None


def uploaded(ask: Ask, handle: str) -> MetaUpload:
    """Return a complete upload of the Resumable Upload API."""
    found = next((one for one in ask.world.shelf(MetaUpload) if one.handle == handle), None)
    if found is None or found.person != ask.caller.person:
        raise GraphError(6000, "(#6000) There was a problem uploading your video file.")
    return found


def shared(ask: Ask, page: MetaPage, key: str) -> FbVideo:
    """Return another Page's video that this Page may show."""
    found = ask.world.shelf(FbVideo).get(key)
    allowed = (found.params.get("allow_crossposting_for_pages") or {}) if found else {}
    if found is None or not (allowed.get(page.id) or found.params.get("allow_bm_crossposting")):
        raise invalid("The video cannot be crossposted to this page.")
    return found


def posted(ask: Ask, page: MetaPage, key: str) -> IgMedia:
    """Return a post of the Instagram account behind the Page."""
    found = ask.world.shelf(IgMedia).get(key)
    profile = ask.world.shelf(IgProfile).get(found.profile) if found else None
    if found is None or profile is None or profile.page != page.id:
        raise invalid("Param source_instagram_media_id must be a media of the linked Instagram account.")
    return found


def link(path: Path, ask: Ask, name: str) -> None:
    """Give a video the bytes of another thing's file."""
    source = ask.world.files / name
    if not source.exists():
        raise GraphError(6000, "(#6000) There was a problem uploading your video file.")
    shutil.copyfile(source, path)
