"""The door into the ledger: whom a run means, what it writes down, and what a dry run leaves (nothing)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from include.accounts import accounts
from include.database import engine
from include.publishing import ledger, registration, steps, verdicts
from include.publishing.progress import Later
from include.publishing.registration import Refused
from include.releases.publication import Placement, State
from tests.publishing.rows import change, let_it_be_due
from tests.publishing.studio import CONF, OWNER, Studio, run_to_the_end

YEAR = datetime.now(UTC).year + (datetime.now(UTC).month >= 7)  # of the next 1 July
TABLES = ("release", "job", "publication", "job_publication", "ledger", "move")


def rows() -> dict[str, int]:
    """Return how many rows each table of publishing has."""
    with engine.transaction(OWNER) as connection:
        return {
            table: connection.exec_driver_sql(f"select count(*) from desk.{table}").scalar_one() for table in TABLES
        }


def accounts_of(publications: list[str]) -> list[str]:
    return [ledger.read(OWNER, each).account_id for each in publications]


def refusal(**conf: object) -> str:
    with pytest.raises(Refused) as refused:
        registration.register(CONF | conf, "job1")
    return str(refused.value)


def test_without_wishes_every_default_account_is_used(studio: Studio):
    studio.connect("youtube")
    studio.connect("tiktok")
    spare = accounts.Credentials(access_token="x")
    accounts.add(OWNER, "spare", "youtube", spare, {}, is_default=False)
    assert accounts_of(studio.register()) == ["my_tiktok", "my_youtube"]


def test_a_target_replaces_its_platforms_default_accounts(studio: Studio):
    for name in ("first", "second"):
        studio.connect("youtube", name)
    studio.connect("tiktok")
    wished = {"targets": [{"account": "second"}]}
    assert accounts_of(studio.register("job1", **wished)) == ["second"]
    assert accounts_of(studio.register("job2", platforms=["youtube", "tiktok"], **wished)) == ["second", "my_tiktok"]


def test_a_platform_without_an_account_is_said(studio: Studio):
    studio.connect("youtube")
    assert "has no connected account on tiktok" in refusal(platforms=["youtube", "tiktok"])
    accounts.remove(OWNER, "my_youtube")
    assert "'alice' has no connected account" in refusal()


def test_a_disconnected_account_that_was_asked_for_is_said(studio: Studio):
    studio.connect("youtube")
    accounts.remove(OWNER, "my_youtube")
    assert refusal(targets=[{"account": "my_youtube"}]) == (
        "The account 'my_youtube' is disconnected; connect it again."
    )


def test_one_account_may_have_two_placements(studio: Studio):
    studio.connect("tiktok")
    wished = [{"account": "my_tiktok", "placement": "video"}, {"account": "my_tiktok", "placement": "inbox"}]
    found = [ledger.read(OWNER, each).placement for each in studio.register(targets=wished)]
    assert found == [Placement.VIDEO, Placement.INBOX]


def test_the_same_release_registered_by_many_at_once_is_one(studio: Studio):
    studio.connect("youtube")
    studio.connect("tiktok")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda number: studio.register(f"job{number}"), range(8)))
    assert all(each == found[0] for each in found)
    counts = rows()
    assert (counts["release"], counts["publication"], counts["job"]) == (1, 2, 8)


def test_another_video_under_the_same_title_is_another_release(studio: Studio, source):
    studio.connect("youtube")
    first = studio.register("job1")
    video = studio.folder / "export/women/18-23/t1.mp4"
    with video.open("ab") as file:
        file.write((16).to_bytes(4) + b"free" + bytes(8))
    assert studio.register("job2") != first
    assert rows()["release"] == 2


def test_a_file_that_was_only_touched_is_the_same_release(studio: Studio):
    studio.connect("youtube")
    first = studio.register("job1")
    (studio.folder / "export/women/18-23/t1.mp4").touch()
    assert studio.register("job2") == first
    assert run_to_the_end(first[0]).state == State.PUBLISHED


def test_a_dry_run_checks_everything_and_leaves_nothing(studio: Studio):
    for platform in ("youtube", "tiktok"):
        studio.connect(platform)
    studio.sandbox.forget_calls()
    assert registration.register(CONF | {"dry_run": True}, "job1").publications == []
    assert not any(rows().values())
    assert not list((studio.folder / "output").rglob("*"))
    assert {call["endpoint"] for call in studio.sandbox.calls()} == {"creator_info.query"}
    result = verdicts.verdict(CONF | {"dry_run": True}, "job1")
    assert (result.good, result.summary) == (True, "Dry run: nothing was published.")


def test_a_dry_run_names_the_account_of_each_problem(studio: Studio):
    for platform in ("youtube", "tiktok"):
        studio.connect(platform)
    studio.metadata(title="A title with a <", platforms={"tiktok": {"caption": "x" * 2201}})
    told = refusal(dry_run=True)
    assert "my_youtube: The title holds a '<'" in told
    assert "my_tiktok: The caption has" in told
    assert not list((studio.folder / "output").rglob("*"))
    result = verdicts.verdict(CONF | {"dry_run": True}, "job1")
    assert not result.good
    assert "Nothing was published. my_" in result.summary


def test_a_run_is_the_owners_it_names_also_when_it_is_refused(studio: Studio):
    studio.connect("youtube")
    refusal(segment="martians")
    result = verdicts.verdict(CONF | {"segment": "martians"}, "job1")
    assert not result.good
    assert "martians" in result.summary
    with engine.transaction("admin") as connection:
        assert connection.exec_driver_sql("select count(*) from desk.job").scalar_one() == 0


def test_a_second_job_reports_what_the_first_published(studio: Studio):
    studio.connect("youtube")
    (publication_id,) = studio.register("job1")
    run_to_the_end(publication_id)
    studio.register("job2")
    assert verdicts.verdict(CONF, "job2").good
    assert verdicts.summary_written(OWNER, "job2") == "Published to 1 of 1 platforms"
    assert len(studio.sandbox.published()) == 1


def in_an_hour() -> tuple[str, datetime]:
    when = (datetime.now(UTC) + timedelta(hours=1)).replace(microsecond=0)
    return when.replace(tzinfo=None).isoformat(), when


def test_a_time_is_kept_by_our_queue_where_the_platform_cannot(studio: Studio):
    studio.connect("tiktok")
    local, when = in_an_hour()
    (publication_id,) = studio.register(scheduled_for=local)
    studio.sandbox.forget_calls()
    for step in (steps.validate, steps.advance):
        progress = step(OWNER, publication_id)
        assert isinstance(progress, Later)
        assert progress.at == when
    assert ledger.read(OWNER, publication_id).state == State.SCHEDULED
    assert studio.sandbox.calls() == []
    _let_an_hour_pass(publication_id)
    assert run_to_the_end(publication_id).state == State.PUBLISHED
    assert len(studio.sandbox.published()) == 1


def test_a_time_is_kept_by_youtube_itself(studio: Studio):
    studio.connect("youtube")
    local, when = in_an_hour()
    (publication_id,) = studio.register(scheduled_for=local)
    assert run_to_the_end(publication_id).state == State.PUBLISHED
    (video,) = studio.sandbox.published("youtube")
    assert video["privacy"] == "private"
    assert datetime.fromisoformat(video["publish_at"]) == when


@pytest.mark.parametrize(
    ("settings", "privacy"),
    [({"schedule": "ours"}, "public"), ({"schedule": "theirs"}, "unlisted"), ({"schedule": "theirs"}, "private")],
)
def test_youtube_keeps_no_time_that_would_make_a_video_public_against_our_will(studio, settings, privacy):
    studio.configure(youtube=settings)
    studio.connect("youtube")
    studio.metadata(privacy=privacy)
    local, when = in_an_hour()
    (publication_id,) = studio.register(scheduled_for=local)
    progress = steps.advance(OWNER, publication_id)
    assert isinstance(progress, Later)
    assert progress.at == when
    _let_an_hour_pass(publication_id)
    assert run_to_the_end(publication_id).state == State.PUBLISHED
    (video,) = studio.sandbox.published("youtube")
    assert video["privacy"] == privacy


def test_a_time_is_read_in_its_own_zone(studio: Studio):
    studio.connect("tiktok")
    wished = [{"account": "my_tiktok", "scheduled_for": f"{YEAR}-07-01T09:00:00", "timezone": "Europe/Madrid"}]
    (publication_id,) = studio.register(targets=wished)
    found = ledger.read(OWNER, publication_id)
    assert found.scheduled_for == datetime(YEAR, 7, 1, 7, tzinfo=UTC)
    assert found.timezone == "Europe/Madrid"


def _let_an_hour_pass(publication_id: str) -> None:
    change(OWNER, publication_id, "scheduled_for = now()")
    let_it_be_due(OWNER, publication_id)
