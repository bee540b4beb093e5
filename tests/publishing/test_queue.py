"""The queue as people use it: another time or priority, stop, again, said so; and how it stands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from include.publishing import ledger, queue, steps
from include.publishing.postings import way_of
from include.publishing.progress import Later
from include.releases.publication import Publication, State
from tests.publishing.rows import change
from tests.publishing.studio import OWNER, Studio, run_to_the_end

MADRID = "Europe/Madrid"
NOT_BEGUN = {
    State.PLANNED, State.SCHEDULED, State.VALIDATED, State.WAITING_APPROVAL, State.WAITING_QUOTA, State.WAITING_ACCOUNT,
}  # fmt: skip


def local_in(days: float, zone: str = MADRID) -> str:
    """Return a clock time that comes in some days, at noon, when no clock is changed."""
    day = datetime.now(ZoneInfo(zone)).replace(tzinfo=None) + timedelta(days=days)
    return day.replace(hour=12, minute=0, second=0, microsecond=0).isoformat()


def instant(local: str, zone: str = MADRID) -> datetime:
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.fixture
def publication(studio: Studio) -> str:
    """A registered publication on TikTok, which cannot keep a time itself."""
    studio.connect("tiktok")
    (publication_id,) = studio.register()
    return publication_id


def put(publication_id: str, state: State) -> None:
    change(OWNER, publication_id, "state = %s::desk.publication_state", state.value)


def now_of(publication_id: str) -> Publication:
    return ledger.read(OWNER, publication_id)


def test_a_new_time_is_kept_as_it_was_given_and_waited_for(studio: Studio, publication: str):
    wanted = local_in(3)
    steps.validate(OWNER, publication)
    moved = queue.move(OWNER, publication, scheduled_for=wanted, timezone=MADRID)
    assert (moved.scheduled_local, moved.timezone) == (datetime.fromisoformat(wanted), MADRID)
    assert moved.scheduled_for == moved.next_try_at == instant(wanted)
    assert (moved.state, moved.queued_at is not None) == (State.SCHEDULED, True)
    studio.sandbox.forget_calls()
    assert isinstance(steps.advance(OWNER, publication), Later)
    assert studio.sandbox.calls() == []


def test_a_zone_alone_keeps_the_clock_time_and_moves_the_instant(publication: str):
    wanted = local_in(3)
    before = queue.move(OWNER, publication, scheduled_for=wanted, timezone=MADRID)
    after = queue.move(OWNER, publication, timezone="America/New_York")
    assert after.scheduled_local == before.scheduled_local
    assert after.scheduled_for == instant(wanted, "America/New_York")


def test_one_that_waits_for_a_limit_or_an_account_may_be_moved_too(publication: str):
    for state in (State.WAITING_QUOTA, State.WAITING_ACCOUNT, State.SCHEDULED):
        put(publication, state)
        moved = queue.move(OWNER, publication, scheduled_for=local_in(5), timezone=MADRID)
        assert (moved.state, moved.next_try_at) == (State.SCHEDULED, moved.scheduled_for)


@pytest.mark.parametrize("state", State)
def test_only_what_was_not_begun_is_changed(publication: str, state: State):
    put(publication, state)
    if state in NOT_BEGUN:
        assert queue.move(OWNER, publication, priority=9).priority == 9
        return
    before = now_of(publication)
    with pytest.raises(queue.NotPossible, match=f"is {state} and cannot be changed"):
        queue.move(OWNER, publication, priority=9, scheduled_for=local_in(2))
    assert now_of(publication) == before


def test_what_was_begun_is_not_changed_although_it_waits(studio: Studio, publication: str):
    with ledger.claim(OWNER, publication) as held:
        held.begin("upload")
    put(publication, State.WAITING_QUOTA)
    for decide in (lambda: queue.move(OWNER, publication, priority=9), lambda: queue.cancel(OWNER, publication)):
        with pytest.raises(queue.NotPossible, match="its upload was begun"):
            decide()


@pytest.mark.parametrize(
    ("wished", "told"),
    [
        ({"scheduled_for": "2020-01-01T09:00:00", "timezone": "UTC"}, "is over"),
        ({"scheduled_for": local_in(402), "timezone": "UTC"}, "more than 400 days ahead"),
        ({"scheduled_for": "tomorrow", "timezone": "UTC"}, "scheduled_for must be a local time"),
        ({"scheduled_for": "2026-12-01T09:00:00+01:00"}, "without an offset"),
        ({"scheduled_for": local_in(3), "timezone": "Mars/Olympus"}, "timezone must be an IANA time zone"),
        ({"timezone": MADRID}, "say scheduled_for, too"),
        ({"priority": 0}, "from 1 to 10"),
        ({"priority": 11}, "from 1 to 10"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(publication: str, wished: dict[str, object], told: str):
    before = now_of(publication)
    with pytest.raises(queue.NotPossible, match=told):
        queue.move(OWNER, publication, **wished)  # type: ignore[arg-type]
    assert now_of(publication) == before


def test_400_days_ahead_are_kept_and_registering_refuses_more(studio: Studio, publication: str):
    from include.publishing.registration import Refused

    assert queue.move(OWNER, publication, scheduled_for=local_in(399), timezone=MADRID).scheduled_for
    with pytest.raises(Refused, match="more than 400 days ahead"):
        studio.register("job2", scheduled_for=local_in(402), timezone=MADRID)


def test_an_old_version_is_refused_and_every_change_makes_a_new_one(publication: str):
    seen = now_of(publication).version
    moved = queue.move(OWNER, publication, priority=8, expected_version=seen)
    assert moved.version > seen
    with pytest.raises(queue.Changed, match="Read it again"):
        queue.move(OWNER, publication, priority=2, expected_version=seen)
    assert now_of(publication).priority == 8
    steps.validate(OWNER, publication)
    assert now_of(publication).version > moved.version


def test_nothing_is_changed_under_a_workers_hands_or_for_another_owner(publication: str):
    with ledger.claim(OWNER, publication):
        for decide in (queue.cancel, queue.move, queue.retry):
            with pytest.raises(queue.NotPossible, match="Another worker is at publication"):
                decide(OWNER, publication)
    for decide in (queue.cancel, queue.move, queue.retry):
        for name, owner in ((publication, "bob"), ("nonsense", OWNER)):
            with pytest.raises(queue.Unknown):
                decide(owner, name)
    assert issubclass(queue.Unknown, LookupError)


def test_what_is_registered_without_a_run_waits_for_its_time_in_the_queue(studio: Studio):
    studio.connect("tiktok")
    studio.connect("youtube")
    wanted = local_in(3)
    tiktok, youtube = studio.register(scheduled_for=wanted, timezone=MADRID)
    queue.schedule(OWNER, [tiktok, youtube])
    waits, goes_early = now_of(tiktok), now_of(youtube)
    assert (waits.state, waits.next_try_at, waits.queued_at is not None) == (State.SCHEDULED, instant(wanted), True)
    assert goes_early.state == State.SCHEDULED
    assert goes_early.next_try_at <= datetime.now(UTC), "YouTube keeps the time itself: it is sent now"
    before = now_of(tiktok)
    queue.schedule(OWNER, [tiktok])
    assert now_of(tiktok) == before


def test_who_keeps_the_time_is_chosen_by_platform_and_by_target_and_shown(studio: Studio):
    studio.connect("youtube")
    studio.connect("youtube", "second")
    targets = [{"account": "my_youtube"}, {"account": "second", "options": {"schedule": "ours"}}]
    theirs, ours = studio.register(targets=targets, scheduled_for=local_in(3), timezone=MADRID)
    assert [way_of(now_of(each)) for each in (theirs, ours)] == ["theirs", "ours"]
    assert isinstance(steps.validate(OWNER, ours), Later)
    assert now_of(ours).state == State.SCHEDULED
    run_to_the_end(theirs)
    (video,) = studio.sandbox.published("youtube")
    assert video["publish_at"] or video.get("privacy") == "private"


def test_a_way_that_is_none_is_refused(studio: Studio):
    studio.connect("youtube")
    (publication_id,) = studio.register(targets=[{"account": "my_youtube", "options": {"schedule": "later"}}])
    assert run_to_the_end(publication_id).state == State.REJECTED
    assert "ours or theirs" in now_of(publication_id).error["message"]


def test_facebook_gets_the_video_when_its_window_opens(studio: Studio):
    studio.connect("facebook")
    wanted = local_in(60)
    (publication_id,) = studio.register(scheduled_for=wanted, timezone=MADRID)
    steps.validate(OWNER, publication_id)
    waits = now_of(publication_id)
    assert (waits.state, way_of(waits)) == (State.SCHEDULED, "ours")
    if waits.placement == "reel":
        assert timedelta(days=28) < waits.scheduled_for - waits.next_try_at < timedelta(days=29)


def test_retry_leaves_it_due_with_its_texts_read_anew(studio: Studio):
    studio.connect("youtube")
    studio.metadata(title="2 < 3")
    (publication_id,) = studio.register()
    assert run_to_the_end(publication_id).state == State.REJECTED
    studio.metadata(title="Two is less than three")
    again = queue.retry(OWNER, publication_id)
    assert (again.state, again.queued_at is not None, again.attempts) == (State.SCHEDULED, True, 0)
    assert again.next_try_at <= datetime.now(UTC)
    assert run_to_the_end(publication_id).state == State.PUBLISHED
    (video,) = studio.sandbox.published()
    assert video["title"] == "Two is less than three"


def test_retry_of_another_video_is_refused(studio: Studio, publication: str):
    put(publication, State.FAILED)
    path = studio.folder / "export/women/18-23/t1.mp4"
    path.write_bytes(path.read_bytes() + b"\0\0\0\x09free!")
    with pytest.raises(queue.NotPossible, match="is another one now; publish it as a release of its own"):
        queue.retry(OWNER, publication)
    assert now_of(publication).state == State.FAILED


def test_confirm_takes_address_and_id(publication: str):
    put(publication, State.UNCONFIRMED)
    with pytest.raises(queue.NotPossible, match="Say where it is"):
        queue.confirm(OWNER, publication, published=True)
    found = queue.confirm(OWNER, publication, published=True, video_id="7123456789", url="https://example.com/v/x12345")
    assert (found.state, found.video_id, found.url) == (State.PUBLISHED, "7123456789", "https://example.com/v/x12345")


def test_confirm_says_that_it_is_not_there(publication: str):
    put(publication, State.UNCONFIRMED)
    assert queue.confirm(OWNER, publication, published=False).state == State.FAILED


def test_stats_count_what_waits_is_due_is_late_and_runs(studio: Studio):
    studio.connect("tiktok")
    assert queue.stats(OWNER) == queue.Stats(
        waiting=0, due=0, late=0, running=0, by_platform={}, by_priority={}, oldest_due_seconds=0.0
    )
    for number in range(4):
        if number:
            studio.export(_source(studio), f"t{number + 1}")
        (each,) = studio.register(f"job{number}", title_id=f"t{number + 1}", priority=5 + number)
        if number == 0:
            queue.move(OWNER, each, scheduled_for=local_in(2))
            queue.schedule(OWNER, [each])
        if number in (1, 2):
            queue.schedule(OWNER, [each])
        if number == 2:
            change(OWNER, each, "next_try_at = now() - interval '5 minutes'")
        if number == 3:
            put(each, State.UPLOADING)
    found = queue.stats(OWNER)
    assert (found.waiting, found.due, found.late, found.running) == (1, 2, 1, 1)
    assert found.by_platform == {"tiktok": 4}
    assert found.by_priority == {8: 1, 7: 1, 6: 1, 5: 1}
    assert 299 < found.oldest_due_seconds < 330
    assert queue.stats("bob").by_platform == {}
    assert [each.priority for each in queue.line(OWNER)] == [7, 6, 5]


def _source(studio: Studio):
    folder = studio.folder / "source"
    if not folder.exists():
        folder.mkdir()
        for ending in (".mp4", "_thumbnail.png", "_metadata.json"):
            (folder / f"sample{ending}").write_bytes((studio.folder / f"export/women/18-23/t1{ending}").read_bytes())
    return folder
