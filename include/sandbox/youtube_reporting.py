"""The YouTube Reporting API: jobs, the files they make, and the files themselves (youtube.md 11)."""

from __future__ import annotations

import gzip
import uuid
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from include.sandbox.world import iso
from include.sandbox.youtube_answers import GoogleError, body_of, offset_of, token_for
from include.sandbox.youtube_gate import Caller, sign_in
from include.sandbox.youtube_report_files import TYPES, ReportFile, csv_of, files_of
from include.sandbox.youtube_things import ReportJob

Json = dict[str, Any]
PAGE = 50
STATUSES = {400: "INVALID_ARGUMENT", 403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ALREADY_EXISTS"}


class ReportingError(GoogleError):
    """An error of the Reporting API: no list of reasons, only a status by name (11.6)."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, STATUSES[status], message)
        self.body = {"error": {"code": status, "message": message, "status": STATUSES[status]}}


def enter(request: Request) -> Caller:
    """Sign in; raises 401 and 403."""
    return sign_in(request, "reporting")


async def list_types(request: Request) -> Response:
    """`GET /v1/reportTypes`."""
    enter(request)
    return page(request, "reportTypes", [{"id": key, "name": one.name} for key, one in TYPES.items()])


async def list_jobs(request: Request) -> Response:
    """`GET /v1/jobs`."""
    caller = enter(request)
    return page(request, "jobs", [shown_job(job) for job in jobs_of(caller)])


async def create_job(request: Request) -> Response:
    """`POST /v1/jobs`: one for each type."""
    caller, body = enter(request), await body_of(request)
    kind = body.get("reportTypeId")
    if kind not in TYPES or not isinstance(body.get("name"), str) or not 0 < len(body["name"]) <= 100:
        raise ReportingError(400, "Request contains an invalid argument.")
    if any(job.report_type == kind for job in jobs_of(caller)):
        raise ReportingError(409, "Requested entity already exists")
    job = ReportJob(
        id=str(uuid.uuid4()), channel=caller.account.id, report_type=str(kind), name=body["name"],
        created_at=caller.world.now(),
    )  # fmt: skip
    caller.world.shelf(ReportJob).keep(job)
    return JSONResponse(shown_job(job))


async def one_job(request: Request) -> Response:
    """`GET` and `DELETE /v1/jobs/{job}`."""
    caller = enter(request)
    job = job_of(caller, request.path_params["job"])
    if request.method == "GET":
        return JSONResponse(shown_job(job))
    caller.world.shelf(ReportJob).drop(job.id)
    return JSONResponse({})


async def list_reports(request: Request) -> Response:
    """`GET /v1/jobs/{job}/reports`; the newest first."""
    caller = enter(request)
    job, given = job_of(caller, request.path_params["job"]), request.query_params
    after, since, before = (
        moment_of(given.get(name)) for name in ("createdAfter", "startTimeAtOrAfter", "startTimeBefore")
    )
    found = [
        shown_report(request, job, one)
        for one in sorted(files_of(caller.world, job), key=lambda one: (one.created_at, one.id), reverse=True)
        if (after is None or one.created_at > after)
        and (since is None or one.begins_at >= since)
        and (before is None or one.begins_at < before)
    ]
    return page(request, "reports", found)


async def one_report(request: Request) -> Response:
    """`GET /v1/jobs/{job}/reports/{report}`."""
    caller = enter(request)
    job = job_of(caller, request.path_params["job"])
    return JSONResponse(shown_report(request, job, file_of(caller, job, request.path_params["report"])))


async def download(request: Request) -> Response:
    """`GET /v1/media/CHANNEL/{channel}/jobs/{job}/reports/{report}?alt=media`: the CSV, compressed where asked."""
    caller = enter(request)
    if request.path_params["channel"] != caller.account.id:
        raise ReportingError(403, "The caller does not have permission")
    job = job_of(caller, request.path_params["job"])
    content = csv_of(caller.world, job, file_of(caller, job, request.path_params["report"])).encode()
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(gzip.compress(content, 1), headers={"Content-Encoding": "gzip"}, media_type="text/csv")
    return Response(content, media_type="text/csv")


def jobs_of(caller: Caller) -> list[ReportJob]:
    """Return the channel's jobs."""
    return [job for job in caller.world.shelf(ReportJob) if job.channel == caller.account.id]


def job_of(caller: Caller, key: str) -> ReportJob:
    """Return one of the channel's jobs; raises 404."""
    job = caller.world.shelf(ReportJob).get(key)
    if job is None or job.channel != caller.account.id:
        raise ReportingError(404, "Requested entity was not found.")
    return job


def file_of(caller: Caller, job: ReportJob, key: str) -> ReportFile:
    """Return a file that has not expired; raises 404."""
    for one in files_of(caller.world, job):
        if one.id == key:
            return one
    raise ReportingError(404, "Requested entity was not found.")


def shown_job(job: ReportJob) -> Json:
    """Return a job as it is shown."""
    return {"id": job.id, "reportTypeId": job.report_type, "name": job.name, "createTime": iso(job.created_at)}


def shown_report(request: Request, job: ReportJob, one: ReportFile) -> Json:
    """Return a file as it is shown."""
    address = str(request.base_url).rstrip("/")
    path = f"/youtube/reporting/v1/media/CHANNEL/{job.channel}/jobs/{job.id}/reports/{one.id}?alt=media"
    return {
        "id": one.id, "jobId": job.id, "startTime": iso(one.begins_at), "endTime": iso(one.ends_at),
        "createTime": iso(one.created_at), "downloadUrl": address + path,
    }  # fmt: skip


def moment_of(text: str | None) -> float | None:
    """Read a time; raises the 400 for what is none."""
    try:
        return datetime.fromisoformat(text).astimezone(UTC).timestamp() if text else None
    except ValueError:
        raise ReportingError(400, "Request contains an invalid argument.") from None


def page(request: Request, name: str, found: list[Json]) -> Response:
    """Answer a page of a list; an empty list is left out."""
    given = request.query_params
    start, size = offset_of(given.get("pageToken")), min(PAGE, int(given.get("pageSize") or PAGE))
    body: Json = {name: found[start : start + size]} if found[start : start + size] else {}
    if start + size < len(found):
        body["nextPageToken"] = token_for(start + size)
    return JSONResponse(body)
