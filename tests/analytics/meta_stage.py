"""An Instagram account or a Page with planted posts, at a moment that stands still, and the truth about them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from include.accounts import accounts
from include.analytics import collect
from include.analytics.asking import Window
from include.analytics.outcomes import Outcome
from include.database import engine
from include.platforms.reading import Dataset, datasets
from tests.analytics.conftest import publish
from tests.publishing.studio import OWNER, Studio
from tests.sandbox_server import SandboxServer

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
PACIFIC = ZoneInfo("America/Los_Angeles")
TODAY = NOW.astimezone(PACIFIC).date()


@pytest.fixture(autouse=True)
def as_before(sandbox_server: SandboxServer) -> Iterator[None]:
    """Give the clock and the switches back as they were."""
    switches = sandbox_server.settings()
    yield
    sandbox_server.clear_faults()
    sandbox_server.settings(**switches)


@dataclass(kw_only=True)
class Place:
    """One connected account of Meta's."""

    studio: Studio
    platform: str
    account_id: str
    now: datetime = NOW

    @classmethod
    def opened(cls, studio: Studio, platform: str, **wanted: Any) -> Place:
        """Connect an account and let the sandbox's clock stand at NOW."""
        place = cls(studio=studio, platform=platform, account_id=studio.connect(platform, **wanted))
        place.move(NOW)
        return place

    @property
    def user(self) -> str:
        """The account's id at Meta."""
        return str(accounts.read(OWNER, self.account_id).platform_user_id)

    def move(self, moment: datetime) -> None:
        """Let the sandbox's clock stand at a moment."""
        self.studio.sandbox._call("POST", "/sandbox/clock", {"to": moment.isoformat(), "stop": True})
        self.now = moment

    def plant(self, count: int, at: datetime = NOW - timedelta(days=3), ours: int | None = None) -> list[str]:
        """Let reels be out, a minute after each other, the first `ours` of them ours; return our ids."""
        wanted = {
            "platform": self.platform, "account": self.user, "count": count, "published_at": at.isoformat()
        }  # fmt: skip
        ids = self.studio.sandbox._call("POST", "/sandbox/videos", wanted)["ids"][:ours]
        publish(OWNER, self.account_id, ids, at=at, placement="reel", platform=self.platform)
        return list(ids)

    def collect(self, name: str, window: Window | None = None, **how: Any) -> Outcome:
        """Read one dataset."""
        return collect.collect(OWNER, self.account_id, self.dataset(name), now=self.now, window=window, **how)

    def dataset(self, name: str) -> Dataset:
        """Return a dataset by name."""
        return next(one for one in datasets(self.platform) if one.name == name)

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """Ask the warehouse as the owner."""
        with engine.transaction(OWNER) as connection:
            return list(connection.exec_driver_sql(statement, values))

    def truth(self, first: date, last: date) -> list[dict[str, Any]]:
        """Return what really happened."""
        answer = httpx.get(
            f"{self.studio.sandbox.base}/sandbox/truth",
            params={"platform": self.platform, "first": first.isoformat(), "last": last.isoformat()},
            timeout=60,
            trust_env=False,
        )
        return list(answer.raise_for_status().json())

    def lifetime(self) -> dict[str, dict[str, int]]:
        """Return what the crowd of each post did until now."""
        return {one["video_id"]: one["lifetime"] for one in self.truth(TODAY, TODAY)}

    def calls(self, endpoint: str | None = None) -> list[dict[str, Any]]:
        """Return the requests the sandbox saw that were not about signing in."""
        return [one for one in self.studio.sandbox.calls(endpoint) if one["platform"] == self.platform]

    def graph(self, method: str, path: str, **form: Any) -> Any:
        """Call the graph as the account's owner would with another app."""
        from include.publishing import clients

        with clients.open_calls(accounts.read(OWNER, self.account_id)) as calls:
            answer = calls.send(
                method, calls.address("graph", f"v26.0/{path}"), endpoint="test", changes=True, form=form or None
            )
        return answer.raise_for_status().json()


def by_day(place: Place, first: date, last: date) -> Iterator[tuple[date, dict[str, int]]]:
    """Yield what all posts of the account did on each day."""
    told = place.truth(first, last)
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        mine = [one["metrics"] for one in told if one["day"] == day.isoformat()]
        names = mine[0] if mine else {}
        yield day, {name: sum(one[name] for one in mine) for name in names}


def talked_about(configured: Studio, platform: str, *, fewer_than: int) -> Place:
    """Return an account with one reel of ours, the one with the most comments below so many."""
    found = Place.opened(configured, platform)
    at = NOW - timedelta(days=20)
    found.plant(300, at=at, ours=0)
    counts = {video: one["comments"] for video, one in found.lifetime().items()}
    video = max((one for one in counts if counts[one] < fewer_than), key=lambda one: counts[one])
    publish(OWNER, found.account_id, [video], at=at, placement="reel", platform=found.platform)
    return found
