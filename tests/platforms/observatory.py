"""A connected sandbox account with planted videos, a clock that stands still, and what was collected of them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import yaml

from include import settings
from include.analytics import collect
from include.analytics.asking import Window
from include.database import engine
from include.platforms.reading import Dataset, datasets
from tests.analytics.conftest import publish
from tests.publishing.studio import OWNER, Studio


@dataclass(kw_only=True)
class Observatory:
    """One account on one platform; `now` is the sandbox's time, which stands still."""

    platform: str
    studio: Studio
    now: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    account_id: str = ""
    user: str = ""
    placement: str = "video"

    def connect(self, **wanted: Any) -> Observatory:
        """Stop the clock and connect an account; `wanted` are scopes and traits."""
        self.studio.sandbox.settings(clock_stopped_at=0.0, clock_offset_seconds=0.0)
        self.settings()
        self.move(self.now)
        self.account_id = self.studio.connect(self.platform, **wanted)
        self.user = self.trait_of()["id"]
        return self

    def settings(self, **changes: Any) -> None:
        """Use the project's metrics and analytics settings; `changes` are of the platform's section."""
        folder = self.studio.folder / "config"
        shutil.copytree(settings.PROJECT / "config" / "metrics", folder / "metrics", dirs_exist_ok=True)
        known = yaml.safe_load((settings.PROJECT / "config" / "analytics.yaml").read_text())
        known["platforms"] = (known.get("platforms") or {}) | ({self.platform: changes} if changes else {})
        (folder / "analytics.yaml").write_text(yaml.safe_dump(known))
        settings.forget()

    def move(self, to: datetime) -> None:
        """Let it be then, and stay so."""
        self.studio.sandbox._call("POST", "/sandbox/clock", {"to": to.isoformat(), "stop": True})
        self.now = to

    def trait_of(self, **traits: Any) -> dict[str, Any]:
        """Change the account's traits in the sandbox; return it."""
        if traits:
            self.studio.sandbox.account(self.platform, name=f"{self.platform} of {OWNER}", **traits)
        found = self.studio.sandbox._call("GET", "/sandbox/accounts")
        return next(one for one in found if one["platform"] == self.platform)

    def plant(self, count: int, ago: timedelta) -> list[str]:
        """Let videos be out on the platform and in the ledger."""
        at = self.now - ago
        wanted = {"platform": self.platform, "account": self.user, "count": count, "published_at": at.isoformat()}
        ids: list[str] = self.studio.sandbox._call("POST", "/sandbox/videos", wanted)["ids"]
        publish(OWNER, self.account_id, ids, at=at, placement=self.placement, platform=self.platform)
        return ids

    def dataset(self, name: str) -> Dataset:
        """Return one of the platform's datasets."""
        return next(one for one in datasets(self.platform) if one.name == name)

    def collect(self, name: str, days: tuple[date, date] | None = None, **how: Any) -> Any:
        """Read a dataset, all videos unless `everything` says otherwise."""
        window = Window(first=days[0], last=days[1]) if days else None
        how = {"everything": window is None} | how
        return collect.collect(OWNER, self.account_id, self.dataset(name), now=self.now, window=window, **how)

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """Ask the warehouse as the owner."""
        with engine.transaction(OWNER) as connection:
            return list(connection.exec_driver_sql(statement, values))

    def truth(self, first: date | None = None, last: date | None = None) -> list[dict[str, Any]]:
        """Return what really happened on some days (the last 30), the sums up to now."""
        last = last or self.now.date()
        first = first or last - timedelta(days=30)
        query = f"platform={self.platform}&first={first}&last={last}&at={self.now.strftime('%Y-%m-%dT%H:%M:%SZ')}"
        found: list[dict[str, Any]] = self.studio.sandbox._call("GET", f"/sandbox/truth?{query}")
        return found

    def lifetime(self) -> dict[str, dict[str, int]]:
        """Return by video what really happened up to now."""
        return {one["video_id"]: one["lifetime"] for one in self.truth()}

    def refused(self) -> set[str]:
        """Return the fields that the platform refused."""
        return {row.field for row in self.rows("select field from desk.refused_metric")}

    def forget_limits(self) -> None:
        """Let the limits that the platform told of be over: they end by the real clock, which nobody moves."""
        with engine.transaction(OWNER) as connection:
            connection.exec_driver_sql("delete from desk.bucket where owner = 'alice'")

    def fault(self, endpoint: str, action: str = "status", **rule: Any) -> None:
        """Let a call go wrong."""
        match = {"endpoint": endpoint} | ({"nth": rule.pop("nth")} if "nth" in rule else {})
        self.studio.sandbox.fault(match=match, action=action, **rule)

    def calls(self, endpoint: str) -> int:
        """Return how often an endpoint was called."""
        return len(self.studio.sandbox.calls(endpoint))
