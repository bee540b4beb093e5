"""A release that does not fit is made to fit on its way out: once for all, checked again, or refused in a sentence."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from PIL import Image

from include.media.clips import Clip, pad_to, write_clip
from include.platforms.errors import Rejected
from include.publishing import decisions
from include.publishing.fitting import fit_for
from include.releases import video_facts
from include.releases.publication import Publication, State
from include.settings import renditions_root
from tests.publishing.studio import OWNER, Studio, run_to_the_end, sha256_of
from tests.small_disk import small_disk

PORTRAIT = Clip(width=540, height=960, seconds=4, fps=25, video_options=(("preset", "ultrafast"), ("crf", "12")))
WIDE = replace(PORTRAIT, width=960, height=540)


def exported(studio: Studio, shape: Clip, ending: str = ".mp4") -> Path:
    """Put another video in the release's place; the export step always calls it `.mp4`."""
    video = studio.folder / "export/women/18-23/t1.mp4"
    return write_clip(studio.folder / f"other{ending}", shape).replace(video)


def ended(studio: Studio, *platforms: str, **conf: Any) -> list[Publication]:
    for platform in platforms:
        studio.connect(platform)
    return [run_to_the_end(each) for each in studio.register(**conf)]


def converted() -> list[Path]:
    return sorted(renditions_root().glob("*.mp4"))


def sentence(publication: Publication) -> str:
    assert publication.state == State.REJECTED, publication.state
    return str((publication.error or {})["message"])


def test_one_conversion_serves_every_platform_and_the_original_stays(studio: Studio) -> None:
    video = exported(studio, PORTRAIT, ".mkv")
    before = sha256_of(video)
    for publication in ended(studio, "tiktok", "facebook", "linkedin"):
        assert publication.state == State.PUBLISHED, publication.error
    (made,) = converted()
    out = studio.sandbox.published()
    assert {each["platform"] for each in out} == {"tiktok", "facebook", "linkedin"}
    assert {each["sha256"] for each in out} == {sha256_of(made)}
    assert video_facts.read(made).container == "mp4"
    assert sha256_of(video) == before
    assert sha256_of(made) != before


def test_a_video_that_fits_is_sent_as_it_is(studio: Studio) -> None:
    (publication,) = ended(studio, "linkedin")
    assert publication.state == State.PUBLISHED, publication.error
    assert not renditions_root().exists()


def test_a_wrong_shape_is_refused_until_somebody_chooses(studio: Studio) -> None:
    exported(studio, WIDE)
    studio.configure(facebook={"placement": "reel"})
    (refused,) = ended(studio, "facebook")
    assert "takes 0.5625 (width divided by height)" in sentence(refused)
    assert converted() == []


@pytest.mark.long
def test_the_setting_pads_and_a_release_says_otherwise(studio: Studio) -> None:
    exported(studio, WIDE)
    studio.configure(facebook={"placement": "reel", "fit": "pad"})
    (padded,) = ended(studio, "facebook")
    assert padded.state == State.PUBLISHED, padded.error
    (made,) = converted()
    facts = video_facts.read(made)
    assert (facts.width, facts.height) == (960, 1706)
    assert [each["sha256"] for each in studio.sandbox.published()] == [sha256_of(made)]
    studio.metadata(platforms={"facebook": {"fit": "refuse"}})
    exported(studio, replace(WIDE, seconds=5))
    (again,) = studio.register("job2")
    assert "takes 0.5625" in sentence(run_to_the_end(again))


def test_what_was_converted_is_held_against_the_rules_again(studio: Studio) -> None:
    """75,000 bytes are LinkedIn's least; what filled the file up does not survive a conversion."""
    small = replace(PORTRAIT, width=180, height=320, fps=10, audio_codec=None, video_codec="mpeg4", video_options=())
    pad_to(exported(studio, small), 400_000)
    (refused,) = ended(studio, "linkedin")
    assert "at least 75,000 bytes" in sentence(refused)
    assert studio.sandbox.published() == []


def test_a_damaged_video_is_a_sentence_and_nothing_is_sent(studio: Studio) -> None:
    video = exported(studio, replace(PORTRAIT, video_codec="mpeg4", video_options=(("b", "2000000"),)))
    content = bytearray(video.read_bytes())
    start = content.find(b"mdat") + 100_000
    content[start:] = np.random.default_rng(1).bytes(len(content) - start)
    video.write_bytes(content)
    (refused,) = ended(studio, "linkedin")
    assert sentence(refused).endswith(".")
    assert "damaged" in sentence(refused)
    assert (converted(), studio.sandbox.published()) == ([], [])


def test_a_full_disk_is_said_and_the_release_goes_out_once_there_is_room(studio: Studio) -> None:
    exported(studio, PORTRAIT, ".mkv")
    with small_disk(renditions_root(), 64):
        (failed,) = ended(studio, "linkedin", max_retries=1)
        assert failed.state == State.FAILED, failed.state
        assert str((failed.error or {})["message"]).startswith("The disk is full: the converted video does not fit")
        assert studio.sandbox.published() == []
    decisions.retry(OWNER, failed.publication_id)
    again = run_to_the_end(failed.publication_id)
    assert again.state == State.PUBLISHED, again.error
    assert len(studio.sandbox.published()) == 1


def test_a_thumbnail_is_cut_to_what_the_placement_shows(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> None:
    from include.publishing import postings

    found = []
    real = postings.compose
    monkeypatch.setattr(postings, "compose", lambda **given: found.append(given["thumbnail"]) or real(**given))
    thumbnail = studio.folder / "export/women/18-23/t1_thumbnail.png"
    Image.new("RGB", (800, 600), (200, 90, 40)).save(thumbnail)
    (publication,) = ended(studio, "linkedin")
    assert publication.state == State.PUBLISHED, publication.error
    assert {(each.width, each.height) for each in found} == {(1920, 1080)}
    assert {Image.open(io.BytesIO(each.content)).size for each in found} == {(1920, 1080)}


def test_where_the_video_is_padded_the_thumbnail_keeps_all_of_it_too(studio: Studio) -> None:
    red, blue, green = (220, 20, 20), (20, 20, 220), (20, 160, 20)
    thumbnail = Image.new("RGB", (600, 600), green)
    thumbnail.paste(red, (0, 0, 600, 80))
    thumbnail.paste(blue, (0, 520, 600, 600))
    thumbnail.save(studio.folder / "export/women/18-23/t1_thumbnail.png")
    studio.configure(linkedin={"fit": "pad"})
    (publication,) = ended(studio, "linkedin")
    assert publication.state == State.PUBLISHED, publication.error
    (out,) = studio.sandbox.published("linkedin")
    picture = httpx.get(out["url_of_picture"], trust_env=False).raise_for_status().content
    with Image.open(io.BytesIO(picture)) as shown:
        middle = [shown.convert("RGB").getpixel((shown.width // 2, y)) for y in range(0, shown.height, 4)]
    assert any(np.allclose(each, red, atol=40) for each in middle), "the top was cut off"
    assert any(np.allclose(each, blue, atol=40) for each in middle), "the bottom was cut off"


def test_the_release_wins_over_the_setting_and_another_word_is_refused(studio: Studio) -> None:
    studio.configure(tiktok={"fit": "crop"})
    assert fit_for("tiktok", {}) == "crop"
    assert fit_for("tiktok", {"fit": "pad"}) == "pad"
    assert fit_for("linkedin", {}) == "refuse"
    with pytest.raises(Rejected, match="pad, crop, refuse, not 'stretch'"):
        fit_for("tiktok", {"fit": "stretch"})
