"""Uploads to upload-post.com: taken in, checked, worked on; the same idempotency key is the same upload (D.2)."""

from __future__ import annotations

import asyncio
import shutil
import uuid
from pathlib import Path
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from include.sandbox.gateway_published import new_post
from include.sandbox.gateway_things import UploadJob
from include.sandbox.keyed import KeyHolder
from include.sandbox.meta_fetch import CannotFetch, fetch
from include.sandbox.upload_post_rules import BadUpload, check, time_of, violations, warnings
from include.sandbox.workshop import Workshop, file_of
from include.sandbox.world import World, iso, new_id

Json = dict[str, Any]
KEY_SECONDS = 86_400
FETCH_SECONDS = 60
MAX_BYTES = 4 << 30


def job_key(holder: KeyHolder, request_id: str) -> str:
    """Return what a job is kept as: request ids are the client's own, so each key holder has their own ones."""
    return f"{holder.id[-12:].strip('=')}-{request_id}"


def no(message: str, status: int = 400) -> Response:
    """Answer a refusal."""
    return JSONResponse({"success": False, "message": message}, status)


async def upload(request: Request, holder: KeyHolder) -> Response:
    """`POST /api/upload`: a form with a file, or with an address."""
    world: World = request.app.state.world
    key = request.headers.get("idempotency-key")
    async with request.form(max_part_size=1 << 20) as form:
        if request.headers.get("content-length", "").isdigit() is False:
            return no("Length required", 411)
        fields: dict[str, list[str]] = {}
        for name, value in form.multi_items():
            if isinstance(value, str):
                fields.setdefault(name, []).append(value)
        file = next((value for value in form.getlist("video") if isinstance(value, UploadFile)), None)
        first = known_job(world, holder, key)
        if first is not None:
            return answer(world, first, [])
        return await take(request, holder, fields, file, key)


def keep_file(file: UploadFile, path: Path) -> int:
    """Copy a form's file to its place; return its size."""
    with open(path, "wb") as target:
        shutil.copyfileobj(file.file, target)
    return path.stat().st_size


def known_job(world: World, holder: KeyHolder, key: str | None) -> UploadJob | None:
    """Return the job an idempotency key of the last 24 hours began."""
    since = world.now() - KEY_SECONDS
    mine = (one for one in world.shelf(UploadJob) if key and one.key == key and one.user == holder.user)
    return next((one for one in mine if one.created_at > since), None)


async def take(
    request: Request, holder: KeyHolder, fields: dict[str, list[str]], file: UploadFile | None, key: str | None
) -> Response:
    """Check an upload and make it a job."""
    world: World = request.app.state.world
    url = next(iter(fields.get("video", [])), None)
    try:
        check(fields, has_video=file is not None or bool(url))
        later = time_of(fields, world.now())
    except BadUpload as error:
        return no(str(error))
    if fields["user"][0] != holder.user:
        return no("User not found", 404)
    request_id = (fields.get("request_id") or [request.headers.get("x-request-id") or uuid.uuid4().hex])[0]
    job = UploadJob(
        id=job_key(holder, request_id), request_id=request_id, user=holder.user, key=key,
        platforms=fields["platform[]"], fields=fields, created_at=world.now(), video_url=None if file else url,
        job_id=f"scheduler_job_{new_id(12)}" if later else None, scheduled_for=later,
        fail=request.scope.get("sandbox.fail"),
    )  # fmt: skip
    if world.shelf(UploadJob).get(job.id):  # a request id that was used already: another job all the same
        job.id += "-" + new_id(6, "abcdefghijklmnopqrstuvwxyz")
    if file is not None:
        job.size = await asyncio.to_thread(keep_file, file, file_of(world, job))
    if found := violations(world, job):
        file_of(world, job).unlink(missing_ok=True)
        return JSONResponse({"success": False, "message": "Post verification failed", "violations": found}, 429)
    return await begin(request, holder, job, has_file=file is not None)


async def begin(request: Request, holder: KeyHolder, job: UploadJob, *, has_file: bool) -> Response:
    """Start the work; who did not ask for `async_upload` waits for it, up to 59 seconds."""
    world: World = request.app.state.world
    workshop: Workshop = request.app.state.workshop
    world.shelf(UploadJob).keep(job)
    if has_file:
        arrived(world, workshop, job)
    else:
        workshop.run(get_video(world, workshop, job))
    told = warnings(job.fields)
    if job.scheduled_for:
        return JSONResponse({"success": True, "job_id": job.job_id, "scheduled_date": iso(job.scheduled_for)}, 202)
    if not job.is_true("async_upload"):
        until = world.now() + world.switches.upload_post_sync_seconds
        while job.done_at is None and world.now() < until:
            await asyncio.sleep(0.02)
            settle(world, job, holder)
    return answer(world, job, told)


