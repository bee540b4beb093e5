"""Processes of Airflow are killed during an upload: one video each, and published in the end."""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime

import psutil

from include.cli import components
from tests.airflow.house import BOTH, Desk, House, until

NOTICED_SECONDS = 75
"""`airflow.cfg` is written so that a killed worker's task is tried again within about a minute."""
CHUNKS = {"youtube": "videos.insert.put", "tiktok": "video.put"}
HELD_SECONDS = 10.0
CASES = {
    "task": (("task",), ("youtube",)),
    "supervisor": (("supervisor",), BOTH),  # the task itself lives on and goes on uploading
    "worker": (("supervisor", "task"), ("tiktok",)),
}
"""Which processes of a task are killed, and on which platforms it was uploading."""


def start_held(house: House, name: str, platforms: tuple[str, ...] = BOTH) -> tuple[Desk, str]:
    """Start a run whose uploads stand still in the middle of their bytes for a while."""
    desk = house.owner(name, platforms)
    desk.export()
    for platform in platforms:
        nth = 2 if platform == "youtube" else 1  # TikTok takes a small video as one chunk
        match = {"endpoint": CHUNKS[platform], "nth": nth, "account": f"{platform} of {name}"}
        house.sandbox.fault(match=match, action="delay", seconds=HELD_SECONDS)
    return desk, desk.start()


def wait_until_held(desk: Desk) -> None:
    """Return when all uploads of a desk stand still."""

    def all_hang() -> bool:
        hanging = [call for call in desk.calls(*CHUNKS.values()) if call["fault"] == "delay" and call["status"] is None]
        return len(hanging) == len(desk.platforms)

    until(all_hang, f"every upload of {desk.owner} hangs")


def processes_of(house: House, instance_id: str) -> dict[str, psutil.Process]:
    """Return a running task's two processes: its supervisor, and the one that runs our code."""
    found = {}
    for members in components.everything(house.installation.state).values():
        for process in members:
            with suppress(psutil.NoSuchProcess):
                title = " ".join(process.cmdline())
                if instance_id in title:
                    found["supervisor" if "LocalExecutor" in title else "task"] = process
    return found


def test_a_killed_worker_is_replaced_and_there_is_one_video_each(house: House):
    started = {name: start_held(house, f"killed-{name}", platforms) for name, (_, platforms) in CASES.items()}
    killed_at = {}
    for name, (desk, run_id) in started.items():
        wait_until_held(desk)
        for platform in desk.platforms:
            instance = desk.instance(run_id, "publish", f"{desk.owner}_{platform}")
            running = processes_of(house, instance["id"])
            for victim in CASES[name][0]:
                running[victim].kill()
        killed_at[name] = datetime.now(UTC)
    for name, (desk, run_id) in started.items():
        assert desk.ended(run_id) == "success", (name, desk.tasks(run_id))
        desk.one_video_each(house.exports / f"women/18-23/{desk.title_id}.mp4")
        for platform in desk.platforms:
            instance = desk.instance(run_id, "publish", f"{desk.owner}_{platform}")
            assert instance["try_number"] == 2, f"{name}: nobody was killed"
            again = datetime.fromisoformat(instance["start_date"]) - killed_at[name]
            print(f"\n{name} killed during the upload to {platform}: tried again after {again.total_seconds():.0f} s")
            assert again.total_seconds() < NOTICED_SECONDS, name


def test_a_killed_scheduler_is_started_again_and_there_is_one_video_each(house: House):
    desk, run_id = start_held(house, "killed-scheduler")
    wait_until_held(desk)
    state = house.installation.state
    scheduler = components.find(state, "scheduler")
    assert scheduler
    found = scheduler.process()
    assert found
    found.kill()
    until(lambda: components.find(state, "scheduler") is None, "the scheduler is gone")
    house.up_again()
    began = time.monotonic()
    assert desk.ended(run_id) == "success", desk.tasks(run_id)
    print(f"\nscheduler killed: published {time.monotonic() - began:.0f} s after the next one was up")
    assert time.monotonic() - began < NOTICED_SECONDS
    desk.one_video_each(house.exports / f"women/18-23/{desk.title_id}.mp4")
