"""What five publications at once are measured against, and the releases they are made of."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

from benchmarks.installed import Installed
from benchmarks.publish5 import _figure
from include.media.clips import Clip

TOOK = {"all": [9.0, 8.0, 30.0], "youtube": [5.0, 5.0, 5.0], "tiktok": [6.0, 7.0, 1.0]}


def test_all_at_once_are_compared_with_the_slowest_alone() -> None:
    told = json.loads(_figure(50_000_000, 3, TOOK).line())
    assert (told["figure"], told["against_figure"], told["ratio"]) == (9.0, 6.0, 1.5)
    assert told["slowest"] == "tiktok"
    assert told["alone_seconds"] == {"youtube": 5.0, "tiktok": 6.0}
    assert told["one_after_the_other_seconds"] == 11.0


def test_releases_of_one_file_share_its_bytes_and_not_its_text(tmp_path: Path) -> None:
    environment = {"RELEASE_DESK_EXPORT_ROOT": f"file://{tmp_path}"}
    place = Installed(installation=SimpleNamespace(environment=environment), api=SimpleNamespace())  # type: ignore[arg-type]
    video = place.export(["a", "b", "c"], Clip(seconds=1), 300_000)
    assert video.stat().st_size == 300_000
    assert video.stat().st_nlink == 3
    titles = [json.loads(path.read_text())["title"] for path in video.parent.glob("*_metadata.json")]
    assert len(set(titles)) == 3
