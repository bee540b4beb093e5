"""`PublishingQueue`: jobs that wait: add, list, move, stop, try again, and how the queue stands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from include.client.config import PublishConfig
from include.client.publishing import PublishingManager

WAITING = ("scheduled", "waiting", "pending", "retrying")


class PublishingQueue:
    """The queue of whoever `desk` is signed in as."""

    def __init__(self, desk: PublishingManager) -> None:
        """Use a manager's connection."""
        self._desk = desk

    def add_job(self, config: PublishConfig) -> dict[str, Any]:
        """Put a release into the queue for its time, or publish it now when it has none; return the job."""
        return self._desk.publish(config)

    def list_jobs(self, status: str | None = None) -> Iterator[dict[str, Any]]:
        """Yield jobs that wait, the newest first; with a status all jobs of it."""
        for job in self._desk.jobs(status=status):
            if status is not None or job["status"] in WAITING:
                yield job

    def stats(self) -> dict[str, Any]:
        """Return how many publications wait, are due, late and running."""
        return dict(self._desk.get("/queue/stats"))

    def move(
        self, job_id: str, *, scheduled_for: str | None = None, timezone: str | None = None, priority: int | None = None
    ) -> dict[str, Any]:
        """Give a job another time or priority; raise `DeskError` 412 when somebody else changes it meanwhile."""
        tag = self._desk.send("GET", f"/jobs/{job_id}").headers["etag"]
        wanted = {"scheduled_for": scheduled_for, "timezone": timezone, "priority": priority}
        body = {name: value for name, value in wanted.items() if value is not None}
        return dict(self._desk.send("PATCH", f"/jobs/{job_id}", body, headers={"If-Match": tag}).json())

    def cancel(self, job_id: str) -> dict[str, Any]:
        """Stop what nothing was sent of."""
        return dict(self._desk.post(f"/jobs/{job_id}/cancel"))

    def retry(self, job_id: str) -> dict[str, Any]:
        """Try what failed again."""
        return dict(self._desk.post(f"/jobs/{job_id}/retry"))

    def times(self, account_id: str, *, days: int = 7) -> list[dict[str, Any]]:
        """Return good times to publish on an account, the soonest first."""
        return [dict(each) for each in self._desk.get(f"/accounts/{account_id}/times", days=days)["times"]]
