"""Reads the files of the YouTube Reporting API: reach, and countries by day, for all videos at once (youtube.md 11).

The jobs are made at the first reading. Each file is downloaded once; of several for a day the one made last counts and
replaces the day. A file lives 60 days (30 when it tells of days before the job): the log warns of one that is near its
end when a reading ends before it got there.
"""

from __future__ import annotations

import csv
import hashlib
import io
import logging
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import httpx

from include.platforms.errors import Rejected, TryAgain
from include.platforms.http import UPLOAD_TIMEOUT, Calls
from include.platforms.reading import Answer, Asked, Done, Remember, Rows, Whole
from include.platforms.youtube.asking import Json, object_of, objects, pages, patiently, refusal
from include.platforms.youtube.bulk_rows import TABLES, rows_of
from include.platforms.youtube.reports import pacific_day

log = logging.getLogger("release_desk.analytics")
FAMILIES = ("channel_basic_a", "channel_reach_basic_a")
"""Report types without the number at their end; of several the highest is the newest (youtube.md 11.4)."""
USUAL = {"channel_basic_a": "channel_basic_a3", "channel_reach_basic_a": "channel_reach_basic_a1"}
LOOK_AT_JOBS_DAYS = 7
KEPT = timedelta(days=60)
BACKFILL_KEPT = timedelta(days=30)
WARN_BEFORE = timedelta(days=7)
MAX_REMEMBERED = 200


@dataclass(kw_only=True)
class _State:
    """What is remembered: jobs by type, when they were looked at, and which of their files are read."""

    jobs: dict[str, str] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)
    looked_at: str = ""
    until: dict[str, str] = field(default_factory=dict)
    read: dict[str, list[str]] = field(default_factory=dict)


def read_bulk(calls: Calls, asked: Asked) -> Iterator[Answer]:
    """Read every file that was made since the last time."""
    state = _State(**asked.state)
    old = not state.looked_at or datetime.fromisoformat(state.looked_at) < asked.now - timedelta(days=LOOK_AT_JOBS_DAYS)
    if old or len(state.jobs) < len(FAMILIES):
        yield from _find_jobs(calls, asked, state)
        yield Remember(state=vars(state))
        yield Done()
    for kind, job in sorted(state.jobs.items()):
        try:
            yield from _read_job(calls, asked, state, kind, job)
        except Rejected as error:
            if error.status != httpx.codes.NOT_FOUND:
                raise
            del state.jobs[kind]  # somebody deleted the job: it is made anew the next time
        yield Remember(state=vars(state))
        yield Done()


def _find_jobs(calls: Calls, asked: Asked, state: _State) -> Iterator[Answer]:
    """Learn the jobs there are, and make those that are missing, of the newest type."""
    jobs = _jobs(calls)
    wanted = _newest_types(calls) if any(_of(jobs, family) is None for family in FAMILIES) or not state.jobs else {}
    for family in FAMILIES:
        kind = wanted.get(family, USUAL[family])
        if _of(jobs, family) is None or (family in wanted and kind not in jobs):
            _make_job(calls, kind)
            jobs = _jobs(calls)
    newest = {
        max(mine, key=_number) for family in FAMILIES if (mine := [one for one in jobs if one.startswith(family)])
    }
    state.jobs = {kind: str(jobs[kind].get("id")) for kind in sorted(newest)}
    state.made = {kind: str(jobs[kind].get("createTime") or "") for kind in sorted(newest)}
    state.looked_at = asked.now.isoformat()
    yield Rows(
        table="youtube.reporting_job",
        rows=[
            {"job_id": job.get("id"), "report_type": kind, "name": job.get("name"),
             "created_at": job.get("createTime"), "expires_at": job.get("expireTime")}
            for kind, job in jobs.items()
        ],
    )  # fmt: skip


def _jobs(calls: Calls) -> dict[str, Json]:
    listed = pages(calls, "reporting", "/v1/jobs", endpoint="jobs.list")
    return {str(job.get("reportTypeId")): job for page in listed for job in objects(page, "jobs")}


def _of(jobs: Mapping[str, Json], family: str) -> Json | None:
    return next((job for kind, job in jobs.items() if kind.startswith(family)), None)


def _newest_types(calls: Calls) -> dict[str, str]:
    listed = pages(calls, "reporting", "/v1/reportTypes", endpoint="reportTypes.list")
    kinds = [
        str(one.get("id")) for page in listed for one in objects(page, "reportTypes") if not one.get("deprecateTime")
    ]
    return {
        family: max(mine, key=_number)
        for family in FAMILIES
        if (mine := [kind for kind in kinds if re.fullmatch(family + r"\d+", kind)])
    }


def _number(kind: str) -> int:
    return int(re.sub(r"^.*?(\d*)$", r"\1", kind) or 0)


