"""However often a release is asked for, cleared or run again: one video each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from tests.airflow.house import DAG, House, until

UPLOADS = ("videos.insert.start", "video.init")


def test_two_runs_at_once_and_every_way_to_run_them_again_make_one_video_each(house: House):
    desk = house.owner("twice")
    video = desk.export()
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(desk.start, ("twice-a", "twice-b")))
    for run_id in runs:
        assert desk.ended(run_id) == "success", desk.tasks(run_id)
        assert desk.summary(run_id) == "Published to 2 of 2 platforms"
    desk.one_video_each(video)
    assert len(desk.calls(*UPLOADS)) == 2

    house.api.clear(DAG, "twice-a", ["publish"])
    house.api.clear(DAG, "twice-b")
    for run_id in runs:
        assert desk.ended(run_id) == "success", desk.tasks(run_id)
        assert desk.instance(run_id, "publish")["try_number"] > 1
    desk.one_video_each(video)
    assert len(desk.calls(*UPLOADS)) == 2, "something was begun again"


def test_an_upload_cleared_while_the_platform_is_processing_it_is_not_sent_again(house: House):
    house.sandbox.settings(processing_seconds=5)
    desk = house.owner("cleared", ("youtube",))
    video = desk.export()
    run_id = desk.start()
    until(desk.videos, "the platform has all bytes and is processing them")
    house.api.clear(DAG, run_id, ["publish"])
    assert desk.ended(run_id) == "success", desk.tasks(run_id)
    desk.one_video_each(video)
    assert len(desk.calls(*UPLOADS)) == 1
    assert desk.instance(run_id, "publish")["try_number"] == 2


def test_a_wait_that_failed_falsely_costs_only_a_second_look(house: House):
    house.sandbox.settings(processing_seconds=7)
    desk = house.owner("second-look", ("tiktok",))
    video = desk.export()
    run_id = desk.start()
    until(lambda: desk.tasks(run_id).get("publish/second-look_tiktok") == "deferred", "the triggerer waits")
    house.send("PATCH", f"/dags/{DAG}/dagRuns/{run_id}/taskInstances/publish/0", {"new_state": "failed"})
    assert desk.ended(run_id) == "failed"
    assert desk.summary(run_id).startswith("Published to 0 of 1 platforms\n")
    sent = desk.calls("video.init", "video.put")
    assert len(sent) == 2

    house.api.clear(DAG, run_id, ["publish"])
    assert desk.ended(run_id) == "success", desk.tasks(run_id)
    desk.one_video_each(video)
    assert desk.calls("video.init", "video.put") == sent, "more than a look was sent"
