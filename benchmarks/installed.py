"""A real installation to measure in: Airflow's four components, PostgreSQL and the sandbox, in a temporary folder."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from benchmarks.figures import Say
from benchmarks.workplace import AGE_BUCKET, OWNER, SEGMENT, sandbox_account, switch
from include import settings
from include.accounts.accounts import Credentials
from include.accounts.connect import connect
from include.cli import launcher, ports
from include.cli.airflow_api import AirflowApi
from include.cli.errors import CommandFailed
from include.cli.installation import Installation
from include.database import engine
from include.media.clips import Clip, pad_to
from include.media.sample import make_release

DAG_ID = "publish_release"
PATIENCE_SECONDS = 300
LOOK_SECONDS = 0.5
UNLIMITED = {"youtube_quota_uploads": 0, "youtube_quota_queries": 0, "youtube_channel_uploads_per_day": 0}
"""Limits of the sandbox that a measurement would meet and a day's work would not."""


@dataclass(frozen=True, kw_only=True)
class Installed:
    """The running installation; the product in this process already uses it."""

    installation: Installation
    api: AirflowApi

    @property
    def sandbox(self) -> str:
        """The sandbox's address."""
        return str(self.installation.sandbox_url)

    @property
    def exports(self) -> Path:
        """The export root."""
        return Path(self.installation.environment["RELEASE_DESK_EXPORT_ROOT"].removeprefix("file://"))

    def connect(self, account_id: str, platform: str) -> str:
        """Connect a fresh sandbox account; return its name."""
        given = sandbox_account(self.sandbox, platform, account_id)
        connect(OWNER, account_id, platform, Credentials.model_validate(given))
        return account_id

    def export(self, titles: Iterable[str], clip: Clip, size: int | None = None) -> Path:
        """Put the same video down under several titles, each a release of its own; return the first video's path.

        Only the texts differ: a platform that refuses the same text twice in a row has nothing to refuse.
        """
        first, *others = titles
        video = make_release(self.exports, segment=SEGMENT, age_bucket=AGE_BUCKET, title_id=first, clip=clip)
        if size is not None:
            pad_to(video, size)
        metadata = json.loads((video.parent / f"{first}_metadata.json").read_text(encoding="utf-8"))
        for title in others:
            for ending in (".mp4", "_thumbnail.png"):
                os.link(video.parent / f"{first}{ending}", video.parent / f"{title}{ending}")
            texts = json.dumps(metadata | {"title": f"{metadata['title']} ({title})"})
            (video.parent / f"{title}_metadata.json").write_text(texts, encoding="utf-8")
        return video

    def publish(self, title: str, accounts: Iterable[str], run_id: str) -> None:
        """Trigger `publish_release` for one release and some accounts."""
        targets = [{"account": name} for name in accounts]
        conf = {
            "segment": SEGMENT, "age_bucket": AGE_BUCKET, "title_id": title, "owner": OWNER, "targets": targets,
            "force": True,  # its titles share one video
        }  # fmt: skip
        self.api.trigger(DAG_ID, run_id, conf)

    def seconds(self, run_id: str, dag_id: str = DAG_ID) -> float:
        """Wait for a run's end and return the seconds from queued to ended, by Airflow's own count."""
        until = time.monotonic() + PATIENCE_SECONDS
        while (run := self.api.run(dag_id, run_id))["state"] not in {"success", "failed"}:
            if time.monotonic() > until:
                raise CommandFailed(f"{run_id} did not end within {PATIENCE_SECONDS} s: {self._states(dag_id, run_id)}")
            time.sleep(LOOK_SECONDS)
        states = self._states(dag_id, run_id)
        if run["state"] != "success" or not set(states.values()) <= {"success", "skipped"}:
            raise CommandFailed(f"{run_id} did not go through: {states}")
        return (datetime.fromisoformat(run["end_date"]) - datetime.fromisoformat(run["queued_at"])).total_seconds()

    def _states(self, dag_id: str, run_id: str) -> dict[str, str]:
        found = self.api.task_instances(dag_id, run_id)
        return {f"{each['task_id']}[{each['map_index']}]": each["state"] for each in found}

    def published(self) -> list[dict[str, Any]]:
        """Return what the sandbox shows as published."""
        answer = httpx.get(f"{self.sandbox}/sandbox/published", timeout=600, trust_env=False)
        return list(answer.raise_for_status().json())


@contextmanager
def installed(say: Say, *, more_dags: Mapping[str, str] | None = None, **switches: Any) -> Iterator[Installed]:
    """Start an installation whose sandbox processes at once, and remove all of it at the end.

    Of our DAGs it has `publish_release` alone; `more_dags` are others, as id → source. `switches` are the sandbox's.
    """
    folder = Path(tempfile.mkdtemp(prefix="release-desk-bench-"))
    dags, state = folder / "dags", folder / "state"
    dags.mkdir()
    shutil.copy(settings.PROJECT / "dags" / f"{DAG_ID}.py", dags)
    for dag_id, source in (more_dags or {}).items():
        (dags / f"{dag_id}.py").write_text(source, encoding="utf-8")
    say("starting Airflow, PostgreSQL and the sandbox")
    try:
        installation = launcher.up(state, sandbox=True, dags=dags, quiet=True, port=ports.free_for(None))
        settings.adopt(installation.environment)
        quick = {"processing_seconds": 0, "tiktok_moderation_seconds": 0}
        switch(str(installation.sandbox_url), **(quick | UNLIMITED | switches))
        api = AirflowApi.of(installation)
        _wait_for_dags(api, {DAG_ID, *(more_dags or {})})
        yield Installed(installation=installation, api=api)
    finally:
        say("stopping them")
        launcher.down(state, quiet=True)
        _remove(folder, state)


def _wait_for_dags(api: AirflowApi, wanted: set[str]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not wanted <= {each["dag_id"] for each in api.get("/dags")["dags"]}:
        if time.monotonic() > until:
            raise CommandFailed(f"Airflow did not read the DAG files: {api.get('/importErrors')}")
        time.sleep(LOOK_SECONDS)


def _remove(folder: Path, state: Path) -> None:
    from include.database.embedded import EmbeddedPostgres

    with suppress(settings.SettingsError):  # it never came up: nothing is open
        engine.close_all()
    EmbeddedPostgres(state).remove()
    shutil.rmtree(folder, ignore_errors=True)
