"""A channel with planted videos, the toy datasets' tables, and short ways through collecting."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from psycopg.types.json import Jsonb

from include import settings
from include.analytics import collect
from include.analytics.asking import Window
from include.analytics.outcomes import Outcome
from include.database import engine, queries
from include.platforms.reading import Dataset
from tests.analytics import toy
from tests.publishing.conftest import hosted_address, sandbox_server, source, studio  # noqa: F401  found by their names
from tests.publishing.studio import OWNER, Studio

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)


@dataclass(kw_only=True)
class Channel:
    """A connected channel and its videos, the oldest first."""

    studio: Studio
    account_id: str
    warehouse: Any
    server: Any
    videos: list[str] = field(default_factory=list)

    def collect(
        self, dataset: Dataset = toy.COUNTERS, now: datetime = NOW, window: Window | None = None, **how: Any
    ) -> Outcome:
        """Read one of the toy datasets."""
        return collect.collect(OWNER, self.account_id, dataset, now=now, window=window, **how)

    def rows(self, statement: str, *values: Any) -> list[Any]:
        """Ask the warehouse as the owner."""
        with engine.transaction(OWNER) as connection:
            return list(connection.exec_driver_sql(statement, values))

    def counted(self, table: str = toy.COUNTS) -> set[str]:
        """Return the videos there are rows of."""
        return {row.video_id for row in self.rows(f"select distinct video_id from {table}")}

    def syncs(self) -> list[Any]:
        """Return the history, the oldest first."""
        return self.rows("select * from desk.sync order by sync_id")

    def publish(self, *video_ids: str, at: datetime, placement: str = "video", title_id: str = "t1") -> None:
        """Note in the ledger's tables that videos are out, a minute after each other."""
        publish(OWNER, self.account_id, video_ids, at=at, placement=placement, title_id=title_id)
        self.videos.extend(video_ids)

    def plant(self, count: int, at: datetime = NOW - timedelta(hours=30)) -> list[str]:
        """Let videos be out on the sandbox and in the ledger."""
        account = self.studio.sandbox._call("GET", "/sandbox/accounts")
        place = next(one for one in account if one["platform"] == "youtube")
        wanted = {"platform": "youtube", "account": place["id"], "count": count, "published_at": at.isoformat()}
        ids = self.studio.sandbox._call("POST", "/sandbox/videos", wanted)["ids"]
        self.publish(*ids, at=at)
        return list(ids)

    def configure(self, **changes: Any) -> None:
        """Change config/analytics.yaml."""
        path = self.studio.folder / "config" / "analytics.yaml"
        path.write_text(yaml.safe_dump(yaml.safe_load(path.read_text()) | changes))
        settings.forget()


def publish(
    owner: str, account_id: str, video_ids: Any, *, at: datetime, placement: str = "video", title_id: str = "t1",
    platform: str = "youtube",
) -> None:  # fmt: skip
    """Write a release for each video and its publication, as they are when it is out."""
    sql = queries.load("releases")
    with engine.transaction(owner) as connection:
        for number, video_id in enumerate(video_ids):
            release = connection.exec_driver_sql(
                sql["keep_release"],
                {
                    "owner": owner, "segment": "women", "age_bucket": "18-23", "title_id": f"{title_id}-{video_id}",
                    "export_root": "/nowhere", "video_sha256": "0" * 64, "video_bytes": 1, "video_fingerprint": "1",
                    "metadata": Jsonb({"title": "A title"}), "facts": Jsonb({}),
                },
            ).scalar_one()  # fmt: skip
            connection.exec_driver_sql(
                "insert into desk.publication (owner, release_id, account_id, platform, placement, state, target,"
                " video_id, published_at) values (%s, %s, %s, %s, %s, 'published', '{}', %s, %s)",
                (owner, release, account_id, platform, placement, video_id, at + timedelta(minutes=number)),
            )


@pytest.fixture
def configured(studio: Studio) -> Studio:  # noqa: F811
    """The studio with config/analytics.yaml and one metric of the toy's."""
    folder = studio.folder / "config"
    shutil.copy(settings.PROJECT / "config" / "analytics.yaml", folder)
    metric = {
        "name": "retired", "field": "toy_retired", "dataset": "toy_daily", "unit": "count", "source": "this test"
    }  # fmt: skip
    metrics = Path(folder / "metrics")
    shutil.copytree(settings.PROJECT / "config" / "metrics", metrics, dirs_exist_ok=True)
    mine = metrics / "youtube.yaml"
    known = yaml.safe_load(mine.read_text())["metrics"] if mine.exists() else []
    mine.write_text(yaml.safe_dump({"metrics": [*known, metric]}, default_flow_style=False))
    settings.forget()
    return studio


@pytest.fixture
def channel(configured: Studio, postgres_server: Any, warehouse: Any) -> Channel:
    """A connected channel without videos, and the toy's tables."""
    with postgres_server.superuser(warehouse) as connection:
        toy.make_tables(connection)
    return Channel(
        studio=configured, account_id=configured.connect("youtube"), warehouse=warehouse, server=postgres_server
    )
