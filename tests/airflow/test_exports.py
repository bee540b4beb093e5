"""What lands in the export folder goes out by itself, once."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

from include.publishing import landing
from tests.airflow.conftest import WATCHED_OWNER
from tests.airflow.house import BOTH, DAG, Desk, House, until


def watched_folder(house: House) -> Path:
    """Return the export root of the installation itself."""
    return house.folder / "exports"


def test_a_dropped_release_is_published_to_both_platforms(house: House):
    desk = house.owner(WATCHED_OWNER)
    desk.title_id = "sunrise"
    video = house.drop(watched_folder(house), "sunrise")
    run_id = until(lambda: landing.run_started("women", "18-23", "sunrise"), "watch_exports starts a run")
    assert desk.ended(run_id) == "success", desk.tasks(run_id)
    assert desk.summary(run_id) == "Published to 2 of 2 platforms"
    desk.one_video_each(video)
    for platform in BOTH:
        path = house.folder / f"outputs/distribution/{platform}/women/18-23/sunrise_upload_response.json"
        receipt = json.loads(path.read_text())["upload_response"]
        (shown,) = [each for each in desk.videos() if each["platform"] == platform]
        assert (receipt["status"], receipt["video_id"], receipt["error"]) == ("published", shown["id"], None)


def test_the_same_triple_dropped_again_is_the_same_release(house: House):
    desk = Desk(house=house, owner=WATCHED_OWNER, title_id="sunrise")
    before = runs(house)
    assert len(before) == 1
    video = house.drop(watched_folder(house), "sunrise")
    os.utime(video, (time.time() + 60, time.time() + 60))
    seen = watches(house)
    until(lambda: watches(house) > seen, "watch_exports looks at it again")
    until(lambda: landing.run_started("women", "18-23", "sunrise"), "watch_exports remembers the run it had started")
    assert runs(house) == before
    desk.one_video_each(video)


def runs(house: House) -> list[str]:
    """Return the runs of the watched release."""
    found = house.api.get(f"/dags/{DAG}/dagRuns?limit=1000")["dag_runs"]
    return [run["dag_run_id"] for run in found if run["dag_run_id"].startswith("release~sunrise~")]


def watches(house: House) -> int:
    """Return how many runs of `watch_exports` are through."""
    found = house.api.get("/dags/watch_exports/dagRuns?limit=1000")["dag_runs"]
    return sum(1 for run in found if run["state"] == "success")
