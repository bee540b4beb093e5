"""The sample release is a real one, and the clips for tests are what they say."""

from __future__ import annotations

import os
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from include.media.clips import Clip, pad_to, write_clip
from include.media.sample import SAMPLE, make_release
from include.releases.export import find_release, list_triples


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("exports")
    make_release(root, segment="women", age_bucket="18-23", title_id="sample")
    return root


def test_the_sample_is_a_vertical_h264_clip_of_at_least_20_seconds_with_sound(root: Path) -> None:
    facts = find_release(str(root), "women", "18-23", "sample").video.facts()
    assert (facts.container, facts.video_codec, facts.audio_codec) == ("mp4", "h264", "aac")
    assert (facts.display_width, facts.display_height, facts.fps) == (720, 1280, 30.0)
    assert 20 <= facts.duration_seconds < 30


def test_the_sample_is_a_complete_release_and_leaves_nothing_else(root: Path) -> None:
    (found,) = list_triples(str(root))
    assert found.is_complete
    assert len(os.listdir(root / "women/18-23")) == 3
    release = find_release(str(root), "women", "18-23", "sample")
    assert release.metadata().title
    assert release.thumbnail(max_bytes=2 << 20).content_type == "image/png"


def test_the_samples_index_stands_first(root: Path) -> None:
    content = (root / "women/18-23/sample.mp4").read_bytes()
    assert content.find(b"moov") < content.find(b"mdat")


def test_the_samples_picture_moves_and_its_sound_is_heard(root: Path) -> None:
    with av.open(str(root / "women/18-23/sample.mp4")) as container:
        pictures = [frame.to_ndarray(format="gray") for frame in container.decode(video=0) if frame.pts is not None][
            ::60
        ]
        container.seek(0)
        sound = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    for earlier, later in pairwise(pictures):
        assert np.abs(earlier.astype(int) - later).mean() > 2
    assert np.sqrt((sound**2).mean()) > 0.03
    assert np.abs(sound).max() <= 1.0


def test_a_second_sample_replaces_the_first_as_a_whole(tmp_path: Path) -> None:
    small = replace(SAMPLE, width=180, height=320, seconds=0.5)
    for title in ("One", "Two with a rather long title that has to be made smaller to fit"):
        make_release(tmp_path, segment="men", age_bucket="18-23", title_id="x", title=title, clip=small)
    assert find_release(str(tmp_path), "men", "18-23", "x").metadata().title.startswith("Two")


def test_padding_reaches_exactly_the_wished_size_and_refuses_less(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "x.mp4", Clip(width=64, height=64, seconds=0.2))
    size = path.stat().st_size
    with pytest.raises(ValueError, match="too few"):
        pad_to(path, size + 7)
    assert pad_to(path, size + 8).stat().st_size == size + 8
    assert pad_to(path, 1 << 30).stat().st_size == 1 << 30
    assert path.stat().st_blocks * 512 < 1 << 20
