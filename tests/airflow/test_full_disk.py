"""A full disk while receipts are written: the run says so, nothing published is lost, and it can be resumed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.airflow.house import DAG, House
from tests.small_disk import small_disk

WHERE = {"segment": "seniors", "age_bucket": "50-plus"}
KIBIBYTES = 64


@pytest.fixture
def full_disk(house: House) -> Iterator[Path]:
    """A disk of 64 KiB without a free byte, where YouTube's receipts of one segment go."""
    folder = house.folder / "outputs" / "distribution" / "youtube" / WHERE["segment"]
    with small_disk(folder, KIBIBYTES):
        (folder / WHERE["age_bucket"]).mkdir()
        filler = folder / "filler"
        with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):  # noqa: PT012
            while True:
                file.write(bytes(4096))
        yield filler


def test_the_run_says_so_and_writes_the_receipts_once_there_is_room(house: House, full_disk: Path):
    desk = house.owner("cramped")
    video = desk.export(**WHERE)
    run_id = desk.start(**WHERE)
    receipts = house.folder / "outputs/distribution"
    name = f"{WHERE['segment']}/{WHERE['age_bucket']}/cramped_upload_response.json"

    assert desk.ended(run_id) == "failed"
    assert {key for key, state in desk.tasks(run_id).items() if state == "failed"} == {"verdict"}
    assert {each.state for each in desk.publications(run_id)} == {"published"}
    summary = desk.summary(run_id)
    assert summary.startswith("Published to 2 of 2 platforms\nThe receipt ")
    assert "No space left on device" in summary
    assert "Make room, then clear this task" in summary
    assert not (receipts / "youtube" / name).exists()
    assert (receipts / "tiktok" / name).exists()

    full_disk.unlink()
    house.api.clear(DAG, run_id, ["verdict"])
    assert desk.ended(run_id) == "success", desk.summary(run_id)
    assert (receipts / "youtube" / name).exists()
    assert desk.summary(run_id) == "Published to 2 of 2 platforms"
    desk.one_video_each(video)
