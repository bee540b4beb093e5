"""What the gateways' tests stand on: postings for each platform, and a counter that keeps what the steps would keep."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import yaml

from include import gateways
from include.platforms.contract import Answer, Found, Note, Pending, Posting
from include.platforms.http import CallRecord, Calls
from include.releases.picture import Picture
from include.releases.publication import Placement
from include.settings import PROJECT
from tests.platforms.tiktok import scene
from tests.sandbox_server import SandboxServer

QUICK: dict[str, dict[str, Any]] = {
    "blotato": {
        "pace_seconds": [0.01],
        "lost_post": {"looks": 2, "every_seconds": 0.01, "certain_after_seconds": 100},
    },
    "upload_post": {"pace_seconds": [0.01]},
}
PLACEMENTS = {"instagram": Placement.REEL, "linkedin": Placement.POST, "facebook": Placement.REEL}
PRIVACY = {"youtube": "public", "facebook": "public", "linkedin": "public"}


@cache
def platform_settings() -> dict[str, dict[str, Any]]:
    """Return `platforms` of config/distribution.yaml."""
    found: dict[str, dict[str, Any]] = yaml.safe_load((PROJECT / "config/distribution.yaml").read_text())["platforms"]
    return found


def posting(platform: str, **changes: Any) -> Posting:
    """Return a posting that `platform` takes, with `changes`."""
    facts = replace(scene.FACTS, width=1080, height=1920, display_width=1080, display_height=1920, index_first=True)
    fields: dict[str, Any] = {
        "placement": PLACEMENTS.get(platform, Placement.VIDEO),
        "privacy": PRIVACY.get(platform, ""),
        "facts": replace(facts, size_bytes=400_000),
        "description": "About the sea" if platform == "youtube" else "",
    }
    return scene.posting(**{**fields, **changes})


PICTURE = Picture(content=b"\xff\xd8\xff picture", content_type="image/jpeg", width=1080, height=1920)


@dataclass
class Counter:
    """Publishes through one gateway to one sandbox account; keeps notes, counts and calls."""

    sandbox: SandboxServer
    platform: str
    calls: Calls
    publisher: Any
    given: dict[str, Any]
    notes: list[Note] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)
    records: list[CallRecord] = field(default_factory=list)
    later: timedelta = timedelta()

    @classmethod
    def open(cls, sandbox: SandboxServer, route: str, platform: str, name: str = "ana", **wanted: Any) -> Counter:
        """Make an account at the gateway and open its publisher."""
        given = sandbox.account(route, name=name, **({"accounts": {platform: name}} | wanted))
        module, bases = gateways.get(route), sandbox.endpoints()[route]
        keys = module.Keys.model_validate(given)
        with Calls(platform=route, bases=bases) as plain:
            account = module.whoami(plain, keys, platform)
        records: list[CallRecord] = []
        calls = Calls(platform=route, bases=bases, record=records.append, pause=lambda seconds: None)
        made = cls(sandbox=sandbox, platform=platform, calls=calls, publisher=None, given=given, records=records)
        made.publisher = module.Publisher(
            calls,
            key=keys.api_key,
            platform=platform,
            settings=QUICK[route],
            platform_settings=platform_settings()[platform],
            account=account,
            now=lambda: datetime.now(UTC) + made.later,
        )
        return made

    @property
    def note(self) -> Note | None:
        """The newest note."""
        return self.notes[-1] if self.notes else None

    def save(self, note: Note) -> None:
        """Keep a copy of a note."""
        self.notes.append(dict(note))

    def upload(self, wanted: Posting) -> Answer:
        """Upload from the newest note and keep the answer's."""
        answer: Answer = self.publisher.upload(wanted, self.note, self.save, self.counts.append)
        self.save(answer.note)
        return answer

    def check(self, wanted: Posting) -> Answer:
        """Look once from the newest note and keep the answer's."""
        answer: Answer = self.publisher.check(wanted, self.note)
        self.save(answer.note)
        return answer

    def find(self, wanted: Posting) -> Found:
        """Look for what is left from the newest note, and keep what it says."""
        found: Found = self.publisher.find(wanted, self.note)
        if found is not None:
            self.save(found.note)
        return found

    def to_the_end(self, wanted: Posting) -> Answer:
        """Upload and look until it is over; between the looks wait for the sandbox, and not for the clock."""
        answer = self.upload(wanted)
        for _ in range(10):
            if not isinstance(answer, Pending):
                return answer
            self.posts()
            answer = self.check(wanted)
        raise AssertionError("it never ended")

    def endpoints(self) -> list[str]:
        """Return the names of all calls so far."""
        return [record.endpoint for record in self.records]

    def posts(self) -> list[dict[str, Any]]:
        """Return what is at the platform, once nothing is done there in the background any more."""
        return self.sandbox.published(self.platform)
