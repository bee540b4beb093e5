"""A connected channel with planted videos, the sandbox's stopped clock and its truth, and short ways to collect."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx

from include.analytics import collect
from include.analytics.outcomes import Outcome
from include.database import engine
from include.platforms.reading import Dataset, datasets
from tests.analytics.conftest import publish
from tests.publishing.studio import OWNER, Studio

NOW = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)
"""Noon in Los Angeles: up to the 18th all days are final, the 19th is still to be restated or not there yet."""
Truth = dict[tuple[str, date], dict[str, Any]]


def dataset(name: str) -> Dataset:
    """Return one of YouTube's datasets."""
    return next(one for one in datasets("youtube") if one.name == name)


@dataclass(kw_only=True)
class Channel:
    """A channel at the sandbox that is connected."""

    studio: Studio
    account_id: str
    channel: str
    videos: list[str] = field(default_factory=list)

    def clock(self, now: datetime) -> None:
        """Stop the sandbox's clock at a moment."""
        self.studio.sandbox._call("POST", "/sandbox/clock", {"to": now.isoformat(), "stop": True})

    def plant(self, count: int, at: datetime = NOW - timedelta(days=12)) -> list[str]:
        """Let videos be out, a minute after each other."""
        wanted = {"platform": "youtube", "account": self.channel, "count": count, "published_at": at.isoformat()}
        ids = list(self.studio.sandbox._call("POST", "/sandbox/videos", wanted)["ids"])
        publish(OWNER, self.account_id, ids, at=at, placement="short")
        self.videos += ids
        return ids

    def plant_talked_about(self, at: datetime = NOW - timedelta(days=12)) -> str:
        """Let thirty videos be out and tell the ledger of one, which people talk about most; return it."""
        wanted = {"platform": "youtube", "account": self.channel, "count": 30, "published_at": at.isoformat()}
        self.studio.sandbox._call("POST", "/sandbox/videos", wanted)
        last = self.truth(NOW.date(), NOW.date()) or self.truth(NOW.date() - timedelta(days=1), NOW.date())
        best = max(last, key=lambda key: last[key]["lifetime"]["comments"])[0]
        publish(OWNER, self.account_id, [best], at=at, placement="short")
        self.videos.append(best)
        return best

    def collect(self, name: str, now: datetime = NOW, **how: Any) -> Outcome:
        """Read a dataset."""
        return collect.collect(OWNER, self.account_id, dataset(name), now=now, **how)

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """Ask the warehouse as the owner."""
        with engine.transaction(OWNER) as connection:
            return list(connection.exec_driver_sql(statement, values))

    def truth(self, first: date, last: date) -> Truth:
        """Return what really happened, by video and day."""
        path = f"/sandbox/truth?platform=youtube&first={first}&last={last}"
        return {
            (one["video_id"], date.fromisoformat(one["day"])): one for one in self.studio.sandbox._call("GET", path)
        }

    def calls(self, endpoint: str) -> list[dict[str, Any]]:
        """Return what the sandbox was asked."""
        return self.studio.sandbox.calls(endpoint)

    def ask(self, method: str, path: str, **given: Any) -> httpx.Response:
        """Call the Data API as the channel's owner."""
        credentials = self.studio.sandbox.account("youtube", name=f"youtube of {OWNER}")
        address = f"{self.studio.sandbox.endpoints()['youtube']['api']}/youtube/v3/{path}"
        token = {"Authorization": f"Bearer {credentials['access_token']}"}
        return httpx.request(method, address, headers=token, trust_env=False, **given)

    def settings(self, **switches: Any) -> None:
        """Change the sandbox's switches."""
        self.studio.sandbox.settings(**switches)
