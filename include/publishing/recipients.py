"""Who gets a notice: the installation's own addresses, its owner's e-mail and webhooks, and the jobs' `webhook_url`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg.types.json import Jsonb

from include import settings
from include.database import queries
from include.publishing.wording import MAILED_AS

NOTICES, WEBHOOKS = queries.load("notices"), queries.load("webhooks")
NOT_BY_WEBHOOK = frozenset({"weekly"})
"""A letter for a person; programs have `GET activity/figures`."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """A job a notice is about, as far as its receiver has to know it."""

    job_id: str
    webhook_url: str | None = None
    callback_data: Mapping[str, Any] = field(default_factory=dict)


def job_of(row: Mapping[str, Any]) -> Job:
    """Return the job of a row with `job_id` and `conf`."""
    conf = row["conf"]
    return Job(
        job_id=row["job_id"], webhook_url=conf.get("webhook_url"), callback_data=conf.get("callback_data") or {}
    )  # fmt: skip


def distinct(jobs: Sequence[Job]) -> list[Job]:
    """Return each address and callback data once: runs that go on with a job repeat its conf under another id."""
    found: list[Job] = []
    for job in jobs:
        if not any((job.webhook_url, job.callback_data) == (each.webhook_url, each.callback_data) for each in found):
            found.append(job)
    return found


def send_to_all(connection: Any, owner: str, notice_id: Any, kind: str, jobs: Sequence[Job] = ()) -> None:
    """Write down, in the caller's transaction, every delivery of a notice; `delivery.py` makes them."""
    jobs = distinct(jobs)
    first = jobs[0] if jobs else None

    def keep(way: str, job: Job | None = first, **where: Any) -> None:
        row = {"owner": owner, "notice_id": notice_id, "way": way, "address": "", "endpoint_id": None, "held": False}
        row |= {"job_id": job.job_id if job else "", "callback_data": Jsonb(dict(job.callback_data) if job else {})}
        connection.exec_driver_sql(NOTICES["keep_delivery"], row | where)

    wanted = settings.distribution().notices
    choice = MAILED_AS.get(kind)
    if wanted.email_to and choice in wanted.email_kinds:
        keep("email")
    mine = connection.exec_driver_sql(NOTICES["read_choice"]).first()
    if mine is not None and choice in mine.kinds:
        keep("email", address=mine.address)
    if kind in NOT_BY_WEBHOOK:
        return
    if wanted.webhook_url:
        keep("webhook")
    for each in connection.exec_driver_sql(WEBHOOKS["list_endpoints"]).all():
        if not each.for_jobs and (not each.kinds or kind in each.kinds):
            keep("webhook", endpoint_id=each.endpoint_id, held=each.paused_at is not None)
    for job in jobs:
        if job.webhook_url:
            address = {"owner": owner, "url": job.webhook_url}
            each = connection.exec_driver_sql(WEBHOOKS["endpoint_for_job"], address).one()
            keep("webhook", job, endpoint_id=each.endpoint_id, held=each.paused_at is not None)
