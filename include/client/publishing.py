"""`PublishingManager`: accounts, publishing to one, to many, in batch, and what becomes of it."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from include.client.config import PublishConfig
from include.client.connection import Connection

OVER = ("completed", "partially_completed", "failed", "cancelled")


class PublishingManager(Connection):
    """Release Desk as one user has it; every method raises `DeskError` with the sentence of the answer.

    What it returns is the API's own JSON; docs/api.md shows it, `/api/publishing/docs` explains each field.
    """

    def add_account(
        self, account_id: str, platform: str, credentials: Mapping[str, Any] | None = None, *, route: str = "direct",
        is_default: bool = True,
    ) -> dict[str, Any]:  # fmt: skip
        """Connect an account; without credentials return `address`, the consent page a person has to open."""
        body = {"account_id": account_id, "platform": platform, "route": route, "is_default": is_default}
        return dict(self.post("/accounts", body | ({"credentials": dict(credentials)} if credentials else {})))

    def accounts(self) -> list[dict[str, Any]]:
        """Return all accounts and their health."""
        return list(self.get("/accounts")["accounts"])

    def remove_account(self, account_id: str) -> dict[str, Any]:
        """Disconnect an account."""
        return dict(self.send("DELETE", f"/accounts/{account_id}").json())

    def publish(self, config: PublishConfig) -> dict[str, Any]:
        """Publish a release now, or at its time when it has one; return the job."""
        return dict(self.post("/publish/scheduled" if config.scheduled_for else "/publish/immediate", config.body()))

    def publish_to(self, account_id: str, config: PublishConfig) -> dict[str, Any]:
        """Publish a release to one account, whatever accounts it names."""
        return self.publish_to_many([account_id], config)

    def publish_to_many(self, account_ids: Iterable[str], config: PublishConfig) -> dict[str, Any]:
        """Publish a release to several accounts with the same texts; return one job."""
        return self.publish(replace(config, accounts=tuple(account_ids), platforms=(), targets=()))

    def publish_batch(
        self, rows: Sequence[PublishConfig | Mapping[str, Any]], *, columns: Mapping[str, str] | None = None,
        defaults: Mapping[str, Any] | None = None, partial: bool = False, dry_run: bool = False,
    ) -> dict[str, Any]:  # fmt: skip
        """Publish many releases: all, with `partial` the good ones, or none; `problems` of the answer says why."""
        sent = [each.row() if isinstance(each, PublishConfig) else dict(each) for each in rows]
        body = {"rows": sent, "columns": dict(columns or {}), "defaults": dict(defaults or {}), "partial": partial}
        return dict(self.post("/publish/batch", body | {"dry_run": dry_run}))

    def validate(self, config: PublishConfig) -> dict[str, Any]:
        """Say what would become of a release on each account; nothing is sent."""
        known = ("segment", "age_bucket", "title_id", "export_root", "platforms", "targets")
        return dict(self.post("/validate", {name: value for name, value in config.body().items() if name in known}))

    def job(self, job_id: str) -> dict[str, Any]:
        """Return a job and what became of it on every account."""
        return dict(self.get(f"/jobs/{job_id}"))

    def jobs(self, *, status: str | None = None, platform: str | None = None) -> Iterator[dict[str, Any]]:
        """Yield all jobs, the newest first, page by page."""
        cursor = None
        while True:
            page = self.get("/jobs", status=status, platform=platform, cursor=cursor, limit=100)
            yield from page["jobs"]
            if (cursor := page["cursor"]) is None:
                return

    def wait(self, job_id: str, *, seconds: float = 600, every: float = 1.0) -> dict[str, Any]:
        """Look at a job until all of it is over; raise `TimeoutError` when it takes longer than `seconds`."""
        until = time.monotonic() + seconds
        while (job := self.job(job_id))["status"] not in OVER:
            if time.monotonic() > until:
                raise TimeoutError(f"{job_id} is {job['status']} after {seconds:g} s.")
            time.sleep(every)
        return job
