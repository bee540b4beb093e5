"""Unknown outcomes: nobody uploads again while they are, a look or a person ends them, and stuck ones go on."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from include.accounts import accounts
from include.database import engine
from include.platforms import http
from include.publishing import answers, clients, ledger, points, reconcile, retries, steps, verdicts
from include.publishing.progress import Later
from include.releases.publication import Publication, State
from tests.publishing.rows import change, let_it_be_due
from tests.publishing.studio import CONF, OWNER, Studio, run_to_the_end, sha256_of


@pytest.fixture
def quick(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Studio:
    """A studio that does not wait between looks."""
    monkeypatch.setattr(clients, "Calls", partial(http.Calls, pause=lambda seconds: None))
    monkeypatch.setattr(retries, "LOOK_FOR_LOST_ANSWER", timedelta(seconds=0.02))
    monkeypatch.setattr(answers, "DEFAULT_LOOK_SECONDS", 0.05)
    return studio


@pytest.fixture
def lost(quick: Studio) -> Callable[..., str]:
    """Return a maker of a publication whose last answer is lost and whose upload session is forgotten."""

    def make(*, arrived: bool) -> str:
        quick.configure(youtube={"chunk_bytes": 64 << 20})
        quick.connect("youtube")
        (publication_id,) = quick.register("job1")
        quick.sandbox.settings(youtube_uploads_list_lag_seconds=3600)
        action = "drop_after" if arrived else "drop_before"
        quick.sandbox.fault(match={"endpoint": "videos.insert.put"}, action=action)
        quick.sandbox.fault(match={"endpoint": "videos.insert.status"}, action="forget_session")
        return publication_id

    return make


@pytest.fixture(autouse=True)
def _the_list_is_quick_again(studio: Studio):
    yield
    studio.sandbox.settings(youtube_uploads_list_lag_seconds=0, clock_offset_seconds=0, tiktok_moderation_seconds=1)


def starts(studio: Studio) -> int:
    return len(studio.sandbox.calls("videos.insert.start"))


def receipt(studio: Studio, platform: str = "youtube") -> dict[str, object]:
    path = studio.folder / f"output/distribution/{platform}/women/18-23/t1_upload_response.json"
    return dict(json.loads(path.read_text())["upload_response"])


def unconfirmed(studio: Studio, publication_id: str) -> Publication:
    found = run_to_the_end(publication_id)
    assert found.state == State.UNCONFIRMED, found.error
    assert starts(studio) == 1
    verdict = verdicts.verdict(CONF, "job1")
    assert not verdict.good
    assert "unconfirmed. YouTube no longer knows the upload session and may have all of the video" in verdict.summary
    assert receipt(studio)["status"] == "failed"
    return found


def test_an_upload_whose_outcome_cannot_be_told_is_never_begun_again(quick: Studio, lost):
    publication_id = lost(arrived=True)
    unconfirmed(quick, publication_id)
    for step in (steps.validate, steps.upload, steps.check, steps.finish, steps.advance):
        step(OWNER, publication_id)
    assert quick.register("job2") == [publication_id]
    run_to_the_end(publication_id)
    for _ in range(3):
        (looked,) = reconcile.reconcile_all()
        assert (looked.before, looked.after) == (State.UNCONFIRMED, State.UNCONFIRMED)
    assert starts(quick) == 1
    assert len(quick.sandbox.published()) == 1


def test_what_was_unconfirmed_is_found_when_the_list_shows_it(quick: Studio, lost):
    publication_id = lost(arrived=True)
    unconfirmed(quick, publication_id)
    quick.sandbox.settings(clock_offset_seconds=3601)
    _reconcile_until_over(publication_id)
    found = ledger.read(OWNER, publication_id)
    (video,) = quick.sandbox.published("youtube")
    assert (found.state, found.video_id) == (State.PUBLISHED, video["id"])
    assert video["sha256"] == sha256_of(quick.folder / "export/women/18-23/t1.mp4")
    assert video["thumbnail"], "what comes after the upload was forgotten"
    assert (receipt(quick)["status"], receipt(quick)["video_id"]) == ("published", video["id"])
    assert starts(quick) == 1
    entries = ledger.history(OWNER, publication_id)["entries"]
    assert not [each for each in entries if each["outcome"] in {"begun", "unknown"}]


def test_what_was_not_posted_is_said_after_a_day_and_not_before(quick: Studio, lost):
    publication_id = lost(arrived=False)
    unconfirmed(quick, publication_id)
    reconcile.reconcile_all()
    assert ledger.read(OWNER, publication_id).state == State.UNCONFIRMED
    quick.configure(youtube={"lost_session": {"looks": 2, "every_seconds": 0.1, "certain_after_hours": 0}})
    reconcile.reconcile_all()
    found = ledger.read(OWNER, publication_id)
    assert found.state == State.FAILED
    assert found.error["message"].startswith("Nothing was posted: the platform has nothing of it.")
    assert receipt(quick)["error"] == found.error["message"]
    assert starts(quick) == 1
    assert quick.sandbox.published() == []


def test_an_upload_that_lost_its_session_half_way_is_begun_again(quick: Studio):
    """Its last bytes were never begun, so it cannot be a video: after the looks it starts anew by itself."""
    quick.connect("youtube")
    (publication_id,) = quick.register("job1")
    quick.sandbox.fault(match={"endpoint": "videos.insert.put", "nth": 2}, action="forget_session")
    assert run_to_the_end(publication_id).state == State.PUBLISHED
    assert starts(quick) == 2
    assert len(quick.sandbox.published()) == 1


@pytest.mark.parametrize("arrived", [True, False])
def test_an_unconfirmed_tiktok_post_is_looked_at_until_the_platform_can_tell(quick: Studio, arrived: bool):
    quick.connect("tiktok")
    (publication_id,) = quick.register("job1")
    quick.sandbox.fault(match={"endpoint": "video.put"}, action="drop_after" if arrived else "drop_before")
    for endpoint in ("status.fetch", "video.put"):
        quick.sandbox.fault(match={"endpoint": endpoint}, action="status", status=500, times=None)
    found = run_to_the_end(publication_id)
    assert found.state == State.UNCONFIRMED, found.error
    for _ in range(2):
        reconcile.reconcile_all()
    assert ledger.read(OWNER, publication_id).state == State.UNCONFIRMED
    quick.sandbox.clear_faults()
    _reconcile_until_over(publication_id)
    found = ledger.read(OWNER, publication_id)
    assert found.state == (State.PUBLISHED if arrived else State.FAILED)
    assert len(quick.sandbox.published()) == arrived
    assert len(quick.sandbox.calls("video.init")) == 1
    assert receipt(quick, "tiktok")["status"] == ("published" if arrived else "failed")


def test_a_look_that_fails_changes_nothing(quick: Studio, lost):
    publication_id = lost(arrived=True)
    before = unconfirmed(quick, publication_id)
    moves = len(ledger.history(OWNER, publication_id)["moves"])
    with engine.transaction(OWNER) as connection:
        connection.exec_driver_sql("delete from desk.account_secret")
    progress = steps.look(OWNER, publication_id)
    assert isinstance(progress, Later)
    assert "is not connected" in progress.why
    found = ledger.read(OWNER, publication_id)
    assert (found.state, found.error) == (before.state, before.error)
    assert len(ledger.history(OWNER, publication_id)["moves"]) == moves


def test_an_unconfirmed_publication_is_found_although_its_files_are_gone(quick: Studio, lost):
    publication_id = lost(arrived=True)
    unconfirmed(quick, publication_id)
    for path in (quick.folder / "export/women/18-23").glob("t1*"):
        path.unlink()
    quick.sandbox.settings(clock_offset_seconds=3601)
    _reconcile_until_over(publication_id)
    assert ledger.read(OWNER, publication_id).state == State.PUBLISHED


@pytest.mark.parametrize("platform", ["youtube", "tiktok"])
def test_what_a_killed_worker_left_goes_on_without_airflow(studio: Studio, platform: str):
    studio.connect(platform)
    (publication_id,) = studio.register("job1")
    child = os.fork()
    if child == 0:
        points.on_reached = lambda name, _: os.kill(os.getpid(), signal.SIGKILL) if name == "answered" else None
        try:
            run_to_the_end(publication_id)
        finally:
            os._exit(0)
    assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL
    assert ledger.read(OWNER, publication_id).state == State.UPLOADING
    _reconcile_until_over(publication_id)
    assert ledger.read(OWNER, publication_id).state == State.PUBLISHED
    assert len(studio.sandbox.published(platform)) == 1
    assert receipt(studio, platform)["status"] == "published"


def test_one_publications_trouble_never_stops_the_others(studio: Studio, source, caplog):
    studio.connect("youtube")
    (broken,) = studio.register("job1")
    studio.export(source, "t2")
    (good,) = studio.register("job2", title_id="t2")
    for publication_id in (broken, good):
        steps.validate(OWNER, publication_id)
        steps.upload(OWNER, publication_id)
    change(OWNER, broken, "note = 'rubbish', updated_at = now() - interval '1 hour'")
    for _ in range(20):
        let_it_be_due(OWNER, good)
        reconcile.reconcile_all()
        if ledger.read(OWNER, good).state == State.PUBLISHED:
            break
    assert ledger.read(OWNER, good).state == State.PUBLISHED
    assert ledger.read(OWNER, broken).state == State.PROCESSING
    assert f"publication {broken} could not be looked after" in caplog.text


def test_what_has_just_been_touched_waits_or_is_over_is_left_alone(studio: Studio):
    studio.connect("youtube")
    (publication_id,) = studio.register("job1")
    long_ago = "state = %s::desk.publication_state, updated_at = now() - interval '1 day', next_try_at = %s"
    standing = {State.UPLOADING, State.PROCESSING, State.FINISHING, State.UNCONFIRMED}
    for state in State:
        change(OWNER, publication_id, long_ago, state.value, None)
        assert bool(reconcile.standing_still(15)) == (state in standing), state
    later = datetime.now(UTC) + timedelta(hours=1)
    change(OWNER, publication_id, long_ago, "processing", later)
    assert reconcile.standing_still(15) == []
    change(OWNER, publication_id, "next_try_at = null, updated_at = now() - interval '14 minutes'")
    assert reconcile.standing_still(15) == []
    assert reconcile.standing_still(13) == [(OWNER, publication_id)]


def test_the_dispatcher_sees_every_owner_and_tells_ids_only(studio: Studio):
    found = set()
    for owner in ("alice", "bob"):
        studio.connect("youtube", f"of_{owner}", owner=owner)
        found |= {(owner, each) for each in studio.register(f"job-{owner}", owner=owner)}
    for owner, publication_id in found:
        change(owner, publication_id, "state = 'processing', updated_at = now() - interval '1 day'")
    assert set(reconcile.standing_still()) == found
    with engine.transaction("nobody") as connection:
        assert connection.exec_driver_sql("select count(*) from desk.publication").scalar_one() == 0


def test_a_published_post_without_an_address_gets_it_later(quick: Studio):
    quick.configure(tiktok={"public_id_patience_seconds": 0})
    quick.connect("tiktok")
    quick.sandbox.settings(tiktok_moderation_seconds=3600)
    (publication_id,) = quick.register("job1")
    found = run_to_the_end(publication_id)
    assert (found.state, found.video_id, found.url) == (State.PUBLISHED, None, None)
    assert "still moderating" in verdicts.verdict(CONF, "job1").summary
    reconcile.reconcile_all()
    assert ledger.read(OWNER, publication_id).video_id is None
    quick.sandbox.settings(clock_offset_seconds=3601)
    reconcile.reconcile_all()
    found = ledger.read(OWNER, publication_id)
    assert found.url == f"https://www.tiktok.com/@{accounts.read(OWNER, 'my_tiktok').username}/video/{found.video_id}"
    assert receipt(quick, "tiktok")["video_id"] == found.video_id


def _reconcile_until_over(publication_id: str) -> None:
    for _ in range(30):  # TikTok takes 30 looks a minute, and the desk keeps to that
        time.sleep(0.3)
        let_it_be_due(OWNER, publication_id)
        reconcile.reconcile_all()
        if ledger.read(OWNER, publication_id).state in {State.PUBLISHED, State.FAILED}:
            return
