"""The words a run ends with: how many are out, why the others are not, and what went wrong on the way."""

from __future__ import annotations

import pytest

from include.database import engine
from include.publishing import ledger, verdicts
from include.publishing.verdicts import summary_of
from include.releases.publication import Publication, State
from tests.publishing.rows import a_publication, change
from tests.publishing.studio import CONF, OWNER, Studio, run_to_the_end


@pytest.fixture
def made(desk) -> Publication:
    return ledger.read("alice", a_publication("alice"))


def like(publication: Publication, **changes: object) -> Publication:
    """Return a publication that differs in some values only."""
    names = publication.__dataclass_fields__
    return Publication(**{name: getattr(publication, name) for name in names} | changes)  # type: ignore[arg-type]


def test_the_first_line_counts_platforms(made: Publication):
    out = [like(made, state=State.PUBLISHED), like(made, state=State.PUBLISHED, platform="tiktok")]
    assert summary_of(out) == "Published to 2 of 2 platforms"
    assert summary_of(out[:1]) == "Published to 1 of 1 platforms"


def test_the_first_line_counts_accounts_when_a_platform_has_several(made: Publication):
    several = [like(made, state=State.PUBLISHED, account_id=name) for name in ("a", "b", "c")]
    assert summary_of(several) == "Published to 3 of 3 accounts"


def test_each_that_is_not_out_has_a_line_with_its_reason(made: Publication):
    why = {"message": "No < here."}
    refused = like(made, platform="tiktok", account_id="my_tiktok", state=State.REJECTED, error=why)
    found = summary_of([like(made, state=State.PUBLISHED), refused])
    assert found == "Published to 1 of 2 platforms\n- tiktok (my_tiktok): rejected. No < here."


def test_one_that_is_still_on_its_way_says_who_goes_on_with_it(made: Publication):
    found = summary_of([like(made, state=State.PROCESSING)])
    assert found.splitlines()[1] == (
        "- youtube (my_youtube): processing. It is not through yet; `reconcile_publications` goes on with it."
    )


def test_a_warning_is_told_although_the_video_is_out(made: Publication):
    found = summary_of([like(made, state=State.PUBLISHED, warnings=["The thumbnail was refused.", "So was the list."])])
    assert found.splitlines() == [
        "Published to 1 of 1 platforms",
        "- youtube (my_youtube): The thumbnail was refused.",
        "- youtube (my_youtube): So was the list.",
    ]


def test_a_thumbnail_that_is_refused_is_a_warning_and_not_a_failure(studio: Studio):
    studio.connect("youtube", custom_thumbnails=False)
    (publication_id,) = studio.register("job1")
    assert run_to_the_end(publication_id).state == State.PUBLISHED
    result = verdicts.verdict(CONF, "job1")
    assert result.good
    assert "humbnail" in result.summary.splitlines()[1]


def test_a_failed_platform_does_not_block_the_other(studio: Studio):
    for platform in ("youtube", "tiktok"):
        studio.connect(platform)
    studio.sandbox.fault(
        match={"platform": "youtube", "endpoint": "videos.insert.put"}, action="fail_processing", reason="codec"
    )
    for publication_id in studio.register("job1"):
        run_to_the_end(publication_id)
    result = verdicts.verdict(CONF, "job1")
    assert not result.good
    assert result.summary.startswith("Published to 1 of 2 platforms\n- youtube (my_youtube): rejected. ")
    assert verdicts.summary_written(OWNER, "job1") == result.summary


def test_a_run_that_was_never_registered_says_where_to_look(desk):
    result = verdicts.verdict(CONF, "nobody")
    assert not result.good
    assert result.summary == "Nothing was published. The run was not registered; see the log of `register`."


def test_a_refused_approval_cancels_what_nobody_began_and_only_that(studio: Studio):
    for platform in ("youtube", "tiktok"):
        studio.connect(platform)
    on_tiktok, on_youtube = studio.register("job1", require_approval=True)
    change(OWNER, on_tiktok, "state = 'processing'")
    verdicts.cancel_unapproved(CONF, "job1")
    result = verdicts.verdict(CONF, "job1")
    assert not result.good
    assert "- youtube (my_youtube): cancelled. It was not approved." in result.summary
    assert ledger.read(OWNER, on_youtube).state == State.CANCELLED
    assert ledger.read(OWNER, on_tiktok).state == State.PROCESSING


def test_the_summary_is_kept_with_the_job(studio: Studio):
    studio.connect("tiktok")
    run_to_the_end(studio.register("job1")[0])
    assert verdicts.summary_written(OWNER, "job1") is None
    verdicts.verdict(CONF, "job1")
    assert verdicts.summary_written(OWNER, "job1") == "Published to 1 of 1 platforms"
    assert verdicts.summary_written("bob", "job1") is None
    with engine.transaction(OWNER) as connection:
        assert connection.exec_driver_sql("select ended_at is not null from desk.job").scalar_one()
