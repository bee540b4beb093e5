"""How uploads to upload-post.com stand, what was posted, what may be tried again (reference D.3, D.4)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from include.sandbox.asking import object_of
from include.sandbox.gateway_published import gateway_entry, state_of
from include.sandbox.gateway_things import UploadJob
from include.sandbox.keyed import KeyHolder
from include.sandbox.upload_post_uploads import no, result_of, settle, settle_all
from include.sandbox.world import World, iso

Json = dict[str, Any]
TEXTS = frozenset({"title", "description", "video", "platform[]", "user"})


def jobs_of(world: World, holder: KeyHolder) -> list[UploadJob]:
    """Return a key holder's jobs, the newest first."""
    mine = [one for one in world.shelf(UploadJob) if one.user == holder.user]
    return sorted(mine, key=lambda one: one.created_at, reverse=True)


def named(world: World, holder: KeyHolder, asked: Any) -> UploadJob | None:
    """Return the job a request or job id names."""
    request_id, job_id = asked.get("request_id"), asked.get("job_id")
    mine = jobs_of(world, holder)
    return next((one for one in mine if request_id == one.request_id or (job_id and job_id == one.job_id)), None)


async def status(request: Request, holder: KeyHolder) -> Response:
    """`GET /api/uploadposts/status?request_id=…`: the first look always finds it pending."""
    world: World = request.app.state.world
    query = request.query_params
    if not query.get("request_id") and not query.get("job_id"):
        return JSONResponse({"error": "request_id is required"}, 400)
    job = named(world, holder, query)
    if job is None:
        return JSONResponse({"request_id": query.get("request_id"), "status": "not_found"}, 404)
    job.polls += 1
    await request.app.state.workshop.looked_at([job] if job.uploaded_at else [])
    settle(world, job, holder)
    if job.polls == 1 and not job.done_at:
        return JSONResponse({"request_id": job.request_id, "status": "pending", "completed": 0, "total": None})
    done = list(job.results.values())
    failed = bool(done) and not any(one.get("success") or one.get("skipped") for one in done)
    state = ("failed" if failed else "completed") if job.done_at else "in_progress"
    if job.scheduled_for and not job.done_at:
        state = "pending"
    elements: Any = [{"platform": name, "upload_timestamp": iso(job.done_at or 0), **one}
                     for name, one in job.results.items()]  # fmt: skip
    if not job.done_at:  # it says success before anything is out
        elements = [{"platform": name, "success": True, "message": "Queued"} for name in job.platforms]
    if world.switches.upload_post_results == "object":
        elements = {one["platform"]: one for one in elements}
    return JSONResponse(
        {"request_id": job.request_id, "job_id": job.job_id, "status": state, "completed": len(done),
         "total": len(job.platforms), "results": elements, "last_update": iso(world.now())}
    )  # fmt: skip


async def history(request: Request, holder: KeyHolder) -> Response:
    """`GET /api/uploadposts/history`: one row for each platform of each upload that is over."""
    world: World = request.app.state.world
    settle_all(world)
    query = request.query_params
    page, limit = query.get("page", "1"), query.get("limit", "10")
    if not page.isdigit() or limit not in ("10", "20", "50", "100"):
        return no("limit must be one of 10, 20, 50, 100")
    found = [
        row_of(job, name, result)
        for job in jobs_of(world, holder)
        for name, result in job.results.items()
        if query.get("request_id") in (None, job.request_id) and query.get("platform") in (None, name)
    ]
    start = (int(page) - 1) * int(limit)
    return JSONResponse(
        {"history": found[start : start + int(limit)], "total": len(found), "page": int(page), "limit": int(limit)}
    )


def row_of(job: UploadJob, platform: str, result: Json) -> Json:
    """Return a row of the history."""
    return {
        "user_email": f"{job.user}@example.com", "profile_username": job.user, "platform": platform,
        "media_type": "video", "upload_timestamp": iso(job.done_at or 0), "success": bool(result.get("success")),
        "platform_post_id": result.get("post_id"), "post_url": result.get("url"),
        "error_message": result.get("error"), "media_size_bytes": job.size, "post_title": job.text("title"),
        "post_caption": job.text("description"), "is_async": job.is_true("async_upload"), "job_id": job.job_id,
        "request_id": job.request_id,
    }  # fmt: skip