def _make_job(calls: Calls, kind: str) -> None:
    """Make a job; one that is there already (409) is as good. To be repeated freely: there is one a type."""

    def once() -> None:
        response = calls.send(
            "POST", calls.address("reporting", "/v1/jobs"), endpoint="jobs.create", changes=False,
            json_body={"reportTypeId": kind, "name": f"release desk: {kind}"},
        )  # fmt: skip
        if not response.is_success and response.status_code != httpx.codes.CONFLICT:
            raise refusal(calls, response, "jobs.create")
        if response.is_success:
            object_of(response, "jobs.create")

    patiently(calls, once)


def _read_job(calls: Calls, asked: Asked, state: _State, kind: str, job: str) -> Iterator[Answer]:
    params = {"createdAfter": state.until[kind]} if kind in state.until else {}
    listed = [
        one
        for page in pages(calls, "reporting", f"/v1/jobs/{job}/reports", endpoint="jobs.reports.list", params=params)
        for one in objects(page, "reports")
        if one.get("id") and one.get("startTime") and one.get("createTime")
    ]
    seen = set(state.read.get(kind, ()))
    coming = [one for one in _newest_of_each_day(listed) if one["id"] not in seen]
    yield Rows(
        table="youtube.report_file",
        rows=[_file_row(state, kind, job, one) for one in listed if one["id"] not in seen],
    )
    for number, one in enumerate(coming):
        try:
            yield from _read_file(calls, asked, state, kind, job, one)
        except Exception:
            _warn_of(coming[number:], asked, state, kind)
            raise
        state.read[kind] = [*state.read.get(kind, []), str(one["id"])][-MAX_REMEMBERED:]
        yield Remember(state=vars(state) | {"read": dict(state.read)})
        yield Done()
    if listed:
        state.until[kind] = max(str(one["createTime"]) for one in listed)
        state.read[kind] = []


def _newest_of_each_day(listed: list[Json]) -> list[Json]:
    """Return of each day the file that was made last, the oldest day first."""
    found: dict[str, Json] = {}
    for one in sorted(listed, key=lambda each: str(each["createTime"])):
        found[str(one["startTime"])] = one
    return [found[start] for start in sorted(found)]


def _file_row(state: _State, kind: str, job: str, one: Json, **read: Any) -> dict[str, Any]:
    """Return what is known of a file; without `read` it still waits to be downloaded."""
    known = {
        "job_id": job, "report_id": one["id"], "report_type": kind, "day": _day_of(one), "starts_at": one["startTime"],
        "ends_at": one.get("endTime"), "created_at": one["createTime"], "expires_at": _expires_at(state, kind, one),
    }  # fmt: skip
    return {**known, "read_at": None, "bytes": None, "rows": None, "sha256": None, "lost": None, **read}


def _expires_at(state: _State, kind: str, one: Json) -> datetime:
    before_job = str(one.get("endTime") or "") <= state.made.get(kind, "")
    return datetime.fromisoformat(str(one["createTime"])) + (BACKFILL_KEPT if before_job else KEPT)


def _warn_of(unread: list[Json], asked: Asked, state: _State, kind: str) -> None:
    """Tell of files that this reading does not get to and that are soon gone."""
    for one in unread:
        expires = _expires_at(state, kind, one)
        if expires - asked.now < WARN_BEFORE:
            log.warning("a report of YouTube (%s, %s) is lost at %s unless it is read before", kind, one["id"], expires)


def _day_of(one: Json) -> date:
    return pacific_day(datetime.fromisoformat(str(one["startTime"])))


def _read_file(calls: Calls, asked: Asked, state: _State, kind: str, job: str, one: Json) -> Iterator[Answer]:
    """Download a file and replace its day; one that has expired is written down as lost."""
    try:
        content = patiently(calls, lambda: _download(calls, str(one.get("downloadUrl") or "")))
    except Rejected as error:
        if error.status != httpx.codes.NOT_FOUND:
            raise
        log.warning("the report %s of YouTube (%s) expired before it was read", one["id"], kind)
        yield Rows(table="youtube.report_file", rows=[_file_row(state, kind, job, one, lost=True)])
        return
    family, day = kind.rstrip("0123456789"), _day_of(one)
    table = TABLES[family]
    text = io.StringIO(content.decode("utf-8-sig"), newline="")
    rows = rows_of(family, csv.DictReader(text), asked.is_provisional(day))
    yield Whole(table=table, first=day, last=day)
    yield Rows(table=table, rows=[row for row in rows if row["day"] == day])
    read = {"read_at": asked.now, "bytes": len(content), "rows": len(rows), "lost": False,
            "sha256": hashlib.sha256(content).hexdigest()}  # fmt: skip
    yield Rows(table="youtube.report_file", rows=[_file_row(state, kind, job, one, **read)])


def _download(calls: Calls, address: str) -> bytes:
    response = calls.send("GET", address, endpoint="media.download", changes=False, timeout=UPLOAD_TIMEOUT)
    if not response.is_success:
        raise refusal(calls, response, "media.download")
    if b"," not in response.content[:200] or response.content[:1] in (b"<", b"{"):
        raise TryAgain("YouTube sent something else than a report.", status=response.status_code)
    return response.content
