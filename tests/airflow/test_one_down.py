"""One platform is down for a whole run: the other four publish, and the fifth goes out later, alone."""

from __future__ import annotations

from include.platforms import NAMES
from include.publishing import queue
from include.releases.publication import State
from tests.airflow.house import House, until
from tests.publishing.studio import sha256_of

DOWN = "linkedin"
UP = tuple(name for name in NAMES if name != DOWN)


def test_four_of_five_are_published_and_the_fifth_alone_is_tried_again(house: House):
    desk = house.owner("one-down", NAMES)
    video = desk.export()
    house.sandbox.fault(match={"platform": DOWN}, action="drop_before", times=None)
    run_id = desk.start()
    assert desk.ended(run_id) == "failed", desk.tasks(run_id)
    first, *why = desk.summary(run_id).splitlines()
    assert first == "Published to 4 of 5 platforms"
    assert any(line.startswith(f"- {DOWN} (one-down_{DOWN}): failed. ") for line in why), why
    first_run = {each.platform: each for each in desk.publications(run_id)}
    states = {platform: each.state for platform, each in first_run.items()}
    assert states == dict.fromkeys(UP, State.PUBLISHED) | {DOWN: State.FAILED}
    assert sorted(each["platform"] for each in desk.videos()) == sorted(UP)
    called = len(desk.calls())

    house.sandbox.clear_faults()
    failed = first_run[DOWN]
    queue.retry(desk.owner, failed.publication_id)
    until(lambda: desk.summary(run_id) == "Published to 5 of 5 platforms", "publish_due takes it on")
    assert {each["platform"] for each in desk.calls()[called:]} == {DOWN}, "another platform was asked again"
    desk.one_video_each(video)
    untouched = {each.platform: each for each in desk.publications(run_id) if each.platform != DOWN}
    assert untouched == {platform: first_run[platform] for platform in UP}
    assert {each["sha256"] for each in desk.videos()} == {sha256_of(video)}
