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

    house.api.clear(DAG, "twice-a", ["publish.upload"])
    house.api.clear(DAG, "twice-b")
    for run_id in runs:
        assert desk.ended(run_id) == "success", desk.tasks(run_id)
        assert desk.instance(run_id, "publish.upload")["try_number"] > 1
    desk.one_video_each(video)
    assert len(desk.calls(*UPLOADS)) == 2, "something was begun again"


def test_an_upload_cleared_while_the_platform_is_processing_it_is_not_sent_again(house: House):
    house.sandbox.settings(processing_seconds=8)
    desk = house.owner("cleared")
    video = desk.export()
    run_id = desk.start()
    until(lambda: len(desk.videos()) == 2, "both platforms have all bytes and are processing them")
    house.api.clear(DAG, run_id, ["publish.upload"])
    assert desk.ended(run_id) == "success", desk.tasks(run_id)
    desk.one_video_each(video)
    assert len(desk.calls(*UPLOADS)) == 2


def test_a_wait_that_failed_falsely_costs_only_a_second_look(house: House):
    house.sandbox.settings(processing_seconds=7)
    desk = house.owner("second-look")
    video = desk.export()
    run_id = desk.start()
    accounts = [f"second-look_{platform}" for platform in ("youtube", "tiktok")]
    for account in accounts:
        until(
            lambda a=account: desk.tasks(run_id).get(f"publish.wait/{a}") == "deferred", "the wait is in the triggerer"
        )
        index = desk.instance(run_id, "publish.wait", account)["map_index"]
        path = f"/dags/{DAG}/dagRuns/{run_id}/taskInstances/publish.wait/{index}"
        house.send("PATCH", path, {"new_state": "failed"})
    assert desk.ended(run_id) == "failed"
    assert desk.summary(run_id).startswith("Published to 0 of 2 platforms\n")
    changing = {"videos.insert.start", "videos.insert.put", "video.init", "video.put", "thumbnails.set"}
    before = desk.calls(*changing)

    house.api.clear(DAG, run_id, ["publish.wait"])
    assert desk.ended(run_id) == "success", desk.tasks(run_id)
    desk.one_video_each(video)
    uploads = {"videos.insert.start", "videos.insert.put", "video.init", "video.put"}
    assert [each for each in desk.calls(*changing) if each["endpoint"] in uploads] == [
        each for each in before if each["endpoint"] in uploads
    ], "more than a look was sent"