def arrived(world: World, workshop: Workshop, job: UploadJob) -> None:
    """Note that the video is there."""
    job.uploaded_at = world.now()
    world.shelf(UploadJob).keep(job)
    workshop.take(job)


async def get_video(world: World, workshop: Workshop, job: UploadJob) -> None:
    """Fetch the video from its address."""
    try:
        most = MAX_BYTES
        job.size = await asyncio.to_thread(
            fetch, job.video_url or "", file_of(world, job), seconds=FETCH_SECONDS, most=most
        )
    except CannotFetch as error:
        job.results = {name: {"success": False, "error": f"Could not download the video: {error}"}
                       for name in job.platforms}  # fmt: skip
        job.done_at = world.now()
        world.shelf(UploadJob).keep(job)
        return
    if world.shelf(UploadJob).get(job.id) is job:
        arrived(world, workshop, job)


def resume(world: World, workshop: Workshop) -> None:
    """After a restart, fetch what was not there yet."""
    for job in world.shelf(UploadJob):
        if job.uploaded_at is None and job.done_at is None and job.video_url:
            workshop.run(get_video(world, workshop, job))


def settle(world: World, job: UploadJob, holder: KeyHolder | None) -> UploadJob:
    """Let time pass for a job."""
    due = max(job.uploaded_at or 0, job.scheduled_for or 0) + world.switches.processing_seconds
    if job.done_at or not job.uploaded_at or job.facts is None or holder is None or world.now() < due:
        return job
    job.results = {name: result_of(world, job, name, holder) for name in job.platforms}
    job.done_at = world.now()
    return world.shelf(UploadJob).keep(job)


def settle_all(world: World) -> None:
    """Let time pass for every job."""
    holders = {one.user: one for one in world.shelf(KeyHolder) if one.service == "upload_post"}
    for job in world.shelf(UploadJob):
        settle(world, job, holders.get(job.user))


def result_of(world: World, job: UploadJob, platform: str, holder: KeyHolder) -> Json:
    """Return what became of one platform: a post, a draft in TikTok's inbox, a failure, or nothing at all."""
    if platform not in holder.accounts:
        return {"success": False, "skipped": True, "message": f"No {platform} account is connected"}
    if job.fail or (job.facts or {}).get("problem"):
        return {"success": False, "error": job.fail or "The file is not a valid video"}
    pages = {each["id"] for each in holder.pages.get(platform, [])}
    page = job.text("facebook_page_id" if platform == "facebook" else "target_linkedin_page_id")
    if platform in ("facebook", "linkedin") and page and page not in pages:
        return {"success": False, "error": f"Page {page} was not found"}
    if platform == "tiktok":
        return tiktok_result(world, job, holder)
    kind = "reel" if job.text("facebook_media_type") == "REELS" else "video"
    post, url = new_post(platform, holder.accounts[platform], kind)
    return {"success": True, "post_id": post, "url": url}


def tiktok_result(world: World, job: UploadJob, holder: KeyHolder) -> Json:
    """TikTok may refuse a direct post: then the video lands in the inbox, unless that was forbidden."""
    asked, offered = job.text("privacy_level"), world.switches.tiktok_privacy_options
    if asked and offered and asked not in offered:
        told = "The privacy level is not available for this account"
        return {"success": False, "error": told, "error_code": "tiktok_privacy_unavailable"}
    if job.text("post_mode") == "MEDIA_UPLOAD" or job.is_true("tiktok_upload_to_draft"):
        return {"success": True, "publish_id": f"v_inbox_file~v2.{new_id(19, '0123456789')}", "status": "INBOX"}
    if world.switches.upload_post_tiktok_refuses:
        if job.is_true("disable_inbox_fallback"):
            return {"success": False, "error": "reached_active_user_cap"}
        draft = f"v_inbox_url~v2.{new_id(19, '0123456789')}"
        return {"success": True, "fallback_to_inbox": True, "publish_id": draft}
    post, url = new_post("tiktok", holder.accounts["tiktok"], "video")
    publish_id = f"v_pub_file~v2.{new_id(19, '0123456789')}"
    return {"success": True, "publish_id": publish_id, "status": "PUBLISH_SUCCESS", "post_id": post, "url": url}


def answer(world: World, job: UploadJob, told: list[str]) -> Response:
    """Answer an upload: its results when they are there, else its request id. `success` says it was processed."""
    body: Json = {"success": True}
    if job.done_at:
        body |= {"results": job.results, "usage": {"count": 1, "limit": 120, "last_reset": iso(job.created_at)}}
    else:
        body |= {"request_id": job.request_id, "message": "Upload initiated successfully in background.",
                 "total_platforms": len(job.platforms)}  # fmt: skip
    return JSONResponse(body | ({"warnings": told} if told else {}))
