"""A release goes out to both platforms, once, with the right bytes, however often it is asked for."""

from __future__ import annotations

import json

import pytest

from include.publishing import ledger, steps, verdicts
from include.publishing.progress import Over
from include.releases.publication import Placement, State
from tests.publishing.studio import CONF, OWNER, Studio, run_to_the_end, sha256_of

BOTH = ("youtube", "tiktok")


@pytest.mark.parametrize("platform", BOTH)
def test_a_release_is_published_with_the_right_bytes(studio: Studio, platform: str):
    studio.connect(platform)
    (publication_id,) = studio.register()
    publication = run_to_the_end(publication_id)
    assert publication.state == State.PUBLISHED, publication.error
    (video,) = studio.sandbox.published(platform)
    assert video["sha256"] == sha256_of(studio.folder / "export/women/18-23/t1.mp4")
    assert video["id"] == publication.video_id
    assert publication.url


@pytest.mark.parametrize("platform", BOTH)
def test_a_second_trigger_of_the_same_release_is_the_same_publication(studio: Studio, platform: str):
    studio.connect(platform)
    first = studio.register("job1")
    run_to_the_end(first[0])
    assert studio.register("job2") == first
    assert run_to_the_end(first[0]).state == State.PUBLISHED
    for step in (steps.validate, steps.upload, steps.check, steps.finish, steps.advance):
        assert isinstance(step(OWNER, first[0]), Over)
    assert len(studio.sandbox.published()) == 1


def test_a_run_ends_with_a_summary_and_a_receipt_for_each_platform(studio: Studio):
    for platform in BOTH:
        studio.connect(platform)
    for publication_id in studio.register("job1"):
        run_to_the_end(publication_id)
    result = verdicts.verdict(CONF, "job1")
    assert result.good, result.summary
    assert result.summary.startswith("Published to 2 of 2 platforms")
    for platform in BOTH:
        path = studio.folder / f"output/distribution/{platform}/women/18-23/t1_upload_response.json"
        receipt = json.loads(path.read_text())["upload_response"]
        assert receipt["status"] == "published"
        assert receipt["error"] is None
        assert receipt["video_id"]


def test_the_upload_goes_to_a_short_when_the_video_qualifies(studio: Studio):
    studio.connect("youtube")
    (publication_id,) = studio.register()
    assert ledger.read(OWNER, publication_id).placement == Placement.SHORT
    assert "/shorts/" in (run_to_the_end(publication_id).url or "")