async def retry(request: Request, holder: KeyHolder) -> Response:
    """`POST /api/uploadposts/posts/retry`: only the platforms that failed are tried again."""
    world: World = request.app.state.world
    asked = await object_of(request)
    if not asked.get("request_id") and not asked.get("job_id"):
        return no("request_id or job_id is required")
    job = named(world, holder, asked)
    if job is None:
        return no("Job not found", 404)
    failed = [name for name, one in job.results.items() if not one.get("success")]
    if not failed:
        return no("Nothing to retry", 409)
    job.fail = None
    job.results |= {name: result_of(world, job, name, holder) for name in failed}
    world.shelf(UploadJob).keep(job)
    return JSONResponse({"success": True, "request_id": job.request_id, "message": f"Retrying {', '.join(failed)}"})


async def scheduled(request: Request, holder: KeyHolder) -> Response:
    """`GET /api/uploadposts/schedule`: a bare list."""
    waiting = [job for job in jobs_of(request.app.state.world, holder) if job.scheduled_for and not job.done_at]
    return JSONResponse(
        [
            {"job_id": job.job_id, "scheduled_date": iso(job.scheduled_for or 0), "post_type": "video",
             "profile_username": job.user, "title": job.text("title"), "preview_url": None}
            for job in waiting
        ]
    )  # fmt: skip


async def cancel(request: Request, holder: KeyHolder) -> Response:
    """`DELETE /api/uploadposts/schedule/{job_id}`."""
    world: World = request.app.state.world
    job = named(world, holder, {"job_id": request.path_params["job_id"]})
    if job is None or not job.scheduled_for or job.done_at:
        return JSONResponse({"success": False, "error": "Job not found"}, 404)
    world.shelf(UploadJob).drop(job.id)
    return JSONResponse({"success": True, "message": f"Job {job.job_id} cancelled and assets deleted."})


def published(world: World, address: str) -> list[tuple[float, Json]]:
    """Return what uploads became, one entry for each platform; a skipped one became nothing."""
    settle_all(world)
    return [
        (job.uploaded_at, described(job, name, address))
        for job in world.shelf(UploadJob)
        if job.uploaded_at
        for name in job.platforms
        if not job.results.get(name, {}).get("skipped")
    ]


def described(job: UploadJob, platform: str, address: str) -> Json:
    """Describe an upload on one platform in the common shape."""
    result = job.results.get(platform, {})
    draft = str(result.get("publish_id", "")).startswith("v_inbox")
    failed = bool(job.done_at) and not result.get("success")
    placed = {"youtube": "youtube_title", "facebook": "facebook_title"}.get(platform, f"{platform}_title")
    own = {"tiktok": "privacy_level", "youtube": "privacyStatus", "linkedin": "visibility"}.get(platform, "")
    kinds = {"facebook": job.text("facebook_media_type"), "instagram": job.text("media_type")}
    return gateway_entry(
        address, "upload_post", job, platform,
        account=job.user,
        account_id=job.user,
        id=result.get("post_id") or result.get("publish_id") or job.request_id,
        publish_id=result.get("publish_id") or job.request_id,
        kind="inbox" if draft else {"REELS": "reel", "STORIES": "story"}.get(kinds.get(platform, ""), "video"),
        title=job.text(placed) or job.text("title"),
        description=job.text(f"{platform}_description") or job.text("description"),
        tags=job.fields.get("tags[]", []),
        category=job.text("categoryId") or None,
        privacy=job.text(own) or "public",
        options={name: values[0] for name, values in job.fields.items() if name not in TEXTS},
        state=state_of(platform, done=bool(job.done_at), failed=failed, draft=draft),
        reason=result.get("error"),
    )  # fmt: skip
