"""How long a release takes from its trigger to its verdict, beside an Airflow run of the same shape with empty tasks.

A real installation in a temporary folder: the four Airflow components, PostgreSQL and the sandbox, whose platforms
process at once. Two publications a run, one on each platform. Both times are Airflow's own, queued to ended.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import httpx

from benchmarks import empty_release
from benchmarks.figures import Figure, Say, in_turns, middle
from benchmarks.workplace import AGE_BUCKET, OWNER, SEGMENT, SMALL, sandbox_account, switch
from include import settings
from include.accounts.accounts import Credentials
from include.accounts.connect import connect
from include.cli import launcher, ports
from include.cli.airflow_api import AirflowApi
from include.cli.errors import CommandFailed
from include.cli.installation import Installation
from include.database import engine
from include.media.sample import make_release

OURS = "publish_release"
RUNS = 5
PLATFORMS = ("youtube", "tiktok")
PATIENCE_SECONDS = 180
LOOK_SECONDS = 0.5


def measure(runs: int | None, mib: int | None, say: Say) -> Figure:
    """Run `publish_release` and the empty DAG `runs` times each, after one of each that is not counted."""
    runs = runs or RUNS
    with _installation(say) as installation:
        user, password = installation.admin_user, installation.admin_password
        api = AirflowApi(url=installation.airflow_url, user=user, password=password)
        _connect(str(installation.sandbox_url))
        titles = _export(installation, runs + 1)
        _wait_for_dags(api)

        def ours(number: int) -> float:
            conf = {"segment": SEGMENT, "age_bucket": AGE_BUCKET, "title_id": titles[number], "owner": OWNER}
            seconds = _run(api, OURS, f"ours-{number}", conf)
            say(f"ours  {number}/{runs}: {seconds:.2f} s" + " (not counted)" * (number == 0))
            return seconds

        def theirs(number: int) -> float:
            seconds = _run(api, empty_release.DAG_ID, f"empty-{number}", {"publications": len(PLATFORMS)})
            say(f"empty {number}/{runs}: {seconds:.2f} s" + " (not counted)" * (number == 0))
            return seconds

        mine, empty = in_turns(ours, theirs, runs + 1)
        _check(str(installation.sandbox_url), runs + 1)
    return Figure(
        bench="release",
        figure=middle(mine[1:]),
        unit="s",
        against="Airflow run of the same shape with empty tasks, same installation, same run",
        against_figure=middle(empty[1:]),
        runs=runs,
        more={"publications": len(PLATFORMS), "seconds": mine[1:], "against_seconds": empty[1:]},
    )


@contextmanager
def _installation(say: Say) -> Iterator[Installation]:
    """Start an installation with our DAG and the empty one alone, and remove all of it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="release-desk-bench-"))
    dags, state = folder / "dags", folder / "state"
    dags.mkdir()
    shutil.copy(settings.PROJECT / "dags" / f"{OURS}.py", dags)
    (dags / f"{empty_release.DAG_ID}.py").write_text(empty_release.SOURCE, encoding="utf-8")
    say("starting Airflow, PostgreSQL and the sandbox")
    try:
        installation = launcher.up(state, sandbox=True, dags=dags, quiet=True, port=ports.free_for(None))
        settings.adopt(installation.environment)
        switch(str(installation.sandbox_url), processing_seconds=0, tiktok_moderation_seconds=0)
        yield installation
    finally:
        say("stopping them")
        launcher.down(state, quiet=True)
        _remove(folder, state)


def _remove(folder: Path, state: Path) -> None:
    from include.database.embedded import EmbeddedPostgres

    engine.close_all()
    EmbeddedPostgres(state).remove()
    shutil.rmtree(folder, ignore_errors=True)


def _connect(sandbox: str) -> None:
    for platform in PLATFORMS:
        given = sandbox_account(sandbox, platform, f"bench {platform}")
        connect(OWNER, f"bench_{platform}", platform, Credentials.model_validate(given))


def _export(installation: Installation, count: int) -> list[str]:
    """Put the same small release down under `count` titles: each is a release of its own."""
    root = Path(installation.environment["RELEASE_DESK_EXPORT_ROOT"].removeprefix("file://"))
    first = make_release(root, segment=SEGMENT, age_bucket=AGE_BUCKET, title_id="title0", clip=SMALL)
    titles = [f"title{number}" for number in range(count)]
    for title in titles[1:]:
        for path in list(first.parent.glob("title0[._]*")):
            os.link(path, first.parent / path.name.replace("title0", title, 1))
    return titles


def _wait_for_dags(api: AirflowApi) -> None:
    until, wanted = time.monotonic() + PATIENCE_SECONDS, {OURS, empty_release.DAG_ID}
    while not wanted <= {each["dag_id"] for each in api.get("/dags")["dags"]}:
        if time.monotonic() > until:
            raise CommandFailed(f"Airflow did not read the DAG files: {api.get('/importErrors')}")
        time.sleep(LOOK_SECONDS)


def _run(api: AirflowApi, dag_id: str, run_id: str, conf: dict[str, object]) -> float:
    """Trigger a run, wait for its end and return the seconds from queued to ended, by Airflow's own count."""
    api.trigger(dag_id, run_id, conf)
    until = time.monotonic() + PATIENCE_SECONDS
    while (run := api.run(dag_id, run_id))["state"] not in {"success", "failed"}:
        if time.monotonic() > until:
            raise CommandFailed(f"{dag_id} did not end within {PATIENCE_SECONDS} s: {_states(api, dag_id, run_id)}")
        time.sleep(LOOK_SECONDS)
    states = _states(api, dag_id, run_id)
    if run["state"] != "success" or not set(states.values()) <= {"success", "skipped"}:
        raise CommandFailed(f"{dag_id} did not go through: {states}")
    return (datetime.fromisoformat(run["end_date"]) - datetime.fromisoformat(run["queued_at"])).total_seconds()


def _states(api: AirflowApi, dag_id: str, run_id: str) -> dict[str, str]:
    return {f"{each['task_id']}[{each['map_index']}]": each["state"] for each in api.task_instances(dag_id, run_id)}


def _check(sandbox: str, runs: int) -> None:
    """Make sure that every run published: a fast run that did nothing would be no figure."""
    answer = httpx.get(f"{sandbox}/sandbox/published", timeout=60, trust_env=False).raise_for_status()
    found = len(answer.json())
    if found != runs * len(PLATFORMS):
        raise CommandFailed(f"{found} videos were published instead of {runs * len(PLATFORMS)}.")
