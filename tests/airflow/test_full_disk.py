"""A full disk while receipts are written: the run says so, nothing published is lost, and it can be resumed."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.airflow.house import DAG, House

WHERE = {"segment": "seniors", "age_bucket": "50-plus"}
SIZE = "64k"


@pytest.fixture
def full_disk(house: House) -> Iterator[Path]:
    """A disk of 64 KiB without a free byte, where YouTube's receipts of one segment go."""
    if os.geteuid() != 0:
        pytest.skip("Only root may mount the small disk that this test fills.")
    folder = house.folder / "outputs" / "distribution" / "youtube" / WHERE["segment"]
    folder.mkdir(parents=True)
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "desk-test", str(folder)], check=False)
    if made.returncode != 0:
        pytest.skip("This machine does not let even root mount the small disk that this test fills.")
    try:
        (folder / WHERE["age_bucket"]).mkdir()
        filler = folder / "filler"
        with filler.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space left"):  # noqa: PT012
            while True:
                file.write(bytes(4096))
        yield filler
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


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
