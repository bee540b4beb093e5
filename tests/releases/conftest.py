"""One small vertical clip with sound, made once; tests that spoil it copy it first."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from PIL import Image

from include.media.clips import Clip, write_clip

settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy machine")


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real H.264/AAC clip of 2 s, 360 × 640."""
    return write_clip(tmp_path_factory.mktemp("clips") / "clip.mp4", Clip())


@pytest.fixture
def copy(clip: Path, tmp_path: Path) -> Path:
    """A copy of the clip that a test may spoil."""
    return Path(shutil.copy(clip, tmp_path / "copy.mp4"))


@pytest.fixture
def triple(clip: Path, tmp_path: Path) -> Callable[..., Path]:
    """Write a release's three files below `tmp_path/root` and return the root."""

    def write(segment: str = "women", age_bucket: str = "18-23", title_id: str = "abc") -> Path:
        folder = tmp_path / "root" / segment / age_bucket
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(clip, folder / f"{title_id}.mp4")
        (folder / f"{title_id}_metadata.json").write_text(json.dumps({"title": "A title"}), encoding="utf-8")
        Image.new("RGB", (72, 128), (200, 80, 40)).save(folder / f"{title_id}_thumbnail.png")
        return tmp_path / "root"

    return write
